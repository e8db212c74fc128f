#include "conv_forward.h"
#include "convolve_tensor.h"

TENSOR(conv_forward, _f32, float, 32, 32, 32, 16, 32, 3, 6)
TENSOR(conv_forward, _f64, double, 32, 32, 16, 16, 32, 3, 6)
