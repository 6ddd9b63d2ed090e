/* Textures: each is a function of the place, 0 paper to 1 ink, whose pattern repeats about once in
 * a unit. They are turned, scaled and warped by chance before they are looked up. */
#include <math.h>

#include "data/world-texture-private.h"

/* @u, @v: the place; @blur: size of a pixel; @salt: of the picture's own randomness; @a: a number
 * 0..1 that varies the pattern from picture to picture. */
typedef struct
{
  double u, v, blur, a;
  guint32 salt;
} Spot;

static double
hash (guint32 salt, int i, int j)
{
  guint32 h = salt ^ ((guint32)i * 0x9e3779b1u) ^ ((guint32)j * 0x85ebca77u);

  h = (h ^ (h >> 15)) * 0x2c1b3c6du;
  h = (h ^ (h >> 12)) * 0x297a2d39u;
  return (h ^ (h >> 15)) / 4294967296.0;
}

/* 1 below zero, 0 above, over about a pixel. */
static double
inside (const Spot *s, double distance)
{
  return CLAMP (0.5 - distance / s->blur, 0, 1);
}

static double
fraction (double x)
{
  return x - floor (x);
}

/* 0 at whole numbers, 0.5 between them. */
static double
to_whole (double x)
{
  return fabs (x - round (x));
}

static double
noise (guint32 salt, double u, double v)
{
  int i = (int)floor (u), j = (int)floor (v);
  double x = u - i, y = v - j;

  x = x * x * (3 - 2 * x);
  y = y * y * (3 - 2 * y);
  return (hash (salt, i, j) * (1 - x) + hash (salt, i + 1, j) * x) * (1 - y) +
         (hash (salt, i, j + 1) * (1 - x) + hash (salt, i + 1, j + 1) * x) * y;
}

static double
rough_noise (guint32 salt, double u, double v)
{
  return (noise (salt, u, v) * 4 + noise (salt + 1, 2 * u, 2 * v) * 2 +
          noise (salt + 2, 4 * u, 4 * v)) /
         7;
}

/* Distances to the nearest and second nearest of points scattered one to a cell. */
static void
scattered (const Spot *s, double *nearest, double *second, double *cell)
{
  int i0 = (int)floor (s->u), j0 = (int)floor (s->v);

  *nearest = *second = 9;
  for (int j = j0 - 1; j <= j0 + 1; j++)
    for (int i = i0 - 1; i <= i0 + 1; i++)
      {
        double x = i + 0.15 + 0.7 * hash (s->salt, i, j) - s->u;
        double y = j + 0.15 + 0.7 * hash (s->salt + 7, i, j) - s->v;
        double d = sqrt (x * x + y * y);

        if (d < *nearest)
          {
            *second = *nearest;
            *nearest = d;
            *cell = hash (s->salt + 13, i, j);
          }
        else if (d < *second)
          *second = d;
      }
}

static double
stripes (const Spot *s)
{
  return inside (s, to_whole (s->u) - 0.15 - 0.2 * s->a);
}

static double
checks (const Spot *s)
{
  double x = to_whole (s->u / 2) - 0.25, y = to_whole (s->v / 2) - 0.25;

  return inside (s,
                 (x > 0) == (y > 0) ? MIN (fabs (x), fabs (y)) * 2 : -MIN (fabs (x), fabs (y)) * 2);
}

static double
dots (const Spot *s)
{
  double x = fraction (s->u) - 0.5, y = fraction (s->v) - 0.5;

  return inside (s, sqrt (x * x + y * y) - 0.22 - 0.15 * s->a);
}

static double
rings (const Spot *s)
{
  return inside (s, to_whole (sqrt (s->u * s->u + s->v * s->v)) - 0.15 - 0.2 * s->a);
}

static double
spiral (const Spot *s)
{
  double turn = atan2 (s->v, s->u) / (2 * G_PI) * (s->a < 0.5 ? 1 : 2);

  return inside (s, to_whole (sqrt (s->u * s->u + s->v * s->v) - turn) - 0.24);
}

static double
waves (const Spot *s)
{
  return inside (s, to_whole (s->v + 0.45 * sin (s->u * (1.2 + s->a))) - 0.22);
}

