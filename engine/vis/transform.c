#include "vis/transform.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "vis/transform-private.h"

typedef struct
{
  const PhTransformClass *klass;
  PhTransformArgs args, now; /* as written, and as strong as in this step */
  float sample[PH_TRANSFORM_MAX_SAMPLE];
} Item;

struct _PhTransforms
{
  GArray *items; /* owned: Item */
  guint channels, height, width, out_height, out_width;
  PhResampler *resampler; /* owned */
  PhWarp warp;
  PhRng rng; /* continues the step's stream for values drawn while applying */
};

const PhTransformClass *const *
ph_transform_classes (void)
{
  static const PhTransformClass *const classes[] = {
    &ph_transform_pad,
    &ph_transform_jitter,
    &ph_transform_scale,
    &ph_transform_rotate,
    &ph_transform_shear,
    &ph_transform_mirror,
    &ph_transform_noise,
    &ph_transform_contrast,
    &ph_transform_brightness,
    &ph_transform_crop,
    &ph_transform_hue,
    &ph_transform_saturation,
    NULL,
  };

  return classes;
}

static const PhTransformClass *
find_class (const char *name)
{
  for (const PhTransformClass *const *c = ph_transform_classes (); *c != NULL; c++)
    if (g_ascii_strcasecmp ((*c)->name, name) == 0)
      return *c;
  return NULL;
}

static char *
dup_names (void)
{
  GString *names = g_string_new (NULL);

  for (const PhTransformClass *const *c = ph_transform_classes (); *c != NULL; c++)
    g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", (*c)->name);
  return g_string_free (names, FALSE);
}

/* One piece between commas, already cut into words. */
static gboolean
parse_item (char **words, Item *item, GError **error)
{
  *item = (Item){ .klass = find_class (words[0]) };
  if (item->klass == NULL)
    {
      g_autofree char *names = dup_names ();

      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID, _ ("“%s” is none of: %s"), words[0],
                   names);
      return FALSE;
    }

  const PhTransformClass *klass = item->klass;
  PhTransformArgs *args = &item->args;
  guint i = 1;

  for (; words[i] != NULL && args->n_numbers < klass->max_numbers; i++)
    {
      char *end = NULL;
      double number = g_ascii_strtod (words[i], &end);

      if (end != words[i] && *end == '%' && klass->length && args->n_numbers == 0)
        {
          args->percent = TRUE;
          end++;
        }
      if (end == words[i] || *end != '\0' || !isfinite (number))
        break;
      args->number[args->n_numbers++] = number;
    }
  for (guint w = 0; words[i] != NULL && klass->words != NULL && klass->words[w] != NULL; w++)
    if (g_ascii_strcasecmp (klass->words[w], words[i]) == 0)
      {
        args->word = w;
        i++;
        break;
      }
  if (words[i] != NULL || args->n_numbers < klass->min_numbers)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID, _ ("it is written “%s%s%s”"),
                   klass->name, klass->usage[0] != '\0' ? " " : "", klass->usage);
      return FALSE;
    }
  if (klass->check != NULL)
    return klass->check (args, error);
  if (args->n_numbers > 0 && (args->number[0] < 0 || args->number[0] > 100000))
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID, _ ("%g is out of range"),
                   args->number[0]);
      return FALSE;
    }
  return TRUE;
}

static GArray *
parse (const char *text, GError **error)
{
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (Item));
  g_autofree char *trimmed = g_strstrip (g_strdup (text));

  if (trimmed[0] == '\0' || g_ascii_strcasecmp (trimmed, "none") == 0)
    return g_steal_pointer (&items);

  g_auto (GStrv) pieces = g_strsplit (text, ",", -1);
  gsize column = 1;

  for (guint p = 0; pieces[p] != NULL; p++)
    {
      gsize length = strlen (pieces[p]);
      gsize blanks = strspn (pieces[p], " \t");
      g_auto (GStrv) split = g_strsplit_set (pieces[p], " \t", -1);
      g_autoptr (GPtrArray) words = g_ptr_array_new ();
      Item item;

      for (guint i = 0; split[i] != NULL; i++)
        if (split[i][0] != '\0')
          g_ptr_array_add (words, split[i]);
      if (words->len == 0)
        {
          g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                       "Column %" G_GSIZE_FORMAT ": a change is missing at the comma", column);
          return NULL;
        }
      g_ptr_array_add (words, NULL);
      if (!parse_item ((char **)words->pdata, &item, error))
        {
          g_prefix_error (error, "Column %" G_GSIZE_FORMAT ", %s: ", column + blanks,
                          (const char *)words->pdata[0]);
          return NULL;
        }
      g_array_append_val (items, item);
      column += length + 1;
    }
  return g_steal_pointer (&items);
}

