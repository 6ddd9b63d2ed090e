#include "ui/sweep-window.h"

#include <glib/gi18n.h>

#include "ui/composition-job.h"
#include "ui/texture.h"

/* Side of the pictures: enough to see what a setting does, little enough for nine of them. */
#define SIDE 128
/* How long nothing was typed before the pictures are drawn anew, in milliseconds. */
#define QUIET_TIME 600
#define MOST_PICTURES 100

typedef struct
{
  GtkDropDown *drop; /* borrowed */
  GtkEditable *entry;
  PhSweepAxis *axis; /* owned (nullable) */
} Axis;

struct _PhSweepWindow
{
  AdwWindow parent_instance;

  /* borrowed */
  GtkWidget *save_button;
  GtkLabel *problem;
  GtkScrolledWindow *scroller;
  GtkGrid *grid;

  /* owned */
  PhPage *page;
  char *objective;
  PhAscentSettings settings, adopted;
  GPtrArray *names; /* of settings and changes, as in the drops */
  GPtrArray *cells; /* PhSheetCell (nullable) */
  GPtrArray *jobs;  /* PhJob, one a cell */
  GPtrArray *buttons;
  GtkFileChooserNative *chooser;

  Axis axes[2];
  gboolean has_adopted, refreshing;
  guint redraw_source;
};

G_DEFINE_FINAL_TYPE (PhSweepWindow, ph_sweep_window, ADW_TYPE_WINDOW)

static guint adopted_signal;

/* The pictures */

typedef struct
{
  PhModel *model;
  char *objective;
  PhAscentSettings settings;
} Spec;

static void
spec_free (gpointer data)
{
  Spec *spec = data;

  g_object_unref (spec->model);
  g_free (spec->objective);
  ph_settings_clear (ph_ascent_settings, &spec->settings);
  g_free (spec);
}

static gpointer
draw (const PhMonitor *monitor, GCancellable *cancellable, gpointer data, GError **error)
{
  Spec *spec = data;
  g_autoptr (PhAscent) ascent = NULL;
  g_autoptr (PhAscentResult) result = NULL;

  ph_monitor_wait (monitor, cancellable);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  ascent = ph_ascent_new (spec->model, spec->objective, &spec->settings, error);
  result = ascent != NULL ? ph_ascent_run (ascent, monitor, cancellable, error) : NULL;
  return result != NULL ? ph_image_to_frame (result->image, result->n_steps, result->objective)
                        : NULL;
}

static GtkWidget *
get_child (GtkWidget *button, gboolean label)
{
  GtkWidget *box = gtk_button_get_child (GTK_BUTTON (button));

  return label ? gtk_widget_get_last_child (box) : gtk_widget_get_first_child (box);
}

static void
show_frame (GtkWidget *button, PhFrame *frame)
{
  g_autoptr (GdkTexture) texture = ph_texture_new_for_frame (frame, SIDE);

  gtk_picture_set_paintable (GTK_PICTURE (get_child (button, FALSE)), GDK_PAINTABLE (texture));
}

static void
on_frame (PhJob *job, GParamSpec *pspec, GtkWidget *button)
{
  PhFrame *frame = ph_job_get_frame (job);
  g_autofree char *text = NULL;

  if (frame == NULL)
    return;
  show_frame (button, frame);
  /* Translators: how many steps were made so far. */
  text = g_strdup_printf (_ ("step %u"), frame->step);
  gtk_label_set_text (GTK_LABEL (get_child (button, TRUE)), text);
}

static void
on_finished (PhJob *job, GtkWidget *button)
{
  GtkLabel *label = GTK_LABEL (get_child (button, TRUE));
  g_autofree char *text = NULL;

  if (ph_job_get_state (job) == PH_JOB_FAILED)
    {
      gtk_label_set_text (label, _ ("no picture"));
      gtk_widget_set_tooltip_text (button, ph_job_get_error (job)->message);
    }
  if (ph_job_get_state (job) != PH_JOB_DONE)
    return;

  PhFrame *frame = ph_job_get_result (job);

  show_frame (button, frame);
  /* Translators: value of the objective. */
  text = g_strdup_printf (_ ("objective %.4g"), frame->objective);
  gtk_label_set_text (label, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  text, -1);
}

