#include "ops/pad-private.h"

#include <string.h>

#include "ops/mapped-private.h"

typedef enum
{
  PAD_CONSTANT,
  PAD_REFLECT,
  PAD_EDGE,
} PadMode;

typedef struct
{
  PadMode mode;
  float value;
  /* borrowed from the attributes; an input since version 11 */
  const gint64 *pads;
  gsize n_pads;
} PadConfig;

typedef struct
{
  PhMapped mapped; /* owned tables */
} PadState;

static gboolean
pad_configure (PhNode *node, GError **error)
{
  PadConfig *config = node->config;
  static const char *const modes[] = { "constant", "reflect", "edge" };
  const char *mode = ph_attrs_get_text (node->attrs, "mode", "constant");
  guint i = 0;

  while (i < G_N_ELEMENTS (modes) && !g_str_equal (modes[i], mode))
    i++;
  if (i == G_N_ELEMENTS (modes))
    return ph_step_fail (error, PH_ERROR_MODEL_INVALID,
                         "mode is \"%s\"; constant, reflect and edge exist", mode);
  config->mode = (PadMode)i;
  config->value = ph_attrs_get_real (node->attrs, "value", 0);
  config->pads = ph_attrs_get_ints (node->attrs, "pads", &config->n_pads);
  return TRUE;
}

/* Where position @at of a padded axis of @n elements comes from. */
static gint64
pad_source (PadMode mode, gint64 at, gint64 n)
{
  if (at >= 0 && at < n)
    return at;
  if (mode == PAD_CONSTANT || n == 0)
    return -1;
  if (mode == PAD_EDGE)
    return CLAMP (at, 0, n - 1);
  if (n == 1)
    return 0;

  /* Reflection does not repeat the edge: … 2 1 0 1 2 … */
  gint64 period = 2 * (n - 1);

  at = ((at % period) + period) % period;
  return at < n ? at : period - at;
}

static gboolean
pad_infer (PhStep *step, GError **error)
{
  const PadConfig *config = step->config;
  PadState *state = step->state;
  const PhShape *x = &step->in[0]->shape;
  PhShape y = *x;
  const gint64 *pads = config->pads;
  gsize n = config->n_pads;

  if (step->node->opset >= 11)
    {
      if (step->in[1] == NULL)
        return ph_step_fail (error, PH_ERROR_MODEL_INVALID, "Pad: the pads are missing");
      if ((pads = ph_step_get_ints (step, 1, "pads", &n, error)) == NULL)
        return FALSE;
      if (step->in[2] != NULL && ph_shape_count (&step->in[2]->shape) != 1)
        return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                             "Pad: the value to fill with has %" G_GSIZE_FORMAT
                             " elements, 1 expected",
                             ph_shape_count (&step->in[2]->shape));
    }
  if (n != 2 * x->rank)
    return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                         "Pad: %" G_GSIZE_FORMAT " pads for %u axes, %u expected", n, x->rank,
                         2 * x->rank);
  for (guint i = 0; i < x->rank; i++)
    {
      gint64 before = pads[i], after = pads[x->rank + i];

      if (ABS (before) > G_MAXINT32 || ABS (after) > G_MAXINT32 || x->dim[i] + before + after < 0)
        return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                             "Pad: %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT
                             " around %" G_GINT64_FORMAT " elements of axis %u",
                             before, after, x->dim[i], i);
      y.dim[i] = x->dim[i] + before + after;
      if (config->mode != PAD_CONSTANT && x->dim[i] == 0 && y.dim[i] > 0)
        return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                             "Pad: axis %u is empty, there is nothing to repeat", i);
    }

  ph_mapped_init (&state->mapped, x, &y);
  for (guint i = 0; i < x->rank; i++)
    for (gint64 j = 0; j < y.dim[i]; j++)
      ph_mapped_set (&state->mapped, i, j, pad_source (config->mode, j - pads[i], x->dim[i]));
  step->is_view = ph_shape_equal (x, &y);
  for (gsize i = 0; i < n; i++)
    step->is_view &= pads[i] == 0;
  ph_step_set_out (step, 0, step->in[0]->type, &y);
  return TRUE;
}

