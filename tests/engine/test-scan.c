/* What a scan stores against a recomputation by sorting, and scans that are interrupted, shared,
 * continued and read while they run. */

#include "engine/engine.h"
#include "engine/study/tally.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "../support/tiny-network.h"

#define N_IMAGES 61
#define HEIGHT 20
#define WIDTH 28

static char *scratch;

static void
remove_folder (const char *folder)
{
  const char *argv[] = { "rm", "-rf", folder, NULL };

  g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
}

/* Writes picture @i. Each fifth is a copy of the one two before: equal content and equal values. */
static void
write_picture (const char *folder, guint i)
{
  static const char *const classes[] = { "ant", "bee", "cat" };
  g_autofree char *name = g_strdup_printf ("%03u.png", i);
  g_autofree char *path = g_build_filename (folder, classes[i % 3], name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autoptr (PhImage) image = ph_image_new (3, HEIGHT, WIDTH, NULL);
  PhRng rng;

  ph_rng_init (&rng, i % 5 == 4 ? i - 2 : i, 1);
  for (gsize j = 0; j < ph_image_n_values (image); j++)
    image->data[j] = (float)ph_rng_uniform (&rng, 0, 1);
  g_mkdir_with_parents (parent, 0700);
  g_assert_true (ph_png_save_image (path, image, NULL, NULL));
}

static char *
make_pictures (const char *name, guint n)
{
  char *folder = g_build_filename (scratch, name, NULL);

  for (guint i = 0; i < n; i++)
    write_picture (folder, i);
  return folder;
}

static PhDataset *
open_pictures (const char *folder)
{
  g_autoptr (GError) error = NULL;
  PhDataset *dataset = ph_dataset_open (folder, NULL, &error);

  g_assert_no_error (error);
  return dataset;
}

static void
scan (PhModel *model, PhDataset *dataset, PhScanResult *result, const PhMonitor *monitor)
{
  g_autoptr (GError) error = NULL;

  ph_scan_run (model, dataset, NULL, FALSE, 0, 0, NULL, result, monitor, NULL, &error);
  g_assert_no_error (error);
}

/* One unit's value and place for every image, computed one by one. @moments: (nullable): three
 * zeros, to which mean, mean square and share of zeros are added */
static PhExample *
compute_all (PhModel *model, PhDataset *dataset, const PhUnit *unit, gboolean lowest,
             double *moments)
{
  const PhPreprocess *p = ph_model_get_preprocess (model);
  guint n = ph_dataset_get_n_items (dataset);
  int value = ph_unit_get_value (model, unit);
  PhShape shape = ph_model_input_shape (model, 1, HEIGHT, WIDTH);
  g_autoptr (PhPlan) plan =
      ph_plan_new_for_image (ph_model_get_graph (model), &shape, &value, 1, FALSE, NULL);
  g_autoptr (PhRun) run = ph_run_new (plan, NULL);
  PhExample *all = g_new0 (PhExample, n);
  PhRegion region;

  g_assert_true (
      ph_unit_locate (model, unit, &ph_plan_get_spec (plan, value)->shape, &region, NULL));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (PhImage) image = ph_dataset_load (dataset, i, 0, NULL);
      g_autoptr (PhImage) input = ph_preprocess_fit (p, image, FALSE, NULL);
      g_autoptr (GBytes) bytes = ph_dataset_read (dataset, i, NULL);
      const float *values;
      float high = -INFINITY, low = INFINITY;
      guint at_high = 0, at_low = 0;

      ph_preprocess_apply (p, 1, HEIGHT, WIDTH, input->data, ph_run_get_input (run, 0));
      g_assert_true (ph_run_forward (run, NULL, NULL));
      values = ph_run_get_value (run, value);
      for (guint j = 0; j < region.count; j++)
        {
          float v = values[region.offset + j * region.stride];

          if (v > high)
            {
              high = v;
              at_high = j;
            }
          if (v < low)
            {
              low = v;
              at_low = j;
            }
        }
      all[i] = (PhExample){ lowest ? low : high, high, i, lowest ? at_low : at_high,
                            ph_dataset_digest (bytes) };
      for (guint j = 0; moments != NULL && j < region.count; j++)
        {
          double v = values[region.offset + j * region.stride];

          moments[0] += v / region.count / n;
          moments[1] += v * v / region.count / n;
          moments[2] += (v == 0) / (double)region.count / n;
        }
    }
  return all;
}

