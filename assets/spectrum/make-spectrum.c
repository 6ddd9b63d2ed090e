/* The spectrum that comes with the program: that of pictures which are drawn here. Discs of all
 * sizes that hide one another, "dead leaves", have the statistics of photographs: the number of
 * discs falls with the cube of their radius, so no size is special (Lee, Mumford, Huang 2001).
 *
 * make-spectrum FILE.npy */
#include <cairo.h>
#include <glib/gstdio.h>
#include <math.h>

#include "engine/engine.h"

#define SIZE 256
#define N_PICTURES 96
#define N_LEAVES 25000
#define SMALLEST 1.5
#define LARGEST 160.0

/* Spread of the colours of leaves along the decorrelated axes. */
static const double spread[3] = { 1.5, 0.9, 0.7 };

/* The distribution of radii, inverted. */
static double
draw_radius (PhRng *rng)
{
  double low = pow (SMALLEST, -2), high = pow (LARGEST, -2);

  return pow (low - ph_rng_uniform (rng, 0, 1) * (low - high), -0.5);
}

static void
draw_leaf (cairo_t *cr, PhRng *rng)
{
  double margin = LARGEST, radius = draw_radius (rng);
  float colour[3];

  for (guint axis = 0; axis < 3; axis++)
    colour[axis] = (float)(spread[axis] * ph_rng_normal (rng));
  ph_colour_apply (PH_COLOUR_DECORRELATED, 3, 1, colour, colour);
  cairo_set_source_rgb (cr, colour[0], colour[1], colour[2]);
  cairo_arc (cr, ph_rng_uniform (rng, -margin, SIZE + margin),
             ph_rng_uniform (rng, -margin, SIZE + margin), radius, 0, 2 * G_PI);
  cairo_fill (cr);
}

static void
draw_picture (const char *path, guint number)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, SIZE, SIZE);
  cairo_t *cr = cairo_create (surface);
  PhRng rng;

  ph_rng_init (&rng, 2001, number);
  for (guint i = 0; i < N_LEAVES; i++)
    draw_leaf (cr, &rng);
  cairo_destroy (cr);
  if (cairo_surface_write_to_png (surface, path) != CAIRO_STATUS_SUCCESS)
    g_error ("%s cannot be written", path);
  cairo_surface_destroy (surface);
}

static void
remove_folder (const char *folder)
{
  g_auto (GStrv) paths = ph_folder_list_images (folder, NULL);

  for (guint i = 0; paths != NULL && paths[i] != NULL; i++)
    g_unlink (paths[i]);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  const PhParamSpec spec = { 3, SIZE, SIZE, PH_COLOUR_DECORRELATED, FALSE, NULL };
  g_autofree char *folder = g_dir_make_tmp ("phosphene-leaves-XXXXXX", NULL);
  g_autoptr (PhTensor) spectrum = NULL;
  g_autoptr (GError) error = NULL;

  if (argc != 2 || folder == NULL)
    return 2;
  for (guint i = 0; i < N_PICTURES; i++)
    {
      g_autofree char *name = g_strdup_printf ("%03u.png", i);
      g_autofree char *path = g_build_filename (folder, name, NULL);

      draw_picture (path, i);
    }
  spectrum = ph_spectrum_measure (folder, &spec, &error);
  remove_folder (folder);
  if (spectrum != NULL)
    spectrum->type = PH_TYPE_FLOAT16; /* three digits are plenty, in half the space */
  if (spectrum == NULL || !ph_npy_save (spectrum, argv[1], &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  return 0;
}
