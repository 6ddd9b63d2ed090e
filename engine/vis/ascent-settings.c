#include <glib/gi18n.h>
#include <string.h>

#include "vis/ascent.h"
#include "vis/opacity.h"
#include "vis/pace.h"
#include "vis/transform.h"

static const char *const image_names[] = { NC_ ("choice", "fourier"), NC_ ("choice", "pixels"),
                                           NC_ ("choice", "pyramid"), NC_ ("choice", "maco"),
                                           NC_ ("choice", "cppn"),    NULL };

/* A class may stand anywhere in the picture, turned and at any size: wide changes cost little of
 * its score and gain pictures that other networks recognise too. A unit that sees a part may be
 * about just that direction and size, so its changes are small: those of Lucid. */
#define WIDE "pad grey, scale 0.6 1.2, rotate -30 30, jitter 20%"
#define SMALL "pad grey, scale 0.9 1.1, rotate -10 10, jitter 5%"
/* What is compared with a photograph place by place would be blurred by any move. */
#define STILL "none"
#define AUTO "auto"

static gboolean
check_transforms (const char *text, GError **error)
{
  return g_str_equal (text, AUTO) || ph_transforms_check (text, error);
}

/* New ones are as strong as is usual. */
static const PhSettingItem *
get_transform_items (void)
{
  static const char *const texts[][2] = {
    { "jitter", "jitter 5%" },           { "scale", "scale 0.9 1.1" },
    { "rotate", "rotate -10 10" },       { "shear", "shear 5" },
    { "noise", "noise 0.05" },           { "contrast", "contrast 0.1" },
    { "crop", "crop 0.5 0.9" },          { "hue", "hue 20" },
    { "brightness", "brightness 0.05" }, { "pad", "pad reflect" },
    { "saturation", "saturation 0.2" },
  };
  static PhSettingItem items[24] = {
    { AUTO, NULL,
      "What suits the unit: wide changes for what sees the whole picture, none for "
      "what is compared with a photograph, small ones for the rest.",
      NULL, TRUE },
    { "none", NULL, N_ ("No changes: the picture fits in exactly one place."), NULL, TRUE },
  };
  static gsize filled = 0;

  if (!g_once_init_enter (&filled))
    return items;
  for (guint i = 0; ph_transform_classes ()[i] != NULL; i++)
    {
      const PhTransformClass *klass = ph_transform_classes ()[i];
      PhSettingItem *item = &items[i + 2];

      *item = (PhSettingItem){ klass->name, klass->usage, klass->summary };
      for (guint t = 0; t < G_N_ELEMENTS (texts); t++)
        if (g_str_equal (texts[t][0], klass->name))
          item->text = texts[t][1];
    }
  g_once_init_leave (&filled, 1);
  return items;
}

static gboolean
check_spectrum (const char *text, GError **error)
{
  if (text[0] == '\0' || g_file_test (text, G_FILE_TEST_EXISTS))
    return TRUE;
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "there is no file or folder “%s”", text);
  return FALSE;
}

const char *
ph_ascent_get_transforms (const PhAscentSettings *settings, const PhObjective *objective)
{
  if (!g_str_equal (settings->transforms, AUTO))
    return settings->transforms;
  if (ph_objective_is_in_place (objective))
    return STILL;
  return ph_objective_sees_all (objective) ? WIDE : SMALL;
}

/* The same for waves: what sees the whole picture is known by shapes and colours more than by
 * texture, which other networks see otherwise. */
#define FALLOFF_WHOLE 1.5
#define FALLOFF_PART 1

double
ph_ascent_get_falloff (const PhAscentSettings *settings, const PhObjective *objective)
{
  if (settings->falloff > 0)
    return settings->falloff;
  return ph_objective_sees_all (objective) ? FALLOFF_WHOLE : FALLOFF_PART;
}

#define FIELD(name) G_STRUCT_OFFSET (PhAscentSettings, name)

