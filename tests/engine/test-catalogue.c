/* What can be fetched: the list that comes with the program, the user's own, and what becomes of an
 * entry on this computer. */

#include "engine/engine.h"
#include "file-server.h"

#include <glib/gstdio.h>
#include <string.h>

static char *home; /* the user's data folder in these tests */

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *inner = g_build_filename (path, name, NULL);
      remove_tree (inner);
    }
  g_remove (path);
}

static void
set_up (gpointer *fixture, gconstpointer data)
{
  *fixture = file_server_new ();
  g_assert_cmpint (g_mkdir_with_parents (home, 0700), ==, 0);
}

static void
tear_down (gpointer *fixture, gconstpointer data)
{
  file_server_free (*fixture);
  remove_tree (home);
}

/* Writes the user's own catalogue. */
static void
write_own (const char *text)
{
  g_autofree char *folder = g_build_filename (home, "phosphene", NULL);
  g_autofree char *path = g_build_filename (folder, "catalogue.ini", NULL);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

/* Keys that every entry has; addresses are of a server that does not exist. */
#define FACTS "Title=Small\nAbout=For tests\nLicence=MIT\nSource=here\n"

static char *
dup_entry (const char *name, const char *kind, const char *file, gconstpointer data, gsize n,
           const char *more)
{
  g_autofree char *digest = g_compute_checksum_for_data (G_CHECKSUM_SHA256, data, n);

  return g_strdup_printf ("[%s]\n" FACTS "Kind=%s\nAddress=https://models.invalid/a/%s\n"
                          "Bytes=%" G_GSIZE_FORMAT "\nSHA256=%s\n%s\n",
                          name, kind, file, n, digest, more);
}

static PhCatalogueEntry *
find (const char *name)
{
  g_autoptr (GError) error = NULL;
  PhCatalogueEntry *entry = ph_catalogue_find (name, &error);

  g_assert_no_error (error);
  g_assert_nonnull (entry);
  return entry;
}

static void
fetch (PhCatalogueEntry *entry, FileServer *server)
{
  g_autoptr (GError) error = NULL;
  gboolean stopped = TRUE;
  gboolean done = ph_catalogue_entry_fetch (entry, file_server_get_address (server), NULL, &stopped,
                                            NULL, &error);

  g_assert_no_error (error);
  g_assert_true (done);
  g_assert_false (stopped);
  g_assert_true (ph_catalogue_entry_is_here (entry));
  g_assert_cmpuint (ph_catalogue_entry_get_bytes_here (entry), ==, entry->bytes);
}

/* Tests */

static void
test_shipped (gpointer *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) entries = ph_catalogue_load (&error);
  g_autoptr (GHashTable) places = g_hash_table_new (g_str_hash, g_str_equal);
  guint n_networks = 0;

  g_assert_no_error (error);
  for (guint i = 0; i < entries->len; i++)
    {
      const PhCatalogueEntry *entry = entries->pdata[i];

      n_networks += entry->kind == PH_CATALOGUE_NETWORK;
      g_assert_true (entry->kind == PH_CATALOGUE_IMAGES || n_networks == i + 1);
      g_assert_false (ph_catalogue_entry_is_here (entry));
      /* No two of them write the same file. */
      for (guint k = 0; k < entry->n_files; k++)
        {
          g_assert_true (g_str_has_prefix (entry->files[k].path, home));
          g_assert_true (g_hash_table_add (places, entry->files[k].path));
        }
      if (entry->labels != NULL)
        {
          g_auto (GStrv) labels = ph_labels_load (entry->labels, &error);

          g_assert_no_error (error);
          g_assert_cmpuint (g_strv_length (labels), ==, 1000);
        }
    }
  g_assert_cmpuint (n_networks, >=, 13);
  g_assert_cmpuint (entries->len, >=, n_networks + 4);
}

