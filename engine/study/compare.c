#include "study/compare-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "kernels/parallel.h"
#include "study/compare-pairs.h"
#include "study/compare-weights.h"
#include "study/means.h"
#include "study/scan.h"
#include "study/similarity.h"

/* Images below which activations say nothing. */
#define FEWEST_IMAGES 8

typedef struct
{
  PhDataset *dataset; /* nullable */
  const PhCompareSettings *settings;
  const PhMonitor *monitor;
  GCancellable *cancellable;
  PhComparison *comparison;

  /* owned */
  PhCompareSide sides[2];
  GArray *images; /* of PhStoreImage: those that are compared; contents borrowed from: */
  GArray *all;    /* of PhStoreImage: that were scanned in both */
} Work;

/* One of several pieces of work, which reports a part of the whole progress. */
typedef struct
{
  const PhMonitor *whole;
  double from, to;
} Phase;

static void
phase_progress (double fraction, const char *message, gpointer data)
{
  const Phase *phase = data;

  ph_monitor_progress (phase->whole, phase->from + MAX (fraction, 0) * (phase->to - phase->from),
                       message);
}

static gboolean
phase_should_stop (gpointer data)
{
  return ph_monitor_should_stop (((const Phase *)data)->whole);
}

static void
phase_wait (GCancellable *cancellable, gpointer data)
{
  ph_monitor_wait (((const Phase *)data)->whole, cancellable);
}

static PhMonitor
phase_monitor (Phase *phase)
{
  return (PhMonitor){
    .progress = phase_progress, .should_stop = phase_should_stop, .wait = phase_wait, .data = phase
  };
}

static void
layer_free (gpointer data)
{
  PhLayerChange *layer = data;

  for (guint side = 0; side < 2; side++)
    {
      g_free (layer->name[side]);
      g_free (layer->target[side]);
    }
  g_free (layer->units);
  g_free (layer);
}

static PhComparison *
comparison_new (void)
{
  PhComparison *comparison = g_new0 (PhComparison, 1);

  g_atomic_ref_count_init (&comparison->refs);
  comparison->layers = g_ptr_array_new_with_free_func (layer_free);
  comparison->class_names = g_new0 (char *, 1);
  return comparison;
}

PhComparison *
ph_comparison_ref (PhComparison *comparison)
{
  g_atomic_ref_count_inc (&comparison->refs);
  return comparison;
}

void
ph_comparison_unref (PhComparison *comparison)
{
  if (!g_atomic_ref_count_dec (&comparison->refs))
    return;
  g_ptr_array_unref (comparison->layers);
  g_clear_pointer (&comparison->alone[0], g_ptr_array_unref);
  g_clear_pointer (&comparison->alone[1], g_ptr_array_unref);
  g_strfreev (comparison->class_names);
  g_free (comparison);
}

static int
find_layer (PhModel *model, int value)
{
  for (guint i = 0; i < ph_model_get_n_layers (model); i++)
    if (ph_model_get_layer (model, i)->value == value)
      return (int)i;
  return -1;
}

static void
init_side (PhLayerChange *layer, guint side, PhModel *model, const PhTarget *target)
{
  layer->layer[side] = find_layer (model, target->value);
  layer->target[side] = g_strdup (target->name);
  layer->name[side] = g_strdup (layer->layer[side] >= 0
                                    ? ph_model_get_layer (model, (guint)layer->layer[side])->name
                                    : target->name);
}

static void
add_layer (Work *work, const PhPair *pair)
{
  PhCompareSide *sides = work->sides;
  const PhTarget *a = sides[0].targets->targets->pdata[pair->a];
  const PhTarget *b = sides[1].targets->targets->pdata[pair->b];
  PhLayerChange *layer = g_new0 (PhLayerChange, 1);
  g_autofree double *units = g_new (double, a->n_channels + 1);

  init_side (layer, 0, sides[0].model, a);
  init_side (layer, 1, sides[1].model, b);
  layer->by_name = pair->by_name;
  layer->n_units = a->n_channels;
  layer->units = g_new0 (PhUnitChange, a->n_channels + 1);
  for (guint m = 0; m < PH_N_LAYER_MEASURES; m++)
    layer->measure[m] = NAN;
  layer->measure[PH_LAYER_WEIGHTS] =
      ph_compare_weights (sides[0].model, a, sides[1].model, b, units, &layer->n_weights);
  for (guint i = 0; i < layer->n_units; i++)
    {
      for (guint m = 0; m < PH_N_UNIT_MEASURES; m++)
        layer->units[i].measure[m] = NAN;
      layer->units[i].measure[PH_UNIT_WEIGHTS] = units[i];
      for (guint side = 0; side < 2; side++)
        {
          layer->units[i].spread[side] = layer->units[i].selectivity[side] = NAN;
          layer->units[i].favourite[side] = -1;
        }
    }
  g_ptr_array_add (work->comparison->layers, layer);
}

