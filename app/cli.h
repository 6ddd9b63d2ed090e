#pragma once

#include <json-glib/json-glib.h>

#include "engine/engine.h"

G_BEGIN_DECLS

/* What the verbs of phosphene-cli share. */

/** Exit codes. */
enum
{
  PH_EXIT_DONE = 0,
  PH_EXIT_FAILED = 1,
  PH_EXIT_USAGE = 2,
  PH_EXIT_CANCELLED = 130,
};

/**
 * PhCli:
 * @json: whether to print for machines
 * @monitor: draws progress on a terminal; Ctrl-C asks the work to stop and keep what exists
 * @cancellable: a second Ctrl-C cancels
 * @settings: (nullable): values of the verb's setting table
 * @film: of a verb that makes a film
 * @given: (element-type utf8): names of the settings that were given as options
 * @positional: %NULL-terminated arguments that are no options
 */
typedef struct
{
  gboolean json;
  int threads;
  PhMonitor monitor;
  GCancellable *cancellable;
  gpointer settings;
  PhFilmSettings film;
  GPtrArray *given;
  char **positional;
} PhCli;

/**
 * PhVerb:
 * @name, @arguments: "render", "NET --unit UNIT -o FILE.png"
 * @summary: one line
 * @description: paragraphs for help and man page
 * @examples: %NULL-terminated pairs of what is done and the command that does it
 * @options: (nullable): as GOption wants them
 * @table: (nullable): settings, each of which becomes an option
 * @settings_size: bytes of the struct that the table describes
 * @film: whether it makes a film: ph_film_settings become options too
 * @min_positional, @max_positional: how many arguments there may be besides options
 * @run: does it. Returns: whether it worked; an error is printed and decides the exit code
 *
 * A verb of the command, one file each. Help and man page are made from this.
 */
typedef struct
{
  const char *name;
  const char *arguments;
  const char *summary;
  const char *description;
  const char *const *examples;
  const GOptionEntry *options;
  const PhSetting *table;
  gsize settings_size;
  gboolean film;
  guint min_positional, max_positional;
  gboolean (*run) (PhCli *cli, GError **error);
} PhVerb;

#define VERB(name) extern const PhVerb ph_verb_##name;
#include "app/verb-list.h"
#undef VERB

/** ph_verbs: all verbs, %NULL-terminated. */
extern const PhVerb *const ph_verbs[];

/** ph_common_options: options that every verb has. */
extern const GOptionEntry ph_common_options[];

/** ph_cli_open: opens the network file @name, or by its name a network that is shipped ("textbook")
 * or was fetched ("squeezenet-1.1"), and prints what the user should know about it to standard
 * error. */
PhModel *ph_cli_open (PhCli *cli, const char *name, GError **error);

/** ph_cli_load_picture: the file @name, or with @dataset (nullable) its image of that name or
 * number. */
PhImage *ph_cli_load_picture (const char *name, PhDataset *dataset, GError **error);

/** ph_cli_print_json: one line on standard output; takes the builder's root. */
void ph_cli_print_json (JsonBuilder *builder);

/** ph_cli_print_film: tells of a film that was written to @path. Returns: %TRUE. */
gboolean ph_cli_print_film (PhCli *cli, const char *path, GPtrArray *frames, double seconds);

/** ph_cli_hold_interrupts: keeps Ctrl-C waiting until ph_cli_use_console() looks. Call it first of
 * all. */
void ph_cli_hold_interrupts (void);

/** ph_cli_use_console: installs Ctrl-C and the progress bar into @cli. */
void ph_cli_use_console (PhCli *cli);

/** ph_cli_end_progress: removes the bar before anything else is printed. */
void ph_cli_end_progress (void);

/** ph_cli_print_manpage: roff of one verb, or of the command itself when @verb is %NULL. */
void ph_cli_print_manpage (const PhVerb *verb);

G_END_DECLS
