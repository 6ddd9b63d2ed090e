#include "ui/window-private.h"

#include <glib/gi18n.h>

#include "ui/recent.h"

/* Opening networks and pictures in the background, and going through the history. */

void
_ph_main_window_drop_loading (PhMainWindow *self)
{
  g_clear_pointer (&self->wanted, ph_place_free);
  if (self->loading == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->loading, self);
  ph_job_cancel (self->loading);
  g_clear_object (&self->loading);
}

static void
show_failed (PhMainWindow *self, const char *path, const GError *error)
{
  g_autofree char *name = g_filename_display_basename (path);
  char *copy = g_strdup (path);

  g_free (self->failed_path);
  self->failed_path = copy;
  ph_explore_page_show_failed (self->explore, name, error);
  _ph_main_window_show_page (self, PH_PAGE (self->explore));
}

static gpointer
load_model (const PhMonitor *monitor, GCancellable *cancellable, gpointer spec, GError **error)
{
  return ph_model_load (spec, cancellable, error);
}

static gpointer
load_recipe (const PhMonitor *monitor, GCancellable *cancellable, gpointer spec, GError **error)
{
  return ph_recipe_load (spec, error);
}

static void
on_model_loaded (PhJob *job, PhMainWindow *self)
{
  g_autoptr (PhJob) loading = g_steal_pointer (&self->loading);
  g_autoptr (PhPlace) place = g_steal_pointer (&self->wanted);

  if (ph_job_get_state (job) == PH_JOB_DONE)
    {
      g_autoptr (PhModel) model = ph_job_steal_result (job);
      _ph_main_window_set_model (self, model);
      ph_recent_add (self->settings, place->path, ph_model_get_digest (model));
      _ph_main_window_arrive (self, g_steal_pointer (&place), self->wanted_is_new);
    }
  else if (ph_job_get_state (job) == PH_JOB_FAILED)
    {
      /* The page tells it; the list of jobs need not. */
      ph_queue_dismiss (self->queue, job);
      if (g_error_matches (ph_job_get_error (job), G_FILE_ERROR, G_FILE_ERROR_NOENT))
        ph_recent_remove (self->settings, place->path);
      show_failed (self, place->path, ph_job_get_error (job));
    }
  _ph_main_window_actions_update (self);
}

static void
start_loading (PhMainWindow *self, const char *path, PhJobFunc func, GDestroyNotify free_result,
               GCallback done)
{
  g_autofree char *name = g_filename_display_basename (path);
  /* Translators: name of a file. */
  g_autofree char *title = g_strdup_printf (_ ("Opening %s"), name);

  self->loading = ph_job_new (title, func, g_strdup (path), g_free, free_result);
  g_signal_connect (self->loading, "finished", done, self);
  ph_queue_add (self->queue, self->loading, PH_LANE_IO);
  ph_explore_page_show_loading (self->explore, name);
  _ph_main_window_show_page (self, PH_PAGE (self->explore));
}

/* A picture says which network made it; that one is opened if it can be found. */
static char *
find_network (PhMainWindow *self, const PhRecipe *recipe)
{
  char *path;

  if (self->model != NULL && g_strcmp0 (ph_model_get_digest (self->model), recipe->digest) == 0)
    return g_strdup (ph_model_get_path (self->model));
  path = ph_recent_find (self->settings, recipe->digest);
  if (path != NULL)
    return path;
  path = ph_shipped_dup_network (recipe->model);
  if (path != NULL)
    return path;
  path = ph_catalogue_resolve (recipe->model, NULL);
  if (path != NULL && g_file_test (path, G_FILE_TEST_EXISTS))
    return path;
  g_free (path);
  /* The page will remark that the picture is another network's. */
  return self->model != NULL ? g_strdup (ph_model_get_path (self->model)) : NULL;
}

static void
on_recipe_loaded (PhJob *job, PhMainWindow *self)
{
  g_autoptr (PhJob) loading = g_steal_pointer (&self->loading);
  g_autoptr (PhPlace) place = g_steal_pointer (&self->wanted);

  /* A picture like any other is one to look into. */
  if (g_error_matches (ph_job_get_error (job), PH_ERROR, PH_ERROR_DATA_INVALID) &&
      self->model != NULL)
    {
      ph_queue_dismiss (self->queue, job);
      _ph_main_window_open_image (self, place->recipe);
      return;
    }
  if (ph_job_get_state (job) == PH_JOB_FAILED)
    {
      ph_queue_dismiss (self->queue, job);
      show_failed (self, place->recipe, ph_job_get_error (job));
      return;
    }
  if (ph_job_get_state (job) != PH_JOB_DONE)
    return;

  const PhRecipe *recipe = ph_job_get_result (job);
  place->path = find_network (self, recipe);
  if (place->path != NULL)
    {
      _ph_main_window_go (self, g_steal_pointer (&place), TRUE);
      return;
    }
  g_autoptr (GError) error =
      g_error_new (PH_ERROR, PH_ERROR_DATA_INVALID,
                   _ ("It was made with the network %s, which is not known here. Open that "
                      "network first, then the picture."),
                   recipe->model);
  show_failed (self, place->recipe, error);
}

