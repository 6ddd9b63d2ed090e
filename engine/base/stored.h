#pragma once

#include "base/tensor.h"

G_BEGIN_DECLS

/* Elements as files store them: little-endian, each in the size of its declared type, where memory
 * knows only `float` and `gint64`. */

/** ph_stored_size: bytes of one element of @type in a file; 0 for types that cannot be held. */
gsize ph_stored_size (PhType type);

/**
 * ph_stored_decode:
 * @from: @n elements of @type, little-endian, any alignment
 * @to: @n times `float` or `gint64`, as ph_type_is_real() says
 *
 * float64 is narrowed to float32; bool becomes 0 or 1.
 */
void ph_stored_decode (PhType type, gconstpointer from, gpointer to, gsize n);

/** ph_stored_encode: the way back: all elements of @tensor to @to, which has room for
 * tensor->n * ph_stored_size (tensor->type) bytes. */
void ph_stored_encode (const PhTensor *tensor, gpointer to);

G_END_DECLS
