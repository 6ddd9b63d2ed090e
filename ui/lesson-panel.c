#include "ui/lesson-panel.h"

#include <glib/gi18n.h>

#include "ui/lesson-list.h"
#include "ui/lesson-step.h"

struct _PhLessonPanel
{
  AdwBin parent_instance;

  /* template */
  GtkLabel *title_label;
  GtkWidget *list_button;
  GtkStack *views;
  PhLessonListView *list;
  GtkScrolledWindow *scroller;
  AdwBin *step_bin;
  GtkLabel *place_label;
  GtkButton *next_button;
  GtkBox *mistakes;

  /* owned */
  GSettings *settings;
  PhQueue *queue;
  PhLessonRecord *record;
  PhLesson *lesson; /* nullable */
  char *path;       /* of the lesson; NULL: it was handed out with its text */
  char *text;       /* of a lesson that was handed out */
  char *name;       /* by which the record knows it */
  PhJob *check_job; /* looks for what the lesson names */

  /* borrowed */
  PhLessonHost host;
  gpointer host_data;

  guint step;
  guint source; /* asks whether tasks are done */
};

G_DEFINE_FINAL_TYPE (PhLessonPanel, ph_lesson_panel, ADW_TYPE_BIN)

static guint changed_signal;

/* Milliseconds between looks at what the tasks wait for: soon enough to seem at once. */
#define ASK_INTERVAL 250

/* What was done */

/* Another window may have written since. */
static void
refresh_record (PhLessonPanel *self)
{
  g_autofree char *path = ph_lesson_record_dup_path ();
  g_autoptr (GError) error = NULL;
  PhLessonRecord *record = ph_lesson_record_load (path, &error);

  if (record == NULL)
    {
      gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", error->message);
      return;
    }
  ph_lesson_record_free (self->record);
  self->record = record;
}

static void
store_record (PhLessonPanel *self)
{
  g_autofree char *path = ph_lesson_record_dup_path ();
  g_autoptr (GError) error = NULL;

  if (!ph_lesson_record_save (self->record, path, &error))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", error->message);
}

/* The step */

static PhLessonStepView *
get_view (PhLessonPanel *self)
{
  GtkWidget *child = adw_bin_get_child (self->step_bin);

  return child != NULL ? PH_LESSON_STEP (child) : NULL;
}

/* Whoever does not want to answer may go on all the same. */
static void
update_next (PhLessonPanel *self)
{
  PhLessonStepView *view = get_view (self);
  gboolean last = self->lesson != NULL && self->step + 1 == self->lesson->steps->len;
  gboolean done = view == NULL || ph_lesson_step_is_done (view);

  gtk_button_set_label (self->next_button, last ? _ ("_Finish") : done ? _ ("_Next") : _ ("_Skip"));
  if (done)
    gtk_widget_add_css_class (GTK_WIDGET (self->next_button), "suggested-action");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->next_button), "suggested-action");
}

static gboolean
ask (const PhLessonCheck *check, gpointer data)
{
  PhLessonPanel *self = data;

  return self->host.ask (check, self->host_data);
}

static gboolean
on_time (gpointer data)
{
  PhLessonPanel *self = data;
  PhLessonStepView *view = get_view (self);

  if (view != NULL && gtk_widget_get_mapped (GTK_WIDGET (view)))
    ph_lesson_step_ask (view, ask, self);
  return G_SOURCE_CONTINUE;
}

static void
on_act (PhLessonStepView *view, gpointer action, PhLessonPanel *self)
{
  self->host.act (action, self->host_data);
}

static void
on_answered (PhLessonStepView *view, guint block, const char *answer, PhLessonPanel *self)
{
  refresh_record (self);
  ph_lesson_record_set_answer (self->record, self->name, self->step, block, answer);
  store_record (self);
  update_next (self);
}

static void
drop_lesson (PhLessonPanel *self)
{
  if (self->check_job != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->check_job, self);
      ph_job_cancel (self->check_job);
      g_clear_object (&self->check_job);
    }
  adw_bin_set_child (self->step_bin, NULL);
  g_clear_pointer (&self->lesson, ph_lesson_free);
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->text, g_free);
  g_clear_pointer (&self->name, g_free);
}

