// compute_90: float64 products on tensor cores are of a larger shape there.
#include "gemm_tensor.h"

TENSOR(gemm_double_64x64, _f64, double, 64, 64, 16, 32, 64, 3, 4, false)
