/* Lessons beside the pages: every lesson that comes with the program is played through by its
 * buttons, in each language; resuming, handing out, mistakes, presenting. */

#include <glib/gstdio.h>

#include "ui/compare-page.h"
#include "ui/explore-page.h"
#include "ui/image-page.h"
#include "ui/learn-page.h"
#include "ui/lesson-actions.h"
#include "ui/lesson-panel.h"
#include "ui/lesson-question.h"
#include "ui/lesson-step.h"
#include "ui/unit-page.h"
#include "window-fixture.h"

#define WIDTH 900
#define HEIGHT 600
/* What lessons have of it. */
#define PANEL 340

/* Memory checkers make everything many times slower: then one lesson of each language is played. */
#ifdef __SANITIZE_ADDRESS__
#define MOST_LESSONS 1
#else
#define MOST_LESSONS 99
#endif

static void
begin (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSettings) settings = g_settings_new ("org.phosphene.Phosphene");
  g_autofree char *record = ph_lesson_record_dup_path ();
  g_autofree char *trainings =
      g_build_filename (g_get_user_data_dir (), "phosphene", "trainings", NULL);

  remove_tree (trainings);
  g_settings_set_int (settings, "window-width", WIDTH);
  g_settings_set_int (settings, "window-height", HEIGHT);
  g_settings_reset (settings, "lesson-width");
  g_settings_reset (settings, "lesson-language");
  g_settings_reset (settings, "images");
  g_remove (record);
  set_up (fixture, data);
}

static PhLessonPanel *
get_panel (Fixture *fixture)
{
  return FIND (fixture, PH_TYPE_LESSON_PANEL);
}

static GtkWidget *
get_view (Fixture *fixture)
{
  return find_widget (GTK_WIDGET (get_panel (fixture)), PH_TYPE_LESSON_STEP);
}

static void
collect (GtkWidget *root, GType type, GPtrArray *found)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (root, type))
    g_ptr_array_add (found, root);
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    collect (child, type, found);
}

static const PhLessonStep *
get_step (Fixture *fixture)
{
  return ph_lesson_panel_get_lesson (get_panel (fixture))
      ->steps->pdata[ph_lesson_panel_get_step (get_panel (fixture))];
}

/* Waiting */

typedef struct
{
  Fixture *fixture;
  const PhLessonAction *action;
  PhLessonQuestion *question;
} Wait;

static void
wait_until (Wait *wait, gboolean (*holds) (Wait *wait), const char *what, guint line)
{
  gboolean late = FALSE;
  guint source = g_timeout_add_seconds (120, on_timeout, &late);

  while (!holds (wait) && !late)
    g_main_context_iteration (NULL, TRUE);
  if (late)
    g_error ("%s:%u: %s has no effect",
             ph_lesson_panel_get_lesson (get_panel (wait->fixture))->name, line, what);
  g_source_remove (source);
}

/* What is to be seen of an action, found by another way than that of the lessons. */

static gboolean
is_network (Fixture *fixture, const char *name)
{
  PhModel *model = ph_main_window_get_model (fixture->window);
  g_autofree char *path = ph_shipped_dup_network (name);

  return model != NULL && has_state (fixture, "ready") &&
         g_strcmp0 (ph_model_get_path (model), path) == 0;
}

static gboolean
is_page (Fixture *fixture, GType type)
{
  return G_TYPE_CHECK_INSTANCE_TYPE (ph_main_window_get_page (fixture->window), type);
}

static gboolean
is_layer (Fixture *fixture, const char *name)
{
  PhExplorePage *explore = FIND (fixture, PH_TYPE_EXPLORE_PAGE);
  PhModel *model = ph_main_window_get_model (fixture->window);
  int layer = ph_explore_page_get_layer (explore);

  return is_page (fixture, PH_TYPE_EXPLORE_PAGE) &&
         (layer < 0 ? g_str_equal (name, "classes") : ph_model_find_layer (model, name) == layer);
}

