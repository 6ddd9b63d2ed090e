/* Learning: gradients to parameters, batch statistics and dropout in a plan for training. */

#include "gradcheck.h"

#include "engine/network/parameters.h"
#include "engine/network/run.h"

#include <math.h>
#include <string.h>

#define IMAGES 3

static const PhShape image = { 4, { IMAGES, 4, 7, 5 } };

static void
add_constant (PhGraph *graph, const char *name, const PhShape *shape, double low, double high)
{
  g_autoptr (PhTensor) tensor = ph_gradcheck_random (shape, low, high);

  g_assert_cmpint (ph_graph_add_constant (graph, name, tensor, NULL), >=, 0);
}

static void
add_node (PhGraph *graph, const char *op, PhAttrs *attrs, const char *inputs, const char *output)
{
  g_auto (GStrv) names = g_strsplit (inputs, " ", -1);

  g_assert_true (ph_graph_add_node (graph, op, "", output, attrs, (const char *const *)names,
                                    g_strv_length (names), (const char *[]){ output }, 1, NULL));
}

static PhAttrs *
attrs_ints (const char *name, gint64 a, gint64 b)
{
  PhAttrs *attrs = ph_attrs_new ();

  ph_attrs_set_ints (attrs, name, (gint64[]){ a, b }, 2);
  return attrs;
}

/* Convolutions with all that makes them different, normalised, flattened and multiplied; smooth
 * everywhere, so that differences can check it. */
static PhGraph *
make_network (void)
{
  PhGraph *graph = ph_graph_new ("small", 13);
  PhAttrs *grouped = attrs_ints ("strides", 2, 1);

  ph_attrs_set_int (grouped, "group", 2);
  ph_graph_add_input (graph, "x", PH_TYPE_FLOAT, &image, NULL);
  add_constant (graph, "w1", &PH_SHAPE_OF (6, 4, 3, 2), -0.5, 0.5);
  add_constant (graph, "b1", &PH_SHAPE_OF (6), -1, 1);
  add_node (graph, "Conv", attrs_ints ("dilations", 1, 2), "x w1 b1", "conv1");
  add_constant (graph, "scale", &PH_SHAPE_OF (6), 0.5, 2);
  add_constant (graph, "bias", &PH_SHAPE_OF (6), -1, 1);
  add_constant (graph, "mean", &PH_SHAPE_OF (6), -0.5, 0.5);
  add_constant (graph, "variance", &PH_SHAPE_OF (6), 0.5, 2);
  add_node (graph, "BatchNormalization", NULL, "conv1 scale bias mean variance", "norm");
  add_node (graph, "Tanh", NULL, "norm", "tanh");
  add_constant (graph, "w2", &PH_SHAPE_OF (4, 3, 2, 1), -1, 1);
  add_node (graph, "Conv", grouped, "tanh w2", "conv2");
  add_constant (graph, "b2", &PH_SHAPE_OF (4, 1, 1), -1, 1);
  add_node (graph, "Add", NULL, "conv2 b2", "biased");
  add_node (graph, "Flatten", NULL, "biased", "flat");
  add_constant (graph, "w3", &PH_SHAPE_OF (24, 5), -0.5, 0.5);
  add_constant (graph, "b3", &PH_SHAPE_OF (5), -1, 1);
  add_node (graph, "Dropout", NULL, "flat", "thinned");
  add_node (graph, "Gemm", NULL, "thinned w3 b3", "y");
  ph_graph_add_output (graph, "y");
  g_assert_true (ph_graph_finish (graph, NULL));
  return graph;
}

typedef struct
{
  PhGraph *graph;
  PhParameter *list;
  int *values;
  float **memory;
  guint n;
  PhPlan *plan;
  PhRun *run;
  float *weights; /* of the sum over the outputs */
} Learner;

/* A run with memory of its own for all parameters, without those of @role. */
static Learner
learner_new (gboolean training, int without)
{
  Learner l = { .graph = make_network () };
  int target = ph_graph_find_value (l.graph, "y");
  PhSpec input = { .type = PH_TYPE_FLOAT, .shape = image };
  g_autoptr (GError) error = NULL;
  guint n;

  l.list = ph_graph_list_parameters (l.graph, &n);
  l.values = g_new (int, n);
  l.memory = g_new (float *, n);
  for (guint i = 0; i < n; i++)
    if ((int)l.list[i].role != without)
      l.values[l.n++] = l.list[i].value;

  PhQuestion question = { .inputs = &input,
                          .n_inputs = 1,
                          .targets = &target,
                          .n_targets = 1,
                          .gradient = TRUE,
                          .parameters = l.values,
                          .n_parameters = l.n,
                          .parameter_gradients = TRUE,
                          .training = training };

  l.plan = ph_plan_new (l.graph, &question, &error);
  g_assert_no_error (error);
  l.run = ph_run_new (l.plan, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < l.n; i++)
    {
      const PhTensor *constant = ph_graph_get_value (l.graph, l.values[i])->constant;

      l.memory[i] = ph_aligned_alloc (constant->n * sizeof (float));
      memcpy (l.memory[i], constant->f, constant->n * sizeof (float));
      ph_run_set_parameter (l.run, l.values[i], l.memory[i]);
    }
  l.weights = g_new (float, IMAGES * 5);
  for (guint i = 0; i < IMAGES * 5; i++)
    l.weights[i] = (float)g_test_rand_double_range (-1, 1);
  return l;
}

