#include "vis/recipe.h"

#include <string.h>

#include "base/folder.h"
#include "kernels/cpu.h"
#include "kernels/parallel.h"

#define FIRST_LINE "phosphene recipe 1"
#define FIELD(name) G_STRUCT_OFFSET (PhRecipe, name)

/* What a recipe holds besides the settings, in the form of settings. */
static const PhSetting facts[] = {
  { "network", "Network", "Name of the network.", PH_SETTING_TEXT, FIELD (model) },
  { "digest", "Digest", "SHA-256 of its file.", PH_SETTING_TEXT, FIELD (digest) },
  { "objective", "Objective", "What was maximised.", PH_SETTING_TEXT, FIELD (objective) },
  { "files", "Files", "What the objective reads.", PH_SETTING_TEXT, FIELD (files) },
  { "version", "Version", "Of the program.", PH_SETTING_TEXT, FIELD (version) },
  { "processor", "Processor", "Kernels that computed it.", PH_SETTING_TEXT, FIELD (processor) },
  { "threads", "Threads", "How many worked.", PH_SETTING_INT, FIELD (threads), 0, 65536, 0 },
  { NULL },
};

static const char *const kinds[] = { "render", "accentuate", "dream", NULL };

/* And of a picture that was made from a photograph. Others are not told their kind: their recipes
 * are compared as texts, and those of older versions had none. */
static const PhSetting photo_facts[] = {
  { "kind", "Kind", "What was done.", PH_SETTING_CHOICE, FIELD (kind), .choices = kinds },
  { "photo", "Photograph", "What it was made from.", PH_SETTING_TEXT, FIELD (photo) },
  { "photo-digest", "Digest", "SHA-256 of its file.", PH_SETTING_TEXT, FIELD (photo_digest) },
  { NULL },
};

static PhRecipe *
recipe_new (void)
{
  PhRecipe *recipe = g_new0 (PhRecipe, 1);

  ph_settings_init (facts, recipe);
  ph_settings_init (photo_facts, recipe);
  ph_settings_init (ph_ascent_settings, &recipe->settings);
  ph_settings_init (ph_accentuation_settings, &recipe->accentuation);
  ph_settings_init (ph_dream_settings, &recipe->dream);
  return recipe;
}

/* The settings that count. */
static const PhSetting *
get_table (const PhRecipe *recipe, gconstpointer *values)
{
  switch (recipe->kind)
    {
    case PH_RECIPE_ACCENTUATE:
      *values = &recipe->accentuation;
      return ph_accentuation_settings;
    case PH_RECIPE_DREAM:
      *values = &recipe->dream;
      return ph_dream_settings;
    default:
      *values = &recipe->settings;
      return ph_ascent_settings;
    }
}

void
ph_recipe_free (PhRecipe *recipe)
{
  if (recipe == NULL)
    return;
  ph_settings_clear (facts, recipe);
  ph_settings_clear (photo_facts, recipe);
  ph_settings_clear (ph_ascent_settings, &recipe->settings);
  ph_settings_clear (ph_accentuation_settings, &recipe->accentuation);
  ph_settings_clear (ph_dream_settings, &recipe->dream);
  g_free (recipe);
}

/* Line ends would end the value: names of files and labels may hold anything. */
static void
set_text (char **field, const char *text)
{
  g_free (*field);
  *field =
      g_strstrip (g_strdelimit (g_utf8_make_valid (text != NULL ? text : "", -1), "\r\n", ' '));
}

static void
add_file (GString *all, const char *path)
{
  g_autofree char *digest = ph_path_digest (path, NULL);
  g_autofree char *quoted = g_shell_quote (path);

  if (digest != NULL)
    g_string_append_printf (all, "%s%s %s", all->len > 0 ? " " : "", digest, quoted);
}

