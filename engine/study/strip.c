#include "study/strip.h"

#include <math.h>
#include <string.h>

#include "kernels/parallel.h"
#include "network/run.h"

static void
item_free (gpointer data)
{
  PhStripItem *item = data;

  g_free (item->name);
  g_free (item->class_name);
  g_free (item->path);
  g_clear_pointer (&item->picture, ph_frame_unref);
  g_free (item->map);
  g_free (item);
}

void
ph_strip_free (PhStrip *strip)
{
  g_clear_pointer (&strip->study, ph_unit_study_free);
  g_ptr_array_unref (strip->items);
  g_ptr_array_unref (strip->class_names);
  g_free (strip->stand_in);
  g_free (strip);
}

/* What showing one image to the network needs. */
typedef struct
{
  PhModel *model;
  const PhPreprocess *preprocess;
  PhDataset *dataset;
  PhStore *store;
  PhUnit unit; /* whose map is drawn: of the layer that was watched */
  int value;
  PhRun *run; /* owned */
  PhRegion region;
} Viewer;

static gboolean
viewer_open (Viewer *viewer, GError **error)
{
  const PhPreprocess *p = viewer->preprocess;
  PhShape input = ph_model_input_shape (viewer->model, 1, p->height, p->width);
  g_autoptr (PhPlan) plan = NULL;
  PhUnit map = viewer->unit;

  /* A neuron's map is its channel's. */
  if (map.kind == PH_UNIT_NEURON)
    map.kind = PH_UNIT_CHANNEL;
  viewer->value = ph_unit_get_value (viewer->model, &map);
  plan = ph_plan_new_for_image (ph_model_get_graph (viewer->model), &input, &viewer->value, 1,
                                FALSE, error);
  if (plan == NULL ||
      !ph_unit_locate (viewer->model, &map, &ph_plan_get_spec (plan, viewer->value)->shape,
                       &viewer->region, error))
    return FALSE;
  viewer->run = ph_run_new (plan, error);
  return viewer->run != NULL;
}

static gboolean
fill_map (Viewer *viewer, const PhImage *input, PhStripItem *item, GCancellable *cancellable,
          GError **error)
{
  const PhPreprocess *p = viewer->preprocess;
  const float *values;

  ph_preprocess_apply (p, 1, p->height, p->width, input->data, ph_run_get_input (viewer->run, 0));
  if (!ph_run_forward (viewer->run, cancellable, error))
    return FALSE;
  values = ph_run_get_value (viewer->run, viewer->value);
  item->map = g_new (float, viewer->region.count);
  for (gsize i = 0; i < viewer->region.count; i++)
    item->map[i] = values[viewer->region.offset + i * viewer->region.stride];
  return TRUE;
}

static void
fill_field (Viewer *viewer, PhStripItem *item)
{
  const PhPreprocess *p = viewer->preprocess;

  item->rows = item->columns = 1;
  item->height = p->height;
  item->width = p->width;
  if (viewer->unit.kind == PH_UNIT_CLASS)
    return;

  const PhLayer *layer = ph_model_get_layer (viewer->model, viewer->unit.layer);

  item->rows = MAX (layer->rows, 1);
  item->columns = MAX (layer->columns, 1);
  ph_receptive_field_rectangle (&layer->field, item->example.position / item->columns,
                                item->example.position % item->columns, p->height, p->width,
                                &item->top, &item->left, &item->height, &item->width);
}

