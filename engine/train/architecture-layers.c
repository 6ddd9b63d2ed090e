/* The layers of a description: from the words of a statement to nodes with random weights. */

#include <stdlib.h>
#include <string.h>

#include "train/architecture-private.h"
#include "train/init.h"

/* "3x5" or "3". */
static gboolean
expect_window (PhArchitecture *b, const char *what, gint64 size[2])
{
  const char *text = ph_architecture_peek (b);
  char *end;

  size[0] = size[1] = g_ascii_strtoll (text, &end, 10);
  if (end != text && *end == 'x')
    {
      const char *second = end + 1;

      size[1] = g_ascii_strtoll (second, &end, 10);
    }
  if (end == text || *end != '\0' || size[0] < 1 || size[1] < 1 || size[0] > 64 || size[1] > 64)
    return ph_architecture_fail (b, "%s wants the size of its window, as “3x3”, not “%s”", what,
                                 *text == '\n' ? "" : text);
  b->at++;
  return TRUE;
}

char *
ph_architecture_dup_name (PhArchitecture *b, const char *kind)
{
  g_autofree char *base = g_strconcat (b->prefix->str, kind, NULL);
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (b->counts, base)) + 1;

  g_hash_table_replace (b->counts, g_strdup (base), GUINT_TO_POINTER (n));
  return g_strdup_printf ("%s%u", base, n);
}

char *
ph_architecture_add_constant (PhArchitecture *b, const char *name, const char *part,
                              const PhShape *shape, PhFill fill)
{
  g_autoptr (PhTensor) tensor = ph_tensor_new (PH_TYPE_FLOAT, shape, b->error);
  g_autofree char *full = g_strconcat (name, ".", part, NULL);
  PhRng rng;

  if (tensor == NULL)
    return NULL;
  ph_rng_init (&rng, b->sizes.seed, b->n_constants++);
  for (gsize i = 0; i < tensor->n && fill == PH_FILL_ONES; i++)
    tensor->f[i] = 1;
  if (fill == PH_FILL_HE || fill == PH_FILL_XAVIER)
    {
      gsize window = ph_shape_count_range (shape, 2, shape->rank);

      ph_init_weights (fill == PH_FILL_HE ? PH_INIT_HE : PH_INIT_XAVIER,
                       (gsize)shape->dim[1] * window, (gsize)shape->dim[0] * window, tensor->n,
                       tensor->f, &rng);
    }
  return ph_graph_add_constant (b->graph, full, tensor, b->error) < 0 ? NULL
                                                                      : g_steal_pointer (&full);
}

/* Adds a node that makes the value NAME, which becomes what flows on. */
gboolean
ph_architecture_add_node (PhArchitecture *b, const char *op, const char *name, PhAttrs *attrs,
                          const char *const *inputs, guint n_inputs)
{
  if (++b->n_nodes > PH_ARCHITECTURE_MOST_NODES)
    {
      g_clear_pointer (&attrs, ph_attrs_free);
      return ph_architecture_fail (b, "this makes more than %d layers", PH_ARCHITECTURE_MOST_NODES);
    }
  if (!ph_graph_add_node (b->graph, op, NULL, name, attrs, inputs, n_inputs,
                          (const char *const[]){ name }, 1, b->error))
    return FALSE;
  g_free (b->flow.name);
  b->flow.name = g_strdup (name);
  return TRUE;
}

