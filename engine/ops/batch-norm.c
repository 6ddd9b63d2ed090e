/* BatchNormalization: y = scale * (x - mean) / sqrt (variance + epsilon) + bias for each channel
 * (axis 1). For inference, mean and variance are inputs; in training they are those of the batch.
 * A node is in training when its file says so (training_mode, from version 14 on, which also gives
 * it the moved statistics as outputs), or when the plan is for training and both mean and variance
 * are parameters: then a forward pass moves them in place. Source: Ioffe and Szegedy 2015. */

#include "kernels/batch-norm.h"
#include "kernels/pointwise.h"
#include "ops/elementwise.h"

#include <math.h>
#include <string.h>

typedef struct
{
  float epsilon, momentum;
  gboolean training;
} BatchNormConfig;

/* x is (images, channels, plane). */
typedef struct
{
  gsize images, channels, plane;
  gboolean training;
} BatchNormState;

enum
{
  X,
  SCALE,
  BIAS,
  MEAN,
  VARIANCE
};

#define STATISTICS ((1 << MEAN) | (1 << VARIANCE))

static gboolean
batch_norm_configure (PhNode *node, GError **error)
{
  BatchNormConfig *config = node->config;

  config->epsilon = ph_attrs_get_real (node->attrs, "epsilon", 1e-5f);
  config->momentum = ph_attrs_get_real (node->attrs, "momentum", 0.9f);
  config->training = ph_attrs_get_int (node->attrs, "training_mode", 0) != 0;
  if (ph_attrs_get_int (node->attrs, "spatial", 1) == 0)
    return ph_step_fail (error, PH_ERROR_OP_UNSUPPORTED,
                         "expected statistics per channel, got them per activation (spatial = 0)");
  if (node->opset < 14 && node->n_outputs > 1)
    return ph_step_fail (error, PH_ERROR_OP_UNSUPPORTED,
                         "expected one output, got %u: training before opset 14", node->n_outputs);
  return TRUE;
}

static gboolean
batch_norm_infer (PhStep *step, GError **error)
{
  const BatchNormConfig *config = step->config;
  BatchNormState *state = step->state;
  const PhShape *shape = &step->in[X]->shape;

  for (guint i = X; i <= VARIANCE; i++)
    if (step->in[i] == NULL || !ph_type_is_real (step->in[i]->type))
      return ph_step_fail (error, PH_ERROR_MODEL_INVALID, "expected five inputs of real numbers");
  if (shape->rank == 0)
    return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH, "expected images, got a scalar");
  state->images = (gsize)shape->dim[0];
  state->channels = shape->rank > 1 ? (gsize)shape->dim[1] : 1;
  state->plane = ph_shape_count_range (shape, 2, shape->rank);
  state->training =
      config->training || (step->training && (step->parameter_inputs & STATISTICS) == STATISTICS);
  for (guint i = SCALE; i <= VARIANCE; i++)
    if (ph_shape_count (&step->in[i]->shape) != state->channels)
      {
        g_autofree char *want = ph_shape_dup_string (shape);
        g_autofree char *have = ph_shape_dup_string (&step->in[i]->shape);
        return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                             "expected %" G_GSIZE_FORMAT
                             " numbers in input %u, one per channel of %s, got %s",
                             state->channels, i + 1, want, have);
      }
  ph_step_set_out (step, 0, step->in[X]->type, shape);
  if (config->training)
    {
      ph_step_set_out (step, 1, step->in[MEAN]->type, &step->in[MEAN]->shape);
      ph_step_set_out (step, 2, step->in[VARIANCE]->type, &step->in[VARIANCE]->shape);
    }
  else if (step->n_outputs > 1)
    return ph_step_fail (error, PH_ERROR_MODEL_INVALID,
                         "expected one output outside training, got %u", step->n_outputs);
  return TRUE;
}

static gboolean
batch_norm_prepare (PhStep *step, GError **error)
{
  const BatchNormState *state = step->state;

  if (state->training)
    {
      step->saved_size = 2 * state->channels * sizeof (float);
      step->scratch_size = 2 * state->channels * sizeof (float);
      step->keep_inputs = (1 << X) | (1 << SCALE);
      return TRUE;
    }
  step->scratch_size = 4 * state->channels * sizeof (float);
  /* x matters for the gradients of scale and variance only. */
  step->keep_inputs = (1 << SCALE) | (1 << MEAN) | (1 << VARIANCE);
  if (step->gradient_inputs & ((1 << SCALE) | (1 << VARIANCE)))
    step->keep_inputs |= 1 << X;
  return TRUE;
}

