/* How strongly each unit is excited by what it was designed for, before scaling. */

#include "assets/textbook/calibration.h"

/* After a change of a unit or of its picture, test-textbook says what belongs here now. */
static const struct
{
  const char *kind;
  const char *label;
  double peak;
} peaks[] = {
#include "assets/textbook/peaks.inc"
  { NULL, NULL, 0 },
};

void
tb_calibrate (TbBank *bank, const char *kind, double threshold, double steepness)
{
  guint n_weights = bank->n_inputs * bank->size * bank->size;

  for (guint i = 0; peaks[i].kind != NULL; i++)
    if (g_str_equal (peaks[i].kind, kind))
      {
        guint unit = tb_bank_find (bank, peaks[i].label);
        double scale = steepness / (1 - threshold);
        for (guint w = 0; w < n_weights; w++)
          g_array_index (bank->weights, double, unit *n_weights + w) *= scale / peaks[i].peak;
        g_array_index (bank->biases, double, unit) = -scale * threshold;
      }
}
