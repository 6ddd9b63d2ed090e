/* Lessons: what is understood, and the line and reason of each mistake. */

#include <glib/gstdio.h>

#include "engine/engine.h"

#define HEAD "---\ntitle: T\nnumber: 1\nminutes: 5\nnetwork: things\n---\n"
/* Its first line is line 7. */
#define STEP HEAD "## One\n"

static const PhLessonBlock *
get_block (const PhLesson *lesson, guint step, guint i)
{
  return ((const PhLessonStep *)lesson->steps->pdata[step])->blocks->pdata[i];
}

static void
assert_right (PhLesson *lesson)
{
  ph_lesson_check (lesson, NULL);
  for (guint i = 0; i < lesson->mistakes->len; i++)
    {
      const PhLessonMistake *mistake = lesson->mistakes->pdata[i];

      g_error ("%s:%u: %s", lesson->name, mistake->line, mistake->reason);
    }
}

static void
test_parts (void)
{
  g_autoptr (PhLesson) lesson = ph_lesson_parse (
      "x", STEP "Some *thin*, **fat** & `code`,\n[a link](do:unit stem/conv1:3) <1>.\n\n"
                "[One](do:open textbook)\n[Two](do:draw class:rings; steps 64; optimiser "
                "sgd)\n\n"
                "3. Third\n   of all\n- dot\n### Small\n```\nas *is*\n```\n<!-- "
                "not\nthis -->\n"
                "## Two\n```quiz\nWhich\none?\n- [ ] a\n- [x] b\nwhy: so\n  it is\n```\n"
                "```predict\nWhat?\n- a\n- b\nthen: c\ndo: unit class:rings\n```\n"
                "```task\nDo it.\ncheck: unit class:rings or edges:*\ncheck: steps >= 6\n"
                "hint: h\nsolution: unit class:rings\ndone: d\n```\n");
  const PhLessonBlock *block;
  const PhLessonAction *action;
  const PhLessonCheck *check;

  assert_right (lesson);
  g_assert_cmpstr (lesson->title, ==, "T");
  g_assert_cmpuint (lesson->minutes, ==, 5);
  g_assert_cmpuint (lesson->steps->len, ==, 2);

  block = get_block (lesson, 0, 0);
  g_assert_cmpint (block->kind, ==, PH_LESSON_TEXT);
  g_assert_cmpstr (block->markup, ==,
                   "Some <i>thin</i>, <b>fat</b> &amp; <tt>code</tt>, "
                   "<a href=\"do:0\">a link</a> &lt;1&gt;.");
  action = block->actions->pdata[0];
  g_assert_cmpuint (action->line, ==, 9);
  g_assert_cmpstr (action->verb->name, ==, "unit");
  g_assert_cmpstr (action->arguments[0], ==, "stem/conv1:3");
  g_assert_cmpstr (action->network, ==, "things");

  block = get_block (lesson, 0, 1);
  g_assert_cmpint (block->kind, ==, PH_LESSON_BUTTONS);
  g_assert_cmpuint (block->actions->len, ==, 2);
  action = block->actions->pdata[1];
  g_assert_cmpuint (action->line, ==, 12);
  g_assert_cmpstr (action->label, ==, "Two");
  g_assert_cmpstr (action->network, ==, "textbook");
  g_assert_cmpstr (action->arguments[0], ==, "class:rings");
  g_assert_cmpstr (action->pieces[0], ==, "steps 64");
  g_assert_cmpstr (action->pieces[1], ==, "optimiser sgd");
  g_assert_null (action->pieces[2]);

  block = get_block (lesson, 0, 2);
  g_assert_cmpint (block->kind, ==, PH_LESSON_ITEM);
  g_assert_cmpstr (block->bullet, ==, "3.");
  g_assert_cmpstr (block->markup, ==, "Third of all");
  g_assert_cmpstr (get_block (lesson, 0, 3)->bullet, ==, "•");
  g_assert_cmpint (get_block (lesson, 0, 4)->kind, ==, PH_LESSON_HEADING);
  g_assert_cmpstr (get_block (lesson, 0, 5)->markup, ==, "<tt>as *is*</tt>");

  block = get_block (lesson, 1, 0);
  g_assert_cmpint (block->kind, ==, PH_LESSON_QUIZ);
  g_assert_cmpstr (block->markup, ==, "Which one?");
  g_assert_cmpuint (block->options->len, ==, 2);
  g_assert_false (((PhLessonOption *)block->options->pdata[0])->right);
  g_assert_true (((PhLessonOption *)block->options->pdata[1])->right);
  g_assert_cmpstr (block->after, ==, "so it is");
  block = get_block (lesson, 1, 1);
  g_assert_cmpint (block->kind, ==, PH_LESSON_PREDICT);
  g_assert_cmpuint (block->actions->len, ==, 1);
  block = get_block (lesson, 1, 2);
  g_assert_true (ph_lesson_block_waits (block));
  g_assert_cmpuint (block->checks->len, ==, 2);
  check = block->checks->pdata[1];
  g_assert_cmpstr (check->condition->name, ==, "steps");
  g_assert_cmpstr (check->arguments[0], ==, ">=");
  g_assert_cmpstr (check->arguments[1], ==, "6");
  g_assert_cmpstr (check->network, ==, "textbook");
}

