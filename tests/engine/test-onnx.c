/* ONNX files that are as they should be: tensors of every type, data beside the file, operator
 * sets, preprocessing and labels from every source, and the way out and back. */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "base/stored.h"
#include "network/run.h"
#include "onnx/export.h"
#include "onnx/import.h"
#include "onnx/load.h"
#include "onnx/tensor.h"
#include "protobuf.h"

#define FLOAT 1

typedef struct
{
  char *folder;
  char *path;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->folder = test_folder_new ();
  f->path = g_build_filename (f->folder, "net.onnx", NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  test_folder_free (f->folder);
  g_free (f->path);
}

static PhModel *
open_model (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  PhModel *model = ph_model_load (f->path, NULL, &error);

  g_assert_no_error (error);
  return model;
}

static gboolean
has_note (PhModel *model, const char *text)
{
  for (const char *const *note = ph_model_get_notes (model); *note != NULL; note++)
    if (strstr (*note, text) != NULL)
      return TRUE;
  return FALSE;
}

static void
assert_numbers (const float *actual, const float *expected, guint n)
{
  for (guint i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (actual[i], expected[i], 1e-7);
}

/* Each type as raw data and as typed field; the same numbers come out. */
static void
test_types (Fixture *f, gconstpointer data)
{
  const struct
  {
    PhType type;
    guint field; /* of the typed data */
    gint64 values[3];
  } cases[] = {
    { PH_TYPE_UINT8, 5, { 0, 200, 255 } },
    { PH_TYPE_INT8, 5, { -128, 5, 127 } },
    { PH_TYPE_UINT16, 5, { 0, 40000, 65535 } },
    { PH_TYPE_INT16, 5, { -32768, 7, 32767 } },
    { PH_TYPE_INT32, 5, { G_MININT32, 9, G_MAXINT32 } },
    { PH_TYPE_INT64, 7, { G_MININT64, 11, G_MAXINT64 } },
    { PH_TYPE_UINT32, 11, { 0, 3000000000, G_MAXUINT32 } },
    { PH_TYPE_UINT64, 11, { 0, 13, -1 } },
    { PH_TYPE_BOOL, 5, { 0, 1, 1 } },
    /* 1, -2 and 0.5 by their bits */
    { PH_TYPE_FLOAT16, 5, { 0x3c00, 0xc000, 0x3800 } },
    { PH_TYPE_BFLOAT16, 5, { 0x3f80, 0xc000, 0x3f00 } },
  };
  PhShape shape = PH_SHAPE (3);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint raw = 0; raw < 2; raw++)
      {
        g_autoptr (GError) error = NULL;
        g_autofree char *name = NULL;
        PbMessage *message = pb_tensor ("t", cases[i].type, &shape);
        gsize size = ph_stored_size (cases[i].type);
        guint8 bytes[24];

        for (guint j = 0; j < 3; j++)
          {
            guint64 value = GUINT64_TO_LE ((guint64)cases[i].values[j]);

            memcpy (bytes + j * size, &value, size);
          }
        if (raw)
          pb_bytes (message, 9, bytes, 3 * size);
        else
          pb_packed (message, cases[i].field, cases[i].values, 3);
        pb_save (message, f->path);

        g_autoptr (PhTensor) tensor = ph_onnx_tensor_load (f->path, &name, &error);

        g_assert_no_error (error);
        g_assert_cmpstr (name, ==, "t");
        g_assert_cmpint (tensor->type, ==, cases[i].type);
        if (ph_type_is_real (tensor->type))
          assert_numbers (tensor->f, (float[]){ 1, -2, 0.5f }, 3);
        else
          g_assert_cmpmem (tensor->i, 24, cases[i].values, 24);
      }
}

static void
test_reals (Fixture *f, gconstpointer data)
{
  const float values[] = { 1.5f, -2.25f };
  const double wide[] = { 1.5, -2.25 };
  PhShape shape = PH_SHAPE (1, 2);

  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (GError) error = NULL;
      PbMessage *message = pb_tensor ("t", i < 2 ? PH_TYPE_FLOAT : PH_TYPE_DOUBLE, &shape);
      const guint fields[] = { 9, 4, 9, 10 };

      pb_bytes (message, fields[i], i < 2 ? (gconstpointer)values : wide, i < 2 ? 8 : 16);
      pb_save (message, f->path);

      g_autoptr (PhTensor) tensor = ph_onnx_tensor_load (f->path, NULL, &error);

      g_assert_no_error (error);
      assert_numbers (tensor->f, values, 2);
    }
}

