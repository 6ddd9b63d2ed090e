#pragma once

#include "network/unit.h"

G_BEGIN_DECLS

/**
 * ph_model_join:
 *
 * Two networks side by side as one that shows both the same picture: everything that works on a
 * network then works on both together, as "what excites a unit of @b but not of @a", which is the
 * objective "b/LAYER:3 - a/LAYER:3". Values, and so layers, are named as before behind "a/" and
 * "b/". Pictures are 0..1 in the size of @a; each network gets them prepared in its own way. It
 * names no classes; class scores are layers. Weights are shared, not copied.
 *
 * Returns: (transfer full): %NULL with %PH_ERROR_SHAPE_MISMATCH when one takes colours and the
 * other does not, or %PH_ERROR_MODEL_INVALID when they were written for other operator sets.
 */
PhModel *ph_model_join (PhModel *a, PhModel *b, GError **error);

/** ph_joined_unit: the unit of @joined that is @unit of @model, its first (0) or second (1) part.
 * Returns: %FALSE with %PH_ERROR_NO_SUCH_UNIT where no layer holds it. */
gboolean ph_joined_unit (PhModel *joined, PhModel *model, guint side, const PhUnit *unit,
                         PhUnit *found, GError **error);

G_END_DECLS