static char *
dup_files (PhModel *model, const char *text, const char *spectrum)
{
  g_autoptr (PhObjective) objective = ph_objective_parse (model, text, NULL);
  const char *const *files = objective != NULL ? ph_objective_get_files (objective) : NULL;
  g_autoptr (GString) all = g_string_new (NULL);

  for (guint i = 0; files != NULL && files[i] != NULL; i++)
    add_file (all, files[i]);
  if (spectrum[0] != '\0')
    add_file (all, spectrum);
  return g_strdup (all->str);
}

static gboolean
check_file (const char *path, const char *wanted, GError **error)
{
  g_autofree char *digest = ph_path_digest (path, error);

  if (digest == NULL)
    return FALSE;
  if (g_str_equal (digest, wanted))
    return TRUE;
  g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID, "%s has changed since the picture was made",
               path);
  return FALSE;
}

gboolean
ph_recipe_check_files (const PhRecipe *recipe, GError **error)
{
  g_auto (GStrv) words = NULL;

  if (recipe->photo[0] != '\0' && !check_file (recipe->photo, recipe->photo_digest, error))
    return FALSE;
  if (recipe->files[0] == '\0' || !g_shell_parse_argv (recipe->files, NULL, &words, NULL))
    return TRUE;
  for (guint i = 0; words[i] != NULL && words[i + 1] != NULL; i += 2)
    if (!check_file (words[i + 1], words[i], error))
      return FALSE;
  return TRUE;
}

/* What every kind has. */
static PhRecipe *
recipe_new_for (PhModel *model, const char *objective, const char *files)
{
  PhRecipe *recipe = recipe_new ();

  set_text (&recipe->model, ph_model_get_name (model));
  set_text (&recipe->digest, ph_model_get_digest (model));
  set_text (&recipe->objective, objective);
  set_text (&recipe->files, files);
  set_text (&recipe->version, PH_VERSION);
  set_text (&recipe->processor, ph_cpu_level_name (ph_cpu_level ()));
  recipe->threads = (int)ph_parallel_get_threads ();
  return recipe;
}

PhRecipe *
ph_recipe_new (PhModel *model, const char *objective, const PhAscentSettings *settings)
{
  g_autofree char *files = dup_files (model, objective, settings->spectrum);
  PhRecipe *recipe = recipe_new_for (model, objective, files);

  ph_settings_clear (ph_ascent_settings, &recipe->settings);
  ph_settings_copy (ph_ascent_settings, &recipe->settings, settings);
  return recipe;
}

PhRecipe *
ph_recipe_new_for_photo (PhRecipeKind kind, PhModel *model, const char *objective,
                         const char *photo, gconstpointer settings)
{
  g_autofree char *files = dup_files (model, objective, "");
  g_autofree char *digest = ph_path_digest (photo, NULL);
  PhRecipe *recipe = recipe_new_for (model, objective, files);
  gconstpointer values;
  const PhSetting *table;

  recipe->kind = kind;
  set_text (&recipe->photo, photo);
  set_text (&recipe->photo_digest, digest);
  table = get_table (recipe, &values);
  ph_settings_clear (table, (gpointer)values);
  ph_settings_copy (table, (gpointer)values, settings);
  return recipe;
}

gboolean
ph_recipe_find_photo (PhRecipe *recipe, const char *picture, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (picture);
  g_autofree char *name = g_path_get_basename (recipe->photo);
  g_autofree char *beside = g_build_filename (folder, name, NULL);

  if (g_file_test (recipe->photo, G_FILE_TEST_EXISTS))
    return TRUE;
  if (g_file_test (beside, G_FILE_TEST_EXISTS))
    {
      g_free (recipe->photo);
      recipe->photo = g_steal_pointer (&beside);
      return TRUE;
    }
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
               "The photograph “%s” that %s was made from is no longer there; put it beside the "
               "picture",
               recipe->photo, picture);
  return FALSE;
}

guint
ph_recipe_get_n_steps (const PhRecipe *recipe)
{
  switch (recipe->kind)
    {
    case PH_RECIPE_ACCENTUATE:
      return (guint)recipe->accentuation.steps;
    case PH_RECIPE_DREAM:
      return (guint)(recipe->dream.octaves * recipe->dream.steps);
    default:
      return (guint)recipe->settings.steps;
    }
}

