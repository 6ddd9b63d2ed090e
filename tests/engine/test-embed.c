/* From pictures to vectors and back: encoders, decoders, principal components as a network, paths
 * and directions. */

#include <math.h>
#include <string.h>

#include "engine/engine.h"

static const char text[] = "input 3 16 16\n"
                           "conv 5 3x3, relu, maxpool 2\n"
                           "bottleneck\n"
                           "dense 64, relu, reshape 4 4 4, unpool 4, conv 5 3x3, relu\n"
                           "reconstruction\n";

static PhModel *
make_model (const char *description)
{
  PhArchitectureSizes sizes = { .n_classes = 4, .bottleneck = 7, .seed = 3 };
  PhPreprocess preprocess = { .channels = 3,
                              .height = 16,
                              .width = 16,
                              .scale = 1,
                              .mean = { 0.5f, 0.4f, 0.3f },
                              .std = { 0.5f, 0.25f, 0.5f } };
  g_autoptr (GError) error = NULL;
  PhShape input;
  g_autoptr (PhGraph) graph = ph_architecture_build (description, "m", &sizes, &input, &error);
  PhModel *model;

  g_assert_no_error (error);
  model = ph_model_new ("m", NULL, NULL, graph, &preprocess, NULL, NULL, &error);
  g_assert_no_error (error);
  return model;
}

static PhDataset *
open_faces (void)
{
  g_autoptr (GError) error = NULL;
  PhDataset *dataset = ph_dataset_open ("world:faces, images 37, seed 5, size 16", NULL, &error);

  g_assert_no_error (error);
  return dataset;
}

/* The mean over all positions of a layer, by the run of the whole network. */
static void
mean_of_layer (PhModel *model, const char *layer, const PhImage *picture, float *mean, guint n)
{
  g_autoptr (GError) error = NULL;
  int value = ph_model_get_layer (model, (guint)ph_model_find_layer (model, layer))->value;
  PhShape input = ph_model_input_shape (model, 1, 16, 16);
  g_autoptr (PhPlan) plan =
      ph_plan_new_for_image (ph_model_get_graph (model), &input, &value, 1, FALSE, &error);
  g_autoptr (PhRun) run = ph_run_new (plan, &error);
  const float *values;
  gsize plane;

  ph_preprocess_apply (ph_model_get_preprocess (model), 1, 16, 16, picture->data,
                       ph_run_get_input (run, 0));
  g_assert_true (ph_run_forward (run, NULL, &error));
  values = ph_run_get_value (run, value);
  plane = ph_shape_count (&ph_plan_get_spec (plan, value)->shape) / n;
  for (guint c = 0; c < n; c++)
    {
      double sum = 0;

      for (gsize i = 0; i < plane; i++)
        sum += values[c * plane + i];
      mean[c] = (float)(sum / (double)plane);
    }
}

