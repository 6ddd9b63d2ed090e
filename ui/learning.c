#include "ui/learning-private.h"

#include <glib/gi18n.h>

#define POINTS_AN_EPOCH 8

/* What the work is given and what it puts down. */
typedef struct
{
  /* owned */
  PhModel *model;
  PhDataset *dataset;
  char *network, *images, *folder;
  PhTrainSettings settings;
  char **units;

  PhLearningNews news;
} Work;

struct _PhLearning
{
  GObject parent_instance;

  /* owned */
  PhJob *job;

  /* borrowed: of the job */
  Work *work;

  /* what was taken away so far */
  PhLearningNews known;
};

G_DEFINE_FINAL_TYPE (PhLearning, ph_learning, G_TYPE_OBJECT)

static guint changed_signal;

static void
clear_picture (gpointer data)
{
  ph_frame_unref (((PhLearningPicture *)data)->frame);
}

static void
settings_free (PhTrainSettings *settings)
{
  ph_settings_clear (ph_train_settings, settings);
  g_free (settings);
}

static PhTrainSettings *
settings_copy (const PhTrainSettings *settings)
{
  PhTrainSettings *copy = g_new (PhTrainSettings, 1);

  ph_settings_copy (ph_train_settings, copy, settings);
  return copy;
}

static void
news_init (PhLearningNews *news)
{
  g_mutex_init (&news->mutex);
  news->best = -1;
  news->points = g_array_new (FALSE, FALSE, sizeof (PhLearningPoint));
  news->epochs = g_array_new (FALSE, FALSE, sizeof (PhEpoch));
  news->pictures = g_array_new (FALSE, FALSE, sizeof (PhLearningPicture));
  g_array_set_clear_func (news->pictures, clear_picture);
}

static void
news_clear (PhLearningNews *news)
{
  g_mutex_clear (&news->mutex);
  g_array_unref (news->points);
  g_array_unref (news->epochs);
  g_array_unref (news->pictures);
  ph_evaluation_free (news->evaluation);
  g_clear_pointer (&news->settings, settings_free);
  g_strfreev (news->units);
  g_free (news->remark);
}

static void
work_free (gpointer data)
{
  Work *work = data;

  g_clear_object (&work->model);
  g_clear_pointer (&work->dataset, ph_dataset_unref);
  g_free (work->network);
  g_free (work->images);
  g_free (work->folder);
  ph_settings_clear (ph_train_settings, &work->settings);
  g_strfreev (work->units);
  news_clear (&work->news);
  g_free (work);
}

/* On the thread of the work */

typedef struct
{
  Work *work;
  PhTraining *training;
  const PhMonitor *monitor;
  PhLearningWatch units;
  PhEvaluation *best; /* owned, nullable: of the best epoch, when it was seen */
  int best_epoch;
  double sum; /* of the losses since the last point */
  guint n_summed, n_epochs_told;
} Course;

/* Epochs of an earlier run come with the first that is told. */
static void
put_epochs (Course *c, PhTrainer *trainer)
{
  PhLearningNews *news = &c->work->news;
  guint n;
  const PhEpoch *epochs = ph_trainer_get_epochs (trainer, &n);

  if (n > c->n_epochs_told)
    g_array_append_vals (news->epochs, &epochs[c->n_epochs_told], n - c->n_epochs_told);
  c->n_epochs_told = n;
  news->best = ph_trainer_get_best (trainer);
  news->n_unreadable = ph_trainer_get_n_unreadable (trainer);
}

static void
on_begin (PhTrainer *trainer, gpointer data)
{
  Course *c = data;

  ph_learning_watch_draw (&c->units, 0, 1, FALSE);
}

static void
on_step (const PhTrainProgress *progress, gpointer data)
{
  Course *c = data;
  PhLearningNews *news = &c->work->news;
  guint64 n_batches = progress->n_steps / MAX (progress->n_epochs, 1);
  guint64 every = MAX (1, n_batches / POINTS_AN_EPOCH);
  PhLearningPoint point = { (double)(progress->step + 1) / (double)MAX (n_batches, 1), 0 };

  c->sum += progress->loss;
  c->n_summed++;
  g_mutex_lock (&news->mutex);
  news->progress = *progress;
  if (!news->has_progress)
    {
      guint ignored;

      put_epochs (c, ph_training_get_trainer (c->training));
      ph_training_get_counts (c->training, &ignored, &ignored, &news->n_trained, &news->n_weights);
      news->has_progress = TRUE;
    }
  if ((progress->step + 1) % every == 0)
    {
      point.loss = c->sum / c->n_summed;
      g_array_append_val (news->points, point);
      c->sum = 0;
      c->n_summed = 0;
    }
  g_mutex_unlock (&news->mutex);
}

