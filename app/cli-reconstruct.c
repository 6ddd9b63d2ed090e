#include "app/cli.h"

#include <string.h>

static struct
{
  char *corrupt, *output;
  double level;
  int columns;
  gint64 seed;
} options = { .level = 0.2, .columns = 8, .seed = 1 };

static const GOptionEntry entries[] = {
  { "corrupt", 0, 0, G_OPTION_ARG_STRING, &options.corrupt,
    "Spoil the pictures first: gaussian, salt-and-pepper or masking", "KIND" },
  { "level", 0, 0, G_OPTION_ARG_DOUBLE, &options.level,
    "Deviation of the noise or share of the pixels, 0 to 1 (0.2)", "LEVEL" },
  { "seed", 0, 0, G_OPTION_ARG_INT64, &options.seed, "Of what is spoiled (1)", "N" },
  { "columns", 0, 0, G_OPTION_ARG_INT, &options.columns, "Pictures on the sheet (8)", "N" },
  { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output,
    "A sheet of the first pictures, what was spoiled, what came back and the difference",
    "FILE.png" },
  { NULL },
};

static gboolean
read_corruption (PhCorruption *corruption, GError **error)
{
  *corruption = (PhCorruption){ .level = options.level };
  if (options.level < 0 || options.level > 1 || options.columns < 1 || options.columns > 100)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                           "--level takes 0 to 1, --columns 1 to 100");
      return FALSE;
    }
  for (int i = 0; options.corrupt != NULL && ph_corruption_names[i] != NULL; i++)
    if (g_str_equal (options.corrupt, ph_corruption_names[i]))
      {
        corruption->kind = i;
        return TRUE;
      }
  if (options.corrupt == NULL)
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
               "--corrupt takes gaussian, salt-and-pepper or masking, not “%s”", options.corrupt);
  return FALSE;
}

/* How far two pictures are apart: grey where they are the same. */
static PhImage *
difference (const PhImage *a, const PhImage *b, GError **error)
{
  PhImage *image = ph_image_copy (a, error);

  for (gsize i = 0; image != NULL && i < ph_image_n_values (image); i++)
    image->data[i] = CLAMP (0.5f + (b->data[i] - a->data[i]), 0, 1);
  return image;
}

/* A column of the sheet: clean, spoiled (if anything is), back, difference. */
static gboolean
add_column (GPtrArray *rows[4], PhReconstructor *reconstructor, const PhImage *image,
            const PhCorruption *corruption, guint item, GCancellable *cancellable, GError **error)
{
  PhImage *clean = ph_reconstructor_fit (reconstructor, image, error), *spoiled, *back, *apart;
  PhRng rng;

  if (clean == NULL)
    return FALSE;
  g_ptr_array_add (rows[0], clean);
  spoiled = ph_image_copy (clean, error);
  if (spoiled == NULL)
    return FALSE;
  g_ptr_array_add (rows[1], spoiled);
  ph_rng_init (&rng, (guint64)options.seed, item);
  ph_corrupt (corruption, spoiled->channels, (gsize)spoiled->height * spoiled->width, spoiled->data,
              &rng);
  back = ph_reconstructor_run (reconstructor, spoiled, NULL, cancellable, error);
  if (back == NULL)
    return FALSE;
  g_ptr_array_add (rows[2], back);
  apart = difference (clean, back, error);
  if (apart == NULL)
    return FALSE;
  g_ptr_array_add (rows[3], apart);
  return TRUE;
}

static gboolean
save_sheet (PhCli *cli, PhReconstructor *reconstructor, PhDataset *dataset,
            const PhCorruption *corruption, GError **error)
{
  GPtrArray *rows[4], *shown[4];
  guint n_shown = 0;
  gboolean done = TRUE;

  for (guint i = 0; i < 4; i++)
    rows[i] = g_ptr_array_new_with_free_func ((GDestroyNotify)ph_image_free);
  for (guint i = 0;
       done && i < ph_dataset_get_n_items (dataset) && rows[0]->len < (guint)options.columns; i++)
    {
      g_autoptr (PhImage) image = ph_dataset_load (dataset, i, 0, NULL);

      done = image == NULL ||
             add_column (rows, reconstructor, image, corruption, i, cli->cancellable, error);
    }
  for (guint i = 0; i < 4; i++)
    if (i != 1 || corruption->kind != PH_CORRUPTION_NONE)
      shown[n_shown++] = rows[i];
  if (done)
    {
      g_autoptr (PhImage) sheet = ph_image_rows (shown, n_shown, 2, error);

      done = sheet != NULL && ph_png_save_image (options.output, sheet, NULL, error);
    }
  for (guint i = 0; i < 4; i++)
    g_ptr_array_unref (rows[i]);
  return done;
}

