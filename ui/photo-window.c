#include "ui/photo-window.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/frame-history.h"
#include "ui/image-view.h"
#include "ui/setting-rows.h"
#include "ui/texture.h"

#define MOST_FRAMES 200
#define MOST_BYTES ((gsize)96 * 1024 * 1024)
/* How long the settings were left alone before a new run begins, in milliseconds. */
#define QUIET_TIME 400

struct _PhPhotoWindow
{
  AdwWindow parent_instance;

  /* borrowed */
  GtkStack *stack;
  AdwStatusPage *failed;
  PhImageView *view;
  GtkRange *slider;
  GtkLabel *slider_label;
  GtkLabel *status;
  GtkDropDown *mode;
  GtkWidget *save_button, *stop_button, *slider_box;
  PhSettingRows *rows[2]; /* by mode */

  /* owned */
  PhPage *page;
  char *objective, *path;
  PhJob *job; /* the current run */
  PhFrameHistory *history;
  PhFrame *shown;
  PhJob *shown_job; /* which made it */
  GtkFileChooserNative *chooser;

  guint restart_source;
  gboolean following, refreshing;
};

G_DEFINE_FINAL_TYPE (PhPhotoWindow, ph_photo_window, ADW_TYPE_WINDOW)

/* The run */

static PhPhotoMode
get_mode (PhPhotoWindow *self)
{
  return gtk_drop_down_get_selected (self->mode) == 0 ? PH_PHOTO_ACCENTUATE : PH_PHOTO_DREAM;
}

static void
tell (PhPhotoWindow *self, const char *text, gboolean problem)
{
  gtk_label_set_text (self->status, text);
  if (problem)
    gtk_widget_add_css_class (GTK_WIDGET (self->status), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->status), "error");
}

static void
show_frame (PhPhotoWindow *self, PhFrame *frame)
{
  g_autoptr (GdkTexture) texture = ph_texture_new_for_frame (frame, 0);

  ph_frame_ref (frame);
  g_clear_pointer (&self->shown, ph_frame_unref);
  self->shown = frame;
  g_set_object (&self->shown_job, self->job);
  ph_image_view_set_texture (self->view, texture);
  gtk_stack_set_visible_child_name (self->stack, "ready");
  gtk_widget_set_sensitive (self->save_button, TRUE);
  gtk_widget_set_sensitive (self->slider_box, TRUE);
  if (get_mode (self) == PH_PHOTO_ACCENTUATE)
    {
      const PhAccentuationSettings *settings =
          ph_setting_rows_get_values (self->rows[PH_PHOTO_ACCENTUATE]);
      g_autofree char *text =
          g_strdup_printf ("%.2f", settings->strength * frame->step / settings->steps);

      self->refreshing = TRUE;
      gtk_range_set_range (self->slider, 0, settings->steps);
      gtk_range_set_value (self->slider, frame->step);
      self->refreshing = FALSE;
      gtk_label_set_text (self->slider_label, text);
    }
}

/* Every strength that was passed is kept to be looked at again. */
static void
take_frame (PhPhotoWindow *self, PhFrame *frame)
{
  if (ph_frame_history_get_n_frames (self->history) == 0)
    {
      g_autoptr (GdkTexture) before = ph_texture_new_for_frame (frame, 0);

      ph_image_view_set_before (self->view, before);
    }
  ph_frame_history_add (self->history, frame);
  if (self->following)
    show_frame (self, frame);
}

static void
on_frame (PhJob *job, GParamSpec *pspec, PhPhotoWindow *self)
{
  PhPhotoSpec *spec = ph_job_get_spec (job);
  PhFrame *frame = ph_job_get_frame (job);

  if (frame == NULL)
    return;
  if (ph_frame_history_get_n_frames (self->history) == 0 && spec->before != NULL)
    take_frame (self, spec->before);
  if (frame->step > 0)
    take_frame (self, frame);
}

static void
on_progress (PhJob *job, GParamSpec *pspec, PhPhotoWindow *self)
{
  g_autofree char *text =
      g_strdup_printf (_ ("%.0f %% done"), 100 * MAX (0, ph_job_get_progress (job)));

  tell (self, text, FALSE);
}

/* In the place of the picture, unless there is one. */
static void
show_failed (PhPhotoWindow *self, const char *message)
{
  g_autofree char *escaped = g_markup_escape_text (message, -1);

  if (ph_frame_history_get_n_frames (self->history) > 0)
    {
      tell (self, message, TRUE);
      return;
    }
  tell (self, "", FALSE);
  adw_status_page_set_description (self->failed, escaped);
  gtk_stack_set_visible_child_name (self->stack, "failed");
}

