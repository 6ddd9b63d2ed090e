/* The recipe inside a film: in a GIF the text of a comment extension, in blocks of up to 255 bytes
 * (GIF89a, section 24). */
#include <string.h>

#include "base/film-private.h"
#include "base/png.h"

#define TRAILER 0x3b
#define EXTENSION 0x21
#define COMMENT 0xfe
#define PICTURE 0x2c
#define BLOCK 255

void
ph_gif_add_comment (GByteArray *gif, const char *text)
{
  const guint8 begin[] = { EXTENSION, COMMENT }, end[] = { 0, TRAILER };
  gsize length = strlen (text);

  g_return_if_fail (gif->len > 0 && gif->data[gif->len - 1] == TRAILER);

  g_byte_array_set_size (gif, gif->len - 1);
  g_byte_array_append (gif, begin, sizeof begin);
  for (gsize at = 0; at < length; at += BLOCK)
    {
      guint8 n = (guint8)MIN (length - at, BLOCK);

      g_byte_array_append (gif, &n, 1);
      g_byte_array_append (gif, (const guint8 *)text + at, n);
    }
  g_byte_array_append (gif, end, sizeof end);
}

/* Bytes of the table of colours that a field of flags announces. */
static gsize
table_size (guint8 flags)
{
  return flags & 0x80 ? (gsize)3 << ((flags & 7) + 1) : 0;
}

/* Goes over the blocks that begin at @at and end with an empty one, adding what they hold to @text
 * (nullable). Returns: where the next thing begins; @size when the file ends before. */
static gsize
read_blocks (const guint8 *data, gsize size, gsize at, GString *text)
{
  while (at < size && data[at] > 0 && data[at] < size - at)
    {
      if (text != NULL && text->len <= PH_PNG_RECIPE_MAX)
        g_string_append_len (text, (const char *)data + at + 1, data[at]);
      at += 1 + (gsize)data[at];
    }
  return at < size && data[at] == 0 ? at + 1 : size;
}

/* The first comment. */
static char *
find_comment (const guint8 *data, gsize size)
{
  gsize at = size > 13 ? 13 + table_size (data[10]) : size;

  while (at + 2 < size)
    {
      if (data[at] == EXTENSION && data[at + 1] == COMMENT)
        {
          g_autoptr (GString) text = g_string_new (NULL);

          read_blocks (data, size, at + 2, text);
          if (text->len == 0 || text->len > PH_PNG_RECIPE_MAX ||
              memchr (text->str, 0, text->len) != NULL || !g_utf8_validate (text->str, -1, NULL))
            return NULL;
          return g_string_free (g_steal_pointer (&text), FALSE);
        }
      if (data[at] == EXTENSION)
        at = read_blocks (data, size, at + 2, NULL);
      else if (data[at] == PICTURE && size - at > 10)
        at = read_blocks (data, size, at + 11 + table_size (data[at + 9]), NULL);
      else
        return NULL;
    }
  return NULL;
}

char *
ph_film_load_recipe (const char *path, GError **error)
{
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, error);
  g_autofree char *name = g_filename_display_basename (path);
  char *recipe;

  if (file == NULL)
    return NULL;

  const char *data = g_mapped_file_get_contents (file);
  gsize size = g_mapped_file_get_length (file);

  if (size < 6 || memcmp (data, "GIF8", 4) != 0)
    return ph_png_load_recipe (path, error);
  recipe = find_comment ((const guint8 *)data, size);
  if (recipe == NULL)
    g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                 "“%s” is no film made by Phosphene: no recipe is stored in it", name);
  return recipe;
}
