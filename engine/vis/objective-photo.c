/* Terms that compare a layer with what it makes of a photograph. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "vis/gram.h"
#include "vis/photo.h"
#include "vis/vector.h"

typedef struct
{
  guint layer;
  char *path; /* owned */
  double cosine;

  /* of the bound plan */
  PhMaps maps;
  float *target; /* owned: the maps, or their Gram matrix */
  double size;   /* sum of squares of target */
} Photo;

static gboolean
photo_parse (gpointer data, PhTermArgs *args, GError **error)
{
  Photo *photo = data;

  if (!ph_term_take_layer (args, &photo->layer, error))
    return FALSE;
  photo->path = ph_term_take_file (args, "a photograph", error);
  return photo->path != NULL;
}

static void
photo_clear (gpointer data)
{
  Photo *photo = data;

  g_free (photo->path);
  g_free (photo->target);
}

static double
sum_of_squares (gsize n, const float *x)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += (double)x[i] * x[i];
  return sum;
}

static gboolean
photo_bind (gpointer data, PhModel *model, const PhPlan *plan, GError **error)
{
  Photo *photo = data;
  g_autoptr (PhPhotos) photos = ph_photos_new_for_plan (model, photo->layer, plan, error);

  if (photos == NULL || !ph_maps_locate (&photo->maps, model, photo->layer, plan, error))
    return FALSE;
  g_free (photo->target);
  photo->target = g_new (float, photo->maps.image_stride);
  if (!ph_photos_show (photos, photo->path, photo->target, error))
    return FALSE;
  photo->size = sum_of_squares (photo->maps.image_stride, photo->target);
  if (photo->size > 0 && isfinite (photo->size))
    return TRUE;
  g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID, "the layer answers nothing to %s",
               photo->path);
  return FALSE;
}

/* Minus the squared distance of the layer's output from the photograph's, which counts as 1. */
static double
invert_evaluate (gconstpointer data, const PhObjectiveContext *context)
{
  const Photo *photo = data;
  const PhMaps *maps = &photo->maps;
  const float *x = ph_run_get_value (context->run, maps->value);
  float *gradient = context->gradient ? ph_run_get_gradient (context->run, maps->value) : NULL;
  g_autofree float *off = g_new (float, maps->image_stride);
  double share = 1 / (photo->size * (double)maps->n), value = 0;

  for (gsize i = 0; i < maps->n; i++)
    {
      ph_maps_gather (maps, i, x, off);
      for (gsize j = 0; j < maps->image_stride; j++)
        off[j] -= photo->target[j];
      value -= share * sum_of_squares (maps->image_stride, off);
      if (gradient == NULL)
        continue;
      for (gsize j = 0; j < maps->image_stride; j++)
        off[j] *= (float)(-2 * context->weight * share);
      ph_maps_scatter (maps, i, off, gradient);
    }
  return value;
}

/* Source: Mahendran, Vedaldi, "Understanding Deep Image Representations by Inverting Them", CVPR
 * 2015. */
const PhObjectiveClass ph_objective_invert = {
  .name = "invert",
  .usage = "LAYER, PHOTO",
  .summary =
      N_ ("How near the layer's output is to that for a photograph: 0 the same, -1 as far as no "
          "output at all. The picture shows what the layer has kept of the photograph."),
  .flags = PH_TERM_IN_PLACE,
  .data_size = sizeof (Photo),
  .parse = photo_parse,
  .bind = photo_bind,
  .clear = photo_clear,
  .evaluate = invert_evaluate,
};

static gboolean
caricature_parse (gpointer data, PhTermArgs *args, GError **error)
{
  Photo *photo = data;

  photo->cosine = 1;
  return ph_term_take_number (args, "cosine", 0, 8, &photo->cosine, error) &&
         photo_parse (data, args, error);
}

