#include <string.h>

#include "ops/places-private.h"

/* ScatterElements and ScatterND: input 0 with input 2 put, or combined, at the places that input 1
 * names. Updates are applied in order, so of two for one place the later one stays. */

typedef enum
{
  REDUCE_NONE,
  REDUCE_ADD,
  REDUCE_MUL,
} Reduction;

typedef struct
{
  gint64 axis;
  Reduction reduction;
} ScatterConfig;

typedef struct
{
  PhPlaces places;
} ScatterState;

static gboolean
scatter_configure (PhNode *node, GError **error)
{
  static const char *const names[] = { "none", "add", "mul" };
  ScatterConfig *config = node->config;
  const char *reduction = ph_attrs_get_text (node->attrs, "reduction", "none");
  guint i = 0;

  while (i < G_N_ELEMENTS (names) && !g_str_equal (names[i], reduction))
    i++;
  if (i == G_N_ELEMENTS (names))
    return ph_step_fail (error, PH_ERROR_MODEL_INVALID,
                         "reduction is \"%s\"; none, add and mul exist", reduction);
  config->reduction = (Reduction)i;
  config->axis = ph_attrs_get_int (node->attrs, "axis", 0);
  return TRUE;
}

static gboolean
scatter_start (PhStep *step, PhPlaceKind kind, GError **error)
{
  const ScatterConfig *config = step->config;
  ScatterState *state = step->state;

  step->keep_inputs = 2;
  if (ph_type_is_real (step->in[1]->type) ||
      ph_type_size (step->in[2]->type) != ph_type_size (step->in[0]->type))
    return ph_step_fail (error, PH_ERROR_MODEL_INVALID,
                         "%s: indices of %s and updates of %s for data of %s", step->op->name,
                         ph_type_name (step->in[1]->type), ph_type_name (step->in[2]->type),
                         ph_type_name (step->in[0]->type));
  if (!ph_places_init (&state->places, kind, step->op->name, &step->in[0]->shape,
                       &step->in[1]->shape, config->axis, 0, ph_step_constant (step, 1), error))
    return FALSE;

  gsize wanted = state->places.n * state->places.block;
  gsize given = ph_shape_count (&step->in[2]->shape);

  if (given != wanted)
    return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                         "%s: %" G_GSIZE_FORMAT " updates, the indices name %" G_GSIZE_FORMAT
                         " places",
                         step->op->name, given, wanted);
  ph_step_set_out (step, 0, step->in[0]->type, &step->in[0]->shape);
  return TRUE;
}

static gboolean
scatter_elements_infer (PhStep *step, GError **error)
{
  return scatter_start (step, PH_PLACE_ELEMENT, error);
}

static gboolean
scatter_nd_infer (PhStep *step, GError **error)
{
  return scatter_start (step, PH_PLACE_TUPLE, error);
}

static gboolean
scatter_prepare (PhStep *step, GError **error)
{
  const ScatterConfig *config = step->config;

  if (step->wants_gradient && config->reduction > REDUCE_ADD)
    return ph_step_fail (error, PH_ERROR_NOT_DIFFERENTIABLE,
                         "%s with the reduction mul has no gradient here", step->op->name);
  if (step->wants_gradient && config->reduction == REDUCE_NONE)
    step->scratch_size = ph_shape_count (&step->out[0]->shape) * sizeof (float);
  return TRUE;
}

static void
combine_floats (Reduction reduction, float *to, const float *from, gsize n)
{
  for (gsize i = 0; i < n; i++)
    to[i] = reduction == REDUCE_NONE  ? from[i]
            : reduction == REDUCE_ADD ? to[i] + from[i]
                                      : to[i] * from[i];
}

/* Unsigned, so that integers wrap as ONNX's do instead of overflowing. */
static void
combine_ints (Reduction reduction, guint64 *to, const guint64 *from, gsize n)
{
  for (gsize i = 0; i < n; i++)
    to[i] = reduction == REDUCE_NONE  ? from[i]
            : reduction == REDUCE_ADD ? to[i] + from[i]
                                      : to[i] * from[i];
}

