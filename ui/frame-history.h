#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * PhFrameHistory:
 *
 * Pictures of a run, to look back at, in bounded memory. When there are too many, every second one
 * goes, and from then on only frames that are as far apart are kept; so a long run is remembered
 * evenly from its beginning to now. The first frame and the newest are always there.
 */
typedef struct _PhFrameHistory PhFrameHistory;

/** ph_frame_history_new: keeps at most @most frames (at least 4) and, beyond 4, at most @bytes
 * bytes of pixels. */
PhFrameHistory *ph_frame_history_new (guint most, gsize bytes);
void ph_frame_history_free (PhFrameHistory *history);

void ph_frame_history_clear (PhFrameHistory *history);

/** ph_frame_history_add: takes a reference of @frame. Steps ascend; a frame of the step of the
 * newest one takes its place, one of an earlier step is ignored. */
void ph_frame_history_add (PhFrameHistory *history, PhFrame *frame);

guint ph_frame_history_get_n_frames (PhFrameHistory *history);
PhFrame *ph_frame_history_get (PhFrameHistory *history, guint i);

/** ph_frame_history_find: index of the frame nearest to @step, or -1 when there is none. */
int ph_frame_history_find (PhFrameHistory *history, double step);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhFrameHistory, ph_frame_history_free)

G_END_DECLS
