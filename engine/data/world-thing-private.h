#pragma once

#include "data/world-brush-private.h"

G_BEGIN_DECLS

/* Every thing, by its label and its function: adding one is a function and a line here. */
#define PH_THINGS(THING)                                                                           \
  THING (flower)                                                                                   \
  THING (tree)                                                                                     \
  THING (fish)                                                                                     \
  THING (bird)                                                                                     \
  THING (cat)                                                                                      \
  THING (leaf)                                                                                     \
  THING (mushroom)                                                                                 \
  THING (butterfly)                                                                                \
  THING (house)                                                                                    \
  THING (car)                                                                                      \
  THING (boat)                                                                                     \
  THING (key)                                                                                      \
  THING (cup)                                                                                      \
  THING (clock)                                                                                    \
  THING (wheel)                                                                                    \
  THING (ladder)                                                                                   \
  THING (star)                                                                                     \
  THING (umbrella)

#define PH_THING_DECLARE(name) void ph_thing_##name (PhBrush *b);
PH_THINGS (PH_THING_DECLARE)
#undef PH_THING_DECLARE

/** ph_thing_eye: a round eye with a light in it. */
void ph_thing_eye (PhBrush *b, double x, double y, double radius);

G_END_DECLS
