#include <math.h>
#include <string.h>

#include "network/op.h"

/* Trilu, EyeLike, Range and ReverseSequence: what is where depends on the place alone. */

typedef struct
{
  gboolean upper;
  guint batch_axis, time_axis;
  PhType type;
  gint64 k;
} ArrangeConfig;

/* Trilu: keeps the triangle at or above (at or below) diagonal k of the last two axes. */

static gboolean
trilu_configure (PhNode *node, GError **error)
{
  ArrangeConfig *config = node->config;

  config->upper = ph_attrs_get_int (node->attrs, "upper", 1) != 0;
  return TRUE;
}

static gboolean
trilu_infer (PhStep *step, GError **error)
{
  const PhShape *x = &step->in[0]->shape;

  if (x->rank < 2)
    return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                         "Trilu: the input has %u axes, at least 2 are expected", x->rank);
  step->keep_inputs = 2;
  ph_step_set_out (step, 0, step->in[0]->type, x);
  return TRUE;
}

/* How many elements of row @row are kept, and from which on. */
static void
trilu_row (const PhStep *step, PhRun *run, gint64 row, gint64 columns, gint64 *first, gint64 *last)
{
  const ArrangeConfig *config = step->config;
  const gint64 *k_in = step->in[1] == NULL ? NULL : ph_run_in (run, step, 1);
  gint64 k = k_in == NULL ? 0 : CLAMP (*k_in, -G_MAXINT32, G_MAXINT32);

  *first = config->upper ? CLAMP (row + k, 0, columns) : 0;
  *last = config->upper ? columns : CLAMP (row + k + 1, 0, columns);
}

static void
trilu_forward (const PhStep *step, PhRun *run)
{
  const PhShape *shape = &step->in[0]->shape;
  gint64 rows = shape->dim[shape->rank - 2], columns = shape->dim[shape->rank - 1];
  gsize element = ph_type_size (step->in[0]->type), line = (gsize)columns * element;
  gsize lines = ph_shape_count_range (shape, 0, shape->rank - 1);
  const char *x = ph_run_in (run, step, 0);
  char *y = ph_run_out (run, step, 0);

  for (gsize i = 0; i < lines; i++)
    {
      gint64 first, last;

      trilu_row (step, run, (gint64)i % rows, columns, &first, &last);
      memset (y + i * line, 0, line);
      if (last > first)
        memcpy (y + i * line + (gsize)first * element, x + i * line + (gsize)first * element,
                (gsize)(last - first) * element);
    }
}

static void
trilu_backward (const PhStep *step, PhRun *run)
{
  const PhShape *shape = &step->in[0]->shape;
  gint64 rows = shape->dim[shape->rank - 2], columns = shape->dim[shape->rank - 1];
  gsize lines = ph_shape_count_range (shape, 0, shape->rank - 1);
  const float *dy = ph_run_out_grad (run, step, 0);
  float *dx = ph_run_in_grad (run, step, 0);

  for (gsize i = 0; dx != NULL && i < lines; i++)
    {
      gint64 first, last;

      trilu_row (step, run, (gint64)i % rows, columns, &first, &last);
      for (gint64 j = first; j < last; j++)
        dx[i * (gsize)columns + (gsize)j] += dy[i * (gsize)columns + (gsize)j];
    }
}

const PhOpClass ph_op_Trilu = {
  .name = "Trilu",
  .summary = "the upper or lower triangle of matrices, zeros elsewhere",
  .min_inputs = 1,
  .max_inputs = 2,
  .max_outputs = 1,
  .flags = PH_OP_KEEP_INPUTS,
  .config_size = sizeof (ArrangeConfig),
  .configure = trilu_configure,
  .infer = trilu_infer,
  .forward = trilu_forward,
  .backward = trilu_backward,
};

/* ReverseSequence: of each batch entry the first steps, as many as input 1 says, in reverse. */

