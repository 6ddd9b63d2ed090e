/* Normalisations: against their definition, and gradients by differences. */

#include "gradcheck.h"

#include <math.h>

static PhAttrs *
attrs_int (const char *name, gint64 value)
{
  PhAttrs *attrs = ph_attrs_new ();

  ph_attrs_set_int (attrs, name, value);
  return attrs;
}

typedef struct
{
  PhTensor *x, *scale, *bias, *mean, *variance;
} BatchNorm;

static BatchNorm
batch_norm_new (const PhShape *shape, gint64 channels)
{
  const PhShape vector = { 1, { channels } };

  return (BatchNorm){ ph_gradcheck_random (shape, -1, 1), ph_gradcheck_random (&vector, 0.5, 2),
                      ph_gradcheck_random (&vector, -1, 1),
                      ph_gradcheck_random (&vector, -0.5, 0.5),
                      ph_gradcheck_random (&vector, 0.5, 2) };
}

static void
batch_norm_clear (BatchNorm *b)
{
  ph_tensor_unref (b->x);
  ph_tensor_unref (b->scale);
  ph_tensor_unref (b->bias);
  ph_tensor_unref (b->mean);
  ph_tensor_unref (b->variance);
}

static void
test_batch_norm (void)
{
  const PhShape shapes[] = { PH_SHAPE_OF (2, 3, 4, 5), PH_SHAPE_OF (5, 3), PH_SHAPE_OF (2, 3, 7) };

  for (guint k = 0; k < G_N_ELEMENTS (shapes); k++)
    {
      BatchNorm b = batch_norm_new (&shapes[k], 3);
      const PhGradInput fixed[] = {
        { b.x, FALSE }, { b.scale, TRUE }, { b.bias, TRUE }, { b.mean, TRUE }, { b.variance, TRUE }
      };
      const PhGradInput learned[] = { { b.x, FALSE },
                                      { b.scale, FALSE },
                                      { b.bias, FALSE },
                                      { b.mean, FALSE },
                                      { b.variance, FALSE } };
      const gsize plane = ph_shape_count_range (&shapes[k], 2, shapes[k].rank);
      g_autoptr (PhTensor) want = ph_tensor_new (PH_TYPE_FLOAT, &shapes[k], NULL);
      g_autoptr (PhTensor) out = NULL;
      g_autoptr (GError) error = NULL;

      for (gsize i = 0; i < want->n; i++)
        {
          gsize c = i / plane % 3;
          want->f[i] =
              b.scale->f[c] * (b.x->f[i] - b.mean->f[c]) / sqrtf (b.variance->f[c] + 1e-5f) +
              b.bias->f[c];
        }
      ph_opcheck_run ("BatchNormalization", 13, NULL, fixed, 5, &out, 1, &error);
      g_assert_no_error (error);
      ph_opcheck_close ("BatchNormalization", out, want, 1e-6);
      ph_gradcheck ("BatchNormalization", 13, NULL, fixed, 5, 1);
      ph_gradcheck ("BatchNormalization", 13, NULL, learned, 5, 1);
      batch_norm_clear (&b);
    }
}

/* In training: statistics of the batch, through which the gradient flows too. */
static void
test_batch_norm_training (void)
{
  const PhShape shapes[] = { PH_SHAPE_OF (3, 3, 5, 7), PH_SHAPE_OF (9, 3), PH_SHAPE_OF (2, 3, 83) };

  for (guint k = 0; k < G_N_ELEMENTS (shapes); k++)
    {
      BatchNorm b = batch_norm_new (&shapes[k], 3);
      const PhGradInput inputs[] = { { b.x, FALSE },
                                     { b.scale, FALSE },
                                     { b.bias, FALSE },
                                     { b.mean, TRUE },
                                     { b.variance, TRUE } };
      const gsize plane = ph_shape_count_range (&shapes[k], 2, shapes[k].rank);
      const double count = (double)b.x->n / 3;
      g_autoptr (PhTensor) want = ph_tensor_new (PH_TYPE_FLOAT, &shapes[k], NULL);
      g_autoptr (PhTensor) out = NULL;
      g_autoptr (GError) error = NULL;
      double sum[3] = { 0 }, squares[3] = { 0 };

      for (gsize i = 0; i < want->n; i++)
        sum[i / plane % 3] += b.x->f[i];
      for (gsize i = 0; i < want->n; i++)
        squares[i / plane % 3] += pow (b.x->f[i] - sum[i / plane % 3] / count, 2);
      for (gsize i = 0; i < want->n; i++)
        {
          gsize c = i / plane % 3;
          want->f[i] = (float)(b.scale->f[c] * (b.x->f[i] - sum[c] / count) /
                                   sqrt (squares[c] / count + 1e-5) +
                               b.bias->f[c]);
        }
      ph_opcheck_run ("BatchNormalization", 15, attrs_int ("training_mode", 1), inputs, 5, &out, 1,
                      &error);
      g_assert_no_error (error);
      ph_opcheck_close ("BatchNormalization in training", out, want, 1e-6);
      ph_gradcheck ("BatchNormalization", 15, attrs_int ("training_mode", 1), inputs, 5, 1);
      batch_norm_clear (&b);
    }
}

