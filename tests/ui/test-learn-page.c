/* The learning page with a network of a few filters and a few drawings: images, advice, a training
 * with its curves, pictures and mistakes, stopping, going on, throwing away, exporting, several
 * together; what is wrong is told on the page. */

#include <adwaita.h>
#include <glib/gstdio.h>

#include "ui/confusion-matrix.h"
#include "ui/learn-page-private.h"
#include "ui/mistake-grid.h"
#include "ui/plot.h"
#include "ui/unit-film.h"

#define NET                                                                                        \
  "input 3 16 16\nconv 6 3x3 stride 2, batchnorm, relu\nconv 8 3x3, relu\nglobalpool\nclasses\n"

typedef struct
{
  GtkWidget *window; /* owned until destroyed */
  PhLearnPage *page;
  PhQueue *queue;  /* owned */
  PhModel *model;  /* owned */
  char *folder;    /* owned */
  char *images;    /* owned */
  char *trainings; /* owned */
  char *toast;     /* owned: the last one */
  char *asked;     /* owned: the last thing that the window was asked for */
} Fixture;

static void
on_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  Fixture *f = data;
  char **field =
      g_str_equal (g_action_get_name (G_ACTION (action)), "toast") ? &f->toast : &f->asked;

  g_free (*field);
  if (g_variant_is_of_type (parameter, G_VARIANT_TYPE_STRING))
    *field = g_variant_dup_string (parameter, NULL);
  else
    *field = g_variant_print (parameter, FALSE);
}

static void
spin (void)
{
  if (!g_main_context_iteration (NULL, FALSE))
    g_usleep (500);
}

/* Everything ends by itself when it must: no test may wait for ever. */
#define WAIT_FOR(condition)                                                                        \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gint64 patience = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;                               \
    while (!(condition))                                                                           \
      {                                                                                            \
        g_assert_cmpint (g_get_monotonic_time (), <, patience);                                    \
        spin ();                                                                                   \
      }                                                                                            \
  }                                                                                                \
  G_STMT_END

/* @n drawings of each of three faces; the first @n_bad of each are no pictures. */
static char *
make_images (Fixture *f, const char *name, guint n_classes, guint n, guint n_bad)
{
  char *root = g_build_filename (f->folder, name, NULL);

  for (guint label = 0; label < n_classes; label++)
    {
      g_autofree char *folder = g_build_filename (root, ph_world_faces.classes[label], NULL);

      g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
      for (guint i = 0; i < n; i++)
        {
          g_autofree char *path = g_strdup_printf ("%s/%02u.png", folder, i);
          g_autoptr (PhImage) image =
              ph_world_draw (&ph_world_faces, 1, label + 7 * i, 16, NULL, NULL);

          if (i < n_bad)
            g_assert_true (g_file_set_contents (path, "no picture", -1, NULL));
          else
            g_assert_true (ph_png_save_image (path, image, NULL, NULL));
        }
    }
  return root;
}

/* A network to begin with: trained for a moment. */
static PhModel *
make_model (Fixture *f)
{
  g_autofree char *folder = g_build_filename (f->folder, "base", NULL);
  g_autofree char *path = g_build_filename (folder, "network.onnx", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PhDataset) dataset = ph_dataset_open (f->images, NULL, &error);
  PhTrainingSource source = {
    .network = "tiny.txt", .images = f->images, .description = NET, .dataset = dataset
  };
  g_autoptr (PhTraining) training = NULL;
  PhTrainSettings settings;
  PhModel *model;

  g_assert_no_error (error);
  ph_settings_init (ph_train_settings, &settings);
  settings.epochs = 1;
  training = ph_training_new (&source, &settings, &error);
  g_assert_no_error (error);
  g_assert_true (ph_training_run (training, folder, NULL, NULL, NULL, &error));
  ph_settings_clear (ph_train_settings, &settings);
  model = ph_model_load (path, NULL, &error);
  g_assert_no_error (error);
  return model;
}

