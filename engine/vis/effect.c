#include "vis/effect.h"

#include <glib/gi18n.h>

#include "vis/ascent.h"

const PhEffect ph_effects[] = {
  /* Settings, in the order of their table. */
  { "image", "class:honeycomb", "steps = 96", "fourier", "pixels",
    N_ ("Waves make whole shapes; pixels each by itself make a fine even pattern.") },
  { "spectrum", "class:honeycomb", "image = maco\nsteps = 96", "", PH_EFFECT_FOLDER,
    N_ ("With the waves of a single drawing the picture keeps to that drawing’s texture.") },
  { "colour", "class:honeycomb", "steps = 96", "decorrelated", "rgb",
    N_ ("By red, green and blue, colours hardly grow.") },
  { "falloff", "things:8", "steps = 96", "1", "2.5",
    N_ ("Fine detail gives way to large soft blots.") },
  { "width", "things:8", "steps = 96", "96", "192",
    N_ ("A wider picture holds more of the pattern.") },
  { "height", "things:8", "steps = 96", "96", "192",
    N_ ("A higher picture holds more of the pattern.") },
  { "pictures", "class:honeycomb", "steps = 96", "1", "2",
    N_ ("Two pictures, each from other noise.") },
  { "base", "class:honeycomb", "steps = 96\npictures = 2", "0", "24",
    N_ ("Both pictures have their large patches of colour in common.") },
  { "opacity", "class:rings", "steps = 192\nopacity-cost = 0.1", "full", "optimised",
    N_ ("One ring stays; what matters less is transparent.") },
  { "opacity-cost", "class:rings", "steps = 192\nopacity = optimised", "0.05", "0.5",
    N_ ("The dearer opacity is, the less stays around the ring.") },
  { "steps", "things:8", "", "8", "256",
    N_ ("After eight steps a hint, after many a clear picture.") },
  { "optimiser", "things:8", "steps = 96", "adam", "sgd",
    N_ ("Sgd works on the places that already answer strongly, adam on all.") },
  { "learning-rate", "things:8", "steps = 96", "0.05", "1",
    N_ ("Large steps tear the picture into harsh contrasts and stray colours.") },
  { "rate-pace", "class:honeycomb", "steps = 96\nimage = pixels", "1", "1 0",
    N_ ("Steps that shrink to nothing end in finer lines and weaker contrasts.") },
  { "patience", "class:honeycomb", "", "0", "2",
    N_ ("Too little patience: it ends before anything is there.") },
  { "normalise", "things:8", "steps = 96\noptimiser = sgd", "yes", "no",
    N_ ("As long as their gradient, the steps are so small that nothing happens.") },
  { "negative", "things:8", "steps = 96", "no", "yes",
    N_ ("What this unit likes least: upright shapes instead of scales.") },
  { "wake", "edges:5:48,48", "steps = 96\ntransforms = none\nredirect = 0", "16", "0",
    N_ ("Without waking, a silent unit leaves the picture grey.") },
  { "redirect", "edges:5:48,48", "steps = 96\ntransforms = none\nwake = 0", "16", "0",
    N_ ("Without redirection no gradient gets through, and the picture stays grey.") },
  { "rivals", "class:honeycomb", "steps = 96", "0", "1",
    N_ ("Colours, which other classes have too, go away.") },
  { "inner-noise", "class:honeycomb", "steps = 96", "0", "0.3",
    N_ ("Softer, less certain shapes: no channel alone can be relied on.") },
  { "transforms", "class:honeycomb", "steps = 96", "none", "auto",
    N_ ("With random changes the cells have several sizes and soft edges.") },
  { "strength-pace", "class:honeycomb", "steps = 96", "1", "0 1",
    N_ ("Begun without changes, the pattern stays as orderly as it grew first.") },
  { "views", "class:honeycomb", "steps = 48", "1", "8",
    N_ ("Eight views a step: after as many steps, clearer shapes.") },
  { "tv", "class:honeycomb", "steps = 96", "0", "0.2",
    N_ ("Small shapes are smoothed away, the strongest stays.") },
  { "l1", "class:honeycomb", "steps = 96", "0", "0.3",
    N_ ("Nearly all turns grey but for the few places that matter most.") },
  { "l2", "class:honeycomb", "steps = 96", "0", "2",
    N_ ("Strong colours and contrasts are held back.") },
  { "init-sd", "things:8", "steps = 96", "0.01", "1",
    N_ ("The noise it began with shows through.") },
  { "seed", "things:8", "steps = 96", "0", "1", N_ ("The same pattern in other places.") },
  /* Random changes. */
  { "pad", "things:8", "steps = 96", "pad grey, jitter 60%", "pad reflect, jitter 60%",
    N_ ("With its mirror image around it, the picture is used up to its edge; beside grey it is "
        "not.") },
  { "jitter", "class:rings", "steps = 96\nimage = pixels", "none", "jitter 30%",
    N_ ("Moved about in each step, the rings stand less densely.") },
  { "scale", "things:8", "steps = 96", "none", "scale 0.6 1.2",
    N_ ("Shapes grow larger, so that they are still seen when made smaller.") },
  { "rotate", "class:honeycomb", "steps = 96", "none", "rotate -45 45",
    N_ ("Cells become round and lose their direction.") },
  { "shear", "things:8", "steps = 96", "none", "shear 30",
    N_ ("Slanted now and then, the shapes become broader and blunter.") },
  { "mirror", "class:3", "steps = 96", "none", "mirror",
    N_ ("Stripes of one direction become stripes of both.") },
  { "noise", "things:8", "steps = 96", "none", "noise 0.2",
    N_ ("Fewer scales, and colours where nothing else is certain.") },
  { "contrast", "class:14", "steps = 96", "none", "contrast 0.9",
    N_ ("Contrasts come out weaker and softer.") },
  { "crop", "things:8", "steps = 96", "none", "crop 0.4 0.8",
    N_ ("Shapes gather where every crop sees them, in the middle.") },
  { "hue", "class:11", "steps = 96", "none", "hue 180",
    N_ ("The bluish tint is gone: no hue is better than another.") },
  { "brightness", "class:11", "steps = 96", "none", "brightness 0.5",
    N_ ("Light and dark no longer count, the dots fade.") },
  { "saturation", "class:honeycomb", "steps = 96", "none", "saturation 1",
    N_ ("Hardly a difference: this pattern lives by its shapes.") },
  /* Terms. */
  { "direction", NULL, "steps = 96", "things:8", "direction(shapes, \"PHOTO\")",
    N_ ("Instead of one unit, what all channels together do at a photograph.") },
  { "weights", NULL, "steps = 96", "things:8", "weights(shapes, \"PHOTO\")",
    N_ ("Instead of one unit, a sum of channels, weighted as a photograph excites them.") },
  { "interpolate", NULL, "steps = 96\npictures = 2", "things:8", "interpolate(things:0, things:8)",
    N_ ("Instead of the same unit twice, one unit and the other.") },
  { "diversity", NULL, "steps = 96\npictures = 2", "class:honeycomb",
    "class:honeycomb + 5*diversity(shapes)",
    N_ ("Two pictures that were alike become different.") },
  { "alignment", NULL, "steps = 96\npictures = 2", "class:honeycomb",
    "class:honeycomb + 10*alignment(shapes)",
    N_ ("Two pictures that were different become alike.") },
  { "invert", NULL, "steps = 128", "invert(seen, \"PHOTO\")", "invert(shapes, \"PHOTO\")",
    N_ ("An early layer keeps the photograph, a later one only roughly where something was.") },
  { "caricature", NULL, "steps = 128", "invert(seen, \"PHOTO\")", "caricature(seen, \"PHOTO\")",
    N_ ("The photograph’s contrasts are exaggerated.") },
  { "style", NULL, "steps = 128", "invert(seen, \"PHOTO\")", "style(seen, \"PHOTO\")",
    N_ ("The photograph’s colours and textures, without their places.") },
  { "blur", NULL, "steps = 96", "things:8", "things:8 - blur",
    N_ ("Fine dots are gone, the arcs stay.") },
  { "boundary", NULL, "steps = 96", "things:8", "things:8 - 0.5*boundary()",
    N_ ("The border is left empty.") },
  { NULL },
};

const PhEffect *
ph_effect_find (const char *name)
{
  for (const PhEffect *effect = ph_effects; effect->name != NULL; effect++)
    if (g_str_equal (effect->name, name))
      return effect;
  return NULL;
}

const PhEffect *
ph_effect_find_for_setting (const PhSetting *setting)
{
  return ph_settings_find (ph_ascent_settings, setting->name) == setting
             ? ph_effect_find (setting->name)
             : NULL;
}

char *
ph_effect_dup_recipe (const PhEffect *effect)
{
  return g_strdup_printf ("objective = %s\n%s%sbefore = %s\nafter = %s\n",
                          effect->objective != NULL ? effect->objective : "", effect->settings,
                          effect->settings[0] != '\0' ? "\n" : "", effect->before, effect->after);
}
