#include "ui/learn-way.h"

#include <glib/gi18n.h>

#include "ui/advice-table.h"
#include "ui/setting-rows.h"

struct _PhLearnWay
{
  AdwBin parent_instance;

  /* borrowed: children of the template */
  GtkDropDown *network_drop, *mode_drop, *frozen_drop, *layer_drop;
  GtkStringList *network_list, *mode_list, *frozen_list, *layer_list;
  GtkLabel *mode_label, *learns_label, *advice_label;
  GtkWidget *frozen_box, *layer_box, *advice_box, *advice_button;
  PhAdviceTable *advice_table;
  GtkProgressBar *advice_progress;
  GtkBox *rows_box;
  GtkEditable *units_entry;
  PhSettingRows *rows;

  /* owned */
  PhModel *model;
  GArray *layers; /* guint: of the model, those that may be the last frozen one or be read */

  PhAdviceRow advised;
  gboolean has_advice;
  gboolean refreshing;
};

G_DEFINE_FINAL_TYPE (PhLearnWay, ph_learn_way, ADW_TYPE_BIN)

static guint changed_signal;

/* The choices before the layers. */
#define AUTO 0
#define NONE 1

static const struct
{
  const char *title, *summary;
} modes[] = {
  [PH_TRAIN_HEAD] = { N_ ("A new head only"),
                      N_ ("Everything before it stays as it is, so its features are computed once "
                          "and an epoch takes seconds or less.") },
  [PH_TRAIN_FINE_TUNE] = { N_ ("A new head, then later layers (fine-tuning)"),
                           N_ ("The head learns first, then the layers after the last frozen one "
                               "adapt with small steps.") },
  [PH_TRAIN_SCRATCH] = { N_ ("Everything, from random weights"),
                         N_ ("The network forgets all it knew. Takes many images and epochs.") },
};

static gboolean
is_description (PhLearnWay *self)
{
  return self->model == NULL || gtk_drop_down_get_selected (self->network_drop) > 0;
}

static const PhTrainSettings *
get_values (PhLearnWay *self)
{
  return ph_setting_rows_get_values (self->rows);
}

/* The layers that a drop-down lists after its first choices; negative: one of those. */
static int
find_choice (PhLearnWay *self, const char *name, int n_special)
{
  for (guint i = 0; self->model != NULL && i < self->layers->len; i++)
    if (g_str_equal (ph_model_get_layer (self->model, g_array_index (self->layers, guint, i))->name,
                     name))
      return (int)i + n_special;
  return g_str_equal (name, "none") ? NONE : AUTO;
}

static const char *
get_choice (PhLearnWay *self, GtkDropDown *drop, int n_special)
{
  int chosen = (int)gtk_drop_down_get_selected (drop);

  if (chosen < n_special || chosen - n_special >= (int)self->layers->len)
    return chosen == NONE && n_special > NONE ? "none" : "auto";
  return ph_model_get_layer (self->model, g_array_index (self->layers, guint, chosen - n_special))
      ->name;
}

/* How many numbers learn, as far as it can be said beforehand. */
static void
update_learns (PhLearnWay *self)
{
  const PhTrainSettings *s = get_values (self);
  int frozen = find_choice (self, s->frozen, 2);
  gsize all = 0, learned = 0;

  gtk_label_set_text (self->learns_label, "");
  gtk_widget_set_visible (GTK_WIDGET (self->learns_label), FALSE);
  if (is_description (self) || s->mode != PH_TRAIN_FINE_TUNE || frozen == AUTO)
    return;
  for (guint i = 0; i < self->layers->len; i++)
    {
      const PhLayer *layer =
          ph_model_get_layer (self->model, g_array_index (self->layers, guint, i));

      all += layer->n_parameters;
      if (frozen == NONE || (int)i + 2 > frozen)
        learned += layer->n_parameters;
    }

  g_autofree char *some = g_strdup_printf ("%'" G_GSIZE_FORMAT, learned);
  g_autofree char *total = g_strdup_printf ("%'" G_GSIZE_FORMAT, all);
  /* Translators: two numbers, already formatted. */
  g_autofree char *text =
      g_strdup_printf (_ ("%s of %s weights before the head learn."), some, total);

  gtk_label_set_text (self->learns_label, text);
  gtk_widget_set_visible (GTK_WIDGET (self->learns_label), TRUE);
}

