#pragma once

#include <gtk/gtk.h>

#include "engine/engine.h"

G_BEGIN_DECLS

typedef enum
{
  PH_THUMBNAIL_WAITING,
  PH_THUMBNAIL_READY,
  PH_THUMBNAIL_FAILED,
} PhThumbnailState;

#define PH_TYPE_THUMBNAIL (ph_thumbnail_get_type ())
/**
 * PhThumbnail:
 *
 * The small picture of a unit or of any other objective. "texture" is what there is so far
 * (nullable), also while the picture is being made; "state" changes with it.
 */
G_DECLARE_FINAL_TYPE (PhThumbnail, ph_thumbnail, PH, THUMBNAIL, GObject)

/** ph_thumbnail_want: somebody looks: fetches or makes the picture, before all that were wanted
 * earlier. Each call needs its ph_thumbnail_unwant(); after the last of them the work stops. */
void ph_thumbnail_want (PhThumbnail *thumbnail);
void ph_thumbnail_unwant (PhThumbnail *thumbnail);

/** ph_thumbnail_raise: puts a wanted thumbnail before all others that wait. */
void ph_thumbnail_raise (PhThumbnail *thumbnail);

GdkTexture *ph_thumbnail_get_texture (PhThumbnail *thumbnail);
/** ph_thumbnail_get_frame: (nullable) (transfer none): what the texture shows. */
PhFrame *ph_thumbnail_get_frame (PhThumbnail *thumbnail);
PhThumbnailState ph_thumbnail_get_state (PhThumbnail *thumbnail);
/** ph_thumbnail_get_problem: (nullable): why it FAILED, a sentence. */
const char *ph_thumbnail_get_problem (PhThumbnail *thumbnail);

#define PH_TYPE_THUMBNAILS (ph_thumbnails_get_type ())
/**
 * PhThumbnails:
 *
 * Makes thumbnails in the background lane of a queue and remembers them: some tens of megabytes of
 * the last seen in memory, and PNG files with their recipe in a folder between starts.
 */
G_DECLARE_FINAL_TYPE (PhThumbnails, ph_thumbnails, PH, THUMBNAILS, GObject)

/** ph_thumbnails_new: @folder: (nullable): where files are kept; %NULL: nowhere */
PhThumbnails *ph_thumbnails_new (PhQueue *queue, const char *folder);

/** ph_thumbnails_set_size: side of pictures asked for from now on, in pixels. */
void ph_thumbnails_set_size (PhThumbnails *thumbnails, guint size);
guint ph_thumbnails_get_size (PhThumbnails *thumbnails);

/** ph_thumbnails_get: (transfer full): the thumbnail of @unit; nothing happens until it is wanted.
 */
PhThumbnail *ph_thumbnails_get (PhThumbnails *thumbnails, PhModel *model, const PhUnit *unit);

/** ph_thumbnails_get_objective: (transfer full): the picture made for an objective as
 * ph_objective_parse() reads it. @size: its side in pixels */
PhThumbnail *ph_thumbnails_get_objective (PhThumbnails *thumbnails, PhModel *model,
                                          const char *objective, guint size);

/** ph_thumbnails_prune: deletes the least recently used files in @folder until the rest is at most
 * @limit bytes. Blocks; does nothing when @folder is not there. */
void ph_thumbnails_prune (const char *folder, guint64 limit);

G_END_DECLS