static void
set_up (Fixture *f, gconstpointer unused)
{
  const GActionEntry entries[] = { { "toast", on_action, "s" },
                                   { "open-path", on_action, "s" },
                                   { "open-image", on_action, "s" },
                                   { "open-image-with", on_action, "(ss)" } };
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();

  f->queue = ph_queue_new ();
  f->folder = g_dir_make_tmp ("phosphene-XXXXXX", NULL);
  f->images = make_images (f, "faces", 3, 10, 0);
  f->trainings = g_build_filename (f->folder, "trainings", NULL);
  f->model = make_model (f);
  f->window = gtk_window_new ();
  f->page = PH_LEARN_PAGE (ph_learn_page_new ());
  ph_learn_page_set_folder (f->page, f->trainings);
  ph_page_set_queue (PH_PAGE (f->page), f->queue);
  ph_page_set_model (PH_PAGE (f->page), f->model);
  gtk_window_set_default_size (GTK_WINDOW (f->window), 900, 600);
  gtk_window_set_child (GTK_WINDOW (f->window), GTK_WIDGET (f->page));
  g_action_map_add_action_entries (G_ACTION_MAP (group), entries, G_N_ELEMENTS (entries), f);
  gtk_widget_insert_action_group (f->window, "win", G_ACTION_GROUP (group));
  gtk_window_present (GTK_WINDOW (f->window));
  ph_page_enter (PH_PAGE (f->page));
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *inner = g_build_filename (path, name, NULL);

      remove_tree (inner);
    }
  g_remove (path);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  gtk_window_destroy (GTK_WINDOW (f->window));
  ph_queue_cancel_all (f->queue);
  WAIT_FOR (ph_queue_is_idle (f->queue));
  for (guint i = 0; i < 40; i++)
    spin ();
  g_assert_finalize_object (f->queue);
  g_assert_finalize_object (f->model);
  remove_tree (f->folder);
  g_free (f->folder);
  g_free (f->images);
  g_free (f->trainings);
  g_free (f->toast);
  g_free (f->asked);
}

static const char *
get_state (Fixture *f)
{
  return gtk_stack_get_visible_child_name (f->page->states);
}

static gpointer
view_child (Fixture *f, const char *name)
{
  return gtk_widget_get_template_child (GTK_WIDGET (f->page->view), PH_TYPE_LEARNING_VIEW, name);
}

static const char *
view_text (Fixture *f, const char *name)
{
  return gtk_label_get_text (view_child (f, name));
}

/* Does it if it can be done now, as a button that is pressed would. */
static gboolean
try_action (Fixture *f, const char *action, const char *target)
{
  GtkWidget *button = gtk_button_new ();
  gboolean enabled;

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  if (target != NULL)
    gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", target);
  gtk_widget_set_parent (button, GTK_WIDGET (f->page));
  enabled = gtk_widget_get_sensitive (button);
  gtk_widget_unparent (button);
  if (enabled)
    gtk_widget_activate_action (GTK_WIDGET (f->page), action, target != NULL ? "s" : NULL, target);
  return enabled;
}

static void
open_images (Fixture *f, const char *path)
{
  ph_learn_page_open_images (f->page, path);
  WAIT_FOR (!g_str_equal (get_state (f), "loading"));
}

/* Few epochs of everything, without pictures. */
static void
choose (Fixture *f, int mode, int epochs, const char *units)
{
  PhTrainSettings settings;

  ph_settings_init (ph_train_settings, &settings);
  settings.mode = mode;
  settings.epochs = epochs;
  settings.batch = 8;
  ph_learn_way_set_settings (f->page->way, &settings);
  ph_settings_clear (ph_train_settings, &settings);
  ph_learn_way_set_units (f->page->way, units);
}

static void
train (Fixture *f)
{
  g_assert_true (try_action (f, "page.train", NULL));
  WAIT_FOR (!ph_learn_page_is_learning (f->page) && ph_queue_is_idle (f->queue));
}

static guint
count_points (Fixture *f)
{
  return ph_learning_get_epochs (f->page->learning)->len;
}

static void
test_images (Fixture *f, gconstpointer unused)
{
  g_assert_cmpstr (get_state (f), ==, "empty");
  g_assert_false (gtk_widget_get_sensitive (f->page->start_button));
  open_images (f, f->images);
  g_assert_cmpstr (get_state (f), ==, "ready");
  g_assert_cmpstr (gtk_label_get_text (f->page->title_label), ==, "faces");
  g_assert_nonnull (strstr (gtk_label_get_text (f->page->facts_label), "30 images · 3 classes"));
  g_assert_cmpuint (ph_class_list_get_count (f->page->classes, 2), ==, 10);
  WAIT_FOR (ph_queue_is_idle (f->queue));
  g_assert_true (try_action (f, "page.close-images", NULL));
  g_assert_cmpstr (get_state (f), ==, "empty");
}

