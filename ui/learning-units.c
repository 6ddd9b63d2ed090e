/* Pictures of some units while the network learns, on the thread of the work. */

#include "ui/learning-private.h"

#include <glib/gi18n.h>

/* Few steps of small pictures: enough to see what a unit is about, and what changes. As many for
 * all of a training, so that they can be compared: fewer where the network is slow. */
#define MOST_STEPS 32
#define LEAST_STEPS 8
#define SIDE 96
#define PICTURE_TIME (2 * G_USEC_PER_SEC)
#define TIMED_STEPS 2
/* How far all steps go together: the fewer there are, the larger they must be. */
#define REACH 2.4

#define ALLOWANCE (8 * G_USEC_PER_SEC) /* for all epochs together */
#define SHARE 0.2                      /* of the time that learning takes */

static void
set_remark (PhLearningWatch *watch, const char *text)
{
  g_mutex_lock (&watch->news->mutex);
  if (watch->news->remark == NULL)
    watch->news->remark = g_strdup (text);
  g_mutex_unlock (&watch->news->mutex);
}

/* Layers that learn and whose units can be pictured, from the middle to the end. */
static void
add_layers (PhModel *model, const PhTrainSettings *settings, guint n, GPtrArray *names)
{
  g_autoptr (GArray) layers = g_array_new (FALSE, FALSE, sizeof (guint));
  int first = settings->mode == PH_TRAIN_FINE_TUNE ? (int)ph_model_get_n_layers (model) / 2 : 0;
  int frozen = ph_model_find_layer (model, settings->frozen);

  if (settings->mode == PH_TRAIN_FINE_TUNE && frozen >= 0)
    first = frozen + 1;
  for (guint i = (guint)first; i < ph_model_get_n_layers (model); i++)
    {
      const PhLayer *layer = ph_model_get_layer (model, i);

      if (layer->obstacle == NULL && layer->rows * layer->columns > 1 && layer->n_channels > 1 &&
          layer->n_parameters > 0)
        g_array_append_val (layers, i);
    }
  for (guint i = 0; i < MIN (n, layers->len); i++)
    {
      guint place = (i + 1) * layers->len / (MIN (n, layers->len) + 1);
      const PhUnit unit = { .kind = PH_UNIT_CHANNEL,
                            .layer = g_array_index (layers, guint, MIN (place, layers->len - 1)),
                            .channel = 0 };

      g_ptr_array_add (names, ph_unit_dup_name (model, &unit));
    }
}

/* Classes, and units of layers where these learn as well. */
static char **
choose_units (PhModel *model, const PhTrainSettings *settings)
{
  GPtrArray *names = g_ptr_array_new ();
  guint n_classes = ph_model_get_n_classes (model);
  guint n = settings->mode == PH_TRAIN_HEAD ? PH_LEARNING_MOST_UNITS : PH_LEARNING_MOST_UNITS / 2;

  for (guint i = 0; i < MIN (n, n_classes); i++)
    {
      const PhUnit unit = { .kind = PH_UNIT_CLASS, .channel = i };

      g_ptr_array_add (names, ph_unit_dup_name (model, &unit));
    }
  if (settings->mode != PH_TRAIN_HEAD)
    add_layers (model, settings, PH_LEARNING_MOST_UNITS - n, names);
  g_ptr_array_add (names, NULL);
  return (char **)g_ptr_array_free (names, FALSE);
}

/* Those that were asked for and are there. */
static char **
check_units (PhLearningWatch *watch, PhModel *model)
{
  GPtrArray *names = g_ptr_array_new ();

  for (guint i = 0; watch->wanted[i] != NULL && names->len < PH_LEARNING_MOST_UNITS; i++)
    {
      g_autoptr (GError) error = NULL;
      PhUnit unit;

      if (ph_unit_parse (model, watch->wanted[i], &unit, &error))
        g_ptr_array_add (names, ph_unit_dup_name (model, &unit));
      else
        set_remark (watch, error->message);
    }
  g_ptr_array_add (names, NULL);
  return (char **)g_ptr_array_free (names, FALSE);
}

static void
find_units (PhLearningWatch *watch, PhModel *model)
{
  g_autoptr (GPtrArray) titles = g_ptr_array_new ();

  watch->names = watch->wanted != NULL
                     ? check_units (watch, model)
                     : choose_units (model, ph_training_get_settings (watch->training));
  for (guint i = 0; watch->names[i] != NULL; i++)
    {
      PhUnit unit;

      if (ph_unit_parse (model, watch->names[i], &unit, NULL))
        g_ptr_array_add (titles, ph_unit_dup_title (model, &unit));
      else
        g_ptr_array_add (titles, g_strdup (watch->names[i]));
    }
  g_ptr_array_add (titles, NULL);
  g_mutex_lock (&watch->news->mutex);
  watch->news->units = (char **)g_ptr_array_steal (titles, NULL);
  g_mutex_unlock (&watch->news->mutex);
}