static void
on_epoch (PhTrainer *trainer, guint epoch, const PhEvaluation *evaluation, gpointer data)
{
  Course *c = data;
  PhLearningNews *news = &c->work->news;

  if (ph_trainer_get_best (trainer) == (int)epoch)
    {
      ph_evaluation_free (c->best);
      c->best = ph_evaluation_copy (evaluation);
      c->best_epoch = (int)epoch;
    }
  g_mutex_lock (&news->mutex);
  put_epochs (c, trainer);
  ph_evaluation_free (news->evaluation);
  news->evaluation = ph_evaluation_copy (evaluation);
  g_mutex_unlock (&news->mutex);
  c->units.fraction = (double)(epoch + 1) / MAX (ph_training_get_settings (c->training)->epochs, 1);
  /* Tells the main loop. */
  ph_monitor_progress (c->monitor, c->units.fraction, NULL);
  ph_learning_watch_draw (&c->units, epoch + 1,
                          (guint)ph_training_get_settings (c->training)->epochs, FALSE);
}

static gboolean
open_all (const Work *work, PhTrainingSource *source, char **description, GCancellable *cancellable,
          GError **error)
{
  source->network = work->network;
  source->images = work->images;
  if (work->model != NULL)
    source->model = g_object_ref (work->model);
  else if (ph_architecture_is_name (work->network))
    source->description = *description = ph_architecture_load (work->network, error);
  else
    source->model = ph_model_load (work->network, cancellable, error);
  if (source->model == NULL && source->description == NULL)
    return FALSE;
  source->dataset = work->dataset != NULL ? ph_dataset_ref (work->dataset)
                                          : ph_dataset_open (work->images, cancellable, error);
  return source->dataset != NULL;
}

/* What was kept: the best epoch, or what an earlier run or the start had. */
static gboolean
conclude (Course *c, GCancellable *cancellable, GError **error)
{
  PhTrainer *trainer = ph_training_get_trainer (c->training);
  PhLearningNews *news = &c->work->news;
  int best = ph_trainer_get_best (trainer);
  PhEvaluation *evaluation = best >= 0 && best == c->best_epoch
                                 ? g_steal_pointer (&c->best)
                                 : ph_trainer_evaluate (trainer, c->monitor, cancellable, error);

  if (evaluation == NULL)
    return FALSE;
  if (!ph_monitor_should_stop (c->monitor))
    ph_learning_watch_draw (&c->units, (guint)(best + 1), 1, best >= 0);
  g_mutex_lock (&news->mutex);
  put_epochs (c, trainer);
  ph_evaluation_free (news->evaluation);
  news->evaluation = evaluation;
  g_mutex_unlock (&news->mutex);
  return TRUE;
}

static gboolean
run_course (Course *c, GCancellable *cancellable, GError **error)
{
  Work *work = c->work;
  const PhTrainWatch watch = { on_begin, on_step, on_epoch, c };

  g_mutex_lock (&work->news.mutex);
  work->news.settings = settings_copy (ph_training_get_settings (c->training));
  g_mutex_unlock (&work->news.mutex);
  c->units.training = c->training;
  return ph_training_run (c->training, work->folder, &watch, c->monitor, cancellable, error) &&
         conclude (c, cancellable, error);
}

static gpointer
learn (const PhMonitor *monitor, GCancellable *cancellable, gpointer data, GError **error)
{
  Work *work = data;
  g_autofree char *description = NULL;
  g_autoptr (PhTraining) training = NULL;
  PhTrainingSource source = { 0 };
  Course c = { .work = work, .monitor = monitor, .best_epoch = -2 };
  gboolean done = FALSE;

  c.units = (PhLearningWatch){ .monitor = monitor,
                               .cancellable = cancellable,
                               .news = &work->news,
                               .wanted = (const char *const *)work->units,
                               .began = g_get_monotonic_time (),
                               .drawn = -1 };
  ph_monitor_wait (monitor, cancellable);
  if (open_all (work, &source, &description, cancellable, error))
    {
      c.training = training = ph_training_new (&source, &work->settings, error);
      done = training != NULL && run_course (&c, cancellable, error);
    }
  ph_learning_watch_clear (&c.units);
  ph_evaluation_free (c.best);
  g_clear_object (&source.model);
  g_clear_pointer (&source.dataset, ph_dataset_unref);
  return done ? g_strdup (work->folder != NULL ? work->folder : "") : NULL;
}

/* In the main loop */

static void
take_array (GArray *from, GArray *to)
{
  g_array_append_vals (to, from->data, from->len);
}

static void
take_news (PhLearning *self)
{
  PhLearningNews *news = &self->work->news, *known = &self->known;

  g_mutex_lock (&news->mutex);
  known->has_progress = news->has_progress;
  known->progress = news->progress;
  take_array (news->points, known->points);
  g_array_set_size (news->points, 0);
  take_array (news->epochs, known->epochs);
  g_array_set_size (news->epochs, 0);
  take_array (news->pictures, known->pictures);
  /* The frames have moved on. */
  g_array_set_clear_func (news->pictures, NULL);
  g_array_set_size (news->pictures, 0);
  g_array_set_clear_func (news->pictures, clear_picture);
  known->best = news->best;
  known->n_unreadable = news->n_unreadable;
  known->n_trained = news->n_trained;
  known->n_weights = news->n_weights;
  if (news->evaluation != NULL)
    {
      ph_evaluation_free (known->evaluation);
      known->evaluation = g_steal_pointer (&news->evaluation);
    }
  if (news->settings != NULL)
    {
      g_clear_pointer (&known->settings, settings_free);
      known->settings = g_steal_pointer (&news->settings);
    }
  if (known->units == NULL)
    known->units = g_steal_pointer (&news->units);
  if (known->remark == NULL)
    known->remark = g_steal_pointer (&news->remark);
  g_mutex_unlock (&news->mutex);
}

