#include "ui/reconstruct-view.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "ui/code-bars.h"
#include "ui/newest-job.h"
#include "ui/picture-pane.h"
#include "ui/reconstruct-job.h"

/* The embeddings of so many images tell the principal directions. */
#define MOST_VECTORS 4000

/* Embeddings of more numbers than this are not turned into principal directions: too slow. */
#define MOST_NUMBERS 2048

enum
{
  NUMBERS,
  DIRECTIONS,
};

struct _PhReconstructView
{
  PhEmbeddingView parent_instance;

  /* borrowed: children of the template */
  PhPicturePane *original;
  PhPicturePane *spoiled;
  PhPicturePane *mended;
  PhPicturePane *difference;
  GtkWidget *no_decoder;
  GtkWidget *noise_box;
  GtkDropDown *noise_drop;
  GtkRange *level_scale;
  GtkWidget *renew_button;
  GtkLabel *rate_label;
  GtkWidget *reset_button;
  GtkDropDown *bars_drop;
  PhCodeBars *bars;
  GtkLabel *hint_label;

  /* owned */
  PhEmbedding *embedding; /* nullable */
  PhQueue *queue;
  PhNewestJob *newest;
  PhPca *directions; /* nullable: of the embeddings */
  PhJob *directions_job;
  char *path;     /* of the image, where item < 0 */
  PhImage *clean; /* nullable: the image as the encoder sees it */
  float *code;    /* nullable: as the bars have it */
  float *before;  /* its embedding */

  int item;
  guint64 seed;
  gboolean changed; /* bars were dragged */
  gboolean looking; /* the image is not there yet */
};

G_DEFINE_FINAL_TYPE (PhReconstructView, ph_reconstruct_view, PH_TYPE_EMBEDDING_VIEW)

/* Bars */

/* The bars show coordinates along the principal directions, or the numbers themselves. */
static gboolean
shows_directions (PhReconstructView *self)
{
  return self->directions != NULL && gtk_drop_down_get_selected (self->bars_drop) == DIRECTIONS;
}

static void
fill_values (PhReconstructView *self)
{
  g_autofree float *now = NULL, *then = NULL;

  if (self->code == NULL || self->embedding == NULL)
    return;
  if (!shows_directions (self))
    {
      ph_code_bars_set_values (self->bars, self->code);
      ph_code_bars_set_reference (self->bars, self->before);
      return;
    }
  now = g_new (float, self->directions->n_components);
  then = g_new (float, self->directions->n_components);
  ph_pca_encode (self->directions, 1, self->code, now);
  ph_pca_encode (self->directions, 1, self->before, then);
  ph_code_bars_set_values (self->bars, now);
  ph_code_bars_set_reference (self->bars, then);
}

static void
fill_bars (PhReconstructView *self)
{
  if (self->embedding == NULL)
    return;
  if (shows_directions (self))
    {
      const guint n = self->directions->n_components;
      g_autofree float *zeros = g_new0 (float, n), *deviations = g_new (float, n);

      for (guint i = 0; i < n; i++)
        deviations[i] = (float)sqrt (MAX (self->directions->variance[i], 0));
      ph_code_bars_set_scale (self->bars, n, zeros, deviations, _ ("Principal direction"));
    }
  else
    ph_code_bars_set_scale (self->bars, (guint)ph_embedding_get_size (self->embedding),
                            ph_embedding_get_mean (self->embedding),
                            ph_embedding_get_deviation (self->embedding), _ ("Number"));
  ph_code_bars_set_editable (self->bars, ph_embedding_can_decode (self->embedding, NULL));
  fill_values (self);
}

/* What comes back */

static PhReconstructSpec *
make_spec (PhReconstructView *self)
{
  PhReconstructSpec *spec = g_new0 (PhReconstructSpec, 1);

  spec->embedding = ph_embedding_ref (self->embedding);
  spec->item = self->item;
  spec->path = g_strdup (self->path);
  spec->corruption.kind = (int)gtk_drop_down_get_selected (self->noise_drop);
  spec->corruption.level = gtk_range_get_value (self->level_scale);
  spec->seed = self->seed;
  return spec;
}

/* The image anew, with the noise that is chosen. */
static void
ask (PhReconstructView *self)
{
  if (self->newest == NULL)
    return;
  self->changed = FALSE;
  gtk_widget_set_visible (self->reset_button, FALSE);
  self->looking = TRUE;
  ph_newest_job_ask (self->newest, make_spec (self));
}