static gboolean
is_drawn (Fixture *fixture, const char *objective)
{
  PhModel *model = ph_main_window_get_model (fixture->window);
  g_autofree char *drawn = ph_unit_page_dup_objective (FIND (fixture, PH_TYPE_UNIT_PAGE));
  PhUnit a, b;

  if (!is_page (fixture, PH_TYPE_UNIT_PAGE) || drawn == NULL)
    return FALSE;
  if (ph_unit_parse (model, objective, &a, NULL))
    return ph_unit_parse (model, drawn, &b, NULL) && ph_unit_equal (&a, &b);
  return g_str_equal (drawn, objective);
}

static gboolean
has_pieces (const PhLessonAction *action, const PhSetting *table, gconstpointer values)
{
  for (guint i = 0; action->pieces[i] != NULL; i++)
    {
      g_auto (GStrv) words = g_strsplit (action->pieces[i], " ", 2);
      const PhSetting *setting = ph_settings_find (table, words[0]);
      g_autofree char *is = setting != NULL ? ph_setting_get (setting, values) : NULL;
      char *end;

      if (setting == NULL)
        continue;
      /* 0.10 is 0.1. */
      if (!g_str_equal (is, words[1]) &&
          g_ascii_strtod (is, &end) != g_ascii_strtod (words[1], NULL))
        return FALSE;
    }
  return TRUE;
}

static gboolean
has_word (const PhLessonAction *action, const char *word)
{
  for (guint i = 0; action->pieces[i] != NULL; i++)
    if (g_str_equal (action->pieces[i], word))
      return TRUE;
  return FALSE;
}

static gboolean
has_effect (Wait *wait)
{
  Fixture *fixture = wait->fixture;
  const PhLessonAction *action = wait->action;
  const char *verb = action->verb->name;
  char **arguments = action->arguments;
  PhLearnPage *learn = FIND (fixture, PH_TYPE_LEARN_PAGE);
  PhUnitPage *unit = FIND (fixture, PH_TYPE_UNIT_PAGE);
  PhImagePage *image = FIND (fixture, PH_TYPE_IMAGE_PAGE);
  gboolean shown = FALSE;

  if (_ph_main_window_act_waits (fixture->window))
    return FALSE;
  if (g_str_equal (verb, "open"))
    return is_network (fixture, arguments[0]);
  if (g_str_equal (verb, "layer"))
    return is_layer (fixture, arguments[0]);
  if (g_str_equal (verb, "unit"))
    return is_drawn (fixture, arguments[0]);
  if (g_str_equal (verb, "draw"))
    return is_drawn (fixture, arguments[0]) &&
           has_pieces (action, ph_ascent_settings, ph_unit_page_get_settings (unit)) &&
           ph_unit_page_get_n_steps (unit) > 0;
  if (g_str_equal (verb, "examples"))
    return ph_example_strip_get_n_cells (ph_unit_page_get_strip (unit)) > 0 ||
           !is_page (fixture, PH_TYPE_UNIT_PAGE);
  if (g_str_equal (verb, "circuit"))
    {
      g_object_get (find_widget (GTK_WIDGET (unit), g_type_from_name ("PhCircuitStrip")), "shown",
                    &shown, NULL);
      return shown;
    }
  if (g_str_equal (verb, "image"))
    return is_page (fixture, PH_TYPE_IMAGE_PAGE) && ph_image_page_has_picture (image);
  if (g_str_equal (verb, "explain"))
    return is_page (fixture, PH_TYPE_IMAGE_PAGE) &&
           g_str_equal (ph_image_page_get_method (image), arguments[0]);
  if (g_str_equal (verb, "compare"))
    {
      g_autofree char *other = ph_shipped_dup_network (arguments[1]);

      return is_page (fixture, PH_TYPE_COMPARE_PAGE) && is_network (fixture, arguments[0]) &&
             g_strcmp0 (ph_compare_page_get_other (FIND (fixture, PH_TYPE_COMPARE_PAGE)), other) ==
                 0;
    }
  if (g_str_equal (verb, "learn"))
    return is_page (fixture, PH_TYPE_LEARN_PAGE) &&
           has_pieces (action, ph_train_settings,
                       ph_learn_way_get_settings (ph_learn_page_get_way (learn))) &&
           (!has_word (action, "start") ||
            (ph_learn_page_get_learning (learn) != NULL &&
             !ph_learning_is_running (ph_learn_page_get_learning (learn))));
  if (g_str_equal (verb, "page"))
    return g_strcmp0 (gtk_stack_get_visible_child_name (GTK_STACK (gtk_widget_get_parent (
                          GTK_WIDGET (ph_main_window_get_page (fixture->window))))),
                      arguments[0]) == 0;
  return g_str_equal (verb, "stop");
}

