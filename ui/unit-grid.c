#include "ui/unit-grid.h"

#include "ui/unit-cell.h"

struct _PhUnitGrid
{
  GtkWidget parent_instance;

  /* template */
  GtkScrolledWindow *scroller;
  GtkGridView *view;

  /* owned */
  PhThumbnails *thumbnails;
  GtkSingleSelection *selection;

  guint size;
  guint tick;   /* looks at the cells before the next frame */
  guint settle; /* waits for the end of a scroll */
  gboolean active;
};

G_DEFINE_FINAL_TYPE (PhUnitGrid, ph_unit_grid, GTK_TYPE_WIDGET)

/* Space around a cell: padding and border in style.css. */
#define CELL_SPACE 12

/* While the content moves no new picture is begun: what flies past is not looked at. */
#define SETTLE_MILLISECONDS 80

typedef struct
{
  PhUnitCell *cell;
  float y, x;
} Seen;

/* The last in the list is asked for last and thus served first: the cell at the top left. */
static int
compare_seen (gconstpointer a, gconstpointer b)
{
  const Seen *left = a, *right = b;

  if (left->y != right->y)
    return left->y < right->y ? 1 : -1;
  return (left->x < right->x) - (left->x > right->x);
}

static void
update (PhUnitGrid *self)
{
  g_autoptr (GArray) seen = g_array_new (FALSE, FALSE, sizeof (Seen));
  guint columns = gtk_widget_get_width (GTK_WIDGET (self)) / (self->size + CELL_SPACE);
  graphene_rect_t view = GRAPHENE_RECT_INIT (0, 0, gtk_widget_get_width (GTK_WIDGET (self)),
                                             gtk_widget_get_height (GTK_WIDGET (self)));

  /* GTK keeps thirty rows of the greatest number of columns, so allow no more than fit. */
  if (gtk_grid_view_get_max_columns (self->view) != MAX (columns, 1))
    gtk_grid_view_set_max_columns (self->view, MAX (columns, 1));

  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->view)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *cell = gtk_widget_get_first_child (child);
      graphene_rect_t bounds;

      if (!PH_IS_UNIT_CELL (cell))
        continue;
      ph_unit_cell_set_size (PH_UNIT_CELL (cell), self->size);
      if (self->active && ph_unit_cell_get_item (PH_UNIT_CELL (cell)) != NULL &&
          gtk_widget_get_child_visible (child) &&
          gtk_widget_compute_bounds (cell, GTK_WIDGET (self), &bounds) &&
          graphene_rect_intersection (&bounds, &view, NULL))
        {
          Seen entry = { PH_UNIT_CELL (cell), bounds.origin.y, bounds.origin.x };
          g_array_append_val (seen, entry);
        }
      else
        ph_unit_cell_want (PH_UNIT_CELL (cell), NULL);
    }

  g_array_sort (seen, compare_seen);
  for (guint i = 0; i < seen->len; i++)
    ph_unit_cell_want (g_array_index (seen, Seen, i).cell, self->thumbnails);
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  PhUnitGrid *self = PH_UNIT_GRID (widget);

  self->tick = 0;
  update (self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_settled (gpointer data)
{
  PhUnitGrid *self = data;

  self->settle = 0;
  ph_unit_grid_queue_update (self);
  return G_SOURCE_REMOVE;
}

static void
on_scrolled (PhUnitGrid *self)
{
  g_clear_handle_id (&self->settle, g_source_remove);
  self->settle = g_timeout_add (SETTLE_MILLISECONDS, on_settled, self);
}

static void
on_activate (GtkGridView *view, guint position, PhUnitGrid *self)
{
  g_autoptr (PhUnitItem) item = g_list_model_get_item (G_LIST_MODEL (self->selection), position);
  g_autofree char *name =
      ph_unit_dup_name (ph_unit_item_get_model (item), ph_unit_item_get_unit (item));

  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-unit", "s", name);
}

/* The factory: what a template of XML would do, without reading XML for each of hundreds of cells.
 */

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *list_item, PhUnitGrid *self)
{
  gtk_list_item_set_child (list_item, ph_unit_cell_new (self->size));
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *list_item, PhUnitGrid *self)
{
  ph_unit_cell_set_item (PH_UNIT_CELL (gtk_list_item_get_child (list_item)),
                         gtk_list_item_get_item (list_item));
  ph_unit_grid_queue_update (self);
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *list_item, PhUnitGrid *self)
{
  ph_unit_cell_set_item (PH_UNIT_CELL (gtk_list_item_get_child (list_item)), NULL);
}

static void
ph_unit_grid_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                      int *natural, int *minimum_baseline, int *natural_baseline)
{
  gtk_widget_measure (GTK_WIDGET (PH_UNIT_GRID (widget)->scroller), orientation, for_size, minimum,
                      natural, NULL, NULL);
}

