#pragma once

#include "tiny-network.h"
#include "vis/ascent.h"

G_BEGIN_DECLS

/** ph_tiny_settings_init: the defaults, but for @changes: "steps=40;image=pixels". */
void ph_tiny_settings_init (PhAscentSettings *settings, const char *changes);

/** ph_tiny_ascent_new: an ascent on the small network, by ph_tiny_settings_init(). */
PhAscent *ph_tiny_ascent_new (PhTinyHead head, const char *objective, const char *changes,
                              GError **error);

/** ph_tiny_ascent_run: the whole of one on %PH_TINY_ANY_SIZE; nothing may go wrong. */
PhAscentResult *ph_tiny_ascent_run (const char *objective, const char *changes);

G_END_DECLS
