#include "kernels/conv-private.h"
#include "kernels/simd-private.h"

#include <math.h>

/* Rows of output that are summed at a time, to have enough sums under way. */
#define ROWS PH_DEPTHWISE_ROWS

/* Where a sum goes and what happens to it on the way; @add and @gate (nullable) are laid out like
 * @y. */
typedef struct
{
  float *y;
  const float *add, *gate;
  gboolean clamp;
  float bias, low, high;
} Finish;

PH_INLINE void
finish_and_store (Vec v, gsize at, gsize n, const Finish *f)
{
  v += f->bias;
  if (f->add != NULL)
    v += vec_load_n (f->add + at, n);
  if (f->clamp)
    v = vec_clamp (v, vec_set1 (f->low), vec_set1 (f->high));
  if (f->gate != NULL)
    v = vec_between (v, vec_load_n (f->gate + at, n), vec_set1 (f->low), vec_set1 (f->high));
  vec_store_n (f->y + at, v, n);
}

/* @rows rows of @n outputs; @rows and, in most cases, @n_taps are constants where inlined. */
PH_INLINE void
sum_rows (gsize rows, gsize n_taps, const PhDepthwisePart *part, const float *weights,
          const float *frame, gsize n, gsize y, gsize y_pitch, gsize row_step, const Finish *f)
{
  for (gsize o = 0; o < n; o += PH_LANES)
    {
      Vec sum[ROWS] = { 0 };

#pragma GCC unroll 9
      for (gsize t = 0; t < n_taps; t++)
        {
          const float *x = frame + part->offsets[t] + o;

#pragma GCC unroll 4
          for (gsize i = 0; i < rows; i++)
            sum[i] += weights[t] * vec_load (x + i * row_step);
        }
#pragma GCC unroll 4
      for (gsize i = 0; i < rows; i++)
        finish_and_store (sum[i], y + i * y_pitch + o, MIN (n - o, PH_LANES), f);
    }
}

/* A 3x3 filter at stride 1: each row of the frame is read once for all outputs that want it. */
PH_INLINE void
sum_rows_3x3 (gsize rows, const float *weights, const float *frame, gsize pitch, gsize n, gsize y,
              gsize y_pitch, const Finish *f)
{
  Vec w[9];

#pragma GCC unroll 9
  for (gsize t = 0; t < 9; t++)
    w[t] = vec_set1 (weights[t]);
  for (gsize o = 0; o < n; o += PH_LANES)
    {
      Vec sum[ROWS] = { 0 };

#pragma GCC unroll 6
      for (gsize r = 0; r < rows + 2; r++)
        {
          const float *x = frame + r * pitch + o;
          Vec a = vec_load (x), b = vec_load (x + 1), c = vec_load (x + 2);

          VEC_KEEP (a);
          VEC_KEEP (b);
          VEC_KEEP (c);
#pragma GCC unroll 4
          for (gsize i = 0; i < rows; i++)
            if (r >= i && r - i < 3)
              {
                sum[i] += w[(r - i) * 3] * a;
                sum[i] += w[(r - i) * 3 + 1] * b;
                sum[i] += w[(r - i) * 3 + 2] * c;
              }
        }
#pragma GCC unroll 4
      for (gsize i = 0; i < rows; i++)
        finish_and_store (sum[i], y + i * y_pitch + o, MIN (n - o, PH_LANES), f);
    }
}

/* @n neighbours, at most a vector, of all @rows of a narrow plane: each row of the frame is read
 * once, for the three rows of output that want it. @plain: nothing to add, no gate. */
PH_INLINE void
sum_column_3x3 (gsize rows, const float *weights, const float *frame, gsize pitch, gsize n, gsize y,
                gsize y_pitch, gboolean plain, const Finish *f)
{
  Vec w[9], one = { 0 }, two = { 0 }; /* sums that have had one row and two */
  /* Values that a store cannot change, and choices made once. */
  const Finish last = { .y = f->y,
                        .add = plain ? NULL : f->add,
                        .gate = plain ? NULL : f->gate,
                        .clamp = plain || f->clamp,
                        .bias = f->bias,
                        .low = f->clamp || f->gate != NULL ? f->low : -INFINITY,
                        .high = f->clamp || f->gate != NULL ? f->high : INFINITY };

#pragma GCC unroll 9
  for (gsize t = 0; t < 9; t++)
    w[t] = vec_set1 (weights[t]);
  for (gsize r = 0; r < rows + 2; r++, frame += pitch)
    {
      Vec a = vec_load (frame), b = vec_load (frame + 1), c = vec_load (frame + 2);
      Vec three = two + w[6] * a + w[7] * b + w[8] * c;

      two = one + w[3] * a + w[4] * b + w[5] * c;
      /* From zero, so that each product is added in the same way, as in wide planes. */
      one = (Vec){ 0 } + w[0] * a + w[1] * b + w[2] * c;
      if (r < 2)
        continue;
      finish_and_store (three, y, n, &last);
      y += y_pitch;
    }
}

