#pragma once

#include "base/error.h"
#include "base/shape.h"

G_BEGIN_DECLS

/**
 * PhType:
 *
 * Element type as declared in a network file; the numbers are those of ONNX. In memory there are
 * only two kinds: every real type is held as `float`, every integer type and bool as `gint64`
 * (uint64 by its bits). The declared type is kept so that integer arithmetic wraps as declared.
 */
typedef enum
{
  PH_TYPE_NONE = 0,
  PH_TYPE_FLOAT = 1,
  PH_TYPE_UINT8 = 2,
  PH_TYPE_INT8 = 3,
  PH_TYPE_UINT16 = 4,
  PH_TYPE_INT16 = 5,
  PH_TYPE_INT32 = 6,
  PH_TYPE_INT64 = 7,
  PH_TYPE_STRING = 8, /* never held */
  PH_TYPE_BOOL = 9,
  PH_TYPE_FLOAT16 = 10,
  PH_TYPE_DOUBLE = 11,
  PH_TYPE_UINT32 = 12,
  PH_TYPE_UINT64 = 13,
  PH_TYPE_BFLOAT16 = 16,
} PhType;

/** ph_type_is_real: whether elements are held as `float`. */
gboolean ph_type_is_real (PhType type);

/** ph_type_is_held: whether tensors of this type can exist here at all (strings cannot). */
gboolean ph_type_is_held (PhType type);

/** ph_type_size: bytes of one element in memory: 4 for real types, 8 for integers and bool. */
gsize ph_type_size (PhType type);

/** ph_type_name: "float32", "int64", … */
const char *ph_type_name (PhType type);

/** ph_type_wrap: @value reduced to the range of the integer @type, as C's conversion does. */
gint64 ph_type_wrap (PhType type, gint64 value);

/**
 * PhTensor:
 *
 * A dense tensor with atomic reference count. Data is 64-byte aligned unless it was borrowed from
 * a #GBytes. Frozen by convention as soon as it is shared.
 */
typedef struct
{
  PhType type;
  PhShape shape;
  gsize n; /* elements */
  union
  {
    gpointer data;
    float *f;  /* real types */
    gint64 *i; /* integer types and bool */
  };

  /*< private >*/
  gatomicrefcount refs;
  GBytes *owner; /* owned; when set, data points into it */
} PhTensor;

/**
 * ph_tensor_new:
 *
 * Returns: (transfer full): a zeroed tensor, or %NULL with %PH_ERROR_NO_MEMORY or
 * %PH_ERROR_SHAPE_MISMATCH (negative or absurd extents).
 */
PhTensor *ph_tensor_new (PhType type, const PhShape *shape, GError **error);

/** ph_tensor_new_floats: a float32 tensor with a copy of @values; aborts when out of memory, for
 * small constants. */
PhTensor *ph_tensor_new_floats (const PhShape *shape, const float *values);

/** ph_tensor_new_ints: the same for int64. */
PhTensor *ph_tensor_new_ints (const PhShape *shape, const gint64 *values);

/**
 * ph_tensor_new_for_bytes:
 * @bytes: exactly the elements as held in memory
 *
 * Returns: (transfer full): a tensor over @bytes without a copy (a reference is taken), or %NULL
 * when the size does not fit the shape.
 */
PhTensor *ph_tensor_new_for_bytes (PhType type, const PhShape *shape, GBytes *bytes,
                                   GError **error);

PhTensor *ph_tensor_ref (PhTensor *tensor);
void ph_tensor_unref (PhTensor *tensor);

/** ph_tensor_get_real: element @i as double whatever the type. */
double ph_tensor_get_real (const PhTensor *tensor, gsize i);

/** ph_tensor_get_int: element @i as integer whatever the type (reals are truncated). */
gint64 ph_tensor_get_int (const PhTensor *tensor, gsize i);

/** ph_aligned_alloc: zeroed memory aligned to 64 bytes or %NULL; free with ph_aligned_free(). */
gpointer ph_aligned_alloc (gsize bytes);
void ph_aligned_free (gpointer memory);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhTensor, ph_tensor_unref)

G_END_DECLS
