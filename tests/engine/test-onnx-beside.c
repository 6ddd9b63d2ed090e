/* What a network wants for a picture and what its classes are called: from the file beside it, from
 * the file itself, or guessed. */
#include <glib/gstdio.h>
#include <string.h>

#include "onnx/load.h"
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

static void
save_beside (Fixture *f, const char *name, const char *text, gssize size)
{
  g_autofree char *path = g_build_filename (f->folder, name, NULL);

  g_file_set_contents (path, text, size, NULL);
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
save_small (Fixture *f)
{
  pb_save (pb_model (pb_small_graph (), 13), f->path);
}

/* Called by its file; what a training made, by its folder. */
static void
test_name (Fixture *f, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (f->folder, "flowers-head", NULL);

  save_small (f);
  {
    g_autoptr (PhModel) model = open_model (f);

    g_assert_cmpstr (ph_model_get_name (model), ==, "net");
  }
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_free (f->path);
  f->path = g_build_filename (folder, "network.onnx", NULL);
  save_small (f);
  {
    g_autoptr (PhModel) model = open_model (f);

    g_assert_cmpstr (ph_model_get_name (model), ==, "flowers-head");
  }
  g_remove (f->path);
  g_rmdir (folder);
}

static void
test_sidecar (Fixture *f, gconstpointer data)
{
  save_small (f);
  save_beside (f, "net.json",
               "{\"name\": \"x\", \"input\": {\"size\": [3, 5, 7], \"order\": \"RGB\", \"mean\": "
               "[0.1, 0.2, 0.3], \"std\": [0.5, 1, 2], \"later\": {}}, \"labels\": \"names.txt\"}",
               -1);
  save_beside (f, "names.txt", "a\r\nb\r\nc\r\nd\r\n", -1);
  save_beside (f, "net.labels.txt", "no\nno\nno\nno\n", -1);

  g_autoptr (PhModel) model = open_model (f);
  const PhPreprocess *p = ph_model_get_preprocess (model);

  g_assert_cmpint (p->source, ==, PH_PREPROCESS_FROM_SIDECAR);
  g_assert_cmpfloat (p->mean[1], ==, 0.2f);
  g_assert_cmpfloat (p->std[2], ==, 2);
  g_assert_cmpfloat (p->scale, ==, 1);
  g_assert_cmpstr (ph_model_get_label (model, 3), ==, "d");
  g_assert_null (ph_model_get_notes (model)[0]);
}

static void
test_broken_sidecar (Fixture *f, gconstpointer data)
{
  const struct
  {
    const char *text, *note;
  } cases[] = {
    { "{\"input\": ", "net.json cannot be used" },
    { "[1, 2]", "net.json cannot be used" },
    { "\xff", "net.json cannot be used" },
    { "{\"input\": {\"mean\": [1, 2], \"std\": [1, 1]}}", "2 numbers for 3 channels" },
    { "{\"input\": {\"mean\": [1, \"b\", 2]}}", "no usable number" },
    { "{\"input\": {\"std\": [1, 0, 2]}}", "no usable number" },
    { "{\"input\": {\"size\": [3, 5]}}", "should be [channels, height, width]" },
    { "{\"input\": {\"size\": [3, 6, 7]}}", "the height is said to be 6, the network has 5" },
    { "{\"input\": {\"size\": [3, -5, 7]}}", "the height -5 makes no sense" },
    { "{\"labels\": \"/etc/passwd\"}", "not beside the network" },
    { "{\"labels\": \"missing.txt\"}", "missing.txt are missing" },
    { "{\"input\": 5, \"labels\": [1]}", "Nothing says" },
    { "", "net.json cannot be used" },
  };

  save_small (f);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      save_beside (f, "net.json", cases[i].text, -1);

      g_autoptr (PhModel) model = open_model (f);

      if (!has_note (model, cases[i].note))
        g_error ("%s: no note \"%s\"", cases[i].text, cases[i].note);
      g_assert_cmpint (ph_model_get_preprocess (model)->height, ==, 5);
    }

  g_autoptr (GString) deep = g_string_new (NULL);

  for (guint i = 0; i < 200000; i++)
    g_string_append_c (deep, '[');
  save_beside (f, "net.json", deep->str, -1);

  g_autoptr (PhModel) model = open_model (f);

  g_assert_true (has_note (model, "nested too deeply"));
}

