#pragma once

#include <gtk/gtk.h>

#include "engine/engine.h"

G_BEGIN_DECLS

/* What a setting does, in two small pictures: one without it, one with it. They are read when they
 * are first seen; where they are missing nothing is shown. */

/**
 * ph_effect_picture_new:
 * @height: in pixels; it is twice as wide
 *
 * Both pictures side by side.
 */
GtkWidget *ph_effect_picture_new (const PhEffect *effect, int height);

/**
 * ph_effect_button_new:
 * @title: of the setting
 *
 * A #GtkMenuButton with the pair on it, which shows the pair large with the values that it is of
 * and a sentence about the difference.
 */
GtkWidget *ph_effect_button_new (const PhEffect *effect, const char *title);

G_END_DECLS
