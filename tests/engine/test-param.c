#include "vis/param.h"

#include <complex.h>
#include <math.h>
#include <string.h>

#include <glib/gstdio.h>

#include "base/image.h"
#include "base/npy.h"
#include "base/optimiser.h"
#include "base/png.h"
#include "vis/ascent.h"
#include "vis/spectrum.h"
#include "vis/waves.h"

static const PhParamClass *
find_class (const char *name)
{
  for (const PhParamClass *const *k = ph_param_classes (); *k != NULL; k++)
    if (g_str_equal ((*k)->name, name))
      return *k;
  g_assert_not_reached ();
}

static char *spectrum; /* a file with one */

static void
make_spectrum (void)
{
  PhShape shape = PH_SHAPE (3, 32, 17);
  g_autoptr (PhTensor) tensor = ph_tensor_new (PH_TYPE_FLOAT, &shape, NULL);

  for (gsize i = 0; i < tensor->n; i++)
    {
      gsize y = i / 17 % 32, x = i % 17;

      tensor->f[i] = (float)(0.2 / (1 + hypot (MIN (y, 32 - y), x)));
    }
  spectrum = g_build_filename (g_get_tmp_dir (), "phosphene-spectrum-XXXXXX", NULL);
  g_close (g_mkstemp (spectrum), NULL);
  g_assert_true (ph_npy_save (tensor, spectrum, NULL));
}

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

/* <A x, y> = <x, A' y> of every class that is linear; of the others, of the derivative: the
 * difference of two pictures near each other along a random direction. */
