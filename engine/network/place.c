/* Where everything lies: which values share memory, how long each must live, and the arena. */

#include <string.h>

#include "network/plan-private.h"

#define BIT(i) (G_GUINT64_CONSTANT (1) << MIN ((i), 63))

/* Moments: the inputs are filled at 0, step i runs forward at i + 1, the objective reads values and
 * seeds gradients at n + 1, step i runs backward at 2n + 1 - i, gradients are read at 2n + 2. */
typedef struct
{
  PhPlan *plan;
  const gboolean *needs_grad;
  guint n_values;
  int n_steps;
  int *data_root;       /* per value; values in one class share memory */
  gsize *shift;         /* per value: bytes from the beginning of what it is a part of */
  PhBlock *data, *grad; /* per value, valid at roots; end < 0: no memory */
} Placement;

static int
find_root (const int *root, int i)
{
  while (root[i] != i)
    i = root[i];
  return i;
}

/* Bytes from the beginning of the root's memory to that of @i. */
static gsize
find_shift (const int *root, const gsize *shift, int i)
{
  gsize sum = 0;

  for (; root[i] != i; i = root[i])
    sum += shift[i];
  return sum;
}

static gsize
value_size (const Placement *p, int value)
{
  const PhSpec *spec = &p->plan->trace->specs[value];

  return ph_shape_count (&spec->shape) * ph_type_size (spec->type);
}

static void
use (PhBlock *block, int moment, gsize size)
{
  if (block->end < 0)
    block->start = block->end = moment;
  block->start = MIN (block->start, moment);
  block->end = MAX (block->end, moment);
  block->size = MAX (block->size, size);
}

static void
use_data (Placement *p, int value, int moment)
{
  int root = find_root (p->data_root, value);

  /* Constants and parameters, and what is a view of them, have memory elsewhere. */
  if (p->plan->trace->specs[value].constant == NULL && !p->plan->trace->is_parameter[root])
    use (&p->data[root], moment, value_size (p, value));
}

static void
use_grad (Placement *p, int value, int moment)
{
  if (p->needs_grad[value])
    use (&p->grad[find_root (p->plan->grad_root, value)], moment, value_size (p, value));
}

/* A view shares value and gradient with its input. */
static void
unite_views (Placement *p)
{
  for (int i = 0; i < p->n_steps; i++)
    {
      const PhStep *step = p->plan->steps->pdata[i];

      if (!step->is_view)
        continue;
      p->data_root[step->out_values[0]] = find_root (p->data_root, step->in_values[0]);
      p->plan->grad_root[step->out_values[0]] = find_root (p->plan->grad_root, step->in_values[0]);
    }
}

static guint
count_readers (const Placement *p, int value)
{
  guint n = 0;

  for (int i = 0; i < p->n_steps; i++)
    {
      const PhStep *step = p->plan->steps->pdata[i];

      for (guint j = 0; j < step->n_inputs; j++)
        n += step->in_values[j] == value;
    }
  for (guint i = 0; i < p->plan->n_targets; i++)
    n += p->plan->targets[i] == value;
  return n;
}

static gboolean
is_made_by_a_step (const Placement *p, int value)
{
  for (int i = 0; i < p->n_steps; i++)
    {
      const PhStep *step = p->plan->steps->pdata[i];

      for (guint j = 0; j < step->n_outputs; j++)
        if (step->out_values[j] == value)
          return !step->is_view;
    }
  return FALSE;
}

/* Lets values that only a concatenation reads be made where it would put them. */
static void
unite_parts (Placement *p)
{
  for (int i = 0; i < p->n_steps; i++)
    {
      const PhStep *step = p->plan->steps->pdata[i];
      int whole = step->n_outputs > 0 ? step->out_values[0] : -1;

      for (guint j = 0; step->op->parts != NULL && whole >= 0 && j < step->n_inputs; j++)
        {
          int part = step->in_values[j];
          gsize offset;

          if (!step->op->parts (step, j, &offset) || part < 0 || p->data_root[part] != part ||
              p->plan->grad_root[part] != part || p->needs_grad[part] != p->needs_grad[whole] ||
              count_readers (p, part) != 1 || !is_made_by_a_step (p, part))
            continue;
          p->data_root[part] = p->plan->grad_root[part] = whole;
          p->shift[part] = offset;
        }
    }
}

