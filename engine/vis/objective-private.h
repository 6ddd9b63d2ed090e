#pragma once

#include "base/tensor.h"
#include "vis/objective.h"

G_BEGIN_DECLS

/**
 * PhObjectiveContext:
 * @weight: of the term; gradients are multiplied by it, the value returned is not
 * @wake, @rivals: as ph_objective_set_wake() and ph_objective_set_rivals() have them
 * @n_pictures: of the batch; each has as many views as the others, and they follow one another
 * @run, @image, @gradient, @d_image: as ph_objective_evaluate() has them
 */
typedef struct
{
  double weight, wake, rivals;
  guint n_pictures;
  PhRun *run;
  const PhImage *image;
  gboolean gradient;
  float *d_image;
} PhObjectiveContext;

/**
 * PhTermFlags:
 * @PH_TERM_OF_IMAGE: looks at the picture instead of the network
 * @PH_TERM_OF_UNIT: says how strongly something answers, so that its opposite makes sense
 * @PH_TERM_IN_PLACE: about things where they are in the picture: moves would blur them
 * @PH_TERM_RELATIVE: a mere number, without a scale: it counts in shares of what all terms of units
 *   bring together, so that the same weight suits units of any strength
 */
typedef enum
{
  PH_TERM_OF_IMAGE = 1 << 0,
  PH_TERM_OF_UNIT = 1 << 1,
  PH_TERM_IN_PLACE = 1 << 2,
  PH_TERM_RELATIVE = 1 << 3,
} PhTermFlags;

/**
 * PhTermArgs:
 *
 * What is written between the parentheses of a term, for the class to take one after the other. It
 * knows the column of each, so that a class only says what is wrong.
 */
typedef struct _PhTermArgs PhTermArgs;

/**
 * PhObjectiveClass:
 * @name: the word that stands for it; %NULL: a unit, which goes by its own name
 * @usage: what is written between the parentheses; %NULL: the word stands alone
 * @summary: one sentence
 * @data_size: bytes of what a term of the class holds, zeroed before @parse
 * @parse: (nullable): takes the arguments; opens no file larger than a list of names
 * @bind: (nullable): finds its numbers in the shapes of @plan and reads its files
 * @clear: (nullable): frees what the data owns
 * @evaluate: value of the term; adds its gradient where one is wanted
 *
 * A kind of term. Adding one is an objective-*.c file and a line in objective-list.c.
 */
typedef struct
{
  const char *name;
  const char *usage;
  const char *summary;
  PhTermFlags flags;
  gsize data_size;
  gboolean (*parse) (gpointer data, PhTermArgs *args, GError **error);
  gboolean (*bind) (gpointer data, PhModel *model, const PhPlan *plan, GError **error);
  void (*clear) (gpointer data);
  double (*evaluate) (gconstpointer data, const PhObjectiveContext *context);
} PhObjectiveClass;

/** ph_objective_classes: all classes that have a name, %NULL-terminated. */
const PhObjectiveClass *const *ph_objective_classes (void);

/* objective.c: what parsing builds with. */

/** ph_objective_new: without any term. */
PhObjective *ph_objective_new (PhModel *model);

/** ph_objective_append: adds a term; takes @text and @data. */
void ph_objective_append (PhObjective *objective, const PhObjectiveClass *klass, double weight,
                          char *text, gpointer data);
void ph_objective_append_unit (PhObjective *objective, double weight, const PhUnit *unit);

/** ph_objective_add_target: a value that the term looks at (-1: none). */
void ph_objective_add_target (PhObjective *objective, int value);

/** ph_objective_add_layer: a layer whose field says how much of the picture is seen. */
void ph_objective_add_layer (PhObjective *objective, guint layer);

/** ph_objective_add_file: a file or folder that the term depends on. */
void ph_objective_add_file (PhObjective *objective, const char *path);

PhModel *ph_objective_get_model (const PhObjective *objective);

/* objective-args.c */

/**
 * ph_term_args_new:
 * @at: the part of @text between the parentheses, of @length bytes
 */
PhTermArgs *ph_term_args_new (PhObjective *objective, const char *at, gsize length);
void ph_term_args_free (PhTermArgs *args);

/** ph_term_args_get_at: where in the text the argument lies that was taken last. */
const char *ph_term_args_get_at (const PhTermArgs *args);

PhObjective *ph_term_args_get_objective (const PhTermArgs *args);

/** ph_term_args_finish: whether everything was taken. */
gboolean ph_term_args_finish (PhTermArgs *args, GError **error);

/** ph_term_take_named: (nullable): the argument written "@name=…", without the name. Take these
 * first: they may stand anywhere. Caller frees. */
char *ph_term_take_named (PhTermArgs *args, const char *name);

/** ph_term_take_text: the next of the others, which is @what. Caller frees. */
char *ph_term_take_text (PhTermArgs *args, const char *what, GError **error);

/** ph_term_take_layer: a layer, whose output becomes a target. */
gboolean ph_term_take_layer (PhTermArgs *args, guint *layer, GError **error);
gboolean ph_term_take_unit (PhTermArgs *args, PhUnit *unit, GError **error);

/** ph_term_take_file: a file that must be there. Caller frees. */
char *ph_term_take_file (PhTermArgs *args, const char *what, GError **error);

/** ph_term_take_number: "@name=NUMBER", if it is written; else @value stays. */
gboolean ph_term_take_number (PhTermArgs *args, const char *name, double minimum, double maximum,
                              double *value, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhTermArgs, ph_term_args_free)

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

/** ph_rivals_add_gradient: that of minus the logarithm of the sum of exp (score) over all classes
 * but the term's, mean over the images @first … @first + @n - 1 of the batch if @weight has been
 * divided by @n. */
void ph_rivals_add_gradient (const PhUnitTerm *term, PhRun *run, double weight, gsize first,
                             gsize n);

/** ph_unit_term_evaluate: mean over the images @first … @first + @n - 1 of the batch. */
double ph_unit_term_evaluate (const PhUnitTerm *term, const PhObjectiveContext *context,
                              double weight, gsize first, gsize n);

/** ph_objective_watch_unit: initialises @term and makes what it looks at targets. */
void ph_objective_watch_unit (PhObjective *objective, PhUnitTerm *term, const PhUnit *unit);

extern const PhObjectiveClass ph_objective_unit;

G_END_DECLS