static void
make_affine (gsize channels, float epsilon, const float *gamma, const float *beta,
             const float *mean, const float *variance, float *scale, float *shift)
{
  for (gsize c = 0; c < channels; c++)
    {
      double a = gamma[c] / sqrt ((double)variance[c] + epsilon);
      scale[c] = (float)a;
      shift[c] = (float)(beta[c] - mean[c] * a);
    }
}

static PhBatchNormShape
batch_shape (const PhStep *step)
{
  const BatchNormConfig *config = step->config;
  const BatchNormState *s = step->state;

  return (PhBatchNormShape){ s->images, s->channels, s->plane, config->epsilon };
}

/* The statistics of the batch, where the backward pass will look for them. */
static float *
batch_statistics (const PhStep *step, PhRun *run)
{
  float *saved = ph_run_saved (run, step);

  return saved != NULL ? saved : ph_run_scratch (run, step);
}

static void
move_statistics (const PhStep *step, PhRun *run, const float *mean, const float *variance)
{
  const BatchNormConfig *config = step->config;
  const BatchNormState *s = step->state;
  const float m = config->momentum, count = (float)(s->images * s->plane);
  /* The outputs are defined with the variance of the batch itself; in place we take the unbiased
   * estimate of that of all images, as the frameworks do. */
  const float unbiased = count > 1 ? count / (count - 1) : 1;
  const float *old[2] = { ph_run_in (run, step, MEAN), ph_run_in (run, step, VARIANCE) };
  float *running[2] = { ph_run_out (run, step, 1), ph_run_out (run, step, 2) };
  float *own[2] = { NULL };

  if (step->training)
    {
      own[0] = ph_run_in_parameter (run, step, MEAN);
      own[1] = ph_run_in_parameter (run, step, VARIANCE);
    }
  for (gsize c = 0; c < s->channels; c++)
    {
      if (running[0] != NULL)
        running[0][c] = old[0][c] * m + mean[c] * (1 - m);
      if (running[1] != NULL)
        running[1][c] = old[1][c] * m + variance[c] * (1 - m);
      if (own[0] != NULL)
        own[0][c] = own[0][c] * m + mean[c] * (1 - m);
      if (own[1] != NULL)
        own[1][c] = own[1][c] * m + unbiased * variance[c] * (1 - m);
    }
}

static void
batch_norm_forward (const PhStep *step, PhRun *run)
{
  const BatchNormConfig *config = step->config;
  const BatchNormState *s = step->state;
  const float *x = ph_run_in (run, step, X);
  const float *mean = ph_run_in (run, step, MEAN), *variance = ph_run_in (run, step, VARIANCE);
  float *scale = ph_run_scratch (run, step), *shift = scale + s->channels;
  float *y = ph_run_out (run, step, 0);

  if (s->training)
    {
      const PhBatchNormShape shape = batch_shape (step);
      float *statistics = batch_statistics (step, run);

      ph_batch_norm_forward (&shape, x, ph_run_in (run, step, SCALE), ph_run_in (run, step, BIAS),
                             statistics, statistics + s->channels, y);
      move_statistics (step, run, statistics, statistics + s->channels);
      return;
    }
  make_affine (s->channels, config->epsilon, ph_run_in (run, step, SCALE),
               ph_run_in (run, step, BIAS), mean, variance, scale, shift);
  if (y != NULL)
    ph_pointwise_channels_scale_shift (s->images, s->channels, s->plane, scale, shift, FALSE, x, y);
}

/* The gradient of input @i, zeroed when nothing has been written to it yet. */
static float *
zeroed_gradient (const PhStep *step, PhRun *run, guint i)
{
  const BatchNormState *s = step->state;
  float *gradient = ph_run_in_grad (run, step, i);

  if (gradient != NULL && !ph_run_accumulates (run, step, i))
    memset (gradient, 0, s->channels * sizeof (float));
  return gradient;
}

/* With r = 1 / sqrt (variance + epsilon): db = Σ dy, dscale = r Σ dy (x - mean),
 * dmean = -scale r Σ dy, dvariance = -1/2 scale r³ Σ dy (x - mean). */
