#pragma once

#include "base/image.h"

#include "assets/textbook/textbook.h"

G_BEGIN_DECLS

/**
 * TbPattern:
 * @name: "LAYER/LABEL" of the unit it was drawn for; the layer alone for a blank
 * @image: (owned): TB_SIZE × TB_SIZE
 *
 * A picture of the test set: what a unit was designed for, drawn.
 */
typedef struct
{
  char *name;
  PhImage *image;
} TbPattern;

/** tb_patterns_new: (element-type TbPattern): all of them, for every unit of `edges`, `colours`,
 * `gratings`, `shapes` and `things`, and grey. Contrast is high but not full: there must be room
 * for a picture that excites a unit more. */
GPtrArray *tb_patterns_new (const TbTextbook *textbook);

G_END_DECLS
