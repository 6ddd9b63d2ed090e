/* Folders of image files. */

#include "data/dataset-private.h"

#include <glib/gi18n.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

/* Deeper than anybody sorts pictures; ends what links could make endless. */
#define MAX_DEPTH 16

static const char *const endings[] = { ".jpg",  ".jpeg", ".jpe",  ".png", ".gif", ".bmp",  ".webp",
                                       ".tif",  ".tiff", ".ppm",  ".pgm", ".pnm", ".tga",  ".avif",
                                       ".heic", ".jxl",  ".jfif", ".ico", ".xpm", ".svgz", NULL };

static gboolean
is_image_name (const char *name)
{
  const char *dot = strrchr (name, '.');

  for (guint i = 0; dot != NULL && endings[i] != NULL; i++)
    if (g_ascii_strcasecmp (dot, endings[i]) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
folder_recognise (const char *path, gboolean is_folder, const guint8 *head, gsize n)
{
  return is_folder;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* Lists @folder, whose path below the set is @below ("" or "a/b/"), in the order of names. What
 * cannot be entered or looked at is left out, as if it were not there. */
static gboolean
list (PhDataset *dataset, const char *folder, const char *below, guint depth,
      GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, depth == 0 ? error : NULL);
  const char *entry;

  if (dir == NULL)
    return depth > 0;
  while ((entry = g_dir_read_name (dir)) != NULL)
    if (entry[0] != '.')
      g_ptr_array_add (names, g_strdup (entry));
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    {
      const char *name = names->pdata[i];
      g_autofree char *path = g_build_filename (folder, name, NULL);
      guint64 size, stamp;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (is_image_name (name))
        {
          g_autofree char *item = g_strconcat (below, name, NULL);

          if (ph_dataset_stamp_file (path, &size, &stamp, NULL) &&
              !g_file_test (path, G_FILE_TEST_IS_DIR))
            ph_dataset_add (dataset, item, -1, stamp);
        }
      else if (depth + 1 < MAX_DEPTH && g_file_test (path, G_FILE_TEST_IS_DIR) &&
               !g_file_test (path, G_FILE_TEST_IS_SYMLINK))
        {
          g_autofree char *deeper = g_strconcat (below, name, "/", NULL);

          if (!list (dataset, path, deeper, depth + 1, cancellable, error))
            return FALSE;
        }
    }
  return TRUE;
}

static guint
depth_of (const char *name)
{
  guint depth = 0;

  for (; *name != '\0'; name++)
    depth += *name == '/';
  return depth;
}

/* The folder of @name at @level, from 0; %NULL when it lies further out. */
static char *
dup_folder (const char *name, guint level)
{
  const char *end;

  for (; level > 0; level--)
    {
      name = strchr (name, '/');
      if (name == NULL)
        return NULL;
      name++;
    }
  end = strchr (name, '/');
  return end != NULL ? g_strndup (name, (gsize)(end - name)) : NULL;
}

/* Classes are the folders at the depth of the outermost images. */
static void
find_classes (PhDataset *dataset)
{
  guint n = ph_dataset_get_n_items (dataset), least = G_MAXUINT;
  g_autoptr (GHashTable) numbers = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < n; i++)
    least = MIN (least, depth_of (ph_dataset_item_name (dataset, i)));

  guint level = MAX (least, 1) - 1;

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *folder = dup_folder (ph_dataset_item_name (dataset, i), level);

      if (folder != NULL && !g_hash_table_contains (numbers, folder))
        {
          g_hash_table_add (numbers, folder);
          g_ptr_array_add (dataset->classes, g_steal_pointer (&folder));
        }
    }
  /* In the order of names, also where "train/b" comes before "val/a". */
  g_ptr_array_sort (dataset->classes, compare_names);
  for (guint i = 0; i < dataset->classes->len; i++)
    g_hash_table_insert (numbers, dataset->classes->pdata[i], GUINT_TO_POINTER (i));
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *folder = dup_folder (ph_dataset_item_name (dataset, i), level);

      if (folder != NULL)
        g_array_index (dataset->labels, gint32, i) =
            GPOINTER_TO_INT (g_hash_table_lookup (numbers, folder));
    }
}

static PhDataset *
folder_open (const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (PhDataset) dataset = ph_dataset_new (&ph_dataset_folder, path);

  if (!list (dataset, dataset->root, "", 0, cancellable, error))
    return NULL;
  find_classes (dataset);
  return g_steal_pointer (&dataset);
}

static GBytes *
folder_read (PhDataset *dataset, guint item, GError **error)
{
  g_autofree char *path = ph_dataset_dup_item_path (dataset, item);
  char *content = NULL;
  gsize size = 0;

  if (!g_file_get_contents (path, &content, &size, error))
    return NULL;
  return g_bytes_new_take (content, size);
}

static PhImage *
folder_decode (PhDataset *dataset, guint item, GBytes *bytes, guint least, GError **error)
{
  g_autofree char *name = g_filename_display_name (ph_dataset_item_name (dataset, item));

  return ph_image_load_bytes_at_least (bytes, name, least, error);
}

const PhDatasetReader ph_dataset_folder = {
  .format = N_ ("folder"),
  .recognise = folder_recognise,
  .open = folder_open,
  .read = folder_read,
  .decode = folder_decode,
};
