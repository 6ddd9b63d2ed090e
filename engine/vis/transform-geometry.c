/* Transforms that move pixels: each composes its movement into the step's one resampling. The
 * matrices map a pixel of the changed view to the pixel it shows, from the centre. */
#include "vis/transform-private.h"

#include <glib/gi18n.h>
#include <math.h>

static void
pad_warp (const PhTransformArgs *args, PhRng *rng, PhWarp *warp)
{
  warp->edge = args->word == 1 ? PH_EDGE_REFLECT : PH_EDGE_GREY;
}

/* A width may be given, as in other programs' lists, but there is as much border as is needed. */
const PhTransformClass ph_transform_pad = {
  .name = "pad",
  .usage = "[N] [grey|reflect]",
  .summary = N_ ("What shows where the picture has been moved away: grey, or its mirror image."),
  .max_numbers = 1,
  .length = TRUE,
  .words = (const char *const[]){ "grey", "reflect", NULL },
  .warp = pad_warp,
};

static void
jitter_warp (const PhTransformArgs *args, PhRng *rng, PhWarp *warp)
{
  double reach = args->number[0] / 2;
  double dx = ph_rng_uniform (rng, -reach, reach);
  double dy = ph_rng_uniform (rng, -reach, reach);

  ph_warp_compose (warp, (double[]){ 1, 0, dx, 0, 1, dy });
}

const PhTransformClass ph_transform_jitter = {
  .name = "jitter",
  .usage = "N[%]",
  .summary = N_ ("Shifts the picture within N pixels, or so many percent of its shorter side."),
  .min_numbers = 1,
  .max_numbers = 1,
  .length = TRUE,
  .warp = jitter_warp,
};

/* Factors are weakened towards 1. */
static void
factors_weaken (PhTransformArgs *args, double strength)
{
  args->number[0] = pow (args->number[0], strength);
  args->number[1] = pow (args->number[1], strength);
}

static gboolean
scale_check (PhTransformArgs *args, GError **error)
{
  if (args->n_numbers == 1)
    args->number[1] = args->number[0];
  if (args->number[0] < 0.05 || args->number[1] > 20 || args->number[0] > args->number[1])
    {
      g_set_error_literal (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                           "the factors must be between 0.05 and 20, the smaller first");
      return FALSE;
    }
  return TRUE;
}

static void
scale_warp (const PhTransformArgs *args, PhRng *rng, PhWarp *warp)
{
  /* Uniform in the logarithm, so that doubling is as likely as halving. */
  double factor = exp (ph_rng_uniform (rng, log (args->number[0]), log (args->number[1])));

  ph_warp_compose (warp, (double[]){ 1 / factor, 0, 0, 0, 1 / factor, 0 });
}

const PhTransformClass ph_transform_scale = {
  .name = "scale",
  .usage = "FROM TO",
  .summary = N_ ("Enlarges or reduces the picture by a factor between the two."),
  .min_numbers = 1,
  .max_numbers = 2,
  .check = scale_check,
  .weaken = factors_weaken,
  .warp = scale_warp,
};

static gboolean
crop_check (PhTransformArgs *args, GError **error)
{
  if (args->n_numbers == 1)
    args->number[1] = args->number[0];
  if (args->number[0] < 0.02 || args->number[1] > 1 || args->number[0] > args->number[1])
    {
      g_set_error_literal (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                           "the shares must be between 0.02 and 1, the smaller first");
      return FALSE;
    }
  return TRUE;
}

static void
crop_warp (const PhTransformArgs *args, PhRng *rng, PhWarp *warp)
{
  double share = ph_rng_uniform (rng, args->number[0], args->number[1]);
  double dx = (1 - share) * args->reach_x / 2, dy = (1 - share) * args->reach_y / 2;

  dx = ph_rng_uniform (rng, -dx, dx);
  dy = ph_rng_uniform (rng, -dy, dy);
  ph_warp_compose (warp, (double[]){ share, 0, dx, 0, share, dy });
}

/* Source: Fel et al. 2023 (MACO). */
const PhTransformClass ph_transform_crop = {
  .name = "crop",
  .usage = "FROM TO",
  .summary = N_ ("Shows only a box, anywhere inside the picture, whose sides are a share of the "
                 "picture's between the two."),
  .min_numbers = 1,
  .max_numbers = 2,
  .check = crop_check,
  .weaken = factors_weaken,
  .warp = crop_warp,
};

static gboolean
range_check (PhTransformArgs *args, GError **error)
{
  if (args->n_numbers == 1)
    {
      args->number[1] = fabs (args->number[0]);
      args->number[0] = -args->number[1];
    }
  if (args->number[0] > args->number[1] || fabs (args->number[0]) > 360 ||
      fabs (args->number[1]) > 360)
    {
      g_set_error_literal (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                           "the angles must be between -360 and 360 degrees, the smaller first");
      return FALSE;
    }
  return TRUE;
}

static void
rotate_warp (const PhTransformArgs *args, PhRng *rng, PhWarp *warp)
{
  double angle = ph_rng_uniform (rng, args->number[0], args->number[1]) * G_PI / 180;
  double c = cos (angle), s = sin (angle);

  ph_warp_compose (warp, (double[]){ c, -s, 0, s, c, 0 });
}

const PhTransformClass ph_transform_rotate = {
  .name = "rotate",
  .usage = "FROM TO",
  .summary = N_ ("Turns the picture by an angle between the two, in degrees."),
  .min_numbers = 1,
  .max_numbers = 2,
  .check = range_check,
  .warp = rotate_warp,
};

static gboolean
shear_check (PhTransformArgs *args, GError **error)
{
  if (fabs (args->number[0]) > 60)
    {
      g_set_error_literal (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                           "the angle must be at most 60 degrees");
      return FALSE;
    }
  return TRUE;
}

static void
shear_warp (const PhTransformArgs *args, PhRng *rng, PhWarp *warp)
{
  double reach = fabs (args->number[0]);
  double along = tan (ph_rng_uniform (rng, -reach, reach) * G_PI / 180);
  double down = tan (ph_rng_uniform (rng, -reach, reach) * G_PI / 180);

  ph_warp_compose (warp, (double[]){ 1, along, 0, 0, 1, 0 });
  ph_warp_compose (warp, (double[]){ 1, 0, 0, down, 1, 0 });
}

const PhTransformClass ph_transform_shear = {
  .name = "shear",
  .usage = "ANGLE",
  .summary = N_ ("Slants the picture along both axes by up to so many degrees."),
  .min_numbers = 1,
  .max_numbers = 1,
  .check = shear_check,
  .warp = shear_warp,
};

static void
mirror_warp (const PhTransformArgs *args, PhRng *rng, PhWarp *warp)
{
  if (ph_rng_below (rng, 2) == 1)
    ph_warp_compose (warp, (double[]){ -1, 0, 0, 0, 1, 0 });
}

const PhTransformClass ph_transform_mirror = {
  .name = "mirror",
  .usage = "",
  .summary = N_ ("Exchanges left and right every other time."),
  .warp = mirror_warp,
};
