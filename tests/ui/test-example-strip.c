/* The strip of examples: without images, before and after a scan, its looks, its file. */

#include <adwaita.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "tests/support/tiny-network.h"
#include "ui/active-units.h"
#include "ui/example-strip.h"
#include "ui/strip-job.h"
#include "ui/unit-model.h"
#include "ui/unit-order.h"

#define N_IMAGES 24

typedef struct
{
  GtkWidget *window;
  PhExampleStrip *strip;
  PhQueue *queue; /* owned */
  PhModel *model; /* owned */
  char *folder;   /* owned: of images */
  char *images;   /* owned: what is scanned: the folder, or a file in it */
  char *opened;   /* owned: what a click asked to open */
} Fixture;

static void
on_open_image (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  Fixture *f = data;

  g_free (f->opened);
  f->opened = g_variant_dup_string (parameter, NULL);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  const GActionEntry entries[] = { { "open-image", on_open_image, "s" } };
  g_autoptr (GSimpleActionGroup) actions = g_simple_action_group_new ();

  g_action_map_add_action_entries (G_ACTION_MAP (actions), entries, 1, f);
  f->folder = g_dir_make_tmp ("phosphene-strip-XXXXXX", NULL);
  for (guint i = 0; i < N_IMAGES; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s/%02u.png", i % 2 ? "odd" : "even", i);
      g_autofree char *path = g_build_filename (f->folder, name, NULL);
      g_autofree char *parent = g_path_get_dirname (path);
      g_autoptr (PhImage) image = ph_image_new (3, 20, 28, NULL);
      PhRng rng;

      ph_rng_init (&rng, i, 0);
      for (gsize j = 0; j < ph_image_n_values (image); j++)
        image->data[j] = (float)ph_rng_uniform (&rng, 0, 1);
      g_mkdir_with_parents (parent, 0700);
      g_assert_true (ph_png_save_image (path, image, NULL, NULL));
    }
  f->images = g_strdup (f->folder);
  f->model = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  f->queue = ph_queue_new ();
  f->strip = g_object_new (PH_TYPE_EXAMPLE_STRIP, NULL);
  ph_example_strip_set_queue (f->strip, f->queue);
  f->window = gtk_window_new ();
  gtk_widget_insert_action_group (f->window, "win", G_ACTION_GROUP (actions));
  gtk_window_set_default_size (GTK_WINDOW (f->window), 900, 300);
  gtk_window_set_child (GTK_WINDOW (f->window), GTK_WIDGET (f->strip));
  gtk_window_present (GTK_WINDOW (f->window));
}

static void
wait_until_idle (Fixture *f)
{
  while (!ph_queue_is_idle (f->queue))
    g_main_context_iteration (NULL, TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  const char *argv[] = { "rm", "-rf", f->folder, NULL };

  ph_queue_cancel_all (f->queue);
  gtk_window_destroy (GTK_WINDOW (f->window));
  wait_until_idle (f);
  g_object_unref (f->queue);
  g_object_unref (f->model);
  g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
  g_free (f->folder);
  g_free (f->images);
  g_free (f->opened);
}

static void
show (Fixture *f, const char *name)
{
  PhUnit unit;

  g_assert_true (ph_unit_parse (f->model, name, &unit, NULL));
  ph_example_strip_show (f->strip, f->model, &unit);
}

/* The text of the first label below @widget that has the class. */
static const char *
find_text (GtkWidget *widget, const char *css)
{
  if (GTK_IS_LABEL (widget) && gtk_widget_has_css_class (widget, css) &&
      gtk_label_get_ellipsize (GTK_LABEL (widget)) == PANGO_ELLIPSIZE_END)
    return gtk_label_get_text (GTK_LABEL (widget));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      const char *text = find_text (child, css);

      if (text != NULL)
        return text;
    }
  return NULL;
}

static void
assert_status (Fixture *f, const char *words)
{
  const char *text = find_text (GTK_WIDGET (f->strip), "dim-label");

  g_assert_nonnull (text);
  if (strstr (text, words) == NULL)
    g_error ("expected “%s” in “%s”", words, text);
}

