#include "kernels/conv-private.h"
#include "kernels/simd-private.h"

#define TILE PH_WINOGRAD_MAX_TILE
#define SPAN PH_WINOGRAD_MAX_SPAN
#define LINE (PH_WINOGRAD_MAX_BLOCK * TILE)

/* G g of Lavin and Gray, for one axis. */
PH_INLINE void
transform_filter (gsize span, const Vec g[3], Vec u[SPAN])
{
  if (span == 4)
    {
      Vec ends = 0.5f * (g[0] + g[2]), middle = 0.5f * g[1];

      u[0] = g[0];
      u[1] = ends + middle;
      u[2] = ends - middle;
      u[3] = g[2];
      return;
    }
  Vec sum = (-1 / 6.0f) * (g[0] + g[2]), middle = (1 / 6.0f) * g[1];
  Vec far = (1 / 24.0f) * g[0] + (1 / 6.0f) * g[2], half = (1 / 12.0f) * g[1];

  u[0] = 0.25f * g[0];
  u[1] = sum - middle;
  u[2] = sum + middle;
  u[3] = far + half;
  u[4] = far - half;
  u[5] = g[2];
}

/* The filters of a panel for as many channels as fill a vector. */
PH_INLINE void
filters_vector (gsize span, const float taps[9][PH_LANES], gsize pitch, gsize n, float *to)
{
  Vec half[3][SPAN];

#pragma GCC unroll 3
  for (gsize s = 0; s < 3; s++)
    {
      Vec g[3];

#pragma GCC unroll 3
      for (gsize r = 0; r < 3; r++)
        g[r] = vec_load (taps[r * 3 + s]);
      transform_filter (span, g, half[s]);
    }
#pragma GCC unroll 1
  for (gsize r = 0; r < span; r++)
    {
      Vec g[3] = { half[0][r], half[1][r], half[2][r] }, u[SPAN];

      transform_filter (span, g, u);
#pragma GCC unroll 6
      for (gsize s = 0; s < span; s++)
        vec_store_n (to + (r * span + s) * pitch, u[s], n);
    }
}

void
PH_KERNEL (ph_winograd_filters) (const PhWinograd *w, const PhFilters *f, gsize panel)
{
  gsize rows = w->micro->rows, c = w->p.shape.c, channels = PH_LANES / rows;
  float *to = w->weights + panel * w->products * c * rows;

  for (gsize channel = 0; channel < c; channel += channels)
    {
      float taps[9][PH_LANES] __attribute__ ((aligned (64))) = { { 0 } };
      gsize n = MIN (channels, c - channel);

      for (gsize i = 0; i < rows; i++)
        {
          gsize filter = MIN (panel * rows + i, w->p.shape.k - 1);

          for (gsize j = 0; j < n; j++)
            {
              const float *from =
                  f->first + (gssize)filter * f->filter + (gssize)(channel + j) * f->channel;

              for (gssize t = 0; t < 9; t++)
                taps[t][j * rows + i] = from[t / 3 * f->row + t % 3 * f->column];
            }
        }
      if (w->tile == 2)
        filters_vector (4, taps, c * rows, n * rows, to + channel * rows);
      else
        filters_vector (6, taps, c * rows, n * rows, to + channel * rows);
    }
}

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

/* Lines up the input rows of each tile: @line[r] holds the first columns of tile after tile, as
 * many as a tile has outputs, and @next[r] as many from there, of which two are used. */
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
      gssize column = (gssize)(run.column * w->tile) - p->pad_left;
      gsize length = run.n * w->tile;

      for (gsize r = 0; r < w->span; r++)
        {
          gssize row = (gssize)(run.row * w->tile + r) - p->pad_top;
          gboolean outside = row < 0 || row >= (gssize)p->h;
          gsize width = outside ? 0 : p->w;
          gsize from = plane + (outside ? 0 : (gsize)row * p->w);
          float *to = line[r] + at * w->tile, *to_next = next[r] + at * w->tile;

          if (call->mask == NULL)
            {
              copy_clipped (call->x + from, NULL, low, high, column, length, width, to);
              copy_clipped (call->x + from, NULL, low, high, column + (gssize)w->tile, length,
                            width, to_next);
            }
          else
            {
              copy_clipped (call->x + from, call->mask + from, low, high, column, length, width,
                            to);
              copy_clipped (call->x + from, call->mask + from, low, high, column + (gssize)w->tile,
                            length, width, to_next);
            }
        }
      at += run.n;
    }
}

