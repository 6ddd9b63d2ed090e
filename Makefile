# The two commands of this project, and a few more for those who work on it.
#
#   make run [FILE=network.onnx]   install what is missing, build, open the window
#   make test [T="shape plan"]     the same, then run all tests, or those named
#   make install [DESTDIR=…]       build and install (prefix: make … MESON_FLAGS=--prefix=/usr)
#   make textbook                  make assets/textbook.onnx anew
#   make networks                  train assets/networks/*.onnx anew (an hour)
#   make spectrum                  make assets/spectrum.npy anew
#   make effects                   draw the pairs of assets/effects that have changed
#   make potfiles                  list the sources that have words for translators
#   make translations              take new words into assets/po/*.po, where they wait for you
#   make format                    lay out the C sources as the project does
#   make clean                     remove the build

BUILD = build
MESON_FLAGS =
FILE =
T =
REPORT_FLAGS =

all: $(BUILD)/build.ninja
	@ninja -C $(BUILD)

$(BUILD)/build.ninja:
	@.ci/packages.sh build
	meson setup $(BUILD) $(MESON_FLAGS)

packages:
	@.ci/packages.sh build

run: packages $(BUILD)/build.ninja
	@ninja -C $(BUILD)
	@app/run.sh $(BUILD) $(FILE)

# The two variables change how OpenBLAS rounds its sums; they are the business of whoever set them.
test:
	@.ci/packages.sh build test
	@test -e $(BUILD)/build.ninja || meson setup $(BUILD) $(MESON_FLAGS)
	@ninja -C $(BUILD)
	@env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE \
	  python3 tests/report.py $(BUILD) $(T) $(REPORT_FLAGS)

install: all
	meson install -C $(BUILD) --no-rebuild

textbook: $(BUILD)/build.ninja
	ninja -C $(BUILD) textbook

networks: $(BUILD)/build.ninja
	ninja -C $(BUILD) app/phosphene-cli
	for what in networks emotions autoencoders; do \
	  env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE PHOSPHENE_DATA_DIR=assets \
	    assets/networks/make-$$what.sh $(BUILD)/app/phosphene-cli $(BUILD)/networks || exit 1; \
	done

spectrum: $(BUILD)/build.ninja
	ninja -C $(BUILD) spectrum

effects: $(BUILD)/build.ninja
	ninja -C $(BUILD) effects

potfiles:
	python3 assets/po/potfiles.py . --write

translations:
	python3 assets/po/translations.py . --write

format:
	@.ci/packages.sh check
	git ls-files '*.c' '*.h' | xargs clang-format -i

clean:
	rm -rf $(BUILD)

.PHONY: all packages run test install textbook networks spectrum effects potfiles translations format clean
