#include <string.h>

#include "base/rng.h"
#include "network/op.h"

/* Constant: config holds the value in whatever attribute the file put it. */

typedef struct
{
  PhTensor *value; /* owned */
} ConstantConfig;

static PhTensor *
tensor_of_int64s (const gint64 *values, gsize n, guint rank)
{
  PhShape shape = ph_shape (rank, (gint64[]){ (gint64)n });

  return ph_tensor_new_ints (&shape, values);
}

static PhTensor *
tensor_of_floats (const float *values, gsize n, guint rank)
{
  PhShape shape = ph_shape (rank, (gint64[]){ (gint64)n });

  return ph_tensor_new_floats (&shape, values);
}

static gboolean
constant_configure (PhNode *node, GError **error)
{
  ConstantConfig *config = node->config;
  const PhAttrs *attrs = node->attrs;
  PhTensor *value = ph_attrs_get_tensor (attrs, "value");
  gsize n;

  if (value != NULL)
    config->value = ph_tensor_ref (value);
  else if (ph_attrs_has (attrs, "value_float"))
    {
      float real = ph_attrs_get_real (attrs, "value_float", 0);

      config->value = tensor_of_floats (&real, 1, 0);
    }
  else if (ph_attrs_has (attrs, "value_int"))
    {
      gint64 integer = ph_attrs_get_int (attrs, "value_int", 0);

      config->value = tensor_of_int64s (&integer, 1, 0);
    }
  else if (ph_attrs_has (attrs, "value_floats"))
    {
      const float *reals = ph_attrs_get_reals (attrs, "value_floats", &n);

      config->value = tensor_of_floats (reals, n, 1);
    }
  else if (ph_attrs_has (attrs, "value_ints"))
    {
      const gint64 *integers = ph_attrs_get_ints (attrs, "value_ints", &n);

      config->value = tensor_of_int64s (integers, n, 1);
    }
  else
    return ph_step_fail (error, PH_ERROR_MODEL_INVALID,
                         "Constant: no value of numbers is given (texts and sparse tensors are "
                         "not supported)");
  return TRUE;
}

static void
constant_clear (gpointer data)
{
  ConstantConfig *config = data;

  g_clear_pointer (&config->value, ph_tensor_unref);
}

static gboolean
constant_infer (PhStep *step, GError **error)
{
  const ConstantConfig *config = step->config;

  ph_step_set_out (step, 0, config->value->type, &config->value->shape);
  return TRUE;
}

static void
constant_forward (const PhStep *step, PhRun *run)
{
  const ConstantConfig *config = step->config;

  memcpy (ph_run_out (run, step, 0), config->value->data,
          config->value->n * ph_type_size (config->value->type));
}

const PhOpClass ph_op_Constant = {
  .name = "Constant",
  .summary = "a tensor written into the network",
  .max_outputs = 1,
  .config_size = sizeof (ConstantConfig),
  .configure = constant_configure,
  .clear_config = constant_clear,
  .infer = constant_infer,
  .forward = constant_forward,
};

/* ConstantOfShape: one number everywhere; the shape is the value of input 0. */

static gboolean
fill_configure (PhNode *node, GError **error)
{
  ConstantConfig *config = node->config;
  PhTensor *value = ph_attrs_get_tensor (node->attrs, "value");

  if (value != NULL && value->n != 1)
    return ph_step_fail (error, PH_ERROR_MODEL_INVALID,
                         "ConstantOfShape: the value has %" G_GSIZE_FORMAT " elements, 1 expected",
                         value->n);
  config->value = value != NULL ? ph_tensor_ref (value) : tensor_of_floats (&(float){ 0 }, 1, 0);
  return TRUE;
}

static gboolean
fill_infer (PhStep *step, GError **error)
{
  const ConstantConfig *config = step->config;
  gsize n;
  const gint64 *extents = ph_step_get_ints (step, 0, "shape", &n, error);

  if (extents == NULL)
    return FALSE;
  if (n > PH_MAX_RANK)
    return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                         "ConstantOfShape: %" G_GSIZE_FORMAT " axes, at most %d are possible", n,
                         PH_MAX_RANK);

  PhShape shape = ph_shape ((guint)n, extents);

  ph_step_set_out (step, 0, config->value->type, &shape);
  return TRUE;
}

