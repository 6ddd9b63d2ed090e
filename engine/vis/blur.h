#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ph_blur:
 * @passes: how often
 * @x: (height, width), changed
 * @scratch: MAX (height, width) floats
 *
 * A quarter of each neighbour and half of the pixel itself, along rows and columns; the picture is
 * mirrored at its border. As a matrix this is symmetric, so it is its own adjoint.
 */
void ph_blur (guint passes, guint height, guint width, float *x, float *scratch);

G_END_DECLS
