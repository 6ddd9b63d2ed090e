#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define PH_TYPE_PREFERENCES_WINDOW (ph_preferences_window_get_type ())
/** PhPreferencesWindow: the settings of the program, as kept by GSettings. */
G_DECLARE_FINAL_TYPE (PhPreferencesWindow, ph_preferences_window, PH, PREFERENCES_WINDOW,
                      AdwPreferencesWindow)

GtkWidget *ph_preferences_window_new (GSettings *settings);

G_END_DECLS
