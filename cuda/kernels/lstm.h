// lstm.h: cells of width h, their gates i, f, o, g side by side in rows of 4h; see lab/device.
#pragma once
#include "activate.h"

// CELLS(r, j, n, h) { … }: for number j of cell r. Blocks in x cover the width, those in y the cells.
#define CELLS(r, j, n, h)                                                                                      \
    if (const int j = blockIdx.x * blockDim.x + threadIdx.x; j < (h))                                          \
        for (index_t r = blockIdx.y; r < (n); r += gridDim.y)

template <class T> struct Gates {
    T i, f, o, g;
    __device__ __forceinline__ Gates(T i, T f, T o, T g) : i(i), f(f), o(o), g(g) {}
    __device__ __forceinline__ Gates(const T *rows, index_t r, int j, int h) {
        const T *at = rows + r * 4 * h + j;
        i = at[0], f = at[h], o = at[2 * (index_t)h], g = at[3 * (index_t)h];
    }
    __device__ __forceinline__ void store(T *rows, index_t r, int j, int h) const {
        T *at = rows + r * 4 * h + j;
        at[0] = i, at[h] = f, at[2 * (index_t)h] = o, at[3 * (index_t)h] = g;
    }
};
