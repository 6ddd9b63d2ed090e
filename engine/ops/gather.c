#include <string.h>

#include "kernels/parallel.h"
#include "ops/places-private.h"

/* Gather, GatherElements and GatherND: blocks of input 0 at the places that input 1 names. */

typedef struct
{
  gint64 axis;
  guint batch;
} GatherConfig;

typedef struct
{
  PhPlaces places;
} GatherState;

static gboolean
gather_configure (PhNode *node, GError **error)
{
  GatherConfig *config = node->config;
  gint64 batch = ph_attrs_get_int (node->attrs, "batch_dims", 0);

  config->axis = ph_attrs_get_int (node->attrs, "axis", 0);
  if (batch < 0 || batch >= PH_MAX_RANK)
    return ph_step_fail (error, PH_ERROR_MODEL_INVALID, "batch_dims is %" G_GINT64_FORMAT, batch);
  config->batch = (guint)batch;
  return TRUE;
}

static gboolean
gather_start (PhStep *step, PhPlaceKind kind, GError **error)
{
  const GatherConfig *config = step->config;
  GatherState *state = step->state;

  step->keep_inputs = 2;
  if (ph_type_is_real (step->in[1]->type))
    return ph_step_fail (error, PH_ERROR_MODEL_INVALID, "%s: the indices are %s, not integers",
                         step->op->name, ph_type_name (step->in[1]->type));
  return ph_places_init (&state->places, kind, step->op->name, &step->in[0]->shape,
                         &step->in[1]->shape, config->axis, config->batch,
                         ph_step_constant (step, 1), error);
}

/* The output's axes: the first @before of the data, then @skip to @until - 1 of the indices, then
 * the data's from @after on. */
static gboolean
set_joined_shape (PhStep *step, guint before, guint skip, guint until, guint after, GError **error)
{
  const PhShape *data = &step->in[0]->shape, *indices = &step->in[1]->shape;
  PhShape y = { .rank = 0 };

  if (before + (until - skip) + (data->rank - after) > PH_MAX_RANK)
    return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                         "%s: the output would have more than %d axes", step->op->name,
                         PH_MAX_RANK);
  for (guint i = 0; i < before; i++)
    y.dim[y.rank++] = data->dim[i];
  for (guint i = skip; i < until; i++)
    y.dim[y.rank++] = indices->dim[i];
  for (guint i = after; i < data->rank; i++)
    y.dim[y.rank++] = data->dim[i];
  ph_step_set_out (step, 0, step->in[0]->type, &y);
  return TRUE;
}

static gboolean
gather_infer (PhStep *step, GError **error)
{
  const GatherState *state = step->state;

  return gather_start (step, PH_PLACE_AXIS, error) &&
         set_joined_shape (step, state->places.axis, 0, step->in[1]->shape.rank,
                           state->places.axis + 1, error);
}

static gboolean
gather_elements_infer (PhStep *step, GError **error)
{
  if (!gather_start (step, PH_PLACE_ELEMENT, error))
    return FALSE;
  ph_step_set_out (step, 0, step->in[0]->type, &step->in[1]->shape);
  return TRUE;
}

static gboolean
gather_nd_infer (PhStep *step, GError **error)
{
  const GatherState *state = step->state;
  const PhPlaces *places = &state->places;

  return gather_start (step, PH_PLACE_TUPLE, error) &&
         set_joined_shape (step, 0, 0, step->in[1]->shape.rank - 1, places->batch + places->depth,
                           error);
}

typedef struct
{
  const PhPlaces *places;
  const gint64 *indices;
  const char *x;
  char *y;
  gsize element;
} GatherPass;

static void
gather_blocks (gsize begin, gsize end, guint thread, gpointer data)
{
  const GatherPass *pass = data;
  gsize block = pass->places->block * pass->element;

  for (gsize i = begin; i < end; i++)
    memcpy (pass->y + i * block,
            pass->x + ph_places_locate (pass->places, pass->indices, i) * pass->element, block);
}

static void
gather_forward (const PhStep *step, PhRun *run)
{
  const GatherState *state = step->state;
  GatherPass pass = { .places = &state->places,
                      .indices = ph_run_in (run, step, 1),
                      .x = ph_run_in (run, step, 0),
                      .y = ph_run_out (run, step, 0),
                      .element = ph_type_size (step->in[0]->type) };

  if (state->places.block > 0)
    ph_parallel_for (state->places.n, 16384 / state->places.block + 1, gather_blocks, &pass);
}

static void
gather_backward (const PhStep *step, PhRun *run)
{
  const GatherState *state = step->state;
  const PhPlaces *places = &state->places;
  const gint64 *indices = ph_run_in (run, step, 1);
  const float *dy = ph_run_out_grad (run, step, 0);
  float *dx = ph_run_in_grad (run, step, 0);

  /* Several indices may name one place, so this is not divided among threads. */
  for (gsize i = 0; dx != NULL && i < places->n; i++)
    {
      float *to = dx + ph_places_locate (places, indices, i);

      for (gsize j = 0; j < places->block; j++)
        to[j] += dy[i * places->block + j];
    }
}

const PhOpClass ph_op_Gather = {
  .name = "Gather",
  .summary = "slices across an axis, chosen by indices",
  .min_inputs = 2,
  .max_inputs = 2,
  .max_outputs = 1,
  .flags = PH_OP_KEEP_INPUTS,
  .config_size = sizeof (GatherConfig),
  .state_size = sizeof (GatherState),
  .configure = gather_configure,
  .infer = gather_infer,
  .forward = gather_forward,
  .backward = gather_backward,
};

const PhOpClass ph_op_GatherElements = {
  .name = "GatherElements",
  .summary = "single elements, each with one coordinate replaced by an index",
  .min_inputs = 2,
  .max_inputs = 2,
  .max_outputs = 1,
  .flags = PH_OP_KEEP_INPUTS,
  .config_size = sizeof (GatherConfig),
  .state_size = sizeof (GatherState),
  .configure = gather_configure,
  .infer = gather_elements_infer,
  .forward = gather_forward,
  .backward = gather_backward,
};

const PhOpClass ph_op_GatherND = {
  .name = "GatherND",
  .summary = "slices chosen by tuples of coordinates",
  .min_inputs = 2,
  .max_inputs = 2,
  .max_outputs = 1,
  .flags = PH_OP_KEEP_INPUTS,
  .config_size = sizeof (GatherConfig),
  .state_size = sizeof (GatherState),
  .configure = gather_configure,
  .infer = gather_nd_infer,
  .forward = gather_forward,
  .backward = gather_backward,
};
