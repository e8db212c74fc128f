#include "gemm_tensor.h"

TENSOR(gemm_tf32_128x128, _f32, float, 128, 128, 32, 64, 64, 3, 2, false)
