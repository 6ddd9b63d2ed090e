/* Einsum: sums of products named by labels, as "bij,bjk->bik". Here the equation is read; the sums
 * are in einsum-sum.c. An axis of extent 1 stretches to the extent that the label has elsewhere. */

#include "ops/einsum-private.h"

#include <string.h>

/* Labels are letters; an ellipsis is written '.' in a term and stands for labels 1, 2, … */
#define ELLIPSIS '.'
#define N_LABELS 128

typedef struct
{
  guint n_terms;
  char terms[EINSUM_MAX_TERMS][EINSUM_MAX_AXES + 1];
  gboolean has_output;
  char output[EINSUM_MAX_AXES + 1];
} EinsumConfig;

/* Reads one term up to a comma, an arrow or the end. */
static gboolean
read_term (const char **text, char term[EINSUM_MAX_AXES + 1])
{
  guint n = 0;
  const char *p = *text;

  while (*p != '\0' && *p != ',' && *p != '-')
    {
      if (*p == ' ')
        {
          p++;
          continue;
        }
      if (n == EINSUM_MAX_AXES)
        return FALSE;
      if (g_str_has_prefix (p, "...") && memchr (term, ELLIPSIS, n) == NULL)
        {
          term[n++] = ELLIPSIS;
          p += 3;
        }
      else if (g_ascii_isalpha (*p))
        term[n++] = *p++;
      else
        return FALSE;
    }
  term[n] = '\0';
  *text = p;
  return TRUE;
}

static gboolean
einsum_configure (PhNode *node, GError **error)
{
  EinsumConfig *config = node->config;
  const char *equation = ph_attrs_get_text (node->attrs, "equation", "");
  const char *p = equation;
  gboolean ok;

  do
    {
      ok = config->n_terms < EINSUM_MAX_TERMS && read_term (&p, config->terms[config->n_terms++]);
    }
  while (ok && *p == ',' && *p++ != '\0');
  if (ok && g_str_has_prefix (p, "->"))
    {
      p += 2;
      config->has_output = TRUE;
      ok = read_term (&p, config->output);
    }
  if (!ok || *p != '\0' || config->n_terms != node->n_inputs)
    return ph_step_fail (error, PH_ERROR_MODEL_INVALID,
                         "expected an equation for %u inputs, got \"%s\"", node->n_inputs,
                         equation);
  return TRUE;
}

/* The term's label of each axis, the ellipsis written out for @n_hidden axes of @n_ellipsis. */
static guint
write_out (const char *term, guint n_hidden, guint n_ellipsis, guchar labels[])
{
  guint n = 0;

  for (const char *p = term; *p != '\0'; p++)
    if (*p != ELLIPSIS)
      labels[n++] = (guchar)*p;
    else
      for (guint i = 0; i < n_hidden; i++)
        labels[n++] = (guchar)(1 + n_ellipsis - n_hidden + i);
  return n;
}

typedef struct
{
  guchar labels[EINSUM_MAX_TERMS][EINSUM_MAX_AXES + PH_MAX_RANK];
  gsize extent[N_LABELS]; /* 0: not in use */
  guint count[N_LABELS];
  guint n_ellipsis;
} Equation;

static gboolean
measure_terms (const PhStep *step, Equation *e, GError **error)
{
  const EinsumConfig *config = step->config;

  for (int pass = 0; pass < 2; pass++)
    for (guint t = 0; t < config->n_terms; t++)
      {
        const PhShape *shape = &step->in[t]->shape;
        const gboolean has_ellipsis = strchr (config->terms[t], ELLIPSIS) != NULL;
        const guint n_letters = (guint)strlen (config->terms[t]) - has_ellipsis;
        g_autofree char *text = ph_shape_dup_string (shape);

        if (shape->rank < n_letters || (!has_ellipsis && shape->rank != n_letters))
          return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                               "expected input %u with the axes of \"%s\", got %s", t + 1,
                               config->terms[t], text);
        if (pass == 0)
          {
            e->n_ellipsis = MAX (e->n_ellipsis, shape->rank - n_letters);
            continue;
          }
        write_out (config->terms[t], shape->rank - n_letters, e->n_ellipsis, e->labels[t]);
        for (guint i = 0; i < shape->rank; i++)
          {
            guchar label = e->labels[t][i];
            gsize own = (gsize)shape->dim[i];

            if (e->count[label]++ == 0 || e->extent[label] == 1)
              e->extent[label] = own;
            else if (own != 1 && own != e->extent[label])
              return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                                   "expected %" G_GSIZE_FORMAT " along axis %u of input %u, got %s",
                                   e->extent[label], i, t + 1, text);
          }
      }
  return TRUE;
}

