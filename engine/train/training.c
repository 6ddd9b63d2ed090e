#include "train/training-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "data/split.h"
#include "network/autoencoder.h"
#include "network/features.h"
#include "network/graph-copy.h"
#include "network/graph-norms.h"
#include "train/architecture.h"
#include "train/head.h"

/* ---- What learns ---- */

/* What the network ends with: the picture that an autoencoder gives back, scores otherwise. */
static int
find_end (PhTraining *t, PhModel *model, GError **error)
{
  PhAutoencoder parts;
  int logits = ph_model_get_logits (model);

  if (t->reconstructs && ph_autoencoder_find (model, &parts))
    return parts.picture;
  if (logits < 0)
    g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                 _ ("%s does not tell classes apart; give it a head (head = linear)"),
                 ph_model_get_name (model));
  return logits;
}

/* The network up to its end, for any number of images of the chosen size. */
static PhGraph *
copy_to_end (PhTraining *t, PhModel *model, const PhShape *input, GError **error)
{
  PhGraph *old = ph_model_get_graph (model);
  int end = find_end (t, model, error);
  guint n_inputs;
  const int *inputs = ph_graph_get_inputs (old, &n_inputs);
  g_autoptr (PhGraph) graph = NULL;

  if (end < 0)
    return NULL;
  graph = ph_graph_copy (old, &end, 1, NULL, error);
  if (graph == NULL)
    return NULL;
  ph_graph_declare (graph, ph_graph_get_value (old, inputs[0])->name, PH_TYPE_FLOAT, input);
  ph_graph_add_output (graph, ph_graph_get_value (old, end)->name);
  return ph_graph_finish (graph, error) ? g_steal_pointer (&graph) : NULL;
}

static int
find_layer (PhModel *model, const char *name, GError **error)
{
  int index = ph_model_find_layer (model, name);

  if (index >= 0)
    return ph_model_get_layer (model, (guint)index)->value;
  g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID, _ ("%s has no layer “%s”"),
               ph_model_get_name (model), name);
  return -1;
}

static PhGraph *
attach_head (PhTraining *t, PhModel *base, GError **error)
{
  PhHead head = { .n_classes = ph_dataset_get_n_classes (t->dataset),
                  .hidden = t->settings.head == PH_TRAIN_HEAD_MLP ? (guint)t->settings.hidden : 0,
                  .dropout = t->settings.dropout,
                  .seed = (guint64)t->settings.seed };
  int value = g_str_equal (t->settings.layer, "auto") ? ph_model_find_features (base, error)
                                                      : find_layer (base, t->settings.layer, error);

  return value >= 0 ? ph_head_attach (base, value, &head, &t->features, error) : NULL;
}

/* From random weights, normalisations are put back that were folded away. */
static PhGraph *
normalise (PhTraining *t, PhGraph *graph, GError **error)
{
  g_autoptr (PhGraph) old = graph;
  guint n_outputs;
  const int *outputs = ph_graph_get_outputs (graph, &n_outputs);

  if (t->settings.mode != PH_TRAIN_SCRATCH || !t->settings.normalise)
    return g_steal_pointer (&old);
  return ph_graph_insert_norms (graph, n_outputs > 0 ? outputs[0] : -1, error);
}

