#include "conv_data.h"
#include "convolve_tensor.h"

TENSOR(conv_data, _f32, float, 32, 128, 32, 32, 32, 3, 3)
TENSOR(conv_data, _f64, double, 32, 128, 16, 32, 32, 3, 3)
