#include "vis/heat.h"

#include <math.h>
#include <stdlib.h>

#define BRIGHTEST 0.995

/* Lightness rises evenly along both, so the order of values survives without colour. */
static const float hot[][3] = {
  { 0.02f, 0.02f, 0.03f }, { 0.35f, 0.06f, 0.10f }, { 0.80f, 0.20f, 0.06f },
  { 1.00f, 0.60f, 0.12f }, { 1.00f, 0.98f, 0.75f },
};
static const float cold[][3] = {
  { 0.02f, 0.02f, 0.03f }, { 0.06f, 0.12f, 0.40f }, { 0.10f, 0.32f, 0.78f },
  { 0.25f, 0.65f, 0.95f }, { 0.85f, 0.98f, 1.00f },
};

static int
compare (gconstpointer a, gconstpointer b)
{
  float x = *(const float *)a, y = *(const float *)b;

  return x < y ? -1 : x > y;
}

static double
find_brightest (const float *map, gsize n, gboolean is_signed)
{
  g_autofree float *sizes = g_new (float, n);
  gsize m = 0;

  for (gsize i = 0; i < n; i++)
    {
      float size = is_signed ? fabsf (map[i]) : map[i];

      if (isfinite (size))
        sizes[m++] = MAX (size, 0);
    }
  if (m == 0)
    return 0;
  qsort (sizes, m, sizeof *sizes, compare);

  double brightest = sizes[(gsize)(BRIGHTEST * (double)(m - 1))];

  /* A map with less than that of anything in it. */
  return brightest > 0 ? brightest : sizes[m - 1];
}

static void
colour_of (double value, guint8 *pixel)
{
  const float (*scale)[3] = value < 0 ? cold : hot;
  double at = MIN (fabs (value), 1) * (G_N_ELEMENTS (hot) - 1);
  guint i = MIN ((guint)at, G_N_ELEMENTS (hot) - 2);

  for (guint c = 0; c < 3; c++)
    pixel[c] = (guint8)(255 * (scale[i][c] + (at - i) * (scale[i + 1][c] - scale[i][c])) + 0.5);
}

PhFrame *
ph_heat_to_frame (const float *map, guint height, guint width, gboolean is_signed)
{
  gsize n = (gsize)height * width;
  double brightest = find_brightest (map, n, is_signed);
  guint8 *pixels = g_malloc (3 * n);
  g_autoptr (GBytes) bytes = g_bytes_new_take (pixels, 3 * n);

  for (gsize i = 0; i < n; i++)
    {
      double value = brightest > 0 && isfinite (map[i]) ? map[i] / brightest : 0;

      colour_of (is_signed ? value : MAX (value, 0), pixels + 3 * i);
    }
  return ph_frame_new (bytes, width, height, 0, brightest);
}

PhImage *
ph_heat_overlay (const PhImage *picture, const PhFrame *heat, double opacity, GError **error)
{
  guint height = MAX (picture->height, heat->height), width = MAX (picture->width, heat->width);
  g_autoptr (PhImage) colours = ph_image_new_from_pixels (g_bytes_get_data (heat->pixels, NULL),
                                                          heat->height, heat->width, error);
  g_autoptr (PhImage) over =
      colours != NULL ? ph_image_resize (colours, height, width, error) : NULL;
  g_autoptr (PhImage) three = over != NULL ? ph_image_to_channels (picture, 3, error) : NULL;
  PhImage *result = three != NULL ? ph_image_resize (three, height, width, error) : NULL;

  for (gsize i = 0; result != NULL && i < ph_image_n_values (result); i++)
    result->data[i] += (float)opacity * (over->data[i] - result->data[i]);
  return result;
}
