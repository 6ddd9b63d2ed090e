#include "setting-row.h"

#include "effect-button.h"
#include "piece-list.h"

#include <glib/gi18n.h>
#include <math.h>

struct _PhSettingRow
{
  AdwPreferencesRow parent_instance;

  /* borrowed */
  const PhSetting *setting;
  gpointer values;
  GtkWidget *control;
  GtkWidget *reset;
  GtkWidget *message;

  gboolean refreshing;
};

G_DEFINE_FINAL_TYPE (PhSettingRow, ph_setting_row, ADW_TYPE_PREFERENCES_ROW)

static guint changed_signal;

static void
set_message (PhSettingRow *self, const char *message)
{
  gtk_label_set_text (GTK_LABEL (self->message), message != NULL ? message : "");
  gtk_widget_set_visible (self->message, message != NULL);
  if (message != NULL)
    gtk_widget_add_css_class (self->control, "error");
  else
    gtk_widget_remove_css_class (self->control, "error");
  gtk_accessible_update_state (
      GTK_ACCESSIBLE (self->control), GTK_ACCESSIBLE_STATE_INVALID,
      message != NULL ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
}

static void
update_reset (PhSettingRow *self)
{
  gtk_widget_set_visible (self->reset, !ph_setting_is_default (self->setting, self->values));
}

static void
announce (PhSettingRow *self)
{
  set_message (self, NULL);
  update_reset (self);
  g_signal_emit (self, changed_signal, 0);
}

/* Takes @text over when it is valid; else says why not. */
static gboolean
take_text (PhSettingRow *self, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *old = ph_setting_get (self->setting, self->values);

  if (!ph_setting_set (self->setting, self->values, text, &error))
    {
      set_message (self, error->message);
      return FALSE;
    }

  g_autofree char *new = ph_setting_get (self->setting, self->values);

  if (g_str_equal (old, new))
    set_message (self, NULL);
  else
    announce (self);
  return TRUE;
}

static void
on_entry_changed (GtkEditable *entry, PhSettingRow *self)
{
  if (!self->refreshing)
    take_text (self, gtk_editable_get_text (entry));
}

static gboolean
check_piece (const char *piece, gpointer data, GError **error)
{
  PhSettingRow *self = data;

  return self->setting->check == NULL || self->setting->check (piece, error);
}

static void
on_pieces_changed (PhPieceList *list, PhSettingRow *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < ph_piece_list_get_n (list); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", ph_piece_list_get (list, i, NULL));
  take_text (self, text->str);
  g_string_free (text, TRUE);
}

static void
show_pieces (PhSettingRow *self, const char *text)
{
  PhPieceList *list = PH_PIECE_LIST (self->control);
  g_auto (GStrv) pieces = g_strsplit (text[0] != '\0' ? text : "none", ",", -1);

  ph_piece_list_clear (list);
  for (guint i = 0; pieces[i] != NULL; i++)
    ph_piece_list_append (list, 1, g_strstrip (pieces[i]));
}

/* A typed number is refused with a sentence instead of being bent into the range unseen. */
static int
on_spin_input (GtkSpinButton *spin, double *value, PhSettingRow *self)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (spin))));
  g_autofree char *probe = NULL;

  /* A comma is how many people write the decimal point; numbers here have no thousands mark. */
  probe = g_strdelimit (g_strdup (text), ",", '.');
  if (!take_text (self, probe))
    return GTK_INPUT_ERROR;
  *value = ph_setting_get_real (self->setting, self->values);
  return TRUE;
}

static gboolean
on_spin_output (GtkSpinButton *spin, PhSettingRow *self)
{
  g_autofree char *text = self->setting->type == PH_SETTING_INT
                              ? g_strdup_printf ("%.0f", gtk_spin_button_get_value (spin))
                              : g_strdup_printf ("%.6g", gtk_spin_button_get_value (spin));

  if (!g_str_equal (text, gtk_editable_get_text (GTK_EDITABLE (spin))))
    gtk_editable_set_text (GTK_EDITABLE (spin), text);
  return TRUE;
}

