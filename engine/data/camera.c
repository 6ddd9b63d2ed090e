#include "data/camera.h"

#include <gst/app/gstappsink.h>
#include <gst/gst.h>
#include <gst/video/video.h>

/* How often it is asked whether somebody has cancelled, and how long a camera may be silent. */
#define SLICE (50 * GST_MSECOND)
#define PATIENCE (10 * G_USEC_PER_SEC)

/* Networks look at few pixels, so a small picture is asked for first; a camera that has none may
 * give what it has, compressed or not. */
#define SIZES "width=(int)[ 160, 800 ], height=(int)[ 120, 800 ]"
#define WANTED "video/x-raw, " SIZES "; image/jpeg, " SIZES "; video/x-raw; image/jpeg"

/* One picture waits at most: the newest. */
#define PIPELINE                                                                                   \
  "capsfilter name=wanted ! decodebin ! videoconvert ! videoscale ! "                              \
  "video/x-raw, format=RGB, pixel-aspect-ratio=1/1 ! appsink name=pictures max-buffers=1 "         \
  "drop=true"

struct _PhCamera
{
  /* owned */
  GstElement *pipeline;
  GstElement *pictures; /* where they come out */
  char *name;
};

gboolean
ph_camera_is_supported (void)
{
  return TRUE;
}

static const char *
get_described (void)
{
  const char *text = g_getenv ("PHOSPHENE_CAMERA");

  return text != NULL && *text != '\0' ? text : NULL;
}

/* (nullable): the first camera that the system knows. */
static GstDevice *
find_device (void)
{
  g_autoptr (GstDeviceMonitor) monitor = gst_device_monitor_new ();
  GstDevice *device = NULL;
  GList *devices;

  gst_device_monitor_add_filter (monitor, "Video/Source", NULL);
  if (!gst_device_monitor_start (monitor))
    return NULL;
  devices = gst_device_monitor_get_devices (monitor);
  if (devices != NULL)
    device = gst_object_ref (devices->data);
  g_list_free_full (devices, gst_object_unref);
  gst_device_monitor_stop (monitor);
  return device;
}

/* (transfer floating): what gives pictures, and what it is called. */
static GstElement *
make_source (char **name, GError **error)
{
  const char *described = get_described ();
  GstElement *source;

  if (!gst_init_check (NULL, NULL, error))
    return NULL;
  if (described != NULL)
    {
      *name = g_strdup (described);
      source = gst_parse_bin_from_description (described, TRUE, error);
      if (source == NULL)
        g_prefix_error (error, "PHOSPHENE_CAMERA is “%s”: ", described);
      return source;
    }

  g_autoptr (GstDevice) device = find_device ();

  source = device != NULL ? gst_device_create_element (device, NULL) : NULL;
  if (source == NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "no camera was found");
  else
    *name = gst_device_get_display_name (device);
  return source;
}

char *
ph_camera_find (GError **error)
{
  char *name = NULL;
  GstElement *source = make_source (&name, error);

  if (source != NULL)
    gst_object_unref (gst_object_ref_sink (source));
  else
    g_clear_pointer (&name, g_free);
  return name;
}

PhCamera *
ph_camera_open (GError **error)
{
  g_autofree char *name = NULL;
  GstElement *source = make_source (&name, error);
  GstElement *rest =
      source != NULL ? gst_parse_bin_from_description (PIPELINE, FALSE, error) : NULL;

  if (rest == NULL)
    {
      if (source != NULL)
        gst_object_unref (gst_object_ref_sink (source));
      return NULL;
    }

  g_autoptr (PhCamera) camera = g_new0 (PhCamera, 1);
  g_autoptr (GstElement) wanted = gst_bin_get_by_name (GST_BIN (rest), "wanted");
  g_autoptr (GstCaps) caps = gst_caps_from_string (WANTED);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (wanted, "sink");

  g_object_set (wanted, "caps", caps, NULL);
  gst_element_add_pad (rest, gst_ghost_pad_new ("sink", pad));
  camera->name = g_steal_pointer (&name);
  camera->pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  camera->pictures = gst_bin_get_by_name (GST_BIN (rest), "pictures");
  gst_bin_add_many (GST_BIN (camera->pipeline), source, rest, NULL);
  if (!gst_element_link (source, rest))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "“%s” gives no pictures", camera->name);
      return NULL;
    }
  /* What goes wrong from here on is told by ph_camera_next(). */
  gst_element_set_state (camera->pipeline, GST_STATE_PLAYING);
  return g_steal_pointer (&camera);
}

void
ph_camera_close (PhCamera *camera)
{
  if (camera->pipeline != NULL)
    gst_element_set_state (camera->pipeline, GST_STATE_NULL);
  g_clear_pointer (&camera->pictures, gst_object_unref);
  g_clear_pointer (&camera->pipeline, gst_object_unref);
  g_free (camera->name);
  g_free (camera);
}

const char *
ph_camera_get_name (const PhCamera *camera)
{
  return camera->name;
}

static PhImage *
read_sample (GstSample *sample, const char *name, GError **error)
{
  GstVideoInfo info;
  GstVideoFrame frame;
  g_autoptr (PhImage) image = NULL;

  if (!gst_video_info_from_caps (&info, gst_sample_get_caps (sample)) ||
      !gst_video_frame_map (&frame, &info, gst_sample_get_buffer (sample), GST_MAP_READ))
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID, "“%s” gave a broken picture", name);
      return NULL;
    }

  const guint height = (guint)GST_VIDEO_FRAME_HEIGHT (&frame);
  const guint width = (guint)GST_VIDEO_FRAME_WIDTH (&frame);
  const guint8 *pixels = GST_VIDEO_FRAME_PLANE_DATA (&frame, 0);
  const gsize stride = (gsize)GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0);

  image = ph_image_new (3, height, width, error);
  for (guint y = 0; image != NULL && y < height; y++)
    for (guint x = 0; x < width; x++)
      for (guint c = 0; c < 3; c++)
        image->data[((gsize)c * height + y) * width + x] = pixels[y * stride + 3 * x + c] / 255.0f;
  gst_video_frame_unmap (&frame);
  return g_steal_pointer (&image);
}

/* Returns: %TRUE with an error when the camera has told of one, or of its end. */
static gboolean
has_failed (PhCamera *camera, GError **error)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (camera->pipeline);
  g_autoptr (GstMessage) message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR | GST_MESSAGE_EOS);

  if (message == NULL)
    return FALSE;
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    {
      gst_message_parse_error (message, error, NULL);
      g_prefix_error (error, "“%s”: ", camera->name);
    }
  else
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "“%s” has no more pictures", camera->name);
  return TRUE;
}

PhImage *
ph_camera_next (PhCamera *camera, GCancellable *cancellable, GError **error)
{
  const gint64 start = g_get_monotonic_time ();

  while (!g_cancellable_set_error_if_cancelled (cancellable, error))
    {
      g_autoptr (GstSample) sample =
          gst_app_sink_try_pull_sample (GST_APP_SINK (camera->pictures), SLICE);

      if (sample != NULL)
        return read_sample (sample, camera->name, error);
      if (has_failed (camera, error))
        return NULL;
      if (g_get_monotonic_time () - start > PATIENCE)
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "“%s” sends no pictures",
                       camera->name);
          return NULL;
        }
      /* At its end a sink answers at once. */
      if (gst_app_sink_is_eos (GST_APP_SINK (camera->pictures)))
        g_usleep (SLICE / GST_USECOND);
    }
  return NULL;
}
