/* Gemm: y (m, n) = alpha * op (a) * op (b) + beta * c, c stretching to (m, n). */

#include "kernels/gemm.h"
#include "ops/binary.h"

#include <string.h>

typedef struct
{
  float alpha, beta;
  gboolean trans_a, trans_b;
} GemmConfig;

typedef struct
{
  gsize m, n, k;
} GemmState;

static gboolean
gemm_configure (PhNode *node, GError **error)
{
  GemmConfig *config = node->config;

  config->alpha = ph_attrs_get_real (node->attrs, "alpha", 1);
  config->beta = ph_attrs_get_real (node->attrs, "beta", 1);
  config->trans_a = ph_attrs_get_int (node->attrs, "transA", 0) != 0;
  config->trans_b = ph_attrs_get_int (node->attrs, "transB", 0) != 0;
  return TRUE;
}

static gboolean
gemm_infer (PhStep *step, GError **error)
{
  const GemmConfig *config = step->config;
  GemmState *state = step->state;
  const PhShape *a = &step->in[0]->shape, *b = &step->in[1]->shape;
  const PhShape *c = step->in[2] != NULL ? &step->in[2]->shape : NULL;
  g_autofree char *text_a = ph_shape_dup_string (a);
  g_autofree char *text_b = ph_shape_dup_string (b);
  PhShape stretched;

  for (guint i = 0; i < step->n_inputs; i++)
    if (step->in[i] != NULL && !ph_type_is_real (step->in[i]->type))
      return ph_step_fail (error, PH_ERROR_OP_UNSUPPORTED, "expected real numbers, got %s",
                           ph_type_name (step->in[i]->type));
  if (a->rank != 2 || b->rank != 2 || a->dim[!config->trans_a] != b->dim[config->trans_b])
    return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                         "expected two matrices that can be multiplied, got %s%s and %s%s", text_a,
                         config->trans_a ? " (transposed)" : "", text_b,
                         config->trans_b ? " (transposed)" : "");
  state->m = (gsize)a->dim[config->trans_a];
  state->k = (gsize)a->dim[!config->trans_a];
  state->n = (gsize)b->dim[!config->trans_b];

  PhShape out = PH_SHAPE ((gint64)state->m, (gint64)state->n);
  if (c != NULL &&
      (!ph_shape_broadcast (c, &out, &stretched) || !ph_shape_equal (&stretched, &out)))
    {
      g_autofree char *text_c = ph_shape_dup_string (c);
      g_autofree char *text_y = ph_shape_dup_string (&out);
      return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                           "expected a summand that stretches to %s, got %s", text_y, text_c);
    }
  ph_step_set_out (step, 0, step->in[0]->type, &out);
  return TRUE;
}

static gboolean
gemm_prepare (PhStep *step, GError **error)
{
  step->keep_inputs = (step->gradient_inputs & 1 ? 2 : 0) | (step->gradient_inputs & 2 ? 1 : 0);
  return TRUE;
}

static void
fill_summand (const PhStep *step, const float *c, float *y)
{
  const float beta = ((const GemmConfig *)step->config)->beta;
  PhBroadcast walk;
  PhBroadcastPart part;

  ph_broadcast_init (&walk, &step->out[0]->shape, (const PhShape *[]){ &step->in[2]->shape }, 1);
  for (ph_broadcast_first (&walk, 0, ph_shape_count (&step->out[0]->shape), &part); part.n > 0;
       ph_broadcast_next (&walk, &part))
    for (gsize i = 0; i < part.n; i++)
      y[part.begin + i] = beta * c[part.offset[0] + i * ph_broadcast_step (&walk, 0)];
}

static void
gemm_forward (const PhStep *step, PhRun *run)
{
  const GemmConfig *config = step->config;
  const GemmState *s = step->state;
  const float *c = step->in[2] != NULL ? ph_run_in (run, step, 2) : NULL;
  float *y = ph_run_out (run, step, 0);

  if (c != NULL)
    fill_summand (step, c, y);
  else if (s->k == 0)
    memset (y, 0, s->m * s->n * sizeof (float));
  if (s->m > 0 && s->n > 0 && s->k > 0)
    ph_gemm (config->trans_a, config->trans_b, s->m, s->n, s->k, config->alpha,
             ph_run_in (run, step, 0), config->trans_a ? s->m : s->k, ph_run_in (run, step, 1),
             config->trans_b ? s->k : s->n, c != NULL ? 1 : 0, y, s->n);
}

/* With A = op (a), B = op (b): dA = alpha * dy * Bᵀ, dB = alpha * Aᵀ * dy; a gradient of a
 * transposed matrix is the transpose of that product. */
static void
gemm_backward (const PhStep *step, PhRun *run)
{
  const GemmConfig *config = step->config;
  const GemmState *s = step->state;
  const float *a = ph_run_in (run, step, 0), *b = ph_run_in (run, step, 1);
  const float *dy = ph_run_out_grad (run, step, 0);
  const gsize lda = config->trans_a ? s->m : s->k, ldb = config->trans_b ? s->k : s->n;
  const gboolean empty = s->m == 0 || s->n == 0 || s->k == 0;

  for (guint i = 0; i < 3 && dy != NULL; i++)
    {
      float *dx = i < step->n_inputs ? ph_run_in_grad (run, step, i) : NULL;
      if (dx == NULL)
        continue;

      gboolean add = ph_run_accumulates (run, step, i);
      const float beta = add ? 1 : 0;
      if (i == 2)
        ph_stretch_add (&step->out[0]->shape, &step->in[2]->shape, config->beta, dy, add, dx);
      else if (empty && !add)
        memset (dx, 0, ph_shape_count (&step->in[i]->shape) * sizeof (float));
      else if (empty)
        continue;
      else if (i == 0 && !config->trans_a)
        ph_gemm (FALSE, !config->trans_b, s->m, s->k, s->n, config->alpha, dy, s->n, b, ldb, beta,
                 dx, lda);
      else if (i == 0)
        ph_gemm (config->trans_b, TRUE, s->k, s->m, s->n, config->alpha, b, ldb, dy, s->n, beta, dx,
                 lda);
      else if (!config->trans_b)
        ph_gemm (!config->trans_a, FALSE, s->k, s->n, s->m, config->alpha, a, lda, dy, s->n, beta,
                 dx, ldb);
      else
        ph_gemm (TRUE, config->trans_a, s->n, s->k, s->m, config->alpha, dy, s->n, a, lda, beta, dx,
                 ldb);
    }
}

const PhOpClass ph_op_Gemm = {
  .name = "Gemm",
  .summary = "a matrix product plus a matrix, as in a fully connected layer",
  .min_inputs = 2,
  .max_inputs = 3,
  .max_outputs = 1,
  .flags = PH_OP_KEEP_INPUTS | PH_OP_OVERWRITES,
  .roles = { PH_ROLE_WEIGHT, PH_ROLE_WEIGHT, PH_ROLE_BIAS },
  .config_size = sizeof (GemmConfig),
  .state_size = sizeof (GemmState),
  .configure = gemm_configure,
  .infer = gemm_infer,
  .prepare = gemm_prepare,
  .forward = gemm_forward,
  .backward = gemm_backward,
};