static void
measure_lifetimes (Placement *p)
{
  int n = p->n_steps, last = 2 * n + 2;
  guint n_inputs;
  const int *inputs = ph_graph_get_inputs (p->plan->trace->graph, &n_inputs);

  for (int i = 0; i < n; i++)
    {
      const PhStep *step = p->plan->steps->pdata[i];
      int forward = i + 1, backward = 2 * n + 1 - i;

      for (guint j = 0; j < step->n_inputs; j++)
        {
          int value = step->in_values[j];

          if (value < 0)
            continue;
          use_data (p, value, forward);
          if (step->wants_gradient && !step->is_view &&
              ((step->keep_inputs & BIT (j)) || ph_step_gate (step, j) != NULL))
            use_data (p, value, backward);
          if (step->gradient_inputs & BIT (j))
            use_grad (p, value, backward);
        }
      for (guint j = 0; j < step->n_outputs; j++)
        {
          int value = step->out_values[j];

          if (value < 0)
            continue;
          use_data (p, value, forward);
          if (step->wants_gradient && !step->is_view && (step->keep_outputs & BIT (j)))
            use_data (p, value, backward);
          use_grad (p, value, backward);
        }
    }
  for (guint i = 0; i < p->plan->n_targets; i++)
    {
      use_data (p, p->plan->targets[i], last);
      use_grad (p, p->plan->targets[i], n + 1);
    }
  for (guint i = 0; i < n_inputs; i++)
    if (p->data[find_root (p->data_root, inputs[i])].end >= 0)
      {
        use_data (p, inputs[i], 0);
        use_grad (p, inputs[i], last);
      }
  for (guint i = 0; i < p->plan->n_parameters; i++)
    use_grad (p, p->plan->parameters[i], last);
}

/* Lets an elementwise step overwrite its input where nobody reads that any more. */
static void
unite_in_place (Placement *p)
{
  for (int i = 0; i < p->n_steps; i++)
    {
      const PhStep *step = p->plan->steps->pdata[i];
      int in, out;
      gboolean alone = TRUE;

      if (!(step->op->flags & PH_OP_IN_PLACE) || step->is_view || step->in_values[0] < 0 ||
          step->out_values[0] < 0 || step->in[0]->constant != NULL)
        continue;
      in = find_root (p->data_root, step->in_values[0]);
      out = find_root (p->data_root, step->out_values[0]);
      for (guint j = 1; j < step->n_inputs; j++)
        if (step->in_values[j] >= 0 && find_root (p->data_root, step->in_values[j]) == in)
          alone = FALSE;
      if (!alone || in == out || p->data[in].end != i + 1 ||
          p->data[in].size != p->data[out].size ||
          p->data[in].size != value_size (p, step->in_values[0]) ||
          value_size (p, step->in_values[0]) != value_size (p, step->out_values[0]))
        continue;
      p->data[in].end = p->data[out].end;
      p->data[out].end = -1;
      p->data_root[out] = in;
    }
}

static int
compare_size (gconstpointer a, gconstpointer b)
{
  const PhBlock *x = *(PhBlock *const *)a, *y = *(PhBlock *const *)b;

  if (x->size != y->size)
    return x->size < y->size ? 1 : -1;
  return x->start != y->start ? (x->start < y->start ? -1 : 1) : (x < y ? -1 : x > y);
}

static int
compare_offset (gconstpointer a, gconstpointer b)
{
  const PhBlock *x = *(PhBlock *const *)a, *y = *(PhBlock *const *)b;

  return x->offset < y->offset ? -1 : x->offset > y->offset;
}

gsize
ph_arena_place (PhBlock *blocks, guint n)
{
  g_autofree PhBlock **order = g_new (PhBlock *, n + 1);
  g_autofree PhBlock **meeting = g_new (PhBlock *, n + 1);
  gsize total = 0;

  for (guint i = 0; i < n; i++)
    order[i] = &blocks[i];
  qsort (order, n, sizeof *order, compare_size);
  for (guint i = 0; i < n; i++)
    {
      PhBlock *block = order[i];
      guint n_meeting = 0;
      gsize offset = 0;

      for (guint j = 0; j < i; j++)
        if (order[j]->start <= block->end && block->start <= order[j]->end)
          meeting[n_meeting++] = order[j];
      qsort (meeting, n_meeting, sizeof *meeting, compare_offset);
      for (guint j = 0; j < n_meeting; j++)
        {
          if (meeting[j]->offset >= offset + block->size)
            break;
          /* A line between neighbours, as kernels may read whole vectors past the end. */
          offset = MAX (offset, (meeting[j]->offset + meeting[j]->size + 127) & ~(gsize)63);
        }
      block->offset = offset;
      total = MAX (total, offset + block->size);
    }
  return (total + 127) & ~(gsize)63;
}

