/* Runs ONNX's own operator cases: onnx-conformance DIR [PATTERN]
 *
 * DIR has one folder per case with model.onnx and test_data_set_N/input_N.pb and output_N.pb, as
 * make-onnx-cases.py writes them. PATTERN chooses cases by name (* and ?). Prints TAP; a case that
 * needs an operator or a kind of value we lack is a skip with that reason, and the last lines count
 * them. Exit code 1 when a case fails.
 *
 * An output passes as in ONNX's runner: same type, same shape, |actual - expected| <= atol + rtol *
 * |expected| with rtol 1e-3 and atol 1e-7, where NaN equals NaN. Types that are computed in float32
 * here though declared wider or narrower (float64, float16, bfloat16) get atol 1e-5, and bfloat16
 * the last of its 8 bits, as the cases cut off where we round to the nearest. Of outputs that
 * depend on random numbers only type and shape are compared. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/half.h"
#include "network/run.h"
#include "onnx/import.h"
#include "onnx/tensor.h"

typedef enum
{
  PASSED,
  FAILED,
  UNSUPPORTED,
} Verdict;

typedef struct
{
  PhGraph *graph;
  GPtrArray *inputs; /* PhTensor */
  GPtrArray *outputs;
  gboolean random;
} Case;

typedef struct
{
  guint count[3];
  guint n_random;
  GHashTable *reasons; /* why unsupported → count */
} Tally;

static GPtrArray *
load_tensors (const char *folder, const char *kind, GError **error)
{
  g_autoptr (GPtrArray) tensors = g_ptr_array_new_with_free_func ((GDestroyNotify)ph_tensor_unref);

  for (guint i = 0;; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s_%u.pb", kind, i);
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        return g_steal_pointer (&tensors);

      PhTensor *tensor = ph_onnx_tensor_load (path, NULL, error);

      if (tensor == NULL)
        {
          g_prefix_error (error, "%s: ", name);
          return NULL;
        }
      g_ptr_array_add (tensors, tensor);
    }
}

/* (nullable): why this graph cannot be run here at all. */
static char *
find_obstacle (PhGraph *graph)
{
  for (guint side = 0; side < 2; side++)
    {
      guint n;
      const int *values =
          side == 0 ? ph_graph_get_inputs (graph, &n) : ph_graph_get_outputs (graph, &n);

      for (guint i = 0; i < n; i++)
        {
          PhType type = ph_graph_get_value (graph, values[i])->type;

          if (type == PH_TYPE_STRING)
            return g_strdup ("string tensor");
          if (type == PH_TYPE_NONE && side == 0)
            return g_strdup ("sequence, optional or complex value");
        }
    }
  for (guint i = 0; i < ph_graph_get_n_nodes (graph); i++)
    {
      const PhNode *node = ph_graph_get_node (graph, i);

      if (node->op == NULL)
        return g_strdup_printf ("%s%s%s", node->domain != NULL ? node->domain : "",
                                node->domain != NULL && node->domain[0] != '\0' ? "." : "",
                                node->op_type);
    }
  return NULL;
}

static gboolean
is_random (PhGraph *graph, const char *name)
{
  /* Dropout is random only in training, with a ratio that is not zero. */
  gboolean training =
      g_str_has_prefix (name, "test_training_dropout") && strstr (name, "zero_ratio") == NULL;

  for (guint i = 0; i < ph_graph_get_n_nodes (graph); i++)
    {
      const PhNode *node = ph_graph_get_node (graph, i);
      gboolean dropout = g_str_equal (node->op_type, "Dropout");

      if (dropout ? training : node->op != NULL && (node->op->flags & PH_OP_RANDOM) != 0)
        return TRUE;
    }
  return FALSE;
}

static char *
dup_index (const PhShape *shape, gsize flat)
{
  GString *s = g_string_new ("[");

  for (guint axis = 0; axis < shape->rank; axis++)
    {
      gsize rest = ph_shape_count_range (shape, axis + 1, shape->rank);

      g_string_append_printf (s, "%s%" G_GSIZE_FORMAT, axis > 0 ? "," : "",
                              flat / rest % (gsize)shape->dim[axis]);
    }
  g_string_append_c (s, ']');
  return g_string_free (s, FALSE);
}

static double
number_at (gconstpointer data, PhType type, gsize i)
{
  if (ph_type_is_real (type))
    return ((const float *)data)[i];
  if (type == PH_TYPE_UINT64)
    return (double)((const guint64 *)data)[i];
  return (double)((const gint64 *)data)[i];
}

