/* Reductions, running sums and the choice of the largest: against plain loops, and gradients by
 * differences. */

#include "gradcheck.h"

#include <math.h>

static const char *const reductions[] = { "ReduceL1",        "ReduceL2",   "ReduceLogSum",
                                          "ReduceLogSumExp", "ReduceMax",  "ReduceMean",
                                          "ReduceMin",       "ReduceProd", "ReduceSum",
                                          "ReduceSumSquare" };

/* Which axes of 2×3×4×5 to reduce, as a bit mask; 0 stands for "not given". */
static const guint masks[] = { 0, 1, 2, 4, 8, 3, 6, 12, 5, 10, 9, 7, 11, 13, 14, 15 };

static PhAttrs *
attrs_axes (guint mask, gboolean keep)
{
  PhAttrs *attrs = ph_attrs_new ();
  gint64 axes[4];
  gsize n = 0;

  /* Some of them are counted from the end. */
  for (guint i = 0; i < 4; i++)
    if (mask >> i & 1)
      axes[n++] = i % 2 == 0 ? i : (gint64)i - 4;
  if (mask != 0)
    ph_attrs_set_ints (attrs, "axes", axes, n);
  ph_attrs_set_int (attrs, "keepdims", keep);
  return attrs;
}

static PhAttrs *
attrs_axis (gint64 axis)
{
  PhAttrs *attrs = ph_attrs_new ();

  ph_attrs_set_ints (attrs, "axes", &axis, 1);
  return attrs;
}

static double
combine (const char *op_type, double so_far, double x)
{
  switch (op_type[6])
    {
    case 'L':
      return op_type[7] == '1'   ? so_far + fabs (x)
             : op_type[7] == '2' ? so_far + x * x
             : op_type[12] == 0  ? so_far + x
                                 : so_far + exp (x);
    case 'M':
      return op_type[7] == 'e' ? so_far + x : op_type[7] == 'a' ? MAX (so_far, x) : MIN (so_far, x);
    case 'P':
      return so_far * x;
    default:
      return op_type[9] == 0 ? so_far + x : so_far + x * x;
    }
}

static double
finish (const char *op_type, double sum, double n)
{
  if (g_str_equal (op_type, "ReduceL2"))
    return sqrt (sum);
  if (g_str_has_prefix (op_type, "ReduceLog"))
    return log (sum);
  return g_str_equal (op_type, "ReduceMean") ? sum / n : sum;
}

static PhTensor *
reference (const char *op_type, const PhTensor *x, guint mask, gboolean keep)
{
  PhShape out = { 0 };
  gsize step[4] = { 0 }, width = 1;
  double sums[120];

  mask = mask == 0 ? 15 : mask;
  for (guint i = 4; i-- > 0;)
    if (!(mask >> i & 1))
      {
        step[i] = width;
        width *= (gsize)x->shape.dim[i];
      }
  for (guint i = 0; i < 4; i++)
    if (!(mask >> i & 1) || keep)
      out.dim[out.rank++] = mask >> i & 1 ? 1 : x->shape.dim[i];
  PhTensor *y = ph_tensor_new (PH_TYPE_FLOAT, &out, NULL);
  for (gsize i = 0; i < width; i++)
    sums[i] = g_str_equal (op_type, "ReduceMax")    ? -INFINITY
              : g_str_equal (op_type, "ReduceMin")  ? INFINITY
              : g_str_equal (op_type, "ReduceProd") ? 1
                                                    : 0;
  for (gsize i = 0; i < x->n; i++)
    {
      gsize at = i / 60 * step[0] + i / 20 % 3 * step[1] + i / 5 % 4 * step[2] + i % 5 * step[3];
      sums[at] = combine (op_type, sums[at], x->f[i]);
    }
  for (gsize i = 0; i < width; i++)
    y->f[i] = (float)finish (op_type, sums[i], (double)(x->n / width));
  return y;
}

static void
test_values (gconstpointer data)
{
  const char *op_type = data;

  for (guint k = 0; k < G_N_ELEMENTS (masks); k++)
    for (int keep = 0; keep < 2; keep++)
      {
        g_autoptr (PhTensor) x = ph_gradcheck_random (&PH_SHAPE_OF (2, 3, 4, 5), 0.9, 1.1);
        g_autoptr (PhTensor) want = reference (op_type, x, masks[k], keep);
        g_autoptr (PhTensor) out = NULL;
        g_autoptr (GError) error = NULL;

        ph_opcheck_run (op_type, 12, attrs_axes (masks[k], keep), &(PhGradInput){ x, FALSE }, 1,
                        &out, 1, &error);
        g_assert_no_error (error);
        ph_opcheck_close (op_type, out, want, 2e-6);
      }
}

