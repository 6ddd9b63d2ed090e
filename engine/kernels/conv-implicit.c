#include "kernels/conv-private.h"

#include <string.h>

#include "base/tensor.h"
#include "kernels/parallel.h"

/* Depth taken at a time: a panel of filters then stays in the first cache, and the panel of pixels
 * in the second, while they are multiplied. */
#define BLOCK_DEPTH 256

/* Floats of packed pixels that share the second cache with the filters that pass by. */
#define TILE_FLOATS (48 * 1024)

/* What packing and taking apart the pixels of several images costs, counted like
 * PH_IMPLICIT_PACK_COST. */
#define PH_IMPLICIT_MERGE_COST 8

/* Images of so many pixels fill their vectors well enough. */
#define MERGE_PIXELS 128

/* Numbers of filters worth another thread to pack. */
#define PACK_GRAIN 4096

static gboolean
stays_inside (const PhConvShape *p)
{
  return p->pad_top <= 0 && p->pad_left <= 0 &&
         (gssize)(p->out_h + (p->r - 1) * p->dilation_h) <= (gssize)p->h + p->pad_top &&
         (gssize)(p->out_w + (p->s - 1) * p->dilation_w) <= (gssize)p->w + p->pad_left;
}

/* Reading in place saves the packing, but also computes what lies between two rows of output. */
static gboolean
choose_direct (const PhConvShape *p, gboolean masked, gboolean slack)
{
  gsize filters = p->k / p->groups;

  if (p->stride_h != 1 || p->stride_w != 1 || masked || !stays_inside (p) ||
      p->c * p->h * p->w > G_MAXINT32 || ((p->w != p->out_w || p->r * p->s > 1) && !slack))
    return FALSE;
  return filters * p->w <= (filters + PH_IMPLICIT_PACK_COST) * p->out_w;
}

/* Small images leave the last vector of pixels half empty; the pixels of all together do not, but
 * have to be packed, and their results taken apart. */
static gboolean
choose_merged (const PhConvShape *p, gboolean direct, gsize lanes)
{
  gsize filters = p->k / p->groups, pixels = p->out_h * p->out_w;
  gsize apart = p->n * ((pixels + lanes - 1) / lanes);
  gsize together = (p->n * pixels + lanes - 1) / lanes;

  return p->n > 1 && p->groups == 1 && pixels < MERGE_PIXELS &&
         together * (filters + PH_IMPLICIT_MERGE_COST) <
             apart * (filters + (direct ? 0 : PH_IMPLICIT_PACK_COST));
}

/* One number of the depth. */
typedef struct
{
  gsize channel, tap;
} Depth;

/* The order in which a block of channels from @c0 is summed. Panels are packed one filter position
 * after the other. When the input is read in place, the positions of one channel follow each other,
 * since they read almost the same lines of the cache. */
static Depth
depth_at (const PhImplicit *implicit, gsize c0, gsize i)
{
  const PhConvShape *p = &implicit->p.shape;
  gsize taps = p->r * p->s;
  gsize channels = MIN (implicit->block_channels, p->c / p->groups - c0);

  return implicit->direct ? (Depth){ c0 + i / taps, i % taps }
                          : (Depth){ c0 + i % channels, i / channels };
}

static gsize
block_depth (const PhImplicit *implicit, gsize c0)
{
  const PhConvShape *p = &implicit->p.shape;

  return MIN (implicit->block_channels, p->c / p->groups - c0) * p->r * p->s;
}

typedef struct
{
  PhImplicit *implicit;
  const PhFilters *filters;
} Packing;

/* Filters in the order in which the kernels read them, rows beyond the last filter as zeros. */
static void
pack_panels (gsize begin, gsize end, guint thread, gpointer data)
{
  const Packing *packing = data;
  const PhImplicit *implicit = packing->implicit;
  const PhConvShape *p = &implicit->p.shape;
  const PhFilters *f = packing->filters;
  gsize c = p->c / p->groups, k = p->k / p->groups, rows = implicit->micro->rows;

  for (gsize i = begin; i < end; i++)
    {
      gsize group = i / implicit->panels, filter = i % implicit->panels * rows;
      float *to = implicit->weights + i * implicit->depth * rows;
      const float *from = f->first + (gssize)group * f->group + (gssize)filter * f->filter;

      for (gsize c0 = 0; c0 < c; c0 += implicit->block_channels)
        for (gsize d = 0; d < block_depth (implicit, c0); d++)
          {
            Depth at = depth_at (implicit, c0, d);
            const float *number = from + (gssize)at.channel * f->channel +
                                  (gssize)(at.tap / p->s) * f->row +
                                  (gssize)(at.tap % p->s) * f->column;

            for (gsize row = 0; row < rows; row++)
              *to++ = filter + row < k ? number[(gssize)row * f->filter] : 0.0f;
          }
    }
}

