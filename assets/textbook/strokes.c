/* Shapes as a pen draws them, and the windows that look for them. */

#include "assets/textbook/strokes.h"

#include <math.h>
#include <string.h>

#include "assets/textbook/filters.h"

/* Pixels from a stroke to where a second one would make a grating of it. */
#define TB_BESIDE 7.0

TbStroke
tb_line (double x, double y, double x2, double y2)
{
  return (TbStroke){ .x = x, .y = y, .x2 = x2, .y2 = y2, .weight = 1 };
}

TbStroke
tb_arc (double x, double y, double radius, double from, double to)
{
  return (TbStroke){ .x = x, .y = y, .radius = radius, .from = from, .to = to, .weight = 1 };
}

static void
turn_point (double *x, double *y, double degrees)
{
  double c = cos (degrees * G_PI / 180), s = sin (degrees * G_PI / 180);
  double turned_x = c * *x + s * *y, turned_y = c * *y - s * *x;
  *x = turned_x;
  *y = turned_y;
}

TbStroke
tb_turn (TbStroke stroke, double degrees)
{
  turn_point (&stroke.x, &stroke.y, degrees);
  turn_point (&stroke.x2, &stroke.y2, degrees);
  stroke.from += degrees;
  stroke.to += degrees;
  return stroke;
}

TbStroke
tb_against (TbStroke stroke, double weight)
{
  stroke.weight = -weight;
  return stroke;
}

static void
visit_stroke (const TbStroke *stroke, TbVisit visit, gpointer data)
{
  double length = stroke->radius > 0 ? stroke->radius * (stroke->to - stroke->from) * G_PI / 180
                                     : hypot (stroke->x2 - stroke->x, stroke->y2 - stroke->y);
  guint n = (guint)ceil (fabs (length) * 2);

  for (guint i = 0; i < n; i++)
    {
      double t = (i + 0.5) / n, x, y, direction;
      if (stroke->radius > 0)
        {
          double angle = stroke->from + t * (stroke->to - stroke->from);
          x = stroke->x + stroke->radius * cos (angle * G_PI / 180);
          y = stroke->y - stroke->radius * sin (angle * G_PI / 180);
          direction = angle + 90;
        }
      else
        {
          x = stroke->x + t * (stroke->x2 - stroke->x);
          y = stroke->y + t * (stroke->y2 - stroke->y);
          direction = atan2 (stroke->y - stroke->y2, stroke->x2 - stroke->x) * 180 / G_PI;
        }
      direction = fmod (fmod (direction, 180) + 180, 180);
      visit (x, y, direction, stroke->weight, data);
    }
}

void
tb_shape_visit (const TbShape *shape, TbVisit visit, gpointer data)
{
  for (const TbStroke *stroke = shape->strokes; stroke->weight != 0; stroke++)
    visit_stroke (stroke, visit, data);
}

typedef struct
{
  double *weights;
  int size;
  double cell;
  gboolean against; /* which strokes are collected now */
  double beside;    /* pixels to the parallels of a stroke that are collected instead, or 0 */
} Template;

static void
collect (double x, double y, double direction, double weight, gpointer data)
{
  Template *template = data;
  const double sigma = 0.6; /* in cells: a pen is that imprecise */
  double a = direction * G_PI / 180;
  double column = (x + template->beside * sin (a)) / template->cell + (template->size - 1) / 2.0;
  double row = (y + template->beside * cos (a)) / template->cell + (template->size - 1) / 2.0;
  double place = direction / 180 * TB_N_DIRECTIONS;
  guint first = (guint)floor (place);
  double share = place - first;

  if ((weight < 0) != template->against)
    return;
  for (int r = 0; r < template->size; r++)
    for (int c = 0; c < template->size; c++)
      {
        double distance = (r - row) * (r - row) + (c - column) * (c - column);
        double amount = fabs (weight) * exp (-distance / (2 * sigma * sigma));
        guint at = (guint)(r * template->size + c);
        guint plane = (guint)(template->size * template->size);
        template->weights[first % TB_N_DIRECTIONS * plane + at] += (1 - share) * amount;
        template->weights[(first + 1) % TB_N_DIRECTIONS * plane + at] += share *amount;
      }
}

void
tb_shape_make_template (const TbShape *shape, guint size, double cell, double *weights)
{
  guint n = TB_N_DIRECTIONS * size * size;
  g_autofree double *against = g_new0 (double, n);
  double largest = 0, sum = 0, rest = 0, forbidden = 0;

  memset (weights, 0, n * sizeof *weights);
  tb_shape_visit (shape, collect, &(Template){ weights, (int)size, cell, FALSE, 0 });
  tb_shape_visit (shape, collect, &(Template){ against, (int)size, cell, TRUE, 0 });
  /* A stroke stands alone, except in a pattern that has no gaps. */
  if (shape->across > 0)
    for (double beside = -TB_BESIDE; beside <= TB_BESIDE; beside += 2 * TB_BESIDE)
      tb_shape_visit (shape, collect, &(Template){ against, (int)size, cell, FALSE, beside });
  for (guint i = 0; i < n; i++)
    largest = MAX (largest, weights[i]);
  for (guint i = 0; i < n; i++)
    {
      /* Where strokes meet they do not count twice. */
      weights[i] = MIN (weights[i] / largest, 0.6);
      sum += weights[i];
      rest += 0.6 - weights[i];
      against[i] = weights[i] > 0.05 ? 0 : against[i];
      forbidden += against[i];
    }
  for (guint i = 0; i < n; i++)
    {
      double other = (0.6 - weights[i]) / rest;
      if (forbidden > 0)
        other = 0.5 * other + 0.5 * against[i] / forbidden;
      weights[i] = weights[i] / sum - other;
    }
  /* Shapes are black on white. */
  for (guint i = n; i < n + size * size; i++)
    weights[i] = -0.6 / (size * size);
}
