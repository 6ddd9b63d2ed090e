#include "unit-page-private.h"

#include <glib/gi18n.h>
#include <string.h>

/* The objective as a list of terms. */

/* What the terms say together, as the grammar writes it; NULL when it is not valid. */
static char *
dup_formula (PhUnitPage *self)
{
  PhModel *model = ph_page_get_model (PH_PAGE (self));
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (PhObjective) objective = NULL;

  for (guint i = 0; i < ph_piece_list_get_n (self->terms); i++)
    {
      double weight;
      const char *term = ph_piece_list_get (self->terms, i, &weight);
      char number[G_ASCII_DTOSTR_BUF_SIZE];

      g_ascii_dtostr (number, sizeof number, weight);
      g_string_append_printf (text, "%s%s*%s", i > 0 ? " + " : "", number, term);
    }
  if (model != NULL)
    objective = ph_objective_parse (model, text->str, NULL);
  return objective != NULL ? ph_objective_dup_text (objective) : NULL;
}

static gboolean
check_term (const char *text, gpointer data, GError **error)
{
  PhModel *model = ph_page_get_model (PH_PAGE (data));
  guint column;
  g_autoptr (PhObjective) objective =
      model != NULL ? ph_objective_parse_at (model, text, &column, error) : NULL;

  if (model == NULL)
    return TRUE;
  if (objective != NULL && ph_objective_get_n_terms (objective) > 1)
    {
      g_set_error_literal (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                           _ ("Each term has a row of its own"));
      return FALSE;
    }
  return objective != NULL;
}

static void
on_terms_changed (PhPieceList *terms, PhUnitPage *self)
{
  g_autofree char *formula = dup_formula (self);

  if (formula == NULL || g_strcmp0 (formula, self->formula) == 0)
    return;
  g_free (self->formula);
  self->formula = g_steal_pointer (&formula);
  ph_unit_page_start_soon (self);
}

/* Arguments that are not optional, with this page's layer and unit for the first of their kind. */
static char *
dup_example (PhUnitPage *self, const PhObjectiveTerm *term)
{
  PhModel *model = ph_page_get_model (PH_PAGE (self));
  const char *optional = strstr (term->usage, ", [");
  g_autofree char *usage = g_strndup (
      term->usage, optional != NULL ? (gsize)(optional - term->usage) : strlen (term->usage));
  g_autoptr (GString) text = g_string_new (usage[0] == '[' ? "" : usage);

  if (model != NULL && self->has_unit)
    {
      g_autofree char *unit = ph_unit_dup_name (model, &self->unit);

      if (self->unit.kind != PH_UNIT_CLASS)
        g_string_replace (text, "LAYER", ph_model_get_layer (model, self->unit.layer)->name, 1);
      g_string_replace (text, "UNIT", unit, 1);
    }
  return g_strdup_printf ("%s(%s)", term->name, text->str);
}

static void
clear_item (gpointer item)
{
  g_free ((char *)((PhSettingItem *)item)->text);
}

/* The list keeps the array, so only what a new term says changes. */
static void
update_items (PhUnitPage *self)
{
  PhModel *model = ph_page_get_model (PH_PAGE (self));
  const PhObjectiveTerm *terms = ph_objective_terms ();

  for (guint i = 0; i + 1 < self->term_items->len; i++)
    {
      PhSettingItem *item = &g_array_index (self->term_items, PhSettingItem, i);

      g_free ((char *)item->text);
      if (i == 0)
        item->text =
            model != NULL && self->has_unit ? ph_unit_dup_name (model, &self->unit) : g_strdup ("");
      else
        item->text =
            terms[i - 1].usage != NULL ? dup_example (self, &terms[i - 1]) : g_strdup (item->name);
    }
}

/* Names that entries complete: layers, and classes by their labels. */
static void
update_words (PhUnitPage *self)
{
  PhModel *model = ph_page_get_model (PH_PAGE (self));
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; model != NULL && i < ph_model_get_n_layers (model); i++)
    g_ptr_array_add (words, g_strconcat (ph_model_get_layer (model, i)->name, ":", NULL));
  for (guint i = 0; model != NULL && i < ph_model_get_n_classes (model); i++)
    if (ph_model_get_label (model, i) != NULL)
      g_ptr_array_add (words, g_strconcat ("class:", ph_model_get_label (model, i), NULL));
  g_ptr_array_add (words, NULL);
  ph_piece_list_set_words (self->terms, (const char *const *)words->pdata);
}

void
ph_unit_page_update_terms (PhUnitPage *self)
{
  PhModel *model = ph_page_get_model (PH_PAGE (self));
  g_autofree char *shown = dup_formula (self);
  g_autofree char *wanted = NULL;
  g_autoptr (PhObjective) objective = NULL;

  update_items (self);
  if (self->formula == NULL || model == NULL)
    return;
  objective = ph_objective_parse (model, self->formula, NULL);
  wanted = objective != NULL ? ph_objective_dup_text (objective) : g_strdup (self->formula);
  if (g_strcmp0 (shown, wanted) == 0)
    return;
  update_words (self);
  ph_piece_list_clear (self->terms);
  /* What this network does not understand stays as it is, with the reason below it. */
  if (objective == NULL)
    ph_piece_list_append (self->terms, 1, self->formula);
  for (guint i = 0; objective != NULL && i < ph_objective_get_n_terms (objective); i++)
    {
      double weight;
      const char *term = ph_objective_get_term (objective, i, &weight);

      ph_piece_list_append (self->terms, weight, term);
    }
}

void
ph_unit_page_init_terms (PhUnitPage *self)
{
  const PhSettingItem unit = { .name = "unit",
                               .summary =
                                   N_ ("A unit: LAYER:CHANNEL, LAYER:CHANNEL:ROW,COLUMN, LAYER "
                                       "or class:LABEL.") };

  self->term_items = g_array_new (TRUE, TRUE, sizeof (PhSettingItem));
  g_array_set_clear_func (self->term_items, clear_item);
  g_array_append_val (self->term_items, unit);
  for (const PhObjectiveTerm *term = ph_objective_terms (); term->name != NULL; term++)
    {
      PhSettingItem item = { term->name, term->usage, term->summary, NULL, FALSE };

      g_array_append_val (self->term_items, item);
    }
  g_array_set_size (self->term_items, self->term_items->len + 1);
  self->terms = PH_PIECE_LIST (ph_piece_list_new ((const PhSettingItem *)self->term_items->data,
                                                  TRUE, _ ("Add a term"), check_term, self));
  gtk_box_append (self->formula_box, GTK_WIDGET (self->terms));
  g_signal_connect (self->terms, "changed", G_CALLBACK (on_terms_changed), self);
}
