#pragma once

#include "base/image.h"

G_BEGIN_DECLS

/**
 * ph_image_rows:
 * @rows: (element-type PhImage): the pictures of each row; all of one size, grey or RGB
 * @gap: white pixels between them
 *
 * Pictures side by side and rows of them above one another, for paper. A row that is shorter than
 * others ends in white.
 *
 * Returns: (transfer full): in RGB; %NULL with the errors of ph_image_new().
 */
PhImage *ph_image_rows (GPtrArray *const *rows, guint n_rows, guint gap, GError **error);

G_END_DECLS
