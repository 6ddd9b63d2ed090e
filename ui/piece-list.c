#include "piece-list.h"

#include "effect-button.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define EFFECT_HEIGHT 44
#define MENU_WIDTH 400

struct _PhPieceList
{
  GtkBox parent_instance;

  /* owned */
  GPtrArray *rows; /* Row */
  GtkListStore *words;

  /* borrowed */
  const PhSettingItem *kinds;
  PhPieceCheck check;
  gpointer data;
  GtkWidget *box;
  GtkWidget *add_button;
  GtkWidget *choices;

  gboolean weighted;
  gboolean refreshing;
};

/* A piece; its widgets belong to the box. */
typedef struct
{
  PhPieceList *list;
  GtkWidget *box, *weight, *entry, *open, *message;
} Row;

G_DEFINE_FINAL_TYPE (PhPieceList, ph_piece_list, GTK_TYPE_BOX)

static guint changed_signal;

static const char *
text_of (const Row *row)
{
  return gtk_editable_get_text (GTK_EDITABLE (row->entry));
}

static const PhSettingItem *
find_kind (PhPieceList *self, const char *text)
{
  gsize n = strcspn (text, " (");

  for (const PhSettingItem *kind = self->kinds; kind->name != NULL; kind++)
    if (strlen (kind->name) == n && g_ascii_strncasecmp (kind->name, text, n) == 0)
      return kind;
  return NULL;
}

static gboolean
read_weight (const Row *row, double *weight)
{
  const char *text = row->weight != NULL ? gtk_editable_get_text (GTK_EDITABLE (row->weight)) : "1";
  g_autofree char *number = g_strdelimit (g_strstrip (g_strdup (text)), ",", '.');
  char *end = NULL;

  *weight = g_ascii_strtod (number, &end);
  return end != number && *end == '\0' && isfinite (*weight);
}

static void
set_message (Row *row, const char *message)
{
  gtk_label_set_text (GTK_LABEL (row->message), message != NULL ? message : "");
  gtk_widget_set_visible (row->message, message != NULL);
  if (message != NULL)
    gtk_widget_add_css_class (row->entry, "error");
  else
    gtk_widget_remove_css_class (row->entry, "error");
  gtk_accessible_update_state (
      GTK_ACCESSIBLE (row->entry), GTK_ACCESSIBLE_STATE_INVALID,
      message != NULL ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
}

static gboolean
check_row (Row *row)
{
  const PhSettingItem *kind = find_kind (row->list, text_of (row));
  g_autoptr (GError) error = NULL;
  double weight;
  gboolean valid = read_weight (row, &weight);

  gtk_widget_set_visible (row->open, kind != NULL && kind->usage != NULL &&
                                         (strstr (kind->usage, "PHOTO") != NULL ||
                                          strstr (kind->usage, "VECTOR") != NULL));
  gtk_widget_set_tooltip_text (row->entry, kind != NULL ? _ (kind->summary) : NULL);
  if (!valid)
    {
      set_message (row, _ ("The factor is not a number"));
      return FALSE;
    }
  valid = row->list->check (text_of (row), row->list->data, &error);
  set_message (row, valid ? NULL : error->message);
  return valid;
}

/* Tells the owner, unless some piece is still being typed. */
static void
announce (PhPieceList *self)
{
  gboolean valid = self->rows->len > 0;

  if (self->refreshing)
    return;
  for (guint i = 0; i < self->rows->len; i++)
    valid = check_row (g_ptr_array_index (self->rows, i)) && valid;
  if (valid)
    g_signal_emit (self, changed_signal, 0);
}

static void
on_edited (GtkEditable *entry, Row *row)
{
  announce (row->list);
}

static void
remove_row (Row *row)
{
  PhPieceList *self = row->list;

  gtk_box_remove (GTK_BOX (self->box), row->box);
  g_ptr_array_remove (self->rows, row);
}

static gboolean
on_removed_idle (gpointer data)
{
  Row *row = data;
  PhPieceList *self = row->list;

  remove_row (row);
  announce (self);
  return G_SOURCE_REMOVE;
}

/* After the click has ended: its button goes with the row. */
static void
on_remove (GtkButton *button, Row *row)
{
  if (row->list->rows->len > 1)
    {
      gtk_widget_set_sensitive (row->box, FALSE);
      g_idle_add (on_removed_idle, row);
    }
}

static void
on_file_chosen (GtkNativeDialog *dialog, int response, GtkWidget *entry)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      g_autofree char *path = g_file_get_path (file);
      const char *text = gtk_editable_get_text (GTK_EDITABLE (entry));
      const char *open = strchr (text, '('), *comma = open != NULL ? strchr (open, ',') : NULL;

      /* In place of what follows the layer, the first of the arguments. */
      if (path != NULL && comma != NULL)
        {
          g_autofree char *changed =
              g_strdup_printf ("%.*s, \"%s\")", (int)(comma - text), text, path);

          gtk_editable_set_text (GTK_EDITABLE (entry), changed);
        }
    }
  g_object_unref (dialog);
}

