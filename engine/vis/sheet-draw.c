/* The grid of pictures with its words, drawn by cairo. */
#include <cairo.h>
#include <math.h>
#include <string.h>

#include "vis/sheet.h"

enum
{
  GAP = 10,
  MARGIN = 20,
  CAPTION = 20, /* height of a line under a picture */
  TITLE = 40,
  LABEL = 28,  /* height of a column's label */
  CHANNEL = 6, /* characters at the end of a name that tell the channel */
};

#define FONT "sans-serif"

typedef struct
{
  const PhSheetLook *look;
  guint columns, rows, left, top, width, height;
} Grid;

static void
set_font (cairo_t *cr, double size, gboolean bold, double grey)
{
  cairo_select_font_face (cr, FONT, CAIRO_FONT_SLANT_NORMAL,
                          bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size (cr, size);
  cairo_set_source_rgb (cr, grey, grey, grey);
}

static double
text_width (cairo_t *cr, const char *text)
{
  cairo_text_extents_t extents;

  cairo_text_extents (cr, text, &extents);
  return extents.x_advance;
}

/* The first @head and the last @tail characters of @text, with dots between. */
static char *
shorten (const char *text, glong head, glong tail)
{
  glong n = g_utf8_strlen (text, -1);
  g_autofree char *start = g_utf8_substring (text, 0, head);

  return g_strconcat (start, "…", g_utf8_offset_to_pointer (text, n - tail), NULL);
}

/* One line, its middle left out where it is too long: the block that a layer belongs to stands at
 * the beginning, the channel at the end, and the end tells more. */
static void
show_text (cairo_t *cr, double x, double baseline, double room, double align, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autofree char *shown = g_strdup (valid);
  const char *slash = strchr (valid, '/');
  glong block = slash != NULL ? g_utf8_pointer_to_offset (valid, slash) : 0;

  for (glong left = g_utf8_strlen (valid, -1) - 1; left > 0 && text_width (cr, shown) > room;
       left--)
    {
      /* All of the block's name, whose number stands at its end, where the channel fits too. */
      glong head = block > 0 && block + CHANNEL <= left ? block : left * 2 / 5;

      g_free (shown);
      shown = shorten (valid, head, left - head);
    }
  cairo_move_to (cr, x + align * MAX (room - text_width (cr, shown), 0), baseline);
  cairo_show_text (cr, shown);
}

static void
draw_image (cairo_t *cr, const PhImage *image, double x, double y, guint size)
{
  g_autoptr (GBytes) pixels = ph_image_pack (image);
  const guint8 *rgb = g_bytes_get_data (pixels, NULL);
  cairo_surface_t *surface =
      cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int)image->width, (int)image->height);
  double scale = (double)size / MAX (image->width, image->height);

  if (cairo_surface_status (surface) != CAIRO_STATUS_SUCCESS)
    {
      cairo_surface_destroy (surface);
      return;
    }
  for (guint row = 0; row < image->height; row++)
    {
      guint32 *to = (guint32 *)(cairo_image_surface_get_data (surface) +
                                (gsize)row * (gsize)cairo_image_surface_get_stride (surface));

      for (guint i = 0; i < image->width; i++, rgb += 3)
        to[i] = (guint32)rgb[0] << 16 | (guint32)rgb[1] << 8 | rgb[2];
    }
  cairo_surface_mark_dirty (surface);
  cairo_save (cr);
  cairo_translate (cr, x + (size - image->width * scale) / 2,
                   y + (size - image->height * scale) / 2);
  cairo_scale (cr, scale, scale);
  cairo_set_source_surface (cr, surface, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr),
                            scale == floor (scale) ? CAIRO_FILTER_NEAREST : CAIRO_FILTER_GOOD);
  /* Without this, the edge of a scaled picture fades into the paper. */
  cairo_pattern_set_extend (cairo_get_source (cr), CAIRO_EXTEND_PAD);
  cairo_rectangle (cr, 0, 0, image->width, image->height);
  cairo_fill (cr);
  cairo_restore (cr);
  cairo_surface_destroy (surface);
}

static void
draw_cell (cairo_t *cr, const Grid *grid, const PhSheetCell *cell, guint i)
{
  guint size = grid->look->size;
  double x = grid->left + (i % grid->columns) * (size + GAP);
  double y = grid->top + (i / grid->columns) * (size + CAPTION + GAP);

  if (cell->image != NULL)
    draw_image (cr, cell->image, x, y, size);
  else
    {
      cairo_set_source_rgb (cr, 0.9, 0.9, 0.9);
      cairo_rectangle (cr, x, y, size, size);
      cairo_fill (cr);
      set_font (cr, 11, FALSE, 0.35);
      show_text (cr, x + 4, y + size / 2.0, size - 8, 0.5,
                 cell->failure != NULL ? cell->failure : "not made");
    }
  set_font (cr, 12, FALSE, 0.25);
  show_text (cr, x, y + size + 14, size, 0, cell->caption);
}

