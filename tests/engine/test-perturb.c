/* A picture changed by hand: dabs of each brush, undo, turning. */
#include <math.h>

#include "base/rng.h"
#include "vis/perturb.h"

#define HEIGHT 20
#define WIDTH 31

static const float red[] = { 1, 0, 0.25f };

static PhImage *
make_picture (void)
{
  PhImage *image = ph_image_new (3, HEIGHT, WIDTH, NULL);
  PhRng rng;

  ph_rng_init (&rng, 4, 0);
  for (gsize i = 0; i < ph_image_n_values (image); i++)
    image->data[i] = (float)ph_rng_uniform (&rng, 0, 1);
  return image;
}

static float
pixel (const PhImage *image, guint c, guint y, guint x)
{
  return image->data[(c * HEIGHT + y) * WIDTH + x];
}

static gboolean
equal (const PhImage *a, const PhImage *b)
{
  for (gsize i = 0; i < ph_image_n_values (a); i++)
    if (a->data[i] != b->data[i])
      return FALSE;
  return TRUE;
}

static void
test_brushes (void)
{
  g_autoptr (PhImage) before = make_picture ();
  g_autoptr (PhPerturbed) p = ph_perturbed_new (before, NULL);
  const PhImage *now = ph_perturbed_get_picture (p);

  g_assert_true (equal (before, now));
  g_assert_false (ph_perturbed_is_changed (p));

  ph_perturbed_begin_stroke (p);
  ph_perturbed_dab (p, PH_BRUSH_PAINT, red, 10, 8, 4);
  for (guint c = 0; c < 3; c++)
    {
      g_assert_cmpfloat_with_epsilon (pixel (now, c, 8, 10), red[c], 1e-6);
      g_assert_cmpfloat (pixel (now, c, 8, 16), ==, pixel (before, c, 8, 16));
      g_assert_cmpfloat (pixel (now, c, 14, 10), ==, pixel (before, c, 14, 10));
    }
  /* A square covers its corner, a disc does not. */
  ph_perturbed_begin_stroke (p);
  ph_perturbed_dab (p, PH_BRUSH_HIDE, red, 24, 12, 4);
  g_assert_cmpfloat_with_epsilon (pixel (now, 1, 8, 20), 0.5, 1e-6);
  g_assert_cmpfloat (pixel (now, 1, 7, 20), ==, pixel (before, 1, 7, 20));
  g_assert_cmpfloat (pixel (now, 1, 8, 19), ==, pixel (before, 1, 8, 19));

  ph_perturbed_begin_stroke (p);
  ph_perturbed_dab (p, PH_BRUSH_RESTORE, red, 24, 12, 7);
  g_assert_cmpfloat (pixel (now, 1, 12, 24), ==, pixel (before, 1, 12, 24));
  g_assert_cmpfloat_with_epsilon (pixel (now, 1, 8, 10), red[1], 1e-6);

  /* Beyond the border is no harm. */
  ph_perturbed_begin_stroke (p);
  ph_perturbed_dab (p, PH_BRUSH_PAINT, red, -3, HEIGHT + 2, 6);
  ph_perturbed_dab (p, PH_BRUSH_PAINT, red, WIDTH + 50, -80, 6);

  while (ph_perturbed_can_undo (p))
    ph_perturbed_undo (p);
  g_assert_true (equal (before, now));
}

/* Blurring takes away what differs between neighbours and leaves the light. */
static void
test_blur (void)
{
  g_autoptr (PhImage) before = make_picture ();
  g_autoptr (PhPerturbed) p = ph_perturbed_new (before, NULL);
  const PhImage *now = ph_perturbed_get_picture (p);
  double rough = 0, smooth = 0;

  ph_perturbed_begin_stroke (p);
  ph_perturbed_dab (p, PH_BRUSH_BLUR, red, 15, 10, 40);
  for (guint y = 0; y < HEIGHT; y++)
    for (guint x = 1; x < WIDTH; x++)
      {
        rough += fabs (pixel (before, 0, y, x) - pixel (before, 0, y, x - 1));
        smooth += fabs (pixel (now, 0, y, x) - pixel (now, 0, y, x - 1));
      }
  g_assert_cmpfloat (smooth, <, 0.2 * rough);
}

static void
test_undo (void)
{
  g_autoptr (PhImage) before = make_picture ();
  g_autoptr (PhPerturbed) p = ph_perturbed_new (before, NULL);
  const PhImage *now = ph_perturbed_get_picture (p);

  ph_perturbed_begin_stroke (p);
  ph_perturbed_dab (p, PH_BRUSH_PAINT, red, 5, 5, 3);
  ph_perturbed_dab (p, PH_BRUSH_PAINT, red, 7, 5, 3);

  g_autoptr (PhImage) first = ph_image_copy (now, NULL);

  ph_perturbed_begin_stroke (p);
  ph_perturbed_dab (p, PH_BRUSH_HIDE, red, 6, 6, 5);
  ph_perturbed_dab (p, PH_BRUSH_HIDE, red, 9, 6, 5);
  ph_perturbed_undo (p);
  g_assert_true (equal (first, now));
  ph_perturbed_undo (p);
  g_assert_true (equal (before, now));
  ph_perturbed_undo (p); /* nothing is left */
  g_assert_true (equal (before, now));
}

/* Half a turn is exact; strokes stay where they are. */
static void
test_turn (void)
{
  g_autoptr (PhImage) before = make_picture ();
  g_autoptr (PhPerturbed) p = ph_perturbed_new (before, NULL);
  const PhImage *now = ph_perturbed_get_picture (p);

  ph_perturbed_set_angle (p, 180);
  g_assert_true (ph_perturbed_is_changed (p));
  for (guint y = 0; y < HEIGHT; y++)
    for (guint x = 0; x < WIDTH; x++)
      g_assert_cmpfloat_with_epsilon (pixel (now, 2, y, x),
                                      pixel (before, 2, HEIGHT - 1 - y, WIDTH - 1 - x), 1e-4);

  ph_perturbed_begin_stroke (p);
  ph_perturbed_dab (p, PH_BRUSH_PAINT, red, 10, 8, 4);
  ph_perturbed_set_angle (p, 33);
  g_assert_cmpfloat_with_epsilon (pixel (now, 0, 8, 10), red[0], 1e-6);
  g_assert_cmpfloat (ph_perturbed_get_angle (p), ==, 33);
  ph_perturbed_reset (p);
  g_assert_true (equal (before, now));
  g_assert_false (ph_perturbed_is_changed (p));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/perturb/brushes", test_brushes);
  g_test_add_func ("/perturb/blur", test_blur);
  g_test_add_func ("/perturb/undo", test_undo);
  g_test_add_func ("/perturb/turn", test_turn);
  return g_test_run ();
}
