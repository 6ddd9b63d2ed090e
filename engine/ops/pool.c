#include <math.h>
#include <string.h>

#include "ops/pad-private.h"
#include "ops/pool-private.h"

typedef struct
{
  PhSpatial spatial;
  gboolean count_include_pad;
  gboolean column_major;
  gint64 p;
} PoolConfig;

typedef struct
{
  PhPool pool;
  gboolean has_kernel;
  gboolean count_include_pad;
  PhPoolShape shape;
} PoolState;

static gboolean
pool_configure (PhNode *node, GError **error)
{
  PoolConfig *config = node->config;

  config->count_include_pad = ph_attrs_get_int (node->attrs, "count_include_pad", 0) != 0;
  config->column_major = ph_attrs_get_int (node->attrs, "storage_order", 0) != 0;
  config->p = ph_attrs_get_int (node->attrs, "p", 2);
  if (config->p < 1)
    return ph_step_fail (error, PH_ERROR_MODEL_INVALID,
                         "p is %" G_GINT64_FORMAT "; at least 1 is possible", config->p);
  return ph_spatial_configure (&config->spatial, node->attrs, error);
}

static gboolean
pool_infer (PhStep *step, GError **error)
{
  const PoolConfig *config = step->config;
  PoolState *state = step->state;
  PhShape y;

  if (!ph_pool_infer (&state->pool, &config->spatial, step->op->name, &step->in[0]->shape, &y,
                      error))
    return FALSE;
  state->has_kernel =
      ph_pool_has_kernel (&state->pool, &state->shape) && ph_type_is_real (step->in[0]->type);
  state->count_include_pad = config->count_include_pad;
  ph_step_set_out (step, 0, step->in[0]->type, &y);
  return TRUE;
}

static gboolean
pool_prepare (PhStep *step, GError **error)
{
  const PoolState *state = step->state;

  if (!state->has_kernel)
    step->scratch_size = ph_pool_visit_scratch (&state->pool);
  return TRUE;
}

static void
pool_window (const PhStep *step, PhWindow *rows, PhWindow *columns)
{
  const PoolState *state = step->state;

  ph_spatial_window (&state->pool.spatial, state->pool.n_axes, rows, columns);
}

/* Zeroes the gradient @dx of input 0 when nothing has been written to it yet. */
static void
pool_start_gradient (const PhStep *step, PhRun *run, float *dx)
{
  if (!ph_run_accumulates (run, step, 0))
    memset (dx, 0, ph_shape_count (&step->in[0]->shape) * sizeof (float));
}

/* MaxPool. The winners are kept as places within a plane, by the kernel or by max_visit(). */

static gboolean
max_infer (PhStep *step, GError **error)
{
  if (!pool_infer (step, error))
    return FALSE;
  ph_step_set_out (step, 1, PH_TYPE_INT64, &step->out[0]->shape);
  return TRUE;
}

static gsize
max_indices_size (const PhStep *step)
{
  const PoolState *state = step->state;

  return (state->pool.planes * state->pool.out_size * sizeof (gint32) + 63) & ~(gsize)63;
}

static gboolean
max_prepare (PhStep *step, GError **error)
{
  gboolean wants_indices = step->n_outputs > 1 && step->out[1] != NULL;

  pool_prepare (step, error);
  /* Somebody may want the places alone. */
  if (wants_indices)
    step->scratch_size += max_indices_size (step);
  if (step->wants_gradient)
    step->saved_size = max_indices_size (step);
  else if (wants_indices || !((const PoolState *)step->state)->has_kernel)
    step->scratch_size += max_indices_size (step);
  return TRUE;
}

typedef struct
{
  const float *x;
  const gint64 *x_int; /* for integers, @x and @y are NULL */
  float *y;
  gint64 *y_int;
  gint32 *indices;
} MaxPass;

