#include "study/statistics.h"

#include <math.h>
#include <string.h>

/* The narrowest bin that is useful to a float, and the widest. */
#define MIN_EXPONENT -60
#define MAX_EXPONENT 120

static int
bin_of (float value, int exponent)
{
  return (int)floor (ldexp (value, -exponent)) + PH_N_BINS / 2;
}

/* The narrowest bins that reach @value. */
static int
exponent_for (float value)
{
  int exponent;

  frexp (value, &exponent);
  exponent = CLAMP (exponent - 9, MIN_EXPONENT, MAX_EXPONENT);
  while (exponent < MAX_EXPONENT &&
         (bin_of (value, exponent) < 0 || bin_of (value, exponent) >= PH_N_BINS))
    exponent++;
  return exponent;
}

/* Joins neighbours until bins are 2^@exponent wide. */
static void
widen (PhHistogram *histogram, int exponent)
{
  for (; histogram->exponent < exponent; histogram->exponent++)
    {
      guint32 wide[PH_N_BINS] = { 0 };

      for (guint i = 0; i < PH_N_BINS; i++)
        wide[PH_N_BINS / 4 + i / 2] += histogram->count[i];
      memcpy (histogram->count, wide, sizeof wide);
    }
}

void
ph_histogram_add (PhHistogram *histogram, float value)
{
  int bin = histogram->n > 0 ? bin_of (value, histogram->exponent) : -1;

  if (bin < 0 || bin >= PH_N_BINS)
    {
      int exponent = exponent_for (value);

      if (histogram->n == 0)
        histogram->exponent = exponent;
      widen (histogram, exponent);
      bin = CLAMP (bin_of (value, histogram->exponent), 0, PH_N_BINS - 1);
    }
  histogram->count[bin]++;
  histogram->n++;
}

void
ph_histogram_join (PhHistogram *histogram, const PhHistogram *other)
{
  PhHistogram copy = *other;

  if (copy.n == 0)
    return;
  if (histogram->n == 0)
    {
      *histogram = copy;
      return;
    }
  widen (histogram, copy.exponent);
  widen (&copy, histogram->exponent);
  for (guint i = 0; i < PH_N_BINS; i++)
    histogram->count[i] += copy.count[i];
  histogram->n += copy.n;
}

double
ph_histogram_edge (const PhHistogram *histogram, guint i)
{
  return ldexp ((double)i - PH_N_BINS / 2, histogram->exponent);
}

PhExactSum
ph_exact (double value)
{
  if (fabs (value) < 0x1p22)
    return (PhExactSum)(gint64)(value * 0x1p40) * (1 << 24);
  return (PhExactSum)(CLAMP (value, -0x1p62, 0x1p62) * 0x1p64);
}

double
ph_exact_to_double (PhExactSum sum)
{
  return (double)sum * 0x1p-64;
}
