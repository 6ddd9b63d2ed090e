/* Files that are damaged, hostile or no networks: an error that says what is wrong, never a crash.
 */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "network/run.h"
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

/* Opening @f->path must fail with a sentence like @pattern, after the file's name. */
static void
assert_refused (Fixture *f, const char *pattern)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PhModel) model = ph_model_load (f->path, NULL, &error);
  g_autofree char *whole = g_strconcat ("net.onnx: ", pattern, NULL);

  if (model != NULL || error == NULL || !g_pattern_match_simple (whole, error->message))
    g_error ("expected \"%s\", got \"%s\"", whole, error != NULL ? error->message : "a network");
}

static void
assert_model_refused (Fixture *f, PbMessage *graph, const char *pattern)
{
  pb_save (pb_model (graph, 13), f->path);
  assert_refused (f, pattern);
}

static void
test_no_network (Fixture *f, gconstpointer data)
{
  const struct
  {
    const char *bytes;
    gsize size;
    const char *pattern;
  } cases[] = {
    { "", 0, "the file is empty" },
    { "PK\x03\x04zzzz", 8, "*PyTorch*" },
    { "\x89HDF\r\n", 6, "*Keras*" },
    { "zzzzTFL3", 8, "*TensorFlow Lite*" },
    { "version https://git-lfs.github.com/spec/v1", 42, "*git lfs pull*" },
    { "<!DOCTYPE html>", 15, "*web page*" },
    { "hello", 5, "this is not an ONNX file*" },
    { "\x08\x07", 2, "*no graph*" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_file_set_contents (f->path, cases[i].bytes, (gssize)cases[i].size, NULL);
      assert_refused (f, cases[i].pattern);
    }
  g_remove (f->path);
  assert_refused (f, "*there is no such file*");
  g_mkdir (f->path, 0700);
  assert_refused (f, "*folder*");
  g_rmdir (f->path);
}

static void
test_unreadable (Fixture *f, gconstpointer data)
{
  if (geteuid () == 0)
    {
      g_test_skip ("the superuser can read everything");
      return;
    }
  pb_save (pb_model (pb_small_graph (), 13), f->path);
  g_chmod (f->path, 0);
  assert_refused (f, "*ermission denied*");
}

/* Runs what can be run of a network, forward and backward. */
static void
run_anything (PhModel *model)
{
  PhGraph *graph = ph_model_get_graph (model);
  const PhPreprocess *p = ph_model_get_preprocess (model);
  PhShape shape = ph_model_input_shape (model, 1, p->height, p->width);

  for (guint i = 0; i < ph_model_get_n_layers (model); i++)
    {
      const PhLayer *layer = ph_model_get_layer (model, i);
      g_autoptr (PhPlan) plan =
          layer->obstacle == NULL && ph_shape_count (&shape) < 100000
              ? ph_plan_new_for_image (graph, &shape, &layer->value, 1, TRUE, NULL)
              : NULL;
      g_autoptr (PhRun) run =
          plan != NULL && ph_plan_get_arena_size (plan) < 16000000 ? ph_run_new (plan, NULL) : NULL;

      if (run == NULL)
        continue;
      if (ph_run_get_input (run, 0) != NULL)
        memset (ph_run_get_input (run, 0), 0, ph_shape_count (&shape) * sizeof (float));
      g_assert_true (ph_run_forward (run, NULL, NULL));
      ph_run_clear_gradients (run);
      g_assert_true (ph_run_backward (run, NULL, NULL));
    }
}

/* Whatever becomes of a file, opening it ends with a model or an error, and a model can be asked.
 */
static void
open_anything (Fixture *f, const guint8 *bytes, gsize size)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents_full (f->path, (const char *)bytes, (gssize)size, G_FILE_SET_CONTENTS_NONE,
                            0600, NULL);

  g_autoptr (PhModel) model = ph_model_load (f->path, NULL, &error);

  g_assert_true ((model == NULL) == (error != NULL));
  if (model == NULL)
    g_assert_true (g_str_has_prefix (error->message, "net.onnx: "));
  else
    run_anything (model);
}

