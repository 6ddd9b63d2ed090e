#include "ui/thumbnail-job.h"

#include <glib/gstdio.h>
#include <utime.h>

/* Enough to tell what it is about; a picture of the unit page takes many more. */
#define STEPS "40"

/* Part of the key: a change of how thumbnails are made forgets the old ones. */
#define GENERATION "1"

/* Milliseconds between two previews of a thumbnail. */
#define PREVIEW_INTERVAL 200

typedef struct
{
  /* owned */
  PhModel *model;
  char *objective;
  char *path;

  guint size;
} Spec;

static void
spec_free (gpointer data)
{
  Spec *spec = data;

  g_clear_object (&spec->model);
  g_free (spec->objective);
  g_free (spec->path);
  g_free (spec);
}

static gpointer
load (const PhMonitor *monitor, GCancellable *cancellable, gpointer data, GError **error)
{
  Spec *spec = data;
  g_autoptr (PhImage) image = ph_image_load (spec->path, error);

  if (image == NULL)
    return NULL;
  /* The time of last use decides what is deleted first. */
  g_utime (spec->path, NULL);
  return ph_image_to_frame (image, 0, 0);
}

static void
choose_settings (PhAscentSettings *settings, guint size)
{
  g_autofree char *side = g_strdup_printf ("%u", size);
  const char *const changes[][2] = { { "width", side }, { "height", side }, { "steps", STEPS } };

  ph_settings_init (ph_ascent_settings, settings);
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      const PhSetting *setting = ph_settings_find (ph_ascent_settings, changes[i][0]);
      if (!ph_setting_set (setting, settings, changes[i][1], NULL))
        g_assert_not_reached ();
    }
}

static gpointer
make (const PhMonitor *monitor, GCancellable *cancellable, gpointer data, GError **error)
{
  Spec *spec = data;
  PhAscentSettings settings;
  PhFrame *frame = NULL;

  choose_settings (&settings, spec->size);
  ph_monitor_wait (monitor, cancellable);
  g_autoptr (PhAscent) ascent = NULL;
  if (!g_cancellable_set_error_if_cancelled (cancellable, error))
    ascent = ph_ascent_new (spec->model, spec->objective, &settings, error);
  g_autoptr (PhAscentResult) result = NULL;
  if (ascent != NULL)
    result = ph_ascent_run (ascent, monitor, cancellable, error);
  if (result != NULL)
    frame = ph_image_to_frame (result->image, result->n_steps, result->objective);
  if (frame != NULL && spec->path != NULL && !result->stopped)
    {
      /* A thumbnail that cannot be kept is still a thumbnail. */
      g_autoptr (PhRecipe) recipe = ph_recipe_new (spec->model, spec->objective, &settings);
      g_autofree char *folder = g_path_get_dirname (spec->path);
      g_autoptr (GError) unkept = NULL;
      g_mkdir_with_parents (folder, 0700);
      if (!ph_recipe_save_png (recipe, result->image, spec->path, &unkept))
        g_debug ("thumbnail not kept: %s", unkept->message);
    }
  ph_settings_clear (ph_ascent_settings, &settings);
  return frame;
}

/* Public */

char *
ph_thumbnail_key (PhModel *model, const char *objective, guint size)
{
  const char *digest = ph_model_get_digest (model);
  const PhPreprocess *pre = ph_model_get_preprocess (model);

  if (digest == NULL)
    return NULL;

  PhAscentSettings settings;
  choose_settings (&settings, size);
  g_autofree char *how = ph_settings_to_text (ph_ascent_settings, &settings);
  ph_settings_clear (ph_ascent_settings, &settings);

  g_autoptr (GString) text = g_string_new (GENERATION);
  g_string_append_printf (text, "\n%s\n%s\n%s\n%a %d", digest, objective, how, pre->scale,
                          pre->bgr);
  for (guint i = 0; i < pre->channels; i++)
    g_string_append_printf (text, " %a %a", pre->mean[i], pre->std[i]);
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, text->str, text->len);
}

PhJob *
ph_thumbnail_load_job (const char *path)
{
  Spec *spec = g_new0 (Spec, 1);

  spec->path = g_strdup (path);

  PhJob *job = ph_job_new ("thumbnail file", load, spec, spec_free, (GDestroyNotify)ph_frame_unref);
  ph_job_set_quiet (job, TRUE);
  return job;
}

PhJob *
ph_thumbnail_make_job (PhModel *model, const char *objective, guint size, const char *path)
{
  Spec *spec = g_new0 (Spec, 1);

  spec->model = g_object_ref (model);
  spec->objective = g_strdup (objective);
  spec->path = g_strdup (path);
  spec->size = size;

  PhJob *job = ph_job_new ("thumbnail", make, spec, spec_free, (GDestroyNotify)ph_frame_unref);
  ph_job_set_quiet (job, TRUE);
  ph_job_set_frame_interval (job, PREVIEW_INTERVAL);
  return job;
}
