#include "study/circuit.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "study/circuit-private.h"

static void
synapse_free (PhSynapse *synapse)
{
  g_free (synapse->kernel);
  g_free (synapse);
}

static PhSynapse *
synapse_new (const PhUnit *unit, guint rows, guint columns)
{
  PhSynapse *synapse = g_new0 (PhSynapse, 1);

  synapse->unit = *unit;
  synapse->rows = rows;
  synapse->columns = columns;
  synapse->kernel = g_new0 (double, (gsize)rows *columns);
  return synapse;
}
static void
say_obstacle (PhSurvey *survey, int value)
{
  const PhNode *node = ph_survey_get_producer (survey, value);

  if (survey->circuit->obstacle == NULL && node != NULL)
    survey->circuit->obstacle =
        g_strdup_printf ("weights are not followed through “%s” (%s)", node->name, node->op_type);
}

static void
read_fed_by (PhSurvey *survey, const PhPlace *out)
{
  const PhNode *node = ph_survey_get_producer (survey, out->value);
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  if (!ph_survey_is_readable (survey, node))
    {
      say_obstacle (survey, out->value);
      return;
    }

  const PhShape *shape = &ph_survey_get_spec (survey, out->value)->shape;
  guint k = (guint)(ph_survey_is_conv (node) ? out->index / ph_survey_plane (shape)
                                             : out->index % (gsize)shape->dim[shape->rank - 1]);

  for (guint i = 0; i < ph_survey_count_taps (survey, node); i++)
    {
      PhTap tap;
      guint rows, columns;

      if (!ph_survey_find_tap (survey, node, i, NULL, &tap))
        continue;
      ph_survey_get_kernel_size (survey, node, &tap, &rows, &columns);

      gint64 key = ((gint64)tap.unit.layer << 32) | tap.unit.channel;
      PhSynapse *synapse = g_hash_table_lookup (known, &key);
      gboolean fresh = synapse == NULL;

      if (fresh)
        synapse = synapse_new (&tap.unit, rows, columns);
      if (!ph_survey_add_weights (survey, node, i, k, &tap, out->factor, synapse))
        {
          if (fresh)
            synapse_free (synapse);
          continue;
        }
      if (fresh)
        {
          g_hash_table_insert (known, g_memdup2 (&key, sizeof key), synapse);
          g_ptr_array_add (survey->circuit->fed_by, synapse);
        }
    }
}

/* From a term of a sum to its weights; a term that others read too is a unit of its own right: the
 * skip connection of a residual block. */
static void
follow_term (PhSurvey *survey, PhPlace place)
{
  PhPlace at = place, before;
  PhStepBack step = PH_STEP_ONE;
  PhTap tap;

  while (step == PH_STEP_ONE && ph_graph_get_value (survey->graph, at.value)->n_consumers == 1)
    {
      step = ph_walk_back (survey->trace, &at, &before);
      if (step == PH_STEP_WEIGHTED)
        {
          read_fed_by (survey, &at);
          return;
        }
      at = before;
    }
  if (ph_survey_find_unit (survey, place, FALSE, NULL, &tap))
    {
      PhSynapse *synapse = synapse_new (&tap.unit, 1, 1);

      synapse->kernel[0] = tap.factor;
      g_ptr_array_add (survey->circuit->fed_by, synapse);
    }
  else
    say_obstacle (survey, place.value);
}

static void
find_fed_by (PhSurvey *survey)
{
  PhPlace at = survey->start, before;
  PhStepBack step;

  while ((step = ph_walk_back (survey->trace, &at, &before)) == PH_STEP_ONE)
    at = before;
  if (step == PH_STEP_WEIGHTED)
    read_fed_by (survey, &at);
  else if (step == PH_STEP_END)
    say_obstacle (survey, at.value);
  else
    {
      const PhNode *node = ph_survey_get_producer (survey, at.value);

      for (guint i = 0; i < node->n_inputs; i++)
        if (ph_shape_equal (&ph_survey_get_spec (survey, node->inputs[i])->shape,
                            &ph_survey_get_spec (survey, at.value)->shape))
          follow_term (survey, (PhPlace){ node->inputs[i], at.index, at.factor });
        else
          say_obstacle (survey, at.value);
    }
}

static const PhNode *
only_consumer (const PhSurvey *survey, int value)
{
  if (ph_graph_get_value (survey->graph, value)->n_consumers != 1)
    return NULL;
  for (guint i = 0; i < ph_graph_get_n_nodes (survey->graph); i++)
    {
      const PhNode *node = ph_graph_get_node (survey->graph, i);

      for (guint j = 0; j < node->n_inputs; j++)
        if (node->inputs[j] == value)
          return node;
    }
  return NULL;
}

