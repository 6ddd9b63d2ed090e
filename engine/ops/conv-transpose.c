#include <string.h>

#include "ops/volume-private.h"

/* ConvTranspose is the adjoint of a convolution from its output (N, M, …) to its input (N, C, …),
 * so the kernels are used the other way round: backward_data runs forward, forward runs backward.
 */

typedef struct
{
  PhSpatial spatial;
  gint64 groups;
  /* borrowed from the attributes */
  const gint64 *output_padding, *output_shape;
  gsize n_output_padding, n_output_shape;
} TransposeConfig;

typedef struct
{
  PhConv *conv; /* owned; NULL when the weights are not known before the run */
  PhVolume volume;
  PhSpatial spatial;
  gsize conv_scratch; /* bytes; behind them lies a gradient before it is added */
  gsize channels, plane, batch;
} TransposeState;

static gboolean
transpose_configure (PhNode *node, GError **error)
{
  TransposeConfig *config = node->config;

  config->groups = ph_attrs_get_int (node->attrs, "group", 1);
  config->output_padding =
      ph_attrs_get_ints (node->attrs, "output_padding", &config->n_output_padding);
  config->output_shape = ph_attrs_get_ints (node->attrs, "output_shape", &config->n_output_shape);
  if (config->groups < 1)
    return ph_step_fail (error, PH_ERROR_MODEL_INVALID,
                         "group is %" G_GINT64_FORMAT "; at least 1 is possible", config->groups);
  return ph_spatial_configure (&config->spatial, node->attrs, error);
}

/* The extent of the output along spatial axis @i, and in @spatial the padding that makes the
 * adjoint convolution lead back to exactly @in. */
static gint64
settle_axis (const TransposeConfig *config, gboolean newer, PhSpatial *spatial, guint n, guint i,
             gint64 in)
{
  gint64 extra = config->output_padding == NULL || config->n_output_padding != n
                     ? 0
                     : config->output_padding[i];
  gint64 span = (in - 1) * spatial->stride[i] + ph_spatial_extent (spatial, i);
  gint64 out = span + extra - spatial->before[i] - spatial->after[i];
  gboolean same =
      spatial->auto_pad == PH_AUTO_PAD_SAME_UPPER || spatial->auto_pad == PH_AUTO_PAD_SAME_LOWER;

  if (spatial->auto_pad == PH_AUTO_PAD_VALID)
    {
      spatial->before[i] = 0;
      out = span + extra;
    }
  if (same || config->n_output_shape >= n)
    {
      out = config->n_output_shape >= n ? config->output_shape[config->n_output_shape - n + i]
                                        : in * spatial->stride[i];

      gint64 total = MAX (0, span + extra - out);
      /* Version 11 exchanged the two sides. */
      gboolean less_before = (spatial->auto_pad == PH_AUTO_PAD_SAME_UPPER) == newer;

      spatial->before[i] = less_before ? total / 2 : total - total / 2;
    }
  spatial->after[i] = span - out - spatial->before[i];
  return out;
}

