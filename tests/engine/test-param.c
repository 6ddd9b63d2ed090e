#include "vis/param.h"

#include <complex.h>
#include <math.h>
#include <string.h>

#include "base/image.h"
#include "base/optimiser.h"

static const guint sizes[][3] = { { 3, 5, 8 },   { 1, 7, 4 }, { 3, 33, 50 },
                                  { 4, 12, 31 }, { 3, 1, 1 }, { 2, 64, 3 } };

static void
fill (gsize n, float *x)
{
  for (gsize i = 0; i < n; i++)
    x[i] = (float)g_test_rand_double_range (-1, 1);
}

static double
dot (gsize n, const float *x, const float *y)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += (double)x[i] * y[i];
  return sum;
}

/* <A x, y> = <x, A' y> of the linear part of every class. */
static void
test_adjoint (void)
{
  for (const PhParamClass *const *k = ph_param_classes (); *k != NULL; k++)
    for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
      {
        const guint *s = sizes[i];
        gsize n = (*k)->n_values (s[0], s[1], s[2]), m = (gsize)s[0] * s[1] * s[2];
        g_autofree float *x = g_new (float, n);
        g_autofree float *back = g_new (float, n);
        g_autofree float *y = g_new (float, m);
        g_autofree float *there = g_new (float, m);
        gpointer state = (*k)->state_new (s[0], s[1], s[2]);

        if ((*k)->set_falloff != NULL)
          (*k)->set_falloff (state, 1 + 0.5 * (i % 2));
        fill (n, x);
        fill (m, y);
        (*k)->apply (state, x, there);
        (*k)->adjoint (state, y, back);

        double scale = sqrt (dot (n, x, x) * dot (n, back, back));

        g_assert_cmpfloat_with_epsilon (dot (m, there, y), dot (n, x, back), 1e-5 * scale + 1e-6);
        g_assert_cmpfloat (dot (m, there, there), >, 0);
        (*k)->state_free (state);
      }
}

/* A wave of 8 pixels and one of 16: the falloff is the power of 2 between them. */
static void
test_falloff (void)
{
  const double falloffs[] = { 1, 1.5, 2 };

  for (guint i = 0; i < G_N_ELEMENTS (falloffs); i++)
    {
      double size[2];

      for (guint k = 0; k < 2; k++)
        {
          g_autoptr (PhParam) param =
              ph_param_new (&ph_param_fourier, PH_COLOUR_RGB, 1, 16, 16, NULL);
          g_autofree float *values = g_new0 (float, ph_param_get_n_values (param));
          float image[16 * 16];

          ph_param_set_falloff (param, falloffs[i]);
          values[1 + k] = 0.01f;
          ph_param_apply (param, values, image);
          size[k] = 0;
          for (guint j = 0; j < G_N_ELEMENTS (image); j++)
            size[k] += (image[j] - 0.5) * (image[j] - 0.5);
        }
      g_assert_cmpfloat_with_epsilon (sqrt (size[0] / size[1]), pow (2, falloffs[i]), 0.01);
    }
}

/* The Fourier picture, summed wave by wave. */
static void
test_fourier_by_definition (void)
{
  enum
  {
    H = 6,
    W = 5,
    HALF = W / 2 + 1
  }; /* sizes that need no larger canvas */
  float values[2][H][HALF], planes[H][W];
  gpointer state = ph_param_fourier.state_new (1, H, W);

  fill (sizeof values / sizeof (float), values[0][0]);
  g_assert_cmpuint (ph_param_fourier.n_values (1, H, W), ==, sizeof values / sizeof (float));
  ph_param_fourier.apply (state, values[0][0], planes[0]);
  for (int y = 0; y < H; y++)
    for (int x = 0; x < W; x++)
      {
        double sum = 0;

        for (int v = 0; v < H; v++)
          for (int u = 0; u < HALF; u++)
            {
              double fy = MIN (v, H - v) / (double)H, fx = u / (double)W;
              double scale = 1 / MAX (hypot (fx, fy), 1.0 / H) / sqrt (H * W) / 4;
              double complex z = values[0][v][u] + I * values[1][v][u];
              double turns = (double)y * v / H + (double)x * u / W;

              sum += (u == 0 ? 1 : 2) * scale * creal (z * cexp (2 * I * G_PI * turns));
            }
        g_assert_cmpfloat_with_epsilon (planes[y][x], sum, 1e-5);
      }
  ph_param_fourier.state_free (state);
}

/* The whole way, through colour and sigmoid, against central differences. */
static void
test_gradient (void)
{
  for (const PhParamClass *const *k = ph_param_classes (); *k != NULL; k++)
    for (int colour = 0; ph_colour_names[colour] != NULL; colour++)
      {
        enum
        {
          C = 3,
          H = 6,
          W = 7
        };
        g_autoptr (PhParam) param = ph_param_new (*k, (PhColour)colour, C, H, W, NULL);
        gsize n = ph_param_get_n_values (param);
        g_autofree float *values = g_new (float, n);
        g_autofree float *d_values = g_new (float, n);
        float image[C * H * W], r[C * H * W];

        fill (n, values);
        fill (C * H * W, r);
        ph_param_apply (param, values, image);
        for (guint i = 0; i < C * H * W; i++)
          g_assert_true (image[i] > 0 && image[i] < 1);
        ph_param_adjoint (param, image, r, d_values);
        for (gsize i = 0; i < n; i += 5)
          {
            float saved = values[i];
            double up, down;

            values[i] = saved + 1e-2f;
            ph_param_apply (param, values, image);
            up = dot (C * H * W, image, r);
            values[i] = saved - 1e-2f;
            ph_param_apply (param, values, image);
            down = dot (C * H * W, image, r);
            values[i] = saved;
            g_assert_cmpfloat_with_epsilon (d_values[i], (up - down) / 2e-2, 1e-3);
          }
      }
}

