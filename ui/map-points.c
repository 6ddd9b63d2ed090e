#include "ui/map-points.h"

#include <math.h>

/* Items for each cell of the grid, where they are spread evenly. */
#define PER_CELL 4
#define MOST_CELLS 512 /* in each direction */

struct _PhMapPoints
{
  guint n, n_placed;
  PhMapBox bounds;
  guint columns, rows;

  /* owned */
  float *places; /* (n, 2) */
  guint *begin;  /* (rows × columns + 1): where each cell begins in order */
  guint *order;  /* n_placed items, cell by cell, every second row of cells from right to left */
  guint *where;  /* n: place in order; n_placed for those that are nowhere */
};

static gboolean
is_placed (const PhMapPoints *self, guint item)
{
  return isfinite (self->places[2 * item]) && isfinite (self->places[2 * item + 1]);
}

static guint
find_line (double value, double low, double high, guint n)
{
  double share = high > low ? (value - low) / (high - low) : 0;

  return (guint)CLAMP (share * n, 0, n - 1);
}

static guint
find_column (const PhMapPoints *self, double x)
{
  return find_line (x, self->bounds.left, self->bounds.right, self->columns);
}

static guint
find_row (const PhMapPoints *self, double y)
{
  return find_line (y, self->bounds.top, self->bounds.bottom, self->rows);
}

/* Of a cell in the order of the walk. */
static guint
find_cell (const PhMapPoints *self, guint column, guint row)
{
  return row * self->columns + (row % 2 == 0 ? column : self->columns - 1 - column);
}

static void
measure (PhMapPoints *self)
{
  self->bounds = (PhMapBox){ INFINITY, INFINITY, -INFINITY, -INFINITY };
  for (guint i = 0; i < self->n; i++)
    if (is_placed (self, i))
      {
        double x = self->places[2 * i], y = self->places[2 * i + 1];

        self->n_placed++;
        self->bounds.left = MIN (self->bounds.left, x);
        self->bounds.right = MAX (self->bounds.right, x);
        self->bounds.top = MIN (self->bounds.top, y);
        self->bounds.bottom = MAX (self->bounds.bottom, y);
      }
  if (self->n_placed == 0)
    self->bounds = (PhMapBox){ 0, 0, -1, -1 };
}

/* Sorts the items into cells by counting. */
static void
sort (PhMapPoints *self)
{
  guint side = (guint)CLAMP (sqrt ((double)self->n_placed / PER_CELL), 1, MOST_CELLS);
  guint n_cells = side * side;
  g_autofree guint *cells = g_new (guint, self->n + 1);
  g_autofree guint *fill = NULL;

  self->columns = self->rows = side;
  self->begin = g_new0 (guint, n_cells + 1);
  self->order = g_new (guint, self->n_placed + 1);
  self->where = g_new (guint, self->n + 1);
  for (guint i = 0; i < self->n; i++)
    {
      if (!is_placed (self, i))
        continue;
      cells[i] = find_cell (self, find_column (self, self->places[2 * i]),
                            find_row (self, self->places[2 * i + 1]));
      self->begin[cells[i] + 1]++;
    }
  for (guint c = 0; c < n_cells; c++)
    self->begin[c + 1] += self->begin[c];
  fill = g_memdup2 (self->begin, (n_cells + 1) * sizeof (guint));
  for (guint i = 0; i < self->n; i++)
    {
      self->where[i] = is_placed (self, i) ? fill[cells[i]]++ : self->n_placed;
      if (is_placed (self, i))
        self->order[self->where[i]] = i;
    }
}

PhMapPoints *
ph_map_points_new (guint n, const float *places)
{
  PhMapPoints *self = g_new0 (PhMapPoints, 1);

  self->n = n;
  self->places = g_memdup2 (places, 2 * sizeof (float) * (gsize)n);
  measure (self);
  sort (self);
  return self;
}

void
ph_map_points_free (PhMapPoints *self)
{
  if (self == NULL)
    return;
  g_free (self->places);
  g_free (self->begin);
  g_free (self->order);
  g_free (self->where);
  g_free (self);
}

guint
ph_map_points_get_n (const PhMapPoints *self)
{
  return self->n;
}