static gboolean
transpose_infer (PhStep *step, GError **error)
{
  const TransposeConfig *config = step->config;
  TransposeState *state = step->state;
  const PhShape *x = &step->in[0]->shape, *w = &step->in[1]->shape;
  PhShape y = *x;

  state->spatial = config->spatial;
  if (!ph_spatial_check_rank (&state->spatial, "ConvTranspose", x, error))
    return FALSE;

  g_autofree char *x_text = ph_shape_dup_string (x);
  g_autofree char *w_text = ph_shape_dup_string (w);

  if (w->rank != x->rank || w->dim[0] != x->dim[1] || x->dim[1] % config->groups != 0)
    return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                         "ConvTranspose: the input is %s, the filters are %s in %" G_GINT64_FORMAT
                         " groups; the first axis of the filters must be the input's channels",
                         x_text, w_text, config->groups);
  y.dim[1] = w->dim[1] * config->groups;
  if (step->in[2] != NULL && ph_shape_count (&step->in[2]->shape) != (gsize)y.dim[1])
    return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                         "ConvTranspose: %" G_GSIZE_FORMAT " biases for %" G_GINT64_FORMAT
                         " channels",
                         ph_shape_count (&step->in[2]->shape), y.dim[1]);

  for (guint i = 0; i < x->rank - 2; i++)
    {
      gint64 kernel = state->spatial.kernel[i];

      if ((kernel != 0 && kernel != w->dim[2 + i]) || w->dim[2 + i] < 1 || x->dim[2 + i] < 1)
        return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                             "ConvTranspose: an input of %s and filters of %s do not fit "
                             "(kernel_shape says %" G_GINT64_FORMAT " for axis %u)",
                             x_text, w_text, kernel, 2 + i);
      state->spatial.kernel[i] = w->dim[2 + i];
      y.dim[2 + i] = settle_axis (config, step->node->opset >= 11, &state->spatial, x->rank - 2, i,
                                  x->dim[2 + i]);
      if (y.dim[2 + i] < 1 || y.dim[2 + i] > G_MAXINT32)
        return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                             "ConvTranspose: axis %u of the output would have %" G_GINT64_FORMAT
                             " elements",
                             2 + i, y.dim[2 + i]);
    }
  ph_volume_init (&state->volume, &y, w, x, (gsize)config->groups, &state->spatial);
  state->batch = (gsize)y.dim[0];
  state->channels = (gsize)y.dim[1];
  state->plane = ph_shape_count_range (&y, 2, y.rank);
  ph_step_set_out (step, 0, step->in[0]->type, &y);
  return TRUE;
}

static gboolean
is_empty (const PhStep *step)
{
  return ph_shape_count (&step->out[0]->shape) == 0 || ph_shape_count (&step->in[0]->shape) == 0;
}

static PhConvNeeds
needs_of (const PhStep *step)
{
  PhConvNeeds needs = PH_CONV_BACKWARD_DATA;

  if (step->wants_gradient && (step->gradient_inputs & 1) != 0)
    needs |= PH_CONV_FORWARD;
  if (step->wants_gradient && (step->gradient_inputs & 2) != 0)
    needs |= PH_CONV_BACKWARD_WEIGHTS;
  return needs;
}

static gboolean
transpose_prepare (PhStep *step, GError **error)
{
  TransposeState *state = step->state;
  const PhTensor *weights = ph_step_constant (step, 1);
  PhConv *conv;

  step->keep_inputs = 0;
  if (step->wants_gradient && (step->gradient_inputs & 1) != 0)
    step->keep_inputs |= 2;
  if (step->wants_gradient && (step->gradient_inputs & 2) != 0)
    step->keep_inputs |= 1;
  if (is_empty (step))
    return TRUE;
  conv = ph_conv_new (&state->volume.plane, weights == NULL ? NULL : weights->f, NULL, NULL,
                      needs_of (step));
  if (conv == NULL)
    {
      g_autofree char *text = ph_shape_dup_string (&step->in[1]->shape);

      return ph_step_fail (error, PH_ERROR_NO_MEMORY,
                           "ConvTranspose: there is no memory for packed filters of %s", text);
    }
  state->conv_scratch = (ph_volume_scratch (&state->volume, conv) + 63) & ~(gsize)63;
  step->scratch_size = state->conv_scratch;
  if (step->wants_gradient && (step->gradient_inputs & 1) != 0)
    step->scratch_size += ph_shape_count (&step->in[0]->shape) * sizeof (float);
  if (weights != NULL)
    state->conv = conv;
  else
    ph_conv_free (conv);
  return TRUE;
}

static void
transpose_clear_state (gpointer data)
{
  TransposeState *state = data;

  g_clear_pointer (&state->conv, ph_conv_free);
}

