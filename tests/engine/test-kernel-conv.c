#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "base/tensor.h"
#include "kernels/conv.h"
#include "kernels/cpu.h"
#include "kernels/parallel.h"
#include "reference-conv.h"

#define GUARD 64

/* Random shapes for each instruction set and number of threads: nine times as many in all. */
#define N_SHAPES 230

/* A buffer with known words before and after it, to see writes outside. */
typedef struct
{
  float *all, *data;
  gsize n;
} Guarded;

static Guarded
guarded_new (gsize n)
{
  Guarded g = { ph_aligned_alloc ((n + 2 * GUARD) * sizeof (float)), NULL, n };

  g.data = g.all + GUARD;
  for (gsize i = 0; i < n + 2 * GUARD; i++)
    g.all[i] = 12345.0f;
  return g;
}

static void
guarded_check_and_free (Guarded *g)
{
  for (gsize i = 0; i < GUARD; i++)
    {
      g_assert_cmpfloat (g->all[i], ==, 12345.0f);
      g_assert_cmpfloat (g->data[g->n + i], ==, 12345.0f);
    }
  ph_aligned_free (g->all);
}

static void
guarded_fill (Guarded *g, PhRng *rng)
{
  for (gsize i = 0; i < g->n; i++)
    g->data[i] = (float)ph_rng_uniform (rng, -1.0, 1.0);
}

static void
assert_close (const char *what, const PhConv *conv, const PhConvShape *p, const Guarded *actual,
              const float *expected)
{
  /* Sums of numbers up to 1 cancel only to rounding. */
  gboolean winograd = strstr (ph_conv_algorithm (conv), "winograd") != NULL;
  double tolerance = winograd ? 2e-4 : 1e-5, scale = 0.05;

  for (gsize i = 0; i < actual->n; i++)
    scale = MAX (scale, fabs (expected[i]));
  for (gsize i = 0; i < actual->n; i++)
    if (!(fabs (actual->data[i] - expected[i]) <= tolerance * scale))
      g_error (
          "%s by %s (%s, %u threads): index %zu: expected %g, actual %g, scale %g; n %zu c %zu "
          "h %zu w %zu k %zu r %zu s %zu groups %zu stride %zu %zu dilation %zu %zu "
          "pads %zd %zd %zd %zd out %zu %zu",
          what, ph_conv_algorithm (conv), ph_cpu_level_name (ph_cpu_level ()),
          ph_parallel_get_threads (), i, expected[i], actual->data[i], scale, p->n, p->c, p->h,
          p->w, p->k, p->r, p->s, p->groups, p->stride_h, p->stride_w, p->dilation_h, p->dilation_w,
          p->pad_top, p->pad_left, p->pad_bottom, p->pad_right, p->out_h, p->out_w);
}

/* The definition, with something added before the activation. */
static void
expect_forward (const PhConvShape *p, const float *weights, const float *bias, const float *summand,
                const PhEpilogue *epilogue, const float *x, float *y)
{
  gsize n = p->n * p->k * p->out_h * p->out_w;

  ph_conv_forward_reference (p, weights, bias, summand == NULL ? epilogue : NULL, x, y);
  for (gsize i = 0; i < n && summand != NULL; i++)
    {
      y[i] += summand[i];
      if (epilogue != NULL && epilogue->kind == PH_ACTIVATION_CLAMP)
        y[i] = CLAMP (y[i], epilogue->low, epilogue->high);
    }
}

/* Zeroes the elements of @x whose gate is closed. */
static void
close_gate (const PhValueGate *gate, gsize n, float *x)
{
  for (gsize i = 0; i < n; i++)
    if (!(gate->values[i] > gate->low && gate->values[i] < gate->high))
      x[i] = 0.0f;
}

