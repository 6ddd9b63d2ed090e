#include "vis/activation-map.h"

gboolean
ph_activation_map_init (PhActivationMap *map, PhModel *model, const PhPlan *plan, const char *unit)
{
  PhUnit neuron;
  gsize rows, columns;

  if (!ph_unit_parse (model, unit, &neuron, NULL) || neuron.kind != PH_UNIT_NEURON)
    return FALSE;

  PhUnit channel = { .kind = PH_UNIT_CHANNEL, .layer = neuron.layer, .channel = neuron.channel };
  int value = ph_unit_get_value (model, &channel);
  const PhSpec *spec = ph_plan_get_spec (plan, value);

  if (spec == NULL || !ph_unit_locate (model, &channel, &spec->shape, &map->region, NULL))
    return FALSE;
  ph_unit_map_size (model, &channel, &spec->shape, &rows, &columns);
  map->value = value;
  map->rows = (guint)rows;
  map->columns = (guint)columns;
  return TRUE;
}

void
ph_activation_map_add (const PhActivationMap *map, PhRun *run, PhFrame *frame)
{
  const float *x = ph_run_get_value (run, map->value);
  float *copy = g_new (float, map->region.count);

  for (gsize i = 0; i < map->region.count; i++)
    copy[i] = x[map->region.offset + i * map->region.stride];
  ph_frame_take_map (frame, copy, map->rows, map->columns);
}
