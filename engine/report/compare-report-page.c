/* The page of a comparison. No script, nothing from elsewhere: style, curves and pictures are in
 * it.
 */

#include <math.h>

#include "base/png.h"
#include "report/compare-report-private.h"

/* The plot of layers, in its own units. */
#define PLOT_WIDTH 1000
#define PLOT_HEIGHT 260
#define PLOT_LEFT 44
#define PLOT_TOP 14
#define PLOT_BOTTOM 28

#define EXAMPLE_SIDE 96

G_GNUC_PRINTF (2, 3)
static void
add (GString *html, const char *format, ...)
{
  va_list values;
  char *text;

  va_start (values, format);
  text = g_markup_vprintf_escaped (format, values);
  va_end (values);
  g_string_append (html, text);
  g_free (text);
}

/* A number for people, the same in every locale. */
static const char *
print (char text[32], double value, const char *format)
{
  if (isnan (value))
    return "–";
  if (isinf (value))
    return "∞";
  return g_ascii_formatd (text, 32, format, value);
}

static const PhLayerChange *
layer_at (const PhCompareReport *r, guint l)
{
  return r->comparison->layers->pdata[l];
}

/* Layers */

const PhReportCurve ph_report_curves[] = {
  { PH_LAYER_WEIGHTS, "change of the weights, |b − a| / |a|", "weights", { 0.11, 0.44, 0.85 } },
  { PH_LAYER_CKA, "likeness of the answers, linear CKA", "cka", { 0.78, 0.27, 0 }, { 7, 4 } },
  { PH_LAYER_SVCCA, "likeness of the answers, SVCCA", "svcca", { 0.16, 0.49, 0.26 }, { 2, 4 } },
  { 0 },
};

double
ph_compare_report_find_top (const PhCompareReport *r)
{
  double top = 1;

  for (guint l = 0; l < r->comparison->layers->len; l++)
    for (guint c = 0; ph_report_curves[c].title != NULL; c++)
      {
        double value = layer_at (r, l)->measure[ph_report_curves[c].measure];

        if (isfinite (value))
          top = MAX (top, value);
      }
  return ceil (top * 2) / 2;
}

static void
add_curve (GString *html, const PhCompareReport *r, guint c, double top)
{
  guint n = r->comparison->layers->len;
  double width = PLOT_WIDTH - PLOT_LEFT - 10, height = PLOT_HEIGHT - PLOT_TOP - PLOT_BOTTOM;
  g_autoptr (GString) points = g_string_new (NULL);
  char x[32], y[32];

  for (guint l = 0; l < n; l++)
    {
      double value = layer_at (r, l)->measure[ph_report_curves[c].measure];

      if (!isfinite (value))
        continue;
      print (x, PLOT_LEFT + width * (n > 1 ? l / (n - 1.0) : 0.5), "%.1f");
      print (y, PLOT_TOP + height * (1 - MAX (value, 0) / top), "%.1f");
      g_string_append_printf (points, "%s,%s ", x, y);
    }
  if (points->len > 0)
    add (html, "<polyline class=\"%s\" points=\"%s\"/>\n", ph_report_curves[c].style, points->str);
}

static void
add_plot (GString *html, const PhCompareReport *r)
{
  double top = ph_compare_report_find_top (r), height = PLOT_HEIGHT - PLOT_TOP - PLOT_BOTTOM;
  char text[32], y[32];

  add (html,
       "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"Change of each of %u layers, first "
       "to last\">\n",
       PLOT_WIDTH, PLOT_HEIGHT, r->comparison->layers->len);
  for (double value = 0; value <= top; value += 0.5)
    {
      print (y, PLOT_TOP + height * (1 - value / top), "%.1f");
      add (html,
           "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%s\" y2=\"%s\"/>"
           "<text x=\"%d\" y=\"%s\" text-anchor=\"end\" dy=\"4\">%s</text>\n",
           PLOT_LEFT, PLOT_WIDTH - 10, y, y, PLOT_LEFT - 8, y, print (text, value, "%.1f"));
    }
  add (html,
       "<text x=\"%d\" y=\"%d\">first layer</text>"
       "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">last layer</text>\n",
       PLOT_LEFT, PLOT_HEIGHT - 8, PLOT_WIDTH - 10, PLOT_HEIGHT - 8);
  for (guint c = 0; ph_report_curves[c].title != NULL; c++)
    add_curve (html, r, c, top);
  g_string_append (html, "</svg>\n<div class=\"key\">");
  for (guint c = 0; ph_report_curves[c].title != NULL; c++)
    if (c == 0 || r->comparison->n_images > 0)
      add (html,
           "<span><svg viewBox=\"0 0 34 10\"><polyline class=\"%s\" points=\"0,5 34,5\"/></svg>"
           "%s</span>",
           ph_report_curves[c].style, ph_report_curves[c].title);
  g_string_append (html, "</div>\n");
}