static void
max_visit (const PhPool *pool, gsize out, const gsize *offsets, gsize n, gsize n_padded,
           gpointer data)
{
  MaxPass *pass = data;

  for (gsize p = 0; p < pool->planes; p++)
    {
      gsize best = offsets[0], to = p * pool->out_size + out;

      for (gsize i = 1; i < n; i++)
        {
          gsize a = p * pool->in_size + best, b = p * pool->in_size + offsets[i];
          gboolean greater = pass->x != NULL ? pass->x[b] > pass->x[a] ||
                                                   (isnan (pass->x[a]) && !isnan (pass->x[b]))
                                             : pass->x_int[b] > pass->x_int[a];

          if (greater)
            best = offsets[i];
        }
      pass->indices[to] = (gint32)best;
      if (pass->y != NULL)
        pass->y[to] = pass->x[p * pool->in_size + best];
      else if (pass->y_int != NULL)
        pass->y_int[to] = pass->x_int[p * pool->in_size + best];
    }
}

/* The places as ONNX counts them: over the whole tensor, the spatial axes possibly reversed. */
static void
write_indices (const PhStep *step, const gint32 *indices, gint64 *out)
{
  const PoolConfig *config = step->config;
  const PhPool *pool = &((const PoolState *)step->state)->pool;

  for (gsize i = 0; i < pool->planes * pool->out_size; i++)
    {
      gint64 place = indices[i], first = (gint64)(i / pool->out_size * pool->in_size);

      if (config->column_major)
        {
          gint64 rest = place, factor = (gint64)pool->in_size;

          place = 0;
          for (guint axis = pool->n_axes; axis-- > 0;)
            {
              factor /= pool->in[axis];
              place += rest % pool->in[axis] * factor;
              rest /= pool->in[axis];
            }
        }
      out[i] = first + place;
    }
}

static void
max_forward (const PhStep *step, PhRun *run)
{
  const PoolState *state = step->state;
  gpointer y = ph_run_out (run, step, 0);
  gint64 *places = ph_run_out (run, step, 1);
  gboolean real = ph_type_is_real (step->in[0]->type);
  gint32 *indices = ph_run_saved (run, step);
  char *scratch = ph_run_scratch (run, step);

  if (state->pool.planes == 0)
    return;
  if (indices == NULL && (places != NULL || !state->has_kernel))
    {
      indices = (gint32 *)scratch;
      scratch += max_indices_size (step);
    }
  if (y == NULL && real)
    {
      y = scratch;
      scratch += max_indices_size (step);
    }
  if (state->has_kernel)
    ph_pool_max_forward (&state->shape, ph_run_in (run, step, 0), y, indices);
  else
    {
      MaxPass pass = {
        .x = real ? ph_run_in (run, step, 0) : NULL,
        .x_int = real ? NULL : ph_run_in (run, step, 0),
        .y = real ? y : NULL,
        .y_int = real ? NULL : y,
        .indices = indices,
      };

      ph_pool_visit (&state->pool, (gsize *)scratch, max_visit, &pass);
    }
  if (places != NULL)
    write_indices (step, indices, places);
}

static void
max_backward (const PhStep *step, PhRun *run)
{
  const PoolState *state = step->state;
  const PhPool *pool = &state->pool;
  const float *dy = ph_run_out_grad (run, step, 0);
  float *dx = ph_run_in_grad (run, step, 0);
  const gint32 *indices = ph_run_saved (run, step);

  if (dx == NULL)
    return;
  if (dy == NULL || !state->has_kernel)
    pool_start_gradient (step, run, dx);
  if (dy == NULL || pool->planes == 0)
    return;
  if (state->has_kernel)
    {
      const PhGate *gate = ph_run_gate (run, step, 0);
      PhValueGate values = { ph_run_in (run, step, 0), gate == NULL ? 0 : gate->low,
                             gate == NULL ? 0 : gate->high };

      ph_pool_max_backward (&state->shape, dy, indices, ph_run_accumulates (run, step, 0),
                            gate == NULL ? NULL : &values, dx);
      return;
    }
  for (gsize i = 0; i < pool->planes * pool->out_size; i++)
    dx[i / pool->out_size * pool->in_size + indices[i]] += dy[i];
  ph_run_close_gates (run, step);
}

