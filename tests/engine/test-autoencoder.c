/* Autoencoders: PyTorch's gradients and steps, the flat of the principal components, the halves of
 * a network, mending, going on after interruptions. */

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "engine/engine.h"
#include "kernels/symmetric.h"

/* The same formulas as `bits` and `noise` in make-autoencoder-golden.py. */
static guint64
bits (guint64 i, guint64 seed)
{
  guint64 h = (i * 2654435761u + seed * 40503) & 0xffffffff;

  h ^= h >> 15;
  h = h * 2246822519u & 0xffffffff;
  h ^= h >> 13;
  return h >> 8;
}

static JsonObject *
load_golden (JsonParser *parser)
{
  g_autofree char *path =
      g_build_filename (g_getenv ("PHOSPHENE_SOURCE"), "tests", "golden", "autoencoder.json", NULL);
  g_autoptr (GError) error = NULL;

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  return json_node_get_object (json_parser_get_root (parser));
}

/* A folder of pictures without classes, of the numbers that @value gives. */
static char *
make_folder (guint n, guint rows, guint columns, guint8 (*value) (guint i, guint place))
{
  char *folder = g_dir_make_tmp ("phosphene-autoencoder-XXXXXX", NULL);
  g_autofree guint8 *pixels = g_new (guint8, rows * columns * 3);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%03u.png", folder, i);

      for (guint j = 0; j < rows * columns * 3; j++)
        pixels[j] = value (i, j);
      g_assert_true (ph_png_save (path, pixels, 3, columns, rows, NULL, NULL));
    }
  return folder;
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

static guint8
golden_value (guint i, guint place)
{
  return (guint8)(bits (i * 8 * 12 * 3 + place, 7) >> 16);
}

static PhGraph *
build (const char *text, PhUnpool unpool, PhShape *input)
{
  PhArchitectureSizes sizes = { .n_classes = 4, .bottleneck = 10, .unpool = unpool, .seed = 1 };
  g_autoptr (GError) error = NULL;
  PhGraph *graph = ph_architecture_build (text, "golden", &sizes, input, &error);

  g_assert_no_error (error);
  return graph;
}

/* The network of a case, with the weights of the formula. */
static PhGraph *
build_case (const char *text, JsonObject *object, PhShape *input)
{
  const char *name = json_object_get_string_member (object, "unpool");
  PhUnpool unpool = g_str_equal (name, "max")          ? PH_UNPOOL_MAX
                    : g_str_equal (name, "transposed") ? PH_UNPOOL_TRANSPOSED
                                                       : PH_UNPOOL_NEAREST;
  g_autoptr (PhGraph) graph = build (text, unpool, input);
  g_autoptr (GError) error = NULL;
  g_autoptr (PhWeights) weights = ph_weights_new (graph, &error);
  JsonArray *list = json_object_get_array_member (object, "weights");

  for (guint i = 0; i < json_array_get_length (list); i++)
    {
      JsonObject *entry = json_array_get_object_element (list, i);
      PhWeight *weight = ph_weights_find (weights, json_object_get_string_member (entry, "name"));
      guint64 seed = (guint64)json_object_get_int_member (entry, "seed");

      g_assert_nonnull (weight);
      for (gsize j = 0; j < weight->n; j++)
        weight->data[j] = (float)(0.4 * ((double)bits (j, seed) / 8388608 - 1));
    }
  return ph_weights_publish (weights, &error);
}