static void
learner_clear (Learner *l)
{
  ph_run_free (l->run);
  ph_plan_unref (l->plan);
  ph_graph_unref (l->graph);
  for (guint i = 0; i < l->n; i++)
    ph_aligned_free (l->memory[i]);
  g_free (l->memory);
  g_free (l->values);
  g_free (l->list);
  g_free (l->weights);
}

static double
objective (Learner *l, const float *x)
{
  const float *y;
  double sum = 0;

  memcpy (ph_run_get_input (l->run, 0), x, ph_shape_count (&image) * sizeof (float));
  g_assert_true (ph_run_forward (l->run, NULL, NULL));
  y = ph_run_get_value (l->run, ph_graph_find_value (l->graph, "y"));
  for (guint i = 0; i < IMAGES * 5; i++)
    sum += (double)l->weights[i] * y[i];
  return sum;
}

static void
backward (Learner *l)
{
  ph_run_clear_gradients (l->run);
  memcpy (ph_run_get_gradient (l->run, ph_graph_find_value (l->graph, "y")), l->weights,
          IMAGES * 5 * sizeof (float));
  g_assert_true (ph_run_backward (l->run, NULL, NULL));
}

/* Every number of every parameter against central differences; statistics that are moved by each
 * pass are put back, as the sum must not depend on how often it is looked at. */
static void
check_gradients (Learner *l)
{
  g_autoptr (PhTensor) x = ph_gradcheck_random (&image, -1, 1);

  ph_run_set_seed (l->run, 42);
  objective (l, x->f);
  backward (l);
  for (guint i = 0; i < l->n; i++)
    {
      const char *name = ph_graph_get_value (l->graph, l->values[i])->name;
      gsize n = ph_graph_get_value (l->graph, l->values[i])->constant->n;
      g_autofree float *gradient =
          g_memdup2 (ph_run_get_parameter_gradient (l->run, l->values[i]), n * sizeof (float));
      /* A bias that the next normalisation takes away again has the gradient 0, where differences
       * show nothing but the rounding of the sum. */
      double largest = 0.2;

      for (gsize j = 0; j < n; j++)
        largest = MAX (largest, fabs ((double)gradient[j]));
      for (gsize j = 0; j < n; j++)
        {
          float old = l->memory[i][j];
          double up, down, expected;

          l->memory[i][j] = old + (float)PH_GRADCHECK_STEP;
          up = objective (l, x->f);
          l->memory[i][j] = old - (float)PH_GRADCHECK_STEP;
          down = objective (l, x->f);
          l->memory[i][j] = old;
          expected = (up - down) / (2 * PH_GRADCHECK_STEP);
          if (fabs (gradient[j] - expected) > 2e-3 * largest)
            g_error ("%s[%zu]: expected %g, got %g (largest %g)", name, j, expected,
                     (double)gradient[j], largest);
        }
    }
}

static void
test_list (void)
{
  g_autoptr (PhGraph) graph = make_network ();
  guint n;
  g_autofree PhParameter *list = ph_graph_list_parameters (graph, &n);
  const struct
  {
    const char *name;
    PhRole role;
  } expected[] = { { "w1", PH_ROLE_WEIGHT },      { "b1", PH_ROLE_BIAS },
                   { "scale", PH_ROLE_SCALE },    { "bias", PH_ROLE_BIAS },
                   { "mean", PH_ROLE_STATISTIC }, { "variance", PH_ROLE_STATISTIC },
                   { "w2", PH_ROLE_WEIGHT },      { "b2", PH_ROLE_BIAS },
                   { "w3", PH_ROLE_WEIGHT },      { "b3", PH_ROLE_BIAS } };

  g_assert_cmpuint (n, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < n; i++)
    {
      g_assert_cmpstr (ph_graph_get_value (graph, list[i].value)->name, ==, expected[i].name);
      g_assert_cmpint (list[i].role, ==, expected[i].role);
    }
}

static void
test_gradients_in_training (void)
{
  Learner l = learner_new (TRUE, -1);

  check_gradients (&l);
  learner_clear (&l);
}

/* Statistics that are not learned stay as they are, also in training. */
static void
test_gradients_frozen_statistics (void)
{
  Learner l = learner_new (TRUE, PH_ROLE_STATISTIC);

  check_gradients (&l);
  learner_clear (&l);
}

/* Outside training mean and variance are parameters like others. */
static void
test_gradients_outside_training (void)
{
  Learner l = learner_new (FALSE, -1);

  check_gradients (&l);
  learner_clear (&l);
}

