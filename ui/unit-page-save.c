#include "unit-page-private.h"

#include <glib/gi18n.h>
#include <math.h>

/* Saving: on a thread for files, so that a slow disk does not hold the window up. */

typedef struct
{
  PhFrame *frame;
  char *recipe;
  char *path;
} SaveSpec;

static void
save_spec_free (gpointer data)
{
  SaveSpec *spec = data;

  ph_frame_unref (spec->frame);
  g_free (spec->recipe);
  g_free (spec->path);
  g_free (spec);
}

static gpointer
save (const PhMonitor *monitor, GCancellable *cancellable, gpointer data, GError **error)
{
  SaveSpec *spec = data;

  if (!ph_png_save_frame (spec->path, spec->frame, spec->recipe, error))
    return NULL;
  return g_strdup (spec->path);
}

static void
on_saved (PhJob *job, PhUnitPage *self)
{
  g_autofree char *sentence = NULL;

  if (ph_job_get_state (job) == PH_JOB_DONE)
    {
      g_autofree char *name = g_filename_display_basename (ph_job_get_result (job));

      sentence = g_strdup_printf (_ ("Saved “%s” with its recipe"), name);
    }
  else if (ph_job_get_error (job) != NULL)
    sentence = g_strdup (ph_job_get_error (job)->message);
  if (sentence != NULL)
    ph_page_toast (PH_PAGE (self), sentence);
}

/* The steps that the shown frame has seen are part of its recipe: made again with as many, it is
 * this picture and not the finished one. */
static char *
dup_recipe (PhUnitPage *self, guint frame)
{
  PhAscentSettings settings;
  g_autofree char *objective = ph_unit_page_dup_objective (self);
  guint n = ph_frame_history_get_n_frames (self->history);

  ph_settings_copy (ph_ascent_settings, &settings, ph_setting_rows_get_values (self->rows));
  if (n > 0 && !self->stored)
    settings.steps = MAX (1, (int)ph_frame_history_get (self->history, frame)->step);

  g_autoptr (PhRecipe) recipe =
      ph_recipe_new (ph_page_get_model (PH_PAGE (self)), objective, &settings);

  ph_settings_clear (ph_ascent_settings, &settings);
  return ph_recipe_to_text (recipe);
}

char *
ph_unit_page_dup_last_recipe (PhUnitPage *self)
{
  return dup_recipe (self, MAX (ph_frame_history_get_n_frames (self->history), 1) - 1);
}

void
ph_unit_page_save (PhUnitPage *self, const char *path)
{
  g_return_if_fail (PH_IS_UNIT_PAGE (self));
  g_return_if_fail (ph_frame_history_get_n_frames (self->history) > 0);

  SaveSpec *spec = g_new0 (SaveSpec, 1);

  spec->frame = ph_frame_ref (ph_frame_history_get (self->history, self->shown_frame));
  spec->recipe = dup_recipe (self, self->shown_frame);
  spec->path = g_strdup (path);

  g_autoptr (PhJob) job = ph_job_new (_ ("Save a picture"), save, spec, save_spec_free, g_free);

  ph_job_set_quiet (job, TRUE);
  g_signal_connect_object (job, "finished", G_CALLBACK (on_saved), self, 0);
  ph_queue_add (ph_page_get_queue (PH_PAGE (self)), job, PH_LANE_IO);
}

/* "squeezenet1_0-fire6_concat-37.png" */
static char *
dup_file_name (PhUnitPage *self)
{
  g_autofree char *objective = ph_unit_page_dup_objective (self);
  char *name = g_strdup_printf ("%s-%s.png", ph_model_get_name (ph_page_get_model (PH_PAGE (self))),
                                objective);

  return g_strdelimit (name, "/\\:*?\"<>| ", '_');
}

static void
on_file_chosen (GtkNativeDialog *dialog, int response, PhUnitPage *self)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      g_autofree char *path = g_file_get_path (file);

      if (path == NULL)
        ph_page_toast (PH_PAGE (self), _ ("Pictures can be saved in local folders only"));
      else
        {
          g_free (self->saved_folder);
          self->saved_folder = g_path_get_dirname (path);
          if (ph_frame_history_get_n_frames (self->history) > 0)
            ph_unit_page_save (self, path);
        }
    }
  g_object_unref (dialog);
}

