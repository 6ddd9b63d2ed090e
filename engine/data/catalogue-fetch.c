/* What becomes of an entry of the catalogue on this computer. */

#include <glib/gi18n.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "base/error.h"
#include "base/save.h"
#include "data/catalogue-private.h"
#include "data/download.h"

static guint64
size_of (const char *path)
{
  GStatBuf found;

  return g_stat (path, &found) == 0 ? (guint64)found.st_size : 0;
}

guint64
ph_catalogue_entry_get_bytes_here (const PhCatalogueEntry *entry)
{
  guint64 sum = 0;

  for (guint i = 0; i < entry->n_files; i++)
    {
      guint64 whole = size_of (entry->files[i].path);

      sum += whole > 0 ? whole : ph_download_get_part (entry->files[i].path);
    }
  return sum;
}

/* What lies beside the files */

/* "…/NAME.json" of "…/NAME.onnx" */
static char *
beside (const PhCatalogueEntry *entry, const char *ending)
{
  g_autofree char *folder = g_path_get_dirname (entry->files[0].path);
  g_autofree char *name = entry->kind == PH_CATALOGUE_NETWORK
                              ? g_strconcat (entry->name, ending, NULL)
                              : g_strdup (ending);

  return g_build_filename (folder, name, NULL);
}

static char *
labels_path (const PhCatalogueEntry *entry)
{
  return beside (entry, entry->kind == PH_CATALOGUE_NETWORK ? ".labels.txt" : "labels.txt");
}

/* What write_beside() writes last. */
static char *
dup_last_beside (const PhCatalogueEntry *entry)
{
  if (entry->kind == PH_CATALOGUE_NETWORK)
    return beside (entry, ".json");
  return entry->labels != NULL || entry->classes != NULL ? labels_path (entry) : NULL;
}

gboolean
ph_catalogue_entry_is_here (const PhCatalogueEntry *entry)
{
  g_autofree char *last = dup_last_beside (entry);

  for (guint i = 0; i < entry->n_files; i++)
    if (size_of (entry->files[i].path) != entry->files[i].bytes)
      return FALSE;
  return last == NULL || g_file_test (last, G_FILE_TEST_EXISTS);
}

gboolean
ph_catalogue_check_input (const char *input)
{
  g_autoptr (JsonNode) node = input != NULL ? json_from_string (input, NULL) : NULL;

  return input == NULL || (node != NULL && JSON_NODE_HOLDS_OBJECT (node));
}

static gboolean
write_labels (const PhCatalogueEntry *entry, GError **error)
{
  g_autofree char *path = labels_path (entry);
  g_autofree char *text = NULL;
  gsize n = 0;

  if (entry->classes != NULL)
    {
      text = g_strjoinv ("\n", entry->classes);
      return ph_save_bytes (path, text, strlen (text), error);
    }
  return entry->labels == NULL || (g_file_get_contents (entry->labels, &text, &n, error) &&
                                   ph_save_bytes (path, text, n, error));
}

/* NAME.json, as the file of a network wants it beside itself. */
static gboolean
write_sidecar (const PhCatalogueEntry *entry, GError **error)
{
  g_autofree char *path = beside (entry, ".json");
  g_autofree char *labels = labels_path (entry);
  g_autofree char *labels_name = g_path_get_basename (labels);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;

  json_builder_begin_object (builder);
  if (entry->input != NULL)
    {
      json_builder_set_member_name (builder, "input");
      json_builder_add_value (builder, json_from_string (entry->input, NULL));
    }
  if (entry->labels != NULL || entry->classes != NULL)
    {
      json_builder_set_member_name (builder, "labels");
      json_builder_add_string_value (builder, labels_name);
    }
  json_builder_set_member_name (builder, "licence");
  json_builder_add_string_value (builder, entry->licence);
  json_builder_set_member_name (builder, "source");
  json_builder_add_string_value (builder, entry->files[0].address);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  text = json_to_string (root, TRUE);
  return ph_save_bytes (path, text, strlen (text), error);
}

/* Without it an entry is not here, so that a crash before it leaves nothing half done. */
static gboolean
write_beside (const PhCatalogueEntry *entry, GError **error)
{
  return write_labels (entry, error) &&
         (entry->kind != PH_CATALOGUE_NETWORK || write_sidecar (entry, error));
}

/* Fetching */

static char *
dup_address (const char *address, const char *mirror)
{
  g_autofree char *base = NULL;
  const char *path;
  gsize n;

  if (mirror == NULL || *mirror == '\0')
    return g_strdup (address);
  n = strlen (mirror);
  while (n > 0 && mirror[n - 1] == '/')
    n--;
  base = g_strndup (mirror, n);
  path = strchr (strstr (address, "://") + strlen ("://"), '/');
  return g_strconcat (base, path, NULL);
}

/* Progress of one file as a part of the whole. */
typedef struct
{
  const PhMonitor *outer;
  guint64 before, bytes, all;
} Share;

static void
on_progress (double fraction, const char *message, gpointer data)
{
  const Share *share = data;

  ph_monitor_progress (share->outer,
                       (share->before + MAX (fraction, 0) * share->bytes) / share->all, message);
}

static gboolean
should_stop (gpointer data)
{
  return ph_monitor_should_stop (((const Share *)data)->outer);
}

gboolean
ph_catalogue_entry_fetch (const PhCatalogueEntry *entry, const char *mirror,
                          const PhMonitor *monitor, gboolean *stopped, GCancellable *cancellable,
                          GError **error)
{
  Share share = { .outer = monitor, .all = entry->bytes };
  PhMonitor inner = { .progress = on_progress, .should_stop = should_stop, .data = &share };
  gboolean stop = FALSE;

  for (guint i = 0; i < entry->n_files && !stop; i++)
    {
      const PhCatalogueFile *file = &entry->files[i];
      g_autofree char *address = dup_address (file->address, mirror);
      PhDownload what = { address, file->path, file->bytes, file->sha256 };

      share.bytes = file->bytes;
      if (!ph_download (&what, &inner, &stop, cancellable, error))
        return FALSE;
      share.before += file->bytes;
    }
  if (stopped != NULL)
    *stopped = stop;
  return stop || write_beside (entry, error);
}

/* Removing */

void
ph_catalogue_entry_discard (const PhCatalogueEntry *entry)
{
  for (guint i = 0; i < entry->n_files; i++)
    ph_download_discard (entry->files[i].path);
}

static gboolean
remove_file (const char *path, GError **error)
{
  g_autofree char *shown = g_filename_display_name (path);

  if (g_unlink (path) == 0 || errno == ENOENT)
    return TRUE;

  int code = errno;

  g_set_error (error, G_FILE_ERROR, (int)g_file_error_from_errno (code),
               _ ("“%s” cannot be removed: %s"), shown, g_strerror (code));
  return FALSE;
}

gboolean
ph_catalogue_entry_remove (const PhCatalogueEntry *entry, GError **error)
{
  g_autofree char *labels = labels_path (entry);
  g_autofree char *sidecar = beside (entry, ".json");
  g_autofree char *folder = g_path_get_dirname (entry->files[0].path);

  ph_catalogue_entry_discard (entry);
  for (guint i = 0; i < entry->n_files; i++)
    if (!remove_file (entry->files[i].path, error))
      return FALSE;
  if (!remove_file (labels, error) ||
      (entry->kind == PH_CATALOGUE_NETWORK && !remove_file (sidecar, error)))
    return FALSE;
  /* Stays when somebody put something else into it. */
  if (entry->kind == PH_CATALOGUE_IMAGES)
    g_rmdir (folder);
  return TRUE;
}
