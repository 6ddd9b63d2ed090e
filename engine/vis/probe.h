#pragma once

#include "base/image.h"
#include "network/run.h"
#include "network/unit.h"

G_BEGIN_DECLS

/**
 * PhProbeOptions:
 * @n: pictures in a batch
 * @gradient: whether ph_probe_backward() will be called
 * @also: a further value of the graph whose activations and gradients are wanted, or -1
 * @weights: (nullable): one entry per value of the graph: a tensor in place of its constant, or
 *   %NULL to leave it (borrowed, for the life of the probe)
 */
typedef struct
{
  guint n;
  gboolean gradient;
  int also;
  PhTensor *const *weights;
} PhProbeOptions;

/**
 * PhProbe:
 *
 * A network ready to tell what a unit says of pictures, each for itself, and how it would change
 * with them. A neuron or class: its value; a channel: its mean over the positions; a layer: the
 * mean of squares. Pictures have the size the network was made for: n, channels, height, width,
 * RGB, 0..1. Not for two threads at once.
 */
typedef struct _PhProbe PhProbe;

/** ph_probe_new: Returns: %NULL with an error of ph_plan_new() or %PH_ERROR_NO_SUCH_UNIT. */
PhProbe *ph_probe_new (PhModel *model, const PhUnit *unit, const PhProbeOptions *options,
                       GError **error);
void ph_probe_free (PhProbe *probe);

/** ph_probe_forward: @values: (out): the unit's value for each of the n @pictures. */
gboolean ph_probe_forward (PhProbe *probe, const float *pictures, double *values,
                           GCancellable *cancellable, GError **error);

/**
 * ph_probe_backward:
 * @rule: how to go through relus
 * @gradients: (out) (nullable): like the pictures: the gradient of each picture's own value; when
 *   %NULL, the pass ends at the further value, whose gradient the run then has
 *
 * After ph_probe_forward().
 */
gboolean ph_probe_backward (PhProbe *probe, PhRule rule, float *gradients,
                            GCancellable *cancellable, GError **error);

PhRun *ph_probe_get_run (PhProbe *probe);

/** ph_probe_get_shape: shape of a value of the graph that was asked for. */
const PhShape *ph_probe_get_shape (PhProbe *probe, int value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhProbe, ph_probe_free)

G_END_DECLS
