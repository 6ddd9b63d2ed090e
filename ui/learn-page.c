#include "ui/learn-page-private.h"

#include <glib/gi18n.h>

G_DEFINE_FINAL_TYPE (PhLearnPage, ph_learn_page, PH_TYPE_PAGE)

void
ph_learn_page_set_state (PhLearnPage *self, const char *state)
{
  gtk_spinner_set_spinning (self->spinner, g_str_equal (state, "loading"));
  gtk_stack_set_visible_child_name (self->states, state);
  ph_learn_page_update_actions (self);
}

void
ph_learn_page_show_info (PhLearnPage *self, const char *sentence)
{
  if (sentence != NULL)
    gtk_label_set_text (self->info_label, sentence);
  gtk_info_bar_set_revealed (self->info_bar, sentence != NULL);
}

void
ph_learn_page_drop_job (PhLearnPage *self, PhJob **job)
{
  if (*job == NULL)
    return;
  g_signal_handlers_disconnect_by_data (*job, self);
  ph_job_cancel (*job);
  g_clear_object (job);
}

/* Actions */

static void
choose_folder (PhLearnPage *self)
{
  ph_learn_page_choose_images (self, GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER);
}

static void
choose_file (PhLearnPage *self)
{
  ph_learn_page_choose_images (self, GTK_FILE_CHOOSER_ACTION_OPEN);
}

static void
use_advice (PhLearnPage *self)
{
  ph_learn_way_use_advice (self->way);
}

static void
toggle_panel (PhLearnPage *self)
{
  adw_flap_set_reveal_flap (self->flap, !adw_flap_get_reveal_flap (self->flap));
}

static void
next_view (PhLearnPage *self)
{
  GtkSelectionModel *pages = gtk_stack_get_pages (self->views);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (pages));

  for (guint i = 0; i < n; i++)
    if (gtk_selection_model_is_selected (pages, i))
      {
        gtk_selection_model_select_item (pages, (i + 1) % n, TRUE);
        break;
      }
  g_object_unref (pages);
}

static const struct
{
  const char *action;
  void (*run) (PhLearnPage *self);
} simple_actions[] = {
  { "page.choose-images", choose_folder },
  { "page.choose-images-file", choose_file },
  { "page.close-images", ph_learn_page_close_images },
  { "page.train", ph_learn_page_train },
  { "page.pause", ph_learn_page_pause },
  { "page.stop", ph_learn_page_stop },
  { "page.discard", ph_learn_page_discard },
  { "page.advise", ph_learn_page_advise },
  { "page.use-advice", use_advice },
  { "page.open-network", ph_learn_page_open_network },
  { "page.export-network", ph_learn_page_choose_export },
  { "page.measure-together", ph_learn_page_measure_together },
  { "page.toggle-panel", toggle_panel },
  { "page.next-view", next_view },
};

static void
on_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  for (guint i = 0; i < G_N_ELEMENTS (simple_actions); i++)
    if (g_str_equal (simple_actions[i].action, action))
      simple_actions[i].run (PH_LEARN_PAGE (widget));
}

static void
on_use_images (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ph_learn_page_open_images (PH_LEARN_PAGE (widget), g_variant_get_string (parameter, NULL));
}

static void
on_go_on (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PhLearnPage *self = PH_LEARN_PAGE (widget);
  const PhTrainingRecord *record =
      ph_learn_page_find_record (self, g_variant_get_string (parameter, NULL));

  if (record != NULL)
    ph_learn_page_go_on (self, record);
}

static void
on_open_training (GtkWidget *widget, const char *action, GVariant *parameter)
{
  const PhTrainingRecord *record =
      ph_learn_page_find_record (PH_LEARN_PAGE (widget), g_variant_get_string (parameter, NULL));

  if (record != NULL)
    {
      g_autofree char *path = ph_training_record_dup_network_path (record);

      gtk_widget_activate_action (widget, "win.open-path", "s", path);
    }
}

static void
on_remove_training (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ph_learn_page_remove (PH_LEARN_PAGE (widget), g_variant_get_string (parameter, NULL));
}

