#pragma once

#include "data/batch.h"
#include "study/targets.h"

G_BEGIN_DECLS

/**
 * PhShowing:
 *
 * Images of a dataset, shown to a network one after the other, each on one core, while others are
 * read and decoded, so nothing waits. One image at a time gives the same numbers wherever it is
 * computed, and its activations stay in the caches until they are looked at. Memory: for each
 * thread one network for one image, and a few batches of images.
 */
typedef struct _PhShowing PhShowing;

/** PH_SHOWING_BATCH: images that are prepared together. */
#define PH_SHOWING_BATCH 16

/**
 * ph_showing_new:
 * @targets: what is computed; must live longer
 * @items: of @dataset, in the order in which they come
 * @digests: whether the batches have them
 *
 * Reads the model's preprocessing once and begins to read images.
 */
PhShowing *ph_showing_new (PhModel *model, const PhTargets *targets, PhDataset *dataset,
                           const guint *items, guint n_items, gboolean digests, GError **error);
void ph_showing_free (PhShowing *showing);

/** ph_showing_read: (transfer none): the next images, to be given back by ph_showing_release();
 * %NULL at the end or, with an error, when cancelled. */
PhBatch *ph_showing_read (PhShowing *showing, GCancellable *cancellable, GError **error);
void ph_showing_release (PhShowing *showing, PhBatch *batch);

/** PhShown: @values: for each target the tensor of image @i of the batch; valid during the call.
 * Called on several threads at once. */
typedef void (*PhShown) (guint i, const float *const *values, gpointer data);

/** ph_showing_look: shows the images of @batch that could be read. Returns: %FALSE when cancelled.
 */
gboolean ph_showing_look (PhShowing *showing, PhBatch *batch, PhShown shown, gpointer data,
                          GCancellable *cancellable, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhShowing, ph_showing_free)

G_END_DECLS
