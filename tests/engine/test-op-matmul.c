/* MatMul and Gemm: against plain sums, and gradients by differences. */

#include "gradcheck.h"

#include <math.h>
#include <string.h>

static const struct
{
  PhShape a, b, y;
} products[] = {
  { PH_SHAPE_OF (3, 4), PH_SHAPE_OF (4, 5), PH_SHAPE_OF (3, 5) },
  { PH_SHAPE_OF (4), PH_SHAPE_OF (4, 5), PH_SHAPE_OF (5) },
  { PH_SHAPE_OF (3, 4), PH_SHAPE_OF (4), PH_SHAPE_OF (3) },
  { PH_SHAPE_OF (2, 3, 4), PH_SHAPE_OF (4), PH_SHAPE_OF (2, 3) },
  { PH_SHAPE_OF (4), PH_SHAPE_OF (4), { 0 } },
  { PH_SHAPE_OF (2, 3, 4), PH_SHAPE_OF (4, 5), PH_SHAPE_OF (2, 3, 5) },
  { PH_SHAPE_OF (3, 4), PH_SHAPE_OF (2, 4, 5), PH_SHAPE_OF (2, 3, 5) },
  { PH_SHAPE_OF (2, 3, 2, 4), PH_SHAPE_OF (2, 3, 4, 5), PH_SHAPE_OF (2, 3, 2, 5) },
  { PH_SHAPE_OF (2, 1, 2, 4), PH_SHAPE_OF (3, 4, 5), PH_SHAPE_OF (2, 3, 2, 5) },
  { PH_SHAPE_OF (2, 3, 2, 4), PH_SHAPE_OF (2, 1, 4, 5), PH_SHAPE_OF (2, 3, 2, 5) },
};

/* One element of the product, by indices. */
static double
element (guint p, const PhTensor *a, const PhTensor *b, gsize i)
{
  const gsize n = b->shape.rank > 1 ? (gsize)b->shape.dim[b->shape.rank - 1] : 1;
  const gsize m = a->shape.rank > 1 ? (gsize)a->shape.dim[a->shape.rank - 2] : 1;
  const gsize k = (gsize)a->shape.dim[a->shape.rank - 1];
  const gsize column = i % n, row = i / n % m, batch = i / n / m;
  const gsize images_a = a->n / (m * k), images_b = b->n / (k * n);
  double sum = 0;
  gsize batch_a = batch % images_a, batch_b = batch % images_b;

  if (p == 8)
    batch_a = batch / 3;
  if (p == 9)
    batch_b = batch / 3;
  for (gsize l = 0; l < k; l++)
    sum += (double)a->f[(batch_a * m + row) * k + l] * b->f[(batch_b * k + l) * n + column];
  return sum;
}

static void
test_products (void)
{
  for (guint p = 0; p < G_N_ELEMENTS (products); p++)
    {
      g_autoptr (PhTensor) a = ph_gradcheck_random (&products[p].a, -1, 1);
      g_autoptr (PhTensor) b = ph_gradcheck_random (&products[p].b, -1, 1);
      g_autoptr (PhTensor) want = ph_tensor_new (PH_TYPE_FLOAT, &products[p].y, NULL);
      g_autoptr (PhTensor) out = NULL;
      g_autoptr (GError) error = NULL;
      double largest = 0;

      for (gsize i = 0; i < want->n; i++)
        {
          want->f[i] = (float)element (p, a, b, i);
          largest = MAX (largest, fabs (want->f[i]));
        }
      ph_opcheck_run ("MatMul", 13, NULL, (PhGradInput[]){ { a, FALSE }, { b, FALSE } }, 2, &out, 1,
                      &error);
      g_assert_no_error (error);
      /* A lone sum may come close to zero; what rounds is its products, which are up to 1. */
      ph_opcheck_close ("MatMul", out, want, 1e-6 / MIN (largest, 1));
      ph_gradcheck ("MatMul", 13, NULL, (PhGradInput[]){ { a, FALSE }, { b, FALSE } }, 2, 1);
      ph_gradcheck ("MatMul", 13, NULL, (PhGradInput[]){ { a, FALSE }, { b, TRUE } }, 2, 1);
      ph_gradcheck ("MatMul", 13, NULL, (PhGradInput[]){ { a, TRUE }, { b, FALSE } }, 2, 1);
    }
}

/* As attention has it: many batches, shared out over threads. */
static void
test_many_batches (void)
{
  g_autoptr (PhTensor) a = ph_gradcheck_random (&PH_SHAPE_OF (4, 12, 49, 33), -1, 1);
  g_autoptr (PhTensor) b = ph_gradcheck_random (&PH_SHAPE_OF (4, 12, 33, 47), -1, 1);
  g_autoptr (PhTensor) want = ph_tensor_new (PH_TYPE_FLOAT, &PH_SHAPE_OF (4, 12, 49, 47), NULL);
  g_autoptr (PhTensor) out = NULL;
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < want->n; i++)
    want->f[i] = (float)element (7, a, b, i);
  ph_opcheck_run ("MatMul", 13, NULL, (PhGradInput[]){ { a, FALSE }, { b, FALSE } }, 2, &out, 1,
                  &error);
  g_assert_no_error (error);
  ph_opcheck_close ("MatMul", out, want, 2e-6);
}