static void
on_finished (PhJob *job, PhPhotoWindow *self)
{
  gtk_widget_set_sensitive (self->stop_button, FALSE);
  if (ph_job_get_state (job) == PH_JOB_FAILED)
    show_failed (self, ph_job_get_error (job)->message);
  if (ph_job_get_state (job) != PH_JOB_DONE)
    return;

  PhFrame *frame = ph_job_get_result (job);
  g_autofree char *text = NULL;

  /* The frames of a dream are of its octaves, the result is the photograph's size. */
  take_frame (self, frame);
  text = isfinite (frame->objective)
             ? g_strdup_printf (_ ("objective %.4g"), frame->objective)
             : g_strdup_printf (_ ("%u × %u pixels"), frame->width, frame->height);
  tell (self, text, FALSE);
}

static void
drop_job (PhPhotoWindow *self)
{
  g_clear_handle_id (&self->restart_source, g_source_remove);
  if (self->job == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->job, self);
  ph_job_cancel (self->job);
  g_clear_object (&self->job);
}

static void
start (PhPhotoWindow *self)
{
  drop_job (self);
  if (self->path == NULL)
    return;

  PhPhotoSpec *spec = g_new0 (PhPhotoSpec, 1);

  spec->mode = get_mode (self);
  spec->model = g_object_ref (ph_page_get_model (self->page));
  spec->objective = g_strdup (self->objective);
  spec->path = g_strdup (self->path);
  ph_settings_copy (ph_accentuation_settings, &spec->accentuation,
                    ph_setting_rows_get_values (self->rows[PH_PHOTO_ACCENTUATE]));
  ph_settings_copy (ph_dream_settings, &spec->dream,
                    ph_setting_rows_get_values (self->rows[PH_PHOTO_DREAM]));
  ph_frame_history_clear (self->history);
  self->following = TRUE;
  self->job = ph_job_new (_ ("In a photo"), ph_photo_run, spec, ph_photo_spec_free,
                          (GDestroyNotify)ph_frame_unref);
  ph_job_set_quiet (self->job, TRUE);
  g_signal_connect (self->job, "notify::frame", G_CALLBACK (on_frame), self);
  g_signal_connect (self->job, "notify::progress", G_CALLBACK (on_progress), self);
  g_signal_connect (self->job, "finished", G_CALLBACK (on_finished), self);
  gtk_widget_set_sensitive (self->stop_button, TRUE);
  /* A picture stays until the first of the next run is there. */
  if (self->shown == NULL)
    gtk_stack_set_visible_child_name (self->stack, "loading");
  tell (self, _ ("Reading the photo…"), FALSE);
  ph_queue_add (ph_page_get_queue (self->page), self->job, PH_LANE_COMPUTE);
}

static gboolean
on_quiet (gpointer data)
{
  PhPhotoWindow *self = data;

  self->restart_source = 0;
  start (self);
  return G_SOURCE_REMOVE;
}

static void
start_soon (PhPhotoWindow *self)
{
  g_clear_handle_id (&self->restart_source, g_source_remove);
  self->restart_source = g_timeout_add (QUIET_TIME, on_quiet, self);
}

static void
on_mode (PhPhotoWindow *self)
{
  gboolean dreams = get_mode (self) == PH_PHOTO_DREAM;

  gtk_widget_set_visible (GTK_WIDGET (self->rows[PH_PHOTO_ACCENTUATE]), !dreams);
  gtk_widget_set_visible (GTK_WIDGET (self->rows[PH_PHOTO_DREAM]), dreams);
  gtk_widget_set_visible (self->slider_box, !dreams);
  start (self);
}

static void
on_slider (PhPhotoWindow *self)
{
  int i = ph_frame_history_find (self->history, gtk_range_get_value (self->slider));

  if (self->refreshing || i < 0)
    return;
  self->following = (guint)i + 1 == ph_frame_history_get_n_frames (self->history);
  show_frame (self, ph_frame_history_get (self->history, (guint)i));
}

static void
on_stop (PhPhotoWindow *self)
{
  if (self->job != NULL)
    ph_job_stop (self->job);
}

static void
on_compare (GtkToggleButton *button, PhPhotoWindow *self)
{
  ph_image_view_set_compare (self->view, gtk_toggle_button_get_active (button) ? PH_COMPARE_SPLIT
                                                                               : PH_COMPARE_OFF);
}

