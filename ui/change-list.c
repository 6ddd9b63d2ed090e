#include "ui/change-list.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/plot-axis.h"

/* Items */

struct _PhChangeItem
{
  GObject parent_instance;

  /* owned */
  PhComparison *comparison; /* which the unit is of */
  char *name, *verdict, *value;

  PhRankedUnit ranked;
};

G_DEFINE_FINAL_TYPE (PhChangeItem, ph_change_item, G_TYPE_OBJECT)

enum
{
  PROP_NAME = 1,
  PROP_VERDICT,
  PROP_VALUE,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void
ph_change_item_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PhChangeItem *self = PH_CHANGE_ITEM (object);

  switch (id)
    {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_VERDICT:
      g_value_set_string (value, self->verdict);
      break;
    case PROP_VALUE:
      g_value_set_string (value, self->value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
ph_change_item_finalize (GObject *object)
{
  PhChangeItem *self = PH_CHANGE_ITEM (object);

  ph_comparison_unref (self->comparison);
  g_free (self->name);
  g_free (self->verdict);
  g_free (self->value);
  G_OBJECT_CLASS (ph_change_item_parent_class)->finalize (object);
}

static void
ph_change_item_class_init (PhChangeItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const char *const names[N_PROPS] = { NULL, "name", "verdict", "value" };

  object_class->get_property = ph_change_item_get_property;
  object_class->finalize = ph_change_item_finalize;
  for (guint i = 1; i < N_PROPS; i++)
    props[i] =
        g_param_spec_string (names[i], NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
ph_change_item_init (PhChangeItem *self)
{
}

const PhRankedUnit *
ph_change_item_get_ranked (PhChangeItem *self)
{
  g_return_val_if_fail (PH_IS_CHANGE_ITEM (self), NULL);

  return &self->ranked;
}

const char *
ph_change_item_get_name (PhChangeItem *self)
{
  g_return_val_if_fail (PH_IS_CHANGE_ITEM (self), NULL);

  return self->name;
}

/* The list */

struct _PhChangeList
{
  GObject parent_instance;

  /* owned */
  PhModel *model;
  PhComparison *comparison;
  GArray *ranked; /* of PhRankedUnit */

  PhUnitMeasure measure;
  PhCompareSettings settings;
};

char *
ph_verdict_dup_title (PhVerdict verdict)
{
  static const char *const titles[PH_N_VERDICTS] = { "",          N_ ("silent"),     N_ ("born"),
                                                     N_ ("died"), N_ ("repurposed"), N_ ("kept") };

  return g_strdup (titles[verdict][0] != '\0' ? _ (titles[verdict]) : "");
}

static GType
get_item_type (GListModel *list)
{
  return PH_TYPE_CHANGE_ITEM;
}

static guint
get_n_items (GListModel *list)
{
  PhChangeList *self = PH_CHANGE_LIST (list);

  return self->ranked != NULL ? self->ranked->len : 0;
}

static gpointer
get_item (GListModel *list, guint i)
{
  PhChangeList *self = PH_CHANGE_LIST (list);
  PhChangeItem *item;
  PhUnit unit;

  if (i >= get_n_items (list))
    return NULL;
  item = g_object_new (PH_TYPE_CHANGE_ITEM, NULL);
  item->comparison = ph_comparison_ref (self->comparison);
  item->ranked = g_array_index (self->ranked, PhRankedUnit, i);
  unit = ph_layer_change_get_unit (item->ranked.layer, 0, item->ranked.i);
  item->name = ph_unit_dup_name (self->model, &unit);
  item->verdict =
      ph_verdict_dup_title (ph_unit_verdict (item->ranked.layer, item->ranked.i, &self->settings));
  item->value =
      ph_plot_format_value (item->ranked.layer->units[item->ranked.i].measure[self->measure], 0);
  return item;
}

static void
list_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (PhChangeList, ph_change_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_init))

static void
ph_change_list_dispose (GObject *object)
{
  PhChangeList *self = PH_CHANGE_LIST (object);

  g_clear_object (&self->model);
  g_clear_pointer (&self->comparison, ph_comparison_unref);
  g_clear_pointer (&self->ranked, g_array_unref);
  G_OBJECT_CLASS (ph_change_list_parent_class)->dispose (object);
}

static void
ph_change_list_class_init (PhChangeListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ph_change_list_dispose;
}

static void
ph_change_list_init (PhChangeList *self)
{
}

PhChangeList *
ph_change_list_new (void)
{
  return g_object_new (PH_TYPE_CHANGE_LIST, NULL);
}

void
ph_change_list_set (PhChangeList *self, PhModel *model, PhComparison *comparison,
                    const PhLayerChange *layer, PhUnitMeasure measure, PhVerdict verdict,
                    const PhCompareSettings *settings)
{
  g_return_if_fail (PH_IS_CHANGE_LIST (self));

  guint before = get_n_items (G_LIST_MODEL (self));

  g_set_object (&self->model, model);
  g_clear_pointer (&self->ranked, g_array_unref);
  g_clear_pointer (&self->comparison, ph_comparison_unref);
  if (comparison != NULL)
    {
      self->comparison = ph_comparison_ref (comparison);
      self->measure = measure;
      self->settings = *settings;
      self->ranked = ph_comparison_rank (comparison, layer, measure, verdict, settings);
    }
  g_list_model_items_changed (G_LIST_MODEL (self), 0, before, get_n_items (G_LIST_MODEL (self)));
}
