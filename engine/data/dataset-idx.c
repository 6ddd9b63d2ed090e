/* IDX files as MNIST has them, plain or compressed with gzip. Source: the description of the format
 * on the page of the MNIST database (LeCun, Cortes, Burges). */

#include "data/dataset-private.h"

#include <glib/gi18n.h>
#include <string.h>

/* Magic number, number of images, height, width: big-endian words. */
#define HEADER 16

/* A decompressed set is held in memory; more than this is no MNIST. */
#define MAX_BYTES (G_GUINT64_CONSTANT (4) << 30)

typedef struct
{
  char *path;
  GBytes *pixels; /* nullable: read from the file when it is not compressed */
  guint height, width;
} Idx;

static void
idx_finalize (PhDataset *dataset)
{
  Idx *idx = dataset->own;

  if (idx == NULL)
    return;
  g_free (idx->path);
  g_clear_pointer (&idx->pixels, g_bytes_unref);
  g_free (idx);
}

static gboolean
is_compressed (const guint8 *head, gsize n)
{
  return n >= 2 && head[0] == 0x1f && head[1] == 0x8b;
}

static guint
word (const guint8 *at)
{
  return (guint)at[0] << 24 | (guint)at[1] << 16 | (guint)at[2] << 8 | at[3];
}

/* Up to @most bytes of the content, decompressed where needed. */
static GBytes *
read_content (const char *path, gsize most, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) plain = g_file_read (file, NULL, error);
  g_autoptr (GZlibDecompressor) gzip = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP);
  g_autoptr (GInputStream) stream = NULL;
  guint8 head[2];
  gsize n = 0;
  g_autofree guint8 *bytes = NULL;

  if (plain == NULL ||
      !g_input_stream_read_all (G_INPUT_STREAM (plain), head, 2, &n, NULL, error) ||
      !g_seekable_seek (G_SEEKABLE (plain), 0, G_SEEK_SET, NULL, error))
    return NULL;
  stream = is_compressed (head, n)
               ? g_converter_input_stream_new (G_INPUT_STREAM (plain), G_CONVERTER (gzip))
               : g_object_ref (G_INPUT_STREAM (plain));
  bytes = g_try_malloc (most);
  if (bytes == NULL)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_NO_MEMORY, _ ("There is no memory to open “%s”"),
                   path);
      return NULL;
    }
  if (!g_input_stream_read_all (stream, bytes, most, &n, NULL, error))
    {
      g_prefix_error (error, "“%s”: ", path);
      return NULL;
    }
  return g_bytes_new_take (g_steal_pointer (&bytes), n);
}

static gboolean
is_images_header (const guint8 *head, gsize n)
{
  return n >= HEADER && head[0] == 0 && head[1] == 0 && head[2] == 8 && head[3] == 3;
}

static gboolean
is_images_file (const char *path)
{
  g_autoptr (GBytes) content = read_content (path, HEADER, NULL);
  gsize n = 0;
  const guint8 *head = content != NULL ? g_bytes_get_data (content, &n) : NULL;

  return is_images_header (head, n);
}

static const char *const endings[] = { "idx3-ubyte", "idx3-ubyte.gz", NULL };

/* The images of a folder: those for training where there are several files. Caller frees. */
static char *
dup_images_of_folder (const char *folder)
{
  g_autoptr (GPtrArray) names = ph_dataset_list_folder (folder, endings);

  for (guint i = 0; i < names->len; i++)
    if (g_str_has_prefix (names->pdata[i], "train"))
      return g_build_filename (folder, names->pdata[i], NULL);
  return names->len > 0 ? g_build_filename (folder, names->pdata[0], NULL) : NULL;
}

static gboolean
idx_recognise (const char *path, gboolean is_folder, const guint8 *head, gsize n)
{
  g_autofree char *images = is_folder ? dup_images_of_folder (path) : NULL;

  if (is_folder)
    return images != NULL && is_images_file (images);
  return is_compressed (head, n) ? is_images_file (path) : is_images_header (head, n);
}

static char *
dup_replaced (const char *text, const char *from, const char *to)
{
  g_auto (GStrv) parts = g_strsplit (text, from, -1);

  return g_strjoinv (to, parts);
}

/* The labels beside "train-images-idx3-ubyte.gz" are "train-labels-idx1-ubyte", also with .gz.
 * Returns: %NULL without an error when there are none. */
