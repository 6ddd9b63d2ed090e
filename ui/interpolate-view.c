#include "ui/interpolate-view.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/interpolate-job.h"
#include "ui/interpolate-save.h"
#include "ui/newest-job.h"
#include "ui/picture-pane.h"
#include "ui/plot.h"
#include "ui/texture.h"

/* From one end to the other, in seconds. */
#define PLAYING_TIME 4.0

#define N_CORNERS 4

struct _PhInterpolateView
{
  PhEmbeddingView parent_instance;

  /* borrowed: children of the template */
  GtkToggleButton *corner[N_CORNERS];
  PhPicturePane *pane[N_CORNERS];
  PhPicturePane *drawn;
  PhPicturePane *faded;
  GtkButton *play_button;
  GtkRange *position_scale;
  GtkDropDown *kind_drop;
  GtkSpinButton *steps_spin;
  GtkToggleButton *four_button;
  GtkPicture *sheet;
  GtkWidget *trait_box;
  GtkDropDown *trait_drop;
  GtkLabel *trait_label;
  PhPlot *plot;

  /* owned */
  PhEmbedding *embedding; /* nullable */
  PhDataset *dataset;     /* nullable: whose images are at the corners */
  PhQueue *queue;
  PhNewestJob *newest, *newest_at;
  PhInterpolated *path; /* nullable: the one that is shown */
  PhPlotSeries *series[2];
  char *paths[N_CORNERS];

  int items[N_CORNERS];
  guint chosen; /* the corner that the next image goes to */
  guint tick;   /* while it plays */
  gint64 last;  /* when the last step of playing was */
  gboolean backwards, trait_chosen, refreshing;
};

G_DEFINE_FINAL_TYPE (PhInterpolateView, ph_interpolate_view, PH_TYPE_EMBEDDING_VIEW)

static guint
count_corners (PhInterpolateView *self)
{
  return gtk_toggle_button_get_active (self->four_button) ? 4 : 2;
}

static void
ask (PhInterpolateView *self)
{
  PhInterpolateSpec *spec;

  if (self->newest == NULL)
    return;
  spec = g_new0 (PhInterpolateSpec, 1);
  spec->embedding = ph_embedding_ref (self->embedding);
  spec->n_corners = count_corners (self);
  for (guint i = 0; i < spec->n_corners; i++)
    {
      spec->items[i] = self->items[i];
      spec->paths[i] = g_strdup (self->paths[i]);
    }
  spec->kind = (PhPathKind)gtk_drop_down_get_selected (self->kind_drop);
  spec->steps = (guint)gtk_spin_button_get_value_as_int (self->steps_spin);
  ph_newest_job_ask (self->newest, spec);
}

static void
ask_at (PhInterpolateView *self)
{
  PhInterpolateAt *at;

  if (self->path == NULL || self->path->n_corners != 2)
    return;
  at = g_new0 (PhInterpolateAt, 1);
  at->embedding = ph_embedding_ref (self->embedding);
  at->interpolated = ph_interpolated_ref (self->path);
  at->position = gtk_range_get_value (self->position_scale);
  ph_newest_job_ask (self->newest_at, at);
}

/* What is measured along the path */

/* The one that changes most between the ends, as far as the probe can be believed. */
static guint
pick_trait (PhInterpolateView *self)
{
  const double *last = self->path->traits + (self->path->walk.columns - 1) * self->path->n_traits;
  double most = 0;
  guint best = 0;

  for (guint i = 0; i < self->path->n_traits; i++)
    {
      const PhTrait *trait = ph_embedding_get_trait (self->embedding, i);
      double change = fabs (last[i] - self->path->traits[i]) / (trait->high - trait->low) *
                      MAX (self->path->r2[i], 0);

      if (change > most)
        {
          most = change;
          best = i;
        }
    }
  return best;
}

static void
describe_trait (PhInterpolateView *self, guint trait, const double *drawn)
{
  double r2 = MAX (self->path->r2[trait], 0);
  double monotony = ph_curve_monotony (self->path->walk.columns, drawn);
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (
      text,
      _ ("A linear probe on the embeddings of the set reads it off each picture; it explains "
         "%.0f %% of what it has not learned from."),
      100 * r2);
  if (!isnan (monotony))
    {
      g_string_append_c (text, ' ');
      g_string_append_printf (
          text, _ ("Through the embedding, %.0f %% of all change goes one way."), 100 * monotony);
    }
  gtk_label_set_text (self->trait_label, text->str);
}

