#include "kernels/conv-private.h"
#include "kernels/simd-private.h"

#define MAX_PIXELS (PH_MICRO_MAX_VECTORS * PH_LANES)

/* Neighbouring output pixels of one row, within a panel. */
typedef struct
{
  gsize image, row, column, n;
  gsize at; /* place in the panel */
} Segment;

/* What one filter position reads for a segment: @n numbers from @offset, for places from @at. */
typedef struct
{
  gsize at, n;
  gssize offset;
} Source;

static gsize
find_segments (const PhConvShape *p, gsize pixel, gsize n, Segment *segments)
{
  gsize count = 0, row = pixel / p->out_w, column = pixel % p->out_w;
  gsize image = row / p->out_h;

  row %= p->out_h;
  for (gsize at = 0; at < n; row++, column = 0)
    {
      gsize length = MIN (p->out_w - column, n - at);

      if (row == p->out_h)
        {
          image++;
          row = 0;
        }
      segments[count++] = (Segment){ image, row, column, length, at };
      at += length;
    }
  return count;
}

/* Fills in what filter position (@r, @s) reads; returns whether some place gets nothing. */
static gboolean
find_sources (const PhConvShape *p, gsize r, gsize s, const Segment *segments, gsize n,
              Source *sources, gsize *n_sources)
{
  gssize stride = (gssize)p->stride_w;
  gboolean gaps = FALSE;

  *n_sources = 0;
  for (gsize i = 0; i < n; i++)
    {
      const Segment *segment = &segments[i];
      gssize row = (gssize)(segment->row * p->stride_h + r * p->dilation_h) - p->pad_top;
      gssize column = (gssize)(segment->column * p->stride_w + s * p->dilation_w) - p->pad_left;
      gssize first = column >= 0 ? 0 : (-column + stride - 1) / stride;
      gssize last = ((gssize)p->w - column + stride - 1) / stride;

      last = MIN (last, (gssize)segment->n);
      if (row < 0 || row >= (gssize)p->h || first >= last)
        {
          gaps = TRUE;
          continue;
        }
      gaps |= last - first < (gssize)segment->n;
      sources[(*n_sources)++] = (Source){ segment->at + (gsize)first, (gsize)(last - first),
                                          (gssize)(segment->image * p->c * p->h * p->w) +
                                              row * (gssize)p->w + column + first * stride };
    }
  return gaps;
}

/* @n <= PH_LANES numbers that are @stride (1 or 2) apart. */
PH_INLINE Vec
load_strided (const float *x, gsize stride, gsize n)
{
  if (stride == 1)
    return vec_load_n (x, n);
  gsize width = 2 * n - 1;

  return vec_even (vec_load_n (x, MIN (width, PH_LANES)),
                   width > PH_LANES ? vec_load_n (x + PH_LANES, width - PH_LANES) : (Vec){ 0 });
}

PH_INLINE void
copy_vectors (const float *x, const float *mask, Vec low, Vec high, gsize stride, gsize n,
              float *to)
{
  gsize i = 0;

  if (stride == 1)
    for (; i + PH_LANES <= n; i += PH_LANES)
      {
        Vec v = vec_load (x + i);

        vec_store (to + i, mask == NULL ? v : vec_between (v, vec_load (mask + i), low, high));
      }
  else if (mask == NULL)
    for (; i + PH_LANES < n; i += PH_LANES)
      vec_store (to + i, vec_even (vec_load (x + 2 * i), vec_load (x + 2 * i + PH_LANES)));
  for (; i < n; i += PH_LANES)
    {
      gsize left = MIN (n - i, PH_LANES);
      Vec v = load_strided (x + i * stride, stride, left);

      if (mask != NULL)
        v = vec_between (v, load_strided (mask + i * stride, stride, left), low, high);
      vec_store_n (to + i, v, left);
    }
}

