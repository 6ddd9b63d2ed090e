/* What each image's maps are on average, beside what a scan keeps: for comparing networks. Images
 * go by their content, so numbers stay true when a scan begins anew. */

#include "study/store-private.h"

#include <glib/gi18n.h>
#include <string.h>

static const char schema[] = "CREATE TABLE IF NOT EXISTS mean (layer INTEGER, image INTEGER,"
                             " means BLOB, PRIMARY KEY (layer, image)) WITHOUT ROWID;";

static void
clear_image (gpointer data)
{
  g_free (((PhStoreImage *)data)->name);
}

static int
compare_images (gconstpointer a, gconstpointer b)
{
  const PhStoreImage *x = a, *y = b;

  return x->digest < y->digest ? -1 : x->digest > y->digest;
}

GArray *
ph_store_list_images (PhStore *store, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = ph_store_prepare (
      store, "SELECT digest, name, label, min (id) FROM image WHERE state = 1 GROUP BY digest",
      error);
  g_autoptr (GArray) images = g_array_new (FALSE, FALSE, sizeof (PhStoreImage));
  gboolean failed = FALSE;

  g_array_set_clear_func (images, clear_image);
  while (statement != NULL && ph_store_step (store, statement, &failed, error))
    {
      PhStoreImage image = { (guint64)sqlite3_column_int64 (statement, 0),
                             g_strdup ((const char *)sqlite3_column_text (statement, 1)),
                             sqlite3_column_int (statement, 2) };

      g_array_append_val (images, image);
    }
  g_array_sort (images, compare_images);
  return statement != NULL && !failed ? g_steal_pointer (&images) : NULL;
}

static int
compare_digests (gconstpointer a, gconstpointer b)
{
  guint64 x = *(const guint64 *)a, y = *(const guint64 *)b;

  return x < y ? -1 : x > y;
}

GArray *
ph_store_list_means (PhStore *store, GError **error)
{
  g_autoptr (GArray) digests = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr (sqlite3_stmt) statement = NULL;
  gboolean failed = FALSE;

  if (!ph_store_run (store, schema, error))
    return NULL;
  statement = ph_store_prepare (store, "SELECT image FROM mean WHERE layer = 0", error);
  while (statement != NULL && ph_store_step (store, statement, &failed, error))
    {
      guint64 digest = (guint64)sqlite3_column_int64 (statement, 0);

      g_array_append_val (digests, digest);
    }
  g_array_sort (digests, compare_digests);
  return statement != NULL && !failed ? g_steal_pointer (&digests) : NULL;
}

static gboolean
write_image (PhStore *store, sqlite3_stmt *statement, const PhTargets *targets, guint64 digest,
             const float *means, GError **error)
{
  for (guint t = 0; t < targets->targets->len; t++)
    {
      guint n = ((const PhTarget *)targets->targets->pdata[t])->n_channels;

      sqlite3_bind_int64 (statement, 1, t);
      sqlite3_bind_int64 (statement, 2, (gint64)digest);
      sqlite3_bind_blob (statement, 3, means, (int)(n * sizeof *means), SQLITE_STATIC);
      if (!ph_store_finish (store, statement, error))
        return FALSE;
      means += n;
    }
  return TRUE;
}

gboolean
ph_store_write_means (PhStore *store, const PhTargets *targets, const guint64 *digests,
                      const float *const *means, guint n, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;
  gboolean good = TRUE;

  if (!ph_store_run (store, schema, error))
    return FALSE;
  statement = ph_store_prepare (store, "INSERT OR REPLACE INTO mean VALUES (?, ?, ?)", error);
  if (statement == NULL || !ph_store_run (store, "BEGIN IMMEDIATE", error))
    return FALSE;
  for (guint i = 0; good && i < n; i++)
    good = write_image (store, statement, targets, digests[i], means[i], error);
  if (good && ph_store_run (store, "COMMIT", error))
    return TRUE;
  sqlite3_exec (store->db, "ROLLBACK", NULL, NULL, NULL);
  return FALSE;
}

gboolean
ph_store_read_means (PhStore *store, const char *target, const guint64 *digests, guint n,
                     float *means, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;
  gboolean failed = FALSE;
  PhLayerRow layer;

  if (!ph_store_find_layer (store, target, &layer, error))
    return FALSE;
  statement =
      ph_store_prepare (store, "SELECT means FROM mean WHERE layer = ? AND image = ?", error);
  for (guint i = 0; statement != NULL && i < n; i++)
    {
      float *row = means + (gsize)i * layer.n_channels;
      gboolean found;

      sqlite3_bind_int64 (statement, 1, layer.id);
      sqlite3_bind_int64 (statement, 2, (gint64)digests[i]);
      found = ph_store_step (store, statement, &failed, error);
      if (failed)
        return FALSE;
      if (!found ||
          ph_store_get_array (statement, 0, row, sizeof *row, layer.n_channels) < layer.n_channels)
        {
          g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                       _ ("“%s” is damaged; delete it and scan again"), store->path);
          return FALSE;
        }
      sqlite3_reset (statement);
    }
  return statement != NULL;
}
