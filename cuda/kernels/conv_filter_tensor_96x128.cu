#include "conv_filter.h"
#include "convolve_tensor.h"

TENSOR(conv_filter, _f32, float, 96, 128, 16, 48, 32, 4, 2)
