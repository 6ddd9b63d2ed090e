/* Time of a training step: forward, cross-entropy, gradients to all parameters, SGD with momentum.
 *
 *   bench-train NETWORK.onnx [BATCH [THREADS [SECONDS [--profile]]]]
 *
 * prints one JSON object with the median in milliseconds; with --profile each step of the plan as
 * well. Images and labels are random. */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/engine.h"
#include "engine/train/loss.h"

#define N_PARAMETERS 4096

typedef struct
{
  int value;
  gboolean is_statistic;
  gsize n;
  float *memory;
  PhOptimiser *optimiser;
} Learned;

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *)a, y = *(const double *)b;

  return x < y ? -1 : x > y;
}

static void
fail (const GError *error)
{
  g_printerr ("bench-train: %s\n", error->message);
  exit (1);
}

static void
print_profile (PhPlan *plan, const PhStepTime *times)
{
  for (guint i = 0; i < ph_plan_get_n_steps (plan); i++)
    {
      const PhStep *step = ph_plan_get_step (plan, i);
      g_autofree char *shape = ph_shape_dup_string (&step->out[0]->shape);

      g_printerr ("%8.3f %8.3f  %-20s %-24s %s\n", times[i].forward * 1e-6,
                  times[i].backward * 1e-6, step->node->op_type, shape, step->node->name);
    }
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  guint batch = argc > 2 ? (guint)atoi (argv[2]) : 64, n, n_outputs;
  double seconds = argc > 4 ? atof (argv[4]) : 2;
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (double));
  Learned learned[N_PARAMETERS];
  int values[N_PARAMETERS];
  PhRng rng;

  if (argc < 2 || batch < 1)
    {
      g_printerr ("usage: bench-train NETWORK.onnx [BATCH [THREADS [SECONDS [--profile]]]]\n");
      return 2;
    }
  ph_parallel_set_threads (argc > 3 ? (guint)atoi (argv[3]) : 0);
  ph_rng_init (&rng, 1, 1);

  g_autoptr (PhModel) model = ph_model_load (argv[1], NULL, &error);

  if (model == NULL)
    fail (error);

  PhGraph *graph = ph_model_get_graph (model);
  const int target = ph_graph_get_outputs (graph, &n_outputs)[0];
  const PhPreprocess *p = ph_model_get_preprocess (model);
  PhSpec input = { .type = PH_TYPE_FLOAT,
                   .shape = ph_model_input_shape (model, batch, p->height, p->width) };
  g_autofree PhParameter *list = ph_graph_list_parameters (graph, &n);

  n = MIN (n, N_PARAMETERS);
  for (guint i = 0; i < n; i++)
    values[i] = list[i].value;

  PhQuestion question = { .inputs = &input,
                          .n_inputs = 1,
                          .targets = &target,
                          .n_targets = 1,
                          .parameters = values,
                          .n_parameters = n,
                          .parameter_gradients = TRUE,
                          .training = TRUE };
  g_autoptr (PhPlan) plan = ph_plan_new (graph, &question, &error);

  if (plan == NULL)
    fail (error);

  g_autoptr (PhRun) run = ph_run_new (plan, &error);

  if (run == NULL)
    fail (error);
  for (guint i = 0; i < n; i++)
    {
      const PhTensor *constant = ph_graph_get_value (graph, values[i])->constant;

      learned[i] = (Learned){ values[i], list[i].role == PH_ROLE_STATISTIC, constant->n,
                              ph_aligned_alloc (constant->n * sizeof (float)),
                              ph_optimiser_new (PH_OPTIMISER_MOMENTUM, constant->n, NULL) };
      memcpy (learned[i].memory, constant->f, constant->n * sizeof (float));
      ph_run_set_parameter (run, values[i], learned[i].memory);
    }

  const gsize n_input = ph_shape_count (&input.shape);
  const PhShape *scores = &ph_plan_get_spec (plan, target)->shape;
  const guint classes = (guint)scores->dim[1];
  g_autofree float *images = g_new (float, n_input);
  g_autofree int *labels = g_new (int, batch);
  const PhLoss loss = { .kind = PH_LOSS_CROSS_ENTROPY };
  const PhStepTime *times = argc > 5 ? ph_run_time_steps (run) : NULL;
  double first = NAN, last = NAN;

  for (gsize i = 0; i < n_input; i++)
    images[i] = (float)ph_rng_normal (&rng);
  for (guint i = 0; i < batch; i++)
    labels[i] = (int)ph_rng_below (&rng, classes);

  gint64 end = 0;

  for (int step = -2; step < 3 || g_get_monotonic_time () < end; step++)
    {
      gint64 start = g_get_monotonic_time ();
      double time;

      memcpy (ph_run_get_input (run, 0), images, n_input * sizeof (float));
      ph_run_set_seed (run, (guint64)(step + 2));
      ph_run_forward (run, NULL, NULL);
      ph_run_clear_gradients (run);
      last = ph_loss_classes (&loss, batch, classes, ph_run_get_value (run, target), labels,
                              ph_run_get_gradient (run, target));
      ph_run_backward (run, NULL, NULL);
      for (guint i = 0; i < n; i++)
        if (!learned[i].is_statistic)
          ph_optimiser_step (learned[i].optimiser, learned[i].memory,
                             ph_run_get_parameter_gradient (run, learned[i].value), -0.01);
      time = (g_get_monotonic_time () - start) * 1e-3;
      if (step == -2)
        first = last;
      if (step < 0)
        end = g_get_monotonic_time () + (gint64)(seconds * G_USEC_PER_SEC);
      else
        g_array_append_val (all, time);
    }
  if (times != NULL)
    print_profile (plan, times);
  g_array_sort (all, compare_doubles);
  g_print ("{\"network\": \"%s\", \"batch\": %u, \"threads\": %u, \"kernels\": \"%s\", "
           "\"ms\": %.3f, \"steps\": %u, \"first_loss\": %.5f, \"last_loss\": %.5f}\n",
           ph_model_get_name (model), batch, ph_parallel_get_threads (),
           ph_cpu_level_name (ph_cpu_level ()), g_array_index (all, double, all->len / 2), all->len,
           first, last);
  for (guint i = 0; i < n; i++)
    {
      ph_aligned_free (learned[i].memory);
      ph_optimiser_free (learned[i].optimiser);
    }
  return 0;
}
