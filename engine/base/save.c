#include "base/save.h"

#include <glib/gi18n.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

static gboolean
write_all (int fd, const guint8 *data, gsize size)
{
  while (size > 0)
    {
      gssize written = write (fd, data, size);

      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        return FALSE;
      data += written;
      size -= (gsize)written;
    }
  return TRUE;
}

static gboolean
fail (const char *path, int code, GError **error)
{
  g_autofree char *shown = g_filename_display_name (path);
  g_autofree char *folder = g_path_get_dirname (path);

  if (code == ENOENT && !g_file_test (folder, G_FILE_TEST_IS_DIR))
    {
      g_autofree char *missing = g_filename_display_name (folder);

      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
                   _ ("Cannot save “%s”: there is no folder “%s”"), shown, missing);
      return FALSE;
    }
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code), _ ("Cannot save “%s”: %s"),
               shown, g_strerror (code));
  return FALSE;
}

gboolean
ph_save_check (const char *path, GError **error)
{
  g_autofree char *temporary = g_strconcat (path, ".XXXXXX", NULL);
  int fd;

  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    return fail (path, EISDIR, error);
  fd = g_mkstemp_full (temporary, O_RDWR | O_CLOEXEC, 0666);
  if (fd < 0)
    return fail (path, errno, error);
  close (fd);
  g_unlink (temporary);
  return TRUE;
}

gboolean
ph_save_bytes (const char *path, gconstpointer data, gsize size, GError **error)
{
  return ph_save_parts (path, &(PhSavePart){ data, size }, 1, error);
}

gboolean
ph_save_parts (const char *path, const PhSavePart *parts, gsize n, GError **error)
{
  g_autofree char *temporary = g_strconcat (path, ".XXXXXX", NULL);
  int fd = g_mkstemp_full (temporary, O_RDWR | O_CLOEXEC, 0666);

  if (fd < 0)
    return fail (path, errno, error);

  gboolean written = TRUE;

  for (gsize i = 0; i < n && written; i++)
    written = write_all (fd, parts[i].data, parts[i].size);
  written = written && fsync (fd) == 0;

  int code = errno;

  if (close (fd) != 0 && written)
    {
      written = FALSE;
      code = errno;
    }
  if (written && g_rename (temporary, path) != 0)
    {
      written = FALSE;
      code = errno;
    }
  if (!written)
    {
      g_unlink (temporary);
      return fail (path, code, error);
    }
  return TRUE;
}
