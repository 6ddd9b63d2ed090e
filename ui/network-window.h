#pragma once

#include <adwaita.h>

#include "engine/engine.h"

G_BEGIN_DECLS

#define PH_TYPE_NETWORK_WINDOW (ph_network_window_get_type ())
/**
 * PhNetworkWindow:
 *
 * What is known about a network: remarks, facts, how pictures become its input, names of its
 * classes; the last two can be corrected here.
 */
G_DECLARE_FINAL_TYPE (PhNetworkWindow, ph_network_window, PH, NETWORK_WINDOW, AdwPreferencesWindow)

/** ph_network_window_new: @queue: where files of labels are read */
GtkWidget *ph_network_window_new (PhModel *model, PhQueue *queue);

G_END_DECLS