#define QUIZ(lines) STEP "```quiz\n" lines "```\n"
#define TASK(lines) STEP "```task\n" lines "```\n"
#define GOOD "Do.\ncheck: steps >= 6\nhint: h\nsolution: unit class:rings\n"

static const struct
{
  const char *what, *text;
  guint line;
  const char *reason;
} broken[] = {
  { "no head", "## One\nText\n", 1, "begins with its head" },
  { "open head", "---\ntitle: T\nnumber: 1\nminutes: 5\n## One\nText\n", 1, "not closed" },
  { "no title", "---\nnumber: 1\nminutes: 5\n---\n## One\nText\n", 1, "does not say title:" },
  { "no number", "---\ntitle: T\nminutes: 5\n---\n## One\nText\n", 1, "does not say number:" },
  { "no minutes", "---\ntitle: T\nnumber: 5\n---\n## One\nText\n", 1, "does not say minutes:" },
  { "long", "---\ntitle: T\nnumber: 1\nminutes: long\n---\n## One\nText\n", 4,
    "“minutes: long” is no number from 1 to 120" },
  { "unknown head", "---\ntitle: T\nnumber: 1\nminutes: 5\nauthor: me\n---\n## One\nText\n", 5,
    "has no “author”" },
  { "head line", "---\ntitle: T\nnumber: 1\nminutes: 5\nwhat\n---\n## One\nText\n", 5,
    "“name: value”" },
  { "network of the head",
    "---\ntitle: T\nnumber: 1\nminutes: 5\nnetwork: nothing\n---\n## "
    "One\nText\n",
    1, "no network “nothing” comes with the program" },
  { "no step", HEAD, 6, "there is no step" },
  { "before the first step", HEAD "Text\n## One\nText\n", 7, "before the first step" },
  { "step without title", HEAD "##\nText\n", 7, "no title" },
  { "empty step", STEP "## Two\nText\n", 7, "“One” is empty" },
  { "large heading", STEP "# Large\nText\n", 8, "this heading is none" },
  { "table", STEP "| a | b |\n", 8, "no tables" },
  { "quotation", STEP "> a\n", 8, "no quotations" },
  { "picture", STEP "See\n![it](it.png)\n", 9, "holds no pictures" },
  { "open remark", STEP "<!-- a\nb\n", 8, "not closed by “-->”" },
  { "open emphasis", STEP "an *open star\n", 8, "a * is not closed" },
  { "open strong", STEP "an **open star\n", 8, "a ** is not closed" },
  { "open code", STEP "some `code\n", 8, "a ` is not closed" },
  { "address", STEP "a [link](unit.html)\n", 8, "“unit.html” is no address" },
  { "nameless link", STEP "a [](do:circuit)\n", 8, "without a name" },
  { "verb", STEP "Text\nand [a link](do:opn things)\n", 9,
    "there is no verb “opn”; there are open, layer" },
  { "missing argument", STEP "[a](do:unit)\n", 8, "something is missing: write “unit UNIT”" },
  { "too much", STEP "[a](do:circuit all)\n", 8, "nothing can stand after “circuit”" },
  { "settings of none", STEP "[a](do:unit class:rings; steps 3)\n", 8, "takes no settings" },
  { "network", STEP "[a](do:open nothing)\n", 8, "no network “nothing” comes with" },
  { "layer", STEP "[a](do:layer nowhere)\n", 8, "things has no layer “nowhere”" },
  { "channel", STEP "[a](do:unit stem/conv1:99)\n", 8, "99" },
  { "class", STEP "[a](do:unit class:nonsense)\n", 8, "nonsense" },
  { "unit of another network", STEP "[a](do:open textbook)\n\n[b](do:unit stem/conv1:3)\n", 10,
    "stem/conv1" },
  { "no network at hand",
    "---\ntitle: T\nnumber: 1\nminutes: 5\n---\n## One\n[a](do:unit "
    "class:rings)\n",
    7, "no network has been named" },
  { "formula", STEP "[a](do:draw class:rings + nonsense(3))\n", 8, "nonsense" },
  { "setting", STEP "[a](do:draw class:rings; stps 4)\n", 8, "there is no setting “stps”" },
  { "value", STEP "[a](do:draw class:rings; steps many)\n", 8, "many" },
  { "preset", STEP "[a](do:draw class:rings; preset beautiful)\n", 8, "no preset “beautiful”" },
  { "page", STEP "[a](do:page teach)\n", 8, "there is no page “teach”" },
  { "images", STEP "[a](do:examples world:nothing)\n", 8, "nothing" },
  { "no number of a picture", STEP "[a](do:image world:faces)\n", 8, "names no picture" },
  { "number of a picture", STEP "[a](do:image world:faces, images 5#5)\n", 8, "no #5" },
  { "method", STEP "[a](do:explain magic class:rings)\n", 8,
    "no way to explain is called “magic”" },
  { "training setting", STEP "[a](do:learn images world:faces; epoch 3)\n", 8,
    "no setting “epoch”" },
  { "frozen layer", STEP "[a](do:learn frozen nowhere)\n", 8, "no layer “nowhere”" },
  { "description", STEP "[a](do:learn network nonsense)\n", 8, "no description “nonsense”" },
  { "start what", STEP "[a](do:learn start now)\n", 8, "nothing can stand after “start”" },
  { "block", STEP "```quizz\na\n```\n", 8, "there is no block “quizz”" },
  { "open block", STEP "```quiz\na\n- [x] b\n", 8, "not closed by “```”" },
  { "silent quiz", QUIZ ("- [ ] a\n- [x] b\nwhy: c\n"), 8, "does not say what is asked" },
  { "one answer", QUIZ ("Q\n- [x] b\nwhy: c\n"), 8, "has 1 answers" },
  { "nothing right", QUIZ ("Q\n- [ ] a\n- [ ] b\nwhy: c\n"), 8, "no answer is right" },
  { "all right", QUIZ ("Q\n- [x] a\n- [x] b\nwhy: c\n"), 8, "all answers are right" },
  { "unmarked answer", QUIZ ("Q\n- [x] a\n- b\nwhy: c\n"), 11, "an answer of a quiz begins" },
  { "no reason", QUIZ ("Q\n- [x] a\n- [ ] b\n"), 8, "does not tell why" },
  { "two reasons", QUIZ ("Q\n- [x] a\n- [ ] b\nwhy: c\nwhy: d\n"), 13, "a second time" },
  { "what is that", QUIZ ("Q\n- [x] a\nwhat\n- [ ] b\nwhy: c\n"), 11, "neither an answer" },
  { "button in a quiz", QUIZ ("Q [a](do:circuit)\n- [x] a\n- [ ] b\nwhy: c\n"), 9,
    "nothing can be pressed here" },
  { "right prediction", STEP "```predict\nQ\n- [x] a\n- b\nthen: c\n```\n", 10,
    "no right answers" },
  { "no outcome", STEP "```predict\nQ\n- a\n- b\n```\n", 8, "does not tell what happens" },
  { "verb of a prediction", STEP "```predict\nQ\n- a\n- b\nthen: c\ndo: jump\n```\n", 13,
    "no verb “jump”" },
  { "task with answers", TASK ("Q\n- a\ncheck: picture\nhint: h\nsolution: page learn\n"), 10,
    "no answers to choose" },
  { "no check", TASK ("Q\nhint: h\nsolution: page learn\n"), 8, "waits for nothing" },
  { "no hint", TASK ("Q\ncheck: page learn\nsolution: page learn\n"), 8, "gives no hint" },
  { "no solution", TASK ("Q\ncheck: page learn\nhint: h\n"), 8, "has no solution" },
  { "condition", TASK (GOOD "check: happy\n"), 13, "there is no condition “happy”" },
  { "comparison", TASK (GOOD "check: steps > 4\n"), 13, "“>” is no comparison" },
  { "number", TASK (GOOD "check: steps >= few\n"), 13, "“few” is no number" },
  { "unit of a check", TASK (GOOD "check: unit class:rings or class:nonsense\n"), 13, "nonsense" },
  { "any channel of nothing", TASK (GOOD "check: unit nowhere:*\n"), 13, "nowhere" },
  { "setting of a check", TASK (GOOD "check: setting steps = few\n"), 13, "few" },
  { "learning", TASK (GOOD "check: learning moed = head\n"), 13, "no setting “moed”" },
};