/* The network that learns, as a model of its own: it gives the layers their names and blocks. */
static gboolean
make_model (PhTraining *t, const PhTrainingSource *source, GError **error)
{
  guint n_classes = ph_dataset_get_n_classes (t->dataset);
  g_autofree char *name = g_path_get_basename (t->network);
  g_autoptr (PhGraph) graph = NULL;
  PhShape input;
  const int *inputs;
  guint n_inputs;

  if (g_str_has_suffix (name, ".onnx") || g_str_has_suffix (name, ".txt"))
    *strrchr (name, '.') = '\0';
  if (source->description != NULL)
    {
      PhArchitectureSizes sizes = { .n_classes = n_classes,
                                    .bottleneck = (guint)t->settings.bottleneck,
                                    .unpool = (PhUnpool)t->settings.unpool,
                                    .seed = (guint64)t->settings.seed };

      graph = ph_architecture_build (source->description, name, &sizes, &input, error);
      if (graph == NULL)
        return FALSE;
      t->settings.mode = PH_TRAIN_SCRATCH;
      t->preprocess = (PhPreprocess){ .channels = (guint)input.dim[1],
                                      .height = (guint)input.dim[2],
                                      .width = (guint)input.dim[3],
                                      .scale = 1,
                                      .mean = { 0.485f, 0.456f, 0.406f, 0 },
                                      .std = { 0.229f, 0.224f, 0.225f, 1 },
                                      .source = PH_PREPROCESS_FROM_FILE };
      /* An autoencoder is given what it gives back, but for the middle and the scale. */
      for (guint c = 0; c < 4 && (t->preprocess.channels == 1 || t->reconstructs); c++)
        t->preprocess.mean[c] = t->preprocess.std[c] = 0.5f;
    }
  else
    {
      t->preprocess = *ph_model_get_preprocess (source->model);
      t->preprocess.source = PH_PREPROCESS_FROM_FILE;
    }
  if (t->settings.size > 0)
    t->preprocess.height = t->preprocess.width = (guint)t->settings.size;
  input = t->preprocess.nhwc
              ? PH_SHAPE (-1, t->preprocess.height, t->preprocess.width, t->preprocess.channels)
              : PH_SHAPE (-1, t->preprocess.channels, t->preprocess.height, t->preprocess.width);
  if (source->model != NULL)
    {
      /* The same network for pictures of the chosen size. */
      t->base = ph_model_new (
          ph_model_get_name (source->model), NULL, ph_model_get_digest (source->model),
          ph_model_get_graph (source->model), &t->preprocess, NULL, NULL, error);
      if (t->base == NULL)
        return FALSE;
      graph = t->settings.head == PH_TRAIN_HEAD_KEEP ? copy_to_end (t, t->base, &input, error)
                                                     : attach_head (t, t->base, error);
      graph = graph != NULL ? normalise (t, g_steal_pointer (&graph), error) : NULL;
      if (graph == NULL)
        return FALSE;
    }
  /* The file says what it wants, also when another size was chosen. */
  inputs = ph_graph_get_inputs (graph, &n_inputs);
  if (t->settings.size > 0 && n_inputs == 1)
    ph_graph_declare (graph, ph_graph_get_value (graph, inputs[0])->name, PH_TYPE_FLOAT, &input);
  t->model = ph_model_new (name, NULL, NULL, graph, &t->preprocess, (const char *const *)t->labels,
                           NULL, error);
  if (t->model == NULL)
    return FALSE;
  if (!t->reconstructs && ph_model_get_n_classes (t->model) != n_classes)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                   _ ("%s has %u classes, the images have %u; give it a new head (head = linear)"),
                   name, ph_model_get_n_classes (t->model), n_classes);
      return FALSE;
    }
  return TRUE;
}

/* The block of each node: it counts up where the group of the layers changes. */
static guint *
number_blocks (PhModel *model)
{
  PhGraph *graph = ph_model_get_graph (model);
  guint n = ph_graph_get_n_nodes (graph), block = 0;
  guint *blocks = g_new0 (guint, n + 1);
  g_autofree const PhLayer **layers = g_new0 (const PhLayer *, n + 1);
  const char *group = NULL;

  for (guint i = 0; i < ph_model_get_n_layers (model); i++)
    {
      const PhLayer *layer = ph_model_get_layer (model, i);
      int producer = ph_graph_get_value (graph, layer->value)->producer;

      if (producer >= 0)
        layers[producer] = layer;
    }
  for (guint i = 0; i < n; i++)
    {
      const PhLayer *layer = layers[i];

      if (layer != NULL && layer->n_parameters > 0)
        {
          /* A layer outside any group is a block of its own. */
          if (group != NULL && (*layer->group == '\0' || !g_str_equal (group, layer->group)))
            block++;
          group = layer->group;
        }
      blocks[i] = block;
    }
  return blocks;
}

