#include <string.h>

#include "ui/lesson-actions.h"
#include "ui/unit-model.h"
#include "ui/window-private.h"

/* The conditions of lessons. A new one is a line of engine/lesson/words.c, a function here and a
 * line of the table below. */

static gboolean
is_open (PhMainWindow *self, const char *name)
{
  g_autofree char *path = ph_shipped_dup_network (name);

  return self->model != NULL && path != NULL && ph_explore_page_is_ready (self->explore) &&
         g_strcmp0 (path, ph_model_get_path (self->model)) == 0;
}

static gboolean
ask_opened (PhMainWindow *self, const PhLessonCheck *check)
{
  return is_open (self, check->arguments[0]);
}

static gboolean
ask_page (PhMainWindow *self, const PhLessonCheck *check)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (self->pages), check->arguments[0]) == 0 &&
         ph_explore_page_is_ready (self->explore);
}

static gboolean
ask_layer (PhMainWindow *self, const PhLessonCheck *check)
{
  int layer = ph_explore_page_get_layer (self->explore);

  if (self->page != PH_PAGE (self->explore) || layer < PH_CLASSES)
    return FALSE;
  return g_str_equal (check->arguments[0],
                      layer == PH_CLASSES ? "classes"
                                          : ph_model_get_layer (self->model, (guint)layer)->name);
}

/* @name: of a unit, or "LAYER:*" */
static gboolean
is_unit (PhMainWindow *self, const char *shown, const char *name)
{
  PhUnit a, b;
  g_autofree char *any = NULL;
  gboolean star = g_str_has_suffix (name, ":*");

  if (star)
    any = g_strdup_printf ("%.*s:0", (int)strlen (name) - 2, name);
  if (!ph_unit_parse (self->model, shown, &a, NULL) ||
      !ph_unit_parse (self->model, star ? any : name, &b, NULL))
    return FALSE;
  if (star)
    return a.kind == PH_UNIT_CHANNEL && a.layer == b.layer;
  return ph_unit_equal (&a, &b);
}

static gboolean
ask_unit (PhMainWindow *self, const PhLessonCheck *check)
{
  g_autofree char *shown = ph_unit_page_dup_unit_name (self->unit);
  g_auto (GStrv) names = g_strsplit (check->arguments[0], " or ", -1);

  if (self->page != PH_PAGE (self->unit) || shown == NULL)
    return FALSE;
  for (guint i = 0; names[i] != NULL; i++)
    if (is_unit (self, shown, g_strstrip (names[i])))
      return TRUE;
  return FALSE;
}

static gboolean
ask_likes (PhMainWindow *self, const PhLessonCheck *check)
{
  const char *favourite = ph_example_strip_get_favourite (ph_unit_page_get_strip (self->unit));

  return self->page == PH_PAGE (self->unit) && favourite != NULL &&
         g_ascii_strcasecmp (favourite, check->arguments[0]) == 0;
}

/* Numbers */

static gboolean
compare (double value, const char *operator, double wanted)
{
  return g_str_equal (operator, "=")    ? value == wanted
         : g_str_equal (operator, ">=") ? value >= wanted
                                        : value <= wanted;
}

static gboolean
compare_text (double value, char *const *arguments)
{
  return compare (value, arguments[0], g_ascii_strtod (arguments[1], NULL));
}

/* Both are written as the setting writes itself. */
static gboolean
compare_setting (const PhSetting *table, gsize size, gconstpointer values, char *const *arguments)
{
  const PhSetting *setting = ph_settings_find (table, arguments[0]);
  g_autofree gpointer wanted = g_malloc0 (size);
  gboolean holds = FALSE;

  if (setting == NULL)
    return FALSE;
  ph_settings_init (table, wanted);
  if (ph_setting_set (setting, wanted, arguments[2], NULL))
    {
      if (g_str_equal (arguments[1], "="))
        {
          g_autofree char *a = ph_setting_get (setting, values);
          g_autofree char *b = ph_setting_get (setting, wanted);

          holds = g_str_equal (a, b);
        }
      else if (setting->type != PH_SETTING_TEXT)
        holds = compare (ph_setting_get_real (setting, values), arguments[1],
                         ph_setting_get_real (setting, wanted));
    }
  ph_settings_clear (table, wanted);
  return holds;
}

static gboolean
ask_steps (PhMainWindow *self, const PhLessonCheck *check)
{
  return self->page == PH_PAGE (self->unit) &&
         compare_text (ph_unit_page_get_n_steps (self->unit), check->arguments);
}

