/* Things that grow or live, around the origin, within about -0.8 to 0.8, y down. */
#include <math.h>

#include "data/world-thing-private.h"

void
ph_thing_flower (PhBrush *b)
{
  guint n = 5 + ph_rng_below (b->rng, 5);
  PhPaint petals = ph_paint_hsv (ph_brush_between (b, 0.72, 1.2), ph_brush_between (b, 0.3, 0.95),
                                 ph_brush_between (b, 0.7, 1));
  PhPaint stem =
      ph_paint_hsv (ph_brush_between (b, 0.22, 0.4), 0.7, ph_brush_between (b, 0.3, 0.7));
  double bend = ph_brush_between (b, -0.25, 0.25), turn = ph_brush_between (b, 0, 1);
  double length = ph_brush_between (b, 0.34, 0.45), width = ph_brush_between (b, 0.18, 0.3);

  cairo_move_to (b->cr, 0, -0.25);
  cairo_curve_to (b->cr, bend, 0.2, bend, 0.5, 0, 0.82);
  ph_brush_stroke (b, stem, 0.07);
  ph_brush_petal (b, bend * 0.6, 0.5, 0.4, 0.22, ph_brush_between (b, -0.9, -0.3));
  ph_brush_fill (b, stem);
  for (guint i = 0; i < n; i++)
    {
      ph_brush_petal (b, 0, -0.3, length, width, 2 * G_PI * (i + turn) / n);
      ph_brush_fill (b, petals);
    }
  ph_brush_ellipse (b, 0, -0.3, 0.13, 0.13, 0);
  ph_brush_fill (b, ph_paint_random_away (b->rng, petals, 0.6));
}

void
ph_thing_tree (PhBrush *b)
{
  PhPaint trunk = ph_paint_hsv (ph_brush_between (b, 0.04, 0.1), ph_brush_between (b, 0.4, 0.8),
                                ph_brush_between (b, 0.2, 0.5));
  PhPaint leaves = ph_paint_hsv (ph_brush_between (b, 0.08, 0.42), ph_brush_between (b, 0.5, 0.9),
                                 ph_brush_between (b, 0.3, 0.8));
  double width = ph_brush_between (b, 0.07, 0.12);

  ph_brush_polygon (
      b, 4,
      (const double[][2]){
          { -width, 0.82 }, { width, 0.82 }, { width * 0.7, -0.1 }, { -width * 0.7, -0.1 } });
  ph_brush_fill (b, trunk);
  if (ph_rng_below (b->rng, 2) == 0)
    for (int i = 0; i < 3; i++)
      {
        double top = -0.85 + 0.32 * i, half = 0.3 + 0.12 * i;

        ph_brush_polygon (
            b, 3, (const double[][2]){ { 0, top }, { half, top + 0.55 }, { -half, top + 0.55 } });
        ph_brush_fill (b, leaves);
      }
  else
    for (int i = 0; i < 7; i++)
      {
        double angle = 2 * G_PI * i / 6, reach = i == 6 ? 0 : 0.26;

        ph_brush_ellipse (b, reach * cos (angle), -0.32 + reach * sin (angle),
                          ph_brush_between (b, 0.24, 0.34), ph_brush_between (b, 0.22, 0.3), 0);
        ph_brush_fill (b, ph_paint_shade (leaves, ph_brush_between (b, 0.85, 1.1)));
      }
}

void
ph_thing_fish (PhBrush *b)
{
  PhPaint body = ph_paint_random (b->rng, 0.4, 1);
  PhPaint fins = ph_paint_random_away (b->rng, body, 0.4);
  double height = ph_brush_between (b, 0.28, 0.42);

  ph_brush_polygon (b, 4,
                    (const double[][2]){ { 0.4, 0 }, { 0.82, -0.36 }, { 0.7, 0 }, { 0.82, 0.36 } });
  ph_brush_fill (b, fins);
  ph_brush_polygon (b, 3,
                    (const double[][2]){ { -0.2, -height * 0.8 },
                                         { 0.3, -height * 0.7 },
                                         { 0.15, -height - 0.22 } });
  ph_brush_fill (b, fins);
  cairo_move_to (b->cr, -0.75, 0);
  cairo_curve_to (b->cr, -0.45, -height * 1.4, 0.15, -height * 1.2, 0.55, 0);
  cairo_curve_to (b->cr, 0.15, height * 1.2, -0.45, height * 1.4, -0.75, 0);
  ph_brush_fill (b, body);
  ph_brush_petal (b, -0.12, 0.06, 0.32, 0.2, 0.5);
  ph_brush_fill (b, fins);
  cairo_arc (b->cr, -0.15, 0, 0.42, G_PI * 0.83, G_PI * 1.17);
  ph_brush_stroke (b, ph_paint_shade (body, 0.5), 0.025);
  ph_thing_eye (b, -0.5, -0.07, 0.075);
}