guint
ph_map_points_get_n_placed (const PhMapPoints *self)
{
  return self->n_placed;
}

gboolean
ph_map_points_get_place (const PhMapPoints *self, guint item, double *x, double *y)
{
  g_return_val_if_fail (item < self->n, FALSE);

  *x = self->places[2 * item];
  *y = self->places[2 * item + 1];
  return is_placed (self, item);
}

PhMapBox
ph_map_points_get_bounds (const PhMapPoints *self)
{
  return self->bounds;
}

static gboolean
box_is_empty (const PhMapPoints *self, const PhMapBox *box)
{
  return self->n_placed == 0 || box->right < self->bounds.left || box->left > self->bounds.right ||
         box->bottom < self->bounds.top || box->top > self->bounds.bottom;
}

int
ph_map_points_find (const PhMapPoints *self, double x, double y, double radius)
{
  const PhMapBox box = { x - radius, y - radius, x + radius, y + radius };
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (guint));
  double nearest = radius * radius;
  int found = -1;

  ph_map_points_in_box (self, &box, items);
  for (guint i = 0; i < items->len; i++)
    {
      guint item = g_array_index (items, guint, i);
      double dx = self->places[2 * item] - x, dy = self->places[2 * item + 1] - y;

      if (dx * dx + dy * dy <= nearest)
        {
          nearest = dx * dx + dy * dy;
          found = (int)item;
        }
    }
  return found;
}

void
ph_map_points_in_box (const PhMapPoints *self, const PhMapBox *box, GArray *items)
{
  if (box_is_empty (self, box))
    return;
  for (guint row = find_row (self, box->top); row <= find_row (self, box->bottom); row++)
    {
      guint first = find_cell (self, find_column (self, box->left), row);
      guint last = find_cell (self, find_column (self, box->right), row);

      for (guint i = self->begin[MIN (first, last)]; i < self->begin[MAX (first, last) + 1]; i++)
        {
          const float *place = self->places + 2 * self->order[i];

          if (place[0] >= box->left && place[0] <= box->right && place[1] >= box->top &&
              place[1] <= box->bottom)
            g_array_append_val (items, self->order[i]);
        }
    }
}

static gboolean
is_inside (const double *corners, guint n, double x, double y)
{
  gboolean inside = FALSE;

  for (guint i = 0, j = n - 1; i < n; j = i++)
    {
      double xi = corners[2 * i], yi = corners[2 * i + 1];
      double xj = corners[2 * j], yj = corners[2 * j + 1];

      if ((yi > y) != (yj > y) && x < xi + (y - yi) / (yj - yi) * (xj - xi))
        inside = !inside;
    }
  return inside;
}

void
ph_map_points_in_polygon (const PhMapPoints *self, const double *corners, guint n, GArray *items)
{
  PhMapBox box = { INFINITY, INFINITY, -INFINITY, -INFINITY };
  g_autoptr (GArray) near = g_array_new (FALSE, FALSE, sizeof (guint));

  if (n < 3)
    return;
  for (guint i = 0; i < n; i++)
    {
      box.left = MIN (box.left, corners[2 * i]);
      box.right = MAX (box.right, corners[2 * i]);
      box.top = MIN (box.top, corners[2 * i + 1]);
      box.bottom = MAX (box.bottom, corners[2 * i + 1]);
    }
  ph_map_points_in_box (self, &box, near);
  for (guint i = 0; i < near->len; i++)
    {
      guint item = g_array_index (near, guint, i);

      if (is_inside (corners, n, self->places[2 * item], self->places[2 * item + 1]))
        g_array_append_val (items, item);
    }
}

int
ph_map_points_step (const PhMapPoints *self, int item, gboolean forward)
{
  guint at;

  if (self->n_placed == 0)
    return -1;
  if (item < 0)
    return (int)self->order[forward ? 0 : self->n_placed - 1];
  g_return_val_if_fail (item < (int)self->n, -1);
  at = self->where[item];
  if (at == self->n_placed)
    return (int)self->order[0];
  if (forward ? at + 1 == self->n_placed : at == 0)
    return -1;
  return (int)self->order[forward ? at + 1 : at - 1];
}
