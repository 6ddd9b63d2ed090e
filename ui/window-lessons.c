#include "ui/window-private.h"

#include <glib/gi18n.h>

#include "ui/lesson-actions.h"

/* Lessons beside the pages, and showing all of it to a class. */

#define KEY_WIDTH "lesson-width"
#define KEY_OFFERED "lesson-offered"

/* The pages keep at least so much. */
#define LEAST_PAGES 420

/* The panel */

/* What the panel has of the window's width is remembered. */
static void
set_width (PhMainWindow *self)
{
  int width = gtk_widget_get_width (GTK_WIDGET (self->paned));
  int wanted = g_settings_get_int (self->settings, KEY_WIDTH);

  self->width_later = width == 0;
  if (width > 0)
    gtk_paned_set_position (self->paned, MAX (MIN (LEAST_PAGES, width), width - wanted));
}

/* A window that has just been made has no width yet. */
static void
on_width (PhMainWindow *self)
{
  if (self->width_later)
    set_width (self);
}

static void
keep_width (PhMainWindow *self)
{
  int width = gtk_widget_get_width (GTK_WIDGET (self->lessons));

  if (gtk_widget_get_visible (GTK_WIDGET (self->lessons)) && width > 0)
    g_settings_set_int (self->settings, KEY_WIDTH, width);
}

void
_ph_main_window_set_lessons (PhMainWindow *self, gboolean shown)
{
  if (shown == gtk_widget_get_visible (GTK_WIDGET (self->lessons)))
    return;
  if (shown && ph_lesson_panel_get_lesson (self->lessons) == NULL)
    ph_lesson_panel_show_list (self->lessons);
  if (!shown)
    {
      keep_width (self);
      /* Nobody types into what is hidden, and GTK would keep it for ever. */
      gtk_widget_child_focus (GTK_WIDGET (self->page), GTK_DIR_TAB_FORWARD);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->lessons), shown);
  if (shown)
    {
      set_width (self);
      ph_lesson_panel_focus (self->lessons);
      if (self->offer != NULL)
        adw_toast_dismiss (self->offer);
    }
  _ph_main_window_actions_update (self);
  g_object_notify (G_OBJECT (self), "lessons");
}

void
_ph_main_window_set_presenting (PhMainWindow *self, gboolean presenting)
{
  GtkWindow *window = GTK_WINDOW (self);

  if (presenting == ph_presenter_get_presenting (self->presenter))
    return;
  ph_presenter_set_presenting (self->presenter, presenting);
  gtk_widget_set_visible (self->header, !presenting);
  if (presenting)
    {
      gtk_widget_add_css_class (GTK_WIDGET (self), "ph-presenting");
      gtk_window_fullscreen (window);
      _ph_main_window_toast (self, _ ("F11 ends the presenter mode."));
    }
  else
    {
      gtk_widget_remove_css_class (GTK_WIDGET (self), "ph-presenting");
      gtk_window_unfullscreen (window);
    }
  g_object_notify (G_OBJECT (self), "presenting");
}

void
_ph_main_window_open_lesson (PhMainWindow *self, const char *path)
{
  g_autoptr (GError) error = NULL;

  if (ph_lesson_panel_open (self->lessons, path, &error))
    _ph_main_window_set_lessons (self, TRUE);
  else
    _ph_main_window_toast (self, error->message);
}

/* What the panel wants of the window */

static void
act (const PhLessonAction *action, gpointer data)
{
  _ph_main_window_act (data, action);
}

static gboolean
ask (const PhLessonCheck *check, gpointer data)
{
  return _ph_main_window_ask (data, check);
}

static void
go (const char *network, const char *unit, gpointer data)
{
  g_autofree char *shipped = ph_shipped_dup_network (network);
  const char *path = shipped != NULL ? shipped : network;

  /* What another computer has is not here. */
  if (g_file_test (path, G_FILE_TEST_EXISTS))
    _ph_main_window_go (data, ph_place_new (path, NULL, unit, NULL), TRUE);
}

