/* LRN: y = x / s^beta with s = bias + alpha / size * Σ x² over `size` neighbouring channels.
 * Source: Krizhevsky et al. 2012. */

#include "ops/elementwise.h"

#include <math.h>
#include <string.h>

typedef struct
{
  float alpha, beta, bias;
  gsize before, after; /* channels that a sum reaches back and ahead */
} LrnConfig;

/* x is (images, channels, plane). */
typedef struct
{
  gsize images, channels, plane;
} LrnState;

static gboolean
lrn_configure (PhNode *node, GError **error)
{
  LrnConfig *config = node->config;
  gint64 size = ph_attrs_get_int (node->attrs, "size", 0);

  if (size < 1)
    return ph_step_fail (error, PH_ERROR_MODEL_INVALID,
                         "expected a size of at least 1, got %" G_GINT64_FORMAT, size);
  config->alpha = ph_attrs_get_real (node->attrs, "alpha", 1e-4f) / (float)size;
  config->beta = ph_attrs_get_real (node->attrs, "beta", 0.75f);
  config->bias = ph_attrs_get_real (node->attrs, "bias", 1);
  config->before = (gsize)(size - 1) / 2;
  config->after = (gsize)size / 2;
  return TRUE;
}

static gboolean
lrn_infer (PhStep *step, GError **error)
{
  LrnState *state = step->state;
  const PhShape *shape = &step->in[0]->shape;

  if (shape->rank < 2)
    {
      g_autofree char *text = ph_shape_dup_string (shape);
      return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH, "expected images with channels, got %s",
                           text);
    }
  state->images = (gsize)shape->dim[0];
  state->channels = (gsize)shape->dim[1];
  state->plane = ph_shape_count_range (shape, 2, shape->rank);
  return ph_elementwise_infer_real (step, error);
}

typedef struct
{
  const LrnConfig *config;
  LrnState s;
  const float *x, *dy;
  float *y, *dx;
  gboolean add;
} Job;

/* s for one channel and a stretch of positions. */
static void
channel_scale (const Job *job, const float *x, gsize channel, gsize width, float *s)
{
  const gsize first = channel - MIN (channel, job->config->before);
  const gsize last = MIN (channel + job->config->after, job->s.channels - 1);

  memset (s, 0, width * sizeof (float));
  for (gsize c = first; c <= last; c++)
    for (gsize j = 0; j < width; j++)
      s[j] += x[c * job->s.plane + j] * x[c * job->s.plane + j];
  for (gsize j = 0; j < width; j++)
    s[j] = job->config->bias + job->config->alpha * s[j];
}

/* p = s^-beta; the usual 3/4 by two square roots. */
static void
inverse_power (gsize n, float beta, const float *s, float *p)
{
  if (beta == 0.75f)
    for (gsize j = 0; j < n; j++)
      {
        float root = sqrtf (s[j]);
        p[j] = 1 / (root * sqrtf (root));
      }
  else
    for (gsize j = 0; j < n; j++)
      p[j] = powf (s[j], -beta);
}

/* Work is shared out in tiles: all channels of up to PH_CHUNK positions. */
static gsize
tiles_per_image (const Job *job)
{
  return (job->s.plane + PH_CHUNK - 1) / PH_CHUNK;
}

static gsize
locate_tile (const Job *job, gsize tile, gsize *width)
{
  const gsize first = tile % tiles_per_image (job) * PH_CHUNK;

  *width = MIN (job->s.plane - first, PH_CHUNK);
  return tile / tiles_per_image (job) * job->s.channels * job->s.plane + first;
}

static void
run_tiles (Job *job, PhParallelFunc func)
{
  gsize tile = MAX (job->s.channels * MIN (job->s.plane, PH_CHUNK), 1);

  if (job->s.channels > 0)
    ph_parallel_for (job->s.images * tiles_per_image (job), MAX (PH_GRAIN / tile, 1), func, job);
}

static void
lrn_tiles (gsize begin, gsize end, guint thread, gpointer data)
{
  const Job *job = data;
  float s[PH_CHUNK], p[PH_CHUNK];

  for (gsize tile = begin; tile < end; tile++)
    {
      gsize width, at = locate_tile (job, tile, &width);

      for (gsize c = 0; c < job->s.channels; c++)
        {
          const float *x = job->x + at + c * job->s.plane;
          float *y = job->y + at + c * job->s.plane;

          channel_scale (job, job->x + at, c, width, s);
          inverse_power (width, job->config->beta, s, p);
          for (gsize j = 0; j < width; j++)
            y[j] = x[j] * p[j];
        }
    }
}

static void
lrn_forward (const PhStep *step, PhRun *run)
{
  Job job = { .config = step->config,
              .s = *(const LrnState *)step->state,
              .x = ph_run_in (run, step, 0),
              .y = ph_run_out (run, step, 0) };

  run_tiles (&job, lrn_tiles);
}

/* dx_i = dy_i s_i^-beta - 2 alpha beta x_i Σ dy_c x_c s_c^(-beta - 1), over the channels c whose
 * sums reach i. */
static void
lrn_back_tiles (gsize begin, gsize end, guint thread, gpointer data)
{
  const Job *job = data;
  const gsize plane = job->s.plane;
  const float factor = -2 * job->config->alpha * job->config->beta;
  float s[PH_CHUNK], p[PH_CHUNK], t[PH_CHUNK];

  for (gsize tile = begin; tile < end; tile++)
    {
      gsize width, at = locate_tile (job, tile, &width);
      const float *x = job->x + at;
      float *dx = job->dx + at;

      for (gsize c = 0; !job->add && c < job->s.channels; c++)
        memset (dx + c * plane, 0, width * sizeof (float));
      for (gsize c = 0; c < job->s.channels; c++)
        {
          const float *dy = job->dy + at + c * plane;
          const gsize first = c - MIN (c, job->config->before);
          const gsize last = MIN (c + job->config->after, job->s.channels - 1);

          channel_scale (job, x, c, width, s);
          inverse_power (width, job->config->beta, s, p);
          for (gsize j = 0; j < width; j++)
            {
              dx[c * plane + j] += dy[j] * p[j];
              t[j] = factor * dy[j] * x[c * plane + j] * p[j] / s[j];
            }
          for (gsize i = first; i <= last; i++)
            for (gsize j = 0; j < width; j++)
              dx[i * plane + j] += t[j] * x[i * plane + j];
        }
    }
}

static void
lrn_backward (const PhStep *step, PhRun *run)
{
  Job job = { .config = step->config,
              .s = *(const LrnState *)step->state,
              .x = ph_run_in (run, step, 0),
              .dy = ph_run_out_grad (run, step, 0),
              .dx = ph_run_in_grad (run, step, 0) };

  if (job.dy == NULL || job.dx == NULL)
    return;
  job.add = ph_run_accumulates (run, step, 0);
  run_tiles (&job, lrn_back_tiles);
}

const PhOpClass ph_op_LRN = {
  .name = "LRN",
  .summary = "divides by the energy of neighbouring channels",
  .min_inputs = 1,
  .max_inputs = 1,
  .max_outputs = 1,
  .flags = PH_OP_POINTWISE | PH_OP_KEEP_INPUTS | PH_OP_OVERWRITES,
  .config_size = sizeof (LrnConfig),
  .state_size = sizeof (LrnState),
  .configure = lrn_configure,
  .infer = lrn_infer,
  .forward = lrn_forward,
  .backward = lrn_backward,
};
