/* The loop: steps, epochs, validation, the best, checkpoints. */

#include "train/trainer-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define KEEP (512u << 20) /* bytes of decoded pictures, for the epochs that follow */

/* Length of the gradient of everything that is trained. */
static double
gradient_norm (const PhTrainer *trainer)
{
  double squares = 0;

  for (guint i = 0; i < trainer->weights->n; i++)
    {
      const PhWeight *weight = &trainer->weights->weights[i];
      const float *gradient =
          weight->is_trained ? ph_run_get_parameter_gradient (trainer->run, weight->parameter.value)
                             : NULL;

      for (gsize j = 0; gradient != NULL && j < weight->n; j++)
        squares += (double)gradient[j] * gradient[j];
    }
  return sqrt (squares);
}

static void
count_answers (PhTrainer *trainer, const PhFeedBatch *batch, const float *scores)
{
  for (guint i = 0; i < batch->n; i++)
    {
      const float *row = scores + (gsize)i * trainer->n_outputs;
      guint best = 0;

      for (guint j = 1; j < trainer->n_outputs; j++)
        if (row[j] > row[best])
          best = j;
      trainer->n_right += (int)best == batch->labels[i];
      trainer->n_seen += batch->labels[i] >= 0;
    }
}

/* The loss of a batch; the gradient at the outputs goes to the trainer's. */
static double
judge_batch (PhTrainer *trainer, const PhFeedBatch *batch, const float *outputs)
{
  for (guint i = 0; i < batch->n; i++)
    if (batch->labels[i] < 0)
      g_hash_table_add (trainer->unreadable, GUINT_TO_POINTER (batch->items[i]));
  if (trainer->task.reconstruct)
    return ph_loss_pictures (batch->n, trainer->n_outputs, outputs, batch->pictures, batch->labels,
                             trainer->gradient);
  count_answers (trainer, batch, outputs);
  return ph_loss_classes (&trainer->loss, batch->n, trainer->n_outputs, outputs, batch->labels,
                          trainer->gradient);
}

/* One step; the loss goes to @loss. */
static gboolean
learn (PhTrainer *trainer, const PhFeedBatch *batch, double rate, double *loss,
       GCancellable *cancellable, GError **error)
{
  const guint64 step = (guint64)batch->epoch * trainer->n_batches + batch->number;
  const guint64 seed = ((guint64)trainer->settings.seed << 32) ^ step;
  const gsize n_scores = (gsize)trainer->batch * trainer->n_outputs;
  PhShape input = trainer->task.shape;
  double norm, factor = 1;

  input.dim[0] = batch->n;
  memcpy (ph_run_get_input (trainer->run, 0), batch->x, ph_shape_count (&input) * sizeof (float));
  if (trainer->adversary != NULL &&
      !ph_adversary_attack (trainer->adversary, &trainer->loss, batch->labels, seed,
                            ph_run_get_input (trainer->run, 0), cancellable, error))
    return FALSE;
  ph_run_set_seed (trainer->run, seed);
  if (!ph_run_forward (trainer->run, cancellable, error))
    return FALSE;
  *loss = judge_batch (trainer, batch, ph_run_get_value (trainer->run, trainer->task.target));
  ph_run_clear_gradients (trainer->run);

  float *at_scores = ph_run_get_gradient (trainer->run, trainer->task.target);

  for (gsize i = 0; i < n_scores; i++)
    at_scores[i] += trainer->gradient[i];
  if (!ph_run_backward (trainer->run, cancellable, error))
    return FALSE;
  norm = gradient_norm (trainer);
  if (!isfinite (*loss) || !isfinite (norm))
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DIVERGED,
                   "The numbers became infinite in step %" G_GUINT64_FORMAT
                   "; lower the learning rate (now %g) or clip the gradient",
                   step + 1, rate);
      return FALSE;
    }
  if (trainer->settings.clip > 0 && norm > trainer->settings.clip)
    factor = trainer->settings.clip / norm;
  for (guint i = 0; i < trainer->weights->n; i++)
    {
      PhWeight *weight = &trainer->weights->weights[i];
      const float *gradient;

      if (!weight->is_trained || trainer->optimisers[i] == NULL)
        continue;
      gradient = ph_run_get_parameter_gradient (trainer->run, weight->parameter.value);
      if (factor < 1)
        for (gsize j = 0; j < weight->n; j++)
          ((float *)gradient)[j] *= (float)factor;
      ph_optimiser_step (trainer->optimisers[i], weight->data, gradient, -rate * weight->rate);
    }
  return TRUE;
}