gboolean
ph_transforms_check (const char *text, GError **error)
{
  g_autoptr (GArray) items = parse (text, error);

  return items != NULL;
}

PhTransforms *
ph_transforms_new (const char *text, guint channels, guint height, guint width, guint out_height,
                   guint out_width, GError **error)
{
  g_autoptr (PhTransforms) transforms = g_new0 (PhTransforms, 1);

  transforms->items = parse (text, error);
  if (transforms->items == NULL)
    return NULL;
  for (guint i = 0; i < transforms->items->len; i++)
    {
      PhTransformArgs *args = &g_array_index (transforms->items, Item, i).args;

      double factor = MIN ((double)height / out_height, (double)width / out_width);

      if (args->percent)
        args->number[0] *= MIN (height, width) / 100.0;
      args->reach_x = factor * out_width;
      args->reach_y = factor * out_height;
    }
  transforms->channels = channels;
  transforms->height = height;
  transforms->width = width;
  transforms->out_height = out_height;
  transforms->out_width = out_width;
  transforms->resampler = ph_resampler_new (channels, height, width, out_height, out_width, error);
  if (transforms->resampler == NULL)
    return NULL;
  ph_warp_identity (&transforms->warp);
  return g_steal_pointer (&transforms);
}

void
ph_transforms_free (PhTransforms *transforms)
{
  if (transforms == NULL)
    return;
  g_clear_pointer (&transforms->items, g_array_unref);
  ph_resampler_free (transforms->resampler);
  g_free (transforms);
}

/* From the network's view to the picture: the same number of pixels where the sizes agree,
 * otherwise the largest view of the network's proportions that the picture holds. */
static void
fit (PhTransforms *t, PhRng *rng)
{
  double factor = MIN ((double)t->height / t->out_height, (double)t->width / t->out_width);
  double spare_x = MAX (0, t->width - factor * t->out_width) / 2;
  double spare_y = MAX (0, t->height - factor * t->out_height) / 2;
  double dx = ph_rng_uniform (rng, -spare_x, spare_x);
  double dy = ph_rng_uniform (rng, -spare_y, spare_y);

  ph_warp_compose (&t->warp, (double[]){ factor, 0, dx, 0, factor, dy });
}

static void
weaken (Item *item, double strength)
{
  item->now = item->args;
  if (item->klass->weaken != NULL)
    item->klass->weaken (&item->now, strength);
  else
    for (guint i = 0; i < PH_TRANSFORM_MAX_NUMBERS; i++)
      item->now.number[i] *= strength;
}

void
ph_transforms_sample (PhTransforms *transforms, double strength, PhRng *rng)
{
  Item *items = (Item *)transforms->items->data;

  ph_warp_identity (&transforms->warp);
  for (guint i = 0; i < transforms->items->len; i++)
    {
      const PhTransformClass *klass = items[i].klass;

      weaken (&items[i], strength);
      if (klass->warp != NULL)
        klass->warp (&items[i].now, rng, &transforms->warp);
      if (klass->sample != NULL)
        klass->sample (&items[i].now, rng, items[i].sample);
    }
  fit (transforms, rng);
  ph_rng_init (&transforms->rng, ph_rng_next (rng), 0);
}

void
ph_transforms_apply (PhTransforms *transforms, const float *image, float *view)
{
  gsize n = (gsize)transforms->out_height * transforms->out_width;
  PhRng rng = transforms->rng;

  ph_resampler_apply (transforms->resampler, &transforms->warp, image, view);
  for (guint i = 0; i < transforms->items->len; i++)
    {
      const Item *item = &g_array_index (transforms->items, Item, i);

      if (item->klass->apply != NULL)
        item->klass->apply (&item->now, item->sample, &rng, transforms->channels, n, view);
    }
}

void
ph_transforms_adjoint (PhTransforms *transforms, float *d_view, float *d_image)
{
  gsize n = (gsize)transforms->out_height * transforms->out_width;

  for (guint i = transforms->items->len; i-- > 0;)
    {
      const Item *item = &g_array_index (transforms->items, Item, i);

      if (item->klass->adjoint != NULL)
        item->klass->adjoint (&item->now, item->sample, transforms->channels, n, d_view);
    }
  ph_resampler_adjoint (transforms->resampler, &transforms->warp, d_view, d_image);
}
