#include "conv_filter.h"
#include "convolve_tensor.h"

TENSOR(conv_filter, _f32, float, 32, 32, 32, 16, 32, 3, 6)
TENSOR(conv_filter, _f64, double, 32, 32, 16, 16, 32, 3, 6)
