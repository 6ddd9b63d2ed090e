#include "ui/image-page-private.h"

#include <math.h>

/* Painting on the picture and turning it. */

/* Dabs of a stroke lie this share of the radius apart. */
#define SPACING 0.35

static double
get_radius (PhImagePage *self)
{
  return gtk_range_get_value (GTK_RANGE (self->size_scale)) / 200;
}

void
ph_image_page_picture_changed (PhImagePage *self)
{
  ph_image_page_update_canvas (self);
  ph_image_page_update_actions (self);
  ph_image_page_look (self);
  ph_image_page_explain_soon (self);
}

static void
dab (PhImagePage *self, double x, double y)
{
  const PhImage *image = ph_perturbed_get_picture (self->picture);
  GdkRGBA colour;

  gtk_color_chooser_get_rgba (GTK_COLOR_CHOOSER (self->colour_button), &colour);
  ph_perturbed_dab (self->picture, (PhBrush)(self->tool - 1),
                    (const float[]){ colour.red, colour.green, colour.blue }, x * image->width,
                    y * image->height, get_radius (self) * MIN (image->width, image->height));
}

static void
on_stroke (PhImageCanvas *canvas, int phase, double x, double y, PhImagePage *self)
{
  if (self->picture == NULL || self->tool == PH_TOOL_LOOK)
    return;
  if (phase == PH_CANVAS_STROKE_BEGIN)
    {
      ph_perturbed_begin_stroke (self->picture);
      dab (self, x, y);
    }
  else
    {
      double dx = x - self->last_x, dy = y - self->last_y;
      int n = (int)ceil (hypot (dx, dy) / MAX (get_radius (self) * SPACING, 0.002));

      for (int i = 1; i <= n; i++)
        dab (self, self->last_x + dx * i / n, self->last_y + dy * i / n);
      if (n == 0)
        return;
    }
  self->last_x = x;
  self->last_y = y;
  ph_image_page_picture_changed (self);
}

static void
on_tool (GtkToggleButton *button, PhImagePage *self)
{
  if (!gtk_toggle_button_get_active (button))
    return;
  for (int i = 0; i < PH_N_TOOLS; i++)
    if (self->tools[i] == button)
      self->tool = i;
  gtk_widget_set_visible (GTK_WIDGET (self->colour_button), self->tool == PH_BRUSH_PAINT + 1);
  gtk_widget_set_visible (GTK_WIDGET (self->size_scale), self->tool != PH_TOOL_LOOK);
  ph_image_canvas_set_brush (self->canvas, self->tool != PH_TOOL_LOOK ? get_radius (self) : 0);
}

static void
on_size (PhImagePage *self)
{
  if (self->tool != PH_TOOL_LOOK)
    ph_image_canvas_set_brush (self->canvas, get_radius (self));
}

static void
on_angle (PhImagePage *self)
{
  if (self->refreshing || self->picture == NULL)
    return;
  ph_perturbed_set_angle (self->picture, gtk_range_get_value (GTK_RANGE (self->angle_scale)));
  ph_image_page_picture_changed (self);
}

void
ph_image_page_set_tool (PhImagePage *self, PhTool tool)
{
  gtk_toggle_button_set_active (self->tools[tool], TRUE);
}

void
ph_image_page_undo (PhImagePage *self)
{
  if (self->picture == NULL || !ph_perturbed_can_undo (self->picture))
    return;
  ph_perturbed_undo (self->picture);
  ph_image_page_picture_changed (self);
}

void
ph_image_page_reset (PhImagePage *self)
{
  if (self->picture == NULL)
    return;
  self->refreshing = TRUE;
  gtk_range_set_value (GTK_RANGE (self->angle_scale), 0);
  self->refreshing = FALSE;
  ph_perturbed_reset (self->picture);
  ph_image_page_picture_changed (self);
}

void
ph_image_page_turn (PhImagePage *self, double degrees)
{
  double angle = gtk_range_get_value (GTK_RANGE (self->angle_scale)) + degrees;

  gtk_range_set_value (GTK_RANGE (self->angle_scale), CLAMP (angle, -180, 180));
}

void
ph_image_page_init_edit (PhImagePage *self)
{
  const GdkRGBA red = { 0.85f, 0.1f, 0.1f, 1 };

  gtk_color_chooser_set_rgba (GTK_COLOR_CHOOSER (self->colour_button), &red);
  gtk_range_set_value (GTK_RANGE (self->size_scale), 15);
  for (int i = 0; i < PH_N_TOOLS; i++)
    g_signal_connect (self->tools[i], "toggled", G_CALLBACK (on_tool), self);
  g_signal_connect (self->canvas, "stroke", G_CALLBACK (on_stroke), self);
  g_signal_connect_swapped (self->size_scale, "value-changed", G_CALLBACK (on_size), self);
  g_signal_connect_swapped (self->angle_scale, "value-changed", G_CALLBACK (on_angle), self);
  gtk_scale_add_mark (self->angle_scale, 0, GTK_POS_BOTTOM, NULL);
}
