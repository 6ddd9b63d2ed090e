/* Photographs changed for a unit: tiles without seams, dreams that rise, accentuation that stays
 * near. */
#include "vis/dream.h"

#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "tiny-network.h"
#include "vis/accentuation.h"
#include "vis/tiles.h"

static PhImage *
make_photo (guint height, guint width)
{
  PhImage *image = ph_image_new (3, height, width, NULL);
  PhRng rng;

  ph_rng_init (&rng, 5, 0);
  for (gsize i = 0; i < ph_image_n_values (image); i++)
    image->data[i] = (float)(0.5 + 0.2 * sin ((double)i * 0.11) + ph_rng_uniform (&rng, -0.1, 0.1));
  return image;
}

/* Mean of nine pixels, of those that are there. */
static float
blurred (const float *plane, guint height, guint width, int y, int x)
{
  float sum = 0;

  for (int dy = -1; dy <= 1; dy++)
    for (int dx = -1; dx <= 1; dx++)
      if (y + dy >= 0 && y + dy < (int)height && x + dx >= 0 && x + dx < (int)width)
        sum += plane[(y + dy) * (int)width + x + dx];
  return sum / 9;
}

/* What is computed tile by tile, each value from its neighbours, is what is computed at once, but
 * at the edge of the picture, and every pixel is written once. */
static void
test_tiles (void)
{
  const guint sizes[][2] = { { 61, 83 }, { 12, 90 }, { 9, 7 }, { 24, 16 }, { 1, 40 } };
  const double shifts[] = { 0, 0.37, 0.999 };

  for (guint s = 0; s < G_N_ELEMENTS (sizes) * G_N_ELEMENTS (shifts); s++)
    {
      guint height = sizes[s / 3][0], width = sizes[s / 3][1];
      g_autoptr (PhImage) image = make_photo (height, width);
      g_autoptr (PhImage) result = ph_image_new (3, height, width, NULL);
      PhTiles tiles = { .height = 20, .width = 26, .margin = 3 };
      float in[3 * 20 * 26], out[3 * 20 * 26];

      ph_tiles_place (&tiles, height, width, shifts[s % 3], 1 - shifts[2 - s % 3]);
      for (gsize i = 0; i < ph_image_n_values (result); i++)
        result->data[i] = NAN;
      for (guint i = 0; i < tiles.rows * tiles.columns; i++)
        {
          ph_tiles_read (&tiles, i, image, in);
          for (int c = 0; c < 3; c++)
            for (int y = 0; y < 20; y++)
              for (int x = 0; x < 26; x++)
                out[(c * 20 + y) * 26 + x] = blurred (in + c * 520, 20, 26, y, x);
          ph_tiles_write (&tiles, i, out, result);
        }
      for (guint c = 0; c < 3; c++)
        for (guint y = 0; y < height; y++)
          for (guint x = 0; x < width; x++)
            {
              gsize plane = (gsize)c * height * width;
              float value = result->data[plane + y * width + x];

              g_assert_true (isfinite (value));
              if (y > 0 && x > 0 && y + 1 < height && x + 1 < width)
                g_assert_cmpfloat_with_epsilon (
                    value, blurred (image->data + plane, height, width, (int)y, (int)x), 1e-6);
            }
    }
}

static void
init_dream (PhDreamSettings *settings)
{
  ph_settings_init (ph_dream_settings, settings);
  settings->octaves = 2;
  settings->steps = 4;
}

static void
on_value (guint step, double value, gpointer data)
{
  g_array_append_val ((GArray *)data, value);
}

/* A photo of another size than the network's keeps its size; the objective rises; twice the same.
 */
static void
test_dream (void)
{
  g_autoptr (PhModel) model = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  g_autoptr (PhImage) photo = make_photo (47, 71);
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (double));
  PhMonitor monitor = { .value = on_value, .data = values };
  g_autoptr (GError) error = NULL;
  PhDreamSettings settings;

  init_dream (&settings);

  g_autoptr (PhDream) dream = ph_dream_new (model, "relu2", &settings, &error);

  g_assert_no_error (error);

  g_autoptr (PhImage) image = ph_dream_run (dream, photo, &monitor, NULL, &error);
  g_autoptr (PhImage) again = ph_dream_run (dream, photo, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (image->height, ==, 47);
  g_assert_cmpuint (image->width, ==, 71);
  g_assert_cmpuint (values->len, ==, 8);
  for (guint octave = 0; octave < 2; octave++)
    g_assert_cmpfloat (g_array_index (values, double, 4 * octave), <,
                       g_array_index (values, double, 4 * octave + 3));
  g_assert_cmpmem (image->data, sizeof (float) * ph_image_n_values (image), again->data,
                   sizeof (float) * ph_image_n_values (again));
  ph_settings_clear (ph_dream_settings, &settings);
}