/* Runs all that @needs asks for @p and compares with the definition. */
static void
check_shape (const PhConvShape *p, PhConvNeeds needs, const PhEpilogue *epilogue,
             gboolean with_bias, gboolean accumulate, PhRng *rng)
{
  gsize n_weights = p->k * (p->c / p->groups) * p->r * p->s;
  gsize n_y = p->n * p->k * p->out_h * p->out_w;
  Guarded x = guarded_new (p->n * p->c * p->h * p->w), weights = guarded_new (n_weights);
  Guarded bias = guarded_new (p->k), y = guarded_new (n_y), dy = guarded_new (n_y);
  Guarded dx = guarded_new (x.n), dw = guarded_new (n_weights), db = guarded_new (p->k);
  Guarded summand = guarded_new (n_y);
  g_autofree float *expected = g_new0 (float, MAX (MAX (x.n, n_y), n_weights));
  g_autofree float *expected_bias = g_new0 (float, p->k);
  guint sum = ph_rng_below (rng, 3); /* 1: add something, 2: add what stands in the output */
  gboolean gated = ph_rng_below (rng, 2), gate_in = ph_rng_below (rng, 2);
  PhValueGate gate = { x.data, -0.5f, ph_rng_below (rng, 2) ? 0.5f : INFINITY };

  guarded_fill (&x, rng);
  guarded_fill (&weights, rng);
  guarded_fill (&bias, rng);
  guarded_fill (&dy, rng);
  guarded_fill (&summand, rng);
  if (gated)
    needs |= PH_CONV_GRADIENT_GATED;

  PhConv *conv = ph_conv_new (p, weights.data, with_bias ? bias.data : NULL, epilogue, needs);
  g_assert_nonnull (conv);
  if (ph_rng_below (rng, 2) == 0)
    {
      /* Other weights in the same place, and a bias only where there was none. */
      guarded_fill (&weights, rng);
      with_bias = !with_bias;
      ph_conv_set_weights (conv, weights.data, with_bias ? bias.data : NULL, needs);
    }
  Guarded scratch = guarded_new (ph_conv_scratch (conv) / sizeof (float));
  /* What an earlier operator left must not matter, not even NaN. */
  for (gsize i = 0; i < scratch.n; i++)
    scratch.data[i] = NAN;

  expect_forward (p, weights.data, with_bias ? bias.data : NULL, sum > 0 ? summand.data : NULL,
                  epilogue, x.data, expected);
  if (needs & PH_CONV_FORWARD)
    {
      if (sum == 2)
        memcpy (y.data, summand.data, n_y * sizeof (float));
      ph_conv_forward (conv, x.data,
                       sum == 0   ? NULL
                       : sum == 1 ? summand.data
                                  : y.data,
                       y.data, scratch.data);
      assert_close ("forward", conv, p, &y, expected);
    }
  else
    memcpy (y.data, expected, n_y * sizeof (float));
  if (needs & PH_CONV_BACKWARD_DATA)
    {
      PhValueGate own = { y.data, epilogue == NULL ? 0 : epilogue->low,
                          epilogue == NULL ? 0 : epilogue->high };

      guarded_fill (&dx, rng);
      if (gate_in)
        close_gate (&gate, dx.n, dx.data);
      memcpy (expected, dx.data, dx.n * sizeof (float));
      ph_conv_backward_data_reference (p, weights.data, epilogue, dy.data, y.data, accumulate,
                                       expected);
      if (gate_in)
        close_gate (&gate, dx.n, expected);
      if (gated && epilogue != NULL && epilogue->kind == PH_ACTIVATION_CLAMP)
        close_gate (&own, n_y, dy.data);
      ph_conv_backward_data (conv, dy.data, gated ? NULL : y.data, accumulate,
                             gate_in ? &gate : NULL, dx.data, scratch.data);
      assert_close ("gradient to the input", conv, p, &dx, expected);
    }
  if (needs & PH_CONV_BACKWARD_WEIGHTS)
    {
      guarded_fill (&dw, rng);
      guarded_fill (&db, rng);
      memcpy (expected, dw.data, dw.n * sizeof (float));
      memcpy (expected_bias, db.data, db.n * sizeof (float));
      ph_conv_backward_weights_reference (p, x.data, dy.data, expected, expected_bias);
      ph_conv_backward_weights (conv, x.data, dy.data, dw.data, NULL, scratch.data);
      ph_conv_backward_weights (conv, x.data, dy.data, NULL, db.data, scratch.data);
      assert_close ("gradient to the weights", conv, p, &dw, expected);
      assert_close ("gradient to the bias", conv, p, &db, expected_bias);
    }
  ph_conv_free (conv);
  Guarded *all[] = { &x, &weights, &bias, &y, &dy, &dx, &dw, &db, &scratch, &summand };
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    guarded_check_and_free (all[i]);
}

