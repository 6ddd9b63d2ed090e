#pragma once

#include "kernels/svd.h"

G_BEGIN_DECLS

/* How alike two layers are that were shown the same images. A layer is a matrix, an image a row, a
 * channel a column, and each column has the mean 0. */

/**
 * ph_cka:
 * @n: images
 * @x, @y: (n, c_x) and (n, c_y), centred
 * @plain: (out) (optional): the biased value, which is larger the fewer images there are
 *
 * Linear centred kernel alignment: 1 for layers that are the same up to rotation and scale, about 0
 * for layers that have nothing in common. With the unbiased estimator of the Hilbert-Schmidt
 * independence criterion, so that few images do not make layers look alike; it may be a little
 * below 0. Memory: two times @n × 128 numbers.
 *
 * Source: Kornblith, Norouzi, Lee, Hinton, "Similarity of Neural Network Representations
 * Revisited", ICML 2019; the estimator: Song et al., "Feature Selection via Dependence
 * Maximization", JMLR 2012.
 *
 * Returns: NAN for fewer than four images, or where a layer never changes.
 */
double ph_cka (gsize n, const float *x, gsize c_x, const float *y, gsize c_y, double *plain);

/** ph_svd_count_directions: how many of the first singular directions hold a share of @variance of
 * all variance. */
gsize ph_svd_count_directions (const PhSvd *svd, double variance);

/**
 * ph_svcca:
 * @variance: that is kept of each layer, 0.99 in the paper
 *
 * The mean canonical correlation of the directions in which two layers vary most. Where the
 * directions of both together are as many as the images, it is 1 whatever the layers hold, so it
 * needs several times as many images.
 *
 * Source: Raghu, Gilmer, Yosinski, Sohl-Dickstein, "SVCCA: Singular Vector Canonical Correlation
 * Analysis", NeurIPS 2017.
 *
 * Returns: NAN where a layer never changes or there is no memory.
 */
double ph_svcca (const PhSvd *x, const PhSvd *y, double variance);

/**
 * ph_linear_probe:
 * @labels: (n): classes from 0
 *
 * How well a linear classifier tells the classes apart from the layer alone (Alain, Bengio 2016): a
 * ridge regression onto the classes, each image judged by what is learned from all the others,
 * which for a ridge needs no second fit (Allen's PRESS). The best of five strengths, by squared
 * error.
 *
 * Returns: the share of images named rightly; NAN for fewer than two classes.
 */
double ph_linear_probe (const PhSvd *svd, const int *labels, guint n_classes);

/** ph_correlation: Pearson's, of columns @i and @j of two centred matrices; NAN where one never
 * changes. */
double ph_correlation (gsize n, const float *x, gsize c_x, gsize i, const float *y, gsize c_y,
                       gsize j);

G_END_DECLS