void
ph_thing_bird (PhBrush *b)
{
  PhPaint body = ph_paint_random (b->rng, 0.3, 1);
  PhPaint wing = ph_paint_mix (body, ph_paint_random_away (b->rng, body, 0.5), 0.7);
  PhPaint beak = ph_paint_hsv (ph_brush_between (b, 0.03, 0.15), 0.9, 0.9);

  for (int i = 0; i < 2; i++)
    {
      cairo_move_to (b->cr, 0.02 + 0.16 * i, 0.3);
      cairo_line_to (b->cr, 0.0 + 0.16 * i, 0.78);
      cairo_line_to (b->cr, -0.13 + 0.16 * i, 0.8);
      ph_brush_stroke (b, beak, 0.045);
    }
  ph_brush_polygon (
      b, 4, (const double[][2]){ { 0.3, 0.0 }, { 0.85, -0.25 }, { 0.88, 0.0 }, { 0.35, 0.25 } });
  ph_brush_fill (b, wing);
  ph_brush_ellipse (b, 0.05, 0.1, 0.48, 0.32, -0.25);
  ph_brush_fill (b, body);
  ph_brush_polygon (b, 3,
                    (const double[][2]){ { -0.58, -0.42 }, { -0.6, -0.25 }, { -0.86, -0.28 } });
  ph_brush_fill (b, beak);
  ph_brush_ellipse (b, -0.42, -0.36, 0.25, 0.24, 0);
  ph_brush_fill (b, body);
  ph_brush_petal (b, -0.2, 0.0, ph_brush_between (b, 0.55, 0.7), 0.36,
                  ph_brush_between (b, -0.3, 0.5));
  ph_brush_fill (b, wing);
  ph_thing_eye (b, -0.48, -0.42, 0.06);
}

void
ph_thing_cat (PhBrush *b)
{
  PhPaint fur = ph_paint_hsv (ph_brush_between (b, 0.02, 0.14), ph_brush_between (b, 0, 0.7),
                              ph_brush_between (b, 0.2, 1));
  PhPaint inner = ph_paint_hsv (ph_brush_between (b, 0.95, 1.05), 0.4, 0.9);
  PhPaint iris = ph_paint_hsv (ph_brush_between (b, 0.1, 0.55), 0.8, 0.9);
  PhPaint whisker =
      fur.r + fur.g + fur.b > 1.5 ? (PhPaint){ 0.1, 0.1, 0.1 } : (PhPaint){ 0.9, 0.9, 0.9 };
  double slit = ph_brush_between (b, 0.02, 0.06);

  for (int side = -1; side <= 1; side += 2)
    {
      ph_brush_polygon (b, 3,
                        (const double[][2]){ { side * 0.16, -0.45 },
                                             { side * 0.62, -0.1 },
                                             { side * 0.58, -0.82 } });
      ph_brush_fill (b, fur);
      ph_brush_polygon (b, 3,
                        (const double[][2]){ { side * 0.3, -0.42 },
                                             { side * 0.54, -0.25 },
                                             { side * 0.52, -0.65 } });
      ph_brush_fill (b, inner);
    }
  ph_brush_ellipse (b, 0, 0.08, 0.64, 0.56, 0);
  ph_brush_fill (b, fur);
  for (int side = -1; side <= 1; side += 2)
    {
      ph_brush_ellipse (b, side * 0.27, -0.04, 0.15, 0.12, side * -0.2);
      ph_brush_fill (b, iris);
      ph_brush_ellipse (b, side * 0.27, -0.04, slit, 0.11, 0);
      ph_brush_fill (b, (PhPaint){ 0.02, 0.02, 0.02 });
      for (int i = -1; i <= 1; i++)
        {
          cairo_move_to (b->cr, side * 0.2, 0.28);
          cairo_line_to (b->cr, side * 0.78, 0.28 + 0.13 * i);
          ph_brush_stroke (b, whisker, 0.02);
        }
    }
  ph_brush_polygon (b, 3, (const double[][2]){ { -0.08, 0.17 }, { 0.08, 0.17 }, { 0, 0.26 } });
  ph_brush_fill (b, inner);
  cairo_move_to (b->cr, -0.15, 0.4);
  cairo_curve_to (b->cr, -0.1, 0.46, 0, 0.42, 0, 0.26);
  cairo_curve_to (b->cr, 0, 0.42, 0.1, 0.46, 0.15, 0.4);
  ph_brush_stroke (b, whisker, 0.025);
}

