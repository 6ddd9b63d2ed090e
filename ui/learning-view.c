#include "ui/learning-view.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/confusion-matrix.h"
#include "ui/mistake-grid.h"
#include "ui/plot.h"
#include "ui/unit-film.h"

/* The table of answers and the mistakes are built anew no more often, in milliseconds. */
#define ANSWERS_INTERVAL 600

enum
{
  LOSS,
  VALIDATION_LOSS,
  ACCURACY,
  VALIDATION_ACCURACY,
  N_CURVES
};

struct _PhLearningView
{
  AdwBin parent_instance;

  /* borrowed: children of the template */
  GtkScrolledWindow *scroller;
  GtkWidget *before, *live, *result_box, *plots, *films_box, *answers_box;
  GtkLabel *result_label, *result_facts, *mistakes_label;
  PhPlot *loss_plot, *accuracy_plot;
  GtkFlowBox *films;
  PhConfusionMatrix *matrix;
  PhMistakeGrid *mistakes;

  /* owned */
  PhDataset *dataset;
  PhLearning *learning;
  PhPlotSeries *curves[N_CURVES];
  GPtrArray *film_widgets; /* PhUnitFilm (borrowed) */

  /* how much of the training is shown */
  guint n_points, n_epochs, n_pictures;
  const PhEvaluation *shown; /* not looked into: whether there is a newer one */
  int row, column;           /* of the table, that was picked, or -1 */
  guint answers_source;
};

G_DEFINE_FINAL_TYPE (PhLearningView, ph_learning_view, ADW_TYPE_BIN)

static guint mistake_picked_signal;

/* Answers */

static void
show_mistakes (PhLearningView *self)
{
  const PhEvaluation *evaluation = ph_learning_get_evaluation (self->learning);
  g_autofree char *text = NULL;

  ph_mistake_grid_show (self->mistakes, evaluation, self->row, self->column);
  if (self->row >= 0 && self->row != self->column)
    /* Translators: the right class and the answer of the network. */
    text = g_strdup_printf (_ ("%s taken for %s"),
                            ph_dataset_get_class_name (self->dataset, (guint)self->row),
                            ph_dataset_get_class_name (self->dataset, (guint)self->column));
  else if (ph_mistake_grid_get_n_shown (self->mistakes) == 0)
    text = g_strdup (_ ("none"));
  else
    text = g_strdup (_ ("what it is, and the answer; a click shows the image to the network"));
  gtk_label_set_text (self->mistakes_label, text);
}

static void
show_answers (PhLearningView *self)
{
  const PhEvaluation *evaluation = ph_learning_get_evaluation (self->learning);

  g_clear_handle_id (&self->answers_source, g_source_remove);
  if (evaluation == NULL || self->dataset == NULL ||
      evaluation->n_classes != ph_dataset_get_n_classes (self->dataset))
    return;

  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < evaluation->n_classes; i++)
    g_ptr_array_add (names, g_utf8_make_valid (ph_dataset_get_class_name (self->dataset, i), -1));
  g_ptr_array_add (names, NULL);
  ph_confusion_matrix_show (self->matrix, evaluation->n_classes, (const char *const *)names->pdata,
                            evaluation->confusion);
  gtk_widget_set_visible (self->answers_box, TRUE);
  show_mistakes (self);
}

static gboolean
on_answers_time (gpointer data)
{
  PhLearningView *self = data;

  self->answers_source = 0;
  show_answers (self);
  return G_SOURCE_REMOVE;
}

static void
on_cell_picked (PhConfusionMatrix *matrix, int row, int column, PhLearningView *self)
{
  /* What is recognised is no mistake: the whole row then. */
  self->row = row;
  self->column = row == column ? -1 : column;
  show_mistakes (self);
}

static void
on_mistake_picked (PhMistakeGrid *grid, guint item, PhLearningView *self)
{
  g_signal_emit (self, mistake_picked_signal, 0, item);
}

