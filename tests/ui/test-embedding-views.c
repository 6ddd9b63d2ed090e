/* Map, similar images and speed: what each shows of a set of drawn faces, by its actions. */

#include <adwaita.h>
#include <glib/gstdio.h>
#include <math.h>

#include "ui/embedding-map.h"
#include "ui/map-canvas.h"
#include "ui/map-colours.h"
#include "ui/picture-buttons.h"
#include "ui/recall-job.h"
#include "ui/recall-plot.h"
#include "ui/recall-view.h"
#include "ui/similar-job.h"
#include "ui/similar-view.h"

#define N 160

typedef struct
{
  PhQueue *queue;         /* owned */
  PhEmbedding *embedding; /* owned */
  GtkWidget *window;      /* owned until destroyed */
  PhEmbeddingView *view;
  int looked;  /* the image that the page was asked to look at */
  char *shown; /* owned: the view that it was asked to show */
} Fixture;

static void
spin (void)
{
  if (!g_main_context_iteration (NULL, FALSE))
    g_usleep (500);
}

/* Everything ends by itself when it must: no test may wait for ever. */
#define WAIT_FOR(condition)                                                                        \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gint64 patience = g_get_monotonic_time () + 90 * G_USEC_PER_SEC;                               \
    while (!(condition))                                                                           \
      {                                                                                            \
        g_assert_cmpint (g_get_monotonic_time (), <, patience);                                    \
        spin ();                                                                                   \
      }                                                                                            \
  }                                                                                                \
  G_STMT_END

static void
on_look_at (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  Fixture *f = data;

  f->looked = (int)g_variant_get_uint32 (parameter);
  ph_embedding_view_look (f->view, &(PhLooked){ f->looked, NULL });
}

static void
on_show_view (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  Fixture *f = data;

  g_free (f->shown);
  f->shown = g_variant_dup_string (parameter, NULL);
}

static PhEmbedding *
make_embedding (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_strdup_printf ("world:faces, images %d, seed 5, size 32", N);
  g_autoptr (PhDataset) dataset = ph_dataset_open (name, NULL, &error);
  PhEmbedding *embedding;

  g_assert_no_error (error);
  embedding = ph_embedding_new (PH_EMBEDDING_PIXELS, NULL, NULL, dataset, NULL, NULL, &error);
  g_assert_no_error (error);
  return embedding;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  GType (*const get_type) (void) = (GType (*) (void))data;
  const GActionEntry entries[] = { { "look-at", on_look_at, "u" },
                                   { "show-view", on_show_view, "s" } };
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();

  f->queue = ph_queue_new ();
  f->embedding = make_embedding ();
  f->looked = -1;
  f->window = gtk_window_new ();
  f->view = g_object_new (get_type (), NULL);
  gtk_window_set_default_size (GTK_WINDOW (f->window), 900, 600);
  gtk_window_set_child (GTK_WINDOW (f->window), GTK_WIDGET (f->view));
  g_action_map_add_action_entries (G_ACTION_MAP (group), entries, G_N_ELEMENTS (entries), f);
  gtk_widget_insert_action_group (f->window, "page", G_ACTION_GROUP (group));
  gtk_window_present (GTK_WINDOW (f->window));
  WAIT_FOR (gtk_widget_get_mapped (GTK_WIDGET (f->view)));
  ph_embedding_view_set_source (f->view, f->embedding, f->queue);
  ph_embedding_view_look (f->view, &(PhLooked){ 0, NULL });
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  ph_embedding_view_leave (f->view);
  ph_embedding_view_set_source (f->view, NULL, NULL);
  gtk_window_destroy (GTK_WINDOW (f->window));
  ph_queue_cancel_all (f->queue);
  WAIT_FOR (ph_queue_is_idle (f->queue));
  for (guint i = 0; i < 20; i++)
    spin ();
  g_object_unref (f->queue);
  ph_embedding_unref (f->embedding);
  g_free (f->shown);
}

/* The first child of that type at any depth. */
static GtkWidget *
find (GtkWidget *root, GType type, guint *skip)
{
  if (g_type_is_a (G_OBJECT_TYPE (root), type) && (*skip)-- == 0)
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find (child, type, skip);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static GtkWidget *
find_child (Fixture *f, GType type, guint skip)
{
  GtkWidget *found = find (GTK_WIDGET (f->view), type, &skip);

  g_assert_nonnull (found);
  return found;
}

/* Takes a floating @value over, as an action's activation does. */
static void
act_with (Fixture *f, const char *action, GVariant *value)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (value);

  ph_embedding_view_act (f->view, action, owned);
}

