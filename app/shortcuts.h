#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * PhShortcut:
 * @section: heading in the help, translatable
 * @title: what it does, translatable
 * @action: "app.", "win." or "page." action with its target, as in "app.quit"; %NULL for what a
 *   widget does by itself and the help mentions only
 * @keys: accelerators as gtk_accelerator_parse() reads them, separated by spaces
 *
 * A key and what it does. Actions that begin with "page." belong to the page in view.
 */
typedef struct
{
  const char *section;
  const char *title;
  const char *action;
  const char *keys;
} PhShortcut;

/** The one table of keys, grouped by section; a %NULL section ends it. */
extern const PhShortcut ph_shortcuts[];

/**
 * ph_shortcuts_check:
 *
 * Returns: %FALSE with @problem (transfer full), when a key stands in @table twice or is none.
 */
gboolean ph_shortcuts_check (const PhShortcut *table, char **problem);

/** ph_shortcuts_install: gives the application the keys of "app." and "win." actions. */
void ph_shortcuts_install (GtkApplication *application);

/** ph_shortcuts_install_window: gives @window the keys of "page." actions, which go to the page in
 * view when no focused widget wanted them, and the window of help. @get_page: finds that page */
void ph_shortcuts_install_window (GtkApplicationWindow *window,
                                  GtkWidget *(*get_page) (GtkWidget *window));

G_END_DECLS
