/* The page of two networks: the second one is opened, the same unit drawn in both, flipped, blended
 * and set against each other, and what changed is listed from images; what is wrong is told. */

#include <adwaita.h>
#include <math.h>
#include <string.h>

#include "ui/compare-page.h"
#include "ui/image-view.h"
#include "ui/plot.h"

#include "../support/tiny-network.h"

#define N_IMAGES 24

typedef struct
{
  GtkWidget *window; /* owned until destroyed */
  PhComparePage *page;
  PhQueue *queue; /* owned */
  PhModel *model; /* owned */
  char *path;     /* owned: of the network it is compared with */
  char *toast;    /* owned: the last one */
} Fixture;

static char *folder;

static void
on_toast (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  Fixture *f = data;

  g_free (f->toast);
  f->toast = g_variant_dup_string (parameter, NULL);
}

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
    gint64 patience = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;                               \
    while (!(condition))                                                                           \
      {                                                                                            \
        g_assert_cmpint (g_get_monotonic_time (), <, patience);                                    \
        spin ();                                                                                   \
      }                                                                                            \
  }                                                                                                \
  G_STMT_END

/* A copy of the small network in which a unit has died and another likes the opposite. */
static char *
write_network (PhModel *model)
{
  char *path = g_build_filename (folder, "changed.onnx", NULL);
  g_autoptr (PhWeights) weights = ph_weights_new (ph_model_get_graph (model), NULL);
  float *w = ph_weights_find (weights, "conv1/weight")->data;
  g_autoptr (PhGraph) graph = NULL;
  g_autoptr (GError) error = NULL;
  const char *const labels[] = { "ant", "bee", "cat, house cat", "dog", "eel", NULL };

  memset (w, 0, 27 * sizeof *w);
  ph_weights_find (weights, "conv1/bias")->data[0] = -1;
  for (guint i = 0; i < 27; i++)
    w[27 + i] = -w[27 + i];
  graph = ph_weights_publish (weights, &error);
  g_assert_no_error (error);
  ph_onnx_export (graph, ph_model_get_preprocess (model), labels, NULL, NULL, path, &error);
  g_assert_no_error (error);
  return path;
}

static void
set_up (Fixture *f, gconstpointer unused)
{
  const GActionEntry entries[] = { { "toast", on_toast, "s" } };
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();

  f->queue = ph_queue_new ();
  f->model = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  f->path = write_network (f->model);
  f->window = gtk_window_new ();
  f->page = PH_COMPARE_PAGE (ph_compare_page_new ());
  ph_page_set_queue (PH_PAGE (f->page), f->queue);
  gtk_window_set_default_size (GTK_WINDOW (f->window), 900, 600);
  gtk_window_set_child (GTK_WINDOW (f->window), GTK_WIDGET (f->page));
  g_action_map_add_action_entries (G_ACTION_MAP (group), entries, G_N_ELEMENTS (entries), f);
  gtk_widget_insert_action_group (f->window, "win", G_ACTION_GROUP (group));
  gtk_window_present (GTK_WINDOW (f->window));
  ph_page_enter (PH_PAGE (f->page));
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  gtk_window_destroy (GTK_WINDOW (f->window));
  ph_queue_cancel_all (f->queue);
  WAIT_FOR (ph_queue_is_idle (f->queue));
  for (guint i = 0; i < 40; i++)
    spin ();
  g_assert_finalize_object (f->queue);
  g_assert_finalize_object (f->model);
  g_free (f->path);
  g_free (f->toast);
}

static gpointer
child (Fixture *f, const char *name)
{
  return gtk_widget_get_template_child (GTK_WIDGET (f->page), PH_TYPE_COMPARE_PAGE, name);
}

static const char *
get_state (Fixture *f)
{
  return gtk_stack_get_visible_child_name (child (f, "states"));
}

static const char *
text_of (Fixture *f, const char *name)
{
  return gtk_label_get_text (child (f, name));
}

static void
activate (Fixture *f, const char *action)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (f->page), action, NULL));
}

