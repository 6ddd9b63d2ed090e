#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * PhReceptiveField:
 * @height, @width: pixels of the input that one position can see; infinite when it sees everything
 * @stride_h, @stride_w: input pixels from one position to the next
 * @top, @left: first row and column seen by position 0,0 (negative: padding)
 *
 * Ignoring that the image ends: intersect with it to draw.
 * Source: Araujo, Norris, Sim, "Computing Receptive Fields of CNNs", Distill 2019.
 */
typedef struct
{
  double height, width;
  double stride_h, stride_w;
  double top, left;
} PhReceptiveField;

/** ph_receptive_field_rectangle: the part of an @image_h × @image_w picture that position
 * (@row, @column) sees. */
void ph_receptive_field_rectangle (const PhReceptiveField *field, guint row, guint column,
                                   guint image_h, guint image_w, double *top, double *left,
                                   double *height, double *width);

G_END_DECLS