/* (nullable): what is wrong with an output. */
static char *
compare (const PhSpec *spec, gconstpointer data, const PhTensor *expected, gboolean random)
{
  g_autofree char *is = ph_shape_dup_string (&spec->shape);
  g_autofree char *should = ph_shape_dup_string (&expected->shape);
  double atol = expected->type == PH_TYPE_FLOAT || !ph_type_is_real (expected->type) ? 1e-7 : 1e-5;
  double rtol = expected->type == PH_TYPE_BFLOAT16 ? 1.0 / 128 : 1e-3;
  double worst = 0;
  gsize at = 0, n_bad = 0;

  if (spec->type != expected->type)
    return g_strdup_printf ("type is %s, expected %s", ph_type_name (spec->type),
                            ph_type_name (expected->type));
  if (!ph_shape_equal (&spec->shape, &expected->shape))
    return g_strdup_printf ("shape is %s, expected %s", is, should);
  for (gsize i = 0; i < expected->n && !random; i++)
    {
      double a = number_at (data, expected->type, i);
      double e = number_at (expected->data, expected->type, i);
      double excess = fabs (a - e) - (atol + rtol * fabs (e));

      if (a == e || (isnan (a) && isnan (e)))
        continue;
      if (isnan (excess) || isinf (e))
        excess = INFINITY;
      if (excess <= 0)
        continue;
      n_bad++;
      if (excess > worst)
        {
          worst = excess;
          at = i;
        }
    }
  if (n_bad == 0)
    return NULL;

  g_autofree char *where = dup_index (&expected->shape, at);

  return g_strdup_printf ("%" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT
                          " elements of %s differ; worst at %s: expected %.9g, actual %.9g",
                          n_bad, expected->n, should, where,
                          number_at (expected->data, expected->type, at),
                          number_at (data, expected->type, at));
}

/* A plan with the integers, or with all inputs, known before the run. */
static PhPlan *
make_plan (const Case *c, gboolean all_known, GError **error)
{
  g_autofree PhSpec *specs = g_new0 (PhSpec, c->inputs->len + 1);
  guint n_outputs;
  const int *outputs = ph_graph_get_outputs (c->graph, &n_outputs);

  for (guint i = 0; i < c->inputs->len; i++)
    {
      PhTensor *tensor = c->inputs->pdata[i];

      specs[i].type = tensor->type;
      specs[i].shape = tensor->shape;
      if (all_known || !ph_type_is_real (tensor->type))
        specs[i].constant = tensor;
    }

  PhQuestion question = {
    .inputs = specs, .n_inputs = c->inputs->len, .targets = outputs, .n_targets = n_outputs
  };

  return ph_plan_new (c->graph, &question, error);
}

static Verdict
run_case (const Case *c, char **message)
{
  g_autoptr (GError) error = NULL;
  guint n_inputs, n_outputs;
  const int *outputs = ph_graph_get_outputs (c->graph, &n_outputs);

  ph_graph_get_inputs (c->graph, &n_inputs);
  if (n_inputs != c->inputs->len || n_outputs != c->outputs->len)
    {
      *message = g_strdup_printf ("%u inputs and %u outputs, data for %u and %u", n_inputs,
                                  n_outputs, c->inputs->len, c->outputs->len);
      return FAILED;
    }

  g_autoptr (PhPlan) plan = make_plan (c, FALSE, NULL);

  if (plan == NULL)
    plan = make_plan (c, TRUE, &error);

  g_autoptr (PhRun) run = plan != NULL ? ph_run_new (plan, &error) : NULL;

  for (guint i = 0; run != NULL && i < n_inputs; i++)
    {
      PhTensor *tensor = c->inputs->pdata[i];
      gpointer memory = ph_run_get_input (run, i);

      if (memory != NULL && tensor->n > 0)
        memcpy (memory, tensor->data, tensor->n * ph_type_size (tensor->type));
    }
  if (run == NULL || !ph_run_forward (run, NULL, &error))
    {
      *message = g_strdup (error->message);
      return g_error_matches (error, PH_ERROR, PH_ERROR_OP_UNSUPPORTED) ? UNSUPPORTED : FAILED;
    }
  for (guint i = 0; i < n_outputs; i++)
    {
      g_autofree char *wrong =
          compare (ph_plan_get_spec (plan, outputs[i]), ph_run_get_value (run, outputs[i]),
                   c->outputs->pdata[i], c->random);

      if (wrong != NULL)
        {
          *message = g_strdup_printf ("output %u: %s", i, wrong);
          return FAILED;
        }
    }
  return PASSED;
}

/* NumPy knows no bfloat16, so the cases carry its bits as uint16 and only the graph says so. */
static void
settle_bfloats (const PhGraph *graph, const int *values, guint n, GPtrArray *tensors)
{
  for (guint i = 0; i < n && i < tensors->len; i++)
    {
      PhTensor *bits = tensors->pdata[i];

      if (ph_graph_get_value (graph, values[i])->type != PH_TYPE_BFLOAT16 ||
          bits->type != PH_TYPE_UINT16)
        continue;

      PhTensor *real = ph_tensor_new (PH_TYPE_BFLOAT16, &bits->shape, NULL);

      for (gsize j = 0; j < bits->n; j++)
        real->f[j] = ph_bfloat_to_float ((guint16)bits->i[j]);
      tensors->pdata[i] = real;
      ph_tensor_unref (bits);
    }
}

