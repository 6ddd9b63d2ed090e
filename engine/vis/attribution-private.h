#pragma once

#include "vis/attribution.h"
#include "vis/probe.h"

G_BEGIN_DECLS

/** PH_ATTRIBUTION_BATCH: pictures that the slower methods show at once. */
#define PH_ATTRIBUTION_BATCH 4

struct _PhAttributionTask
{
  /* borrowed */
  PhModel *model;
  const PhImage *picture;
  const PhAttributionSettings *settings;
  PhTensor *const *weights;
  const PhMonitor *monitor;
  GCancellable *cancellable;
  PhAttribution *result;

  PhUnit unit;
};

extern const PhAttributionMethod ph_attribution_gradient;
extern const PhAttributionMethod ph_attribution_gradient_input;
extern const PhAttributionMethod ph_attribution_guided;
extern const PhAttributionMethod ph_attribution_smoothgrad;
extern const PhAttributionMethod ph_attribution_integrated;
extern const PhAttributionMethod ph_attribution_gradcam;
extern const PhAttributionMethod ph_attribution_occlusion;

/** ph_attribution_probe: a probe of the task's unit and weights. @also: see #PhProbeOptions. */
PhProbe *ph_attribution_probe (PhAttributionTask *task, guint n, gboolean gradient, int also,
                               GError **error);

/** ph_attribution_alloc: gives the result room for values of this shape, all 0. */
gboolean ph_attribution_alloc (PhAttribution *result, guint channels, guint rows, guint columns,
                               GError **error);

/**
 * ph_attribution_advance:
 * @fraction: how much is done
 * @stop: (out) (nullable): whether somebody wants what exists
 *
 * Tells progress, shows what is known so far, waits while paused.
 *
 * Returns: %FALSE when cancelled.
 */
gboolean ph_attribution_advance (PhAttributionTask *task, double fraction, gboolean *stop,
                                 GError **error);

/** ph_attribution_spread: a number without common divisor with @n near its golden section: the
 * multiples of it, modulo @n, visit every one of n places once and spread evenly from the
 * beginning, so that what is known halfway is a picture of the whole. */
guint ph_attribution_spread (guint n);

/** ph_attribution_fill_map: the map from the values: summed over channels (signed) or the largest
 * size (else), and stretched to the picture bilinearly where the values are a smaller map. */
void ph_attribution_fill_map (PhAttribution *result);

/** ph_baseline_fill: writes the baseline for @picture to @to (channels, height, width). */
gboolean ph_baseline_fill (PhBaseline baseline, const PhPreprocess *preprocess,
                           const PhImage *picture, float *to, GError **error);

G_END_DECLS