static void
fill_forward (const PhStep *step, PhRun *run)
{
  const PhTensor *value = ((const ConstantConfig *)step->config)->value;
  gsize n = ph_shape_count (&step->out[0]->shape);

  if (ph_type_is_real (value->type))
    {
      float *y = ph_run_out (run, step, 0);

      for (gsize i = 0; i < n; i++)
        y[i] = value->f[0];
    }
  else
    {
      gint64 *y = ph_run_out (run, step, 0);

      for (gsize i = 0; i < n; i++)
        y[i] = value->i[0];
    }
}

const PhOpClass ph_op_ConstantOfShape = {
  .name = "ConstantOfShape",
  .summary = "a tensor of a given shape, filled with one number",
  .min_inputs = 1,
  .max_inputs = 1,
  .max_outputs = 1,
  .config_size = sizeof (ConstantConfig),
  .configure = fill_configure,
  .clear_config = constant_clear,
  .infer = fill_infer,
  .forward = fill_forward,
};

/* Shape and Size: known as soon as shapes are. */

typedef struct
{
  gint64 start, end;
} ShapeConfig;

static gboolean
shape_configure (PhNode *node, GError **error)
{
  ShapeConfig *config = node->config;

  config->start = ph_attrs_get_int (node->attrs, "start", 0);
  config->end = ph_attrs_get_int (node->attrs, "end", PH_MAX_RANK);
  return TRUE;
}

/* The axes from @start to @end that the node asks for; ends beyond the rank are moved to it. */
static void
shape_range (const PhStep *step, gint64 *start, gint64 *end)
{
  const ShapeConfig *config = step->config;
  gint64 rank = step->in[0]->shape.rank;

  *start = config->start < 0 ? config->start + rank : config->start;
  *end = config->end < 0 ? config->end + rank : config->end;
  *start = CLAMP (*start, 0, rank);
  *end = CLAMP (*end, *start, rank);
}

static gboolean
shape_infer (PhStep *step, GError **error)
{
  gint64 start, end;

  shape_range (step, &start, &end);

  PhShape shape = PH_SHAPE (end - start);

  ph_step_set_out (step, 0, PH_TYPE_INT64, &shape);
  return TRUE;
}

static void
shape_forward (const PhStep *step, PhRun *run)
{
  gint64 *y = ph_run_out (run, step, 0);
  gint64 start, end;

  shape_range (step, &start, &end);
  for (gint64 i = start; i < end; i++)
    y[i - start] = step->in[0]->shape.dim[i];
}

const PhOpClass ph_op_Shape = {
  .name = "Shape",
  .summary = "the extents of a tensor as a tensor",
  .min_inputs = 1,
  .max_inputs = 1,
  .max_outputs = 1,
  .flags = PH_OP_SHAPE_ONLY,
  .config_size = sizeof (ShapeConfig),
  .configure = shape_configure,
  .infer = shape_infer,
  .forward = shape_forward,
};

static gboolean
size_infer (PhStep *step, GError **error)
{
  ph_step_set_out (step, 0, PH_TYPE_INT64, &(PhShape){ .rank = 0 });
  return TRUE;
}

static void
size_forward (const PhStep *step, PhRun *run)
{
  *(gint64 *)ph_run_out (run, step, 0) = (gint64)ph_shape_count (&step->in[0]->shape);
}

const PhOpClass ph_op_Size = {
  .name = "Size",
  .summary = "the number of elements of a tensor",
  .min_inputs = 1,
  .max_inputs = 1,
  .max_outputs = 1,
  .flags = PH_OP_SHAPE_ONLY,
  .infer = size_infer,
  .forward = size_forward,
};

/* Identity, and Dropout, which is the same unless its file or the plan puts it in training. */

static gboolean
identity_infer (PhStep *step, GError **error)
{
  ph_step_set_out (step, 0, step->in[0]->type, &step->in[0]->shape);
  return TRUE;
}

const PhOpClass ph_op_Identity = {
  .name = "Identity",
  .summary = "its input, unchanged",
  .min_inputs = 1,
  .max_inputs = 1,
  .max_outputs = 1,
  .flags = PH_OP_VIEW | PH_OP_POINTWISE,
  .infer = identity_infer,
  .forward = ph_op_copy_forward,
};

typedef struct
{
  gint64 seed;
  double ratio; /* before version 12, where it became an input */
} DropoutConfig;

