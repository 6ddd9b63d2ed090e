#include "lesson/lint.h"

#include <string.h>

#include "data/dataset.h"
#include "data/shipped.h"
#include "network/unit.h"
#include "onnx/load.h"
#include "train/architecture.h"
#include "train/train-settings.h"
#include "vis/ascent.h"
#include "vis/attribution.h"
#include "vis/objective.h"

typedef struct
{
  PhLesson *lesson;
  GHashTable *models; /* name → PhModel */
  GCancellable *cancellable;
  guint line;
} Lint;

static void
tell (Lint *self, GError *error)
{
  ph_lesson_add_mistake (self->lesson, self->line, "%s", error->message);
  g_error_free (error);
}

/* (nullable) (transfer none): after a mistake. */
static PhModel *
get_model (Lint *self, const char *name)
{
  g_autofree char *path = NULL;
  PhModel *model;
  GError *error = NULL;

  if (name == NULL)
    {
      ph_lesson_add_mistake (self->lesson, self->line,
                             "no network has been named: add “network:” to the head, or open one "
                             "before");
      return NULL;
    }
  model = g_hash_table_lookup (self->models, name);
  if (model != NULL)
    return model;
  path = ph_shipped_dup_network (name);
  if (path == NULL)
    {
      g_autoptr (GString) names = g_string_new (NULL);

      for (const PhShippedNetwork *network = ph_shipped_networks; network->name != NULL; network++)
        {
          g_autofree char *there = ph_shipped_dup_network (network->name);

          if (there != NULL)
            g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", network->name);
        }
      ph_lesson_add_mistake (self->lesson, self->line,
                             "no network “%s” comes with the program; there are %s", name,
                             names->str);
      return NULL;
    }
  model = ph_model_load (path, self->cancellable, &error);
  if (model == NULL)
    {
      tell (self, error);
      return NULL;
    }
  g_hash_table_insert (self->models, g_strdup (name), model);
  return model;
}

static void
check_layer (Lint *self, PhModel *model, const char *name)
{
  if (g_str_equal (name, "classes") ? ph_model_get_n_classes (model) > 0
                                    : ph_model_find_layer (model, name) >= 0)
    return;
  ph_lesson_add_mistake (self->lesson, self->line, "%s has no layer “%s”",
                         ph_model_get_name (model), name);
}

static void
check_unit (Lint *self, PhModel *model, const char *name)
{
  g_autofree char *any = NULL;
  PhUnit unit;
  GError *error = NULL;

  /* Any channel: that the first is there says that the layer is. */
  if (g_str_has_suffix (name, ":*"))
    any = g_strdup_printf ("%.*s:0", (int)strlen (name) - 2, name);
  if (!ph_unit_parse (model, any != NULL ? any : name, &unit, &error))
    tell (self, error);
}

static void
check_units (Lint *self, PhModel *model, const char *text)
{
  g_auto (GStrv) names = g_strsplit (text, " or ", -1);

  for (guint i = 0; names[i] != NULL; i++)
    check_unit (self, model, g_strstrip (names[i]));
}

static void
check_class (Lint *self, PhModel *model, const char *label)
{
  g_autofree char *name = g_strdup_printf ("class:%s", label);

  check_unit (self, model, name);
}

static void
check_objective (Lint *self, PhModel *model, const char *text)
{
  GError *error = NULL;
  PhObjective *objective = ph_objective_parse (model, text, &error);

  if (objective == NULL)
    tell (self, error);
  else
    ph_objective_free (objective);
}

/* @picture: whether "#NUMBER" follows. */
static void
check_images (Lint *self, const char *text, gboolean picture)
{
  const char *sharp = picture ? strrchr (text, '#') : NULL;
  g_autofree char *name = sharp != NULL ? g_strndup (text, (gsize)(sharp - text)) : g_strdup (text);
  guint64 number = 0;
  GError *error = NULL;

  if (picture &&
      (sharp == NULL || !g_ascii_string_to_unsigned (sharp + 1, 10, 0, G_MAXUINT, &number, NULL)))
    {
      ph_lesson_add_mistake (self->lesson, self->line,
                             "“%s” names no picture: write the images, “#” and a number", text);
      return;
    }

  g_autoptr (PhDataset) dataset = ph_dataset_open (name, self->cancellable, &error);

  if (dataset == NULL)
    tell (self, error);
  else if (picture && number >= ph_dataset_get_n_items (dataset))
    ph_lesson_add_mistake (self->lesson, self->line,
                           "%s has %u pictures, counted from 0; there is "
                           "no #%u",
                           name, ph_dataset_get_n_items (dataset), (guint)number);
}

static void
check_method (Lint *self, const char *name)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; ph_attribution_methods ()[i] != NULL; i++)
    {
      if (g_str_equal (ph_attribution_methods ()[i]->name, name))
        return;
      g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", ph_attribution_methods ()[i]->name);
    }
  ph_lesson_add_mistake (self->lesson, self->line, "no way to explain is called “%s”; there are %s",
                         name, names->str);
}

/* @value: (nullable): the name alone is looked at */
static void
check_setting (Lint *self, const PhSetting *table, gsize size, const char *name, const char *value)
{
  const PhSetting *setting = ph_settings_find (table, name);
  g_autofree gpointer values = NULL;
  GError *error = NULL;

  if (setting == NULL)
    {
      ph_lesson_add_mistake (self->lesson, self->line, "there is no setting “%s”", name);
      return;
    }
  if (value == NULL)
    return;
  values = g_malloc0 (size);
  ph_settings_init (table, values);
  if (!ph_setting_set (setting, values, value, &error))
    tell (self, error);
  ph_settings_clear (table, values);
}

