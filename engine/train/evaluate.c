#include "train/evaluate.h"

#include <glib/gi18n.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "network/run.h"

static int
compare_mistakes (gconstpointer a, gconstpointer b)
{
  const PhMistake *x = a, *y = b;

  if (x->right_probability != y->right_probability)
    return x->right_probability < y->right_probability ? -1 : 1;
  return x->item < y->item ? -1 : x->item > y->item;
}

PhEvaluation *
ph_evaluation_new (guint n, guint n_classes, const float *probabilities, const guint *items,
                   const int *labels)
{
  PhEvaluation *evaluation = g_new0 (PhEvaluation, 1);
  g_autoptr (GArray) mistakes = g_array_new (FALSE, FALSE, sizeof (PhMistake));
  double loss = 0;
  guint n_right = 0;

  evaluation->n_classes = n_classes;
  evaluation->confusion = g_new0 (guint, (gsize)n_classes * n_classes);
  for (guint i = 0; i < n; i++)
    {
      const float *p = probabilities + (gsize)i * n_classes;
      guint best = 0;

      if (labels[i] < 0 || labels[i] >= (int)n_classes || isnan (p[0]))
        continue;
      for (guint j = 1; j < n_classes; j++)
        if (p[j] > p[best])
          best = j;
      evaluation->n++;
      evaluation->confusion[(gsize)labels[i] * n_classes + best]++;
      loss -= log (MAX (p[labels[i]], 1e-30));
      if ((int)best == labels[i])
        n_right++;
      else
        {
          PhMistake mistake = { items[i], labels[i], (int)best, p[best], p[labels[i]] };

          g_array_append_val (mistakes, mistake);
        }
    }
  g_array_sort (mistakes, compare_mistakes);
  evaluation->n_mistakes = MIN (mistakes->len, PH_EVALUATION_MISTAKES);
  evaluation->mistakes = g_memdup2 (mistakes->data, evaluation->n_mistakes * sizeof (PhMistake));
  evaluation->loss = evaluation->n > 0 ? loss / evaluation->n : 0;
  evaluation->accuracy = evaluation->n > 0 ? (double)n_right / evaluation->n : 0;
  return evaluation;
}

PhEvaluation *
ph_evaluation_copy (const PhEvaluation *evaluation)
{
  PhEvaluation *copy = g_memdup2 (evaluation, sizeof *evaluation);

  copy->confusion = g_memdup2 (evaluation->confusion, (gsize)evaluation->n_classes *
                                                          evaluation->n_classes * sizeof (guint));
  copy->mistakes = g_memdup2 (evaluation->mistakes, evaluation->n_mistakes * sizeof (PhMistake));
  return copy;
}

void
ph_evaluation_free (PhEvaluation *evaluation)
{
  if (evaluation == NULL)
    return;
  g_free (evaluation->confusion);
  g_free (evaluation->mistakes);
  g_free (evaluation);
}

static void
mark_unread (float *row, guint size)
{
  for (guint i = 0; i < size; i++)
    row[i] = NAN;
}

float *
ph_predict (PhGraph *graph, int target, const PhShape *shape, PhFeed *feed, guint n, guint *size,
            const char *what, const PhMonitor *monitor, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (PhPlan) plan = NULL;
  g_autoptr (PhRun) run = NULL;
  float *result = NULL;
  guint planned = 0, done = 0;
  PhFeedBatch batch;

  while (ph_feed_next (feed, &batch, cancellable, &failure))
    {
      PhShape input = *shape;

      if (batch.n != planned)
        {
          /* The first batch and a smaller last one. */
          g_clear_pointer (&run, ph_run_free);
          g_clear_pointer (&plan, ph_plan_unref);
          planned = batch.n;
          input.dim[0] = planned;
          plan = ph_plan_new_for_image (graph, &input, &target, 1, FALSE, &failure);
          run = plan != NULL ? ph_run_new (plan, &failure) : NULL;
          if (run == NULL)
            break;
          *size = (guint)(ph_shape_count (&ph_plan_get_spec (plan, target)->shape) / planned);
        }
      if (result == NULL)
        result = ph_aligned_alloc (sizeof (float) * n * *size);
      if (result == NULL)
        {
          g_set_error_literal (&failure, PH_ERROR, PH_ERROR_NO_MEMORY,
                               _ ("There is no memory for the answers to all images"));
          break;
        }
      input.dim[0] = planned;
      memcpy (ph_run_get_input (run, 0), batch.x, ph_shape_count (&input) * sizeof (float));
      if (!ph_run_forward (run, cancellable, &failure))
        break;
      memcpy (result + (gsize)done * *size, ph_run_get_value (run, target),
              (gsize)batch.n * *size * sizeof (float));
      for (guint i = 0; i < batch.n; i++)
        if (batch.labels[i] < 0)
          mark_unread (result + (gsize)(done + i) * *size, *size);
      done += batch.n;
      if (what != NULL)
        ph_monitor_progress (monitor, (double)done / n, what);
      ph_monitor_wait (monitor, cancellable);
    }
  if (failure == NULL && done == n)
    return result;
  ph_aligned_free (result);
  if (failure == NULL)
    g_set_error_literal (&failure, PH_ERROR, PH_ERROR_DATA_INVALID, _ ("There are no images"));
  g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
}

void
ph_softmax (guint n, guint n_classes, float *scores)
{
  for (guint i = 0; i < n; i++)
    {
      float *row = scores + (gsize)i * n_classes, largest = row[0];
      double sum = 0;

      for (guint j = 1; j < n_classes; j++)
        largest = MAX (largest, row[j]);
      for (guint j = 0; j < n_classes; j++)
        sum += exp (row[j] - largest);
      for (guint j = 0; j < n_classes; j++)
        row[j] = (float)(exp (row[j] - largest) / sum);
    }
}
