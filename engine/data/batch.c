#include "data/batch.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/rng.h"
#include "base/tensor.h"

typedef struct
{
  PhBatch batch;
  guint taken, done; /* images that a thread has begun, and finished */
  gboolean filled;   /* items are set */
} Slot;

struct _PhBatches
{
  PhBatchOptions options;
  guint n_items, n_batches;
  guint n_slots;

  /* owned */
  PhDataset *dataset;
  guint *given;
  GPtrArray *threads;

  /* under the mutex */
  GMutex mutex;
  GCond room, ready;
  Slot *slots;
  guint *order;       /* of the epoch that is being handed out */
  guint order_epoch;  /* + 1; 0: none yet */
  guint64 begin, end; /* numbers of batches from the start of the first epoch */
  guint64 filling;    /* the batch whose images are handed out */
  guint64 next;       /* that the caller gets */
  guint64 released;   /* all before are free again */
  gboolean quit;
};

static void
slot_clear_failures (Slot *slot)
{
  for (guint i = 0; i < slot->batch.n; i++)
    g_clear_pointer (&slot->batch.failures[i], g_free);
}

/* The order of an epoch depends on seed and epoch alone. */
static void
set_order (PhBatches *batches, guint epoch)
{
  PhRng rng;

  if (batches->order_epoch == epoch + 1)
    return;
  batches->order_epoch = epoch + 1;
  memcpy (batches->order, batches->given, batches->n_items * sizeof *batches->order);
  if (!batches->options.shuffle)
    return;
  ph_rng_init (&rng, batches->options.seed, epoch);
  for (guint i = batches->n_items; i > 1; i--)
    {
      guint j = ph_rng_below (&rng, i), item = batches->order[i - 1];

      batches->order[i - 1] = batches->order[j];
      batches->order[j] = item;
    }
}

/* Says which images the batch of that number has. */
static void
fill_slot (PhBatches *batches, Slot *slot, guint64 number)
{
  PhBatch *batch = &slot->batch;
  guint size = batches->options.size;

  batch->epoch = (guint)(number / batches->n_batches);
  batch->number = (guint)(number % batches->n_batches);
  batch->is_last = batch->number + 1 == batches->n_batches;
  batch->n = MIN (size, batches->n_items - batch->number * size);
  set_order (batches, batch->epoch);
  for (guint i = 0; i < batch->n; i++)
    {
      batch->items[i] = batches->order[batch->number * size + i];
      batch->labels[i] = ph_dataset_get_label (batches->dataset, batch->items[i]);
    }
  slot->taken = slot->done = 0;
  slot->filled = TRUE;
}

/* The digest wants the item as it is stored; otherwise it may be one that was kept. */
static PhImage *
load_image (PhBatches *batches, PhBatch *batch, guint i, GError **error)
{
  guint item = batch->items[i], least = batches->options.least;
  g_autoptr (GBytes) bytes = NULL;

  batch->digests[i] = 0;
  if (!batches->options.digests)
    return ph_dataset_load (batches->dataset, item, least, error);
  bytes = ph_dataset_read (batches->dataset, item, error);
  if (bytes == NULL)
    return NULL;
  batch->digests[i] = ph_dataset_digest (bytes);
  return ph_dataset_decode (batches->dataset, item, bytes, least, error);
}

static void
prepare_image (PhBatches *batches, PhBatch *batch, guint i)
{
  const PhBatchOptions *options = &batches->options;
  g_autoptr (GError) error = NULL;
  g_autoptr (PhImage) image = load_image (batches, batch, i, &error);
  float *x = batch->x + i * options->item_size;

  if (image != NULL &&
      options->prepare (image, batch->items[i], batch->epoch, x, options->data, &error))
    return;
  memset (x, 0, options->item_size * sizeof (float));
  batch->failures[i] = g_strdup (error != NULL ? error->message : "it cannot be read");
}

static gpointer
work (gpointer data)
{
  PhBatches *batches = data;

  g_mutex_lock (&batches->mutex);
  for (;;)
    {
      Slot *slot;
      guint i;

      while (!batches->quit && batches->filling < batches->end &&
             batches->filling >= batches->released + batches->n_slots)
        g_cond_wait (&batches->room, &batches->mutex);
      if (batches->quit || batches->filling >= batches->end)
        break;
      slot = &batches->slots[batches->filling % batches->n_slots];
      if (!slot->filled)
        fill_slot (batches, slot, batches->filling);
      i = slot->taken++;
      if (slot->taken == slot->batch.n)
        batches->filling++;
      g_mutex_unlock (&batches->mutex);

      prepare_image (batches, &slot->batch, i);

      g_mutex_lock (&batches->mutex);
      if (++slot->done == slot->batch.n)
        g_cond_broadcast (&batches->ready);
    }
  g_mutex_unlock (&batches->mutex);
  return NULL;
}