static gboolean
is_drawn (Fixture *f)
{
  return ph_queue_is_idle (f->queue) && g_str_has_prefix (text_of (f, "status_label"), "step 128");
}

static void
open_other (Fixture *f)
{
  ph_compare_page_show (f->page, f->model, f->path);
  WAIT_FOR (g_str_equal (get_state (f), "ready") && is_drawn (f));
}

static GListModel *
units (Fixture *f)
{
  return G_LIST_MODEL (gtk_list_view_get_model (child (f, "list_view")));
}

static char *
property_of (Fixture *f, guint i, const char *name)
{
  g_autoptr (GObject) item = g_list_model_get_item (units (f), i);
  char *text;

  g_object_get (item, name, &text, NULL);
  return text;
}

static GBytes *
pixels_of (Fixture *f, const char *view)
{
  GdkTexture *texture = ph_image_view_get_texture (child (f, view));
  gsize stride = 4 * (gsize)gdk_texture_get_width (texture);
  gsize n = stride * (gsize)gdk_texture_get_height (texture);
  guchar *data = g_malloc (n);

  gdk_texture_download (texture, data, stride);
  return g_bytes_new_take (data, n);
}

static void
test_opens (Fixture *f, gconstpointer unused)
{
  g_autofree char *name = NULL;

  g_assert_cmpstr (get_state (f), ==, "empty");
  ph_compare_page_show (f->page, f->model, NULL);
  g_assert_cmpstr (get_state (f), ==, "empty");
  open_other (f);
  g_assert_cmpstr (ph_page_get_title (PH_PAGE (f->page)), ==, "tiny and changed");
  /* The unit whose weights changed most is shown first. */
  name = property_of (f, 0, "name");
  g_assert_cmpstr (name, ==, "relu1:1");
  g_assert_cmpstr (text_of (f, "unit_label"), ==, "relu1:1");
  g_assert_nonnull (strstr (text_of (f, "facts_label"), "weights changed by"));
  g_assert_nonnull (strstr (text_of (f, "summary_label"), "weights alone"));
}

static void
test_bad_file (Fixture *f, gconstpointer unused)
{
  g_autofree char *bad = g_build_filename (folder, "bad.onnx", NULL);

  g_assert_true (g_file_set_contents (bad, "no network", -1, NULL));
  ph_compare_page_show (f->page, f->model, bad);
  WAIT_FOR (g_str_equal (get_state (f), "failed"));
  g_assert_nonnull (strstr (adw_status_page_get_description (child (f, "failed")), "bad.onnx"));
  open_other (f);
}

/* A unit that is the same in both has the same picture to the bit; another has not. */
static void
test_pictures (Fixture *f, gconstpointer unused)
{
  g_autoptr (GBytes) a = NULL, b = NULL, c = NULL, d = NULL;

  open_other (f);
  a = pixels_of (f, "view_0");
  b = pixels_of (f, "view_1");
  g_assert_false (g_bytes_equal (a, b));
  activate (f, "page.next-unit");
  g_assert_cmpstr (text_of (f, "unit_label"), ==, "relu1:2");
  WAIT_FOR (is_drawn (f));
  c = pixels_of (f, "view_0");
  d = pixels_of (f, "view_1");
  g_assert_true (g_bytes_equal (c, d));
  g_assert_false (g_bytes_equal (a, c));

  /* Back at the first step both are the noise they began with. */
  activate (f, "page.first-step");
  g_assert_cmpstr (text_of (f, "status_label"), ==, "step 0");
  activate (f, "page.last-step");
  g_assert_cmpstr (text_of (f, "status_label"), ==, "step 128");
}

