/* Principal components: NumPy's numbers, orthonormality, and that nothing linear does better. */

#include <json-glib/json-glib.h>
#include <math.h>

#include "engine/engine.h"

/* The same formula as `noise` in make-pca-golden.py. */
static double
noise (guint64 i, guint64 seed)
{
  guint64 h = (i * 2654435761u + seed * 40503) & 0xffffffff;

  h ^= h >> 15;
  h = h * 2246822519u & 0xffffffff;
  h ^= h >> 13;
  return (double)(h >> 8) / 8388608 - 1;
}

static float *
make_data (gsize n, gsize size, guint64 seed)
{
  float *x = g_new (float, n *size);

  for (gsize i = 0; i < n; i++)
    for (gsize j = 0; j < size; j++)
      {
        double sum = 0.5 * noise (j, seed + 2);

        for (gsize d = 0; d < size; d++)
          sum += noise (i * size + d, seed) * pow (0.8, (double)d) * noise (d * size + j, seed + 1);
        x[i * size + j] = (float)sum;
      }
  return x;
}

static void
check_near (const float *x, JsonArray *expected)
{
  for (guint i = 0; i < json_array_get_length (expected); i++)
    g_assert_cmpfloat_with_epsilon ((double)x[i], json_array_get_double_element (expected, i),
                                    1e-5);
}

static void
test_numpy (void)
{
  g_autofree char *path =
      g_build_filename (g_getenv ("PHOSPHENE_SOURCE"), "tests", "golden", "pca.json", NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  JsonArray *cases;

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  cases =
      json_object_get_array_member (json_node_get_object (json_parser_get_root (parser)), "cases");
  g_assert_cmpuint (json_array_get_length (cases), ==, 3);
  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      JsonObject *entry = json_array_get_object_element (cases, i);
      gsize n = (gsize)json_object_get_int_member (entry, "n");
      gsize size = (gsize)json_object_get_int_member (entry, "size");
      guint k = (guint)json_object_get_int_member (entry, "k");
      g_autofree float *x =
          make_data (n, size, (guint64)json_object_get_int_member (entry, "seed"));
      g_autoptr (PhPca) pca = ph_pca_new (x, n, size, k, NULL, NULL, &error);
      JsonArray *variance = json_object_get_array_member (entry, "variance");
      double total = json_object_get_double_member (entry, "total_variance");

      g_assert_no_error (error);
      g_assert_cmpuint (pca->n_components, ==, k);
      check_near (pca->mean, json_object_get_array_member (entry, "mean"));
      check_near (pca->components, json_object_get_array_member (entry, "components"));
      for (guint j = 0; j < k; j++)
        g_assert_cmpfloat_with_epsilon (pca->variance[j],
                                        json_array_get_double_element (variance, j), 1e-5 * total);
      g_assert_cmpfloat_with_epsilon (pca->total_variance, total, 1e-6 * total);
    }
}

static double
mean_error (const PhPca *pca, const float *x, gsize n)
{
  g_autofree float *z = g_new (float, n * pca->n_components), *y = g_new (float, n * pca->size);
  double sum = 0;

  ph_pca_encode (pca, n, x, z);
  ph_pca_decode (pca, n, z, y);
  for (gsize i = 0; i < n * pca->size; i++)
    sum += ((double)x[i] - (double)y[i]) * ((double)x[i] - (double)y[i]);
  return sum / (double)n;
}

/* What is left out is the variance of the other components; more vectors than blocks. */
static void
test_reconstruction (void)
{
  const gsize n = 700, size = 45;
  g_autofree float *x = make_data (n, size, 9);
  g_autoptr (GError) error = NULL;

  for (guint k = 5; k <= 45; k += 20)
    {
      g_autoptr (PhPca) pca = ph_pca_new (x, n, size, k, NULL, NULL, &error);
      double kept = 0, left;

      g_assert_no_error (error);
      for (guint i = 0; i < k; i++)
        {
          kept += pca->variance[i];
          for (guint j = 0; j <= i; j++)
            {
              double product = 0;

              for (gsize d = 0; d < size; d++)
                product += (double)pca->components[i * size + d] * pca->components[j * size + d];
              g_assert_cmpfloat_with_epsilon (product, i == j, 1e-5);
            }
        }
      left = (pca->total_variance - kept) * (n - 1) / n;
      g_assert_cmpfloat_with_epsilon (mean_error (pca, x, n), left, 1e-5 * pca->total_variance);
    }
}

/* More numbers than vectors: n vectors span n - 1 directions, and all of them come back. */
static void
test_few_vectors (void)
{
  const gsize n = 300, size = 1000;
  g_autofree float *x = g_new (float, n *size);
  g_autoptr (GError) error = NULL;
  g_autoptr (PhPca) pca = NULL;

  for (gsize i = 0; i < n * size; i++)
    x[i] = (float)noise (i, 5);
  pca = ph_pca_new (x, n, size, 1000, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (pca->n_components, ==, n - 1);
  g_assert_cmpfloat (mean_error (pca, x, n), <, 1e-8 * pca->total_variance);
}

static void
test_bad_data (void)
{
  static const float same[6] = { 1, 2, 1, 2, 1, 2 };
  const float broken[6] = { 1, 2, NAN, 2, 1, 2 };
  g_autoptr (GError) error = NULL;

  g_assert_null (ph_pca_new (same, 3, 2, 1, NULL, NULL, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_DATA_INVALID);
  g_clear_error (&error);
  g_assert_null (ph_pca_new (broken, 3, 2, 1, NULL, NULL, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_DATA_INVALID);
  g_clear_error (&error);
  g_assert_null (ph_pca_new (same, 1, 2, 1, NULL, NULL, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_DATA_INVALID);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pca/numpy", test_numpy);
  g_test_add_func ("/pca/reconstruction", test_reconstruction);
  g_test_add_func ("/pca/few-vectors", test_few_vectors);
  g_test_add_func ("/pca/bad-data", test_bad_data);
  return g_test_run ();
}