static void
ph_unit_grid_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  PhUnitGrid *self = PH_UNIT_GRID (widget);

  gtk_widget_size_allocate (GTK_WIDGET (self->scroller), &(GtkAllocation){ 0, 0, width, height },
                            baseline);
  ph_unit_grid_queue_update (self);
}

static void
ph_unit_grid_dispose (GObject *object)
{
  PhUnitGrid *self = PH_UNIT_GRID (object);

  g_clear_handle_id (&self->settle, g_source_remove);
  if (self->tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
  self->tick = 0;
  gtk_widget_dispose_template (GTK_WIDGET (self), PH_TYPE_UNIT_GRID);
  g_clear_object (&self->selection);
  g_clear_object (&self->thumbnails);
  G_OBJECT_CLASS (ph_unit_grid_parent_class)->dispose (object);
}

static void
ph_unit_grid_class_init (PhUnitGridClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ph_unit_grid_dispose;
  widget_class->measure = ph_unit_grid_measure;
  widget_class->size_allocate = ph_unit_grid_size_allocate;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/phosphene/Phosphene/unit-grid.ui");
  gtk_widget_class_bind_template_child (widget_class, PhUnitGrid, scroller);
  gtk_widget_class_bind_template_child (widget_class, PhUnitGrid, view);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
}

static void
ph_unit_grid_init (PhUnitGrid *self)
{
  self->size = 96;
  self->active = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  self->selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  g_signal_connect_object (factory, "setup", G_CALLBACK (on_setup), self, 0);
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_bind), self, 0);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (on_unbind), self, 0);
  gtk_grid_view_set_factory (self->view, factory);
  gtk_grid_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_swapped (gtk_scrolled_window_get_vadjustment (self->scroller), "value-changed",
                            G_CALLBACK (on_scrolled), self);
}

/* Public */

void
ph_unit_grid_set_thumbnails (PhUnitGrid *self, PhThumbnails *thumbnails)
{
  g_return_if_fail (PH_IS_UNIT_GRID (self));

  g_set_object (&self->thumbnails, thumbnails);
  if (thumbnails != NULL)
    ph_thumbnails_set_size (thumbnails, self->size);
  ph_unit_grid_queue_update (self);
}

void
ph_unit_grid_set_units (PhUnitGrid *self, PhUnitModel *units)
{
  g_return_if_fail (PH_IS_UNIT_GRID (self));

  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scroller), 0);
  gtk_single_selection_set_model (self->selection, (GListModel *)units);
  ph_unit_grid_queue_update (self);
}

GListModel *
ph_unit_grid_get_units (PhUnitGrid *self)
{
  g_return_val_if_fail (PH_IS_UNIT_GRID (self), NULL);

  return gtk_single_selection_get_model (self->selection);
}

void
ph_unit_grid_set_size (PhUnitGrid *self, guint size)
{
  g_return_if_fail (PH_IS_UNIT_GRID (self));

  if (self->size == size)
    return;
  self->size = size;
  if (self->thumbnails != NULL)
    ph_thumbnails_set_size (self->thumbnails, size);
  gtk_widget_queue_resize (GTK_WIDGET (self));
  ph_unit_grid_queue_update (self);
}

void
ph_unit_grid_set_active (PhUnitGrid *self, gboolean active)
{
  g_return_if_fail (PH_IS_UNIT_GRID (self));

  if (self->active == active)
    return;
  self->active = active;
  /* Leaving takes effect now, not with the next frame: somebody waits for the processor. */
  if (active)
    ph_unit_grid_queue_update (self);
  else
    update (self);
}

void
ph_unit_grid_queue_update (PhUnitGrid *self)
{
  g_return_if_fail (PH_IS_UNIT_GRID (self));

  if (self->tick == 0 && self->settle == 0)
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_tick, NULL, NULL);
}

void
ph_unit_grid_focus_unit (PhUnitGrid *self, guint position)
{
  g_return_if_fail (PH_IS_UNIT_GRID (self));

  if (position >= g_list_model_get_n_items (G_LIST_MODEL (self->selection)))
    return;
  gtk_single_selection_set_selected (self->selection, position);
  gtk_widget_activate_action (GTK_WIDGET (self->view), "list.scroll-to-item", "u", position);
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

guint
ph_unit_grid_count_wanted (PhUnitGrid *self)
{
  g_return_val_if_fail (PH_IS_UNIT_GRID (self), 0);

  guint n = 0;
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->view)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *cell = gtk_widget_get_first_child (child);
      n += PH_IS_UNIT_CELL (cell) && ph_unit_cell_is_wanted (PH_UNIT_CELL (cell));
    }
  return n;
}
