#include "network/model.h"

#include <glib/gi18n.h>
#include <string.h>

#include "network/layers.h"

struct _PhModel
{
  GObject parent_instance;

  /* owned */
  char *name;
  char *path;
  char *digest;
  PhGraph *graph;
  GPtrArray *layers; /* PhLayer */
  GHashTable *by_name;
  char **labels;
  GPtrArray *notes; /* %NULL-terminated sentences */

  PhPreprocess preprocess;
  guint n_labels;
  guint n_classes;
  int logits;
  gboolean has_softmax;
};

G_DEFINE_FINAL_TYPE (PhModel, ph_model, G_TYPE_OBJECT)

enum
{
  PREPROCESS_CHANGED,
  LABELS_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
ph_model_finalize (GObject *object)
{
  PhModel *self = PH_MODEL (object);

  g_free (self->name);
  g_free (self->path);
  g_free (self->digest);
  g_clear_pointer (&self->graph, ph_graph_unref);
  g_clear_pointer (&self->layers, g_ptr_array_unref);
  g_clear_pointer (&self->by_name, g_hash_table_unref);
  g_strfreev (self->labels);
  g_ptr_array_unref (self->notes);
  G_OBJECT_CLASS (ph_model_parent_class)->finalize (object);
}

static void
ph_model_class_init (PhModelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ph_model_finalize;

  /**
   * PhModel::preprocess-changed:
   *
   * Pictures mean something else to the network from now on.
   */
  signals[PREPROCESS_CHANGED] =
      g_signal_new ("preprocess-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                    NULL, NULL, G_TYPE_NONE, 0);
  /**
   * PhModel::labels-changed:
   */
  signals[LABELS_CHANGED] = g_signal_new ("labels-changed", G_TYPE_FROM_CLASS (klass),
                                          G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ph_model_init (PhModel *self)
{
  self->notes = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->notes, NULL);
  self->logits = -1;
}

/* How many classes a value would stand for: the scores of one image are one vector. */
static guint
count_classes (const PhSpec *spec)
{
  gsize n;

  if (spec->type == PH_TYPE_NONE || !ph_type_is_real (spec->type) || spec->shape.rank < 2 ||
      spec->shape.dim[0] != 1 || !ph_shape_n_elements (&spec->shape, &n))
    return 0;
  if (spec->shape.rank != 2 && spec->shape.dim[1] != (gint64)n)
    return 0;
  return n > 1 && n <= 1000000 ? (guint)n : 0;
}

/* The squashing function at the end of the way to @value, through mere changes of shape. */
static const PhNode *
find_squash (PhGraph *graph, int value)
{
  for (;;)
    {
      int producer = ph_graph_get_value (graph, value)->producer;
      const PhNode *node = producer >= 0 ? ph_graph_get_node (graph, (guint)producer) : NULL;

      if (node == NULL || node->op == NULL || node->n_inputs == 0 || node->inputs[0] < 0)
        return NULL;
      if (g_strv_contains ((const char *const[]){ "Softmax", "LogSoftmax", "Sigmoid", NULL },
                           node->op_type))
        return node;
      if (!(node->op->flags & PH_OP_VIEW) && !g_str_equal (node->op_type, "Dropout"))
        return NULL;
      value = node->inputs[0];
    }
}

/* The class scores: what an output's softmax is taken of, else the first output that is a vector.
 */
static void
find_logits (PhModel *self, const PhTrace *trace)
{
  guint n;
  const int *outputs = ph_graph_get_outputs (self->graph, &n);

  for (guint i = 0; i < n && self->logits < 0; i++)
    {
      const PhNode *squash = find_squash (self->graph, outputs[i]);

      if (squash == NULL)
        continue;
      self->n_classes = count_classes (&trace->specs[squash->inputs[0]]);
      self->logits = self->n_classes > 0 ? squash->inputs[0] : -1;
      self->has_softmax = self->logits >= 0 && !g_str_equal (squash->op_type, "Sigmoid");
    }
  for (guint i = 0; i < n && self->logits < 0; i++)
    {
      self->n_classes = count_classes (&trace->specs[outputs[i]]);
      self->logits = self->n_classes > 0 ? outputs[i] : -1;
    }
}

static void
note_unsupported (PhModel *self)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < ph_graph_get_n_nodes (self->graph); i++)
    {
      const PhNode *node = ph_graph_get_node (self->graph, i);

      if (node->op != NULL || !g_hash_table_add (seen, node->op_type))
        continue;

      guint n_blocked = 0;
      const PhLayer *first = NULL;

      for (guint j = 0; j < self->layers->len; j++)
        {
          const PhLayer *layer = self->layers->pdata[j];

          if (layer->obstacle == NULL || strstr (layer->obstacle, node->op_type) == NULL)
            continue;
          n_blocked++;
          first = first != NULL ? first : layer;
        }

      g_autofree char *note = g_strdup_printf (
          "Phosphene does not have the operator %s (node “%s”). %u layers cannot be reached%s%s%s; "
          "all others work.",
          node->op_type, node->name, n_blocked, first != NULL ? ", from “" : "",
          first != NULL ? first->name : "", first != NULL ? "” on" : "");

      ph_model_add_note (self, note);
    }
}

static void
set_channel_labels (PhModel *self, GHashTable *channel_labels)
{
  for (guint i = 0; i < self->layers->len; i++)
    {
      PhLayer *layer = self->layers->pdata[i];
      const char *value_name = ph_graph_get_value (self->graph, layer->value)->name;
      char **labels = g_hash_table_lookup (channel_labels, value_name);

      if (labels != NULL && g_strv_length (labels) == layer->n_channels)
        layer->channel_labels = g_strdupv (labels);
    }
}

PhModel *
ph_model_new (const char *name, const char *path, const char *digest, PhGraph *graph,
              const PhPreprocess *preprocess, const char *const *labels, GHashTable *channel_labels,
              GError **error)
{
  g_autoptr (PhModel) self = g_object_new (PH_TYPE_MODEL, NULL);
  guint n_inputs;
  const int *inputs = ph_graph_get_inputs (graph, &n_inputs);

  self->name = g_strdup (name);
  self->path = g_strdup (path);
  self->digest = g_strdup (digest);
  self->graph = ph_graph_ref (graph);
  self->preprocess = *preprocess;
  if (n_inputs != 1 || preprocess->channels < 1 || preprocess->channels > 4 ||
      preprocess->height < 1 || preprocess->width < 1)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_MODEL_INVALID,
                   _ ("this network has %u inputs; Phosphene opens networks whose one input is an "
                      "image of 1 to 4 channels"),
                   n_inputs);
      return NULL;
    }

  PhType type = ph_graph_get_value (graph, inputs[0])->type;
  PhSpec input = { .type = ph_type_is_real (type) ? type : PH_TYPE_FLOAT,
                   .shape = ph_model_input_shape (self, 1, preprocess->height, preprocess->width) };
  g_autoptr (PhTrace) trace = ph_trace_new (graph, &input, NULL, 0, NULL, 0, FALSE, TRUE, error);

  if (trace == NULL)
    return NULL;
  self->layers = ph_layers_new (trace, preprocess->nhwc);
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < self->layers->len; i++)
    g_hash_table_insert (self->by_name, ((PhLayer *)self->layers->pdata[i])->name,
                         GUINT_TO_POINTER (i + 1));
  find_logits (self, trace);
  note_unsupported (self);
  if (channel_labels != NULL)
    set_channel_labels (self, channel_labels);
  if (labels != NULL)
    ph_model_set_labels (self, labels);
  return g_steal_pointer (&self);
}

