/* The sums of Einsum: as products of matrices where they are such, else element by element. */

#include "kernels/gemm.h"
#include "kernels/parallel.h"
#include "ops/einsum-private.h"

#include <string.h>

/* Multiplications worth handing to another thread. */
#define PRODUCT_GRAIN 32768

/* A place in the space of all labels. */
typedef struct
{
  gsize index[EINSUM_MAX_AXES];
  gsize offset[EINSUM_MAX_TERMS];
  gsize out;
} Place;

static void
advance (const EinsumState *s, Place *p)
{
  for (guint i = s->n_axes; i-- > 0;)
    {
      gsize back = 0;

      if (++p->index[i] == s->extent[i])
        {
          p->index[i] = 0;
          back = s->extent[i];
        }
      for (guint t = 0; t < s->n_terms; t++)
        p->offset[t] += s->stride[t][i] - back * s->stride[t][i];
      p->out += s->out_stride[i] - back * s->out_stride[i];
      if (back == 0)
        return;
    }
}

static gsize
count_places (const EinsumState *s)
{
  gsize n = 1;

  for (guint i = 0; i < s->n_axes; i++)
    n *= s->extent[i];
  return n;
}

static void
forward_elements (const EinsumState *s, const float *const *x, float *y)
{
  const gsize n = count_places (s);
  gsize inner = 1;
  Place p = { 0 };

  for (guint i = s->n_out; i < s->n_axes; i++)
    inner *= s->extent[i];
  for (gsize at = 0; at < n;)
    {
      const gsize out = p.out;
      double sum = 0;

      for (gsize end = at + inner; at < end; at++, advance (s, &p))
        {
          double product = 1;
          for (guint t = 0; t < s->n_terms; t++)
            product *= x[t][p.offset[t]];
          sum += product;
        }
      y[out] = (float)sum;
    }
}

/* dx_t += dy times the product of the other terms. */
static void
backward_elements (const EinsumState *s, const float *const *x, const float *dy, float *const *dx)
{
  const gsize n = count_places (s);
  Place p = { 0 };

  for (gsize at = 0; at < n; at++, advance (s, &p))
    for (guint t = 0; t < s->n_terms; t++)
      {
        float product = dy[p.out];

        if (dx[t] == NULL)
          continue;
        for (guint u = 0; u < s->n_terms; u++)
          if (u != t)
            product *= x[u][p.offset[u]];
        dx[t][p.offset[t]] += product;
      }
}

/* Products of matrices: a (batch, rows, inner) * b (batch, inner, columns), gathered from wherever
 * the labels are. */

typedef struct
{
  guint n;
  gsize extent[EINSUM_MAX_AXES], stride[EINSUM_MAX_AXES];
  gsize size;
} Layout;

/* Strides of a tensor in the order of three groups. */
static Layout
lay_out (const EinsumState *s, const gsize *stride, guint first, guint second, guint third)
{
  const guint groups[] = { first, second, third };
  Layout l = { .size = 1 };

  for (guint g = 0; g < 3; g++)
    for (guint i = 0; i < s->group[groups[g]].n; i++)
      {
        guint axis = s->group[groups[g]].axis[i];
        l.extent[l.n] = s->extent[axis];
        l.stride[l.n++] = stride[axis];
        l.size *= s->extent[axis];
      }
  return l;
}

static gboolean
is_dense (const Layout *l)
{
  gsize expected = 1;

  for (guint i = l->n; i-- > 0;)
    {
      if (l->stride[i] != expected)
        return FALSE;
      expected *= l->extent[i];
    }
  return TRUE;
}

/* Either gathers @packed from @spread or adds it (or writes it) there. */
static void
move (const Layout *l, float *packed, float *spread, gboolean gather, gboolean add)
{
  gsize index[EINSUM_MAX_AXES] = { 0 }, at = 0;

  for (gsize i = 0; i < l->size; i++)
    {
      if (gather)
        packed[i] = spread[at];
      else
        spread[at] = packed[i] + (add ? spread[at] : 0);
      for (guint k = l->n; k-- > 0;)
        {
          at += l->stride[k];
          if (++index[k] < l->extent[k])
            break;
          at -= l->stride[k] * l->extent[k];
          index[k] = 0;
        }
    }
}

/* The tensor in the order of @l: itself when it lies so already, else a copy in @memory. */
static const float *
gathered (const Layout *l, const float *x, float *memory)
{
  if (is_dense (l))
    return x;
  move (l, memory, (float *)x, TRUE, FALSE);
  return memory;
}

typedef struct
{
  gboolean trans_a, trans_b;
  gsize m, n, k;
  const float *a, *b;
  float *c;
} Products;

static void
multiply_batches (gsize begin, gsize end, guint thread, gpointer data)
{
  const Products *p = data;

  for (gsize i = begin; i < end; i++)
    ph_gemm (p->trans_a, p->trans_b, p->m, p->n, p->k, 1, p->a + i * p->m * p->k,
             p->trans_a ? p->m : p->k, p->b + i * p->k * p->n, p->trans_b ? p->k : p->n, 0,
             p->c + i * p->m * p->n, p->n);
}

