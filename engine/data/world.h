#pragma once

#include "base/image.h"
#include "base/rng.h"
#include "data/dataset.h"

G_BEGIN_DECLS

/** PH_WORLD_MAX_ATTRIBUTES: room that ph_world_draw() needs for the attributes of one picture. */
#define PH_WORLD_MAX_ATTRIBUTES 24

/** PH_WORLD_VERSION: raise it when pictures change, so that what was learned from the old ones is
 * known to be old. */
#define PH_WORLD_VERSION 2

/**
 * PhWorldAttribute:
 * @low, @high: range of its values
 *
 * Something about a drawn picture that is known because it was drawn so.
 */
typedef struct
{
  const char *name;
  const char *summary;
  double low, high;
} PhWorldAttribute;

/**
 * PhWorld:
 * @name: as written in "world:NAME"
 * @classes: %NULL-terminated labels
 * @attributes: (nullable): ends with a %NULL name
 * @paint: draws one picture of class @label onto @cr, whose user space is the square from -1 to 1
 *   with y down, and writes the attributes
 *
 * A set of pictures that the program draws itself, as many as wanted: nothing is downloaded and
 * everything about each picture is known. Adding one is a file and a line in ph_worlds().
 */
typedef struct _PhWorld PhWorld;

struct _PhWorld
{
  const char *name;
  const char *title;
  const char *summary;
  const char *const *classes;
  const PhWorldAttribute *attributes;
  void (*paint) (void *cr, guint label, PhRng *rng, double *attributes);
};

extern const PhWorld ph_world_things;
extern const PhWorld ph_world_faces;

/** ph_worlds: all worlds, %NULL-terminated. */
const PhWorld *const *ph_worlds (void);

/** ph_world_find: (nullable): the world named @name. */
const PhWorld *ph_world_find (const char *name);

guint ph_world_get_n_classes (const PhWorld *world);
guint ph_world_get_n_attributes (const PhWorld *world);

/** ph_world_get_label: class of picture @index: classes take turns. */
guint ph_world_get_label (const PhWorld *world, guint64 index);

/**
 * ph_world_draw:
 * @seed: chooses one of very many sets of pictures
 * @index: of the picture in that set
 * @size: height and width in pixels
 * @attributes: (out) (optional): room for %PH_WORLD_MAX_ATTRIBUTES numbers
 *
 * Draws picture @index. The same arguments give the same picture, and the same scene at other
 * sizes. Safe on any thread; takes about a millisecond at 96 pixels.
 *
 * Returns: (transfer full): %NULL with %PH_ERROR_NO_MEMORY or %PH_ERROR_DATA_INVALID for a size
 * that ph_image_new() refuses.
 */
PhImage *ph_world_draw (const PhWorld *world, guint64 seed, guint64 index, guint size,
                        double *attributes, GError **error);

/** ph_world_get_attributes: @attributes: (out): of picture @index of that set, as ph_world_draw()
 * gives them. Takes about as long as drawing a small picture. */
gboolean ph_world_get_attributes (const PhWorld *world, guint64 seed, guint64 index,
                                  double *attributes, GError **error);

/** ph_world_of_dataset: (nullable): the world whose pictures @dataset holds, in the order of their
 * indices; @seed: (out): of the set. */
const PhWorld *ph_world_of_dataset (const PhDataset *dataset, guint64 *seed);

G_END_DECLS
