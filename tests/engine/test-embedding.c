/* A set of images as vectors with all that is known of it, what reads that off the vectors, and the
 * pictures of a way between images. */

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "engine/engine.h"

static const char text[] = "input 3 16 16\n"
                           "conv 5 3x3, relu, maxpool 2\n"
                           "bottleneck\n"
                           "dense 64, relu, reshape 4 4 4, unpool 4, conv 5 3x3, relu\n"
                           "reconstruction\n";

#define FACES "world:faces, images 60, seed 5, size 16"

static PhModel *
make_model (const char *digest)
{
  PhArchitectureSizes sizes = { .n_classes = 4, .bottleneck = 7, .seed = 3 };
  PhPreprocess preprocess = {
    .channels = 3, .height = 16, .width = 16, .scale = 1, .std = { 1, 1, 1 }
  };
  g_autoptr (GError) error = NULL;
  PhShape input;
  g_autoptr (PhGraph) graph = ph_architecture_build (text, "m", &sizes, &input, &error);
  PhModel *model;

  g_assert_no_error (error);
  model = ph_model_new ("m", NULL, digest, graph, &preprocess, NULL, NULL, &error);
  g_assert_no_error (error);
  return model;
}

static PhEmbedding *
make_embedding (PhEmbeddingKind kind, PhModel *model, const char *images)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PhDataset) dataset = ph_dataset_open (images, NULL, &error);
  PhEmbedding *embedding;

  g_assert_no_error (error);
  embedding = ph_embedding_new (kind, model, NULL, dataset, NULL, NULL, &error);
  g_assert_no_error (error);
  return embedding;
}

/* Vectors, their mean and spread, attributes and classes. */
static void
test_network (void)
{
  g_autoptr (PhModel) model = make_model (NULL);
  g_autoptr (PhEmbedding) embedding = make_embedding (PH_EMBEDDING_NETWORK, model, FACES);
  g_autoptr (PhEncoder) encoder = ph_encoder_new (model, NULL, NULL);
  g_autoptr (PhTensor) vectors = ph_encoder_dataset (encoder, ph_embedding_get_dataset (embedding),
                                                     NULL, 0, NULL, NULL, NULL, NULL);
  const guint n_attributes = ph_world_get_n_attributes (&ph_world_faces);
  double mean = 0, squares = 0, known[PH_WORLD_MAX_ATTRIBUTES];

  g_assert_cmpuint (ph_embedding_get_size (embedding), ==, 7);
  g_assert_cmpmem (ph_embedding_get_vectors (embedding)->f, 60 * 7 * sizeof (float), vectors->f,
                   60 * 7 * sizeof (float));
  for (guint i = 0; i < 60; i++)
    {
      mean += (double)vectors->f[7 * i + 2] / 60;
      squares += (double)vectors->f[7 * i + 2] * (double)vectors->f[7 * i + 2] / 60;
    }
  g_assert_cmpfloat_with_epsilon (ph_embedding_get_mean (embedding)[2], mean, 1e-5);
  g_assert_cmpfloat_with_epsilon (ph_embedding_get_deviation (embedding)[2],
                                  sqrt (squares - mean * mean), 1e-5);
  g_assert_cmpuint (ph_embedding_get_n_traits (embedding), ==, n_attributes + 7);
  g_assert_true (ph_world_get_attributes (&ph_world_faces, 5, 23, known, NULL));
  for (guint i = 0; i < n_attributes; i++)
    g_assert_cmpfloat (ph_embedding_get_trait_value (embedding, 23, i), ==, known[i]);
  for (guint i = 0; i < 7; i++)
    g_assert_cmpfloat (ph_embedding_get_trait_value (embedding, 23, n_attributes + i), ==,
                       i == 23 % 7);
  g_assert_true (ph_embedding_can_decode (embedding, NULL));
  g_assert_true (ph_embedding_can_reconstruct (embedding));
}