static void
show_trait (PhInterpolateView *self)
{
  const PhInterpolated *path = self->path;
  guint trait = gtk_drop_down_get_selected (self->trait_drop), n;

  gtk_widget_set_visible (self->trait_box, path != NULL && path->traits != NULL);
  for (guint side = 0; side < 2; side++)
    ph_plot_series_clear (self->series[side]);
  if (path == NULL || path->traits == NULL || trait >= path->n_traits)
    return;
  n = path->walk.columns;
  for (guint side = 0; side < 2; side++)
    {
      g_autofree double *x = g_new (double, n), *y = g_new (double, n);

      for (guint i = 0; i < n; i++)
        {
          x[i] = 100 * i / (n - 1.0);
          y[i] = path->traits[(side * n + i) * path->n_traits + trait];
        }
      ph_plot_series_append (self->series[side], x, y, n);
      if (side == 0)
        describe_trait (self, trait, y);
    }
}

static void
choose_trait (PhInterpolateView *self)
{
  if (self->path->traits != NULL && !self->trait_chosen)
    {
      self->refreshing = TRUE;
      gtk_drop_down_set_selected (self->trait_drop, pick_trait (self));
      self->refreshing = FALSE;
    }
  show_trait (self);
}

static void
fill_traits (PhInterpolateView *self)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  self->refreshing = TRUE;
  for (guint i = 0; i < ph_embedding_get_n_traits (self->embedding); i++)
    gtk_string_list_append (names, ph_embedding_get_trait (self->embedding, i)->name);
  gtk_drop_down_set_model (self->trait_drop, G_LIST_MODEL (names));
  self->trait_chosen = FALSE;
  self->refreshing = FALSE;
}

static void
on_trait (PhInterpolateView *self)
{
  if (self->refreshing)
    return;
  self->trait_chosen = TRUE;
  show_trait (self);
}

/* Results */

static void
show_frames (PhInterpolateView *self)
{
  gboolean two = self->path->n_corners == 2;

  for (guint i = 0; i < self->path->n_corners; i++)
    ph_picture_pane_show (self->pane[i], self->path->corner_frames[i]);
  gtk_widget_set_visible (GTK_WIDGET (self->sheet), two);
  ph_picture_pane_set_title (self->drawn, self->path->nearest ? _ ("Nearest image of the set")
                                                              : _ ("Through the embedding"));
  if (two)
    {
      g_autoptr (GdkTexture) texture = ph_texture_new_for_frame (self->path->sheet, 0);

      gtk_picture_set_paintable (self->sheet, GDK_PAINTABLE (texture));
      ask_at (self);
      return;
    }
  ph_picture_pane_show (self->drawn, self->path->sheet);
  ph_picture_pane_show (self->faded, self->path->faded_sheet);
  ph_picture_pane_show_fact (self->drawn, NULL);
}

static void
on_path (gpointer data, const GError *error, gpointer view)
{
  PhInterpolateView *self = view;

  if (data == NULL)
    {
      gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", error->message);
      return;
    }
  g_clear_pointer (&self->path, ph_interpolated_unref);
  self->path = ph_interpolated_ref (data);
  show_frames (self);
  choose_trait (self);
}

static void
on_at (gpointer data, const GError *error, gpointer view)
{
  PhInterpolateView *self = view;
  PhInterpolatedAt *at = data;
  double rate = ph_newest_job_get_rate (self->newest_at);
  g_autofree char *fact =
      self->tick != 0 && rate > 1 ? g_strdup_printf (_ ("%.0f pictures a second"), rate) : NULL;

  if (at == NULL || count_corners (self) != 2)
    return;
  ph_picture_pane_show (self->drawn, at->drawn);
  ph_picture_pane_show (self->faded, at->faded);
  ph_picture_pane_show_fact (self->drawn, fact);
}

/* Playing */

static void
show_playing (PhInterpolateView *self)
{
  gtk_button_set_icon_name (self->play_button, self->tick != 0 ? "media-playback-pause-symbolic"
                                                               : "media-playback-start-symbolic");
}

