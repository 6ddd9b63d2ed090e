/* The circuit of a unit: nothing before it is unfolded, a cell for each synapse, clicks that go to
 * units, and kernels as maps. */

#include <adwaita.h>
#include <string.h>

#include "tests/support/tiny-network.h"
#include "ui/circuit-strip.h"
#include "ui/kernel-map.h"
#include "ui/unit-page.h"

typedef struct
{
  GtkWidget *window;
  PhCircuitStrip *strip;
  PhQueue *queue;           /* owned */
  PhThumbnails *thumbnails; /* owned */
  PhModel *model;           /* owned */
  char *gone_to;            /* owned: what a click asked for */
} Fixture;

static void
on_show_unit (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  Fixture *f = data;

  g_free (f->gone_to);
  f->gone_to = g_variant_dup_string (parameter, NULL);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  const GActionEntry entries[] = { { "show-unit", on_show_unit, "s" } };
  g_autoptr (GSimpleActionGroup) actions = g_simple_action_group_new ();

  g_action_map_add_action_entries (G_ACTION_MAP (actions), entries, 1, f);
  f->model = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  f->queue = ph_queue_new ();
  f->thumbnails = ph_thumbnails_new (f->queue, NULL);
  f->strip = g_object_new (PH_TYPE_CIRCUIT_STRIP, NULL);
  ph_circuit_strip_set_queue (f->strip, f->queue);
  ph_circuit_strip_set_thumbnails (f->strip, f->thumbnails);
  ph_circuit_strip_set_active (f->strip, TRUE);
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
  ph_queue_cancel_all (f->queue);
  gtk_window_destroy (GTK_WINDOW (f->window));
  wait_until_idle (f);
  g_object_unref (f->thumbnails);
  g_object_unref (f->queue);
  g_object_unref (f->model);
  g_free (f->gone_to);
}

static void
show (Fixture *f, const char *name)
{
  PhUnit unit;

  g_assert_true (ph_unit_parse (f->model, name, &unit, NULL));
  ph_circuit_strip_show (f->strip, f->model, &unit);
  wait_until_idle (f);
}

/* All widgets of a type below @widget, in their order. */
static void
collect (GtkWidget *widget, GType type, GPtrArray *found)
{
  if (g_type_is_a (G_OBJECT_TYPE (widget), type))
    g_ptr_array_add (found, widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    collect (child, type, found);
}

static GPtrArray *
find_all (Fixture *f, GType type)
{
  GPtrArray *found = g_ptr_array_new ();

  collect (GTK_WIDGET (f->strip), type, found);
  return found;
}

static gboolean
says (Fixture *f, const char *words)
{
  g_autoptr (GPtrArray) labels = find_all (f, GTK_TYPE_LABEL);

  for (guint i = 0; i < labels->len; i++)
    if (strstr (gtk_label_get_text (labels->pdata[i]), words) != NULL)
      return TRUE;
  return FALSE;
}

static void
test_unfolds (Fixture *f, gconstpointer data)
{
  show (f, "relu2:3");
  g_assert_null (ph_circuit_strip_get_circuit (f->strip));

  g_object_set (f->strip, "shown", TRUE, NULL);
  wait_until_idle (f);

  const PhCircuit *circuit = ph_circuit_strip_get_circuit (f->strip);
  g_autoptr (GPtrArray) buttons = find_all (f, GTK_TYPE_BUTTON);
  g_autoptr (GPtrArray) maps = find_all (f, PH_TYPE_KERNEL_MAP);
  guint n = MIN (circuit->fed_by->len, PH_N_SYNAPSES);

  g_assert_cmpuint (circuit->fed_by->len, >, 0);
  g_assert_cmpuint (circuit->feeds->len, ==, ph_model_get_n_classes (f->model));
  /* One more button unfolds the strip. */
  g_assert_cmpuint (buttons->len, ==, 1 + n + circuit->feeds->len);
  /* The convolution's kernels are 3 × 3; a class reads the mean of the map: no positions. */
  g_assert_cmpuint (maps->len, ==, n);
  g_assert_true (says (f, "Fed by relu1"));
  g_assert_true (says (f, "Feeds classes"));
}

static void
test_clicks (Fixture *f, gconstpointer data)
{
  g_object_set (f->strip, "shown", TRUE, NULL);
  show (f, "relu2:3");

  g_autoptr (GPtrArray) buttons = find_all (f, GTK_TYPE_BUTTON);
  const PhSynapse *strongest = ph_circuit_strip_get_circuit (f->strip)->fed_by->pdata[0];
  g_autofree char *name = ph_unit_dup_name (f->model, &strongest->unit);
  double weight = strongest->weight;
  gboolean found = FALSE;

  g_signal_emit_by_name (buttons->pdata[1], "clicked");
  g_assert_cmpstr (f->gone_to, ==, name);
  g_signal_emit_by_name (buttons->pdata[buttons->len - 1], "clicked");
  g_assert_true (g_str_has_prefix (f->gone_to, "class:"));

  /* The other end names this one. */
  show (f, name);
  for (guint i = 0; i < ph_circuit_strip_get_circuit (f->strip)->feeds->len; i++)
    {
      const PhSynapse *back = ph_circuit_strip_get_circuit (f->strip)->feeds->pdata[i];

      found |= back->unit.channel == 3 && back->weight == weight;
    }
  g_assert_true (found);
}

/* A class feeds nothing; a layer has no circuit at all. */
static void
test_ends (Fixture *f, gconstpointer data)
{
  g_object_set (f->strip, "shown", TRUE, NULL);
  show (f, "class:bee");
  g_assert_cmpuint (ph_circuit_strip_get_circuit (f->strip)->feeds->len, ==, 0);
  g_assert_false (says (f, "Feeds "));
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (f->strip)));
  show (f, "relu1");
  g_assert_null (ph_circuit_strip_get_circuit (f->strip));
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (f->strip)));
}

