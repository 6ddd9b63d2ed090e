#include "unit-page-private.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/composition-job.h"

/* Opening a picture with its recipe: it is shown as it is, and can be made again. */

typedef struct
{
  PhRecipe *recipe;
  PhFrame *frame;
  GError *no_photo; /* why the photograph that it was made from cannot be had */
} Stored;

static void
stored_free (gpointer data)
{
  Stored *stored = data;

  g_clear_pointer (&stored->recipe, ph_recipe_free);
  g_clear_pointer (&stored->frame, ph_frame_unref);
  g_clear_error (&stored->no_photo);
  g_free (stored);
}

static gpointer
load (const PhMonitor *monitor, GCancellable *cancellable, gpointer data, GError **error)
{
  const char *path = data;
  g_autoptr (PhRecipe) recipe = ph_recipe_load (path, error);
  g_autoptr (PhImage) image = recipe != NULL ? ph_image_load_with_opacity (path, error) : NULL;

  if (image == NULL)
    return NULL;

  Stored *stored = g_new0 (Stored, 1);

  if (ph_recipe_is_of_photo (recipe))
    ph_recipe_find_photo (recipe, path, &stored->no_photo);
  stored->frame = ph_image_to_frame (image, ph_recipe_get_n_steps (recipe), NAN);
  stored->recipe = g_steal_pointer (&recipe);
  return stored;
}

static void
show_remark (PhUnitPage *self, const char *sentence, GtkMessageType type, gboolean again)
{
  gtk_label_set_text (self->info_label, sentence);
  gtk_button_set_label (self->info_button, _ ("Make it again"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->info_button),
                                  self->stored_recipe == NULL                   ? "page.restart"
                                  : ph_recipe_is_composed (self->stored_recipe) ? "page.make-again"
                                                                                : "page.in-photo");
  gtk_widget_set_visible (GTK_WIDGET (self->info_button), again);
  gtk_info_bar_set_message_type (self->info_bar, type);
  gtk_info_bar_set_revealed (self->info_bar, TRUE);
}

static char *
dup_film_origin (const PhRecipe *recipe)
{
  if (recipe->to[0] != '\0')
    return g_strdup_printf (_ ("A film of the way to %s, made by version %s."), recipe->to,
                            recipe->version);
  if (recipe->sweep[0] != '\0')
    return g_strdup_printf (_ ("A film of what a setting does, %s, made by version %s."),
                            recipe->sweep, recipe->version);
  return g_strdup_printf (_ ("A film of how this picture formed, made by version %s."),
                          recipe->version);
}

static char *
dup_origin (const PhRecipe *recipe)
{
  g_autofree char *photo = g_filename_display_basename (recipe->photo);

  switch (recipe->kind)
    {
    case PH_RECIPE_ACCENTUATE:
      return g_strdup_printf (_ ("Accentuated in “%s” with strength %.3g, by version %s."), photo,
                              recipe->accentuation.strength, recipe->version);
    case PH_RECIPE_DREAM:
      return g_strdup_printf (_ ("Dreamed into “%s” by version %s."), photo, recipe->version);
    case PH_RECIPE_SHEET:
      return g_strdup_printf (ngettext ("A contact sheet of %d unit, made by version %s.",
                                        "A contact sheet of %d units, made by version %s.",
                                        (gulong)recipe->units),
                              recipe->units, recipe->version);
    case PH_RECIPE_SWEEP:
      return g_strdup_printf (_ ("Settings compared, %s%s%s, by version %s."), recipe->x,
                              recipe->y[0] != '\0' ? "; " : "", recipe->y, recipe->version);
    case PH_RECIPE_FILM:
      return dup_film_origin (recipe);
    default:
      if (recipe->until > 0)
        return g_strdup_printf (_ ("A stored picture, made by version %s: step %d of %d."),
                                recipe->version, recipe->until, recipe->settings.steps);
      return g_strdup_printf (_ ("A stored picture, made by version %s with %d steps."),
                              recipe->version, recipe->settings.steps);
    }
}

/* Where the picture comes from, and whether it can be made again with what there is. */
static void
show_origin (PhUnitPage *self, const PhRecipe *recipe, const GError *problem,
             const GError *no_photo)
{
  PhModel *model = ph_page_get_model (PH_PAGE (self));
  const char *digest = ph_model_get_digest (model);
  g_autofree char *text = NULL;

  if (problem != NULL)
    {
      text = g_strdup_printf (_ ("Made by the network “%s”. The one that is open cannot make it "
                                 "again: %s"),
                              recipe->model, problem->message);
      show_remark (self, text, GTK_MESSAGE_WARNING, FALSE);
    }
  else if (no_photo != NULL)
    show_remark (self, no_photo->message, GTK_MESSAGE_WARNING, FALSE);
  else if (recipe->digest[0] != '\0' && digest != NULL && !g_str_equal (recipe->digest, digest))
    {
      text =
          g_strdup_printf (_ ("Made by the network “%s”, which is another one than is open: made "
                              "again, it will look different."),
                           recipe->model);
      show_remark (self, text, GTK_MESSAGE_WARNING, TRUE);
    }
  else
    {
      text = dup_origin (recipe);
      show_remark (self, text, GTK_MESSAGE_INFO, TRUE);
    }
}

