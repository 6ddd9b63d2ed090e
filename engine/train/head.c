#include "train/head.h"

#include <string.h>

#include "network/features.h"
#include "network/graph-copy.h"
#include "train/init.h"

typedef struct
{
  PhGraph *graph; /* borrowed */
  char *prefix;   /* owned: "head/", or "head2/" … where that is taken */
  char *value;    /* owned: what the next node reads */
  PhRng rng;
  GError **error;
} Builder;

static gboolean
add (Builder *b, const char *op, const char *name, PhAttrs *attrs, const char *second,
     const char *third)
{
  g_autofree char *output = g_strconcat (b->prefix, name, NULL);
  const char *inputs[3] = { b->value, second, third };

  if (!ph_graph_add_node (b->graph, op, NULL, output, attrs, inputs,
                          third != NULL    ? 3
                          : second != NULL ? 2
                                           : 1,
                          (const char *const[]){ output }, 1, b->error))
    return FALSE;
  g_free (b->value);
  b->value = g_steal_pointer (&output);
  return TRUE;
}

static char *
add_constant (Builder *b, const char *name, PhTensor *tensor)
{
  g_autofree char *full = g_strconcat (b->prefix, name, NULL);

  return ph_graph_add_constant (b->graph, full, tensor, b->error) < 0 ? NULL
                                                                      : g_steal_pointer (&full);
}

static gboolean
add_dense (Builder *b, const char *name, gint64 n_in, gint64 n_out, PhInitKind init)
{
  PhShape shape = PH_SHAPE (n_out, n_in), one = PH_SHAPE (n_out);
  g_autoptr (PhTensor) w = ph_tensor_new (PH_TYPE_FLOAT, &shape, b->error);
  g_autoptr (PhTensor) zeros = ph_tensor_new (PH_TYPE_FLOAT, &one, b->error);
  g_autofree char *weight = g_strconcat (name, ".weight", NULL);
  g_autofree char *bias = g_strconcat (name, ".bias", NULL);
  g_autofree char *second = NULL, *third = NULL;
  PhAttrs *attrs;

  if (w == NULL || zeros == NULL)
    return FALSE;
  ph_init_weights (init, (gsize)n_in, (gsize)n_out, w->n, w->f, &b->rng);
  /* At first all classes are about as probable: what chance would say about them costs a head that
   * has few images to learn from. */
  for (gsize i = 0; i < w->n && init == PH_INIT_XAVIER; i++)
    w->f[i] *= 0.1f;
  second = add_constant (b, weight, w);
  third = second != NULL ? add_constant (b, bias, zeros) : NULL;
  if (third == NULL)
    return FALSE;
  attrs = ph_attrs_new ();
  ph_attrs_set_int (attrs, "transB", 1);
  return add (b, "Gemm", name, attrs, second, third);
}

static gboolean
add_dropout (Builder *b, const char *name, double dropout)
{
  float ratio = (float)dropout;
  PhShape scalar = { 0 };
  g_autofree char *share = NULL;

  if (dropout <= 0)
    return TRUE;
  if (ph_graph_get_opset (b->graph) < 12)
    {
      PhAttrs *attrs = ph_attrs_new ();

      ph_attrs_set_real (attrs, "ratio", ratio);
      return add (b, "Dropout", name, attrs, NULL, NULL);
    }

  g_autoptr (PhTensor) tensor = ph_tensor_new_floats (&scalar, &ratio);
  g_autofree char *constant = g_strconcat (name, ".ratio", NULL);

  share = add_constant (b, constant, tensor);
  return share != NULL && add (b, "Dropout", name, NULL, share, NULL);
}

static gboolean
build (Builder *b, PhModel *model, int value, const PhHead *head, char **features)
{
  g_autofree char *vector = NULL;
  gint64 n;

  vector = ph_graph_add_mean (b->graph, model, value, b->prefix, &n, b->error);
  if (vector == NULL)
    return FALSE;
  g_free (b->value);
  b->value = g_strdup (vector);
  *features = g_strdup (b->value);
  if (!add_dropout (b, "dropout", head->dropout))
    return FALSE;
  if (head->hidden > 0)
    {
      if (!add_dense (b, "hidden", n, head->hidden, PH_INIT_HE) ||
          !add (b, "Relu", "relu", NULL, NULL, NULL) ||
          !add_dropout (b, "dropout-hidden", head->dropout))
        return FALSE;
      n = head->hidden;
    }
  if (!add_dense (b, "logits", n, head->n_classes, PH_INIT_XAVIER))
    return FALSE;
  ph_graph_add_output (b->graph, b->value);
  return ph_graph_finish (b->graph, b->error);
}

PhGraph *
ph_head_attach (PhModel *model, int value, const PhHead *head, char **features, GError **error)
{
  g_autoptr (PhGraph) graph = ph_graph_copy (ph_model_get_graph (model), &value, 1, NULL, error);
  Builder b = { .graph = graph, .error = error };
  gboolean done;

  *features = NULL;
  if (graph == NULL)
    return NULL;
  b.value = g_strdup (ph_graph_get_value (ph_model_get_graph (model), value)->name);
  b.prefix = g_strdup ("head/");
  for (guint i = 2;; i++)
    {
      g_autofree char *name = g_strconcat (b.prefix, "logits", NULL);

      if (ph_graph_find_value (graph, name) < 0)
        break;
      g_free (b.prefix);
      b.prefix = g_strdup_printf ("head%u/", i);
    }
  ph_rng_init (&b.rng, head->seed, 0x68656164); /* "head" */
  done = build (&b, model, value, head, features);
  g_free (b.value);
  g_free (b.prefix);
  if (done)
    return g_steal_pointer (&graph);
  g_clear_pointer (features, g_free);
  return NULL;
}
