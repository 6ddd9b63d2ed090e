#include "vis/ascent.h"

#include <math.h>

#include "base/tensor.h"
#include "kernels/pointwise.h"
#include "network/run.h"
#include "vis/activation-map.h"
#include "vis/pace.h"
#include "vis/pictures.h"
#include "vis/views.h"

/* Streams of the generator: one purpose each, so that one setting does not shift another's numbers.
 */
enum
{
  STREAM_START = 1,
  STREAM_TRANSFORMS = 2,
  STREAM_BACKGROUNDS = 3,
  STREAM_NOISE = 4,
};

/* An objective that has risen by less than this share of its whole way has settled. */
#define SETTLED 0.01

struct _PhAscent
{
  /* owned */
  PhAscentSettings settings;
  PhObjective *objective;
  PhRun *run;
  PhPictures *pictures;
  PhViews *views;
  PhOptimiser *optimiser;
  float *d_values; /* gradient at the numbers that the pictures are made of */
  double *curve;   /* settings.steps */

  PhPreprocess preprocess;
  guint n_views; /* of all pictures together */
  guint height, width, view_height, view_width;
  guint n_steps, end;   /* end: where a run leaves off; 0: after the last step */
  double last_value;    /* of the objective */
  gboolean measured;    /* the run holds the picture as it is */
  gboolean of_a_neuron; /* whose map is: */
  PhActivationMap map;
  PhRng rng, background_rng, noise_rng;
};

static PhObjective *
make_objective (PhModel *model, const char *text, const PhAscentSettings *settings, GError **error)
{
  PhObjective *objective = ph_objective_parse (model, text, error);
  const struct
  {
    const char *term;
    double weight;
  } penalties[] = { { "tv", settings->tv }, { "l1", settings->l1 }, { "l2", settings->l2 } };

  if (objective == NULL)
    return NULL;
  if (settings->negative)
    ph_objective_negate (objective);
  for (guint i = 0; i < G_N_ELEMENTS (penalties); i++)
    if (penalties[i].weight > 0)
      ph_objective_add (objective, -penalties[i].weight, penalties[i].term, NULL);
  return objective;
}

/* A plan for the objective's targets with the picture shown at @height × @width. */
static PhPlan *
plan_at (PhAscent *ascent, PhModel *model, guint height, guint width, GError **error)
{
  PhShape shape = ph_model_input_shape (model, ascent->n_views, height, width);
  guint n_targets;
  const int *targets = ph_objective_get_targets (ascent->objective, &n_targets);
  g_autoptr (PhPlan) plan =
      ph_plan_new_for_image (ph_model_get_graph (model), &shape, targets, n_targets, TRUE, error);

  if (plan == NULL || !ph_objective_bind (ascent->objective, plan, error))
    return NULL;
  ascent->view_height = height;
  ascent->view_width = width;
  return g_steal_pointer (&plan);
}

/* At the picture's own size if the layers take it, otherwise at the size they were made for. */
static PhPlan *
make_plan (PhAscent *ascent, PhModel *model, GError **error)
{
  const PhPreprocess *usual = &ascent->preprocess;
  g_autoptr (GError) problem = NULL;
  PhPlan *plan = plan_at (ascent, model, ascent->height, ascent->width, &problem);

  if (plan != NULL)
    return plan;
  if ((usual->height == ascent->height && usual->width == ascent->width) ||
      g_error_matches (problem, PH_ERROR, PH_ERROR_NO_MEMORY))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return NULL;
    }
  return plan_at (ascent, model, usual->height, usual->width, error);
}

static PhPictures *
make_pictures (const PhAscent *ascent, GError **error)
{
  const PhAscentSettings *settings = &ascent->settings;
  const PhPicturesSpec spec = {
    .n = (guint)settings->pictures,
    .channels = ascent->preprocess.channels,
    .height = ascent->height,
    .width = ascent->width,
    .param = (guint)settings->image,
    .base = (guint)settings->base,
    .colour = (PhColour)settings->colour,
    .opacity = (PhOpacity)settings->opacity,
    .spectrum = settings->spectrum,
    .falloff = ph_ascent_get_falloff (settings, ascent->objective),
  };

  return ph_pictures_new (&spec, error);
}

