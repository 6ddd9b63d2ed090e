#include "study/targets.h"

#include <glib/gi18n.h>

#include "network/plan.h"

/* Functions of one number that follow a layer and are what it is known by. */
static const char *const activations[] = { "Relu",        "Clip", "LeakyRelu", "PRelu", "Sigmoid",
                                           "HardSigmoid", "Tanh", "HardSwish", "Elu",   "Selu",
                                           "Softplus",    "Gelu", NULL };

/* The layer that only applies an activation function to this one and is its only reader, or -1. */
static int
activation_of (PhModel *model, guint layer)
{
  PhGraph *graph = ph_model_get_graph (model);
  int value = ph_model_get_layer (model, layer)->value;

  if (ph_graph_get_value (graph, value)->n_consumers != 1)
    return -1;
  for (guint i = layer + 1; i < ph_model_get_n_layers (model); i++)
    {
      const PhLayer *other = ph_model_get_layer (model, i);
      const PhNode *node =
          other->obstacle == NULL
              ? ph_graph_get_node (graph, (guint)ph_graph_get_value (graph, other->value)->producer)
              : NULL;

      if (node != NULL && node->n_inputs > 0 && node->inputs[0] == value &&
          g_strv_contains (activations, node->op_type))
        return (int)i;
    }
  return -1;
}

static gboolean
is_classes (PhModel *model, const PhLayer *layer)
{
  return ph_model_get_n_classes (model) > 0 && layer->value == ph_model_get_logits (model);
}

const char *
ph_target_for_unit (PhModel *model, const PhUnit *unit)
{
  const PhLayer *layer;
  int after;

  if (unit->kind == PH_UNIT_CLASS)
    return PH_TARGET_CLASSES;
  layer = ph_model_get_layer (model, unit->layer);
  if (layer->obstacle != NULL || unit->kind == PH_UNIT_LAYER)
    return NULL;
  if (is_classes (model, layer))
    return PH_TARGET_CLASSES;
  after = activation_of (model, unit->layer);
  if (after < 0)
    return layer->name;
  layer = ph_model_get_layer (model, (guint)after);
  return is_classes (model, layer) ? PH_TARGET_CLASSES : layer->name;
}

static void
target_free (gpointer data)
{
  PhTarget *target = data;

  g_free (target->name);
  g_free (target);
}

void
ph_targets_free (PhTargets *targets)
{
  g_ptr_array_unref (targets->targets);
  g_free (targets);
}

/* Where the numbers of one image lie, from where those of two units do. */
static gboolean
locate (PhModel *model, const PhUnit *first, guint n_channels, PhTarget *target,
        const PhShape *shape, GError **error)
{
  PhUnit second = *first;
  PhRegion a, b;

  second.channel = MIN (1, n_channels - 1);
  if (!ph_unit_locate (model, first, shape, &a, error) ||
      !ph_unit_locate (model, &second, shape, &b, error))
    return FALSE;
  target->offset = a.offset;
  target->step = b.offset - a.offset;
  target->stride = a.stride;
  target->count = a.count;
  target->n_channels = n_channels;
  return TRUE;
}

static gboolean
add (PhTargets *targets, PhModel *model, const char *name, const PhUnit *unit, GError **error)
{
  const PhPreprocess *p = ph_model_get_preprocess (model);
  PhShape input = ph_model_input_shape (model, 1, p->height, p->width);
  int value = ph_unit_get_value (model, unit);
  g_autoptr (PhPlan) plan =
      ph_plan_new_for_image (ph_model_get_graph (model), &input, &value, 1, FALSE, error);
  PhTarget *target = g_new0 (PhTarget, 1);
  const PhLayer *layer =
      unit->kind == PH_UNIT_CLASS ? NULL : ph_model_get_layer (model, unit->layer);

  g_ptr_array_add (targets->targets, target);
  target->name = g_strdup (name);
  target->value = value;
  target->rows = layer != NULL ? layer->rows : 1;
  target->columns = layer != NULL ? layer->columns : 1;
  return plan != NULL &&
         locate (model, unit, layer != NULL ? layer->n_channels : ph_model_get_n_classes (model),
                 target, &ph_plan_get_spec (plan, value)->shape, error);
}

