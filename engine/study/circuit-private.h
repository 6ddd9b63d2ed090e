#pragma once

#include "study/circuit-walk.h"
#include "study/circuit.h"

G_BEGIN_DECLS

/** PhSurvey: the weights of a network, read for the @circuit of the unit at @start. */
typedef struct
{
  PhModel *model;
  PhGraph *graph;
  PhTrace *trace;
  PhCircuit *circuit;
  PhPlace start;
} PhSurvey;

/**
 * PhTap:
 * @unit: that stands behind it
 * @position, @rows, @columns: in the map that a matrix reads
 * @factor: of the way between the two
 * @depthwise: (nullable): filters between the unit and a 1 × 1 convolution
 * @filter: which of those
 *
 * One input number of a matrix, or one input channel of a convolution.
 */
typedef struct
{
  PhUnit unit;
  guint position, rows, columns;
  double factor;
  const PhTensor *depthwise;
  guint filter;
} PhTap;

const PhSpec *ph_survey_get_spec (const PhSurvey *survey, int value);
const PhNode *ph_survey_get_producer (const PhSurvey *survey, int value);

/** ph_survey_plane: positions of a channel's map. */
gsize ph_survey_plane (const PhShape *shape);
gboolean ph_survey_is_conv (const PhNode *node);

/** ph_survey_is_readable: whether a node has weights, laid out as the functions below read them. */
gboolean ph_survey_is_readable (const PhSurvey *survey, const PhNode *node);

/**
 * ph_survey_find_unit:
 * @through_depthwise: whether to go on through a convolution that keeps channels apart
 * @wanted: (nullable): a place to look for instead
 *
 * Walks back from a number to the unit that holds it: the first that is no pool, as people know
 * units by; or, with @wanted, to that place if it lies on the way.
 */
gboolean ph_survey_find_unit (const PhSurvey *survey, PhPlace place, gboolean through_depthwise,
                              const PhPlace *wanted, PhTap *tap);

/** ph_survey_count_taps: of a readable node. */
guint ph_survey_count_taps (const PhSurvey *survey, const PhNode *node);
gboolean ph_survey_find_tap (const PhSurvey *survey, const PhNode *node, guint i,
                             const PhPlace *wanted, PhTap *tap);

/** ph_survey_get_kernel_size: of the weights between a tap and any output of the node. */
void ph_survey_get_kernel_size (const PhSurvey *survey, const PhNode *node, const PhTap *tap,
                                guint *rows, guint *columns);

/** ph_survey_add_weights: adds those between tap @i and output channel @k to the kernel. Returns:
 * %FALSE where groups keep the two apart. */
gboolean ph_survey_add_weights (const PhSurvey *survey, const PhNode *node, guint i, guint k,
                                const PhTap *tap, double factor, PhSynapse *synapse);

G_END_DECLS
