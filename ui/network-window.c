#include "ui/network-window.h"

#include <glib/gi18n.h>
#include <math.h>

struct _PhNetworkWindow
{
  AdwPreferencesWindow parent_instance;

  /* template */
  AdwPreferencesGroup *notes;
  AdwPreferencesGroup *facts;
  AdwPreferencesGroup *input;
  AdwComboRow *range;
  AdwEntryRow *scale;
  AdwEntryRow *mean;
  AdwEntryRow *deviation;
  AdwActionRow *order;
  GtkSwitch *bgr;
  AdwPreferencesGroup *classes;
  AdwActionRow *labels;

  /* owned */
  PhModel *model;
  PhQueue *queue;
  PhJob *reading;
  GtkFileChooserNative *chooser;

  PhPreprocess wanted; /* waits until no job reads the present one */
  gboolean waiting;
  gboolean showing; /* the rows are being filled by us */
};

G_DEFINE_FINAL_TYPE (PhNetworkWindow, ph_network_window, ADW_TYPE_PREFERENCES_WINDOW)

/* Ranges that networks were trained with. */
static const struct
{
  const char *title;
  float scale;
  float mean[3], std[3];
} ranges[] = {
  { N_ ("0 to 1"), 1, { 0, 0, 0 }, { 1, 1, 1 } },
  { N_ ("−1 to 1"), 1, { 0.5f, 0.5f, 0.5f }, { 0.5f, 0.5f, 0.5f } },
  { N_ ("0 to 255"), 255, { 0, 0, 0 }, { 1, 1, 1 } },
  { N_ ("ImageNet mean and deviation"), 1, { 0.485f, 0.456f, 0.406f }, { 0.229f, 0.224f, 0.225f } },
  { N_ ("0 to 255 less ImageNet mean"), 255, { 123.68f, 116.779f, 103.939f }, { 1, 1, 1 } },
};

#define OWN_RANGE G_N_ELEMENTS (ranges)

static gboolean
is_near (float a, float b)
{
  return fabsf (a - b) <= 1e-3f * MAX (1, fabsf (b));
}

/* Which of the known ranges it is, or OWN_RANGE. */
static guint
find_range (const PhPreprocess *pre)
{
  for (guint i = 0; i < G_N_ELEMENTS (ranges); i++)
    {
      gboolean same = is_near (pre->scale, ranges[i].scale);
      for (guint c = 0; c < MIN (pre->channels, 3); c++)
        same = same && is_near (pre->mean[c], ranges[i].mean[c]) &&
               is_near (pre->std[c], ranges[i].std[c]);
      if (same)
        return i;
    }
  return OWN_RANGE;
}

static char *
numbers_to_text (const float *values, guint n)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%s%.6g", i > 0 ? "  " : "", values[i]);
  return g_string_free (text, FALSE);
}

/* FALSE unless @text has exactly @n numbers, with anything but digits between them. */
static gboolean
text_to_numbers (const char *text, float *values, guint n)
{
  guint found = 0;

  while (*text != '\0')
    {
      char *end;
      double value = g_ascii_strtod (text, &end);
      if (end == text)
        {
          if (g_ascii_isalpha (*text))
            return FALSE;
          text++;
          continue;
        }
      if (found == n || !isfinite (value))
        return FALSE;
      values[found++] = value;
      text = end;
    }
  return found == n;
}

/* Showing */

