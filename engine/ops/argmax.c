/* ArgMax, ArgMin and TopK: which elements along an axis are the largest or smallest. Among equal
 * ones the first counts, unless the attribute select_last_index says otherwise. */

#include "ops/elementwise.h"

#include <math.h>
#include <stdlib.h>

/* A tensor as (outer, n, inner). */
typedef struct
{
  gsize outer, n, inner;
} Lanes;

static gboolean
infer_lanes (const PhStep *step, gint64 axis, Lanes *lanes, int *resolved, GError **error)
{
  const PhShape *shape = &step->in[0]->shape;

  *resolved = ph_shape_axis (axis, shape->rank);
  if (*resolved < 0)
    {
      g_autofree char *text = ph_shape_dup_string (shape);
      return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                           "expected an axis of %s, got %" G_GINT64_FORMAT, text, axis);
    }
  lanes->outer = ph_shape_count_range (shape, 0, (guint)*resolved);
  lanes->n = (gsize)shape->dim[*resolved];
  lanes->inner = ph_shape_count_range (shape, (guint)*resolved + 1, shape->rank);
  return TRUE;
}

/* Arg… */

typedef struct
{
  gint64 axis;
  gboolean keep, last;
} ArgConfig;

static gboolean
arg_configure (PhNode *node, GError **error)
{
  ArgConfig *config = node->config;

  config->axis = ph_attrs_get_int (node->attrs, "axis", 0);
  config->keep = ph_attrs_get_int (node->attrs, "keepdims", 1) != 0;
  config->last = ph_attrs_get_int (node->attrs, "select_last_index", 0) != 0;
  return TRUE;
}

static gboolean
arg_infer (PhStep *step, GError **error)
{
  const ArgConfig *config = step->config;
  Lanes *lanes = step->state;
  const PhShape *shape = &step->in[0]->shape;
  PhShape out = { 0 };
  int axis;

  if (!infer_lanes (step, config->axis, lanes, &axis, error))
    return FALSE;
  if (lanes->n == 0)
    return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                         "expected at least one element along axis %d, got none", axis);
  for (guint i = 0; i < shape->rank; i++)
    if ((int)i != axis)
      out.dim[out.rank++] = shape->dim[i];
    else if (config->keep)
      out.dim[out.rank++] = 1;
  ph_step_set_out (step, 0, PH_TYPE_INT64, &out);
  return TRUE;
}

#define ARG_LANES(NAME, TYPE, BETTER)                                                              \
  static void NAME (const Lanes *s, gboolean last, const TYPE *x, gint64 *y)                       \
  {                                                                                                \
    for (gsize o = 0; o < s->outer; o++)                                                           \
      for (gsize j = 0; j < s->inner; j++)                                                         \
        {                                                                                          \
          const TYPE *lane = x + o * s->n * s->inner + j;                                          \
          gsize best = 0;                                                                          \
          for (gsize i = 1; i < s->n; i++)                                                         \
            {                                                                                      \
              const TYPE a = lane[i * s->inner], b = lane[best * s->inner];                        \
              if (a BETTER b || (last && a == b))                                                  \
                best = i;                                                                          \
            }                                                                                      \
          y[o * s->inner + j] = (gint64)best;                                                      \
        }                                                                                          \
  }

ARG_LANES (largest_real, float, >)
ARG_LANES (largest_int, gint64, >)
ARG_LANES (largest_uint, guint64, >)
ARG_LANES (smallest_real, float, <)
ARG_LANES (smallest_int, gint64, <)
ARG_LANES (smallest_uint, guint64, <)

static void
arg_max_forward (const PhStep *step, PhRun *run)
{
  const PhType type = step->in[0]->type;
  const gboolean last = ((const ArgConfig *)step->config)->last;
  gint64 *y = ph_run_out (run, step, 0);

  if (ph_type_is_real (type))
    largest_real (step->state, last, ph_run_in (run, step, 0), y);
  else if (type == PH_TYPE_UINT64)
    largest_uint (step->state, last, ph_run_in (run, step, 0), y);
  else
    largest_int (step->state, last, ph_run_in (run, step, 0), y);
}

static void
arg_min_forward (const PhStep *step, PhRun *run)
{
  const PhType type = step->in[0]->type;
  const gboolean last = ((const ArgConfig *)step->config)->last;
  gint64 *y = ph_run_out (run, step, 0);

  if (ph_type_is_real (type))
    smallest_real (step->state, last, ph_run_in (run, step, 0), y);
  else if (type == PH_TYPE_UINT64)
    smallest_uint (step->state, last, ph_run_in (run, step, 0), y);
  else
    smallest_int (step->state, last, ph_run_in (run, step, 0), y);
}

const PhOpClass ph_op_ArgMax = {
  .name = "ArgMax",
  .summary = "index of the largest element along an axis",
  .min_inputs = 1,
  .max_inputs = 1,
  .max_outputs = 1,
  .config_size = sizeof (ArgConfig),
  .state_size = sizeof (Lanes),
  .configure = arg_configure,
  .infer = arg_infer,
  .forward = arg_max_forward,
};

