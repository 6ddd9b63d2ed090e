#pragma once

#include "base/image.h"
#include "base/monitor.h"
#include "base/setting.h"
#include "network/model.h"

G_BEGIN_DECLS

/**
 * PhAccentuationSettings:
 *
 * How a unit is accentuated in a photograph; described, with defaults, by
 * ph_accentuation_settings.
 */
typedef struct
{
  double strength;
  int steps;
  double step_size;
  char *transforms;
  char *keep;
  int seed;
} PhAccentuationSettings;

extern const PhSetting ph_accentuation_settings[];

/**
 * PhAccentuation:
 *
 * What in a photograph does a unit respond to? The photograph is changed so that the unit responds
 * more, but stays the same photograph: what an early layer makes of it may move away by no more
 * than a given share of its size, the strength. The strength grows evenly from 0 to what the
 * settings say while the steps are made, so one run has all strengths up to that.
 *
 * The photograph is written in waves (a Fourier image). A step that leads further away than allowed
 * is followed by a measured part of the way back to the photograph, so that the strength is kept
 * whatever the number of steps and their size.
 *
 * Source: Hamblin et al., "Feature Accentuation: Revealing 'What' Features Respond to in Natural
 * Images", 2024, which subtracts the distance with a fixed weight instead.
 */
typedef struct _PhAccentuation PhAccentuation;

/**
 * ph_accentuation_new:
 * @objective: as ph_objective_parse() reads it
 * @photo: its middle is shown in the proportions and at the size that the network was made for
 * @settings: copied
 *
 * Returns: %NULL with the errors of ph_objective_parse(), ph_plan_new(), or %PH_ERROR_DATA_INVALID
 * for the settings.
 */
PhAccentuation *ph_accentuation_new (PhModel *model, const char *objective, const PhImage *photo,
                                     const PhAccentuationSettings *settings, GError **error);
void ph_accentuation_free (PhAccentuation *accentuation);

/** ph_accentuation_get_photo: (transfer none): the original as the network is shown it. */
const PhImage *ph_accentuation_get_photo (const PhAccentuation *accentuation);

/** ph_accentuation_get_image: (transfer none): the picture now; changed by the next step. */
const PhImage *ph_accentuation_get_image (PhAccentuation *accentuation);

guint ph_accentuation_get_n_steps (const PhAccentuation *accentuation);

/** ph_accentuation_get_strength: how far the picture may be from the photograph at @step. */
double ph_accentuation_get_strength (const PhAccentuation *accentuation, guint step);

/**
 * ph_accentuation_step:
 * @value: (out) (optional): objective of the picture, as seen through the step's random changes
 *
 * Returns: %FALSE with %G_IO_ERROR_CANCELLED or %PH_ERROR_DIVERGED.
 */
gboolean ph_accentuation_step (PhAccentuation *accentuation, double *value,
                               GCancellable *cancellable, GError **error);

/**
 * ph_accentuation_measure:
 * @before, @after: (out): objective of the photograph and of the picture, without random changes
 * @distance: (out): of the picture from the photograph in the layer that is kept, 0: the same
 */
gboolean ph_accentuation_measure (PhAccentuation *accentuation, double *before, double *after,
                                  double *distance, GCancellable *cancellable, GError **error);

/** ph_accentuation_run: the remaining steps; frames carry the step. Blocks. Stopping keeps the
 * picture. Returns: %FALSE with the errors of ph_accentuation_step(). */
gboolean ph_accentuation_run (PhAccentuation *accentuation, const PhMonitor *monitor,
                              GCancellable *cancellable, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhAccentuation, ph_accentuation_free)

G_END_DECLS