static void
rest (PhInterpolateView *self)
{
  if (self->tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
  self->tick = 0;
  show_playing (self);
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  PhInterpolateView *self = PH_INTERPOLATE_VIEW (widget);
  gint64 now = gdk_frame_clock_get_frame_time (clock);
  double passed = (double)(now - self->last) / G_USEC_PER_SEC / PLAYING_TIME;
  double position =
      gtk_range_get_value (self->position_scale) + (self->backwards ? -passed : passed);

  self->last = now;
  if (position >= 1 || position <= 0)
    self->backwards = position >= 1;
  gtk_range_set_value (self->position_scale, CLAMP (position, 0, 1));
  return G_SOURCE_CONTINUE;
}

static void
play (PhInterpolateView *self)
{
  if (self->tick != 0 || count_corners (self) != 2)
    {
      rest (self);
      return;
    }
  self->last = g_get_monotonic_time ();
  self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_tick, NULL, NULL);
  show_playing (self);
}

static void
on_position (PhInterpolateView *self)
{
  ph_plot_set_marker (self->plot, 100 * gtk_range_get_value (self->position_scale));
  ask_at (self);
}

/* Corners */

static void
mark_corner (PhInterpolateView *self, guint corner)
{
  self->chosen = corner;
  self->refreshing = TRUE;
  for (guint i = 0; i < N_CORNERS; i++)
    gtk_toggle_button_set_active (self->corner[i], i == corner);
  self->refreshing = FALSE;
}

static void
on_corner (GtkToggleButton *button, PhInterpolateView *self)
{
  for (guint i = 0; i < N_CORNERS && !self->refreshing; i++)
    if (self->corner[i] == button)
      mark_corner (self, i);
}

static void
set_corner (PhInterpolateView *self, guint corner, int item, const char *path)
{
  char *copy = g_strdup (path);

  g_free (self->paths[corner]);
  self->paths[corner] = copy;
  self->items[corner] = item;
  ask (self);
}

static void
on_four (PhInterpolateView *self)
{
  gboolean four = count_corners (self) == 4;

  rest (self);
  gtk_widget_set_visible (GTK_WIDGET (self->corner[2]), four);
  gtk_widget_set_visible (GTK_WIDGET (self->corner[3]), four);
  gtk_widget_set_sensitive (GTK_WIDGET (self->position_scale), !four);
  gtk_widget_set_sensitive (GTK_WIDGET (self->play_button), !four);
  if (!four && self->chosen > 1)
    mark_corner (self, 0);
  ask (self);
}

/* A picture that is dropped on a corner goes there. */
static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, PhInterpolateView *self)
{
  GtkWidget *button = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (target));
  GSList *files = g_value_get_boxed (value);

  if (files == NULL || g_file_peek_path (files->data) == NULL)
    return FALSE;
  for (guint i = 0; i < N_CORNERS; i++)
    if (GTK_WIDGET (self->corner[i]) == button)
      mark_corner (self, i);
  gtk_widget_activate_action (GTK_WIDGET (self), "page.open-image", "s",
                              g_file_peek_path (files->data));
  return TRUE;
}

/* PhEmbeddingView */

static void
forget (PhInterpolateView *self)
{
  rest (self);
  g_clear_pointer (&self->newest, ph_newest_job_free);
  g_clear_pointer (&self->newest_at, ph_newest_job_free);
  g_clear_pointer (&self->path, ph_interpolated_unref);
  g_clear_pointer (&self->embedding, ph_embedding_unref);
  g_clear_object (&self->queue);
}

static void
begin_corners (PhInterpolateView *self, PhDataset *dataset)
{
  const guint n = ph_dataset_get_n_items (dataset);

  g_clear_pointer (&self->dataset, ph_dataset_unref);
  self->dataset = ph_dataset_ref (dataset);
  for (guint i = 0; i < N_CORNERS; i++)
    {
      g_clear_pointer (&self->paths[i], g_free);
      /* Neighbours in a set may well be of one class. */
      self->items[i] = (int)((guint64)i * n / N_CORNERS + i) % (int)n;
    }
  mark_corner (self, 0);
}