static void
wait_for_effect (Fixture *fixture, const PhLessonAction *action)
{
  Wait wait = { fixture, action, NULL };

  wait_until (&wait, has_effect, action->verb->name, action->line);
}

static gboolean
is_done (Wait *wait)
{
  return ph_lesson_question_is_done (wait->question);
}

/* Playing */

static GtkWidget *
find_button (GtkWidget *root)
{
  g_autoptr (GPtrArray) buttons = g_ptr_array_new ();

  collect (root, GTK_TYPE_BUTTON, buttons);
  g_assert_cmpuint (buttons->len, ==, 1);
  return buttons->pdata[0];
}

static void
press (GtkWidget *button)
{
  g_assert_true (gtk_widget_is_sensitive (button));
  g_signal_emit_by_name (button, "clicked");
}

static void
choose (PhLessonQuestion *question, gboolean right)
{
  const PhLessonBlock *block = ph_lesson_question_get_block (question);
  g_autoptr (GPtrArray) choices = g_ptr_array_new ();

  collect (GTK_WIDGET (question), GTK_TYPE_CHECK_BUTTON, choices);
  g_assert_cmpuint (choices->len, ==, block->options->len);
  for (guint i = 0; i < choices->len; i++)
    gtk_check_button_set_active (choices->pdata[i],
                                 ((PhLessonOption *)block->options->pdata[i])->right == right);
}

/* Its checks have failed when the step was entered; now they hold, by the buttons before it, as
 * whoever follows the text would have it, or else by the solution. */
static void
play_task (Fixture *fixture, PhLessonQuestion *question)
{
  const PhLessonBlock *block = ph_lesson_question_get_block (question);
  Wait wait = { fixture, NULL, question };

  press (find_button (GTK_WIDGET (question)));
  run_for (320);
  for (guint i = 0; i < block->solution->len && !is_done (&wait); i++)
    {
      _ph_main_window_act (fixture->window, block->solution->pdata[i]);
      wait_for_effect (fixture, block->solution->pdata[i]);
    }
  wait_until (&wait, is_done, "the solution", block->line);
}

static void
play_question (Fixture *fixture, PhLessonQuestion *question)
{
  const PhLessonBlock *block = ph_lesson_question_get_block (question);

  if (ph_lesson_question_is_done (question))
    return;
  if (block->kind == PH_LESSON_TASK)
    {
      play_task (fixture, question);
      return;
    }
  if (block->kind == PH_LESSON_QUIZ)
    {
      choose (question, FALSE);
      press (find_button (GTK_WIDGET (question)));
      g_assert_false (ph_lesson_question_is_done (question));
    }
  choose (question, block->kind == PH_LESSON_QUIZ);
  press (find_button (GTK_WIDGET (question)));
  g_assert_true (ph_lesson_question_is_done (question));
  if (block->actions->len > 0)
    wait_for_effect (fixture, block->actions->pdata[block->actions->len - 1]);
}

/* @n: the number of the block's widget among those of its kind is not known: its action tells. */
static void
play_actions (Fixture *fixture, const PhLessonBlock *block)
{
  g_autoptr (GPtrArray) widgets = g_ptr_array_new ();

  collect (get_view (fixture), block->kind == PH_LESSON_BUTTONS ? GTK_TYPE_BUTTON : GTK_TYPE_LABEL,
           widgets);
  for (guint i = 0; i < block->actions->len; i++)
    {
      PhLessonAction *action = block->actions->pdata[i];
      g_autofree char *uri = g_strdup_printf ("do:%u", i);
      gboolean pressed = FALSE;

      for (guint j = 0; j < widgets->len && !pressed; j++)
        {
          gpointer about = g_object_get_data (widgets->pdata[j], "phosphene-action");

          pressed =
              about == (block->kind == PH_LESSON_BUTTONS ? (gpointer)action : (gpointer)block);
          if (pressed && block->kind == PH_LESSON_BUTTONS)
            press (widgets->pdata[j]);
          else if (pressed)
            {
              gboolean handled = FALSE;

              g_signal_emit_by_name (widgets->pdata[j], "activate-link", uri, &handled);
              g_assert_true (handled);
            }
        }
      g_assert_true (pressed);
      wait_for_effect (fixture, action);
    }
}

