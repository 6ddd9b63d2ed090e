#include "ui/photo-job.h"

#include <math.h>

void
ph_photo_spec_free (gpointer data)
{
  PhPhotoSpec *spec = data;

  g_object_unref (spec->model);
  g_free (spec->objective);
  g_free (spec->path);
  ph_settings_clear (ph_accentuation_settings, &spec->accentuation);
  ph_settings_clear (ph_dream_settings, &spec->dream);
  g_clear_pointer (&spec->before, ph_frame_unref);
  g_free (spec);
}

char *
ph_photo_spec_dup_recipe (const PhPhotoSpec *spec, guint n_steps)
{
  gboolean dreams = spec->mode == PH_PHOTO_DREAM;
  gconstpointer settings = dreams ? (gconstpointer)&spec->dream : &spec->accentuation;
  g_autoptr (PhRecipe) recipe =
      ph_recipe_new_for_photo (dreams ? PH_RECIPE_DREAM : PH_RECIPE_ACCENTUATE, spec->model,
                               spec->objective, spec->path, settings);
  g_autoptr (PhRecipe) reached = ph_recipe_copy_until (recipe, n_steps);

  return reached != NULL ? ph_recipe_to_text (reached) : NULL;
}

static void
show_original (PhPhotoSpec *spec, const PhImage *photo, const PhMonitor *monitor)
{
  spec->before = ph_image_to_frame (photo, 0, NAN);
  ph_monitor_frame (monitor, spec->before);
}

static PhFrame *
accentuate (PhPhotoSpec *spec, const PhImage *photo, const PhMonitor *monitor,
            GCancellable *cancellable, GError **error)
{
  g_autoptr (PhAccentuation) accentuation =
      ph_accentuation_new (spec->model, spec->objective, photo, &spec->accentuation, error);
  double before, after, distance;

  if (accentuation == NULL)
    return NULL;
  show_original (spec, ph_accentuation_get_photo (accentuation), monitor);
  if (!ph_accentuation_run (accentuation, monitor, cancellable, error) ||
      !ph_accentuation_measure (accentuation, &before, &after, &distance, cancellable, error))
    return NULL;
  return ph_image_to_frame (ph_accentuation_get_image (accentuation),
                            ph_accentuation_get_n_steps (accentuation), after);
}

static PhFrame *
dream (PhPhotoSpec *spec, const PhImage *photo, const PhMonitor *monitor, GCancellable *cancellable,
       GError **error)
{
  g_autoptr (PhDream) dreaming = ph_dream_new (spec->model, spec->objective, &spec->dream, error);
  g_autoptr (PhImage) image = NULL;

  if (dreaming == NULL)
    return NULL;
  show_original (spec, photo, monitor);
  image = ph_dream_run (dreaming, photo, monitor, cancellable, error);
  return image != NULL ? ph_image_to_frame (image, ph_dream_get_n_steps (dreaming), NAN) : NULL;
}

gpointer
ph_photo_run (const PhMonitor *monitor, GCancellable *cancellable, gpointer data, GError **error)
{
  PhPhotoSpec *spec = data;
  g_autoptr (PhImage) photo = ph_image_load (spec->path, error);

  /* A job can be run again. */
  g_clear_pointer (&spec->before, ph_frame_unref);
  if (photo == NULL)
    return NULL;
  return spec->mode == PH_PHOTO_DREAM ? dream (spec, photo, monitor, cancellable, error)
                                      : accentuate (spec, photo, monitor, cancellable, error);
}
