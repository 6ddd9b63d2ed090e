#pragma once

#include "base/setting.h"

G_BEGIN_DECLS

/** PH_EFFECT_PHOTO, PH_EFFECT_FOLDER: what stands in an effect where the name of a photograph, or
 * of a folder of them, would. */
#define PH_EFFECT_PHOTO "PHOTO"
#define PH_EFFECT_FOLDER "FOLDER"

/**
 * PhEffect:
 * @name: of a setting of ph_ascent_settings, of a random change or of a term of objectives
 * @objective: what both pictures show of the network that comes with the program; of a term, %NULL
 * @settings: "name = value" lines that hold for both
 * @before, @after: values of the setting, lists of random changes, or objectives
 * @seen: a sentence that says what the difference looks like, translatable
 *
 * A pair of small pictures that shows what a setting, a random change or a term does. The program
 * comes with them: assets/effects/NAME.png has the one before on the left, the one after on the
 * right.
 */
typedef struct
{
  const char *name;
  const char *objective;
  const char *settings;
  const char *before, *after;
  const char *seen;
} PhEffect;

/** ph_effects: ends with a %NULL name. */
extern const PhEffect ph_effects[];

/** ph_effect_find: (nullable): the pair for @name. */
const PhEffect *ph_effect_find (const char *name);

/** ph_effect_find_for_setting: (nullable): the pair for a row of ph_ascent_settings; other tables
 * have none, also where their settings are called the same. */
const PhEffect *ph_effect_find_for_setting (const PhSetting *setting);

/**
 * ph_effect_dup_recipe:
 *
 * All that the pair depends on besides the program, as text that is stored in its file, so that one
 * can see whether the file is of this effect.
 *
 * Returns: (transfer full)
 */
char *ph_effect_dup_recipe (const PhEffect *effect);

G_END_DECLS
