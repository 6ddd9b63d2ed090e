#include "study/blend-path.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "network/blend.h"
#include "study/showing.h"

typedef struct
{
  PhModel *const *models;
  PhDataset *dataset;
  const PhMonitor *monitor;
  GCancellable *cancellable;
  PhBlendPath *path;

  /* owned */
  guint *items; /* (n_images): of the dataset */
  int *right;   /* (n_images): the class that counts as right, -1: none */
  int *answers; /* (n_images) */

  const PhTarget *classes; /* of the network in hand */
  guint at;                /* of items: the first of the batch in hand */
} Work;

/* For each class of the dataset the network's class of that name; %NULL when it lacks one. */
static int *
match_classes (PhModel *model, PhDataset *dataset)
{
  guint n = ph_dataset_get_n_classes (dataset), n_known = ph_model_get_n_classes (model);
  g_autofree int *match = g_new (int, n + 1);

  for (guint i = 0; i < n; i++)
    {
      match[i] = -1;
      for (guint j = 0; j < n_known && match[i] < 0; j++)
        if (g_strcmp0 (ph_model_get_label (model, j), ph_dataset_get_class_name (dataset, i)) == 0)
          match[i] = (int)j;
      if (match[i] < 0)
        return NULL;
    }
  return n > 1 ? g_steal_pointer (&match) : NULL;
}

static void
take_answer (guint i, const float *const *values, gpointer data)
{
  Work *work = data;
  const PhTarget *classes = work->classes;
  const float *x = values[0] + classes->offset;
  guint best = 0;

  for (guint c = 1; c < classes->n_channels; c++)
    if (x[c * classes->step] > x[best * classes->step])
      best = c;
  work->answers[work->at + i] = (int)best;
}

/* What the network answers to all images. @done: whether it was not stopped. */
static gboolean
ask (Work *work, PhModel *model, gboolean *done, GError **error)
{
  const char *const layers[] = { PH_TARGET_CLASSES, NULL };
  g_autoptr (PhTargets) targets = ph_targets_new (model, layers, FALSE, 0, 0, error);
  g_autoptr (PhShowing) showing = NULL;
  guint n = work->path->n_images;

  *done = FALSE;
  if (targets != NULL)
    showing = ph_showing_new (model, targets, work->dataset, work->items, n, FALSE, error);
  if (showing == NULL)
    return FALSE;
  work->classes = targets->targets->pdata[0];
  for (guint i = 0; i < n; i++)
    work->answers[i] = -1;
  for (work->at = 0; work->at < n;)
    {
      PhBatch *batch;

      if (ph_monitor_should_stop (work->monitor))
        return TRUE;
      ph_monitor_wait (work->monitor, work->cancellable);
      batch = ph_showing_read (showing, work->cancellable, error);
      if (batch == NULL ||
          !ph_showing_look (showing, batch, take_answer, work, work->cancellable, error))
        return FALSE;
      work->at += batch->n;
      ph_showing_release (showing, batch);
    }
  *done = TRUE;
  return TRUE;
}

static void
choose_items (Work *work, guint most)
{
  guint n = ph_dataset_get_n_items (work->dataset);

  work->path->n_images = MIN (n, most);
  work->items = g_new (guint, work->path->n_images + 1);
  work->right = g_new (int, work->path->n_images + 1);
  work->answers = g_new (int, work->path->n_images + 1);
  for (guint i = 0; i < work->path->n_images; i++)
    work->items[i] = (guint)((guint64)i * n / work->path->n_images);
}

/* Whose classifier answers, and what is right. */
static gboolean
choose_head (Work *work, gboolean *done, GError **error)
{
  PhBlendPath *path = work->path;

  *done = TRUE;
  for (guint side = 2; side-- > 0;)
    {
      g_autofree int *match = match_classes (work->models[side], work->dataset);

      if (match == NULL)
        continue;
      path->head = side;
      path->right_is_label = TRUE;
      for (guint i = 0; i < path->n_images; i++)
        {
          int label = ph_dataset_get_label (work->dataset, work->items[i]);

          work->right[i] = label >= 0 ? match[label] : -1;
        }
      return TRUE;
    }
  path->head = 0;
  if (!ask (work, work->models[0], done, error))
    return FALSE;
  memcpy (work->right, work->answers, path->n_images * sizeof *work->right);
  return TRUE;
}

static double
count_right (const Work *work)
{
  guint n = 0, n_right = 0;

  for (guint i = 0; i < work->path->n_images; i++)
    {
      if (work->right[i] < 0 || work->answers[i] < 0)
        continue;
      n++;
      n_right += work->answers[i] == work->right[i];
    }
  return n > 0 ? (double)n_right / n : NAN;
}

static gboolean
walk (Work *work, GError **error)
{
  PhBlendPath *path = work->path;
  gboolean done;

  if (!choose_head (work, &done, error))
    return FALSE;
  for (guint k = 0; k < path->n && done; k++)
    {
      double t = k / (path->n - 1.0);
      g_autofree char *message = g_strdup_printf (_ ("%.0f %% of the way"), 100 * t);
      guint head = path->head;
      g_autoptr (PhModel) model = ph_model_blend (work->models[head], work->models[1 - head],
                                                  head == 0 ? t : 1 - t, NULL, NULL, error);

      ph_monitor_progress (work->monitor, (double)k / path->n, message);
      if (model == NULL || !ask (work, model, &done, error))
        return FALSE;
      if (done)
        path->share[k] = count_right (work);
    }
  return TRUE;
}

PhBlendPath *
ph_blend_path_run (PhModel *const models[2], PhDataset *dataset, guint n, guint most_images,
                   const PhMonitor *monitor, GCancellable *cancellable, GError **error)
{
  g_autoptr (PhBlendPath) path = g_new0 (PhBlendPath, 1);
  Work work = { models, dataset, monitor, cancellable, path };
  gboolean good;

  g_return_val_if_fail (n >= 2, NULL);

  path->n = n;
  path->share = g_new (double, n);
  for (guint k = 0; k < n; k++)
    path->share[k] = NAN;
  choose_items (&work, most_images);
  good = walk (&work, error);
  g_free (work.items);
  g_free (work.right);
  g_free (work.answers);
  return good ? g_steal_pointer (&path) : NULL;
}

void
ph_blend_path_free (PhBlendPath *path)
{
  g_free (path->share);
  g_free (path);
}
