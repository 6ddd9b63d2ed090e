#pragma once

#include "base/image.h"
#include "network/unit.h"
#include "study/classify.h"

G_BEGIN_DECLS

/**
 * PhActivations:
 *
 * What all layers of a network do with one picture. Reference counted atomically; not for two
 * threads at once.
 */
typedef struct _PhActivations PhActivations;

/** ph_activations_new: for all layers that can be reached and the classes. Returns: %NULL with an
 * error of ph_plan_new() or ph_run_new(). */
PhActivations *ph_activations_new (PhModel *model, GError **error);
PhActivations *ph_activations_ref (PhActivations *activations);
void ph_activations_unref (PhActivations *activations);

/** ph_activations_run: shows the network @picture, as ph_preprocess_fit() makes it. Returns:
 * %FALSE when cancelled, or with %PH_ERROR_SHAPE_MISMATCH when the picture has another size. */
gboolean ph_activations_run (PhActivations *activations, const PhImage *picture,
                             GCancellable *cancellable, GError **error);

/* All the following need a run, and a layer without obstacle. */

/** ph_activations_get_layer: (transfer none): the numbers of a layer, valid until the next run. */
const float *ph_activations_get_layer (PhActivations *activations, guint layer, PhShape *shape);

/** ph_activations_get_value: the unit's value; a channel: its mean; a layer: the mean of squares.
 * Returns: %FALSE with %PH_ERROR_NO_SUCH_UNIT. */
gboolean ph_activations_get_value (PhActivations *activations, const PhUnit *unit, double *value,
                                   GError **error);

/** PhMapKind: what a map shows of a layer at each position. */
typedef enum
{
  PH_MAP_MEAN, /* over the channels */
  PH_MAP_MAX,
  PH_MAP_CHANNEL, /* one of them */
} PhMapKind;

/** ph_activations_fill_map: @map: (out): rows × columns of the layer. */
void ph_activations_fill_map (PhActivations *activations, guint layer, PhMapKind kind,
                              guint channel, float *map);

/** PhActive: a channel and what it says. */
typedef struct
{
  guint channel;
  float value;
} PhActive;

/**
 * ph_activations_get_top:
 * @row, @column: position; @row -1: the largest value anywhere in the channel's map
 * @n: (inout): how many at most; how many there are
 *
 * Returns: (transfer full): the most active channels of a layer, the first of equals first; free
 * with g_free().
 */
PhActive *ph_activations_get_top (PhActivations *activations, guint layer, int row, int column,
                                  guint *n);

/**
 * ph_activations_dup_directions:
 * @most: places along either side, at most: in larger maps a place is a block of positions
 * @rows, @columns: (out): of places
 *
 * Returns: (transfer full): rows × columns × channels numbers: what the channels of a layer say at
 * each place, the mean of its positions; free with g_free().
 */
float *ph_activations_dup_directions (PhActivations *activations, guint layer, guint most,
                                      guint *rows, guint *columns);

/** ph_activations_get_predictions: (nullable): as ph_predictions_new(); %NULL when there are no
 * classes. */
PhPrediction *ph_activations_get_predictions (PhActivations *activations, guint *n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhActivations, ph_activations_unref)

G_END_DECLS
