#include "embed/embedding.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "embed/decode.h"
#include "embed/encode.h"
#include "embed/pca.h"
#include "embed/reconstruct.h"
#include "embed/vectors.h"

/* Principal components are computed of this many images at most: it takes seconds. */
#define PCA_IMAGES 2000

/* Between two looks at whether the work is still wanted. */
#define CHUNK 64

struct _PhEmbedding
{
  gatomicrefcount refs;
  PhEmbeddingKind kind;
  guint n_failed, n_traits;

  /* owned */
  PhModel *model;
  char *layer;
  PhDataset *dataset;
  PhTensor *vectors;
  float *mean, *deviation;
  PhTrait *traits;
  double *values; /* (n, n_traits) */

  /* owned, behind the lock */
  GMutex lock;
  PhEncoder *encoder;
  PhDecoder *decoder;             /* nullable */
  char *obstacle;                 /* why there is none */
  PhReconstructor *reconstructor; /* nullable */
  PhLinearProbe *probe;           /* nullable: not asked for yet */
};

/* Principal components */

/* Images evenly spread over the set, in which classes may follow one another. */
static PhTensor *
load_pixels (PhDataset *dataset, const PhMonitor *monitor, GCancellable *cancellable,
             GError **error)
{
  const guint n = ph_dataset_get_n_items (dataset), wanted = MIN (n, PCA_IMAGES);
  g_autoptr (PhEncoder) pixels = ph_encoder_new_pixels (PH_EMBEDDING_SIDE, PH_EMBEDDING_SIDE);
  g_autofree guint *items = g_new (guint, wanted);

  for (guint i = 0; i < wanted; i++)
    items[i] = (guint)((guint64)i * n / wanted);
  return ph_encoder_dataset (pixels, dataset, items, wanted, NULL, monitor, cancellable, error);
}

/* Tells these components from those of other images. */
static char *
dup_pca_digest (PhDataset *dataset)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);

  g_checksum_update (sum, (const guchar *)"principal components", -1);
  g_checksum_update (sum, (const guchar *)ph_dataset_get_identity (dataset), -1);
  for (guint i = 0; i < ph_dataset_get_n_items (dataset); i++)
    {
      guint64 stamp = ph_dataset_get_stamp (dataset, i);

      g_checksum_update (sum, (const guchar *)&stamp, sizeof stamp);
    }
  return g_strdup (g_checksum_get_string (sum));
}

static PhModel *
make_components (PhDataset *dataset, const PhMonitor *monitor, GCancellable *cancellable,
                 GError **error)
{
  PhPreprocess preprocess = { .channels = 3,
                              .height = PH_EMBEDDING_SIDE,
                              .width = PH_EMBEDDING_SIDE,
                              .scale = 1,
                              .std = { 1, 1, 1, 1 },
                              .source = PH_PREPROCESS_FROM_FILE };
  g_autoptr (PhTensor) pixels = load_pixels (dataset, monitor, cancellable, error);
  g_autoptr (PhPca) pca = NULL;
  g_autoptr (PhGraph) graph = NULL;
  g_autofree char *digest = NULL;

  if (pixels == NULL)
    return NULL;
  ph_monitor_progress (monitor, -1, _ ("principal components"));
  pca = ph_pca_new (pixels->f, ph_vectors_keep_numbers (pixels, NULL), (gsize)pixels->shape.dim[1],
                    PH_EMBEDDING_COMPONENTS, NULL, cancellable, error);
  graph =
      pca != NULL ? ph_pca_to_graph (pca, 3, PH_EMBEDDING_SIDE, PH_EMBEDDING_SIDE, error) : NULL;
  if (graph == NULL)
    return NULL;
  digest = dup_pca_digest (dataset);
  return ph_model_new (_ ("principal components"), NULL, digest, graph, &preprocess, NULL, NULL,
                       error);
}

/* What makes vectors, and pictures of them */

static gboolean
make_coders (PhEmbedding *self, GError **error)
{
  g_autoptr (GError) obstacle = NULL;

  self->encoder = self->kind == PH_EMBEDDING_PIXELS
                      ? ph_encoder_new_pixels (PH_EMBEDDING_PIXELS_SIDE, PH_EMBEDDING_PIXELS_SIDE)
                      : ph_encoder_new (self->model, self->layer, error);
  if (self->encoder == NULL)
    return FALSE;
  if (self->model == NULL || self->layer != NULL)
    return TRUE;
  self->reconstructor = ph_reconstructor_new (self->model, NULL);
  self->decoder = ph_decoder_new (self->model, &obstacle);
  if (obstacle != NULL)
    self->obstacle = g_strdup (obstacle->message);
  /* Of a bottleneck with positions only their mean is the vector. */
  if (self->decoder != NULL &&
      ph_decoder_get_size (self->decoder) != ph_encoder_get_size (self->encoder))
    g_clear_pointer (&self->decoder, ph_decoder_free);
  return TRUE;
}

