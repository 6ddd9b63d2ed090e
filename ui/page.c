#include "ui/page.h"

typedef struct
{
  /* owned */
  char *title;
  char *subtitle;
  char *icon_name;
  PhModel *model;
  PhQueue *queue;
} PhPagePrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (PhPage, ph_page, ADW_TYPE_BIN)

enum
{
  PROP_TITLE = 1,
  PROP_SUBTITLE,
  PROP_ICON_NAME,
  PROP_MODEL,
  PROP_QUEUE,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void
set_string (PhPage *self, char **field, const char *value, guint prop)
{
  if (g_strcmp0 (*field, value) == 0)
    return;

  char *copy = g_strdup (value);
  g_free (*field);
  *field = copy;
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

static void
ph_page_dispose (GObject *object)
{
  PhPagePrivate *priv = ph_page_get_instance_private (PH_PAGE (object));

  g_clear_object (&priv->model);
  g_clear_object (&priv->queue);
  G_OBJECT_CLASS (ph_page_parent_class)->dispose (object);
}

static void
ph_page_finalize (GObject *object)
{
  PhPagePrivate *priv = ph_page_get_instance_private (PH_PAGE (object));

  g_free (priv->title);
  g_free (priv->subtitle);
  g_free (priv->icon_name);
  G_OBJECT_CLASS (ph_page_parent_class)->finalize (object);
}

static void
ph_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PhPagePrivate *priv = ph_page_get_instance_private (PH_PAGE (object));

  switch (id)
    {
    case PROP_TITLE:
      g_value_set_string (value, priv->title);
      break;
    case PROP_SUBTITLE:
      g_value_set_string (value, priv->subtitle);
      break;
    case PROP_ICON_NAME:
      g_value_set_string (value, priv->icon_name);
      break;
    case PROP_MODEL:
      g_value_set_object (value, priv->model);
      break;
    case PROP_QUEUE:
      g_value_set_object (value, priv->queue);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
ph_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  PhPage *self = PH_PAGE (object);

  switch (id)
    {
    case PROP_TITLE:
      ph_page_set_title (self, g_value_get_string (value));
      break;
    case PROP_SUBTITLE:
      ph_page_set_subtitle (self, g_value_get_string (value));
      break;
    case PROP_ICON_NAME:
      ph_page_set_icon_name (self, g_value_get_string (value));
      break;
    case PROP_MODEL:
      ph_page_set_model (self, g_value_get_object (value));
      break;
    case PROP_QUEUE:
      ph_page_set_queue (self, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
ph_page_class_init (PhPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = ph_page_dispose;
  object_class->finalize = ph_page_finalize;
  object_class->get_property = ph_page_get_property;
  object_class->set_property = ph_page_set_property;

  props[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  props[PROP_SUBTITLE] = g_param_spec_string ("subtitle", NULL, NULL, NULL, flags);
  props[PROP_ICON_NAME] = g_param_spec_string ("icon-name", NULL, NULL, NULL, flags);
  props[PROP_MODEL] = g_param_spec_object ("model", NULL, NULL, PH_TYPE_MODEL, flags);
  props[PROP_QUEUE] = g_param_spec_object ("queue", NULL, NULL, PH_TYPE_QUEUE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
ph_page_init (PhPage *self)
{
}

/* Public */

const char *
ph_page_get_title (PhPage *self)
{
  g_return_val_if_fail (PH_IS_PAGE (self), NULL);
  PhPagePrivate *priv = ph_page_get_instance_private (self);

  return priv->title;
}

void
ph_page_set_title (PhPage *self, const char *title)
{
  g_return_if_fail (PH_IS_PAGE (self));
  PhPagePrivate *priv = ph_page_get_instance_private (self);

  set_string (self, &priv->title, title, PROP_TITLE);
}

const char *
ph_page_get_subtitle (PhPage *self)
{
  g_return_val_if_fail (PH_IS_PAGE (self), NULL);
  PhPagePrivate *priv = ph_page_get_instance_private (self);

  return priv->subtitle;
}

void
ph_page_set_subtitle (PhPage *self, const char *subtitle)
{
  g_return_if_fail (PH_IS_PAGE (self));
  PhPagePrivate *priv = ph_page_get_instance_private (self);

  set_string (self, &priv->subtitle, subtitle, PROP_SUBTITLE);
}

const char *
ph_page_get_icon_name (PhPage *self)
{
  g_return_val_if_fail (PH_IS_PAGE (self), NULL);
  PhPagePrivate *priv = ph_page_get_instance_private (self);

  return priv->icon_name;
}

void
ph_page_set_icon_name (PhPage *self, const char *icon_name)
{
  g_return_if_fail (PH_IS_PAGE (self));
  PhPagePrivate *priv = ph_page_get_instance_private (self);

  set_string (self, &priv->icon_name, icon_name, PROP_ICON_NAME);
}

PhModel *
ph_page_get_model (PhPage *self)
{
  g_return_val_if_fail (PH_IS_PAGE (self), NULL);
  PhPagePrivate *priv = ph_page_get_instance_private (self);

  return priv->model;
}

void
ph_page_set_model (PhPage *self, PhModel *model)
{
  g_return_if_fail (PH_IS_PAGE (self));
  g_return_if_fail (model == NULL || PH_IS_MODEL (model));
  PhPagePrivate *priv = ph_page_get_instance_private (self);

  if (g_set_object (&priv->model, model))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MODEL]);
}

PhQueue *
ph_page_get_queue (PhPage *self)
{
  g_return_val_if_fail (PH_IS_PAGE (self), NULL);
  PhPagePrivate *priv = ph_page_get_instance_private (self);

  return priv->queue;
}

void
ph_page_set_queue (PhPage *self, PhQueue *queue)
{
  g_return_if_fail (PH_IS_PAGE (self));
  g_return_if_fail (queue == NULL || PH_IS_QUEUE (queue));
  PhPagePrivate *priv = ph_page_get_instance_private (self);

  if (g_set_object (&priv->queue, queue))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_QUEUE]);
}

void
ph_page_enter (PhPage *self)
{
  g_return_if_fail (PH_IS_PAGE (self));

  if (PH_PAGE_GET_CLASS (self)->enter != NULL)
    PH_PAGE_GET_CLASS (self)->enter (self);
}

void
ph_page_leave (PhPage *self)
{
  g_return_if_fail (PH_IS_PAGE (self));

  if (PH_PAGE_GET_CLASS (self)->leave != NULL)
    PH_PAGE_GET_CLASS (self)->leave (self);
}

void
ph_page_toast (PhPage *self, const char *sentence)
{
  g_return_if_fail (PH_IS_PAGE (self));

  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", sentence);
}
