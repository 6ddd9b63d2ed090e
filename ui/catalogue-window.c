#include "ui/catalogue-window.h"

#include <glib/gi18n.h>

#include "ui/catalogue-row.h"

struct _PhCatalogueWindow
{
  AdwWindow parent_instance;

  /* template */
  GtkInfoBar *offline;
  AdwToastOverlay *toasts;
  GtkStack *states;
  AdwStatusPage *failed;
  GtkListBox *networks;
  GtkListBox *images;
  AdwEntryRow *mirror;
  AdwActionRow *folder;

  /* owned */
  PhQueue *queue;
  GSettings *settings;
  PhJob *loading; /* nullable: until the catalogue is read */
};

G_DEFINE_FINAL_TYPE (PhCatalogueWindow, ph_catalogue_window, ADW_TYPE_WINDOW)

enum
{
  PROP_STATE = 1,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

#define KEY_MIRROR "mirror"

static void
set_state (PhCatalogueWindow *self, const char *state)
{
  gtk_stack_set_visible_child_name (self->states, state);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

static void
toast (PhCatalogueWindow *self, const char *sentence)
{
  g_autofree char *markup = g_markup_escape_text (sentence, -1);

  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (markup));
}

/* Loading */

static GtkWidget *
make_row (gpointer item, gpointer data)
{
  return ph_catalogue_row_new (item);
}

static void
on_loaded (PhJob *job, PhCatalogueWindow *self)
{
  g_autoptr (PhJob) loading = g_steal_pointer (&self->loading);
  g_autoptr (GListModel) networks = NULL, images = NULL;

  if (ph_job_get_state (job) == PH_JOB_FAILED)
    {
      g_autofree char *sentence = g_markup_escape_text (ph_job_get_error (job)->message, -1);

      ph_queue_dismiss (self->queue, job);
      adw_status_page_set_description (self->failed, sentence);
      set_state (self, "failed");
    }
  if (ph_job_get_state (job) != PH_JOB_DONE)
    return;
  networks = ph_catalogue_items_take (job, self->queue, PH_CATALOGUE_NETWORK);
  images = ph_catalogue_items_take (job, self->queue, PH_CATALOGUE_IMAGES);
  gtk_list_box_bind_model (self->networks, networks, make_row, NULL, NULL);
  gtk_list_box_bind_model (self->images, images, make_row, NULL, NULL);
  set_state (self, g_list_model_get_n_items (networks) + g_list_model_get_n_items (images) > 0
                       ? "ready"
                       : "empty");
}

static void
drop_loading (PhCatalogueWindow *self)
{
  if (self->loading == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->loading, self);
  ph_job_cancel (self->loading);
  g_clear_object (&self->loading);
}

static void
reload (PhCatalogueWindow *self)
{
  drop_loading (self);
  self->loading = ph_catalogue_items_load ();
  g_signal_connect (self->loading, "finished", G_CALLBACK (on_loaded), self);
  ph_queue_add (self->queue, self->loading, PH_LANE_IO);
  set_state (self, "loading");
}

/* Actions of the rows */

static PhCatalogueItem *
find_item (PhCatalogueWindow *self, const char *name)
{
  GtkListBox *lists[] = { self->networks, self->images };

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    for (GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (lists[i])); row != NULL;
         row = gtk_widget_get_next_sibling (row))
      {
        PhCatalogueItem *item = ph_catalogue_row_get_item (PH_CATALOGUE_ROW (row));

        if (g_str_equal (ph_catalogue_item_get_entry (item)->name, name))
          return item;
      }
  return NULL;
}

static void
on_reload (GtkWidget *widget, const char *action, GVariant *parameter)
{
  reload (PH_CATALOGUE_WINDOW (widget));
}

static void
on_fetch (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PhCatalogueWindow *self = PH_CATALOGUE_WINDOW (widget);
  PhCatalogueItem *item = find_item (self, g_variant_get_string (parameter, NULL));
  g_autofree char *mirror = g_settings_get_string (self->settings, KEY_MIRROR);

  if (item != NULL)
    ph_catalogue_item_fetch (item, mirror);
}

static void
on_open (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PhCatalogueWindow *self = PH_CATALOGUE_WINDOW (widget);
  PhCatalogueItem *item = find_item (self, g_variant_get_string (parameter, NULL));
  GtkWindow *target = gtk_window_get_transient_for (GTK_WINDOW (self));
  const PhCatalogueEntry *entry = item != NULL ? ph_catalogue_item_get_entry (item) : NULL;
  g_autoptr (GObject) model = NULL;

  if (entry == NULL || target == NULL)
    return;
  g_object_get (target, "model", &model, NULL);
  if (entry->kind == PH_CATALOGUE_IMAGES && model == NULL)
    {
      toast (self, _ ("Open a network first: the images are shown to it."));
      return;
    }
  gtk_widget_activate_action (
      GTK_WIDGET (target), entry->kind == PH_CATALOGUE_IMAGES ? "win.scan-images" : "win.open-path",
      "s", entry->path);
  gtk_window_close (GTK_WINDOW (self));
}

static void
on_removal_answer (AdwMessageDialog *dialog, const char *response, PhCatalogueWindow *self)
{
  PhCatalogueItem *item = g_object_get_data (G_OBJECT (dialog), "item");
  g_autoptr (GError) error = NULL;

  if (g_str_equal (response, "remove") && !ph_catalogue_item_remove (item, &error))
    toast (self, error->message);
}