static void
describe (PhLessonState *state, gpointer data)
{
  PhMainWindow *self = data;
  const char *path = self->model != NULL ? ph_model_get_path (self->model) : NULL;

  for (const PhShippedNetwork *network = ph_shipped_networks; network->name != NULL; network++)
    {
      g_autofree char *shipped = ph_shipped_dup_network (network->name);

      if (path != NULL && g_strcmp0 (shipped, path) == 0)
        state->network = g_strdup (network->name);
    }
  if (state->network == NULL)
    state->network = g_strdup (path);
  if (self->page == PH_PAGE (self->unit))
    state->unit = ph_unit_page_dup_unit_name (self->unit);
}

/* Files */

#define ACTION "phosphene-action"

static void
on_chosen (GtkNativeDialog *dialog, int response, PhMainWindow *self)
{
  const char *action = g_object_get_data (G_OBJECT (dialog), ACTION);

  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      const char *path = g_file_peek_path (file);
      g_autoptr (GError) error = NULL;
      gboolean done = TRUE;

      if (path == NULL)
        _ph_main_window_toast (self, _ ("Only files on this computer can be used."));
      else if (g_str_equal (action, "win.open-lesson"))
        _ph_main_window_open_lesson (self, path);
      else if (g_str_equal (action, "win.hand-out-lesson"))
        done = ph_lesson_panel_hand_out (self->lessons, path, &error);
      else if (g_str_equal (action, "win.save-progress"))
        done = ph_lesson_panel_save_progress (self->lessons, path, &error);
      else
        done = ph_lesson_panel_read_progress (self->lessons, path, &error);
      if (!done)
        _ph_main_window_toast (self, error->message);
    }
  g_clear_object (&self->chooser);
}

