/* Arithmetic, comparison and choice with inputs that stretch to a common shape. */

#include "gradcheck.h"

#include <math.h>
#include <string.h>

/* Pairs of shapes: alike, scalar, per channel, per row, stretched on both sides, different rank. */
static const struct
{
  PhShape a, b;
} pairs[] = {
  { PH_SHAPE_OF (2, 3, 4, 5), PH_SHAPE_OF (2, 3, 4, 5) },
  { PH_SHAPE_OF (2, 3, 4, 5), { 0 } },
  { { 0 }, PH_SHAPE_OF (3, 4) },
  { PH_SHAPE_OF (2, 3, 4, 5), PH_SHAPE_OF (3, 1, 1) },
  { PH_SHAPE_OF (2, 3, 1, 1), PH_SHAPE_OF (2, 3, 4, 5) },
  { PH_SHAPE_OF (4, 7), PH_SHAPE_OF (7) },
  { PH_SHAPE_OF (4, 7), PH_SHAPE_OF (4, 1) },
  { PH_SHAPE_OF (3, 1, 5), PH_SHAPE_OF (1, 4, 1) },
  { PH_SHAPE_OF (1), PH_SHAPE_OF (1, 1) },
};

/* The same arithmetic element by element, by indices. */
static gsize
stretched_index (const PhShape *out, const PhShape *in, gsize i)
{
  gsize at = 0, step = 1;

  for (guint k = 0; k < out->rank; k++)
    {
      gsize extent = (gsize)out->dim[out->rank - 1 - k], position = i % extent;
      i /= extent;
      if (k >= in->rank)
        continue;
      gsize own = (gsize)in->dim[in->rank - 1 - k];
      at += own == 1 ? 0 : position * step;
      step *= own;
    }
  return at;
}

static float
reference (const char *op_type, float a, float b)
{
  switch (op_type[0])
    {
    case 'A':
      return a + b;
    case 'D':
      return a / b;
    case 'P':
      return powf (a, b);
    case 'S':
      return op_type[2] == 'b' ? a - b : a + b;
    default:
      return g_str_equal (op_type, "Mul")   ? a * b
             : g_str_equal (op_type, "Max") ? MAX (a, b)
             : g_str_equal (op_type, "Min") ? MIN (a, b)
                                            : (a + b) / 2;
    }
}

static const char *const binary[] = {
  "Add", "Div", "Max", "Mean", "Min", "Mul", "Pow", "Sub", "Sum"
};

static void
test_stretching (gconstpointer data)
{
  const char *op_type = data;

  for (guint p = 0; p < G_N_ELEMENTS (pairs); p++)
    {
      g_autoptr (PhTensor) a = ph_gradcheck_random (&pairs[p].a, 0.5, 2);
      g_autoptr (PhTensor) b = ph_gradcheck_random (&pairs[p].b, 0.5, 2);
      g_autoptr (PhTensor) out = NULL;
      g_autoptr (GError) error = NULL;
      PhShape shape;

      ph_opcheck_run (op_type, 13, NULL, (PhGradInput[]){ { a, FALSE }, { b, FALSE } }, 2, &out, 1,
                      &error);
      g_assert_no_error (error);
      g_assert_true (ph_shape_broadcast (&a->shape, &b->shape, &shape));
      g_autoptr (PhTensor) want = ph_tensor_new (PH_TYPE_FLOAT, &shape, NULL);
      for (gsize i = 0; i < want->n; i++)
        want->f[i] = reference (op_type, a->f[stretched_index (&shape, &a->shape, i)],
                                b->f[stretched_index (&shape, &b->shape, i)]);
      ph_opcheck_close (op_type, out, want, 1e-6);
    }
}

/* Values of a and b that are never closer than four steps, for Max and Min. */
static void
separate (PhTensor *a, PhTensor *b)
{
  for (gsize i = 0; i < a->n; i++)
    a->f[i] = 0.1f * (float)g_test_rand_int_range (5, 20);
  for (gsize i = 0; i < b->n; i++)
    b->f[i] = 0.05f + 0.1f * (float)g_test_rand_int_range (5, 20);
}

