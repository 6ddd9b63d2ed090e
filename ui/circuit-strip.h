#pragma once

#include <gtk/gtk.h>

#include "engine/engine.h"
#include "ui/thumbnails.h"

G_BEGIN_DECLS

#define PH_TYPE_CIRCUIT_STRIP (ph_circuit_strip_get_type ())
/**
 * PhCircuitStrip:
 *
 * The units that feed a unit and those that it feeds, by the weights between them, each with its
 * picture; a click goes there by "win.show-unit" (s: unit). After Olah et al., Zoom In: An
 * Introduction to Circuits, 2020.
 *
 * Property "shown": whether the strip is unfolded; nothing is read and drawn before.
 */
G_DECLARE_FINAL_TYPE (PhCircuitStrip, ph_circuit_strip, PH, CIRCUIT_STRIP, GtkWidget)

/** PH_N_SYNAPSES: how many of either side it shows. */
#define PH_N_SYNAPSES 12

void ph_circuit_strip_set_queue (PhCircuitStrip *self, PhQueue *queue);
void ph_circuit_strip_set_thumbnails (PhCircuitStrip *self, PhThumbnails *thumbnails);

/** ph_circuit_strip_set_active: whether pictures are asked for: not while the page is hidden. */
void ph_circuit_strip_set_active (PhCircuitStrip *self, gboolean active);

/** ph_circuit_strip_show: @unit: (nullable): nothing */
void ph_circuit_strip_show (PhCircuitStrip *self, PhModel *model, const PhUnit *unit);

/** ph_circuit_strip_get_circuit: (nullable) (transfer none): what is shown. */
const PhCircuit *ph_circuit_strip_get_circuit (PhCircuitStrip *self);

G_END_DECLS
