#include "app/cli.h"

#include <string.h>

static struct
{
  char *layer, *at, *map, *output;
  int top;
  double opacity;
} options = { .top = 5, .opacity = 0.7 };

static const GOptionEntry entries[] = {
  { "layer", 'l', 0, G_OPTION_ARG_STRING, &options.layer, "One layer instead of all", "LAYER" },
  { "top", 0, 0, G_OPTION_ARG_INT, &options.top, "How many channels of a layer to tell (5)", "N" },
  { "at", 0, 0, G_OPTION_ARG_STRING, &options.at,
    "The channels most active at this position of the layer instead of anywhere", "ROW,COLUMN" },
  { "map", 0, 0, G_OPTION_ARG_STRING, &options.map,
    "What a .png shows of the layer: mean or max over the channels, a channel's number, or "
    "pictures "
    "of what it makes of each place (mean)",
    "WHAT" },
  { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output,
    "Where to write the layer: a map over the picture (.png) or all its numbers (.npy)", "FILE" },
  { "opacity", 0, 0, G_OPTION_ARG_DOUBLE, &options.opacity,
    "How much of the map to see over the picture, 0 to 1 (0.7)", "SHARE" },
  { NULL },
};

static gboolean
usage (GError **error, const char *sentence)
{
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, sentence);
  return FALSE;
}

static gboolean
check_options (GError **error)
{
  if (options.top < 1)
    return usage (error, "--top: choose 1 or more");
  if (options.opacity < 0 || options.opacity > 1)
    return usage (error, "--opacity takes 0 to 1");
  if (options.layer == NULL &&
      (options.output != NULL || options.at != NULL || options.map != NULL))
    return usage (error, "--output, --at and --map need --layer");
  return TRUE;
}

static gboolean
find_layer (PhModel *model, int *layer, GError **error)
{
  *layer = ph_model_find_layer (model, options.layer);
  if (*layer < 0)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_NO_SUCH_UNIT,
                   "this network has no layer “%s”; “phosphene-cli layers” lists them",
                   options.layer);
      return FALSE;
    }

  const PhLayer *info = ph_model_get_layer (model, (guint)*layer);

  if (info->obstacle == NULL)
    return TRUE;
  g_set_error (error, PH_ERROR, PH_ERROR_OP_UNSUPPORTED, "%s cannot be reached: %s", info->name,
               info->obstacle);
  return FALSE;
}

/* "ROW,COLUMN" as the units know it; -1 for anywhere. */
static gboolean
parse_at (PhModel *model, int layer, int *row, int *column, GError **error)
{
  const PhLayer *info = ph_model_get_layer (model, (guint)layer);
  g_autofree char *text =
      options.at != NULL ? g_strdup_printf ("%s:0:%s", info->name, options.at) : NULL;
  PhUnit unit;

  *row = *column = -1;
  if (text == NULL)
    return TRUE;
  if (!ph_unit_parse (model, text, &unit, error))
    return FALSE;
  if (unit.row >= info->rows || unit.column >= info->columns)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_NO_SUCH_UNIT,
                   "--at %s lies outside the map of %s, which is %u by %u", options.at, info->name,
                   info->rows, info->columns);
      return FALSE;
    }
  *row = (int)unit.row;
  *column = (int)unit.column;
  return TRUE;
}

static gboolean
save_npy (PhActivations *activations, int layer, GError **error)
{
  PhShape shape;
  const float *values = ph_activations_get_layer (activations, (guint)layer, &shape);
  g_autoptr (PhTensor) tensor = ph_tensor_new (PH_TYPE_FLOAT, &shape, error);

  if (tensor == NULL)
    return FALSE;
  memcpy (tensor->f, values, sizeof (float) * tensor->n);
  return ph_npy_save (tensor, options.output, error);
}

/* Side of the pictures and of the places that they are put on, and steps for each. */
#define PICTURE "64"
#define PICTURE_STEPS "40"
#define PLACE 56
#define MOST_PLACES 16