static void
on_clicked (GtkWidget *button, PhSweepWindow *self)
{
  guint i;

  if (g_ptr_array_find (self->buttons, button, &i))
    ph_sweep_window_adopt (self, i);
}

static void
drop_pictures (PhSweepWindow *self)
{
  GtkWidget *child;

  for (guint i = 0; i < self->jobs->len; i++)
    {
      g_signal_handlers_disconnect_by_data (self->jobs->pdata[i], self->buttons->pdata[i]);
      ph_job_cancel (self->jobs->pdata[i]);
    }
  g_ptr_array_set_size (self->jobs, 0);
  g_ptr_array_set_size (self->buttons, 0);
  g_clear_pointer (&self->cells, g_ptr_array_unref);
  while (self->grid != NULL &&
         (child = gtk_widget_get_first_child (GTK_WIDGET (self->grid))) != NULL)
    gtk_grid_remove (self->grid, child);
}

static GtkWidget *
create_button (PhSweepWindow *self, const char *name)
{
  GtkWidget *button = gtk_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *picture = gtk_picture_new ();
  GtkWidget *label = gtk_label_new (_ ("waiting"));
  g_autofree char *tooltip = g_strdup_printf (_ ("Take these settings: %s"), name);

  gtk_widget_set_size_request (picture, SIDE, SIDE);
  gtk_widget_add_css_class (picture, "ph-waiting");
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "numeric");
  gtk_box_append (GTK_BOX (box), picture);
  gtk_box_append (GTK_BOX (box), label);
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, tooltip,
                                  -1);
  g_signal_connect (button, "clicked", G_CALLBACK (on_clicked), self);
  return button;
}

static void
add_picture (PhSweepWindow *self, guint i, guint columns)
{
  PhSheetCell *cell = self->cells->pdata[i];
  g_autofree char *x = ph_sweep_axis_dup_label (self->axes[0].axis, i % columns);
  g_autofree char *y = ph_sweep_axis_dup_label (self->axes[1].axis, i / columns);
  g_autofree char *name = g_strdup_printf ("%s, %s", x, y);
  GtkWidget *button = create_button (self, name);
  Spec *spec = g_new0 (Spec, 1);
  PhJob *job;

  spec->model = g_object_ref (ph_page_get_model (self->page));
  spec->objective = g_strdup (self->objective);
  ph_settings_copy (ph_ascent_settings, &spec->settings, &cell->settings);
  job = ph_job_new (name, draw, spec, spec_free, (GDestroyNotify)ph_frame_unref);
  ph_job_set_quiet (job, TRUE);
  g_signal_connect (job, "notify::frame", G_CALLBACK (on_frame), button);
  g_signal_connect (job, "finished", G_CALLBACK (on_finished), button);
  g_ptr_array_add (self->jobs, job);
  g_ptr_array_add (self->buttons, button);
  gtk_grid_attach (self->grid, button, 1 + (int)(i % columns), 1 + (int)(i / columns), 1, 1);
}

static void
add_label (PhSweepWindow *self, const char *text, int column, int row)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_widget_add_css_class (label, "caption-heading");
  gtk_grid_attach (self->grid, label, column, row, 1, 1);
}

/* What is in view comes first, from the top left on: of the jobs that wait, the one with the
 * highest rank is next. */
static void
rank_pictures (PhSweepWindow *self)
{
  PhQueue *queue = ph_page_get_queue (self->page);
  double height = gtk_widget_get_height (GTK_WIDGET (self->scroller));

  for (int pass = 0; pass < 2; pass++)
    for (guint i = self->jobs->len; i-- > 0;)
      {
        graphene_rect_t bounds;
        gboolean seen = gtk_widget_compute_bounds (self->buttons->pdata[i],
                                                   GTK_WIDGET (self->scroller), &bounds) &&
                        bounds.origin.y < height && bounds.origin.y + bounds.size.height > 0;

        if (seen == (pass == 1) && ph_job_get_state (self->jobs->pdata[i]) == PH_JOB_WAITING)
          ph_queue_set_rank (queue, self->jobs->pdata[i], ph_queue_next_rank (queue));
      }
}

