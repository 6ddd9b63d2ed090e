#include "ops/volume-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "kernels/pointwise.h"

typedef struct
{
  PhSpatial spatial;
  gint64 groups;
} ConvConfig;

/* y = clamp (scale * (x conv w + b) + shift + z); scale, shift and z come from absorbed nodes. */
typedef struct
{
  /* owned */
  PhConv *conv;  /* NULL when the weights are not known before the run */
  PhConv *spare; /* then: between passes, room for weights; a pass takes it and puts it back */
  float *scale, *shift;

  PhVolume volume;
  PhSpatial spatial;
  PhEpilogue epilogue;
  guint summand; /* the input that is z, 0 when there is none */
} ConvState;

static gboolean
conv_configure (PhNode *node, GError **error)
{
  ConvConfig *config = node->config;

  config->groups = ph_attrs_get_int (node->attrs, "group", 1);
  if (config->groups < 1)
    return ph_step_fail (error, PH_ERROR_MODEL_INVALID,
                         "group is %" G_GINT64_FORMAT "; at least 1 is possible", config->groups);
  return ph_spatial_configure (&config->spatial, node->attrs, error);
}

static gboolean
conv_infer (PhStep *step, GError **error)
{
  const ConvConfig *config = step->config;
  ConvState *state = step->state;
  const PhShape *x = &step->in[0]->shape, *w = &step->in[1]->shape;

  state->spatial = config->spatial;
  if (!ph_spatial_check_rank (&state->spatial, "Conv", x, error))
    return FALSE;

  g_autofree char *x_text = ph_shape_dup_string (x);
  g_autofree char *w_text = ph_shape_dup_string (w);

  if (w->rank != x->rank)
    return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                         "Conv: the input is %s and the filters are %s; they need as many axes",
                         x_text, w_text);
  if (x->dim[1] != w->dim[1] * config->groups)
    return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                         "Conv: the input has %" G_GINT64_FORMAT
                         " channels, the filters expect %" G_GINT64_FORMAT,
                         x->dim[1], w->dim[1] * config->groups);
  if (w->dim[0] % config->groups != 0)
    return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                         "Conv: %" G_GINT64_FORMAT " filters cannot be shared by %" G_GINT64_FORMAT
                         " groups",
                         w->dim[0], config->groups);
  if (step->in[2] != NULL && ph_shape_count (&step->in[2]->shape) != (gsize)w->dim[0])
    return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                         "Conv: %" G_GSIZE_FORMAT " biases for %" G_GINT64_FORMAT " filters",
                         ph_shape_count (&step->in[2]->shape), w->dim[0]);

  for (guint i = 0; i < x->rank - 2; i++)
    {
      if (state->spatial.kernel[i] != 0 && state->spatial.kernel[i] != w->dim[2 + i])
        return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                             "Conv: the filters are %s, kernel_shape says %" G_GINT64_FORMAT
                             " for axis %u",
                             w_text, state->spatial.kernel[i], 2 + i);
      state->spatial.kernel[i] = w->dim[2 + i];
      if (w->dim[2 + i] < 1)
        return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH, "Conv: the filters are %s: empty",
                             w_text);
    }

  PhShape y = *x;

  y.dim[1] = w->dim[0];
  if (!ph_spatial_resolve (&state->spatial, x->rank - 2, x->dim + 2, y.dim + 2, error))
    {
      g_prefix_error (error, _ ("Conv: "));
      return FALSE;
    }
  ph_volume_init (&state->volume, x, w, &y, config->groups, &state->spatial);
  ph_step_set_out (step, 0, step->in[0]->type, &y);
  return TRUE;
}

static gboolean
weights_known (const PhStep *step)
{
  return ph_step_constant (step, 1) != NULL &&
         (step->in[2] == NULL || ph_step_constant (step, 2) != NULL);
}

/* Whether @constant broadcasts over the output without changing its shape and varies with the
 * channel at most. */