static gboolean
reverse_configure (PhNode *node, GError **error)
{
  ArrangeConfig *config = node->config;
  gint64 batch = ph_attrs_get_int (node->attrs, "batch_axis", 1);
  gint64 time = ph_attrs_get_int (node->attrs, "time_axis", 0);

  if (batch + time != 1 || batch < 0 || batch > 1)
    return ph_step_fail (error, PH_ERROR_MODEL_INVALID,
                         "batch_axis is %" G_GINT64_FORMAT " and time_axis %" G_GINT64_FORMAT
                         "; one of them must be 0, the other 1",
                         batch, time);
  config->batch_axis = (guint)batch;
  config->time_axis = (guint)time;
  return TRUE;
}

static gboolean
reverse_infer (PhStep *step, GError **error)
{
  const ArrangeConfig *config = step->config;
  const PhShape *x = &step->in[0]->shape;
  gsize n = ph_shape_count (&step->in[1]->shape);

  if (x->rank < 2 || n != (gsize)x->dim[config->batch_axis] || ph_type_is_real (step->in[1]->type))
    {
      g_autofree char *text = ph_shape_dup_string (x);

      return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                           "ReverseSequence: %" G_GSIZE_FORMAT " lengths for an input of %s", n,
                           text);
    }
  step->keep_inputs = 2;
  ph_step_set_out (step, 0, step->in[0]->type, x);
  return TRUE;
}

/* Block @i of the first two axes comes from the block returned. */
static gsize
reverse_source (const PhStep *step, const gint64 *lengths, gsize i)
{
  const ArrangeConfig *config = step->config;
  const PhShape *x = &step->in[0]->shape;
  gint64 at[2] = { (gint64)i / x->dim[1], (gint64)i % x->dim[1] };
  gint64 length = CLAMP (lengths[at[config->batch_axis]], 0, x->dim[config->time_axis]);
  gint64 *time = &at[config->time_axis];

  if (*time < length)
    *time = length - 1 - *time;
  return (gsize)(at[0] * x->dim[1] + at[1]);
}

static void
reverse_forward (const PhStep *step, PhRun *run)
{
  const PhShape *shape = &step->in[0]->shape;
  gsize n = ph_shape_count_range (shape, 0, 2);
  gsize block = ph_shape_count_range (shape, 2, shape->rank) * ph_type_size (step->in[0]->type);
  const gint64 *lengths = ph_run_in (run, step, 1);
  const char *x = ph_run_in (run, step, 0);
  char *y = ph_run_out (run, step, 0);

  for (gsize i = 0; i < n; i++)
    memcpy (y + i * block, x + reverse_source (step, lengths, i) * block, block);
}

static void
reverse_backward (const PhStep *step, PhRun *run)
{
  const PhShape *shape = &step->in[0]->shape;
  gsize n = ph_shape_count_range (shape, 0, 2);
  gsize block = ph_shape_count_range (shape, 2, shape->rank);
  const gint64 *lengths = ph_run_in (run, step, 1);
  const float *dy = ph_run_out_grad (run, step, 0);
  float *dx = ph_run_in_grad (run, step, 0);

  for (gsize i = 0; dx != NULL && i < n; i++)
    {
      float *to = dx + reverse_source (step, lengths, i) * block;

      for (gsize j = 0; j < block; j++)
        to[j] += dy[i * block + j];
    }
}

const PhOpClass ph_op_ReverseSequence = {
  .name = "ReverseSequence",
  .summary = "the beginning of each sequence of a batch in reverse",
  .min_inputs = 2,
  .max_inputs = 2,
  .max_outputs = 1,
  .flags = PH_OP_KEEP_INPUTS,
  .config_size = sizeof (ArrangeConfig),
  .configure = reverse_configure,
  .infer = reverse_infer,
  .forward = reverse_forward,
  .backward = reverse_backward,
};

/* EyeLike: a matrix of the input's shape with ones on diagonal k. */

static gboolean
eye_configure (PhNode *node, GError **error)
{
  ArrangeConfig *config = node->config;

  config->type = (PhType)ph_attrs_get_int (node->attrs, "dtype", PH_TYPE_NONE);
  config->k = ph_attrs_get_int (node->attrs, "k", 0);
  if (config->type != PH_TYPE_NONE && !ph_type_is_held (config->type))
    return ph_step_fail (error, PH_ERROR_MODEL_INVALID, "dtype is %s", ph_type_name (config->type));
  return TRUE;
}