/* B^T d of Lavin and Gray, for one axis; @tile is a constant wherever this is inlined. */
PH_INLINE void
transform_input (gsize tile, const Vec d[SPAN], Vec t[SPAN])
{
  if (tile == 2)
    {
      t[0] = d[0] - d[2];
      t[1] = d[1] + d[2];
      t[2] = d[2] - d[1];
      t[3] = d[3] - d[1];
      return;
    }
  Vec a = d[4] - 4.0f * d[2], b = d[3] - 4.0f * d[1];
  Vec c = d[4] - d[2], e = 2.0f * (d[3] - d[1]);

  t[0] = (4.0f * d[0] + d[4]) - 5.0f * d[2];
  t[1] = a + b;
  t[2] = a - b;
  t[3] = c + e;
  t[4] = c - e;
  t[5] = (4.0f * d[1] + d[5]) - 5.0f * d[3];
}

/* A^T m of Lavin and Gray, for one axis; for the small tile the last product has the other sign. */
PH_INLINE void
transform_output (gsize tile, const Vec m[SPAN], Vec y[TILE])
{
  Vec a = m[1] + m[2], b = m[1] - m[2];

  if (tile == 2)
    {
      y[0] = m[0] + a;
      y[1] = b + m[3];
      return;
    }
  Vec c = m[3] + m[4], d = m[3] - m[4];

  y[0] = m[0] + a + c;
  y[1] = b + 2.0f * d;
  y[2] = a + 4.0f * c;
  y[3] = (b + m[5]) + 8.0f * d;
}

/* The columns of PH_LANES tiles, one vector a column. */
PH_INLINE void
load_columns (gsize tile, const float *line, const float *next, Vec d[SPAN])
{
  Vec a = vec_load (line), b = vec_load (line + PH_LANES);
  Vec na = vec_load (next), nb = vec_load (next + PH_LANES);

  if (tile == 2)
    {
      d[0] = vec_even (a, b);
      d[1] = vec_odd (a, b);
      d[2] = vec_even (na, nb);
      d[3] = vec_odd (na, nb);
      return;
    }
  Vec c = vec_load (line + 2 * PH_LANES), e = vec_load (line + 3 * PH_LANES);
  Vec nc = vec_load (next + 2 * PH_LANES), ne = vec_load (next + 3 * PH_LANES);
  Vec even_low = vec_even (a, b), even_high = vec_even (c, e);
  Vec odd_low = vec_odd (a, b), odd_high = vec_odd (c, e);

  d[0] = vec_even (even_low, even_high);
  d[1] = vec_even (odd_low, odd_high);
  d[2] = vec_odd (even_low, even_high);
  d[3] = vec_odd (odd_low, odd_high);
  d[4] = vec_even (vec_even (na, nb), vec_even (nc, ne));
  d[5] = vec_even (vec_odd (na, nb), vec_odd (nc, ne));
}

/* One vector of tiles from their lines to the panels. */
PH_INLINE void
input_vector (gsize tile, float (*line)[LINE], float (*next)[LINE], gsize at, gsize pitch, float *v)
{
  Vec half[SPAN][SPAN];

#pragma GCC unroll 1
  for (gsize r = 0; r < tile + 2; r++)
    {
      Vec d[SPAN];

      load_columns (tile, line[r] + at, next[r] + at, d);
      transform_input (tile, d, half[r]);
    }
#pragma GCC unroll 1
  for (gsize s = 0; s < tile + 2; s++)
    {
      Vec d[SPAN], t[SPAN];

#pragma GCC unroll 6
      for (gsize r = 0; r < tile + 2; r++)
        d[r] = half[r][s];
      transform_input (tile, d, t);
#pragma GCC unroll 6
      for (gsize r = 0; r < tile + 2; r++)
        vec_store (v + (r * (tile + 2) + s) * pitch, t[r]);
    }
}

/* Writes the transform of @n tiles of one channel; the panels of the products lie product_pitch
 * apart. */
