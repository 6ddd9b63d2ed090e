#include "ui/compare-page-private.h"

#include <glib/gi18n.h>

#include "ui/texture.h"

/* The same picture through both networks: what each names, and where it looks. */

#define LEAST_SIDE 224
#define HEAT_OPACITY 0.6

typedef struct
{
  /* owned */
  PhModel *models[2];
  char *path;
} LookSpec;

/* What one network says. */
typedef struct
{
  PhPrediction *predictions; /* nullable: it names no classes */
  guint n;
  PhFrame *frame; /* the picture, with the explanation of the first class over it */
} Answer;

typedef struct
{
  Answer sides[2];
} Looked;

static void
look_spec_free (gpointer data)
{
  LookSpec *spec = data;

  g_object_unref (spec->models[0]);
  g_object_unref (spec->models[1]);
  g_free (spec->path);
  g_free (spec);
}

static void
looked_free (gpointer data)
{
  Looked *looked = data;

  for (guint side = 0; side < 2; side++)
    {
      g_free (looked->sides[side].predictions);
      g_clear_pointer (&looked->sides[side].frame, ph_frame_unref);
    }
  g_free (looked);
}

/* Grad-CAM of the class that the network names first. */
static PhImage *
explain (PhModel *model, const PhImage *fitted, guint class_number, GCancellable *cancellable,
         GError **error)
{
  const PhUnit unit = { .kind = PH_UNIT_CLASS, .channel = class_number };
  const PhAttributionMethod *const *methods = ph_attribution_methods ();
  g_autoptr (PhAttribution) made = NULL;
  g_autoptr (PhFrame) heat = NULL;
  PhAttributionSettings settings;

  ph_settings_init (ph_attribution_settings, &settings);
  for (int m = 0; methods[m] != NULL; m++)
    if (g_str_equal (methods[m]->name, "grad-cam"))
      settings.method = m;
  made = ph_attribution_run (model, &unit, fitted, &settings, NULL, NULL, cancellable, error);
  ph_settings_clear (ph_attribution_settings, &settings);
  if (made == NULL)
    return NULL;
  heat = ph_heat_to_frame (made->map, made->height, made->width, made->is_signed);
  return ph_heat_overlay (fitted, heat, HEAT_OPACITY, error);
}

static gboolean
answer (PhModel *model, const PhImage *image, Answer *result, GCancellable *cancellable,
        GError **error)
{
  g_autoptr (PhImage) fitted =
      ph_preprocess_fit (ph_model_get_preprocess (model), image, FALSE, error);
  g_autoptr (PhActivations) activations = ph_activations_new (model, error);
  g_autoptr (PhImage) shown = NULL;

  if (fitted == NULL || activations == NULL ||
      !ph_activations_run (activations, fitted, cancellable, error))
    return FALSE;
  result->predictions = ph_activations_get_predictions (activations, &result->n);
  /* A network without a layer to look at is shown the picture alone. */
  if (result->predictions != NULL)
    shown = explain (model, fitted, result->predictions[0].class_number, cancellable, NULL);
  result->frame = ph_image_to_frame (shown != NULL ? shown : fitted, 0, 0);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

static gpointer
look (const PhMonitor *monitor, GCancellable *cancellable, gpointer data, GError **error)
{
  const LookSpec *spec = data;
  g_autoptr (PhImage) image = ph_image_load (spec->path, error);
  Looked *looked;

  if (image == NULL)
    return NULL;
  looked = g_new0 (Looked, 1);
  for (guint side = 0; side < 2; side++)
    if (!answer (spec->models[side], image, &looked->sides[side], cancellable, error))
      {
        looked_free (looked);
        return NULL;
      }
  return looked;
}

static void
show_answer (PhComparePage *self, guint side, const Answer *answered)
{
  PhModel *model = ph_compare_page_get_network (self, side);
  g_autoptr (GdkTexture) texture = ph_texture_new_for_frame (answered->frame, LEAST_SIDE);
  /* Translators: name of a network. */
  g_autofree char *text = g_strdup_printf (_ ("Where %s looks"), ph_model_get_name (model));

  gtk_picture_set_paintable (self->image_pictures[side], GDK_PAINTABLE (texture));
  gtk_picture_set_alternative_text (self->image_pictures[side], text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->image_pictures[side]), text);
  ph_class_bars_show (self->image_bars[side], model, answered->predictions, answered->n);
}

static void
on_looked (PhJob *job, PhComparePage *self)
{
  if (job != self->image_job)
    return;
  if (ph_job_get_state (job) == PH_JOB_DONE)
    {
      const Looked *looked = ph_job_get_result (job);

      for (guint side = 0; side < 2; side++)
        show_answer (self, side, &looked->sides[side]);
      gtk_widget_set_visible (self->image_box, TRUE);
    }
  else if (ph_job_get_state (job) == PH_JOB_FAILED)
    ph_page_toast (PH_PAGE (self), ph_job_get_error (job)->message);
  g_clear_object (&self->image_job);
}

void
ph_compare_page_drop_image (PhComparePage *self)
{
  if (self->image_job != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->image_job, self);
      ph_job_cancel (self->image_job);
      g_clear_object (&self->image_job);
    }
  gtk_widget_set_visible (self->image_box, FALSE);
}

void
ph_compare_page_show_image (PhComparePage *self, const char *path)
{
  g_return_if_fail (PH_IS_COMPARE_PAGE (self));

  LookSpec *spec;

  if (self->other == NULL || ph_page_get_queue (PH_PAGE (self)) == NULL)
    return;
  ph_compare_page_drop_image (self);
  spec = g_new0 (LookSpec, 1);
  for (guint side = 0; side < 2; side++)
    spec->models[side] = g_object_ref (ph_compare_page_get_network (self, side));
  spec->path = g_strdup (path);
  self->image_job =
      ph_job_new (_ ("One picture, two networks"), look, spec, look_spec_free, looked_free);
  ph_job_set_quiet (self->image_job, TRUE);
  g_signal_connect (self->image_job, "finished", G_CALLBACK (on_looked), self);
  ph_queue_add (ph_page_get_queue (PH_PAGE (self)), self->image_job, PH_LANE_COMPUTE);
}

static void
on_chosen (GtkNativeDialog *dialog, int response, PhComparePage *self)
{
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT
                               ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog))
                               : NULL;

  if (file != NULL && g_file_peek_path (file) == NULL)
    ph_page_toast (PH_PAGE (self), _ ("Only files on this computer can be opened."));
  else if (file != NULL)
    ph_compare_page_show_image (self, g_file_peek_path (file));
  g_object_unref (dialog);
}

void
ph_compare_page_choose_image (PhComparePage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
      _ ("Open a picture"), GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
      GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Open"), _ ("_Cancel"));
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, _ ("Pictures"));
  gtk_file_filter_add_pixbuf_formats (filter);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), filter);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_chosen), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}