static void
add_layers (GString *html, const PhCompareReport *r)
{
  char text[32];

  g_string_append (html, "<h2>Layer by layer</h2>\n");
  add_plot (html, r);
  g_string_append (html,
                   "<details><summary>All numbers</summary>\n<div class=\"scroll\"><table>\n"
                   "<caption>weights: |b − a| / |a|; of each image the means over the positions of "
                   "each channel are compared: CKA unbiased and plain, SVCCA; probe: share of "
                   "images that a ridge regression on the layer names rightly, each judged by all "
                   "others</caption>\n<tr><th>layer</th><th>units</th>");
  for (guint m = 0; m < PH_N_LAYER_MEASURES; m++)
    add (html, "<th>%s</th>", ph_layer_measure_name ((PhLayerMeasure)m));
  g_string_append (html, "</tr>\n");
  for (guint l = 0; l < r->comparison->layers->len; l++)
    {
      const PhLayerChange *layer = layer_at (r, l);

      add (html, "<tr><td>%s%s%s</td><td>%u</td>", layer->name[0], layer->by_name ? "" : " ~ ",
           layer->by_name ? "" : layer->name[1], layer->n_units);
      for (guint m = 0; m < PH_N_LAYER_MEASURES; m++)
        add (html, "<td>%s</td>", print (text, layer->measure[m], "%.3f"));
      g_string_append (html, "</tr>\n");
    }
  g_string_append (html, "</table></div></details>\n");
}

/* Units */

static gboolean
add_data (GString *html, const PhImage *image, const char *recipe, GError **error)
{
  g_autoptr (GBytes) pixels = ph_image_pack (image);
  g_autoptr (GBytes) png = ph_png_encode (g_bytes_get_data (pixels, NULL), 3, image->width,
                                          image->height, recipe, error);
  g_autofree char *text = NULL;

  if (png == NULL)
    return FALSE;
  text = g_base64_encode (g_bytes_get_data (png, NULL), g_bytes_get_size (png));
  g_string_append (html, "data:image/png;base64,");
  g_string_append (html, text);
  return TRUE;
}

static gboolean
add_picture (GString *html, const PhSheetCell *cell, const char *recipe, GError **error)
{
  if (cell->image == NULL)
    {
      add (html, "<p class=\"soft\">No picture: %s</p>\n",
           cell->failure != NULL ? cell->failure : "it was stopped");
      return TRUE;
    }
  add (html, "<img class=\"picture\" alt=\"What excites %s\" src=\"", cell->caption);
  if (!add_data (html, cell->image, recipe, error))
    return FALSE;
  g_string_append (html, "\">\n");
  return TRUE;
}

static gboolean
add_example (GString *html, const PhStripItem *item, GError **error)
{
  const char *name = item->class_name != NULL ? item->class_name : item->name;
  g_autoptr (PhImage) whole =
      ph_image_new_from_pixels (g_bytes_get_data (item->picture->pixels, NULL),
                                item->picture->height, item->picture->width, error);
  g_autoptr (PhImage) small =
      whole != NULL ? ph_image_fit (whole, EXAMPLE_SIDE, EXAMPLE_SIDE, 1, error) : NULL;
  char text[32];

  if (small == NULL)
    return FALSE;
  add (html, "<img alt=\"%s\" title=\"%s: %s\" src=\"", name, name,
       print (text, item->example.value, "%.3g"));
  if (!add_data (html, small, NULL, error))
    return FALSE;
  g_string_append (html, "\">");
  return TRUE;
}

static gboolean
add_strip (GString *html, const PhStrip *strip, GError **error)
{
  if (strip == NULL || strip->items->len == 0)
    return TRUE;
  g_string_append (html, "<div class=\"strip\">");
  for (guint i = strip->items->len; i-- > 0;)
    if (!add_example (html, strip->items->pdata[i], error))
      return FALSE;
  g_string_append (html, "</div>\n");
  return TRUE;
}

static void
add_facts (GString *html, const PhCompareReport *r, const PhRankedUnit *unit)
{
  const PhUnitChange *change = &unit->layer->units[unit->i];
  PhVerdict verdict = ph_unit_verdict (unit->layer, unit->i, r->thresholds);
  char text[32];

  add (html, "<p class=\"soft\">%s",
       verdict != PH_VERDICT_UNKNOWN ? ph_verdict_name (verdict) : "weights alone were compared");
  for (guint m = 0; m < PH_N_UNIT_MEASURES; m++)
    if (!isnan (change->measure[m]))
      add (html, " · %s %s", ph_unit_measure_name ((PhUnitMeasure)m),
           print (text, change->measure[m], "%.3g"));
  for (guint side = 0; side < 2; side++)
    if (change->favourite[side] >= 0)
      add (html, " · %s favours %s", ph_model_get_name (r->models[side]),
           r->comparison->class_names[change->favourite[side]]);
  g_string_append (html, "</p>\n");
}

