/* Constants, shapes, identity, dropout, casts and quantisation. */

#include <math.h>
#include <string.h>

#include "opcase.h"

static void
test_by_hand (void)
{
  static const PhOpCase cases[] = {
    { "Constant", 13, "value_float=1.5", { NULL }, { "f : 1.5" } },
    { "Constant", 13, "value_int=-3", { NULL }, { "i : -3" } },
    { "Constant", 13, "value_floats=1.5,2", { NULL }, { "f 2: 1.5 2" } },
    { "Constant", 13, "value_ints=4,", { NULL }, { "i 1: 4" } },
    { "ConstantOfShape", 13, NULL, { "ci 2: 2 1" }, { "f 2,1: 0 0" } },
    { "Shape", 13, NULL, { "f 2,3,4" }, { "i 3: 2 3 4" } },
    { "Shape", 15, "start=1", { "f 2,3,4" }, { "i 2: 3 4" } },
    { "Shape", 15, "start=-2 end=-1", { "f 2,3,4" }, { "i 1: 3" } },
    { "Shape", 15, "start=5", { "f 2,3,4" }, { "i 0:" } },
    { "Size", 13, NULL, { "f 2,3,4" }, { "i : 24" } },
    { "Identity", 13, NULL, { "i 2: 5 6" }, { "i 2: 5 6" } },
    { "Dropout", 10, "ratio=0.9", { "f 3: 1 2 3" }, { "f 3: 1 2 3", "b 3: 1 1 1" } },
    { "Dropout", 13, NULL, { "f 3: 1 2 3", "cf : 0.9" }, { "f 3: 1 2 3" } },
    { "Dropout", 13, NULL, { "f 2: 1 2", "cf : 0", "cb : 1" }, { "f 2: 1 2", "b 2: 1 1" } },
    /* Truncation towards zero, wrapping to the range, truth. */
    { "Cast", 13, "to=7", { "f 4: 1.9 -1.9 0.5 1e6" }, { "i 4: 1 -1 0 1000000" } },
    { "Cast", 13, "to=9", { "f 3: 0.5 0 -2" }, { "b 3: 1 0 1" } },
    { "Cast", 13, "to=1", { "i 2: -3 4" }, { "f 2: -3 4" } },
    { "CastLike", 15, NULL, { "f 2: 1.5 -2.5", "i 1: 0" }, { "i 2: 1 -2" } },
    { "DequantizeLinear", 13, NULL, { "i 2: 3 -1", "f : 0.5" }, { "f 2: 1.5 -0.5" } },
    { "DequantizeLinear",
      13,
      "axis=1",
      { "i 2,2: 1 2 3 4", "f 2: 1 10", "i 2: 1 0" },
      { "f 2,2: 0 20 2 40" } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    ph_opcase_expect (&cases[i]);
}

static void
test_gradients (void)
{
  static const PhOpCase cases[] = {
    { "Identity", 13, NULL, { "f 2,3" } },
    { "Dropout", 13, NULL, { "f 2,3" } },
    { "Dropout", 10, NULL, { "f 2,3" }, { "", "" } },
    { "Dropout", 13, "seed=4", { "f 4,5", "cf : 0.3", "cb : 1" } },
    { "Cast", 13, "to=1", { "f 2,3" } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    ph_opcase_gradient (&cases[i]);
}

/* Runs @op on @values and returns the result as held. */
static PhTensor *
run_one (const char *op, const char *attrs, PhTensor *x, PhTensor *second, PhTensor *third)
{
  PhTensor *y = NULL;
  g_autoptr (GError) error = NULL;
  PhGradInput inputs[] = { { x, FALSE }, { second, FALSE }, { third, FALSE } };
  guint n = third != NULL ? 3 : second != NULL ? 2 : 1;

  ph_opcheck_run (op, 13, ph_opcase_attrs (attrs), inputs, n, &y, 1, &error);
  g_assert_no_error (error);
  return y;
}

/* Narrow types: integers wrap, half floats round, what is too large saturates at 64 bits. */
static void
test_narrow_casts (void)
{
  g_autoptr (PhTensor) integers = ph_opcase_tensor ("i 3: 300 -1 128");
  g_autoptr (PhTensor) reals = ph_opcase_tensor ("f 4: 0.1 65520 1e20 3");
  g_autoptr (PhTensor) u8 = run_one ("Cast", "to=2", integers, NULL, NULL);
  g_autoptr (PhTensor) i8 = run_one ("Cast", "to=3", integers, NULL, NULL);
  g_autoptr (PhTensor) half = run_one ("Cast", "to=10", reals, NULL, NULL);
  g_autoptr (PhTensor) brain = run_one ("Cast", "to=16", reals, NULL, NULL);

  reals->f[0] = NAN;

  g_autoptr (PhTensor) wide = run_one ("Cast", "to=7", reals, NULL, NULL);

  g_assert_cmpint (u8->type, ==, PH_TYPE_UINT8);
  g_assert_cmpint (u8->i[0], ==, 44);
  g_assert_cmpint (u8->i[1], ==, 255);
  g_assert_cmpint (i8->i[0], ==, 44);
  g_assert_cmpint (i8->i[2], ==, -128);
  g_assert_cmpfloat (half->f[0], ==, 0.0999755859375f);
  g_assert_true (isinf (half->f[1]));
  g_assert_cmpfloat (brain->f[0], ==, 0.10009765625f);
  g_assert_cmpfloat (brain->f[3], ==, 3);
  g_assert_cmpint (wide->i[0], ==, 0);
  g_assert_cmpint (wide->i[2], ==, G_MAXINT64);
}

/* Ties go to even, ends saturate, the zero point sets the type. */
static void
test_quantize (void)
{
  g_autoptr (PhTensor) x = ph_opcase_tensor ("f 5: 1 3 5 -1000 1000");
  g_autoptr (PhTensor) scale = ph_opcase_tensor ("f : 2");
  g_autoptr (PhTensor) zero = ph_tensor_new (PH_TYPE_INT8, &(PhShape){ .rank = 0 }, NULL);
  const gint64 expected[] = { 0, 2, 2, -128, 127 };
  g_autoptr (PhTensor) y = run_one ("QuantizeLinear", NULL, x, scale, zero);
  g_autoptr (PhTensor) u = run_one ("QuantizeLinear", NULL, x, scale, NULL);

  g_assert_cmpint (y->type, ==, PH_TYPE_INT8);
  g_assert_cmpint (u->type, ==, PH_TYPE_UINT8);
  for (guint i = 0; i < 5; i++)
    {
      g_assert_cmpint (y->i[i], ==, expected[i]);
      g_assert_cmpint (u->i[i], ==, i == 3 ? 0 : i == 4 ? 255 : expected[i]);
    }
}

/* In training about the asked share is dropped and the rest enlarged; the same at each run. */
static void
test_dropout (void)
{
  g_autoptr (PhTensor) x = ph_gradcheck_random (&(PhShape){ 2, { 50, 80 } }, 1, 2);
  g_autoptr (PhTensor) ratio = ph_opcase_tensor ("f : 0.25");
  g_autoptr (PhTensor) train = ph_opcase_tensor ("b : 1");
  g_autoptr (PhTensor) y = run_one ("Dropout", "seed=7", x, ratio, train);
  g_autoptr (PhTensor) again = run_one ("Dropout", "seed=7", x, ratio, train);
  guint n_zero = 0;

  g_assert_cmpmem (y->f, y->n * sizeof (float), again->f, again->n * sizeof (float));
  for (gsize i = 0; i < y->n; i++)
    {
      n_zero += y->f[i] == 0;
      if (y->f[i] != 0)
        g_assert_cmpfloat_with_epsilon (y->f[i], x->f[i] / 0.75, 1e-5);
    }
  g_assert_cmpuint (n_zero, >, 850);
  g_assert_cmpuint (n_zero, <, 1150);
}

static void
test_errors (void)
{
  ph_opcase_fails (&(PhOpCase){ "Cast", 13, "to=8", { "f 2" } }, PH_ERROR_OP_UNSUPPORTED,
                   "Cast to string is not supported");
  ph_opcase_fails (&(PhOpCase){ "Constant", 13, NULL, { NULL } }, PH_ERROR_MODEL_INVALID,
                   "no value of numbers is given");
  ph_opcase_fails (&(PhOpCase){ "QuantizeLinear", 13, NULL, { "f 2,3", "f 2" } },
                   PH_ERROR_SHAPE_MISMATCH, "2 scales for axis 1 of a tensor of 2×3");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/op/constant/by-hand", test_by_hand);
  g_test_add_func ("/op/constant/gradients", test_gradients);
  g_test_add_func ("/op/constant/narrow-casts", test_narrow_casts);
  g_test_add_func ("/op/constant/quantize", test_quantize);
  g_test_add_func ("/op/constant/dropout", test_dropout);
  g_test_add_func ("/op/constant/errors", test_errors);
  return g_test_run ();
}
