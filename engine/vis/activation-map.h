#pragma once

#include "base/frame.h"
#include "network/run.h"
#include "network/unit.h"

G_BEGIN_DECLS

/**
 * PhActivationMap:
 *
 * Where a neuron's channel lies in the values of a plan: its activations at all positions, to be
 * shown around the neuron. By value; valid with the plan's runs.
 */
typedef struct
{
  int value;
  PhRegion region;
  guint rows, columns;
} PhActivationMap;

/** ph_activation_map_init: Returns: %FALSE when @unit is not the name of a single neuron or @plan
 * was not made for its layer. */
gboolean ph_activation_map_init (PhActivationMap *map, PhModel *model, const PhPlan *plan,
                                 const char *unit);

/** ph_activation_map_add: gives @frame, which nobody else has seen yet, the activations of the
 * first image in @run. */
void ph_activation_map_add (const PhActivationMap *map, PhRun *run, PhFrame *frame);

G_END_DECLS