static void
tell (PhSweepWindow *self, const char *problem)
{
  gtk_label_set_text (self->problem, problem != NULL ? problem : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), problem != NULL);
}

static gboolean
read_axes (PhSweepWindow *self, GError **error)
{
  for (guint i = 0; i < 2; i++)
    {
      Axis *axis = &self->axes[i];
      const char *name = self->names->pdata[gtk_drop_down_get_selected (axis->drop)];
      g_autofree char *text =
          g_strdup_printf ("%s = %s", name, gtk_editable_get_text (axis->entry));

      g_clear_pointer (&axis->axis, ph_sweep_axis_free);
      axis->axis = ph_sweep_axis_parse (text, error);
      if (axis->axis == NULL)
        return FALSE;
    }
  if (ph_sweep_axis_get_n (self->axes[0].axis) * ph_sweep_axis_get_n (self->axes[1].axis) <=
      MOST_PICTURES)
    return TRUE;
  g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
               _ ("More than %d pictures: take fewer values"), MOST_PICTURES);
  return FALSE;
}

static void
redraw (PhSweepWindow *self)
{
  g_autoptr (GError) error = NULL;
  PhAscentSettings settings;

  g_clear_handle_id (&self->redraw_source, g_source_remove);
  drop_pictures (self);
  if (read_axes (self, &error))
    {
      ph_settings_copy (ph_ascent_settings, &settings, &self->settings);
      settings.width = settings.height = SIDE;
      self->cells = ph_sweep_cells (ph_page_get_model (self->page), self->objective, &settings,
                                    self->axes[0].axis, self->axes[1].axis, &error);
      ph_settings_clear (ph_ascent_settings, &settings);
    }
  tell (self, error != NULL ? error->message : NULL);
  gtk_widget_set_sensitive (self->save_button, self->cells != NULL);
  if (self->cells == NULL)
    return;

  guint columns = ph_sweep_axis_get_n (self->axes[0].axis);

  for (guint i = 0; i < columns; i++)
    add_label (self, self->axes[0].axis->values[i], 1 + (int)i, 0);
  for (guint i = 0; i < ph_sweep_axis_get_n (self->axes[1].axis); i++)
    add_label (self, self->axes[1].axis->values[i], 0, 1 + (int)i);
  for (guint i = 0; i < self->cells->len; i++)
    add_picture (self, i, columns);
  /* The newest is made first. */
  for (guint i = self->jobs->len; i-- > 0;)
    ph_queue_add (ph_page_get_queue (self->page), self->jobs->pdata[i], PH_LANE_BACKGROUND);
}

static gboolean
on_quiet (gpointer data)
{
  PhSweepWindow *self = data;

  self->redraw_source = 0;
  redraw (self);
  return G_SOURCE_REMOVE;
}

static void
on_values (PhSweepWindow *self)
{
  if (self->refreshing)
    return;
  g_clear_handle_id (&self->redraw_source, g_source_remove);
  self->redraw_source = g_timeout_add (QUIET_TIME, on_quiet, self);
}

/* Another setting: values that suit it. */
static void
on_name (GtkDropDown *drop, GParamSpec *pspec, PhSweepWindow *self)
{
  Axis *axis = drop == self->axes[0].drop ? &self->axes[0] : &self->axes[1];
  const char *name = self->names->pdata[gtk_drop_down_get_selected (drop)];
  g_autoptr (PhSweepAxis) suggested = ph_sweep_axis_suggest (name, &self->settings);
  g_autofree char *values = g_strjoinv (" | ", suggested->values);

  if (self->refreshing)
    return;
  self->refreshing = TRUE;
  gtk_editable_set_text (axis->entry, values);
  self->refreshing = FALSE;
  redraw (self);
}

/* Saving */

