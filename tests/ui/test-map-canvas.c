/* The map of images by itself: which points are where, what is drawn of them, what pointer and keys
 * do. */

#include <adwaita.h>
#include <math.h>

#include "ui/item-pictures.h"
#include "ui/map-canvas.h"
#include "ui/map-points.h"
#include "ui/map-raster.h"

static void
spin (guint n)
{
  for (guint i = 0; i < n; i++)
    {
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_usleep (1000);
    }
}

/* Everything ends by itself when it must: no test may wait for ever. */
#define WAIT_FOR(condition)                                                                        \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gint64 patience = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;                               \
    while (!(condition))                                                                           \
      {                                                                                            \
        g_assert_cmpint (g_get_monotonic_time (), <, patience);                                    \
        spin (1);                                                                                  \
      }                                                                                            \
  }                                                                                                \
  G_STMT_END

/* Random places, some of which are none. */
static float *
make_places (guint n)
{
  float *places = g_new (float, 2 * n);

  for (guint i = 0; i < n; i++)
    {
      places[2 * i] = i % 7 == 3 ? NAN : (float)g_test_rand_double_range (-3, 5);
      places[2 * i + 1] = (float)g_test_rand_double_range (10, 12);
    }
  return places;
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  return (int)*(const guint *)a - (int)*(const guint *)b;
}

static gboolean
lies_inside (const double *corners, guint n, double x, double y)
{
  double turns = 0; /* of the corners around the place */

  for (guint i = 0; i < n; i++)
    {
      const double *a = corners + 2 * i, *b = corners + 2 * ((i + 1) % n);
      double angle = atan2 (b[1] - y, b[0] - x) - atan2 (a[1] - y, a[0] - x);

      turns += angle > G_PI ? angle - 2 * G_PI : angle < -G_PI ? angle + 2 * G_PI : angle;
    }
  return fabs (turns) > G_PI;
}

/* All that the grid finds is what looking at all finds. */
static void
test_points (void)
{
  const guint n = 500;
  g_autofree float *places = make_places (n);
  g_autoptr (PhMapPoints) points = ph_map_points_new (n, places);
  const double star[] = { 0, 10.2, 1, 11.8, 2, 10.2, -1, 11.2, 4, 11.1, 3, 10.4 };
  guint n_walked = 0, n_placed = 0;
  g_autofree guint8 *seen = g_new0 (guint8, n);

  for (guint i = 0; i < n; i++)
    n_placed += !isnan (places[2 * i]);
  g_assert_cmpuint (ph_map_points_get_n_placed (points), ==, n_placed);
  for (guint round = 0; round < 50; round++)
    {
      double x = g_test_rand_double_range (-4, 6), y = g_test_rand_double_range (9, 13);
      double w = g_test_rand_double_range (0, 4), h = g_test_rand_double_range (0, 2);
      double radius = g_test_rand_double_range (0, 1), best = radius;
      const PhMapBox box = { x, y, x + w, y + h };
      g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (guint));
      int nearest = -1;
      guint n_inside = 0;

      ph_map_points_in_box (points, &box, found);
      g_array_sort (found, compare_numbers);
      for (guint i = 0; i < n; i++)
        {
          double px = places[2 * i], py = places[2 * i + 1];

          if (px >= x && px <= x + w && py >= y && py <= y + h)
            {
              g_assert_cmpuint (n_inside, <, found->len);
              g_assert_cmpuint (g_array_index (found, guint, n_inside), ==, i);
              n_inside++;
            }
          if (hypot (px - x, py - y) <= best)
            {
              best = hypot (px - x, py - y);
              nearest = (int)i;
            }
        }
      g_assert_cmpuint (n_inside, ==, found->len);
      g_assert_cmpint (ph_map_points_find (points, x, y, radius), ==, nearest);
    }

  /* A line that crosses itself encloses what it winds around an odd number of times. */
  g_autoptr (GArray) inside = g_array_new (FALSE, FALSE, sizeof (guint));

  ph_map_points_in_polygon (points, star, 3, inside);
  g_array_sort (inside, compare_numbers);
  for (guint i = 0, at = 0; i < n; i++)
    if (!isnan (places[2 * i]) && lies_inside (star, 3, places[2 * i], places[2 * i + 1]))
      g_assert_cmpuint (g_array_index (inside, guint, at++), ==, i);
  g_array_set_size (inside, 0);
  ph_map_points_in_polygon (points, star, 2, inside);
  g_assert_cmpuint (inside->len, ==, 0);

  /* A walk visits each once, there and back. */
  for (int i = ph_map_points_step (points, -1, TRUE); i >= 0;
       i = ph_map_points_step (points, i, TRUE))
    {
      g_assert_false (seen[i]);
      seen[i] = TRUE;
      n_walked++;
    }
  g_assert_cmpuint (n_walked, ==, n_placed);
  for (int i = ph_map_points_step (points, -1, FALSE); i >= 0;
       i = ph_map_points_step (points, i, FALSE))
    n_walked--;
  g_assert_cmpuint (n_walked, ==, 0);
}

