#include "vis/gallery.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/folder.h"
#include "base/save.h"
#include "vis/gallery-private.h"

#define MARKER "gallery.txt"
#define FIRST_LINE "phosphene gallery 1"
#define VALUE_LINE "# objective-value = "

static void
unit_free (gpointer data)
{
  PhGalleryUnit *unit = data;

  g_free (unit->name);
  g_free (unit->title);
  g_free (unit->picture);
  g_free (unit->recipe);
  g_free (unit->failure);
  g_free (unit);
}

static void
layer_free (gpointer data)
{
  PhGalleryLayer *layer = data;

  g_free (layer->name);
  g_free (layer->slug);
  g_free (layer);
}

void
ph_gallery_free (PhGallery *gallery)
{
  if (gallery == NULL)
    return;
  g_object_unref (gallery->model);
  g_free (gallery->folder);
  ph_settings_clear (ph_ascent_settings, &gallery->settings);
  g_ptr_array_unref (gallery->layers);
  g_ptr_array_unref (gallery->units);
  g_free (gallery);
}

guint
ph_gallery_get_n_units (const PhGallery *gallery)
{
  return gallery->units->len;
}

/* A layer's name as the name of a folder on any system, unlike those of the layers before. */
static char *
dup_slug (PhGallery *gallery, const char *name)
{
  g_autofree char *base = g_ascii_strdown (name, -1);
  char *slug;

  g_strcanon (base, "abcdefghijklmnopqrstuvwxyz0123456789-_", '_');
  slug = g_strdup (base);
  for (guint i = 0; i < gallery->layers->len; i++)
    if (g_str_equal (((PhGalleryLayer *)gallery->layers->pdata[i])->slug, slug))
      {
        g_free (slug);
        slug = g_strdup_printf ("%s-%u", base, gallery->layers->len);
        i = 0;
      }
  return slug;
}

/* Whether a layer's channels are the scores of the classes. */
static gboolean
shows_classes (PhGallery *gallery, guint number)
{
  const PhLayer *layer = ph_model_get_layer (gallery->model, number);

  return layer->value == ph_model_get_logits (gallery->model) &&
         layer->n_channels == ph_model_get_n_classes (gallery->model);
}

static void
add_layer (PhGallery *gallery, const char *name, PhUnitKind kind, guint number, guint n)
{
  PhGalleryLayer *layer = g_new0 (PhGalleryLayer, 1);

  layer->name = g_strdup (name);
  layer->slug = dup_slug (gallery, name);
  layer->first = gallery->units->len;
  layer->n = n;
  for (guint i = 0; i < n; i++)
    {
      PhUnit which = { .kind = kind, .layer = number, .channel = i };
      PhGalleryUnit *unit = g_new0 (PhGalleryUnit, 1);
      const char *label = NULL;

      if (kind == PH_UNIT_CLASS)
        label = ph_model_get_label (gallery->model, i);
      else
        {
          char **labels = ph_model_get_layer (gallery->model, number)->channel_labels;

          label = labels != NULL && i < g_strv_length (labels) ? labels[i] : NULL;
          if (label == NULL && shows_classes (gallery, number))
            label = ph_model_get_label (gallery->model, i);
        }
      unit->name = ph_unit_dup_name (gallery->model, &which);
      unit->title = g_utf8_make_valid (label != NULL ? label : "", -1);
      unit->picture = g_strdup_printf ("picture/%s/%u.png", layer->slug, i);
      unit->layer = gallery->layers->len;
      unit->number = i;
      g_ptr_array_add (gallery->units, unit);
    }
  g_ptr_array_add (gallery->layers, layer);
}

