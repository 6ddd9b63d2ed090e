#pragma once

#include "embed/hnsw.h"

G_BEGIN_DECLS

/**
 * PhRecallPoint:
 * @k: neighbours wanted
 * @ef: candidates kept in mind; 0: exact search
 * @recall: share of the true neighbours that were found, 0 to 1
 * @speed: queries a second
 */
typedef struct
{
  guint k, ef;
  double recall, speed;
} PhRecallPoint;

/**
 * ph_recall:
 * @truth, @found: of the same queries, with as many neighbours
 *
 * Returns: the share of neighbours that are no farther than the last true one. What counts is the
 * distance, as in the ann-benchmarks (Aumüller, Bernhardsson and Faithfull 2020), so that equals
 * may stand for each other.
 */
double ph_recall (const PhNeighbours *truth, const PhNeighbours *found);

/** PhRecallMeasured: another point of a curve. Called on the thread of the work. */
typedef void (*PhRecallMeasured) (const PhRecallPoint *point, gpointer data);

/**
 * ph_recall_measure_curve:
 * @base: what @hnsw was made of
 * @measured, @data: (nullable): told of each point as it comes
 *
 * Measures exact search and the index over growing ef, until nearly all is found or ef reaches the
 * number of vectors. Uses as many threads as ph_parallel_get_threads() says; a speed is the best of
 * three rounds through all queries.
 *
 * Returns: (transfer full) (element-type PhRecallPoint): exact search first; fewer points when
 * stopped; %NULL with the errors of ph_neighbours_find()
 */
GArray *ph_recall_measure_curve (PhHnsw *hnsw, const PhVectors *base, const PhVectors *queries,
                                 guint k, PhRecallMeasured measured, gpointer data,
                                 const PhMonitor *monitor, GCancellable *cancellable,
                                 GError **error);

/**
 * ph_recall_choose_ef:
 * @truth: of ph_neighbours_find() for @queries
 * @wanted: recall, 0 to 1
 * @reached: (out): what the chosen ef finds
 *
 * Returns: the smallest ef that finds so much of the truth; the number of vectors when none does, 0
 * with an error.
 */
guint ph_recall_choose_ef (PhHnsw *hnsw, const PhVectors *queries, const PhNeighbours *truth,
                           double wanted, double *reached, GCancellable *cancellable,
                           GError **error);

G_END_DECLS
