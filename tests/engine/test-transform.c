#include "vis/transform.h"

#include <math.h>
#include <string.h>

#include "kernels/parallel.h"

static void
resample (const PhWarp *warp, guint h, guint w, guint out_h, guint out_w, const float *image,
          float *view)
{
  g_autoptr (PhResampler) resampler = ph_resampler_new (1, h, w, out_h, out_w, NULL);

  ph_resampler_apply (resampler, warp, image, view);
}

static void
assert_floats (const float *actual, const float *expected, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (!(fabsf (actual[i] - expected[i]) < 2e-6f))
      g_error ("number %" G_GSIZE_FORMAT ": expected %g, got %g", i, expected[i], actual[i]);
}

static const float six[6] = { 0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f }; /* 2 rows of 3 */

static void
test_identity (void)
{
  PhWarp warp;
  float view[20];

  ph_warp_identity (&warp);
  resample (&warp, 2, 3, 2, 3, six, view);
  assert_floats (view, six, 6);

  /* A larger view shows grey around the picture, in the middle. */
  resample (&warp, 2, 3, 4, 5, six, view);
  assert_floats (view, ((float[]){ .5f, .5f, .5f, .5f, .5f, .5f, .1f, .2f, .3f, .5f,
                                   .5f, .4f, .5f, .6f, .5f, .5f, .5f, .5f, .5f, .5f }),
                 20);
}

static void
test_shift (void)
{
  PhWarp warp;
  float view[6];

  ph_warp_identity (&warp);
  ph_warp_compose (&warp, (double[]){ 1, 0, 1, 0, 1, 0 });
  resample (&warp, 2, 3, 2, 3, six, view);
  assert_floats (view, ((float[]){ .2f, .3f, .5f, .5f, .6f, .5f }), 6);

  warp.edge = PH_EDGE_REFLECT;
  resample (&warp, 2, 3, 2, 3, six, view);
  assert_floats (view, ((float[]){ .2f, .3f, .3f, .5f, .6f, .6f }), 6);

  /* Four to the left of everything, mirrored more than once: columns -4, -3, -2. */
  warp.matrix[2] = -4;
  resample (&warp, 2, 3, 2, 3, six, view);
  assert_floats (view, ((float[]){ .3f, .3f, .2f, .6f, .6f, .5f }), 6);

  /* Half a pixel down: the mean of both rows, then of the last row and grey. */
  ph_warp_identity (&warp);
  ph_warp_compose (&warp, (double[]){ 1, 0, 0, 0, 1, 0.5 });
  resample (&warp, 2, 3, 2, 3, six, view);
  assert_floats (view, ((float[]){ .25f, .35f, .45f, .45f, .5f, .55f }), 6);
}

static void
test_turn_and_mirror (void)
{
  PhWarp warp;
  float view[6];

  /* A quarter turn: view (row, column) shows picture (column, 2 - row), 3 rows of 2. */
  ph_warp_identity (&warp);
  ph_warp_compose (&warp, (double[]){ 0, -1, 0, 1, 0, 0 });
  resample (&warp, 2, 3, 3, 2, six, view);
  assert_floats (view, ((float[]){ .3f, .6f, .2f, .5f, .1f, .4f }), 6);

  ph_warp_identity (&warp);
  ph_warp_compose (&warp, (double[]){ -1, 0, 0, 0, 1, 0 });
  resample (&warp, 2, 3, 2, 3, six, view);
  assert_floats (view, ((float[]){ .3f, .2f, .1f, .6f, .5f, .4f }), 6);
}

/* The order of composition: first shifted, then enlarged, the shift counts in pixels before. */
static void
test_composition (void)
{
  PhWarp warp;

  ph_warp_identity (&warp);
  ph_warp_compose (&warp, (double[]){ 1, 0, 3, 0, 1, -2 });
  ph_warp_compose (&warp, (double[]){ 0.5, 0, 0, 0, 0.5, 0 });
  g_assert_cmpfloat (warp.matrix[0], ==, 0.5);
  g_assert_cmpfloat (warp.matrix[2], ==, 3);
  g_assert_cmpfloat (warp.matrix[5], ==, -2);
  ph_warp_compose (&warp, (double[]){ 1, 0, 2, 0, 1, 4 });
  g_assert_cmpfloat (warp.matrix[2], ==, 4);
  g_assert_cmpfloat (warp.matrix[5], ==, 0);
}

