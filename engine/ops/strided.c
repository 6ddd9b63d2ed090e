#include "ops/strided-private.h"

#include <string.h>

#include "kernels/parallel.h"

/* Side of the squares in which matrices are transposed: a line of cache in both directions. */
#define BLOCK 16

void
ph_strided_push (PhStrided *strided, gint64 dim, gint64 from, gint64 to)
{
  if (dim == 0)
    strided->is_empty = TRUE;
  if (dim <= 1)
    return;
  if (strided->rank > 0)
    {
      guint last = strided->rank - 1;

      if (strided->from[last] == dim * from && strided->to[last] == dim * to)
        {
          strided->dim[last] *= dim;
          strided->from[last] = from;
          strided->to[last] = to;
          return;
        }
    }
  g_return_if_fail (strided->rank < PH_STRIDED_RANK);
  strided->dim[strided->rank] = dim;
  strided->from[strided->rank] = from;
  strided->to[strided->rank] = to;
  strided->rank++;
}

PhStrided
ph_strided_reverse (const PhStrided *strided)
{
  PhStrided reverse = *strided;

  memcpy (reverse.from, strided->to, sizeof reverse.from);
  memcpy (reverse.to, strided->from, sizeof reverse.to);
  return reverse;
}

static void
swap_axes (PhStrided *s, guint a, guint b)
{
  PhStrided old = *s;

  s->dim[a] = old.dim[b];
  s->from[a] = old.from[b];
  s->to[a] = old.to[b];
  s->dim[b] = old.dim[a];
  s->from[b] = old.from[a];
  s->to[b] = old.to[a];
}

/* Moves axis @axis behind all others, which keep their order. */
static void
move_inside (PhStrided *s, guint axis)
{
  for (guint i = axis; i + 1 < s->rank; i++)
    swap_axes (s, i, i + 1);
}

/* A place in the nested loop over the first @rank axes. */
typedef struct
{
  gint64 at[PH_STRIDED_RANK];
  gint64 from, to;
} Place;

static Place
place_at (const PhStrided *s, guint rank, gsize item)
{
  Place place = { .from = 0, .to = 0 };

  for (guint i = rank; i-- > 0;)
    {
      place.at[i] = (gint64)(item % (gsize)s->dim[i]);
      item /= (gsize)s->dim[i];
      place.from += place.at[i] * s->from[i];
      place.to += place.at[i] * s->to[i];
    }
  return place;
}

static void
place_next (const PhStrided *s, guint rank, Place *place)
{
  for (guint i = rank; i-- > 0;)
    {
      place->from += s->from[i];
      place->to += s->to[i];
      if (++place->at[i] < s->dim[i])
        return;
      place->from -= s->dim[i] * s->from[i];
      place->to -= s->dim[i] * s->to[i];
      place->at[i] = 0;
    }
}

static gsize
count_axes (const PhStrided *s, guint rank)
{
  gsize n = 1;

  for (guint i = 0; i < rank; i++)
    n *= (gsize)s->dim[i];
  return n;
}

typedef struct
{
  PhStrided s;
  guint outer; /* axes that are divided among threads */
  gsize element;
  const char *from;
  char *to;
} Pass;

static void
copy_line (gsize element, const char *from, gint64 from_step, char *to, gint64 to_step, gint64 n)
{
  if (from_step == 1 && to_step == 1)
    memcpy (to, from, (gsize)n * element);
  else if (element == sizeof (float))
    for (gint64 i = 0; i < n; i++)
      ((float *)to)[i * to_step] = ((const float *)from)[i * from_step];
  else
    for (gint64 i = 0; i < n; i++)
      ((gint64 *)to)[i * to_step] = ((const gint64 *)from)[i * from_step];
}

static void
copy_lines (gsize begin, gsize end, guint thread, gpointer data)
{
  const Pass *pass = data;
  const PhStrided *s = &pass->s;
  guint inner = s->rank - 1;
  gint64 element = (gint64)pass->element;
  Place place = place_at (s, inner, begin);

  for (gsize i = begin; i < end; i++, place_next (s, inner, &place))
    copy_line (pass->element, pass->from + place.from * element, s->from[inner],
               pass->to + place.to * element, s->to[inner], s->dim[inner]);
}

/* An item is one place of the outer axes and one strip of BLOCK rows of the matrix that the last
 * two axes form. */
