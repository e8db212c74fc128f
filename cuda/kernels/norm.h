// norm.h: how blocks take data of n×c×s numbers, channel by channel, and add up over a channel.
//
// Where s is a warp's width or more, a block takes one channel, or one of `parts` parts of it: its threads go
// along the runs of s numbers, V numbers at a time. Where s is small, a block takes `across` neighbouring
// channels: lanes lie along their across·s neighbouring numbers, warps take rows. Which thread takes what
// depends on the sizes alone. blockIdx.x is the channels, blockIdx.y the part.
#pragma once
#include "packs.h"

enum { SUMS = 1, APPLY = 2 }; // phases, as in cuda/norm.go

// A Cut is the shape of the data and how blocks take it: cut in cuda/norm.go.
struct Cut {
    int n, c, s, across, aligned, parts;
};

// A Seat is a thread's place.
struct Seat {
    int channel;
    bool inside; // it has numbers of that channel
    bool first;  // of the threads of the channel
    __device__ __forceinline__ Seat(const Cut &k) {
        if (k.across == 0) {
            channel = blockIdx.x, inside = true, first = threadIdx.x == 0;
            return;
        }
        const int lane = lane_id();
        channel = blockIdx.x * k.across + lane / k.s;
        inside = lane < k.across * k.s && channel < k.c;
        first = inside && lane % k.s == 0 && warp_id() == 0;
        if (!inside) channel = k.c - 1; // what it reads there is not used
    }
};

// span is what a part has of a number of things.
__device__ __forceinline__ void span(index_t all, int parts, int part, index_t &from, index_t &to) {
    const index_t each = (all + parts - 1) / parts;
    from = each * part, to = each * (part + 1);
    if (from > all) from = all;
    if (to > all) to = all;
}

// walk calls f(i) with the index of each first of V neighbours that the thread takes.
template <int V, class F> __device__ __forceinline__ void walk(const Cut &k, const Seat &seat, F f) {
    index_t from, to;
    if (k.across) {
        if (!seat.inside) return;
        const index_t row = (index_t)k.c * k.s;
        const index_t at = (index_t)blockIdx.x * k.across * k.s + lane_id();
        span(k.n, k.parts, blockIdx.y, from, to);
#pragma unroll 4
        for (index_t r = from + warp_id(); r < to; r += blockDim.x >> 5) f(r * row + at);
        return;
    }
    const int width = k.s / V;
    span((index_t)k.n * width, k.parts, blockIdx.y, from, to);
    const index_t start = from + threadIdx.x;
    index_t image = quotient(start, width);
    int at = (int)(start - image * width);
    const int images = blockDim.x / width, steps = blockDim.x % width; // what a step of the block is
#pragma unroll 2
    for (index_t i = start; i < to; i += blockDim.x) {
        f((image * k.c + seat.channel) * k.s + (index_t)at * V);
        image += images, at += steps;
        if (at >= width) at -= width, image++;
    }
}

// take is V numbers at p, by one load where that can be.
template <int V, class T> __device__ __forceinline__ Pack<T, V> take(const T *p, int aligned) {
    if (aligned) return load<V>(p);
    Pack<T, V> v;
#pragma unroll
    for (int j = 0; j < V; j++) v.at[j] = p[j];
    return v;
}
template <int V, class T> __device__ __forceinline__ void leave(T *p, const Pack<T, V> &v, int aligned) {
    if (aligned) {
        store<V>(p, v);
        return;
    }
#pragma unroll
    for (int j = 0; j < V; j++) p[j] = v.at[j];
}

// add_up makes of the threads' sums those of their channel, the same bits in all of its threads.
template <int K> __device__ void add_up(const Cut &k, double (&sum)[K]) {
    __shared__ double cell[K][256 + 32];
    const int lane = lane_id(), warp = warp_id(), warps = blockDim.x >> 5;
    if (k.across == 0) {
#pragma unroll
        for (int j = 0; j < K; j++) {
            sum[j] = warp_sum(sum[j]);
            if (lane == 0) cell[j][warp] = sum[j];
        }
        __syncthreads();
#pragma unroll
        for (int j = 0; j < K; j++) {
            sum[j] = cell[j][0];
            for (int w = 1; w < warps; w++) sum[j] += cell[j][w];
        }
        __syncthreads();
        return;
    }
#pragma unroll
    for (int j = 0; j < K; j++) cell[j][threadIdx.x] = sum[j];
    __syncthreads();
    if (warp == 0) {
#pragma unroll
        for (int j = 0; j < K; j++) {
            double column = 0;
            for (int w = 0; w < warps; w++) column += cell[j][w * 32 + lane];
            cell[j][256 + lane] = column;
        }
    }
    __syncthreads();
    const int first = lane - lane % k.s, last = first + k.s < 32 ? first + k.s : 32;
#pragma unroll
    for (int j = 0; j < K; j++) {
        sum[j] = 0;
        for (int x = first; x < last; x++) sum[j] += cell[j][256 + x];
    }
    __syncthreads();
}

// each_part deals the parts of a channel out to its threads: f(where its numbers are, part).
template <class F> __device__ __forceinline__ void each_part(const Cut &k, const Seat &seat, F f) {
    int first = threadIdx.x, step = blockDim.x;
    if (k.across) {
        if (!seat.inside || lane_id() % k.s != 0) return;
        first = warp_id(), step = blockDim.x >> 5;
    }
    for (int p = first; p < k.parts; p += step) f((index_t)seat.channel * k.parts + p, p);
}

// channel_sums are the sums that f adds one part's up to: over the channel, made in this launch or by the
// launch before. False when there is no more to do in this launch.
template <int K, class F>
__device__ __forceinline__ bool channel_sums(const Cut &k, const Seat &seat, int phase, double *partial, double (&sum)[K], F f) {
    if (phase & SUMS) {
        f();
    } else {
        each_part(k, seat, [&](index_t at, int) {
#pragma unroll
            for (int j = 0; j < K; j++) sum[j] += partial[at * K + j];
        });
    }
    add_up(k, sum);
    if (phase != SUMS) return true;
    if (seat.first) {
#pragma unroll
        for (int j = 0; j < K; j++) partial[((index_t)seat.channel * k.parts + blockIdx.y) * K + j] = sum[j];
    }
    return false;
}

// put gives a channel its number, where the thread is the one to do so.
template <class T> __device__ __forceinline__ void put(const Seat &seat, T *dst, double v, int add) {
    if (seat.first && blockIdx.y == 0) dst[seat.channel] = add ? dst[seat.channel] + (T)v : (T)v;
}

#define CUT_PARAMS int n, int c, int s, int across, int vector, int aligned, int parts, int phase, double *partial
#define CUT_ARGS n, c, s, across, vector, aligned, parts, phase, partial

// WIDTHS(f, args…) is f<T, V>(cut, args…) with V as many numbers as 16 bytes hold, where runs are made of
// whole ones, else 1.
#define WIDTHS(F, ...)                                               \
    const Cut k{n, c, s, across, aligned, parts};                  \
    if (vector) F<T, pack_width<T>()>(k, phase, partial, __VA_ARGS__); \
    else F<T, 1>(k, phase, partial, __VA_ARGS__)
