#include "data/catalogue.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/error.h"
#include "data/catalogue-private.h"
#include "data/shipped.h"

/* Entries */

PhCatalogueEntry *
ph_catalogue_entry_ref (PhCatalogueEntry *entry)
{
  g_atomic_ref_count_inc (&entry->refs);
  return entry;
}

void
ph_catalogue_entry_unref (PhCatalogueEntry *entry)
{
  if (!g_atomic_ref_count_dec (&entry->refs))
    return;
  for (guint i = 0; i < entry->n_files; i++)
    {
      g_free (entry->files[i].address);
      g_free (entry->files[i].sha256);
      g_free (entry->files[i].path);
    }
  g_free (entry->files);
  g_free (entry->name);
  g_free (entry->title);
  g_free (entry->about);
  g_free (entry->licence);
  g_free (entry->source);
  g_free (entry->path);
  g_free (entry->input);
  g_free (entry->labels);
  g_strfreev (entry->classes);
  g_free (entry);
}

/* Reading */

/* One group of a file. */
typedef struct
{
  GKeyFile *keys;
  const char *group;
  const char *path; /* of the file */
} Group;

static gboolean
fail (const Group *group, const char *key, const char *what, GError **error)
{
  g_autofree char *shown = g_filename_display_name (group->path);

  g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID, "%s: [%s]: %s %s", shown, group->group, key,
               what);
  return FALSE;
}

static gboolean
read_text (const Group *group, const char *key, char **text, GError **error)
{
  *text = g_key_file_get_locale_string (group->keys, group->group, key, NULL, NULL);
  if (*text != NULL && **text != '\0')
    return TRUE;
  return fail (group, key, "is missing", error);
}

/* Names become names of files. */
static gboolean
is_good_name (const char *name)
{
  return *name != '\0' && *name != '.' && *name != '-' && strlen (name) < 64 &&
         strspn (name, "abcdefghijklmnopqrstuvwxyz0123456789.-_") == strlen (name);
}

static gboolean
is_address (const char *address)
{
  g_autoptr (GUri) uri = g_uri_parse (address, G_URI_FLAGS_NONE, NULL);
  const char *scheme = uri != NULL ? g_uri_get_scheme (uri) : "";

  return (g_str_equal (scheme, "https") || g_str_equal (scheme, "http")) &&
         g_uri_get_host (uri) != NULL && *g_uri_get_host (uri) != '\0';
}

static gboolean
is_digest (const char *text)
{
  return strlen (text) == 64 && strspn (text, "0123456789abcdefABCDEF") == 64;
}

/* A network is NAME.onnx; files of a set of images keep their names in a folder of their own, or
 * their formats would not be recognised. */
static char *
dup_place (const PhCatalogueEntry *entry, const char *address)
{
  const char *data = g_get_user_data_dir ();
  g_autoptr (GUri) uri = g_uri_parse (address, G_URI_FLAGS_NONE, NULL);
  g_autofree char *base = g_path_get_basename (g_uri_get_path (uri));
  g_autofree char *network = g_strconcat (entry->name, ".onnx", NULL);

  if (entry->kind == PH_CATALOGUE_NETWORK)
    return g_build_filename (data, "phosphene", "networks", network, NULL);
  return g_build_filename (data, "phosphene", "images", entry->name, base, NULL);
}