static void
test_points_alike (void)
{
  float places[] = { 2, 3, 2, 3, 2, 3, NAN, 1 };
  g_autoptr (PhMapPoints) same = ph_map_points_new (4, places);
  g_autoptr (PhMapPoints) none = ph_map_points_new (1, places + 6);
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (guint));
  const PhMapBox all = { -100, -100, 100, 100 };
  double x, y;

  ph_map_points_in_box (same, &all, items);
  g_assert_cmpuint (items->len, ==, 3);
  g_assert_cmpint (ph_map_points_find (same, 2, 3, 0), >=, 0);
  g_assert_false (ph_map_points_get_place (same, 3, &x, &y));
  ph_map_points_in_box (none, &all, items);
  g_assert_cmpuint (items->len, ==, 3);
  g_assert_cmpint (ph_map_points_find (none, 0, 0, 10), ==, -1);
  g_assert_cmpint (ph_map_points_step (none, -1, TRUE), ==, -1);
}

static guint32
get_pixel (GdkTexture *texture, guint x, guint y)
{
  const gsize stride = 4 * (gsize)gdk_texture_get_width (texture);
  g_autofree guchar *data = g_malloc (stride * (gsize)gdk_texture_get_height (texture));
  guint32 pixel;

  gdk_texture_download (texture, data, stride);
  memcpy (&pixel, data + y * stride + 4 * x, sizeof pixel);
  return pixel;
}

static PhFrame *
get_red (guint item, gpointer data)
{
  return item == 0 ? data : NULL;
}