static void
test_bad_images (Fixture *f, gconstpointer unused)
{
  g_autofree char *one = make_images (f, "one", 1, 2, 0);
  g_autofree char *none = g_build_filename (f->folder, "nowhere", NULL);

  open_images (f, one);
  g_assert_cmpstr (get_state (f), ==, "failed");
  g_assert_nonnull (strstr (adw_status_page_get_description (f->page->failed), "two at least"));
  open_images (f, none);
  g_assert_cmpstr (get_state (f), ==, "failed");
  g_assert_nonnull (strstr (adw_status_page_get_description (f->page->failed), "nowhere"));
  open_images (f, f->images); /* and others after that */
  g_assert_cmpstr (get_state (f), ==, "ready");
}

/* Curves, answers and pictures come while it goes on; what came out can be opened and saved. */
static void
test_train (Fixture *f, gconstpointer unused)
{
  g_autofree char *out = g_build_filename (f->folder, "out.onnx", NULL);
  g_autofree char *nowhere = g_build_filename (f->folder, "missing", "out.onnx", NULL);
  g_autofree char *curve = NULL;
  g_autoptr (GError) error = NULL;

  open_images (f, f->images);
  choose (f, PH_TRAIN_SCRATCH, 3, "class:happy, nowhere:3");
  g_assert_false (try_action (f, "page.open-network", NULL));
  train (f);
  g_assert_cmpuint (count_points (f), ==, 3);
  curve = ph_plot_dup_description (view_child (f, "accuracy_plot"));
  g_assert_nonnull (strstr (curve, "learning, 3 points"));
  g_assert_nonnull (strstr (curve, "measured, 3 points"));
  g_assert_true (g_str_has_suffix (view_text (f, "result_label"), "of 6 images recognised"));

  /* The one unit that is there has a film that begins before training; the other is told. */
  GtkWidget *films = view_child (f, "films");
  GtkWidget *film = gtk_widget_get_first_child (gtk_widget_get_first_child (films));

  g_assert_true (PH_IS_UNIT_FILM (film));
  g_assert_null (gtk_widget_get_next_sibling (gtk_widget_get_first_child (films)));
  g_assert_cmpuint (ph_unit_film_get_n_pictures (PH_UNIT_FILM (film)), >=, 2);
  ph_unit_film_show_epoch (PH_UNIT_FILM (film), 0);
  g_assert_cmpint (ph_unit_film_get_epoch (PH_UNIT_FILM (film)), ==, 0);
  g_assert_true (gtk_info_bar_get_revealed (f->page->info_bar));
  g_assert_nonnull (strstr (gtk_label_get_text (f->page->info_label), "nowhere"));

  g_assert_true (try_action (f, "page.open-network", NULL));
  g_assert_true (g_file_test (f->asked, G_FILE_TEST_EXISTS));
  ph_learn_page_export (f->page, out);
  WAIT_FOR (f->toast != NULL);
  g_autoptr (PhModel) model = ph_model_load (out, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ph_model_get_n_classes (model), ==, 3);
  g_clear_pointer (&f->toast, g_free);
  ph_learn_page_export (f->page, nowhere);
  WAIT_FOR (f->toast != NULL);
  g_assert_nonnull (strstr (f->toast, "missing"));
}

/* Over frozen features, and from a description. */
static void
test_ways (Fixture *f, gconstpointer unused)
{
  open_images (f, f->images);
  choose (f, PH_TRAIN_HEAD, 5, "none");
  train (f);
  g_assert_cmpuint (count_points (f), ==, 5);
  g_assert_false (gtk_widget_get_visible (view_child (f, "films_box")));
  choose (f, PH_TRAIN_FINE_TUNE, 2, "none");
  train (f);
  g_assert_cmpuint (count_points (f), ==, 2);
  WAIT_FOR (ph_run_list_get_n (f->page->runs) == 2);
}

