#include "kernels/conv-private.h"

#include <string.h>

#include "kernels/conv-weights.h"
#include "kernels/parallel.h"

/* Floats of framed input that are in memory at a time. */
#define FRAMED_FLOATS (2 * 1024 * 1024)

/* Filters of a group from which the product of matrices is worth its padding to whole vectors. */
#define MIN_FILTERS 8

/*
 * The input with zeros around it. Columns are dealt out to @column_step planes, so that those a
 * window of few filters meets next to each other are neighbours; otherwise it is 1.
 */
typedef struct
{
  const PhConvShape *p;
  gsize top, left; /* of the image in the frame */
  gsize h, w;      /* of a frame; w counts columns of one plane */
  gsize column_step;
} Frame;

typedef struct
{
  const PhConvShape *p;
  const PhKernels *kernels;
  const float *x, *dy;
  float *dw;
  Frame frame;
  gsize c, k;        /* channels and filters of a group */
  gsize depth, rows; /* numbers of a window; in whole tiles */
  gsize width, tiles_k;
  gsize pixels;
  gsize images; /* at a time */
  guint threads;

  gsize group, image, n; /* at work */
  float *framed;         /* (images, c, frame) */
  float *panels;         /* (tiles_k, images * pixels, width) */
  float *sums;           /* (rows, tiles_k * width) */
} Gradient;

static Frame
frame_for (const PhConvShape *p, gsize column_step)
{
  Frame f = { .p = p,
              .top = (gsize)MAX (p->pad_top, 0),
              .left = (gsize)MAX (p->pad_left, 0),
              .column_step = column_step };
  gsize last_row =
      (p->out_h - 1) * p->stride_h + (p->r - 1) * p->dilation_h + (f.top - (gsize)p->pad_top);
  gsize last_column =
      (p->out_w - 1) * p->stride_w + (p->s - 1) * p->dilation_w + (f.left - (gsize)p->pad_left);

  f.h = MAX (f.top + p->h, last_row + 1);
  f.w = (MAX (f.left + p->w, last_column + 1) + column_step - 1) / column_step;
  return f;
}

static gsize
frame_floats (const Frame *f)
{
  return f->h * f->w * f->column_step;
}

/* Where row @row and column @column of the padded image lie in the frame. */
static gsize
frame_at (const Frame *f, gsize row, gsize column)
{
  row += f->top - (gsize)f->p->pad_top;
  column += f->left - (gsize)f->p->pad_left;
  return (column % f->column_step * f->h + row) * f->w + column / f->column_step;
}

static void
frame_plane (const Frame *f, const float *x, float *to)
{
  memset (to, 0, frame_floats (f) * sizeof (float));
  for (gsize row = 0; row < f->p->h; row++, x += f->p->w)
    {
      if (f->column_step == 1)
        {
          memcpy (to + (f->top + row) * f->w + f->left, x, f->p->w * sizeof (float));
          continue;
        }
      for (gsize column = 0; column < f->p->w; column++)
        {
          gsize at = f->left + column;

          to[(at % f->column_step * f->h + f->top + row) * f->w + at / f->column_step] = x[column];
        }
    }
}

static Gradient
gradient_for (const PhConvShape *p, guint threads)
{
  Gradient g = { .p = p,
                 .kernels = ph_kernels (),
                 .c = p->c / p->groups,
                 .k = p->k / p->groups,
                 .threads = threads,
                 .pixels = p->out_h * p->out_w };

  g.depth = conv_shape_depth (p);
  g.rows = (g.depth + PH_WEIGHTS_ROWS - 1) / PH_WEIGHTS_ROWS * PH_WEIGHTS_ROWS;
  g.width = *g.kernels->weights_width;
  g.tiles_k = (g.k + g.width - 1) / g.width;
  g.frame = frame_for (p, g.k < MIN_FILTERS ? p->stride_w : 1);

  gsize of_image = g.c * frame_floats (&g.frame) + g.tiles_k * g.width * g.pixels;

  g.images = CLAMP (FRAMED_FLOATS / MAX (of_image, 1), 1, MAX (p->n, 1));
  return g;
}

static gsize
framed_bytes (const Gradient *g)
{
  return conv_align (g->images * g->c * frame_floats (&g->frame));
}

static gsize
panels_bytes (const Gradient *g)
{
  /* A vector more, as whole ones are written. */
  return conv_align (g->tiles_k * g->width * g->images * g->pixels + 16);
}

gsize
ph_conv_weights_scratch (const PhConvShape *shape, guint threads)
{
  Gradient g = gradient_for (shape, threads);

  if (g.k < MIN_FILTERS)
    return threads * conv_align (frame_floats (&g.frame) + g.depth);
  return framed_bytes (&g) + panels_bytes (&g) + conv_align (g.rows * g.tiles_k * g.width);
}

/* --- Few filters: each number of the gradient by itself --- */

static void
do_filters (gsize begin, gsize end, guint thread, gpointer data)
{
  const Gradient *g = data;
  const PhConvShape *p = g->p;
  gsize share = conv_align (frame_floats (&g->frame) + g->depth) / sizeof (float);

  for (gsize part = begin; part < end; part++)
    for (gsize k = p->k * part / g->threads; k < p->k * (part + 1) / g->threads; k++)
      for (gsize n = 0; n < p->n; n++)
        for (gsize c = 0; c < g->c; c++)
          {
            float *frame = g->framed + part * share;
            const float *dy = g->dy + (n * p->k + k) * g->pixels;

            frame_plane (&g->frame, g->x + (n * p->c + k / g->k * g->c + c) * p->h * p->w, frame);
            for (gsize t = 0; t < p->r * p->s; t++)
              g->dw[(k * g->c + c) * p->r * p->s + t] += g->kernels->dot_rows (
                  p->out_h, p->out_w, dy, p->out_w,
                  frame + frame_at (&g->frame, t / p->s * p->dilation_h, t % p->s * p->dilation_w),
                  g->frame.w * p->stride_h);
          }
}

