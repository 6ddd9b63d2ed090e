#pragma once

#include "network/graph.h"

G_BEGIN_DECLS

/**
 * PhUnpool:
 * @PH_UNPOOL_NEAREST: each number becomes a square of itself
 * @PH_UNPOOL_MAX: each number goes where the max-pooling of the encoder found its own; so the
 *   decoder knows more than the bottleneck tells
 * @PH_UNPOOL_TRANSPOSED: a transposed convolution, whose filters are learned
 *
 * How a decoder gets from small maps to large ones.
 */
typedef enum
{
  PH_UNPOOL_NEAREST,
  PH_UNPOOL_MAX,
  PH_UNPOOL_TRANSPOSED,
} PhUnpool;

/** ph_unpool_names: %NULL-terminated names of these, in order, as settings write them. */
extern const char *const ph_unpool_names[];

/**
 * PhArchitectureSizes:
 * @n_classes: what `classes` stands for
 * @bottleneck: what `bottleneck` stands for
 * @unpool: what `unpool` stands for
 * @seed: of the random weights
 *
 * What a description leaves open.
 */
typedef struct
{
  guint n_classes, bottleneck;
  PhUnpool unpool;
  guint64 seed;
} PhArchitectureSizes;

/**
 * ph_architecture_build:
 * @text: the description
 * @name: of the network, also used in messages
 * @input: (out): channels, rows, columns of the input, as (1, C, H, W)
 *
 * A network from a readable description, with random weights (He; Xavier for the last layer).
 * Statements are separated by line ends or commas, `#` begins a comment:
 *
 * |[
 * input 3 64 64              # channels, rows, columns; first of all
 * conv 32 3x3 stride 2       # filters; also: groups N, dilation N, valid (no padding), no-bias
 * depthwise 3x3 stride 2     # a filter for each channel
 * batchnorm, relu            # also: relu6, leaky, sigmoid, tanh
 * maxpool 2                  # also avgpool; stride N (as the window, when not given)
 * globalpool                 # mean of each channel
 * dropout 0.5
 * dense 128
 * classes                    # dense, one output for each class; last of all
 * repeat 3 { … }
 * block NAME { … }           # names of the layers inside begin with NAME/
 * residual { … }             # what is inside, plus its input; projected where shapes differ
 * branches { path { … } path NAME { … } } # side by side, joined along the channels
 * ]|
 *
 * An autoencoder ends with `reconstruction` instead of `classes` and has besides:
 *
 * |[
 * bottleneck 64              # dense: the embedding; without a number: as chosen
 * reshape 64 4 4             # a vector becomes channels, rows, columns
 * unpool 2 nearest           # maps twice as large; also max, transposed; without a word: as chosen
 * reconstruction             # dense or a 3x3 convolution, to the shape of the input, then a
 * sigmoid reconstruction linear      # without the sigmoid; last of all
 * ]|
 *
 * Returns: (transfer full): a finished graph whose only input is "image" and whose only output is
 * "logits" or "reconstruction" (a picture, 0..1); %NULL with %PH_ERROR_DATA_INVALID naming the
 * line.
 */
PhGraph *ph_architecture_build (const char *text, const char *name,
                                const PhArchitectureSizes *sizes, PhShape *input, GError **error);

/** ph_architecture_is_autoencoder: whether @text ends with `reconstruction` rather than `classes`.
 */
gboolean ph_architecture_is_autoencoder (const char *text);

/**
 * ph_architecture_load:
 * @name: a text file, or the name of a description that comes with the program, as "small-resnet"
 *
 * Returns: (transfer full): the description.
 */
char *ph_architecture_load (const char *name, GError **error);

/** ph_architecture_is_name: whether ph_architecture_load() is what opens @network: the name of a
 * description, or a text file. */
gboolean ph_architecture_is_name (const char *network);

/** ph_architecture_names: %NULL-terminated names of the descriptions that come with the program. */
extern const char *const ph_architecture_names[];

/** ph_autoencoder_names: the same of those that end with `reconstruction`. */
extern const char *const ph_autoencoder_names[];

G_END_DECLS
