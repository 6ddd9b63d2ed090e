#include <glib/gi18n.h>
/* Several pictures on the way from one unit to another. */
#include "vis/objective-private.h"

typedef struct
{
  PhUnitTerm ends[2];
} Interpolate;

static gboolean
interpolate_parse (gpointer data, PhTermArgs *args, GError **error)
{
  Interpolate *interpolate = data;
  PhUnit unit;

  for (guint i = 0; i < 2; i++)
    {
      if (!ph_term_take_unit (args, &unit, error))
        return FALSE;
      ph_objective_watch_unit (ph_term_args_get_objective (args), &interpolate->ends[i], &unit);
    }
  return TRUE;
}

static gboolean
interpolate_bind (gpointer data, PhModel *model, const PhPlan *plan, GError **error)
{
  Interpolate *interpolate = data;

  return ph_unit_term_bind (&interpolate->ends[0], model, plan, error) &&
         ph_unit_term_bind (&interpolate->ends[1], model, plan, error);
}

/* Picture p of P has (1 - t) of the first unit and t of the second, t = p / (P - 1). */
static double
interpolate_evaluate (gconstpointer data, const PhObjectiveContext *context)
{
  const Interpolate *interpolate = data;
  guint n_pictures = context->n_pictures;
  gsize n_views = interpolate->ends[0].n / n_pictures;
  double value = 0;

  for (guint p = 0; p < n_pictures; p++)
    {
      double t = n_pictures > 1 ? (double)p / (n_pictures - 1) : 0.5;
      double share[2] = { (1 - t) / n_pictures, t / n_pictures };

      for (guint i = 0; i < 2; i++)
        if (share[i] > 0)
          value +=
              share[i] * ph_unit_term_evaluate (&interpolate->ends[i], context,
                                                context->weight * share[i], p * n_views, n_views);
    }
  return value;
}

const PhObjectiveClass ph_objective_interpolate = {
  .name = "interpolate",
  .usage = "UNIT, UNIT",
  .summary = N_ ("Several pictures from one unit to another: the first picture is made for the "
                 "first, the last for the second, those between for a mixture."),
  .flags = PH_TERM_OF_UNIT,
  .data_size = sizeof (Interpolate),
  .parse = interpolate_parse,
  .bind = interpolate_bind,
  .evaluate = interpolate_evaluate,
};
