#include "unit-page-private.h"

#include <glib/gi18n.h>

/* Presets: those that come with the program, then the user's own, then "Custom". */

static guint
count_shipped (void)
{
  guint n = 0;

  while (ph_ascent_presets[n].name != NULL)
    n++;
  return n;
}

/* Of the drop-down; NULL for "Custom". */
static const PhAscentPreset *
get_preset (PhUnitPage *self, guint i)
{
  guint n = count_shipped ();

  if (i < n)
    return &ph_ascent_presets[i];
  return i - n < self->presets->len ? self->presets->pdata[i - n] : NULL;
}

void
ph_unit_page_update_preset (PhUnitPage *self)
{
  const PhAscentSettings *settings = ph_setting_rows_get_values (self->rows);
  const PhAscentPreset *match = ph_ascent_preset_matching (settings);
  guint i = 0;

  if (match == NULL)
    match = ph_presets_find_matching (self->presets, settings);
  while (get_preset (self, i) != NULL && get_preset (self, i) != match)
    i++;
  self->refreshing = TRUE;
  gtk_drop_down_set_selected (self->preset_drop, i);
  self->refreshing = FALSE;
  gtk_label_set_text (self->preset_label, match == NULL          ? _ ("Your own choice")
                                          : i < count_shipped () ? _ (match->summary)
                                          : match->summary[0] != '\0'
                                              ? match->summary
                                              : _ ("All settings as they are by default"));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "page.save-preset", match == NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "page.delete-preset",
                                 match != NULL && i >= count_shipped ());
}

static void
fill (PhUnitPage *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->preset_list));

  self->refreshing = TRUE;
  gtk_string_list_splice (self->preset_list, 0, n, NULL);
  for (guint i = 0; get_preset (self, i) != NULL; i++)
    gtk_string_list_append (self->preset_list, i < count_shipped ()
                                                   ? _ (get_preset (self, i)->title)
                                                   : get_preset (self, i)->title);
  /* Translators: settings that are none of the presets. */
  gtk_string_list_append (self->preset_list, _ ("Custom"));
  self->refreshing = FALSE;
  ph_unit_page_update_preset (self);
}

static void
on_preset_chosen (GtkDropDown *drop, GParamSpec *pspec, PhUnitPage *self)
{
  const PhAscentPreset *preset = get_preset (self, gtk_drop_down_get_selected (drop));
  PhAscentSettings settings;

  if (self->refreshing)
    return;
  /* "Custom" is what one gets by changing a setting; choosing it changes nothing. */
  if (preset == NULL)
    {
      ph_unit_page_update_preset (self);
      return;
    }
  ph_settings_copy (ph_ascent_settings, &settings, ph_setting_rows_get_values (self->rows));
  ph_ascent_preset_apply (preset, &settings);
  ph_unit_page_take_settings (self, &settings);
  ph_settings_clear (ph_ascent_settings, &settings);
}

void
ph_unit_page_take_settings (PhUnitPage *self, const PhAscentSettings *settings)
{
  ph_setting_rows_set_values (self->rows, settings);
  ph_unit_page_update_preset (self);
  ph_unit_page_start (self);
}

/* Another window may have saved some since; a broken file is told and left alone. */
static gboolean
reload (PhUnitPage *self, GError **error)
{
  g_autofree char *path = ph_preset_file_dup_path ();
  GPtrArray *presets = ph_preset_file_load (path, error);

  if (presets == NULL)
    return FALSE;
  g_clear_pointer (&self->presets, g_ptr_array_unref);
  self->presets = presets;
  return TRUE;
}

static gboolean
store (PhUnitPage *self, GError **error)
{
  g_autofree char *path = ph_preset_file_dup_path ();

  return ph_preset_file_save (path, self->presets, error);
}

void
ph_unit_page_save_preset (PhUnitPage *self, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *trimmed = g_strstrip (g_strdup (name));

  if (!reload (self, &error) ||
      !ph_presets_set (self->presets, trimmed, ph_setting_rows_get_values (self->rows), &error) ||
      !store (self, &error))
    ph_page_toast (PH_PAGE (self), error->message);
  fill (self);
}

void
ph_unit_page_delete_preset (PhUnitPage *self)
{
  const PhAscentPreset *preset = get_preset (self, gtk_drop_down_get_selected (self->preset_drop));
  g_autofree char *name = preset != NULL ? g_strdup (preset->name) : NULL;
  g_autoptr (GError) error = NULL;

  if (name == NULL)
    return;
  if (reload (self, &error))
    {
      ph_presets_remove (self->presets, name);
      store (self, &error);
    }
  if (error != NULL)
    ph_page_toast (PH_PAGE (self), error->message);
  fill (self);
}

static void
on_named (GtkDialog *dialog, const char *response, PhUnitPage *self)
{
  GtkWidget *entry = adw_message_dialog_get_extra_child (ADW_MESSAGE_DIALOG (dialog));

  if (g_str_equal (response, "save"))
    ph_unit_page_save_preset (self, gtk_editable_get_text (GTK_EDITABLE (entry)));
}

void
ph_unit_page_name_preset (PhUnitPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *dialog = adw_message_dialog_new (
      GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, _ ("Save as a Preset"),
      _ ("The settings as they are now, but for size and seed. A name you have used is replaced."));
  GtkWidget *entry = gtk_entry_new ();

  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Name of the preset"), -1);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), entry);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "save",
                                    _ ("_Save"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "save",
                                              ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "save");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_named), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

void
ph_unit_page_init_presets (PhUnitPage *self)
{
  g_autoptr (GError) error = NULL;

  if (!reload (self, &error))
    {
      self->presets = g_ptr_array_new ();
      g_warning ("%s", error->message);
    }
  fill (self);
  g_signal_connect (self->preset_drop, "notify::selected", G_CALLBACK (on_preset_chosen), self);
}
