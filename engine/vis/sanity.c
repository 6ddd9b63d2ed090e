#include "vis/sanity.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "vis/heat.h"

#define MOST_TRIES 8

void
ph_sanity_step_free (PhSanityStep *step)
{
  g_free (step->layer);
  g_clear_pointer (&step->heat, ph_frame_unref);
  g_free (step);
}

typedef struct
{
  float size;
  guint index;
} Ranked;

static int
compare (gconstpointer a, gconstpointer b)
{
  const Ranked *x = a, *y = b;

  return x->size < y->size ? -1 : x->size > y->size;
}

/* Ranks from 0; equal sizes share the mean of theirs. */
static double *
rank (const float *map, gsize n)
{
  g_autofree Ranked *order = g_new (Ranked, n);
  double *ranks = g_new (double, n);

  for (gsize i = 0; i < n; i++)
    order[i] = (Ranked){ fabsf (map[i]), (guint)i };
  qsort (order, n, sizeof *order, compare);
  for (gsize i = 0, end; i < n; i = end)
    {
      for (end = i + 1; end < n && order[end].size == order[i].size;)
        end++;
      for (gsize j = i; j < end; j++)
        ranks[order[j].index] = (double)(i + end - 1) / 2;
    }
  return ranks;
}

double
ph_rank_correlation (const float *a, const float *b, gsize n)
{
  g_autofree double *x = rank (a, n), *y = rank (b, n);
  double mean = ((double)n - 1) / 2, xy = 0, xx = 0, yy = 0;

  for (gsize i = 0; i < n; i++)
    {
      xy += (x[i] - mean) * (y[i] - mean);
      xx += (x[i] - mean) * (x[i] - mean);
      yy += (y[i] - mean) * (y[i] - mean);
    }
  return xx > 0 && yy > 0 ? xy / sqrt (xx * yy) : 0;
}

static gboolean
has_weights (PhGraph *graph, const PhNode *node)
{
  const char *const types[] = { "Conv", "ConvTranspose", "Gemm", "MatMul", NULL };
  gboolean constant = FALSE;

  for (guint i = 0; i < node->n_inputs && i < 2; i++)
    constant |=
        node->inputs[i] >= 0 && ph_graph_get_value (graph, node->inputs[i])->constant != NULL;
  return constant && g_strv_contains (types, node->op_type);
}

/* Nodes with weights that @value is computed from, the last first. */
static GPtrArray *
find_nodes (PhGraph *graph, int value)
{
  g_autofree gboolean *needed = ph_graph_mark_sources (graph, value);
  GPtrArray *nodes = g_ptr_array_new ();

  needed[value] = TRUE;
  for (guint i = ph_graph_get_n_nodes (graph); i-- > 0;)
    {
      const PhNode *node = ph_graph_get_node (graph, i);

      if (node->n_outputs > 0 && node->outputs[0] >= 0 && needed[node->outputs[0]] &&
          has_weights (graph, node))
        g_ptr_array_add (nodes, (gpointer)node);
    }
  return nodes;
}

/* A shuffled copy of each constant of the node; two nodes may share one. */
static gboolean
shuffle (PhGraph *graph, const PhNode *node, PhTensor **weights, PhRng *rng, GError **error)
{
  for (guint i = 0; i < node->n_inputs; i++)
    {
      int value = node->inputs[i];
      const PhTensor *tensor = value >= 0 ? ph_graph_get_value (graph, value)->constant : NULL;

      if (tensor == NULL || !ph_type_is_real (tensor->type))
        continue;

      PhTensor *copy = ph_tensor_new (tensor->type, &tensor->shape, error);

      if (copy == NULL)
        return FALSE;
      memcpy (copy->f, tensor->f, sizeof (float) * tensor->n);
      for (gsize j = copy->n; j > 1; j--)
        {
          gsize k = ph_rng_below (rng, (guint32)j);
          float swap = copy->f[j - 1];

          copy->f[j - 1] = copy->f[k];
          copy->f[k] = swap;
        }
      g_clear_pointer (&weights[value], ph_tensor_unref);
      weights[value] = copy;
    }
  return TRUE;
}

