#pragma once

#include "ui/thumbnails.h"

G_BEGIN_DECLS

#define PH_TYPE_DIRECTION_PICTURES (ph_direction_pictures_get_type ())
/**
 * PhDirectionPictures:
 *
 * What a layer makes of each place of a picture, as small pictures that are made one after the
 * other, the strongest places first, and put together as ph_direction_grid_draw() does. Emits
 * "changed" when there is more to see, some times a second at most.
 */
G_DECLARE_FINAL_TYPE (PhDirectionPictures, ph_direction_pictures, PH, DIRECTION_PICTURES, GObject)

PhDirectionPictures *ph_direction_pictures_new (void);

/** ph_direction_pictures_show: @thumbnails, @grid: (nullable): nothing; @grid is taken over. Places
 * that are as before keep their pictures. */
void ph_direction_pictures_show (PhDirectionPictures *self, PhThumbnails *thumbnails,
                                 PhModel *model, PhDirectionGrid *grid);

/** ph_direction_pictures_set_active: whether somebody looks; pictures are only made then. */
void ph_direction_pictures_set_active (PhDirectionPictures *self, gboolean active);

/** ph_direction_pictures_get_frame: (nullable) (transfer none): all of it. */
PhFrame *ph_direction_pictures_get_frame (PhDirectionPictures *self);

/** ph_direction_pictures_get_progress: how many of how many pictures are finished. */
void ph_direction_pictures_get_progress (PhDirectionPictures *self, guint *done, guint *all);

G_END_DECLS
