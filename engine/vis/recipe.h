#pragma once

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
 */
typedef enum
{
  PH_RECIPE_RENDER,
  PH_RECIPE_ACCENTUATE,
  PH_RECIPE_DREAM,
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
void ph_recipe_free (PhRecipe *recipe);

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

/** ph_recipe_get_n_steps: of the whole run, of all octaves together. */
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

/** ph_recipe_load_png: the recipe inside a picture; see ph_png_load_recipe() for the errors. */
PhRecipe *ph_recipe_load_png (const char *path, GError **error);

/** ph_recipe_save_png: the picture with the recipe inside. */
gboolean ph_recipe_save_png (const PhRecipe *recipe, const PhImage *image, const char *path,
                             GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhRecipe, ph_recipe_free)

G_END_DECLS