static gboolean
add_named (PhGallery *gallery, const char *name, GError **error)
{
  int i = ph_model_find_layer (gallery->model, name);

  for (guint j = 0; j < gallery->layers->len; j++)
    if (g_str_equal (((PhGalleryLayer *)gallery->layers->pdata[j])->name, name))
      return TRUE;
  if (i < 0 && g_str_equal (name, PH_GALLERY_CLASSES) &&
      ph_model_get_n_classes (gallery->model) > 0)
    {
      add_layer (gallery, name, PH_UNIT_CLASS, 0, ph_model_get_n_classes (gallery->model));
      return TRUE;
    }
  if (i < 0)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_NO_SUCH_UNIT,
                   _ ("%s has no layer “%s”; “phosphene-cli layers” lists them%s"),
                   ph_model_get_name (gallery->model), name,
                   ph_model_get_n_classes (gallery->model) > 0 ? ", and “" PH_GALLERY_CLASSES
                                                                 "” means the classes"
                                                               : "");
      return FALSE;
    }

  const PhLayer *layer = ph_model_get_layer (gallery->model, (guint)i);

  if (layer->obstacle != NULL)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_NO_SUCH_UNIT, _ ("Layer “%s” cannot be shown: %s"),
                   name, layer->obstacle);
      return FALSE;
    }
  add_layer (gallery, name, PH_UNIT_CHANNEL, (guint)i, layer->n_channels);
  return TRUE;
}

static gboolean
add_layers (PhGallery *gallery, const char *const *layers, GError **error)
{
  gboolean classes = FALSE;

  for (; layers != NULL && *layers != NULL; layers++)
    if (!add_named (gallery, *layers, error))
      return FALSE;
  if (gallery->layers->len > 0)
    return TRUE;
  for (guint i = 0; i < ph_model_get_n_layers (gallery->model); i++)
    {
      const PhLayer *layer = ph_model_get_layer (gallery->model, i);

      if (layer->obstacle != NULL || layer->n_channels == 0)
        continue;
      add_layer (gallery, layer->name, PH_UNIT_CHANNEL, i, layer->n_channels);
      classes = classes || shows_classes (gallery, i);
    }
  if (ph_model_get_n_classes (gallery->model) > 0 && !classes &&
      ph_model_find_layer (gallery->model, PH_GALLERY_CLASSES) < 0)
    add_layer (gallery, PH_GALLERY_CLASSES, PH_UNIT_CLASS, 0,
               ph_model_get_n_classes (gallery->model));
  if (gallery->layers->len > 0)
    return TRUE;
  g_set_error (error, PH_ERROR, PH_ERROR_NO_SUCH_UNIT,
               _ ("%s: no layer of this network can be shown"), ph_model_get_name (gallery->model));
  return FALSE;
}

gboolean
ph_gallery_make_folder (PhGallery *gallery, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (gallery->folder, name, NULL);

  return ph_folder_make (path, 0777, error);
}

/* What is written into the folder so that it is known again. */
static char *
dup_marker (PhGallery *gallery)
{
  return g_strdup_printf (
      FIRST_LINE "\nnetwork = %s\ndigest = %s\n", ph_model_get_name (gallery->model),
      ph_model_get_digest (gallery->model) != NULL ? ph_model_get_digest (gallery->model) : "");
}

/* Whether there is anything but what an interrupted start may have left: the marker's temporary
 * file. */
static gboolean
holds_files (const char *folder, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, error);
  const char *name;

  if (dir == NULL)
    return TRUE;
  while ((name = g_dir_read_name (dir)) != NULL)
    if (!g_str_has_prefix (name, MARKER "."))
      return TRUE;
  return FALSE;
}

/* Nobody's files are mixed with a gallery, and no network's pictures with another's. */
static gboolean
claim_folder (PhGallery *gallery, GError **error)
{
  g_autofree char *path = g_build_filename (gallery->folder, MARKER, NULL);
  g_autofree char *wanted = dup_marker (gallery);
  g_autofree char *found = NULL;
  g_autofree char *shown = g_filename_display_name (gallery->folder);
  g_autoptr (GError) failure = NULL;

  if (!ph_gallery_make_folder (gallery, "", error))
    return FALSE;
  if (g_file_get_contents (path, &found, NULL, NULL))
    {
      if (g_str_equal (found, wanted))
        return TRUE;
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                   g_str_has_prefix (found, FIRST_LINE)
                       ? "“%s” holds the gallery of another network, or of an earlier version of "
                         "this file; choose another folder"
                       : "“%s” holds a file " MARKER " that is not of a gallery; choose another "
                         "folder",
                   shown);
      return FALSE;
    }
  if (holds_files (gallery->folder, &failure))
    {
      if (failure != NULL)
        g_propagate_error (error, g_steal_pointer (&failure));
      else
        g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                     _ ("“%s” holds other files; choose an empty or a new folder for the gallery"),
                     shown);
      return FALSE;
    }
  return ph_save_bytes (path, wanted, strlen (wanted), error);
}

