#include "ui/recall-view.h"

#include <glib/gi18n.h>

#include "ui/newest-job.h"
#include "ui/recall-job.h"
#include "ui/recall-plot.h"

struct _PhRecallView
{
  PhEmbeddingView parent_instance;

  /* borrowed: children of the template */
  GtkStack *states;
  AdwStatusPage *failed;
  GtkDropDown *metric_drop;
  GtkLabel *facts_label;
  GtkProgressBar *progress;
  GtkWidget *stop_button;
  GtkWidget *again_button;
  PhRecallPlot *plot;
  GtkRange *recall_scale;
  GtkDropDown *k_drop;
  GtkLabel *chosen_label;

  /* owned */
  PhEmbedding *embedding; /* nullable */
  PhQueue *queue;
  PhJob *job;       /* nullable: measures */
  PhRecallRun *run; /* nullable: what was measured */
  PhNewestJob *choice;
};

G_DEFINE_FINAL_TYPE (PhRecallView, ph_recall_view, PH_TYPE_EMBEDDING_VIEW)

static const guint ks[] = { 10, 100 };

static void
show_failed (PhRecallView *self, const char *sentence)
{
  g_autofree char *markup = g_markup_escape_text (sentence, -1);

  adw_status_page_set_description (self->failed, markup);
  gtk_stack_set_visible_child_name (self->states, "failed");
}

static void
show_busy (PhRecallView *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->progress), self->job != NULL);
  gtk_widget_set_visible (self->stop_button, self->job != NULL);
  gtk_widget_set_visible (self->again_button, self->job == NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->recall_scale), self->run != NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->k_drop), self->run != NULL);
}

/* The ef for what is wanted */

static guint
get_k (PhRecallView *self)
{
  return ks[MIN (gtk_drop_down_get_selected (self->k_drop), G_N_ELEMENTS (ks) - 1)];
}

static void
ask (PhRecallView *self)
{
  PhRecallWish *wish;

  if (self->run == NULL)
    return;
  ph_recall_plot_set_chosen (self->plot, NULL);
  if (get_k (self) > ph_recall_run_get_n (self->run))
    {
      gtk_label_set_text (self->chosen_label, _ ("There are not as many images"));
      return;
    }
  wish = g_new (PhRecallWish, 1);
  *wish = (PhRecallWish){ ph_recall_run_ref (self->run), get_k (self),
                          gtk_range_get_value (self->recall_scale) / 100 };
  ph_newest_job_ask (self->choice, wish);
}

/* Queries a second of exact search, 0 when it was not measured. */
static double
find_exact_speed (PhRecallView *self, guint k)
{
  const GArray *points = ph_recall_run_get_points (self->run);

  for (guint i = 0; i < points->len; i++)
    if (g_array_index (points, PhRecallPoint, i).k == k &&
        g_array_index (points, PhRecallPoint, i).ef == 0)
      return g_array_index (points, PhRecallPoint, i).speed;
  return 0;
}

static void
on_chosen (gpointer result, const GError *error, gpointer data)
{
  PhRecallView *self = data;
  const PhRecallPoint *point = result;
  g_autofree char *speed = NULL, *text = NULL;
  double exact;

  if (point == NULL)
    {
      gtk_label_set_text (self->chosen_label, error->message);
      return;
    }
  exact = find_exact_speed (self, point->k);
  speed = ph_recall_dup_speed (point->speed);
  /* Translators: candidates that the index keeps in mind; per cent; queries a second. */
  text = g_strdup_printf (_ ("ef %u finds %.1f %% at %s queries a second"), point->ef,
                          100 * point->recall, speed);
  if (exact > 0)
    {
      g_autofree char *first = g_steal_pointer (&text);
      g_autofree char *times = g_strdup_printf ("%.3g", point->speed / exact);

      /* Translators: the sentence before; how many times as fast. */
      text = g_strdup_printf (_ ("%s, %s times exact search"), first, times);
    }
  gtk_label_set_text (self->chosen_label, text);
  ph_recall_plot_set_chosen (self->plot, point);
}

/* Measuring */

static void
drop_job (PhRecallView *self)
{
  if (self->job == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->job, self);
  ph_job_cancel (self->job);
  g_clear_object (&self->job);
}

static void
on_frame (PhRecallView *self)
{
  const PhFrame *frame = ph_job_get_frame (self->job);
  g_autoptr (GArray) points = frame != NULL ? ph_recall_points_from_frame (frame) : NULL;

  if (points != NULL)
    ph_recall_plot_set_points (self->plot, (const PhRecallPoint *)(gpointer)points->data,
                               points->len);
}

static void
on_progress (PhRecallView *self)
{
  double fraction = ph_job_get_progress (self->job);

  if (fraction < 0)
    gtk_progress_bar_pulse (self->progress);
  else
    gtk_progress_bar_set_fraction (self->progress, fraction);
}

static void
show_run (PhRecallView *self)
{
  const GArray *points = ph_recall_run_get_points (self->run);
  /* Translators: images in the index; images that are looked for. */
  g_autofree char *facts = g_strdup_printf (_ ("%u images in the index, %u others looked for"),
                                            (guint)ph_recall_run_get_n (self->run),
                                            (guint)ph_recall_run_get_n_queries (self->run));

  gtk_label_set_text (self->facts_label, facts);
  ph_recall_plot_set_points (self->plot, (const PhRecallPoint *)(gconstpointer)points->data,
                             points->len);
}

