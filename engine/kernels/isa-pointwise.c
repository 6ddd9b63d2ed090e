#include "kernels/isa-private.h"
#include "kernels/simd-private.h"

/* Defines the function @name that gives each element the value @EXPRESSION of the vectors va and vb
 * at its place, of vy as it was, and of the constants vp and vq. The last, partial vector is loaded
 * with zeros behind it. */
#define POINTWISE(name, EXPRESSION)                                                                \
  static void name (gsize n, const float *a, const float *b, float p, float q, float *y)           \
  {                                                                                                \
    Vec vp = vec_set1 (p), vq = vec_set1 (q);                                                      \
    gsize i = 0;                                                                                   \
                                                                                                   \
    (void)vp, (void)vq;                                                                            \
    for (; i + PH_LANES <= n; i += PH_LANES)                                                       \
      {                                                                                            \
        Vec va = vec_load (a + i), vb = vec_load (b + i), vy = vec_load (y + i);                   \
                                                                                                   \
        (void)va, (void)vb, (void)vy;                                                              \
        vec_store (y + i, EXPRESSION);                                                             \
      }                                                                                            \
    if (i < n)                                                                                     \
      {                                                                                            \
        gsize left = n - i;                                                                        \
        Vec va = vec_load_n (a + i, left), vb = vec_load_n (b + i, left);                          \
        Vec vy = vec_load_n (y + i, left);                                                         \
                                                                                                   \
        (void)va, (void)vb, (void)vy;                                                              \
        vec_store_n (y + i, EXPRESSION, left);                                                     \
      }                                                                                            \
  }

/* e^r - 1 for |r| <= ln 2 / 2: r + r^2 q(r) with a near-minimax q. */
PH_INLINE Vec
expm1_reduced (Vec r)
{
  Vec q = vec_set1 (1.9919175e-4f);

  q = q * r + 1.3946961e-3f;
  q = q * r + 8.333263e-3f;
  q = q * r + 4.1666258e-2f;
  q = q * r + 1.6666667e-1f;
  q = q * r + 0.5f;
  return r + r * r * q;
}

/* Writes x = n ln 2 + r. ln 2 is subtracted in two pieces, the first short enough that its product
 * with n is exact (Cody and Waite 1980). Returns r. */
PH_INLINE Vec
reduce (Vec x, VecInt *n)
{
  /* Adding 1.5 * 2^23 rounds to an integer, which then stands in the low bits. */
  const float magic = 12582912.0f;
  Vec shifted = x * 1.44269504f + magic;
  Vec whole = shifted - magic;

  *n = (VecInt)shifted - 0x4b400000;
  return (x - whole * 0.693145752f) - whole * 1.42860677e-6f;
}

/* 2^n for -126 <= n <= 127. */
PH_INLINE Vec
power_of_two (VecInt n)
{
  return (Vec)((n + 127) << 23);
}

PH_INLINE Vec
vec_exp (Vec x)
{
  VecInt n;
  Vec r = reduce (vec_clamp (x, vec_set1 (-104.0f), vec_set1 (89.0f)), &n);
  VecInt half = n >> 1;

  /* In two steps, so that results between 2^-149 and 2^-126 and overflow come out right. */
  return (1.0f + expm1_reduced (r)) * power_of_two (half) * power_of_two (n - half);
}

/* e^x - 1 for -30 <= x <= 30. */
PH_INLINE Vec
vec_expm1 (Vec x)
{
  VecInt n;
  Vec r = reduce (x, &n);
  Vec scale = power_of_two (n);

  return scale * expm1_reduced (r) + (scale - 1.0f);
}

PH_INLINE Vec
vec_sigmoid (Vec x)
{
  Vec e = vec_exp (-(Vec)((VecInt)x & 0x7fffffff));
  Vec top = vec_select (x < 0.0f, e, vec_set1 (1.0f));

  return top / (1.0f + e);
}