/* What is known of the images */

static void
list_traits (PhEmbedding *self, const PhWorld *world)
{
  const guint n_classes = ph_dataset_get_n_classes (self->dataset);
  const guint n_attributes = world != NULL ? ph_world_get_n_attributes (world) : 0;

  self->traits = g_new0 (PhTrait, n_attributes + n_classes);
  for (guint i = 0; i < n_attributes; i++)
    self->traits[self->n_traits++] =
        (PhTrait){ world->attributes[i].name, world->attributes[i].low, world->attributes[i].high };
  if (n_classes < 2 || n_classes > PH_EMBEDDING_MAX_CLASSES)
    return;
  for (guint i = 0; i < n_classes; i++)
    self->traits[self->n_traits++] =
        (PhTrait){ ph_dataset_get_class_name (self->dataset, i), 0, 1 };
}

static gboolean
collect_traits (PhEmbedding *self, const PhMonitor *monitor, GCancellable *cancellable,
                GError **error)
{
  const guint n = ph_dataset_get_n_items (self->dataset);
  guint64 seed = 0;
  const PhWorld *world = ph_world_of_dataset (self->dataset, &seed);
  const guint n_attributes = world != NULL ? ph_world_get_n_attributes (world) : 0;

  list_traits (self, world);
  self->values = g_new0 (double, (gsize)n * self->n_traits);
  for (guint i = 0; i < n && self->n_traits > 0; i++)
    {
      double *values = self->values + (gsize)i * self->n_traits, known[PH_WORLD_MAX_ATTRIBUTES];
      int label = ph_dataset_get_label (self->dataset, i);

      if (n_attributes > 0 && !ph_world_get_attributes (world, seed, i, known, error))
        return FALSE;
      memcpy (values, known, n_attributes * sizeof *values);
      if (label >= 0 && self->n_traits > n_attributes)
        values[n_attributes + (guint)label] = 1;
      if (i % CHUNK != 0)
        continue;
      ph_monitor_progress (monitor, (double)i / n, _ ("attributes"));
      ph_monitor_wait (monitor, cancellable);
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
    }
  return TRUE;
}

static void
measure_spread (PhEmbedding *self)
{
  const gsize size = ph_embedding_get_size (self);
  const guint n = ph_dataset_get_n_items (self->dataset);
  g_autofree double *sum = g_new0 (double, size), *squares = g_new0 (double, size);
  guint counted = 0;

  self->mean = g_new0 (float, size);
  self->deviation = g_new0 (float, size);
  for (guint i = 0; i < n; i++)
    {
      const float *x = ph_embedding_get_vector (self, i);

      if (x == NULL)
        continue;
      counted++;
      for (gsize j = 0; j < size; j++)
        {
          sum[j] += (double)x[j];
          squares[j] += (double)x[j] * (double)x[j];
        }
    }
  for (gsize j = 0; j < size && counted > 0; j++)
    {
      double mean = sum[j] / counted;

      self->mean[j] = (float)mean;
      self->deviation[j] = (float)sqrt (MAX (squares[j] / counted - mean * mean, 0));
    }
}

static gboolean
fill (PhEmbedding *self, const PhMonitor *monitor, GCancellable *cancellable, GError **error)
{
  if (self->kind == PH_EMBEDDING_PCA)
    self->model = make_components (self->dataset, monitor, cancellable, error);
  if (self->model == NULL && self->kind != PH_EMBEDDING_PIXELS)
    return FALSE;
  if (!make_coders (self, error))
    return FALSE;
  self->vectors = ph_encoder_dataset_kept (self->encoder, self->dataset, &self->n_failed, monitor,
                                           cancellable, error);
  if (self->vectors == NULL)
    return FALSE;
  if (self->n_failed == ph_dataset_get_n_items (self->dataset))
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID, "%s: none of the pictures can be read",
                   ph_dataset_get_path (self->dataset));
      return FALSE;
    }
  measure_spread (self);
  return collect_traits (self, monitor, cancellable, error);
}

/* Public */

PhEmbedding *
ph_embedding_new (PhEmbeddingKind kind, PhModel *model, const char *layer, PhDataset *dataset,
                  const PhMonitor *monitor, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail ((kind == PH_EMBEDDING_NETWORK) == (model != NULL), NULL);
  g_return_val_if_fail (dataset != NULL, NULL);

  g_autoptr (PhEmbedding) self = g_new0 (PhEmbedding, 1);

  g_atomic_ref_count_init (&self->refs);
  g_mutex_init (&self->lock);
  self->kind = kind;
  self->model = model != NULL ? g_object_ref (model) : NULL;
  self->layer = g_strdup (layer);
  self->dataset = ph_dataset_ref (dataset);
  return fill (self, monitor, cancellable, error) ? g_steal_pointer (&self) : NULL;
}

