#pragma once

#include "ui/item-pictures.h"
#include "ui/map-canvas.h"
#include "ui/map-points.h"
#include "ui/map-raster.h"

G_BEGIN_DECLS

struct _PhMapCanvas
{
  GtkWidget parent_instance;

  /* owned */
  PhItemPictures *small, *large; /* nullable */
  PhMapPoints *points;           /* y down; nullable */
  guint32 *colours;              /* of each item */
  GArray *selection;             /* guint */
  guint8 *marked;                /* of each item; NULL when nothing is selected */
  GArray *visible;               /* guint: in view when last drawn */
  GdkTexture *texture;           /* what was last drawn; NULL after a change */
  GArray *line;                  /* double, x and y: the line around what is being selected */

  PhMapDescribe describe;
  gpointer describe_data;

  double x, y, scale; /* as in PhMapView, in logical pixels */
  gboolean fitted;    /* the whole is shown, also when it changes */
  gboolean lasso;     /* dragging selects */
  gboolean near;      /* pictures were drawn */
  guint side;         /* of pictures */
  int current, hover; /* items or -1 */

  double pointer_x, pointer_y; /* NAN outside */
  double drag_x, drag_y, drag_view_x, drag_view_y;
  double pinch; /* scale of the gesture when last seen */
  gboolean dragging, selecting;
};

/* map-canvas.c */
/* The view in pixels of the display, of which @factor are a logical one. */
PhMapView ph_map_canvas_get_view (PhMapCanvas *self, int factor);
/* Draws everything anew. */
void ph_map_canvas_change (PhMapCanvas *self);
void ph_map_canvas_set_hover (PhMapCanvas *self, int item);

/* map-canvas-draw.c */
void ph_map_canvas_draw (PhMapCanvas *self, GtkSnapshot *snapshot);

/* map-canvas-input.c */
void ph_map_canvas_init_input (PhMapCanvas *self);

G_END_DECLS
