#include "vis/pictures.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/tensor.h"
#include "vis/mosaic.h"

/* The gradient where it is laid is gathered in @laid itself, which nobody reads any more then. */
struct _PhPictures
{
  /* owned */
  PhParam *param;
  float *values;   /* n_values */
  PhImage *drawn;  /* (n_planes, height, width), and the other pictures behind it */
  float *d_drawn;  /* as the pictures */
  PhImage *shown;  /* nullable: the mosaic of the pictures */
  PhParam *clouds; /* of optimised opacities: draws backgrounds */
  float *cloud_values;
  float *backgrounds; /* (n, channels, height, width) */
  float *laid;        /* the pictures over them; then the gradient there */
  float *cares;       /* of opacities by gradients: (n, height, width): sums */
  float *alpha;       /* (height, width) */

  PhOpacity opacity;
  guint n, channels, n_planes; /* planes: channels, and an optimised opacity */
  gsize n_values, n_pixels;
  gboolean drawn_is_current, shown_is_current;
};

/* The pictures one after the other behind the first, which alone the image describes. */
static PhImage *
new_images (guint n, guint planes, guint height, guint width, GError **error)
{
  PhImage *all;

  if (n > 1 && height > G_MAXUINT / n)
    height = G_MAXUINT / n; /* refused below, as any absurd size */
  all = ph_image_new (planes, n * height, width, error);
  if (all != NULL)
    all->height = height;
  return all;
}

static gboolean
make_params (PhPictures *pictures, const PhPicturesSpec *spec, GError **error)
{
  gboolean alpha = pictures->opacity == PH_OPACITY_OPTIMISED;
  PhParamSpec param = { pictures->n_planes, spec->height, spec->width,
                        spec->colour,       alpha,        spec->spectrum };

  pictures->param =
      ph_param_new (ph_param_classes ()[spec->param], &param, spec->n, spec->base, error);
  if (pictures->param == NULL)
    return FALSE;
  ph_param_set_falloff (pictures->param, spec->falloff);
  pictures->n_values = ph_param_get_n_values (pictures->param);
  if (!alpha)
    return TRUE;
  param.channels--;
  param.alpha = FALSE;
  pictures->clouds = ph_param_new (ph_param_classes ()[0], &param, 1, 0, error);
  return pictures->clouds != NULL;
}

static float *
new_floats (gsize n, gboolean *there)
{
  float *memory = ph_aligned_alloc (sizeof (float) * n);

  *there = *there && memory != NULL;
  return memory;
}

static gboolean
make_buffers (PhPictures *pictures, GError **error)
{
  gsize n_colours = (gsize)pictures->n * pictures->channels * pictures->n_pixels;
  gboolean there = TRUE;

  pictures->values = new_floats (pictures->n_values, &there);
  pictures->d_drawn =
      new_floats ((gsize)pictures->n * pictures->n_planes * pictures->n_pixels, &there);
  if (pictures->opacity == PH_OPACITY_OPTIMISED)
    {
      pictures->cloud_values = new_floats (ph_param_get_n_values (pictures->clouds), &there);
      pictures->backgrounds = new_floats (n_colours, &there);
      pictures->laid = new_floats (n_colours, &there);
    }
  if (pictures->opacity == PH_OPACITY_GRADIENT)
    {
      pictures->cares = new_floats (pictures->n * pictures->n_pixels, &there);
      pictures->alpha = new_floats (pictures->n_pixels, &there);
    }
  if (!there)
    g_set_error (error, PH_ERROR, PH_ERROR_NO_MEMORY,
                 _ ("There is no memory for %u picture(s) of %u × %u pixels"), pictures->n,
                 pictures->drawn->width, pictures->drawn->height);
  return there;
}

PhPictures *
ph_pictures_new (const PhPicturesSpec *spec, GError **error)
{
  g_autoptr (PhPictures) pictures = g_new0 (PhPictures, 1);

  pictures->opacity = spec->opacity;
  pictures->n = spec->n;
  pictures->channels = spec->channels;
  pictures->n_planes = spec->channels + (spec->opacity == PH_OPACITY_OPTIMISED);
  if (spec->opacity != PH_OPACITY_FULL && spec->channels % 2 == 0)
    {
      g_set_error (
          error, PH_ERROR, PH_ERROR_DATA_INVALID,
          _ ("Pictures for this network have %u channels, of which one is an opacity already"),
          spec->channels);
      return NULL;
    }
  pictures->drawn = new_images (spec->n, pictures->n_planes, spec->height, spec->width, error);
  if (pictures->drawn == NULL)
    return NULL;
  pictures->n_pixels = (gsize)spec->height * spec->width;
  if (!make_params (pictures, spec, error) || !make_buffers (pictures, error))
    return NULL;
  return g_steal_pointer (&pictures);
}

void
ph_pictures_free (PhPictures *pictures)
{
  if (pictures == NULL)
    return;
  ph_param_free (pictures->param);
  ph_param_free (pictures->clouds);
  ph_image_free (pictures->drawn);
  ph_image_free (pictures->shown);
  ph_aligned_free (pictures->values);
  ph_aligned_free (pictures->d_drawn);
  ph_aligned_free (pictures->cloud_values);
  ph_aligned_free (pictures->backgrounds);
  ph_aligned_free (pictures->laid);
  ph_aligned_free (pictures->cares);
  ph_aligned_free (pictures->alpha);
  g_free (pictures);
}

void
ph_pictures_init (PhPictures *pictures, PhRng *rng, double sd)
{
  ph_param_init (pictures->param, rng, sd, pictures->values);
  ph_pictures_changed (pictures);
}

