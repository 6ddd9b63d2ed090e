#include "data/dataset-private.h"

#include <glib/gi18n.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "data/catalogue.h"

/* The formats, in the order in which they are tried. */
static const PhDatasetReader *const readers[] = {
  &ph_dataset_world,    &ph_dataset_idx,     &ph_dataset_cifar10,
  &ph_dataset_cifar100, &ph_dataset_archive, &ph_dataset_folder,
};

PhDataset *
ph_dataset_new (const PhDatasetReader *reader, const char *path)
{
  PhDataset *dataset = g_new0 (PhDataset, 1);
  g_autofree char *text = NULL;

  g_atomic_ref_count_init (&dataset->refs);
  dataset->reader = reader;
  dataset->path =
      ph_dataset_is_drawn (path) ? g_strdup (path) : g_canonicalize_filename (path, NULL);
  dataset->root = g_strdup (dataset->path);
  dataset->name = g_filename_display_basename (dataset->path);
  text = g_strconcat (reader->format, "\n", dataset->path, NULL);
  dataset->identity = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
  dataset->classes = g_ptr_array_new_with_free_func (g_free);
  dataset->labels = g_array_new (FALSE, FALSE, sizeof (gint32));
  dataset->stamps = g_array_new (FALSE, FALSE, sizeof (guint64));
  dataset->names = g_array_new (FALSE, FALSE, sizeof (guint64));
  dataset->name_pool = g_byte_array_new ();
  return dataset;
}

PhDataset *
ph_dataset_ref (PhDataset *dataset)
{
  g_atomic_ref_count_inc (&dataset->refs);
  return dataset;
}

void
ph_dataset_unref (PhDataset *dataset)
{
  if (!g_atomic_ref_count_dec (&dataset->refs))
    return;
  if (dataset->reader->finalize != NULL)
    dataset->reader->finalize (dataset);
  g_free (dataset->path);
  g_free (dataset->root);
  g_free (dataset->name);
  g_free (dataset->identity);
  g_ptr_array_unref (dataset->classes);
  g_array_unref (dataset->labels);
  g_array_unref (dataset->stamps);
  g_array_unref (dataset->names);
  g_byte_array_unref (dataset->name_pool);
  ph_kept_free (dataset->kept);
  g_free (dataset);
}

void
ph_dataset_add (PhDataset *dataset, const char *name, int label, guint64 stamp)
{
  gint32 number = label;
  guint64 at = dataset->name_pool->len;

  g_byte_array_append (dataset->name_pool, (const guint8 *)name, (guint)strlen (name) + 1);
  g_array_append_val (dataset->names, at);
  g_array_append_val (dataset->labels, number);
  g_array_append_val (dataset->stamps, stamp);
}

const char *
ph_dataset_item_name (const PhDataset *dataset, guint item)
{
  return (const char *)dataset->name_pool->data + g_array_index (dataset->names, guint64, item);
}

guint64
ph_dataset_stamp (guint64 size, gint64 seconds, gint64 nanoseconds)
{
  guint64 mixed = size * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  mixed = (mixed ^ mixed >> 29) + (guint64)seconds * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  mixed = (mixed ^ mixed >> 32) + (guint64)nanoseconds * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return mixed ^ mixed >> 31;
}

gboolean
ph_dataset_stamp_file (const char *path, guint64 *size, guint64 *stamp, GError **error)
{
  GStatBuf found;

  if (g_stat (path, &found) != 0)
    {
      int code = errno;
      g_autofree char *shown = g_filename_display_name (path);

      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
                   _ ("“%s” cannot be read: %s"), shown, g_strerror (code));
      return FALSE;
    }
  *size = (guint64)found.st_size;
#ifdef __linux__
  *stamp = ph_dataset_stamp (*size, found.st_mtim.tv_sec, found.st_mtim.tv_nsec);
#else
  *stamp = ph_dataset_stamp (*size, found.st_mtime, 0);
