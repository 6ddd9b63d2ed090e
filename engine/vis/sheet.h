#pragma once

#include "base/monitor.h"
#include "vis/ascent.h"
#include "vis/recipe.h"

G_BEGIN_DECLS

/**
 * PhSheetCell:
 * @objective: what its picture is made for, as ph_objective_parse() reads it
 * @settings: how
 * @caption: words under it
 * @image: (nullable): the picture, once made
 * @value: objective of the finished picture
 * @failure: (nullable): why there is no picture: the ascent diverged, the layer cannot be shown,
 *   nothing in a picture changes the unit
 *
 * One of several small pictures that are made together.
 */
typedef struct
{
  /* owned */
  char *objective, *caption;
  PhAscentSettings settings;
  PhImage *image;
  char *failure;
  double value;
} PhSheetCell;

PhSheetCell *ph_sheet_cell_new (const char *objective, const char *caption,
                                const PhAscentSettings *settings);
void ph_sheet_cell_free (PhSheetCell *cell);

/** ph_sheet_cell_recipe: what makes the cell's picture again, to the bit. Caller frees. */
PhRecipe *ph_sheet_cell_recipe (const PhSheetCell *cell, PhModel *model);

/**
 * PhSheetDone:
 * @cell: has its picture or its failure now; the callback may take the picture
 *
 * One call at a time, on any thread. Returns: %FALSE with an error that ends all.
 */
typedef gboolean (*PhSheetDone) (PhSheetCell *cell, guint i, gpointer data, GError **error);

/**
 * ph_sheet_make:
 * @cells: (element-type PhSheetCell)
 * @done: (nullable): told of each cell, in no particular order
 * @monitor: (nullable): progress over all cells; stopping keeps the cells that are finished
 *
 * Makes the pictures, one on each thread: a small picture has too little work for several, and so
 * its bits depend neither on the number of threads nor on what else is made. A cell that cannot be
 * made gets its failure, the others go on.
 *
 * Returns: %FALSE when cancelled, out of memory or when @done failed.
 */
gboolean ph_sheet_make (PhModel *model, GPtrArray *cells, PhSheetDone done, gpointer data,
                        const PhMonitor *monitor, GCancellable *cancellable, GError **error);

/**
 * ph_sheet_pick:
 * @n: how many units, at least 1
 *
 * Units from all depths: a third of them early, a third in the middle, a third late, each from
 * another layer while there are enough, channels spread; always the same ones.
 *
 * Returns: (transfer full) (element-type PhSheetCell): %NULL with %PH_ERROR_NO_SUCH_UNIT when no
 * layer can be shown.
 */
GPtrArray *ph_sheet_pick (PhModel *model, guint n, const PhAscentSettings *settings,
                          GError **error);

/**
 * PhSheetLook:
 * @title: (nullable): above all
 * @columns: pictures in a row
 * @size: side of a picture on the sheet in pixels
 * @column_labels, @row_labels: (nullable): %NULL-terminated, beside the grid
 */
typedef struct
{
  const char *title;
  guint columns, size;
  const char *const *column_labels, *const *row_labels;
} PhSheetLook;

/**
 * ph_sheet_draw:
 *
 * One picture of all the cells with their captions, for printing and looking: white paper, cells
 * without a picture grey with their failure.
 *
 * Returns: (transfer full): %NULL with %PH_ERROR_NO_MEMORY or %PH_ERROR_DATA_INVALID when it would
 * be larger than %PH_IMAGE_MAX_PIXELS or than cairo draws (32,767 pixels a side).
 */
PhImage *ph_sheet_draw (GPtrArray *cells, const PhSheetLook *look, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhSheetCell, ph_sheet_cell_free)

G_END_DECLS
