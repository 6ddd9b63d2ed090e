/* The loop: the steps of PyTorch, going on after interruptions, stopping, freezing, diverging. */

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "engine/engine.h"

/* The same formula as `noise` in make-training-golden.py: multiples of 2^-23 in [-1, 1). */
static void
fill_noise (float *x, gsize n, guint64 seed)
{
  for (gsize i = 0; i < n; i++)
    {
      guint64 h = (i * 2654435761u + seed * 40503) & 0xffffffff;

      h ^= h >> 15;
      h = h * 2246822519u & 0xffffffff;
      h ^= h >> 13;
      x[i] = (float)((double)(h >> 8) / 8388608 - 1);
    }
}

/* What a case is made of: the network with the weights of the formula, and pictures of noise. */
typedef struct
{
  JsonParser *parser;
  JsonObject *root;
  PhGraph *graph;
  char *folder;
  PhDataset *dataset;
  float *pictures;
  guint items[48];
  PhTrainTask task;
} Fixture;

static PhGraph *
build_graph (JsonObject *root, PhShape *input)
{
  g_autoptr (GError) error = NULL;
  PhArchitectureSizes sizes = { .n_classes = (guint)json_object_get_int_member (root, "classes"),
                                .seed = 1 };
  g_autoptr (PhGraph) graph = ph_architecture_build (json_object_get_string_member (root, "text"),
                                                     "golden", &sizes, input, &error);
  g_autoptr (PhWeights) weights = NULL;
  JsonArray *list = json_object_get_array_member (root, "weights");

  g_assert_no_error (error);
  weights = ph_weights_new (graph, &error);
  for (guint i = 0; i < json_array_get_length (list); i++)
    {
      JsonObject *entry = json_array_get_object_element (list, i);
      PhWeight *weight = ph_weights_find (weights, json_object_get_string_member (entry, "name"));

      g_assert_nonnull (weight);
      fill_noise (weight->data, weight->n, (guint64)json_object_get_int_member (entry, "seed"));
      for (gsize j = 0; j < weight->n; j++)
        weight->data[j] *= 0.4f;
    }
  return ph_weights_publish (weights, &error);
}

/* Files whose labels alone matter. */
static char *
make_folder (guint n, guint n_classes)
{
  char *folder = g_dir_make_tmp ("phosphene-trainer-XXXXXX", NULL);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *class_folder =
          g_strdup_printf ("%s/%c", folder, (char)('a' + i * n_classes / n));
      g_autofree char *path = g_strdup_printf ("%s/%02u.png", class_folder, i);

      g_mkdir_with_parents (class_folder, 0700);
      g_assert_true (g_file_set_contents (path, "x", 1, NULL));
    }
  return folder;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autofree char *path =
      g_build_filename (g_getenv ("PHOSPHENE_SOURCE"), "tests", "golden", "training.json", NULL);
  g_autoptr (GError) error = NULL;
  PhShape input;

  f->parser = json_parser_new ();
  json_parser_load_from_file (f->parser, path, &error);
  g_assert_no_error (error);
  f->root = json_node_get_object (json_parser_get_root (f->parser));
  g_assert_cmpint (json_object_get_int_member (f->root, "n"), ==, 48);
  f->graph = build_graph (f->root, &input);
  f->folder = make_folder (48, 4);
  f->dataset = ph_dataset_open (f->folder, NULL, &error);
  g_assert_no_error (error);
  f->pictures = g_new (float, 48 * ph_shape_count (&input));
  fill_noise (f->pictures, 48 * ph_shape_count (&input), 7);
  for (guint i = 0; i < 48; i++)
    {
      f->items[i] = i;
      g_assert_cmpint (ph_dataset_get_label (f->dataset, i), ==, (int)i / 12);
    }
  f->task = (PhTrainTask){ .graph = f->graph,
                           .target = ph_graph_find_value (f->graph, "logits"),
                           .shape = input,
                           .dataset = f->dataset,
                           .vectors = f->pictures,
                           .validation_vectors = f->pictures,
                           .items = f->items,
                           .validation = f->items,
                           .n_items = 48,
                           .n_validation = 48,
                           .frozen = -1 };
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *inside = g_build_filename (path, name, NULL);

      remove_tree (inside);
    }
  g_remove (path);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  remove_tree (f->folder);
  g_free (f->folder);
  g_free (f->pictures);
  ph_dataset_unref (f->dataset);
  ph_graph_unref (f->graph);
  g_object_unref (f->parser);
}