static char *
dup_recipe (const PhCompareReport *r, const PhReportUnit *unit, guint side)
{
  g_autoptr (PhRecipe) recipe = ph_sheet_cell_recipe (unit->cells[side], r->models[side]);

  return ph_recipe_to_text (recipe);
}

static gboolean
add_unit (GString *html, const PhCompareReport *r, const PhReportUnit *unit, GError **error)
{
  add (html, "<section class=\"unit\">\n<h3>%s</h3>\n", unit->cells[0]->caption);
  add_facts (html, r, &unit->unit);
  g_string_append (html, "<div class=\"pair\">\n");
  for (guint side = 0; side < 2; side++)
    {
      g_autofree char *recipe = dup_recipe (r, unit, side);

      add (html, "<div><p>%s</p>\n", ph_model_get_name (r->models[side]));
      if (!add_picture (html, unit->cells[side], recipe, error) ||
          !add_strip (html, unit->strips[side], error))
        return FALSE;
      g_string_append (html, "</div>\n");
    }
  g_string_append (html, "</div>\n<details><summary>Recipes</summary>");
  for (guint side = 0; side < 2; side++)
    {
      g_autofree char *recipe = dup_recipe (r, unit, side);

      add (html, "<pre>%s</pre>", recipe);
    }
  g_string_append (html, "</details>\n</section>\n");
  return TRUE;
}

/* The beginning */

static void
add_summary (GString *html, const PhCompareReport *r)
{
  guint count[PH_N_VERDICTS] = { 0 };

  for (guint l = 0; l < r->comparison->layers->len; l++)
    for (guint i = 0; i < layer_at (r, l)->n_units; i++)
      count[ph_unit_verdict (layer_at (r, l), i, r->thresholds)]++;
  add (html, "<p>%u layers are in both.", r->comparison->layers->len);
  if (r->comparison->n_images > 0)
    {
      add (html, " On %u images", r->comparison->n_images);
      if (r->dataset != NULL)
        add (html, " of %s", ph_dataset_get_name (r->dataset));
      add (html, ", of their units %u are kept, %u repurposed, %u born, %u died and %u silent.",
           count[PH_VERDICT_KEPT], count[PH_VERDICT_REPURPOSED], count[PH_VERDICT_BORN],
           count[PH_VERDICT_DIED], count[PH_VERDICT_SILENT]);
    }
  g_string_append (html, "</p>\n");
  for (guint side = 0; side < 2; side++)
    for (guint i = 0; i < r->comparison->alone[side]->len; i++)
      add (html, "<p class=\"soft\">Only in %s: %s</p>\n", ph_model_get_name (r->models[side]),
           (const char *)r->comparison->alone[side]->pdata[i]);
}

static void
begin_page (GString *html, const PhCompareReport *r)
{
  const char *a = ph_model_get_name (r->models[0]), *b = ph_model_get_name (r->models[1]);

  add (html,
       "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
       "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
       "<title>%s and %s</title>\n<style>\n",
       a, b);
  g_string_append (html, ph_compare_report_style);
  add (html,
       "</style>\n</head>\n<body>\n<h1>%s → %s</h1>\n"
       "<p class=\"soft\">SHA-256 %s<br>SHA-256 %s<br>Phosphene %s</p>\n",
       a, b, ph_model_get_digest (r->models[0]) != NULL ? ph_model_get_digest (r->models[0]) : "–",
       ph_model_get_digest (r->models[1]) != NULL ? ph_model_get_digest (r->models[1]) : "–",
       PH_VERSION);
}

GString *
ph_compare_report_page (const PhCompareReport *report, GPtrArray *units, GError **error)
{
  GString *html = g_string_new (NULL);
  gboolean good = TRUE;

  begin_page (html, report);
  add_summary (html, report);
  add_layers (html, report);
  if (units->len > 0)
    add (html, "<h2>%u units that changed most, by %s</h2>\n", units->len,
         ph_unit_measure_name (report->measure));
  for (guint k = 0; k < units->len && good; k++)
    good = add_unit (html, report, units->pdata[k], error);
  g_string_append (html, "</body>\n</html>\n");
  if (good)
    return html;
  g_string_free (html, TRUE);
  return NULL;
}