PhEmbedding *
ph_embedding_ref (PhEmbedding *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
ph_embedding_unref (PhEmbedding *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_clear_pointer (&self->encoder, ph_encoder_free);
  g_clear_pointer (&self->decoder, ph_decoder_free);
  g_clear_pointer (&self->reconstructor, ph_reconstructor_free);
  g_clear_object (&self->model);
  g_clear_pointer (&self->vectors, ph_tensor_unref);
  ph_dataset_unref (self->dataset);
  g_free (self->layer);
  g_free (self->obstacle);
  g_free (self->mean);
  g_free (self->deviation);
  g_free (self->traits);
  g_free (self->values);
  g_clear_pointer (&self->probe, ph_linear_probe_unref);
  g_mutex_clear (&self->lock);
  g_free (self);
}

PhEmbeddingKind
ph_embedding_get_kind (const PhEmbedding *self)
{
  return self->kind;
}

PhModel *
ph_embedding_get_model (const PhEmbedding *self)
{
  return self->model;
}

const char *
ph_embedding_get_layer (const PhEmbedding *self)
{
  return self->layer;
}

PhDataset *
ph_embedding_get_dataset (const PhEmbedding *self)
{
  return self->dataset;
}

gsize
ph_embedding_get_size (const PhEmbedding *self)
{
  return ph_encoder_get_size (self->encoder);
}

PhTensor *
ph_embedding_get_vectors (const PhEmbedding *self)
{
  return self->vectors;
}

const float *
ph_embedding_get_vector (const PhEmbedding *self, guint item)
{
  const float *x = self->vectors->f + (gsize)item * ph_embedding_get_size (self);

  g_return_val_if_fail (item < self->vectors->shape.dim[0], NULL);
  return isnan (x[0]) ? NULL : x;
}

guint
ph_embedding_get_n_failed (const PhEmbedding *self)
{
  return self->n_failed;
}

const float *
ph_embedding_get_mean (const PhEmbedding *self)
{
  return self->mean;
}

const float *
ph_embedding_get_deviation (const PhEmbedding *self)
{
  return self->deviation;
}

guint
ph_embedding_get_n_traits (const PhEmbedding *self)
{
  return self->n_traits;
}

const PhTrait *
ph_embedding_get_trait (const PhEmbedding *self, guint i)
{
  g_return_val_if_fail (i < self->n_traits, NULL);

  return &self->traits[i];
}

double
ph_embedding_get_trait_value (const PhEmbedding *self, guint item, guint i)
{
  g_return_val_if_fail (i < self->n_traits, NAN);
  g_return_val_if_fail (item < self->vectors->shape.dim[0], NAN);

  return self->values[(gsize)item * self->n_traits + i];
}

PhLinearProbe *
ph_embedding_dup_probe (PhEmbedding *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->probe == NULL)
    self->probe =
        ph_linear_probe_new ((guint)self->vectors->shape.dim[0], ph_embedding_get_size (self),
                             self->vectors->f, self->n_traits, self->values, cancellable, error);
  return self->probe != NULL ? ph_linear_probe_ref (self->probe) : NULL;
}

gboolean
ph_embedding_can_decode (const PhEmbedding *self, const char **why)
{
  if (why != NULL)
    *why = self->decoder == NULL ? self->obstacle : NULL;
  return self->decoder != NULL;
}

gboolean
ph_embedding_can_reconstruct (const PhEmbedding *self)
{
  return self->reconstructor != NULL;
}

PhImage *
ph_embedding_load (PhEmbedding *self, guint item, GError **error)
{
  return ph_dataset_load (self->dataset, item, ph_encoder_get_side (self->encoder), error);
}

PhImage *
ph_embedding_fit (PhEmbedding *self, const PhImage *image, GError **error)
{
  return ph_encoder_fit (self->encoder, image, error);
}

gboolean
ph_embedding_encode (PhEmbedding *self, const PhImage *image, float *vector,
                     GCancellable *cancellable, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return ph_encoder_image (self->encoder, image, vector, cancellable, error);
}

GPtrArray *
ph_embedding_decode (PhEmbedding *self, guint n, const float *vectors, GCancellable *cancellable,
                     GError **error)
{
  g_return_val_if_fail (self->decoder != NULL, NULL);

  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return ph_decoder_run (self->decoder, n, vectors, cancellable, error);
}

PhImage *
ph_embedding_reconstruct (PhEmbedding *self, const PhImage *picture, float *vector,
                          GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (self->reconstructor != NULL, NULL);

  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return ph_reconstructor_run (self->reconstructor, picture, vector, cancellable, error);
}
