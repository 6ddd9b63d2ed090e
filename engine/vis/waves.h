#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * PhWavesSize:
 * @rows, @columns: of the canvas: the picture's size or a little more, where that makes the
 *   transform fast; the picture is its top left part
 * @half: columns / 2 + 1: what is kept of the spectrum of real numbers
 * @n: channels * rows * half: numbers of waves; there are two values for each
 */
typedef struct
{
  guint channels, height, width;
  guint rows, columns, half;
  gsize n;
} PhWavesSize;

void ph_waves_get_size (guint channels, guint height, guint width, PhWavesSize *size);

/**
 * PhWaves:
 *
 * Plans and buffers to turn waves into planes and back. Values are (channels, 2, rows, half), real
 * parts before imaginary parts. Not for two threads at once.
 */
typedef struct _PhWaves PhWaves;

/** ph_waves_new: Returns: %NULL when there is no memory. */
PhWaves *ph_waves_new (guint channels, guint height, guint width);
void ph_waves_free (PhWaves *waves);

/**
 * ph_waves_synthesise:
 * @scale: (nullable): (rows, half), multiplies the values
 * @planes: (channels, height, width), overwritten
 *
 * The sum over the waves u, v of w scale Re ((re + i im) e^(2 pi i (y v / rows + x u / columns))),
 * w being 1 for the first column of the spectrum (and the last, if columns is even), else 2.
 */
void ph_waves_synthesise (PhWaves *waves, const float *scale, const float *values, float *planes);

/** ph_waves_adjoint: @d_values, overwritten, from @d_planes. */
void ph_waves_adjoint (PhWaves *waves, const float *scale, const float *d_planes, float *d_values);

/** ph_waves_invert: the values that ph_waves_synthesise() makes @planes of, without scale. */
void ph_waves_invert (PhWaves *waves, const float *planes, float *values);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhWaves, ph_waves_free)

G_END_DECLS
