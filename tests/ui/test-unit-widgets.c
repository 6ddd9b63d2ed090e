/* What the unit's page is made of: frames as textures, the memory of frames, the large picture, the
 * map of positions. */

#include <gtk/gtk.h>
#include <string.h>

#include "ui/activation-grid.h"
#include "ui/frame-history.h"
#include "ui/image-view.h"
#include "ui/texture.h"

static PhFrame *
create_frame (guint width, guint height, guint step)
{
  gsize n = (gsize)3 * width * height;
  guint8 *pixels = g_malloc (n);
  g_autoptr (GBytes) bytes = NULL;

  for (gsize i = 0; i < n; i++)
    pixels[i] = (guint8)(7 * i + 1);
  bytes = g_bytes_new_take (pixels, n);
  return ph_frame_new (bytes, width, height, step, 0.5 * step);
}

static void
test_texture (void)
{
  g_autoptr (PhFrame) frame = create_frame (5, 3, 0);
  g_autoptr (GdkTexture) plain = ph_texture_new_for_frame (frame, 0);
  g_autoptr (GdkTexture) large = ph_texture_new_for_frame (frame, 7);
  const guint8 *pixels = g_bytes_get_data (frame->pixels, NULL);
  guint32 downloaded[15 * 9];

  g_assert_cmpint (gdk_texture_get_width (plain), ==, 5);
  g_assert_cmpint (gdk_texture_get_height (plain), ==, 3);

  /* The shorter side reaches 7 with the factor 3; every pixel is a square of its colour. */
  g_assert_cmpint (gdk_texture_get_width (large), ==, 15);
  g_assert_cmpint (gdk_texture_get_height (large), ==, 9);
  gdk_texture_download (large, (guchar *)downloaded, 4 * 15);
  for (guint y = 0; y < 9; y++)
    for (guint x = 0; x < 15; x++)
      {
        const guint8 *p = pixels + 3 * (5 * (y / 3) + x / 3);

        g_assert_cmphex (downloaded[15 * y + x], ==,
                         0xff000000u | (guint32)p[0] << 16 | (guint32)p[1] << 8 | p[2]);
      }
}

static void
add (PhFrameHistory *history, guint step)
{
  g_autoptr (PhFrame) frame = create_frame (4, 2, step);

  ph_frame_history_add (history, frame);
}

static guint
get_step (PhFrameHistory *history, guint i)
{
  return ph_frame_history_get (history, i)->step;
}

static void
test_history_thins (void)
{
  g_autoptr (PhFrameHistory) history = ph_frame_history_new (16, G_MAXSIZE);

  g_assert_cmpint (ph_frame_history_find (history, 3), ==, -1);
  for (guint step = 0; step < 3000; step++)
    {
      guint n, widest = 0;

      add (history, step);
      n = ph_frame_history_get_n_frames (history);
      g_assert_cmpuint (n, <=, 16);
      g_assert_cmpuint (get_step (history, 0), ==, 0);
      g_assert_cmpuint (get_step (history, n - 1), ==, step);
      for (guint i = 1; i < n; i++)
        {
          g_assert_cmpuint (get_step (history, i), >, get_step (history, i - 1));
          widest = MAX (widest, get_step (history, i) - get_step (history, i - 1));
        }
      /* The run is remembered evenly: no gap is wider than a few times the average. */
      if (step >= 16)
        {
          g_assert_cmpuint (n, >=, 5);
          g_assert_cmpuint (widest, <=, 2 + step / 3);
        }
    }
}

static void
test_history_bytes (void)
{
  /* Room for 10 frames of 24 bytes, though 1000 would be allowed. */
  g_autoptr (PhFrameHistory) history = ph_frame_history_new (1000, 240);

  for (guint step = 0; step < 100; step++)
    {
      add (history, step);
      g_assert_cmpuint (ph_frame_history_get_n_frames (history), <=, 10);
    }
  g_assert_cmpuint (get_step (history, 0), ==, 0);
}

static void
test_history_order (void)
{
  g_autoptr (PhFrameHistory) history = ph_frame_history_new (16, G_MAXSIZE);
  g_autoptr (PhFrame) replacement = create_frame (4, 2, 9);

  add (history, 0);
  add (history, 9);
  add (history, 4); /* earlier than the newest: ignored */
  ph_frame_history_add (history, replacement);
  g_assert_cmpuint (ph_frame_history_get_n_frames (history), ==, 2);
  g_assert_true (ph_frame_history_get (history, 1) == replacement);
  g_assert_cmpint (ph_frame_history_find (history, 3), ==, 0);
  g_assert_cmpint (ph_frame_history_find (history, 100), ==, 1);
  ph_frame_history_clear (history);
  g_assert_cmpuint (ph_frame_history_get_n_frames (history), ==, 0);
}

static void
settle (void)
{
  for (guint i = 0; i < 40; i++)
    {
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_usleep (1000);
    }
}

