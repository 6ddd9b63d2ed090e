#pragma once

#include "embed/hnsw.h"

G_BEGIN_DECLS

/**
 * PhHnswParts:
 * @n: vectors
 * @layer: (n, bytes of an element): the lowest layer: links, vector and index of each
 * @levels: (n): in how many layers above it each is
 * @links: @n_links bytes: links in those layers
 * @highest: layer; @entry: the vector in it where searches begin
 *
 * What an index consists of, for its file.
 */
typedef struct
{
  gsize n;
  gconstpointer layer;
  const guint8 *levels, *links;
  gsize n_links;
  gint32 highest;
  guint32 entry;
} PhHnswParts;

/** ph_hnsw_get_element_size: bytes of an element of the lowest layer. */
gsize ph_hnsw_get_element_size (const PhHnsw *hnsw);
void ph_hnsw_get_settings (const PhHnsw *hnsw, guint *m, guint *ef_construction);

/** ph_hnsw_get_parts: @levels and @links: (out): memory that @parts points to */
gboolean ph_hnsw_get_parts (const PhHnsw *hnsw, PhHnswParts *parts, GByteArray *levels,
                            GByteArray *links, GError **error);

/** ph_hnsw_set_parts: fills an empty index with copies. Returns: %FALSE with %PH_ERROR_NO_MEMORY,
 * or with %PH_ERROR_DATA_INVALID (no words about the file) when links lead nowhere. */
gboolean ph_hnsw_set_parts (PhHnsw *hnsw, const PhHnswParts *parts, GError **error);

G_END_DECLS
