#pragma once

#include "ops/broadcast.h"
#include "ops/elementwise.h"

G_BEGIN_DECLS

typedef struct
{
  gboolean keep;            /* reduced axes stay, with extent 1 */
  gboolean none_when_empty; /* no axes given: reduce none instead of all */
  guint n_axes;
  gint64 axes[PH_MAX_RANK];
} ReduceConfig;

/**
 * ReduceState:
 * @kept: shape of the input with 1 in place of the reduced axes
 * @share: elements per result
 */
typedef struct
{
  PhShape kept;
  gsize share;
} ReduceState;

/**
 * ReduceJob:
 * @walk: the input, with the result as operand 0
 * @group: elements of the input that belong to one item of the loop
 * @x: input; @y: result; @dy, @dx: gradients
 * @sum, @aside: (scratch) a number for each result
 * @add: whether @dx already holds something
 */
typedef struct
{
  PhBroadcast walk;
  gsize group;
  const float *x, *dy;
  float *y, *dx;
  double *sum, *aside;
  float factor;
  gboolean add;
} ReduceJob;

/** ph_reduce_walk: prepares @job's walk and calls @func for groups of elements that no other group
 * shares a result with, in parallel. */
void ph_reduce_walk (const PhStep *step, PhParallelFunc func, ReduceJob *job);

void ph_reduce_l1_backward (const PhStep *step, PhRun *run);
void ph_reduce_l2_backward (const PhStep *step, PhRun *run);
void ph_reduce_log_sum_backward (const PhStep *step, PhRun *run);
void ph_reduce_log_sum_exp_backward (const PhStep *step, PhRun *run);
void ph_reduce_max_backward (const PhStep *step, PhRun *run);
void ph_reduce_mean_backward (const PhStep *step, PhRun *run);
void ph_reduce_min_backward (const PhStep *step, PhRun *run);
void ph_reduce_prod_backward (const PhStep *step, PhRun *run);
void ph_reduce_sum_backward (const PhStep *step, PhRun *run);
void ph_reduce_sum_square_backward (const PhStep *step, PhRun *run);

G_END_DECLS
