#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** PH_N_BINS: of a histogram, half of them below 0. */
#define PH_N_BINS 256

/**
 * PhHistogram:
 * @exponent: a bin is 2^@exponent wide
 * @count: bin i holds values from (i - PH_N_BINS / 2) * 2^@exponent up to the next bin's
 *
 * How often which value came. Bins become twice as wide whenever a value lies outside, so that they
 * are as narrow as the largest value allows, and the counts depend on the values alone, not on the
 * order in which they came or how they were divided.
 */
typedef struct
{
  gint32 exponent;
  guint32 n; /* 0: nothing came yet and @exponent says nothing */
  guint32 count[PH_N_BINS];
} PhHistogram;

void ph_histogram_add (PhHistogram *histogram, float value);
void ph_histogram_join (PhHistogram *histogram, const PhHistogram *other);

/** ph_histogram_edge: where bin @i begins. */
double ph_histogram_edge (const PhHistogram *histogram, guint i);

/**
 * PhExactSum:
 *
 * A sum in fixed point, 2^-64 apart: adding is exact, so the order of the summands does not matter.
 */
typedef __int128 PhExactSum;

/** ph_exact: a number as a summand; beyond 2^62 it is cut off there. Numbers below 2^22 are rounded
 * to 2^-40. */
PhExactSum ph_exact (double value);
double ph_exact_to_double (PhExactSum sum);

G_END_DECLS
