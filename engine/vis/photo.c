#include "vis/photo.h"

#include "base/folder.h"
#include "base/image.h"
#include "network/run.h"

struct _PhPhotos
{
  PhPreprocess preprocess;
  guint height, width;
  PhRun *run; /* owned */
  PhMaps maps;
};

PhPhotos *
ph_photos_new (PhModel *model, guint layer, guint height, guint width, GError **error)
{
  g_autoptr (PhPhotos) photos = g_new0 (PhPhotos, 1);
  int value = ph_model_get_layer (model, layer)->value;
  PhShape shape = ph_model_input_shape (model, 1, height, width);
  g_autoptr (PhPlan) plan =
      ph_plan_new_for_image (ph_model_get_graph (model), &shape, &value, 1, FALSE, error);

  if (plan == NULL || !ph_maps_locate (&photos->maps, model, layer, plan, error))
    return NULL;
  photos->preprocess = *ph_model_get_preprocess (model);
  photos->height = height;
  photos->width = width;
  photos->run = ph_run_new (plan, error);
  return photos->run != NULL ? g_steal_pointer (&photos) : NULL;
}

PhPhotos *
ph_photos_new_for_plan (PhModel *model, guint layer, const PhPlan *plan, GError **error)
{
  guint n;
  const int *inputs = ph_graph_get_inputs (ph_plan_get_graph (plan), &n);
  const PhShape *shape = &ph_plan_get_spec (plan, inputs[0])->shape;
  guint first = ph_model_get_preprocess (model)->nhwc ? 1 : 2;

  return ph_photos_new (model, layer, (guint)shape->dim[first], (guint)shape->dim[first + 1],
                        error);
}

void
ph_photos_free (PhPhotos *photos)
{
  if (photos == NULL)
    return;
  g_clear_pointer (&photos->run, ph_run_free);
  g_free (photos);
}

const PhMaps *
ph_photos_get_maps (const PhPhotos *photos)
{
  return &photos->maps;
}

gboolean
ph_photos_show (PhPhotos *photos, const char *path, float *to, GError **error)
{
  g_autoptr (PhImage) photo = ph_image_load (path, error);
  g_autoptr (PhImage) fitted =
      photo != NULL ? ph_image_fit (photo, photos->height, photos->width, 1, error) : NULL;
  g_autoptr (PhImage) image =
      fitted != NULL ? ph_image_to_channels (fitted, photos->preprocess.channels, error) : NULL;

  if (image == NULL)
    return FALSE;
  ph_preprocess_apply (&photos->preprocess, 1, photos->height, photos->width, image->data,
                       ph_run_get_input (photos->run, 0));
  if (!ph_run_forward (photos->run, NULL, error))
    return FALSE;
  ph_maps_gather (&photos->maps, 0, ph_run_get_value (photos->run, photos->maps.value), to);
  return TRUE;
}

static gboolean
add_mean (PhPhotos *photos, const char *path, double share, float *values, float *mean,
          GError **error)
{
  gsize n = photos->maps.rows * photos->maps.columns;

  if (!ph_photos_show (photos, path, values, error))
    return FALSE;
  for (gsize c = 0; c < photos->maps.channels; c++)
    {
      double sum = 0;

      for (gsize i = 0; i < n; i++)
        sum += values[c * n + i];
      mean[c] += (float)(share * sum / (double)n);
    }
  return TRUE;
}

float *
ph_photos_dup_mean (PhPhotos *photos, const char *path, GError **error)
{
  const PhMaps *maps = &photos->maps;
  g_autofree float *values = g_new (float, maps->channels * maps->rows * maps->columns);
  g_autofree float *mean = g_new0 (float, maps->channels);
  g_auto (GStrv) paths = NULL;

  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    return add_mean (photos, path, 1, values, mean, error) ? g_steal_pointer (&mean) : NULL;
  paths = ph_folder_list_images (path, error);
  if (paths == NULL)
    return NULL;
  for (guint i = 0; paths[i] != NULL; i++)
    if (!add_mean (photos, paths[i], 1.0 / g_strv_length (paths), values, mean, error))
      return NULL;
  return g_steal_pointer (&mean);
}
