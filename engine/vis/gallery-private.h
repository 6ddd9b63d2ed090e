#pragma once

#include "vis/gallery.h"

G_BEGIN_DECLS

/**
 * PhGalleryUnit:
 * @name: as ph_unit_parse() reads it
 * @title: what people call it: a label, "" where there is none
 * @number: channel or class
 * @picture: path from the gallery's folder
 * @recipe: (nullable): as stored in the picture, once it is there
 */
typedef struct
{
  char *name, *title, *picture, *recipe;
  guint layer, number;
  double value;
  char *failure;
} PhGalleryUnit;

/** PhGalleryLayer: @slug is its name as a file. Its units are @first … @first + @n - 1. */
typedef struct
{
  char *name, *slug;
  guint first, n;
} PhGalleryLayer;

struct _PhGallery
{
  PhModel *model;
  char *folder;
  PhAscentSettings settings;
  GPtrArray *layers; /* PhGalleryLayer */
  GPtrArray *units;  /* PhGalleryUnit */
};

/** ph_gallery_look_for: reads the unit's picture, if it is there with the wanted recipe. Returns:
 * whether it is. */
gboolean ph_gallery_look_for (PhGallery *gallery, PhGalleryUnit *unit);

/** ph_gallery_make_folder: @name in the gallery's folder. */
gboolean ph_gallery_make_folder (PhGallery *gallery, const char *name, GError **error);

G_END_DECLS