static void
multiply (gsize batches, Products *p)
{
  if (batches < ph_parallel_get_threads ())
    multiply_batches (0, batches, 0, p);
  else
    ph_parallel_for (batches, MAX (PRODUCT_GRAIN / (p->m * p->n * p->k), 1), multiply_batches, p);
}

static gsize
product_sizes (const EinsumState *s, gsize *a, gsize *b, gsize *y)
{
  const gsize batch = s->group[EINSUM_BATCH].size, m = s->group[EINSUM_ROWS].size;
  const gsize n = s->group[EINSUM_COLUMNS].size, k = s->group[EINSUM_INNER].size;

  *a = batch * m * k;
  *b = batch * k * n;
  *y = batch * m * n;
  return *a + *b + *y;
}

gsize
einsum_scratch (const EinsumState *s)
{
  gsize a, b, y;

  if (!s->is_product || count_places (s) == 0)
    return 0;
  /* The gathered three, and one gradient before it is spread. */
  return (product_sizes (s, &a, &b, &y) + MAX (a, b)) * sizeof (float);
}

static void
forward_product (const EinsumState *s, const float *const *x, float *y, float *scratch)
{
  const Layout la = lay_out (s, s->stride[0], EINSUM_BATCH, EINSUM_ROWS, EINSUM_INNER);
  const Layout lb = lay_out (s, s->stride[1], EINSUM_BATCH, EINSUM_INNER, EINSUM_COLUMNS);
  const Layout ly = lay_out (s, s->out_stride, EINSUM_BATCH, EINSUM_ROWS, EINSUM_COLUMNS);
  float *packed_y = is_dense (&ly) ? y : scratch + la.size + lb.size;
  Products p = { .m = s->group[EINSUM_ROWS].size,
                 .n = s->group[EINSUM_COLUMNS].size,
                 .k = s->group[EINSUM_INNER].size,
                 .a = gathered (&la, x[0], scratch),
                 .b = gathered (&lb, x[1], scratch + la.size),
                 .c = packed_y };

  multiply (s->group[EINSUM_BATCH].size, &p);
  if (packed_y != y)
    move (&ly, packed_y, y, FALSE, FALSE);
}

/* da = dy * bᵀ, db = aᵀ * dy */
static void
backward_product (const EinsumState *s, const float *const *x, const float *dy, float *const *dx,
                  float *scratch)
{
  const Layout la = lay_out (s, s->stride[0], EINSUM_BATCH, EINSUM_ROWS, EINSUM_INNER);
  const Layout lb = lay_out (s, s->stride[1], EINSUM_BATCH, EINSUM_INNER, EINSUM_COLUMNS);
  const Layout ly = lay_out (s, s->out_stride, EINSUM_BATCH, EINSUM_ROWS, EINSUM_COLUMNS);
  const gsize m = s->group[EINSUM_ROWS].size, n = s->group[EINSUM_COLUMNS].size;
  const gsize k = s->group[EINSUM_INNER].size, batches = s->group[EINSUM_BATCH].size;
  float *packed_y = scratch + la.size + lb.size, *result = packed_y + ly.size;
  const float *d = gathered (&ly, dy, packed_y);

  if (dx[0] != NULL)
    {
      Products p = { FALSE, TRUE, m, k, n, d, gathered (&lb, x[1], scratch + la.size), result };
      multiply (batches, &p);
      move (&la, result, dx[0], FALSE, TRUE);
    }
  if (dx[1] != NULL)
    {
      Products p = { TRUE, FALSE, k, n, m, gathered (&la, x[0], scratch), d, result };
      multiply (batches, &p);
      move (&lb, result, dx[1], FALSE, TRUE);
    }
}

void
einsum_forward (const PhStep *step, PhRun *run)
{
  const EinsumState *s = step->state;
  const float *x[EINSUM_MAX_TERMS];
  float *y = ph_run_out (run, step, 0);

  for (guint t = 0; t < s->n_terms; t++)
    x[t] = ph_run_in (run, step, t);
  if (count_places (s) == 0)
    memset (y, 0, ph_shape_count (&step->out[0]->shape) * sizeof (float));
  else if (s->is_product)
    forward_product (s, x, y, ph_run_scratch (run, step));
  else
    forward_elements (s, x, y);
}

void
einsum_backward (const PhStep *step, PhRun *run)
{
  const EinsumState *s = step->state;
  const float *dy = ph_run_out_grad (run, step, 0);
  const float *x[EINSUM_MAX_TERMS];
  float *dx[EINSUM_MAX_TERMS];

  for (guint t = 0; t < s->n_terms; t++)
    {
      x[t] = ph_run_in (run, step, t);
      dx[t] = ph_run_in_grad (run, step, t);
    }
  if (dy == NULL || count_places (s) == 0)
    return;
  if (s->is_product)
    backward_product (s, x, dy, dx, ph_run_scratch (run, step));
  else
    backward_elements (s, x, dy, dx);
}