void
ph_thing_leaf (PhBrush *b)
{
  PhPaint leaf = ph_paint_hsv (ph_brush_between (b, 0.02, 0.42), ph_brush_between (b, 0.5, 0.95),
                               ph_brush_between (b, 0.35, 0.9));
  PhPaint vein = ph_paint_shade (leaf, ph_rng_below (b->rng, 2) == 0 ? 0.5 : 1.5);
  double width = ph_brush_between (b, 0.6, 0.95);

  cairo_move_to (b->cr, 0, 0.5);
  cairo_line_to (b->cr, 0.05, 0.85);
  ph_brush_stroke (b, vein, 0.06);
  cairo_save (b->cr);
  cairo_translate (b->cr, 0, 0.55);
  ph_brush_petal (b, 0, 0, 1.38, width, -G_PI / 2);
  cairo_restore (b->cr);
  ph_brush_fill (b, leaf);
  cairo_move_to (b->cr, 0, 0.5);
  cairo_line_to (b->cr, 0, -0.7);
  ph_brush_stroke (b, vein, 0.035);
  for (int i = 0; i < 4; i++)
    for (int side = -1; side <= 1; side += 2)
      {
        double y = 0.35 - 0.25 * i;

        cairo_move_to (b->cr, 0, y);
        cairo_line_to (b->cr, side * width * (0.26 - 0.035 * i), y - 0.2);
        ph_brush_stroke (b, vein, 0.022);
      }
}

void
ph_thing_mushroom (PhBrush *b)
{
  PhPaint cap = ph_paint_random (b->rng, 0.4, 0.95);
  PhPaint stem =
      ph_paint_hsv (0.12, ph_brush_between (b, 0.05, 0.3), ph_brush_between (b, 0.75, 1));
  double width = ph_brush_between (b, 0.14, 0.22), brim = ph_brush_between (b, 0.55, 0.75);

  cairo_move_to (b->cr, -width * 0.8, -0.1);
  cairo_curve_to (b->cr, -width, 0.3, -width * 1.3, 0.6, -width * 1.3, 0.8);
  cairo_line_to (b->cr, width * 1.3, 0.8);
  cairo_curve_to (b->cr, width * 1.3, 0.6, width, 0.3, width * 0.8, -0.1);
  ph_brush_fill (b, stem);
  cairo_move_to (b->cr, -brim, 0.02);
  cairo_curve_to (b->cr, -brim, -0.9, brim, -0.9, brim, 0.02);
  cairo_curve_to (b->cr, brim * 0.5, 0.14, -brim * 0.5, 0.14, -brim, 0.02);
  ph_brush_fill (b, cap);
  for (int i = 0; i < 5; i++)
    {
      ph_brush_ellipse (b, brim * (-0.55 + 0.28 * i), i % 2 == 0 ? -0.2 : -0.42,
                        ph_brush_between (b, 0.05, 0.09), 0.06, 0);
      ph_brush_fill (b, stem);
    }
}

void
ph_thing_butterfly (PhBrush *b)
{
  PhPaint wing = ph_paint_random (b->rng, 0.5, 1);
  PhPaint spot = ph_paint_random_away (b->rng, wing, 0.6);
  PhPaint body = ph_paint_hsv (0.08, 0.4, ph_brush_between (b, 0.1, 0.35));
  double spread = ph_brush_between (b, 0.6, 0.8), open = ph_brush_between (b, 0.35, 0.6);

  for (int side = -1; side <= 1; side += 2)
    {
      cairo_save (b->cr);
      cairo_scale (b->cr, side, 1);
      ph_brush_petal (b, 0, 0.05, 0.62, 0.5, 0.75);
      ph_brush_fill (b, spot);
      ph_brush_petal (b, 0, 0.05, spread + 0.15, 0.72, -open);
      ph_brush_fill (b, wing);
      ph_brush_ellipse (b, 0.5 * cos (open), 0.05 - 0.5 * sin (open), 0.11, 0.11, 0);
      ph_brush_fill (b, spot);
      cairo_move_to (b->cr, 0, -0.4);
      cairo_curve_to (b->cr, 0.05, -0.6, 0.15, -0.65, 0.2, -0.7);
      ph_brush_stroke (b, body, 0.025);
      cairo_restore (b->cr);
    }
  ph_brush_ellipse (b, 0, 0.05, 0.07, 0.48, 0);
  ph_brush_fill (b, body);
}