/* (nullable): a label whose text has not enough room. */
static GtkWidget *
find_cut (Fixture *fixture)
{
  g_autoptr (GPtrArray) labels = g_ptr_array_new ();
  GtkWidget *panel = GTK_WIDGET (get_panel (fixture));

  collect (panel, GTK_TYPE_LABEL, labels);
  for (guint i = 0; i < labels->len; i++)
    {
      GtkWidget *label = labels->pdata[i];
      graphene_rect_t bounds;
      int height;

      if (!gtk_widget_get_mapped (label) || !gtk_widget_compute_bounds (label, panel, &bounds))
        continue;
      gtk_widget_measure (label, GTK_ORIENTATION_VERTICAL, gtk_widget_get_width (label), &height,
                          NULL, NULL, NULL);
      if (pango_layout_is_ellipsized (gtk_label_get_layout (GTK_LABEL (label))) ||
          bounds.origin.x < 0 ||
          bounds.origin.x + bounds.size.width > (float)gtk_widget_get_width (panel) + 0.5 ||
          gtk_widget_get_height (label) < height)
        return label;
    }
  return NULL;
}

/* All text has room, as soon as it has been laid out, and the pages no less for it. */
static void
check_room (Fixture *fixture)
{
  GtkWidget *cut = NULL;
  int least;

  for (guint i = 0; i < 1000; i++)
    {
      run_for (30);
      cut = find_cut (fixture);
      if (cut == NULL)
        break;
    }
  if (cut != NULL)
    g_error ("no room for “%s”: %d × %d in %d × %d of a window of %d × %d",
             gtk_label_get_text (GTK_LABEL (cut)), gtk_widget_get_width (cut),
             gtk_widget_get_height (cut), gtk_widget_get_width (GTK_WIDGET (get_panel (fixture))),
             gtk_widget_get_height (GTK_WIDGET (get_panel (fixture))),
             gtk_widget_get_width (GTK_WIDGET (fixture->window)),
             gtk_widget_get_height (GTK_WIDGET (fixture->window)));
  gtk_widget_measure (GTK_WIDGET (get_panel (fixture)), GTK_ORIENTATION_HORIZONTAL, -1, &least,
                      NULL, NULL, NULL);
  g_assert_cmpint (least, <=, PANEL);
}

static void
play_step (Fixture *fixture)
{
  const PhLesson *lesson = ph_lesson_panel_get_lesson (get_panel (fixture));
  const PhLessonStep *step = get_step (fixture);
  g_autoptr (GPtrArray) questions = g_ptr_array_new ();
  guint n = 0;

  /* Whatever could be seen at once has been seen by now. */
  run_for (320);
  check_room (fixture);
  collect (get_view (fixture), PH_TYPE_LESSON_QUESTION, questions);
  for (guint i = 0; i < questions->len; i++)
    if (ph_lesson_question_is_done (questions->pdata[i]))
      g_error ("%s:%u: this is done before anybody has done anything", lesson->name,
               ph_lesson_question_get_block (questions->pdata[i])->line);
  for (guint i = 0; i < step->blocks->len; i++)
    {
      const PhLessonBlock *block = step->blocks->pdata[i];

      if (ph_lesson_block_waits (block))
        play_question (fixture, questions->pdata[n++]);
      else
        play_actions (fixture, block);
    }
  check_room (fixture);
  g_assert_true (ph_lesson_step_is_done (PH_LESSON_STEP (get_view (fixture))));
}

