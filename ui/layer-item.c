#include "ui/layer-item.h"

#include <glib/gi18n.h>

struct _PhLayerItem
{
  GObject parent_instance;

  /* owned */
  char *name;
  char *title;
  char *detail;
  char *description;
  char *tooltip;
  char *folded; /* what a search looks at */
  GListStore *children;

  PhLayerItemKind kind;
  int number;
  guint n_channels;
  gboolean usable;
};

G_DEFINE_FINAL_TYPE (PhLayerItem, ph_layer_item, G_TYPE_OBJECT)

enum
{
  PROP_TITLE = 1,
  PROP_DETAIL,
  PROP_DESCRIPTION,
  PROP_TOOLTIP,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void
ph_layer_item_finalize (GObject *object)
{
  PhLayerItem *self = PH_LAYER_ITEM (object);

  g_free (self->name);
  g_free (self->title);
  g_free (self->detail);
  g_free (self->description);
  g_free (self->tooltip);
  g_free (self->folded);
  g_clear_object (&self->children);
  G_OBJECT_CLASS (ph_layer_item_parent_class)->finalize (object);
}

static void
ph_layer_item_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PhLayerItem *self = PH_LAYER_ITEM (object);

  switch (id)
    {
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PROP_DETAIL:
      g_value_set_string (value, self->detail);
      break;
    case PROP_DESCRIPTION:
      g_value_set_string (value, self->description);
      break;
    case PROP_TOOLTIP:
      g_value_set_string (value, self->tooltip);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
ph_layer_item_class_init (PhLayerItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->finalize = ph_layer_item_finalize;
  object_class->get_property = ph_layer_item_get_property;

  props[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  props[PROP_DETAIL] = g_param_spec_string ("detail", NULL, NULL, NULL, flags);
  props[PROP_DESCRIPTION] = g_param_spec_string ("description", NULL, NULL, NULL, flags);
  props[PROP_TOOLTIP] = g_param_spec_string ("tooltip", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
ph_layer_item_init (PhLayerItem *self)
{
  self->number = -1;
  self->usable = TRUE;
}

static PhLayerItem *
item_new (PhLayerItemKind kind, int number)
{
  PhLayerItem *self = g_object_new (PH_TYPE_LAYER_ITEM, NULL);

  self->kind = kind;
  self->number = number;
  return self;
}

/* "squeeze1x1" of "fire2/squeeze1x1" in the block "fire2". */
static const char *
name_in_block (const PhLayer *layer, const char *block)
{
  gsize n = block != NULL ? strlen (block) : 0;

  if (n > 0 && g_str_has_prefix (layer->name, block) && strlen (layer->name) > n + 1 &&
      strchr ("/._:", layer->name[n]) != NULL)
    return layer->name + n + 1;
  return layer->name;
}

/* Public */

PhLayerItem *
ph_layer_item_new_group (const char *name)
{
  PhLayerItem *self = item_new (PH_LAYER_ITEM_GROUP, -1);

  self->name = g_strdup (name);
  self->title = g_strdup (name);
  self->folded = g_utf8_casefold (name, -1);
  /* Translators: a block of layers, by name. */
  self->description = g_strdup_printf (_ ("block %s"), name);
  self->children = g_list_store_new (PH_TYPE_LAYER_ITEM);
  return self;
}

PhLayerItem *
ph_layer_item_new_layer (PhModel *model, guint number, const char *block)
{
  PhLayerItem *self = item_new (PH_LAYER_ITEM_LAYER, number);
  const PhLayer *layer = ph_model_get_layer (model, number);

  self->name = g_strdup (layer->name);
  self->title = g_strdup (name_in_block (layer, block));
  self->folded = g_utf8_casefold (layer->name, -1);
  self->n_channels = layer->n_channels;
  self->usable = layer->obstacle == NULL;
  if (!self->usable)
    {
      self->detail = g_strdup ("—");
      /* Translators: name of a layer, sentence why it cannot be shown. */
      self->description =
          g_strdup_printf (_ ("%s, cannot be shown: %s"), layer->name, layer->obstacle);
      self->tooltip = g_strdup (layer->obstacle);
    }
  else if (layer->rows * layer->columns <= 1)
    {
      self->detail = g_strdup_printf ("%u", layer->n_channels);
      self->description = g_strdup_printf (_ ("%s, %u channels"), layer->name, layer->n_channels);
      self->tooltip =
          g_strdup_printf (_ ("%s (%s)\n%u channels"), layer->name, layer->kind, layer->n_channels);
    }
  else
    {
      /* Translators: channels, rows and columns of a layer, very short. */
      self->detail =
          g_strdup_printf (_ ("%u · %u×%u"), layer->n_channels, layer->rows, layer->columns);
      self->description = g_strdup_printf (_ ("%s, %u channels, %u by %u"), layer->name,
                                           layer->n_channels, layer->rows, layer->columns);
      self->tooltip = g_strdup_printf (_ ("%s (%s)\n%u channels, %u by %u positions"), layer->name,
                                       layer->kind, layer->n_channels, layer->rows, layer->columns);
    }
  return self;
}

PhLayerItem *
ph_layer_item_new_classes (PhModel *model)
{
  PhLayerItem *self = item_new (PH_LAYER_ITEM_CLASSES, -1);

  self->name = g_strdup ("class:");
  self->title = g_strdup (_ ("Classes"));
  self->folded = g_utf8_casefold (self->title, -1);
  self->n_channels = ph_model_get_n_classes (model);
  self->detail = g_strdup_printf ("%u", self->n_channels);
  self->description = g_strdup_printf (_ ("%u classes"), self->n_channels);
  self->tooltip = g_strdup (_ ("What the network can name"));
  return self;
}

PhLayerItem *
ph_layer_item_new_class (PhModel *model, guint number)
{
  PhLayerItem *self = item_new (PH_LAYER_ITEM_CLASS, number);
  const char *label = ph_model_get_label (model, number);

  self->name = g_strdup_printf ("class:%u", number);
  self->title = label != NULL ? g_strdup (label) : g_strdup_printf (_ ("class %u"), number);
  self->folded = g_utf8_casefold (label != NULL ? label : self->name, -1);
  /* Translators: very short: the number of a class, beside its name. */
  self->detail = g_strdup_printf (_ ("class %u"), number);
  self->description = g_strdup_printf (_ ("class %u, %s"), number, self->title);
  self->tooltip = g_strdup (self->description);
  return self;
}

void
ph_layer_item_add (PhLayerItem *self, PhLayerItem *child)
{
  g_return_if_fail (PH_IS_LAYER_ITEM (self));
  g_return_if_fail (self->children != NULL);

  g_list_store_append (self->children, child);
}

PhLayerItemKind
ph_layer_item_get_kind (PhLayerItem *self)
{
  g_return_val_if_fail (PH_IS_LAYER_ITEM (self), PH_LAYER_ITEM_GROUP);

  return self->kind;
}

GListModel *
ph_layer_item_get_children (PhLayerItem *self)
{
  g_return_val_if_fail (PH_IS_LAYER_ITEM (self), NULL);

  return (GListModel *)self->children;
}

int
ph_layer_item_get_number (PhLayerItem *self)
{
  g_return_val_if_fail (PH_IS_LAYER_ITEM (self), -1);

  return self->number;
}

const char *
ph_layer_item_get_name (PhLayerItem *self)
{
  g_return_val_if_fail (PH_IS_LAYER_ITEM (self), NULL);

  return self->name;
}

const char *
ph_layer_item_get_description (PhLayerItem *self)
{
  g_return_val_if_fail (PH_IS_LAYER_ITEM (self), NULL);

  return self->description;
}

guint
ph_layer_item_get_n_channels (PhLayerItem *self)
{
  g_return_val_if_fail (PH_IS_LAYER_ITEM (self), 0);

  return self->n_channels;
}

gboolean
ph_layer_item_get_usable (PhLayerItem *self)
{
  g_return_val_if_fail (PH_IS_LAYER_ITEM (self), FALSE);

  return self->usable;
}

gboolean
ph_layer_item_matches (PhLayerItem *self, const char *needle)
{
  g_return_val_if_fail (PH_IS_LAYER_ITEM (self), FALSE);

  return strstr (self->folded, needle) != NULL;
}
