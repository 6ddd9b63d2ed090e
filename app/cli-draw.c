#include <string.h>

#include "app/cli.h"

static struct
{
  int images, size;
  gint64 seed;
  char *output;
} options = { .images = 0, .size = 96, .seed = 1, .output = NULL };

static const GOptionEntry entries[] = {
  { "images", 'n', 0, G_OPTION_ARG_INT, &options.images,
    "How many pictures; the classes take turns (100 of each class)", "N" },
  { "size", 0, 0, G_OPTION_ARG_INT, &options.size, "Height and width (96)", "PIXELS" },
  { "seed", 0, 0, G_OPTION_ARG_INT64, &options.seed, "Other seeds give other pictures (1)", "N" },
  { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output, "Where to write them", "FOLDER" },
  { NULL },
};

static const PhWorld *
find_world (const char *name, GError **error)
{
  const PhWorld *world =
      ph_world_find (g_str_has_prefix (name, "world:") ? name + strlen ("world:") : name);
  g_autoptr (GString) known = g_string_new (NULL);

  if (world != NULL)
    return world;
  for (const PhWorld *const *w = ph_worlds (); *w != NULL; w++)
    g_string_append_printf (known, "%s%s", known->len > 0 ? ", " : "", (*w)->name);
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
               "there is no drawn world “%s”; there are: %s", name, known->str);
  return NULL;
}

static void
append_row (GString *table, const PhWorld *world, const char *file, const double *attributes)
{
  g_string_append (table, file);
  for (guint k = 0; k < ph_world_get_n_attributes (world); k++)
    {
      char number[G_ASCII_DTOSTR_BUF_SIZE];

      g_string_append_printf (table, ",%s",
                              g_ascii_formatd (number, sizeof number, "%.4f", attributes[k]));
    }
  g_string_append_c (table, '\n');
}

/* FOLDER/CLASS/NUMBER.png each, and the attributes of all in one table. */
static gboolean
write_pictures (PhCli *cli, const PhWorld *world, guint n, guint *n_written, GError **error)
{
  g_autoptr (GString) table = g_string_new ("file");
  g_autofree char *table_path = g_build_filename (options.output, "attributes.csv", NULL);

  for (guint k = 0; k < ph_world_get_n_attributes (world); k++)
    g_string_append_printf (table, ",%s", world->attributes[k].name);
  g_string_append_c (table, '\n');
  for (guint c = 0; c < MIN (n, ph_world_get_n_classes (world)); c++)
    {
      g_autofree char *folder = g_build_filename (options.output, world->classes[c], NULL);

      if (!ph_folder_make (folder, 0777, error))
        return FALSE;
    }
  for (guint i = 0; i < n && !ph_monitor_should_stop (&cli->monitor); i++, *n_written += 1)
    {
      double attributes[PH_WORLD_MAX_ATTRIBUTES];
      g_autoptr (PhImage) image = NULL;
      g_autofree char *file = g_strdup_printf ("%s" G_DIR_SEPARATOR_S "%06u.png",
                                               world->classes[ph_world_get_label (world, i)], i);
      g_autofree char *path = g_build_filename (options.output, file, NULL);

      image =
          ph_world_draw (world, (guint64)options.seed, i, (guint)options.size, attributes, error);
      if (image == NULL || !ph_png_save_image (path, image, NULL, error) ||
          g_cancellable_set_error_if_cancelled (cli->cancellable, error))
        return FALSE;
      append_row (table, world, file, attributes);
      ph_monitor_progress (&cli->monitor, (i + 1.0) / n, "drawing");
    }
  return ph_world_get_n_attributes (world) == 0 ||
         ph_save_bytes (table_path, table->str, table->len, error);
}

static gboolean
run_draw (PhCli *cli, GError **error)
{
  const PhWorld *world = find_world (cli->positional[0], error);
  gint64 start = g_get_monotonic_time ();
  guint n, n_written = 0;

  if (world == NULL)
    return FALSE;
  n = options.images > 0 ? (guint)options.images : 100 * ph_world_get_n_classes (world);
  if (options.output == NULL || options.images < 0 || options.size < 8 || options.size > 2048)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                           options.output == NULL ? "say where to write them with --output FOLDER"
                           : options.images < 0   ? "--images takes 1 or more"
                                                  : "--size takes 8 to 2048 pixels");
      return FALSE;
    }
  if (!ph_folder_make (options.output, 0777, error) ||
      !write_pictures (cli, world, n, &n_written, error))
    return FALSE;
  ph_cli_end_progress ();
  if (cli->json)
    {
      g_autoptr (JsonBuilder) builder = json_builder_new ();

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "folder");
      json_builder_add_string_value (builder, options.output);
      json_builder_set_member_name (builder, "images");
      json_builder_add_int_value (builder, n_written);
      json_builder_set_member_name (builder, "classes");
      json_builder_add_int_value (builder, ph_world_get_n_classes (world));
      json_builder_set_member_name (builder, "seconds");
      json_builder_add_double_value (builder, (g_get_monotonic_time () - start) * 1e-6);
      json_builder_end_object (builder);
      ph_cli_print_json (builder);
    }
  else
    g_print ("%s: %u pictures of %u classes in %.1f s\n", options.output, n_written,
             ph_world_get_n_classes (world), (g_get_monotonic_time () - start) * 1e-6);
  return TRUE;
}

static const char *const examples[] = {
  "Faces with seven emotions",
  "phosphene-cli draw faces -n 700 --size 64 -o faces",
  "Textures and things",
  "phosphene-cli draw things -o things",
  NULL,
};

const PhVerb ph_verb_draw = {
  .name = "draw",
  .arguments = "WORLD -o FOLDER",
  .summary = "Draw pictures to learn from",
  .description =
      "Writes pictures that the program draws itself into a folder for each class: “things” "
      "(textures and things) or “faces” (seven emotions; the table attributes.csv says how each "
      "face smiles, turns, is lit …). Wherever a set of images is asked for, “world:faces” means "
      "the same pictures without files, as in “world:faces, images 7000, seed 2, size 64”.",
  .examples = examples,
  .options = entries,
  .min_positional = 1,
  .max_positional = 1,
  .run = run_draw,
};