static void
show_preprocess (PhNetworkWindow *self)
{
  const PhPreprocess *pre = ph_model_get_preprocess (self->model);
  guint n = MIN (pre->channels, 3);
  guint range = find_range (pre);
  g_autofree char *scale = numbers_to_text (&pre->scale, 1);
  g_autofree char *mean = numbers_to_text (pre->mean, n);
  g_autofree char *deviation = numbers_to_text (pre->std, n);
  const char *source = NULL;

  switch (pre->source)
    {
    case PH_PREPROCESS_GUESSED:
      source = _ ("Guessed: the file does not say. If pictures look washed out or stay grey, try "
                  "another range.");
      break;
    case PH_PREPROCESS_FROM_FILE:
      source = _ ("As the file says.");
      break;
    case PH_PREPROCESS_FROM_SIDECAR:
      source = _ ("As the description beside the file says.");
      break;
    case PH_PREPROCESS_FROM_USER:
      source = _ ("As you chose.");
      break;
    }

  self->showing = TRUE;
  adw_preferences_group_set_description (self->input, source);
  adw_combo_row_set_selected (self->range, range);
  gtk_widget_set_visible (GTK_WIDGET (self->scale), range == OWN_RANGE);
  gtk_widget_set_visible (GTK_WIDGET (self->mean), range == OWN_RANGE);
  gtk_widget_set_visible (GTK_WIDGET (self->deviation), range == OWN_RANGE);
  gtk_editable_set_text (GTK_EDITABLE (self->scale), scale);
  gtk_editable_set_text (GTK_EDITABLE (self->mean), mean);
  gtk_editable_set_text (GTK_EDITABLE (self->deviation), deviation);
  gtk_switch_set_active (self->bgr, pre->bgr);
  gtk_widget_set_visible (GTK_WIDGET (self->order), pre->channels >= 3);
  self->showing = FALSE;
}

static void
show_labels (PhNetworkWindow *self)
{
  guint n = ph_model_get_n_classes (self->model);
  g_autofree char *text = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->classes), n > 0);
  if (n > 0 && ph_model_get_label (self->model, 0) != NULL)
    /* Translators: number of classes, names of the first and the last of them. */
    text = g_strdup_printf (_ ("%u, from “%s” to “%s”"), n, ph_model_get_label (self->model, 0),
                            ph_model_get_label (self->model, n - 1) != NULL
                                ? ph_model_get_label (self->model, n - 1)
                                : "?");
  else
    text = g_strdup_printf (_ ("None known for %u classes"), n);
  g_autofree char *markup = g_markup_escape_text (text, -1);
  adw_action_row_set_subtitle (self->labels, markup);
}

static void
add_fact (PhNetworkWindow *self, const char *title, const char *text)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *value = gtk_label_new (text);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  gtk_label_set_ellipsize (GTK_LABEL (value), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_selectable (GTK_LABEL (value), TRUE);
  gtk_label_set_xalign (GTK_LABEL (value), 1);
  gtk_widget_set_hexpand (value, TRUE);
  gtk_widget_add_css_class (value, "dim-label");
  gtk_widget_set_tooltip_text (value, text);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), value);
  adw_preferences_group_add (self->facts, row);
}

static void
show_facts (PhNetworkWindow *self)
{
  const PhPreprocess *pre = ph_model_get_preprocess (self->model);
  const char *path = ph_model_get_path (self->model);
  const char *const *notes = ph_model_get_notes (self->model);
  gsize n_parameters = 0;

  for (guint i = 0; i < ph_model_get_n_layers (self->model); i++)
    n_parameters += ph_model_get_layer (self->model, i)->n_parameters;
  g_autofree char *layers = g_strdup_printf ("%u", ph_model_get_n_layers (self->model));
  g_autofree char *parameters = g_strdup_printf ("%'" G_GSIZE_FORMAT, n_parameters);
  /* Translators: height, width, number of colour channels of the picture that a network reads. */
  g_autofree char *picture =
      g_strdup_printf (_ ("%u×%u, %u channels"), pre->height, pre->width, pre->channels);
  g_autofree char *shown = path != NULL ? g_filename_display_name (path) : NULL;

  adw_preferences_group_set_title (self->facts, ph_model_get_name (self->model));
  if (shown != NULL)
    add_fact (self, _ ("File"), shown);
  add_fact (self, _ ("Input"), picture);
  add_fact (self, _ ("Layers"), layers);
  add_fact (self, _ ("Parameters"), parameters);

  gtk_widget_set_visible (GTK_WIDGET (self->notes), notes != NULL && notes[0] != NULL);
  for (guint i = 0; notes != NULL && notes[i] != NULL; i++)
    {
      GtkWidget *row = adw_action_row_new ();
      g_autofree char *markup = g_markup_escape_text (notes[i], -1);
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), markup);
      adw_preferences_group_add (self->notes, row);
    }
}

