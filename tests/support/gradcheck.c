#include "gradcheck.h"

#include "network/run.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define TOLERANCE 1e-3
#define MAX_OUTPUTS 16

/* A graph with one node, or with two of them between multiplications. */
typedef struct
{
  /* owned */
  PhGraph *graph;
  PhPlan *plan;
  PhRun *run;
  PhTensor *r[2 * MAX_OUTPUTS]; /* weights of the sum; NULL where no gradient flows */

  /* borrowed */
  const PhGradInput *inputs;

  guint n_inputs;
  int targets[2 * MAX_OUTPUTS];
  guint n_targets;
  double input_scale; /* of real graph inputs against the operator's inputs */
  double length;      /* of the weighted outputs, as a vector */
} Harness;

static PhAttrs *
copy_attrs (const PhAttrs *attrs)
{
  PhAttrs *copy = ph_attrs_new ();

  if (attrs == NULL)
    return copy;
  g_autoptr (GList) names = ph_attrs_get_names (attrs);
  for (GList *l = names; l != NULL; l = l->next)
    {
      const char *name = l->data;
      gsize n;

      switch (ph_attrs_get_kind (attrs, name))
        {
        case PH_ATTR_INT:
          ph_attrs_set_int (copy, name, ph_attrs_get_int (attrs, name, 0));
          break;
        case PH_ATTR_REAL:
          ph_attrs_set_real (copy, name, ph_attrs_get_real (attrs, name, 0));
          break;
        case PH_ATTR_TEXT:
          ph_attrs_set_text (copy, name, ph_attrs_get_text (attrs, name, ""));
          break;
        case PH_ATTR_INTS:
          {
            const gint64 *values = ph_attrs_get_ints (attrs, name, &n);
            ph_attrs_set_ints (copy, name, values, n);
            break;
          }
        case PH_ATTR_REALS:
          {
            const float *values = ph_attrs_get_reals (attrs, name, &n);
            ph_attrs_set_reals (copy, name, values, n);
            break;
          }
        case PH_ATTR_TENSOR:
          ph_attrs_set_tensor (copy, name, ph_attrs_get_tensor (attrs, name));
          break;
        }
    }
  return copy;
}

static gboolean
is_checked (const PhGradInput *input)
{
  return input->tensor != NULL && !input->is_constant && ph_type_is_real (input->tensor->type);
}

static char *
multiply (PhGraph *graph, const char *factor, const char *value, const char *suffix)
{
  char *name = g_strconcat (value, suffix, NULL);

  /* The constant comes first so that the product cannot be computed in place. */
  ph_graph_add_node (graph, "Mul", "", NULL, NULL, (const char *[]){ factor, value }, 2,
                     (const char *[]){ name }, 1, NULL);
  return name;
}

static gboolean
build_graph (Harness *h, const char *op_type, int opset, const PhAttrs *attrs, guint n_outputs,
             gboolean doubled, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  h->graph = ph_graph_new ("check", opset);
  if (doubled)
    {
      const PhShape scalar = { 0 };
      g_autoptr (PhTensor) two = ph_tensor_new_floats (&scalar, (float[]){ 2 });
      g_autoptr (PhTensor) half = ph_tensor_new_floats (&scalar, (float[]){ 0.5f });
      ph_graph_add_constant (h->graph, "two", two, NULL);
      ph_graph_add_constant (h->graph, "half", half, NULL);
    }
  for (guint i = 0; i < h->n_inputs; i++)
    {
      PhTensor *tensor = h->inputs[i].tensor;
      char *name = tensor == NULL ? g_strdup ("") : g_strdup_printf ("x%u", i);

      if (tensor != NULL && h->inputs[i].is_constant)
        ph_graph_add_constant (h->graph, name, tensor, NULL);
      else if (tensor != NULL)
        ph_graph_add_input (h->graph, name, tensor->type, &tensor->shape, NULL);
      if (doubled && is_checked (&h->inputs[i]))
        {
          g_autofree char *plain = name;
          name = multiply (h->graph, "two", plain, "'");
        }
      g_ptr_array_add (names, name);
    }

  for (guint copy = 0; copy < (doubled ? 2 : 1); copy++)
    {
      g_autoptr (GPtrArray) outputs = g_ptr_array_new_with_free_func (g_free);

      for (guint i = 0; i < n_outputs; i++)
        g_ptr_array_add (outputs, g_strdup_printf ("y%u.%u", copy, i));
      if (!ph_graph_add_node (h->graph, op_type, "", NULL, copy_attrs (attrs),
                              (const char *const *)names->pdata, h->n_inputs,
                              (const char *const *)outputs->pdata, n_outputs, error))
        return FALSE;
      for (guint i = 0; i < n_outputs && !doubled; i++)
        ph_graph_add_output (h->graph, g_ptr_array_index (outputs, i));
    }
  return TRUE;
}

