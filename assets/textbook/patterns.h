#pragma once

#include "base/image.h"

#include "assets/textbook/textbook.h"

G_BEGIN_DECLS

/**
 * TbPattern:
 * @name: "LAYER/LABEL" of the unit it was drawn for; the layer alone for a blank
 * @subject: (owned): what one sees: "grating 45°, 8 px" for all its phases, else the label
 * @image: (owned): TB_SIZE × TB_SIZE
 *
 * A picture of the test set: what a unit was designed for, drawn.
 */
typedef struct
{
  char *name;
  char *subject;
  PhImage *image;
} TbPattern;

/** tb_patterns_new: (element-type TbPattern): all of them, for every unit of `edges` (the pictures
 * of which serve `gratings` too), `colours`, `shapes` and `things`, and grey. Contrast is high but
 * not full: there must be room for a picture that excites a unit more. */
GPtrArray *tb_patterns_new (const TbTextbook *textbook);

/** tb_pattern_shows: whether @subject is to be seen in it, as itself or as a part of a thing. */
gboolean tb_pattern_shows (const TbPattern *pattern, const char *subject);

G_END_DECLS