const PhSetting ph_ascent_settings[] = {
  { "image", N_ ("Image"),
    N_ ("What a step changes. fourier: waves of all sizes, shapes before noise; pixels: each by "
        "itself; pyramid: coarse and fine pictures together; maco: only where the waves lie, each "
        "as strong as in photographs; cppn: the weights of a small network that draws."),
    PH_SETTING_CHOICE, FIELD (image), .value = 0, .choices = image_names },
  { "spectrum", N_ ("Spectrum"),
    N_ ("For maco: how strong each wave is: a folder of pictures that are measured, or a .npy "
        "file; nothing: the spectrum that comes with the program."),
    PH_SETTING_TEXT, FIELD (spectrum), .text = "", .check = check_spectrum },
  { "colour", N_ ("Colours"),
    N_ ("Axes along which colours change: decorrelated as in photographs, or red, green and blue."),
    PH_SETTING_CHOICE, FIELD (colour), .value = PH_COLOUR_DECORRELATED,
    .choices = ph_colour_names },
  { "falloff", N_ ("Shape before texture"),
    N_ ("Of waves: the power of their frequency by which fine ones are weaker; 1 as in "
        "photographs, more draws larger and softer shapes. 0: 1.5 for what sees the whole picture, "
        "1 for the rest."),
    PH_SETTING_REAL, FIELD (falloff), 0, 4, 0 },
  { "width", N_ ("Width"), N_ ("Width of the picture; 0 is the size the network was made for."),
    PH_SETTING_INT, FIELD (width), 0, 4096, 0, .unit = N_ ("px") },
  { "height", N_ ("Height"), N_ ("Height of the picture; 0 is the size the network was made for."),
    PH_SETTING_INT, FIELD (height), 0, 4096, 0, .unit = N_ ("px") },
  { "pictures", N_ ("Pictures"),
    N_ ("How many pictures are made together, side by side: for paths between units and for "
        "diversity, or to see how much depends on the start."),
    PH_SETTING_INT, FIELD (pictures), 1, 36, 1 },
  { "base", N_ ("Common base"),
    N_ ("Lets several pictures share a coarse picture, of which each pixel is so large, so that "
        "they agree in what none of them needs. 0: each by itself."),
    PH_SETTING_INT, FIELD (base), 0, 512, 0, .unit = N_ ("px") },
  { "opacity", N_ ("Opacity"),
    N_ ("optimised: the picture may be transparent and lies over another background in every step, "
        "so only what matters stays; gradient: opaque where the gradients were large."),
    PH_SETTING_CHOICE, FIELD (opacity), .value = PH_OPACITY_FULL, .choices = ph_opacity_names },
  { "opacity-cost", N_ ("Cost of opacity"),
    N_ ("How much an optimised opacity costs: at 1 a picture that is opaque everywhere counts "
        "nothing."),
    PH_SETTING_REAL, FIELD (opacity_cost), 0, 1, 0.7 },
  { "steps", N_ ("Steps"),
    N_ ("How often the picture is improved. Most of it is there after a hundred."), PH_SETTING_INT,
    FIELD (steps), 1, 100000, 256, .unit = N_ ("steps") },
  { "optimiser", N_ ("Optimiser"),
    N_ ("How a gradient becomes a step: adam gives every number its own pace, momentum keeps "
        "moving, sgd follows the gradient alone."),
    PH_SETTING_CHOICE, FIELD (optimiser), .value = PH_OPTIMISER_ADAM,
    .choices = ph_optimiser_names },
  { "learning-rate", N_ ("Step size"),
    N_ ("How far each step goes. Larger is faster and rougher; too large never settles."),
    PH_SETTING_REAL, FIELD (learning_rate), 1e-6, 1000, 0.05 },
  { "rate-pace", N_ ("Step size over time"),
    N_ ("Numbers that multiply the step size, spread evenly over the run. “1 0”: it shrinks to "
        "nothing at the last step: large strokes first, then fine ones, and less noise in the "
        "end."),
    PH_SETTING_TEXT, FIELD (rate_pace), .text = "1 0", .check = ph_pace_check },
  { "patience", N_ ("Patience"),
    N_ ("Ends early when so many steps brought almost nothing more than as many before. 0: never."),
    PH_SETTING_INT, FIELD (patience), 0, 100000, 0, .unit = N_ ("steps") },
  { "normalise", N_ ("Normalise gradient"),
    N_ ("Brings the gradient of each step to the same size (root mean square 1), so that the step "
        "size means the same for every unit."),
    PH_SETTING_BOOL, FIELD (normalise), .value = TRUE },
  { "negative", N_ ("Lowest instead of highest"),
    N_ ("Looks for what lowers the unit instead of what excites it."), PH_SETTING_BOOL,
    FIELD (negative), .value = FALSE },
  { "wake", N_ ("Waking steps"),
    N_ ("Behind a relu a silent place has no gradient. In so many first steps, and while the unit "
        "is silent everywhere, what comes before the relu is climbed there too."),
    PH_SETTING_INT, FIELD (wake), 0, 100000, 16 },
  { "redirect", N_ ("Redirected steps"),
    N_ ("Further inside, too, everything that a gradient passes may be silent, and then nothing of "
        "it arrives. In so many first steps, and while the unit is silent everywhere, relus let "
        "through what would wake them, where nothing else gets through."),
    PH_SETTING_INT, FIELD (redirect), 0, 100000, 16 },
  { "rivals", N_ ("Against other classes"),
    N_ ("Of a class: how much the other classes count. 0 raises its score alone, also by what many "
        "classes share; 1 its odds, so by what tells it from the others."),
    PH_SETTING_REAL, FIELD (rivals), 0, 1, 0 },
  { "transforms", N_ ("Robustness"),
    N_ ("Random changes of the picture before each step, which the unit should not mind. Without "
        "them the picture fits only in exactly one place, and turns to noise. auto: wide changes "
        "for what sees the whole picture, none for what is compared with a photograph, small ones "
        "for the rest."),
    PH_SETTING_TEXT, FIELD (transforms), .text = AUTO, .check = check_transforms,
    .items = get_transform_items },
  { "inner-noise", N_ ("Noise inside"),
    N_ ("Multiplies each channel inside the network by a random factor, up to so much more or "
        "less, another one for every view, so that no step climbs in quite the same network."),
    PH_SETTING_REAL, FIELD (inner_noise), 0, 1, 0 },
  { "strength-pace", N_ ("Robustness over time"),
    N_ ("Numbers that multiply how strong the random changes are, spread evenly over the run: “0 "
        "1” begins without."),
    PH_SETTING_TEXT, FIELD (strength_pace), .text = "1", .check = ph_pace_check },
  { "views", N_ ("Views per step"),
    N_ ("How many changed pictures each step looks at. More is steadier, and as many times "
        "slower."),
    PH_SETTING_INT, FIELD (views), 1, 64, 1 },
  { "tv", N_ ("Smoothness"),
    N_ ("Weight of the penalty on differences between neighbouring pixels (total variation)."),
    PH_SETTING_REAL, FIELD (tv), 0, 1e6, 0 },
  { "l1", N_ ("Greyness, absolute"),
    N_ ("Weight of the penalty on the mean distance from grey; leaves parts that do not matter "
        "grey."),
    PH_SETTING_REAL, FIELD (l1), 0, 1e6, 0 },
  { "l2", N_ ("Greyness, squared"),
    N_ ("Weight of the penalty on the mean squared distance from grey; keeps colours from "
        "saturating."),
    PH_SETTING_REAL, FIELD (l2), 0, 1e6, 0 },
  { "init-sd", N_ ("Noise at the start"),
    N_ ("Standard deviation of the random numbers it starts from."), PH_SETTING_REAL,
    FIELD (init_sd), 0, 10, 0.01 },
  { "seed", N_ ("Seed"), N_ ("Chooses the random numbers. Another seed gives another picture."),
    PH_SETTING_INT, FIELD (seed), 0, G_MAXINT, 0 },
  { NULL },
};

