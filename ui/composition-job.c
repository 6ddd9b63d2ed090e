#include "ui/composition-job.h"

#include <glib/gi18n.h>

typedef struct
{
  /* owned */
  PhModel *model;
  PhRecipe *recipe;
  GPtrArray *frames; /* nullable */
  char *path;
} Spec;

static void
spec_free (gpointer data)
{
  Spec *spec = data;

  g_object_unref (spec->model);
  ph_recipe_free (spec->recipe);
  g_clear_pointer (&spec->frames, g_ptr_array_unref);
  g_free (spec->path);
  g_free (spec);
}

static gpointer
make (const PhMonitor *monitor, GCancellable *cancellable, gpointer data, GError **error)
{
  Spec *spec = data;
  g_autoptr (PhComposition) composition = NULL;

  if (!ph_save_check (spec->path, error))
    return NULL;
  composition = spec->frames != NULL
                    ? ph_composition_new_film (spec->model, spec->recipe, spec->frames)
                    : ph_composition_make (spec->model, spec->recipe, monitor, cancellable, error);
  if (composition == NULL || !ph_composition_save (composition, spec->recipe, spec->path, error))
    return NULL;
  return g_strdup (spec->path);
}

static void
on_finished (PhJob *job, PhPage *page)
{
  g_autofree char *name = NULL;
  g_autofree char *sentence = NULL;

  if (ph_job_get_state (job) == PH_JOB_FAILED)
    ph_page_toast (page, ph_job_get_error (job)->message);
  if (ph_job_get_state (job) != PH_JOB_DONE)
    return;
  name = g_filename_display_basename (ph_job_get_result (job));
  sentence = g_strdup_printf (_ ("Saved “%s”"), name);
  ph_page_toast (page, sentence);
}

PhJob *
ph_composition_job_start (PhPage *page, const char *title, PhRecipe *recipe, GPtrArray *frames,
                          const char *path)
{
  Spec *spec = g_new0 (Spec, 1);
  PhJob *job;

  spec->model = g_object_ref (ph_page_get_model (page));
  spec->recipe = recipe;
  spec->frames = frames != NULL ? g_ptr_array_ref (frames) : NULL;
  spec->path = g_strdup (path);
  job = ph_job_new (title, make, spec, spec_free, g_free);
  g_signal_connect_object (job, "finished", G_CALLBACK (on_finished), page, 0);
  ph_queue_add (ph_page_get_queue (page), job, frames != NULL ? PH_LANE_IO : PH_LANE_LONG);
  g_object_unref (job); /* the queue keeps it */
  return job;
}

char *
ph_composition_suggest_name (PhModel *model, const PhRecipe *recipe)
{
  const char *suffix =
      recipe->kind == PH_RECIPE_FILM ? ph_film_get_suffix (recipe->film.format) : ".png";
  const char *what = recipe->kind == PH_RECIPE_SHEET ? "sheet" : recipe->objective;
  const char *kind = recipe->kind == PH_RECIPE_SWEEP ? "-settings" : "";
  char *name = g_strdup_printf ("%s-%s%s%s", ph_model_get_name (model), what, kind, suffix);

  return g_strdelimit (name, "/\\:*?\"<>| ", '_');
}
