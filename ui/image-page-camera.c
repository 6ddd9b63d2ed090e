#include "ui/image-page-private.h"

#include <glib/gi18n.h>
#include <math.h>

/* Looking through a camera: while it runs, each picture takes the place of the one on the page. */

#define FRAME_INTERVAL 33 /* milliseconds */

/* On a thread for what waits. */
static gpointer
find (const PhMonitor *monitor, GCancellable *cancellable, gpointer data, GError **error)
{
  return ph_camera_find (error);
}

static void
on_found (PhJob *job, PhImagePage *self)
{
  if (job != self->find_job)
    return;
  self->has_camera = ph_job_get_state (job) == PH_JOB_DONE;
  gtk_widget_set_visible (self->camera_button, self->has_camera);
  g_clear_object (&self->find_job);
  ph_image_page_update_actions (self);
}

/* Asks anew each time, as cameras come and go. */
void
ph_image_page_find_camera (PhImagePage *self)
{
  PhQueue *queue = ph_page_get_queue (PH_PAGE (self));

  if (!ph_camera_is_supported () || queue == NULL || self->find_job != NULL ||
      self->camera_job != NULL)
    return;
  self->find_job = ph_job_new (_ ("Look for a camera"), find, NULL, NULL, g_free);
  ph_job_set_quiet (self->find_job, TRUE);
  g_signal_connect_object (self->find_job, "finished", G_CALLBACK (on_found), self, 0);
  ph_queue_add (queue, self->find_job, PH_LANE_NET);
}

/* On a thread for what waits: pictures as the network is shown them, until somebody stops it. */
static gpointer
watch (const PhMonitor *monitor, GCancellable *cancellable, gpointer data, GError **error)
{
  const PhPreprocess *preprocess = data;
  g_autoptr (PhCamera) camera = ph_camera_open (error);

  while (camera != NULL && !ph_monitor_should_stop (monitor))
    {
      g_autoptr (PhImage) image = ph_camera_next (camera, cancellable, error);
      g_autoptr (PhImage) fitted = NULL;

      if (image == NULL)
        return NULL;
      if (!ph_monitor_wants_frame (monitor))
        continue;
      fitted = ph_preprocess_fit (preprocess, image, FALSE, error);
      if (fitted == NULL)
        return NULL;

      g_autoptr (PhFrame) frame = ph_image_to_frame (fitted, 0, NAN);

      ph_monitor_frame (monitor, frame);
    }
  return camera != NULL ? g_strdup (ph_camera_get_name (camera)) : NULL;
}

static PhPerturbed *
read_frame (PhFrame *frame, guint n_channels)
{
  g_autoptr (PhImage) image = ph_image_new_from_pixels (g_bytes_get_data (frame->pixels, NULL),
                                                        frame->height, frame->width, NULL);
  g_autoptr (PhImage) picture =
      image != NULL ? ph_image_to_channels (image, n_channels, NULL) : NULL;

  return picture != NULL ? ph_perturbed_new (picture, NULL) : NULL;
}

static void
on_frame (PhJob *job, GParamSpec *pspec, PhImagePage *self)
{
  PhFrame *frame = ph_job_get_frame (job);
  PhModel *model = ph_page_get_model (PH_PAGE (self));
  PhPerturbed *picture;

  if (job != self->camera_job || frame == NULL)
    return;
  picture = read_frame (frame, ph_model_get_preprocess (model)->channels);
  if (picture == NULL)
    return;
  if (self->picture == NULL)
    gtk_widget_grab_focus (self->take_button);
  g_clear_pointer (&self->picture, ph_perturbed_free);
  self->picture = picture;
  ph_image_page_update_canvas (self);
  ph_image_page_look (self);
}

/* The camera rests; what it gave last is the page's picture. */
static void
end (PhImagePage *self)
{
  g_signal_handlers_disconnect_by_data (self->camera_job, self);
  ph_job_cancel (self->camera_job);
  g_clear_object (&self->camera_job);
  /* From a button that goes away the focus would go anywhere. */
  if (gtk_widget_get_focus_child (self->camera_bar) != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (self->canvas));
  gtk_widget_set_visible (self->camera_bar, FALSE);
  ph_image_page_update_actions (self);
}

