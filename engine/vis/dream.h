#pragma once

#include "base/image.h"
#include "base/monitor.h"
#include "base/setting.h"
#include "network/model.h"

G_BEGIN_DECLS

/**
 * PhDreamSettings:
 *
 * How a photograph is dreamed into; described, with defaults, by ph_dream_settings.
 */
typedef struct
{
  int octaves;
  double octave_scale;
  int steps;
  double step_size;
  int tile;
  double zoom;
  int seed;
} PhDreamSettings;

extern const PhSetting ph_dream_settings[];

/**
 * PhDream:
 *
 * DeepDream: a photograph is changed by small steps so that the network sees more of what an
 * objective asks for. It is made smaller first and changed at each of some sizes, octaves, so that
 * large and small patterns grow. A picture of any size is shown to the network in tiles of one size
 * that shift from step to step, so the memory needed beyond some copies of the picture depends on
 * the tile alone.
 *
 * Source: Mordvintsev, Olah, Tyka, "Inceptionism", 2015, and their notebook.
 */
typedef struct _PhDream PhDream;

/**
 * ph_dream_new:
 * @objective: as ph_objective_parse() reads it
 * @settings: copied
 *
 * Returns: %NULL with the errors of ph_objective_parse() or ph_plan_new().
 */
PhDream *ph_dream_new (PhModel *model, const char *objective, const PhDreamSettings *settings,
                       GError **error);
void ph_dream_free (PhDream *dream);

/**
 * ph_dream_run:
 * @photo: of any size
 * @monitor: (nullable): is told the objective of each step, the mean over the tiles, and sent
 *   frames of at most %PH_DREAM_PREVIEW pixels a side
 *
 * Blocks. Stopping gives the picture as far as it has come, at the photo's size.
 *
 * Returns: (transfer full): %NULL when cancelled, out of memory, or %PH_ERROR_DIVERGED when the
 * gradient is not finite.
 */
PhImage *ph_dream_run (PhDream *dream, const PhImage *photo, const PhMonitor *monitor,
                       GCancellable *cancellable, GError **error);

/** ph_dream_get_n_steps: how many steps the last run made, over all octaves: fewer than it should
 * when it was stopped. */
guint ph_dream_get_n_steps (const PhDream *dream);

/** PH_DREAM_PREVIEW: longer side of the frames of a run. */
#define PH_DREAM_PREVIEW 1024

/**
 * ph_dream_film:
 * @n: how many pictures, the first being the dream of the photo
 *
 * A flight into the dream: each picture is the middle of the one before, enlarged by the "zoom" of
 * the settings and dreamed on. Stopping keeps the finished pictures.
 *
 * Returns: (transfer full) (element-type PhFrame): see ph_dream_run() for the errors.
 */
GPtrArray *ph_dream_film (PhDream *dream, const PhImage *photo, guint n, const PhMonitor *monitor,
                          GCancellable *cancellable, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhDream, ph_dream_free)

G_END_DECLS
