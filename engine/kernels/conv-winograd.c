#include "kernels/conv-private.h"

#include "base/tensor.h"
#include "kernels/parallel.h"

#define TILE PH_WINOGRAD_TILE
#define SPAN PH_WINOGRAD_SPAN
#define PRODUCTS PH_WINOGRAD_PRODUCTS

/* Floats of transformed input that are in memory at a time: what the second caches of two cores
 * hold. */
#define TRANSFORMED_FLOATS (512 * 1024)

/* Panels of filters whose sums fit beside that, before they are transformed back. */
#define GROUP_PANELS 4

/* What the transforms of one vector of tiles cost, counted in products of vectors: measured on
 * processors with 512-bit vectors. */
#define INPUT_COST 300
#define OUTPUT_COST 220

/* Transformed filters are four times as large; those that the caches cannot keep come from memory
 * at about the speed of this many products for each number, shared by the threads. */
#define CACHED_WEIGHTS (2 * 1024 * 1024)
#define MEMORY_COST 1

/* Whether the last tiles, which fill only a part of a vector, are cheaper by the direct product. */
static gsize
rest_of_tiles (const PhConvShape *p, gsize tiles_h, gsize tiles_w, gsize lanes)
{
  gsize rest = tiles_h * tiles_w % lanes;

  if (p->n > 1 || rest == 0 || rest > tiles_w || rest == tiles_h * tiles_w)
    return 0;
  gsize rows = p->out_h - (tiles_h - 1) * TILE, columns = p->out_w - (tiles_w - rest) * TILE;
  gsize vectors = (rows * columns + lanes - 1) / lanes;
  return vectors * 9 < PRODUCTS ? rest : 0;
}

gboolean
ph_winograd_is_better (const PhCorrelation *correlation)
{
  const PhConvShape *p = &correlation->shape;
  gsize lanes = ph_kernels ()->micro_wide->lanes, threads = ph_parallel_get_threads ();

  if (p->r != 3 || p->s != 3 || p->stride_h != 1 || p->stride_w != 1 || p->dilation_h != 1 ||
      p->dilation_w != 1 || p->groups != 1 || p->k < 8 || p->c < 8)
    return FALSE;
  gsize tiles_h = (p->out_h + TILE - 1) / TILE, tiles_w = (p->out_w + TILE - 1) / TILE;
  gsize rest = rest_of_tiles (p, tiles_h, tiles_w, lanes);
  gsize tiles = p->n * tiles_h * tiles_w - rest;
  gsize vectors = (tiles + lanes - 1) / lanes + (rest > 0);
  gsize weights = PRODUCTS * p->c * p->k;
  gsize winograd = vectors * (weights + INPUT_COST * p->c + OUTPUT_COST * p->k);
  gsize pixels = (p->n * p->out_h * p->out_w + lanes - 1) / lanes;
  gsize direct = pixels * 9 * p->c * (p->k + PH_IMPLICIT_PACK_COST);

  if (weights > CACHED_WEIGHTS)
    winograd = MAX (winograd, weights * threads * MEMORY_COST);
  return winograd < direct;
}

/* G g G^T of Lavin and Gray for one filter. */
static void
transform_filter (const float *g, double u[SPAN][SPAN])
{
  static const double matrix[SPAN][3] = { { 1 / 4.0, 0, 0 },
                                          { -1 / 6.0, -1 / 6.0, -1 / 6.0 },
                                          { -1 / 6.0, 1 / 6.0, -1 / 6.0 },
                                          { 1 / 24.0, 1 / 12.0, 1 / 6.0 },
                                          { 1 / 24.0, -1 / 12.0, 1 / 6.0 },
                                          { 0, 0, 1 } };
  double half[SPAN][3];

  for (gsize i = 0; i < SPAN; i++)
    for (gsize j = 0; j < 3; j++)
      half[i][j] = matrix[i][0] * g[j] + matrix[i][1] * g[3 + j] + matrix[i][2] * g[6 + j];
  for (gsize i = 0; i < SPAN; i++)
    for (gsize j = 0; j < SPAN; j++)
      u[i][j] = half[i][0] * matrix[j][0] + half[i][1] * matrix[j][1] + half[i][2] * matrix[j][2];
}

