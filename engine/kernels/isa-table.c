#include "kernels/isa-private.h"
#include "kernels/simd-private.h"

const PhKernels PH_KERNEL (ph_kernels) = {
  .pointwise = PH_KERNEL (ph_pointwise),
  .sum = PH_KERNEL (ph_sum),
  .softmax = PH_KERNEL (ph_softmax),
  .softmax_backward = PH_KERNEL (ph_softmax_backward),
  .pool_max = PH_KERNEL (ph_pool_max),
};