/* Which field of the table the settings are, or -1. */
static int
find_row (PhLearnWay *self)
{
  for (PhAdviceRow row = PH_ADVICE_HEAD; self->model != NULL && row <= PH_ADVICE_ALL; row++)
    {
      PhTrainSettings settings;
      gboolean same;

      ph_settings_copy (ph_train_settings, &settings, get_values (self));
      ph_advice_choose (row, self->model, &settings);
      same = ph_settings_equal (ph_train_settings, &settings, get_values (self));
      ph_settings_clear (ph_train_settings, &settings);
      if (same)
        return (int)row;
    }
  return -1;
}

/* Shows what the settings are. */
static void
update (PhLearnWay *self)
{
  const PhTrainSettings *s = get_values (self);
  gboolean description = is_description (self);
  int mode = description ? PH_TRAIN_SCRATCH : s->mode;

  self->refreshing = TRUE;
  gtk_drop_down_set_selected (self->mode_drop, (guint)mode);
  gtk_drop_down_set_selected (self->frozen_drop, (guint)find_choice (self, s->frozen, 2));
  gtk_drop_down_set_selected (self->layer_drop, (guint)find_choice (self, s->layer, 1));
  self->refreshing = FALSE;
  gtk_widget_set_sensitive (GTK_WIDGET (self->mode_drop), !description);
  gtk_label_set_text (self->mode_label, _ (modes[mode].summary));
  gtk_widget_set_visible (self->frozen_box, mode == PH_TRAIN_FINE_TUNE);
  gtk_widget_set_visible (self->layer_box, !description && s->head != PH_TRAIN_HEAD_KEEP);
  gtk_widget_set_visible (self->advice_box, !description);
  ph_advice_table_set_current (self->advice_table, description ? -1 : find_row (self));
  update_learns (self);
}

static void
announce (PhLearnWay *self)
{
  update (self);
  g_signal_emit (self, changed_signal, 0);
}

/* Takes over what the drop-downs of layers say. */
static void
take_layers (PhLearnWay *self)
{
  PhTrainSettings settings;

  ph_settings_copy (ph_train_settings, &settings, get_values (self));
  ph_setting_set (ph_settings_find (ph_train_settings, "frozen"), &settings,
                  get_choice (self, self->frozen_drop, 2), NULL);
  ph_setting_set (ph_settings_find (ph_train_settings, "layer"), &settings,
                  get_choice (self, self->layer_drop, 1), NULL);
  ph_setting_rows_set_values (self->rows, &settings);
  ph_settings_clear (ph_train_settings, &settings);
  announce (self);
}

static void
on_layer_chosen (PhLearnWay *self)
{
  if (!self->refreshing)
    take_layers (self);
}

static void
on_network_chosen (PhLearnWay *self)
{
  if (!self->refreshing)
    announce (self);
}

static void
on_mode_chosen (PhLearnWay *self)
{
  PhTrainSettings settings;

  if (self->refreshing)
    return;
  ph_settings_copy (ph_train_settings, &settings, get_values (self));
  settings.mode = (int)gtk_drop_down_get_selected (self->mode_drop);
  ph_setting_rows_set_values (self->rows, &settings);
  ph_settings_clear (ph_train_settings, &settings);
  announce (self);
}

static void
choose_row (PhLearnWay *self, PhAdviceRow row)
{
  PhTrainSettings settings;

  if (self->model == NULL)
    return;
  ph_settings_copy (ph_train_settings, &settings, get_values (self));
  ph_advice_choose (row, self->model, &settings);
  ph_setting_rows_set_values (self->rows, &settings);
  ph_settings_clear (ph_train_settings, &settings);
  announce (self);
}

static void
on_row_chosen (PhAdviceTable *table, guint row, PhLearnWay *self)
{
  choose_row (self, row);
}

/* Lists */

