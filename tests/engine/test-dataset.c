/* Sets of images: every format is written here, byte by byte where it is not a picture, and read
 * back. */

#include "engine/engine.h"

#include <archive.h>
#include <archive_entry.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>
#include <string.h>

static char *scratch; /* a folder of the test */

static char *
path_of (const char *name)
{
  char *path = g_build_filename (scratch, name, NULL);
  g_autofree char *folder = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  return path;
}

/* A picture of one grey value. */
static void
write_picture (const char *name, guint height, guint width, float value)
{
  g_autofree char *path = path_of (name);
  g_autoptr (PhImage) image = ph_image_new (3, height, width, NULL);
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < ph_image_n_values (image); i++)
    image->data[i] = value;
  ph_png_save_image (path, image, NULL, &error);
  g_assert_no_error (error);
}

static void
write_bytes (const char *name, gconstpointer data, gsize n)
{
  g_autofree char *path = path_of (name);

  g_assert_true (g_file_set_contents (path, data, (gssize)n, NULL));
}

static PhDataset *
open_set (const char *name)
{
  g_autofree char *path = path_of (name);
  g_autoptr (GError) error = NULL;
  PhDataset *set = ph_dataset_open (path, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (set);
  return set;
}

static void
assert_refused (const char *name, int code, const char *words)
{
  g_autofree char *path = path_of (name);
  g_autoptr (GError) error = NULL;

  g_assert_null (ph_dataset_open (path, NULL, &error));
  g_assert_error (error, PH_ERROR, code);
  g_assert_nonnull (strstr (error->message, words));
}

static void
assert_item (PhDataset *set, guint i, const char *name, const char *class_name)
{
  g_autofree char *found = ph_dataset_dup_item_name (set, i);
  int label = ph_dataset_get_label (set, i);

  g_assert_cmpstr (found, ==, name);
  g_assert_cmpstr (label < 0 ? NULL : ph_dataset_get_class_name (set, (guint)label), ==,
                   class_name);
}

static void
test_folders (void)
{
  write_picture ("set/dog/b.png", 3, 5, 0.2f);
  write_picture ("set/dog/a.png", 3, 5, 0.4f);
  write_picture ("set/cat/old/c.PNG", 4, 7, 0.6f);
  write_picture ("set/loose.png", 4, 7, 0.8f);
  write_bytes ("set/notes.txt", "no image", 8);
  write_bytes ("set/dog/broken.jpg", "no image either", 15);

  g_autoptr (PhDataset) set = open_set ("set");
  g_autoptr (PhImage) image = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (ph_dataset_get_n_items (set), ==, 5);
  g_assert_cmpuint (ph_dataset_get_n_classes (set), ==, 2);
  assert_item (set, 0, "cat/old/c.PNG", "cat");
  assert_item (set, 1, "dog/a.png", "dog");
  assert_item (set, 2, "dog/b.png", "dog");
  assert_item (set, 3, "dog/broken.jpg", "dog");
  assert_item (set, 4, "loose.png", NULL);
  g_assert_cmpstr (ph_dataset_get_name (set), ==, "set");

  image = ph_dataset_load (set, 1, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (image->height, ==, 3);
  g_assert_cmpuint (image->width, ==, 5);
  g_assert_cmpfloat_with_epsilon (image->data[0], 0.4f, 0.003f);
  g_assert_null (ph_dataset_load (set, 3, 0, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_DATA_INVALID);
  g_assert_nonnull (strstr (error->message, "broken.jpg"));
}

static void
test_deep_and_flat (void)
{
  write_picture ("deep/val/a/1.png", 2, 3, 0);
  write_picture ("deep/train/b/1.png", 2, 3, 0);
  write_picture ("deep/train/a/1.png", 2, 3, 0);
  write_picture ("flat/2.png", 2, 3, 0);
  write_picture ("flat/1.png", 2, 3, 0);

  g_autoptr (PhDataset) deep = open_set ("deep");
  g_autoptr (PhDataset) flat = open_set ("flat");

  /* Classes are the folders that hold images, whatever is around them. */
  g_assert_cmpuint (ph_dataset_get_n_classes (deep), ==, 2);
  assert_item (deep, 0, "train/a/1.png", "a");
  assert_item (deep, 1, "train/b/1.png", "b");
  assert_item (deep, 2, "val/a/1.png", "a");
  g_assert_cmpuint (ph_dataset_get_n_classes (flat), ==, 0);
  assert_item (flat, 0, "1.png", NULL);
  g_assert_cmpstr (ph_dataset_get_identity (deep), !=, ph_dataset_get_identity (flat));
}

/* A changed file has another stamp and another digest; a copied time alone only another stamp. */
static void
test_change (void)
{
  write_picture ("changing/1.png", 2, 3, 0.5f);

  g_autoptr (PhDataset) before = open_set ("changing");
  g_autoptr (GBytes) old = ph_dataset_read (before, 0, NULL);

  write_picture ("changing/1.png", 2, 3, 0.9f);

  g_autoptr (PhDataset) after = open_set ("changing");
  g_autoptr (GBytes) new = ph_dataset_read (after, 0, NULL);

  g_assert_cmpuint (ph_dataset_get_stamp (before, 0), !=, ph_dataset_get_stamp (after, 0));
  g_assert_cmpuint (ph_dataset_digest (old), !=, ph_dataset_digest (new));
  g_assert_cmpstr (ph_dataset_get_identity (before), ==, ph_dataset_get_identity (after));
}

#define N 3
#define H 2
#define W 5

static const guint8 idx_head[16] = { 0, 0, 8, 3, 0, 0, 0, N, 0, 0, 0, H, 0, 0, 0, W };

static void
fill_idx (guint8 *images, guint8 *labels)
{
  memcpy (images, idx_head, 16);
  for (guint i = 0; i < N * H * W; i++)
    images[16 + i] = (guint8)(8 * i);
  memcpy (labels, (guint8[]){ 0, 0, 8, 1, 0, 0, 0, N, 4, 0, 1 }, 8 + N);
}

static GBytes *
gzip (gconstpointer data, gsize n)
{
  g_autoptr (GZlibCompressor) compressor = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9);
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr (GOutputStream) out = g_converter_output_stream_new (memory, G_CONVERTER (compressor));

  g_assert_true (g_output_stream_write_all (out, data, n, NULL, NULL, NULL));
  g_assert_true (g_output_stream_close (out, NULL, NULL));
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
}

static void
check_idx (PhDataset *set)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (ph_dataset_get_n_items (set), ==, N);
  g_assert_cmpuint (ph_dataset_get_n_classes (set), ==, 5);
  assert_item (set, 0, "#0", "4");
  assert_item (set, 2, "#2", "1");
  for (guint i = 0; i < N; i++)
    {
      g_autoptr (PhImage) image = ph_dataset_load (set, i, 0, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (image->channels, ==, 1);
      g_assert_cmpuint (image->height, ==, H);
      g_assert_cmpuint (image->width, ==, W);
      for (guint j = 0; j < H * W; j++)
        g_assert_cmpfloat (image->data[j], ==, (float)(8 * (i * H * W + j)) / 255.0f);
    }
}

static void
test_idx (void)
{
  guint8 images[16 + N * H * W], labels[8 + N];

  fill_idx (images, labels);

  g_autoptr (GBytes) packed_images = gzip (images, sizeof images);
  g_autoptr (GBytes) packed_labels = gzip (labels, sizeof labels);

  write_bytes ("idx/train-images-idx3-ubyte", images, sizeof images);
  write_bytes ("idx/train-labels-idx1-ubyte", labels, sizeof labels);
  write_bytes ("gz/train-images-idx3-ubyte.gz", g_bytes_get_data (packed_images, NULL),
               g_bytes_get_size (packed_images));
  write_bytes ("gz/train-labels-idx1-ubyte.gz", g_bytes_get_data (packed_labels, NULL),
               g_bytes_get_size (packed_labels));
  write_bytes ("short/t10k-images-idx3-ubyte", images, sizeof images - 1);
  write_bytes ("wrong/train-images-idx3-ubyte", images, sizeof images);
  write_bytes ("wrong/train-labels-idx1-ubyte", labels, sizeof labels - 1);

  g_autoptr (PhDataset) file = open_set ("idx/train-images-idx3-ubyte");
  g_autoptr (PhDataset) folder = open_set ("idx");
  g_autoptr (PhDataset) packed = open_set ("gz/train-images-idx3-ubyte.gz");

  check_idx (file);
  check_idx (folder);
  check_idx (packed);
  assert_refused ("short", PH_ERROR_DATA_INVALID, "ends before");
  assert_refused ("wrong", PH_ERROR_DATA_INVALID, "labels");
}

static void
test_cifar (void)
{
  g_autofree guint8 *ten = g_malloc0 (2 * 3073);
  g_autofree guint8 *hundred = g_malloc0 (3 * 3074);

  for (guint i = 0; i < 2 * 3073; i++)
    ten[i] = (guint8)(i % 251);
  ten[0] = 7;
  ten[3073] = 9;
  hundred[1] = 42;
  hundred[3074] = 19;
  hundred[3074 + 1] = 99;
  write_bytes ("cifar/data_batch_1.bin", ten, 2 * 3073);
  write_bytes ("cifar/data_batch_2.bin", ten, 3073);
  write_bytes ("cifar/test_batch.bin", ten, 3073);
  write_bytes ("cifar/batches.meta.txt", "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n\n", 21);
  write_bytes ("hundred/train.bin", hundred, 3 * 3074);
  write_bytes ("neither/data_batch_1.bin", ten, 3072);

  g_autoptr (PhDataset) folder = open_set ("cifar");
  g_autoptr (PhDataset) test = open_set ("cifar/test_batch.bin");
  g_autoptr (PhDataset) fine = open_set ("hundred/train.bin");
  g_autoptr (PhImage) image = ph_dataset_load (folder, 1, 0, NULL);

  g_assert_cmpuint (ph_dataset_get_n_items (folder), ==, 3);
  assert_item (folder, 0, "data_batch_1.bin#0", "h");
  assert_item (folder, 1, "data_batch_1.bin#1", "j");
  assert_item (folder, 2, "data_batch_2.bin#0", "h");
  g_assert_cmpuint (image->width, ==, 32);
  g_assert_cmpfloat (image->data[2 * 1024 + 5], ==, (float)ten[3073 + 1 + 2 * 1024 + 5] / 255.0f);
  g_assert_cmpuint (ph_dataset_get_n_items (test), ==, 1);
  g_assert_cmpuint (ph_dataset_get_n_classes (fine), ==, 100);
  assert_item (fine, 0, "train.bin#0", "42");
  assert_item (fine, 1, "train.bin#1", "99");
  g_assert_cmpstr (ph_dataset_get_format (fine), ==, "CIFAR-100");
  assert_refused ("neither/data_batch_1.bin", PH_ERROR_DATA_INVALID, "data_batch_1.bin");
}

static void
add_member (struct archive *writer, const char *name, gconstpointer data, gsize n)
{
  struct archive_entry *entry = archive_entry_new ();

  archive_entry_set_pathname (entry, name);
  archive_entry_set_size (entry, (la_int64_t)n);
  archive_entry_set_filetype (entry, AE_IFREG);
  archive_entry_set_perm (entry, 0644);
  g_assert_cmpint (archive_write_header (writer, entry), ==, ARCHIVE_OK);
  g_assert_cmpint (archive_write_data (writer, data, n), ==, (la_ssize_t)n);
  archive_entry_free (entry);
}

static void
test_zip (void)
{
  guint8 images[16 + N * H * W], labels[8 + N];
  g_autofree char *path = path_of ("digits.zip");
  struct archive *writer = archive_write_new ();

  fill_idx (images, labels);
  archive_write_set_format_zip (writer);
  g_assert_cmpint (archive_write_open_filename (writer, path), ==, ARCHIVE_OK);
  add_member (writer, "digits/train-images-idx3-ubyte", images, sizeof images);
  add_member (writer, "digits/train-labels-idx1-ubyte", labels, sizeof labels);
  add_member (writer, "../outside.png", labels, sizeof labels);
  archive_write_close (writer);
  archive_write_free (writer);

  g_autoptr (PhDataset) set = open_set ("digits.zip");
  g_autoptr (PhDataset) again = open_set ("digits.zip");
  g_autofree char *outside = g_build_filename (scratch, "outside.png", NULL);

  check_idx (set);
  check_idx (again);
  g_assert_cmpstr (ph_dataset_get_name (set), ==, "digits.zip");
  g_assert_cmpstr (ph_dataset_get_path (set), ==, path);
  g_assert_false (g_file_test (outside, G_FILE_TEST_EXISTS));

  write_bytes ("broken.zip", "PK\3\4 and then nothing", 22);
  assert_refused ("broken.zip", PH_ERROR_DATA_INVALID, "broken.zip");
}

static void
test_refused (void)
{
  g_autofree char *missing = g_build_filename (scratch, "missing", NULL);
  g_autofree char *empty = path_of ("empty/x");
  g_autoptr (GError) error = NULL;

  write_bytes ("text", "some text that is no set of images", 34);
  assert_refused ("text", PH_ERROR_DATA_INVALID, "text");
  assert_refused ("empty", PH_ERROR_DATA_INVALID, "holds no image");
  g_assert_null (ph_dataset_open (missing, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

/* A JPEG decoded at a quarter of its size is close to the whole one made smaller. */
static void
test_scaled (void)
{
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 200, 120);
  g_autofree char *path = path_of ("jpeg/1.jpg");
  guint8 *pixels = gdk_pixbuf_get_pixels (pixbuf);
  int stride = gdk_pixbuf_get_rowstride (pixbuf);
  double difference = 0;

  for (int y = 0; y < 120; y++)
    for (int x = 0; x < 200; x++)
      for (int c = 0; c < 3; c++)
        pixels[y * stride + 3 * x + c] = (guint8)((x + 2 * y * (c + 1) / 3) / 2);
  g_assert_true (gdk_pixbuf_save (pixbuf, path, "jpeg", NULL, "quality", "95", NULL));

  g_autoptr (PhDataset) set = open_set ("jpeg");
  g_autoptr (PhImage) whole = ph_dataset_load (set, 0, 0, NULL);
  g_autoptr (PhImage) same = ph_image_load (path, NULL);
  g_autoptr (PhImage) half = ph_dataset_load (set, 0, 31, NULL);
  g_autoptr (PhImage) quarter = ph_dataset_load (set, 0, 30, NULL);
  g_autoptr (PhImage) smaller = ph_image_resize (whole, 30, 50, NULL);

  g_assert_cmpmem (whole->data, ph_image_n_values (whole) * sizeof (float), same->data,
                   ph_image_n_values (same) * sizeof (float));
  g_assert_cmpuint (half->height, ==, 60);
  g_assert_cmpuint (quarter->height, ==, 30);
  g_assert_cmpuint (quarter->width, ==, 50);
  for (gsize i = 0; i < ph_image_n_values (smaller); i++)
    difference = MAX (difference, ABS (smaller->data[i] - quarter->data[i]));
  g_assert_cmpfloat (difference, <, 0.02);
}

static void
test_split (void)
{
  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *many = g_strdup_printf ("classes/many/%u.png", i);
      g_autofree char *few = g_strdup_printf ("classes/few/%u.png", i);

      write_picture (many, 1, 2, 0);
      if (i < 4)
        write_picture (few, 1, 2, 0);
    }
  write_picture ("classes/one/0.png", 1, 2, 0);

  g_autoptr (PhDataset) set = open_set ("classes");
  g_autoptr (GArray) first = NULL;
  g_autoptr (GArray) second = NULL;
  g_autoptr (GArray) first_again = NULL;
  g_autoptr (GArray) second_again = NULL;
  g_autoptr (GArray) first_other = NULL;
  g_autoptr (GArray) second_other = NULL;
  guint of_class[3] = { 0 };
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

  ph_dataset_split (set, 0.3, 5, &first, &second);
  ph_dataset_split (set, 0.3, 5, &first_again, &second_again);
  ph_dataset_split (set, 0.3, 6, &first_other, &second_other);
  for (guint i = 0; i < second->len; i++)
    of_class[ph_dataset_get_label (set, g_array_index (second, guint, i))]++;
  /* few (4), many (10), one (1) */
  g_assert_cmpuint (of_class[0], ==, 1);
  g_assert_cmpuint (of_class[1], ==, 3);
  g_assert_cmpuint (of_class[2], ==, 0);
  for (guint i = 0; i < first->len; i++)
    g_hash_table_add (seen, GUINT_TO_POINTER (g_array_index (first, guint, i)));
  for (guint i = 0; i < second->len; i++)
    g_hash_table_add (seen, GUINT_TO_POINTER (g_array_index (second, guint, i)));
  g_assert_cmpuint (g_hash_table_size (seen), ==, 15);
  g_assert_cmpuint (first->len + second->len, ==, 15);
  g_assert_cmpmem (second->data, second->len * sizeof (guint), second_again->data,
                   second_again->len * sizeof (guint));
  g_assert_cmpint (memcmp (second->data, second_other->data, second->len * sizeof (guint)), !=, 0);
}

/* A set that is drawn: the pictures of the world, at whatever size is asked for. */
static void
test_drawn (void)
{
  static const char *const wrong[] = { "world:",
                                       "world:nowhere",
                                       "world:faces, images 0",
                                       "world:faces, images",
                                       "world:faces, seed x",
                                       "world:faces, colour 3",
                                       "world:faces, size 100000" };
  g_autoptr (GError) error = NULL;
  g_autoptr (PhDataset) dataset =
      ph_dataset_open ("world:faces, images 20, seed 4, size 48", NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (ph_dataset_get_n_items (dataset), ==, 20);
  g_assert_cmpuint (ph_dataset_get_n_classes (dataset), ==, 7);
  g_assert_cmpstr (ph_dataset_get_class_name (dataset, 1), ==, "happy");
  for (guint item = 6; item < 9; item++)
    {
      g_autoptr (PhImage) image = ph_dataset_load (dataset, item, 0, &error);
      g_autoptr (PhImage) drawn = ph_world_draw (&ph_world_faces, 4, item, 48, NULL, NULL);
      g_autoptr (PhImage) larger = ph_dataset_load (dataset, item, 64, &error);
      g_autoptr (GBytes) bytes = ph_dataset_read (dataset, item, &error);
      g_autoptr (GBytes) next = ph_dataset_read (dataset, item + 1, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (image->height, ==, 48);
      g_assert_cmpuint (larger->width, ==, 64);
      g_assert_cmpmem (image->data, ph_image_n_values (image) * sizeof (float), drawn->data,
                       ph_image_n_values (drawn) * sizeof (float));
      g_assert_cmpint (ph_dataset_get_label (dataset, item), ==, item % 7);
      g_assert_true (ph_dataset_digest (bytes) != ph_dataset_digest (next));
    }
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (PhDataset) none = ph_dataset_open (wrong[i], NULL, &error);

      g_assert_null (none);
      g_assert_error (error, PH_ERROR, PH_ERROR_DATA_INVALID);
      g_assert_nonnull (strstr (error->message, wrong[i]));
      g_clear_error (&error);
    }
}

int
main (int argc, char *argv[])
{
  int result;

  g_autofree char *cache = NULL;

  scratch = g_dir_make_tmp ("phosphene-dataset-XXXXXX", NULL);
  cache = g_build_filename (scratch, "cache", NULL);
  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dataset/folders", test_folders);
  g_test_add_func ("/dataset/deep-and-flat", test_deep_and_flat);
  g_test_add_func ("/dataset/change", test_change);
  g_test_add_func ("/dataset/idx", test_idx);
  g_test_add_func ("/dataset/cifar", test_cifar);
  g_test_add_func ("/dataset/zip", test_zip);
  g_test_add_func ("/dataset/drawn", test_drawn);
  g_test_add_func ("/dataset/refused", test_refused);
  g_test_add_func ("/dataset/scaled", test_scaled);
  g_test_add_func ("/dataset/split", test_split);
  result = g_test_run ();

  const char *argv_rm[] = { "rm", "-rf", scratch, NULL };

  g_spawn_sync (NULL, (char **)argv_rm, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                NULL);
  g_free (scratch);
  return result;
}
