#include "vis/recipe.h"

#include <stdio.h>

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

static const char *const kinds[] = {
  "render", "accentuate", "dream", "sheet", "sweep", "film", NULL
};

/* And what only some have. A single picture from noise is not told its kind: recipes are compared
 * as texts, and those of older versions had none. */
static const PhSetting kind_facts[] = {
  { "kind", "Kind", "What was done.", PH_SETTING_CHOICE, FIELD (kind), .choices = kinds },
  { NULL },
};
static const PhSetting photo_facts[] = {
  { "photo", "Photograph", "What it was made from.", PH_SETTING_TEXT, FIELD (photo) },
  { "photo-digest", "Digest", "SHA-256 of its file.", PH_SETTING_TEXT, FIELD (photo_digest) },
  { NULL },
};
static const PhSetting part_facts[] = {
  { "until", "Until", "Step at which it was left.", PH_SETTING_INT, FIELD (until), 0, 100000, 0 },
  { NULL },
};
static const PhSetting sheet_facts[] = {
  { "units", "Units", "How many.", PH_SETTING_INT, FIELD (units), 1, 1000, 24 },
  { "columns", "Columns", "In a row.", PH_SETTING_INT, FIELD (columns), 1, 1000, 8 },
  { NULL },
};
static const PhSetting sweep_facts[] = {
  { "x", "→", "From left to right.", PH_SETTING_TEXT, FIELD (x) },
  { "y", "↓", "Downwards.", PH_SETTING_TEXT, FIELD (y) },
  { "size", "Size", "Of a picture.", PH_SETTING_INT, FIELD (size), 16, 4096, 128 },
  { NULL },
};
static const PhSetting film_facts[] = {
  { "frames", "Pictures", "How many.", PH_SETTING_INT, FIELD (frames), 0, PH_FILM_MAX_FRAMES, 0 },
  { "to", "To", "Units it goes on to.", PH_SETTING_TEXT, FIELD (to) },
  { "frame-steps", "Steps between", "For each picture after the first.", PH_SETTING_INT,
    FIELD (frame_steps), 1, 100000, 24 },
  { "sweep", "Sweep", "Setting that it shows.", PH_SETTING_TEXT, FIELD (sweep) },
  { "at", "At", "Steps that it shows.", PH_SETTING_TEXT, FIELD (at) },
  { NULL },
};

/* All of these, in the order in which they are written: the kind decides how the rest is read. */
static const PhSetting *const all_facts[] = { kind_facts,  photo_facts, facts,     part_facts,
                                              sheet_facts, sweep_facts, film_facts };

gboolean
ph_recipe_is_of_photo (const PhRecipe *recipe)
{
  return recipe->kind == PH_RECIPE_ACCENTUATE || recipe->kind == PH_RECIPE_DREAM;
}

static gboolean
is_film (const PhRecipe *recipe)
{
  return recipe->kind == PH_RECIPE_FILM || (ph_recipe_is_of_photo (recipe) && recipe->frames > 0);
}

/* Whether a table of facts says something about this picture. */
static gboolean
has_facts (const PhRecipe *recipe, const PhSetting *table)
{
  return table == facts || (table == kind_facts && recipe->kind != PH_RECIPE_RENDER) ||
         (table == photo_facts && ph_recipe_is_of_photo (recipe)) ||
         (table == part_facts && recipe->until > 0) ||
         (table == sheet_facts && recipe->kind == PH_RECIPE_SHEET) ||
         (table == sweep_facts && recipe->kind == PH_RECIPE_SWEEP) ||
         (table == film_facts && is_film (recipe));
}

static PhRecipe *
recipe_new (void)
{
  PhRecipe *recipe = g_new0 (PhRecipe, 1);

  for (guint i = 0; i < G_N_ELEMENTS (all_facts); i++)
    ph_settings_init (all_facts[i], recipe);
  ph_settings_init (ph_film_settings, &recipe->film);
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
  for (guint i = 0; i < G_N_ELEMENTS (all_facts); i++)
    ph_settings_clear (all_facts[i], recipe);
  ph_settings_clear (ph_film_settings, &recipe->film);
  ph_settings_clear (ph_ascent_settings, &recipe->settings);
  ph_settings_clear (ph_accentuation_settings, &recipe->accentuation);
  ph_settings_clear (ph_dream_settings, &recipe->dream);
  g_free (recipe);
}

void
ph_recipe_set_text (char **field, const char *text)
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

PhRecipe *
ph_recipe_new_blank (const char *objective, const PhAscentSettings *settings)
{
  PhRecipe *recipe = recipe_new ();

  ph_recipe_set_text (&recipe->objective, objective);
  ph_settings_clear (ph_ascent_settings, &recipe->settings);
  ph_settings_copy (ph_ascent_settings, &recipe->settings, settings);
  return recipe;
}

