#pragma once

#include <gtk/gtk.h>

#include "engine/engine.h"

G_BEGIN_DECLS

#define PH_TYPE_CLASS_BARS (ph_class_bars_get_type ())
/**
 * PhClassBars:
 *
 * The most probable classes with their probabilities as bars. Emits "picked" with the number of a
 * class (uint) when one is chosen.
 */
G_DECLARE_FINAL_TYPE (PhClassBars, ph_class_bars, PH, CLASS_BARS, GtkBox)

/** ph_class_bars_show: @predictions: (nullable): the most probable first; the widget shows some. */
void ph_class_bars_show (PhClassBars *self, PhModel *model, const PhPrediction *predictions,
                         guint n);

G_END_DECLS
