#include "app/cli-photo.h"

static struct
{
  char *objective, *output;
  int frames;
} options;

const GOptionEntry ph_cli_photo_options[] = {
  { "objective", 0, 0, G_OPTION_ARG_STRING, &options.objective,
    "What there shall be more of: a layer, a unit, a sum of them", "TEXT" },
  { "frames", 'n', 0, G_OPTION_ARG_INT, &options.frames, "Make a film of so many pictures", "N" },
  { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output,
    "Where to write the picture or film; .gif chooses that format", "FILE" },
  { NULL },
};

/* What was made. */
typedef struct
{
  PhImage *image;    /* owned */
  GPtrArray *frames; /* owned: of a film */
  guint n_steps;
  gboolean measured; /* whether there are: */
  double before, objective, distance;
} Made;

static void
made_clear (Made *made)
{
  g_clear_pointer (&made->image, ph_image_free);
  g_clear_pointer (&made->frames, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Made, made_clear)

/* All steps; with frames, also the pictures at even strengths, from the photograph on. */
static gboolean
run_steps (PhCli *cli, PhAccentuation *accentuation, guint steps, guint n, GPtrArray *frames,
           GError **error)
{
  if (n == 0)
    return ph_accentuation_run (accentuation, &cli->monitor, cli->cancellable, error);
  n = MIN (n, steps + 1);
  for (guint i = 0; i < n && !ph_monitor_should_stop (&cli->monitor); i++)
    {
      guint until = (guint)((guint64)steps * i / MAX (n - 1, 1));
      double value = 0;

      while (ph_accentuation_get_n_steps (accentuation) < until)
        if (!ph_accentuation_step (accentuation, &value, cli->cancellable, error))
          return FALSE;
      g_ptr_array_add (frames,
                       ph_image_to_frame (ph_accentuation_get_image (accentuation), until, value));
      ph_monitor_progress (&cli->monitor, (i + 1.0) / n, NULL);
    }
  return TRUE;
}

static gboolean
accentuate (PhCli *cli, PhModel *model, const PhRecipe *recipe, const PhImage *photo, guint n,
            Made *made, GError **error)
{
  g_autoptr (PhAccentuation) accentuation =
      ph_accentuation_new (model, recipe->objective, photo, &recipe->accentuation, error);

  if (accentuation == NULL ||
      !run_steps (cli, accentuation, (guint)recipe->accentuation.steps, n, made->frames, error) ||
      !ph_accentuation_measure (accentuation, &made->before, &made->objective, &made->distance,
                                cli->cancellable, error))
    return FALSE;
  made->measured = TRUE;
  made->n_steps = ph_accentuation_get_n_steps (accentuation);
  made->image = ph_image_copy (ph_accentuation_get_image (accentuation), error);
  return made->image != NULL;
}

static gboolean
dream (PhCli *cli, PhModel *model, const PhRecipe *recipe, const PhImage *photo, guint n,
       Made *made, GError **error)
{
  g_autoptr (PhDream) dreaming = ph_dream_new (model, recipe->objective, &recipe->dream, error);

  if (dreaming == NULL)
    return FALSE;
  if (n == 0)
    {
      made->image = ph_dream_run (dreaming, photo, &cli->monitor, cli->cancellable, error);
      made->n_steps = ph_dream_get_n_steps (dreaming);
      return made->image != NULL;
    }

  g_autoptr (GPtrArray) frames =
      ph_dream_film (dreaming, photo, n, &cli->monitor, cli->cancellable, error);

  if (frames == NULL)
    return FALSE;
  g_ptr_array_extend_and_steal (made->frames, g_steal_pointer (&frames));
  return TRUE;
}

/* With the recipe inside where there is one. */
static gboolean
save (PhCli *cli, const PhRecipe *recipe, const Made *made, const char *output, GError **error)
{
  if (made->frames->len == 0)
    {
      g_autoptr (PhRecipe) reached = ph_recipe_copy_until (recipe, made->n_steps);
      g_autofree char *text = reached != NULL ? ph_recipe_to_text (reached) : NULL;

      return ph_png_save_image (output, made->image, text, error);
    }

  g_autofree char *text =
      ph_monitor_should_stop (&cli->monitor) ? NULL : ph_recipe_to_text (recipe);

  return ph_film_save (output, made->frames, &recipe->film, text, error);
}

static void
add_number (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_double_value (builder, value);
}

static void
print (PhCli *cli, const Made *made, const char *output, double seconds)
{
  const char *stopped = ph_monitor_should_stop (&cli->monitor) ? " (stopped)" : "";
  g_autoptr (JsonBuilder) builder = NULL;

  ph_cli_end_progress ();
  if (!cli->json)
    {
      if (made->measured)
        g_print ("%s: objective %.4g, of the photograph %.4g; distance %.3g; %.1f s%s\n", output,
                 made->objective, made->before, made->distance, seconds, stopped);
      else
        g_print ("%s: %u × %u pixels in %.1f s%s\n", output, made->image->width,
                 made->image->height, seconds, stopped);
      return;
    }
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "file");
  json_builder_add_string_value (builder, output);
  if (made->measured)
    {
      add_number (builder, "before", made->before);
      add_number (builder, "objective", made->objective);
      add_number (builder, "distance", made->distance);
    }
  add_number (builder, "seconds", seconds);
  json_builder_end_object (builder);
  ph_cli_print_json (builder);
}

