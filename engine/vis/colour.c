#include "vis/colour.h"

#include <glib/gi18n.h>
#include <math.h>

#include "kernels/parallel.h"
#include "kernels/pointwise.h"

/* Closest to 0 and 1 that a picture can come when it is turned into planes. */
#define MARGIN (1.0f / 512)

const char *const ph_colour_names[] = { NC_ ("choice", "decorrelated"), NC_ ("choice", "rgb"),
                                        NULL };

/* Columns: how red, green and blue change along each axis. Published with the article as the square
 * root of the covariance of colours in ImageNet, divided by the largest norm of a column. */
#define NORM 0.46195238f
static const float axes[3][3] = {
  { 0.26f / NORM, 0.09f / NORM, 0.02f / NORM },
  { 0.27f / NORM, 0.00f / NORM, -0.05f / NORM },
  { 0.27f / NORM, -0.09f / NORM, 0.03f / NORM },
};

typedef struct
{
  const float (*matrix)[3];
  gsize n;
  const float *from;
  const float *image; /* nullable: multiply by the sigmoid's derivative there first */
  float *to;
} Product;

static void
multiply_pixels (gsize begin, gsize end, guint thread, gpointer data)
{
  const Product *p = data;
  const float (*m)[3] = p->matrix;

  for (gsize i = begin; i < end; i++)
    {
      float a = p->from[i], b = p->from[p->n + i], c = p->from[2 * p->n + i];

      if (p->image != NULL)
        {
          float x = p->image[i], y = p->image[p->n + i], z = p->image[2 * p->n + i];

          a *= x * (1 - x);
          b *= y * (1 - y);
          c *= z * (1 - z);
        }
      p->to[i] = m[0][0] * a + m[0][1] * b + m[0][2] * c;
      p->to[p->n + i] = m[1][0] * a + m[1][1] * b + m[1][2] * c;
      p->to[2 * p->n + i] = m[2][0] * a + m[2][1] * b + m[2][2] * c;
    }
}

static void
multiply (const float matrix[3][3], gsize n, const float *from, const float *image, float *to)
{
  Product product = { matrix, n, from, image, to };

  ph_parallel_for (n, 8192, multiply_pixels, &product);
}

void
ph_colour_apply (PhColour colour, guint channels, gsize n, const float *planes, float *image)
{
  if (colour == PH_COLOUR_DECORRELATED && channels == 3)
    {
      multiply (axes, n, planes, NULL, image);
      planes = image;
    }
  ph_pointwise_sigmoid (channels * n, planes, image);
}

void
ph_colour_adjoint (PhColour colour, guint channels, gsize n, const float *image,
                   const float *d_image, float *d_planes)
{
  if (colour == PH_COLOUR_DECORRELATED && channels == 3)
    {
      float transposed[3][3];

      for (guint i = 0; i < 3; i++)
        for (guint j = 0; j < 3; j++)
          transposed[i][j] = axes[j][i];
      multiply (transposed, n, d_image, image, d_planes);
    }
  else
    for (gsize i = 0; i < channels * n; i++)
      d_planes[i] = d_image[i] * image[i] * (1 - image[i]);
}

void
ph_colour_invert (PhColour colour, guint channels, gsize n, const float *image, float *planes)
{
  for (gsize i = 0; i < channels * n; i++)
    {
      float value = CLAMP (image[i], MARGIN, 1 - MARGIN);

      planes[i] = logf (value / (1 - value));
    }
  if (colour != PH_COLOUR_DECORRELATED || channels != 3)
    return;

  /* Cramer's rule. */
  float inverse[3][3];
  double determinant = 0;

  for (guint i = 0; i < 3; i++)
    determinant += axes[0][i] * ((double)axes[1][(i + 1) % 3] * axes[2][(i + 2) % 3] -
                                 (double)axes[1][(i + 2) % 3] * axes[2][(i + 1) % 3]);
  for (guint i = 0; i < 3; i++)
    for (guint j = 0; j < 3; j++)
      inverse[j][i] =
          (float)(((double)axes[(i + 1) % 3][(j + 1) % 3] * axes[(i + 2) % 3][(j + 2) % 3] -
                   (double)axes[(i + 1) % 3][(j + 2) % 3] * axes[(i + 2) % 3][(j + 1) % 3]) /
                  determinant);
  multiply (inverse, n, planes, NULL, planes);
}
