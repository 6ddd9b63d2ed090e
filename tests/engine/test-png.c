#include "base/png.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

typedef struct
{
  char *folder;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->folder = g_dir_make_tmp ("phosphene-png-XXXXXX", NULL);
  g_assert_nonnull (f->folder);
}

static guint
count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (f->folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (f->folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (f->folder);
  g_free (f->folder);
}

static const guint8 pixels[3 * 2 * 3] = {
  255, 0, 0, 0,   255, 0,   0,   0,   255, /* row 0 */
  1,   2, 3, 128, 127, 126, 250, 251, 252,
};

static void
test_round_trip (Fixture *f, gconstpointer data)
{
  const char *recipe = "phosphene recipe 1\nmodel = Größe ×\n";
  g_autofree char *path = g_build_filename (f->folder, "zebra.png", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (ph_png_save (path, pixels, 3, 3, 2, recipe, &error));
  g_assert_no_error (error);

  g_autofree char *read_back = ph_png_load_recipe (path, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (read_back, ==, recipe);

  g_autoptr (PhImage) image = ph_image_load (path, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (image->width, ==, 3);
  g_assert_cmpuint (image->height, ==, 2);

  g_autoptr (GBytes) packed = ph_image_pack (image);

  g_assert_cmpmem (g_bytes_get_data (packed, NULL), g_bytes_get_size (packed), pixels,
                   sizeof pixels);
  g_assert_cmpuint (count_files (f->folder), ==, 1);
}

static void
test_grey (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->folder, "grey.png", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (ph_png_save (path, pixels + 9, 1, 3, 2, NULL, &error));

  g_autoptr (PhImage) image = ph_image_load (path, &error);

  g_assert_no_error (error);
  for (guint c = 0; c < 3; c++)
    for (guint i = 0; i < 6; i++)
      g_assert_cmpfloat (image->data[6 * c + i], ==, (float)pixels[9 + i] / 255.0f);
}

static void
test_no_recipe (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->folder, "plain.png", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (ph_png_save (path, pixels, 3, 3, 2, NULL, &error));
  g_assert_null (ph_png_load_recipe (path, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_DATA_INVALID);
  g_clear_error (&error);

  g_assert_true (g_file_set_contents (path, "no picture at all", -1, NULL));
  g_assert_null (ph_png_load_recipe (path, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_DATA_INVALID);
  g_assert_nonnull (strstr (error->message, "no PNG"));
}

/* Every way of cutting a file or changing one byte must end in a recipe or an error. Without its
 * signature a file is no PNG and not our matter. */
static void
test_damaged (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->folder, "damaged.png", NULL);
  g_autoptr (GBytes) bytes = ph_png_encode (pixels, 3, 3, 2, "steps = 3", NULL);
  gsize size = 0;
  const char *good = g_bytes_get_data (bytes, &size);

  for (gsize cut = 8; cut < size; cut++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) part = g_bytes_new_from_bytes (bytes, 0, cut);
      g_autoptr (PhImage) image = ph_image_load_bytes (part, "damaged.png", &error);

      g_assert_null (image);
      g_assert_error (error, PH_ERROR, PH_ERROR_DATA_INVALID);
    }
  for (gsize at = 8; at < size; at++)
    {
      g_autofree char *bad = g_memdup2 (good, size);
      g_autoptr (GError) error = NULL;

      bad[at] ^= 0x55;

      g_autoptr (GBytes) changed = g_bytes_new (bad, size);
      g_autoptr (PhImage) image = ph_image_load_bytes (changed, "damaged.png", &error);

      g_assert_true ((image == NULL) == (error != NULL));
      g_clear_error (&error);

      /* Files are slow; the chunks' lengths and names are what matters. */
      if (at % 5 != 0)
        continue;
      g_assert_true (
          g_file_set_contents_full (path, bad, (gssize)size, G_FILE_SET_CONTENTS_NONE, 0600, NULL));

      g_autofree char *recipe = ph_png_load_recipe (path, &error);

      g_assert_true ((recipe == NULL) == (error != NULL));
    }
}

static void
test_recipe_refused (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->folder, "long.png", NULL);
  g_autofree char *longer = g_strnfill (PH_PNG_RECIPE_MAX + 1, 'x');
  g_autoptr (GError) error = NULL;

  g_assert_false (ph_png_save (path, pixels, 3, 3, 2, longer, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_DATA_INVALID);
  g_clear_error (&error);
  g_assert_false (ph_png_save (path, pixels, 3, 3, 2, "\xff\xfe", &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_DATA_INVALID);
  g_assert_cmpuint (count_files (f->folder), ==, 0);
}

/* A file-size limit stands in for a full disk: writing fails in the middle. */
static void
test_disk_full (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->folder, "full.png", NULL);
  g_autofree guint8 *noise = g_malloc (3 * 200 * 100);
  g_autoptr (GError) error = NULL;
  struct rlimit old;

  for (guint i = 0; i < 3 * 200 * 100; i++)
    noise[i] = (guint8)g_test_rand_int ();
  g_assert_true (g_file_set_contents (path, "what was there before", -1, NULL));

  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &old), ==, 0);
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &(struct rlimit){ 10000, old.rlim_max }), ==, 0);

  gboolean saved = ph_png_save (path, noise, 3, 200, 100, NULL, &error);

  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &old), ==, 0);
  g_assert_false (saved);
  g_assert_cmpuint (error->domain, ==, G_FILE_ERROR);
  g_assert_nonnull (strstr (error->message, "full.png”"));
  g_assert_cmpuint (count_files (f->folder), ==, 1);

  g_autofree char *content = NULL;

  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "what was there before");
}

static void
test_no_folder (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->folder, "absent", "a.png", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (ph_png_save (path, pixels, 3, 3, 2, NULL, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_assert_nonnull (strstr (error->message, "absent/a.png”"));
}

static void
test_read_only_folder (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->folder, "a.png", NULL);
  g_autoptr (GError) error = NULL;

  if (geteuid () == 0)
    {
      g_test_skip ("root may write everywhere");
      return;
    }
  g_assert_cmpint (g_chmod (f->folder, 0500), ==, 0);

  gboolean saved = ph_png_save (path, pixels, 3, 3, 2, NULL, &error);

  g_assert_cmpint (g_chmod (f->folder, 0700), ==, 0);
  g_assert_false (saved);
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_ACCES);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/png/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("round-trip", test_round_trip);
  ADD ("grey", test_grey);
  ADD ("no-recipe", test_no_recipe);
  ADD ("damaged", test_damaged);
  ADD ("recipe-refused", test_recipe_refused);
  ADD ("disk-full", test_disk_full);
  ADD ("no-folder", test_no_folder);
  ADD ("read-only-folder", test_read_only_folder);
  return g_test_run ();
}