static PhFeed *
make_feed (const PhTrainer *trainer, gboolean validation, GError **error)
{
  const PhTrainTask *task = &trainer->task;
  const guint *items = validation ? task->validation : task->items;
  guint n = validation ? task->n_validation : task->n_items;
  PhFeedOptions options = { .batch = validation ? MIN (16u, n) : trainer->batch,
                            .shuffle = !validation,
                            .seed = (guint64)trainer->settings.seed,
                            .n_epochs = validation ? 1 : (guint)trainer->settings.epochs,
                            .first_epoch = validation ? 0 : trainer->epoch,
                            .first_batch = validation ? 0 : trainer->number,
                            .augment = validation ? NULL : &trainer->settings.augment,
                            .pictures = task->reconstruct,
                            .corruption =
                                task->reconstruct ? &trainer->settings.corruption : NULL };

  if (task->preprocess != NULL)
    return ph_feed_new_images (task->dataset, items, n, task->preprocess, &options, error);
  return ph_feed_new_vectors (task->dataset, items, n,
                              validation ? task->validation_vectors : task->vectors,
                              ph_shape_count (&task->shape), &options, error);
}

PhEvaluation *
ph_trainer_evaluate (PhTrainer *trainer, const PhMonitor *monitor, GCancellable *cancellable,
                     GError **error)
{
  const PhTrainTask *task = &trainer->task;
  /* The network as it would be published: what is measured is what will be used. */
  g_autoptr (PhGraph) graph = ph_weights_publish (trainer->weights, error);
  g_autoptr (PhFeed) feed = graph != NULL ? make_feed (trainer, TRUE, error) : NULL;
  g_autofree int *labels = g_new (int, task->n_validation + 1);
  PhEvaluation *evaluation = NULL;
  float *scores;
  guint size, n_without = 0;
  int target;

  if (feed == NULL)
    return NULL;
  target = ph_graph_find_value (graph, ph_graph_get_value (task->graph, task->target)->name);
  if (task->reconstruct)
    return ph_evaluate_pictures (graph, target, &task->shape, feed, cancellable, error);
  scores = ph_predict (graph, target, &task->shape, feed, task->n_validation, &size, NULL, monitor,
                       cancellable, error);
  if (scores == NULL)
    return NULL;
  for (guint i = 0; i < task->n_validation; i++)
    {
      labels[i] = ph_dataset_get_label (task->dataset, task->validation[i]);
      if (isnan (scores[(gsize)i * size]))
        {
          g_hash_table_add (trainer->unreadable, GUINT_TO_POINTER (task->validation[i]));
          n_without++;
        }
    }
  if (n_without > ph_feed_get_n_failures (feed))
    g_set_error (error, PH_ERROR, PH_ERROR_DIVERGED,
                 "The network answers no more with numbers; lower the learning rate or clip the "
                 "gradient");
  else if (n_without == task->n_validation)
    g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                 "%s: none of the %u images to measure on can be read",
                 ph_dataset_get_path (task->dataset), task->n_validation);
  else
    {
      ph_softmax (task->n_validation, size, scores);
      evaluation = ph_evaluation_new (task->n_validation, size, scores, task->validation, labels);
    }
  ph_aligned_free (scores);
  return evaluation;
}

