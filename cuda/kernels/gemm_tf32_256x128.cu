#include "gemm_tensor.h"

TENSOR(gemm_tf32_256x128, _f32, float, 256, 128, 32, 64, 64, 3, 1, false)
