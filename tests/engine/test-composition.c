/* Sheets, grids of settings and films: what is kept in the file makes the same bytes again. */
#include "vis/composition.h"

#include <glib/gstdio.h>
#include <string.h>

#include "tiny-network.h"

static void
init_settings (PhAscentSettings *settings)
{
  ph_settings_init (ph_ascent_settings, settings);
  settings->steps = 6;
  settings->width = 28;
  settings->height = 20;
}

static void
init_film (PhFilmSettings *film, PhFilmFormat format)
{
  ph_settings_init (ph_film_settings, film);
  film->format = format;
  film->rate = 25;
  film->bounce = TRUE;
}

/* One of each, and each kind of file. */
static PhRecipe *
make_recipe (guint i)
{
  const char *const to[] = { "relu2:5", "relu2:6", NULL };
  const PhFilmPlot plots[] = {
    { .frames = 4, .frame_steps = 24 },
    { .to = to, .frames = 3, .frame_steps = 2 },
    { .sweep = "steps = 1 | 3 | 5", .frames = 4, .frame_steps = 24 },
  };
  PhAscentSettings settings;
  PhFilmSettings film;
  PhRecipe *recipe;

  init_settings (&settings);
  init_film (&film, i == 3 ? PH_FILM_GIF : i == 4 ? PH_FILM_STRIP : PH_FILM_APNG);
  if (i == 0)
    recipe = ph_recipe_new_for_sheet (&settings, 5, 0);
  else if (i == 1)
    recipe = ph_recipe_new_for_sweep ("relu2:4", &settings, "learning-rate = 0.01 .. 0.1 / 3",
                                      "jitter = none | 2", 32);
  else if (i == 5)
    recipe = ph_recipe_new_for_sweep ("relu2:4", &settings, "seed = 1 | 2", NULL, 20);
  else
    recipe = ph_recipe_new_for_film ("relu2:4", &settings, &plots[i - 2], &film);
  ph_settings_clear (ph_ascent_settings, &settings);
  ph_settings_clear (ph_film_settings, &film);
  return recipe;
}

#define N_RECIPES 6

static GBytes *
read_file (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, &error);

  g_assert_no_error (error);

  g_autoptr (GBytes) mapped = g_mapped_file_get_bytes (file);

  return g_bytes_new (g_bytes_get_data (mapped, NULL), g_bytes_get_size (mapped));
}

static GBytes *
make_file (PhModel *model, PhRecipe *recipe, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PhComposition) made = ph_composition_make (model, recipe, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (ph_composition_save (made, recipe, path, &error));
  g_assert_no_error (error);
  return read_file (path);
}

static void
test_again (void)
{
  g_autoptr (PhModel) model = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  g_autofree char *folder = g_dir_make_tmp ("phosphene-composition-XXXXXX", NULL);

  for (guint i = 0; i < N_RECIPES; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u%s", i, i == 3 ? ".gif" : ".png");
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autoptr (PhRecipe) recipe = make_recipe (i);
      g_autoptr (GBytes) first = make_file (model, recipe, path);
      g_autoptr (GError) error = NULL;
      g_autoptr (PhRecipe) read = ph_recipe_load (path, &error);

      g_assert_no_error (error);
      g_assert_true (ph_recipe_is_composed (read));
      g_assert_cmpstr (read->model, ==, "tiny");

      g_autofree char *text = ph_recipe_to_text (recipe);
      g_autofree char *back = ph_recipe_to_text (read);

      g_assert_cmpstr (back, ==, text);

      g_autoptr (GBytes) second = make_file (model, read, path);

      g_assert_true (g_bytes_equal (first, second));
      g_unlink (path);
    }
  g_rmdir (folder);
}

