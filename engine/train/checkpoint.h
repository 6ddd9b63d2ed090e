#pragma once

#include "base/optimiser.h"

G_BEGIN_DECLS

/**
 * PhCheckpoint:
 *
 * The state of a training as a sequence of bytes: the same code writes and reads it, in one order.
 * Made for reading, each call fills its argument; made for writing, it appends it.
 */
typedef struct _PhCheckpoint PhCheckpoint;

/** ph_checkpoint_new: an empty one, to be written. */
PhCheckpoint *ph_checkpoint_new (void);

/**
 * ph_checkpoint_load:
 * @identity: of the training
 *
 * Returns: (transfer full): to be read. %NULL without an error when there is no such file; with
 * %PH_ERROR_DATA_INVALID when it is damaged or belongs to another training, or with an error of the
 * file.
 */
PhCheckpoint *ph_checkpoint_load (const char *path, const char *identity, GError **error);

/** ph_checkpoint_save: atomically: after a crash there is the old file or the new one. */
gboolean ph_checkpoint_save (PhCheckpoint *checkpoint, const char *path, const char *identity,
                             GError **error);
void ph_checkpoint_free (PhCheckpoint *checkpoint);

gboolean ph_checkpoint_is_reading (const PhCheckpoint *checkpoint);

/** ph_checkpoint_bytes: @size bytes at @data, in the order and byte order of this machine. */
void ph_checkpoint_bytes (PhCheckpoint *checkpoint, gpointer data, gsize size);

/** ph_checkpoint_optimiser: its steps and all its state, of @n numbers each. */
void ph_checkpoint_optimiser (PhCheckpoint *checkpoint, PhOptimiser *optimiser, gsize n);

/** ph_checkpoint_is_complete: in reading, whether everything was there and nothing is left. */
gboolean ph_checkpoint_is_complete (const PhCheckpoint *checkpoint);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhCheckpoint, ph_checkpoint_free)

G_END_DECLS
