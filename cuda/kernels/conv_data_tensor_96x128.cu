#include "conv_data.h"
#include "convolve_tensor.h"

TENSOR(conv_data, _f32, float, 96, 128, 16, 48, 32, 4, 2)
