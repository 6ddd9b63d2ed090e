#include "ui/dataset-pictures.h"

typedef struct
{
  /* owned */
  PhDataset *dataset;
  guint *items;

  guint n, side;
} Spec;

static void
spec_free (gpointer data)
{
  Spec *spec = data;

  ph_dataset_unref (spec->dataset);
  g_free (spec->items);
  g_free (spec);
}

static Spec *
spec_new (PhDataset *dataset, const guint *items, guint n, guint side)
{
  Spec *spec = g_new (Spec, 1);

  *spec = (Spec){ ph_dataset_ref (dataset), g_memdup2 (items, n * sizeof *items), n, side };
  return spec;
}

static void
unref_frame (gpointer frame)
{
  if (frame != NULL)
    ph_frame_unref (frame);
}

static PhFrame *
load_one (const Spec *spec, guint item)
{
  g_autoptr (PhImage) image = ph_dataset_load (spec->dataset, item, spec->side, NULL);
  g_autoptr (PhImage) fitted =
      image != NULL ? ph_image_fit (image, spec->side, spec->side, 1, NULL) : NULL;

  return fitted != NULL ? ph_image_to_frame (fitted, 0, 0) : NULL;
}

static gpointer
load (const PhMonitor *monitor, GCancellable *cancellable, gpointer data, GError **error)
{
  const Spec *spec = data;
  g_autoptr (GPtrArray) frames = g_ptr_array_new_with_free_func (unref_frame);

  for (guint i = 0; i < spec->n; i++)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
      g_ptr_array_add (frames, load_one (spec, spec->items[i]));
    }
  return g_steal_pointer (&frames);
}

PhJob *
ph_dataset_pictures_job (PhDataset *dataset, const guint *items, guint n, guint side)
{
  PhJob *job = ph_job_new ("pictures of a set", load, spec_new (dataset, items, n, side), spec_free,
                           (GDestroyNotify)g_ptr_array_unref);

  ph_job_set_quiet (job, TRUE);
  return job;
}
