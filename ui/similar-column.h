#pragma once

#include <adwaita.h>

#include "ui/picture-buttons.h"

G_BEGIN_DECLS

#define PH_TYPE_SIMILAR_COLUMN (ph_similar_column_get_type ())
/**
 * PhSimilarColumn:
 *
 * Which images are alike in one embedding, nearest first, with their distances and classes. While
 * the embedding is being made it tells how far that is. Emits "picked" (u).
 */
G_DECLARE_FINAL_TYPE (PhSimilarColumn, ph_similar_column, PH, SIMILAR_COLUMN, AdwBin)

/** ph_similar_column_new: @title: what it looks at, "Pixels" */
GtkWidget *ph_similar_column_new (const char *title);

const char *ph_similar_column_get_title (PhSimilarColumn *self);

/** ph_similar_column_follow: @job: (nullable): makes the embedding */
void ph_similar_column_follow (PhSimilarColumn *self, PhJob *job);

/** ph_similar_column_show_sentence: instead of images: why there are none. */
void ph_similar_column_show_sentence (PhSimilarColumn *self, const char *sentence);

/** ph_similar_column_show: @found: (nullable): of one query; @label: the class of that query, or
 * -1: how many of those found share it is told */
void ph_similar_column_show (PhSimilarColumn *self, PhItemPictures *pictures,
                             const PhNeighbours *found, int label);

PhPictureButtons *ph_similar_column_get_buttons (PhSimilarColumn *self);

G_END_DECLS
