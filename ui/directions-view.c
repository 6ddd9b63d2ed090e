#include "ui/directions-view.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui/newest-job.h"
#include "ui/picture-pane.h"
#include "ui/reconstruct-job.h"

/* How many times a direction can be added or taken away. */
#define REACH 2.0

/* What is known, as directions. */
typedef struct
{
  guint n;
  float *directions; /* (n, size) */
  guint *with, *without;
} Directions;

struct _PhDirectionsView
{
  PhEmbeddingView parent_instance;

  /* borrowed: children of the template */
  GtkStack *stack;
  PhPicturePane *original;
  PhPicturePane *changed;
  GtkWidget *reset_button;
  GtkBox *rows;

  /* owned */
  PhEmbedding *embedding; /* nullable */
  PhQueue *queue;
  PhNewestJob *newest;
  PhJob *job; /* nullable: looks for directions */
  Directions *directions;
  GPtrArray *scales; /* borrowed GtkRange: of each direction; NULL where there is none */
  char *path;        /* of the image, where item < 0 */
  PhImage *clean;    /* nullable: the image as the encoder sees it */
  float *code;       /* nullable: its embedding */

  int item;
  gboolean looking; /* the image is not there yet */
  gboolean refreshing;
};

G_DEFINE_FINAL_TYPE (PhDirectionsView, ph_directions_view, PH_TYPE_EMBEDDING_VIEW)

/* Directions */

static void
directions_free (gpointer data)
{
  Directions *directions = data;

  g_free (directions->directions);
  g_free (directions->with);
  g_free (directions->without);
  g_free (directions);
}

static gpointer
find_directions (const PhMonitor *monitor, GCancellable *cancellable, gpointer data, GError **error)
{
  PhEmbedding *embedding = data;
  const PhTensor *vectors = ph_embedding_get_vectors (embedding);
  const gsize size = ph_embedding_get_size (embedding);
  const guint n = (guint)vectors->shape.dim[0];
  Directions *found = g_new0 (Directions, 1);
  g_autofree double *weights = g_new (double, n);

  found->n = ph_embedding_get_n_traits (embedding);
  found->directions = g_new0 (float, found->n *size);
  found->with = g_new0 (guint, found->n);
  found->without = g_new0 (guint, found->n);
  for (guint i = 0; i < found->n; i++)
    {
      const PhTrait *trait = ph_embedding_get_trait (embedding, i);

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        {
          directions_free (found);
          return NULL;
        }
      for (guint k = 0; k < n; k++)
        weights[k] = ph_embedding_get_trait_value (embedding, k, i);
      ph_direction_between (n, size, vectors->f, weights, (trait->low + trait->high) / 2,
                            found->directions + i * size, &found->with[i], &found->without[i]);
    }
  return found;
}

/* Pictures */

static PhReconstructSpec *
make_spec (PhDirectionsView *self)
{
  PhReconstructSpec *spec = g_new0 (PhReconstructSpec, 1);

  spec->embedding = ph_embedding_ref (self->embedding);
  spec->item = self->item;
  spec->path = g_strdup (self->path);
  return spec;
}

static void
ask_image (PhDirectionsView *self)
{
  if (self->newest == NULL)
    return;
  self->looking = TRUE;
  ph_newest_job_ask (self->newest, make_spec (self));
}

/* The image's embedding with all that is added. */
static void
ask_changed (PhDirectionsView *self)
{
  const gsize size = ph_embedding_get_size (self->embedding);
  gboolean any = FALSE;
  PhReconstructSpec *spec;
  g_autoptr (PhImage) clean = NULL;

  if (self->looking || self->code == NULL || self->directions == NULL)
    return;
  clean = ph_image_copy (self->clean, NULL);
  if (clean == NULL)
    return;
  spec = make_spec (self);
  spec->clean = g_steal_pointer (&clean);
  spec->code = g_memdup2 (self->code, size * sizeof *self->code);
  for (guint i = 0; i < self->scales->len; i++)
    {
      float strength =
          self->scales->pdata[i] != NULL ? (float)gtk_range_get_value (self->scales->pdata[i]) : 0;

      any = any || strength != 0;
      for (gsize j = 0; j < size && strength != 0; j++)
        spec->code[j] += strength * self->directions->directions[i * size + j];
    }
  gtk_widget_set_visible (self->reset_button, any);
  ph_newest_job_ask (self->newest, spec);
}

