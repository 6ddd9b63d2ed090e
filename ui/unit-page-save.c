#include "unit-page-private.h"

#include <glib/gi18n.h>
#include <math.h>

/* Saving: on a thread for files, so that a slow disk does not hold the window up. */

typedef struct
{
  PhFrame *frame; /* nullable */
  char *path;     /* nullable */
  char *recipe;   /* of a picture that came with it; else it is of: */
  PhModel *model;
  char *objective;
  PhAscentSettings settings;
  guint until;
} SaveSpec;

static void
save_spec_free (gpointer data)
{
  SaveSpec *spec = data;

  g_clear_pointer (&spec->frame, ph_frame_unref);
  g_free (spec->path);
  g_free (spec->recipe);
  g_object_unref (spec->model);
  g_free (spec->objective);
  ph_settings_clear (ph_ascent_settings, &spec->settings);
  g_free (spec);
}

/* The steps that the shown frame has seen are part of its recipe: made again until there, it is
 * this picture and not the finished one. */
static SaveSpec *
create_spec (PhUnitPage *self)
{
  SaveSpec *spec = g_new0 (SaveSpec, 1);

  spec->recipe = self->stored_recipe != NULL ? ph_recipe_to_text (self->stored_recipe) : NULL;
  spec->model = g_object_ref (ph_page_get_model (PH_PAGE (self)));
  spec->objective = ph_unit_page_dup_objective (self);
  ph_settings_copy (ph_ascent_settings, &spec->settings, ph_setting_rows_get_values (self->rows));
  if (ph_frame_history_get_n_frames (self->history) > 0 && !self->stored)
    spec->until = ph_frame_history_get (self->history, self->shown_frame)->step;
  return spec;
}

/* Reads the files of the objective for their digests, so not on the main thread. */
static gpointer
write_recipe (const PhMonitor *monitor, GCancellable *cancellable, gpointer data, GError **error)
{
  SaveSpec *spec = data;
  g_autoptr (PhRecipe) recipe = NULL;

  if (spec->recipe != NULL)
    return g_strdup (spec->recipe);
  recipe = ph_recipe_new (spec->model, spec->objective, &spec->settings);
  if (spec->until < (guint)spec->settings.steps)
    recipe->until = (int)spec->until;
  return ph_recipe_to_text (recipe);
}

static gpointer
save (const PhMonitor *monitor, GCancellable *cancellable, gpointer data, GError **error)
{
  SaveSpec *spec = data;
  g_autofree char *recipe = write_recipe (monitor, cancellable, data, NULL);

  if (!ph_png_save_frame (spec->path, spec->frame, recipe, error))
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

void
ph_unit_page_save (PhUnitPage *self, const char *path)
{
  g_return_if_fail (PH_IS_UNIT_PAGE (self));
  g_return_if_fail (ph_frame_history_get_n_frames (self->history) > 0);

  SaveSpec *spec = create_spec (self);

  spec->frame = ph_frame_ref (ph_frame_history_get (self->history, self->shown_frame));
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

static void
on_recipe_written (PhJob *job, PhUnitPage *self)
{
  if (ph_job_get_state (job) != PH_JOB_DONE)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), ph_job_get_result (job));
  ph_page_toast (PH_PAGE (self), _ ("Copied the recipe"));
}

void
ph_unit_page_copy_recipe (PhUnitPage *self)
{
  g_autoptr (PhJob) job =
      ph_job_new (_ ("Copy the recipe"), write_recipe, create_spec (self), save_spec_free, g_free);

  ph_job_set_quiet (job, TRUE);
  g_signal_connect_object (job, "finished", G_CALLBACK (on_recipe_written), self, 0);
  ph_queue_add (ph_page_get_queue (PH_PAGE (self)), job, PH_LANE_IO);
}