/* What the decoder makes of the bars. */
static void
ask_code (PhReconstructView *self)
{
  PhReconstructSpec *spec;
  g_autoptr (PhImage) clean = ph_image_copy (self->clean, NULL);

  if (clean == NULL)
    return;
  spec = make_spec (self);
  spec->clean = g_steal_pointer (&clean);
  spec->code = g_memdup2 (self->code, ph_embedding_get_size (self->embedding) * sizeof *self->code);
  self->changed = TRUE;
  gtk_widget_set_visible (self->reset_button, TRUE);
  ph_newest_job_ask (self->newest, spec);
}

static char *
dup_decibels (double psnr)
{
  if (isnan (psnr))
    return NULL;
  if (isinf (psnr))
    return g_strdup (_ ("the same"));
  /* Translators: peak signal-to-noise ratio in decibels. */
  return g_strdup_printf (_ ("PSNR %.1f dB"), psnr);
}

static void
show_rate (PhReconstructView *self)
{
  double rate = ph_newest_job_get_rate (self->newest);
  g_autofree char *text =
      self->changed && rate > 1 ? g_strdup_printf (_ ("%.0f pictures a second"), rate) : NULL;

  gtk_label_set_text (self->rate_label, text != NULL ? text : "");
}

/* An image was looked at anew: the bars begin with its embedding. */
static void
take_image (PhReconstructView *self, PhReconstructed *result)
{
  g_clear_pointer (&self->clean, ph_image_free);
  self->clean = g_steal_pointer (&result->clean);
  g_free (self->before);
  self->before =
      g_memdup2 (result->code, ph_embedding_get_size (self->embedding) * sizeof *result->code);
  g_free (self->code);
  self->code = g_steal_pointer (&result->code);
  fill_values (self);
  ph_picture_pane_show (self->original, result->original);
  ph_picture_pane_show (self->spoiled, result->spoiled);
  gtk_widget_set_visible (GTK_WIDGET (self->spoiled), result->spoiled != NULL);
}

static void
on_done (gpointer data, const GError *error, gpointer view)
{
  PhReconstructView *self = view;
  PhReconstructed *result = data;
  g_autofree char *spoiled = result != NULL ? dup_decibels (result->psnr_spoiled) : NULL;
  g_autofree char *mended = result != NULL ? dup_decibels (result->psnr) : NULL;

  if (result == NULL)
    {
      ph_picture_pane_show (self->mended, NULL);
      ph_picture_pane_show (self->difference, NULL);
      gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", error->message);
      return;
    }
  ph_picture_pane_show (self->mended, result->mended);
  ph_picture_pane_show (self->difference, result->difference);
  ph_picture_pane_show_fact (self->mended, mended);
  if (result->original != NULL)
    {
      self->looking = FALSE;
      ph_picture_pane_show_fact (self->spoiled, spoiled);
      take_image (self, result);
    }
  show_rate (self);
}

/* Principal directions */

static gpointer
find_directions (const PhMonitor *monitor, GCancellable *cancellable, gpointer data, GError **error)
{
  PhEmbedding *embedding = data;
  const gsize size = ph_embedding_get_size (embedding);
  const guint n = ph_dataset_get_n_items (ph_embedding_get_dataset (embedding));
  const guint step = n / MOST_VECTORS + 1;
  g_autofree float *rows = g_new (float, (gsize)(n / step + 1) * size);
  gsize kept = 0;

  for (guint i = 0; i < n; i += step)
    {
      const float *row = ph_embedding_get_vector (embedding, i);

      if (row != NULL)
        memcpy (rows + kept++ * size, row, size * sizeof *rows);
    }
  return ph_pca_new (rows, kept, size, (guint)size, monitor, cancellable, error);
}

static void
on_directions (PhJob *job, PhReconstructView *self)
{
  g_autoptr (PhJob) held = g_steal_pointer (&self->directions_job);

  if (ph_job_get_state (job) != PH_JOB_DONE)
    return;
  self->directions = ph_job_steal_result (job);
  gtk_widget_set_sensitive (GTK_WIDGET (self->bars_drop), TRUE);
  fill_bars (self);
}

