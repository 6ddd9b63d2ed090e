#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * PhCanvasStroke:
 *
 * The first, a further and the last point of a stroke with the brush.
 */
typedef enum
{
  PH_CANVAS_STROKE_BEGIN,
  PH_CANVAS_STROKE_MOVE,
  PH_CANVAS_STROKE_END,
} PhCanvasStroke;

#define PH_TYPE_IMAGE_CANVAS (ph_image_canvas_get_type ())
/**
 * PhImageCanvas:
 *
 * A picture with colours laid over it, a grid of positions one of which can be marked, and a brush.
 * Without brush, a click or the arrow keys mark a position: emits "picked" with row and column
 * (both uint). With one, dragging draws, and so do Space and Return where the arrow keys have moved
 * it: emits "stroke" with a #PhCanvasStroke (int) and the place (two doubles, fractions of the
 * picture).
 */
G_DECLARE_FINAL_TYPE (PhImageCanvas, ph_image_canvas, PH, IMAGE_CANVAS, GtkWidget)

GtkWidget *ph_image_canvas_new (void);

/** ph_image_canvas_set_picture: (nullable) */
void ph_image_canvas_set_picture (PhImageCanvas *self, GdkTexture *texture);

/** ph_image_canvas_set_overlay: (nullable): stretched over the whole picture */
void ph_image_canvas_set_overlay (PhImageCanvas *self, GdkTexture *texture);

/** ph_image_canvas_set_opacity: of the overlay, 0 to 1. */
void ph_image_canvas_set_opacity (PhImageCanvas *self, double opacity);

/** ph_image_canvas_set_grid: positions that can be marked; 0: none. Forgets the mark when the size
 * is another one. */
void ph_image_canvas_set_grid (PhImageCanvas *self, guint rows, guint columns);

/** ph_image_canvas_mark: does not emit "picked". */
void ph_image_canvas_mark (PhImageCanvas *self, guint row, guint column);

/** ph_image_canvas_get_mark: %FALSE when nothing is marked. */
gboolean ph_image_canvas_get_mark (PhImageCanvas *self, guint *row, guint *column);

/** ph_image_canvas_set_field: (nullable): what the marked position sees, as fractions */
void ph_image_canvas_set_field (PhImageCanvas *self, const graphene_rect_t *field);

/** ph_image_canvas_set_brush: @radius: as a fraction of the picture's shorter side; 0: no brush */
void ph_image_canvas_set_brush (PhImageCanvas *self, double radius);

/** ph_image_canvas_set_description: what a screen reader says of it. */
void ph_image_canvas_set_description (PhImageCanvas *self, const char *text);

G_END_DECLS
