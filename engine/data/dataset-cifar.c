/* CIFAR-10 and CIFAR-100 in their binary format: records of labels and 3 x 32 x 32 bytes.
 * Source: Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009. */

#include "data/dataset-private.h"

#include <string.h>

#define SIDE 32
#define PIXELS (3 * SIDE * SIDE)

typedef struct
{
  guint n_labels;  /* bytes of labels before each image; the last one counts */
  guint n_classes; /* of that label */
  const char *class_files[3];
} Variant;

static const Variant variant10 = { 1, 10, { "batches.meta.txt" } };
static const Variant variant100 = { 2, 100, { "fine_label_names.txt" } };

static const Variant *
variant_of (const PhDatasetReader *reader)
{
  return reader == &ph_dataset_cifar100 ? &variant100 : &variant10;
}

static const char *const endings[] = { ".bin", NULL };

/* The training batches of a folder, or all where there are none. */
static GPtrArray *
list_batches (const char *folder)
{
  GPtrArray *names = ph_dataset_list_folder (folder, endings);
  gboolean training = FALSE;

  for (guint i = 0; i < names->len; i++)
    training |= !g_str_has_prefix (names->pdata[i], "test");
  for (guint i = names->len; i-- > 0;)
    if (training && g_str_has_prefix (names->pdata[i], "test"))
      g_ptr_array_remove_index (names, i);
  return names;
}

/* A file has no mark of its format: its name, its size and its first labels must fit. */
static gboolean
is_batch (const char *path, const guint8 *head, gsize n, const Variant *variant)
{
  gsize record = variant->n_labels + PIXELS;
  guint64 size, stamp;

  if (!g_str_has_suffix (path, ".bin") || !ph_dataset_stamp_file (path, &size, &stamp, NULL))
    return FALSE;
  if (size == 0 || size % record != 0)
    return FALSE;
  for (gsize at = 0; at + variant->n_labels <= n; at += record)
    if (head[at + variant->n_labels - 1] >= variant->n_classes ||
        (variant->n_labels == 2 && head[at] >= 20))
      return FALSE;
  return TRUE;
}

static gboolean
recognise (const char *path, gboolean is_folder, const guint8 *head, gsize n,
           const Variant *variant)
{
  if (!is_folder)
    return is_batch (path, head, n, variant);

  g_autoptr (GPtrArray) names = list_batches (path);

  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *file = g_build_filename (path, names->pdata[i], NULL);

      if (!is_batch (file, NULL, 0, variant))
        return FALSE;
    }
  return names->len > 0;
}

static gboolean
recognise10 (const char *path, gboolean is_folder, const guint8 *head, gsize n)
{
  return recognise (path, is_folder, head, n, &variant10);
}

static gboolean
recognise100 (const char *path, gboolean is_folder, const guint8 *head, gsize n)
{
  return recognise (path, is_folder, head, n, &variant100);
}

typedef struct
{
  GPtrArray *paths;   /* of the batches */
  GArray *first_item; /* of guint */
} Batches;

static void
cifar_finalize (PhDataset *dataset)
{
  Batches *batches = dataset->own;

  if (batches == NULL)
    return;
  g_ptr_array_unref (batches->paths);
  g_array_unref (batches->first_item);
  g_free (batches);
}

static gboolean
add_batch (PhDataset *dataset, const char *path, GError **error)
{
  Batches *batches = dataset->own;
  const Variant *variant = variant_of (dataset->reader);
  gsize record = variant->n_labels + PIXELS;
  guint first = ph_dataset_get_n_items (dataset);
  g_autofree char *name = g_path_get_basename (path);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) plain = g_file_read (file, NULL, error);
  g_autoptr (GInputStream) stream = NULL;
  g_autofree guint8 *bytes = g_malloc (record);
  guint64 size, stamp;
  gsize n;

  if (plain == NULL || !ph_dataset_stamp_file (path, &size, &stamp, error))
    return FALSE;
  stream = g_buffered_input_stream_new_sized (G_INPUT_STREAM (plain), 1 << 16);
  n = size / record;
  g_ptr_array_add (batches->paths, g_strdup (path));
  g_array_append_val (batches->first_item, first);
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *item = g_strdup_printf ("%s#%" G_GSIZE_FORMAT, name, i);
      guint label;

      if (!g_input_stream_read_all (stream, bytes, record, NULL, NULL, error))
        return FALSE;
      label = bytes[variant->n_labels - 1];
      if (label >= variant->n_classes)
        {
          g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                       "“%s” is no %s file: image %" G_GSIZE_FORMAT
                       " has the label %u, expected less than %u",
                       path, dataset->reader->format, i, label, variant->n_classes);
          return FALSE;
        }
      ph_dataset_add (dataset, item, (int)label, stamp);
    }
  return TRUE;
}

static PhDataset *
open_with (const PhDatasetReader *reader, const char *path, GCancellable *cancellable,
           GError **error)
{
  g_autoptr (PhDataset) dataset = ph_dataset_new (reader, path);
  gboolean is_folder = g_file_test (path, G_FILE_TEST_IS_DIR);
  g_autofree char *folder = is_folder ? g_strdup (path) : g_path_get_dirname (path);
  g_autoptr (GPtrArray) names = is_folder ? list_batches (path) : NULL;
  const Variant *variant = variant_of (reader);
  Batches *batches = dataset->own = g_new0 (Batches, 1);

  batches->paths = g_ptr_array_new_with_free_func (g_free);
  batches->first_item = g_array_new (FALSE, FALSE, sizeof (guint));
  for (guint i = 0; i < (is_folder ? names->len : 1); i++)
    {
      g_autofree char *file =
          is_folder ? g_build_filename (path, names->pdata[i], NULL) : g_strdup (path);

      if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
          !add_batch (dataset, file, error))
        return NULL;
    }
  ph_dataset_read_class_names (dataset, folder, variant->class_files, variant->n_classes);
  return g_steal_pointer (&dataset);
}

static PhDataset *
open10 (const char *path, GCancellable *cancellable, GError **error)
{
  return open_with (&ph_dataset_cifar10, path, cancellable, error);
}

static PhDataset *
open100 (const char *path, GCancellable *cancellable, GError **error)
{
  return open_with (&ph_dataset_cifar100, path, cancellable, error);
}

static GBytes *
cifar_read (PhDataset *dataset, guint item, GError **error)
{
  const Batches *batches = dataset->own;
  gsize labels = variant_of (dataset->reader)->n_labels;
  guint file = batches->paths->len - 1;

  while (g_array_index (batches->first_item, guint, file) > item)
    file--;
  return ph_dataset_read_part (batches->paths->pdata[file],
                               (item - g_array_index (batches->first_item, guint, file)) *
                                       (guint64)(labels + PIXELS) +
                                   labels,
                               PIXELS, error);
}

static PhImage *
cifar_decode (PhDataset *dataset, guint item, GBytes *bytes, guint least, GError **error)
{
  return ph_dataset_image_from_planes (g_bytes_get_data (bytes, NULL), 3, SIDE, SIDE, error);
}

const PhDatasetReader ph_dataset_cifar10 = {
  .format = "CIFAR-10",
  .recognise = recognise10,
  .open = open10,
  .read = cifar_read,
  .decode = cifar_decode,
  .finalize = cifar_finalize,
};

const PhDatasetReader ph_dataset_cifar100 = {
  .format = "CIFAR-100",
  .recognise = recognise100,
  .open = open100,
  .read = cifar_read,
  .decode = cifar_decode,
  .finalize = cifar_finalize,
};