static void
ph_interpolate_view_set_source (PhEmbeddingView *view, PhEmbedding *embedding, PhQueue *queue)
{
  PhInterpolateView *self = PH_INTERPOLATE_VIEW (view);

  forget (self);
  if (embedding == NULL || queue == NULL)
    {
      g_clear_pointer (&self->dataset, ph_dataset_unref);
      return;
    }
  self->embedding = ph_embedding_ref (embedding);
  self->queue = g_object_ref (queue);
  self->newest = ph_newest_job_new (queue, ph_interpolate_run, ph_interpolate_spec_free,
                                    ph_interpolated_unref, on_path, self);
  self->newest_at = ph_newest_job_new (queue, ph_interpolate_at_run, ph_interpolate_at_free,
                                       ph_interpolated_at_free, on_at, self);
  if (self->dataset != ph_embedding_get_dataset (embedding))
    begin_corners (self, ph_embedding_get_dataset (embedding));
  fill_traits (self);
  ask (self);
}

static void
ph_interpolate_view_look (PhEmbeddingView *view, const PhLooked *looked)
{
  PhInterpolateView *self = PH_INTERPOLATE_VIEW (view);
  guint corner = self->chosen;

  if (looked->item == self->items[corner] && g_strcmp0 (looked->path, self->paths[corner]) == 0)
    return;
  set_corner (self, corner, looked->item, looked->path);
  mark_corner (self, (corner + 1) % count_corners (self));
}

static void
ph_interpolate_view_leave (PhEmbeddingView *view)
{
  rest (PH_INTERPOLATE_VIEW (view));
}

static void
act_on_corner (PhInterpolateView *self, GVariant *parameter)
{
  guint corner, item;

  g_variant_get (parameter, "(uu)", &corner, &item);
  if (corner < N_CORNERS && self->dataset != NULL && item < ph_dataset_get_n_items (self->dataset))
    set_corner (self, corner, (int)item, NULL);
}

static void
set_path (PhInterpolateView *self, const char *name)
{
  for (guint i = 0; ph_path_names[i] != NULL; i++)
    if (g_str_equal (ph_path_names[i], name))
      gtk_drop_down_set_selected (self->kind_drop, i);
}

static void
ph_interpolate_view_act (PhEmbeddingView *view, const char *action, GVariant *parameter)
{
  PhInterpolateView *self = PH_INTERPOLATE_VIEW (view);
  const char *format, *path;

  if (g_str_equal (action, "pause"))
    play (self);
  else if (g_str_equal (action, "set-corner"))
    act_on_corner (self, parameter);
  else if (g_str_equal (action, "set-corners"))
    gtk_toggle_button_set_active (self->four_button, g_variant_get_uint32 (parameter) == 4);
  else if (g_str_equal (action, "set-path"))
    set_path (self, g_variant_get_string (parameter, NULL));
  else if (g_str_equal (action, "set-steps"))
    gtk_spin_button_set_value (self->steps_spin, g_variant_get_uint32 (parameter));
  else if (g_str_equal (action, "set-position"))
    gtk_range_set_value (self->position_scale, g_variant_get_double (parameter));
  else if (g_str_equal (action, "show-trait"))
    gtk_drop_down_set_selected (self->trait_drop, g_variant_get_uint32 (parameter));
  else if (g_str_equal (action, "export-path"))
    ph_interpolate_choose_file (view, g_variant_get_string (parameter, NULL));
  else if (g_str_equal (action, "save-path"))
    {
      g_variant_get (parameter, "(&s&s)", &format, &path);
      ph_interpolate_save (view, self->path, self->queue, format, path);
    }
}

/* Keys without a name of their own go to what is moved most; Space must reach the page. */
static gboolean
ph_interpolate_view_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (PH_INTERPOLATE_VIEW (widget)->position_scale));
}

/* GObject */