void
ph_implicit_set_weights (PhImplicit *implicit, const PhFilters *filters, const float *bias)
{
  Packing packing = { implicit, filters };
  gsize k = implicit->p.shape.k / implicit->p.shape.groups;

  ph_parallel_for (implicit->p.shape.groups * implicit->panels,
                   PACK_GRAIN / (implicit->depth * implicit->micro->rows) + 1, pack_panels,
                   &packing);
  implicit->has_bias = bias != NULL;
  for (gsize i = 0; bias != NULL && i < implicit->p.shape.k; i++)
    implicit->bias[i / k * implicit->panels * implicit->micro->rows + i % k] = bias[i];
}

static void
fill_offsets (PhImplicit *implicit)
{
  const PhConvShape *p = &implicit->p.shape;
  gsize pitch = implicit->micro->vectors * implicit->micro->lanes;
  gint32 *to = implicit->offsets;

  for (gsize i = 0; i < implicit->block_channels * p->r * p->s; i++)
    implicit->packed_offsets[i] = (gint32)(i * pitch);
  if (!implicit->direct)
    return;
  for (gsize c0 = 0; c0 < p->c / p->groups; c0 += implicit->block_channels)
    for (gsize d = 0; d < block_depth (implicit, c0); d++)
      {
        Depth at = depth_at (implicit, c0, d);
        gsize row = at.tap / p->s * p->dilation_h - (gsize)p->pad_top;
        gsize column = at.tap % p->s * p->dilation_w - (gsize)p->pad_left;

        *to++ = (gint32)((at.channel * p->h + row) * p->w + column);
      }
}

/* How to cut the work of one image and group so that the threads finish together: into parts of
 * pixels, or of filters, where each part packs its pixels again. */
static void
choose_parts (PhImplicit *implicit)
{
  const PhMicro *micro = implicit->micro;
  gsize groups = implicit->p.shape.n / implicit->images * implicit->p.shape.groups;
  gsize vectors = (implicit->pixels + micro->lanes - 1) / micro->lanes;
  gsize pack_cost = implicit->direct ? 0 : PH_IMPLICIT_PACK_COST;
  gsize best = G_MAXSIZE;

  for (gsize i = 1; i <= MIN (vectors, implicit->threads); i++)
    for (gsize j = 1; j <= MIN (implicit->panels, implicit->threads); j++)
      {
        gsize rounds = (groups * i * j + implicit->threads - 1) / implicit->threads;
        gsize filters = (implicit->panels + j - 1) / j * micro->rows;
        gsize cost = rounds * ((vectors + i - 1) / i) * (filters + pack_cost);

        if (cost < best)
          {
            best = cost;
            implicit->pixel_parts = i;
            implicit->panel_parts = j;
          }
      }
}

/* A 1x1 filter at stride 1 sees no rows: the image becomes one long one. */
static void
flatten (PhCorrelation *p)
{
  PhConvShape *s = &p->shape;

  if (s->r != 1 || s->s != 1 || s->stride_h != 1 || s->stride_w != 1 || s->pad_top != 0 ||
      s->pad_left != 0 || s->out_h != s->h || s->out_w != s->w || p->y_step_h != 1 ||
      p->y_step_w != 1 || p->y_h != s->out_h || p->y_w != s->out_w)
    return;
  s->w *= s->h;
  s->out_w = p->y_w = s->w;
  s->h = s->out_h = p->y_h = 1;
}

