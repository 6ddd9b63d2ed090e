/* Conv and ConvTranspose: by hand, gradients, each as the other's adjoint, fused against unfused.
 */

#include <math.h>
#include <string.h>

#include "network/run.h"
#include "opcase.h"

static void
test_by_hand (void)
{
  static const PhOpCase cases[] = {
    /* A 3×4 picture under a 2×2 filter with padding on the left and below only. */
    { "Conv",
      11,
      "pads=0,1,1,0 strides=1,2",
      { "f 1,1,3,4: 1 2 3 4 5 6 7 8 9 10 11 12", "cf 1,1,2,2: 1 10 100 1000", "cf 1: 0.5" },
      { "f 1,1,3,2: 5010.5 7632.5 9050.5 12076.5 90.5 120.5" } },
    /* A signal, with a hole in the filter. */
    { "Conv",
      11,
      "dilations=2,",
      { "f 1,1,5: 1 2 3 4 5", "f 1,1,2: 1 10" },
      { "f 1,1,3: 31 42 53" } },
    /* SAME_LOWER pads more before; two groups. */
    { "Conv",
      11,
      "auto_pad=SAME_LOWER group=2",
      { "f 1,2,3: 1 2 3 4 5 6", "cf 2,1,2: 1 10 100 1000" },
      { "f 1,2,3: 10 21 32 4000 5400 6500" } },
    /* Three axes: the sum over each 2×1×2 box. */
    { "Conv",
      11,
      NULL,
      { "f 1,1,2,2,3: 1 2 3 4 5 6 7 8 9 10 11 12", "cf 1,1,2,1,2: 1 1 1 1" },
      { "f 1,1,1,2,2: 18 22 30 34" } },
    { "ConvTranspose",
      11,
      "strides=2,",
      { "f 1,1,3: 1 2 3", "cf 1,1,3: 1 10 100", "cf 1: 0.5" },
      { "f 1,1,7: 1.5 10.5 102.5 20.5 203.5 30.5 300.5" } },
    { "ConvTranspose",
      11,
      "strides=2, output_padding=1, pads=1,0",
      { "f 1,1,2: 1 2", "cf 1,1,3: 1 10 100" },
      { "f 1,1,5: 10 102 20 200 0" } },
    /* An output_shape smaller than natural cuts more off before; SAME_UPPER off behind. */
    { "ConvTranspose",
      11,
      "strides=2, output_shape=4,",
      { "f 1,1,2: 1 2", "cf 1,1,3: 1 10 100" },
      { "f 1,1,4: 10 102 20 200" } },
    { "ConvTranspose",
      11,
      "strides=2, auto_pad=SAME_UPPER",
      { "f 1,1,2: 1 2", "cf 1,1,3: 1 10 100" },
      { "f 1,1,4: 1 10 102 20" } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    ph_opcase_expect (&cases[i]);
}

static void
test_gradients (void)
{
  static const PhOpCase cases[] = {
    { "Conv", 11, "pads=1,0,2,1 strides=2,1", { "f 2,2,4,5", "f 3,2,3,2", "f 3" } },
    { "Conv", 11, "pads=1,0,2,1 strides=2,1", { "f 2,2,4,5", "cf 3,2,3,2", "cf 3" } },
    { "Conv", 11, "group=3 dilations=1,2", { "f 2,3,3,7", "f 3,1,2,3" } },
    { "Conv", 11, "group=2 auto_pad=SAME_UPPER strides=2,3", { "f 2,4,3,5", "cf 6,2,3,2" } },
    { "Conv", 11, "pads=2,1 strides=2,", { "f 3,2,9", "f 5,2,3", "f 5" } },
    { "Conv", 11, "pads=1,0,1,0,1,0", { "f 1,2,2,4,3", "f 2,2,2,3,2", "f 2" } },
    { "Conv", 11, "strides=2,1,1 dilations=1,2,1", { "f 1,2,5,4,3", "cf 3,2,2,2,2" } },
    { "ConvTranspose", 11, "strides=2,3 pads=1,0,0,2", { "f 2,3,2,4", "f 3,2,3,2", "f 2" } },
    { "ConvTranspose",
      11,
      "group=2 output_padding=1,0 strides=2,1",
      { "f 2,4,3,4", "cf 4,3,2,3" } },
    { "ConvTranspose", 11, "dilations=2,", { "f 3,2,5", "f 2,4,3", "f 4" } },
    { "ConvTranspose", 11, "strides=1,2,1", { "f 1,2,2,3,2", "f 2,1,2,2,2", "f 1" } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    ph_opcase_gradient (&cases[i]);
}

static double
dot (const PhTensor *a, const PhTensor *b)
{
  double sum = 0;

  g_assert_cmpuint (a->n, ==, b->n);
  for (gsize i = 0; i < a->n; i++)
    sum += (double)a->f[i] * b->f[i];
  return sum;
}

/* ⟨conv x, y⟩ = ⟨x, convtranspose y⟩ with the same filters. */
static void
test_adjoint (void)
{
  const char *attrs = "strides=3,2 pads=1,2,0,1 dilations=1,2 group=2";
  g_autoptr (PhTensor) x = ph_opcase_tensor ("f 2,4,8,9");
  g_autoptr (PhTensor) w = ph_opcase_tensor ("f 6,2,3,3");
  g_autoptr (PhTensor) y = ph_opcase_tensor ("f 2,6,3,4");
  PhTensor *ax = NULL, *aty = NULL;
  g_autoptr (GError) error = NULL;

  ph_opcheck_run ("Conv", 11, ph_opcase_attrs (attrs), (PhGradInput[]){ { x, FALSE }, { w, TRUE } },
                  2, &ax, 1, &error);
  g_assert_no_error (error);

  g_autofree char *with_shape = g_strconcat (attrs, " output_padding=0,1", NULL);

  ph_opcheck_run ("ConvTranspose", 11, ph_opcase_attrs (with_shape),
                  (PhGradInput[]){ { y, FALSE }, { w, TRUE } }, 2, &aty, 1, &error);
  g_assert_no_error (error);
  g_assert_true (ph_shape_equal (&ax->shape, &y->shape));
  g_assert_true (ph_shape_equal (&aty->shape, &x->shape));
  g_assert_cmpfloat_with_epsilon (dot (ax, y), dot (x, aty), 1e-4);
  ph_tensor_unref (ax);
  ph_tensor_unref (aty);
}

static void
test_errors (void)
{
  ph_opcase_fails (&(PhOpCase){ "Conv", 11, NULL, { "f 1,3,5,5", "cf 4,4,3,3" } },
                   PH_ERROR_SHAPE_MISMATCH, "has 3 channels, the filters expect 4");
  ph_opcase_fails (&(PhOpCase){ "Conv", 11, NULL, { "f 1,3,2,5", "cf 4,3,3,3" } },
                   PH_ERROR_SHAPE_MISMATCH, "a window of 3 does not fit into 2");
  ph_opcase_fails (&(PhOpCase){ "Conv", 11, NULL, { "f 3,5", "cf 4,3,3,3" } },
                   PH_ERROR_SHAPE_MISMATCH, "the input is 3×5");
  ph_opcase_fails (&(PhOpCase){ "Conv", 11, NULL, { "f 1,3,5,5", "cf 4,3,3,3", "cf 3" } },
                   PH_ERROR_SHAPE_MISMATCH, "3 biases for 4 filters");
  ph_opcase_fails (&(PhOpCase){ "ConvTranspose", 11, NULL, { "f 1,3,5,5", "cf 4,3,3,3" } },
                   PH_ERROR_SHAPE_MISMATCH, "must be the input's channels");
}

/* Conv, BatchNormalization, Add and Relu or Clip over @attrs, as a graph of constants. */
static PhGraph *
make_chain (gboolean clip)
{
  g_autoptr (PhGraph) graph = ph_graph_new ("chain", 11);
  static const struct
  {
    const char *name, *text;
  } constants[] = {
    { "w", "f 6,2,3,2" },  { "b", "f 6" },        { "scale", "f 6: 0.5 -1 2 1 0.7 -0.3" },
    { "shift", "f 6" },    { "mean", "f 6" },     { "variance", "f 6: 0.2 1 0.5 2 0.7 1.5" },
    { "more", "f 6,1,1" }, { "low", "f : -0.5" }, { "high", "f : 0.75" },
  };
  g_autoptr (GError) error = NULL;

  ph_graph_add_input (graph, "x", PH_TYPE_FLOAT, NULL, &error);
  for (guint i = 0; i < G_N_ELEMENTS (constants); i++)
    {
      g_autoptr (PhTensor) tensor = ph_opcase_tensor (constants[i].text);

      ph_graph_add_constant (graph, constants[i].name, tensor, &error);
    }
  ph_graph_add_node (graph, "Conv", "", "conv", ph_opcase_attrs ("group=2 pads=1,0,0,1"),
                     (const char *[]){ "x", "w", "b" }, 3, (const char *[]){ "c" }, 1, &error);
  ph_graph_add_node (graph, "BatchNormalization", "", "norm", ph_opcase_attrs ("epsilon=0.01"),
                     (const char *[]){ "c", "scale", "shift", "mean", "variance" }, 5,
                     (const char *[]){ "n" }, 1, &error);
  ph_graph_add_node (graph, "Add", "", "add", NULL, (const char *[]){ "more", "n" }, 2,
                     (const char *[]){ "a" }, 1, &error);
  if (clip)
    ph_graph_add_node (graph, "Clip", "", "clip", NULL, (const char *[]){ "a", "low", "high" }, 3,
                       (const char *[]){ "y" }, 1, &error);
  else
    ph_graph_add_node (graph, "Relu", "", "relu", NULL, (const char *[]){ "a" }, 1,
                       (const char *[]){ "y" }, 1, &error);
  ph_graph_add_output (graph, "y");
  g_assert_no_error (error);
  ph_graph_finish (graph, &error);
  g_assert_no_error (error);
  return g_steal_pointer (&graph);
}

/* Runs the chain forward and backward; asking for the values in between keeps the nodes apart. */
static guint
run_chain (PhGraph *graph, const PhTensor *x, const PhTensor *dy, gboolean apart, float *y,
           float *dx)
{
  int targets[] = { ph_graph_find_value (graph, "y"), ph_graph_find_value (graph, "c"),
                    ph_graph_find_value (graph, "n"), ph_graph_find_value (graph, "a") };
  g_autoptr (GError) error = NULL;
  g_autoptr (PhPlan) plan =
      ph_plan_new_for_image (graph, &x->shape, targets, apart ? 4 : 1, TRUE, &error);

  g_assert_no_error (error);

  g_autoptr (PhRun) run = ph_run_new (plan, &error);

  memcpy (ph_run_get_input (run, 0), x->f, x->n * sizeof (float));
  ph_run_forward (run, NULL, &error);
  memcpy (y, ph_run_get_value (run, targets[0]), dy->n * sizeof (float));
  ph_run_clear_gradients (run);

  float *seed = ph_run_get_gradient (run, targets[0]);

  for (gsize i = 0; i < dy->n; i++)
    seed[i] += dy->f[i];
  ph_run_backward (run, NULL, &error);
  memcpy (dx, ph_run_get_input_gradient (run, 0), x->n * sizeof (float));
  return ph_plan_get_n_steps (plan);
}

static void
test_fusion (gconstpointer clip)
{
  g_autoptr (PhGraph) graph = make_chain (GPOINTER_TO_INT (clip));
  g_autoptr (PhTensor) x = ph_opcase_tensor ("f 2,4,5,7");
  g_autoptr (PhTensor) dy = ph_opcase_tensor ("f 2,6,4,7");
  g_autofree float *y = g_new (float, 2 * dy->n), *dx = g_new (float, 2 * x->n);
  guint n_clamped = 0;

  g_assert_cmpuint (run_chain (graph, x, dy, FALSE, y, dx), ==, 1);
  g_assert_cmpuint (run_chain (graph, x, dy, TRUE, y + dy->n, dx + x->n), ==, 4);
  for (gsize i = 0; i < dy->n; i++)
    {
      n_clamped += y[i] == 0 || y[i] == -0.5f || y[i] == 0.75f;
      g_assert_cmpfloat_with_epsilon (y[i], y[dy->n + i], 1e-5);
    }
  for (gsize i = 0; i < x->n; i++)
    g_assert_cmpfloat_with_epsilon (dx[i], dx[x->n + i], 1e-4);
  /* Or the activation would not have been tested. */
  g_assert_cmpuint (n_clamped, >, dy->n / 20);
  g_assert_cmpuint (n_clamped, <, dy->n * 19 / 20);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/op/conv/by-hand", test_by_hand);
  g_test_add_func ("/op/conv/gradients", test_gradients);
  g_test_add_func ("/op/conv/adjoint", test_adjoint);
  g_test_add_func ("/op/conv/errors", test_errors);
  g_test_add_data_func ("/op/conv/fusion-relu", GINT_TO_POINTER (FALSE), test_fusion);
  g_test_add_data_func ("/op/conv/fusion-clip", GINT_TO_POINTER (TRUE), test_fusion);
  return g_test_run ();
}
