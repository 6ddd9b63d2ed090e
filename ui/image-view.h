#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define PH_TYPE_IMAGE_VIEW (ph_image_view_get_type ())
/**
 * PhImageView:
 *
 * A large picture: zooms at the pointer with the wheel, pans by dragging and with the arrow keys,
 * fits itself to the room there is unless told otherwise, and compares with an earlier picture
 * across a line that can be dragged. All positions and sizes are fractions of the picture, so a
 * newer picture of another size takes the place of the old one without a jump.
 */
G_DECLARE_FINAL_TYPE (PhImageView, ph_image_view, PH, IMAGE_VIEW, GtkWidget)

GtkWidget *ph_image_view_new (void);

/** ph_image_view_set_texture: (nullable): the picture; zoom and place stay. */
void ph_image_view_set_texture (PhImageView *self, GdkTexture *texture);
GdkTexture *ph_image_view_get_texture (PhImageView *self);

/** ph_image_view_set_before: (nullable): the picture to compare with. */
void ph_image_view_set_before (PhImageView *self, GdkTexture *texture);

/**
 * PhCompare:
 * @PH_COMPARE_OFF: the picture alone
 * @PH_COMPARE_SPLIT: the earlier one at the left of a line that can be moved
 * @PH_COMPARE_BEFORE: the earlier one alone, as long as a key is held
 */
typedef enum
{
  PH_COMPARE_OFF,
  PH_COMPARE_SPLIT,
  PH_COMPARE_BEFORE,
} PhCompare;

void ph_image_view_set_compare (PhImageView *self, PhCompare compare);

/** ph_image_view_set_outline: (nullable): a rectangle to outline, as fractions of the picture. */
void ph_image_view_set_outline (PhImageView *self, const graphene_rect_t *outline);

/** ph_image_view_zoom_by: enlarges by @factor around the middle of the view. */
void ph_image_view_zoom_by (PhImageView *self, double factor);

/** ph_image_view_zoom_fit: the whole picture, as large as fits, also after later changes of size.
 */
void ph_image_view_zoom_fit (PhImageView *self);

/** ph_image_view_is_fit: whether the picture follows the size of the view. */
gboolean ph_image_view_is_fit (PhImageView *self);

/** ph_image_view_get_scale: screen pixels for one pixel of the picture, 0 without picture. */
double ph_image_view_get_scale (PhImageView *self);

/** ph_image_view_link: lets both views show the same part of their pictures, equally enlarged.
 * @partner: (nullable): nobody */
void ph_image_view_link (PhImageView *self, PhImageView *partner);

/** ph_image_view_set_label: what screen readers call the picture, and how they describe it. */
void ph_image_view_set_label (PhImageView *self, const char *label, const char *description);

G_END_DECLS
