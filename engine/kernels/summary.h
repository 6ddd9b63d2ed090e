#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * PhSummary:
 * @max, @min: largest and smallest number; -∞ and ∞ of none
 * @sum, @squares: of all numbers and of their squares
 * @zeros: how many are exactly 0
 */
typedef struct
{
  float max, min;
  double sum, squares;
  gsize zeros;
} PhSummary;

/**
 * ph_summarise:
 * @x: @n numbers
 *
 * All of it in one pass over memory. Not-a-number counts in the sums alone, which it turns into
 * not-a-number. The same numbers give the same summary on the same kind of processor. Calling
 * thread only.
 */
void ph_summarise (gsize n, const float *x, PhSummary *summary);

G_END_DECLS