static void
start_directions (PhReconstructView *self)
{
  if (!ph_embedding_can_decode (self->embedding, NULL) ||
      ph_embedding_get_size (self->embedding) > MOST_NUMBERS)
    return;
  self->directions_job =
      ph_job_new ("principal directions", find_directions, ph_embedding_ref (self->embedding),
                  (GDestroyNotify)ph_embedding_unref, (GDestroyNotify)ph_pca_free);
  ph_job_set_quiet (self->directions_job, TRUE);
  g_signal_connect (self->directions_job, "finished", G_CALLBACK (on_directions), self);
  ph_queue_add (self->queue, self->directions_job, PH_LANE_BACKGROUND);
}

/* PhEmbeddingView */

static void
forget (PhReconstructView *self)
{
  g_clear_pointer (&self->newest, ph_newest_job_free);
  if (self->directions_job != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->directions_job, self);
      ph_job_cancel (self->directions_job);
      g_clear_object (&self->directions_job);
    }
  g_clear_pointer (&self->directions, ph_pca_free);
  g_clear_pointer (&self->embedding, ph_embedding_unref);
  g_clear_object (&self->queue);
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->clean, ph_image_free);
  g_clear_pointer (&self->code, g_free);
  g_clear_pointer (&self->before, g_free);
}

static void
show_possibilities (PhReconstructView *self)
{
  gboolean mends = ph_embedding_can_reconstruct (self->embedding);
  const char *why = NULL;
  gboolean draws = ph_embedding_can_decode (self->embedding, &why);

  gtk_widget_set_visible (GTK_WIDGET (self->mended), mends);
  gtk_widget_set_visible (GTK_WIDGET (self->difference), mends);
  gtk_widget_set_visible (self->no_decoder, !mends);
  gtk_widget_set_visible (self->noise_box, mends);
  gtk_widget_set_visible (GTK_WIDGET (self->bars_drop), draws);
  if (draws)
    gtk_label_set_text (self->hint_label,
                        _ ("Drag a bar, or move it with the arrow keys: the decoder draws what the "
                           "changed numbers mean. They reach three standard deviations from the "
                           "mean of all images."));
  else
    gtk_label_set_text (self->hint_label, mends && why != NULL ? why : "");
}

static void
ph_reconstruct_view_set_source (PhEmbeddingView *view, PhEmbedding *embedding, PhQueue *queue)
{
  PhReconstructView *self = PH_RECONSTRUCT_VIEW (view);

  forget (self);
  if (embedding == NULL || queue == NULL)
    return;
  self->embedding = ph_embedding_ref (embedding);
  self->queue = g_object_ref (queue);
  self->newest = ph_newest_job_new (queue, ph_reconstruct_run, ph_reconstruct_spec_free,
                                    ph_reconstructed_free, on_done, self);
  gtk_widget_set_sensitive (GTK_WIDGET (self->bars_drop), FALSE);
  show_possibilities (self);
  fill_bars (self);
  start_directions (self);
}

static void
ph_reconstruct_view_look (PhEmbeddingView *view, const PhLooked *looked)
{
  PhReconstructView *self = PH_RECONSTRUCT_VIEW (view);
  char *copy = g_strdup (looked->path);

  g_free (self->path);
  self->path = copy;
  self->item = looked->item;
  ask (self);
}

static void
set_bar (PhReconstructView *self, guint i, double value)
{
  if (self->looking || self->code == NULL || i >= ph_code_bars_get_n (self->bars) ||
      !ph_embedding_can_decode (self->embedding, NULL))
    return;
  if (shows_directions (self))
    {
      const gsize size = self->directions->size;
      const float *direction = self->directions->components + i * size;
      g_autofree float *now = g_new (float, self->directions->n_components);

      ph_pca_encode (self->directions, 1, self->code, now);
      for (gsize j = 0; j < size; j++)
        self->code[j] += ((float)value - now[i]) * direction[j];
    }
  else
    self->code[i] = (float)value;
  ask_code (self);
}

static void
reset (PhReconstructView *self)
{
  if (self->code == NULL || !self->changed)
    return;
  memcpy (self->code, self->before, ph_embedding_get_size (self->embedding) * sizeof *self->code);
  fill_values (self);
  ask (self);
}

static void
set_noise (PhReconstructView *self, const char *kind, double level)
{
  for (guint i = 0; ph_corruption_names[i] != NULL; i++)
    if (g_str_equal (ph_corruption_names[i], kind))
      {
        gtk_range_set_value (self->level_scale, level);
        gtk_drop_down_set_selected (self->noise_drop, i);
      }
}

