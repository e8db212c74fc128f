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

// fetch is V numbers from place at[b] on of each vector: all loads of a batch before the first use of one, so
// that they are on their way together.
template <int V, int B, int K, class T>
__device__ __forceinline__ void fetch(const Cut &k, const T *const (&in)[K], const index_t (&at)[B], Pack<T, V> (&v)[B][K]) {
    if (k.aligned) {
#pragma unroll
        for (int b = 0; b < B; b++)
#pragma unroll
            for (int j = 0; j < K; j++) v[b][j] = load<V>(in[j] + at[b]);
        return;
    }
#pragma unroll
    for (int b = 0; b < B; b++)
#pragma unroll
        for (int j = 0; j < K; j++)
#pragma unroll
            for (int l = 0; l < V; l++) v[b][j].at[l] = in[j][at[b] + l];
}

// batches calls f(at, v) for each place that the thread takes, `count` in all, with the vectors' V numbers
// there. Next gives the places one after another.
template <int V, int B, int K, class T, class Next, class F>
__device__ __forceinline__ void batches(const Cut &k, const T *const (&in)[K], index_t count, Next next, F f) {
    index_t i = 0;
    for (; i + B <= count; i += B) {
        index_t at[B];
        Pack<T, V> v[B][K];
#pragma unroll
        for (int b = 0; b < B; b++) at[b] = next();
        fetch(k, in, at, v);
#pragma unroll
        for (int b = 0; b < B; b++) f(at[b], v[b]);
    }
#pragma unroll 1
    for (; i < count; i++) {
        const index_t at[1] = {next()};
        Pack<T, V> v[1][K];
        fetch(k, in, at, v);
        f(at[0], v[0]);
    }
}

// walk calls f(at, v) for all V neighbours that the thread takes: at is the index of the first, v[j] the
// numbers of vector j there. F may write to those places.
template <int V, class F, class T, class... More>
__device__ __forceinline__ void walk(const Cut &k, const Seat &seat, F f, const T *first, const More *...more) {
    constexpr int K = 1 + sizeof...(More);
    const T *const in[K] = {first, more...};
    index_t from, to;
    if (k.across) {
        if constexpr (V == 1) {
            if (!seat.inside) return;
            const int rows = blockDim.x >> 5;
            const index_t row = (index_t)k.c * k.s;
            span(k.n, k.parts, blockIdx.y, from, to);
            from += warp_id();
            index_t at = from * row + (index_t)blockIdx.x * k.across * k.s + lane_id();
            batches<1, 8 / K>(k, in, from < to ? (to - from + rows - 1) / rows : 0, [&] {
                const index_t here = at;
                at += rows * row;
                return here;
            }, f);
        }
        return;
    }
    const int width = k.s / V;
    span((index_t)k.n * width, k.parts, blockIdx.y, from, to);
    from += threadIdx.x;
    index_t image = quotient(from, width);
    int at = (int)(from - image * width);
    const int images = blockDim.x / width, steps = blockDim.x % width; // what a step of the block is
    batches<V, 4 / K>(k, in, from < to ? (to - from + blockDim.x - 1) / blockDim.x : 0, [&] {
        const index_t here = (image * k.c + seat.channel) * k.s + (index_t)at * V;
        image += images, at += steps;
        if (at >= width) at -= width, image++;
        return here;
    }, f);
}

// leave writes V numbers to p.
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
#pragma unroll 1
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
#pragma unroll 1
            for (int w = 0; w < warps; w++) column += cell[j][w * 32 + lane];
            cell[j][256 + lane] = column;
        }
    }
    __syncthreads();
    const int first = lane - lane % k.s, last = first + k.s < 32 ? first + k.s : 32;
#pragma unroll
    for (int j = 0; j < K; j++) {
        sum[j] = 0;
#pragma unroll 1
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
#pragma unroll 1
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
#define WIDTHS(F, ...)                                                                          \
    if (vector) F<T, pack_width<T>()>(Cut{n, c, s, 0, aligned, parts}, phase, partial, __VA_ARGS__); \
    else F<T, 1>(Cut{n, c, s, across, aligned, parts}, phase, partial, __VA_ARGS__)