static void
on_remove (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PhCatalogueWindow *self = PH_CATALOGUE_WINDOW (widget);
  PhCatalogueItem *item = find_item (self, g_variant_get_string (parameter, NULL));

  if (item == NULL)
    return;

  const PhCatalogueEntry *entry = ph_catalogue_item_get_entry (item);
  g_autofree char *size = g_format_size (entry->bytes);
  /* Translators: name of a network or a set of images. */
  g_autofree char *title = g_strdup_printf (_ ("Remove %s?"), entry->title);
  g_autofree char *body =
      /* Translators: a size, "5.0 MB". */
      g_strdup_printf (_ ("It takes %s on this computer and can be fetched again."), size);
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), title, body);

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "remove",
                                    _ ("_Remove"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "remove",
                                              ADW_RESPONSE_DESTRUCTIVE);
  g_object_set_data_full (G_OBJECT (dialog), "item", g_object_ref (item), g_object_unref);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_removal_answer), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* Mirror and network */

static void
on_mirror (AdwEntryRow *row, PhCatalogueWindow *self)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (row))));

  if (*text != '\0' && !g_str_has_prefix (text, "https://") && !g_str_has_prefix (text, "http://"))
    {
      gtk_widget_add_css_class (GTK_WIDGET (row), "error");
      toast (self, _ ("A mirror’s address begins with https:// or http://."));
      return;
    }
  gtk_widget_remove_css_class (GTK_WIDGET (row), "error");
  g_settings_set_string (self->settings, KEY_MIRROR, text);
}

/* A hint only: the system may be wrong, and a mirror may be near. */
static void
update_offline (PhCatalogueWindow *self)
{
  gtk_info_bar_set_revealed (
      self->offline, !g_network_monitor_get_network_available (g_network_monitor_get_default ()));
}

/* GObject */

static void
ph_catalogue_window_dispose (GObject *object)
{
  PhCatalogueWindow *self = PH_CATALOGUE_WINDOW (object);

  if (self->queue != NULL)
    drop_loading (self);
  gtk_widget_dispose_template (GTK_WIDGET (self), PH_TYPE_CATALOGUE_WINDOW);
  g_clear_object (&self->queue);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (ph_catalogue_window_parent_class)->dispose (object);
}

static void
ph_catalogue_window_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_STATE:
      g_value_set_string (value,
                          gtk_stack_get_visible_child_name (PH_CATALOGUE_WINDOW (object)->states));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
ph_catalogue_window_class_init (PhCatalogueWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = ph_catalogue_window_dispose;
  object_class->get_property = ph_catalogue_window_get_property;
  props[PROP_STATE] =
      g_param_spec_string ("state", NULL, NULL, NULL,
                           G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  gtk_widget_class_install_action (widget_class, "catalogue.reload", NULL, on_reload);
  gtk_widget_class_install_action (widget_class, "catalogue.fetch", "s", on_fetch);
  gtk_widget_class_install_action (widget_class, "catalogue.open", "s", on_open);
  gtk_widget_class_install_action (widget_class, "catalogue.remove", "s", on_remove);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/phosphene/Phosphene/catalogue-window.ui");
  gtk_widget_class_bind_template_child (widget_class, PhCatalogueWindow, offline);
  gtk_widget_class_bind_template_child (widget_class, PhCatalogueWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, PhCatalogueWindow, states);
  gtk_widget_class_bind_template_child (widget_class, PhCatalogueWindow, failed);
  gtk_widget_class_bind_template_child (widget_class, PhCatalogueWindow, networks);
  gtk_widget_class_bind_template_child (widget_class, PhCatalogueWindow, images);
  gtk_widget_class_bind_template_child (widget_class, PhCatalogueWindow, mirror);
  gtk_widget_class_bind_template_child (widget_class, PhCatalogueWindow, folder);
  gtk_widget_class_bind_template_callback (widget_class, on_mirror);
}

static void
ph_catalogue_window_init (PhCatalogueWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Public */

GtkWidget *
ph_catalogue_window_new (GtkWindow *target, PhQueue *queue, GSettings *settings)
{
  g_return_val_if_fail (GTK_IS_WINDOW (target), NULL);
  g_return_val_if_fail (PH_IS_QUEUE (queue), NULL);
  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);

  PhCatalogueWindow *self = g_object_new (PH_TYPE_CATALOGUE_WINDOW, "transient-for", target, NULL);
  g_autofree char *folder = g_build_filename (g_get_user_data_dir (), "phosphene", NULL);
  g_autofree char *shown = g_filename_display_name (folder);
  g_autofree char *mirror = g_settings_get_string (settings, KEY_MIRROR);

  self->queue = g_object_ref (queue);
  self->settings = g_object_ref (settings);
  gtk_editable_set_text (GTK_EDITABLE (self->mirror), mirror);
  adw_action_row_set_subtitle (self->folder, shown);
  g_signal_connect_object (g_network_monitor_get_default (), "notify::network-available",
                           G_CALLBACK (update_offline), self, G_CONNECT_SWAPPED);
  update_offline (self);
  reload (self);
  return GTK_WIDGET (self);
}
