#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The networks opened lately, newest first, in the setting "recent-networks". */

/** ph_recent_add: puts a network at the top. @digest: (nullable): SHA-256 of the file */
void ph_recent_add (GSettings *settings, const char *path, const char *digest);

/** ph_recent_remove: forgets a network, as when its file is gone. */
void ph_recent_remove (GSettings *settings, const char *path);

/** ph_recent_find: (transfer full) (nullable): path of the network with @digest, if it still
 * exists. */
char *ph_recent_find (GSettings *settings, const char *digest);

/** ph_recent_fill_menu: makes @menu the list of networks, each activating @action ("win.open-path")
 * with its path: those opened lately, then those that come with the program. */
void ph_recent_fill_menu (GSettings *settings, GMenu *menu, const char *action);

G_END_DECLS