static void
finish_shape (PhConvShape *p)
{
  p->out_h =
      ph_conv_output_size (p->h, p->pad_top, p->pad_bottom, p->r, p->dilation_h, p->stride_h);
  p->out_w =
      ph_conv_output_size (p->w, p->pad_left, p->pad_right, p->s, p->dilation_w, p->stride_w);
}

static gsize
pick (PhRng *rng, gsize low, gsize high)
{
  return low + ph_rng_below (rng, (guint32)(high - low + 1));
}

/* The kinds of shape that algorithms are made for; each keeps its odd extents. */
typedef enum
{
  KIND_ANY,
  KIND_3X3,
  KIND_1X1,
  KIND_DEPTHWISE,
  KIND_FIRST_LAYER,
  KIND_LAST
} Kind;

static PhConvShape
random_shape (Kind kind, PhRng *rng)
{
  PhConvShape p = { 0 };

  do
    {
      p = (PhConvShape){
        .n = pick (rng, 1, 3),
        .c = pick (rng, 1, 9),
        .h = pick (rng, 1, 14),
        .w = pick (rng, 1, 19),
        .k = pick (rng, 1, 21),
        .r = pick (rng, 1, 5),
        .s = pick (rng, 1, 6),
        .groups = 1,
        .stride_h = pick (rng, 1, 3),
        .stride_w = pick (rng, 1, 3),
        .dilation_h = pick (rng, 1, 3),
        .dilation_w = pick (rng, 1, 2),
        .pad_top = (gssize)pick (rng, 0, 5) - 1,
        .pad_left = (gssize)pick (rng, 0, 5) - 2,
        .pad_bottom = (gssize)pick (rng, 0, 4) - 1,
        .pad_right = (gssize)pick (rng, 0, 4) - 1,
      };
      switch (kind)
        {
        case KIND_3X3:
          p.r = p.s = 3;
          p.stride_h = p.stride_w = p.dilation_h = p.dilation_w = 1;
          p.n = pick (rng, 1, 2);
          p.c = pick (rng, 1, 24);
          p.k = pick (rng, 1, 30);
          p.h = pick (rng, 1, 24);
          p.w = pick (rng, 1, 31);
          break;
        case KIND_1X1:
          p.r = p.s = 1;
          p.stride_h = p.stride_w = pick (rng, 1, 4) / 4 + 1;
          p.c = pick (rng, 1, 70);
          p.k = pick (rng, 1, 40);
          if (ph_rng_below (rng, 2))
            p.pad_top = p.pad_left = p.pad_bottom = p.pad_right = 0;
          break;
        case KIND_DEPTHWISE:
          p.groups = p.c;
          p.k = p.c * pick (rng, 1, 4) / 4 + p.c;
          p.k -= p.k % p.c;
          p.w = pick (rng, 1, 45);
          break;
        case KIND_FIRST_LAYER:
          p.c = 3;
          p.k = pick (rng, 5, 40);
          p.r = p.s = pick (rng, 1, 3) * 2 + 1;
          p.stride_h = p.stride_w = 2;
          p.dilation_h = p.dilation_w = 1;
          p.h = pick (rng, 7, 31);
          p.w = pick (rng, 7, 60);
          break;
        default:
          p.groups = pick (rng, 1, 3);
          p.c *= p.groups;
          p.k *= p.groups;
          break;
        }
      finish_shape (&p);
    }
  while (p.out_h == 0 || p.out_w == 0 || p.h == p.w);
  return p;
}

