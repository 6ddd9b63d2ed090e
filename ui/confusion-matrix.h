#pragma once

#include <gtk/gtk.h>

#include "engine/engine.h"

G_BEGIN_DECLS

#define PH_TYPE_CONFUSION_MATRIX (ph_confusion_matrix_get_type ())
/**
 * PhConfusionMatrix:
 *
 * How many images of each class (rows) got each answer (columns). The pointer and the arrow keys
 * tell what a cell means; a click, Enter or Space on it emits "picked" with its row and column
 * (int), or with -1 and -1 when it was picked already. For screen readers it is a picture described
 * in numbers.
 */
G_DECLARE_FINAL_TYPE (PhConfusionMatrix, ph_confusion_matrix, PH, CONFUSION_MATRIX, GtkWidget)

GtkWidget *ph_confusion_matrix_new (void);

/**
 * ph_confusion_matrix_show:
 * @names: (nullable): @n names of classes; %NULL: nothing is shown
 * @counts: (n, n), row by row
 *
 * Copies what it is given. A picked cell stays picked while the classes are the same.
 */
void ph_confusion_matrix_show (PhConfusionMatrix *self, guint n, const char *const *names,
                               const guint *counts);

/** ph_confusion_matrix_pick: marks a cell, without a signal; -1, -1: none. */
void ph_confusion_matrix_pick (PhConfusionMatrix *self, int row, int column);

/** ph_confusion_matrix_lookup: the cell at a place of the widget. */
gboolean ph_confusion_matrix_lookup (PhConfusionMatrix *self, double x, double y, int *row,
                                     int *column);

/** ph_confusion_matrix_dup_cell_text: "rose taken for tulip: 5 of 80 images". Caller frees. */
char *ph_confusion_matrix_dup_cell_text (PhConfusionMatrix *self, int row, int column);

/** ph_confusion_matrix_dup_description: of the whole, in numbers. Caller frees. */
char *ph_confusion_matrix_dup_description (PhConfusionMatrix *self);

G_END_DECLS
