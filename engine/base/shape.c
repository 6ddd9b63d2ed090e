#include "base/shape.h"

#define MAX_ELEMENTS (G_GUINT64_CONSTANT (1) << 40)

PhShape
ph_shape (guint rank, const gint64 *dim)
{
  PhShape shape = { .rank = MIN (rank, PH_MAX_RANK) };

  for (guint i = 0; i < shape.rank; i++)
    shape.dim[i] = dim[i];
  return shape;
}

gboolean
ph_shape_n_elements (const PhShape *shape, gsize *n)
{
  guint64 product = 1;
  gboolean empty = FALSE;

  /* An empty axis must not hide an absurd one before or after it. */
  for (guint i = 0; i < shape->rank; i++)
    {
      if (shape->dim[i] < 0 || (guint64)shape->dim[i] > MAX_ELEMENTS)
        return FALSE;
      if (shape->dim[i] == 0)
        {
          empty = TRUE;
          continue;
        }
      if (product > MAX_ELEMENTS / (guint64)shape->dim[i])
        return FALSE;
      product *= (guint64)shape->dim[i];
    }
  *n = empty ? 0 : product;
  return TRUE;
}

gsize
ph_shape_count_range (const PhShape *shape, guint from, guint to)
{
  gsize n = 1;

  for (guint i = from; i < to && i < shape->rank; i++)
    n *= (gsize)shape->dim[i];
  return n;
}

gsize
ph_shape_count (const PhShape *shape)
{
  return ph_shape_count_range (shape, 0, shape->rank);
}

gboolean
ph_shape_equal (const PhShape *a, const PhShape *b)
{
  if (a->rank != b->rank)
    return FALSE;
  for (guint i = 0; i < a->rank; i++)
    if (a->dim[i] != b->dim[i])
      return FALSE;
  return TRUE;
}

void
ph_shape_strides (const PhShape *shape, gint64 strides[PH_MAX_RANK])
{
  gint64 step = 1;

  for (guint i = shape->rank; i-- > 0;)
    {
      strides[i] = step;
      step *= shape->dim[i];
    }
}

gboolean
ph_shape_broadcast (const PhShape *a, const PhShape *b, PhShape *out)
{
  PhShape r = { .rank = MAX (a->rank, b->rank) };

  for (guint i = 0; i < r.rank; i++)
    {
      gint64 da = i + a->rank < r.rank ? 1 : a->dim[i + a->rank - r.rank];
      gint64 db = i + b->rank < r.rank ? 1 : b->dim[i + b->rank - r.rank];

      if (da != db && da != 1 && db != 1)
        return FALSE;
      r.dim[i] = da == 1 ? db : da;
    }
  *out = r;
  return TRUE;
}

int
ph_shape_axis (gint64 axis, guint rank)
{
  if (axis < 0)
    axis += rank;
  return axis < 0 || axis >= rank ? -1 : (int)axis;
}

char *
ph_shape_dup_string (const PhShape *shape)
{
  GString *s = g_string_new (NULL);

  if (shape->rank == 0)
    g_string_append (s, "scalar");
  for (guint i = 0; i < shape->rank; i++)
    {
      if (i > 0)
        g_string_append (s, "×");
      if (shape->dim[i] < 0)
        g_string_append (s, "?");
      else
        g_string_append_printf (s, "%" G_GINT64_FORMAT, shape->dim[i]);
    }
  return g_string_free (s, FALSE);
}
