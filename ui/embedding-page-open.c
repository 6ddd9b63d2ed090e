#include "ui/embedding-page-private.h"

#include <glib/gi18n.h>

/* Where images and their vectors come from. */

typedef struct
{
  PhEmbeddingKind kind;

  /* owned */
  char *images;
  PhDataset *dataset; /* nullable: they are open already */
  PhModel *model;     /* nullable: it is open already */
  char *network;      /* nullable: to be opened */
  char *layer;        /* nullable */
} Spec;

static void
spec_free (gpointer data)
{
  Spec *spec = data;

  g_clear_pointer (&spec->dataset, ph_dataset_unref);
  g_clear_object (&spec->model);
  g_free (spec->images);
  g_free (spec->network);
  g_free (spec->layer);
  g_free (spec);
}

static gpointer
make (const PhMonitor *monitor, GCancellable *cancellable, gpointer data, GError **error)
{
  const Spec *spec = data;
  g_autoptr (PhDataset) dataset = NULL;
  g_autoptr (PhModel) model = NULL;

  ph_monitor_progress (monitor, -1, _ ("images"));
  dataset = spec->dataset != NULL ? ph_dataset_ref (spec->dataset)
                                  : ph_dataset_open (spec->images, cancellable, error);
  if (dataset == NULL)
    return NULL;
  if (spec->model != NULL)
    model = g_object_ref (spec->model);
  else if (spec->network != NULL)
    model = ph_model_load (spec->network, cancellable, error);
  if (model == NULL && spec->kind == PH_EMBEDDING_NETWORK)
    return NULL;
  return ph_embedding_new (spec->kind, model, spec->layer, dataset, monitor, cancellable, error);
}

static void
on_progress (PhEmbeddingPage *self)
{
  double fraction = ph_job_get_progress (self->job);
  const char *message = ph_job_get_message (self->job);

  gtk_label_set_text (self->loading_label, message != NULL ? message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->loading_progress), fraction >= 0);
  if (fraction >= 0)
    gtk_progress_bar_set_fraction (self->loading_progress, fraction);
}

static void
show_failed (PhEmbeddingPage *self, const char *sentence)
{
  g_autofree char *markup = g_markup_escape_text (sentence, -1);

  adw_status_page_set_description (self->failed, markup);
  gtk_widget_set_visible (self->failed_back, self->embedding != NULL);
  ph_embedding_page_set_state (self, "failed");
}

static void
copy_text (char **to, const char *from)
{
  char *copy = g_strdup (from);

  g_free (*to);
  *to = copy;
}

static void
on_made (PhJob *job, PhEmbeddingPage *self)
{
  g_autoptr (PhJob) held = g_steal_pointer (&self->job);

  if (ph_job_get_state (job) == PH_JOB_DONE)
    {
      copy_text (&self->made_encoder, self->encoder);
      copy_text (&self->made_layer, self->layer);
      ph_embedding_page_take (self, ph_job_steal_result (job));
      ph_embedding_page_set_state (self, "ready");
      gtk_widget_grab_focus (GTK_WIDGET (ph_embedding_page_get_view (self)));
    }
  else if (ph_job_get_state (job) == PH_JOB_FAILED)
    show_failed (self, ph_job_get_error (job)->message);
  else
    ph_embedding_page_go_back (self);
}

void
ph_embedding_page_drop_job (PhEmbeddingPage *self)
{
  if (self->job == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->job, self);
  ph_job_cancel (self->job);
  g_clear_object (&self->job);
}

static void
set_network (PhEmbeddingPage *self, Spec *spec, const char *encoder)
{
  PhModel *open = ph_page_get_model (PH_PAGE (self));
  PhModel *present = self->embedding != NULL ? ph_embedding_get_model (self->embedding) : NULL;
  g_autofree char *shipped = ph_shipped_dup_network (encoder);
  const char *path = shipped != NULL ? shipped : encoder;

  spec->kind = PH_EMBEDDING_NETWORK;
  spec->layer = g_strdup (self->layer);
  if (g_str_equal (encoder, "network") ||
      (open != NULL && g_strcmp0 (ph_model_get_path (open), path) == 0))
    spec->model = g_object_ref (open);
  else if (present != NULL && g_strcmp0 (ph_model_get_path (present), path) == 0)
    spec->model = g_object_ref (present);
  else
    spec->network = g_strdup (path);
}

void
ph_embedding_page_make (PhEmbeddingPage *self)
{
  g_autofree char *encoder = ph_embedding_page_dup_encoder (self);
  PhDataset *dataset = self->embedding != NULL ? ph_embedding_get_dataset (self->embedding) : NULL;
  Spec *spec = g_new0 (Spec, 1);

  spec->images = g_strdup (self->images);
  if (dataset != NULL && g_strcmp0 (ph_dataset_get_path (dataset), self->images) == 0)
    spec->dataset = ph_dataset_ref (dataset);
  if (g_str_equal (encoder, "pixels"))
    spec->kind = PH_EMBEDDING_PIXELS;
  else if (g_str_equal (encoder, "pca"))
    spec->kind = PH_EMBEDDING_PCA;
  else
    set_network (self, spec, encoder);
  ph_embedding_page_drop_job (self);
  gtk_label_set_text (self->loading_label, "");
  gtk_widget_set_visible (GTK_WIDGET (self->loading_progress), FALSE);
  self->job =
      ph_job_new (_ ("Embeddings"), make, spec, spec_free, (GDestroyNotify)ph_embedding_unref);
  ph_job_set_quiet (self->job, TRUE);
  g_signal_connect (self->job, "finished", G_CALLBACK (on_made), self);
  g_signal_connect_object (self->job, "notify::message", G_CALLBACK (on_progress), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->job, "notify::progress", G_CALLBACK (on_progress), self,
                           G_CONNECT_SWAPPED);
  ph_embedding_page_show_encoder (self);
  ph_embedding_page_set_state (self, "loading");
  ph_queue_add (ph_page_get_queue (PH_PAGE (self)), self->job, PH_LANE_BACKGROUND);
}