/* Index in the output of @node of what stands at @index of @value; asks the way back. */
static gboolean
step_forward (const PhSurvey *survey, const PhNode *node, PhPlace *place)
{
  const PhShape *in = &ph_survey_get_spec (survey, place->value)->shape;
  PhPlace next = { node->outputs[0], place->index, 1 }, before;
  PhStepBack step;

  if (node->outputs[0] < 0)
    return FALSE;

  const PhShape *out = &ph_survey_get_spec (survey, next.value)->shape;

  if (out->rank < 2)
    return FALSE;
  if (g_str_equal (node->op_type, "Concat"))
    for (guint i = 0; node->inputs[i] != place->value; i++)
      next.index += ph_shape_count (&ph_survey_get_spec (survey, node->inputs[i])->shape);
  else if (!ph_shape_equal (in, out))
    next.index = place->index / ph_survey_plane (in) * ph_survey_plane (out);
  step = ph_walk_back (survey->trace, &next, &before);
  if (step == PH_STEP_SUM
          ? !ph_shape_equal (in, out)
          : step != PH_STEP_ONE || before.value != place->value || before.index != place->index)
    return FALSE;
  next.factor = place->factor * (step == PH_STEP_ONE ? before.factor : 1);
  *place = next;
  return TRUE;
}

/* The unit by which people know an output of a node: after its activation function, in the sum or
 * the join that it is a part of, or as a class. */
static gboolean
find_target (const PhSurvey *survey, PhPlace place, PhUnit *unit, double *factor)
{
  int logits = ph_model_get_logits (survey->model);
  gboolean found = FALSE, pooled = FALSE;
  const PhNode *node;

  do
    {
      PhUnit here;
      guint position;

      if (place.value == logits)
        {
          *unit = (PhUnit){ .kind = PH_UNIT_CLASS, .channel = (guint)place.index };
          *factor = place.factor;
          return TRUE;
        }
      if (!pooled && ph_walk_unit (survey->model, place.value, place.index, &here, &position))
        {
          *unit = here;
          *factor = place.factor;
          found = TRUE;
        }
      node = only_consumer (survey, place.value);
      pooled |= node != NULL && strstr (node->op_type, "Pool") != NULL;
    }
  while (node != NULL && step_forward (survey, node, &place));
  return found;
}

/* All outputs of a node that reads the unit by @taps. */
static void
read_feeds (PhSurvey *survey, const PhNode *node, GArray *taps, GArray *numbers)
{
  const PhShape *out = &ph_survey_get_spec (survey, node->outputs[0])->shape;
  gboolean conv = ph_survey_is_conv (node);
  guint n = (guint)out->dim[conv ? 1 : out->rank - 1];
  guint rows, columns;

  ph_survey_get_kernel_size (survey, node, &g_array_index (taps, PhTap, 0), &rows, &columns);
  for (guint k = 0; k < n; k++)
    {
      PhPlace place = { node->outputs[0], conv ? k * ph_survey_plane (out) : k, 1 };
      gboolean any = FALSE;
      double factor;
      PhUnit unit;

      if (!find_target (survey, place, &unit, &factor))
        continue;

      PhSynapse *synapse = synapse_new (&unit, rows, columns);

      for (guint j = 0; j < taps->len; j++)
        any |= ph_survey_add_weights (survey, node, g_array_index (numbers, guint, j), k,
                                      &g_array_index (taps, PhTap, j), factor, synapse);
      if (any)
        g_ptr_array_add (survey->circuit->feeds, synapse);
      else
        synapse_free (synapse);
    }
}

/* The sums that the unit is a term of. */
static void
read_sum (PhSurvey *survey, const PhNode *node)
{
  const PhShape *out = &ph_survey_get_spec (survey, node->outputs[0])->shape;
  PhPlace first = { node->outputs[0], 0, 1 }, before;

  if (out->rank < 2 || ph_walk_back (survey->trace, &first, &before) != PH_STEP_SUM)
    return;
  for (guint i = 0; i < node->n_inputs; i++)
    {
      const PhShape *in = &ph_survey_get_spec (survey, node->inputs[i])->shape;

      for (gsize c = 0; ph_shape_equal (in, out) && c < (gsize)in->dim[1]; c++)
        {
          PhPlace term = { node->inputs[i], c * ph_survey_plane (in), 1 };
          PhPlace sum = { node->outputs[0], term.index, 1 };
          double factor;
          PhUnit unit;
          PhTap tap;

          if (!ph_survey_find_unit (survey, term, FALSE, &survey->start, &tap) ||
              !find_target (survey, sum, &unit, &factor))
            continue;

          PhSynapse *synapse = synapse_new (&unit, 1, 1);

          synapse->kernel[0] = factor * tap.factor;
          g_ptr_array_add (survey->circuit->feeds, synapse);
        }
    }
}