static void
test_broken (gconstpointer data)
{
  const guint i = GPOINTER_TO_UINT (data);
  g_autoptr (PhLesson) lesson = ph_lesson_parse ("broken", broken[i].text);
  const PhLessonMistake *mistake;

  g_assert_false (ph_lesson_check (lesson, NULL));
  for (guint j = 0; j < lesson->mistakes->len; j++)
    {
      mistake = lesson->mistakes->pdata[j];
      g_test_message ("%u: %s", mistake->line, mistake->reason);
    }
  /* One mistake is told once. */
  g_assert_cmpuint (lesson->mistakes->len, ==, 1);
  mistake = lesson->mistakes->pdata[0];
  g_assert_cmpuint (mistake->line, ==, broken[i].line);
  g_assert_nonnull (strstr (mistake->reason, broken[i].reason));
}

/* Any part of a lesson is a lesson: with mistakes, but read to its end. */
static void
test_cut (void)
{
  g_autofree char *folder = ph_lesson_dup_folder ((const char *const[]){ "en", NULL });
  g_autoptr (GPtrArray) paths = ph_lesson_list (folder, NULL);
  g_autofree char *text = NULL;
  gsize size;

  g_assert_nonnull (paths);
  g_assert_cmpuint (paths->len, >, 0);
  g_assert_true (g_file_get_contents (paths->pdata[0], &text, &size, NULL));
  for (gsize end = 0; end < size; end++)
    {
      g_autofree char *part = g_strndup (text, end);
      g_autofree char *valid = g_utf8_make_valid (part, -1);
      g_autoptr (PhLesson) lesson = ph_lesson_parse ("cut", valid);

      for (guint i = 0; i < lesson->steps->len; i++)
        for (guint j = 0; j < ((PhLessonStep *)lesson->steps->pdata[i])->blocks->len; j++)
          g_assert_nonnull (get_block (lesson, i, j));
    }
}

