#include "vis/objective.h"

#include <math.h>
#include <string.h>

#include "vis/objective-private.h"

typedef struct
{
  const PhObjectiveClass *klass;
  double weight;
  PhUnitTerm unit; /* of a unit */
} Term;

struct _PhObjective
{
  PhModel *model;  /* owned */
  GArray *terms;   /* owned: Term */
  GArray *targets; /* owned: int */
  double wake;
};

static const PhObjectiveClass *
find_class (const char *name)
{
  static const PhObjectiveClass *const named[] = {
    &ph_objective_tv,
    &ph_objective_l1,
    &ph_objective_l2,
  };

  for (guint i = 0; i < G_N_ELEMENTS (named); i++)
    if (g_str_equal (named[i]->name, name))
      return named[i];
  return &ph_objective_unit;
}

static PhObjective *
objective_new (PhModel *model)
{
  PhObjective *objective = g_new0 (PhObjective, 1);

  objective->model = g_object_ref (model);
  objective->terms = g_array_new (FALSE, TRUE, sizeof (Term));
  objective->targets = g_array_new (FALSE, FALSE, sizeof (int));
  return objective;
}

void
ph_objective_free (PhObjective *objective)
{
  if (objective == NULL)
    return;
  g_object_unref (objective->model);
  g_array_unref (objective->terms);
  g_array_unref (objective->targets);
  g_free (objective);
}

static void
add_target (PhObjective *objective, int value)
{
  for (guint i = 0; i < objective->targets->len; i++)
    if (g_array_index (objective->targets, int, i) == value)
      return;
  if (value >= 0)
    g_array_append_val (objective->targets, value);
}

static void
add_unit (PhObjective *objective, double weight, const PhUnit *unit)
{
  Term term = { .klass = &ph_objective_unit, .weight = weight };

  ph_unit_term_init (&term.unit, objective->model, unit);
  add_target (objective, term.unit.value);
  add_target (objective, term.unit.before);
  g_array_append_val (objective->terms, term);
}

gboolean
ph_objective_add (PhObjective *objective, double weight, const char *term, GError **error)
{
  const PhObjectiveClass *klass = find_class (term);
  PhUnit unit;

  if (klass->of_image)
    {
      Term added = { .klass = klass, .weight = weight };

      g_array_append_val (objective->terms, added);
      return TRUE;
    }
  if (!ph_unit_parse (objective->model, term, &unit, error))
    return FALSE;
  if (ph_unit_get_value (objective->model, &unit) < 0)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_NO_SUCH_UNIT,
                   "“%s”: this network has no scores of classes", term);
      return FALSE;
    }
  add_unit (objective, weight, &unit);
  return TRUE;
}

PhObjective *
ph_objective_new_for_unit (PhModel *model, const PhUnit *unit)
{
  PhObjective *objective = objective_new (model);

  add_unit (objective, 1, unit);
  return objective;
}

static const char *
skip_spaces (const char *text)
{
  while (*text == ' ')
    text++;
  return text;
}

/* A term with an optional factor, "0.5*fire6/concat:37". */
static gboolean
parse_term (PhObjective *objective, const char *text, double sign, GError **error)
{
  char *rest = NULL;

  if (*text == '-')
    {
      sign = -sign;
      text = skip_spaces (text + 1);
    }

  double factor = g_ascii_strtod (text, &rest);
  const char *star = skip_spaces (rest);

  /* Names of layers may begin with a number: only the star makes it a factor. */
  if (rest != text && *star == '*')
    text = skip_spaces (star + 1);
  else
    factor = 1;
  if (!isfinite (factor))
    {
      g_set_error_literal (error, PH_ERROR, PH_ERROR_DATA_INVALID, "the factor is not finite");
      return FALSE;
    }
  if (*text == '\0')
    {
      g_set_error_literal (error, PH_ERROR, PH_ERROR_DATA_INVALID, "a unit is missing here");
      return FALSE;
    }
  return ph_objective_add (objective, sign * factor, text, error);
}

