#include "ui/image-page-private.h"

#include <glib/gi18n.h>

/* Where pictures come from, and where they go. */

typedef struct
{
  /* owned: one of the two */
  char *path;
  GdkTexture *texture;

  PhPreprocess preprocess;
} LoadSpec;

static void
load_spec_free (gpointer data)
{
  LoadSpec *spec = data;

  g_free (spec->path);
  g_clear_object (&spec->texture);
  g_free (spec);
}

static PhImage *
read_texture (GdkTexture *texture, GError **error)
{
  g_autoptr (GBytes) bytes = gdk_texture_save_to_png_bytes (texture);

  return ph_image_load_bytes (bytes, _ ("the copied picture"), error);
}

/* On a thread for files. */
static gpointer
load (const PhMonitor *monitor, GCancellable *cancellable, gpointer data, GError **error)
{
  const LoadSpec *spec = data;
  g_autoptr (PhImage) image =
      spec->path != NULL ? ph_image_load (spec->path, error) : read_texture (spec->texture, error);
  g_autoptr (PhImage) fitted =
      image != NULL ? ph_preprocess_fit (&spec->preprocess, image, FALSE, error) : NULL;

  return fitted != NULL ? ph_perturbed_new (fitted, error) : NULL;
}

static void
show_facts (PhImagePage *self)
{
  PhModel *model = ph_page_get_model (PH_PAGE (self));
  const PhPreprocess *p = ph_model_get_preprocess (model);
  /* Translators: name of a network, width and height. */
  g_autofree char *text = g_strdup_printf (_ ("as %s sees it: %u×%u pixels"),
                                           ph_model_get_name (model), p->width, p->height);

  gtk_label_set_text (self->facts_label, text);
}

void
ph_image_page_name_picture (PhImagePage *self, const char *name, const char *path)
{
  char *name_copy = g_strdup (name), *path_copy = g_strdup (path);

  g_free (self->name);
  g_free (self->path);
  self->name = name_copy;
  self->path = path_copy;
  gtk_label_set_text (self->title_label, self->name);
  ph_page_set_title (PH_PAGE (self), self->name);
  show_facts (self);
}

void
ph_image_page_forget_overlays (PhImagePage *self)
{
  self->refreshing = TRUE;
  gtk_range_set_value (GTK_RANGE (self->angle_scale), 0);
  self->refreshing = FALSE;
  g_clear_pointer (&self->layer_heat, ph_frame_unref);
  g_clear_pointer (&self->why_heat, ph_frame_unref);
  ph_image_page_drop_why (self);
  ph_image_page_drop_look (self);
}

static void
on_loaded (PhJob *job, PhImagePage *self)
{
  if (job != self->load_job)
    return;
  if (ph_job_get_state (job) == PH_JOB_DONE)
    {
      g_clear_pointer (&self->picture, ph_perturbed_free);
      self->picture = ph_job_steal_result (job);
      ph_image_page_name_picture (self, self->name, self->path);
      ph_image_page_forget_overlays (self);
      self->answer = -1;
      if (self->unit_is_top)
        self->has_unit = FALSE;
      ph_image_page_look (self);
      if (self->has_unit)
        ph_image_page_explain_soon (self);
    }
  else if (ph_job_get_state (job) == PH_JOB_FAILED)
    {
      g_autofree char *sentence = g_markup_escape_text (ph_job_get_error (job)->message, -1);

      adw_status_page_set_description (self->failed, sentence);
      ph_image_page_set_state (self, "failed");
    }
  g_clear_object (&self->load_job);
  ph_image_page_update_actions (self);
}

void
ph_image_page_drop_load (PhImagePage *self)
{
  if (self->load_job == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->load_job, self);
  ph_job_cancel (self->load_job);
  g_clear_object (&self->load_job);
}

static void
start_loading (PhImagePage *self, LoadSpec *spec, const char *name)
{
  char *copy = g_strdup (name), *path = g_strdup (spec->path);

  g_free (self->name);
  g_free (self->path);
  self->name = copy;
  self->path = path;
  spec->preprocess = *ph_model_get_preprocess (ph_page_get_model (PH_PAGE (self)));
  ph_image_page_drop_load (self);
  ph_image_page_drop_camera (self);
  self->load_job = ph_job_new (_ ("Open a picture"), load, spec, load_spec_free,
                               (GDestroyNotify)ph_perturbed_free);
  ph_job_set_quiet (self->load_job, TRUE);
  g_signal_connect (self->load_job, "finished", G_CALLBACK (on_loaded), self);
  ph_image_page_set_state (self, "loading");
  ph_queue_add (ph_page_get_queue (PH_PAGE (self)), self->load_job, PH_LANE_IO);
}

