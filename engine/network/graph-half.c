#include "network/graph-half.h"

#include <math.h>

#include "base/half.h"
#include "network/graph-rewrite-private.h"

#define FEWEST 256 /* numbers that are worth it */

/* Whether 16 bits hold the numbers to about three digits: not too large, and the largest of them
 * not so small that the others would be lost. */
static gboolean
fits (const PhTensor *tensor)
{
  float largest = 0;

  if (tensor->type != PH_TYPE_FLOAT || tensor->n < FEWEST)
    return FALSE;
  for (gsize i = 0; i < tensor->n; i++)
    {
      if (!isfinite (ph_half_to_float (ph_half_from_float (tensor->f[i]))))
        return FALSE;
      largest = MAX (largest, fabsf (tensor->f[i]));
    }
  return largest == 0 || largest > 1e-3f;
}

static PhTensor *
make_half (const PhTensor *tensor, GError **error)
{
  PhTensor *half = ph_tensor_new (PH_TYPE_FLOAT16, &tensor->shape, error);

  for (gsize i = 0; half != NULL && i < tensor->n; i++)
    half->f[i] = ph_half_to_float (ph_half_from_float (tensor->f[i]));
  return half;
}

static gboolean
add_cast (PhGraph *graph, const char *name, const PhTensor *tensor, GError **error)
{
  g_autofree char *stored = g_strconcat (name, ".half", NULL);
  g_autoptr (PhTensor) half = make_half (tensor, error);
  PhAttrs *attrs;

  if (half == NULL || ph_graph_add_constant (graph, stored, half, error) < 0)
    return FALSE;
  attrs = ph_attrs_new ();
  ph_attrs_set_int (attrs, "to", PH_TYPE_FLOAT);
  return ph_graph_add_node (graph, "Cast", NULL, NULL, attrs, (const char *const[]){ stored }, 1,
                            (const char *const[]){ name }, 1, error);
}

PhGraph *
ph_graph_halve (PhGraph *graph, GError **error)
{
  guint n = ph_graph_get_n_values (graph);
  g_autofree gboolean *keep = g_new0 (gboolean, n + 1);
  PhRewrite r;
  gboolean done;

  for (guint i = 0; i < n; i++)
    {
      const PhTensor *constant = ph_graph_get_value (graph, (int)i)->constant;

      keep[i] = constant != NULL && !fits (constant);
    }
  done = ph_rewrite_begin (&r, graph, keep, error);
  for (guint i = 0; done && i < n; i++)
    {
      const PhValue *value = ph_graph_get_value (graph, (int)i);

      if (value->constant != NULL && !keep[i])
        done = add_cast (r.to, value->name, value->constant, error);
    }
  for (guint i = 0; done && i < ph_graph_get_n_nodes (graph); i++)
    done = ph_rewrite_copy (&r, ph_graph_get_node (graph, i));
  return ph_rewrite_end (&r, done);
}
