#include "ui/catalogue-row.h"

#include <glib/gi18n.h>

struct _PhCatalogueRow
{
  AdwActionRow parent_instance;

  /* template */
  GtkImage *mark;
  GtkProgressBar *progress;
  GtkButton *main;
  GtkButton *away;

  /* owned */
  PhCatalogueItem *item;
};

G_DEFINE_FINAL_TYPE (PhCatalogueRow, ph_catalogue_row, ADW_TYPE_ACTION_ROW)

/* What a row shows in a state. "%s" in the names for screen readers is the title. */
static const struct
{
  const char *main, *main_name, *away_icon, *away_tip, *away_name, *mark, *mark_name;
  gboolean progress, suggested;
} looks[] = {
  [PH_CATALOGUE_ABSENT] = { N_ ("Get"), N_ ("Get %s"), NULL, NULL, NULL, NULL, NULL, FALSE, FALSE },
  [PH_CATALOGUE_WAITING] = { N_ ("Pause"), N_ ("Pause %s"), "window-close-symbolic", N_ ("Cancel"),
                             N_ ("Cancel %s"), "content-loading-symbolic", N_ ("waiting"), TRUE,
                             FALSE },
  [PH_CATALOGUE_FETCHING] = { N_ ("Pause"), N_ ("Pause %s"), "window-close-symbolic", N_ ("Cancel"),
                              N_ ("Cancel %s"), "folder-download-symbolic", N_ ("being fetched"),
                              TRUE, FALSE },
  [PH_CATALOGUE_PAUSED] = { N_ ("Go On"), N_ ("Go on with %s"), "window-close-symbolic",
                            N_ ("Throw away what was fetched"),
                            N_ ("Throw away what was fetched of %s"),
                            "media-playback-pause-symbolic", N_ ("paused"), TRUE, FALSE },
  [PH_CATALOGUE_FAILED] = { N_ ("Try Again"), N_ ("Try %s again"), "window-close-symbolic",
                            N_ ("Throw away what was fetched"),
                            N_ ("Throw away what was fetched of %s"), "dialog-warning-symbolic",
                            N_ ("failed"), FALSE, FALSE },
  [PH_CATALOGUE_HERE] = { N_ ("Open"), N_ ("Open %s"), "user-trash-symbolic",
                          N_ ("Remove from this computer"), N_ ("Remove %s from this computer"),
                          "object-select-symbolic", N_ ("on this computer"), FALSE, TRUE },
};

static void
set_name (gpointer widget, const char *format, const char *title)
{
  g_autofree char *name = g_strdup_printf (format, title);

  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
set_class (gpointer widget, const char *name, gboolean on)
{
  if (on)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

/* The second line: facts, or what happens. */
static char *
describe (PhCatalogueItem *item, PhCatalogueState state)
{
  const PhCatalogueEntry *entry = ph_catalogue_item_get_entry (item);
  const char *message = ph_catalogue_item_get_message (item);
  g_autofree char *size = g_format_size (entry->bytes);
  g_autofree char *have =
      g_format_size ((guint64)(ph_catalogue_item_get_progress (item) * entry->bytes + 0.5));

  if (state == PH_CATALOGUE_WAITING)
    return g_strdup (_ ("Waits for its turn"));
  if ((state == PH_CATALOGUE_FETCHING || state == PH_CATALOGUE_FAILED) && message != NULL)
    return g_strdup (message);
  if (state == PH_CATALOGUE_PAUSED)
    /* Translators: sizes, "3.1 MB of 5.0 MB". */
    return g_strdup_printf (_ ("%s of %s are here"), have, size);
  return g_strdup_printf ("%s · %s · %s", size, entry->licence, entry->source);
}

static void
update (PhCatalogueRow *self)
{
  const PhCatalogueEntry *entry = ph_catalogue_item_get_entry (self->item);
  PhCatalogueState state = ph_catalogue_item_get_state (self->item);
  g_autofree char *facts = describe (self->item, state);
  g_autofree char *subtitle = g_strdup_printf ("%s\n%s", entry->about, facts);
  const char *label = _ (looks[state].main), *main_name = _ (looks[state].main_name);

  /* Images are opened by showing them to the network. */
  if (state == PH_CATALOGUE_HERE && entry->kind == PH_CATALOGUE_IMAGES)
    {
      label = _ ("Scan");
      main_name = _ ("Show %s to the network that is open");
    }
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), entry->title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), subtitle);
  gtk_button_set_label (self->main, label);
  set_name (self->main, main_name, entry->title);
  set_class (self->main, "suggested-action", looks[state].suggested);
  gtk_widget_set_visible (GTK_WIDGET (self->progress), looks[state].progress);
  gtk_progress_bar_set_fraction (self->progress, ph_catalogue_item_get_progress (self->item));

  gboolean has_away =
      looks[state].away_icon != NULL &&
      (state != PH_CATALOGUE_FAILED || ph_catalogue_item_get_progress (self->item) > 0);

  /* Keeps its room, so that the buttons before it stand in a column. */
  gtk_widget_set_opacity (GTK_WIDGET (self->away), has_away ? 1 : 0);
  gtk_widget_set_sensitive (GTK_WIDGET (self->away), has_away);
  gtk_button_set_icon_name (self->away,
                            has_away ? looks[state].away_icon : "window-close-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->away),
                               has_away ? _ (looks[state].away_tip) : NULL);
  set_name (self->away, has_away ? _ (looks[state].away_name) : "%s", entry->title);

  gtk_image_set_from_icon_name (self->mark, looks[state].mark);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->mark),
                               looks[state].mark_name != NULL ? _ (looks[state].mark_name) : NULL);
  gtk_accessible_update_property (
      GTK_ACCESSIBLE (self->mark), GTK_ACCESSIBLE_PROPERTY_LABEL,
      looks[state].mark_name != NULL ? _ (looks[state].mark_name) : _ ("not on this computer"), -1);
  set_class (self->mark, "success", state == PH_CATALOGUE_HERE);
  set_class (self->mark, "error", state == PH_CATALOGUE_FAILED);
}