static const float *
memory_of (const Learner *l, const char *name)
{
  for (guint i = 0; i < l->n; i++)
    if (g_str_equal (ph_graph_get_value (l->graph, l->values[i])->name, name))
      return l->memory[i];
  g_assert_not_reached ();
}

/* The first convolution by its definition, for the statistics of its output. */
static double
conv1_at (const Learner *l, const float *x, gsize n, gsize k, gsize row, gsize column)
{
  const float *w = memory_of (l, "w1");
  double sum = memory_of (l, "b1")[k];

  for (gsize c = 0; c < 4; c++)
    for (gsize r = 0; r < 3; r++)
      for (gsize s = 0; s < 2; s++)
        sum += (double)w[((k * 4 + c) * 3 + r) * 2 + s] *
               x[((n * 4 + c) * 7 + row + r) * 5 + column + 2 * s];
  return sum;
}

static void
test_statistics_move (void)
{
  Learner l = learner_new (TRUE, -1);
  g_autoptr (PhTensor) x = ph_gradcheck_random (&image, -1, 1);
  const PhTensor *mean =
      ph_graph_get_value (l.graph, ph_graph_find_value (l.graph, "mean"))->constant;
  const PhTensor *variance =
      ph_graph_get_value (l.graph, ph_graph_find_value (l.graph, "variance"))->constant;
  g_autofree float *before = g_memdup2 (mean->f, 6 * sizeof (float));
  const double count = IMAGES * 5 * 3;

  objective (&l, x->f);
  for (gsize k = 0; k < 6; k++)
    {
      double sum = 0, squares = 0;

      for (gsize i = 0; i < (gsize)count; i++)
        sum += conv1_at (&l, x->f, i / 15, k, i / 3 % 5, i % 3);
      for (gsize i = 0; i < (gsize)count; i++)
        squares += pow (conv1_at (&l, x->f, i / 15, k, i / 3 % 5, i % 3) - sum / count, 2);
      g_assert_cmpfloat_with_epsilon (memory_of (&l, "mean")[k],
                                      0.9 * mean->f[k] + 0.1 * sum / count, 1e-5);
      g_assert_cmpfloat_with_epsilon (memory_of (&l, "variance")[k],
                                      0.9 * variance->f[k] + 0.1 * squares / (count - 1), 1e-5);
    }

  /* Without memory of its own the run reads the graph's constants, and never writes there. */
  for (guint i = 0; i < l.n; i++)
    ph_run_set_parameter (l.run, l.values[i], NULL);
  objective (&l, x->f);
  g_assert_cmpmem (before, 6 * sizeof (float), mean->f, 6 * sizeof (float));
  learner_clear (&l);
}

/* The same seed drops the same; outside training nothing is dropped. */
static void
test_seed (void)
{
  Learner l = learner_new (TRUE, PH_ROLE_STATISTIC);
  Learner still = learner_new (FALSE, PH_ROLE_STATISTIC);
  g_autoptr (PhTensor) x = ph_gradcheck_random (&image, -1, 1);
  double first, other, again;

  ph_run_set_seed (l.run, 1);
  first = objective (&l, x->f);
  ph_run_set_seed (l.run, 2);
  other = objective (&l, x->f);
  ph_run_set_seed (l.run, 1);
  again = objective (&l, x->f);
  g_assert_true (first == again);
  g_assert_true (first != other);

  ph_run_set_seed (still.run, 1);
  first = objective (&still, x->f);
  ph_run_set_seed (still.run, 2);
  g_assert_true (first == objective (&still, x->f));
  learner_clear (&l);
  learner_clear (&still);
}

static void
test_refusals (void)
{
  g_autoptr (PhGraph) graph = make_network ();
  int target = ph_graph_find_value (graph, "y"), parameter = ph_graph_find_value (graph, "x");
  PhSpec input = { .type = PH_TYPE_FLOAT, .shape = image };
  PhQuestion question = { .inputs = &input,
                          .n_inputs = 1,
                          .targets = &target,
                          .n_targets = 1,
                          .parameters = &parameter,
                          .n_parameters = 1 };
  g_autoptr (GError) error = NULL;

  g_assert_null (ph_plan_new (graph, &question, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_NOT_DIFFERENTIABLE);
  g_clear_error (&error);

  /* Nothing that leads to the first layer is learned after it. */
  target = ph_graph_find_value (graph, "conv1");
  parameter = ph_graph_find_value (graph, "w3");
  question.parameter_gradients = TRUE;
  g_assert_null (ph_plan_new (graph, &question, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_NOT_DIFFERENTIABLE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/parameters/list", test_list);
  g_test_add_func ("/parameters/gradients/in-training", test_gradients_in_training);
  g_test_add_func ("/parameters/gradients/frozen-statistics", test_gradients_frozen_statistics);
  g_test_add_func ("/parameters/gradients/outside-training", test_gradients_outside_training);
  g_test_add_func ("/parameters/statistics-move", test_statistics_move);
  g_test_add_func ("/parameters/seed", test_seed);
  g_test_add_func ("/parameters/refusals", test_refusals);
  return g_test_run ();
}