static void
ph_reconstruct_view_act (PhEmbeddingView *view, const char *action, GVariant *parameter)
{
  PhReconstructView *self = PH_RECONSTRUCT_VIEW (view);
  const char *text;
  double number;
  guint i;

  if (g_str_equal (action, "reset-picture"))
    reset (self);
  else if (g_str_equal (action, "renew-noise"))
    {
      self->seed++;
      ask (self);
    }
  else if (g_str_equal (action, "set-noise"))
    {
      g_variant_get (parameter, "(&sd)", &text, &number);
      set_noise (self, text, number);
    }
  else if (g_str_equal (action, "set-bar"))
    {
      g_variant_get (parameter, "(ud)", &i, &number);
      set_bar (self, i, number);
      fill_values (self);
    }
  else if (g_str_equal (action, "show-bars"))
    gtk_drop_down_set_selected (
        self->bars_drop,
        g_str_equal (g_variant_get_string (parameter, NULL), "directions") ? DIRECTIONS : NUMBERS);
}

/* Controls */

static void
on_bar (PhCodeBars *bars, guint i, double value, PhReconstructView *self)
{
  set_bar (self, i, value);
}

static void
on_noise (PhReconstructView *self)
{
  gboolean any = gtk_drop_down_get_selected (self->noise_drop) != PH_CORRUPTION_NONE;

  gtk_widget_set_sensitive (GTK_WIDGET (self->level_scale), any);
  gtk_widget_set_sensitive (self->renew_button, any);
  ask (self);
}

static void
on_level (PhReconstructView *self)
{
  if (gtk_drop_down_get_selected (self->noise_drop) != PH_CORRUPTION_NONE)
    ask (self);
}

/* Keys without a name of their own go to what is moved most; Space must reach the page. */
static gboolean
ph_reconstruct_view_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (PH_RECONSTRUCT_VIEW (widget)->bars));
}

/* GObject */

static void
ph_reconstruct_view_dispose (GObject *object)
{
  PhReconstructView *self = PH_RECONSTRUCT_VIEW (object);

  forget (self);
  if (self->bars != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->bars_drop, self);
      g_signal_handlers_disconnect_by_data (self->noise_drop, self);
      adw_bin_set_child (ADW_BIN (self), NULL);
      gtk_widget_dispose_template (GTK_WIDGET (self), PH_TYPE_RECONSTRUCT_VIEW);
    }
  G_OBJECT_CLASS (ph_reconstruct_view_parent_class)->dispose (object);
}

static void
ph_reconstruct_view_class_init (PhReconstructViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  PhEmbeddingViewClass *view_class = PH_EMBEDDING_VIEW_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ph_reconstruct_view_dispose;
  widget_class->grab_focus = ph_reconstruct_view_grab_focus;
  view_class->set_source = ph_reconstruct_view_set_source;
  view_class->look = ph_reconstruct_view_look;
  view_class->act = ph_reconstruct_view_act;
  g_type_ensure (PH_TYPE_PICTURE_PANE);
  g_type_ensure (PH_TYPE_CODE_BARS);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/phosphene/Phosphene/reconstruct-view.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, PhReconstructView, name)
  BIND (original);
  BIND (spoiled);
  BIND (mended);
  BIND (difference);
  BIND (no_decoder);
  BIND (noise_box);
  BIND (noise_drop);
  BIND (level_scale);
  BIND (renew_button);
  BIND (rate_label);
  BIND (reset_button);
  BIND (bars_drop);
  BIND (bars);
  BIND (hint_label);
#undef BIND
}

static void
ph_reconstruct_view_init (PhReconstructView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_assert (PH_IS_CODE_BARS (self->bars));
  g_assert (PH_IS_PICTURE_PANE (self->difference));
  g_signal_connect (self->bars, "changed", G_CALLBACK (on_bar), self);
  g_signal_connect_swapped (self->bars_drop, "notify::selected", G_CALLBACK (fill_bars), self);
  g_signal_connect_swapped (self->noise_drop, "notify::selected", G_CALLBACK (on_noise), self);
  g_signal_connect_swapped (self->level_scale, "value-changed", G_CALLBACK (on_level), self);
  on_noise (self);
}