static char *
dup_axis (PhSweepWindow *self, guint i)
{
  g_autofree char *values = g_strjoinv (" | ", self->axes[i].axis->values);

  return g_strdup_printf ("%s = %s", self->axes[i].axis->name, values);
}

static PhRecipe *
dup_recipe (PhSweepWindow *self)
{
  g_autofree char *x = dup_axis (self, 0);
  g_autofree char *y = dup_axis (self, 1);
  PhRecipe *recipe = ph_recipe_new_for_sweep (self->objective, &self->settings, x, y, SIDE);

  recipe->settings.width = recipe->settings.height = SIDE;
  return recipe;
}

PhJob *
ph_sweep_window_save (PhSweepWindow *self, const char *path)
{
  g_autofree char *name = g_filename_display_basename (path);
  g_autofree char *title = g_strdup_printf (_ ("Settings “%s”"), name);

  g_return_val_if_fail (PH_IS_SWEEP_WINDOW (self), NULL);

  return self->cells != NULL
             ? ph_composition_job_start (self->page, title, dup_recipe (self), NULL, path)
             : NULL;
}

static void
on_chosen (GtkNativeDialog *dialog, int response, PhSweepWindow *self)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

      if (g_file_peek_path (file) == NULL)
        tell (self, _ ("Pictures can be saved in local folders only"));
      else
        ph_sweep_window_save (self, g_file_peek_path (file));
    }
  g_clear_object (&self->chooser);
}

static void
on_save (PhSweepWindow *self)
{
  g_autoptr (PhRecipe) recipe = NULL;
  g_autofree char *name = NULL;

  if (self->cells == NULL || self->chooser != NULL)
    return;
  recipe = dup_recipe (self);
  name = ph_composition_suggest_name (ph_page_get_model (self->page), recipe);
  self->chooser =
      gtk_file_chooser_native_new (_ ("Save the grid"), GTK_WINDOW (self),
                                   GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), _ ("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), name);
  g_signal_connect (self->chooser, "response", G_CALLBACK (on_chosen), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* The window */

static GtkWidget *
create_header (PhSweepWindow *self)
{
  GtkWidget *header = adw_header_bar_new ();

  self->save_button = gtk_button_new_with_mnemonic (_ ("_Save…"));
  gtk_widget_set_tooltip_text (self->save_button,
                               _ ("Make these pictures on one sheet, with their recipe"));
  g_signal_connect_swapped (self->save_button, "clicked", G_CALLBACK (on_save), self);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), self->save_button);
  return header;
}

static GtkWidget *
create_axis (PhSweepWindow *self, guint i)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *arrow = gtk_label_new (i == 0 ? "→" : "↓");
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);
  const char *label = i == 0 ? _ ("Setting from left to right") : _ ("Setting downwards");

  for (guint j = 0; j < self->names->len; j++)
    {
      const PhSetting *setting = ph_settings_find (ph_ascent_settings, self->names->pdata[j]);

      gtk_string_list_append (list, setting != NULL ? _ (setting->title) : self->names->pdata[j]);
    }
  self->axes[i].drop = GTK_DROP_DOWN (gtk_drop_down_new (G_LIST_MODEL (g_object_ref (list)), NULL));
  self->axes[i].entry = GTK_EDITABLE (gtk_entry_new ());
  gtk_widget_set_hexpand (GTK_WIDGET (self->axes[i].entry), TRUE);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->axes[i].entry),
                               _ ("Values with | between them, or FROM .. TO / HOW MANY"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->axes[i].drop),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->axes[i].entry),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Its values"), -1);
  gtk_box_append (GTK_BOX (box), arrow);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->axes[i].drop));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->axes[i].entry));
  g_signal_connect (self->axes[i].drop, "notify::selected", G_CALLBACK (on_name), self);
  g_signal_connect_swapped (self->axes[i].entry, "changed", G_CALLBACK (on_values), self);
  return box;
}