/* Files */

typedef struct
{
  PhFrame *frame;
  PhJob *made_by; /* nullable: nothing makes the picture again */
  char *path;
} SaveSpec;

static void
save_spec_free (gpointer data)
{
  SaveSpec *spec = data;

  ph_frame_unref (spec->frame);
  g_clear_object (&spec->made_by);
  g_free (spec->path);
  g_free (spec);
}

static gpointer
save (const PhMonitor *monitor, GCancellable *cancellable, gpointer data, GError **error)
{
  SaveSpec *spec = data;
  g_autofree char *recipe =
      spec->made_by != NULL
          ? ph_photo_spec_dup_recipe (ph_job_get_spec (spec->made_by), spec->frame->step)
          : NULL;

  return ph_png_save_frame (spec->path, spec->frame, recipe, error) ? g_strdup (spec->path) : NULL;
}

static void
on_saved (PhJob *job, PhPhotoWindow *self)
{
  g_autofree char *name = NULL;
  g_autofree char *text = NULL;

  if (ph_job_get_state (job) == PH_JOB_FAILED)
    tell (self, ph_job_get_error (job)->message, TRUE);
  if (ph_job_get_state (job) != PH_JOB_DONE)
    return;
  name = g_filename_display_basename (ph_job_get_result (job));
  text = g_strdup_printf (_ ("Saved “%s”"), name);
  tell (self, text, FALSE);
}

void
ph_photo_window_save (PhPhotoWindow *self, const char *path)
{
  g_return_if_fail (PH_IS_PHOTO_WINDOW (self) && self->shown != NULL);

  SaveSpec *spec = g_new0 (SaveSpec, 1);
  const PhPhotoSpec *made = ph_job_get_spec (self->shown_job);

  spec->frame = ph_frame_ref (self->shown);
  /* The pictures on the way of a dream are of other sizes. */
  if (made->mode == PH_PHOTO_ACCENTUATE || self->shown == ph_job_get_result (self->shown_job))
    spec->made_by = g_object_ref (self->shown_job);
  spec->path = g_strdup (path);

  g_autoptr (PhJob) job = ph_job_new (_ ("Save a picture"), save, spec, save_spec_free, g_free);

  ph_job_set_quiet (job, TRUE);
  g_signal_connect_object (job, "finished", G_CALLBACK (on_saved), self, 0);
  ph_queue_add (ph_page_get_queue (self->page), job, PH_LANE_IO);
}

static void
on_chosen (GtkNativeDialog *dialog, int response, PhPhotoWindow *self)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      const char *path = g_file_peek_path (file);

      if (path == NULL)
        tell (self, _ ("Only files on this computer can be used."), TRUE);
      else if (gtk_file_chooser_get_action (GTK_FILE_CHOOSER (dialog)) ==
               GTK_FILE_CHOOSER_ACTION_OPEN)
        ph_photo_window_open (self, path);
      else
        ph_photo_window_save (self, path);
    }
  g_clear_object (&self->chooser);
}

static void
choose (PhPhotoWindow *self, GtkFileChooserAction action)
{
  gboolean opens = action == GTK_FILE_CHOOSER_ACTION_OPEN;

  if (self->chooser != NULL)
    return;
  self->chooser = gtk_file_chooser_native_new (opens ? _ ("Open a photo") : _ ("Save the picture"),
                                               GTK_WINDOW (self), action,
                                               opens ? _ ("_Open") : _ ("_Save"), _ ("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  if (opens)
    {
      g_autoptr (GtkFileFilter) pictures = gtk_file_filter_new ();

      gtk_file_filter_set_name (pictures, _ ("Pictures"));
      gtk_file_filter_add_pixbuf_formats (pictures);
      gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->chooser), pictures);
    }
  else
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), _ ("photo.png"));
  g_signal_connect (self->chooser, "response", G_CALLBACK (on_chosen), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
on_open (PhPhotoWindow *self)
{
  choose (self, GTK_FILE_CHOOSER_ACTION_OPEN);
}

static void
on_save (PhPhotoWindow *self)
{
  choose (self, GTK_FILE_CHOOSER_ACTION_SAVE);
}

/* The window */

static GtkWidget *
create_header (PhPhotoWindow *self)
{
  GtkWidget *header = adw_header_bar_new ();
  GtkWidget *open = gtk_button_new_with_mnemonic (_ ("_Open a Photo…"));
  GtkWidget *compare = gtk_toggle_button_new_with_mnemonic (_ ("_Compare"));

  self->save_button = gtk_button_new_with_mnemonic (_ ("_Save…"));
  self->stop_button = gtk_button_new_with_mnemonic (_ ("S_top"));
  gtk_widget_set_sensitive (self->save_button, FALSE);
  gtk_widget_set_sensitive (self->stop_button, FALSE);
  gtk_widget_set_tooltip_text (compare, _ ("The photograph beside the picture"));
  g_signal_connect_swapped (open, "clicked", G_CALLBACK (on_open), self);
  g_signal_connect_swapped (self->save_button, "clicked", G_CALLBACK (on_save), self);
  g_signal_connect_swapped (self->stop_button, "clicked", G_CALLBACK (on_stop), self);
  g_signal_connect (compare, "toggled", G_CALLBACK (on_compare), self);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), open);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), self->stop_button);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), self->save_button);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), compare);
  return header;
}

