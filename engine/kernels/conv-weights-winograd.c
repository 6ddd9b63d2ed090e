#include "kernels/conv-private.h"

#include <string.h>

#include "kernels/conv-weights.h"
#include "kernels/gemm.h"
#include "kernels/parallel.h"

/*
 * With A, B and G of Lavin and Gray 2015, a tile is y = A^T [(G g G^T) . (B^T d B)] A, so the
 * gradient to a filter is dg = G^T [sum over tiles of (A dy A^T) . (B^T d B)] G. For each of the
 * products the sum is a matrix product: filters by tiles, times tiles by channels.
 */

/* Floats of transformed tiles that are in memory at a time. */
#define TRANSFORMED_FLOATS (192 * 1024)

/* Floats between the panels of two products, lest all of them meet in the same places of the caches
 * when one number of each is written. */
#define GAP 16

/* Filters that go back together. */
#define LANES 16

/* Vectors of tiles never straddle two blocks, whatever the processor's vectors. */
#define VECTOR 16

typedef struct
{
  PhWinograd w;
  const float *x, *dy;
  float *dw;
  gsize begin, n;                  /* tiles at work */
  gsize pitch;                     /* places for tiles */
  gsize v_pitch, m_pitch, u_pitch; /* from one product to the next */
  float *v;                        /* (products, C, pitch) */
  float *m;                        /* (products, K, pitch) */
  float *u;                        /* (products, K, C), the sums so far */
} Gradient;

static gsize
count_tiles (const PhConvShape *p, gsize tile)
{
  return p->n * ((p->out_h + tile - 1) / tile) * ((p->out_w + tile - 1) / tile);
}

/* In products of the direct method; measured with 512-bit vectors. Transforms cost most for each
 * run of tiles that lie in one row, and going back to filters counts where images are few and
 * small. */
static gsize
cost (const PhConvShape *p, gsize tile)
{
  gsize c = p->c, k = p->k, span = tile + 2, tiles = count_tiles (p, tile);
  gsize runs = p->n * ((p->out_h + tile - 1) / tile);
  gsize products = tiles * span * span * c * k * 5 / 4;
  gsize transforms = tiles * (300 * c + 250 * k) * tile / 4;

  if (tile == 2)
    return products + transforms + runs * (3300 * c + 1500 * k) + 800 * c * k;
  return products + transforms + runs * (7000 * c + 4500 * k) + 2200 * c * k;
}

gsize
ph_conv_weights_choose_winograd (const PhConvShape *p)
{
  gsize wish = ph_winograd_get_wish (p);
  gsize direct = p->n * p->out_h * p->out_w * 9 * p->c * p->k;

  if (wish != PH_WINOGRAD_FREE)
    return wish;
  if (p->k < VECTOR || p->c < VECTOR || MIN (cost (p, 2), cost (p, 4)) >= direct)
    return 0;
  return cost (p, 2) < cost (p, 4) ? 2 : 4;
}

static Gradient
gradient_for (const PhConvShape *p, gsize tile)
{
  Gradient g = { .w = { .p = { .shape = *p },
                        .kernels = ph_kernels (),
                        .tile = tile,
                        .span = tile + 2,
                        .products = (tile + 2) * (tile + 2),
                        .tiles_h = (p->out_h + tile - 1) / tile,
                        .tiles_w = (p->out_w + tile - 1) / tile } };
  gsize fit = TRANSFORMED_FLOATS / (g.w.products * (p->c + p->k));

  fit = MAX (fit / PH_WINOGRAD_MAX_BLOCK, 1) * PH_WINOGRAD_MAX_BLOCK;
  g.w.tiles = count_tiles (p, tile);
  g.pitch = MIN (fit, (g.w.tiles + VECTOR - 1) / VECTOR * VECTOR);
  g.v_pitch = p->c * g.pitch + GAP;
  g.m_pitch = p->k * g.pitch + GAP;
  g.u_pitch = p->k * p->c + GAP;
  return g;
}

gsize
ph_conv_weights_winograd_scratch (const PhConvShape *p, gsize tile)
{
  Gradient g = gradient_for (p, tile);

  return conv_align (g.w.products * g.v_pitch) + conv_align (g.w.products * g.m_pitch) +
         conv_align (g.w.products * g.u_pitch);
}

/* Zeros for the places behind the last tile, which are multiplied too. */
static void
clear_rest (const Gradient *g, float *row, gsize row_pitch)
{
  gsize end = (g->n + VECTOR - 1) / VECTOR * VECTOR;

  for (gsize i = 0; i < g->w.products; i++)
    for (gsize at = g->n; at < end; at++)
      row[i * row_pitch + at] = 0.0f;
}

static void
transform_channels (gsize begin, gsize end, guint thread, gpointer data)
{
  const Gradient *g = data;
  PhCorrelationCall call = { .x = g->x };
  PhWinograd w = g->w;

  w.product_pitch = g->v_pitch;
  for (gsize c = begin; c < end; c++)
    {
      float *row = g->v + c * g->pitch;

      for (gsize at = 0; at < g->n; at += PH_WINOGRAD_MAX_BLOCK)
        w.kernels->winograd_input (&w, &call, c, g->begin + at,
                                   MIN (PH_WINOGRAD_MAX_BLOCK, g->n - at), row + at);
      clear_rest (g, row, w.product_pitch);
    }
}

