#include "ui/similar-view.h"

#include <glib/gi18n.h>

#include "ui/newest-job.h"
#include "ui/page.h"
#include "ui/similar-column.h"
#include "ui/similar-job.h"
#include "ui/texture.h"

#define K 24       /* images that are alike */
#define PICTURE 64 /* pixels of each */
#define MOST_STEPS 200

/* One space in which is looked. */
typedef struct
{
  PhSimilarView *view; /* borrowed */
  PhSimilarColumn *column;
  PhEmbedding *embedding; /* owned; NULL until it is made */
  PhJob *job;             /* owned; makes it */
} Space;

struct _PhSimilarView
{
  PhEmbeddingView parent_instance;

  /* borrowed: children of the template */
  GtkImage *picture;
  GtkLabel *title_label;
  GtkLabel *facts_label;
  GtkDropDown *metric_drop;
  GtkBox *columns_box;

  /* owned */
  PhEmbedding *embedding; /* nullable */
  PhQueue *queue;
  PhItemPictures *pictures;
  GPtrArray *spaces; /* Space */
  PhNewestJob *newest;
  char *path;   /* of the image that is looked at, where item < 0 */
  GArray *past; /* int: images before it */

  int item;
  gboolean stale; /* another image is looked at, and nobody has seen this view since */
  gboolean going_back;
};

G_DEFINE_FINAL_TYPE (PhSimilarView, ph_similar_view, PH_TYPE_EMBEDDING_VIEW)

static void
space_free (gpointer data)
{
  Space *space = data;

  if (space->job != NULL)
    {
      g_signal_handlers_disconnect_by_data (space->job, space);
      ph_job_cancel (space->job);
      g_object_unref (space->job);
    }
  g_clear_pointer (&space->embedding, ph_embedding_unref);
  g_free (space);
}

/* Searching */

static void
ask (PhSimilarView *self)
{
  PhSimilarSpec *spec;

  if (self->newest == NULL || (self->item < 0 && self->path == NULL))
    return;
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    {
      self->stale = TRUE;
      return;
    }
  self->stale = FALSE;
  spec = g_new0 (PhSimilarSpec, 1);
  spec->embeddings = g_ptr_array_new_with_free_func ((GDestroyNotify)ph_embedding_unref);
  for (guint i = 0; i < self->spaces->len; i++)
    {
      Space *space = self->spaces->pdata[i];

      if (space->embedding != NULL)
        g_ptr_array_add (spec->embeddings, ph_embedding_ref (space->embedding));
    }
  spec->item = self->item;
  spec->path = g_strdup (self->path);
  spec->metric = (PhMetric)gtk_drop_down_get_selected (self->metric_drop);
  spec->k = K;
  ph_newest_job_ask (self->newest, spec);
}

static void
show_title (PhSimilarView *self)
{
  PhDataset *dataset = ph_embedding_get_dataset (self->embedding);
  const int label = self->item >= 0 ? ph_dataset_get_label (dataset, (guint)self->item) : -1;
  g_autofree char *name = self->item >= 0 ? ph_dataset_dup_item_name (dataset, (guint)self->item)
                                          : g_path_get_basename (self->path);
  g_autofree char *valid = g_utf8_make_valid (name, -1);

  gtk_label_set_text (self->title_label,
                      label >= 0 ? ph_dataset_get_class_name (dataset, (guint)label) : valid);
  gtk_label_set_text (self->facts_label, label >= 0 ? valid : "");
}

/* The columns whose turn it was, in the order of the search: those that have an embedding now had
 * it then or have asked again since. */
static void
show_found (PhSimilarView *self, const PhSimilar *similar)
{
  PhDataset *dataset = ph_embedding_get_dataset (self->embedding);
  const int label = self->item >= 0 ? ph_dataset_get_label (dataset, (guint)self->item) : -1;
  g_autoptr (GArray) wanted = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0, at = 0; i < self->spaces->len && at < similar->found->len; i++)
    {
      Space *space = self->spaces->pdata[i];
      const PhNeighbours *found;

      if (space->embedding == NULL)
        continue;
      found = similar->found->pdata[at++];
      ph_similar_column_show (space->column, self->pictures, found, label);
    }
  /* The nearest of each first. */
  for (guint rank = 0; rank < K; rank++)
    for (guint i = 0; i < similar->found->len; i++)
      {
        const PhNeighbours *found = similar->found->pdata[i];

        if (found != NULL && rank < found->k)
          g_array_append_val (wanted, found->indices[rank]);
      }
  ph_item_pictures_want (self->pictures, (const guint *)(gpointer)wanted->data, wanted->len);
}

