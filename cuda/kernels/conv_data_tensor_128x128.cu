#include "conv_data.h"
#include "convolve_tensor.h"

TENSOR(conv_data, _f32, float, 128, 128, 16, 32, 64, 4, 2)
