#include "vis/dream.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "base/tensor.h"
#include "vis/objective.h"
#include "vis/tiles.h"

/* Octaves of the pictures of a film after the first: what was enlarged needs its details only. */
#define FILM_OCTAVES 2

/* A smaller octave would show nothing. */
#define LEAST_SIDE 24

#define FIELD(name) G_STRUCT_OFFSET (PhDreamSettings, name)

const PhSetting ph_dream_settings[] = {
  { "octaves", N_ ("Octaves"),
    N_ ("At how many sizes the picture is changed, the smallest first: more of them, larger "
        "patterns."),
    PH_SETTING_INT, FIELD (octaves), 1, 16, 4 },
  { "octave-scale", N_ ("Octave scale"), N_ ("How much larger each octave is than the one before."),
    PH_SETTING_REAL, FIELD (octave_scale), 1.05, 4, 1.4 },
  { "steps", N_ ("Steps"),
    N_ ("How often the picture is changed at each size: how strong the dream is."), PH_SETTING_INT,
    FIELD (steps), 1, 1000, 10, .unit = N_ ("steps") },
  { "step-size", N_ ("Step size"),
    N_ ("How far each step changes a pixel on average, where 1 is from black to white."),
    PH_SETTING_REAL, FIELD (step_size), 1e-5, 1, 0.006 },
  { "tile", N_ ("Tile"),
    N_ ("Side of the square in which the network sees a part of the picture; 0 is the size it was "
        "made for. A class needs that size."),
    PH_SETTING_INT, FIELD (tile), 0, 2048, 0, .unit = N_ ("px") },
  { "zoom", N_ ("Zoom"), N_ ("In a film: how much each picture is enlarged to become the next."),
    PH_SETTING_REAL, FIELD (zoom), 1, 2, 1.04 },
  { "seed", N_ ("Seed"), N_ ("Chooses how the tiles shift."), PH_SETTING_INT, FIELD (seed), 0,
    G_MAXINT, 0 },
  { NULL },
};

struct _PhDream
{
  /* owned */
  PhDreamSettings settings;
  PhObjective *objective;
  PhRun *run;
  PhImage *view, *d_view, *d_terms; /* a tile, the gradient there, its part by terms of pictures */

  PhPreprocess preprocess;
  PhTiles tiles;
  double last_value;
  guint n_steps;
};

/* Where a monitor's steps stand: those of the octaves and pictures before count too. */
typedef struct
{
  const PhMonitor *monitor;
  GCancellable *cancellable;
  guint n_made, n_all;
  gboolean stopped;
} Way;

PhDream *
ph_dream_new (PhModel *model, const char *objective, const PhDreamSettings *settings,
              GError **error)
{
  g_autoptr (PhDream) dream = g_new0 (PhDream, 1);
  g_autoptr (PhPlan) plan = NULL;
  guint n_targets;
  const int *targets;

  ph_settings_copy (ph_dream_settings, &dream->settings, settings);
  dream->preprocess = *ph_model_get_preprocess (model);
  dream->objective = ph_objective_parse (model, objective, error);
  if (dream->objective == NULL)
    return NULL;

  guint height = settings->tile > 0 ? (guint)settings->tile : dream->preprocess.height;
  guint width = settings->tile > 0 ? (guint)settings->tile : dream->preprocess.width;
  PhShape shape = ph_model_input_shape (model, 1, height, width);

  targets = ph_objective_get_targets (dream->objective, &n_targets);
  plan =
      ph_plan_new_for_image (ph_model_get_graph (model), &shape, targets, n_targets, TRUE, error);
  if (plan == NULL || !ph_objective_bind (dream->objective, plan, error))
    return NULL;
  dream->run = ph_run_new (plan, error);
  dream->view = ph_image_new (dream->preprocess.channels, height, width, error);
  if (dream->run == NULL || dream->view == NULL)
    return NULL;
  dream->d_view = ph_image_new (dream->preprocess.channels, height, width, error);
  dream->d_terms = ph_image_new (dream->preprocess.channels, height, width, error);
  if (dream->d_view == NULL || dream->d_terms == NULL)
    return NULL;
  dream->tiles = (PhTiles){ .height = height, .width = width, .margin = MIN (height, width) / 14 };
  return g_steal_pointer (&dream);
}

