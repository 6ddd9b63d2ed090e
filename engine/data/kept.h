#pragma once

#include "base/image.h"

G_BEGIN_DECLS

/**
 * PhKept:
 *
 * Decoded pictures kept in memory, a byte a number, for those who go through a set of images again
 * and again. What comes out is to the bit what went in: a picture that bytes cannot hold exactly
 * (of 16 bits, for example) is not kept. For any number of threads at once.
 */
typedef struct _PhKept PhKept;

/** ph_kept_new: keeps pictures as long as they take no more than @limit bytes together. */
PhKept *ph_kept_new (gsize limit);
void ph_kept_free (PhKept *kept);

/** ph_kept_put: keeps a copy of @image under the number @key if it can and if there is room. */
void ph_kept_put (PhKept *kept, guint64 key, const PhImage *image);

/** ph_kept_get: Returns: (transfer full) (nullable): what was kept under @key. */
PhImage *ph_kept_get (PhKept *kept, guint64 key);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhKept, ph_kept_free)

G_END_DECLS
