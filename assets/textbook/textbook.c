/* The floors put together to a graph. */

#include "assets/textbook/textbook.h"

#include "assets/textbook/calibration.h"
#include "assets/textbook/filters.h"
#include "assets/textbook/strokes.h"
#include "assets/textbook/things.h"

const char tb_textbook_doc[] =
    "A network whose neurons were designed by hand, not learned, so that it is known what each of "
    "them looks for: edges, lines and colours; gratings; contours; shapes; things; classes.";

static void
add_node (PhGraph *graph, const char *op, const char *name, PhAttrs *attrs, const char *const *in,
          guint n_in)
{
  g_autoptr (GError) error = NULL;
  if (!ph_graph_add_node (graph, op, "", name, attrs, in, n_in, &name, 1, &error))
    g_critical ("%s", error->message);
}

static void
add_constant (PhGraph *graph, const char *name, PhTensor *tensor)
{
  g_autoptr (GError) error = NULL;
  if (ph_graph_add_constant (graph, name, tensor, &error) < 0)
    g_critical ("%s", error->message);
  ph_tensor_unref (tensor);
}

static void
label (TbTextbook *textbook, const char *value, const TbBank *bank)
{
  g_hash_table_insert (textbook->channel_labels, g_strdup (value), tb_bank_dup_labels (bank));
}

/* What a floor does with its sums. */
typedef enum
{
  SUMS_ABOVE_ZERO, /* Relu */
  SUMS_UP_TO_ONE,  /* Clip: there or not there */
  SUMS_SOFTLY,     /* Softplus: also a unit far below its threshold knows which way it is */
} Answer;

static void
add_answer (PhGraph *graph, const char *name, const char *input, Answer answer)
{
  PhAttrs *attrs = ph_attrs_new ();
  switch (answer)
    {
    case SUMS_ABOVE_ZERO:
      add_node (graph, "Relu", name, attrs, &input, 1);
      break;
    case SUMS_UP_TO_ONE:
      {
        g_autofree char *low = g_strconcat (name, ".low", NULL);
        g_autofree char *high = g_strconcat (name, ".high", NULL);
        PhShape scalar = ph_shape (0, NULL);
        add_constant (graph, low, ph_tensor_new_floats (&scalar, (float[]){ 0 }));
        add_constant (graph, high, ph_tensor_new_floats (&scalar, (float[]){ 1 }));
        add_node (graph, "Clip", name, attrs, (const char *[]){ input, low, high }, 3);
      }
      break;
    case SUMS_SOFTLY:
      add_node (graph, "Softplus", name, attrs, &input, 1);
      break;
    default:
      g_assert_not_reached ();
    }
}

/* Conv named NAME/conv, then its answer named NAME. */
static void
add_floor (TbTextbook *textbook, const char *name, const char *input, const TbBank *bank,
           gint64 stride, Answer answer)
{
  g_autofree char *conv = g_strconcat (name, "/conv", NULL);
  g_autofree char *weight = g_strconcat (name, ".weight", NULL);
  g_autofree char *bias = g_strconcat (name, ".bias", NULL);
  gint64 size = bank->size, pad = bank->size / 2;
  PhAttrs *attrs = ph_attrs_new ();
  PhTensor *weights, *biases;

  tb_bank_make_tensors (bank, FALSE, &weights, &biases);
  add_constant (textbook->graph, weight, weights);
  add_constant (textbook->graph, bias, biases);
  ph_attrs_set_ints (attrs, "kernel_shape", (gint64[]){ size, size }, 2);
  ph_attrs_set_ints (attrs, "strides", (gint64[]){ stride, stride }, 2);
  ph_attrs_set_ints (attrs, "pads", (gint64[]){ pad, pad, pad, pad }, 4);
  add_node (textbook->graph, "Conv", conv, attrs, (const char *[]){ input, weight, bias }, 3);
  add_answer (textbook->graph, name, conv, answer);
  label (textbook, conv, bank);
  label (textbook, name, bank);
}

static void
add_pool (TbTextbook *textbook, const char *name, const char *input, const TbBank *bank,
          gint64 size)
{
  PhAttrs *attrs = ph_attrs_new ();
  ph_attrs_set_ints (attrs, "kernel_shape", (gint64[]){ size, size }, 2);
  ph_attrs_set_ints (attrs, "strides", (gint64[]){ size, size }, 2);
  add_node (textbook->graph, "MaxPool", name, attrs, (const char *[]){ input }, 1);
  label (textbook, name, bank);
}

static void
add_concat (PhGraph *graph, const char *name, const char *one, const char *other)
{
  PhAttrs *attrs = ph_attrs_new ();
  ph_attrs_set_int (attrs, "axis", 1);
  add_node (graph, "Concat", name, attrs, (const char *[]){ one, other }, 2);
}

