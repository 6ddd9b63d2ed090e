#include "ui/run-list.h"

#include <glib/gi18n.h>

struct _PhRunList
{
  AdwBin parent_instance;

  /* owned */
  GPtrArray *records;
  GPtrArray *rows; /* Row, one a record */

  /* borrowed */
  GtkListBox *list;
};

/* Children of a row of the list. */
typedef struct
{
  GtkCheckButton *tick;
  GtkLabel *measured;
} Row;

G_DEFINE_FINAL_TYPE (PhRunList, ph_run_list, ADW_TYPE_BIN)

static guint ticked_signal;

static const char *
say_way (const PhTrainSettings *settings)
{
  switch (settings->mode)
    {
    case PH_TRAIN_HEAD:
      return g_str_equal (settings->layer, "auto") ? _ ("new head")
                                                   : _ ("head on an earlier layer");
    case PH_TRAIN_FINE_TUNE:
      return g_str_equal (settings->frozen, "none") ? _ ("all layers fine-tuned")
                                                    : _ ("later layers fine-tuned");
    case PH_TRAIN_SCRATCH:
    default:
      return _ ("from scratch");
    }
}

char *
ph_training_record_dup_title (const PhTrainingRecord *record)
{
  g_autofree char *name = g_filename_display_basename (record->network);

  if (g_str_has_suffix (name, ".onnx") || g_str_has_suffix (name, ".txt"))
    *strrchr (name, '.') = '\0';
  /* Translators: name of a network, then how it learns. */
  return g_strdup_printf (_ ("%s, %s"), name, say_way (&record->settings));
}

static char *
dup_facts (const PhTrainingRecord *record)
{
  g_autoptr (GDateTime) when = g_date_time_new_from_unix_local (record->changed);
  g_autofree char *date = when != NULL ? g_date_time_format (when, "%x %H:%M") : g_strdup ("");
  GString *text = g_string_new (NULL);
  double seconds = 0;

  for (guint i = 0; i < record->epochs->len; i++)
    seconds += g_array_index (record->epochs, PhEpoch, i).seconds;
  g_string_append_printf (text, _ ("%u of %d epochs"), record->epochs->len,
                          record->settings.epochs);
  if (record->settings.per_class > 0)
    {
      g_string_append (text, " · ");
      g_string_append_printf (text, _ ("%d images per class"), record->settings.per_class);
    }
  if (seconds > 0)
    {
      g_string_append (text, " · ");
      g_string_append_printf (text, seconds < 100 ? _ ("%.0f s") : _ ("%.0f min"),
                              seconds < 100 ? seconds : seconds / 60);
    }
  g_string_append_printf (text, " · %s", date);
  return g_string_free (text, FALSE);
}

static GtkWidget *
create_label (const char *text, const char *css_class, float xalign)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), xalign);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

static GtkWidget *
create_button (const char *icon, const char *format, const char *title, const char *action,
               const char *folder)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);
  g_autofree char *label = g_strdup_printf (format, title);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", folder);
  return button;
}

static void
on_toggled (PhRunList *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    gtk_label_set_text (((Row *)self->rows->pdata[i])->measured, "");
  g_signal_emit (self, ticked_signal, 0);
}

static void
append_buttons (GtkWidget *box, const PhTrainingRecord *record, const char *title)
{
  if (record->may_go_on)
    /* Translators: a network and how it learns. */
    gtk_box_append (GTK_BOX (box), create_button ("media-playback-start-symbolic",
                                                  _ ("Continue the training of %s"), title,
                                                  "page.go-on", record->folder));
  if (record->has_network)
    gtk_box_append (GTK_BOX (box), create_button ("document-open-symbolic", _ ("Open %s"), title,
                                                  "page.open-training", record->folder));
  gtk_box_append (GTK_BOX (box), create_button ("user-trash-symbolic", _ ("Move %s to the trash"),
                                                title, "page.remove-training", record->folder));
}