static gboolean
eye_infer (PhStep *step, GError **error)
{
  const ArrangeConfig *config = step->config;
  const PhShape *x = &step->in[0]->shape;

  if (x->rank != 2)
    return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                         "EyeLike: the input has %u axes, 2 are expected", x->rank);
  ph_step_set_out (step, 0, config->type == PH_TYPE_NONE ? step->in[0]->type : config->type, x);
  return TRUE;
}

static void
eye_forward (const PhStep *step, PhRun *run)
{
  const ArrangeConfig *config = step->config;
  const PhShape *shape = &step->out[0]->shape;
  gpointer y = ph_run_out (run, step, 0);
  gboolean real = ph_type_is_real (step->out[0]->type);

  for (gint64 r = 0, i = 0; r < shape->dim[0]; r++)
    for (gint64 c = 0; c < shape->dim[1]; c++, i++)
      {
        gboolean one = c - r == config->k;

        if (real)
          ((float *)y)[i] = one;
        else
          ((gint64 *)y)[i] = one;
      }
}

const PhOpClass ph_op_EyeLike = {
  .name = "EyeLike",
  .summary = "ones on a diagonal of a matrix of zeros",
  .min_inputs = 1,
  .max_inputs = 1,
  .max_outputs = 1,
  .flags = PH_OP_SHAPE_ONLY,
  .config_size = sizeof (ArrangeConfig),
  .configure = eye_configure,
  .infer = eye_infer,
  .forward = eye_forward,
};

/* Range: start, start + delta, … before limit; all three must be known. */

static gboolean
range_infer (PhStep *step, GError **error)
{
  const PhTensor *p[3];
  gint64 n;

  for (guint i = 0; i < 3; i++)
    {
      p[i] = ph_step_constant (step, i);
      if (p[i] == NULL || p[i]->n != 1)
        return ph_step_fail (error, PH_ERROR_OP_UNSUPPORTED,
                             "Range: start, limit and delta must be numbers that are known before "
                             "the run");
    }
  if (ph_type_is_real (p[0]->type))
    {
      double count = ceil (((double)p[1]->f[0] - (double)p[0]->f[0]) / (double)p[2]->f[0]);

      /* Written so that NaN, from a delta of 0, fails too. */
      if (!(count < G_MAXINT32))
        return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                             "Range: from %g to %g in steps of %g has no end", p[0]->f[0],
                             p[1]->f[0], p[2]->f[0]);
      n = (gint64)MAX (count, 0);
    }
  else
    {
      gint64 start = p[0]->i[0], limit = p[1]->i[0], delta = p[2]->i[0];
      /* In double: exact up to 2^53, far beyond any tensor. */
      double count =
          delta == 0 ? G_MAXINT32 : ceil (((double)limit - (double)start) / (double)delta);

      if (count >= G_MAXINT32)
        return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                             "Range: from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
                             " in steps of %" G_GINT64_FORMAT " is too long",
                             start, limit, delta);
      n = (gint64)MAX (count, 0);
    }

  PhShape y = PH_SHAPE (n);

  ph_step_set_out (step, 0, step->in[0]->type, &y);
  return TRUE;
}

static void
range_forward (const PhStep *step, PhRun *run)
{
  const PhTensor *start = ph_step_constant (step, 0), *delta = ph_step_constant (step, 2);
  gpointer y = ph_run_out (run, step, 0);

  for (gint64 i = 0; i < step->out[0]->shape.dim[0]; i++)
    if (ph_type_is_real (start->type))
      ((float *)y)[i] = (float)(start->f[0] + (double)i * delta->f[0]);
    else
      ((gint64 *)y)[i] = start->i[0] + i * delta->i[0];
}

const PhOpClass ph_op_Range = {
  .name = "Range",
  .summary = "numbers from a start to a limit in equal steps",
  .min_inputs = 3,
  .max_inputs = 3,
  .max_outputs = 1,
  .infer = range_infer,
  .forward = range_forward,
};