static void
test_map (Fixture *f, gconstpointer data)
{
  PhMapCanvas *canvas = PH_MAP_CANVAS (find_child (f, PH_TYPE_MAP_CANVAS, 0));
  PhPictureButtons *buttons = PH_PICTURE_BUTTONS (find_child (f, PH_TYPE_PICTURE_BUTTONS, 0));
  PhDataset *dataset = ph_embedding_get_dataset (f->embedding);
  const char *name = ph_dataset_get_class_name (dataset, 2);
  const GArray *selection = ph_map_canvas_get_selection (canvas);
  guint n_in_class = 0;

  for (guint i = 0; i < N; i++)
    n_in_class += ph_dataset_get_label (dataset, i) == 2;
  WAIT_FOR (ph_map_canvas_get_n_visible (canvas) == N);
  act_with (f, "map-layout", g_variant_new_string ("pca"));
  WAIT_FOR (ph_queue_is_idle (f->queue));

  /* A class, by an action; its pictures are listed. */
  act_with (f, "map-select", g_variant_new_string (name));
  g_assert_cmpuint (selection->len, ==, n_in_class);
  for (guint i = 0; i < selection->len; i++)
    g_assert_cmpint (ph_dataset_get_label (dataset, g_array_index (selection, guint, i)), ==, 2);
  g_assert_cmpuint (ph_picture_buttons_get_n (buttons), ==, n_in_class);
  act_with (f, "map-colour", g_variant_new_string ("smile"));
  g_assert_cmpuint (selection->len, ==, n_in_class);
  act_with (f, "map-colour", g_variant_new_string ("none"));
  act_with (f, "map-select", g_variant_new_string (""));
  g_assert_cmpuint (selection->len, ==, 0);

  /* Closer: pictures instead of dots. */
  act_with (f, "map-size", g_variant_new_uint32 (64));
  WAIT_FOR (!ph_map_canvas_shows_pictures (canvas));
  for (guint i = 0; i < 12; i++)
    ph_embedding_view_act (f->view, "zoom-in", NULL);
  WAIT_FOR (ph_map_canvas_shows_pictures (canvas));
  ph_embedding_view_act (f->view, "zoom-fit", NULL);
  WAIT_FOR (ph_map_canvas_get_n_visible (canvas) == N);

  /* From an image to what is like it. */
  g_signal_emit_by_name (canvas, "activated", 7u);
  g_assert_cmpint (f->looked, ==, 7);
  g_assert_cmpstr (f->shown, ==, "similar");
  g_assert_cmpint (ph_map_canvas_get_current (canvas), ==, 7);

  /* What was made is kept: going back takes no job. */
  act_with (f, "map-layout", g_variant_new_string ("umap"));
  WAIT_FOR (ph_queue_is_idle (f->queue));
  act_with (f, "map-layout", g_variant_new_string ("pca"));
  ph_embedding_view_act (f->view, "map-stop", NULL); /* nothing to be stopped */
  WAIT_FOR (ph_map_canvas_get_n_visible (canvas) == N);
}

static void
test_similar (Fixture *f, gconstpointer data)
{
  PhPictureButtons *pixels = PH_PICTURE_BUTTONS (find_child (f, PH_TYPE_PICTURE_BUTTONS, 0));
  PhPictureButtons *components = PH_PICTURE_BUTTONS (find_child (f, PH_TYPE_PICTURE_BUTTONS, 1));
  const gsize size = ph_embedding_get_size (f->embedding);
  guint nearest = 0;
  double best = INFINITY;

  g_assert_cmpuint (ph_similar_view_get_n_columns (PH_SIMILAR_VIEW (f->view)), ==, 2);
  WAIT_FOR (ph_picture_buttons_get_n (pixels) == 24 && ph_picture_buttons_get_n (components) == 24);
  for (guint i = 1; i < N; i++)
    {
      const float *a = ph_embedding_get_vector (f->embedding, 0);
      const float *b = ph_embedding_get_vector (f->embedding, i);
      double sum = 0;

      for (gsize j = 0; j < size; j++)
        sum += ((double)a[j] - (double)b[j]) * ((double)a[j] - (double)b[j]);
      if (sum < best)
        {
          best = sum;
          nearest = i;
        }
    }
  g_assert_cmpuint (ph_picture_buttons_get_item (pixels, 0), ==, nearest);

  /* A click walks on, and back. */
  g_signal_emit_by_name (pixels, "picked", nearest);
  g_assert_cmpint (f->looked, ==, (int)nearest);
  WAIT_FOR (ph_picture_buttons_get_item (pixels, 0) != nearest);
  for (guint i = 0; i < ph_picture_buttons_get_n (pixels); i++)
    g_assert_cmpuint (ph_picture_buttons_get_item (pixels, i), !=, nearest);
  act_with (f, "similar-metric", g_variant_new_string ("cosine"));
  ph_embedding_view_act (f->view, "similar-back", NULL);
  g_assert_cmpint (f->looked, ==, 0);
  ph_embedding_view_act (f->view, "similar-back", NULL); /* no farther */
  g_assert_cmpint (f->looked, ==, 0);
  WAIT_FOR (ph_queue_is_idle (f->queue));

  /* A file that is no picture is told of. */
  ph_embedding_view_look (f->view, &(PhLooked){ -1, "/nowhere/x.png" });
  WAIT_FOR (ph_picture_buttons_get_n (pixels) == 0);
}

