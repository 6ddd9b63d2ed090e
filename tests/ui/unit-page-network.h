#pragma once

#include "engine/engine.h"

/** ph_unit_page_network_new: for pictures of 18 rows and 26 columns: conv1 (5 channels) → relu1 →
 * pool → flat → scores of ant, bee, cat and dog; and relu1 → an unknown operator → beyond. */
PhModel *ph_unit_page_network_new (void);
