#pragma once

#include <gtk/gtk.h>

#include "engine/engine.h"

G_BEGIN_DECLS

#define PH_TYPE_UNIT_FILM (ph_unit_film_get_type ())
/**
 * PhUnitFilm:
 *
 * How the picture of a unit changes while a network learns: one picture large, and all of them as a
 * strip of film. Dragging over the strip, a click on it and the arrow keys choose which one; that
 * emits "scrubbed" with its epoch (uint).
 */
G_DECLARE_FINAL_TYPE (PhUnitFilm, ph_unit_film, PH, UNIT_FILM, GtkWidget)

/** ph_unit_film_new: @title: of the unit, for people */
GtkWidget *ph_unit_film_new (const char *title);

/** ph_unit_film_add: a picture as it is after @epoch epochs, 0: before the first. Pictures come in
 * the order of the epochs; one for an epoch that is there already takes its place. */
void ph_unit_film_add (PhUnitFilm *self, guint epoch, PhFrame *frame);

/** ph_unit_film_get_n_pictures: how many there are. */
guint ph_unit_film_get_n_pictures (PhUnitFilm *self);

/** ph_unit_film_show_epoch: shows the newest picture that is not newer than @epoch, without a
 * signal. Until then the film follows the newest. */
void ph_unit_film_show_epoch (PhUnitFilm *self, guint epoch);

/** ph_unit_film_follow: shows the newest picture, now and whenever one comes. */
void ph_unit_film_follow (PhUnitFilm *self);

/** ph_unit_film_get_epoch: of the picture that is shown; -1 when there is none. */
int ph_unit_film_get_epoch (PhUnitFilm *self);

/** ph_unit_film_dup_caption: "before training", "after epoch 7". Caller frees. */
char *ph_unit_film_dup_caption (PhUnitFilm *self);

G_END_DECLS