/* The next " + " or " - ", or the end. */
static const char *
find_joint (const char *text)
{
  for (; *text != '\0'; text++)
    if (text[0] == ' ' && (text[1] == '+' || text[1] == '-') && text[2] == ' ')
      return text;
  return text;
}

PhObjective *
ph_objective_parse (PhModel *model, const char *text, GError **error)
{
  g_autoptr (PhObjective) objective = objective_new (model);
  const char *at = text;
  double sign = 1;

  for (;;)
    {
      at = skip_spaces (at);

      const char *end = find_joint (at);
      g_autofree char *term = g_strchomp (g_strndup (at, (gsize)(end - at)));

      if (!parse_term (objective, term, sign, error))
        {
          g_prefix_error (error, "Objective, column %ld: ", g_utf8_strlen (text, at - text) + 1);
          return NULL;
        }
      if (*end == '\0')
        return g_steal_pointer (&objective);
      sign = end[1] == '-' ? -1 : 1;
      at = end + 3;
    }
}

void
ph_objective_negate (PhObjective *objective)
{
  for (guint i = 0; i < objective->terms->len; i++)
    {
      Term *term = &g_array_index (objective->terms, Term, i);

      if (!term->klass->of_image)
        term->weight = -term->weight;
    }
}

void
ph_objective_set_wake (PhObjective *objective, double wake)
{
  objective->wake = wake;
}

char *
ph_objective_dup_text (const PhObjective *objective)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < objective->terms->len; i++)
    {
      const Term *term = &g_array_index (objective->terms, Term, i);
      g_autofree char *name = term->klass->of_image
                                  ? g_strdup (term->klass->name)
                                  : ph_unit_dup_name (objective->model, &term->unit.unit);
      double weight = fabs (term->weight);

      if (i > 0)
        g_string_append (text, term->weight < 0 ? " - " : " + ");
      else if (term->weight < 0)
        g_string_append_c (text, '-');
      if (weight != 1)
        {
          char digits[G_ASCII_DTOSTR_BUF_SIZE];

          g_ascii_formatd (digits, sizeof digits, "%.6g", weight);
          if (g_ascii_strtod (digits, NULL) != weight)
            g_ascii_dtostr (digits, sizeof digits, weight);
          g_string_append_printf (text, "%s*", digits);
        }
      g_string_append (text, name);
    }
  return g_string_free (text, FALSE);
}

gboolean
ph_objective_sees_all (const PhObjective *objective)
{
  const PhPreprocess *usual = ph_model_get_preprocess (objective->model);

  for (guint i = 0; i < objective->terms->len; i++)
    {
      const Term *term = &g_array_index (objective->terms, Term, i);
      const PhUnit *unit = &term->unit.unit;

      if (term->klass->of_image || unit->kind == PH_UNIT_CLASS)
        continue;

      const PhReceptiveField *field = &ph_model_get_layer (objective->model, unit->layer)->field;

      if (field->height < usual->height || field->width < usual->width)
        return FALSE;
    }
  return TRUE;
}

const int *
ph_objective_get_targets (const PhObjective *objective, guint *n)
{
  *n = objective->targets->len;
  return (const int *)objective->targets->data;
}

gboolean
ph_objective_bind (PhObjective *objective, const PhPlan *plan, GError **error)
{
  for (guint i = 0; i < objective->terms->len; i++)
    {
      Term *term = &g_array_index (objective->terms, Term, i);

      if (!term->klass->of_image && !ph_unit_term_bind (&term->unit, objective->model, plan, error))
        return FALSE;
    }
  return TRUE;
}

double
ph_objective_evaluate (const PhObjective *objective, PhRun *run, const PhImage *image,
                       gboolean gradient, float *d_image)
{
  double value = 0;

  for (guint i = 0; i < objective->terms->len; i++)
    {
      const Term *term = &g_array_index (objective->terms, Term, i);
      PhObjectiveContext context = { term->weight, objective->wake, run, image, gradient, d_image };

      if (term->weight != 0 && (!term->klass->of_image || image != NULL))
        value += term->weight * term->klass->evaluate (&term->unit, &context);
    }
  return value;
}