void
ph_embedding_page_go_back (PhEmbeddingPage *self)
{
  ph_embedding_page_drop_job (self);
  if (self->embedding == NULL)
    {
      ph_embedding_page_close_images (self);
      return;
    }
  copy_text (&self->images, ph_dataset_get_path (ph_embedding_get_dataset (self->embedding)));
  copy_text (&self->encoder, self->made_encoder);
  copy_text (&self->layer, self->made_layer);
  ph_embedding_page_show_encoder (self);
  ph_embedding_page_set_state (self, "ready");
}

void
ph_embedding_page_close_images (PhEmbeddingPage *self)
{
  ph_embedding_page_drop_job (self);
  g_clear_pointer (&self->images, g_free);
  ph_embedding_page_take (self, NULL);
  ph_embedding_page_set_state (self, "empty");
}

/* Dialogues and drop */

static const char *
peek_path (PhEmbeddingPage *self, GFile *file)
{
  const char *path = file != NULL ? g_file_peek_path (file) : NULL;

  if (path == NULL)
    ph_page_toast (PH_PAGE (self), _ ("Only files on this computer can be opened."));
  return path;
}

static void
on_chosen (GtkNativeDialog *dialog, int response, PhEmbeddingPage *self)
{
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT
                               ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog))
                               : NULL;
  const char *path = response == GTK_RESPONSE_ACCEPT ? peek_path (self, file) : NULL;

  if (path != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), g_object_get_data (G_OBJECT (dialog), "action"),
                                "s", path);
  g_object_unref (dialog);
}

/* @action: what is done with the path of what is chosen; @suffix: (nullable): of files to show, ""
 * for pictures. */
static void
choose (PhEmbeddingPage *self, const char *title, GtkFileChooserAction mode, const char *action,
        const char *suffix)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
      title, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, mode, _ ("_Open"), _ ("_Cancel"));

  if (suffix != NULL)
    {
      g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

      gtk_file_filter_set_name (filter, *suffix == '\0' ? _ ("Pictures") : _ ("Networks (ONNX)"));
      if (*suffix == '\0')
        gtk_file_filter_add_pixbuf_formats (filter);
      else
        gtk_file_filter_add_suffix (filter, suffix);
      gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), filter);
    }
  g_object_set_data (G_OBJECT (dialog), "action", (gpointer)action);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_chosen), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

void
ph_embedding_page_choose_folder (PhEmbeddingPage *self)
{
  choose (self, _ ("Choose a folder of images"), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER,
          "page.use-images", NULL);
}

void
ph_embedding_page_choose_file (PhEmbeddingPage *self)
{
  choose (self, _ ("Choose an archive, or a file of MNIST or CIFAR"), GTK_FILE_CHOOSER_ACTION_OPEN,
          "page.use-images", NULL);
}

void
ph_embedding_page_choose_image (PhEmbeddingPage *self)
{
  choose (self, _ ("Open a picture"), GTK_FILE_CHOOSER_ACTION_OPEN, "page.open-image", "");
}

void
ph_embedding_page_choose_encoder (PhEmbeddingPage *self)
{
  choose (self, _ ("Choose a network as encoder"), GTK_FILE_CHOOSER_ACTION_OPEN, "page.use-encoder",
          "onnx");
}

/* Folders and archives are images, networks encoders, and what else there is a picture. */
static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, PhEmbeddingPage *self)
{
  GSList *files = g_value_get_boxed (value);
  const char *path = files != NULL ? peek_path (self, files->data) : NULL;
  const char *const archives[] = { ".zip", ".gz", ".tar", ".7z", ".bin", "-ubyte", ".xz", ".bz2" };
  const char *action = "page.open-image";
  g_autofree char *folded = path != NULL ? g_ascii_strdown (path, -1) : NULL;

  if (path == NULL || ph_page_get_queue (PH_PAGE (self)) == NULL)
    return FALSE;
  if (g_str_has_suffix (folded, ".onnx"))
    action = "page.use-encoder";
  if (self->embedding == NULL || g_file_test (path, G_FILE_TEST_IS_DIR))
    action = g_str_has_suffix (folded, ".onnx") ? action : "page.use-images";
  for (guint i = 0; i < G_N_ELEMENTS (archives); i++)
    if (g_str_has_suffix (folded, archives[i]))
      action = "page.use-images";
  gtk_widget_activate_action (GTK_WIDGET (self), action, "s", path);
  return TRUE;
}

void
ph_embedding_page_init_drop (PhEmbeddingPage *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}
