#include "ops/spatial-private.h"

static gboolean
read_list (const PhAttrs *attrs, const char *name, gint64 minimum, guint times, guint *n,
           const gint64 **values, GError **error)
{
  gsize length;

  *values = ph_attrs_get_ints (attrs, name, &length);
  if (*values == NULL || length == 0)
    {
      *values = NULL;
      return TRUE;
    }
  if (length % times != 0 || length / times > PH_MAX_SPATIAL)
    return ph_step_fail (error, PH_ERROR_MODEL_INVALID,
                         "%s has %" G_GSIZE_FORMAT " numbers; one to three axes are possible", name,
                         length);
  if (*n != 0 && *n != length / times)
    return ph_step_fail (error, PH_ERROR_MODEL_INVALID,
                         "%s speaks of %" G_GSIZE_FORMAT " axes, other attributes of %u", name,
                         length / times, *n);
  *n = length / times;
  for (gsize i = 0; i < length; i++)
    if ((*values)[i] < minimum || (*values)[i] > G_MAXINT32)
      return ph_step_fail (error, PH_ERROR_MODEL_INVALID,
                           "%s holds %" G_GINT64_FORMAT ", at least %" G_GINT64_FORMAT
                           " is possible",
                           name, (*values)[i], minimum);
  return TRUE;
}

gboolean
ph_spatial_configure (PhSpatial *spatial, const PhAttrs *attrs, GError **error)
{
  const gint64 *kernel, *stride, *dilation, *pads;

  if (!read_list (attrs, "kernel_shape", 1, 1, &spatial->n, &kernel, error) ||
      !read_list (attrs, "strides", 1, 1, &spatial->n, &stride, error) ||
      !read_list (attrs, "dilations", 1, 1, &spatial->n, &dilation, error) ||
      !read_list (attrs, "pads", 0, 2, &spatial->n, &pads, error))
    return FALSE;
  for (guint i = 0; i < PH_MAX_SPATIAL; i++)
    {
      gboolean given = i < spatial->n;

      spatial->kernel[i] = given && kernel != NULL ? kernel[i] : 0;
      spatial->stride[i] = given && stride != NULL ? stride[i] : 1;
      spatial->dilation[i] = given && dilation != NULL ? dilation[i] : 1;
      spatial->before[i] = given && pads != NULL ? pads[i] : 0;
      spatial->after[i] = given && pads != NULL ? pads[spatial->n + i] : 0;
    }

  static const char *const names[] = { "NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID" };
  const char *auto_pad = ph_attrs_get_text (attrs, "auto_pad", "NOTSET");
  guint mode = 0;

  while (mode < G_N_ELEMENTS (names) && !g_str_equal (auto_pad, names[mode]))
    mode++;
  if (mode == G_N_ELEMENTS (names))
    return ph_step_fail (error, PH_ERROR_MODEL_INVALID,
                         "auto_pad is \"%s\"; NOTSET, SAME_UPPER, SAME_LOWER and VALID exist",
                         auto_pad);
  spatial->auto_pad = (PhAutoPad)mode;
  spatial->ceil_mode = ph_attrs_get_int (attrs, "ceil_mode", 0) != 0;
  return TRUE;
}

gboolean
ph_spatial_check_rank (const PhSpatial *spatial, const char *what, const PhShape *x, GError **error)
{
  g_autofree char *text = ph_shape_dup_string (x);

  if (x->rank < 3 || x->rank > 2 + PH_MAX_SPATIAL)
    return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                         "%s: the input is %s; N, C and one to three spatial axes are expected",
                         what, text);
  if (spatial->n != 0 && spatial->n != x->rank - 2)
    return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                         "%s: the input is %s, the attributes expect %u spatial axes", what, text,
                         spatial->n);
  return TRUE;
}

gint64
ph_spatial_extent (const PhSpatial *spatial, guint axis)
{
  return (spatial->kernel[axis] - 1) * spatial->dilation[axis] + 1;
}

gboolean
ph_spatial_resolve (PhSpatial *spatial, guint n, const gint64 *in, gint64 *out, GError **error)
{
  for (guint i = 0; i < n; i++)
    {
      gint64 extent = ph_spatial_extent (spatial, i);
      gint64 stride = spatial->stride[i];

      if (spatial->auto_pad == PH_AUTO_PAD_SAME_UPPER ||
          spatial->auto_pad == PH_AUTO_PAD_SAME_LOWER)
        {
          out[i] = (in[i] + stride - 1) / stride;

          gint64 total = MAX (0, (out[i] - 1) * stride + extent - in[i]);
          gint64 less = total / 2;

          spatial->before[i] = spatial->auto_pad == PH_AUTO_PAD_SAME_UPPER ? less : total - less;
          spatial->after[i] = total - spatial->before[i];
          continue;
        }
      if (spatial->auto_pad == PH_AUTO_PAD_VALID)
        spatial->before[i] = spatial->after[i] = 0;

      gint64 room = in[i] + spatial->before[i] + spatial->after[i] - extent;

      if (room < 0)
        return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                             "a window of %" G_GINT64_FORMAT " does not fit into %" G_GINT64_FORMAT
                             " with padding %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT
                             "; a larger input is needed",
                             extent, in[i], spatial->before[i], spatial->after[i]);
      out[i] = (spatial->ceil_mode ? (room + stride - 1) / stride : room / stride) + 1;
      if (spatial->ceil_mode && out[i] > 1 && (out[i] - 1) * stride >= in[i] + spatial->before[i])
        out[i]--;
    }
  return TRUE;
}

void
ph_spatial_window (const PhSpatial *spatial, guint n, PhWindow *rows, PhWindow *columns)
{
  PhWindow *windows[2] = { rows, columns };

  for (guint i = 0; i < 2; i++)
    {
      *windows[i] = (PhWindow){ .extent = 1, .stride = 1, .before = 0 };
      /* Signals of one axis have columns only. */
      if (n + i < 2)
        continue;

      guint axis = n + i - 2;

      windows[i]->extent = ph_spatial_extent (spatial, axis);
      windows[i]->stride = spatial->stride[axis];
      windows[i]->before = spatial->before[axis];
    }
}