static double
zigzag (const Spot *s)
{
  return inside (s, to_whole (s->v + (0.9 + s->a) * to_whole (s->u / 1.6)) - 0.22);
}

/* How far the place lies from the middle of its hexagon, 0.5 at the edge; rows are sqrt 3 / 2
 * apart. */
static double
hexagon (double u, double v, int *i, int *j)
{
  double row = sqrt (3) / 2, best = 9;

  for (int b = (int)floor (v / row); b <= (int)floor (v / row) + 1; b++)
    for (int a = (int)floor (u) - 1; a <= (int)floor (u) + 1; a++)
      {
        double x = fabs (u - a - (b & 1) * 0.5), y = fabs (v - b * row);
        double d = MAX (x, x * 0.5 + y * row);

        if (d < best)
          {
            best = d;
            *i = a;
            *j = b;
          }
      }
  return best;
}

static double
honeycomb (const Spot *s)
{
  int i, j;

  return 1 - inside (s, hexagon (s->u, s->v, &i, &j) - 0.4 + 0.06 * s->a);
}

static double
bricks (const Spot *s)
{
  double row = s->v * 1.5, x = s->u * 0.6 + 0.5 * ((int)floor (row) & 1);
  double edge = MIN (to_whole (x) / 0.6, to_whole (row) / 1.5);
  double shade = 0.25 * hash (s->salt, (int)floor (x), (int)floor (row));

  return (1 - inside (s, edge - 0.05 - 0.03 * s->a)) * (1 - shade);
}

static double
scales (const Spot *s)
{
  /* The lowest row that covers the place wins: rows overlap upwards. */
  for (int row = (int)floor (s->v * 2) - 1;; row++)
    {
      double x = fraction (s->u + 0.5 * (row & 1)) - 0.5, y = s->v - row / 2.0;
      double d = sqrt (x * x + y * y);

      if (d < 0.56 || row > s->v * 2 + 1)
        return CLAMP (inside (s, d - 0.47) * (0.5 + 0.9 * d), 0, 1);
    }
}

static double
weave (const Spot *s)
{
  double x = fraction (s->u) - 0.5, y = fraction (s->v) - 0.5;
  gboolean over = (((int)floor (s->u) + (int)floor (s->v)) & 1) != 0;
  double across = over ? x : y, along = over ? y : x;
  double strand = inside (s, fabs (across) - 0.38);
  double round = sqrt (MAX (0, 1 - 5 * across * across)) * (1 - 1.2 * along * along);

  return strand * (0.25 + 0.75 * round) * (over ? 1 : 0.75);
}

static double
fur (const Spot *s)
{
  double bend = 1.2 * noise (s->salt + 5, s->u * 0.5, s->v * 0.5);
  double strokes = noise (s->salt, s->u * 6 + 4 * bend, s->v * 0.9);

  return CLAMP (0.5 + 2.2 * (strokes * 0.8 + 0.2 * noise (s->salt + 3, s->u * 13, s->v * 2) - 0.5),
                0, 1);
}

static double
clouds (const Spot *s)
{
  return CLAMP (0.5 + 2.2 * (rough_noise (s->salt, s->u * 0.7, s->v * 0.7) - 0.5), 0, 1);
}

static double
marble (const Spot *s)
{
  double vein = sin (G_PI * (s->u * 0.7 + 4.5 * rough_noise (s->salt, s->u * 0.5, s->v * 0.5)));

  return pow (1 - fabs (vein), 1.2 + s->a);
}

static double
cracks (const Spot *s)
{
  double nearest, second, cell = 0;

  scattered (s, &nearest, &second, &cell);
  return (1 - inside (s, second - nearest - 0.1 - 0.06 * s->a)) * (0.75 + 0.25 * cell);
}

static double
leopard (const Spot *s)
{
  double nearest, second, cell = 0;
  double ragged = 0.25 * (noise (s->salt + 9, s->u * 4, s->v * 4) - 0.5);

  scattered (s, &nearest, &second, &cell);
  return inside (s, fabs (nearest + ragged - 0.28) - 0.09 - 0.04 * s->a) *
         (noise (s->salt + 17, s->u * 2.6, s->v * 2.6) > 0.3 ? 1 : 0.1);
}

