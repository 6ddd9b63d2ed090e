#include <glib/gi18n.h>
/* What autoencoders have besides other layers: the bottleneck, the ways back from small maps to
 * large ones, and the picture at the end. */

#include "train/architecture-private.h"

const char *const ph_unpool_names[] = { NC_ ("choice", "nearest"), NC_ ("choice", "max"),
                                        NC_ ("choice", "transposed"), NULL };

gboolean
ph_architecture_add_remembered_pool (PhArchitecture *b, const char *name, PhAttrs *attrs,
                                     gint64 factor)
{
  g_autofree char *places = g_strconcat (name, ".places", NULL);
  g_autofree char *input = g_strdup (b->flow.name);
  PhPooled pooled = { places, factor, b->flow.channels, b->flow.rows, b->flow.columns };

  b->n_nodes++;
  if (!ph_graph_add_node (b->graph, "MaxPool", NULL, name, attrs, (const char *const[]){ input }, 1,
                          (const char *const[]){ name, places }, 2, b->error))
    return FALSE;
  g_array_append_val (b->pooled, pooled);
  places = NULL;
  g_free (b->flow.name);
  b->flow.name = g_strdup (name);
  return TRUE;
}

/* ONNX's Reshape to (as many images, CHANNELS, ROWS, COLUMNS). */
static gboolean
reshape_to (PhArchitecture *b, const char *name, gint64 channels, gint64 rows, gint64 columns)
{
  g_autofree char *constant = g_strconcat (name, ".shape", NULL);
  g_autofree char *input = g_strdup (b->flow.name);
  const gint64 numbers[4] = { 0, channels, rows, columns };
  PhShape shape = PH_SHAPE (4);
  g_autoptr (PhTensor) tensor = ph_tensor_new_ints (&shape, numbers);

  if (ph_graph_add_constant (b->graph, constant, tensor, b->error) < 0 ||
      !ph_architecture_add_node (b, "Reshape", name, NULL, (const char *const[]){ input, constant },
                                 2))
    return FALSE;
  b->flow.flat = FALSE;
  b->flow.channels = channels;
  b->flow.rows = rows;
  b->flow.columns = columns;
  return TRUE;
}

static gboolean
reshape (PhArchitecture *b)
{
  g_autofree char *name = NULL;
  gint64 size[3], has = b->flow.channels * b->flow.rows * b->flow.columns;

  if (!ph_architecture_number (b, "the number of channels", 1, 65536, &size[0]) ||
      !ph_architecture_number (b, "the number of rows", 1, 4096, &size[1]) ||
      !ph_architecture_number (b, "the number of columns", 1, 4096, &size[2]))
    return FALSE;
  if (size[0] * size[1] * size[2] != has)
    return ph_architecture_fail (b,
                                 "%" G_GINT64_FORMAT "x%" G_GINT64_FORMAT "x%" G_GINT64_FORMAT
                                 " are %" G_GINT64_FORMAT
                                 " numbers; here there are %" G_GINT64_FORMAT,
                                 size[0], size[1], size[2], size[0] * size[1] * size[2], has);
  name = ph_architecture_dup_name (b, "reshape");
  return reshape_to (b, name, size[0], size[1], size[2]);
}

static gboolean
bottleneck (PhArchitecture *b)
{
  gint64 n = b->sizes.bottleneck;

  if (ph_graph_find_value (b->graph, "bottleneck") >= 0 || b->depth > 0)
    return ph_architecture_fail (b, "there is one “bottleneck”, outside all braces");
  if (g_ascii_isdigit (*ph_architecture_peek (b)) &&
      !ph_architecture_number (b, "the size of the bottleneck", 1, 65536, &n))
    return FALSE;
  return ph_architecture_flatten (b) &&
         ph_architecture_add_dense (b, "bottleneck", n, PH_FILL_XAVIER);
}

/* Every number becomes a square of itself. */
static gboolean
unpool_nearest (PhArchitecture *b, gint64 factor)
{
  g_autofree char *name = ph_architecture_dup_name (b, "unpool");
  g_autofree char *constant = g_strconcat (name, ".scales", NULL);
  g_autofree char *input = g_strdup (b->flow.name);
  const float scales[4] = { 1, 1, (float)factor, (float)factor };
  PhShape shape = PH_SHAPE (4);
  g_autoptr (PhTensor) tensor = ph_tensor_new_floats (&shape, scales);
  PhAttrs *attrs;

  if (ph_graph_add_constant (b->graph, constant, tensor, b->error) < 0)
    return FALSE;
  attrs = ph_attrs_new ();
  ph_attrs_set_text (attrs, "mode", "nearest");
  ph_attrs_set_text (attrs, "nearest_mode", "floor");
  ph_attrs_set_text (attrs, "coordinate_transformation_mode", "asymmetric");
  if (!ph_architecture_add_node (b, "Resize", name, attrs,
                                 (const char *const[]){ input, NULL, constant }, 3))
    return FALSE;
  b->flow.rows *= factor;
  b->flow.columns *= factor;
  return TRUE;
}

/* Every number goes where the max-pooling before the bottleneck found its own: the last one first
 * (Zeiler, Fergus 2014; Badrinarayanan et al. 2017). */
