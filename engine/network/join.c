#include "network/join.h"

#include <glib/gi18n.h>

#include "base/error.h"

#define PICTURE "picture"

static const char *const prefixes[2] = { "a/", "b/" };

static char *
prefixed (guint side, const char *name)
{
  return g_strconcat (prefixes[side], name, NULL);
}

/* What makes a network's input of the picture: a product for each channel of the input, which also
 * orders them, and a sum. */
static gboolean
add_preprocess (PhGraph *graph, PhModel *model, guint side, const char *input, GError **error)
{
  const PhPreprocess *p = ph_model_get_preprocess (model);
  guint n = p->channels;
  g_autofree float *weight = g_new0 (float, n *n), *bias = g_new0 (float, n);
  g_autofree char *w = g_strconcat (prefixes[side], "prepare/weight", NULL);
  g_autofree char *b = g_strconcat (prefixes[side], "prepare/bias", NULL);
  g_autofree char *prepared =
      p->nhwc ? g_strconcat (prefixes[side], "prepare", NULL) : g_strdup (input);
  const char *inputs[] = { PICTURE, w, b };
  const char *made = prepared, *rows = input;

  for (guint c = 0; c < n; c++)
    {
      guint to = p->bgr ? n - 1 - c : c;

      weight[to * n + c] = p->scale / p->std[c];
      bias[to] = -p->mean[c] / p->std[c];
    }

  PhShape matrix = PH_SHAPE (n, n, 1, 1), vector = PH_SHAPE (n);
  g_autoptr (PhTensor) weights = ph_tensor_new_floats (&matrix, weight);
  g_autoptr (PhTensor) biases = ph_tensor_new_floats (&vector, bias);

  if (ph_graph_add_constant (graph, w, weights, error) < 0 ||
      ph_graph_add_constant (graph, b, biases, error) < 0 ||
      !ph_graph_add_node (graph, "Conv", "", NULL, NULL, inputs, 3, &made, 1, error))
    return FALSE;
  if (!p->nhwc)
    return TRUE;

  PhAttrs *attrs = ph_attrs_new ();

  ph_attrs_set_ints (attrs, "perm", (gint64[]){ 0, 2, 3, 1 }, 4);
  return ph_graph_add_node (graph, "Transpose", "", NULL, attrs, &made, 1, &rows, 1, error);
}

static gboolean
add_node (PhGraph *graph, PhGraph *from, guint side, const PhNode *node, GError **error)
{
  g_auto (GStrv) inputs = g_new0 (char *, node->n_inputs + 1);
  g_auto (GStrv) outputs = g_new0 (char *, node->n_outputs + 1);
  g_autofree char *name = prefixed (side, node->name);

  for (guint i = 0; i < node->n_inputs; i++)
    inputs[i] = node->inputs[i] >= 0
                    ? prefixed (side, ph_graph_get_value (from, node->inputs[i])->name)
                    : g_strdup ("");
  for (guint i = 0; i < node->n_outputs; i++)
    outputs[i] = node->outputs[i] >= 0
                     ? prefixed (side, ph_graph_get_value (from, node->outputs[i])->name)
                     : g_strdup ("");
  return ph_graph_add_node (graph, node->op_type, node->domain, name,
                            node->attrs != NULL ? ph_attrs_copy (node->attrs) : NULL,
                            (const char *const *)inputs, node->n_inputs,
                            (const char *const *)outputs, node->n_outputs, error);
}