static gboolean
make_slots (PhBatches *batches)
{
  gsize size = batches->options.size;

  batches->slots = g_new0 (Slot, batches->n_slots);
  for (guint i = 0; i < batches->n_slots; i++)
    {
      PhBatch *batch = &batches->slots[i].batch;

      batch->items = g_new0 (guint, size);
      batch->labels = g_new0 (int, size);
      batch->digests = g_new0 (guint64, size);
      batch->failures = g_new0 (char *, size);
      batch->x = ph_aligned_alloc (size * batches->options.item_size * sizeof (float));
      if (batch->x == NULL)
        return FALSE;
    }
  return TRUE;
}

PhBatches *
ph_batches_new (PhDataset *dataset, const guint *items, guint n_items,
                const PhBatchOptions *options, GError **error)
{
  g_autoptr (PhBatches) batches = g_new0 (PhBatches, 1);
  guint n_threads = options->n_threads > 0 ? options->n_threads : g_get_num_processors ();

  g_mutex_init (&batches->mutex);
  g_cond_init (&batches->room);
  g_cond_init (&batches->ready);
  batches->threads = g_ptr_array_new ();
  batches->options = *options;
  batches->options.size = MAX (options->size, 1);
  batches->dataset = ph_dataset_ref (dataset);
  batches->n_items = items != NULL ? n_items : ph_dataset_get_n_items (dataset);
  batches->n_batches = (batches->n_items + batches->options.size - 1) / batches->options.size;
  batches->n_slots = (options->ahead > 0 ? options->ahead : 3) + 1;
  batches->given = g_new (guint, batches->n_items + 1);
  batches->order = g_new (guint, batches->n_items + 1);
  for (guint i = 0; i < batches->n_items; i++)
    batches->given[i] = items != NULL ? items[i] : i;
  batches->begin = (guint64)options->first_epoch * batches->n_batches + options->first_batch;
  batches->filling = batches->next = batches->released = batches->begin;
  batches->end = (guint64)MAX (options->n_epochs, 1) * batches->n_batches;
  if (!make_slots (batches))
    {
      g_set_error (error, PH_ERROR, PH_ERROR_NO_MEMORY,
                   _ ("There is no memory for batches of %u images; choose smaller ones"),
                   batches->options.size);
      return NULL;
    }
  for (guint i = 0; i < n_threads && batches->begin < batches->end; i++)
    {
      GThread *thread = g_thread_try_new ("phosphene-decode", work, batches, i > 0 ? NULL : error);

      if (thread != NULL)
        g_ptr_array_add (batches->threads, thread);
      else if (i == 0)
        return NULL;
    }
  return g_steal_pointer (&batches);
}

void
ph_batches_free (PhBatches *batches)
{
  if (batches == NULL)
    return;
  g_mutex_lock (&batches->mutex);
  batches->quit = TRUE;
  g_cond_broadcast (&batches->room);
  g_mutex_unlock (&batches->mutex);
  for (guint i = 0; i < batches->threads->len; i++)
    g_thread_join (batches->threads->pdata[i]);
  g_ptr_array_unref (batches->threads);
  for (guint i = 0; batches->slots != NULL && i < batches->n_slots; i++)
    {
      PhBatch *batch = &batches->slots[i].batch;

      if (batch->failures != NULL)
        slot_clear_failures (&batches->slots[i]);
      g_free (batch->items);
      g_free (batch->labels);
      g_free (batch->digests);
      g_free (batch->failures);
      ph_aligned_free (batch->x);
    }
  g_free (batches->slots);
  g_free (batches->given);
  g_free (batches->order);
  ph_dataset_unref (batches->dataset);
  g_mutex_clear (&batches->mutex);
  g_cond_clear (&batches->room);
  g_cond_clear (&batches->ready);
  g_free (batches);
}

guint
ph_batches_get_n_batches (const PhBatches *batches)
{
  return batches->n_batches;
}

PhBatch *
ph_batches_next (PhBatches *batches, GCancellable *cancellable, GError **error)
{
  PhBatch *result = NULL;

  g_mutex_lock (&batches->mutex);
  while (batches->next < batches->end && !g_cancellable_set_error_if_cancelled (cancellable, error))
    {
      Slot *slot = &batches->slots[batches->next % batches->n_slots];

      g_assert (batches->next < batches->released + batches->n_slots);
      if (slot->filled && slot->done == slot->batch.n)
        {
          batches->next++;
          result = &slot->batch;
          break;
        }
      g_cond_wait_until (&batches->ready, &batches->mutex, g_get_monotonic_time () + 50000);
    }
  g_mutex_unlock (&batches->mutex);
  return result;
}

void
ph_batches_release (PhBatches *batches, PhBatch *batch)
{
  guint64 number = (guint64)batch->epoch * batches->n_batches + batch->number;
  Slot *slot = &batches->slots[number % batches->n_slots];

  g_return_if_fail (batch == &slot->batch && number == batches->released);
  g_mutex_lock (&batches->mutex);
  slot_clear_failures (slot);
  slot->filled = FALSE;
  batches->released++;
  g_cond_broadcast (&batches->room);
  g_mutex_unlock (&batches->mutex);
}
