/* What the folder of a training tells while it goes on, after a stop and at the end; images that
 * cannot be read; the rows of the advice's table. */

#include <glib/gstdio.h>

#include "engine/engine.h"

#define NET                                                                                        \
  "input 3 16 16\nconv 6 3x3 stride 2, batchnorm, relu\nconv 8 3x3, relu\nglobalpool\nclasses\n"

typedef struct
{
  char *parent; /* owned */
  PhTrainSettings settings;
  int left; /* steps until it is asked to stop; negative: never */
  guint n_seen;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->parent = g_dir_make_tmp ("phosphene-folder-XXXXXX", NULL);
  ph_settings_init (ph_train_settings, &f->settings);
  f->settings.mode = PH_TRAIN_SCRATCH;
  f->settings.epochs = 3;
  f->settings.batch = 8;
  f->left = -1;
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
tear_down (Fixture *f, gconstpointer data)
{
  ph_settings_clear (ph_train_settings, &f->settings);
  remove_tree (f->parent);
  g_free (f->parent);
}

static gboolean
should_stop (gpointer data)
{
  Fixture *f = data;

  return f->left >= 0 && f->left-- == 0;
}

static PhTraining *
make (Fixture *f, const char *images, GError **error)
{
  g_autoptr (PhDataset) dataset = ph_dataset_open (images, NULL, error);
  PhTrainingSource source = {
    .network = "tiny.txt", .images = images, .description = NET, .dataset = dataset
  };

  g_assert_nonnull (dataset);
  return ph_training_new (&source, &f->settings, error);
}

static gboolean
run (Fixture *f, const char *images, const char *folder, const PhTrainWatch *watch, GError **error)
{
  g_autofree char *path = g_build_filename (f->parent, folder, NULL);
  g_autoptr (PhTraining) training = make (f, images, error);
  PhMonitor monitor = { .should_stop = should_stop, .data = f };

  return training != NULL && ph_training_run (training, path, watch, &monitor, NULL, error);
}

static PhTrainingRecord *
load (Fixture *f, const char *folder)
{
  g_autofree char *path = g_build_filename (f->parent, folder, NULL);
  g_autoptr (GError) error = NULL;
  PhTrainingRecord *record = ph_training_record_load (path, &error);

  g_assert_no_error (error);
  return record;
}

#define WORLD "world:faces, images 70, size 16"

/* After each epoch, from within the training. */
static void
on_epoch (PhTrainer *trainer, guint epoch, const PhEvaluation *evaluation, gpointer data)
{
  Fixture *f = data;
  g_autoptr (PhTrainingRecord) record = load (f, "a");

  /* Written at once, and then every second. */
  g_assert_cmpuint (record->epochs->len, >=, 1);
  if (epoch == 0)
    g_assert_cmpfloat_with_epsilon (g_array_index (record->epochs, PhEpoch, 0).validation_accuracy,
                                    evaluation->accuracy, 1e-9);
  g_assert_false (record->has_network);
  g_assert_true (record->may_go_on);
  f->n_seen++;
}

static void
test_whole (Fixture *f, gconstpointer data)
{
  const PhTrainWatch watch = { .epoch = on_epoch, .data = f };
  g_autoptr (PhTrainingRecord) record = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (run (f, WORLD, "a", &watch, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (f->n_seen, ==, 3);
  record = load (f, "a");
  g_assert_cmpstr (record->network, ==, "tiny.txt");
  g_assert_cmpstr (record->images, ==, WORLD);
  g_assert_cmpint (record->settings.mode, ==, PH_TRAIN_SCRATCH);
  g_assert_cmpfloat (record->settings.learning_rate, >, 0); /* resolved */
  g_assert_cmpuint (record->epochs->len, ==, 3);
  g_assert_cmpfloat_with_epsilon (
      record->accuracy,
      g_array_index (record->epochs, PhEpoch, (guint)record->best).validation_accuracy, 1e-9);
  g_assert_true (record->has_network);
  g_assert_false (record->may_go_on);
}

/* Stopped, it has a network and may go on; going on ends it. */
static void
test_stopped (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->left = 10;
  g_assert_true (run (f, WORLD, "b", NULL, &error));
  {
    g_autoptr (PhTrainingRecord) record = load (f, "b");

    g_assert_cmpuint (record->epochs->len, ==, 1);
    g_assert_true (record->has_network);
    g_assert_true (record->may_go_on);
  }
  f->left = -1;
  g_assert_true (run (f, WORLD, "b", NULL, &error));
  {
    g_autoptr (PhTrainingRecord) record = load (f, "b");

    g_assert_cmpuint (record->epochs->len, ==, 3);
    g_assert_false (record->may_go_on);
  }
  /* Another training does not take its place, and is told in what it differs. */
  f->settings.dropout = 0.5;
  g_assert_false (run (f, WORLD, "b", NULL, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_DATA_INVALID);
  g_assert_nonnull (strstr (error->message, "dropout = 0.2"));
  g_assert_nonnull (strstr (error->message, "dropout = 0.5"));
}

static void
test_list (Fixture *f, gconstpointer data)
{
  g_autofree char *stray = g_build_filename (f->parent, "stray", NULL);
  g_autofree char *broken = g_build_filename (f->parent, "broken", NULL);
  g_autofree char *recipe = g_build_filename (broken, "recipe.txt", NULL);
  g_autofree char *nowhere = g_build_filename (f->parent, "nowhere", NULL);
  g_autoptr (GError) error = NULL;

  f->settings.epochs = 1;
  g_assert_true (run (f, WORLD, "a", NULL, &error));
  g_assert_true (run (f, "world:faces, images 35, size 16", "b", NULL, &error));
  g_assert_true (g_file_set_contents (stray, "x", 1, NULL));
  g_mkdir (broken, 0700);
  g_assert_true (g_file_set_contents (recipe, "no recipe", -1, NULL));

  g_autoptr (GPtrArray) all = ph_training_records_list (f->parent, NULL);
  g_autoptr (GPtrArray) one = ph_training_records_list (f->parent, WORLD);
  g_autoptr (GPtrArray) none = ph_training_records_list (nowhere, NULL);

  g_assert_cmpuint (all->len, ==, 2);
  g_assert_cmpuint (one->len, ==, 1);
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_true (g_str_has_suffix (((PhTrainingRecord *)one->pdata[0])->folder, "a"));
  g_assert_null (ph_training_record_load (broken, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_DATA_INVALID);
  g_assert_nonnull (strstr (error->message, "recipe.txt"));
  g_clear_error (&error);
  g_assert_null (ph_training_record_load (nowhere, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
}

/* What none of several trainings has learned from is what all of them can be judged on. */
static void
test_held_out (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->settings.epochs = 1;
  g_assert_true (run (f, WORLD, "a", NULL, &error));
  f->settings.epochs = 2;
  g_assert_true (run (f, WORLD, "b", NULL, &error));

  g_autoptr (PhDataset) dataset = ph_dataset_open (WORLD, NULL, &error);
  g_autoptr (GPtrArray) records = ph_training_records_list (f->parent, WORLD);
  GArray *same = ph_training_records_held_out (records, dataset), *fewer;

  g_assert_cmpuint (same->len, ==, 14); /* a fifth of 70: the same seed, so the same images */
  f->settings.seed = 1;
  g_assert_true (run (f, WORLD, "c", NULL, &error));

  g_autoptr (GPtrArray) more = ph_training_records_list (f->parent, WORLD);

  fewer = ph_training_records_held_out (more, dataset);
  g_assert_cmpuint (more->len, ==, 3);
  g_assert_cmpuint (fewer->len, <, same->len);
  for (guint i = 0; i < fewer->len; i++)
    {
      gboolean found = FALSE;

      for (guint j = 0; j < same->len; j++)
        found |= g_array_index (fewer, guint, i) == g_array_index (same, guint, j);
      g_assert_true (found);
    }
  g_array_unref (same);
  g_array_unref (fewer);
}

/* A folder with @n drawings for each of three faces, the first @n_bad of each class no pictures. */
static char *
make_images (Fixture *f, guint n, guint n_bad)
{
  char *root = g_build_filename (f->parent, "images", NULL);

  for (guint label = 0; label < 3; label++)
    {
      g_autofree char *folder = g_strdup_printf ("%s/%c", root, (char)('a' + label));

      g_mkdir_with_parents (folder, 0700);
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

/* Images that cannot be read do not count: not for learning and not for measuring. */
static void
test_unreadable (Fixture *f, gconstpointer data)
{
  g_autofree char *images = make_images (f, 12, 3);
  g_autoptr (GError) error = NULL;

  f->settings.epochs = 6; /* so that the random batches meet all of them */
  f->settings.validation = 0.5;

  g_autoptr (PhTraining) training = make (f, images, &error);
  g_autoptr (PhEvaluation) evaluation = NULL;
  PhTrainer *trainer;
  guint n_items, n_validation;
  gsize ignored;

  g_assert_true (ph_training_run (training, NULL, NULL, NULL, NULL, &error));
  trainer = ph_training_get_trainer (training);
  ph_training_get_counts (training, &n_items, &n_validation, &ignored, &ignored);
  evaluation = ph_trainer_evaluate (trainer, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_items + n_validation, ==, 36);
  g_assert_cmpuint (ph_trainer_get_n_unreadable (trainer), ==, 9);
  g_assert_cmpuint (evaluation->n, <, n_validation);
}

/* Nor over features that are computed once. */
static void
test_unreadable_head (Fixture *f, gconstpointer data)
{
  g_autofree char *images = make_images (f, 12, 3);
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (PhDataset) dataset = ph_dataset_open (images, NULL, &error);
  g_autoptr (PhTrainingRecord) made = NULL;
  PhTrainingSource source = { .network = "tiny", .images = images, .dataset = dataset };

  f->settings.epochs = 1;
  g_assert_true (run (f, WORLD, "base", NULL, &error));
  made = load (f, "base");
  path = ph_training_record_dup_network_path (made);

  g_autoptr (PhModel) model = ph_model_load (path, NULL, &error);

  g_assert_no_error (error);
  source.model = model;
  f->settings.mode = PH_TRAIN_HEAD;
  f->settings.epochs = 6;

  g_autoptr (PhTraining) training = ph_training_new (&source, &f->settings, &error);

  g_assert_no_error (error);
  g_assert_true (ph_training_run (training, NULL, NULL, NULL, NULL, &error));
  g_assert_cmpuint (ph_trainer_get_n_unreadable (ph_training_get_trainer (training)), ==, 9);
}

/* None that can be read is a sentence, not a network. */
static void
test_all_unreadable (Fixture *f, gconstpointer data)
{
  g_autofree char *images = make_images (f, 6, 6);
  g_autoptr (GError) error = NULL;

  g_assert_false (run (f, images, "c", NULL, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_DATA_INVALID);
  g_assert_nonnull (strstr (error->message, "images"));
}

/* Each row of the table sets another way, and choosing the advised one is following the advice. */
static void
test_advice_rows (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PhTrainingRecord) record = NULL;
  g_autoptr (PhModel) model = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GHashTable) ways = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  f->settings.epochs = 1;
  g_assert_true (run (f, WORLD, "base", NULL, &error));
  record = load (f, "base");
  path = ph_training_record_dup_network_path (record);
  model = ph_model_load (path, NULL, &error);
  g_assert_no_error (error);
  for (PhAdviceRow row = PH_ADVICE_HEAD; row <= PH_ADVICE_ALL; row++)
    {
      ph_advice_choose (row, model, &f->settings);
      g_hash_table_add (ways, g_strdup_printf ("%d %s %s", f->settings.mode, f->settings.layer,
                                               f->settings.frozen));
    }
  g_assert_cmpuint (g_hash_table_size (ways), ==, 4);

  g_autoptr (PhDataset) dataset = ph_dataset_open (WORLD, NULL, &error);
  g_autoptr (PhAdvice) advice = ph_advice_new (model, dataset, &f->settings, NULL, NULL, &error);
  PhTrainSettings chosen;

  g_assert_no_error (error);
  ph_settings_copy (ph_train_settings, &chosen, &f->settings);
  ph_advice_apply (advice, &f->settings);
  ph_advice_choose (advice->row, model, &chosen);
  g_assert_true (ph_settings_equal (ph_train_settings, &chosen, &f->settings));
  ph_settings_clear (ph_train_settings, &chosen);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                                        \
  g_test_add ("/training-folder/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("whole", test_whole);
  ADD ("stopped", test_stopped);
  ADD ("list", test_list);
  ADD ("held-out", test_held_out);
  ADD ("unreadable", test_unreadable);
  ADD ("unreadable-head", test_unreadable_head);
  ADD ("all-unreadable", test_all_unreadable);
  ADD ("advice-rows", test_advice_rows);
  return g_test_run ();
}
