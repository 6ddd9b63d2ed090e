#include <string.h>

#include "ops/spatial-private.h"

/* MaxUnpool: undoes MaxPool by putting each number where input 1 says it was. The places count
 * through a tensor of the size that the window implies, even when a larger output is asked for. */

typedef struct
{
  PhSpatial spatial;
} UnpoolConfig;

typedef struct
{
  PhShape implied;
} UnpoolState;

static gboolean
unpool_configure (PhNode *node, GError **error)
{
  UnpoolConfig *config = node->config;

  return ph_spatial_configure (&config->spatial, node->attrs, error);
}

static gboolean
unpool_infer (PhStep *step, GError **error)
{
  const UnpoolConfig *config = step->config;
  UnpoolState *state = step->state;
  const PhSpatial *spatial = &config->spatial;
  const PhShape *x = &step->in[0]->shape;
  PhShape y = *x;

  if (!ph_spatial_check_rank (spatial, "MaxUnpool", x, error))
    return FALSE;
  if (spatial->n == 0 || spatial->kernel[0] == 0)
    return ph_step_fail (error, PH_ERROR_MODEL_INVALID, "MaxUnpool: kernel_shape is missing");
  if (!ph_shape_equal (x, &step->in[1]->shape) || ph_type_is_real (step->in[1]->type) ||
      !ph_type_is_real (step->in[0]->type))
    {
      g_autofree char *numbers = ph_shape_dup_string (x);
      g_autofree char *places = ph_shape_dup_string (&step->in[1]->shape);

      return ph_step_fail (
          error, PH_ERROR_SHAPE_MISMATCH, "MaxUnpool: the numbers are %s %s, the places %s %s",
          numbers, ph_type_name (step->in[0]->type), places, ph_type_name (step->in[1]->type));
    }
  for (guint i = 0; i < x->rank - 2; i++)
    y.dim[2 + i] = (x->dim[2 + i] - 1) * spatial->stride[i] + ph_spatial_extent (spatial, i) -
                   spatial->before[i] - spatial->after[i];
  state->implied = y;

  if (step->in[2] != NULL)
    {
      gsize n;
      const gint64 *wanted = ph_step_get_ints (step, 2, "output_shape", &n, error);

      if (wanted == NULL)
        return FALSE;
      for (guint i = 0; i < y.rank; i++)
        {
          if (n != y.rank || wanted[i] < y.dim[i])
            return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                                 "MaxUnpool: output_shape has %" G_GSIZE_FORMAT
                                 " axes and must hold %" G_GINT64_FORMAT " elements on axis %u",
                                 n, y.dim[i], i);
          y.dim[i] = wanted[i];
        }
    }
  step->keep_inputs = 2;
  ph_step_set_out (step, 0, step->in[0]->type, &y);
  return TRUE;
}

/* The element of the output for @place, or -1 when that lies outside. */
static gint64
unpool_place (const PhStep *step, gint64 place)
{
  const UnpoolState *state = step->state;
  const PhShape *from = &state->implied, *to = &step->out[0]->shape;
  gint64 strides[PH_MAX_RANK], at = 0;

  if (place < 0 || place >= (gint64)ph_shape_count (from))
    return -1;
  ph_shape_strides (to, strides);
  for (guint axis = from->rank; axis-- > 0;)
    {
      at += place % from->dim[axis] * strides[axis];
      place /= from->dim[axis];
    }
  return at;
}

static void
unpool_forward (const PhStep *step, PhRun *run)
{
  const float *x = ph_run_in (run, step, 0);
  const gint64 *places = ph_run_in (run, step, 1);
  float *y = ph_run_out (run, step, 0);
  gsize n = ph_shape_count (&step->in[0]->shape);

  memset (y, 0, ph_shape_count (&step->out[0]->shape) * sizeof (float));
  for (gsize i = 0; i < n; i++)
    {
      gint64 at = unpool_place (step, places[i]);

      if (at >= 0)
        y[at] = x[i];
    }
}

static void
unpool_backward (const PhStep *step, PhRun *run)
{
  const gint64 *places = ph_run_in (run, step, 1);
  const float *dy = ph_run_out_grad (run, step, 0);
  float *dx = ph_run_in_grad (run, step, 0);
  gsize n = ph_shape_count (&step->in[0]->shape);

  for (gsize i = 0; dx != NULL && i < n; i++)
    {
      gint64 at = unpool_place (step, places[i]);

      if (at >= 0)
        dx[i] += dy[at];
    }
}

const PhOpClass ph_op_MaxUnpool = {
  .name = "MaxUnpool",
  .summary = "numbers put back where a MaxPool found them, zeros elsewhere",
  .min_inputs = 2,
  .max_inputs = 3,
  .max_outputs = 1,
  .flags = PH_OP_KEEP_INPUTS,
  .config_size = sizeof (UnpoolConfig),
  .state_size = sizeof (UnpoolState),
  .configure = unpool_configure,
  .infer = unpool_infer,
  .forward = unpool_forward,
  .backward = unpool_backward,
};
