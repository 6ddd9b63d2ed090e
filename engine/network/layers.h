#pragma once

#include "network/model.h"
#include "network/trace.h"

G_BEGIN_DECLS

/**
 * ph_layers_new:
 * @trace: the whole graph for one image of the usual size, made tolerantly
 * @nhwc: whether the input is N, H, W, C
 *
 * The layers of a network as people name them, in order: what computes something and has channels.
 * Arithmetic on shapes, rearrangements and the inner steps of a module written out by an exporter
 * are left out. A layer that cannot be reached has an obstacle.
 *
 * Returns: (transfer full) (element-type PhLayer)
 */
GPtrArray *ph_layers_new (PhTrace *trace, gboolean nhwc);

void ph_layer_free (PhLayer *layer);

G_END_DECLS
