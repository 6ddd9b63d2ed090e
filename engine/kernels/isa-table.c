#include "kernels/isa-private.h"
#include "kernels/simd-private.h"

const PhKernels PH_KERNEL (ph_kernels) = {
  .pointwise = PH_KERNEL (ph_pointwise),
  .sum = PH_KERNEL (ph_sum),
  .summary = PH_KERNEL (ph_summary),
  .squares = PH_KERNEL (ph_squares),
  .moments = PH_KERNEL (ph_moments),
  .blend = PH_KERNEL (ph_blend),
  .softmax = PH_KERNEL (ph_softmax),
  .softmax_backward = PH_KERNEL (ph_softmax_backward),
  .micro_wide = &PH_KERNEL (ph_micro_wide),
  .micro_thin = &PH_KERNEL (ph_micro_thin),
  .implicit_item = PH_KERNEL (ph_implicit_item),
  .winograd_input = PH_KERNEL (ph_winograd_input),
  .winograd_output = PH_KERNEL (ph_winograd_output),
  .depthwise_planes = PH_KERNEL (ph_depthwise_planes),
  .frame = PH_KERNEL (ph_frame),
  .weights_width = &PH_KERNEL (ph_weights_width),
  .weights_item = PH_KERNEL (ph_weights_item),
  .transpose = PH_KERNEL (ph_transpose),
  .dot_rows = PH_KERNEL (ph_dot_rows),
  .pool_max = PH_KERNEL (ph_pool_max),
  .fft_pass = PH_KERNEL (ph_fft_pass),
};