static gboolean
is_per_channel (const PhShape *y, const PhTensor *constant)
{
  if (!ph_type_is_real (constant->type) || constant->shape.rank > y->rank)
    return FALSE;
  for (guint i = 0; i < constant->shape.rank; i++)
    {
      guint axis = y->rank - constant->shape.rank + i;

      if (constant->shape.dim[i] != 1 && !(axis == 1 && constant->shape.dim[i] == y->dim[1]))
        return FALSE;
    }
  return TRUE;
}

static void
ensure_affine (ConvState *state, gsize k)
{
  if (state->scale != NULL)
    return;
  state->scale = g_new (float, k);
  state->shift = g_new0 (float, k);
  for (gsize i = 0; i < k; i++)
    state->scale[i] = 1;
}

static gboolean
absorb_batch_norm (PhStep *step, const PhStep *next)
{
  ConvState *state = step->state;
  gsize k = step->out[0]->shape.dim[1];
  const PhTensor *p[4];

  if (ph_attrs_get_int (next->node->attrs, "training_mode", 0) != 0)
    return FALSE;
  for (guint i = 0; i < 4; i++)
    {
      p[i] = ph_step_constant (next, 1 + i);
      if (p[i] == NULL || p[i]->n != k)
        return FALSE;
    }

  float epsilon = ph_attrs_get_real (next->node->attrs, "epsilon", 1e-5f);

  ensure_affine (state, k);
  for (gsize i = 0; i < k; i++)
    {
      float scale = p[0]->f[i] / sqrtf (p[3]->f[i] + epsilon);

      state->scale[i] *= scale;
      state->shift[i] = (state->shift[i] - p[2]->f[i]) * scale + p[1]->f[i];
    }
  return TRUE;
}

/* Networks made by TensorFlow add their biases and batch norms as plain arithmetic. */
static gboolean
absorb_arithmetic (PhStep *step, const PhStep *next, gboolean multiply)
{
  ConvState *state = step->state;
  const PhShape *y = &step->out[0]->shape;
  const PhTensor *constant = ph_step_constant (next, 0);

  if (constant == NULL)
    constant = ph_step_constant (next, 1);
  if (constant == NULL || !is_per_channel (y, constant))
    return FALSE;

  ensure_affine (state, y->dim[1]);
  for (gsize i = 0; i < (gsize)y->dim[1]; i++)
    {
      float value = constant->f[constant->n == 1 ? 0 : i];

      if (multiply)
        {
          state->scale[i] *= value;
          state->shift[i] *= value;
        }
      else
        state->shift[i] += value;
    }
  return TRUE;
}

/* The way around a block of a residual network. */
static gboolean
absorb_summand (PhStep *step, const PhStep *next)
{
  ConvState *state = step->state;
  guint other = next->in_values[0] == step->out_values[0] ? 1 : 0;

  if (next->in[other]->constant != NULL || state->summand != 0 ||
      !ph_shape_equal (&next->in[other]->shape, &step->out[0]->shape))
    return FALSE;
  state->summand = ph_step_take_input (step, next, other);
  return TRUE;
}

static gboolean
clip_bound (const PhStep *next, guint input, const char *attribute, float *bound)
{
  if (next->node->opset < 11)
    {
      *bound = ph_attrs_get_real (next->node->attrs, attribute, *bound);
      return TRUE;
    }
  if (next->in[input] == NULL)
    return TRUE;

  const PhTensor *constant = ph_step_constant (next, input);

  if (constant == NULL || constant->n != 1)
    return FALSE;
  *bound = (float)ph_tensor_get_real (constant, 0);
  return TRUE;
}

static gboolean
absorb_clip (PhStep *step, const PhStep *next)
{
  ConvState *state = step->state;
  float low = -INFINITY, high = INFINITY;

  if (!clip_bound (next, 1, "min", &low) || !clip_bound (next, 2, "max", &high) || low > high)
    return FALSE;
  state->epilogue = (PhEpilogue){ .kind = PH_ACTIVATION_CLAMP, .low = low, .high = high };
  return TRUE;
}

