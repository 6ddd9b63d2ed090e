#include "network/graph-norms.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "network/graph-rewrite-private.h"

#define EPSILON 1e-5f /* of normalisations that are put in, as everywhere */

static gboolean
is_norm (const PhNode *node)
{
  return g_str_equal (node->op_type, "BatchNormalization");
}

static const PhTensor *
constant_of (PhGraph *graph, const PhNode *node, guint input)
{
  return input < node->n_inputs && node->inputs[input] >= 0
             ? ph_graph_get_value (graph, node->inputs[input])->constant
             : NULL;
}

/* Whether a node is a convolution with filters of its own. */
static gboolean
is_convolution (PhGraph *graph, const PhNode *node)
{
  const PhTensor *w = constant_of (graph, node, 1);

  return g_str_equal (node->op_type, "Conv") && w != NULL && w->shape.rank >= 2 &&
         ph_type_is_real (w->type) &&
         (node->n_inputs < 3 || node->inputs[2] < 0 || constant_of (graph, node, 2) != NULL);
}

static gboolean
add_constant (PhRewrite *r, const char *name, const PhShape *shape, const float *numbers)
{
  g_autoptr (PhTensor) tensor = ph_tensor_new (PH_TYPE_FLOAT, shape, r->error);

  if (tensor == NULL)
    return FALSE;
  memcpy (tensor->f, numbers, tensor->n * sizeof (float));
  return ph_graph_add_constant (r->to, name, tensor, r->error) >= 0;
}

static gboolean
is_output (PhGraph *graph, int value)
{
  guint n;
  const int *outputs = ph_graph_get_outputs (graph, &n);

  for (guint i = 0; i < n; i++)
    if (outputs[i] == value)
      return TRUE;
  return FALSE;
}

/* ---- Folding ---- */

/* The normalisation that can go into a convolution, or %NULL. */
static const PhNode *
find_norm (PhGraph *graph, const PhNode *convolution)
{
  const int value = convolution->outputs[0];

  if (!is_convolution (graph, convolution) || ph_graph_get_value (graph, value)->n_consumers != 1 ||
      is_output (graph, value))
    return NULL;
  for (guint i = 0; i < ph_graph_get_n_nodes (graph); i++)
    {
      const PhNode *node = ph_graph_get_node (graph, i);
      gsize n = (gsize)constant_of (graph, convolution, 1)->shape.dim[0];

      if (!is_norm (node) || node->inputs[0] != value)
        continue;
      for (guint j = 1; j < 5; j++)
        if (constant_of (graph, node, j) == NULL || constant_of (graph, node, j)->n != n)
          return NULL;
      return node->n_outputs == 1 && ph_attrs_get_int (node->attrs, "training_mode", 0) == 0 ? node
                                                                                             : NULL;
    }
  return NULL;
}

static gboolean
add_folded (PhRewrite *r, const PhNode *node, const PhNode *norm)
{
  const PhTensor *w = constant_of (r->from, node, 1), *bias = constant_of (r->from, node, 2);
  const PhTensor *scale = constant_of (r->from, norm, 1), *shift = constant_of (r->from, norm, 2);
  const PhTensor *mean = constant_of (r->from, norm, 3), *variance = constant_of (r->from, norm, 4);
  const char *name = ph_graph_get_value (r->from, node->outputs[0])->name;
  g_autofree char *w_name = g_strconcat (name, ".folded-weight", NULL);
  g_autofree char *b_name = g_strconcat (name, ".folded-bias", NULL);
  g_autofree float *filters = g_try_new (float, w->n + 1);
  g_autofree float *offsets = g_new (float, scale->n + 1);
  const float epsilon = ph_attrs_get_real (norm->attrs, "epsilon", EPSILON);
  const gsize size = w->n / MAX (scale->n, 1);
  const PhShape one = PH_SHAPE ((gint64)scale->n);

  if (filters == NULL)
    {
      g_set_error_literal (r->error, PH_ERROR, PH_ERROR_NO_MEMORY,
                           _ ("There is no memory for the folded filters"));
      return FALSE;
    }
  for (gsize k = 0; k < scale->n; k++)
    {
      double factor = scale->f[k] / sqrt ((double)variance->f[k] + epsilon);

      for (gsize i = 0; i < size; i++)
        filters[k * size + i] = (float)(w->f[k * size + i] * factor);
      offsets[k] =
          (float)(shift->f[k] + ((bias != NULL ? bias->f[k] : 0) - (double)mean->f[k]) * factor);
    }
  r->names[norm->outputs[0]] = g_strdup (name);
  return add_constant (r, w_name, &w->shape, filters) && add_constant (r, b_name, &one, offsets) &&
         ph_rewrite_add (
             r, node, (const char *const[]){ ph_rewrite_name (r, node->inputs[0]), w_name, b_name },
             3);
}