static void
choose_settings (PhAscentSettings *settings)
{
  const char *const changes[][2] = { { "width", PICTURE },
                                     { "height", PICTURE },
                                     { "steps", PICTURE_STEPS } };

  ph_settings_init (ph_ascent_settings, settings);
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    ph_setting_set (ph_settings_find (ph_ascent_settings, changes[i][0]), settings, changes[i][1],
                    NULL);
}

/* The layer as pictures of what it makes of each place, the larger the stronger it answers. */
static gboolean
save_pictures (PhCli *cli, PhModel *model, PhActivations *activations, guint layer, GError **error)
{
  guint rows, columns;
  g_autofree float *vectors =
      ph_activations_dup_directions (activations, layer, MOST_PLACES, &rows, &columns);
  g_autoptr (PhDirectionGrid) grid = ph_direction_grid_new (model, layer, vectors, rows, columns);
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func ((GDestroyNotify)ph_sheet_cell_free);
  g_autoptr (GPtrArray) made = g_ptr_array_new_with_free_func ((GDestroyNotify)ph_frame_unref);
  g_autofree PhFrame **frames = g_new0 (PhFrame *, (gsize)rows * columns);
  g_autofree guint *places = g_new (guint, (gsize)rows * columns);
  PhAscentSettings settings;

  choose_settings (&settings);
  for (guint i = 0; i < rows * columns; i++)
    if (grid->objectives[i] != NULL)
      {
        places[cells->len] = i;
        g_ptr_array_add (cells, ph_sheet_cell_new (grid->objectives[i], "", &settings));
      }
  ph_settings_clear (ph_ascent_settings, &settings);
  if (!ph_sheet_make (model, cells, NULL, NULL, &cli->monitor, cli->cancellable, error))
    return FALSE;
  for (guint i = 0; i < cells->len; i++)
    {
      const PhSheetCell *cell = cells->pdata[i];

      if (cell->image == NULL)
        continue;
      frames[places[i]] = ph_image_to_frame (cell->image, 0, 0);
      g_ptr_array_add (made, frames[places[i]]);
    }

  g_autoptr (PhFrame) frame = ph_direction_grid_draw (grid, frames, PLACE);
  g_autoptr (PhImage) image = ph_image_new_from_pixels (g_bytes_get_data (frame->pixels, NULL),
                                                        frame->height, frame->width, error);

  return image != NULL && ph_png_save_image (options.output, image, NULL, error);
}

static gboolean
save_map (PhModel *model, PhActivations *activations, int layer, const PhImage *picture,
          GError **error)
{
  const PhLayer *info = ph_model_get_layer (model, (guint)layer);
  g_autofree float *map = g_new (float, (gsize)info->rows * info->columns);
  PhMapKind kind = PH_MAP_CHANNEL;
  guint64 channel = 0;

  if (options.map == NULL || g_str_equal (options.map, "mean"))
    kind = PH_MAP_MEAN;
  else if (g_str_equal (options.map, "max"))
    kind = PH_MAP_MAX;
  else if (!g_ascii_string_to_unsigned (options.map, 10, 0, info->n_channels - 1, &channel, NULL))
    {
      g_set_error (error, PH_ERROR, PH_ERROR_NO_SUCH_UNIT,
                   "--map takes mean, max, pictures or a channel of %s, 0 to %u", info->name,
                   info->n_channels - 1);
      return FALSE;
    }
  ph_activations_fill_map (activations, (guint)layer, kind, (guint)channel, map);

  g_autoptr (PhFrame) heat = ph_heat_to_frame (map, info->rows, info->columns, TRUE);
  g_autoptr (PhImage) overlay = ph_heat_overlay (picture, heat, options.opacity, error);

  return overlay != NULL && ph_png_save_image (options.output, overlay, NULL, error);
}

static gboolean
save_layer (PhCli *cli, PhModel *model, PhActivations *activations, int layer,
            const PhImage *picture, GError **error)
{
  if (g_str_has_suffix (options.output, ".npy"))
    return save_npy (activations, layer, error);
  if (g_strcmp0 (options.map, "pictures") == 0)
    return save_pictures (cli, model, activations, (guint)layer, error);
  return save_map (model, activations, layer, picture, error);
}

