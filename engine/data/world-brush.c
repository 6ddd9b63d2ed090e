#include <math.h>

#include "data/world-brush-private.h"

PhPaint
ph_paint_hsv (double hue, double saturation, double value)
{
  double channel[3];

  for (int i = 0; i < 3; i++)
    {
      double k = fmod (5 - 2 * i + hue * 6 + 12, 6);

      channel[i] = value * (1 - saturation * CLAMP (MIN (k, 4 - k), 0, 1));
    }
  return (PhPaint){ channel[0], channel[1], channel[2] };
}

PhPaint
ph_paint_random (PhRng *rng, double low, double high)
{
  double hue = ph_rng_uniform (rng, 0, 1);
  double saturation = sqrt (ph_rng_uniform (rng, 0, 1)) * 0.95;

  return ph_paint_hsv (hue, saturation, ph_rng_uniform (rng, low, high));
}

double
ph_paint_distance (PhPaint a, PhPaint b)
{
  return sqrt ((a.r - b.r) * (a.r - b.r) + (a.g - b.g) * (a.g - b.g) + (a.b - b.b) * (a.b - b.b));
}

PhPaint
ph_paint_random_away (PhRng *rng, PhPaint other, double distance)
{
  PhPaint best = other;

  /* A few tries; the farthest of them where none is far enough. */
  for (int i = 0; i < 12; i++)
    {
      PhPaint paint = ph_paint_random (rng, 0.1, 1);

      if (ph_paint_distance (paint, other) > ph_paint_distance (best, other))
        best = paint;
      if (ph_paint_distance (best, other) >= distance)
        break;
    }
  return best;
}

PhPaint
ph_paint_mix (PhPaint a, PhPaint b, double t)
{
  return (PhPaint){ a.r + (b.r - a.r) * t, a.g + (b.g - a.g) * t, a.b + (b.b - a.b) * t };
}

PhPaint
ph_paint_shade (PhPaint paint, double factor)
{
  PhPaint end = factor < 1 ? (PhPaint){ 0, 0, 0 } : (PhPaint){ 1, 1, 1 };

  return ph_paint_mix (paint, end, CLAMP (fabs (factor - 1), 0, 1));
}

void
ph_brush_init (PhBrush *brush, cairo_t *cr, PhRng *rng)
{
  *brush = (PhBrush){ .cr = cr, .rng = rng };
  brush->light = ph_rng_uniform (rng, -G_PI, 0); /* from above, left or right */
  brush->shading = ph_rng_uniform (rng, 0.1, 0.5);
  brush->outline = ph_rng_below (rng, 3) == 0 ? 0 : ph_rng_uniform (rng, 0.015, 0.045);
  brush->ink = ph_paint_random (rng, 0, 0.25);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
}

double
ph_brush_between (PhBrush *brush, double low, double high)
{
  return ph_rng_uniform (brush->rng, low, high);
}

void
ph_brush_fill (PhBrush *brush, PhPaint paint)
{
  PhPaint bright = ph_paint_shade (paint, 1 + 0.5 * brush->shading);
  PhPaint dark = ph_paint_shade (paint, 1 - brush->shading);
  double x0, y0, x1, y1, cx, cy, reach;
  cairo_pattern_t *pattern;

  cairo_path_extents (brush->cr, &x0, &y0, &x1, &y1);
  cx = (x0 + x1) / 2;
  cy = (y0 + y1) / 2;
  reach = MAX (x1 - x0, y1 - y0) / 2;
  pattern = cairo_pattern_create_linear (
      cx + reach * cos (brush->light), cy + reach * sin (brush->light),
      cx - reach * cos (brush->light), cy - reach * sin (brush->light));
  cairo_pattern_add_color_stop_rgb (pattern, 0, bright.r, bright.g, bright.b);
  cairo_pattern_add_color_stop_rgb (pattern, 1, dark.r, dark.g, dark.b);
  cairo_set_source (brush->cr, pattern);
  cairo_pattern_destroy (pattern);
  cairo_fill_preserve (brush->cr);
  if (brush->outline > 0)
    {
      cairo_set_source_rgb (brush->cr, brush->ink.r, brush->ink.g, brush->ink.b);
      cairo_set_line_width (brush->cr, brush->outline);
      cairo_stroke_preserve (brush->cr);
    }
  cairo_new_path (brush->cr);
}