static void
build (PhSweepWindow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *axes = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *explanation = gtk_label_new (
      _ ("The same unit from the same noise. Click a picture to take its settings."));

  gtk_window_set_title (GTK_WINDOW (self), _ ("Compare Settings"));
  gtk_window_set_default_size (GTK_WINDOW (self), 600, 580);
  adw_window_set_content (ADW_WINDOW (self), box);
  gtk_box_append (GTK_BOX (box), create_header (self));
  gtk_widget_set_margin_start (axes, 12);
  gtk_widget_set_margin_end (axes, 12);
  gtk_widget_set_margin_top (axes, 12);
  gtk_widget_set_margin_bottom (axes, 6);
  for (guint i = 0; i < 2; i++)
    gtk_box_append (GTK_BOX (axes), create_axis (self, i));
  gtk_label_set_wrap (GTK_LABEL (explanation), TRUE);
  gtk_label_set_xalign (GTK_LABEL (explanation), 0);
  gtk_widget_add_css_class (explanation, "dim-label");
  gtk_widget_add_css_class (explanation, "caption");
  gtk_box_append (GTK_BOX (axes), explanation);
  self->problem = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->problem, TRUE);
  gtk_label_set_xalign (self->problem, 0);
  gtk_widget_add_css_class (GTK_WIDGET (self->problem), "error");
  gtk_box_append (GTK_BOX (axes), GTK_WIDGET (self->problem));
  gtk_box_append (GTK_BOX (box), axes);
  self->scroller = GTK_SCROLLED_WINDOW (gtk_scrolled_window_new ());
  gtk_widget_set_vexpand (GTK_WIDGET (self->scroller), TRUE);
  self->grid = GTK_GRID (gtk_grid_new ());
  gtk_grid_set_row_spacing (self->grid, 6);
  gtk_grid_set_column_spacing (self->grid, 6);
  gtk_widget_set_halign (GTK_WIDGET (self->grid), GTK_ALIGN_CENTER);
  gtk_widget_set_margin_start (GTK_WIDGET (self->grid), 12);
  gtk_widget_set_margin_end (GTK_WIDGET (self->grid), 12);
  gtk_widget_set_margin_bottom (GTK_WIDGET (self->grid), 12);
  gtk_scrolled_window_set_child (self->scroller, GTK_WIDGET (self->grid));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->scroller));
  g_signal_connect_object (gtk_scrolled_window_get_vadjustment (self->scroller), "value-changed",
                           G_CALLBACK (rank_pictures), self, G_CONNECT_SWAPPED);
}

static void
ph_sweep_window_dispose (GObject *object)
{
  PhSweepWindow *self = PH_SWEEP_WINDOW (object);

  g_clear_handle_id (&self->redraw_source, g_source_remove);
  if (self->chooser != NULL)
    g_signal_handlers_disconnect_by_data (self->chooser, self);
  g_clear_object (&self->chooser);
  if (self->grid != NULL)
    drop_pictures (self);
  self->grid = NULL;
  g_clear_object (&self->page);
  G_OBJECT_CLASS (ph_sweep_window_parent_class)->dispose (object);
}

static void
ph_sweep_window_finalize (GObject *object)
{
  PhSweepWindow *self = PH_SWEEP_WINDOW (object);

  g_free (self->objective);
  for (guint i = 0; i < 2; i++)
    ph_sweep_axis_free (self->axes[i].axis);
  ph_settings_clear (ph_ascent_settings, &self->settings);
  ph_settings_clear (ph_ascent_settings, &self->adopted);
  g_ptr_array_unref (self->names);
  g_ptr_array_unref (self->jobs);
  g_ptr_array_unref (self->buttons);
  G_OBJECT_CLASS (ph_sweep_window_parent_class)->finalize (object);
}

static void
ph_sweep_window_class_init (PhSweepWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = ph_sweep_window_dispose;
  object_class->finalize = ph_sweep_window_finalize;
  adopted_signal = g_signal_new ("adopted", PH_TYPE_SWEEP_WINDOW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape, 0, "window.close",
                                       NULL);
}

