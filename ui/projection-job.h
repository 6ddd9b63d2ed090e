#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * ph_projection_job:
 *
 * Makes a map of the vectors of @embedding. Its frames are no pictures: their map holds where the
 * images are by now, a row of two numbers for each. The result is a #PhTensor (n, 2); rows of
 * images that cannot be read are not-a-number.
 */
PhJob *ph_projection_job (PhEmbedding *embedding, PhProjectionMethod method);

G_END_DECLS
