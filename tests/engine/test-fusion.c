/* A plan that computes one value fuses, shares memory and moves derivatives to where they are
 * cheap; a plan that must show every value can do none of that. Both must find the same. */

#include "engine/kernels/cpu.h"
#include "engine/network/plan-private.h"
#include "engine/network/run.h"
#include "opcase.h"

#include <math.h>
#include <string.h>

#define CHANNELS 12
#define ROWS 6
#define COLUMNS 7
#define N_NODES 9

/* So far from the corner of a clamp no rounding moves a number across. */
#define MARGIN 5e-5

typedef struct
{
  PhGraph *graph;
  GPtrArray *names;   /* of values of the common shape */
  GPtrArray *clamped; /* of inputs of clamps */
  GPtrArray *pooled;  /* of inputs of max pools */
  guint n_constants;
} Builder;

static void
add (Builder *b, const char *op, const char *attrs, const char *const *inputs, const char *output)
{
  g_autoptr (GError) error = NULL;

  ph_graph_add_node (b->graph, op, "", output, attrs == NULL ? NULL : ph_opcase_attrs (attrs),
                     inputs, g_strv_length ((char **)inputs), (const char *[]){ output }, 1,
                     &error);
  g_assert_no_error (error);
}

#define ADD(op, attrs, output, ...)                                                                \
  add (b, op, attrs, (const char *[]){ __VA_ARGS__, NULL }, output)

/* A constant of random numbers in -scale..scale. */
static char *
add_constant (Builder *b, const PhShape *shape, double offset, double scale)
{
  char *name = g_strdup_printf ("c%u", b->n_constants++);
  g_autoptr (PhTensor) tensor = ph_tensor_new (PH_TYPE_FLOAT, shape, NULL);

  for (gsize i = 0; i < tensor->n; i++)
    tensor->f[i] = (float)(offset + g_test_rand_double_range (-scale, scale));
  ph_graph_add_constant (b->graph, name, tensor, NULL);
  return name;
}

static const char *
pick_value (Builder *b)
{
  guint n = b->names->len, back = (guint)g_test_rand_int_range (0, (int)MIN (n, 3));

  return b->names->pdata[n - 1 - back];
}

static void
add_convolution (Builder *b, const char *x, gint64 channels, double offset, const char *output)
{
  guint kind = (guint)g_test_rand_int_range (0, 3);
  gint64 size = kind == 0 || channels != CHANNELS ? 1 : 3;
  gboolean depthwise = kind == 2 && channels == CHANNELS;
  PhShape w = PH_SHAPE (CHANNELS, depthwise ? 1 : channels, size, size), k = PH_SHAPE (CHANNELS);
  g_autofree char *weights = add_constant (b, &w, 0, depthwise ? 0.7 : 0.35);
  g_autofree char *bias = add_constant (b, &k, offset, 0.3);
  g_autofree char *attrs =
      g_strdup_printf ("group=%d pads=%d,%d,%d,%d", depthwise ? CHANNELS : 1, (int)size / 2,
                       (int)size / 2, (int)size / 2, (int)size / 2);

  ADD ("Conv", attrs, output, x, weights, bias);
}

static void
add_batch_norm (Builder *b, const char *x, const char *output)
{
  PhShape k = PH_SHAPE (CHANNELS);
  g_autofree char *scale = add_constant (b, &k, 1, 0.3), *shift = add_constant (b, &k, 0, 0.3);
  g_autofree char *mean = add_constant (b, &k, 0, 0.3), *variance = add_constant (b, &k, 1, 0.3);

  ADD ("BatchNormalization", NULL, output, x, scale, shift, mean, variance);
}

static void
add_clamp (Builder *b, const char *x, const char *output)
{
  g_ptr_array_add (b->clamped, g_strdup (x));
  if (g_test_rand_bit ())
    ADD ("Relu", NULL, output, x);
  else
    ADD ("Clip", NULL, output, x, "low", "high");
}

