#include "setting-rows.h"

#include <glib/gi18n.h>
#include <string.h>

struct _PhSettingRows
{
  AdwBin parent_instance;

  /* owned */
  gpointer values;
  GPtrArray *groups;

  /* borrowed */
  const PhSetting *table;
  GtkWidget *list;
  GHashTable *rows;      /* (owned): name → borrowed row */
  GHashTable *elsewhere; /* (owned): set of names */
};

typedef struct
{
  AdwExpanderRow *row; /* borrowed */
  GPtrArray *settings; /* owned; of borrowed PhSetting */
} Group;

G_DEFINE_FINAL_TYPE (PhSettingRows, ph_setting_rows, ADW_TYPE_BIN)

static guint changed_signal;

static void
group_free (gpointer data)
{
  Group *group = data;

  g_ptr_array_unref (group->settings);
  g_free (group);
}

/* "512 steps", "size 224 px", "fourier", "normalise"; NULL for what is switched off. */
static char *
dup_word (const PhSetting *s, gconstpointer values)
{
  g_autofree char *value = ph_setting_dup_display (s, values);
  g_autofree char *name = g_utf8_strdown (_ (s->title), -1);

  switch (s->type)
    {
    case PH_SETTING_BOOL:
      return ph_setting_get_real (s, values) != 0 ? g_steal_pointer (&name) : NULL;
    case PH_SETTING_TEXT:
      /* Words speak for themselves; numbers need the name, and none is better than the usual. */
      if (strpbrk (value, "abcdefghijklmnopqrstuvwxyz") != NULL)
        return g_steal_pointer (&value);
      return value[0] == '\0' || ph_setting_is_default (s, values)
                 ? NULL
                 : g_strdup_printf ("%s %s", name, value);
    case PH_SETTING_CHOICE:
      return g_steal_pointer (&value);
    case PH_SETTING_INT:
    case PH_SETTING_REAL:
    default:
      /* Weights that are nothing by default are not there until somebody wants them, nor are sizes
       * where 0 leaves the choice to others. */
      if (s->value == 0 && ph_setting_get_real (s, values) == 0 &&
          (s->type == PH_SETTING_REAL || s->unit != NULL))
        return NULL;
      if (s->unit != NULL && g_ascii_strcasecmp (s->unit, s->title) == 0)
        return g_steal_pointer (&value);
      return g_strdup_printf ("%s %s", name, value);
    }
}

static void
update_summary (PhSettingRows *self, Group *group)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < group->settings->len; i++)
    {
      g_autofree char *word = dup_word (g_ptr_array_index (group->settings, i), self->values);

      if (word != NULL)
        g_string_append_printf (text, "%s%s", text->len > 0 ? " · " : "", word);
    }

  g_autofree char *escaped = g_markup_escape_text (text->len > 0 ? text->str : _ ("none"), -1);

  adw_expander_row_set_subtitle (group->row, escaped);
  g_string_free (text, TRUE);
}

static void
update_summaries (PhSettingRows *self)
{
  for (guint i = 0; i < self->groups->len; i++)
    update_summary (self, g_ptr_array_index (self->groups, i));
}

static void
on_row_changed (PhSettingRow *row, PhSettingRows *self)
{
  update_summaries (self);
  g_signal_emit (self, changed_signal, 0, ph_setting_row_get_setting (row)->name);
}

static void
ph_setting_rows_finalize (GObject *object)
{
  PhSettingRows *self = PH_SETTING_ROWS (object);

  g_clear_pointer (&self->groups, g_ptr_array_unref);
  g_clear_pointer (&self->rows, g_hash_table_unref);
  g_clear_pointer (&self->elsewhere, g_hash_table_unref);
  ph_settings_clear (self->table, self->values);
  g_free (self->values);
  G_OBJECT_CLASS (ph_setting_rows_parent_class)->finalize (object);
}