static void
forget_before (PhImagePage *self)
{
  g_clear_pointer (&self->before_camera, ph_perturbed_free);
  g_clear_pointer (&self->before_name, g_free);
  g_clear_pointer (&self->before_path, g_free);
}

void
ph_image_page_take_picture (PhImagePage *self)
{
  if (self->camera_job == NULL)
    return;
  if (self->picture == NULL)
    {
      ph_image_page_leave_camera (self);
      return;
    }
  end (self);
  forget_before (self);
  if (self->has_unit)
    ph_image_page_explain_soon (self);
}

void
ph_image_page_leave_camera (PhImagePage *self)
{
  if (self->camera_job == NULL)
    return;
  end (self);
  g_clear_pointer (&self->picture, ph_perturbed_free);
  self->picture = g_steal_pointer (&self->before_camera);
  if (self->picture != NULL)
    ph_image_page_name_picture (self, self->before_name, self->before_path);
  forget_before (self);
  if (self->picture != NULL)
    ph_image_page_picture_changed (self);
  else
    {
      ph_image_page_drop_look (self);
      ph_image_page_set_state (self, "empty");
    }
  ph_image_page_update_actions (self);
}

static void
on_ended (PhJob *job, PhImagePage *self)
{
  if (job != self->camera_job)
    return;

  g_autofree char *sentence =
      ph_job_get_state (job) == PH_JOB_FAILED ? g_strdup (ph_job_get_error (job)->message) : NULL;

  ph_image_page_leave_camera (self);
  if (sentence != NULL)
    ph_page_toast (PH_PAGE (self), sentence);
}

static void
start (PhImagePage *self)
{
  const PhPreprocess *preprocess = ph_model_get_preprocess (ph_page_get_model (PH_PAGE (self)));

  ph_image_page_drop_load (self);
  ph_image_page_drop_why (self);
  ph_image_page_set_tool (self, PH_TOOL_LOOK);
  self->before_camera = g_steal_pointer (&self->picture);
  self->before_name = g_strdup (self->name);
  self->before_path = g_strdup (self->path);
  ph_image_page_forget_overlays (self);
  if (self->unit_is_top)
    self->has_unit = FALSE;
  ph_image_page_name_picture (self, _ ("Camera"), NULL);
  ph_image_page_set_state (self, "loading");
  self->camera_job = ph_job_new (_ ("Look through the camera"), watch,
                                 g_memdup2 (preprocess, sizeof *preprocess), g_free, g_free);
  ph_job_set_quiet (self->camera_job, TRUE);
  ph_job_set_frame_interval (self->camera_job, FRAME_INTERVAL);
  g_signal_connect (self->camera_job, "notify::frame", G_CALLBACK (on_frame), self);
  g_signal_connect (self->camera_job, "finished", G_CALLBACK (on_ended), self);
  ph_queue_add (ph_page_get_queue (PH_PAGE (self)), self->camera_job, PH_LANE_NET);
  gtk_widget_set_visible (self->camera_bar, TRUE);
  ph_image_page_update_actions (self);
}

void
ph_image_page_toggle_camera (PhImagePage *self)
{
  if (self->camera_job != NULL)
    ph_image_page_leave_camera (self);
  else if (self->has_camera && ph_page_get_model (PH_PAGE (self)) != NULL)
    start (self);
}

void
ph_image_page_drop_camera (PhImagePage *self)
{
  if (self->camera_job != NULL)
    end (self);
  forget_before (self);
}

/* A click anywhere on the moving picture takes it. */
static void
on_pressed (GtkGestureClick *gesture, int n, double x, double y, PhImagePage *self)
{
  if (self->camera_job == NULL)
    {
      gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
      return;
    }
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  ph_image_page_take_picture (self);
}

void
ph_image_page_init_camera (PhImagePage *self)
{
  GtkGesture *click = gtk_gesture_click_new ();

  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (click), GTK_PHASE_CAPTURE);
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self->canvas), GTK_EVENT_CONTROLLER (click));
}
