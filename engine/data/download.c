#include "data/download-private.h"

#include <glib/gi18n.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/error.h"
#include "base/folder.h"

/* A server that sends nothing for so long is given up, in seconds. */
#define PATIENCE 30

/* Breaks in a row without a byte between them before giving up; the waits grow. */
#define MOST_BREAKS 5

static void
transfer_clear (Transfer *self)
{
  if (self->fd >= 0)
    close (self->fd);
  g_clear_object (&self->session);
  if (self->context != NULL)
    {
      /* What the session left to be done, such as closing its connections. */
      while (g_main_context_iteration (self->context, FALSE))
        continue;
      g_main_context_pop_thread_default (self->context);
      g_main_context_unref (self->context);
    }
  g_free (self->part);
  g_free (self->tag_path);
  g_free (self->server);
}

/* Opens the part; one process at a time. */
static gboolean
open_part (Transfer *self, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (self->what->path);
  g_autofree char *shown = g_filename_display_basename (self->what->path);

  if (!ph_folder_make (folder, 0755, error))
    return FALSE;
  self->fd = open (self->part, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (self->fd < 0)
    {
      ph_transfer_fail_to_write (self, errno, error);
      return FALSE;
    }
  if (flock (self->fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY,
                   "“%s” is being fetched by another window or command", shown);
      return FALSE;
    }
  self->have = ph_download_get_part (self->what->path);
  self->pieced = self->have > 0;
  if (self->what->bytes > 0 && self->have > self->what->bytes)
    return ph_transfer_truncate (self, error);
  return TRUE;
}

/* Half a gigabyte should not be fetched to find then that there is no room. */
static gboolean
check_room (Transfer *self, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (self->what->path);
  g_autoptr (GFile) file = g_file_new_for_path (folder);
  g_autoptr (GFileInfo) info =
      g_file_query_filesystem_info (file, G_FILE_ATTRIBUTE_FILESYSTEM_FREE, NULL, NULL);

  if (info == NULL || self->what->bytes <= self->have ||
      !g_file_info_has_attribute (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE))
    return TRUE;
  if (g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE) >=
      self->what->bytes - self->have)
    return TRUE;
  ph_transfer_fail_to_write (self, ENOSPC, error);
  return FALSE;
}

static void
make_session (Transfer *self)
{
  /* Addresses are connected to in the context that is the thread's own while this runs. */
  self->context = g_main_context_new ();
  g_main_context_push_thread_default (self->context);
  self->session = soup_session_new_with_options ("timeout", PATIENCE, "user-agent",
                                                 "Phosphene/" PH_VERSION, NULL);
  /* Files come as they are stored: what is compressed must stay so for its digest. */
  soup_session_remove_feature_by_type (self->session, SOUP_TYPE_CONTENT_DECODER);
}

/* Asks until all is there, again after breaks. */
static PhTransferEnd
fetch (Transfer *self, GError **error)
{
  guint breaks = 0;

  for (;;)
    {
      guint64 arrived = self->arrived, had = self->have;
      g_autoptr (GError) failure = NULL;
      PhTransferEnd end = ph_transfer_request (self, &failure);

      if (end == PH_TRANSFER_BROKEN && self->arrived > arrived)
        breaks = 0;
      /* Where nothing at all came in, the user had better know at once; but a part that the server
       * did not like is gone, so that the next request is another one. */
      if (end == PH_TRANSFER_BROKEN && breaks < MOST_BREAKS &&
          (self->arrived > 0 || self->have < had))
        {
          ph_transfer_wait (self, breaks == 0 ? 0 : 500u << breaks);
          breaks++;
          if (self->stopped)
            return PH_TRANSFER_STOPPED;
          if (!g_cancellable_is_cancelled (self->cancellable))
            continue;
        }
      if (g_cancellable_is_cancelled (self->cancellable))
        {
          g_cancellable_set_error_if_cancelled (self->cancellable, error);
          return PH_TRANSFER_FAILED;
        }
      if (failure != NULL)
        g_propagate_error (error, g_steal_pointer (&failure));
      return end == PH_TRANSFER_BROKEN ? PH_TRANSFER_FAILED : end;
    }
}