/* Drawing units while it learns changes nothing in what it learns. */
static void
test_watching (Fixture *f, gconstpointer unused)
{
  char *bytes[2] = { NULL, NULL };
  gsize sizes[2];

  open_images (f, f->images);
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *path = NULL;

      choose (f, PH_TRAIN_SCRATCH, 3, i == 0 ? "none" : "class:happy, class:sad");
      train (f);
      path = ph_learn_page_dup_network (f->page);
      g_assert_true (g_file_get_contents (path, &bytes[i], &sizes[i], NULL));
    }
  g_assert_cmpuint (ph_learning_get_pictures (f->page->learning)->len, >=, 4);
  g_assert_cmpmem (bytes[0], sizes[0], bytes[1], sizes[1]);
  g_free (bytes[0]);
  g_free (bytes[1]);
}

/* A cell of the table shows its mistakes; a mistake is shown to the network that made it. */
static void
test_mistakes (Fixture *f, gconstpointer unused)
{
  const PhEvaluation *evaluation;
  PhMistake worst;
  guint n;

  open_images (f, f->images);
  choose (f, PH_TRAIN_HEAD, 1, "none");
  train (f);
  evaluation = ph_learning_get_evaluation (f->page->learning);
  g_assert_cmpuint (evaluation->n_mistakes, >, 0);
  worst = evaluation->mistakes[0];
  n = ph_mistake_grid_get_n_shown (view_child (f, "mistakes"));
  g_assert_cmpuint (n, ==, evaluation->n_mistakes);
  g_signal_emit_by_name (view_child (f, "matrix"), "picked", worst.label, worst.answer);
  g_assert_cmpuint (ph_mistake_grid_get_n_shown (view_child (f, "mistakes")), ==,
                    evaluation->confusion[(guint)worst.label * 3 + (guint)worst.answer]);
  g_signal_emit_by_name (f->page->view, "mistake-picked", worst.item);
  WAIT_FOR (f->asked != NULL);
  g_assert_nonnull (strstr (f->asked, "network.onnx"));
  g_assert_nonnull (strstr (f->asked, ".png"));
}

/* Stopped it keeps what there is, and goes on from there, in another window as well. */
static void
test_stop_and_go_on (Fixture *f, gconstpointer unused)
{
  g_autofree char *folder = NULL;
  guint n;

  open_images (f, f->images);
  choose (f, PH_TRAIN_SCRATCH, 5000, "none");
  g_assert_true (try_action (f, "page.train", NULL));
  WAIT_FOR (count_points (f) > 1);
  g_assert_false (try_action (f, "page.train", NULL));
  g_assert_true (try_action (f, "page.pause", NULL));
  g_assert_true (ph_job_get_paused (ph_learning_get_job (f->page->learning)));
  g_assert_true (try_action (f, "page.pause", NULL));
  n = count_points (f);
  WAIT_FOR (count_points (f) > n);
  g_assert_true (try_action (f, "page.stop", NULL));
  WAIT_FOR (!ph_learn_page_is_learning (f->page) && ph_queue_is_idle (f->queue));
  g_assert_true (g_str_has_suffix (view_text (f, "result_label"), "recognised"));
  n = count_points (f);
  folder = g_strdup (ph_learning_get_folder (f->page->learning));
  WAIT_FOR (ph_learn_page_find_record (f->page, folder) != NULL);

  /* The images are opened for it. */
  g_assert_true (try_action (f, "page.close-images", NULL));
  g_assert_true (try_action (f, "page.go-on", folder));
  WAIT_FOR (f->page->learning != NULL && count_points (f) > n);
  g_assert_cmpstr (ph_learning_get_folder (f->page->learning), ==, folder);
  g_assert_true (try_action (f, "page.stop", NULL));
  WAIT_FOR (!ph_learn_page_is_learning (f->page) && ph_queue_is_idle (f->queue));
}

/* One that was killed is offered before anything else is chosen. */
static void
test_interrupted (Fixture *f, gconstpointer unused)
{
  g_autofree char *folder = NULL, *network = NULL;
  GtkWidget *offer;

  open_images (f, f->images);
  choose (f, PH_TRAIN_SCRATCH, 5000, "none");
  g_assert_true (try_action (f, "page.train", NULL));
  WAIT_FOR (count_points (f) > 1);
  folder = g_strdup (ph_learning_get_folder (f->page->learning));
  ph_queue_cancel_all (f->queue); /* as when the window closes */
  WAIT_FOR (ph_queue_is_idle (f->queue));
  network = g_build_filename (folder, "network.onnx", NULL);
  g_assert_false (g_file_test (network, G_FILE_TEST_EXISTS));
  g_assert_true (try_action (f, "page.close-images", NULL));
  WAIT_FOR (gtk_widget_get_first_child (GTK_WIDGET (f->page->go_on_box)) != NULL);
  offer = gtk_widget_get_first_child (GTK_WIDGET (f->page->go_on_box));
  g_assert_true (
      g_str_has_prefix (gtk_button_get_label (GTK_BUTTON (offer)), "Continue the training of"));
  g_signal_emit_by_name (offer, "clicked");
  WAIT_FOR (f->page->learning != NULL && count_points (f) > 2);
  g_assert_true (try_action (f, "page.stop", NULL));
  WAIT_FOR (!ph_learn_page_is_learning (f->page) && ph_queue_is_idle (f->queue));
  g_assert_true (g_file_test (network, G_FILE_TEST_EXISTS));
}

