/* Things that people make, around the origin, within about -0.8 to 0.8, y down. */
#include <math.h>

#include "data/world-thing-private.h"

void
ph_thing_house (PhBrush *b)
{
  PhPaint wall = ph_paint_random (b->rng, 0.5, 1);
  PhPaint roof = ph_paint_random_away (b->rng, wall, 0.5);
  PhPaint glass = ph_paint_hsv (ph_brush_between (b, 0.1, 0.6), 0.5, ph_brush_between (b, 0.4, 1));
  double half = ph_brush_between (b, 0.42, 0.6), eaves = ph_brush_between (b, -0.25, 0);
  double peak = ph_brush_between (b, -0.85, -0.6), door = ph_brush_between (b, -0.3, 0.1);

  if (ph_rng_below (b->rng, 2) == 0)
    {
      ph_brush_box (b, half * 0.4, peak + 0.05, 0.15, 0.5, 0);
      ph_brush_fill (b, ph_paint_shade (roof, 0.7));
    }
  ph_brush_box (b, -half, eaves, 2 * half, 0.8 - eaves, 0);
  ph_brush_fill (b, wall);
  ph_brush_polygon (b, 3,
                    (const double[][2]){ { -half - 0.13, eaves },
                                         { half + 0.13, eaves },
                                         { ph_brush_between (b, -0.1, 0.1), peak } });
  ph_brush_fill (b, roof);
  ph_brush_box (b, door, 0.35, 0.2, 0.45, 0.02);
  ph_brush_fill (b, ph_paint_shade (roof, 0.6));
  for (int i = 0; i < 2; i++)
    {
      double x = i == 0 ? -half + 0.1 : half - 0.32;

      ph_brush_box (b, x, eaves + 0.13, 0.22, 0.2, 0);
      ph_brush_fill (b, glass);
      cairo_move_to (b->cr, x + 0.11, eaves + 0.13);
      cairo_line_to (b->cr, x + 0.11, eaves + 0.33);
      ph_brush_stroke (b, ph_paint_shade (wall, 1.4), 0.02);
    }
}

void
ph_thing_car (PhBrush *b)
{
  PhPaint body = ph_paint_random (b->rng, 0.3, 1);
  PhPaint glass = ph_paint_hsv (0.55, 0.3, ph_brush_between (b, 0.4, 0.9));
  double roof = ph_brush_between (b, -0.5, -0.36), front = ph_brush_between (b, 0.25, 0.45);
  double radius = ph_brush_between (b, 0.16, 0.2);

  cairo_move_to (b->cr, -0.82, 0.3);
  cairo_line_to (b->cr, -0.8, 0);
  cairo_line_to (b->cr, -0.55, -0.06);
  cairo_line_to (b->cr, -0.38, roof);
  cairo_line_to (b->cr, front - 0.1, roof);
  cairo_line_to (b->cr, front + 0.15, -0.06);
  cairo_curve_to (b->cr, 0.75, -0.02, 0.82, 0.05, 0.83, 0.3);
  cairo_close_path (b->cr);
  ph_brush_fill (b, body);
  ph_brush_polygon (
      b, 4,
      (const double[][2]){
          { -0.45, -0.06 }, { -0.32, roof + 0.07 }, { -0.07, roof + 0.07 }, { -0.07, -0.06 } });
  ph_brush_fill (b, glass);
  ph_brush_polygon (b, 4,
                    (const double[][2]){ { 0, -0.06 },
                                         { 0, roof + 0.07 },
                                         { front - 0.13, roof + 0.07 },
                                         { front + 0.06, -0.06 } });
  ph_brush_fill (b, glass);
  for (int side = -1; side <= 1; side += 2)
    {
      ph_brush_ellipse (b, side * 0.46, 0.3, radius, radius, 0);
      ph_brush_fill (b, (PhPaint){ 0.1, 0.1, 0.12 });
      ph_brush_ellipse (b, side * 0.46, 0.3, radius * 0.5, radius * 0.5, 0);
      ph_brush_fill (b, (PhPaint){ 0.7, 0.7, 0.72 });
    }
  ph_brush_ellipse (b, 0.76, 0.1, 0.05, 0.06, 0);
  ph_brush_fill (b, ph_paint_hsv (0.14, 0.5, 1));
}