/* Settings of the golden cases: everything from the weights that are there. */
static void
init_settings (PhTrainSettings *settings)
{
  ph_settings_init (ph_train_settings, settings);
  settings->mode = PH_TRAIN_FINE_TUNE;
  settings->freeze_statistics = FALSE;
  settings->block_rate = 1;
  settings->batch = 16;
  settings->epochs = 7;
  settings->seed = 5;
  settings->learning_rate = 0.01;
  settings->warm_up = 0;
  settings->checkpoint = 0;
}

static void
set (PhTrainSettings *settings, const char *name, const char *value)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (
      ph_setting_set (ph_settings_find (ph_train_settings, name), settings, value, &error));
}

static void
on_step (const PhTrainProgress *progress, gpointer data)
{
  GArray *losses = data;

  g_assert_cmpuint (progress->step, ==, losses->len);
  g_assert_cmpuint (progress->n_steps, ==, 21);
  g_array_append_val (losses, progress->loss);
}

/* 21 steps: each loss to 1e-4 of PyTorch's in double precision, and where they lead. */
static void
test_golden (Fixture *f, gconstpointer data)
{
  JsonArray *cases = json_object_get_array_member (f->root, "cases");

  g_assert_cmpuint (json_array_get_length (cases), ==, 4);
  for (guint c = 0; c < json_array_get_length (cases); c++)
    {
      JsonObject *object = json_array_get_object_element (cases, c);
      JsonArray *expected = json_object_get_array_member (object, "losses");
      JsonObject *final = json_object_get_object_member (object, "final");
      g_autoptr (GArray) losses = g_array_new (FALSE, FALSE, sizeof (double));
      g_autoptr (GError) error = NULL;
      g_autoptr (GList) names = json_object_get_members (final);
      g_autoptr (PhTrainer) trainer = NULL;
      PhTrainWatch watch = { .step = on_step, .data = losses };
      PhTrainSettings settings;
      double worst = 0;

      init_settings (&settings);
      set (&settings, "optimiser", json_object_get_string_member (object, "optimiser"));
      set (&settings, "schedule", json_object_get_string_member (object, "schedule"));
      settings.learning_rate = json_object_get_double_member (object, "learning-rate");
      settings.warm_up = json_object_get_double_member (object, "warm-up");
      settings.weight_decay = json_object_get_double_member (object, "weight-decay");
      settings.smoothing = json_object_get_double_member (object, "smoothing");
      settings.clip = json_object_get_double_member (object, "clip");
      trainer = ph_trainer_new (&f->task, &settings, &error);
      g_assert_no_error (error);
      ph_trainer_run (trainer, NULL, "", &watch, NULL, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (losses->len, ==, json_array_get_length (expected));
      for (guint i = 0; i < losses->len; i++)
        {
          double want = json_array_get_double_element (expected, i);

          worst = MAX (worst, fabs (g_array_index (losses, double, i) / want - 1));
        }
      g_test_message ("%s: worst relative difference of a loss %.2g",
                      json_object_get_string_member (object, "name"), worst);
      g_assert_cmpfloat (worst, <, 1e-4);

      /* The best epoch is the last here, or its weights would not be comparable. */
      for (GList *name = names; name != NULL && ph_trainer_get_best (trainer) == 6;
           name = name->next)
        {
          JsonArray *values = json_object_get_array_member (final, name->data);
          PhWeight *weight = ph_weights_find (ph_trainer_get_weights (trainer), name->data);

          g_assert_nonnull (weight);
          for (guint i = 0; i < json_array_get_length (values); i++)
            g_assert_cmpfloat_with_epsilon (weight->data[i],
                                            json_array_get_double_element (values, i), 2e-3);
        }
      ph_settings_clear (ph_train_settings, &settings);
    }
}

/* A monitor that asks to stop after some steps. */
typedef struct
{
  int left;
} Stopper;

static gboolean
should_stop (gpointer data)
{
  Stopper *stopper = data;

  return stopper->left-- <= 0;
}

static PhTrainer *
run_once (const PhTrainTask *task, const PhTrainSettings *settings, const char *checkpoint,
          int n_steps)
{
  g_autoptr (GError) error = NULL;
  PhTrainer *trainer = ph_trainer_new (task, settings, &error);
  Stopper stopper = { n_steps };
  PhMonitor monitor = { .should_stop = should_stop, .data = &stopper };

  g_assert_no_error (error);
  ph_trainer_run (trainer, checkpoint, "this one", NULL, n_steps >= 0 ? &monitor : NULL, NULL,
                  &error);
  g_assert_no_error (error);
  return trainer;
}

static void
assert_same_weights (PhTrainer *a, PhTrainer *b)
{
  const PhWeights *x = ph_trainer_get_weights (a), *y = ph_trainer_get_weights (b);

  g_assert_cmpint (ph_trainer_get_best (a), ==, ph_trainer_get_best (b));
  for (guint i = 0; i < x->n; i++)
    g_assert_cmpmem (x->weights[i].data, x->weights[i].n * sizeof (float), y->weights[i].data,
                     y->weights[i].n * sizeof (float));
}

/* Interrupted after any number of steps, again and again: the same weights to the bit. */
static void
test_resume (Fixture *f, gconstpointer data)
{
  g_autofree char *checkpoint = g_build_filename (f->folder, "checkpoint", NULL);
  g_autoptr (PhTrainer) whole = NULL;
  PhTrainSettings settings;
  guint n_runs = 0, n_epochs, n_steps = 0;

  init_settings (&settings);
  settings.adversarial_radius = data != NULL ? 0.5 : 0;
  whole = run_once (&f->task, &settings, NULL, -1);
  for (n_epochs = 0; n_epochs < 7; n_runs++)
    {
      int steps = g_test_rand_int_range (0, 5);
      g_autoptr (PhTrainer) part = run_once (&f->task, &settings, checkpoint, steps);

      n_steps += (guint)steps;
      ph_trainer_get_epochs (part, &n_epochs);
      if (n_epochs == 7)
        assert_same_weights (whole, part);
      g_assert_cmpuint (n_runs, <, 1000);
    }
  g_assert_cmpuint (n_steps, >=, 21);

  /* Once more over the finished one: nothing is left to do. */
  g_autoptr (PhTrainer) again = run_once (&f->task, &settings, checkpoint, -1);

  assert_same_weights (whole, again);
  g_remove (checkpoint);
  ph_settings_clear (ph_train_settings, &settings);
}

static double
attacked_loss (Fixture *f, const PhWeights *weights)
{
  PhAdversaryOptions options = {
    .target = f->task.target, .shape = f->task.shape, .radius = 0.5, .n_steps = 10
  };
  gsize n = 48 * ph_shape_count (&f->task.shape);
  PhLoss loss = { .kind = PH_LOSS_CROSS_ENTROPY };
  g_autoptr (PhAdversary) adversary = NULL;
  g_autoptr (PhGraph) graph = ph_weights_publish (weights, NULL);
  g_autoptr (PhPlan) plan = NULL;
  g_autoptr (PhRun) run = NULL;
  int target = ph_graph_find_value (graph, "logits"), labels[48];

  options.shape.dim[0] = 48;
  for (int i = 0; i < 48; i++)
    labels[i] = i / 12;
  plan = ph_plan_new_for_image (graph, &options.shape, &target, 1, FALSE, NULL);
  run = ph_run_new (plan, NULL);
  adversary = ph_adversary_new (weights, &options, NULL);
  memcpy (ph_run_get_input (run, 0), f->pictures, n * sizeof (float));
  g_assert_true (
      ph_adversary_attack (adversary, &loss, labels, 1, ph_run_get_input (run, 0), NULL, NULL));
  g_assert_true (ph_run_forward (run, NULL, NULL));
  return ph_loss_classes (&loss, 48, 4, ph_run_get_value (run, target), labels, NULL);
}

/* Who has learned from changed images stands them better. */
static void
test_adversarial (Fixture *f, gconstpointer data)
{
  g_autoptr (PhTrainer) plain = NULL;
  g_autoptr (PhTrainer) robust = NULL;
  PhTrainSettings settings;

  init_settings (&settings);
  settings.epochs = 80;
  plain = run_once (&f->task, &settings, NULL, -1);
  settings.adversarial_radius = 0.5;
  settings.adversarial_steps = 2;
  robust = run_once (&f->task, &settings, NULL, -1);
  g_assert_cmpint (ph_trainer_get_best (robust), ==, 79);
  g_assert_cmpfloat (attacked_loss (f, ph_trainer_get_weights (robust)), <,
                     attacked_loss (f, ph_trainer_get_weights (plain)) / 2);
  ph_settings_clear (ph_train_settings, &settings);
}

/* States of other trainings and broken ones are refused with a sentence. */
static void
test_wrong_checkpoint (Fixture *f, gconstpointer data)
{
  g_autofree char *checkpoint = g_build_filename (f->folder, "checkpoint", NULL);
  g_autofree char *content = NULL;
  PhTrainSettings settings;
  gsize size;

  init_settings (&settings);
  ph_trainer_free (run_once (&f->task, &settings, checkpoint, 4));
  g_assert_true (g_file_get_contents (checkpoint, &content, &size, NULL));
  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PhTrainer) trainer = ph_trainer_new (&f->task, &settings, &error);

      if (i == 1)
        content[size - 9] ^= 1;
      if (i == 2)
        content[3] ^= 1;
      g_assert_true (g_file_set_contents (checkpoint, content,
                                          i == 3   ? 60
                                          : i == 4 ? 0
                                                   : (gssize)size,
                                          NULL));
      g_assert_false (ph_trainer_run (trainer, checkpoint, i == 0 ? "another one" : "this one",
                                      NULL, NULL, NULL, &error));
      g_assert_error (error, PH_ERROR, PH_ERROR_DATA_INVALID);
      g_assert_nonnull (strstr (error->message, checkpoint));
    }
  g_remove (checkpoint);
  ph_settings_clear (ph_train_settings, &settings);
}