/* Films */

static void
show_epoch (PhLearningView *self, double epoch, gboolean follow)
{
  for (guint i = 0; i < self->film_widgets->len; i++)
    {
      if (follow)
        ph_unit_film_follow (self->film_widgets->pdata[i]);
      else
        ph_unit_film_show_epoch (self->film_widgets->pdata[i], (guint)MAX (epoch, 0));
    }
  ph_plot_set_marker (self->loss_plot, follow ? NAN : epoch);
  ph_plot_set_marker (self->accuracy_plot, follow ? NAN : epoch);
}

static void
on_scrubbed (PhUnitFilm *film, guint epoch, PhLearningView *self)
{
  show_epoch (self, epoch, FALSE);
}

static void
on_point_activated (PhPlot *plot, double x, PhLearningView *self)
{
  show_epoch (self, floor (x), FALSE);
}

static void
add_films (PhLearningView *self)
{
  const char *const *units = ph_learning_get_units (self->learning);

  if (units == NULL || self->film_widgets->len > 0)
    return;
  for (guint i = 0; units[i] != NULL; i++)
    {
      GtkWidget *film = ph_unit_film_new (units[i]);

      g_signal_connect (film, "scrubbed", G_CALLBACK (on_scrubbed), self);
      g_ptr_array_add (self->film_widgets, film);
      gtk_flow_box_append (self->films, film);
      /* The film has the focus, not the box around it. */
      gtk_widget_set_focusable (gtk_widget_get_parent (film), FALSE);
    }
  gtk_widget_set_visible (self->films_box, self->film_widgets->len > 0);
}

static void
add_pictures (PhLearningView *self)
{
  const GArray *pictures = ph_learning_get_pictures (self->learning);

  for (; self->n_pictures < pictures->len; self->n_pictures++)
    {
      const PhLearningPicture *picture =
          &g_array_index (pictures, PhLearningPicture, self->n_pictures);

      if (picture->unit < self->film_widgets->len)
        ph_unit_film_add (self->film_widgets->pdata[picture->unit], picture->epoch, picture->frame);
    }
}

/* Curves */

static void
add_point (PhLearningView *self, int curve, double x, double y)
{
  ph_plot_series_append (self->curves[curve], &x, &y, 1);
}

static void
add_curves (PhLearningView *self)
{
  const GArray *points = ph_learning_get_points (self->learning);
  const GArray *epochs = ph_learning_get_epochs (self->learning);
  double first = points->len > 0 ? g_array_index (points, PhLearningPoint, 0).epoch : G_MAXDOUBLE;

  for (; self->n_epochs < epochs->len; self->n_epochs++)
    {
      const PhEpoch *epoch = &g_array_index (epochs, PhEpoch, self->n_epochs);
      double x = self->n_epochs + 1;

      /* Of an earlier run there are no steps. */
      if (x < first)
        add_point (self, LOSS, x, epoch->loss);
      add_point (self, VALIDATION_LOSS, x, epoch->validation_loss);
      add_point (self, ACCURACY, x, 100 * epoch->accuracy);
      add_point (self, VALIDATION_ACCURACY, x, 100 * epoch->validation_accuracy);
    }
  for (; self->n_points < points->len; self->n_points++)
    {
      const PhLearningPoint *point = &g_array_index (points, PhLearningPoint, self->n_points);

      add_point (self, LOSS, point->epoch, point->loss);
    }
}

static void
update_ranges (PhLearningView *self)
{
  int n = MAX (ph_learning_get_settings (self->learning)->epochs, 1);

  ph_plot_set_x_range (self->loss_plot, 0, n);
  ph_plot_set_x_range (self->accuracy_plot, 0, n);
}

/* The result */

