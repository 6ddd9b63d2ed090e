#pragma once

#include "vis/objective-private.h"

G_BEGIN_DECLS

/**
 * PhVector:
 *
 * A vector over the channels of a layer as an objective writes it: "[0.5, 0, -1]", "{3: 1, 17:
 * -0.5}" (the other channels have 0), a .npy file, a photograph (the mean of what the layer makes
 * of it over all positions), a folder of photographs (their mean), or two of these with " - "
 * between.
 */
typedef struct
{
  char *text;        /* owned */
  const char *minus; /* in @text: what is subtracted; nullable */
} PhVector;

/** ph_vector_take: the next argument. */
gboolean ph_vector_take (PhVector *vector, PhTermArgs *args, GError **error);
void ph_vector_clear (PhVector *vector);

/** ph_vector_load: @n is the number of channels of the layer. Photographs are shown at the
 * network's usual size. Returns: (transfer full): n numbers, not all of them 0. */
float *ph_vector_load (const PhVector *vector, PhModel *model, guint layer, gsize n,
                       GError **error);

/**
 * ph_vector_product:
 * @v, @v_skip: n numbers, each so many elements after the one before
 * @a, @a_skip: likewise
 * @power: of the cosine
 * @gradient: (nullable): beside @a: what is added there is @weight times the gradient
 *
 * ⟨v, a⟩ max (cos, 0.1)^power, cos between a and a vector of length 1 along @v. The power asks for
 * the direction rather than the length; the floor keeps a slope where a points away.
 *
 * Source: Carter et al., "Activation Atlas", Distill 2019.
 */
double ph_vector_product (gsize n, const float *v, gsize v_skip, const float *a, gsize a_skip,
                          double power, double weight, float *gradient);

G_END_DECLS
