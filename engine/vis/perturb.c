#include "vis/perturb.h"

#include <math.h>
#include <string.h>

#include "vis/warp.h"

/* What is blurred keeps this share of its pixels along each side. */
#define BLUR 0.06

typedef struct
{
  PhBrush brush;
  float colour[3];
  double x, y, radius;
  guint stroke;
} Dab;

struct _PhPerturbed
{
  /* owned */
  PhImage *original;
  PhImage *turned;  /* the original at the angle */
  PhImage *blurred; /* the turned one */
  PhImage *picture; /* with all dabs */
  PhResampler *resampler;
  GArray *dabs; /* Dab */

  double angle;
  guint stroke;
};

static gsize
plane_of (const PhImage *image)
{
  return (gsize)image->height * image->width;
}

static void
copy (const PhImage *from, PhImage *to)
{
  memcpy (to->data, from->data, sizeof (float) * ph_image_n_values (from));
}

/* Down to few pixels and up again; out of memory, nothing is blurred. */
static void
blur (const PhImage *from, PhImage *to)
{
  guint height = MAX ((guint)(from->height * BLUR), 2),
        width = MAX ((guint)(from->width * BLUR), 2);
  g_autoptr (PhImage) small = ph_image_resize (from, height, width, NULL);
  g_autoptr (PhImage) large =
      small != NULL ? ph_image_resize (small, from->height, from->width, NULL) : NULL;

  copy (large != NULL ? large : from, to);
}

/* How much of the brush lies on a pixel: a square for hiding, else a disc with a soft edge. */
static double
cover_of (const Dab *dab, double dx, double dy)
{
  if (dab->brush == PH_BRUSH_HIDE)
    return fabs (dx) <= dab->radius && fabs (dy) <= dab->radius ? 1 : 0;

  double distance = hypot (dx, dy), edge = MAX (dab->radius * 0.25, 0.5);

  return CLAMP ((dab->radius - distance) / edge + 0.5, 0, 1);
}

static void
apply (PhPerturbed *perturbed, const Dab *dab)
{
  PhImage *to = perturbed->picture;
  gsize plane = plane_of (to);
  int reach = (int)ceil (dab->radius) + 1;
  int top = MAX ((int)dab->y - reach, 0), bottom = MIN ((int)dab->y + reach, (int)to->height - 1);
  int left = MAX ((int)dab->x - reach, 0), right = MIN ((int)dab->x + reach, (int)to->width - 1);

  for (guint c = 0; c < MIN (to->channels, 3); c++)
    for (int y = top; y <= bottom; y++)
      for (int x = left; x <= right; x++)
        {
          gsize at = c * plane + (gsize)y * to->width + (gsize)x;
          double cover = cover_of (dab, x + 0.5 - dab->x, y + 0.5 - dab->y);
          float wanted = dab->brush == PH_BRUSH_PAINT  ? dab->colour[to->channels == 1 ? 1 : c]
                         : dab->brush == PH_BRUSH_BLUR ? perturbed->blurred->data[at]
                         : dab->brush == PH_BRUSH_HIDE ? 0.5f
                                                       : perturbed->turned->data[at];

          to->data[at] += (float)cover * (wanted - to->data[at]);
        }
}

static void
redo_all (PhPerturbed *perturbed)
{
  copy (perturbed->turned, perturbed->picture);
  for (guint i = 0; i < perturbed->dabs->len; i++)
    apply (perturbed, &g_array_index (perturbed->dabs, Dab, i));
}

static void
turn (PhPerturbed *perturbed)
{
  double a = perturbed->angle * G_PI / 180;
  PhWarp warp;

  if (perturbed->angle == 0)
    copy (perturbed->original, perturbed->turned);
  else
    {
      ph_warp_identity (&warp);
      ph_warp_compose (&warp, (double[6]){ cos (a), sin (a), 0, -sin (a), cos (a), 0 });
      warp.edge = PH_EDGE_REFLECT;
      ph_resampler_apply (perturbed->resampler, &warp, perturbed->original->data,
                          perturbed->turned->data);
    }
  blur (perturbed->turned, perturbed->blurred);
  redo_all (perturbed);
}

PhPerturbed *
ph_perturbed_new (const PhImage *picture, GError **error)
{
  g_autoptr (PhPerturbed) perturbed = g_new0 (PhPerturbed, 1);

  perturbed->dabs = g_array_new (FALSE, FALSE, sizeof (Dab));
  perturbed->original = ph_image_copy (picture, error);
  if (perturbed->original != NULL)
    perturbed->turned = ph_image_copy (picture, error);
  if (perturbed->turned != NULL)
    perturbed->blurred = ph_image_copy (picture, error);
  if (perturbed->blurred != NULL)
    perturbed->picture = ph_image_copy (picture, error);
  if (perturbed->picture != NULL)
    perturbed->resampler = ph_resampler_new (picture->channels, picture->height, picture->width,
                                             picture->height, picture->width, error);
  if (perturbed->resampler == NULL)
    return NULL;
  blur (perturbed->turned, perturbed->blurred);
  return g_steal_pointer (&perturbed);
}

void
ph_perturbed_free (PhPerturbed *perturbed)
{
  if (perturbed == NULL)
    return;
  ph_image_free (perturbed->original);
  ph_image_free (perturbed->turned);
  ph_image_free (perturbed->blurred);
  ph_image_free (perturbed->picture);
  g_clear_pointer (&perturbed->resampler, ph_resampler_free);
  g_array_unref (perturbed->dabs);
  g_free (perturbed);
}

void
ph_perturbed_begin_stroke (PhPerturbed *perturbed)
{
  perturbed->stroke++;
}

void
ph_perturbed_dab (PhPerturbed *perturbed, PhBrush brush, const float colour[3], double x, double y,
                  double radius)
{
  Dab dab = { .brush = brush, .x = x, .y = y, .radius = radius, .stroke = perturbed->stroke };

  memcpy (dab.colour, colour, sizeof dab.colour);
  g_array_append_val (perturbed->dabs, dab);
  apply (perturbed, &dab);
}

void
ph_perturbed_undo (PhPerturbed *perturbed)
{
  GArray *dabs = perturbed->dabs;
  guint stroke = dabs->len > 0 ? g_array_index (dabs, Dab, dabs->len - 1).stroke : 0;

  while (dabs->len > 0 && g_array_index (dabs, Dab, dabs->len - 1).stroke == stroke)
    g_array_set_size (dabs, dabs->len - 1);
  redo_all (perturbed);
}

void
ph_perturbed_reset (PhPerturbed *perturbed)
{
  g_array_set_size (perturbed->dabs, 0);
  perturbed->angle = 0;
  turn (perturbed);
}

void
ph_perturbed_set_angle (PhPerturbed *perturbed, double degrees)
{
  perturbed->angle = degrees;
  turn (perturbed);
}

double
ph_perturbed_get_angle (const PhPerturbed *perturbed)
{
  return perturbed->angle;
}

gboolean
ph_perturbed_can_undo (const PhPerturbed *perturbed)
{
  return perturbed->dabs->len > 0;
}

gboolean
ph_perturbed_is_changed (const PhPerturbed *perturbed)
{
  return perturbed->dabs->len > 0 || perturbed->angle != 0;
}

const PhImage *
ph_perturbed_get_picture (const PhPerturbed *perturbed)
{
  return perturbed->picture;
}