static void
on_found (gpointer data, const GError *error, gpointer view)
{
  PhSimilarView *self = view;
  const PhSimilar *similar = data;
  guint n_ready = 0;

  if (similar == NULL)
    {
      gtk_image_clear (self->picture);
      for (guint i = 0; i < self->spaces->len; i++)
        {
          Space *space = self->spaces->pdata[i];

          if (space->embedding != NULL)
            ph_similar_column_show_sentence (space->column, error->message);
        }
      return;
    }
  for (guint i = 0; i < self->spaces->len; i++)
    n_ready += ((Space *)self->spaces->pdata[i])->embedding != NULL;
  /* Another space has come meanwhile: the search is on its way again. */
  if (similar->found->len != n_ready)
    return;

  g_autoptr (GdkTexture) texture = ph_texture_new_for_frame (similar->picture, 0);

  gtk_image_set_from_paintable (self->picture, GDK_PAINTABLE (texture));
  show_found (self, similar);
}

/* Spaces */

static void
on_made (PhJob *job, Space *space)
{
  g_autoptr (PhJob) held = g_steal_pointer (&space->job);

  ph_similar_column_follow (space->column, NULL);
  if (ph_job_get_state (job) == PH_JOB_DONE)
    {
      space->embedding = ph_job_steal_result (job);
      ask (space->view);
    }
  else if (ph_job_get_state (job) == PH_JOB_FAILED)
    ph_similar_column_show_sentence (space->column, ph_job_get_error (job)->message);
  else
    ph_similar_column_show_sentence (space->column, _ ("It was cancelled"));
}

static void
on_picked (PhSimilarView *self, guint item)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "page.look-at", "u", item);
}

/* @embedding: (nullable): there already; %NULL: made of @kind and @model */
static void
add_space (PhSimilarView *self, const char *title, PhEmbedding *embedding, PhEmbeddingKind kind,
           PhModel *model)
{
  Space *space = g_new0 (Space, 1);

  space->view = self;
  space->column = PH_SIMILAR_COLUMN (ph_similar_column_new (title));
  g_signal_connect_swapped (space->column, "picked", G_CALLBACK (on_picked), self);
  gtk_box_append (self->columns_box, GTK_WIDGET (space->column));
  g_ptr_array_add (self->spaces, space);
  if (embedding != NULL)
    {
      space->embedding = ph_embedding_ref (embedding);
      return;
    }
  space->job = ph_similar_embedding_job (kind, model, ph_embedding_get_dataset (self->embedding));
  ph_similar_column_follow (space->column, space->job);
  g_signal_connect (space->job, "finished", G_CALLBACK (on_made), space);
}

static PhModel *
get_window_model (PhSimilarView *self)
{
  GtkWidget *page = gtk_widget_get_ancestor (GTK_WIDGET (self), PH_TYPE_PAGE);

  return page != NULL ? ph_page_get_model (PH_PAGE (page)) : NULL;
}

/* What serves as a space of its own beside the embedding of the page. */
static void
add_spaces (PhSimilarView *self)
{
  const PhEmbeddingKind kind = ph_embedding_get_kind (self->embedding);
  PhModel *own = ph_embedding_get_model (self->embedding), *model = get_window_model (self);
  const char *layer = ph_embedding_get_layer (self->embedding);

  add_space (self, _ ("Pixels"), kind == PH_EMBEDDING_PIXELS ? self->embedding : NULL,
             PH_EMBEDDING_PIXELS, NULL);
  add_space (self, _ ("Principal components"), kind == PH_EMBEDDING_PCA ? self->embedding : NULL,
             PH_EMBEDDING_PCA, NULL);
  if (kind == PH_EMBEDDING_NETWORK)
    {
      g_autofree char *title = layer != NULL
                                   ? g_strdup_printf ("%s, %s", ph_model_get_name (own), layer)
                                   : g_strdup (ph_model_get_name (own));

      add_space (self, title, self->embedding, kind, NULL);
    }
  if (model != NULL && (model != own || layer != NULL))
    add_space (self, ph_model_get_name (model), NULL, PH_EMBEDDING_NETWORK, model);
  for (guint i = 0; i < self->spaces->len; i++)
    {
      Space *space = self->spaces->pdata[i];

      if (space->job != NULL)
        ph_queue_add (self->queue, space->job, PH_LANE_LONG);
    }
}

/* PhEmbeddingView */

static void
forget (PhSimilarView *self)
{
  GtkWidget *child;

  g_clear_pointer (&self->newest, ph_newest_job_free);
  g_ptr_array_set_size (self->spaces, 0);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->columns_box))) != NULL)
    gtk_box_remove (self->columns_box, child);
  g_clear_object (&self->pictures);
  g_clear_pointer (&self->embedding, ph_embedding_unref);
  g_clear_object (&self->queue);
  g_clear_pointer (&self->path, g_free);
  self->item = -1;
  gtk_image_clear (self->picture);
  gtk_label_set_text (self->title_label, "");
  gtk_label_set_text (self->facts_label, "");
}