void
PH_KERNEL (ph_winograd_input) (const PhWinograd *w, const PhCorrelationCall *call, gsize channel,
                               gsize tile, gsize n, float *v)
{
  float line[SPAN][LINE] __attribute__ ((aligned (64)));
  float next[SPAN][LINE] __attribute__ ((aligned (64)));
  gsize whole = n / PH_LANES * PH_LANES * w->tile, vector = PH_LANES * w->tile * sizeof (float);

  for (gsize r = 0; r < w->span && n % PH_LANES != 0; r++)
    {
      /* What stands behind the last tile is multiplied too, so it should be numbers. */
      memset (line[r] + whole, 0, vector);
      memset (next[r] + whole, 0, vector);
    }
  line_up (w, call, channel, tile, n, line, next);
  for (gsize i = 0; i < n; i += PH_LANES)
    if (w->tile == 2)
      input_vector (2, line, next, i * 2, w->product_pitch, v + i);
    else
      input_vector (4, line, next, i * 4, w->product_pitch, v + i);
}

/* Takes the lined-up outputs of @n tiles to their places. */
static void
take_home (const PhWinograd *w, const PhCorrelationCall *call, gsize filter, gsize tile, gsize n,
           float (*line)[LINE])
{
  const PhConvShape *p = &w->p.shape;
  gboolean clamp = w->epilogue.kind == PH_ACTIVATION_CLAMP;
  Vec low = vec_set1 (clamp ? w->epilogue.low : call->low);
  Vec high = vec_set1 (clamp ? w->epilogue.high : call->high);

  for (gsize at = 0; at < n;)
    {
      Run run = run_at (w, tile + at, n - at);
      gsize column = run.column * w->tile;
      gsize plane = (run.image * p->k + filter) * p->out_h * p->out_w + column;
      gsize length = MIN (run.n * w->tile, p->out_w - column);

      for (gsize r = 0; r < w->tile && run.row * w->tile + r < p->out_h; r++)
        {
          gsize row = plane + (run.row * w->tile + r) * p->out_w;
          const float *from = line[r] + at * w->tile;

          for (gsize i = 0; i < length; i += PH_LANES)
            {
              gsize left = MIN (length - i, PH_LANES);
              Vec v = vec_load_n (from + i, left);

              if (call->add != NULL)
                v += vec_load_n (call->add + row + i, left);
              if (clamp)
                v = vec_clamp (v, low, high);
              if (call->gate != NULL)
                v = vec_between (v, vec_load_n (call->gate + row + i, left), low, high);
              vec_store_n (call->y + row + i, v, left);
            }
        }
      at += run.n;
    }
}

/* One vector of tiles from the sums, @pitch apart, to lines of outputs. */
PH_INLINE void
output_vector (gsize tile, const float *m, gsize pitch, Vec bias, float (*line)[LINE], gsize at)
{
  Vec half[SPAN][TILE], y[TILE][TILE];

#pragma GCC unroll 1
  for (gsize r = 0; r < tile + 2; r++)
    {
      Vec d[SPAN];

#pragma GCC unroll 6
      for (gsize s = 0; s < tile + 2; s++)
        d[s] = vec_load (m + (r * (tile + 2) + s) * pitch);
      transform_output (tile, d, half[r]);
    }
#pragma GCC unroll 4
  for (gsize s = 0; s < tile; s++)
    {
      Vec d[SPAN], column[TILE];

#pragma GCC unroll 6
      for (gsize r = 0; r < tile + 2; r++)
        d[r] = half[r][s];
      transform_output (tile, d, column);
#pragma GCC unroll 4
      for (gsize r = 0; r < tile; r++)
        y[r][s] = column[r] + bias;
    }
#pragma GCC unroll 4
  for (gsize r = 0; r < tile; r++)
    {
      float *to = line[r] + at;

      if (tile == 2)
        {
          vec_store (to, vec_zip_low (y[r][0], y[r][1]));
          vec_store (to + PH_LANES, vec_zip_high (y[r][0], y[r][1]));
          continue;
        }
      Vec a = vec_zip_low (y[r][0], y[r][2]), b = vec_zip_low (y[r][1], y[r][3]);
      Vec c = vec_zip_high (y[r][0], y[r][2]), d = vec_zip_high (y[r][1], y[r][3]);

      vec_store (to, vec_zip_low (a, b));
      vec_store (to + PH_LANES, vec_zip_high (a, b));
      vec_store (to + 2 * PH_LANES, vec_zip_low (c, d));
      vec_store (to + 3 * PH_LANES, vec_zip_high (c, d));
    }
}

