#pragma once

#include "base/error.h"
#include "base/tensor.h"

G_BEGIN_DECLS

/**
 * PhMetric:
 * @PH_METRIC_EUCLIDEAN: the length of the difference
 * @PH_METRIC_COSINE: 1 less the cosine of the angle, 0 to 2; a vector of zeros is at 1 from all
 */
typedef enum
{
  PH_METRIC_EUCLIDEAN,
  PH_METRIC_COSINE,
} PhMetric;

/** ph_metric_name: "euclidean", "cosine". */
const char *ph_metric_name (PhMetric metric);

/** ph_metric_parse: Returns: %FALSE with %PH_ERROR_DATA_INVALID for another name. */
gboolean ph_metric_parse (const char *name, PhMetric *metric, GError **error);

/**
 * PhVectors:
 * @data: (borrowed): (n, size)
 *
 * A table of vectors, one a row.
 */
typedef struct
{
  const float *data;
  gsize n, size;
} PhVectors;

/** ph_vectors_check: Returns: %FALSE with %PH_ERROR_DATA_INVALID naming the first row that holds
 * something that is no finite number, or is so long or short (beyond 10¹² and 10⁻¹²) that squares
 * of its numbers could not be held as float; zeros are allowed. */
gboolean ph_vectors_check (const PhVectors *vectors, GError **error);

/** ph_vectors_normalise: @to (size) = @from scaled to length 1; zeros stay zeros. The same on every
 * machine. */
void ph_vectors_normalise (const float *from, gsize size, float *to);

/**
 * ph_vectors_keep_numbers:
 * @table: (n, size): rows that are numbers move to its beginning
 * @items: (out) (optional): n: which rows these were
 *
 * Leaves out images that could not be read, whose first number is not-a-number. Returns: how many
 * rows are left.
 */
gsize ph_vectors_keep_numbers (PhTensor *table, guint *items);

/** ph_vector_square: Σ x². */
double ph_vector_square (const float *x, gsize size);

G_END_DECLS
