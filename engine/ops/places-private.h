#pragma once

#include "network/op.h"

G_BEGIN_DECLS

/**
 * PhPlaceKind:
 * @PH_PLACE_AXIS: an index stands for a slice across one axis (Gather)
 * @PH_PLACE_ELEMENT: an index replaces one coordinate of its own position (GatherElements)
 * @PH_PLACE_TUPLE: the last axis of the indices holds coordinates, from axis @batch on (GatherND)
 */
typedef enum
{
  PH_PLACE_AXIS,
  PH_PLACE_ELEMENT,
  PH_PLACE_TUPLE,
} PhPlaceKind;

/**
 * PhPlaces:
 * @n: blocks of numbers that indices point to, @block elements each
 *
 * Where in a tensor a tensor of indices points. Negative indices count from the end; others out of
 * range, which only show in a run, are moved to the nearest valid one.
 */
typedef struct
{
  PhPlaceKind kind;
  PhShape data, indices;
  gint64 strides[PH_MAX_RANK]; /* of the data */
  guint axis, batch, depth;
  gsize n, block, per_batch;
} PhPlaces;

/**
 * ph_places_init:
 * @axis: for the first two kinds; negative from the end
 * @batch: leading axes that data and indices share, for tuples
 * @constant: (nullable): the indices, when they are known: then their range is checked
 *
 * Errors: %PH_ERROR_SHAPE_MISMATCH beginning with @what.
 */
gboolean ph_places_init (PhPlaces *places, PhPlaceKind kind, const char *what, const PhShape *data,
                         const PhShape *indices, gint64 axis, guint batch, const PhTensor *constant,
                         GError **error);

/** ph_places_locate: element of the data where block @i begins. */
gsize ph_places_locate (const PhPlaces *places, const gint64 *indices, gsize i);

G_END_DECLS
