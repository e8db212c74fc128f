#include "gemm_tensor.h"

TENSOR(gemm_tf32_64x64, _f32, float, 64, 64, 32, 32, 32, 3, 3, false)
