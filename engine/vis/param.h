#pragma once

#include "base/error.h"
#include "base/rng.h"
#include "vis/colour.h"

G_BEGIN_DECLS

/**
 * PhParamSpec:
 * @channels: colours, and one more with @alpha
 * @colour: how the colours are mixed
 * @alpha: whether the last channel is an opacity
 * @spectrum: (nullable): as ph_spectrum_load() has it
 *
 * What the pictures are like that are optimised.
 */
typedef struct
{
  guint channels, height, width;
  PhColour colour;
  gboolean alpha;
  const char *spectrum;
} PhParamSpec;

/**
 * PhParamClass:
 * @name: as settings write it
 * @summary: one sentence
 * @linear: whether @apply is
 * @n_values: how many numbers describe a picture
 * @state_new: plans and buffers
 * @set_falloff: (nullable): as ph_param_set_falloff() has it
 * @init: (nullable): what to start from, where not independent normal values of that deviation
 * @apply: planes (channels, height, width) from values, overwritten
 * @adjoint: d_values, overwritten, from d_planes: the transpose of the derivative at @values
 * @invert: (nullable): values that give @planes, as well as the space can; where there is none they
 *   are searched for
 *
 * A space in which pictures are optimised. What looks like the same step is a different one in
 * another space: there lies the effect. Adding one is a file and a line in ph_param_classes().
 */
typedef struct
{
  const char *name;
  const char *summary;
  gboolean linear;
  gsize (*n_values) (const PhParamSpec *spec);
  gpointer (*state_new) (const PhParamSpec *spec, GError **error);
  void (*state_free) (gpointer state);
  void (*set_falloff) (gpointer state, double falloff);
  void (*init) (gpointer state, PhRng *rng, double sd, float *values);
  void (*apply) (gpointer state, const float *values, float *planes);
  void (*adjoint) (gpointer state, const float *values, const float *d_planes, float *d_values);
  void (*invert) (gpointer state, const float *planes, float *values);
} PhParamClass;

/** ph_param_classes: all classes, %NULL-terminated; the order is that of the setting's choices. */
const PhParamClass *const *ph_param_classes (void);

/** ph_param_no_memory: sets @error; always returns %NULL. */
gpointer ph_param_no_memory (const PhParamSpec *spec, GError **error);

/**
 * PhParam:
 *
 * A class for one or several pictures of one size, with everything it needs, so that nothing is
 * allocated later. Several pictures may share a base: a coarse picture that is added to each, so
 * that they agree in what none of them has a reason to change. It holds no values: those belong to
 * the caller. Not for two threads at once.
 */
typedef struct _PhParam PhParam;

/**
 * ph_param_new:
 * @n_pictures: values and images of several follow one another
 * @base: pixels of the picture to one of the base, which is in front of the values; 0: none
 *
 * Returns: %NULL with %PH_ERROR_NO_MEMORY or the errors of ph_spectrum_load().
 */
PhParam *ph_param_new (const PhParamClass *klass, const PhParamSpec *spec, guint n_pictures,
                       guint base, GError **error);
void ph_param_free (PhParam *param);

/**
 * ph_param_set_falloff:
 * @falloff: power of the frequency by which waves get weaker; 1 at first, as in photographs
 *
 * In spaces of waves: the larger, the more a step changes large shapes and the less fine detail.
 * Before values are made.
 */
void ph_param_set_falloff (PhParam *param, double falloff);

/** ph_param_get_n_values: of all pictures and the base together. */
gsize ph_param_get_n_values (const PhParam *param);

/** ph_param_init: what to start from: independent normal values of standard deviation @sd unless
 * the class knows better; each picture another. */
void ph_param_init (PhParam *param, PhRng *rng, double sd, float *values);

/** ph_param_invert: the values with which every picture is the given one (channels, height, width),
 * as far as the space holds it: 0 and 1 themselves are approached to 1/512. */
void ph_param_invert (PhParam *param, const float *image, float *values);

/** ph_param_apply: @image (n_pictures, channels, height, width), 0..1, overwritten: space, colour,
 * sigmoid. */
void ph_param_apply (PhParam *param, const float *values, float *image);

/**
 * ph_param_adjoint:
 * @image: what ph_param_apply() made of @values
 * @d_image: gradient at the image
 * @d_values: gradient at the values, overwritten
 */
void ph_param_adjoint (PhParam *param, const float *values, const float *image,
                       const float *d_image, float *d_values);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhParam, ph_param_free)

G_END_DECLS
