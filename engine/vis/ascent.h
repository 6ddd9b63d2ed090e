#pragma once

#include "base/image.h"
#include "base/monitor.h"
#include "base/optimiser.h"
#include "base/setting.h"
#include "vis/objective.h"
#include "vis/param.h"

G_BEGIN_DECLS

/**
 * PhAscentSettings:
 *
 * How a picture is made; described, with defaults, by ph_ascent_settings. Initialise with
 * ph_settings_init(), release with ph_settings_clear().
 */
typedef struct
{
  int image; /* index into ph_param_classes() */
  char *spectrum;
  int colour; /* PhColour */
  double falloff;
  int width, height;
  int pictures;
  int base;
  int opacity; /* PhOpacity */
  double opacity_cost;
  int steps;
  int optimiser; /* PhOptimiserKind */
  double learning_rate;
  char *rate_pace;
  int patience;
  gboolean normalise;
  gboolean negative;
  int wake, redirect;
  double rivals, inner_noise;
  char *transforms;
  char *strength_pace;
  int views;
  double tv, l1, l2;
  double init_sd;
  int seed;
} PhAscentSettings;

extern const PhSetting ph_ascent_settings[];

/** ph_ascent_get_transforms: (transfer none): the list of transforms that @settings mean for
 * @objective: as written, or the one that suits it where "auto" is written. */
const char *ph_ascent_get_transforms (const PhAscentSettings *settings,
                                      const PhObjective *objective);

/** ph_ascent_get_falloff: the falloff that @settings mean for @objective: as written, or the one
 * that suits it for 0. */
double ph_ascent_get_falloff (const PhAscentSettings *settings, const PhObjective *objective);

/**
 * PhAscentPreset:
 * @changes: "name = value" lines: what differs from the defaults
 */
typedef struct
{
  const char *name;
  const char *title;
  const char *summary;
  const char *changes;
} PhAscentPreset;

/** ph_ascent_presets: ends with a %NULL name. The first is the default: no changes. */
extern const PhAscentPreset ph_ascent_presets[];

/** ph_ascent_preset_apply: sets all of @settings (initialised) to defaults and then the changes;
 * the seed and the size of the picture stay unless the preset names them. */
void ph_ascent_preset_apply (const PhAscentPreset *preset, PhAscentSettings *settings);

/** ph_ascent_preset_find: (nullable): the preset named @name. */
const PhAscentPreset *ph_ascent_preset_find (const char *name);

/** ph_ascent_preset_matching: (nullable): the preset that @settings are, seed and size aside. */
const PhAscentPreset *ph_ascent_preset_matching (const PhAscentSettings *settings);

/**
 * PhAscentResult:
 * @image: (owned): the picture; several are side by side, an opacity is the last channel
 * @curve: (owned): objective at each step, as seen through the random changes; @n_steps numbers
 * @objective: objective of the finished picture itself, without random changes
 * @stopped: whether somebody stopped it before the last step
 * @settled: whether it ended early because the objective rose no more
 */
typedef struct
{
  PhImage *image;
  double *curve;
  guint n_steps;
  double objective;
  gboolean stopped;
  gboolean settled;
} PhAscentResult;

void ph_ascent_result_free (PhAscentResult *result);

/**
 * PhAscent:
 *
 * Gradient ascent on a picture, or several together: param → opacity → transforms → preprocessing →
 * network → objective, and back, then one step of the optimiser. Composes these and decides nothing
 * itself.
 */
typedef struct _PhAscent PhAscent;

/**
 * ph_ascent_new:
 * @objective: as ph_objective_parse() reads it
 * @settings: copied
 *
 * Makes plan and buffers; nothing is allocated by the steps. Where the layers up to the units take
 * any size, the network is shown the picture at its full size, otherwise fitted to the size the
 * network was made for. Reads the model's preprocessing once. May take long for large networks;
 * safe on any thread.
 *
 * Returns: %NULL with the errors of ph_objective_parse(), ph_plan_new() or %PH_ERROR_DATA_INVALID
 * for the settings.
 */
PhAscent *ph_ascent_new (PhModel *model, const char *objective, const PhAscentSettings *settings,
                         GError **error);
void ph_ascent_free (PhAscent *ascent);

/** ph_ascent_set_start: begins from @image (resized to the picture's size) instead of noise. Call
 * before the first step. */
gboolean ph_ascent_set_start (PhAscent *ascent, const PhImage *image, GError **error);

/** ph_ascent_get_size: size of the picture, or of one of several, in pixels. */
void ph_ascent_get_size (const PhAscent *ascent, guint *height, guint *width);

/** ph_ascent_get_view_size: size at which the network sees it. */
void ph_ascent_get_view_size (const PhAscent *ascent, guint *height, guint *width);

/** ph_ascent_get_n_steps: steps made so far. */
guint ph_ascent_get_n_steps (const PhAscent *ascent);

/** ph_ascent_get_image: (transfer none): the picture of the newest step, as in #PhAscentResult;
 * changed by the next. */
const PhImage *ph_ascent_get_image (PhAscent *ascent);

/**
 * ph_ascent_dup_frame:
 * @value: the objective that the frame is to tell
 *
 * The picture of the newest step, to be shown. For a single neuron it has the activations of its
 * channel, if the picture was measured as it is.
 *
 * Returns: (transfer full)
 */
PhFrame *ph_ascent_dup_frame (PhAscent *ascent, double value);

/**
 * ph_ascent_step:
 * @value: (out) (optional): objective before this step, as seen through its random changes
 *
 * One step.
 *
 * Returns: %FALSE with %G_IO_ERROR_CANCELLED or with %PH_ERROR_DIVERGED, saying which step.
 */
gboolean ph_ascent_step (PhAscent *ascent, double *value, GCancellable *cancellable,
                         GError **error);

/** ph_ascent_measure: objective of the picture as it is, without random changes. */
gboolean ph_ascent_measure (PhAscent *ascent, double *value, GCancellable *cancellable,
                            GError **error);

/** ph_ascent_set_end: lets ph_ascent_run() leave off after @n_steps as if it were stopped there; 0:
 * after the last step of the settings. */
void ph_ascent_set_end (PhAscent *ascent, guint n_steps);

/**
 * ph_ascent_run:
 * @monitor: (nullable): is told each step's value and sent frames when it wants them; may pause,
 * and may stop, which keeps the picture so far
 *
 * Does the remaining steps. Blocks.
 *
 * Returns: (transfer full): %NULL with the errors of ph_ascent_step().
 */
PhAscentResult *ph_ascent_run (PhAscent *ascent, const PhMonitor *monitor,
                               GCancellable *cancellable, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhAscent, ph_ascent_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhAscentResult, ph_ascent_result_free)

G_END_DECLS
