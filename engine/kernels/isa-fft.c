#include "kernels/isa-private.h"
#include "kernels/simd-private.h"

/* A complex number in each lane. */
typedef struct
{
  Vec re, im;
} Complex;

PH_INLINE Complex
add (Complex a, Complex b)
{
  return (Complex){ a.re + b.re, a.im + b.im };
}

PH_INLINE Complex
subtract (Complex a, Complex b)
{
  return (Complex){ a.re - b.re, a.im - b.im };
}

/* a - i b */
PH_INLINE Complex
subtract_i (Complex a, Complex b)
{
  return (Complex){ a.re + b.im, a.im - b.re };
}

/* a + i b */
PH_INLINE Complex
add_i (Complex a, Complex b)
{
  return (Complex){ a.re - b.im, a.im + b.re };
}

PH_INLINE Complex
scale (Complex a, float f)
{
  return (Complex){ a.re * f, a.im * f };
}

/* The transform of 2, 3, 4 or 5 numbers, in place. */
PH_INLINE void
butterfly (guint radix, Complex *a)
{
  if (radix == 2)
    {
      Complex t = a[1];

      a[1] = subtract (a[0], t);
      a[0] = add (a[0], t);
    }
  else if (radix == 3)
    {
      const float sin60 = 0.866025404f;
      Complex sum = add (a[1], a[2]);
      Complex difference = scale (subtract (a[1], a[2]), sin60);
      Complex middle = add (a[0], scale (sum, -0.5f));

      a[0] = add (a[0], sum);
      a[1] = subtract_i (middle, difference);
      a[2] = add_i (middle, difference);
    }
  else if (radix == 4)
    {
      Complex even = add (a[0], a[2]), even_rest = subtract (a[0], a[2]);
      Complex odd = add (a[1], a[3]), odd_rest = subtract (a[1], a[3]);

      a[0] = add (even, odd);
      a[1] = subtract_i (even_rest, odd_rest);
      a[2] = subtract (even, odd);
      a[3] = add_i (even_rest, odd_rest);
    }
  else
    {
      const float cos72 = 0.309016994f, cos144 = -0.809016994f;
      const float sin72 = 0.951056516f, sin144 = 0.587785252f;
      Complex sum1 = add (a[1], a[4]), difference1 = subtract (a[1], a[4]);
      Complex sum2 = add (a[2], a[3]), difference2 = subtract (a[2], a[3]);
      Complex real1 = add (a[0], add (scale (sum1, cos72), scale (sum2, cos144)));
      Complex real2 = add (a[0], add (scale (sum1, cos144), scale (sum2, cos72)));
      Complex turned1 = add (scale (difference1, sin72), scale (difference2, sin144));
      Complex turned2 = subtract (scale (difference1, sin144), scale (difference2, sin72));

      a[0] = add (a[0], add (sum1, sum2));
      a[1] = subtract_i (real1, turned1);
      a[2] = subtract_i (real2, turned2);
      a[3] = add_i (real2, turned2);
      a[4] = add_i (real1, turned1);
    }
}

/* y[q + s (r p + j)] = w^(p j) DFT_r (x[q + s (p + 0 m)], …, x[q + s (p + (r - 1) m)])_j, with s
 * lanes side by side. */
PH_INLINE void
pass (guint radix, gsize m, gsize s, const float *twiddles, const float *xr, const float *xi,
      float *yr, float *yi)
{
  for (gsize p = 0; p < m; p++)
    {
      const float *w = twiddles + 2 * (radix - 1) * p;

      for (gsize q = 0; q < s; q += PH_LANES)
        {
          Complex a[5];

          for (guint j = 0; j < radix; j++)
            {
              gsize at = s * (p + j * m) + q;

              a[j] = (Complex){ vec_load (xr + at), vec_load (xi + at) };
            }
          butterfly (radix, a);
          for (guint j = 0; j < radix; j++)
            {
              gsize at = s * (radix * p + j) + q;

              if (j > 0)
                {
                  float c = w[2 * j - 2], d = w[2 * j - 1];

                  a[j] = (Complex){ a[j].re * c - a[j].im * d, a[j].re * d + a[j].im * c };
                }
              vec_store (yr + at, a[j].re);
              vec_store (yi + at, a[j].im);
            }
        }
    }
}

void
PH_KERNEL (ph_fft_pass) (guint radix, gsize m, gsize s, const float *twiddles, const float *xr,
                         const float *xi, float *yr, float *yi)
{
  switch (radix)
    {
    case 2:
      pass (2, m, s, twiddles, xr, xi, yr, yi);
      break;
    case 3:
      pass (3, m, s, twiddles, xr, xi, yr, yi);
      break;
    case 4:
      pass (4, m, s, twiddles, xr, xi, yr, yi);
      break;
    default:
      pass (5, m, s, twiddles, xr, xi, yr, yi);
      break;
    }
}
