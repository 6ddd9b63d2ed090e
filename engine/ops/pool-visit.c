#include "ops/pool-private.h"

/* Whether every window along an axis holds at least one element of the input. */
static gboolean
windows_are_filled (const PhSpatial *spatial, guint axis, gint64 in, gint64 out)
{
  for (gint64 o = 0; o < out; o++)
    {
      gint64 at = o * spatial->stride[axis] - spatial->before[axis];
      gint64 k = 0;

      while (k < spatial->kernel[axis] && at < 0)
        {
          at += spatial->dilation[axis];
          k++;
        }
      if (k == spatial->kernel[axis] || at >= in)
        return FALSE;
    }
  return TRUE;
}

gboolean
ph_pool_infer (PhPool *pool, const PhSpatial *spatial, const char *what, const PhShape *x,
               PhShape *y, GError **error)
{
  if (!ph_spatial_check_rank (spatial, what, x, error))
    return FALSE;
  if (spatial->n == 0 || spatial->kernel[0] == 0)
    return ph_step_fail (error, PH_ERROR_MODEL_INVALID, "%s: kernel_shape is missing", what);

  pool->spatial = *spatial;
  pool->n_axes = x->rank - 2;
  *y = *x;
  if (!ph_spatial_resolve (&pool->spatial, pool->n_axes, x->dim + 2, y->dim + 2, error))
    {
      g_prefix_error (error, "%s: ", what);
      return FALSE;
    }
  pool->planes = (gsize)(x->dim[0] * x->dim[1]);
  pool->in_size = ph_shape_count_range (x, 2, x->rank);
  pool->out_size = ph_shape_count_range (y, 2, y->rank);
  for (guint i = 0; i < pool->n_axes; i++)
    {
      pool->in[i] = x->dim[2 + i];
      pool->out[i] = y->dim[2 + i];
      if (!windows_are_filled (&pool->spatial, i, pool->in[i], pool->out[i]))
        return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                             "%s: a window along axis %u holds padding only (%" G_GINT64_FORMAT
                             " elements, padding %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT ")",
                             what, 2 + i, pool->in[i], pool->spatial.before[i],
                             pool->spatial.after[i]);
    }
  if (pool->in_size > G_MAXINT32)
    return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                         "%s: %" G_GSIZE_FORMAT " elements in a plane are too many", what,
                         pool->in_size);
  return TRUE;
}

gboolean
ph_pool_has_kernel (const PhPool *pool, PhPoolShape *shape)
{
  const PhSpatial *spatial = &pool->spatial;

  if (pool->n_axes > 2)
    return FALSE;

  guint column = pool->n_axes - 1;

  *shape = (PhPoolShape){
    .planes = pool->planes,
    .h = 1,
    .w = pool->in[column],
    .r = 1,
    .s = spatial->kernel[column],
    .stride_h = 1,
    .stride_w = spatial->stride[column],
    .dilation_h = 1,
    .dilation_w = spatial->dilation[column],
    .pad_left = spatial->before[column],
    .pad_right = spatial->after[column],
    .out_h = 1,
    .out_w = pool->out[column],
  };
  if (pool->n_axes == 2)
    {
      shape->h = pool->in[0];
      shape->r = spatial->kernel[0];
      shape->stride_h = spatial->stride[0];
      shape->dilation_h = spatial->dilation[0];
      shape->pad_top = spatial->before[0];
      shape->pad_bottom = spatial->after[0];
      shape->out_h = pool->out[0];
    }
  return TRUE;
}

gsize
ph_pool_visit_scratch (const PhPool *pool)
{
  gsize n = 1;

  for (guint i = 0; i < pool->n_axes; i++)
    n *= (gsize)MIN (pool->spatial.kernel[i], pool->in[i]);
  return n * sizeof (gsize);
}

void
ph_pool_visit (const PhPool *pool, gsize *offsets, PhPoolVisit visit, gpointer data)
{
  const PhSpatial *spatial = &pool->spatial;
  gint64 in[3] = { 1, 1, 1 }, out[3] = { 1, 1, 1 };
  gint64 kernel[3] = { 1, 1, 1 }, stride[3] = { 1, 1, 1 }, dilation[3] = { 1, 1, 1 };
  gint64 before[3] = { 0 }, after[3] = { 0 };

  for (guint i = 0; i < pool->n_axes; i++)
    {
      guint axis = 3 - pool->n_axes + i;

      in[axis] = pool->in[i];
      out[axis] = pool->out[i];
      kernel[axis] = spatial->kernel[i];
      stride[axis] = spatial->stride[i];
      dilation[axis] = spatial->dilation[i];
      before[axis] = spatial->before[i];
      after[axis] = spatial->after[i];
    }

  for (gsize o = 0; o < pool->out_size; o++)
    {
      gint64 at[3] = { (gint64)o / (out[1] * out[2]), (gint64)o / out[2] % out[1],
                       (gint64)o % out[2] };
      gint64 first[3], last[3];
      gsize n = 0, n_padded = 1;

      /* Per axis the window's elements first … last - 1 that lie in the input. */
      for (guint i = 0; i < 3; i++)
        {
          gint64 start = at[i] * stride[i] - before[i];
          gint64 padded = 0;

          first[i] = start < 0 ? (-start + dilation[i] - 1) / dilation[i] : 0;
          last[i] = first[i];
          while (last[i] < kernel[i] && start + last[i] * dilation[i] < in[i])
            last[i]++;
          while (padded < kernel[i] && start + padded * dilation[i] < in[i] + after[i])
            padded++;
          n_padded *= (gsize)padded;
          at[i] = start;
        }
      for (gint64 d = first[0]; d < last[0]; d++)
        for (gint64 r = first[1]; r < last[1]; r++)
          for (gint64 s = first[2]; s < last[2]; s++)
            offsets[n++] =
                (gsize)(((at[0] + d * dilation[0]) * in[1] + at[1] + r * dilation[1]) * in[2] +
                        at[2] + s * dilation[2]);
      visit (pool, o, offsets, n, n_padded, data);
    }
}
