#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * PhValueGate:
 *
 * What lets a gradient through where low < value < high only.
 */
typedef struct
{
  const float *values;
  float low, high;
} PhValueGate;

G_END_DECLS