static gboolean
add_classes (PhTargets *targets, PhModel *model, GError **error)
{
  PhUnit unit = { .kind = PH_UNIT_CLASS };

  return add (targets, model, PH_TARGET_CLASSES, &unit, error);
}

static gboolean
add_layer (PhTargets *targets, PhModel *model, guint i, GError **error)
{
  PhUnit unit = { .kind = targets->at_position ? PH_UNIT_NEURON : PH_UNIT_CHANNEL,
                  .layer = i,
                  .row = targets->row,
                  .column = targets->column };

  return add (targets, model, ph_model_get_layer (model, i)->name, &unit, error);
}

static gboolean
add_named (PhTargets *targets, PhModel *model, const char *name, GError **error)
{
  int i = ph_model_find_layer (model, name);

  for (guint j = 0; j < targets->targets->len; j++)
    if (g_str_equal (((PhTarget *)targets->targets->pdata[j])->name, name))
      return TRUE;
  if (i < 0 && g_str_equal (name, PH_TARGET_CLASSES) && ph_model_get_n_classes (model) > 0)
    return add_classes (targets, model, error);
  if (i < 0)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_NO_SUCH_UNIT,
                   _ ("%s has no layer “%s”; “phosphene-cli layers” lists them%s"),
                   ph_model_get_name (model), name,
                   ph_model_get_n_classes (model) > 0 ? ", and “" PH_TARGET_CLASSES
                                                        "” means the classes"
                                                      : "");
      return FALSE;
    }
  if (ph_model_get_layer (model, (guint)i)->obstacle != NULL)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_NO_SUCH_UNIT, _ ("Layer “%s” cannot be shown: %s"),
                   name, ph_model_get_layer (model, (guint)i)->obstacle);
      return FALSE;
    }
  return add_layer (targets, model, (guint)i, error);
}

static gboolean
add_everything (PhTargets *targets, PhModel *model, GError **error)
{
  PhUnit unit = { .kind = PH_UNIT_CHANNEL };
  const PhLayer *layer = NULL;

  for (unit.layer = 0; unit.layer < ph_model_get_n_layers (model); unit.layer++)
    {
      layer = ph_model_get_layer (model, unit.layer);
      /* Probabilities say what the scores before them do, which come last, as the classes. */
      if (layer->n_channels > 0 && !g_str_equal (layer->kind, "Softmax") &&
          !is_classes (model, layer) &&
          g_strcmp0 (ph_target_for_unit (model, &unit), layer->name) == 0 &&
          !add_layer (targets, model, unit.layer, error))
        return FALSE;
    }
  return ph_model_get_n_classes (model) == 0 || targets->at_position ||
         add_classes (targets, model, error);
}

PhTargets *
ph_targets_new (PhModel *model, const char *const *layers, gboolean at_position, guint row,
                guint column, GError **error)
{
  g_autoptr (PhTargets) targets = g_new0 (PhTargets, 1);

  targets->targets = g_ptr_array_new_with_free_func (target_free);
  targets->at_position = at_position;
  targets->row = row;
  targets->column = column;
  if (layers == NULL && !add_everything (targets, model, error))
    return NULL;
  for (; layers != NULL && *layers != NULL; layers++)
    if (!add_named (targets, model, *layers, error))
      return NULL;
  if (targets->targets->len > 0)
    return g_steal_pointer (&targets);
  g_set_error (error, PH_ERROR, PH_ERROR_NO_SUCH_UNIT,
               _ ("%s: no layer of this network can be shown"), ph_model_get_name (model));
  return NULL;
}

guint
ph_targets_get_n_units (const PhTargets *targets)
{
  guint n = 0;

  for (guint i = 0; i < targets->targets->len; i++)
    n += ((const PhTarget *)targets->targets->pdata[i])->n_channels;
  return n;
}

char *
ph_targets_dup_text (const PhTargets *targets)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < targets->targets->len; i++)
    g_string_append_printf (text, "%s\n", ((PhTarget *)targets->targets->pdata[i])->name);
  if (targets->at_position)
    g_string_append_printf (text, "at %u,%u\n", targets->row, targets->column);
  return g_string_free (text, FALSE);
}