const char *
ph_model_get_name (PhModel *model)
{
  return model->name;
}

const char *
ph_model_get_path (PhModel *model)
{
  return model->path;
}

const char *
ph_model_get_digest (PhModel *model)
{
  return model->digest;
}

PhGraph *
ph_model_get_graph (PhModel *model)
{
  return model->graph;
}

const PhPreprocess *
ph_model_get_preprocess (PhModel *model)
{
  return &model->preprocess;
}

void
ph_model_set_preprocess (PhModel *model, const PhPreprocess *preprocess)
{
  g_return_if_fail (preprocess->channels == model->preprocess.channels);
  g_return_if_fail (preprocess->nhwc == model->preprocess.nhwc);

  model->preprocess = *preprocess;
  g_signal_emit (model, signals[PREPROCESS_CHANGED], 0);
}

guint
ph_model_get_n_layers (PhModel *model)
{
  return model->layers->len;
}

const PhLayer *
ph_model_get_layer (PhModel *model, guint i)
{
  g_return_val_if_fail (i < model->layers->len, NULL);
  return model->layers->pdata[i];
}

int
ph_model_find_layer (PhModel *model, const char *name)
{
  int index = GPOINTER_TO_INT (g_hash_table_lookup (model->by_name, name)) - 1;

  /* The name of a block stands for the last layer in it. */
  for (guint i = model->layers->len; index < 0 && i-- > 0;)
    {
      const PhLayer *layer = model->layers->pdata[i];
      gsize n = strlen (name);

      if (strncmp (layer->name, name, n) == 0 && (layer->name[n] == '.' || layer->name[n] == '/'))
        index = (int)i;
    }
  return index;
}

guint
ph_model_get_n_classes (PhModel *model)
{
  return model->n_classes;
}

const char *
ph_model_get_label (PhModel *model, guint class_number)
{
  return class_number < model->n_labels ? model->labels[class_number] : NULL;
}

void
ph_model_set_labels (PhModel *model, const char *const *labels)
{
  guint n = g_strv_length ((char **)labels);

  if (model->n_classes > 0 && n != model->n_classes)
    {
      g_autofree char *note = g_strdup_printf (
          "There are %u labels for %u classes, so classes go by number only.", n, model->n_classes);

      ph_model_add_note (model, note);
      return;
    }
  g_strfreev (model->labels);
  model->labels = g_strdupv ((char **)labels);
  model->n_labels = n;
  g_signal_emit (model, signals[LABELS_CHANGED], 0);
}

int
ph_model_get_logits (PhModel *model)
{
  return model->logits;
}

gboolean
ph_model_has_softmax (PhModel *model)
{
  return model->has_softmax;
}

const char *const *
ph_model_get_notes (PhModel *model)
{
  return (const char *const *)model->notes->pdata;
}

void
ph_model_add_note (PhModel *model, const char *note)
{
  g_ptr_array_insert (model->notes, (gint)model->notes->len - 1, g_strdup (note));
}

PhShape
ph_model_input_shape (PhModel *model, guint n, guint height, guint width)
{
  guint channels = model->preprocess.channels;

  return model->preprocess.nhwc ? PH_SHAPE (n, height, width, channels)
                                : PH_SHAPE (n, channels, height, width);
}
