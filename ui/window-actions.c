#include "ui/window-private.h"

#include <glib/gi18n.h>

#include "ui/catalogue-window.h"
#include "ui/network-window.h"
#include "ui/unit-model.h"

static void
on_chosen (GtkNativeDialog *dialog, int response, PhMainWindow *self)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      if (g_file_peek_path (file) != NULL)
        ph_main_window_open (self, g_file_peek_path (file));
      else
        _ph_main_window_toast (self, _ ("Only files on this computer can be opened."));
    }
  g_clear_object (&self->chooser);
}

static void
on_open (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PhMainWindow *self = PH_MAIN_WINDOW (widget);

  if (self->chooser != NULL)
    return;
  self->chooser =
      gtk_file_chooser_native_new (_ ("Open a network or a picture"), GTK_WINDOW (self),
                                   GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Open"), _ ("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);

  g_autoptr (GtkFileFilter) known = gtk_file_filter_new ();
  gtk_file_filter_set_name (known, _ ("Networks (ONNX) and pictures"));
  gtk_file_filter_add_suffix (known, "onnx");
  gtk_file_filter_add_pixbuf_formats (known);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->chooser), known);
  g_autoptr (GtkFileFilter) all = gtk_file_filter_new ();
  gtk_file_filter_set_name (all, _ ("All files"));
  gtk_file_filter_add_pattern (all, "*");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->chooser), all);

  g_signal_connect (self->chooser, "response", G_CALLBACK (on_chosen), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
on_open_path (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ph_main_window_open (PH_MAIN_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

static void
on_reload (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PhMainWindow *self = PH_MAIN_WINDOW (widget);

  if (self->failed_path != NULL)
    ph_main_window_open (self, self->failed_path);
}

static void
on_cancel_open (GtkWidget *widget, const char *action, GVariant *parameter)
{
  _ph_main_window_cancel_open (PH_MAIN_WINDOW (widget));
}

static void
on_back (GtkWidget *widget, const char *action, GVariant *parameter)
{
  _ph_main_window_move (PH_MAIN_WINDOW (widget), -1);
}

static void
on_forward (GtkWidget *widget, const char *action, GVariant *parameter)
{
  _ph_main_window_move (PH_MAIN_WINDOW (widget), 1);
}

static void
on_show_layer (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PhMainWindow *self = PH_MAIN_WINDOW (widget);
  const char *name = g_variant_get_string (parameter, NULL);

  if (self->model != NULL)
    _ph_main_window_go (self, ph_place_new (ph_model_get_path (self->model), name, NULL, NULL),
                        TRUE);
}

static void
on_show_unit (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PhMainWindow *self = PH_MAIN_WINDOW (widget);
  const char *name = g_variant_get_string (parameter, NULL);

  if (self->model != NULL)
    _ph_main_window_go (self, ph_place_new (ph_model_get_path (self->model), NULL, name, NULL),
                        TRUE);
}

static void
on_image (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PhMainWindow *self = PH_MAIN_WINDOW (widget);

  if (self->model != NULL && self->page != PH_PAGE (self->image))
    _ph_main_window_go (self, ph_place_new_image (ph_model_get_path (self->model), ""), TRUE);
}

static void
on_learn (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PhMainWindow *self = PH_MAIN_WINDOW (widget);

  if (self->model != NULL && self->page != PH_PAGE (self->learn))
    _ph_main_window_go (self, ph_place_new_page (ph_model_get_path (self->model), LEARN), TRUE);
}

static void
on_learn_with (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PhMainWindow *self = PH_MAIN_WINDOW (widget);
  const char *network, *images;

  g_variant_get (parameter, "(&s&s)", &network, &images);
  _ph_main_window_go (self, ph_place_new_page (network, LEARN), TRUE);
  ph_learn_page_use (self->learn, images, PH_TRAIN_HEAD);
}

static void
on_embeddings (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PhMainWindow *self = PH_MAIN_WINDOW (widget);

  if (self->model != NULL && self->page != PH_PAGE (self->embeddings))
    _ph_main_window_go (self, ph_place_new_page (ph_model_get_path (self->model), EMBEDDINGS),
                        TRUE);
}

static void
on_open_image_with (GtkWidget *widget, const char *action, GVariant *parameter)
{
  const char *network, *picture;

  g_variant_get (parameter, "(&s&s)", &network, &picture);
  _ph_main_window_go (PH_MAIN_WINDOW (widget), ph_place_new_image (network, picture), TRUE);
}

static void
on_compare (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PhMainWindow *self = PH_MAIN_WINDOW (widget);
  const char *path = parameter != NULL ? g_variant_get_string (parameter, NULL) : "";

  if (self->model != NULL && (parameter != NULL || self->page != PH_PAGE (self->compare)))
    _ph_main_window_go (self, ph_place_new_compare (ph_model_get_path (self->model), path), TRUE);
}

static void
on_open_image (GtkWidget *widget, const char *action, GVariant *parameter)
{
  _ph_main_window_open_image (PH_MAIN_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

static void
on_search (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PhMainWindow *self = PH_MAIN_WINDOW (widget);
  const PhPlace *place = ph_history_get (self->history, 0);

  if (self->model == NULL || place == NULL)
    return;
  if (self->page != PH_PAGE (self->explore))
    _ph_main_window_go (self, ph_place_new (place->path, place->layer, NULL, NULL), TRUE);
  ph_explore_page_focus_search (self->explore);
}

static void
on_toggle_sidebar (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PhMainWindow *self = PH_MAIN_WINDOW (widget);
  gboolean shown;

  g_object_get (self->explore, "sidebar", &shown, NULL);
  g_object_set (self->explore, "sidebar", !shown, NULL);
}

static void
on_network (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PhMainWindow *self = PH_MAIN_WINDOW (widget);

  if (self->model == NULL)
    return;
  GtkWidget *details = ph_network_window_new (self->model, self->queue);
  gtk_window_set_transient_for (GTK_WINDOW (details), GTK_WINDOW (self));
  gtk_window_present (GTK_WINDOW (details));
}

static void
on_get_networks (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PhMainWindow *self = PH_MAIN_WINDOW (widget);

  if (self->catalogue == NULL)
    g_set_weak_pointer (&self->catalogue,
                        ph_catalogue_window_new (GTK_WINDOW (self), self->queue, self->settings));
  gtk_window_present (GTK_WINDOW (self->catalogue));
}

static void
on_toast (GtkWidget *widget, const char *action, GVariant *parameter)
{
  _ph_main_window_toast (PH_MAIN_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

/* For ui/window.c */

void
_ph_main_window_class_actions_init (PhMainWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_install_action (widget_class, "win.open", NULL, on_open);
  gtk_widget_class_install_action (widget_class, "win.open-path", "s", on_open_path);
  gtk_widget_class_install_action (widget_class, "win.reload", NULL, on_reload);
  gtk_widget_class_install_action (widget_class, "win.cancel-open", NULL, on_cancel_open);
  gtk_widget_class_install_action (widget_class, "win.back", NULL, on_back);
  gtk_widget_class_install_action (widget_class, "win.forward", NULL, on_forward);
  gtk_widget_class_install_action (widget_class, "win.show-layer", "s", on_show_layer);
  gtk_widget_class_install_action (widget_class, "win.show-unit", "s", on_show_unit);
  gtk_widget_class_install_action (widget_class, "win.image", NULL, on_image);
  gtk_widget_class_install_action (widget_class, "win.compare", NULL, on_compare);
  gtk_widget_class_install_action (widget_class, "win.compare-path", "s", on_compare);
  gtk_widget_class_install_action (widget_class, "win.open-image", "s", on_open_image);
  gtk_widget_class_install_action (widget_class, "win.open-image-with", "(ss)", on_open_image_with);
  gtk_widget_class_install_action (widget_class, "win.learn", NULL, on_learn);
  gtk_widget_class_install_action (widget_class, "win.learn-with", "(ss)", on_learn_with);
  gtk_widget_class_install_action (widget_class, "win.embeddings", NULL, on_embeddings);
  gtk_widget_class_install_action (widget_class, "win.search", NULL, on_search);
  gtk_widget_class_install_action (widget_class, "win.toggle-sidebar", NULL, on_toggle_sidebar);
  gtk_widget_class_install_action (widget_class, "win.network", NULL, on_network);
  gtk_widget_class_install_action (widget_class, "win.get-networks", NULL, on_get_networks);
  gtk_widget_class_install_action (widget_class, "win.toast", "s", on_toast);
}

void
_ph_main_window_actions_update (PhMainWindow *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  gboolean ready = ph_explore_page_is_ready (self->explore);
  gboolean exploring = self->page == PH_PAGE (self->explore);
  gboolean has_model = self->model != NULL;

  gtk_widget_action_set_enabled (
      widget, "win.back", ph_history_get (self->history, -1) != NULL || (has_model && !ready));
  gtk_widget_action_set_enabled (widget, "win.forward",
                                 ready && ph_history_get (self->history, 1) != NULL);
  gtk_widget_action_set_enabled (widget, "win.search", has_model && ready);
  gtk_widget_action_set_enabled (widget, "win.network", has_model);
  gtk_widget_action_set_enabled (widget, "win.sheet", has_model);
  gtk_widget_action_set_enabled (widget, "win.gallery-all", has_model);
  gtk_widget_action_set_enabled (widget, "win.gallery-layer",
                                 has_model &&
                                     ph_explore_page_get_layer (self->explore) >= PH_CLASSES);
  gtk_widget_action_set_enabled (widget, "win.image",
                                 has_model && ready && self->page != PH_PAGE (self->image));
  gtk_widget_set_visible (self->image_button, has_model && ready);
  gtk_widget_action_set_enabled (widget, "win.learn",
                                 has_model && ready && self->page != PH_PAGE (self->learn));
  gtk_widget_set_visible (self->learn_button, has_model && ready);
  gtk_widget_action_set_enabled (widget, "win.compare",
                                 has_model && ready && self->page != PH_PAGE (self->compare));
  gtk_widget_set_visible (self->compare_button, has_model && ready);
  gtk_widget_action_set_enabled (widget, "win.embeddings",
                                 has_model && ready && self->page != PH_PAGE (self->embeddings));
  gtk_widget_set_visible (self->embeddings_button, has_model && ready);
  gtk_widget_action_set_enabled (widget, "win.toggle-sidebar", exploring && ready);
  gtk_widget_set_visible (self->sidebar_button, exploring && ready);
}
