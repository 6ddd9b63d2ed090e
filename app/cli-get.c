#include "app/cli.h"

static struct
{
  gboolean list, remove;
  char *mirror;
} options;

static const GOptionEntry entries[] = {
  { "list", 'l', 0, G_OPTION_ARG_NONE, &options.list, "Tell what there is, and what is here",
    NULL },
  { "mirror", 'm', 0, G_OPTION_ARG_STRING, &options.mirror,
    "Fetch from there: takes the place of https://SERVER in all addresses", "ADDRESS" },
  { "remove", 0, 0, G_OPTION_ARG_NONE, &options.remove,
    "Remove what was fetched, unfinished files included", NULL },
  { NULL },
};

static const char *
describe_state (const PhCatalogueEntry *entry)
{
  if (ph_catalogue_entry_is_here (entry))
    return "here";
  return ph_catalogue_entry_get_bytes_here (entry) > 0 ? "unfinished" : "";
}

static void
add_text (JsonBuilder *builder, const char *member, const char *text)
{
  json_builder_set_member_name (builder, member);
  json_builder_add_string_value (builder, text);
}

static void
add_number (JsonBuilder *builder, const char *member, guint64 number)
{
  json_builder_set_member_name (builder, member);
  json_builder_add_int_value (builder, (gint64)number);
}

static void
add_entry (JsonBuilder *builder, const PhCatalogueEntry *entry)
{
  json_builder_begin_object (builder);
  add_text (builder, "name", entry->name);
  add_text (builder, "kind", entry->kind == PH_CATALOGUE_NETWORK ? "network" : "images");
  add_text (builder, "title", entry->title);
  add_text (builder, "about", entry->about);
  add_text (builder, "licence", entry->licence);
  add_text (builder, "source", entry->source);
  add_number (builder, "bytes", entry->bytes);
  add_number (builder, "bytes_here", ph_catalogue_entry_get_bytes_here (entry));
  json_builder_set_member_name (builder, "here");
  json_builder_add_boolean_value (builder, ph_catalogue_entry_is_here (entry));
  add_text (builder, "path", entry->path);
  json_builder_set_member_name (builder, "files");
  json_builder_begin_array (builder);
  for (guint i = 0; i < entry->n_files; i++)
    {
      json_builder_begin_object (builder);
      add_text (builder, "address", entry->files[i].address);
      add_number (builder, "bytes", entry->files[i].bytes);
      add_text (builder, "sha256", entry->files[i].sha256);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

/* As JSON, or a line for each. */
static void
print_entries (PhCli *cli, GPtrArray *catalogue)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  ph_cli_end_progress ();
  json_builder_begin_array (builder);
  for (guint i = 0; i < catalogue->len; i++)
    add_entry (builder, catalogue->pdata[i]);
  json_builder_end_array (builder);
  if (cli->json)
    {
      ph_cli_print_json (builder);
      return;
    }
  for (guint i = 0; i < catalogue->len; i++)
    {
      const PhCatalogueEntry *entry = catalogue->pdata[i];
      g_autofree char *size = g_format_size (entry->bytes);

      g_print ("%-18s %9s  %-10s  %-12s  %s\n", entry->name, size, describe_state (entry),
               entry->licence, entry->about);
    }
}

static gboolean
get_entry (PhCli *cli, const PhCatalogueEntry *entry, GError **error)
{
  gint64 start = g_get_monotonic_time ();
  guint64 before = ph_catalogue_entry_get_bytes_here (entry);
  gboolean stopped;
  g_autofree char *shown = NULL, *size = NULL;

  if (options.remove)
    {
      if (!ph_catalogue_entry_remove (entry, error))
        return FALSE;
      if (!cli->json)
        g_print ("%s: removed\n", entry->name);
      return TRUE;
    }
  if (!ph_catalogue_entry_fetch (entry, options.mirror, &cli->monitor, &stopped, cli->cancellable,
                                 error))
    {
      g_prefix_error (error, "%s: ", entry->name);
      return FALSE;
    }
  if (stopped)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                   "%s: stopped; what was fetched is kept, and the same command goes on with it",
                   entry->name);
      return FALSE;
    }
  ph_cli_end_progress ();
  shown = g_filename_display_name (entry->path);
  size = g_format_size (entry->bytes - MIN (before, entry->bytes));
  if (!cli->json)
    g_print ("%s: %s (%s fetched in %.1f s)\n", entry->name, shown, size,
             (g_get_monotonic_time () - start) * 1e-6);
  return TRUE;
}

static gboolean
run_get (PhCli *cli, GError **error)
{
  g_autoptr (GPtrArray) wanted =
      g_ptr_array_new_with_free_func ((GDestroyNotify)ph_catalogue_entry_unref);

  if (options.list || cli->positional[0] == NULL)
    {
      g_autoptr (GPtrArray) catalogue = NULL;

      if (cli->positional[0] != NULL || options.remove)
        {
          g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                               options.remove ? "say what shall be removed"
                                              : "--list takes no names");
          return FALSE;
        }
      catalogue = ph_catalogue_load (error);
      if (catalogue == NULL)
        return FALSE;
      print_entries (cli, catalogue);
      return TRUE;
    }
  /* All names are looked up before the first of them costs anything. */
  for (guint i = 0; cli->positional[i] != NULL; i++)
    {
      PhCatalogueEntry *entry = ph_catalogue_find (cli->positional[i], error);

      if (entry == NULL)
        return FALSE;
      g_ptr_array_add (wanted, entry);
    }
  for (guint i = 0; i < wanted->len; i++)
    if (!get_entry (cli, wanted->pdata[i], error))
      return FALSE;
  if (cli->json)
    print_entries (cli, wanted);
  return TRUE;
}

static const char *const examples[] = {
  "What there is",
  "phosphene-cli get --list",
  "A small network, and what its neurons respond to",
  "phosphene-cli get squeezenet-1.1 && phosphene-cli sheet squeezenet-1.1 -o sheet.png",
  "A set of images to teach it",
  "phosphene-cli get mobilenet-v2 flowers && phosphene-cli train mobilenet-v2 flowers -o head",
  "From a mirror in the classroom",
  "phosphene-cli get squeezenet-1.1 --mirror http://192.168.0.10:8000",
  NULL,
};

const PhVerb ph_verb_get = {
  .name = "get",
  .arguments = "[NAME…]",
  .summary = "Fetch networks and sets of images",
  .description =
      "Fetches networks that were trained on photographs, and known sets of images, into your data "
      "folder. Afterwards their names can be given wherever a network or a set of images is asked "
      "for. Files are checked (SHA-256) before they are used. Interrupted, even killed, the same "
      "command goes on where it was. Proxies are taken from http_proxy, https_proxy and no_proxy "
      "or from the system. A mirror is a server with the same paths, as “wget -x -nH ADDRESS” "
      "writes them; “--list --json” tells all addresses. Entries of your own can be put into "
      "phosphene/catalogue.ini in your data folder; the file catalogue.ini that comes with the "
      "program describes how.",
  .examples = examples,
  .options = entries,
  .min_positional = 0,
  .max_positional = 64,
  .run = run_get,
};
