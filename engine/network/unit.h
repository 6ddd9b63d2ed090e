#pragma once

#include "network/model.h"

G_BEGIN_DECLS

/**
 * PhUnitKind:
 * @PH_UNIT_LAYER: all channels at all positions
 * @PH_UNIT_CHANNEL: one channel at all positions
 * @PH_UNIT_NEURON: one channel at one position
 * @PH_UNIT_CLASS: one logit
 */
typedef enum
{
  PH_UNIT_LAYER,
  PH_UNIT_CHANNEL,
  PH_UNIT_NEURON,
  PH_UNIT_CLASS,
} PhUnitKind;

/**
 * PhUnit:
 * @layer: index of the layer in the model (unused for a class)
 * @channel: channel, or the class number
 * @row, @column: position of a neuron; in token layers row is 0 and column the token
 *
 * What a picture is made for, by value. Valid only together with its model.
 */
typedef struct
{
  PhUnitKind kind;
  guint layer;
  guint channel;
  guint row, column;
} PhUnit;

/**
 * PhRegion:
 *
 * Where a unit's numbers lie in its tensor: for image i of the batch, elements
 * i * batch_stride + offset + j * stride, j = 0 … count - 1.
 */
typedef struct
{
  gsize batch_stride, offset, stride, count;
} PhRegion;

/**
 * ph_unit_parse:
 * @text: "LAYER", "LAYER:CHANNEL", "LAYER:CHANNEL:ROW,COLUMN", "LAYER:CHANNEL:middle",
 *   "class:NUMBER" or "class:LABEL" (any case, a unique beginning or one of several names suffices)
 *
 * Returns: %FALSE with %PH_ERROR_NO_SUCH_UNIT, saying what would be valid.
 */
gboolean ph_unit_parse (PhModel *model, const char *text, PhUnit *unit, GError **error);

/** ph_unit_dup_name: the unit as ph_unit_parse() reads it. Caller frees. */
char *ph_unit_dup_name (PhModel *model, const PhUnit *unit);

/** ph_unit_dup_title: for people: "zebra (class 340)", "fire6/concat, channel 37". Caller frees. */
char *ph_unit_dup_title (PhModel *model, const PhUnit *unit);

gboolean ph_unit_equal (const PhUnit *a, const PhUnit *b);

/** ph_unit_get_value: index in the graph of the value that holds the unit. */
int ph_unit_get_value (PhModel *model, const PhUnit *unit);

/**
 * ph_unit_locate:
 * @shape: shape of the unit's value in the plan at hand (the picture may be larger than usual)
 *
 * Returns: %FALSE with %PH_ERROR_NO_SUCH_UNIT when the position lies outside this shape.
 */
gboolean ph_unit_locate (PhModel *model, const PhUnit *unit, const PhShape *shape, PhRegion *region,
                         GError **error);

/** ph_unit_map_size: rows and columns of the unit's layer in a value of @shape; 1 × tokens in token
 * layers, 1 × 1 for a class. */
void ph_unit_map_size (PhModel *model, const PhUnit *unit, const PhShape *shape, gsize *rows,
                       gsize *columns);

G_END_DECLS