static void
copy_any (const float *x, const float *mask, float low, float high, gsize stride, gsize n,
          float *to)
{
  for (gsize i = 0; i < n; i++)
    to[i] =
        mask == NULL || (mask[i * stride] > low && mask[i * stride] < high) ? x[i * stride] : 0.0f;
}

/* Writes pixels [@pixel, @pixel + @n) for channels [@c0, @c1) as a panel (R, S, channels, pitch).
 * Places behind @n, up to a whole vector, get zeros. */
static void
pack (const PhConvShape *p, const PhCorrelationCall *call, const float *x, const float *mask,
      gsize pixel, gsize n, gsize c0, gsize c1, gsize pitch, float *panel)
{
  Segment segments[MAX_PIXELS];
  Source sources[MAX_PIXELS];
  gsize n_segments = find_segments (p, pixel, n, segments);
  Vec low = vec_set1 (call->low), high = vec_set1 (call->high);
  gsize plane = p->h * p->w;

  for (gsize r = 0; r < p->r; r++)
    for (gsize s = 0; s < p->s; s++)
      {
        gsize n_sources;
        gboolean gaps = find_sources (p, r, s, segments, n_segments, sources, &n_sources);

        gaps |= n % PH_LANES != 0;
        for (gsize c = c0; c < c1; c++, panel += pitch)
          {
            if (gaps)
              for (gsize i = 0; i < n; i += PH_LANES)
                vec_store (panel + i, (Vec){ 0 });
            for (gsize i = 0; i < n_sources; i++)
              {
                gssize from = (gssize)(c * plane) + sources[i].offset;
                const float *m = mask == NULL ? NULL : mask + from;
                float *to = panel + sources[i].at;

                if (p->stride_w == 1 && m == NULL)
                  copy_vectors (x + from, NULL, low, high, 1, sources[i].n, to);
                else if (p->stride_w == 1)
                  copy_vectors (x + from, m, low, high, 1, sources[i].n, to);
                else if (p->stride_w == 2 && m == NULL)
                  copy_vectors (x + from, NULL, low, high, 2, sources[i].n, to);
                else
                  copy_any (x + from, m, call->low, call->high, p->stride_w, sources[i].n, to);
              }
          }
      }
}

/* @n numbers to every second place from @at, without a bias or a limit, as in the gradient of a
 * stride of 2. What stands between them is written back as it was. */
static void
scatter_second (const float *from, gsize n, const PhMicroStore *store, gsize at)
{
  Vec low = vec_set1 (store->low), high = vec_set1 (store->high);
  VecInt second;

  for (gsize i = 0; i < PH_LANES; i++)
    second[i] = i % 2 == 0 ? -1 : 0;
  for (gsize i = 0; i < n; i += PH_LANES)
    {
      Vec v = vec_load_n (from + i, MIN (n - i, PH_LANES));
      Vec zipped[2] = { vec_zip_low (v, v), vec_zip_high (v, v) };
      gsize places = 2 * (n - i) - 1;

      for (gsize j = 0; j < 2 && j * PH_LANES < places; j++, at += PH_LANES)
        {
          gsize here = MIN (places - j * PH_LANES, PH_LANES);
          Vec old = vec_load_n (store->y + at, here);

          v = zipped[j];
          if (store->add != NULL)
            v += vec_load_n (store->add + at, here);
          if (store->gate != NULL)
            v = vec_between (v, vec_load_n (store->gate + at, here), low, high);
          vec_store_n (store->y + at, vec_select (second, v, old), here);
        }
    }
}

/* @n numbers of row @row to places from @at that are @step apart. */
static void
scatter_row (const float *from, gsize n, gsize row, const PhMicroStore *store, gsize step, gsize at)
{
  float bias = store->bias != NULL ? store->bias[row] : 0.0f;

  at += row * store->pitch;
  if (step == 2 && store->bias == NULL && store->summand == NULL && !store->clamp)
    {
      scatter_second (from, n, store, at);
      return;
    }
  for (gsize i = 0; i < n; i++, at += step)
    {
      float v = from[i] + bias;

      if (store->add != NULL)
        v += store->add[at];
      if (store->summand != NULL)
        v += store->summand[at];
      if (store->clamp)
        {
          v = v < store->low ? store->low : v;
          v = v > store->high ? store->high : v;
        }
      if (store->gate != NULL && !(store->gate[at] > store->low && store->gate[at] < store->high))
        v = 0.0f;
      store->y[at] = v;
    }
}