static GtkWidget *
create_picture (PhPhotoWindow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *empty = adw_status_page_new (), *spinner = gtk_spinner_new ();
  GtkWidget *title = gtk_label_new (_ ("Strength"));

  adw_status_page_set_icon_name (ADW_STATUS_PAGE (empty), "image-x-generic-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (empty), _ ("No photo yet"));
  adw_status_page_set_description (ADW_STATUS_PAGE (empty),
                                   _ ("Open one to see in it what this unit responds to."));
  self->view = PH_IMAGE_VIEW (ph_image_view_new ());
  ph_image_view_set_label (self->view, _ ("The photograph, changed"), self->objective);
  self->stack = GTK_STACK (gtk_stack_new ());
  gtk_spinner_start (GTK_SPINNER (spinner));
  gtk_widget_set_size_request (spinner, 32, 32);
  gtk_widget_set_halign (spinner, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (spinner), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Reading the photo"), -1);
  self->failed = ADW_STATUS_PAGE (adw_status_page_new ());
  adw_status_page_set_icon_name (self->failed, "dialog-error-symbolic");
  adw_status_page_set_title (self->failed, _ ("There is no picture"));
  gtk_stack_add_named (self->stack, empty, "empty");
  gtk_stack_add_named (self->stack, spinner, "loading");
  gtk_stack_add_named (self->stack, GTK_WIDGET (self->failed), "failed");
  gtk_stack_add_named (self->stack, GTK_WIDGET (self->view), "ready");
  gtk_widget_set_vexpand (GTK_WIDGET (self->stack), TRUE);
  gtk_widget_set_hexpand (GTK_WIDGET (self->stack), TRUE);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->stack));

  self->slider_box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  self->slider = GTK_RANGE (gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, 0, 1, 1));
  self->slider_label = GTK_LABEL (gtk_label_new ("0.00"));
  gtk_widget_add_css_class (GTK_WIDGET (self->slider_label), "numeric");
  gtk_widget_set_hexpand (GTK_WIDGET (self->slider), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->slider), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Strength shown"), -1);
  g_signal_connect_swapped (self->slider, "value-changed", G_CALLBACK (on_slider), self);
  gtk_box_append (GTK_BOX (self->slider_box), title);
  gtk_box_append (GTK_BOX (self->slider_box), GTK_WIDGET (self->slider));
  gtk_box_append (GTK_BOX (self->slider_box), GTK_WIDGET (self->slider_label));
  gtk_widget_set_sensitive (self->slider_box, FALSE);
  gtk_box_append (GTK_BOX (box), self->slider_box);
  self->status = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->status, 0);
  gtk_label_set_wrap (self->status, TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->status), "caption");
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->status));
  return box;
}

static PhSettingRows *
create_rows (PhPhotoWindow *self, GtkWidget *box, const PhSetting *table, gsize size)
{
  PhSettingRows *rows = PH_SETTING_ROWS (ph_setting_rows_new (table, size));

  ph_setting_rows_add_group (rows, _ ("Settings"), NULL);
  ph_setting_rows_unfold (rows);
  g_signal_connect_swapped (rows, "changed", G_CALLBACK (start_soon), self);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (rows));
  return rows;
}

static GtkWidget *
create_panel (PhPhotoWindow *self)
{
  const char *const modes[] = { _ ("Accentuate"), _ ("Dream"), NULL };
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);

  self->mode = GTK_DROP_DOWN (gtk_drop_down_new_from_strings (modes));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->mode), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("What to do with the photo"), -1);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->mode));
  self->rows[PH_PHOTO_ACCENTUATE] =
      create_rows (self, box, ph_accentuation_settings, sizeof (PhAccentuationSettings));
  self->rows[PH_PHOTO_DREAM] = create_rows (self, box, ph_dream_settings, sizeof (PhDreamSettings));
  g_signal_connect_swapped (self->mode, "notify::selected", G_CALLBACK (on_mode), self);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_widget_set_size_request (scroller, 320, -1);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), box);
  return scroller;
}

