#include "vis/views.h"

#include <glib/gi18n.h>

#include "base/tensor.h"

struct _PhViews
{
  /* owned */
  PhTransforms **changes; /* n_views */
  PhTransforms *straight;
  float *views; /* (n_pictures, n_views, view_size) */

  guint n_pictures, n_views;
  gsize picture_size, view_size; /* numbers */
};

PhViews *
ph_views_new (const char *transforms, guint n_pictures, guint n_views, guint channels, guint height,
              guint width, guint out_height, guint out_width, GError **error)
{
  g_autoptr (PhViews) views = g_new0 (PhViews, 1);

  views->n_pictures = n_pictures;
  views->n_views = n_views;
  views->picture_size = (gsize)channels * height * width;
  views->view_size = (gsize)channels * out_height * out_width;
  views->changes = g_new0 (PhTransforms *, n_views);
  for (guint i = 0; i < n_views; i++)
    {
      views->changes[i] =
          ph_transforms_new (transforms, channels, height, width, out_height, out_width, error);
      if (views->changes[i] == NULL)
        return NULL;
    }
  views->straight =
      ph_transforms_new ("none", channels, height, width, out_height, out_width, error);
  if (views->straight == NULL)
    return NULL;
  views->views = ph_aligned_alloc (sizeof (float) * n_pictures * n_views * views->view_size);
  if (views->views == NULL)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_NO_MEMORY,
                   _ ("There is no memory for %u view(s) of %u × %u pixels"), n_pictures * n_views,
                   out_width, out_height);
      return NULL;
    }
  return g_steal_pointer (&views);
}

void
ph_views_free (PhViews *views)
{
  if (views == NULL)
    return;
  for (guint i = 0; i < views->n_views; i++)
    ph_transforms_free (views->changes[i]);
  g_free (views->changes);
  ph_transforms_free (views->straight);
  ph_aligned_free (views->views);
  g_free (views);
}

float *
ph_views_get (PhViews *views)
{
  return views->views;
}

static float *
get_view (PhViews *views, guint picture, guint view)
{
  return views->views + ((gsize)picture * views->n_views + view) * views->view_size;
}

void
ph_views_look (PhViews *views, const float *pictures, double strength, PhRng *rng)
{
  for (guint i = 0; i < views->n_views; i++)
    ph_transforms_sample (views->changes[i], strength, rng);
  for (guint p = 0; p < views->n_pictures; p++)
    for (guint i = 0; i < views->n_views; i++)
      ph_transforms_apply (views->changes[i], pictures + p * views->picture_size,
                           get_view (views, p, i));
}

void
ph_views_look_straight (PhViews *views, const float *pictures)
{
  PhRng still; /* only where the view wanders along a longer side */

  ph_rng_init (&still, 0, 0);
  ph_transforms_sample (views->straight, 1, &still);
  for (guint p = 0; p < views->n_pictures; p++)
    for (guint i = 0; i < views->n_views; i++)
      ph_transforms_apply (views->straight, pictures + p * views->picture_size,
                           get_view (views, p, i));
}

void
ph_views_adjoint (PhViews *views, float *d_pictures)
{
  for (guint p = 0; p < views->n_pictures; p++)
    for (guint i = 0; i < views->n_views; i++)
      ph_transforms_adjoint (views->changes[i], get_view (views, p, i),
                             d_pictures + p * views->picture_size);
}