static void
parameter_gradients (const PhStep *step, PhRun *run, const float *dy)
{
  const BatchNormConfig *config = step->config;
  const BatchNormState *s = step->state;
  const float *x = step->keep_inputs & 1 ? ph_run_in (run, step, X) : NULL;
  const float *gamma = ph_run_in (run, step, SCALE), *mean = ph_run_in (run, step, MEAN);
  const float *variance = ph_run_in (run, step, VARIANCE);
  float *d[5] = { NULL };

  for (guint k = SCALE; k <= VARIANCE; k++)
    d[k] = zeroed_gradient (step, run, k);
  for (gsize c = 0; c < s->channels; c++)
    {
      double sum = 0, moment = 0, r = 1 / sqrt ((double)variance[c] + config->epsilon);

      for (gsize i = 0; i < s->images; i++)
        for (gsize j = 0; j < s->plane; j++)
          {
            gsize at = (i * s->channels + c) * s->plane + j;
            sum += dy[at];
            if (x != NULL)
              moment += (double)dy[at] * (x[at] - mean[c]);
          }
      if (d[SCALE] != NULL)
        d[SCALE][c] += (float)(r * moment);
      if (d[BIAS] != NULL)
        d[BIAS][c] += (float)sum;
      if (d[MEAN] != NULL)
        d[MEAN][c] -= (float)(gamma[c] * r * sum);
      if (d[VARIANCE] != NULL)
        d[VARIANCE][c] -= (float)(0.5 * gamma[c] * r * r * r * moment);
    }
}

static void
training_backward (const PhStep *step, PhRun *run, const float *dy)
{
  const BatchNormState *s = step->state;
  const PhBatchNormShape shape = batch_shape (step);
  const float *statistics = ph_run_saved (run, step);
  float *dx = ph_run_in_grad (run, step, X);
  gboolean accumulate = dx != NULL && ph_run_accumulates (run, step, X);
  float *dscale = zeroed_gradient (step, run, SCALE), *dbias = zeroed_gradient (step, run, BIAS);

  /* In training the output does not depend on the statistics that are moved. */
  zeroed_gradient (step, run, MEAN);
  zeroed_gradient (step, run, VARIANCE);
  ph_batch_norm_backward (&shape, ph_run_in (run, step, X), dy, ph_run_in (run, step, SCALE),
                          statistics, statistics + s->channels, accumulate, dx, dscale, dbias);
}

static void
batch_norm_backward (const PhStep *step, PhRun *run)
{
  const BatchNormConfig *config = step->config;
  const BatchNormState *s = step->state;
  const float *dy = ph_run_out_grad (run, step, 0);
  float *dx = ph_run_in_grad (run, step, X);
  float *scale = ph_run_scratch (run, step), *shift = scale + s->channels;

  if (dy == NULL)
    return;
  if (s->training)
    {
      training_backward (step, run, dy);
      return;
    }
  if (dx != NULL)
    {
      const float *mean = ph_run_in (run, step, MEAN);
      make_affine (s->channels, config->epsilon, ph_run_in (run, step, SCALE), mean, mean,
                   ph_run_in (run, step, VARIANCE), scale, shift);
      ph_pointwise_channels_scale_shift (s->images, s->channels, s->plane, scale, NULL,
                                         ph_run_accumulates (run, step, X), dy, dx);
    }
  if (step->gradient_inputs & ~G_GUINT64_CONSTANT (1))
    parameter_gradients (step, run, dy);
}

const PhOpClass ph_op_BatchNormalization = {
  .name = "BatchNormalization",
  .summary = "moves and scales each channel by learned statistics",
  .min_inputs = 5,
  .max_inputs = 5,
  .max_outputs = 5,
  .flags = PH_OP_POINTWISE | PH_OP_IN_PLACE | PH_OP_OVERWRITES | PH_OP_KEEP_INPUTS,
  .roles = { [1] = PH_ROLE_SCALE, PH_ROLE_BIAS, PH_ROLE_STATISTIC, PH_ROLE_STATISTIC },
  .config_size = sizeof (BatchNormConfig),
  .state_size = sizeof (BatchNormState),
  .configure = batch_norm_configure,
  .infer = batch_norm_infer,
  .prepare = batch_norm_prepare,
  .forward = batch_norm_forward,
  .backward = batch_norm_backward,
};