PhGallery *
ph_gallery_new (PhModel *model, const char *const *layers, const PhAscentSettings *settings,
                const char *folder, GError **error)
{
  g_autoptr (PhGallery) gallery = g_new0 (PhGallery, 1);

  gallery->model = g_object_ref (model);
  gallery->folder = g_strdup (folder);
  ph_settings_copy (ph_ascent_settings, &gallery->settings, settings);
  gallery->layers = g_ptr_array_new_with_free_func (layer_free);
  gallery->units = g_ptr_array_new_with_free_func (unit_free);
  if (!add_layers (gallery, layers, error) || !claim_folder (gallery, error))
    return NULL;
  return g_steal_pointer (&gallery);
}

gboolean
ph_gallery_look_for (PhGallery *gallery, PhGalleryUnit *unit)
{
  g_autoptr (PhSheetCell) cell = ph_sheet_cell_new (unit->name, unit->name, &gallery->settings);
  g_autoptr (PhRecipe) recipe = ph_sheet_cell_recipe (cell, gallery->model);
  g_autofree char *wanted = ph_recipe_to_text (recipe);
  g_autofree char *path = g_build_filename (gallery->folder, unit->picture, NULL);
  g_autofree char *found = ph_png_load_recipe (path, NULL);
  const char *value = found != NULL ? strstr (found, VALUE_LINE) : NULL;

  if (value == NULL || !g_str_has_prefix (found, wanted) || value != found + strlen (wanted))
    return FALSE;
  unit->value = g_ascii_strtod (value + strlen (VALUE_LINE), NULL);
  g_free (unit->recipe);
  unit->recipe = g_steal_pointer (&wanted);
  return TRUE;
}

typedef struct
{
  PhGallery *gallery;
  GArray *wanted; /* numbers of units */
  guint n_made;
} Drawing;

/* The objective follows the recipe as a comment, which whoever reads the recipe skips. */
static gboolean
on_done (PhSheetCell *cell, guint i, gpointer data, GError **error)
{
  Drawing *drawing = data;
  PhGallery *gallery = drawing->gallery;
  PhGalleryUnit *unit = gallery->units->pdata[g_array_index (drawing->wanted, guint, i)];
  g_autofree char *path = g_build_filename (gallery->folder, unit->picture, NULL);
  g_autoptr (PhRecipe) recipe = ph_sheet_cell_recipe (cell, gallery->model);
  g_autofree char *text = ph_recipe_to_text (recipe);
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *stored = g_strconcat (
      text, VALUE_LINE, g_ascii_dtostr (number, sizeof number, cell->value), "\n", NULL);

  if (cell->image == NULL)
    {
      g_free (unit->failure);
      unit->failure = g_strdup (cell->failure);
      return TRUE;
    }
  if (!ph_png_save_image (path, cell->image, stored, error))
    return FALSE;
  g_clear_pointer (&cell->image, ph_image_free);
  drawing->n_made++;
  return TRUE;
}

gboolean
ph_gallery_draw (PhGallery *gallery, guint share, guint n_shares, guint *n_made,
                 const PhMonitor *monitor, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func ((GDestroyNotify)ph_sheet_cell_free);
  g_autoptr (GArray) wanted = g_array_new (FALSE, FALSE, sizeof (guint));
  Drawing drawing = { .gallery = gallery, .wanted = wanted };

  for (guint i = 0; i < gallery->layers->len; i++)
    {
      const PhGalleryLayer *layer = gallery->layers->pdata[i];
      g_autofree char *pictures = g_build_filename ("picture", layer->slug, NULL);

      if (!ph_gallery_make_folder (gallery, pictures, error))
        return FALSE;
    }
  for (guint i = share; i < gallery->units->len; i += n_shares)
    {
      PhGalleryUnit *unit = gallery->units->pdata[i];

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (ph_gallery_look_for (gallery, unit))
        continue;
      g_array_append_val (wanted, i);
      g_ptr_array_add (cells, ph_sheet_cell_new (unit->name, unit->name, &gallery->settings));
    }
  if (cells->len > 0 &&
      !ph_sheet_make (gallery->model, cells, on_done, &drawing, monitor, cancellable, error))
    return FALSE;
  if (n_made != NULL)
    *n_made = drawing.n_made;
  return TRUE;
}
