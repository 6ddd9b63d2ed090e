/* A comparison as pictures for papers and slides: the curve of the layers, that of the networks in
 * between, and each unit's two pictures. */

#include <cairo.h>
#include <math.h>

#include "base/folder.h"
#include "base/png.h"
#include "base/save.h"
#include "report/compare-report-private.h"

/* For paper: twice as many pixels as on a screen. */
enum
{
  SCALE = 2,
  WIDTH = 900,
  HEIGHT = 320,
  LEFT = 50,
  RIGHT = 20,
  TOP = 44,
  BOTTOM = 44,
  PAIR = 320, /* side of a picture beside its partner */
};

typedef struct
{
  cairo_t *cr;
  double top; /* value at the upper edge; 0 is at the lower one */
  guint n;    /* points from left to right */
} Chart;

static double
chart_x (const Chart *chart, guint i)
{
  return LEFT + (WIDTH - LEFT - RIGHT) * (chart->n > 1 ? i / (chart->n - 1.0) : 0.5);
}

static double
chart_y (const Chart *chart, double value)
{
  return TOP + (HEIGHT - TOP - BOTTOM) * (1 - CLAMP (value / chart->top, 0, 1));
}

/* @align: 0: begins at @x, 1: ends there */
static void
write_text (cairo_t *cr, double x, double y, double align, const char *text)
{
  cairo_text_extents_t extents;

  cairo_text_extents (cr, text, &extents);
  cairo_move_to (cr, x - align * extents.x_advance, y);
  cairo_show_text (cr, text);
}

static void
begin_chart (Chart *chart, cairo_surface_t *surface, const char *first, const char *last)
{
  cairo_t *cr = chart->cr = cairo_create (surface);

  cairo_scale (cr, SCALE, SCALE);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  cairo_select_font_face (cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size (cr, 11);
  cairo_set_line_width (cr, 1);
  for (double value = 0; value <= chart->top * 1.0001; value += chart->top > 1.5 ? 0.5 : 0.25)
    {
      double y = floor (chart_y (chart, value)) + 0.5;
      char text[32];

      cairo_set_source_rgb (cr, 0.87, 0.87, 0.88);
      cairo_move_to (cr, LEFT, y);
      cairo_line_to (cr, WIDTH - RIGHT, y);
      cairo_stroke (cr);
      cairo_set_source_rgb (cr, 0.35, 0.35, 0.38);
      write_text (cr, LEFT - 8, y + 4, 1, g_ascii_formatd (text, sizeof text, "%.2f", value));
    }
  write_text (cr, LEFT, HEIGHT - BOTTOM + 22, 0, first);
  write_text (cr, WIDTH - RIGHT, HEIGHT - BOTTOM + 22, 1, last);
}

/* Points that are not known are passed over. Dashes tell the curves apart without colours. */
static void
add_curve (Chart *chart, const PhReportCurve *style, const double *values)
{
  cairo_t *cr = chart->cr;
  gboolean begun = FALSE;

  cairo_save (cr);
  cairo_set_source_rgb (cr, style->colour[0], style->colour[1], style->colour[2]);
  cairo_set_line_width (cr, 2);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_dash (cr, style->dash, style->dash[0] > 0 ? 2 : 0, 0);
  cairo_new_path (cr);
  for (guint i = 0; i < chart->n; i++)
    if (isfinite (values[i]))
      {
        cairo_line_to (cr, chart_x (chart, i), chart_y (chart, values[i]));
        begun = TRUE;
      }
  if (begun)
    cairo_stroke (cr);
  cairo_restore (cr);
}

/* The curve's name above the chart, from @x on. Returns: where the next one may begin. */
static double
add_key (Chart *chart, const PhReportCurve *style, double x)
{
  cairo_t *cr = chart->cr;
  cairo_text_extents_t extents;

  cairo_save (cr);
  cairo_set_source_rgb (cr, style->colour[0], style->colour[1], style->colour[2]);
  cairo_set_line_width (cr, 2);
  cairo_set_dash (cr, style->dash, style->dash[0] > 0 ? 2 : 0, 0);
  cairo_move_to (cr, x, 20);
  cairo_line_to (cr, x + 30, 20);
  cairo_stroke (cr);
  cairo_restore (cr);
  cairo_set_source_rgb (cr, 0.15, 0.15, 0.17);
  cairo_text_extents (cr, style->title, &extents);
  write_text (cr, x + 36, 24, 0, style->title);
  return x + 36 + extents.x_advance + 22;
}

static cairo_status_t
append_bytes (void *data, const unsigned char *bytes, unsigned int n)
{
  g_byte_array_append (data, bytes, n);
  return CAIRO_STATUS_SUCCESS;
}

static gboolean
end_chart (Chart *chart, cairo_surface_t *surface, const char *path, GError **error)
{
  g_autoptr (GByteArray) png = g_byte_array_new ();
  cairo_status_t status;

  cairo_destroy (chart->cr);
  status = cairo_surface_write_to_png_stream (surface, append_bytes, png);
  cairo_surface_destroy (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    return ph_save_bytes (path, png->data, png->len, error);
  g_set_error (error, PH_ERROR, PH_ERROR_NO_MEMORY, "%s cannot be drawn: %s", path,
               cairo_status_to_string (status));
  return FALSE;
}

static gboolean
save_layers (const PhCompareReport *r, const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "layers.png", NULL);
  cairo_surface_t *surface =
      cairo_image_surface_create (CAIRO_FORMAT_RGB24, SCALE * WIDTH, SCALE * HEIGHT);
  Chart chart = { .top = ph_compare_report_find_top (r), .n = r->comparison->layers->len };
  g_autofree double *values = g_new (double, chart.n + 1);
  double x = LEFT;

  begin_chart (&chart, surface, "first layer", "last layer");
  for (const PhReportCurve *curve = ph_report_curves; curve->title != NULL; curve++)
    {
      gboolean known = FALSE;

      for (guint l = 0; l < chart.n; l++)
        {
          const PhLayerChange *layer = r->comparison->layers->pdata[l];

          values[l] = layer->measure[curve->measure];
          known = known || isfinite (values[l]);
        }
      add_curve (&chart, curve, values);
      if (known)
        x = add_key (&chart, curve, x);
    }
  return end_chart (&chart, surface, path, error);
}

static gboolean
save_path (const PhCompareReport *r, const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "along.png", NULL);
  cairo_surface_t *surface =
      cairo_image_surface_create (CAIRO_FORMAT_RGB24, SCALE * WIDTH, SCALE * HEIGHT);
  Chart chart = { .top = 1, .n = r->path->n };
  PhReportCurve style = ph_report_curves[0];

  style.title = r->path->right_is_label ? "share of images named rightly"
                                        : "share of images named as the original names them";
  begin_chart (&chart, surface, ph_model_get_name (r->models[0]), ph_model_get_name (r->models[1]));
  add_curve (&chart, &style, r->path->share);
  add_key (&chart, &style, LEFT);
  return end_chart (&chart, surface, path, error);
}

