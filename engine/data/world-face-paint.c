/* How a face is painted: its parts lie on a ball that turns, so that a turned head shows more of
 * one side, and the nose, which stands out, moves most. */
#include <math.h>

#include "data/world-brush-private.h"
#include "data/world-face-private.h"

/* The head is this high, from the crown to the chin, with the eyes near 0. */
#define CROWN -0.72
#define CHIN 0.66

typedef struct
{
  PhBrush brush;
  const double *a;
  double yaw;   /* radians */
  double width; /* half the head's */
  PhPaint skin, line, hair;
} Face;

/* Place on the ball at @longitude (radians, 0 in the middle of the face). Returns: how much
 * narrower things look there. */
static double
place (const Face *f, double longitude, double *x)
{
  *x = f->width * sin (longitude + f->yaw);
  return MAX (cos (longitude + f->yaw), 0.15);
}

static PhPaint
skin_of (double dark)
{
  static const PhPaint tones[] = { { 0.97, 0.86, 0.78 },
                                   { 0.91, 0.73, 0.59 },
                                   { 0.77, 0.56, 0.41 },
                                   { 0.54, 0.36, 0.25 },
                                   { 0.31, 0.20, 0.14 } };
  double at = dark * (G_N_ELEMENTS (tones) - 1);
  guint i = MIN ((guint)at, G_N_ELEMENTS (tones) - 2);

  return ph_paint_mix (tones[i], tones[i + 1], at - i);
}

static PhPaint
hair_of (double dark, double age, double red)
{
  PhPaint fair = ph_paint_mix ((PhPaint){ 0.88, 0.74, 0.46 }, (PhPaint){ 0.68, 0.32, 0.13 }, red);
  PhPaint hair = ph_paint_mix (fair, (PhPaint){ 0.07, 0.05, 0.05 }, dark);

  return ph_paint_mix (hair, (PhPaint){ 0.82, 0.82, 0.83 }, CLAMP (2.5 * age - 1.4, 0, 1));
}

static void
head_path (Face *f, double grow)
{
  cairo_t *cr = f->brush.cr;
  double w = f->width + grow, top = CROWN - grow, chin = CHIN + grow;
  double jaw = w * 0.62, shift = 0.08 * sin (f->yaw);

  cairo_move_to (cr, 0, top);
  cairo_curve_to (cr, w * 0.75, top, w, -0.35, w, -0.02);
  cairo_curve_to (cr, w, 0.32, jaw + shift, chin, shift, chin);
  cairo_curve_to (cr, -jaw + shift, chin, -w, 0.32, -w, -0.02);
  cairo_curve_to (cr, -w, -0.35, -w * 0.75, top, 0, top);
  cairo_close_path (cr);
}

static void
paint_background (Face *f)
{
  PhBrush *b = &f->brush;
  PhPaint wall = ph_paint_random_away (b->rng, f->skin, 0.35);

  cairo_rectangle (b->cr, -1.1, -1.1, 2.2, 2.2);
  ph_brush_fill (b, wall);
  if (ph_rng_below (b->rng, 2) == 0)
    ph_brush_clutter (b, 3 + ph_rng_below (b->rng, 5), 0.1, 0.4);
}

static void
paint_shoulders (Face *f)
{
  PhBrush *b = &f->brush;

  ph_brush_box (b, -0.2, 0.3, 0.4, 0.75, 0.1);
  ph_brush_fill (b, ph_paint_shade (f->skin, 0.85));
  cairo_move_to (b->cr, -0.95, 1.3);
  cairo_curve_to (b->cr, -0.9, 0.85, -0.45, 0.82, -0.22, 0.76);
  cairo_curve_to (b->cr, -0.1, 0.92, 0.1, 0.92, 0.22, 0.76);
  cairo_curve_to (b->cr, 0.45, 0.82, 0.9, 0.85, 0.95, 1.3);
  cairo_close_path (b->cr);
  ph_brush_fill (b, ph_paint_random (b->rng, 0.15, 0.95));
}

/* Hair: a row of locks around the head, rounder and looser the curlier it is. */
static void
paint_locks (Face *f, double from, double to, double reach, double size)
{
  PhBrush *b = &f->brush;
  double curl = f->a[PH_FACE_HAIR_CURL];

  for (int i = 0; i <= 10; i++)
    {
      double angle = from + (to - from) * i / 10;
      double loose = 1 + 0.12 * curl * ph_brush_between (b, -1, 1);

      ph_brush_ellipse (b, (f->width + reach) * loose * cos (angle),
                        -0.1 + (0.62 + reach) * loose * sin (angle), size,
                        size * (1.5 - 0.5 * curl), angle);
    }
  cairo_set_source_rgb (b->cr, f->hair.r, f->hair.g, f->hair.b);
  cairo_fill (b->cr);
}

