#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * PhColour:
 * @PH_COLOUR_DECORRELATED: the axes of natural colours: brightness, blue to yellow, green to
 * magenta
 * @PH_COLOUR_RGB: red, green, blue as they are
 *
 * The colour space an optimised picture lives in before it is squeezed into 0..1. Neighbouring
 * colours of photographs are correlated, so a step along the decorrelated axes changes a picture
 * the way photographs differ.
 */
typedef enum
{
  PH_COLOUR_DECORRELATED,
  PH_COLOUR_RGB,
} PhColour;

/** ph_colour_names: %NULL-terminated, in order, as settings write them. */
extern const char *const ph_colour_names[];

/**
 * ph_colour_apply:
 * @n: pixels
 * @planes: (channels, n), any real numbers
 * @image: (channels, n), 0..1, overwritten; may be @planes
 *
 * image = sigmoid (M · planes), M the normalised square root of the covariance of colours in
 * ImageNet for three decorrelated channels, the identity otherwise.
 *
 * Source: Olah, Mordvintsev, Schubert, "Feature Visualization", Distill 2017.
 */
void ph_colour_apply (PhColour colour, guint channels, gsize n, const float *planes, float *image);

/**
 * ph_colour_adjoint:
 * @image: what ph_colour_apply() made
 * @d_image: gradient at the image
 * @d_planes: gradient at the planes, overwritten; may be @d_image
 */
void ph_colour_adjoint (PhColour colour, guint channels, gsize n, const float *image,
                        const float *d_image, float *d_planes);

/** ph_colour_invert: planes that give @image, whose values are first moved at least 1/512 away from
 * 0 and 1. */
void ph_colour_invert (PhColour colour, guint channels, gsize n, const float *image, float *planes);

G_END_DECLS
