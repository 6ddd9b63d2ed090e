#include <glib/gi18n.h>
/* Where the program was built without hnswlib. */

#include "embed/hnsw.h"

gboolean
ph_hnsw_is_available (void)
{
  return FALSE;
}

static gpointer
refuse (GError **error)
{
  g_set_error_literal (
      error, PH_ERROR, PH_ERROR_OP_UNSUPPORTED,
      _ ("this program was built without hnswlib, so it has no index; exact search works"));
  return NULL;
}

PhHnsw *
ph_hnsw_new (gsize size, PhMetric metric, guint m, guint ef_construction, GError **error)
{
  return refuse (error);
}

PhHnsw *
ph_hnsw_load (const char *path, GError **error)
{
  return refuse (error);
}

/* Without an index none of these is ever called. */

void
ph_hnsw_free (PhHnsw *hnsw)
{
}

gsize
ph_hnsw_get_n (const PhHnsw *hnsw)
{
  return 0;
}

gsize
ph_hnsw_get_size (const PhHnsw *hnsw)
{
  return 0;
}

PhMetric
ph_hnsw_get_metric (const PhHnsw *hnsw)
{
  return PH_METRIC_EUCLIDEAN;
}

gboolean
ph_hnsw_add (PhHnsw *hnsw, const PhVectors *vectors, const PhMonitor *monitor,
             GCancellable *cancellable, GError **error)
{
  return refuse (error) != NULL;
}

gsize
ph_hnsw_count_common (const PhHnsw *hnsw, const PhVectors *vectors)
{
  return 0;
}

PhNeighbours *
ph_hnsw_search (PhHnsw *hnsw, const PhVectors *queries, guint k, guint ef,
                GCancellable *cancellable, GError **error)
{
  return refuse (error);
}

gboolean
ph_hnsw_save (const PhHnsw *hnsw, const char *path, GError **error)
{
  return refuse (error) != NULL;
}