static PhSpec *
input_specs (const Harness *h, guint *n)
{
  PhSpec *specs = g_new0 (PhSpec, h->n_inputs + 1);

  *n = 0;
  for (guint i = 0; i < h->n_inputs; i++)
    if (h->inputs[i].tensor != NULL && !h->inputs[i].is_constant)
      specs[(*n)++] = (PhSpec){ h->inputs[i].tensor->type, h->inputs[i].tensor->shape, NULL };
  return specs;
}

static gboolean
make_run (Harness *h, gboolean gradient, GError **error)
{
  guint n_specs;
  g_autofree PhSpec *specs = input_specs (h, &n_specs);
  PhQuestion question = { .inputs = specs,
                          .n_inputs = n_specs,
                          .targets = h->targets,
                          .n_targets = h->n_targets,
                          .gradient = gradient };

  h->plan = ph_plan_new (h->graph, &question, error);
  if (h->plan == NULL)
    return FALSE;
  h->run = ph_run_new (h->plan, error);
  return h->run != NULL;
}

static void
harness_clear (Harness *h)
{
  g_clear_pointer (&h->run, ph_run_free);
  g_clear_pointer (&h->plan, ph_plan_unref);
  g_clear_pointer (&h->graph, ph_graph_unref);
  for (guint i = 0; i < G_N_ELEMENTS (h->r); i++)
    g_clear_pointer (&h->r[i], ph_tensor_unref);
}

/* Fills the inputs, element @element of input @which moved by @delta (in units of the operator). */
static void
fill_inputs (Harness *h, guint which, gsize element, double delta)
{
  for (guint i = 0, k = 0; i < h->n_inputs; i++)
    {
      const PhTensor *tensor = h->inputs[i].tensor;

      if (tensor == NULL || h->inputs[i].is_constant)
        continue;
      gpointer memory = ph_run_get_input (h->run, k++);
      if (memory == NULL)
        continue;
      if (!ph_type_is_real (tensor->type))
        {
          memcpy (memory, tensor->data, tensor->n * sizeof (gint64));
          continue;
        }
      float *x = memory;
      for (gsize j = 0; j < tensor->n; j++)
        x[j] = (float)(tensor->f[j] * h->input_scale);
      if (i == which)
        x[element] = (float)((tensor->f[element] + delta) * h->input_scale);
    }
}

static double
weighted_sum (Harness *h)
{
  double sum = 0, squares = 0;

  ph_run_forward (h->run, NULL, NULL);
  for (guint t = 0; t < h->n_targets; t++)
    if (h->r[t] != NULL)
      {
        const float *y = ph_run_get_value (h->run, h->targets[t]);
        for (gsize j = 0; j < h->r[t]->n; j++)
          {
            double term = (double)h->r[t]->f[j] * y[j];
            sum += term;
            squares += term * term;
          }
      }
  h->length = sqrt (squares);
  return sum;
}

/* Gradient of every checked input, one after another. */
static float *
analytic_gradient (Harness *h, gsize *n)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (float));

  fill_inputs (h, h->n_inputs, 0, 0);
  weighted_sum (h);
  ph_run_clear_gradients (h->run);
  for (guint t = 0; t < h->n_targets; t++)
    {
      float *dy = ph_run_get_gradient (h->run, h->targets[t]);
      for (gsize j = 0; dy != NULL && h->r[t] != NULL && j < h->r[t]->n; j++)
        dy[j] += h->r[t]->f[j];
    }
  ph_run_backward (h->run, NULL, NULL);
  for (guint i = 0, k = 0; i < h->n_inputs; i++)
    {
      if (h->inputs[i].tensor == NULL || h->inputs[i].is_constant)
        continue;
      const float *dx = ph_run_get_input_gradient (h->run, k++);
      if (!is_checked (&h->inputs[i]))
        continue;
      for (gsize j = 0; j < h->inputs[i].tensor->n; j++)
        {
          float value = dx != NULL ? dx[j] * (float)h->input_scale : 0;
          g_array_append_val (all, value);
        }
    }
  *n = all->len;
  return (float *)g_array_free (g_steal_pointer (&all), FALSE);
}

