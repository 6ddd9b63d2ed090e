#pragma once

#include <gio/gio.h>

#include "base/monitor.h"

G_BEGIN_DECLS

typedef enum
{
  PH_CATALOGUE_NETWORK,
  PH_CATALOGUE_IMAGES,
} PhCatalogueKind;

/**
 * PhCatalogueFile:
 * @address, @bytes, @sha256: what is fetched
 * @path: where it is kept
 */
typedef struct
{
  char *address;
  guint64 bytes;
  char *sha256;
  char *path;
} PhCatalogueFile;

/**
 * PhCatalogueEntry:
 * @name: "squeezenet-1.1": what the command calls it
 * @title, @about, @licence, @source: for people
 * @files: @n_files of them
 * @bytes: of all of them
 * @path: what to open once it is here: the network, the archive, or the folder of several files
 *
 * A network or a set of images that can be fetched. Immutable; atomic reference count.
 */
typedef struct
{
  char *name, *title, *about, *licence, *source;
  PhCatalogueKind kind;
  PhCatalogueFile *files;
  guint n_files;
  guint64 bytes;
  char *path;

  /*< private >*/
  gatomicrefcount refs;
  char *input;  /* nullable: JSON */
  char *labels; /* nullable: file of labels */
  char **classes;
} PhCatalogueEntry;

PhCatalogueEntry *ph_catalogue_entry_ref (PhCatalogueEntry *entry);
void ph_catalogue_entry_unref (PhCatalogueEntry *entry);

/**
 * ph_catalogue_load:
 *
 * Reads "catalogue.ini", which comes with the program and describes itself, and the file
 * "phosphene/catalogue.ini" in the user's data folder, where there is one; an entry of the latter
 * takes the place of one with the same name.
 *
 * Returns: (transfer full) (element-type PhCatalogueEntry): networks first, otherwise in the order
 * of the files; %NULL with a sentence that names file, entry and key: %G_FILE_ERROR or
 * %PH_ERROR_DATA_INVALID.
 */
GPtrArray *ph_catalogue_load (GError **error);

/** ph_catalogue_find: (transfer full): %NULL, with an error that lists the names, when there is
 * none. */
PhCatalogueEntry *ph_catalogue_find (const char *name, GError **error);

/**
 * ph_catalogue_resolve:
 * @name: what a user gave where a network or a set of images was asked for
 *
 * Returns: (transfer full): @name itself where such a file exists or nothing of that name can be
 * fetched; the path of what was fetched by that name; %NULL with %G_FILE_ERROR_NOENT when it could
 * be fetched but was not.
 */
char *ph_catalogue_resolve (const char *name, GError **error);

/** ph_catalogue_resolve_network: the same for a network; the names of those that come with the
 * program are known too. */
char *ph_catalogue_resolve_network (const char *name, GError **error);

/** ph_catalogue_entry_is_here: whether all of it was fetched. */
gboolean ph_catalogue_entry_is_here (const PhCatalogueEntry *entry);

/** ph_catalogue_entry_get_bytes_here: of what was fetched, unfinished files included. */
guint64 ph_catalogue_entry_get_bytes_here (const PhCatalogueEntry *entry);

/**
 * ph_catalogue_entry_fetch:
 * @mirror: (nullable): "http://localhost:8000": takes the place of scheme and server in all
 *   addresses, so that what "wget -x -nH ADDRESS" writes is a mirror
 * @stopped: (out) (nullable): whether the monitor asked to stop before all was there
 *
 * Fetches what is missing with ph_download(), which see for errors, and writes beside a network
 * what opening it needs: NAME.json and the labels; beside images the names of their classes.
 */
gboolean ph_catalogue_entry_fetch (const PhCatalogueEntry *entry, const char *mirror,
                                   const PhMonitor *monitor, gboolean *stopped,
                                   GCancellable *cancellable, GError **error);

/** ph_catalogue_entry_discard: removes what was fetched of files that are not finished. */
void ph_catalogue_entry_discard (const PhCatalogueEntry *entry);

/** ph_catalogue_entry_remove: removes all that was fetched. Returns: %FALSE with %G_FILE_ERROR
 * naming what could not be removed. */
gboolean ph_catalogue_entry_remove (const PhCatalogueEntry *entry, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhCatalogueEntry, ph_catalogue_entry_unref)

G_END_DECLS
