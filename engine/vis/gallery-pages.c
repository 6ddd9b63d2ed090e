/* The pages of a gallery: plain HTML that needs neither a server nor a network. */
#include <string.h>

#include "base/save.h"
#include "vis/gallery-resource.h"
#include "vis/gallery-private.h"

/* Pictures of neighbours on a unit's page, on each side. */
#define N_NEIGHBOURS 5

G_GNUC_PRINTF (2, 3)
static void
add (GString *html, const char *format, ...)
{
  va_list values;
  char *text;

  va_start (values, format);
  text = g_markup_vprintf_escaped (format, values);
  va_end (values);
  g_string_append (html, text);
  g_free (text);
}

static gboolean
save (PhGallery *gallery, const char *name, const char *text, gsize size, GError **error)
{
  g_autofree char *path = g_build_filename (gallery->folder, name, NULL);

  return ph_save_bytes (path, text, size, error);
}

/* @up: the way from the page to the gallery's folder. */
static void
begin_page (GString *html, const char *title, const char *up)
{
  add (html,
       "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
       "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
       "<title>%s</title>\n<link rel=\"stylesheet\" href=\"%sgallery.css\">\n"
       "<script src=\"%sgallery.js\" defer></script>\n</head>\n<body>\n",
       title, up, up);
}

static void
add_tile (PhGallery *gallery, GString *html, const PhGalleryUnit *unit, const char *up,
          gboolean here)
{
  const PhGalleryLayer *layer = gallery->layers->pdata[unit->layer];
  g_autofree char *words = g_strconcat (unit->name, " ", unit->title, NULL);
  g_autofree char *lower = g_utf8_strdown (words, -1);

  add (html, "<a class=\"tile%s\" href=\"%sunit/%s/%u.html\" data-find=\"%s\" title=\"%s\">",
       here ? " here" : "", up, layer->slug, unit->number, lower, words);
  if (unit->recipe != NULL)
    add (html, "<img loading=\"lazy\" width=\"%d\" height=\"%d\" src=\"%s%s\" alt=\"%s\">",
         gallery->settings.width, gallery->settings.height, up, unit->picture, unit->name);
  else
    g_string_append (html, "<span class=\"none\"></span>");
  add (html, "<span>%u%s%s</span></a>\n", unit->number, *unit->title != '\0' ? " · " : "",
       unit->title);
}

static gboolean
write_index (PhGallery *gallery, GError **error)
{
  g_autoptr (GString) html = g_string_new (NULL);
  g_autofree char *title = g_strdup_printf ("%s, unit by unit", ph_model_get_name (gallery->model));

  begin_page (html, title, "");
  add (html,
       "<header><h1>%s</h1><input type=\"search\" aria-label=\"Find units\" placeholder=\"Find a "
       "layer, a channel or a name ( / )\"><span class=\"soft\" id=\"shown\">%u units</span>"
       "</header>\n<div class=\"columns\">\n<nav class=\"layers\" aria-label=\"Layers\">\n",
       ph_model_get_name (gallery->model), gallery->units->len);
  for (guint i = 0; i < gallery->layers->len; i++)
    {
      const PhGalleryLayer *layer = gallery->layers->pdata[i];

      add (html, "<a href=\"#%s\">%s<span class=\"soft\">%u</span></a>\n", layer->slug, layer->name,
           layer->n);
    }
  g_string_append (html, "</nav>\n<main>\n");
  for (guint i = 0; i < gallery->layers->len; i++)
    {
      const PhGalleryLayer *layer = gallery->layers->pdata[i];

      add (html,
           "<section id=\"%s\"><h2>%s</h2><div class=\"soft\">%u units · "
           "<a href=\"sheet/%s.png\">contact sheet</a></div>\n<div class=\"grid\">\n",
           layer->slug, layer->name, layer->n, layer->slug);
      for (guint j = 0; j < layer->n; j++)
        add_tile (gallery, html, gallery->units->pdata[layer->first + j], "", FALSE);
      g_string_append (html, "</div></section>\n");
    }
  g_string_append (html, "</main>\n</div>\n</body>\n</html>\n");
  return save (gallery, "index.html", html->str, html->len, error);
}

static void
add_facts (PhGallery *gallery, GString *html, const PhGalleryLayer *layer,
           const PhGalleryUnit *unit)
{
  int number = ph_model_find_layer (gallery->model, layer->name);

  add (html, "<dl><dt>Unit</dt><dd><code>%s</code></dd>", unit->name);
  if (unit->recipe != NULL)
    add (html, "<dt>Objective</dt><dd>%.4g</dd>", unit->value);
  if (number >= 0)
    {
      const PhLayer *facts = ph_model_get_layer (gallery->model, (guint)number);

      add (html, "<dt>Layer</dt><dd>%s, %u channels of %u × %u</dd>", facts->kind,
           facts->n_channels, facts->rows, facts->columns);
    }
  g_string_append (html, "</dl>\n");
}