/* Reduced to a fifth, every pixel still counts, and equally so away from the border. */
static void
test_reduction_sees_everything (void)
{
  enum
  {
    H = 40,
    W = 60,
    OUT_H = 8,
    OUT_W = 12
  };
  g_autoptr (PhResampler) resampler = ph_resampler_new (1, H, W, OUT_H, OUT_W, NULL);
  g_autofree float *ones = g_new (float, OUT_H *OUT_W);
  g_autofree float *d_image = g_new0 (float, H *W);
  PhWarp warp;

  for (guint i = 0; i < OUT_H * OUT_W; i++)
    ones[i] = 1;
  ph_warp_identity (&warp);
  ph_warp_compose (&warp, (double[]){ 5, 0, 0, 0, 5, 0 });
  ph_resampler_adjoint (resampler, &warp, ones, d_image);
  for (guint i = 0; i < H * W; i++)
    g_assert_cmpfloat_with_epsilon (d_image[i], 0.04, 0.01);
}

/* <A x, y> = <x, A' y> for every class and for the list of all, with the random numbers that change
 * values held apart: they only add. */
static void
test_adjoint (void)
{
  const char *lists[] = {
    "none",
    "pad 3",
    "pad reflect, jitter 30",
    "jitter 4",
    "scale 0.4 2.5",
    "rotate -180 180",
    "shear 20",
    "mirror",
    "contrast 0.5",
    "brightness 0.2",
    "noise 0.1",
    "crop 0.2 0.6",
    "hue 90, saturation 0.5",
    "pad 12 reflect, jitter 8, scale 0.5 1.5, mirror, rotate 30, shear 5, contrast 0.3, jitter 4",
  };
  const guint sizes[][5] = { { 3, 13, 22, 13, 22 },
                             { 1, 30, 17, 11, 19 },
                             { 4, 5, 9, 21, 16 },
                             { 3, 70, 90, 9, 8 },
                             { 2, 1, 3, 4, 1 } };

  for (guint l = 0; l < G_N_ELEMENTS (lists); l++)
    for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
      {
        const guint *d = sizes[s];
        gsize n = (gsize)d[0] * d[1] * d[2], m = (gsize)d[0] * d[3] * d[4];
        g_autoptr (PhTransforms) t =
            ph_transforms_new (lists[l], d[0], d[1], d[2], d[3], d[4], NULL);
        g_autofree float *x = g_new (float, n);
        g_autofree float *zero = g_new0 (float, n);
        g_autofree float *back = g_new0 (float, n);
        g_autofree float *y = g_new (float, m);
        g_autofree float *there = g_new (float, m);
        g_autofree float *offset = g_new (float, m);
        double left = 0, right = 0, size = 0;
        PhRng rng;

        ph_rng_init (&rng, l, s);
        ph_transforms_sample (t, 1, &rng);
        for (gsize i = 0; i < n; i++)
          x[i] = (float)g_test_rand_double_range (-1, 1);
        for (gsize i = 0; i < m; i++)
          y[i] = (float)g_test_rand_double_range (-1, 1);
        ph_transforms_apply (t, x, there);
        ph_transforms_apply (t, zero, offset);
        for (gsize i = 0; i < m; i++)
          {
            left += (double)(there[i] - offset[i]) * y[i];
            size += fabs ((double)(there[i] - offset[i]) * y[i]);
          }
        ph_transforms_adjoint (t, y, back);
        for (gsize i = 0; i < n; i++)
          right += (double)x[i] * back[i];
        if (fabs (left - right) > 1e-5 * size + 1e-5)
          g_error ("“%s”, size %u: <Ax,y> = %g, <x,A'y> = %g", lists[l], s, left, right);
      }
}

static gboolean
differ (const float *a, const float *b, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (fabsf (a[i] - b[i]) > 1e-5f)
      return TRUE;
  return FALSE;
}