void
ph_thing_boat (PhBrush *b)
{
  PhPaint hull = ph_paint_random (b->rng, 0.2, 0.9);
  PhPaint sail = ph_paint_random_away (b->rng, hull, 0.5);
  double mast = ph_brush_between (b, -0.15, 0.1);

  cairo_move_to (b->cr, mast, 0.35);
  cairo_line_to (b->cr, mast, -0.85);
  ph_brush_stroke (b, ph_paint_hsv (0.08, 0.6, 0.35), 0.05);
  ph_brush_polygon (b, 3,
                    (const double[][2]){ { mast + 0.05, -0.8 },
                                         { mast + 0.05, 0.25 },
                                         { mast + ph_brush_between (b, 0.45, 0.65), 0.25 } });
  ph_brush_fill (b, sail);
  ph_brush_polygon (b, 3,
                    (const double[][2]){ { mast - 0.06, -0.65 },
                                         { mast - 0.06, 0.25 },
                                         { mast - ph_brush_between (b, 0.35, 0.5), 0.25 } });
  ph_brush_fill (b, ph_paint_shade (sail, 0.8));
  cairo_move_to (b->cr, -0.75, 0.35);
  cairo_line_to (b->cr, 0.8, 0.35);
  cairo_curve_to (b->cr, 0.7, 0.6, 0.6, 0.75, 0.45, 0.75);
  cairo_line_to (b->cr, -0.45, 0.75);
  cairo_curve_to (b->cr, -0.6, 0.7, -0.7, 0.55, -0.75, 0.35);
  ph_brush_fill (b, hull);
}

void
ph_thing_key (PhBrush *b)
{
  PhPaint metal = ph_paint_hsv (ph_brush_between (b, 0.08, 0.16), ph_brush_between (b, 0, 0.8),
                                ph_brush_between (b, 0.4, 0.95));
  double bow = ph_brush_between (b, 0.2, 0.3), width = ph_brush_between (b, 0.09, 0.14);
  guint teeth = 2 + ph_rng_below (b->rng, 2);

  for (guint i = 0; i < teeth; i++)
    {
      ph_brush_box (b, 0.38 + 0.17 * i, 0, 0.09, ph_brush_between (b, 0.2, 0.32), 0.01);
      ph_brush_fill (b, metal);
    }
  ph_brush_box (b, -0.4, -width / 2, 1.22, width, 0.03);
  ph_brush_fill (b, metal);
  cairo_set_fill_rule (b->cr, CAIRO_FILL_RULE_EVEN_ODD);
  ph_brush_ellipse (b, -0.53, 0, bow, bow * ph_brush_between (b, 0.8, 1.2), 0);
  ph_brush_ellipse (b, -0.57, 0, bow * 0.5, bow * 0.5, 0);
  ph_brush_fill (b, metal);
  cairo_set_fill_rule (b->cr, CAIRO_FILL_RULE_WINDING);
}

void
ph_thing_cup (PhBrush *b)
{
  PhPaint cup = ph_paint_random (b->rng, 0.4, 1);
  PhPaint drink =
      ph_paint_hsv (0.07, ph_brush_between (b, 0.4, 0.8), ph_brush_between (b, 0.2, 0.5));
  double top = ph_brush_between (b, 0.42, 0.55), bottom = top * ph_brush_between (b, 0.6, 0.95);
  double height = ph_brush_between (b, 0.4, 0.6);

  cairo_arc (b->cr, top * 0.95, 0, height * 0.55, -G_PI * 0.5, G_PI * 0.5);
  ph_brush_stroke (b, ph_paint_shade (cup, 0.9), 0.09);
  cairo_move_to (b->cr, -top, -height);
  cairo_line_to (b->cr, -bottom, height * 0.85);
  cairo_curve_to (b->cr, -bottom, height * 1.1, bottom, height * 1.1, bottom, height * 0.85);
  cairo_line_to (b->cr, top, -height);
  cairo_close_path (b->cr);
  ph_brush_fill (b, cup);
  ph_brush_ellipse (b, 0, -height, top, 0.13, 0);
  ph_brush_fill (b, ph_paint_shade (cup, 1.3));
  ph_brush_ellipse (b, 0, -height + 0.02, top * 0.86, 0.09, 0);
  ph_brush_fill (b, drink);
}

static void
hand (PhBrush *b, PhPaint paint, double turn, double length, double width)
{
  cairo_move_to (b->cr, 0, 0);
  cairo_line_to (b->cr, length * sin (turn), -length * cos (turn));
  ph_brush_stroke (b, paint, width);
}

void
ph_thing_clock (PhBrush *b)
{
  PhPaint rim = ph_paint_random (b->rng, 0.2, 0.9);
  PhPaint face = ph_paint_hsv (0.12, ph_brush_between (b, 0, 0.25), ph_brush_between (b, 0.8, 1));
  PhPaint ink = { 0.08, 0.08, 0.1 };
  double hour = ph_brush_between (b, 0, 12);

  ph_brush_ellipse (b, 0, 0, 0.75, 0.75, 0);
  ph_brush_fill (b, rim);
  ph_brush_ellipse (b, 0, 0, 0.64, 0.64, 0);
  ph_brush_fill (b, face);
  for (int i = 0; i < 12; i++)
    {
      double a = 2 * G_PI * i / 12, from = i % 3 == 0 ? 0.46 : 0.52;

      cairo_move_to (b->cr, from * cos (a), from * sin (a));
      cairo_line_to (b->cr, 0.57 * cos (a), 0.57 * sin (a));
      ph_brush_stroke (b, ink, i % 3 == 0 ? 0.05 : 0.025);
    }
  hand (b, ink, 2 * G_PI * hour / 12, 0.3, 0.06);
  hand (b, ink, 2 * G_PI * hour, 0.46, 0.04);
}

