#pragma once

#include "vis/recipe.h"
#include "vis/sequence.h"

G_BEGIN_DECLS

/**
 * PhComposition:
 * @cells: (element-type PhSheetCell): of a sheet and a sweep, else %NULL
 * @image: these on paper
 * @frames: (element-type PhFrame): of a film, else %NULL
 * @stopped: whether something is missing, so that no recipe makes it again
 *
 * What is made of several pictures and kept as one file that holds its recipe: a contact sheet, a
 * grid of settings, a film.
 */
typedef struct
{
  /* owned */
  GPtrArray *cells;
  PhImage *image;
  GPtrArray *frames;

  gboolean stopped;
} PhComposition;

/* Recipes for several pictures. They tell of the network only when that makes them: see
 * ph_recipe_renew(). */

/** ph_recipe_new_for_sheet: @units of all depths, @columns in a row; 0: a third of them, at most 8.
 */
PhRecipe *ph_recipe_new_for_sheet (const PhAscentSettings *settings, guint units, guint columns);

/** ph_recipe_new_for_sweep: @x, @y (nullable): as ph_sweep_axis_parse() reads them; @size: side of
 * a picture on the sheet */
PhRecipe *ph_recipe_new_for_sweep (const char *objective, const PhAscentSettings *settings,
                                   const char *x, const char *y, guint size);

/**
 * PhFilmPlot:
 * @to: (nullable): %NULL-terminated names of the units that the film goes on to
 * @sweep: (nullable): the setting that it shows, as ph_sweep_axis_parse() reads it
 * @frames, @frame_steps: as #PhRecipe has them
 *
 * What a film shows: with neither, how the picture forms.
 */
typedef struct
{
  const char *const *to;
  const char *sweep;
  guint frames, frame_steps;
} PhFilmPlot;

PhRecipe *ph_recipe_new_for_film (const char *objective, const PhAscentSettings *settings,
                                  const PhFilmPlot *plot, const PhFilmSettings *film);

/** ph_recipe_set_shown: says which steps a film of a run shows: those of @frames (element-type
 * PhFrame), which were taken while it ran. */
void ph_recipe_set_shown (PhRecipe *recipe, GPtrArray *frames);

/**
 * ph_composition_make:
 * @recipe: one for which ph_recipe_is_composed() is true; renewed, so that it tells what was done
 * @monitor: (nullable): stopping keeps the pictures that are finished
 *
 * Makes what the recipe says, the same each time. Blocks.
 *
 * Returns: (transfer full): %NULL with the errors of ph_objective_parse(), ph_sweep_axis_parse(),
 * ph_sheet_make() and ph_sheet_draw(), or of the first picture when there is none at all.
 */
PhComposition *ph_composition_make (PhModel *model, PhRecipe *recipe, const PhMonitor *monitor,
                                    GCancellable *cancellable, GError **error);
void ph_composition_free (PhComposition *composition);

/** ph_composition_new_film: (transfer full): of pictures that are there already; for @recipe as
 * ph_composition_make(). @frames: (element-type PhFrame) */
PhComposition *ph_composition_new_film (PhModel *model, PhRecipe *recipe, GPtrArray *frames);

/** ph_composition_save: writes it, with the recipe inside unless it was stopped, atomically; see
 * ph_save_bytes() for the errors. */
gboolean ph_composition_save (const PhComposition *composition, const PhRecipe *recipe,
                              const char *path, GError **error);

/** ph_composition_get_n_made: pictures that are there. */
guint ph_composition_get_n_made (const PhComposition *composition);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhComposition, ph_composition_free)

G_END_DECLS
