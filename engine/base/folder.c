#include "base/folder.h"

#include <glib/gi18n.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/digest.h"

static gboolean
is_image_name (const char *name)
{
  static const char *const endings[] = { ".png", ".jpg",  ".jpeg", ".gif", ".bmp",
                                         ".tif", ".tiff", ".webp", ".ppm", ".pgm" };
  g_autofree char *lower = g_ascii_strdown (name, -1);

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    if (name[0] != '.' && g_str_has_suffix (lower, endings[i]))
      return TRUE;
  return FALSE;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

char **
ph_folder_list_images (const char *path, GError **error)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, error);
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  if (folder == NULL)
    return NULL;
  while ((name = g_dir_read_name (folder)) != NULL)
    if (is_image_name (name))
      g_ptr_array_add (paths, g_build_filename (path, name, NULL));
  if (paths->len == 0)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                   _ ("%s: there are no pictures in this folder"), path);
      return NULL;
    }
  g_ptr_array_sort (paths, compare_names);
  g_ptr_array_add (paths, NULL);
  return (char **)g_ptr_array_steal (paths, NULL);
}

static char *
digest_file (const char *path, GError **error)
{
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, error);

  if (file == NULL)
    return NULL;

  return ph_digest (g_mapped_file_get_contents (file), g_mapped_file_get_length (file), NULL,
                    error);
}

char *
ph_path_digest (const char *path, GError **error)
{
  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    return digest_file (path, error);

  g_auto (GStrv) paths = ph_folder_list_images (path, error);
  g_autoptr (GString) all = g_string_new (NULL);

  if (paths == NULL)
    return NULL;
  for (guint i = 0; paths[i] != NULL; i++)
    {
      g_autofree char *name = g_path_get_basename (paths[i]);
      g_autofree char *digest = digest_file (paths[i], error);

      if (digest == NULL)
        return NULL;
      g_string_append_printf (all, "%s %s\n", digest, name);
    }
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, all->str, (gssize)all->len);
}

gboolean
ph_folder_make (const char *path, int mode, GError **error)
{
  if (g_mkdir_with_parents (path, mode) == 0)
    return TRUE;

  int code = errno;
  g_autofree char *shown = g_filename_display_name (path);

  g_set_error (error, G_FILE_ERROR, (int)g_file_error_from_errno (code),
               _ ("The folder “%s” cannot be made: %s"), shown, g_strerror (code));
  return FALSE;
}
