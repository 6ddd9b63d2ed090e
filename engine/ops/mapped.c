#include "ops/mapped-private.h"

#include <string.h>

#include "kernels/parallel.h"

void
ph_mapped_init (PhMapped *mapped, const PhShape *in, const PhShape *out)
{
  mapped->in = *in;
  mapped->out = *out;
  for (guint i = 0; i < out->rank; i++)
    mapped->map[i] = g_new0 (gint64, (gsize)out->dim[i] + 1);
}

void
ph_mapped_clear (PhMapped *mapped)
{
  for (guint i = 0; i < PH_MAX_RANK; i++)
    g_clear_pointer (&mapped->map[i], g_free);
}

void
ph_mapped_set (PhMapped *mapped, guint axis, gint64 to, gint64 from)
{
  gint64 stride = (gint64)ph_shape_count_range (&mapped->in, axis + 1, mapped->in.rank);

  mapped->map[axis][to] = from < 0 ? -1 : from * stride;
}

typedef struct
{
  const PhMapped *mapped;
  gsize element;
  const char *from, *fill;
  char *to;
  gsize in_block, out_block; /* elements of one item of ph_mapped_add_back() */
  guint first_axis;
} Pass;

/* The place in the input of output line @line, counted over axes @first … last but one; -1 outside.
 */
static gint64
line_base (const PhMapped *mapped, guint first, gsize line)
{
  gint64 base = 0;

  for (guint axis = mapped->out.rank - 1; axis-- > first;)
    {
      gsize extent = (gsize)mapped->out.dim[axis];
      gint64 step = mapped->map[axis][line % extent];

      if (step < 0)
        return -1;
      base += step;
      line /= extent;
    }
  return base;
}

static void
copy_mapped_line (const gint64 *map, gsize n, gsize element, const char *from, char *to,
                  const char *fill)
{
  for (gsize i = 0; i < n;)
    {
      gsize run = 1;

      if (from == NULL || map[i] < 0)
        {
          memcpy (to + i * element, fill, element);
          i++;
          continue;
        }
      while (i + run < n && map[i + run] == map[i] + (gint64)run)
        run++;
      if (run >= 8)
        memcpy (to + i * element, from + map[i] * (gint64)element, run * element);
      else if (element == sizeof (float))
        for (gsize j = i; j < i + run; j++)
          ((float *)to)[j] = ((const float *)from)[map[j]];
      else
        for (gsize j = i; j < i + run; j++)
          ((gint64 *)to)[j] = ((const gint64 *)from)[map[j]];
      i += run;
    }
}

static void
copy_mapped_lines (gsize begin, gsize end, guint thread, gpointer data)
{
  const Pass *pass = data;
  const PhMapped *mapped = pass->mapped;
  guint inner = mapped->out.rank - 1;
  gsize n = (gsize)mapped->out.dim[inner];

  for (gsize line = begin; line < end; line++)
    {
      gint64 base = line_base (mapped, 0, line);

      copy_mapped_line (mapped->map[inner], n, pass->element,
                        base < 0 ? NULL : pass->from + base * (gint64)pass->element,
                        pass->to + line * n * pass->element, pass->fill);
    }
}

void
ph_mapped_copy (const PhMapped *mapped, gsize element, gconstpointer from, gpointer to,
                gconstpointer fill)
{
  Pass pass = { .mapped = mapped, .element = element, .from = from, .fill = fill, .to = to };
  guint rank = mapped->out.rank;
  gsize n = ph_shape_count (&mapped->out);

  if (n == 0)
    return;
  if (rank == 0)
    {
      memcpy (to, from, element);
      return;
    }

  gsize line = (gsize)mapped->out.dim[rank - 1];

  ph_parallel_for (n / line, 16384 / line + 1, copy_mapped_lines, &pass);
}

static void
add_mapped_blocks (gsize begin, gsize end, guint thread, gpointer data)
{
  const Pass *pass = data;
  const PhMapped *mapped = pass->mapped;
  guint inner = mapped->out.rank - 1;
  gsize n = (gsize)mapped->out.dim[inner], lines = pass->out_block / n;

  for (gsize block = begin; block < end; block++)
    for (gsize line = 0; line < lines; line++)
      {
        const float *dy = (const float *)pass->from + block * pass->out_block + line * n;
        float *dx = (float *)pass->to + block * pass->in_block;
        gint64 base = line_base (mapped, pass->first_axis, line);

        for (gsize i = 0; base >= 0 && i < n; i++)
          if (mapped->map[inner][i] >= 0)
            dx[base + mapped->map[inner][i]] += dy[i];
      }
}

/* Whether output and input are the same along @axis. */
static gboolean
is_identity (const PhMapped *mapped, guint axis)
{
  gint64 stride = (gint64)ph_shape_count_range (&mapped->in, axis + 1, mapped->in.rank);

  if (mapped->in.dim[axis] != mapped->out.dim[axis])
    return FALSE;
  for (gint64 i = 0; i < mapped->out.dim[axis]; i++)
    if (mapped->map[axis][i] != i * stride)
      return FALSE;
  return TRUE;
}

void
ph_mapped_add_back (const PhMapped *mapped, const float *dy, float *dx)
{
  Pass pass = { .mapped = mapped, .from = (const char *)dy, .to = (char *)dx };
  guint rank = mapped->out.rank;

  if (ph_shape_count (&mapped->out) == 0)
    return;
  if (rank == 0)
    {
      *dx += *dy;
      return;
    }
  while (pass.first_axis + 1 < rank && is_identity (mapped, pass.first_axis))
    pass.first_axis++;
  pass.in_block = ph_shape_count_range (&mapped->in, pass.first_axis, rank);
  pass.out_block = ph_shape_count_range (&mapped->out, pass.first_axis, rank);
  ph_parallel_for (ph_shape_count_range (&mapped->out, 0, pass.first_axis),
                   16384 / pass.out_block + 1, add_mapped_blocks, &pass);
}
