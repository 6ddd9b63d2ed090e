#pragma once

#include "embed/neighbours.h"
#include "embed/projection.h"

G_BEGIN_DECLS

/* What the ways to a map share: n vectors without gaps. */
typedef struct
{
  const float *x;
  guint n;
  gsize size;
  const PhProjectionSettings *settings;
  float *y; /* (n, 2); holds the principal components, with deviation 1 along the first */
  void (*moved) (gpointer data); /* nullable */
  gpointer data;
  const PhMonitor *monitor;
  GCancellable *cancellable;
} PhProjection;

/** ph_projection_find_neighbours: (transfer full): the @k nearest others of each vector. */
PhNeighbours *ph_projection_find_neighbours (const PhProjection *projection, guint k,
                                             GError **error);

/** ph_tsne_run, ph_umap_run: move the points of @projection to their places. */
gboolean ph_tsne_run (PhProjection *projection, GError **error);
gboolean ph_umap_run (PhProjection *projection, GError **error);

/**
 * ph_quadtree_repel:
 * @y: (n, 2)
 * @force: (out): (n, 2): Σ (1 + d²)^-2 (y_i - y_j) over all others
 *
 * The forces by which all points push one another away in t-SNE: far points together, as one in
 * their middle, when they are seen under a width of less than @theta (Barnes, Hut 1986).
 *
 * Returns: Σ (1 + d²)^-1 over all pairs.
 */
double ph_quadtree_repel (const float *y, guint n, double theta, float *force);

G_END_DECLS
