/* The embedding page with a tiny autoencoder and a few drawn faces: reconstruction, bars that are
 * moved, noise, paths, directions; other encoders; what is wrong is told on the page. */

#include <adwaita.h>
#include <glib/gstdio.h>

#include "ui/code-bars.h"
#include "ui/embedding-page-private.h"
#include "ui/picture-pane.h"
#include "ui/plot.h"

#define NET                                                                                        \
  "input 3 16 16\nconv 5 3x3, relu, maxpool 2\nbottleneck\n"                                       \
  "dense 64, relu, reshape 4 4 4, unpool 4, conv 5 3x3, relu\nreconstruction\n"
#define FACES "world:faces, images 40, seed 5, size 16"

typedef struct
{
  GtkWidget *window; /* owned until destroyed */
  PhEmbeddingPage *page;
  PhQueue *queue; /* owned */
  PhModel *model; /* owned */
  char *folder;   /* owned */
  char *toast;    /* owned: the last one */
} Fixture;

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

static PhModel *
make_model (Fixture *f)
{
  PhArchitectureSizes sizes = { .n_classes = 4, .bottleneck = 7, .seed = 3 };
  PhPreprocess preprocess = {
    .channels = 3, .height = 16, .width = 16, .scale = 1, .std = { 1, 1, 1 }
  };
  g_autofree char *path = g_build_filename (f->folder, "tiny.onnx", NULL);
  g_autoptr (GError) error = NULL;
  PhShape input;
  g_autoptr (PhGraph) graph = ph_architecture_build (NET, "tiny", &sizes, &input, &error);
  PhModel *model;

  g_assert_no_error (error);
  g_assert_true (ph_onnx_export (graph, &preprocess, NULL, NULL, NULL, path, &error));
  model = ph_model_load (path, NULL, &error);
  g_assert_no_error (error);
  return model;
}

static void
set_up (Fixture *f, gconstpointer unused)
{
  const GActionEntry entries[] = { { "toast", on_toast, "s" } };
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();

  f->queue = ph_queue_new ();
  f->folder = g_dir_make_tmp ("phosphene-XXXXXX", NULL);
  f->model = make_model (f);
  f->window = gtk_window_new ();
  f->page = PH_EMBEDDING_PAGE (ph_embedding_page_new ());
  ph_page_set_queue (PH_PAGE (f->page), f->queue);
  ph_page_set_model (PH_PAGE (f->page), f->model);
  gtk_window_set_default_size (GTK_WINDOW (f->window), 900, 600);
  gtk_window_set_child (GTK_WINDOW (f->window), GTK_WIDGET (f->page));
  g_action_map_add_action_entries (G_ACTION_MAP (group), entries, G_N_ELEMENTS (entries), f);
  gtk_widget_insert_action_group (f->window, "win", G_ACTION_GROUP (group));
  gtk_window_present (GTK_WINDOW (f->window));
  ph_page_enter (PH_PAGE (f->page));
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *inner = g_build_filename (path, name, NULL);

      remove_tree (inner);
    }
  g_remove (path);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  ph_page_leave (PH_PAGE (f->page));
  gtk_window_destroy (GTK_WINDOW (f->window));
  ph_queue_cancel_all (f->queue);
  WAIT_FOR (ph_queue_is_idle (f->queue));
  for (guint i = 0; i < 40; i++)
    spin ();
  g_assert_finalize_object (f->queue);
  g_assert_finalize_object (f->model);
  remove_tree (f->folder);
  g_free (f->folder);
  g_free (f->toast);
}

static void
act (Fixture *f, const char *action, GVariant *parameter)
{
  g_autoptr (GVariant) held = parameter != NULL ? g_variant_ref_sink (parameter) : NULL;

  g_assert_true (gtk_widget_activate_action_variant (GTK_WIDGET (f->page), action, held));
}

static gboolean
has_state (Fixture *f, const char *state)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (f->page->states), state) == 0;
}

