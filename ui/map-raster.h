#pragma once

#include <gtk/gtk.h>

#include "engine/engine.h"
#include "ui/map-points.h"

G_BEGIN_DECLS

/**
 * PhMapView:
 * @width, @height: in pixels of the display
 * @x, @y: the place of the map in the middle
 * @scale: pixels for each unit of the map
 *
 * Which part of the map is seen, and how large.
 */
typedef struct
{
  guint width, height;
  double x, y, scale;
} PhMapView;

/** ph_map_view_to_pixel, ph_map_view_to_place: from a place of the map to the pixel that shows it,
 * and back. */
void ph_map_view_to_pixel (const PhMapView *view, double x, double y, double *left, double *top);
void ph_map_view_to_place (const PhMapView *view, double left, double top, double *x, double *y);

/** ph_map_view_get_box: what is seen, and @margin pixels around it. */
PhMapBox ph_map_view_get_box (const PhMapView *view, double margin);

/**
 * PhMapScene:
 * @items: @n_items that are drawn, in this order
 * @colours: of each item of @points: 0xRRGGBB
 * @marked: (nullable): for each item of @points whether it is marked; the others are faint
 * @dot: radius of a dot, in pixels
 * @side: of a picture, in pixels; 0: dots
 * @get_picture: (nullable): what there is of a picture by now
 *
 * What lies on the map.
 */
typedef struct
{
  const PhMapPoints *points;
  const guint *items;
  guint n_items;
  const guint32 *colours;
  const guint8 *marked;
  double dot;
  guint side;
  PhFrame *(*get_picture) (guint item, gpointer data);
  gpointer data;
} PhMapScene;

/** ph_map_raster_draw: the scene as @view shows it, on nothing. 50,000 dots take some milliseconds.
 * Returns: (transfer full). */
GdkTexture *ph_map_raster_draw (const PhMapScene *scene, const PhMapView *view);

G_END_DECLS