/* Labels of the output: those written, or else all that occur once, in order of the alphabet. */
static gboolean
find_output (const PhStep *step, const Equation *e, guchar labels[], guint *n, GError **error)
{
  const EinsumConfig *config = step->config;
  gboolean used[N_LABELS] = { FALSE };

  *n = 0;
  if (config->has_output)
    *n = write_out (config->output, e->n_ellipsis, e->n_ellipsis, labels);
  else
    for (guint label = 1; label < N_LABELS; label++)
      if (label <= e->n_ellipsis || e->count[label] == 1)
        labels[(*n)++] = (guchar)label;
  if (*n > PH_MAX_RANK)
    return ph_step_fail (error, PH_ERROR_OP_UNSUPPORTED, "expected at most %d axes, got %u",
                         PH_MAX_RANK, *n);
  for (guint i = 0; i < *n; i++)
    {
      if (e->count[labels[i]] == 0 || used[labels[i]])
        return ph_step_fail (error, PH_ERROR_MODEL_INVALID,
                             "expected every label of the output \"%s\" once and in an input",
                             config->output);
      used[labels[i]] = TRUE;
    }
  return TRUE;
}

static void
find_groups (EinsumState *state)
{
  state->is_product = state->n_terms == 2;
  for (guint g = 0; g < 4; g++)
    state->group[g].size = 1;
  for (guint i = 0; i < state->n_axes; i++)
    {
      const gboolean a = state->stride[0][i] != 0, b = state->stride[1][i] != 0;
      const gboolean out = i < state->n_out;
      guint g;

      if (state->extent[i] == 1)
        continue;
      if (out && (a || b))
        g = a && b ? EINSUM_BATCH : a ? EINSUM_ROWS : EINSUM_COLUMNS;
      else if (a && b)
        g = EINSUM_INNER;
      else
        {
          state->is_product = FALSE;
          return;
        }
      state->group[g].axis[state->group[g].n++] = i;
      state->group[g].size *= state->extent[i];
    }
}

static gboolean
einsum_infer (PhStep *step, GError **error)
{
  const EinsumConfig *config = step->config;
  EinsumState *state = step->state;
  Equation e = { 0 };
  guchar out_labels[EINSUM_MAX_AXES + PH_MAX_RANK];
  int axis_of[N_LABELS];
  PhShape out = { 0 };

  for (guint t = 0; t < config->n_terms; t++)
    if (step->in[t] == NULL || !ph_type_is_real (step->in[t]->type))
      return ph_step_fail (error, PH_ERROR_OP_UNSUPPORTED, "expected real numbers in input %u",
                           t + 1);
  if (!measure_terms (step, &e, error) || !find_output (step, &e, out_labels, &state->n_out, error))
    return FALSE;

  memset (axis_of, -1, sizeof axis_of);
  state->n_terms = config->n_terms;
  for (guint i = 0; i < state->n_out; i++)
    axis_of[out_labels[i]] = (int)i;
  state->n_axes = state->n_out;
  for (guint label = 1; label < N_LABELS; label++)
    if (e.count[label] > 0 && axis_of[label] < 0)
      {
        if (state->n_axes == EINSUM_MAX_AXES)
          return ph_step_fail (error, PH_ERROR_OP_UNSUPPORTED,
                               "expected at most %d different labels", EINSUM_MAX_AXES);
        axis_of[label] = (int)state->n_axes++;
      }
  for (guint label = 1; label < N_LABELS; label++)
    if (axis_of[label] >= 0)
      state->extent[axis_of[label]] = e.extent[label];

  for (guint t = 0; t < state->n_terms; t++)
    {
      const PhShape *shape = &step->in[t]->shape;
      gint64 strides[PH_MAX_RANK];

      ph_shape_strides (shape, strides);
      for (guint i = 0; i < shape->rank; i++)
        if (shape->dim[i] != 1)
          state->stride[t][axis_of[e.labels[t][i]]] += (gsize)strides[i];
    }
  out.rank = state->n_out;
  for (guint i = 0; i < out.rank; i++)
    out.dim[i] = (gint64)state->extent[i];
  gint64 strides[PH_MAX_RANK];
  ph_shape_strides (&out, strides);
  for (guint i = 0; i < out.rank; i++)
    state->out_stride[i] = (gsize)strides[i];
  find_groups (state);
  step->scratch_size = einsum_scratch (state);
  ph_step_set_out (step, 0, step->in[0]->type, &out);
  return TRUE;
}

const PhOpClass ph_op_Einsum = {
  .name = "Einsum",
  .summary = "sums of products named by labels",
  .min_inputs = 1,
  .max_inputs = G_MAXUINT,
  .max_outputs = 1,
  .flags = PH_OP_KEEP_INPUTS,
  .config_size = sizeof (EinsumConfig),
  .state_size = sizeof (EinsumState),
  .configure = einsum_configure,
  .infer = einsum_infer,
  .forward = einsum_forward,
  .backward = einsum_backward,
};
