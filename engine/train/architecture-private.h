#pragma once

#include "train/architecture.h"

G_BEGIN_DECLS

/** PH_ARCHITECTURE_MOST_NODES: `repeat 1000000` is a mistake. */
#define PH_ARCHITECTURE_MOST_NODES 4000

/* The value that the next statement reads: (1, channels, rows, columns), or (1, channels). */
typedef struct
{
  char *name; /* owned */
  gint64 channels, rows, columns;
  gboolean flat;
} PhFlow;

/* A max-pooling whose places are remembered for un-pooling: windows of @factor x @factor made maps
 * of @channels, @rows, @columns. */
typedef struct
{
  char *places; /* owned: name of the value */
  gint64 factor, channels, rows, columns;
} PhPooled;

/* What new constants hold. */
typedef enum
{
  PH_FILL_ZEROS,
  PH_FILL_ONES,
  PH_FILL_HE,
  PH_FILL_XAVIER,
} PhFill;

typedef struct
{
  PhGraph *graph;
  char **tokens; /* borrowed: words, "{", "}" and "\n" */
  guint *lines;  /* borrowed: the line of each token */
  guint at;      /* next token */
  guint depth;   /* of braces */
  PhArchitectureSizes sizes;
  guint n_constants, n_nodes;
  GString *prefix;       /* of the names of layers */
  GHashTable *counts;    /* how many layers have a name */
  PhFlow input, flow;    /* the name of @input is not set */
  GArray *pooled;        /* PhPooled, the last one on top */
  gboolean remembers;    /* whether somebody may want the places of max-poolings */
  gboolean reconstructs; /* whether `reconstruction` was met */
  gboolean normalised;   /* whether a batchnorm was met: projections then get one as well */
  gboolean closed;       /* whether what comes last was met */
  GError **error;
} PhArchitecture;

/** ph_architecture_fail: sets the error, naming the line; always returns %FALSE. */
gboolean ph_architecture_fail (PhArchitecture *b, const char *format, ...) G_GNUC_PRINTF (2, 3);

/** ph_architecture_peek: the next token, a line end at the end of the text. */
const char *ph_architecture_peek (const PhArchitecture *b);

/** ph_architecture_accept: goes past the next token if it is @word. */
gboolean ph_architecture_accept (PhArchitecture *b, const char *word);

/** ph_architecture_number: reads a whole number; @what begins the sentence when there is none. */
gboolean ph_architecture_number (PhArchitecture *b, const char *what, gint64 low, gint64 high,
                                 gint64 *value);

/** ph_architecture_dup_name: a name for the next layer of its kind: "block/conv2". Caller frees. */
char *ph_architecture_dup_name (PhArchitecture *b, const char *kind);

/** ph_architecture_plane: fails where a vector flows instead of a picture. */
gboolean ph_architecture_plane (PhArchitecture *b, const char *what);

/** ph_architecture_add_node: adds a node that makes the value @name, which then flows on. */
gboolean ph_architecture_add_node (PhArchitecture *b, const char *op, const char *name,
                                   PhAttrs *attrs, const char *const *inputs, guint n_inputs);

/** ph_architecture_add_convolution: with new random filters. */
gboolean ph_architecture_add_convolution (PhArchitecture *b, const char *kind, gint64 filters,
                                          const gint64 size[2], gint64 stride, gint64 groups,
                                          gint64 dilation, gboolean valid, gboolean bias);

gboolean ph_architecture_batch_norm (PhArchitecture *b);

/** ph_architecture_add_constant: the name of the value is NAME.PART. Caller frees. */
char *ph_architecture_add_constant (PhArchitecture *b, const char *name, const char *part,
                                    const PhShape *shape, PhFill fill);

/** ph_architecture_flatten: makes a vector of what flows, if it is none. */
gboolean ph_architecture_flatten (PhArchitecture *b);

/** ph_architecture_add_dense: @n outputs that each read all of the vector that flows. */
gboolean ph_architecture_add_dense (PhArchitecture *b, const char *name, gint64 n, PhFill fill);

/** ph_architecture_add_remembered_pool: a MaxPool that also tells where it found each number; what
 * flows must have its new size already. */
gboolean ph_architecture_add_remembered_pool (PhArchitecture *b, const char *name, PhAttrs *attrs,
                                              gint64 factor);

/** ph_architecture_layer: reads the rest of a statement that makes a layer. @known is set to
 * whether
 * @word is such a statement at all. */
gboolean ph_architecture_layer (PhArchitecture *b, const char *word, gboolean *known);

/** ph_architecture_decoder: the same for the statements that autoencoders have. */
gboolean ph_architecture_decoder (PhArchitecture *b, const char *word, gboolean *known);

G_END_DECLS
