/* How strongly each unit is excited by what it was designed for, before scaling. */

#include "assets/textbook/calibration.h"

/* Measured by `make-textbook --measure`. */
static const struct
{
  const char *layer;
  const char *label;
  double peak;
} peaks[] = {
#include "assets/textbook/peaks.inc"
  { NULL, NULL, 0 },
};

void
tb_calibrate (TbBank *bank, const char *layer)
{
  guint n_weights = bank->n_inputs * bank->size * bank->size;

  for (guint i = 0; i + 1 < G_N_ELEMENTS (peaks); i++)
    if (g_str_equal (peaks[i].layer, layer))
      {
        guint unit = tb_bank_find (bank, peaks[i].label);
        double scale = TB_STEEPNESS / ((1 - TB_THRESHOLD) * peaks[i].peak);
        for (guint w = 0; w < n_weights; w++)
          g_array_index (bank->weights, double, unit *n_weights + w) *= scale;
        g_array_index (bank->biases, double, unit) =
            -TB_STEEPNESS * TB_THRESHOLD / (1 - TB_THRESHOLD);
      }
}
