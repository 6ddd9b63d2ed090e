#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Rows brought to mean 0 and variance 1, for the normalisations that look at x alone. Rows are
 * neighbours in memory; each row's sums are kept in many lanes and rows are shared out over
 * threads.
 */

/**
 * PhMomentRows:
 * @rows, @n: how many rows of how many elements
 * @epsilon: added to the variance
 * @scale, @bias: (nullable): y = scale * (x - mean) * r + bias; %NULL means 1 and 0
 * @per_row: whether scale and bias have one element per row (index row % @period) instead of one
 *   per column
 * @period: how many rows until scale and bias repeat
 * @mean, @r: (rows): mean and 1 / sqrt (variance + epsilon): written forward, read backward
 * @x, @y: (rows, n)
 * @dy: (nullable): gradient at y
 * @dmean, @dr: (nullable): gradients at @mean and @r
 * @dx: (nullable): added to
 */
typedef struct
{
  gsize rows, n;
  float epsilon;
  const float *scale, *bias;
  gboolean per_row;
  gsize period;
  float *mean, *r;
  const float *x;
  float *y;
  const float *dy, *dmean, *dr;
  float *dx;
} PhMomentRows;

/** ph_moments_forward: writes mean, r and y. */
void ph_moments_forward (PhMomentRows *m);

/** ph_moments_backward: adds the gradient of x to dx. */
void ph_moments_backward (PhMomentRows *m);

/** ph_moments_backward_parameters: adds the gradients of scale and bias, each may be %NULL. */
void ph_moments_backward_parameters (const PhMomentRows *m, float *dscale, float *dbias);

G_END_DECLS