static void
test_gradient (gconstpointer data)
{
  const char *op_type = data;

  for (guint p = 0; p < G_N_ELEMENTS (pairs); p++)
    {
      g_autoptr (PhTensor) a = ph_gradcheck_random (&pairs[p].a, 0.8, 2);
      g_autoptr (PhTensor) b = ph_gradcheck_random (&pairs[p].b, 0.8, 2);

      if (op_type[0] == 'M')
        separate (a, b);
      ph_gradcheck (op_type, 13, NULL, (PhGradInput[]){ { a, FALSE }, { b, FALSE } }, 2, 1);
      ph_gradcheck (op_type, 13, NULL, (PhGradInput[]){ { a, FALSE }, { b, TRUE } }, 2, 1);
      ph_gradcheck (op_type, 13, NULL, (PhGradInput[]){ { a, TRUE }, { b, FALSE } }, 2, 1);
    }
}

static void
test_three_inputs (void)
{
  g_autoptr (PhTensor) a = ph_gradcheck_distinct (&PH_SHAPE_OF (2, 3, 4));
  g_autoptr (PhTensor) b = ph_gradcheck_random (&PH_SHAPE_OF (3, 1), 0.33, 0.34);
  g_autoptr (PhTensor) c = ph_gradcheck_random (&PH_SHAPE_OF (4), -0.28, -0.27);
  const char *const ops[] = { "Max", "Mean", "Min", "Sum" };

  for (guint i = 0; i < G_N_ELEMENTS (ops); i++)
    ph_gradcheck (ops[i], 13, NULL, (PhGradInput[]){ { c, FALSE }, { a, FALSE }, { b, FALSE } }, 3,
                  1);
}

static void
test_pow_exponents (void)
{
  const float exponents[] = { 0, 0.5f, 1, 2, 3, -1.5f };

  for (guint i = 0; i < G_N_ELEMENTS (exponents); i++)
    {
      g_autoptr (PhTensor) a = ph_gradcheck_random (&PH_SHAPE_OF (3, 5), 0.8, 2);
      g_autoptr (PhTensor) b = ph_tensor_new_floats (&(PhShape){ 0 }, &exponents[i]);
      g_autoptr (PhTensor) n = ph_tensor_new_ints (&PH_SHAPE_OF (1), (gint64[]){ i });

      ph_gradcheck ("Pow", 13, NULL, (PhGradInput[]){ { a, FALSE }, { b, TRUE } }, 2, 1);
      ph_gradcheck ("Pow", 13, NULL, (PhGradInput[]){ { a, FALSE }, { n, TRUE } }, 2, 1);
    }
}

static PhTensor *
run_ints (const char *op_type, PhAttrs *attrs, PhType type, gsize n, const gint64 *a,
          const gint64 *b)
{
  g_autoptr (PhTensor) ta = ph_tensor_new_ints (&(PhShape){ 1, { (gint64)n } }, a);
  g_autoptr (PhTensor) tb = ph_tensor_new_ints (&(PhShape){ 1, { (gint64)n } }, b);
  PhTensor *out = NULL;
  g_autoptr (GError) error = NULL;

  ta->type = tb->type = type;
  ph_opcheck_run (op_type, 15, attrs, (PhGradInput[]){ { ta, FALSE }, { tb, FALSE } }, 2, &out, 1,
                  &error);
  g_assert_no_error (error);
  g_assert_cmpuint (out->n, ==, n);
  return out;
}

static void
check_ints (const char *op_type, PhAttrs *attrs, PhType type, gsize n, const gint64 *a,
            const gint64 *b, const gint64 *expected)
{
  g_autoptr (PhTensor) out = run_ints (op_type, attrs, type, n, a, b);

  for (gsize i = 0; i < n; i++)
    g_assert_cmpint (out->i[i], ==, expected[i]);
}