/* One by one and in batches, pooled and not, of a chosen layer and of the usual one. */
static void
test_encode (void)
{
  g_autoptr (PhModel) model = make_model (text);
  g_autoptr (PhDataset) dataset = open_faces ();
  g_autoptr (GError) error = NULL;
  const struct
  {
    const char *layer, *name;
    guint n;
  } cases[] = { { NULL, "bottleneck", 7 }, { "conv1", "conv1", 5 } };

  for (guint c = 0; c < G_N_ELEMENTS (cases); c++)
    {
      g_autoptr (PhEncoder) encoder = ph_encoder_new (model, cases[c].layer, &error);
      guint n_failed;
      g_autoptr (PhTensor) all = NULL;

      g_assert_no_error (error);
      g_assert_cmpuint (ph_encoder_get_size (encoder), ==, cases[c].n);
      all = ph_encoder_dataset (encoder, dataset, NULL, 0, &n_failed, NULL, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (n_failed, ==, 0);
      g_assert_cmpint (all->shape.dim[0], ==, 37);
      for (guint i = 0; i < 37; i += 12)
        {
          g_autoptr (PhImage) image = ph_dataset_load (dataset, i, 16, &error);
          float expected[7], one[7];

          mean_of_layer (model, cases[c].name, image, expected, cases[c].n);
          g_assert_true (ph_encoder_image (encoder, image, one, NULL, &error));
          for (guint j = 0; j < cases[c].n; j++)
            {
              g_assert_cmpfloat_with_epsilon (one[j], expected[j], 1e-5);
              g_assert_cmpfloat_with_epsilon (all->f[i * cases[c].n + j], expected[j], 1e-5);
            }
        }
    }
  g_assert_null (ph_encoder_new (model, "nowhere", &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_NO_SUCH_UNIT);
}

/* What the classifier looks at is what comes before its last layer. */
static void
test_classifier (void)
{
  g_autoptr (PhModel) model = make_model ("input 3 16 16\nconv 6 3x3, relu, globalpool, classes");
  g_autoptr (GError) error = NULL;
  g_autoptr (PhEncoder) encoder = ph_encoder_new (model, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (ph_encoder_get_size (encoder), ==, 6);
  g_assert_null (ph_decoder_new (model, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_MODEL_INVALID);
}

/* Decoded embeddings are what the whole network gives; the measure agrees with it. */
static void
test_decode (void)
{
  g_autoptr (PhModel) model = make_model (text);
  g_autoptr (PhDataset) dataset = open_faces ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PhReconstructor) reconstructor = ph_reconstructor_new (model, &error);
  g_autoptr (PhDecoder) decoder = ph_decoder_new (model, &error);
  g_autoptr (GPtrArray) pictures = NULL;
  PhReconstructionError result;
  float codes[37 * 7];
  double sum = 0;

  g_assert_no_error (error);
  for (guint i = 0; i < 37; i++)
    {
      g_autoptr (PhImage) image = ph_dataset_load (dataset, i, 16, &error);
      g_autoptr (PhImage) back =
          ph_reconstructor_run (reconstructor, image, codes + 7 * i, NULL, &error);

      g_assert_no_error (error);
      for (gsize j = 0; j < ph_image_n_values (image); j++)
        sum += pow ((double)image->data[j] - (double)back->data[j], 2) / (37 * 3 * 256);
    }
  g_assert_true (
      ph_reconstructor_measure (reconstructor, dataset, NULL, 1, &result, NULL, NULL, &error));
  g_assert_cmpuint (result.n, ==, 37);
  g_assert_cmpfloat (result.spoiled, ==, 0);
  g_assert_cmpfloat_with_epsilon (result.mended, sum, 1e-6);
  pictures = ph_decoder_run (decoder, 5, codes, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (PhImage) image = ph_dataset_load (dataset, i, 16, &error);
      g_autoptr (PhImage) back = ph_reconstructor_run (reconstructor, image, NULL, NULL, &error);
      const PhImage *decoded = pictures->pdata[i];

      for (gsize j = 0; j < ph_image_n_values (back); j++)
        g_assert_cmpfloat_with_epsilon (decoded->data[j], back->data[j], 1e-5);
    }
}

/* The network gives what the principal components give. */
static void
test_pca_network (void)
{
  g_autoptr (PhDataset) dataset = open_faces ();
  g_autoptr (PhEncoder) pixels = ph_encoder_new_pixels (16, 16);
  g_autoptr (GError) error = NULL;
  g_autoptr (PhTensor) x = ph_encoder_dataset (pixels, dataset, NULL, 0, NULL, NULL, NULL, &error);
  g_autoptr (PhPca) pca = ph_pca_new (x->f, 37, 768, 9, NULL, NULL, &error);
  g_autoptr (PhGraph) graph = ph_pca_to_graph (pca, 3, 16, 16, &error);
  PhPreprocess preprocess = {
    .channels = 3, .height = 16, .width = 16, .scale = 1, .std = { 1, 1, 1, 1 }
  };
  g_autoptr (PhModel) model =
      ph_model_new ("pca", NULL, NULL, graph, &preprocess, NULL, NULL, &error);
  g_autoptr (PhReconstructor) reconstructor = ph_reconstructor_new (model, &error);
  g_autoptr (PhImage) image = ph_dataset_load (dataset, 4, 16, &error);
  g_autoptr (PhImage) back = NULL;
  float code[9], expected[9], picture[768];

  g_assert_no_error (error);
  back = ph_reconstructor_run (reconstructor, image, code, NULL, &error);
  ph_pca_encode (pca, 1, image->data, expected);
  ph_pca_decode (pca, 1, expected, picture);
  for (guint i = 0; i < 9; i++)
    g_assert_cmpfloat_with_epsilon (code[i], expected[i], 1e-4);
  for (guint i = 0; i < 768; i++)
    g_assert_cmpfloat_with_epsilon (back->data[i], CLAMP (picture[i], 0, 1), 1e-4);
}

static void
test_paths (void)
{
  const float a[2] = { 2, 0 }, b[2] = { 0, 4 }, far[2] = { -3, 0 }, zero[2] = { 0, 0 };
  const float *corners[4] = { a, b, b, a };
  float p[2], grid[3 * 3 * 2];

  ph_path_point (PH_PATH_LINEAR, 2, a, b, 0.25, p);
  g_assert_cmpfloat_with_epsilon (p[0], 1.5, 1e-6);
  g_assert_cmpfloat_with_epsilon (p[1], 1, 1e-6);
  /* Half of the angle, half of the way between the lengths. */
  ph_path_point (PH_PATH_SPHERICAL, 2, a, b, 0.5, p);
  g_assert_cmpfloat_with_epsilon (p[0], 3 / sqrt (2), 1e-5);
  g_assert_cmpfloat_with_epsilon (p[1], 3 / sqrt (2), 1e-5);
  for (guint i = 0; i < 2; i++)
    {
      ph_path_point (PH_PATH_SPHERICAL, 2, a, b, i, p);
      g_assert_cmpfloat_with_epsilon (p[0], (i == 0 ? a : b)[0], 1e-6);
      g_assert_cmpfloat_with_epsilon (p[1], (i == 0 ? a : b)[1], 1e-6);
    }
  /* No arc is shorter than another, or there is none. */
  ph_path_point (PH_PATH_SPHERICAL, 2, a, far, 0.5, p);
  g_assert_cmpfloat_with_epsilon (p[0], -0.5, 1e-6);
  ph_path_point (PH_PATH_SPHERICAL, 2, zero, b, 0.5, p);
  g_assert_cmpfloat_with_epsilon (p[1], 2, 1e-6);

  ph_path_grid (PH_PATH_LINEAR, 2, corners, 3, 3, grid);
  g_assert_cmpfloat_with_epsilon (grid[4 * 2], 1, 1e-6);
  g_assert_cmpfloat_with_epsilon (grid[8 * 2], 2, 1e-6);
  g_assert_cmpfloat_with_epsilon (grid[6 * 2 + 1], 4, 1e-6);
}

static void
test_directions (void)
{
  const float vectors[10] = { 1, 0, 3, 2, NAN, NAN, 0, 0, -2, 4 };
  const double weights[5] = { 1, 1, 1, 0, 0 };
  const double even[4] = { 0, 1, 2, 3 }, turning[4] = { 0, 2, 1, 3 };
  float direction[2];
  guint n_with, n_without;

  g_assert_true (
      ph_direction_between (5, 2, vectors, weights, 0.5, direction, &n_with, &n_without));
  g_assert_cmpuint (n_with, ==, 2);
  g_assert_cmpuint (n_without, ==, 2);
  g_assert_cmpfloat_with_epsilon (direction[0], 3, 1e-6);
  g_assert_cmpfloat_with_epsilon (direction[1], -1, 1e-6);
  g_assert_false (ph_direction_between (5, 2, vectors, weights, 2, direction, &n_with, &n_without));
  g_assert_cmpfloat (ph_curve_monotony (4, even), ==, 1);
  g_assert_cmpfloat_with_epsilon (ph_curve_monotony (4, turning), 3.0 / 5, 1e-12);
}

/* Attributes are those of the pictures that the set shows. */
static void
test_attributes (void)
{
  g_autoptr (PhDataset) dataset = open_faces ();
  guint64 seed;
  const PhWorld *world = ph_world_of_dataset (dataset, &seed);
  double attributes[PH_WORLD_MAX_ATTRIBUTES], drawn[PH_WORLD_MAX_ATTRIBUTES];
  g_autoptr (GError) error = NULL;
  g_autoptr (PhImage) image = NULL, shown = NULL;

  g_assert_true (world == &ph_world_faces);
  g_assert_cmpuint (seed, ==, 5);
  g_assert_true (ph_world_get_attributes (world, seed, 11, attributes, &error));
  image = ph_world_draw (world, seed, 11, 16, drawn, &error);
  shown = ph_dataset_load (dataset, 11, 0, &error);
  g_assert_cmpmem (image->data, ph_image_n_values (image) * sizeof (float), shown->data,
                   ph_image_n_values (shown) * sizeof (float));
  for (guint i = 0; i < ph_world_get_n_attributes (world); i++)
    g_assert_cmpfloat (attributes[i], ==, drawn[i]);
}

static void
test_rows (void)
{
  g_autoptr (GPtrArray) first = g_ptr_array_new_with_free_func ((GDestroyNotify)ph_image_free);
  g_autoptr (GPtrArray) second = g_ptr_array_new_with_free_func ((GDestroyNotify)ph_image_free);
  GPtrArray *rows[2] = { first, second };
  g_autoptr (PhImage) sheet = NULL;

  g_ptr_array_add (first, ph_image_new (3, 2, 3, NULL));
  g_ptr_array_add (first, ph_image_new (1, 2, 3, NULL));
  g_ptr_array_add (second, ph_image_new (3, 2, 3, NULL));
  ((PhImage *)first->pdata[1])->data[5] = 0.5f;
  sheet = ph_image_rows (rows, 2, 1, NULL);
  g_assert_cmpuint (sheet->height, ==, 5);
  g_assert_cmpuint (sheet->width, ==, 7);
  g_assert_cmpfloat (sheet->data[0], ==, 0);
  g_assert_cmpfloat (sheet->data[3], ==, 1);       /* between */
  g_assert_cmpfloat (sheet->data[7 + 6], ==, 0.5); /* grey is in all channels */
  g_assert_cmpfloat (sheet->data[2 * 35 + 7 + 6], ==, 0.5);
  g_assert_cmpfloat (sheet->data[3 * 7 + 5], ==, 1); /* nothing there */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/embed/encode", test_encode);
  g_test_add_func ("/embed/classifier", test_classifier);
  g_test_add_func ("/embed/decode", test_decode);
  g_test_add_func ("/embed/pca-network", test_pca_network);
  g_test_add_func ("/embed/paths", test_paths);
  g_test_add_func ("/embed/directions", test_directions);
  g_test_add_func ("/embed/attributes", test_attributes);
  g_test_add_func ("/embed/rows", test_rows);
  return g_test_run ();
}
