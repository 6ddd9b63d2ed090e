#include "train/advice.h"

#include <math.h>
#include <string.h>

#include "network/run.h"
#include "train/feed.h"
#include "train/training.h"

#define SIMILAR 0.6 /* of the way from guessing to perfect */
#define DISTANT 1.0 /* standard deviations between means of features */
#define PROBE_EPOCHS 20
#define SEEN 64 /* images whose statistics are measured */

/* The last batch normalisation whose statistics the network has, or NULL. */
static const PhNode *
find_statistics (PhGraph *graph)
{
  for (guint i = ph_graph_get_n_nodes (graph); i-- > 0;)
    {
      const PhNode *node = ph_graph_get_node (graph, i);

      if (g_str_equal (node->op_type, "BatchNormalization") && node->n_inputs == 5 &&
          ph_graph_get_value (graph, node->inputs[3])->constant != NULL &&
          ph_graph_get_value (graph, node->inputs[4])->constant != NULL)
        return node;
    }
  return NULL;
}

/* Mean over the channels of |mean of the images - remembered mean| / remembered deviation. */
static double
compare_statistics (const PhGraph *graph, const PhNode *node, const float *values, gsize n_images,
                    gsize n_values)
{
  const PhTensor *mean = ph_graph_get_value (graph, node->inputs[3])->constant;
  const PhTensor *variance = ph_graph_get_value (graph, node->inputs[4])->constant;
  gsize plane = n_values / mean->n;
  double distance = 0;

  for (gsize c = 0; c < mean->n; c++)
    {
      double sum = 0;
      gsize n = 0;

      for (gsize i = 0; i < n_images; i++)
        {
          const float *plane_values = values + i * n_values + c * plane;

          if (isnan (*plane_values)) /* cannot be read */
            continue;
          for (gsize j = 0; j < plane; j++)
            sum += plane_values[j];
          n += plane;
        }
      distance +=
          fabs (sum / (double)MAX (n, 1) - mean->f[c]) / sqrt ((double)variance->f[c] + 1e-5);
    }
  return distance / (double)mean->n;
}

/* Returns: FALSE with an error; a network without statistics leaves @distance negative. */
static gboolean
measure_distance (PhModel *model, PhDataset *dataset, double *distance, const PhMonitor *monitor,
                  GCancellable *cancellable, GError **error)
{
  PhGraph *graph = ph_model_get_graph (model);
  const PhNode *node = find_statistics (graph);
  const PhPreprocess *p = ph_model_get_preprocess (model);
  PhShape shape = ph_model_input_shape (model, 1, p->height, p->width);
  guint n_items = ph_dataset_get_n_items (dataset), n = MIN (n_items, SEEN), size;
  g_autofree guint *items = g_new (guint, n + 1);
  PhFeedOptions options = { .batch = 8, .n_epochs = 1 };
  g_autoptr (PhFeed) feed = NULL;
  float *values;

  *distance = -1;
  if (node == NULL)
    return TRUE;
  for (guint i = 0; i < n; i++)
    items[i] = (guint)((guint64)i * n_items / n);
  feed = ph_feed_new_images (dataset, items, n, p, &options, error);
  values = feed != NULL ? ph_predict (graph, node->inputs[0], &shape, feed, n, &size,
                                      "comparing features", monitor, cancellable, error)
                        : NULL;
  if (values == NULL)
    return FALSE;
  *distance = compare_statistics (graph, node, values, n, size);
  ph_aligned_free (values);
  return TRUE;
}

/* Trains a linear head for a few epochs. */
static gboolean
probe (PhAdvice *advice, PhModel *model, PhDataset *dataset, const PhTrainSettings *settings,
       const PhMonitor *monitor, GCancellable *cancellable, GError **error)
{
  PhTrainingSource source = { .network = ph_model_get_name (model),
                              .images = ph_dataset_get_path (dataset),
                              .model = model,
                              .dataset = dataset };
  g_autoptr (PhTraining) training = NULL;
  PhTrainSettings quick;
  const PhEpoch *epochs;
  guint n_validation, n;
  gsize ignored;
  gboolean done = FALSE;

  ph_settings_copy (ph_train_settings, &quick, settings);
  quick.mode = PH_TRAIN_HEAD;
  quick.head = PH_TRAIN_HEAD_LINEAR;
  quick.epochs = PROBE_EPOCHS;
  quick.learning_rate = 0;
  ph_setting_set (ph_settings_find (ph_train_settings, "layer"), &quick, "auto", NULL);
  training = ph_training_new (&source, &quick, error);
  if (training != NULL && ph_training_run (training, NULL, NULL, monitor, cancellable, error))
    {
      PhTrainer *trainer = ph_training_get_trainer (training);
      int best = ph_trainer_get_best (trainer);

      epochs = ph_trainer_get_epochs (trainer, &n);
      advice->probe = best >= 0 ? epochs[best].validation_accuracy : 0;
      ph_training_get_counts (training, &advice->n_images, &n_validation, &ignored, &ignored);
      done = TRUE;
    }
  ph_settings_clear (ph_train_settings, &quick);
  return done;
}

/* An earlier layer: the end of the block in which the middle one of the layers with weights lies.
 */