/* Back and forth through principal components, which are as good as their number allows. */
static void
test_components (void)
{
  g_autoptr (PhEmbedding) embedding = make_embedding (PH_EMBEDDING_PCA, NULL, FACES);
  const gsize size = ph_embedding_get_size (embedding);
  g_autoptr (PhImage) image = ph_embedding_load (embedding, 3, NULL);
  g_autoptr (PhImage) fitted = ph_embedding_fit (embedding, image, NULL);
  g_autofree float *vector = g_new (float, size);
  g_autoptr (PhImage) whole = ph_embedding_reconstruct (embedding, fitted, vector, NULL, NULL);
  g_autoptr (GPtrArray) half =
      ph_embedding_decode (embedding, 1, ph_embedding_get_vector (embedding, 3), NULL, NULL);

  /* As many as 60 images have directions. */
  g_assert_cmpuint (size, ==, 59);
  g_assert_cmpfloat (ph_image_psnr (whole, fitted), >, 40);
  g_assert_cmpfloat (ph_image_psnr (half->pdata[0], fitted), >, 40);
}

static void
test_pixels (void)
{
  g_autoptr (PhEmbedding) embedding = make_embedding (PH_EMBEDDING_PIXELS, NULL, FACES);

  g_assert_cmpuint (ph_embedding_get_size (embedding), ==,
                    3 * PH_EMBEDDING_PIXELS_SIDE * PH_EMBEDDING_PIXELS_SIDE);
  g_assert_false (ph_embedding_can_decode (embedding, NULL));
  g_assert_false (ph_embedding_can_reconstruct (embedding));
}