static void
test_truncated (Fixture *f, gconstpointer data)
{
  PbMessage *model = pb_model (pb_small_graph (), 13);

  for (guint n = 1; n < model->len; n += 3)
    {
      g_autoptr (GError) error = NULL;

      open_anything (f, model->data, n);
    }
  g_byte_array_unref (model);
}

static void
test_flipped (Fixture *f, gconstpointer data)
{
  PbMessage *model = pb_model (pb_small_graph (), 13);

  for (guint i = 0; i < 600; i++)
    {
      g_autofree guint8 *copy = g_memdup2 (model->data, model->len);

      for (gint flips = g_test_rand_int_range (1, 4); flips > 0; flips--)
        copy[g_test_rand_int_range (0, (gint)model->len)] ^= 1 << g_test_rand_int_range (0, 8);
      open_anything (f, copy, model->len);
    }
  g_byte_array_unref (model);
}

static void
test_random_bytes (Fixture *f, gconstpointer data)
{
  guint8 bytes[300];

  for (guint i = 0; i < 300; i++)
    {
      for (guint j = 0; j < sizeof bytes; j++)
        bytes[j] = (guint8)g_test_rand_int_range (0, 256);
      /* Half of them as the graph of a model. */
      if (i % 2 == 0)
        {
          bytes[0] = 0x3a;
          bytes[1] = 0xa9;
          bytes[2] = 0x02;
        }
      open_anything (f, bytes, sizeof bytes);
    }
}

/* A graph in a node in a graph … 100,000 deep would exhaust the stack of a recursive parser. */
static void
test_nested (Fixture *f, gconstpointer data)
{
  PbMessage *inner = pb_new ();

  for (guint i = 0; i < 200; i++)
    {
      PbMessage *a = pb_new ();
      PbMessage *node = pb_new ();
      PbMessage *graph = pb_new ();

      pb_child (a, 6, inner);
      pb_child (node, 5, a);
      pb_child (graph, PB_GRAPH_NODE, node);
      inner = graph;
    }
  assert_model_refused (f, inner, "*nested too deeply*");
}

/* Many empty parts: two bytes in the file each, a hundred in memory. */
static void
test_memory (Fixture *f, gconstpointer data)
{
  PbMessage *graph = pb_new ();

  for (guint i = 0; i < 200000; i++)
    {
      PbMessage *node = pb_new ();

      pb_child (graph, PB_GRAPH_NODE, node);
    }
  assert_model_refused (f, graph, "this is not an ONNX file*");
}

static void
test_absurd_shape (Fixture *f, gconstpointer data)
{
  const PhShape shapes[] = { PH_SHAPE (G_GINT64_CONSTANT (1) << 31, G_GINT64_CONSTANT (1) << 31),
                             PH_SHAPE (-5, 2), PH_SHAPE (G_MAXINT64, G_MAXINT64, 0) };
  PhShape much = PH_SHAPE (1 << 20, 1 << 15);
  PbMessage *graph;

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      graph = pb_small_graph ();
      pb_child (graph, PB_GRAPH_INITIALIZER, pb_tensor ("big", FLOAT, &shapes[i]));
      assert_model_refused (f, graph, "initialiser \"big\": its shape * is absurd");
    }
  graph = pb_small_graph ();
  pb_child (graph, PB_GRAPH_INITIALIZER, pb_tensor ("big", FLOAT, &much));
  assert_model_refused (f, graph, "initialiser \"big\": *34359738368 elements*0 are there");
}

