#include "vis/objective.h"

#include <math.h>
#include <string.h>

#include "vis/objective-private.h"

typedef struct
{
  const PhObjectiveClass *klass;
  double weight;
  char *text;    /* owned: as the grammar has it, without factor */
  gpointer data; /* owned: of the class */
} Term;

struct _PhObjective
{
  /* owned */
  PhModel *model;
  GArray *terms;    /* Term */
  GArray *targets;  /* int */
  GArray *layers;   /* guint: whose fields are seen */
  GPtrArray *files; /* %NULL-terminated once read */

  guint n_pictures;
  double wake, rivals;
};

static void
clear_term (gpointer data)
{
  Term *term = data;

  if (term->klass->clear != NULL)
    term->klass->clear (term->data);
  g_free (term->data);
  g_free (term->text);
}

PhObjective *
ph_objective_new (PhModel *model)
{
  PhObjective *objective = g_new0 (PhObjective, 1);

  objective->model = g_object_ref (model);
  objective->terms = g_array_new (FALSE, FALSE, sizeof (Term));
  objective->targets = g_array_new (FALSE, FALSE, sizeof (int));
  objective->layers = g_array_new (FALSE, FALSE, sizeof (guint));
  objective->files = g_ptr_array_new_with_free_func (g_free);
  objective->n_pictures = 1;
  g_array_set_clear_func (objective->terms, clear_term);
  g_ptr_array_add (objective->files, NULL);
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
  g_array_unref (objective->layers);
  g_ptr_array_unref (objective->files);
  g_free (objective);
}

PhModel *
ph_objective_get_model (const PhObjective *objective)
{
  return objective->model;
}

void
ph_objective_add_target (PhObjective *objective, int value)
{
  for (guint i = 0; i < objective->targets->len; i++)
    if (g_array_index (objective->targets, int, i) == value)
      return;
  if (value >= 0)
    g_array_append_val (objective->targets, value);
}

void
ph_objective_add_layer (PhObjective *objective, guint layer)
{
  g_array_append_val (objective->layers, layer);
}

void
ph_objective_add_file (PhObjective *objective, const char *path)
{
  for (guint i = 0; i + 1 < objective->files->len; i++)
    if (g_str_equal (g_ptr_array_index (objective->files, i), path))
      return;
  g_ptr_array_insert (objective->files, (int)objective->files->len - 1, g_strdup (path));
}

const char *const *
ph_objective_get_files (const PhObjective *objective)
{
  return (const char *const *)objective->files->pdata;
}

void
ph_objective_append (PhObjective *objective, const PhObjectiveClass *klass, double weight,
                     char *text, gpointer data)
{
  Term term = { klass, weight, text, data };

  g_array_append_val (objective->terms, term);
}

void
ph_objective_watch_unit (PhObjective *objective, PhUnitTerm *term, const PhUnit *unit)
{
  ph_unit_term_init (term, objective->model, unit);
  ph_objective_add_target (objective, term->value);
  ph_objective_add_target (objective, term->before);
  if (unit->kind != PH_UNIT_CLASS)
    ph_objective_add_layer (objective, unit->layer);
}

void
ph_objective_append_unit (PhObjective *objective, double weight, const PhUnit *unit)
{
  PhUnitTerm *term = g_new0 (PhUnitTerm, 1);

  ph_objective_watch_unit (objective, term, unit);
  ph_objective_append (objective, &ph_objective_unit, weight,
                       ph_unit_dup_name (objective->model, unit), term);
}

PhObjective *
ph_objective_new_for_unit (PhModel *model, const PhUnit *unit)
{
  PhObjective *objective = ph_objective_new (model);

  ph_objective_append_unit (objective, 1, unit);
  return objective;
}

void
ph_objective_negate (PhObjective *objective)
{
  for (guint i = 0; i < objective->terms->len; i++)
    {
      Term *term = &g_array_index (objective->terms, Term, i);

      if (term->klass->flags & PH_TERM_OF_UNIT)
        term->weight = -term->weight;
    }
}

void
ph_objective_set_wake (PhObjective *objective, double wake)
{
  objective->wake = wake;
}

void
ph_objective_set_rivals (PhObjective *objective, double rivals)
{
  objective->rivals = rivals;
}

void
ph_objective_set_pictures (PhObjective *objective, guint n)
{
  objective->n_pictures = n;
}

guint
ph_objective_get_n_terms (const PhObjective *objective)
{
  return objective->terms->len;
}

const char *
ph_objective_get_term (const PhObjective *objective, guint i, double *weight)
{
  const Term *term = &g_array_index (objective->terms, Term, i);

  *weight = term->weight;
  return term->text;
}

char *
ph_objective_dup_text (const PhObjective *objective)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < objective->terms->len; i++)
    {
      const Term *term = &g_array_index (objective->terms, Term, i);
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
      g_string_append (text, term->text);
    }
  return g_string_free (text, FALSE);
}

gboolean
ph_objective_sees_all (const PhObjective *objective)
{
  const PhPreprocess *usual = ph_model_get_preprocess (objective->model);

  for (guint i = 0; i < objective->layers->len; i++)
    {
      guint layer = g_array_index (objective->layers, guint, i);
      const PhReceptiveField *field = &ph_model_get_layer (objective->model, layer)->field;

      if (field->height < usual->height || field->width < usual->width)
        return FALSE;
    }
  return TRUE;
}

gboolean
ph_objective_is_in_place (const PhObjective *objective)
{
  for (guint i = 0; i < objective->terms->len; i++)
    if (g_array_index (objective->terms, Term, i).klass->flags & PH_TERM_IN_PLACE)
      return TRUE;
  return FALSE;
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

      if (term->klass->bind != NULL &&
          !term->klass->bind (term->data, objective->model, plan, error))
        {
          if (term->klass->usage != NULL)
            g_prefix_error (error, "%s: ", term->text);
          return FALSE;
        }
    }
  return TRUE;
}

/* @weight times the value of the term. */
static double
evaluate_term (const PhObjective *objective, const Term *term, double weight, PhRun *run,
               const PhImage *image, gboolean gradient, float *d_image)
{
  gboolean of_image = (term->klass->flags & PH_TERM_OF_IMAGE) != 0;
  const PhObjectiveContext context = {
    .weight = weight,
    .wake = objective->wake,
    .rivals = objective->rivals,
    .n_pictures = objective->n_pictures,
    .run = run,
    .image = image,
    .gradient = gradient,
    .d_image = d_image,
  };

  if (weight == 0 || (of_image ? image == NULL : run == NULL))
    return 0;
  return weight * term->klass->evaluate (term->data, &context);
}

double
ph_objective_evaluate (const PhObjective *objective, PhRun *run, const PhImage *image,
                       gboolean gradient, float *d_image)
{
  double value = 0, answers = 0;
  gboolean any_unit = FALSE;

  /* Terms without a scale last, when that is known. */
  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < objective->terms->len; i++)
      {
        const Term *term = &g_array_index (objective->terms, Term, i);
        gboolean relative = (term->klass->flags & PH_TERM_RELATIVE) != 0;
        double weight = term->weight * (relative && any_unit ? answers : 1), part;

        if (relative != (pass == 1))
          continue;
        part = evaluate_term (objective, term, weight, run, image, gradient, d_image);
        value += part;
        if (term->klass->flags & PH_TERM_OF_UNIT)
          {
            any_unit = TRUE;
            answers += fabs (part);
          }
      }
  return value;
}
