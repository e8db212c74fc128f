// conv_forward_tensor.cu: on tensor cores; float32 is rounded to TF32.
#include "conv_forward.h"
#include "convolve_tensor.h"

#define TENSOR(SUFFIX, T, M, N, K, WM, WN, STAGES, BLOCKS)                                                                                  \
    extern "C" __global__ void __launch_bounds__((M / WM) * (N / WN) * 32, BLOCKS) conv_forward_tensor_##M##x##N##SUFFIX(PARAMS(T)) {      \
        conv_forward<Tensor<T, M, N, K, WM, WN, STAGES>>(ARGUMENTS);                                                                         \
    }
TENSOR(_f32, float, 128, 128, 16, 32, 64, 4, 2)
TENSOR(_f32, float, 96, 128, 16, 48, 32, 4, 2)
TENSOR(_f32, float, 64, 64, 32, 32, 32, 3, 3)
TENSOR(_f32, float, 32, 128, 32, 32, 32, 3, 3)
TENSOR(_f32, float, 32, 32, 32, 16, 32, 3, 6)
TENSOR(_f64, double, 64, 64, 16, 32, 32, 3, 3)
TENSOR(_f64, double, 32, 128, 16, 32, 32, 3, 3)
TENSOR(_f64, double, 32, 32, 16, 16, 32, 3, 6)