static void
find_feeds (PhSurvey *survey)
{
  for (guint i = 0; i < ph_graph_get_n_nodes (survey->graph); i++)
    {
      const PhNode *node = ph_graph_get_node (survey->graph, i);
      g_autoptr (GArray) taps = g_array_new (FALSE, FALSE, sizeof (PhTap));
      g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (guint));

      if (survey->trace->errors[i] != NULL || node->outputs[0] < 0)
        continue;
      if (g_str_equal (node->op_type, "Add") || g_str_equal (node->op_type, "Sum"))
        read_sum (survey, node);
      if (!ph_survey_is_readable (survey, node))
        continue;
      for (guint j = 0; j < ph_survey_count_taps (survey, node); j++)
        {
          PhPlace wanted = survey->start;
          PhTap tap;
          gsize plane = ph_survey_plane (&ph_survey_get_spec (survey, wanted.value)->shape);
          gboolean flat = !ph_survey_is_conv (node) && wanted.index % plane == 0;

          /* A matrix reads each position of the map by itself. */
          for (gsize p = 0; p < (flat ? plane : 1); p++)
            {
              wanted.index = survey->start.index + p;
              if (ph_survey_find_tap (survey, node, j, &wanted, &tap))
                {
                  g_array_append_val (taps, tap);
                  g_array_append_val (numbers, j);
                  break;
                }
            }
        }
      if (taps->len > 0)
        read_feeds (survey, node, taps, numbers);
    }
}

int
ph_synapse_sign (const PhSynapse *synapse)
{
  double magnitude = 0;

  for (gsize j = 0; j < (gsize)synapse->rows * synapse->columns; j++)
    magnitude += fabs (synapse->kernel[j]);
  if (fabs (synapse->weight) < 0.2 * magnitude || magnitude == 0)
    return 0;
  return synapse->weight < 0 ? -1 : 1;
}

static int
compare_synapses (gconstpointer a, gconstpointer b)
{
  const PhSynapse *x = *(PhSynapse *const *)a, *y = *(PhSynapse *const *)b;

  if (x->strength != y->strength)
    return x->strength < y->strength ? 1 : -1;
  if (x->unit.layer != y->unit.layer)
    return x->unit.layer < y->unit.layer ? -1 : 1;
  return x->unit.channel < y->unit.channel ? -1 : x->unit.channel > y->unit.channel;
}

static void
rank_synapses (GPtrArray *synapses)
{
  for (guint i = 0; i < synapses->len; i++)
    {
      PhSynapse *synapse = synapses->pdata[i];

      for (gsize j = 0; j < (gsize)synapse->rows * synapse->columns; j++)
        {
          synapse->weight += synapse->kernel[j];
          synapse->strength += synapse->kernel[j] * synapse->kernel[j];
        }
      synapse->strength = sqrt (synapse->strength);
    }
  g_ptr_array_sort (synapses, compare_synapses);
}

PhCircuit *
ph_circuit_new (PhModel *model, const PhUnit *unit, GError **error)
{
  PhGraph *graph = ph_model_get_graph (model);
  const PhPreprocess *p = ph_model_get_preprocess (model);
  guint n_inputs;
  const int *inputs = ph_graph_get_inputs (graph, &n_inputs);
  PhType type = ph_graph_get_value (graph, inputs[0])->type;
  PhSpec input = { .type = ph_type_is_real (type) ? type : PH_TYPE_FLOAT,
                   .shape = ph_model_input_shape (model, 1, p->height, p->width) };
  g_autoptr (PhTrace) trace = NULL;
  g_autoptr (PhCircuit) circuit = NULL;
  PhRegion region;
  int value = ph_unit_get_value (model, unit);

  if (unit->kind == PH_UNIT_LAYER)
    {
      g_set_error_literal (error, PH_ERROR, PH_ERROR_NO_SUCH_UNIT,
                           _ ("a whole layer has no circuit; name one of its channels"));
      return NULL;
    }
  trace = ph_trace_new (graph, &input, NULL, 0, NULL, 0, FALSE, TRUE, error);
  if (trace == NULL || !ph_unit_locate (model, unit, &trace->specs[value].shape, &region, error))
    return NULL;
  if (unit->kind == PH_UNIT_NEURON)
    {
      PhUnit channel = *unit;

      channel.kind = PH_UNIT_CHANNEL;
      return ph_circuit_new (model, &channel, error);
    }
  circuit = g_new0 (PhCircuit, 1);
  circuit->fed_by = g_ptr_array_new_with_free_func ((GDestroyNotify)synapse_free);
  circuit->feeds = g_ptr_array_new_with_free_func ((GDestroyNotify)synapse_free);

  PhSurvey survey = { model, graph, trace, circuit, { value, region.offset, 1 } };

  find_fed_by (&survey);
  find_feeds (&survey);
  rank_synapses (circuit->fed_by);
  rank_synapses (circuit->feeds);
  return g_steal_pointer (&circuit);
}

void
ph_circuit_free (PhCircuit *circuit)
{
  g_ptr_array_unref (circuit->fed_by);
  g_ptr_array_unref (circuit->feeds);
  g_free (circuit->obstacle);
  g_free (circuit);
}
