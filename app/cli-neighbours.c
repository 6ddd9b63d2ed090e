#include <string.h>

#include "app/cli.h"

static struct
{
  int k, ef, m, construction;
  double recall;
  char *metric, *index, *output, *distances;
  gboolean curve;
} options = { .k = 10, .m = 16, .construction = 200 };

static const GOptionEntry entries[] = {
  { "k", 'k', 0, G_OPTION_ARG_INT, &options.k, "How many neighbours (10)", "N" },
  { "metric", 0, 0, G_OPTION_ARG_STRING, &options.metric, "euclidean (as usual) or cosine",
    "NAME" },
  { "index", 'i', 0, G_OPTION_ARG_FILENAME, &options.index,
    "Search by an index in this file, made or extended as needed, instead of exactly", "FILE" },
  { "recall", 0, 0, G_OPTION_ARG_DOUBLE, &options.recall,
    "The share of the true neighbours that the index shall find (0.95); measured, to choose --ef",
    "SHARE" },
  { "ef", 0, 0, G_OPTION_ARG_INT, &options.ef,
    "How many candidates the index keeps in mind, instead of --recall", "N" },
  { "m", 0, 0, G_OPTION_ARG_INT, &options.m, "Links of a vector in a new index (16)", "N" },
  { "construction", 0, 0, G_OPTION_ARG_INT, &options.construction,
    "Candidates while a new index is made (200)", "N" },
  { "curve", 0, 0, G_OPTION_ARG_NONE, &options.curve,
    "Measure recall and queries a second over ef, and exact search beside them", NULL },
  { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output,
    "Write the neighbours' rows as .npy, (queries, k), int64", "FILE" },
  { "distances", 'd', 0, G_OPTION_ARG_FILENAME, &options.distances,
    "Write their distances as .npy, (queries, k), float32", "FILE" },
  { NULL },
};

/* As many queries tell a recall to within a percent. */
#define SAMPLE 1000

static gboolean
check_options (PhMetric *metric, GError **error)
{
  const char *wrong = NULL;

  if (options.k < 1)
    wrong = "-k takes 1 or more";
  else if (options.recall < 0 || options.recall > 1)
    wrong = "--recall takes 0 to 1";
  else if (options.ef < 0)
    wrong = "--ef takes 1 or more";
  else if (options.m < 2 || options.m > 200)
    wrong = "--m takes 2 to 200";
  else if (options.construction < 1)
    wrong = "--construction takes 1 or more";
  else if (options.index == NULL && (options.ef > 0 || options.recall > 0 || options.curve))
    wrong = "--ef, --recall and --curve are about an index; name its file with --index";
  else if (options.ef > 0 && options.recall > 0)
    wrong = "--ef and --recall exclude each other";
  if (wrong == NULL && (options.metric == NULL || ph_metric_parse (options.metric, metric, error)))
    return TRUE;
  if (wrong != NULL)
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, wrong);
  else if (error != NULL && *error != NULL)
    (*error)->domain = G_OPTION_ERROR;
  return FALSE;
}

/* Rows of numbers; what has more axes is taken as one row for each entry of the first. */
static PhTensor *
load (const char *path, PhVectors *vectors, GError **error)
{
  g_autoptr (PhTensor) tensor = ph_npy_load (path, error);

  if (tensor == NULL)
    return NULL;
  if (tensor->shape.rank < 2 || tensor->n == 0 || !ph_type_is_real (tensor->type))
    {
      g_set_error (error, PH_ERROR, PH_ERROR_SHAPE_MISMATCH,
                   "%s: it must hold a table of floats, a vector in each row", path);
      return NULL;
    }
  vectors->data = tensor->f;
  vectors->n = (gsize)tensor->shape.dim[0];
  vectors->size = tensor->n / vectors->n;
  return g_steal_pointer (&tensor);
}

