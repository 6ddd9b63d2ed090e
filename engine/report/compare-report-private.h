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

/** ph_compare_report_style: the style sheet of the page. */
extern const char ph_compare_report_style[];

G_END_DECLS
