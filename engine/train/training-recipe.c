#include "train/training-private.h"

#include <string.h>

#include "kernels/cpu.h"
#include "kernels/parallel.h"

#define FIRST_LINE "phosphene training 1"

/* What a recipe holds besides the settings, in the form of settings. */
typedef struct
{
  char *network, *digest, *images, *version, *processor;
  int threads;
} Facts;

#define FIELD(name) G_STRUCT_OFFSET (Facts, name)

static const PhSetting facts_table[] = {
  { "network", "Network", "What was trained.", PH_SETTING_TEXT, FIELD (network) },
  { "digest", "Digest", "SHA-256 of its file.", PH_SETTING_TEXT, FIELD (digest) },
  { "images", "Images", "What it was trained with.", PH_SETTING_TEXT, FIELD (images) },
  { "version", "Version", "Of the program.", PH_SETTING_TEXT, FIELD (version) },
  { "processor", "Processor", "Kernels that computed it.", PH_SETTING_TEXT, FIELD (processor) },
  { "threads", "Threads", "How many worked.", PH_SETTING_INT, FIELD (threads), 0, 65536, 0 },
  { NULL },
};

/* Line ends would end the value: names of files may hold anything. */
static char *
dup_line (const char *text)
{
  char *valid = g_utf8_make_valid (text != NULL ? text : "", -1);

  return g_strstrip (g_strdelimit (valid, "\r\n", ' '));
}

char *
ph_training_dup_recipe (const PhTraining *t)
{
  Facts facts = { .network = dup_line (t->network),
                  .digest = dup_line (t->digest),
                  .images = dup_line (t->images),
                  .version = g_strdup (PH_VERSION),
                  .processor = g_strdup (ph_cpu_level_name (ph_cpu_level ())),
                  .threads = (int)ph_parallel_get_threads () };
  g_autofree char *about = ph_settings_to_text (facts_table, &facts);
  g_autofree char *settings = ph_settings_to_text (ph_train_settings, &t->settings);

  ph_settings_clear (facts_table, &facts);
  return g_strconcat (FIRST_LINE "\n", about, settings, NULL);
}

gboolean
ph_training_parse_recipe (const char *text, char **network, char **images,
                          PhTrainSettings *settings, GError **error)
{
  const PhSetting *tables[] = { facts_table, ph_train_settings };
  Facts facts;
  gpointer values[] = { &facts, settings };
  gboolean done;

  ph_settings_init (facts_table, &facts);
  ph_settings_init (ph_train_settings, settings);
  done = ph_settings_parse (FIRST_LINE, tables, values, G_N_ELEMENTS (tables), text, error);
  *network = done ? g_steal_pointer (&facts.network) : NULL;
  *images = done ? g_steal_pointer (&facts.images) : NULL;
  ph_settings_clear (facts_table, &facts);
  if (!done)
    ph_settings_clear (ph_train_settings, settings);
  return done;
}