const PhOpClass ph_op_ArgMin = {
  .name = "ArgMin",
  .summary = "index of the smallest element along an axis",
  .min_inputs = 1,
  .max_inputs = 1,
  .max_outputs = 1,
  .config_size = sizeof (ArgConfig),
  .state_size = sizeof (Lanes),
  .configure = arg_configure,
  .infer = arg_infer,
  .forward = arg_min_forward,
};

/* TopK: the k largest or smallest along an axis, in order, and their indices. k is an attribute
 * before opset 10 and an input since. */

typedef struct
{
  gint64 axis, k;
  gboolean largest;
} TopKConfig;

typedef struct
{
  Lanes lanes;
  gsize k;
} TopKState;

/* One element of a lane. */
typedef struct
{
  union
  {
    float real;
    gint64 integer;
  };
  gsize index;
} Candidate;

static gboolean
top_k_configure (PhNode *node, GError **error)
{
  TopKConfig *config = node->config;

  config->axis = ph_attrs_get_int (node->attrs, "axis", -1);
  config->k = ph_attrs_get_int (node->attrs, "k", -1);
  config->largest = ph_attrs_get_int (node->attrs, "largest", 1) != 0;
  return TRUE;
}

static gboolean
top_k_infer (PhStep *step, GError **error)
{
  const TopKConfig *config = step->config;
  TopKState *state = step->state;
  PhShape out = step->in[0]->shape;
  gint64 k = config->k;
  int axis;

  if (!infer_lanes (step, config->axis, &state->lanes, &axis, error))
    return FALSE;
  if (step->in[1] != NULL)
    {
      gsize n;
      const gint64 *value = ph_step_get_ints (step, 1, "k", &n, error);

      if (value == NULL)
        return FALSE;
      if (n != 1)
        return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                             "expected one number k, got %" G_GSIZE_FORMAT, n);
      k = *value;
    }
  if (k < 0 || k > (gint64)state->lanes.n)
    return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                         "expected k between 0 and %" G_GSIZE_FORMAT ", got %" G_GINT64_FORMAT,
                         state->lanes.n, k);
  state->k = (gsize)k;
  out.dim[axis] = k;
  step->scratch_size = state->lanes.n * sizeof (Candidate);
  ph_step_set_out (step, 0, step->in[0]->type, &out);
  ph_step_set_out (step, 1, PH_TYPE_INT64, &out);
  return TRUE;
}

static int
by_index (const Candidate *a, const Candidate *b)
{
  return a->index < b->index ? -1 : 1;
}

#define COMPARE(NAME, TYPE, FIELD, FIRST)                                                          \
  static int NAME (const void *pa, const void *pb)                                                 \
  {                                                                                                \
    const Candidate *a = pa, *b = pb;                                                              \
    const TYPE x = (TYPE)a->FIELD, y = (TYPE)b->FIELD;                                             \
    return x FIRST y ? -1 : y FIRST x ? 1 : by_index (a, b);                                       \
  }

COMPARE (real_down, float, real, >)
COMPARE (real_up, float, real, <)
COMPARE (int_down, gint64, integer, >)
COMPARE (int_up, gint64, integer, <)
COMPARE (uint_down, guint64, integer, >)
COMPARE (uint_up, guint64, integer, <)

static void
top_k_forward (const PhStep *step, PhRun *run)
{
  const TopKState *state = step->state;
  const Lanes *s = &state->lanes;
  const gboolean down = ((const TopKConfig *)step->config)->largest;
  const PhType type = step->in[0]->type;
  const gboolean real = ph_type_is_real (type);
  gconstpointer x = ph_run_in (run, step, 0);
  gpointer values = ph_run_out (run, step, 0);
  gint64 *indices = ph_run_out (run, step, 1);
  Candidate *lane = ph_run_scratch (run, step);
  int (*compare) (const void *, const void *) = real ? (down ? real_down : real_up)
                                                : type == PH_TYPE_UINT64
                                                    ? (down ? uint_down : uint_up)
                                                    : (down ? int_down : int_up);

  for (gsize item = 0; item < s->outer * s->inner; item++)
    {
      const gsize o = item / s->inner, j = item % s->inner;

      for (gsize i = 0; i < s->n; i++)
        {
          const gsize at = (o * s->n + i) * s->inner + j;
          lane[i].index = i;
          if (real)
            lane[i].real = ((const float *)x)[at];
          else
            lane[i].integer = ((const gint64 *)x)[at];
        }
      qsort (lane, s->n, sizeof *lane, compare);
      for (gsize i = 0; i < state->k; i++)
        {
          const gsize at = (o * state->k + i) * s->inner + j;
          if (values != NULL && real)
            ((float *)values)[at] = lane[i].real;
          else if (values != NULL)
            ((gint64 *)values)[at] = lane[i].integer;
          if (indices != NULL)
            indices[at] = (gint64)lane[i].index;
        }
    }
}

const PhOpClass ph_op_TopK = {
  .name = "TopK",
  .summary = "the k largest elements along an axis, and where they are",
  .min_inputs = 1,
  .max_inputs = 2,
  .max_outputs = 2,
  .config_size = sizeof (TopKConfig),
  .state_size = sizeof (TopKState),
  .configure = top_k_configure,
  .infer = top_k_infer,
  .forward = top_k_forward,
};