static gboolean
dropout_configure (PhNode *node, GError **error)
{
  DropoutConfig *config = node->config;

  config->seed = ph_attrs_get_int (node->attrs, "seed", 0);
  config->ratio = ph_attrs_get_real (node->attrs, "ratio", 0.5f);
  return TRUE;
}

/* Whether the node may have to drop something: because the plan is for training, or because it has
 * the input, from version 12 on, that says so. */
static gboolean
dropout_may_train (const PhStep *step)
{
  if (step->training)
    return TRUE;
  if (step->node->opset < 12 || step->in[2] == NULL)
    return FALSE;

  const PhTensor *training = ph_step_constant (step, 2);

  return training == NULL || training->n != 1 || ph_tensor_get_int (training, 0) != 0;
}

static gboolean
dropout_infer (PhStep *step, GError **error)
{
  PhType mask_type = step->node->opset < 10 ? step->in[0]->type : PH_TYPE_BOOL;

  ph_step_set_out (step, 0, step->in[0]->type, &step->in[0]->shape);
  ph_step_set_out (step, 1, mask_type, &step->in[0]->shape);
  step->is_view = !dropout_may_train (step) && (step->n_outputs < 2 || step->out[1] == NULL);
  return TRUE;
}

static gboolean
dropout_prepare (PhStep *step, GError **error)
{
  if (step->wants_gradient && dropout_may_train (step))
    step->saved_size = ph_shape_count (&step->in[0]->shape) * sizeof (float);
  return TRUE;
}

static double
dropout_ratio (const PhStep *step, PhRun *run)
{
  const DropoutConfig *config = step->config;
  const gint64 *training = dropout_may_train (step) ? ph_run_in (run, step, 2) : NULL;
  const float *ratio = step->in[1] == NULL ? NULL : ph_run_in (run, step, 1);

  if (!step->training && (training == NULL || *training == 0))
    return 0;
  return ratio == NULL ? config->ratio : *ratio;
}

static void
dropout_forward (const PhStep *step, PhRun *run)
{
  const DropoutConfig *config = step->config;
  const float *x = ph_run_in (run, step, 0);
  float *y = ph_run_out (run, step, 0);
  gpointer mask = ph_run_out (run, step, 1);
  float *factors = ph_run_saved (run, step);
  gsize n = ph_shape_count (&step->in[0]->shape);
  double ratio = dropout_ratio (step, run);
  PhRng rng;

  /* Its own numbers for each node; the same ones for each pass with the same seed. */
  if (step->training)
    ph_rng_init (&rng, ph_run_get_seed (run), g_str_hash (step->node->name));
  else
    ph_rng_init (&rng, (guint64)config->seed, 0);
  for (gsize i = 0; i < n; i++)
    {
      gboolean kept = ratio <= 0 || ph_rng_uniform (&rng, 0, 1) >= ratio;
      float factor = kept ? (float)(1 / (1 - ratio)) : 0;

      if (factors != NULL)
        factors[i] = factor;
      if (y != NULL)
        y[i] = kept ? factor * x[i] : 0;
      if (mask != NULL && ph_type_is_real (step->out[1]->type))
        ((float *)mask)[i] = kept;
      else if (mask != NULL)
        ((gint64 *)mask)[i] = kept;
    }
}

static void
dropout_backward (const PhStep *step, PhRun *run)
{
  const float *dy = ph_run_out_grad (run, step, 0);
  float *dx = ph_run_in_grad (run, step, 0);
  const float *factors = dropout_may_train (step) ? ph_run_saved (run, step) : NULL;
  gsize n = ph_shape_count (&step->in[0]->shape);

  if (dy == NULL || dx == NULL)
    return;
  for (gsize i = 0; i < n; i++)
    dx[i] += factors == NULL ? dy[i] : factors[i] * dy[i];
}

const PhOpClass ph_op_Dropout = {
  .name = "Dropout",
  .summary = "its input; in training some elements are zeroed and the rest enlarged",
  .min_inputs = 1,
  .max_inputs = 3,
  .max_outputs = 2,
  .flags = PH_OP_IN_PLACE | PH_OP_POINTWISE,
  .config_size = sizeof (DropoutConfig),
  .configure = dropout_configure,
  .infer = dropout_infer,
  .prepare = dropout_prepare,
  .forward = dropout_forward,
  .backward = dropout_backward,
};
