#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * PhSvd:
 * @rank: singular values that are more than rounding
 * @s: (rank): largest first
 * @u: (n, rank): left singular vectors as columns
 *
 * A matrix X (n, c) as U S Vᵀ, of which V is not kept.
 */
typedef struct
{
  gsize n, rank;
  double *s, *u;
} PhSvd;

/**
 * ph_svd_new:
 * @x: (n, c), both at most a few thousand
 *
 * By the eigenvectors of the smaller of X Xᵀ and Xᵀ X (see kernels/symmetric), so singular values
 * below a millionth of the largest count as 0. Memory: three square matrices of min (n, c), and
 * @x in double.
 *
 * Returns: %NULL with %PH_ERROR_NO_MEMORY, or %PH_ERROR_DIVERGED when @x holds no finite numbers.
 */
PhSvd *ph_svd_new (const float *x, gsize n, gsize c, GError **error);
void ph_svd_free (PhSvd *svd);

/** ph_svd_product: Aᵀ B of @m columns and @k columns, (m, k), for the first so many columns of two
 * @u with the same n. Caller frees with g_free(); %NULL with %PH_ERROR_NO_MEMORY. */
float *ph_svd_product (const PhSvd *a, gsize m, const PhSvd *b, gsize k, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhSvd, ph_svd_free)

G_END_DECLS