static void
on_strip_file_chosen (GtkNativeDialog *dialog, int response, PhUnitPage *self)
{
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT
                               ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog))
                               : NULL;
  g_autoptr (GError) error = NULL;

  if (file != NULL && g_file_peek_path (file) != NULL &&
      ph_example_strip_get_n_cells (self->strip) > 0)
    {
      if (ph_example_strip_export (self->strip, g_file_peek_path (file), &error))
        ph_page_toast (PH_PAGE (self), _ ("Saved the strip"));
      else
        ph_page_toast (PH_PAGE (self), error->message);
    }
  g_object_unref (dialog);
}

void
ph_unit_page_choose_strip_file (PhUnitPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkFileChooserNative *dialog;
  g_autofree char *unit = dup_file_name (self);
  g_autofree char *name = g_strconcat ("examples ", unit, NULL);

  if (ph_example_strip_get_n_cells (self->strip) == 0)
    return;
  dialog = gtk_file_chooser_native_new (_ ("Save the strip"),
                                        GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                                        GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), _ ("_Cancel"));
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_strip_file_chosen), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

void
ph_unit_page_choose_file (PhUnitPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
      _ ("Save the picture"), GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
      GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), _ ("_Cancel"));
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();
  g_autofree char *name = dup_file_name (self);

  gtk_file_filter_set_name (filter, _ ("PNG pictures"));
  gtk_file_filter_add_mime_type (filter, "image/png");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), filter);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  if (self->saved_folder != NULL)
    {
      g_autoptr (GFile) folder = g_file_new_for_path (self->saved_folder);

      gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (dialog), folder, NULL);
    }
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  /* The dialogue lives until it is answered; a page that goes first takes its handler along. */
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_file_chosen), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

void
ph_unit_page_copy_name (PhUnitPage *self)
{
  g_autofree char *name = ph_unit_page_dup_objective (self);
  g_autofree char *sentence = g_strdup_printf (_ ("Copied “%s”"), name);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), name);
  ph_page_toast (PH_PAGE (self), sentence);
}

void
ph_unit_page_copy_picture (PhUnitPage *self)
{
  PhFrame *frame = ph_frame_history_get (self->history, self->shown_frame);
  g_autoptr (GdkTexture) texture =
      gdk_memory_texture_new ((int)frame->width, (int)frame->height, GDK_MEMORY_R8G8B8,
                              frame->pixels, (gsize)3 * frame->width);

  gdk_clipboard_set_texture (gtk_widget_get_clipboard (GTK_WIDGET (self)), texture);
  ph_page_toast (PH_PAGE (self), _ ("Copied the picture"));
}

void
ph_unit_page_copy_recipe (PhUnitPage *self)
{
  g_autofree char *recipe = dup_recipe (self, self->shown_frame);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), recipe);
  ph_page_toast (PH_PAGE (self), _ ("Copied the recipe"));
}

/* Opening a picture with its recipe */

typedef struct
{
  PhRecipe *recipe;
  PhFrame *frame;
} Stored;

static void
stored_free (gpointer data)
{
  Stored *stored = data;

  g_clear_pointer (&stored->recipe, ph_recipe_free);
  g_clear_pointer (&stored->frame, ph_frame_unref);
  g_free (stored);
}

static gpointer
load (const PhMonitor *monitor, GCancellable *cancellable, gpointer data, GError **error)
{
  const char *path = data;
  g_autoptr (PhRecipe) recipe = ph_recipe_load_png (path, error);
  g_autoptr (PhImage) image = recipe != NULL ? ph_image_load (path, error) : NULL;

  if (image == NULL)
    return NULL;

  Stored *stored = g_new0 (Stored, 1);

  stored->frame = ph_image_to_frame (image, (guint)recipe->settings.steps, NAN);
  stored->recipe = g_steal_pointer (&recipe);
  return stored;
}

