#pragma once

#include "report/compare-report.h"
#include "study/strip.h"
#include "vis/sheet.h"

G_BEGIN_DECLS

/**
 * PhReportUnit:
 * @cells: (borrowed): the picture in either network
 * @strips: (nullable): the images that excite it there
 *
 * A unit in a report.
 */
typedef struct
{
  PhRankedUnit unit;
  PhSheetCell *cells[2];
  PhStrip *strips[2];
} PhReportUnit;

/** PH_REPORT_EXAMPLES: images a unit is shown with. */
#define PH_REPORT_EXAMPLES 6

/** ph_compare_report_page: (transfer full): the page. @units: (element-type PhReportUnit) */
GString *ph_compare_report_page (const PhCompareReport *report, GPtrArray *units, GError **error);

/** ph_compare_figures_save: the same as PNG files in @folder. @units: (element-type PhReportUnit)
 */
gboolean ph_compare_figures_save (const PhCompareReport *report, GPtrArray *units,
                                  const char *folder, GError **error);

/** ph_compare_report_find_top: what the upper edge of the plot of layers stands for. */
double ph_compare_report_find_top (const PhCompareReport *report);

/**
 * PhReportCurve:
 * @style: class of the page's style sheet
 * @colour, @dash: on white paper; a dash of 0: unbroken
 *
 * A curve in the plot of layers.
 */
typedef struct
{
  PhLayerMeasure measure;
  const char *title, *style;
  double colour[3], dash[2];
} PhReportCurve;

/** ph_report_curves: ends with one that has no title. */
extern const PhReportCurve ph_report_curves[];

/** ph_compare_report_style: the style sheet of the page. */
extern const char ph_compare_report_style[];

G_END_DECLS