void
ph_dream_free (PhDream *dream)
{
  if (dream == NULL)
    return;
  ph_settings_clear (ph_dream_settings, &dream->settings);
  ph_objective_free (dream->objective);
  g_clear_pointer (&dream->run, ph_run_free);
  g_clear_pointer (&dream->view, ph_image_free);
  g_clear_pointer (&dream->d_view, ph_image_free);
  g_clear_pointer (&dream->d_terms, ph_image_free);
  g_free (dream);
}

/* The gradient of one tile into @gradient, its objective into @value. */
static gboolean
climb_tile (PhDream *dream, const PhImage *image, guint i, PhImage *gradient, double *value,
            GCancellable *cancellable, GError **error)
{
  PhImage *view = dream->view, *d_view = dream->d_view;
  const PhPreprocess *pre = &dream->preprocess;
  gsize n = ph_image_n_values (view);

  ph_tiles_read (&dream->tiles, i, image, view->data);
  ph_preprocess_apply (pre, 1, view->height, view->width, view->data,
                       ph_run_get_input (dream->run, 0));
  if (!ph_run_forward (dream->run, cancellable, error))
    return FALSE;
  memset (dream->d_terms->data, 0, sizeof (float) * n);
  ph_run_clear_gradients (dream->run);
  *value += ph_objective_evaluate (dream->objective, dream->run, view, TRUE, dream->d_terms->data);
  if (!ph_run_backward (dream->run, cancellable, error))
    return FALSE;
  ph_preprocess_adjoint (pre, 1, view->height, view->width,
                         ph_run_get_input_gradient (dream->run, 0), d_view->data);
  for (gsize j = 0; j < n; j++)
    d_view->data[j] += dream->d_terms->data[j];
  ph_tiles_write (&dream->tiles, i, d_view->data, gradient);
  return TRUE;
}

/* Along the gradient, whose mean size becomes the step's. */
static gboolean
move (PhDream *dream, const PhImage *gradient, PhImage *image, guint step, GError **error)
{
  gsize n = ph_image_n_values (image);
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += fabs ((double)gradient->data[i]);
  if (!isfinite (sum))
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DIVERGED,
                   "Step %u: the gradient is not finite; try a smaller step size", step + 1);
      return FALSE;
    }
  if (sum == 0)
    return TRUE;

  float rate = (float)(dream->settings.step_size * (double)n / sum);

  for (gsize i = 0; i < n; i++)
    image->data[i] = CLAMP (image->data[i] + rate * gradient->data[i], 0, 1);
  return TRUE;
}

static void
post (const PhImage *image, double value, Way *way)
{
  ph_monitor_value (way->monitor, way->n_made, value);
  ph_monitor_progress (way->monitor, (double)way->n_made / way->n_all, NULL);
  if (!ph_monitor_wants_frame (way->monitor))
    return;

  double shrink = MIN (1, (double)PH_DREAM_PREVIEW / MAX (image->height, image->width));
  g_autoptr (PhImage) small = ph_image_resize (image, MAX (1, (guint)(image->height * shrink)),
                                               MAX (1, (guint)(image->width * shrink)), NULL);

  if (small != NULL)
    {
      g_autoptr (PhFrame) frame = ph_image_to_frame (small, way->n_made, value);

      ph_monitor_frame (way->monitor, frame);
    }
}

/* The steps of one octave, in place. */
static gboolean
dream_octave (PhDream *dream, PhImage *image, PhRng *rng, Way *way, GError **error)
{
  g_autoptr (PhImage) gradient = ph_image_new (image->channels, image->height, image->width, error);

  if (gradient == NULL)
    return FALSE;
  for (int step = 0; step < dream->settings.steps && !way->stopped; step++)
    {
      double shift_y = ph_rng_uniform (rng, 0, 1), shift_x = ph_rng_uniform (rng, 0, 1), value = 0;

      ph_tiles_place (&dream->tiles, image->height, image->width, shift_y, shift_x);

      guint n = dream->tiles.rows * dream->tiles.columns;

      ph_objective_set_wake (dream->objective, dream->last_value <= 0 ? 1 : 0);
      for (guint i = 0; i < n; i++)
        {
          ph_monitor_wait (way->monitor, way->cancellable);
          if (g_cancellable_set_error_if_cancelled (way->cancellable, error) ||
              !climb_tile (dream, image, i, gradient, &value, way->cancellable, error))
            return FALSE;
        }
      if (!move (dream, gradient, image, way->n_made, error))
        return FALSE;
      dream->last_value = value / n;
      way->n_made++;
      post (image, dream->last_value, way);
      way->stopped = ph_monitor_should_stop (way->monitor);
    }
  return TRUE;
}