/* The gradient of the first step at the first weights of each layer. */
static void
check_gradients (PhGraph *graph, const PhShape *input, PhDataset *dataset, JsonObject *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PhWeights) weights = ph_weights_new (graph, &error);
  g_autoptr (GList) names = json_object_get_members (expected);
  g_autofree int *values = NULL;
  g_autofree float *pictures = NULL, *gradient = NULL;
  int labels[8] = { 0 }, target = ph_graph_find_value (graph, "reconstruction");
  const gsize size = ph_shape_count (input);
  PhSpec spec = { .type = PH_TYPE_FLOAT, .shape = *input };
  guint n;

  values = ph_weights_list (weights, TRUE, &n);
  spec.shape.dim[0] = 8;

  PhQuestion question = { .inputs = &spec,
                          .n_inputs = 1,
                          .targets = &target,
                          .n_targets = 1,
                          .parameters = values,
                          .n_parameters = n,
                          .parameter_gradients = TRUE,
                          .training = TRUE };
  g_autoptr (PhPlan) plan = ph_plan_new (graph, &question, &error);
  g_autoptr (PhRun) run = ph_run_new (plan, &error);

  g_assert_no_error (error);
  ph_weights_bind (weights, run, values, n);
  pictures = g_new (float, 8 * size);
  gradient = g_new (float, 8 * size);
  for (guint i = 0; i < 8; i++)
    {
      g_autoptr (PhImage) image = ph_dataset_load (dataset, i, 0, &error);

      memcpy (pictures + i * size, image->data, size * sizeof (float));
    }
  for (gsize i = 0; i < 8 * size; i++)
    ((float *)ph_run_get_input (run, 0))[i] = (pictures[i] - 0.5f) / 0.5f;
  g_assert_true (ph_run_forward (run, NULL, &error));
  ph_loss_pictures (8, size, ph_run_get_value (run, target), pictures, labels, gradient);
  ph_run_clear_gradients (run);
  memcpy (ph_run_get_gradient (run, target), gradient, 8 * size * sizeof (float));
  g_assert_true (ph_run_backward (run, NULL, &error));
  for (GList *name = names; name != NULL; name = name->next)
    {
      JsonArray *numbers = json_object_get_array_member (expected, name->data);
      const PhWeight *weight = ph_weights_find (weights, name->data);
      const float *got = ph_run_get_parameter_gradient (run, weight->parameter.value);
      double largest = 0;

      for (guint i = 0; i < json_array_get_length (numbers); i++)
        largest = MAX (largest, fabs (json_array_get_double_element (numbers, i)));
      for (guint i = 0; i < json_array_get_length (numbers); i++)
        g_assert_cmpfloat_with_epsilon (got[i], json_array_get_double_element (numbers, i),
                                        1e-4 * largest + 1e-8);
    }
}

static void
init_settings (PhTrainSettings *settings)
{
  static const char *const still[] = {
    "flip", "shift", "rotate", "scale", "crop", "colour-change"
  };

  ph_settings_init (ph_train_settings, settings);
  for (guint i = 0; i < G_N_ELEMENTS (still); i++)
    g_assert_true (ph_setting_set (ph_settings_find (ph_train_settings, still[i]), settings,
                                   i == 0 ? "no" : "0", NULL));
  settings->schedule = PH_SCHEDULE_CONSTANT;
  settings->warm_up = 0;
  settings->checkpoint = 0;
  settings->weight_decay = 0;
}

static void
on_step (const PhTrainProgress *progress, gpointer data)
{
  g_array_append_val ((GArray *)data, progress->loss);
}

