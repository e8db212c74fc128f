#include "conv_data.h"
#include "convolve_tensor.h"

TENSOR(conv_data, _f32, float, 32, 32, 32, 16, 32, 3, 6)
TENSOR(conv_data, _f64, double, 32, 32, 16, 16, 32, 3, 6)