static void
on_done (gpointer data, const GError *error, gpointer view)
{
  PhDirectionsView *self = view;
  PhReconstructed *result = data;
  double rate = ph_newest_job_get_rate (self->newest);
  g_autofree char *fact = rate > 1 ? g_strdup_printf (_ ("%.0f pictures a second"), rate) : NULL;

  if (result == NULL)
    {
      self->looking = FALSE;
      gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", error->message);
      return;
    }
  ph_picture_pane_show (self->changed, result->mended);
  ph_picture_pane_show_fact (self->changed, result->original == NULL ? fact : NULL);
  if (result->original == NULL)
    return;
  self->looking = FALSE;
  ph_picture_pane_show (self->original, result->original);
  g_clear_pointer (&self->clean, ph_image_free);
  self->clean = g_steal_pointer (&result->clean);
  g_free (self->code);
  self->code = g_steal_pointer (&result->code);
  ask_changed (self);
}

/* Sliders */

static void
on_strength (PhDirectionsView *self)
{
  if (!self->refreshing)
    ask_changed (self);
}

static void
add_row (PhDirectionsView *self, guint i)
{
  const PhTrait *trait = ph_embedding_get_trait (self->embedding, i);
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *name = gtk_label_new (trait->name);
  GtkWidget *scale = gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, -REACH, REACH, 0.1);
  g_autofree char *tooltip = g_strdup_printf (
      _ ("%u images with it, %u without"), self->directions->with[i], self->directions->without[i]);

  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_width_chars (GTK_LABEL (name), 12);
  gtk_label_set_max_width_chars (GTK_LABEL (name), 12);
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_END);
  gtk_range_set_value (GTK_RANGE (scale), 0);
  gtk_scale_set_has_origin (GTK_SCALE (scale), FALSE);
  gtk_scale_set_draw_value (GTK_SCALE (scale), TRUE);
  gtk_scale_set_value_pos (GTK_SCALE (scale), GTK_POS_RIGHT);
  gtk_scale_set_digits (GTK_SCALE (scale), 1);
  gtk_widget_set_hexpand (scale, TRUE);
  gtk_widget_set_tooltip_text (row, tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (scale), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  trait->name, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, tooltip, -1);
  g_signal_connect_swapped (scale, "value-changed", G_CALLBACK (on_strength), self);
  gtk_box_append (GTK_BOX (row), name);
  gtk_box_append (GTK_BOX (row), scale);
  gtk_box_append (self->rows, row);
  self->scales->pdata[i] = scale;
}

static void
clear_rows (PhDirectionsView *self)
{
  GtkWidget *child;

  g_ptr_array_set_size (self->scales, 0);
  while (self->rows != NULL &&
         (child = gtk_widget_get_first_child (GTK_WIDGET (self->rows))) != NULL)
    gtk_box_remove (self->rows, child);
}

static void
on_directions (PhJob *job, PhDirectionsView *self)
{
  g_autoptr (PhJob) held = g_steal_pointer (&self->job);

  if (ph_job_get_state (job) != PH_JOB_DONE)
    return;
  self->directions = ph_job_steal_result (job);
  clear_rows (self);
  g_ptr_array_set_size (self->scales, (int)self->directions->n);
  for (guint i = 0; i < self->directions->n; i++)
    {
      self->scales->pdata[i] = NULL;
      /* What all images have, or none, is no direction. */
      if (self->directions->with[i] > 0 && self->directions->without[i] > 0)
        add_row (self, i);
    }
  gtk_stack_set_visible_child_name (self->stack, "ready");
  ask_changed (self);
}

static void
reset (PhDirectionsView *self)
{
  self->refreshing = TRUE;
  for (guint i = 0; i < self->scales->len; i++)
    if (self->scales->pdata[i] != NULL)
      gtk_range_set_value (self->scales->pdata[i], 0);
  self->refreshing = FALSE;
  ask_changed (self);
}

/* PhEmbeddingView */