static void
test_raster (void)
{
  const float places[] = { 1, 1, 3, 1, 3, 1 };
  const guint32 colours[] = { 0x336699, 0xff0000, 0x00ff00 };
  const guint items[] = { 0, 1, 2 };
  const guint8 marked[] = { 0, 1, 0 };
  const PhMapView view = { 40, 20, 2, 1, 10 };
  g_autoptr (PhMapPoints) points = ph_map_points_new (3, places);
  g_autofree guint8 *pixels = g_new0 (guint8, 3 * 8 * 8);
  PhMapScene scene = { points, items, 3, colours, NULL, 3, 0, NULL, NULL };
  g_autoptr (GdkTexture) dots = ph_map_raster_draw (&scene, &view);
  double left, top, x, y;

  /* The place 1, 1 is ten pixels to the left of the middle. */
  ph_map_view_to_pixel (&view, 1, 1, &left, &top);
  g_assert_cmpfloat (left, ==, 10);
  g_assert_cmpfloat (top, ==, 10);
  ph_map_view_to_place (&view, 10, 10, &x, &y);
  g_assert_cmpfloat (x, ==, 1);
  g_assert_cmpfloat (y, ==, 1);
  g_assert_cmphex (get_pixel (dots, 10, 10), ==, 0xff336699);
  g_assert_cmphex (get_pixel (dots, 10, 16), ==, 0);
  g_assert_cmphex (get_pixel (dots, 30, 10), ==, 0xff00ff00); /* the last lies above */

  /* What is marked lies above all, and the others are faint. */
  scene.marked = marked;
  g_autoptr (GdkTexture) some = ph_map_raster_draw (&scene, &view);

  g_assert_cmphex (get_pixel (some, 30, 10), ==, 0xffff0000);
  g_assert_cmphex (get_pixel (some, 10, 10) >> 24, <, 0x40);
  g_assert_cmphex (get_pixel (some, 10, 10) >> 24, >, 0x10);

  /* Pictures, as far as they are there, with a frame of their colour. */
  for (guint i = 0; i < 3 * 8 * 8; i++)
    pixels[i] = i % 3 == 0 ? 200 : 10;

  g_autoptr (GBytes) bytes = g_bytes_new_take (g_steal_pointer (&pixels), 3 * 8 * 8);
  g_autoptr (PhFrame) frame = ph_frame_new (bytes, 8, 8, 0, 0);

  scene.marked = NULL;
  scene.side = 6;
  scene.get_picture = get_red;
  scene.data = frame;

  g_autoptr (GdkTexture) pictures = ph_map_raster_draw (&scene, &view);

  g_assert_cmphex (get_pixel (pictures, 10, 10), ==, 0xffc80a0a);
  g_assert_cmphex (get_pixel (pictures, 6, 10), ==, 0xff336699);
  g_assert_cmphex (get_pixel (pictures, 4, 10), ==, 0);
  g_assert_cmphex (get_pixel (pictures, 30, 10) >> 24, <, 0x80);

  /* Far outside nothing is drawn, and nothing breaks. */
  const PhMapView away = { 40, 20, 1e6, -1e6, 10 };
  g_autoptr (GdkTexture) nothing = ph_map_raster_draw (&scene, &away);

  g_assert_cmphex (get_pixel (nothing, 20, 10), ==, 0);
}

static GtkWidget *
present (GtkWidget *widget)
{
  GtkWidget *window = gtk_window_new ();

  gtk_window_set_default_size (GTK_WINDOW (window), 500, 400);
  gtk_window_set_child (GTK_WINDOW (window), widget);
  gtk_window_present (GTK_WINDOW (window));
  WAIT_FOR (gtk_widget_get_width (widget) > 0);
  gtk_widget_grab_focus (widget);
  spin (30);
  return window;
}

static gboolean
press (GtkWidget *widget, guint key, GdkModifierType state)
{
  GListModel *controllers = gtk_widget_observe_controllers (widget);
  gboolean handled = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_EVENT_CONTROLLER_KEY (controller))
        g_signal_emit_by_name (controller, "key-pressed", key, 0, state, &handled);
    }
  g_object_unref (controllers);
  spin (1);
  return handled;
}

static void
count (GtkWidget *widget, guint *n)
{
  (*n)++;
}

static void
on_activated (PhMapCanvas *canvas, guint item, int *activated)
{
  *activated = (int)item;
}

static char *
describe (guint item, gpointer data)
{
  return g_strdup_printf ("picture %u", item);
}