/* Returns: whether the part's bytes are the right ones; an error only when that is not known. */
static gboolean
digest_is_right (Transfer *self, GError **error)
{
  g_autoptr (GMappedFile) file = NULL;
  g_autofree char *digest = NULL;

  if (self->what->sha256 == NULL)
    return TRUE;
  ph_monitor_progress (self->monitor, 1, _ ("checking"));
  file = g_mapped_file_new_from_fd (self->fd, FALSE, error);
  if (file == NULL)
    return FALSE;
  digest = ph_digest (g_mapped_file_get_contents (file), g_mapped_file_get_length (file),
                      self->cancellable, error);
  return digest != NULL && g_ascii_strcasecmp (digest, self->what->sha256) == 0;
}

/* The part becomes the file. */
static gboolean
place (Transfer *self, GError **error)
{
  if (fsync (self->fd) != 0 || g_rename (self->part, self->what->path) != 0)
    {
      ph_transfer_fail_to_write (self, errno, error);
      return FALSE;
    }
  g_unlink (self->tag_path);
  return TRUE;
}

static gboolean
run (Transfer *self, GError **error)
{
  if (!open_part (self, error) || !check_room (self, error))
    return FALSE;
  make_session (self);
  for (;;)
    {
      g_autoptr (GError) failure = NULL;

      /* All may be there already, but not checked yet. */
      if (self->what->bytes == 0 || self->have < self->what->bytes)
        {
          PhTransferEnd end = fetch (self, error);

          if (end != PH_TRANSFER_WHOLE)
            return end == PH_TRANSFER_STOPPED;
        }
      if (digest_is_right (self, &failure))
        return place (self, error);
      if (failure != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
      /* Parts of two files, perhaps: the beginning may have been another version. */
      if (self->pieced)
        {
          if (!ph_transfer_truncate (self, error))
            return FALSE;
          continue;
        }

      g_autofree char *name = g_filename_display_basename (self->what->path);

      ph_download_discard (self->what->path);
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                   "What “%s” sent as “%s” is not the file that was expected: its checksum "
                   "(SHA-256) differs, so it was thrown away. Try again later, or another mirror.",
                   self->server, name);
      return FALSE;
    }
}

/* A file of another length is not the one that is wanted, and will be replaced. */
static gboolean
is_there (const PhDownload *what)
{
  GStatBuf found;

  return g_stat (what->path, &found) == 0 &&
         (what->bytes == 0 || (guint64)found.st_size == what->bytes);
}

gboolean
ph_download (const PhDownload *what, const PhMonitor *monitor, gboolean *stopped,
             GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (what != NULL && what->address != NULL && what->path != NULL, FALSE);

  g_autoptr (GUri) uri = g_uri_parse (what->address, SOUP_HTTP_URI_FLAGS, NULL);
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;
  const char *scheme = uri != NULL ? g_uri_get_scheme (uri) : "";
  Transfer self = { .what = what, .monitor = monitor, .cancellable = cancellable, .fd = -1 };
  gboolean done;

  if (stopped != NULL)
    *stopped = FALSE;
  if (is_there (what))
    return TRUE;
  if (host == NULL || *host == '\0' ||
      (!g_str_equal (scheme, "http") && !g_str_equal (scheme, "https")))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "“%s” is no address of a file: it must begin with https:// or http://",
                   what->address);
      return FALSE;
    }
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  self.part = g_strconcat (what->path, ".part", NULL);
  self.tag_path = g_strconcat (what->path, ".part.tag", NULL);
  self.server = g_strdup (host);
  done = run (&self, error);
  if (stopped != NULL)
    *stopped = done && self.stopped;
  transfer_clear (&self);
  return done;
}

guint64
ph_download_get_part (const char *path)
{
  g_autofree char *part = g_strconcat (path, ".part", NULL);
  GStatBuf found;

  return g_stat (part, &found) == 0 && S_ISREG (found.st_mode) ? (guint64)found.st_size : 0;
}

void
ph_download_discard (const char *path)
{
  g_autofree char *part = g_strconcat (path, ".part", NULL);
  g_autofree char *tag = g_strconcat (path, ".part.tag", NULL);

  g_unlink (part);
  g_unlink (tag);
}
