/* The settings of a comparison, and what follows from them without looking at the networks again.
 */

#include "study/compare.h"

#include <glib/gi18n.h>
#include <math.h>

#define FIELD(name) G_STRUCT_OFFSET (PhCompareSettings, name)

const PhSetting ph_compare_settings[] = {
  { "most-images", N_ ("Images"),
    N_ ("How many images are compared at most; an even sample where there are more."),
    PH_SETTING_INT, FIELD (images), 8, 5000, 1000 },
  { "variance", N_ ("Variance"),
    N_ ("Share of a layer’s variance whose directions SVCCA compares."), PH_SETTING_REAL,
    FIELD (variance), 0.5, 1, 0.99 },
  { "silent", N_ ("Silent below"),
    N_ ("A unit whose answers vary less than this share of what is typical of its layer is "
        "silent."),
    PH_SETTING_REAL, FIELD (silent), 0, 1, 0.01 },
  { "kept", N_ ("Kept from"), N_ ("A unit whose answers correlate at least this much is kept."),
    PH_SETTING_REAL, FIELD (kept), -1, 1, 0.5 },
  { "overlap", N_ ("Same examples from"),
    N_ ("A unit whose most exciting images overlap at least this much is kept too."),
    PH_SETTING_REAL, FIELD (overlap), 0, 1, 0.25 },
  { NULL },
};

const char *
ph_unit_measure_name (PhUnitMeasure measure)
{
  static const char *const names[PH_N_UNIT_MEASURES] = { "weights", "correlation", "overlap",
                                                         "selectivity", "picture" };

  return names[measure];
}

const char *
ph_layer_measure_name (PhLayerMeasure measure)
{
  static const char *const names[PH_N_LAYER_MEASURES] = { "weights", "cka",     "cka-plain",
                                                          "svcca",   "probe-a", "probe-b" };

  return names[measure];
}

const char *
ph_verdict_name (PhVerdict verdict)
{
  static const char *const names[PH_N_VERDICTS] = { "unknown", "silent",     "born",
                                                    "died",    "repurposed", "kept" };

  return names[verdict];
}

double
ph_unit_measure_change (PhUnitMeasure measure, double value)
{
  switch (measure)
    {
    case PH_UNIT_CORRELATION:
    case PH_UNIT_OVERLAP:
      return -value;
    case PH_UNIT_SELECTIVITY:
      return fabs (value);
    case PH_UNIT_WEIGHTS:
    case PH_UNIT_PICTURE:
    default:
      return value;
    }
}

PhVerdict
ph_unit_verdict (const PhLayerChange *layer, guint i, const PhCompareSettings *settings)
{
  const PhUnitChange *unit = &layer->units[i];
  double correlation = unit->measure[PH_UNIT_CORRELATION];
  double overlap = unit->measure[PH_UNIT_OVERLAP];
  gboolean silent[2];

  if (isnan (unit->spread[0]) || isnan (unit->spread[1]))
    return PH_VERDICT_UNKNOWN;
  for (guint side = 0; side < 2; side++)
    silent[side] = unit->spread[side] == 0 ||
                   unit->spread[side] < settings->silent * layer->typical_spread[side];
  if (silent[0])
    return silent[1] ? PH_VERDICT_SILENT : PH_VERDICT_BORN;
  if (silent[1])
    return PH_VERDICT_DIED;
  return correlation < settings->kept && !(overlap >= settings->overlap) ? PH_VERDICT_REPURPOSED
                                                                         : PH_VERDICT_KEPT;
}

static int
compare_ranked (gconstpointer a, gconstpointer b)
{
  const PhRankedUnit *x = a, *y = b;

  /* Equal ones stay in their order: the sort is stable. */
  return x->change > y->change ? -1 : x->change < y->change;
}

GArray *
ph_comparison_rank (const PhComparison *comparison, const PhLayerChange *only,
                    PhUnitMeasure measure, PhVerdict verdict, const PhCompareSettings *settings)
{
  GArray *ranked = g_array_new (FALSE, FALSE, sizeof (PhRankedUnit));

  for (guint l = 0; l < comparison->layers->len; l++)
    {
      const PhLayerChange *layer = comparison->layers->pdata[l];

      for (guint i = 0; i < layer->n_units && (only == NULL || layer == only); i++)
        {
          PhRankedUnit unit = {
            layer, i, ph_unit_measure_change (measure, layer->units[i].measure[measure])
          };

          if (!isnan (unit.change) &&
              (verdict == PH_VERDICT_UNKNOWN || ph_unit_verdict (layer, i, settings) == verdict))
            g_array_append_val (ranked, unit);
        }
    }
  g_array_sort (ranked, compare_ranked);
  return ranked;
}