static void
show_result (PhLearningView *self)
{
  const PhEvaluation *evaluation = ph_learning_get_evaluation (self->learning);
  int best = ph_learning_get_best (self->learning);
  double seconds = 0;
  gsize n_trained, n_weights;
  const GArray *epochs = ph_learning_get_epochs (self->learning);

  if (ph_job_get_state (ph_learning_get_job (self->learning)) != PH_JOB_DONE || evaluation == NULL)
    {
      gtk_widget_set_visible (self->result_box, FALSE);
      return;
    }
  for (guint i = 0; i < epochs->len; i++)
    seconds += g_array_index (epochs, PhEpoch, i).seconds;
  ph_learning_get_counts (self->learning, &n_trained, &n_weights);

  /* Translators: share of right answers, then of how many images. */
  g_autofree char *text = g_strdup_printf (
      ngettext ("%.1f %% of %u image recognised", "%.1f %% of %u images recognised", evaluation->n),
      evaluation->accuracy * 100, evaluation->n);
  g_autofree char *trained = g_strdup_printf ("%'" G_GSIZE_FORMAT, n_trained);
  g_autofree char *facts =
      best >= 0
          ? g_strdup_printf (_ ("Kept as it was after epoch %d of %u, the best. %s numbers "
                                "learned; %.0f s."),
                             best + 1, epochs->len, trained, seconds)
          : g_strdup_printf (_ ("No epoch made it better than it was at the start, so that is "
                                "what was kept. %.0f s."),
                             seconds);

  gtk_label_set_text (self->result_label, text);
  gtk_label_set_text (self->result_facts, facts);
  gtk_widget_set_visible (self->result_box, TRUE);
}

static void
on_changed (PhLearningView *self)
{
  const PhEvaluation *evaluation = ph_learning_get_evaluation (self->learning);
  gboolean running = ph_learning_is_running (self->learning);

  update_ranges (self);
  add_curves (self);
  gtk_widget_set_visible (self->plots, self->n_points > 0 || self->n_epochs > 0);
  add_films (self);
  add_pictures (self);
  if (evaluation != self->shown)
    {
      self->shown = evaluation;
      if (self->answers_source == 0)
        self->answers_source = g_timeout_add (ANSWERS_INTERVAL, on_answers_time, self);
    }
  if (!running)
    {
      show_answers (self);
      show_result (self);
    }
}

static void
clear (PhLearningView *self)
{
  GtkWidget *child;

  g_clear_handle_id (&self->answers_source, g_source_remove);
  if (self->learning != NULL)
    g_signal_handlers_disconnect_by_data (self->learning, self);
  g_clear_object (&self->learning);
  for (guint i = 0; i < N_CURVES; i++)
    ph_plot_series_clear (self->curves[i]);
  g_ptr_array_set_size (self->film_widgets, 0);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->films))) != NULL)
    gtk_flow_box_remove (self->films, child);
  gtk_widget_set_visible (self->plots, FALSE);
  gtk_widget_set_visible (self->films_box, FALSE);
  gtk_widget_set_visible (self->answers_box, FALSE);
  gtk_widget_set_visible (self->result_box, FALSE);
  ph_confusion_matrix_show (self->matrix, 0, NULL, NULL);
  ph_mistake_grid_show (self->mistakes, NULL, -1, -1);
  ph_plot_set_marker (self->loss_plot, NAN);
  ph_plot_set_marker (self->accuracy_plot, NAN);
  self->n_points = self->n_epochs = self->n_pictures = 0;
  self->shown = NULL;
  self->row = self->column = -1;
}

/* GObject */

static void
ph_learning_view_dispose (GObject *object)
{
  PhLearningView *self = PH_LEARNING_VIEW (object);

  if (self->matrix != NULL)
    {
      clear (self);
      adw_bin_set_child (ADW_BIN (self), NULL);
      gtk_widget_dispose_template (GTK_WIDGET (self), PH_TYPE_LEARNING_VIEW);
    }
  for (guint i = 0; i < N_CURVES; i++)
    g_clear_object (&self->curves[i]);
  g_clear_pointer (&self->film_widgets, g_ptr_array_unref);
  g_clear_pointer (&self->dataset, ph_dataset_unref);
  G_OBJECT_CLASS (ph_learning_view_parent_class)->dispose (object);
}

