#include "network/layer-kind.h"

static const PhNode *
find_producer (const PhGraph *graph, const PhNode *node, guint input, const char *kind)
{
  int value = input < node->n_inputs ? node->inputs[input] : -1;
  int producer = value >= 0 ? ph_graph_get_value (graph, value)->producer : -1;
  const PhNode *found = producer >= 0 ? ph_graph_get_node (graph, (guint)producer) : NULL;

  return found != NULL && g_str_equal (found->op_type, kind) ? found : NULL;
}

/* Of two inputs, the one that a node of @kind makes; @other becomes the index of the other one. */
static const PhNode *
find_either (const PhGraph *graph, const PhNode *node, const char *kind, guint *other)
{
  for (guint i = 0; i < 2; i++)
    {
      const PhNode *found = find_producer (graph, node, i, kind);

      *other = 1 - i;
      if (found != NULL)
        return found;
    }
  return NULL;
}

static const PhTensor *
get_constant (const PhGraph *graph, const PhNode *node, guint input)
{
  return input < node->n_inputs && node->inputs[input] >= 0
             ? ph_graph_get_value (graph, node->inputs[input])->constant
             : NULL;
}

static gsize
count_parameters (const PhGraph *graph, const PhNode *node)
{
  gsize n = 0;

  for (guint i = 0; i < node->n_inputs; i++)
    {
      const PhTensor *constant = get_constant (graph, node, i);

      if (constant != NULL && ph_type_is_real (constant->type) && constant->n > 1)
        n += constant->n;
    }
  return n;
}

/* The product with weights that @node adds a bias to. */
static const PhNode *
find_linear (const PhGraph *graph, const PhNode *node)
{
  guint bias;
  const PhNode *product =
      g_str_equal (node->op_type, "Add") ? find_either (graph, node, "MatMul", &bias) : NULL;

  if (product == NULL || get_constant (graph, product, 1) == NULL ||
      get_constant (graph, node, bias) == NULL)
    return NULL;
  return product;
}

/* The product with weights that @node, the end of a layer norm, adds a bias to. */
static const PhNode *
find_layer_norm (const PhGraph *graph, const PhNode *node)
{
  guint bias, weight;
  const PhNode *scaled =
      g_str_equal (node->op_type, "Add") ? find_either (graph, node, "Mul", &bias) : NULL;
  const PhNode *normed = scaled != NULL ? find_either (graph, scaled, "Div", &weight) : NULL;

  if (normed == NULL || get_constant (graph, node, bias) == NULL ||
      get_constant (graph, scaled, weight) == NULL ||
      find_producer (graph, normed, 0, "Sub") == NULL ||
      find_producer (graph, normed, 1, "Sqrt") == NULL)
    return NULL;
  return scaled;
}

/* The sigmoid of what @node multiplies it with. */
static const PhNode *
find_silu (const PhGraph *graph, const PhNode *node)
{
  guint other;
  const PhNode *sigmoid =
      g_str_equal (node->op_type, "Mul") ? find_either (graph, node, "Sigmoid", &other) : NULL;

  return sigmoid != NULL && sigmoid->inputs[0] == node->inputs[other] ? sigmoid : NULL;
}

/* 0.5 * (x * (1 + erf (x / sqrt (2)))) */
static gboolean
is_gelu (const PhGraph *graph, const PhNode *node)
{
  guint other;
  const PhNode *product =
      g_str_equal (node->op_type, "Mul") ? find_either (graph, node, "Mul", &other) : NULL;

  if (product == NULL || get_constant (graph, node, other) == NULL)
    return FALSE;
  /* Both may come from an Add: x from that of a bias. */
  for (guint i = 0; i < 2; i++)
    {
      const PhNode *sum = find_producer (graph, product, i, "Add");

      if (sum != NULL && find_either (graph, sum, "Erf", &other) != NULL)
        return TRUE;
    }
  return FALSE;
}

const char *
ph_layer_kind (const PhGraph *graph, const PhNode *node, gsize *n_parameters)
{
  const PhNode *product;

  *n_parameters = count_parameters (graph, node);
  if (node->n_inputs != 2)
    return node->op_type;
  product = find_linear (graph, node);
  if (product != NULL)
    {
      *n_parameters += count_parameters (graph, product);
      return "Linear";
    }
  product = find_layer_norm (graph, node);
  if (product != NULL)
    {
      *n_parameters += count_parameters (graph, product);
      return "LayerNormalization";
    }
  if (find_silu (graph, node) != NULL)
    return "Silu";
  return is_gelu (graph, node) ? "Gelu" : node->op_type;
}

gboolean
ph_layer_is_part (const PhGraph *graph, const PhNode *node)
{
  gboolean may = g_str_equal (node->op_type, "MatMul") || g_str_equal (node->op_type, "Sigmoid");

  if (!may || ph_graph_get_value (graph, node->outputs[0])->n_consumers != 1)
    return FALSE;
  for (guint i = 0; i < ph_graph_get_n_nodes (graph); i++)
    {
      const PhNode *next = ph_graph_get_node (graph, i);

      for (guint j = 0; j < next->n_inputs; j++)
        if (next->inputs[j] == node->outputs[0])
          return find_linear (graph, next) == node || find_silu (graph, next) == node;
    }
  return FALSE;
}