static void
add_random (Builder *b, guint i)
{
  g_autofree char *name = g_strdup_printf ("v%u", i), *inner = g_strdup_printf ("i%u", i);
  g_autofree char *joined = g_strdup_printf ("j%u", i);

  switch (g_test_rand_int_range (0, 9))
    {
    case 0:
      add_convolution (b, pick_value (b), CHANNELS, 0.2, name);
      break;
    case 1: /* a layer as most networks have them; now and then a dead one */
      add_convolution (b, pick_value (b), CHANNELS, g_test_rand_int_range (0, 3) == 0 ? -4 : 0.2,
                       inner);
      add_clamp (b, inner, name);
      break;
    case 2:
      add_convolution (b, pick_value (b), CHANNELS, 0.2, inner);
      add_batch_norm (b, inner, joined);
      add_clamp (b, joined, name);
      break;
    case 3: /* the end of a residual block */
      add_convolution (b, pick_value (b), CHANNELS, 0.2, inner);
      if (g_test_rand_bit ())
        ADD ("Add", NULL, joined, inner, pick_value (b));
      else
        ADD ("Add", NULL, joined, pick_value (b), inner);
      add_clamp (b, joined, name);
      break;
    case 4: /* branches side by side */
      ADD ("Concat", "axis=1", joined, pick_value (b), pick_value (b));
      add_convolution (b, joined, 2 * CHANNELS, 0.2, name);
      break;
    case 5:
      g_ptr_array_add (b->pooled, g_strdup (pick_value (b)));
      ADD ("MaxPool", "kernel_shape=3,3 pads=1,1,1,1", name,
           g_ptr_array_index (b->pooled, b->pooled->len - 1));
      break;
    case 6:
      ADD ("Pad", NULL, inner, pick_value (b), "pads");
      ADD ("AveragePool", "kernel_shape=3,3", name, inner);
      break;
    case 7: /* SiLU */
      {
        const char *x = pick_value (b);

        ADD ("Sigmoid", NULL, inner, x);
        if (g_test_rand_bit ())
          ADD ("Mul", NULL, name, inner, x);
        else
          ADD ("Mul", NULL, name, g_test_rand_bit () ? x : pick_value (b), inner);
        break;
      }
    default:
      ADD ("Add", NULL, name, pick_value (b), pick_value (b));
      break;
    }
  g_ptr_array_add (b->names, g_steal_pointer (&name));
}

static PhGraph *
random_graph (const PhShape *shape, GPtrArray *names, GPtrArray *clamped, GPtrArray *pooled)
{
  Builder b = { ph_graph_new ("test", 13), names, clamped, pooled, 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (PhTensor) pads = ph_opcase_tensor ("i 8: 0 0 1 1 0 0 1 1");
  g_autoptr (PhTensor) low = ph_opcase_tensor ("f : 0"), high = ph_opcase_tensor ("f : 0.8");

  ph_graph_add_input (b.graph, "x", PH_TYPE_FLOAT, shape, NULL);
  ph_graph_add_constant (b.graph, "pads", pads, NULL);
  ph_graph_add_constant (b.graph, "low", low, NULL);
  ph_graph_add_constant (b.graph, "high", high, NULL);
  g_ptr_array_add (names, g_strdup ("x"));
  for (guint i = 0; i < N_NODES; i++)
    add_random (&b, i);
  ph_graph_finish (b.graph, &error);
  g_assert_no_error (error);
  return b.graph;
}

static PhRun *
run_with (PhGraph *graph, const PhShape *shape, const int *targets, guint n, const float *x)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PhPlan) plan = ph_plan_new_for_image (graph, shape, targets, n, TRUE, &error);

  g_assert_no_error (error);

  PhRun *run = ph_run_new (plan, &error);

  g_assert_no_error (error);
  memcpy (ph_run_get_input (run, 0), x, ph_shape_count (shape) * sizeof (float));
  g_assert_true (ph_run_forward (run, NULL, NULL));
  return run;
}

/* The gradient at the input, by @rule, from @dy at the value @from. */
static const float *
go_back (PhRun *run, PhRule rule, gsize n, const float *x, int from, const float *dy)
{
  memcpy (ph_run_get_input (run, 0), x, n * sizeof (float));
  g_assert_true (ph_run_forward (run, NULL, NULL));
  ph_run_set_rule (run, rule);
  ph_run_clear_gradients (run);
  memcpy (ph_run_get_gradient (run, from), dy, n * sizeof (float));
  g_assert_true (ph_run_backward (run, NULL, NULL));
  return ph_run_get_input_gradient (run, 0);
}

