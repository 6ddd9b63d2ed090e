#include "ui/unit-film.h"

#include <glib/gi18n.h>

#include "ui/texture.h"

#define SIDE 104 /* of the large picture, in pixels */
#define CELL 36  /* of one in the strip */
#define GAP 2
#define SPACE 10 /* between picture and strip */
#define LEAST_CELLS 4

typedef struct
{
  guint epoch;
  GdkTexture *texture; /* owned */
} Picture;

struct _PhUnitFilm
{
  GtkWidget parent_instance;

  /* owned */
  char *title;
  GArray *pictures;

  gboolean following;
  guint shown; /* index of a picture */
};

G_DEFINE_FINAL_TYPE (PhUnitFilm, ph_unit_film, GTK_TYPE_WIDGET)

static guint scrubbed_signal;

static void
clear_picture (gpointer data)
{
  g_clear_object (&((Picture *)data)->texture);
}

static const Picture *
get_picture (PhUnitFilm *self, guint i)
{
  return &g_array_index (self->pictures, Picture, i);
}

static void
update_description (PhUnitFilm *self)
{
  g_autofree char *caption = ph_unit_film_dup_caption (self);
  /* Translators: number of pictures, then which one is shown. */
  g_autofree char *text = g_strdup_printf (
      ngettext ("%u picture, shown: %s", "%u pictures, shown: %s", self->pictures->len),
      self->pictures->len, caption);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, caption, -1);
}

static void
set_shown (PhUnitFilm *self, guint i)
{
  self->shown = i;
  update_description (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* Geometry: where there is less room than pictures, some of them stand for all. */

static double
get_strip_left (PhUnitFilm *self)
{
  return SIDE + SPACE;
}

static guint
get_n_cells (PhUnitFilm *self)
{
  double room = gtk_widget_get_width (GTK_WIDGET (self)) - get_strip_left (self);
  int most = (int)((room + GAP) / (CELL + GAP));

  return MIN (self->pictures->len, (guint)MAX (most, 1));
}

static guint
get_cell_picture (PhUnitFilm *self, guint cell, guint n_cells)
{
  return n_cells < 2 ? self->pictures->len - 1
                     : (cell * (self->pictures->len - 1) + (n_cells - 1) / 2) / (n_cells - 1);
}

/* The cell that stands for the picture that is shown. */
static guint
find_cell (PhUnitFilm *self, guint n_cells)
{
  guint cell = 0;

  while (cell + 1 < n_cells && get_cell_picture (self, cell + 1, n_cells) <= self->shown)
    cell++;
  return cell;
}

static void
draw_text (PhUnitFilm *self, GtkSnapshot *snapshot, const char *text, double x, double y,
           double width, gboolean small)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  PangoAttrList *attrs = pango_attr_list_new ();
  GdkRGBA colour;

  if (small)
    pango_attr_list_insert (attrs, pango_attr_scale_new (PANGO_SCALE_SMALL));
  else
    pango_attr_list_insert (attrs, pango_attr_weight_new (PANGO_WEIGHT_BOLD));
  pango_attr_list_insert (attrs, pango_attr_font_features_new ("tnum"));
  pango_layout_set_attributes (layout, attrs);
  pango_attr_list_unref (attrs);
  pango_layout_set_width (layout, (int)MAX (width, 1) * PANGO_SCALE);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (self)), &colour);
  if (small)
    colour.alpha *= 0.75f;
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float)x, (float)y));
  gtk_snapshot_append_layout (snapshot, layout, &colour);
  gtk_snapshot_restore (snapshot);
}

static void
append_border (PhUnitFilm *self, GtkSnapshot *snapshot, const graphene_rect_t *rect)
{
  GtkStyleContext *context = gtk_widget_get_style_context (GTK_WIDGET (self));
  GskRoundedRect outline;
  GdkRGBA colour;

  if (!gtk_style_context_lookup_color (context, "accent_color", &colour))
    gtk_style_context_get_color (context, &colour);
  gsk_rounded_rect_init_from_rect (&outline, rect, 0);
  gtk_snapshot_append_border (snapshot, &outline, (float[]){ 3, 3, 3, 3 },
                              (GdkRGBA[]){ colour, colour, colour, colour });
}

static void
draw_strip (PhUnitFilm *self, GtkSnapshot *snapshot)
{
  guint n = get_n_cells (self), marked = find_cell (self, n);

  for (guint i = 0; i < n; i++)
    {
      graphene_rect_t rect = GRAPHENE_RECT_INIT ((float)(get_strip_left (self) + i * (CELL + GAP)),
                                                 SIDE - CELL, CELL, CELL);

      gtk_snapshot_append_texture (
          snapshot, get_picture (self, get_cell_picture (self, i, n))->texture, &rect);
      if (i == marked)
        append_border (self, snapshot, &rect);
    }
}

static void
ph_unit_film_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PhUnitFilm *self = PH_UNIT_FILM (widget);
  graphene_rect_t large = GRAPHENE_RECT_INIT (0, 0, SIDE, SIDE);
  double left = get_strip_left (self), width = gtk_widget_get_width (widget) - left;
  g_autofree char *caption = ph_unit_film_dup_caption (self);

  draw_text (self, snapshot, self->title, left, 4, width, FALSE);
  draw_text (self, snapshot, caption, left, 28, width, TRUE);
  if (self->pictures->len > 0)
    {
      gtk_snapshot_append_texture (snapshot, get_picture (self, self->shown)->texture, &large);
      draw_strip (self, snapshot);
      return;
    }

  GdkRGBA colour;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &colour);
  colour.alpha *= 0.08f;
  gtk_snapshot_append_color (snapshot, &colour, &large);
}