static void
test_files (void)
{
  g_autofree char *folder = g_dir_make_tmp ("phosphene-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "a.md", NULL);
  g_autofree char *beside = g_build_filename (folder, "README.md", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PhLesson) lesson = NULL;
  g_autoptr (GPtrArray) none = ph_lesson_list ("/nowhere", &error);
  g_autoptr (GPtrArray) one = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_null (ph_lesson_load (path, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_clear_error (&error);
  g_assert_true (g_file_set_contents (path, "\xff\xfe broken", -1, NULL));
  g_assert_true (g_file_set_contents (beside, "about", -1, NULL));
  g_assert_null (ph_lesson_load (path, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_DATA_INVALID);
  g_clear_error (&error);
  /* As an editor of another system writes it. */
  g_assert_true (g_file_set_contents (path,
                                      "\xef\xbb\xbf---\r\ntitle: T\r\nnumber: "
                                      "1\r\nminutes: 5\r\n---\r\n## One\r\nText\r\n",
                                      -1, NULL));
  one = ph_lesson_list (folder, &error);
  g_assert_cmpuint (one->len, ==, 1);
  lesson = ph_lesson_load (one->pdata[0], &error);
  g_assert_no_error (error);
  g_assert_cmpstr (lesson->name, ==, "a");
  g_assert_cmpuint (lesson->mistakes->len, ==, 0);
  g_unlink (path);
  g_unlink (beside);
  g_rmdir (folder);
}

/* What was done is found again, whatever the lesson is called; one lesson can
 * be handed out. */
static void
test_record (void)
{
  static const char *const names[] = { "01-inside", "/home/me/my [first] lesson = 1.md", "Урок" };
  g_autofree char *folder = g_dir_make_tmp ("phosphene-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "new", "lessons.ini", NULL);
  g_autofree char *above = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (PhLessonRecord) record = ph_lesson_record_load (path, &error);
  g_autoptr (PhLessonRecord) again = NULL, handed = NULL;
  PhLessonState state = { (char *)names[1], (char *)"", (char *)"a\n b\\\n", NULL,
                          (char *)"class:fish" };
  g_autoptr (PhLessonState) read = NULL;

  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_assert_cmpuint (ph_lesson_record_get_n_steps (record, names[i]), ==, 0);
      ph_lesson_record_set_step (record, names[i], i + 1, 7);
      ph_lesson_record_set_answer (record, names[i], i, 2, "0 1");
    }
  ph_lesson_record_set_finished (record, names[2]);
  g_assert_true (ph_lesson_record_save (record, path, &error));
  again = ph_lesson_record_load (path, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *answer = ph_lesson_record_dup_answer (again, names[i], i, 2);
      g_autofree char *none = ph_lesson_record_dup_answer (again, names[i], i, 3);

      g_assert_cmpuint (ph_lesson_record_get_step (again, names[i]), ==, i + 1);
      g_assert_cmpuint (ph_lesson_record_get_n_steps (again, names[i]), ==, 7);
      g_assert_cmpstr (answer, ==, "0 1");
      g_assert_null (none);
      g_assert_true (ph_lesson_record_is_finished (again, names[i]) == (i == 2));
    }
  ph_lesson_record_forget (again, names[0]);
  g_assert_cmpuint (ph_lesson_record_get_step (again, names[0]), ==, 0);
  ph_lesson_record_merge (again, record);
  g_assert_cmpuint (ph_lesson_record_get_step (again, names[0]), ==, 1);

  g_assert_true (ph_lesson_state_save (&state, record, path, &error));
  read = ph_lesson_state_load (path, &handed, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (read->lesson, ==, names[1]);
  g_assert_cmpstr (read->text, ==, state.text);
  g_assert_cmpstr (read->unit, ==, state.unit);
  g_assert_null (read->network);
  g_assert_cmpuint (ph_lesson_record_get_step (handed, names[1]), ==, 2);
  g_assert_cmpuint (ph_lesson_record_get_step (handed, names[0]), ==, 0);

  /* A record is no lesson that was handed out, and a picture is neither. */
  g_assert_true (ph_lesson_record_save (record, path, &error));
  g_clear_pointer (&handed, ph_lesson_record_free);
  g_assert_null (ph_lesson_state_load (path, &handed, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_DATA_INVALID);
  g_clear_error (&error);
  g_assert_true (g_file_set_contents (path, "\x89PNG", -1, NULL));
  g_assert_null (ph_lesson_record_load (path, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_DATA_INVALID);
  g_clear_error (&error);
  g_unlink (path);
  g_assert_null (ph_lesson_state_load (path, &handed, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_rmdir (above);
  g_rmdir (folder);
}

/* The table for teachers has all words, and as they are. */
static void
test_readme (void)
{
  g_autofree char *path = ph_shipped_dup_path ("lessons/README.md");
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  for (const PhLessonVerb *verb = ph_lesson_verbs; verb->name != NULL; verb++)
    {
      g_autofree char *row = g_strdup_printf ("\n| `%s", verb->name);

      g_assert_nonnull (strstr (text, row));
    }
  for (const PhLessonCondition *condition = ph_lesson_conditions; condition->name != NULL;
       condition++)
    {
      g_autofree char *row = g_strdup_printf ("\n| `%s", condition->name);

      g_assert_nonnull (strstr (text, row));
    }
  for (const PhLessonTrainWord *word = ph_lesson_train_words; word->name != NULL; word++)
    {
      g_autofree char *part = g_strdup_printf ("%s", word->name);

      g_assert_nonnull (strstr (text, part));
    }

  /* And the example in it is right. */
  char *from = strstr (text, "````markdown\n"),
       *to = from != NULL ? strstr (from, "\n````\n") : NULL;

  g_assert_nonnull (to);
  *to = '\0';

  g_autoptr (PhLesson) lesson = ph_lesson_parse ("example", from + strlen ("````markdown\n"));

  assert_right (lesson);
}

static void
test_shipped (void)
{
  g_auto (GStrv) languages = ph_lesson_list_languages ();

  g_assert_true (g_strv_contains ((const char *const *)languages, "en"));
  for (guint i = 0; languages[i] != NULL; i++)
    {
      g_autofree char *folder = ph_lesson_dup_folder ((const char *const[]){ languages[i], NULL });
      g_autoptr (GPtrArray) paths = ph_lesson_list (folder, NULL);

      for (guint j = 0; j < paths->len; j++)
        {
          g_autoptr (PhLesson) lesson = ph_lesson_load (paths->pdata[j], NULL);

          g_assert_nonnull (lesson);
          assert_right (lesson);
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lesson/parts", test_parts);
  g_test_add_func ("/lesson/cut", test_cut);
  g_test_add_func ("/lesson/files", test_files);
  g_test_add_func ("/lesson/record", test_record);
  g_test_add_func ("/lesson/readme", test_readme);
  g_test_add_func ("/lesson/shipped", test_shipped);
  for (guint i = 0; i < G_N_ELEMENTS (broken); i++)
    {
      g_autofree char *path = g_strdup_printf ("/lesson/broken/%s", broken[i].what);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_broken);
    }
  return g_test_run ();
}