static void
compare_gradients (Harness *h, const char *op_type, const char *variant)
{
  gsize n, n_again;
  g_autofree float *actual = analytic_gradient (h, &n);
  g_autofree float *again = analytic_gradient (h, &n_again);

  if (memcmp (actual, again, n * sizeof (float)) != 0)
    g_test_fail_printf ("%s (%s): the second run gave other bits", op_type, variant);

  gsize offset = 0;
  for (guint i = 0; i < h->n_inputs; i++)
    {
      if (!is_checked (&h->inputs[i]))
        continue;
      gsize count = h->inputs[i].tensor->n;
      double scale = 1e-3;
      for (gsize j = 0; j < count; j++)
        scale = MAX (scale, fabs (actual[offset + j]));
      for (gsize j = 0; j < count; j++)
        {
          fill_inputs (h, i, j, PH_GRADCHECK_STEP);
          double above = weighted_sum (h);
          fill_inputs (h, i, j, -PH_GRADCHECK_STEP);
          double expected = (above - weighted_sum (h)) / (2 * PH_GRADCHECK_STEP);

          /* A gradient that nearly cancels is smaller than the rounding of the outputs shows. */
          double noise = h->length * FLT_EPSILON / PH_GRADCHECK_STEP / 2;
          if (!(fabs (expected - actual[offset + j]) <= TOLERANCE * scale + noise))
            {
              g_test_fail_printf ("%s (%s): gradient of input %u at %" G_GSIZE_FORMAT
                                  ": expected %g, got %g (largest %g)",
                                  op_type, variant, i, j, expected, actual[offset + j], scale);
              return;
            }
        }
      offset += count;
    }
}

static void
check_variant (const char *op_type, int opset, const PhAttrs *attrs, const PhGradInput *inputs,
               guint n_inputs, guint n_outputs, gboolean doubled)
{
  const char *variant = doubled ? "twice, between other nodes" : "alone";
  Harness h = { .inputs = inputs, .n_inputs = n_inputs, .input_scale = 1 };
  GError *error = NULL;

  build_graph (&h, op_type, opset, attrs, n_outputs, doubled, &error);
  g_assert_no_error (error);

  /* Which outputs are real is known only after planning. */
  g_autoptr (GPtrArray) real = g_ptr_array_new_with_free_func (g_free);
  Harness first = { .inputs = inputs, .n_inputs = n_inputs };
  build_graph (&first, op_type, opset, attrs, n_outputs, FALSE, &error);
  g_assert_no_error (error);
  ph_graph_finish (first.graph, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < n_outputs; i++)
    {
      g_autofree char *name = g_strdup_printf ("y0.%u", i);
      first.targets[first.n_targets++] = ph_graph_find_value (first.graph, name);
    }
  make_run (&first, FALSE, &error);
  g_assert_no_error (error);
  for (guint copy = 0; copy < (doubled ? 2 : 1); copy++)
    for (guint i = 0; i < n_outputs; i++)
      if (ph_type_is_real (ph_plan_get_spec (first.plan, first.targets[i])->type))
        g_ptr_array_add (real, g_strdup_printf ("y%u.%u", copy, i));
  harness_clear (&first);

  if (doubled)
    {
      h.input_scale = 0.5;
      /* Three products after the node take over the memory of whatever it did not keep. */
      for (guint i = 0; i < real->len; i++)
        {
          g_autofree char *a = multiply (h.graph, "half", g_ptr_array_index (real, i), "a");
          g_autofree char *b = multiply (h.graph, "two", a, "b");
          g_free (real->pdata[i]);
          real->pdata[i] = multiply (h.graph, "half", b, "c");
          ph_graph_add_output (h.graph, real->pdata[i]);
        }
    }
  ph_graph_finish (h.graph, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < real->len; i++)
    h.targets[h.n_targets++] = ph_graph_find_value (h.graph, g_ptr_array_index (real, i));
  make_run (&h, TRUE, &error);
  g_assert_no_error (error);

  guint n_flowing = 0;
  for (guint t = 0; t < h.n_targets; t++)
    if (ph_run_get_gradient (h.run, h.targets[t]) != NULL)
      {
        h.r[t] = ph_gradcheck_random (&ph_plan_get_spec (h.plan, h.targets[t])->shape, 0.25, 1);
        for (gsize j = 0; j < h.r[t]->n; j++)
          if (g_test_rand_bit ())
            h.r[t]->f[j] = -h.r[t]->f[j];
        n_flowing++;
      }
  g_assert_cmpuint (n_flowing, >, 0);
  compare_gradients (&h, op_type, variant);
  harness_clear (&h);
}

void
ph_gradcheck (const char *op_type, int opset, PhAttrs *attrs, const PhGradInput *inputs,
              guint n_inputs, guint n_outputs)
{
  g_autoptr (PhAttrs) owned = attrs;

  g_assert_cmpuint (n_outputs, <=, MAX_OUTPUTS);
  check_variant (op_type, opset, owned, inputs, n_inputs, n_outputs, FALSE);
  check_variant (op_type, opset, owned, inputs, n_inputs, n_outputs, TRUE);
}

