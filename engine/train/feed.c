#include "train/feed.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "data/batch.h"

#define CORRUPTION_STREAM ((guint64)0x6e6f697365) /* "noise": unlike that of augmentation */

struct _PhFeed
{
  PhFeedOptions options;
  PhAugment augment;
  PhCorruption corruption;
  PhPreprocess preprocess;
  guint n, n_batches;

  /* owned */
  PhDataset *dataset;
  PhBatches *batches; /* images */
  PhBatch *batch;     /* images: the last one given out */
  guint *items;
  guint *order;  /* vectors: of the epoch */
  guint *chosen; /* vectors: items of the batch */
  int *labels;
  float *x;
  float *pictures;      /* images: of the batch, where wanted; @x is then as well */
  GHashTable *failures; /* set of sentences, or of names */

  /* borrowed */
  const float *vectors;
  gsize size;

  guint epoch, number, ordered; /* vectors: what comes next; epoch + 1 of @order */
};

/* Only full batches where the order is random: batch statistics of a few images mislead. */
static guint
count_batches (const PhFeedOptions *options, guint n)
{
  guint full = n / options->batch;

  return options->shuffle && full > 0 ? full : (n + options->batch - 1) / options->batch;
}

static PhFeed *
feed_new (PhDataset *dataset, const guint *items, guint n, const PhFeedOptions *options)
{
  PhFeed *feed = g_new0 (PhFeed, 1);

  feed->options = *options;
  if (options->augment != NULL)
    feed->augment = *options->augment;
  if (options->corruption != NULL)
    feed->corruption = *options->corruption;
  feed->dataset = ph_dataset_ref (dataset);
  feed->n = n;
  feed->n_batches = count_batches (options, n);
  feed->failures = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  feed->items = g_memdup2 (items, n * sizeof *items);
  return feed;
}

/* Runs on several threads. */
static gboolean
prepare (const PhImage *image, guint item, guint epoch, float *x, gpointer data, GError **error)
{
  const PhFeed *feed = data;
  const PhPreprocess *p = &feed->preprocess;
  g_autoptr (PhImage) fitted = ph_image_fit (image, p->height, p->width, 1, error);
  g_autoptr (PhImage) input =
      fitted != NULL ? ph_image_to_channels (fitted, p->channels, error) : NULL;
  g_autoptr (PhImage) changed = NULL;
  PhRng rng;

  if (input == NULL)
    return FALSE;
  if (feed->options.augment != NULL && !ph_augment_is_none (&feed->augment))
    {
      changed = ph_image_new (input->channels, p->height, p->width, error);
      if (changed == NULL)
        return FALSE;
      ph_rng_init (&rng, feed->options.seed ^ ((guint64)epoch << 32), item);
      ph_augment_apply (&feed->augment, input->channels, p->height, p->width, input->data,
                        changed->data, &rng);
    }
  if (changed == NULL)
    changed = g_steal_pointer (&input);
  if (feed->options.pictures)
    memcpy (x + ph_image_n_values (changed), changed->data,
            ph_image_n_values (changed) * sizeof (float));
  ph_rng_init (&rng, feed->options.seed ^ ((guint64)epoch << 32) ^ CORRUPTION_STREAM, item);
  ph_corrupt (&feed->corruption, changed->channels, (gsize)p->height * p->width, changed->data,
              &rng);
  ph_preprocess_apply (p, 1, p->height, p->width, changed->data, x);
  return TRUE;
}

PhFeed *
ph_feed_new_images (PhDataset *dataset, const guint *items, guint n, const PhPreprocess *preprocess,
                    const PhFeedOptions *options, GError **error)
{
  g_autoptr (PhFeed) feed = feed_new (dataset, items, n, options);
  const gsize size = (gsize)preprocess->channels * preprocess->height * preprocess->width;
  PhBatchOptions batch = { .size = MIN (options->batch, n),
                           .item_size = options->pictures ? 2 * size : size,
                           .least = MIN (preprocess->height, preprocess->width),
                           .shuffle = options->shuffle,
                           .seed = options->seed,
                           .first_epoch = options->first_epoch,
                           .first_batch = options->first_batch,
                           .n_epochs = options->n_epochs,
                           .prepare = prepare,
                           .data = feed };

  feed->preprocess = *preprocess;
  feed->size = size;
  if (options->pictures)
    {
      feed->x = g_try_new (float, batch.size *size + 1);
      feed->pictures = g_try_new (float, batch.size *size + 1);
    }
  if (options->pictures && (feed->x == NULL || feed->pictures == NULL))
    {
      g_set_error (error, PH_ERROR, PH_ERROR_NO_MEMORY,
                   _ ("There is no memory for a batch of %u pictures; choose smaller batches"),
                   batch.size);
      return NULL;
    }
  feed->batches = ph_batches_new (dataset, items, n, &batch, error);
  return feed->batches != NULL ? g_steal_pointer (&feed) : NULL;
}