/* Gives each value its place within the memory of its root. */
static void
place_values (Placement *p)
{
  PhPlan *plan = p->plan;
  g_autofree int *grad_root = g_memdup2 (plan->grad_root, (p->n_values + 1) * sizeof (int));
  g_autofree int *data_root = g_memdup2 (p->data_root, (p->n_values + 1) * sizeof (int));
  g_autofree gsize *data = g_memdup2 (plan->data_offset, (p->n_values + 1) * sizeof (gsize));
  g_autofree gsize *grad = g_memdup2 (plan->grad_offset, (p->n_values + 1) * sizeof (gsize));

  for (int i = 0; i < (int)p->n_values; i++)
    {
      int root = plan->data_root[i] = find_root (data_root, i);

      plan->data_offset[i] =
          data[root] == G_MAXSIZE ? G_MAXSIZE : data[root] + find_shift (data_root, p->shift, i);
      root = plan->grad_root[i] = find_root (grad_root, i);
      plan->grad_offset[i] = p->needs_grad[i] && grad[root] != G_MAXSIZE
                                 ? grad[root] + find_shift (grad_root, p->shift, i)
                                 : G_MAXSIZE;
    }
}

void
ph_plan_place (PhPlan *plan, const gboolean *needs_grad)
{
  guint n_values = ph_graph_get_n_values (plan->trace->graph);
  int n = (int)plan->steps->len;
  int *data_root = plan->data_root = g_new (int, n_values + 1);
  g_autofree gsize *shift = g_new0 (gsize, n_values + 1);
  g_autofree PhBlock *data = g_new0 (PhBlock, n_values + 1);
  g_autofree PhBlock *grad = g_new0 (PhBlock, n_values + 1);
  g_autoptr (GArray) blocks = g_array_new (FALSE, TRUE, sizeof (PhBlock));
  Placement p = { .plan = plan,
                  .needs_grad = needs_grad,
                  .n_values = n_values,
                  .n_steps = n,
                  .data_root = data_root,
                  .shift = shift,
                  .data = data,
                  .grad = grad };
  gsize scratch = 0;
  guint next = 0;

  plan->grad_root = g_new (int, n_values + 1);
  plan->data_offset = g_new (gsize, n_values + 1);
  plan->grad_offset = g_new (gsize, n_values + 1);
  for (guint i = 0; i < n_values; i++)
    {
      data_root[i] = plan->grad_root[i] = (int)i;
      data[i].end = grad[i].end = -1;
      plan->data_offset[i] = plan->grad_offset[i] = G_MAXSIZE;
    }
  unite_views (&p);
  unite_parts (&p);
  measure_lifetimes (&p);
  unite_in_place (&p);

  for (guint i = 0; i < n_values; i++)
    {
      if (data_root[i] == (int)i && data[i].end >= 0)
        g_array_append_val (blocks, data[i]);
      if (plan->grad_root[i] == (int)i && grad[i].end >= 0)
        g_array_append_val (blocks, grad[i]);
    }
  for (int i = 0; i < n; i++)
    {
      const PhStep *step = plan->steps->pdata[i];
      PhBlock saved = { step->saved_size, i + 1, step->wants_gradient ? 2 * n + 1 - i : i + 1, 0 };

      scratch = MAX (scratch, step->scratch_size);
      if (step->saved_size > 0)
        g_array_append_val (blocks, saved);
    }
  plan->scratch_offset = ph_arena_place ((PhBlock *)(gpointer)blocks->data, blocks->len);
  plan->arena_size = plan->scratch_offset + scratch;

  for (guint i = 0; i < n_values; i++)
    {
      if (data_root[i] == (int)i && data[i].end >= 0)
        plan->data_offset[i] = g_array_index (blocks, PhBlock, next++).offset;
      if (plan->grad_root[i] == (int)i && grad[i].end >= 0)
        plan->grad_offset[i] = g_array_index (blocks, PhBlock, next++).offset;
    }
  for (int i = 0; i < n; i++)
    {
      PhStep *step = plan->steps->pdata[i];

      if (step->saved_size > 0)
        step->saved_offset = g_array_index (blocks, PhBlock, next++).offset;
    }
  place_values (&p);
}
