/* Real pretrained networks name real photographs as often as an independent interpreter of the same
 * files did (the figures are in the README beside the networks). */

#include "engine/base/image.h"
#include "engine/onnx/load.h"
#include "engine/study/classify.h"

#include <math.h>
#include <string.h>

typedef struct
{
  const char *network;
  guint first_class; /* number of the first ImageNet class */
  double top1, top5; /* per cent on every fourth photograph */
} Case;

static const Case cases[] = {
  { "squeezenet1_0", 0, 63.2, 82.4 },
  { "mobilenet_v2_1.0_224", 1, 88.0, 97.6 },
};

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

static GPtrArray *
list_photographs (void)
{
  const char *shared = g_getenv ("PHOSPHENE_SHARED");
  g_autofree char *folder =
      g_build_filename (shared != NULL ? shared : "", "data", "imagenet-sample", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".JPEG"))
      g_ptr_array_add (paths, g_build_filename (folder, name, NULL));
  g_ptr_array_sort (paths, compare_paths);
  return paths;
}

static void
test_names (gconstpointer data)
{
  const Case *c = data;
  const char *shared = g_getenv ("PHOSPHENE_SHARED");
  g_autofree char *file = g_strconcat (c->network, ".onnx", NULL);
  g_autofree char *path = g_build_filename (shared != NULL ? shared : "", "models", file, NULL);
  g_autoptr (GPtrArray) photographs = list_photographs ();
  g_autoptr (PhModel) model = NULL;
  g_autoptr (PhClassifier) classifier = NULL;
  g_autoptr (GError) error = NULL;
  guint n = 0, top1 = 0, top5 = 0;

  if (photographs->len != 1000 || !g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_test_skip ("the networks and photographs for development are not there");
      return;
    }
  model = ph_model_load (path, NULL, &error);
  g_assert_no_error (error);
  classifier = ph_classifier_new (model, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < photographs->len; i += 4)
    {
      g_autoptr (PhImage) image = ph_image_load (photographs->pdata[i], &error);
      g_autofree PhPrediction *all = NULL;
      guint n_classes;

      g_assert_no_error (error);
      all = ph_classifier_predict (classifier, image, &n_classes, NULL, &error);
      g_assert_no_error (error);
      n++;
      top1 += all[0].class_number == i + c->first_class;
      for (int k = 0; k < 5; k++)
        top5 += all[k].class_number == i + c->first_class;
    }
  g_test_message ("%s: top-1 %.1f %%, top-5 %.1f %% of %u photographs", c->network,
                  100.0 * top1 / n, 100.0 * top5 / n, n);
  /* One photograph of 250 is 0.4 points. */
  g_assert_cmpfloat (fabs (100.0 * top1 / n - c->top1), <=, 0.81);
  g_assert_cmpfloat (fabs (100.0 * top5 / n - c->top5), <=, 0.81);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *name = g_strconcat ("/photographs/", cases[i].network, NULL);

      g_test_add_data_func (name, &cases[i], test_names);
    }
  return g_test_run ();
}
