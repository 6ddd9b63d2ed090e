#include "study/store-private.h"

#include <glib/gi18n.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/folder.h"

/* Raised when what is stored changes; older files are then refused. */
#define VERSION 1

/* How long a reader waits for the moment in which a batch becomes visible. */
#define BUSY_MS 10000

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS image (id INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL,"
    " label INTEGER, stamp INTEGER, digest INTEGER, state INTEGER NOT NULL, failure TEXT);"
    "CREATE TABLE IF NOT EXISTS layer (id INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL,"
    " channels INTEGER, height INTEGER, width INTEGER, at_row INTEGER, at_column INTEGER);"
    "CREATE TABLE IF NOT EXISTS unit (layer INTEGER, channel INTEGER, n INTEGER, highest BLOB,"
    " lowest BLOB, sample BLOB, histogram BLOB, sum BLOB, squares BLOB, zeros INTEGER,"
    " PRIMARY KEY (layer, channel));"
    "CREATE TABLE IF NOT EXISTS sample (place INTEGER PRIMARY KEY, image INTEGER, digest INTEGER);"
    "CREATE TABLE IF NOT EXISTS class (label INTEGER PRIMARY KEY, name TEXT, n INTEGER);"
    "CREATE TABLE IF NOT EXISTS class_sum (layer INTEGER, label INTEGER, sums BLOB,"
    " PRIMARY KEY (layer, label));";

gboolean
ph_store_fail (PhStore *store, GError **error)
{
  int code = sqlite3_errcode (store->db) & 0xff;
  g_autofree char *shown = g_filename_display_name (store->path);

  if (code == SQLITE_FULL)
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOSPC,
                 _ ("“%s” cannot be written: the disk is full; what was written before is safe"),
                 shown);
  else if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
    g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                 _ ("“%s” is damaged; delete it and scan again"), shown);
  else
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "“%s”: %s", shown,
                 sqlite3_errmsg (store->db));
  return FALSE;
}

gboolean
ph_store_run (PhStore *store, const char *sql, GError **error)
{
  return sqlite3_exec (store->db, sql, NULL, NULL, NULL) == SQLITE_OK ||
         ph_store_fail (store, error);
}

sqlite3_stmt *
ph_store_prepare (PhStore *store, const char *sql, GError **error)
{
  sqlite3_stmt *statement = NULL;

  if (sqlite3_prepare_v2 (store->db, sql, -1, &statement, NULL) != SQLITE_OK)
    ph_store_fail (store, error);
  return statement;
}

gboolean
ph_store_step (PhStore *store, sqlite3_stmt *statement, gboolean *failed, GError **error)
{
  int code = sqlite3_step (statement);

  *failed = code != SQLITE_ROW && code != SQLITE_DONE;
  if (*failed)
    ph_store_fail (store, error);
  return code == SQLITE_ROW;
}

gboolean
ph_store_finish (PhStore *store, sqlite3_stmt *statement, GError **error)
{
  gboolean failed;

  ph_store_step (store, statement, &failed, error);
  sqlite3_reset (statement);
  sqlite3_clear_bindings (statement);
  return !failed;
}

char *
ph_store_dup_folder (PhModel *model, const char *identity)
{
  const PhPreprocess *p = ph_model_get_preprocess (model);
  GString *text = g_string_new (ph_model_get_digest (model));
  g_autofree char *network = NULL, *folder = NULL;

  /* What the network is shown is part of what it answers. */
  g_string_append_printf (text, " %u %u %u %a %d %d", p->channels, p->height, p->width, p->scale,
                          p->bgr, p->nhwc);
  for (guint c = 0; c < MIN (p->channels, 4); c++)
    g_string_append_printf (text, " %a %a", p->mean[c], p->std[c]);
  network = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text->str, -1);
  g_string_free (text, TRUE);
  folder = g_strdup_printf ("%.16s-%.16s", network, identity);
  return g_build_filename (g_get_user_cache_dir (), "phosphene", "scans", folder, NULL);
}

char *
ph_store_dup_path (PhModel *model, const char *identity, const PhTargets *targets)
{
  g_autofree char *folder = ph_store_dup_folder (model, identity);
  g_autofree char *text = ph_targets_dup_text (targets);
  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
  g_autofree char *name = g_strdup_printf ("%.16s.db", sum);

  return g_build_filename (folder, name, NULL);
}

static gboolean
check_version (PhStore *store, gboolean for_writing, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = ph_store_prepare (store, "PRAGMA user_version", error);
  gboolean failed;
  int version;

  if (statement == NULL || !ph_store_step (store, statement, &failed, error))
    return FALSE;
  version = sqlite3_column_int (statement, 0);
  sqlite3_reset (statement);
  if (version == VERSION)
    return TRUE;
  if (version == 0 && for_writing)
    return ph_store_run (store, "PRAGMA journal_mode = WAL", error) &&
           ph_store_run (store, "BEGIN IMMEDIATE", error) && ph_store_run (store, schema, error) &&
           ph_store_run (store, "PRAGMA user_version = " G_STRINGIFY (VERSION), error) &&
           ph_store_run (store, "COMMIT", error);
  g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
               version == 0 ? "“%s” holds no scan yet"
                            : "“%s” was written by another version; delete it and scan again",
               store->path);
  return FALSE;
}

PhStore *
ph_store_open (const char *path, gboolean for_writing, GError **error)
{
  g_autoptr (PhStore) store = g_new0 (PhStore, 1);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *shown = g_filename_display_name (path);
  int flags = for_writing ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READWRITE;

  store->path = g_strdup (path);
  if (for_writing && !ph_folder_make (folder, 0700, error))
    return NULL;
  if (!for_writing && !g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT, _ ("There is no scan “%s”"), shown);
      return NULL;
    }
  if (sqlite3_open_v2 (path, &store->db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
    {
      ph_store_fail (store, error);
      return NULL;
    }
  sqlite3_busy_timeout (store->db, BUSY_MS);
  /* A batch survives the death of the process; after a power cut the last ones may be missing,
   * never a part of one. */
  if (!ph_store_run (store, "PRAGMA synchronous = NORMAL", error) ||
      !check_version (store, for_writing, error))
    return NULL;
  return g_steal_pointer (&store);
}

void
ph_store_close (PhStore *store)
{
  if (store == NULL)
    return;
  sqlite3_close_v2 (store->db);
  g_free (store->path);
  g_free (store);
}