/* The layers before the classifier that have something to learn. */
static void
list_layers (PhLearnWay *self)
{
  PhGraph *graph = ph_model_get_graph (self->model);
  int bottleneck = ph_model_find_features (self->model, NULL);
  int end = bottleneck >= 0 ? ph_graph_get_value (graph, bottleneck)->producer : G_MAXINT;

  for (guint i = 0; i < ph_model_get_n_layers (self->model); i++)
    {
      const PhLayer *layer = ph_model_get_layer (self->model, i);

      if (layer->n_parameters > 0 && layer->obstacle == NULL &&
          ph_graph_get_value (graph, layer->value)->producer <= end)
        g_array_append_val (self->layers, i);
    }
}

static void
fill (PhLearnWay *self)
{
  GtkStringList *lists[] = { self->network_list, self->frozen_list, self->layer_list };

  self->refreshing = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    gtk_string_list_splice (lists[i], 0, g_list_model_get_n_items (G_LIST_MODEL (lists[i])), NULL);
  g_array_set_size (self->layers, 0);
  if (self->model != NULL)
    {
      list_layers (self);
      gtk_string_list_append (self->network_list, ph_model_get_name (self->model));
    }
  for (guint i = 0; ph_architecture_names[i] != NULL; i++)
    {
      /* Translators: name of the description of a network. */
      g_autofree char *text = g_strdup_printf (_ ("%s, a new one"), ph_architecture_names[i]);

      gtk_string_list_append (self->network_list, text);
    }
  gtk_string_list_append (self->frozen_list, _ ("About the first half"));
  gtk_string_list_append (self->frozen_list, _ ("None: all layers learn"));
  gtk_string_list_append (self->layer_list, _ ("What the classifier reads"));
  for (guint i = 0; i < self->layers->len; i++)
    {
      const char *name =
          ph_model_get_layer (self->model, g_array_index (self->layers, guint, i))->name;

      gtk_string_list_append (self->frozen_list, name);
      gtk_string_list_append (self->layer_list, name);
    }
  gtk_drop_down_set_selected (self->network_drop, 0);
  self->refreshing = FALSE;
}

static void
add_group (PhLearnWay *self, const char *title, const char *const *names)
{
  ph_setting_rows_add_group (self->rows, title, names);
}

static void
add_rows (PhLearnWay *self)
{
  self->rows = PH_SETTING_ROWS (ph_setting_rows_new (ph_train_settings, sizeof (PhTrainSettings)));
  /* The page has controls of its own for these, which know the network's layers. */
  ph_setting_rows_leave_out (self->rows, (const char *const[]){ "mode", "layer", "frozen", NULL });
  add_group (self, _ ("Head"), (const char *const[]){ "head", "hidden", "dropout", NULL });
  add_group (self, _ ("Steps"),
             (const char *const[]){ "epochs", "batch", "optimiser", "learning-rate", "momentum",
                                    "weight-decay", "clip", "schedule", "warm-up", "step-epochs",
                                    "step-factor", "patience", NULL });
  add_group (self, _ ("Fine-tuning"),
             (const char *const[]){ "block-rate", "unfreeze", "freeze-statistics", NULL });
  add_group (self, _ ("Images"),
             (const char *const[]){ "validation", "per-class", "size", "seed", NULL });
  add_group (self, _ ("Random changes"),
             (const char *const[]){ "flip", "shift", "rotate", "scale", "crop", "colour-change",
                                    "noise", "cutout", NULL });
  add_group (self, _ ("Loss"), (const char *const[]){ "loss", "smoothing", "balance", NULL });
  add_group (self, _ ("More"), NULL);
  gtk_box_append (self->rows_box, GTK_WIDGET (self->rows));
  g_signal_connect_swapped (self->rows, "changed", G_CALLBACK (announce), self);
}

static void
ph_learn_way_dispose (GObject *object)
{
  PhLearnWay *self = PH_LEARN_WAY (object);

  if (self->layers != NULL)
    {
      adw_bin_set_child (ADW_BIN (self), NULL);
      gtk_widget_dispose_template (GTK_WIDGET (self), PH_TYPE_LEARN_WAY);
    }
  g_clear_object (&self->model);
  g_clear_pointer (&self->layers, g_array_unref);
  G_OBJECT_CLASS (ph_learn_way_parent_class)->dispose (object);
}

