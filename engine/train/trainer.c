#include "train/trainer-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "train/checkpoint.h"

/* What is trained at first, and how fast: earlier blocks slower. */
static void
set_rates (PhTrainer *trainer)
{
  const guint *blocks = trainer->task.blocks;
  guint last = 0;

  if (trainer->settings.mode != PH_TRAIN_FINE_TUNE || blocks == NULL)
    return;
  for (guint i = 0; i < trainer->weights->n; i++)
    last = MAX (last, blocks[trainer->weights->weights[i].parameter.node]);
  for (guint i = 0; i < trainer->weights->n; i++)
    {
      PhWeight *weight = &trainer->weights->weights[i];

      weight->rate = pow (trainer->settings.block_rate, last - blocks[weight->parameter.node]);
    }
}

/* Gradual unfreezing: the first block that is trained in @epoch. */
static int
first_open_block (const PhTrainer *trainer, guint epoch)
{
  int last = 0;

  if (trainer->settings.mode != PH_TRAIN_FINE_TUNE || trainer->settings.unfreeze == 0 ||
      trainer->task.blocks == NULL)
    return 0;
  for (guint i = 0; i < trainer->weights->n; i++)
    last = MAX (last, (int)trainer->task.blocks[trainer->weights->weights[i].parameter.node]);
  return MAX (0, last - (int)(epoch / (guint)trainer->settings.unfreeze));
}

/* The plan for @epoch: made anew when another block joins. */
gboolean
ph_trainer_make_plan (PhTrainer *trainer, guint epoch, GError **error)
{
  int open = first_open_block (trainer, epoch);
  gboolean statistics =
      trainer->settings.mode == PH_TRAIN_SCRATCH ||
      (trainer->settings.mode == PH_TRAIN_FINE_TUNE && !trainer->settings.freeze_statistics);
  PhSpec input = { .type = PH_TYPE_FLOAT, .shape = trainer->task.shape };
  g_autoptr (PhPlan) plan = NULL;

  if (open == trainer->opened)
    return TRUE;
  g_clear_pointer (&trainer->run, ph_run_free);
  g_free (trainer->parameters);
  ph_weights_freeze (trainer->weights, trainer->task.frozen);
  for (guint i = 0; i < trainer->weights->n && trainer->task.blocks != NULL; i++)
    if ((int)trainer->task.blocks[trainer->weights->weights[i].parameter.node] < open)
      trainer->weights->weights[i].is_trained = FALSE;
  trainer->parameters = ph_weights_list (trainer->weights, statistics, &trainer->n_parameters);
  input.shape.dim[0] = trainer->batch;

  PhQuestion question = { .inputs = &input,
                          .n_inputs = 1,
                          .targets = &trainer->task.target,
                          .n_targets = 1,
                          .parameters = trainer->parameters,
                          .n_parameters = trainer->n_parameters,
                          .parameter_gradients = TRUE,
                          .training = TRUE };

  plan = ph_plan_new (trainer->task.graph, &question, error);
  trainer->run = plan != NULL ? ph_run_new (plan, error) : NULL;
  if (trainer->run == NULL)
    return FALSE;
  trainer->n_outputs =
      (guint)(ph_shape_count (&ph_plan_get_spec (plan, trainer->task.target)->shape) /
              trainer->batch);
  ph_weights_bind (trainer->weights, trainer->run, trainer->parameters, trainer->n_parameters);
  trainer->opened = open;
  return TRUE;
}

/* Weights of classes such that all count the same together, 1 on average over the images. */
static float *
balance_classes (const PhTrainTask *task, guint n_classes)
{
  float *weights = g_new0 (float, n_classes + 1);
  guint n_present = 0;

  for (guint i = 0; i < task->n_items; i++)
    weights[ph_dataset_get_label (task->dataset, task->items[i])]++;
  for (guint i = 0; i < n_classes; i++)
    n_present += weights[i] > 0;
  for (guint i = 0; i < n_classes; i++)
    weights[i] = weights[i] > 0 ? (float)task->n_items / (weights[i] * (float)n_present) : 1;
  return weights;
}