static void
test_gradient (gconstpointer data)
{
  const char *op_type = data;
  const guint some[] = { 0, 1, 8, 6, 12, 10 };

  for (guint k = 0; k < G_N_ELEMENTS (some); k++)
    {
      g_autoptr (PhTensor) x = ph_gradcheck_random (&PH_SHAPE_OF (2, 3, 2, 3), 0.8, 1.2);

      if (g_str_equal (op_type, "ReduceMax") || g_str_equal (op_type, "ReduceMin"))
        {
          ph_tensor_unref (x);
          x = ph_gradcheck_distinct (&PH_SHAPE_OF (2, 3, 2, 3));
        }
      ph_gradcheck (op_type, 12, attrs_axes (some[k], k % 2), &(PhGradInput){ x, FALSE }, 1, 1);
    }
}

/* Axes as an input; an empty list means all or none. */
static void
test_axes_input (void)
{
  g_autoptr (PhTensor) x = ph_gradcheck_random (&PH_SHAPE_OF (2, 3, 4), -1, 1);
  g_autoptr (PhTensor) axes = ph_tensor_new_ints (&PH_SHAPE_OF (2), (gint64[]){ -1, 0 });
  g_autoptr (PhTensor) none = ph_tensor_new (PH_TYPE_INT64, &PH_SHAPE_OF (0), NULL);
  g_autoptr (PhTensor) out = NULL, all = NULL, same = NULL;
  g_autoptr (GError) error = NULL;
  PhAttrs *noop = ph_attrs_new ();

  ph_attrs_set_int (noop, "noop_with_empty_axes", 1);
  ph_opcheck_run ("ReduceSum", 13, NULL, (PhGradInput[]){ { x, FALSE }, { axes, TRUE } }, 2, &out,
                  1, &error);
  g_assert_no_error (error);
  g_assert_true (ph_shape_equal (&out->shape, &PH_SHAPE_OF (1, 3, 1)));
  ph_opcheck_run ("ReduceSum", 13, NULL, (PhGradInput[]){ { x, FALSE }, { none, TRUE } }, 2, &all,
                  1, &error);
  g_assert_no_error (error);
  g_assert_true (ph_shape_equal (&all->shape, &PH_SHAPE_OF (1, 1, 1)));
  g_assert_cmpfloat_with_epsilon (all->f[0], out->f[0] + out->f[1] + out->f[2], 1e-5);
  ph_opcheck_run ("ReduceSum", 13, noop, (PhGradInput[]){ { x, FALSE }, { none, TRUE } }, 2, &same,
                  1, &error);
  g_assert_no_error (error);
  ph_opcheck_close ("ReduceSum", same, x, 0);
  ph_gradcheck ("ReduceSum", 13, NULL, (PhGradInput[]){ { x, FALSE }, { axes, TRUE } }, 2, 1);
}

/* Equal elements share; the product's derivative does not divide by zero. */
static void
test_edges (void)
{
  g_autoptr (PhTensor) ties = ph_tensor_new_floats (&PH_SHAPE_OF (2, 2), (float[]){ 2, 2, 1, 5 });
  g_autoptr (PhTensor) zeros =
      ph_tensor_new_floats (&PH_SHAPE_OF (3, 3), (float[]){ 0, 2, 3, 0, 0, 5, 1, 2, 3 });
  g_autoptr (PhTensor) far = ph_tensor_new_floats (&PH_SHAPE_OF (2), (float[]){ 1000, 1000 });
  g_autoptr (PhTensor) out = NULL;
  g_autoptr (GError) error = NULL;

  /* To both sides of a tie of two the difference is one half. */
  ph_gradcheck ("ReduceMax", 12, attrs_axis (1), &(PhGradInput){ ties, FALSE }, 1, 1);
  ph_gradcheck ("ReduceMin", 12, attrs_axis (1), &(PhGradInput){ ties, FALSE }, 1, 1);
  ph_gradcheck ("ReduceProd", 12, attrs_axis (1), &(PhGradInput){ zeros, FALSE }, 1, 1);
  ph_opcheck_run ("ReduceLogSumExp", 12, NULL, &(PhGradInput){ far, FALSE }, 1, &out, 1, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat_with_epsilon (out->f[0], 1000.6931, 1e-3);
}

static void
test_integers (void)
{
  g_autoptr (PhTensor) x =
      ph_tensor_new_ints (&PH_SHAPE_OF (2, 3), (gint64[]){ 100, 20, 10, -7, 2, 1 });
  const struct
  {
    const char *op_type;
    gint64 expected[2];
  } cases[] = {
    { "ReduceSum", { -126, -4 } },    { "ReduceMean", { -42, -1 } }, { "ReduceMax", { 100, 2 } },
    { "ReduceMin", { 10, -7 } },      { "ReduceProd", { 32, -14 } }, { "ReduceL1", { -126, 10 } },
    { "ReduceSumSquare", { 4, 54 } },
  };

  x->type = PH_TYPE_INT8;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PhTensor) out = NULL;
      g_autoptr (GError) error = NULL;

      ph_opcheck_run (cases[i].op_type, 12, attrs_axis (1), &(PhGradInput){ x, FALSE }, 1, &out, 1,
                      &error);
      g_assert_no_error (error);
      g_assert_cmpint (out->i[0], ==, cases[i].expected[0]);
      g_assert_cmpint (out->i[1], ==, cases[i].expected[1]);
    }
}