PhGraph *
ph_graph_fold_norms (PhGraph *graph, GError **error)
{
  guint n = ph_graph_get_n_nodes (graph);
  g_autofree const PhNode **norms = g_new0 (const PhNode *, n + 1); /* per convolution */
  g_autofree gboolean *gone = g_new0 (gboolean, n + 1);
  g_autofree gboolean *keep = g_new0 (gboolean, ph_graph_get_n_values (graph) + 1);
  gboolean done;
  PhRewrite r;

  for (guint i = 0; i < n; i++)
    norms[i] = find_norm (graph, ph_graph_get_node (graph, i));
  for (guint i = 0; i < n; i++)
    if (norms[i] != NULL)
      gone[ph_graph_get_value (graph, norms[i]->outputs[0])->producer] = TRUE;
  for (guint i = 0; i < n; i++)
    {
      const PhNode *node = ph_graph_get_node (graph, i);

      for (guint j = 0; j < node->n_inputs && !gone[i]; j++)
        if (node->inputs[j] >= 0 && (norms[i] == NULL || j == 0))
          keep[node->inputs[j]] = TRUE;
    }
  done = ph_rewrite_begin (&r, graph, keep, error);
  for (guint i = 0; done && i < n; i++)
    if (norms[i] != NULL)
      done = add_folded (&r, ph_graph_get_node (graph, i), norms[i]);
    else if (!gone[i])
      done = ph_rewrite_copy (&r, ph_graph_get_node (graph, i));
  return ph_rewrite_end (&r, done);
}

/* ---- Putting in ---- */

static gboolean
has_norm (PhGraph *graph)
{
  static const char *const norms[] = { "BatchNormalization",        "InstanceNormalization",
                                       "LayerNormalization",        "GroupNormalization",
                                       "MeanVarianceNormalization", NULL };

  for (guint i = 0; i < ph_graph_get_n_nodes (graph); i++)
    if (g_strv_contains (norms, ph_graph_get_node (graph, i)->op_type))
      return TRUE;
  return FALSE;
}

/* The last node with weights before @value, if there is one way only to it. */
static int
find_classifier (PhGraph *graph, int value)
{
  while (value >= 0 && ph_graph_get_value (graph, value)->producer >= 0)
    {
      int producer = ph_graph_get_value (graph, value)->producer;
      const PhNode *node = ph_graph_get_node (graph, (guint)producer);

      if (constant_of (graph, node, 1) != NULL &&
          g_strv_contains ((const char *const[]){ "Conv", "Gemm", "MatMul", NULL }, node->op_type))
        return producer;
      value = node->n_inputs > 0 ? node->inputs[0] : -1;
    }
  return -1;
}

/* Adds a convolution without bias and a normalisation after it. */
static gboolean
add_normalised (PhRewrite *r, const PhNode *node)
{
  static const char *const parts[] = { "scale", "bias", "mean", "variance" };
  const char *name = ph_graph_get_value (r->from, node->outputs[0])->name;
  g_autofree char *output = g_strconcat (name, "/batchnorm", NULL);
  const PhTensor *bias = constant_of (r->from, node, 2);
  const gint64 n = constant_of (r->from, node, 1)->shape.dim[0];
  const PhShape one = PH_SHAPE (n);
  g_autofree float *numbers = g_new (float, (gsize)n + 1);
  const char *inputs[5] = { name };
  g_auto (GStrv) names = g_new0 (char *, G_N_ELEMENTS (parts) + 1);

  if (!ph_rewrite_add (r, node,
                       (const char *const[]){ ph_rewrite_name (r, node->inputs[0]),
                                              ph_rewrite_name (r, node->inputs[1]) },
                       2))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      names[i] = g_strconcat (output, ".", parts[i], NULL);
      inputs[i + 1] = names[i];
      for (gint64 j = 0; j < n; j++)
        numbers[j] = i == 1 && bias != NULL ? bias->f[j] : i == 0 || i == 3;
      if (!add_constant (r, names[i], &one, numbers))
        return FALSE;
    }
  if (!ph_graph_add_node (r->to, "BatchNormalization", NULL, output, NULL, inputs, 5,
                          (const char *const[]){ output }, 1, r->error))
    return FALSE;
  r->names[node->outputs[0]] = g_steal_pointer (&output);
  return TRUE;
}

PhGraph *
ph_graph_insert_norms (PhGraph *graph, int classifier, GError **error)
{
  guint n = ph_graph_get_n_nodes (graph);
  gboolean leave = has_norm (graph), done;
  int last = find_classifier (graph, classifier);
  g_autofree gboolean *wanted = g_new0 (gboolean, n + 1);
  g_autofree gboolean *keep = g_new0 (gboolean, ph_graph_get_n_values (graph) + 1);
  PhRewrite r;

  for (guint i = 0; i < n; i++)
    {
      const PhNode *node = ph_graph_get_node (graph, i);

      wanted[i] = !leave && (int)i != last && is_convolution (graph, node);
      for (guint j = 0; j < node->n_inputs; j++)
        if (node->inputs[j] >= 0 && (!wanted[i] || j < 2))
          keep[node->inputs[j]] = TRUE;
    }
  done = ph_rewrite_begin (&r, graph, keep, error);
  for (guint i = 0; done && i < n; i++)
    {
      const PhNode *node = ph_graph_get_node (graph, i);

      done = wanted[i] ? add_normalised (&r, node) : ph_rewrite_copy (&r, node);
    }
  return ph_rewrite_end (&r, done);
}