PH_INLINE Vec
vec_tanh (Vec x)
{
  Vec e = vec_expm1 (vec_clamp (x + x, vec_set1 (-30.0f), vec_set1 (30.0f)));
  Vec tiny = (Vec)((VecInt)x & 0x7fffffff);

  /* Below 2^-12 the cube is lost in rounding, and with it the sign of zero and small numbers. */
  return vec_select (tiny < 0.000244140625f, x, e / (e + 2.0f));
}

/* Near 0, x times a polynomial in x^2; beyond 1, 1 - e^(-x^2) g (1 / (1 + x / 2)). */
PH_INLINE Vec
vec_erf (Vec x)
{
  VecInt sign = (VecInt)x & (VecInt)(-vec_set1 (0.0f));
  Vec a = vec_min (vec_set1 (4.0f), (Vec)((VecInt)x & 0x7fffffff));
  Vec u = a * a;
  Vec near = vec_set1 (7.889119e-5f);
  near = near * u - 8.0208410e-4f;
  near = near * u + 5.1895352e-3f;
  near = near * u - 2.6854444e-2f;
  near = near * u + 1.1283600e-1f;
  near = near * u - 3.7612626e-1f;
  near = near * u + 1.1283791f;
  Vec t = 1.0f / (1.0f + 0.5f * a);
  Vec far = vec_set1 (6.6524111e-3f);
  far = far * t - 2.5408661e-1f;
  far = far * t + 6.7054629e-1f;
  far = far * t - 9.0656124e-2f;
  far = far * t + 4.0816620e-1f;
  far = far * t + 2.5707924e-1f;
  far = far * t + 2.0736451e-3f;
  far = 1.0f - vec_exp (-u) * far;
  Vec value = vec_select (a < 1.0f, near * a, far);

  return (Vec)((VecInt)value | sign);
}

/* atan x for x >= 0 is pi/2 - atan (1/x), or pi/4 + atan ((x - 1) / (x + 1)); what is left lies
 * below tan (pi/8) and is x times a near-minimax polynomial in x^2. */
PH_INLINE Vec
vec_atan (Vec x)
{
  VecInt sign = (VecInt)x & (VecInt)(-vec_set1 (0.0f));
  Vec a = (Vec)((VecInt)x & 0x7fffffff);
  VecInt far = a > 2.41421356f, middle = a > 0.414213562f;
  Vec above = vec_select (far, vec_set1 (-1.0f), vec_select (middle, a - 1.0f, a));
  Vec below = vec_select (far, a, vec_select (middle, a + 1.0f, vec_set1 (1.0f)));
  Vec start = vec_select (far, vec_set1 (1.57079633f),
                          vec_select (middle, vec_set1 (0.785398163f), vec_set1 (0.0f)));
  Vec t = above / below, u = t * t;
  Vec q = vec_set1 (-6.0832239e-2f);

  q = q * u + 1.0595916e-1f;
  q = q * u - 1.4243838e-1f;
  q = q * u + 1.9998489e-1f;
  q = q * u - 3.3333315e-1f;
  return (Vec)((VecInt)(start + (t + t * u * q)) | sign);
}

/* Of x s (x), where s is the sigmoid and s' = s (1 - s). */
PH_INLINE Vec
vec_silu_slope (Vec x)
{
  Vec s = vec_sigmoid (x);

  return s * (1.0f + x * (1.0f - s));
}

POINTWISE (fill, vp)
POINTWISE (clamp, vec_clamp (va, vp, vq))
POINTWISE (clamp_backward, vy + vec_between (vb, va, vp, vq))
POINTWISE (gate, vec_between (vy, va, vp, vq))
POINTWISE (pass, vec_between (vb, va, vp, vq))
POINTWISE (copy, va)
POINTWISE (accumulate, vy + vp * va)
POINTWISE (add, va + vb)
POINTWISE (subtract, va - vb)
POINTWISE (multiply, va *vb)
POINTWISE (multiply_accumulate, vy + va * vb)
POINTWISE (scale_shift, vp *va + vq)
POINTWISE (scale_shift_accumulate, vy + (vp * va + vq))
POINTWISE (exponential, vec_exp (va))
POINTWISE (sigmoid, vec_sigmoid (va))
POINTWISE (hyperbolic_tangent, vec_tanh (va))
POINTWISE (error_function, vec_erf (va))
POINTWISE (inverse_tangent, vec_atan (va))
POINTWISE (silu, va *vec_sigmoid (va))
POINTWISE (silu_backward, vb *vec_silu_slope (va))
POINTWISE (silu_backward_add, vy + vb * vec_silu_slope (va))

