#include "vis/param.h"

#include <string.h>

#include "vis/upsample.h"

/*
 * A picture as the sum of pictures, each half as large as the one before and enlarged smoothly. A
 * gradient that agrees over a region moves the coarse pictures, so shapes come before noise.
 *
 * Source: the Laplacian pyramid of Burt and Adelson 1983, as Lucid optimises in it.
 */

#define MOST_LEVELS 6
#define SMALLEST 4 /* pixels of the shorter side of a level */

typedef struct
{
  guint channels, n_levels;
  guint height[MOST_LEVELS], width[MOST_LEVELS];
  gsize first[MOST_LEVELS + 1]; /* value of each level; then their number */
} Pyramid;

static void
pyramid_init (Pyramid *p, const PhParamSpec *spec)
{
  *p = (Pyramid){ .channels = spec->channels };
  for (guint level = 0; level < MOST_LEVELS; level++)
    {
      guint round = (1u << level) - 1;
      guint height = (spec->height + round) >> level, width = (spec->width + round) >> level;

      if (level > 0 && MIN (height, width) < SMALLEST)
        break;
      p->height[level] = height;
      p->width[level] = width;
      p->first[level + 1] = p->first[level] + (gsize)spec->channels * height * width;
      p->n_levels++;
    }
}

static gsize
pyramid_n_values (const PhParamSpec *spec)
{
  Pyramid p;

  pyramid_init (&p, spec);
  return p.first[p.n_levels];
}

static gpointer
pyramid_state_new (const PhParamSpec *spec, GError **error)
{
  Pyramid *p = g_new (Pyramid, 1);

  pyramid_init (p, spec);
  return p;
}

static void
pyramid_apply (gpointer state, const float *values, float *planes)
{
  const Pyramid *p = state;

  memcpy (planes, values, sizeof (float) * p->first[1]);
  for (guint level = 1; level < p->n_levels; level++)
    ph_upsample_add (p->channels, p->height[level], p->width[level], values + p->first[level],
                     p->height[0], p->width[0], planes);
}

static void
pyramid_adjoint (gpointer state, const float *values, const float *d_planes, float *d_values)
{
  const Pyramid *p = state;

  memcpy (d_values, d_planes, sizeof (float) * p->first[1]);
  for (guint level = 1; level < p->n_levels; level++)
    ph_upsample_adjoint (p->channels, p->height[level], p->width[level], d_values + p->first[level],
                         p->height[0], p->width[0], d_planes);
}

/* Coarse to fine: each level takes the local means of what is left, the finest the rest. */
static void
pyramid_invert (gpointer state, const float *planes, float *values)
{
  const Pyramid *p = state;
  gsize n = p->first[1];
  g_autofree float *left = g_memdup2 (planes, sizeof (float) * n);
  g_autofree float *ones = g_new (float, n);
  g_autofree float *made = g_new (float, n);

  for (gsize i = 0; i < n; i++)
    ones[i] = 1;
  for (guint level = p->n_levels - 1; level > 0; level--)
    {
      gsize size = p->first[level + 1] - p->first[level];
      float *to = values + p->first[level];
      g_autofree float *weight = g_new (float, size);

      ph_upsample_adjoint (p->channels, p->height[level], p->width[level], to, p->height[0],
                           p->width[0], left);
      ph_upsample_adjoint (p->channels, p->height[level], p->width[level], weight, p->height[0],
                           p->width[0], ones);
      for (gsize i = 0; i < size; i++)
        to[i] /= weight[i];
      memset (made, 0, sizeof (float) * n);
      ph_upsample_add (p->channels, p->height[level], p->width[level], to, p->height[0],
                       p->width[0], made);
      for (gsize i = 0; i < n; i++)
        left[i] -= made[i];
    }
  memcpy (values, left, sizeof (float) * n);
}

const PhParamClass ph_param_pyramid = {
  .name = "pyramid",
  .summary = "The picture is a sum of coarse and fine pictures: where a region agrees, all of it "
             "is changed at once.",
  .linear = TRUE,
  .n_values = pyramid_n_values,
  .state_new = pyramid_state_new,
  .state_free = g_free,
  .apply = pyramid_apply,
  .adjoint = pyramid_adjoint,
  .invert = pyramid_invert,
};
