#pragma once

#include "base/png.h"
#include "vis/ascent.h"

G_BEGIN_DECLS

/**
 * PhRecipe:
 * @model: name of the network
 * @digest: SHA-256 of its file, "" when unknown
 * @objective: as ph_objective_parse() reads it
 * @files: digests and paths of the files that the objective reads, in turn, quoted as for a shell
 * @version: of the program that made the picture
 * @processor: kernels that computed it, as "avx512"
 * @threads: how many of them worked
 *
 * Everything that makes a picture reproducible: to the bit with the same version, processor and
 * threads, to within rounding otherwise.
 */
typedef struct
{
  char *model;
  char *digest;
  char *objective;
  char *files;
  char *version;
  char *processor;
  int threads;
  PhAscentSettings settings;
} PhRecipe;

/** ph_recipe_new: for a picture made now, here. Reads the files of the objective for their digests.
 */
PhRecipe *ph_recipe_new (PhModel *model, const char *objective, const PhAscentSettings *settings);
void ph_recipe_free (PhRecipe *recipe);

/** ph_recipe_to_text: "phosphene recipe 1" and "name = value" lines. Caller frees. */
char *ph_recipe_to_text (const PhRecipe *recipe);

/** ph_recipe_parse: what ph_recipe_to_text() wrote. Settings that are not mentioned have their
 * defaults. Returns: %NULL with %PH_ERROR_DATA_INVALID, naming the line. */
PhRecipe *ph_recipe_parse (const char *text, GError **error);

/** ph_recipe_check_files: Returns: %FALSE with an error that names the first file that is missing
 * or has changed since. */
gboolean ph_recipe_check_files (const PhRecipe *recipe, GError **error);

/** ph_recipe_load_png: the recipe inside a picture; see ph_png_load_recipe() for the errors. */
PhRecipe *ph_recipe_load_png (const char *path, GError **error);

/** ph_recipe_save_png: the picture with the recipe inside. */
gboolean ph_recipe_save_png (const PhRecipe *recipe, const PhImage *image, const char *path,
                             GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhRecipe, ph_recipe_free)

G_END_DECLS
