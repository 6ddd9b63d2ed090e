#pragma once

#include "vis/attribution.h"

G_BEGIN_DECLS

/** PH_SANITY_MOST_STEPS: most steps of a check; deeper networks lose several layers at a time. */
#define PH_SANITY_MOST_STEPS 12

/**
 * PhSanityStep:
 * @layer: (owned): the lowest node that has lost its weights by now
 * @n_nodes: how many have, from the top
 * @similarity: Spearman's rank correlation of the sizes in the map with those of the real one:
 *   1: the same order of pixels, 0: none in common
 * @heat: (owned): the map in colours
 */
typedef struct
{
  char *layer;
  guint n_nodes;
  double similarity;
  PhFrame *heat;
} PhSanityStep;

void ph_sanity_step_free (PhSanityStep *step);

/**
 * ph_sanity_check:
 * @reference: the map with the real weights
 *
 * Whether an explanation depends on what the network has learned: from the layer nearest to the
 * unit down to the first, weights and biases are shuffled within their tensor (they keep their
 * sizes and lose their meaning), and the map is made again after each step. A method whose map
 * stays the same draws the picture, not the network.
 *
 * The monitor's values are the similarities, step by step; stopping keeps the steps made.
 *
 * Returns: (transfer full) (element-type PhSanityStep): %NULL with an error of
 * ph_attribution_run(). Source: Adebayo, Gilmer, Muelly, Goodfellow, Hardt, Kim: Sanity Checks for
 * Saliency Maps, 2018 (cascading randomisation).
 */
GPtrArray *ph_sanity_check (PhModel *model, const PhUnit *unit, const PhImage *picture,
                            const PhAttributionSettings *settings, const PhAttribution *reference,
                            const PhMonitor *monitor, GCancellable *cancellable, GError **error);

/** ph_rank_correlation: Spearman's, of the sizes of two maps of @n numbers; equal sizes share the
 * mean of their ranks. 0 when one of them is the same everywhere. */
double ph_rank_correlation (const float *a, const float *b, gsize n);

G_END_DECLS