const PhAscentPreset ph_ascent_presets[] = {
  { "standard", N_ ("Standard"), N_ ("Clear pictures in a few seconds."), "" },
  { "quick", N_ ("Quick"), N_ ("A first look: a quarter of the steps, twice as long."),
    "steps = 64\nlearning-rate = 0.1\n" },
  { "fine", N_ ("Fine"),
    N_ ("Two views per step and three times the steps: the cleanest pictures."),
    "steps = 768\nviews = 2\nlearning-rate = 0.025\n" },
  { "transfer", N_ ("For other networks too"),
    N_ ("Shakes the network a little while the picture forms, so that what only this one sees "
        "stays out."),
    "inner-noise = 0.15\n" },
  { "textbook", N_ ("Textbook"),
    N_ ("The first idea: pixels, plain gradient ascent, nothing against noise. Shows why the rest "
        "is there."),
    "image = pixels\ncolour = rgb\noptimiser = sgd\ntransforms = none\nwake = 0\nredirect = "
    "0\nsteps = 128\n"
    "rate-pace = 1\n" },
  { NULL },
};

void
ph_ascent_preset_apply (const PhAscentPreset *preset, PhAscentSettings *settings)
{
  g_auto (GStrv) lines = g_strsplit (preset->changes, "\n", -1);
  PhAscentSettings old = *settings;

  ph_settings_init (ph_ascent_settings, settings);
  settings->seed = old.seed;
  settings->width = old.width;
  settings->height = old.height;
  ph_settings_clear (ph_ascent_settings, &old); /* the texts, which were replaced */
  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *equals = strstr (lines[i], " = ");

      if (equals == NULL)
        continue;

      g_autofree char *name = g_strndup (lines[i], (gsize)(equals - lines[i]));
      const PhSetting *setting = ph_settings_find (ph_ascent_settings, name);
      gboolean valid =
          setting != NULL && ph_setting_set (setting, settings, equals + strlen (" = "), NULL);

      g_assert (valid);
    }
}

const PhAscentPreset *
ph_ascent_preset_find (const char *name)
{
  for (const PhAscentPreset *preset = ph_ascent_presets; preset->name != NULL; preset++)
    if (g_ascii_strcasecmp (preset->name, name) == 0)
      return preset;
  return NULL;
}

const PhAscentPreset *
ph_ascent_preset_matching (const PhAscentSettings *settings)
{
  const PhAscentPreset *match = NULL;

  for (const PhAscentPreset *preset = ph_ascent_presets; preset->name != NULL; preset++)
    {
      PhAscentSettings other;

      ph_settings_copy (ph_ascent_settings, &other, settings);
      ph_ascent_preset_apply (preset, &other);
      if (match == NULL && ph_settings_equal (ph_ascent_settings, &other, settings))
        match = preset;
      ph_settings_clear (ph_ascent_settings, &other);
    }
  return match;
}