/* Takes a tile of results to an output whose pixels are not neighbours in memory. */
static void
scatter (const PhImplicit *implicit, const float *tile, gsize pitch, gsize pixel,
         const PhMicroStore *store)
{
  const PhCorrelation *p = &implicit->p;
  gsize width = implicit->direct ? p->shape.w : p->shape.out_w;
  gsize row = pixel / width, column = pixel % width, image = 0;

  if (implicit->images > 1)
    {
      image = row / p->shape.out_h;
      row %= p->shape.out_h;
    }
  for (gsize at = 0; at < store->pixels; row++, column = 0)
    {
      if (row == p->shape.out_h)
        {
          image++;
          row = 0;
        }
      if (image == implicit->images)
        return;

      gsize length = MIN (width - column, store->pixels - at);
      gsize wanted = column < p->shape.out_w ? MIN (length, p->shape.out_w - column) : 0;
      gsize to = (p->y_top + row * p->y_step_h) * p->y_w + p->y_left + column * p->y_step_w +
                 image * p->shape.k * p->y_h * p->y_w;

      for (gsize i = 0; i < store->rows; i++)
        scatter_row (tile + i * pitch + at, wanted, i, store, p->y_step_w, to);
      at += length;
    }
}

/* One tile for all panels of the item: @b and @offsets per micro tile are ready. */
static void
multiply_tile (const PhImplicit *implicit, const PhCorrelationCall *call,
               const PhImplicitItem *item, gsize c0, gsize c1, gsize pixel, gsize pixel_end,
               const float *const *b, const gint32 *const *offsets)
{
  const PhConvShape *p = &implicit->p.shape;
  const PhMicro *micro = implicit->micro;
  gsize step = micro->vectors * PH_LANES, taps = p->r * p->s;
  gsize k = p->k / p->groups, plane = implicit->p.y_h * implicit->p.y_w;
  gboolean contiguous = implicit->images == 1 && implicit->p.y_step_w == 1 &&
                        implicit->p.y_step_h == 1 && implicit->p.y_w == p->out_w &&
                        implicit->p.y_h == p->out_h && (!implicit->direct || p->w == p->out_w);
  gsize first = (item->image * p->k + item->group * k) * plane;
  float results[PH_MICRO_MAX_ROWS * MAX_PIXELS];

  for (gsize panel = item->panel_begin; panel < item->panel_end; panel++)
    {
      gsize number = item->group * implicit->panels + panel;
      const float *a = implicit->weights + (number * implicit->depth + c0 * taps) * micro->rows;
      gboolean last = c1 == p->c / p->groups;
      gsize to = first + panel * micro->rows * plane;
      gboolean onto_y = c0 > 0 || call->add == call->y;
      PhMicroStore store = {
        .y = call->y + to,
        .pitch = plane,
        .rows = MIN (micro->rows, k - panel * micro->rows),
        .add = onto_y ? call->y + to : NULL,
        .summand = last && call->add != NULL && call->add != call->y ? call->add + to : NULL,
        .gate = last && call->gate != NULL ? call->gate + to : NULL,
        .bias = last && implicit->has_bias ? implicit->bias + number * micro->rows : NULL,
        .clamp = last && implicit->epilogue.kind == PH_ACTIVATION_CLAMP,
        .low = call->gate != NULL ? call->low : implicit->epilogue.low,
        .high = call->gate != NULL ? call->high : implicit->epilogue.high,
      };

      for (gsize at = pixel, i = 0; at < pixel_end; at += step, i++)
        {
          gsize n = MIN (step, pixel_end - at);
          PhMicroFunc func = micro->func[(n + PH_LANES - 1) / PH_LANES - 1];
          PhMicroStore here = store;

          here.pixels = n;
          if (contiguous)
            {
              here.y += at;
              here.add = here.add == NULL ? NULL : here.add + at;
              here.summand = here.summand == NULL ? NULL : here.summand + at;
              here.gate = here.gate == NULL ? NULL : here.gate + at;
              func ((c1 - c0) * taps, a, b[i], offsets[i], &here);
            }
          else
            {
              PhMicroStore local = { .y = results, .pitch = step, .rows = store.rows, .pixels = n };

              func ((c1 - c0) * taps, a, b[i], offsets[i], &local);
              scatter (implicit, results, step, at, &here);
            }
        }
    }
}