static void
test_keys (void)
{
  /* Four corners and the middle. */
  const float places[] = { -1, -1, 1, -1, -1, 1, 1, 1, 0, 0 };
  GtkWidget *widget = ph_map_canvas_new ();
  PhMapCanvas *canvas = PH_MAP_CANVAS (widget);
  GtkWidget *window = present (widget);
  guint n_changes = 0, n_walked = 0;
  int activated = -1;

  g_signal_connect (canvas, "selection-changed", G_CALLBACK (count), &n_changes);
  g_signal_connect (canvas, "activated", G_CALLBACK (on_activated), &activated);
  ph_map_canvas_set_describe (canvas, describe, NULL);
  g_assert_false (press (widget, GDK_KEY_Tab, 0)); /* nothing there: the focus may go on */
  ph_map_canvas_set_places (canvas, 5, places);
  gtk_test_accessible_assert_property (widget, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                       "5 images, 0 selected");
  WAIT_FOR (ph_map_canvas_get_n_visible (canvas) == 5);

  /* y goes up: the first is at the lower left. */
  g_assert_cmpint (ph_map_canvas_lookup (canvas, gtk_widget_get_width (widget) / 2.0,
                                         gtk_widget_get_height (widget) / 2.0),
                   ==, 4);
  g_assert_cmpint (ph_map_canvas_lookup (canvas, 0, 0), ==, -1);

  while (press (widget, GDK_KEY_Tab, 0))
    n_walked++;
  g_assert_cmpuint (n_walked, ==, 5);
  g_assert_cmpint (ph_map_canvas_get_current (canvas), ==, -1);
  press (widget, GDK_KEY_Tab, 0);
  int first = ph_map_canvas_get_current (canvas);
  g_autofree char *text = describe ((guint)first, NULL);
  gtk_test_accessible_assert_property (widget, GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text);
  press (widget, GDK_KEY_Return, 0);
  g_assert_cmpint (activated, ==, first);

  press (widget, GDK_KEY_space, 0);
  g_assert_cmpuint (ph_map_canvas_get_selection (canvas)->len, ==, 1);
  gtk_test_accessible_assert_property (widget, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                       "5 images, 1 selected");
  press (widget, GDK_KEY_space, 0);
  g_assert_cmpuint (ph_map_canvas_get_selection (canvas)->len, ==, 0);

  /* Closer, only the middle is left; all in view are selected. */
  ph_map_canvas_zoom (canvas, 4, NAN, NAN);
  press (widget, GDK_KEY_a, GDK_CONTROL_MASK);
  g_assert_cmpuint (ph_map_canvas_get_selection (canvas)->len, ==, 1);
  g_assert_cmpuint (g_array_index (ph_map_canvas_get_selection (canvas), guint, 0), ==, 4);
  press (widget, GDK_KEY_Right, 0);
  g_assert_cmpint (ph_map_canvas_lookup (canvas, gtk_widget_get_width (widget) / 2.0 - 60,
                                         gtk_widget_get_height (widget) / 2.0),
                   ==, 4);
  press (widget, GDK_KEY_0, 0);
  WAIT_FOR (ph_map_canvas_get_n_visible (canvas) == 5);
  press (widget, GDK_KEY_Escape, 0);
  g_assert_cmpuint (ph_map_canvas_get_selection (canvas)->len, ==, 0);
  g_assert_false (press (widget, GDK_KEY_Escape, 0) && press (widget, GDK_KEY_Escape, 0));
  g_assert_cmpuint (n_changes, ==, 4);
  g_assert_false (press (widget, GDK_KEY_Tab, GDK_CONTROL_MASK)); /* the way out */

  /* The same number of places moves them, another one begins anew. */
  ph_map_canvas_select (canvas, &(guint){ 2 }, 1);
  ph_map_canvas_set_places (canvas, 5, places);
  g_assert_cmpuint (ph_map_canvas_get_selection (canvas)->len, ==, 1);
  ph_map_canvas_set_places (canvas, 3, places);
  g_assert_cmpuint (ph_map_canvas_get_selection (canvas)->len, ==, 0);
  ph_map_canvas_set_places (canvas, 0, NULL);
  gtk_window_destroy (GTK_WINDOW (window));
  spin (2);
}

