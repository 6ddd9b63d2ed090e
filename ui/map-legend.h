#pragma once

#include <adwaita.h>

#include "engine/engine.h"

G_BEGIN_DECLS

#define PH_TYPE_MAP_LEGEND (ph_map_legend_get_type ())
/**
 * PhMapLegend:
 *
 * What the colours of a map mean: a row for each class, or a scale; and what part of each is
 * selected. Emits "class-picked" (u) when the user activates the row of a class.
 */
G_DECLARE_FINAL_TYPE (PhMapLegend, ph_map_legend, PH, MAP_LEGEND, AdwBin)

GtkWidget *ph_map_legend_new (void);

/** ph_map_legend_show_nothing: one colour. */
void ph_map_legend_show_nothing (PhMapLegend *self);

/** ph_map_legend_show_classes: @counts: images of each class of @dataset */
void ph_map_legend_show_classes (PhMapLegend *self, PhDataset *dataset, const guint *counts);

/** ph_map_legend_show_scale: an attribute from @low to @high, with its mean over all. */
void ph_map_legend_show_scale (PhMapLegend *self, const char *name, double low, double high,
                               double mean);

/** ph_map_legend_mark_classes: @counts: (nullable): how many of each class are selected; %NULL:
 * nothing is */
void ph_map_legend_mark_classes (PhMapLegend *self, const guint *counts);

/** ph_map_legend_mark_scale: @mean: of what is selected; NAN: nothing is */
void ph_map_legend_mark_scale (PhMapLegend *self, double mean);

G_END_DECLS
