#pragma once

#include "base/error.h"
#include "base/rng.h"
#include "vis/colour.h"

G_BEGIN_DECLS

/**
 * PhParamClass:
 * @name: as settings write it
 * @summary: one sentence
 * @n_values: how many numbers describe a picture of that size
 * @state_new: (nullable): plans and buffers for that size; %NULL result: no memory
 * @state_free: (nullable)
 * @set_falloff: (nullable): as ph_param_set_falloff() has it
 * @apply: planes (channels, height, width) = A · values; linear
 * @adjoint: d_values = Aᵀ · d_planes, overwritten
 * @invert: values that give @planes
 *
 * A space in which pictures are optimised. What looks like the same step is a different one in
 * another space: there lies the effect. Adding one is a file and a line in ph_param_classes().
 */
typedef struct
{
  const char *name;
  const char *summary;
  gsize (*n_values) (guint channels, guint height, guint width);
  gpointer (*state_new) (guint channels, guint height, guint width);
  void (*state_free) (gpointer state);
  void (*set_falloff) (gpointer state, double falloff);
  void (*apply) (gpointer state, const float *values, float *planes);
  void (*adjoint) (gpointer state, const float *d_planes, float *d_values);
  void (*invert) (gpointer state, const float *planes, float *values);
} PhParamClass;

extern const PhParamClass ph_param_pixel;
extern const PhParamClass ph_param_fourier;

/** ph_param_classes: all classes, %NULL-terminated; the order is that of the setting's choices. */
const PhParamClass *const *ph_param_classes (void);

/**
 * PhParam:
 *
 * A class at one size, with everything it needs, so that nothing is allocated later. It holds no
 * values: those belong to the caller. Not for two threads at once.
 */
typedef struct _PhParam PhParam;

/** ph_param_new: Returns: %NULL with %PH_ERROR_NO_MEMORY. */
PhParam *ph_param_new (const PhParamClass *klass, PhColour colour, guint channels, guint height,
                       guint width, GError **error);
void ph_param_free (PhParam *param);

/**
 * ph_param_set_falloff:
 * @falloff: power of the frequency by which waves get weaker; 1 at first, as in photographs
 *
 * In spaces of waves: the larger, the more a step changes large shapes and the less fine detail.
 * Before values are made.
 */
void ph_param_set_falloff (PhParam *param, double falloff);

gsize ph_param_get_n_values (const PhParam *param);

/** ph_param_init: independent normal values of standard deviation @sd. */
void ph_param_init (PhParam *param, PhRng *rng, double sd, float *values);

/** ph_param_invert: the values of a given picture (channels, height, width), as far as the space
 * holds it: 0 and 1 themselves are approached to 1/512. */
void ph_param_invert (PhParam *param, const float *image, float *values);

/** ph_param_apply: @image (channels, height, width), 0..1, overwritten: space, colour, sigmoid. */
void ph_param_apply (PhParam *param, const float *values, float *image);

/**
 * ph_param_adjoint:
 * @image: what ph_param_apply() made of the values
 * @d_image: gradient at the image
 * @d_values: gradient at the values, overwritten
 */
void ph_param_adjoint (PhParam *param, const float *image, const float *d_image, float *d_values);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhParam, ph_param_free)

G_END_DECLS