/* A picture of the user's is encoded; it is nearest to itself. */
static void
test_similar_file (void)
{
  g_autoptr (PhEmbedding) embedding = make_embedding ();
  g_autofree char *folder = g_dir_make_tmp ("phosphene-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "face.png", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PhImage) image = ph_dataset_load (ph_embedding_get_dataset (embedding), 33, 0, &error);
  PhSimilarSpec *spec = g_new0 (PhSimilarSpec, 1);
  PhSimilar *similar;

  ph_png_save_image (path, image, NULL, &error);
  g_assert_no_error (error);
  spec->embeddings = g_ptr_array_new_with_free_func ((GDestroyNotify)ph_embedding_unref);
  g_ptr_array_add (spec->embeddings, ph_embedding_ref (embedding));
  spec->item = -1;
  spec->path = g_strdup (path);
  spec->metric = PH_METRIC_COSINE;
  spec->k = 500; /* there are not as many */
  similar = ph_similar_run (NULL, NULL, spec, &error);
  g_assert_no_error (error);

  const PhNeighbours *found = similar->found->pdata[0];

  g_assert_cmpuint (found->k, ==, N);
  g_assert_cmpuint (found->indices[0], ==, 33);
  ph_similar_free (similar);
  ph_similar_spec_free (spec);
  g_unlink (path);
  g_rmdir (folder);
}

static void
test_speed (Fixture *f, gconstpointer data)
{
  GtkWidget *plot = find_child (f, PH_TYPE_RECALL_PLOT, 0);
  GtkWidget *stack = find_child (f, GTK_TYPE_STACK, 0);
  double left, top;

  if (!ph_hnsw_is_available ())
    {
      g_test_skip ("built without hnswlib");
      return;
    }
  g_assert_cmpstr (gtk_stack_get_visible_child_name (GTK_STACK (stack)), ==, "before");
  gtk_test_accessible_assert_property (plot, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                       "Nothing was measured yet");
  ph_embedding_view_act (f->view, "measure-speed", NULL);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (GTK_STACK (stack)), ==, "ready");
  WAIT_FOR (ph_queue_is_idle (f->queue));
  for (guint i = 0; i < 20; i++)
    spin ();
  WAIT_FOR (ph_queue_is_idle (f->queue));

  /* The course's mark lies where it says. */
  ph_recall_plot_locate (PH_RECALL_PLOT (plot), &(PhRecallPoint){ 0, 0, 0, 10000 }, &left, &top);
  g_assert_cmpfloat (left, <, gtk_widget_get_width (plot) / 2.0);
  act_with (f, "speed-metric", g_variant_new_string ("cosine"));
  ph_embedding_view_leave (f->view);
  WAIT_FOR (ph_queue_is_idle (f->queue));
}

typedef struct
{
  PhRecallRun *run; /* owned */
  gboolean finished;
} Measured;

static void
on_measured (PhJob *job, Measured *measured)
{
  g_assert_no_error ((GError *)ph_job_get_error (job));
  measured->run = ph_job_steal_result (job);
  measured->finished = TRUE;
}

