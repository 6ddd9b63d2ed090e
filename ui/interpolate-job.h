#pragma once

#include "ui/embedding-view.h"

G_BEGIN_DECLS

/** PH_INTERPOLATE_MAX_STEPS, _MAX_GRID: pictures of a path, and along a side of a grid. */
#define PH_INTERPOLATE_MAX_STEPS 60
#define PH_INTERPOLATE_MAX_GRID 11

/**
 * PhInterpolateSpec:
 * @items, @paths: the images at the corners, as #PhLooked has them
 *
 * What is asked of a path; from g_new0(). It owns everything in it.
 */
typedef struct
{
  PhEmbedding *embedding;
  guint n_corners; /* 2 or 4 */
  int items[4];
  char *paths[4];
  PhPathKind kind;
  guint steps;
} PhInterpolateSpec;

void ph_interpolate_spec_free (gpointer spec);

/**
 * PhInterpolated:
 * @corners: as the encoder sees them; @codes: their embeddings; with two, the second pair is %NULL
 * @nearest: whether pictures are the images of the set that lie nearest to the path, as nothing can
 *   be drawn
 * @sheet: all pictures, for two images in two rows; of a grid what the network draws
 * @faded_sheet: (nullable): of a grid: what the pixels give
 * @traits: (nullable): (2, steps, n_traits): what the probe reads off each picture of a path, first
 *   of those that the network makes, then of those laid over one another; @r2: (n_traits): how far
 *   the probe can be believed
 *
 * A path between two images, or a grid between four. Shared; from ph_interpolate_run().
 */
typedef struct
{
  PhWalk walk;
  guint n_corners;
  PhPathKind kind;
  gboolean nearest;
  PhImage *corners[4];
  float *codes[4];
  PhFrame *corner_frames[4];
  PhFrame *sheet, *faded_sheet;
  double *traits, *r2;
  guint n_traits;
} PhInterpolated;

PhInterpolated *ph_interpolated_ref (PhInterpolated *interpolated);
void ph_interpolated_unref (gpointer interpolated);

/** ph_interpolate_run: for ph_job_new(); the result is a PhInterpolated. */
gpointer ph_interpolate_run (const PhMonitor *monitor, GCancellable *cancellable, gpointer spec,
                             GError **error);

/**
 * PhInterpolateAt:
 * @interpolated: between two images
 * @position: 0 to 1
 *
 * One place of a path; from g_new0(). It owns everything in it.
 */
typedef struct
{
  PhEmbedding *embedding;
  PhInterpolated *interpolated;
  double position;
} PhInterpolateAt;

/** PhInterpolatedAt: the pictures there. */
typedef struct
{
  PhFrame *drawn, *faded;
} PhInterpolatedAt;

void ph_interpolate_at_free (gpointer at);
void ph_interpolated_at_free (gpointer at);

/** ph_interpolate_at_run: for ph_job_new(); the result is a PhInterpolatedAt. */
gpointer ph_interpolate_at_run (const PhMonitor *monitor, GCancellable *cancellable, gpointer spec,
                                GError **error);

G_END_DECLS
