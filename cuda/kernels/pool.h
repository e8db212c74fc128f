// pool.h: what the pooling kernels share. Each thread makes one number of the result.
#pragma once
#include "glassy.h"
#include "packs.h"

// Planes of H×W numbers, and P×Q that come out of windows of size×size.
#define POOLING int planes, int H, int W, int size, int stride, int pad, int P, int Q

#ifndef TWIN_SCAN
// A Cell is a number's place among planes of rows×columns.
struct Cell {
    index_t plane;
    int row, column;
};

__device__ __forceinline__ Cell cell(index_t i, int rows, int columns) {
    Cell c;
    const int size = rows * columns;
    c.plane = quotient(i, size);
    const int in = (int)(i - c.plane * size);
    c.row = in / columns;
    c.column = in - c.row * columns;
    return c;
}

// A Range is from..to-1: which cells a window covers, or which windows cover a cell, along one side.
struct Range {
    int from, to;
};

__device__ __forceinline__ Range covered(int window, int size, int stride, int pad, int length) {
    const int from = window * stride - pad;
    return {max(from, 0), min(from + size, length)};
}

__device__ __forceinline__ Range covering(int at, int size, int stride, int pad, int windows) {
    const int last = at + pad; // window w covers last when w·stride ≤ last < w·stride + size
    return {last < size ? 0 : (last - size) / stride + 1, min(last / stride + 1, windows)};
}
#endif