/* Frozen weights stay to the bit, and so do statistics that are frozen. */
static void
test_frozen (Fixture *f, gconstpointer data)
{
  g_autoptr (PhTrainer) trainer = NULL;
  PhTrainSettings settings;
  guint n_changed = 0;

  init_settings (&settings);
  settings.freeze_statistics = TRUE;
  settings.epochs = 2;
  f->task.frozen = ph_graph_find_value (f->graph, "residual1/conv1");
  trainer = run_once (&f->task, &settings, NULL, -1);
  for (guint i = 0; i < ph_trainer_get_weights (trainer)->n; i++)
    {
      const PhWeight *weight = &ph_trainer_get_weights (trainer)->weights[i];
      const PhTensor *old = ph_graph_get_value (f->graph, weight->parameter.value)->constant;
      gboolean same = memcmp (old->f, weight->data, weight->n * sizeof (float)) == 0;
      gboolean early = g_str_has_prefix (weight->name, "conv1") ||
                       g_str_has_prefix (weight->name, "batchnorm1") ||
                       g_str_has_prefix (weight->name, "residual1/conv1");

      if (early || weight->parameter.role == PH_ROLE_STATISTIC)
        g_assert_true (same);
      n_changed += !same;
    }
  /* Scale and bias of two normalisations, a convolution, one with bias, the classes. */
  g_assert_cmpuint (n_changed, ==, 4 + 1 + 2 + 2);
  ph_settings_clear (ph_train_settings, &settings);
}

