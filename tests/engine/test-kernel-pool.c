#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "kernels/cpu.h"
#include "kernels/parallel.h"
#include "kernels/pool.h"

static PhPoolShape
random_shape (PhRng *rng, gboolean dilate)
{
  PhPoolShape p;

  do
    {
      gboolean ceil_mode = ph_rng_below (rng, 2);

      p = (PhPoolShape){
        .planes = 1 + ph_rng_below (rng, 5),
        .h = 1 + ph_rng_below (rng, 20),
        .w = 1 + ph_rng_below (rng, 70),
        .r = 1 + ph_rng_below (rng, 4),
        .s = 1 + ph_rng_below (rng, 4),
        .stride_h = 1 + ph_rng_below (rng, 3),
        .stride_w = 1 + ph_rng_below (rng, 3),
        .dilation_h = dilate ? 1 + ph_rng_below (rng, 3) : 1,
        .dilation_w = dilate ? 1 + ph_rng_below (rng, 2) : 1,
        .pad_top = ph_rng_below (rng, 3),
        .pad_left = ph_rng_below (rng, 4),
        .pad_bottom = ph_rng_below (rng, 3),
        .pad_right = ph_rng_below (rng, 3),
      };
      p.out_h = ph_pool_output_size (p.h, p.pad_top, p.pad_bottom, p.r, p.dilation_h, p.stride_h,
                                     ceil_mode);
      p.out_w = ph_pool_output_size (p.w, p.pad_left, p.pad_right, p.s, p.dilation_w, p.stride_w,
                                     ceil_mode);
    }
  while (p.h == p.w || !ph_pool_shape_is_valid (&p));
  return p;
}

/* Calls @BODY for each pixel `at` of window (plane, oh, ow) that lies inside the image. */
#define FOR_WINDOW(p, BODY)                                                                        \
  for (gsize r = 0; r < (p)->r; r++)                                                               \
    for (gsize s = 0; s < (p)->s; s++)                                                             \
      {                                                                                            \
        gssize ih = (gssize)(oh * (p)->stride_h + r * (p)->dilation_h) - (p)->pad_top;             \
        gssize iw = (gssize)(ow * (p)->stride_w + s * (p)->dilation_w) - (p)->pad_left;            \
                                                                                                   \
        if (ih < 0 || iw < 0 || ih >= (gssize)(p)->h || iw >= (gssize)(p)->w)                      \
          continue;                                                                                \
        gsize at = (gsize)ih * (p)->w + (gsize)iw;                                                 \
        BODY;                                                                                      \
      }

static void
check_max (const PhPoolShape *p, PhRng *rng)
{
  gsize in = p->h * p->w, out = p->out_h * p->out_w;
  g_autofree float *x = g_new (float, p->planes *in), *dx = g_new (float, p->planes *in);
  g_autofree float *expected_dx = g_new0 (float, p->planes *in);
  g_autofree float *y = g_new (float, p->planes *out + 1), *dy = g_new (float, p->planes *out);
  g_autofree float *alone = g_new (float, p->planes *out);
  g_autofree gint32 *indices = g_new (gint32, p->planes * out + 1);
  gboolean accumulate = ph_rng_below (rng, 2), gated = ph_rng_below (rng, 2);
  PhValueGate gate = { x, -3.5f, 0.5f };

  /* Few different values, so that ties are common; some NaN and -inf. */
  for (gsize i = 0; i < p->planes * in; i++)
    {
      guint32 dice = ph_rng_below (rng, 12);

      x[i] = dice == 0 ? NAN : dice == 1 ? -INFINITY : (float)(dice / 2) - 4.0f;
      dx[i] = expected_dx[i] = 1.0f;
      if (!accumulate)
        expected_dx[i] = 0.0f;
    }
  for (gsize i = 0; i < p->planes * out; i++)
    dy[i] = (float)ph_rng_normal (rng);
  y[p->planes * out] = 77.0f;
  indices[p->planes * out] = 77;
  ph_pool_max_forward (p, x, y, indices);
  ph_pool_max_forward (p, x, alone, NULL);
  g_assert_cmpfloat (y[p->planes * out], ==, 77.0f);
  g_assert_cmpint (indices[p->planes * out], ==, 77);
  for (gsize plane = 0; plane < p->planes; plane++)
    for (gsize oh = 0; oh < p->out_h; oh++)
      for (gsize ow = 0; ow < p->out_w; ow++)
        {
          gsize o = plane * out + oh * p->out_w + ow;
          const float *xp = x + plane * in;
          gssize winner = -1, first = -1;

          FOR_WINDOW (p, {
            if (first < 0)
              first = (gssize)at;
            if (!isnan (xp[at]) && (winner < 0 || xp[at] > xp[winner]))
              winner = (gssize)at;
          });
          if (winner < 0)
            winner = first;
          g_assert_cmpint (indices[o], ==, winner);
          g_assert_cmpmem (&y[o], 4, &xp[winner], 4);
          g_assert_cmpmem (&alone[o], 4, &xp[winner], 4);
          if (!gated || (xp[winner] > gate.low && xp[winner] < gate.high))
            expected_dx[plane * in + (gsize)winner] += dy[o];
        }
  ph_pool_max_backward (p, dy, indices, accumulate, gated ? &gate : NULL, dx);
  for (gsize i = 0; i < p->planes * in; i++)
    g_assert_cmpfloat_with_epsilon (dx[i], expected_dx[i], 1e-5);
}

