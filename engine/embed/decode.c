#include "embed/decode.h"

#include <glib/gi18n.h>
#include <string.h>

#include "network/autoencoder.h"
#include "network/run.h"

struct _PhDecoder
{
  PhAutoencoder parts;
  guint channels, height, width;
  int target;
  guint planned; /* embeddings of @run; 0: none */

  /* owned */
  PhGraph *graph;
  PhRun *run;
};

PhDecoder *
ph_decoder_new (PhModel *model, GError **error)
{
  g_autoptr (PhDecoder) decoder = g_new0 (PhDecoder, 1);
  const PhPreprocess *p = ph_model_get_preprocess (model);

  if (!ph_autoencoder_find (model, &decoder->parts) || p->nhwc)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_MODEL_INVALID,
                   _ ("%s gives back no pictures; only an autoencoder can make a picture of an "
                      "embedding (phosphene-cli train conv-autoencoder …)"),
                   ph_model_get_name (model));
      return NULL;
    }
  decoder->graph = ph_autoencoder_copy_decoder (model, &decoder->parts, error);
  if (decoder->graph == NULL)
    return NULL;
  decoder->target = ph_graph_find_value (
      decoder->graph,
      ph_graph_get_value (ph_model_get_graph (model), decoder->parts.picture)->name);
  decoder->channels = p->channels;
  decoder->height = p->height;
  decoder->width = p->width;
  return g_steal_pointer (&decoder);
}

void
ph_decoder_free (PhDecoder *decoder)
{
  if (decoder == NULL)
    return;
  g_clear_pointer (&decoder->run, ph_run_free);
  g_clear_pointer (&decoder->graph, ph_graph_unref);
  g_free (decoder);
}

gsize
ph_decoder_get_size (const PhDecoder *decoder)
{
  return decoder->parts.size;
}

static gboolean
plan_for (PhDecoder *decoder, guint n, GError **error)
{
  PhShape input = decoder->parts.shape;
  g_autoptr (PhPlan) plan = NULL;

  if (decoder->planned == n)
    return TRUE;
  g_clear_pointer (&decoder->run, ph_run_free);
  decoder->planned = 0;
  input.dim[0] = n;
  plan = ph_plan_new_for_image (decoder->graph, &input, &decoder->target, 1, FALSE, error);
  decoder->run = plan != NULL ? ph_run_new (plan, error) : NULL;
  if (decoder->run == NULL)
    return FALSE;
  decoder->planned = n;
  return TRUE;
}

GPtrArray *
ph_decoder_run (PhDecoder *decoder, guint n, const float *codes, GCancellable *cancellable,
                GError **error)
{
  g_autoptr (GPtrArray) pictures = g_ptr_array_new_with_free_func ((GDestroyNotify)ph_image_free);
  const float *values;

  if (!plan_for (decoder, n, error))
    return NULL;
  memcpy (ph_run_get_input (decoder->run, 0), codes, n * decoder->parts.size * sizeof (float));
  if (!ph_run_forward (decoder->run, cancellable, error))
    return NULL;
  values = ph_run_get_value (decoder->run, decoder->target);
  for (guint i = 0; i < n; i++)
    {
      PhImage *image = ph_image_new (decoder->channels, decoder->height, decoder->width, error);
      gsize n_values;

      if (image == NULL)
        return NULL;
      g_ptr_array_add (pictures, image);
      n_values = ph_image_n_values (image);
      for (gsize j = 0; j < n_values; j++)
        image->data[j] = CLAMP (values[i * n_values + j], 0, 1);
    }
  return g_steal_pointer (&pictures);
}