static void
test_image_view (void)
{
  GtkWidget *window = gtk_window_new ();
  GtkWidget *view = ph_image_view_new ();
  g_autoptr (PhFrame) frame = create_frame (40, 20, 0);
  g_autoptr (GdkTexture) texture = ph_texture_new_for_frame (frame, 0);

  gtk_window_set_default_size (GTK_WINDOW (window), 400, 300);
  gtk_window_set_child (GTK_WINDOW (window), view);
  gtk_window_present (GTK_WINDOW (window));
  while (gtk_widget_get_width (view) == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpfloat (ph_image_view_get_scale (PH_IMAGE_VIEW (view)), ==, 0);

  ph_image_view_set_texture (PH_IMAGE_VIEW (view), texture);
  ph_image_view_set_before (PH_IMAGE_VIEW (view), texture);
  ph_image_view_set_compare (PH_IMAGE_VIEW (view), PH_COMPARE_SPLIT);
  ph_image_view_set_outline (PH_IMAGE_VIEW (view), &GRAPHENE_RECT_INIT (0.25f, 0.25f, 0.5f, 0.5f));
  settle ();

  double fit = MIN (gtk_widget_get_width (view) / 40.0, gtk_widget_get_height (view) / 20.0);

  g_assert_true (ph_image_view_is_fit (PH_IMAGE_VIEW (view)));
  g_assert_cmpfloat_with_epsilon (ph_image_view_get_scale (PH_IMAGE_VIEW (view)), fit, 1e-3);
  ph_image_view_zoom_by (PH_IMAGE_VIEW (view), 2);
  g_assert_false (ph_image_view_is_fit (PH_IMAGE_VIEW (view)));
  g_assert_cmpfloat_with_epsilon (ph_image_view_get_scale (PH_IMAGE_VIEW (view)), 2 * fit, 1e-3);
  ph_image_view_zoom_by (PH_IMAGE_VIEW (view), 1e-6);
  g_assert_true (ph_image_view_is_fit (PH_IMAGE_VIEW (view)));
  ph_image_view_zoom_by (PH_IMAGE_VIEW (view), 1e6);
  g_assert_cmpfloat_with_epsilon (ph_image_view_get_scale (PH_IMAGE_VIEW (view)), 32 * fit, 1e-2);
  settle ();
  ph_image_view_zoom_fit (PH_IMAGE_VIEW (view));
  g_assert_true (ph_image_view_is_fit (PH_IMAGE_VIEW (view)));

  ph_image_view_set_label (PH_IMAGE_VIEW (view), "zebra", "40 × 20 pixels");
  gtk_test_accessible_assert_role (view, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (view, GTK_ACCESSIBLE_PROPERTY_LABEL, "zebra");
  gtk_test_accessible_assert_property (view, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "40 × 20 pixels");
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
on_picked (PhActivationGrid *grid, guint row, guint column, guint *picked)
{
  picked[0] = row;
  picked[1] = column;
  picked[2]++;
}

/* What a key press does: the controllers of the widget are asked as GTK would. */
static void
press (GtkWidget *widget, guint key)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);
      gboolean handled;

      if (GTK_IS_EVENT_CONTROLLER_KEY (controller))
        g_signal_emit_by_name (controller, "key-pressed", key, 0, 0, &handled);
    }
}

static void
test_grid (void)
{
  GtkWidget *grid = g_object_ref_sink (ph_activation_grid_new ());
  PhActivationGrid *self = PH_ACTIVATION_GRID (grid);
  guint picked[3] = { 0, 0, 0 }, row, column;
  float values[3 * 5] = { 0 };

  g_signal_connect (grid, "picked", G_CALLBACK (on_picked), picked);
  press (grid, GDK_KEY_Right); /* an empty map has nothing to pick */
  ph_activation_grid_set_size (self, 3, 5);
  g_assert_false (ph_activation_grid_get_selected (self, &row, &column));
  ph_activation_grid_select (self, 1, 4);
  g_assert_cmpuint (picked[2], ==, 0);
  gtk_test_accessible_assert_property (grid, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                       "Row 1 of 3, column 4 of 5");

  press (grid, GDK_KEY_Right); /* at the edge */
  g_assert_cmpuint (picked[2], ==, 0);
  press (grid, GDK_KEY_Down);
  g_assert_cmpuint (picked[2], ==, 1);
  g_assert_cmpuint (picked[0], ==, 2);
  g_assert_cmpuint (picked[1], ==, 4);
  press (grid, GDK_KEY_Home);
  g_assert_cmpuint (picked[1], ==, 0);
  press (grid, GDK_KEY_Up);
  g_assert_true (ph_activation_grid_get_selected (self, &row, &column));
  g_assert_cmpuint (row, ==, 1);
  g_assert_cmpuint (column, ==, 0);

  values[5] = 2.5f;
  ph_activation_grid_set_values (self, values);
  gtk_test_accessible_assert_property (grid, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                       "Row 1 of 3, column 0 of 5, activation 2.500");
  ph_activation_grid_set_size (self, 2, 2);
  g_assert_false (ph_activation_grid_get_selected (self, &row, &column));
  g_object_unref (grid);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/unit-widgets/texture", test_texture);
  g_test_add_func ("/unit-widgets/history/thins", test_history_thins);
  g_test_add_func ("/unit-widgets/history/bytes", test_history_bytes);
  g_test_add_func ("/unit-widgets/history/order", test_history_order);
  g_test_add_func ("/unit-widgets/image-view", test_image_view);
  g_test_add_func ("/unit-widgets/grid", test_grid);
  return g_test_run ();
}