static void
show_remark (PhUnitPage *self, const char *sentence, GtkMessageType type, gboolean again)
{
  gtk_label_set_text (self->info_label, sentence);
  gtk_button_set_label (self->info_button, _ ("Make it again"));
  gtk_widget_set_visible (GTK_WIDGET (self->info_button), again);
  gtk_info_bar_set_message_type (self->info_bar, type);
  gtk_info_bar_set_revealed (self->info_bar, TRUE);
}

/* Where the picture comes from, and whether the network that is open can make it again. */
static void
show_origin (PhUnitPage *self, const PhRecipe *recipe, const GError *problem)
{
  PhModel *model = ph_page_get_model (PH_PAGE (self));
  const char *digest = ph_model_get_digest (model);
  g_autofree char *text = NULL;

  if (problem != NULL)
    {
      text = g_strdup_printf (_ ("Made by the network “%s”. The one that is open cannot make it "
                                 "again: %s"),
                              recipe->model, problem->message);
      show_remark (self, text, GTK_MESSAGE_WARNING, FALSE);
    }
  else if (recipe->digest[0] != '\0' && digest != NULL && !g_str_equal (recipe->digest, digest))
    {
      text =
          g_strdup_printf (_ ("Made by the network “%s”, which is another one than is open: made "
                              "again, it will look different."),
                           recipe->model);
      show_remark (self, text, GTK_MESSAGE_WARNING, TRUE);
    }
  else
    {
      text = g_strdup_printf (_ ("A stored picture, made by version %s with %d steps."),
                              recipe->version, recipe->settings.steps);
      show_remark (self, text, GTK_MESSAGE_INFO, TRUE);
    }
}

static void
apply_stored (PhUnitPage *self, Stored *stored)
{
  PhModel *model = ph_page_get_model (PH_PAGE (self));
  g_autoptr (GError) error = NULL;
  g_autoptr (PhObjective) objective = ph_objective_parse (model, stored->recipe->objective, &error);
  PhUnit unit;

  if (objective != NULL && ph_unit_parse (model, stored->recipe->objective, &unit, NULL))
    ph_unit_page_set_aim (self, &unit, NULL);
  else
    ph_unit_page_set_aim (self, NULL, stored->recipe->objective);
  ph_setting_rows_set_values (self->rows, &stored->recipe->settings);
  ph_unit_page_update_preset (self);
  self->n_steps = (guint)stored->recipe->settings.steps;
  self->stored = TRUE;
  ph_frame_history_add (self->history, stored->frame);
  ph_unit_page_show_frame (self, 0);
  show_origin (self, stored->recipe, error);
}

static void
on_loaded (PhJob *job, PhUnitPage *self)
{
  if (job != self->load_job)
    return;
  g_clear_object (&self->load_job);
  if (ph_job_get_state (job) == PH_JOB_DONE)
    apply_stored (self, ph_job_get_result (job));
  else
    {
      ph_unit_page_set_error (self, ph_job_get_error (job));
      ph_unit_page_update (self);
    }
}

void
ph_unit_page_cancel_loading (PhUnitPage *self)
{
  if (self->load_job == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->load_job, self);
  ph_job_cancel (self->load_job);
  g_clear_object (&self->load_job);
}

void
ph_unit_page_show_recipe (PhUnitPage *self, PhModel *model, const char *path)
{
  g_return_if_fail (PH_IS_UNIT_PAGE (self));
  g_return_if_fail (PH_IS_MODEL (model));
  g_return_if_fail (path != NULL);
  g_return_if_fail (ph_page_get_queue (PH_PAGE (self)) != NULL);

  ph_unit_page_cancel_loading (self);
  ph_unit_page_cancel (self);
  ph_page_set_model (PH_PAGE (self), model);
  ph_unit_page_set_aim (self, NULL, NULL);
  ph_unit_page_clear (self);
  self->load_job = ph_job_new (_ ("Open a picture"), load, g_strdup (path), g_free, stored_free);
  ph_job_set_quiet (self->load_job, TRUE);
  g_signal_connect (self->load_job, "finished", G_CALLBACK (on_loaded), self);
  ph_unit_page_update (self);
  ph_queue_add (ph_page_get_queue (PH_PAGE (self)), self->load_job, PH_LANE_IO);
}