static void
check_average (const PhPoolShape *p, gboolean count_include_pad, PhRng *rng)
{
  gsize in = p->h * p->w, out = p->out_h * p->out_w;
  g_autofree float *x = g_new (float, p->planes *in), *dx = g_new0 (float, p->planes *in);
  g_autofree float *y = g_new (float, p->planes *out), *dy = g_new (float, p->planes *out);
  double forward = 0.0, backward = 0.0;

  for (gsize i = 0; i < p->planes * in; i++)
    x[i] = (float)ph_rng_normal (rng);
  for (gsize i = 0; i < p->planes * out; i++)
    dy[i] = (float)ph_rng_normal (rng);
  ph_pool_average_forward (p, count_include_pad, x, y);
  for (gsize plane = 0; plane < p->planes; plane++)
    for (gsize oh = 0; oh < p->out_h; oh++)
      for (gsize ow = 0; ow < p->out_w; ow++)
        {
          double sum = 0.0;
          guint count = 0;

          FOR_WINDOW (p, {
            sum += x[plane * in + at];
            count++;
          });
          if (count_include_pad)
            {
              count = 0;
              for (gsize r = 0; r < p->r; r++)
                for (gsize s = 0; s < p->s; s++)
                  if (oh * p->stride_h + r * p->dilation_h <
                          p->h + (gsize)(p->pad_top + p->pad_bottom) &&
                      ow * p->stride_w + s * p->dilation_w <
                          p->w + (gsize)(p->pad_left + p->pad_right))
                    count++;
            }
          g_assert_cmpfloat_with_epsilon (y[plane * out + oh * p->out_w + ow], sum / count, 1e-5);
        }
  ph_pool_average_backward (p, count_include_pad, dy, FALSE, dx);
  ph_pool_average_backward (p, count_include_pad, dy, TRUE, dx);
  /* The gradient of a linear map is its adjoint; here it was added twice. */
  for (gsize i = 0; i < p->planes * out; i++)
    forward += 2.0 * y[i] * dy[i];
  for (gsize i = 0; i < p->planes * in; i++)
    backward += x[i] * dx[i];
  g_assert_cmpfloat_with_epsilon (forward, backward, 1e-3);
}

static void
test_random_shapes (void)
{
  PhRng rng;

  ph_rng_init (&rng, (guint32)g_test_rand_int (), 1);
  for (guint level = 0; level <= PH_CPU_AVX512; level++)
    for (guint i = 0; i < 150; i++)
      {
        PhPoolShape shape = random_shape (&rng, i % 2);

        ph_cpu_set_level (level);
        ph_parallel_set_threads (1 + i % 3);
        check_max (&shape, &rng);
        check_average (&shape, i % 2, &rng);
      }
  ph_cpu_set_level (PH_CPU_AVX512);
  ph_parallel_set_threads (0);
}

static void
test_output_size (void)
{
  g_assert_cmpuint (ph_pool_output_size (109, 0, 0, 3, 1, 2, FALSE), ==, 54);
  g_assert_cmpuint (ph_pool_output_size (112, 0, 0, 3, 1, 2, FALSE), ==, 55);
  g_assert_cmpuint (ph_pool_output_size (112, 0, 0, 3, 1, 2, TRUE), ==, 56);
  /* A last window that would start in the padding behind the image does not count. */
  g_assert_cmpuint (ph_pool_output_size (4, 0, 1, 1, 1, 2, TRUE), ==, 2);
  g_assert_cmpuint (ph_pool_output_size (2, 0, 0, 3, 1, 1, TRUE), ==, 0);
}

static void
test_invalid (void)
{
  PhPoolShape p = { 1, 5, 6, 2, 2, 2, 2, 1, 1, 2, 0, 0, 0, 3, 3 };

  g_assert_false (ph_pool_shape_is_valid (&p));
  p.pad_top = 1;
  g_assert_true (ph_pool_shape_is_valid (&p));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kernel-pool/output-size", test_output_size);
  g_test_add_func ("/kernel-pool/invalid", test_invalid);
  g_test_add_func ("/kernel-pool/random-shapes", test_random_shapes);
  return g_test_run ();
}
