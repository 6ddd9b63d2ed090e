/* Archives with a set inside: unpacked once into the user's cache by libarchive, then opened as
 * what they hold. Members of a compressed archive cannot be read in any order, their files can. */

#include "data/dataset-private.h"

#include <glib/gi18n.h>
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <ftw.h>
#include <glib/gstdio.h>
#include <string.h>

static const char *const endings[] = { ".zip", ".tar", ".tar.gz",  ".tgz",  ".tar.xz",
                                       ".txz", ".7z",  ".tar.bz2", ".tbz2", NULL };

static gboolean
archive_recognise (const char *path, gboolean is_folder, const guint8 *head, gsize n)
{
  g_autofree char *low = g_ascii_strdown (path, -1);

  for (guint i = 0; !is_folder && endings[i] != NULL; i++)
    if (g_str_has_suffix (low, endings[i]))
      return TRUE;
  return FALSE;
}

static PhDataset *
fail (const char *path, const char *reason, GError **error)
{
  g_autofree char *shown = g_filename_display_name (path);

  g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID, "“%s” cannot be unpacked: %s", shown,
               reason != NULL ? reason : "it is damaged");
  return NULL;
}

/* Where a member goes; %NULL for what does not belong into a set or lies outside of it. */
static char *
dup_target (const char *folder, const char *member)
{
  g_auto (GStrv) parts = g_strsplit (member, "/", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    if (g_str_equal (parts[i], "..") || g_str_equal (parts[i], "__MACOSX"))
      return NULL;
  return g_build_filename (folder, member, NULL);
}

/* Writes what libarchive reads; links and devices are left out. */
static gboolean
unpack_members (struct archive *reader, struct archive *writer, const char *path,
                const char *folder, GCancellable *cancellable, GError **error)
{
  struct archive_entry *entry;
  int code;

  while ((code = archive_read_next_header (reader, &entry)) == ARCHIVE_OK || code == ARCHIVE_WARN)
    {
      const char *member = archive_entry_pathname (entry);
      g_autofree char *target = member != NULL ? dup_target (folder, member) : NULL;
      const void *block;
      size_t size;
      la_int64_t offset;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (target == NULL || archive_entry_filetype (entry) != AE_IFREG ||
          archive_entry_hardlink (entry) != NULL)
        continue;
      archive_entry_set_pathname (entry, target);
      archive_entry_set_perm (entry, 0644);
      if (archive_write_header (writer, entry) != ARCHIVE_OK)
        return fail (path, archive_error_string (writer), error) != NULL;
      while ((code = archive_read_data_block (reader, &block, &size, &offset)) == ARCHIVE_OK)
        if (archive_write_data_block (writer, block, size, offset) < ARCHIVE_WARN)
          return fail (path, archive_error_string (writer), error) != NULL;
      if (code != ARCHIVE_EOF)
        return fail (path, archive_error_string (reader), error) != NULL;
      if (archive_write_finish_entry (writer) != ARCHIVE_OK)
        return fail (path, archive_error_string (writer), error) != NULL;
    }
  if (code != ARCHIVE_EOF)
    return fail (path, archive_error_string (reader), error) != NULL;
  return TRUE;
}

static gboolean
unpack (const char *path, const char *folder, GCancellable *cancellable, GError **error)
{
  struct archive *reader = archive_read_new ();
  struct archive *writer = archive_write_disk_new ();
  gboolean good = FALSE;

  archive_read_support_filter_all (reader);
  archive_read_support_format_all (reader);
  archive_write_disk_set_options (writer, ARCHIVE_EXTRACT_TIME | ARCHIVE_EXTRACT_SECURE_SYMLINKS |
                                              ARCHIVE_EXTRACT_SECURE_NODOTDOT);
  if (archive_read_open_filename (reader, path, 1 << 16) != ARCHIVE_OK)
    fail (path, archive_error_string (reader), error);
  else
    good = unpack_members (reader, writer, path, folder, cancellable, error);
  archive_read_free (reader);
  archive_write_free (writer);
  return good;
}

static int
remove_entry (const char *path, const struct stat *found, int kind, struct FTW *walk)
{
  return g_remove (path);
}

/* The innermost folder that holds more than another folder alone. */
static char *
dup_root (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name = dir != NULL ? g_dir_read_name (dir) : NULL;
  g_autofree char *only = name != NULL ? g_build_filename (folder, name, NULL) : NULL;

  if (only == NULL || g_dir_read_name (dir) != NULL || !g_file_test (only, G_FILE_TEST_IS_DIR))
    return g_strdup (folder);
  return dup_root (only);
}

/* Unpacks into a folder of its own name, renamed when it is complete. */
static gboolean
unpack_safely (const char *path, const char *folder, GCancellable *cancellable, GError **error)
{
  g_autofree char *parent = g_path_get_dirname (folder);
  g_autofree char *temporary = g_strconcat (folder, ".XXXXXX", NULL);

  if (g_mkdir_with_parents (parent, 0700) != 0 || g_mkdtemp (temporary) == NULL)
    {
      int code = errno;

      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
                   "The folder “%s” cannot be made: %s", folder, g_strerror (code));
      return FALSE;
    }
  if (!unpack (path, temporary, cancellable, error) || g_rename (temporary, folder) != 0)
    {
      nftw (temporary, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
      /* Another process may have been faster. */
      if (error == NULL || *error == NULL)
        return g_file_test (folder, G_FILE_TEST_IS_DIR) ? TRUE : fail (path, NULL, error) != NULL;
      return FALSE;
    }
  return TRUE;
}

static PhDataset *
archive_open (const char *path, GCancellable *cancellable, GError **error)
{
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *base = g_path_get_basename (absolute);
  g_autofree char *folder = NULL, *root = NULL, *text = NULL, *number = NULL;
  PhDataset *dataset;
  guint64 size, stamp;

  if (!ph_dataset_stamp_file (absolute, &size, &stamp, error))
    return NULL;
  /* A changed archive is another folder. */
  text = g_strdup_printf ("%s\n%" G_GUINT64_FORMAT, absolute, stamp);
  number = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
  number[16] = '\0';
  folder = g_build_filename (g_get_user_cache_dir (), "phosphene", "unpacked", number, base, NULL);
  if (!g_file_test (folder, G_FILE_TEST_IS_DIR) &&
      !unpack_safely (absolute, folder, cancellable, error))
    return NULL;
  root = dup_root (folder);
  dataset = ph_dataset_open (root, cancellable, error);
  if (dataset == NULL)
    {
      g_prefix_error (error, "%s: ", base);
      return NULL;
    }
  g_free (dataset->name);
  g_free (dataset->path);
  dataset->name = g_filename_display_name (base);
  dataset->path = g_steal_pointer (&absolute);
  return dataset;
}

const PhDatasetReader ph_dataset_archive = {
  .format = N_ ("archive"),
  .recognise = archive_recognise,
  .open = archive_open,
};
