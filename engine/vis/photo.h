#pragma once

#include "vis/maps.h"

G_BEGIN_DECLS

/**
 * PhPhotos:
 *
 * A network that is shown photographs of one size, one at a time, for what one layer makes of them.
 */
typedef struct _PhPhotos PhPhotos;

/** ph_photos_new: @height × @width is what the network sees. Errors are those of ph_plan_new(). */
PhPhotos *ph_photos_new (PhModel *model, guint layer, guint height, guint width, GError **error);

/** ph_photos_new_for_plan: at the size of the plan's input. */
PhPhotos *ph_photos_new_for_plan (PhModel *model, guint layer, const PhPlan *plan, GError **error);
void ph_photos_free (PhPhotos *photos);

const PhMaps *ph_photos_get_maps (const PhPhotos *photos);

/**
 * ph_photos_show:
 * @path: a photograph; as much of its middle is shown as has the right proportions
 * @to: (channels, rows * columns), overwritten with the layer's output
 *
 * Returns: %FALSE with the errors of ph_image_load().
 */
gboolean ph_photos_show (PhPhotos *photos, const char *path, float *to, GError **error);

/** ph_photos_dup_mean: mean over the positions for each channel, over all pictures when @path is a
 * folder. Caller frees. */
float *ph_photos_dup_mean (PhPhotos *photos, const char *path, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhPhotos, ph_photos_free)

G_END_DECLS