static void
on_spin_changed (GtkSpinButton *spin, PhSettingRow *self)
{
  double value = gtk_spin_button_get_value (spin);

  if (self->refreshing || value == ph_setting_get_real (self->setting, self->values))
    return;
  ph_setting_set_real (self->setting, self->values, value);
  announce (self);
}

static void
on_switched (GtkSwitch *control, GParamSpec *pspec, PhSettingRow *self)
{
  if (self->refreshing)
    return;
  ph_setting_set_real (self->setting, self->values, gtk_switch_get_active (control));
  announce (self);
}

static void
on_chosen (GtkDropDown *control, GParamSpec *pspec, PhSettingRow *self)
{
  if (self->refreshing)
    return;
  ph_setting_set_real (self->setting, self->values, gtk_drop_down_get_selected (control));
  announce (self);
}

static void
on_reset (GtkButton *button, PhSettingRow *self)
{
  if (self->setting->type == PH_SETTING_TEXT)
    ph_setting_set (self->setting, self->values,
                    self->setting->text != NULL ? self->setting->text : "", NULL);
  else
    ph_setting_set_real (self->setting, self->values, self->setting->value);
  ph_setting_row_refresh (self);
  gtk_widget_grab_focus (self->control);
  announce (self);
}

/* A step that moves the last digit people care about: a fifth of the default, as 1, 2 or 5. */
static double
get_step (const PhSetting *setting)
{
  double around = fabs (setting->value) > 0 ? fabs (setting->value)
                                            : (setting->maximum - setting->minimum) / 10;

  if (setting->type == PH_SETTING_INT)
    return 1;
  return around > 0 ? pow (10, floor (log10 (around))) : 0.1;
}

static GtkWidget *
create_spin (PhSettingRow *self)
{
  const PhSetting *s = self->setting;
  double step = get_step (s);
  GtkWidget *spin = gtk_spin_button_new_with_range (s->minimum, s->maximum, step);

  gtk_spin_button_set_increments (GTK_SPIN_BUTTON (spin), step, 10 * step);
  gtk_spin_button_set_digits (GTK_SPIN_BUTTON (spin), s->type == PH_SETTING_INT ? 0 : 10);
  /* Anything can be typed: it is answered with a sentence, not with a key that does nothing. */
  gtk_spin_button_set_numeric (GTK_SPIN_BUTTON (spin), FALSE);
  gtk_spin_button_set_update_policy (GTK_SPIN_BUTTON (spin), GTK_UPDATE_IF_VALID);
  gtk_editable_set_width_chars (GTK_EDITABLE (spin), 5);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (spin), 7);
  g_signal_connect (spin, "input", G_CALLBACK (on_spin_input), self);
  g_signal_connect (spin, "output", G_CALLBACK (on_spin_output), self);
  g_signal_connect (spin, "value-changed", G_CALLBACK (on_spin_changed), self);
  return spin;
}

/* Choices are written in recipes; on screen they are words. */
static const char *
get_choice_title (const char *choice)
{
  return g_dpgettext2 (NULL, "choice", choice);
}

static GtkWidget *
create_drop_down (const PhSetting *setting)
{
  GtkStringList *titles = gtk_string_list_new (NULL);

  for (guint i = 0; setting->choices[i] != NULL; i++)
    gtk_string_list_append (titles, get_choice_title (setting->choices[i]));
  return gtk_drop_down_new (G_LIST_MODEL (titles), NULL);
}

