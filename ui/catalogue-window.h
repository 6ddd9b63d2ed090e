#pragma once

#include <adwaita.h>

#include "engine/engine.h"

G_BEGIN_DECLS

#define PH_TYPE_CATALOGUE_WINDOW (ph_catalogue_window_get_type ())
/**
 * PhCatalogueWindow:
 *
 * Networks and sets of images that can be fetched: get, pause, go on, open, remove. Property
 * "state" (read-only): "loading", "failed", "empty" or "ready". Downloads go on when it is closed;
 * they are jobs of the queue.
 */
G_DECLARE_FINAL_TYPE (PhCatalogueWindow, ph_catalogue_window, PH, CATALOGUE_WINDOW, AdwWindow)

/**
 * ph_catalogue_window_new:
 * @target: the window that is asked to open what was fetched, by its actions "win.open-path" and
 *   "win.scan-images"; it is in front of that one
 * @settings: remembers the mirror
 */
GtkWidget *ph_catalogue_window_new (GtkWindow *target, PhQueue *queue, GSettings *settings);

G_END_DECLS