static void
report_step (PhTrainer *trainer, double loss, double rate, const PhTrainWatch *watch,
             const PhMonitor *monitor)
{
  guint n_epochs = (guint)trainer->settings.epochs;
  guint64 step = (guint64)trainer->epoch * trainer->n_batches + trainer->number;
  guint64 total = (guint64)n_epochs * trainer->n_batches;
  double elapsed = (double)(g_get_monotonic_time () - trainer->started) / G_USEC_PER_SEC;
  PhTrainProgress progress = { .epoch = trainer->epoch,
                               .n_epochs = n_epochs,
                               .step = step,
                               .n_steps = total,
                               .loss = loss,
                               .rate = rate };
  g_autofree char *text = NULL;

  trainer->done++;
  progress.images_per_second = (double)trainer->done * trainer->batch / MAX (elapsed, 1e-3);
  progress.seconds_left = elapsed / (double)trainer->done * (double)(total - step - 1);
  text = g_strdup_printf (_ ("epoch %u of %u · loss %.3g · %.0f images/s"), trainer->epoch + 1,
                          n_epochs, loss, progress.images_per_second);
  ph_monitor_progress (monitor, (double)(step + 1) / (double)total, text);
  ph_monitor_value (monitor, (guint)step, loss);
  if (watch != NULL && watch->step != NULL)
    watch->step (&progress, watch->data);
}

/* Keeps the weights when they are better: more accurate; of equals those with the smaller loss.
 * What learns from changed images is always better later, though it may answer worse to clean ones.
 */
static void
keep_best (PhTrainer *trainer, int epoch, const PhEvaluation *evaluation)
{
  if (trainer->has_best && trainer->adversary == NULL &&
      (evaluation->accuracy < trainer->best_accuracy ||
       (evaluation->accuracy == trainer->best_accuracy && evaluation->loss >= trainer->best_loss)))
    return;
  trainer->has_best = TRUE;
  trainer->best_epoch = epoch;
  trainer->best_accuracy = evaluation->accuracy;
  trainer->best_loss = evaluation->loss;
  for (guint i = 0; i < trainer->weights->n; i++)
    memcpy (trainer->best[i], trainer->weights->weights[i].data,
            trainer->weights->weights[i].n * sizeof (float));
}

/* Fine-tuning begins with something that is good already; what does not become better stays. */
static gboolean
judge_start (PhTrainer *trainer, const PhMonitor *monitor, GCancellable *cancellable,
             GError **error)
{
  g_autoptr (PhEvaluation) evaluation = NULL;

  if (trainer->has_best || trainer->settings.mode != PH_TRAIN_FINE_TUNE || trainer->epoch > 0 ||
      trainer->number > 0)
    return TRUE;
  evaluation = ph_trainer_evaluate (trainer, monitor, cancellable, error);
  if (evaluation != NULL)
    keep_best (trainer, -1, evaluation);
  return evaluation != NULL;
}

/* Measures, keeps what is best, and goes on to the next epoch. */
static gboolean
end_epoch (PhTrainer *trainer, double rate, const PhTrainWatch *watch, const PhMonitor *monitor,
           GCancellable *cancellable, GError **error)
{
  g_autoptr (PhEvaluation) evaluation = ph_trainer_evaluate (trainer, monitor, cancellable, error);
  gint64 now = g_get_monotonic_time ();
  PhEpoch epoch = { .loss = trainer->loss_sum / trainer->n_batches,
                    .accuracy = (double)trainer->n_right / (double)MAX (trainer->n_seen, 1),
                    .rate = rate,
                    .seconds = trainer->seconds +
                               (double)(now - trainer->epoch_started) / G_USEC_PER_SEC };

  if (evaluation == NULL)
    return FALSE;
  epoch.validation_loss = evaluation->loss;
  epoch.validation_accuracy = evaluation->accuracy;
  g_array_append_val (trainer->epochs, epoch);

  keep_best (trainer, (int)trainer->epoch, evaluation);
  trainer->loss_sum = trainer->seconds = 0;
  trainer->n_right = trainer->n_seen = 0;
  trainer->epoch_started = now;
  trainer->number = 0;
  trainer->epoch++;
  if (watch != NULL && watch->epoch != NULL)
    watch->epoch (trainer, trainer->epoch - 1, evaluation, watch->data);
  return TRUE;
}

