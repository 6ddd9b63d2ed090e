#pragma once

#include "base/error.h"
#include "base/rng.h"
#include "vis/warp.h"

G_BEGIN_DECLS

#define PH_TRANSFORM_MAX_NUMBERS 2
#define PH_TRANSFORM_MAX_SAMPLE 9

/**
 * PhTransformArgs:
 * @number: as written, missing ones filled in by the class
 * @percent: whether the first number is in percent of the picture's shorter side
 * @word: index into the class's words, 0 when none was written
 * @reach_x, @reach_y: pixels of the picture that the view spans before any change
 */
typedef struct
{
  double number[PH_TRANSFORM_MAX_NUMBERS];
  guint n_numbers;
  gboolean percent;
  guint word;
  double reach_x, reach_y;
} PhTransformArgs;

/**
 * PhTransformClass:
 * @name: as written in the list
 * @usage: its arguments, for messages and help
 * @summary: one sentence
 * @min_numbers, @max_numbers: how many numbers may follow the name
 * @length: whether the first number is a length in pixels, which may also be given as "20%"
 * @words: (nullable): %NULL-terminated words, one of which may follow the numbers
 * @check: (nullable): validates the arguments and fills in missing ones
 * @weaken: (nullable): makes the change as many times as strong; without it all numbers are
 *   multiplied
 * @warp: (nullable): for those that move pixels: draws from @rng and composes the movement
 * @sample: for those that change values: draws what one step uses, at most
 *   %PH_TRANSFORM_MAX_SAMPLE numbers
 * @apply: changes @view (channels, n pixels) in place; @rng continues the stream of @sample
 * @adjoint: the gradient at the view, carried back in place
 *
 * A random change of the picture that the unit should not mind. Without such changes ascent finds
 * patterns that excite the unit only in exactly one place. Adding one is a class in one of the
 * transform-*.c files and a line in ph_transform_classes().
 */
typedef struct
{
  const char *name;
  const char *usage;
  const char *summary;
  guint min_numbers, max_numbers;
  gboolean length;
  const char *const *words;
  gboolean (*check) (PhTransformArgs *args, GError **error);
  void (*weaken) (PhTransformArgs *args, double strength);
  void (*warp) (const PhTransformArgs *args, PhRng *rng, PhWarp *warp);
  void (*sample) (const PhTransformArgs *args, PhRng *rng, float *sample);
  void (*apply) (const PhTransformArgs *args, const float *sample, PhRng *rng, guint channels,
                 gsize n, float *view);
  void (*adjoint) (const PhTransformArgs *args, const float *sample, guint channels, gsize n,
                   float *d_view);
} PhTransformClass;

/** ph_transform_classes: all classes, %NULL-terminated. */
const PhTransformClass *const *ph_transform_classes (void);

/**
 * ph_transforms_check:
 * @text: a list as "pad reflect, jitter 10%, scale 0.9 1.1, rotate -10 10"; "none" or nothing
 * for an empty one
 *
 * Returns: %FALSE with %PH_ERROR_DATA_INVALID, naming the column and what would be valid.
 */
gboolean ph_transforms_check (const char *text, GError **error);

/**
 * PhTransforms:
 *
 * A list of transforms for pictures of one size shown to a network of one size, with the buffers it
 * needs and the sample of the current step. Those that move pixels become one resampling, which
 * comes first; those that change values follow in their order. In the end the network looks at
 * the middle of what it is given; where the picture's proportions are not those of the network, the
 * view covers the shorter side and wanders along the longer one.
 */
typedef struct _PhTransforms PhTransforms;

/**
 * ph_transforms_new:
 * @channels, @height, @width: of the picture
 * @out_height, @out_width: of the view
 *
 * Returns: %NULL with the error of ph_transforms_check() or %PH_ERROR_NO_MEMORY.
 */
PhTransforms *ph_transforms_new (const char *text, guint channels, guint height, guint width,
                                 guint out_height, guint out_width, GError **error);
void ph_transforms_free (PhTransforms *transforms);

/** ph_transforms_sample: draws the changes of the next step, @strength times as strong as written.
 */
void ph_transforms_sample (PhTransforms *transforms, double strength, PhRng *rng);

/** ph_transforms_apply: @view (channels, out_height, out_width), overwritten, from @image. */
void ph_transforms_apply (PhTransforms *transforms, const float *image, float *view);

/** ph_transforms_adjoint: adds to @d_image; @d_view is destroyed. */
void ph_transforms_adjoint (PhTransforms *transforms, float *d_view, float *d_image);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhTransforms, ph_transforms_free)

G_END_DECLS
