/* Activations and mathematical functions of one element: values by hand, gradients by differences.
 */

#include "gradcheck.h"

#include <math.h>

/* Runs a one-input operator on a row of numbers. */
static void
check_values (const char *op_type, int opset, PhAttrs *attrs, gsize n, const float *x,
              const float *expected)
{
  g_autoptr (PhTensor) in = ph_tensor_new_floats (&(PhShape){ 1, { (gint64)n } }, x);
  g_autoptr (PhTensor) want = ph_tensor_new_floats (&(PhShape){ 1, { (gint64)n } }, expected);
  g_autoptr (PhTensor) out = NULL;
  g_autoptr (GError) error = NULL;

  ph_opcheck_run (op_type, opset, attrs, &(PhGradInput){ in, FALSE }, 1, &out, 1, &error);
  g_assert_no_error (error);
  ph_opcheck_close (op_type, out, want, 1e-6);
}

static PhAttrs *
attrs_real (const char *name, float value)
{
  PhAttrs *attrs = ph_attrs_new ();

  ph_attrs_set_real (attrs, name, value);
  return attrs;
}

static void
test_values (void)
{
  const float x[] = { -4, -1, -0.25f, 0, 0.25f, 1, 4 };

  check_values ("Relu", 13, NULL, 7, x, (float[]){ 0, 0, 0, 0, 0.25f, 1, 4 });
  check_values ("LeakyRelu", 13, attrs_real ("alpha", 0.5f), 7, x,
                (float[]){ -2, -0.5f, -0.125f, 0, 0.25f, 1, 4 });
  check_values ("Elu", 13, attrs_real ("alpha", 2), 3, (float[]){ -1, 0, 3 },
                (float[]){ 2 * (0.36787944f - 1), 0, 3 });
  check_values ("Celu", 13, attrs_real ("alpha", 2), 3, (float[]){ -2, 0, 3 },
                (float[]){ 2 * (0.36787944f - 1), 0, 3 });
  check_values ("Selu", 13, NULL, 2, (float[]){ -1, 1 }, (float[]){ -1.1113307f, 1.0507010f });
  check_values ("HardSigmoid", 13, NULL, 7, x, (float[]){ 0, 0.3f, 0.45f, 0.5f, 0.55f, 0.7f, 1 });
  check_values ("HardSwish", 14, NULL, 3, (float[]){ -4, 1.5f, 5 }, (float[]){ 0, 1.125f, 5 });
  check_values ("Sigmoid", 13, NULL, 3, (float[]){ -100, 0, 1 }, (float[]){ 0, 0.5f, 0.73105858f });
  check_values ("Softplus", 13, NULL, 3, (float[]){ -200, 0, 200 },
                (float[]){ 0, 0.69314718f, 200 });
  check_values ("Softsign", 13, NULL, 3, (float[]){ -3, 0, 1 }, (float[]){ -0.75f, 0, 0.5f });
  check_values ("ThresholdedRelu", 13, NULL, 7, x, (float[]){ 0, 0, 0, 0, 0, 0, 4 });
  check_values ("Shrink", 13, attrs_real ("bias", 0.25f), 7, x,
                (float[]){ -3.75f, -0.75f, 0, 0, 0, 0.75f, 3.75f });
  check_values ("Round", 13, NULL, 5, (float[]){ -1.5f, -0.5f, 0.5f, 1.5f, 2.4f },
                (float[]){ -2, 0, 0, 2, 2 });
  check_values ("Sign", 13, NULL, 3, (float[]){ -3, 0, 2 }, (float[]){ -1, 0, 1 });
  check_values ("Erf", 13, NULL, 2, (float[]){ 0.5f, -2 }, (float[]){ 0.52049988f, -0.99532227f });
}

