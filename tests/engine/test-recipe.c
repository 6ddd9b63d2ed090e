#include "vis/recipe.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "tiny-network.h"

static PhRecipe *
make_recipe (PhModel *model)
{
  PhAscentSettings settings;

  ph_settings_init (ph_ascent_settings, &settings);
  settings.steps = 12;
  settings.seed = 99;
  settings.learning_rate = 0.1;
  g_free (settings.transforms);
  settings.transforms = g_strdup ("jitter 3, rotate 4");

  PhRecipe *recipe = ph_recipe_new (model, "relu2:4 - 0.5*tv", &settings);

  ph_settings_clear (ph_ascent_settings, &settings);
  return recipe;
}

static void
test_round_trip (void)
{
  g_autoptr (PhModel) model = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  g_autoptr (PhRecipe) recipe = make_recipe (model);
  g_autofree char *text = ph_recipe_to_text (recipe);
  g_autoptr (GError) error = NULL;
  g_autoptr (PhRecipe) back = ph_recipe_parse (text, &error);

  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (text, "phosphene recipe 1\n"));
  g_assert_cmpstr (back->model, ==, "tiny");
  g_assert_cmpstr (back->digest, ==, "abc123");
  g_assert_cmpstr (back->objective, ==, "relu2:4 - 0.5*tv");
  g_assert_cmpstr (back->version, ==, PH_VERSION);
  g_assert_cmpint (back->threads, >=, 1);
  g_assert_true (ph_settings_equal (ph_ascent_settings, &back->settings, &recipe->settings));

  g_autofree char *again = ph_recipe_to_text (back);

  g_assert_cmpstr (again, ==, text);
}

/* What a PNG holds makes the same picture again. */
static void
test_png_repeats (void)
{
  g_autoptr (PhModel) model = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  g_autoptr (PhRecipe) recipe = make_recipe (model);
  g_autofree char *folder = g_dir_make_tmp ("phosphene-recipe-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "picture.png", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PhAscent) ascent = ph_ascent_new (model, recipe->objective, &recipe->settings, &error);
  g_autoptr (PhAscentResult) first = ph_ascent_run (ascent, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (ph_recipe_save_png (recipe, first->image, path, &error));
  g_assert_no_error (error);

  g_autoptr (PhRecipe) read = ph_recipe_load (path, &error);

  g_assert_no_error (error);

  g_autoptr (PhAscent) repeated = ph_ascent_new (model, read->objective, &read->settings, &error);
  g_autoptr (PhAscentResult) second = ph_ascent_run (repeated, NULL, NULL, &error);
  gsize bytes = sizeof (float) * ph_image_n_values (first->image);

  g_assert_no_error (error);
  g_assert_cmpmem (first->image->data, bytes, second->image->data, bytes);
  g_unlink (path);
  g_rmdir (folder);
}

/* A run that was left before its end is left there again: how far a step goes depends on how many
 * there would have been. */
static void
test_until (void)
{
  g_autoptr (PhModel) model = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  g_autoptr (PhRecipe) recipe = make_recipe (model);
  g_autoptr (GError) error = NULL;
  g_autoptr (PhAscent) ascent = ph_ascent_new (model, recipe->objective, &recipe->settings, &error);
  double value;

  g_assert_no_error (error);
  for (guint i = 0; i < 5; i++)
    g_assert_true (ph_ascent_step (ascent, &value, NULL, &error));
  recipe->until = 5;
  g_assert_cmpuint (ph_recipe_get_n_steps (recipe), ==, 5);

  g_autofree char *text = ph_recipe_to_text (recipe);
  g_autoptr (PhRecipe) back = ph_recipe_parse (text, &error);

  g_assert_no_error (error);
  g_assert_cmpint (back->until, ==, 5);

  g_autoptr (PhAscent) repeated = ph_ascent_new (model, back->objective, &back->settings, &error);

  ph_ascent_set_end (repeated, (guint)back->until);

  g_autoptr (PhAscentResult) result = ph_ascent_run (repeated, NULL, NULL, &error);
  gsize bytes = sizeof (float) * ph_image_n_values (result->image);

  g_assert_cmpuint (result->n_steps, ==, 5);
  g_assert_false (result->settled || result->stopped);
  g_assert_cmpmem (ph_ascent_get_image (ascent)->data, bytes, result->image->data, bytes);

  /* As many steps of a shorter run make another picture. */
  back->settings.steps = 5;

  g_autoptr (PhAscent) shorter = ph_ascent_new (model, back->objective, &back->settings, &error);
  g_autoptr (PhAscentResult) other = ph_ascent_run (shorter, NULL, NULL, &error);

  g_assert_cmpint (memcmp (other->image->data, result->image->data, bytes), !=, 0);
}

static void
test_defaults_and_comments (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PhRecipe) recipe = ph_recipe_parse (
      "phosphene recipe 1\r\n\n# a comment\n  objective =  class:zebra = x \nsteps=3\n", &error);
  PhAscentSettings settings;

  g_assert_no_error (error);
  g_assert_cmpstr (recipe->objective, ==, "class:zebra = x");
  g_assert_cmpint (recipe->settings.steps, ==, 3);
  ph_settings_init (ph_ascent_settings, &settings);
  settings.steps = 3;
  g_assert_true (ph_settings_equal (ph_ascent_settings, &settings, &recipe->settings));
  ph_settings_clear (ph_ascent_settings, &settings);
}

/* What the rest means is the kind's to say, wherever it stands. */
static void
test_kind_decides (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PhRecipe) dream =
      ph_recipe_parse ("phosphene recipe 1\nsteps = 7\nkind = dream\n", &error);

  g_assert_no_error (error);
  g_assert_cmpint (dream->kind, ==, PH_RECIPE_DREAM);
  g_assert_cmpint (dream->dream.steps, ==, 7);
  g_assert_null (ph_recipe_parse ("phosphene recipe 1\nkind = dream\nlearning-rate = 1\n", NULL));
}