void
ph_thing_wheel (PhBrush *b)
{
  PhPaint tyre = ph_paint_hsv (ph_brush_between (b, 0, 1), ph_brush_between (b, 0, 0.4),
                               ph_brush_between (b, 0.05, 0.4));
  PhPaint rim = ph_paint_random_away (b->rng, tyre, 0.6);
  guint spokes = 5 + ph_rng_below (b->rng, 8);
  double turn = ph_brush_between (b, 0, 1), thick = ph_brush_between (b, 0.1, 0.18);

  cairo_new_path (b->cr);
  cairo_arc (b->cr, 0, 0, 0.66, 0, 2 * G_PI);
  ph_brush_stroke (b, tyre, thick);
  cairo_arc (b->cr, 0, 0, 0.66 - thick * 0.7, 0, 2 * G_PI);
  ph_brush_stroke (b, rim, 0.05);
  for (guint i = 0; i < spokes; i++)
    {
      double a = 2 * G_PI * (i + turn) / spokes;

      cairo_move_to (b->cr, 0, 0);
      cairo_line_to (b->cr, 0.55 * cos (a), 0.55 * sin (a));
      ph_brush_stroke (b, rim, 0.045);
    }
  ph_brush_ellipse (b, 0, 0, 0.13, 0.13, 0);
  ph_brush_fill (b, rim);
}

void
ph_thing_ladder (PhBrush *b)
{
  PhPaint wood = ph_paint_hsv (ph_brush_between (b, 0.03, 0.16), ph_brush_between (b, 0.1, 0.8),
                               ph_brush_between (b, 0.3, 0.95));
  guint rungs = 5 + ph_rng_below (b->rng, 4);
  double bottom = ph_brush_between (b, 0.28, 0.38), top = bottom * ph_brush_between (b, 0.7, 1);
  double width = ph_brush_between (b, 0.06, 0.1);

  for (guint i = 0; i < rungs; i++)
    {
      double t = (i + 0.5) / rungs, half = top + (bottom - top) * t;

      cairo_move_to (b->cr, -half, -0.82 + 1.64 * t);
      cairo_line_to (b->cr, half, -0.82 + 1.64 * t);
      ph_brush_stroke (b, ph_paint_shade (wood, 0.85), width * 0.8);
    }
  for (int side = -1; side <= 1; side += 2)
    {
      cairo_move_to (b->cr, side * top, -0.85);
      cairo_line_to (b->cr, side * bottom, 0.85);
      ph_brush_stroke (b, wood, width);
    }
}

void
ph_thing_star (PhBrush *b)
{
  guint points = 5 + ph_rng_below (b->rng, 3);
  double inner = ph_brush_between (b, 0.3, 0.42);

  for (guint i = 0; i < 2 * points; i++)
    {
      double a = G_PI * i / points - G_PI / 2, reach = i % 2 == 0 ? 0.8 : inner;

      cairo_line_to (b->cr, reach * cos (a), reach * sin (a));
    }
  cairo_close_path (b->cr);
  ph_brush_fill (b, ph_paint_random (b->rng, 0.4, 1));
}

void
ph_thing_umbrella (PhBrush *b)
{
  PhPaint first = ph_paint_random (b->rng, 0.4, 1);
  PhPaint second = ph_paint_random_away (b->rng, first, 0.5);
  int parts = 4 + 2 * (int)ph_rng_below (b->rng, 2);

  cairo_move_to (b->cr, 0, -0.3);
  cairo_line_to (b->cr, 0, 0.65);
  cairo_arc_negative (b->cr, 0.12, 0.65, 0.12, G_PI, 0.1);
  ph_brush_stroke (b, ph_paint_hsv (0.08, 0.6, 0.3), 0.055);
  for (int i = 0; i < parts; i++)
    {
      double left = -0.8 + 1.6 * i / parts, right = left + 1.6 / parts;

      cairo_move_to (b->cr, 0, -0.75);
      cairo_curve_to (b->cr, left * 0.75, -0.7, left, -0.35, left, 0.02);
      cairo_curve_to (b->cr, left + 0.08, -0.08, right - 0.08, -0.08, right, 0.02);
      cairo_curve_to (b->cr, right, -0.35, right * 0.75, -0.7, 0, -0.75);
      ph_brush_fill (b, i % 2 == 0 ? first : second);
    }
}