static int
compare_highest (gconstpointer a, gconstpointer b)
{
  const PhExample *x = a, *y = b;

  if (x->value != y->value)
    return x->value > y->value ? -1 : 1;
  return (int)x->image - (int)y->image;
}

static int
compare_lowest (gconstpointer a, gconstpointer b)
{
  const PhExample *x = a, *y = b;

  if (x->value != y->value)
    return x->value < y->value ? -1 : 1;
  if (x->tie != y->tie)
    return x->tie < y->tie ? -1 : 1;
  return (int)x->image - (int)y->image;
}

/* Leaves the first of each content. Returns: how many are left. */
static guint
keep_distinct (PhExample *all, guint n)
{
  guint kept = 0;

  for (guint i = 0; i < n; i++)
    {
      gboolean seen = FALSE;

      for (guint j = 0; j < kept; j++)
        seen |= all[j].digest == all[i].digest;
      if (!seen)
        all[kept++] = all[i];
    }
  return kept;
}

static void
assert_list (const PhExample *found, guint n_found, const PhExample *expected, guint n, guint most)
{
  g_assert_cmpuint (n_found, ==, MIN (n, most));
  for (guint i = 0; i < n_found; i++)
    {
      g_assert_cmpuint (found[i].image, ==, expected[i].image);
      g_assert_cmpfloat (found[i].value, ==, expected[i].value);
      g_assert_cmpuint (found[i].position, ==, expected[i].position);
    }
}