static gboolean
can_load (PhImagePage *self)
{
  if (ph_page_get_model (PH_PAGE (self)) != NULL && ph_page_get_queue (PH_PAGE (self)) != NULL)
    return TRUE;
  ph_page_toast (PH_PAGE (self), _ ("Open a network first."));
  return FALSE;
}

void
ph_image_page_load (PhImagePage *self, const char *path)
{
  g_autofree char *name = g_filename_display_basename (path);

  if (!can_load (self))
    return;

  LoadSpec *spec = g_new0 (LoadSpec, 1);

  spec->path = g_strdup (path);
  start_loading (self, spec, name);
}

static void
load_texture (PhImagePage *self, GdkTexture *texture)
{
  if (!can_load (self))
    return;

  LoadSpec *spec = g_new0 (LoadSpec, 1);

  spec->texture = g_object_ref (texture);
  start_loading (self, spec, _ ("Copied picture"));
}

/* A file becomes a place of the window's history. */
static void
open_files (PhImagePage *self, GSList *files)
{
  const char *path = files != NULL ? g_file_peek_path (files->data) : NULL;

  if (path != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.open-image", "s", path);
  else
    ph_page_toast (PH_PAGE (self), _ ("Only files on this computer can be opened."));
}

/* Paste and drop */

static void
on_pasted (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (PhImagePage) self = data;
  g_autoptr (GError) error = NULL;
  const GValue *value = gdk_clipboard_read_value_finish (GDK_CLIPBOARD (source), result, &error);

  if (value == NULL)
    ph_page_toast (PH_PAGE (self), _ ("There is no picture in the clipboard."));
  else if (G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST))
    open_files (self, g_value_get_boxed (value));
  else
    load_texture (self, g_value_get_object (value));
}

void
ph_image_page_paste (PhImagePage *self)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (self));
  GdkContentFormats *formats = gdk_clipboard_get_formats (clipboard);
  GType type = gdk_content_formats_contain_gtype (formats, GDK_TYPE_FILE_LIST) ||
                       gdk_content_formats_contain_mime_type (formats, "text/uri-list")
                   ? GDK_TYPE_FILE_LIST
                   : GDK_TYPE_TEXTURE;

  gdk_clipboard_read_value_async (clipboard, type, G_PRIORITY_DEFAULT, NULL, on_pasted,
                                  g_object_ref (self));
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, PhImagePage *self)
{
  if (G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST))
    open_files (self, g_value_get_boxed (value));
  else
    load_texture (self, g_value_get_object (value));
  return TRUE;
}

void
ph_image_page_init_drop (PhImagePage *self)
{
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_INVALID, GDK_ACTION_COPY);

  gtk_drop_target_set_gtypes (target, (GType[]){ GDK_TYPE_FILE_LIST, GDK_TYPE_TEXTURE }, 2);
  g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}

/* Dialogues */

static GtkFileChooserNative *
make_chooser (PhImagePage *self, const char *title, GtkFileChooserAction action)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  gboolean saving = action == GTK_FILE_CHOOSER_ACTION_SAVE;
  GtkFileChooserNative *dialog =
      gtk_file_chooser_native_new (title, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, action,
                                   saving ? _ ("_Save") : _ ("_Open"), _ ("_Cancel"));
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, saving ? _ ("PNG pictures") : _ ("Pictures"));
  if (saving)
    gtk_file_filter_add_mime_type (filter, "image/png");
  else
    gtk_file_filter_add_pixbuf_formats (filter);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), filter);
  if (self->saved_folder != NULL)
    {
      g_autoptr (GFile) folder = g_file_new_for_path (self->saved_folder);

      gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (dialog), folder, NULL);
    }
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  return dialog;
}

/* (nullable): the chosen path, and the dialogue is gone. */
static char *
take_path (PhImagePage *self, GtkNativeDialog *dialog, int response)
{
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT
                               ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog))
                               : NULL;
  char *path = file != NULL ? g_file_get_path (file) : NULL;

  if (file != NULL && path == NULL)
    ph_page_toast (PH_PAGE (self), _ ("Only files on this computer can be opened."));
  if (path != NULL)
    {
      g_free (self->saved_folder);
      self->saved_folder = g_path_get_dirname (path);
    }
  g_object_unref (dialog);
  return path;
}