static void
test_bad_tensors (Fixture *f, gconstpointer data)
{
  PhShape two = PH_SHAPE (2);
  PhShape nine = { .rank = 8, .dim = { 1, 1, 1, 1, 1, 1, 1, 1 } };
  PbMessage *graph = pb_small_graph ();
  PbMessage *tensor = pb_tensor ("t", FLOAT, &two);

  pb_bytes (tensor, 9, "0123456", 7);
  pb_child (graph, PB_GRAPH_INITIALIZER, tensor);
  assert_model_refused (f, graph, "initialiser \"t\": *needs 8 bytes, 7 are there");

  graph = pb_small_graph ();
  tensor = pb_tensor ("t", 8, &two);
  pb_text (tensor, 6, "one");
  pb_text (tensor, 6, "two");
  pb_child (graph, PB_GRAPH_INITIALIZER, tensor);
  assert_model_refused (f, graph, "initialiser \"t\": it holds text*");

  graph = pb_small_graph ();
  pb_child (graph, PB_GRAPH_INITIALIZER, pb_tensor ("t", 14, &two));
  assert_model_refused (f, graph, "initialiser \"t\": its element type (number 14*");

  graph = pb_small_graph ();
  tensor = pb_tensor ("t", FLOAT, &nine);
  pb_int (tensor, 1, 1);
  pb_child (graph, PB_GRAPH_INITIALIZER, tensor);
  assert_model_refused (f, graph, "initialiser \"t\": it has 9 axes*");

  graph = pb_small_graph ();
  pb_child (graph, PB_GRAPH_SPARSE, pb_new ());
  assert_model_refused (f, graph, "*sparse*");
}

static void
test_external (Fixture *f, gconstpointer data)
{
  const struct
  {
    const char *location, *offset, *length, *pattern;
  } cases[] = {
    { "weights.bin", NULL, NULL, "*\"weights.bin\", which is not beside the network*" },
    { "/etc/passwd", NULL, NULL, "*not in the network's folder*" },
    { "../weights.bin", NULL, NULL, "*not in the network's folder*" },
    { "a/../../weights.bin", NULL, NULL, "*not in the network's folder*" },
    { "..\\weights.bin", NULL, NULL, "*not in the network's folder*" },
    { "C:\\weights.bin", NULL, NULL, "*not in the network's folder*" },
    { ".", NULL, NULL, "*not a file*" },
    { "short.bin", "4", NULL, "*bytes 4 to 12 of \"short.bin\", which has 8*" },
    { "short.bin", "99999999999999999999", NULL, "*not a number*" },
    { "short.bin", "-1", NULL, "*not a number*" },
    { "short.bin", "0", "4", "*needs 8 bytes, 4 are there*" },
    { NULL, NULL, NULL, "*not named*" },
  };
  PhShape two = PH_SHAPE (2);
  g_autofree char *file = g_build_filename (f->folder, "short.bin", NULL);

  g_file_set_contents (file, "12345678", 8, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      PbMessage *graph = pb_small_graph ();
      PbMessage *tensor = pb_tensor ("t", FLOAT, &two);

      pb_int (tensor, 14, 1);
      if (cases[i].location != NULL)
        pb_tensor_entry (tensor, "location", cases[i].location);
      if (cases[i].offset != NULL)
        pb_tensor_entry (tensor, "offset", cases[i].offset);
      if (cases[i].length != NULL)
        pb_tensor_entry (tensor, "length", cases[i].length);
      pb_child (graph, PB_GRAPH_INITIALIZER, tensor);
      assert_model_refused (f, graph, cases[i].pattern);
    }
}

static void
test_bad_graphs (Fixture *f, gconstpointer data)
{
  PbMessage *graph = pb_small_graph ();

  pb_child (graph, PB_GRAPH_NODE, pb_node ("Relu", "one", "b2", "a2"));
  pb_child (graph, PB_GRAPH_NODE, pb_node ("Relu", "two", "a2", "b2"));
  assert_model_refused (f, graph, "*cycl*");

  graph = pb_small_graph ();
  pb_child (graph, PB_GRAPH_NODE, pb_node ("Relu", "lost", "nowhere", "y2"));
  assert_model_refused (f, graph, "*lost*nowhere*");

  graph = pb_small_graph ();
  pb_child (graph, PB_GRAPH_NODE, pb_node ("Relu", "again", "conv", "relu"));
  assert_model_refused (f, graph, "*relu*");

  graph = pb_small_graph ();
  pb_child (graph, PB_GRAPH_NODE, pb_node ("", "nameless", "conv", "y2"));
  assert_model_refused (f, graph, "*\"nameless\" has no operator*");

  graph = pb_small_graph ();
  pb_child (graph, PB_GRAPH_NODE, pb_node ("Relu", "caf\xe9", "conv", "y2"));
  assert_model_refused (f, graph, "*not valid UTF-8*");

  pb_save (pb_model (pb_new (), 13), f->path);
  assert_refused (f, "*0 inputs*");
}