static void
check_unit (PhModel *model, PhDataset *dataset, const char *name)
{
  g_autofree char *folder = ph_store_dup_folder (model, ph_dataset_get_identity (dataset));
  g_autofree PhExample *highest = NULL;
  g_autofree PhExample *lowest = NULL;
  g_autofree double *sums = g_new0 (double, 3);
  g_autofree guint *counts = g_new0 (guint, 3);
  g_autoptr (PhStore) store = NULL;
  g_autoptr (PhUnitStudy) study = NULL;
  g_autoptr (GError) error = NULL;
  guint n = ph_dataset_get_n_items (dataset), in_bins = 0;
  double moments[3] = { 0 };
  PhUnit unit;

  g_assert_true (ph_unit_parse (model, name, &unit, &error));
  store = ph_store_find (folder, ph_target_for_unit (model, &unit),
                         unit.kind == PH_UNIT_NEURON ? (guint[]){ unit.row, unit.column } : NULL);
  g_assert_nonnull (store);
  study = ph_store_read_unit (store, ph_target_for_unit (model, &unit), unit.channel, &error);
  g_assert_no_error (error);

  highest = compute_all (model, dataset, &unit, FALSE, moments);
  lowest = compute_all (model, dataset, &unit, TRUE, NULL);
  g_assert_cmpfloat_with_epsilon (study->mean, moments[0], 1e-5);
  g_assert_cmpfloat_with_epsilon (study->spread * study->spread + study->mean * study->mean,
                                  moments[1], 1e-4);
  g_assert_cmpfloat_with_epsilon (study->zeros, moments[2], 1e-9);
  if (unit.kind == PH_UNIT_NEURON)
    for (guint i = 0; i < n; i++)
      highest[i].position = lowest[i].position = unit.row * study->columns + unit.column;
  for (guint i = 0; i < n; i++)
    {
      int label = ph_dataset_get_label (dataset, i);

      sums[label] += highest[i].value;
      counts[label]++;
    }
  for (guint i = 0; i < PH_N_BINS; i++)
    {
      guint expected = 0;

      for (guint j = 0; j < n; j++)
        expected += highest[j].value >= ph_histogram_edge (&study->histogram, i) &&
                    highest[j].value < ph_histogram_edge (&study->histogram, i + 1);
      g_assert_cmpuint (study->histogram.count[i], ==, expected);
      in_bins += expected;
    }
  g_assert_cmpuint (in_bins, ==, n);
  g_assert_cmpuint (study->n_images, ==, n);
  g_assert_cmpuint (study->n_classes, ==, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpfloat_with_epsilon (study->classes[i].mean,
                                    sums[study->classes[i].label] / counts[study->classes[i].label],
                                    1e-5);

  /* Fewer than the sample holds: all distinct images are in it. */
  qsort (highest, n, sizeof *highest, compare_highest);
  qsort (lowest, n, sizeof *lowest, compare_lowest);

  guint n_distinct = keep_distinct (highest, n);

  assert_list (study->examples.highest, study->examples.n_highest, highest, n_distinct,
               PH_N_HIGHEST);
  assert_list (study->examples.lowest, study->examples.n_lowest, lowest, keep_distinct (lowest, n),
               PH_N_LOWEST);
  g_assert_cmpuint (study->n_sample, ==, n_distinct);
  for (guint i = 0; i < n_distinct; i++)
    g_assert_cmpfloat (study->sample[i].value, ==, highest[n_distinct - 1 - i].value);
}

static void
test_brute_force (void)
{
  static const char *const units[] = { "relu1:0", "conv1:5", "pool1:3",
                                       "relu2:9", "class:1", "logits:4" };
  g_autofree char *folder = make_pictures ("brute", N_IMAGES);
  g_autoptr (PhModel) model = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  g_autoptr (PhDataset) dataset = open_pictures (folder);
  PhScanResult result;

  scan (model, dataset, &result, NULL);
  g_assert_cmpuint (result.n_scanned, ==, N_IMAGES);
  g_assert_cmpuint (result.n_failed, ==, 0);
  g_free (result.path);
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    {
      /* A convolution is stored as what its relu makes of it. */
      g_autofree char *name =
          g_str_has_prefix (units[i], "conv") ? g_strdup ("relu1:5") : g_strdup (units[i]);

      check_unit (model, dataset, name);
    }
  remove_folder (folder);
}

static void
test_neurons (void)
{
  g_autofree char *folder = make_pictures ("neurons", N_IMAGES);
  g_autoptr (PhModel) model = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  g_autoptr (PhDataset) dataset = open_pictures (folder);
  g_autoptr (GError) error = NULL;
  const char *layers[] = { "relu2", "conv2", NULL };
  PhScanResult result;

  ph_scan_run (model, dataset, layers, TRUE, 3, 7, NULL, &result, NULL, NULL, &error);
  g_assert_no_error (error);
  g_free (result.path);
  check_unit (model, dataset, "relu2:4:3,7");
  g_assert_false (
      ph_scan_run (model, dataset, layers, TRUE, 300, 7, NULL, &result, NULL, NULL, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_NO_SUCH_UNIT);
  remove_folder (folder);
}

/* All that a store says, as text. */
static char *
dump (const char *path, PhModel *model)
{
  g_autoptr (PhStore) store = ph_store_open (path, FALSE, NULL);
  g_autoptr (PhTargets) targets = ph_targets_new (model, NULL, FALSE, 0, 0, NULL);
  GString *text = g_string_new (NULL);
  PhProgress progress;

  g_assert_nonnull (store);
  g_assert_true (ph_store_get_progress (store, &progress, NULL));
  g_string_append_printf (text, "%u %u %u\n", progress.n, progress.done, progress.failed);
  for (guint t = 0; t < targets->targets->len; t++)
    {
      const PhTarget *target = targets->targets->pdata[t];

      for (guint c = 0; c < target->n_channels; c++)
        {
          g_autoptr (PhUnitStudy) s = ph_store_read_unit (store, target->name, c, NULL);

          g_string_append_printf (text, "%s %u: %u %a %a %a %a\n", target->name, c, s->n_images,
                                  s->peak, s->mean, s->spread, s->zeros);
          for (guint i = 0; i < s->examples.n_highest; i++)
            g_string_append_printf (text, " %u:%a:%u", s->examples.highest[i].image,
                                    s->examples.highest[i].value, s->examples.highest[i].position);
          for (guint i = 0; i < s->examples.n_lowest; i++)
            g_string_append_printf (text, " -%u:%a:%u", s->examples.lowest[i].image,
                                    s->examples.lowest[i].value, s->examples.lowest[i].position);
          for (guint i = 0; i < s->n_sample; i++)
            g_string_append_printf (text, " ~%u:%a", s->sample[i].image, s->sample[i].value);
          for (guint i = 0; i < s->n_classes; i++)
            g_string_append_printf (text, " %u=%a", s->classes[i].label, s->classes[i].mean);
          for (guint i = 0; i < PH_N_BINS; i++)
            if (s->histogram.count[i] > 0)
              g_string_append_printf (text, " [%u]%u", i, s->histogram.count[i]);
          g_string_append_c (text, '\n');
        }
    }
  return g_string_free (text, FALSE);
}

static gboolean
stop_at_once (gpointer data)
{
  return --*(int *)data < 0;
}

/* Stopped after every batch, a scan comes to the same end. */
static void
test_goes_on (void)
{
  g_autofree char *folder = make_pictures ("goes-on", N_IMAGES);
  g_autoptr (PhModel) model = ph_tiny_network_new (PH_TINY_RELU_MEAN);
  g_autoptr (PhDataset) dataset = open_pictures (folder);
  g_autofree char *whole = NULL;
  g_autofree char *pieces = NULL;
  PhScanResult result;
  guint n_runs = 0;

  scan (model, dataset, &result, NULL);
  whole = dump (result.path, model);
  g_unlink (result.path);
  for (gboolean done = FALSE; !done; n_runs++)
    {
      int left = 1;
      PhMonitor monitor = { .should_stop = stop_at_once, .data = &left };

      g_free (result.path);
      scan (model, dataset, &result, &monitor);
      done = result.n_done == result.n_images;
      g_assert_cmpuint (n_runs, <, 20);
    }
  g_assert_cmpuint (n_runs, >, 2);
  pieces = dump (result.path, model);
  g_assert_cmpstr (whole, ==, pieces);
  g_free (result.path);
  remove_folder (folder);
}

/* New images are scanned alone, broken ones listed, changed ones noticed. */
static void
test_changes (void)
{
  g_autofree char *folder = make_pictures ("changes", 20);
  g_autofree char *broken = g_build_filename (folder, "bee", "0broken.png", NULL);
  g_autofree char *changed = g_build_filename (folder, "ant", "000.png", NULL);
  g_autofree char *other = g_build_filename (folder, "ant", "003.png", NULL);
  g_autofree char *content = NULL;
  g_autofree char *path = NULL;
  g_autoptr (PhModel) model = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  g_autoptr (PhStore) store = NULL;
  g_autoptr (GPtrArray) failures = NULL;
  gsize size;
  PhScanResult result;

  g_assert_true (g_file_set_contents (broken, "no picture", -1, NULL));
  for (guint turn = 0; turn < 5; turn++)
    {
      static const guint scanned[] = { 21, 0, 3, 0, 24 };
      g_autoptr (PhDataset) dataset = NULL;

      if (turn == 2)
        for (guint i = 20; i < 23; i++)
          write_picture (folder, i);
      if (turn == 3) /* the same again, later */
        write_picture (folder, 0);
      if (turn == 4)
        {
          g_assert_true (g_file_get_contents (other, &content, &size, NULL));
          g_assert_true (g_file_set_contents (changed, content, (gssize)size, NULL));
        }
      dataset = open_pictures (folder);
      scan (model, dataset, &result, NULL);
      g_assert_cmpuint (result.n_scanned, ==, scanned[turn]);
      g_assert_cmpuint (result.n_failed, ==, 1);
      g_assert_cmpint (result.anew, ==, turn == 4);
      g_assert_cmpuint (result.n_done, ==, result.n_images);
      g_free (path);
      path = result.path;
    }
  store = ph_store_open (path, FALSE, NULL);
  failures = ph_store_list_failures (store, 10, NULL);
  g_assert_cmpuint (failures->len, ==, 1);
  g_assert_nonnull (strstr (failures->pdata[0], "0broken.png"));
  remove_folder (folder);
}

typedef struct
{
  char *path;
  guint n_read;
} Reading;

/* Two readers look whenever the scan reports progress. */
static void
read_along (double fraction, const char *message, gpointer data)
{
  Reading *reading = data;

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (PhStore) store = ph_store_open (reading->path, FALSE, NULL);
      g_autoptr (PhUnitStudy) study =
          store != NULL ? ph_store_read_unit (store, "relu1", 2, NULL) : NULL;
      PhProgress progress;

      if (study == NULL || !ph_store_get_progress (store, &progress, NULL))
        continue;
      g_assert_cmpuint (study->n_images, ==, progress.done);
      reading->n_read++;
    }
}

static void
test_read_while_writing (void)
{
  g_autofree char *folder = make_pictures ("readers", 50);
  g_autoptr (PhModel) model = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  g_autoptr (PhDataset) dataset = open_pictures (folder);
  g_autoptr (PhTargets) targets = ph_targets_new (model, NULL, FALSE, 0, 0, NULL);
  Reading reading = { ph_store_dup_path (model, ph_dataset_get_identity (dataset), targets), 0 };
  PhMonitor monitor = { .progress = read_along, .data = &reading };
  PhScanResult result;

  scan (model, dataset, &result, &monitor);
  g_assert_cmpstr (result.path, ==, reading.path);
  g_assert_cmpuint (reading.n_read, >, 2);
  g_free (reading.path);
  g_free (result.path);
  remove_folder (folder);
}

/* Parts joined in any order are the whole, whatever the numbers. */
static void
test_join (void)
{
  enum
  {
    N = 500
  };
  g_autofree PhExamples *whole = g_new0 (PhExamples, 1);
  g_autofree PhExamples *parts = g_new0 (PhExamples, 3);
  g_autofree PhHistogram *histogram = g_new0 (PhHistogram, 4);
  g_autofree PhSample *sample = g_new0 (PhSample, 2);
  PhExactSum sums[4] = { 0 };

  for (guint i = 0; i < N; i++)
    {
      /* Few values, so that there are ties, and contents that come again. */
      guint64 digest = (guint64)g_test_rand_int_range (0, N);
      float value = (float)(int)(digest % 37) - 10, tie = (float)(digest % 5);
      PhExample example = { value, tie, i, i % 7, digest };
      guint part = (guint)g_test_rand_int_range (0, 3);
      double number = g_test_rand_double_range (-1e3, 1e6);

      ph_examples_add_highest (whole, &example);
      ph_examples_add_lowest (whole, &example);
      ph_examples_add_highest (&parts[part], &example);
      ph_examples_add_lowest (&parts[part], &example);
      ph_histogram_add (&histogram[3], (float)number);
      ph_histogram_add (&histogram[part], (float)number);
      sums[3] += ph_exact (number);
      sums[part] += ph_exact (number);
      ph_sample_offer (&sample[0], digest, i);
    }
  ph_examples_join (&parts[2], &parts[0]);
  ph_examples_join (&parts[2], &parts[1]);
  g_assert_cmpmem (whole, sizeof *whole, &parts[2], sizeof *parts);
  ph_histogram_join (&histogram[1], &histogram[2]);
  ph_histogram_join (&histogram[1], &histogram[0]);
  g_assert_cmpmem (&histogram[3], sizeof *histogram, &histogram[1], sizeof *histogram);
  g_assert_true (sums[0] + sums[1] + sums[2] == sums[3]);
  g_assert_cmpuint (sample[0].n, ==, PH_N_SAMPLE);
}

static void
test_exact (void)
{
  g_assert_cmpfloat (ph_exact_to_double (ph_exact (0.25)), ==, 0.25);
  g_assert_cmpfloat (ph_exact_to_double (ph_exact (-3e7)), ==, -3e7);
  g_assert_cmpfloat_with_epsilon (ph_exact_to_double (ph_exact (1e-3)), 1e-3, 1e-12);
  g_assert_cmpfloat (ph_exact_to_double (ph_exact (1e30)), ==, 0x1p62);
}

/* A histogram holds what it was given, from tiny to huge. */
static void
test_histogram (void)
{
  static const float values[] = { 1e-20f, -3, 0, 0.5f, 1e10f, -1e12f, 3e38f };
  PhHistogram histogram = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      guint n = 0;

      ph_histogram_add (&histogram, values[i]);
      for (guint j = 0; j < PH_N_BINS; j++)
        n += histogram.count[j];
      g_assert_cmpuint (n, ==, i + 1);
      g_assert_cmpuint (histogram.n, ==, i + 1);
    }
}

int
main (int argc, char *argv[])
{
  g_autofree char *cache = NULL;
  int result;

  scratch = g_dir_make_tmp ("phosphene-scan-XXXXXX", NULL);
  cache = g_build_filename (scratch, "cache", NULL);
  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scan/brute-force", test_brute_force);
  g_test_add_func ("/scan/neurons", test_neurons);
  g_test_add_func ("/scan/goes-on", test_goes_on);
  g_test_add_func ("/scan/changes", test_changes);
  g_test_add_func ("/scan/read-while-writing", test_read_while_writing);
  g_test_add_func ("/scan/join", test_join);
  g_test_add_func ("/scan/exact", test_exact);
  g_test_add_func ("/scan/histogram", test_histogram);
  result = g_test_run ();
  remove_folder (scratch);
  g_free (scratch);
  return result;
}
