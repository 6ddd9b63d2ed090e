#include "embed/walk.h"

#include <string.h>

#include "base/image-rows.h"
#include "base/png.h"
#include "embed/interpolate.h"

#define GAP 2 /* pixels between pictures */

void
ph_walk_clear (PhWalk *walk)
{
  g_clear_pointer (&walk->drawn, g_ptr_array_unref);
  g_clear_pointer (&walk->faded, g_ptr_array_unref);
}

gboolean
ph_walk_fade (PhWalk *walk, const PhImage *const corners[4], GError **error)
{
  walk->faded = g_ptr_array_new_with_free_func ((GDestroyNotify)ph_image_free);
  for (guint i = 0; i < walk->rows; i++)
    for (guint j = 0; j < walk->columns; j++)
      {
        PhImage *image = ph_walk_blend (corners, walk->columns > 1 ? j / (walk->columns - 1.0) : 0,
                                        walk->rows > 1 ? i / (walk->rows - 1.0) : 0, error);

        if (image == NULL)
          return FALSE;
        g_ptr_array_add (walk->faded, image);
      }
  return TRUE;
}

PhImage *
ph_walk_blend (const PhImage *const corners[4], double across, double down, GError **error)
{
  const gsize n = ph_image_n_values (corners[0]);
  const gboolean square = down > 0 && corners[2] != NULL;
  g_autoptr (PhImage) below = square ? ph_image_copy (corners[2], error) : NULL;
  PhImage *image = ph_image_copy (corners[0], error);

  if (image == NULL || (square && below == NULL))
    {
      g_clear_pointer (&image, ph_image_free);
      return NULL;
    }
  ph_path_point (PH_PATH_LINEAR, n, corners[0]->data, corners[1]->data, across, image->data);
  if (square)
    {
      g_autofree float *above = g_memdup2 (image->data, n * sizeof (float));

      ph_path_point (PH_PATH_LINEAR, n, corners[2]->data, corners[3]->data, across, below->data);
      ph_path_point (PH_PATH_LINEAR, n, above, below->data, down, image->data);
    }
  return image;
}

/* What the network makes of the way above the fading pictures; a square beside the other. */
static PhImage *
lay_out (const PhWalk *walk, guint first, guint n_rows, guint n_columns, GError **error)
{
  const guint n_lines = n_rows == 1 ? 2 : n_rows;
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func ((GDestroyNotify)g_ptr_array_unref);

  for (guint i = 0; i < n_lines; i++)
    g_ptr_array_add (lines, g_ptr_array_new ());
  for (guint side = 0; side < 2; side++)
    for (guint i = 0; i < n_rows; i++)
      for (guint j = 0; j < n_columns; j++)
        g_ptr_array_add (
            lines->pdata[n_rows == 1 ? side : i],
            (side == 0 ? walk->drawn : walk->faded)->pdata[first + i * walk->columns + j]);
  return ph_image_rows ((GPtrArray *const *)lines->pdata, n_lines, GAP, error);
}

PhImage *
ph_walk_draw (const PhWalk *walk, GError **error)
{
  return lay_out (walk, 0, walk->rows, walk->columns, error);
}

GPtrArray *
ph_walk_make_frames (const PhWalk *walk, GError **error)
{
  g_autoptr (GPtrArray) frames = g_ptr_array_new_with_free_func ((GDestroyNotify)ph_frame_unref);

  for (guint i = 0; i < walk->columns; i++)
    {
      g_autoptr (PhImage) both = lay_out (walk, i, 1, 1, error);

      if (both == NULL)
        return NULL;
      g_ptr_array_add (frames, ph_image_to_frame (both, i, (double)i / (walk->columns - 1)));
    }
  return g_steal_pointer (&frames);
}

gboolean
ph_walk_save (const PhWalk *walk, const PhFilmSettings *film, const char *path, GError **error)
{
  g_autoptr (GPtrArray) frames = NULL;

  if (walk->rows > 1 || film->format == PH_FILM_STRIP)
    {
      g_autoptr (PhImage) sheet = ph_walk_draw (walk, error);

      return sheet != NULL && ph_png_save_image (path, sheet, NULL, error);
    }
  frames = ph_walk_make_frames (walk, error);
  return frames != NULL && ph_film_save (path, frames, film, NULL, error);
}