static gboolean
make_optimisers (PhTrainer *trainer, GError **error)
{
  const PhTrainSettings *s = &trainer->settings;

  trainer->optimisers = g_new0 (PhOptimiser *, trainer->weights->n + 1);
  trainer->best = g_new0 (float *, trainer->weights->n + 1);
  for (guint i = 0; i < trainer->weights->n; i++)
    {
      const PhWeight *weight = &trainer->weights->weights[i];

      if (!weight->is_trained)
        continue;
      trainer->optimisers[i] = ph_optimiser_new (
          s->optimiser == PH_TRAIN_SGD ? PH_OPTIMISER_MOMENTUM : PH_OPTIMISER_ADAM, weight->n,
          error);
      if (trainer->optimisers[i] == NULL)
        return FALSE;
      ph_optimiser_set_momentum (trainer->optimisers[i], s->momentum);
      if (weight->parameter.role == PH_ROLE_WEIGHT)
        ph_optimiser_set_decay (trainer->optimisers[i], s->weight_decay,
                                s->optimiser == PH_TRAIN_ADAMW);
    }
  for (guint i = 0; i < trainer->weights->n; i++)
    {
      const PhWeight *weight = &trainer->weights->weights[i];

      trainer->best[i] = g_try_malloc (MAX (weight->n, 1) * sizeof (float));
      if (trainer->best[i] == NULL)
        {
          g_set_error_literal (error, PH_ERROR, PH_ERROR_NO_MEMORY,
                               _ ("There is no memory to keep the best weights"));
          return FALSE;
        }
    }
  return TRUE;
}

PhTrainer *
ph_trainer_new (const PhTrainTask *task, const PhTrainSettings *settings, GError **error)
{
  g_autoptr (PhTrainer) trainer = g_new0 (PhTrainer, 1);

  trainer->task = *task;
  trainer->best_epoch = trainer->opened = -1;
  ph_settings_copy (ph_train_settings, &trainer->settings, settings);
  trainer->epochs = g_array_new (FALSE, FALSE, sizeof (PhEpoch));
  trainer->unreadable = g_hash_table_new (NULL, NULL);
  if (task->n_items == 0 || task->n_validation == 0)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                   _ ("There are %u images to learn from and %u to measure on; both take some"),
                   task->n_items, task->n_validation);
      return NULL;
    }
  trainer->batch = MIN ((guint)settings->batch, task->n_items);
  trainer->n_batches = task->n_items / trainer->batch;
  trainer->weights = ph_weights_new (task->graph, error);
  if (trainer->weights == NULL)
    return NULL;
  if (settings->mode == PH_TRAIN_SCRATCH)
    ph_weights_randomise (trainer->weights, (guint64)settings->seed);
  set_rates (trainer);
  ph_weights_freeze (trainer->weights, task->frozen);
  if (ph_weights_count (trainer->weights, TRUE) == 0)
    {
      g_set_error_literal (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                           _ ("Nothing is left to learn; choose an earlier last frozen layer"));
      return NULL;
    }
  if (!make_optimisers (trainer, error) || !ph_trainer_make_plan (trainer, 0, error))
    return NULL;
  if (!task->reconstruct && trainer->n_outputs < ph_dataset_get_n_classes (task->dataset))
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                   _ ("The network has %u classes, the images have %u; give it a new head"),
                   trainer->n_outputs, ph_dataset_get_n_classes (task->dataset));
      return NULL;
    }
  if (settings->adversarial_radius > 0 && settings->mode != PH_TRAIN_HEAD && !task->reconstruct)
    {
      PhAdversaryOptions options = { .target = task->target,
                                     .shape = task->shape,
                                     .preprocess = task->preprocess,
                                     .radius = settings->adversarial_radius,
                                     .n_steps = (guint)settings->adversarial_steps };

      options.shape.dim[0] = trainer->batch;
      trainer->adversary = ph_adversary_new (trainer->weights, &options, error);
      if (trainer->adversary == NULL)
        return NULL;
    }
  if (task->reconstruct &&
      (task->preprocess == NULL || trainer->n_outputs != ph_shape_count (&task->shape)))
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                   "The network gives %u numbers for each picture of %" G_GSIZE_FORMAT
                   "; an autoencoder gives back the picture",
                   trainer->n_outputs, ph_shape_count (&task->shape));
      return NULL;
    }
  trainer->gradient = g_new (float, (gsize)trainer->batch * trainer->n_outputs);
  trainer->loss = (PhLoss){ settings->loss, settings->smoothing, NULL };
  if (settings->balance && !task->reconstruct)
    trainer->class_weights = balance_classes (task, trainer->n_outputs);
  trainer->loss.class_weights = trainer->class_weights;
  trainer->schedule = (PhSchedule){
    .kind = settings->schedule,
    .rate = settings->learning_rate,
    .total = (guint64)settings->epochs * trainer->n_batches,
    .warm_up = (guint64)(settings->warm_up * trainer->n_batches),
    .period = (guint64)settings->step_epochs * trainer->n_batches,
    .factor = settings->step_factor,
  };
  return g_steal_pointer (&trainer);
}