/* Every class does something, and what it draws stays in its range. */
static void
test_every_class_acts (void)
{
  for (const PhTransformClass *const *c = ph_transform_classes (); *c != NULL; c++)
    {
      g_autofree char *text = (*c)->max_numbers == 0   ? g_strdup ((*c)->name)
                              : (*c)->max_numbers == 2 ? g_strdup_printf ("%s 0.5 0.6", (*c)->name)
                                                       : g_strdup_printf ("%s 9", (*c)->name);
      g_autoptr (GError) error = NULL;
      g_autoptr (PhTransforms) t = ph_transforms_new (text, 3, 9, 14, 9, 14, &error);
      float image[3 * 9 * 14], view[3 * 9 * 14];
      guint n_changed = 0;
      PhRng rng;

      g_assert_no_error (error);
      for (guint i = 0; i < G_N_ELEMENTS (image); i++)
        image[i] = (float)g_test_rand_double_range (0.1, 0.9);
      ph_rng_init (&rng, 7, 0);
      for (guint step = 0; step < 10; step++)
        {
          ph_transforms_sample (t, 1, &rng);
          ph_transforms_apply (t, image, view);
          n_changed += differ (image, view, G_N_ELEMENTS (view));
        }
      if (g_str_equal ((*c)->name, "pad"))
        g_assert_cmpuint (n_changed, ==, 0);
      else if (g_str_equal ((*c)->name, "mirror"))
        g_assert_true (n_changed > 0 && n_changed < 10);
      else
        g_assert_cmpuint (n_changed, ==, 10);
    }
}

static void
test_jitter_range (void)
{
  g_autoptr (PhTransforms) t = ph_transforms_new ("jitter 600%", 1, 1, 21, 1, 21, NULL);
  float image[21] = { 0 }, view[21];
  double lowest = 21, highest = 0;
  PhRng rng;

  for (guint i = 0; i < 21; i++)
    image[i] = 0.5f;
  image[10] = 1.5f;
  ph_rng_init (&rng, 11, 0);
  for (guint step = 0; step < 500; step++)
    {
      double centre = 0, mass = 0;

      ph_transforms_sample (t, 1, &rng);
      ph_transforms_apply (t, image, view);
      for (guint i = 0; i < 21; i++)
        {
          centre += i * (view[i] - 0.5);
          mass += view[i] - 0.5;
        }
      if (mass < 0.05)
        continue; /* shifted up or down out of the one row */
      lowest = MIN (lowest, centre / mass);
      highest = MAX (highest, centre / mass);
    }
  g_assert_cmpfloat (lowest, >=, 7 - 1e-4);
  g_assert_cmpfloat (lowest, <, 7.5);
  g_assert_cmpfloat (highest, <=, 13 + 1e-4);
  g_assert_cmpfloat (highest, >, 12.5);
}

/* Where the proportions differ, the view wanders over the longer side: all pixels are seen. */
/* No strength: no change, whatever is listed; and a box lies inside the picture, as large as it
 * should. */
static void
test_strength_and_boxes (void)
{
  enum
  {
    C = 3,
    H = 12,
    W = 18
  };
  g_autoptr (PhTransforms) t = ph_transforms_new (
      "jitter 9, scale 0.5 2, rotate 90, shear 20, crop 0.3 0.5, hue 90, saturation 1, contrast 1, "
      "brightness 1",
      C, H, W, H, W, NULL);
  g_autoptr (PhTransforms) box = ph_transforms_new ("crop 0.5", 1, H, W, H, W, NULL);
  float image[C * H * W], view[C * H * W];
  double least = 100, most = 0;
  PhRng rng;

  ph_rng_init (&rng, 3, 0);
  for (gsize i = 0; i < C * H * W; i++)
    image[i] = (float)g_test_rand_double_range (0, 1);
  ph_transforms_sample (t, 0, &rng);
  ph_transforms_apply (t, image, view);
  for (gsize i = 0; i < C * H * W; i++)
    g_assert_cmpfloat_with_epsilon (view[i], image[i], 1e-5);

  /* A ramp along x: the view shows half of it. */
  for (gsize i = 0; i < H * W; i++)
    image[i] = (float)(i % W);
  for (guint sample = 0; sample < 200; sample++)
    {
      ph_transforms_sample (box, 1, &rng);
      ph_transforms_apply (box, image, view);

      const float *row = view + H / 2 * W;

      g_assert_cmpfloat_with_epsilon (row[W - 2] - row[1], (W - 3) * 0.5, 1e-3);
      least = MIN (least, row[1]);
      most = MAX (most, row[W - 2]);
    }
  g_assert_true (least >= 0 && least < 1.5);
  g_assert_true (most <= W - 1 && most > W - 2.5);
}

