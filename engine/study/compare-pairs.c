#include "study/compare-pairs.h"

/* What a pair by name and by kind are worth. */
#define BY_NAME 1000
#define BY_KIND 1

typedef struct
{
  PhModel *model;
  const PhTargets *targets;
} Side;

static const PhTarget *
target_at (const Side *side, guint i)
{
  return side->targets->targets->pdata[i];
}

static gboolean
is_classes (const PhTarget *target)
{
  return g_str_equal (target->name, PH_TARGET_CLASSES);
}

/* The layer behind a target; %NULL where the classes are none. */
static const PhLayer *
layer_of (const Side *side, const PhTarget *target)
{
  for (guint i = 0; i < ph_model_get_n_layers (side->model); i++)
    if (ph_model_get_layer (side->model, i)->value == target->value)
      return ph_model_get_layer (side->model, i);
  return NULL;
}

static gboolean
same_classes (const Side *a, const Side *b)
{
  guint n = ph_model_get_n_classes (a->model);

  if (n != ph_model_get_n_classes (b->model))
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (g_strcmp0 (ph_model_get_label (a->model, i), ph_model_get_label (b->model, i)) != 0)
      return FALSE;
  return TRUE;
}

static guint
worth (const Side *a, guint i, const Side *b, guint j)
{
  const PhTarget *x = target_at (a, i), *y = target_at (b, j);
  const PhLayer *layer_x, *layer_y;

  if (x->n_channels != y->n_channels || is_classes (x) != is_classes (y))
    return 0;
  if (is_classes (x))
    return same_classes (a, b) ? BY_NAME : 0;
  if (g_str_equal (x->name, y->name))
    return BY_NAME;
  layer_x = layer_of (a, x);
  layer_y = layer_of (b, y);
  return layer_x != NULL && layer_y != NULL && g_str_equal (layer_x->kind, layer_y->kind) ? BY_KIND
                                                                                          : 0;
}

static void
tell_alone (GPtrArray *alone, const Side *side, guint i, const Side *other)
{
  const PhTarget *target = target_at (side, i);

  for (guint j = 0; j < other->targets->targets->len; j++)
    if (g_str_equal (target_at (other, j)->name, target->name) &&
        target_at (other, j)->n_channels != target->n_channels)
      {
        g_ptr_array_add (alone,
                         g_strdup_printf ("%s: %u channels, not %u", target->name,
                                          target->n_channels, target_at (other, j)->n_channels));
        return;
      }
  g_ptr_array_add (
      alone, g_strdup_printf (is_classes (target) ? "%s: %u, with other labels" : "%s: %u channels",
                              target->name, target->n_channels));
}

GArray *
ph_pair_targets (PhModel *model_a, const PhTargets *a, PhModel *model_b, const PhTargets *b,
                 GPtrArray **alone_a, GPtrArray **alone_b)
{
  Side left = { model_a, a }, right = { model_b, b };
  guint n = a->targets->len, m = b->targets->len;
  GArray *pairs = g_array_new (FALSE, FALSE, sizeof (PhPair));
  /* best[i][j]: what the targets from i and from j on are worth together */
  g_autofree guint *best = g_new0 (guint, (gsize)(n + 1) * (m + 1));
  guint i, j;

#define BEST(i, j) best[(gsize)(i) * (m + 1) + (j)]
  for (i = n; i-- > 0;)
    for (j = m; j-- > 0;)
      {
        guint own = worth (&left, i, &right, j);

        BEST (i, j) = MAX (BEST (i + 1, j), BEST (i, j + 1));
        if (own > 0)
          BEST (i, j) = MAX (BEST (i, j), own + BEST (i + 1, j + 1));
      }
  *alone_a = g_ptr_array_new_with_free_func (g_free);
  *alone_b = g_ptr_array_new_with_free_func (g_free);
  for (i = j = 0; i < n || j < m;)
    {
      guint own = i < n && j < m ? worth (&left, i, &right, j) : 0;

      if (own > 0 && BEST (i, j) == own + BEST (i + 1, j + 1))
        {
          PhPair pair = { i++, j++, own == BY_NAME };

          g_array_append_val (pairs, pair);
        }
      else if (j == m || (i < n && BEST (i, j) == BEST (i + 1, j)))
        tell_alone (*alone_a, &left, i++, &right);
      else
        tell_alone (*alone_b, &right, j++, &left);
    }
#undef BEST
  return pairs;
}
