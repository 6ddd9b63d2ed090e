#include "report/compare-report-private.h"

#include "base/save.h"
#include "study/compare-pictures.h"

typedef struct
{
  const PhCompareReport *report;
  const PhMonitor *monitor;
  GCancellable *cancellable;

  /* owned */
  GPtrArray *units;    /* of PhReportUnit */
  GPtrArray *cells[2]; /* of PhSheetCell */
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

static void
unit_free (gpointer data)
{
  PhReportUnit *unit = data;

  g_clear_pointer (&unit->strips[0], ph_strip_free);
  g_clear_pointer (&unit->strips[1], ph_strip_free);
  g_free (unit);
}

/* Of layers that say the same, as a pool behind a relu or the batch normalisation of a convolution,
 * the first is enough. */
static gboolean
is_repeated (const Work *work, const PhRankedUnit *unit)
{
  for (guint k = 0; k < work->units->len; k++)
    {
      const PhRankedUnit *other = &((const PhReportUnit *)work->units->pdata[k])->unit;

      if (other->layer != unit->layer && other->i == unit->i &&
          ABS (other->change - unit->change) < 1e-5)
        return TRUE;
    }
  return FALSE;
}

static void
choose_units (Work *work)
{
  const PhCompareReport *r = work->report;
  g_autoptr (GArray) ranked =
      ph_comparison_rank (r->comparison, NULL, r->measure, r->verdict, r->thresholds);

  for (guint k = 0; k < ranked->len && work->units->len < r->n_units; k++)
    {
      const PhRankedUnit *ranked_unit = &g_array_index (ranked, PhRankedUnit, k);
      PhReportUnit *unit;

      if (is_repeated (work, ranked_unit))
        continue;
      unit = g_new0 (PhReportUnit, 1);
      unit->unit = *ranked_unit;
      g_ptr_array_add (work->units, unit);
      for (guint side = 0; side < 2; side++)
        {
          PhUnit of_side = ph_layer_change_get_unit (unit->unit.layer, side, unit->unit.i);
          g_autofree char *name = ph_unit_dup_name (r->models[side], &of_side);

          unit->cells[side] = ph_sheet_cell_new (name, name, r->ascent);
          g_ptr_array_add (work->cells[side], unit->cells[side]);
        }
    }
}

static gboolean
draw (Work *work, GError **error)
{
  for (guint side = 0; side < 2; side++)
    {
      Phase phase = { work->monitor, 0.4 * side, 0.4 * (side + 1) };
      PhMonitor monitor = { .progress = phase_progress,
                            .should_stop = phase_should_stop,
                            .wait = phase_wait,
                            .data = &phase };

      if (work->cells[side]->len > 0 &&
          !ph_sheet_make (work->report->models[side], work->cells[side], NULL, NULL, &monitor,
                          work->cancellable, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
load_strips (Work *work, PhReportUnit *unit, GError **error)
{
  const PhCompareReport *r = work->report;

  for (guint side = 0; r->dataset != NULL && side < 2; side++)
    {
      PhUnit of_side = ph_layer_change_get_unit (unit->unit.layer, side, unit->unit.i);
      g_autoptr (GError) problem = NULL;

      unit->strips[side] =
          ph_strip_load (r->models[side], ph_model_get_preprocess (r->models[side]), r->dataset,
                         &of_side, 0, 0, PH_REPORT_EXAMPLES, work->cancellable, &problem);
      if (problem != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return FALSE;
        }
    }
  return TRUE;
}

/* How far the two pictures are apart, and the images beside them. */
static gboolean
look (Work *work, GError **error)
{
  const PhCompareReport *r = work->report;

  for (guint k = 0; k < work->units->len; k++)
    {
      PhReportUnit *unit = work->units->pdata[k];
      const PhImage *a = unit->cells[0]->image, *b = unit->cells[1]->image;
      g_autoptr (GError) problem = NULL;

      ph_monitor_wait (work->monitor, work->cancellable);
      ph_monitor_progress (work->monitor, 0.8 + 0.2 * k / work->units->len,
                           unit->cells[0]->caption);
      if (a != NULL && b != NULL)
        unit->unit.layer->units[unit->unit.i].measure[PH_UNIT_PICTURE] =
            ph_compare_pictures (r->models, unit->unit.layer, a, b, work->cancellable, &problem);
      if (problem != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return FALSE;
        }
      if (!load_strips (work, unit, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
write_page (Work *work, const char *path, GError **error)
{
  GString *page = ph_compare_report_page (work->report, work->units, error);
  gboolean good = page != NULL && ph_save_bytes (path, page->str, page->len, error);

  if (page != NULL)
    g_string_free (page, TRUE);
  return good;
}

gboolean
ph_compare_report_save (const PhCompareReport *report, const char *path, const char *figures,
                        const PhMonitor *monitor, GCancellable *cancellable, GError **error)
{
  Work work = { .report = report,
                .monitor = monitor,
                .cancellable = cancellable,
                .units = g_ptr_array_new_with_free_func (unit_free) };
  g_autofree char *folder = path != NULL ? g_path_get_dirname (path) : NULL;
  gboolean good;

  /* Better now than when all pictures are made. */
  if (folder != NULL && !g_file_test (folder, G_FILE_TEST_IS_DIR))
    {
      g_ptr_array_unref (work.units);
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "There is no folder “%s”", folder);
      return FALSE;
    }
  for (guint side = 0; side < 2; side++)
    work.cells[side] = g_ptr_array_new_with_free_func ((GDestroyNotify)ph_sheet_cell_free);
  choose_units (&work);
  good = draw (&work, error) && look (&work, error) &&
         (path == NULL || write_page (&work, path, error)) &&
         (figures == NULL || ph_compare_figures_save (report, work.units, figures, error));
  g_ptr_array_unref (work.units);
  g_ptr_array_unref (work.cells[0]);
  g_ptr_array_unref (work.cells[1]);
  return good;
}