static void
test_adjoint (void)
{
  for (const PhParamClass *const *k = ph_param_classes (); *k != NULL; k++)
    for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
      {
        PhParamSpec spec = {
          sizes[i][0], sizes[i][1], sizes[i][2], PH_COLOUR_RGB, FALSE, spectrum
        };
        gsize n = (*k)->n_values (&spec), m = (gsize)spec.channels * spec.height * spec.width;
        g_autofree float *x = g_new (float, n);
        g_autofree float *at = g_new (float, n);
        g_autofree float *back = g_new (float, n);
        g_autofree float *y = g_new (float, m);
        g_autofree float *there = g_new (float, m);
        g_autofree float *before = g_new (float, m);
        gpointer state = (*k)->state_new (&spec, NULL);
        double step = 1e-2;

        if ((*k)->set_falloff != NULL)
          (*k)->set_falloff (state, 1 + 0.5 * (i % 2));
        fill (n, x);
        fill (m, y);
        if ((*k)->linear)
          {
            (*k)->apply (state, x, there);
            (*k)->adjoint (state, NULL, y, back);
          }
        else
          {
            g_autofree float *moved = g_new (float, n);
            PhRng rng;

            ph_rng_init (&rng, 5, i);
            (*k)->init (state, &rng, 1, at);
            for (gsize j = 0; j < n; j++)
              moved[j] = at[j] - (float)step * x[j];
            (*k)->apply (state, moved, before);
            for (gsize j = 0; j < n; j++)
              moved[j] = at[j] + (float)step * x[j];
            (*k)->apply (state, moved, there);
            for (gsize j = 0; j < m; j++)
              there[j] = (float)((there[j] - before[j]) / (2 * step));
            (*k)->adjoint (state, at, y, back);
          }

        double scale = sqrt (dot (n, x, x) * dot (n, back, back));
        double tolerance = (*k)->linear ? 1e-5 * scale + 1e-6 : 1e-3 * scale + 1e-5;

        if (fabs (dot (m, there, y) - dot (n, x, back)) > tolerance)
          g_error ("%s, %u × %u × %u: %g there, %g back", (*k)->name, spec.channels, spec.height,
                   spec.width, dot (m, there, y), dot (n, x, back));
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
          const PhParamSpec spec = { 1, 16, 16, PH_COLOUR_RGB };
          g_autoptr (PhParam) param = ph_param_new (find_class ("fourier"), &spec, 1, 0, NULL);
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
  const PhParamClass *fourier = find_class ("fourier");
  const PhParamSpec spec = { 1, H, W };
  gpointer state = fourier->state_new (&spec, NULL);

  fill (sizeof values / sizeof (float), values[0][0]);
  g_assert_cmpuint (fourier->n_values (&spec), ==, sizeof values / sizeof (float));
  fourier->apply (state, values[0][0], planes[0]);
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
  fourier->state_free (state);
}

/* The whole way, through colour, opacity and sigmoid, of several pictures with a common base,
 * against central differences. */
static void
check_gradient (const PhParamClass *klass, PhColour colour, guint n_pictures, guint base,
                gboolean alpha)
{
  enum
  {
    H = 6,
    W = 7
  };
  PhParamSpec spec = { 3 + alpha, H, W, colour, alpha, spectrum };
  g_autoptr (PhParam) param = ph_param_new (klass, &spec, n_pictures, base, NULL);
  gsize n = ph_param_get_n_values (param), m = (gsize)n_pictures * spec.channels * H * W;
  g_autofree float *values = g_new (float, n);
  g_autofree float *d_values = g_new (float, n);
  g_autofree float *image = g_new (float, m);
  g_autofree float *r = g_new (float, m);
  PhRng rng;

  ph_rng_init (&rng, 4, 0);
  ph_param_init (param, &rng, 0.5, values);
  fill (m, r);
  ph_param_apply (param, values, image);
  for (gsize i = 0; i < m; i++)
    g_assert_true (image[i] > 0 && image[i] < 1);
  ph_param_adjoint (param, values, image, r, d_values);
  for (gsize i = 0; i < n; i += MAX (5, n / 50))
    {
      float saved = values[i];
      double up, down;

      values[i] = saved + 1e-2f;
      ph_param_apply (param, values, image);
      up = dot (m, image, r);
      values[i] = saved - 1e-2f;
      ph_param_apply (param, values, image);
      down = dot (m, image, r);
      values[i] = saved;
      if (fabs (d_values[i] - (up - down) / 2e-2) > 1.5e-3)
        g_error ("%s, value %" G_GSIZE_FORMAT ": gradient %g, differences give %g", klass->name, i,
                 d_values[i], (up - down) / 2e-2);
    }
}

static void
test_gradient (void)
{
  for (const PhParamClass *const *k = ph_param_classes (); *k != NULL; k++)
    {
      for (int colour = 0; ph_colour_names[colour] != NULL; colour++)
        check_gradient (*k, (PhColour)colour, 1, 0, FALSE);
      check_gradient (*k, PH_COLOUR_DECORRELATED, 2, 3, TRUE);
    }
}

/* Pictures of any number of channels, grey ones too. */
static void
test_channels (void)
{
  for (const PhParamClass *const *k = ph_param_classes (); *k != NULL; k++)
    for (guint channels = 1; channels <= 5; channels++)
      {
        PhParamSpec spec = { channels, 9, 14, PH_COLOUR_DECORRELATED, FALSE, spectrum };
        g_autoptr (PhParam) param = ph_param_new (*k, &spec, 2, 4, NULL);
        g_autofree float *values = g_new (float, ph_param_get_n_values (param));
        float image[2 * 5 * 9 * 14];
        PhRng rng;

        ph_rng_init (&rng, 4, 0);
        ph_param_init (param, &rng, 1, values);
        ph_param_apply (param, values, image);
        for (gsize i = 0; i < 2 * channels * 9 * 14; i++)
          g_assert_true (image[i] > 0 && image[i] < 1);
        g_assert_true (memcmp (image, image + channels * 9 * 14, sizeof (float) * 9 * 14) != 0);
      }
}

/* Only the base is common: it moves all pictures alike. */
static void
test_base (void)
{
  PhParamSpec spec = { 3, 8, 12, PH_COLOUR_RGB };
  g_autoptr (PhParam) param = ph_param_new (find_class ("pixels"), &spec, 2, 4, NULL);
  float image[2][3 * 8 * 12], values[3 * 2 * 3 + 2 * 3 * 8 * 12] = { 0 };

  g_assert_cmpuint (ph_param_get_n_values (param), ==, G_N_ELEMENTS (values));
  for (guint i = 0; i < 6; i++)
    values[i] = 2;    /* the first channel of the base */
  values[18 + 5] = 1; /* a pixel of the first picture */
  ph_param_apply (param, values, image[0]);
  g_assert_cmpfloat_with_epsilon (image[0][5], 1 / (1 + exp (-3)), 1e-6);
  g_assert_cmpfloat_with_epsilon (image[1][5], 1 / (1 + exp (-2)), 1e-6);
  g_assert_cmpfloat_with_epsilon (image[0][6], 1 / (1 + exp (-2)), 1e-6);
  g_assert_cmpfloat_with_epsilon (image[1][96], 0.5, 1e-6);
}

/* Whatever the phases, each wave is as strong as the spectrum has it. */
static void
test_maco_keeps_magnitudes (void)
{
  enum
  {
    H = 20,
    W = 24
  };
  const PhParamClass *maco = find_class ("maco");
  const PhParamSpec spec = { 3, H, W, PH_COLOUR_DECORRELATED, FALSE, spectrum };
  gpointer state = maco->state_new (&spec, NULL);
  g_autoptr (PhWaves) waves = ph_waves_new (3, H, W);
  g_autofree float *magnitude = ph_spectrum_load (&spec, NULL);
  PhWavesSize size;
  PhRng rng;

  ph_waves_get_size (3, H, W, &size);

  gsize plane = (gsize)size.rows * size.half;
  g_autofree float *values = g_new (float, size.n);
  g_autofree float *z = g_new (float, 2 * size.n);
  float planes[3 * H * W];

  ph_rng_init (&rng, 8, 0);
  maco->init (state, &rng, 1, values);
  maco->apply (state, values, planes);
  ph_waves_invert (waves, planes, z);
  for (gsize i = 0; i < size.n; i++)
    {
      const float *re = z + 2 * (i / plane) * plane + i % plane;

      /* The first and last columns hold each wave twice, which mixes the two. */
      if (i % size.half > 0 && 2 * (i % size.half) < size.columns)
        g_assert_cmpfloat_with_epsilon (hypot (re[0], re[plane]), magnitude[i], 1e-5);
    }
  maco->state_free (state);
}

static void
test_spectrum_by_hand (void)
{
  PhParamSpec spec = { 4, 32, 32, PH_COLOUR_DECORRELATED, TRUE, spectrum };
  g_autofree float *same = ph_spectrum_load (&spec, NULL);
  g_autoptr (GError) error = NULL;

  /* At its own size as it is; an opacity has the spectrum of brightness. */
  for (gsize i = 0; i < 4 * 32 * 17; i++)
    {
      gsize y = i / 17 % 32, x = i % 17;

      g_assert_cmpfloat_with_epsilon (same[i], 0.2 / (1 + hypot (MIN (y, 32 - y), x)), 1e-6);
    }

  /* At twice the size the same crests across the picture, then 1 over the frequency. */
  spec.channels = 3;
  spec.alpha = FALSE;
  spec.height = spec.width = 64;

  g_autofree float *twice = ph_spectrum_load (&spec, NULL);

  g_assert_cmpfloat_with_epsilon (twice[5 * 33 + 3], 0.2 / (1 + hypot (5, 3)), 1e-6);
  g_assert_cmpfloat_with_epsilon (twice[60 * 33], 0.2 / (1 + 4), 1e-6);
  g_assert_cmpfloat_with_epsilon (twice[32], 0.2 / 17 / 2, 1e-6);

  spec.spectrum = "/nowhere/spectrum.npy";
  g_assert_null (ph_spectrum_load (&spec, &error));
  g_assert_nonnull (strstr (error->message, "/nowhere/spectrum.npy"));
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

/* Climbing towards a picture must reach it; so must inverting it. Magnitudes that are fixed must be
 * those of the picture itself, and a drawing network of few weights comes less near. */
static void
fit (const PhImage *target)
{
  gsize m = ph_image_n_values (target);
  g_autofree char *folder = g_dir_make_tmp ("phosphene-fit-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "target.png", NULL);

  g_assert_true (ph_png_save_image (path, target, NULL, NULL));
  for (const PhParamClass *const *k = ph_param_classes (); *k != NULL; k++)
    for (int colour = 0; ph_colour_names[colour] != NULL; colour++)
      {
        gboolean draws = (*k)->invert == NULL;

        /* Such a space is searched, which takes as long as all others together; its colours are
         * mixed like theirs. */
        if (draws && colour != PH_COLOUR_DECORRELATED)
          continue;

        PhParamSpec spec = { 3, target->height, target->width, (PhColour)colour, FALSE, folder };
        g_autoptr (PhParam) param = ph_param_new (*k, &spec, 1, 0, NULL);
        gsize n = ph_param_get_n_values (param);
        g_autoptr (PhOptimiser) adam = ph_optimiser_new (PH_OPTIMISER_ADAM, n, NULL);
        g_autofree float *values = g_new (float, n);
        g_autofree float *d_values = g_new (float, n);
        g_autofree float *d_image = g_new (float, m);
        g_autoptr (PhImage) image = ph_image_copy (target, NULL);
        double start;
        PhRng rng;

        ph_rng_init (&rng, 3, 0);
        ph_param_init (param, &rng, 0.01, values);
        ph_param_apply (param, values, image->data);
        start = distance (image, target);
        for (guint step = 0; step < 200; step++)
          {
            ph_param_apply (param, values, image->data);
            for (gsize i = 0; i < m; i++)
              d_image[i] = target->data[i] - image->data[i];
            ph_param_adjoint (param, values, image->data, d_image, d_values);
            ph_optimiser_step (adam, values, d_values, draws ? 0.2 : 0.05);
          }
        ph_param_apply (param, values, image->data);
        g_test_message ("%s, %s: %.4f from %.4f", (*k)->name, ph_colour_names[colour],
                        distance (image, target), start);
        g_assert_cmpfloat (distance (image, target), <, draws ? 0.05 : 0.03);

        ph_param_invert (param, target->data, values);
        ph_param_apply (param, values, image->data);
        g_test_message ("inverted: %.4f", distance (image, target));
        g_assert_cmpfloat (distance (image, target), <, draws ? 0.05 : 0.004);
      }
  g_unlink (path);
  g_rmdir (folder);
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
  int status;

  g_test_init (&argc, &argv, NULL);
  make_spectrum ();
  g_test_add_func ("/param/adjoint", test_adjoint);
  g_test_add_func ("/param/falloff", test_falloff);
  g_test_add_func ("/param/fourier-by-definition", test_fourier_by_definition);
  g_test_add_func ("/param/gradient", test_gradient);
  g_test_add_func ("/param/channels", test_channels);
  g_test_add_func ("/param/base", test_base);
  g_test_add_func ("/param/maco-keeps-magnitudes", test_maco_keeps_magnitudes);
  g_test_add_func ("/param/spectrum-by-hand", test_spectrum_by_hand);
  g_test_add_func ("/param/colour-by-hand", test_colour_by_hand);
  g_test_add_func ("/param/fits-smooth-picture", test_fits_smooth_picture);
  g_test_add_func ("/param/fits-photograph", test_fits_photograph);
  status = g_test_run ();
  g_unlink (spectrum);
  g_free (spectrum);
  return status;
}