static gboolean
read_files (const Group *group, PhCatalogueEntry *entry, GError **error)
{
  g_auto (GStrv) addresses =
      g_key_file_get_string_list (group->keys, group->group, "Address", NULL, NULL);
  g_auto (GStrv) bytes =
      g_key_file_get_string_list (group->keys, group->group, "Bytes", NULL, NULL);
  g_auto (GStrv) digests =
      g_key_file_get_string_list (group->keys, group->group, "SHA256", NULL, NULL);
  guint n = addresses != NULL ? g_strv_length (addresses) : 0;

  if (n == 0)
    return fail (group, "Address", "is missing", error);
  if (entry->kind == PH_CATALOGUE_NETWORK && n > 1)
    return fail (group, "Address", "names several files, but a network is one", error);
  if (bytes == NULL || g_strv_length (bytes) != n)
    return fail (group, "Bytes", "must have one number for each address", error);
  if (digests == NULL || g_strv_length (digests) != n)
    return fail (group, "SHA256", "must have one digest for each address", error);
  entry->files = g_new0 (PhCatalogueFile, n);
  entry->n_files = n;
  for (guint i = 0; i < n; i++)
    {
      PhCatalogueFile *file = &entry->files[i];

      if (!is_address (addresses[i]))
        return fail (group, "Address", "must begin with https:// or http://", error);
      if (!g_ascii_string_to_unsigned (bytes[i], 10, 1, G_MAXINT64, &file->bytes, NULL))
        return fail (group, "Bytes", "is no number of bytes", error);
      if (!is_digest (digests[i]))
        return fail (group, "SHA256", "is not 64 hexadecimal digits", error);
      file->address = g_strdup (addresses[i]);
      file->sha256 = g_ascii_strdown (digests[i], -1);
      file->path = dup_place (entry, file->address);
      entry->bytes += file->bytes;
    }
  entry->path =
      n == 1 ? g_strdup (entry->files[0].path) : g_path_get_dirname (entry->files[0].path);
  return TRUE;
}

/* What comes with the program is beside its catalogue, what the user has beside the user's. */
static gboolean
read_labels (const Group *group, PhCatalogueEntry *entry, GError **error)
{
  g_autofree char *labels = g_key_file_get_string (group->keys, group->group, "Labels", NULL);
  g_autofree char *folder = g_path_get_dirname (group->path);

  entry->classes =
      g_key_file_get_locale_string_list (group->keys, group->group, "Classes", NULL, NULL, NULL);
  if (labels == NULL)
    return TRUE;
  if (strchr (labels, '/') != NULL || *labels == '\0')
    return fail (group, "Labels", "must be the name of a file beside this one", error);
  entry->labels = g_build_filename (folder, labels, NULL);
  if (!g_file_test (entry->labels, G_FILE_TEST_EXISTS))
    {
      g_free (entry->labels);
      entry->labels = ph_shipped_dup_path (labels);
    }
  return TRUE;
}

static PhCatalogueEntry *
read_entry (const Group *group, GError **error)
{
  g_autoptr (PhCatalogueEntry) entry = g_new0 (PhCatalogueEntry, 1);
  g_autofree char *kind = NULL;

  g_atomic_ref_count_init (&entry->refs);
  entry->name = g_strdup (group->group);
  if (!is_good_name (entry->name))
    {
      fail (group, "the name", "may have small letters, digits, “-”, “_” and “.” only", error);
      return NULL;
    }
  if (!read_text (group, "Title", &entry->title, error) ||
      !read_text (group, "About", &entry->about, error) ||
      !read_text (group, "Licence", &entry->licence, error) ||
      !read_text (group, "Source", &entry->source, error) ||
      !read_text (group, "Kind", &kind, error))
    return NULL;
  if (!g_str_equal (kind, "network") && !g_str_equal (kind, "images"))
    {
      fail (group, "Kind", "must be “network” or “images”", error);
      return NULL;
    }
  entry->kind = g_str_equal (kind, "images") ? PH_CATALOGUE_IMAGES : PH_CATALOGUE_NETWORK;
  entry->input = g_key_file_get_string (group->keys, group->group, "Input", NULL);
  if (!ph_catalogue_check_input (entry->input))
    {
      fail (group, "Input", "is no JSON object", error);
      return NULL;
    }
  if (!read_files (group, entry, error) || !read_labels (group, entry, error))
    return NULL;
  return g_steal_pointer (&entry);
}

static gboolean
find_index (GPtrArray *entries, const char *name, guint *index)
{
  for (guint i = 0; i < entries->len; i++)
    if (g_str_equal (((PhCatalogueEntry *)entries->pdata[i])->name, name))
      {
        *index = i;
        return TRUE;
      }
  return FALSE;
}

