#include "vis/direction-grid.h"

#include <math.h>
#include <string.h>

/* The weakest places can still be seen. */
#define SMALLEST 0.25

#define GROUND 24
#define WAITING 56

/* Carter et al. 2019 ask for the direction more than for the length; with a power of 1 strong
 * answers are still preferred to faint ones. */
static char *
dup_objective (const PhLayer *layer, const float *vector)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "direction(\"%s\", [", layer->name);
  for (guint k = 0; k < layer->n_channels; k++)
    {
      char number[G_ASCII_DTOSTR_BUF_SIZE];

      g_ascii_formatd (number, sizeof number, "%.4g", (double)vector[k]);
      g_string_append_printf (text, k == 0 ? "%s" : ", %s", number);
    }
  g_string_append (text, "], cosine=1)");
  return g_string_free (text, FALSE);
}

PhDirectionGrid *
ph_direction_grid_new (PhModel *model, guint layer, const float *vectors, guint rows, guint columns)
{
  const PhLayer *info = ph_model_get_layer (model, layer);
  gsize n = (gsize)rows * columns;
  PhDirectionGrid *grid = g_new0 (PhDirectionGrid, 1);
  double longest = 0;

  grid->rows = rows;
  grid->columns = columns;
  grid->objectives = g_new0 (char *, n + 1);
  grid->sizes = g_new0 (double, n + 1);
  for (gsize i = 0; i < n; i++)
    {
      const float *vector = vectors + i * info->n_channels;
      double squares = 0;

      for (guint k = 0; k < info->n_channels; k++)
        squares += (double)vector[k] * vector[k];
      if (squares > 0 && isfinite (squares))
        grid->objectives[i] = dup_objective (info, vector);
      grid->sizes[i] = grid->objectives[i] != NULL ? sqrt (squares) : 0;
      longest = MAX (longest, grid->sizes[i]);
    }
  for (gsize i = 0; i < n && longest > 0; i++)
    grid->sizes[i] /= longest;
  return grid;
}

void
ph_direction_grid_free (PhDirectionGrid *grid)
{
  for (gsize i = 0; i < (gsize)grid->rows * grid->columns; i++)
    g_free (grid->objectives[i]);
  g_free (grid->objectives);
  g_free (grid->sizes);
  g_free (grid);
}

/* Each pixel is the mean of those that it covers, at least the nearest one. */
static void
put (guint8 *to, gsize row_bytes, guint side, PhFrame *picture)
{
  const guint8 *from = picture != NULL ? g_bytes_get_data (picture->pixels, NULL) : NULL;

  for (guint y = 0; y < side; y++)
    for (guint x = 0; x < side; x++)
      {
        guint8 *pixel = to + y * row_bytes + x * 3;
        guint sum[3] = { 0 }, n = 0;

        if (from == NULL)
          {
            memset (pixel, WAITING, 3);
            continue;
          }

        guint top = y * picture->height / side, left = x * picture->width / side;
        guint bottom = MAX ((y + 1) * picture->height / side, top + 1);
        guint right = MAX ((x + 1) * picture->width / side, left + 1);

        for (guint v = top; v < bottom; v++)
          for (guint u = left; u < right; u++, n++)
            for (guint c = 0; c < 3; c++)
              sum[c] += from[((gsize)v * picture->width + u) * 3 + c];
        for (guint c = 0; c < 3; c++)
          pixel[c] = (guint8)((sum[c] + n / 2) / n);
      }
}

PhFrame *
ph_direction_grid_draw (const PhDirectionGrid *grid, PhFrame *const *pictures, guint cell)
{
  gsize row_bytes = (gsize)grid->columns * cell * 3, n = row_bytes * grid->rows * cell;
  guint8 *pixels = g_malloc (n);
  g_autoptr (GBytes) bytes = NULL;

  memset (pixels, GROUND, n);
  for (guint row = 0; row < grid->rows; row++)
    for (guint column = 0; column < grid->columns; column++)
      {
        gsize i = (gsize)row * grid->columns + column;
        guint side = (guint)lround (MAX (sqrt (grid->sizes[i]), SMALLEST) * cell);
        guint gap = (cell - side) / 2;

        if (grid->objectives[i] != NULL)
          put (pixels + ((gsize)row * cell + gap) * row_bytes + ((gsize)column * cell + gap) * 3,
               row_bytes, side, pictures[i]);
      }
  bytes = g_bytes_new_take (pixels, n);
  return ph_frame_new (bytes, grid->columns * cell, grid->rows * cell, 0, NAN);
}
