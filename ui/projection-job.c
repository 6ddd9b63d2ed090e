#include "ui/projection-job.h"

#include <glib/gi18n.h>

typedef struct
{
  PhEmbedding *embedding; /* owned */
  PhProjectionMethod method;
} Spec;

static void
spec_free (gpointer data)
{
  Spec *spec = data;

  ph_embedding_unref (spec->embedding);
  g_free (spec);
}

/* Passes on where the points are, as often as somebody looks. */
static void
on_moved (const float *y, guint n, gpointer data)
{
  const PhMonitor *monitor = data;

  if (!ph_monitor_wants_frame (monitor))
    return;

  g_autoptr (GBytes) nothing = g_bytes_new_take (g_malloc0 (3), 3);
  g_autoptr (PhFrame) frame = ph_frame_new (nothing, 1, 1, 0, 0);

  ph_frame_take_map (frame, g_memdup2 (y, 2 * sizeof (float) * (gsize)n), n, 2);
  ph_monitor_frame (monitor, frame);
}

static gpointer
run (const PhMonitor *monitor, GCancellable *cancellable, gpointer data, GError **error)
{
  const Spec *spec = data;
  PhTensor *vectors = ph_embedding_get_vectors (spec->embedding);
  const guint n = (guint)vectors->shape.dim[0];
  PhShape shape = PH_SHAPE (n, 2);
  g_autoptr (PhTensor) places = ph_tensor_new (PH_TYPE_FLOAT, &shape, error);
  PhProjectionSettings settings;
  gboolean done;

  if (places == NULL)
    return NULL;
  ph_settings_init (ph_projection_settings, &settings);
  settings.method = spec->method;
  ph_monitor_progress (monitor, -1, _ ("looking for neighbours"));
  done = ph_projection_run (vectors->f, n, ph_embedding_get_size (spec->embedding), &settings,
                            places->f, on_moved, (gpointer)monitor, monitor, cancellable, error);
  ph_settings_clear (ph_projection_settings, &settings);
  return done ? g_steal_pointer (&places) : NULL;
}

PhJob *
ph_projection_job (PhEmbedding *embedding, PhProjectionMethod method)
{
  Spec *spec = g_new (Spec, 1);

  *spec = (Spec){ ph_embedding_ref (embedding), method };
  return ph_job_new (_ ("Map of the images"), run, spec, spec_free,
                     (GDestroyNotify)ph_tensor_unref);
}
