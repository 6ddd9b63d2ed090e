#pragma once

#include "network/op.h"

G_BEGIN_DECLS

#define PH_MAX_SPATIAL 3

typedef enum
{
  PH_AUTO_PAD_NOTSET,
  PH_AUTO_PAD_SAME_UPPER,
  PH_AUTO_PAD_SAME_LOWER,
  PH_AUTO_PAD_VALID,
} PhAutoPad;

/**
 * PhSpatial:
 * @n: spatial axes that the attributes speak of, 0 when no list was given
 * @kernel: extents of the window, 0 when the file does not say
 * @before, @after: padding of each axis
 * @ceil_mode: whether a last window that sticks out at the end counts
 *
 * The attributes that convolutions and pools share: one entry per axis after N and C.
 */
typedef struct
{
  guint n;
  gint64 kernel[PH_MAX_SPATIAL];
  gint64 stride[PH_MAX_SPATIAL];
  gint64 dilation[PH_MAX_SPATIAL];
  gint64 before[PH_MAX_SPATIAL], after[PH_MAX_SPATIAL];
  PhAutoPad auto_pad;
  gboolean ceil_mode;
} PhSpatial;

/** ph_spatial_configure: reads kernel_shape, strides, dilations, pads, auto_pad and ceil_mode. */
gboolean ph_spatial_configure (PhSpatial *spatial, const PhAttrs *attrs, GError **error);

/** ph_spatial_check_rank: whether @x is N, C and one to three spatial axes, as many as the
 * attributes have. @what begins the message. */
gboolean ph_spatial_check_rank (const PhSpatial *spatial, const char *what, const PhShape *x,
                                GError **error);

/**
 * ph_spatial_resolve:
 * @in: extents of the @n spatial axes; @out: (out): those of the output
 *
 * Settles automatic padding in @spatial (a copy in the state of a step) and computes output sizes.
 * With ceil_mode, a window that would start in the padding at the end does not exist.
 */
gboolean ph_spatial_resolve (PhSpatial *spatial, guint n, const gint64 *in, gint64 *out,
                             GError **error);

/** ph_spatial_extent: input elements from the first to the last that a window touches. */
gint64 ph_spatial_extent (const PhSpatial *spatial, guint axis);

/** ph_spatial_window: how the last two axes are looked at when there are @n spatial axes. */
void ph_spatial_window (const PhSpatial *spatial, guint n, PhWindow *rows, PhWindow *columns);

G_END_DECLS
