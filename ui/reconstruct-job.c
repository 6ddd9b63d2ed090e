#include "ui/reconstruct-job.h"

#include <math.h>

void
ph_reconstruct_spec_free (gpointer data)
{
  PhReconstructSpec *spec = data;

  ph_embedding_unref (spec->embedding);
  g_clear_pointer (&spec->clean, ph_image_free);
  g_free (spec->path);
  g_free (spec->code);
  g_free (spec);
}

void
ph_reconstructed_free (gpointer data)
{
  PhReconstructed *result = data;

  g_clear_pointer (&result->clean, ph_image_free);
  g_free (result->code);
  g_clear_pointer (&result->original, ph_frame_unref);
  g_clear_pointer (&result->spoiled, ph_frame_unref);
  g_clear_pointer (&result->mended, ph_frame_unref);
  g_clear_pointer (&result->difference, ph_frame_unref);
  g_free (result);
}

static PhImage *
load (const PhReconstructSpec *spec, GError **error)
{
  const PhLooked looked = { spec->item, spec->path };
  g_autoptr (PhImage) image = NULL;

  if (spec->clean != NULL)
    return ph_image_copy (spec->clean, error);
  image = ph_embedding_load_looked (spec->embedding, &looked, error);
  return image != NULL ? ph_embedding_fit (spec->embedding, image, error) : NULL;
}

/* Grey where nothing has changed, brighter where there is more of a colour than there was. */
static PhFrame *
draw_difference (const PhImage *before, const PhImage *after)
{
  const gsize n = ph_image_n_values (before);
  g_autoptr (PhImage) difference = ph_image_copy (before, NULL);

  if (difference == NULL)
    return NULL;
  for (gsize i = 0; i < n; i++)
    difference->data[i] = 0.5f + (after->data[i] - before->data[i]) / 2;
  return ph_image_to_frame (difference, 0, 0);
}

/* What comes back of a given embedding. */
static PhImage *
decode (const PhReconstructSpec *spec, PhReconstructed *result, GCancellable *cancellable,
        GError **error)
{
  g_autoptr (GPtrArray) pictures =
      ph_embedding_decode (spec->embedding, 1, spec->code, cancellable, error);

  result->code =
      g_memdup2 (spec->code, ph_embedding_get_size (spec->embedding) * sizeof *spec->code);
  return pictures != NULL ? g_ptr_array_steal_index (pictures, 0) : NULL;
}

/* Of the image, perhaps spoiled. (nullable): nothing can, without an error, where there is no
 * decoder. */
static PhImage *
reconstruct (const PhReconstructSpec *spec, PhReconstructed *result, PhImage *seen,
             GCancellable *cancellable, GError **error)
{
  result->code = g_new0 (float, ph_embedding_get_size (spec->embedding));
  if (spec->corruption.kind != PH_CORRUPTION_NONE)
    {
      PhRng rng;

      ph_rng_init (&rng, spec->seed, 0);
      ph_corrupt (&spec->corruption, seen->channels, (gsize)seen->height * seen->width, seen->data,
                  &rng);
      result->spoiled = ph_image_to_frame (seen, 0, 0);
      result->psnr_spoiled = ph_image_psnr (seen, result->clean);
    }
  if (ph_embedding_can_reconstruct (spec->embedding))
    return ph_embedding_reconstruct (spec->embedding, seen, result->code, cancellable, error);
  ph_embedding_encode (spec->embedding, seen, result->code, cancellable, error);
  return NULL;
}

gpointer
ph_reconstruct_run (const PhMonitor *monitor, GCancellable *cancellable, gpointer data,
                    GError **error)
{
  const PhReconstructSpec *spec = data;
  PhReconstructed *result = g_new0 (PhReconstructed, 1);
  g_autoptr (GError) failure = NULL;
  g_autoptr (PhImage) seen = NULL;
  g_autoptr (PhImage) mended = NULL;

  result->psnr = result->psnr_spoiled = NAN;
  result->clean = load (spec, &failure);
  if (result->clean != NULL && spec->code == NULL)
    seen = ph_image_copy (result->clean, &failure);
  if (spec->code != NULL && failure == NULL)
    mended = decode (spec, result, cancellable, &failure);
  else if (seen != NULL)
    mended = reconstruct (spec, result, seen, cancellable, &failure);
  if (failure != NULL)
    {
      ph_reconstructed_free (result);
      g_propagate_error (error, g_steal_pointer (&failure));
      return NULL;
    }
  if (spec->code == NULL)
    result->original = ph_image_to_frame (result->clean, 0, 0);
  if (mended != NULL)
    {
      result->mended = ph_image_to_frame (mended, 0, 0);
      result->difference = draw_difference (result->clean, mended);
      result->psnr = ph_image_psnr (mended, result->clean);
    }
  return result;
}