static void
ph_interpolate_view_dispose (GObject *object)
{
  PhInterpolateView *self = PH_INTERPOLATE_VIEW (object);

  if (self->plot != NULL)
    {
      forget (self);
      for (guint i = 0; i < N_CORNERS; i++)
        g_signal_handlers_disconnect_by_data (self->corner[i], self);
      g_signal_handlers_disconnect_by_data (self->trait_drop, self);
      g_signal_handlers_disconnect_by_data (self->kind_drop, self);
      adw_bin_set_child (ADW_BIN (self), NULL);
      gtk_widget_dispose_template (GTK_WIDGET (self), PH_TYPE_INTERPOLATE_VIEW);
    }
  g_clear_object (&self->series[0]);
  g_clear_object (&self->series[1]);
  g_clear_pointer (&self->dataset, ph_dataset_unref);
  for (guint i = 0; i < N_CORNERS; i++)
    g_clear_pointer (&self->paths[i], g_free);
  G_OBJECT_CLASS (ph_interpolate_view_parent_class)->dispose (object);
}

static void
ph_interpolate_view_class_init (PhInterpolateViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  PhEmbeddingViewClass *view_class = PH_EMBEDDING_VIEW_CLASS (klass);
  const char *const corners[] = { "corner_0", "corner_1", "corner_2", "corner_3" };
  const char *const panes[] = { "pane_0", "pane_1", "pane_2", "pane_3" };

  G_OBJECT_CLASS (klass)->dispose = ph_interpolate_view_dispose;
  widget_class->grab_focus = ph_interpolate_view_grab_focus;
  view_class->set_source = ph_interpolate_view_set_source;
  view_class->look = ph_interpolate_view_look;
  view_class->act = ph_interpolate_view_act;
  view_class->leave = ph_interpolate_view_leave;
  g_type_ensure (PH_TYPE_PICTURE_PANE);
  g_type_ensure (PH_TYPE_PLOT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/phosphene/Phosphene/interpolate-view.ui");
  for (guint i = 0; i < N_CORNERS; i++)
    {
      gtk_widget_class_bind_template_child_full (widget_class, corners[i], FALSE,
                                                 G_STRUCT_OFFSET (PhInterpolateView, corner) +
                                                     (gssize)(i * sizeof (gpointer)));
      gtk_widget_class_bind_template_child_full (widget_class, panes[i], FALSE,
                                                 G_STRUCT_OFFSET (PhInterpolateView, pane) +
                                                     (gssize)(i * sizeof (gpointer)));
    }
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, PhInterpolateView, name)
  BIND (drawn);
  BIND (faded);
  BIND (play_button);
  BIND (position_scale);
  BIND (kind_drop);
  BIND (steps_spin);
  BIND (four_button);
  BIND (sheet);
  BIND (trait_box);
  BIND (trait_drop);
  BIND (trait_label);
  BIND (plot);
#undef BIND
}

static void
ph_interpolate_view_init (PhInterpolateView *self)
{
  g_autoptr (GtkExpression) name =
      gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string");

  gtk_widget_init_template (GTK_WIDGET (self));
  g_assert (PH_IS_PICTURE_PANE (self->pane[N_CORNERS - 1]));
  g_assert (PH_IS_PLOT (self->plot));
  self->series[0] = ph_plot_series_new (_ ("Through the embedding"));
  self->series[1] = ph_plot_series_new (_ ("Laid over one another"));
  ph_plot_add_series (self->plot, self->series[0], "accent_color");
  ph_plot_add_series (self->plot, self->series[1], "warning_color");
  ph_plot_set_x_range (self->plot, 0, 100);
  ph_plot_set_x_title (self->plot, _ ("per cent of the way"));
  gtk_drop_down_set_expression (self->trait_drop, name);
  for (guint i = 0; i < N_CORNERS; i++)
    {
      GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

      g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
      gtk_widget_add_controller (GTK_WIDGET (self->corner[i]), GTK_EVENT_CONTROLLER (target));
      g_signal_connect (self->corner[i], "toggled", G_CALLBACK (on_corner), self);
    }
  g_signal_connect_swapped (self->trait_drop, "notify::selected", G_CALLBACK (on_trait), self);
  g_signal_connect_swapped (self->kind_drop, "notify::selected", G_CALLBACK (ask), self);
  g_signal_connect_swapped (self->steps_spin, "value-changed", G_CALLBACK (ask), self);
  g_signal_connect_swapped (self->four_button, "toggled", G_CALLBACK (on_four), self);
  g_signal_connect_swapped (self->position_scale, "value-changed", G_CALLBACK (on_position), self);
  on_four (self);
  mark_corner (self, 0);
}