PhImplicit *
ph_implicit_new (const PhCorrelation *p, const PhEpilogue *epilogue, gboolean masked,
                 gboolean slack)
{
  PhImplicit *implicit = g_new0 (PhImplicit, 1);
  const PhConvShape *shape = &implicit->p.shape;

  implicit->p = *p;
  flatten (&implicit->p);
  gsize k = shape->k / shape->groups, c = shape->c / shape->groups, taps = shape->r * shape->s;

  if (epilogue != NULL)
    implicit->epilogue = *epilogue;
  implicit->kernels = ph_kernels ();
  implicit->micro = k <= implicit->kernels->micro_thin->rows ? implicit->kernels->micro_thin
                                                             : implicit->kernels->micro_wide;
  implicit->threads = ph_parallel_get_threads ();
  implicit->depth = conv_shape_depth (shape);
  gsize blocks = (implicit->depth + BLOCK_DEPTH - 1) / BLOCK_DEPTH;
  implicit->block_channels = MAX ((c + blocks - 1) / blocks, 1);
  implicit->panels = (k + implicit->micro->rows - 1) / implicit->micro->rows;
  implicit->direct = choose_direct (shape, masked, slack);
  implicit->images = 1;
  if (choose_merged (shape, implicit->direct, implicit->micro->lanes))
    {
      implicit->direct = FALSE;
      implicit->images = shape->n;
    }
  implicit->slack = slack;
  implicit->pixels = implicit->direct ? (shape->out_h - 1) * shape->w + shape->out_w
                                      : implicit->images * shape->out_h * shape->out_w;
  gsize step = implicit->micro->vectors * implicit->micro->lanes;
  gsize tiles = TILE_FLOATS / (step * implicit->block_channels * taps);
  implicit->tile = CLAMP (tiles, 1, PH_IMPLICIT_MAX_TILES) * step;
  choose_parts (implicit);

  gsize rows = shape->groups * implicit->panels * implicit->micro->rows;
  implicit->weights = ph_aligned_alloc (rows * implicit->depth * sizeof (float));
  implicit->bias = ph_aligned_alloc (rows * sizeof (float));
  implicit->packed_offsets = ph_aligned_alloc (implicit->block_channels * taps * sizeof (gint32));
  if (implicit->direct)
    implicit->offsets = ph_aligned_alloc (implicit->depth * sizeof (gint32));
  if (implicit->weights == NULL || implicit->bias == NULL || implicit->packed_offsets == NULL ||
      (implicit->direct && implicit->offsets == NULL))
    {
      ph_implicit_free (implicit);
      return NULL;
    }
  memset (implicit->bias, 0, rows * sizeof (float));
  fill_offsets (implicit);
  return implicit;
}

void
ph_implicit_free (PhImplicit *implicit)
{
  if (implicit == NULL)
    return;
  ph_aligned_free (implicit->weights);
  ph_aligned_free (implicit->bias);
  ph_aligned_free (implicit->offsets);
  ph_aligned_free (implicit->packed_offsets);
  g_free (implicit);
}

static gsize
thread_floats (const PhImplicit *implicit)
{
  const PhConvShape *p = &implicit->p.shape;

  return conv_align (implicit->tile * implicit->block_channels * p->r * p->s) / sizeof (float);
}

gsize
ph_implicit_scratch (const PhImplicit *implicit)
{
  return implicit->threads * thread_floats (implicit) * sizeof (float);
}

typedef struct
{
  const PhImplicit *implicit;
  const PhCorrelationCall *call;
  float *scratch;
} Run;

/* Does the shares [@begin, @end) of the work, one for each thread that was planned for. */
static void
do_shares (gsize begin, gsize end, guint thread, gpointer data)
{
  const Run *run = data;
  const PhImplicit *implicit = run->implicit;
  const PhConvShape *p = &implicit->p.shape;
  const PhMicro *micro = implicit->micro;
  gsize vectors = (implicit->pixels + micro->lanes - 1) / micro->lanes;
  gsize pixel_parts = implicit->pixel_parts, panel_parts = implicit->panel_parts;
  gsize items = p->n / implicit->images * p->groups * pixel_parts * panel_parts;

  for (gsize share = begin; share < end; share++)
    for (gsize i = items * share / implicit->threads; i < items * (share + 1) / implicit->threads;
         i++)
      {
        gsize panel = i % panel_parts, pixel = i / panel_parts % pixel_parts;
        gsize group = i / panel_parts / pixel_parts;
        PhImplicitItem item = {
          .image = group / p->groups,
          .group = group % p->groups,
          .pixel_begin = vectors * pixel / pixel_parts * micro->lanes,
          .pixel_end = MIN (vectors * (pixel + 1) / pixel_parts * micro->lanes, implicit->pixels),
          .panel_begin = implicit->panels * panel / panel_parts,
          .panel_end = implicit->panels * (panel + 1) / panel_parts,
        };

        implicit->kernels->implicit_item (implicit, run->call, &item,
                                          run->scratch + share * thread_floats (implicit));
      }
}

void
ph_implicit_run (const PhImplicit *implicit, const PhCorrelationCall *call, gpointer scratch)
{
  Run run = { implicit, call, scratch };

  ph_parallel_for (implicit->threads, 1, do_shares, &run);
}