/* A film of pictures that were taken while a run went shows the same steps again. */
static void
test_shown (void)
{
  g_autoptr (PhModel) model = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  g_autofree char *folder = g_dir_make_tmp ("phosphene-composition-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "film.png", NULL);
  g_autoptr (PhRecipe) recipe = make_recipe (2);
  const guint at[] = { 0, 1, 4 }; /* the run was left at step 4 of 6 */
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) frames = ph_sequence_of_steps (model, recipe->objective, &recipe->settings,
                                                       at, G_N_ELEMENTS (at), NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (frames->len, ==, 3);
  ph_recipe_set_shown (recipe, frames);

  g_autoptr (PhComposition) film = ph_composition_new_film (model, recipe, frames);

  g_assert_true (ph_composition_save (film, recipe, path, &error));

  g_autoptr (GBytes) first = read_file (path);
  g_autoptr (PhRecipe) read = ph_recipe_load (path, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (read->at, ==, "0 1 4");

  g_autoptr (GBytes) second = make_file (model, read, path);

  g_assert_true (g_bytes_equal (first, second));
  g_free (read->at);
  read->at = g_strdup ("0 4 1");
  g_assert_null (ph_composition_make (model, read, NULL, NULL, &error));
  g_assert_nonnull (strstr (error->message, "picture 3"));
  g_unlink (path);
  g_rmdir (folder);
}

/* On several threads: enough for the first picture of each and not for all. */
static gboolean
should_stop (gpointer data)
{
  return g_atomic_int_add ((int *)data, 1) >= 20;
}

/* What was stopped keeps its pictures and no recipe, which would promise the others. */
static void
test_stopped (void)
{
  g_autoptr (PhModel) model = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  g_autofree char *folder = g_dir_make_tmp ("phosphene-composition-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "film.png", NULL);

  for (guint i = 0; i < 4; i++)
    {
      int n = 0;
      PhMonitor monitor = { .should_stop = should_stop, .data = &n };
      g_autoptr (PhRecipe) recipe = make_recipe (i);
      g_autoptr (GError) error = NULL;
      g_autoptr (PhComposition) made = NULL;

      recipe->settings.steps = i < 2 ? 6 : 40;
      made = ph_composition_make (model, recipe, &monitor, NULL, &error);
      /* Of an interpolation not even the first picture was finished. */
      if (i == 3)
        {
          g_assert_error (error, PH_ERROR, PH_ERROR_DATA_INVALID);
          continue;
        }
      g_assert_no_error (error);
      g_assert_true (made->stopped);
      g_assert_cmpuint (ph_composition_get_n_made (made), >=, 1);
      g_assert_true (ph_composition_save (made, recipe, path, &error));
      g_assert_no_error (error);
      g_assert_null (ph_recipe_load (path, NULL));
    }
  g_unlink (path);
  g_rmdir (folder);
}

static void
test_errors (void)
{
  g_autoptr (PhModel) model = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  const char *const bad[][2] = {
    { "kind = sweep\nobjective = relu2:1\nx = sleep = 1 | 2", "sleep" },
    { "kind = sweep\nobjective = relu2:1\nx = steps = 1\ny = steps = 2", "steps" },
    { "kind = sweep\nobjective = relu9:1\nx = steps = 1", "relu9" },
    { "kind = film\nobjective = relu2:1\nto = relu2:77\nframes = 3", "77" },
    { "kind = film\nobjective = relu2:1\nto = 'relu2:7\nframes = 3", "" },
    { "kind = film\nobjective = relu2:1\nsweep = steps = 0\nframes = 3", "steps" },
    { "kind = film\nobjective = relu2:1\nat = 0 x\nsteps = 3", "x" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *text = g_strdup_printf ("phosphene recipe 1\n%s\n", bad[i][0]);
      g_autoptr (GError) error = NULL;
      g_autoptr (PhRecipe) recipe = ph_recipe_parse (text, &error);

      g_assert_no_error (error);
      g_assert_null (ph_composition_make (model, recipe, NULL, NULL, &error));
      g_assert_nonnull (error);
      g_assert_nonnull (strstr (error->message, bad[i][1]));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/composition/again", test_again);
  g_test_add_func ("/composition/shown", test_shown);
  g_test_add_func ("/composition/stopped", test_stopped);
  g_test_add_func ("/composition/errors", test_errors);
  return g_test_run ();
}