static void
on_file_chosen (GtkNativeDialog *dialog, int response, PhImagePage *self)
{
  g_autofree char *path = take_path (self, dialog, response);

  if (path != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.open-image", "s", path);
}

void
ph_image_page_choose_file (PhImagePage *self)
{
  GtkFileChooserNative *dialog =
      make_chooser (self, _ ("Open a picture"), GTK_FILE_CHOOSER_ACTION_OPEN);

  g_signal_connect_object (dialog, "response", G_CALLBACK (on_file_chosen), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
on_target_chosen (GtkNativeDialog *dialog, int response, PhImagePage *self)
{
  g_autofree char *path = take_path (self, dialog, response);

  if (path != NULL && self->picture != NULL)
    ph_image_page_save (self, path);
}

/* "dog-smoothgrad-class_207.png" */
static char *
dup_file_name (PhImagePage *self)
{
  guint method = gtk_drop_down_get_selected (self->method_drop);
  const char *unit = gtk_editable_get_text (self->unit_entry);
  g_autofree char *stem = g_strdup (self->name);
  char *dot = strrchr (stem, '.'), *name;

  if (dot != NULL && dot != stem)
    *dot = '\0';
  if (ph_image_page_get_over (self) == PH_OVER_WHY)
    name = g_strdup_printf ("%s-%s-%s.png", stem, ph_attribution_methods ()[method]->name, unit);
  else
    name =
        g_strdup_printf ("%s-%s.png", stem, ph_model_get_name (ph_page_get_model (PH_PAGE (self))));
  return g_strdelimit (name, "/\\:*?\"<>| ", '_');
}

void
ph_image_page_choose_target (PhImagePage *self)
{
  GtkFileChooserNative *dialog =
      make_chooser (self, _ ("Save the picture"), GTK_FILE_CHOOSER_ACTION_SAVE);
  g_autofree char *name = dup_file_name (self);

  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_target_chosen), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

/* Saving */

typedef struct
{
  PhImage *picture;
  PhFrame *heat; /* nullable */
  char *path;
  double opacity;
} SaveSpec;

static void
save_spec_free (gpointer data)
{
  SaveSpec *spec = data;

  ph_image_free (spec->picture);
  g_clear_pointer (&spec->heat, ph_frame_unref);
  g_free (spec->path);
  g_free (spec);
}

static gpointer
save (const PhMonitor *monitor, GCancellable *cancellable, gpointer data, GError **error)
{
  const SaveSpec *spec = data;
  g_autoptr (PhImage) made = spec->heat != NULL
                                 ? ph_heat_overlay (spec->picture, spec->heat, spec->opacity, error)
                                 : ph_image_copy (spec->picture, error);

  if (made == NULL || !ph_png_save_image (spec->path, made, NULL, error))
    return NULL;
  return g_strdup (spec->path);
}

static void
on_saved (PhJob *job, PhImagePage *self)
{
  g_autofree char *sentence = NULL;

  if (ph_job_get_state (job) == PH_JOB_DONE)
    {
      g_autofree char *name = g_filename_display_basename (ph_job_get_result (job));

      sentence = g_strdup_printf (_ ("Saved “%s”"), name);
    }
  else if (ph_job_get_error (job) != NULL)
    sentence = g_strdup (ph_job_get_error (job)->message);
  if (sentence != NULL)
    ph_page_toast (PH_PAGE (self), sentence);
}

void
ph_image_page_save (PhImagePage *self, const char *path)
{
  g_return_if_fail (PH_IS_IMAGE_PAGE (self));
  g_return_if_fail (self->picture != NULL);

  PhFrame *heat = ph_image_page_get_overlay (self);
  SaveSpec *spec = g_new0 (SaveSpec, 1);

  spec->picture = ph_image_copy (ph_perturbed_get_picture (self->picture), NULL);
  spec->heat = heat != NULL ? ph_frame_ref (heat) : NULL;
  spec->path = g_strdup (path);
  spec->opacity = self->opacities[ph_image_page_get_over (self)];
  if (spec->picture == NULL)
    {
      save_spec_free (spec);
      return;
    }

  g_autoptr (PhJob) job = ph_job_new (_ ("Save a picture"), save, spec, save_spec_free, g_free);

  ph_job_set_quiet (job, TRUE);
  g_signal_connect_object (job, "finished", G_CALLBACK (on_saved), self, 0);
  ph_queue_add (ph_page_get_queue (PH_PAGE (self)), job, PH_LANE_IO);
}
