#pragma once

#include <gio/gio.h>

#include "base/error.h"
#include "base/frame.h"

G_BEGIN_DECLS

/** PH_IMAGE_MAX_PIXELS: height * width of the largest picture that is opened. */
#define PH_IMAGE_MAX_PIXELS (100 * 1000 * 1000)

/**
 * PhImage:
 * @data: (owned): channels, height, width; RGB (or grey with one channel), 0..1, 64-byte aligned
 *
 * A picture as numbers. Not shared: one owner.
 */
typedef struct
{
  guint channels, height, width;
  float *data;
} PhImage;

/** ph_image_new: a black picture. Returns: %NULL with %PH_ERROR_DATA_INVALID for an empty or absurd
 * size or with %PH_ERROR_NO_MEMORY. */
PhImage *ph_image_new (guint channels, guint height, guint width, GError **error);

/** ph_image_new_from_pixels: from RGB8 rows without gaps, as in a #PhFrame. */
PhImage *ph_image_new_from_pixels (const guint8 *pixels, guint height, guint width, GError **error);

/** ph_image_copy: Returns: %NULL with %PH_ERROR_NO_MEMORY. */
PhImage *ph_image_copy (const PhImage *image, GError **error);
void ph_image_free (PhImage *image);

/** ph_image_n_values: channels * height * width. */
gsize ph_image_n_values (const PhImage *image);

/**
 * ph_image_load:
 * @path: a picture in any format that libpng or an installed gdk-pixbuf loader reads
 *
 * The picture as three channels, turned as its EXIF orientation says. Transparency is laid over
 * white, grey and palettes become RGB, 16-bit PNGs keep their precision, of an animation the first
 * frame is taken. Numbers are taken as they are stored (sRGB); colour profiles are ignored. Safe on
 * any thread.
 *
 * Returns: (transfer full): %NULL with an error that names the file: %G_FILE_ERROR when it cannot
 * be read, %PH_ERROR_DATA_INVALID when it is no picture, is broken or larger than
 * %PH_IMAGE_MAX_PIXELS (checked before anything of that size is allocated).
 */
PhImage *ph_image_load (const char *path, GError **error);

/** ph_image_load_with_opacity: the same, but a PNG with transparency has it as a fourth channel. */
PhImage *ph_image_load_with_opacity (const char *path, GError **error);

/** ph_image_load_bytes: the same from the content of a file; @name is used in messages. */
PhImage *ph_image_load_bytes (GBytes *bytes, const char *name, GError **error);

/**
 * ph_image_load_bytes_at_least:
 * @least: pixels that the shorter side shall have, where the picture has them; 0 for all
 *
 * The same where not every pixel is wanted: a JPEG comes at 1/2, 1/4 or 1/8 of its size as long as
 * the shorter side keeps @least pixels, which is several times faster for photographs. Other
 * formats come whole.
 */
PhImage *ph_image_load_bytes_at_least (GBytes *bytes, const char *name, guint least,
                                       GError **error);

/**
 * ph_image_resize:
 *
 * The picture at another size, by the triangle filter: bilinear when enlarging; when reducing, the
 * triangle is as much wider as the picture gets smaller, so every pixel counts and nothing
 * aliases. This is what Pillow's and torchvision's "bilinear" does, to which most networks were
 * trained. Edges are cut: weights outside the picture are left out and the rest rescaled.
 */
PhImage *ph_image_resize (const PhImage *image, guint height, guint width, GError **error);

/** ph_image_crop: the rectangle, which must lie inside the picture. */
PhImage *ph_image_crop (const PhImage *image, guint top, guint left, guint height, guint width,
                        GError **error);

/**
 * ph_image_fit:
 * @margin: how much of the shorter side is kept, 0 to 1; 224.0 / 256 is the usual protocol of
 *   ImageNet classifiers, 1 keeps as much as possible
 *
 * What a network of @height × @width should be shown of a photograph: resized so that the centre
 * crop of that size spans @margin of the side that limits it, then cropped. Proportions are kept.
 */
PhImage *ph_image_fit (const PhImage *image, guint height, guint width, double margin,
                       GError **error);

/** ph_image_to_channels: grey (Rec. 601 luma) from RGB, RGB from grey; four channels get 1 (opaque)
 * as the last. */
PhImage *ph_image_to_channels (const PhImage *image, guint channels, GError **error);

/** ph_image_pack: RGB8 rows without gaps: rounded to nearest, clamped, not-a-number as 0. A grey
 * picture has its value three times; an opacity, the last of two or four channels, is left out. */
GBytes *ph_image_pack (const PhImage *image);

/** ph_image_pack_alpha: the opacity of a picture of two or four channels, a byte a pixel, else
 * %NULL. */
GBytes *ph_image_pack_alpha (const PhImage *image);

/** ph_image_to_frame: the packed picture as a preview, with its opacity. */
PhFrame *ph_image_to_frame (const PhImage *image, guint step, double objective);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhImage, ph_image_free)

G_END_DECLS
