#include "ui/layer-list.h"

#include <adwaita.h>

#include "ui/layer-row.h"
#include "ui/unit-model.h"

struct _PhLayerList
{
  GtkWidget parent_instance;

  /* template */
  GtkSearchEntry *search;
  GtkStack *stack;
  GtkListView *view;

  /* owned */
  PhModel *model;
  GtkTreeListModel *tree;  /* blocks and their layers */
  GtkTreeListModel *found; /* what the search leaves of all layers and classes */
  GtkFilter *filter;
  GtkSingleSelection *selection;
  char *needle;

  int chosen;         /* layer, PH_CLASSES, or -2 for none */
  gboolean selecting; /* the selection is being changed by us */
};

G_DEFINE_FINAL_TYPE (PhLayerList, ph_layer_list, GTK_TYPE_WIDGET)

#define NOTHING_CHOSEN (-2)

static PhLayerItem *
dup_item (GListModel *rows, guint position)
{
  g_autoptr (GtkTreeListRow) row = g_list_model_get_item (rows, position);

  return row != NULL ? gtk_tree_list_row_get_item (row) : NULL;
}

/* Layer index of an item, with PH_CLASSES for the classes. */
static int
layer_of (PhLayerItem *item)
{
  switch (ph_layer_item_get_kind (item))
    {
    case PH_LAYER_ITEM_LAYER:
      return ph_layer_item_get_number (item);
    case PH_LAYER_ITEM_CLASSES:
      return PH_CLASSES;
    default:
      return NOTHING_CHOSEN;
    }
}

static GListModel *
get_children (gpointer item, gpointer data)
{
  GListModel *children = ph_layer_item_get_children (item);

  return children != NULL ? g_object_ref (children) : NULL;
}

static gboolean
is_match (gpointer item, gpointer data)
{
  PhLayerList *self = data;

  return self->needle == NULL || ph_layer_item_matches (item, self->needle);
}

/* The outermost block of a layer, as it begins the layer's group: "expanded_conv_1" of
 * "expanded_conv_1/expand". */
static char *
dup_block (PhModel *model, guint layer)
{
  const char *group = ph_model_get_layer (model, layer)->group;

  return g_strndup (group, strcspn (group, "/"));
}

/* Blocks of at least two layers that follow each other become a branch. */
static GListStore *
make_tree (PhModel *model)
{
  GListStore *roots = g_list_store_new (PH_TYPE_LAYER_ITEM);
  guint n = ph_model_get_n_layers (model);

  for (guint i = 0; i < n;)
    {
      g_autofree char *block = dup_block (model, i);
      g_autoptr (PhLayerItem) branch = NULL;
      guint end = i;
      gboolean same = TRUE;
      while (same && ++end < n)
        {
          /* The layer that joins a block often bears its name. */
          g_autofree char *next = dup_block (model, end);
          same = g_str_equal (block, next) ||
                 g_str_equal (block, ph_model_get_layer (model, end)->name);
        }
      if (block[0] != '\0' && end - i > 1)
        {
          branch = ph_layer_item_new_group (block);
          g_list_store_append (roots, branch);
        }
      for (; i < end; i++)
        {
          g_autoptr (PhLayerItem) item =
              ph_layer_item_new_layer (model, i, branch != NULL ? block : NULL);
          if (branch != NULL)
            ph_layer_item_add (branch, item);
          else
            g_list_store_append (roots, item);
        }
    }
  if (ph_model_get_n_classes (model) > 0)
    {
      g_autoptr (PhLayerItem) item = ph_layer_item_new_classes (model);
      g_list_store_append (roots, item);
    }
  return roots;
}

static GListStore *
make_flat (PhModel *model)
{
  GListStore *all = g_list_store_new (PH_TYPE_LAYER_ITEM);

  for (guint i = 0; i < ph_model_get_n_layers (model); i++)
    {
      g_autoptr (PhLayerItem) item = ph_layer_item_new_layer (model, i, NULL);
      g_list_store_append (all, item);
    }
  for (guint i = 0; i < ph_model_get_n_classes (model); i++)
    {
      g_autoptr (PhLayerItem) item = ph_layer_item_new_class (model, i);
      g_list_store_append (all, item);
    }
  return all;
}

