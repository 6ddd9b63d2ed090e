#pragma once

#include "ui/embedding-view.h"

G_BEGIN_DECLS

/**
 * PhReconstructSpec:
 * @item, @path: the image that is looked at
 * @corruption, @seed: what is laid over it
 * @clean: (nullable): the image as the encoder sees it, when it is known already
 * @code: (nullable): what the decoder is given instead of the image's embedding; needs @clean
 *
 * What is asked of a reconstruction; from g_new0(). It owns everything in it.
 */
typedef struct
{
  PhEmbedding *embedding;
  int item;
  char *path;
  PhCorruption corruption;
  guint64 seed;
  PhImage *clean;
  float *code;
} PhReconstructSpec;

/**
 * PhReconstructed:
 * @clean: the image as the encoder sees it
 * @code: its embedding, with noise over it if there is any; what was given when that was given
 * @original, @spoiled, @mended, @difference: pictures; all but the first may be %NULL
 * @psnr_spoiled, @psnr: decibels of what went in and of what came back
 */
typedef struct
{
  PhImage *clean;
  float *code;
  PhFrame *original, *spoiled, *mended, *difference;
  double psnr_spoiled, psnr;
} PhReconstructed;

void ph_reconstruct_spec_free (gpointer spec);
void ph_reconstructed_free (gpointer result);

/** ph_reconstruct_run: for ph_job_new(); the result is a PhReconstructed. */
gpointer ph_reconstruct_run (const PhMonitor *monitor, GCancellable *cancellable, gpointer spec,
                             GError **error);

G_END_DECLS
