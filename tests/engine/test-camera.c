/* Pictures from a camera, where GStreamer's test picture stands for one. */
#include "engine/engine.h"

/* Red, 322 pixels wide: rows have a gap behind them. */
static void
test_picture (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PhCamera) camera = NULL;

  g_setenv ("PHOSPHENE_CAMERA",
            "videotestsrc is-live=true pattern=red ! capsfilter "
            "caps=video/x-raw,width=322,height=242 ! identity",
            TRUE);
  camera = ph_camera_open (&error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (ph_camera_get_name (camera), "videotestsrc"));
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (PhImage) image = ph_camera_next (camera, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (image->channels, ==, 3);
      g_assert_cmpuint (image->height, ==, 242);
      g_assert_cmpuint (image->width, ==, 322);
      for (gsize p = 0; p < (gsize)242 * 322; p++)
        {
          g_assert_cmpfloat (image->data[p], >, 0.95);
          g_assert_cmpfloat (image->data[(gsize)242 * 322 + p], <, 0.05);
          g_assert_cmpfloat (image->data[(gsize)2 * 242 * 322 + p], <, 0.05);
        }
    }
}

/* Many cameras send JPEG; and each picture is a new one. */
static void
test_moves (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PhCamera) camera = NULL;
  g_autoptr (PhImage) before = NULL;

  g_setenv ("PHOSPHENE_CAMERA", "videotestsrc is-live=true pattern=snow ! jpegenc", TRUE);
  camera = ph_camera_open (&error);
  g_assert_no_error (error);
  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (PhImage) image = ph_camera_next (camera, NULL, &error);
      double change = 0;

      g_assert_no_error (error);
      for (gsize p = 0; before != NULL && p < ph_image_n_values (image); p++)
        change += ABS (image->data[p] - before->data[p]) / (double)ph_image_n_values (image);
      if (before != NULL)
        g_assert_cmpfloat (change, >, 0.05);
      g_clear_pointer (&before, ph_image_free);
      before = g_steal_pointer (&image);
    }
}

static void
test_problems (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (PhCamera) camera = NULL;

  g_setenv ("PHOSPHENE_CAMERA", "no-such-camera", TRUE);
  g_assert_null (ph_camera_find (&error));
  g_assert_nonnull (strstr (error->message, "no-such-camera"));
  g_clear_error (&error);
  g_assert_null (ph_camera_open (&error));
  g_clear_error (&error);

  /* One that can only be heard. */
  g_setenv ("PHOSPHENE_CAMERA", "audiotestsrc", TRUE);
  g_assert_null (ph_camera_open (&error));
  g_assert_nonnull (strstr (error->message, "gives no pictures"));
  g_clear_error (&error);

  /* One that is pulled out. */
  g_setenv ("PHOSPHENE_CAMERA", "videotestsrc num-buffers=1", TRUE);
  camera = ph_camera_open (&error);
  g_assert_no_error (error);
  for (PhImage *image; (image = ph_camera_next (camera, NULL, &error)) != NULL;)
    ph_image_free (image);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_clear_error (&error);

  /* And nobody waits who does not want to. */
  g_cancellable_cancel (cancellable);
  g_assert_null (ph_camera_next (camera, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (!ph_camera_is_supported ())
    {
      g_print ("1..0 # SKIP built without GStreamer\n");
      return 0;
    }
  g_test_add_func ("/camera/picture", test_picture);
  g_test_add_func ("/camera/moves", test_moves);
  g_test_add_func ("/camera/problems", test_problems);
  return g_test_run ();
}