static GtkWidget *
create_control (PhSettingRow *self)
{
  GtkWidget *control;

  switch (self->setting->type)
    {
    case PH_SETTING_BOOL:
      control = gtk_switch_new ();
      g_signal_connect (control, "notify::active", G_CALLBACK (on_switched), self);
      return control;
    case PH_SETTING_CHOICE:
      control = create_drop_down (self->setting);
      g_signal_connect (control, "notify::selected", G_CALLBACK (on_chosen), self);
      return control;
    case PH_SETTING_TEXT:
      if (self->setting->items != NULL)
        {
          control =
              ph_piece_list_new (self->setting->items (), FALSE, _ ("Add"), check_piece, self);
          g_signal_connect (control, "changed", G_CALLBACK (on_pieces_changed), self);
          return control;
        }
      control = gtk_entry_new ();
      gtk_editable_set_width_chars (GTK_EDITABLE (control), 12);
      g_signal_connect (control, "changed", G_CALLBACK (on_entry_changed), self);
      return control;
    case PH_SETTING_INT:
    case PH_SETTING_REAL:
    default:
      return create_spin (self);
    }
}

static GtkWidget *
create_text (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (label, css_class);
  gtk_widget_add_css_class (label, "caption");
  return label;
}

/* What it does: in words, and in two pictures where there are some. */
static GtkWidget *
create_summary (const PhSetting *setting)
{
  const PhEffect *effect = ph_effect_find_for_setting (setting);
  GtkWidget *summary = create_text (_ (setting->summary), "dim-label"), *box;

  if (effect == NULL)
    return summary;
  box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  gtk_widget_set_hexpand (summary, TRUE);
  gtk_widget_set_valign (summary, GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (box), ph_effect_button_new (effect, _ (setting->title)));
  gtk_box_append (GTK_BOX (box), summary);
  return box;
}

static void
build (PhSettingRow *self)
{
  const PhSetting *s = self->setting;
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *title = gtk_label_new (_ (s->title));
  g_autofree char *reset_label = NULL;
  g_autofree char *default_text = NULL;
  g_autofree char *name = s->unit != NULL ? g_strdup_printf ("%s (%s)", _ (s->title), _ (s->unit))
                                          : g_strdup (_ (s->title));

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), _ (s->title));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self), FALSE);
  gtk_widget_set_focusable (GTK_WIDGET (self), FALSE);

  self->control = create_control (self);
  gtk_widget_set_valign (self->control, GTK_ALIGN_CENTER);
  self->reset = gtk_button_new_from_icon_name ("edit-undo-symbolic");
  gtk_widget_add_css_class (self->reset, "flat");
  gtk_widget_add_css_class (self->reset, "circular");
  gtk_widget_set_valign (self->reset, GTK_ALIGN_CENTER);
  default_text = s->type == PH_SETTING_TEXT ? g_strdup (s->text != NULL ? s->text : "")
                 : s->type == PH_SETTING_CHOICE
                     ? g_strdup (get_choice_title (s->choices[(int)s->value]))
                 : s->type == PH_SETTING_BOOL ? g_strdup (s->value != 0 ? _ ("on") : _ ("off"))
                                              : g_strdup_printf ("%.6g", s->value);
  /* Translators: the second %s is the default value of the setting named first. */
  reset_label = g_strdup_printf (_ ("Reset “%s” to %s"), _ (s->title), default_text);
  gtk_widget_set_tooltip_text (self->reset, reset_label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->reset), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  reset_label, -1);
  g_signal_connect (self->reset, "clicked", G_CALLBACK (on_reset), self);

  self->message = create_text ("", "error");
  gtk_widget_set_visible (self->message, FALSE);

  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_ellipsize (GTK_LABEL (title), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (title, TRUE);
  gtk_label_set_mnemonic_widget (GTK_LABEL (title), self->control);
  gtk_box_append (GTK_BOX (line), title);
  gtk_box_append (GTK_BOX (line), self->reset);
  if (s->items == NULL)
    gtk_box_append (GTK_BOX (line), self->control);
  if (s->unit != NULL)
    {
      GtkWidget *unit = gtk_label_new (_ (s->unit));

      gtk_widget_add_css_class (unit, "dim-label");
      gtk_box_append (GTK_BOX (line), unit);
    }
  gtk_widget_set_size_request (line, -1, 34);
  gtk_box_append (GTK_BOX (box), line);
  gtk_box_append (GTK_BOX (box), create_summary (s));
  if (s->items != NULL)
    gtk_box_append (GTK_BOX (box), self->control);
  gtk_box_append (GTK_BOX (box), self->message);
  gtk_widget_set_margin_start (box, 12);
  gtk_widget_set_margin_end (box, 12);
  gtk_widget_set_margin_top (box, 6);
  gtk_widget_set_margin_bottom (box, 8);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self), box);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self->control), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  name, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, _ (s->summary), -1);
}

