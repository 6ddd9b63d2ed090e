#pragma once

#include "app/cli.h"

G_BEGIN_DECLS

/**
 * ph_cli_load_input:
 * @path: a .npy file: the network's input after preprocessing, float32, N,C,H,W (or as the network
 *   has it)
 *
 * Returns: (transfer full): %NULL with an error that names the file and the shape that would fit.
 */
PhTensor *ph_cli_load_input (PhModel *model, const char *path, GError **error);

/** ph_cli_run_for: a run of the plan for @targets on an input of the shape of @input, filled with
 * it. */
PhRun *ph_cli_run_for (PhModel *model, const PhTensor *input, const int *targets, guint n_targets,
                       gboolean gradient, GError **error);

G_END_DECLS