static void
scan_for (Fixture *f, const PhUnit *unit)
{
  g_autoptr (PhJob) job = ph_scan_job_new (f->model, f->images, unit);

  ph_example_strip_set_scan (f->strip, job);
  ph_queue_add (f->queue, job, PH_LANE_LONG);
  wait_until_idle (f);
  g_assert_cmpint (ph_job_get_state (job), ==, PH_JOB_DONE);
}

static void
scan (Fixture *f)
{
  scan_for (f, NULL);
}

static void
test_states (Fixture *f, gconstpointer data)
{
  show (f, "relu2:3");
  wait_until_idle (f);
  assert_status (f, "Choose images");

  ph_example_strip_set_images (f->strip, f->folder);
  wait_until_idle (f);
  assert_status (f, "not scanned");
  g_assert_cmpuint (ph_example_strip_get_n_cells (f->strip), ==, 0);

  scan (f);
  assert_status (f, "24 images");
  /* 4 lowest, 5 across the range, 9 highest */
  g_assert_cmpuint (ph_example_strip_get_n_cells (f->strip), ==, 18);

  show (f, "class:bee");
  wait_until_idle (f);
  g_assert_cmpuint (ph_example_strip_get_n_cells (f->strip), ==, 18);

  /* A convolution has the examples of its activation function, and says so. */
  show (f, "conv1:2");
  wait_until_idle (f);
  g_assert_cmpuint (ph_example_strip_get_n_cells (f->strip), ==, 18);
  assert_status (f, "relu1");

  /* A layer has none. */
  show (f, "relu1");
  wait_until_idle (f);
  g_assert_cmpuint (ph_example_strip_get_n_cells (f->strip), ==, 0);
}