static void
test_random_shapes (gconstpointer data)
{
  PhCpuLevel level = GPOINTER_TO_UINT (data) / 4;
  guint threads = GPOINTER_TO_UINT (data) % 4;
  PhRng rng;

  ph_cpu_set_level (level);
  if (ph_cpu_level () != level)
    {
      g_test_skip ("this processor lacks these instructions");
      return;
    }
  ph_parallel_set_threads (threads);
  ph_rng_init (&rng, (guint32)g_test_rand_int (), 1);
  for (guint i = 0; i < N_SHAPES; i++)
    {
      PhConvShape shape = random_shape (i % KIND_LAST, &rng);
      PhConvNeeds needs = 1 + (PhConvNeeds)ph_rng_below (&rng, 7);
      PhEpilogue epilogue = { PH_ACTIVATION_CLAMP, -0.4f, (float)pick (&rng, 1, 6) };

      if (ph_rng_below (&rng, 3) == 0)
        epilogue = (PhEpilogue){ PH_ACTIVATION_CLAMP, 0.0f, INFINITY };
      /* Each algorithm for 3x3 filters, also where it would be slow. */
      ph_conv_wish_winograd ((const gsize[]){ 0, 1, 2, 4 }[ph_rng_below (&rng, 4)]);
      check_shape (&shape, needs, ph_rng_below (&rng, 2) ? &epilogue : NULL,
                   ph_rng_below (&rng, 3) > 0, ph_rng_below (&rng, 2), &rng);
    }
  ph_conv_wish_winograd (0);
  ph_parallel_set_threads (0);
  ph_cpu_set_level (PH_CPU_AVX512);
}

/* One shape for each algorithm, and what is chosen for it with 512-bit vectors. */
static const struct
{
  PhConvShape shape;
  const char *algorithm;
} chosen[] = {
  /* n, c, h, w, k, r, s, groups, strides, dilations, pads */
  { { 1, 37, 13, 29, 45, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1 }, "winograd4/winograd4" },
  /* 49 tiles, the last by the direct product */
  { { 1, 16, 27, 25, 24, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1 }, "winograd4/winograd4" },
  { { 2, 33, 7, 6, 40, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1 }, "winograd2/winograd2" },
  { { 1, 3, 31, 43, 24, 7, 7, 1, 2, 2, 1, 1, 3, 2, 3, 2 }, "implicit/direct" },
  { { 1, 32, 8, 21, 3, 5, 3, 1, 1, 1, 1, 1, 2, 1, 2, 1 }, "direct/implicit" },
  { { 1, 70, 9, 11, 50, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0 }, "implicit/implicit" },
  /* deeper than one block of the product, and strided phases */
  { { 1, 90, 11, 10, 40, 3, 3, 1, 2, 2, 1, 1, 1, 0, 1, 1 }, "implicit/implicit" },
  { { 2, 13, 17, 37, 13, 3, 3, 13, 1, 1, 1, 1, 1, 1, 1, 1 }, "depthwise/depthwise" },
  { { 1, 11, 18, 35, 11, 5, 3, 11, 2, 2, 1, 1, 2, 1, 1, 1 }, "depthwise/depthwise" },
};

static void
test_algorithms (void)
{
  const PhEpilogue relu = { PH_ACTIVATION_CLAMP, 0.0f, INFINITY };
  PhRng rng;

  ph_rng_init (&rng, (guint32)g_test_rand_int (), 2);
  for (guint level = 0; level <= PH_CPU_AVX512; level++)
    for (guint i = 0; i < G_N_ELEMENTS (chosen); i++)
      {
        PhConvShape p = chosen[i].shape;

        finish_shape (&p);
        ph_cpu_set_level (level);
        ph_parallel_set_threads (2);
        if (ph_cpu_level () == PH_CPU_AVX512)
          {
            g_autofree float *weights = g_new0 (float, p.k *p.c *p.r *p.s);
            PhConv *conv =
                ph_conv_new (&p, weights, NULL, NULL, PH_CONV_FORWARD | PH_CONV_BACKWARD_DATA);

            g_assert_cmpstr (ph_conv_algorithm (conv), ==, chosen[i].algorithm);
            ph_conv_free (conv);
          }
        check_shape (&p, PH_CONV_FORWARD | PH_CONV_BACKWARD_DATA, &relu, TRUE, i % 2, &rng);
      }
  ph_parallel_set_threads (0);
  ph_cpu_set_level (PH_CPU_AVX512);
}