static void
test_looks (Fixture *f, gconstpointer unused)
{
  open_other (f);
  activate (f, "page.flip");
  g_assert_false (gtk_widget_get_visible (child (f, "side_0")));
  activate (f, "page.flip");
  g_assert_true (gtk_widget_get_visible (child (f, "side_0")));
  g_assert_false (gtk_widget_get_visible (child (f, "side_1")));
  g_assert_true (gtk_toggle_button_get_active (child (f, "look_1")));
  activate (f, "page.look-both");
  g_assert_true (gtk_widget_get_visible (child (f, "side_1")));

  /* Both views are enlarged together, as soon as there are pictures. */
  WAIT_FOR (ph_image_view_get_scale (child (f, "view_0")) > 0 &&
            ph_image_view_get_scale (child (f, "view_1")) > 0);
  activate (f, "page.zoom-in");
  g_assert_false (ph_image_view_is_fit (child (f, "view_0")));
  g_assert_false (ph_image_view_is_fit (child (f, "view_1")));
  ph_image_view_zoom_fit (child (f, "view_1"));
  g_assert_true (ph_image_view_is_fit (child (f, "view_0")));
}

/* At the beginning of the way the right picture is the left one. */
static void
test_blend (Fixture *f, gconstpointer unused)
{
  g_autoptr (GBytes) a = NULL, b = NULL, c = NULL;

  open_other (f);
  gtk_range_set_value (child (f, "blend_scale"), 0);
  g_assert_cmpstr (text_of (f, "blend_label"), ==, "0 % of the way");
  WAIT_FOR (!is_drawn (f));
  WAIT_FOR (is_drawn (f));
  a = pixels_of (f, "view_0");
  b = pixels_of (f, "view_1");
  g_assert_true (g_bytes_equal (a, b));
  gtk_range_set_value (child (f, "blend_scale"), 50);
  WAIT_FOR (!is_drawn (f));
  WAIT_FOR (is_drawn (f));
  c = pixels_of (f, "view_1");
  g_assert_false (g_bytes_equal (b, c));
}

static void
test_difference (Fixture *f, gconstpointer unused)
{
  open_other (f);
  gtk_drop_down_set_selected (child (f, "aim_drop"), 1);
  WAIT_FOR (!is_drawn (f));
  WAIT_FOR (is_drawn (f));
  g_assert_cmpstr (text_of (f, "caption_1"), ==, "What only changed answers to");
  g_assert_null (f->toast);
}

/* One picture through both. */
static void
test_image (Fixture *f, gconstpointer unused)
{
  g_autofree char *path = g_build_filename (folder, "one.png", NULL);
  g_autofree char *bad = g_build_filename (folder, "none.png", NULL);
  g_autoptr (PhImage) image = ph_image_new (3, 40, 60, NULL);

  for (gsize i = 0; i < ph_image_n_values (image); i++)
    image->data[i] = i % 7 < 3;
  g_assert_true (ph_png_save_image (path, image, NULL, NULL));
  open_other (f);
  g_assert_false (gtk_widget_get_visible (child (f, "image_box")));
  ph_compare_page_show_image (f->page, path);
  WAIT_FOR (gtk_widget_get_visible (child (f, "image_box")));
  g_assert_nonnull (gtk_picture_get_paintable (child (f, "image_picture_1")));
  g_assert_true (gtk_widget_get_visible (gtk_widget_get_first_child (child (f, "image_bars_0"))));
  ph_compare_page_show_image (f->page, bad);
  WAIT_FOR (f->toast != NULL);
  g_assert_nonnull (strstr (f->toast, "none.png"));
}

static void
test_report (Fixture *f, gconstpointer unused)
{
  g_autofree char *path = g_build_filename (folder, "report.html", NULL);
  g_autofree char *nowhere = g_build_filename (folder, "missing", "report.html", NULL);
  g_autofree char *page = NULL;

  open_other (f);
  gtk_drop_down_set_selected (child (f, "layer_drop"), 1);
  ph_compare_page_save_report (f->page, path);
  WAIT_FOR (f->toast != NULL);
  g_assert_nonnull (strstr (f->toast, "report.html"));
  g_assert_true (g_file_get_contents (path, &page, NULL, NULL));
  g_assert_nonnull (strstr (page, "tiny → changed"));
  g_assert_nonnull (strstr (page, "data:image/png;base64,"));
  g_clear_pointer (&f->toast, g_free);
  ph_compare_page_save_report (f->page, nowhere);
  WAIT_FOR (f->toast != NULL);
  g_assert_nonnull (strstr (f->toast, "missing"));
}