/* The index in the file, extended by what @base has more; a new one where there is none. */
static PhHnsw *
open_index (PhCli *cli, const PhVectors *base, PhMetric metric, GError **error)
{
  g_autoptr (PhHnsw) hnsw = NULL;
  gsize had = 0;

  if (g_file_test (options.index, G_FILE_TEST_EXISTS))
    {
      hnsw = ph_hnsw_load (options.index, error);
      if (hnsw == NULL)
        return NULL;
      had = ph_hnsw_get_n (hnsw);
      if (ph_hnsw_get_metric (hnsw) != metric)
        {
          g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                       "“%s” is an index for the metric %s; name another file, or that metric",
                       options.index, ph_metric_name (ph_hnsw_get_metric (hnsw)));
          return NULL;
        }
      if (ph_hnsw_count_common (hnsw, base) < had)
        {
          g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                       "“%s” is an index of other vectors; name another file, or remove this one",
                       options.index);
          return NULL;
        }
    }
  else
    hnsw = ph_hnsw_new (base->size, metric, (guint)options.m, (guint)options.construction, error);
  if (hnsw == NULL || had == base->n)
    return g_steal_pointer (&hnsw);

  PhVectors rest = { base->data + had * base->size, base->n - had, base->size };

  if (!ph_hnsw_add (hnsw, &rest, &cli->monitor, cli->cancellable, error) ||
      !ph_hnsw_save (hnsw, options.index, error))
    return NULL;
  ph_cli_end_progress ();
  if (ph_hnsw_get_n (hnsw) < base->n)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                   "stopped; the index holds %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT
                   " vectors, and the same command goes on with the others",
                   ph_hnsw_get_n (hnsw), base->n);
      return NULL;
    }
  return g_steal_pointer (&hnsw);
}

static guint
choose_ef (PhCli *cli, PhHnsw *hnsw, const PhVectors *base, const PhVectors *queries, guint k,
           double *reached, GError **error)
{
  PhVectors sample = { queries->data, MIN (queries->n, SAMPLE), queries->size };
  double wanted = options.recall > 0 ? options.recall : 0.95;
  g_autoptr (PhNeighbours) truth = NULL;

  *reached = -1;
  if (options.ef > 0)
    return (guint)options.ef;
  truth = ph_neighbours_find (base, &sample, ph_hnsw_get_metric (hnsw), k, NULL, cli->cancellable,
                              error);
  return truth != NULL
             ? ph_recall_choose_ef (hnsw, &sample, truth, wanted, reached, cli->cancellable, error)
             : 0;
}

static gboolean
write_results (const PhNeighbours *found, GError **error)
{
  PhShape shape = ph_shape (2, (gint64[]){ (gint64)found->n, found->k });
  g_autoptr (PhTensor) rows = ph_tensor_new (PH_TYPE_INT64, &shape, error);
  g_autoptr (PhTensor) distances =
      rows != NULL ? ph_tensor_new (PH_TYPE_FLOAT, &shape, error) : NULL;

  if (distances == NULL)
    return FALSE;
  for (gsize i = 0; i < rows->n; i++)
    {
      rows->i[i] = found->indices[i];
      distances->f[i] = found->distances[i];
    }
  return (options.output == NULL || ph_npy_save (rows, options.output, error)) &&
         (options.distances == NULL || ph_npy_save (distances, options.distances, error));
}

static void
print_curve (PhCli *cli, const GArray *curve)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  const PhRecallPoint *points = (const PhRecallPoint *)(gconstpointer)curve->data;

  ph_cli_end_progress ();
  json_builder_begin_array (builder);
  for (guint i = 0; i < curve->len; i++)
    {
      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "method");
      json_builder_add_string_value (builder, points[i].ef == 0 ? "exact" : "hnsw");
      json_builder_set_member_name (builder, "k");
      json_builder_add_int_value (builder, points[i].k);
      json_builder_set_member_name (builder, "ef");
      json_builder_add_int_value (builder, points[i].ef);
      json_builder_set_member_name (builder, "recall");
      json_builder_add_double_value (builder, points[i].recall);
      json_builder_set_member_name (builder, "queries_per_second");
      json_builder_add_double_value (builder, points[i].speed);
      json_builder_end_object (builder);
      if (!cli->json)
        {
          if (i == 0)
            g_print ("%-8s %6s %8s %14s\n", "", "ef", "recall", "queries a second");
          g_print ("%-8s %6u %8.4f %14.0f\n", points[i].ef == 0 ? "exact" : "index", points[i].ef,
                   points[i].recall, points[i].speed);
        }
    }
  json_builder_end_array (builder);
  if (cli->json)
    ph_cli_print_json (builder);
}

