#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** PhCpuLevel: instruction sets the kernels are written for, each including those before it. */
typedef enum
{
  PH_CPU_PORTABLE,
  PH_CPU_AVX2,   /* AVX2 and FMA */
  PH_CPU_AVX512, /* AVX-512 F, BW, DQ, VL */
} PhCpuLevel;

/**
 * ph_cpu_level:
 *
 * The best level this processor and operating system offer, or less when the environment variable
 * PHOSPHENE_CPU says "portable", "avx2" or "avx512". Asked once.
 */
PhCpuLevel ph_cpu_level (void);

/** ph_cpu_level_name: "portable", "avx2", "avx512". */
const char *ph_cpu_level_name (PhCpuLevel level);

/** ph_cpu_set_level: for tests and benchmarks: lowers the level from now on; never raises it above
 * what the processor has. */
void ph_cpu_set_level (PhCpuLevel level);

/** ph_cpu_is_exact: whether kernels made from now on leave out methods that trade rounding for
 * speed (Winograd's convolutions): when the environment variable PHOSPHENE_EXACT is "1" or after
 * ph_cpu_set_exact(). For comparisons with other programs. */
gboolean ph_cpu_is_exact (void);
void ph_cpu_set_exact (gboolean exact);

G_END_DECLS