/* Blocks join one after the other, and learn at their own rates. */
static void
test_unfreeze (Fixture *f, gconstpointer data)
{
  guint n_nodes = ph_graph_get_n_nodes (f->graph);
  g_autofree guint *blocks = g_new0 (guint, n_nodes);
  PhTrainSettings settings;

  for (guint i = 0; i < n_nodes; i++)
    blocks[i] = i * 3 / n_nodes;
  f->task.blocks = blocks;
  init_settings (&settings);
  settings.unfreeze = 2;
  settings.block_rate = 0.5;
  for (guint epochs = 1; epochs <= 5; epochs += 2)
    {
      g_autoptr (PhTrainer) trainer = NULL;
      const PhWeights *weights;

      settings.epochs = (int)epochs;
      trainer = run_once (&f->task, &settings, NULL, -1);
      weights = ph_trainer_get_weights (trainer);
      for (guint i = 0; i < weights->n; i++)
        {
          const PhWeight *weight = &weights->weights[i];

          g_assert_cmpint (weight->is_trained, ==,
                           weight->parameter.role != PH_ROLE_STATISTIC &&
                               blocks[weight->parameter.node] + (epochs - 1) / 2 >= 2);
          g_assert_cmpfloat (weight->rate, ==, pow (0.5, 2 - blocks[weight->parameter.node]));
        }
    }
  ph_settings_clear (ph_train_settings, &settings);
}