const PhPointwiseFunc PH_KERNEL (ph_pointwise)[PH_POINTWISE_LAST] = {
  [PH_POINTWISE_FILL] = fill,
  [PH_POINTWISE_CLAMP] = clamp,
  [PH_POINTWISE_CLAMP_BACKWARD] = clamp_backward,
  [PH_POINTWISE_GATE] = gate,
  [PH_POINTWISE_PASS] = pass,
  [PH_POINTWISE_COPY] = copy,
  [PH_POINTWISE_ACCUMULATE] = accumulate,
  [PH_POINTWISE_ADD] = add,
  [PH_POINTWISE_SUBTRACT] = subtract,
  [PH_POINTWISE_MULTIPLY] = multiply,
  [PH_POINTWISE_MULTIPLY_ACCUMULATE] = multiply_accumulate,
  [PH_POINTWISE_SCALE_SHIFT] = scale_shift,
  [PH_POINTWISE_SCALE_SHIFT_ACCUMULATE] = scale_shift_accumulate,
  [PH_POINTWISE_EXP] = exponential,
  [PH_POINTWISE_SIGMOID] = sigmoid,
  [PH_POINTWISE_TANH] = hyperbolic_tangent,
  [PH_POINTWISE_ERF] = error_function,
  [PH_POINTWISE_ATAN] = inverse_tangent,
  [PH_POINTWISE_SILU] = silu,
  [PH_POINTWISE_SILU_BACKWARD] = silu_backward,
  [PH_POINTWISE_SILU_BACKWARD_ADD] = silu_backward_add,
};

float
PH_KERNEL (ph_sum) (gsize n, const float *x)
{
  Vec sum[4] = { 0 };
  gsize i = 0;

  for (; i + 4 * PH_LANES <= n; i += 4 * PH_LANES)
    for (gsize j = 0; j < 4; j++)
      sum[j] += vec_load (x + i + j * PH_LANES);
  for (; i < n; i += PH_LANES)
    sum[0] += vec_load_n (x + i, MIN (n - i, PH_LANES));
  return vec_sum ((sum[0] + sum[1]) + (sum[2] + sum[3]));
}

static float
dot (gsize n, const float *x, const float *y)
{
  Vec sum[2] = { 0 };
  gsize i = 0;

  for (; i + 2 * PH_LANES <= n; i += 2 * PH_LANES)
    for (gsize j = 0; j < 2; j++)
      sum[j] += vec_load (x + i + j * PH_LANES) * vec_load (y + i + j * PH_LANES);
  for (; i < n; i += PH_LANES)
    sum[0] += vec_load_n (x + i, MIN (n - i, PH_LANES)) * vec_load_n (y + i, MIN (n - i, PH_LANES));
  return vec_sum (sum[0] + sum[1]);
}

void
PH_KERNEL (ph_softmax) (gsize n, const float *x, float *y)
{
  float largest = n > 0 ? x[0] : 0.0f, sum;

  for (gsize i = 1; i < n; i++)
    largest = MAX (largest, x[i]);
  scale_shift (n, x, x, 1.0f, -largest, y);
  exponential (n, y, y, 0.0f, 0.0f, y);
  sum = PH_KERNEL (ph_sum) (n, y);
  scale_shift (n, y, y, 1.0f / sum, 0.0f, y);
}

void
PH_KERNEL (ph_softmax_backward) (gsize n, const float *y, const float *dy, float *dx)
{
  Vec mean = vec_set1 (dot (n, y, dy));
  gsize i = 0;

  for (; i < n; i += PH_LANES)
    {
      gsize left = MIN (n - i, PH_LANES);
      Vec change = vec_load_n (y + i, left) * (vec_load_n (dy + i, left) - mean);

      vec_store_n (dx + i, vec_load_n (dx + i, left) + change, left);
    }
}
