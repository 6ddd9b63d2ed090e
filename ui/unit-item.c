#include "ui/unit-item.h"

#include <glib/gi18n.h>

struct _PhUnitItem
{
  GObject parent_instance;

  /* owned */
  PhModel *model;
  char *label;
  char *description;

  PhUnit unit;
};

G_DEFINE_FINAL_TYPE (PhUnitItem, ph_unit_item, G_TYPE_OBJECT)

enum
{
  PROP_LABEL = 1,
  PROP_DESCRIPTION,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void
ph_unit_item_finalize (GObject *object)
{
  PhUnitItem *self = PH_UNIT_ITEM (object);

  g_clear_object (&self->model);
  g_free (self->label);
  g_free (self->description);
  G_OBJECT_CLASS (ph_unit_item_parent_class)->finalize (object);
}

static void
ph_unit_item_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PhUnitItem *self = PH_UNIT_ITEM (object);

  switch (id)
    {
    case PROP_LABEL:
      g_value_set_string (value, self->label);
      break;
    case PROP_DESCRIPTION:
      g_value_set_string (value, self->description);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
ph_unit_item_class_init (PhUnitItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = ph_unit_item_finalize;
  object_class->get_property = ph_unit_item_get_property;

  props[PROP_LABEL] =
      g_param_spec_string ("label", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_DESCRIPTION] = g_param_spec_string ("description", NULL, NULL, NULL,
                                                 G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
ph_unit_item_init (PhUnitItem *self)
{
}

/* The number of the class stays in the text: labels are not unique ("crane" is a bird and a
 * machine). */
static void
describe_class (PhUnitItem *self)
{
  const char *label = ph_model_get_label (self->model, self->unit.channel);

  if (label != NULL)
    {
      self->label = g_strdup (label);
      /* Translators: a class of the network: its number and its name. */
      self->description = g_strdup_printf (_ ("class %u, %s"), self->unit.channel, label);
    }
  else
    {
      self->label = g_strdup_printf ("%u", self->unit.channel);
      self->description = g_strdup_printf (_ ("class %u"), self->unit.channel);
    }
}

static void
describe_channel (PhUnitItem *self)
{
  const PhLayer *layer = ph_model_get_layer (self->model, self->unit.layer);
  const char *label = NULL;

  if (layer->channel_labels != NULL && self->unit.channel < g_strv_length (layer->channel_labels))
    label = layer->channel_labels[self->unit.channel];

  if (label != NULL)
    {
      self->label = g_strdup (label);
      /* Translators: number of the unit, name of its layer, what the unit responds to. */
      self->description =
          g_strdup_printf (_ ("unit %u of %s: %s"), self->unit.channel, layer->name, label);
    }
  else
    {
      self->label = g_strdup_printf ("%u", self->unit.channel);
      /* Translators: number of the unit, name of its layer. */
      self->description = g_strdup_printf (_ ("unit %u of %s"), self->unit.channel, layer->name);
    }
}

/* Public */

PhUnitItem *
ph_unit_item_new (PhModel *model, const PhUnit *unit)
{
  g_return_val_if_fail (PH_IS_MODEL (model), NULL);

  PhUnitItem *self = g_object_new (PH_TYPE_UNIT_ITEM, NULL);

  self->model = g_object_ref (model);
  self->unit = *unit;
  if (unit->kind == PH_UNIT_CLASS)
    describe_class (self);
  else
    describe_channel (self);
  return self;
}

PhModel *
ph_unit_item_get_model (PhUnitItem *self)
{
  g_return_val_if_fail (PH_IS_UNIT_ITEM (self), NULL);

  return self->model;
}

const PhUnit *
ph_unit_item_get_unit (PhUnitItem *self)
{
  g_return_val_if_fail (PH_IS_UNIT_ITEM (self), NULL);

  return &self->unit;
}

const char *
ph_unit_item_get_label (PhUnitItem *self)
{
  g_return_val_if_fail (PH_IS_UNIT_ITEM (self), NULL);

  return self->label;
}

const char *
ph_unit_item_get_description (PhUnitItem *self)
{
  g_return_val_if_fail (PH_IS_UNIT_ITEM (self), NULL);

  return self->description;
}
