#include "engine/kernels/parallel.h"
#include "engine/network/plan-private.h"
#include "engine/network/run.h"

#include <math.h>
#include <string.h>

static void
add_node (PhGraph *graph, const char *op, const char *a, const char *b, const char *out)
{
  g_autoptr (GError) error = NULL;

  ph_graph_add_node (graph, op, "", out, NULL, (const char *[]){ a, b }, b != NULL ? 2 : 1,
                     (const char *[]){ out }, 1, &error);
  g_assert_no_error (error);
}

static PhGraph *
graph_with_input (const PhShape *shape)
{
  PhGraph *graph = ph_graph_new ("test", 13);

  ph_graph_add_input (graph, "x", PH_TYPE_FLOAT, shape, NULL);
  return graph;
}

static void
finish (PhGraph *graph)
{
  g_autoptr (GError) error = NULL;

  ph_graph_finish (graph, &error);
  g_assert_no_error (error);
}

static PhPlan *
plan_for (PhGraph *graph, const PhShape *shape, const char *target, gboolean gradient)
{
  g_autoptr (GError) error = NULL;
  int value = ph_graph_find_value (graph, target);
  PhPlan *plan = ph_plan_new_for_image (graph, shape, &value, 1, gradient, &error);

  g_assert_no_error (error);
  return plan;
}

static void
fill (float *x, gsize n)
{
  for (gsize i = 0; i < n; i++)
    x[i] = (float)g_test_rand_double_range (-1, 1);
}

static void
test_broken_graphs (void)
{
  PhShape shape = PH_SHAPE (2, 3);
  g_autoptr (GError) error = NULL;

  {
    g_autoptr (PhGraph) graph = graph_with_input (&shape);

    add_node (graph, "Add", "x", "c", "a");
    add_node (graph, "Relu", "a", NULL, "b");
    add_node (graph, "Neg", "b", NULL, "c");
    g_assert_false (ph_graph_finish (graph, &error));
    g_assert_error (error, PH_ERROR, PH_ERROR_MODEL_INVALID);
    g_assert_nonnull (strstr (error->message, "cycle"));
    g_clear_error (&error);
  }
  {
    g_autoptr (PhGraph) graph = graph_with_input (&shape);

    add_node (graph, "Add", "x", "nobody", "a");
    g_assert_false (ph_graph_finish (graph, &error));
    g_assert_error (error, PH_ERROR, PH_ERROR_MODEL_INVALID);
    g_assert_nonnull (strstr (error->message, "“nobody”"));
    g_clear_error (&error);
  }
  {
    g_autoptr (PhGraph) graph = graph_with_input (&shape);

    add_node (graph, "Relu", "x", NULL, "a");
    g_assert_false (ph_graph_add_node (graph, "Neg", "", "n", NULL, (const char *[]){ "x" }, 1,
                                       (const char *[]){ "a" }, 1, &error));
    g_assert_error (error, PH_ERROR, PH_ERROR_MODEL_INVALID);
    g_clear_error (&error);
  }
  {
    g_autoptr (PhGraph) graph = graph_with_input (&shape);

    g_assert_true (ph_graph_add_node (graph, "Add", "", "sum", NULL, (const char *[]){ "x" }, 1,
                                      (const char *[]){ "a" }, 1, NULL));
    g_assert_false (ph_graph_finish (graph, &error));
    g_assert_error (error, PH_ERROR, PH_ERROR_MODEL_INVALID);
    g_clear_error (&error);
  }
}

static void
test_order (void)
{
  PhShape shape = PH_SHAPE (2, 3);
  g_autoptr (PhGraph) graph = graph_with_input (&shape);

  add_node (graph, "Add", "b", "a", "c");
  add_node (graph, "Neg", "a", NULL, "b");
  add_node (graph, "Relu", "x", NULL, "a");
  finish (graph);
  g_assert_cmpstr (ph_graph_get_node (graph, 0)->name, ==, "a");
  g_assert_cmpstr (ph_graph_get_node (graph, 1)->name, ==, "b");
  g_assert_cmpstr (ph_graph_get_node (graph, 2)->name, ==, "c");
  g_assert_cmpint (ph_graph_get_value (graph, ph_graph_find_value (graph, "a"))->n_consumers, ==,
                   2);
}

