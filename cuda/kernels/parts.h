// parts.h: a sum or a maximum of one or two long vectors, shared by the blocks of a grid in one launch: each
// block leaves its part in memory, and the block that is done last joins the parts. Which number goes to
// which thread, and the order in which parts are joined, depend on the sizes alone: neither on where the
// vectors begin nor on which block is last.
//
// Parts and the count of blocks that are done belong to the module: launches follow each other on one
// stream, and each leaves the count at 0.
#pragma once

#ifndef TWIN_SCAN
#define MOST_PARTS 1024 // as shares in cuda/arithmetic.go

static __device__ double part[MOST_PARTS];
static __device__ unsigned blocks_done;

// What is done to numbers. Acc is what a thread keeps; take adds the numbers x of one vector and y of the
// other to it; join and block join what threads and blocks kept, in double.
struct Sum {
    template <class T> using Acc = double;
    static constexpr bool two = false;
    template <class T> static __device__ __forceinline__ double take(double acc, T x, T) { return acc + (double)x; }
    static __device__ __forceinline__ double join(double a, double b) { return a + b; }
    static __device__ __forceinline__ double block(double v) { return block_sum(v); }
};
struct Dot : Sum {
    static constexpr bool two = true;
    template <class T> static __device__ __forceinline__ double take(double acc, T x, T y) { return fma((double)x, (double)y, acc); }
};
struct MaxAbs {
    template <class T> using Acc = T;
    static constexpr bool two = false;
    template <class T> static __device__ __forceinline__ T take(T acc, T x, T) { return larger(acc, fabs(x)); }
    static __device__ __forceinline__ double join(double a, double b) { return larger(a, b); }
    static __device__ __forceinline__ double block(double v) { return block_max(v); }
};
struct Differ : MaxAbs { // 1 where a number differs, NaN from all
    template <class T> using Acc = int;
    static constexpr bool two = true;
    template <class T> static __device__ __forceinline__ int take(int acc, T x, T y) { return acc | !(x == y); }
};

// numbers is p[0 … W-1]; whole says that they can be moved together.
template <int W, class T> __device__ __forceinline__ Pack<T, W> numbers(const T *p, bool whole) {
    if (whole) return load<W>(p);
    Pack<T, W> v;
#pragma unroll
    for (int j = 0; j < W; j++) v.at[j] = p[j];
    return v;
}

// take_part is the block's part of n numbers, the share'th of so many; the same in every thread.
template <class Op, class T>
__device__ __forceinline__ double take_part(const T *x, const T *y, index_t n, int share, int shares) {
    typedef typename Op::template Acc<T> Acc;
    constexpr int W = pack_width<T>(), BATCH = 4; // packs on their way at a time
    const bool wx = misalignment(x) == 0, wy = misalignment(y) == 0;
    const index_t step = (index_t)shares * blockDim.x * W;
    index_t i = ((index_t)share * blockDim.x + threadIdx.x) * W;
    Acc acc[W] = {};
    for (; i + (BATCH - 1) * step + W <= n; i += BATCH * step) {
        Pack<T, W> u[BATCH], v[BATCH];
#pragma unroll
        for (int k = 0; k < BATCH; k++) {
            u[k] = numbers<W>(x + i + k * step, wx);
            if (Op::two) v[k] = numbers<W>(y + i + k * step, wy);
        }
#pragma unroll
        for (int k = 0; k < BATCH; k++)
#pragma unroll
            for (int j = 0; j < W; j++) acc[j] = Op::take(acc[j], u[k].at[j], Op::two ? v[k].at[j] : u[k].at[j]);
    }
    for (; i < n; i += step)
#pragma unroll
        for (int j = 0; j < W; j++)
            if (i + j < n) acc[j] = Op::take(acc[j], x[i + j], Op::two ? y[i + j] : x[i + j]);
    double s = acc[0];
#pragma unroll
    for (int j = 1; j < W; j++) s = Op::join(s, acc[j]);
    return Op::block(s);
}

// last_block says, to all threads of a block whose thread 0 has written its part, whether all other blocks
// had written theirs; then they can be read, with __ldcg.
__device__ __forceinline__ bool last_block() {
    __shared__ bool last;
    if (thread_id() == 0) {
        const unsigned blocks = gridDim.x * gridDim.y;
        __threadfence();
        last = atomicInc(&blocks_done, blocks - 1) == blocks - 1; // and 0 again
        __threadfence();
    }
    __syncthreads();
    return last;
}
#endif