const PhOpClass ph_op_MaxPool = {
  .name = "MaxPool",
  .summary = "the largest number in each window, and where it was",
  .min_inputs = 1,
  .max_inputs = 1,
  .max_outputs = 2,
  .flags = PH_OP_OVERWRITES | PH_OP_GATES,
  .config_size = sizeof (PoolConfig),
  .state_size = sizeof (PoolState),
  .configure = pool_configure,
  .infer = max_infer,
  .prepare = max_prepare,
  .forward = max_forward,
  .backward = max_backward,
  .window = pool_window,
};

/* AveragePool */

typedef struct
{
  const float *from;
  float *to;
  gboolean count_include_pad;
} AveragePass;

static void
average_visit (const PhPool *pool, gsize out, const gsize *offsets, gsize n, gsize n_padded,
               gpointer data)
{
  AveragePass *pass = data;

  for (gsize p = 0; p < pool->planes; p++)
    {
      double sum = 0;

      for (gsize i = 0; i < n; i++)
        sum += pass->from[p * pool->in_size + offsets[i]];
      pass->to[p * pool->out_size + out] =
          (float)(sum / (double)(pass->count_include_pad ? n_padded : n));
    }
}

static void
average_visit_back (const PhPool *pool, gsize out, const gsize *offsets, gsize n, gsize n_padded,
                    gpointer data)
{
  AveragePass *pass = data;
  float share = 1.0f / (float)(pass->count_include_pad ? n_padded : n);

  for (gsize p = 0; p < pool->planes; p++)
    for (gsize i = 0; i < n; i++)
      pass->to[p * pool->in_size + offsets[i]] += share * pass->from[p * pool->out_size + out];
}

/* PyTorch writes its padding before the pooling, where it counts as zeros. */
static gboolean
average_take_in (PhStep *step, const PhStep *previous)
{
  PoolState *state = step->state;
  PhPoolShape *p = &state->shape;
  const PhShape *x = &previous->in[0]->shape;
  gint64 before[PH_MAX_RANK], after[PH_MAX_RANK];
  gboolean padded = p->pad_top != 0 || p->pad_left != 0 || p->pad_bottom != 0 || p->pad_right != 0;

  if (!state->has_kernel || x->rank != 4 || (padded && !state->count_include_pad) ||
      !ph_pad_is_frame_of_zeros (previous, before, after))
    return FALSE;
  for (guint i = 0; i < 4; i++)
    if (before[i] < 0 || after[i] < 0 || (i < 2 && before[i] + after[i] != 0))
      return FALSE;

  PhPoolShape shape = *p;

  shape.h = (gsize)x->dim[2];
  shape.w = (gsize)x->dim[3];
  shape.pad_top += before[2];
  shape.pad_left += before[3];
  shape.pad_bottom += after[2];
  shape.pad_right += after[3];
  if (!ph_pool_shape_is_valid (&shape))
    return FALSE;
  *p = shape;
  state->count_include_pad = TRUE;
  return TRUE;
}

static void
average_forward (const PhStep *step, PhRun *run)
{
  const PoolState *state = step->state;
  AveragePass pass = { ph_run_in (run, step, 0), ph_run_out (run, step, 0),
                       state->count_include_pad };

  if (state->pool.planes == 0)
    return;
  if (state->has_kernel)
    ph_pool_average_forward (&state->shape, state->count_include_pad, pass.from, pass.to);
  else
    ph_pool_visit (&state->pool, ph_run_scratch (run, step), average_visit, &pass);
}

static void
average_backward (const PhStep *step, PhRun *run)
{
  const PoolState *state = step->state;
  AveragePass pass = { ph_run_out_grad (run, step, 0), ph_run_in_grad (run, step, 0),
                       state->count_include_pad };

  if (pass.to == NULL || state->pool.planes == 0)
    return;
  if (state->has_kernel)
    {
      ph_pool_average_backward (&state->shape, state->count_include_pad, pass.from,
                                ph_run_accumulates (run, step, 0), pass.to);
      return;
    }
  pool_start_gradient (step, run, pass.to);
  ph_pool_visit (&state->pool, ph_run_scratch (run, step), average_visit_back, &pass);
}

