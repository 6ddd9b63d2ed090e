#include "ui/map-raster.h"

#include <math.h>

/* A dot is drawn from one of so many stamps in each direction, by where it lies in its pixel. */
#define PHASES 4
#define LARGEST_DOT 24

#define FAINT 40 /* of 255: what is not marked */
#define BORDER 2 /* pixels of colour around a picture */

typedef struct
{
  const PhMapScene *scene;
  const PhMapView *view;
  guint32 *pixels; /* premultiplied, as cairo has them */

  guint stamp_side;
  guint8 *stamps; /* (PHASES, PHASES, stamp_side, stamp_side): how much of each pixel is covered */
} Raster;

void
ph_map_view_to_pixel (const PhMapView *view, double x, double y, double *left, double *top)
{
  *left = (x - view->x) * view->scale + view->width / 2.0;
  *top = (y - view->y) * view->scale + view->height / 2.0;
}

void
ph_map_view_to_place (const PhMapView *view, double left, double top, double *x, double *y)
{
  *x = (left - view->width / 2.0) / view->scale + view->x;
  *y = (top - view->height / 2.0) / view->scale + view->y;
}

PhMapBox
ph_map_view_get_box (const PhMapView *view, double margin)
{
  PhMapBox box;

  ph_map_view_to_place (view, -margin, -margin, &box.left, &box.top);
  ph_map_view_to_place (view, view->width + margin, view->height + margin, &box.right, &box.bottom);
  return box;
}

/* Rounded x / 255, of two numbers up to 255² that stand 16 bits apart. */
static inline guint32
scale_down (guint32 x)
{
  x += 0x800080;
  return (x + (x >> 8 & 0xff00ff)) >> 8 & 0xff00ff;
}

/* @alpha of @colour over what is there. */
static inline void
blend (guint32 *pixel, guint32 colour, guint32 alpha)
{
  const guint32 rest = 255 - alpha, below = *pixel;

  if (alpha == 255)
    *pixel = 0xff000000u | colour;
  else
    *pixel = scale_down ((colour & 0xff00ff) * alpha + (below & 0xff00ff) * rest) |
             scale_down (((colour >> 8 & 0xff) | 0xff0000) * alpha + (below >> 8 & 0xff00ff) * rest)
                 << 8;
}

static void
make_stamps (Raster *self, double radius)
{
  guint side;

  radius = CLAMP (radius, 0.5, LARGEST_DOT);
  side = self->stamp_side = 2 * (guint)ceil (radius + 0.5) + 1;
  self->stamps = g_new (guint8, PHASES * PHASES * side * side);
  for (guint phase = 0; phase < PHASES * PHASES; phase++)
    for (guint y = 0; y < side; y++)
      for (guint x = 0; x < side; x++)
        {
          double dx = x - (side - 1) / 2.0 - (phase % PHASES + 0.5) / PHASES + 0.5;
          double dy = y - (side - 1) / 2.0 - (phase / PHASES + 0.5) / PHASES + 0.5;

          self->stamps[(phase * side + y) * side + x] =
              (guint8)(255 * CLAMP (radius + 0.5 - hypot (dx, dy), 0, 1));
        }
}

static void
draw_dot (Raster *self, double left, double top, guint32 colour, guint opacity)
{
  const int side = (int)self->stamp_side;
  const int x0 = (int)floor (left), y0 = (int)floor (top);
  const guint phase = (guint)((top - y0) * PHASES) * PHASES + (guint)((left - x0) * PHASES);
  const guint8 *stamp = self->stamps + (gsize)phase * side * side;
  const int from_x = x0 - side / 2, from_y = y0 - side / 2;

  for (int y = MAX (0, -from_y); y < MIN (side, (int)self->view->height - from_y); y++)
    {
      guint32 *row = self->pixels + (gsize)(from_y + y) * self->view->width;

      for (int x = MAX (0, -from_x); x < MIN (side, (int)self->view->width - from_x); x++)
        if (stamp[y * side + x] > 0)
          blend (row + from_x + x, colour, scale_down (stamp[y * side + x] * opacity));
    }
}

/* The mean of up to four pixels of what one pixel of the result covers. */
static guint32
sample (const PhFrame *frame, const guint8 *pixels, guint x, guint y, guint side)
{
  const guint columns[2] = { (4 * x + 1) * frame->width / (4 * side),
                             (4 * x + 3) * frame->width / (4 * side) };
  const guint rows[2] = { (4 * y + 1) * frame->height / (4 * side),
                          (4 * y + 3) * frame->height / (4 * side) };
  guint32 sum[3] = { 2, 2, 2 };

  for (guint i = 0; i < 4; i++)
    {
      const guint8 *at = pixels + 3 * ((gsize)rows[i / 2] * frame->width + columns[i % 2]);

      for (guint c = 0; c < 3; c++)
        sum[c] += at[c];
    }
  return (sum[0] >> 2) << 16 | (sum[1] >> 2) << 8 | sum[2] >> 2;
}

static void
draw_picture (Raster *self, double left, double top, PhFrame *frame, guint32 colour, guint opacity)
{
  const int side = (int)self->scene->side;
  const int from_x = (int)lround (left) - side / 2, from_y = (int)lround (top) - side / 2;
  const guint8 *pixels = frame != NULL ? g_bytes_get_data (frame->pixels, NULL) : NULL;

  for (int y = MAX (-BORDER, -from_y); y < MIN (side + BORDER, (int)self->view->height - from_y);
       y++)
    {
      guint32 *row = self->pixels + (gsize)(from_y + y) * self->view->width;

      for (int x = MAX (-BORDER, -from_x); x < MIN (side + BORDER, (int)self->view->width - from_x);
           x++)
        {
          gboolean inside = x >= 0 && y >= 0 && x < side && y < side;

          if (!inside)
            blend (row + from_x + x, colour, opacity);
          else if (pixels != NULL)
            blend (row + from_x + x, sample (frame, pixels, (guint)x, (guint)y, (guint)side),
                   opacity);
          else
            blend (row + from_x + x, colour, opacity / 4);
        }
    }
}

static void
draw_item (Raster *self, guint item, guint opacity)
{
  const PhMapScene *scene = self->scene;
  double x, y, left, top;

  if (!ph_map_points_get_place (scene->points, item, &x, &y))
    return;
  ph_map_view_to_pixel (self->view, x, y, &left, &top);
  if (scene->side == 0)
    draw_dot (self, left, top, scene->colours[item], opacity);
  else
    draw_picture (self, left, top,
                  scene->get_picture != NULL ? scene->get_picture (item, scene->data) : NULL,
                  scene->colours[item], opacity);
}

GdkTexture *
ph_map_raster_draw (const PhMapScene *scene, const PhMapView *view)
{
  const gsize stride = (gsize)view->width * sizeof (guint32);
  g_autoptr (GBytes) bytes = NULL;
  Raster self = { scene, view, g_malloc0 (stride * view->height), 0, NULL };

  make_stamps (&self, scene->dot);
  for (guint pass = 0; pass < (scene->marked != NULL ? 2 : 1); pass++)
    for (guint i = 0; i < scene->n_items; i++)
      {
        guint item = scene->items[i];

        if (scene->marked == NULL || (scene->marked[item] != 0) == (pass == 1))
          draw_item (&self, item, scene->marked != NULL && pass == 0 ? FAINT : 255);
      }
  g_free (self.stamps);
  bytes = g_bytes_new_take (self.pixels, stride * view->height);
  return gdk_memory_texture_new ((int)view->width, (int)view->height, GDK_MEMORY_DEFAULT, bytes,
                                 stride);
}
