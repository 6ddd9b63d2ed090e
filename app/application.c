#include "app/application.h"

#include <glib/gi18n.h>

#include "app/shortcuts.h"
#include "ui/preferences-window.h"
#include "ui/window.h"

struct _PhApplication
{
  AdwApplication parent_instance;

  /* owned */
  GSettings *settings;
  PhQueue *queue;
  PhThumbnails *thumbnails;

  gboolean held; /* jobs are still ending though the last window is gone */
};

G_DEFINE_FINAL_TYPE (PhApplication, ph_application, ADW_TYPE_APPLICATION)

#define APP_ID "org.phosphene.Phosphene"

#define THUMBNAIL_FILES_LIMIT (256 * 1024 * 1024)

/* Windows */

static GtkWidget *
get_page (GtkWidget *window)
{
  return GTK_WIDGET (ph_main_window_get_page (PH_MAIN_WINDOW (window)));
}

static PhMainWindow *
make_window (PhApplication *self)
{
  PhMainWindow *window =
      ph_main_window_new (GTK_APPLICATION (self), self->queue, self->thumbnails, self->settings);

  ph_shortcuts_install_window (GTK_APPLICATION_WINDOW (window), get_page);
  return window;
}

static void
ph_application_activate (GApplication *application)
{
  PhApplication *self = PH_APPLICATION (application);
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  if (window == NULL)
    {
      g_autofree char *path = ph_shipped_dup_network (NULL);
      window = GTK_WINDOW (make_window (self));
      if (path != NULL)
        ph_main_window_open (PH_MAIN_WINDOW (window), path);
      ph_main_window_offer_lessons (PH_MAIN_WINDOW (window));
    }
  gtk_window_present (window);
}

static gboolean
is_network (const char *path)
{
  g_autofree char *folded = g_ascii_strdown (path, -1);

  return g_str_has_suffix (folded, ".onnx");
}

static void
ph_application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  PhApplication *self = PH_APPLICATION (application);
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  /* The first file goes to the window that is there; each further one gets its own, except that a
   * network is shown the picture that follows it. */
  for (int i = 0; i < n_files; i++)
    {
      const char *path = g_file_peek_path (files[i]);
      const char *next = i + 1 < n_files ? g_file_peek_path (files[i + 1]) : NULL;
      if (window == NULL || i > 0)
        window = GTK_WINDOW (make_window (self));
      if (path != NULL && next != NULL && is_network (path) && !is_network (next) &&
          !ph_main_window_is_lesson (next))
        {
          ph_main_window_open_image (PH_MAIN_WINDOW (window), path, next);
          i++;
        }
      else if (path != NULL)
        ph_main_window_open (PH_MAIN_WINDOW (window), path);
      gtk_window_present (window);
    }
}

/* What stands where a file may stand can also be the name of a network, as for the command. */
static gboolean
ph_application_local_command_line (GApplication *application, char ***arguments, int *status)
{
  for (char **word = *arguments + 1; *word != NULL; word++)
    {
      g_autoptr (GError) error = NULL;
      char *path = **word != '-' ? ph_catalogue_resolve_network (*word, &error) : NULL;

      if (path != NULL)
        {
          g_free (*word);
          *word = path;
        }
      else if (error != NULL)
        g_printerr ("%s\n", error->message);
    }
  return G_APPLICATION_CLASS (ph_application_parent_class)
      ->local_command_line (application, arguments, status);
}

/* The last window is gone; threads may still be on their way out. */
static void
on_idle (PhApplication *self)
{
  if (!self->held || !ph_queue_is_idle (self->queue))
    return;
  self->held = FALSE;
  g_application_release (G_APPLICATION (self));
}

static void
ph_application_window_removed (GtkApplication *application, GtkWindow *window)
{
  PhApplication *self = PH_APPLICATION (application);

  if (gtk_application_get_windows (application)->next == NULL && !ph_queue_is_idle (self->queue) &&
      !self->held)
    {
      self->held = TRUE;
      g_application_hold (G_APPLICATION (self));
      ph_queue_cancel_all (self->queue);
    }
  GTK_APPLICATION_CLASS (ph_application_parent_class)->window_removed (application, window);
}

/* Actions */

static void
on_quit (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GList *windows = gtk_application_get_windows (GTK_APPLICATION (data));

  for (GList *next; windows != NULL; windows = next)
    {
      next = windows->next;
      gtk_window_close (windows->data);
    }
}

