#pragma once

#include "base/image.h"
#include "base/monitor.h"
#include "base/setting.h"
#include "network/unit.h"

G_BEGIN_DECLS

/**
 * PhAttributionSettings:
 *
 * How a picture is explained; described, with defaults, by ph_attribution_settings. Initialise with
 * ph_settings_init(), release with ph_settings_clear().
 */
typedef struct
{
  int method;   /* index into ph_attribution_methods() */
  int baseline; /* PhBaseline */
  int steps;
  double tolerance;
  int samples;
  double noise;
  char *layer;
  double patch, stride;
  int seed;
} PhAttributionSettings;

extern const PhSetting ph_attribution_settings[];

/** PhBaseline: the picture that stands for "nothing to see". */
typedef enum
{
  PH_BASELINE_BLACK,
  PH_BASELINE_MEAN, /* the colour that the network sees as 0 */
  PH_BASELINE_WHITE,
  PH_BASELINE_BLUR,
} PhBaseline;

/**
 * PhAttribution:
 * @channels, @rows, @columns: of @values
 * @values: (owned): what the method says, in its own shape: the picture's for gradients, the
 *   layer's map for Grad-CAM, one number a place of the patch for occlusion
 * @height, @width: of the picture
 * @map: (owned): one number for each pixel of the picture
 * @is_signed: whether numbers below 0 mean that something speaks against the unit; otherwise the
 *   map holds sizes
 * @value: the unit's value for the picture
 * @baseline_value: for the baseline; NaN where the method has none
 * @sum: of all @values; with a baseline it should be @value - @baseline_value
 * @layer: (owned) (nullable): the layer that Grad-CAM looked at
 * @stopped: whether somebody stopped it before it was complete
 *
 * Why a picture excites a unit.
 */
typedef struct
{
  guint channels, rows, columns;
  float *values;
  guint height, width;
  float *map;
  gboolean is_signed;
  double value, baseline_value, sum;
  char *layer;
  gboolean stopped;
} PhAttribution;

void ph_attribution_free (PhAttribution *attribution);

/** ph_attribution_get_completeness: the sum of the values as a share of what it should be; 1 is
 * complete. NaN where the method promises nothing or the unit's value is that of the baseline. */
double ph_attribution_get_completeness (const PhAttribution *attribution);

typedef struct _PhAttributionTask PhAttributionTask;

/**
 * PhAttributionMethod:
 * @name: as written
 * @title: on screen
 * @explanation: one paragraph for somebody who does not know it
 * @source: the paper
 * @is_signed: as #PhAttribution has it
 * @settings: %NULL-terminated names of the settings that it heeds
 * @run: fills the task's result
 *
 * A way to explain. Adding one is a file attribution-NAME.c and a line in attribution.c.
 */
typedef struct
{
  const char *name;
  const char *title;
  const char *explanation;
  const char *source;
  gboolean is_signed;
  const char *const *settings;
  gboolean (*run) (PhAttributionTask *task, GError **error);
} PhAttributionMethod;

/** ph_attribution_methods: all methods, %NULL-terminated, the simplest first. */
const PhAttributionMethod *const *ph_attribution_methods (void);

/**
 * ph_attribution_run:
 * @unit: any unit: its value as #PhProbe has it is what is explained
 * @picture: of the network's size and channels, as ph_preprocess_fit() makes it
 * @weights: (nullable): as #PhProbeOptions has them
 * @monitor: (nullable): frames are the map in colours as ph_heat_to_frame() draws it
 *
 * Gradients are those at the picture (RGB, 0..1), not at the network's input. Stopping keeps what
 * is known by then where that means anything (SmoothGrad, occlusion), else it is an error.
 *
 * Returns: (transfer full): %NULL with an error of ph_probe_new(), with %PH_ERROR_SHAPE_MISMATCH
 * when the picture has another size, or with %PH_ERROR_DIVERGED when there are infinite numbers.
 */
PhAttribution *ph_attribution_run (PhModel *model, const PhUnit *unit, const PhImage *picture,
                                   const PhAttributionSettings *settings, PhTensor *const *weights,
                                   const PhMonitor *monitor, GCancellable *cancellable,
                                   GError **error);

/**
 * ph_attribution_find_layer:
 * @name: (nullable): name of a layer, or "auto"
 *
 * The layer that Grad-CAM looks at: as named, else the last one with a map on the way to @unit.
 *
 * Returns: its index; -1 with %PH_ERROR_NO_SUCH_UNIT when there is none or the unit does not depend
 * on it.
 */
int ph_attribution_find_layer (PhModel *model, const PhUnit *unit, const char *name,
                               GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhAttribution, ph_attribution_free)

G_END_DECLS
