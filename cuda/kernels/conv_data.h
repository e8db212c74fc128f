// conv_data.h: the transpose of conv_forward with respect to x. With a stride, the pixels whose row h and
// column v have the same remainders e = (h+pad) mod stride and f = (v+pad) mod stride meet only the taps
// r = e, e+stride, … and s = f, f+stride, …: block z makes the product for its (e, f), C × pixels of depth
// K·taps. Block y makes the sum over part y of the depth, length long, as a dx of its own.
#pragma once
#include "convolve.h"

#ifndef TWIN_SCAN
// first is the least u with u·stride + e - pad ≥ 0, and ends the number of u up to the pixel before size.
__device__ __forceinline__ int first(int e, int stride, int pad) { return pad > e ? (pad - e + stride - 1) / stride : 0; }
__device__ __forceinline__ int ends(int e, int stride, int pad, int size) { return size + pad > e ? (size + pad - e + stride - 1) / stride : 0; }

template <class Tile> __device__ __forceinline__ void conv_data(const typename Tile::T *w, const typename Tile::T *dy, typename Tile::T *dx, bool add, int length, Shape s) {
    const int e = blockIdx.z / s.stride, f = blockIdx.z % s.stride;
    Gather g;
    g.images = s.N, g.channels = s.K, g.height = s.P, g.width = s.Q;
    g.R = s.R > e ? (s.R - e + s.stride - 1) / s.stride : 0;
    g.S = s.S > f ? (s.S - f + s.stride - 1) / s.stride : 0;
    g.sign = -1;
    g.i0 = first(e, s.stride, s.pad), g.j0 = first(f, s.stride, s.pad), g.step = 1;
    g.rows = ends(e, s.stride, s.pad, s.H) - g.i0, g.columns = ends(f, s.stride, s.pad, s.W) - g.j0;
    g.M = s.C, g.outHeight = s.H, g.outWidth = s.W, g.outStep = s.stride;
    g.y0 = g.i0 * s.stride + e - s.pad, g.x0 = g.j0 * s.stride + f - s.pad;
    g.wm = s.R * s.S, g.wc = s.C * s.R * s.S, g.w0 = e * s.S + f, g.wr = s.stride * s.S, g.ws = s.stride;
    gather<Tile>(g, dy, w, dx, add, length);
}
#endif

#define PARAMS(T) const T *w, const T *dy, T *dx, int add, int length, CONVOLUTION
#define ARGUMENTS w, dy, dx, add != 0, length, Shape{CONVOLUTION_OF}
