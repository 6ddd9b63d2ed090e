#pragma once

#include "base/error.h"
#include "base/frame.h"
#include "base/image.h"

G_BEGIN_DECLS

/** PH_PNG_RECIPE: keyword of the iTXt chunk that holds how a picture was made. */
#define PH_PNG_RECIPE "phosphene-recipe"

/** PH_PNG_RECIPE_MAX: bytes of the longest recipe that is written or read. */
#define PH_PNG_RECIPE_MAX (256 * 1024)

/**
 * ph_png_encode:
 * @pixels: rows top to bottom without gaps, @channels bytes a pixel
 * @channels: 1 (grey), 3 (RGB) or 4 (RGB and opacity)
 * @recipe: (nullable): UTF-8 text to store inside
 *
 * Returns: (transfer full): the file's content; %NULL with %PH_ERROR_DATA_INVALID when the recipe
 * is no UTF-8 or too long.
 */
GBytes *ph_png_encode (const guint8 *pixels, guint channels, guint width, guint height,
                       const char *recipe, GError **error);

/** ph_png_save: encodes and writes atomically, see ph_save_bytes() for the errors. */
gboolean ph_png_save (const char *path, const guint8 *pixels, guint channels, guint width,
                      guint height, const char *recipe, GError **error);

/** ph_png_save_image: packs @image (RGB, with its opacity if it has one) and saves it. */
gboolean ph_png_save_image (const char *path, const PhImage *image, const char *recipe,
                            GError **error);

/** ph_png_save_frame: saves a preview, with its opacity if it has one. */
gboolean ph_png_save_frame (const char *path, const PhFrame *frame, const char *recipe,
                            GError **error);

/**
 * ph_png_load_recipe:
 *
 * Returns: (transfer full): the text stored in the PNG file @path; %NULL with %G_FILE_ERROR or with
 * %PH_ERROR_DATA_INVALID when it is no PNG or holds no recipe.
 */
char *ph_png_load_recipe (const char *path, GError **error);

G_END_DECLS
