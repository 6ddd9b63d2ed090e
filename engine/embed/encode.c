#include "embed/encode.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "data/batch.h"
#include "network/features.h"
#include "network/graph-copy.h"
#include "network/run.h"

#define BATCH 32

struct _PhEncoder
{
  PhPreprocess preprocess; /* of pixels only the size counts */
  PhShape input;           /* for one image */
  gsize size;
  int target;
  guint planned; /* images of @run; 0: none */

  /* owned */
  char *name;
  char *identity; /* nullable */
  PhGraph *graph; /* NULL: pixels */
  PhRun *run;
};

static char *
dup_identity (PhModel *model, int value)
{
  g_autofree char *preprocess = ph_preprocess_dup_text (ph_model_get_preprocess (model));
  const char *digest = ph_model_get_digest (model);

  if (digest == NULL || *digest == '\0')
    return NULL;
  return g_strdup_printf ("%s\n%s\n%s", digest,
                          ph_graph_get_value (ph_model_get_graph (model), value)->name, preprocess);
}

static int
find_value (PhModel *model, const char *layer, GError **error)
{
  int index;

  if (layer == NULL)
    return ph_model_find_features (model, error);
  index = ph_model_find_layer (model, layer);
  if (index < 0)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_NO_SUCH_UNIT,
                   "%s has no layer “%s”; “phosphene-cli layers” lists them",
                   ph_model_get_name (model), layer);
      return -1;
    }
  return ph_model_get_layer (model, (guint)index)->value;
}

PhEncoder *
ph_encoder_new (PhModel *model, const char *layer, GError **error)
{
  g_autoptr (PhEncoder) encoder = g_new0 (PhEncoder, 1);
  PhGraph *whole = ph_model_get_graph (model);
  int value = find_value (model, layer, error);
  g_autofree char *features = NULL;
  gint64 n;

  if (value < 0)
    return NULL;
  encoder->preprocess = *ph_model_get_preprocess (model);
  encoder->input =
      ph_model_input_shape (model, 1, encoder->preprocess.height, encoder->preprocess.width);
  encoder->name = g_strdup_printf ("%s, %s", ph_model_get_name (model),
                                   ph_graph_get_value (whole, value)->name);
  encoder->identity = dup_identity (model, value);
  encoder->graph = ph_graph_copy (whole, &value, 1, NULL, error);
  if (encoder->graph == NULL)
    return NULL;
  features = ph_graph_add_mean (encoder->graph, model, value, "embedding/", &n, error);
  if (features == NULL)
    return NULL;
  ph_graph_add_output (encoder->graph, features);
  if (!ph_graph_finish (encoder->graph, error))
    return NULL;
  encoder->size = (gsize)n;
  encoder->target = ph_graph_find_value (encoder->graph, features);
  return g_steal_pointer (&encoder);
}

PhEncoder *
ph_encoder_new_pixels (guint height, guint width)
{
  PhEncoder *encoder = g_new0 (PhEncoder, 1);

  encoder->preprocess =
      (PhPreprocess){ .channels = 3, .height = height, .width = width, .scale = 1 };
  encoder->input = PH_SHAPE (1, 3, height, width);
  encoder->size = ph_shape_count (&encoder->input);
  encoder->name = g_strdup ("pixels");
  return encoder;
}

void
ph_encoder_free (PhEncoder *encoder)
{
  if (encoder == NULL)
    return;
  g_clear_pointer (&encoder->run, ph_run_free);
  g_clear_pointer (&encoder->graph, ph_graph_unref);
  g_free (encoder->name);
  g_free (encoder->identity);
  g_free (encoder);
}

gsize
ph_encoder_get_size (const PhEncoder *encoder)
{
  return encoder->size;
}

guint
ph_encoder_get_side (const PhEncoder *encoder)
{
  return MIN (encoder->preprocess.height, encoder->preprocess.width);
}

const char *
ph_encoder_get_name (const PhEncoder *encoder)
{
  return encoder->name;
}

const char *
ph_encoder_get_identity (const PhEncoder *encoder)
{
  return encoder->identity;
}

PhImage *
ph_encoder_fit (const PhEncoder *encoder, const PhImage *image, GError **error)
{
  const PhPreprocess *p = &encoder->preprocess;
  g_autoptr (PhImage) fitted = ph_image_fit (image, p->height, p->width, 1, error);

  return fitted != NULL ? ph_image_to_channels (fitted, p->channels, error) : NULL;
}

