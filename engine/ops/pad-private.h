#pragma once

#include "network/op.h"

G_BEGIN_DECLS

/** ph_pad_is_frame_of_zeros: whether @step is a Pad that puts zeros around its input; then @before
 * and
 * @after are how many for each axis. */
gboolean ph_pad_is_frame_of_zeros (const PhStep *step, gint64 before[PH_MAX_RANK],
                                   gint64 after[PH_MAX_RANK]);

G_END_DECLS