static void
test_output_size (void)
{
  g_assert_cmpuint (ph_conv_output_size (224, 3, 3, 7, 1, 2), ==, 112);
  g_assert_cmpuint (ph_conv_output_size (5, 0, 1, 3, 2, 1), ==, 2);
  g_assert_cmpuint (ph_conv_output_size (5, -2, -1, 3, 1, 1), ==, 0);
  g_assert_cmpuint (ph_conv_output_size (5, -2, 0, 3, 1, 1), ==, 1);
}

/* A 2x3 image, a 1x2 filter, worked out by hand. */
static void
test_by_hand (void)
{
  PhConvShape p = { 1, 1, 2, 3, 1, 1, 2, 1, 1, 1, 1, 1, 0, 0, 0, 1, 2, 3 };
  const float x[] = { 1, 2, 3, 4, 5, 6 }, weights[] = { 10, 1 }, bias[] = { 0.5f };
  const float expected[] = { 12.5f, 23.5f, 30, 30, 30, 30 };
  PhEpilogue epilogue = { PH_ACTIVATION_CLAMP, 0, 30 };
  PhConv *conv = ph_conv_new (&p, weights, bias, &epilogue, PH_CONV_FORWARD);
  gpointer scratch = ph_aligned_alloc (ph_conv_scratch (conv));
  float y[6];

  ph_conv_forward (conv, x, NULL, y, scratch);
  for (guint i = 0; i < 6; i++)
    g_assert_cmpfloat (y[i], ==, expected[i]);
  ph_aligned_free (scratch);
  ph_conv_free (conv);
}

/* Twice the same call gives the same bits, with two threads too. */
static void
test_reproducible (void)
{
  PhConvShape p = { 1, 37, 29, 23, 45, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 29, 23 };
  gsize n_x = p.c * p.h * p.w, n_y = p.k * p.out_h * p.out_w, n_w = p.k * p.c * 9;
  g_autofree float *x = g_new (float, n_x), *w = g_new (float, n_w);
  g_autofree float *first = g_new0 (float, n_y), *second = g_new0 (float, n_y);
  PhRng rng;

  ph_rng_init (&rng, 1, 1);
  for (gsize i = 0; i < n_x; i++)
    x[i] = (float)ph_rng_normal (&rng);
  for (gsize i = 0; i < n_w; i++)
    w[i] = (float)ph_rng_normal (&rng);
  ph_parallel_set_threads (2);
  PhConv *conv = ph_conv_new (&p, w, NULL, NULL, PH_CONV_FORWARD);
  gpointer scratch = ph_aligned_alloc (ph_conv_scratch (conv));
  ph_conv_forward (conv, x, NULL, first, scratch);
  for (guint i = 0; i < 20; i++)
    {
      ph_conv_forward (conv, x, NULL, second, scratch);
      g_assert_cmpmem (first, n_y * sizeof (float), second, n_y * sizeof (float));
    }
  ph_aligned_free (scratch);
  ph_conv_free (conv);
  ph_parallel_set_threads (0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kernel-conv/output-size", test_output_size);
  g_test_add_func ("/kernel-conv/by-hand", test_by_hand);
  g_test_add_func ("/kernel-conv/reproducible", test_reproducible);
  g_test_add_func ("/kernel-conv/algorithms", test_algorithms);
  for (guint level = 0; level <= PH_CPU_AVX512; level++)
    for (guint threads = 1; threads <= 3; threads++)
      {
        g_autofree char *path =
            g_strdup_printf ("/kernel-conv/random/%s/%u", ph_cpu_level_name (level), threads);

        g_test_add_data_func (path, GUINT_TO_POINTER (level * 4 + threads), test_random_shapes);
      }
  return g_test_run ();
}
