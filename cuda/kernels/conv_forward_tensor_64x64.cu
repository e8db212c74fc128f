#include "conv_forward.h"
#include "convolve_tensor.h"

TENSOR(conv_forward, _f32, float, 64, 64, 32, 32, 32, 3, 3)
TENSOR(conv_forward, _f64, double, 64, 64, 16, 32, 32, 3, 3)