static void
ph_learning_view_class_init (PhLearningViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ph_learning_view_dispose;
  mistake_picked_signal = g_signal_new ("mistake-picked", PH_TYPE_LEARNING_VIEW, G_SIGNAL_RUN_LAST,
                                        0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  g_type_ensure (PH_TYPE_PLOT);
  g_type_ensure (PH_TYPE_CONFUSION_MATRIX);
  g_type_ensure (PH_TYPE_MISTAKE_GRID);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/phosphene/Phosphene/learning-view.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, PhLearningView, name)
  BIND (scroller);
  BIND (before);
  BIND (live);
  BIND (result_box);
  BIND (result_label);
  BIND (result_facts);
  BIND (plots);
  BIND (films_box);
  BIND (films);
  BIND (answers_box);
  BIND (matrix);
  BIND (mistakes);
  BIND (mistakes_label);
  BIND (loss_plot);
  BIND (accuracy_plot);
#undef BIND
}

static void
ph_learning_view_init (PhLearningView *self)
{
  self->film_widgets = g_ptr_array_new ();
  self->row = self->column = -1;
  gtk_widget_init_template (GTK_WIDGET (self));
  g_assert (PH_IS_CONFUSION_MATRIX (self->matrix));
  g_assert (PH_IS_PLOT (self->loss_plot));
  self->curves[LOSS] = ph_plot_series_new (_ ("learning"));
  self->curves[VALIDATION_LOSS] = ph_plot_series_new (_ ("measured"));
  self->curves[ACCURACY] = ph_plot_series_new (_ ("learning"));
  self->curves[VALIDATION_ACCURACY] = ph_plot_series_new (_ ("measured"));
  ph_plot_add_series (self->loss_plot, self->curves[LOSS], "accent_color");
  ph_plot_add_series (self->loss_plot, self->curves[VALIDATION_LOSS], "warning_color");
  ph_plot_add_series (self->accuracy_plot, self->curves[ACCURACY], "accent_color");
  ph_plot_add_series (self->accuracy_plot, self->curves[VALIDATION_ACCURACY], "warning_color");
  ph_plot_set_x_title (self->loss_plot, _ ("epoch"));
  ph_plot_set_x_title (self->accuracy_plot, _ ("epoch"));
  g_signal_connect (self->loss_plot, "point-activated", G_CALLBACK (on_point_activated), self);
  g_signal_connect (self->accuracy_plot, "point-activated", G_CALLBACK (on_point_activated), self);
  g_signal_connect (self->matrix, "picked", G_CALLBACK (on_cell_picked), self);
  g_signal_connect (self->mistakes, "picked", G_CALLBACK (on_mistake_picked), self);
}

/* Public */

GtkWidget *
ph_learning_view_new (void)
{
  return g_object_new (PH_TYPE_LEARNING_VIEW, NULL);
}

void
ph_learning_view_set_dataset (PhLearningView *self, PhDataset *dataset, PhQueue *queue)
{
  g_return_if_fail (PH_IS_LEARNING_VIEW (self));

  g_clear_pointer (&self->dataset, ph_dataset_unref);
  self->dataset = dataset != NULL ? ph_dataset_ref (dataset) : NULL;
  ph_mistake_grid_set_dataset (self->mistakes, dataset, queue);
}

void
ph_learning_view_show (PhLearningView *self, PhLearning *learning)
{
  g_return_if_fail (PH_IS_LEARNING_VIEW (self));

  clear (self);
  gtk_widget_set_visible (self->before, learning == NULL);
  gtk_widget_set_visible (self->live, learning != NULL);
  if (learning == NULL)
    return;
  self->learning = g_object_ref (learning);
  g_signal_connect_swapped (learning, "changed", G_CALLBACK (on_changed), self);
  on_changed (self);
}