#endif
  return TRUE;
}

void
ph_dataset_read_class_names (PhDataset *dataset, const char *folder, const char *const *files,
                             guint n_classes)
{
  for (; *files != NULL; files++)
    {
      g_autofree char *path = g_build_filename (folder, *files, NULL);
      g_autofree char *text = NULL;
      g_auto (GStrv) lines = NULL;

      if (!g_file_get_contents (path, &text, NULL, NULL) || !g_utf8_validate (text, -1, NULL))
        continue;
      lines = g_strsplit (g_strchomp (text), "\n", -1);
      if (g_strv_length (lines) < n_classes)
        continue;
      for (guint i = 0; i < n_classes; i++)
        g_ptr_array_add (dataset->classes, g_strdup (g_strstrip (lines[i])));
      return;
    }
  for (guint i = 0; i < n_classes; i++)
    g_ptr_array_add (dataset->classes, g_strdup_printf ("%u", i));
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *
ph_dataset_list_folder (const char *folder, const char *const *ends)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *low = g_ascii_strdown (name, -1);

      for (const char *const *end = ends; *end != NULL; end++)
        if (g_str_has_suffix (low, *end))
          {
            g_ptr_array_add (names, g_strdup (name));
            break;
          }
    }
  g_ptr_array_sort (names, compare_names);
  return names;
}

GBytes *
ph_dataset_read_part (const char *path, guint64 offset, gsize n, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, error);
  g_autofree guint8 *bytes = g_malloc (n);
  gsize found = 0;

  if (stream == NULL ||
      !g_seekable_seek (G_SEEKABLE (stream), (goffset)offset, G_SEEK_SET, NULL, error) ||
      !g_input_stream_read_all (G_INPUT_STREAM (stream), bytes, n, &found, NULL, error))
    return NULL;
  if (found < n)
    {
      g_autofree char *shown = g_filename_display_name (path);

      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                   _ ("“%s” has become shorter since it was opened"), shown);
      return NULL;
    }
  return g_bytes_new_take (g_steal_pointer (&bytes), n);
}

PhImage *
ph_dataset_image_from_planes (const guint8 *planes, guint channels, guint height, guint width,
                              GError **error)
{
  PhImage *image = ph_image_new (channels, height, width, error);

  for (gsize i = 0; image != NULL && i < ph_image_n_values (image); i++)
    image->data[i] = (float)planes[i] / 255.0f;
  return image;
}

/* The first bytes of a file. */
static gboolean
read_head (const char *path, guint8 *head, gsize size, gsize *n, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, error);

  return stream != NULL &&
         g_input_stream_read_all (G_INPUT_STREAM (stream), head, size, n, NULL, error);
}

PhDataset *
ph_dataset_open (const char *name, GCancellable *cancellable, GError **error)
{
  g_autofree char *path = ph_catalogue_resolve (name, error);

  if (path == NULL)
    return NULL;

  gboolean is_folder = g_file_test (path, G_FILE_TEST_IS_DIR);
  g_autofree char *shown = g_filename_display_name (path);
  guint8 head[4096];
  gsize n = 0;

  if (!is_folder && !ph_dataset_is_drawn (path) && !read_head (path, head, sizeof head, &n, error))
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (readers); i++)
    if (readers[i]->recognise (path, is_folder, head, n))
      {
        PhDataset *dataset = readers[i]->open (path, cancellable, error);

        if (dataset == NULL || ph_dataset_get_n_items (dataset) > 0)
          return dataset;
        ph_dataset_unref (dataset);
        g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID, _ ("“%s” holds no image"), shown);
        return NULL;
      }
  g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
               _ ("“%s” is no set of images that can be opened: choose a folder of images, an IDX "
                  "or CIFAR file, or a .zip of one"),
               shown);
  return NULL;
}

const char *
ph_dataset_get_path (const PhDataset *dataset)
{
  return dataset->path;
}