static gboolean
write_unit (PhGallery *gallery, const PhGalleryLayer *layer, guint i, GError **error)
{
  const PhGalleryUnit *unit = gallery->units->pdata[layer->first + i];
  g_autoptr (GString) html = g_string_new (NULL);
  g_autofree char *title =
      g_strconcat (unit->name, *unit->title != '\0' ? " · " : "", unit->title, NULL);
  g_autofree char *name = g_strdup_printf ("unit/%s/%u.html", layer->slug, unit->number);
  guint first = i > N_NEIGHBOURS ? i - N_NEIGHBOURS : 0;

  begin_page (html, title, "../../");
  add (html, "<header><h1>%s</h1><a rel=\"index\" href=\"../../index.html#%s\">%s</a>", title,
       layer->slug, ph_model_get_name (gallery->model));
  if (i > 0)
    add (html, "<a rel=\"prev\" href=\"%u.html\">‹ %u</a>", i - 1, i - 1);
  if (i + 1 < layer->n)
    add (html, "<a rel=\"next\" href=\"%u.html\">%u ›</a>", i + 1, i + 1);
  g_string_append (html, "<span class=\"soft\"><kbd>←</kbd> <kbd>→</kbd> neighbours, "
                         "<kbd>Esc</kbd> all units</span></header>\n<main><div class=\"unit\">");
  if (unit->recipe != NULL)
    add (html, "<figure><img src=\"../../%s\" alt=\"What %s responds to\"></figure>\n",
         unit->picture, unit->name);
  else
    add (html, "<figure>There is no picture%s%s</figure>\n", unit->failure != NULL ? ": " : " yet.",
         unit->failure != NULL ? unit->failure : "");
  g_string_append (html, "<aside>");
  add_facts (gallery, html, layer, unit);
  if (unit->recipe != NULL)
    add (html,
         "<h2>Recipe</h2><div class=\"soft\">It is also inside the picture: <a href=\"../../%s"
         "\" download>save it</a> and open it in Phosphene.</div><pre>%s</pre>",
         unit->picture, unit->recipe);
  g_string_append (html, "</aside></div>\n<div class=\"strip\">\n");
  for (guint j = first; j < MIN (first + 2 * N_NEIGHBOURS + 1, layer->n); j++)
    add_tile (gallery, html, gallery->units->pdata[layer->first + j], "../../", j == i);
  g_string_append (html, "</div></main>\n</body>\n</html>\n");
  return save (gallery, name, html->str, html->len, error);
}

/* All pictures of a layer on one sheet, made smaller until it is no larger than may be. */
static gboolean
write_sheet (PhGallery *gallery, const PhGalleryLayer *layer, GError **error)
{
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func ((GDestroyNotify)ph_sheet_cell_free);
  g_autoptr (PhImage) image = NULL;
  g_autofree char *name = g_strdup_printf ("sheet/%s.png", layer->slug);
  g_autofree char *path = g_build_filename (gallery->folder, name, NULL);
  g_autofree char *title =
      g_strdup_printf ("%s · %s", ph_model_get_name (gallery->model), layer->name);
  PhSheetLook look = { .title = title, .columns = 16, .size = 96 };

  for (guint i = 0; i < layer->n; i++)
    {
      const PhGalleryUnit *unit = gallery->units->pdata[layer->first + i];
      g_autofree char *caption =
          g_strdup_printf ("%u%s%s", unit->number, *unit->title != '\0' ? " " : "", unit->title);
      PhSheetCell *cell = ph_sheet_cell_new (unit->name, caption, &gallery->settings);
      g_autofree char *picture = g_build_filename (gallery->folder, unit->picture, NULL);

      g_ptr_array_add (cells, cell);
      cell->failure = g_strdup (unit->failure);
      if (unit->recipe == NULL)
        continue;

      g_autoptr (PhImage) full = ph_image_load (picture, error);

      if (full == NULL)
        return FALSE;

      guint longer = MAX (full->width, full->height);

      cell->image = ph_image_resize (full, MAX (full->height * look.size / longer, 1),
                                     MAX (full->width * look.size / longer, 1), error);
      if (cell->image == NULL)
        return FALSE;
    }
  image = ph_sheet_draw (cells, &look, error);
  return image != NULL && ph_png_save_image (path, image, NULL, error);
}

static gboolean
write_looks (PhGallery *gallery, GError **error)
{
  const char *const names[] = { "gallery.css", "gallery.js" };
  GResource *resource = ph_gallery_files_get_resource ();

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_strconcat ("/org/phosphene/gallery/", names[i], NULL);
      g_autoptr (GBytes) bytes =
          g_resource_lookup_data (resource, path, G_RESOURCE_LOOKUP_FLAGS_NONE, error);

      if (bytes == NULL || !save (gallery, names[i], g_bytes_get_data (bytes, NULL),
                                  g_bytes_get_size (bytes), error))
        return FALSE;
    }
  return TRUE;
}

gboolean
ph_gallery_write (PhGallery *gallery, GCancellable *cancellable, GError **error)
{
  if (!ph_gallery_make_folder (gallery, "sheet", error) || !write_looks (gallery, error))
    return FALSE;
  for (guint i = 0; i < gallery->units->len; i++)
    ph_gallery_look_for (gallery, gallery->units->pdata[i]);
  for (guint i = 0; i < gallery->layers->len; i++)
    {
      const PhGalleryLayer *layer = gallery->layers->pdata[i];
      g_autofree char *pages = g_build_filename ("unit", layer->slug, NULL);

      if (!ph_gallery_make_folder (gallery, pages, error) || !write_sheet (gallery, layer, error))
        return FALSE;
      for (guint j = 0; j < layer->n; j++)
        if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
            !write_unit (gallery, layer, j, error))
          return FALSE;
    }
  return write_index (gallery, error);
}