static void
ph_setting_row_class_init (PhSettingRowClass *klass)
{
  changed_signal = g_signal_new ("changed", PH_TYPE_SETTING_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static void
ph_setting_row_init (PhSettingRow *self)
{
}

GtkWidget *
ph_setting_row_new (const PhSetting *setting, gpointer values)
{
  PhSettingRow *self = g_object_new (PH_TYPE_SETTING_ROW, NULL);

  self->setting = setting;
  self->values = values;
  build (self);
  ph_setting_row_refresh (self);
  return GTK_WIDGET (self);
}

const PhSetting *
ph_setting_row_get_setting (PhSettingRow *self)
{
  g_return_val_if_fail (PH_IS_SETTING_ROW (self), NULL);

  return self->setting;
}

void
ph_setting_row_refresh (PhSettingRow *self)
{
  g_return_if_fail (PH_IS_SETTING_ROW (self));

  const PhSetting *s = self->setting;

  self->refreshing = TRUE;
  switch (s->type)
    {
    case PH_SETTING_BOOL:
      gtk_switch_set_active (GTK_SWITCH (self->control),
                             ph_setting_get_real (s, self->values) != 0);
      break;
    case PH_SETTING_CHOICE:
      gtk_drop_down_set_selected (GTK_DROP_DOWN (self->control),
                                  (guint)ph_setting_get_real (s, self->values));
      break;
    case PH_SETTING_TEXT:
      {
        g_autofree char *text = ph_setting_get (s, self->values);

        if (s->items != NULL)
          {
            show_pieces (self, text);
            break;
          }
        if (g_strcmp0 (text, gtk_editable_get_text (GTK_EDITABLE (self->control))) != 0)
          gtk_editable_set_text (GTK_EDITABLE (self->control), text);
        break;
      }
    case PH_SETTING_INT:
    case PH_SETTING_REAL:
    default:
      gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->control),
                                 ph_setting_get_real (s, self->values));
    }
  self->refreshing = FALSE;
  set_message (self, NULL);
  update_reset (self);
}

const char *
ph_setting_row_get_message (PhSettingRow *self)
{
  g_return_val_if_fail (PH_IS_SETTING_ROW (self), NULL);

  const char *text = gtk_label_get_text (GTK_LABEL (self->message));

  return text[0] != '\0' ? text : NULL;
}

GtkWidget *
ph_setting_row_get_control (PhSettingRow *self)
{
  g_return_val_if_fail (PH_IS_SETTING_ROW (self), NULL);

  return self->control;
}

char *
ph_setting_dup_display (const PhSetting *setting, gconstpointer values)
{
  if (setting->type == PH_SETTING_BOOL)
    return g_strdup (ph_setting_get_real (setting, values) != 0 ? _ ("on") : _ ("off"));
  if (setting->type == PH_SETTING_CHOICE)
    return g_strdup (
        get_choice_title (setting->choices[(int)ph_setting_get_real (setting, values)]));

  g_autofree char *text = ph_setting_get (setting, values);

  if (setting->unit == NULL)
    return g_steal_pointer (&text);
  return g_strdup_printf ("%s %s", text, _ (setting->unit));
}
