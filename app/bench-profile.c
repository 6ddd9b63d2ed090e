#include "app/bench-profile.h"

#include <stdlib.h>

struct _BenchProfile
{
  PhPlan *plan;
  const PhStepTime *times;
  guint n_steps, n_passes, passes;

  /* owned: (steps, passes) */
  gint64 *forward, *backward;
};

/* What is told of a step; GFLOP/s count a product and its sum as two. */
typedef struct
{
  const char *name, *kind, *algorithm;
  double forward, backward; /* milliseconds */
  double forward_rate, backward_rate;
} Line;

BenchProfile *
bench_profile_new (PhRun *run, guint passes)
{
  BenchProfile *profile = g_new0 (BenchProfile, 1);

  profile->plan = ph_plan_ref (ph_run_get_plan (run));
  profile->times = ph_run_time_steps (run);
  profile->n_steps = ph_plan_get_n_steps (profile->plan);
  profile->passes = passes;
  profile->forward = g_new0 (gint64, (gsize)profile->n_steps * passes + 1);
  profile->backward = g_new0 (gint64, (gsize)profile->n_steps * passes + 1);
  return profile;
}

void
bench_profile_free (BenchProfile *profile)
{
  ph_plan_unref (profile->plan);
  g_free (profile->forward);
  g_free (profile->backward);
  g_free (profile);
}

void
bench_profile_add (BenchProfile *profile)
{
  g_return_if_fail (profile->n_passes < profile->passes);

  for (guint i = 0; i < profile->n_steps; i++)
    {
      gsize at = (gsize)i * profile->passes + profile->n_passes;

      profile->forward[at] = profile->times[i].forward;
      profile->backward[at] = profile->times[i].backward;
    }
  profile->n_passes++;
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;

  return x < y ? -1 : x > y;
}

/* Milliseconds. */
static double
median (const gint64 *times, guint n)
{
  g_autofree gint64 *sorted = g_memdup2 (times, n * sizeof *times);

  if (n == 0)
    return 0;
  qsort (sorted, n, sizeof *sorted, compare_times);
  return (double)(sorted[n / 2] + sorted[(n - 1) / 2]) / 2 * 1e-6;
}

static Line
describe (const BenchProfile *profile, guint i)
{
  const PhStep *step = ph_plan_get_step (profile->plan, i);
  gsize at = (gsize)i * profile->passes;
  double work = step->op->work != NULL ? step->op->work (step) : 0;
  const char *algorithm = step->op->algorithm != NULL ? step->op->algorithm (step) : NULL;
  Line line = { .name = step->node->name,
                .kind = step->op->name,
                .algorithm = algorithm != NULL ? algorithm : "",
                .forward = median (profile->forward + at, profile->n_passes),
                .backward = median (profile->backward + at, profile->n_passes) };

  if (line.forward > 0)
    line.forward_rate = 2e-6 * work / line.forward;
  if (line.backward > 0)
    line.backward_rate = 2e-6 * work / line.backward;
  return line;
}

static char *
dup_shape (const BenchProfile *profile, guint i)
{
  const PhStep *step = ph_plan_get_step (profile->plan, i);

  return step->out[0] != NULL ? ph_shape_dup_string (&step->out[0]->shape) : g_strdup ("");
}

static void
print_rate (double rate)
{
  if (rate > 0)
    g_print (" %7.0f", rate);
  else
    g_print (" %7s", "");
}

void
bench_profile_print (const BenchProfile *profile)
{
  double forward = 0, backward = 0;

  g_print ("%-40s %-18s %-18s %9s %7s %9s %7s  %s\n", "step", "kind", "output", "there, ms", "GF/s",
           "back, ms", "GF/s", "by");
  for (guint i = 0; i < profile->n_steps; i++)
    {
      Line line = describe (profile, i);
      g_autofree char *shape = dup_shape (profile, i);

      g_print ("%-40s %-18s %-18s %9.3f", line.name, line.kind, shape, line.forward);
      print_rate (line.forward_rate);
      g_print (" %9.3f", line.backward);
      print_rate (line.backward_rate);
      g_print ("  %s\n", line.algorithm);
      forward += line.forward;
      backward += line.backward;
    }
  g_print ("%-40s %-18s %-18s %9.3f %7s %9.3f\n", "all", "", "", forward, "", backward);
}

static void
add_text (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

static void
add_number (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_double_value (builder, value);
}

void
bench_profile_build (const BenchProfile *profile, JsonBuilder *builder)
{
  json_builder_begin_array (builder);
  for (guint i = 0; i < profile->n_steps; i++)
    {
      Line line = describe (profile, i);
      g_autofree char *shape = dup_shape (profile, i);

      json_builder_begin_object (builder);
      add_text (builder, "name", line.name);
      add_text (builder, "kind", line.kind);
      add_text (builder, "output", shape);
      add_text (builder, "algorithm", line.algorithm);
      add_number (builder, "forward_ms", line.forward);
      add_number (builder, "backward_ms", line.backward);
      add_number (builder, "forward_gflops", line.forward_rate);
      add_number (builder, "backward_gflops", line.backward_rate);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}
