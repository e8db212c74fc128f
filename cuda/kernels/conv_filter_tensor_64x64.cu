#include "conv_filter.h"
#include "convolve_tensor.h"

TENSOR(conv_filter, _f32, float, 64, 64, 32, 32, 32, 3, 3)
TENSOR(conv_filter, _f64, double, 64, 64, 16, 32, 32, 3, 3)
