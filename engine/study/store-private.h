#pragma once

#include <sqlite3.h>

#include "study/store.h"

G_BEGIN_DECLS

struct _PhStore
{
  /* owned */
  sqlite3 *db;
  char *path;

  gint64 generation; /* of the last commit, as this writer knows it */
};

/** PhSampleRow: an image of the even sample in a unit's row. */
typedef struct
{
  guint32 image, position;
  float value;
} PhSampleRow;

/** PhHistogramHead: what precedes the counts of a stored histogram. */
typedef struct
{
  gint32 exponent;
  guint32 first, n_bins;
} PhHistogramHead;

/** PhLayerRow: a layer as the store has it. */
typedef struct
{
  gint64 id;
  guint n_channels, rows, columns;
} PhLayerRow;

/** ph_store_find_layer: Returns: %FALSE with %PH_ERROR_NO_SUCH_UNIT when it was not watched. */
gboolean ph_store_find_layer (PhStore *store, const char *target, PhLayerRow *layer,
                              GError **error);

/** ph_store_count_positions: numbers of each map that count: one at a chosen position. */
guint ph_store_count_positions (PhStore *store, const PhLayerRow *layer);

/** ph_store_get_array: copies a column of whole elements of @size bytes, at most @most. Returns:
 * how many. */
guint ph_store_get_array (sqlite3_stmt *statement, int column, gpointer to, gsize size, guint most);

/** ph_store_fail: sets @error from what SQLite says. Returns: %FALSE. */
gboolean ph_store_fail (PhStore *store, GError **error);

/** ph_store_run: statements without results. */
gboolean ph_store_run (PhStore *store, const char *sql, GError **error);

/** ph_store_prepare: Returns: %NULL with @error set. */
sqlite3_stmt *ph_store_prepare (PhStore *store, const char *sql, GError **error);

/** ph_store_step: whether there is a row. @failed is set when there is an error instead. */
gboolean ph_store_step (PhStore *store, sqlite3_stmt *statement, gboolean *failed, GError **error);

/** ph_store_finish: for statements that give no row: steps and makes ready for the next. */
gboolean ph_store_finish (PhStore *store, sqlite3_stmt *statement, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (sqlite3_stmt, sqlite3_finalize)

G_END_DECLS