static void
run_model (PhModel *model, float prob[4])
{
  g_autoptr (GError) error = NULL;
  PhGraph *graph = ph_model_get_graph (model);
  PhShape shape = PH_SHAPE (1, 3, 5, 7);
  int target = ph_graph_find_value (graph, "prob");
  g_autoptr (PhPlan) plan = ph_plan_new_for_image (graph, &shape, &target, 1, FALSE, &error);

  g_assert_no_error (error);

  g_autoptr (PhRun) run = ph_run_new (plan, &error);
  float *x = ph_run_get_input (run, 0);

  for (int i = 0; i < 105; i++)
    x[i] = (float)(i * 11 % 17 - 8) * 0.1f;
  g_assert_true (ph_run_forward (run, NULL, &error));
  memcpy (prob, ph_run_get_value (run, target), 4 * sizeof (float));
}

/* The weights of the last layer in a file beside the network. */
static void
test_external (Fixture *f, gconstpointer data)
{
  float inside[4], outside[4];
  float weights[8];
  PbMessage *graph = pb_small_graph ();
  PhShape shape = PH_SHAPE (4, 2);
  g_autofree char *file = g_build_filename (f->folder, "weights.bin", NULL);

  pb_save (pb_model (graph, 13), f->path);

  g_autoptr (PhModel) model = open_model (f);

  run_model (model, inside);

  int v = ph_graph_find_value (ph_model_get_graph (model), "v");

  memcpy (weights, ph_graph_get_value (ph_model_get_graph (model), v)->constant->f, 32);

  /* The same graph, but its Gemm reads "u". */
  graph = pb_small_graph ();
  for (guint i = 0; i + 6 < graph->len; i++)
    if (memcmp (graph->data + i, "flat\x0a\x01v", 7) == 0)
      graph->data[i + 6] = 'u';

  PbMessage *tensor = pb_tensor ("u", FLOAT, &shape);
  GString *bytes = g_string_new ("unused..");

  g_string_append_len (bytes, (const char *)weights, 32);
  g_file_set_contents (file, bytes->str, (gssize)bytes->len, NULL);
  g_string_free (bytes, TRUE);
  pb_int (tensor, 14, 1);
  pb_tensor_entry (tensor, "location", "weights.bin");
  pb_tensor_entry (tensor, "offset", "8");
  pb_tensor_entry (tensor, "length", "32");
  pb_child (graph, PB_GRAPH_INITIALIZER, tensor);
  pb_save (pb_model (graph, 13), f->path);

  g_autoptr (PhModel) other = open_model (f);

  g_assert_cmpint (ph_graph_find_value (ph_model_get_graph (other), "u"), >=, 0);
  run_model (other, outside);
  assert_numbers (outside, inside, 4);
}

/* Before version 4 of the representation every initialiser is an input too. */
static void
test_initialiser_inputs (Fixture *f, gconstpointer data)
{
  PbMessage *graph = pb_small_graph ();
  PhShape shape = PH_SHAPE (2);
  guint n;

  pb_child (graph, PB_GRAPH_INPUT, pb_value ("b", FLOAT, &shape));
  pb_save (pb_model (graph, 9), f->path);

  g_autoptr (PhModel) model = open_model (f);

  ph_graph_get_inputs (ph_model_get_graph (model), &n);
  g_assert_cmpint (n, ==, 1);
  g_assert_cmpint (ph_graph_get_opset (ph_model_get_graph (model)), ==, 9);
}

/* A node of another domain, or with a graph inside, blocks what comes after it and nothing else. */
static void
test_unsupported (Fixture *f, gconstpointer data)
{
  PbMessage *graph = pb_small_graph ();
  PbMessage *node = pb_node ("Relu", "theirs", "conv", "their_relu");
  PhShape y = PH_SHAPE (-1, 2, 5, 7);

  pb_text (node, 7, "com.example");
  pb_child (graph, PB_GRAPH_NODE, node);
  pb_child (graph, PB_GRAPH_OUTPUT, pb_value ("their_relu", FLOAT, &y));
  pb_save (pb_model (graph, 13), f->path);

  g_autoptr (PhModel) model = open_model (f);
  float prob[4];

  run_model (model, prob);
  g_assert_cmpfloat_with_epsilon (prob[0] + prob[1] + prob[2] + prob[3], 1, 1e-6);
  g_assert_true (has_note (model, "theirs"));
}

