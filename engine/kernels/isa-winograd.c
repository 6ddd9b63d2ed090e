#include "kernels/conv-private.h"
#include "kernels/simd-private.h"

#define TILE PH_WINOGRAD_TILE
#define SPAN PH_WINOGRAD_SPAN
#define LINE (PH_WINOGRAD_MAX_BLOCK * TILE)

/* Neighbouring tiles of one row of tiles. */
typedef struct
{
  gsize image, row, column, n;
} Run;

/* The run that starts at tile @tile and has at most @n tiles. */
static Run
run_at (const PhWinograd *w, gsize tile, gsize n)
{
  gsize per_image = w->tiles_h * w->tiles_w, in_image = tile % per_image;
  gsize column = in_image % w->tiles_w;

  return (Run){ tile / per_image, in_image / w->tiles_w, column, MIN (n, w->tiles_w - column) };
}

/* Numbers [@begin, @begin + @n) of a row of @width, zeros where there is none. */
PH_INLINE void
copy_clipped (const float *x, const float *mask, Vec low, Vec high, gssize begin, gsize n,
              gsize width, float *to)
{
  gssize first = MAX (0, -begin), last = MIN ((gssize)n, (gssize)width - begin);

  if (first > 0 || last < (gssize)n)
    for (gsize i = 0; i < n; i += PH_LANES)
      vec_store_n (to + i, (Vec){ 0 }, MIN (n - i, PH_LANES));
  x += begin;
  for (gssize i = first; i < last; i += PH_LANES)
    {
      gsize left = MIN ((gsize)(last - i), PH_LANES);
      Vec v = vec_load_n (x + i, left);

      if (mask != NULL)
        v = vec_between (v, vec_load_n (mask + begin + i, left), low, high);
      vec_store_n (to + i, v, left);
    }
}

/* Lines up the six input rows of each tile: @line[r] holds columns 0 to 3 of tile after tile, and
 * @next[r] columns 4 to 7, of which two are used. */
static void
line_up (const PhWinograd *w, const PhCorrelationCall *call, gsize channel, gsize tile, gsize n,
         float (*line)[LINE], float (*next)[LINE])
{
  const PhConvShape *p = &w->p.shape;
  Vec low = vec_set1 (call->low), high = vec_set1 (call->high);

  for (gsize at = 0; at < n;)
    {
      Run run = run_at (w, tile + at, n - at);
      gsize plane = (run.image * p->c + channel) * p->h * p->w;
      gssize column = (gssize)(run.column * TILE) - p->pad_left;
      gsize length = run.n * TILE;

      for (gsize r = 0; r < SPAN; r++)
        {
          gssize row = (gssize)(run.row * TILE + r) - p->pad_top;
          gboolean outside = row < 0 || row >= (gssize)p->h;
          gsize width = outside ? 0 : p->w;
          gsize from = plane + (outside ? 0 : (gsize)row * p->w);
          float *to = line[r] + at * TILE, *to_next = next[r] + at * TILE;

          if (call->mask == NULL)
            {
              copy_clipped (call->x + from, NULL, low, high, column, length, width, to);
              copy_clipped (call->x + from, NULL, low, high, column + TILE, length, width, to_next);
            }
          else
            {
              copy_clipped (call->x + from, call->mask + from, low, high, column, length, width,
                            to);
              copy_clipped (call->x + from, call->mask + from, low, high, column + TILE, length,
                            width, to_next);
            }
        }
      at += run.n;
    }
}

/* B^T d of Lavin and Gray, for one axis. */
PH_INLINE void
transform_input (const Vec d[SPAN], Vec t[SPAN])
{
  Vec a = d[4] - 4.0f * d[2], b = d[3] - 4.0f * d[1];
  Vec c = d[4] - d[2], e = 2.0f * (d[3] - d[1]);

  t[0] = (4.0f * d[0] + d[4]) - 5.0f * d[2];
  t[1] = a + b;
  t[2] = a - b;
  t[3] = c + e;
  t[4] = c - e;
  t[5] = (4.0f * d[1] + d[5]) - 5.0f * d[3];
}

/* A^T m of Lavin and Gray, for one axis. */
PH_INLINE void
transform_output (const Vec m[SPAN], Vec y[TILE])
{
  Vec a = m[1] + m[2], b = m[1] - m[2], c = m[3] + m[4], d = m[3] - m[4];

  y[0] = m[0] + a + c;
  y[1] = b + 2.0f * d;
  y[2] = a + 4.0f * c;
  y[3] = (b + m[5]) + 8.0f * d;
}

/* Columns 0 to 5 of PH_LANES tiles, one vector a column. */
PH_INLINE void
load_columns (const float *line, const float *next, Vec d[SPAN])
{
  Vec a = vec_load (line), b = vec_load (line + PH_LANES);
  Vec c = vec_load (line + 2 * PH_LANES), e = vec_load (line + 3 * PH_LANES);
  Vec even_low = vec_even (a, b), even_high = vec_even (c, e);
  Vec odd_low = vec_odd (a, b), odd_high = vec_odd (c, e);

  d[0] = vec_even (even_low, even_high);
  d[1] = vec_even (odd_low, odd_high);
  d[2] = vec_odd (even_low, even_high);
  d[3] = vec_odd (odd_low, odd_high);
  a = vec_load (next);
  b = vec_load (next + PH_LANES);
  c = vec_load (next + 2 * PH_LANES);
  e = vec_load (next + 3 * PH_LANES);
  d[4] = vec_even (vec_even (a, b), vec_even (c, e));
  d[5] = vec_even (vec_odd (a, b), vec_odd (c, e));
}