static void
test_unsupported (void)
{
  PhShape shape = PH_SHAPE (2, 3);
  g_autoptr (PhGraph) graph = graph_with_input (&shape);
  g_autoptr (GError) error = NULL;
  g_autoptr (PhPlan) plan = NULL;
  int value;

  add_node (graph, "Relu", "x", NULL, "before");
  add_node (graph, "Frobnicate", "before", NULL, "strange");
  add_node (graph, "Neg", "strange", NULL, "after");
  finish (graph);
  plan = plan_for (graph, &shape, "before", TRUE);
  value = ph_graph_find_value (graph, "after");
  g_assert_null (ph_plan_new_for_image (graph, &shape, &value, 1, TRUE, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_OP_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "Frobnicate"));
  g_assert_nonnull (strstr (error->message, "“strange”"));
}

static void
test_not_differentiable (void)
{
  PhShape shape = PH_SHAPE (2, 3);
  g_autoptr (PhGraph) graph = graph_with_input (&shape);
  g_autoptr (GError) error = NULL;
  g_autoptr (PhPlan) forward = NULL;
  PhAttrs *attrs = ph_attrs_new ();
  int value;

  ph_attrs_set_int (attrs, "axis", 1);
  ph_graph_add_node (graph, "ArgMax", "", "best", attrs, (const char *[]){ "x" }, 1,
                     (const char *[]){ "best" }, 1, NULL);
  finish (graph);
  forward = plan_for (graph, &shape, "best", FALSE);
  value = ph_graph_find_value (graph, "best");
  g_assert_null (ph_plan_new_for_image (graph, &shape, &value, 1, TRUE, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_NOT_DIFFERENTIABLE);
}

/* Only what the target needs is run, and arithmetic on shapes is gone. */
static void
test_folding (void)
{
  PhShape shape = PH_SHAPE (2, 3, 4, 5), one = PH_SHAPE (1);
  g_autoptr (PhGraph) graph = graph_with_input (&shape);
  g_autoptr (PhTensor) minus_one = ph_tensor_new_ints (&one, (gint64[]){ -1 });
  g_autoptr (PhTensor) zero = ph_tensor_new_ints (&one, (gint64[]){ 0 });
  g_autoptr (PhPlan) plan = NULL;
  PhShape expected = PH_SHAPE (2, 60);
  PhAttrs *axis = ph_attrs_new ();
  int value;

  ph_graph_add_constant (graph, "minus_one", minus_one, NULL);
  ph_graph_add_constant (graph, "zero", zero, NULL);
  add_node (graph, "Shape", "x", NULL, "shape");
  add_node (graph, "Gather", "shape", "zero", "n");
  ph_attrs_set_int (axis, "axis", 0);
  ph_graph_add_node (graph, "Concat", "", "target", axis, (const char *[]){ "n", "minus_one" }, 2,
                     (const char *[]){ "target" }, 1, NULL);
  add_node (graph, "Reshape", "x", "target", "flat");
  add_node (graph, "Relu", "flat", NULL, "y");
  add_node (graph, "Neg", "y", NULL, "unneeded");
  finish (graph);
  plan = plan_for (graph, &shape, "y", FALSE);
  value = ph_graph_find_value (graph, "y");
  g_assert_true (ph_shape_equal (&ph_plan_get_spec (plan, value)->shape, &expected));
  g_assert_cmpuint (ph_plan_get_n_steps (plan), ==, 2);
}

static void
test_fold_graph (void)
{
  PhShape shape = PH_SHAPE (2, 3), row = PH_SHAPE (3);
  g_autoptr (PhGraph) graph = graph_with_input (&shape);
  g_autoptr (PhTensor) a = ph_tensor_new_floats (&row, (float[]){ 1, -2, 3 });
  g_autoptr (GError) error = NULL;
  const PhValue *b;

  ph_graph_add_constant (graph, "a", a, NULL);
  add_node (graph, "Neg", "a", NULL, "b");
  add_node (graph, "Add", "x", "b", "y");
  add_node (graph, "Relu", "y", NULL, "dead");
  ph_graph_add_output (graph, "y");
  finish (graph);
  g_assert_true (ph_graph_fold (graph, 1 << 20, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (ph_graph_get_n_nodes (graph), ==, 1);
  b = ph_graph_get_value (graph, ph_graph_find_value (graph, "b"));
  g_assert_nonnull (b->constant);
  g_assert_cmpfloat (b->constant->f[1], ==, 2);
  g_assert_cmpint (b->producer, ==, -1);
  g_assert_null (ph_graph_get_value (graph, ph_graph_find_value (graph, "a"))->constant);

  /* And the bound holds. */
  g_autoptr (PhGraph) big = graph_with_input (&shape);

  ph_graph_add_constant (big, "a", a, NULL);
  add_node (big, "Neg", "a", NULL, "b");
  add_node (big, "Add", "x", "b", "y");
  ph_graph_add_output (big, "y");
  finish (big);
  g_assert_false (ph_graph_fold (big, 8, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_MODEL_INVALID);
}

static void
test_arena (void)
{
  for (int round = 0; round < 200; round++)
    {
      enum
      {
        N = 30
      };
      PhBlock blocks[N];
      gsize total, sum = 0;

      for (int i = 0; i < N; i++)
        {
          int start = g_test_rand_int_range (0, 20);

          blocks[i] = (PhBlock){ .size = (gsize)g_test_rand_int_range (1, 5000),
                                 .start = start,
                                 .end = start + g_test_rand_int_range (0, 8) };
          sum += blocks[i].size + 128;
        }
      total = ph_arena_place (blocks, N);
      g_assert_cmpuint (total, <=, sum + 128);
      for (int i = 0; i < N; i++)
        {
          g_assert_cmpuint (blocks[i].offset % 64, ==, 0);
          g_assert_cmpuint (blocks[i].offset + blocks[i].size, <=, total);
          for (int j = 0; j < i; j++)
            if (blocks[i].start <= blocks[j].end && blocks[j].start <= blocks[i].end)
              g_assert_true (blocks[i].offset + blocks[i].size <= blocks[j].offset ||
                             blocks[j].offset + blocks[j].size <= blocks[i].offset);
        }
    }
}

/* A random network of elementwise operators, views and joins over 2×12 numbers. */
static PhGraph *
random_graph (guint n_nodes, GPtrArray *names)
{
  static const char *const unary[] = { "Relu", "Neg", "Sigmoid", "Tanh", "Abs", "Exp", "Softmax" };
  static const char *const binary[] = { "Add", "Mul", "Sub", "Max" };
  PhShape shape = PH_SHAPE (2, 12), three = PH_SHAPE (3);
  PhGraph *graph = graph_with_input (&shape);
  g_autoptr (PhTensor) as_matrix = ph_tensor_new_ints (&three, (gint64[]){ 2, 3, 4 });
  PhShape two = PH_SHAPE (2);
  g_autoptr (PhTensor) as_rows = ph_tensor_new_ints (&two, (gint64[]){ 2, 12 });

  ph_graph_add_constant (graph, "as_matrix", as_matrix, NULL);
  ph_graph_add_constant (graph, "as_rows", as_rows, NULL);
  g_ptr_array_add (names, g_strdup ("x"));
  for (guint i = 0; i < n_nodes; i++)
    {
      char *name = g_strdup_printf ("v%u", i);
      const char *a = names->pdata[g_test_rand_int_range (0, (int)names->len)];
      const char *b = names->pdata[g_test_rand_int_range (0, (int)names->len)];
      int kind = g_test_rand_int_range (0, 10);

      if (kind < 5)
        add_node (graph, unary[g_test_rand_int_range (0, G_N_ELEMENTS (unary))], a, NULL, name);
      else if (kind < 9)
        add_node (graph, binary[g_test_rand_int_range (0, G_N_ELEMENTS (binary))], a, b, name);
      else
        {
          g_autofree char *between = g_strdup_printf ("m%u", i);
          g_autofree char *changed = g_strdup_printf ("c%u", i);

          add_node (graph, "Reshape", a, "as_matrix", between);
          add_node (graph, "Tanh", between, NULL, changed);
          add_node (graph, "Reshape", changed, "as_rows", name);
        }
      g_ptr_array_add (names, name);
    }
  finish (graph);
  return graph;
}

/* The same numbers, but for the last digit: what nobody looks at may be fused, with other rounding.
 * Not-a-number is itself. */
static void
assert_same (const float *a, const float *b, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (!(isnan (a[i]) && isnan (b[i])) && a[i] != b[i])
      g_assert_cmpfloat_with_epsilon (a[i], b[i], 2e-6f * MAX (1, fabsf (a[i])));
}

/* Sharing memory must change nothing: the same network with every value kept is the reference. */
static void
test_sharing (void)
{
  for (int round = 0; round < 60; round++)
    {
      PhShape shape = PH_SHAPE (2, 12);
      g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
      g_autoptr (PhGraph) graph = random_graph ((guint)g_test_rand_int_range (3, 25), names);
      const char *last = names->pdata[names->len - 1];
      int target = ph_graph_find_value (graph, last);
      g_autofree int *all = g_new (int, names->len);
      g_autoptr (PhPlan) lean = NULL;
      g_autoptr (PhPlan) full = NULL;
      g_autoptr (PhRun) lean_run = NULL;
      g_autoptr (PhRun) full_run = NULL;
      g_autoptr (GError) error = NULL;
      float x[24], seed[24];
      guint n_all = 0;

      lean = ph_plan_new_for_image (graph, &shape, &target, 1, TRUE, &error);
      if (g_error_matches (error, PH_ERROR, PH_ERROR_NOT_DIFFERENTIABLE))
        continue;
      g_assert_no_error (error);
      for (guint i = 0; i < names->len; i++)
        {
          int value = ph_graph_find_value (graph, names->pdata[i]);

          if (ph_plan_get_spec (lean, value)->type != PH_TYPE_NONE)
            all[n_all++] = value;
        }
      full = ph_plan_new_for_image (graph, &shape, all, n_all, TRUE, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (ph_plan_get_arena_size (lean), <=, ph_plan_get_arena_size (full));
      lean_run = ph_run_new (lean, &error);
      full_run = ph_run_new (full, &error);
      fill (x, 24);
      fill (seed, 24);

      for (int again = 0; again < 2; again++)
        {
          PhRun *runs[] = { lean_run, full_run };

          for (int r = 0; r < 2; r++)
            {
              memcpy (ph_run_get_input (runs[r], 0), x, sizeof x);
              ph_run_forward (runs[r], NULL, &error);
              ph_run_clear_gradients (runs[r]);
              for (int i = 0; i < 24; i++)
                ph_run_get_gradient (runs[r], target)[i] += seed[i];
              ph_run_backward (runs[r], NULL, &error);
              g_assert_no_error (error);
            }
          assert_same (ph_run_get_value (lean_run, target), ph_run_get_value (full_run, target),
                       24);
          assert_same (ph_run_get_input_gradient (lean_run, 0),
                       ph_run_get_input_gradient (full_run, 0), 24);
        }
    }
}

static gpointer
run_often (gpointer data)
{
  g_autoptr (PhRun) run = ph_run_new (data, NULL);
  const PhPlan *plan = data;
  double *sum = g_new0 (double, 1);
  int target = plan->targets[0];

  for (int i = 0; i < 200; i++)
    {
      float *x = ph_run_get_input (run, 0);

      for (int j = 0; j < 24; j++)
        x[j] = sinf ((float)(i + j));
      ph_run_forward (run, NULL, NULL);
      *sum += ((const float *)ph_run_get_value (run, target))[i % 24];
    }
  return sum;
}

static void
test_two_runs (void)
{
  PhShape shape = PH_SHAPE (2, 12);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (PhGraph) graph = random_graph (20, names);
  g_autoptr (PhPlan) plan = plan_for (graph, &shape, names->pdata[names->len - 1], FALSE);
  GThread *one = g_thread_new ("one", run_often, plan),
          *two = g_thread_new ("two", run_often, plan);
  g_autofree double *a = g_thread_join (one), *b = g_thread_join (two);

  /* NaN from a random network would compare unequal to itself. */
  g_assert_cmpmem (a, sizeof *a, b, sizeof *b);
}

static void
test_cancel (void)
{
  PhShape shape = PH_SHAPE (2, 12);
  g_autoptr (PhGraph) graph = graph_with_input (&shape);
  g_autoptr (PhPlan) plan = NULL;
  g_autoptr (PhRun) run = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  add_node (graph, "Relu", "x", NULL, "y");
  finish (graph);
  plan = plan_for (graph, &shape, "y", TRUE);
  run = ph_run_new (plan, NULL);
  g_assert_true (ph_run_forward (run, cancellable, &error));
  g_cancellable_cancel (cancellable);
  g_assert_false (ph_run_forward (run, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_false (ph_run_backward (run, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/graph/broken", test_broken_graphs);
  g_test_add_func ("/graph/order", test_order);
  g_test_add_func ("/graph/fold", test_fold_graph);
  g_test_add_func ("/plan/unsupported", test_unsupported);
  g_test_add_func ("/plan/not-differentiable", test_not_differentiable);
  g_test_add_func ("/plan/folding", test_folding);
  g_test_add_func ("/plan/arena", test_arena);
  g_test_add_func ("/plan/sharing", test_sharing);
  g_test_add_func ("/run/two-threads", test_two_runs);
  g_test_add_func ("/run/cancel", test_cancel);
  return g_test_run ();
}
