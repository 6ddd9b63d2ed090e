#include "train/checkpoint.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/save.h"

/* A file is: magic, SHA-256 of the identity, SHA-256 of the rest, the rest. */
#define MAGIC "phosphene training 1\n"
#define MAGIC_SIZE (sizeof MAGIC - 1)
#define DIGEST_SIZE 32
#define HEADER_SIZE (MAGIC_SIZE + 2 * DIGEST_SIZE)

struct _PhCheckpoint
{
  GByteArray *written; /* owned; %NULL when reading */
  guint8 *content;     /* owned */
  gsize size, at;
  gboolean is_short; /* whether more was asked for than there is */
};

static void
digest (gconstpointer data, gsize size, guint8 *result)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize n = DIGEST_SIZE;

  g_checksum_update (sum, data, (gssize)size);
  g_checksum_get_digest (sum, result, &n);
}

PhCheckpoint *
ph_checkpoint_new (void)
{
  PhCheckpoint *checkpoint = g_new0 (PhCheckpoint, 1);

  checkpoint->written = g_byte_array_sized_new (1 << 16);
  g_byte_array_set_size (checkpoint->written, HEADER_SIZE);
  return checkpoint;
}

PhCheckpoint *
ph_checkpoint_load (const char *path, const char *identity, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autofree char *content = NULL;
  guint8 wanted[DIGEST_SIZE], actual[DIGEST_SIZE];
  PhCheckpoint *checkpoint;
  gsize size;

  if (!g_file_get_contents (path, &content, &size, &failure))
    {
      if (!g_error_matches (failure, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        g_propagate_error (error, g_steal_pointer (&failure));
      return NULL;
    }
  if (size < HEADER_SIZE || memcmp (content, MAGIC, MAGIC_SIZE) != 0)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                   _ ("%s: this is not the saved state of a training; remove it to begin anew"),
                   path);
      return NULL;
    }
  digest (content + HEADER_SIZE, size - HEADER_SIZE, actual);
  if (memcmp (content + MAGIC_SIZE + DIGEST_SIZE, actual, DIGEST_SIZE) != 0)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                   _ ("%s: the saved state is damaged; remove it to begin anew"), path);
      return NULL;
    }
  digest (identity, strlen (identity), wanted);
  if (memcmp (content + MAGIC_SIZE, wanted, DIGEST_SIZE) != 0)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                   _ ("%s: this is the state of another training (other network, images or "
                      "settings); remove it to begin anew, or choose another folder"),
                   path);
      return NULL;
    }
  checkpoint = g_new0 (PhCheckpoint, 1);
  checkpoint->content = (guint8 *)g_steal_pointer (&content);
  checkpoint->size = size;
  checkpoint->at = HEADER_SIZE;
  return checkpoint;
}

gboolean
ph_checkpoint_save (PhCheckpoint *checkpoint, const char *path, const char *identity,
                    GError **error)
{
  guint8 *bytes = checkpoint->written->data;
  gsize size = checkpoint->written->len;

  memcpy (bytes, MAGIC, MAGIC_SIZE);
  digest (identity, strlen (identity), bytes + MAGIC_SIZE);
  digest (bytes + HEADER_SIZE, size - HEADER_SIZE, bytes + MAGIC_SIZE + DIGEST_SIZE);
  return ph_save_bytes (path, bytes, size, error);
}

void
ph_checkpoint_free (PhCheckpoint *checkpoint)
{
  if (checkpoint == NULL)
    return;
  g_clear_pointer (&checkpoint->written, g_byte_array_unref);
  g_free (checkpoint->content);
  g_free (checkpoint);
}

gboolean
ph_checkpoint_is_reading (const PhCheckpoint *checkpoint)
{
  return checkpoint->written == NULL;
}

void
ph_checkpoint_bytes (PhCheckpoint *checkpoint, gpointer data, gsize size)
{
  if (checkpoint->written != NULL)
    g_byte_array_append (checkpoint->written, data, (guint)size);
  else if (size > checkpoint->size - checkpoint->at)
    checkpoint->is_short = TRUE;
  else if (size > 0) /* nothing may come with no address */
    {
      memcpy (data, checkpoint->content + checkpoint->at, size);
      checkpoint->at += size;
    }
}

void
ph_checkpoint_optimiser (PhCheckpoint *checkpoint, PhOptimiser *optimiser, gsize n)
{
  guint64 steps = ph_optimiser_get_steps (optimiser);

  ph_checkpoint_bytes (checkpoint, &steps, sizeof steps);
  ph_optimiser_set_steps (optimiser, steps);
  for (guint which = 0; ph_optimiser_get_state (optimiser, which) != NULL; which++)
    ph_checkpoint_bytes (checkpoint, ph_optimiser_get_state (optimiser, which), n * sizeof (float));
}

gboolean
ph_checkpoint_is_complete (const PhCheckpoint *checkpoint)
{
  return !checkpoint->is_short && checkpoint->at == checkpoint->size;
}
