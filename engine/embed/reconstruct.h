#pragma once

#include "base/monitor.h"
#include "data/corrupt.h"
#include "data/dataset.h"
#include "network/model.h"

G_BEGIN_DECLS

/**
 * PhReconstructor:
 *
 * A whole autoencoder at work on one picture after the other, fast enough to follow a slider. Not
 * for two threads at once.
 */
typedef struct _PhReconstructor PhReconstructor;

/** ph_reconstructor_new: Returns: (transfer full): %NULL with %PH_ERROR_MODEL_INVALID when the
 * network is no autoencoder. */
PhReconstructor *ph_reconstructor_new (PhModel *model, GError **error);
void ph_reconstructor_free (PhReconstructor *reconstructor);

/** ph_reconstructor_get_size: numbers of the embedding. */
gsize ph_reconstructor_get_size (const PhReconstructor *reconstructor);

/** ph_reconstructor_fit: (transfer full): what it sees of a picture of any size. */
PhImage *ph_reconstructor_fit (const PhReconstructor *reconstructor, const PhImage *image,
                               GError **error);

/**
 * ph_reconstructor_run:
 * @picture: as ph_reconstructor_fit() makes it, perhaps spoiled
 * @code: (out) (optional): its embedding
 *
 * Returns: (transfer full): what comes back, of the same size, 0..1.
 */
PhImage *ph_reconstructor_run (PhReconstructor *reconstructor, const PhImage *picture, float *code,
                               GCancellable *cancellable, GError **error);

/** ph_image_psnr: peak signal-to-noise ratio of two pictures of one size, 0..1, in decibels;
 * infinite when they are the same. */
double ph_image_psnr (const PhImage *a, const PhImage *b);

/**
 * PhReconstructionError:
 * @n: pictures that could be read
 * @spoiled: mean squared error of what went in, 0 when nothing was spoiled
 * @mended: mean squared error of what came back
 *
 * Both against the clean pictures, over all their numbers, in 0..1.
 */
typedef struct
{
  guint n;
  double spoiled, mended;
} PhReconstructionError;

/**
 * ph_reconstructor_measure:
 * @corruption: (nullable): spoils what goes in, the same for the same @seed
 *
 * How well all pictures of @dataset come back. Blocks. Errors: %PH_ERROR_DATA_INVALID when none can
 * be read.
 */
gboolean ph_reconstructor_measure (PhReconstructor *reconstructor, PhDataset *dataset,
                                   const PhCorruption *corruption, guint64 seed,
                                   PhReconstructionError *result, const PhMonitor *monitor,
                                   GCancellable *cancellable, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhReconstructor, ph_reconstructor_free)

G_END_DECLS
