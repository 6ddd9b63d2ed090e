#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "vis/attribution-private.h"

typedef struct
{
  PhAttributionTask *task;
  guint patch, stride; /* pixels */
  guint rows, columns; /* places of the patch */
  float *fill;         /* what hides: the baseline */
  double *drops;       /* per pixel: what the patches over it cost the unit, in sum */
  guint *covers;       /* per pixel: how many patches were over it */
} Hide;

static guint
count_places (const Hide *hide, guint size)
{
  return (size - hide->patch + hide->stride - 1) / hide->stride + 1;
}

/* Top or left edge of the i-th patch along an axis of @size pixels; the last touches the end. */
static guint
edge (const Hide *hide, guint i, guint size)
{
  return MIN (i * hide->stride, size - hide->patch);
}

static void
cover (const Hide *hide, guint place, float *picture)
{
  const PhImage *image = hide->task->picture;
  guint top = edge (hide, place / hide->columns, image->height);
  guint left = edge (hide, place % hide->columns, image->width);

  memcpy (picture, image->data, sizeof (float) * ph_image_n_values (image));
  for (guint c = 0; c < image->channels; c++)
    for (guint y = top; y < top + hide->patch; y++)
      {
        gsize at = ((gsize)c * image->height + y) * image->width + left;

        memcpy (picture + at, hide->fill + at, sizeof (float) * hide->patch);
      }
}

static void
note (Hide *hide, guint place, double drop)
{
  const PhImage *image = hide->task->picture;
  guint top = edge (hide, place / hide->columns, image->height);
  guint left = edge (hide, place % hide->columns, image->width);

  for (guint y = top; y < top + hide->patch; y++)
    for (guint x = left; x < left + hide->patch; x++)
      {
        gsize at = (gsize)y * image->width + x;

        hide->drops[at] += drop;
        hide->covers[at]++;
        hide->task->result->values[at] = (float)(hide->drops[at] / hide->covers[at]);
      }
}

static gboolean
try_places (Hide *hide, PhProbe *probe, guint batch, float *pictures, GError **error)
{
  PhAttributionTask *task = hide->task;
  gsize n = ph_image_n_values (task->picture);
  guint places = hide->rows * hide->columns, stride = ph_attribution_spread (places), seen = 0;
  g_autofree double *values = g_new (double, batch);
  gboolean stop = FALSE;

  while (seen < places && !stop)
    {
      guint useful = MIN (batch, places - seen);

      for (guint k = 0; k < batch; k++)
        cover (hide, (guint)((guint64)(seen + k % useful) * stride % places), pictures + k * n);
      if (!ph_probe_forward (probe, pictures, values, task->cancellable, error))
        return FALSE;
      for (guint k = 0; k < useful; k++)
        note (hide, (guint)((guint64)(seen + k) * stride % places),
              task->result->value - values[k]);
      seen += useful;
      if (!ph_attribution_advance (task, (double)seen / places, &stop, error))
        return FALSE;
    }
  task->result->stopped = seen < places;
  return TRUE;
}

static gboolean
run_occlusion (PhAttributionTask *task, GError **error)
{
  const PhImage *picture = task->picture;
  const PhPreprocess *p = ph_model_get_preprocess (task->model);
  guint side = MIN (picture->height, picture->width);
  gsize n = ph_image_n_values (picture), plane = (gsize)picture->height * picture->width;
  Hide hide = { .task = task };

  hide.patch = CLAMP ((guint)round (task->settings->patch * side), 1, side);
  hide.stride = CLAMP ((guint)round (task->settings->stride * hide.patch), 1, hide.patch);
  hide.rows = count_places (&hide, picture->height);
  hide.columns = count_places (&hide, picture->width);

  guint batch = MIN (hide.rows * hide.columns, PH_ATTRIBUTION_BATCH);
  g_autofree float *fill = hide.fill = g_try_new (float, n);
  g_autofree double *drops = hide.drops = g_try_new0 (double, plane);
  g_autofree guint *covers = hide.covers = g_try_new0 (guint, plane);
  g_autofree float *pictures = g_try_new (float, batch *n);
  g_autoptr (PhProbe) whole = ph_attribution_probe (task, 1, FALSE, -1, error);
  g_autoptr (PhProbe) probe =
      whole != NULL ? ph_attribution_probe (task, batch, FALSE, -1, error) : NULL;

  if (probe == NULL ||
      !ph_attribution_alloc (task->result, 1, picture->height, picture->width, error))
    return FALSE;
  if (fill == NULL || drops == NULL || covers == NULL || pictures == NULL)
    {
      g_set_error_literal (error, PH_ERROR, PH_ERROR_NO_MEMORY,
                           _ ("There is no memory for copies"));
      return FALSE;
    }
  return ph_baseline_fill ((PhBaseline)task->settings->baseline, p, picture, fill, error) &&
         ph_probe_forward (whole, picture->data, &task->result->value, task->cancellable, error) &&
         try_places (&hide, probe, batch, pictures, error);
}

const PhAttributionMethod ph_attribution_occlusion = {
  .name = "occlusion",
  .title = N_ ("Occlusion"),
  .explanation = N_ (
      "Hides one part of the picture after another behind a square and notes how much the unit "
      "loses; each pixel shows the mean over the squares that hid it. Slow, and a square is itself "
      "something to see, but nothing needs to be believed about gradients."),
  .source = "Zeiler, Fergus: Visualizing and Understanding Convolutional Networks, 2014",
  .is_signed = TRUE,
  .settings = (const char *const[]){ "patch", "stride", "baseline", NULL },
  .run = run_occlusion,
};