/* Changing */

static void
commit (PhNetworkWindow *self)
{
  if (!self->waiting || !ph_queue_is_idle (self->queue))
    return;
  self->waiting = FALSE;
  ph_model_set_preprocess (self->model, &self->wanted);
}

/* Jobs read the preprocessing from their threads, so none may run when it changes; what they make
 * would be out of date anyway. */
static void
change (PhNetworkWindow *self, const PhPreprocess *pre)
{
  self->wanted = *pre;
  self->wanted.source = PH_PREPROCESS_FROM_USER;
  self->waiting = TRUE;
  ph_queue_cancel_all (self->queue);
  commit (self);
}

static void
on_range (PhNetworkWindow *self)
{
  PhPreprocess pre = *ph_model_get_preprocess (self->model);
  guint range = adw_combo_row_get_selected (self->range);

  if (self->showing)
    return;
  gtk_widget_set_visible (GTK_WIDGET (self->scale), range == OWN_RANGE);
  gtk_widget_set_visible (GTK_WIDGET (self->mean), range == OWN_RANGE);
  gtk_widget_set_visible (GTK_WIDGET (self->deviation), range == OWN_RANGE);
  if (range >= OWN_RANGE)
    return;
  pre.scale = ranges[range].scale;
  for (guint c = 0; c < MIN (pre.channels, 3); c++)
    {
      pre.mean[c] = ranges[range].mean[c];
      pre.std[c] = ranges[range].std[c];
    }
  change (self, &pre);
}

static void
on_numbers (AdwEntryRow *row, PhNetworkWindow *self)
{
  PhPreprocess pre = *ph_model_get_preprocess (self->model);
  guint n = MIN (pre.channels, 3);
  gboolean good =
      text_to_numbers (gtk_editable_get_text (GTK_EDITABLE (self->scale)), &pre.scale, 1) &&
      text_to_numbers (gtk_editable_get_text (GTK_EDITABLE (self->mean)), pre.mean, n) &&
      text_to_numbers (gtk_editable_get_text (GTK_EDITABLE (self->deviation)), pre.std, n) &&
      pre.scale > 0;

  for (guint c = 0; c < n; c++)
    good = good && pre.std[c] > 0;
  if (good)
    change (self, &pre);
  else
    adw_preferences_window_add_toast (
        ADW_PREFERENCES_WINDOW (self),
        adw_toast_new (_ ("One number for each colour is needed; only means may be 0 or less.")));
}

static void
on_bgr (PhNetworkWindow *self)
{
  PhPreprocess pre = *ph_model_get_preprocess (self->model);

  if (self->showing)
    return;
  pre.bgr = gtk_switch_get_active (self->bgr);
  change (self, &pre);
}

static gpointer
read_labels (const PhMonitor *monitor, GCancellable *cancellable, gpointer spec, GError **error)
{
  return ph_labels_load (spec, error);
}

static void
on_labels_read (PhJob *job, PhNetworkWindow *self)
{
  if (ph_job_get_state (job) == PH_JOB_DONE)
    ph_model_set_labels (self->model, ph_job_get_result (job));
  else if (ph_job_get_state (job) == PH_JOB_FAILED)
    {
      g_autofree char *markup = g_markup_escape_text (ph_job_get_error (job)->message, -1);
      adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (self), adw_toast_new (markup));
    }
  g_clear_object (&self->reading);
}

