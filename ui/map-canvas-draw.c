#include "ui/map-canvas-private.h"

#include <math.h>

#include "ui/texture.h"

/* Pictures may cover so much more than the whole area before they become dots. */
#define CROWDED 1.2

#define CARD_PICTURE 160 /* pixels */
#define CARD_PADDING 8
#define CARD_AWAY 16 /* from the pointer */

static GdkRGBA
find_colour (PhMapCanvas *self, const char *name)
{
  GtkStyleContext *context = gtk_widget_get_style_context (GTK_WIDGET (self));
  GdkRGBA colour;

  if (!gtk_style_context_lookup_color (context, name, &colour))
    gtk_style_context_get_color (context, &colour);
  return colour;
}

static PhFrame *
get_picture (guint item, gpointer data)
{
  return ph_item_pictures_get (((PhMapCanvas *)data)->small, item);
}

typedef struct
{
  double distance;
  guint item;
} Wish;

static int
compare_wishes (gconstpointer a, gconstpointer b)
{
  const Wish *x = a, *y = b;

  return (x->distance > y->distance) - (x->distance < y->distance);
}

/* Those in the middle first. */
static void
want_pictures (PhMapCanvas *self)
{
  g_autofree Wish *wishes = g_new (Wish, self->visible->len + 1);
  g_autofree guint *items = g_new (guint, self->visible->len + 1);
  const guint n = self->visible->len;

  for (guint i = 0; i < n; i++)
    {
      double x, y;

      wishes[i].item = g_array_index (self->visible, guint, i);
      ph_map_points_get_place (self->points, wishes[i].item, &x, &y);
      wishes[i].distance = hypot (x - self->x, y - self->y);
    }
  qsort (wishes, n, sizeof *wishes, compare_wishes);
  for (guint i = 0; i < n; i++)
    items[i] = wishes[i].item;
  ph_item_pictures_want (self->small, items, n);
}

static void
draw_items (PhMapCanvas *self)
{
  const int factor = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  const PhMapView view = ph_map_canvas_get_view (self, factor);
  const double area = (double)view.width * view.height, side = (double)self->side * factor;
  PhMapBox box = ph_map_view_get_box (&view, side / 2 + 2);

  g_array_set_size (self->visible, 0);
  ph_map_points_in_box (self->points, &box, self->visible);
  self->near = self->small != NULL && self->visible->len * side * side <= CROWDED * area;

  PhMapScene scene = {
    .points = self->points,
    .items = (const guint *)(gpointer)self->visible->data,
    .n_items = self->visible->len,
    .colours = self->colours,
    .marked = self->marked,
    /* Half of the space that each has, if they were spread evenly. */
    .dot = factor * CLAMP (0.25 * sqrt (area / MAX (self->visible->len, 1)) / factor, 1.5, 5),
    .side = self->near ? (guint)side : 0,
    .get_picture = get_picture,
    .data = self,
  };

  if (self->near)
    want_pictures (self);
  else if (self->small != NULL)
    ph_item_pictures_stop (self->small);
  self->texture = ph_map_raster_draw (&scene, &view);
}

/* White between black lines shows on any picture. */
static void
stroke (cairo_t *cr)
{
  cairo_set_line_width (cr, 4);
  cairo_set_source_rgba (cr, 0, 0, 0, 0.6);
  cairo_stroke_preserve (cr);
  cairo_set_line_width (cr, 2);
  cairo_set_source_rgba (cr, 1, 1, 1, 1);
  cairo_stroke (cr);
}

static gboolean
find_pixel (PhMapCanvas *self, int item, double *left, double *top)
{
  const PhMapView view = ph_map_canvas_get_view (self, 1);
  double x, y;

  if (item < 0 || !ph_map_points_get_place (self->points, (guint)item, &x, &y))
    return FALSE;
  ph_map_view_to_pixel (&view, x, y, left, top);
  return TRUE;
}

static void
draw_ring (PhMapCanvas *self, cairo_t *cr, int item)
{
  double left, top, half = self->side / 2.0 + 3;

  if (!find_pixel (self, item, &left, &top))
    return;
  if (self->near)
    cairo_rectangle (cr, round (left) - half, round (top) - half, 2 * half, 2 * half);
  else
    cairo_arc (cr, left, top, 8, 0, 2 * G_PI);
  stroke (cr);
}