static void
scatter_forward (const PhStep *step, PhRun *run)
{
  const ScatterConfig *config = step->config;
  const ScatterState *state = step->state;
  const PhPlaces *places = &state->places;
  PhType type = step->in[0]->type;
  const gint64 *indices = ph_run_in (run, step, 1);
  gconstpointer x = ph_run_in (run, step, 0), updates = ph_run_in (run, step, 2);
  gpointer y = ph_run_out (run, step, 0);
  gsize n = ph_shape_count (&step->out[0]->shape);

  memcpy (y, x, n * ph_type_size (type));
  for (gsize i = 0; i < places->n; i++)
    {
      gsize at = ph_places_locate (places, indices, i), from = i * places->block;

      if (ph_type_is_real (type))
        combine_floats (config->reduction, (float *)y + at, (const float *)updates + from,
                        places->block);
      else
        combine_ints (config->reduction, (guint64 *)y + at, (const guint64 *)updates + from,
                      places->block);
    }
  if (!ph_type_is_real (type))
    for (gsize i = 0; i < n; i++)
      ((gint64 *)y)[i] = ph_type_wrap (type, ((gint64 *)y)[i]);
}

static void
scatter_backward (const PhStep *step, PhRun *run)
{
  const ScatterConfig *config = step->config;
  const ScatterState *state = step->state;
  const PhPlaces *places = &state->places;
  const gint64 *indices = ph_run_in (run, step, 1);
  const float *dy = ph_run_out_grad (run, step, 0);
  float *dx = ph_run_in_grad (run, step, 0), *du = ph_run_in_grad (run, step, 2);
  gsize n = ph_shape_count (&step->out[0]->shape);
  float *left = NULL;

  /* What is replaced has no influence. Backwards, so that of two updates for one place the later
   * takes the gradient and leaves nothing. */
  if (config->reduction == REDUCE_NONE)
    {
      left = ph_run_scratch (run, step);
      memcpy (left, dy, n * sizeof (float));
      dy = left;
    }
  for (gsize i = places->n; i-- > 0;)
    {
      gsize at = ph_places_locate (places, indices, i);

      for (gsize j = 0; j < places->block; j++)
        {
          if (du != NULL)
            du[i * places->block + j] += dy[at + j];
          if (left != NULL)
            left[at + j] = 0;
        }
    }
  for (gsize i = 0; dx != NULL && i < n; i++)
    dx[i] += dy[i];
}

const PhOpClass ph_op_ScatterElements = {
  .name = "ScatterElements",
  .summary = "single elements replaced or combined at given places",
  .min_inputs = 3,
  .max_inputs = 3,
  .max_outputs = 1,
  .flags = PH_OP_KEEP_INPUTS,
  .config_size = sizeof (ScatterConfig),
  .state_size = sizeof (ScatterState),
  .configure = scatter_configure,
  .infer = scatter_elements_infer,
  .prepare = scatter_prepare,
  .forward = scatter_forward,
  .backward = scatter_backward,
};

const PhOpClass ph_op_Scatter = {
  .name = "Scatter",
  .summary = "what ScatterElements was called before version 11",
  .min_inputs = 3,
  .max_inputs = 3,
  .max_outputs = 1,
  .flags = PH_OP_KEEP_INPUTS,
  .config_size = sizeof (ScatterConfig),
  .state_size = sizeof (ScatterState),
  .configure = scatter_configure,
  .infer = scatter_elements_infer,
  .prepare = scatter_prepare,
  .forward = scatter_forward,
  .backward = scatter_backward,
};

const PhOpClass ph_op_ScatterND = {
  .name = "ScatterND",
  .summary = "slices replaced or combined at given tuples of coordinates",
  .min_inputs = 3,
  .max_inputs = 3,
  .max_outputs = 1,
  .flags = PH_OP_KEEP_INPUTS,
  .config_size = sizeof (ScatterConfig),
  .state_size = sizeof (ScatterState),
  .configure = scatter_configure,
  .infer = scatter_nd_infer,
  .prepare = scatter_prepare,
  .forward = scatter_forward,
  .backward = scatter_backward,
};