/* What a step's own explanation tells would only confuse; stop and pause still count. */
static PhMonitor
quiet_monitor (const PhMonitor *monitor)
{
  return monitor == NULL ? (PhMonitor){ 0 }
                         : (PhMonitor){ .should_stop = monitor->should_stop,
                                        .wait = monitor->wait,
                                        .data = monitor->data };
}

static PhSanityStep *
make_step (const PhNode *node, guint n_nodes, const PhAttribution *made,
           const PhAttribution *reference)
{
  PhSanityStep *step = g_new0 (PhSanityStep, 1);

  step->layer = g_strdup (node->name);
  step->n_nodes = n_nodes;
  step->similarity =
      ph_rank_correlation (reference->map, made->map, (gsize)reference->height * reference->width);
  step->heat = ph_heat_to_frame (made->map, made->height, made->width, made->is_signed);
  return step;
}

/* What the steps share. */
typedef struct
{
  PhModel *model;
  const PhUnit *unit;
  const PhImage *picture;
  const PhAttributionSettings *settings;
  const GPtrArray *nodes;
  PhTensor **weights;
  PhMonitor quiet;
  GCancellable *cancellable;
  PhRng rng;
} Check;

static gboolean
is_blank (const PhAttribution *made)
{
  for (gsize i = 0; i < (gsize)made->height * made->width; i++)
    if (made->map[i] != 0)
      return FALSE;
  return TRUE;
}

/* The map with the nodes from @begin to @end shuffled too. Shuffled weights may happen to silence
 * the unit for good behind a relu; a blank map compares with nothing, so they are shuffled again,
 * some times. */
static PhAttribution *
explain_without (Check *check, guint begin, guint end, GError **error)
{
  PhAttribution *made = NULL;

  for (guint try = 0; try < MOST_TRIES && (made == NULL || is_blank (made)); try++)
    {
      g_clear_pointer (&made, ph_attribution_free);
      for (guint i = begin; i < end; i++)
        if (!shuffle (ph_model_get_graph (check->model), check->nodes->pdata[i], check->weights,
                      &check->rng, error))
          return NULL;
      made = ph_attribution_run (check->model, check->unit, check->picture, check->settings,
                                 check->weights, &check->quiet, check->cancellable, error);
      if (made == NULL)
        return NULL;
    }
  return made;
}

static void
tell (const PhMonitor *monitor, const PhSanityStep *step, guint i, guint n_steps)
{
  ph_monitor_progress (monitor, (double)(i + 1) / n_steps, step->layer);
  ph_monitor_value (monitor, i, step->similarity);
  if (ph_monitor_wants_frame (monitor))
    ph_monitor_frame (monitor, step->heat);
}

GPtrArray *
ph_sanity_check (PhModel *model, const PhUnit *unit, const PhImage *picture,
                 const PhAttributionSettings *settings, const PhAttribution *reference,
                 const PhMonitor *monitor, GCancellable *cancellable, GError **error)
{
  PhGraph *graph = ph_model_get_graph (model);
  guint n_values = ph_graph_get_n_values (graph);
  g_autofree PhTensor **weights = g_new0 (PhTensor *, n_values + 1);
  g_autoptr (GPtrArray) nodes = find_nodes (graph, ph_unit_get_value (model, unit));
  g_autoptr (GPtrArray) steps =
      g_ptr_array_new_with_free_func ((GDestroyNotify)ph_sanity_step_free);
  guint n_steps = MIN (nodes->len, PH_SANITY_MOST_STEPS), begin = 0;
  Check check = { model,      unit, picture, settings, nodes, weights, quiet_monitor (monitor),
                  cancellable };
  gboolean ok = TRUE;

  ph_rng_init (&check.rng, (guint64)settings->seed, 0);
  for (guint i = 0; i < n_steps && !ph_monitor_should_stop (monitor); i++)
    {
      guint end = (guint)((guint64)nodes->len * (i + 1) / n_steps);
      g_autoptr (PhAttribution) made = explain_without (&check, begin, end, error);

      ok = made != NULL;
      if (!ok || made->stopped)
        break;
      g_ptr_array_add (steps, make_step (nodes->pdata[end - 1], end, made, reference));
      tell (monitor, steps->pdata[i], i, n_steps);
      begin = end;
    }
  for (guint i = 0; i < n_values; i++)
    g_clear_pointer (&weights[i], ph_tensor_unref);
  return ok ? g_steal_pointer (&steps) : NULL;
}