/* Both pictures by themselves, with what makes them again, and side by side. */
static gboolean
save_unit (const PhCompareReport *r, const PhReportUnit *unit, guint number, const char *folder,
           GError **error)
{
  static const char *const sides[] = { "a", "b" };
  g_autoptr (GPtrArray) cells = g_ptr_array_new ();
  g_autofree char *name = g_strdelimit (g_strdup (unit->cells[0]->caption), "/\\:*?\"<>| ", '_');
  g_autofree char *pair =
      g_strdup_printf ("%s" G_DIR_SEPARATOR_S "unit-%02u-%s.png", folder, number, name);
  const char *const labels[] = { ph_model_get_name (r->models[0]), ph_model_get_name (r->models[1]),
                                 NULL };
  const PhSheetLook look = {
    .title = unit->cells[0]->caption, .columns = 2, .size = PAIR, .column_labels = labels
  };
  g_autoptr (PhImage) sheet = NULL;

  for (guint side = 0; side < 2; side++)
    {
      PhSheetCell *cell = unit->cells[side];
      g_autoptr (PhRecipe) recipe = ph_sheet_cell_recipe (cell, r->models[side]);
      g_autofree char *text = ph_recipe_to_text (recipe);
      g_autofree char *path = g_strdup_printf ("%s" G_DIR_SEPARATOR_S "unit-%02u-%s-%s.png", folder,
                                               number, name, sides[side]);

      if (cell->image != NULL && !ph_png_save_image (path, cell->image, text, error))
        return FALSE;
      g_ptr_array_add (cells, cell);
    }
  sheet = ph_sheet_draw (cells, &look, error);
  return sheet != NULL && ph_png_save_image (pair, sheet, NULL, error);
}

gboolean
ph_compare_figures_save (const PhCompareReport *report, GPtrArray *units, const char *folder,
                         GError **error)
{
  if (!ph_folder_make (folder, 0777, error) || !save_layers (report, folder, error) ||
      (report->path != NULL && !save_path (report, folder, error)))
    return FALSE;
  for (guint k = 0; k < units->len; k++)
    if (!save_unit (report, units->pdata[k], k + 1, folder, error))
      return FALSE;
  return TRUE;
}
