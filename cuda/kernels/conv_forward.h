// conv_forward.h: y[n,k,p,q] = Σ_crs w[k,c,r,s] x[n,c,p·stride+r-pad,q·stride+s-pad], a K × N·P·Q product of
// depth C·R·S. Block y makes the sum over part y of the depth, length long, as a y of its own.
#pragma once
#include "convolve.h"

#ifndef TWIN_SCAN
template <class Tile> __device__ __forceinline__ void conv_forward(const typename Tile::T *x, const typename Tile::T *w, typename Tile::T *y, bool add, int length, Shape s) {
    Gather g;
    g.images = s.N, g.channels = s.C, g.height = s.H, g.width = s.W;
    g.R = s.R, g.S = s.S, g.sign = 1;
    g.rows = s.P, g.columns = s.Q, g.i0 = g.j0 = -s.pad, g.step = s.stride;
    g.M = s.K, g.outHeight = s.P, g.outWidth = s.Q, g.y0 = g.x0 = 0, g.outStep = 1;
    g.wm = s.C * s.R * s.S, g.wc = s.R * s.S, g.w0 = 0, g.wr = s.S, g.ws = 1;
    gather<Tile>(g, x, w, y, add, length);
}
#endif

#define PARAMS(T) const T *x, const T *w, T *y, int add, int length, CONVOLUTION
#define ARGUMENTS x, w, y, add != 0, length, Shape{CONVOLUTION_OF}