static void
draw_line (PhMapCanvas *self, cairo_t *cr)
{
  const double *corners = (const double *)(gpointer)self->line->data;
  const GdkRGBA accent = find_colour (self, "accent_color");

  if (self->line->len < 4)
    return;
  for (guint i = 0; i < self->line->len; i += 2)
    cairo_line_to (cr, corners[i], corners[i + 1]);
  cairo_close_path (cr);
  cairo_set_source_rgba (cr, accent.red, accent.green, accent.blue, 0.15);
  cairo_fill_preserve (cr);
  gdk_cairo_set_source_rgba (cr, &accent);
  cairo_set_line_width (cr, 1.5);
  cairo_stroke (cr);
}

/* The item large, with what is known of it, on the side where there is room. */
static void
draw_card (PhMapCanvas *self, GtkSnapshot *snapshot, int item)
{
  const float width = (float)gtk_widget_get_width (GTK_WIDGET (self));
  const float height = (float)gtk_widget_get_height (GTK_WIDGET (self));
  const GdkRGBA back = find_colour (self, "popover_bg_color");
  const GdkRGBA fore = find_colour (self, "popover_fg_color");
  PhFrame *frame = NULL;
  g_autofree char *text = NULL;
  double left, top;
  int text_width = 0, text_height = 0;

  if (!find_pixel (self, item, &left, &top) || left < 0 || top < 0 || left > width || top > height)
    return;
  if (self->large != NULL)
    {
      frame = ph_item_pictures_get (self->large, (guint)item);
      if (frame == NULL)
        frame = ph_item_pictures_get (self->small, (guint)item);
    }
  text = self->describe != NULL ? self->describe ((guint)item, self->describe_data)
                                : g_strdup_printf ("%d", item);

  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  const float picture = self->large != NULL ? CARD_PICTURE : 0;
  GskRoundedRect outline;
  float x, y, w, h;

  if (picture > 0)
    pango_layout_set_width (layout, (int)picture * PANGO_SCALE);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_height (layout, -3); /* lines of a paragraph */
  pango_layout_get_pixel_size (layout, &text_width, &text_height);
  w = MAX (picture, (float)text_width) + 2 * CARD_PADDING;
  h = picture + (float)text_height + (picture > 0 ? 3 : 2) * CARD_PADDING;
  x = (float)left + CARD_AWAY;
  if (x + w > width)
    x = (float)left - CARD_AWAY - w;
  x = MAX (x, 0);
  y = CLAMP ((float)top - h / 2, 0, MAX (height - h, 0));

  gsk_rounded_rect_init_from_rect (&outline, &GRAPHENE_RECT_INIT (x, y, w, h), 9);
  gtk_snapshot_append_outset_shadow (snapshot, &outline, &(GdkRGBA){ 0, 0, 0, 0.35f }, 0, 1, 0, 6);
  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  gtk_snapshot_append_color (snapshot, &back, &outline.bounds);
  if (frame != NULL)
    {
      g_autoptr (GdkTexture) texture = ph_texture_new_for_frame (frame, 0);

      gtk_snapshot_append_texture (
          snapshot, texture,
          &GRAPHENE_RECT_INIT (x + CARD_PADDING, y + CARD_PADDING, picture, picture));
    }
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (
      snapshot,
      &GRAPHENE_POINT_INIT (x + CARD_PADDING, y + picture + (picture > 0 ? 2 : 1) * CARD_PADDING));
  gtk_snapshot_append_layout (snapshot, layout, &fore);
  gtk_snapshot_restore (snapshot);
  gtk_snapshot_pop (snapshot);
}

void
ph_map_canvas_draw (PhMapCanvas *self, GtkSnapshot *snapshot)
{
  const graphene_rect_t whole =
      GRAPHENE_RECT_INIT (0, 0, (float)gtk_widget_get_width (GTK_WIDGET (self)),
                          (float)gtk_widget_get_height (GTK_WIDGET (self)));

  if (self->points == NULL || whole.size.width < 1 || whole.size.height < 1)
    return;
  if (self->texture == NULL)
    draw_items (self);
  gtk_snapshot_append_texture (snapshot, self->texture, &whole);
  if (self->current >= 0 || self->hover >= 0 || self->line->len > 0)
    {
      cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &whole);

      draw_ring (self, cr, self->current);
      draw_ring (self, cr, self->hover);
      draw_line (self, cr);
      cairo_destroy (cr);
    }
  if (!self->dragging)
    draw_card (self, snapshot, self->hover >= 0 ? self->hover : self->current);
}
