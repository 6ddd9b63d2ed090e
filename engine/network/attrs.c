#include "network/attrs.h"

#include <string.h>

typedef struct
{
  PhAttrKind kind;
  gsize n;
  gpointer data;    /* owned: integers, reals or text */
  PhTensor *tensor; /* owned */
} Attr;

struct _PhAttrs
{
  GHashTable *table; /* owned: name → Attr */
};

static void
attr_free (gpointer data)
{
  Attr *attr = data;

  g_free (attr->data);
  g_clear_pointer (&attr->tensor, ph_tensor_unref);
  g_free (attr);
}

PhAttrs *
ph_attrs_new (void)
{
  PhAttrs *attrs = g_new0 (PhAttrs, 1);

  attrs->table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, attr_free);
  return attrs;
}

void
ph_attrs_free (PhAttrs *attrs)
{
  g_hash_table_unref (attrs->table);
  g_free (attrs);
}

static void
put (PhAttrs *attrs, const char *name, PhAttrKind kind, gconstpointer data, gsize n, gsize bytes)
{
  Attr *attr = g_new0 (Attr, 1);

  attr->kind = kind;
  attr->n = n;
  attr->data = g_memdup2 (data, bytes);
  g_hash_table_replace (attrs->table, g_strdup (name), attr);
}

/* Bytes of an attribute's data. */
static gsize
attr_size (const Attr *attr)
{
  switch (attr->kind)
    {
    case PH_ATTR_INT:
    case PH_ATTR_INTS:
      return attr->n * sizeof (gint64);
    case PH_ATTR_REAL:
    case PH_ATTR_REALS:
      return attr->n * sizeof (float);
    case PH_ATTR_TEXT:
      return strlen (attr->data) + 1;
    case PH_ATTR_TENSOR:
    default:
      return 0;
    }
}

PhAttrs *
ph_attrs_copy (const PhAttrs *attrs)
{
  PhAttrs *copy = ph_attrs_new ();
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init (&iter, attrs->table);
  while (g_hash_table_iter_next (&iter, &name, &value))
    {
      const Attr *attr = value;

      if (attr->kind == PH_ATTR_TENSOR)
        ph_attrs_set_tensor (copy, name, attr->tensor);
      else
        put (copy, name, attr->kind, attr->data, attr->n, attr_size (attr));
    }
  return copy;
}

void
ph_attrs_set_int (PhAttrs *attrs, const char *name, gint64 value)
{
  put (attrs, name, PH_ATTR_INT, &value, 1, sizeof value);
}

void
ph_attrs_set_real (PhAttrs *attrs, const char *name, float value)
{
  put (attrs, name, PH_ATTR_REAL, &value, 1, sizeof value);
}

void
ph_attrs_set_text (PhAttrs *attrs, const char *name, const char *value)
{
  put (attrs, name, PH_ATTR_TEXT, value, 1, strlen (value) + 1);
}

void
ph_attrs_set_ints (PhAttrs *attrs, const char *name, const gint64 *values, gsize n)
{
  put (attrs, name, PH_ATTR_INTS, values, n, n * sizeof *values);
}

void
ph_attrs_set_reals (PhAttrs *attrs, const char *name, const float *values, gsize n)
{
  put (attrs, name, PH_ATTR_REALS, values, n, n * sizeof *values);
}

void
ph_attrs_set_tensor (PhAttrs *attrs, const char *name, PhTensor *value)
{
  Attr *attr = g_new0 (Attr, 1);

  attr->kind = PH_ATTR_TENSOR;
  attr->tensor = ph_tensor_ref (value);
  g_hash_table_replace (attrs->table, g_strdup (name), attr);
}

static const Attr *
get (const PhAttrs *attrs, const char *name, PhAttrKind kind)
{
  const Attr *attr = attrs != NULL ? g_hash_table_lookup (attrs->table, name) : NULL;

  return attr != NULL && attr->kind == kind ? attr : NULL;
}

gboolean
ph_attrs_has (const PhAttrs *attrs, const char *name)
{
  return attrs != NULL && g_hash_table_contains (attrs->table, name);
}

gint64
ph_attrs_get_int (const PhAttrs *attrs, const char *name, gint64 value)
{
  const Attr *attr = get (attrs, name, PH_ATTR_INT);

  return attr != NULL ? *(const gint64 *)attr->data : value;
}

float
ph_attrs_get_real (const PhAttrs *attrs, const char *name, float value)
{
  const Attr *attr = get (attrs, name, PH_ATTR_REAL);

  return attr != NULL ? *(const float *)attr->data : value;
}

const char *
ph_attrs_get_text (const PhAttrs *attrs, const char *name, const char *value)
{
  const Attr *attr = get (attrs, name, PH_ATTR_TEXT);

  return attr != NULL ? attr->data : value;
}

const gint64 *
ph_attrs_get_ints (const PhAttrs *attrs, const char *name, gsize *n)
{
  const Attr *attr = get (attrs, name, PH_ATTR_INTS);

  *n = attr != NULL ? attr->n : 0;
  return attr != NULL ? attr->data : NULL;
}

const float *
ph_attrs_get_reals (const PhAttrs *attrs, const char *name, gsize *n)
{
  const Attr *attr = get (attrs, name, PH_ATTR_REALS);

  *n = attr != NULL ? attr->n : 0;
  return attr != NULL ? attr->data : NULL;
}

PhTensor *
ph_attrs_get_tensor (const PhAttrs *attrs, const char *name)
{
  const Attr *attr = get (attrs, name, PH_ATTR_TENSOR);

  return attr != NULL ? attr->tensor : NULL;
}

GList *
ph_attrs_get_names (const PhAttrs *attrs)
{
  return attrs == NULL
             ? NULL
             : g_list_sort (g_hash_table_get_keys (attrs->table), (GCompareFunc)g_strcmp0);
}

PhAttrKind
ph_attrs_get_kind (const PhAttrs *attrs, const char *name)
{
  const Attr *attr = g_hash_table_lookup (attrs->table, name);

  g_return_val_if_fail (attr != NULL, PH_ATTR_INT);
  return attr->kind;
}
