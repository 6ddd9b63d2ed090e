#include "study/showing.h"

#include <stdatomic.h>
#include <string.h>

#include "kernels/parallel.h"
#include "network/run.h"

struct _PhShowing
{
  PhModel *model;
  const PhTargets *targets;
  PhPreprocess preprocess;

  /* owned */
  PhPlan *plan;
  PhRun **runs; /* one for each thread */
  guint n_runs;
  PhBatches *batches;
};

static gboolean
prepare_image (const PhImage *image, guint item, guint epoch, float *x, gpointer data,
               GError **error)
{
  const PhPreprocess *p = data;
  g_autoptr (PhImage) input = ph_preprocess_fit (p, image, FALSE, error);

  if (input == NULL)
    return FALSE;
  ph_preprocess_apply (p, 1, p->height, p->width, input->data, x);
  return TRUE;
}

static gsize
input_size (const PhShowing *showing)
{
  const PhPreprocess *p = &showing->preprocess;

  return (gsize)p->channels * p->height * p->width;
}

static gboolean
make_runs (PhShowing *showing, GError **error)
{
  PhShape input = ph_model_input_shape (showing->model, 1, showing->preprocess.height,
                                        showing->preprocess.width);
  guint n = showing->targets->targets->len;
  g_autofree int *values = g_new (int, n);

  for (guint i = 0; i < n; i++)
    values[i] = ((PhTarget *)showing->targets->targets->pdata[i])->value;
  ph_parallel_push_alone ();
  showing->plan =
      ph_plan_new_for_image (ph_model_get_graph (showing->model), &input, values, n, FALSE, error);
  ph_parallel_pop_alone ();
  if (showing->plan == NULL)
    return FALSE;
  showing->n_runs = ph_parallel_get_threads ();
  showing->runs = g_new0 (PhRun *, showing->n_runs);
  for (guint i = 0; i < showing->n_runs; i++)
    if ((showing->runs[i] = ph_run_new (showing->plan, error)) == NULL)
      return FALSE;
  return TRUE;
}

PhShowing *
ph_showing_new (PhModel *model, const PhTargets *targets, PhDataset *dataset, const guint *items,
                guint n_items, gboolean digests, GError **error)
{
  g_autoptr (PhShowing) showing = g_new0 (PhShowing, 1);

  showing->model = g_object_ref (model);
  showing->targets = targets;
  showing->preprocess = *ph_model_get_preprocess (model);

  PhBatchOptions options = { .size = PH_SHOWING_BATCH,
                             .item_size = input_size (showing),
                             .least = ph_preprocess_shorter_side (&showing->preprocess),
                             .digests = digests,
                             .n_threads = ph_parallel_get_threads (),
                             .prepare = prepare_image,
                             .data = &showing->preprocess };

  if (!make_runs (showing, error))
    return NULL;
  showing->batches = ph_batches_new (dataset, items, n_items, &options, error);
  return showing->batches != NULL ? g_steal_pointer (&showing) : NULL;
}

void
ph_showing_free (PhShowing *showing)
{
  g_clear_pointer (&showing->batches, ph_batches_free);
  for (guint i = 0; i < showing->n_runs; i++)
    g_clear_pointer (&showing->runs[i], ph_run_free);
  g_free (showing->runs);
  g_clear_pointer (&showing->plan, ph_plan_unref);
  g_object_unref (showing->model);
  g_free (showing);
}

PhBatch *
ph_showing_read (PhShowing *showing, GCancellable *cancellable, GError **error)
{
  return ph_batches_next (showing->batches, cancellable, error);
}

void
ph_showing_release (PhShowing *showing, PhBatch *batch)
{
  ph_batches_release (showing->batches, batch);
}

/* A batch that the threads divide among them. */
typedef struct
{
  PhShowing *showing;
  PhBatch *batch;
  PhShown shown;
  gpointer data;
  GCancellable *cancellable;
  atomic_uint next;
} Work;

static void
look_at_images (gsize begin, gsize end, guint thread, gpointer data)
{
  Work *work = data;
  PhShowing *showing = work->showing;
  PhRun *run = showing->runs[thread];
  gsize size = input_size (showing);
  guint n = showing->targets->targets->len;
  g_autofree const float **values = g_new (const float *, n);
  guint i;

  ph_parallel_push_alone ();
  while ((i = atomic_fetch_add (&work->next, 1)) < work->batch->n)
    {
      if (work->batch->failures[i] != NULL)
        continue;
      memcpy (ph_run_get_input (run, 0), work->batch->x + i * size, size * sizeof (float));
      if (!ph_run_forward (run, work->cancellable, NULL))
        break;
      for (guint t = 0; t < n; t++)
        values[t] =
            ph_run_get_value (run, ((PhTarget *)showing->targets->targets->pdata[t])->value);
      work->shown (i, values, work->data);
    }
  ph_parallel_pop_alone ();
}

gboolean
ph_showing_look (PhShowing *showing, PhBatch *batch, PhShown shown, gpointer data,
                 GCancellable *cancellable, GError **error)
{
  Work work = { showing, batch, shown, data, cancellable };

  ph_parallel_for (showing->n_runs, 1, look_at_images, &work);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}
