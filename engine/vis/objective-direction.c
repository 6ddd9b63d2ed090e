/* A vector over the channels of a layer instead of a single channel. */
#include <glib/gi18n.h>
#include <math.h>

#include "vis/vector.h"
#include "vis/maps.h"

/* As written, and as the map at hand has it. */
typedef struct
{
  guint first, length; /* length 0: all of them */
  gboolean middle;
  gsize begin, end;
} Range;

typedef struct
{
  guint layer;
  PhVector vector;
  Range rows, columns;
  double cosine; /* power of the cosine that multiplies the product */

  /* of the bound plan */
  PhMaps maps;
  float *v; /* owned: (channels) */
} Direction;

/* "3", "3-5" or "middle". */
static gboolean
take_range (PhTermArgs *args, const char *name, Range *range, GError **error)
{
  g_autofree char *text = ph_term_take_named (args, name);
  g_auto (GStrv) ends = text != NULL ? g_strsplit (text, "-", 2) : NULL;
  guint64 first, last;

  if (text == NULL)
    return TRUE;
  if (g_str_equal (text, "middle"))
    {
      range->middle = TRUE;
      range->length = 1;
      return TRUE;
    }
  if (!g_ascii_string_to_unsigned (ends[0], 10, 0, 100000, &first, NULL) ||
      !g_ascii_string_to_unsigned (ends[1] != NULL ? ends[1] : ends[0], 10, first, 100000, &last,
                                   NULL))
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                   "“%s” is not a place; write %s=3, %s=3-5 or %s=middle", text, name, name, name);
      return FALSE;
    }
  range->first = (guint)first;
  range->length = (guint)(last - first + 1);
  return TRUE;
}

static gboolean
direction_parse (gpointer data, PhTermArgs *args, GError **error)
{
  Direction *d = data;

  return take_range (args, "rows", &d->rows, error) &&
         take_range (args, "columns", &d->columns, error) &&
         ph_term_take_number (args, "cosine", 0, 8, &d->cosine, error) &&
         ph_term_take_layer (args, &d->layer, error) && ph_vector_take (&d->vector, args, error);
}

static gboolean
fit_range (Range *range, gsize n, const char *what, GError **error)
{
  range->begin = range->middle ? n / 2 : range->first;
  range->end = range->length > 0 ? range->begin + range->length : n;
  if (range->end <= n)
    return TRUE;
  g_set_error (error, PH_ERROR, PH_ERROR_NO_SUCH_UNIT,
               "the layer's map has %" G_GSIZE_FORMAT " %s at this picture size, numbered from 0",
               n, what);
  return FALSE;
}

static gboolean
weights_bind (gpointer data, PhModel *model, const PhPlan *plan, GError **error)
{
  Direction *d = data;

  if (!ph_maps_locate (&d->maps, model, d->layer, plan, error) ||
      !fit_range (&d->rows, d->maps.rows, "rows", error) ||
      !fit_range (&d->columns, d->maps.columns, "columns", error))
    return FALSE;
  g_free (d->v);
  d->v = ph_vector_load (&d->vector, model, d->layer, d->maps.channels, error);
  return d->v != NULL;
}

/* The same, with a vector of length 1. */
static gboolean
direction_bind (gpointer data, PhModel *model, const PhPlan *plan, GError **error)
{
  Direction *d = data;
  double size = 0;

  if (!weights_bind (data, model, plan, error))
    return FALSE;
  for (gsize i = 0; i < d->maps.channels; i++)
    size += (double)d->v[i] * d->v[i];
  for (gsize i = 0; i < d->maps.channels; i++)
    d->v[i] /= (float)sqrt (size);
  return TRUE;
}

static void
direction_clear (gpointer data)
{
  Direction *d = data;

  ph_vector_clear (&d->vector);
  g_free (d->v);
}

static double
direction_evaluate (gconstpointer data, const PhObjectiveContext *context)
{
  const Direction *d = data;
  const float *a = ph_run_get_value (context->run, d->maps.value);
  float *gradient = context->gradient ? ph_run_get_gradient (context->run, d->maps.value) : NULL;
  gsize n = d->maps.n * (d->rows.end - d->rows.begin) * (d->columns.end - d->columns.begin);
  double share = 1.0 / (double)n, sum = 0;

  for (gsize i = 0; i < d->maps.n; i++)
    for (gsize row = d->rows.begin; row < d->rows.end; row++)
      for (gsize column = d->columns.begin; column < d->columns.end; column++)
        {
          gsize at = ph_maps_index (&d->maps, i, 0, row, column);

          sum += ph_vector_product (d->maps.channels, d->v, 1, a + at, d->maps.channel_stride,
                                    d->cosine, context->weight * share,
                                    gradient != NULL ? gradient + at : NULL);
        }
  return sum * share;
}

const PhObjectiveClass ph_objective_direction = {
  .name = "direction",
  .usage = "LAYER, VECTOR, [rows=3-5], [columns=3-5], [cosine=0]",
  .summary = N_ ("How far a layer points in a direction, by its length 1: a list, a .npy file, a "
                 "photograph, a folder of them, or a difference of two."),
  .flags = PH_TERM_OF_UNIT,
  .data_size = sizeof (Direction),
  .parse = direction_parse,
  .bind = direction_bind,
  .clear = direction_clear,
  .evaluate = direction_evaluate,
};

const PhObjectiveClass ph_objective_weights = {
  .name = "weights",
  .usage = "LAYER, VECTOR, [rows=3-5], [columns=3-5], [cosine=0]",
  .summary = N_ ("The weighted sum of a layer's channels, everywhere or in a part of its map."),
  .flags = PH_TERM_OF_UNIT,
  .data_size = sizeof (Direction),
  .parse = direction_parse,
  .bind = weights_bind,
  .clear = direction_clear,
  .evaluate = direction_evaluate,
};