static void
on_preferences (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  PhApplication *self = data;
  GtkWidget *window = ph_preferences_window_new (self->settings);

  gtk_window_set_transient_for (GTK_WINDOW (window),
                                gtk_application_get_active_window (GTK_APPLICATION (self)));
  gtk_window_present (GTK_WINDOW (window));
}

static void
on_about (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  adw_show_about_window (gtk_application_get_active_window (GTK_APPLICATION (data)),
                         "application-name", "Phosphene", "application-icon", APP_ID, "version",
                         PH_VERSION, "developer-name",
                         /* Translators: who made the program. */
                         _ ("The Phosphene contributors"), "license-type", GTK_LICENSE_APACHE_2_0,
                         "comments", _ ("Shows what the neurons of an image network respond to."),
                         /* Translators: replace by the names of those who translated. */
                         "translator-credits", _ ("translator-credits"), NULL);
}

/* Start and end */

static void
update_style (PhApplication *self)
{
  const AdwColorScheme schemes[] = { ADW_COLOR_SCHEME_DEFAULT, ADW_COLOR_SCHEME_FORCE_LIGHT,
                                     ADW_COLOR_SCHEME_FORCE_DARK };
  int style = CLAMP (g_settings_get_enum (self->settings, "style"), 0, 2);

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), schemes[style]);
}

static void
update_rate (PhApplication *self)
{
  int rate = MAX (1, g_settings_get_int (self->settings, "preview-rate"));

  ph_queue_set_frame_interval (self->queue, 1000 / rate);
}

static gpointer
prune (const PhMonitor *monitor, GCancellable *cancellable, gpointer spec, GError **error)
{
  ph_thumbnails_prune (spec, THUMBNAIL_FILES_LIMIT);
  return NULL;
}

static void
ph_application_startup (GApplication *application)
{
  PhApplication *self = PH_APPLICATION (application);
  const GActionEntry actions[] = {
    { "quit", on_quit },
    { "preferences", on_preferences },
    { "about", on_about },
  };
  g_autofree char *problem = NULL;

  G_APPLICATION_CLASS (ph_application_parent_class)->startup (application);
  gtk_window_set_default_icon_name (APP_ID);

  self->settings = g_settings_new (APP_ID);
  g_signal_connect_object (self->settings, "changed::style", G_CALLBACK (update_style), self,
                           G_CONNECT_SWAPPED);
  update_style (self);

  ph_parallel_set_threads (g_settings_get_int (self->settings, "threads"));
  self->queue = ph_queue_new ();
  g_signal_connect_object (self->queue, "notify::idle", G_CALLBACK (on_idle), self,
                           G_CONNECT_SWAPPED);

  g_signal_connect_object (self->settings, "changed::preview-rate", G_CALLBACK (update_rate), self,
                           G_CONNECT_SWAPPED);
  update_rate (self);

  g_autofree char *folder =
      g_build_filename (g_get_user_cache_dir (), "phosphene", "thumbnails", NULL);
  self->thumbnails = ph_thumbnails_new (self->queue, folder);
  g_autoptr (PhJob) job = ph_job_new ("prune", prune, g_steal_pointer (&folder), g_free, NULL);
  ph_job_set_quiet (job, TRUE);
  ph_queue_add (self->queue, job, PH_LANE_IO);

  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  if (!ph_shortcuts_check (ph_shortcuts, &problem))
    g_critical ("keys: %s", problem);
  ph_shortcuts_install (GTK_APPLICATION (self));
}

static void
ph_application_shutdown (GApplication *application)
{
  PhApplication *self = PH_APPLICATION (application);

  G_APPLICATION_CLASS (ph_application_parent_class)->shutdown (application);
  if (self->queue != NULL)
    g_signal_handlers_disconnect_by_data (self->queue, self);
  g_clear_object (&self->thumbnails);
  g_clear_object (&self->queue);
  g_clear_object (&self->settings);
}

static void
ph_application_class_init (PhApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  application_class->local_command_line = ph_application_local_command_line;
  application_class->activate = ph_application_activate;
  application_class->open = ph_application_open;
  application_class->startup = ph_application_startup;
  application_class->shutdown = ph_application_shutdown;
  GTK_APPLICATION_CLASS (klass)->window_removed = ph_application_window_removed;
}

static void
ph_application_init (PhApplication *self)
{
}

/* Public */

PhApplication *
ph_application_new (void)
{
  return g_object_new (PH_TYPE_APPLICATION, "application-id", APP_ID, "flags",
                       G_APPLICATION_HANDLES_OPEN, "resource-base-path", "/org/phosphene/Phosphene",
                       NULL);
}
