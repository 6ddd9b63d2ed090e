#include "vis/accentuation.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "base/optimiser.h"
#include "base/tensor.h"
#include "vis/maps.h"
#include "vis/objective.h"
#include "vis/param.h"
#include "vis/transform.h"

/* A picture is taken back when it is so much further away than it may be, looking so often. */
#define SLACK 0.02
#define MOST_LOOKS 4

static gboolean
check_keep (const char *text, GError **error)
{
  if (*text != '\0')
    return TRUE;
  g_set_error_literal (error, PH_ERROR, PH_ERROR_DATA_INVALID, "a layer, or “auto”");
  return FALSE;
}

#define FIELD(name) G_STRUCT_OFFSET (PhAccentuationSettings, name)

const PhSetting ph_accentuation_settings[] = {
  { "strength", N_ ("Strength"),
    N_ ("How far the picture may go from the photograph: the distance in the layer that is kept, "
        "as a share of the photograph's own size there."),
    PH_SETTING_REAL, FIELD (strength), 1e-6, 4, 0.6 },
  { "steps", N_ ("Steps"), N_ ("In how many steps the strength is reached."), PH_SETTING_INT,
    FIELD (steps), 1, 10000, 96, .unit = N_ ("steps") },
  { "step-size", N_ ("Step size"), N_ ("How far each step goes."), PH_SETTING_REAL,
    FIELD (step_size), 1e-6, 10, 0.03 },
  { "transforms", N_ ("Robustness"),
    N_ ("Random changes of the picture before each step, which the unit should not mind."),
    PH_SETTING_TEXT, FIELD (transforms), .text = "pad reflect, scale 0.9 1.1, jitter 5%",
    .check = ph_transforms_check },
  { "keep", N_ ("Keep"),
    N_ ("The layer in which the picture must stay near the photograph. auto: one that sees about a "
        "tenth of the picture."),
    PH_SETTING_TEXT, FIELD (keep), .text = "auto", .check = check_keep },
  { "seed", N_ ("Seed"), N_ ("Chooses the random changes."), PH_SETTING_INT, FIELD (seed), 0,
    G_MAXINT, 0 },
  { NULL },
};

struct _PhAccentuation
{
  /* owned */
  PhAccentuationSettings settings;
  PhObjective *objective;
  PhRun *run;
  PhParam *param;
  PhOptimiser *optimiser;
  PhTransforms *transforms, *straight;
  PhImage *photo, *image;
  float *values, *d_values; /* n_values */
  float *origin;            /* values of the photograph */
  float *d_image;           /* of the picture */
  float *views;             /* the picture's, then the photograph's; then its gradient */

  PhPreprocess preprocess;
  PhMaps kept;
  gsize n_values;
  guint n_steps;
  gboolean image_is_current;
  PhRng rng;
};

/* A layer with maps whose places see about a tenth of the picture. */
static int
choose_kept (PhModel *model)
{
  const PhPreprocess *pre = ph_model_get_preprocess (model);
  double wanted = 0.1 * MIN (pre->height, pre->width), least = G_MAXDOUBLE;
  int best = -1;

  for (guint i = 0; i < ph_model_get_n_layers (model); i++)
    {
      const PhLayer *layer = ph_model_get_layer (model, i);
      double off = fabs (log ((layer->field.width + 1) / (wanted + 1)));

      if (layer->obstacle != NULL || (gsize)layer->rows * layer->columns <= 1 || off >= least)
        continue;
      best = (int)i;
      least = off;
    }
  return best;
}

static int
find_kept (PhModel *model, const char *name, GError **error)
{
  int layer = g_str_equal (name, "auto") ? choose_kept (model) : ph_model_find_layer (model, name);

  if (layer < 0 || ph_model_get_layer (model, (guint)layer)->obstacle != NULL)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_NO_SUCH_UNIT,
                   "keep: %s has no layer “%s” that can be compared", ph_model_get_name (model),
                   name);
      return -1;
    }
  return layer;
}

