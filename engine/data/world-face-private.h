#pragma once

#include <cairo.h>

#include "base/rng.h"
#include "data/world.h"

G_BEGIN_DECLS

/** Positions in the attributes of a face; ph_face_attributes describes them. */
enum
{
  PH_FACE_SMILE,
  PH_FACE_MOUTH_OPEN,
  PH_FACE_EYES_OPEN,
  PH_FACE_BROWS_UP,
  PH_FACE_BROWS_SLANT,
  PH_FACE_NOSE_WRINKLED,
  PH_FACE_GAZE_X,
  PH_FACE_GAZE_Y,
  PH_FACE_GLASSES,
  PH_FACE_TURN,
  PH_FACE_TILT,
  PH_FACE_HAIR_LENGTH,
  PH_FACE_HAIR_CURL,
  PH_FACE_HAIR_DARK,
  PH_FACE_SKIN_DARK,
  PH_FACE_BEARD,
  PH_FACE_AGE,
  PH_FACE_LIGHT,
  PH_FACE_WIDTH,
  PH_N_FACE_ATTRIBUTES
};

extern const PhWorldAttribute ph_face_attributes[];

/** ph_face_paint: a head and shoulders with these attributes; @rng chooses what they leave open:
 * clothes, background, the colour of the eyes. */
void ph_face_paint (cairo_t *cr, const double *attributes, PhRng *rng);

G_END_DECLS