PhTensor *
ph_gradcheck_random (const PhShape *shape, double low, double high)
{
  return ph_gradcheck_away (shape, low, high, NULL, 0);
}

PhTensor *
ph_gradcheck_away (const PhShape *shape, double low, double high, const double *kinks,
                   guint n_kinks)
{
  PhTensor *tensor = ph_tensor_new (PH_TYPE_FLOAT, shape, NULL);

  g_assert_nonnull (tensor);
  for (gsize i = 0; i < tensor->n; i++)
    {
      gboolean near;
      do
        {
          double value = g_test_rand_double_range (low, high);
          tensor->f[i] = (float)value;
          near = FALSE;
          for (guint k = 0; k < n_kinks; k++)
            near |= fabs (value - kinks[k]) < 4 * PH_GRADCHECK_STEP;
        }
      while (near);
    }
  return tensor;
}

PhTensor *
ph_gradcheck_distinct (const PhShape *shape)
{
  PhTensor *tensor = ph_tensor_new (PH_TYPE_FLOAT, shape, NULL);

  g_assert_nonnull (tensor);
  for (gsize i = 0; i < tensor->n; i++)
    {
      /* Zero lies in the middle of a gap. */
      double centre = (double)(tensor->n / 2) - 0.5;
      tensor->f[i] = (float)(((double)i - centre) * 10 * PH_GRADCHECK_STEP);
    }
  for (gsize i = tensor->n; i > 1; i--)
    {
      gsize j = (gsize)g_test_rand_int_range (0, (gint32)i);
      float swap = tensor->f[i - 1];
      tensor->f[i - 1] = tensor->f[j];
      tensor->f[j] = swap;
    }
  return tensor;
}

gboolean
ph_opcheck_run (const char *op_type, int opset, PhAttrs *attrs, const PhGradInput *inputs,
                guint n_inputs, PhTensor **outputs, guint n_outputs, GError **error)
{
  g_autoptr (PhAttrs) owned = attrs;
  Harness h = { .inputs = inputs, .n_inputs = n_inputs, .input_scale = 1 };

  g_assert_cmpuint (n_outputs, <=, MAX_OUTPUTS);
  gboolean ok = build_graph (&h, op_type, opset, owned, n_outputs, FALSE, error) &&
                ph_graph_finish (h.graph, error);
  for (guint i = 0; ok && i < n_outputs; i++)
    {
      g_autofree char *name = g_strdup_printf ("y0.%u", i);
      h.targets[h.n_targets++] = ph_graph_find_value (h.graph, name);
    }
  ok = ok && make_run (&h, FALSE, error);
  if (ok)
    {
      fill_inputs (&h, n_inputs, 0, 0);
      ok = ph_run_forward (h.run, NULL, error);
    }
  for (guint i = 0; ok && i < n_outputs; i++)
    {
      const PhSpec *spec = ph_plan_get_spec (h.plan, h.targets[i]);
      outputs[i] = ph_tensor_new (spec->type, &spec->shape, NULL);
      g_assert_nonnull (outputs[i]);
      if (outputs[i]->n > 0)
        memcpy (outputs[i]->data, ph_run_get_value (h.run, h.targets[i]),
                outputs[i]->n * ph_type_size (spec->type));
    }
  harness_clear (&h);
  return ok;
}

void
ph_opcheck_close (const char *what, const PhTensor *actual, const PhTensor *expected,
                  double tolerance)
{
  g_autofree char *have = ph_shape_dup_string (&actual->shape);
  g_autofree char *want = ph_shape_dup_string (&expected->shape);
  double scale = 0;

  if (!ph_shape_equal (&actual->shape, &expected->shape))
    {
      g_test_fail_printf ("%s: expected shape %s, got %s", what, want, have);
      return;
    }
  for (gsize i = 0; i < expected->n; i++)
    if (isfinite (ph_tensor_get_real (expected, i)))
      scale = MAX (scale, fabs (ph_tensor_get_real (expected, i)));
  for (gsize i = 0; i < expected->n; i++)
    {
      double x = ph_tensor_get_real (actual, i), y = ph_tensor_get_real (expected, i);
      gboolean same = x == y || (isnan (x) && isnan (y));

      if (ph_type_is_real (expected->type))
        same = same || fabs (x - y) <= tolerance * scale;
      if (!same)
        {
          g_test_fail_printf ("%s at %" G_GSIZE_FORMAT ": expected %g, got %g", what, i, y, x);
          return;
        }
    }
}