/* For a batch of two: the picture and the photograph. */
static gboolean
make_run (PhAccentuation *self, PhModel *model, guint kept, GError **error)
{
  const PhPreprocess *pre = &self->preprocess;
  PhShape shape = ph_model_input_shape (model, 2, pre->height, pre->width);
  guint n;
  const int *wanted = ph_objective_get_targets (self->objective, &n);
  int value = ph_model_get_layer (model, kept)->value;
  g_autofree int *targets = g_new (int, n + 1);
  g_autoptr (PhPlan) plan = NULL;
  gboolean there = FALSE;

  for (guint i = 0; i < n; i++)
    {
      targets[i] = wanted[i];
      there = there || wanted[i] == value;
    }
  if (!there)
    targets[n++] = value;
  plan = ph_plan_new_for_image (ph_model_get_graph (model), &shape, targets, n, TRUE, error);
  if (plan == NULL || !ph_objective_bind (self->objective, plan, error) ||
      !ph_maps_locate (&self->kept, model, kept, plan, error))
    return FALSE;
  self->run = ph_run_new (plan, error);
  return self->run != NULL;
}

static gboolean
make_buffers (PhAccentuation *self, GError **error)
{
  gsize n = ph_image_n_values (self->photo);

  self->n_values = ph_param_get_n_values (self->param);
  self->values = ph_aligned_alloc (sizeof (float) * self->n_values);
  self->origin = ph_aligned_alloc (sizeof (float) * self->n_values);
  self->d_values = ph_aligned_alloc (sizeof (float) * self->n_values);
  self->d_image = ph_aligned_alloc (sizeof (float) * n);
  self->views = ph_aligned_alloc (sizeof (float) * 2 * n);
  if (self->values != NULL && self->origin != NULL && self->d_values != NULL &&
      self->d_image != NULL && self->views != NULL)
    return TRUE;
  g_set_error_literal (error, PH_ERROR, PH_ERROR_NO_MEMORY, "There is no memory for the picture");
  return FALSE;
}

static gboolean
make_picture (PhAccentuation *self, const PhImage *photo, GError **error)
{
  const PhPreprocess *pre = &self->preprocess;
  const PhParamSpec spec = { .channels = pre->channels,
                             .height = pre->height,
                             .width = pre->width,
                             .colour = PH_COLOUR_DECORRELATED };
  g_autoptr (PhImage) fitted = ph_image_fit (photo, pre->height, pre->width, 1, error);

  if (fitted == NULL)
    return FALSE;
  self->photo = ph_image_to_channels (fitted, pre->channels, error);
  self->image = ph_image_new (pre->channels, pre->height, pre->width, error);
  if (self->photo == NULL || self->image == NULL)
    return FALSE;
  self->param = ph_param_new (ph_param_classes ()[0], &spec, 1, 0, error);
  return self->param != NULL && make_buffers (self, error);
}

PhAccentuation *
ph_accentuation_new (PhModel *model, const char *objective, const PhImage *photo,
                     const PhAccentuationSettings *settings, GError **error)
{
  g_autoptr (PhAccentuation) self = g_new0 (PhAccentuation, 1);
  int kept;

  ph_settings_copy (ph_accentuation_settings, &self->settings, settings);
  self->preprocess = *ph_model_get_preprocess (model);
  self->objective = ph_objective_parse (model, objective, error);
  kept = self->objective != NULL ? find_kept (model, settings->keep, error) : -1;
  if (kept < 0 || !make_run (self, model, (guint)kept, error) || !make_picture (self, photo, error))
    return NULL;
  self->transforms =
      ph_transforms_new (settings->transforms, self->photo->channels, self->photo->height,
                         self->photo->width, self->photo->height, self->photo->width, error);
  self->straight =
      ph_transforms_new ("none", self->photo->channels, self->photo->height, self->photo->width,
                         self->photo->height, self->photo->width, error);
  self->optimiser = ph_optimiser_new (PH_OPTIMISER_ADAM, self->n_values, error);
  if (self->transforms == NULL || self->straight == NULL || self->optimiser == NULL)
    return NULL;
  ph_rng_init (&self->rng, (guint64)settings->seed, 0);
  ph_param_invert (self->param, self->photo->data, self->origin);
  memcpy (self->values, self->origin, sizeof (float) * self->n_values);
  return g_steal_pointer (&self);
}

