#include "base/half.h"
#include "kernels/parallel.h"
#include "network/op.h"

/* Cast and CastLike. In memory there are floats and 64-bit integers only, so a cast to another real
 * type rounds to its precision and one to another integer type wraps to its range. */

typedef struct
{
  PhType to;
} CastConfig;

static gboolean
cast_configure (PhNode *node, GError **error)
{
  CastConfig *config = node->config;

  config->to = (PhType)ph_attrs_get_int (node->attrs, "to", PH_TYPE_NONE);
  return TRUE;
}

static gboolean
needs_rounding (PhType to)
{
  return to == PH_TYPE_FLOAT16 || to == PH_TYPE_BFLOAT16;
}

static void
cast_settle (PhStep *step, PhType to)
{
  PhType from = step->in[0]->type;

  if (from == to)
    step->is_view = TRUE;
  else if (ph_type_is_real (to))
    step->is_view = ph_type_is_real (from) && !needs_rounding (to);
  else
    step->is_view = !ph_type_is_real (from) && (to == PH_TYPE_INT64 || to == PH_TYPE_UINT64);
  ph_step_set_out (step, 0, to, &step->in[0]->shape);
}

static gboolean
cast_infer (PhStep *step, GError **error)
{
  const CastConfig *config = step->config;

  if (!ph_type_is_held (config->to))
    return ph_step_fail (error, PH_ERROR_OP_UNSUPPORTED, "Cast to %s is not supported",
                         ph_type_name (config->to));
  cast_settle (step, config->to);
  return TRUE;
}

static gboolean
cast_like_infer (PhStep *step, GError **error)
{
  cast_settle (step, step->in[1]->type);
  return TRUE;
}

/* Truncates; what no 64-bit integer can hold becomes the nearest one, NaN 0. */
static gint64
integer_from_float (float x)
{
  if (x != x)
    return 0;
  if (x >= 9223372036854775808.0f)
    return G_MAXINT64;
  if (x < -9223372036854775808.0f)
    return G_MININT64;
  return (gint64)x;
}

static float
round_to (PhType type, float x)
{
  if (type == PH_TYPE_FLOAT16)
    return ph_half_to_float (ph_half_from_float (x));
  if (type == PH_TYPE_BFLOAT16)
    return ph_bfloat_to_float (ph_bfloat_from_float (x));
  return x;
}

typedef struct
{
  PhType from, to;
  gconstpointer x;
  gpointer y;
} CastPass;

static void
cast_range (gsize begin, gsize end, guint thread, gpointer data)
{
  const CastPass *pass = data;
  const float *xf = pass->x;
  const gint64 *xi = pass->x;
  float *yf = pass->y;
  gint64 *yi = pass->y;

  if (ph_type_is_real (pass->from) && ph_type_is_real (pass->to))
    for (gsize i = begin; i < end; i++)
      yf[i] = round_to (pass->to, xf[i]);
  else if (ph_type_is_real (pass->to))
    for (gsize i = begin; i < end; i++)
      yf[i] =
          round_to (pass->to, pass->from == PH_TYPE_UINT64 ? (float)(guint64)xi[i] : (float)xi[i]);
  else if (!ph_type_is_real (pass->from))
    for (gsize i = begin; i < end; i++)
      yi[i] = ph_type_wrap (pass->to, xi[i]);
  else
    for (gsize i = begin; i < end; i++)
      yi[i] = pass->to == PH_TYPE_BOOL ? xf[i] != 0
                                       : ph_type_wrap (pass->to, integer_from_float (xf[i]));
}

static void
cast_forward (const PhStep *step, PhRun *run)
{
  CastPass pass = { .from = step->in[0]->type,
                    .to = step->out[0]->type,
                    .x = ph_run_in (run, step, 0),
                    .y = ph_run_out (run, step, 0) };

  ph_parallel_for (ph_shape_count (&step->out[0]->shape), 16384, cast_range, &pass);
}

/* Rounding is taken for the identity. */
static void
cast_backward (const PhStep *step, PhRun *run)
{
  const float *dy = ph_run_out_grad (run, step, 0);
  float *dx = ph_run_in_grad (run, step, 0);
  gsize n = ph_shape_count (&step->out[0]->shape);

  for (gsize i = 0; dx != NULL && i < n; i++)
    dx[i] += dy[i];
}

const PhOpClass ph_op_Cast = {
  .name = "Cast",
  .summary = "the same numbers in another type",
  .min_inputs = 1,
  .max_inputs = 1,
  .max_outputs = 1,
  .flags = PH_OP_POINTWISE,
  .config_size = sizeof (CastConfig),
  .configure = cast_configure,
  .infer = cast_infer,
  .forward = cast_forward,
  .backward = cast_backward,
};

const PhOpClass ph_op_CastLike = {
  .name = "CastLike",
  .summary = "the same numbers in the type of another tensor",
  .min_inputs = 2,
  .max_inputs = 2,
  .max_outputs = 1,
  .flags = PH_OP_POINTWISE,
  .infer = cast_like_infer,
  .forward = cast_forward,
  .backward = cast_backward,
};