static void
build (PhPhotoWindow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *columns = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  g_autofree char *title = g_strdup_printf (_ ("%s in a Photo"), self->objective);

  gtk_window_set_title (GTK_WINDOW (self), title);
  gtk_window_set_default_size (GTK_WINDOW (self), 880, 580);
  adw_window_set_content (ADW_WINDOW (self), box);
  gtk_box_append (GTK_BOX (box), create_header (self));
  gtk_widget_set_margin_start (columns, 12);
  gtk_widget_set_margin_end (columns, 12);
  gtk_widget_set_margin_top (columns, 12);
  gtk_widget_set_margin_bottom (columns, 12);
  gtk_box_append (GTK_BOX (columns), create_picture (self));
  gtk_box_append (GTK_BOX (columns), create_panel (self));
  gtk_box_append (GTK_BOX (box), columns);
  on_mode (self);
}

static void
ph_photo_window_dispose (GObject *object)
{
  PhPhotoWindow *self = PH_PHOTO_WINDOW (object);

  drop_job (self);
  if (self->chooser != NULL)
    g_signal_handlers_disconnect_by_data (self->chooser, self);
  g_clear_object (&self->chooser);
  g_clear_object (&self->page);
  G_OBJECT_CLASS (ph_photo_window_parent_class)->dispose (object);
}

static void
ph_photo_window_finalize (GObject *object)
{
  PhPhotoWindow *self = PH_PHOTO_WINDOW (object);

  g_free (self->objective);
  g_free (self->path);
  ph_frame_history_free (self->history);
  g_clear_pointer (&self->shown, ph_frame_unref);
  g_clear_object (&self->shown_job);
  G_OBJECT_CLASS (ph_photo_window_parent_class)->finalize (object);
}

static void
ph_photo_window_class_init (PhPhotoWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = ph_photo_window_dispose;
  object_class->finalize = ph_photo_window_finalize;
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape, 0, "window.close",
                                       NULL);
}

static void
ph_photo_window_init (PhPhotoWindow *self)
{
  self->history = ph_frame_history_new (MOST_FRAMES, MOST_BYTES);
  self->following = TRUE;
}

/* Public */

GtkWidget *
ph_photo_window_new (PhPage *page, const char *objective)
{
  g_return_val_if_fail (PH_IS_PAGE (page), NULL);

  PhPhotoWindow *self = g_object_new (PH_TYPE_PHOTO_WINDOW, NULL);

  self->page = g_object_ref (page);
  self->objective = g_strdup (objective);
  build (self);
  return GTK_WIDGET (self);
}

void
ph_photo_window_set_mode (PhPhotoWindow *self, PhPhotoMode mode)
{
  g_return_if_fail (PH_IS_PHOTO_WINDOW (self));

  gtk_drop_down_set_selected (self->mode, mode == PH_PHOTO_DREAM ? 1 : 0);
}

void
ph_photo_window_take_recipe (PhPhotoWindow *self, const PhRecipe *recipe)
{
  g_return_if_fail (PH_IS_PHOTO_WINDOW (self) && recipe->kind != PH_RECIPE_RENDER);

  gboolean dreams = recipe->kind == PH_RECIPE_DREAM;

  ph_setting_rows_set_values (self->rows[dreams ? PH_PHOTO_DREAM : PH_PHOTO_ACCENTUATE],
                              dreams ? (gconstpointer)&recipe->dream : &recipe->accentuation);
  ph_photo_window_set_mode (self, dreams ? PH_PHOTO_DREAM : PH_PHOTO_ACCENTUATE);
  ph_photo_window_open (self, recipe->photo);
}

void
ph_photo_window_open (PhPhotoWindow *self, const char *path)
{
  g_return_if_fail (PH_IS_PHOTO_WINDOW (self) && path != NULL);

  char *copy = g_strdup (path);

  g_free (self->path);
  self->path = copy;
  g_clear_pointer (&self->shown, ph_frame_unref);
  gtk_widget_set_sensitive (self->save_button, FALSE);
  gtk_widget_set_sensitive (self->slider_box, FALSE);
  start (self);
}