static void
on_finished (PhRecallView *self)
{
  g_autoptr (PhJob) job = g_steal_pointer (&self->job);

  if (ph_job_get_state (job) == PH_JOB_DONE)
    {
      self->run = ph_job_steal_result (job);
      if (ph_recall_run_get_points (self->run)->len == 0)
        {
          g_clear_pointer (&self->run, ph_recall_run_unref);
          gtk_stack_set_visible_child_name (self->states, "before");
        }
      else
        show_run (self);
    }
  else if (ph_job_get_state (job) == PH_JOB_FAILED)
    show_failed (self, ph_job_get_error (job)->message);
  else
    gtk_stack_set_visible_child_name (self->states, "before");
  show_busy (self);
  ask (self);
}

static void
measure (PhRecallView *self)
{
  if (self->embedding == NULL)
    return;
  drop_job (self);
  g_clear_pointer (&self->run, ph_recall_run_unref);
  ph_recall_plot_set_points (self->plot, NULL, 0);
  ph_recall_plot_set_chosen (self->plot, NULL);
  gtk_label_set_text (self->facts_label, _ ("The index is being made"));
  gtk_label_set_text (self->chosen_label, "");
  gtk_progress_bar_set_fraction (self->progress, 0);
  self->job =
      ph_recall_job (self->embedding, (PhMetric)gtk_drop_down_get_selected (self->metric_drop));
  g_signal_connect_swapped (self->job, "notify::frame", G_CALLBACK (on_frame), self);
  g_signal_connect_swapped (self->job, "notify::progress", G_CALLBACK (on_progress), self);
  g_signal_connect_swapped (self->job, "finished", G_CALLBACK (on_finished), self);
  gtk_stack_set_visible_child_name (self->states, "ready");
  show_busy (self);
  ph_queue_add (self->queue, self->job, PH_LANE_COMPUTE);
}

static void
on_metric (PhRecallView *self)
{
  if (self->run != NULL || self->job != NULL)
    measure (self);
}

/* PhEmbeddingView */

static void
ph_recall_view_set_source (PhEmbeddingView *view, PhEmbedding *embedding, PhQueue *queue)
{
  PhRecallView *self = PH_RECALL_VIEW (view);

  drop_job (self);
  g_clear_pointer (&self->choice, ph_newest_job_free);
  g_clear_pointer (&self->run, ph_recall_run_unref);
  g_clear_pointer (&self->embedding, ph_embedding_unref);
  g_set_object (&self->queue, queue);
  ph_recall_plot_set_points (self->plot, NULL, 0);
  ph_recall_plot_set_chosen (self->plot, NULL);
  show_busy (self);
  if (embedding == NULL)
    return;
  self->embedding = ph_embedding_ref (embedding);
  self->choice =
      ph_newest_job_new (queue, ph_recall_choose, ph_recall_wish_free, g_free, on_chosen, self);
  if (ph_hnsw_is_available ())
    gtk_stack_set_visible_child_name (self->states, "before");
  else
    show_failed (self, _ ("The program was built without hnswlib, by which it makes an index."));
}

/* Measuring takes all of the processor, and a number that comes out beside other work is wrong. */
static void
ph_recall_view_leave (PhEmbeddingView *view)
{
  PhRecallView *self = PH_RECALL_VIEW (view);

  if (self->job != NULL)
    ph_job_stop (self->job);
}

static void
ph_recall_view_act (PhEmbeddingView *view, const char *action, GVariant *parameter)
{
  PhRecallView *self = PH_RECALL_VIEW (view);
  PhMetric metric;

  if (g_str_equal (action, "measure-speed"))
    measure (self);
  else if (g_str_equal (action, "stop-measuring") && self->job != NULL)
    ph_job_stop (self->job);
  else if (g_str_equal (action, "speed-metric") &&
           ph_metric_parse (g_variant_get_string (parameter, NULL), &metric, NULL))
    gtk_drop_down_set_selected (self->metric_drop, metric);
  else if (g_str_equal (action, "speed-k"))
    gtk_drop_down_set_selected (self->k_drop, g_variant_get_uint32 (parameter) >= 100);
  else if (g_str_equal (action, "want-recall"))
    gtk_range_set_value (self->recall_scale, 100 * g_variant_get_double (parameter));
}

/* GObject */

static void
ph_recall_view_dispose (GObject *object)
{
  PhRecallView *self = PH_RECALL_VIEW (object);

  if (self->states != NULL)
    {
      ph_recall_view_set_source (PH_EMBEDDING_VIEW (self), NULL, NULL);
      adw_bin_set_child (ADW_BIN (self), NULL);
      gtk_widget_dispose_template (GTK_WIDGET (self), PH_TYPE_RECALL_VIEW);
    }
  G_OBJECT_CLASS (ph_recall_view_parent_class)->dispose (object);
}

static void
ph_recall_view_class_init (PhRecallViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  PhEmbeddingViewClass *view_class = PH_EMBEDDING_VIEW_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ph_recall_view_dispose;
  view_class->set_source = ph_recall_view_set_source;
  view_class->leave = ph_recall_view_leave;
  view_class->act = ph_recall_view_act;
  g_type_ensure (PH_TYPE_RECALL_PLOT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/phosphene/Phosphene/recall-view.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, PhRecallView, name)
  BIND (states);
  BIND (failed);
  BIND (metric_drop);
  BIND (facts_label);
  BIND (progress);
  BIND (stop_button);
  BIND (again_button);
  BIND (plot);
  BIND (recall_scale);
  BIND (k_drop);
  BIND (chosen_label);
#undef BIND
}

static void
ph_recall_view_init (PhRecallView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_assert (PH_IS_RECALL_PLOT (self->plot));
  g_signal_connect_swapped (self->metric_drop, "notify::selected", G_CALLBACK (on_metric), self);
  g_signal_connect_swapped (self->recall_scale, "value-changed", G_CALLBACK (ask), self);
  g_signal_connect_swapped (self->k_drop, "notify::selected", G_CALLBACK (ask), self);
  show_busy (self);
}
