#include "vis/ascent.h"

#include <math.h>
#include <string.h>

#include "base/tensor.h"
#include "kernels/pointwise.h"
#include "network/run.h"
#include "vis/activation-map.h"
#include "vis/mosaic.h"
#include "vis/opacity.h"
#include "vis/pace.h"
#include "vis/transform.h"

/* Streams of the generator: one purpose each, so that one setting does not shift another's numbers.
 */
enum
{
  STREAM_START = 1,
  STREAM_TRANSFORMS = 2,
  STREAM_BACKGROUNDS = 3,
};

/* An objective that has risen by less than this share of its whole way has settled. */
#define SETTLED 0.01

struct _PhAscent
{
  /* owned */
  PhAscentSettings settings;
  PhObjective *objective;
  PhRun *run;
  PhParam *param;
  PhOptimiser *optimiser;
  PhTransforms **transforms; /* one for each view, NULL-terminated; the pictures share them */
  PhTransforms *straight;    /* the picture as it is */
  float *values, *d_values;  /* n_values */
  PhImage *picture;          /* (n_planes, height, width), and the other pictures behind it */
  float *d_pictures;         /* as the pictures */
  float *views;   /* (n_pictures, n_views, channels, view_height, view_width); then its gradient */
  double *curve;  /* settings.steps */
  PhImage *shown; /* nullable: the mosaic of the pictures */
  PhParam *backdrop;      /* of optimised opacities: draws backgrounds */
  float *backdrop_values; /* its values */
  float *backgrounds;     /* (n_pictures, channels, height, width); then the gradient over them */
  float *laid;            /* the pictures over them */
  float *cares;           /* (n_pictures, height, width): sums for the opacity by gradients */
  float *alpha;           /* (height, width) */

  PhPreprocess preprocess;
  PhOpacity opacity;
  guint n_pictures, n_planes; /* planes: channels, and an optimised opacity */
  gsize n_values, n_pixels, view_size;
  guint n_views, view_height, view_width;
  guint n_steps;
  double last_value; /* of the objective */
  gboolean image_is_current, shown_is_current;
  gboolean measured;    /* the run holds the picture as it is */
  gboolean of_a_neuron; /* whose map is: */
  PhActivationMap map;
  PhRng rng, background_rng;
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
  PhShape shape = ph_model_input_shape (model, ascent->n_pictures * ascent->n_views, height, width);
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
  PhPlan *plan = plan_at (ascent, model, ascent->picture->height, ascent->picture->width, &problem);

