#pragma once

#include "base/tensor.h"

G_BEGIN_DECLS

/**
 * PhAttrs:
 *
 * Attributes of a node as a file gives them: name → integer(s), real(s), text or tensor. Built once
 * by whoever makes the node, then read-only. Operators parse it in `configure`.
 */
typedef struct _PhAttrs PhAttrs;

typedef enum
{
  PH_ATTR_INT,
  PH_ATTR_REAL,
  PH_ATTR_TEXT,
  PH_ATTR_INTS,
  PH_ATTR_REALS,
  PH_ATTR_TENSOR,
} PhAttrKind;

PhAttrs *ph_attrs_new (void);
void ph_attrs_free (PhAttrs *attrs);

/** ph_attrs_copy: the same attributes; tensors are shared. */
PhAttrs *ph_attrs_copy (const PhAttrs *attrs);

void ph_attrs_set_int (PhAttrs *attrs, const char *name, gint64 value);
void ph_attrs_set_real (PhAttrs *attrs, const char *name, float value);
void ph_attrs_set_text (PhAttrs *attrs, const char *name, const char *value);
void ph_attrs_set_ints (PhAttrs *attrs, const char *name, const gint64 *values, gsize n);
void ph_attrs_set_reals (PhAttrs *attrs, const char *name, const float *values, gsize n);
void ph_attrs_set_tensor (PhAttrs *attrs, const char *name, PhTensor *value);

/* Readers return the default, or NULL with *n = 0, when the attribute is absent or of another kind.
 * A NULL @attrs has no attributes. Results are borrowed. */
gboolean ph_attrs_has (const PhAttrs *attrs, const char *name);
gint64 ph_attrs_get_int (const PhAttrs *attrs, const char *name, gint64 value);
float ph_attrs_get_real (const PhAttrs *attrs, const char *name, float value);
const char *ph_attrs_get_text (const PhAttrs *attrs, const char *name, const char *value);
const gint64 *ph_attrs_get_ints (const PhAttrs *attrs, const char *name, gsize *n);
const float *ph_attrs_get_reals (const PhAttrs *attrs, const char *name, gsize *n);
PhTensor *ph_attrs_get_tensor (const PhAttrs *attrs, const char *name);

/** ph_attrs_get_names: names in alphabetical order; free the list with g_list_free(). */
GList *ph_attrs_get_names (const PhAttrs *attrs);
PhAttrKind ph_attrs_get_kind (const PhAttrs *attrs, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhAttrs, ph_attrs_free)

G_END_DECLS
