#pragma once

#include "ui/page.h"
#include "ui/photo-job.h"

G_BEGIN_DECLS

#define PH_TYPE_PHOTO_WINDOW (ph_photo_window_get_type ())
/**
 * PhPhotoWindow:
 *
 * A unit in a photograph: dreamed into it, or accentuated in it, where a slider goes through all
 * strengths up to the one of the settings.
 */
G_DECLARE_FINAL_TYPE (PhPhotoWindow, ph_photo_window, PH, PHOTO_WINDOW, AdwWindow)

/** ph_photo_window_new: @page: whose network, queue and toasts are used. @objective: as
 * ph_objective_parse() reads it */
GtkWidget *ph_photo_window_new (PhPage *page, const char *objective);

void ph_photo_window_set_mode (PhPhotoWindow *self, PhPhotoMode mode);

/** ph_photo_window_take_recipe: what @recipe says, of either of these kinds, is made again. */
void ph_photo_window_take_recipe (PhPhotoWindow *self, const PhRecipe *recipe);

/** ph_photo_window_open: reads the photograph @path in the background and begins. */
void ph_photo_window_open (PhPhotoWindow *self, const char *path);

/** ph_photo_window_save: the picture as it is shown, in the background, with its recipe if there is
 * one that makes it again. */
void ph_photo_window_save (PhPhotoWindow *self, const char *path);

G_END_DECLS
