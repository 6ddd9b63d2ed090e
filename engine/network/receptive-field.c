#include "network/receptive-field.h"

void
ph_receptive_field_rectangle (const PhReceptiveField *field, guint row, guint column, guint image_h,
                              guint image_w, double *top, double *left, double *height,
                              double *width)
{
  double t = field->top + row * field->stride_h, l = field->left + column * field->stride_w;
  double b = t + field->height, r = l + field->width;

  *top = CLAMP (t, 0, image_h);
  *left = CLAMP (l, 0, image_w);
  *height = CLAMP (b, 0, image_h) - *top;
  *width = CLAMP (r, 0, image_w) - *left;
}