/* to += from, or -=. */
static void
add (PhImage *to, const PhImage *from, float sign)
{
  gsize n = ph_image_n_values (to);

  for (gsize i = 0; i < n; i++)
    to->data[i] += sign * from->data[i];
}

/* What the octaves before have changed, brought to the next size, on top of the photo there. */
static PhImage *
dream_picture (PhDream *dream, const PhImage *photo, int octaves, Way *way, GError **error)
{
  g_autoptr (PhImage) change = NULL;
  PhRng rng;

  ph_rng_init (&rng, (guint64)dream->settings.seed, 0);
  dream->last_value = 0;
  for (int octave = octaves - 1; octave >= 0; octave--)
    {
      double shrink = pow (dream->settings.octave_scale, octave);
      guint height = (guint)MAX (1, lround (photo->height / shrink));
      guint width = (guint)MAX (1, lround (photo->width / shrink));

      if (octave > 0 && MIN (height, width) < LEAST_SIDE)
        {
          way->n_made += (guint)dream->settings.steps;
          continue;
        }

      g_autoptr (PhImage) base = ph_image_resize (photo, height, width, error);
      g_autoptr (PhImage) image = base != NULL ? ph_image_copy (base, error) : NULL;

      if (image == NULL)
        return NULL;
      if (change != NULL)
        {
          g_autoptr (PhImage) larger = ph_image_resize (change, height, width, error);

          if (larger == NULL)
            return NULL;
          add (image, larger, 1);
        }
      if (!way->stopped && !dream_octave (dream, image, &rng, way, error))
        return NULL;
      g_clear_pointer (&change, ph_image_free);
      change = g_steal_pointer (&image);
      add (change, base, -1);
      if (octave == 0)
        add (change, base, 1);
    }
  return g_steal_pointer (&change);
}

static PhImage *
dup_photo (PhDream *dream, const PhImage *photo, GError **error)
{
  return ph_image_to_channels (photo, dream->preprocess.channels, error);
}

PhImage *
ph_dream_run (PhDream *dream, const PhImage *photo, const PhMonitor *monitor,
              GCancellable *cancellable, GError **error)
{
  g_autoptr (PhImage) start = dup_photo (dream, photo, error);
  Way way = { .monitor = monitor,
              .cancellable = cancellable,
              .n_all = (guint)(dream->settings.octaves * dream->settings.steps) };
  PhImage *made =
      start != NULL ? dream_picture (dream, start, dream->settings.octaves, &way, error) : NULL;

  dream->n_steps = way.n_made;
  return made;
}

guint
ph_dream_get_n_steps (const PhDream *dream)
{
  return dream->n_steps;
}

/* The middle, enlarged to the size of the whole. */
static PhImage *
zoom_in (const PhImage *image, double zoom, GError **error)
{
  guint height = (guint)MAX (1, lround (image->height / zoom));
  guint width = (guint)MAX (1, lround (image->width / zoom));
  g_autoptr (PhImage) middle = ph_image_crop (image, (image->height - height) / 2,
                                              (image->width - width) / 2, height, width, error);

  return middle != NULL ? ph_image_resize (middle, image->height, image->width, error) : NULL;
}

GPtrArray *
ph_dream_film (PhDream *dream, const PhImage *photo, guint n, const PhMonitor *monitor,
               GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) frames = g_ptr_array_new_with_free_func ((GDestroyNotify)ph_frame_unref);
  g_autoptr (PhImage) image = dup_photo (dream, photo, error);
  int later = MIN (dream->settings.octaves, FILM_OCTAVES);
  Way way = { .monitor = monitor,
              .cancellable = cancellable,
              .n_all = (guint)dream->settings.steps *
                       ((guint)dream->settings.octaves + (n - 1) * (guint)later) };

  for (guint i = 0; i < n && image != NULL && !way.stopped; i++)
    {
      g_autoptr (PhImage) made =
          dream_picture (dream, image, i == 0 ? dream->settings.octaves : later, &way, error);

      if (made == NULL)
        return NULL;
      /* A picture that was stopped half way would flicker at the end. */
      if (!way.stopped || i == 0)
        g_ptr_array_add (frames, ph_image_to_frame (made, i, dream->last_value));
      g_clear_pointer (&image, ph_image_free);
      image = zoom_in (made, dream->settings.zoom, error);
    }
  return image != NULL ? g_steal_pointer (&frames) : NULL;
}