static TbBank *
shapes_bank_new (void)
{
  g_autoptr (GArray) shapes = tb_shapes_new ();
  TbBank *bank = tb_bank_new (TB_N_DIRECTIONS + 1, 9);

  for (guint i = 0; i < shapes->len; i++)
    {
      const TbShape *shape = &g_array_index (shapes, TbShape, i);
      tb_shape_make_template (shape, 9, 2, tb_bank_add (bank, g_strdup (shape->label), 0));
    }
  tb_calibrate (bank, "shapes", 0.72, 2.5);
  return bank;
}

static void
add_classes (TbTextbook *textbook)
{
  const char *const names[] = { "gratings", "shapes", "things", "colours" };
  const TbBank *const banks[] = { textbook->gratings, textbook->shapes, textbook->things,
                                  textbook->colours };
  PhAttrs *attrs = ph_attrs_new ();
  PhTensor *weights, *biases;
  PhGraph *graph = textbook->graph;
  const char *averages[G_N_ELEMENTS (names)];
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = g_strconcat ("average/", names[i], NULL);
      add_node (graph, "GlobalAveragePool", name, NULL, &names[i], 1);
      label (textbook, name, banks[i]);
      averages[i] = name;
      g_ptr_array_add (all, g_steal_pointer (&name));
    }
  ph_attrs_set_int (attrs, "axis", 1);
  add_node (graph, "Concat", "average", attrs, averages, G_N_ELEMENTS (averages));
  add_node (graph, "Flatten", "average/flat", NULL, (const char *[]){ "average" }, 1);

  textbook->classes = tb_classes_bank_new (banks, names, G_N_ELEMENTS (names));
  tb_bank_make_tensors (textbook->classes, TRUE, &weights, &biases);
  add_constant (graph, "classes.weight", weights);
  add_constant (graph, "classes.bias", biases);
  attrs = ph_attrs_new ();
  ph_attrs_set_int (attrs, "transB", 1);
  add_node (graph, "Gemm", "classes", attrs,
            (const char *[]){ "average/flat", "classes.weight", "classes.bias" }, 3);
  add_node (graph, "Softmax", "probabilities", NULL, (const char *[]){ "classes" }, 1);
  ph_graph_add_output (graph, "probabilities");
  textbook->labels = tb_bank_dup_labels (textbook->classes);
}

TbTextbook *
tb_textbook_new (void)
{
  TbTextbook *textbook = g_new0 (TbTextbook, 1);
  PhShape input = PH_SHAPE (-1, 3, TB_SIZE, TB_SIZE);
  g_autoptr (GError) error = NULL;

  textbook->graph = ph_graph_new ("textbook", 13);
  textbook->channel_labels =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_strfreev);
  /* Grey is 0, so that the border of the picture, padded with 0, is no edge. */
  textbook->preprocess = (PhPreprocess){ .channels = 3,
                                         .height = TB_SIZE,
                                         .width = TB_SIZE,
                                         .scale = 1,
                                         .mean = { 0.5f, 0.5f, 0.5f },
                                         .std = { 0.5f, 0.5f, 0.5f },
                                         .source = PH_PREPROCESS_FROM_FILE };
  textbook->edges = tb_edges_new ();
  textbook->colours = tb_colours_new ();
  textbook->gratings = tb_gratings_new (textbook->edges);
  textbook->contours = tb_contours_new (textbook->colours);
  textbook->shapes = shapes_bank_new ();
  textbook->things = tb_things_bank_new (textbook->shapes, textbook->colours, 4);

  if (ph_graph_add_input (textbook->graph, "image", PH_TYPE_FLOAT, &input, &error) < 0)
    g_critical ("%s", error->message);
  add_floor (textbook, "edges", "image", textbook->edges, 1, SUMS_ABOVE_ZERO);
  add_floor (textbook, "colours", "image", textbook->colours, 1, SUMS_SOFTLY);
  add_floor (textbook, "gratings", "edges", textbook->gratings, 1, SUMS_ABOVE_ZERO);
  add_concat (textbook->graph, "seen", "gratings", "colours");
  add_floor (textbook, "contours", "seen", textbook->contours, 2, SUMS_UP_TO_ONE);
  add_floor (textbook, "shapes", "contours", textbook->shapes, 1, SUMS_SOFTLY);
  add_pool (textbook, "shapes/small", "shapes", textbook->shapes, 2);
  add_pool (textbook, "colours/small", "colours", textbook->colours, 4);

  add_concat (textbook->graph, "parts", "shapes/small", "colours/small");
  add_floor (textbook, "things", "parts", textbook->things, 1, SUMS_SOFTLY);
  add_classes (textbook);
  if (!ph_graph_finish (textbook->graph, &error))
    g_critical ("%s", error->message);
  return textbook;
}

void
tb_textbook_free (TbTextbook *textbook)
{
  ph_graph_unref (textbook->graph);
  g_strfreev (textbook->labels);
  g_hash_table_unref (textbook->channel_labels);
  tb_bank_free (textbook->edges);
  tb_bank_free (textbook->colours);
  tb_bank_free (textbook->gratings);
  tb_bank_free (textbook->contours);
  tb_bank_free (textbook->shapes);
  tb_bank_free (textbook->things);
  tb_bank_free (textbook->classes);
  g_free (textbook);
}