static gboolean
has_note (PhModel *model, const char *text)
{
  for (const char *const *note = ph_model_get_notes (model); *note != NULL; note++)
    if (strstr (*note, text) != NULL)
      return TRUE;
  return FALSE;
}

/* Operator sets: too old where the meaning has changed, otherwise tried. */
static void
test_opsets (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  pb_save (pb_model (pb_small_graph (), 6), f->path);
  assert_refused (f, "node \"logits\": *operator set 6, where Gemm*");
  pb_save (pb_model (pb_small_graph (), 99), f->path);

  g_autoptr (PhModel) model = ph_model_load (f->path, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (has_note (model, "operator set 99"));
}

/* NaN among the weights: the network opens, and a note names the node. */
static void
test_nan (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  PbMessage *graph = pb_small_graph ();
  PhShape shape = PH_SHAPE (2);
  pb_child (graph, PB_GRAPH_INITIALIZER, pb_tensor_floats ("bad", &shape, (float[]){ 1, NAN }));
  pb_child (graph, PB_GRAPH_NODE, pb_node ("Mul", "poisoned", "flat bad", "y2"));

  PhShape y = PH_SHAPE (-1, 2);

  pb_child (graph, PB_GRAPH_OUTPUT, pb_value ("y2", FLOAT, &y));
  pb_save (pb_model (graph, 13), f->path);

  g_autoptr (PhModel) model = ph_model_load (f->path, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (has_note (model, "“poisoned”: 1 of the 2 weights in “bad”"));
}

/* A layer without channels is no reason to crash. */
static void
test_no_channels (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  PbMessage *graph = pb_small_graph ();
  PhShape shape = PH_SHAPE (0, 2, 1, 1);
  PhShape y = PH_SHAPE (-1, 0, 5, 7);

  pb_child (graph, PB_GRAPH_INITIALIZER, pb_tensor_floats ("none", &shape, NULL));
  pb_child (graph, PB_GRAPH_NODE, pb_node ("Conv", "empty", "conv none", "y2"));
  pb_child (graph, PB_GRAPH_OUTPUT, pb_value ("y2", FLOAT, &y));
  pb_save (pb_model (graph, 13), f->path);

  g_autoptr (PhModel) model = ph_model_load (f->path, NULL, &error);

  if (model == NULL)
    {
      g_assert_true (strstr (error->message, "empty") != NULL);
      return;
    }

  int layer = ph_model_find_layer (model, "empty");

  if (layer >= 0)
    g_assert_true (ph_model_get_layer (model, (guint)layer)->obstacle != NULL ||
                   ph_model_get_layer (model, (guint)layer)->n_channels == 0);
}

static void
test_cancelled (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  pb_save (pb_model (pb_small_graph (), 13), f->path);
  g_cancellable_cancel (cancellable);
  g_assert_null (ph_model_load (f->path, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/onnx/bad/no-network", test_no_network);
  ADD ("/onnx/bad/unreadable", test_unreadable);
  ADD ("/onnx/bad/truncated", test_truncated);
  ADD ("/onnx/bad/flipped", test_flipped);
  ADD ("/onnx/bad/random-bytes", test_random_bytes);
  ADD ("/onnx/bad/nested", test_nested);
  ADD ("/onnx/bad/memory", test_memory);
  ADD ("/onnx/bad/absurd-shape", test_absurd_shape);
  ADD ("/onnx/bad/tensors", test_bad_tensors);
  ADD ("/onnx/bad/external", test_external);
  ADD ("/onnx/bad/graphs", test_bad_graphs);
  ADD ("/onnx/bad/opsets", test_opsets);
  ADD ("/onnx/bad/nan", test_nan);
  ADD ("/onnx/bad/no-channels", test_no_channels);
  ADD ("/onnx/bad/cancelled", test_cancelled);
  return g_test_run ();
}