static void
test_discard (Fixture *f, gconstpointer unused)
{
  open_images (f, f->images);
  choose (f, PH_TRAIN_SCRATCH, 5000, "none");
  g_assert_true (try_action (f, "page.train", NULL));
  WAIT_FOR (ph_learning_get_progress (f->page->learning) != NULL);
  g_assert_true (try_action (f, "page.discard", NULL));
  WAIT_FOR (!ph_learn_page_is_learning (f->page) && ph_queue_is_idle (f->queue));
  g_assert_false (gtk_widget_get_visible (view_child (f, "live")));
  g_assert_false (try_action (f, "page.open-network", NULL));
  choose (f, PH_TRAIN_HEAD, 1, "none");
  train (f);
  g_assert_cmpuint (count_points (f), ==, 1);
}

/* The advice marks a field and says why; using it sets it; knowing better is possible. */
static void
test_advice (Fixture *f, gconstpointer unused)
{
  GtkWidget *way = GTK_WIDGET (f->page->way);
  GtkLabel *label =
      GTK_LABEL (gtk_widget_get_template_child (way, PH_TYPE_LEARN_WAY, "advice_label"));
  PhTrainSettings expected;
  g_autoptr (GError) error = NULL;

  open_images (f, f->images);
  choose (f, PH_TRAIN_SCRATCH, 3, "none");
  g_assert_true (try_action (f, "page.advise", NULL));
  WAIT_FOR (f->page->advice_job == NULL);
  g_assert_nonnull (strstr (gtk_label_get_text (label), "are few (150"));
  g_assert_true (try_action (f, "page.use-advice", NULL));
  g_assert_cmpint (ph_learn_way_get_settings (f->page->way)->mode, ==, PH_TRAIN_HEAD);

  g_autoptr (PhDataset) dataset = ph_dataset_open (f->images, NULL, &error);

  ph_settings_copy (ph_train_settings, &expected, ph_learn_way_get_settings (f->page->way));
  g_autoptr (PhAdvice) advice = ph_advice_new (f->model, dataset, &expected, NULL, NULL, &error);
  g_assert_no_error (error);
  ph_advice_apply (advice, &expected);
  g_assert_true (
      ph_settings_equal (ph_train_settings, &expected, ph_learn_way_get_settings (f->page->way)));
  ph_settings_clear (ph_train_settings, &expected);
  g_signal_emit_by_name (gtk_widget_get_template_child (way, PH_TYPE_LEARN_WAY, "advice_table"),
                         "chosen", PH_ADVICE_ALL);
  g_assert_cmpint (ph_learn_way_get_settings (f->page->way)->mode, ==, PH_TRAIN_FINE_TUNE);
  g_assert_cmpstr (ph_learn_way_get_settings (f->page->way)->frozen, ==, "none");
}

