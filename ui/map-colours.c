#include "ui/map-colours.h"

#include <math.h>

/* Legible on light and dark ground, and next to one another. */
static const guint32 classes[] = {
  0x3584e4, 0xff7800, 0x2ec27e, 0xe01b24, 0x9141ac, 0xe5a50a,
  0x26a3b5, 0xdc5fa0, 0x8d6e45, 0x7bb32e, 0x6f7fd8, 0xb5835a,
};

static const guint32 shares[] = { 0x5b3f9e, 0x3b6fb5, 0x2a9d8f, 0x7cc04b, 0xf2c230 };

guint32
ph_map_class_colour (guint label)
{
  const guint32 colour = classes[label % G_N_ELEMENTS (classes)];
  const guint round = label / G_N_ELEMENTS (classes);
  guint32 result = 0;

  /* Each time around towards white or black. */
  for (guint shift = 0; shift < 24; shift += 8)
    {
      const double value = colour >> shift & 255, end = round % 2 == 1 ? 255 : 0;
      const double way = round == 0 ? 0 : 0.55 - 0.4 / (1 + round / 2);

      result |= (guint32)(value + way * (end - value)) << shift;
    }
  return result;
}

guint32
ph_map_share_colour (double share)
{
  const double at = CLAMP (share, 0, 1) * (G_N_ELEMENTS (shares) - 1);
  const guint below = MIN ((guint)at, G_N_ELEMENTS (shares) - 2);
  guint32 result = 0;

  if (isnan (share))
    return PH_MAP_GREY;
  for (guint shift = 0; shift < 24; shift += 8)
    {
      const double from = shares[below] >> shift & 255, to = shares[below + 1] >> shift & 255;

      result |= (guint32)lround (from + (at - below) * (to - from)) << shift;
    }
  return result;
}

GdkRGBA
ph_map_colour_to_rgba (guint32 colour)
{
  return (GdkRGBA){ (float)(colour >> 16 & 255) / 255, (float)(colour >> 8 & 255) / 255,
                    (float)(colour & 255) / 255, 1 };
}