static gboolean
conv_absorb (PhStep *step, const PhStep *next)
{
  ConvState *state = step->state;
  const char *name = next->op->name;

  if (!weights_known (step) || state->epilogue.kind != PH_ACTIVATION_NONE)
    return FALSE;
  if (g_str_equal (name, "BatchNormalization") && state->summand == 0)
    return absorb_batch_norm (step, next);
  if (g_str_equal (name, "Add") && absorb_summand (step, next))
    return TRUE;
  if (g_str_equal (name, "Add"))
    return absorb_arithmetic (step, next, FALSE);
  if (state->summand != 0 && !g_str_equal (name, "Clip") && !g_str_equal (name, "Relu"))
    return FALSE;
  if (g_str_equal (name, "Mul"))
    return absorb_arithmetic (step, next, TRUE);
  if (g_str_equal (name, "Clip"))
    return absorb_clip (step, next);
  if (g_str_equal (name, "Relu"))
    {
      state->epilogue = (PhEpilogue){ .kind = PH_ACTIVATION_CLAMP, .low = 0, .high = INFINITY };
      return TRUE;
    }
  return FALSE;
}

static gboolean
conv_gate (const PhStep *step, PhGate *gate)
{
  const ConvState *state = step->state;

  *gate = (PhGate){ state->epilogue.low, state->epilogue.high };
  return state->epilogue.kind == PH_ACTIVATION_CLAMP;
}

static PhConv *
conv_make (const PhStep *step, const float *weights, const float *bias, PhConvNeeds needs)
{
  const ConvState *state = step->state;

  return ph_conv_new (&state->volume.plane, weights, bias,
                      state->epilogue.kind == PH_ACTIVATION_NONE ? NULL : &state->epilogue, needs);
}

/* The convolution with all absorbed scales in its weights and shifts in its bias. */
static PhConv *
conv_make_folded (const PhStep *step, PhConvNeeds needs)
{
  const ConvState *state = step->state;
  const PhTensor *w = ph_step_constant (step, 1), *b = ph_step_constant (step, 2);

  if (state->scale == NULL)
    return conv_make (step, w->f, b == NULL ? NULL : b->f, needs);

  gsize k = w->shape.dim[0], filter = k == 0 ? 0 : w->n / k;
  g_autofree float *bias = g_new (float, k);
  float *weights = ph_aligned_alloc (w->n * sizeof (float));

  if (weights == NULL)
    return NULL;
  for (gsize i = 0; i < k; i++)
    {
      bias[i] = state->shift[i] + (b == NULL ? 0 : state->scale[i] * b->f[i]);
      for (gsize j = 0; j < filter; j++)
        weights[i * filter + j] = state->scale[i] * w->f[i * filter + j];
    }

  PhConv *conv = conv_make (step, weights, bias, needs);

  ph_aligned_free (weights);
  return conv;
}

static PhConvNeeds
backward_needs (const PhStep *step)
{
  PhConvNeeds needs = 0;

  if (step->wants_gradient && (step->gradient_inputs & 1) != 0)
    needs |= PH_CONV_BACKWARD_DATA;
  if (step->wants_gradient && (step->gradient_inputs & 6) != 0)
    needs |= PH_CONV_BACKWARD_WEIGHTS;
  if (step->gated)
    needs |= PH_CONV_GRADIENT_GATED;
  return needs;
}

/* An empty batch, or no channels: the kernels need not know of these. */
static gboolean
is_empty (const PhStep *step)
{
  return ph_shape_count (&step->out[0]->shape) == 0 || ph_shape_count (&step->in[0]->shape) == 0;
}

static gboolean
conv_prepare (PhStep *step, GError **error)
{
  ConvState *state = step->state;
  gboolean known = weights_known (step);
  PhConvNeeds needs = backward_needs (step);
  PhConv *conv;

  step->keep_inputs = step->keep_outputs = 0;
  if (is_empty (step))
    return TRUE;
  if (known)
    {
      conv = conv_make_folded (step, PH_CONV_FORWARD | needs);
      if (step->wants_gradient && state->epilogue.kind != PH_ACTIVATION_NONE)
        step->keep_outputs = 1; /* also where others apply the derivative, for ph_run_rectify() */
    }
  else
    {
      conv = conv_make (step, NULL, NULL, PH_CONV_FORWARD | needs);
      if ((needs & PH_CONV_BACKWARD_DATA) != 0)
        step->keep_inputs |= 2;
      if (step->wants_gradient && (step->gradient_inputs & 2) != 0)
        step->keep_inputs |= 1;
    }

  if (conv == NULL)
    {
      g_autofree char *text = ph_shape_dup_string (&step->in[1]->shape);

      return ph_step_fail (error, PH_ERROR_NO_MEMORY,
                           "Conv: there is no memory for packed filters of %s", text);
    }
  step->scratch_size = ph_volume_scratch (&state->volume, conv);
  if (known)
    state->conv = conv;
  else
    state->spare = conv;
  return TRUE;
}

