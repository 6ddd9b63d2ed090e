#pragma once

#include "network/unit.h"

G_BEGIN_DECLS

/** PH_TARGET_CLASSES: how the classes are called among the layers of a scan. */
#define PH_TARGET_CLASSES "classes"

/**
 * PhTarget:
 * @name: of the layer, or %PH_TARGET_CLASSES
 * @value: in the graph
 * @n_channels: its units
 * @rows, @columns: of the map of a unit
 * @step: from one channel's numbers to the next one's
 * @stride: from one position to the next
 * @count: positions that count: rows * columns, or 1 at a chosen position
 * @offset: of the first
 *
 * A layer whose units a scan watches.
 */
typedef struct
{
  char *name;
  int value;
  guint n_channels, rows, columns;
  gsize step, stride, count, offset;
} PhTarget;

/**
 * PhTargets:
 * @at_position: whether only @row, @column of each map counts: the neurons there
 */
typedef struct
{
  GPtrArray *targets; /* of PhTarget */
  gboolean at_position;
  guint row, column;
} PhTargets;

/**
 * ph_targets_new:
 * @layers: (nullable): names, %PH_TARGET_CLASSES among them; %NULL: all layers whose activations
 * say something of their own, and the classes. A convolution whose numbers are only read by its
 *   activation function stands back behind that.
 * @at_position: watch the neurons at @row, @column instead of whole channels
 *
 * Returns: (transfer full): %NULL with %PH_ERROR_NO_SUCH_UNIT.
 */
PhTargets *ph_targets_new (PhModel *model, const char *const *layers, gboolean at_position,
                           guint row, guint column, GError **error);
void ph_targets_free (PhTargets *targets);

/** ph_targets_get_n_units: of all targets. */
guint ph_targets_get_n_units (const PhTargets *targets);

/** ph_targets_dup_text: what tells these targets from others. Caller frees. */
char *ph_targets_dup_text (const PhTargets *targets);

/** ph_target_for_unit: (transfer none): the name of the target in which a scan of everything keeps
 * the unit: its layer, the layer of its activation function, or the classes; %NULL where a scan
 * cannot look. */
const char *ph_target_for_unit (PhModel *model, const PhUnit *unit);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhTargets, ph_targets_free)

G_END_DECLS