static gboolean
is_far_from_corners (const PhRun *run, PhGraph *graph, gsize n, GPtrArray *clamped)
{
  for (guint i = 0; i < clamped->len; i++)
    {
      const float *x = ph_run_get_value (run, ph_graph_find_value (graph, clamped->pdata[i]));

      for (gsize j = 0; j < n; j++)
        if (fabs (x[j]) < MARGIN || fabs (x[j] - 0.8) < MARGIN)
          return FALSE;
    }
  return TRUE;
}

/* Whether no two places of a window of 3x3 are so alike that rounding could choose another one;
 * those that are equal to the bit are so in every plan. */
static gboolean
is_far_from_ties (const PhRun *run, PhGraph *graph, gsize n, GPtrArray *pooled)
{
  for (guint i = 0; i < pooled->len; i++)
    {
      const float *x = ph_run_get_value (run, ph_graph_find_value (graph, pooled->pdata[i]));

      for (gsize a = 0; a < n; a++)
        for (gsize b = a + 1; b < MIN (n, a + 2 * COLUMNS + 3); b++)
          if (x[a] != x[b] && fabs (x[a] - x[b]) < MARGIN / 4)
            return FALSE;
    }
  return TRUE;
}

static void
assert_alike (const char *what, const float *a, const float *b, gsize n)
{
  double largest = 0.1; /* what is rounded on the way is of this size at least */

  for (gsize i = 0; i < n; i++)
    largest = MAX (largest, fabs (a[i]));
  for (gsize i = 0; i < n; i++)
    if (!(fabs (a[i] - b[i]) <= 2e-5 * largest))
      g_error ("%s [%zu]: %g with every value shown, %g without", what, i, a[i], b[i]);
}

/* Whether the graph could be compared; adds to @redirected whether redirection made a difference.
 */
static gboolean
check_graph (guint *redirected)
{
  PhShape shape = PH_SHAPE (g_test_rand_int_range (1, 3), CHANNELS, ROWS, COLUMNS);
  gsize n = ph_shape_count (&shape);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) clamped = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) pooled = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (PhGraph) graph = random_graph (&shape, names, clamped, pooled);
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (int));
  g_autofree float *x = g_new (float, n), *dy = g_new (float, n);
  int last = ph_graph_find_value (graph, names->pdata[names->len - 1]);
  guint n_inputs;
  int input = ph_graph_get_inputs (graph, &n_inputs)[0];

  for (gsize i = 0; i < n; i++)
    {
      x[i] = (float)g_test_rand_double_range (-1, 1);
      dy[i] = (float)g_test_rand_double_range (-1, 1);
    }
  for (int i = 0; i < (int)ph_graph_get_n_values (graph); i++)
    if (i != input && ph_graph_get_value (graph, i)->constant == NULL)
      g_array_append_val (all, i);

  g_autoptr (PhRun) shown = run_with (graph, &shape, (int *)(gpointer)all->data, all->len, x);
  g_autoptr (PhRun) alone = run_with (graph, &shape, &last, 1, x);

  assert_alike ("value", ph_run_get_value (shown, last), ph_run_get_value (alone, last), n);
  if (!is_far_from_corners (shown, graph, n, clamped) ||
      !is_far_from_ties (shown, graph, n, pooled))
    return FALSE;

  const PhRule rules[] = { PH_RULE_REDIRECTED, PH_RULE_GUIDED, PH_RULE_GRADIENT };
  g_autofree float *by_redirection = g_new (float, n);

  for (guint r = 0; r < G_N_ELEMENTS (rules); r++)
    {
      const float *a = go_back (shown, rules[r], n, x, last, dy);
      const float *b = go_back (alone, rules[r], n, x, last, dy);

      assert_alike ("gradient", a, b, n);
      if (r == 0)
        memcpy (by_redirection, b, n * sizeof (float));
      if (rules[r] == PH_RULE_GRADIENT)
        *redirected += memcmp (by_redirection, b, n * sizeof (float)) != 0;
    }
  g_assert_cmpuint (ph_plan_get_n_steps (ph_run_get_plan (alone)), <=,
                    ph_plan_get_n_steps (ph_run_get_plan (shown)));
  return TRUE;
}

