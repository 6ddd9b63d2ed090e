#pragma once

#include <cairo.h>

#include "base/rng.h"

G_BEGIN_DECLS

/** PhPaint: a colour, 0..1 each. */
typedef struct
{
  double r, g, b;
} PhPaint;

PhPaint ph_paint_hsv (double hue, double saturation, double value);

/** ph_paint_random: any hue; @low, @high: range of the value (brightness). */
PhPaint ph_paint_random (PhRng *rng, double low, double high);

/** ph_paint_random_away: at least @distance (Euclidean, up to 1.7) from @other, if that can be. */
PhPaint ph_paint_random_away (PhRng *rng, PhPaint other, double distance);
PhPaint ph_paint_mix (PhPaint a, PhPaint b, double t);

/** ph_paint_shade: darker below 1, lighter above. */
PhPaint ph_paint_shade (PhPaint paint, double factor);
double ph_paint_distance (PhPaint a, PhPaint b);

/**
 * PhBrush:
 * @light: direction the light comes from, radians
 * @shading: how much darker the far side is, 0..1
 * @outline: width of outlines, 0 for none
 *
 * How the parts of one drawing are painted: with the same light and the same outlines.
 */
typedef struct
{
  cairo_t *cr;
  PhRng *rng;
  double light, shading, outline;
  PhPaint ink;
} PhBrush;

void ph_brush_init (PhBrush *brush, cairo_t *cr, PhRng *rng);

/** ph_brush_between: uniform in [low, high). */
double ph_brush_between (PhBrush *brush, double low, double high);

/** ph_brush_fill: the current path, with light and outline; the path is gone afterwards. */
void ph_brush_fill (PhBrush *brush, PhPaint paint);

/** ph_brush_stroke: the current path as a line of @width with round ends. */
void ph_brush_stroke (PhBrush *brush, PhPaint paint, double width);

/** ph_brush_ellipse: adds a turned ellipse to the path; @angle in radians. */
void ph_brush_ellipse (PhBrush *brush, double x, double y, double rx, double ry, double angle);

/** ph_brush_polygon: adds a closed polygon of @n points (x, y). */
void ph_brush_polygon (PhBrush *brush, guint n, const double (*points)[2]);

/** ph_brush_petal: adds a pointed leaf shape from (x, y) of @length and @width towards @angle. */
void ph_brush_petal (PhBrush *brush, double x, double y, double length, double width, double angle);

/** ph_brush_box: adds a rectangle with corners rounded by @radius. */
void ph_brush_box (PhBrush *brush, double x, double y, double width, double height, double radius);

/** ph_brush_clutter: @n shapes of no meaning, @smallest to @largest in size, anywhere. */
void ph_brush_clutter (PhBrush *brush, guint n, double smallest, double largest);

G_END_DECLS