static void
test_colour_by_hand (void)
{
  /* One step along each decorrelated axis; the largest column of the matrix has norm 1. */
  float planes[9] = { 1, 0, 0, 0, 1, 0, 0, 0, 1 }, image[9];
  const double matrix[3][3] = { { 0.26, 0.09, 0.02 },
                                { 0.27, 0.00, -0.05 },
                                { 0.27, -0.09, 0.03 } };
  double norm = sqrt (0.26 * 0.26 + 2 * 0.27 * 0.27);

  ph_colour_apply (PH_COLOUR_DECORRELATED, 3, 3, planes, image);
  for (guint c = 0; c < 3; c++)
    for (guint axis = 0; axis < 3; axis++)
      g_assert_cmpfloat_with_epsilon (image[3 * c + axis], 1 / (1 + exp (-matrix[c][axis] / norm)),
                                      1e-6);
  ph_colour_invert (PH_COLOUR_DECORRELATED, 3, 3, image, planes);
  for (guint i = 0; i < 9; i++)
    g_assert_cmpfloat_with_epsilon (planes[i], i % 4 == 0 ? 1 : 0, 1e-4);
}

static PhImage *
smooth_picture (guint height, guint width)
{
  PhImage *image = ph_image_new (3, height, width, NULL);

  for (guint c = 0; c < 3; c++)
    for (guint y = 0; y < height; y++)
      for (guint x = 0; x < width; x++)
        image->data[(c * height + y) * width + x] =
            (float)(0.5 + 0.3 * sin (x * 0.13 + c) * cos (y * 0.11 - c) +
                    (hypot (y - 12.0, x - 20.0) < 6 ? 0.15 : 0));
  return image;
}

static PhImage *
photograph (void)
{
  const char *shared = g_getenv ("PHOSPHENE_SHARED");
  g_autofree char *path = g_build_filename (shared != NULL ? shared : "", "data", "imagenet-sample",
                                            "n01443537_goldfish.JPEG", NULL);
  g_autoptr (PhImage) image = ph_image_load (path, NULL);

  return image != NULL ? ph_image_fit (image, 24, 33, 1, NULL) : NULL;
}

static double
distance (const PhImage *a, const PhImage *b)
{
  double sum = 0;

  for (gsize i = 0; i < ph_image_n_values (a); i++)
    sum += pow (a->data[i] - b->data[i], 2);
  return sqrt (sum / (double)ph_image_n_values (a));
}

/* Climbing towards a picture must reach it; so must inverting it. */
static void
fit (const PhImage *target)
{
  gsize m = ph_image_n_values (target);

  for (const PhParamClass *const *k = ph_param_classes (); *k != NULL; k++)
    for (int colour = 0; ph_colour_names[colour] != NULL; colour++)
      {
        g_autoptr (PhParam) param =
            ph_param_new (*k, (PhColour)colour, 3, target->height, target->width, NULL);
        gsize n = ph_param_get_n_values (param);
        g_autoptr (PhOptimiser) adam = ph_optimiser_new (PH_OPTIMISER_ADAM, n, NULL);
        g_autofree float *values = g_new (float, n);
        g_autofree float *d_values = g_new (float, n);
        g_autofree float *d_image = g_new (float, m);
        g_autoptr (PhImage) image = ph_image_copy (target, NULL);
        PhRng rng;

        ph_rng_init (&rng, 3, 0);
        ph_param_init (param, &rng, 0.01, values);
        for (guint step = 0; step < 300; step++)
          {
            ph_param_apply (param, values, image->data);
            for (gsize i = 0; i < m; i++)
              d_image[i] = target->data[i] - image->data[i];
            ph_param_adjoint (param, image->data, d_image, d_values);
            ph_optimiser_step (adam, values, d_values, 0.05);
          }
        ph_param_apply (param, values, image->data);
        g_assert_cmpfloat (distance (image, target), <, 0.03);

        ph_param_invert (param, target->data, values);
        ph_param_apply (param, values, image->data);
        g_assert_cmpfloat (distance (image, target), <, 0.002);
      }
}

static void
test_fits_smooth_picture (void)
{
  g_autoptr (PhImage) target = smooth_picture (26, 39);

  fit (target);
}

static void
test_fits_photograph (void)
{
  g_autoptr (PhImage) target = photograph ();

  if (target == NULL)
    g_test_skip ("PHOSPHENE_SHARED holds no photographs");
  else
    fit (target);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/param/adjoint", test_adjoint);
  g_test_add_func ("/param/falloff", test_falloff);
  g_test_add_func ("/param/fourier-by-definition", test_fourier_by_definition);
  g_test_add_func ("/param/gradient", test_gradient);
  g_test_add_func ("/param/colour-by-hand", test_colour_by_hand);
  g_test_add_func ("/param/fits-smooth-picture", test_fits_smooth_picture);
  g_test_add_func ("/param/fits-photograph", test_fits_photograph);
  return g_test_run ();
}