static void
test_dream_film (void)
{
  g_autoptr (PhModel) model = ph_tiny_network_new (PH_TINY_ONE_SIZE);
  g_autoptr (PhImage) photo = make_photo (40, 30);
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  PhDreamSettings settings;

  init_dream (&settings);

  g_autoptr (PhDream) dream = ph_dream_new (model, "class:bee", &settings, &error);
  g_autoptr (PhImage) first = ph_dream_run (dream, photo, NULL, NULL, &error);
  g_autoptr (GPtrArray) frames = ph_dream_film (dream, photo, 3, NULL, NULL, &error);
  g_autoptr (GBytes) pixels = ph_image_pack (first);

  g_assert_no_error (error);
  g_assert_cmpuint (frames->len, ==, 3);
  g_assert_true (g_bytes_equal (pixels, ((PhFrame *)frames->pdata[0])->pixels));
  g_assert_false (g_bytes_equal (pixels, ((PhFrame *)frames->pdata[2])->pixels));
  g_assert_cmpuint (((PhFrame *)frames->pdata[2])->height, ==, 40);

  g_cancellable_cancel (cancelled);
  g_assert_null (ph_dream_film (dream, photo, 3, NULL, cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  /* A network of one size says so for a tile of another. */
  settings.tile = 33;
  g_assert_null (ph_dream_new (model, "class:bee", &settings, &error));
  g_assert_nonnull (error);
  ph_settings_clear (ph_dream_settings, &settings);
}

/* Stronger is further away and responds more; the distance is held at the strength. */
static void
test_accentuation (void)
{
  g_autoptr (PhModel) model = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  g_autoptr (PhImage) photo = make_photo (50, 64);
  const double strengths[] = { 0.1, 0.5 };
  double gain[2], distance[2];
  PhAccentuationSettings settings;

  ph_settings_init (ph_accentuation_settings, &settings);
  settings.steps = 60;
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;
      double before, after;

      settings.strength = strengths[i];

      g_autoptr (PhAccentuation) accentuation =
          ph_accentuation_new (model, "class:dog", photo, &settings, &error);

      g_assert_no_error (error);
      g_assert_true (
          ph_accentuation_measure (accentuation, &before, &after, &distance[i], NULL, &error));
      /* It begins as the photograph, but for what waves and sigmoid cannot hold. */
      g_assert_cmpfloat (distance[i], <, 0.02);
      g_assert_true (ph_accentuation_run (accentuation, NULL, NULL, &error));
      g_assert_true (
          ph_accentuation_measure (accentuation, &before, &after, &distance[i], NULL, &error));
      g_assert_no_error (error);
      gain[i] = after - before;
      g_assert_cmpfloat (ph_accentuation_get_strength (accentuation, 30), ==, strengths[i] / 2);
      g_assert_cmpfloat (distance[i], <, 1.03 * strengths[i]);
      g_assert_cmpfloat (distance[i], >, 0.8 * strengths[i]);
    }
  g_assert_cmpfloat (gain[0], >, 0);
  g_assert_cmpfloat (gain[1], >, gain[0]);
  g_assert_cmpfloat (distance[1], >, distance[0]);
  ph_settings_clear (ph_accentuation_settings, &settings);
}

static void
test_accentuation_errors (void)
{
  g_autoptr (PhModel) model = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  g_autoptr (PhImage) photo = make_photo (20, 28);
  g_autoptr (GError) error = NULL;
  PhAccentuationSettings settings;

  ph_settings_init (ph_accentuation_settings, &settings);
  g_assert_true (ph_setting_set (ph_settings_find (ph_accentuation_settings, "keep"), &settings,
                                 "nowhere", NULL));
  g_assert_null (ph_accentuation_new (model, "class:dog", photo, &settings, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_NO_SUCH_UNIT);
  g_assert_nonnull (strstr (error->message, "nowhere"));
  ph_settings_clear (ph_accentuation_settings, &settings);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dream/tiles", test_tiles);
  g_test_add_func ("/dream/run", test_dream);
  g_test_add_func ("/dream/film", test_dream_film);
  g_test_add_func ("/accentuation/run", test_accentuation);
  g_test_add_func ("/accentuation/errors", test_accentuation_errors);
  return g_test_run ();
}
