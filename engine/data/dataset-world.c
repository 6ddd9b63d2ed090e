/* Sets of pictures that the program draws itself, named as "world:faces, images 700, seed 2". */
#include <glib/gi18n.h>
#include <string.h>

#include "data/dataset-private.h"
#include "data/world.h"

#define PREFIX "world:"

typedef struct
{
  const PhWorld *world;
  gint64 images, seed, size;
} Drawn;

gboolean
ph_dataset_is_drawn (const char *path)
{
  return g_str_has_prefix (path, PREFIX);
}

static gboolean
world_recognise (const char *path, gboolean is_folder, const guint8 *head, gsize n)
{
  return ph_dataset_is_drawn (path);
}

static gboolean
read_number (Drawn *drawn, const char *text, const char *path, GError **error)
{
  const struct
  {
    const char *name;
    gint64 *value, low, high;
  } numbers[] = {
    { "images", &drawn->images, 1, 100 * 1000 * 1000 },
    { "seed", &drawn->seed, 0, G_MAXINT32 },
    { "size", &drawn->size, 8, 2048 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (g_str_has_prefix (text, numbers[i].name) && text[strlen (numbers[i].name)] == ' ')
      {
        const char *digits = text + strlen (numbers[i].name) + 1;
        g_autoptr (GError) ignored = NULL;

        if (g_ascii_string_to_signed (digits, 10, numbers[i].low, numbers[i].high, numbers[i].value,
                                      &ignored))
          return TRUE;
        g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                     "“%s”: after “%s” comes a whole number from %" G_GINT64_FORMAT
                     " to %" G_GINT64_FORMAT ", not “%s”",
                     path, numbers[i].name, numbers[i].low, numbers[i].high, digits);
        return FALSE;
      }
  g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
               "“%s”: “%s” means nothing here; “images N”, “seed N” and “size PIXELS” may follow "
               "the world's name",
               path, text);
  return FALSE;
}

static gboolean
parse (Drawn *drawn, const char *path, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (path + strlen (PREFIX), ",", -1);
  g_autoptr (GString) known = g_string_new (NULL);

  /* The empty string has no parts at all. */
  *drawn = (Drawn){ ph_world_find (parts[0] != NULL ? g_strstrip (parts[0]) : ""), 3600, 1, 96 };
  for (const PhWorld *const *w = ph_worlds (); *w != NULL; w++)
    g_string_append_printf (known, "%s" PREFIX "%s", known->len > 0 ? ", " : "", (*w)->name);
  if (drawn->world == NULL)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                   "“%s”: there is no such drawn world; there are %s", path, known->str);
      return FALSE;
    }
  for (char **part = parts + 1; *part != NULL; part++)
    if (!read_number (drawn, g_strstrip (*part), path, error))
      return FALSE;
  return TRUE;
}

static PhDataset *
world_open (const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (PhDataset) dataset = NULL;
  Drawn drawn;

  if (!parse (&drawn, path, error))
    return NULL;
  dataset = ph_dataset_new (&ph_dataset_world, path);
  dataset->own = g_memdup2 (&drawn, sizeof drawn);
  for (guint i = 0; i < ph_world_get_n_classes (drawn.world); i++)
    g_ptr_array_add (dataset->classes, g_strdup (drawn.world->classes[i]));
  for (gint64 i = 0; i < drawn.images; i++)
    {
      g_autofree char *name = g_strdup_printf ("%" G_GINT64_FORMAT, i);

      ph_dataset_add (dataset, name, (int)ph_world_get_label (drawn.world, (guint64)i), 0);
    }
  return g_steal_pointer (&dataset);
}

/* What is stored is what the picture is drawn from. */
static GBytes *
world_read (PhDataset *dataset, guint item, GError **error)
{
  const Drawn *drawn = dataset->own;
  char *text = g_strdup_printf (PREFIX "%s, seed %" G_GINT64_FORMAT ", picture %u, version %u",
                                drawn->world->name, drawn->seed, item, PH_WORLD_VERSION);

  return g_bytes_new_take (text, strlen (text));
}

static PhImage *
world_decode (PhDataset *dataset, guint item, GBytes *bytes, guint least, GError **error)
{
  const Drawn *drawn = dataset->own;

  return ph_world_draw (drawn->world, (guint64)drawn->seed, item,
                        least > 0 ? least : (guint)drawn->size, NULL, error);
}

static void
world_finalize (PhDataset *dataset)
{
  g_free (dataset->own);
}

const PhWorld *
ph_world_of_dataset (const PhDataset *dataset, guint64 *seed)
{
  const Drawn *drawn = dataset->own;

  if (dataset->reader != &ph_dataset_world)
    return NULL;
  *seed = (guint64)drawn->seed;
  return drawn->world;
}

const PhDatasetReader ph_dataset_world = {
  .format = N_ ("drawn world"),
  .recognise = world_recognise,
  .open = world_open,
  .read = world_read,
  .decode = world_decode,
  .finalize = world_finalize,
};
