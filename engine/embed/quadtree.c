#include <math.h>
#include <string.h>

#include "embed/projection-private.h"
#include "kernels/parallel.h"

#define DEEPEST 40 /* points that are nearer than this divides share a leaf */

typedef struct
{
  float x, y, half;   /* the square */
  float sum_x, sum_y; /* of the points inside */
  guint n;
  int child[4]; /* -1: none */
  guint point;  /* of a leaf: the one that it has, or the first of several at one place */
} Cell;

typedef struct
{
  GArray *cells; /* Cell; the first is the root */
  const float *y;
  guint n;
  double theta;
  float *force;
  double *sums; /* n */
} Tree;

static guint
add_cell (Tree *tree, float x, float y, float half)
{
  Cell cell = { .x = x, .y = y, .half = half, .child = { -1, -1, -1, -1 } };

  g_array_append_val (tree->cells, cell);
  return tree->cells->len - 1;
}

/* The child of @cell where a point belongs; made when it is not there. */
static guint
child_for (Tree *tree, guint cell, float px, float py)
{
  Cell *c = &g_array_index (tree->cells, Cell, cell);
  guint quarter = (px > c->x) + 2 * (py > c->y);

  if (c->child[quarter] < 0)
    {
      float half = c->half / 2;
      guint made = add_cell (tree, c->x + (px > c->x ? half : -half),
                             c->y + (py > c->y ? half : -half), half);

      c = &g_array_index (tree->cells, Cell, cell); /* the array may have moved */
      c->child[quarter] = (int)made;
    }
  return (guint)c->child[quarter];
}

static gboolean
is_leaf (const Cell *cell)
{
  return cell->child[0] < 0 && cell->child[1] < 0 && cell->child[2] < 0 && cell->child[3] < 0;
}

static void
insert (Tree *tree, guint point)
{
  const float px = tree->y[2 * point], py = tree->y[2 * point + 1];
  guint at = 0;

  for (guint depth = 0;; depth++)
    {
      Cell *c = &g_array_index (tree->cells, Cell, at);
      gboolean leaf = is_leaf (c);
      guint old = c->point, before = c->n;

      c->sum_x += px;
      c->sum_y += py;
      c->n++;
      if (before == 0)
        {
          c->point = point;
          return;
        }
      if (leaf)
        {
          guint down;
          const float ox = tree->y[2 * old], oy = tree->y[2 * old + 1];

          if (depth >= DEEPEST || (ox == px && oy == py))
            return;
          /* What the leaf had moves down. All of it lies at one place. */
          down = child_for (tree, at, ox, oy);

          Cell *d = &g_array_index (tree->cells, Cell, down);

          d->point = old;
          d->n = before;
          d->sum_x = ox * before;
          d->sum_y = oy * before;
        }
      at = child_for (tree, at, px, py);
    }
}

static void
repel_points (gsize begin, gsize end, guint thread, gpointer data)
{
  const Tree *tree = data;
  const float theta2 = (float)(tree->theta * tree->theta);
  guint stack[4 * DEEPEST + 8];

  for (gsize i = begin; i < end; i++)
    {
      const float px = tree->y[2 * i], py = tree->y[2 * i + 1];
      double fx = 0, fy = 0, sum = 0;
      guint depth = 0;

      stack[depth++] = 0;
      while (depth > 0)
        {
          const Cell *c = &g_array_index (tree->cells, Cell, stack[--depth]);
          float dx = px - c->sum_x / c->n, dy = py - c->sum_y / c->n;
          float d2 = dx * dx + dy * dy, width = 2 * c->half;
          gboolean leaf = is_leaf (c);

          if (leaf || width * width < theta2 * d2)
            {
              /* A leaf that is the point itself pushes with the others at its place only. */
              float q = 1 / (1 + d2);
              guint n = c->n - (leaf && d2 < 1e-12f && c->n > 0);

              sum += (double)n * q;
              fx += (double)n * q * q * dx;
              fy += (double)n * q * q * dy;
              continue;
            }
          for (guint q = 0; q < 4; q++)
            if (c->child[q] >= 0)
              stack[depth++] = (guint)c->child[q];
        }
      tree->force[2 * i] = (float)fx;
      tree->force[2 * i + 1] = (float)fy;
      tree->sums[i] = sum;
    }
}

double
ph_quadtree_repel (const float *y, guint n, double theta, float *force)
{
  float low[2] = { INFINITY, INFINITY }, high[2] = { -INFINITY, -INFINITY };
  g_autofree double *sums = g_new0 (double, n + 1);
  Tree tree = {
    g_array_sized_new (FALSE, FALSE, sizeof (Cell), 2 * n + 1), y, n, theta, force, sums
  };
  double total = 0;

  for (guint i = 0; i < n; i++)
    for (guint d = 0; d < 2; d++)
      {
        low[d] = MIN (low[d], y[2 * i + d]);
        high[d] = MAX (high[d], y[2 * i + d]);
      }
  add_cell (&tree, (low[0] + high[0]) / 2, (low[1] + high[1]) / 2,
            MAX (high[0] - low[0], high[1] - low[1]) / 2 + 1e-6f);
  for (guint i = 0; i < n; i++)
    insert (&tree, i);
  ph_parallel_for (n, 64, repel_points, &tree);
  for (guint i = 0; i < n; i++)
    total += sums[i];
  g_array_unref (tree.cells);
  return total;
}
