#pragma once

#include <adwaita.h>

#include "engine/engine.h"

G_BEGIN_DECLS

/** PhPieceCheck: whether a piece is valid. */
typedef gboolean (*PhPieceCheck) (const char *piece, gpointer data, GError **error);

#define PH_TYPE_PIECE_LIST (ph_piece_list_get_type ())
/**
 * PhPieceList:
 *
 * A short list of texts that are edited one a row: the terms of an objective, the random changes of
 * a picture. Rows are added from a menu that says what there is, each tells what is wrong with it.
 *
 * Emits "changed" whenever the user has changed something and all pieces are valid.
 */
G_DECLARE_FINAL_TYPE (PhPieceList, ph_piece_list, PH, PIECE_LIST, GtkBox)

/**
 * ph_piece_list_new:
 * @kinds: (borrowed): ends with a %NULL name
 * @weighted: whether each piece has a factor in front
 * @add_label: of the button that adds one, translated
 * @check: with @data
 */
GtkWidget *ph_piece_list_new (const PhSettingItem *kinds, gboolean weighted, const char *add_label,
                              PhPieceCheck check, gpointer data);

/** ph_piece_list_set_words: (nullable): what the entries complete; names of units, say. */
void ph_piece_list_set_words (PhPieceList *self, const char *const *words);

/** ph_piece_list_clear: removes all rows. */
void ph_piece_list_clear (PhPieceList *self);

/** ph_piece_list_append: adds a row; does not emit "changed". */
void ph_piece_list_append (PhPieceList *self, double weight, const char *piece);

guint ph_piece_list_get_n (PhPieceList *self);

/** ph_piece_list_get: (transfer none): the text of row @i. */
const char *ph_piece_list_get (PhPieceList *self, guint i, double *weight);

/** ph_piece_list_get_message: (nullable): what is wrong with row @i, as it is shown. */
const char *ph_piece_list_get_message (PhPieceList *self, guint i);

G_END_DECLS
