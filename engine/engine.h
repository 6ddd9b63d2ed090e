#pragma once

/* Everything of the engine that the window, the command and the tests may use. */

#include "base/error.h"
#include "base/frame.h"
#include "base/monitor.h"
#include "base/rng.h"
#include "base/setting.h"
#include "base/shape.h"
#include "base/tensor.h"
#include "job/job.h"
#include "job/queue.h"
#include "kernels/cpu.h"
#include "kernels/parallel.h"
#include "network/graph.h"
#include "network/model.h"
#include "network/receptive-field.h"
#include "network/unit.h"