gboolean
ph_pictures_set_start (PhPictures *pictures, const PhImage *image, GError **error)
{
  g_autoptr (PhImage) sized =
      ph_image_fit (image, pictures->drawn->height, pictures->drawn->width, 1, error);

  if (sized == NULL)
    return FALSE;

  g_autoptr (PhImage) start = ph_image_to_channels (sized, pictures->n_planes, error);

  if (start == NULL)
    return FALSE;
  ph_param_invert (pictures->param, start->data, pictures->values);
  ph_pictures_changed (pictures);
  return TRUE;
}

float *
ph_pictures_get_values (PhPictures *pictures, gsize *n)
{
  *n = pictures->n_values;
  return pictures->values;
}

void
ph_pictures_changed (PhPictures *pictures)
{
  pictures->drawn_is_current = pictures->shown_is_current = FALSE;
}

const PhImage *
ph_pictures_draw (PhPictures *pictures)
{
  if (!pictures->drawn_is_current)
    ph_param_apply (pictures->param, pictures->values, pictures->drawn->data);
  pictures->drawn_is_current = TRUE;
  return pictures->drawn;
}

const PhImage *
ph_pictures_show (PhPictures *pictures)
{
  const PhImage *drawn = ph_pictures_draw (pictures);
  guint channels = drawn->channels + (pictures->opacity == PH_OPACITY_GRADIENT);

  if (pictures->n == 1 && channels == drawn->channels)
    return drawn;
  if (pictures->shown == NULL)
    pictures->shown = ph_mosaic_new (pictures->n, channels, drawn->height, drawn->width, NULL);
  g_assert (pictures->shown != NULL);
  for (guint p = 0; p < pictures->n && !pictures->shown_is_current; p++)
    {
      if (pictures->cares != NULL)
        ph_opacity_from_sum (drawn->height, drawn->width, pictures->cares + p * pictures->n_pixels,
                             pictures->alpha);
      ph_mosaic_put (pictures->shown, pictures->n, p, drawn->channels, drawn->height, drawn->width,
                     drawn->data + p * drawn->channels * pictures->n_pixels, pictures->alpha);
    }
  pictures->shown_is_current = TRUE;
  return pictures->shown;
}

const float *
ph_pictures_lay (PhPictures *pictures, PhRng *rng)
{
  gsize size = pictures->channels * pictures->n_pixels;
  const float *drawn = ph_pictures_draw (pictures)->data;

  if (pictures->opacity != PH_OPACITY_OPTIMISED)
    return drawn;
  for (guint p = 0; p < pictures->n; p++)
    {
      float *background = rng != NULL ? pictures->backgrounds + p * size : NULL;

      if (rng != NULL)
        ph_opacity_background (pictures->clouds, rng, pictures->cloud_values, background);
      ph_opacity_lay (pictures->channels, pictures->n_pixels,
                      drawn + p * (size + pictures->n_pixels), background,
                      pictures->laid + p * size);
    }
  return pictures->laid;
}

float *
ph_pictures_clear_gradients (PhPictures *pictures)
{
  memset (pictures->d_drawn, 0,
          sizeof (float) * pictures->n * pictures->n_planes * pictures->n_pixels);
  return pictures->d_drawn;
}

float *
ph_pictures_get_d_laid (PhPictures *pictures)
{
  if (pictures->laid == NULL)
    return pictures->d_drawn;
  memset (pictures->laid, 0,
          sizeof (float) * pictures->n * pictures->channels * pictures->n_pixels);
  return pictures->laid;
}

/* From the gradient at what was laid to the pictures. */
static void
lift (PhPictures *pictures)
{
  gsize size = pictures->channels * pictures->n_pixels;

  for (guint p = 0; p < pictures->n; p++)
    {
      gsize at = p * (size + pictures->n_pixels);

      ph_opacity_lay_adjoint (pictures->channels, pictures->n_pixels, pictures->drawn->data + at,
                              pictures->backgrounds + p * size, pictures->laid + p * size,
                              pictures->d_drawn + at);
    }
}

/* What is opaque costs. */
static void
charge (PhPictures *pictures, double price, double objective)
{
  gsize plane = pictures->n_pixels, stride = pictures->n_planes * plane;
  gsize first = pictures->channels * plane, n = pictures->n * plane;
  double sum = 0;

  for (guint p = 0; p < pictures->n; p++)
    for (gsize i = 0; i < plane; i++)
      sum += pictures->drawn->data[p * stride + first + i];

  double rest = MAX (1 - price * sum / (double)n, 1e-3);
  float each = (float)(price * objective / ((double)n * rest));

  for (guint p = 0; p < pictures->n; p++)
    for (gsize i = 0; i < plane; i++)
      pictures->d_drawn[p * stride + first + i] -= each;
}

void
ph_pictures_gather (PhPictures *pictures, double price, double objective, float *d_values)
{
  gsize size = pictures->n_planes * pictures->n_pixels;

  if (pictures->laid != NULL)
    lift (pictures);
  if (pictures->laid != NULL && price != 0 && objective > 0)
    charge (pictures, price, objective);
  for (guint p = 0; p < pictures->n && pictures->cares != NULL; p++)
    ph_opacity_gather (pictures->n_planes, pictures->n_pixels, pictures->d_drawn + p * size,
                       pictures->cares + p * pictures->n_pixels);
  ph_param_adjoint (pictures->param, pictures->values, pictures->drawn->data, pictures->d_drawn,
                    d_values);
}