static gboolean
unpool_max (PhArchitecture *b, gint64 factor)
{
  g_autofree char *name = NULL;
  g_autofree char *input = g_strdup (b->flow.name);
  PhPooled pooled;
  PhAttrs *attrs;
  gboolean done;

  if (b->pooled->len == 0)
    return ph_architecture_fail (b, "no “maxpool” is left whose places could be remembered");
  pooled = g_array_index (b->pooled, PhPooled, b->pooled->len - 1);
  if (pooled.factor != factor || pooled.channels != b->flow.channels ||
      pooled.rows != b->flow.rows || pooled.columns != b->flow.columns)
    return ph_architecture_fail (b,
                                 "this undoes a “maxpool %" G_GINT64_FORMAT "” to %" G_GINT64_FORMAT
                                 " channels of %" G_GINT64_FORMAT "x%" G_GINT64_FORMAT
                                 "; here there are %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT
                                 "x%" G_GINT64_FORMAT,
                                 pooled.factor, pooled.channels, pooled.rows, pooled.columns,
                                 b->flow.channels, b->flow.rows, b->flow.columns);
  name = ph_architecture_dup_name (b, "unpool");
  attrs = ph_attrs_new ();
  ph_attrs_set_ints (attrs, "kernel_shape", (gint64[]){ factor, factor }, 2);
  ph_attrs_set_ints (attrs, "strides", (gint64[]){ factor, factor }, 2);
  done = ph_architecture_add_node (b, "MaxUnpool", name, attrs,
                                   (const char *const[]){ input, pooled.places }, 2);
  g_free (pooled.places);
  g_array_remove_index (b->pooled, b->pooled->len - 1);
  b->flow.rows *= factor;
  b->flow.columns *= factor;
  return done;
}

/* Filters that are learned: windows that lie side by side. */
static gboolean
unpool_transposed (PhArchitecture *b, gint64 factor)
{
  g_autofree char *name = ph_architecture_dup_name (b, "unpool");
  g_autofree char *input = g_strdup (b->flow.name);
  PhShape shape = PH_SHAPE (b->flow.channels, b->flow.channels, factor, factor);
  PhShape one = PH_SHAPE (b->flow.channels);
  g_autofree char *w = ph_architecture_add_constant (b, name, "weight", &shape, PH_FILL_HE);
  g_autofree char *c =
      w != NULL ? ph_architecture_add_constant (b, name, "bias", &one, PH_FILL_ZEROS) : NULL;
  PhAttrs *attrs;

  if (c == NULL)
    return FALSE;
  attrs = ph_attrs_new ();
  ph_attrs_set_ints (attrs, "kernel_shape", (gint64[]){ factor, factor }, 2);
  ph_attrs_set_ints (attrs, "strides", (gint64[]){ factor, factor }, 2);
  b->flow.rows *= factor;
  b->flow.columns *= factor;
  return ph_architecture_add_node (b, "ConvTranspose", name, attrs,
                                   (const char *const[]){ input, w, c }, 3);
}

static gboolean
unpool (PhArchitecture *b)
{
  PhUnpool way = b->sizes.unpool;
  gint64 factor;

  if (!ph_architecture_plane (b, "unpool") ||
      !ph_architecture_number (b, "how many times larger the map becomes", 2, 16, &factor))
    return FALSE;
  for (guint i = 0; ph_unpool_names[i] != NULL; i++)
    if (ph_architecture_accept (b, ph_unpool_names[i]))
      way = i;
  if (b->flow.rows * factor > 4096 || b->flow.columns * factor > 4096)
    return ph_architecture_fail (b, "the map would get larger than 4096 pixels");
  return way == PH_UNPOOL_MAX          ? unpool_max (b, factor)
         : way == PH_UNPOOL_TRANSPOSED ? unpool_transposed (b, factor)
                                       : unpool_nearest (b, factor);
}

/* What flows becomes a picture like the input: from a vector by as many outputs as it has numbers,
 * from maps by a convolution. */
static gboolean
reconstruction (PhArchitecture *b)
{
  const PhFlow *in = &b->input;
  gboolean linear = ph_architecture_accept (b, "linear"), done;
  g_autofree char *input = NULL;

  if (b->depth > 0)
    return ph_architecture_fail (b, "“reconstruction” comes last and stands outside all braces");
  if (ph_graph_find_value (b->graph, "bottleneck") < 0)
    return ph_architecture_fail (b, "an autoencoder has a “bottleneck” before its reconstruction");
  if (!b->flow.flat && (b->flow.rows != in->rows || b->flow.columns != in->columns))
    return ph_architecture_fail (b,
                                 "the maps are %" G_GINT64_FORMAT "x%" G_GINT64_FORMAT
                                 " here, the picture was %" G_GINT64_FORMAT "x%" G_GINT64_FORMAT,
                                 b->flow.rows, b->flow.columns, in->rows, in->columns);
  b->closed = b->reconstructs = TRUE;
  if (b->flow.flat)
    done =
        ph_architecture_add_dense (b, "pixels", in->channels * in->rows * in->columns,
                                   PH_FILL_XAVIER) &&
        reshape_to (b, linear ? "reconstruction" : "picture", in->channels, in->rows, in->columns);
  else
    done = ph_architecture_add_convolution (b, "pixels", in->channels, (gint64[]){ 3, 3 }, 1, 1, 1,
                                            FALSE, TRUE);
  if (!done || g_str_equal (b->flow.name, "reconstruction"))
    return done;
  input = g_strdup (b->flow.name);
  return ph_architecture_add_node (b, linear ? "Identity" : "Sigmoid", "reconstruction", NULL,
                                   (const char *const[]){ input }, 1);
}

gboolean
ph_architecture_decoder (PhArchitecture *b, const char *word, gboolean *known)
{
  *known = TRUE;
  if (g_str_equal (word, "bottleneck"))
    return bottleneck (b);
  if (g_str_equal (word, "reshape"))
    return reshape (b);
  if (g_str_equal (word, "unpool"))
    return unpool (b);
  if (g_str_equal (word, "reconstruction"))
    return reconstruction (b);
  *known = FALSE;
  return TRUE;
}
