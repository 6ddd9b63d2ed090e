/* The world of faces: drawn heads whose every trait is known, with seven emotions as classes. */
#include <math.h>

#include "data/world.h"

#include "data/world-face-private.h"

static const char *const classes[] = { "neutral",   "happy",  "sad",       "angry",
                                       "surprised", "afraid", "disgusted", NULL };

const PhWorldAttribute ph_face_attributes[] = {
  { "smile", "corners of the mouth: -1 down, 1 up", -1, 1 },
  { "mouth-open", "0 closed, 1 wide open", 0, 1 },
  { "eyes-open", "0 closed, 1 wide open", 0, 1 },
  { "brows-up", "-1 low, 1 raised", -1, 1 },
  { "brows-slant", "inner ends: -1 down, as in anger, 1 up, as in grief", -1, 1 },
  { "nose-wrinkled", "0 smooth, 1 wrinkled", 0, 1 },
  { "gaze-x", "-1 to the left of the picture, 1 to its right", -1, 1 },
  { "gaze-y", "-1 up, 1 down", -1, 1 },
  { "glasses", "0 without, 1 with", 0, 1 },
  { "turn", "of the head: -1 to the left of the picture, 1 to its right", -1, 1 },
  { "tilt", "of the head: -1 to the left, 1 to the right", -1, 1 },
  { "hair-length", "0 bald, 1 long", 0, 1 },
  { "hair-curl", "0 straight, 1 curly", 0, 1 },
  { "hair-dark", "0 fair, 1 black", 0, 1 },
  { "skin-dark", "0 the lightest of human skins, 1 the darkest", 0, 1 },
  { "beard", "0 none, 1 full", 0, 1 },
  { "age", "0 young, 1 old: lines and grey hair", 0, 1 },
  { "light", "-1 from the left, 1 from the right", -1, 1 },
  { "width", "of the head: 0 narrow, 1 wide", 0, 1 },
  { NULL, NULL, 0, 0 },
};

G_STATIC_ASSERT (PH_N_FACE_ATTRIBUTES + 1 == G_N_ELEMENTS (ph_face_attributes));
G_STATIC_ASSERT (PH_N_FACE_ATTRIBUTES <= PH_WORLD_MAX_ATTRIBUTES);

/* What the muscles of a face do in each emotion (after the action units of Ekman and Friesen 1978,
 * by hand): smile, mouth-open, eyes-open, brows-up, brows-slant, nose-wrinkled. */
#define N_EXPRESSIVE 6

static const double expressions[][N_EXPRESSIVE] = {
  { 0.0, 0.03, 0.55, 0.0, 0.0, 0.0 },    /* neutral */
  { 0.8, 0.35, 0.45, 0.15, 0.1, 0.1 },   /* happy */
  { -0.7, 0.05, 0.4, 0.0, 0.8, 0.0 },    /* sad */
  { -0.4, 0.12, 0.6, -0.75, -0.8, 0.4 }, /* angry */
  { 0.0, 0.85, 0.95, 0.9, 0.0, 0.0 },    /* surprised */
  { -0.45, 0.45, 0.95, 0.5, 0.8, 0.1 },  /* afraid */
  { -0.6, 0.2, 0.25, -0.45, -0.3, 0.95 } /* disgusted */
};

static void
choose (guint label, PhRng *rng, double *a)
{
  for (guint i = 0; i < PH_N_FACE_ATTRIBUTES; i++)
    a[i] = ph_rng_uniform (rng, ph_face_attributes[i].low, ph_face_attributes[i].high);

  /* Not every happy face is equally happy. */
  double strength = ph_rng_uniform (rng, 0.65, 1.15);

  for (guint i = 0; i < N_EXPRESSIVE; i++)
    {
      double value = expressions[0][i] + strength * (expressions[label][i] - expressions[0][i]) +
                     0.1 * ph_rng_normal (rng);

      a[i] = CLAMP (value, ph_face_attributes[i].low, ph_face_attributes[i].high);
    }
  a[PH_FACE_GLASSES] = ph_rng_below (rng, 3) == 0;
  a[PH_FACE_BEARD] = MAX (0, 2 * a[PH_FACE_BEARD] - 1); /* every second one has none */
  a[PH_FACE_HAIR_DARK] = sqrt (a[PH_FACE_HAIR_DARK]);
}

static void
paint (void *cr, guint label, PhRng *rng, double *attributes)
{
  choose (label, rng, attributes);
  ph_face_paint (cr, attributes, rng);
}

const PhWorld ph_world_faces = {
  .name = "faces",
  .title = "Faces",
  .summary = "Drawn faces of people of every age and colour with seven emotions",
  .classes = classes,
  .attributes = ph_face_attributes,
  .paint = paint,
};