static void
test_golden (void)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *root = load_golden (parser);
  JsonArray *cases = json_object_get_array_member (root, "cases");
  g_autofree char *folder = make_folder (8, 8, 12, golden_value);
  g_autoptr (GError) error = NULL;
  g_autoptr (PhDataset) dataset = ph_dataset_open (folder, NULL, &error);
  const guint items[8] = { 0, 1, 2, 3, 4, 5, 6, 7 };

  g_assert_no_error (error);
  g_assert_cmpuint (json_array_get_length (cases), ==, 3);
  for (guint c = 0; c < json_array_get_length (cases); c++)
    {
      JsonObject *object = json_array_get_object_element (cases, c);
      JsonArray *expected = json_object_get_array_member (object, "losses");
      PhShape input;
      g_autoptr (PhGraph) graph =
          build_case (json_object_get_string_member (root, "text"), object, &input);
      PhPreprocess preprocess = { .channels = 3,
                                  .height = 8,
                                  .width = 12,
                                  .scale = 1,
                                  .mean = { 0.5f, 0.5f, 0.5f },
                                  .std = { 0.5f, 0.5f, 0.5f } };
      PhTrainTask task = { .graph = graph,
                           .target = ph_graph_find_value (graph, "reconstruction"),
                           .reconstruct = TRUE,
                           .shape = input,
                           .dataset = dataset,
                           .preprocess = &preprocess,
                           .items = items,
                           .validation = items,
                           .n_items = 8,
                           .n_validation = 8,
                           .frozen = -1 };
      g_autoptr (GArray) losses = g_array_new (FALSE, FALSE, sizeof (double));
      PhTrainWatch watch = { .step = on_step, .data = losses };
      g_autoptr (PhTrainer) trainer = NULL;
      PhTrainSettings settings;

      check_gradients (graph, &input, dataset, json_object_get_object_member (object, "gradients"));
      init_settings (&settings);
      settings.mode = PH_TRAIN_FINE_TUNE;
      settings.freeze_statistics = FALSE;
      settings.optimiser = PH_TRAIN_SGD;
      settings.learning_rate = json_object_get_double_member (root, "rate");
      settings.epochs = (int)json_object_get_int_member (root, "steps");
      settings.batch = 8;
      trainer = ph_trainer_new (&task, &settings, &error);
      g_assert_no_error (error);
      g_assert_true (ph_trainer_run (trainer, NULL, "", &watch, NULL, NULL, &error));
      g_assert_cmpuint (losses->len, ==, json_array_get_length (expected));
      for (guint i = 0; i < losses->len; i++)
        g_assert_cmpfloat_with_epsilon (g_array_index (losses, double, i) /
                                            json_array_get_double_element (expected, i),
                                        1, 1e-4);
      ph_settings_clear (ph_train_settings, &settings);
    }
  remove_tree (folder);
}

/* Three patterns in changing strengths, and a little noise. */
static guint8
pattern_value (guint i, guint place)
{
  static const double strengths[3] = { 60, 45, 35 };
  double sum = 128 + (double)(bits (i * 75 + place, 50) % 7);

  for (guint p = 0; p < 3; p++)
    sum += strengths[p] * ((double)bits (i, 60 + p) / 8388608 - 1) *
           ((double)bits (place, 70 + p) / 8388608 - 1);
  return (guint8)CLAMP (sum, 0, 255);
}

static PhTraining *
train (const char *folder, const char *description, const PhTrainSettings *settings,
       const char *output, const PhMonitor *monitor)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PhDataset) dataset = ph_dataset_open (folder, NULL, &error);
  PhTrainingSource source = {
    .network = "tiny.txt", .images = folder, .description = description, .dataset = dataset
  };
  g_autoptr (PhTraining) training = NULL;

  g_assert_no_error (error);
  training = ph_training_new (&source, settings, &error);
  g_assert_no_error (error);
  ph_training_run (training, output, NULL, monitor, NULL, &error);
  g_assert_no_error (error);
  return g_steal_pointer (&training);
}

/* The cosine of the largest angle between the flats that the rows of @a and the columns of @b span.
 */
static double
smallest_cosine (guint k, gsize size, const float *a, const float *b)
{
  g_autofree double *q = g_new (double, k *size), *c = g_new0 (double, k *k);
  g_autofree double *values = g_new (double, k), *vectors = g_new (double, k *k);
  g_autofree double *products = g_new0 (double, k *k);

  for (guint i = 0; i < k; i++)
    {
      double *row = q + i * size, squares = 0;

      for (gsize j = 0; j < size; j++)
        row[j] = b[j * k + i];
      for (guint other = 0; other < i; other++)
        {
          double product = 0;

          for (gsize j = 0; j < size; j++)
            product += row[j] * q[other * size + j];
          for (gsize j = 0; j < size; j++)
            row[j] -= product * q[other * size + j];
        }
      for (gsize j = 0; j < size; j++)
        squares += row[j] * row[j];
      for (gsize j = 0; j < size; j++)
        row[j] /= sqrt (squares);
    }
  for (guint i = 0; i < k; i++)
    for (guint j = 0; j < k; j++)
      for (gsize d = 0; d < size; d++)
        c[i * k + j] += (double)a[i * size + d] * q[j * size + d];
  for (guint i = 0; i < k; i++)
    for (guint j = 0; j < k; j++)
      for (guint d = 0; d < k; d++)
        products[i * k + j] += c[i * k + d] * c[j * k + d];
  g_assert_true (ph_symmetric_eigen (k, products, k, values, vectors));
  return sqrt (MAX (values[k - 1], 0));
}