static void
test_play (Fixture *fixture, gconstpointer data)
{
  PhLessonPanel *panel = get_panel (fixture);
  const char *path = data;
  g_autofree char *name = NULL;
  g_autofree char *file = ph_lesson_record_dup_path ();
  g_autoptr (PhLessonRecord) record = NULL;
  guint n_steps;

  ph_main_window_open (fixture->window, path);
  g_assert_nonnull (ph_lesson_panel_get_lesson (panel));
  g_assert_cmpuint (ph_lesson_panel_get_lesson (panel)->mistakes->len, ==, 0);
  name = g_strdup (ph_lesson_panel_get_lesson (panel)->name);
  n_steps = ph_lesson_panel_get_lesson (panel)->steps->len;
  for (guint i = 0; i < n_steps; i++)
    {
      g_assert_cmpuint (ph_lesson_panel_get_step (panel), ==, i);
      play_step (fixture);
      act (fixture, "win.lesson-next", NULL);
    }
  g_assert_null (ph_lesson_panel_get_lesson (panel));
  check_room (fixture);
  record = ph_lesson_record_load (file, NULL);
  g_assert_true (ph_lesson_record_is_finished (record, name));
}

/* The same in all languages */

static void
append_actions (GString *text, GPtrArray *actions)
{
  for (guint i = 0; i < actions->len; i++)
    {
      const PhLessonAction *action = actions->pdata[i];
      g_autofree char *arguments = g_strjoinv (" ", action->arguments);
      g_autofree char *pieces = action->pieces != NULL ? g_strjoinv ("; ", action->pieces) : NULL;

      g_string_append_printf (text, "  %s %s; %s\n", action->verb->name, arguments,
                              pieces != NULL ? pieces : "");
    }
}

/* What a lesson does, without its words. */
static char *
dup_bones (const char *path)
{
  g_autoptr (PhLesson) lesson = ph_lesson_load (path, NULL);
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "%u, %u minutes, %s\n", lesson->number, lesson->minutes,
                          lesson->network != NULL ? lesson->network : "");
  for (guint i = 0; i < lesson->steps->len; i++)
    {
      const PhLessonStep *step = lesson->steps->pdata[i];

      g_string_append_printf (text, "step %u\n", i + 1);
      for (guint j = 0; j < step->blocks->len; j++)
        {
          const PhLessonBlock *block = step->blocks->pdata[j];

          append_actions (text, block->actions);
          append_actions (text, block->solution);
          if (ph_lesson_block_waits (block))
            g_string_append_printf (text, "  block %u of %u answers\n", j, block->options->len);
          for (guint k = 0; k < block->options->len; k++)
            if (((PhLessonOption *)block->options->pdata[k])->right)
              g_string_append_printf (text, "  right: %u\n", k);
          for (guint k = 0; k < block->checks->len; k++)
            {
              const PhLessonCheck *check = block->checks->pdata[k];
              g_autofree char *arguments = g_strjoinv (" ", check->arguments);

              g_string_append_printf (text, "  %s %s\n", check->condition->name, arguments);
            }
        }
    }
  return g_string_free (text, FALSE);
}

static void
test_languages (void)
{
  g_auto (GStrv) languages = ph_lesson_list_languages ();
  g_autofree char *english = ph_lesson_dup_folder ((const char *const[]){ "en", NULL });

  for (guint i = 0; languages[i] != NULL; i++)
    {
      g_autofree char *folder = ph_lesson_dup_folder ((const char *const[]){ languages[i], NULL });
      g_autoptr (GPtrArray) paths = ph_lesson_list (folder, NULL);

      for (guint j = 0; j < paths->len; j++)
        {
          g_autofree char *name = g_path_get_basename (paths->pdata[j]);
          g_autofree char *original = g_build_filename (english, name, NULL);
          g_autofree char *a = dup_bones (original);
          g_autofree char *b = dup_bones (paths->pdata[j]);

          if (!g_str_equal (a, b))
            g_test_message ("%s", (char *)paths->pdata[j]);
          g_assert_cmpstr (a, ==, b);
        }
    }
}