void
ph_accentuation_free (PhAccentuation *self)
{
  if (self == NULL)
    return;
  ph_settings_clear (ph_accentuation_settings, &self->settings);
  ph_objective_free (self->objective);
  g_clear_pointer (&self->run, ph_run_free);
  ph_param_free (self->param);
  ph_optimiser_free (self->optimiser);
  ph_transforms_free (self->transforms);
  ph_transforms_free (self->straight);
  ph_image_free (self->photo);
  ph_image_free (self->image);
  ph_aligned_free (self->values);
  ph_aligned_free (self->origin);
  ph_aligned_free (self->d_values);
  ph_aligned_free (self->d_image);
  ph_aligned_free (self->views);
  g_free (self);
}

const PhImage *
ph_accentuation_get_photo (const PhAccentuation *self)
{
  return self->photo;
}

const PhImage *
ph_accentuation_get_image (PhAccentuation *self)
{
  if (!self->image_is_current)
    ph_param_apply (self->param, self->values, self->image->data);
  self->image_is_current = TRUE;
  return self->image;
}

guint
ph_accentuation_get_n_steps (const PhAccentuation *self)
{
  return self->n_steps;
}

double
ph_accentuation_get_strength (const PhAccentuation *self, guint step)
{
  return self->settings.strength * MIN (1, (double)step / self->settings.steps);
}

/* Both through the same changes, up to the targets. */
static gboolean
look (PhAccentuation *self, PhTransforms *transforms, GCancellable *cancellable, GError **error)
{
  const PhPreprocess *pre = &self->preprocess;
  gsize n = ph_image_n_values (self->photo);

  ph_transforms_apply (transforms, ph_accentuation_get_image (self)->data, self->views);
  ph_transforms_apply (transforms, self->photo->data, self->views + n);
  ph_preprocess_apply (pre, 2, pre->height, pre->width, self->views,
                       ph_run_get_input (self->run, 0));
  return ph_run_forward (self->run, cancellable, error);
}

/* How far the picture's kept layer is from the photograph's, relative to that. */
static double
measure_distance (PhAccentuation *self)
{
  const PhMaps *maps = &self->kept;
  const float *x = ph_run_get_value (self->run, maps->value);
  double off = 0, size = 0;

  for (gsize c = 0; c < maps->channels; c++)
    for (gsize row = 0; row < maps->rows; row++)
      for (gsize column = 0; column < maps->columns; column++)
        {
          gsize at = ph_maps_index (maps, 0, c, row, column);
          double y = x[at + maps->image_stride], d = x[at] - y;

          off += d * d;
          size += y * y;
        }
  return sqrt (off / MAX (size, 1e-12));
}

static void
stand_still (PhAccentuation *self)
{
  PhRng still;

  ph_rng_init (&still, 0, 0);
  ph_transforms_sample (self->straight, 1, &still);
}

/* Takes back so much of all changes that the kept layer is no further away than allowed. The
 * distance grows about evenly along the way from the photograph, so that few looks are enough. */
static gboolean
hold (PhAccentuation *self, double allowed, GCancellable *cancellable, GError **error)
{
  stand_still (self);
  for (guint look_number = 0; look_number < MOST_LOOKS; look_number++)
    {
      double distance;
      float share;

      if (!look (self, self->straight, cancellable, error))
        return FALSE;
      distance = measure_distance (self);
      if (distance <= allowed * (1 + SLACK))
        break;
      share = (float)(allowed / distance);
      for (gsize i = 0; i < self->n_values; i++)
        self->values[i] = self->origin[i] + share * (self->values[i] - self->origin[i]);
      self->image_is_current = FALSE;
    }
  return TRUE;
}