static void
ph_learn_way_class_init (PhLearnWayClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ph_learn_way_dispose;
  changed_signal = g_signal_new ("changed", PH_TYPE_LEARN_WAY, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
  g_type_ensure (PH_TYPE_ADVICE_TABLE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/phosphene/Phosphene/learn-way.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, PhLearnWay, name)
  BIND (network_drop);
  BIND (mode_drop);
  BIND (frozen_drop);
  BIND (layer_drop);
  BIND (network_list);
  BIND (mode_list);
  BIND (frozen_list);
  BIND (layer_list);
  BIND (mode_label);
  BIND (learns_label);
  BIND (advice_label);
  BIND (frozen_box);
  BIND (layer_box);
  BIND (advice_box);
  BIND (advice_button);
  BIND (advice_table);
  BIND (advice_progress);
  BIND (rows_box);
  BIND (units_entry);
#undef BIND
}

static void
ph_learn_way_init (PhLearnWay *self)
{
  self->layers = g_array_new (FALSE, FALSE, sizeof (guint));
  gtk_widget_init_template (GTK_WIDGET (self));
  g_assert (PH_IS_ADVICE_TABLE (self->advice_table));
  g_assert (GTK_IS_DROP_DOWN (self->layer_drop));
  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    gtk_string_list_append (self->mode_list, _ (modes[i].title));
  add_rows (self);
  fill (self);
  g_signal_connect_swapped (self->network_drop, "notify::selected", G_CALLBACK (on_network_chosen),
                            self);
  g_signal_connect_swapped (self->mode_drop, "notify::selected", G_CALLBACK (on_mode_chosen), self);
  g_signal_connect_swapped (self->frozen_drop, "notify::selected", G_CALLBACK (on_layer_chosen),
                            self);
  g_signal_connect_swapped (self->layer_drop, "notify::selected", G_CALLBACK (on_layer_chosen),
                            self);
  g_signal_connect (self->advice_table, "chosen", G_CALLBACK (on_row_chosen), self);
  update (self);
}

/* Public */

GtkWidget *
ph_learn_way_new (void)
{
  return g_object_new (PH_TYPE_LEARN_WAY, NULL);
}

void
ph_learn_way_set_model (PhLearnWay *self, PhModel *model)
{
  g_return_if_fail (PH_IS_LEARN_WAY (self));

  if (!g_set_object (&self->model, model))
    return;
  ph_learn_way_show_advice (self, NULL);
  fill (self);
  /* Layers that this network has stay chosen, as when it is opened anew. */
  update (self);
  take_layers (self);
}

PhModel *
ph_learn_way_get_model (PhLearnWay *self)
{
  g_return_val_if_fail (PH_IS_LEARN_WAY (self), NULL);

  return is_description (self) ? NULL : self->model;
}

void
ph_learn_way_set_network (PhLearnWay *self, const char *network)
{
  g_return_if_fail (PH_IS_LEARN_WAY (self));

  guint first = self->model != NULL ? 1 : 0;

  if (self->model != NULL && g_strcmp0 (ph_model_get_path (self->model), network) == 0)
    gtk_drop_down_set_selected (self->network_drop, 0);
  for (guint i = 0; ph_architecture_names[i] != NULL; i++)
    if (g_str_equal (ph_architecture_names[i], network))
      gtk_drop_down_set_selected (self->network_drop, first + i);
}

char *
ph_learn_way_dup_network (PhLearnWay *self)
{
  g_return_val_if_fail (PH_IS_LEARN_WAY (self), NULL);

  guint chosen = gtk_drop_down_get_selected (self->network_drop);

  if (!is_description (self))
    return g_strdup (ph_model_get_path (self->model) != NULL ? ph_model_get_path (self->model)
                                                             : ph_model_get_name (self->model));
  return g_strdup (ph_architecture_names[chosen - (self->model != NULL ? 1 : 0)]);
}

const PhTrainSettings *
ph_learn_way_get_settings (PhLearnWay *self)
{
  g_return_val_if_fail (PH_IS_LEARN_WAY (self), NULL);

  return get_values (self);
}

void
ph_learn_way_set_settings (PhLearnWay *self, const PhTrainSettings *settings)
{
  g_return_if_fail (PH_IS_LEARN_WAY (self));

  ph_setting_rows_set_values (self->rows, settings);
  update (self);
}

char **
ph_learn_way_dup_units (PhLearnWay *self)
{
  g_return_val_if_fail (PH_IS_LEARN_WAY (self), NULL);

  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (self->units_entry)));
  char **names;

  if (*text == '\0')
    return NULL;
  if (g_ascii_strcasecmp (text, "none") == 0 || g_utf8_collate (text, _ ("none")) == 0)
    return g_new0 (char *, 1);
  names = g_strsplit (text, ",", -1);
  for (guint i = 0; names[i] != NULL; i++)
    g_strstrip (names[i]);
  return names;
}

