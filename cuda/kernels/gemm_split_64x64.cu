#include "gemm_tensor.h"

TENSOR(gemm_split_64x64, _f32, float, 64, 64, 32, 32, 32, 3, 2, true)