static guint
count_kept (void)
{
  g_autofree char *folder =
      g_build_filename (g_get_user_cache_dir (), "phosphene", "embeddings", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

/* Vectors are taken from the cache, for the same network and images only; a broken file is no
 * harm. */
static void
test_kept (void)
{
  g_autoptr (PhModel) model = make_model ("0123"), other = make_model ("4567");
  const char *const images[] = { FACES, FACES, "world:faces, images 60, seed 6, size 16" };
  PhModel *const models[] = { model, model, model };
  guint before = count_kept ();

  for (guint i = 0; i < G_N_ELEMENTS (images); i++)
    {
      g_autoptr (PhEmbedding) embedding =
          make_embedding (PH_EMBEDDING_NETWORK, models[i], images[i]);

      g_assert_cmpuint (count_kept () - before, ==, i == 2 ? 2 : 1);
    }
  g_autoptr (PhEmbedding) first = make_embedding (PH_EMBEDDING_NETWORK, model, FACES);
  g_autoptr (PhEmbedding) second = make_embedding (PH_EMBEDDING_NETWORK, other, FACES);
  g_autofree char *folder =
      g_build_filename (g_get_user_cache_dir (), "phosphene", "embeddings", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  g_assert_cmpuint (count_kept () - before, ==, 3);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_assert_true (g_file_set_contents (path, "broken", -1, NULL));
    }
  g_autoptr (PhEmbedding) again = make_embedding (PH_EMBEDDING_NETWORK, model, FACES);

  g_assert_cmpmem (ph_embedding_get_vectors (again)->f, 60 * 7 * sizeof (float),
                   ph_embedding_get_vectors (first)->f, 60 * 7 * sizeof (float));
}

/* A linear dependence is found with its constant; what has nothing to do with the vectors is not
 * believed; a number that never changes does no harm. */
static void
test_probe (void)
{
  enum
  {
    N = 400,
    SIZE = 5,
  };
  g_autofree float *vectors = g_new (float, N *SIZE);
  g_autofree double *values = g_new (double, N * 2);
  g_autoptr (GError) error = NULL;
  g_autoptr (PhLinearProbe) probe = NULL;
  const float asked[SIZE] = { 1, 2, -1, 0.5f, 4 };
  double read[2];
  PhRng rng;

  ph_rng_init (&rng, 7, 0);
  for (guint i = 0; i < N; i++)
    {
      float *x = vectors + i * SIZE;

      for (guint j = 0; j < SIZE - 1; j++)
        x[j] = (float)ph_rng_normal (&rng) * (j + 1.0f);
      x[SIZE - 1] = 4;
      values[2 * i] = 2 * (double)x[0] - 0.5 * (double)x[3] + 10;
      values[2 * i + 1] = ph_rng_normal (&rng);
    }
  vectors[7 * SIZE] = NAN;
  probe = ph_linear_probe_new (N, SIZE, vectors, 2, values, NULL, &error);
  g_assert_no_error (error);
  ph_linear_probe_read (probe, asked, read);
  g_assert_cmpfloat_with_epsilon (read[0], 2 - 0.25 + 10, 0.02);
  g_assert_cmpfloat (ph_linear_probe_get_r2 (probe, 0), >, 0.999);
  g_assert_cmpfloat (ph_linear_probe_get_r2 (probe, 1), <, 0.2);
  g_assert_null (ph_linear_probe_new (3, SIZE, vectors, 2, values, NULL, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_DATA_INVALID);
}

static PhImage *
make_grey (float value)
{
  PhImage *image = ph_image_new (3, 4, 6, NULL);

  for (gsize i = 0; i < ph_image_n_values (image); i++)
    image->data[i] = value;
  return image;
}

/* Corners fade into one another evenly, and are laid out as a strip, a film or two squares. */
static void
test_walk (void)
{
  g_autoptr (PhImage) a = make_grey (0), b = make_grey (0.4f), c = make_grey (0.8f),
                      d = make_grey (0);
  const PhImage *const corners[4] = { a, b, c, d };
  g_autoptr (PhImage) middle = ph_walk_blend (corners, 0.5, 0.5, NULL);
  PhWalk walk = { .rows = 1, .columns = 3 };
  g_autoptr (PhImage) strip = NULL, squares = NULL;
  g_autoptr (GPtrArray) frames = NULL;

  g_assert_cmpfloat_with_epsilon (middle->data[5], 0.3, 1e-6);
  g_assert_true (ph_walk_fade (&walk, corners, NULL));
  g_assert_cmpfloat_with_epsilon (((PhImage *)walk.faded->pdata[1])->data[0], 0.2, 1e-6);
  walk.drawn = g_ptr_array_ref (walk.faded);
  strip = ph_walk_draw (&walk, NULL);
  g_assert_cmpuint (strip->width, ==, 3 * 6 + 2 * 2);
  g_assert_cmpuint (strip->height, ==, 2 * 4 + 2);
  frames = ph_walk_make_frames (&walk, NULL);
  g_assert_cmpuint (frames->len, ==, 3);
  ph_walk_clear (&walk);
  walk.rows = 3;
  g_assert_true (ph_walk_fade (&walk, corners, NULL));
  g_assert_cmpfloat_with_epsilon (((PhImage *)walk.faded->pdata[4])->data[0], 0.3, 1e-6);
  walk.drawn = g_ptr_array_ref (walk.faded);
  squares = ph_walk_draw (&walk, NULL);
  g_assert_cmpuint (squares->width, ==, 6 * 6 + 5 * 2);
  ph_walk_clear (&walk);
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

int
main (int argc, char **argv)
{
  g_autofree char *cache = g_dir_make_tmp ("phosphene-XXXXXX", NULL);
  int result;

  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/embedding/network", test_network);
  g_test_add_func ("/embedding/components", test_components);
  g_test_add_func ("/embedding/pixels", test_pixels);
  g_test_add_func ("/embedding/kept", test_kept);
  g_test_add_func ("/embedding/probe", test_probe);
  g_test_add_func ("/embedding/walk", test_walk);
  result = g_test_run ();
  remove_tree (cache);
  return result;
}