/* All data sets of one case. */
static Verdict
run_folder (const char *folder, const char *name, gboolean *random, char **message)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (folder, "model.onnx", NULL);
  g_autoptr (PhGraph) graph = ph_onnx_import (path, NULL, NULL, NULL, &error);
  Verdict verdict = PASSED;

  if (graph == NULL)
    {
      gboolean text = strstr (error->message, "it holds text") != NULL;

      *message = g_strdup (text ? "string tensor" : error->message);
      return text ? UNSUPPORTED : FAILED;
    }
  *message = find_obstacle (graph);
  if (*message != NULL)
    return UNSUPPORTED;
  *random = is_random (graph, name);
  for (guint set = 0; verdict == PASSED; set++)
    {
      g_autofree char *part = g_strdup_printf ("test_data_set_%u", set);
      g_autofree char *data = g_build_filename (folder, part, NULL);

      if (!g_file_test (data, G_FILE_TEST_IS_DIR))
        {
          if (set > 0)
            break;
          *message = g_strdup ("there is no data set");
          return FAILED;
        }

      g_autoptr (GPtrArray) inputs = load_tensors (data, "input", &error);
      g_autoptr (GPtrArray) outputs = inputs != NULL ? load_tensors (data, "output", &error) : NULL;

      if (outputs == NULL)
        {
          *message = g_strdup (error->message);
          return FAILED;
        }

      guint n_inputs, n_outputs;
      const int *input_values = ph_graph_get_inputs (graph, &n_inputs);
      const int *output_values = ph_graph_get_outputs (graph, &n_outputs);

      settle_bfloats (graph, input_values, n_inputs, inputs);
      settle_bfloats (graph, output_values, n_outputs, outputs);

      Case c = { graph, inputs, outputs, *random };

      verdict = run_case (&c, message);
    }
  return verdict;
}

static void
report (Tally *tally, const char *name, Verdict verdict, gboolean random, const char *message)
{
  guint number = ++tally->count[verdict];

  for (guint i = 0; i < 3; i++)
    number += i != verdict ? tally->count[i] : 0;
  printf ("%s %u - %s", verdict == FAILED ? "not ok" : "ok", number, name);
  if (verdict == UNSUPPORTED)
    {
      guint n = GPOINTER_TO_UINT (g_hash_table_lookup (tally->reasons, message));

      printf (" # SKIP %s", message);
      g_hash_table_insert (tally->reasons, g_strdup (message), GUINT_TO_POINTER (n + 1));
    }
  printf ("\n");
  if (verdict == FAILED)
    printf ("# %s\n", message);
  tally->n_random += verdict == PASSED && random;
}

static void
summarise (Tally *tally)
{
  g_autoptr (GList) reasons =
      g_list_sort (g_hash_table_get_keys (tally->reasons), (GCompareFunc)strcmp);

  printf ("1..%u\n", tally->count[PASSED] + tally->count[FAILED] + tally->count[UNSUPPORTED]);
  for (GList *l = reasons; l != NULL; l = l->next)
    printf ("# unsupported: %s: %u\n", (const char *)l->data,
            GPOINTER_TO_UINT (g_hash_table_lookup (tally->reasons, l->data)));
  printf ("# %u of those passed are random: type and shape compared\n", tally->n_random);
  printf ("# %u passed, %u failed, %u unsupported\n", tally->count[PASSED], tally->count[FAILED],
          tally->count[UNSUPPORTED]);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

static GPtrArray *
list_cases (const char *folder, const char *pattern)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (pattern == NULL || g_pattern_match_simple (pattern, name))
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  return names;
}

int
main (int argc, char **argv)
{
  if (argc < 2 || argc > 3)
    {
      fprintf (stderr, "usage: onnx-conformance DIR [PATTERN]\n");
      return 2;
    }

  g_autoptr (GPtrArray) names = list_cases (argv[1], argc == 3 ? argv[2] : NULL);
  g_autoptr (GHashTable) reasons = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Tally tally = { .reasons = reasons };

  if (names->len == 0)
    {
      printf ("Bail out! there are no cases in %s\n", argv[1]);
      return 1;
    }
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *folder = g_build_filename (argv[1], names->pdata[i], NULL);
      g_autofree char *message = NULL;
      gboolean random = FALSE;
      Verdict verdict = run_folder (folder, names->pdata[i], &random, &message);

      report (&tally, names->pdata[i], verdict, random, message);
      fflush (stdout);
    }
  summarise (&tally);
  return tally.count[FAILED] > 0 ? 1 : 0;
}