static char *
dup_earlier_layer (PhModel *model)
{
  g_autoptr (GPtrArray) layers = g_ptr_array_new ();
  const PhLayer *middle, *last;

  for (guint i = 0; i < ph_model_get_n_layers (model); i++)
    if (ph_model_get_layer (model, i)->n_parameters > 0)
      g_ptr_array_add (layers, (gpointer)ph_model_get_layer (model, i));
  if (layers->len < 3)
    return g_strdup ("auto");
  middle = last = layers->pdata[layers->len / 2];
  for (guint i = 0; i < ph_model_get_n_layers (model) && *middle->group != '\0'; i++)
    if (g_str_equal (ph_model_get_layer (model, i)->group, middle->group) &&
        ph_model_get_layer (model, i)->n_channels > 0)
      last = ph_model_get_layer (model, i);
  return g_strdup (last->name);
}

static char *
dup_layer (PhAdviceRow row, PhModel *model)
{
  return row == PH_ADVICE_EARLIER ? dup_earlier_layer (model) : g_strdup ("auto");
}

static const char *
choose_frozen (PhAdviceRow row)
{
  return row == PH_ADVICE_ALL ? "none" : "auto";
}

static const char *
say_row (const PhAdvice *advice)
{
  switch (advice->row)
    {
    case PH_ADVICE_HEAD:
      return "Train a new head only: with few images, more weights would learn them by heart, and "
             "the features fit.";
    case PH_ADVICE_EARLIER:
      return "Train a head on an earlier layer: with few images only a head can be learned, and "
             "the "
             "later features were made for other things.";
    case PH_ADVICE_LATER_LAYERS:
      return "Fine-tune the later layers: the features fit, and there are enough images to adapt "
             "them a little.";
    case PH_ADVICE_ALL:
    default:
      return "Fine-tune all layers, or train from scratch: there are enough images to learn "
             "features "
             "of their own, and the old ones fit badly.";
    }
}

static void
decide (PhAdvice *advice, PhModel *model)
{
  g_autofree char *distance =
      advice->distance >= 0
          ? g_strdup_printf (
                " Their features lie %.2f standard deviations from what the network has "
                "seen in training.",
                advice->distance)
          : g_strdup ("");

  advice->per_class = (double)advice->n_images / advice->n_classes;
  advice->similarity =
      MAX (0, (advice->probe - 1.0 / advice->n_classes) / (1 - 1.0 / advice->n_classes));
  advice->is_much = advice->per_class >= PH_ADVICE_MUCH;
  advice->is_similar = advice->similarity >= SIMILAR && advice->distance < DISTANT;
  advice->row = advice->is_much ? (advice->is_similar ? PH_ADVICE_LATER_LAYERS : PH_ADVICE_ALL)
                                : (advice->is_similar ? PH_ADVICE_HEAD : PH_ADVICE_EARLIER);
  advice->layer = dup_layer (advice->row, model);
  advice->frozen = g_strdup (choose_frozen (advice->row));
  advice->why = g_strdup_printf (
      "%.0f images per class to learn from are %s (%d and more are much). A linear probe on the "
      "network's features gets %.0f %% right, %.0f %% of the way from guessing to perfect: the "
      "images "
      "are %s what the network knows.%s %s",
      advice->per_class, advice->is_much ? "much" : "little", PH_ADVICE_MUCH, advice->probe * 100,
      advice->similarity * 100, advice->is_similar ? "similar to" : "different from", distance,
      say_row (advice));
}

PhAdvice *
ph_advice_new (PhModel *model, PhDataset *dataset, const PhTrainSettings *settings,
               const PhMonitor *monitor, GCancellable *cancellable, GError **error)
{
  g_autoptr (PhAdvice) advice = g_new0 (PhAdvice, 1);

  advice->n_classes = ph_dataset_get_n_classes (dataset);
  if (!probe (advice, model, dataset, settings, monitor, cancellable, error) ||
      !measure_distance (model, dataset, &advice->distance, monitor, cancellable, error))
    return NULL;
  decide (advice, model);
  return g_steal_pointer (&advice);
}

void
ph_advice_free (PhAdvice *advice)
{
  if (advice == NULL)
    return;
  g_free (advice->layer);
  g_free (advice->frozen);
  g_free (advice->why);
  g_free (advice);
}

static void
set_way (PhAdviceRow row, const char *layer, const char *frozen, PhTrainSettings *settings)
{
  settings->mode =
      row == PH_ADVICE_HEAD || row == PH_ADVICE_EARLIER ? PH_TRAIN_HEAD : PH_TRAIN_FINE_TUNE;
  ph_setting_set (ph_settings_find (ph_train_settings, "layer"), settings, layer, NULL);
  ph_setting_set (ph_settings_find (ph_train_settings, "frozen"), settings, frozen, NULL);
}

void
ph_advice_apply (const PhAdvice *advice, PhTrainSettings *settings)
{
  set_way (advice->row, advice->layer, advice->frozen, settings);
}

void
ph_advice_choose (PhAdviceRow row, PhModel *model, PhTrainSettings *settings)
{
  g_autofree char *layer = dup_layer (row, model);

  set_way (row, layer, choose_frozen (row), settings);
}