static void
test_digest (Fixture *f, gconstpointer data)
{
  g_autofree char *contents = NULL;
  gsize size;

  pb_save (pb_model (pb_small_graph (), 13), f->path);
  g_file_get_contents (f->path, &contents, &size, NULL);

  g_autofree char *expected =
      g_compute_checksum_for_data (G_CHECKSUM_SHA256, (guchar *)contents, size);
  g_autoptr (PhModel) model = open_model (f);

  g_assert_cmpstr (ph_model_get_digest (model), ==, expected);
  g_assert_cmpstr (ph_model_get_name (model), ==, "net");
  g_assert_cmpstr (ph_model_get_path (model), ==, f->path);
}

/* Out and back: the same graph, numbers, preprocessing and names; and out again: the same bytes. */
static void
test_round_trip (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *copy = g_build_filename (f->folder, "copy.onnx", NULL);
  g_autofree char *again = g_build_filename (f->folder, "again.onnx", NULL);
  g_autofree char *first = NULL, *second = NULL;
  gsize n_first, n_second;
  const char *labels[] = { "cat", "dög", "", "sea lion", NULL };
  const char *channels[] = { "edges", "“spots”", NULL };
  g_autoptr (GHashTable) table = g_hash_table_new (g_str_hash, g_str_equal);
  PhPreprocess p = { .channels = 3,
                     .height = 5,
                     .width = 7,
                     .scale = 255,
                     .mean = { 103.939f, 116.779f, 123.68f },
                     .std = { 1, 0.1f, 3 },
                     .bgr = TRUE };

  g_hash_table_insert (table, (gpointer) "conv", channels);
  pb_save (pb_model (pb_small_graph (), 13), f->path);

  g_autoptr (PhModel) a = open_model (f);

  g_assert_true (
      ph_onnx_export (ph_model_get_graph (a), &p, labels, table, "a test", copy, &error));
  g_assert_no_error (error);
  g_free (f->path);
  f->path = g_strdup (copy);

  g_autoptr (PhModel) b = open_model (f);
  const PhPreprocess *q = ph_model_get_preprocess (b);
  float prob_a[4], prob_b[4];

  run_model (a, prob_a);
  run_model (b, prob_b);
  g_assert_cmpmem (prob_a, sizeof prob_a, prob_b, sizeof prob_b);
  g_assert_cmpint (q->source, ==, PH_PREPROCESS_FROM_FILE);
  g_assert_cmpint (q->channels * 10000 + q->height * 100 + q->width, ==, 30507);
  g_assert_true (q->bgr && !q->nhwc && q->scale == 255);
  g_assert_cmpmem (q->mean, 12, p.mean, 12);
  g_assert_cmpmem (q->std, 12, p.std, 12);
  g_assert_cmpstr (ph_model_get_label (b, 1), ==, "dög");
  g_assert_cmpstr (ph_model_get_label (b, 3), ==, "sea lion");

  const PhLayer *layer = ph_model_get_layer (b, (guint)ph_model_find_layer (b, "conv"));

  g_assert_cmpstr (layer->channel_labels[1], ==, "“spots”");
  g_assert_true (
      ph_onnx_export (ph_model_get_graph (b), &p, labels, table, "a test", again, &error));
  g_file_get_contents (copy, &first, &n_first, NULL);
  g_file_get_contents (again, &second, &n_second, NULL);
  g_assert_cmpmem (first, n_first, second, n_second);
}

