#include "kernels/cpu.h"
#include "kernels/isa-private.h"

const PhKernels *
ph_kernels (void)
{
  switch (ph_cpu_level ())
    {
#ifdef PH_HAVE_X86_KERNELS
    case PH_CPU_AVX512:
      return &ph_kernels_avx512;
    case PH_CPU_AVX2:
      return &ph_kernels_avx2;
#endif
    default:
      return &ph_kernels_portable;
    }
}