static void
print_found (PhCli *cli, const PhNeighbours *found, guint ef, double recall, double seconds)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  ph_cli_end_progress ();
  if (!cli->json)
    {
      gboolean all = options.output == NULL && options.distances == NULL;

      for (gsize i = 0; all && i < found->n; i++)
        {
          g_print ("%" G_GSIZE_FORMAT ":", i);
          for (guint j = 0; j < found->k; j++)
            g_print (" %u (%.4g)", found->indices[i * found->k + j],
                     found->distances[i * found->k + j]);
          g_print ("\n");
        }
      g_printerr ("%" G_GSIZE_FORMAT " queries, %.0f a second", found->n,
                  found->n / MAX (seconds, 1e-9));
      if (ef > 0)
        g_printerr (", ef %u", ef);
      if (recall >= 0)
        g_printerr (", recall %.4f", recall);
      g_printerr ("\n");
      return;
    }
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "queries");
  json_builder_add_int_value (builder, (gint64)found->n);
  json_builder_set_member_name (builder, "k");
  json_builder_add_int_value (builder, found->k);
  json_builder_set_member_name (builder, "seconds");
  json_builder_add_double_value (builder, seconds);
  if (ef > 0)
    {
      json_builder_set_member_name (builder, "ef");
      json_builder_add_int_value (builder, ef);
    }
  if (recall >= 0)
    {
      json_builder_set_member_name (builder, "recall");
      json_builder_add_double_value (builder, recall);
    }
  for (guint which = 0; which < 2; which++)
    {
      json_builder_set_member_name (builder, which == 0 ? "neighbours" : "distances");
      json_builder_begin_array (builder);
      for (gsize i = 0; i < found->n; i++)
        {
          json_builder_begin_array (builder);
          for (gsize j = i * found->k; j < (i + 1) * found->k; j++)
            if (which == 0)
              json_builder_add_int_value (builder, found->indices[j]);
            else
              json_builder_add_double_value (builder, found->distances[j]);
          json_builder_end_array (builder);
        }
      json_builder_end_array (builder);
    }
  json_builder_end_object (builder);
  ph_cli_print_json (builder);
}

static gboolean
run_neighbours (PhCli *cli, GError **error)
{
  gboolean selves = cli->positional[1] == NULL;
  guint k = (guint)options.k + selves, ef = 0;
  PhMetric metric = PH_METRIC_EUCLIDEAN;
  PhVectors base, queries;
  g_autoptr (PhTensor) base_table = NULL, query_table = NULL;
  g_autoptr (PhHnsw) hnsw = NULL;
  g_autoptr (PhNeighbours) found = NULL;
  double recall = -1;

  if (!check_options (&metric, error))
    return FALSE;
  base_table = load (cli->positional[0], &base, error);
  if (base_table == NULL)
    return FALSE;
  queries = base;
  if (!selves && (query_table = load (cli->positional[1], &queries, error)) == NULL)
    return FALSE;
  if (options.index != NULL && (hnsw = open_index (cli, &base, metric, error)) == NULL)
    return FALSE;
  if (options.curve)
    {
      PhVectors sample = { queries.data, MIN (queries.n, SAMPLE), queries.size };
      g_autoptr (GArray) curve = ph_recall_measure_curve (hnsw, &base, &sample, k, NULL, NULL,
                                                          &cli->monitor, cli->cancellable, error);

      if (curve != NULL)
        print_curve (cli, curve);
      return curve != NULL;
    }
  if (hnsw != NULL && (ef = choose_ef (cli, hnsw, &base, &queries, k, &recall, error)) == 0)
    return FALSE;

  gint64 start = g_get_monotonic_time ();
  double seconds;

  found = hnsw != NULL ? ph_hnsw_search (hnsw, &queries, k, ef, cli->cancellable, error)
                       : ph_neighbours_find (&base, &queries, metric, k, &cli->monitor,
                                             cli->cancellable, error);
  seconds = (g_get_monotonic_time () - start) * 1e-6;
  if (found != NULL && selves)
    found = ph_neighbours_leave_out_selves (g_steal_pointer (&found), error);
  if (found == NULL || !write_results (found, error))
    return FALSE;
  print_found (cli, found, ef, recall, seconds);
  return TRUE;
}

static const char *const examples[] = {
  "The ten nearest of each vector among the others",
  "phosphene-cli neighbours vectors.npy -o neighbours.npy",
  "Of other vectors, by an index that finds 99 % of them",
  "phosphene-cli neighbours vectors.npy queries.npy --index vectors.hnsw --recall 0.99",
  "What an index gains, and what it misses",
  "phosphene-cli neighbours vectors.npy queries.npy --index vectors.hnsw --curve",
  NULL,
};

const PhVerb ph_verb_neighbours = {
  .name = "neighbours",
  .arguments = "VECTORS.npy [QUERIES.npy]",
  .summary = "Find the nearest vectors",
  .description =
      "Finds for each row of QUERIES.npy the nearest rows of VECTORS.npy; without QUERIES.npy, for "
      "each row of VECTORS.npy the nearest others. Exact unless --index names a file for an index "
      "(HNSW), which is made when it is not there, extended when VECTORS.npy has grown at its end, "
      "and refused when it is of other vectors. Its search is many times faster and misses some; "
      "how much it looks at (ef) is chosen for the recall that was asked for, measured on up to "
      "1000 of the queries.",
  .examples = examples,
  .options = entries,
  .min_positional = 1,
  .max_positional = 2,
  .run = run_neighbours,
};