  if (plan != NULL)
    return plan;
  if ((usual->height == ascent->picture->height && usual->width == ascent->picture->width) ||
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
  const PhImage *image = ascent->picture;
  guint channels = ascent->preprocess.channels;
  const char *list = ph_ascent_get_transforms (&ascent->settings, ascent->objective);

  ascent->transforms = g_new0 (PhTransforms *, ascent->n_views + 1);
  for (guint i = 0; i < ascent->n_views; i++)
    {
      ascent->transforms[i] = ph_transforms_new (list, channels, image->height, image->width,
                                                 ascent->view_height, ascent->view_width, error);
      if (ascent->transforms[i] == NULL)
        return FALSE;
    }
  ascent->straight = ph_transforms_new ("none", channels, image->height, image->width,
                                        ascent->view_height, ascent->view_width, error);
  return ascent->straight != NULL;
}

static float *
new_floats (gsize n, gboolean *there)
{
  float *memory = ph_aligned_alloc (sizeof (float) * n);

  *there = *there && memory != NULL;
  return memory;
}

static gboolean
make_buffers (PhAscent *ascent, GError **error)
{
  gsize n_views = (gsize)ascent->n_pictures * ascent->n_views;
  gsize n_colours = (gsize)ascent->n_pictures * ascent->preprocess.channels * ascent->n_pixels;
  gboolean there = TRUE;

  ascent->n_values = ph_param_get_n_values (ascent->param);
  ascent->view_size = (gsize)ascent->preprocess.channels * ascent->view_height * ascent->view_width;
  ascent->values = new_floats (ascent->n_values, &there);
  ascent->d_values = new_floats (ascent->n_values, &there);
  ascent->d_pictures =
      new_floats ((gsize)ascent->n_pictures * ascent->n_planes * ascent->n_pixels, &there);
  ascent->views = new_floats (n_views * ascent->view_size, &there);
  ascent->curve = g_new0 (double, (gsize)ascent->settings.steps);
  if (ascent->opacity == PH_OPACITY_OPTIMISED)
    {
      ascent->backdrop_values = new_floats (ph_param_get_n_values (ascent->backdrop), &there);
      ascent->backgrounds = new_floats (n_colours, &there);
      ascent->laid = new_floats (n_colours, &there);
    }
  if (ascent->opacity == PH_OPACITY_GRADIENT)
    {
      ascent->cares = new_floats (ascent->n_pictures * ascent->n_pixels, &there);
      ascent->alpha = new_floats (ascent->n_pixels, &there);
    }
  if (!there)
    g_set_error (error, PH_ERROR, PH_ERROR_NO_MEMORY,
                 "There is no memory for %u picture(s) of %u × %u pixels", ascent->n_pictures,
                 ascent->picture->width, ascent->picture->height);
  return there;
}

/* The pictures one after the other behind the first, which alone the image describes. */
static PhImage *
make_pictures (guint n, guint planes, guint height, guint width, GError **error)
{
  PhImage *all;

  if (n > 1 && height > G_MAXUINT / n)
    height = G_MAXUINT / n; /* refused below, as any absurd size */
  all = ph_image_new (planes, n * height, width, error);
  if (all != NULL)
    all->height = height;
  return all;
}

static gboolean
make_params (PhAscent *ascent, GError **error)
{
  const PhAscentSettings *settings = &ascent->settings;
  PhParamSpec spec = { ascent->n_planes,
                       ascent->picture->height,
                       ascent->picture->width,
                       (PhColour)settings->colour,
                       ascent->opacity == PH_OPACITY_OPTIMISED,
                       settings->spectrum };

  ascent->param = ph_param_new (ph_param_classes ()[settings->image], &spec, ascent->n_pictures,
                                (guint)settings->base, error);
  if (ascent->param != NULL)
    ph_param_set_falloff (ascent->param, ph_ascent_get_falloff (settings, ascent->objective));
  if (ascent->param == NULL || !spec.alpha)
    return ascent->param != NULL;
  spec.channels--;
  spec.alpha = FALSE;
  ascent->backdrop = ph_param_new (ph_param_classes ()[0], &spec, 1, 0, error);
  return ascent->backdrop != NULL;
}

PhAscent *
ph_ascent_new (PhModel *model, const char *objective, const PhAscentSettings *settings,
               GError **error)
{
  g_autoptr (PhAscent) ascent = g_new0 (PhAscent, 1);
  const PhPreprocess *usual = &ascent->preprocess;
  PhRng start;

  ph_settings_copy (ph_ascent_settings, &ascent->settings, settings);
  ascent->preprocess = *ph_model_get_preprocess (model);
  ascent->opacity = (PhOpacity)settings->opacity;
  ascent->n_pictures = (guint)settings->pictures;
  ascent->n_planes = usual->channels + (ascent->opacity == PH_OPACITY_OPTIMISED);
  ascent->n_views = (guint)settings->views;
  if (ascent->opacity != PH_OPACITY_FULL && usual->channels % 2 == 0)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                   "Pictures for this network have %u channels, of which one is an opacity already",
                   usual->channels);
      return NULL;
    }
  ascent->objective = make_objective (model, objective, settings, error);
  if (ascent->objective == NULL)
    return NULL;
  ph_objective_set_pictures (ascent->objective, ascent->n_pictures);

  ascent->picture =
      make_pictures (ascent->n_pictures, ascent->n_planes,
                     settings->height > 0 ? (guint)settings->height : usual->height,
                     settings->width > 0 ? (guint)settings->width : usual->width, error);
  if (ascent->picture == NULL)
    return NULL;
  ascent->n_pixels = (gsize)ascent->picture->height * ascent->picture->width;

  g_autoptr (PhPlan) plan = make_plan (ascent, model, error);

  if (plan == NULL)
    return NULL;
  ascent->of_a_neuron = ph_activation_map_init (&ascent->map, model, plan, objective);
  ascent->run = ph_run_new (plan, error);
  if (ascent->run == NULL || !make_transforms (ascent, error) || !make_params (ascent, error) ||
      !make_buffers (ascent, error))
    return NULL;
  ascent->optimiser =
      ph_optimiser_new ((PhOptimiserKind)settings->optimiser, ascent->n_values, error);
  if (ascent->optimiser == NULL)
    return NULL;

  ph_rng_init (&start, (guint64)settings->seed, STREAM_START);
  ph_rng_init (&ascent->rng, (guint64)settings->seed, STREAM_TRANSFORMS);
  ph_rng_init (&ascent->background_rng, (guint64)settings->seed, STREAM_BACKGROUNDS);
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
  ph_param_free (ascent->backdrop);
  ph_image_free (ascent->picture);
  ph_image_free (ascent->shown);
  ph_aligned_free (ascent->values);
  ph_aligned_free (ascent->d_values);
  ph_aligned_free (ascent->d_pictures);
  ph_aligned_free (ascent->views);
  ph_aligned_free (ascent->backdrop_values);
  ph_aligned_free (ascent->backgrounds);
  ph_aligned_free (ascent->laid);
  ph_aligned_free (ascent->cares);
  ph_aligned_free (ascent->alpha);
  g_free (ascent->curve);
  g_free (ascent);
}

