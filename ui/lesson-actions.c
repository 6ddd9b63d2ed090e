#include "ui/lesson-actions.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui/strip-job.h"
#include "ui/unit-model.h"
#include "ui/window-private.h"

/* The verbs of lessons. A new one is a line of engine/lesson/words.c, a function here and a line of
 * the table below. */

/* For tests, which have no minutes: a training learns from at most so many drawn images. */
#define MOST_IMAGES "PHOSPHENE_LESSON_IMAGES"

static char *
dup_images (const char *name)
{
  const char *most = g_getenv (MOST_IMAGES);
  g_auto (GStrv) parts = g_strsplit (name, ",", -1);
  guint64 limit, n;

  if (most == NULL || !g_str_has_prefix (name, "world:") ||
      !g_ascii_string_to_unsigned (most, 10, 1, G_MAXUINT, &limit, NULL))
    return g_strdup (name);
  for (guint i = 0; parts[i] != NULL; i++)
    {
      const char *number = g_strstrip (parts[i]) + strlen ("images ");

      if (!g_str_has_prefix (parts[i], "images ") ||
          !g_ascii_string_to_unsigned (number, 10, 1, G_MAXUINT, &n, NULL) || n <= limit)
        continue;
      g_free (parts[i]);
      parts[i] = g_strdup_printf ("images %u", (guint)limit);
    }
  return g_strjoinv (", ", parts);
}

static const char *
model_path (PhMainWindow *self)
{
  return self->model != NULL ? ph_model_get_path (self->model) : NULL;
}

/* Tells when it is not there. */
static char *
dup_network (PhMainWindow *self, const char *name)
{
  char *path = ph_shipped_dup_network (name);

  if (path == NULL)
    {
      g_autofree char *sentence =
          g_strdup_printf (_ ("The network “%s” does not come with this program."), name);

      _ph_main_window_toast (self, sentence);
    }
  return path;
}

static void
act_open (PhMainWindow *self, const PhLessonAction *action)
{
  g_autofree char *path = dup_network (self, action->arguments[0]);

  if (path != NULL)
    _ph_main_window_go (self, ph_place_new (path, NULL, NULL, NULL), TRUE);
}

static void
act_layer (PhMainWindow *self, const PhLessonAction *action)
{
  const char *name = action->arguments[0];

  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-layer", "s",
                              g_str_equal (name, "classes") ? "class:" : name);
}

static void
act_unit (PhMainWindow *self, const PhLessonAction *action)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-unit", "s", action->arguments[0]);
}

/* "NAME VALUE" */
static char *
split_piece (const char *piece, const char **value)
{
  gsize length = strcspn (piece, " ");

  *value = piece + length + strspn (piece + length, " ");
  return g_strndup (piece, length);
}

static void
act_draw (PhMainWindow *self, const PhLessonAction *action)
{
  const char *objective = action->arguments[0];
  PhAscentSettings settings;
  PhUnit unit;

  ph_settings_init (ph_ascent_settings, &settings);
  /* A preset first, as it sets everything. */
  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; action->pieces[i] != NULL; i++)
      {
        const char *value;
        g_autofree char *name = split_piece (action->pieces[i], &value);
        const PhAscentPreset *preset =
            g_str_equal (name, "preset") ? ph_ascent_preset_find (value) : NULL;
        const PhSetting *setting = ph_settings_find (ph_ascent_settings, name);

        if (pass == 0 && preset != NULL)
          ph_ascent_preset_apply (preset, &settings);
        else if (pass == 1 && setting != NULL)
          ph_setting_set (setting, &settings, value, NULL);
      }
  /* A unit is a place to come back to. */
  if (ph_unit_parse (self->model, objective, &unit, NULL))
    _ph_main_window_arrive (self, ph_place_new (model_path (self), NULL, objective, NULL), TRUE);
  else
    _ph_main_window_show_page (self, PH_PAGE (self->unit));
  ph_unit_page_draw (self->unit, self->model, objective, &settings);
  ph_settings_clear (ph_ascent_settings, &settings);
}

static void
act_stop (PhMainWindow *self, const PhLessonAction *action)
{
  gtk_widget_activate_action (GTK_WIDGET (self->page), "page.stop", NULL);
}

static void
act_examples (PhMainWindow *self, const PhLessonAction *action)
{
  g_object_set (ph_unit_page_get_strip (self->unit), "shown", TRUE, NULL);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.scan-images", "s", action->arguments[0]);
}

static void
act_circuit (PhMainWindow *self, const PhLessonAction *action)
{
  ph_unit_page_unfold_circuit (self->unit);
}

/* A picture of a set */