/* Transforms the sums of @n tiles and one filter back and writes the outputs. */
void
PH_KERNEL (ph_winograd_output) (const PhWinograd *w, const PhCorrelationCall *call, gsize filter,
                                gsize tile, gsize n, const float *m)
{
  float line[TILE][LINE] __attribute__ ((aligned (64)));
  Vec bias = vec_set1 (w->bias[filter]);

  for (gsize i = 0; i < n; i += PH_LANES)
    if (w->tile == 2)
      output_vector (2, m + i, w->block, bias, line, i * 2);
    else
      output_vector (4, m + i, w->block, bias, line, i * 4);
  take_home (w, call, filter, tile, n, line);
}

/* A y of Lavin and Gray, for one axis: the adjoint of transform_output(). */
PH_INLINE void
transform_output_back (gsize tile, const Vec y[TILE], Vec m[SPAN])
{
  if (tile == 2)
    {
      m[0] = y[0];
      m[1] = y[0] + y[1];
      m[2] = y[0] - y[1];
      m[3] = y[1];
      return;
    }
  Vec a = y[0] + y[2], b = y[1] + y[3];
  Vec c = y[0] + 4.0f * y[2], d = 2.0f * y[1] + 8.0f * y[3];

  m[0] = y[0];
  m[1] = a + b;
  m[2] = a - b;
  m[3] = c + d;
  m[4] = c - d;
  m[5] = y[3];
}

PH_INLINE void
output_back_vector (gsize tile, float (*line)[LINE], gsize at, gsize pitch, float *m)
{
  Vec half[TILE][SPAN];

#pragma GCC unroll 1
  for (gsize r = 0; r < tile; r++)
    {
      Vec d[SPAN];

      load_columns (tile, line[r] + at, line[r] + at, d);
      transform_output_back (tile, d, half[r]);
    }
#pragma GCC unroll 1
  for (gsize s = 0; s < tile + 2; s++)
    {
      Vec d[TILE], t[SPAN];

#pragma GCC unroll 4
      for (gsize r = 0; r < tile; r++)
        d[r] = half[r][s];
      transform_output_back (tile, d, t);
#pragma GCC unroll 6
      for (gsize r = 0; r < tile + 2; r++)
        vec_store (m + (r * (tile + 2) + s) * pitch, t[r]);
    }
}

/* Writes what the gradients at the outputs of @n tiles and one filter are at the products, which
 * lie product_pitch apart; behind the last tile, zeros up to a whole vector. */
void
PH_KERNEL (ph_winograd_output_back) (const PhWinograd *w, const float *dy, gsize filter, gsize tile,
                                     gsize n, float *m)
{
  const PhConvShape *p = &w->p.shape;
  float line[TILE][LINE] __attribute__ ((aligned (64)));
  gsize whole = n / PH_LANES * PH_LANES * w->tile, vector = PH_LANES * w->tile * sizeof (float);

  for (gsize r = 0; r < w->tile && n % PH_LANES != 0; r++)
    memset (line[r] + whole, 0, vector);
  for (gsize at = 0; at < n;)
    {
      Run run = run_at (w, tile + at, n - at);
      const float *plane = dy + (run.image * p->k + filter) * p->out_h * p->out_w;

      for (gsize r = 0; r < w->tile; r++)
        {
          gsize row = run.row * w->tile + r;
          gboolean outside = row >= p->out_h;

          copy_clipped (plane + (outside ? 0 : row * p->out_w), NULL, (Vec){ 0 }, (Vec){ 0 },
                        (gssize)(run.column * w->tile), run.n * w->tile, outside ? 0 : p->out_w,
                        line[r] + at * w->tile);
        }
      at += run.n;
    }
  for (gsize i = 0; i < n; i += PH_LANES)
    if (w->tile == 2)
      output_back_vector (2, line, i * 2, w->product_pitch, m + i);
    else
      output_back_vector (4, line, i * 4, w->product_pitch, m + i);
}
