/* Two networks side by side: likeness of layers against NumPy's numbers, what changed in networks
 * that were changed on purpose, and comparisons that are interrupted. */

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "engine/engine.h"
#include "engine/study/compare-pairs.h"

#include "../support/tiny-network.h"

#define N_IMAGES 41

static char *scratch;
static PhDataset *pictures;

static double
real (JsonObject *object, const char *name, guint i)
{
  return json_array_get_double_element (json_object_get_array_member (object, name), i);
}

static float *
read_floats (JsonObject *object, const char *name, gsize n)
{
  float *x = g_new (float, n);

  for (guint i = 0; i < n; i++)
    x[i] = (float)real (object, name, i);
  return x;
}

static void
test_golden (void)
{
  g_autofree char *path =
      g_build_filename (g_getenv ("PHOSPHENE_SOURCE"), "tests", "golden", "similarity.json", NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  JsonArray *cases;

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  cases =
      json_object_get_array_member (json_node_get_object (json_parser_get_root (parser)), "cases");
  g_assert_cmpuint (json_array_get_length (cases), ==, 3);
  for (guint k = 0; k < json_array_get_length (cases); k++)
    {
      JsonObject *c = json_array_get_object_element (cases, k);
      gsize n = (gsize)json_object_get_int_member (c, "n");
      gsize c_x = (gsize)json_object_get_int_member (c, "c_x");
      gsize c_y = (gsize)json_object_get_int_member (c, "c_y");
      guint n_classes = (guint)json_object_get_int_member (c, "classes");
      g_autofree float *x = read_floats (c, "x", n * c_x), *y = read_floats (c, "y", n * c_y);
      g_autofree int *labels = g_new (int, n);
      g_autoptr (PhSvd) a = ph_svd_new (x, n, c_x, NULL);
      g_autoptr (PhSvd) b = ph_svd_new (y, n, c_y, NULL);
      double plain;

      for (guint i = 0; i < n; i++)
        labels[i] = (int)real (c, "labels", i);
      g_assert_cmpfloat_with_epsilon (ph_cka (n, x, c_x, y, c_y, &plain),
                                      json_object_get_double_member (c, "cka"), 1e-5);
      g_assert_cmpfloat_with_epsilon (plain, json_object_get_double_member (c, "plain"), 1e-5);
      g_assert_cmpfloat_with_epsilon (
          ph_svcca (a, b, json_object_get_double_member (c, "variance")),
          json_object_get_double_member (c, "svcca"), 1e-5);
      g_assert_cmpfloat_with_epsilon (ph_linear_probe (a, labels, n_classes),
                                      json_object_get_double_member (c, "probe_x"), 1e-9);
      g_assert_cmpfloat_with_epsilon (ph_linear_probe (b, labels, n_classes),
                                      json_object_get_double_member (c, "probe_y"), 1e-9);
    }
}

/* U S has the inner products of X, and the columns of U are orthogonal. */
static void
check_svd (gsize n, gsize c, gsize rank)
{
  g_autofree float *x = g_new0 (float, n *c);
  g_autoptr (PhSvd) svd = NULL;
  PhRng rng;

  ph_rng_init (&rng, n * 100 + c, 0);
  for (gsize k = 0; k < rank; k++)
    {
      g_autofree double *row = g_new (double, c);

      for (gsize j = 0; j < c; j++)
        row[j] = ph_rng_normal (&rng);
      for (gsize i = 0; i < n; i++)
        {
          double factor = ph_rng_normal (&rng);

          for (gsize j = 0; j < c; j++)
            x[i * c + j] += (float)(factor * row[j]);
        }
    }
  svd = ph_svd_new (x, n, c, NULL);
  g_assert_nonnull (svd);
  g_assert_cmpuint (svd->rank, ==, rank);
  for (gsize i = 0; i < n; i++)
    for (gsize k = 0; k < n; k++)
      {
        double expected = 0, found = 0;

        for (gsize j = 0; j < c; j++)
          expected += (double)x[i * c + j] * x[k * c + j];
        for (gsize j = 0; j < rank; j++)
          found += svd->u[i * rank + j] * svd->u[k * rank + j] * svd->s[j] * svd->s[j];
        g_assert_cmpfloat_with_epsilon (found, expected, 1e-5);
      }
  for (gsize j = 1; j < rank; j++)
    g_assert_cmpfloat (svd->s[j], <=, svd->s[j - 1]);
}

static void
test_svd (void)
{
  g_autoptr (GError) error = NULL;
  float bad[4] = { 1, 2, NAN, 4 };

  check_svd (9, 5, 5);
  check_svd (5, 9, 5);
  check_svd (11, 6, 3);
  check_svd (6, 11, 3);
  check_svd (7, 4, 0);
  g_assert_null (ph_svd_new (bad, 2, 2, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_DIVERGED);
}

static void
make_pictures (const char *folder)
{
  static const char *const classes[] = { "ant", "bee", "cat" };

  for (guint i = 0; i < N_IMAGES; i++)
    {
      g_autofree char *name = g_strdup_printf ("%03u.png", i);
      g_autofree char *path = g_build_filename (folder, classes[i % 3], name, NULL);
      g_autofree char *parent = g_path_get_dirname (path);
      g_autoptr (PhImage) image = ph_image_new (3, 20, 28, NULL);
      PhRng rng;

      ph_rng_init (&rng, i, 1);
      /* Each class has its colour. */
      for (gsize j = 0; j < ph_image_n_values (image); j++)
        image->data[j] = (float)ph_rng_uniform (&rng, 0, j / 560 == i % 3 ? 1 : 0.4);
      g_assert_true (ph_folder_make (parent, 0700, NULL));
      g_assert_true (ph_png_save_image (path, image, NULL, NULL));
    }
}

/* A network with other weights: @change is told the private copy. */
static PhModel *
changed_network (const char *digest, void (*change) (PhWeights *weights))
{
  const char *const labels[] = { "ant", "bee", "cat, house cat", "dog", "eel", NULL };
  g_autoptr (PhModel) model = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  g_autoptr (GError) error = NULL;
  g_autoptr (PhWeights) weights = ph_weights_new (ph_model_get_graph (model), &error);
  g_autoptr (PhGraph) graph = NULL;
  PhModel *result;

  change (weights);
  graph = ph_weights_publish (weights, &error);
  g_assert_no_error (error);
  result = ph_model_new ("changed", NULL, digest, graph, ph_model_get_preprocess (model), labels,
                         NULL, &error);
  g_assert_no_error (error);
  return result;
}

static PhComparison *
compare (PhModel *a, PhModel *b, PhDataset *dataset, const PhMonitor *monitor)
{
  PhModel *const models[2] = { a, b };
  g_autoptr (GError) error = NULL;
  PhCompareSettings settings;
  PhComparison *comparison;

  ph_settings_init (ph_compare_settings, &settings);
  comparison = ph_compare_run (models, dataset, &settings, monitor, NULL, &error);
  g_assert_no_error (error);
  return comparison;
}

static const PhLayerChange *
layer_named (const PhComparison *comparison, const char *name)
{
  for (guint i = 0; i < comparison->layers->len; i++)
    if (g_str_equal (((PhLayerChange *)comparison->layers->pdata[i])->name[0], name))
      return comparison->layers->pdata[i];
  g_assert_not_reached ();
}

static PhVerdict
verdict_of (const PhLayerChange *layer, guint i)
{
  PhCompareSettings settings;

  ph_settings_init (ph_compare_settings, &settings);
  return ph_unit_verdict (layer, i, &settings);
}

static void
change_nothing (PhWeights *weights)
{
}

static void
test_identical (void)
{
  g_autoptr (PhModel) a = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  g_autoptr (PhModel) b = changed_network ("same", change_nothing);
  g_autoptr (PhComparison) comparison = compare (a, b, pictures, NULL);
  guint n_weighted = 0;

  g_assert_cmpuint (comparison->n_images, ==, N_IMAGES);
  g_assert_cmpuint (comparison->alone[0]->len, ==, 0);
  g_assert_cmpuint (comparison->alone[1]->len, ==, 0);
  for (guint l = 0; l < comparison->layers->len; l++)
    {
      const PhLayerChange *layer = comparison->layers->pdata[l];

      g_assert_true (layer->by_name);
      n_weighted += layer->measure[PH_LAYER_WEIGHTS] == 0;
      g_assert_cmpfloat_with_epsilon (layer->measure[PH_LAYER_CKA], 1, 1e-5);
      g_assert_cmpfloat_with_epsilon (layer->measure[PH_LAYER_CKA_PLAIN], 1, 1e-5);
      g_assert_cmpfloat_with_epsilon (layer->measure[PH_LAYER_SVCCA], 1, 1e-5);
      g_assert_cmpfloat (layer->measure[PH_LAYER_PROBE_A], ==, layer->measure[PH_LAYER_PROBE_B]);
      /* The classes are colours, which all layers tell apart. */
      g_assert_cmpfloat (layer->measure[PH_LAYER_PROBE_A], >, 0.8);
      for (guint i = 0; i < layer->n_units; i++)
        {
          const PhUnitChange *unit = &layer->units[i];

          if (verdict_of (layer, i) == PH_VERDICT_SILENT)
            continue;
          g_assert_cmpint (verdict_of (layer, i), ==, PH_VERDICT_KEPT);
          g_assert_cmpfloat_with_epsilon (unit->measure[PH_UNIT_CORRELATION], 1, 1e-6);
          g_assert_cmpfloat (unit->measure[PH_UNIT_OVERLAP], ==, 1);
          g_assert_cmpfloat (unit->measure[PH_UNIT_SELECTIVITY], ==, 0);
          g_assert_cmpint (unit->favourite[0], ==, unit->favourite[1]);
          g_assert_cmpint (unit->favourite[0], >=, 0);
        }
    }
  g_assert_cmpuint (n_weighted, ==, comparison->layers->len);
}

static void
silence_a_unit (PhWeights *weights)
{
  PhWeight *w = ph_weights_find (weights, "conv2/weight");

  memset (w->data + 3 * 54, 0, 54 * sizeof (float));
  ph_weights_find (weights, "conv2/bias")->data[3] = -1;
}

static void
test_born_and_died (void)
{
  g_autoptr (PhModel) a = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  g_autoptr (PhModel) b = changed_network ("silenced", silence_a_unit);
  g_autoptr (PhComparison) there = compare (a, b, pictures, NULL);
  g_autoptr (PhComparison) back = compare (b, a, pictures, NULL);
  g_autoptr (PhComparison) both = compare (b, b, pictures, NULL);
  const PhLayerChange *layer = layer_named (there, "relu2");

  g_assert_cmpint (verdict_of (layer, 3), ==, PH_VERDICT_DIED);
  g_assert_cmpint (verdict_of (layer_named (back, "relu2"), 3), ==, PH_VERDICT_BORN);
  g_assert_cmpint (verdict_of (layer_named (both, "relu2"), 3), ==, PH_VERDICT_SILENT);
  g_assert_true (isnan (layer->units[3].measure[PH_UNIT_CORRELATION]));
  /* All others are as they were. */
  for (guint i = 0; i < layer->n_units; i++)
    if (i != 3)
      {
        g_assert_cmpfloat (layer->units[i].measure[PH_UNIT_WEIGHTS], ==, 0);
        g_assert_cmpint (verdict_of (layer, i), !=, PH_VERDICT_DIED);
      }
  g_assert_cmpfloat (layer->measure[PH_LAYER_CKA], <, 1);
}

static void
swap (float *a, float *b, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      float value = a[i];

      a[i] = b[i];
      b[i] = value;
    }
}

/* Units 0 and 4 of conv1 change places, and who reads them knows. */
static void
permute (PhWeights *weights)
{
  float *filters = ph_weights_find (weights, "conv1/weight")->data;
  float *bias = ph_weights_find (weights, "conv1/bias")->data;
  float *next = ph_weights_find (weights, "conv2/weight")->data;

  swap (filters, filters + 4 * 27, 27);
  swap (bias, bias + 4, 1);
  for (guint k = 0; k < 10; k++)
    swap (next + k * 54, next + k * 54 + 4 * 9, 9);
}

static void
test_permuted (void)
{
  g_autoptr (PhModel) a = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  g_autoptr (PhModel) b = changed_network ("permuted", permute);
  g_autoptr (PhComparison) comparison = compare (a, b, pictures, NULL);
  const PhLayerChange *layer = layer_named (comparison, "relu1");
  const PhLayerChange *after = layer_named (comparison, "relu2");
  g_autoptr (GArray) ranked = NULL;
  const PhUnitChange *x = &layer->units[0], *y = &layer->units[4];
  PhCompareSettings settings;

  /* Layers are alike whatever the order of their units; units are not. */
  g_assert_cmpfloat_with_epsilon (layer->measure[PH_LAYER_CKA], 1, 1e-4);
  g_assert_cmpfloat_with_epsilon (layer->measure[PH_LAYER_SVCCA], 1, 1e-4);
  g_assert_cmpfloat (layer->measure[PH_LAYER_WEIGHTS], >, 0.1);
  g_assert_cmpfloat (x->measure[PH_UNIT_CORRELATION], <, 0.99);
  g_assert_cmpfloat_with_epsilon (x->spread[0], y->spread[1], 1e-6);
  g_assert_cmpfloat_with_epsilon (x->selectivity[0], y->selectivity[1], 1e-6);
  for (guint i = 0; i < after->n_units; i++)
    if (verdict_of (after, i) != PH_VERDICT_SILENT)
      g_assert_cmpfloat_with_epsilon (after->units[i].measure[PH_UNIT_CORRELATION], 1, 1e-4);

  /* The two come first, by either measure, and thresholds decide what they are called. */
  ph_settings_init (ph_compare_settings, &settings);
  for (PhUnitMeasure measure = PH_UNIT_WEIGHTS; measure <= PH_UNIT_CORRELATION; measure++)
    {
      g_clear_pointer (&ranked, g_array_unref);
      ranked = ph_comparison_rank (comparison, layer, measure, PH_VERDICT_UNKNOWN, &settings);
      for (guint i = 0; i < 2; i++)
        g_assert_cmpuint (g_array_index (ranked, PhRankedUnit, i).i % 4, ==, 0);
    }
  settings.kept = 1;
  settings.overlap = 1;
  g_assert_cmpint (ph_unit_verdict (layer, 0, &settings), ==, PH_VERDICT_REPURPOSED);
  settings.overlap = 0;
  g_assert_cmpint (ph_unit_verdict (layer, 0, &settings), ==, PH_VERDICT_KEPT);
}

static void
scale (PhWeights *weights)
{
  float *w = ph_weights_find (weights, "conv2/weight")->data;

  for (guint i = 0; i < 54; i++)
    w[5 * 54 + i] *= 1.5f;
  ph_weights_find (weights, "conv2/bias")->data[5] *= 1.5f;
}

static void
test_weights (void)
{
  g_autoptr (PhModel) a = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  g_autoptr (PhModel) b = changed_network ("scaled", scale);
  g_autoptr (PhComparison) comparison = compare (a, b, NULL, NULL);
  const PhLayerChange *layer = layer_named (comparison, "relu2");
  g_autoptr (PhWeights) weights = ph_weights_new (ph_model_get_graph (a), NULL);
  const PhWeight *w = ph_weights_find (weights, "conv2/weight");
  const PhWeight *bias = ph_weights_find (weights, "conv2/bias");
  double own = bias->data[5] * bias->data[5], all = 0;

  for (guint i = 0; i < 54; i++)
    own += w->data[5 * 54 + i] * w->data[5 * 54 + i];
  for (guint i = 0; i < 540; i++)
    all += w->data[i] * w->data[i];
  for (guint i = 0; i < 10; i++)
    all += bias->data[i] * bias->data[i];
  g_assert_cmpuint (layer->n_weights, ==, 550);
  g_assert_cmpfloat_with_epsilon (layer->units[5].measure[PH_UNIT_WEIGHTS], 0.5, 1e-6);
  g_assert_cmpfloat (layer->units[4].measure[PH_UNIT_WEIGHTS], ==, 0);
  g_assert_cmpfloat_with_epsilon (layer->measure[PH_LAYER_WEIGHTS], 0.5 * sqrt (own / all), 1e-6);
  g_assert_cmpuint (comparison->n_images, ==, 0);
  g_assert_true (isnan (layer->measure[PH_LAYER_CKA]));
  g_assert_cmpint (verdict_of (layer, 5), ==, PH_VERDICT_UNKNOWN);
}

static void
test_partners (void)
{
  g_autoptr (PhModel) a = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  g_autoptr (PhModel) b = ph_tiny_network_new (PH_TINY_JOINED);
  g_autoptr (PhComparison) comparison = compare (a, b, NULL, NULL);

  /* The joined layer has more channels, so what reads it differs too. */
  g_assert_true (layer_named (comparison, "relu2")->by_name);
  g_assert_cmpuint (comparison->alone[0]->len, ==, 1);
  g_assert_cmpuint (comparison->alone[1]->len, ==, 3);
  g_assert_cmpstr (comparison->alone[0]->pdata[0], ==, "mean: 10 channels, not 14");
  g_assert_cmpstr (comparison->alone[1]->pdata[0], ==, "relu3: 4 channels");
}

static gboolean
stop_soon (gpointer data)
{
  return --*(int *)data < 0;
}

static void
test_goes_on (void)
{
  g_autoptr (PhModel) a = changed_network ("goes-on-a", change_nothing);
  g_autoptr (PhModel) b = changed_network ("goes-on-b", permute);
  g_autoptr (PhModel) c = changed_network ("goes-on-c", change_nothing);
  g_autoptr (PhModel) d = changed_network ("goes-on-d", permute);
  g_autoptr (PhComparison) whole = compare (a, b, pictures, NULL);
  g_autoptr (PhComparison) pieces = NULL;
  guint n_runs = 0;

  for (gboolean done = FALSE; !done; n_runs++)
    {
      int left = 6;
      PhMonitor monitor = { .should_stop = stop_soon, .data = &left };

      g_clear_pointer (&pieces, ph_comparison_unref);
      pieces = compare (c, d, pictures, &monitor);
      done = pieces->n_images == N_IMAGES;
      g_assert_cmpuint (n_runs, <, 20);
    }
  g_assert_cmpuint (n_runs, >, 1);
  for (guint l = 0; l < whole->layers->len; l++)
    {
      const PhLayerChange *x = whole->layers->pdata[l], *y = pieces->layers->pdata[l];

      for (guint m = 0; m < PH_N_LAYER_MEASURES; m++)
        g_assert_cmpfloat (x->measure[m], ==, y->measure[m]);
      g_assert_cmpmem (x->units[0].spread, sizeof x->units[0].spread, y->units[0].spread,
                       sizeof y->units[0].spread);
    }
}

/* At both ends the numbers are those of the networks themselves. */
static void
test_blend_path (void)
{
  g_autoptr (PhModel) a = changed_network ("path-a", change_nothing);
  g_autoptr (PhModel) b = changed_network ("path-b", silence_a_unit);
  PhModel *const models[2] = { a, b };
  PhModel *const same[2] = { a, a };
  g_autoptr (GError) error = NULL;
  g_autoptr (PhBlendPath) path = ph_blend_path_run (models, pictures, 3, 1000, NULL, NULL, &error);
  g_autoptr (PhBlendPath) flat = NULL;

  /* The pictures have classes that the networks do not know: the first one's word counts. */
  g_assert_no_error (error);
  g_assert_false (path->right_is_label);
  g_assert_cmpuint (path->n_images, ==, N_IMAGES);
  g_assert_cmpfloat (path->share[0], ==, 1);
  for (guint k = 0; k < 3; k++)
    g_assert_true (path->share[k] >= 0 && path->share[k] <= 1);
  flat = ph_blend_path_run (same, pictures, 4, 20, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (flat->n_images, ==, 20);
  for (guint k = 0; k < 4; k++)
    g_assert_cmpfloat (flat->share[k], ==, 1);
}

/* The same picture is no distance away, wherever things are in it; another is. */
static void
test_picture_distance (void)
{
  g_autoptr (PhModel) a = changed_network ("distance-a", change_nothing);
  g_autoptr (PhModel) b = changed_network ("distance-b", permute);
  g_autoptr (PhComparison) comparison = compare (a, b, NULL, NULL);
  PhModel *const models[2] = { a, b };
  g_autoptr (PhImage) x = ph_image_new (3, 20, 28, NULL);
  g_autoptr (PhImage) y = ph_image_new (3, 20, 28, NULL);
  g_autoptr (GError) error = NULL;
  const PhLayerChange *layer = layer_named (comparison, "relu2");

  for (gsize i = 0; i < 560; i++)
    {
      x->data[i] = i % 3 == 0;
      y->data[1120 + i] = i / 28 % 2 == 0;
    }
  g_assert_cmpfloat_with_epsilon (ph_compare_pictures (models, layer, x, x, NULL, &error), 0, 1e-9);
  g_assert_cmpfloat (ph_compare_pictures (models, layer, x, y, NULL, &error), >, 0.01);
  g_assert_cmpfloat_with_epsilon (ph_compare_pictures (models, layer, x, y, NULL, &error),
                                  ph_compare_pictures (models, layer, y, x, NULL, &error), 1e-9);
  g_assert_no_error (error);
}

static void
test_errors (void)
{
  g_autoptr (PhModel) a = changed_network ("errors", change_nothing);
  g_autofree char *folder = g_build_filename (scratch, "few", NULL);
  g_autofree char *path = g_build_filename (folder, "one.png", NULL);
  g_autoptr (PhImage) image = ph_image_new (3, 20, 28, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (PhDataset) few = NULL;
  g_autoptr (GError) error = NULL;
  PhModel *const models[2] = { a, a };
  PhCompareSettings settings;

  ph_settings_init (ph_compare_settings, &settings);
  g_assert_true (ph_folder_make (folder, 0700, NULL));
  g_assert_true (ph_png_save_image (path, image, NULL, NULL));
  few = ph_dataset_open (folder, NULL, NULL);
  g_assert_null (ph_compare_run (models, few, &settings, NULL, NULL, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_DATA_INVALID);
  g_assert_nonnull (strstr (error->message, "only 1"));
  g_clear_error (&error);
  g_cancellable_cancel (cancellable);
  g_assert_null (ph_compare_run (models, pictures, &settings, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_autofree char *cache = NULL;
  g_autofree char *folder = NULL;
  const char *remove[] = { "rm", "-rf", NULL, NULL };
  int result;

  g_test_init (&argc, &argv, NULL);
  scratch = g_dir_make_tmp ("phosphene-compare-XXXXXX", NULL);
  cache = g_build_filename (scratch, "cache", NULL);
  folder = g_build_filename (scratch, "pictures", NULL);
  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  make_pictures (folder);
  pictures = ph_dataset_open (folder, NULL, NULL);
  g_test_add_func ("/compare/golden", test_golden);
  g_test_add_func ("/compare/svd", test_svd);
  g_test_add_func ("/compare/identical", test_identical);
  g_test_add_func ("/compare/born-and-died", test_born_and_died);
  g_test_add_func ("/compare/permuted", test_permuted);
  g_test_add_func ("/compare/weights", test_weights);
  g_test_add_func ("/compare/partners", test_partners);
  g_test_add_func ("/compare/goes-on", test_goes_on);
  g_test_add_func ("/compare/blend-path", test_blend_path);
  g_test_add_func ("/compare/picture-distance", test_picture_distance);
  g_test_add_func ("/compare/errors", test_errors);
  result = g_test_run ();
  ph_dataset_unref (pictures);
  remove[2] = scratch;
  g_spawn_sync (NULL, (char **)remove, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                NULL);
  g_free (scratch);
  return result;
}
