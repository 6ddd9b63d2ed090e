#include "vis/ascent.h"

#include <math.h>
#include <string.h>

#include "base/tensor.h"
#include "kernels/pointwise.h"
#include "network/run.h"
#include "vis/activation-map.h"
#include "vis/transform.h"

/* Streams of the generator: one purpose each, so that one setting does not shift another's numbers.
 */
enum
{
  STREAM_START = 1,
  STREAM_TRANSFORMS = 2,
};

struct _PhAscent
{
  /* owned */
  PhAscentSettings settings;
  PhObjective *objective;
  PhRun *run;
  PhParam *param;
  PhOptimiser *optimiser;
  PhTransforms **transforms; /* one for each view, NULL-terminated */
  PhTransforms *straight;    /* the picture as it is */
  PhImage *image;
  float *values, *d_values; /* n_values */
  float *d_image;           /* (channels, height, width) */
  float *views;             /* (n_views, channels, view_height, view_width); then its gradient */
  double *curve;            /* settings.steps */

  PhPreprocess preprocess;
  gsize n_values, view_size;
  guint n_views, view_height, view_width;
  guint n_steps;
  double last_value; /* of the objective */
  gboolean image_is_current;
  gboolean measured;    /* the run holds the picture as it is */
  gboolean of_a_neuron; /* whose map is: */
  PhActivationMap map;
  PhRng rng;
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
  PhPlan *plan = plan_at (ascent, model, ascent->image->height, ascent->image->width, &problem);

  if (plan != NULL)
    return plan;
  if ((usual->height == ascent->image->height && usual->width == ascent->image->width) ||
      g_error_matches (problem, PH_ERROR, PH_ERROR_NO_MEMORY))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return NULL;
    }
  return plan_at (ascent, model, usual->height, usual->width, error);
}

static gboolean
make_transforms (PhAscent *ascent, GError **error)
{
  const PhImage *image = ascent->image;
  const char *list = ph_ascent_get_transforms (&ascent->settings, ascent->objective);

  ascent->transforms = g_new0 (PhTransforms *, ascent->n_views + 1);
  for (guint i = 0; i < ascent->n_views; i++)
    {
      ascent->transforms[i] = ph_transforms_new (list, image->channels, image->height, image->width,
                                                 ascent->view_height, ascent->view_width, error);
      if (ascent->transforms[i] == NULL)
        return FALSE;
    }
  ascent->straight = ph_transforms_new ("none", image->channels, image->height, image->width,
                                        ascent->view_height, ascent->view_width, error);
  return ascent->straight != NULL;
}

static gboolean
make_buffers (PhAscent *ascent, GError **error)
{
  ascent->n_values = ph_param_get_n_values (ascent->param);
  ascent->view_size = (gsize)ascent->image->channels * ascent->view_height * ascent->view_width;
  ascent->values = ph_aligned_alloc (sizeof (float) * ascent->n_values);
  ascent->d_values = ph_aligned_alloc (sizeof (float) * ascent->n_values);
  ascent->d_image = ph_aligned_alloc (sizeof (float) * ph_image_n_values (ascent->image));
  ascent->views = ph_aligned_alloc (sizeof (float) * ascent->n_views * ascent->view_size);
  ascent->curve = g_new0 (double, (gsize)ascent->settings.steps);
  if (ascent->values == NULL || ascent->d_values == NULL || ascent->d_image == NULL ||
      ascent->views == NULL)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_NO_MEMORY,
                   "There is no memory for a picture of %u × %u pixels", ascent->image->width,
                   ascent->image->height);
      return FALSE;
    }
  return TRUE;
}

PhAscent *
ph_ascent_new (PhModel *model, const char *objective, const PhAscentSettings *settings,
               GError **error)
{
  g_autoptr (PhAscent) ascent = g_new0 (PhAscent, 1);
  PhRng start;

  ph_settings_copy (ph_ascent_settings, &ascent->settings, settings);
  ascent->preprocess = *ph_model_get_preprocess (model);
  ascent->n_views = (guint)settings->views;
  ascent->objective = make_objective (model, objective, settings, error);
  if (ascent->objective == NULL)
    return NULL;

  ascent->image =
      ph_image_new (ascent->preprocess.channels,
                    settings->height > 0 ? (guint)settings->height : ascent->preprocess.height,
                    settings->width > 0 ? (guint)settings->width : ascent->preprocess.width, error);
  if (ascent->image == NULL)
    return NULL;

  g_autoptr (PhPlan) plan = make_plan (ascent, model, error);

  if (plan == NULL)
    return NULL;
  ascent->of_a_neuron = ph_activation_map_init (&ascent->map, model, plan, objective);
  ascent->run = ph_run_new (plan, error);
  if (ascent->run == NULL || !make_transforms (ascent, error))
    return NULL;
  ascent->param =
      ph_param_new (ph_param_classes ()[settings->image], (PhColour)settings->colour,
                    ascent->image->channels, ascent->image->height, ascent->image->width, error);
  if (ascent->param != NULL)
    ph_param_set_falloff (ascent->param,
                          ph_ascent_get_falloff (&ascent->settings, ascent->objective));
  if (ascent->param == NULL || !make_buffers (ascent, error))
    return NULL;
  ascent->optimiser =
      ph_optimiser_new ((PhOptimiserKind)settings->optimiser, ascent->n_values, error);
  if (ascent->optimiser == NULL)
    return NULL;

  ph_rng_init (&start, (guint64)settings->seed, STREAM_START);
  ph_rng_init (&ascent->rng, (guint64)settings->seed, STREAM_TRANSFORMS);
  ph_param_init (ascent->param, &start, settings->init_sd, ascent->values);
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
  ph_param_free (ascent->param);
  ph_optimiser_free (ascent->optimiser);
  for (guint i = 0; ascent->transforms != NULL && i < ascent->n_views; i++)
    ph_transforms_free (ascent->transforms[i]);
  g_free (ascent->transforms);
  ph_transforms_free (ascent->straight);
  ph_image_free (ascent->image);
  ph_aligned_free (ascent->values);
  ph_aligned_free (ascent->d_values);
  ph_aligned_free (ascent->d_image);
  ph_aligned_free (ascent->views);
  g_free (ascent->curve);
  g_free (ascent);
}