static gboolean
ask_setting (PhMainWindow *self, const PhLessonCheck *check)
{
  return self->page == PH_PAGE (self->unit) &&
         compare_setting (ph_ascent_settings, sizeof (PhAscentSettings),
                          ph_unit_page_get_settings (self->unit), check->arguments);
}

static gboolean
ask_examples (PhMainWindow *self, const PhLessonCheck *check)
{
  return self->page == PH_PAGE (self->unit) &&
         compare_text (ph_example_strip_get_n_cells (ph_unit_page_get_strip (self->unit)),
                       check->arguments);
}

/* Pictures */

static gboolean
ask_picture (PhMainWindow *self, const PhLessonCheck *check)
{
  return self->page == PH_PAGE (self->image) && ph_image_page_has_picture (self->image);
}

static gboolean
ask_names (PhMainWindow *self, const PhLessonCheck *check)
{
  const char *answer = ph_image_page_get_answer (self->image);
  g_autofree char *name = g_strconcat ("class:", check->arguments[0], NULL);
  PhUnit unit;

  return self->page == PH_PAGE (self->image) && answer != NULL &&
         ph_unit_parse (self->model, name, &unit, NULL) &&
         g_strcmp0 (answer, ph_model_get_label (self->model, unit.channel)) == 0;
}

/* Learning */

static gboolean
ask_learning (PhMainWindow *self, const PhLessonCheck *check)
{
  return self->page == PH_PAGE (self->learn) &&
         compare_setting (ph_train_settings, sizeof (PhTrainSettings),
                          ph_learn_way_get_settings (ph_learn_page_get_way (self->learn)),
                          check->arguments);
}

static const GArray *
get_epochs (PhMainWindow *self)
{
  PhLearning *learning = ph_learn_page_get_learning (self->learn);

  return learning != NULL ? ph_learning_get_epochs (learning) : NULL;
}

static gboolean
ask_epochs (PhMainWindow *self, const PhLessonCheck *check)
{
  const GArray *epochs = get_epochs (self);

  return compare_text (epochs != NULL ? epochs->len : 0, check->arguments);
}

static gboolean
ask_accuracy (PhMainWindow *self, const PhLessonCheck *check)
{
  const GArray *epochs = get_epochs (self);
  double best = 0;

  if (epochs == NULL || epochs->len == 0)
    return FALSE;
  for (guint i = 0; i < epochs->len; i++)
    best = MAX (best, g_array_index (epochs, PhEpoch, i).validation_accuracy);
  return compare_text (best, check->arguments);
}

static gboolean
ask_trainings (PhMainWindow *self, const PhLessonCheck *check)
{
  return compare_text (ph_learn_page_count_done (self->learn), check->arguments);
}

static gboolean
ask_compared (PhMainWindow *self, const PhLessonCheck *check)
{
  g_autofree char *second = ph_shipped_dup_network (check->arguments[1]);

  return self->page == PH_PAGE (self->compare) && is_open (self, check->arguments[0]) &&
         second != NULL && g_strcmp0 (ph_compare_page_get_other (self->compare), second) == 0;
}

/* All of them */

static const struct
{
  const char *name;
  gboolean (*ask) (PhMainWindow *self, const PhLessonCheck *check);
  gboolean of_network; /* holds for the network that the lesson means alone */
} conditions[] = {
  { "opened", ask_opened, FALSE },     { "page", ask_page, FALSE },
  { "layer", ask_layer, TRUE },        { "unit", ask_unit, TRUE },
  { "likes", ask_likes, TRUE },        { "steps", ask_steps, FALSE },
  { "setting", ask_setting, FALSE },   { "examples", ask_examples, FALSE },
  { "picture", ask_picture, FALSE },   { "names", ask_names, TRUE },
  { "learning", ask_learning, FALSE }, { "epochs", ask_epochs, FALSE },
  { "accuracy", ask_accuracy, FALSE }, { "trainings", ask_trainings, FALSE },
  { "compared", ask_compared, FALSE },
};

gboolean
_ph_main_window_can_ask (const char *condition)
{
  for (guint i = 0; i < G_N_ELEMENTS (conditions); i++)
    if (g_str_equal (conditions[i].name, condition))
      return TRUE;
  return FALSE;
}

gboolean
_ph_main_window_ask (PhMainWindow *self, const PhLessonCheck *check)
{
  if (self->model == NULL)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (conditions); i++)
    if (g_str_equal (conditions[i].name, check->condition->name))
      return (!conditions[i].of_network || check->network == NULL ||
              is_open (self, check->network)) &&
             conditions[i].ask (self, check);
  return FALSE;
}