const PhOpClass ph_op_AveragePool = {
  .name = "AveragePool",
  .summary = "the mean of each window",
  .min_inputs = 1,
  .max_inputs = 1,
  .max_outputs = 1,
  .flags = PH_OP_OVERWRITES,
  .config_size = sizeof (PoolConfig),
  .state_size = sizeof (PoolState),
  .configure = pool_configure,
  .infer = pool_infer,
  .take_in = average_take_in,
  .prepare = pool_prepare,
  .forward = average_forward,
  .backward = average_backward,
  .window = pool_window,
};

/* LpPool: y = (Σ |x|^p)^(1/p), dy/dx = sign (x) (|x| / y)^(p - 1), 0 where y is 0. */

typedef struct
{
  const float *x, *dy;
  float *y, *dx;
  double p;
} LpPass;

static gboolean
lp_infer (PhStep *step, GError **error)
{
  PoolState *state = step->state;

  if (!pool_infer (step, error))
    return FALSE;
  state->has_kernel = FALSE;
  return TRUE;
}

static void
lp_visit (const PhPool *pool, gsize out, const gsize *offsets, gsize n, gsize n_padded,
          gpointer data)
{
  LpPass *pass = data;

  for (gsize p = 0; p < pool->planes; p++)
    {
      double sum = 0;

      for (gsize i = 0; i < n; i++)
        sum += pow (fabs (pass->x[p * pool->in_size + offsets[i]]), pass->p);
      pass->y[p * pool->out_size + out] = (float)pow (sum, 1 / pass->p);
    }
}

static void
lp_visit_back (const PhPool *pool, gsize out, const gsize *offsets, gsize n, gsize n_padded,
               gpointer data)
{
  LpPass *pass = data;

  for (gsize p = 0; p < pool->planes; p++)
    {
      double y = pass->y[p * pool->out_size + out], dy = pass->dy[p * pool->out_size + out];

      for (gsize i = 0; i < n && y > 0; i++)
        {
          double x = pass->x[p * pool->in_size + offsets[i]];

          if (x != 0)
            pass->dx[p * pool->in_size + offsets[i]] +=
                (float)(dy * copysign (pow (fabs (x) / y, pass->p - 1), x));
        }
    }
}

static void
lp_forward (const PhStep *step, PhRun *run)
{
  const PoolConfig *config = step->config;
  const PoolState *state = step->state;
  LpPass pass = { .x = ph_run_in (run, step, 0),
                  .y = ph_run_out (run, step, 0),
                  .p = (double)config->p };

  ph_pool_visit (&state->pool, ph_run_scratch (run, step), lp_visit, &pass);
}

static void
lp_backward (const PhStep *step, PhRun *run)
{
  const PoolConfig *config = step->config;
  const PoolState *state = step->state;
  LpPass pass = { .x = ph_run_in (run, step, 0),
                  .dy = ph_run_out_grad (run, step, 0),
                  .y = ph_run_out (run, step, 0),
                  .dx = ph_run_in_grad (run, step, 0),
                  .p = (double)config->p };

  if (pass.dx == NULL)
    return;
  pool_start_gradient (step, run, pass.dx);
  ph_pool_visit (&state->pool, ph_run_scratch (run, step), lp_visit_back, &pass);
}

const PhOpClass ph_op_LpPool = {
  .name = "LpPool",
  .summary = "the p-norm of each window",
  .min_inputs = 1,
  .max_inputs = 1,
  .max_outputs = 1,
  .flags = PH_OP_KEEP_INPUTS | PH_OP_KEEP_OUTPUTS | PH_OP_OVERWRITES,
  .config_size = sizeof (PoolConfig),
  .state_size = sizeof (PoolState),
  .configure = pool_configure,
  .infer = lp_infer,
  .prepare = pool_prepare,
  .forward = lp_forward,
  .backward = lp_backward,
  .window = pool_window,
};