/* What the job measures: held-out vectors, exact search first, recall as wanted. */
static void
test_recall (void)
{
  g_autoptr (PhEmbedding) embedding = make_embedding ();
  g_autoptr (PhQueue) queue = ph_queue_new ();
  g_autoptr (PhJob) job = ph_recall_job (embedding, PH_METRIC_EUCLIDEAN);
  g_autoptr (GError) error = NULL;
  Measured measured = { 0 };
  const PhRecallPoint *points;
  guint n_exact = 0;

  if (!ph_hnsw_is_available ())
    {
      g_test_skip ("built without hnswlib");
      return;
    }
  g_signal_connect (job, "finished", G_CALLBACK (on_measured), &measured);
  ph_queue_add (queue, job, PH_LANE_COMPUTE);
  WAIT_FOR (measured.finished);
  g_assert_cmpuint (ph_recall_run_get_n (measured.run), ==, N - N / 10);
  g_assert_cmpuint (ph_recall_run_get_n_queries (measured.run), ==, N / 10);
  points = (const PhRecallPoint *)(gconstpointer)ph_recall_run_get_points (measured.run)->data;
  for (guint i = 0; i < ph_recall_run_get_points (measured.run)->len; i++)
    {
      n_exact += points[i].ef == 0;
      g_assert_cmpfloat (points[i].speed, >, 0);
      g_assert_cmpfloat (points[i].recall, <=, 1);
    }
  g_assert_cmpuint (n_exact, ==, 2);
  g_assert_cmpuint (points[0].ef, ==, 0);

  PhRecallWish *wish = g_new (PhRecallWish, 1);

  *wish = (PhRecallWish){ measured.run, 10, 0.9 };
  g_autofree PhRecallPoint *chosen = ph_recall_choose (NULL, NULL, wish, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (chosen->recall, >=, 0.9);
  g_assert_cmpuint (chosen->ef, >=, 10);
  ph_recall_wish_free (wish);

  /* What goes to the plot while it is measured comes back as it was. */
  GArray *seen = ph_recall_points_from_frame (ph_job_get_frame (job));

  g_assert_cmpuint (seen->len, >, 0);
  g_assert_cmpuint (g_array_index (seen, PhRecallPoint, 0).k, ==, 10);
  g_array_unref (seen);
  WAIT_FOR (ph_queue_is_idle (queue));
}

static void
test_plot (void)
{
  GtkWidget *widget = ph_recall_plot_new (), *window = gtk_window_new ();
  PhRecallPlot *plot = PH_RECALL_PLOT (widget);
  const PhRecallPoint points[] = { { 10, 0, 1, 900 },
                                   { 10, 10, 0.8, 50000 },
                                   { 10, 40, 0.99, 20000 },
                                   { 100, 0, 1, 800 },
                                   { 100, 100, 0.97, 4000 } };
  g_autofree char *text = ph_recall_point_dup_text (&points[2]);
  double x = 0, y = 0, x2, y2;

  g_assert_nonnull (strstr (text, "ef 40"));
  g_assert_nonnull (strstr (text, "99.0 %"));
  ph_recall_plot_set_points (plot, points, G_N_ELEMENTS (points));
  gtk_window_set_default_size (GTK_WINDOW (window), 600, 400);
  gtk_window_set_child (GTK_WINDOW (window), widget);
  gtk_window_present (GTK_WINDOW (window));
  WAIT_FOR (gtk_widget_get_width (widget) > 0);
  for (guint i = 0; i < 40; i++)
    spin ();
  WAIT_FOR ((ph_recall_plot_locate (plot, &points[2], &x, &y), x > 10));
  g_assert_cmpint (ph_recall_plot_lookup (plot, x, y), ==, 2);
  g_assert_cmpint (ph_recall_plot_lookup (plot, 100, 200), ==, -1);
  /* More is up, and ten times as much always as far. */
  ph_recall_plot_locate (plot, &(PhRecallPoint){ 0, 0, 1, 1000 }, &x, &y);
  ph_recall_plot_locate (plot, &(PhRecallPoint){ 0, 0, 1, 10000 }, &x2, &y2);
  g_assert_cmpfloat (y2, <, y);
  double decade = y - y2;
  ph_recall_plot_locate (plot, &(PhRecallPoint){ 0, 0, 0.5, 100000 }, &x, &y);
  g_assert_cmpfloat (fabs (y2 - y - decade), <, 0.01);
  g_assert_cmpfloat (x, <, x2);
  ph_recall_plot_set_chosen (plot, &points[1]);
  ph_recall_plot_set_points (plot, NULL, 0);
  gtk_window_destroy (GTK_WINDOW (window));
  for (guint i = 0; i < 10; i++)
    spin ();
}

/* Lightness alone tells the order; classes differ. */
static void
test_colours (void)
{
  double last = 0;

  for (guint i = 0; i <= 20; i++)
    {
      const GdkRGBA c = ph_map_colour_to_rgba (ph_map_share_colour (i / 20.0));
      const double light = 0.2126 * c.red + 0.7152 * c.green + 0.0722 * c.blue;

      g_assert_cmpfloat (light, >, last);
      last = light;
    }
  g_assert_cmphex (ph_map_share_colour (NAN), ==, PH_MAP_GREY);
  g_assert_cmphex (ph_map_share_colour (7), ==, ph_map_share_colour (1));
  for (guint i = 0; i < 36; i++)
    for (guint j = 0; j < i; j++)
      g_assert_cmphex (ph_map_class_colour (i), !=, ph_map_class_colour (j));
}

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/embedding-views/colours", test_colours);
  g_test_add_func ("/embedding-views/plot", test_plot);
  g_test_add_func ("/embedding-views/recall", test_recall);
  g_test_add_func ("/embedding-views/similar-file", test_similar_file);
#define ADD(name, type, test)                                                                      \
  g_test_add ("/embedding-views/" name, Fixture, (gconstpointer)type, set_up, test, tear_down)
  ADD ("map", ph_embedding_map_get_type, test_map);
  ADD ("similar", ph_similar_view_get_type, test_similar);
  ADD ("speed", ph_recall_view_get_type, test_speed);
  return g_test_run ();
}