static gboolean
pair_layers (Work *work, GError **error)
{
  PhComparison *comparison = work->comparison;
  g_autoptr (GArray) pairs = NULL;

  for (guint side = 0; side < 2; side++)
    {
      work->sides[side].targets =
          ph_targets_new (work->sides[side].model, NULL, FALSE, 0, 0, error);
      if (work->sides[side].targets == NULL)
        return FALSE;
    }
  pairs = ph_pair_targets (work->sides[0].model, work->sides[0].targets, work->sides[1].model,
                           work->sides[1].targets, &comparison->alone[0], &comparison->alone[1]);
  for (guint i = 0; i < pairs->len; i++)
    add_layer (work, &g_array_index (pairs, PhPair, i));
  if (pairs->len > 0)
    return TRUE;
  g_set_error (error, PH_ERROR, PH_ERROR_MODEL_INVALID,
               _ ("%s and %s have no layer in common: none of the same name or kind has equally "
                  "many channels"),
               ph_model_get_name (work->sides[0].model), ph_model_get_name (work->sides[1].model));
  return FALSE;
}

/* Scans one network and opens what was found. */
static gboolean
scan (Work *work, guint side, GError **error)
{
  Phase phase = { work->monitor, 0.35 * side, 0.35 * (side + 1) };
  PhMonitor monitor = phase_monitor (&phase);
  PhScanResult result;

  if (!ph_scan_run (work->sides[side].model, work->dataset, NULL, FALSE, 0, 0, NULL, &result,
                    &monitor, work->cancellable, error))
    return FALSE;
  work->sides[side].store = ph_store_open (result.path, TRUE, error);
  g_free (result.path);
  return work->sides[side].store != NULL;
}

static int
compare_keys (gconstpointer a, gconstpointer b)
{
  guint64 x = ph_sample_key (((const PhStoreImage *)a)->digest),
          y = ph_sample_key (((const PhStoreImage *)b)->digest);

  return x < y ? -1 : x > y;
}

/* Contents that both networks have been shown; of too many an even sample, always the same one. */
static gboolean
choose_images (Work *work, GError **error)
{
  g_autoptr (GArray) other = NULL;
  guint j = 0;

  work->all = ph_store_list_images (work->sides[0].store, error);
  other = work->all != NULL ? ph_store_list_images (work->sides[1].store, error) : NULL;
  if (other == NULL)
    return FALSE;
  for (guint i = 0; i < work->all->len; i++)
    {
      const PhStoreImage *image = &g_array_index (work->all, PhStoreImage, i);

      while (j < other->len && g_array_index (other, PhStoreImage, j).digest < image->digest)
        j++;
      if (j < other->len && g_array_index (other, PhStoreImage, j).digest == image->digest)
        g_array_append_val (work->images, *image);
    }
  g_array_sort (work->images, compare_keys);
  g_array_set_size (work->images, MIN (work->images->len, (guint)work->settings->images));
  return TRUE;
}

static int
compare_digests (gconstpointer a, gconstpointer b)
{
  guint64 x = *(const guint64 *)a, y = *(const guint64 *)b;

  return x < y ? -1 : x > y;
}