/* Adds the entries of a file, in place of those with the same name. */
static gboolean
read_file (const char *path, GPtrArray *entries, GError **error)
{
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  g_auto (GStrv) groups = NULL;
  g_autofree char *shown = g_filename_display_name (path);

  if (!g_key_file_load_from_file (keys, path, G_KEY_FILE_NONE, error))
    {
      g_prefix_error (error, "%s: ", shown);
      return FALSE;
    }
  groups = g_key_file_get_groups (keys, NULL);
  for (guint i = 0; groups[i] != NULL; i++)
    {
      Group group = { keys, groups[i], path };
      PhCatalogueEntry *entry = read_entry (&group, error);
      guint at;

      if (entry == NULL)
        return FALSE;
      if (find_index (entries, entry->name, &at))
        {
          ph_catalogue_entry_unref (entries->pdata[at]);
          entries->pdata[at] = entry;
        }
      else
        g_ptr_array_add (entries, entry);
    }
  return TRUE;
}

GPtrArray *
ph_catalogue_load (GError **error)
{
  g_autofree char *shipped = ph_shipped_dup_path ("catalogue.ini");
  g_autofree char *own =
      g_build_filename (g_get_user_data_dir (), "phosphene", "catalogue.ini", NULL);
  g_autoptr (GPtrArray) read =
      g_ptr_array_new_with_free_func ((GDestroyNotify)ph_catalogue_entry_unref);
  GPtrArray *sorted;

  if (!read_file (shipped, read, error) ||
      (g_file_test (own, G_FILE_TEST_EXISTS) && !read_file (own, read, error)))
    return NULL;
  sorted = g_ptr_array_new_full (read->len, (GDestroyNotify)ph_catalogue_entry_unref);
  for (int kind = PH_CATALOGUE_NETWORK; kind <= PH_CATALOGUE_IMAGES; kind++)
    for (guint i = 0; i < read->len; i++)
      if (((PhCatalogueEntry *)read->pdata[i])->kind == (PhCatalogueKind)kind)
        g_ptr_array_add (sorted, ph_catalogue_entry_ref (read->pdata[i]));
  return sorted;
}

PhCatalogueEntry *
ph_catalogue_find (const char *name, GError **error)
{
  g_autoptr (GPtrArray) entries = ph_catalogue_load (error);
  g_autoptr (GString) known = g_string_new (NULL);
  guint at;

  if (entries == NULL)
    return NULL;
  if (find_index (entries, name, &at))
    return ph_catalogue_entry_ref (entries->pdata[at]);
  for (guint i = 0; i < entries->len; i++)
    g_string_append_printf (known, "%s%s", i > 0 ? ", " : "",
                            ((PhCatalogueEntry *)entries->pdata[i])->name);
  g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
               _ ("there is nothing to fetch that is called “%s”; there are: %s"), name,
               known->str);
  return NULL;
}

char *
ph_catalogue_resolve (const char *name, GError **error)
{
  g_autoptr (PhCatalogueEntry) entry = NULL;
  g_autofree char *size = NULL;

  if (g_file_test (name, G_FILE_TEST_EXISTS) || !is_good_name (name))
    return g_strdup (name);
  entry = ph_catalogue_find (name, NULL);
  if (entry == NULL)
    return g_strdup (name);
  if (ph_catalogue_entry_is_here (entry))
    return g_strdup (entry->path);
  size = g_format_size (entry->bytes);
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
               _ ("%s is not on this computer yet; “phosphene-cli get %s” fetches it (%s)"),
               entry->title, entry->name, size);
  return NULL;
}

char *
ph_catalogue_resolve_network (const char *name, GError **error)
{
  char *shipped = NULL;

  if (!g_file_test (name, G_FILE_TEST_EXISTS) && strchr (name, G_DIR_SEPARATOR) == NULL)
    shipped = ph_shipped_dup_network (name);
  return shipped != NULL ? shipped : ph_catalogue_resolve (name, error);
}