PhRecipe *
ph_recipe_copy_until (const PhRecipe *recipe, guint n_steps)
{
  PhAccentuationSettings *accentuation;
  g_autofree char *text = ph_recipe_to_text (recipe);
  PhRecipe *copy;

  if (n_steps == 0 || (recipe->kind == PH_RECIPE_DREAM && n_steps < ph_recipe_get_n_steps (recipe)))
    return NULL;
  copy = ph_recipe_parse (text, NULL);
  accentuation = &copy->accentuation;
  if (copy->kind == PH_RECIPE_ACCENTUATE && n_steps < (guint)accentuation->steps)
    {
      accentuation->strength *= (double)n_steps / accentuation->steps;
      accentuation->steps = (int)n_steps;
    }
  return copy;
}

char *
ph_recipe_to_text (const PhRecipe *recipe)
{
  gconstpointer values;
  const PhSetting *table = get_table (recipe, &values);
  g_autofree char *about = ph_settings_to_text (facts, recipe);
  g_autofree char *photo =
      recipe->kind != PH_RECIPE_RENDER ? ph_settings_to_text (photo_facts, recipe) : g_strdup ("");
  g_autofree char *settings = ph_settings_to_text (table, values);

  return g_strconcat (FIRST_LINE "\n", photo, about, settings, NULL);
}

static gboolean
parse_line (PhRecipe *recipe, const char *line, GError **error)
{
  const char *equals = strchr (line, '=');

  if (equals == NULL)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID, "“%s” is not “name = value”", line);
      return FALSE;
    }

  g_autofree char *name = g_strstrip (g_strndup (line, (gsize)(equals - line)));
  g_autofree char *value = g_strstrip (g_strdup (equals + 1));

  /* What “rate-pace” was called when it was a switch. */
  if (g_str_equal (name, "cooling"))
    {
      gboolean on = !g_str_equal (value, "no");

      g_free (name);
      g_free (value);
      name = g_strdup ("rate-pace");
      value = g_strdup (on ? "1 0" : "1");
    }

  gconstpointer values;
  const PhSetting *fact = ph_settings_find (facts, name);
  const PhSetting *setting = ph_settings_find (get_table (recipe, &values), name);

  if (fact == NULL)
    fact = ph_settings_find (photo_facts, name);
  if (fact == NULL && setting == NULL)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID, "there is no setting “%s”", name);
      return FALSE;
    }
  return fact != NULL ? ph_setting_set (fact, recipe, value, error)
                      : ph_setting_set (setting, (gpointer)values, value, error);
}

PhRecipe *
ph_recipe_parse (const char *text, GError **error)
{
  g_autoptr (PhRecipe) recipe = recipe_new ();
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  if (!g_utf8_validate (text, -1, NULL) || lines[0] == NULL ||
      !g_str_equal (g_strstrip (lines[0]), FIRST_LINE))
    {
      g_set_error_literal (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                           "Line 1: a recipe begins with “" FIRST_LINE "”");
      return NULL;
    }
  for (guint i = 1; lines[i] != NULL; i++)
    {
      const char *line = g_strstrip (lines[i]);

      if (line[0] == '\0' || line[0] == '#')
        continue;
      if (!parse_line (recipe, line, error))
        {
          g_prefix_error (error, "Line %u: ", i + 1);
          return NULL;
        }
    }
  return g_steal_pointer (&recipe);
}

PhRecipe *
ph_recipe_load_png (const char *path, GError **error)
{
  g_autofree char *text = ph_png_load_recipe (path, error);

  return text != NULL ? ph_recipe_parse (text, error) : NULL;
}

gboolean
ph_recipe_save_png (const PhRecipe *recipe, const PhImage *image, const char *path, GError **error)
{
  g_autofree char *text = ph_recipe_to_text (recipe);

  return ph_png_save_image (path, image, text, error);
}
