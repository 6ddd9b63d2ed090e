#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** PH_FFT_BATCH: transforms are done this many at once, one in each lane. */
#define PH_FFT_BATCH 16

/**
 * PhFft:
 *
 * A plan for complex discrete Fourier transforms of one length. Immutable; serves any thread.
 */
typedef struct _PhFft PhFft;

/** ph_fft_good_size: the smallest length of at least @n that has no prime factor but 2, 3 and 5.
 * Others are not offered: 227 is prime, and its transform costs ten times that of 240. */
guint ph_fft_good_size (guint n);

/** ph_fft_new: @n must be a good size. */
PhFft *ph_fft_new (guint n);
void ph_fft_free (PhFft *fft);

/**
 * ph_fft_run:
 * @inverse: the sign of the exponent: FALSE: X[k] = sum_j x[j] e^(-2 pi i j k / n); TRUE: +
 * @data: (2, n, PH_FFT_BATCH), real parts then imaginary parts, 64-byte aligned; destroyed
 * @spare: of the same size, overwritten
 *
 * PH_FFT_BATCH transforms, not normalised, on the calling thread alone.
 *
 * Returns: where the result lies: @data or @spare.
 * Source: Stockham's self-sorting variant, radices 2 to 5; Van Loan, "Computational Frameworks for
 * the Fast Fourier Transform", 1992.
 */
float *ph_fft_run (const PhFft *fft, gboolean inverse, float *data, float *spare);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhFft, ph_fft_free)

G_END_DECLS