static GtkWidget *
create_row (PhRunList *self, const PhTrainingRecord *record, gboolean busy)
{
  GtkWidget *row = gtk_list_box_row_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2), *accuracy;
  g_autofree char *title = ph_training_record_dup_title (record);
  g_autofree char *facts = dup_facts (record);
  g_autofree char *share = record->accuracy >= 0
                               ? g_strdup_printf (_ ("%.1f %%"), 100 * record->accuracy)
                               : g_strdup ("");
  /* Translators: a training. */
  g_autofree char *spoken = g_strdup_printf (_ ("Let %s answer together with others"), title);
  Row *parts = g_new0 (Row, 1);

  parts->tick = GTK_CHECK_BUTTON (gtk_check_button_new ());
  gtk_widget_set_sensitive (GTK_WIDGET (parts->tick), record->has_network && !busy);
  gtk_widget_set_tooltip_text (GTK_WIDGET (parts->tick), spoken);
  gtk_accessible_update_property (GTK_ACCESSIBLE (parts->tick), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  spoken, -1);
  g_signal_connect_swapped (parts->tick, "toggled", G_CALLBACK (on_toggled), self);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (parts->tick));
  gtk_box_append (GTK_BOX (texts), create_label (title, NULL, 0));
  gtk_box_append (GTK_BOX (texts), create_label (facts, "caption", 0));
  gtk_widget_add_css_class (gtk_widget_get_last_child (texts), "dim-label");
  gtk_widget_set_hexpand (texts, TRUE);
  gtk_box_append (GTK_BOX (box), texts);
  parts->measured = GTK_LABEL (create_label ("", "numeric", 1));
  gtk_label_set_ellipsize (parts->measured, PANGO_ELLIPSIZE_NONE);
  gtk_widget_set_tooltip_text (GTK_WIDGET (parts->measured),
                               _ ("On the images that were measured together"));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (parts->measured));
  accuracy = create_label (share, "numeric", 1);
  gtk_label_set_ellipsize (GTK_LABEL (accuracy), PANGO_ELLIPSIZE_NONE);
  gtk_widget_set_tooltip_text (accuracy, _ ("Right answers on the images kept for measuring"));
  gtk_widget_add_css_class (accuracy, "heading");
  gtk_box_append (GTK_BOX (box), accuracy);
  if (busy)
    gtk_box_append (GTK_BOX (box), create_label (_ ("learning now"), "dim-label", 1));
  else
    append_buttons (box, record, title);
  gtk_widget_set_margin_start (box, 12);
  gtk_widget_set_margin_end (box, 6);
  gtk_widget_set_margin_top (box, 6);
  gtk_widget_set_margin_bottom (box, 6);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_focusable (row, FALSE);
  g_ptr_array_add (self->rows, parts);
  return row;
}

static void
ph_run_list_finalize (GObject *object)
{
  PhRunList *self = PH_RUN_LIST (object);

  g_ptr_array_unref (self->rows);
  g_ptr_array_unref (self->records);
  G_OBJECT_CLASS (ph_run_list_parent_class)->finalize (object);
}

static void
ph_run_list_class_init (PhRunListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ph_run_list_finalize;
  ticked_signal = g_signal_new ("ticked", PH_TYPE_RUN_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 0);
}

static void
ph_run_list_init (PhRunList *self)
{
  self->records = g_ptr_array_new ();
  self->rows = g_ptr_array_new_with_free_func (g_free);
  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "boxed-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Trainings"), -1);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->list));
}

static int
find (PhRunList *self, const char *folder)
{
  for (guint i = 0; i < self->records->len; i++)
    if (g_str_equal (((PhTrainingRecord *)self->records->pdata[i])->folder, folder))
      return (int)i;
  return -1;
}

/* Public */

GtkWidget *
ph_run_list_new (void)
{
  return g_object_new (PH_TYPE_RUN_LIST, NULL);
}

void
ph_run_list_show (PhRunList *self, GPtrArray *records, const char *busy)
{
  g_return_if_fail (PH_IS_RUN_LIST (self));

  g_autoptr (GPtrArray) ticked = ph_run_list_dup_ticked (self);
  g_autoptr (GPtrArray) old = self->records;
  GtkWidget *child;

  self->records = g_ptr_array_ref (records);
  g_ptr_array_set_size (self->rows, 0);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->list))) != NULL)
    gtk_list_box_remove (self->list, child);
  for (guint i = 0; i < records->len; i++)
    {
      const PhTrainingRecord *record = records->pdata[i];

      gtk_list_box_append (self->list,
                           create_row (self, record, g_strcmp0 (record->folder, busy) == 0));
    }
  for (guint i = 0; i < ticked->len; i++)
    ph_run_list_tick (self, ((PhTrainingRecord *)ticked->pdata[i])->folder, TRUE);
}

GPtrArray *
ph_run_list_dup_ticked (PhRunList *self)
{
  g_return_val_if_fail (PH_IS_RUN_LIST (self), NULL);

  GPtrArray *ticked = g_ptr_array_new ();

  for (guint i = 0; i < self->rows->len; i++)
    if (gtk_check_button_get_active (((Row *)self->rows->pdata[i])->tick))
      g_ptr_array_add (ticked, self->records->pdata[i]);
  return ticked;
}

void
ph_run_list_tick (PhRunList *self, const char *folder, gboolean ticked)
{
  g_return_if_fail (PH_IS_RUN_LIST (self));

  int i = find (self, folder);

  if (i >= 0 && gtk_widget_get_sensitive (GTK_WIDGET (((Row *)self->rows->pdata[i])->tick)))
    gtk_check_button_set_active (((Row *)self->rows->pdata[i])->tick, ticked);
}

void
ph_run_list_show_measured (PhRunList *self, const char *folder, double accuracy)
{
  g_return_if_fail (PH_IS_RUN_LIST (self));

  int i = find (self, folder);
  /* Translators: right answers of one network on the images that all were measured on. */
  g_autofree char *text = g_strdup_printf (_ ("alone: %.1f %%"), 100 * accuracy);

  if (i >= 0)
    gtk_label_set_text (((Row *)self->rows->pdata[i])->measured, text);
}

guint
ph_run_list_get_n (PhRunList *self)
{
  g_return_val_if_fail (PH_IS_RUN_LIST (self), 0);

  return self->records->len;
}
