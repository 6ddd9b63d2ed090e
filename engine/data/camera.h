#pragma once

#include "base/image.h"

G_BEGIN_DECLS

/**
 * PhCamera:
 *
 * An open camera, by GStreamer. Which one: what the environment variable PHOSPHENE_CAMERA describes
 * in GStreamer's words ("v4l2src device=/dev/video2"; "videotestsrc is-live=true" where there is no
 * camera), or else the first that the system knows. For one thread at a time.
 */
typedef struct _PhCamera PhCamera;

/** ph_camera_is_supported: whether the program was built with GStreamer. */
gboolean ph_camera_is_supported (void);

/** ph_camera_find: Returns: (transfer full): what the camera is called; %NULL with an error when
 * there is none. Asks the devices, which may take a second. */
char *ph_camera_find (GError **error);

/** ph_camera_open: as ph_camera_find(), and lets it run. Pictures come from ph_camera_next(). */
PhCamera *ph_camera_open (GError **error);

/** ph_camera_close: the device is free for others. */
void ph_camera_close (PhCamera *camera);

const char *ph_camera_get_name (const PhCamera *camera);

/**
 * ph_camera_next:
 *
 * Waits for the next picture; those that nobody fetched in time are dropped, so it is never older
 * than what the camera gave last.
 *
 * Returns: (transfer full): 3 × height × width, as the camera has them; %NULL with
 * %G_IO_ERROR_CANCELLED, with GStreamer's error when the camera is in use elsewhere or was pulled
 * out, or with %G_IO_ERROR_TIMED_OUT when nothing comes for ten seconds.
 */
PhImage *ph_camera_next (PhCamera *camera, GCancellable *cancellable, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhCamera, ph_camera_close)

G_END_DECLS