void
PH_KERNEL (ph_implicit_item) (const PhImplicit *implicit, const PhCorrelationCall *call,
                              const PhImplicitItem *item, float *scratch)
{
  const PhConvShape *p = &implicit->p.shape;
  gsize step = implicit->micro->vectors * PH_LANES;
  gsize c = p->c / p->groups, taps = p->r * p->s;
  gsize first = (item->image * p->c + item->group * c) * p->h * p->w;
  const float *x = call->x + first;
  const float *mask = call->mask == NULL ? NULL : call->mask + first;
  gsize end_of_x = p->n * p->c * p->h * p->w - first;
  gsize reach = implicit->direct ? (gsize)implicit->offsets[implicit->depth - 1] : 0;

  for (gsize pixel = item->pixel_begin; pixel < item->pixel_end; pixel += implicit->tile)
    {
      gsize pixel_end = MIN (pixel + implicit->tile, item->pixel_end);

      for (gsize c0 = 0; c0 < c; c0 += implicit->block_channels)
        {
          gsize c1 = MIN (c0 + implicit->block_channels, c);
          const float *b[PH_IMPLICIT_MAX_TILES];
          const gint32 *offsets[PH_IMPLICIT_MAX_TILES];

          for (gsize at = pixel, i = 0; at < pixel_end; at += step, i++)
            {
              gsize n = MIN (step, pixel_end - at);
              gsize whole = (n + PH_LANES - 1) / PH_LANES * PH_LANES;

              if (implicit->direct && (implicit->slack || at + whole + reach <= end_of_x))
                {
                  b[i] = x + at;
                  offsets[i] = implicit->offsets + c0 * taps;
                }
              else
                {
                  float *panel = scratch + i * step * implicit->block_channels * taps;

                  pack (p, call, x, mask, at, n, c0, c1, step, panel);
                  b[i] = panel;
                  offsets[i] = implicit->packed_offsets;
                }
            }
          multiply_tile (implicit, call, item, c0, c1, pixel, pixel_end, b, offsets);
        }
    }
}

/* One plane with zeros around it. */
void
PH_KERNEL (ph_frame) (const PhFrameShape *frame, const float *x, const float *mask, float low,
                      float high, float *to)
{
  gsize right = frame->frame_w - frame->left - frame->w;

  memset (to, 0, frame->top * frame->frame_w * sizeof (float));
  to += frame->top * frame->frame_w;
  for (gsize row = 0; row < frame->h; row++, to += frame->frame_w)
    {
      float *inner = to + frame->left;

      memset (to, 0, frame->left * sizeof (float));
      if (mask == NULL)
        copy_vectors (x + row * frame->w, NULL, (Vec){ 0 }, (Vec){ 0 }, 1, frame->w, inner);
      else
        copy_vectors (x + row * frame->w, mask + row * frame->w, vec_set1 (low), vec_set1 (high), 1,
                      frame->w, inner);
      memset (inner + frame->w, 0, right * sizeof (float));
    }
  memset (to, 0, (frame->frame_h - frame->top - frame->h) * frame->frame_w * sizeof (float));
}