/* The middle one of the layers with weights, not counting the head. */
static int
find_middle (PhModel *model)
{
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (int));

  for (guint i = 0; i < ph_model_get_n_layers (model); i++)
    {
      const PhLayer *layer = ph_model_get_layer (model, i);

      if (layer->n_parameters > 0 && !g_str_has_prefix (layer->name, "head"))
        g_array_append_val (values, layer->value);
    }
  return values->len > 1 ? g_array_index (values, int, (values->len - 1) / 2) : -1;
}

static gboolean
choose_frozen (PhTraining *t, GError **error)
{
  const char *name = t->settings.frozen;

  t->task.frozen = -1;
  if (t->settings.mode != PH_TRAIN_FINE_TUNE || g_str_equal (name, "none"))
    return TRUE;
  t->task.frozen =
      g_str_equal (name, "auto") ? find_middle (t->model) : find_layer (t->model, name, error);
  return t->task.frozen >= 0 || g_str_equal (name, "auto");
}

/* ---- What is learned from ---- */

/* Lets at most @most images of each class stay, in an order drawn from the seed. */
static void
limit_per_class (PhTraining *t, guint most)
{
  guint n_classes = ph_dataset_get_n_classes (t->dataset);
  g_autofree guint *counts = g_new0 (guint, n_classes + 1);
  GArray *items = t->items, *kept = g_array_new (FALSE, FALSE, sizeof (guint));
  PhRng rng;

  ph_rng_init (&rng, (guint64)t->settings.seed, 0x66657721); /* "few!" */
  for (guint i = items->len; i > 1; i--)
    {
      guint j = ph_rng_below (&rng, i), item = g_array_index (items, guint, i - 1);

      g_array_index (items, guint, i - 1) = g_array_index (items, guint, j);
      g_array_index (items, guint, j) = item;
    }
  for (guint i = 0; i < items->len; i++)
    {
      guint item = g_array_index (items, guint, i);

      int label = ph_dataset_get_label (t->dataset, item);

      if (counts[label < 0 ? n_classes : (guint)label]++ < most)
        g_array_append_val (kept, item);
    }
  g_array_unref (t->items);
  t->items = kept;
}

static void
drop_unlabelled (PhDataset *dataset, GArray *items)
{
  for (guint i = items->len; i-- > 0;)
    if (ph_dataset_get_label (dataset, g_array_index (items, guint, i)) < 0)
      g_array_remove_index (items, i);
}

static gboolean
choose_images (PhTraining *t, GError **error)
{
  guint n_classes = ph_dataset_get_n_classes (t->dataset);

  if (t->reconstructs)
    {
      ph_dataset_split (t->dataset, t->settings.validation, (guint64)t->settings.seed, &t->items,
                        &t->validation);
      if (t->settings.per_class > 0)
        limit_per_class (t, (guint)t->settings.per_class);
      return TRUE;
    }
  if (n_classes < 2)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                   _ ("%s: there are %u classes; learning to tell classes apart takes two: a "
                      "folder for each class, with its images inside"),
                   t->images, n_classes);
      return FALSE;
    }
  t->labels = g_new0 (char *, n_classes + 1);
  for (guint i = 0; i < n_classes; i++)
    {
      t->labels[i] = g_utf8_make_valid (ph_dataset_get_class_name (t->dataset, i), -1);
      g_strdelimit (t->labels[i], "\r\n", ' ');
    }
  ph_dataset_split (t->dataset, t->settings.validation, (guint64)t->settings.seed, &t->items,
                    &t->validation);
  drop_unlabelled (t->dataset, t->items);
  drop_unlabelled (t->dataset, t->validation);
  if (t->settings.per_class > 0)
    limit_per_class (t, (guint)t->settings.per_class);
  return TRUE;
}

