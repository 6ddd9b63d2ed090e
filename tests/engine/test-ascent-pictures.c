/* Several pictures at once, and transparent ones. */
#include <math.h>

#include "tiny-ascent.h"

/* Cosine between two pictures of a mosaic of @n in a row, about their means. */
static double
likeness (const PhImage *mosaic, guint n, guint a, guint b)
{
  guint width = (mosaic->width - 4 * (n - 1)) / n;
  double ab = 0, aa = 0, bb = 0;

  for (gsize row = 0; row < (gsize)mosaic->channels * mosaic->height; row++)
    for (gsize x = 0; x < width; x++)
      {
        double u = mosaic->data[row * mosaic->width + a * (width + 4) + x] - 0.5;
        double v = mosaic->data[row * mosaic->width + b * (width + 4) + x] - 0.5;

        ab += u * v;
        aa += u * u;
        bb += v * v;
      }
  return ab / sqrt (aa * bb);
}

/* Several pictures lie side by side; asked to differ they do, asked to be alike they are; and along
 * a path each is nearer to its neighbour than to the other end. */
static void
test_several_pictures (void)
{
  g_autoptr (PhAscentResult) plain =
      ph_tiny_ascent_run ("conv2:4", "steps=40;pictures=3;transforms=none");
  g_autoptr (PhAscentResult) diverse =
      ph_tiny_ascent_run ("conv2:4 + 20*diversity(conv2)", "steps=40;pictures=3;transforms=none");
  g_autoptr (PhAscentResult) path = ph_tiny_ascent_run (
      "interpolate(conv2:4, conv2:7)", "steps=60;pictures=4;transforms=none;base=4");
  double alike = 0, differ = 0;

  g_assert_cmpuint (plain->image->height, ==, 20);
  g_assert_cmpuint (plain->image->width, ==, 3 * 28 + 2 * 4);
  for (guint i = 0; i < 3; i++)
    {
      alike += likeness (plain->image, 3, i, (i + 1) % 3) / 3;
      differ += likeness (diverse->image, 3, i, (i + 1) % 3) / 3;
    }
  g_test_message ("likeness %.3f, with diversity %.3f", alike, differ);
  g_assert_cmpfloat (differ, <, alike - 0.1);
  g_assert_cmpfloat (likeness (path->image, 4, 0, 1), >, likeness (path->image, 4, 0, 3));
  g_assert_cmpfloat (likeness (path->image, 4, 2, 3), >, likeness (path->image, 4, 0, 3));
}

/* An opacity is the last channel, between nothing and all. */
static void
test_opacity (void)
{
  const char *const ways[] = { "steps=30;opacity=optimised", "steps=30;opacity=gradient",
                               "steps=30;opacity=gradient;pictures=2" };

  for (guint w = 0; w < G_N_ELEMENTS (ways); w++)
    {
      g_autoptr (PhAscentResult) result = ph_tiny_ascent_run ("conv2:4:5,6", ways[w]);
      gsize n = (gsize)result->image->height * result->image->width;
      const float *alpha = result->image->data + 3 * n;
      float least = 1, most = 0;

      g_assert_cmpuint (result->image->channels, ==, 4);
      for (gsize i = 0; i < n; i++)
        {
          least = MIN (least, alpha[i]);
          most = MAX (most, alpha[i]);
        }
      g_assert_true (least >= 0 && most <= 1 && most > least + 0.1);
    }

  /* Only a part of the picture is seen by the neuron; the price makes the rest transparent. */
  g_autoptr (PhAscentResult) cheap =
      ph_tiny_ascent_run ("conv2:4:5,6", "steps=60;opacity=optimised;opacity-cost=0");
  g_autoptr (PhAscentResult) dear =
      ph_tiny_ascent_run ("conv2:4:5,6", "steps=60;opacity=optimised;opacity-cost=1");
  gsize n = 20 * 28;
  double sums[2] = { 0 };

  for (gsize i = 0; i < n; i++)
    {
      sums[0] += cheap->image->data[3 * n + i] / (double)n;
      sums[1] += dear->image->data[3 * n + i] / (double)n;
    }
  g_assert_cmpfloat (sums[1], <, sums[0] - 0.05);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ascent-pictures/several-pictures", test_several_pictures);
  g_test_add_func ("/ascent-pictures/opacity", test_opacity);
  return g_test_run ();
}
