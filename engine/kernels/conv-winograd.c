#include "kernels/conv-private.h"

#include "base/tensor.h"
#include "kernels/cpu.h"
#include "kernels/parallel.h"

/* Floats of transformed input that are in memory at a time: what the second caches of two cores
 * hold. */
#define TRANSFORMED_FLOATS (512 * 1024)

/* Panels of filters whose sums fit beside that, before they are transformed back. */
#define GROUP_PANELS 4

/* Filters that the caches cannot keep come from memory; then each thread gets about this many of
 * their numbers while it does one product of vectors. */
#define CACHED_WEIGHTS (2 * 1024 * 1024)
#define NUMBERS_PER_PRODUCT 2

/* What is left to do when a whole number of vectors of tiles has been taken. */
static gsize
rest_of_tiles (const PhConvShape *p, gsize tile, gsize lanes)
{
  gsize tiles_h = (p->out_h + tile - 1) / tile, tiles_w = (p->out_w + tile - 1) / tile;
  gsize rest = tiles_h * tiles_w % lanes;

  if (p->n > 1 || rest == 0 || rest > tiles_w || rest == tiles_h * tiles_w)
    return 0;
  gsize rows = p->out_h - (tiles_h - 1) * tile, columns = p->out_w - (tiles_w - rest) * tile;
  gsize vectors = (rows * columns + lanes - 1) / lanes;
  return vectors * 9 < (tile + 2) * (tile + 2) ? rest : 0;
}

/* The time of @products products of vectors that read @numbers of filters once. */
static gsize
cost (gsize products, gsize numbers)
{
  gsize threads = ph_parallel_get_threads ();

  return numbers > CACHED_WEIGHTS ? MAX (products, numbers * threads / NUMBERS_PER_PRODUCT)
                                  : products;
}

/* The transforms of one vector of tiles cost as much as 300 products a channel of the input and 220
 * a filter for the large tile, measured with 512-bit vectors; the small tile moves half as much. */
static gsize
cost_of_tile (const PhConvShape *p, gsize tile, gsize lanes)
{
  gsize tiles = p->n * ((p->out_h + tile - 1) / tile) * ((p->out_w + tile - 1) / tile);
  gsize rest = rest_of_tiles (p, tile, lanes);
  gsize vectors = (tiles - rest + lanes - 1) / lanes;
  gsize weights = (tile + 2) * (tile + 2) * p->c * p->k;
  gsize transforms = tile == 4 ? 300 * p->c + 220 * p->k : 150 * p->c + 110 * p->k;

  return cost (vectors * (weights + transforms) + rest * 9 * p->c * p->k, weights);
}

static gsize wished;

void
ph_conv_wish_winograd (gsize tile)
{
  wished = tile;
}

gsize
ph_winograd_get_wish (const PhConvShape *p)
{
  if (p->r != 3 || p->s != 3 || p->stride_h != 1 || p->stride_w != 1 || p->dilation_h != 1 ||
      p->dilation_w != 1 || p->groups != 1 || ph_cpu_is_exact ())
    return 0;
  return wished == 0 ? PH_WINOGRAD_FREE : wished == 1 ? 0 : wished;
}

gsize
ph_winograd_choose (const PhCorrelation *correlation)
{
  const PhConvShape *p = &correlation->shape;
  gsize lanes = ph_kernels ()->micro_wide->lanes, wish = ph_winograd_get_wish (p);

  /* The gradient of a stride writes every second place, which the transform of outputs cannot. */
  if (correlation->y_step_h != 1 || correlation->y_step_w != 1 || correlation->y_h != p->out_h ||
      correlation->y_w != p->out_w)
    return 0;
  if (wish != PH_WINOGRAD_FREE)
    return wish;
  if (p->k < 8 || p->c < 8)
    return 0;
  gsize pixels = (p->n * p->out_h * p->out_w + lanes - 1) / lanes;
  gsize direct = cost (pixels * 9 * p->c * (p->k + PH_IMPLICIT_PACK_COST), 9 * p->c * p->k);
  gsize small = cost_of_tile (p, 2, lanes), large = cost_of_tile (p, 4, lanes);

  if (MIN (small, large) >= direct)
    return 0;
  return small < large ? 2 : 4;
}

typedef struct
{
  PhWinograd *w;
  const PhFilters *filters;
} Packing;