static void
pack_weights (PhWinograd *w, const float *weights)
{
  gsize c = w->p.shape.c, k = w->p.shape.k, rows = w->micro->rows;
  double u[SPAN][SPAN];

  for (gsize filter = 0; filter < k; filter++)
    for (gsize channel = 0; channel < c; channel++)
      {
        float *to = w->weights + (filter / rows * PRODUCTS * c + channel) * rows + filter % rows;

        transform_filter (weights + (filter * c + channel) * 9, u);
        for (gsize i = 0; i < PRODUCTS; i++)
          to[i * c * rows] = (float)u[i / SPAN][i % SPAN];
      }
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
rest_new (const PhWinograd *w, gsize rest, const float *weights, const float *bias,
          const PhEpilogue *epilogue, gboolean masked)
{
  PhCorrelation p = w->p;

  p.y_top = (w->tiles_h - 1) * TILE;
  p.y_left = (w->tiles_w - rest) * TILE;
  p.shape.out_h -= p.y_top;
  p.shape.out_w -= p.y_left;
  p.shape.pad_top -= (gssize)p.y_top;
  p.shape.pad_left -= (gssize)p.y_left;
  return ph_implicit_new (&p, weights, bias, epilogue, masked, FALSE);
}

PhWinograd *
ph_winograd_new (const PhCorrelation *p, const float *weights, const float *bias,
                 const PhEpilogue *epilogue, gboolean masked)
{
  g_autoptr (PhWinograd) w = g_new0 (PhWinograd, 1);
  const PhConvShape *shape = &p->shape;

  w->p = *p;
  if (epilogue != NULL)
    w->epilogue = *epilogue;
  w->kernels = ph_kernels ();
  w->micro = w->kernels->micro_wide;
  w->threads = ph_parallel_get_threads ();
  w->tiles_h = (shape->out_h + TILE - 1) / TILE;
  w->tiles_w = (shape->out_w + TILE - 1) / TILE;
  gsize rest = rest_of_tiles (shape, w->tiles_h, w->tiles_w, w->micro->lanes);
  w->tiles = shape->n * w->tiles_h * w->tiles_w - rest;
  w->block = w->micro->vectors * w->micro->lanes;
  /* One line more, so that the 36 places a transform writes to do not share a set of the cache. */
  w->product_pitch = shape->c * w->block + 16;
  w->panels = (shape->k + w->micro->rows - 1) / w->micro->rows;
  gsize all_blocks = (w->tiles + w->block - 1) / w->block;
  w->blocks = CLAMP (TRANSFORMED_FLOATS / (PRODUCTS * w->product_pitch), 1, all_blocks);
  if (w->blocks > w->threads && w->blocks < all_blocks)
    w->blocks -= w->blocks % w->threads;
  choose_groups (w);

  gsize rows = w->panels * w->micro->rows;
  w->weights = ph_aligned_alloc (PRODUCTS * shape->c * rows * sizeof (float));
  if (bias != NULL)
    w->bias = ph_aligned_alloc (rows * sizeof (float));
  w->offsets = ph_aligned_alloc (shape->c * sizeof (gint32));
  if (rest > 0)
    w->rest = rest_new (w, rest, weights, bias, epilogue, masked);
  if (w->weights == NULL || (bias != NULL && w->bias == NULL) || w->offsets == NULL ||
      (rest > 0 && w->rest == NULL))
    return NULL;
  pack_weights (w, weights);
  for (gsize i = 0; i < shape->c; i++)
    w->offsets[i] = (gint32)(i * w->block);
  for (gsize i = 0; bias != NULL && i < shape->k; i++)
    w->bias[i] = bias[i];
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
  return w->blocks * PRODUCTS * w->product_pitch;
}

/* Sums of one group of panels and one block of tiles, (filters, 36, block). */
static gsize
sums_floats (const PhWinograd *w)
{
  return ((w->panels + w->groups - 1) / w->groups + 1) * w->micro->rows * PRODUCTS * w->block;
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
          stage->transformed + block * PRODUCTS * w->product_pitch + channel * w->block);
    }
}

/* One group of panels with one block of tiles: 36 products, then the way back. */
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
  const float *transformed = stage->transformed + block * PRODUCTS * w->product_pitch;

  for (gsize i = 0; i < PRODUCTS; i++)
    for (gsize panel = panel_begin; panel < panel_end; panel++)
      {
        PhMicroStore store = {
          .y = sums + ((panel - panel_begin) * rows * PRODUCTS + i) * w->block,
          .pitch = PRODUCTS * w->block,
          .rows = rows,
          .pixels = vectors * w->micro->lanes,
        };

        w->micro->func[vectors - 1](c, w->weights + (panel * PRODUCTS + i) * c * rows,
                                    transformed + i * w->product_pitch, w->offsets, &store);
      }
  for (gsize filter = panel_begin * rows; filter < MIN (panel_end * rows, w->p.shape.k); filter++)
    w->kernels->winograd_output (w, stage->call, filter, tile, n,
                                 sums + (filter - panel_begin * rows) * PRODUCTS * w->block);
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
