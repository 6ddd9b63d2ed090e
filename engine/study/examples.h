#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define PH_N_HIGHEST 32
#define PH_N_LOWEST 8

/** PH_N_SAMPLE: images of the even sample, from which those across the range are chosen. */
#define PH_N_SAMPLE 128

/**
 * PhExample:
 * @value: what the unit answers to the image: the largest number of its map, or the smallest in a
 *   list of the lowest
 * @tie: the largest number of the map, by which equal lowest ones are told apart
 * @image: number of the image in the scan
 * @position: row * columns + column of the value in the map, the first of equal ones
 * @digest: of the image's content
 */
typedef struct
{
  float value, tie;
  guint32 image, position;
  guint64 digest;
} PhExample;

/**
 * PhExamples:
 *
 * The images to which a unit answers most and least, most extreme first. Of equal values the image
 * that comes first in the set is ahead; of images with the same content only the first is kept.
 * What is kept depends on what was offered, not on the order or on how it was divided, so that
 * lists made apart can be joined without loss.
 */
typedef struct
{
  guint32 n_highest, n_lowest;
  PhExample highest[PH_N_HIGHEST];
  PhExample lowest[PH_N_LOWEST];
} PhExamples;

/** ph_examples_wants_highest: whether an image with this value could come into the list. */
gboolean ph_examples_wants_highest (const PhExamples *examples, float value);
gboolean ph_examples_wants_lowest (const PhExamples *examples, float value);

void ph_examples_add_highest (PhExamples *examples, const PhExample *example);
void ph_examples_add_lowest (PhExamples *examples, const PhExample *example);

/** ph_examples_join: adds all of @other. */
void ph_examples_join (PhExamples *examples, const PhExamples *other);

/**
 * PhSample:
 * @n: images
 * @digest, @image: of each
 *
 * An even sample of the distinct images: those whose digests, mixed once more, are smallest.
 * Whichever images come in whatever order, the same ones remain.
 * Source: Cohen and Kaplan, "Summarizing Data using Bottom-k Sketches", PODC 2007.
 */
typedef struct
{
  guint32 n;
  guint32 image[PH_N_SAMPLE];
  guint64 digest[PH_N_SAMPLE];
} PhSample;

/** ph_sample_key: a permutation of digests that is not their order: the smallest are the sample. */
guint64 ph_sample_key (guint64 digest);

/** ph_sample_offer: Returns: the place that the image takes (which another may have had), or -1
 * when it is not in the sample. */
int ph_sample_offer (PhSample *sample, guint64 digest, guint32 image);

G_END_DECLS