/* Every kind of attribute and an omitted input survive; a label with a line end does not. */
static void
test_round_trip_attributes (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *copy = g_build_filename (f->folder, "copy.onnx", NULL);
  PbMessage *graph = pb_small_graph ();
  PbMessage *node = pb_node ("Mystery", "odd", "conv  w", "y2");
  PhShape shape = PH_SHAPE (2, 1);
  PhShape y = PH_SHAPE (-1, 2);

  pb_attr_int (node, "i", -5);
  pb_attr_float (node, "f", 0.1f);
  pb_attr_text (node, "s", "text");
  pb_attr_ints (node, "is", (gint64[]){ 3, -1 }, 2);
  pb_attr_tensor (node, "t", pb_tensor_floats ("", &shape, (float[]){ 7, 8 }));
  pb_child (graph, PB_GRAPH_NODE, node);
  pb_child (graph, PB_GRAPH_OUTPUT, pb_value ("y2", FLOAT, &y));
  pb_save (pb_model (graph, 13), f->path);

  g_autoptr (PhGraph) a = ph_onnx_import (f->path, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (ph_onnx_export (a, NULL, NULL, NULL, NULL, copy, &error));

  g_autoptr (PhGraph) b = ph_onnx_import (copy, NULL, NULL, NULL, &error);
  const PhNode *odd = NULL;
  gsize n;

  g_assert_no_error (error);
  for (guint i = 0; i < ph_graph_get_n_nodes (b); i++)
    if (g_str_equal (ph_graph_get_node (b, i)->name, "odd"))
      odd = ph_graph_get_node (b, i);
  g_assert_nonnull (odd);
  g_assert_cmpint (odd->n_inputs, ==, 3);
  g_assert_cmpint (odd->inputs[1], ==, -1);
  g_assert_cmpint (ph_attrs_get_int (odd->attrs, "i", 0), ==, -5);
  g_assert_cmpfloat (ph_attrs_get_real (odd->attrs, "f", 0), ==, 0.1f);
  g_assert_cmpstr (ph_attrs_get_text (odd->attrs, "s", NULL), ==, "text");
  g_assert_cmpint (ph_attrs_get_ints (odd->attrs, "is", &n)[1], ==, -1);
  g_assert_cmpint (n, ==, 2);
  g_assert_cmpfloat (ph_attrs_get_tensor (odd->attrs, "t")->f[1], ==, 8);
  g_assert_false (
      ph_onnx_export (a, NULL, (const char *[]){ "a\nb", NULL }, NULL, NULL, copy, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_DATA_INVALID);
}

/* A graph made by hand, whose outputs are not declared: the file has their shapes all the same. */
static void
test_built (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PhGraph) graph = ph_graph_new ("built", 13);
  PhShape x = PH_SHAPE (-1, 3, -1, -1);
  PhShape w = PH_SHAPE (2, 3, 3, 2);
  PhPreprocess p = { .channels = 3, .height = 9, .width = 6, .scale = 1, .std = { 1, 1, 1, 1 } };
  float weights[36] = { 1, 2, 3 };
  g_autoptr (PhTensor) filters = ph_tensor_new_floats (&w, weights);
  PhAttrs *attrs = ph_attrs_new ();

  ph_attrs_set_ints (attrs, "strides", (gint64[]){ 2, 1 }, 2);
  g_assert_cmpint (ph_graph_add_input (graph, "x", PH_TYPE_FLOAT, &x, &error), >=, 0);
  g_assert_cmpint (ph_graph_add_constant (graph, "w", filters, &error), >=, 0);
  g_assert_true (ph_graph_add_node (graph, "Conv", "", "edges", attrs, (const char *[]){ "x", "w" },
                                    2, (const char *[]){ "edges" }, 1, &error));
  g_assert_true (ph_graph_add_node (graph, "Relu", "", "seen", NULL, (const char *[]){ "edges" }, 1,
                                    (const char *[]){ "seen" }, 1, &error));
  ph_graph_add_output (graph, "seen");
  g_assert_true (ph_graph_finish (graph, &error));
  g_assert_true (ph_onnx_export (graph, &p, NULL, NULL, NULL, f->path, &error));
  g_assert_no_error (error);

  g_autoptr (PhModel) model = open_model (f);
  PhGraph *read = ph_model_get_graph (model);
  const PhValue *seen = ph_graph_get_value (read, ph_graph_find_value (read, "seen"));
  PhShape expected = PH_SHAPE (-1, 2, 4, 5);

  g_assert_cmpint (ph_model_get_preprocess (model)->width, ==, 6);
  g_assert_true (seen->has_shape && ph_shape_equal (&seen->shape, &expected));
  g_assert_cmpint (ph_model_get_n_layers (model), ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/onnx/types", test_types);
  ADD ("/onnx/reals", test_reals);
  ADD ("/onnx/external", test_external);
  ADD ("/onnx/initialiser-inputs", test_initialiser_inputs);
  ADD ("/onnx/unsupported", test_unsupported);
  ADD ("/onnx/digest", test_digest);
  ADD ("/onnx/round-trip", test_round_trip);
  ADD ("/onnx/round-trip/attributes", test_round_trip_attributes);
  ADD ("/onnx/built", test_built);
  return g_test_run ();
}