/* Adds an image to the strip; one that is gone since the scan is left out. */
static gboolean
add (PhStrip *strip, Viewer *viewer, PhStripPart part, const PhExample *example, double share,
     GCancellable *cancellable, GError **error)
{
  int label = -1, found;
  g_autofree char *name = ph_store_read_image (viewer->store, example->image, &label, error);
  g_autoptr (PhImage) image = NULL;
  g_autoptr (PhImage) input = NULL;
  PhStripItem *item;

  if (name == NULL || g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  found = ph_dataset_find (viewer->dataset, name);
  if (found >= 0)
    image = ph_dataset_load (viewer->dataset, (guint)found,
                             ph_preprocess_shorter_side (viewer->preprocess), NULL);
  if (image == NULL)
    return TRUE;
  input = ph_preprocess_fit (viewer->preprocess, image, FALSE, error);
  if (input == NULL)
    return FALSE;

  item = g_new0 (PhStripItem, 1);
  g_ptr_array_add (strip->items, item);
  item->part = part;
  item->example = *example;
  item->share = share;
  item->class_name = label >= 0 ? ph_store_dup_class_name (viewer->store, (guint)label) : NULL;
  item->path = ph_dataset_dup_item_path (viewer->dataset, (guint)found);
  item->name = g_steal_pointer (&name);
  item->picture = ph_image_to_frame (input, 0, example->value);
  fill_field (viewer, item);
  return fill_map (viewer, input, item, cancellable, error);
}

static gboolean
fill (PhStrip *strip, Viewer *viewer, guint n_lowest, guint n_middle, guint n_highest,
      GCancellable *cancellable, GError **error)
{
  const PhExamples *examples = &strip->study->examples;

  for (guint i = 0; i < MIN (n_lowest, examples->n_lowest); i++)
    if (!add (strip, viewer, PH_STRIP_LOWEST, &examples->lowest[i], 0, cancellable, error))
      return FALSE;
  for (guint i = 0; i < n_middle; i++)
    {
      double share = (i + 0.5) / n_middle;
      const PhExample *example = ph_unit_study_quantile (strip->study, share);

      if (example != NULL &&
          !add (strip, viewer, PH_STRIP_MIDDLE, example, share, cancellable, error))
        return FALSE;
    }
  for (guint i = MIN (n_highest, examples->n_highest); i-- > 0;)
    if (!add (strip, viewer, PH_STRIP_HIGHEST, &examples->highest[i], 1, cancellable, error))
      return FALSE;
  for (guint i = 0; i < MIN (strip->study->n_classes, PH_STRIP_CLASSES); i++)
    g_ptr_array_add (strip->class_names,
                     ph_store_dup_class_name (viewer->store, strip->study->classes[i].label));
  return TRUE;
}

/* The unit of the watched layer that stands for @unit. */
static PhUnit
watched_unit (PhModel *model, const PhUnit *unit, const char *target)
{
  PhUnit watched = *unit;
  int layer = ph_model_find_layer (model, target);

  if (layer >= 0)
    watched.layer = (guint)layer;
  else
    watched = (PhUnit){ .kind = PH_UNIT_CLASS, .channel = unit->channel };
  return watched;
}

PhStrip *
ph_strip_load (PhModel *model, const PhPreprocess *preprocess, PhDataset *dataset,
               const PhUnit *unit, guint n_lowest, guint n_middle, guint n_highest,
               GCancellable *cancellable, GError **error)
{
  const char *target = ph_target_for_unit (model, unit);
  g_autofree char *folder = ph_store_dup_folder (model, ph_dataset_get_identity (dataset));
  g_autoptr (PhStore) store = NULL;
  g_autoptr (PhStrip) strip = NULL;
  Viewer viewer = { model, preprocess, dataset };
  gboolean good;

  if (target != NULL)
    store = ph_store_find (
        folder, target, unit->kind == PH_UNIT_NEURON ? (guint[]){ unit->row, unit->column } : NULL);
  if (store == NULL)
    return NULL;
  strip = g_new0 (PhStrip, 1);
  strip->items = g_ptr_array_new_with_free_func (item_free);
  strip->class_names = g_ptr_array_new_with_free_func (g_free);
  viewer.store = store;
  viewer.unit = watched_unit (model, unit, target);
  if (unit->kind != PH_UNIT_CLASS && viewer.unit.kind != PH_UNIT_CLASS &&
      viewer.unit.layer != unit->layer)
    strip->stand_in = g_strdup (target);
  strip->study = ph_store_read_unit (store, target, unit->channel, error);
  if (strip->study == NULL || !ph_store_get_progress (store, &strip->progress, error))
    return NULL;
  ph_parallel_push_alone ();
  good = viewer_open (&viewer, error) &&
         fill (strip, &viewer, n_lowest, n_middle, n_highest, cancellable, error);
  ph_parallel_pop_alone ();
  g_clear_pointer (&viewer.run, ph_run_free);
  return good ? g_steal_pointer (&strip) : NULL;
}
