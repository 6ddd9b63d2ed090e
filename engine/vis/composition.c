#include "vis/composition.h"

/* Recipes */

PhRecipe *
ph_recipe_new_for_sheet (const PhAscentSettings *settings, guint units, guint columns)
{
  PhRecipe *recipe = ph_recipe_new_blank ("", settings);

  recipe->kind = PH_RECIPE_SHEET;
  recipe->units = (int)units;
  recipe->columns = (int)(columns > 0 ? columns : CLAMP (units / 3, 1, 8));
  return recipe;
}

PhRecipe *
ph_recipe_new_for_sweep (const char *objective, const PhAscentSettings *settings, const char *x,
                         const char *y, guint size)
{
  PhRecipe *recipe = ph_recipe_new_blank (objective, settings);

  recipe->kind = PH_RECIPE_SWEEP;
  recipe->size = (int)size;
  ph_recipe_set_text (&recipe->x, x);
  ph_recipe_set_text (&recipe->y, y);
  return recipe;
}

static char *
dup_quoted (const char *const *words)
{
  g_autoptr (GString) all = g_string_new (NULL);

  for (guint i = 0; words != NULL && words[i] != NULL; i++)
    {
      g_autofree char *quoted = g_shell_quote (words[i]);

      g_string_append_printf (all, "%s%s", i > 0 ? " " : "", quoted);
    }
  return g_string_free (g_steal_pointer (&all), FALSE);
}

PhRecipe *
ph_recipe_new_for_film (const char *objective, const PhAscentSettings *settings,
                        const PhFilmPlot *plot, const PhFilmSettings *film)
{
  PhRecipe *recipe = ph_recipe_new_blank (objective, settings);
  g_autofree char *to = dup_quoted (plot->to);

  recipe->kind = PH_RECIPE_FILM;
  recipe->frames = (int)plot->frames;
  recipe->frame_steps = (int)plot->frame_steps;
  ph_recipe_set_text (&recipe->to, to);
  ph_recipe_set_text (&recipe->sweep, plot->sweep);
  ph_settings_clear (ph_film_settings, &recipe->film);
  ph_settings_copy (ph_film_settings, &recipe->film, film);
  return recipe;
}

void
ph_recipe_set_shown (PhRecipe *recipe, GPtrArray *frames)
{
  g_autoptr (GString) at = g_string_new (NULL);

  g_return_if_fail (recipe->kind == PH_RECIPE_FILM && frames->len > 0);

  for (guint i = 0; i < frames->len; i++)
    g_string_append_printf (at, "%s%u", i > 0 ? " " : "", ((PhFrame *)frames->pdata[i])->step);
  ph_recipe_set_text (&recipe->at, at->str);
  recipe->frames = (int)frames->len;
}

/* Sheets */

/* The first failure counts when nothing at all could be made. */
static gboolean
check_made (const PhComposition *composition, GError **error)
{
  const char *failure = NULL;

  if (ph_composition_get_n_made (composition) > 0)
    return TRUE;
  for (guint i = 0; i < composition->cells->len && failure == NULL; i++)
    failure = ((PhSheetCell *)composition->cells->pdata[i])->failure;
  g_set_error_literal (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                       failure != NULL ? failure : "Stopped before the first picture was finished");
  return FALSE;
}

/* What was stopped has neither a picture nor a failure. */
static gboolean
is_complete (GPtrArray *cells)
{
  for (guint i = 0; i < cells->len; i++)
    {
      const PhSheetCell *cell = cells->pdata[i];

      if (cell->image == NULL && cell->failure == NULL)
        return FALSE;
    }
  return TRUE;
}

/* As large as the settings say, else as the network's. */
static guint
get_side (const PhComposition *composition, const PhAscentSettings *settings)
{
  guint side = (guint)MAX (settings->width, settings->height);

  for (guint i = 0; i < composition->cells->len && side == 0; i++)
    {
      const PhSheetCell *cell = composition->cells->pdata[i];

      if (cell->image != NULL)
        side = MAX (cell->image->width, cell->image->height);
    }
  return side;
}

static gboolean
make_sheet (PhComposition *composition, PhModel *model, const PhRecipe *recipe,
            const PhMonitor *monitor, GCancellable *cancellable, GError **error)
{
  PhSheetLook look = { .title = ph_model_get_name (model), .columns = (guint)recipe->columns };

  composition->cells = ph_sheet_pick (model, (guint)recipe->units, &recipe->settings, error);
  if (composition->cells == NULL ||
      !ph_sheet_make (model, composition->cells, NULL, NULL, monitor, cancellable, error) ||
      !check_made (composition, error))
    return FALSE;
  look.size = get_side (composition, &recipe->settings);
  composition->stopped = !is_complete (composition->cells);
  composition->image = ph_sheet_draw (composition->cells, &look, error);
  return composition->image != NULL;
}

static gboolean
make_sweep (PhComposition *composition, PhModel *model, const PhRecipe *recipe,
            const PhMonitor *monitor, GCancellable *cancellable, GError **error)
{
  g_autofree char *title =
      g_strdup_printf ("%s · %s", ph_model_get_name (model), recipe->objective);
  g_autoptr (PhSweepAxis) x = ph_sweep_axis_parse (recipe->x, error);
  g_autoptr (PhSweepAxis) y = NULL;

  if (x != NULL && recipe->y[0] != '\0')
    y = ph_sweep_axis_parse (recipe->y, error);
  if (x == NULL || (recipe->y[0] != '\0' && y == NULL))
    return FALSE;
  composition->cells = ph_sweep_cells (model, recipe->objective, &recipe->settings, x, y, error);
  if (composition->cells == NULL ||
      !ph_sheet_make (model, composition->cells, NULL, NULL, monitor, cancellable, error))
    return FALSE;
  composition->stopped = !is_complete (composition->cells);
  composition->image = ph_sweep_draw (composition->cells, title, x, y, (guint)recipe->size, error);
  return composition->image != NULL;
}