void
ph_trainer_free (PhTrainer *trainer)
{
  if (trainer == NULL)
    return;
  for (guint i = 0; trainer->weights != NULL && i < trainer->weights->n; i++)
    {
      if (trainer->optimisers != NULL)
        ph_optimiser_free (trainer->optimisers[i]);
      if (trainer->best != NULL)
        g_free (trainer->best[i]);
    }
  g_free (trainer->optimisers);
  g_free (trainer->best);
  g_free (trainer->class_weights);
  g_free (trainer->gradient);
  g_free (trainer->parameters);
  g_clear_pointer (&trainer->run, ph_run_free);
  g_clear_pointer (&trainer->adversary, ph_adversary_free);
  g_clear_pointer (&trainer->weights, ph_weights_free);
  g_array_unref (trainer->epochs);
  g_hash_table_unref (trainer->unreadable);
  ph_settings_clear (ph_train_settings, &trainer->settings);
  g_free (trainer);
}

/* Everything that the further course depends on. */
static void
exchange_state (PhTrainer *trainer, PhCheckpoint *c)
{
  guint n = trainer->epochs->len;

  ph_checkpoint_bytes (c, &trainer->epoch, sizeof trainer->epoch);
  ph_checkpoint_bytes (c, &trainer->number, sizeof trainer->number);
  ph_checkpoint_bytes (c, &trainer->loss_sum, sizeof trainer->loss_sum);
  ph_checkpoint_bytes (c, &trainer->n_right, sizeof trainer->n_right);
  ph_checkpoint_bytes (c, &trainer->n_seen, sizeof trainer->n_seen);
  ph_checkpoint_bytes (c, &trainer->best_epoch, sizeof trainer->best_epoch);
  ph_checkpoint_bytes (c, &trainer->has_best, sizeof trainer->has_best);
  ph_checkpoint_bytes (c, &trainer->best_accuracy, sizeof trainer->best_accuracy);
  ph_checkpoint_bytes (c, &trainer->best_loss, sizeof trainer->best_loss);
  ph_checkpoint_bytes (c, &trainer->seconds, sizeof trainer->seconds);
  ph_checkpoint_bytes (c, &n, sizeof n);
  n = MIN (n, (guint)trainer->settings.epochs);
  trainer->best_epoch = CLAMP (trainer->best_epoch, -1, (int)n - 1);
  g_array_set_size (trainer->epochs, n);
  ph_checkpoint_bytes (c, trainer->epochs->data, n * sizeof (PhEpoch));
  for (guint i = 0; i < trainer->weights->n; i++)
    {
      gsize bytes = trainer->weights->weights[i].n * sizeof (float);

      ph_checkpoint_bytes (c, trainer->weights->weights[i].data, bytes);
      if (trainer->optimisers[i] != NULL)
        ph_checkpoint_optimiser (c, trainer->optimisers[i], trainer->weights->weights[i].n);
      if (trainer->has_best)
        ph_checkpoint_bytes (c, trainer->best[i], bytes);
    }
}

gboolean
ph_trainer_save (PhTrainer *trainer, const char *path, const char *identity, GError **error)
{
  g_autoptr (PhCheckpoint) checkpoint = NULL;

  trainer->saved = g_get_monotonic_time ();
  if (path == NULL)
    return TRUE;
  checkpoint = ph_checkpoint_new ();
  exchange_state (trainer, checkpoint);
  return ph_checkpoint_save (checkpoint, path, identity, error);
}

gboolean
ph_trainer_restore (PhTrainer *trainer, const char *path, const char *identity, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (PhCheckpoint) checkpoint =
      path != NULL ? ph_checkpoint_load (path, identity, &failure) : NULL;

  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  if (checkpoint == NULL)
    return TRUE;
  exchange_state (trainer, checkpoint);
  if (!ph_checkpoint_is_complete (checkpoint))
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                   _ ("%s: the saved state does not fit this network; remove it to begin anew"),
                   path);
      return FALSE;
    }
  return TRUE;
}

const PhWeights *
ph_trainer_get_weights (const PhTrainer *trainer)
{
  return trainer->weights;
}

const PhEpoch *
ph_trainer_get_epochs (const PhTrainer *trainer, guint *n)
{
  *n = trainer->epochs->len;
  return (const PhEpoch *)(gpointer)trainer->epochs->data;
}

guint
ph_trainer_get_n_unreadable (const PhTrainer *trainer)
{
  return g_hash_table_size (trainer->unreadable);
}

int
ph_trainer_get_best (const PhTrainer *trainer)
{
  return trainer->best_epoch;
}

double
ph_trainer_get_accuracy (const PhTrainer *trainer)
{
  return trainer->has_best && !trainer->task.reconstruct ? trainer->best_accuracy : -1;
}