static void
on_open (GtkButton *button, Row *row)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (button));
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
      _ ("Choose a photograph or a vector"), GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
      GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Choose"), _ ("_Cancel"));

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_file_chosen), row->entry, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static gboolean
matches (GtkEntryCompletion *completion, const char *key, GtkTreeIter *iter, gpointer data)
{
  g_autofree char *word = NULL;
  g_autofree char *folded = NULL;

  gtk_tree_model_get (gtk_entry_completion_get_model (completion), iter, 0, &word, -1);
  folded = g_utf8_casefold (word, -1);
  return strstr (folded, key) != NULL;
}

static GtkWidget *
new_button (const char *icon, const char *label)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  return button;
}

static void
build_row (PhPieceList *self, Row *row)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);
  GtkWidget *remove = new_button ("list-remove-symbolic", _ ("Remove"));

  row->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  if (self->weighted)
    {
      row->weight = gtk_entry_new ();
      gtk_editable_set_width_chars (GTK_EDITABLE (row->weight), 5);
      gtk_editable_set_max_width_chars (GTK_EDITABLE (row->weight), 6);
      gtk_widget_set_tooltip_text (row->weight, _ ("Factor; below 0 it is avoided"));
      gtk_accessible_update_property (GTK_ACCESSIBLE (row->weight), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      _ ("Factor"), -1);
      g_signal_connect (row->weight, "changed", G_CALLBACK (on_edited), row);
      gtk_box_append (GTK_BOX (line), row->weight);
      gtk_box_append (GTK_BOX (line), gtk_label_new ("×"));
    }
  row->entry = gtk_entry_new ();
  gtk_editable_set_width_chars (GTK_EDITABLE (row->entry), 10);
  gtk_widget_set_hexpand (row->entry, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row->entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  self->weighted ? _ ("Term") : _ ("Change"), -1);
  if (self->words != NULL)
    {
      g_autoptr (GtkEntryCompletion) completion = gtk_entry_completion_new ();

      gtk_entry_completion_set_model (completion, GTK_TREE_MODEL (self->words));
      gtk_entry_completion_set_text_column (completion, 0);
      gtk_entry_completion_set_match_func (completion, matches, NULL, NULL);
      gtk_entry_completion_set_minimum_key_length (completion, 2);
      gtk_entry_set_completion (GTK_ENTRY (row->entry), completion);
    }
  row->open = new_button ("document-open-symbolic", _ ("Choose a file"));
  row->message = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (row->message), 0);
  gtk_label_set_wrap (GTK_LABEL (row->message), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (row->message), PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (row->message, "error");
  gtk_widget_add_css_class (row->message, "caption");
  gtk_box_append (GTK_BOX (line), row->entry);
  gtk_box_append (GTK_BOX (line), row->open);
  gtk_box_append (GTK_BOX (line), remove);
  gtk_box_append (GTK_BOX (row->box), line);
  gtk_box_append (GTK_BOX (row->box), row->message);
  gtk_box_append (GTK_BOX (self->box), row->box);
  g_signal_connect (row->open, "clicked", G_CALLBACK (on_open), row);
  g_signal_connect (remove, "clicked", G_CALLBACK (on_remove), row);
}

static void
on_kind_activated (GtkListBox *choices, GtkListBoxRow *chosen, PhPieceList *self)
{
  const PhSettingItem *kind = &self->kinds[gtk_list_box_row_get_index (chosen)];
  const PhSettingItem *first =
      self->rows->len > 0 ? find_kind (self, text_of (g_ptr_array_index (self->rows, 0))) : NULL;
  Row *added;

  gtk_menu_button_popdown (GTK_MENU_BUTTON (self->add_button));
  if (kind->alone || (first != NULL && first->alone))
    ph_piece_list_clear (self);
  ph_piece_list_append (self, 1, kind->text != NULL ? kind->text : kind->name);
  announce (self);
  added = g_ptr_array_index (self->rows, self->rows->len - 1);
  gtk_widget_grab_focus (added->entry);
}

static GtkWidget *
create_choice (const PhSettingItem *kind)
{
  const PhEffect *effect = ph_effect_find (kind->name);
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *name = gtk_label_new (kind->name), *summary = gtk_label_new (_ (kind->summary));

  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_xalign (GTK_LABEL (summary), 0);
  gtk_label_set_wrap (GTK_LABEL (summary), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (summary), 44);
  gtk_widget_add_css_class (summary, "dim-label");
  gtk_widget_add_css_class (summary, "caption");
  gtk_box_append (GTK_BOX (box), name);
  gtk_box_append (GTK_BOX (box), summary);
  gtk_widget_set_hexpand (box, TRUE);
  gtk_box_append (GTK_BOX (row), box);
  if (effect != NULL)
    gtk_box_append (GTK_BOX (row), ph_effect_picture_new (effect, EFFECT_HEIGHT));
  gtk_widget_set_margin_top (row, 4);
  gtk_widget_set_margin_bottom (row, 4);
  return row;
}

