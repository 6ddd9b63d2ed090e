#pragma once

#include "base/frame.h"
#include "network/model.h"

G_BEGIN_DECLS

/**
 * PhDirectionGrid:
 * @rows, @columns: of places
 * @objectives: (owned): one a place, row by row: what makes the picture of the direction into which
 *   the layer points there, as ph_objective_parse() reads it; %NULL where it is silent
 * @sizes: (owned): one a place: length of the layer's activation there as a share of the longest
 *
 * A layer's answer to a picture as a grid of pictures: each shows what the layer makes of its
 * place, the larger the stronger it answers.
 *
 * Source: Olah et al., "The Building Blocks of Interpretability", Distill 2018.
 */
typedef struct
{
  guint rows, columns;
  char **objectives;
  double *sizes;
} PhDirectionGrid;

/** ph_direction_grid_new: @vectors: rows × columns × n numbers: the channels of @layer at each
 * place. */
PhDirectionGrid *ph_direction_grid_new (PhModel *model, guint layer, const float *vectors,
                                        guint rows, guint columns);
void ph_direction_grid_free (PhDirectionGrid *grid);

/**
 * ph_direction_grid_draw:
 * @pictures: rows × columns of them, each nullable: not there yet
 * @cell: side of the largest place in pixels
 *
 * All of them on a dark ground; the area of each is as its size.
 *
 * Returns: (transfer full): columns * cell wide, rows * cell high.
 */
PhFrame *ph_direction_grid_draw (const PhDirectionGrid *grid, PhFrame *const *pictures, guint cell);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhDirectionGrid, ph_direction_grid_free)

G_END_DECLS
