#pragma once

#include "network/graph.h"
#include "network/run.h"

G_BEGIN_DECLS

struct _PhRun
{
  /* owned */
  struct _PhPlan *plan;
  gpointer *data;      /* per value: its memory, NULL when it has none */
  float **grad;        /* per value: its gradient, NULL when not wanted */
  gint *grad_root;     /* borrowed from the plan: per value, which value's flag below counts */
  guint8 *fresh;       /* per value: whether its gradient holds something in this pass */
  guint8 *is_writable; /* per value: a parameter whose memory the caller gave */
  PhStepTime *times;   /* nullable: nobody wants to know */
  guint64 seed;
  char *arena;
  gpointer scratch; /* within arena */
  PhRule rule;
  double noise;
  guint64 noise_seed;
};

/** ph_step_new: a step of @node whose inputs and outputs are entries of @specs, one per value of
 * the graph. */
PhStep *ph_step_new (const PhNode *node, PhSpec *specs);
void ph_step_free (PhStep *step);

/** ph_step_infer: calls the operator's `infer`, checks that it did its work, and puts the node's
 * name in front of an error. */
gboolean ph_step_infer (PhStep *step, GError **error);

/** ph_step_prepare: calls the operator's `prepare`, naming the node in an error. */
gboolean ph_step_prepare (PhStep *step, GError **error);

/** ph_step_is_foldable: whether its result is known before any run. */
gboolean ph_step_is_foldable (const PhStep *step);

/**
 * ph_step_fold:
 * @data: scratch table with one zero entry per value, left zero again
 * @results: (out): one tensor per output (transfer full), %NULL where the node has none
 *
 * Computes the outputs of a foldable step after ph_step_infer().
 */
gboolean ph_step_fold (PhStep *step, gpointer *data, PhTensor **results, GError **error);

G_END_DECLS