static gpointer
child (Fixture *f, const char *view, const char *name)
{
  PhEmbeddingView *widget = ph_embedding_page_find_view (f->page, view);

  return gtk_widget_get_template_child (GTK_WIDGET (widget), G_OBJECT_TYPE (widget), name);
}

static void
open_faces (Fixture *f)
{
  act (f, "page.use-images", g_variant_new_string (FACES));
  WAIT_FOR (has_state (f, "ready"));
}

static gboolean
is_drawn (Fixture *f, const char *view, const char *pane)
{
  return ph_picture_pane_get_paintable (child (f, view, pane)) != NULL;
}

/* The pixels of a picture that is shown. */
static GBytes *
dup_pixels (Fixture *f, const char *view, const char *pane)
{
  GdkPaintable *paintable = ph_picture_pane_get_paintable (child (f, view, pane));
  GdkTexture *texture = GDK_TEXTURE (paintable);
  gsize stride = 4 * (gsize)gdk_texture_get_width (texture);
  gsize n = stride * (gsize)gdk_texture_get_height (texture);
  guchar *data = g_malloc (n);

  gdk_texture_download (texture, data, stride);
  return g_bytes_new_take (data, n);
}

static gboolean
shows (Fixture *f, const char *view, const char *pane, GBytes *pixels)
{
  g_autoptr (GBytes) now = dup_pixels (f, view, pane);

  return g_bytes_equal (now, pixels);
}

/* An image, what comes back of it, and that again with a number of the embedding changed. */
static void
test_reconstruct (Fixture *f, gconstpointer unused)
{
  g_autoptr (GBytes) before = NULL;
  PhCodeBars *bars;
  float value;

  g_assert_true (has_state (f, "empty"));
  open_faces (f);
  WAIT_FOR (is_drawn (f, "reconstruct", "mended"));
  g_assert_true (is_drawn (f, "reconstruct", "original"));
  g_assert_true (is_drawn (f, "reconstruct", "difference"));
  g_assert_nonnull (strstr (ph_picture_pane_get_fact (child (f, "reconstruct", "mended")), "PSNR"));
  bars = child (f, "reconstruct", "bars");
  g_assert_cmpuint (ph_code_bars_get_n (bars), ==, 7);
  value = ph_code_bars_get_value (bars, 2);
  g_assert_cmpfloat_with_epsilon (value, ph_embedding_get_vector (f->page->embedding, 0)[2], 1e-4);

  before = dup_pixels (f, "reconstruct", "mended");
  act (f, "page.set-bar", g_variant_new ("(ud)", 2, (double)value + 5));
  WAIT_FOR (!shows (f, "reconstruct", "mended", before));
  g_assert_cmpfloat (ph_code_bars_get_value (bars, 2), ==, value + 5);
  act (f, "page.reset-picture", NULL);
  WAIT_FOR (shows (f, "reconstruct", "mended", before));
  g_assert_cmpfloat (ph_code_bars_get_value (bars, 2), ==, value);

  act (f, "page.look-at", g_variant_new_uint32 (9));
  WAIT_FOR (!shows (f, "reconstruct", "mended", before));
  g_assert_cmpint (ph_dataset_strip_get_selected (f->page->strip), ==, 9);
}

/* The same along a principal direction: moving it there and back changes nothing. */
static void
test_directions_of_bars (Fixture *f, gconstpointer unused)
{
  g_autoptr (GBytes) before = NULL;
  PhCodeBars *bars;
  float value;

  open_faces (f);
  WAIT_FOR (is_drawn (f, "reconstruct", "mended"));
  WAIT_FOR (gtk_widget_get_sensitive (child (f, "reconstruct", "bars_drop")));
  before = dup_pixels (f, "reconstruct", "mended");
  act (f, "page.show-bars", g_variant_new_string ("directions"));
  bars = child (f, "reconstruct", "bars");
  value = ph_code_bars_get_value (bars, 0);
  act (f, "page.set-bar", g_variant_new ("(ud)", 0, (double)value + 8));
  WAIT_FOR (!shows (f, "reconstruct", "mended", before));
  g_assert_cmpfloat_with_epsilon (ph_code_bars_get_value (bars, 0), value + 8, 1e-3);
  act (f, "page.set-bar", g_variant_new ("(ud)", 0, (double)value));
  WAIT_FOR (shows (f, "reconstruct", "mended", before));
}