/* Two linear layers find the flat of the principal components (Baldi, Hornik 1989). */
static void
test_linear (void)
{
  const gsize size = 75;
  g_autofree char *folder = make_folder (100, 5, 5, pattern_value);
  g_autofree float *x = g_new (float, 100 * size);
  g_autoptr (GError) error = NULL;
  g_autoptr (PhDataset) dataset = ph_dataset_open (folder, NULL, &error);
  g_autoptr (PhTraining) training = NULL;
  g_autoptr (PhPca) pca = NULL;
  g_autoptr (GArray) learned = NULL, kept = NULL;
  PhTrainSettings settings;
  const PhWeight *weight;

  init_settings (&settings);
  settings.bottleneck = 3;
  settings.epochs = 600;
  settings.batch = 40;
  settings.learning_rate = 0.03;
  settings.schedule = PH_SCHEDULE_COSINE;
  training =
      train (folder, "input 3 5 5\nbottleneck\nreconstruction linear", &settings, NULL, NULL);
  /* The components of the images that it has learned from. */
  ph_dataset_split (dataset, settings.validation, (guint64)settings.seed, &learned, &kept);
  for (guint i = 0; i < learned->len; i++)
    {
      g_autoptr (PhImage) image =
          ph_dataset_load (dataset, g_array_index (learned, guint, i), 0, &error);

      memcpy (x + i * size, image->data, size * sizeof (float));
    }
  pca = ph_pca_new (x, learned->len, size, 3, NULL, NULL, &error);
  g_assert_no_error (error);
  weight = ph_weights_find (ph_trainer_get_weights (ph_training_get_trainer (training)),
                            "pixels.weight");
  g_assert_nonnull (weight);

  double cosine = smallest_cosine (3, size, pca->components, weight->data);

  g_test_message ("largest angle %.2f degrees", acos (MIN (cosine, 1)) * 180 / G_PI);
  g_assert_cmpfloat (cosine, >, cos (5 * G_PI / 180));
  ph_settings_clear (ph_train_settings, &settings);
  remove_tree (folder);
}

static const char conv_text[] = "input 3 8 8\n"
                                "conv 6 3x3, relu, maxpool 2\n"
                                "bottleneck\n"
                                "dense 96, relu, reshape 6 4 4\n"
                                "unpool 2, conv 6 3x3, relu\n"
                                "reconstruction\n";

static guint8
conv_value (guint i, guint place)
{
  return (guint8)(127 + 120 * sin (0.3 * i + 0.07 * place * (1 + i % 3)));
}

typedef struct
{
  int left;
} Stopper;

static gboolean
should_stop (gpointer data)
{
  return ((Stopper *)data)->left-- <= 0;
}

/* Stopped in the middle of an epoch, with noise that must come again. */
static void
test_resume (void)
{
  g_autofree char *folder = make_folder (40, 8, 8, conv_value);
  g_autofree char *output = g_dir_make_tmp ("phosphene-autoencoder-XXXXXX", NULL);
  Stopper stopper = { 7 };
  PhMonitor monitor = { .should_stop = should_stop, .data = &stopper };
  g_autoptr (PhTraining) whole = NULL, half = NULL, rest = NULL;
  const PhWeights *expected, *actual;
  PhTrainSettings settings;

  init_settings (&settings);
  settings.bottleneck = 5;
  settings.epochs = 4;
  settings.batch = 8;
  settings.corruption = (PhCorruption){ PH_CORRUPTION_GAUSSIAN, 0.3, TRUE };
  whole = train (folder, conv_text, &settings, NULL, NULL);
  half = train (folder, conv_text, &settings, output, &monitor);
  rest = train (folder, conv_text, &settings, output, NULL);
  expected = ph_trainer_get_weights (ph_training_get_trainer (whole));
  actual = ph_trainer_get_weights (ph_training_get_trainer (rest));
  for (guint i = 0; i < expected->n; i++)
    g_assert_cmpmem (actual->weights[i].data, actual->weights[i].n * sizeof (float),
                     expected->weights[i].data, expected->weights[i].n * sizeof (float));
  ph_settings_clear (ph_train_settings, &settings);
  remove_tree (folder);
  remove_tree (output);
}