/* Zooming keeps the place under the pointer where it is. */
static void
test_zoom (void)
{
  const float places[] = { -1, -1, 1, -1, -1, 1, 1, 1, 0, 0 };
  GtkWidget *widget = ph_map_canvas_new (), *window = present (widget);
  PhMapCanvas *canvas = PH_MAP_CANVAS (widget);
  const double width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  const double half = MIN (width, height) / 2 - 24; /* a margin is left */
  const double x = width / 2 + half, y = height / 2 - half;

  ph_map_canvas_set_places (canvas, 5, places);
  g_assert_cmpint (ph_map_canvas_lookup (canvas, x, y), ==, 3);
  for (guint i = 0; i < 10; i++)
    {
      ph_map_canvas_zoom (canvas, 1.5, x, y);
      g_assert_cmpint (ph_map_canvas_lookup (canvas, x + 1, y - 1), ==, 3);
      g_assert_cmpint (ph_map_canvas_lookup (canvas, x + 14, y), ==, -1);
    }
  WAIT_FOR (ph_map_canvas_get_n_visible (canvas) == 1);
  ph_map_canvas_set_current (canvas, 0); /* out of view: moves there */
  WAIT_FOR (ph_map_canvas_lookup (canvas, width / 2, height / 2) == 0);
  ph_map_canvas_zoom (canvas, 1e-9, NAN, NAN); /* not away from all */
  WAIT_FOR (ph_map_canvas_get_n_visible (canvas) == 5);
  gtk_window_destroy (GTK_WINDOW (window));
  spin (2);
}

/* Dots where they are many, pictures where few are in view, and those come in the background. */
static void
test_pictures (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PhDataset) dataset =
      ph_dataset_open ("world:faces, images 300, size 32", NULL, &error);
  g_autoptr (PhQueue) queue = ph_queue_new ();
  g_autoptr (PhItemPictures) pictures = NULL;
  g_autofree float *places = make_places (300);
  GtkWidget *widget = ph_map_canvas_new (), *window = present (widget);
  PhMapCanvas *canvas = PH_MAP_CANVAS (widget);

  g_assert_no_error (error);
  ph_map_canvas_set_dataset (canvas, dataset, queue);
  ph_map_canvas_set_places (canvas, 300, places);
  WAIT_FOR (ph_map_canvas_get_n_visible (canvas) > 200);
  g_assert_false (ph_map_canvas_shows_pictures (canvas));
  ph_map_canvas_set_picture_size (canvas, 16);
  WAIT_FOR (ph_map_canvas_shows_pictures (canvas));
  ph_map_canvas_set_picture_size (canvas, 64);
  WAIT_FOR (!ph_map_canvas_shows_pictures (canvas));
  ph_map_canvas_zoom (canvas, 16, NAN, NAN);
  WAIT_FOR (ph_map_canvas_shows_pictures (canvas));
  WAIT_FOR (ph_queue_is_idle (queue));
  ph_map_canvas_set_dataset (canvas, NULL, NULL);
  gtk_window_destroy (GTK_WINDOW (window));

  /* The most urgent come; what was wanted before and not begun is forgotten. */
  pictures = ph_item_pictures_new (dataset, queue, 24);
  g_autofree guint *many = g_new (guint, 300);
  for (guint i = 0; i < 300; i++)
    many[i] = i;
  ph_item_pictures_want (pictures, many, 300);
  ph_item_pictures_want (pictures, (guint[]){ 299, 7 }, 2);
  WAIT_FOR (ph_queue_is_idle (queue));
  spin (5);
  WAIT_FOR (ph_queue_is_idle (queue));
  g_assert_nonnull (ph_item_pictures_get (pictures, 299));
  g_assert_nonnull (ph_item_pictures_get (pictures, 7));
  g_assert_cmpuint (ph_item_pictures_get (pictures, 7)->width, ==, 24);
  g_assert_null (ph_item_pictures_get (pictures, 200));
  spin (2);
}

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/map-canvas/points", test_points);
  g_test_add_func ("/map-canvas/points-alike", test_points_alike);
  g_test_add_func ("/map-canvas/raster", test_raster);
  g_test_add_func ("/map-canvas/keys", test_keys);
  g_test_add_func ("/map-canvas/zoom", test_zoom);
  g_test_add_func ("/map-canvas/pictures", test_pictures);
  return g_test_run ();
}