static void
test_batch_norm_refusals (void)
{
  BatchNorm b = batch_norm_new (&PH_SHAPE_OF (2, 4, 5), 3);
  const PhGradInput inputs[] = {
    { b.x, FALSE }, { b.scale, TRUE }, { b.bias, TRUE }, { b.mean, TRUE }, { b.variance, TRUE }
  };
  PhTensor *out = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (ph_opcheck_run ("BatchNormalization", 13, NULL, inputs, 5, &out, 1, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_SHAPE_MISMATCH);
  g_clear_error (&error);
  g_assert_false (ph_opcheck_run ("BatchNormalization", 8, attrs_int ("spatial", 0), inputs, 5,
                                  &out, 1, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_OP_UNSUPPORTED);
  batch_norm_clear (&b);
}

static void
test_instance_norm (void)
{
  g_autoptr (PhTensor) x = ph_gradcheck_random (&PH_SHAPE_OF (2, 3, 5, 7), -1, 1);
  g_autoptr (PhTensor) scale = ph_gradcheck_random (&PH_SHAPE_OF (3), 0.5, 2);
  g_autoptr (PhTensor) bias = ph_gradcheck_random (&PH_SHAPE_OF (3), -1, 1);
  g_autoptr (PhTensor) want = ph_tensor_new (PH_TYPE_FLOAT, &x->shape, NULL);
  g_autoptr (PhTensor) out = NULL;
  g_autoptr (GError) error = NULL;

  for (gsize row = 0; row < 6; row++)
    {
      double sum = 0, squares = 0;
      for (gsize i = 0; i < 35; i++)
        sum += x->f[row * 35 + i];
      for (gsize i = 0; i < 35; i++)
        squares += pow (x->f[row * 35 + i] - sum / 35, 2);
      for (gsize i = 0; i < 35; i++)
        want->f[row * 35 + i] = (float)(scale->f[row % 3] * (x->f[row * 35 + i] - sum / 35) /
                                            sqrt (squares / 35 + 1e-5) +
                                        bias->f[row % 3]);
    }
  ph_opcheck_run ("InstanceNormalization", 13, NULL,
                  (PhGradInput[]){ { x, FALSE }, { scale, TRUE }, { bias, TRUE } }, 3, &out, 1,
                  &error);
  g_assert_no_error (error);
  ph_opcheck_close ("InstanceNormalization", out, want, 1e-6);
  ph_gradcheck ("InstanceNormalization", 13, NULL,
                (PhGradInput[]){ { x, FALSE }, { scale, TRUE }, { bias, TRUE } }, 3, 1);
  ph_gradcheck ("InstanceNormalization", 13, NULL,
                (PhGradInput[]){ { x, FALSE }, { scale, FALSE }, { bias, FALSE } }, 3, 1);
}

static void
test_layer_norm (void)
{
  for (gint64 axis = 1; axis < 3; axis++)
    {
      const PhShape last = axis == 1 ? PH_SHAPE_OF (4, 9) : PH_SHAPE_OF (9);
      g_autoptr (PhTensor) x = ph_gradcheck_random (&PH_SHAPE_OF (3, 4, 9), -1, 1);
      g_autoptr (PhTensor) scale = ph_gradcheck_random (&last, 0.5, 2);
      g_autoptr (PhTensor) bias = ph_gradcheck_random (&last, -1, 1);
      const PhGradInput both[] = { { x, FALSE }, { scale, FALSE }, { bias, FALSE } };
      const PhGradInput fixed[] = { { x, FALSE }, { scale, TRUE } };

      ph_gradcheck ("LayerNormalization", 17, attrs_int ("axis", axis), both, 3, 1);
      ph_gradcheck ("LayerNormalization", 17, attrs_int ("axis", axis), fixed, 2, 1);
      ph_gradcheck ("LayerNormalization", 17, attrs_int ("axis", axis), both, 3, 3);
    }
}

/* Two sums of the same kind as the definition has, far from zero and longer than the lanes. */
static void
test_layer_norm_values (void)
{
  g_autoptr (PhTensor) x = ph_gradcheck_random (&PH_SHAPE_OF (2, 77), 99, 101);
  g_autoptr (PhTensor) scale = ph_gradcheck_random (&PH_SHAPE_OF (77), 0.5, 2);
  g_autoptr (PhTensor) want = ph_tensor_new (PH_TYPE_FLOAT, &x->shape, NULL);
  g_autoptr (GError) error = NULL;
  PhTensor *out[3] = { NULL };

  for (gsize row = 0; row < 2; row++)
    {
      double sum = 0, squares = 0;
      for (gsize i = 0; i < 77; i++)
        sum += x->f[row * 77 + i];
      for (gsize i = 0; i < 77; i++)
        squares += pow (x->f[row * 77 + i] - sum / 77, 2);
      for (gsize i = 0; i < 77; i++)
        want->f[row * 77 + i] =
            (float)((x->f[row * 77 + i] - sum / 77) / sqrt (squares / 77 + 1e-5) * scale->f[i]);
    }
  ph_opcheck_run ("LayerNormalization", 17, NULL, (PhGradInput[]){ { x, FALSE }, { scale, TRUE } },
                  2, out, 3, &error);
  g_assert_no_error (error);
  ph_opcheck_close ("LayerNormalization", out[0], want, 2e-5);
  g_assert_true (ph_shape_equal (&out[1]->shape, &PH_SHAPE_OF (2, 1)));
  g_assert_cmpfloat_with_epsilon (out[1]->f[0], 100, 0.5);
  g_assert_true (ph_shape_equal (&out[2]->shape, &PH_SHAPE_OF (2, 1)));
  for (guint i = 0; i < 3; i++)
    ph_tensor_unref (out[i]);
}

static void
test_lrn (void)
{
  const double betas[] = { 0.75, 0.5 };

  for (gint64 size = 1; size <= 4; size++)
    for (guint k = 0; k < G_N_ELEMENTS (betas); k++)
      {
        g_autoptr (PhTensor) x = ph_gradcheck_random (&PH_SHAPE_OF (2, 5, 2, 3), -1, 1);
        g_autoptr (PhTensor) want = ph_tensor_new (PH_TYPE_FLOAT, &x->shape, NULL);
        g_autoptr (PhTensor) out = NULL;
        g_autoptr (GError) error = NULL;
        PhAttrs *attrs[2];

        for (guint a = 0; a < 2; a++)
          {
            attrs[a] = attrs_int ("size", size);
            ph_attrs_set_real (attrs[a], "alpha", 2);
            ph_attrs_set_real (attrs[a], "beta", (float)betas[k]);
            ph_attrs_set_real (attrs[a], "bias", 1.5f);
          }
        for (gint64 i = 0; i < (gint64)want->n; i++)
          {
            gint64 c = i / 6 % 5;
            double sum = 0;
            for (gint64 d = MAX (0, c - (size - 1) / 2); d <= MIN (4, c + size / 2); d++)
              sum += pow (x->f[i + (d - c) * 6], 2);
            want->f[i] = (float)(x->f[i] / pow (1.5 + 2.0 / (double)size * sum, betas[k]));
          }
        ph_opcheck_run ("LRN", 13, attrs[0], &(PhGradInput){ x, FALSE }, 1, &out, 1, &error);
        g_assert_no_error (error);
        ph_opcheck_close ("LRN", out, want, 1e-6);
        ph_gradcheck ("LRN", 13, attrs[1], &(PhGradInput){ x, FALSE }, 1, 1);
      }
}

static void
test_lp (void)
{
  for (gint64 p = 1; p <= 2; p++)
    for (gint64 axis = 0; axis < 3; axis++)
      {
        g_autoptr (PhTensor) x = ph_gradcheck_random (&PH_SHAPE_OF (4, 3, 5), 0.5, 1);
        PhAttrs *attrs = attrs_int ("p", p);

        for (gsize i = 0; i < x->n; i += 2)
          x->f[i] = -x->f[i];
        ph_attrs_set_int (attrs, "axis", axis);
        ph_gradcheck ("LpNormalization", 13, attrs, &(PhGradInput){ x, FALSE }, 1, 1);
      }
  g_autoptr (PhTensor) zero = ph_tensor_new_floats (&PH_SHAPE_OF (2, 2), (float[]){ 0, 0, 3, -4 });
  g_autoptr (PhTensor) want =
      ph_tensor_new_floats (&PH_SHAPE_OF (2, 2), (float[]){ 0, 0, 0.6f, -0.8f });
  g_autoptr (PhTensor) out = NULL;
  g_autoptr (GError) error = NULL;
  ph_opcheck_run ("LpNormalization", 13, NULL, &(PhGradInput){ zero, FALSE }, 1, &out, 1, &error);
  g_assert_no_error (error);
  ph_opcheck_close ("LpNormalization", out, want, 1e-7);
}

static void
test_mean_variance (void)
{
  g_autoptr (PhTensor) x = ph_gradcheck_random (&PH_SHAPE_OF (2, 3, 4, 5), -1, 1);
  PhAttrs *attrs = ph_attrs_new ();

  ph_attrs_set_ints (attrs, "axes", (gint64[]){ 1, -1 }, 2);
  ph_gradcheck ("MeanVarianceNormalization", 13, attrs, &(PhGradInput){ x, FALSE }, 1, 1);
  ph_gradcheck ("MeanVarianceNormalization", 13, NULL, &(PhGradInput){ x, FALSE }, 1, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/op/normalize/batch", test_batch_norm);
  g_test_add_func ("/op/normalize/batch-training", test_batch_norm_training);
  g_test_add_func ("/op/normalize/batch/refusals", test_batch_norm_refusals);
  g_test_add_func ("/op/normalize/instance", test_instance_norm);
  g_test_add_func ("/op/normalize/layer", test_layer_norm);
  g_test_add_func ("/op/normalize/layer/values", test_layer_norm_values);
  g_test_add_func ("/op/normalize/lrn", test_lrn);
  g_test_add_func ("/op/normalize/lp", test_lp);
  g_test_add_func ("/op/normalize/mean-variance", test_mean_variance);
  return g_test_run ();
}