static PhAscent *
make_ascent (PhModel *model, const char *unit, int steps, GError **error)
{
  PhAscentSettings settings;
  PhAscent *ascent;

  ph_settings_init (ph_ascent_settings, &settings);
  settings.steps = steps;
  settings.width = settings.height = SIDE;
  settings.learning_rate = CLAMP (REACH / steps, 0.05, 0.15);
  ascent = ph_ascent_new (model, unit, &settings, error);
  ph_settings_clear (ph_ascent_settings, &settings);
  return ascent;
}

/* How many steps there is time for. */
static int
choose_steps (PhLearningWatch *watch, PhModel *model)
{
  g_autoptr (PhAscent) ascent = make_ascent (model, watch->names[0], MOST_STEPS, NULL);
  gint64 before;

  /* The first step is slower than the others. */
  if (ascent == NULL || !ph_ascent_step (ascent, NULL, watch->cancellable, NULL))
    return MOST_STEPS;
  before = g_get_monotonic_time ();
  for (guint i = 0; i < TIMED_STEPS; i++)
    if (!ph_ascent_step (ascent, NULL, watch->cancellable, NULL))
      return MOST_STEPS;
  return (int)CLAMP (PICTURE_TIME * TIMED_STEPS / MAX (g_get_monotonic_time () - before, 1),
                     LEAST_STEPS, MOST_STEPS);
}

/* Returns: FALSE when it was stopped or cancelled, or cannot be drawn. */
static gboolean
draw_unit (PhLearningWatch *watch, PhModel *model, guint number, guint epoch)
{
  /* It may be stopped and paused, and is silent. */
  const PhMonitor quiet = { .should_stop = watch->monitor->should_stop,
                            .wait = watch->monitor->wait,
                            .data = watch->monitor->data };
  g_autoptr (GError) error = NULL;
  g_autoptr (PhAscent) ascent = make_ascent (model, watch->names[number], watch->steps, &error);
  g_autoptr (PhAscentResult) result =
      ascent != NULL ? ph_ascent_run (ascent, &quiet, watch->cancellable, &error) : NULL;

  if (result == NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    set_remark (watch, error->message);
  if (result == NULL || result->stopped)
    return FALSE;

  PhLearningPicture picture = { number, epoch,
                                ph_image_to_frame (result->image, epoch, result->objective) };

  g_mutex_lock (&watch->news->mutex);
  g_array_append_val (watch->news->pictures, picture);
  g_mutex_unlock (&watch->news->mutex);
  /* Tells the main loop. */
  ph_monitor_progress (watch->monitor, watch->fraction, _ ("Drawing the watched units…"));
  return TRUE;
}

static gboolean
may_draw (const PhLearningWatch *watch, guint epoch, guint n_epochs)
{
  gint64 now = g_get_monotonic_time ();
  double allowed = ALLOWANCE * (double)epoch / MAX (n_epochs, 1) +
                   SHARE * (double)(now - watch->began - watch->spent);

  return watch->drawn < 0 || (double)(watch->spent + watch->last) <= allowed;
}

void
ph_learning_watch_draw (PhLearningWatch *watch, guint epoch, guint n_epochs, gboolean must)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PhModel) model = NULL;
  gint64 begun = g_get_monotonic_time ();

  if ((watch->wanted != NULL && watch->wanted[0] == NULL) || watch->drawn == (int)epoch ||
      (!must && !may_draw (watch, epoch, n_epochs)))
    return;
  model = ph_training_publish (watch->training, &error);
  if (model == NULL)
    {
      set_remark (watch, error->message);
      return;
    }
  ph_monitor_progress (watch->monitor, watch->fraction, _ ("Drawing the watched units…"));
  if (watch->names == NULL)
    find_units (watch, model);
  if (watch->steps == 0 && watch->names[0] != NULL)
    watch->steps = choose_steps (watch, model);
  for (guint i = 0; watch->names[i] != NULL; i++)
    if (!draw_unit (watch, model, i, epoch) && (ph_monitor_should_stop (watch->monitor) ||
                                                g_cancellable_is_cancelled (watch->cancellable)))
      break;
  watch->drawn = (int)epoch;
  watch->last = g_get_monotonic_time () - begun;
  watch->spent += watch->last;
}

void
ph_learning_watch_clear (PhLearningWatch *watch)
{
  g_clear_pointer (&watch->names, g_strfreev);
}