static gboolean
make_optimiser (PhAscent *ascent, GError **error)
{
  gsize n;

  ph_pictures_get_values (ascent->pictures, &n);
  ascent->d_values = ph_aligned_alloc (sizeof (float) * n);
  ascent->optimiser = ph_optimiser_new ((PhOptimiserKind)ascent->settings.optimiser, n, error);
  if (ascent->optimiser == NULL)
    return FALSE;
  if (ascent->d_values == NULL)
    g_set_error (error, PH_ERROR, PH_ERROR_NO_MEMORY,
                 "There is no memory for the gradient of a picture of %u × %u pixels",
                 ascent->width, ascent->height);
  return ascent->d_values != NULL;
}

PhAscent *
ph_ascent_new (PhModel *model, const char *objective, const PhAscentSettings *settings,
               GError **error)
{
  g_autoptr (PhAscent) ascent = g_new0 (PhAscent, 1);
  const PhPreprocess *usual = &ascent->preprocess;
  guint n_pictures = (guint)settings->pictures;
  PhRng start;

  ph_settings_copy (ph_ascent_settings, &ascent->settings, settings);
  ascent->preprocess = *ph_model_get_preprocess (model);
  ascent->height = settings->height > 0 ? (guint)settings->height : usual->height;
  ascent->width = settings->width > 0 ? (guint)settings->width : usual->width;
  ascent->n_views = n_pictures * (guint)settings->views;
  ascent->curve = g_new0 (double, (gsize)settings->steps);
  ascent->objective = make_objective (model, objective, settings, error);
  if (ascent->objective == NULL)
    return NULL;
  ph_objective_set_pictures (ascent->objective, n_pictures);
  ascent->pictures = make_pictures (ascent, error);
  if (ascent->pictures == NULL)
    return NULL;

  g_autoptr (PhPlan) plan = make_plan (ascent, model, error);

  if (plan == NULL)
    return NULL;
  ascent->of_a_neuron = ph_activation_map_init (&ascent->map, model, plan, objective);
  ascent->run = ph_run_new (plan, error);
  if (ascent->run == NULL)
    return NULL;
  ascent->views = ph_views_new (ph_ascent_get_transforms (settings, ascent->objective), n_pictures,
                                (guint)settings->views, usual->channels, ascent->height,
                                ascent->width, ascent->view_height, ascent->view_width, error);
  if (ascent->views == NULL || !make_optimiser (ascent, error))
    return NULL;

  ph_rng_init (&start, (guint64)settings->seed, STREAM_START);
  ph_rng_init (&ascent->rng, (guint64)settings->seed, STREAM_TRANSFORMS);
  ph_rng_init (&ascent->background_rng, (guint64)settings->seed, STREAM_BACKGROUNDS);
  ph_rng_init (&ascent->noise_rng, (guint64)settings->seed, STREAM_NOISE);
  ph_pictures_init (ascent->pictures, &start, settings->init_sd);
  return g_steal_pointer (&ascent);
}

void
ph_ascent_free (PhAscent *ascent)
{
  if (ascent == NULL)
    return;
  ph_settings_clear (ph_ascent_settings, &ascent->settings);
  ph_objective_free (ascent->objective);
  g_clear_pointer (&ascent->run, ph_run_free);
  ph_pictures_free (ascent->pictures);
  ph_views_free (ascent->views);
  ph_optimiser_free (ascent->optimiser);
  ph_aligned_free (ascent->d_values);
  g_free (ascent->curve);
  g_free (ascent);
}

gboolean
ph_ascent_set_start (PhAscent *ascent, const PhImage *image, GError **error)
{
  g_return_val_if_fail (ascent->n_steps == 0, FALSE);

  return ph_pictures_set_start (ascent->pictures, image, error);
}

void
ph_ascent_get_size (const PhAscent *ascent, guint *height, guint *width)
{
  *height = ascent->height;
  *width = ascent->width;
}

void
ph_ascent_get_view_size (const PhAscent *ascent, guint *height, guint *width)
{
  *height = ascent->view_height;
  *width = ascent->view_width;
}

guint
ph_ascent_get_n_steps (const PhAscent *ascent)
{
  return ascent->n_steps;
}

const PhImage *
ph_ascent_get_image (PhAscent *ascent)
{
  return ph_pictures_show (ascent->pictures);
}

PhFrame *
ph_ascent_dup_frame (PhAscent *ascent, double value)
{
  PhFrame *frame = ph_image_to_frame (ph_ascent_get_image (ascent), ascent->n_steps, value);

  if (ascent->of_a_neuron && ascent->measured)
    ph_activation_map_add (&ascent->map, ascent->run, frame);
  return frame;
}

