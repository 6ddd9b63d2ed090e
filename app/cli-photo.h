#pragma once

#include "app/cli.h"

G_BEGIN_DECLS

/* What the verbs share that make something of a photograph: dream and accentuate. */

/** ph_cli_photo_options: --objective, --frames and --output. */
extern const GOptionEntry ph_cli_photo_options[];

/** ph_cli_photo_run: of the network and the photograph that are the verb's arguments, by the
 * options and the verb's settings. */
gboolean ph_cli_photo_run (PhCli *cli, PhRecipeKind kind, GError **error);

/** ph_cli_photo_remake: what a recipe of either kind makes, to @output. */
gboolean ph_cli_photo_remake (PhCli *cli, PhModel *model, const PhRecipe *recipe,
                              const char *output, GError **error);

G_END_DECLS
