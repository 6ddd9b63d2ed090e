#pragma once

#include <gtk/gtk.h>

#include "engine/engine.h"

G_BEGIN_DECLS

#define PH_TYPE_EXAMPLE_STRIP (ph_example_strip_get_type ())
/**
 * PhExampleStrip:
 *
 * What a set of images says about a unit, from the most negative to the most positive: the picture
 * made for the lowest answer, the images with the lowest, some across the range, those with the
 * highest, the picture made for the highest; a histogram and the classes that drive it. Asks the
 * window for images by "win.choose-images", for scans by "win.scan-images" (s: path) and, where the
 * unit is a neuron, "win.scan-neurons" (ss: path, unit), and shows an image by "win.open-image" (s:
 * path).
 *
 * Properties: "whole" (all of each image instead of what the unit sees), "glow" (its activation
 * over them) and "shown" (whether the strip is unfolded).
 */
G_DECLARE_FINAL_TYPE (PhExampleStrip, ph_example_strip, PH, EXAMPLE_STRIP, GtkWidget)

/** ph_example_strip_set_queue: where its jobs go. */
void ph_example_strip_set_queue (PhExampleStrip *self, PhQueue *queue);

/** ph_example_strip_show: @unit: (nullable): nothing */
void ph_example_strip_show (PhExampleStrip *self, PhModel *model, const PhUnit *unit);

/** ph_example_strip_set_menu: where images can be chosen. */
void ph_example_strip_set_menu (PhExampleStrip *self, GMenuModel *menu);

/** ph_example_strip_set_images: @path: (nullable): of a set of images */
void ph_example_strip_set_images (PhExampleStrip *self, const char *path);

/** ph_example_strip_set_scan: @job: (nullable): the scan of these images that runs: its progress is
 * told, and what it found is read again every few seconds */
void ph_example_strip_set_scan (PhExampleStrip *self, PhJob *job);

/** ph_example_strip_export: writes the cells as a PNG file. There must be some. */
gboolean ph_example_strip_export (PhExampleStrip *self, const char *path, GError **error);

/** ph_example_strip_get_favourite: (nullable): the class of the images that excites the unit most,
 * on average; %NULL when that is not known. */
const char *ph_example_strip_get_favourite (PhExampleStrip *self);

/** ph_example_strip_get_n_cells: examples shown. */
guint ph_example_strip_get_n_cells (PhExampleStrip *self);

G_END_DECLS
