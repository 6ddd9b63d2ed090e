#pragma once

#include "assets/textbook/bank.h"

G_BEGIN_DECLS

/**
 * TbPlace:
 * @part: label of a unit of `shapes` or `colours`; %NULL ends a list
 * @x, @y: where it is, pixels right and down of the middle
 */
typedef struct
{
  const char *part;
  double x, y;
} TbPlace;

/**
 * TbThing:
 * @across, @down, @stagger: as in #TbShape
 *
 * Something composed of shapes and colours.
 */
typedef struct
{
  const char *label;
  double across, down, stagger;
  TbPlace places[16];
} TbThing;

extern const TbThing tb_things[];
extern const guint tb_n_things;

/**
 * tb_things_bank_new:
 * @shapes: bank of `shapes`
 * @colours: bank of `colours`, whose channels follow in the input
 * @cell: pixels of a cell of their maps
 */
TbBank *tb_things_bank_new (const TbBank *shapes, const TbBank *colours, double cell);

/**
 * TbEvidence:
 * @layer: "gratings", "shapes", "things" or "colours"; %NULL ends a list
 * @part: label of a unit there, or the beginning of several
 */
typedef struct
{
  const char *layer;
  const char *part;
  double weight;
} TbEvidence;

/**
 * TbClass:
 * @subject: the beginning of the subject of pictures of the test set that show one
 */
typedef struct
{
  const char *label;
  const char *subject;
  TbEvidence evidence[8];
} TbClass;

extern const TbClass tb_classes[];
extern const guint tb_n_classes;

/** tb_classes_bank_new: weights over the averages of @n banks, one after the other. */
TbBank *tb_classes_bank_new (const TbBank *const *banks, const char *const *names, guint n);

G_END_DECLS
