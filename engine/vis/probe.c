#include "vis/probe.h"

#include <glib/gi18n.h>

struct _PhProbe
{
  /* owned */
  PhModel *model;
  PhRun *run;

  PhPreprocess preprocess;
  PhUnit unit;
  PhRegion region;
  int value;
  int also;
  guint n;
};

/* The values that have another tensor than the graph's. */
static GArray *
list_parameters (PhGraph *graph, const PhProbeOptions *options)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (int));

  for (guint i = 0; options->weights != NULL && i < ph_graph_get_n_values (graph); i++)
    if (options->weights[i] != NULL)
      g_array_append_val (list, i);
  return list;
}

static PhPlan *
make_plan (PhProbe *probe, const PhProbeOptions *options, const GArray *parameters, GError **error)
{
  PhGraph *graph = ph_model_get_graph (probe->model);
  guint n_inputs;
  const int *inputs = ph_graph_get_inputs (graph, &n_inputs);
  PhType type = ph_graph_get_value (graph, inputs[0])->type;
  PhSpec input = { .type = ph_type_is_real (type) ? type : PH_TYPE_FLOAT,
                   .shape = ph_model_input_shape (probe->model, probe->n, probe->preprocess.height,
                                                  probe->preprocess.width) };
  const int targets[] = { probe->value, options->also };
  PhQuestion question = { .inputs = &input,
                          .n_inputs = 1,
                          .targets = targets,
                          .n_targets = options->also >= 0 ? 2 : 1,
                          .gradient = options->gradient,
                          .parameters = (const int *)(gpointer)parameters->data,
                          .n_parameters = parameters->len };

  return ph_plan_new (graph, &question, error);
}

PhProbe *
ph_probe_new (PhModel *model, const PhUnit *unit, const PhProbeOptions *options, GError **error)
{
  g_autoptr (PhProbe) probe = g_new0 (PhProbe, 1);

  probe->model = g_object_ref (model);
  probe->preprocess = *ph_model_get_preprocess (model);
  probe->unit = *unit;
  probe->n = options->n;
  probe->also = options->also;
  probe->value = ph_unit_get_value (model, unit);
  if (probe->value < 0)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_NO_SUCH_UNIT, _ ("%s has no classes"),
                   ph_model_get_name (model));
      return NULL;
    }

  g_autoptr (GArray) parameters = list_parameters (ph_model_get_graph (model), options);
  g_autoptr (PhPlan) plan = make_plan (probe, options, parameters, error);

  if (plan == NULL || !ph_unit_locate (model, unit, &ph_plan_get_spec (plan, probe->value)->shape,
                                       &probe->region, error))
    return NULL;
  probe->run = ph_run_new (plan, error);
  if (probe->run == NULL)
    return NULL;
  for (guint i = 0; i < parameters->len; i++)
    {
      int value = g_array_index (parameters, int, i);

      ph_run_set_parameter (probe->run, value, options->weights[value]->f);
    }
  return g_steal_pointer (&probe);
}

void
ph_probe_free (PhProbe *probe)
{
  if (probe == NULL)
    return;
  g_clear_pointer (&probe->run, ph_run_free);
  g_object_unref (probe->model);
  g_free (probe);
}

gboolean
ph_probe_forward (PhProbe *probe, const float *pictures, double *values, GCancellable *cancellable,
                  GError **error)
{
  const PhRegion *region = &probe->region;
  gboolean squares = probe->unit.kind == PH_UNIT_LAYER;

  ph_preprocess_apply (&probe->preprocess, probe->n, probe->preprocess.height,
                       probe->preprocess.width, pictures, ph_run_get_input (probe->run, 0));
  if (!ph_run_forward (probe->run, cancellable, error))
    return FALSE;

  const float *x = ph_run_get_value (probe->run, probe->value);

  for (guint i = 0; i < probe->n; i++)
    {
      double sum = 0;

      for (gsize j = 0; j < region->count; j++)
        {
          double value = x[i * region->batch_stride + region->offset + j * region->stride];

          sum += squares ? value * value : value;
        }
      values[i] = sum / (double)region->count;
    }
  return TRUE;
}

gboolean
ph_probe_backward (PhProbe *probe, PhRule rule, float *gradients, GCancellable *cancellable,
                   GError **error)
{
  const PhRegion *region = &probe->region;
  const float *x = ph_run_get_value (probe->run, probe->value);
  float share = 1 / (float)region->count;

  ph_run_set_rule (probe->run, rule);
  ph_run_clear_gradients (probe->run);

  float *gradient = ph_run_get_gradient (probe->run, probe->value);

  for (guint i = 0; gradient != NULL && i < probe->n; i++)
    for (gsize j = 0; j < region->count; j++)
      {
        gsize at = i * region->batch_stride + region->offset + j * region->stride;

        gradient[at] += probe->unit.kind == PH_UNIT_LAYER ? 2 * share * x[at] : share;
      }
  if (gradients == NULL)
    return ph_run_backward_to (probe->run, probe->also, cancellable, error);
  if (!ph_run_backward (probe->run, cancellable, error))
    return FALSE;
  ph_preprocess_adjoint (&probe->preprocess, probe->n, probe->preprocess.height,
                         probe->preprocess.width, ph_run_get_input_gradient (probe->run, 0),
                         gradients);
  return TRUE;
}

PhRun *
ph_probe_get_run (PhProbe *probe)
{
  return probe->run;
}

const PhShape *
ph_probe_get_shape (PhProbe *probe, int value)
{
  return &ph_plan_get_spec (ph_run_get_plan (probe->run), value)->shape;
}