static void
test_older_names (void)
{
  g_autoptr (PhRecipe) on = ph_recipe_parse ("phosphene recipe 1\ncooling = yes\n", NULL);
  g_autoptr (PhRecipe) off = ph_recipe_parse ("phosphene recipe 1\ncooling = no\n", NULL);

  g_assert_cmpstr (on->settings.rate_pace, ==, "1 0");
  g_assert_cmpstr (off->settings.rate_pace, ==, "1");
}

static void
test_errors (void)
{
  const struct
  {
    const char *text, *part;
  } bad[] = {
    { "", "Line 1" },
    { "phosphene recipe 2\n", "Line 1" },
    { "phosphene recipe 1\nsteps\n", "Line 2" },
    { "phosphene recipe 1\n\nsteps = many\n", "Line 3: steps" },
    { "phosphene recipe 1\nsteps = 0\n", "Line 2: steps" },
    { "phosphene recipe 1\nkind = dream\nviews = 2\n", "Line 3: there is no setting “views”" },
    { "phosphene recipe 1\nwibble = 1\n", "Line 2: there is no setting “wibble”" },
    { "phosphene recipe 1\nseed = 1\ntransforms = wobble 3\n", "Line 3: transforms: Column 1" },
    { "phosphene recipe 1\nobjective = \xff\n", "Line 1" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (ph_recipe_parse (bad[i].text, &error));
      g_assert_error (error, PH_ERROR, PH_ERROR_DATA_INVALID);
      if (strstr (error->message, bad[i].part) == NULL)
        g_error ("“%s” gives “%s”", bad[i].text, error->message);
    }
}

/* Texts from elsewhere cannot add lines of their own. */
static void
test_hostile_names (void)
{
  g_autoptr (PhModel) model = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  PhAscentSettings settings;

  ph_settings_init (ph_ascent_settings, &settings);

  g_autoptr (PhRecipe) recipe = ph_recipe_new (model, "relu2:4\nsteps = 1\r\xff", &settings);
  g_autofree char *text = ph_recipe_to_text (recipe);
  g_autoptr (GError) error = NULL;
  g_autoptr (PhRecipe) back = ph_recipe_parse (text, &error);

  g_assert_no_error (error);
  g_assert_cmpint (back->settings.steps, ==, settings.steps);
  ph_settings_clear (ph_ascent_settings, &settings);
}

/* What was made from a photograph says from which, and finds it where it was or beside itself. */
static void
test_photo (void)
{
  g_autoptr (PhModel) model = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  g_autofree char *folder = g_dir_make_tmp ("phosphene-recipe-XXXXXX", NULL);
  g_autofree char *photo = g_build_filename (folder, "photo.txt", NULL);
  g_autofree char *picture = g_build_filename (folder, "picture.png", NULL);
  g_autoptr (GError) error = NULL;
  PhDreamSettings settings;

  ph_settings_init (ph_dream_settings, &settings);
  settings.octaves = 3;
  settings.steps = 5;
  g_assert_true (g_file_set_contents (photo, "light", -1, NULL));

  g_autoptr (PhRecipe) recipe =
      ph_recipe_new_for_photo (PH_RECIPE_DREAM, model, "relu2:4", photo, &settings);
  g_autofree char *text = ph_recipe_to_text (recipe);
  g_autoptr (PhRecipe) back = ph_recipe_parse (text, &error);

  g_assert_no_error (error);
  g_assert_cmpint (back->kind, ==, PH_RECIPE_DREAM);
  g_assert_cmpstr (back->photo, ==, photo);
  g_assert_true (ph_settings_equal (ph_dream_settings, &back->dream, &settings));
  g_assert_cmpuint (ph_recipe_get_n_steps (back), ==, 15);
  g_assert_true (ph_recipe_check_files (back, &error));
  g_assert_true (g_file_set_contents (photo, "shade", -1, NULL));
  g_assert_false (ph_recipe_check_files (back, &error));
  g_assert_nonnull (strstr (error->message, "photo.txt has changed"));
  g_clear_error (&error);

  g_free (back->photo);
  back->photo = g_strdup ("/nowhere/photo.txt");
  g_assert_true (ph_recipe_find_photo (back, picture, &error));
  g_assert_cmpstr (back->photo, ==, photo);
  g_unlink (photo);
  g_assert_false (ph_recipe_find_photo (back, picture, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_assert_nonnull (strstr (error->message, "photo.txt"));
  g_rmdir (folder);

  /* A dream is one whole; nothing makes half of it. */
  g_assert_null (ph_recipe_copy_until (recipe, 14));

  g_autoptr (PhRecipe) whole = ph_recipe_copy_until (recipe, 15);

  g_assert_cmpint (whole->dream.steps, ==, 5);
}

/* An accentuation that was stopped has a recipe that ends there. */
static void
test_stopped (void)
{
  g_autoptr (PhModel) model = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  g_autoptr (PhImage) photo = ph_image_new (3, 20, 20, NULL);
  g_autoptr (GError) error = NULL;
  PhAccentuationSettings settings;

  for (gsize i = 0; i < ph_image_n_values (photo); i++)
    photo->data[i] = (float)(0.5 + 0.4 * sin (0.7 * (double)i));
  ph_settings_init (ph_accentuation_settings, &settings);
  settings.steps = 12;

  g_autoptr (PhAccentuation) stopped =
      ph_accentuation_new (model, "relu2:4", photo, &settings, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < 5; i++)
    g_assert_true (ph_accentuation_step (stopped, NULL, NULL, &error));

  g_autoptr (PhRecipe) recipe =
      ph_recipe_new_for_photo (PH_RECIPE_ACCENTUATE, model, "relu2:4", "photo.png", &settings);
  g_autoptr (PhRecipe) until = ph_recipe_copy_until (recipe, 5);
  g_autoptr (PhAccentuation) again =
      ph_accentuation_new (model, "relu2:4", photo, &until->accentuation, &error);

  g_assert_cmpint (until->accentuation.steps, ==, 5);
  g_assert_true (ph_accentuation_run (again, NULL, NULL, &error));

  const PhImage *first = ph_accentuation_get_image (stopped);
  const PhImage *second = ph_accentuation_get_image (again);

  for (gsize i = 0; i < ph_image_n_values (first); i++)
    g_assert_cmpfloat_with_epsilon (first->data[i], second->data[i], 1e-5);
  g_assert_null (ph_recipe_copy_until (recipe, 0));
  ph_settings_clear (ph_accentuation_settings, &settings);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/recipe/round-trip", test_round_trip);
  g_test_add_func ("/recipe/png-repeats", test_png_repeats);
  g_test_add_func ("/recipe/until", test_until);
  g_test_add_func ("/recipe/defaults-and-comments", test_defaults_and_comments);
  g_test_add_func ("/recipe/kind-decides", test_kind_decides);
  g_test_add_func ("/recipe/older-names", test_older_names);
  g_test_add_func ("/recipe/errors", test_errors);
  g_test_add_func ("/recipe/hostile-names", test_hostile_names);
  g_test_add_func ("/recipe/photo", test_photo);
  g_test_add_func ("/recipe/stopped", test_stopped);
  return g_test_run ();
}