static void
test_looks_and_file (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->folder, "strip.png", NULL);
  g_autofree char *nowhere = g_build_filename (f->folder, "missing", "strip.png", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PhImage) plain = NULL;
  g_autoptr (PhImage) glowing = NULL;
  gsize n_different = 0;

  show (f, "relu2:3");
  ph_example_strip_set_images (f->strip, f->folder);
  wait_until_idle (f);
  scan (f);
  for (gint64 end = g_get_monotonic_time () + 300000; g_get_monotonic_time () < end;)
    g_main_context_iteration (NULL, FALSE);
  g_assert_true (ph_example_strip_export (f->strip, path, &error));
  g_assert_no_error (error);
  plain = ph_image_load (path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (plain->width, >, 18 * 88);

  g_object_set (f->strip, "whole", TRUE, "glow", TRUE, NULL);
  g_assert_true (ph_example_strip_export (f->strip, path, &error));
  glowing = ph_image_load (path, &error);
  g_assert_cmpuint (ph_image_n_values (glowing), ==, ph_image_n_values (plain));
  for (gsize i = 0; i < ph_image_n_values (plain); i++)
    n_different += plain->data[i] != glowing->data[i];
  g_assert_cmpuint (n_different, >, ph_image_n_values (plain) / 20);

  g_assert_false (ph_example_strip_export (f->strip, nowhere, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
}

/* Neurons are scanned by their place. */
static void
test_neuron (Fixture *f, gconstpointer data)
{
  PhUnit unit;

  ph_example_strip_set_images (f->strip, f->folder);
  scan (f);
  show (f, "relu2:3:1,2");
  wait_until_idle (f);
  assert_status (f, "row 1, column 2 are not scanned");
  g_assert_cmpuint (ph_example_strip_get_n_cells (f->strip), ==, 0);

  g_assert_true (ph_unit_parse (f->model, "conv2:3:1,2", &unit, NULL));
  scan_for (f, &unit);
  assert_status (f, "24 images");
  g_assert_cmpuint (ph_example_strip_get_n_cells (f->strip), ==, 18);
  show (f, "relu2:4:1,2");
  wait_until_idle (f);
  g_assert_cmpuint (ph_example_strip_get_n_cells (f->strip), ==, 18);
  show (f, "relu2:4:0,0");
  wait_until_idle (f);
  g_assert_cmpuint (ph_example_strip_get_n_cells (f->strip), ==, 0);
}

/* The first button below @widget that shows an example. */
static GtkWidget *
find_cell (GtkWidget *widget)
{
  if (gtk_widget_has_css_class (widget, "ph-example"))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *cell = find_cell (child);

      if (cell != NULL)
        return cell;
    }
  return NULL;
}

/* A file is opened as it is; what lies in a file with others becomes one. */
static void
test_open (Fixture *f, gconstpointer data)
{
  const guint8 header[] = { 0, 0, 8, 3, 0, 0, 0, N_IMAGES, 0, 0, 0, 20, 0, 0, 0, 28 };
  g_autoptr (GByteArray) idx = g_byte_array_new ();
  g_autoptr (PhImage) image = NULL;
  g_autoptr (GError) error = NULL;
  guint8 most = 0;

  show (f, "relu2:3");
  ph_example_strip_set_images (f->strip, f->folder);
  scan (f);
  g_signal_emit_by_name (find_cell (GTK_WIDGET (f->strip)), "clicked");
  g_assert_true (g_str_has_prefix (f->opened, f->folder));

  g_byte_array_append (idx, header, sizeof header);
  for (guint i = 0; i < N_IMAGES * 20 * 28; i++)
    {
      guint8 pixel = (guint8)g_test_rand_int_range (0, 256);

      g_byte_array_append (idx, &pixel, 1);
    }
  g_free (f->images);
  f->images = g_build_filename (f->folder, "images-idx3-ubyte", NULL);
  g_assert_true (g_file_set_contents (f->images, (char *)idx->data, idx->len, NULL));
  ph_example_strip_set_images (f->strip, f->images);
  scan (f);
  g_signal_emit_by_name (find_cell (GTK_WIDGET (f->strip)), "clicked");
  wait_until_idle (f);
  g_assert_true (g_str_has_suffix (f->opened, ".png"));
  image = ph_image_load (f->opened, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (image->height, ==, 20);
  g_assert_cmpuint (image->width, ==, 28);
  for (guint i = 0; i < 20 * 28; i++)
    most = MAX (most, (guint8)lroundf (255 * image->data[i]));
  g_assert_cmpuint (most, >, 200);
}

static guint
count_cells (GtkWidget *widget, const char *css)
{
  guint n = gtk_widget_has_css_class (widget, css);

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n += count_cells (child, css);
  return n;
}

static void
run_for (guint milliseconds)
{
  gint64 end = g_get_monotonic_time () + milliseconds * 1000;

  while (g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, FALSE);
}

/* Beside the units that are active at a place: the images that excite each most. */
static void
test_beside_units (Fixture *f, gconstpointer data)
{
  PhActiveUnits *units = g_object_new (PH_TYPE_ACTIVE_UNITS, NULL);
  const PhActive top[] = { { 3, 2 }, { 5, 1.5f }, { 0, 1 } };
  guint layer = (guint)ph_model_find_layer (f->model, "relu2");

  gtk_window_set_child (GTK_WINDOW (f->window), GTK_WIDGET (units));
  ph_active_units_set_queue (units, f->queue);
  ph_active_units_set_active (units, TRUE);
  ph_active_units_show (units, f->model, layer, top, 3);
  ph_active_units_set_images (units, f->images);
  run_for (400);
  wait_until_idle (f);
  g_assert_cmpuint (count_cells (GTK_WIDGET (units), "ph-small-example"), ==, 0); /* no scan yet */

  g_autoptr (PhJob) job = ph_scan_job_new (f->model, f->images, NULL);

  ph_queue_add (f->queue, job, PH_LANE_LONG);
  wait_until_idle (f);
  ph_active_units_set_images (units, f->images);
  run_for (400);
  wait_until_idle (f);
  g_assert_cmpuint (count_cells (GTK_WIDGET (units), "ph-small-example"), ==, 3 * 5);

  /* The same units again, as while a picture is painted on: nothing is read anew. */
  ph_active_units_show (units, f->model, layer, top, 3);
  g_assert_cmpuint (count_cells (GTK_WIDGET (units), "ph-small-example"), ==, 3 * 5);
  ph_active_units_show (units, f->model, layer, top, 2);
  g_assert_cmpuint (count_cells (GTK_WIDGET (units), "ph-small-example"), ==, 0);
  run_for (400);
  wait_until_idle (f);
  g_assert_cmpuint (count_cells (GTK_WIDGET (units), "ph-small-example"), ==, 2 * 5);
}

static guint n_ordered;

static void
on_ordered (PhUnitOrder *order)
{
  n_ordered++;
}

/* A layer's units by what the scan found. */
static void
test_order (Fixture *f, gconstpointer data)
{
  PhUnitOrder *order = g_object_ref_sink (g_object_new (PH_TYPE_UNIT_ORDER, NULL));
  GtkDropDown *by = GTK_DROP_DOWN (gtk_widget_get_first_child (GTK_WIDGET (order)));
  GtkDropDown *of = GTK_DROP_DOWN (gtk_widget_get_next_sibling (GTK_WIDGET (by)));
  int layer = ph_model_find_layer (f->model, "relu2");
  g_autoptr (PhUnitModel) units = ph_unit_model_new (f->model, layer);
  g_autoptr (PhDataset) dataset = ph_dataset_open (f->folder, NULL, NULL);
  g_autofree char *folder = ph_store_dup_folder (f->model, ph_dataset_get_identity (dataset));
  g_autoptr (PhStore) store = NULL;

  scan (f);
  store = ph_store_find (folder, "relu2", NULL);
  g_signal_connect (order, "ordered", G_CALLBACK (on_ordered), NULL);
  ph_unit_order_set_images (order, f->folder);
  ph_unit_order_show (order, f->queue, f->model, layer);
  g_assert_null (ph_unit_order_get (order));
  for (guint column = PH_COLUMN_PEAK; column <= PH_COLUMN_SELECTIVITY; column++)
    {
      g_autoptr (GArray) values = ph_store_read_layer (store, "relu2", column, 0, NULL);
      GArray *found;

      gtk_drop_down_set_selected (by, 1 + column);
      wait_until_idle (f);
      found = ph_unit_order_get (order);
      g_assert_nonnull (found);
      g_assert_cmpuint (found->len, ==, 10);
      for (guint i = 1; i < found->len; i++)
        g_assert_cmpfloat (g_array_index (values, double, g_array_index (found, guint, i - 1)), >=,
                           g_array_index (values, double, g_array_index (found, guint, i)));
      ph_unit_model_set_order (units, found);

      g_autoptr (PhUnitItem) first = g_list_model_get_item (G_LIST_MODEL (units), 0);

      g_assert_cmpuint (ph_unit_item_get_unit (first)->channel, ==,
                        g_array_index (found, guint, 0));
    }
  g_assert_cmpuint (g_list_model_get_n_items (gtk_drop_down_get_model (of)), ==, 2);
  g_assert_cmpuint (n_ordered, >=, 3);
  g_object_unref (order);
}

/* Whoever closes the window in the middle waits for nothing. */
static void
test_ends_early (Fixture *f, gconstpointer data)
{
  g_autoptr (PhJob) job = ph_scan_job_new (f->model, f->folder, NULL);

  show (f, "relu2:3");
  ph_example_strip_set_images (f->strip, f->folder);
  ph_example_strip_set_scan (f->strip, job);
  ph_queue_add (f->queue, job, PH_LANE_LONG);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add ("/example-strip/states", Fixture, NULL, set_up, test_states, tear_down);
  g_test_add ("/example-strip/looks-and-file", Fixture, NULL, set_up, test_looks_and_file,
              tear_down);
  g_test_add ("/example-strip/neuron", Fixture, NULL, set_up, test_neuron, tear_down);
  g_test_add ("/example-strip/open", Fixture, NULL, set_up, test_open, tear_down);
  g_test_add ("/example-strip/beside-units", Fixture, NULL, set_up, test_beside_units, tear_down);
  g_test_add ("/example-strip/order", Fixture, NULL, set_up, test_order, tear_down);
  g_test_add ("/example-strip/ends-early", Fixture, NULL, set_up, test_ends_early, tear_down);
  return g_test_run ();
}