/* Computes the means in both networks and leaves out the images for which that was not done. */
static gboolean
compute_means (Work *work, GError **error)
{
  for (guint side = 0; side < 2; side++)
    {
      PhCompareSide *s = &work->sides[side];
      Phase phase = { work->monitor, 0.7 + 0.075 * side, 0.775 + 0.075 * side };
      PhMonitor monitor = phase_monitor (&phase);
      g_autoptr (GArray) known = NULL;
      guint kept = 0;

      if (!ph_means_run (s->model, s->targets, work->dataset, s->store,
                         (PhStoreImage *)(gpointer)work->images->data, work->images->len, &monitor,
                         work->cancellable, error))
        return FALSE;
      known = ph_store_list_means (s->store, error);
      if (known == NULL)
        return FALSE;
      for (guint i = 0; i < work->images->len; i++)
        {
          PhStoreImage image = g_array_index (work->images, PhStoreImage, i);

          if (g_array_binary_search (known, &image.digest, compare_digests, NULL))
            g_array_index (work->images, PhStoreImage, kept++) = image;
        }
      g_array_set_size (work->images, kept);
    }
  return TRUE;
}

static gboolean
read_means (Work *work, const PhLayerChange *layer, guint side, const guint64 *digests,
            PhLayerMeans *means, GError **error)
{
  means->n = work->images->len;
  means->c = layer->n_units;
  means->x = g_try_new (float, means->n * means->c);
  if (means->x == NULL)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_NO_MEMORY,
                   _ ("There is no memory for the means of %zu units over %zu images"), means->c,
                   means->n);
      return FALSE;
    }
  if (!ph_store_read_means (work->sides[side].store, layer->target[side], digests, (guint)means->n,
                            means->x, error))
    return FALSE;
  for (gsize c = 0; c < means->c; c++)
    {
      double sum = 0;

      for (gsize i = 0; i < means->n; i++)
        sum += means->x[i * means->c + c];
      for (gsize i = 0; i < means->n; i++)
        means->x[i * means->c + c] -= (float)(sum / (double)means->n);
    }
  return TRUE;
}

/* Singular values of both sides at once, one on each thread. */
typedef struct
{
  const PhLayerMeans *means;
  const int *labels; /* nullable */
  guint n_classes;
  PhSvd *svd[2];
  double probe[2];
  GError *errors[2];
} Spectra;

static void
find_spectra (gsize begin, gsize end, guint thread, gpointer data)
{
  Spectra *spectra = data;

  for (gsize side = begin; side < end; side++)
    {
      const PhLayerMeans *means = &spectra->means[side];

      spectra->svd[side] = ph_svd_new (means->x, means->n, means->c, &spectra->errors[side]);
      spectra->probe[side] =
          spectra->svd[side] != NULL && spectra->labels != NULL
              ? ph_linear_probe (spectra->svd[side], spectra->labels, spectra->n_classes)
              : NAN;
    }
}

static gboolean
measure_layer (Work *work, PhLayerChange *layer, const PhLayerMeans means[2], const int *labels,
               GError **error)
{
  Spectra spectra = { means, labels, work->comparison->n_classes };
  gboolean good;

  layer->measure[PH_LAYER_CKA] = ph_cka (means[0].n, means[0].x, means[0].c, means[1].x, means[1].c,
                                         &layer->measure[PH_LAYER_CKA_PLAIN]);
  ph_parallel_for (2, 1, find_spectra, &spectra);
  good = spectra.svd[0] != NULL && spectra.svd[1] != NULL;
  if (good)
    layer->measure[PH_LAYER_SVCCA] =
        ph_svcca (spectra.svd[0], spectra.svd[1], work->settings->variance);
  else
    g_propagate_error (error, g_steal_pointer (&spectra.errors[spectra.errors[0] == NULL]));
  for (guint side = 0; side < 2; side++)
    {
      layer->measure[PH_LAYER_PROBE_A + side] = spectra.probe[side];
      g_clear_pointer (&spectra.svd[side], ph_svd_free);
      g_clear_error (&spectra.errors[side]);
    }
  return good && ph_compare_units (layer, means, work->sides, work->comparison->n_classes,
                                   work->all->len, error);
}

/* The class of each image; %NULL unless every one has one, and there are two of a class on average:
 * a class of which one image is left out cannot be learned from none. */
static int *
list_labels (const Work *work)
{
  guint n = work->images->len, n_classes = work->comparison->n_classes, n_present = 0;
  g_autofree int *labels = g_new (int, n + 1);
  g_autofree gboolean *present = g_new0 (gboolean, n_classes + 1);

  for (guint i = 0; i < n; i++)
    {
      labels[i] = g_array_index (work->images, PhStoreImage, i).label;
      if (labels[i] < 0 || (guint)labels[i] >= n_classes)
        return NULL;
      n_present += !present[labels[i]];
      present[labels[i]] = TRUE;
    }
  return n_present > 1 && n >= 2 * n_present ? g_steal_pointer (&labels) : NULL;
}

