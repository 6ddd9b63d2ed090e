#include "ui/window-private.h"

#include <glib/gi18n.h>

#include "ui/unit-model.h"

/* Galleries and contact sheets: long jobs that go on while the window is used, and whose result a
 * browser or viewer shows. */

/* As the command has it, so that either goes on with a gallery of the other. */
#define SIDE 128
#define SHEET_UNITS 24

typedef struct
{
  PhModel *model; /* owned */
  char **layers;  /* owned; NULL: all */
  char *path;     /* owned: the gallery's folder, or the sheet */
} Spec;

static void
spec_free (gpointer data)
{
  Spec *spec = data;

  g_object_unref (spec->model);
  g_strfreev (spec->layers);
  g_free (spec->path);
  g_free (spec);
}

static void
init_settings (PhAscentSettings *settings)
{
  ph_settings_init (ph_ascent_settings, settings);
  settings->width = settings->height = SIDE;
}

/* Returns: the page to open. What was stopped is shown as far as it has come. */
static gpointer
make_gallery (const PhMonitor *monitor, GCancellable *cancellable, gpointer data, GError **error)
{
  Spec *spec = data;
  PhAscentSettings settings;

  init_settings (&settings);

  g_autoptr (PhGallery) gallery =
      ph_gallery_new (spec->model, (const char *const *)spec->layers, &settings, spec->path, error);

  ph_settings_clear (ph_ascent_settings, &settings);
  if (gallery == NULL || !ph_gallery_draw (gallery, 0, 1, NULL, monitor, cancellable, error) ||
      !ph_gallery_write (gallery, cancellable, error))
    return NULL;
  return g_build_filename (spec->path, "index.html", NULL);
}

static gpointer
make_sheet (const PhMonitor *monitor, GCancellable *cancellable, gpointer data, GError **error)
{
  Spec *spec = data;
  g_autoptr (PhRecipe) recipe = NULL;
  g_autoptr (PhComposition) sheet = NULL;
  PhAscentSettings settings;

  init_settings (&settings);
  recipe = ph_recipe_new_for_sheet (&settings, SHEET_UNITS, 0);
  ph_settings_clear (ph_ascent_settings, &settings);
  if (ph_save_check (spec->path, error))
    sheet = ph_composition_make (spec->model, recipe, monitor, cancellable, error);
  if (sheet == NULL || !ph_composition_save (sheet, recipe, spec->path, error))
    return NULL;
  return g_strdup (spec->path);
}

static void
on_finished (PhJob *job, PhMainWindow *self)
{
  g_autoptr (GFile) file = NULL;
  g_autofree char *uri = NULL;
  g_autofree char *sentence = NULL;

  if (ph_job_get_state (job) != PH_JOB_DONE)
    return;
  file = g_file_new_for_path (ph_job_get_result (job));
  uri = g_file_get_uri (file);
  sentence =
      g_strdup_printf (_ ("%s is finished: %s"), ph_job_get_title (job), g_file_peek_path (file));
  _ph_main_window_toast (self, sentence);
  gtk_show_uri (GTK_WINDOW (self), uri, GDK_CURRENT_TIME);
}

static void
start (PhMainWindow *self, const char *title, PhJobFunc func, const char *layer, const char *path)
{
  Spec *spec = g_new0 (Spec, 1);

  spec->model = g_object_ref (self->model);
  spec->layers = layer != NULL ? g_strdupv ((char *[]){ (char *)layer, NULL }) : NULL;
  spec->path = g_strdup (path);

  g_autoptr (PhJob) job = ph_job_new (title, func, spec, spec_free, g_free);

  g_signal_connect_object (job, "finished", G_CALLBACK (on_finished), self, 0);
  ph_queue_add (self->queue, job, PH_LANE_LONG);
}

void
_ph_main_window_draw_gallery (PhMainWindow *self, const char *layer, const char *folder)
{
  g_autofree char *title =
      layer != NULL
          ? g_strdup_printf (_ ("Gallery of %s, %s"), ph_model_get_name (self->model), layer)
          : g_strdup_printf (_ ("Gallery of %s"), ph_model_get_name (self->model));

  start (self, title, make_gallery, layer, folder);
}

void
_ph_main_window_draw_sheet (PhMainWindow *self, const char *path)
{
  /* Translators: name of a network. */
  g_autofree char *title =
      g_strdup_printf (_ ("Contact sheet of %s"), ph_model_get_name (self->model));

  start (self, title, make_sheet, NULL, path);
}

/* Choosing where to */

#define LAYER "phosphene-layer"

static void
on_chosen (GtkNativeDialog *dialog, int response, PhMainWindow *self)
{
  GtkFileChooserAction action = gtk_file_chooser_get_action (GTK_FILE_CHOOSER (dialog));

  if (response == GTK_RESPONSE_ACCEPT && self->model != NULL)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      const char *path = g_file_peek_path (file);

      if (path == NULL)
        _ph_main_window_toast (self, _ ("Only folders on this computer can be used."));
      else if (action == GTK_FILE_CHOOSER_ACTION_SAVE)
        _ph_main_window_draw_sheet (self, path);
      else
        _ph_main_window_draw_gallery (self, g_object_get_data (G_OBJECT (dialog), LAYER), path);
    }
  g_clear_object (&self->chooser);
}

static gboolean
choose (PhMainWindow *self, const char *title, GtkFileChooserAction action)
{
  if (self->chooser != NULL || self->model == NULL)
    return FALSE;
  self->chooser =
      gtk_file_chooser_native_new (title, GTK_WINDOW (self), action, _ ("_Draw"), _ ("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect (self->chooser, "response", G_CALLBACK (on_chosen), self);
  return TRUE;
}

static void
on_gallery (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PhMainWindow *self = PH_MAIN_WINDOW (widget);
  gboolean all = g_str_equal (action, "win.gallery-all");
  int layer = ph_explore_page_get_layer (self->explore);
  const char *name = NULL;

  if (!choose (self, _ ("An empty folder, or a gallery to go on with"),
               GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER))
    return;
  if (!all)
    name = layer == PH_CLASSES ? PH_GALLERY_CLASSES
                               : ph_model_get_layer (self->model, (guint)layer)->name;
  g_object_set_data_full (G_OBJECT (self->chooser), LAYER, g_strdup (name), g_free);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
on_sheet (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PhMainWindow *self = PH_MAIN_WINDOW (widget);
  g_autofree char *name = NULL;

  if (!choose (self, _ ("Where to write the contact sheet"), GTK_FILE_CHOOSER_ACTION_SAVE))
    return;
  name = g_strdup_printf ("%s-sheet.png", ph_model_get_name (self->model));
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), name);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

void
_ph_main_window_class_gallery_init (PhMainWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_install_action (widget_class, "win.gallery-layer", NULL, on_gallery);
  gtk_widget_class_install_action (widget_class, "win.gallery-all", NULL, on_gallery);
  gtk_widget_class_install_action (widget_class, "win.sheet", NULL, on_sheet);
}
