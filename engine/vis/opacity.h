#pragma once

#include "vis/param.h"

G_BEGIN_DECLS

/**
 * PhOpacity:
 * @PH_OPACITY_FULL: none
 * @PH_OPACITY_OPTIMISED: optimised with the picture, which lies over another random background in
 *   every step: only what the unit needs stays opaque. Source: Mordvintsev et al., "Differentiable
 *   Image Parameterizations", Distill 2018.
 * @PH_OPACITY_GRADIENT: from the size of all gradients on the way: opaque is what the unit cared
 *   for. Source: Fel et al. 2023 (MACO).
 *
 * Where the transparency of a picture comes from.
 */
typedef enum
{
  PH_OPACITY_FULL,
  PH_OPACITY_OPTIMISED,
  PH_OPACITY_GRADIENT,
} PhOpacity;

/** ph_opacity_names: %NULL-terminated, in order, as settings write them. */
extern const char *const ph_opacity_names[];

/**
 * ph_opacity_lay:
 * @channels: colours
 * @picture: (channels + 1, n), the last its opacity
 * @background: (nullable): (channels, n); %NULL: grey
 * @view: (channels, n), overwritten
 */
void ph_opacity_lay (guint channels, gsize n, const float *picture, const float *background,
                     float *view);

/** ph_opacity_lay_adjoint: adds the gradient at the view, carried back, to @d_picture. */
void ph_opacity_lay_adjoint (guint channels, gsize n, const float *picture, const float *background,
                             const float *d_view, float *d_picture);

/** ph_opacity_background: fills (channels, n) with cloudy random colours by @param, which must be
 * in the space of waves; @values is its scratch. */
void ph_opacity_background (PhParam *param, PhRng *rng, float *values, float *background);

/** ph_opacity_gather: adds the mean size over the channels of a step's gradient to @sum (n). */
void ph_opacity_gather (guint channels, gsize n, const float *d_picture, float *sum);

/** ph_opacity_from_sum: @alpha (height, width), overwritten: smoothed, and fully opaque from where
 * four fifths of the pixels lie below. */
void ph_opacity_from_sum (guint height, guint width, const float *sum, float *alpha);

G_END_DECLS