static gboolean
is_patient (const PhTrainer *trainer)
{
  return trainer->settings.patience == 0 || !trainer->has_best ||
         (int)trainer->epoch - 1 - trainer->best_epoch < trainer->settings.patience;
}

static gboolean
save_now_and_then (PhTrainer *trainer, const char *path, const char *identity, GError **error)
{
  gint64 now = g_get_monotonic_time ();

  if (trainer->number > 0 &&
      now - trainer->saved < trainer->settings.checkpoint * (gint64)G_USEC_PER_SEC)
    return TRUE;
  /* The time of an epoch that is interrupted goes on from here. */
  if (trainer->number > 0)
    trainer->seconds += (double)(now - trainer->epoch_started) / G_USEC_PER_SEC;
  trainer->epoch_started = now;
  return ph_trainer_save (trainer, path, identity, error);
}

static gboolean
train (PhTrainer *trainer, const char *path, const char *identity, const PhTrainWatch *watch,
       const PhMonitor *monitor, GCancellable *cancellable, GError **error)
{
  g_autoptr (PhFeed) feed = NULL;
  PhFeedBatch batch;

  if (trainer->task.preprocess != NULL && trainer->settings.epochs > 1)
    ph_dataset_keep (trainer->task.dataset, KEEP);
  feed = make_feed (trainer, FALSE, error);
  if (feed == NULL)
    return FALSE;
  while (trainer->epoch < (guint)trainer->settings.epochs && is_patient (trainer) &&
         !ph_monitor_should_stop (monitor))
    {
      g_autoptr (GError) failure = NULL;
      gint64 before = g_get_monotonic_time (), paused;
      double loss,
          rate = ph_schedule_rate (&trainer->schedule,
                                   (guint64)trainer->epoch * trainer->n_batches + trainer->number);

      ph_monitor_wait (monitor, cancellable);
      paused = g_get_monotonic_time () - before;
      trainer->started += paused;
      trainer->epoch_started += paused;
      if (!ph_trainer_make_plan (trainer, trainer->epoch, error))
        return FALSE;
      if (!ph_feed_next (feed, &batch, cancellable, &failure))
        {
          if (failure == NULL)
            break;
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
      if (!learn (trainer, &batch, rate, &loss, cancellable, error))
        return FALSE;
      trainer->loss_sum += loss;
      report_step (trainer, loss, rate, watch, monitor);
      trainer->number++;
      if (trainer->number == trainer->n_batches &&
          !end_epoch (trainer, rate, watch, monitor, cancellable, error))
        return FALSE;
      if (!save_now_and_then (trainer, path, identity, error))
        return FALSE;
    }
  /* Stopped in the middle of an epoch: it may go on from here. */
  return trainer->number == 0 || ph_trainer_save (trainer, path, identity, error);
}

gboolean
ph_trainer_run (PhTrainer *trainer, const char *checkpoint, const char *identity,
                const PhTrainWatch *watch, const PhMonitor *monitor, GCancellable *cancellable,
                GError **error)
{
  if (!ph_trainer_restore (trainer, checkpoint, identity, error))
    return FALSE;
  if (!judge_start (trainer, monitor, cancellable, error))
    return FALSE;
  if (watch != NULL && watch->begin != NULL && trainer->epoch == 0 && trainer->number == 0)
    watch->begin (trainer, watch->data);
  trainer->started = trainer->saved = trainer->epoch_started = g_get_monotonic_time ();
  trainer->done = 0;
  if (!train (trainer, checkpoint, identity, watch, monitor, cancellable, error))
    return FALSE;
  for (guint i = 0; i < trainer->weights->n && trainer->has_best; i++)
    memcpy (trainer->weights->weights[i].data, trainer->best[i],
            trainer->weights->weights[i].n * sizeof (float));
  return TRUE;
}