static void
test_integers (void)
{
  PhAttrs *fmod = ph_attrs_new (), *left = ph_attrs_new ();

  ph_attrs_set_int (fmod, "fmod", 1);
  ph_attrs_set_text (left, "direction", "LEFT");
  check_ints ("Add", NULL, PH_TYPE_UINT8, 2, (gint64[]){ 250, 1 }, (gint64[]){ 10, 2 },
              (gint64[]){ 4, 3 });
  check_ints ("Sub", NULL, PH_TYPE_INT64, 2, (gint64[]){ G_MININT64, 1 }, (gint64[]){ 1, 2 },
              (gint64[]){ G_MAXINT64, -1 });
  check_ints ("Mul", NULL, PH_TYPE_INT8, 2, (gint64[]){ 100, -3 }, (gint64[]){ 3, 5 },
              (gint64[]){ 44, -15 });
  check_ints ("Div", NULL, PH_TYPE_INT32, 4, (gint64[]){ 7, -7, 7, -2147483648 },
              (gint64[]){ 2, 2, 0, -1 }, (gint64[]){ 3, -3, 0, -2147483648 });
  check_ints ("Div", NULL, PH_TYPE_UINT64, 1, (gint64[]){ -1 }, (gint64[]){ 2 },
              (gint64[]){ G_MAXINT64 });
  check_ints ("Mod", NULL, PH_TYPE_INT64, 4, (gint64[]){ -7, 7, 6, 5 }, (gint64[]){ 3, -3, 3, 0 },
              (gint64[]){ 2, -2, 0, 0 });
  check_ints ("Mod", fmod, PH_TYPE_INT64, 3, (gint64[]){ -7, 7, 6 }, (gint64[]){ 3, -3, 3 },
              (gint64[]){ -1, 1, 0 });
  check_ints ("Max", NULL, PH_TYPE_UINT64, 2, (gint64[]){ -1, 3 }, (gint64[]){ 5, 4 },
              (gint64[]){ -1, 4 });
  check_ints ("Pow", NULL, PH_TYPE_INT64, 3, (gint64[]){ 3, -2, 2 }, (gint64[]){ 4, 3, -1 },
              (gint64[]){ 81, -8, 0 });
  check_ints ("BitShift", left, PH_TYPE_UINT8, 3, (gint64[]){ 129, 1, 1 }, (gint64[]){ 1, 3, 64 },
              (gint64[]){ 2, 8, 0 });
  check_ints ("Less", NULL, PH_TYPE_UINT64, 2, (gint64[]){ -1, 1 }, (gint64[]){ 1, -1 },
              (gint64[]){ 0, 1 });
  check_ints ("Xor", NULL, PH_TYPE_BOOL, 3, (gint64[]){ 1, 0, 1 }, (gint64[]){ 1, 0, 0 },
              (gint64[]){ 0, 0, 1 });
}

static void
test_where (void)
{
  g_autoptr (PhTensor) c = ph_tensor_new_ints (&PH_SHAPE_OF (3, 1), (gint64[]){ 1, 0, 1 });
  g_autoptr (PhTensor) a = ph_gradcheck_random (&PH_SHAPE_OF (2, 1, 4), -1, 1);
  g_autoptr (PhTensor) b = ph_gradcheck_random (&PH_SHAPE_OF (3, 4), -1, 1);
  g_autoptr (PhTensor) out = NULL;
  g_autoptr (GError) error = NULL;
  const PhGradInput inputs[] = { { c, FALSE }, { a, FALSE }, { b, FALSE } };

  c->type = PH_TYPE_BOOL;
  ph_opcheck_run ("Where", 13, NULL, inputs, 3, &out, 1, &error);
  g_assert_no_error (error);
  g_assert_true (ph_shape_equal (&out->shape, &PH_SHAPE_OF (2, 3, 4)));
  for (gsize i = 0; i < out->n; i++)
    {
      gsize column = i % 4, row = i / 4 % 3, image = i / 12;
      g_assert_cmpfloat (out->f[i], ==,
                         row == 1 ? b->f[4 * row + column] : a->f[4 * image + column]);
    }
  ph_gradcheck ("Where", 13, NULL, inputs, 3, 1);
}

