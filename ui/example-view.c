#include "ui/example-view.h"

#include <math.h>

#include "ui/texture.h"

/* Of the field's larger side, what is shown around it. */
#define MARGIN 0.25

/* The smallest field that is still enlarged, in pixels of the picture. */
#define LEAST_FIELD 24.0

static const GdkRGBA dim = { 0, 0, 0, 0.6f };
static const GdkRGBA line = { 1, 1, 1, 0.7f };

struct _PhExampleView
{
  GtkWidget parent_instance;

  /* borrowed */
  const PhStripItem *item;

  /* owned */
  GdkTexture *picture, *heat;

  int size;
  gboolean whole, glow;
};

G_DEFINE_FINAL_TYPE (PhExampleView, ph_example_view, GTK_TYPE_WIDGET)

/* The activation as a translucent orange: nothing at 0, most at the largest. */
static GdkTexture *
make_heat (const PhStripItem *item)
{
  gsize n = (gsize)item->rows * item->columns;
  guint8 *pixels = g_malloc (4 * n);
  float most = 0;

  for (gsize i = 0; i < n; i++)
    most = MAX (most, fabsf (item->map[i]));
  for (gsize i = 0; i < n; i++)
    {
      float share = most > 0 ? CLAMP (item->map[i] / most, 0, 1) : 0;
      float alpha = 0.75f * share;

      pixels[4 * i] = (guint8)(255 * alpha);
      pixels[4 * i + 1] = (guint8)(140 * alpha);
      pixels[4 * i + 2] = 0;
      pixels[4 * i + 3] = (guint8)(255 * alpha);
    }

  g_autoptr (GBytes) bytes = g_bytes_new_take (pixels, 4 * n);

  return gdk_memory_texture_new ((int)item->columns, (int)item->rows,
                                 GDK_MEMORY_R8G8B8A8_PREMULTIPLIED, bytes, 4 * item->columns);
}

/* The square of the picture that fills the view. */
static graphene_rect_t
choose_part (PhExampleView *self)
{
  const PhStripItem *item = self->item;
  float wide = gdk_texture_get_width (self->picture), tall = gdk_texture_get_height (self->picture);
  float most = MIN (wide, tall);
  float side = most, x = (wide - most) / 2, y = (tall - most) / 2;

  if (item != NULL && !self->whole)
    {
      side =
          (float)MIN (most, MAX (MAX (item->height, item->width), LEAST_FIELD) * (1 + 2 * MARGIN));
      x = (float)CLAMP (item->left + item->width / 2 - side / 2, 0, wide - side);
      y = (float)CLAMP (item->top + item->height / 2 - side / 2, 0, tall - side);
    }
  return GRAPHENE_RECT_INIT (x, y, side, side);
}

/* Dims what lies outside the field and draws a line around it. */
static void
append_field (PhExampleView *self, GtkSnapshot *snapshot, float wide, float tall, float scale)
{
  const PhStripItem *item = self->item;
  float x0 = (float)item->left, y0 = (float)item->top;
  float x1 = x0 + (float)item->width, y1 = y0 + (float)item->height;
  GskRoundedRect outline;
  float thick[4];
  GdkRGBA colours[4] = { line, line, line, line };

  if (x0 <= 0 && y0 <= 0 && x1 >= wide && y1 >= tall)
    return;
  gtk_snapshot_append_color (snapshot, &dim, &GRAPHENE_RECT_INIT (0, 0, wide, y0));
  gtk_snapshot_append_color (snapshot, &dim, &GRAPHENE_RECT_INIT (0, y1, wide, tall - y1));
  gtk_snapshot_append_color (snapshot, &dim, &GRAPHENE_RECT_INIT (0, y0, x0, y1 - y0));
  gtk_snapshot_append_color (snapshot, &dim, &GRAPHENE_RECT_INIT (x1, y0, wide - x1, y1 - y0));
  for (int i = 0; i < 4; i++)
    thick[i] = 1 / scale;
  gsk_rounded_rect_init_from_rect (&outline, &GRAPHENE_RECT_INIT (x0, y0, x1 - x0, y1 - y0), 0);
  gtk_snapshot_append_border (snapshot, &outline, thick, colours);
}

static void
ph_example_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PhExampleView *self = PH_EXAMPLE_VIEW (widget);
  float side = MIN (gtk_widget_get_width (widget), gtk_widget_get_height (widget));
  graphene_rect_t view = GRAPHENE_RECT_INIT (0, 0, side, side);

  if (self->picture == NULL)
    {
      GdkRGBA colour;

      gtk_style_context_get_color (gtk_widget_get_style_context (widget), &colour);
      colour.alpha *= 0.1f;
      gtk_snapshot_append_color (snapshot, &colour, &view);
      return;
    }

  graphene_rect_t part = choose_part (self);
  float scale = side / part.size.width;
  float wide = gdk_texture_get_width (self->picture), tall = gdk_texture_get_height (self->picture);
  graphene_rect_t all = GRAPHENE_RECT_INIT (0, 0, wide, tall);

  gtk_snapshot_push_clip (snapshot, &view);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_scale (snapshot, scale, scale);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (-part.origin.x, -part.origin.y));
  gtk_snapshot_append_texture (snapshot, self->picture, &all);
  if (self->item != NULL)
    {
      if (self->glow && self->heat == NULL)
        self->heat = make_heat (self->item);
      if (self->glow)
        gtk_snapshot_append_texture (snapshot, self->heat, &all);
      append_field (self, snapshot, wide, tall, scale);
    }
  gtk_snapshot_restore (snapshot);
  gtk_snapshot_pop (snapshot);
}

static void
ph_example_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                         int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = PH_EXAMPLE_VIEW (widget)->size;
}

static void
ph_example_view_dispose (GObject *object)
{
  PhExampleView *self = PH_EXAMPLE_VIEW (object);

  g_clear_object (&self->picture);
  g_clear_object (&self->heat);
  G_OBJECT_CLASS (ph_example_view_parent_class)->dispose (object);
}

static void
ph_example_view_class_init (PhExampleViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ph_example_view_dispose;
  widget_class->snapshot = ph_example_view_snapshot;
  widget_class->measure = ph_example_view_measure;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
ph_example_view_init (PhExampleView *self)
{
}

/* Public */

GtkWidget *
ph_example_view_new (const PhStripItem *item, guint size)
{
  PhExampleView *self = g_object_new (PH_TYPE_EXAMPLE_VIEW, NULL);

  self->item = item;
  self->size = (int)size;
  gtk_widget_set_halign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
  if (item != NULL)
    self->picture = ph_texture_new_for_frame (item->picture, 0);
  return GTK_WIDGET (self);
}

void
ph_example_view_set_frame (PhExampleView *self, PhFrame *frame)
{
  g_return_if_fail (PH_IS_EXAMPLE_VIEW (self));

  g_clear_object (&self->picture);
  self->picture = ph_texture_new_for_frame (frame, 0);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
ph_example_view_set_look (PhExampleView *self, gboolean whole, gboolean glow)
{
  g_return_if_fail (PH_IS_EXAMPLE_VIEW (self));

  self->whole = whole;
  self->glow = glow;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