static void
on_labels_chosen (GtkNativeDialog *dialog, int response, PhNetworkWindow *self)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

  if (response == GTK_RESPONSE_ACCEPT && g_file_peek_path (file) != NULL && self->reading == NULL)
    {
      self->reading = ph_job_new (_ ("Reading names of classes"), read_labels,
                                  g_file_get_path (file), g_free, (GDestroyNotify)g_strfreev);
      ph_job_set_quiet (self->reading, TRUE);
      g_signal_connect_object (self->reading, "finished", G_CALLBACK (on_labels_read), self, 0);
      ph_queue_add (self->queue, self->reading, PH_LANE_IO);
    }
  g_clear_object (&self->chooser);
}

static void
on_choose_labels (GtkButton *button, PhNetworkWindow *self)
{
  if (self->chooser != NULL)
    return;
  self->chooser =
      gtk_file_chooser_native_new (_ ("Names of the classes"), GTK_WINDOW (self),
                                   GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Open"), _ ("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (on_labels_chosen), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* GObject */

static void
ph_network_window_dispose (GObject *object)
{
  PhNetworkWindow *self = PH_NETWORK_WINDOW (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), PH_TYPE_NETWORK_WINDOW);
  g_clear_object (&self->chooser);
  g_clear_object (&self->reading);
  g_clear_object (&self->queue);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (ph_network_window_parent_class)->dispose (object);
}

static void
ph_network_window_class_init (PhNetworkWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ph_network_window_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/phosphene/Phosphene/network-window.ui");
  gtk_widget_class_bind_template_child (widget_class, PhNetworkWindow, notes);
  gtk_widget_class_bind_template_child (widget_class, PhNetworkWindow, facts);
  gtk_widget_class_bind_template_child (widget_class, PhNetworkWindow, input);
  gtk_widget_class_bind_template_child (widget_class, PhNetworkWindow, range);
  gtk_widget_class_bind_template_child (widget_class, PhNetworkWindow, scale);
  gtk_widget_class_bind_template_child (widget_class, PhNetworkWindow, mean);
  gtk_widget_class_bind_template_child (widget_class, PhNetworkWindow, deviation);
  gtk_widget_class_bind_template_child (widget_class, PhNetworkWindow, order);
  gtk_widget_class_bind_template_child (widget_class, PhNetworkWindow, bgr);
  gtk_widget_class_bind_template_child (widget_class, PhNetworkWindow, classes);
  gtk_widget_class_bind_template_child (widget_class, PhNetworkWindow, labels);
  gtk_widget_class_bind_template_callback (widget_class, on_numbers);
  gtk_widget_class_bind_template_callback (widget_class, on_choose_labels);
}

static void
ph_network_window_init (PhNetworkWindow *self)
{
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);

  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < G_N_ELEMENTS (ranges); i++)
    gtk_string_list_append (titles, _ (ranges[i].title));
  gtk_string_list_append (titles, _ ("Other numbers"));
  adw_combo_row_set_model (self->range, G_LIST_MODEL (titles));
}

/* Public */

GtkWidget *
ph_network_window_new (PhModel *model, PhQueue *queue)
{
  g_return_val_if_fail (PH_IS_MODEL (model), NULL);
  g_return_val_if_fail (PH_IS_QUEUE (queue), NULL);

  PhNetworkWindow *self = g_object_new (PH_TYPE_NETWORK_WINDOW, NULL);

  self->model = g_object_ref (model);
  self->queue = g_object_ref (queue);
  show_facts (self);
  show_preprocess (self);
  show_labels (self);
  g_signal_connect_object (model, "preprocess-changed", G_CALLBACK (show_preprocess), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "labels-changed", G_CALLBACK (show_labels), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (queue, "notify::idle", G_CALLBACK (commit), self, G_CONNECT_SWAPPED);
  g_signal_connect_swapped (self->range, "notify::selected", G_CALLBACK (on_range), self);
  g_signal_connect_swapped (self->bgr, "notify::active", G_CALLBACK (on_bgr), self);
  return GTK_WIDGET (self);
}
