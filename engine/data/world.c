#include "data/world.h"

#include <glib/gi18n.h>
#include <cairo.h>
#include <math.h>
#include <string.h>

static const PhWorld *const worlds[] = { &ph_world_things, &ph_world_faces, NULL };

const PhWorld *const *
ph_worlds (void)
{
  return worlds;
}

const PhWorld *
ph_world_find (const char *name)
{
  for (const PhWorld *const *w = worlds; *w != NULL; w++)
    if (g_str_equal ((*w)->name, name))
      return *w;
  return NULL;
}

guint
ph_world_get_n_classes (const PhWorld *world)
{
  return g_strv_length ((char **)world->classes);
}

guint
ph_world_get_n_attributes (const PhWorld *world)
{
  guint n = 0;

  while (world->attributes != NULL && world->attributes[n].name != NULL)
    n++;
  return n;
}

guint
ph_world_get_label (const PhWorld *world, guint64 index)
{
  return (guint)(index % ph_world_get_n_classes (world));
}

/* What a camera adds, so that no single pixel tells a class: uneven light, exposure, a cast of
 * colour, grain. Grain is drawn at the picture's own pixels, everything else is the scene's. */
static void
photograph (PhImage *image, PhRng *rng)
{
  gsize plane = (gsize)image->height * image->width;
  double angle = ph_rng_uniform (rng, 0, 2 * G_PI);
  double slope = ph_rng_uniform (rng, 0, 0.3);
  double exposure = ph_rng_uniform (rng, 0.72, 1.2);
  double grain = ph_rng_uniform (rng, 0, 0.05);
  double cast[3], contrast = ph_rng_uniform (rng, 0.75, 1.1);

  for (guint c = 0; c < 3; c++)
    cast[c] = exposure * ph_rng_uniform (rng, 0.9, 1.1);
  for (guint y = 0; y < image->height; y++)
    for (guint x = 0; x < image->width; x++)
      {
        double u = (x + 0.5) / image->width - 0.5, v = (y + 0.5) / image->height - 0.5;
        double light = 1 + 2 * slope * (u * cos (angle) + v * sin (angle));

        for (guint c = 0; c < 3; c++)
          {
            float *p = &image->data[c * plane + (gsize)y * image->width + x];
            double value = (0.5 + (*p - 0.5) * contrast) * cast[c] * light;

            /* A sum of three uniform numbers is normal enough for grain, and quick. */
            double noise = ph_rng_uniform (rng, -1, 1) + ph_rng_uniform (rng, -1, 1) +
                           ph_rng_uniform (rng, -1, 1);

            /* Eight bits, as cameras store them: drawn files and drawn sets are the same. */
            *p = (float)(guint8)(CLAMP (value + grain * noise, 0, 1) * 255 + 0.5) / 255.0f;
          }
      }
}

static void
take_pixels (PhImage *image, cairo_surface_t *surface)
{
  gsize plane = (gsize)image->height * image->width;
  const guint8 *rows = cairo_image_surface_get_data (surface);
  gsize stride = (gsize)cairo_image_surface_get_stride (surface);

  for (guint y = 0; y < image->height; y++)
    {
      const guint32 *row = (const guint32 *)(rows + y * stride);
      float *to = image->data + (gsize)y * image->width;

      for (guint x = 0; x < image->width; x++)
        for (guint c = 0; c < 3; c++)
          to[c * plane + x] = (float)((row[x] >> (16 - 8 * c)) & 255) / 255;
    }
}

PhImage *
ph_world_draw (const PhWorld *world, guint64 seed, guint64 index, guint size, double *attributes,
               GError **error)
{
  g_autoptr (PhImage) image = ph_image_new (3, size, size, error);
  double ignored[PH_WORLD_MAX_ATTRIBUTES];
  cairo_surface_t *surface;
  cairo_t *cr;
  PhRng scene, camera;

  if (image == NULL)
    return NULL;
  surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int)size, (int)size);
  if (cairo_surface_status (surface) != CAIRO_STATUS_SUCCESS)
    {
      cairo_surface_destroy (surface);
      g_set_error (error, PH_ERROR, PH_ERROR_NO_MEMORY,
                   _ ("There is not enough memory to draw a picture of %u×%u pixels"), size, size);
      return NULL;
    }
  /* Streams of their own, so that the number of pixels does not change the scene. */
  ph_rng_init (&scene, seed, 2 * index);
  ph_rng_init (&camera, seed, 2 * index + 1);
  memset (attributes != NULL ? attributes : ignored, 0, sizeof ignored);

  cr = cairo_create (surface);
  cairo_scale (cr, size / 2.0, size / 2.0);
  cairo_translate (cr, 1, 1);
  world->paint (cr, ph_world_get_label (world, index), &scene,
                attributes != NULL ? attributes : ignored);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  take_pixels (image, surface);
  cairo_surface_destroy (surface);
  photograph (image, &camera);
  return g_steal_pointer (&image);
}

gboolean
ph_world_get_attributes (const PhWorld *world, guint64 seed, guint64 index, double *attributes,
                         GError **error)
{
  PhImage *image = ph_world_draw (world, seed, index, 8, attributes, error);

  if (image == NULL)
    return FALSE;
  ph_image_free (image);
  return TRUE;
}