static void
ph_unit_film_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                      int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural =
      orientation == GTK_ORIENTATION_HORIZONTAL ? SIDE + SPACE + LEAST_CELLS * (CELL + GAP) : SIDE;
}

/* Pointer and keys */

static void
scrub (PhUnitFilm *self, guint i)
{
  if (self->pictures->len == 0)
    return;
  i = MIN (i, self->pictures->len - 1);
  /* At the end it follows again. */
  self->following = i + 1 == self->pictures->len;
  set_shown (self, i);
  g_signal_emit (self, scrubbed_signal, 0, get_picture (self, i)->epoch);
}

static void
scrub_to (PhUnitFilm *self, double x)
{
  guint n = get_n_cells (self);
  double cell = (x - get_strip_left (self)) / (CELL + GAP);

  if (n == 0 || x < SIDE)
    return;
  scrub (self, get_cell_picture (self, (guint)CLAMP (cell, 0, n - 1), n));
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, PhUnitFilm *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  scrub_to (self, x);
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, PhUnitFilm *self)
{
  double x, y;

  gtk_gesture_drag_get_start_point (gesture, &x, &y);
  scrub_to (self, x + dx);
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
        PhUnitFilm *self)
{
  guint last = self->pictures->len > 0 ? self->pictures->len - 1 : 0;

  if (self->pictures->len == 0 || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0)
    return GDK_EVENT_PROPAGATE;
  switch (key)
    {
    case GDK_KEY_Left:
      scrub (self, self->shown > 0 ? self->shown - 1 : 0);
      return GDK_EVENT_STOP;
    case GDK_KEY_Right:
      scrub (self, MIN (self->shown + 1, last));
      return GDK_EVENT_STOP;
    case GDK_KEY_Home:
      scrub (self, 0);
      return GDK_EVENT_STOP;
    case GDK_KEY_End:
      scrub (self, last);
      return GDK_EVENT_STOP;
    default:
      return GDK_EVENT_PROPAGATE;
    }
}

/* GObject */

static void
ph_unit_film_finalize (GObject *object)
{
  PhUnitFilm *self = PH_UNIT_FILM (object);

  g_array_unref (self->pictures);
  g_free (self->title);
  G_OBJECT_CLASS (ph_unit_film_parent_class)->finalize (object);
}

static void
ph_unit_film_class_init (PhUnitFilmClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ph_unit_film_finalize;
  widget_class->snapshot = ph_unit_film_snapshot;
  widget_class->measure = ph_unit_film_measure;
  gtk_widget_class_set_css_name (widget_class, "unitfilm");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  scrubbed_signal = g_signal_new ("scrubbed", PH_TYPE_UNIT_FILM, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
ph_unit_film_init (PhUnitFilm *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkGesture *drag = gtk_gesture_drag_new ();

  self->pictures = g_array_new (FALSE, FALSE, sizeof (Picture));
  g_array_set_clear_func (self->pictures, clear_picture);
  self->following = TRUE;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
}

/* Public */

GtkWidget *
ph_unit_film_new (const char *title)
{
  PhUnitFilm *self = g_object_new (PH_TYPE_UNIT_FILM, NULL);

  self->title = g_strdup (title);
  /* Translators: name of a unit. */
  g_autofree char *label = g_strdup_printf (_ ("Pictures of %s while it learns"), title);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  update_description (self);
  return GTK_WIDGET (self);
}

void
ph_unit_film_add (PhUnitFilm *self, guint epoch, PhFrame *frame)
{
  g_return_if_fail (PH_IS_UNIT_FILM (self));
  g_return_if_fail (frame != NULL);

  Picture picture = { epoch, ph_texture_new_for_frame (frame, 0) };
  guint i = self->pictures->len;

  while (i > 0 && get_picture (self, i - 1)->epoch > epoch)
    i--;
  if (i > 0 && get_picture (self, i - 1)->epoch == epoch)
    g_array_remove_index (self->pictures, --i);
  g_array_insert_val (self->pictures, i, picture);
  if (self->following)
    self->shown = self->pictures->len - 1;
  set_shown (self, MIN (self->shown, self->pictures->len - 1));
}

guint
ph_unit_film_get_n_pictures (PhUnitFilm *self)
{
  g_return_val_if_fail (PH_IS_UNIT_FILM (self), 0);

  return self->pictures->len;
}

void
ph_unit_film_show_epoch (PhUnitFilm *self, guint epoch)
{
  g_return_if_fail (PH_IS_UNIT_FILM (self));

  guint i = 0;

  if (self->pictures->len == 0)
    return;
  while (i + 1 < self->pictures->len && get_picture (self, i + 1)->epoch <= epoch)
    i++;
  self->following = i + 1 == self->pictures->len;
  set_shown (self, i);
}

void
ph_unit_film_follow (PhUnitFilm *self)
{
  g_return_if_fail (PH_IS_UNIT_FILM (self));

  self->following = TRUE;
  if (self->pictures->len > 0)
    set_shown (self, self->pictures->len - 1);
}

int
ph_unit_film_get_epoch (PhUnitFilm *self)
{
  g_return_val_if_fail (PH_IS_UNIT_FILM (self), -1);

  return self->pictures->len > 0 ? (int)get_picture (self, self->shown)->epoch : -1;
}

char *
ph_unit_film_dup_caption (PhUnitFilm *self)
{
  int epoch = ph_unit_film_get_epoch (self);

  if (epoch < 0)
    return g_strdup (_ ("no picture yet"));
  return epoch == 0 ? g_strdup (_ ("before training"))
                    : g_strdup_printf (_ ("after epoch %d"), epoch);
}
