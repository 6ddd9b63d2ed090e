#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The largest number of input positions that one output position is made of. */
#define PH_RESIZE_TAPS 4

typedef enum
{
  PH_RESIZE_NEAREST,
  PH_RESIZE_LINEAR,
  PH_RESIZE_CUBIC,
} PhResizeMode;

typedef enum
{
  PH_RESIZE_HALF_PIXEL,
  PH_RESIZE_PYTORCH_HALF_PIXEL,
  PH_RESIZE_ALIGN_CORNERS,
  PH_RESIZE_ASYMMETRIC,
  PH_RESIZE_TF_HALF_PIXEL_FOR_NN,
  PH_RESIZE_TF_CROP_AND_RESIZE,
} PhResizeCoordinates;

typedef enum
{
  PH_RESIZE_ROUND_PREFER_FLOOR,
  PH_RESIZE_ROUND_PREFER_CEIL,
  PH_RESIZE_FLOOR,
  PH_RESIZE_CEIL,
} PhResizeRounding;

/** PhResizeRule: the attributes of a Resize node. */
typedef struct
{
  PhResizeMode mode;
  PhResizeCoordinates coordinates;
  PhResizeRounding rounding;
  double cubic_a;
  gboolean exclude_outside;
} PhResizeRule;

/**
 * PhResizeAxis:
 * @n_in, @n_out: extents
 * @scale: of output to input, as the file gives it
 * @width: of the output before it was rounded to @n_out
 * @roi_start, @roi_end: part of the input, in 0..1, for tf_crop_and_resize
 */
typedef struct
{
  gint64 n_in, n_out;
  double scale, width;
  double roi_start, roi_end;
} PhResizeAxis;

/**
 * PhResizeTable:
 * @taps: 1, 2 or 4
 * @place, @weight: (owned): n_out × taps: output i is Σ_t weight[i, t] * x[place[i, t]]
 * @inside: (owned): whether output i comes from the input at all
 *
 * A resampling along one axis, which is linear.
 */
typedef struct
{
  gint64 n_in, n_out;
  guint taps;
  gint32 *place;
  float *weight;
  guint8 *inside;
} PhResizeTable;

void ph_resize_table_init (PhResizeTable *table, const PhResizeRule *rule,
                           const PhResizeAxis *axis);
void ph_resize_table_clear (PhResizeTable *table);

/** ph_resize_table_is_identity: whether the axis stays as it is. */
gboolean ph_resize_table_is_identity (const PhResizeTable *table);

/**
 * ph_resize_table_apply:
 * @x: (outer, n_in, inner), @y: (outer, n_out, inner), overwritten
 * @fill: for outputs that are not inside
 */
void ph_resize_table_apply (const PhResizeTable *table, gsize outer, gsize inner, float fill,
                            const float *x, float *y);

/** ph_resize_table_adjoint: adds to @dx what @dy, the gradient at y, makes of it. */
void ph_resize_table_adjoint (const PhResizeTable *table, gsize outer, gsize inner, const float *dy,
                              float *dx);

G_END_DECLS
