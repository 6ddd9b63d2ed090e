#include "app/bench-profile.h"
#include "app/cli.h"

#include <stdlib.h>

static struct
{
  char *unit;
  int runs, batch;
  double seconds;
  gboolean profile, forward_only, ascent;
} options = { .runs = 20, .batch = 1 };

static const GOptionEntry entries[] = {
  { "unit", 'u', 0, G_OPTION_ARG_STRING, &options.unit,
    "The unit to go to (class 0, or the last layer)", "UNIT" },
  { "runs", 0, 0, G_OPTION_ARG_INT, &options.runs, "How many timed runs (20)", "N" },
  { "seconds", 0, 0, G_OPTION_ARG_DOUBLE, &options.seconds,
    "Instead: as many as fit into that time, at least three", "S" },
  { "batch", 0, 0, G_OPTION_ARG_INT, &options.batch, "Images at once (1)", "N" },
  { "profile", 0, 0, G_OPTION_ARG_NONE, &options.profile, "Tell the time of each step as well",
    NULL },
  { "forward-only", 0, 0, G_OPTION_ARG_NONE, &options.forward_only, "Leave out the gradient",
    NULL },
  { "ascent", 0, 0, G_OPTION_ARG_NONE, &options.ascent,
    "Also time whole steps of a picture, with transforms, image space and preview", NULL },
  { NULL },
};

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *)a, y = *(const double *)b;

  return x < y ? -1 : x > y;
}

/* Milliseconds of each run, and whether there have been enough. */
typedef struct
{
  GArray *times; /* of double */
  gint64 start;
} Timer;

static gboolean
timer_wants_more (const Timer *timer)
{
  if (options.seconds > 0)
    return timer->times->len < 3 ||
           g_get_monotonic_time () - timer->start < options.seconds * G_USEC_PER_SEC;
  return timer->times->len < (guint)options.runs;
}

static double
timer_median (Timer *timer)
{
  const double *times = (const double *)(gpointer)timer->times->data;
  guint n = timer->times->len;

  g_array_sort (timer->times, compare_doubles);
  return (times[n / 2] + times[(n - 1) / 2]) / 2;
}

/* Median milliseconds of one pass to the unit, and back to the image if @gradient; with @profile,
 * those of each step too. */
static gboolean
measure (PhCli *cli, PhModel *model, const PhUnit *unit, gboolean gradient, double *median,
         BenchProfile **profile, GError **error)
{
  const PhPreprocess *p = ph_model_get_preprocess (model);
  PhShape shape = ph_model_input_shape (model, (guint)options.batch, p->height, p->width);
  g_autoptr (PhObjective) objective = ph_objective_new_for_unit (model, unit);
  guint n_targets;
  const int *targets = ph_objective_get_targets (objective, &n_targets);
  g_autoptr (PhPlan) plan = ph_plan_new_for_image (ph_model_get_graph (model), &shape, targets,
                                                   n_targets, gradient, error);
  g_autoptr (PhRun) run = plan != NULL ? ph_run_new (plan, error) : NULL;
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (double));
  Timer timer = { .times = times };
  g_autofree float *noise = NULL;
  gsize n = ph_shape_count (&shape);
  PhRng rng;

  if (run == NULL || !ph_objective_bind (objective, plan, error))
    return FALSE;
  noise = g_new (float, n);
  ph_rng_init (&rng, 0, 0);
  if (profile != NULL)
    *profile = bench_profile_new (run, (guint)options.runs);
  for (gsize i = 0; i < n; i++)
    noise[i] = (float)ph_rng_normal (&rng);

  /* Two passes to warm up, then the timed ones. */
  for (int i = -2; i < 0 || timer_wants_more (&timer); i++)
    {
      double time;
      gint64 start;
      float *input = ph_run_get_input (run, 0);

      for (gsize j = 0; j < n; j++)
        input[j] = noise[j];
      start = g_get_monotonic_time ();
      if (!ph_run_forward (run, cli->cancellable, error))
        return FALSE;
      if (gradient)
        {
          ph_run_clear_gradients (run);
          ph_objective_evaluate (objective, run, NULL, TRUE, NULL);
          if (!ph_run_backward (run, cli->cancellable, error))
            return FALSE;
        }
      time = (g_get_monotonic_time () - start) * 1e-3;
      if (i < 0)
        timer.start = g_get_monotonic_time ();
      else
        g_array_append_val (times, time);
      if (i >= 0 && profile != NULL)
        bench_profile_add (*profile);
      ph_monitor_progress (&cli->monitor, options.seconds > 0 ? -1 : (i + 2.0) / (options.runs + 2),
                           gradient ? "forward and backward" : "forward");
    }
  *median = timer_median (&timer);
  return TRUE;
}

/* Median milliseconds of whole steps of a picture of @unit with the settings that pictures have by
 * themselves, and of making a preview of it. */
