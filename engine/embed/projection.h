#pragma once

#include <gio/gio.h>

#include "base/monitor.h"
#include "base/setting.h"

G_BEGIN_DECLS

/**
 * PhProjectionMethod:
 * @PH_PROJECTION_PCA: the two directions of the largest variance
 * @PH_PROJECTION_TSNE: neighbours stay neighbours, by forces between all points (van der Maaten
 *   2014)
 * @PH_PROJECTION_UMAP: the same by forces along the graph of neighbours (McInnes et al. 2018)
 */
typedef enum
{
  PH_PROJECTION_PCA,
  PH_PROJECTION_TSNE,
  PH_PROJECTION_UMAP,
} PhProjectionMethod;

/** PhProjectionSettings: see ph_projection_settings for what each field means. */
typedef struct
{
  int method; /* PhProjectionMethod */
  double perplexity;
  int neighbours;
  double min_distance;
  int iterations;
  int seed;
} PhProjectionSettings;

extern const PhSetting ph_projection_settings[];

/** PhProjectionMoved: @y: (n, 2): where the points are now, several times a second; rows that are
 * not numbers stay so. Called on the thread of the work. */
typedef void (*PhProjectionMoved) (const float *y, guint n, gpointer data);

/**
 * ph_projection_run:
 * @x: (n, size): embeddings; rows that are not numbers do not take part
 * @y: (out): (n, 2): the map; not-a-number where @x is
 * @moved, @data: (nullable): told while points move
 *
 * A map of embeddings in two dimensions. Begins with the principal components, so that the same
 * vectors give the same map on the same machine. Stopping keeps what there is. Blocks.
 *
 * Returns: %FALSE when cancelled or with %PH_ERROR_DATA_INVALID when there are fewer than ten
 * vectors.
 */
gboolean ph_projection_run (const float *x, guint n, gsize size,
                            const PhProjectionSettings *settings, float *y, PhProjectionMoved moved,
                            gpointer data, const PhMonitor *monitor, GCancellable *cancellable,
                            GError **error);

/**
 * ph_trustworthiness:
 * @x: (n, size)
 * @y: (n, 2); rows that are not numbers do not count
 * @k: neighbours that are looked at, less than half of the points on the map
 * @n_rows: points that are looked at, evenly spread; @n or more: all
 *
 * How far neighbours on the map are neighbours in truth: 1 when all are, about 0.5 by chance
 * (Venna, Kaski 2001).
 */
double ph_trustworthiness (const float *x, guint n, gsize size, const float *y, guint k,
                           guint n_rows);

G_END_DECLS