static void
pad_clear_state (gpointer data)
{
  PadState *state = data;

  ph_mapped_clear (&state->mapped);
}

static void
pad_forward (const PhStep *step, PhRun *run)
{
  const PadConfig *config = step->config;
  const PadState *state = step->state;
  gboolean real = ph_type_is_real (step->in[0]->type);
  gint64 integer = (gint64)config->value;
  gconstpointer fill = real ? (gconstpointer)&config->value : &integer;

  if (step->node->opset >= 11)
    {
      static const gint64 zero = 0; /* also 0.0f, in its first bytes */
      gconstpointer value = step->in[2] == NULL ? NULL : ph_run_in (run, step, 2);

      fill = value == NULL ? &zero : value;
    }
  ph_mapped_copy (&state->mapped, ph_type_size (step->in[0]->type), ph_run_in (run, step, 0),
                  ph_run_out (run, step, 0), fill);
}

static void
pad_backward (const PhStep *step, PhRun *run)
{
  const PadState *state = step->state;
  const PhMapped *mapped = &state->mapped;
  const float *dy = ph_run_out_grad (run, step, 0);
  float *dx = ph_run_in_grad (run, step, 0);
  float *d_value = step->in[2] == NULL ? NULL : ph_run_in_grad (run, step, 2);

  if (dx != NULL)
    ph_mapped_add_back (mapped, dy, dx);
  if (d_value == NULL)
    return;

  /* What did not come from the input came from the value. */
  double sum = 0;
  gsize n = ph_shape_count (&mapped->out);

  for (gsize i = 0; i < n; i++)
    {
      gboolean outside = FALSE;
      gsize rest = i;

      for (guint axis = mapped->out.rank; axis-- > 0;)
        {
          outside |= mapped->map[axis][rest % (gsize)mapped->out.dim[axis]] < 0;
          rest /= (gsize)mapped->out.dim[axis];
        }
      if (outside)
        sum += dy[i];
    }
  *d_value += (float)sum;
}

static void
pad_window (const PhStep *step, PhWindow *rows, PhWindow *columns)
{
  const PadConfig *config = step->config;
  guint rank = step->in[0]->shape.rank;
  gsize n;
  const gint64 *pads =
      step->node->opset >= 11 ? ph_step_get_ints (step, 1, "pads", &n, NULL) : config->pads;

  *rows = *columns = (PhWindow){ .extent = 1, .stride = 1, .before = 0 };
  if (rank >= 1)
    columns->before = (double)pads[rank - 1];
  if (rank >= 2)
    rows->before = (double)pads[rank - 2];
}

const PhOpClass ph_op_Pad = {
  .name = "Pad",
  .summary = "a frame of a constant, of the edge or of the reflection around a tensor",
  .min_inputs = 1,
  .max_inputs = 3,
  .max_outputs = 1,
  .config_size = sizeof (PadConfig),
  .state_size = sizeof (PadState),
  .configure = pad_configure,
  .infer = pad_infer,
  .clear_state = pad_clear_state,
  .forward = pad_forward,
  .backward = pad_backward,
  .window = pad_window,
};

gboolean
ph_pad_is_frame_of_zeros (const PhStep *step, gint64 before[PH_MAX_RANK], gint64 after[PH_MAX_RANK])
{
  if (step->op != &ph_op_Pad)
    return FALSE;

  const PadConfig *config = step->config;
  guint rank = step->in[0]->shape.rank;
  gsize n = config->n_pads;
  const gint64 *pads =
      step->node->opset >= 11 ? ph_step_get_ints (step, 1, "pads", &n, NULL) : config->pads;
  float value = config->value;

  if (step->node->opset >= 11)
    {
      const PhTensor *constant = ph_step_constant (step, 2);

      if (step->in[2] != NULL && constant == NULL)
        return FALSE;
      value = constant != NULL ? (float)ph_tensor_get_real (constant, 0) : 0;
    }
  if (config->mode != PAD_CONSTANT || value != 0 || pads == NULL || n != 2 * rank ||
      !ph_type_is_real (step->in[0]->type))
    return FALSE;
  memcpy (before, pads, rank * sizeof *pads);
  memcpy (after, pads + rank, rank * sizeof *pads);
  return TRUE;
}
