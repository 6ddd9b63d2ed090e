#pragma once

#include "base/error.h"

G_BEGIN_DECLS

/** PhEdge: what lies outside the picture. */
typedef enum
{
  PH_EDGE_GREY,    /* 0.5 everywhere */
  PH_EDGE_REFLECT, /* the picture mirrored at its border, again and again */
} PhEdge;

/**
 * PhWarp:
 * @matrix: where a pixel of the view looks in the picture: column = m[0] x + m[1] y + m[2], row =
 *   m[3] x + m[4] y + m[5], all in pixels from the centre of view and picture
 *
 * A resampling of a picture: all shifts, turns and scalings of a step as one.
 */
typedef struct
{
  double matrix[6];
  PhEdge edge;
} PhWarp;

/** ph_warp_identity: each pixel looks at itself; grey outside. */
void ph_warp_identity (PhWarp *warp);

/** ph_warp_compose: lets the view that @warp describes be looked at through @matrix, which maps
 * pixels of the new view to pixels of the old one. */
void ph_warp_compose (PhWarp *warp, const double matrix[6]);

/**
 * PhResampler:
 *
 * Buffers for resampling pictures of one size to views of one size.
 */
typedef struct _PhResampler PhResampler;

/** ph_resampler_new: @channels is 1 to 4. Returns: %NULL with %PH_ERROR_NO_MEMORY. */
PhResampler *ph_resampler_new (guint channels, guint height, guint width, guint out_height,
                               guint out_width, GError **error);
void ph_resampler_free (PhResampler *resampler);

/**
 * ph_resampler_apply:
 * @image: (channels, height, width)
 * @view: (channels, out_height, out_width), overwritten
 *
 * Bilinear. Where the warp reduces by more than a half, several samples are averaged for each pixel
 * of the view, so that none of the picture is skipped.
 */
void ph_resampler_apply (PhResampler *resampler, const PhWarp *warp, const float *image,
                         float *view);

/** ph_resampler_adjoint: adds the gradient at the view, carried back, to @d_image. The result does
 * not depend on the number of threads. */
void ph_resampler_adjoint (PhResampler *resampler, const PhWarp *warp, const float *d_view,
                           float *d_image);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhResampler, ph_resampler_free)

G_END_DECLS
