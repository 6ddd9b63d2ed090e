/* Layers as grids of pictures: what each is made for, and how they are laid out. */
#include <math.h>

#include "tiny-network.h"
#include "vis/ascent.h"
#include "vis/direction-grid.h"

/* Two rows of three places; channels of relu1 that are told apart. */
static PhDirectionGrid *
make_grid (PhModel *model, guint layer)
{
  guint n = ph_model_get_layer (model, layer)->n_channels;
  g_autofree float *vectors = g_new0 (float, 6 * n);

  vectors[0 * n + 1] = 2; /* one channel */
  vectors[1 * n + 0] = 3; /* two, length 5 */
  vectors[1 * n + n - 1] = -4;
  vectors[2 * n + 2] = 0.05f; /* faint */
  vectors[4 * n + 3] = NAN;   /* nothing that can be shown; 3 and 5 are silent */
  return ph_direction_grid_new (model, layer, vectors, 2, 3);
}

static void
test_objectives (void)
{
  g_autoptr (PhModel) model = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  guint layer = (guint)ph_model_find_layer (model, "relu1");
  g_autoptr (PhDirectionGrid) grid = make_grid (model, layer);
  const double sizes[] = { 0.4, 1, 0.01, 0, 0, 0 };
  PhAscentSettings settings;

  for (guint i = 0; i < 6; i++)
    {
      g_assert_cmpfloat_with_epsilon (grid->sizes[i], sizes[i], 1e-6);
      g_assert_true ((grid->objectives[i] != NULL) == (sizes[i] > 0));
    }

  /* They are read back, and a picture raises them. */
  ph_settings_init (ph_ascent_settings, &settings);
  settings.steps = 12;
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PhAscent) ascent = ph_ascent_new (model, grid->objectives[i], &settings, &error);

      g_assert_no_error (error);

      g_autoptr (PhAscentResult) made = ph_ascent_run (ascent, NULL, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpfloat (made->objective, >, 0);
    }
  ph_settings_clear (ph_ascent_settings, &settings);
}

static PhFrame *
make_frame (guint8 red)
{
  guint8 pixels[4 * 4 * 3];
  g_autoptr (GBytes) bytes = NULL;

  for (guint i = 0; i < 16; i++)
    {
      pixels[i * 3] = red;
      pixels[i * 3 + 1] = (guint8)(i % 2 * 100);
      pixels[i * 3 + 2] = 7;
    }
  bytes = g_bytes_new (pixels, sizeof pixels);
  return ph_frame_new (bytes, 4, 4, 0, 0);
}

static void
test_draw (void)
{
  g_autoptr (PhModel) model = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  g_autoptr (PhDirectionGrid) grid = make_grid (model, (guint)ph_model_find_layer (model, "relu1"));
  g_autoptr (PhFrame) a = make_frame (200);
  PhFrame *const pictures[6] = { NULL, a, a };
  g_autoptr (PhFrame) drawn = ph_direction_grid_draw (grid, pictures, 8);
  const guint8 *p = g_bytes_get_data (drawn->pixels, NULL);

  g_assert_cmpuint (drawn->width, ==, 24);
  g_assert_cmpuint (drawn->height, ==, 16);
#define RED(y, x) p[((y)*24 + (x)) * 3]
  /* The longest fills its place, enlarged without blur. */
  for (guint y = 0; y < 8; y++)
    for (guint x = 0; x < 8; x++)
      {
        g_assert_cmpuint (RED (y, 8 + x), ==, 200);
        g_assert_cmpuint (p[(y * 24 + 8 + x) * 3 + 1], ==, x / 2 % 2 * 100);
      }
  /* The faint one is a quarter of a place, in its middle: 2 × 2 of the mean of 2 × 2 each. */
  g_assert_cmpuint (RED (3, 16 + 3), ==, 200);
  g_assert_cmpuint (p[(3 * 24 + 16 + 3) * 3 + 1], ==, 50);
  g_assert_cmpuint (RED (4, 16 + 4), ==, 200);
  g_assert_cmpuint (RED (2, 16 + 3), <, 40);
  g_assert_cmpuint (RED (3, 16 + 5), <, 40);
  /* One that waits is a grey square, 0.4 of the area of its place; silence is dark. */
  g_assert_cmpuint (RED (4, 4), >, 40);
  g_assert_cmpuint (RED (4, 4), <, 100);
  g_assert_cmpuint (RED (0, 0), <, 40);
  for (guint x = 0; x < 24; x++)
    g_assert_cmpuint (RED (12, x), <, 40);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/direction-grid/objectives", test_objectives);
  g_test_add_func ("/direction-grid/draw", test_draw);
  return g_test_run ();
}