static void
draw_labels (cairo_t *cr, const Grid *grid)
{
  const PhSheetLook *look = grid->look;

  if (look->title != NULL)
    {
      double room = grid->width - 2 * MARGIN;
      double size = 18;

      set_font (cr, size, TRUE, 0.1);
      while (size > 11 && text_width (cr, look->title) > room)
        set_font (cr, --size, TRUE, 0.1);
      show_text (cr, MARGIN, MARGIN + 18, room, 0, look->title);
    }
  set_font (cr, 13, TRUE, 0.15);
  for (guint i = 0; look->column_labels != NULL && look->column_labels[i] != NULL; i++)
    show_text (cr, grid->left + i * (look->size + GAP), grid->top - 10, look->size, 0.5,
               look->column_labels[i]);
  for (guint i = 0; look->row_labels != NULL && look->row_labels[i] != NULL; i++)
    show_text (cr, MARGIN, grid->top + i * (look->size + CAPTION + GAP) + look->size / 2.0,
               grid->left - MARGIN - GAP, 1, look->row_labels[i]);
}

/* How wide the labels of the rows are. */
static guint
measure_row_labels (const PhSheetLook *look)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_A8, 1, 1);
  cairo_t *cr = cairo_create (surface);
  double widest = 0;

  set_font (cr, 13, TRUE, 0);
  for (guint i = 0; look->row_labels[i] != NULL; i++)
    widest = MAX (widest, text_width (cr, look->row_labels[i]));
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return (guint)ceil (widest) + GAP;
}

static PhImage *
image_from_surface (cairo_surface_t *surface, const Grid *grid, GError **error)
{
  gsize n = (gsize)grid->width * grid->height;
  g_autofree guint8 *rgb = g_try_malloc (n * 3);

  if (rgb == NULL || cairo_surface_status (surface) != CAIRO_STATUS_SUCCESS)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_NO_MEMORY,
                   "Not enough memory for a sheet of %u × %u pixels", grid->width, grid->height);
      return NULL;
    }
  cairo_surface_flush (surface);
  for (guint y = 0; y < grid->height; y++)
    {
      const guint32 *row =
          (const guint32 *)(cairo_image_surface_get_data (surface) +
                            (gsize)y * (gsize)cairo_image_surface_get_stride (surface));
      guint8 *to = rgb + (gsize)y * grid->width * 3;

      for (guint x = 0; x < grid->width; x++)
        {
          to[3 * x] = (guint8)(row[x] >> 16);
          to[3 * x + 1] = (guint8)(row[x] >> 8);
          to[3 * x + 2] = (guint8)row[x];
        }
    }
  return ph_image_new_from_pixels (rgb, grid->height, grid->width, error);
}

PhImage *
ph_sheet_draw (GPtrArray *cells, const PhSheetLook *look, GError **error)
{
  guint columns = MAX (MIN (look->columns, cells->len), 1);
  Grid grid = { .look = look, .columns = columns, .rows = (cells->len + columns - 1) / columns };
  guint64 width, height;

  grid.left = MARGIN + (look->row_labels != NULL ? measure_row_labels (look) : 0);
  grid.top = MARGIN + (look->title != NULL ? TITLE : 0) + (look->column_labels != NULL ? LABEL : 0);
  width = grid.left + (guint64)columns * (look->size + GAP) - GAP + MARGIN;
  height = grid.top + (guint64)grid.rows * (look->size + CAPTION + GAP) - GAP + MARGIN;
  if (width > 32767 || height > 32767 || width * height > PH_IMAGE_MAX_PIXELS)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                   "A sheet of %u pictures of %u pixels would have %" G_GUINT64_FORMAT
                   " × %" G_GUINT64_FORMAT " pixels, which is too many; make the pictures smaller",
                   cells->len, look->size, width, height);
      return NULL;
    }
  grid.width = (guint)width;
  grid.height = (guint)height;

  cairo_surface_t *surface =
      cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int)grid.width, (int)grid.height);
  cairo_t *cr = cairo_create (surface);
  PhImage *image;

  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  draw_labels (cr, &grid);
  for (guint i = 0; i < cells->len; i++)
    draw_cell (cr, &grid, cells->pdata[i], i);
  cairo_destroy (cr);
  image = image_from_surface (surface, &grid, error);
  cairo_surface_destroy (surface);
  return image;
}
