/* Terms of the picture itself: means over its numbers, so that their weights mean the same at any
 * size and for any number of pictures. An optimised opacity counts as another colour. */
#include <glib/gi18n.h>
#include <math.h>

#include "vis/objective-private.h"

static inline float
sign (float x)
{
  return (float)((x > 0) - (x < 0));
}

static gsize
count_values (const PhObjectiveContext *context)
{
  return context->n_pictures * ph_image_n_values (context->image);
}

/* Absolute differences between the pixels at @x and those @skip further on. */
static inline double
tv_pair (const float *x, gsize at, gsize skip, float weight, float *d)
{
  float difference = x[at + skip] - x[at];

  if (d != NULL)
    {
      d[at + skip] += weight * sign (difference);
      d[at] -= weight * sign (difference);
    }
  return fabsf (difference);
}

static double
tv_evaluate (gconstpointer data, const PhObjectiveContext *context)
{
  const PhImage *image = context->image;
  double share = 1.0 / (double)count_values (context);
  float weight = (float)(context->weight * share);
  float *d = context->gradient ? context->d_image : NULL;
  double sum = 0;

  for (gsize plane = 0; plane < (gsize)context->n_pictures * image->channels; plane++)
    for (gsize y = 0; y < image->height; y++)
      for (gsize x = 0; x < image->width; x++)
        {
          gsize at = (plane * image->height + y) * image->width + x;

          if (x + 1 < image->width)
            sum += tv_pair (image->data, at, 1, weight, d);
          if (y + 1 < image->height)
            sum += tv_pair (image->data, at, image->width, weight, d);
        }
  return sum * share;
}

const PhObjectiveClass ph_objective_tv = {
  .name = "tv",
  .summary = N_ ("Total variation: how much neighbouring pixels differ."),
  .flags = PH_TERM_OF_IMAGE,
  .evaluate = tv_evaluate,
};

static double
l1_evaluate (gconstpointer data, const PhObjectiveContext *context)
{
  const PhImage *image = context->image;
  gsize n = count_values (context);
  float weight = (float)(context->weight / (double)n);
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += fabsf (image->data[i] - 0.5f);
  if (context->gradient && context->d_image != NULL)
    for (gsize i = 0; i < n; i++)
      context->d_image[i] += weight * sign (image->data[i] - 0.5f);
  return sum / (double)n;
}

const PhObjectiveClass ph_objective_l1 = {
  .name = "l1",
  .summary = N_ ("Mean distance of the picture from grey."),
  .flags = PH_TERM_OF_IMAGE,
  .evaluate = l1_evaluate,
};

static double
l2_evaluate (gconstpointer data, const PhObjectiveContext *context)
{
  const PhImage *image = context->image;
  gsize n = count_values (context);
  float weight = (float)(2 * context->weight / (double)n);
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += (image->data[i] - 0.5f) * (image->data[i] - 0.5f);
  if (context->gradient && context->d_image != NULL)
    for (gsize i = 0; i < n; i++)
      context->d_image[i] += weight * (image->data[i] - 0.5f);
  return sum / (double)n;
}

const PhObjectiveClass ph_objective_l2 = {
  .name = "l2",
  .summary = N_ ("Mean squared distance of the picture from grey."),
  .flags = PH_TERM_OF_IMAGE,
  .evaluate = l2_evaluate,
};