static gpointer
open_images (const PhMonitor *monitor, GCancellable *cancellable, gpointer spec, GError **error)
{
  return ph_dataset_open (spec, cancellable, error);
}

static void
on_item (PhJob *job, PhMainWindow *self)
{
  if (ph_job_get_state (job) == PH_JOB_DONE)
    _ph_main_window_open_image (self, ph_job_get_result (job));
  else if (ph_job_get_state (job) == PH_JOB_FAILED)
    _ph_main_window_toast (self, ph_job_get_error (job)->message);
}

#define NUMBER "phosphene-number"

static void
on_images (PhJob *job, PhMainWindow *self)
{
  guint number = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (job), NUMBER));
  g_autoptr (PhDataset) dataset = NULL;
  g_autofree char *path = NULL;
  g_autofree char *name = NULL;

  if (ph_job_get_state (job) == PH_JOB_FAILED)
    _ph_main_window_toast (self, ph_job_get_error (job)->message);
  if (ph_job_get_state (job) != PH_JOB_DONE)
    return;
  dataset = ph_job_steal_result (job);
  number = MIN (number, ph_dataset_get_n_items (dataset) - 1);
  path = ph_dataset_dup_item_path (dataset, number);
  if (path != NULL)
    {
      _ph_main_window_open_image (self, path);
      return;
    }
  name = ph_dataset_dup_item_name (dataset, number);

  g_autoptr (PhJob) writing = ph_item_job_new (dataset, name);

  g_signal_connect_object (writing, "finished", G_CALLBACK (on_item), self, 0);
  ph_queue_add (self->queue, writing, PH_LANE_IO);
}

static void
act_image (PhMainWindow *self, const PhLessonAction *action)
{
  const char *picture = action->arguments[0], *sharp = strrchr (picture, '#');
  guint64 number = 0;

  if (sharp == NULL || !g_ascii_string_to_unsigned (sharp + 1, 10, 0, G_MAXUINT, &number, NULL))
    return;

  g_autoptr (PhJob) job =
      ph_job_new (_ ("Open a picture"), open_images, g_strndup (picture, (gsize)(sharp - picture)),
                  g_free, (GDestroyNotify)ph_dataset_unref);

  ph_job_set_quiet (job, TRUE);
  g_object_set_data (G_OBJECT (job), NUMBER, GUINT_TO_POINTER ((guint)number));
  g_signal_connect_object (job, "finished", G_CALLBACK (on_images), self, 0);
  ph_queue_add (self->queue, job, PH_LANE_IO);
}

static void
act_explain (PhMainWindow *self, const PhLessonAction *action)
{
  g_autoptr (GError) error = NULL;

  gtk_widget_activate_action (GTK_WIDGET (self), "win.image", NULL);
  ph_image_page_set_method (self->image, action->arguments[0]);
  if (action->arguments[1] != NULL &&
      !ph_image_page_set_unit (self->image, action->arguments[1], &error))
    _ph_main_window_toast (self, error->message);
}

static void
act_compare (PhMainWindow *self, const PhLessonAction *action)
{
  g_autofree char *first = dup_network (self, action->arguments[0]);
  g_autofree char *second = dup_network (self, action->arguments[1]);

  if (first != NULL && second != NULL)
    _ph_main_window_go (self, ph_place_new_compare (first, second), TRUE);
}

/* Learning */

static void
watch (PhLearnWay *way, const char *units)
{
  g_auto (GStrv) names = g_strsplit (units, " or ", -1);
  g_autofree char *text = g_strjoinv (", ", names);

  ph_learn_way_set_units (way, text);
}

static void
use_images (PhMainWindow *self, const char *name)
{
  g_autofree char *images = dup_images (name);

  if (g_strcmp0 (ph_learn_page_get_images (self->learn), images) != 0)
    ph_learn_page_open_images (self->learn, images);
}

static void
act_learn (PhMainWindow *self, const PhLessonAction *action)
{
  PhLearnWay *way = ph_learn_page_get_way (self->learn);
  PhTrainSettings settings;
  gboolean start = FALSE, together = FALSE;

  gtk_widget_activate_action (GTK_WIDGET (self), "win.learn", NULL);
  ph_settings_copy (ph_train_settings, &settings, ph_learn_way_get_settings (way));
  for (guint i = 0; action->pieces[i] != NULL; i++)
    {
      const char *value;
      g_autofree char *name = split_piece (action->pieces[i], &value);
      const PhSetting *setting = ph_settings_find (ph_train_settings, name);

      if (g_str_equal (name, "defaults"))
        {
          ph_settings_clear (ph_train_settings, &settings);
          ph_settings_init (ph_train_settings, &settings);
          ph_learn_way_set_network (way, model_path (self));
        }
      else if (g_str_equal (name, "images"))
        use_images (self, value);
      else if (g_str_equal (name, "network"))
        ph_learn_way_set_network (way, value);
      else if (g_str_equal (name, "watch"))
        watch (way, value);
      else if (setting != NULL)
        ph_setting_set (setting, &settings, value, NULL);
      start = start || g_str_equal (name, "start");
      together = together || g_str_equal (name, "together");
    }
  ph_learn_way_set_settings (way, &settings);
  ph_settings_clear (ph_train_settings, &settings);
  if (start)
    ph_learn_page_start_soon (self->learn);
  if (together)
    ph_learn_page_measure_all (self->learn);
}

