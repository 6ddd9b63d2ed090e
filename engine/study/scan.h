#pragma once

#include "base/monitor.h"
#include "study/store.h"

G_BEGIN_DECLS

/**
 * PhPeers:
 * @rank, @size: this process among those that share the scan
 * @gather: (transfer full) (nullable): in rank 0 the bytes of all
 * @broadcast: (transfer full): rank 0's bytes in all
 * @agree: whether @good holds in all
 *
 * How the processes of a shared scan talk; all call the functions in the same order.
 */
typedef struct
{
  guint rank, size;
  GPtrArray *(*gather) (GBytes *bytes, gpointer data);
  GBytes *(*broadcast) (GBytes *bytes, gpointer data);
  gboolean (*agree) (gboolean good, gpointer data);
  gpointer data;
} PhPeers;

/**
 * PhScanResult:
 * @path: the store
 * @n_units: watched
 * @n_images: of the set
 * @n_done: looked at now or before, of which @n_failed could not be read
 * @n_scanned: looked at now
 * @anew: whether what was there was thrown away, because images had changed
 * @seconds: taken
 */
typedef struct
{
  char *path;
  guint n_units, n_images, n_done, n_failed, n_scanned;
  gboolean anew;
  double seconds;
} PhScanResult;

/**
 * ph_scan_run:
 * @layers, @at_position, @row, @column: as in ph_targets_new()
 * @peers: (nullable): the other processes, where several share the work
 * @result: (out): in rank 0; free @path
 *
 * Shows all images of @dataset to the network once and notes, for every unit watched, which excite
 * it most and least, and how its answers are spread (#PhTally). Images that were scanned before are
 * not shown again.
 *
 * Each core decodes and computes images of its own while others are read, so nothing waits. What is
 * found is written every few seconds and can be read meanwhile. Stopping keeps all; after a kill or
 * a power cut the next scan goes on from the last that was written. However often it was
 * interrupted, and by however many processes it was shared, the result is the same to the bit.
 *
 * Memory: ph_tally_new()'s, for each thread one network for one image, and a few batches of images.
 */
gboolean ph_scan_run (PhModel *model, PhDataset *dataset, const char *const *layers,
                      gboolean at_position, guint row, guint column, const PhPeers *peers,
                      PhScanResult *result, const PhMonitor *monitor, GCancellable *cancellable,
                      GError **error);

G_END_DECLS