static void
copy_squares (gsize begin, gsize end, guint thread, gpointer data)
{
  const Pass *pass = data;
  const PhStrided *s = &pass->s;
  guint rows = s->rank - 2, columns = s->rank - 1;
  gsize strips = (gsize)(s->dim[rows] + BLOCK - 1) / BLOCK;
  gint64 element = (gint64)pass->element;

  for (gsize item = begin; item < end; item++)
    {
      Place place = place_at (s, rows, item / strips);
      gint64 first = (gint64)(item % strips) * BLOCK;
      gint64 last = MIN (first + BLOCK, s->dim[rows]);

      for (gint64 column = 0; column < s->dim[columns]; column += BLOCK)
        {
          gint64 n = MIN (BLOCK, s->dim[columns] - column);

          for (gint64 row = first; row < last; row++)
            copy_line (pass->element,
                       pass->from +
                           (place.from + row * s->from[rows] + column * s->from[columns]) * element,
                       s->from[columns],
                       pass->to +
                           (place.to + row * s->to[rows] + column * s->to[columns]) * element,
                       s->to[columns], n);
        }
    }
}

void
ph_strided_copy (const PhStrided *strided, gsize element, gconstpointer from, gpointer to)
{
  Pass pass = { .s = *strided, .element = element, .from = from, .to = to };
  PhStrided *s = &pass.s;

  if (s->is_empty)
    return;
  if (s->rank == 0)
    {
      memcpy (to, from, element);
      return;
    }

  guint inner = s->rank - 1;

  /* Where reading and writing run along different axes, go in squares over these two. */
  for (guint i = 0; i < inner; i++)
    if (s->from[i] == 1 && s->from[inner] != 1 && s->dim[i] >= BLOCK / 2 &&
        s->dim[inner] >= BLOCK / 2)
      {
        move_inside (s, i);
        swap_axes (s, s->rank - 2, s->rank - 1);

        gsize strips = (gsize)(s->dim[s->rank - 2] + BLOCK - 1) / BLOCK;
        gsize work = (gsize)s->dim[s->rank - 1] * BLOCK;

        ph_parallel_for (count_axes (s, s->rank - 2) * strips, 16384 / work + 1, copy_squares,
                         &pass);
        return;
      }
  ph_parallel_for (count_axes (s, inner), 16384 / (gsize)s->dim[inner] + 1, copy_lines, &pass);
}

static void
add_line (const float *from, gint64 from_step, float *to, gint64 to_step, gint64 n)
{
  if (to_step == 0)
    {
      double sum = 0;

      for (gint64 i = 0; i < n; i++)
        sum += from[i * from_step];
      *to += (float)sum;
    }
  else if (from_step == 1 && to_step == 1)
    for (gint64 i = 0; i < n; i++)
      to[i] += from[i];
  else
    for (gint64 i = 0; i < n; i++)
      to[i * to_step] += from[i * from_step];
}

static void
add_lines (gsize begin, gsize end, guint thread, gpointer data)
{
  const Pass *pass = data;
  const PhStrided *s = &pass->s;
  guint inner = s->rank - 1;
  gsize lines = count_axes (s, inner) / count_axes (s, pass->outer);
  Place place = place_at (s, inner, begin * lines);

  for (gsize i = begin * lines; i < end * lines; i++, place_next (s, inner, &place))
    add_line ((const float *)pass->from + place.from, s->from[inner], (float *)pass->to + place.to,
              s->to[inner], s->dim[inner]);
}

void
ph_strided_add (const PhStrided *strided, const float *from, float *to)
{
  Pass pass = { .s = *strided, .from = (const char *)from, .to = (char *)to };
  PhStrided *s = &pass.s;

  if (s->is_empty)
    return;
  if (s->rank == 0)
    {
      *to += *from;
      return;
    }

  /* Summed axes go inside, so that no two threads write to one place. */
  guint outer = s->rank;

  for (guint i = s->rank; i-- > 0;)
    if (s->to[i] == 0)
      {
        for (guint at = i; at + 1 < outer; at++)
          swap_axes (s, at, at + 1);
        outer--;
      }
  pass.outer = MIN (outer, s->rank - 1);

  gsize items = count_axes (s, pass.outer);
  gsize work = count_axes (s, s->rank) / items;

  ph_parallel_for (items, 16384 / work + 1, add_lines, &pass);
}
