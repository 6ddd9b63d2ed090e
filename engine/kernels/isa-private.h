#pragma once

#include <glib.h>

#include "kernels/pool.h"

G_BEGIN_DECLS

/* Element by element; each function has one signature and uses what it needs of it. */
typedef enum
{
  PH_POINTWISE_FILL,
  PH_POINTWISE_CLAMP,
  PH_POINTWISE_CLAMP_BACKWARD,
  PH_POINTWISE_ACCUMULATE,
  PH_POINTWISE_ADD,
  PH_POINTWISE_SUBTRACT,
  PH_POINTWISE_MULTIPLY,
  PH_POINTWISE_MULTIPLY_ACCUMULATE,
  PH_POINTWISE_SCALE_SHIFT,
  PH_POINTWISE_SCALE_SHIFT_ACCUMULATE,
  PH_POINTWISE_EXP,
  PH_POINTWISE_SIGMOID,
  PH_POINTWISE_TANH,
  PH_POINTWISE_ERF,
  PH_POINTWISE_SILU,
  PH_POINTWISE_LAST
} PhPointwise;

/* @a, @b: inputs; @p, @q: constants in the order of the public function */
typedef void (*PhPointwiseFunc) (gsize n, const float *a, const float *b, float p, float q,
                                 float *y);

/**
 * PhKernels:
 *
 * The functions that exist once for each instruction set. All work on the calling thread alone.
 */
typedef struct
{
  const PhPointwiseFunc *pointwise; /* indexed by #PhPointwise */
  float (*sum) (gsize n, const float *x);
  void (*softmax) (gsize n, const float *x, float *y);
  void (*softmax_backward) (gsize n, const float *y, const float *dy, float *dx);

  /* One plane; @indices may be NULL. */
  void (*pool_max) (const PhPoolShape *shape, const float *x, float *y, gint32 *indices);
} PhKernels;

/** ph_kernels: those for ph_cpu_level(). */
const PhKernels *ph_kernels (void);

/* Each isa-NAME.c defines its part of the table, and isa-table.c joins them. */
#define PH_DECLARE_ISA(isa)                                                                        \
  extern const PhPointwiseFunc ph_pointwise_##isa[PH_POINTWISE_LAST];                              \
  float ph_sum_##isa (gsize n, const float *x);                                                    \
  void ph_softmax_##isa (gsize n, const float *x, float *y);                                       \
  void ph_softmax_backward_##isa (gsize n, const float *y, const float *dy, float *dx);            \
  void ph_pool_max_##isa (const PhPoolShape *shape, const float *x, float *y, gint32 *indices);    \
  extern const PhKernels ph_kernels_##isa;

PH_DECLARE_ISA (portable)
PH_DECLARE_ISA (avx2)
PH_DECLARE_ISA (avx512)

G_END_DECLS