/* A network that gives back its input and keeps its end learns on from where it was. */
static void
test_go_on (void)
{
  g_autofree char *folder = make_folder (40, 8, 8, conv_value);
  g_autofree char *output = g_dir_make_tmp ("phosphene-autoencoder-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (output, "network.onnx", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PhTraining) first = NULL, second = NULL, none = NULL;
  g_autoptr (PhModel) model = NULL;
  g_autoptr (PhDataset) dataset = ph_dataset_open (folder, NULL, &error);
  PhTrainingSource source = { .network = path, .images = folder, .dataset = dataset };
  PhTrainSettings settings;
  const PhEpoch *before, *after;
  guint n_before, n_after;

  init_settings (&settings);
  settings.bottleneck = 5;
  settings.epochs = 3;
  settings.batch = 8;
  first = train (folder, conv_text, &settings, output, NULL);
  before = ph_trainer_get_epochs (ph_training_get_trainer (first), &n_before);
  model = ph_model_load (path, NULL, &error);
  g_assert_no_error (error);

  /* Steps too small to see: the error is what it was, and it is the squared one. */
  source.model = model;
  settings.mode = PH_TRAIN_FINE_TUNE;
  settings.head = PH_TRAIN_HEAD_KEEP;
  g_free (settings.frozen);
  settings.frozen = g_strdup ("none");
  settings.epochs = 1;
  settings.learning_rate = 1e-9;
  second = ph_training_new (&source, &settings, &error);
  g_assert_no_error (error);
  g_assert_true (ph_training_run (second, NULL, NULL, NULL, NULL, &error));
  after = ph_trainer_get_epochs (ph_training_get_trainer (second), &n_after);
  g_assert_cmpuint (n_after, ==, 1);
  g_assert_cmpfloat_with_epsilon (
      after[0].validation_loss /
          before[ph_trainer_get_best (ph_training_get_trainer (first))].validation_loss,
      1, 1e-4);

  settings.mode = PH_TRAIN_HEAD;
  none = ph_training_new (&source, &settings, &error);
  g_assert_null (none);
  g_assert_error (error, PH_ERROR, PH_ERROR_DATA_INVALID);
  ph_settings_clear (ph_train_settings, &settings);
  remove_tree (folder);
  remove_tree (output);
}

static void
run_graph (PhGraph *graph, const PhShape *shape, const float *x, int target, float *y)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PhPlan) plan = ph_plan_new_for_image (graph, shape, &target, 1, FALSE, &error);
  g_autoptr (PhRun) run = plan != NULL ? ph_run_new (plan, &error) : NULL;

  g_assert_no_error (error);
  memcpy (ph_run_get_input (run, 0), x, ph_shape_count (shape) * sizeof (float));
  g_assert_true (ph_run_forward (run, NULL, &error));
  memcpy (y, ph_run_get_value (run, target),
          ph_shape_count (&ph_plan_get_spec (plan, target)->shape) * sizeof (float));
}

static PhModel *
make_model (const char *text, PhUnpool unpool)
{
  PhShape input;
  g_autoptr (GError) error = NULL;
  g_autoptr (PhGraph) graph = build (text, unpool, &input);
  PhPreprocess preprocess = { .channels = (guint)input.dim[1],
                              .height = (guint)input.dim[2],
                              .width = (guint)input.dim[3],
                              .scale = 1,
                              .std = { 1, 1, 1, 1 } };
  PhModel *model = ph_model_new ("test", NULL, NULL, graph, &preprocess, NULL, NULL, &error);

  g_assert_no_error (error);
  return model;
}