static void
test_words (void)
{
  for (const PhLessonVerb *verb = ph_lesson_verbs; verb->name != NULL; verb++)
    if (!_ph_main_window_can_act (verb->name))
      g_error ("nothing is done for “%s”", verb->name);
  for (const PhLessonCondition *condition = ph_lesson_conditions; condition->name != NULL;
       condition++)
    if (!_ph_main_window_can_ask (condition->name))
      g_error ("nothing is asked for “%s”", condition->name);
}

/* Files */

#define HEAD "---\ntitle: T\nnumber: 1\nminutes: 5\nnetwork: things\n---\n"
#define QUIZ "```quiz\nQ\n- [ ] a\n- [x] b\nwhy: c\n```\n"

static char *
write_file (Fixture *fixture, const char *name, const char *text)
{
  char *path = g_build_filename (fixture->cache, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

static void
test_resume (Fixture *fixture, gconstpointer data)
{
  PhLessonPanel *panel = get_panel (fixture);
  g_autofree char *path =
      write_file (fixture, "own.md", HEAD "## One\nText\n## Two\n" QUIZ "## Three\nText\n");
  g_autofree char *state = g_build_filename (fixture->cache, "out.phosphene-lesson", NULL);
  g_autofree char *progress = g_build_filename (fixture->cache, "progress.ini", NULL);
  g_autofree char *record = ph_lesson_record_dup_path ();
  g_autoptr (GError) error = NULL;

  ph_main_window_open (fixture->window, path);
  g_assert_cmpuint (ph_lesson_panel_get_step (panel), ==, 0);
  act (fixture, "win.lesson-next", NULL);
  play_question (fixture,
                 PH_LESSON_QUESTION (find_widget (get_view (fixture), PH_TYPE_LESSON_QUESTION)));
  act (fixture, "win.lesson-list", NULL);
  g_assert_null (ph_lesson_panel_get_lesson (panel));
  ph_main_window_open (fixture->window, path);
  g_assert_cmpuint (ph_lesson_panel_get_step (panel), ==, 1);
  g_assert_true (ph_lesson_step_is_done (PH_LESSON_STEP (get_view (fixture))));

  g_assert_true (ph_lesson_panel_hand_out (panel, state, &error));
  g_assert_no_error (error);
  g_assert_true (ph_lesson_panel_save_progress (panel, progress, &error));
  act (fixture, "win.lesson-restart", NULL);
  g_assert_cmpuint (ph_lesson_panel_get_step (panel), ==, 0);
  act (fixture, "win.lesson-next", NULL);
  g_assert_false (ph_lesson_step_is_done (PH_LESSON_STEP (get_view (fixture))));

  /* On another computer, where there is no such lesson. */
  g_remove (path);
  g_remove (record);
  ph_main_window_open (fixture->window, state);
  g_assert_cmpstr (ph_lesson_panel_get_lesson (panel)->title, ==, "T");
  g_assert_cmpuint (ph_lesson_panel_get_step (panel), ==, 1);
  g_assert_true (ph_lesson_step_is_done (PH_LESSON_STEP (get_view (fixture))));

  g_remove (record);
  g_assert_true (ph_lesson_panel_read_progress (panel, progress, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_test (record, G_FILE_TEST_EXISTS));

  /* What is none is said, and nothing changes. */
  g_assert_false (ph_lesson_panel_open (panel, path, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_clear_error (&error);
  g_assert_true (g_file_set_contents (state, "no key file", -1, NULL));
  g_assert_false (ph_lesson_panel_open (panel, state, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_DATA_INVALID);
}

static gboolean
has_label (GtkWidget *root, const char *part)
{
  g_autoptr (GPtrArray) labels = g_ptr_array_new ();

  collect (root, GTK_TYPE_LABEL, labels);
  for (guint i = 0; i < labels->len; i++)
    if (strstr (gtk_label_get_text (labels->pdata[i]), part) != NULL)
      return TRUE;
  return FALSE;
}

static void
test_broken (Fixture *fixture, gconstpointer data)
{
  GtkWidget *panel = GTK_WIDGET (get_panel (fixture));
  g_autofree char *a = write_file (fixture, "a.md", HEAD "## One\n[x](do:opn things)\n");
  g_autofree char *b = write_file (fixture, "b.md", HEAD "## One\n[x](do:unit nowhere:3)\n");

  ph_main_window_open (fixture->window, a);
  g_assert_true (has_label (panel, "Line 8: there is no verb “opn”"));
  g_assert_null (get_view (fixture));
  /* What only the networks know is looked for while one reads. */
  ph_main_window_open (fixture->window, b);
  g_assert_nonnull (get_view (fixture));
  wait_for (get_view (fixture) == NULL);
  g_assert_true (has_label (panel, "nowhere"));
  /* Corrected, it is read again. */
  g_assert_true (g_file_set_contents (b, HEAD "## One\nText\n", -1, NULL));
  ph_main_window_open (fixture->window, b);
  g_assert_nonnull (get_view (fixture));
}

static void
test_list (Fixture *fixture, gconstpointer data)
{
  GtkWidget *panel = GTK_WIDGET (get_panel (fixture));
  g_autofree char *own = ph_lesson_dup_own_folder ();
  g_autofree char *path = g_build_filename (own, "mine.md", NULL);

  g_mkdir_with_parents (own, 0700);
  g_assert_true (g_file_set_contents (path, HEAD "## One\n", -1, NULL));
  g_assert_false (gtk_widget_get_mapped (panel));
  act (fixture, "win.lessons", NULL);
  run_for (60);
  g_assert_true (gtk_widget_get_mapped (panel));
  g_assert_true (has_label (panel, "Your own lessons"));
  g_assert_true (has_label (panel, "is empty"));
  act (fixture, "win.lessons", NULL);
  g_assert_false (gtk_widget_get_mapped (panel));
  act (fixture, "win.first-lesson", NULL);
  g_assert_nonnull (ph_lesson_panel_get_lesson (get_panel (fixture)));
  g_assert_cmpuint (ph_lesson_panel_get_lesson (get_panel (fixture))->number, ==, 1);
  g_remove (path);
}

static void
test_presenting (Fixture *fixture, gconstpointer data)
{
  GtkWidget *header = find_widget (GTK_WIDGET (fixture->window), ADW_TYPE_HEADER_BAR);

  act (fixture, "win.present", NULL);
  g_assert_false (gtk_widget_get_visible (header));
  g_assert_true (gtk_widget_has_css_class (GTK_WIDGET (fixture->window), "ph-presenting"));
  act (fixture, "win.present", NULL);
  g_assert_true (gtk_widget_get_visible (header));
  g_assert_false (gtk_widget_has_css_class (GTK_WIDGET (fixture->window), "ph-presenting"));
}

static void
add_lessons (GPtrArray *kept)
{
  g_auto (GStrv) languages = ph_lesson_list_languages ();

  for (guint i = 0; languages[i] != NULL; i++)
    {
      g_autofree char *folder = ph_lesson_dup_folder ((const char *const[]){ languages[i], NULL });
      g_autoptr (GPtrArray) paths = ph_lesson_list (folder, NULL);

      for (guint j = 0; paths != NULL && j < MIN (paths->len, MOST_LESSONS); j++)
        {
          g_autofree char *name = g_path_get_basename (paths->pdata[j]);
          g_autofree char *test = g_strdup_printf ("/lessons/play/%s/%s", languages[i], name);
          char *path = g_strdup (paths->pdata[j]);

          g_ptr_array_add (kept, path);
          g_test_add (test, Fixture, path, begin, test_play, tear_down);
        }
    }
}

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (g_free);

  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/lessons/words", test_words);
  g_test_add_func ("/lessons/languages", test_languages);
  g_test_add ("/lessons/list", Fixture, NULL, begin, test_list, tear_down);
  g_test_add ("/lessons/resume", Fixture, NULL, begin, test_resume, tear_down);
  g_test_add ("/lessons/broken", Fixture, NULL, begin, test_broken, tear_down);
  g_test_add ("/lessons/presenting", Fixture, NULL, begin, test_presenting, tear_down);
  add_lessons (kept);
  return g_test_run ();
}
