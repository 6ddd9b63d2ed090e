#include "ops/broadcast.h"

void
ph_broadcast_init (PhBroadcast *b, const PhShape *out, const PhShape *const *operands,
                   guint n_operands)
{
  g_assert (n_operands <= PH_BROADCAST_MAX_OPERANDS);
  *b = (PhBroadcast){ .n_operands = n_operands };

  gsize step[PH_BROADCAST_MAX_OPERANDS] = { 1, 1, 1 };
  guint rank = 0;
  gsize dim[PH_MAX_RANK], stride[PH_BROADCAST_MAX_OPERANDS][PH_MAX_RANK];

  /* From the last axis to the first; axes of extent 1 disappear. */
  for (guint i = 0; i < out->rank; i++)
    {
      gsize extent = (gsize)out->dim[out->rank - 1 - i];
      gsize here[PH_BROADCAST_MAX_OPERANDS] = { 0 };
      gboolean joins = rank > 0;

      for (guint k = 0; k < n_operands; k++)
        {
          const PhShape *shape = operands[k];
          gsize own = i < shape->rank ? (gsize)shape->dim[shape->rank - 1 - i] : 1;

          here[k] = own == 1 ? 0 : step[k];
          step[k] *= own;
          joins = joins && here[k] == stride[k][rank - 1] * dim[rank - 1];
        }
      if (extent == 1)
        continue;
      if (joins)
        {
          dim[rank - 1] *= extent;
          continue;
        }
      dim[rank] = extent;
      for (guint k = 0; k < n_operands; k++)
        stride[k][rank] = here[k];
      rank++;
    }
  if (rank == 0)
    {
      dim[0] = 1;
      for (guint k = 0; k < n_operands; k++)
        stride[k][0] = 0;
      rank = 1;
    }

  b->rank = rank;
  b->rows = 1;
  for (guint i = 0; i < rank; i++)
    {
      b->dim[i] = dim[rank - 1 - i];
      for (guint k = 0; k < n_operands; k++)
        b->stride[k][i] = stride[k][rank - 1 - i];
      if (i + 1 < rank)
        b->rows *= b->dim[i];
    }
  b->columns = b->dim[rank - 1];
}

static void
set_part (const PhBroadcast *b, gsize column, PhBroadcastPart *part)
{
  part->n = MIN (b->columns - column, part->end - part->begin);
  for (guint k = 0; k < b->n_operands; k++)
    part->offset[k] = part->row_offset[k] + column * ph_broadcast_step (b, k);
}

void
ph_broadcast_first (const PhBroadcast *b, gsize begin, gsize end, PhBroadcastPart *part)
{
  *part = (PhBroadcastPart){ .begin = begin, .end = end };
  if (begin >= end)
    return;

  gsize row = begin / b->columns;
  for (guint i = b->rank - 1; i-- > 0;)
    {
      part->index[i] = row % b->dim[i];
      row /= b->dim[i];
      for (guint k = 0; k < b->n_operands; k++)
        part->row_offset[k] += part->index[i] * b->stride[k][i];
    }
  set_part (b, begin % b->columns, part);
}

void
ph_broadcast_next (const PhBroadcast *b, PhBroadcastPart *part)
{
  part->begin += part->n;
  for (guint i = b->rank - 1; i-- > 0;)
    {
      for (guint k = 0; k < b->n_operands; k++)
        part->row_offset[k] += b->stride[k][i];
      if (++part->index[i] < b->dim[i])
        break;
      part->index[i] = 0;
      for (guint k = 0; k < b->n_operands; k++)
        part->row_offset[k] -= b->stride[k][i] * b->dim[i];
    }
  set_part (b, 0, part);
}

gsize
ph_broadcast_step (const PhBroadcast *b, guint operand)
{
  return b->stride[operand][b->rank - 1];
}

gboolean
ph_broadcast_shares_rows (const PhBroadcast *b, guint operand)
{
  for (guint i = 0; i + 1 < b->rank; i++)
    if (b->stride[operand][i] == 0)
      return TRUE;
  return FALSE;
}