gboolean
ph_architecture_add_convolution (PhArchitecture *b, const char *kind, gint64 filters,
                                 const gint64 size[2], gint64 stride, gint64 groups,
                                 gint64 dilation, gboolean valid, gboolean bias)
{
  g_autofree char *name = ph_architecture_dup_name (b, kind);
  PhShape shape = PH_SHAPE (filters, b->flow.channels / groups, size[0], size[1]);
  g_autofree char *w = ph_architecture_add_constant (b, name, "weight", &shape, PH_FILL_HE);
  g_autofree char *c = NULL;
  PhAttrs *attrs;
  gint64 pads[4] = { 0 }, out[2];

  if (w == NULL)
    return FALSE;
  if (bias)
    {
      PhShape one = PH_SHAPE (filters);

      c = ph_architecture_add_constant (b, name, "bias", &one, PH_FILL_ZEROS);
      if (c == NULL)
        return FALSE;
    }
  for (guint i = 0; i < 2; i++)
    {
      gint64 extent = i == 0 ? b->flow.rows : b->flow.columns;

      pads[i] = pads[i + 2] = valid ? 0 : (size[i] - 1) * dilation / 2;
      out[i] = extent + 2 * pads[i] - (size[i] - 1) * dilation;
      if (out[i] < 1)
        return ph_architecture_fail (b,
                                     "a window of %" G_GINT64_FORMAT "x%" G_GINT64_FORMAT
                                     " does not fit into %" G_GINT64_FORMAT "x%" G_GINT64_FORMAT,
                                     size[0], size[1], b->flow.rows, b->flow.columns);
      out[i] = (out[i] - 1) / stride + 1;
    }
  attrs = ph_attrs_new ();
  ph_attrs_set_ints (attrs, "kernel_shape", size, 2);
  ph_attrs_set_ints (attrs, "strides", (gint64[]){ stride, stride }, 2);
  ph_attrs_set_ints (attrs, "dilations", (gint64[]){ dilation, dilation }, 2);
  ph_attrs_set_ints (attrs, "pads", pads, 4);
  ph_attrs_set_int (attrs, "group", groups);
  if (!ph_architecture_add_node (b, "Conv", name, attrs,
                                 (const char *const[]){ b->flow.name, w, c }, bias ? 3 : 2))
    return FALSE;
  b->flow.channels = filters;
  b->flow.rows = out[0];
  b->flow.columns = out[1];
  return TRUE;
}

gboolean
ph_architecture_plane (PhArchitecture *b, const char *what)
{
  return !b->flow.flat ||
         ph_architecture_fail (b, "%s wants a picture; here there is a vector already", what);
}

static gboolean
convolution (PhArchitecture *b, gboolean depthwise)
{
  const char *what = depthwise ? "depthwise" : "conv";
  gint64 filters = b->flow.channels, size[2], stride = 1, groups = 1, dilation = 1;
  gboolean valid = FALSE, bias = TRUE;

  if (!ph_architecture_plane (b, what) ||
      (!depthwise && !ph_architecture_number (b, "the number of filters", 1, 65536, &filters)) ||
      !expect_window (b, what, size))
    return FALSE;
  for (;;)
    {
      gint64 *number = ph_architecture_accept (b, "stride")                 ? &stride
                       : ph_architecture_accept (b, "dilation")             ? &dilation
                       : !depthwise && ph_architecture_accept (b, "groups") ? &groups
                                                                            : NULL;

      if (number != NULL)
        {
          if (!ph_architecture_number (b, "this", 1, 65536, number))
            return FALSE;
        }
      else if (ph_architecture_accept (b, "valid"))
        valid = TRUE;
      else if (ph_architecture_accept (b, "no-bias"))
        bias = FALSE;
      else
        break;
    }
  if (depthwise)
    groups = b->flow.channels;
  if (b->flow.channels % groups != 0 || filters % groups != 0)
    return ph_architecture_fail (b,
                                 "%" G_GINT64_FORMAT " groups do not divide %" G_GINT64_FORMAT
                                 " channels and %" G_GINT64_FORMAT " filters",
                                 groups, b->flow.channels, filters);
  return ph_architecture_add_convolution (b, what, filters, size, stride, groups, dilation, valid,
                                          bias);
}

gboolean
ph_architecture_batch_norm (PhArchitecture *b)
{
  static const struct
  {
    const char *part;
    PhFill fill;
  } parts[4] = { { "scale", PH_FILL_ONES },
                 { "bias", PH_FILL_ZEROS },
                 { "mean", PH_FILL_ZEROS },
                 { "variance", PH_FILL_ONES } };
  g_autofree char *name = ph_architecture_dup_name (b, "batchnorm");
  PhShape shape = PH_SHAPE (b->flow.channels);
  char *inputs[5] = { g_strdup (b->flow.name) };
  gboolean done = TRUE;

  for (guint i = 0; i < 4 && done; i++)
    {
      inputs[i + 1] = ph_architecture_add_constant (b, name, parts[i].part, &shape, parts[i].fill);
      done = inputs[i + 1] != NULL;
    }
  done = done && ph_architecture_add_node (b, "BatchNormalization", name, NULL,
                                           (const char *const *)inputs, 5);
  for (guint i = 0; i < 5; i++)
    g_free (inputs[i]);
  b->normalised = TRUE;
  return done;
}