static void
show_rows (PhLayerList *self, GtkTreeListModel *rows)
{
  self->selecting = TRUE;
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (rows));
  self->selecting = FALSE;
}

static void
update_stack (PhLayerList *self)
{
  gboolean empty = self->needle != NULL && self->found != NULL &&
                   g_list_model_get_n_items (G_LIST_MODEL (self->found)) == 0;

  gtk_stack_set_visible_child_name (self->stack, empty ? "nothing" : "list");
}

/* Position of the chosen layer among the rows shown, its block opened. */
static guint
find_row (PhLayerList *self, int layer)
{
  GListModel *rows = G_LIST_MODEL (gtk_single_selection_get_model (self->selection));

  for (guint i = 0; rows != NULL && i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (GtkTreeListRow) row = g_list_model_get_item (rows, i);
      g_autoptr (PhLayerItem) item = gtk_tree_list_row_get_item (row);
      GListModel *children = ph_layer_item_get_children (item);

      if (layer_of (item) == layer)
        return i;
      for (guint j = 0; children != NULL && j < g_list_model_get_n_items (children); j++)
        {
          g_autoptr (PhLayerItem) child = g_list_model_get_item (children, j);
          if (layer_of (child) == layer)
            {
              gtk_tree_list_row_set_expanded (row, TRUE);
              return i + 1 + j;
            }
        }
    }
  return GTK_INVALID_LIST_POSITION;
}

static void
select_chosen (PhLayerList *self)
{
  guint position = GTK_INVALID_LIST_POSITION;

  self->selecting = TRUE;
  if (self->chosen != NOTHING_CHOSEN)
    position = find_row (self, self->chosen);
  gtk_single_selection_set_selected (self->selection, position);
  /* GTK 4.8 has no way to scroll to an item but the action behind the keyboard. */
  if (position != GTK_INVALID_LIST_POSITION)
    gtk_widget_activate_action (GTK_WIDGET (self->view), "list.scroll-to-item", "u", position);
  self->selecting = FALSE;
}

static void
choose (PhLayerList *self, PhLayerItem *item)
{
  if (ph_layer_item_get_kind (item) == PH_LAYER_ITEM_CLASS)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.show-unit", "s",
                                ph_layer_item_get_name (item));
  else if (ph_layer_item_get_kind (item) != PH_LAYER_ITEM_GROUP)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.show-layer", "s",
                                ph_layer_item_get_name (item));
}

static void
on_selected (PhLayerList *self)
{
  guint position = gtk_single_selection_get_selected (self->selection);

  if (self->selecting || position == GTK_INVALID_LIST_POSITION)
    return;

  g_autoptr (PhLayerItem) item = dup_item (G_LIST_MODEL (self->selection), position);
  int layer = layer_of (item);
  if (layer == NOTHING_CHOSEN || layer == self->chosen)
    return;
  self->chosen = layer;
  choose (self, item);
}

static void
on_activate (GtkListView *view, guint position, PhLayerList *self)
{
  g_autoptr (GtkTreeListRow) row = g_list_model_get_item (G_LIST_MODEL (self->selection), position);
  g_autoptr (PhLayerItem) item = gtk_tree_list_row_get_item (row);

  if (ph_layer_item_get_kind (item) == PH_LAYER_ITEM_GROUP)
    gtk_tree_list_row_set_expanded (row, !gtk_tree_list_row_get_expanded (row));
  else
    choose (self, item);
}

static void
on_search_changed (GtkSearchEntry *entry, PhLayerList *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (entry));
  g_autofree char *stripped = g_strstrip (g_strdup (text));

  g_clear_pointer (&self->needle, g_free);
  if (stripped[0] != '\0')
    self->needle = g_utf8_casefold (stripped, -1);
  if (self->needle == NULL || self->model == NULL)
    {
      show_rows (self, self->tree);
      select_chosen (self);
      update_stack (self);
      return;
    }
  if (self->found == NULL)
    {
      GListStore *all = make_flat (self->model);
      GtkFilterListModel *filtered =
          gtk_filter_list_model_new (G_LIST_MODEL (all), g_object_ref (self->filter));
      self->found =
          gtk_tree_list_model_new (G_LIST_MODEL (filtered), FALSE, FALSE, get_children, NULL, NULL);
    }
  self->selecting = TRUE;
  gtk_filter_changed (self->filter, GTK_FILTER_CHANGE_DIFFERENT);
  self->selecting = FALSE;
  show_rows (self, self->found);
  select_chosen (self);
  update_stack (self);
}

