/* The pairs of pictures that show what each setting, random change and term does: of units of the
 * network that comes with the program, drawn by the program itself. Pairs that are there already
 * and are of the same effect are kept.
 *
 * make-effects NETWORK.onnx FOLDER [NAME…] */
#include <cairo.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "engine/engine.h"

/* Side of a picture when it is drawn, and as it is stored: large enough to see what is meant. */
#define DRAWN 96
#define STORED 72
/* Steps of a colour channel: files are half as large as with 256, and look the same. */
#define SHADES 24

/* "things" of the drawn world that stands for a photograph. */
#define PHOTO_THING 3
#define PHOTO_SIDE 192

/* What an effect says, with the names of the file and its folder where it stands for them. */
static char *
fill_in (const char *text, const char *photo)
{
  g_autofree char *folder = g_path_get_dirname (photo);
  g_auto (GStrv) parts = g_strsplit (text, PH_EFFECT_PHOTO, -1);
  g_autofree char *named = g_strjoinv (photo, parts);
  g_auto (GStrv) rest = g_strsplit (named, PH_EFFECT_FOLDER, -1);

  return g_strjoinv (folder, rest);
}

static void
set (PhAscentSettings *settings, const char *name, const char *value)
{
  g_autoptr (GError) error = NULL;

  if (!ph_setting_set (ph_settings_find (ph_ascent_settings, name), settings, value, &error))
    g_error ("%s", error->message);
}

/* The cell of one of the two pictures. */
static PhSheetCell *
create_cell (const PhEffect *effect, const char *text, const char *photo)
{
  const PhSetting *setting = ph_settings_find (ph_ascent_settings, effect->name);
  g_autofree char *value = fill_in (text, photo);
  g_auto (GStrv) lines = g_strsplit (effect->settings, "\n", -1);
  PhAscentSettings settings;
  PhSheetCell *cell;

  ph_settings_init (ph_ascent_settings, &settings);
  settings.width = settings.height = DRAWN;
  for (guint i = 0; lines[i] != NULL; i++)
    {
      char *equals = strstr (lines[i], " = ");

      if (equals == NULL)
        continue;
      *equals = '\0';
      set (&settings, lines[i], equals + strlen (" = "));
    }
  if (effect->objective != NULL)
    set (&settings, setting != NULL ? setting->name : "transforms", value);
  cell = ph_sheet_cell_new (effect->objective != NULL ? effect->objective : value, effect->name,
                            &settings);
  ph_settings_clear (ph_ascent_settings, &settings);
  return cell;
}

/* Copies @image, made to fit, into the middle of its half of the pair. */
static void
place (const PhImage *image, guint8 *pair, guint half)
{
  double scale = (double)STORED / MAX (image->height, image->width);
  guint height = (guint)lround (image->height * scale),
        width = (guint)lround (image->width * scale);
  g_autoptr (PhImage) small = ph_image_resize (image, height, width, NULL);
  g_autoptr (PhImage) full = ph_image_to_channels (small, 4, NULL);

  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < width; x++)
      {
        guint8 *pixel = pair + 4 * ((gsize)(y + (STORED - height) / 2) * 2 * STORED +
                                    half * STORED + x + (STORED - width) / 2);

        for (guint c = 0; c < 4; c++)
          {
            float value = full->data[((gsize)c * height + y) * width + x];

            pixel[c] = (guint8)lroundf (roundf (CLAMP (value, 0, 1) * SHADES) * 255 / SHADES);
          }
      }
}

static void
save_pair (const PhEffect *effect, const PhSheetCell *before, const PhSheetCell *after,
           const char *path)
{
  g_autofree guint8 *pair = g_new0 (guint8, 2 * STORED * STORED * 4);
  g_autofree char *recipe = ph_effect_dup_recipe (effect);
  g_autoptr (GError) error = NULL;
  gboolean opaque = TRUE;

  if (before->image == NULL || after->image == NULL)
    g_error ("%s: %s", effect->name, before->image == NULL ? before->failure : after->failure);
  place (before->image, pair, 0);
  place (after->image, pair, 1);
  for (guint i = 0; i < 2 * STORED * STORED && opaque; i++)
    opaque = pair[4 * i + 3] == 255;
  for (guint i = 0; i < 2 * STORED * STORED && opaque; i++)
    memmove (pair + 3 * i, pair + 4 * i, 3);
  if (!ph_png_save (path, pair, opaque ? 3 : 4, 2 * STORED, STORED, recipe, &error))
    g_error ("%s", error->message);
  g_print ("%s\n", path);
}

/* Whether the pair in the file is of this effect. */
static gboolean
is_there (const PhEffect *effect, const char *path)
{
  g_autofree char *wanted = ph_effect_dup_recipe (effect);
  g_autofree char *found = ph_png_load_recipe (path, NULL);

  return g_strcmp0 (wanted, found) == 0;
}

static void
draw_photo (const char *path)
{
  cairo_surface_t *surface =
      cairo_image_surface_create (CAIRO_FORMAT_RGB24, PHOTO_SIDE, PHOTO_SIDE);
  cairo_t *cr = cairo_create (surface);
  PhRng rng;

  ph_rng_init (&rng, 7, 0);
  cairo_translate (cr, PHOTO_SIDE / 2.0, PHOTO_SIDE / 2.0);
  cairo_scale (cr, PHOTO_SIDE / 2.0, PHOTO_SIDE / 2.0);
  ph_world_things.paint (cr, PHOTO_THING, &rng, NULL);
  cairo_destroy (cr);
  if (cairo_surface_write_to_png (surface, path) != CAIRO_STATUS_SUCCESS)
    g_error ("%s cannot be written", path);
  cairo_surface_destroy (surface);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("phosphene-effects-XXXXXX", NULL);
  g_autofree char *photo = g_build_filename (folder, "photo.png", NULL);
  g_autoptr (PhModel) model = argc >= 3 ? ph_model_load (argv[1], NULL, &error) : NULL;
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func ((GDestroyNotify)ph_sheet_cell_free);
  g_autoptr (GPtrArray) effects = g_ptr_array_new ();

  if (model == NULL)
    {
      g_printerr ("make-effects NETWORK.onnx FOLDER [NAME…]%s%s\n", error != NULL ? ": " : "",
                  error != NULL ? error->message : "");
      return 2;
    }
  draw_photo (photo);
  for (const PhEffect *effect = ph_effects; effect->name != NULL; effect++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%s.png", argv[2], effect->name);
      gboolean named = g_strv_contains ((const char *const *)argv + 3, effect->name);

      if (argc > 3 ? !named : is_there (effect, path))
        continue;
      g_ptr_array_add (effects, (gpointer)effect);
      g_ptr_array_add (cells, create_cell (effect, effect->before, photo));
      g_ptr_array_add (cells, create_cell (effect, effect->after, photo));
    }
  if (!ph_sheet_make (model, cells, NULL, NULL, NULL, NULL, &error))
    g_error ("%s", error->message);
  for (guint i = 0; i < effects->len; i++)
    {
      const PhEffect *effect = effects->pdata[i];
      g_autofree char *path = g_strdup_printf ("%s/%s.png", argv[2], effect->name);

      save_pair (effect, cells->pdata[2 * i], cells->pdata[2 * i + 1], path);
    }
  g_unlink (photo);
  g_rmdir (folder);
  return 0;
}