/* For the window's other files */

void
_ph_main_window_go (PhMainWindow *self, PhPlace *place, gboolean remember)
{
  _ph_main_window_drop_loading (self);
  if (self->model != NULL && g_strcmp0 (ph_model_get_path (self->model), place->path) == 0)
    {
      _ph_main_window_arrive (self, place, remember);
      return;
    }
  self->wanted = place;
  self->wanted_is_new = remember;
  start_loading (self, place->path, load_model, g_object_unref, G_CALLBACK (on_model_loaded));
  _ph_main_window_actions_update (self);
}

void
_ph_main_window_open_image (PhMainWindow *self, const char *path)
{
  g_autofree char *full = g_canonicalize_filename (path, NULL);

  if (self->model != NULL)
    _ph_main_window_go (self, ph_place_new_image (ph_model_get_path (self->model), full), TRUE);
  else
    _ph_main_window_toast (self, _ ("Open a network first, then the picture."));
}

void
_ph_main_window_move (PhMainWindow *self, int offset)
{
  /* Back from a file that did not open is where one was. */
  if (offset < 0 && self->model != NULL && !ph_explore_page_is_ready (self->explore))
    {
      _ph_main_window_cancel_open (self);
      return;
    }
  const PhPlace *place = ph_history_get (self->history, offset);
  if (place == NULL)
    return;
  ph_history_move (self->history, offset);
  _ph_main_window_go (self, ph_place_copy (place), FALSE);
}

void
_ph_main_window_cancel_open (PhMainWindow *self)
{
  const PhPlace *place = ph_history_get (self->history, 0);

  _ph_main_window_drop_loading (self);
  if (self->model != NULL && place != NULL)
    {
      _ph_main_window_arrive (self, ph_place_copy (place), FALSE);
      return;
    }
  ph_explore_page_show_empty (self->explore);
  _ph_main_window_show_page (self, PH_PAGE (self->explore));
}

/* By the end of the name; PNG and GIF files may hold a recipe and are looked into. */
static gboolean
is_picture (const char *folded)
{
  const char *const ends[] = { ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff" };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    if (g_str_has_suffix (folded, ends[i]))
      return TRUE;
  return FALSE;
}

/* Public */

gboolean
ph_main_window_is_lesson (const char *path)
{
  g_autofree char *folded = g_ascii_strdown (path, -1);

  return g_str_has_suffix (folded, ".md") || g_str_has_suffix (folded, PH_LESSON_STATE_SUFFIX);
}

void
ph_main_window_open (PhMainWindow *self, const char *path)
{
  g_return_if_fail (PH_IS_MAIN_WINDOW (self));
  g_return_if_fail (path != NULL);

  g_autofree char *full = g_canonicalize_filename (path, NULL);
  g_autofree char *folded = g_ascii_strdown (full, -1);

  if (ph_main_window_is_lesson (full))
    {
      _ph_main_window_open_lesson (self, full);
      return;
    }
  if (is_picture (folded))
    {
      _ph_main_window_open_image (self, full);
      return;
    }
  if (!g_str_has_suffix (folded, ".png") && !g_str_has_suffix (folded, ".gif"))
    {
      _ph_main_window_go (self, ph_place_new (full, NULL, NULL, NULL), TRUE);
      return;
    }
  _ph_main_window_drop_loading (self);
  self->wanted = ph_place_new (NULL, NULL, NULL, full);
  start_loading (self, full, load_recipe, (GDestroyNotify)ph_recipe_free,
                 G_CALLBACK (on_recipe_loaded));
  _ph_main_window_actions_update (self);
}

void
ph_main_window_open_image (PhMainWindow *self, const char *path, const char *image)
{
  g_return_if_fail (PH_IS_MAIN_WINDOW (self));
  g_return_if_fail (path != NULL && image != NULL);

  g_autofree char *network = g_canonicalize_filename (path, NULL);
  g_autofree char *picture = g_canonicalize_filename (image, NULL);

  _ph_main_window_go (self, ph_place_new_image (network, picture), TRUE);
}