static void
check_ascent (Lint *self, const char *name, const char *value)
{
  check_setting (self, ph_ascent_settings, sizeof (PhAscentSettings), name, value);
}

/* Layers are settings whose values the network knows. */
static void
check_train (Lint *self, const char *network, const char *name, const char *value)
{
  PhModel *model;

  check_setting (self, ph_train_settings, sizeof (PhTrainSettings), name, value);
  if (value == NULL || *value == '\0' || g_str_equal (value, "none") ||
      (!g_str_equal (name, "layer") && !g_str_equal (name, "frozen")))
    return;
  model = get_model (self, network);
  if (model != NULL)
    check_layer (self, model, value);
}

static void
check_arguments (Lint *self, const PhLessonArgument *kinds, char **arguments, const char *network)
{
  for (guint i = 0; arguments[i] != NULL && kinds[i] != PH_LESSON_NOTHING; i++)
    {
      const char *text = arguments[i];
      PhModel *model = NULL;

      if (kinds[i] == PH_LESSON_NETWORK)
        get_model (self, text);
      else if (kinds[i] == PH_LESSON_IMAGES || kinds[i] == PH_LESSON_PICTURE)
        check_images (self, text, kinds[i] == PH_LESSON_PICTURE);
      else if (kinds[i] == PH_LESSON_METHOD)
        check_method (self, text);
      else if (kinds[i] == PH_LESSON_ASCENT)
        check_ascent (self, text, arguments[i + 2]);
      else if (kinds[i] == PH_LESSON_TRAIN)
        check_train (self, network, text, arguments[i + 2]);
      else if (kinds[i] >= PH_LESSON_LAYER && kinds[i] <= PH_LESSON_CLASS)
        model = get_model (self, network);
      if (model == NULL)
        continue;
      if (kinds[i] == PH_LESSON_LAYER)
        check_layer (self, model, text);
      else if (kinds[i] == PH_LESSON_UNIT)
        check_unit (self, model, text);
      else if (kinds[i] == PH_LESSON_UNITS)
        check_units (self, model, text);
      else if (kinds[i] == PH_LESSON_OBJECTIVE)
        check_objective (self, model, text);
      else
        check_class (self, model, text);
    }
}

static void
check_train_word (Lint *self, const PhLessonTrainWord *word, const char *value, const char *network)
{
  if (word->argument == PH_LESSON_NOTHING && *value != '\0')
    ph_lesson_add_mistake (self->lesson, self->line, "nothing can stand after “%s”, but “%s” does",
                           word->name, value);
  else if (word->argument != PH_LESSON_NOTHING && *value == '\0')
    ph_lesson_add_mistake (self->lesson, self->line, "nothing stands after “%s”", word->name);
  else if (g_str_equal (word->name, "network"))
    {
      if (!g_strv_contains (ph_architecture_names, value))
        ph_lesson_add_mistake (self->lesson, self->line, "there is no description “%s”", value);
    }
  else
    check_arguments (self, (PhLessonArgument[]){ word->argument, PH_LESSON_NOTHING },
                     (char *[]){ (char *)value, NULL }, network);
}

static void
check_pieces (Lint *self, const PhLessonAction *action)
{
  for (guint i = 0; action->pieces != NULL && action->pieces[i] != NULL; i++)
    {
      gsize length = strcspn (action->pieces[i], " ");
      g_autofree char *name = g_strndup (action->pieces[i], length);
      const char *value = action->pieces[i] + length + strspn (action->pieces[i] + length, " ");
      const PhLessonTrainWord *word =
          action->verb->pieces == PH_LESSON_TRAIN_PIECES ? ph_lesson_find_train_word (name) : NULL;

      if (word != NULL)
        check_train_word (self, word, value, action->network);
      else if (action->verb->pieces == PH_LESSON_TRAIN_PIECES)
        check_train (self, action->network, name, value);
      else if (!g_str_equal (name, "preset"))
        check_ascent (self, name, value);
      else if (ph_ascent_preset_find (value) == NULL)
        ph_lesson_add_mistake (self->lesson, self->line, "there is no preset “%s”", value);
    }
}

static void
check_actions (Lint *self, GPtrArray *actions)
{
  for (guint i = 0; i < actions->len; i++)
    {
      const PhLessonAction *action = actions->pdata[i];

      self->line = action->line;
      check_arguments (self, action->verb->arguments, action->arguments, action->network);
      check_pieces (self, action);
    }
}

gboolean
ph_lesson_check (PhLesson *lesson, GCancellable *cancellable)
{
  Lint self = { .lesson = lesson, .cancellable = cancellable };

  g_return_val_if_fail (lesson != NULL, FALSE);
  self.models = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self.line = 1;
  if (lesson->network != NULL)
    get_model (&self, lesson->network);
  for (guint i = 0; i < lesson->steps->len; i++)
    {
      const PhLessonStep *step = lesson->steps->pdata[i];

      for (guint j = 0; j < step->blocks->len; j++)
        {
          const PhLessonBlock *block = step->blocks->pdata[j];

          check_actions (&self, block->actions);
          check_actions (&self, block->solution);
          for (guint k = 0; k < block->checks->len; k++)
            {
              const PhLessonCheck *check = block->checks->pdata[k];

              self.line = check->line;
              check_arguments (&self, check->condition->arguments, check->arguments,
                               check->network);
            }
        }
    }
  g_hash_table_unref (self.models);
  return lesson->mistakes->len == 0;
}
