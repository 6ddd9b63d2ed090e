#include "network/op.h"

#define PH_OP(symbol) extern const PhOpClass ph_op_##symbol;
#include "ops/op-list.h"
#undef PH_OP

static const PhOpClass *const all[] = {
#define PH_OP(symbol) &ph_op_##symbol,
#include "ops/op-list.h"
#undef PH_OP
  NULL,
};

const PhOpClass *const *
ph_op_list (void)
{
  return all;
}

const PhOpClass *
ph_op_lookup (const char *name)
{
  for (guint i = 0; all[i] != NULL; i++)
    if (g_str_equal (all[i]->name, name))
      return all[i];
  return NULL;
}