static void
test_labels (Fixture *f, gconstpointer data)
{
  save_small (f);

  g_autoptr (PhModel) none = open_model (f);

  g_assert_null (ph_model_get_label (none, 0));
  g_assert_true (has_note (none, "names of the classes are not known"));

  save_beside (f, "net.labels.txt", "\xef\xbb\xbfone\ntwo\n\nfour\n\n", -1);

  g_autoptr (PhModel) utf8 = open_model (f);

  g_assert_cmpstr (ph_model_get_label (utf8, 0), ==, "one");
  g_assert_cmpstr (ph_model_get_label (utf8, 2), ==, "");
  g_assert_cmpstr (ph_model_get_label (utf8, 3), ==, "four");

  save_beside (f, "net.labels.txt", "caf\xe9\nb\nc\nd\n", -1);

  g_autoptr (PhModel) latin = open_model (f);

  g_assert_cmpstr (ph_model_get_label (latin, 0), ==, "café");
  g_assert_true (has_note (latin, "Windows-1252"));

  save_beside (f, "net.labels.txt",
               "\xff\xfe"
               "a\0\n\0b\0\n\0c\0\n\0\xe9\0",
               16);

  g_autoptr (PhModel) wide = open_model (f);

  g_assert_cmpstr (ph_model_get_label (wide, 3), ==, "é");

  save_beside (f, "net.labels.txt", "\0\1\2\3", 4);

  g_autoptr (PhModel) binary = open_model (f);

  g_assert_null (ph_model_get_label (binary, 0));
  g_assert_true (has_note (binary, "are not text"));

  save_beside (f, "net.labels.txt", "a\nb\nc\n", -1);

  g_autoptr (PhModel) few = open_model (f);

  g_assert_null (ph_model_get_label (few, 0));
  g_assert_true (has_note (few, "3 labels for 4 classes"));
}

static void
test_metadata (Fixture *f, gconstpointer data)
{
  PbMessage *model = pb_model (pb_small_graph (), 13);

  pb_metadata (model, "phosphene.preprocess",
               "{\"input\": {\"scale\": 255, \"mean\": 127, \"std\": 128, \"order\": \"BGR\"}}");
  pb_metadata (model, "phosphene.labels", "k\nl\nm\nn");
  pb_metadata (model, "phosphene.channel_labels", "{\"conv\": [\"x\", \"y\"], \"relu\": 3}");
  pb_save (model, f->path);

  g_autoptr (PhModel) a = open_model (f);
  const PhPreprocess *p = ph_model_get_preprocess (a);
  const PhLayer *layer = ph_model_get_layer (a, (guint)ph_model_find_layer (a, "conv"));

  g_assert_cmpint (p->source, ==, PH_PREPROCESS_FROM_FILE);
  g_assert_true (p->bgr && p->scale == 255 && p->mean[2] == 127 && p->std[0] == 128);
  g_assert_cmpstr (ph_model_get_label (a, 3), ==, "n");
  g_assert_cmpstr (layer->channel_labels[0], ==, "x");

  model = pb_model (pb_small_graph (), 13);
  pb_metadata (model, "Image.BitmapPixelFormat", "Bgr8");
  pb_metadata (model, "Image.NominalPixelRange", "NominalRange_0_255");
  pb_metadata (model, "phosphene.channel_labels", "[");
  pb_save (model, f->path);

  g_autoptr (PhModel) b = open_model (f);

  p = ph_model_get_preprocess (b);
  g_assert_cmpint (p->source, ==, PH_PREPROCESS_FROM_FILE);
  g_assert_true (p->bgr && p->scale == 255 && p->mean[0] == 0 && p->std[0] == 1);
  g_assert_true (has_note (b, "names of channels"));
}