/* At each position the product with the photograph's vector there, over the mean of its squares. */
static double
caricature_evaluate (gconstpointer data, const PhObjectiveContext *context)
{
  const Photo *photo = data;
  const PhMaps *maps = &photo->maps;
  const float *x = ph_run_get_value (context->run, maps->value);
  float *gradient = context->gradient ? ph_run_get_gradient (context->run, maps->value) : NULL;
  double share = 1 / (photo->size * (double)maps->n), value = 0;

  for (gsize i = 0; i < maps->n; i++)
    for (gsize row = 0; row < maps->rows; row++)
      for (gsize column = 0; column < maps->columns; column++)
        {
          gsize at = ph_maps_index (maps, i, 0, row, column);

          value += share *
                   ph_vector_product (maps->channels, photo->target + row * maps->columns + column,
                                      maps->rows * maps->columns, x + at, maps->channel_stride,
                                      photo->cosine, context->weight * share,
                                      gradient != NULL ? gradient + at : NULL);
        }
  return value;
}

/* Source: Cammarata et al., "Thread: Circuits", Distill 2020; the word is Lucid's. */
const PhObjectiveClass ph_objective_caricature = {
  .name = "caricature",
  .usage = "LAYER, PHOTO, [cosine=1]",
  .summary = N_ ("How strongly the layer answers as it does to a photograph, place by place: its "
                 "features come out exaggerated."),
  .flags = PH_TERM_OF_UNIT | PH_TERM_IN_PLACE,
  .data_size = sizeof (Photo),
  .parse = caricature_parse,
  .bind = photo_bind,
  .clear = photo_clear,
  .evaluate = caricature_evaluate,
};

static gboolean
style_bind (gpointer data, PhModel *model, const PhPlan *plan, GError **error)
{
  Photo *photo = data;
  gsize channels;
  float *gram;

  if (!photo_bind (data, model, plan, error))
    return FALSE;
  channels = photo->maps.channels;
  gram = g_new0 (float, channels *channels);
  ph_gram_add (channels, photo->maps.rows * photo->maps.columns, photo->target, 1, gram);
  g_free (photo->target);
  photo->target = gram;
  photo->size = sum_of_squares (channels * channels, gram);
  return TRUE;
}

/* The same as invert, of Gram matrices. */
static double
style_evaluate (gconstpointer data, const PhObjectiveContext *context)
{
  const Photo *photo = data;
  const PhMaps *maps = &photo->maps;
  gsize n = maps->rows * maps->columns, size = maps->channels * maps->channels;
  const float *x = ph_run_get_value (context->run, maps->value);
  float *gradient = context->gradient ? ph_run_get_gradient (context->run, maps->value) : NULL;
  g_autofree float *a = g_new (float, 2 * maps->image_stride);
  g_autofree float *off = g_new (float, size);
  double share = 1 / (photo->size * (double)maps->n), value = 0;

  for (gsize i = 0; i < maps->n; i++)
    {
      ph_maps_gather (maps, i, x, a);
      memset (off, 0, sizeof (float) * size);
      ph_gram_add (maps->channels, n, a, 1, off);
      for (gsize j = 0; j < size; j++)
        off[j] -= photo->target[j];
      value -= share * sum_of_squares (size, off);
      if (gradient == NULL)
        continue;
      for (gsize j = 0; j < size; j++)
        off[j] *= (float)(-2 * context->weight * share);
      ph_gram_adjoint (maps->channels, n, a, 1, off, a + maps->image_stride);
      ph_maps_scatter (maps, i, a + maps->image_stride, gradient);
    }
  return value;
}

/* Source: Gatys, Ecker, Bethge, "A Neural Algorithm of Artistic Style", 2015. */
const PhObjectiveClass ph_objective_style = {
  .name = "style",
  .usage = "LAYER, PHOTO",
  .summary = N_ ("How near it is to a photograph in which channels of the layer answer together, "
                 "wherever that is: 0 the same, -1 as far as no output at all."),
  .data_size = sizeof (Photo),
  .parse = photo_parse,
  .bind = style_bind,
  .clear = photo_clear,
  .evaluate = style_evaluate,
};