/* Films */

static GPtrArray *
make_interpolation (PhModel *model, const PhRecipe *recipe, const PhMonitor *monitor,
                    GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) units = g_ptr_array_new ();
  g_auto (GStrv) to = NULL;

  if (!g_shell_parse_argv (recipe->to, NULL, &to, error))
    return NULL;
  g_ptr_array_add (units, recipe->objective);
  for (guint i = 0; to[i] != NULL; i++)
    g_ptr_array_add (units, to[i]);
  g_ptr_array_add (units, NULL);
  return ph_sequence_of_interpolation (model, (const char *const *)units->pdata, &recipe->settings,
                                       (guint)MAX (recipe->frames, 2), (guint)recipe->frame_steps,
                                       monitor, cancellable, error);
}

/* The steps that are written out, where they are. */
static GPtrArray *
make_run (PhModel *model, const PhRecipe *recipe, const PhMonitor *monitor,
          GCancellable *cancellable, GError **error)
{
  g_auto (GStrv) words = g_strsplit (recipe->at, " ", -1);
  g_autoptr (GArray) at = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; words[i] != NULL; i++)
    {
      guint last = at->len > 0 ? g_array_index (at, guint, at->len - 1) : 0;
      guint64 number;
      guint step;

      if (!g_ascii_string_to_unsigned (words[i], 10, last, (guint64)recipe->settings.steps, &number,
                                       error))
        {
          g_prefix_error (error, "The steps that the film shows, picture %u: ", i + 1);
          return NULL;
        }
      step = (guint)number;
      g_array_append_val (at, step);
    }
  return at->len > 0
             ? ph_sequence_of_steps (model, recipe->objective, &recipe->settings,
                                     (const guint *)at->data, at->len, monitor, cancellable, error)
             : ph_sequence_of_run (model, recipe->objective, &recipe->settings,
                                   (guint)MAX (recipe->frames, 2), monitor, cancellable, error);
}

static gboolean
make_film (PhComposition *composition, PhModel *model, const PhRecipe *recipe,
           const PhMonitor *monitor, GCancellable *cancellable, GError **error)
{
  if (recipe->to[0] != '\0')
    composition->frames = make_interpolation (model, recipe, monitor, cancellable, error);
  else if (recipe->sweep[0] != '\0')
    {
      g_autoptr (PhSweepAxis) axis = ph_sweep_axis_parse (recipe->sweep, error);

      if (axis != NULL)
        composition->frames = ph_sequence_of_sweep (model, recipe->objective, &recipe->settings,
                                                    axis, monitor, cancellable, error);
    }
  else
    composition->frames = make_run (model, recipe, monitor, cancellable, error);
  composition->stopped = ph_monitor_should_stop (monitor);
  return composition->frames != NULL;
}

static void
renew (PhRecipe *recipe, PhModel *model)
{
  ph_recipe_renew (recipe, model);
  if (recipe->kind != PH_RECIPE_FILM || recipe->sweep[0] != '\0')
    recipe->threads = 1; /* see ph_sheet_make() */
}

/* Public */

PhComposition *
ph_composition_new_film (PhModel *model, PhRecipe *recipe, GPtrArray *frames)
{
  PhComposition *composition = g_new0 (PhComposition, 1);

  composition->frames = g_ptr_array_ref (frames);
  renew (recipe, model);
  return composition;
}

PhComposition *
ph_composition_make (PhModel *model, PhRecipe *recipe, const PhMonitor *monitor,
                     GCancellable *cancellable, GError **error)
{
  g_autoptr (PhComposition) composition = g_new0 (PhComposition, 1);
  gboolean made;

  g_return_val_if_fail (ph_recipe_is_composed (recipe), NULL);

  renew (recipe, model);
  if (recipe->kind == PH_RECIPE_FILM)
    made = make_film (composition, model, recipe, monitor, cancellable, error);
  else if (recipe->kind == PH_RECIPE_SWEEP)
    made = make_sweep (composition, model, recipe, monitor, cancellable, error);
  else
    made = make_sheet (composition, model, recipe, monitor, cancellable, error);
  return made ? g_steal_pointer (&composition) : NULL;
}

void
ph_composition_free (PhComposition *composition)
{
  if (composition == NULL)
    return;
  g_clear_pointer (&composition->cells, g_ptr_array_unref);
  g_clear_pointer (&composition->image, ph_image_free);
  g_clear_pointer (&composition->frames, g_ptr_array_unref);
  g_free (composition);
}

gboolean
ph_composition_save (const PhComposition *composition, const PhRecipe *recipe, const char *path,
                     GError **error)
{
  g_autofree char *text = composition->stopped ? NULL : ph_recipe_to_text (recipe);

  return composition->frames != NULL
             ? ph_film_save (path, composition->frames, &recipe->film, text, error)
             : ph_png_save_image (path, composition->image, text, error);
}

guint
ph_composition_get_n_made (const PhComposition *composition)
{
  guint n = 0;

  if (composition->frames != NULL)
    return composition->frames->len;
  for (guint i = 0; i < composition->cells->len; i++)
    n += ((PhSheetCell *)composition->cells->pdata[i])->image != NULL;
  return n;
}