static void
create_menu (PhPieceList *self, const char *label)
{
  GtkWidget *popover = gtk_popover_new (), *scrolled = gtk_scrolled_window_new ();

  self->choices = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->choices), GTK_SELECTION_NONE);
  for (const PhSettingItem *kind = self->kinds; kind->name != NULL; kind++)
    gtk_list_box_append (GTK_LIST_BOX (self->choices), create_choice (kind));
  g_signal_connect (self->choices, "row-activated", G_CALLBACK (on_kind_activated), self);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scrolled), 420);
  gtk_scrolled_window_set_min_content_width (GTK_SCROLLED_WINDOW (scrolled), MENU_WIDTH);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), self->choices);
  gtk_popover_set_child (GTK_POPOVER (popover), scrolled);

  self->add_button = gtk_menu_button_new ();
  gtk_menu_button_set_label (GTK_MENU_BUTTON (self->add_button), label);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (self->add_button), popover);
  gtk_widget_set_halign (self->add_button, GTK_ALIGN_START);
  gtk_widget_add_css_class (self->add_button, "flat");
  gtk_box_append (GTK_BOX (self), self->add_button);
}

static void
ph_piece_list_dispose (GObject *object)
{
  PhPieceList *self = PH_PIECE_LIST (object);

  /* The rows' handlers hold pointers to what goes now. */
  if (self->rows != NULL)
    ph_piece_list_clear (self);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_object (&self->words);
  G_OBJECT_CLASS (ph_piece_list_parent_class)->dispose (object);
}

static void
ph_piece_list_class_init (PhPieceListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ph_piece_list_dispose;
  changed_signal = g_signal_new ("changed", PH_TYPE_PIECE_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static void
row_free (gpointer data)
{
  g_idle_remove_by_data (data);
  g_free (data);
}

static void
ph_piece_list_init (PhPieceList *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 4);
  self->rows = g_ptr_array_new_with_free_func (row_free);
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  gtk_box_append (GTK_BOX (self), self->box);
}

GtkWidget *
ph_piece_list_new (const PhSettingItem *kinds, gboolean weighted, const char *add_label,
                   PhPieceCheck check, gpointer data)
{
  PhPieceList *self = g_object_new (PH_TYPE_PIECE_LIST, NULL);

  self->kinds = kinds;
  self->weighted = weighted;
  self->check = check;
  self->data = data;
  create_menu (self, add_label);
  return GTK_WIDGET (self);
}

void
ph_piece_list_set_words (PhPieceList *self, const char *const *words)
{
  g_return_if_fail (PH_IS_PIECE_LIST (self));

  g_clear_object (&self->words);
  if (words == NULL)
    return;
  self->words = gtk_list_store_new (1, G_TYPE_STRING);
  for (guint i = 0; words[i] != NULL; i++)
    gtk_list_store_insert_with_values (self->words, NULL, -1, 0, words[i], -1);
}

void
ph_piece_list_clear (PhPieceList *self)
{
  g_return_if_fail (PH_IS_PIECE_LIST (self));

  while (self->rows->len > 0)
    remove_row (g_ptr_array_index (self->rows, self->rows->len - 1));
}

void
ph_piece_list_append (PhPieceList *self, double weight, const char *piece)
{
  g_return_if_fail (PH_IS_PIECE_LIST (self));

  Row *row = g_new0 (Row, 1);
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  row->list = self;
  g_ptr_array_add (self->rows, row);
  self->refreshing = TRUE;
  build_row (self, row);
  if (row->weight != NULL)
    gtk_editable_set_text (GTK_EDITABLE (row->weight),
                           g_ascii_formatd (number, sizeof number, "%.6g", weight));
  gtk_editable_set_text (GTK_EDITABLE (row->entry), piece);
  g_signal_connect (row->entry, "changed", G_CALLBACK (on_edited), row);
  self->refreshing = FALSE;
  check_row (row);
}

guint
ph_piece_list_get_n (PhPieceList *self)
{
  g_return_val_if_fail (PH_IS_PIECE_LIST (self), 0);

  return self->rows->len;
}

const char *
ph_piece_list_get (PhPieceList *self, guint i, double *weight)
{
  g_return_val_if_fail (PH_IS_PIECE_LIST (self), NULL);

  const Row *row = g_ptr_array_index (self->rows, i);

  if (weight != NULL && !read_weight (row, weight))
    *weight = 1;
  return text_of (row);
}

const char *
ph_piece_list_get_message (PhPieceList *self, guint i)
{
  g_return_val_if_fail (PH_IS_PIECE_LIST (self), NULL);

  const Row *row = g_ptr_array_index (self->rows, i);
  const char *text = gtk_label_get_text (GTK_LABEL (row->message));

  return text[0] != '\0' ? text : NULL;
}