static void
test_random_networks (void)
{
  guint compared = 0, redirected = 0;

  ph_cpu_set_exact (TRUE);
  for (guint i = 0; i < 300; i++)
    compared += check_graph (&redirected);
  ph_cpu_set_exact (FALSE);
  g_test_message ("%u networks, redirection changed %u", compared, redirected);
  g_assert_cmpuint (compared, >, 100);
  g_assert_cmpuint (redirected, >, 10);
}

/* Redirection, by hand: in an image through which nothing passes, what would wake dead places does,
 * and what would lower those at the ceiling; in an image through which anything passes, only the
 * derivative. */
static void
check_redirected (const char *op, const float *expected)
{
  const float x[3][4] = { { -1, -2, 7, -3 }, { -1, 2, 7, -3 }, { -1, -2, -1, -1 } };
  const float dy[3][4] = { { 1, -2, -3, 4 }, { 1, 5, 3, -4 }, { -1, -1, -1, -1 } };
  PhShape shape = PH_SHAPE (3, 4);
  g_autoptr (PhGraph) graph = ph_graph_new ("test", 13);
  g_autoptr (PhTensor) low = ph_opcase_tensor ("f : 0"), high = ph_opcase_tensor ("f : 6");
  Builder builder = { graph, NULL, NULL, 0 }, *b = &builder;
  g_autoptr (GError) error = NULL;

  ph_graph_add_input (graph, "x", PH_TYPE_FLOAT, &shape, NULL);
  ph_graph_add_constant (graph, "low", low, NULL);
  ph_graph_add_constant (graph, "high", high, NULL);
  if (g_str_equal (op, "Relu"))
    ADD ("Relu", NULL, "y", "x");
  else
    ADD ("Clip", NULL, "y", "x", "low", "high");
  ph_graph_finish (graph, &error);
  g_assert_no_error (error);

  int y = ph_graph_find_value (graph, "y");
  g_autoptr (PhRun) run = run_with (graph, &shape, &y, 1, x[0]);
  const float *dx = go_back (run, PH_RULE_REDIRECTED, 12, x[0], y, dy[0]);

  g_assert_cmpmem (dx, 12 * sizeof (float), expected, 12 * sizeof (float));
}

static void
test_redirected (void)
{
  check_redirected ("Relu", (float[]){ 0, 0, -3, 0, 0, 5, 3, 0, 0, 0, 0, 0 });
  check_redirected ("Clip", (float[]){ 1, 0, -3, 4, 0, 5, 0, 0, 0, 0, 0, 0 });
}

/* What must not be lost: each of these is one step. */
static void
test_fused_steps (void)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new (),
                        clamped = g_ptr_array_new_with_free_func (g_free),
                        pooled = g_ptr_array_new_with_free_func (g_free);
  PhShape shape = PH_SHAPE (1, CHANNELS, ROWS, COLUMNS);
  Builder builder = { ph_graph_new ("test", 13), names, clamped, pooled, 0 }, *b = &builder;
  g_autoptr (PhGraph) graph = builder.graph;
  g_autoptr (PhTensor) pads = ph_opcase_tensor ("i 8: 0 0 1 1 0 0 1 1");
  g_autoptr (GError) error = NULL;

  ph_graph_add_input (graph, "x", PH_TYPE_FLOAT, &shape, NULL);
  ph_graph_add_constant (graph, "pads", pads, NULL);
  add_convolution (b, "x", CHANNELS, 0.2, "a");
  ADD ("Relu", NULL, "b", "a");
  add_convolution (b, "b", CHANNELS, 0.2, "c");
  add_batch_norm (b, "c", "d");
  ADD ("Add", NULL, "e", "d", "b");
  ADD ("Relu", NULL, "f", "e");
  ADD ("Pad", NULL, "g", "f", "pads");
  ADD ("AveragePool", "kernel_shape=3,3", "h", "g");
  ADD ("Sigmoid", NULL, "i", "h");
  ADD ("Mul", NULL, "j", "i", "h");
  ph_graph_finish (graph, &error);
  g_assert_no_error (error);

  int value = ph_graph_find_value (graph, "j");
  g_autoptr (PhPlan) plan = ph_plan_new_for_image (graph, &shape, &value, 1, TRUE, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (ph_plan_get_n_steps (plan), ==, 4);
  g_assert_true (ph_plan_get_step (plan, 0)->gated);
  g_assert_true (ph_plan_get_step (plan, 1)->gated);
}