static void
forget (PhDirectionsView *self)
{
  g_clear_pointer (&self->newest, ph_newest_job_free);
  if (self->job != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->job, self);
      ph_job_cancel (self->job);
      g_clear_object (&self->job);
    }
  clear_rows (self);
  g_clear_pointer (&self->directions, directions_free);
  g_clear_pointer (&self->embedding, ph_embedding_unref);
  g_clear_object (&self->queue);
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->clean, ph_image_free);
  g_clear_pointer (&self->code, g_free);
}

static void
ph_directions_view_set_source (PhEmbeddingView *view, PhEmbedding *embedding, PhQueue *queue)
{
  PhDirectionsView *self = PH_DIRECTIONS_VIEW (view);

  forget (self);
  if (embedding == NULL || queue == NULL)
    return;
  if (!ph_embedding_can_decode (embedding, NULL) || ph_embedding_get_n_traits (embedding) == 0)
    {
      gtk_stack_set_visible_child_name (
          self->stack, ph_embedding_can_decode (embedding, NULL) ? "unknown" : "no-decoder");
      return;
    }
  self->embedding = ph_embedding_ref (embedding);
  self->queue = g_object_ref (queue);
  self->newest = ph_newest_job_new (queue, ph_reconstruct_run, ph_reconstruct_spec_free,
                                    ph_reconstructed_free, on_done, self);
  self->job = ph_job_new ("directions", find_directions, ph_embedding_ref (embedding),
                          (GDestroyNotify)ph_embedding_unref, directions_free);
  ph_job_set_quiet (self->job, TRUE);
  g_signal_connect (self->job, "finished", G_CALLBACK (on_directions), self);
  gtk_stack_set_visible_child_name (self->stack, "loading");
  ph_queue_add (queue, self->job, PH_LANE_COMPUTE);
}

static void
ph_directions_view_look (PhEmbeddingView *view, const PhLooked *looked)
{
  PhDirectionsView *self = PH_DIRECTIONS_VIEW (view);
  char *copy = g_strdup (looked->path);

  g_free (self->path);
  self->path = copy;
  self->item = looked->item;
  ask_image (self);
}

static void
ph_directions_view_act (PhEmbeddingView *view, const char *action, GVariant *parameter)
{
  PhDirectionsView *self = PH_DIRECTIONS_VIEW (view);
  const char *name;
  double strength;

  if (g_str_equal (action, "reset-picture"))
    reset (self);
  if (!g_str_equal (action, "set-direction"))
    return;
  g_variant_get (parameter, "(&sd)", &name, &strength);
  for (guint i = 0; i < self->scales->len; i++)
    if (self->scales->pdata[i] != NULL &&
        g_str_equal (ph_embedding_get_trait (self->embedding, i)->name, name))
      gtk_range_set_value (self->scales->pdata[i], strength);
}

/* GObject */

static void
ph_directions_view_dispose (GObject *object)
{
  PhDirectionsView *self = PH_DIRECTIONS_VIEW (object);

  if (self->rows != NULL)
    {
      forget (self);
      adw_bin_set_child (ADW_BIN (self), NULL);
      gtk_widget_dispose_template (GTK_WIDGET (self), PH_TYPE_DIRECTIONS_VIEW);
    }
  g_clear_pointer (&self->scales, g_ptr_array_unref);
  G_OBJECT_CLASS (ph_directions_view_parent_class)->dispose (object);
}

static void
ph_directions_view_class_init (PhDirectionsViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  PhEmbeddingViewClass *view_class = PH_EMBEDDING_VIEW_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ph_directions_view_dispose;
  view_class->set_source = ph_directions_view_set_source;
  view_class->look = ph_directions_view_look;
  view_class->act = ph_directions_view_act;
  g_type_ensure (PH_TYPE_PICTURE_PANE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/phosphene/Phosphene/directions-view.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, PhDirectionsView, name)
  BIND (stack);
  BIND (original);
  BIND (changed);
  BIND (reset_button);
  BIND (rows);
#undef BIND
}

static void
ph_directions_view_init (PhDirectionsView *self)
{
  self->scales = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  g_assert (PH_IS_PICTURE_PANE (self->changed));
}
