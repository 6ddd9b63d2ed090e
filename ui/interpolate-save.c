#include "ui/interpolate-save.h"

#include <glib/gi18n.h>

typedef struct
{
  /* owned */
  PhInterpolated *interpolated;
  char *path;

  PhFilmSettings film;
} SaveSpec;

static void
save_spec_free (gpointer data)
{
  SaveSpec *spec = data;

  ph_interpolated_unref (spec->interpolated);
  g_free (spec->path);
  g_free (spec);
}

static gpointer
save (const PhMonitor *monitor, GCancellable *cancellable, gpointer data, GError **error)
{
  const SaveSpec *spec = data;

  return ph_walk_save (&spec->interpolated->walk, &spec->film, spec->path, error)
             ? g_strdup (spec->path)
             : NULL;
}

static PhJob *
save_job (PhInterpolated *interpolated, PhFilmFormat format, const char *path)
{
  SaveSpec *spec = g_new0 (SaveSpec, 1);

  spec->interpolated = ph_interpolated_ref (interpolated);
  spec->path = g_strdup (path);
  ph_settings_init (ph_film_settings, &spec->film);
  spec->film.format = (int)format;
  /* There and back, without a jump. */
  spec->film.bounce = TRUE;
  return ph_job_new (_ ("Save the path"), save, spec, save_spec_free, g_free);
}

static void
on_saved (PhJob *job, PhEmbeddingView *view)
{
  /* Translators: name of a file. */
  g_autofree char *sentence =
      ph_job_get_state (job) == PH_JOB_DONE
          ? g_strdup_printf (_ ("Saved as %s"), (const char *)ph_job_get_result (job))
          : NULL;

  if (sentence != NULL)
    gtk_widget_activate_action (GTK_WIDGET (view), "win.toast", "s", sentence);
}

static void
on_chosen (GtkNativeDialog *dialog, int response, PhEmbeddingView *view)
{
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT
                               ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog))
                               : NULL;

  if (file != NULL && g_file_peek_path (file) == NULL)
    gtk_widget_activate_action (GTK_WIDGET (view), "win.toast", "s",
                                _ ("Only files on this computer can be written."));
  else if (file != NULL)
    gtk_widget_activate_action (GTK_WIDGET (view), "page.save-path", "(ss)",
                                g_object_get_data (G_OBJECT (dialog), "format"),
                                g_file_peek_path (file));
  g_object_unref (dialog);
}

/* Public */

void
ph_interpolate_save (PhEmbeddingView *view, PhInterpolated *interpolated, PhQueue *queue,
                     const char *format, const char *path)
{
  const char *const formats[] = {
    [PH_FILM_APNG] = "apng", [PH_FILM_GIF] = "gif", [PH_FILM_STRIP] = "strip"
  };

  for (guint i = 0; i < G_N_ELEMENTS (formats) && interpolated != NULL; i++)
    if (g_str_equal (formats[i], format))
      {
        g_autoptr (PhJob) job = save_job (interpolated, (PhFilmFormat)i, path);

        g_signal_connect_object (job, "finished", G_CALLBACK (on_saved), view, 0);
        ph_queue_add (queue, job, PH_LANE_IO);
      }
}

void
ph_interpolate_choose_file (PhEmbeddingView *view, const char *format)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (view));
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
      _ ("Save the path"), GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
      GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), _ ("_Cancel"));

  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog),
                                     g_str_equal (format, "gif") ? "walk.gif" : "walk.png");
  g_object_set_data_full (G_OBJECT (dialog), "format", g_strdup (format), g_free);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_chosen), view, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}
