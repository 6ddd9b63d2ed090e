/* Autoencoders are judged by the pictures they give back. */

#include <glib/gi18n.h>
#include <string.h>

#include "network/run.h"
#include "train/evaluate.h"

/* A run for @n images; the last batch of an epoch is smaller. */
static PhRun *
run_for (PhGraph *graph, int target, const PhShape *shape, guint n, GError **error)
{
  PhShape input = *shape;
  g_autoptr (PhPlan) plan = NULL;

  input.dim[0] = n;
  plan = ph_plan_new_for_image (graph, &input, &target, 1, FALSE, error);
  return plan != NULL ? ph_run_new (plan, error) : NULL;
}

PhEvaluation *
ph_evaluate_pictures (PhGraph *graph, int target, const PhShape *shape, PhFeed *feed,
                      GCancellable *cancellable, GError **error)
{
  const gsize size = ph_shape_count (shape) / (gsize)shape->dim[0];
  g_autoptr (GError) failure = NULL;
  g_autoptr (PhRun) run = NULL;
  PhEvaluation *evaluation;
  PhFeedBatch batch;
  double sum = 0;
  guint planned = 0, n = 0;

  while (ph_feed_next (feed, &batch, cancellable, &failure))
    {
      guint n_read = 0;

      if (batch.n != planned)
        {
          g_clear_pointer (&run, ph_run_free);
          planned = batch.n;
          run = run_for (graph, target, shape, planned, &failure);
          if (run == NULL)
            break;
        }
      memcpy (ph_run_get_input (run, 0), batch.x, batch.n * size * sizeof (float));
      if (!ph_run_forward (run, cancellable, &failure))
        break;
      for (guint i = 0; i < batch.n; i++)
        n_read += batch.labels[i] >= 0;
      sum += n_read * ph_loss_pictures (batch.n, size, ph_run_get_value (run, target),
                                        batch.pictures, batch.labels, NULL);
      n += n_read;
    }
  if (failure == NULL && n == 0)
    g_set_error_literal (&failure, PH_ERROR, PH_ERROR_DATA_INVALID,
                         _ ("None of the images to measure on can be read"));
  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return NULL;
    }
  evaluation = g_new0 (PhEvaluation, 1);
  evaluation->n = n;
  evaluation->loss = sum / n;
  return evaluation;
}