/* What goes wrong is a sentence on the page, and the next training may start. */
static void
test_failures (Fixture *f, gconstpointer unused)
{
  g_autofree char *bad = make_images (f, "bad", 2, 5, 5);
  g_autofree char *some = make_images (f, "some", 2, 10, 2);
  g_autofree char *blocked = g_build_filename (f->folder, "blocked", NULL);
  PhTrainSettings settings;

  open_images (f, bad);
  choose (f, PH_TRAIN_SCRATCH, 1, "none");
  train (f);
  g_assert_true (gtk_info_bar_get_revealed (f->page->info_bar));
  g_assert_nonnull (strstr (gtk_label_get_text (f->page->info_label), "can be read"));

  /* Some of the images. */
  open_images (f, some);
  choose (f, PH_TRAIN_SCRATCH, 3, "none");
  train (f);
  g_assert_nonnull (strstr (gtk_label_get_text (f->page->info_label), "4 images cannot be read"));

  /* Nowhere to write. */
  g_assert_true (g_file_set_contents (blocked, "x", 1, NULL));
  ph_learn_page_set_folder (f->page, blocked);
  train (f);
  g_assert_nonnull (strstr (gtk_label_get_text (f->page->info_label), "blocked"));
  ph_learn_page_set_folder (f->page, f->trainings);

  /* A rate that is far too high. */
  ph_settings_copy (ph_train_settings, &settings, ph_learn_way_get_settings (f->page->way));
  settings.optimiser = PH_TRAIN_SGD;
  settings.learning_rate = 100;
  settings.epochs = 50;
  settings.schedule = PH_SCHEDULE_CONSTANT;
  ph_learn_way_set_settings (f->page->way, &settings);
  ph_settings_clear (ph_train_settings, &settings);
  g_assert_true (try_action (f, "page.train", NULL));
  WAIT_FOR (!ph_learn_page_is_learning (f->page));
  if (ph_job_get_state (ph_learning_get_job (f->page->learning)) == PH_JOB_FAILED)
    g_assert_nonnull (strstr (gtk_label_get_text (f->page->info_label), "learning rate"));
}

static void
test_together (Fixture *f, gconstpointer unused)
{
  g_autofree char *first = NULL, *second = NULL;

  open_images (f, f->images);
  choose (f, PH_TRAIN_HEAD, 2, "none");
  train (f);
  first = g_strdup (ph_learning_get_folder (f->page->learning));
  choose (f, PH_TRAIN_SCRATCH, 2, "none");
  train (f);
  second = g_strdup (ph_learning_get_folder (f->page->learning));
  WAIT_FOR (ph_run_list_get_n (f->page->runs) == 2);
  g_assert_false (try_action (f, "page.measure-together", NULL));
  ph_run_list_tick (f->page->runs, first, TRUE);
  ph_run_list_tick (f->page->runs, second, TRUE);
  g_assert_true (try_action (f, "page.measure-together", NULL));
  WAIT_FOR (f->page->together_job == NULL);
  g_assert_nonnull (strstr (gtk_label_get_text (f->page->together_label), "of 6 images"));
}

/* Everything that can be pressed has a name; the drawn parts tell their numbers. */
static void
check_names (GtkWidget *root)
{
  if (GTK_IS_BUTTON (root) && gtk_button_get_icon_name (GTK_BUTTON (root)) != NULL)
    g_assert_true (
        gtk_test_accessible_has_property (GTK_ACCESSIBLE (root), GTK_ACCESSIBLE_PROPERTY_LABEL));
  if (GTK_IS_DROP_DOWN (root) || PH_IS_PLOT (root) || GTK_IS_PROGRESS_BAR (root))
    g_assert_true (
        gtk_test_accessible_has_property (GTK_ACCESSIBLE (root), GTK_ACCESSIBLE_PROPERTY_LABEL));
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    check_names (child);
}

static void
test_accessible (Fixture *f, gconstpointer unused)
{
  open_images (f, f->images);
  choose (f, PH_TRAIN_HEAD, 2, "class:happy");
  train (f);
  WAIT_FOR (ph_run_list_get_n (f->page->runs) == 1);
  check_names (GTK_WIDGET (f->page->view));
  check_names (GTK_WIDGET (f->page->runs));
  check_names (GTK_WIDGET (f->page->status_box));
  g_assert_true (gtk_test_accessible_has_property (GTK_ACCESSIBLE (f->page->pause_button),
                                                   GTK_ACCESSIBLE_PROPERTY_LABEL));
}

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
#define ADD(name, function)                                                                        \
  g_test_add ("/learn-page/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("images", test_images);
  ADD ("bad-images", test_bad_images);
  ADD ("train", test_train);
  ADD ("ways", test_ways);
  ADD ("watching", test_watching);
  ADD ("mistakes", test_mistakes);
  ADD ("stop-and-go-on", test_stop_and_go_on);
  ADD ("interrupted", test_interrupted);
  ADD ("discard", test_discard);
  ADD ("advice", test_advice);
  ADD ("failures", test_failures);
  ADD ("together", test_together);
  ADD ("accessible", test_accessible);
  return g_test_run ();
}