static void
choose (PhMainWindow *self, const char *action, const char *title, const char *name,
        const char *suffix)
{
  GtkFileChooserAction way =
      name != NULL ? GTK_FILE_CHOOSER_ACTION_SAVE : GTK_FILE_CHOOSER_ACTION_OPEN;
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  if (self->chooser != NULL)
    return;
  self->chooser = gtk_file_chooser_native_new (
      title, GTK_WINDOW (self), way, name != NULL ? _ ("_Save") : _ ("_Open"), _ ("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  if (name != NULL)
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), name);
  gtk_file_filter_set_name (filter, title);
  gtk_file_filter_add_suffix (filter, suffix);
  if (g_str_equal (action, "win.open-lesson"))
    gtk_file_filter_add_suffix (filter, "md");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->chooser), filter);
  g_object_set_data (G_OBJECT (self->chooser), ACTION, (gpointer)g_intern_string (action));
  g_signal_connect (self->chooser, "response", G_CALLBACK (on_chosen), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
on_open_lesson (GtkWidget *widget, const char *action, GVariant *parameter)
{
  choose (PH_MAIN_WINDOW (widget), action, _ ("Lessons"), NULL, PH_LESSON_STATE_SUFFIX + 1);
}

static void
on_hand_out (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PhMainWindow *self = PH_MAIN_WINDOW (widget);
  g_autofree char *name =
      g_strconcat (ph_lesson_panel_get_lesson (self->lessons)->title, PH_LESSON_STATE_SUFFIX, NULL);

  choose (self, action, _ ("Lessons as they stand"), name, PH_LESSON_STATE_SUFFIX + 1);
}

static void
on_progress (GtkWidget *widget, const char *action, GVariant *parameter)
{
  choose (PH_MAIN_WINDOW (widget), action, _ ("Progress in lessons"),
          g_str_equal (action, "win.save-progress") ? "phosphene-lessons.ini" : NULL, "ini");
}

/* Steps */

static void
on_move (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ph_lesson_panel_move (PH_MAIN_WINDOW (widget)->lessons,
                        g_str_equal (action, "win.lesson-next") ? 1 : -1);
}

static void
on_list (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ph_lesson_panel_show_list (PH_MAIN_WINDOW (widget)->lessons);
}

static void
on_restart (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ph_lesson_panel_restart (PH_MAIN_WINDOW (widget)->lessons);
}

static void
on_first (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PhMainWindow *self = PH_MAIN_WINDOW (widget);

  ph_lesson_panel_open_first (self->lessons);
  _ph_main_window_set_lessons (self, TRUE);
}

/* For ui/window.c */

void
_ph_main_window_class_lessons_init (PhMainWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (PH_TYPE_LESSON_PANEL);
  g_type_ensure (PH_TYPE_PRESENTER);
  gtk_widget_class_install_property_action (widget_class, "win.lessons", "lessons");
  gtk_widget_class_install_property_action (widget_class, "win.present", "presenting");
  gtk_widget_class_install_action (widget_class, "win.lesson-next", NULL, on_move);
  gtk_widget_class_install_action (widget_class, "win.lesson-previous", NULL, on_move);
  gtk_widget_class_install_action (widget_class, "win.lesson-list", NULL, on_list);
  gtk_widget_class_install_action (widget_class, "win.lesson-restart", NULL, on_restart);
  gtk_widget_class_install_action (widget_class, "win.first-lesson", NULL, on_first);
  gtk_widget_class_install_action (widget_class, "win.open-lesson", NULL, on_open_lesson);
  gtk_widget_class_install_action (widget_class, "win.hand-out-lesson", NULL, on_hand_out);
  gtk_widget_class_install_action (widget_class, "win.save-progress", NULL, on_progress);
  gtk_widget_class_install_action (widget_class, "win.read-progress", NULL, on_progress);
}

void
_ph_main_window_lessons_init (PhMainWindow *self)
{
  const PhLessonHost host = { act, ask, go, describe };

  ph_lesson_panel_set_up (self->lessons, self->settings, self->queue, &host, self);
  _ph_main_window_act_init (self);
  g_signal_connect_object (self->paned, "notify::max-position", G_CALLBACK (on_width), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->lessons, "changed", G_CALLBACK (_ph_main_window_lessons_update),
                           self, G_CONNECT_SWAPPED);
  _ph_main_window_lessons_update (self);
}

void
_ph_main_window_lessons_update (PhMainWindow *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  const PhLesson *lesson = ph_lesson_panel_get_lesson (self->lessons);
  gboolean shown = lesson != NULL && lesson->mistakes->len == 0;

  gtk_widget_action_set_enabled (widget, "win.lesson-next", shown);
  gtk_widget_action_set_enabled (widget, "win.lesson-previous",
                                 shown && ph_lesson_panel_get_step (self->lessons) > 0);
  gtk_widget_action_set_enabled (widget, "win.lesson-list", lesson != NULL);
  gtk_widget_action_set_enabled (widget, "win.lesson-restart", shown);
  gtk_widget_action_set_enabled (widget, "win.hand-out-lesson", shown);
}

void
_ph_main_window_lessons_leave (PhMainWindow *self)
{
  keep_width (self);
  _ph_main_window_act_drop (self);
}

/* Public */

void
ph_main_window_offer_lessons (PhMainWindow *self)
{
  g_return_if_fail (PH_IS_MAIN_WINDOW (self));

  AdwToast *toast;

  if (g_settings_get_boolean (self->settings, KEY_OFFERED))
    return;
  g_settings_set_boolean (self->settings, KEY_OFFERED, TRUE);
  toast = adw_toast_new (_ ("New here? The first lesson shows around in a few minutes."));
  adw_toast_set_button_label (toast, _ ("_Begin"));
  adw_toast_set_action_name (toast, "win.first-lesson");
  adw_toast_set_timeout (toast, 0);
  g_set_weak_pointer (&self->offer, toast);
  adw_toast_overlay_add_toast (self->toasts, toast);
}