/* From the views to the network's targets. */
static gboolean
forward (PhAscent *ascent, GCancellable *cancellable, GError **error)
{
  ph_preprocess_apply (&ascent->preprocess, ascent->n_views, ascent->view_height,
                       ascent->view_width, ph_views_get (ascent->views),
                       ph_run_get_input (ascent->run, 0));
  return ph_run_forward (ascent->run, cancellable, error);
}

/* From the gradients at the targets to what was laid. */
static gboolean
backward (PhAscent *ascent, GCancellable *cancellable, GError **error)
{
  if (!ph_run_backward (ascent->run, cancellable, error))
    return FALSE;
  ph_preprocess_adjoint (&ascent->preprocess, ascent->n_views, ascent->view_height,
                         ascent->view_width, ph_run_get_input_gradient (ascent->run, 0),
                         ph_views_get (ascent->views));
  ph_views_adjoint (ascent->views, ph_pictures_get_d_laid (ascent->pictures));
  return TRUE;
}

/* Root mean square, summed in lanes so that it is quick and does not depend on threads. */
static double
root_mean_square (const float *x, gsize n)
{
  double lanes[8] = { 0 };
  gsize i = 0;

  for (; i + 8 <= n; i += 8)
    for (guint j = 0; j < 8; j++)
      lanes[j] += (double)x[i + j] * x[i + j];
  for (; i < n; i++)
    lanes[0] += (double)x[i] * x[i];
  for (guint j = 1; j < 8; j++)
    lanes[0] += lanes[j];
  return sqrt (lanes[0] / (double)MAX (n, 1));
}

/* How much of the steps is done, at the beginning of the next. */
static double
get_done (const PhAscent *ascent)
{
  return (double)ascent->n_steps / ascent->settings.steps;
}

static double
step_size (const PhAscent *ascent)
{
  return ascent->settings.learning_rate *
         ph_pace_at (ascent->settings.rate_pace, get_done (ascent));
}

static gboolean
climb (PhAscent *ascent, double value, GError **error)
{
  gsize n;
  float *values = ph_pictures_get_values (ascent->pictures, &n);
  double size = root_mean_square (ascent->d_values, n);

  if ((!isfinite (value) || !isfinite (size)) && ascent->n_steps == 0)
    {
      g_set_error_literal (
          error, PH_ERROR, PH_ERROR_DIVERGED,
          "The first picture already gives no numbers, only infinite ones: a factor is far too "
          "large, weights of the network are damaged, or its input is prepared wrongly");
      return FALSE;
    }
  if (!isfinite (value) || !isfinite (size))
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DIVERGED,
                   "The %s became infinite at step %u; try a smaller step size than %g",
                   isfinite (value) ? "gradient" : "objective", ascent->n_steps + 1,
                   ascent->settings.learning_rate);
      return FALSE;
    }
  if (ascent->settings.normalise && size > 0)
    ph_pointwise_scale_shift (n, (float)(1 / size), 0, ascent->d_values, ascent->d_values);
  ph_optimiser_step (ascent->optimiser, values, ascent->d_values, step_size (ascent));
  ph_pictures_changed (ascent->pictures);
  return TRUE;
}

/* Whether what is done in the first @n steps, and as long as the unit is silent, is done now. */
static gboolean
is_waking (const PhAscent *ascent, int n)
{
  return ascent->n_steps < (guint)n || (n > 0 && ascent->last_value <= 0);
}

gboolean
ph_ascent_step (PhAscent *ascent, double *value, GCancellable *cancellable, GError **error)
{
  const PhAscentSettings *settings = &ascent->settings;
  double strength = ph_pace_at (settings->strength_pace, get_done (ascent));

  ascent->measured = FALSE;
  ph_views_look (ascent->views, ph_pictures_lay (ascent->pictures, &ascent->background_rng),
                 strength, &ascent->rng);
  ph_run_set_noise (ascent->run, settings->inner_noise, ph_rng_next (&ascent->noise_rng));
  if (!forward (ascent, cancellable, error))
    return FALSE;

  ph_objective_set_wake (ascent->objective, is_waking (ascent, settings->wake) ? 1 : 0);
  ph_objective_set_rivals (ascent->objective, settings->rivals);
  ph_run_set_rule (ascent->run,
                   is_waking (ascent, settings->redirect) ? PH_RULE_REDIRECTED : PH_RULE_GRADIENT);
  ph_run_clear_gradients (ascent->run);

  double objective =
      ph_objective_evaluate (ascent->objective, ascent->run, ph_pictures_draw (ascent->pictures),
                             TRUE, ph_pictures_clear_gradients (ascent->pictures));

  if (!backward (ascent, cancellable, error))
    return FALSE;
  ph_pictures_gather (ascent->pictures, settings->opacity_cost, objective, ascent->d_values);
  if (!climb (ascent, objective, error))
    return FALSE;
  if (ascent->n_steps < (guint)settings->steps)
    ascent->curve[ascent->n_steps] = objective;
  ascent->n_steps++;
  ascent->last_value = objective;
  if (value != NULL)
    *value = objective;
  return TRUE;
}

