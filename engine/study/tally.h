#pragma once

#include "study/examples.h"
#include "study/statistics.h"
#include "study/targets.h"

G_BEGIN_DECLS

/**
 * PhUnitTally:
 * @examples: highest and lowest images
 * @sample_value, @sample_position: of the images of the even sample, in its order
 * @histogram: of the values: the largest of the map, one an image
 * @sum, @squares: over all images, of the mean over the map of the activation and of its square
 * @zeros: positions of all maps that are exactly 0
 * @n: images counted; those with activations that are no finite numbers are left out
 *
 * What is known of a unit.
 */
typedef struct
{
  PhExamples examples;
  float sample_value[PH_N_SAMPLE];
  guint32 sample_position[PH_N_SAMPLE];
  PhHistogram histogram;
  PhExactSum sum, squares;
  guint64 zeros;
  guint64 n;
} PhUnitTally;

/**
 * PhTally:
 *
 * What a scan knows of all units of its targets, and how it learns from one more image. Tallies of
 * parts of a set can be joined; the result is the same to the bit as one of the whole. Memory:
 * about 3.5 KiB for each unit and 8 bytes for each unit and class, whatever the number of images.
 */
typedef struct
{
  /* owned */
  PhUnitTally **units;    /* for each target, one for each of its channels */
  gint64 **class_sums;    /* for each target: classes by channels, in 2^-24 */
  guint64 *class_count;   /* images of each class */
  guint64 *class_written; /* the same when they were last written to a store */
  GMutex *locks;          /* one for each target, one for what they share */

  /* borrowed */
  const PhTargets *targets;
  guint n_classes;
  PhSample sample;
} PhTally;

/** ph_tally_new: Returns: %NULL with %PH_ERROR_NO_MEMORY. @targets must live longer. */
PhTally *ph_tally_new (const PhTargets *targets, guint n_classes, GError **error);
void ph_tally_free (PhTally *tally);

/** ph_tally_clear: as if new. */
void ph_tally_clear (PhTally *tally);

/**
 * ph_tally_add:
 * @values: for each target the tensor of one image
 * @place: from ph_tally_sample() for this image
 *
 * Learns from one image. Several threads may do so at once.
 */
void ph_tally_add (PhTally *tally, guint32 image, guint64 digest, int label, int place,
                   const float *const *values);

/** ph_tally_sample: whether the image is of the even sample, and where. Call it for each image, in
 * one thread, before ph_tally_add() of that or a later image. */
int ph_tally_sample (PhTally *tally, guint64 digest, guint32 image);

void ph_tally_join (PhTally *tally, const PhTally *other);

/** ph_tally_pack: (transfer full): all of it as bytes, for another process of this program on the
 * same kind of machine. */
GBytes *ph_tally_pack (const PhTally *tally);

/** ph_tally_unpack: replaces what @tally holds. Returns: whether the bytes fit. */
gboolean ph_tally_unpack (PhTally *tally, GBytes *bytes);

/** ph_class_sum_to_double: from the fixed point of class_sums. */
double ph_class_sum_to_double (gint64 sum);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhTally, ph_tally_free)

G_END_DECLS
