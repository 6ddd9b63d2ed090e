#pragma once

#include "ui/page.h"

G_BEGIN_DECLS

/**
 * ph_composition_job_start:
 * @page: whose network, queue and toasts are used
 * @title: of the job
 * @recipe: (transfer full): of several pictures
 * @frames: (nullable) (element-type PhFrame): of a film whose pictures are there already
 * @path: where to write it
 *
 * Makes a sheet, a grid of settings or a film in the background and saves it with its recipe; a
 * toast says so, or why not.
 *
 * Returns: (transfer none): the job, whose result is the path, in the page's queue.
 */
PhJob *ph_composition_job_start (PhPage *page, const char *title, PhRecipe *recipe,
                                 GPtrArray *frames, const char *path);

/** ph_composition_suggest_name: a file name for it. Caller frees. */
char *ph_composition_suggest_name (PhModel *model, const PhRecipe *recipe);

G_END_DECLS