static void
transform_filters (gsize begin, gsize end, guint thread, gpointer data)
{
  const Gradient *g = data;
  PhWinograd w = g->w;

  w.product_pitch = g->m_pitch;
  for (gsize k = begin; k < end; k++)
    {
      float *row = g->m + k * g->pitch;

      for (gsize at = 0; at < g->n; at += PH_WINOGRAD_MAX_BLOCK)
        w.kernels->winograd_output_back (&w, g->dy, k, g->begin + at,
                                         MIN (PH_WINOGRAD_MAX_BLOCK, g->n - at), row + at);
      clear_rest (g, row, w.product_pitch);
    }
}

static void
multiply (gsize begin, gsize end, guint thread, gpointer data)
{
  const Gradient *g = data;
  gsize c = g->w.p.shape.c, k = g->w.p.shape.k;

  for (gsize i = begin; i < end; i++)
    ph_gemm (FALSE, TRUE, k, c, (g->n + VECTOR - 1) / VECTOR * VECTOR, 1.0f, g->m + i * g->m_pitch,
             g->pitch, g->v + i * g->v_pitch, g->pitch, g->begin == 0 ? 0.0f : 1.0f,
             g->u + i * g->u_pitch, c);
}

/* G^T u of Lavin and Gray, for one axis: @u holds vectors @step apart. */
static inline void
transform_filter_back (gsize tile, const float (*u)[LANES], gsize step, float (*g)[LANES],
                       gsize g_step)
{
  for (gsize i = 0; i < LANES; i++)
    {
      float a = u[step][i] + u[2 * step][i], b = u[step][i] - u[2 * step][i];

      if (tile == 2)
        {
          g[0][i] = u[0][i] + 0.5f * a;
          g[g_step][i] = 0.5f * b;
          g[2 * g_step][i] = u[3 * step][i] + 0.5f * a;
          continue;
        }
      float c = u[3 * step][i] + u[4 * step][i], d = u[3 * step][i] - u[4 * step][i];

      g[0][i] = 0.25f * u[0][i] - (1 / 6.0f) * a + (1 / 24.0f) * c;
      g[g_step][i] = (1 / 12.0f) * d - (1 / 6.0f) * b;
      g[2 * g_step][i] = u[5 * step][i] + (1 / 6.0f) * (c - a);
    }
}

/* Adds the gradients of @n filters of one channel each; @tile is a constant where this is inlined.
 */
static inline void
add_some (gsize tile, const float *sums, gsize pitch, gsize n, float *dw)
{
  const gsize span = tile + 2;
  float u[PH_WINOGRAD_MAX_SPAN * PH_WINOGRAD_MAX_SPAN][LANES] = { 0 };
  float half[3 * PH_WINOGRAD_MAX_SPAN][LANES], g[9][LANES];

  for (gsize j = 0; j < span * span; j++)
    memcpy (u[j], sums + j * pitch, n * sizeof (float));
  for (gsize column = 0; column < span; column++)
    transform_filter_back (tile, u + column, span, half + column, span);
  for (gsize row = 0; row < 3; row++)
    transform_filter_back (tile, half + row * span, 1, g + row * 3, 1);
  for (gsize i = 0; i < n; i++)
    for (gsize t = 0; t < 9; t++)
      dw[i * 9 + t] += g[t][i];
}

static void
add_filters (gsize begin, gsize end, guint thread, gpointer data)
{
  const Gradient *g = data;
  gsize c = g->w.p.shape.c;

  for (gsize i = begin * c; i < end * c; i += LANES)
    if (g->w.tile == 2)
      add_some (2, g->u + i, g->u_pitch, MIN (LANES, end * c - i), g->dw + i * 9);
    else
      add_some (4, g->u + i, g->u_pitch, MIN (LANES, end * c - i), g->dw + i * 9);
}

void
ph_conv_weights_winograd_run (const PhConvShape *p, gsize tile, const float *x, const float *dy,
                              float *dw, gpointer scratch)
{
  Gradient g = gradient_for (p, tile);

  g.x = x;
  g.dy = dy;
  g.dw = dw;
  g.v = scratch;
  g.m = (float *)(gpointer)((char *)g.v + conv_align (g.w.products * g.v_pitch));
  g.u = (float *)(gpointer)((char *)g.m + conv_align (g.w.products * g.m_pitch));
  for (g.begin = 0; g.begin < g.w.tiles; g.begin += g.pitch)
    {
      g.n = MIN (g.pitch, g.w.tiles - g.begin);
      ph_parallel_for (p->c, 1, transform_channels, &g);
      ph_parallel_for (p->k, 1, transform_filters, &g);
      ph_parallel_for (g.w.products, 1, multiply, &g);
    }
  ph_parallel_for (p->k, 1, add_filters, &g);
}
