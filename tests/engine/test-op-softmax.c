/* Softmax, LogSoftmax and Hardmax along an axis and over flattened axes. */

#include "gradcheck.h"

#include <math.h>

static PhAttrs *
attrs_axis (gint64 axis)
{
  PhAttrs *attrs = ph_attrs_new ();

  ph_attrs_set_int (attrs, "axis", axis);
  return attrs;
}

/* Softmax or its logarithm of x seen as (outer, n, inner), in double. */
static PhTensor *
reference (const PhTensor *x, gsize outer, gsize n, gsize inner, gboolean logarithm)
{
  PhTensor *y = ph_tensor_new (PH_TYPE_FLOAT, &x->shape, NULL);

  for (gsize o = 0; o < outer; o++)
    for (gsize j = 0; j < inner; j++)
      {
        const gsize at = o * n * inner + j;
        double largest = -INFINITY, sum = 0;

        for (gsize i = 0; i < n; i++)
          largest = MAX (largest, x->f[at + i * inner]);
        for (gsize i = 0; i < n; i++)
          sum += exp (x->f[at + i * inner] - largest);
        for (gsize i = 0; i < n; i++)
          {
            double z = x->f[at + i * inner] - largest;
            y->f[at + i * inner] = (float)(logarithm ? z - log (sum) : exp (z) / sum);
          }
      }
  return y;
}

static void
check (gboolean logarithm, int opset, gint64 axis, const PhShape *shape, gsize outer, gsize n,
       gsize inner)
{
  const char *op_type = logarithm ? "LogSoftmax" : "Softmax";
  g_autoptr (PhTensor) x = ph_gradcheck_random (shape, -20, 20);
  g_autoptr (PhTensor) want = reference (x, outer, n, inner, logarithm);
  g_autoptr (PhTensor) out = NULL;
  g_autoptr (GError) error = NULL;

  ph_opcheck_run (op_type, opset, attrs_axis (axis), &(PhGradInput){ x, FALSE }, 1, &out, 1,
                  &error);
  g_assert_no_error (error);
  ph_opcheck_close (op_type, out, want, 2e-6);
}

static void
test_values (void)
{
  for (int logarithm = 0; logarithm < 2; logarithm++)
    {
      check (logarithm, 13, -1, &PH_SHAPE_OF (3, 4, 5), 12, 5, 1);
      check (logarithm, 13, 1, &PH_SHAPE_OF (3, 4, 5), 3, 4, 5);
      check (logarithm, 13, 0, &PH_SHAPE_OF (3, 4, 5), 1, 3, 20);
      check (logarithm, 13, 1, &PH_SHAPE_OF (2, 3, 17, 67), 2, 3, 17 * 67); /* several tiles */
      check (logarithm, 13, -1, &PH_SHAPE_OF (2, 1733), 2, 1733, 1);
      check (logarithm, 11, 1, &PH_SHAPE_OF (3, 4, 5), 3, 20, 1);
      check (logarithm, 11, 2, &PH_SHAPE_OF (3, 4, 5), 12, 5, 1);
      check (logarithm, 11, 0, &PH_SHAPE_OF (3, 4, 5), 1, 60, 1);
    }
}

static void
test_gradients (void)
{
  const char *const ops[] = { "Softmax", "LogSoftmax" };

  for (guint k = 0; k < G_N_ELEMENTS (ops); k++)
    for (int opset = 11; opset <= 13; opset += 2)
      for (gint64 axis = 0; axis < 3; axis++)
        {
          g_autoptr (PhTensor) x = ph_gradcheck_random (&PH_SHAPE_OF (2, 3, 4), -1, 1);
          ph_gradcheck (ops[k], opset, attrs_axis (axis), &(PhGradInput){ x, FALSE }, 1, 1);
        }
  g_autoptr (PhTensor) wide = ph_gradcheck_random (&PH_SHAPE_OF (1, 2, 523), -1, 1);
  ph_gradcheck ("LogSoftmax", 13, attrs_axis (1), &(PhGradInput){ wide, FALSE }, 1, 1);
  ph_gradcheck ("Softmax", 13, attrs_axis (1), &(PhGradInput){ wide, FALSE }, 1, 1);
}

static void
test_hardmax (void)
{
  g_autoptr (PhTensor) x =
      ph_tensor_new_floats (&PH_SHAPE_OF (2, 3), (float[]){ 1, 3, 3, 2, 0, -1 });
  g_autoptr (PhTensor) want =
      ph_tensor_new_floats (&PH_SHAPE_OF (2, 3), (float[]){ 0, 1, 0, 1, 0, 0 });
  g_autoptr (PhTensor) out = NULL;
  g_autoptr (GError) error = NULL;

  ph_opcheck_run ("Hardmax", 13, NULL, &(PhGradInput){ x, FALSE }, 1, &out, 1, &error);
  g_assert_no_error (error);
  ph_opcheck_close ("Hardmax", out, want, 0);
}

static void
test_refusals (void)
{
  g_autoptr (PhTensor) x = ph_gradcheck_random (&PH_SHAPE_OF (2, 3), -1, 1);
  PhTensor *out = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (ph_opcheck_run ("Softmax", 13, attrs_axis (2), &(PhGradInput){ x, FALSE }, 1,
                                  &out, 1, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_SHAPE_MISMATCH);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/op/softmax/values", test_values);
  g_test_add_func ("/op/softmax/gradients", test_gradients);
  g_test_add_func ("/op/softmax/hardmax", test_hardmax);
  g_test_add_func ("/op/softmax/refusals", test_refusals);
  return g_test_run ();
}