static void
test_network (gpointer *fixture, gconstpointer data)
{
  FileServer *server = *fixture;
  g_autofree char *shipped = ph_shipped_dup_path ("textbook.onnx");
  g_autofree char *content = NULL, *own = NULL, *found = NULL, *beside = NULL;
  g_autofree char *as_network = NULL, *comes = NULL;
  g_autoptr (PhCatalogueEntry) entry = NULL;
  g_autoptr (PhModel) model = NULL, original = ph_model_load (shipped, NULL, NULL);
  g_autoptr (GString) more =
      g_string_new ("Input={\"scale\": 255, \"mean\": [123.68, 116.779, 103.939], \"std\": 2, "
                    "\"order\": \"BGR\"}\nClasses=");
  g_autoptr (GError) error = NULL;
  gsize n;

  g_assert_true (g_file_get_contents (shipped, &content, &n, NULL));
  for (guint i = 0; i < ph_model_get_n_classes (original); i++)
    g_string_append_printf (more, "class %u;", i);
  own = dup_entry ("little", "network", "some-file-7.onnx", content, n, more->str);
  write_own (own);
  file_server_put (server, "some-file-7.onnx", content, n, NULL);
  entry = find ("little");

  /* Not here yet, and the sentence says what to do. */
  g_assert_null (ph_catalogue_resolve ("little", &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_assert_nonnull (strstr (error->message, "phosphene-cli get little"));
  g_clear_error (&error);

  fetch (entry, server);
  found = ph_catalogue_resolve ("little", NULL);
  g_assert_cmpstr (found, ==, entry->path);
  as_network = ph_catalogue_resolve_network ("little", NULL);
  g_assert_cmpstr (as_network, ==, entry->path);
  comes = ph_catalogue_resolve_network ("textbook", NULL);
  g_assert_cmpstr (comes, ==, shipped);
  g_assert_true (g_str_has_suffix (found, "networks" G_DIR_SEPARATOR_S "little.onnx"));

  /* It opens with the preprocessing and the names of the catalogue. */
  model = ph_model_load (found, NULL, &error);
  g_assert_no_error (error);

  const PhPreprocess *pre = ph_model_get_preprocess (model);

  g_assert_cmpint (pre->source, ==, PH_PREPROCESS_FROM_SIDECAR);
  g_assert_cmpfloat (pre->scale, ==, 255);
  g_assert_cmpfloat_with_epsilon (pre->mean[0], 123.68f, 1e-4);
  g_assert_cmpfloat_with_epsilon (pre->mean[2], 103.939f, 1e-4);
  g_assert_cmpfloat (pre->std[1], ==, 2);
  g_assert_true (pre->bgr);
  g_assert_cmpstr (ph_model_get_label (model, 1), ==, "class 1");

  /* Without what belongs beside it, it is not whole. */
  beside = g_build_filename (home, "phosphene", "networks", "little.json", NULL);
  g_assert_cmpint (g_unlink (beside), ==, 0);
  g_assert_false (ph_catalogue_entry_is_here (entry));
  fetch (entry, server);
  g_assert_cmpuint (file_server_count_requests (server), ==, 1);

  /* Nothing is left of it. */
  g_assert_true (ph_catalogue_entry_remove (entry, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (ph_catalogue_entry_get_bytes_here (entry), ==, 0);
  g_assert_false (g_file_test (beside, G_FILE_TEST_EXISTS));
}

static GBytes *
compress (gconstpointer data, gsize n)
{
  g_autoptr (GConverter) gzip =
      G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, -1));
  g_autoptr (GInputStream) plain = g_memory_input_stream_new_from_data (data, (gssize)n, NULL);
  g_autoptr (GInputStream) packed = g_converter_input_stream_new (plain, gzip);

  guint8 buffer[1024];
  gsize length;

  g_assert_true (g_input_stream_read_all (packed, buffer, sizeof buffer, &length, NULL, NULL));
  return g_bytes_new (buffer, length);
}

/* Two files of one set: it opens by its name, with the names of its classes. */
static void
test_images (gpointer *fixture, gconstpointer data)
{
  FileServer *server = *fixture;
  static const guint8 images[16 + 3 * 4] = { 0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 2, 255 };
  static const guint8 labels[8 + 3] = { 0, 0, 8, 1, 0, 0, 0, 3, 1, 0, 1 };
  g_autoptr (GBytes) packed_images = compress (images, sizeof images);
  g_autoptr (GBytes) packed_labels = compress (labels, sizeof labels);
  g_autofree char *digest_images = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, packed_images);
  g_autofree char *digest_labels = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, packed_labels);
  const char *names[] = { "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz" };
  g_autofree char *own = NULL, *stray = NULL;
  g_autoptr (PhCatalogueEntry) entry = NULL;
  g_autoptr (PhDataset) set = NULL;
  g_autoptr (GError) error = NULL;

  file_server_put (server, names[0], g_bytes_get_data (packed_images, NULL),
                   g_bytes_get_size (packed_images), NULL);
  file_server_put (server, names[1], g_bytes_get_data (packed_labels, NULL),
                   g_bytes_get_size (packed_labels), NULL);
  own = g_strdup_printf ("[dots]\n" FACTS "Kind=images\n"
                         "Address=http://x.invalid/d/%s;http://x.invalid/d/%s\n"
                         "Bytes=%" G_GSIZE_FORMAT ";%" G_GSIZE_FORMAT "\nSHA256=%s;%s\n"
                         "Classes=dark;light\n",
                         names[0], names[1], g_bytes_get_size (packed_images),
                         g_bytes_get_size (packed_labels), digest_images, digest_labels);
  write_own (own);
  entry = find ("dots");
  g_assert_null (ph_dataset_open ("dots", NULL, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_clear_error (&error);
  fetch (entry, server);
  set = ph_dataset_open ("dots", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ph_dataset_get_n_items (set), ==, 3);
  g_assert_cmpstr (ph_dataset_get_class_name (set, 1), ==, "light");
  g_assert_cmpint (ph_dataset_get_label (set, 1), ==, 0);

  /* What somebody else put into the folder stays. */
  stray = g_build_filename (entry->path, "notes.txt", NULL);
  g_assert_true (g_file_set_contents (stray, "mine", -1, NULL));
  g_assert_true (ph_catalogue_entry_remove (entry, NULL));
  g_assert_true (g_file_test (stray, G_FILE_TEST_EXISTS));
  g_assert_cmpint (g_unlink (stray), ==, 0);
  g_assert_true (ph_catalogue_entry_remove (entry, NULL));
  g_assert_false (g_file_test (entry->path, G_FILE_TEST_EXISTS));
}

typedef struct
{
  double last;
  gboolean stop;
} Watch;

static void
on_progress (double fraction, const char *message, gpointer data)
{
  Watch *watch = data;

  g_assert_cmpfloat (fraction, >=, watch->last);
  watch->last = fraction;
  watch->stop = fraction > 0.2;
}

static gboolean
should_stop (gpointer data)
{
  return ((Watch *)data)->stop;
}

/* Stopped inside the first of two files: what is here is told, goes on, and can be thrown away. */
static void
test_stop (gpointer *fixture, gconstpointer data)
{
  FileServer *server = *fixture;
  const gsize n = 200000;
  g_autofree guint8 *content = g_malloc0 (n);
  g_autofree char *digest = g_compute_checksum_for_data (G_CHECKSUM_SHA256, content, n);
  g_autofree char *own = g_strdup_printf (
      "[zeros]\n" FACTS "Kind=images\nAddress=http://x.invalid/a;http://x.invalid/b\n"
      "Bytes=200000;200000\nSHA256=%s;%s\n",
      digest, digest);
  Watch watch = { 0 };
  PhMonitor monitor = { .progress = on_progress, .should_stop = should_stop, .data = &watch };
  g_autoptr (PhCatalogueEntry) entry = NULL;
  g_autoptr (GError) error = NULL;
  gboolean stopped = FALSE;

  write_own (own);
  file_server_put (server, "a", content, n, NULL);
  file_server_put (server, "b", content, n, NULL);
  file_server_set_mode (server, FILE_SERVER_SLOW, 0);
  entry = find ("zeros");
  g_assert_true (ph_catalogue_entry_fetch (entry, file_server_get_address (server), &monitor,
                                           &stopped, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (stopped);
  g_assert_false (ph_catalogue_entry_is_here (entry));
  g_assert_cmpuint (ph_catalogue_entry_get_bytes_here (entry), >, 0);
  g_assert_cmpuint (ph_catalogue_entry_get_bytes_here (entry), <, n);
  ph_catalogue_entry_discard (entry);
  g_assert_cmpuint (ph_catalogue_entry_get_bytes_here (entry), ==, 0);
  file_server_set_mode (server, FILE_SERVER_GOOD, 0);
  fetch (entry, server);
}

/* An entry of the user's takes the place of one of the same name. */
static void
test_own (gpointer *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) before = ph_catalogue_load (NULL);
  g_autofree char *own = dup_entry ("vgg-16", "network", "x.onnx", "abc", 3, "");
  g_autoptr (GPtrArray) after = NULL;
  g_autoptr (PhCatalogueEntry) entry = NULL;
  g_autoptr (GError) error = NULL;

  write_own (own);
  after = ph_catalogue_load (&error);
  g_assert_no_error (error);
  g_assert_cmpuint (after->len, ==, before->len);
  entry = find ("vgg-16");
  g_assert_cmpuint (entry->bytes, ==, 3);
  g_assert_null (ph_catalogue_find ("vgg", &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_DATA_INVALID);
  g_assert_nonnull (strstr (error->message, "vgg-16"));

  /* Files and other names are not the catalogue's business. */
  const char *others[] = { "vgg-99", "/vgg-16", "world:faces", "vgg-16.onnx", "Vgg-16", "" };

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autofree char *path = ph_catalogue_resolve (others[i], NULL);
      g_autofree char *network = ph_catalogue_resolve_network (others[i], NULL);

      g_assert_cmpstr (path, ==, others[i]);
      g_assert_cmpstr (network, ==, others[i]);
    }
}

static void
test_broken (gpointer *fixture, gconstpointer data)
{
#define WHERE "Kind=images\nAddress=https://x.invalid/a\n"
#define DIGEST "1eeff551a67ae8d565ca33b572fc4b66e3ef357b0eb2863bb9ff47a918cc4088"
  static const struct
  {
    const char *text, *words;
  } cases[] = {
    { "[a]\nTitle=A\n", "About is missing" },
    { "[../a]\n" FACTS WHERE "Bytes=1\nSHA256=" DIGEST, "the name" },
    { "[.a]\n" FACTS WHERE "Bytes=1\nSHA256=" DIGEST, "the name" },
    { "[a]\n" FACTS "Kind=film\n", "Kind must be" },
    { "[a]\n" FACTS "Kind=images\n", "Address is missing" },
    { "[a]\n" FACTS "Kind=images\nAddress=ftp://x/a\nBytes=1\nSHA256=" DIGEST, "https://" },
    { "[a]\n" FACTS WHERE "Bytes=1;2\nSHA256=" DIGEST, "Bytes must have" },
    { "[a]\n" FACTS WHERE "Bytes=many\nSHA256=" DIGEST, "Bytes is no number" },
    { "[a]\n" FACTS WHERE "Bytes=1\nSHA256=12", "64 hexadecimal" },
    { "[a]\n" FACTS WHERE "Bytes=1\n", "SHA256 must have" },
    { "[a]\n" FACTS WHERE "Bytes=1\nSHA256=" DIGEST "\nInput=[1", "Input is no JSON" },
    { "[a]\n" FACTS WHERE "Bytes=1\nSHA256=" DIGEST "\nLabels=/etc/passwd", "Labels must be" },
    { "[a]\n" FACTS "Kind=network\nAddress=http://x/a;http://x/b\nBytes=1;1\nSHA256=" DIGEST
      ";" DIGEST,
      "a network is one" },
    { "not of this form", "catalogue.ini" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      write_own (cases[i].text);
      g_assert_null (ph_catalogue_load (&error));
      g_assert_nonnull (error);
      if (strstr (error->message, cases[i].words) == NULL ||
          strstr (error->message, "catalogue.ini") == NULL)
        g_error ("“%s” is not in “%s”", cases[i].words, error->message);
    }
}

int
main (int argc, char *argv[])
{
  const char *const variables[] = { "http_proxy", "https_proxy", "all_proxy",
                                    "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY" };
  g_autofree char *folder = g_dir_make_tmp ("phosphene-XXXXXX", NULL);
  int result;

  for (guint i = 0; i < G_N_ELEMENTS (variables); i++)
    g_unsetenv (variables[i]);
  home = g_build_filename (folder, "data", NULL);
  g_setenv ("XDG_DATA_HOME", home, TRUE);
  g_test_init (&argc, &argv, NULL);
#define TEST(name, function)                                                                       \
  g_test_add ("/catalogue/" name, gpointer, NULL, set_up, function, tear_down)
  TEST ("shipped", test_shipped);
  TEST ("network", test_network);
  TEST ("images", test_images);
  TEST ("stop", test_stop);
  TEST ("own", test_own);
  TEST ("broken", test_broken);
  result = g_test_run ();
  g_rmdir (folder);
  g_free (home);
  return result;
}
