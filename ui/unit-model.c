#include "ui/unit-model.h"

struct _PhUnitModel
{
  GObject parent_instance;

  /* owned */
  PhModel *model;
  PhUnitItem **items; /* by number; NULL where nobody asked yet */
  GArray *order;      /* nullable: numbers by place */

  guint n_items;
  int layer;
};

static void ph_unit_model_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PhUnitModel, ph_unit_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      ph_unit_model_list_model_init))

static GType
ph_unit_model_get_item_type (GListModel *model)
{
  return PH_TYPE_UNIT_ITEM;
}

static guint
ph_unit_model_get_n_items (GListModel *model)
{
  return PH_UNIT_MODEL (model)->n_items;
}

static gpointer
ph_unit_model_get_item (GListModel *model, guint position)
{
  PhUnitModel *self = PH_UNIT_MODEL (model);

  if (position >= self->n_items)
    return NULL;
  if (self->order != NULL)
    position = g_array_index (self->order, guint, position);
  if (self->items[position] == NULL)
    {
      PhUnit unit = { .kind = PH_UNIT_CLASS, .channel = position };
      if (self->layer != PH_CLASSES)
        {
          unit.kind = PH_UNIT_CHANNEL;
          unit.layer = self->layer;
        }
      self->items[position] = ph_unit_item_new (self->model, &unit);
    }
  return g_object_ref (self->items[position]);
}

static void
ph_unit_model_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = ph_unit_model_get_item_type;
  iface->get_n_items = ph_unit_model_get_n_items;
  iface->get_item = ph_unit_model_get_item;
}

static void
ph_unit_model_finalize (GObject *object)
{
  PhUnitModel *self = PH_UNIT_MODEL (object);

  for (guint i = 0; i < self->n_items; i++)
    g_clear_object (&self->items[i]);
  g_free (self->items);
  g_clear_pointer (&self->order, g_array_unref);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (ph_unit_model_parent_class)->finalize (object);
}

static void
ph_unit_model_class_init (PhUnitModelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ph_unit_model_finalize;
}

static void
ph_unit_model_init (PhUnitModel *self)
{
}

/* Public */

PhUnitModel *
ph_unit_model_new (PhModel *model, int layer)
{
  g_return_val_if_fail (PH_IS_MODEL (model), NULL);
  g_return_val_if_fail (layer >= PH_CLASSES && layer < (int)ph_model_get_n_layers (model), NULL);

  PhUnitModel *self = g_object_new (PH_TYPE_UNIT_MODEL, NULL);

  self->model = g_object_ref (model);
  self->layer = layer;
  if (layer == PH_CLASSES)
    self->n_items = ph_model_get_n_classes (model);
  else if (ph_model_get_layer (model, layer)->obstacle == NULL)
    self->n_items = ph_model_get_layer (model, layer)->n_channels;
  self->items = g_new0 (PhUnitItem *, self->n_items);
  return self;
}

void
ph_unit_model_set_order (PhUnitModel *self, GArray *order)
{
  g_return_if_fail (PH_IS_UNIT_MODEL (self));

  if (self->order == order || (order != NULL && order->len != self->n_items))
    return;
  g_clear_pointer (&self->order, g_array_unref);
  self->order = order != NULL ? g_array_ref (order) : NULL;
  g_list_model_items_changed (G_LIST_MODEL (self), 0, self->n_items, self->n_items);
}