static void
conv_clear_state (gpointer data)
{
  ConvState *state = data;

  g_clear_pointer (&state->conv, ph_conv_free);
  g_clear_pointer (&state->spare, ph_conv_free);
  g_clear_pointer (&state->scale, g_free);
  g_clear_pointer (&state->shift, g_free);
}

/* A convolution with the weights of this pass. Runs that go on at the same time each need one of
 * their own; the first to come takes the one that lies ready. */
static PhConv *
take_conv (const PhStep *step, PhRun *run, PhConvNeeds needs)
{
  ConvState *state = step->state;
  PhConv *conv = g_atomic_pointer_exchange (&state->spare, NULL);

  if (conv == NULL)
    conv = conv_make (step, NULL, NULL, PH_CONV_FORWARD | backward_needs (step));
  g_assert (conv != NULL);
  ph_conv_set_weights (conv, ph_run_in (run, step, 1), ph_run_in (run, step, 2), needs);
  return conv;
}

static void
put_back (const PhStep *step, PhConv *conv)
{
  ConvState *state = step->state;

  if (!g_atomic_pointer_compare_and_exchange (&state->spare, NULL, conv))
    ph_conv_free (conv);
}

static void
conv_forward (const PhStep *step, PhRun *run)
{
  const ConvState *state = step->state;
  float *y = ph_run_out (run, step, 0);
  gpointer scratch = ph_run_scratch (run, step);

  if (is_empty (step))
    {
      memset (y, 0, ph_shape_count (&step->out[0]->shape) * sizeof (float));
      return;
    }
  if (state->conv != NULL)
    {
      const float *summand = state->summand == 0 ? NULL : ph_run_in (run, step, state->summand);

      ph_volume_forward (&state->volume, state->conv, ph_run_in (run, step, 0), summand, y,
                         scratch);
      return;
    }

  PhConv *conv = take_conv (step, run, PH_CONV_FORWARD);

  ph_volume_forward (&state->volume, conv, ph_run_in (run, step, 0), NULL, y, scratch);
  put_back (step, conv);
}

/* The gradient of input @i, zeroed when nothing has been written to it yet. */
static float *
zeroed_gradient (const PhStep *step, PhRun *run, guint i)
{
  float *gradient = step->in[i] == NULL ? NULL : ph_run_in_grad (run, step, i);

  if (gradient != NULL && !ph_run_accumulates (run, step, i))
    memset (gradient, 0, ph_shape_count (&step->in[i]->shape) * sizeof (float));
  return gradient;
}

/* The summand's gradient is that at the output, past the clamp; @masked: which it has passed. */
static void
backward_summand (const PhStep *step, PhRun *run, gboolean masked)
{
  const ConvState *state = step->state;
  const PhGate *gate = ph_run_gate (run, step, state->summand);
  const float *dy = ph_run_out_grad (run, step, 0), *z = ph_run_in (run, step, state->summand);
  float *dz = ph_run_in_grad (run, step, state->summand);
  gboolean own = state->epilogue.kind == PH_ACTIVATION_CLAMP && !masked;
  gsize n = ph_shape_count (&step->out[0]->shape);

  if (dz == NULL)
    return;
  gboolean add = ph_run_accumulates (run, step, state->summand);
  if (own)
    ph_pointwise_pass (n, ph_run_out (run, step, 0), dy, state->epilogue.low, state->epilogue.high,
                       add, dz);
  else if (gate != NULL)
    ph_pointwise_pass (n, z, dy, gate->low, gate->high, add, dz);
  else
    ph_pointwise_pass (n, NULL, dy, 0, 0, add, dz);
  if (own && gate != NULL)
    ph_pointwise_gate (n, z, gate->low, gate->high, dz);
}