gboolean
ph_ascent_measure (PhAscent *ascent, double *value, GCancellable *cancellable, GError **error)
{
  ph_views_look_straight (ascent->views, ph_pictures_lay (ascent->pictures, NULL));
  ph_run_set_noise (ascent->run, 0, 0);
  if (!forward (ascent, cancellable, error))
    return FALSE;
  ascent->measured = TRUE;
  *value = ph_objective_evaluate (ascent->objective, ascent->run,
                                  ph_pictures_draw (ascent->pictures), FALSE, NULL);
  return TRUE;
}

static double
mean_of (const double *x, guint n)
{
  double sum = 0;

  for (guint i = 0; i < n; i++)
    sum += x[i];
  return sum / n;
}

/* Whether the last steps brought little more than as many before them. */
static gboolean
has_settled (const PhAscent *ascent)
{
  guint n = ascent->n_steps, patience = (guint)ascent->settings.patience;
  double first, before, last;

  if (patience == 0 || n < 3 * patience || n % patience != 0)
    return FALSE;
  first = mean_of (ascent->curve, patience);
  before = mean_of (ascent->curve + n - 2 * patience, patience);
  last = mean_of (ascent->curve + n - patience, patience);
  return last - before < SETTLED * (last - first);
}

/* Only of a neuron does somebody see more than the picture: that needs another pass forward, a few
 * times a second. */
static void
post (PhAscent *ascent, const PhMonitor *monitor, double value, GCancellable *cancellable)
{
  guint n = ascent->n_steps;

  ph_monitor_value (monitor, n, value);
  ph_monitor_progress (monitor, (double)n / ascent->settings.steps, NULL);
  if (ph_monitor_wants_frame (monitor))
    {
      g_autoptr (PhFrame) frame = NULL;
      double still;

      if (ascent->of_a_neuron)
        ph_ascent_measure (ascent, &still, cancellable, NULL);
      frame = ph_ascent_dup_frame (ascent, value);

      ph_monitor_frame (monitor, frame);
    }
}

void
ph_ascent_set_end (PhAscent *ascent, guint n_steps)
{
  ascent->end = n_steps;
}

PhAscentResult *
ph_ascent_run (PhAscent *ascent, const PhMonitor *monitor, GCancellable *cancellable,
               GError **error)
{
  guint steps = (guint)ascent->settings.steps;
  guint end = ascent->end > 0 ? MIN (ascent->end, steps) : steps;
  gboolean stopped = FALSE;

  while (ascent->n_steps < end && !has_settled (ascent))
    {
      double value;

      ph_monitor_wait (monitor, cancellable);
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
      stopped = ph_monitor_should_stop (monitor);
      if (stopped)
        break;
      if (!ph_ascent_step (ascent, &value, cancellable, error))
        return NULL;
      post (ascent, monitor, value, cancellable);
    }

  g_autoptr (PhAscentResult) result = g_new0 (PhAscentResult, 1);

  result->stopped = stopped;
  result->settled = !stopped && ascent->n_steps < end;
  result->n_steps = MIN (ascent->n_steps, steps);
  result->curve = g_memdup2 (ascent->curve, sizeof (double) * result->n_steps);
  result->image = ph_image_copy (ph_ascent_get_image (ascent), error);
  if (result->image == NULL || !ph_ascent_measure (ascent, &result->objective, cancellable, error))
    return NULL;
  return g_steal_pointer (&result);
}

void
ph_ascent_result_free (PhAscentResult *result)
{
  if (result == NULL)
    return;
  ph_image_free (result->image);
  g_free (result->curve);
  g_free (result);
}
