#include "embed/reconstruct.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "network/autoencoder.h"
#include "network/run.h"

struct _PhReconstructor
{
  PhAutoencoder parts;
  PhPreprocess preprocess;
  PhRun *run; /* owned */
};

PhReconstructor *
ph_reconstructor_new (PhModel *model, GError **error)
{
  g_autoptr (PhReconstructor) self = g_new0 (PhReconstructor, 1);
  g_autoptr (PhPlan) plan = NULL;
  PhShape input;

  self->preprocess = *ph_model_get_preprocess (model);
  if (!ph_autoencoder_find (model, &self->parts) || self->preprocess.nhwc)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_MODEL_INVALID,
                   "%s gives back no pictures; it is no autoencoder", ph_model_get_name (model));
      return NULL;
    }
  input = ph_model_input_shape (model, 1, self->preprocess.height, self->preprocess.width);
  plan = ph_plan_new_for_image (ph_model_get_graph (model), &input,
                                (const int[]){ self->parts.picture, self->parts.code }, 2, FALSE,
                                error);
  self->run = plan != NULL ? ph_run_new (plan, error) : NULL;
  return self->run != NULL ? g_steal_pointer (&self) : NULL;
}

void
ph_reconstructor_free (PhReconstructor *reconstructor)
{
  if (reconstructor == NULL)
    return;
  g_clear_pointer (&reconstructor->run, ph_run_free);
  g_free (reconstructor);
}

gsize
ph_reconstructor_get_size (const PhReconstructor *reconstructor)
{
  return reconstructor->parts.size;
}

PhImage *
ph_reconstructor_fit (const PhReconstructor *reconstructor, const PhImage *image, GError **error)
{
  return ph_preprocess_fit (&reconstructor->preprocess, image, TRUE, error);
}

PhImage *
ph_reconstructor_run (PhReconstructor *reconstructor, const PhImage *picture, float *code,
                      GCancellable *cancellable, GError **error)
{
  const PhPreprocess *p = &reconstructor->preprocess;
  g_autoptr (PhImage) result = ph_image_new (p->channels, p->height, p->width, error);
  const float *values;

  g_return_val_if_fail (picture->channels == p->channels && picture->height == p->height &&
                            picture->width == p->width,
                        NULL);

  if (result == NULL)
    return NULL;
  ph_preprocess_apply (p, 1, p->height, p->width, picture->data,
                       ph_run_get_input (reconstructor->run, 0));
  if (!ph_run_forward (reconstructor->run, cancellable, error))
    return NULL;
  values = ph_run_get_value (reconstructor->run, reconstructor->parts.picture);
  for (gsize i = 0; i < ph_image_n_values (result); i++)
    result->data[i] = CLAMP (values[i], 0, 1);
  if (code != NULL)
    memcpy (code, ph_run_get_value (reconstructor->run, reconstructor->parts.code),
            reconstructor->parts.size * sizeof (float));
  return g_steal_pointer (&result);
}

static double
mean_square (const PhImage *a, const PhImage *b)
{
  const gsize n = ph_image_n_values (a);
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += ((double)a->data[i] - (double)b->data[i]) * ((double)a->data[i] - (double)b->data[i]);
  return sum / (double)n;
}

double
ph_image_psnr (const PhImage *a, const PhImage *b)
{
  g_return_val_if_fail (ph_image_n_values (a) == ph_image_n_values (b), NAN);

  return -10 * log10 (mean_square (a, b));
}

static gboolean
measure_one (PhReconstructor *reconstructor, const PhImage *image, const PhCorruption *corruption,
             PhRng *rng, PhReconstructionError *result, GCancellable *cancellable, GError **error)
{
  g_autoptr (PhImage) clean = ph_reconstructor_fit (reconstructor, image, error);
  g_autoptr (PhImage) spoiled = clean != NULL ? ph_image_copy (clean, error) : NULL;
  g_autoptr (PhImage) mended = NULL;

  if (spoiled == NULL)
    return FALSE;
  if (corruption != NULL)
    ph_corrupt (corruption, spoiled->channels, (gsize)spoiled->height * spoiled->width,
                spoiled->data, rng);
  mended = ph_reconstructor_run (reconstructor, spoiled, NULL, cancellable, error);
  if (mended == NULL)
    return FALSE;
  result->n++;
  result->spoiled += mean_square (spoiled, clean);
  result->mended += mean_square (mended, clean);
  return TRUE;
}

gboolean
ph_reconstructor_measure (PhReconstructor *reconstructor, PhDataset *dataset,
                          const PhCorruption *corruption, guint64 seed,
                          PhReconstructionError *result, const PhMonitor *monitor,
                          GCancellable *cancellable, GError **error)
{
  const guint n = ph_dataset_get_n_items (dataset);
  const guint least = MIN (reconstructor->preprocess.height, reconstructor->preprocess.width);

  *result = (PhReconstructionError){ 0 };
  for (guint i = 0; i < n && !ph_monitor_should_stop (monitor); i++)
    {
      g_autoptr (PhImage) image = ph_dataset_load (dataset, i, least, NULL);
      PhRng rng;

      ph_rng_init (&rng, seed, i);
      ph_monitor_progress (monitor, (double)i / n, _ ("reconstructing"));
      ph_monitor_wait (monitor, cancellable);
      if (image != NULL &&
          !measure_one (reconstructor, image, corruption, &rng, result, cancellable, error))
        return FALSE;
    }
  if (result->n == 0)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID, "%s: none of the pictures can be read",
                   ph_dataset_get_path (dataset));
      return FALSE;
    }
  result->spoiled /= result->n;
  result->mended /= result->n;
  return TRUE;
}