/* A residual block, branches and a pool: what noise inside must come back through. */
static PhGraph *
block_new (const PhShape *shape)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  Builder builder = { ph_graph_new ("test", 13), names, NULL, 0 }, *b = &builder;
  g_autoptr (GError) error = NULL;

  ph_graph_add_input (b->graph, "x", PH_TYPE_FLOAT, shape, NULL);
  add_convolution (b, "x", CHANNELS, 0.2, "a");
  ADD ("Relu", NULL, "b", "a");
  add_convolution (b, "b", CHANNELS, 0.2, "c");
  ADD ("Add", NULL, "d", "c", "b");
  ADD ("Relu", NULL, "e", "d");
  add_convolution (b, "b", CHANNELS, 0.2, "f");
  ADD ("Relu", NULL, "g", "f");
  ADD ("Concat", "axis=1", "h", "e", "g");
  ADD ("MaxPool", "kernel_shape=3,3 pads=1,1,1,1", "i", "h");
  add_convolution (b, "i", 2 * CHANNELS, 0.2, "j");
  ph_graph_finish (b->graph, &error);
  g_assert_no_error (error);
  return b->graph;
}

static double
weigh (PhRun *run, gsize n, const float *x, int value, const float *dy)
{
  const float *y;
  double sum = 0;

  memcpy (ph_run_get_input (run, 0), x, n * sizeof (float));
  g_assert_true (ph_run_forward (run, NULL, NULL));
  y = ph_run_get_value (run, value);
  for (gsize i = 0; i < n; i++)
    sum += (double)dy[i] * y[i];
  return sum;
}

/* With noise inside, the gradient is that of what was computed: against central differences. */
static void
test_noise (void)
{
  PhShape shape = PH_SHAPE (2, CHANNELS, ROWS, COLUMNS);
  gsize n = ph_shape_count (&shape);
  g_autoptr (PhGraph) graph = block_new (&shape);
  int value = ph_graph_find_value (graph, "j");
  g_autofree float *x = g_new (float, n), *dy = g_new (float, n), *moved = g_new (float, n);
  g_autofree float *dx = g_new (float, n);

  for (gsize i = 0; i < n; i++)
    {
      x[i] = (float)g_test_rand_double_range (-1, 1);
      dy[i] = (float)g_test_rand_double_range (-1, 1);
    }

  g_autoptr (PhRun) run = run_with (graph, &shape, &value, 1, x);
  double plain = weigh (run, n, x, value, dy), length = 0;

  ph_run_set_noise (run, 0.5, 7);

  double noisy = weigh (run, n, x, value, dy), differences = 0;

  memcpy (dx, go_back (run, PH_RULE_GRADIENT, n, x, value, dy), n * sizeof (float));
  for (gsize i = 0; i < n; i++)
    length += (double)dx[i] * dx[i];
  length = sqrt (length);
  g_assert_cmpfloat (fabs (noisy - plain), >, 1e-3 * fabs (plain));
  g_assert_cmpfloat (weigh (run, n, x, value, dy), ==, noisy);

  /* Along the gradient the slope is its length; shorter steps until no kink lies within. */
  for (double step = 0.02; step > 1e-4; step /= 2)
    {
      double up, down;

      for (gsize i = 0; i < n; i++)
        moved[i] = x[i] + (float)(step / length * dx[i]);
      up = weigh (run, n, moved, value, dy);
      for (gsize i = 0; i < n; i++)
        moved[i] = x[i] - (float)(step / length * dx[i]);
      down = weigh (run, n, moved, value, dy);
      differences = (up - down) / (2 * step);
      if (fabs (differences - length) < 0.01 * length)
        break;
    }
  g_assert_cmpfloat_with_epsilon (differences, length, 0.01 * length);

  ph_run_set_noise (run, 0.5, 8);
  g_assert_cmpfloat (weigh (run, n, x, value, dy), !=, noisy);
  ph_run_set_noise (run, 0, 0);
  g_assert_cmpfloat (weigh (run, n, x, value, dy), ==, plain);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fusion/steps", test_fused_steps);
  g_test_add_func ("/fusion/redirected", test_redirected);
  g_test_add_func ("/fusion/noise", test_noise);
  g_test_add_func ("/fusion/random-networks", test_random_networks);
  return g_test_run ();
}