static void
on_search_activate (GtkSearchEntry *entry, PhLayerList *self)
{
  g_autoptr (PhLayerItem) item = dup_item (G_LIST_MODEL (self->selection), 0);

  if (self->needle != NULL && item != NULL)
    choose (self, item);
}

static void
on_stop_search (GtkSearchEntry *entry, PhLayerList *self)
{
  gtk_editable_set_text (GTK_EDITABLE (entry), "");
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

/* Escape also works from the list. */
static gboolean
on_escape (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  PhLayerList *self = PH_LAYER_LIST (widget);

  if (self->needle == NULL)
    return FALSE;
  on_stop_search (self->search, self);
  return TRUE;
}

static void
rebuild (PhLayerList *self)
{
  show_rows (self, NULL);
  g_clear_object (&self->tree);
  g_clear_object (&self->found);
  if (self->model != NULL)
    self->tree = gtk_tree_list_model_new (G_LIST_MODEL (make_tree (self->model)), FALSE, FALSE,
                                          get_children, NULL, NULL);
  on_search_changed (self->search, self);
}

static void
ph_layer_list_dispose (GObject *object)
{
  PhLayerList *self = PH_LAYER_LIST (object);

  if (self->model != NULL)
    g_signal_handlers_disconnect_by_data (self->model, self);
  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  g_clear_object (&self->model);
  gtk_widget_dispose_template (GTK_WIDGET (self), PH_TYPE_LAYER_LIST);
  g_clear_object (&self->selection);
  g_clear_object (&self->tree);
  g_clear_object (&self->found);
  g_clear_object (&self->filter);
  G_OBJECT_CLASS (ph_layer_list_parent_class)->dispose (object);
}

static void
ph_layer_list_finalize (GObject *object)
{
  g_free (PH_LAYER_LIST (object)->needle);
  G_OBJECT_CLASS (ph_layer_list_parent_class)->finalize (object);
}

static void
ph_layer_list_class_init (PhLayerListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = ph_layer_list_dispose;
  object_class->finalize = ph_layer_list_finalize;

  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, on_escape, NULL);
  g_type_ensure (PH_TYPE_LAYER_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/phosphene/Phosphene/layer-list.ui");
  gtk_widget_class_bind_template_child (widget_class, PhLayerList, search);
  gtk_widget_class_bind_template_child (widget_class, PhLayerList, stack);
  gtk_widget_class_bind_template_child (widget_class, PhLayerList, view);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_search_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_search);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
}

static void
ph_layer_list_init (PhLayerList *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_search_entry_set_key_capture_widget (self->search, GTK_WIDGET (self->view));
  self->chosen = NOTHING_CHOSEN;
  self->filter = GTK_FILTER (gtk_custom_filter_new (is_match, self, NULL));
  self->selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  g_signal_connect_swapped (self->selection, "notify::selected", G_CALLBACK (on_selected), self);
  gtk_list_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
}

/* Public */

void
ph_layer_list_set_model (PhLayerList *self, PhModel *model)
{
  g_return_if_fail (PH_IS_LAYER_LIST (self));

  if (self->model == model)
    return;
  if (self->model != NULL)
    g_signal_handlers_disconnect_by_data (self->model, self);
  g_set_object (&self->model, model);
  if (model != NULL)
    g_signal_connect_swapped (model, "labels-changed", G_CALLBACK (rebuild), self);
  self->chosen = NOTHING_CHOSEN;
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  rebuild (self);
}

void
ph_layer_list_select (PhLayerList *self, int layer)
{
  g_return_if_fail (PH_IS_LAYER_LIST (self));

  if (self->chosen == layer && gtk_single_selection_get_selected_item (self->selection) != NULL)
    return;
  self->chosen = layer;
  select_chosen (self);
}

void
ph_layer_list_focus_search (PhLayerList *self)
{
  g_return_if_fail (PH_IS_LAYER_LIST (self));

  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}

GListModel *
ph_layer_list_get_rows (PhLayerList *self)
{
  g_return_val_if_fail (PH_IS_LAYER_LIST (self), NULL);

  return G_LIST_MODEL (self->selection);
}