/* Long rows: error of the sum stays small; several threads. */
static void
test_large (void)
{
  g_autoptr (PhTensor) x = ph_gradcheck_random (&PH_SHAPE_OF (3, 5, 40009), 0, 1);
  g_autoptr (PhTensor) want = ph_tensor_new (PH_TYPE_FLOAT, &PH_SHAPE_OF (3, 5), NULL);
  g_autoptr (PhTensor) out = NULL;
  g_autoptr (GError) error = NULL;
  PhAttrs *attrs = attrs_axis (2);

  ph_attrs_set_int (attrs, "keepdims", 0);
  for (gsize row = 0; row < 15; row++)
    {
      double sum = 0;
      for (gsize i = 0; i < 40009; i++)
        sum += x->f[row * 40009 + i];
      want->f[row] = (float)sum;
    }
  ph_opcheck_run ("ReduceSum", 12, attrs, &(PhGradInput){ x, FALSE }, 1, &out, 1, &error);
  g_assert_no_error (error);
  ph_opcheck_close ("ReduceSum", out, want, 2e-7);
}

static void
test_cum_sum (void)
{
  g_autoptr (PhTensor) x =
      ph_tensor_new_floats (&PH_SHAPE_OF (2, 3), (float[]){ 1, 2, 3, 4, 5, 6 });
  const float expected[2][2][6] = { { { 1, 3, 6, 4, 9, 15 }, { 6, 5, 3, 15, 11, 6 } },
                                    { { 0, 1, 3, 0, 4, 9 }, { 5, 3, 0, 11, 6, 0 } } };

  for (gint64 exclusive = 0; exclusive < 2; exclusive++)
    for (gint64 reverse = 0; reverse < 2; reverse++)
      for (gint64 axis = 0; axis < 2; axis++)
        {
          g_autoptr (PhTensor) at = ph_tensor_new_ints (&PH_SHAPE_OF (1), &axis);
          g_autoptr (PhTensor) out = NULL;
          g_autoptr (GError) error = NULL;
          const PhGradInput inputs[] = { { x, FALSE }, { at, TRUE } };
          PhAttrs *attrs[2];

          for (guint i = 0; i < 2; i++)
            {
              attrs[i] = ph_attrs_new ();
              ph_attrs_set_int (attrs[i], "exclusive", exclusive);
              ph_attrs_set_int (attrs[i], "reverse", reverse);
            }
          ph_opcheck_run ("CumSum", 14, attrs[0], inputs, 2, &out, 1, &error);
          g_assert_no_error (error);
          for (gsize i = 0; i < 6 && axis == 1; i++)
            g_assert_cmpfloat (out->f[i], ==, expected[exclusive][reverse][i]);
          ph_gradcheck ("CumSum", 14, attrs[1], inputs, 2, 1);
        }
}

static void
test_arg (void)
{
  g_autoptr (PhTensor) x =
      ph_tensor_new_floats (&PH_SHAPE_OF (2, 3), (float[]){ 5, 7, 7, 2, 2, 4 });
  const gint64 expected[2][2][2] = { { { 1, 2 }, { 0, 0 } }, { { 2, 2 }, { 0, 1 } } };

  for (gint64 last = 0; last < 2; last++)
    for (guint smallest = 0; smallest < 2; smallest++)
      {
        g_autoptr (PhTensor) out = NULL;
        g_autoptr (GError) error = NULL;
        PhAttrs *attrs = ph_attrs_new ();

        ph_attrs_set_int (attrs, "axis", -1);
        ph_attrs_set_int (attrs, "keepdims", 0);
        ph_attrs_set_int (attrs, "select_last_index", last);
        ph_opcheck_run (smallest ? "ArgMin" : "ArgMax", 13, attrs, &(PhGradInput){ x, FALSE }, 1,
                        &out, 1, &error);
        g_assert_no_error (error);
        g_assert_true (ph_shape_equal (&out->shape, &PH_SHAPE_OF (2)));
        g_assert_cmpint (out->type, ==, PH_TYPE_INT64);
        g_assert_cmpint (out->i[0], ==, expected[last][smallest][0]);
        g_assert_cmpint (out->i[1], ==, expected[last][smallest][1]);
      }
}