static void
show_step (PhLessonPanel *self, guint step)
{
  guint n = self->lesson->steps->len;
  /* Translators: number of a step, and of how many. */
  g_autofree char *place = g_strdup_printf (_ ("%u of %u"), step + 1, n);
  GtkWidget *view;

  self->step = step;
  view = ph_lesson_step_new (self->lesson, step, self->record, self->name);
  g_signal_connect (view, "act", G_CALLBACK (on_act), self);
  g_signal_connect (view, "answered", G_CALLBACK (on_answered), self);
  adw_bin_set_child (self->step_bin, view);
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scroller), 0);
  gtk_label_set_text (self->place_label, place);
  gtk_label_set_text (self->title_label, self->lesson->title);
  gtk_widget_set_visible (self->list_button, TRUE);
  gtk_stack_set_visible_child_name (self->views, "lesson");
  refresh_record (self);
  ph_lesson_record_set_step (self->record, self->name, step, n);
  store_record (self);
  update_next (self);
  g_signal_emit (self, changed_signal, 0);
}

/* Mistakes */

static void
show_mistakes (PhLessonPanel *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->mistakes))) != NULL)
    gtk_box_remove (self->mistakes, child);
  for (guint i = 0; i < self->lesson->mistakes->len; i++)
    {
      const PhLessonMistake *mistake = self->lesson->mistakes->pdata[i];
      g_autofree char *text = g_strdup_printf (_ ("Line %u: %s"), mistake->line, mistake->reason);
      GtkWidget *label = gtk_label_new (text);

      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_label_set_wrap (GTK_LABEL (label), TRUE);
      gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
      gtk_label_set_selectable (GTK_LABEL (label), TRUE);
      gtk_box_append (self->mistakes, label);
    }
  adw_bin_set_child (self->step_bin, NULL);
  gtk_label_set_text (self->title_label, self->lesson->title);
  gtk_widget_set_visible (self->list_button, TRUE);
  gtk_stack_set_visible_child_name (self->views, "broken");
  g_signal_emit (self, changed_signal, 0);
}

static gpointer
check (const PhMonitor *monitor, GCancellable *cancellable, gpointer spec, GError **error)
{
  PhLesson *lesson = ph_lesson_load (spec, error);

  if (lesson != NULL)
    ph_lesson_check (lesson, cancellable);
  return lesson;
}

static void
on_checked (PhJob *job, PhLessonPanel *self)
{
  g_autoptr (PhJob) held = g_steal_pointer (&self->check_job);
  PhLesson *lesson;

  if (ph_job_get_state (job) != PH_JOB_DONE)
    return;
  lesson = ph_job_steal_result (job);
  if (lesson->mistakes->len > 0)
    {
      adw_bin_set_child (self->step_bin, NULL);
      ph_lesson_free (self->lesson);
      self->lesson = lesson;
      show_mistakes (self);
      return;
    }
  ph_lesson_free (lesson);
}

/* What comes with the program is looked through by its tests. */
static void
check_soon (PhLessonPanel *self)
{
  self->check_job =
      ph_job_new ("lesson", check, g_strdup (self->path), g_free, (GDestroyNotify)ph_lesson_free);
  ph_job_set_quiet (self->check_job, TRUE);
  g_signal_connect (self->check_job, "finished", G_CALLBACK (on_checked), self);
  ph_queue_add (self->queue, self->check_job, PH_LANE_IO);
}

/* Opening */

/* Takes @lesson and @name; where it was left, if that is still there. */
static void
take_lesson (PhLessonPanel *self, PhLesson *lesson, char *name, const char *path, const char *text)
{
  char *path_copy = g_strdup (path), *text_copy = g_strdup (text);

  drop_lesson (self);
  self->lesson = lesson;
  self->name = name;
  self->path = path_copy;
  self->text = text_copy;
  refresh_record (self);
  if (lesson->mistakes->len > 0)
    {
      show_mistakes (self);
      return;
    }
  show_step (self, MIN (ph_lesson_record_get_step (self->record, name), lesson->steps->len - 1));
  if (path != NULL && g_str_equal (path, name))
    check_soon (self);
}

static gboolean
open_lesson (PhLessonPanel *self, const char *path, GError **error)
{
  PhLesson *lesson = ph_lesson_load (path, error);

  if (lesson == NULL)
    return FALSE;
  take_lesson (self, lesson, ph_lesson_dup_record_name (path), path, NULL);
  return TRUE;
}

