#pragma once

#include "network/model.h"

G_BEGIN_DECLS

/** PhTinyHead: how the small network ends. */
typedef enum
{
  PH_TINY_ANY_SIZE, /* mean over positions, then Gemm: takes pictures of any size */
  PH_TINY_ONE_SIZE, /* Gemm on all positions: only 20 rows by 28 columns */
  PH_TINY_JOINED, /* as the first, but relu2 and relu3 (4 channels) are joined in "joined" before */
  PH_TINY_RELU_MEAN, /* relu, then mean: scores that are never negative; eel's is mostly 0 */
} PhTinyHead;

/**
 * ph_tiny_network_new:
 *
 * A classifier with random but reproducible weights for pictures of 20 rows and 28 columns: layers
 * "conv1" (6 channels), "relu1", "pool1", "conv2" (10 channels), "relu2", then "logits" of the
 * classes ant, bee, "cat, house cat", dog and eel, then "prob".
 */
PhModel *ph_tiny_network_new (PhTinyHead head);

G_END_DECLS