const char *
ph_dataset_get_name (const PhDataset *dataset)
{
  return dataset->name;
}

const char *
ph_dataset_get_format (const PhDataset *dataset)
{
  return dataset->reader->format;
}

const char *
ph_dataset_get_identity (const PhDataset *dataset)
{
  return dataset->identity;
}

guint
ph_dataset_get_n_items (const PhDataset *dataset)
{
  return dataset->labels->len;
}

guint
ph_dataset_get_n_classes (const PhDataset *dataset)
{
  return dataset->classes->len;
}

const char *
ph_dataset_get_class_name (const PhDataset *dataset, guint label)
{
  g_return_val_if_fail (label < dataset->classes->len, NULL);
  return dataset->classes->pdata[label];
}

int
ph_dataset_get_label (const PhDataset *dataset, guint item)
{
  g_return_val_if_fail (item < dataset->labels->len, -1);
  return g_array_index (dataset->labels, gint32, item);
}

char *
ph_dataset_dup_item_name (const PhDataset *dataset, guint item)
{
  g_return_val_if_fail (item < dataset->names->len, NULL);
  return g_strdup (ph_dataset_item_name (dataset, item));
}

int
ph_dataset_find (const PhDataset *dataset, const char *name)
{
  for (guint i = 0; i < dataset->names->len; i++)
    if (g_str_equal (ph_dataset_item_name (dataset, i), name))
      return (int)i;
  return -1;
}

char *
ph_dataset_dup_item_path (const PhDataset *dataset, guint item)
{
  g_autofree char *path =
      g_build_filename (dataset->root, ph_dataset_item_name (dataset, item), NULL);

  return dataset->reader == &ph_dataset_folder ? g_steal_pointer (&path) : NULL;
}

guint64
ph_dataset_get_stamp (const PhDataset *dataset, guint item)
{
  g_return_val_if_fail (item < dataset->stamps->len, 0);
  return g_array_index (dataset->stamps, guint64, item);
}

GBytes *
ph_dataset_read (PhDataset *dataset, guint item, GError **error)
{
  g_return_val_if_fail (item < dataset->labels->len, NULL);
  return dataset->reader->read (dataset, item, error);
}

guint64
ph_dataset_digest (GBytes *bytes)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[32];
  gsize n = 0, length = sizeof digest;
  gconstpointer data = g_bytes_get_data (bytes, &n);
  guint64 first = 0;

  for (gsize at = 0; at < n; at += G_MAXINT32)
    g_checksum_update (sum, (const guchar *)data + at, (gssize)MIN (n - at, G_MAXINT32));
  g_checksum_get_digest (sum, digest, &length);
  for (guint i = 0; i < 8; i++)
    first = first << 8 | digest[i];
  return first;
}

PhImage *
ph_dataset_decode (PhDataset *dataset, guint item, GBytes *bytes, guint least, GError **error)
{
  g_return_val_if_fail (item < dataset->labels->len, NULL);
  return dataset->reader->decode (dataset, item, bytes, least, error);
}

void
ph_dataset_keep (PhDataset *dataset, gsize limit)
{
  PhKept *kept = ph_kept_new (limit);

  if (!g_atomic_pointer_compare_and_exchange (&dataset->kept, NULL, kept))
    ph_kept_free (kept);
}

PhImage *
ph_dataset_load (PhDataset *dataset, guint item, guint least, GError **error)
{
  guint64 key = (guint64)least << 32 | item;
  PhKept *kept = g_atomic_pointer_get (&dataset->kept);
  PhImage *image = kept != NULL ? ph_kept_get (kept, key) : NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (image != NULL)
    return image;
  bytes = ph_dataset_read (dataset, item, error);
  image = bytes != NULL ? ph_dataset_decode (dataset, item, bytes, least, error) : NULL;
  if (image != NULL && kept != NULL)
    ph_kept_put (kept, key, image);
  return image;
}
