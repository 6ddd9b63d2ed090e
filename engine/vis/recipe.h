#pragma once

#include "base/film.h"
#include "base/png.h"
#include "vis/accentuation.h"
#include "vis/ascent.h"
#include "vis/dream.h"

G_BEGIN_DECLS

/**
 * PhRecipeKind:
 * @PH_RECIPE_RENDER: from noise, by #PhAscent
 * @PH_RECIPE_ACCENTUATE: from a photograph, by #PhAccentuation
 * @PH_RECIPE_DREAM: from a photograph, by #PhDream
 * @PH_RECIPE_SHEET: units of all depths on one sheet, by #PhComposition
 * @PH_RECIPE_SWEEP: a unit under the values of one or two settings, by #PhComposition
 * @PH_RECIPE_FILM: a film of pictures from noise, by #PhComposition
 */
typedef enum
{
  PH_RECIPE_RENDER,
  PH_RECIPE_ACCENTUATE,
  PH_RECIPE_DREAM,
  PH_RECIPE_SHEET,
  PH_RECIPE_SWEEP,
  PH_RECIPE_FILM,
} PhRecipeKind;

/**
 * PhRecipe:
 * @kind: #PhRecipeKind: how the picture was made
 * @model: name of the network
 * @digest: SHA-256 of its file, "" when unknown
 * @objective: as ph_objective_parse() reads it
 * @files: digests and paths of the files that the objective reads, in turn, quoted as for a shell
 * @version: of the program that made the picture
 * @processor: kernels that computed it, as "avx512"
 * @threads: how many of them worked
 * @photo, @photo_digest: of what is made from a photograph: its file, and the SHA-256 of that
 * @until: after how many steps the run was left; 0: it came to its end. The steps in the settings
 *   are those it would have had, since how far it goes at a step depends on them.
 * @units, @columns: of a sheet
 * @x, @y: of a sweep: its axes, as ph_sweep_axis_parse() reads them; @y may be ""
 * @size: of a sweep: side of a picture on the sheet
 * @frames: of a film: how many pictures, from each unit to the next if there are several; of what
 * is made from a photograph 0 when it is no film
 * @to: of a film: names of the units that it goes on to, quoted as for a shell
 * @frame_steps: of such a film: steps for each picture after the first
 * @sweep: of a film: the setting that it shows, as ph_sweep_axis_parse() reads it
 * @at: of the film of a run: the steps that it shows, where they are not spread evenly
 * @film: of a film
 * @settings, @accentuation, @dream: those of the kind count
 *
 * Everything that makes a picture reproducible: to the bit with the same version, processor and
 * threads, to within rounding otherwise.
 */
typedef struct
{
  int kind;
  char *model;
  char *digest;
  char *objective;
  char *files;
  char *version;
  char *processor;
  int threads;
  char *photo, *photo_digest;
  int until;
  int units, columns;
  char *x, *y;
  int size;
  int frames, frame_steps;
  char *to, *sweep, *at;
  PhFilmSettings film;
  PhAscentSettings settings;
  PhAccentuationSettings accentuation;
  PhDreamSettings dream;
} PhRecipe;

/** ph_recipe_new: for a picture made now, here. Reads the files of the objective for their digests.
 */
PhRecipe *ph_recipe_new (PhModel *model, const char *objective, const PhAscentSettings *settings);

/** ph_recipe_new_for_photo: the same for what is made from the photograph @photo, which is read for
 * its digest. @settings: PhAccentuationSettings or PhDreamSettings, as @kind says. */
PhRecipe *ph_recipe_new_for_photo (PhRecipeKind kind, PhModel *model, const char *objective,
                                   const char *photo, gconstpointer settings);

/** ph_recipe_new_blank: says how something will be made, not yet where and by what. */
PhRecipe *ph_recipe_new_blank (const char *objective, const PhAscentSettings *settings);

/** ph_recipe_renew: sets the network, the digests of the files of the objective, which are read,
 * the version, the processor and the threads to what there is here and now. */
void ph_recipe_renew (PhRecipe *recipe, PhModel *model);

void ph_recipe_free (PhRecipe *recipe);

/** ph_recipe_set_text: gives a text of a recipe another value. @text: (nullable): anything, as
 * names of files and labels are; what would end the value in a recipe becomes blanks. */
void ph_recipe_set_text (char **field, const char *text);

/**
 * ph_recipe_copy_until:
 * @n_steps: made so far, of all octaves together
 *
 * What makes the picture of a run from a photograph as far as it has come: an accentuation ends at
 * the strength that was reached.
 *
 * Returns: (transfer full) (nullable): %NULL where nothing makes it again: before the first step,
 * and for a dream that has not come to its end.
 */
PhRecipe *ph_recipe_copy_until (const PhRecipe *recipe, guint n_steps);

/** ph_recipe_is_of_photo: whether it was made from a photograph. */
gboolean ph_recipe_is_of_photo (const PhRecipe *recipe);

/** ph_recipe_is_composed: whether it is of several pictures, which #PhComposition makes. */
gboolean ph_recipe_is_composed (const PhRecipe *recipe);

/** ph_recipe_get_n_steps: those that were made, of all octaves together. */
guint ph_recipe_get_n_steps (const PhRecipe *recipe);

/** ph_recipe_to_text: "phosphene recipe 1" and "name = value" lines. Caller frees. */
char *ph_recipe_to_text (const PhRecipe *recipe);

/** ph_recipe_parse: what ph_recipe_to_text() wrote. Settings that are not mentioned have their
 * defaults. Returns: %NULL with %PH_ERROR_DATA_INVALID, naming the line. */
PhRecipe *ph_recipe_parse (const char *text, GError **error);

/** ph_recipe_check_files: Returns: %FALSE with an error that names the first file, the photograph
 * among them, that is missing or has changed since. */
gboolean ph_recipe_check_files (const PhRecipe *recipe, GError **error);

/**
 * ph_recipe_find_photo:
 * @picture: the file that the recipe was in
 *
 * Where the photograph of the recipe lies: where it was, or beside @picture, which may have been
 * moved together with it. Sets @photo to it.
 *
 * Returns: %FALSE with %G_FILE_ERROR_NOENT, naming both, when it is in neither place.
 */
gboolean ph_recipe_find_photo (PhRecipe *recipe, const char *picture, GError **error);

/** ph_recipe_load: the recipe inside a picture or film; see ph_film_load_recipe() for the errors.
 */
PhRecipe *ph_recipe_load (const char *path, GError **error);

/** ph_recipe_save_png: the picture with the recipe inside. */
gboolean ph_recipe_save_png (const PhRecipe *recipe, const PhImage *image, const char *path,
                             GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhRecipe, ph_recipe_free)

G_END_DECLS