static gboolean
measure_layers (Work *work, GError **error)
{
  guint n = work->images->len;
  g_autofree guint64 *digests = g_new (guint64, n + 1);
  g_autofree int *labels = list_labels (work);
  GPtrArray *layers = work->comparison->layers;
  gboolean good = TRUE;

  for (guint i = 0; i < n; i++)
    digests[i] = g_array_index (work->images, PhStoreImage, i).digest;
  for (guint l = 0; good && l < layers->len; l++)
    {
      PhLayerChange *layer = layers->pdata[l];
      PhLayerMeans means[2] = { 0 };

      ph_monitor_wait (work->monitor, work->cancellable);
      ph_monitor_progress (work->monitor, 0.85 + 0.15 * l / layers->len, layer->name[0]);
      good = !g_cancellable_set_error_if_cancelled (work->cancellable, error) &&
             read_means (work, layer, 0, digests, &means[0], error) &&
             read_means (work, layer, 1, digests, &means[1], error) &&
             measure_layer (work, layer, means, labels, error);
      g_free (means[0].x);
      g_free (means[1].x);
    }
  return good;
}

static void
note_classes (Work *work)
{
  PhComparison *comparison = work->comparison;
  guint n = ph_dataset_get_n_classes (work->dataset);

  g_strfreev (comparison->class_names);
  comparison->class_names = g_new0 (char *, n + 1);
  comparison->n_classes = n;
  for (guint i = 0; i < n; i++)
    comparison->class_names[i] = g_strdup (ph_dataset_get_class_name (work->dataset, i));
}

static gboolean
compare_activations (Work *work, GError **error)
{
  if (!scan (work, 0, error) || !scan (work, 1, error) || !choose_images (work, error) ||
      !compute_means (work, error))
    return FALSE;
  note_classes (work);
  if (work->images->len < FEWEST_IMAGES)
    {
      if (ph_monitor_should_stop (work->monitor))
        return TRUE;
      g_set_error (
          error, PH_ERROR, PH_ERROR_DATA_INVALID,
          _ ("%s: of its images only %u could be compared; at least %u different ones are needed"),
          ph_dataset_get_path (work->dataset), work->images->len, FEWEST_IMAGES);
      return FALSE;
    }
  work->comparison->n_images = work->images->len;
  return measure_layers (work, error);
}

PhComparison *
ph_compare_run (PhModel *const models[2], PhDataset *dataset, const PhCompareSettings *settings,
                const PhMonitor *monitor, GCancellable *cancellable, GError **error)
{
  g_autoptr (PhComparison) comparison = comparison_new ();
  Work work = { .dataset = dataset,
                .settings = settings,
                .monitor = monitor,
                .cancellable = cancellable,
                .comparison = comparison,
                .sides = { { .model = models[0] }, { .model = models[1] } },
                .images = g_array_new (FALSE, FALSE, sizeof (PhStoreImage)) };
  gboolean good =
      pair_layers (&work, error) && (dataset == NULL || compare_activations (&work, error));

  for (guint side = 0; side < 2; side++)
    {
      g_clear_pointer (&work.sides[side].targets, ph_targets_free);
      g_clear_pointer (&work.sides[side].store, ph_store_close);
    }
  g_array_unref (work.images);
  g_clear_pointer (&work.all, g_array_unref);
  return good ? g_steal_pointer (&comparison) : NULL;
}

PhUnit
ph_layer_change_get_unit (const PhLayerChange *layer, guint side, guint i)
{
  if (layer->layer[side] < 0)
    return (PhUnit){ .kind = PH_UNIT_CLASS, .channel = i };
  return (PhUnit){ .kind = PH_UNIT_CHANNEL, .layer = (guint)layer->layer[side], .channel = i };
}

const PhLayerChange *
ph_comparison_find_layer (const PhComparison *comparison, PhModel *model, guint side,
                          const PhUnit *unit)
{
  const char *target = ph_target_for_unit (model, unit);

  for (guint i = 0; target != NULL && i < comparison->layers->len; i++)
    {
      const PhLayerChange *layer = comparison->layers->pdata[i];

      if (g_str_equal (layer->target[side], target))
        return layer;
    }
  return NULL;
}