static void
print_result (PhCli *cli, const PhReconstructor *reconstructor, const PhReconstructionError *result,
              gboolean spoiled)
{
  ph_cli_end_progress ();
  if (cli->json)
    {
      g_autoptr (JsonBuilder) builder = json_builder_new ();

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "images");
      json_builder_add_int_value (builder, result->n);
      json_builder_set_member_name (builder, "size");
      json_builder_add_int_value (builder, (gint64)ph_reconstructor_get_size (reconstructor));
      json_builder_set_member_name (builder, "mse");
      json_builder_add_double_value (builder, result->mended);
      json_builder_set_member_name (builder, "psnr");
      json_builder_add_double_value (builder, ph_psnr (result->mended));
      if (spoiled)
        {
          json_builder_set_member_name (builder, "spoiled_psnr");
          json_builder_add_double_value (builder, ph_psnr (result->spoiled));
        }
      json_builder_end_object (builder);
      ph_cli_print_json (builder);
      return;
    }
  if (spoiled)
    g_print ("%u images: %.2f dB spoiled, %.2f dB mended through %" G_GSIZE_FORMAT " numbers\n",
             result->n, ph_psnr (result->spoiled), ph_psnr (result->mended),
             ph_reconstructor_get_size (reconstructor));
  else
    g_print ("%u images: %.2f dB through %" G_GSIZE_FORMAT " numbers\n", result->n,
             ph_psnr (result->mended), ph_reconstructor_get_size (reconstructor));
}

static gboolean
run_reconstruct (PhCli *cli, GError **error)
{
  g_autoptr (PhModel) model = NULL;
  g_autoptr (PhReconstructor) reconstructor = NULL;
  g_autoptr (PhDataset) dataset = NULL;
  PhReconstructionError result;
  PhCorruption corruption;

  if (!read_corruption (&corruption, error))
    return FALSE;
  model = ph_cli_open (cli, cli->positional[0], error);
  reconstructor = model != NULL ? ph_reconstructor_new (model, error) : NULL;
  dataset =
      reconstructor != NULL ? ph_dataset_open (cli->positional[1], cli->cancellable, error) : NULL;
  if (dataset == NULL ||
      !ph_reconstructor_measure (reconstructor, dataset, &corruption, (guint64)options.seed,
                                 &result, &cli->monitor, cli->cancellable, error))
    return FALSE;
  if (options.output != NULL && !save_sheet (cli, reconstructor, dataset, &corruption, error))
    return FALSE;
  print_result (cli, reconstructor, &result, corruption.kind != PH_CORRUPTION_NONE);
  return TRUE;
}

static const char *const examples[] = {
  "How well do faces come back that the autoencoder has not learned from?",
  "phosphene-cli reconstruct faces/network.onnx \"world:faces, images 500, seed 2\" -o sheet.png",
  "How much noise does a denoiser take away?",
  "phosphene-cli reconstruct denoiser/network.onnx \"world:faces, seed 2\" --corrupt gaussian "
  "--level 0.2",
  NULL,
};

const PhVerb ph_verb_reconstruct = {
  .name = "reconstruct",
  .arguments = "NET IMAGES [-o FILE.png]",
  .summary = "Measure how well an autoencoder gives back images",
  .description =
      "Shows every image to an autoencoder and compares what comes back: the peak signal-to-noise "
      "ratio over all of them, in decibels (20 is rough, 30 is good). With --corrupt the images "
      "are spoiled first and what comes back is compared with the clean ones. With -o, the first "
      "images are drawn above what came back and the difference.",
  .examples = examples,
  .options = entries,
  .min_positional = 2,
  .max_positional = 2,
  .run = run_reconstruct,
};