static void
paint_hair_behind (Face *f)
{
  double length = f->a[PH_FACE_HAIR_LENGTH];
  PhBrush *b = &f->brush;

  if (length < 0.5)
    return;
  ph_brush_box (b, -f->width - 0.12, -0.6, 2 * f->width + 0.24, 0.5 + 1.3 * length, 0.3);
  ph_brush_fill (b, ph_paint_shade (f->hair, 0.75));
}

static void
paint_hair (Face *f)
{
  double length = f->a[PH_FACE_HAIR_LENGTH];
  PhBrush *b = &f->brush;
  double line = -0.46 + 0.08 * sin (3 * f->a[PH_FACE_HAIR_CURL]), x;

  if (length < 0.12)
    return;
  place (f, 0, &x);
  cairo_save (b->cr);
  head_path (f, 0.05);
  cairo_clip (b->cr);
  cairo_move_to (b->cr, -1, 0.02 + 0.1 * length);
  cairo_line_to (b->cr, -f->width * 0.86 + x * 0.3, -0.12);
  cairo_curve_to (b->cr, -f->width * 0.7 + x, line, -0.1 + x, line - 0.08, x * 1.4, line);
  cairo_curve_to (b->cr, 0.15 + x, line - 0.1, f->width * 0.7 + x, line, f->width * 0.86 + x * 0.3,
                  -0.12);
  cairo_line_to (b->cr, 1, 0.02 + 0.1 * length);
  cairo_line_to (b->cr, 1, -1.1);
  cairo_line_to (b->cr, -1, -1.1);
  cairo_close_path (b->cr);
  ph_brush_fill (b, f->hair);
  cairo_restore (b->cr);
  paint_locks (f, -G_PI * 0.97, -G_PI * 0.03, 0.02, 0.08 + 0.07 * length);
}

static void
paint_beard (Face *f)
{
  double beard = f->a[PH_FACE_BEARD], x;
  PhBrush *b = &f->brush;
  PhPaint paint = ph_paint_shade (f->hair, 0.9);

  if (beard < 0.1)
    return;
  place (f, 0, &x);
  cairo_save (b->cr);
  head_path (f, 0.03 * beard);
  cairo_clip (b->cr);
  cairo_move_to (b->cr, -1, -0.05);
  cairo_line_to (b->cr, -f->width * 0.85 + x * 0.3, 0);
  cairo_curve_to (b->cr, -f->width * 0.75 + x, 0.3, -0.2 + x, 0.28, x, 0.3);
  cairo_curve_to (b->cr, 0.2 + x, 0.28, f->width * 0.75 + x, 0.3, f->width * 0.85 + x * 0.3, 0);
  cairo_line_to (b->cr, 1, -0.05);
  cairo_line_to (b->cr, 1, 1.2);
  cairo_line_to (b->cr, -1, 1.2);
  cairo_close_path (b->cr);
  cairo_set_source_rgba (b->cr, paint.r, paint.g, paint.b, MIN (0.25 + beard, 0.95));
  cairo_fill (b->cr);
  cairo_restore (b->cr);
}

static void
paint_eye (Face *f, int side, PhPaint iris)
{
  PhBrush *b = &f->brush;
  double x, narrow = place (f, side * 0.42, &x);
  double open = f->a[PH_FACE_EYES_OPEN], w = 0.15 * narrow, h = 0.012 + 0.105 * open;
  double gaze_x = 0.055 * narrow * (f->a[PH_FACE_GAZE_X] + 0.3 * f->a[PH_FACE_TURN]);
  double gaze_y = 0.03 * f->a[PH_FACE_GAZE_Y];

  cairo_save (b->cr);
  ph_brush_ellipse (b, x, -0.06, w, h, 0);
  cairo_clip_preserve (b->cr);
  cairo_set_source_rgb (b->cr, 0.97, 0.96, 0.94);
  cairo_fill (b->cr);
  ph_brush_ellipse (b, x + gaze_x, -0.06 + gaze_y, 0.072 * narrow, 0.072, 0);
  cairo_set_source_rgb (b->cr, iris.r, iris.g, iris.b);
  cairo_fill (b->cr);
  ph_brush_ellipse (b, x + gaze_x, -0.06 + gaze_y, 0.036 * narrow, 0.036, 0);
  cairo_set_source_rgb (b->cr, 0.02, 0.02, 0.02);
  cairo_fill (b->cr);
  cairo_restore (b->cr);
  /* The upper lid. */
  cairo_save (b->cr);
  cairo_translate (b->cr, x, -0.06);
  cairo_scale (b->cr, w, h);
  cairo_arc (b->cr, 0, 0, 1, G_PI, 2 * G_PI);
  cairo_restore (b->cr);
  ph_brush_stroke (b, f->line, 0.03);
}