static void
test_kernel_map (Fixture *f, gconstpointer data)
{
  double kernel[] = { 0, 1, -4, 0.5, 2, 3 };
  const PhSynapse synapse = { .rows = 2, .columns = 3, .kernel = kernel };
  GtkWidget *map = g_object_ref_sink (ph_kernel_map_new (&synapse, 24));
  int width, height;

  gtk_widget_measure (map, GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL, NULL);
  gtk_widget_measure (map, GTK_ORIENTATION_VERTICAL, -1, &height, NULL, NULL, NULL);
  g_assert_cmpint (width, ==, 24);
  g_assert_cmpint (height, ==, 16);
  gtk_test_accessible_assert_property (map, GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Kernel 2 × 3, strongest −4.000 at row 1, column 3");
  g_object_unref (map);
}

static gboolean
is_unfolded (gpointer strip)
{
  gboolean shown;

  g_object_get (strip, "shown", &shown, NULL);
  return shown;
}

/* In a low window there is room for one of the page's two strips. */
static void
test_one_strip (Fixture *f, gconstpointer data)
{
  GtkWidget *page = ph_unit_page_new ();
  gpointer examples, circuit;
  PhUnit unit;

  g_assert_true (ph_unit_parse (f->model, "relu1:0", &unit, NULL));
  gtk_window_set_default_size (GTK_WINDOW (f->window), 900, 600);
  gtk_window_set_child (GTK_WINDOW (f->window), page);
  ph_page_set_queue (PH_PAGE (page), f->queue);
  ph_unit_page_show (PH_UNIT_PAGE (page), f->model, &unit);
  while (gtk_widget_get_height (page) == 0)
    g_main_context_iteration (NULL, TRUE);
  examples = gtk_widget_get_template_child (page, PH_TYPE_UNIT_PAGE, "strip");
  circuit = gtk_widget_get_template_child (page, PH_TYPE_UNIT_PAGE, "circuit");
  g_assert_true (is_unfolded (examples) && !is_unfolded (circuit));
  gtk_widget_activate_action (page, "page.toggle-circuit", NULL);
  g_assert_true (is_unfolded (circuit) && !is_unfolded (examples));
  gtk_widget_activate_action (page, "page.toggle-examples", NULL);
  g_assert_true (is_unfolded (examples) && !is_unfolded (circuit));
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
#define ADD(name, function) g_test_add (name, Fixture, NULL, set_up, function, tear_down)
  ADD ("/circuit-strip/unfolds", test_unfolds);
  ADD ("/circuit-strip/clicks", test_clicks);
  ADD ("/circuit-strip/ends", test_ends);
  ADD ("/circuit-strip/kernel-map", test_kernel_map);
  ADD ("/circuit-strip/one-strip", test_one_strip);
  return g_test_run ();
}
