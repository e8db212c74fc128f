// compute_90: float64 products on tensor cores are of a larger shape there.
#include "gemm_tensor.h"

TENSOR(gemm_double_128x128, _f64, double, 128, 128, 16, 32, 64, 4, 1, false)
