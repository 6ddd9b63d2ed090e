#include "data/camera.h"

/* Where GStreamer was missing when the program was built. */

gboolean
ph_camera_is_supported (void)
{
  return FALSE;
}

char *
ph_camera_find (GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                       "this program was built without GStreamer, which cameras need");
  return NULL;
}

PhCamera *
ph_camera_open (GError **error)
{
  return (PhCamera *)ph_camera_find (error);
}

void
ph_camera_close (PhCamera *camera)
{
}

const char *
ph_camera_get_name (const PhCamera *camera)
{
  return NULL;
}

PhImage *
ph_camera_next (PhCamera *camera, GCancellable *cancellable, GError **error)
{
  g_assert_not_reached (); /* none was opened */
}