static void
test_figures (Fixture *f, gconstpointer unused)
{
  g_autofree char *figures = g_build_filename (folder, "figures", NULL);
  g_autofree char *layers = g_build_filename (figures, "layers.png", NULL);
  g_autoptr (GDir) dir = NULL;
  guint n = 0;
  const char *name;

  open_other (f);
  ph_compare_page_save_figures (f->page, figures);
  WAIT_FOR (f->toast != NULL);
  g_assert_nonnull (strstr (f->toast, "figures"));
  g_assert_true (g_file_test (layers, G_FILE_TEST_IS_REGULAR));
  dir = g_dir_open (figures, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    n += g_str_has_prefix (name, "unit-") && !g_str_has_suffix (name, "-a.png") &&
         !g_str_has_suffix (name, "-b.png");
  g_assert_cmpuint (n, >, 0);
}

/* The epochs of the training that the second network comes from. */
static void
test_epochs (Fixture *f, gconstpointer unused)
{
  g_autofree char *start = ph_training_dup_epoch_path (folder, 0);
  g_autofree char *first = ph_training_dup_epoch_path (folder, 1);
  g_autofree char *epochs = g_path_get_dirname (start);
  g_autofree char *film = g_build_filename (folder, "film.gif", NULL);
  g_autofree char *content = NULL;
  GtkRange *scale = child (f, "epoch_scale");
  gsize size;

  open_other (f);
  g_assert_false (gtk_widget_get_visible (child (f, "epoch_box")));
  g_assert_true (ph_folder_make (epochs, 0700, NULL));
  g_assert_true (g_file_get_contents (f->path, &content, &size, NULL));
  g_assert_true (g_file_set_contents (first, content, (gssize)size, NULL));
  g_assert_true (ph_onnx_export (ph_model_get_graph (f->model), ph_model_get_preprocess (f->model),
                                 NULL, NULL, NULL, start, NULL));

  ph_page_set_model (PH_PAGE (f->page), NULL);
  open_other (f);
  g_assert_true (gtk_widget_get_visible (child (f, "epoch_box")));
  WAIT_FOR (ph_queue_is_idle (f->queue));
  g_assert_cmpfloat (gtk_adjustment_get_upper (gtk_range_get_adjustment (scale)), ==, 2);
  g_assert_null (strstr (gtk_label_get_text (child (f, "caption_1")), "before"));
  gtk_range_set_value (scale, 0);
  g_assert_cmpstr (gtk_label_get_text (child (f, "epoch_label")), ==, "before learning");
  WAIT_FOR (strstr (gtk_label_get_text (child (f, "caption_1")), "before") != NULL);
  WAIT_FOR (ph_queue_is_idle (f->queue));
  gtk_range_set_value (scale, 1);
  WAIT_FOR (strstr (gtk_label_get_text (child (f, "caption_1")), "epoch 1") != NULL);
  WAIT_FOR (ph_queue_is_idle (f->queue));

  ph_compare_page_save_epochs (f->page, film);
  WAIT_FOR (f->toast != NULL);
  g_assert_nonnull (strstr (f->toast, "film.gif"));
  g_clear_pointer (&content, g_free);
  g_assert_true (g_file_get_contents (film, &content, NULL, NULL));
  g_assert_true (g_str_has_prefix (content, "GIF89a"));
}

static char *
make_images (void)
{
  char *path = g_build_filename (folder, "images", NULL);

  for (guint i = 0; i < N_IMAGES; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s/%s/%02u.png", path, i % 2 ? "odd" : "even", i);
      g_autofree char *parent = g_path_get_dirname (name);
      g_autoptr (PhImage) image = ph_image_new (3, 20, 28, NULL);
      PhRng rng;

      ph_rng_init (&rng, i, 1);
      for (gsize j = 0; j < ph_image_n_values (image); j++)
        image->data[j] = (float)ph_rng_uniform (&rng, 0, j / 560 == i % 2 ? 1 : 0.4);
      g_assert_true (ph_folder_make (parent, 0700, NULL));
      g_assert_true (ph_png_save_image (name, image, NULL, NULL));
    }
  return path;
}

static void
test_images (Fixture *f, gconstpointer unused)
{
  g_autofree char *images = make_images ();
  g_autofree char *name = NULL;
  g_autofree char *verdict = NULL;
  guint n_all;

  open_other (f);
  n_all = g_list_model_get_n_items (units (f));
  g_assert_cmpuint (n_all, >, 10);
  ph_compare_page_set_images (f->page, images);
  g_assert_cmpstr (text_of (f, "images_label"), ==, "images");
  activate (f, "page.compare-images");
  WAIT_FOR (g_str_has_prefix (text_of (f, "summary_label"), "On 24 images") &&
            ph_queue_is_idle (f->queue));
  /* Behind its pool it is dead too. */
  g_assert_nonnull (strstr (text_of (f, "summary_label"), "2 died"));

  /* The one that died, alone in its list, and its examples. */
  gtk_drop_down_set_selected (child (f, "layer_drop"), 1);
  gtk_drop_down_set_selected (child (f, "measure_drop"), 0);
  gtk_drop_down_set_selected (child (f, "verdict_drop"), PH_VERDICT_DIED);
  g_assert_cmpuint (g_list_model_get_n_items (units (f)), ==, 1);
  name = property_of (f, 0, "name");
  verdict = property_of (f, 0, "verdict");
  g_assert_cmpstr (name, ==, "relu1:0");
  g_assert_cmpstr (verdict, ==, "died");
  g_signal_emit_by_name (child (f, "list_view"), "activate", 0);
  g_assert_cmpstr (text_of (f, "unit_label"), ==, "relu1:0");
  WAIT_FOR (gtk_widget_get_first_child (child (f, "strip_0")) != NULL &&
            ph_queue_is_idle (f->queue));
  g_assert_cmpstr (gtk_stack_get_visible_child_name (child (f, "histogram_stack")), ==, "plot");
  g_assert_nonnull (strstr (text_of (f, "map_label"), "CKA"));

  /* Neither network knows "odd" and "even": right is what the first one says. */
  activate (f, "page.measure-way");
  WAIT_FOR (gtk_widget_get_visible (child (f, "way_plot")));
  g_assert_nonnull (strstr (text_of (f, "way_label"), "24 images"));

  /* Thresholds move without looking at the images again. */
  gtk_drop_down_set_selected (child (f, "layer_drop"), 0);
  gtk_drop_down_set_selected (child (f, "verdict_drop"), PH_VERDICT_UNKNOWN);
  g_assert_cmpuint (g_list_model_get_n_items (units (f)), ==, n_all);
}

int
main (int argc, char **argv)
{
  g_autofree char *cache = NULL;
  const char *remove[] = { "rm", "-rf", NULL, NULL };
  int result;

  folder = g_dir_make_tmp ("phosphene-XXXXXX", NULL);
  cache = g_build_filename (folder, "cache", NULL);
  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
#define TEST(name, function)                                                                       \
  g_test_add ("/compare-page/" name, Fixture, NULL, set_up, function, tear_down)
  TEST ("opens", test_opens);
  TEST ("bad-file", test_bad_file);
  TEST ("pictures", test_pictures);
  TEST ("looks", test_looks);
  TEST ("blend", test_blend);
  TEST ("difference", test_difference);
  TEST ("image", test_image);
  TEST ("report", test_report);
  TEST ("figures", test_figures);
  TEST ("images", test_images);
  TEST ("epochs", test_epochs);
#undef TEST
  result = g_test_run ();
  remove[2] = folder;
  g_spawn_sync (NULL, (char **)remove, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                NULL);
  g_free (folder);
  return result;
}
