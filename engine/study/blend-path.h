#pragma once

#include "base/monitor.h"
#include "data/dataset.h"
#include "network/model.h"

G_BEGIN_DECLS

/**
 * PhBlendPath:
 * @n: points, evenly from the first network to the second
 * @share: (n): of the images answered rightly
 * @right_is_label: whether right is the class of the image; otherwise, where neither network knows
 *   the classes of the images, right is what the first network says
 * @head: whose classifier answers, 0 or 1
 * @n_images: that were shown at each point
 *
 * How well the networks on the line between two do.
 */
typedef struct
{
  guint n, n_images, head;
  double *share;
  gboolean right_is_label;
} PhBlendPath;

/**
 * ph_blend_path_run:
 * @n: points, at least 2
 * @most_images: an even choice of the images where there are more
 *
 * Shows images to networks whose weights are blended (ph_model_blend()). The classifier is that of
 * the network that knows the classes of the images by name, the second one if both do. Stopping
 * leaves the points that were not reached NAN. Blocks.
 *
 * Returns: (transfer full): %NULL with %PH_ERROR_NO_SUCH_UNIT when no network names classes, or an
 * error of the blending.
 */
PhBlendPath *ph_blend_path_run (PhModel *const models[2], PhDataset *dataset, guint n,
                                guint most_images, const PhMonitor *monitor,
                                GCancellable *cancellable, GError **error);
void ph_blend_path_free (PhBlendPath *path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhBlendPath, ph_blend_path_free)

G_END_DECLS
