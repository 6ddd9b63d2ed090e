#include "network/receptive-field.h"

#include <math.h>

void
ph_receptive_field_rectangle (const PhReceptiveField *field, guint row, guint column, guint image_h,
                              guint image_w, double *top, double *left, double *height,
                              double *width)
{
  double t = field->top + row * field->stride_h, l = field->left + column * field->stride_w;
  /* A field that sees everything begins at minus infinity, and that plus infinity is no number. */
  double b = isinf (field->height) ? INFINITY : t + field->height;
  double r = isinf (field->width) ? INFINITY : l + field->width;

  *top = CLAMP (t, 0, image_h);
  *left = CLAMP (l, 0, image_w);
  *height = CLAMP (b, 0, image_h) - *top;
  *width = CLAMP (r, 0, image_w) - *left;
}
