/* Penalties that have the effect of blurring: everywhere, or at the border only. */
#include <glib/gi18n.h>
#include <string.h>

#include "vis/blur.h"
#include "vis/objective-private.h"

/* The picture minus itself blurred, plane by plane. */
typedef struct
{
  guint height, width;
  gsize plane;    /* pixels */
  float *sharp;   /* owned: (height, width) */
  float *scratch; /* owned */
} Difference;

static void
difference_init (Difference *d, const PhImage *image)
{
  d->height = image->height;
  d->width = image->width;
  d->plane = (gsize)image->height * image->width;
  d->sharp = g_new (float, d->plane);
  d->scratch = g_new (float, MAX (image->height, image->width));
}

static void
difference_clear (Difference *d)
{
  g_free (d->sharp);
  g_free (d->scratch);
}

/* d->sharp = x - blurred x; the same for the adjoint, as blurring is symmetric. */
static void
difference_take (Difference *d, guint passes, const float *x)
{
  memcpy (d->sharp, x, sizeof (float) * d->plane);
  ph_blur (passes, d->height, d->width, d->sharp, d->scratch);
  for (gsize i = 0; i < d->plane; i++)
    d->sharp[i] = x[i] - d->sharp[i];
}

/* ⟨x, x - Bx⟩ over the number of values. As B is symmetric, the gradient is twice x - Bx: a step
 * against it blurs the picture. */
static double
blur_evaluate (gconstpointer data, const PhObjectiveContext *context)
{
  const PhImage *image = context->image;
  gsize n_planes = (gsize)context->n_pictures * image->channels;
  Difference difference;
  double sum = 0;

  difference_init (&difference, image);

  double share = 1.0 / (double)(n_planes * difference.plane);
  float weight = (float)(2 * context->weight * share);

  for (gsize p = 0; p < n_planes; p++)
    {
      const float *x = image->data + p * difference.plane;
      float *d = context->d_image != NULL ? context->d_image + p * difference.plane : NULL;

      difference_take (&difference, 1, x);
      for (gsize i = 0; i < difference.plane; i++)
        sum += (double)x[i] * difference.sharp[i];
      for (gsize i = 0; i < difference.plane && context->gradient && d != NULL; i++)
        d[i] += weight * difference.sharp[i];
    }
  difference_clear (&difference);
  return sum * share;
}

const PhObjectiveClass ph_objective_blur = {
  .name = "blur",
  .summary =
      N_ ("How much blurring would change the picture: subtracted, each step blurs a little."),
  .flags = PH_TERM_OF_IMAGE,
  .evaluate = blur_evaluate,
};

typedef struct
{
  double width;  /* of the border, a share of the shorter side */
  double colour; /* that it should have */
} Boundary;

#define BOUNDARY_PASSES 8    /* a standard deviation of two pixels */
#define BOUNDARY_COLOUR 0.8f /* of the wrong colour against that of complexity, as in Lucid */

static gboolean
boundary_parse (gpointer data, PhTermArgs *args, GError **error)
{
  Boundary *boundary = data;

  boundary->width = 0.1;
  boundary->colour = 0.5;
  return ph_term_take_number (args, "width", 0, 0.5, &boundary->width, error) &&
         ph_term_take_number (args, "colour", 0, 1, &boundary->colour, error);
}

/* Within the border, the mean of (x - Bx)² + 0.8 (x - colour)². */
static double
boundary_evaluate (gconstpointer data, const PhObjectiveContext *context)
{
  const Boundary *boundary = data;
  const PhImage *image = context->image;
  gsize n_planes = (gsize)context->n_pictures * image->channels;
  guint border = (guint)(boundary->width * MIN (image->height, image->width) + 0.5);
  float colour = (float)boundary->colour;
  Difference difference;
  double sum = 0;

  difference_init (&difference, image);

  double share = 1.0 / (double)(n_planes * difference.plane);
  float weight = (float)(2 * context->weight * share);
  g_autofree float *inner = g_new (float, difference.plane);

  for (gsize p = 0; p < n_planes; p++)
    {
      const float *x = image->data + p * difference.plane;
      float *d = context->d_image != NULL ? context->d_image + p * difference.plane : NULL;

      difference_take (&difference, BOUNDARY_PASSES, x);
      for (gsize i = 0; i < difference.plane; i++)
        {
          gsize row = i / image->width, column = i % image->width;
          gboolean outside = MIN (row, image->height - 1 - row) < border ||
                             MIN (column, image->width - 1 - column) < border;
          float off = x[i] - colour;

          inner[i] = outside ? difference.sharp[i] : 0;
          if (!outside)
            continue;
          sum += (double)inner[i] * inner[i] + BOUNDARY_COLOUR * off * off;
          if (context->gradient && d != NULL)
            d[i] += weight * BOUNDARY_COLOUR * off;
        }
      if (!context->gradient || d == NULL)
        continue;
      difference_take (&difference, BOUNDARY_PASSES, inner);
      for (gsize i = 0; i < difference.plane; i++)
        d[i] += weight * difference.sharp[i];
    }
  difference_clear (&difference);
  return sum * share;
}

const PhObjectiveClass ph_objective_boundary = {
  .name = "boundary",
  .usage = "[width=0.1], [colour=0.5]",
  .summary = N_ ("How much happens along the border, and how far it is from a colour: subtracted, "
                 "the pattern keeps away from the edge."),
  .flags = PH_TERM_OF_IMAGE,
  .data_size = sizeof (Boundary),
  .parse = boundary_parse,
  .evaluate = boundary_evaluate,
};