static void
paint_brow (Face *f, int side)
{
  PhBrush *b = &f->brush;
  double inner, outer, y = -0.25 - 0.11 * f->a[PH_FACE_BROWS_UP];
  double slant = 0.1 * f->a[PH_FACE_BROWS_SLANT];
  double thick = 0.045;

  place (f, side * 0.16, &inner);
  place (f, side * 0.66, &outer);
  cairo_move_to (b->cr, inner, y - slant);
  cairo_curve_to (b->cr, inner + (outer - inner) * 0.4, y - 0.05 - slant * 0.3,
                  inner + (outer - inner) * 0.7, y - 0.05, outer, y + 0.02 + slant * 0.4);
  ph_brush_stroke (b, ph_paint_shade (f->hair, 0.6), thick);
}

static void
paint_nose (Face *f)
{
  PhBrush *b = &f->brush;
  double root, x, tip, lift = 0.04 * f->a[PH_FACE_NOSE_WRINKLED];
  int towards = f->yaw < 0 ? -1 : 1;

  place (f, 0, &root);
  tip = 1.35 * root;
  cairo_move_to (b->cr, root + 0.03 * towards, -0.05);
  cairo_line_to (b->cr, tip + 0.09 * towards, 0.2 - lift);
  cairo_curve_to (b->cr, tip + 0.09 * towards, 0.25 - lift, tip - 0.05 * towards, 0.25 - lift,
                  tip - 0.09 * towards, 0.22 - lift);
  ph_brush_stroke (b, f->line, 0.028);
  if (f->a[PH_FACE_NOSE_WRINKLED] < 0.25)
    return;
  for (int i = 0; i < 3; i++)
    {
      x = root + 0.02 * (i - 1);
      cairo_move_to (b->cr, x - 0.07, -0.02 + 0.055 * i);
      cairo_curve_to (b->cr, x - 0.03, -0.05 + 0.055 * i, x + 0.03, -0.05 + 0.055 * i, x + 0.07,
                      -0.02 + 0.055 * i);
      ph_brush_stroke (b, f->line, 0.008 + 0.014 * f->a[PH_FACE_NOSE_WRINKLED]);
    }
}

static void
paint_mouth (Face *f)
{
  PhBrush *b = &f->brush;
  double smile = f->a[PH_FACE_SMILE], open = f->a[PH_FACE_MOUTH_OPEN];
  double half = 0.3 + 0.1 * smile - 0.1 * open * (smile < 0.3), left, right, x;
  double y = 0.42, corner = y - 0.11 * smile, upper = y + 0.07 * smile - 0.06 * open;
  double lower = y + 0.1 * smile + 0.3 * open;
  PhPaint lip = ph_paint_mix (f->skin, (PhPaint){ 0.6, 0.15, 0.18 }, 0.55);

  upper -= 0.07 * f->a[PH_FACE_NOSE_WRINKLED];
  place (f, 0, &x);
  place (f, -half, &left);
  place (f, half, &right);
  cairo_move_to (b->cr, left, corner);
  cairo_curve_to (b->cr, x - 0.1, upper, x + 0.1, upper, right, corner);
  cairo_curve_to (b->cr, x + 0.12, lower, x - 0.12, lower, left, corner);
  cairo_close_path (b->cr);
  cairo_save (b->cr);
  cairo_clip_preserve (b->cr);
  cairo_set_source_rgb (b->cr, 0.25, 0.05, 0.06);
  cairo_fill_preserve (b->cr);
  /* Teeth hang from the upper lip. */
  if (open > 0.15)
    {
      cairo_rectangle (b->cr, left, upper - 0.1, right - left, 0.13 + 0.05 * open);
      cairo_set_source_rgb (b->cr, 0.96, 0.95, 0.9);
      cairo_fill (b->cr);
    }
  cairo_restore (b->cr);
  cairo_move_to (b->cr, left, corner);
  cairo_curve_to (b->cr, x - 0.1, upper, x + 0.1, upper, right, corner);
  cairo_curve_to (b->cr, x + 0.12, lower, x - 0.12, lower, left, corner);
  cairo_close_path (b->cr);
  ph_brush_stroke (b, lip, 0.045);
}