static gboolean
add_network (PhGraph *graph, PhModel *model, guint side, GError **error)
{
  PhGraph *from = ph_model_get_graph (model);
  guint n;
  const int *values = ph_graph_get_inputs (from, &n);
  g_autofree char *input = prefixed (side, ph_graph_get_value (from, values[0])->name);

  if (!add_preprocess (graph, model, side, input, error))
    return FALSE;
  for (guint i = 0; i < ph_graph_get_n_values (from); i++)
    {
      const PhValue *value = ph_graph_get_value (from, (int)i);
      g_autofree char *name = prefixed (side, value->name);

      if (value->constant != NULL &&
          ph_graph_add_constant (graph, name, value->constant, error) < 0)
        return FALSE;
    }
  for (guint i = 0; i < ph_graph_get_n_nodes (from); i++)
    if (!add_node (graph, from, side, ph_graph_get_node (from, i), error))
      return FALSE;
  values = ph_graph_get_outputs (from, &n);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = prefixed (side, ph_graph_get_value (from, values[i])->name);

      ph_graph_add_output (graph, name);
    }
  return TRUE;
}

/* Whether one picture and one graph do for both. */
static gboolean
check (PhModel *a, PhModel *b, GError **error)
{
  guint p = ph_model_get_preprocess (a)->channels, q = ph_model_get_preprocess (b)->channels;
  int m = ph_graph_get_opset (ph_model_get_graph (a));
  int n = ph_graph_get_opset (ph_model_get_graph (b));

  if (p != q)
    g_set_error (
        error, PH_ERROR, PH_ERROR_SHAPE_MISMATCH,
        _ ("%s takes pictures of %u channel(s), %s of %u: they cannot look at the same one"),
        ph_model_get_name (a), p, ph_model_get_name (b), q);
  else if (m != n)
    g_set_error (error, PH_ERROR, PH_ERROR_MODEL_INVALID,
                 _ ("%s uses operator set %d, %s %d: export both with the same one to join them"),
                 ph_model_get_name (a), m, ph_model_get_name (b), n);
  return p == q && m == n;
}

static char *
dup_digest (PhModel *a, PhModel *b)
{
  const char *first = ph_model_get_digest (a), *second = ph_model_get_digest (b);
  g_autofree char *text =
      g_strconcat (first != NULL ? first : "", "|", second != NULL ? second : "", NULL);

  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
}

PhModel *
ph_model_join (PhModel *a, PhModel *b, GError **error)
{
  const PhPreprocess *p = ph_model_get_preprocess (a);
  PhPreprocess preprocess = { .channels = p->channels,
                              .height = p->height,
                              .width = p->width,
                              .scale = 1,
                              .std = { 1, 1, 1, 1 },
                              .source = PH_PREPROCESS_FROM_FILE };
  g_autoptr (PhGraph) graph = ph_graph_new ("joined", ph_graph_get_opset (ph_model_get_graph (a)));
  g_autofree char *name = g_strconcat (ph_model_get_name (a), "|", ph_model_get_name (b), NULL);
  g_autofree char *digest = dup_digest (a, b);

  if (!check (a, b, error) || ph_graph_add_input (graph, PICTURE, PH_TYPE_FLOAT, NULL, error) < 0 ||
      !add_network (graph, a, 0, error) || !add_network (graph, b, 1, error) ||
      !ph_graph_finish (graph, error))
    return NULL;
  return ph_model_new (name, NULL, digest, graph, &preprocess, NULL, NULL, error);
}

gboolean
ph_joined_unit (PhModel *joined, PhModel *model, guint side, const PhUnit *unit, PhUnit *found,
                GError **error)
{
  int value = ph_unit_get_value (model, unit);
  PhGraph *graph = ph_model_get_graph (joined);
  g_autofree char *name =
      prefixed (side, ph_graph_get_value (ph_model_get_graph (model), value)->name);

  for (guint i = 0; i < ph_model_get_n_layers (joined); i++)
    {
      const PhLayer *layer = ph_model_get_layer (joined, i);

      if (!g_str_equal (ph_graph_get_value (graph, layer->value)->name, name))
        continue;
      *found = *unit;
      found->layer = i;
      if (unit->kind == PH_UNIT_CLASS)
        found->kind = PH_UNIT_CHANNEL;
      return TRUE;
    }
  g_set_error (error, PH_ERROR, PH_ERROR_NO_SUCH_UNIT, _ ("No layer of %s holds “%s”"),
               ph_model_get_name (joined), name);
  return FALSE;
}