/* In the language it was read in, where there is that. */
static char *
dup_shipped_path (const PhLessonState *state)
{
  const char *const languages[] = { state->language != NULL ? state->language : "en", NULL };
  g_autofree char *folder = ph_lesson_dup_folder (languages);
  g_autofree char *plain = g_path_get_basename (state->lesson);
  g_autofree char *file = g_strconcat (plain, ".md", NULL);

  return g_build_filename (folder, file, NULL);
}

static gboolean
open_state (PhLessonPanel *self, const char *path, GError **error)
{
  g_autoptr (PhLessonRecord) record = NULL;
  g_autoptr (PhLessonState) state = ph_lesson_state_load (path, &record, error);

  if (state == NULL)
    return FALSE;
  refresh_record (self);
  ph_lesson_record_merge (self->record, record);
  store_record (self);
  if (state->text != NULL)
    {
      take_lesson (self, ph_lesson_parse (state->lesson, state->text), g_strdup (state->lesson),
                   NULL, state->text);
    }
  else
    {
      g_autofree char *shipped = dup_shipped_path (state);

      if (!open_lesson (self, shipped, error))
        return FALSE;
    }
  if (state->network != NULL)
    self->host.go (state->network, state->unit, self->host_data);
  return TRUE;
}

gboolean
ph_lesson_panel_open (PhLessonPanel *self, const char *path, GError **error)
{
  g_return_val_if_fail (PH_IS_LESSON_PANEL (self), FALSE);
  g_return_val_if_fail (path != NULL, FALSE);

  g_autofree char *full = g_canonicalize_filename (path, NULL);
  g_autofree char *folded = g_ascii_strdown (full, -1);

  return g_str_has_suffix (folded, PH_LESSON_STATE_SUFFIX) ? open_state (self, full, error)
                                                           : open_lesson (self, full, error);
}

/* Languages */

static char *
dup_course_folder (PhLessonPanel *self)
{
  g_autofree char *language = g_settings_get_string (self->settings, "lesson-language");
  const char *const chosen[] = { language, NULL };

  return ph_lesson_dup_folder (*language != '\0' ? chosen : g_get_language_names ());
}

static void
on_language (PhLessonListView *list, const char *language, PhLessonPanel *self)
{
  g_settings_set_string (self->settings, "lesson-language", language);
  ph_lesson_panel_show_list (self);
}

static void
on_chosen (PhLessonListView *list, const char *path, PhLessonPanel *self)
{
  g_autoptr (GError) error = NULL;

  if (!ph_lesson_panel_open (self, path, &error))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", error->message);
}

static void
on_again (PhLessonPanel *self)
{
  g_autofree char *path = g_strdup (self->path);

  if (path != NULL)
    on_chosen (NULL, path, self);
}

/* GObject */

static void
ph_lesson_panel_dispose (GObject *object)
{
  PhLessonPanel *self = PH_LESSON_PANEL (object);

  g_clear_handle_id (&self->source, g_source_remove);
  if (self->step_bin != NULL)
    {
      drop_lesson (self);
      adw_bin_set_child (ADW_BIN (self), NULL);
      gtk_widget_dispose_template (GTK_WIDGET (self), PH_TYPE_LESSON_PANEL);
    }
  g_clear_object (&self->settings);
  g_clear_object (&self->queue);
  g_clear_pointer (&self->record, ph_lesson_record_free);
  G_OBJECT_CLASS (ph_lesson_panel_parent_class)->dispose (object);
}

static void
ph_lesson_panel_class_init (PhLessonPanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ph_lesson_panel_dispose;
  changed_signal = g_signal_new ("changed", PH_TYPE_LESSON_PANEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
  g_type_ensure (PH_TYPE_LESSON_LIST);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/phosphene/Phosphene/lesson-panel.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, PhLessonPanel, name)
  BIND (title_label);
  BIND (list_button);
  BIND (views);
  BIND (list);
  BIND (scroller);
  BIND (step_bin);
  BIND (place_label);
  BIND (next_button);
  BIND (mistakes);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, on_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_language);
  gtk_widget_class_bind_template_callback (widget_class, on_again);
}

static void
ph_lesson_panel_init (PhLessonPanel *self)
{
  self->record = ph_lesson_record_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  self->source = g_timeout_add (ASK_INTERVAL, on_time, self);
}

/* Public */

void
ph_lesson_panel_set_up (PhLessonPanel *self, GSettings *settings, PhQueue *queue,
                        const PhLessonHost *host, gpointer data)
{
  g_return_if_fail (PH_IS_LESSON_PANEL (self));
  g_return_if_fail (G_IS_SETTINGS (settings));

  self->settings = g_object_ref (settings);
  self->queue = g_object_ref (queue);
  self->host = *host;
  self->host_data = data;
}

