#pragma once

#include "ui/window.h"

G_BEGIN_DECLS

/* What lessons do in the window, and what they ask it. */

/** _ph_main_window_act: does what a button of a lesson says, opening its network first where it is
 * another one than is open. */
void _ph_main_window_act (PhMainWindow *self, const PhLessonAction *action);

/** _ph_main_window_act_waits: whether something is still to be done, once a network is open. */
gboolean _ph_main_window_act_waits (PhMainWindow *self);

/** _ph_main_window_act_drop: forgets it. */
void _ph_main_window_act_drop (PhMainWindow *self);

/** _ph_main_window_can_act: whether there is a verb or condition of that name. */
gboolean _ph_main_window_can_act (const char *verb);
gboolean _ph_main_window_can_ask (const char *condition);

/** _ph_main_window_ask: whether what a task waits for holds now. */
gboolean _ph_main_window_ask (PhMainWindow *self, const PhLessonCheck *check);

G_END_DECLS