static void
test_integers (void)
{
  g_autoptr (PhTensor) a = ph_tensor_new_ints (&PH_SHAPE_OF (2, 3), (gint64[]){ 1, 2, 3, 4, 5, 6 });
  g_autoptr (PhTensor) b = ph_tensor_new_ints (&PH_SHAPE_OF (3), (gint64[]){ 1, -1, 2 });
  g_autoptr (PhTensor) out = NULL;
  g_autoptr (GError) error = NULL;

  ph_opcheck_run ("MatMul", 13, NULL, (PhGradInput[]){ { a, FALSE }, { b, FALSE } }, 2, &out, 1,
                  &error);
  g_assert_no_error (error);
  g_assert_true (ph_shape_equal (&out->shape, &PH_SHAPE_OF (2)));
  g_assert_cmpint (out->i[0], ==, 5);
  g_assert_cmpint (out->i[1], ==, 11);
}

static void
test_gemm (void)
{
  const PhShape summands[] = { PH_SHAPE_OF (3, 5), PH_SHAPE_OF (5), PH_SHAPE_OF (3, 1), { 0 } };

  for (guint k = 0; k < 16; k++)
    {
      const gboolean trans_a = k & 1, trans_b = k >> 1 & 1;
      const PhShape shape_a = trans_a ? PH_SHAPE_OF (4, 3) : PH_SHAPE_OF (3, 4);
      const PhShape shape_b = trans_b ? PH_SHAPE_OF (5, 4) : PH_SHAPE_OF (4, 5);
      g_autoptr (PhTensor) a = ph_gradcheck_random (&shape_a, -1, 1);
      g_autoptr (PhTensor) b = ph_gradcheck_random (&shape_b, -1, 1);
      g_autoptr (PhTensor) c = ph_gradcheck_random (&summands[k >> 2], -1, 1);
      g_autoptr (PhTensor) want = ph_tensor_new (PH_TYPE_FLOAT, &PH_SHAPE_OF (3, 5), NULL);
      g_autoptr (PhTensor) out = NULL;
      g_autoptr (GError) error = NULL;
      PhAttrs *attrs[4];

      for (guint i = 0; i < G_N_ELEMENTS (attrs); i++)
        {
          attrs[i] = ph_attrs_new ();
          ph_attrs_set_int (attrs[i], "transA", trans_a);
          ph_attrs_set_int (attrs[i], "transB", trans_b);
          ph_attrs_set_real (attrs[i], "alpha", 0.5f);
          ph_attrs_set_real (attrs[i], "beta", -2);
        }
      for (gsize i = 0; i < 3; i++)
        for (gsize j = 0; j < 5; j++)
          {
            double sum = 0;
            gsize at_c = c->n == 15 ? i * 5 + j : c->n == 5 ? j : c->n == 3 ? i : 0;
            for (gsize l = 0; l < 4; l++)
              sum += (double)a->f[trans_a ? l * 3 + i : i * 4 + l] *
                     b->f[trans_b ? j * 4 + l : l * 5 + j];
            want->f[i * 5 + j] = (float)(0.5 * sum - 2 * c->f[at_c]);
          }
      ph_opcheck_run ("Gemm", 13, attrs[0],
                      (PhGradInput[]){ { a, FALSE }, { b, FALSE }, { c, FALSE } }, 3, &out, 1,
                      &error);
      g_assert_no_error (error);
      ph_opcheck_close ("Gemm", out, want, 1e-6);
      ph_gradcheck ("Gemm", 13, attrs[1],
                    (PhGradInput[]){ { a, FALSE }, { b, FALSE }, { c, FALSE } }, 3, 1);
      ph_gradcheck ("Gemm", 13, attrs[2], (PhGradInput[]){ { a, FALSE }, { b, TRUE }, { c, TRUE } },
                    3, 1);
      ph_gradcheck ("Gemm", 13, attrs[3], (PhGradInput[]){ { a, FALSE }, { b, FALSE } }, 2, 1);
    }
}

static void
check_refused (const char *op_type, const PhShape *shape_a, const PhShape *shape_b,
               const char *expected)
{
  g_autoptr (PhTensor) a = ph_gradcheck_random (shape_a, -1, 1);
  g_autoptr (PhTensor) b = ph_gradcheck_random (shape_b, -1, 1);
  PhTensor *out = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (ph_opcheck_run (op_type, 13, NULL, (PhGradInput[]){ { a, FALSE }, { b, FALSE } },
                                  2, &out, 1, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_SHAPE_MISMATCH);
  g_assert_nonnull (strstr (error->message, expected));
}

static void
test_refusals (void)
{
  check_refused ("MatMul", &PH_SHAPE_OF (2, 3), &PH_SHAPE_OF (4, 5), "4×5");
  check_refused ("MatMul", &PH_SHAPE_OF (2, 2, 3), &PH_SHAPE_OF (4, 3, 5), "2×2×3");
  check_refused ("MatMul", &(PhShape){ 0 }, &PH_SHAPE_OF (3), "scalar");
  check_refused ("Gemm", &PH_SHAPE_OF (2, 3), &PH_SHAPE_OF (2, 3), "2×3");
  check_refused ("Gemm", &PH_SHAPE_OF (2, 3, 1), &PH_SHAPE_OF (3, 2), "2×3×1");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/op/matmul/products", test_products);
  g_test_add_func ("/op/matmul/many-batches", test_many_batches);
  g_test_add_func ("/op/matmul/integers", test_integers);
  g_test_add_func ("/op/matmul/gemm", test_gemm);
  g_test_add_func ("/op/matmul/refusals", test_refusals);
  return g_test_run ();
}
