#pragma once

#include "data/world-brush-private.h"

G_BEGIN_DECLS

/* Every texture, by its label and its function: adding one is a function and a line here. */
#define PH_TEXTURES(TEXTURE)                                                                       \
  TEXTURE (stripes)                                                                                \
  TEXTURE (checks)                                                                                 \
  TEXTURE (dots)                                                                                   \
  TEXTURE (rings)                                                                                  \
  TEXTURE (spiral)                                                                                 \
  TEXTURE (waves)                                                                                  \
  TEXTURE (zigzag)                                                                                 \
  TEXTURE (honeycomb)                                                                              \
  TEXTURE (bricks)                                                                                 \
  TEXTURE (scales)                                                                                 \
  TEXTURE (weave)                                                                                  \
  TEXTURE (fur)                                                                                    \
  TEXTURE (clouds)                                                                                 \
  TEXTURE (marble)                                                                                 \
  TEXTURE (cracks)                                                                                 \
  TEXTURE (leopard)                                                                                \
  TEXTURE (triangles)                                                                              \
  TEXTURE (plaid)

enum
{
#define PH_TEXTURE_NUMBER(name) PH_TEXTURE_##name,
  PH_TEXTURES (PH_TEXTURE_NUMBER)
#undef PH_TEXTURE_NUMBER
      PH_N_TEXTURES
};

/** ph_world_paint_texture: covers the square with texture @number. @depth: 0..1, how far its two
 * colours lie apart. */
void ph_world_paint_texture (cairo_t *cr, PhRng *rng, guint number, double depth);

G_END_DECLS