void
ph_learn_way_set_units (PhLearnWay *self, const char *text)
{
  g_return_if_fail (PH_IS_LEARN_WAY (self));

  gtk_editable_set_text (self->units_entry, text);
}

/* What was measured, in sentences. */
static char *
dup_reasons (const PhAdvice *advice)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (
      text,
      advice->is_much
          ? _ ("%.0f images of each class to learn from are many (%d and more).")
          : _ ("%.0f images of each class to learn from are few (%d and more would be many)."),
      advice->per_class, PH_ADVICE_MUCH);
  g_string_append_c (text, ' ');
  g_string_append_printf (text,
                          _ ("A quick linear probe on the network’s features gets %.0f %% right, "
                             "%.0f %% of the way from guessing to perfect."),
                          advice->probe * 100, advice->similarity * 100);
  if (advice->distance >= 0)
    {
      g_string_append_c (text, ' ');
      g_string_append_printf (text,
                              _ ("The features lie %.2f standard deviations from what the network "
                                 "has seen in its training."),
                              advice->distance);
    }
  g_string_append_c (text, ' ');
  g_string_append (text, advice->is_similar
                             ? _ ("So the images are similar to what it knows.")
                             : _ ("So the images are different from what it knows."));
  g_string_append_c (text, ' ');
  switch (advice->row)
    {
    case PH_ADVICE_HEAD:
      g_string_append (text, _ ("With few images, more weights would learn them by heart."));
      break;
    case PH_ADVICE_EARLIER:
      g_string_append (text, _ ("With few images only a head can be learned, and the later "
                                "features were made for other things."));
      break;
    case PH_ADVICE_LATER_LAYERS:
      g_string_append (text, _ ("The features fit, and there are enough images to adapt them."));
      break;
    case PH_ADVICE_ALL:
    default:
      g_string_append (text, _ ("There are enough images to learn features of their own; learning "
                                "from scratch is worth a try, too."));
    }
  return g_string_free (text, FALSE);
}

void
ph_learn_way_show_advice (PhLearnWay *self, const PhAdvice *advice)
{
  g_return_if_fail (PH_IS_LEARN_WAY (self));

  g_autofree char *text = advice != NULL ? dup_reasons (advice) : g_strdup ("");

  self->has_advice = advice != NULL;
  if (advice != NULL)
    self->advised = advice->row;
  ph_advice_table_set_advised (self->advice_table, advice != NULL ? (int)advice->row : -1);
  gtk_label_set_text (self->advice_label, text);
  gtk_widget_set_visible (GTK_WIDGET (self->advice_label), *text != '\0');
  gtk_widget_set_visible (self->advice_button, advice != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->advice_progress), FALSE);
}

void
ph_learn_way_use_advice (PhLearnWay *self)
{
  g_return_if_fail (PH_IS_LEARN_WAY (self));

  if (self->has_advice)
    choose_row (self, self->advised);
}

void
ph_learn_way_show_advising (PhLearnWay *self, gboolean running, double fraction,
                            const char *message)
{
  g_return_if_fail (PH_IS_LEARN_WAY (self));

  gtk_widget_set_visible (GTK_WIDGET (self->advice_progress), running);
  if (fraction >= 0)
    gtk_progress_bar_set_fraction (self->advice_progress, MIN (fraction, 1));
  else if (running)
    gtk_progress_bar_pulse (self->advice_progress);
  gtk_label_set_text (self->advice_label, message != NULL ? message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->advice_label), message != NULL);
}