/* Encoder and decoder one after the other are the whole; what is no autoencoder is none. */
static void
test_halves (void)
{
  g_autoptr (PhModel) model = make_model (conv_text, PH_UNPOOL_TRANSPOSED);
  g_autoptr (PhModel) remembering = make_model (conv_text, PH_UNPOOL_MAX);
  g_autoptr (PhModel) classifier =
      make_model ("input 3 8 8\nconv 3 3x3\nglobalpool\nclasses", PH_UNPOOL_NEAREST);
  g_autoptr (PhGraph) decoder = NULL;
  g_autoptr (GError) error = NULL;
  PhAutoencoder parts;
  PhShape input = PH_SHAPE (1, 3, 8, 8);
  float x[192], code[10], whole[192], halves[192];

  g_assert_false (ph_autoencoder_find (classifier, &parts));
  g_assert_true (ph_autoencoder_find (model, &parts));
  g_assert_cmpuint (parts.size, ==, 10);
  decoder = ph_autoencoder_copy_decoder (model, &parts, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 192; i++)
    x[i] = (float)g_test_rand_double ();
  run_graph (ph_model_get_graph (model), &input, x, parts.code, code);
  run_graph (ph_model_get_graph (model), &input, x, parts.picture, whole);
  run_graph (decoder, &parts.shape, code, ph_graph_find_value (decoder, "reconstruction"), halves);
  for (guint i = 0; i < 192; i++)
    g_assert_cmpfloat_with_epsilon (halves[i], whole[i], 1e-6);

  g_assert_true (ph_autoencoder_find (remembering, &parts));
  g_assert_null (ph_autoencoder_copy_decoder (remembering, &parts, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_MODEL_INVALID);
}

/* What is spoiled is what goes in; the share of spoiled pixels is the level. */
static void
test_corruption (void)
{
  const gsize n = 64 * 64;
  g_autofree float *image = g_new (float, 3 * n);

  for (int kind = PH_CORRUPTION_GAUSSIAN; kind <= PH_CORRUPTION_MASKING; kind++)
    {
      PhCorruption corruption = { kind, 0.25, FALSE };
      double squares = 0;
      guint n_black = 0, n_white = 0;
      PhRng rng;

      for (gsize i = 0; i < 3 * n; i++)
        image[i] = 0.5f;
      ph_rng_init (&rng, 1, (guint64)kind);
      ph_corrupt (&corruption, 3, n, image, &rng);
      for (gsize i = 0; i < n; i++)
        {
          squares += ((double)image[i] - 0.5) * ((double)image[i] - 0.5);
          n_black += image[i] == 0 && image[n + i] == 0 && image[2 * n + i] == 0;
          n_white += image[i] == 1 && image[n + i] == 1 && image[2 * n + i] == 1;
          g_assert_true (image[i] >= 0 && image[i] <= 1);
        }
      if (kind == PH_CORRUPTION_GAUSSIAN)
        g_assert_cmpfloat_with_epsilon (sqrt (squares / n), 0.25, 0.02); /* some is cut */
      else
        {
          gboolean salt = kind == PH_CORRUPTION_SALT_AND_PEPPER;

          g_assert_cmpfloat_with_epsilon ((double)n_black / n, salt ? 0.125 : 0.25, 0.03);
          g_assert_cmpfloat_with_epsilon ((double)n_white / n, salt ? 0.125 : 0, 0.03);
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/autoencoder/golden", test_golden);
  g_test_add_func ("/autoencoder/linear", test_linear);
  g_test_add_func ("/autoencoder/resume", test_resume);
  g_test_add_func ("/autoencoder/go-on", test_go_on);
  g_test_add_func ("/autoencoder/halves", test_halves);
  g_test_add_func ("/autoencoder/corruption", test_corruption);
  return g_test_run ();
}
