#include "ui/window-private.h"

#include <glib/gi18n.h>

#include "ui/strip-job.h"

/* The set of images whose examples are shown, and scans of it. */

#define KEY "images"
#define KEY_RECENT "recent-images"
#define MOST_RECENT 8

static void
remember (PhMainWindow *self, const char *path)
{
  g_auto (GStrv) before = g_settings_get_strv (self->settings, KEY_RECENT);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) after = NULL;

  g_strv_builder_add (builder, path);
  for (guint i = 0, n = 1; before[i] != NULL && n < MOST_RECENT; i++)
    if (!g_str_equal (before[i], path))
      {
        g_strv_builder_add (builder, before[i]);
        n++;
      }
  after = g_strv_builder_end (builder);
  g_settings_set_strv (self->settings, KEY_RECENT, (const char *const *)after);
  g_settings_set_string (self->settings, KEY, path);
}

static void
use_images (PhMainWindow *self, const char *path)
{
  ph_unit_page_set_images (self->unit, path);
  ph_explore_page_set_images (self->explore, path);
  ph_image_page_set_images (self->image, path);
  ph_compare_page_set_images (self->compare, path);
}

static void
on_scanned (PhJob *job, PhMainWindow *self)
{
  if (ph_job_get_state (job) == PH_JOB_DONE)
    {
      g_autofree char *path = g_settings_get_string (self->settings, KEY);

      _ph_main_window_toast (self, _ ("The images are scanned."));
      ph_image_page_set_images (self->image, path);
    }
  if (self->scan == job)
    g_clear_object (&self->scan);
}

/* @unit: (nullable): a neuron: only those at its place */
static void
start_scan (PhMainWindow *self, const char *path, const PhUnit *unit)
{
  if (self->model == NULL)
    return;
  remember (self, path);
  use_images (self, path);
  /* One scan at a time; what another found so far is kept. */
  if (self->scan != NULL)
    ph_job_stop (self->scan);
  g_clear_object (&self->scan);
  self->scan = ph_scan_job_new (self->model, path, unit);
  g_signal_connect_object (self->scan, "finished", G_CALLBACK (on_scanned), self, 0);
  ph_unit_page_set_scan (self->unit, self->scan);
  ph_queue_add (self->queue, self->scan, PH_LANE_LONG);
}

static void
on_scan_images (GtkWidget *widget, const char *action, GVariant *parameter)
{
  start_scan (PH_MAIN_WINDOW (widget), g_variant_get_string (parameter, NULL), NULL);
}

static void
on_scan_neurons (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PhMainWindow *self = PH_MAIN_WINDOW (widget);
  const char *path, *name;
  PhUnit unit;

  g_variant_get (parameter, "(&s&s)", &path, &name);
  if (self->model != NULL && ph_unit_parse (self->model, name, &unit, NULL))
    start_scan (self, path, &unit);
}

static void
on_chosen (GtkNativeDialog *dialog, int response, PhMainWindow *self)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

      if (g_file_peek_path (file) != NULL)
        gtk_widget_activate_action (GTK_WIDGET (self), "win.scan-images", "s",
                                    g_file_peek_path (file));
      else
        _ph_main_window_toast (self, _ ("Only files on this computer can be opened."));
    }
  g_clear_object (&self->chooser);
}

static void
choose (PhMainWindow *self, GtkFileChooserAction action, const char *title)
{
  g_auto (GStrv) recent = g_settings_get_strv (self->settings, KEY_RECENT);

  if (self->chooser != NULL)
    return;
  self->chooser =
      gtk_file_chooser_native_new (title, GTK_WINDOW (self), action, _ ("_Scan"), _ ("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  for (guint i = 0; recent[i] != NULL; i++)
    {
      g_autofree char *folder = g_path_get_dirname (recent[i]);
      g_autoptr (GFile) place = g_file_new_for_path (folder);

      gtk_file_chooser_add_shortcut_folder (GTK_FILE_CHOOSER (self->chooser), place, NULL);
    }
  if (recent[0] != NULL)
    {
      g_autofree char *folder = g_path_get_dirname (recent[0]);
      g_autoptr (GFile) place = g_file_new_for_path (folder);

      gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (self->chooser), place, NULL);
    }
  g_signal_connect (self->chooser, "response", G_CALLBACK (on_chosen), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
on_choose_images (GtkWidget *widget, const char *action, GVariant *parameter)
{
  choose (PH_MAIN_WINDOW (widget), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER,
          _ ("Choose a folder of images"));
}

static void
on_choose_images_file (GtkWidget *widget, const char *action, GVariant *parameter)
{
  choose (PH_MAIN_WINDOW (widget), GTK_FILE_CHOOSER_ACTION_OPEN,
          _ ("Choose a file of images (IDX, CIFAR, .zip)"));
}

/* For ui/window.c */

void
_ph_main_window_class_images_init (PhMainWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_install_action (widget_class, "win.choose-images", NULL, on_choose_images);
  gtk_widget_class_install_action (widget_class, "win.choose-images-file", NULL,
                                   on_choose_images_file);
  gtk_widget_class_install_action (widget_class, "win.scan-images", "s", on_scan_images);
  gtk_widget_class_install_action (widget_class, "win.scan-neurons", "(ss)", on_scan_neurons);
}

/* Folder, file, and what was scanned lately. */
static void
update_menu (PhMainWindow *self)
{
  g_auto (GStrv) recent = g_settings_get_strv (self->settings, KEY_RECENT);
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) ways = g_menu_new ();
  g_autoptr (GMenu) known = g_menu_new ();

  g_menu_append (ways, _ ("_Folder of images…"), "win.choose-images");
  g_menu_append (ways, _ ("F_ile or archive…"), "win.choose-images-file");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (ways));
  for (guint i = 0; recent[i] != NULL; i++)
    {
      g_autofree char *name = g_filename_display_basename (recent[i]);
      g_autoptr (GMenuItem) item = g_menu_item_new (name, NULL);

      g_menu_item_set_action_and_target (item, "win.scan-images", "s", recent[i]);
      g_menu_append_item (known, item);
    }
  g_menu_append_section (menu, _ ("Scanned lately"), G_MENU_MODEL (known));
  ph_unit_page_set_images_menu (self->unit, G_MENU_MODEL (menu));
  ph_compare_page_set_menus (self->compare, NULL, G_MENU_MODEL (menu));
}

void
_ph_main_window_images_init (PhMainWindow *self)
{
  g_autofree char *path = g_settings_get_string (self->settings, KEY);

  g_signal_connect_object (self->settings, "changed::" KEY_RECENT, G_CALLBACK (update_menu), self,
                           G_CONNECT_SWAPPED);
  update_menu (self);
  if (path[0] != '\0')
    use_images (self, path);
}

void
_ph_main_window_drop_scan (PhMainWindow *self)
{
  if (self->scan == NULL)
    return;
  ph_unit_page_set_scan (self->unit, NULL);
  ph_job_stop (self->scan);
  g_clear_object (&self->scan);
}
