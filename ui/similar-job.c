#include "ui/similar-job.h"

#include <glib/gi18n.h>
#include <math.h>

#define PICTURE 160 /* pixels */

void
ph_similar_spec_free (gpointer data)
{
  PhSimilarSpec *spec = data;

  g_ptr_array_unref (spec->embeddings);
  g_free (spec->path);
  g_free (spec);
}

void
ph_similar_free (gpointer data)
{
  PhSimilar *similar = data;

  g_ptr_array_unref (similar->found);
  g_clear_pointer (&similar->picture, ph_frame_unref);
  g_free (similar);
}

static void
free_neighbours (gpointer neighbours)
{
  ph_neighbours_free (neighbours);
}

/* Rows of images that can be read, and which images these are. */
static PhTensor *
copy_numbers (PhEmbedding *embedding, guint **items, GError **error)
{
  PhTensor *all = ph_embedding_get_vectors (embedding);
  PhTensor *kept = ph_tensor_new (PH_TYPE_FLOAT, &all->shape, error);

  if (kept == NULL)
    return NULL;
  memcpy (kept->f, all->f, all->n * sizeof (float));
  *items = g_new (guint, all->shape.dim[0] + 1);
  kept->shape.dim[0] = (gint64)ph_vectors_keep_numbers (kept, *items);
  return kept;
}

static PhNeighbours *
find (PhEmbedding *embedding, const float *vector, const PhSimilarSpec *spec,
      GCancellable *cancellable, GError **error)
{
  const gsize size = ph_embedding_get_size (embedding);
  const gboolean gaps = ph_embedding_get_n_failed (embedding) > 0;
  g_autofree guint *items = NULL;
  g_autoptr (PhTensor) kept = gaps ? copy_numbers (embedding, &items, error) : NULL;
  PhTensor *table = gaps ? kept : ph_embedding_get_vectors (embedding);
  g_autoptr (PhNeighbours) found = NULL;
  PhNeighbours *others;
  guint to = 0;

  if (table == NULL)
    return NULL;

  const PhVectors base = { table->f, (gsize)table->shape.dim[0], size };
  const PhVectors query = { vector, 1, size };
  /* One more, as the image itself may be among them. */
  const guint k = (guint)MIN ((gsize)spec->k + (spec->item >= 0), base.n);

  found = ph_neighbours_find (&base, &query, spec->metric, k, NULL, cancellable, error);
  others = found != NULL ? ph_neighbours_new (1, MIN (spec->k, k), error) : NULL;
  if (others == NULL)
    return NULL;
  for (guint i = 0; i < k && to < others->k; i++)
    {
      guint item = gaps ? items[found->indices[i]] : found->indices[i];

      if ((int)item == spec->item)
        continue;
      others->indices[to] = item;
      others->distances[to++] = found->distances[i];
    }
  others->k = to;
  return others;
}

static PhNeighbours *
find_in (PhEmbedding *embedding, const PhImage *image, const PhSimilarSpec *spec,
         GCancellable *cancellable, GError **error)
{
  g_autofree float *own = NULL;
  const float *vector;

  if (spec->item >= 0)
    {
      vector = ph_embedding_get_vector (embedding, (guint)spec->item);
      return vector != NULL ? find (embedding, vector, spec, cancellable, error) : NULL;
    }
  own = g_new (float, ph_embedding_get_size (embedding));
  if (!ph_embedding_encode (embedding, image, own, cancellable, error))
    return NULL;
  return find (embedding, own, spec, cancellable, error);
}

gpointer
ph_similar_run (const PhMonitor *monitor, GCancellable *cancellable, gpointer data, GError **error)
{
  const PhSimilarSpec *spec = data;
  g_autoptr (PhImage) image = NULL;
  g_autoptr (PhImage) square = NULL;
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (free_neighbours);
  PhSimilar *result;

  if (spec->item >= 0 && spec->embeddings->len > 0)
    image = ph_dataset_load (ph_embedding_get_dataset (spec->embeddings->pdata[0]),
                             (guint)spec->item, PICTURE, error);
  else
    image = ph_image_load (spec->path, error);
  square = image != NULL ? ph_image_fit (image, PICTURE, PICTURE, 1, error) : NULL;
  if (square == NULL)
    return NULL;
  for (guint i = 0; i < spec->embeddings->len; i++)
    {
      g_autoptr (GError) problem = NULL;

      g_ptr_array_add (found,
                       find_in (spec->embeddings->pdata[i], image, spec, cancellable, &problem));
      if (problem != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return NULL;
        }
    }
  result = g_new0 (PhSimilar, 1);
  result->found = g_steal_pointer (&found);
  result->picture = ph_image_to_frame (square, 0, 0);
  return result;
}

/* Another embedding */

typedef struct
{
  PhEmbeddingKind kind;
  PhModel *model;     /* owned */
  PhDataset *dataset; /* owned */
} EmbeddingSpec;

static void
embedding_spec_free (gpointer data)
{
  EmbeddingSpec *spec = data;

  g_clear_object (&spec->model);
  ph_dataset_unref (spec->dataset);
  g_free (spec);
}

static gpointer
make_embedding (const PhMonitor *monitor, GCancellable *cancellable, gpointer data, GError **error)
{
  const EmbeddingSpec *spec = data;

  return ph_embedding_new (spec->kind, spec->model, NULL, spec->dataset, monitor, cancellable,
                           error);
}

PhJob *
ph_similar_embedding_job (PhEmbeddingKind kind, PhModel *model, PhDataset *dataset)
{
  EmbeddingSpec *spec = g_new0 (EmbeddingSpec, 1);

  spec->kind = kind;
  spec->model = model != NULL ? g_object_ref (model) : NULL;
  spec->dataset = ph_dataset_ref (dataset);
  return ph_job_new (_ ("Vectors of the images"), make_embedding, spec, embedding_spec_free,
                     (GDestroyNotify)ph_embedding_unref);
}