static double
triangles (const Spot *s)
{
  double y = s->v / (sqrt (3) / 2), x = s->u - 0.5 * y;
  double fx = fraction (x), fy = fraction (y);

  return inside (s, (fx + fy - 1) * 0.6);
}

static double
plaid (const Spot *s)
{
  double x = to_whole (s->u / 2), y = to_whole (s->v / 2);
  double broad = inside (s, x - 0.16) + inside (s, y - 0.16);
  double thin = inside (s, fabs (x - 0.35) - 0.03) + inside (s, fabs (y - 0.35) - 0.03);

  return CLAMP (0.45 * broad + 0.5 * s->a * thin, 0, 1);
}

typedef double (*Texture) (const Spot *spot);

static const Texture textures[] = {
#define TEXTURE(name) name,
  PH_TEXTURES (TEXTURE)
#undef TEXTURE
};

/* Patterns around one point keep it in sight; all others start anywhere. */
static gboolean
has_centre (guint number)
{
  return number == PH_TEXTURE_rings || number == PH_TEXTURE_spiral;
}

void
ph_world_paint_texture (cairo_t *cr, PhRng *rng, guint number, double depth)
{
  int size;
  double scale, x_scale = 1, y_scale = 1;
  double angle = ph_rng_uniform (rng, 0, 2 * G_PI), period = ph_rng_uniform (rng, 3.2, 8);
  double stretch = ph_rng_uniform (rng, 0.8, 1.25), shear = ph_rng_uniform (rng, -0.25, 0.25);
  double bulge = ph_rng_uniform (rng, 0, 0.12), wave = ph_rng_uniform (rng, 1.5, 4);
  double x0 = ph_rng_uniform (rng, -0.6, 0.6), y0 = ph_rng_uniform (rng, -0.6, 0.6);
  PhPaint paper = ph_paint_random (rng, 0.15, 1);
  PhPaint ink = ph_paint_mix (paper, ph_paint_random_away (rng, paper, 0.6), depth);
  Spot spot = { .a = ph_rng_uniform (rng, 0, 1), .salt = ph_rng_next (rng) };
  double shift = has_centre (number) ? 0 : 50;
  cairo_surface_t *surface;

  /* As many pixels as the picture has, so that nothing is drawn for nothing. */
  cairo_user_to_device_distance (cr, &x_scale, &y_scale);
  size = CLAMP ((int)ceil (2 * x_scale), 8, 1024);
  scale = 2.0 / size;
  spot.blur = 1.5 * scale * period / 2;

  surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, size, size);
  if (cairo_surface_status (surface) == CAIRO_STATUS_SUCCESS)
    for (int row = 0; row < size; row++)
      {
        guint32 *to = (guint32 *)(cairo_image_surface_get_data (surface) +
                                  (gsize)row * (gsize)cairo_image_surface_get_stride (surface));

        for (int column = 0; column < size; column++)
          {
            double x = (column + 0.5) * scale - 1 - x0, y = (row + 0.5) * scale - 1 - y0;
            double bx = x + bulge * sin (wave * y), by = y + bulge * sin (wave * x + 1);
            double t;
            PhPaint p;

            spot.u = (bx * cos (angle) - by * sin (angle)) * period / 2 * stretch + shift;
            spot.v = (bx * sin (angle) + by * cos (angle)) * period / 2 + shift;
            spot.u += shear * (spot.v - shift);
            t = textures[number](&spot);
            p = ph_paint_mix (paper, ink, t);
            to[column] = (guint32)(p.r * 255 + 0.5) << 16 | (guint32)(p.g * 255 + 0.5) << 8 |
                         (guint32)(p.b * 255 + 0.5);
          }
      }
  cairo_surface_mark_dirty (surface);
  cairo_save (cr);
  cairo_translate (cr, -1, -1);
  cairo_scale (cr, scale, scale);
  cairo_set_source_surface (cr, surface, 0, 0);
  cairo_paint (cr);
  cairo_restore (cr);
  cairo_surface_destroy (surface);
}