static void
ph_setting_rows_class_init (PhSettingRowsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ph_setting_rows_finalize;
  changed_signal = g_signal_new ("changed", PH_TYPE_SETTING_ROWS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
ph_setting_rows_init (PhSettingRows *self)
{
  self->groups = g_ptr_array_new_with_free_func (group_free);
  self->rows = g_hash_table_new (g_str_hash, g_str_equal);
  self->elsewhere = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (self->list, "boxed-list");
  adw_bin_set_child (ADW_BIN (self), self->list);
}

GtkWidget *
ph_setting_rows_new (const PhSetting *table, gsize size)
{
  PhSettingRows *self = g_object_new (PH_TYPE_SETTING_ROWS, NULL);

  self->table = table;
  self->values = g_malloc0 (size);
  ph_settings_init (table, self->values);
  return GTK_WIDGET (self);
}

void
ph_setting_rows_leave_out (PhSettingRows *self, const char *const *names)
{
  g_return_if_fail (PH_IS_SETTING_ROWS (self));

  for (guint i = 0; names[i] != NULL; i++)
    g_hash_table_add (self->elsewhere, g_strdup (names[i]));
}

void
ph_setting_rows_add_group (PhSettingRows *self, const char *title, const char *const *names)
{
  g_return_if_fail (PH_IS_SETTING_ROWS (self));

  Group *group = g_new0 (Group, 1);

  group->settings = g_ptr_array_new ();
  group->row = ADW_EXPANDER_ROW (adw_expander_row_new ());
  g_object_ref_sink (group->row);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (group->row), title);
  for (const PhSetting *s = self->table; s->name != NULL; s++)
    {
      if (g_hash_table_contains (self->rows, s->name) ||
          g_hash_table_contains (self->elsewhere, s->name) ||
          (names != NULL && !g_strv_contains (names, s->name)))
        continue;

      GtkWidget *row = ph_setting_row_new (s, self->values);

      g_signal_connect (row, "changed", G_CALLBACK (on_row_changed), self);
      adw_expander_row_add_row (group->row, row);
      g_hash_table_insert (self->rows, (gpointer)s->name, row);
      g_ptr_array_add (group->settings, (gpointer)s);
    }
  if (group->settings->len > 0)
    {
      gtk_list_box_append (GTK_LIST_BOX (self->list), GTK_WIDGET (group->row));
      g_object_unref (group->row);
      g_ptr_array_add (self->groups, group);
      update_summary (self, group);
    }
  else
    {
      g_object_unref (group->row);
      group_free (group);
    }
}

void
ph_setting_rows_unfold (PhSettingRows *self)
{
  g_return_if_fail (PH_IS_SETTING_ROWS (self));

  for (guint i = 0; i < self->groups->len; i++)
    adw_expander_row_set_expanded (((Group *)g_ptr_array_index (self->groups, i))->row, TRUE);
}

void
ph_setting_rows_append (PhSettingRows *self, GtkWidget *row)
{
  g_return_if_fail (PH_IS_SETTING_ROWS (self));

  gtk_list_box_append (GTK_LIST_BOX (self->list), row);
}

gconstpointer
ph_setting_rows_get_values (PhSettingRows *self)
{
  g_return_val_if_fail (PH_IS_SETTING_ROWS (self), NULL);

  return self->values;
}

void
ph_setting_rows_set_values (PhSettingRows *self, gconstpointer values)
{
  g_return_if_fail (PH_IS_SETTING_ROWS (self));

  GHashTableIter iter;
  gpointer row;

  if (values != self->values)
    for (const PhSetting *s = self->table; s->name != NULL; s++)
      {
        g_autofree char *text = ph_setting_get (s, values);

        ph_setting_set (s, self->values, text, NULL);
      }
  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, NULL, &row))
    ph_setting_row_refresh (row);
  update_summaries (self);
}

PhSettingRow *
ph_setting_rows_get_row (PhSettingRows *self, const char *name)
{
  g_return_val_if_fail (PH_IS_SETTING_ROWS (self), NULL);

  return g_hash_table_lookup (self->rows, name);
}
