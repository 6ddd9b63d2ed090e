#include "ui/image-page-private.h"

/* What lies over the picture, and the pictures of what the layer makes of each place. */

void
ph_image_page_update_pictures (PhImagePage *self)
{
  ph_direction_pictures_set_active (
      self->pictures, self->visible && ph_image_page_get_over (self) == PH_OVER_PICTURES);
}

/* A map lets the picture shine through; pictures stand for themselves. Each keeps what the user
 * chose for it. */
static void
on_over (PhImagePage *self)
{
  PhOver over = ph_image_page_get_over (self);

  self->refreshing = TRUE;
  gtk_range_set_value (GTK_RANGE (self->opacity_scale), 100 * self->opacities[over]);
  self->refreshing = FALSE;
  gtk_widget_set_sensitive (GTK_WIDGET (self->opacity_scale), over != PH_OVER_NOTHING);
  ph_image_page_update_pictures (self);
  ph_image_page_update_canvas (self);
  if (over == PH_OVER_PICTURES)
    ph_image_page_look (self);
}

static void
on_opacity (PhImagePage *self)
{
  if (self->refreshing)
    return;
  self->opacities[ph_image_page_get_over (self)] =
      gtk_range_get_value (GTK_RANGE (self->opacity_scale)) / 100;
  ph_image_page_update_canvas (self);
}

static void
on_changed (PhImagePage *self)
{
  if (ph_image_page_get_over (self) == PH_OVER_PICTURES)
    ph_image_page_update_canvas (self);
}

void
ph_image_page_init_pictures (PhImagePage *self)
{
  self->pictures = ph_direction_pictures_new ();
  self->opacities[PH_OVER_WHY] = self->opacities[PH_OVER_LAYER] = 0.7;
  self->opacities[PH_OVER_PICTURES] = 1;
  g_signal_connect_swapped (self->pictures, "changed", G_CALLBACK (on_changed), self);
  g_signal_connect_swapped (self->over_drop, "notify::selected", G_CALLBACK (on_over), self);
  g_signal_connect_swapped (self->opacity_scale, "value-changed", G_CALLBACK (on_opacity), self);
  on_over (self);
}