static void
test_noise (Fixture *f, gconstpointer unused)
{
  GtkWidget *spoiled;
  g_autoptr (GBytes) first = NULL;

  open_faces (f);
  WAIT_FOR (is_drawn (f, "reconstruct", "mended"));
  spoiled = child (f, "reconstruct", "spoiled");
  g_assert_false (gtk_widget_get_visible (spoiled));
  act (f, "page.set-noise", g_variant_new ("(sd)", "gaussian", 0.3));
  WAIT_FOR (gtk_widget_get_visible (spoiled));
  g_assert_nonnull (strstr (ph_picture_pane_get_fact (PH_PICTURE_PANE (spoiled)), "PSNR"));
  first = dup_pixels (f, "reconstruct", "spoiled");
  act (f, "page.renew-noise", NULL);
  WAIT_FOR (!shows (f, "reconstruct", "spoiled", first));
  act (f, "page.set-noise", g_variant_new ("(sd)", "none", 0.0));
  WAIT_FOR (!gtk_widget_get_visible (spoiled));
}

/* A path begins with what comes back of the first image and ends with that of the last. */
static void
test_interpolate (Fixture *f, gconstpointer unused)
{
  g_autofree char *strip = g_build_filename (f->folder, "strip.png", NULL);
  g_autofree char *film = g_build_filename (f->folder, "walk.gif", NULL);
  g_autoptr (GBytes) first = NULL, faded = NULL;
  g_autoptr (PhImage) saved = NULL;

  open_faces (f);
  WAIT_FOR (is_drawn (f, "reconstruct", "mended"));
  first = dup_pixels (f, "reconstruct", "mended");
  act (f, "page.set-steps", g_variant_new_uint32 (5));
  act (f, "page.set-corner", g_variant_new ("(uu)", 1, 9));
  act (f, "page.set-position", g_variant_new_double (0));
  WAIT_FOR (is_drawn (f, "interpolate", "drawn") && shows (f, "interpolate", "drawn", first));
  faded = dup_pixels (f, "interpolate", "faded");
  g_assert_true (shows (f, "interpolate", "pane_0", faded));
  act (f, "page.set-position", g_variant_new_double (1));
  WAIT_FOR (!shows (f, "interpolate", "drawn", first));
  g_assert_true (gtk_widget_get_visible (child (f, "interpolate", "trait_box")));

  act (f, "page.save-path", g_variant_new ("(ss)", "strip", strip));
  WAIT_FOR (f->toast != NULL && strstr (f->toast, "strip.png") != NULL);
  saved = ph_image_load (strip, NULL);
  g_assert_cmpuint (saved->width, ==, 5 * 16 + 4 * 2);
  act (f, "page.save-path", g_variant_new ("(ss)", "gif", film));
  WAIT_FOR (f->toast != NULL && strstr (f->toast, "walk.gif") != NULL);

  act (f, "page.pause", NULL);
  act (f, "page.set-corners", g_variant_new_uint32 (4));
  WAIT_FOR (!gtk_widget_get_visible (child (f, "interpolate", "sheet")));
  act (f, "page.set-path", g_variant_new_string ("spherical"));
}

static void
test_directions (Fixture *f, gconstpointer unused)
{
  g_autoptr (GBytes) before = NULL;
  GtkStack *stack;

  open_faces (f);
  act (f, "page.show-view", g_variant_new_string ("directions"));
  stack = child (f, "directions", "stack");
  WAIT_FOR (g_strcmp0 (gtk_stack_get_visible_child_name (stack), "ready") == 0);
  WAIT_FOR (is_drawn (f, "directions", "changed"));
  before = dup_pixels (f, "directions", "changed");
  act (f, "page.set-direction", g_variant_new ("(sd)", "glasses", 2.0));
  WAIT_FOR (!shows (f, "directions", "changed", before));
  act (f, "page.reset-picture", NULL);
  WAIT_FOR (shows (f, "directions", "changed", before));
}