void
ph_lesson_panel_show_list (PhLessonPanel *self)
{
  g_return_if_fail (PH_IS_LESSON_PANEL (self));

  g_autofree char *language = g_settings_get_string (self->settings, "lesson-language");

  drop_lesson (self);
  refresh_record (self);
  ph_lesson_list_view_show (self->list, language, self->record);
  gtk_label_set_text (self->title_label, _ ("Lessons"));
  gtk_widget_set_visible (self->list_button, FALSE);
  gtk_stack_set_visible_child_name (self->views, "list");
  g_signal_emit (self, changed_signal, 0);
}

void
ph_lesson_panel_open_first (PhLessonPanel *self)
{
  g_return_if_fail (PH_IS_LESSON_PANEL (self));

  g_autofree char *folder = dup_course_folder (self);
  g_autoptr (GPtrArray) paths = ph_lesson_list (folder, NULL);

  if (paths != NULL && paths->len > 0)
    on_chosen (NULL, paths->pdata[0], self);
}

const PhLesson *
ph_lesson_panel_get_lesson (PhLessonPanel *self)
{
  g_return_val_if_fail (PH_IS_LESSON_PANEL (self), NULL);

  return self->lesson;
}

guint
ph_lesson_panel_get_step (PhLessonPanel *self)
{
  g_return_val_if_fail (PH_IS_LESSON_PANEL (self), 0);

  return self->step;
}

void
ph_lesson_panel_move (PhLessonPanel *self, int offset)
{
  g_return_if_fail (PH_IS_LESSON_PANEL (self));

  if (get_view (self) == NULL || (offset < 0 && self->step == 0))
    return;
  if (self->step + (guint)(offset + 1) <= self->lesson->steps->len)
    {
      show_step (self, self->step + (guint)offset);
      return;
    }
  refresh_record (self);
  ph_lesson_record_set_finished (self->record, self->name);
  store_record (self);
  ph_lesson_panel_show_list (self);
}

void
ph_lesson_panel_restart (PhLessonPanel *self)
{
  g_return_if_fail (PH_IS_LESSON_PANEL (self));

  if (get_view (self) == NULL)
    return;
  refresh_record (self);
  ph_lesson_record_forget (self->record, self->name);
  store_record (self);
  show_step (self, 0);
}

void
ph_lesson_panel_focus (PhLessonPanel *self)
{
  g_return_if_fail (PH_IS_LESSON_PANEL (self));

  gtk_widget_child_focus (GTK_WIDGET (self->views), GTK_DIR_TAB_FORWARD);
}

gboolean
ph_lesson_panel_hand_out (PhLessonPanel *self, const char *path, GError **error)
{
  g_return_val_if_fail (PH_IS_LESSON_PANEL (self), FALSE);
  g_return_val_if_fail (self->lesson != NULL, FALSE);

  g_autoptr (PhLessonState) state = g_new0 (PhLessonState, 1);
  g_autofree char *folder = self->path != NULL ? g_path_get_dirname (self->path) : NULL;

  state->lesson = g_strdup (self->name);
  if (self->path != NULL && !g_str_equal (self->path, self->name))
    state->language = g_path_get_basename (folder);
  else if (self->path == NULL)
    state->text = g_strdup (self->text);
  else if (!g_file_get_contents (self->path, &state->text, NULL, error))
    return FALSE;
  self->host.describe (state, self->host_data);
  return ph_lesson_state_save (state, self->record, path, error);
}

gboolean
ph_lesson_panel_save_progress (PhLessonPanel *self, const char *path, GError **error)
{
  g_return_val_if_fail (PH_IS_LESSON_PANEL (self), FALSE);

  refresh_record (self);
  return ph_lesson_record_save (self->record, path, error);
}

gboolean
ph_lesson_panel_read_progress (PhLessonPanel *self, const char *path, GError **error)
{
  g_return_val_if_fail (PH_IS_LESSON_PANEL (self), FALSE);

  PhLessonRecord *other = ph_lesson_record_load (path, error);

  if (other == NULL)
    return FALSE;
  refresh_record (self);
  ph_lesson_record_merge (self->record, other);
  ph_lesson_record_free (other);
  store_record (self);
  ph_lesson_panel_show_list (self);
  return TRUE;
}
