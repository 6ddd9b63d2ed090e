#include "data/augment.h"

#include <math.h>
#include <string.h>

/* From a place (y, x) of the result to one of the picture, both relative to the middle:
 * y' = yy * y + yx * x + y0, and likewise for x'. */
typedef struct
{
  double yy, yx, y0, xy, xx, x0;
} Affine;

gboolean
ph_augment_is_none (const PhAugment *augment)
{
  return !augment->flip && augment->shift <= 0 && augment->rotate <= 0 && augment->scale <= 0 &&
         augment->crop <= 0 && augment->colour <= 0 && augment->noise <= 0 && augment->cutout <= 0;
}

/* Every picture draws the same numbers whatever is asked for, so that one kind of change can be
 * switched off without changing the others. */
static Affine
draw_affine (const PhAugment *augment, guint height, guint width, PhRng *rng)
{
  gboolean flip = ph_rng_below (rng, 2) == 1 && augment->flip;
  double angle = ph_rng_uniform (rng, -1, 1) * augment->rotate * G_PI / 180;
  double zoom = exp (ph_rng_uniform (rng, -1, 1) * log1p (augment->scale));
  double side = sqrt (1 - ph_rng_uniform (rng, 0, 1) * MIN (augment->crop, 0.99));
  double crop_y = ph_rng_uniform (rng, -1, 1) * (1 - side) / 2 * height;
  double crop_x = ph_rng_uniform (rng, -1, 1) * (1 - side) / 2 * width;
  double shift_y = ph_rng_uniform (rng, -1, 1) * augment->shift * height;
  double shift_x = ph_rng_uniform (rng, -1, 1) * augment->shift * width;
  double length = side / zoom, mirror = flip ? -1 : 1;

  return (Affine){ cos (angle) * length, -sin (angle) * length * mirror, crop_y + shift_y,
                   sin (angle) * length, cos (angle) * length * mirror,  crop_x + shift_x };
}

/* Mirrors a place at the edges until it lies inside. */
static guint
reflect (int i, guint n)
{
  int period = 2 * (int)n;

  i %= period;
  if (i < 0)
    i += period;
  return (guint)(i < (int)n ? i : period - 1 - i);
}

static void
resample (const Affine *a, guint channels, guint height, guint width, const float *image,
          float *result)
{
  const double middle_y = (height - 1) / 2.0, middle_x = (width - 1) / 2.0;
  const gsize plane = (gsize)height * width;

  for (guint row = 0; row < height; row++)
    for (guint column = 0; column < width; column++)
      {
        double v = row - middle_y, u = column - middle_x;
        double y = a->yy * v + a->yx * u + a->y0 + middle_y;
        double x = a->xy * v + a->xx * u + a->x0 + middle_x;
        int top = (int)floor (y), left = (int)floor (x);
        float below = (float)(y - top), right = (float)(x - left);
        gsize rows[2] = { (gsize)reflect (top, height) * width,
                          (gsize)reflect (top + 1, height) * width };
        guint columns[2] = { reflect (left, width), reflect (left + 1, width) };

        for (guint c = 0; c < channels; c++)
          {
            const float *p = image + c * plane;

            result[c * plane + (gsize)row * width + column] =
                (1 - below) *
                    ((1 - right) * p[rows[0] + columns[0]] + right * p[rows[0] + columns[1]]) +
                below * ((1 - right) * p[rows[1] + columns[0]] + right * p[rows[1] + columns[1]]);
          }
      }
}

/* Contrast around the mean of the picture, saturation around the grey of each pixel, brightness. */
static void
change_colours (double amount, guint channels, gsize plane, float *image, PhRng *rng)
{
  const float brightness = (float)(ph_rng_uniform (rng, -0.5, 0.5) * amount);
  const float contrast = (float)(1 + ph_rng_uniform (rng, -1, 1) * amount);
  const float saturation = (float)(1 + ph_rng_uniform (rng, -1, 1) * amount);
  double sum = 0;

  if (amount <= 0)
    return;
  for (gsize i = 0; i < channels * plane; i++)
    sum += image[i];

  const float mean = (float)(sum / (double)(channels * plane));

  for (gsize i = 0; i < plane; i++)
    {
      float grey = 0;

      for (guint c = 0; c < channels; c++)
        grey += image[c * plane + i] / (float)channels;
      for (guint c = 0; c < channels; c++)
        {
          float *value = &image[c * plane + i];

          *value = grey + saturation * (*value - grey);
          *value = mean + contrast * (*value - mean) + brightness;
        }
    }
}

static void
cut_out (double side, guint channels, guint height, guint width, float *image, PhRng *rng)
{
  const int half = (int)lround (side * MIN (height, width) / 2);
  const int row = (int)ph_rng_below (rng, height), column = (int)ph_rng_below (rng, width);

  for (int y = MAX (row - half, 0); y < MIN (row + half, (int)height); y++)
    for (int x = MAX (column - half, 0); x < MIN (column + half, (int)width); x++)
      for (guint c = 0; c < channels; c++)
        image[((gsize)c * height + (gsize)y) * width + (gsize)x] = 0.5f;
}

void
ph_augment_apply (const PhAugment *augment, guint channels, guint height, guint width,
                  const float *image, float *result, PhRng *rng)
{
  const gsize plane = (gsize)height * width;
  const Affine affine = draw_affine (augment, height, width, rng);

  resample (&affine, channels, height, width, image, result);
  change_colours (augment->colour, channels, plane, result, rng);
  cut_out (augment->cutout, channels, height, width, result, rng);
  for (gsize i = 0; i < channels * plane && augment->noise > 0; i++)
    result[i] += (float)(augment->noise * ph_rng_normal (rng));
  for (gsize i = 0; i < channels * plane; i++)
    result[i] = CLAMP (result[i], 0, 1);
}