/* Lines that a smile or the years draw: beside the mouth, on the brow, at the eyes. */
static void
paint_lines (Face *f)
{
  PhBrush *b = &f->brush;
  double age = f->a[PH_FACE_AGE], smile = MAX (f->a[PH_FACE_SMILE], 0);
  double x, depth = CLAMP (0.7 * age + 0.5 * smile - 0.25, 0, 1);

  if (depth > 0)
    for (int side = -1; side <= 1; side += 2)
      {
        place (f, side * 0.33, &x);
        cairo_move_to (b->cr, x * 0.8, 0.2);
        cairo_curve_to (b->cr, x, 0.24, x * 1.15, 0.32, x * 1.1, 0.42);
        ph_brush_stroke (b, ph_paint_mix (f->skin, f->line, depth), 0.02);
      }
  for (int i = 0; i < 3 && age > 0.45; i++)
    {
      double left, right;

      place (f, -0.4, &left);
      place (f, 0.4, &right);
      cairo_move_to (b->cr, left, -0.42 + 0.055 * i);
      cairo_curve_to (b->cr, left * 0.4 + right * 0.1, -0.44 + 0.055 * i, right * 0.5,
                      -0.44 + 0.055 * i, right, -0.42 + 0.055 * i);
      ph_brush_stroke (b, ph_paint_mix (f->skin, f->line, age - 0.35), 0.016);
    }
}

static void
paint_glasses (Face *f)
{
  PhBrush *b = &f->brush;
  PhPaint frame = ph_paint_random (b->rng, 0, 0.45);
  double roundness = ph_brush_between (b, 0.05, 0.16), bridge[2], edge;

  if (f->a[PH_FACE_GLASSES] < 0.5)
    return;
  for (int side = -1; side <= 1; side += 2)
    {
      double x, narrow = place (f, side * 0.42, &x), w = 0.2 * narrow;

      ph_brush_box (b, x - w, -0.2, 2 * w, 0.29, roundness);
      cairo_set_source_rgba (b->cr, 0.8, 0.9, 1, 0.18);
      cairo_fill_preserve (b->cr);
      ph_brush_stroke (b, frame, 0.035);
      bridge[side > 0] = x - side * w;
      place (f, side * 1.35, &edge);
      cairo_move_to (b->cr, x + side * w, -0.12);
      cairo_line_to (b->cr, edge, -0.1);
      ph_brush_stroke (b, frame, 0.03);
    }
  cairo_move_to (b->cr, bridge[0], -0.08);
  cairo_curve_to (b->cr, bridge[0] + 0.03, -0.13, bridge[1] - 0.03, -0.13, bridge[1], -0.08);
  ph_brush_stroke (b, frame, 0.03);
}

static void
paint_ear (Face *f, int side)
{
  PhBrush *b = &f->brush;
  double x;

  if (side * f->yaw > 0.25)
    return; /* turned away */
  place (f, side * 1.4, &x);
  ph_brush_ellipse (b, x, 0.02, 0.07, 0.13, side * 0.15);
  ph_brush_fill (b, ph_paint_shade (f->skin, 0.92));
}

void
ph_face_paint (cairo_t *cr, const double *attributes, PhRng *rng)
{
  Face face = { .a = attributes };
  PhBrush *b = &face.brush;
  PhPaint iris;
  double size, outline;

  ph_brush_init (b, cr, rng);
  outline = b->outline * 0.6;
  b->light = -G_PI / 2 + 1.1 * attributes[PH_FACE_LIGHT];
  b->shading = 0.15 + 0.2 * fabs (attributes[PH_FACE_LIGHT]);
  face.yaw = 0.6 * attributes[PH_FACE_TURN];
  face.width = 0.48 + 0.1 * attributes[PH_FACE_WIDTH];
  face.skin = skin_of (attributes[PH_FACE_SKIN_DARK]);
  face.line = ph_paint_shade (face.skin, 0.45);
  face.hair =
      hair_of (attributes[PH_FACE_HAIR_DARK], attributes[PH_FACE_AGE], ph_rng_uniform (rng, 0, 1));
  iris = ph_paint_hsv (ph_rng_uniform (rng, 0.05, 0.6), ph_rng_uniform (rng, 0.3, 0.8),
                       ph_rng_uniform (rng, 0.2, 0.6));
  b->outline = 0;
  paint_background (&face);
  size = ph_rng_uniform (rng, 0.9, 1.12);
  cairo_save (cr);
  cairo_translate (cr, ph_rng_uniform (rng, -0.1, 0.1), ph_rng_uniform (rng, -0.08, 0.08));
  cairo_scale (cr, size, size);
  paint_hair_behind (&face);
  b->outline = outline;
  paint_shoulders (&face);
  cairo_translate (cr, 0, 0.6);
  cairo_rotate (cr, 0.3 * attributes[PH_FACE_TILT]);
  cairo_translate (cr, 0, -0.6);
  for (int side = -1; side <= 1; side += 2)
    paint_ear (&face, side);
  head_path (&face, 0);
  ph_brush_fill (b, face.skin);
  b->outline = 0;
  paint_beard (&face);
  paint_lines (&face);
  paint_mouth (&face);
  for (int side = -1; side <= 1; side += 2)
    {
      paint_eye (&face, side, iris);
      paint_brow (&face, side);
    }
  paint_nose (&face);
  paint_hair (&face);
  paint_glasses (&face);
  cairo_restore (cr);
}
