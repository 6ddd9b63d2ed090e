/* Networks as PyTorch exports them: the class scores and the gradient of the largest against
 * PyTorch's. Runs when PHOSPHENE_TORCH_EXPORTS names a folder that make-torch-exports.py filled. */
#include <math.h>
#include <string.h>

#include "base/npy.h"
#include "kernels/cpu.h"
#include "network/run.h"
#include "onnx/load.h"

/* Scores: of the largest. Gradients: the norm of the difference, of the norm; a Relu or a maximum
 * that rounding decides otherwise than in PyTorch moves that by a hundredth (ResNet-18: two of a
 * million make 0.019), a network without such decisions (Swin, ConvNeXt) agrees to 1e-6. */
#define EXACT_TOLERANCE 1e-4
/* Winograd's convolutions round a little more, and random weights, unlike learned ones, pass that
 * on. */
#define FAST_TOLERANCE 3e-4
#define GRADIENT_TOLERANCE 5e-2
/* The norm itself hardly feels that. */
#define NORM_TOLERANCE 5e-3

static PhTensor *
load_array (const char *stem, const char *what)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_strdup_printf ("%s.%s.npy", stem, what);
  PhTensor *tensor = ph_npy_load (path, &error);

  g_assert_no_error (error);
  return tensor;
}

static double
relative_difference (const PhTensor *expected, const float *actual)
{
  double largest = 0, most = 0;

  for (gsize i = 0; i < expected->n; i++)
    {
      double difference = fabs ((double)actual[i] - expected->f[i]);

      most = isnan (difference) ? INFINITY : MAX (most, difference);
      largest = MAX (largest, fabs (expected->f[i]));
    }
  return most / largest;
}

static double
relative_distance (const PhTensor *expected, const float *actual, double *norms)
{
  double squares = 0, all = 0, ours = 0;

  for (gsize i = 0; i < expected->n; i++)
    {
      double difference = (double)actual[i] - expected->f[i];

      squares += difference * difference;
      ours += (double)actual[i] * actual[i];
      all += (double)expected->f[i] * expected->f[i];
    }
  *norms = fabs (sqrt (ours / all) - 1);
  return isnan (squares) ? INFINITY : sqrt (squares / all);
}

static void
compare (const char *stem, gboolean exact)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_strconcat (stem, ".onnx", NULL);
  g_autoptr (PhTensor) x = load_array (stem, "input");
  g_autoptr (PhTensor) y = load_array (stem, "output");
  g_autoptr (PhTensor) dx = load_array (stem, "gradient");
  g_autoptr (PhModel) model = ph_model_load (path, NULL, &error);

  g_assert_no_error (error);
  ph_cpu_set_exact (exact);

  int output = ph_graph_find_value (ph_model_get_graph (model), "y");
  g_autoptr (PhPlan) plan =
      ph_plan_new_for_image (ph_model_get_graph (model), &x->shape, &output, 1, TRUE, &error);

  g_assert_no_error (error);

  g_autoptr (PhRun) run = ph_run_new (plan, &error);

  g_assert_no_error (error);
  memcpy (ph_run_get_input (run, 0), x->f, x->n * sizeof (float));
  g_assert_true (ph_run_forward (run, NULL, &error));
  g_assert_true (ph_shape_equal (&ph_plan_get_spec (plan, output)->shape, &y->shape));

  double worst = relative_difference (y, ph_run_get_value (run, output));
  gsize largest = 0;

  for (gsize i = 0; i < y->n; i++)
    largest = y->f[i] > y->f[largest] ? i : largest;
  ph_run_clear_gradients (run);
  ph_run_get_gradient (run, output)[largest] = 1;
  g_assert_true (ph_run_backward (run, NULL, &error));

  double norms;
  double distance = relative_distance (dx, ph_run_get_input_gradient (run, 0), &norms);

  g_test_message ("%s: scores differ by %.2g, gradient by %.2g, its norm by %.2g, %u steps",
                  exact ? "exact" : "fast", worst, distance, norms, ph_plan_get_n_steps (plan));
  g_assert_cmpfloat (worst, <, exact ? EXACT_TOLERANCE : FAST_TOLERANCE);
  g_assert_cmpfloat (distance, <, GRADIENT_TOLERANCE);
  g_assert_cmpfloat (norms, <, NORM_TOLERANCE);
}

static void
test_network (gconstpointer data)
{
  gboolean before = ph_cpu_is_exact ();

  compare (data, TRUE);
  compare (data, FALSE);
  ph_cpu_set_exact (before);
}

static void
test_absent (void)
{
  g_test_skip ("PHOSPHENE_TORCH_EXPORTS names no folder of exported networks");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  const char *folder = g_getenv ("PHOSPHENE_TORCH_EXPORTS");
  g_autoptr (GDir) dir = folder != NULL ? g_dir_open (folder, 0, NULL) : NULL;
  g_autoptr (GPtrArray) stems = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".onnx"))
      {
        g_autofree char *plain = g_strndup (name, strlen (name) - strlen (".onnx"));
        g_autofree char *path = g_strconcat ("/torch-exports/", plain, NULL);

        g_ptr_array_add (stems, g_build_filename (folder, plain, NULL));
        g_test_add_data_func (path, stems->pdata[stems->len - 1], test_network);
      }
  if (stems->len == 0)
    g_test_add_func ("/torch-exports/absent", test_absent);
  return g_test_run ();
}
