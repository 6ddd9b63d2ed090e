/* The world of textures and things: what a photograph network also knows, in kind. */
#include <math.h>

#include "data/world.h"

#include "data/world-texture-private.h"
#include "data/world-thing-private.h"

static void (*const things[]) (PhBrush *b) = {
#define THING(name) ph_thing_##name,
  PH_THINGS (THING)
#undef THING
};

static const char *const classes[] = {
#define NAME(name) #name,
  PH_TEXTURES (NAME) PH_THINGS (NAME)
#undef NAME
      NULL
};

void
ph_thing_eye (PhBrush *b, double x, double y, double radius)
{
  ph_brush_ellipse (b, x, y, radius, radius, 0);
  ph_brush_fill (b, (PhPaint){ 0.95, 0.95, 0.92 });
  ph_brush_ellipse (b, x, y, radius * 0.6, radius * 0.6, 0);
  ph_brush_fill (b, (PhPaint){ 0.03, 0.03, 0.05 });
}

static void
paint_sky_and_ground (PhBrush *b)
{
  PhPaint sky = ph_paint_random (b->rng, 0.4, 1), ground = ph_paint_random (b->rng, 0.15, 0.8);
  double horizon = ph_brush_between (b, -0.3, 0.7), slope = ph_brush_between (b, -0.2, 0.2);

  cairo_set_source_rgb (b->cr, sky.r, sky.g, sky.b);
  cairo_paint (b->cr);
  ph_brush_polygon (
      b, 4,
      (const double[][2]){
          { -1.1, horizon - slope }, { 1.1, horizon + slope }, { 1.1, 1.1 }, { -1.1, 1.1 } });
  ph_brush_fill (b, ground);
}

/* A thing stands before a plain wall, a country, a faint texture or a heap of shapes. */
static void
paint_background (PhBrush *b)
{
  PhPaint wall = ph_paint_random (b->rng, 0.1, 1);

  switch (ph_rng_below (b->rng, 4))
    {
    case 0:
      cairo_rectangle (b->cr, -1.1, -1.1, 2.2, 2.2);
      ph_brush_fill (b, wall);
      break;
    case 1:
      paint_sky_and_ground (b);
      break;
    case 2:
      ph_world_paint_texture (b->cr, b->rng, ph_rng_below (b->rng, PH_N_TEXTURES),
                              ph_brush_between (b, 0.1, 0.4));
      break;
    default:
      cairo_set_source_rgb (b->cr, wall.r, wall.g, wall.b);
      cairo_paint (b->cr);
      ph_brush_clutter (b, 6 + ph_rng_below (b->rng, 8), 0.1, 0.45);
      break;
    }
}

static void
paint_thing (cairo_t *cr, guint number, PhRng *rng)
{
  PhBrush brush;
  double scale, flip;

  ph_brush_init (&brush, cr, rng);
  paint_background (&brush);
  scale = ph_rng_uniform (rng, 0.5, 1.05);
  flip = ph_rng_below (rng, 2) == 0 ? 1 : -1;
  cairo_save (cr);
  /* Small ones may stand farther from the middle. */
  cairo_translate (cr, ph_rng_uniform (rng, -1, 1) * (1.15 - scale),
                   ph_rng_uniform (rng, -1, 1) * (1.15 - scale));
  cairo_rotate (cr, ph_rng_normal (rng) * 0.22);
  cairo_scale (cr, flip * scale * ph_rng_uniform (rng, 0.85, 1.15), scale);
  cairo_transform (cr, &(cairo_matrix_t){ 1, 0, ph_rng_uniform (rng, -0.2, 0.2), 1, 0, 0 });
  if (ph_rng_below (rng, 2) == 0)
    {
      cairo_set_source_rgba (cr, 0, 0, 0, 0.25);
      ph_brush_ellipse (&brush, 0, 0.84, 0.7, 0.12, 0);
      cairo_fill (cr);
    }
  things[number](&brush);
  cairo_restore (cr);
}

static void
paint (void *cr, guint label, PhRng *rng, double *attributes)
{
  PhBrush brush;

  if (label < PH_N_TEXTURES)
    ph_world_paint_texture (cr, rng, label, ph_rng_uniform (rng, 0.55, 1));
  else
    paint_thing (cr, label - PH_N_TEXTURES, rng);

  /* Something small in the way, now and then. */
  ph_brush_init (&brush, cr, rng);
  if (ph_rng_below (rng, 3) == 0)
    ph_brush_clutter (&brush, 1 + ph_rng_below (rng, 2), 0.08, 0.22);
}

const PhWorld ph_world_things = {
  .name = "things",
  .title = "Textures and things",
  .summary = "Eighteen textures and eighteen things in every colour, pose and light",
  .classes = classes,
  .paint = paint,
};
