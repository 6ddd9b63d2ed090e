#include "network/blend.h"

#include <glib/gi18n.h>

#include "base/error.h"
#include "network/graph-copy.h"
#include "network/graph-norms.h"
#include "network/parameters.h"

typedef struct
{
  PhGraph *graph;
  PhParameter *parameters; /* owned */
  gboolean *taken;         /* owned */
  guint n;
} Side;

static const PhValue *
value_at (const Side *side, guint i)
{
  return ph_graph_get_value (side->graph, side->parameters[i].value);
}

static gboolean
fits (const Side *a, guint i, const Side *b, guint j)
{
  return !b->taken[j] && a->parameters[i].role == b->parameters[j].role &&
         ph_shape_equal (&value_at (a, i)->constant->shape, &value_at (b, j)->constant->shape);
}

/* The parameter of @b that goes by the name of parameter @i of @a, or -1. */
static int
find_by_name (const Side *a, guint i, const Side *b)
{
  for (guint j = 0; j < b->n; j++)
    if (fits (a, i, b, j) && g_str_equal (value_at (a, i)->name, value_at (b, j)->name))
      return (int)j;
  return -1;
}

/* Partners of all parameters of @a: by name, then in order. */
static int *
find_partners (const Side *a, const Side *b)
{
  int *partner = g_new (int, a->n + 1);
  guint next = 0;

  for (guint i = 0; i < a->n; i++)
    {
      partner[i] = find_by_name (a, i, b);
      if (partner[i] >= 0)
        b->taken[partner[i]] = TRUE;
    }
  for (guint i = 0; i < a->n; i++)
    {
      if (partner[i] >= 0)
        continue;
      for (guint j = next; j < b->n && partner[i] < 0; j++)
        if (fits (a, i, b, j))
          {
            partner[i] = (int)j;
            b->taken[j] = TRUE;
            next = j + 1;
          }
    }
  return partner;
}

static PhTensor *
blend (const PhTensor *a, const PhTensor *b, double t, GError **error)
{
  PhTensor *tensor = ph_tensor_new (a->type, &a->shape, error);

  for (gsize i = 0; tensor != NULL && i < tensor->n; i++)
    tensor->f[i] = (float)((1 - t) * a->f[i] + t * b->f[i]);
  return tensor;
}

static PhGraph *
blend_graphs (PhGraph *first, PhGraph *second, double t, gsize *n_blended, gsize *n_weights,
              GError **error)
{
  guint n_values = ph_graph_get_n_values (first), n_outputs;
  const int *outputs = ph_graph_get_outputs (first, &n_outputs);
  g_autofree PhTensor **constants = g_new0 (PhTensor *, n_values + 1);
  g_autoptr (GPtrArray) made = g_ptr_array_new_with_free_func ((GDestroyNotify)ph_tensor_unref);
  g_autoptr (PhGraph) graph = NULL;
  Side a = { first }, b = { second };
  g_autofree PhParameter *own = a.parameters = ph_graph_list_parameters (first, &a.n);
  g_autofree PhParameter *other = b.parameters = ph_graph_list_parameters (second, &b.n);
  g_autofree gboolean *taken = b.taken = g_new0 (gboolean, b.n + 1);
  g_autofree int *partner = find_partners (&a, &b);

  for (guint i = 0; i < a.n; i++)
    {
      const PhTensor *mine = value_at (&a, i)->constant;
      PhTensor *tensor;

      *n_weights += mine->n;
      if (partner[i] < 0)
        continue;
      tensor = blend (mine, value_at (&b, (guint)partner[i])->constant, t, error);
      if (tensor == NULL)
        return NULL;
      g_ptr_array_add (made, tensor);
      constants[own[i].value] = tensor;
      *n_blended += mine->n;
    }
  if (made->len == 0)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_MODEL_INVALID,
                   _ ("%s and %s have no weights of the same shape"), ph_graph_get_name (first),
                   ph_graph_get_name (second));
      return NULL;
    }
  graph = ph_graph_copy (first, outputs, n_outputs, constants, error);
  for (guint i = 0; graph != NULL && i < n_outputs; i++)
    ph_graph_add_output (graph, ph_graph_get_value (first, outputs[i])->name);
  return graph != NULL && ph_graph_finish (graph, error) ? g_steal_pointer (&graph) : NULL;
}

static gboolean
has_norms (PhGraph *graph)
{
  for (guint i = 0; i < ph_graph_get_n_nodes (graph); i++)
    if (g_str_equal (ph_graph_get_node (graph, i)->op_type, "BatchNormalization"))
      return TRUE;
  return FALSE;
}

/* Filters that a normalisation was folded into and filters in front of one do not mean the same, so
 * that where one of the two has its normalisations folded away, the other is given that form too.
 */
static PhGraph *
blend_models (PhModel *a, PhModel *b, double t, gsize *n_blended, gsize *n_weights, GError **error)
{
  PhGraph *first = ph_model_get_graph (a), *second = ph_model_get_graph (b);
  gboolean alike = has_norms (first) == has_norms (second);
  g_autoptr (PhGraph) x = alike ? ph_graph_ref (first) : ph_graph_fold_norms (first, error);
  g_autoptr (PhGraph) y = x == NULL ? NULL
                          : alike   ? ph_graph_ref (second)
                                    : ph_graph_fold_norms (second, error);

  return y != NULL ? blend_graphs (x, y, t, n_blended, n_weights, error) : NULL;
}

PhModel *
ph_model_blend (PhModel *a, PhModel *b, double t, gsize *n_blended, gsize *n_weights,
                GError **error)
{
  gsize blended = 0, all = 0;
  g_autoptr (PhGraph) graph = blend_models (a, b, t, &blended, &all, error);
  char position[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *text = NULL, *digest = NULL, *name = NULL;
  g_autofree const char **labels = NULL;
  guint n_classes = ph_model_get_n_classes (a);

  if (graph == NULL)
    return NULL;
  g_ascii_dtostr (position, sizeof position, t);
  text = g_strjoin ("|", "blend", ph_model_get_digest (a) != NULL ? ph_model_get_digest (a) : "",
                    ph_model_get_digest (b) != NULL ? ph_model_get_digest (b) : "", position, NULL);
  digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
  name = g_strdup_printf ("%s → %s %s", ph_model_get_name (a), ph_model_get_name (b), position);
  if (n_blended != NULL)
    *n_blended = blended;
  if (n_weights != NULL)
    *n_weights = all;
  if (n_classes > 0 && ph_model_get_label (a, 0) != NULL)
    {
      labels = g_new0 (const char *, n_classes + 1);
      for (guint i = 0; i < n_classes; i++)
        labels[i] = ph_model_get_label (a, i) != NULL ? ph_model_get_label (a, i) : "";
    }
  return ph_model_new (name, NULL, digest, graph, ph_model_get_preprocess (a), labels, NULL, error);
}