static gboolean
activation (PhArchitecture *b, const char *word)
{
  g_autofree char *name = ph_architecture_dup_name (b, word);
  g_autofree char *input = g_strdup (b->flow.name);

  if (g_str_equal (word, "relu6"))
    {
      static const float bounds[2] = { 0, 6 };
      g_autofree char *low = g_strconcat (name, ".min", NULL);
      g_autofree char *high = g_strconcat (name, ".max", NULL);
      PhShape scalar = { 0 };
      g_autoptr (PhTensor) min = ph_tensor_new_floats (&scalar, &bounds[0]);
      g_autoptr (PhTensor) max = ph_tensor_new_floats (&scalar, &bounds[1]);

      return ph_graph_add_constant (b->graph, low, min, b->error) >= 0 &&
             ph_graph_add_constant (b->graph, high, max, b->error) >= 0 &&
             ph_architecture_add_node (b, "Clip", name, NULL,
                                       (const char *const[]){ input, low, high }, 3);
    }
  return ph_architecture_add_node (b,
                                   g_str_equal (word, "relu")      ? "Relu"
                                   : g_str_equal (word, "leaky")   ? "LeakyRelu"
                                   : g_str_equal (word, "sigmoid") ? "Sigmoid"
                                                                   : "Tanh",
                                   name, NULL, (const char *const[]){ input }, 1);
}

static gboolean
pool (PhArchitecture *b, gboolean max)
{
  const char *what = max ? "maxpool" : "avgpool";
  g_autofree char *input = g_strdup (b->flow.name);
  gint64 size[2], stride = 0, pads[4] = { 0 }, pooled[2];
  const gint64 extent[2] = { b->flow.rows, b->flow.columns };
  gboolean remember;
  PhAttrs *attrs;

  if (!ph_architecture_plane (b, what) || !expect_window (b, what, size))
    return FALSE;
  if (ph_architecture_accept (b, "stride") && !ph_architecture_number (b, "this", 1, 64, &stride))
    return FALSE;
  for (guint i = 0; i < 2; i++)
    {
      gint64 step = stride > 0 ? stride : size[i];

      /* Windows that overlap reach over the edge, so that nothing is lost there. */
      pads[i] = pads[i + 2] = step < size[i] ? (size[i] - 1) / 2 : 0;
      if (extent[i] + 2 * pads[i] < size[i])
        return ph_architecture_fail (
            b, "a window of %" G_GINT64_FORMAT " does not fit into %" G_GINT64_FORMAT " pixels",
            size[i], extent[i]);
      pooled[i] = (extent[i] + 2 * pads[i] - size[i]) / step + 1;
    }
  attrs = ph_attrs_new ();
  ph_attrs_set_ints (attrs, "kernel_shape", size, 2);
  ph_attrs_set_ints (attrs, "strides",
                     (gint64[]){ stride > 0 ? stride : size[0], stride > 0 ? stride : size[1] }, 2);
  ph_attrs_set_ints (attrs, "pads", pads, 4);

  g_autofree char *name = ph_architecture_dup_name (b, what);

  remember = max && b->remembers && size[0] == size[1] && (stride == 0 || stride == size[0]) &&
             extent[0] % size[0] == 0 && extent[1] % size[1] == 0;
  b->flow.rows = pooled[0];
  b->flow.columns = pooled[1];
  if (remember)
    return ph_architecture_add_remembered_pool (b, name, attrs, size[0]);
  return ph_architecture_add_node (b, max ? "MaxPool" : "AveragePool", name, attrs,
                                   (const char *const[]){ input }, 1);
}

static gboolean
global_pool (PhArchitecture *b)
{
  g_autofree char *name = NULL;
  g_autofree char *input = g_strdup (b->flow.name);

  if (!ph_architecture_plane (b, "globalpool"))
    return FALSE;
  name = ph_architecture_dup_name (b, "globalpool");
  b->flow.rows = b->flow.columns = 1;
  return ph_architecture_add_node (b, "GlobalAveragePool", name, NULL,
                                   (const char *const[]){ input }, 1);
}

