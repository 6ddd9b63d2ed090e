#include "data/kept.h"

typedef struct
{
  guint channels, height, width;
  guint8 values[];
} Picture;

struct _PhKept
{
  gsize limit;

  /* under the mutex */
  GMutex mutex;
  gsize used;
  GHashTable *pictures; /* guint64 * → Picture *; pictures stay until the end */
};

PhKept *
ph_kept_new (gsize limit)
{
  PhKept *kept = g_new0 (PhKept, 1);

  g_mutex_init (&kept->mutex);
  kept->limit = limit;
  kept->pictures = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  return kept;
}

void
ph_kept_free (PhKept *kept)
{
  if (kept == NULL)
    return;
  g_hash_table_unref (kept->pictures);
  g_mutex_clear (&kept->mutex);
  g_free (kept);
}

/* As every reader of eight bits makes it. */
static float
from_byte (guint8 value)
{
  return (float)value / 255.0f;
}

/* Returns: (nullable): bytes that give @image again to the bit. */
static Picture *
pack (const PhImage *image)
{
  gsize n = ph_image_n_values (image);
  Picture *picture = g_try_malloc (sizeof *picture + n);

  if (picture == NULL)
    return NULL;
  *picture = (Picture){ image->channels, image->height, image->width };
  for (gsize i = 0; i < n; i++)
    {
      float value = image->data[i];

      picture->values[i] = value > 0 && value <= 1 ? (guint8)(value * 255 + 0.5f) : 0;
      if (from_byte (picture->values[i]) != value)
        {
          g_free (picture);
          return NULL;
        }
    }
  return picture;
}

void
ph_kept_put (PhKept *kept, guint64 key, const PhImage *image)
{
  gsize size = sizeof (Picture) + ph_image_n_values (image);
  Picture *picture = NULL;

  g_mutex_lock (&kept->mutex);
  gboolean wanted =
      size <= kept->limit - kept->used && !g_hash_table_contains (kept->pictures, &key);
  g_mutex_unlock (&kept->mutex);
  if (wanted)
    picture = pack (image);
  if (picture == NULL)
    return;
  g_mutex_lock (&kept->mutex);
  if (size <= kept->limit - kept->used && !g_hash_table_contains (kept->pictures, &key))
    {
      g_hash_table_insert (kept->pictures, g_memdup2 (&key, sizeof key),
                           g_steal_pointer (&picture));
      kept->used += size;
    }
  g_mutex_unlock (&kept->mutex);
  g_free (picture);
}

PhImage *
ph_kept_get (PhKept *kept, guint64 key)
{
  const Picture *picture;
  PhImage *image;

  g_mutex_lock (&kept->mutex);
  picture = g_hash_table_lookup (kept->pictures, &key);
  g_mutex_unlock (&kept->mutex);
  if (picture == NULL)
    return NULL;
  image = ph_image_new (picture->channels, picture->height, picture->width, NULL);
  for (gsize i = 0; image != NULL && i < ph_image_n_values (image); i++)
    image->data[i] = from_byte (picture->values[i]);
  return image;
}
