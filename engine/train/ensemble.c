#include "train/ensemble.h"

#include <glib/gi18n.h>
#include <string.h>

/* For each class of the dataset the network's class of that name. */
static guint *
match_classes (PhModel *model, PhDataset *dataset, GError **error)
{
  guint n = ph_dataset_get_n_classes (dataset), n_known = ph_model_get_n_classes (model);
  g_autofree guint *match = g_new (guint, n + 1);

  for (guint i = 0; i < n; i++)
    {
      const char *name = ph_dataset_get_class_name (dataset, i);

      for (match[i] = 0; match[i] < n_known; match[i]++)
        if (g_strcmp0 (ph_model_get_label (model, match[i]), name) == 0)
          break;
      if (match[i] < n_known)
        continue;
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                   _ ("%s has no class “%s”; only networks that were trained on these classes can "
                      "be compared on them"),
                   ph_model_get_name (model), name);
      return NULL;
    }
  return g_steal_pointer (&match);
}

float *
ph_ensemble_probabilities (PhModel *model, PhDataset *dataset, const guint *items, guint n,
                           const PhMonitor *monitor, GCancellable *cancellable, GError **error)
{
  const PhPreprocess *p = ph_model_get_preprocess (model);
  PhShape shape = ph_model_input_shape (model, 1, p->height, p->width);
  PhFeedOptions options = { .batch = 8, .n_epochs = 1 };
  guint n_classes = ph_dataset_get_n_classes (dataset), size;
  g_autofree guint *match = match_classes (model, dataset, error);
  g_autoptr (PhFeed) feed =
      match != NULL ? ph_feed_new_images (dataset, items, n, p, &options, error) : NULL;
  float *scores, *result;

  if (feed == NULL)
    return NULL;
  scores = ph_predict (ph_model_get_graph (model), ph_model_get_logits (model), &shape, feed, n,
                       &size, ph_model_get_name (model), monitor, cancellable, error);
  if (scores == NULL)
    return NULL;
  ph_softmax (n, size, scores);
  result = ph_aligned_alloc (sizeof (float) * n * n_classes);
  if (result == NULL)
    g_set_error_literal (error, PH_ERROR, PH_ERROR_NO_MEMORY,
                         _ ("There is no memory for the answers to all images"));
  for (guint i = 0; i < n && result != NULL; i++)
    for (guint j = 0; j < n_classes; j++)
      result[(gsize)i * n_classes + j] = scores[(gsize)i * size + match[j]];
  ph_aligned_free (scores);
  return result;
}

PhEvaluation *
ph_ensemble_evaluate (PhModel *const *models, guint n_models, PhDataset *dataset,
                      const guint *items, guint n, PhEvaluation **alone, const PhMonitor *monitor,
                      GCancellable *cancellable, GError **error)
{
  guint n_classes = ph_dataset_get_n_classes (dataset);
  g_autofree float *mean = g_new0 (float, (gsize)n *n_classes + 1);
  g_autofree int *labels = g_new (int, n + 1);

  memset (alone, 0, n_models * sizeof *alone);
  if (n_classes < 2 || n == 0)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                   _ ("%s: there are no images with classes to measure on"),
                   ph_dataset_get_path (dataset));
      return NULL;
    }
  for (guint i = 0; i < n; i++)
    labels[i] = ph_dataset_get_label (dataset, items[i]);
  for (guint k = 0; k < n_models; k++)
    {
      float *probabilities =
          ph_ensemble_probabilities (models[k], dataset, items, n, monitor, cancellable, error);

      if (probabilities == NULL)
        {
          for (guint i = 0; i < k; i++)
            g_clear_pointer (&alone[i], ph_evaluation_free);
          return NULL;
        }
      alone[k] = ph_evaluation_new (n, n_classes, probabilities, items, labels);
      for (gsize i = 0; i < (gsize)n * n_classes; i++)
        mean[i] += probabilities[i] / (float)n_models;
      ph_aligned_free (probabilities);
    }
  return ph_evaluation_new (n, n_classes, mean, items, labels);
}
