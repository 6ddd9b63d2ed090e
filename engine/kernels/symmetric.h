#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ph_gram:
 * @n, @size: @x is (n, size), row-major
 * @columns: whether products are between columns of @x instead of its rows
 * @shift: (nullable): @size numbers taken away from each row first, as its mean
 * @gram: (out): (m, m) with m = @size when @columns, else @n; symmetric, overwritten
 *
 * G = X Xᵀ, or Xᵀ X with @columns, in double: what eigenvectors are computed from must not lose
 * half of its digits in the squares. Threads: our pool. Scratch: a few hundred rows in double.
 */
void ph_gram (gsize n, gsize size, const float *x, const float *shift, gboolean columns,
              double *gram);

/**
 * ph_symmetric_eigen:
 * @m: rows and columns of @a, which is destroyed
 * @k: how many of the largest eigenvalues are wanted, 1 to @m
 * @values: (out): @k numbers, the largest first
 * @vectors: (out): (k, m): a unit eigenvector in each row
 *
 * By LAPACK's dsyevr (Dhillon, Parlett 2004). About 4/3 m³ operations, on one thread.
 *
 * Returns: %FALSE when it has no memory or does not converge, which only not-a-number brings about.
 */
gboolean ph_symmetric_eigen (gsize m, double *a, gsize k, double *values, double *vectors);

G_END_DECLS