static void
pack_panels (gsize begin, gsize end, guint thread, gpointer data)
{
  const Packing *packing = data;

  for (gsize panel = begin; panel < end; panel++)
    packing->w->kernels->winograd_filters (packing->w, packing->filters, panel);
}

/* Rows that the last panel has too many repeat its last filter: their products go nowhere. */
void
ph_winograd_set_weights (PhWinograd *w, const PhFilters *filters, const float *bias)
{
  Packing packing = { w, filters };

  ph_parallel_for (w->panels, 1, pack_panels, &packing);
  for (gsize i = 0; i < w->p.shape.k; i++)
    w->bias[i] = bias != NULL ? bias[i] : 0.0f;
  if (w->rest != NULL)
    ph_implicit_set_weights (w->rest, filters, bias);
}

/* Cuts the work of the products so that the threads finish together. */
static void
choose_groups (PhWinograd *w)
{
  gsize least = (w->panels + GROUP_PANELS - 1) / GROUP_PANELS;

  w->groups = least;
  while (w->groups < w->panels && w->blocks * w->groups % w->threads != 0)
    w->groups++;
  if (w->blocks * w->groups % w->threads != 0)
    w->groups = least;
}

static PhImplicit *
rest_new (const PhWinograd *w, gsize rest, const PhEpilogue *epilogue, gboolean masked)
{
  PhCorrelation p = w->p;

  p.y_top = (w->tiles_h - 1) * w->tile;
  p.y_left = (w->tiles_w - rest) * w->tile;
  p.shape.out_h -= p.y_top;
  p.shape.out_w -= p.y_left;
  p.shape.pad_top -= (gssize)p.y_top;
  p.shape.pad_left -= (gssize)p.y_left;
  return ph_implicit_new (&p, epilogue, masked, FALSE);
}

PhWinograd *
ph_winograd_new (const PhCorrelation *p, gsize tile, const PhEpilogue *epilogue, gboolean masked)
{
  g_autoptr (PhWinograd) w = g_new0 (PhWinograd, 1);
  const PhConvShape *shape = &p->shape;

  w->p = *p;
  if (epilogue != NULL)
    w->epilogue = *epilogue;
  w->kernels = ph_kernels ();
  w->micro = w->kernels->micro_wide;
  w->threads = ph_parallel_get_threads ();
  w->tile = tile;
  w->span = tile + 2;
  w->products = w->span * w->span;
  w->tiles_h = (shape->out_h + tile - 1) / tile;
  w->tiles_w = (shape->out_w + tile - 1) / tile;
  gsize rest = rest_of_tiles (shape, tile, w->micro->lanes);
  w->tiles = shape->n * w->tiles_h * w->tiles_w - rest;
  w->block = w->micro->vectors * w->micro->lanes;
  /* One line more, so that the places a transform writes to do not share a set of the cache. */
  w->product_pitch = shape->c * w->block + 16;
  w->panels = (shape->k + w->micro->rows - 1) / w->micro->rows;
  gsize all_blocks = (w->tiles + w->block - 1) / w->block;
  w->blocks = CLAMP (TRANSFORMED_FLOATS / (w->products * w->product_pitch), 1, all_blocks);
  if (w->blocks > w->threads && w->blocks < all_blocks)
    w->blocks -= w->blocks % w->threads;
  choose_groups (w);

  gsize rows = w->panels * w->micro->rows;
  w->weights = ph_aligned_alloc (w->products * shape->c * rows * sizeof (float));
  w->bias = ph_aligned_alloc (rows * sizeof (float));
  w->offsets = ph_aligned_alloc (shape->c * sizeof (gint32));
  if (rest > 0)
    w->rest = rest_new (w, rest, epilogue, masked);
  if (w->weights == NULL || w->bias == NULL || w->offsets == NULL || (rest > 0 && w->rest == NULL))
    return NULL;
  for (gsize i = 0; i < shape->c; i++)
    w->offsets[i] = (gint32)(i * w->block);
  return g_steal_pointer (&w);
}

void
ph_winograd_free (PhWinograd *w)
{
  if (w == NULL)
    return;
  ph_aligned_free (w->weights);
  ph_aligned_free (w->bias);
  ph_aligned_free (w->offsets);
  ph_implicit_free (w->rest);
  g_free (w);
}