/* The prepared convolution, or one for the weights of this run, to be freed with release_conv(). */
static PhConv *
acquire_conv (const PhStep *step, PhRun *run)
{
  const TransposeState *state = step->state;
  PhConv *conv = state->conv;

  if (conv == NULL)
    conv =
        ph_conv_new (&state->volume.plane, ph_run_in (run, step, 1), NULL, NULL, needs_of (step));
  g_assert (conv != NULL);
  return conv;
}

static void
release_conv (const PhStep *step, PhConv *conv)
{
  const TransposeState *state = step->state;

  if (conv != state->conv)
    ph_conv_free (conv);
}

static void
transpose_forward (const PhStep *step, PhRun *run)
{
  const TransposeState *state = step->state;
  const float *bias = ph_run_in (run, step, 2);
  float *y = ph_run_out (run, step, 0);

  for (gsize i = 0; i < state->batch * state->channels; i++)
    for (gsize j = 0; j < state->plane; j++)
      y[i * state->plane + j] = bias == NULL ? 0 : bias[i % state->channels];
  if (is_empty (step))
    return;

  PhConv *conv = acquire_conv (step, run);

  ph_volume_backward_data (&state->volume, conv, ph_run_in (run, step, 0), NULL, TRUE, NULL, y,
                           ph_run_scratch (run, step));
  release_conv (step, conv);
}

static void
transpose_backward (const PhStep *step, PhRun *run)
{
  const TransposeState *state = step->state;
  const float *dy = ph_run_out_grad (run, step, 0);
  float *dx = ph_run_in_grad (run, step, 0), *dw = ph_run_in_grad (run, step, 1);
  float *db = ph_run_in_grad (run, step, 2);
  char *scratch = ph_run_scratch (run, step);

  for (gsize i = 0; db != NULL && i < state->batch * state->channels; i++)
    {
      double sum = 0;

      for (gsize j = 0; j < state->plane; j++)
        sum += dy[i * state->plane + j];
      db[i % state->channels] += (float)sum;
    }
  if (is_empty (step) || (dx == NULL && dw == NULL))
    return;

  PhConv *conv = acquire_conv (step, run);

  if (dx != NULL)
    {
      float *own = (float *)(scratch + state->conv_scratch);
      gsize n = ph_shape_count (&step->in[0]->shape);

      ph_volume_forward (&state->volume, conv, dy, NULL, own, scratch);
      for (gsize i = 0; i < n; i++)
        dx[i] += own[i];
    }
  if (dw != NULL)
    ph_volume_backward_weights (&state->volume, conv, dy, ph_run_in (run, step, 0), dw, NULL,
                                scratch);
  release_conv (step, conv);
}

/* Output o sees the inputs i with o = i * stride - before + r * dilation, r = 0 … kernel - 1. */
static void
transpose_window (const PhStep *step, PhWindow *rows, PhWindow *columns)
{
  const TransposeState *state = step->state;
  PhWindow *windows[2] = { rows, columns };

  ph_spatial_window (&state->spatial, step->in[0]->shape.rank - 2, rows, columns);
  for (guint i = 0; i < 2; i++)
    {
      double reach = windows[i]->extent - 1, stride = windows[i]->stride;

      *windows[i] = (PhWindow){ .extent = reach / stride + 1,
                                .stride = 1 / stride,
                                .before = (reach - windows[i]->before) / stride };
    }
}

const PhOpClass ph_op_ConvTranspose = {
  .name = "ConvTranspose",
  .summary = "the adjoint of a convolution, which enlarges",
  .min_inputs = 2,
  .max_inputs = 3,
  .max_outputs = 1,
  .flags = PH_OP_KEEP_INPUTS,
  .roles = { [1] = PH_ROLE_WEIGHT, [2] = PH_ROLE_BIAS },
  .config_size = sizeof (TransposeConfig),
  .state_size = sizeof (TransposeState),
  .configure = transpose_configure,
  .infer = transpose_infer,
  .prepare = transpose_prepare,
  .clear_state = transpose_clear_state,
  .forward = transpose_forward,
  .backward = transpose_backward,
  .window = transpose_window,
};
