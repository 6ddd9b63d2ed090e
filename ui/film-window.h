#pragma once

#include "ui/page.h"

G_BEGIN_DECLS

#define PH_TYPE_FILM_WINDOW (ph_film_window_get_type ())
/**
 * PhFilmWindow:
 *
 * What a film shows and how it is written; then a file is chosen and the film made and saved in the
 * background.
 */
G_DECLARE_FINAL_TYPE (PhFilmWindow, ph_film_window, PH, FILM_WINDOW, AdwWindow)

/**
 * ph_film_window_new:
 * @page: whose network, queue and toasts are used
 * @objective: what is shown there, as ph_objective_parse() reads it
 * @frames: (nullable) (element-type PhFrame): of the run that the page shows, at least one; kept.
 *   %NULL: there was none, so a film of it has to make one
 * @next: (nullable): name of a unit to begin with as the other end of an interpolation
 */
GtkWidget *ph_film_window_new (PhPage *page, const char *objective,
                               const PhAscentSettings *settings, GPtrArray *frames,
                               const char *next);

/** ph_film_window_take_recipe: begins with the choices that a film was made with. */
void ph_film_window_take_recipe (PhFilmWindow *self, const PhRecipe *recipe);

/** ph_film_window_save: makes the film as it is chosen and writes it to @path. Returns: the job,
 * which was added to the page's queue; %NULL when something chosen is not valid, which the window
 * says. */
PhJob *ph_film_window_save (PhFilmWindow *self, const char *path);

G_END_DECLS