static gboolean
measure_ascent (PhCli *cli, PhModel *model, const char *unit, double *step, double *preview,
                GError **error)
{
  PhAscentSettings settings;
  g_autoptr (PhAscent) ascent = NULL;
  g_autoptr (GArray) steps = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) previews = g_array_new (FALSE, FALSE, sizeof (double));
  Timer timer = { .times = steps };

  ph_settings_init (ph_ascent_settings, &settings);
  ascent = ph_ascent_new (model, unit, &settings, error);
  ph_settings_clear (ph_ascent_settings, &settings);
  if (ascent == NULL)
    return FALSE;
  for (int i = -2; i < 0 || timer_wants_more (&timer); i++)
    {
      double time;
      gint64 start = g_get_monotonic_time (), middle;

      if (!ph_ascent_step (ascent, NULL, cli->cancellable, error))
        return FALSE;
      middle = g_get_monotonic_time ();

      g_autoptr (PhFrame) frame = ph_image_to_frame (ph_ascent_get_image (ascent), 0, 0);

      if (i < 0)
        {
          timer.start = g_get_monotonic_time ();
          continue;
        }
      time = (middle - start) * 1e-3;
      g_array_append_val (steps, time);
      time = (g_get_monotonic_time () - middle) * 1e-3;
      g_array_append_val (previews, time);
    }
  *step = timer_median (&timer);
  timer.times = previews;
  *preview = timer_median (&timer);
  return TRUE;
}

static gboolean
choose_unit (PhModel *model, PhUnit *unit, GError **error)
{
  if (options.unit != NULL)
    return ph_unit_parse (model, options.unit, unit, error);
  *unit = (PhUnit){ .kind = PH_UNIT_CLASS };
  if (ph_model_get_n_classes (model) == 0)
    *unit = (PhUnit){ .kind = PH_UNIT_LAYER, .layer = ph_model_get_n_layers (model) - 1 };
  return TRUE;
}

static gboolean
run_bench (PhCli *cli, GError **error)
{
  g_autoptr (PhModel) model = NULL;
  g_autofree char *name = NULL;
  g_autoptr (BenchProfile) profile = NULL;
  double forward, step = 0, ascent = 0, preview = 0;
  PhUnit unit;

  if (options.runs < 1 || options.runs > 100000 || options.batch < 1 || options.batch > 4096 ||
      !(options.seconds >= 0 && options.seconds <= 3600))
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           "choose --runs 1 to 100000, --seconds up to 3600 and --batch 1 to 4096");
      return FALSE;
    }
  model = ph_cli_open (cli, cli->positional[0], error);
  if (model == NULL || !choose_unit (model, &unit, error) ||
      !measure (cli, model, &unit, FALSE, &forward, NULL, error) ||
      (!options.forward_only &&
       !measure (cli, model, &unit, TRUE, &step, options.profile ? &profile : NULL, error)))
    return FALSE;
  name = ph_unit_dup_name (model, &unit);
  if (options.ascent && !measure_ascent (cli, model, name, &ascent, &preview, error))
    return FALSE;
  ph_cli_end_progress ();
  if (cli->json)
    {
      g_autoptr (JsonBuilder) builder = json_builder_new ();

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "network");
      json_builder_add_string_value (builder, ph_model_get_name (model));
      json_builder_set_member_name (builder, "unit");
      json_builder_add_string_value (builder, name);
      json_builder_set_member_name (builder, "batch");
      json_builder_add_int_value (builder, options.batch);
      json_builder_set_member_name (builder, "threads");
      json_builder_add_int_value (builder, ph_parallel_get_threads ());
      json_builder_set_member_name (builder, "kernels");
      json_builder_add_string_value (builder, ph_cpu_level_name (ph_cpu_level ()));
      json_builder_set_member_name (builder, "forward_ms");
      json_builder_add_double_value (builder, forward);
      if (!options.forward_only)
        {
          json_builder_set_member_name (builder, "step_ms");
          json_builder_add_double_value (builder, step);
        }
      if (options.ascent)
        {
          json_builder_set_member_name (builder, "ascent_ms");
          json_builder_add_double_value (builder, ascent);
          json_builder_set_member_name (builder, "preview_ms");
          json_builder_add_double_value (builder, preview);
        }
      if (profile != NULL)
        {
          json_builder_set_member_name (builder, "steps");
          bench_profile_build (profile, builder);
        }
      json_builder_end_object (builder);
      ph_cli_print_json (builder);
    }
  else
    {
      g_print ("%s → %s: forward %.2f ms", ph_model_get_name (model), name, forward);
      if (!options.forward_only)
        g_print (", forward and backward %.2f ms", step);
      if (options.ascent)
        g_print (", a whole step of a picture %.2f ms, a preview %.2f ms", ascent, preview);
      g_print (" (batch %d, %u threads, %s)\n", options.batch, ph_parallel_get_threads (),
               ph_cpu_level_name (ph_cpu_level ()));
      if (profile != NULL)
        bench_profile_print (profile);
    }
  return TRUE;
}

static const char *const examples[] = {
  "How long does one step towards a class take here?",
  "phosphene-cli bench squeezenet.onnx --unit class:0",
  "Where does the time go?",
  "phosphene-cli bench squeezenet.onnx --unit class:0 --profile",
  "What do transforms, image space and previews add to it?",
  "phosphene-cli bench squeezenet.onnx --unit class:0 --ascent",
  "For a table",
  "phosphene-cli bench squeezenet.onnx --unit fire6/concat --json --threads 1",
  NULL,
};

const PhVerb ph_verb_bench = {
  .name = "bench",
  .arguments = "NET [--unit UNIT]",
  .summary = "Measure how fast a network runs here",
  .description =
      "Median milliseconds of one forward pass to the unit, and of one forward pass with "
      "the gradient back to the image, which is what one step of a picture costs.",
  .examples = examples,
  .options = entries,
  .min_positional = 1,
  .max_positional = 1,
  .run = run_bench,
};