static void
ask (PhCatalogueRow *self, const char *action)
{
  gtk_widget_activate_action (GTK_WIDGET (self), action, "s",
                              ph_catalogue_item_get_entry (self->item)->name);
}

static void
on_main (GtkButton *button, PhCatalogueRow *self)
{
  switch (ph_catalogue_item_get_state (self->item))
    {
    case PH_CATALOGUE_WAITING:
    case PH_CATALOGUE_FETCHING:
      ph_catalogue_item_pause (self->item);
      break;
    case PH_CATALOGUE_HERE:
      ask (self, "catalogue.open");
      break;
    default:
      ask (self, "catalogue.fetch");
    }
}

static void
on_away (GtkButton *button, PhCatalogueRow *self)
{
  if (ph_catalogue_item_get_state (self->item) == PH_CATALOGUE_HERE)
    ask (self, "catalogue.remove");
  else
    ph_catalogue_item_cancel (self->item);
}

static void
ph_catalogue_row_dispose (GObject *object)
{
  PhCatalogueRow *self = PH_CATALOGUE_ROW (object);

  if (self->item != NULL)
    g_signal_handlers_disconnect_by_data (self->item, self);
  g_clear_object (&self->item);
  gtk_widget_dispose_template (GTK_WIDGET (self), PH_TYPE_CATALOGUE_ROW);
  G_OBJECT_CLASS (ph_catalogue_row_parent_class)->dispose (object);
}

static void
ph_catalogue_row_class_init (PhCatalogueRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ph_catalogue_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/phosphene/Phosphene/catalogue-row.ui");
  gtk_widget_class_bind_template_child (widget_class, PhCatalogueRow, mark);
  gtk_widget_class_bind_template_child (widget_class, PhCatalogueRow, progress);
  gtk_widget_class_bind_template_child (widget_class, PhCatalogueRow, main);
  gtk_widget_class_bind_template_child (widget_class, PhCatalogueRow, away);
  gtk_widget_class_bind_template_callback (widget_class, on_main);
  gtk_widget_class_bind_template_callback (widget_class, on_away);
}

static void
ph_catalogue_row_init (PhCatalogueRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Public */

GtkWidget *
ph_catalogue_row_new (PhCatalogueItem *item)
{
  g_return_val_if_fail (PH_IS_CATALOGUE_ITEM (item), NULL);

  PhCatalogueRow *self = g_object_new (PH_TYPE_CATALOGUE_ROW, NULL);

  self->item = g_object_ref (item);
  g_signal_connect_swapped (item, "changed", G_CALLBACK (update), self);
  update (self);
  return GTK_WIDGET (self);
}

PhCatalogueItem *
ph_catalogue_row_get_item (PhCatalogueRow *self)
{
  g_return_val_if_fail (PH_IS_CATALOGUE_ROW (self), NULL);

  return self->item;
}