void
ph_learn_page_update_actions (PhLearnPage *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  const char *state = gtk_stack_get_visible_child_name (self->states);
  gboolean ready = g_strcmp0 (state, "ready") == 0 && ph_page_get_queue (PH_PAGE (self)) != NULL;
  gboolean learning = ph_learn_page_is_learning (self);
  g_autofree char *network = ph_learn_page_dup_network (self);
  g_autoptr (GPtrArray) ticked = ph_run_list_dup_ticked (self->runs);
  const struct
  {
    const char *action;
    gboolean enabled;
  } table[] = {
    { "page.close-images", g_strcmp0 (state, "empty") != 0 && !learning },
    { "page.choose-images", !learning },
    { "page.choose-images-file", !learning },
    { "page.use-images", !learning },
    { "page.train", ready && !learning && self->advice_job == NULL },
    { "page.go-on", !learning },
    { "page.pause", learning },
    { "page.stop", learning || self->advice_job != NULL || self->together_job != NULL },
    { "page.discard", learning },
    { "page.advise", ready && !learning && self->advice_job == NULL &&
                         ph_learn_way_get_model (self->way) != NULL },
    { "page.open-network", network != NULL },
    { "page.export-network", network != NULL },
    { "page.measure-together",
      ready && !learning && self->together_job == NULL && ticked->len > 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    gtk_widget_action_set_enabled (widget, table[i].action, table[i].enabled);
  gtk_widget_set_visible (self->start_button, !learning);
  gtk_widget_set_visible (GTK_WIDGET (self->pause_button), learning);
}

/* PhPage */

static void
ph_learn_page_enter (PhPage *page)
{
  PhLearnPage *self = PH_LEARN_PAGE (page);

  self->visible = TRUE;
  ph_learn_page_read_records (self);
}

/* A training goes on: it takes long, and the list of jobs shows it. */
static void
ph_learn_page_leave (PhPage *page)
{
  PhLearnPage *self = PH_LEARN_PAGE (page);

  self->visible = FALSE;
}

static void
on_model (PhLearnPage *self)
{
  ph_learn_page_drop_job (self, &self->advice_job);
  ph_learn_way_show_advising (self->way, FALSE, 0, NULL);
  ph_learn_way_set_model (self->way, ph_page_get_model (PH_PAGE (self)));
  ph_learn_page_update_actions (self);
}

static void
on_info_response (GtkInfoBar *bar, int response, PhLearnPage *self)
{
  gtk_info_bar_set_revealed (bar, FALSE);
}

/* GObject */

static void
ph_learn_page_dispose (GObject *object)
{
  PhLearnPage *self = PH_LEARN_PAGE (object);

  if (self->classes != NULL)
    {
      ph_learn_page_drop_job (self, &self->open_job);
      ph_learn_page_drop_job (self, &self->advice_job);
      ph_learn_page_drop_job (self, &self->together_job);
      ph_learn_page_drop_job (self, &self->records_job);
      if (self->learning != NULL)
        {
          g_signal_handlers_disconnect_by_data (ph_learning_get_job (self->learning), self);
          g_signal_handlers_disconnect_by_data (self->learning, self);
        }
      ph_learning_view_show (self->view, NULL);
      adw_bin_set_child (ADW_BIN (self), NULL);
      gtk_widget_dispose_template (GTK_WIDGET (self), PH_TYPE_LEARN_PAGE);
    }
  g_clear_object (&self->learning);
  g_clear_pointer (&self->dataset, ph_dataset_unref);
  g_clear_pointer (&self->pending, ph_training_record_free);
  g_clear_pointer (&self->records, g_ptr_array_unref);
  g_clear_pointer (&self->folder, g_free);
  g_clear_pointer (&self->images, g_free);
  g_clear_pointer (&self->saved_folder, g_free);
  G_OBJECT_CLASS (ph_learn_page_parent_class)->dispose (object);
}

static void
ph_learn_page_class_init (PhLearnPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  PhPageClass *page_class = PH_PAGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ph_learn_page_dispose;
  page_class->enter = ph_learn_page_enter;
  page_class->leave = ph_learn_page_leave;
  g_type_ensure (PH_TYPE_CLASS_LIST);
  g_type_ensure (PH_TYPE_LEARN_WAY);
  g_type_ensure (PH_TYPE_LEARNING_VIEW);
  g_type_ensure (PH_TYPE_RUN_LIST);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/phosphene/Phosphene/learn-page.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, PhLearnPage, name)
  BIND (states);
  BIND (failed);
  BIND (spinner);
  BIND (go_on_box);
  BIND (flap);
  BIND (title_label);
  BIND (facts_label);
  BIND (pause_button);
  BIND (start_button);
  BIND (status_box);
  BIND (progress_bar);
  BIND (status_label);
  BIND (info_bar);
  BIND (info_label);
  BIND (views);
  BIND (classes);
  BIND (view);
  BIND (no_runs);
  BIND (runs_box);
  BIND (runs);
  BIND (together_label);
  BIND (way);
#undef BIND
  for (guint i = 0; i < G_N_ELEMENTS (simple_actions); i++)
    gtk_widget_class_install_action (widget_class, simple_actions[i].action, NULL, on_action);
  gtk_widget_class_install_action (widget_class, "page.use-images", "s", on_use_images);
  gtk_widget_class_install_action (widget_class, "page.go-on", "s", on_go_on);
  gtk_widget_class_install_action (widget_class, "page.open-training", "s", on_open_training);
  gtk_widget_class_install_action (widget_class, "page.remove-training", "s", on_remove_training);
}

static void
ph_learn_page_init (PhLearnPage *self)
{
  self->folder = g_build_filename (g_get_user_data_dir (), "phosphene", "trainings", NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  g_assert (PH_IS_CLASS_LIST (self->classes));
  g_assert (PH_IS_LEARN_WAY (self->way));
  g_assert (PH_IS_LEARNING_VIEW (self->view));
  g_assert (PH_IS_RUN_LIST (self->runs));
  ph_learn_page_init_run (self);
  ph_learn_page_init_runs (self);
  ph_learn_page_init_drop (self);
  g_signal_connect (self->info_bar, "response", G_CALLBACK (on_info_response), self);
  g_signal_connect (self, "notify::model", G_CALLBACK (on_model), NULL);
  g_signal_connect (self, "notify::queue", G_CALLBACK (ph_learn_page_update_actions), NULL);
  ph_page_set_title (PH_PAGE (self), _ ("Learning"));
  ph_learn_page_update_actions (self);
}

/* Public */

GtkWidget *
ph_learn_page_new (void)
{
  return g_object_new (PH_TYPE_LEARN_PAGE, NULL);
}

void
ph_learn_page_set_folder (PhLearnPage *self, const char *folder)
{
  g_return_if_fail (PH_IS_LEARN_PAGE (self));

  char *copy = g_strdup (folder);

  g_free (self->folder);
  self->folder = copy;
}

void
ph_learn_page_use (PhLearnPage *self, const char *images, PhTrainMode mode)
{
  g_return_if_fail (PH_IS_LEARN_PAGE (self));

  PhTrainSettings settings;
  PhModel *model = ph_page_get_model (PH_PAGE (self));

  ph_settings_copy (ph_train_settings, &settings, ph_learn_way_get_settings (self->way));
  settings.mode = mode;
  ph_learn_way_set_settings (self->way, &settings);
  ph_settings_clear (ph_train_settings, &settings);
  if (model != NULL)
    ph_learn_way_set_network (self->way, ph_model_get_path (model));
  ph_learn_page_open_images (self, images);
}

const char *
ph_learn_page_get_images (PhLearnPage *self)
{
  g_return_val_if_fail (PH_IS_LEARN_PAGE (self), NULL);

  return self->images;
}

PhLearnWay *
ph_learn_page_get_way (PhLearnPage *self)
{
  g_return_val_if_fail (PH_IS_LEARN_PAGE (self), NULL);

  return self->way;
}

void
ph_learn_page_start_soon (PhLearnPage *self)
{
  g_return_if_fail (PH_IS_LEARN_PAGE (self));

  self->start_when_open = self->open_job != NULL;
  if (!self->start_when_open)
    gtk_widget_activate_action (GTK_WIDGET (self), "page.train", NULL);
}

void
ph_learn_page_measure_all (PhLearnPage *self)
{
  g_return_if_fail (PH_IS_LEARN_PAGE (self));

  for (guint i = 0; self->records != NULL && i < self->records->len; i++)
    {
      const PhTrainingRecord *record = self->records->pdata[i];

      if (record->has_network && g_strcmp0 (record->images, self->images) == 0)
        ph_run_list_tick (self->runs, record->folder, TRUE);
    }
  gtk_stack_set_visible_child_name (self->views, "runs");
  gtk_widget_activate_action (GTK_WIDGET (self), "page.measure-together", NULL);
}

PhLearning *
ph_learn_page_get_learning (PhLearnPage *self)
{
  g_return_val_if_fail (PH_IS_LEARN_PAGE (self), NULL);

  return self->learning;
}

guint
ph_learn_page_count_done (PhLearnPage *self)
{
  g_return_val_if_fail (PH_IS_LEARN_PAGE (self), 0);

  guint n = 0;

  for (guint i = 0; self->records != NULL && i < self->records->len; i++)
    {
      const PhTrainingRecord *record = self->records->pdata[i];

      n += record->has_network && g_strcmp0 (record->images, self->images) == 0;
    }
  return n;
}
