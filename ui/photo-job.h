#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

typedef enum
{
  PH_PHOTO_ACCENTUATE,
  PH_PHOTO_DREAM,
} PhPhotoMode;

/**
 * PhPhotoSpec:
 * @before: written by the run before its first other frame: the photograph as it begins
 *
 * What a job makes of a photograph; from g_new0(). It owns everything in it.
 */
typedef struct
{
  PhPhotoMode mode;
  PhModel *model;
  char *objective, *path;
  PhAccentuationSettings accentuation;
  PhDreamSettings dream;
  PhFrame *before;
} PhPhotoSpec;

/** ph_photo_spec_free: frees a PhPhotoSpec. */
void ph_photo_spec_free (gpointer spec);

/** ph_photo_spec_dup_recipe: what makes the picture again as it was after @n_steps, as text;
 * %NULL as ph_recipe_copy_until() says. Reads the photograph, so not on the main thread. */
char *ph_photo_spec_dup_recipe (const PhPhotoSpec *spec, guint n_steps);

/** ph_photo_run: for ph_job_new(), whose result is a PhFrame; @spec: a PhPhotoSpec. */
gpointer ph_photo_run (const PhMonitor *monitor, GCancellable *cancellable, gpointer spec,
                       GError **error);

G_END_DECLS