void
ph_brush_stroke (PhBrush *brush, PhPaint paint, double width)
{
  if (brush->outline > 0)
    {
      cairo_set_source_rgb (brush->cr, brush->ink.r, brush->ink.g, brush->ink.b);
      cairo_set_line_width (brush->cr, width + 2 * brush->outline);
      cairo_stroke_preserve (brush->cr);
    }
  cairo_set_source_rgb (brush->cr, paint.r, paint.g, paint.b);
  cairo_set_line_width (brush->cr, width);
  cairo_stroke (brush->cr);
}

void
ph_brush_ellipse (PhBrush *brush, double x, double y, double rx, double ry, double angle)
{
  cairo_save (brush->cr);
  cairo_translate (brush->cr, x, y);
  cairo_rotate (brush->cr, angle);
  cairo_scale (brush->cr, rx, ry);
  cairo_new_sub_path (brush->cr);
  cairo_arc (brush->cr, 0, 0, 1, 0, 2 * G_PI);
  cairo_close_path (brush->cr);
  cairo_restore (brush->cr);
}

void
ph_brush_polygon (PhBrush *brush, guint n, const double (*points)[2])
{
  cairo_move_to (brush->cr, points[0][0], points[0][1]);
  for (guint i = 1; i < n; i++)
    cairo_line_to (brush->cr, points[i][0], points[i][1]);
  cairo_close_path (brush->cr);
}

void
ph_brush_petal (PhBrush *brush, double x, double y, double length, double width, double angle)
{
  cairo_save (brush->cr);
  cairo_translate (brush->cr, x, y);
  cairo_rotate (brush->cr, angle);
  cairo_move_to (brush->cr, 0, 0);
  cairo_curve_to (brush->cr, length * 0.3, -width * 0.7, length * 0.8, -width * 0.6, length, 0);
  cairo_curve_to (brush->cr, length * 0.8, width * 0.6, length * 0.3, width * 0.7, 0, 0);
  cairo_close_path (brush->cr);
  cairo_restore (brush->cr);
}

void
ph_brush_box (PhBrush *brush, double x, double y, double width, double height, double radius)
{
  double r = MIN (radius, MIN (width, height) / 2);

  cairo_new_sub_path (brush->cr);
  cairo_arc (brush->cr, x + width - r, y + r, r, -G_PI / 2, 0);
  cairo_arc (brush->cr, x + width - r, y + height - r, r, 0, G_PI / 2);
  cairo_arc (brush->cr, x + r, y + height - r, r, G_PI / 2, G_PI);
  cairo_arc (brush->cr, x + r, y + r, r, G_PI, 3 * G_PI / 2);
  cairo_close_path (brush->cr);
}

void
ph_brush_clutter (PhBrush *brush, guint n, double smallest, double largest)
{
  for (guint i = 0; i < n; i++)
    {
      double x = ph_brush_between (brush, -1, 1), y = ph_brush_between (brush, -1, 1);
      double size = ph_brush_between (brush, smallest, largest);
      double angle = ph_brush_between (brush, 0, 2 * G_PI);
      guint corners = 3 + ph_rng_below (brush->rng, 4);

      if (corners == 6)
        ph_brush_ellipse (brush, x, y, size, size * ph_brush_between (brush, 0.4, 1), angle);
      else
        for (guint k = 0; k < corners; k++)
          {
            double reach = size * ph_brush_between (brush, 0.6, 1.2);
            double a = angle + 2 * G_PI * k / corners;

            cairo_line_to (brush->cr, x + reach * cos (a), y + reach * sin (a));
          }
      cairo_close_path (brush->cr);
      ph_brush_fill (brush, ph_paint_random (brush->rng, 0.1, 1));
    }
}