void
ph_recipe_renew (PhRecipe *recipe, PhModel *model)
{
  g_autofree char *files = dup_files (
      model, recipe->objective, ph_recipe_is_of_photo (recipe) ? "" : recipe->settings.spectrum);

  ph_recipe_set_text (&recipe->model, ph_model_get_name (model));
  ph_recipe_set_text (&recipe->digest, ph_model_get_digest (model));
  ph_recipe_set_text (&recipe->files, files);
  ph_recipe_set_text (&recipe->version, PH_VERSION);
  ph_recipe_set_text (&recipe->processor, ph_cpu_level_name (ph_cpu_level ()));
  recipe->threads = (int)ph_parallel_get_threads ();
}

PhRecipe *
ph_recipe_new (PhModel *model, const char *objective, const PhAscentSettings *settings)
{
  PhRecipe *recipe = ph_recipe_new_blank (objective, settings);

  ph_recipe_renew (recipe, model);
  return recipe;
}

PhRecipe *
ph_recipe_new_for_photo (PhRecipeKind kind, PhModel *model, const char *objective,
                         const char *photo, gconstpointer settings)
{
  g_autofree char *digest = ph_path_digest (photo, NULL);
  PhRecipe *recipe = recipe_new ();
  gconstpointer values;
  const PhSetting *table;

  recipe->kind = kind;
  ph_recipe_set_text (&recipe->objective, objective);
  ph_recipe_renew (recipe, model);
  ph_recipe_set_text (&recipe->photo, photo);
  ph_recipe_set_text (&recipe->photo_digest, digest);
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

gboolean
ph_recipe_is_composed (const PhRecipe *recipe)
{
  return recipe->kind == PH_RECIPE_SHEET || recipe->kind == PH_RECIPE_SWEEP ||
         recipe->kind == PH_RECIPE_FILM;
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
      return (guint)(recipe->until > 0 ? recipe->until : recipe->settings.steps);
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
  g_autoptr (GString) text = g_string_new (FIRST_LINE "\n");
  g_autofree char *settings = ph_settings_to_text (table, values);

  for (guint i = 0; i < G_N_ELEMENTS (all_facts); i++)
    if (has_facts (recipe, all_facts[i]))
      {
        g_autofree char *part = ph_settings_to_text (all_facts[i], recipe);

        g_string_append (text, part);
      }
  if (is_film (recipe))
    {
      g_autofree char *film = ph_settings_to_text (ph_film_settings, &recipe->film);

      g_string_append (text, film);
    }
  g_string_append (text, settings);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* The kind decides what the rest means, so it is looked for first. */
static void
read_kind (PhRecipe *recipe, const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  char name[32];

  for (guint i = 0; lines[i] != NULL; i++)
    if (sscanf (lines[i], " kind = %31s", name) == 1)
      ph_setting_set (kind_facts, recipe, name, NULL);
}

PhRecipe *
ph_recipe_parse (const char *text, GError **error)
{
  /* What “rate-pace” was called when it was a switch. */
  static const PhSetting old_settings[] = {
    { "cooling", "Cooling", "Smaller steps.", PH_SETTING_BOOL, 0, .value = TRUE },
    { NULL },
  };
  gboolean cooling = TRUE;
  g_autoptr (PhRecipe) recipe = recipe_new ();
  const PhSetting *tables[G_N_ELEMENTS (all_facts) + 3];
  gpointer values[G_N_ELEMENTS (tables)];
  gconstpointer counted;

  read_kind (recipe, text);
  tables[0] = get_table (recipe, &counted);
  values[0] = (gpointer)counted;
  tables[1] = ph_film_settings;
  values[1] = &recipe->film;
  tables[2] = old_settings;
  values[2] = &cooling;
  for (guint i = 0; i < G_N_ELEMENTS (all_facts); i++)
    {
      tables[3 + i] = all_facts[i];
      values[3 + i] = recipe;
    }
  if (!ph_settings_parse (FIRST_LINE, tables, values, G_N_ELEMENTS (tables), text, error))
    return NULL;
  if (!cooling)
    ph_setting_set (ph_settings_find (ph_ascent_settings, "rate-pace"), &recipe->settings, "1",
                    NULL);
  return g_steal_pointer (&recipe);
}

PhRecipe *
ph_recipe_load (const char *path, GError **error)
{
  g_autofree char *text = ph_film_load_recipe (path, error);

  return text != NULL ? ph_recipe_parse (text, error) : NULL;
}

gboolean
ph_recipe_save_png (const PhRecipe *recipe, const PhImage *image, const char *path, GError **error)
{
  g_autofree char *text = ph_recipe_to_text (recipe);

  return ph_png_save_image (path, image, text, error);
}
