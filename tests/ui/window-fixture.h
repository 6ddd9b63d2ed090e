/* A window with a queue and a folder of thumbnails of its own, and what tests of it need. */
#pragma once

#include <adwaita.h>

#include "ui/window.h"

typedef struct
{
  char *cache; /* owned: folder of thumbnails */
  PhQueue *queue;
  PhThumbnails *thumbnails;
  GSettings *settings;
  PhMainWindow *window;
} Fixture;

/* Runs the main loop until @condition holds, a minute at most. */
#define wait_for(condition)                                                                        \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gboolean late = FALSE;                                                                         \
    guint source = g_timeout_add_seconds (60, on_timeout, &late);                                  \
    while (!(condition) && !late)                                                                  \
      g_main_context_iteration (NULL, TRUE);                                                       \
    g_assert_false (late);                                                                         \
    g_source_remove (source);                                                                      \
  }                                                                                                \
  G_STMT_END

#define FIND(fixture, TYPE) ((gpointer)find_widget (GTK_WIDGET ((fixture)->window), TYPE))

gboolean on_timeout (gpointer data);

/* (nullable): the textbook, or a small network of those that lie beside the sources. Caller frees.
 */
char *find_network (void);

void run_for (guint milliseconds);

/* A file or a folder with all that is in it, if it is there. */
void remove_tree (const char *path);
GtkWidget *find_widget (GtkWidget *root, GType type);

/* That of the explore page. Caller frees. */
char *dup_state (Fixture *fixture);
gboolean has_state (Fixture *fixture, const char *wanted);

/* Activates an action of the window. */
void act (Fixture *fixture, const char *action, const char *target);

/* Opens find_network() and waits; FALSE, and the test skipped, where there is none. */
gboolean open_network (Fixture *fixture);

void set_up (Fixture *fixture, gconstpointer data);
void tear_down (Fixture *fixture, gconstpointer data);