static void
test_view_wanders (void)
{
  g_autoptr (PhTransforms) t = ph_transforms_new ("none", 1, 10, 40, 10, 10, NULL);
  float d_view[100], d_image[400] = { 0 };
  PhRng rng;

  ph_rng_init (&rng, 5, 0);
  for (guint step = 0; step < 200; step++)
    {
      for (guint i = 0; i < 100; i++)
        d_view[i] = 1;
      ph_transforms_sample (t, 1, &rng);
      ph_transforms_adjoint (t, d_view, d_image);
    }
  for (guint i = 0; i < 400; i++)
    g_assert_cmpfloat (d_image[i], >, 0.3f);
}

static void
test_threads_do_not_matter (void)
{
  enum
  {
    C = 3,
    H = 61,
    W = 83
  };
  g_autofree float *y = g_new (float, C *H *W);
  g_autofree float *work = g_new (float, C *H *W);
  g_autofree float *first = g_new0 (float, C *H *W);
  guint before = ph_parallel_get_threads ();

  for (guint i = 0; i < C * H * W; i++)
    y[i] = (float)g_test_rand_double_range (-1, 1);
  for (guint threads = 1; threads <= 5; threads++)
    {
      g_autoptr (PhTransforms) t =
          ph_transforms_new ("rotate 40, scale 0.5 0.7", C, H, W, H, W, NULL);
      g_autofree float *back = g_new0 (float, C *H *W);
      PhRng rng;

      ph_parallel_set_threads (threads);
      ph_rng_init (&rng, 2, 0);
      ph_transforms_sample (t, 1, &rng);
      memcpy (work, y, sizeof (float) * C * H * W);
      ph_transforms_adjoint (t, work, threads == 1 ? first : back);
      if (threads > 1)
        g_assert_cmpmem (back, sizeof (float) * C * H * W, first, sizeof (float) * C * H * W);
    }
  ph_parallel_set_threads (before);
}

static void
test_texts (void)
{
  const char *good[] = { "",
                         "none",
                         " None ",
                         "jitter 8",
                         "pad 12 reflect,jitter 8",
                         "PAD, Scale 0.9 1.1",
                         "scale 2",
                         "rotate 10",
                         "rotate -3.5 10",
                         "mirror" };
  const struct
  {
    const char *text, *part;
  } bad[] = {
    { "jitter", "Column 1, jitter: it is written “jitter N[%]”" },
    { "jitter 8, , mirror", "Column 10: a change is missing" },
    { "jitter 8, wobble 3", "Column 11, wobble" },
    { "jitter 8 9", "Column 1, jitter" },
    { "jitter eight", "Column 1, jitter" },
    { "jitter -2", "out of range" },
    { "scale 90%", "it is written" },
    { "jitter 8%%", "it is written" },
    { "jitter nan", "it is written" },
    { "mirror 3", "it is written “mirror”" },
    { "pad 3 black", "it is written “pad [N] [grey|reflect]”" },
    { "scale 0 1", "the factors must be" },
    { "scale 2 1", "the factors must be" },
    { "rotate 10 -10", "the angles must be" },
    { "shear 80", "at most 60" },
    { "jitter 8,", "Column 10: a change is missing" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (ph_transforms_check (good[i], &error));
      g_assert_no_error (error);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (ph_transforms_check (bad[i].text, &error));
      g_assert_error (error, PH_ERROR, PH_ERROR_DATA_INVALID);
      if (strstr (error->message, bad[i].part) == NULL)
        g_error ("“%s” gives “%s”", bad[i].text, error->message);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transform/identity", test_identity);
  g_test_add_func ("/transform/shift", test_shift);
  g_test_add_func ("/transform/turn-and-mirror", test_turn_and_mirror);
  g_test_add_func ("/transform/composition", test_composition);
  g_test_add_func ("/transform/reduction-sees-everything", test_reduction_sees_everything);
  g_test_add_func ("/transform/adjoint", test_adjoint);
  g_test_add_func ("/transform/every-class-acts", test_every_class_acts);
  g_test_add_func ("/transform/jitter-range", test_jitter_range);
  g_test_add_func ("/transform/strength-and-boxes", test_strength_and_boxes);
  g_test_add_func ("/transform/view-wanders", test_view_wanders);
  g_test_add_func ("/transform/threads-do-not-matter", test_threads_do_not_matter);
  g_test_add_func ("/transform/texts", test_texts);
  return g_test_run ();
}