/* A relu lets positive factors through; a ceiling would have to move with them. */
static gboolean
conv_takes_noise (const PhStep *step)
{
  const ConvState *state = step->state;

  return step->out[0]->type == PH_TYPE_FLOAT && step->out[0]->shape.rank > 2 &&
         (state->epilogue.kind == PH_ACTIVATION_NONE ||
          (state->epilogue.kind == PH_ACTIVATION_CLAMP && state->epilogue.low == 0 &&
           isinf (state->epilogue.high)));
}

static void
conv_backward (const PhStep *step, PhRun *run)
{
  const ConvState *state = step->state;
  const float *dy = ph_run_out_grad (run, step, 0);
  float *dx = ph_run_in_grad (run, step, 0);
  gpointer scratch = ph_run_scratch (run, step);
  PhConv *conv = state->conv;
  gboolean masked = step->gated;

  if (state->epilogue.kind == PH_ACTIVATION_CLAMP && state->epilogue.low == 0 &&
      ph_run_rectify (run, step, state->epilogue.high))
    masked = TRUE;
  if (is_empty (step))
    {
      for (guint i = 0; i < step->n_inputs; i++)
        zeroed_gradient (step, run, i);
      return;
    }
  if (conv == NULL)
    conv = take_conv (step, run, dx != NULL ? PH_CONV_BACKWARD_DATA : 0);
  if (dx != NULL)
    {
      const PhGate *gate = ph_run_gate (run, step, 0);
      PhValueGate conv_gate = { ph_run_in (run, step, 0), gate == NULL ? 0 : gate->low,
                                gate == NULL ? 0 : gate->high };
      gboolean masks = state->epilogue.kind != PH_ACTIVATION_NONE && !masked;

      ph_volume_backward_data (&state->volume, conv, dy, masks ? ph_run_out (run, step, 0) : NULL,
                               ph_run_accumulates (run, step, 0), gate == NULL ? NULL : &conv_gate,
                               dx, scratch);
    }
  if (state->summand != 0)
    backward_summand (step, run, masked);

  float *dw = zeroed_gradient (step, run, 1);
  float *db = zeroed_gradient (step, run, 2);

  if (dw != NULL || db != NULL)
    ph_volume_backward_weights (&state->volume, conv, ph_run_in (run, step, 0), dy, dw, db,
                                scratch);
  if (state->conv == NULL)
    put_back (step, conv);
}

static void
conv_window (const PhStep *step, PhWindow *rows, PhWindow *columns)
{
  const ConvState *state = step->state;

  ph_spatial_window (&state->spatial, step->in[0]->shape.rank - 2, rows, columns);
}

static double
conv_work (const PhStep *step)
{
  const PhShape *w = &step->in[1]->shape;
  gsize filters = w->dim[0];

  return filters == 0 ? 0
                      : (double)ph_shape_count (&step->out[0]->shape) *
                            (double)(ph_shape_count (w) / filters);
}

static const char *
conv_algorithm (const PhStep *step)
{
  const ConvState *state = step->state;

  return state->conv != NULL ? ph_conv_algorithm (state->conv) : NULL;
}

const PhOpClass ph_op_Conv = {
  .name = "Conv",
  .summary = "convolution over one to three axes, with groups and dilations",
  .min_inputs = 2,
  .max_inputs = 3,
  .max_outputs = 1,
  .flags = PH_OP_KEEP_INPUTS | PH_OP_OVERWRITES | PH_OP_GATES,
  .roles = { [1] = PH_ROLE_WEIGHT, [2] = PH_ROLE_BIAS },
  .config_size = sizeof (ConvConfig),
  .state_size = sizeof (ConvState),
  .configure = conv_configure,
  .infer = conv_infer,
  .absorb = conv_absorb,
  .gate = conv_gate,
  .takes_noise = conv_takes_noise,
  .prepare = conv_prepare,
  .clear_state = conv_clear_state,
  .forward = conv_forward,
  .backward = conv_backward,
  .window = conv_window,
  .work = conv_work,
  .algorithm = conv_algorithm,
};