static void
ph_similar_view_set_source (PhEmbeddingView *view, PhEmbedding *embedding, PhQueue *queue)
{
  PhSimilarView *self = PH_SIMILAR_VIEW (view);
  const gboolean same =
      self->embedding != NULL && embedding != NULL &&
      ph_embedding_get_dataset (self->embedding) == ph_embedding_get_dataset (embedding);

  forget (self);
  if (!same)
    g_array_set_size (self->past, 0);
  if (embedding == NULL)
    return;
  self->embedding = ph_embedding_ref (embedding);
  self->queue = g_object_ref (queue);
  self->pictures = ph_item_pictures_new (ph_embedding_get_dataset (embedding), queue, PICTURE);
  self->newest = ph_newest_job_new (queue, ph_similar_run, ph_similar_spec_free, ph_similar_free,
                                    on_found, self);
  add_spaces (self);
}

static void
ph_similar_view_look (PhEmbeddingView *view, const PhLooked *looked)
{
  PhSimilarView *self = PH_SIMILAR_VIEW (view);

  if (self->embedding == NULL)
    return;
  if (self->item >= 0 && self->item != looked->item && !self->going_back)
    {
      if (self->past->len == MOST_STEPS)
        g_array_remove_index (self->past, 0);
      g_array_append_val (self->past, self->item);
    }
  self->item = looked->item;
  g_free (self->path);
  self->path = looked->item < 0 ? g_strdup (looked->path) : NULL;
  show_title (self);
  ask (self);
}

static void
go_back (PhSimilarView *self)
{
  int item;

  if (self->past->len == 0)
    return;
  item = g_array_index (self->past, int, self->past->len - 1);
  g_array_set_size (self->past, self->past->len - 1);
  self->going_back = TRUE;
  gtk_widget_activate_action (GTK_WIDGET (self), "page.look-at", "u", (guint)item);
  self->going_back = FALSE;
}

static void
ph_similar_view_act (PhEmbeddingView *view, const char *action, GVariant *parameter)
{
  PhSimilarView *self = PH_SIMILAR_VIEW (view);
  PhMetric metric;

  if (g_str_equal (action, "similar-back") || g_str_equal (action, "reset-picture"))
    go_back (self);
  else if (g_str_equal (action, "similar-metric") &&
           ph_metric_parse (g_variant_get_string (parameter, NULL), &metric, NULL))
    gtk_drop_down_set_selected (self->metric_drop, metric);
}

static void
ph_similar_view_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (ph_similar_view_parent_class)->map (widget);
  if (PH_SIMILAR_VIEW (widget)->stale)
    ask (PH_SIMILAR_VIEW (widget));
}

/* GObject */

static void
ph_similar_view_dispose (GObject *object)
{
  PhSimilarView *self = PH_SIMILAR_VIEW (object);

  if (self->columns_box != NULL)
    {
      forget (self);
      adw_bin_set_child (ADW_BIN (self), NULL);
      gtk_widget_dispose_template (GTK_WIDGET (self), PH_TYPE_SIMILAR_VIEW);
    }
  g_clear_pointer (&self->spaces, g_ptr_array_unref);
  g_clear_pointer (&self->past, g_array_unref);
  G_OBJECT_CLASS (ph_similar_view_parent_class)->dispose (object);
}

static void
ph_similar_view_class_init (PhSimilarViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  PhEmbeddingViewClass *view_class = PH_EMBEDDING_VIEW_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ph_similar_view_dispose;
  widget_class->map = ph_similar_view_map;
  view_class->set_source = ph_similar_view_set_source;
  view_class->look = ph_similar_view_look;
  view_class->act = ph_similar_view_act;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/phosphene/Phosphene/similar-view.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, PhSimilarView, name)
  BIND (picture);
  BIND (title_label);
  BIND (facts_label);
  BIND (metric_drop);
  BIND (columns_box);
#undef BIND
}

static void
ph_similar_view_init (PhSimilarView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->spaces = g_ptr_array_new_with_free_func (space_free);
  self->past = g_array_new (FALSE, FALSE, sizeof (int));
  self->item = -1;
  g_signal_connect_swapped (self->metric_drop, "notify::selected", G_CALLBACK (ask), self);
}

/* Public */

guint
ph_similar_view_get_n_columns (PhSimilarView *self)
{
  g_return_val_if_fail (PH_IS_SIMILAR_VIEW (self), 0);

  return self->spaces->len;
}