/* Planes of at most this many vectors are worth it: wider ones wait for the memory anyway. */
#define NARROW 2

/* Rows [@begin, @end) of a part, of which the first @n outputs become neighbours in @y. */
static void
part_rows (const PhDepthwise *d, const PhDepthwisePart *part, gsize channel, const float *frame,
           gsize begin, gsize end, gsize n, gsize y, gsize y_pitch, const Finish *f)
{
  const float *weights = part->weights + channel * part->n_taps;
  gsize step = part->row_step * d->pitch;
  gsize row = begin;

  if (part->is_3x3)
    {
      const float *first = frame + part->offsets[0];

      if (n <= NARROW * PH_LANES)
        {
          for (gsize o = 0; o < n; o += PH_LANES)
            if (f->add == NULL && f->gate == NULL)
              sum_column_3x3 (end - begin, weights, first + begin * step + o, d->pitch,
                              MIN (n - o, PH_LANES), y + o, y_pitch, TRUE, f);
            else
              sum_column_3x3 (end - begin, weights, first + begin * step + o, d->pitch,
                              MIN (n - o, PH_LANES), y + o, y_pitch, FALSE, f);
          return;
        }
      for (; row + ROWS <= end; row += ROWS, y += ROWS * y_pitch)
        sum_rows_3x3 (ROWS, weights, first + row * step, d->pitch, n, y, y_pitch, f);
      for (; row < end; row++, y += y_pitch)
        sum_rows_3x3 (1, weights, first + row * step, d->pitch, n, y, y_pitch, f);
      return;
    }
  for (; row + ROWS <= end; row += ROWS, y += ROWS * y_pitch)
    if (part->n_taps == 9)
      sum_rows (ROWS, 9, part, weights, frame + row * step, n, y, y_pitch, step, f);
    else if (part->n_taps == 4)
      sum_rows (ROWS, 4, part, weights, frame + row * step, n, y, y_pitch, step, f);
    else if (part->n_taps == 2)
      sum_rows (ROWS, 2, part, weights, frame + row * step, n, y, y_pitch, step, f);
    else
      sum_rows (ROWS, part->n_taps, part, weights, frame + row * step, n, y, y_pitch, step, f);
  for (; row < end; row++, y += y_pitch)
    sum_rows (1, part->n_taps, part, weights, frame + row * step, n, y, y_pitch, step, f);
}

/* Copies a plane to its place in the frame, whose border is zeros already. */
static void
fill_frame (const PhDepthwise *d, const float *x, const float *mask, Vec low, Vec high,
            float *frame)
{
  gsize plane = d->frame_h * d->pitch, w = d->shape.w, left = d->left;

  for (gsize row = 0; row < d->shape.h; row++, x += w, mask = mask == NULL ? NULL : mask + w)
    {
      float *to = frame + (d->top + row) * d->pitch;

      if (d->stride == 1)
        for (gsize i = 0; i < w; i += PH_LANES)
          {
            gsize n = MIN (w - i, PH_LANES);
            Vec v = vec_load_n (x + i, n);

            if (mask != NULL)
              v = vec_between (v, vec_load_n (mask + i, n), low, high);
            vec_store_n (to + left + i, v, n);
          }
      else if (d->stride == 2)
        {
          float *first = to + left % 2 * plane + left / 2;
          float *second = to + (left + 1) % 2 * plane + (left + 1) / 2;

          for (gsize i = 0; i < w; i += 2 * PH_LANES)
            {
              gsize n = MIN (w - i, 2 * PH_LANES);
              Vec a = vec_load_n (x + i, MIN (n, PH_LANES));
              Vec b = n > PH_LANES ? vec_load_n (x + i + PH_LANES, n - PH_LANES) : (Vec){ 0 };

              vec_store_n (first + i / 2, vec_even (a, b), (n + 1) / 2);
              vec_store_n (second + i / 2, vec_odd (a, b), n / 2);
            }
        }
      else
        for (gsize i = 0; i < w; i++)
          to[(left + i) % d->stride * plane + (left + i) / d->stride] = x[i];
    }
}

/* Two phases of the columns, each a row of @a and @b, become one row of @n from place @y. */
static void
interleave (const float *a, const float *b, gsize n, gsize y, const Finish *f)
{
  for (gsize i = 0; i < n; i += 2 * PH_LANES)
    {
      Vec va = vec_load (a + i / 2), vb = vec_load (b + i / 2);
      gsize left = MIN (n - i, 2 * PH_LANES);

      finish_and_store (vec_zip_low (va, vb), y + i, MIN (left, PH_LANES), f);
      if (left > PH_LANES)
        finish_and_store (vec_zip_high (va, vb), y + i + PH_LANES, left - PH_LANES, f);
    }
}

