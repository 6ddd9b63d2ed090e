#include "vis/spectrum.h"

#include <glib/gi18n.h>
#include <math.h>

#include "base/folder.h"
#include "base/image.h"
#include "base/npy.h"
#include "data/shipped.h"
#include "vis/waves.h"

#define SHIPPED "spectrum.npy"

static gboolean
add_picture (const char *path, const PhParamSpec *spec, PhWaves *waves, const PhWavesSize *size,
             double share, PhTensor *sum, GError **error)
{
  g_autoptr (PhImage) picture = ph_image_load (path, error);
  g_autoptr (PhImage) fitted =
      picture != NULL ? ph_image_fit (picture, spec->height, spec->width, 1, error) : NULL;
  g_autoptr (PhImage) image =
      fitted != NULL ? ph_image_to_channels (fitted, spec->channels, error) : NULL;
  gsize n = (gsize)spec->height * spec->width, plane = (gsize)size->rows * size->half;
  g_autofree float *values = g_new (float, 2 * size->n);

  if (image == NULL)
    return FALSE;
  ph_colour_invert (spec->colour, spec->channels, n, image->data, image->data);
  ph_waves_invert (waves, image->data, values);
  for (gsize i = 0; i < size->n; i++)
    {
      const float *z = values + 2 * (i / plane) * plane + i % plane;

      sum->f[i] += (float)(share * hypot (z[0], z[plane]));
    }
  return TRUE;
}

PhTensor *
ph_spectrum_measure (const char *folder, const PhParamSpec *spec, GError **error)
{
  g_auto (GStrv) paths = ph_folder_list_images (folder, error);
  g_autoptr (PhWaves) waves = NULL;
  g_autoptr (PhTensor) sum = NULL;
  PhWavesSize size;

  if (paths == NULL)
    return NULL;
  ph_waves_get_size (spec->channels, spec->height, spec->width, &size);

  PhShape shape = PH_SHAPE (spec->channels, size.rows, size.half);

  waves = ph_waves_new (spec->channels, spec->height, spec->width);
  if (waves == NULL)
    return ph_param_no_memory (spec, error);
  sum = ph_tensor_new (PH_TYPE_FLOAT, &shape, error);
  for (guint i = 0; sum != NULL && paths[i] != NULL; i++)
    if (!add_picture (paths[i], spec, waves, &size, 1.0 / g_strv_length (paths), sum, error))
      return NULL;
  return g_steal_pointer (&sum);
}

/* The strength of the wave with so many crests down and along the picture. */
static double
look_up (const PhTensor *stored, gsize channel, double down, double along)
{
  gint64 rows = stored->shape.dim[1], half = stored->shape.dim[2];
  double most_down = (double)(rows / 2), most_along = (double)(half - 1);
  double beyond = MAX (1, MAX (fabs (down) / most_down, along / most_along));
  double y = fabs (down) / beyond, x = along / beyond;
  gint64 y0 = (gint64)y, x0 = (gint64)x;
  double ty = y - (double)y0, tx = x - (double)x0, value = 0;

  for (gint64 i = 0; i < 2; i++)
    for (gint64 j = 0; j < 2; j++)
      {
        gint64 row = MIN (y0 + i, rows / 2), column = MIN (x0 + j, half - 1);
        double share = (i == 1 ? ty : 1 - ty) * (j == 1 ? tx : 1 - tx);

        if (down < 0 && row > 0)
          row = rows - row;
        value += share * stored->f[((gint64)channel * rows + row) * half + column];
      }
  return value / beyond;
}

static float *
resample (const PhTensor *stored, const PhParamSpec *spec)
{
  gsize n_stored = (gsize)stored->shape.dim[0];
  gboolean same_axes = spec->colour == PH_COLOUR_DECORRELATED;
  PhWavesSize size;
  float *values;

  ph_waves_get_size (spec->channels, spec->height, spec->width, &size);
  values = g_new (float, size.n);
  for (gsize c = 0; c < spec->channels; c++)
    for (guint y = 0; y < size.rows; y++)
      for (guint x = 0; x < size.half; x++)
        {
          double down = 2 * y <= size.rows ? y : (double)y - size.rows;
          gsize from = same_axes && c < n_stored ? c : 0;

          values[(c * size.rows + y) * size.half + x] =
              (float)look_up (stored, from, down * spec->height / size.rows,
                              (double)x * spec->width / size.columns);
        }
  return values;
}

static float *
load_npy (const char *path, const PhParamSpec *spec, GError **error)
{
  g_autoptr (PhTensor) stored = ph_npy_load (path, error);

  if (stored == NULL)
    {
      g_prefix_error (error, "%s: ", path);
      return NULL;
    }
  if (!ph_type_is_real (stored->type) || stored->shape.rank != 3 || stored->shape.dim[0] < 1 ||
      stored->shape.dim[1] < 2 || stored->shape.dim[2] < 2)
    {
      g_autofree char *shape = ph_shape_dup_string (&stored->shape);

      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                   _ ("%s: a spectrum has the shape (channels, rows, columns/2 + 1), not %s"), path,
                   shape);
      return NULL;
    }
  return resample (stored, spec);
}

float *
ph_spectrum_load (const PhParamSpec *spec, GError **error)
{
  const char *text = spec->spectrum != NULL ? spec->spectrum : "";
  g_autofree char *shipped = ph_shipped_dup_path (SHIPPED);
  PhParamSpec colours = *spec;

  if (!g_file_test (text, G_FILE_TEST_IS_DIR))
    return load_npy (text[0] != '\0' ? text : shipped, spec, error);

  /* Pictures have no opacity; it is given the spectrum of brightness. */
  colours.channels -= spec->alpha;

  g_autoptr (PhTensor) measured = ph_spectrum_measure (text, &colours, error);
  gsize plane, n;
  float *values;

  if (measured == NULL)
    return NULL;
  plane = (gsize)(measured->shape.dim[1] * measured->shape.dim[2]);
  n = spec->channels * plane;
  values = g_new (float, n);
  for (gsize i = 0; i < n; i++)
    values[i] = measured->f[i < measured->n ? i : i % plane];
  return values;
}