static gboolean
make (PhCli *cli, PhModel *model, const PhRecipe *recipe, const char *output, GError **error)
{
  guint n_frames = (guint)recipe->frames;
  g_autoptr (PhImage) photo = ph_image_load (recipe->photo, error);
  g_auto (Made)
      made = { .frames = g_ptr_array_new_with_free_func ((GDestroyNotify)ph_frame_unref) };
  gint64 start = g_get_monotonic_time ();
  gboolean accentuates = recipe->kind == PH_RECIPE_ACCENTUATE;
  double seconds;

  if (photo == NULL || !ph_save_check (output, error) ||
      !(accentuates ? accentuate (cli, model, recipe, photo, n_frames, &made, error)
                    : dream (cli, model, recipe, photo, n_frames, &made, error)) ||
      !save (cli, recipe, &made, output, error))
    return FALSE;
  seconds = (g_get_monotonic_time () - start) * 1e-6;
  if (n_frames > 0 && !accentuates)
    return ph_cli_print_film (cli, output, made.frames, seconds);
  print (cli, &made, output, seconds);
  return TRUE;
}

static void
set_film (PhRecipe *recipe, int n_frames, const PhFilmSettings *film)
{
  recipe->frames = n_frames;
  ph_settings_clear (ph_film_settings, &recipe->film);
  ph_settings_copy (ph_film_settings, &recipe->film, film);
}

gboolean
ph_cli_photo_run (PhCli *cli, PhRecipeKind kind, GError **error)
{
  g_autoptr (PhModel) model = NULL;
  g_autoptr (PhRecipe) recipe = NULL;

  if (options.output == NULL || options.objective == NULL || options.frames < 0 ||
      options.frames > PH_FILM_MAX_FRAMES)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                           options.output == NULL || options.objective == NULL
                               ? "--objective and --output are needed"
                               : "--frames takes 1 to 10000");
      return FALSE;
    }
  model = ph_cli_open (cli, cli->positional[0], error);
  if (model == NULL)
    return FALSE;
  recipe =
      ph_recipe_new_for_photo (kind, model, options.objective, cli->positional[1], cli->settings);
  if (g_str_has_suffix (options.output, ".gif"))
    cli->film.format = PH_FILM_GIF;
  set_film (recipe, options.frames, &cli->film);
  return make (cli, model, recipe, options.output, error);
}

gboolean
ph_cli_photo_remake (PhCli *cli, PhModel *model, const PhRecipe *recipe, const char *output,
                     GError **error)
{
  gconstpointer settings =
      recipe->kind == PH_RECIPE_DREAM ? (gconstpointer)&recipe->dream : &recipe->accentuation;
  g_autoptr (PhRecipe) now =
      ph_recipe_new_for_photo (recipe->kind, model, recipe->objective, recipe->photo, settings);

  set_film (now, recipe->frames, &recipe->film);
  return make (cli, model, now, output, error);
}
