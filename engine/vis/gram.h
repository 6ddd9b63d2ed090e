#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ph_gram_add:
 * @a: (channels, n): a layer's output at n positions
 * @weight: multiplies the product
 * @gram: (channels, channels); added to
 *
 * weight a aᵀ / n: which channels answer together, wherever it is: what Gatys et al. 2015 call the
 * style of a picture.
 */
void ph_gram_add (gsize channels, gsize n, const float *a, double weight, float *gram);

/** ph_gram_adjoint: the gradient at @a, overwritten, from the symmetric gradient at the gram. */
void ph_gram_adjoint (gsize channels, gsize n, const float *a, double weight, const float *d_gram,
                      float *d_a);

G_END_DECLS