/* Equal inputs share the gradient: half each, which is also what the difference to both sides of
 * the kink gives. */
static void
test_ties (void)
{
  g_autoptr (PhTensor) a = ph_tensor_new_floats (&PH_SHAPE_OF (2), (float[]){ 1, 3 });
  const PhGradInput inputs[] = { { a, FALSE }, { a, FALSE } };

  ph_gradcheck ("Max", 13, NULL, inputs, 2, 1);
  ph_gradcheck ("Min", 13, NULL, inputs, 2, 1);
}

static void
test_large (void)
{
  g_autoptr (PhTensor) a = ph_gradcheck_random (&PH_SHAPE_OF (3, 5, 7001), -1, 1);
  g_autoptr (PhTensor) b = ph_gradcheck_random (&PH_SHAPE_OF (5, 1), -1, 1);
  g_autoptr (PhTensor) want = ph_tensor_new (PH_TYPE_FLOAT, &a->shape, NULL);
  g_autoptr (PhTensor) out = NULL;
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < a->n; i++)
    want->f[i] = a->f[i] - b->f[i / 7001 % 5];
  ph_opcheck_run ("Sub", 13, NULL, (PhGradInput[]){ { a, FALSE }, { b, FALSE } }, 2, &out, 1,
                  &error);
  g_assert_no_error (error);
  ph_opcheck_close ("Sub", out, want, 0);
}

static void
test_empty (void)
{
  g_autoptr (PhTensor) a = ph_tensor_new (PH_TYPE_FLOAT, &PH_SHAPE_OF (2, 0, 3), NULL);
  g_autoptr (PhTensor) b = ph_gradcheck_random (&PH_SHAPE_OF (3), -1, 1);
  g_autoptr (PhTensor) out = NULL;
  g_autoptr (GError) error = NULL;

  ph_opcheck_run ("Add", 13, NULL, (PhGradInput[]){ { a, FALSE }, { b, FALSE } }, 2, &out, 1,
                  &error);
  g_assert_no_error (error);
  g_assert_true (ph_shape_equal (&out->shape, &a->shape));
}

static void
test_refusals (void)
{
  g_autoptr (PhTensor) a = ph_gradcheck_random (&PH_SHAPE_OF (2, 3), -1, 1);
  g_autoptr (PhTensor) b = ph_gradcheck_random (&PH_SHAPE_OF (4), -1, 1);
  g_autoptr (PhTensor) n = ph_tensor_new_ints (&PH_SHAPE_OF (3), (gint64[]){ 1, 2, 3 });
  PhTensor *out = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (ph_opcheck_run ("Mul", 13, NULL, (PhGradInput[]){ { a, FALSE }, { b, FALSE } }, 2,
                                  &out, 1, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_SHAPE_MISMATCH);
  g_assert_nonnull (strstr (error->message, "2×3"));
  g_clear_error (&error);
  g_assert_false (ph_opcheck_run ("Mul", 13, NULL, (PhGradInput[]){ { a, FALSE }, { n, FALSE } }, 2,
                                  &out, 1, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_MODEL_INVALID);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (binary); i++)
    {
      g_autofree char *value = g_strconcat ("/op/arithmetic/stretching/", binary[i], NULL);
      g_autofree char *gradient = g_strconcat ("/op/arithmetic/gradient/", binary[i], NULL);
      g_test_add_data_func (value, binary[i], test_stretching);
      g_test_add_data_func (gradient, binary[i], test_gradient);
    }
  g_test_add_func ("/op/arithmetic/three-inputs", test_three_inputs);
  g_test_add_func ("/op/arithmetic/pow-exponents", test_pow_exponents);
  g_test_add_func ("/op/arithmetic/integers", test_integers);
  g_test_add_func ("/op/arithmetic/where", test_where);
  g_test_add_func ("/op/arithmetic/ties", test_ties);
  g_test_add_func ("/op/arithmetic/large", test_large);
  g_test_add_func ("/op/arithmetic/empty", test_empty);
  g_test_add_func ("/op/arithmetic/refusals", test_refusals);
  return g_test_run ();
}