/* A graph of one Relu after @front, with input of @shape. */
static void
save_guess (Fixture *f, const PhShape *shape, const char *op, const float *constant)
{
  PbMessage *graph = pb_new ();
  PhShape one = PH_SHAPE (1);

  if (op != NULL)
    {
      pb_child (graph, PB_GRAPH_NODE, pb_node (op, "front", "x c", "scaled"));
      pb_child (graph, PB_GRAPH_INITIALIZER, pb_tensor_floats ("c", &one, constant));
    }
  pb_child (graph, PB_GRAPH_NODE, pb_node ("Relu", "y", op != NULL ? "scaled" : "x", "y"));
  pb_text (graph, PB_GRAPH_NAME, "guess");
  pb_child (graph, PB_GRAPH_INPUT, pb_value ("x", FLOAT, shape));
  pb_child (graph, PB_GRAPH_OUTPUT, pb_value ("y", FLOAT, shape));
  pb_save (pb_model (graph, 13), f->path);
}

static void
test_guess (Fixture *f, gconstpointer data)
{
  const struct
  {
    PhShape shape;
    const char *op;
    float constant;
    guint channels, height, width;
    gboolean nhwc;
    float scale, mean;
  } cases[] = {
    { PH_SHAPE (-1, 3, 40, 50), NULL, 0, 3, 40, 50, FALSE, 1, 0.485f },
    { PH_SHAPE (1, 3, -1, -1), NULL, 0, 3, 224, 224, FALSE, 1, 0.485f },
    { PH_SHAPE (-1, -1, -1, -1), NULL, 0, 3, 224, 224, FALSE, 1, 0.485f },
    { PH_SHAPE (-1, 1, 28, 30), NULL, 0, 1, 28, 30, FALSE, 1, 0 },
    { PH_SHAPE (1, 32, 24, 3), NULL, 0, 3, 32, 24, TRUE, 1, 0.485f },
    { PH_SHAPE (1, 32, 24, 1), NULL, 0, 1, 32, 24, TRUE, 1, 0 },
    { PH_SHAPE (1, 3, 24, 3), NULL, 0, 3, 24, 3, FALSE, 1, 0.485f },
    { PH_SHAPE (1, 3, 8, 9), "Div", 127.5f, 3, 8, 9, FALSE, 255, 0 },
    { PH_SHAPE (1, 3, 8, 9), "Mul", 1 / 255.0f, 3, 8, 9, FALSE, 255, 0 },
    { PH_SHAPE (1, 3, 8, 9), "Sub", 103.9f, 3, 8, 9, FALSE, 255, 0 },
    { PH_SHAPE (1, 3, 8, 9), "Sub", 0.485f, 3, 8, 9, FALSE, 1, 0 },
    { PH_SHAPE (1, 3, 8, 9), "Div", 0.229f, 3, 8, 9, FALSE, 1, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      save_guess (f, &cases[i].shape, cases[i].op, &cases[i].constant);

      g_autoptr (PhModel) model = open_model (f);
      const PhPreprocess *p = ph_model_get_preprocess (model);

      g_test_message ("case %u", i);
      g_assert_cmpint (p->source, ==, PH_PREPROCESS_GUESSED);
      g_assert_true (has_note (model, "Nothing says which numbers"));
      g_assert_cmpint (p->channels, ==, cases[i].channels);
      g_assert_cmpint (p->height, ==, cases[i].height);
      g_assert_cmpint (p->width, ==, cases[i].width);
      g_assert_cmpint (p->nhwc, ==, cases[i].nhwc);
      g_assert_cmpfloat (p->scale, ==, cases[i].scale);
      g_assert_cmpfloat (p->mean[0], ==, cases[i].mean);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/onnx/beside/name", test_name);
  ADD ("/onnx/beside/sidecar", test_sidecar);
  ADD ("/onnx/beside/broken-sidecar", test_broken_sidecar);
  ADD ("/onnx/beside/labels", test_labels);
  ADD ("/onnx/beside/metadata", test_metadata);
  ADD ("/onnx/beside/guess", test_guess);
  return g_test_run ();
}
