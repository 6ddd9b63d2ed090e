#include "study/compare-weights.h"

#include <math.h>
#include <string.h>

#include "network/parameters.h"

/* A tensor that a layer learned and which of its axes are the channels. */
typedef struct
{
  const PhTensor *tensor;
  guint axis;
} Learned;

/* The axis of @tensor that counts output channels of @node, or -1. */
static int
channel_axis (const PhNode *node, const PhTensor *tensor, PhRole role, guint n_channels)
{
  const PhShape *shape = &tensor->shape;
  guint axis = 0;

  if (role == PH_ROLE_WEIGHT)
    {
      if (g_str_equal (node->op_type, "MatMul"))
        axis = shape->rank - 1;
      else if (g_str_equal (node->op_type, "ConvTranspose") ||
               (g_str_equal (node->op_type, "Gemm") &&
                ph_attrs_get_int (node->attrs, "transB", 0) == 0))
        axis = 1;
      return axis < shape->rank && (guint)shape->dim[axis] == n_channels ? (int)axis : -1;
    }
  for (axis = 0; axis < shape->rank; axis++)
    if ((guint)shape->dim[axis] == n_channels && tensor->n == n_channels)
      return (int)axis;
  return -1;
}

/* The one input that is no constant, or -1 when there are several. */
static int
only_input (PhGraph *graph, const PhNode *node)
{
  int only = -1;

  for (guint i = 0; i < node->n_inputs; i++)
    {
      int value = node->inputs[i];

      if (value < 0 || ph_graph_get_value (graph, value)->constant != NULL)
        continue;
      if (only >= 0)
        return -1;
      only = value;
    }
  return only;
}

/* Whether a channel behind @node is the same channel as before it. */
static gboolean
keeps_channels (const PhNode *node)
{
  return node->op != NULL &&
         ((node->op->flags & (PH_OP_POINTWISE | PH_OP_VIEW)) || strstr (node->op_type, "Pool"));
}

/* What the layer of @target has learned, the last first; nothing when that cannot be told. */
static GArray *
list_learned (PhModel *model, const PhTarget *target)
{
  PhGraph *graph = ph_model_get_graph (model);
  guint n;
  g_autofree PhParameter *parameters = ph_graph_list_parameters (graph, &n);
  g_autoptr (GArray) learned = g_array_new (FALSE, FALSE, sizeof (Learned));
  gboolean found = FALSE;
  int value = target->value;

  while (value >= 0 && !found)
    {
      int producer = ph_graph_get_value (graph, value)->producer;
      const PhNode *node = producer >= 0 ? ph_graph_get_node (graph, (guint)producer) : NULL;

      for (guint i = 0; node != NULL && i < n; i++)
        {
          const PhTensor *tensor = ph_graph_get_value (graph, parameters[i].value)->constant;
          int axis;

          if (parameters[i].node != (guint)producer || parameters[i].role == PH_ROLE_STATISTIC)
            continue;
          axis = channel_axis (node, tensor, parameters[i].role, target->n_channels);
          if (axis < 0)
            {
              g_array_set_size (learned, 0);
              return g_steal_pointer (&learned);
            }
          g_array_append_val (learned, ((Learned){ tensor, (guint)axis }));
          found |= parameters[i].role == PH_ROLE_WEIGHT;
        }
      value = node != NULL && !found && keeps_channels (node) ? only_input (graph, node) : -1;
    }
  return g_steal_pointer (&learned);
}

/* Adds the squares of the differences and of @a, for each channel. */
static void
add_squares (const Learned *a, const Learned *b, double *difference, double *size)
{
  const PhShape *shape = &a->tensor->shape;
  gsize n_channels = (gsize)shape->dim[a->axis];
  gsize inner = ph_shape_count_range (shape, a->axis + 1, shape->rank);

  for (gsize i = 0; i < a->tensor->n; i++)
    {
      gsize channel = i / inner % n_channels;
      double old = a->tensor->f[i], change = (double)b->tensor->f[i] - old;

      difference[channel] += change * change;
      size[channel] += old * old;
    }
}

static double
relative (double difference, double size)
{
  if (size > 0)
    return sqrt (difference / size);
  return difference > 0 ? INFINITY : 0;
}

double
ph_compare_weights (PhModel *model_a, const PhTarget *a, PhModel *model_b, const PhTarget *b,
                    double *units, gsize *n_weights)
{
  guint n = a->n_channels;
  g_autoptr (GArray) left = list_learned (model_a, a);
  g_autoptr (GArray) right = list_learned (model_b, b);
  g_autofree double *difference = g_new0 (double, n + 1);
  g_autofree double *size = g_new0 (double, n + 1);
  gboolean fits = left->len > 0 && left->len == right->len && n == b->n_channels;
  double all = 0, all_size = 0;
  gsize count = 0;

  for (guint i = 0; fits && i < left->len; i++)
    {
      const Learned *x = &g_array_index (left, Learned, i), *y = &g_array_index (right, Learned, i);

      fits = ph_shape_equal (&x->tensor->shape, &y->tensor->shape) && x->axis == y->axis;
      if (fits)
        add_squares (x, y, difference, size);
      count += x->tensor->n;
    }
  for (guint i = 0; i < n; i++)
    {
      all += difference[i];
      all_size += size[i];
      if (units != NULL)
        units[i] = fits ? relative (difference[i], size[i]) : NAN;
    }
  if (n_weights != NULL)
    *n_weights = fits ? count : 0;
  return fits ? relative (all, all_size) : NAN;
}
