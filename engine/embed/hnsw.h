#pragma once

#include "embed/neighbours.h"

G_BEGIN_DECLS

/**
 * PhHnsw:
 *
 * A graph of near vectors in layers, in which the neighbours of a query are found by walking:
 * nearly always the right ones, and many times faster than looking at all (Malkov and Yashunin
 * 2018), through hnswlib. It holds copies of its vectors; a vector's index is the place at which it
 * was added.
 */
typedef struct _PhHnsw PhHnsw;

/** ph_hnsw_is_available: whether the program was built with hnswlib. */
gboolean ph_hnsw_is_available (void);

/**
 * ph_hnsw_new:
 * @size: numbers of a vector
 * @m: links of a vector in each layer, 2 to 200; twice as many in the lowest; 16 is usual
 * @ef_construction: how many candidates are kept in mind while a vector is added; more make a
 * better graph, slowly; 200 is usual
 *
 * Returns: (transfer full): an index of nothing yet; %NULL with %PH_ERROR_DATA_INVALID or
 * %PH_ERROR_NO_MEMORY, or %PH_ERROR_OP_UNSUPPORTED when built without hnswlib.
 */
PhHnsw *ph_hnsw_new (gsize size, PhMetric metric, guint m, guint ef_construction, GError **error);
void ph_hnsw_free (PhHnsw *hnsw);

gsize ph_hnsw_get_n (const PhHnsw *hnsw);
gsize ph_hnsw_get_size (const PhHnsw *hnsw);
PhMetric ph_hnsw_get_metric (const PhHnsw *hnsw);

/**
 * ph_hnsw_add:
 *
 * Adds vectors behind those that are there. Threads: as many as ph_parallel_get_threads() says;
 * with one, the same vectors in the same order give the same graph to the bit, with several the
 * order in which they meet decides. When stopped or cancelled, the vectors added so far stay,
 * without gaps.
 *
 * Returns: %FALSE with %PH_ERROR_SHAPE_MISMATCH, %PH_ERROR_DATA_INVALID (not finite),
 * %PH_ERROR_NO_MEMORY or %G_IO_ERROR_CANCELLED.
 */
gboolean ph_hnsw_add (PhHnsw *hnsw, const PhVectors *vectors, const PhMonitor *monitor,
                      GCancellable *cancellable, GError **error);

/**
 * ph_hnsw_count_common:
 *
 * Returns: how many vectors from the first on are the same in the index and in @vectors: all of the
 * index when it was made of them or of their beginning.
 */
gsize ph_hnsw_count_common (const PhHnsw *hnsw, const PhVectors *vectors);

/**
 * ph_hnsw_search:
 * @k: 1 to the number of vectors
 * @ef: how many candidates are kept in mind, at least @k; more find more, more slowly
 *
 * Threads: over queries; the result does not depend on them. Neighbours at the same distance are in
 * the order of their indices.
 *
 * Returns: (transfer full): as ph_neighbours_find() would, but some may be missed.
 */
PhNeighbours *ph_hnsw_search (PhHnsw *hnsw, const PhVectors *queries, guint k, guint ef,
                              GCancellable *cancellable, GError **error);

/** ph_hnsw_save: replaces the file @path once all is written; it holds a digest of its content. */
gboolean ph_hnsw_save (const PhHnsw *hnsw, const char *path, GError **error);

/**
 * ph_hnsw_load:
 *
 * Reads what ph_hnsw_save() wrote on a machine with the same order of bytes. The digest and every
 * link are checked, so that no file can lead a search astray.
 *
 * Returns: (transfer full): %NULL with %G_FILE_ERROR or %PH_ERROR_DATA_INVALID and a sentence that
 * names the file: another kind of file, damaged, of a later version
 */
PhHnsw *ph_hnsw_load (const char *path, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhHnsw, ph_hnsw_free)

G_END_DECLS