gboolean
ph_architecture_flatten (PhArchitecture *b)
{
  g_autofree char *name = NULL;
  g_autofree char *input = g_strdup (b->flow.name);

  if (b->flow.flat)
    return TRUE;
  name = ph_architecture_dup_name (b, "flatten");
  b->flow.channels *= b->flow.rows * b->flow.columns;
  b->flow.rows = b->flow.columns = 1;
  b->flow.flat = TRUE;
  return ph_architecture_add_node (b, "Flatten", name, NULL, (const char *const[]){ input }, 1);
}

static gboolean
dropout (PhArchitecture *b)
{
  const char *text = ph_architecture_peek (b);
  char *end;
  float ratio = (float)g_ascii_strtod (text, &end);

  if (end == text || *end != '\0' || !(ratio >= 0 && ratio < 1))
    return ph_architecture_fail (
        b, "dropout wants the share of numbers to drop, as “dropout 0.5”, not “%s”",
        *text == '\n' ? "" : text);
  b->at++;

  g_autofree char *name = ph_architecture_dup_name (b, "dropout");
  g_autofree char *input = g_strdup (b->flow.name);
  g_autofree char *share = g_strconcat (name, ".ratio", NULL);
  PhShape scalar = { 0 };
  g_autoptr (PhTensor) tensor = ph_tensor_new_floats (&scalar, &ratio);

  return ph_graph_add_constant (b->graph, share, tensor, b->error) >= 0 &&
         ph_architecture_add_node (b, "Dropout", name, NULL, (const char *const[]){ input, share },
                                   2);
}

gboolean
ph_architecture_add_dense (PhArchitecture *b, const char *name, gint64 n, PhFill fill)
{
  PhShape shape = PH_SHAPE (n, b->flow.channels), one = PH_SHAPE (n);
  g_autofree char *w = NULL, *c = NULL, *input = NULL;
  PhAttrs *attrs;

  if (b->flow.channels > G_MAXINT32 / n)
    return ph_architecture_fail (b,
                                 "%" G_GINT64_FORMAT " outputs of %" G_GINT64_FORMAT
                                 " inputs are too many weights; pool more before",
                                 n, b->flow.channels);
  w = ph_architecture_add_constant (b, name, "weight", &shape, fill);
  c = w != NULL ? ph_architecture_add_constant (b, name, "bias", &one, PH_FILL_ZEROS) : NULL;
  if (c == NULL)
    return FALSE;
  input = g_strdup (b->flow.name);
  attrs = ph_attrs_new ();
  ph_attrs_set_int (attrs, "transB", 1);
  b->flow.channels = n;
  return ph_architecture_add_node (b, "Gemm", name, attrs, (const char *const[]){ input, w, c }, 3);
}

static gboolean
dense (PhArchitecture *b)
{
  g_autofree char *name = NULL;
  gint64 n;

  if (!ph_architecture_number (b, "the number of outputs", 1, 65536, &n) ||
      !ph_architecture_flatten (b))
    return FALSE;
  name = ph_architecture_dup_name (b, "dense");
  return ph_architecture_add_dense (b, name, n, PH_FILL_HE);
}

static gboolean
classes (PhArchitecture *b)
{
  if (b->depth > 0)
    return ph_architecture_fail (b, "“classes” comes last and stands outside all braces");
  b->closed = TRUE;
  return ph_architecture_flatten (b) &&
         ph_architecture_add_dense (b, "logits", b->sizes.n_classes, PH_FILL_XAVIER);
}

gboolean
ph_architecture_layer (PhArchitecture *b, const char *word, gboolean *known)
{
  *known = TRUE;
  if (g_str_equal (word, "conv"))
    return convolution (b, FALSE);
  if (g_str_equal (word, "depthwise"))
    return convolution (b, TRUE);
  if (g_str_equal (word, "batchnorm"))
    return ph_architecture_batch_norm (b);
  if (g_strv_contains ((const char *const[]){ "relu", "relu6", "leaky", "sigmoid", "tanh", NULL },
                       word))
    return activation (b, word);
  if (g_str_equal (word, "maxpool"))
    return pool (b, TRUE);
  if (g_str_equal (word, "avgpool"))
    return pool (b, FALSE);
  if (g_str_equal (word, "globalpool"))
    return global_pool (b);
  if (g_str_equal (word, "dropout"))
    return dropout (b);
  if (g_str_equal (word, "dense"))
    return dense (b);
  if (g_str_equal (word, "classes"))
    return classes (b);
  *known = FALSE;
  return TRUE;
}