static void
test_top_k (void)
{
  g_autoptr (PhTensor) x =
      ph_tensor_new_floats (&PH_SHAPE_OF (2, 4), (float[]){ 1, 3, 3, 2, 8, 5, 9, 7 });
  g_autoptr (PhTensor) k = ph_tensor_new_ints (&PH_SHAPE_OF (1), (gint64[]){ 3 });
  g_autoptr (PhTensor) many = ph_tensor_new_ints (&PH_SHAPE_OF (1), (gint64[]){ 5 });
  const float values[] = { 3, 3, 2, 9, 8, 7 };
  const gint64 indices[] = { 1, 2, 3, 2, 0, 3 };
  PhTensor *out[2] = { NULL };
  g_autoptr (GError) error = NULL;
  PhAttrs *attrs = ph_attrs_new ();

  ph_opcheck_run ("TopK", 11, NULL, (PhGradInput[]){ { x, FALSE }, { k, TRUE } }, 2, out, 2,
                  &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 6; i++)
    {
      g_assert_cmpfloat (out[0]->f[i], ==, values[i]);
      g_assert_cmpint (out[1]->i[i], ==, indices[i]);
    }
  ph_tensor_unref (out[0]);
  ph_tensor_unref (out[1]);
  /* k as an attribute, along the other axis. */
  ph_attrs_set_int (attrs, "k", 1);
  ph_attrs_set_int (attrs, "axis", 0);
  ph_opcheck_run ("TopK", 9, attrs, &(PhGradInput){ x, FALSE }, 1, out, 2, &error);
  g_assert_no_error (error);
  g_assert_true (ph_shape_equal (&out[0]->shape, &PH_SHAPE_OF (1, 4)));
  for (guint i = 0; i < 4; i++)
    g_assert_cmpint (out[1]->i[i], ==, 1);
  ph_tensor_unref (out[0]);
  ph_tensor_unref (out[1]);
  g_assert_false (ph_opcheck_run ("TopK", 11, NULL, (PhGradInput[]){ { x, FALSE }, { many, TRUE } },
                                  2, out, 2, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_SHAPE_MISMATCH);
}

static void
test_refusals (void)
{
  g_autoptr (PhTensor) x = ph_gradcheck_random (&PH_SHAPE_OF (2, 3), -1, 1);
  g_autoptr (PhTensor) axes = ph_tensor_new_ints (&PH_SHAPE_OF (1), (gint64[]){ 0 });
  PhTensor *out = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (ph_opcheck_run ("ReduceMean", 12, attrs_axes (4, TRUE),
                                  &(PhGradInput){ x, FALSE }, 1, &out, 1, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_SHAPE_MISMATCH);
  g_clear_error (&error);
  /* Axes that become known only in the run. */
  g_assert_false (ph_opcheck_run (
      "ReduceSum", 13, NULL, (PhGradInput[]){ { x, FALSE }, { axes, FALSE } }, 2, &out, 1, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_OP_UNSUPPORTED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (reductions); i++)
    {
      g_autofree char *value = g_strconcat ("/op/reduce/values/", reductions[i], NULL);
      g_autofree char *gradient = g_strconcat ("/op/reduce/gradient/", reductions[i], NULL);
      g_test_add_data_func (value, reductions[i], test_values);
      g_test_add_data_func (gradient, reductions[i], test_gradient);
    }
  g_test_add_func ("/op/reduce/axes-input", test_axes_input);
  g_test_add_func ("/op/reduce/edges", test_edges);
  g_test_add_func ("/op/reduce/integers", test_integers);
  g_test_add_func ("/op/reduce/large", test_large);
  g_test_add_func ("/op/reduce/cumsum", test_cum_sum);
  g_test_add_func ("/op/reduce/arg", test_arg);
  g_test_add_func ("/op/reduce/topk", test_top_k);
  g_test_add_func ("/op/reduce/refusals", test_refusals);
  return g_test_run ();
}
