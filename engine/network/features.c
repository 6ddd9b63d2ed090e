#include "network/features.h"

#include <glib/gi18n.h>

#include "network/autoencoder.h"
#include "network/plan.h"

/* Whether a node makes its output from weights. */
static gboolean
has_weights (PhGraph *graph, const PhNode *node)
{
  return g_strv_contains ((const char *const[]){ "Conv", "Gemm", "MatMul", NULL }, node->op_type) &&
         node->n_inputs > 1 && node->inputs[1] >= 0 &&
         ph_graph_get_value (graph, node->inputs[1])->constant != NULL;
}

/* The node that makes @value, %NULL for inputs and constants. */
static const PhNode *
producer_of (PhGraph *graph, int value)
{
  int producer = value >= 0 ? ph_graph_get_value (graph, value)->producer : -1;

  return producer >= 0 ? ph_graph_get_node (graph, (guint)producer) : NULL;
}

int
ph_model_find_features (PhModel *model, GError **error)
{
  PhGraph *graph = ph_model_get_graph (model);
  int value = ph_model_get_logits (model);
  const PhNode *node;
  PhAutoencoder parts;

  if (ph_autoencoder_find (model, &parts))
    return parts.code;
  /* Back over bias, activation and pooling to the weights of the classifier … */
  while ((node = producer_of (graph, value)) != NULL && !has_weights (graph, node))
    value = node->inputs[0];
  if (node == NULL)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_MODEL_INVALID,
                   _ ("%s has no classifier whose place another could take; name the layer whose "
                      "features are to be used"),
                   ph_model_get_name (model));
      return -1;
    }
  /* … and over mere changes of shape to what it looks at. */
  value = node->inputs[0];
  while ((node = producer_of (graph, value)) != NULL && node->op != NULL &&
         ((node->op->flags & PH_OP_VIEW) || g_str_equal (node->op_type, "Dropout")) &&
         node->inputs[0] >= 0)
    value = node->inputs[0];
  return value;
}

static PhLayout
layout_of (PhModel *model, int value, const PhShape *shape)
{
  for (guint i = 0; i < ph_model_get_n_layers (model); i++)
    if (ph_model_get_layer (model, i)->value == value)
      return ph_model_get_layer (model, i)->layout;
  return shape->rank == 2 ? PH_LAYOUT_VECTOR : PH_LAYOUT_NCHW;
}

/* Adds a node that reads *@name, which becomes its output. */
static gboolean
add (PhGraph *graph, const char *op, const char *prefix, const char *suffix, PhAttrs *attrs,
     char **name, GError **error)
{
  g_autofree char *output = g_strconcat (prefix, suffix, NULL);

  if (!ph_graph_add_node (graph, op, NULL, output, attrs, (const char *const[]){ *name }, 1,
                          (const char *const[]){ output }, 1, error))
    return FALSE;
  g_free (*name);
  *name = g_steal_pointer (&output);
  return TRUE;
}

static gboolean
shape_of (PhModel *model, int value, PhShape *shape, GError **error)
{
  const PhPreprocess *p = ph_model_get_preprocess (model);
  PhShape input = ph_model_input_shape (model, 1, p->height, p->width);
  g_autoptr (PhPlan) plan =
      ph_plan_new_for_image (ph_model_get_graph (model), &input, &value, 1, FALSE, error);

  if (plan == NULL)
    return FALSE;
  *shape = ph_plan_get_spec (plan, value)->shape;
  if (shape->rank >= 2)
    return TRUE;
  g_set_error (error, PH_ERROR, PH_ERROR_SHAPE_MISMATCH,
               _ ("“%s” has no channels that could be features"),
               ph_graph_get_value (ph_model_get_graph (model), value)->name);
  return FALSE;
}

char *
ph_graph_add_mean (PhGraph *graph, PhModel *model, int value, const char *prefix, gint64 *n,
                   GError **error)
{
  g_autofree char *name = g_strdup (ph_graph_get_value (ph_model_get_graph (model), value)->name);
  PhLayout layout;
  PhShape shape;

  if (!shape_of (model, value, &shape, error))
    return NULL;
  layout = layout_of (model, value, &shape);
  if (layout == PH_LAYOUT_NHWC || layout == PH_LAYOUT_TOKENS)
    {
      gint64 axes[2] = { 1, 2 };
      PhAttrs *attrs = ph_attrs_new ();

      ph_attrs_set_ints (attrs, "axes", axes, layout == PH_LAYOUT_NHWC ? 2 : 1);
      ph_attrs_set_int (attrs, "keepdims", 0);
      *n = shape.dim[shape.rank - 1];
      return add (graph, "ReduceMean", prefix, "pool", attrs, &name, error)
                 ? g_steal_pointer (&name)
                 : NULL;
    }
  *n = shape.dim[1];
  if (shape.rank > 2 && ph_shape_count_range (&shape, 2, shape.rank) > 1 &&
      !add (graph, "GlobalAveragePool", prefix, "pool", NULL, &name, error))
    return NULL;
  if (shape.rank > 2 && !add (graph, "Flatten", prefix, "features", NULL, &name, error))
    return NULL;
  return g_steal_pointer (&name);
}
