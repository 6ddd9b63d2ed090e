#pragma once

#include "ui/interpolate-job.h"

G_BEGIN_DECLS

/** ph_interpolate_save: writes the pictures of a path to the file @path in the background, as
 * ph_walk_save() does; the outcome is told in a toast. @view: whose window it is; @format: "apng",
 * "gif" or "strip" */
void ph_interpolate_save (PhEmbeddingView *view, PhInterpolated *interpolated, PhQueue *queue,
                          const char *format, const char *path);

/** ph_interpolate_choose_file: asks where to, then activates "page.save-path". */
void ph_interpolate_choose_file (PhEmbeddingView *view, const char *format);

G_END_DECLS
