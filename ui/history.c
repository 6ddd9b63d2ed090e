#include "ui/history.h"

/* More than anybody goes back by hand. */
#define MOST_PLACES 200

struct _PhHistory
{
  GPtrArray *places; /* owned PhPlace */
  int present;       /* -1 when empty */
};

PhPlace *
ph_place_new (const char *path, const char *layer, const char *unit, const char *recipe)
{
  PhPlace *place = g_new0 (PhPlace, 1);

  place->path = g_strdup (path);
  place->layer = g_strdup (layer);
  place->unit = g_strdup (unit);
  place->recipe = g_strdup (recipe);
  return place;
}

PhPlace *
ph_place_new_image (const char *path, const char *image)
{
  PhPlace *place = ph_place_new (path, NULL, NULL, NULL);

  place->image = g_strdup (image);
  return place;
}

PhPlace *
ph_place_new_page (const char *path, const char *page)
{
  PhPlace *place = ph_place_new (path, NULL, NULL, NULL);

  place->page = g_strdup (page);
  return place;
}

PhPlace *
ph_place_new_compare (const char *path, const char *other)
{
  PhPlace *place = ph_place_new (path, NULL, NULL, NULL);

  place->other = g_strdup (other);
  return place;
}

PhPlace *
ph_place_copy (const PhPlace *place)
{
  PhPlace *copy = ph_place_new (place->path, place->layer, place->unit, place->recipe);

  copy->image = g_strdup (place->image);
  copy->page = g_strdup (place->page);
  copy->other = g_strdup (place->other);
  return copy;
}

void
ph_place_free (PhPlace *place)
{
  g_free (place->path);
  g_free (place->layer);
  g_free (place->unit);
  g_free (place->recipe);
  g_free (place->image);
  g_free (place->page);
  g_free (place->other);
  g_free (place);
}

gboolean
ph_place_equal (const PhPlace *a, const PhPlace *b)
{
  return g_strcmp0 (a->path, b->path) == 0 && g_strcmp0 (a->layer, b->layer) == 0 &&
         g_strcmp0 (a->unit, b->unit) == 0 && g_strcmp0 (a->recipe, b->recipe) == 0 &&
         g_strcmp0 (a->image, b->image) == 0 && g_strcmp0 (a->page, b->page) == 0 &&
         g_strcmp0 (a->other, b->other) == 0;
}

PhHistory *
ph_history_new (void)
{
  PhHistory *history = g_new0 (PhHistory, 1);

  history->places = g_ptr_array_new_with_free_func ((GDestroyNotify)ph_place_free);
  history->present = -1;
  return history;
}

void
ph_history_free (PhHistory *history)
{
  g_ptr_array_unref (history->places);
  g_free (history);
}

void
ph_history_push (PhHistory *history, PhPlace *place)
{
  const PhPlace *present = ph_history_get (history, 0);

  if (present != NULL && ph_place_equal (present, place))
    {
      ph_place_free (place);
      return;
    }
  g_ptr_array_set_size (history->places, history->present + 1);
  g_ptr_array_add (history->places, place);
  if (history->places->len > MOST_PLACES)
    g_ptr_array_remove_index (history->places, 0);
  history->present = (int)history->places->len - 1;
}

void
ph_history_replace (PhHistory *history, PhPlace *place)
{
  if (history->present < 0)
    {
      ph_history_push (history, place);
      return;
    }
  ph_place_free (history->places->pdata[history->present]);
  history->places->pdata[history->present] = place;
}

const PhPlace *
ph_history_get (PhHistory *history, int offset)
{
  int i = history->present + offset;

  if (history->present < 0 || i < 0 || i >= (int)history->places->len)
    return NULL;
  return history->places->pdata[i];
}

void
ph_history_move (PhHistory *history, int offset)
{
  g_return_if_fail (ph_history_get (history, offset) != NULL);

  history->present += offset;
}
