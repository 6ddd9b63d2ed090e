#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * PhMapPoints:
 *
 * Places of items on a map, in a grid by which those near a place are found without looking at all.
 * Not changed after it was made.
 */
typedef struct _PhMapPoints PhMapPoints;

/**
 * PhMapBox:
 *
 * A part of the map; empty when @right < @left.
 */
typedef struct
{
  double left, top, right, bottom;
} PhMapBox;

/** ph_map_points_new: @places: (n, 2), copied; rows that are not numbers are nowhere on the map */
PhMapPoints *ph_map_points_new (guint n, const float *places);
void ph_map_points_free (PhMapPoints *points);

guint ph_map_points_get_n (const PhMapPoints *points);

/** ph_map_points_get_n_placed: how many have a place. */
guint ph_map_points_get_n_placed (const PhMapPoints *points);

/** ph_map_points_get_place: %FALSE when the item is nowhere. */
gboolean ph_map_points_get_place (const PhMapPoints *points, guint item, double *x, double *y);

/** ph_map_points_get_bounds: around all. */
PhMapBox ph_map_points_get_bounds (const PhMapPoints *points);

/** ph_map_points_find: the item nearest to a place, at most @radius away, or -1. */
int ph_map_points_find (const PhMapPoints *points, double x, double y, double radius);

/** ph_map_points_in_box: appends the items (guint) in @box to @items, in an order that does not
 * change with the box. */
void ph_map_points_in_box (const PhMapPoints *points, const PhMapBox *box, GArray *items);

/** ph_map_points_in_polygon: appends the items inside the closed line through @n corners (x, y
 * each) by the even-odd rule. */
void ph_map_points_in_polygon (const PhMapPoints *points, const double *corners, guint n,
                               GArray *items);

/** ph_map_points_step: the item before (@forward %FALSE) or after @item on a walk over all that are
 * placed, on which the next is mostly near; -1 behind the end. @item -1: from the beginning. */
int ph_map_points_step (const PhMapPoints *points, int item, gboolean forward);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhMapPoints, ph_map_points_free)

G_END_DECLS
