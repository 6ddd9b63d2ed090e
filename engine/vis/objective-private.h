#pragma once

#include "vis/objective.h"

G_BEGIN_DECLS

/**
 * PhObjectiveContext:
 * @weight: of the term; gradients are multiplied by it, the value returned is not
 * @wake: as ph_objective_set_wake() has it
 * @run, @image, @gradient, @d_image: as ph_objective_evaluate() has them
 */
typedef struct
{
  double weight, wake;
  PhRun *run;
  const PhImage *image;
  gboolean gradient;
  float *d_image;
} PhObjectiveContext;

/**
 * PhObjectiveClass:
 * @name: the word that stands for it; %NULL: a unit, which goes by its own name
 * @summary: one sentence
 * @of_image: whether it looks at the picture instead of the network
 * @evaluate: value of the term; adds its gradient where one is wanted
 *
 * A kind of term. Adding one is a class in an objective-*.c file and a line in objective.c.
 */
typedef struct
{
  const char *name;
  const char *summary;
  gboolean of_image;
  double (*evaluate) (gconstpointer data, const PhObjectiveContext *context);
} PhObjectiveClass;

/**
 * PhUnitTerm:
 * @value: where the unit lies in the graph
 * @before: the value before its relu, -1 when there is none
 * @before_channel: its channel there, which a join of several branches shifts
 * @region, @before_region: of the bound plan
 * @n: images in its batch
 */
typedef struct
{
  PhUnit unit;
  int value, before;
  guint before_channel;
  PhRegion region, before_region;
  gsize n;
} PhUnitTerm;

void ph_unit_term_init (PhUnitTerm *term, PhModel *model, const PhUnit *unit);
gboolean ph_unit_term_bind (PhUnitTerm *term, PhModel *model, const PhPlan *plan, GError **error);

extern const PhObjectiveClass ph_objective_unit;
extern const PhObjectiveClass ph_objective_tv;
extern const PhObjectiveClass ph_objective_l1;
extern const PhObjectiveClass ph_objective_l2;

G_END_DECLS
