#pragma once

#include <gio/gio.h>

#include "base/image.h"
#include "network/graph.h"
#include "network/receptive-field.h"

G_BEGIN_DECLS

/**
 * PhPreprocess:
 * @channels: of the network's input: 1 (grey), 3 or 4
 * @height, @width: the size the network was made for
 * @scale: the input range: x = (pixel * scale - mean) / std with pixel in 0..1
 * @mean, @std: per channel, in the order of RGB
 * @bgr: whether the network wants blue first
 * @nhwc: whether the input tensor is N, H, W, C
 * @source: where this comes from
 *
 * From pictures as people mean them (N, C, H, W, RGB, 0..1) to the network's input.
 */
typedef struct
{
  guint channels, height, width;
  float scale;
  float mean[4], std[4];
  gboolean bgr, nhwc;
  enum
  {
    PH_PREPROCESS_GUESSED,
    PH_PREPROCESS_FROM_FILE,
    PH_PREPROCESS_FROM_SIDECAR,
    PH_PREPROCESS_FROM_USER,
  } source;
} PhPreprocess;

/** PhLayout: which axis of a layer's tensor holds the channels and which the positions. */
typedef enum
{
  PH_LAYOUT_VECTOR, /* N, C */
  PH_LAYOUT_NCHW,
  PH_LAYOUT_NHWC,
  PH_LAYOUT_TOKENS, /* N, T, C: a position is a token */
  PH_LAYOUT_NCT,    /* N, C, T */
} PhLayout;

/**
 * PhLayer:
 * @name: as people write it, unique in the model
 * @group: the block it belongs to, "fire2" or "layer1.0", "" for none
 * @kind: "Conv", "Relu", … as in the file, or what people call several nodes: ph_layer_kind()
 * @value: index in the graph of the value that is the layer's output
 * @n_channels, @rows, @columns: of the output for an input of the usual size
 * @n_parameters: weights and biases of the node
 * @field: receptive field of one position
 * @obstacle: (nullable): why no unit of this layer can be shown: an operator we lack, a shape that
 *   does not fit. Other layers are not affected.
 * @channel_labels: (nullable): what each channel was built to see, where the file says so
 *
 * A layer as people name it.
 */
typedef struct
{
  char *name;
  char *group;
  const char *kind;
  int value;
  PhLayout layout;
  guint n_channels, rows, columns;
  gsize n_parameters;
  PhReceptiveField field;
  char *obstacle;
  char **channel_labels;
} PhLayer;

#define PH_TYPE_MODEL (ph_model_get_type ())
/**
 * PhModel:
 *
 * A network as people use it: graph, preprocessing, labels and the list of layers. Immutable but
 * for preprocessing and labels, which belong to the main thread; jobs take a copy at their start.
 */
G_DECLARE_FINAL_TYPE (PhModel, ph_model, PH, MODEL, GObject)

/**
 * ph_model_new:
 * @name: what to call it, usually the file's name without ending
 * @path: (nullable): the file
 * @digest: (nullable): SHA-256 of the file, hexadecimal
 * @preprocess: its source tells how sure it is
 * @labels: (nullable): %NULL-terminated names of the classes
 * @channel_labels: (nullable): value name → %NULL-terminated names of its channels (char **)
 *
 * Lists the layers: runs the shapes through with one image of the usual size, so a network with
 * operators we lack still opens, with an obstacle at each layer that cannot be reached.
 *
 * Returns: (transfer full): %NULL with %PH_ERROR_MODEL_INVALID when the graph has no image input.
 */
PhModel *ph_model_new (const char *name, const char *path, const char *digest, PhGraph *graph,
                       const PhPreprocess *preprocess, const char *const *labels,
                       GHashTable *channel_labels, GError **error);

const char *ph_model_get_name (PhModel *model);
const char *ph_model_get_path (PhModel *model);
const char *ph_model_get_digest (PhModel *model);
PhGraph *ph_model_get_graph (PhModel *model);

const PhPreprocess *ph_model_get_preprocess (PhModel *model);
/** ph_model_set_preprocess: changes range, means, channel order (not channels and layout); emits
 * "preprocess-changed". */
void ph_model_set_preprocess (PhModel *model, const PhPreprocess *preprocess);

guint ph_model_get_n_layers (PhModel *model);
const PhLayer *ph_model_get_layer (PhModel *model, guint i);
/** ph_model_find_layer: index of the layer of that name or -1. */
int ph_model_find_layer (PhModel *model, const char *name);

/** ph_model_get_n_classes: 0 when the network is no classifier. */
guint ph_model_get_n_classes (PhModel *model);
/** ph_model_get_label: (nullable): the name of a class. */
const char *ph_model_get_label (PhModel *model, guint class_number);
void ph_model_set_labels (PhModel *model, const char *const *labels);
/** ph_model_get_logits: value that holds the class scores before any softmax, or -1. */
int ph_model_get_logits (PhModel *model);
/** ph_model_has_softmax: whether probabilities are softmax of the logits in this network. */
gboolean ph_model_has_softmax (PhModel *model);

/** ph_model_get_notes: %NULL-terminated sentences the user should know: guessed preprocessing,
 * labels that do not fit, operators we lack. */
const char *const *ph_model_get_notes (PhModel *model);
void ph_model_add_note (PhModel *model, const char *note);

/** ph_model_input_shape: shape of the network's input tensor for @n pictures of @height × @width.
 */
PhShape ph_model_input_shape (PhModel *model, guint n, guint height, guint width);

/**
 * ph_preprocess_apply:
 * @image: (n, channels, height, width), RGB, 0..1
 * @x: the network's input, overwritten
 *
 * The one place where pictures become inputs.
 */
void ph_preprocess_apply (const PhPreprocess *preprocess, guint n, guint height, guint width,
                          const float *image, float *x);

/** ph_preprocess_shorter_side: how long the shorter side of a photograph is made before the centre
 * is cut out of it: 8/7 of the network's, to the next multiple of 32, as ImageNet classifiers are
 * tested (256 for networks of 224 and 227 pixels, 64 for one of 64). */
guint ph_preprocess_shorter_side (const PhPreprocess *preprocess);

/** ph_preprocess_fit: a photograph of any size and number of channels as the network is shown it:
 * that centre, or with @whole as much as its proportions allow, in the network's size and channels,
 * RGB, 0..1. */
PhImage *ph_preprocess_fit (const PhPreprocess *preprocess, const PhImage *image, gboolean whole,
                            GError **error);

/** ph_preprocess_dup_text: all of it, exactly, as a line: what tells whether two are the same.
 * Caller frees. */
char *ph_preprocess_dup_text (const PhPreprocess *preprocess);

/** ph_preprocess_adjoint: the gradient at the picture from that at the input; @d_image is
 * overwritten. */
void ph_preprocess_adjoint (const PhPreprocess *preprocess, guint n, guint height, guint width,
                            const float *dx, float *d_image);

G_END_DECLS