PhFeed *
ph_feed_new_vectors (PhDataset *dataset, const guint *items, guint n, const float *vectors,
                     gsize size, const PhFeedOptions *options, GError **error)
{
  g_autoptr (PhFeed) feed = feed_new (dataset, items, n, options);

  feed->vectors = vectors;
  feed->size = size;
  feed->epoch = options->first_epoch;
  feed->number = options->first_batch;
  feed->order = g_new (guint, n + 1);
  feed->chosen = g_new (guint, options->batch + 1);
  feed->labels = g_new (int, options->batch + 1);
  feed->x = g_try_new (float, options->batch *size + 1);
  if (feed->x == NULL)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_NO_MEMORY,
                   _ ("There is no memory for a batch of %u vectors; choose smaller batches"),
                   options->batch);
      return NULL;
    }
  return g_steal_pointer (&feed);
}

void
ph_feed_free (PhFeed *feed)
{
  if (feed->batch != NULL)
    ph_batches_release (feed->batches, feed->batch);
  g_clear_pointer (&feed->batches, ph_batches_free);
  ph_dataset_unref (feed->dataset);
  g_hash_table_unref (feed->failures);
  g_free (feed->items);
  g_free (feed->order);
  g_free (feed->chosen);
  g_free (feed->labels);
  g_free (feed->x);
  g_free (feed->pictures);
  g_free (feed);
}

guint
ph_feed_get_n_failures (const PhFeed *feed)
{
  return g_hash_table_size (feed->failures);
}

guint
ph_feed_get_n_batches (const PhFeed *feed)
{
  return feed->n_batches;
}

/* What the network is given and the picture lie behind one another for each image. */
static void
separate (PhFeed *feed, PhFeedBatch *batch)
{
  const gsize size = feed->size;

  for (guint i = 0; i < batch->n; i++)
    {
      memcpy (feed->x + i * size, feed->batch->x + 2 * i * size, size * sizeof (float));
      memcpy (feed->pictures + i * size, feed->batch->x + (2 * i + 1) * size,
              size * sizeof (float));
      if (feed->batch->failures[i] == NULL)
        feed->batch->labels[i] = MAX (feed->batch->labels[i], 0);
    }
  batch->x = feed->x;
  batch->pictures = feed->pictures;
}

static gboolean
next_images (PhFeed *feed, PhFeedBatch *batch, GCancellable *cancellable, GError **error)
{
  do
    {
      if (feed->batch != NULL)
        ph_batches_release (feed->batches, g_steal_pointer (&feed->batch));
      feed->batch = ph_batches_next (feed->batches, cancellable, error);
      if (feed->batch == NULL)
        return FALSE;
    }
  while (feed->batch->number >= feed->n_batches);
  for (guint i = 0; i < feed->batch->n; i++)
    if (feed->batch->failures[i] != NULL)
      {
        feed->batch->labels[i] = -1;
        g_hash_table_add (feed->failures, g_strdup (feed->batch->failures[i]));
      }
  *batch = (PhFeedBatch){ .epoch = feed->batch->epoch,
                          .number = feed->batch->number,
                          .n = feed->batch->n,
                          .items = feed->batch->items,
                          .labels = feed->batch->labels,
                          .x = feed->batch->x };
  if (feed->options.pictures)
    separate (feed, batch);
  return TRUE;
}

/* Places in the list of items, in an order that depends on seed and epoch alone. */
static void
set_order (PhFeed *feed)
{
  PhRng rng;

  if (feed->ordered == feed->epoch + 1)
    return;
  feed->ordered = feed->epoch + 1;
  for (guint i = 0; i < feed->n; i++)
    feed->order[i] = i;
  if (!feed->options.shuffle)
    return;
  ph_rng_init (&rng, feed->options.seed, feed->epoch);
  for (guint i = feed->n; i > 1; i--)
    {
      guint j = ph_rng_below (&rng, i), place = feed->order[i - 1];

      feed->order[i - 1] = feed->order[j];
      feed->order[j] = place;
    }
}

static gboolean
next_vectors (PhFeed *feed, PhFeedBatch *batch, GCancellable *cancellable, GError **error)
{
  guint first;

  if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
      feed->epoch >= feed->options.n_epochs)
    return FALSE;
  set_order (feed);
  first = feed->number * feed->options.batch;
  *batch = (PhFeedBatch){ .epoch = feed->epoch,
                          .number = feed->number,
                          .n = MIN (feed->options.batch, feed->n - first),
                          .items = feed->chosen,
                          .labels = feed->labels,
                          .x = feed->x };
  for (guint i = 0; i < batch->n; i++)
    {
      guint place = feed->order[first + i];

      feed->chosen[i] = feed->items[place];
      feed->labels[i] = ph_dataset_get_label (feed->dataset, feed->items[place]);
      if (isnan (feed->vectors[place * feed->size]))
        {
          feed->labels[i] = -1;
          g_hash_table_add (feed->failures,
                            ph_dataset_dup_item_name (feed->dataset, feed->items[place]));
          memset (feed->x + i * feed->size, 0, feed->size * sizeof (float));
          continue;
        }
      memcpy (feed->x + i * feed->size, feed->vectors + place * feed->size,
              feed->size * sizeof (float));
    }
  if (++feed->number >= feed->n_batches)
    {
      feed->number = 0;
      feed->epoch++;
    }
  return TRUE;
}

gboolean
ph_feed_next (PhFeed *feed, PhFeedBatch *batch, GCancellable *cancellable, GError **error)
{
  gboolean more = feed->batches != NULL ? next_images (feed, batch, cancellable, error)
                                        : next_vectors (feed, batch, cancellable, error);

  if (more)
    batch->is_last = batch->number + 1 == feed->n_batches;
  return more;
}