/* Sizes are left out: all pictures of the grid have one. */
static void
ph_sweep_window_init (PhSweepWindow *self)
{
  self->names = g_ptr_array_new ();
  self->jobs = g_ptr_array_new_with_free_func (g_object_unref);
  self->buttons = g_ptr_array_new ();
  for (const PhSetting *s = ph_ascent_settings; s->name != NULL; s++)
    if (!g_str_equal (s->name, "width") && !g_str_equal (s->name, "height"))
      g_ptr_array_add (self->names, (gpointer)s->name);
  for (const PhTransformClass *const *c = ph_transform_classes (); *c != NULL; c++)
    g_ptr_array_add (self->names, (gpointer)(*c)->name);
}

/* Public */

void
ph_sweep_window_set_axis (PhSweepWindow *self, guint which, const char *text)
{
  g_return_if_fail (PH_IS_SWEEP_WINDOW (self) && which < 2);

  g_autoptr (PhSweepAxis) axis = ph_sweep_axis_parse (text, NULL);

  g_return_if_fail (axis != NULL);

  g_autofree char *values = g_strjoinv (" | ", axis->values);

  self->refreshing = TRUE;
  for (guint i = 0; i < self->names->len; i++)
    if (g_str_equal (self->names->pdata[i], axis->name))
      gtk_drop_down_set_selected (self->axes[which].drop, i);
  gtk_editable_set_text (self->axes[which].entry, values);
  self->refreshing = FALSE;
  redraw (self);
}

void
ph_sweep_window_take_recipe (PhSweepWindow *self, const PhRecipe *recipe)
{
  g_autofree char *one = NULL;

  g_return_if_fail (PH_IS_SWEEP_WINDOW (self));
  g_return_if_fail (recipe->kind == PH_RECIPE_SWEEP);

  /* A single row is one value of something else. */
  one = g_str_has_prefix (recipe->x, "seed") ? g_strdup_printf ("steps = %d", self->settings.steps)
                                             : g_strdup_printf ("seed = %d", self->settings.seed);
  ph_sweep_window_set_axis (self, 1, recipe->y[0] != '\0' ? recipe->y : one);
  ph_sweep_window_set_axis (self, 0, recipe->x);
}

guint
ph_sweep_window_get_n_pictures (PhSweepWindow *self)
{
  g_return_val_if_fail (PH_IS_SWEEP_WINDOW (self), 0);

  return self->jobs->len;
}

void
ph_sweep_window_adopt (PhSweepWindow *self, guint i)
{
  g_return_if_fail (PH_IS_SWEEP_WINDOW (self) && i < self->jobs->len);

  const PhSheetCell *cell = self->cells->pdata[i];

  ph_settings_clear (ph_ascent_settings, &self->adopted);
  ph_settings_copy (ph_ascent_settings, &self->adopted, &cell->settings);
  self->adopted.width = self->settings.width;
  self->adopted.height = self->settings.height;
  self->has_adopted = TRUE;
  g_signal_emit (self, adopted_signal, 0);
  gtk_window_close (GTK_WINDOW (self));
}

const PhAscentSettings *
ph_sweep_window_get_adopted (PhSweepWindow *self)
{
  g_return_val_if_fail (PH_IS_SWEEP_WINDOW (self), NULL);

  return self->has_adopted ? &self->adopted : NULL;
}

GtkWidget *
ph_sweep_window_new (PhPage *page, const char *objective, const PhAscentSettings *settings)
{
  g_return_val_if_fail (PH_IS_PAGE (page), NULL);

  PhSweepWindow *self = g_object_new (PH_TYPE_SWEEP_WINDOW, NULL);

  self->page = g_object_ref (page);
  self->objective = g_strdup (objective);
  ph_settings_copy (ph_ascent_settings, &self->settings, settings);
  ph_settings_init (ph_ascent_settings, &self->adopted);
  self->refreshing = TRUE;
  build (self);
  self->refreshing = FALSE;
  ph_sweep_window_set_axis (self, 1, "jitter = none | 2% | 10%");
  ph_sweep_window_set_axis (self, 0, "learning-rate = 0.0125 | 0.05 | 0.2");
  return GTK_WIDGET (self);
}