gboolean
ph_ascent_set_start (PhAscent *ascent, const PhImage *image, GError **error)
{
  g_return_val_if_fail (ascent->n_steps == 0, FALSE);

  g_autoptr (PhImage) sized =
      ph_image_fit (image, ascent->image->height, ascent->image->width, 1, error);

  if (sized == NULL)
    return FALSE;

  g_autoptr (PhImage) start = ph_image_to_channels (sized, ascent->image->channels, error);

  if (start == NULL)
    return FALSE;
  ph_param_invert (ascent->param, start->data, ascent->values);
  ascent->image_is_current = FALSE;
  return TRUE;
}

void
ph_ascent_get_size (const PhAscent *ascent, guint *height, guint *width)
{
  *height = ascent->image->height;
  *width = ascent->image->width;
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
  if (!ascent->image_is_current)
    ph_param_apply (ascent->param, ascent->values, ascent->image->data);
  ascent->image_is_current = TRUE;
  return ascent->image;
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
                       ascent->view_width, ascent->views, ph_run_get_input (ascent->run, 0));
  return ph_run_forward (ascent->run, cancellable, error);
}

/* From the gradients at the targets to d_image, which holds the gradient of the picture's own
 * terms. */
static gboolean
backward (PhAscent *ascent, GCancellable *cancellable, GError **error)
{
  if (!ph_run_backward (ascent->run, cancellable, error))
    return FALSE;
  ph_preprocess_adjoint (&ascent->preprocess, ascent->n_views, ascent->view_height,
                         ascent->view_width, ph_run_get_input_gradient (ascent->run, 0),
                         ascent->views);
  for (guint i = 0; i < ascent->n_views; i++)
    ph_transforms_adjoint (ascent->transforms[i], ascent->views + i * ascent->view_size,
                           ascent->d_image);
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

/* With cooling, a straight line from the whole step size at first to nothing after the last. */
static double
step_size (const PhAscent *ascent)
{
  double left = 1 - (double)ascent->n_steps / ascent->settings.steps;

  return ascent->settings.learning_rate * (ascent->settings.cooling ? MAX (left, 0) : 1);
}

static gboolean
climb (PhAscent *ascent, double value, GError **error)
{
  double size = root_mean_square (ascent->d_values, ascent->n_values);

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
    ph_pointwise_scale_shift (ascent->n_values, (float)(1 / size), 0, ascent->d_values,
                              ascent->d_values);
  ph_optimiser_step (ascent->optimiser, ascent->values, ascent->d_values, step_size (ascent));
  ascent->image_is_current = FALSE;
  return TRUE;
}

gboolean
ph_ascent_step (PhAscent *ascent, double *value, GCancellable *cancellable, GError **error)
{
  const PhImage *image = ph_ascent_get_image (ascent);

  for (guint i = 0; i < ascent->n_views; i++)
    {
      ph_transforms_sample (ascent->transforms[i], &ascent->rng);
      ph_transforms_apply (ascent->transforms[i], image->data,
                           ascent->views + i * ascent->view_size);
    }
  ascent->measured = FALSE;
  if (!forward (ascent, cancellable, error))
    return FALSE;

  gboolean wake = ascent->n_steps < (guint)ascent->settings.wake ||
                  (ascent->settings.wake > 0 && ascent->last_value <= 0);

  ph_objective_set_wake (ascent->objective, wake ? 1 : 0);
  ph_objective_set_rivals (ascent->objective, ascent->settings.rivals);
  memset (ascent->d_image, 0, sizeof (float) * ph_image_n_values (image));
  ph_run_clear_gradients (ascent->run);

  double objective =
      ph_objective_evaluate (ascent->objective, ascent->run, image, TRUE, ascent->d_image);

  if (!backward (ascent, cancellable, error))
    return FALSE;
  ph_param_adjoint (ascent->param, image->data, ascent->d_image, ascent->d_values);
  if (!climb (ascent, objective, error))
    return FALSE;
  if (ascent->n_steps < (guint)ascent->settings.steps)
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
  const PhImage *image = ph_ascent_get_image (ascent);
  PhRng still;

  ph_rng_init (&still, 0, 0);
  for (guint i = 0; i < ascent->n_views; i++)
    {
      ph_transforms_sample (ascent->straight, &still);
      ph_transforms_apply (ascent->straight, image->data, ascent->views + i * ascent->view_size);
    }
  if (!forward (ascent, cancellable, error))
    return FALSE;
  ascent->measured = TRUE;
  *value = ph_objective_evaluate (ascent->objective, ascent->run, image, FALSE, NULL);
  return TRUE;
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

PhAscentResult *
ph_ascent_run (PhAscent *ascent, const PhMonitor *monitor, GCancellable *cancellable,
               GError **error)
{
  gboolean stopped = FALSE;

  while (ascent->n_steps < (guint)ascent->settings.steps)
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
  result->n_steps = MIN (ascent->n_steps, (guint)ascent->settings.steps);
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
