#pragma once

#include "base/image.h"
#include "vis/opacity.h"
#include "vis/param.h"

G_BEGIN_DECLS

/**
 * PhPicturesSpec:
 * @n: how many
 * @channels, @height, @width: of each, as the network sees it: without an opacity
 * @param: index into ph_param_classes()
 * @base: as ph_param_new() has it
 * @spectrum: (nullable): as ph_spectrum_load() has it
 * @falloff: as ph_param_set_falloff() has it
 */
typedef struct
{
  guint n, channels, height, width;
  guint param, base;
  PhColour colour;
  PhOpacity opacity;
  const char *spectrum;
  double falloff;
} PhPicturesSpec;

/**
 * PhPictures:
 *
 * What an ascent draws: one or several pictures, the numbers that they are made of, and where they
 * are transparent. A network sees them laid over a background; people see them side by side.
 */
typedef struct _PhPictures PhPictures;

/**
 * ph_pictures_new:
 * @spec: read only here
 *
 * Returns: %NULL with %PH_ERROR_NO_MEMORY, %PH_ERROR_DATA_INVALID for absurd sizes and opacities
 * that there cannot be, or the errors of ph_spectrum_load().
 */
PhPictures *ph_pictures_new (const PhPicturesSpec *spec, GError **error);
void ph_pictures_free (PhPictures *pictures);

/** ph_pictures_init: noise to start from, of standard deviation @sd. */
void ph_pictures_init (PhPictures *pictures, PhRng *rng, double sd);

/** ph_pictures_set_start: all begin as @image, fitted to their size. */
gboolean ph_pictures_set_start (PhPictures *pictures, const PhImage *image, GError **error);

/** ph_pictures_get_values: (transfer none): the @n numbers that the pictures are made of. After
 * changing them call ph_pictures_changed(). */
float *ph_pictures_get_values (PhPictures *pictures, gsize *n);
void ph_pictures_changed (PhPictures *pictures);

/** ph_pictures_draw: (transfer none): the first picture, with its opacity where that is optimised;
 * the data of the others follow. */
const PhImage *ph_pictures_draw (PhPictures *pictures);

/** ph_pictures_show: (transfer none): what people see: all pictures side by side, an opacity as the
 * last channel. */
const PhImage *ph_pictures_show (PhPictures *pictures);

/**
 * ph_pictures_lay:
 * @rng: (nullable): draws the backgrounds; %NULL: they are grey
 *
 * What the network looks at, (n, channels, height, width): the pictures, over backgrounds where
 * their opacity is optimised.
 */
const float *ph_pictures_lay (PhPictures *pictures, PhRng *rng);

/** ph_pictures_clear_gradients: (transfer none): zeroes, and returns, the gradient at the pictures,
 * laid out as they are: terms about the picture itself add to it. */
float *ph_pictures_clear_gradients (PhPictures *pictures);

/** ph_pictures_get_d_laid: (transfer none): the gradient at what ph_pictures_lay() returned, zeroed
 * by ph_pictures_clear_gradients(), to be added to; ends what was laid. */
float *ph_pictures_get_d_laid (PhPictures *pictures);

/**
 * ph_pictures_gather:
 * @price: of opacity: how much of @objective a picture loses that is opaque everywhere; what is
 *   climbed is O (1 - price ā), with the mean opacity ā, where O is positive
 * @d_values: overwritten: the gradient at the values
 *
 * After all gradients have been added.
 */
void ph_pictures_gather (PhPictures *pictures, double price, double objective, float *d_values);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhPictures, ph_pictures_free)

G_END_DECLS