/* A phase whose outputs are apart in memory; with @other, that and the columns between them. @lines
 * has room for some rows of each. */
static void
scattered_part (const PhDepthwise *d, const PhDepthwisePart *part, const PhDepthwisePart *other,
                gsize channel, const float *frame, const Finish *f, float *lines)
{
  gsize room = d->shape.out_w + 2 * PH_LANES;
  float *other_lines = lines + ROWS * room;
  const float *even = part->y_left == 0 ? lines : other_lines;
  const float *odd = part->y_left == 0 ? other_lines : lines;
  const Finish to_lines = { .y = lines }, to_other = { .y = other_lines };
  /* Whole vectors: what is read back at once should have been written at once. */
  gsize n = (part->columns + PH_LANES - 1) / PH_LANES * PH_LANES;
  gsize n_other = other == NULL ? 0 : (other->columns + PH_LANES - 1) / PH_LANES * PH_LANES;

  for (gsize begin = 0; begin < part->rows; begin += ROWS)
    {
      gsize end = MIN (begin + ROWS, part->rows);

      part_rows (d, part, channel, frame, begin, end, n, 0, room, &to_lines);
      if (other != NULL)
        part_rows (d, other, channel, frame, begin, end, n_other, 0, room, &to_other);
      for (gsize row = begin; row < end; row++)
        {
          gsize to = (part->y_top + row * part->y_step_h) * d->shape.out_w;
          gsize line = (row - begin) * room;

          if (other != NULL)
            {
              interleave (even + line, odd + line, d->shape.out_w, to, f);
              continue;
            }
          for (gsize i = 0; i < part->columns; i++)
            {
              gsize at = to + part->y_left + i * part->y_step_w;
              float v = f->add != NULL ? f->add[at] + lines[line + i] : lines[line + i];
              gboolean open = f->gate == NULL || (f->gate[at] > f->low && f->gate[at] < f->high);

              f->y[at] = open ? v : 0.0f;
            }
        }
    }
}

/* Whether two phases are all columns of the same rows. */
static gboolean
are_twins (const PhDepthwise *d, const PhDepthwisePart *a, const PhDepthwisePart *b)
{
  return a->y_step_w == 2 && b->y_step_w == 2 && a->y_top == b->y_top && a->rows == b->rows &&
         a->y_left + b->y_left == 1 && a->columns + b->columns == d->shape.out_w;
}

/* One plane, from its frame. */
static void
compute_plane (const PhDepthwise *d, const PhCorrelationCall *call, gsize i, const float *frame,
               float *lines)
{
  gsize out = d->shape.out_h * d->shape.out_w, channel = i % d->shape.c;
  Finish finish = {
    .y = call->y + i * out,
    .add = call->add == NULL ? NULL : call->add + i * out,
    .gate = call->gate == NULL ? NULL : call->gate + i * out,
    .clamp = d->epilogue.kind == PH_ACTIVATION_CLAMP,
    .bias = d->bias[channel],
    .low = call->gate != NULL ? call->low : d->epilogue.low,
    .high = call->gate != NULL ? call->high : d->epilogue.high,
  };

  for (gsize j = 0; j < d->n_parts; j++)
    {
      const PhDepthwisePart *part = &d->parts[j];

      if (part->y_step_h == 1 && part->y_step_w == 1)
        part_rows (d, part, channel, frame, 0, part->rows, part->columns, 0, d->shape.out_w,
                   &finish);
      else if (j + 1 < d->n_parts && are_twins (d, part, part + 1))
        scattered_part (d, part, &d->parts[++j], channel, frame, &finish, lines);
      else
        scattered_part (d, part, NULL, channel, frame, &finish, lines);
    }
}

/* Planes [@begin, @end) of all images. @scratch holds some frames, then lines. */
void
PH_KERNEL (ph_depthwise_planes) (const PhDepthwise *d, const PhCorrelationCall *call, gsize begin,
                                 gsize end, float *scratch)
{
  gsize in = d->shape.h * d->shape.w, frame = d->stride * d->frame_h * d->pitch;
  gsize frames = d->frames * frame + PH_LANES;
  Vec low = vec_set1 (call->low), high = vec_set1 (call->high);

  memset (scratch, 0, frames * sizeof (float));
  for (gsize i = begin; i < end; i += d->frames)
    {
      gsize n = MIN (d->frames, end - i);

      for (gsize j = 0; j < n; j++)
        fill_frame (d, call->x + (i + j) * in,
                    call->mask == NULL ? NULL : call->mask + (i + j) * in, low, high,
                    scratch + j * frame);
      for (gsize j = 0; j < n; j++)
        compute_plane (d, call, i + j, scratch + j * frame, scratch + frames);
    }
}
