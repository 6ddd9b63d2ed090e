#pragma once

#include <gtk/gtk.h>

#include "engine/engine.h"

G_BEGIN_DECLS

#define PH_TYPE_KERNEL_MAP (ph_kernel_map_get_type ())
/**
 * PhKernelMap:
 *
 * The weights between two units by position: a square for each offset, warm where the unit excites
 * and cold where it inhibits, as strong as the weight is.
 */
G_DECLARE_FINAL_TYPE (PhKernelMap, ph_kernel_map, PH, KERNEL_MAP, GtkWidget)

/** ph_kernel_map_new: @synapse: copied. @side: of the longer side, in pixels */
GtkWidget *ph_kernel_map_new (const PhSynapse *synapse, guint side);

G_END_DECLS