/* Principal components draw, pixels and layers do not; going to another encoder keeps the image. */
static void
test_encoders (Fixture *f, gconstpointer unused)
{
  open_faces (f);
  act (f, "page.look-at", g_variant_new_uint32 (4));
  act (f, "page.use-encoder", g_variant_new_string ("pca"));
  WAIT_FOR (has_state (f, "ready"));
  g_assert_cmpuint (ph_embedding_get_size (f->page->embedding), ==, 39);
  g_assert_cmpint (f->page->looked, ==, 4);
  WAIT_FOR (is_drawn (f, "reconstruct", "mended"));
  act (f, "page.use-encoder", g_variant_new_string ("pixels"));
  WAIT_FOR (has_state (f, "ready"));
  g_assert_true (gtk_widget_get_visible (child (f, "reconstruct", "no_decoder")));
  act (f, "page.use-encoder", g_variant_new_string ("network"));
  WAIT_FOR (has_state (f, "ready"));
  act (f, "page.use-layer", g_variant_new_string ("conv1"));
  WAIT_FOR (has_state (f, "ready"));
  g_assert_cmpuint (ph_embedding_get_size (f->page->embedding), ==, 5);
  g_assert_true (gtk_widget_get_visible (child (f, "reconstruct", "no_decoder")));

  /* Without a decoder the way leads over images of the set. */
  act (f, "page.show-view", g_variant_new_string ("interpolate"));
  WAIT_FOR (is_drawn (f, "interpolate", "drawn"));
}

/* A folder that is not there, a network that is none, a picture that cannot be read: said, and one
 * can go back. */
static void
test_wrong (Fixture *f, gconstpointer unused)
{
  g_autofree char *nowhere = g_build_filename (f->folder, "nowhere", NULL);
  g_autofree char *broken = g_build_filename (f->folder, "broken.onnx", NULL);

  act (f, "page.use-images", g_variant_new_string (nowhere));
  WAIT_FOR (has_state (f, "failed"));
  g_assert_nonnull (strstr (adw_status_page_get_description (f->page->failed), "nowhere"));
  g_assert_false (gtk_widget_get_visible (f->page->failed_back));
  act (f, "page.stop", NULL);
  g_assert_true (has_state (f, "empty"));

  open_faces (f);
  g_assert_true (g_file_set_contents (broken, "no network", -1, NULL));
  act (f, "page.use-encoder", g_variant_new_string (broken));
  WAIT_FOR (has_state (f, "failed"));
  g_assert_nonnull (strstr (adw_status_page_get_description (f->page->failed), "broken"));
  act (f, "page.stop", NULL);
  g_assert_true (has_state (f, "ready"));
  act (f, "page.open-image", g_variant_new_string (broken));
  WAIT_FOR (f->toast != NULL && strstr (f->toast, "broken.onnx") != NULL);
  act (f, "page.close-images", NULL);
  g_assert_true (has_state (f, "empty"));
}

int
main (int argc, char **argv)
{
  const struct
  {
    const char *name;
    void (*run) (Fixture *f, gconstpointer unused);
  } tests[] = {
    { "reconstruct", test_reconstruct },
    { "directions-of-bars", test_directions_of_bars },
    { "noise", test_noise },
    { "interpolate", test_interpolate },
    { "directions", test_directions },
    { "encoders", test_encoders },
    { "wrong", test_wrong },
  };

  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strdup_printf ("/embedding-page/%s", tests[i].name);

      g_test_add (path, Fixture, NULL, set_up, tests[i].run, tear_down);
    }
  return g_test_run ();
}