gboolean
ph_ascent_set_start (PhAscent *ascent, const PhImage *image, GError **error)
{
  g_return_val_if_fail (ascent->n_steps == 0, FALSE);

  g_autoptr (PhImage) sized =
      ph_image_fit (image, ascent->picture->height, ascent->picture->width, 1, error);

  if (sized == NULL)
    return FALSE;

  g_autoptr (PhImage) start = ph_image_to_channels (sized, ascent->n_planes, error);

  if (start == NULL)
    return FALSE;
  ph_param_invert (ascent->param, start->data, ascent->values);
  ascent->image_is_current = ascent->shown_is_current = FALSE;
  return TRUE;
}

void
ph_ascent_get_size (const PhAscent *ascent, guint *height, guint *width)
{
  *height = ascent->picture->height;
  *width = ascent->picture->width;
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

/* The pictures of the values as they are now. */
static const PhImage *
get_pictures (PhAscent *ascent)
{
  if (!ascent->image_is_current)
    ph_param_apply (ascent->param, ascent->values, ascent->picture->data);
  ascent->image_is_current = TRUE;
  return ascent->picture;
}

const PhImage *
ph_ascent_get_image (PhAscent *ascent)
{
  const PhImage *picture = get_pictures (ascent);
  guint channels = picture->channels + (ascent->opacity == PH_OPACITY_GRADIENT);

  if (ascent->n_pictures == 1 && channels == picture->channels)
    return picture;
  if (ascent->shown == NULL)
    ascent->shown =
        ph_mosaic_new (ascent->n_pictures, channels, picture->height, picture->width, NULL);
  g_assert (ascent->shown != NULL);
  for (guint p = 0; p < ascent->n_pictures && !ascent->shown_is_current; p++)
    {
      if (ascent->cares != NULL)
        ph_opacity_from_sum (picture->height, picture->width, ascent->cares + p * ascent->n_pixels,
                             ascent->alpha);
      ph_mosaic_put (ascent->shown, ascent->n_pictures, p, picture->channels, picture->height,
                     picture->width, picture->data + p * picture->channels * ascent->n_pixels,
                     ascent->alpha);
    }
  ascent->shown_is_current = TRUE;
  return ascent->shown;
}

/* What the network looks at: the pictures, laid over @backgrounds (nullable: grey) where they have
 * an opacity. */
static const float *
lay (PhAscent *ascent, const float *backgrounds)
{
  guint channels = ascent->preprocess.channels;
  gsize size = channels * ascent->n_pixels;
  const float *pictures = ascent->picture->data;

  if (ascent->opacity != PH_OPACITY_OPTIMISED)
    return pictures;
  for (guint p = 0; p < ascent->n_pictures; p++)
    ph_opacity_lay (channels, ascent->n_pixels, pictures + p * (size + ascent->n_pixels),
                    backgrounds != NULL ? backgrounds + p * size : NULL, ascent->laid + p * size);
  return ascent->laid;
}

/* From the gradient at what was laid, which is what @laid holds now, to the pictures. */
static void
lay_adjoint (PhAscent *ascent)
{
  guint channels = ascent->preprocess.channels;
  gsize size = channels * ascent->n_pixels;

  for (guint p = 0; p < ascent->n_pictures; p++)
    {
      gsize at = p * (size + ascent->n_pixels);

      ph_opacity_lay_adjoint (channels, ascent->n_pixels, ascent->picture->data + at,
                              ascent->backgrounds + p * size, ascent->laid + p * size,
                              ascent->d_pictures + at);
    }
}

/* Every picture through every view; @straight: as it is. */
static void
look (PhAscent *ascent, const float *laid, gboolean straight)
{
  gsize size = ascent->preprocess.channels * ascent->n_pixels;

  for (guint p = 0; p < ascent->n_pictures; p++)
    for (guint i = 0; i < ascent->n_views; i++)
      ph_transforms_apply (straight ? ascent->straight : ascent->transforms[i], laid + p * size,
                           ascent->views + (p * ascent->n_views + i) * ascent->view_size);
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
  ph_preprocess_apply (&ascent->preprocess, ascent->n_pictures * ascent->n_views,
                       ascent->view_height, ascent->view_width, ascent->views,
                       ph_run_get_input (ascent->run, 0));
  return ph_run_forward (ascent->run, cancellable, error);
}

/* From the gradients at the targets to d_pictures, which holds the gradient of the terms of the
 * picture. */
static gboolean
backward (PhAscent *ascent, GCancellable *cancellable, GError **error)
{
  gsize size = ascent->preprocess.channels * ascent->n_pixels;
  gboolean laid = ascent->opacity == PH_OPACITY_OPTIMISED;
  float *to = laid ? ascent->laid : ascent->d_pictures;

  if (!ph_run_backward (ascent->run, cancellable, error))
    return FALSE;
  ph_preprocess_adjoint (&ascent->preprocess, ascent->n_pictures * ascent->n_views,
                         ascent->view_height, ascent->view_width,
                         ph_run_get_input_gradient (ascent->run, 0), ascent->views);
  if (laid)
    memset (to, 0, sizeof (float) * ascent->n_pictures * size);
  for (guint p = 0; p < ascent->n_pictures; p++)
    for (guint i = 0; i < ascent->n_views; i++)
      ph_transforms_adjoint (ascent->transforms[i],
                             ascent->views + (p * ascent->n_views + i) * ascent->view_size,
                             to + p * size);
  if (laid)
    lay_adjoint (ascent);
  return TRUE;
}

/* What is opaque costs: climbed is O (1 - cost ā) with the mean opacity ā, where O is positive. */
static void
charge_opacity (PhAscent *ascent, double objective)
{
  gsize plane = ascent->n_pixels, first = (ascent->n_planes - 1) * plane;
  gsize n = ascent->n_pictures * plane;
  double cost = ascent->settings.opacity_cost, sum = 0;

  if (ascent->opacity != PH_OPACITY_OPTIMISED || cost == 0 || objective <= 0)
    return;
  for (guint p = 0; p < ascent->n_pictures; p++)
    for (gsize i = 0; i < plane; i++)
      sum += ascent->picture->data[p * ascent->n_planes * plane + first + i];

  double rest = MAX (1 - cost * sum / (double)n, 1e-3);
  float price = (float)(cost * objective / ((double)n * rest));

  for (guint p = 0; p < ascent->n_pictures; p++)
    for (gsize i = 0; i < plane; i++)
      ascent->d_pictures[p * ascent->n_planes * plane + first + i] -= price;
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
  ascent->image_is_current = ascent->shown_is_current = FALSE;
  return TRUE;
}

gboolean
ph_ascent_step (PhAscent *ascent, double *value, GCancellable *cancellable, GError **error)
{
  const PhImage *picture = get_pictures (ascent);
  gsize n_d = (gsize)ascent->n_pictures * ascent->n_planes * ascent->n_pixels;
  double strength = ph_pace_at (ascent->settings.strength_pace, get_done (ascent));

  for (guint i = 0; i < ascent->n_views; i++)
    ph_transforms_sample (ascent->transforms[i], strength, &ascent->rng);
  for (guint p = 0; p < ascent->n_pictures && ascent->backdrop != NULL; p++)
    ph_opacity_background (ascent->backdrop, &ascent->background_rng, ascent->backdrop_values,
                           ascent->backgrounds +
                               p * ascent->preprocess.channels * ascent->n_pixels);
  ascent->measured = FALSE;
  look (ascent, lay (ascent, ascent->backgrounds), FALSE);
  if (!forward (ascent, cancellable, error))
    return FALSE;

  gboolean wake = ascent->n_steps < (guint)ascent->settings.wake ||
                  (ascent->settings.wake > 0 && ascent->last_value <= 0);

  ph_objective_set_wake (ascent->objective, wake ? 1 : 0);
  ph_objective_set_rivals (ascent->objective, ascent->settings.rivals);
  memset (ascent->d_pictures, 0, sizeof (float) * n_d);
  ph_run_clear_gradients (ascent->run);

  double objective =
      ph_objective_evaluate (ascent->objective, ascent->run, picture, TRUE, ascent->d_pictures);

  if (!backward (ascent, cancellable, error))
    return FALSE;
  charge_opacity (ascent, objective);
  for (guint p = 0; p < ascent->n_pictures && ascent->cares != NULL; p++)
    ph_opacity_gather (ascent->n_planes, ascent->n_pixels,
                       ascent->d_pictures + p * ascent->n_planes * ascent->n_pixels,
                       ascent->cares + p * ascent->n_pixels);
  ph_param_adjoint (ascent->param, ascent->values, picture->data, ascent->d_pictures,
                    ascent->d_values);
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
  const PhImage *picture = get_pictures (ascent);
  PhRng still;

  ph_rng_init (&still, 0, 0);
  ph_transforms_sample (ascent->straight, 1, &still);
  look (ascent, lay (ascent, NULL), TRUE);
  if (!forward (ascent, cancellable, error))
    return FALSE;
  ascent->measured = TRUE;
  *value = ph_objective_evaluate (ascent->objective, ascent->run, picture, FALSE, NULL);
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

PhAscentResult *
ph_ascent_run (PhAscent *ascent, const PhMonitor *monitor, GCancellable *cancellable,
               GError **error)
{
  gboolean stopped = FALSE;

  while (ascent->n_steps < (guint)ascent->settings.steps && !has_settled (ascent))
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
  result->settled = !stopped && ascent->n_steps < (guint)ascent->settings.steps;
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