/* The network's input, or the pixels. Runs on several threads. */
static gboolean
prepare (const PhImage *image, guint item, guint epoch, float *x, gpointer data, GError **error)
{
  const PhEncoder *encoder = data;
  const PhPreprocess *p = &encoder->preprocess;
  g_autoptr (PhImage) fitted = ph_encoder_fit (encoder, image, error);

  if (fitted == NULL)
    return FALSE;
  if (encoder->graph != NULL)
    ph_preprocess_apply (p, 1, p->height, p->width, fitted->data, x);
  else
    memcpy (x, fitted->data, encoder->size * sizeof (float));
  return TRUE;
}

static gboolean
plan_for (PhEncoder *encoder, guint n, GError **error)
{
  PhShape input = encoder->input;
  g_autoptr (PhPlan) plan = NULL;

  if (encoder->planned == n)
    return TRUE;
  g_clear_pointer (&encoder->run, ph_run_free);
  encoder->planned = 0;
  input.dim[0] = n;
  plan = ph_plan_new_for_image (encoder->graph, &input, &encoder->target, 1, FALSE, error);
  encoder->run = plan != NULL ? ph_run_new (plan, error) : NULL;
  if (encoder->run == NULL)
    return FALSE;
  encoder->planned = n;
  return TRUE;
}

/* Vectors of @n prepared pictures. */
static gboolean
encode (PhEncoder *encoder, guint n, const float *x, float *vectors, GCancellable *cancellable,
        GError **error)
{
  const gsize n_input = ph_shape_count (&encoder->input);

  if (encoder->graph == NULL)
    {
      memcpy (vectors, x, n * n_input * sizeof (float));
      return TRUE;
    }
  if (!plan_for (encoder, n, error))
    return FALSE;
  memcpy (ph_run_get_input (encoder->run, 0), x, n * n_input * sizeof (float));
  if (!ph_run_forward (encoder->run, cancellable, error))
    return FALSE;
  memcpy (vectors, ph_run_get_value (encoder->run, encoder->target),
          n * encoder->size * sizeof (float));
  return TRUE;
}

gboolean
ph_encoder_image (PhEncoder *encoder, const PhImage *image, float *vector,
                  GCancellable *cancellable, GError **error)
{
  g_autofree float *x = g_new (float, ph_shape_count (&encoder->input));

  return prepare (image, 0, 0, x, encoder, error) &&
         encode (encoder, 1, x, vector, cancellable, error);
}

/* One batch into its rows of @vectors. */
static gboolean
encode_batch (PhEncoder *encoder, const PhBatch *batch, float *vectors, guint *n_failed,
              GCancellable *cancellable, GError **error)
{
  if (!encode (encoder, batch->n, batch->x, vectors, cancellable, error))
    return FALSE;
  for (guint i = 0; i < batch->n; i++)
    if (batch->failures[i] != NULL)
      {
        *n_failed += 1;
        for (gsize j = 0; j < encoder->size; j++)
          vectors[i * encoder->size + j] = NAN;
      }
  return TRUE;
}

PhTensor *
ph_encoder_dataset (PhEncoder *encoder, PhDataset *dataset, const guint *items, guint n,
                    guint *n_failed, const PhMonitor *monitor, GCancellable *cancellable,
                    GError **error)
{
  PhBatchOptions options = { .size = BATCH,
                             .item_size = ph_shape_count (&encoder->input),
                             .least = ph_encoder_get_side (encoder),
                             .n_epochs = 1,
                             .prepare = prepare,
                             .data = encoder };
  PhShape shape = PH_SHAPE (items != NULL ? n : ph_dataset_get_n_items (dataset), encoder->size);
  g_autoptr (PhTensor) vectors = ph_tensor_new (PH_TYPE_FLOAT, &shape, error);
  g_autoptr (PhBatches) batches =
      vectors != NULL ? ph_batches_new (dataset, items, n, &options, error) : NULL;
  g_autoptr (GError) failure = NULL;
  guint done = 0, failed = 0;
  PhBatch *batch;

  if (batches == NULL)
    return NULL;
  while (failure == NULL && (batch = ph_batches_next (batches, cancellable, &failure)) != NULL)
    {
      encode_batch (encoder, batch, vectors->f + done * encoder->size, &failed, cancellable,
                    &failure);
      done += batch->n;
      ph_batches_release (batches, batch);
      ph_monitor_progress (monitor, (double)done / (double)shape.dim[0], _ ("encoding"));
      ph_monitor_wait (monitor, cancellable);
      if (ph_monitor_should_stop (monitor) && done < shape.dim[0] && failure == NULL)
        g_set_error_literal (&failure, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Stopped");
    }
  if (n_failed != NULL)
    *n_failed = failed;
  if (failure == NULL)
    return g_steal_pointer (&vectors);
  g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
}