static gboolean
climb (PhAccentuation *self, double objective, GError **error)
{
  double squares = 0, rms;
  float rate;

  for (gsize i = 0; i < self->n_values; i++)
    squares += (double)self->d_values[i] * self->d_values[i];
  rms = sqrt (squares / (double)self->n_values);
  if (!isfinite (objective) || !isfinite (rms))
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DIVERGED,
                   "Step %u: the gradient is not finite; try a smaller step size",
                   self->n_steps + 1);
      return FALSE;
    }
  rate = rms > 0 ? (float)(1 / rms) : 0;
  for (gsize i = 0; i < self->n_values; i++)
    self->d_values[i] *= rate;
  ph_optimiser_step (self->optimiser, self->values, self->d_values, self->settings.step_size);
  self->image_is_current = FALSE;
  return TRUE;
}

gboolean
ph_accentuation_step (PhAccentuation *self, double *value, GCancellable *cancellable,
                      GError **error)
{
  const PhPreprocess *pre = &self->preprocess;
  const PhImage *image = ph_accentuation_get_image (self);
  double objective;

  ph_transforms_sample (self->transforms, 1, &self->rng);
  if (!look (self, self->transforms, cancellable, error))
    return FALSE;
  memset (self->d_image, 0, sizeof (float) * ph_image_n_values (image));
  ph_run_clear_gradients (self->run);
  /* A mean over both, of which one does not change: the gradients are half of what they were. */
  ph_objective_set_wake (self->objective, self->n_steps == 0 ? 1 : 0);
  objective = ph_objective_evaluate (self->objective, self->run, image, TRUE, self->d_image);
  if (!ph_run_backward (self->run, cancellable, error))
    return FALSE;
  ph_preprocess_adjoint (pre, 2, pre->height, pre->width, ph_run_get_input_gradient (self->run, 0),
                         self->views);
  ph_transforms_adjoint (self->transforms, self->views, self->d_image);
  ph_param_adjoint (self->param, self->values, image->data, self->d_image, self->d_values);
  if (!climb (self, objective, error) ||
      !hold (self, ph_accentuation_get_strength (self, self->n_steps + 1), cancellable, error))
    return FALSE;
  self->n_steps++;
  if (value != NULL)
    *value = objective;
  return TRUE;
}

/* The objective of one of the two alone, shown twice. */
static gboolean
measure_one (PhAccentuation *self, const PhImage *image, double *value, GCancellable *cancellable,
             GError **error)
{
  const PhPreprocess *pre = &self->preprocess;
  gsize n = ph_image_n_values (image);

  ph_transforms_apply (self->straight, image->data, self->views);
  memcpy (self->views + n, self->views, sizeof (float) * n);
  ph_preprocess_apply (pre, 2, pre->height, pre->width, self->views,
                       ph_run_get_input (self->run, 0));
  if (!ph_run_forward (self->run, cancellable, error))
    return FALSE;
  *value = ph_objective_evaluate (self->objective, self->run, image, FALSE, NULL);
  return TRUE;
}

gboolean
ph_accentuation_measure (PhAccentuation *self, double *before, double *after, double *distance,
                         GCancellable *cancellable, GError **error)
{
  stand_still (self);
  ph_objective_set_wake (self->objective, 0);
  if (!measure_one (self, self->photo, before, cancellable, error) ||
      !measure_one (self, ph_accentuation_get_image (self), after, cancellable, error) ||
      !look (self, self->straight, cancellable, error))
    return FALSE;
  *distance = measure_distance (self);
  return TRUE;
}

gboolean
ph_accentuation_run (PhAccentuation *self, const PhMonitor *monitor, GCancellable *cancellable,
                     GError **error)
{
  while (self->n_steps < (guint)self->settings.steps && !ph_monitor_should_stop (monitor))
    {
      double value;

      ph_monitor_wait (monitor, cancellable);
      if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
          !ph_accentuation_step (self, &value, cancellable, error))
        return FALSE;
      ph_monitor_value (monitor, self->n_steps, value);
      ph_monitor_progress (monitor, (double)self->n_steps / self->settings.steps, NULL);
      if (ph_monitor_wants_frame (monitor))
        {
          g_autoptr (PhFrame) frame =
              ph_image_to_frame (ph_accentuation_get_image (self), self->n_steps, value);

          ph_monitor_frame (monitor, frame);
        }
    }
  return TRUE;
}