static void
add_layer (JsonBuilder *builder, const PhLayer *info, const PhActive *top, guint n)
{
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "layer");
  json_builder_add_string_value (builder, info->name);
  json_builder_set_member_name (builder, "top");
  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++)
    {
      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "channel");
      json_builder_add_int_value (builder, top[i].channel);
      json_builder_set_member_name (builder, "value");
      json_builder_add_double_value (builder, top[i].value);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static void
print_layer (const PhLayer *info, const PhActive *top, guint n)
{
  g_print ("%-34s", info->name);
  for (guint i = 0; i < n; i++)
    g_print ("  %u: %.4g", top[i].channel, top[i].value);
  g_print ("\n");
}

static void
print_layers (PhCli *cli, PhModel *model, PhActivations *activations, int only, int row, int column)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "image");
  json_builder_add_string_value (builder, cli->positional[1]);
  json_builder_set_member_name (builder, "layers");
  json_builder_begin_array (builder);
  for (guint i = 0; i < ph_model_get_n_layers (model); i++)
    {
      const PhLayer *info = ph_model_get_layer (model, i);
      guint n = (guint)options.top;

      if (info->obstacle != NULL || (only >= 0 && (int)i != only))
        continue;

      g_autofree PhActive *top = ph_activations_get_top (activations, i, row, column, &n);

      if (cli->json)
        add_layer (builder, info, top, n);
      else
        print_layer (info, top, n);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  if (cli->json)
    ph_cli_print_json (builder);
}

static gboolean
run_activations (PhCli *cli, GError **error)
{
  g_autoptr (PhModel) model = NULL;
  g_autoptr (PhImage) image = NULL;
  g_autoptr (PhImage) picture = NULL;
  g_autoptr (PhActivations) activations = NULL;
  int layer = -1, row = -1, column = -1;

  if (!check_options (error))
    return FALSE;
  model = ph_cli_open (cli, cli->positional[0], error);
  if (model == NULL || (options.layer != NULL && (!find_layer (model, &layer, error) ||
                                                  !parse_at (model, layer, &row, &column, error))))
    return FALSE;
  image = ph_image_load (cli->positional[1], error);
  picture = image != NULL ? ph_preprocess_fit (ph_model_get_preprocess (model), image, FALSE, error)
                          : NULL;
  activations = picture != NULL ? ph_activations_new (model, error) : NULL;
  if (activations == NULL || !ph_activations_run (activations, picture, cli->cancellable, error))
    return FALSE;
  if (options.output != NULL && !save_layer (cli, model, activations, layer, picture, error))
    return FALSE;
  ph_cli_end_progress ();
  print_layers (cli, model, activations, layer, row, column);
  return TRUE;
}

static const char *const examples[] = {
  "Which channels of each layer does this photograph excite most?",
  "phosphene-cli activations squeezenet.onnx dog.jpg",
  "What does the network see in the middle, as a map and as numbers?",
  "phosphene-cli activations squeezenet.onnx dog.jpg --layer fire8/concat --at middle -o map.png",
  "The layer as pictures of what it makes of each place",
  "phosphene-cli activations squeezenet.onnx dog.jpg --layer fire9/concat --map pictures -o g.png",
  NULL,
};

const PhVerb ph_verb_activations = {
  .name = "activations",
  .arguments = "NET IMAGE [--layer LAYER] [-o FILE]",
  .summary = "Tell what the layers do with an image",
  .description = "Shows the image to the network as classify does and prints the channels that it "
                 "excites most: of each layer by the largest value in their map, or those at one "
                 "position of one layer. With -o, one layer is written as a map over the picture "
                 "or, whole, as a NumPy array.",
  .examples = examples,
  .options = entries,
  .min_positional = 2,
  .max_positional = 2,
  .run = run_activations,
};
