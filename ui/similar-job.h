#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * PhSimilarSpec:
 * @embeddings: (element-type PhEmbedding) (owned): in which to look, of the same images
 * @item: of the set; -1: @path
 * @path: (owned) (nullable): a picture
 *
 * Which images are most alike an image, in several embeddings.
 */
typedef struct
{
  GPtrArray *embeddings;
  int item;
  char *path;
  PhMetric metric;
  guint k;
} PhSimilarSpec;

void ph_similar_spec_free (gpointer spec);

/**
 * PhSimilar:
 * @found: (element-type PhNeighbours): one query each, in the order of the embeddings; fewer than
 *   asked for where there are not as many images; the image itself is not among them; %NULL where
 *   the image cannot be read
 * @picture: (nullable): the image itself
 */
typedef struct
{
  GPtrArray *found;
  PhFrame *picture;
} PhSimilar;

void ph_similar_free (gpointer similar);

/** ph_similar_run: a #PhJobFunc from a #PhSimilarSpec to a #PhSimilar. */
gpointer ph_similar_run (const PhMonitor *monitor, GCancellable *cancellable, gpointer spec,
                         GError **error);

/** ph_similar_embedding_job: makes one more embedding of the images of @dataset; the arguments are
 * those of ph_embedding_new(). The result is a #PhEmbedding. */
PhJob *ph_similar_embedding_job (PhEmbeddingKind kind, PhModel *model, PhDataset *dataset);

G_END_DECLS
