// conv_filter.cu: on the ordinary arithmetic units.
#include "conv_filter.h"

#define TILE(SUFFIX, T, M, N, RM, RN, BLOCKS)                                                                            \
    extern "C" __global__ void __launch_bounds__((M / RM) * (N / RN), BLOCKS) conv_filter_##M##x##N##SUFFIX(PARAMS(T)) { \
        conv_filter<Plain<T, M, N, RM, RN>>(ARGUMENTS);                                                                  \
    }
TILE(_f32, float, 128, 128, 8, 8, 2)
TILE(_f32, float, 96, 128, 12, 4, 2)
TILE(_f32, float, 64, 64, 8, 4, 4)
TILE(_f32, float, 32, 128, 8, 4, 4)
TILE(_f32, float, 32, 32, 4, 4, 8)
TILE(_f64, double, 64, 64, 8, 4, 3)
TILE(_f64, double, 32, 128, 8, 4, 3)
TILE(_f64, double, 32, 32, 4, 4, 8)
