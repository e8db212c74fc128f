#include "conv_filter.h"
#include "convolve_tensor.h"

TENSOR(conv_filter, _f32, float, 128, 128, 16, 32, 64, 4, 2)
