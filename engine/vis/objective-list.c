#include "vis/objective-private.h"

extern const PhObjectiveClass ph_objective_direction, ph_objective_weights,
    ph_objective_interpolate, ph_objective_diversity, ph_objective_alignment, ph_objective_invert,
    ph_objective_caricature, ph_objective_style, ph_objective_tv, ph_objective_l1, ph_objective_l2,
    ph_objective_blur, ph_objective_boundary;

const PhObjectiveClass *const *
ph_objective_classes (void)
{
  static const PhObjectiveClass *const classes[] = {
    &ph_objective_direction,   &ph_objective_weights,
    &ph_objective_interpolate, &ph_objective_diversity,
    &ph_objective_alignment,   &ph_objective_invert,
    &ph_objective_caricature,  &ph_objective_style,
    &ph_objective_tv,          &ph_objective_l1,
    &ph_objective_l2,          &ph_objective_blur,
    &ph_objective_boundary,    NULL,
  };

  return classes;
}

const PhObjectiveTerm *
ph_objective_terms (void)
{
  static PhObjectiveTerm terms[32];
  static gsize filled = 0;

  if (g_once_init_enter (&filled))
    {
      const PhObjectiveClass *const *classes = ph_objective_classes ();

      for (guint i = 0; classes[i] != NULL; i++)
        terms[i] = (PhObjectiveTerm){ classes[i]->name, classes[i]->usage, classes[i]->summary };
      g_once_init_leave (&filled, 1);
    }
  return terms;
}