static void
apply_stored (PhUnitPage *self, Stored *stored)
{
  PhModel *model = ph_page_get_model (PH_PAGE (self));
  g_autoptr (GError) error = NULL;
  gboolean is_sheet = stored->recipe->kind == PH_RECIPE_SHEET;
  g_autoptr (PhObjective) objective =
      is_sheet ? NULL : ph_objective_parse (model, stored->recipe->objective, &error);
  PhUnit unit;

  if (objective != NULL && ph_unit_parse (model, stored->recipe->objective, &unit, NULL))
    ph_unit_page_set_aim (self, &unit, NULL);
  else
    ph_unit_page_set_aim (self, NULL, is_sheet ? NULL : stored->recipe->objective);
  ph_unit_page_show_strips (self);
  if (!ph_recipe_is_of_photo (stored->recipe))
    ph_setting_rows_set_values (self->rows, &stored->recipe->settings);
  if (stored->recipe->kind != PH_RECIPE_RENDER)
    self->stored_recipe = g_steal_pointer (&stored->recipe);
  ph_unit_page_update_preset (self);
  self->n_steps = stored->frame->step;
  self->stored = TRUE;
  ph_frame_history_add (self->history, stored->frame);
  ph_unit_page_show_frame (self, 0);
  show_origin (self, self->stored_recipe != NULL ? self->stored_recipe : stored->recipe, error,
               stored->no_photo);
}

static void
on_loaded (PhJob *job, PhUnitPage *self)
{
  if (job != self->load_job)
    return;
  g_clear_object (&self->load_job);
  if (ph_job_get_state (job) == PH_JOB_DONE)
    apply_stored (self, ph_job_get_result (job));
  else
    {
      ph_unit_page_set_error (self, ph_job_get_error (job));
      ph_unit_page_update (self);
    }
}

void
ph_unit_page_forget_recipe (PhUnitPage *self)
{
  g_clear_pointer (&self->stored_recipe, ph_recipe_free);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->info_button), "page.restart");
}

void
ph_unit_page_cancel_loading (PhUnitPage *self)
{
  if (self->load_job == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->load_job, self);
  ph_job_cancel (self->load_job);
  g_clear_object (&self->load_job);
}

/* What was made of several pictures is made again as a file. */

static void
on_again_chosen (GtkNativeDialog *dialog, int response, PhUnitPage *self)
{
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT
                               ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog))
                               : NULL;

  if (file != NULL && g_file_peek_path (file) == NULL)
    ph_page_toast (PH_PAGE (self), _ ("Pictures can be saved in local folders only"));
  else if (file != NULL)
    ph_unit_page_make_again (self, g_file_peek_path (file));
  g_object_unref (dialog);
}

void
ph_unit_page_choose_again (PhUnitPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  g_autofree char *name = NULL;
  GtkFileChooserNative *dialog;

  if (self->stored_recipe == NULL)
    return;
  name = ph_composition_suggest_name (ph_page_get_model (PH_PAGE (self)), self->stored_recipe);
  dialog = gtk_file_chooser_native_new (_ ("Where to write it"),
                                        GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                                        GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), _ ("_Cancel"));
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_again_chosen), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

PhJob *
ph_unit_page_make_again (PhUnitPage *self, const char *path)
{
  g_return_val_if_fail (PH_IS_UNIT_PAGE (self), NULL);

  if (self->stored_recipe == NULL || !ph_recipe_is_composed (self->stored_recipe))
    return NULL;

  g_autofree char *text = ph_recipe_to_text (self->stored_recipe);
  g_autofree char *name = g_filename_display_basename (path);
  g_autofree char *title = g_strdup_printf (_ ("Make “%s” again"), name);

  return ph_composition_job_start (PH_PAGE (self), title, ph_recipe_parse (text, NULL), NULL, path);
}

void
ph_unit_page_show_recipe (PhUnitPage *self, PhModel *model, const char *path)
{
  g_return_if_fail (PH_IS_UNIT_PAGE (self));
  g_return_if_fail (PH_IS_MODEL (model));
  g_return_if_fail (path != NULL);
  g_return_if_fail (ph_page_get_queue (PH_PAGE (self)) != NULL);

  ph_unit_page_cancel_loading (self);
  ph_unit_page_cancel (self);
  ph_page_set_model (PH_PAGE (self), model);
  ph_unit_page_set_aim (self, NULL, NULL);
  ph_unit_page_show_strips (self);
  ph_unit_page_clear (self);
  self->load_job = ph_job_new (_ ("Open a picture"), load, g_strdup (path), g_free, stored_free);
  ph_job_set_quiet (self->load_job, TRUE);
  g_signal_connect (self->load_job, "finished", G_CALLBACK (on_loaded), self);
  ph_unit_page_update (self);
  ph_queue_add (ph_page_get_queue (PH_PAGE (self)), self->load_job, PH_LANE_IO);
}
