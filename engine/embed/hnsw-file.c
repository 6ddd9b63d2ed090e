/* The file of an index: a header, the lowest layer with the vectors as hnswlib holds it, how many
 * layers each vector is in, and its links in those above the lowest. */

#include "embed/hnsw-private.h"

#include <string.h>

#include "base/digest.h"
#include "base/save.h"

#define MAGIC "Phosphene HNSW 1"
#define ORDER 0x01020304u /* of bytes */

typedef struct
{
  char magic[16];
  guint32 order, metric;
  guint64 size, n, n_links; /* bytes of the links above the lowest layer */
  guint32 m, ef_construction;
  gint32 highest;
  guint32 entry;
  char digest[3][64]; /* of the layer, the levels and the links */
  char own[64];       /* of the header up to here */
} Header;

G_STATIC_ASSERT (sizeof (Header) == 16 + 8 + 24 + 16 + 4 * 64);

static gboolean
put_digest (gconstpointer data, gsize n, char *to, GError **error)
{
  g_autofree char *digest = ph_digest (data, n, NULL, error);

  if (digest != NULL)
    memcpy (to, digest, 64);
  return digest != NULL;
}

static gboolean
is_digest_of (gconstpointer data, gsize n, const char *wanted)
{
  char found[64];

  return put_digest (data, n, found, NULL) && memcmp (found, wanted, 64) == 0;
}

gboolean
ph_hnsw_save (const PhHnsw *hnsw, const char *path, GError **error)
{
  g_autoptr (GByteArray) levels = g_byte_array_new (), links = g_byte_array_new ();
  Header header = { .order = ORDER,
                    .metric = ph_hnsw_get_metric (hnsw),
                    .size = ph_hnsw_get_size (hnsw) };
  PhHnswParts parts;

  if (!ph_hnsw_get_parts (hnsw, &parts, levels, links, error))
    {
      g_prefix_error (error, "%s: ", path);
      return FALSE;
    }
  memcpy (header.magic, MAGIC, sizeof header.magic);
  header.n = parts.n;
  header.n_links = parts.n_links;
  ph_hnsw_get_settings (hnsw, &header.m, &header.ef_construction);
  header.highest = parts.highest;
  header.entry = parts.entry;

  const PhSavePart pieces[] = { { &header, sizeof header },
                                { parts.layer, parts.n * ph_hnsw_get_element_size (hnsw) },
                                { parts.levels, parts.n },
                                { parts.links, parts.n_links } };

  for (guint i = 1; i < G_N_ELEMENTS (pieces); i++)
    if (!put_digest (pieces[i].data, pieces[i].size, header.digest[i - 1], error))
      return FALSE;
  return put_digest (&header, G_STRUCT_OFFSET (Header, own), header.own, error) &&
         ph_save_parts (path, pieces, G_N_ELEMENTS (pieces), error);
}

/* Loading */

static gboolean
refuse (const char *path, const char *why, GError **error)
{
  g_autofree char *shown = g_filename_display_name (path);

  g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID, "“%s” %s", shown, why);
  return FALSE;
}

#define DAMAGED "is damaged; make the index anew"

static gboolean
check_header (const Header *header, const char *path, GError **error)
{
  if (memcmp (header->magic, MAGIC, sizeof MAGIC - 2) != 0)
    return refuse (path, "is no index of vectors", error);
  if (memcmp (header->magic, MAGIC, sizeof header->magic) != 0)
    return refuse (path, "was written by a later version of this program", error);
  if (header->order != ORDER)
    return refuse (path, "comes from a machine with another order of bytes; make it anew", error);
  if (!is_digest_of (header, G_STRUCT_OFFSET (Header, own), header->own) ||
      header->metric > PH_METRIC_COSINE || header->n > G_MAXINT32 || header->size > G_MAXINT32)
    return refuse (path, DAMAGED, error);
  return TRUE;
}

/* The pieces behind the header, where they are as long as it says and their digests are right. */
static gboolean
find_parts (const Header *header, const char *data, gsize size, gsize element, PhHnswParts *parts)
{
  gsize n = (gsize)header->n, rest = size - sizeof *header;

  *parts = (PhHnswParts){ .n = n, .highest = header->highest, .entry = header->entry };
  if (n > rest || (rest - n) / element < n || rest - n - n * element != header->n_links)
    return FALSE;
  parts->layer = data + sizeof *header;
  parts->levels = (const guint8 *)parts->layer + n * element;
  parts->links = parts->levels + n;
  parts->n_links = (gsize)header->n_links;
  return is_digest_of (parts->layer, n * element, header->digest[0]) &&
         is_digest_of (parts->levels, n, header->digest[1]) &&
         is_digest_of (parts->links, parts->n_links, header->digest[2]);
}

PhHnsw *
ph_hnsw_load (const char *path, GError **error)
{
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, error);
  g_autoptr (PhHnsw) hnsw = NULL;
  g_autoptr (GError) failure = NULL;
  Header header = { .order = 0 };
  PhHnswParts parts;

  if (file == NULL)
    return NULL;

  const char *data = g_mapped_file_get_contents (file);
  gsize size = g_mapped_file_get_length (file);

  if (size >= sizeof header)
    memcpy (&header, data, sizeof header);
  if (!check_header (&header, path, error))
    return NULL;
  hnsw = ph_hnsw_new (header.size, (PhMetric)header.metric, header.m, header.ef_construction,
                      &failure);
  if (hnsw != NULL && (!find_parts (&header, data, size, ph_hnsw_get_element_size (hnsw), &parts) ||
                       (!ph_hnsw_set_parts (hnsw, &parts, &failure) &&
                        !g_error_matches (failure, PH_ERROR, PH_ERROR_NO_MEMORY))))
    {
      refuse (path, DAMAGED, error);
      return NULL;
    }
  if (failure != NULL)
    {
      g_propagate_prefixed_error (error, g_steal_pointer (&failure), "%s: ", path);
      return NULL;
    }
  return g_steal_pointer (&hnsw);
}