/* Writes the transform of @n tiles of one channel; the panels of the 36 products lie
 * product_pitch apart. */
void
PH_KERNEL (ph_winograd_input) (const PhWinograd *w, const PhCorrelationCall *call, gsize channel,
                               gsize tile, gsize n, float *v)
{
  float line[SPAN][LINE] __attribute__ ((aligned (64)));
  float next[SPAN][LINE] __attribute__ ((aligned (64)));

  for (gsize r = 0; r < SPAN && n % PH_LANES != 0; r++)
    {
      /* What stands behind the last tile is multiplied too, so it should be numbers. */
      memset (line[r] + n / PH_LANES * PH_LANES * TILE, 0, PH_LANES * TILE * sizeof (float));
      memset (next[r] + n / PH_LANES * PH_LANES * TILE, 0, PH_LANES * TILE * sizeof (float));
    }
  line_up (w, call, channel, tile, n, line, next);
  for (gsize i = 0; i < n; i += PH_LANES, v += PH_LANES)
    {
      Vec half[SPAN][SPAN], t[SPAN];

#pragma GCC unroll 1
      for (gsize r = 0; r < SPAN; r++)
        {
          Vec d[SPAN];

          load_columns (line[r] + i * TILE, next[r] + i * TILE, d);
          transform_input (d, half[r]);
        }
#pragma GCC unroll 1
      for (gsize s = 0; s < SPAN; s++)
        {
          Vec d[SPAN] = { half[0][s], half[1][s], half[2][s], half[3][s], half[4][s], half[5][s] };

          transform_input (d, t);
#pragma GCC unroll 6
          for (gsize r = 0; r < SPAN; r++)
            vec_store (v + (r * SPAN + s) * w->product_pitch, t[r]);
        }
    }
}

/* Takes the lined-up outputs of @n tiles to their places. */
static void
take_home (const PhWinograd *w, const PhCorrelationCall *call, gsize filter, gsize tile, gsize n,
           float (*line)[LINE])
{
  const PhConvShape *p = &w->p.shape;

  for (gsize at = 0; at < n;)
    {
      Run run = run_at (w, tile + at, n - at);
      float *y = call->y + (run.image * p->k + filter) * p->out_h * p->out_w + run.column * TILE;
      gsize length = MIN (run.n * TILE, p->out_w - run.column * TILE);

      for (gsize r = 0; r < TILE && run.row * TILE + r < p->out_h; r++)
        {
          float *row = y + (run.row * TILE + r) * p->out_w;
          const float *from = line[r] + at * TILE;

          for (gsize i = 0; i < length; i += PH_LANES)
            {
              gsize left = MIN (length - i, PH_LANES);
              Vec v = vec_load_n (from + i, left);

              if (call->accumulate)
                v += vec_load_n (row + i, left);
              vec_store_n (row + i, v, left);
            }
        }
      at += run.n;
    }
}

/* Transforms the 36 sums of @n tiles and one filter back and writes the outputs. */
void
PH_KERNEL (ph_winograd_output) (const PhWinograd *w, const PhCorrelationCall *call, gsize filter,
                                gsize tile, gsize n, const float *m)
{
  float line[TILE][LINE] __attribute__ ((aligned (64)));
  Vec bias = vec_set1 (w->bias != NULL ? w->bias[filter] : 0.0f);
  Vec low = vec_set1 (w->epilogue.low), high = vec_set1 (w->epilogue.high);
  gboolean clamp = w->epilogue.kind == PH_ACTIVATION_CLAMP;

  for (gsize i = 0; i < n; i += PH_LANES)
    {
      Vec half[SPAN][TILE], y[TILE][TILE];

#pragma GCC unroll 1
      for (gsize r = 0; r < SPAN; r++)
        {
          Vec d[SPAN];

#pragma GCC unroll 6
          for (gsize s = 0; s < SPAN; s++)
            d[s] = vec_load (m + (r * SPAN + s) * w->block + i);
          transform_output (d, half[r]);
        }
#pragma GCC unroll 4
      for (gsize s = 0; s < TILE; s++)
        {
          Vec d[SPAN] = { half[0][s], half[1][s], half[2][s], half[3][s], half[4][s], half[5][s] };
          Vec column[TILE];

          transform_output (d, column);
#pragma GCC unroll 4
          for (gsize r = 0; r < TILE; r++)
            {
              Vec v = column[r] + bias;

              y[r][s] = clamp ? vec_clamp (v, low, high) : v;
            }
        }
#pragma GCC unroll 4
      for (gsize r = 0; r < TILE; r++)
        {
          float *to = line[r] + i * TILE;
          Vec a = vec_zip_low (y[r][0], y[r][2]), b = vec_zip_low (y[r][1], y[r][3]);
          Vec c = vec_zip_high (y[r][0], y[r][2]), d = vec_zip_high (y[r][1], y[r][3]);

          vec_store (to, vec_zip_low (a, b));
          vec_store (to + PH_LANES, vec_zip_high (a, b));
          vec_store (to + 2 * PH_LANES, vec_zip_low (c, d));
          vec_store (to + 3 * PH_LANES, vec_zip_high (c, d));
        }
    }
  take_home (w, call, filter, tile, n, line);
}