static void
test_clip (void)
{
  const float x[] = { -4, -1, 0.5f, 3, NAN };
  g_autoptr (PhTensor) in = ph_tensor_new_floats (&PH_SHAPE_OF (5), x);
  g_autoptr (PhTensor) low = ph_tensor_new_floats (&(PhShape){ 0 }, (float[]){ -2 });
  g_autoptr (PhTensor) high = ph_tensor_new_floats (&(PhShape){ 0 }, (float[]){ 1 });
  g_autoptr (PhTensor) out = NULL, upper = NULL;
  g_autoptr (GError) error = NULL;
  PhAttrs *attrs = ph_attrs_new ();

  ph_attrs_set_real (attrs, "min", -2);
  ph_attrs_set_real (attrs, "max", 1);
  check_values ("Clip", 6, attrs, 5, x, (float[]){ -2, -1, 0.5f, 1, NAN });
  ph_opcheck_run ("Clip", 13, NULL,
                  (PhGradInput[]){ { in, FALSE }, { low, TRUE }, { high, FALSE } }, 3, &out, 1,
                  &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (out->f[0], ==, -2);
  g_assert_cmpfloat (out->f[3], ==, 1);
  /* An omitted lower bound. */
  ph_opcheck_run ("Clip", 13, NULL, (PhGradInput[]){ { in, FALSE }, { NULL }, { high, TRUE } }, 3,
                  &upper, 1, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (upper->f[0], ==, -4);
  g_assert_cmpfloat (upper->f[3], ==, 1);
}

static void
test_integers (void)
{
  g_autoptr (PhTensor) in = ph_tensor_new (PH_TYPE_INT8, &PH_SHAPE_OF (3), NULL);
  g_autoptr (PhTensor) out = NULL;
  g_autoptr (GError) error = NULL;

  in->i[0] = -128;
  in->i[1] = -5;
  in->i[2] = 7;
  ph_opcheck_run ("Abs", 13, NULL, &(PhGradInput){ in, FALSE }, 1, &out, 1, &error);
  g_assert_no_error (error);
  g_assert_cmpint (out->type, ==, PH_TYPE_INT8);
  g_assert_cmpint (out->i[0], ==, -128); /* wraps as eight bits do */
  g_assert_cmpint (out->i[1], ==, 5);
  g_assert_cmpint (out->i[2], ==, 7);
}

static void
test_refusals (void)
{
  g_autoptr (PhTensor) ints = ph_tensor_new_ints (&PH_SHAPE_OF (2), (gint64[]){ 1, 2 });
  g_autoptr (PhTensor) x = ph_tensor_new_floats (&PH_SHAPE_OF (2), (float[]){ 1, 2 });
  g_autoptr (PhTensor) three = ph_tensor_new_floats (&PH_SHAPE_OF (3), (float[]){ 1, 2, 3 });
  PhTensor *out = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (
      ph_opcheck_run ("Sigmoid", 13, NULL, &(PhGradInput){ ints, FALSE }, 1, &out, 1, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_MODEL_INVALID);
  g_clear_error (&error);
  g_assert_false (ph_opcheck_run ("Celu", 13, attrs_real ("alpha", 0), &(PhGradInput){ x, FALSE },
                                  1, &out, 1, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_MODEL_INVALID);
  g_clear_error (&error);
  g_assert_false (ph_opcheck_run (
      "PRelu", 13, NULL, (PhGradInput[]){ { x, FALSE }, { three, TRUE } }, 2, &out, 1, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_SHAPE_MISMATCH);
}

typedef struct
{
  const char *op_type;
  double low, high; /* of the inputs */
  double kinks[2];
  guint n_kinks;
} Smooth;

static const Smooth unary[] = {
  { "Abs", -1, 1, { 0 }, 1 },
  { "Acos", -0.8, 0.8, {}, 0 },
  { "Acosh", 1.5, 3, {}, 0 },
  { "Asin", -0.8, 0.8, {}, 0 },
  { "Asinh", -2, 2, {}, 0 },
  { "Atan", -2, 2, {}, 0 },
  { "Atanh", -0.7, 0.7, {}, 0 },
  { "Celu", -2, 2, { 0 }, 1 },
  { "Ceil", 0.1, 0.9, {}, 0 },
  { "Cos", -2, 2, {}, 0 },
  { "Cosh", -1, 1, {}, 0 },
  { "Elu", -2, 2, { 0 }, 1 },
  { "Erf", -2, 2, {}, 0 },
  { "Exp", -1, 1, {}, 0 },
  { "Floor", 0.1, 0.9, {}, 0 },
  { "HardSigmoid", -4, 4, { -2.5, 2.5 }, 2 },
  { "HardSwish", -4, 4, { -3, 3 }, 2 },
  { "LeakyRelu", -1, 1, { 0 }, 1 },
  { "Log", 0.6, 2, {}, 0 },
  { "Neg", -1, 1, {}, 0 },
  { "Reciprocal", 0.7, 2, {}, 0 },
  { "Relu", -1, 1, { 0 }, 1 },
  { "Round", -0.4, 0.4, {}, 0 },
  { "Selu", -2, 2, { 0 }, 1 },
  { "Shrink", -1, 1, { -0.5, 0.5 }, 2 },
  { "Sigmoid", -3, 3, {}, 0 },
  { "Sign", 0.1, 1, {}, 0 },
  { "Sin", -2, 2, {}, 0 },
  { "Sinh", -1, 1, {}, 0 },
  { "Softplus", -3, 3, {}, 0 },
  { "Softsign", -2, 2, { 0 }, 1 },
  { "Sqrt", 0.5, 2, {}, 0 },
  { "Tan", -0.7, 0.7, {}, 0 },
  { "Tanh", -2, 2, {}, 0 },
  { "ThresholdedRelu", -2, 2, { 1 }, 1 },
};

static void
test_gradient (gconstpointer data)
{
  const Smooth *s = data;
  g_autoptr (PhTensor) x =
      ph_gradcheck_away (&PH_SHAPE_OF (2, 3, 5), s->low, s->high, s->kinks, s->n_kinks);

  ph_gradcheck (s->op_type, 15, NULL, &(PhGradInput){ x, FALSE }, 1, 1);
}

static void
test_clip_gradient (void)
{
  const double kinks[] = { -0.5, 0.25 };
  g_autoptr (PhTensor) x = ph_gradcheck_away (&PH_SHAPE_OF (2, 3, 5), -1, 1, kinks, 2);
  g_autoptr (PhTensor) low = ph_tensor_new_floats (&(PhShape){ 0 }, (float[]){ -0.5f });
  g_autoptr (PhTensor) high = ph_tensor_new_floats (&(PhShape){ 0 }, (float[]){ 0.25f });

  ph_gradcheck ("Clip", 13, NULL, (PhGradInput[]){ { x, FALSE }, { low, TRUE }, { high, TRUE } }, 3,
                1);
}

static void
test_prelu_gradient (void)
{
  const double kinks[] = { 0 };
  const PhShape slopes[] = { PH_SHAPE_OF (3, 1, 1), PH_SHAPE_OF (1), PH_SHAPE_OF (4, 5),
                             PH_SHAPE_OF (2, 3, 4, 5) };

  for (guint i = 0; i < G_N_ELEMENTS (slopes); i++)
    {
      g_autoptr (PhTensor) x = ph_gradcheck_away (&PH_SHAPE_OF (2, 3, 4, 5), -1, 1, kinks, 1);
      g_autoptr (PhTensor) slope = ph_gradcheck_random (&slopes[i], 0.1, 0.9);

      ph_gradcheck ("PRelu", 13, NULL, (PhGradInput[]){ { x, FALSE }, { slope, TRUE } }, 2, 1);
      ph_gradcheck ("PRelu", 13, NULL, (PhGradInput[]){ { x, FALSE }, { slope, FALSE } }, 2, 1);
    }
}

/* Several threads: every element once. */
static void
test_large (void)
{
  g_autoptr (PhTensor) x = ph_gradcheck_random (&PH_SHAPE_OF (3, 70001), -1, 1);
  g_autoptr (PhTensor) want = ph_tensor_new (PH_TYPE_FLOAT, &x->shape, NULL);
  g_autoptr (PhTensor) out = NULL;
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < x->n; i++)
    want->f[i] = tanhf (x->f[i]);
  ph_opcheck_run ("Tanh", 13, NULL, &(PhGradInput){ x, FALSE }, 1, &out, 1, &error);
  g_assert_no_error (error);
  ph_opcheck_close ("Tanh", out, want, 1e-6);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/op/activation/values", test_values);
  g_test_add_func ("/op/activation/clip", test_clip);
  g_test_add_func ("/op/activation/integers", test_integers);
  g_test_add_func ("/op/activation/refusals", test_refusals);
  g_test_add_func ("/op/activation/large", test_large);
  g_test_add_func ("/op/activation/gradient/Clip", test_clip_gradient);
  g_test_add_func ("/op/activation/gradient/PRelu", test_prelu_gradient);
  for (guint i = 0; i < G_N_ELEMENTS (unary); i++)
    {
      g_autofree char *path = g_strconcat ("/op/activation/gradient/", unary[i].op_type, NULL);
      g_test_add_data_func (path, &unary[i], test_gradient);
    }
  return g_test_run ();
}