/* Pictures are compared by their squared error, whatever tells classes apart. */
static gboolean
choose_loss (PhTraining *t, GError **error)
{
  if (!t->reconstructs)
    return TRUE;
  if (t->settings.loss == PH_LOSS_BCE)
    {
      g_set_error_literal (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                           _ ("An autoencoder learns by the squared error (loss = mse)"));
      return FALSE;
    }
  t->settings.loss = PH_LOSS_MSE;
  return TRUE;
}

/* A description says so; a network that gives back its input and keeps its head goes on doing so.
 */
static gboolean
is_autoencoder (const PhTrainingSource *source, const PhTrainSettings *settings)
{
  PhAutoencoder parts;

  if (source->description != NULL)
    return ph_architecture_is_autoencoder (source->description);
  return source->model != NULL && settings->head == PH_TRAIN_HEAD_KEEP &&
         ph_autoencoder_find (source->model, &parts);
}

PhTraining *
ph_training_new (const PhTrainingSource *source, const PhTrainSettings *settings, GError **error)
{
  g_autoptr (PhTraining) t = g_new0 (PhTraining, 1);
  guint n_outputs;

  ph_settings_copy (ph_train_settings, &t->settings, settings);
  t->network = g_strdup (source->network);
  t->images = g_strdup (source->images);
  t->digest = g_strdup (source->model != NULL ? ph_model_get_digest (source->model) : "");
  t->dataset = ph_dataset_ref (source->dataset);
  t->reconstructs = is_autoencoder (source, settings);
  if (!choose_loss (t, error) || !choose_images (t, error) || !make_model (t, source, error) ||
      !choose_frozen (t, error))
    return NULL;
  ph_train_settings_resolve (&t->settings);
  t->blocks = number_blocks (t->model);
  t->task.graph = ph_model_get_graph (t->model);
  t->task.target = t->reconstructs ? ph_graph_get_outputs (t->task.graph, &n_outputs)[0]
                                   : ph_model_get_logits (t->model);
  t->task.reconstruct = t->reconstructs;
  t->task.shape = ph_model_input_shape (t->model, 1, t->preprocess.height, t->preprocess.width);
  t->task.dataset = t->dataset;
  t->task.preprocess = &t->preprocess;
  t->task.items = (const guint *)(gpointer)t->items->data;
  t->task.n_items = t->items->len;
  t->task.validation = (const guint *)(gpointer)t->validation->data;
  t->task.n_validation = t->validation->len;
  t->task.blocks = t->blocks;
  if (t->settings.mode == PH_TRAIN_HEAD && t->features == NULL)
    {
      g_set_error_literal (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                           _ ("A head that is kept has nothing to learn alone; choose a new head "
                              "(head = linear) or another mode"));
      return NULL;
    }
  return g_steal_pointer (&t);
}

void
ph_training_free (PhTraining *t)
{
  if (t == NULL)
    return;
  g_clear_pointer (&t->trainer, ph_trainer_free);
  g_clear_pointer (&t->published, ph_weights_free);
  g_clear_pointer (&t->learned, ph_tensor_unref);
  g_clear_pointer (&t->measured, ph_tensor_unref);
  g_clear_object (&t->model);
  g_clear_object (&t->base);
  g_clear_pointer (&t->dataset, ph_dataset_unref);
  g_clear_pointer (&t->items, g_array_unref);
  g_clear_pointer (&t->validation, g_array_unref);
  g_strfreev (t->labels);
  g_free (t->blocks);
  g_free (t->features);
  g_free (t->network);
  g_free (t->images);
  g_free (t->digest);
  ph_settings_clear (ph_train_settings, &t->settings);
  g_free (t);
}
