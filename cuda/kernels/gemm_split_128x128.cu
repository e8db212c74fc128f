#include "gemm_tensor.h"

TENSOR(gemm_split_128x128, _f32, float, 128, 128, 32, 64, 32, 3, 1, true)
