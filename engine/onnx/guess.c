#include <math.h>

#include "onnx/preprocess-private.h"

#define USUAL_SIZE 224
#define LARGEST_SIZE 16384

/* What torchvision and most others train with. */
static const float imagenet_mean[] = { 0.485f, 0.456f, 0.406f };
static const float imagenet_std[] = { 0.229f, 0.224f, 0.225f };

static const PhNode *
only_reader (PhGraph *graph, int value)
{
  if (value < 0 || ph_graph_get_value (graph, value)->n_consumers != 1)
    return NULL;
  for (guint i = 0; i < ph_graph_get_n_nodes (graph); i++)
    {
      const PhNode *node = ph_graph_get_node (graph, i);

      for (guint j = 0; j < node->n_inputs; j++)
        if (node->inputs[j] == value)
          return node;
    }
  return NULL;
}

int
ph_onnx_find_image_input (PhGraph *graph)
{
  guint n;
  const int *inputs = ph_graph_get_inputs (graph, &n);

  for (guint i = 0; i < n; i++)
    {
      const PhValue *value = ph_graph_get_value (graph, inputs[i]);

      if (value->has_shape && value->shape.rank == 4)
        return inputs[i];
    }
  return n > 0 ? inputs[0] : -1;
}

static gboolean
passes_numbers (const PhNode *node)
{
  static const char *const names[] = { "Cast",    "Identity",  "Pad",       "Reshape",
                                       "Squeeze", "Transpose", "Unsqueeze", NULL };

  return g_strv_contains (names, node->op_type);
}

static const PhTensor *
constant_operand (PhGraph *graph, const PhNode *node, int value)
{
  if (node->n_inputs != 2)
    return NULL;

  int other = node->inputs[0] == value ? node->inputs[1] : node->inputs[0];
  const PhTensor *constant = other < 0 ? NULL : ph_graph_get_value (graph, other)->constant;

  return constant != NULL && constant->n > 0 && constant->n <= 4 ? constant : NULL;
}

/* The arithmetic with constants that the graph does on its input: x * factor + offset, by the first
 * channel. */
static gboolean
own_normalisation (PhGraph *graph, int value, double *factor, double *offset)
{
  gboolean found = FALSE;

  *factor = 1;
  *offset = 0;
  for (guint steps = 0; steps < 16; steps++)
    {
      const PhNode *node = only_reader (graph, value);

      if (node == NULL || node->n_outputs == 0)
        break;
      if (!passes_numbers (node))
        {
          const PhTensor *constant = constant_operand (graph, node, value);
          gboolean first = node->inputs[0] == value;
          double c = constant != NULL ? ph_tensor_get_real (constant, 0) : 0;

          if (constant == NULL)
            break;
          if (g_str_equal (node->op_type, "Add"))
            *offset += c;
          else if (g_str_equal (node->op_type, "Sub") && first)
            *offset -= c;
          else if (g_str_equal (node->op_type, "Mul") ||
                   (g_str_equal (node->op_type, "Div") && first && c != 0))
            {
              double m = node->op_type[0] == 'M' ? c : 1 / c;

              *factor *= m;
              *offset *= m;
            }
          else
            break;
          found = TRUE;
        }
      value = node->outputs[0];
    }
  return found && *factor != 0;
}

static void
guess_size (PhGraph *graph, int input, PhPreprocess *p)
{
  const PhValue *value = input >= 0 ? ph_graph_get_value (graph, input) : NULL;
  gint64 dim[4] = { -1, -1, -1, -1 };

  if (value != NULL && value->has_shape && value->shape.rank == 4)
    for (guint i = 0; i < 4; i++)
      dim[i] = value->shape.dim[i];
  p->nhwc =
      (dim[3] == 1 || dim[3] == 3 || dim[3] == 4) && !(dim[1] == 1 || dim[1] == 3 || dim[1] == 4);

  gint64 channels = dim[p->nhwc ? 3 : 1];
  gint64 height = dim[p->nhwc ? 1 : 2];
  gint64 width = dim[p->nhwc ? 2 : 3];
  const PhNode *reader = only_reader (graph, input);

  /* A free number of channels is that of the filters that read them. */
  if (channels <= 0 && reader != NULL && g_str_equal (reader->op_type, "Conv") &&
      reader->n_inputs > 1 && reader->inputs[1] >= 0)
    {
      const PhTensor *filters = ph_graph_get_value (graph, reader->inputs[1])->constant;

      if (filters != NULL && filters->shape.rank == 4)
        channels = filters->shape.dim[1] * ph_attrs_get_int (reader->attrs, "group", 1);
    }
  p->channels = channels > 0 && channels <= G_MAXINT ? (guint)channels : 3;
  p->height = height > 0 && height <= LARGEST_SIZE ? (guint)height : USUAL_SIZE;
  p->width = width > 0 && width <= LARGEST_SIZE ? (guint)width : USUAL_SIZE;
}

void
ph_onnx_guess_preprocess (PhGraph *graph, PhPreprocess *preprocess)
{
  PhPreprocess p = { .scale = 1, .std = { 1, 1, 1, 1 }, .source = PH_PREPROCESS_GUESSED };
  int input = ph_onnx_find_image_input (graph);
  double factor, offset;

  guess_size (graph, input, &p);
  if (own_normalisation (graph, input, &factor, &offset))
    {
      /* Factors like 1/255, 1/127.5 or 1/(255 * 0.229) and means like 103.9 speak of 0 to 255. */
      if (fabs (factor) < 0.05 || fabs (offset / factor) > 2)
        p.scale = 255;
    }
  else if (p.channels == 3)
    for (guint i = 0; i < 3; i++)
      {
        p.mean[i] = imagenet_mean[i];
        p.std[i] = imagenet_std[i];
      }
  *preprocess = p;
}