/* --- Many filters: a product of matrices --- */

static void
frame_planes (gsize begin, gsize end, guint thread, gpointer data)
{
  const Gradient *g = data;

  for (gsize i = begin; i < end; i++)
    {
      gsize plane = (g->image + i / g->c) * g->p->c + g->group * g->c + i % g->c;

      frame_plane (&g->frame, g->x + plane * g->p->h * g->p->w,
                   g->framed + i * frame_floats (&g->frame));
    }
}

static void
pack_panels (gsize begin, gsize end, guint thread, gpointer data)
{
  const Gradient *g = data;

  for (gsize i = begin; i < end; i++)
    {
      gsize image = i / g->tiles_k, tile = i % g->tiles_k, first = tile * g->width;
      gsize n = MIN (g->width, g->k - first);
      const float *dy =
          g->dy + ((g->image + image) * g->p->k + g->group * g->k + first) * g->pixels;
      float *to = g->panels + (tile * g->n + image) * g->pixels * g->width;

      if (n < g->width)
        memset (to, 0, g->pixels * g->width * sizeof (float));
      g->kernels->transpose (n, g->pixels, dy, g->pixels, FALSE, to, g->width);
    }
}

/* Where the windows of some pixels begin. */
static void
find_windows (const Gradient *g, gsize pixel, gsize n, gsize *at)
{
  const PhConvShape *p = g->p;

  for (gsize i = 0; i < n; i++)
    {
      gsize image = (pixel + i) / g->pixels, place = (pixel + i) % g->pixels;

      at[i] = image * g->c * frame_floats (&g->frame) +
              place / p->out_w * p->stride_h * g->frame.w + place % p->out_w * p->stride_w;
    }
}

/* Some tiles of rows, of all filters and pixels. */
static void
multiply_rows (gsize begin, gsize end, guint thread, gpointer data)
{
  const Gradient *g = data;
  const PhConvShape *p = g->p;
  gsize at[PH_WEIGHTS_PIXELS], rows[PH_WEIGHTS_ROWS];
  gsize all = g->n * g->pixels, pitch = g->tiles_k * g->width, taps = p->r * p->s;

  for (gsize pixel = 0; pixel < all; pixel += PH_WEIGHTS_PIXELS)
    {
      gsize n = MIN (all - pixel, PH_WEIGHTS_PIXELS);

      find_windows (g, pixel, n, at);
      for (gsize tile = 0; tile < g->tiles_k; tile++)
        for (gsize row = begin; row < end; row++)
          {
            for (gsize i = 0; i < PH_WEIGHTS_ROWS; i++)
              {
                gsize d = MIN (row * PH_WEIGHTS_ROWS + i, g->depth - 1), t = d % taps;

                rows[i] = d / taps * frame_floats (&g->frame) +
                          frame_at (&g->frame, t / p->s * p->dilation_h, t % p->s * p->dilation_w);
              }
            PhWeightsItem item = { .pixels = n,
                                   .x = g->framed,
                                   .at = at,
                                   .rows = rows,
                                   .dy = g->panels + (tile * all + pixel) * g->width,
                                   .sums =
                                       g->sums + row * PH_WEIGHTS_ROWS * pitch + tile * g->width,
                                   .pitch = pitch };

            g->kernels->weights_item (&item);
          }
    }
}

static void
add_sums (gsize begin, gsize end, guint thread, gpointer data)
{
  const Gradient *g = data;
  gsize pitch = g->tiles_k * g->width;

  for (gsize tile = begin; tile < end; tile++)
    g->kernels->transpose (g->depth, MIN (16, g->k - tile * 16), g->sums + tile * 16, pitch, TRUE,
                           g->dw + (g->group * g->k + tile * 16) * g->depth, g->depth);
}

void
ph_conv_weights_run (const PhConvShape *shape, const float *x, const float *dy, float *dw,
                     guint threads, gpointer scratch)
{
  Gradient g = gradient_for (shape, threads);

  g.x = x;
  g.dy = dy;
  g.dw = dw;
  g.framed = scratch;
  if (g.k < MIN_FILTERS)
    {
      ph_parallel_for (threads, 1, do_filters, &g);
      return;
    }
  g.panels = (float *)(gpointer)((char *)scratch + framed_bytes (&g));
  g.sums = (float *)(gpointer)((char *)g.panels + panels_bytes (&g));
  for (g.group = 0; g.group < shape->groups; g.group++)
    {
      memset (g.sums, 0, g.rows * g.tiles_k * g.width * sizeof (float));
      for (g.image = 0; g.image < shape->n; g.image += g.images)
        {
          g.n = MIN (g.images, shape->n - g.image);
          ph_parallel_for (g.n * g.c, 4, frame_planes, &g);
          ph_parallel_for (g.n * g.tiles_k, 1, pack_panels, &g);
          ph_parallel_for (g.rows / PH_WEIGHTS_ROWS, 1, multiply_rows, &g);
        }
      ph_parallel_for ((g.k + 15) / 16, 1, add_sums, &g);
    }
}
