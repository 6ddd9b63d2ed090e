#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ph_upsample_add:
 * @small: (channels, small_height, small_width)
 * @large: (channels, height, width); added to
 *
 * Bilinear, pixels as areas: the centres of the outermost small pixels lie inside the picture, and
 * beyond them their values hold.
 */
void ph_upsample_add (guint channels, guint small_height, guint small_width, const float *small,
                      guint height, guint width, float *large);

/** ph_upsample_adjoint: the gradient at @d_small, overwritten. */
void ph_upsample_adjoint (guint channels, guint small_height, guint small_width, float *d_small,
                          guint height, guint width, const float *d_large);

G_END_DECLS