static void
act_page (PhMainWindow *self, const PhLessonAction *action)
{
  const char *name = action->arguments[0];
  g_autofree char *unit = ph_unit_page_dup_unit_name (self->unit);
  g_autofree char *page = g_strconcat ("win.", name, NULL);
  int layer = ph_explore_page_get_layer (self->explore);

  if (g_str_equal (name, "explore") && layer >= PH_CLASSES)
    gtk_widget_activate_action (
        GTK_WIDGET (self), "win.show-layer", "s",
        layer == PH_CLASSES ? "class:" : ph_model_get_layer (self->model, (guint)layer)->name);
  else if (g_str_equal (name, "unit") && unit != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.show-unit", "s", unit);
  else if (g_str_equal (name, "unit"))
    _ph_main_window_show_page (self, PH_PAGE (self->unit));
  else
    gtk_widget_activate_action (GTK_WIDGET (self), page, NULL);
}

/* All of them */

static const struct
{
  const char *name;
  void (*act) (PhMainWindow *self, const PhLessonAction *action);
  gboolean needs_network; /* that of the action is opened first */
} verbs[] = {
  { "open", act_open, FALSE },       { "layer", act_layer, TRUE },
  { "unit", act_unit, TRUE },        { "draw", act_draw, TRUE },
  { "stop", act_stop, FALSE },       { "examples", act_examples, TRUE },
  { "circuit", act_circuit, FALSE }, { "image", act_image, TRUE },
  { "explain", act_explain, TRUE },  { "compare", act_compare, FALSE },
  { "learn", act_learn, TRUE },      { "page", act_page, FALSE },
};

static int
find_verb (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (g_str_equal (verbs[i].name, name))
      return (int)i;
  return -1;
}

gboolean
_ph_main_window_can_act (const char *verb)
{
  return find_verb (verb) >= 0;
}

void
_ph_main_window_act_drop (PhMainWindow *self)
{
  g_clear_handle_id (&self->act_source, g_source_remove);
  g_clear_pointer (&self->act_later, ph_lesson_action_free);
}

gboolean
_ph_main_window_act_waits (PhMainWindow *self)
{
  return self->act_later != NULL;
}

static gboolean
on_idle (gpointer data)
{
  PhMainWindow *self = data;
  g_autoptr (PhLessonAction) action = g_steal_pointer (&self->act_later);

  self->act_source = 0;
  if (action != NULL)
    verbs[find_verb (action->verb->name)].act (self, action);
  return G_SOURCE_REMOVE;
}

/* The window goes to where the network opens first, and the lesson on from there. */
static void
on_model (PhMainWindow *self)
{
  if (self->act_later != NULL && self->act_source == 0)
    self->act_source = g_idle_add (on_idle, self);
}

void
_ph_main_window_act_init (PhMainWindow *self)
{
  g_signal_connect (self, "notify::model", G_CALLBACK (on_model), NULL);
}

void
_ph_main_window_act (PhMainWindow *self, const PhLessonAction *action)
{
  int verb = find_verb (action->verb->name);
  g_autofree char *path = NULL;

  g_return_if_fail (verb >= 0);
  _ph_main_window_act_drop (self);
  if (verbs[verb].needs_network && action->network != NULL)
    {
      path = dup_network (self, action->network);
      if (path == NULL)
        return;
    }
  if (verbs[verb].needs_network && path == NULL && self->model == NULL)
    {
      _ph_main_window_toast (self, _ ("Open a network first."));
      return;
    }
  if (path == NULL ||
      (g_strcmp0 (path, model_path (self)) == 0 && ph_explore_page_is_ready (self->explore)))
    {
      verbs[verb].act (self, action);
      return;
    }
  self->act_later = ph_lesson_action_copy (action);
  _ph_main_window_go (self, ph_place_new (path, NULL, NULL, NULL), TRUE);
  /* It may have been there all along, behind another one that was being opened. */
  if (self->loading == NULL)
    on_model (self);
}