static void
on_news (PhLearning *self)
{
  take_news (self);
  g_signal_emit (self, changed_signal, 0);
}

static void
ph_learning_dispose (GObject *object)
{
  PhLearning *self = PH_LEARNING (object);

  if (self->job != NULL)
    g_signal_handlers_disconnect_by_data (self->job, self);
  g_clear_object (&self->job);
  self->work = NULL;
  G_OBJECT_CLASS (ph_learning_parent_class)->dispose (object);
}

static void
ph_learning_finalize (GObject *object)
{
  news_clear (&PH_LEARNING (object)->known);
  G_OBJECT_CLASS (ph_learning_parent_class)->finalize (object);
}

static void
ph_learning_class_init (PhLearningClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ph_learning_dispose;
  G_OBJECT_CLASS (klass)->finalize = ph_learning_finalize;
  changed_signal = g_signal_new ("changed", PH_TYPE_LEARNING, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static void
ph_learning_init (PhLearning *self)
{
  news_init (&self->known);
}

/* Public */

PhLearning *
ph_learning_new (const PhLearningPlan *plan)
{
  PhLearning *self = g_object_new (PH_TYPE_LEARNING, NULL);
  g_autofree char *network = g_filename_display_basename (plan->network);
  g_autofree char *images = g_filename_display_basename (plan->images);
  /* Translators: a network, a set of images. */
  g_autofree char *title = g_strdup_printf (_ ("Training of %s on %s"), network, images);
  Work *work = g_new0 (Work, 1);

  work->model = plan->model != NULL ? g_object_ref (plan->model) : NULL;
  work->dataset = plan->dataset != NULL ? ph_dataset_ref (plan->dataset) : NULL;
  work->network = g_strdup (plan->network);
  work->images = g_strdup (plan->images);
  work->folder = g_strdup (plan->folder);
  ph_settings_copy (ph_train_settings, &work->settings, plan->settings);
  work->units = g_strdupv ((char **)plan->units);
  news_init (&work->news);
  self->work = work;
  self->known.settings = settings_copy (plan->settings);
  self->job = ph_job_new (title, learn, work, work_free, g_free);
  g_signal_connect_swapped (self->job, "notify::n-values", G_CALLBACK (on_news), self);
  g_signal_connect_swapped (self->job, "notify::message", G_CALLBACK (on_news), self);
  g_signal_connect_swapped (self->job, "notify::state", G_CALLBACK (on_news), self);
  return self;
}

void
ph_learning_start (PhLearning *self, PhQueue *queue)
{
  g_return_if_fail (PH_IS_LEARNING (self));

  ph_queue_add (queue, self->job, PH_LANE_LONG);
}

PhJob *
ph_learning_get_job (PhLearning *self)
{
  g_return_val_if_fail (PH_IS_LEARNING (self), NULL);

  return self->job;
}

gboolean
ph_learning_is_running (PhLearning *self)
{
  g_return_val_if_fail (PH_IS_LEARNING (self), FALSE);

  return !ph_job_is_finished (self->job);
}

const char *
ph_learning_get_network (PhLearning *self)
{
  return self->work->network;
}

const char *
ph_learning_get_folder (PhLearning *self)
{
  return self->work->folder;
}

const PhTrainSettings *
ph_learning_get_settings (PhLearning *self)
{
  return self->known.settings;
}

const PhTrainProgress *
ph_learning_get_progress (PhLearning *self)
{
  return self->known.has_progress ? &self->known.progress : NULL;
}

const GArray *
ph_learning_get_points (PhLearning *self)
{
  return self->known.points;
}

const GArray *
ph_learning_get_epochs (PhLearning *self)
{
  return self->known.epochs;
}

const PhEvaluation *
ph_learning_get_evaluation (PhLearning *self)
{
  return self->known.evaluation;
}

int
ph_learning_get_best (PhLearning *self)
{
  return self->known.best;
}

guint
ph_learning_get_n_unreadable (PhLearning *self)
{
  return self->known.n_unreadable;
}

void
ph_learning_get_counts (PhLearning *self, gsize *n_trained, gsize *n_weights)
{
  *n_trained = self->known.n_trained;
  *n_weights = self->known.n_weights;
}

const char *const *
ph_learning_get_units (PhLearning *self)
{
  return (const char *const *)self->known.units;
}

const GArray *
ph_learning_get_pictures (PhLearning *self)
{
  return self->known.pictures;
}

const char *
ph_learning_get_remark (PhLearning *self)
{
  return self->known.remark;
}