static GBytes *
read_labels (const char *path, guint n, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *labels = dup_replaced (base, "images", "labels");
  g_autofree char *idx1 = dup_replaced (labels, "idx3", "idx1");
  g_autofree char *plain =
      g_str_has_suffix (idx1, ".gz") ? g_strndup (idx1, strlen (idx1) - 3) : g_strdup (idx1);
  g_autofree char *packed = g_strconcat (plain, ".gz", NULL);
  const char *names[] = { plain, packed };

  if (g_str_equal (idx1, base))
    return NULL;
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *file = g_build_filename (folder, names[i], NULL);
      g_autoptr (GBytes) content = NULL;

      if (!g_file_test (file, G_FILE_TEST_EXISTS))
        continue;
      content = read_content (file, 8 + (gsize)n, error);
      if (content == NULL)
        return NULL;

      const guint8 *bytes = g_bytes_get_data (content, NULL);

      if (g_bytes_get_size (content) == 8 + (gsize)n && word (bytes) == 0x801 &&
          word (bytes + 4) == n)
        return g_bytes_new_from_bytes (content, 8, n);
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                   _ ("“%s” does not hold the labels of %u images"), file, n);
      return NULL;
    }
  return NULL;
}

static gboolean
list_images (PhDataset *dataset, guint n, GCancellable *cancellable, GError **error)
{
  static const char *const class_files[] = { "labels.txt", "classes.txt", NULL };
  Idx *idx = dataset->own;
  g_autoptr (GError) failure = NULL;
  g_autoptr (GBytes) labels = read_labels (idx->path, n, &failure);
  const guint8 *label = labels != NULL ? g_bytes_get_data (labels, NULL) : NULL;
  g_autofree char *folder = g_path_get_dirname (idx->path);
  guint n_classes = 0;
  guint64 size, stamp;

  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  if (!ph_dataset_stamp_file (idx->path, &size, &stamp, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      char item[16];

      g_snprintf (item, sizeof item, "#%u", i);
      ph_dataset_add (dataset, item, label != NULL ? label[i] : -1, stamp);
      if (label != NULL)
        n_classes = MAX (n_classes, label[i] + 1u);
    }
  if (n_classes > 0)
    ph_dataset_read_class_names (dataset, folder, class_files, n_classes);
  return TRUE;
}

static PhDataset *
idx_open (const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (PhDataset) dataset = ph_dataset_new (&ph_dataset_idx, path);
  Idx *idx = dataset->own = g_new0 (Idx, 1);

  idx->path =
      g_file_test (path, G_FILE_TEST_IS_DIR) ? dup_images_of_folder (path) : g_strdup (path);

  g_autoptr (GBytes) header = read_content (idx->path, HEADER, error);

  if (header == NULL)
    return NULL;

  const guint8 *head = g_bytes_get_data (header, NULL);
  guint n = word (head + 4);
  guint64 wanted, size, stamp;

  idx->height = word (head + 8);
  idx->width = word (head + 12);
  if (idx->height == 0 || idx->width == 0 || idx->height > 4096 || idx->width > 4096 ||
      (wanted = HEADER + (guint64)n * idx->height * idx->width) > MAX_BYTES)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                   _ ("“%s” would hold %u images of %u × %u pixels, which is too much"), path, n,
                   idx->height, idx->width);
      return NULL;
    }
  if (!ph_dataset_stamp_file (idx->path, &size, &stamp, error))
    return NULL;
  if (g_str_has_suffix (idx->path, ".gz") || size < wanted)
    {
      idx->pixels = read_content (idx->path, wanted, error);
      if (idx->pixels == NULL)
        return NULL;
      if (g_bytes_get_size (idx->pixels) < wanted)
        {
          g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                       _ ("“%s” ends before its %u images of %u × %u pixels do"), path, n,
                       idx->height, idx->width);
          return NULL;
        }
    }
  return list_images (dataset, n, cancellable, error) ? g_steal_pointer (&dataset) : NULL;
}

static GBytes *
idx_read (PhDataset *dataset, guint item, GError **error)
{
  const Idx *idx = dataset->own;
  gsize size = (gsize)idx->height * idx->width;

  if (idx->pixels != NULL)
    return g_bytes_new_from_bytes (idx->pixels, HEADER + item * size, size);
  return ph_dataset_read_part (idx->path, HEADER + item * (guint64)size, size, error);
}

static PhImage *
idx_decode (PhDataset *dataset, guint item, GBytes *bytes, guint least, GError **error)
{
  const Idx *idx = dataset->own;

  return ph_dataset_image_from_planes (g_bytes_get_data (bytes, NULL), 1, idx->height, idx->width,
                                       error);
}

const PhDatasetReader ph_dataset_idx = {
  .format = "IDX",
  .recognise = idx_recognise,
  .open = idx_open,
  .read = idx_read,
  .decode = idx_decode,
  .finalize = idx_finalize,
};