static gsize
transformed_floats (const PhWinograd *w)
{
  return w->blocks * w->products * w->product_pitch;
}

/* Sums of one group of panels and one block of tiles, (filters, products, block). */
static gsize
sums_floats (const PhWinograd *w)
{
  return ((w->panels + w->groups - 1) / w->groups + 1) * w->micro->rows * w->products * w->block;
}

gsize
ph_winograd_scratch (const PhWinograd *w)
{
  gsize own = (transformed_floats (w) + w->threads * sums_floats (w)) * sizeof (float);

  return w->rest == NULL ? own : MAX (own, ph_implicit_scratch (w->rest));
}

/* The blocks of tiles at work: all of them, or as many as are kept at a time. */
typedef struct
{
  const PhWinograd *w;
  const PhCorrelationCall *call;
  gsize tile, tile_end;
  float *transformed, *sums;
} Stage;

static gsize
stage_blocks (const Stage *stage)
{
  return (stage->tile_end - stage->tile + stage->w->block - 1) / stage->w->block;
}

static void
transform_channels (gsize begin, gsize end, guint thread, gpointer data)
{
  const Stage *stage = data;
  const PhWinograd *w = stage->w;
  gsize blocks = stage_blocks (stage);

  for (gsize i = begin; i < end; i++)
    {
      gsize block = i % blocks, channel = i / blocks;
      gsize tile = stage->tile + block * w->block;

      w->kernels->winograd_input (
          w, stage->call, channel, tile, MIN (w->block, stage->tile_end - tile),
          stage->transformed + block * w->products * w->product_pitch + channel * w->block);
    }
}

/* One group of panels with one block of tiles: the products, then the way back. */
static void
multiply_item (const Stage *stage, gsize item, float *sums)
{
  const PhWinograd *w = stage->w;
  gsize c = w->p.shape.c, rows = w->micro->rows;
  gsize block = item / w->groups, group = item % w->groups;
  gsize panel_begin = w->panels * group / w->groups;
  gsize panel_end = w->panels * (group + 1) / w->groups;
  gsize tile = stage->tile + block * w->block;
  gsize n = MIN (w->block, stage->tile_end - tile);
  gsize vectors = (n + w->micro->lanes - 1) / w->micro->lanes;
  const float *transformed = stage->transformed + block * w->products * w->product_pitch;

  for (gsize i = 0; i < w->products; i++)
    for (gsize panel = panel_begin; panel < panel_end; panel++)
      {
        PhMicroStore store = {
          .y = sums + ((panel - panel_begin) * rows * w->products + i) * w->block,
          .pitch = w->products * w->block,
          .rows = rows,
          .pixels = vectors * w->micro->lanes,
        };

        w->micro->func[vectors - 1](c, w->weights + (panel * w->products + i) * c * rows,
                                    transformed + i * w->product_pitch, w->offsets, &store);
      }
  for (gsize filter = panel_begin * rows; filter < MIN (panel_end * rows, w->p.shape.k); filter++)
    w->kernels->winograd_output (w, stage->call, filter, tile, n,
                                 sums + (filter - panel_begin * rows) * w->products * w->block);
}

static void
multiply_shares (gsize begin, gsize end, guint thread, gpointer data)
{
  const Stage *stage = data;
  const PhWinograd *w = stage->w;
  gsize items = stage_blocks (stage) * w->groups;

  for (gsize share = begin; share < end; share++)
    for (gsize item = items * share / w->threads; item < items * (share + 1) / w->threads; item++)
      multiply_item (stage, item, stage->sums + share * sums_floats (w));
}

void
ph_winograd_run (const PhWinograd *w, const PhCorrelationCall *call, gpointer scratch)
{
  for (gsize tile = 0; tile < w->tiles; tile += w->blocks * w->block)
    {
      Stage stage = {
        .w = w,
        .call = call,
        .tile = tile,
        .tile_end = MIN (tile + w->blocks * w->block, w->tiles),
        .transformed = scratch,
        .sums = (float *)scratch + transformed_floats (w),
      };

      ph_parallel_for (w->p.shape.c * stage_blocks (&stage), 4, transform_channels, &stage);
      ph_parallel_for (w->threads, 1, multiply_shares, &stage);
    }
  if (w->rest != NULL)
    ph_implicit_run (w->rest, call, scratch);
}