/* Patience ends a training that gets no better; the best is what is left. */
static void
test_patience (Fixture *f, gconstpointer data)
{
  g_autoptr (PhTrainer) trainer = NULL;
  g_autoptr (PhEvaluation) evaluation = NULL;
  PhTrainSettings settings;
  const PhEpoch *epochs;
  guint n;
  int best;

  init_settings (&settings);
  settings.epochs = 400;
  settings.patience = 3;
  settings.learning_rate = 0.03;
  trainer = run_once (&f->task, &settings, NULL, -1);
  epochs = ph_trainer_get_epochs (trainer, &n);
  best = ph_trainer_get_best (trainer);
  g_assert_cmpuint (n, <, 400);
  g_assert_cmpint (best, >=, 0);
  g_assert_cmpuint (n, ==, (guint)best + 1 + 3);
  for (guint i = 0; i < n; i++)
    g_assert_cmpfloat (epochs[i].validation_accuracy, <=, epochs[best].validation_accuracy);
  evaluation = ph_trainer_evaluate (trainer, NULL, NULL, NULL);
  g_assert_cmpfloat (evaluation->accuracy, ==, epochs[best].validation_accuracy);
  g_assert_cmpfloat (evaluation->loss, ==, epochs[best].validation_loss);
  ph_settings_clear (ph_train_settings, &settings);
}

/* Fine-tuning that only spoils things leaves the network as it was. */
static void
test_spoiled (Fixture *f, gconstpointer data)
{
  g_autoptr (PhTrainer) good = NULL;
  g_autoptr (PhTrainer) spoiled = NULL;
  g_autoptr (PhGraph) graph = NULL;
  g_autoptr (GError) error = NULL;
  PhTrainSettings settings;

  init_settings (&settings);
  settings.epochs = 40;
  good = run_once (&f->task, &settings, NULL, -1);
  graph = ph_weights_publish (ph_trainer_get_weights (good), &error);
  g_assert_no_error (error);
  f->task.graph = graph;
  f->task.target = ph_graph_find_value (graph, "logits");
  settings.epochs = 1;
  settings.optimiser = PH_TRAIN_SGD;
  settings.learning_rate = 3;
  spoiled = run_once (&f->task, &settings, NULL, -1);
  g_assert_cmpint (ph_trainer_get_best (spoiled), ==, -1);
  for (guint i = 0; i < ph_trainer_get_weights (good)->n; i++)
    {
      const PhWeight *a = &ph_trainer_get_weights (good)->weights[i];
      const PhWeight *b = ph_weights_find (ph_trainer_get_weights (spoiled), a->name);

      g_assert_cmpmem (a->data, a->n * sizeof (float), b->data, b->n * sizeof (float));
    }
  ph_settings_clear (ph_train_settings, &settings);
}

static void
test_failures (Fixture *f, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PhTrainer) trainer = NULL;
  g_autoptr (PhTrainer) second = NULL;
  PhTrainSettings settings;

  init_settings (&settings);
  settings.optimiser = PH_TRAIN_SGD;
  settings.learning_rate = 1e20;
  trainer = ph_trainer_new (&f->task, &settings, &error);
  g_assert_no_error (error);
  g_assert_false (ph_trainer_run (trainer, NULL, "", NULL, NULL, NULL, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_DIVERGED);
  g_assert_nonnull (strstr (error->message, "step"));
  g_clear_error (&error);

  second = ph_trainer_new (&f->task, &settings, &error);
  g_cancellable_cancel (cancellable);
  g_assert_false (ph_trainer_run (second, NULL, "", NULL, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);

  f->task.frozen = f->task.target;
  g_assert_null (ph_trainer_new (&f->task, &settings, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_DATA_INVALID);
  g_clear_error (&error);
  f->task.n_validation = 0;
  g_assert_null (ph_trainer_new (&f->task, &settings, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_DATA_INVALID);
  ph_settings_clear (ph_train_settings, &settings);
}

#define ADD(name) g_test_add ("/trainer/" #name, Fixture, NULL, set_up, test_##name, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD (golden);
  ADD (resume);
  g_test_add ("/trainer/resume-adversarial", Fixture, "", set_up, test_resume, tear_down);
  ADD (adversarial);
  ADD (wrong_checkpoint);
  ADD (frozen);
  ADD (unfreeze);
  ADD (patience);
  ADD (spoiled);
  ADD (failures);
  return g_test_run ();
}
