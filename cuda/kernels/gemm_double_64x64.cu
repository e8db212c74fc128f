#include "gemm_tensor.h"

TENSOR(gemm_double_64x64, _f64, double, 64, 64, 16, 32, 32, 4, 2)
