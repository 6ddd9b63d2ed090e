#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** ph_half_to_float: the number whose IEEE 754 binary16 bits are @half; exact. */
float ph_half_to_float (guint16 half);

/** ph_half_from_float: the nearest binary16, ties to even; too large becomes infinite, NaN stays
 * NaN. */
guint16 ph_half_from_float (float value);

/** ph_bfloat_to_float: the number whose bfloat16 bits are @bits; exact. */
float ph_bfloat_to_float (guint16 bits);

/** ph_bfloat_from_float: the nearest bfloat16, ties to even; NaN stays NaN. */
guint16 ph_bfloat_from_float (float value);

G_END_DECLS
