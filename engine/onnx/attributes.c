#include "onnx/attributes-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "onnx/tensor-private.h"

typedef Onnx__AttributeProto Attribute;

/* Files of version 1 of the representation do not say the kind: it is that of the field in use. */
static int
kind_of (const Attribute *a)
{
  if (a->has_type && a->type != ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__UNDEFINED)
    return a->type;
  if (a->has_f)
    return ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT;
  if (a->has_i)
    return ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT;
  if (a->has_s)
    return ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING;
  if (a->t != NULL)
    return ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSOR;
  if (a->n_ints > 0)
    return ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS;
  if (a->n_floats > 0)
    return ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOATS;
  if (a->n_strings > 0)
    return ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRINGS;
  return ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__UNDEFINED;
}

static char *
dup_text (const ProtobufCBinaryData *bytes)
{
  if (bytes->len == 0)
    return g_strdup ("");
  return g_utf8_make_valid ((const char *)bytes->data, (gssize)bytes->len);
}

static void
set_texts (PhAttrs *attrs, const Attribute *a)
{
  g_autoptr (GString) joined = g_string_new (NULL);

  for (gsize i = 0; i < a->n_strings; i++)
    {
      g_autofree char *text = dup_text (&a->strings[i]);

      if (i > 0)
        g_string_append_c (joined, '\n');
      g_string_append (joined, text);
    }
  ph_attrs_set_text (attrs, a->name, joined->str);
}

static gboolean
set_tensor (PhAttrs *attrs, const Attribute *a, const char *folder, GError **error)
{
  if (a->t == NULL)
    {
      g_set_error_literal (error, PH_ERROR, PH_ERROR_MODEL_INVALID, _ ("the tensor is missing"));
      return FALSE;
    }

  g_autoptr (PhTensor) tensor = ph_onnx_tensor_from_message (a->t, folder, error);

  if (tensor == NULL)
    return FALSE;
  ph_attrs_set_tensor (attrs, a->name, tensor);
  return TRUE;
}

static gboolean
set_attribute (PhAttrs *attrs, const Attribute *a, const char *folder, GError **error)
{
  g_autofree char *text = NULL;

  switch (kind_of (a))
    {
    case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT:
      ph_attrs_set_real (attrs, a->name, a->f);
      return TRUE;
    case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT:
      ph_attrs_set_int (attrs, a->name, a->i);
      return TRUE;
    case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING:
      text = dup_text (&a->s);
      ph_attrs_set_text (attrs, a->name, text);
      return TRUE;
    case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS:
      ph_attrs_set_ints (attrs, a->name, a->ints, a->n_ints);
      return TRUE;
    case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOATS:
      ph_attrs_set_reals (attrs, a->name, a->floats, a->n_floats);
      return TRUE;
    case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRINGS:
      set_texts (attrs, a);
      return TRUE;
    case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSOR:
      return set_tensor (attrs, a, folder, error);
    default:
      return TRUE;
    }
}

PhAttrs *
ph_onnx_attributes (const Onnx__NodeProto *node, const char *folder, GError **error)
{
  g_autoptr (PhAttrs) attrs = ph_attrs_new ();

  for (gsize i = 0; i < node->n_attribute; i++)
    {
      const Attribute *a = node->attribute[i];

      if (a->name == NULL || a->name[0] == '\0')
        {
          g_set_error (error, PH_ERROR, PH_ERROR_MODEL_INVALID,
                       _ ("node \"%s\": an attribute has no name"),
                       node->name != NULL ? node->name : "");
          return NULL;
        }
      if (!set_attribute (attrs, a, folder, error))
        {
          g_prefix_error (error, _ ("node \"%s\": attribute \"%s\": "),
                          node->name != NULL ? node->name : "", a->name);
          return NULL;
        }
    }
  return g_steal_pointer (&attrs);
}

static gboolean
tensor_to_message (const PhAttrs *attrs, const char *name, Attribute *a, GError **error)
{
  a->t = g_new (Onnx__TensorProto, 1);
  onnx__tensor_proto__init (a->t);
  return ph_onnx_tensor_to_message (ph_attrs_get_tensor (attrs, name), name, a->t, error);
}

static gboolean
to_message (const PhAttrs *attrs, const char *name, Attribute *a, GError **error)
{
  const gint64 *ints;
  const float *reals;
  const char *text;

  a->name = g_strdup (name);
  a->has_type = TRUE;
  switch (ph_attrs_get_kind (attrs, name))
    {
    case PH_ATTR_INT:
      a->type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT;
      a->has_i = TRUE;
      a->i = ph_attrs_get_int (attrs, name, 0);
      return TRUE;
    case PH_ATTR_REAL:
      a->type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT;
      a->has_f = TRUE;
      a->f = ph_attrs_get_real (attrs, name, 0);
      return TRUE;
    case PH_ATTR_TEXT:
      a->type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING;
      text = ph_attrs_get_text (attrs, name, "");
      a->has_s = TRUE;
      a->s.len = strlen (text);
      a->s.data = (uint8_t *)g_strdup (text);
      return TRUE;
    case PH_ATTR_INTS:
      a->type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS;
      ints = ph_attrs_get_ints (attrs, name, &a->n_ints);
      a->ints = g_memdup2 (ints, a->n_ints * sizeof *ints);
      return TRUE;
    case PH_ATTR_REALS:
      a->type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOATS;
      reals = ph_attrs_get_reals (attrs, name, &a->n_floats);
      a->floats = g_memdup2 (reals, a->n_floats * sizeof *reals);
      return TRUE;
    case PH_ATTR_TENSOR:
      a->type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSOR;
      return tensor_to_message (attrs, name, a, error);
    default:
      g_return_val_if_reached (FALSE);
    }
}

gboolean
ph_onnx_attributes_to_message (const PhAttrs *attrs, Onnx__NodeProto *node, GError **error)
{
  g_autoptr (GList) names = attrs != NULL ? ph_attrs_get_names (attrs) : NULL;

  node->attribute = g_new0 (Attribute *, g_list_length (names) + 1);
  for (GList *l = names; l != NULL; l = l->next)
    {
      Attribute *a = g_new (Attribute, 1);

      onnx__attribute_proto__init (a);
      node->attribute[node->n_attribute++] = a;
      if (!to_message (attrs, l->data, a, error))
        return FALSE;
    }
  return TRUE;
}

void
ph_onnx_attributes_clear_message (Onnx__NodeProto *node)
{
  for (gsize i = 0; i < node->n_attribute; i++)
    {
      Attribute *a = node->attribute[i];

      if (a->t != NULL)
        ph_onnx_tensor_clear_message (a->t);
      g_free (a->t);
      g_free (a->name);
      g_free (a->s.data);
      g_free (a->ints);
      g_free (a->floats);
      g_free (a);
    }
  g_clear_pointer (&node->attribute, g_free);
  node->n_attribute = 0;
}
