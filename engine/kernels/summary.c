#include "kernels/summary.h"

#include "kernels/isa-private.h"

void
ph_summarise (gsize n, const float *x, PhSummary *summary)
{
  ph_kernels ()->summary (n, x, summary);
}
