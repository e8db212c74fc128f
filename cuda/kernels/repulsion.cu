// repulsion: the force and the sum of affinities of all other points on each point of a map, see
// device.Physics. A block takes 512 points, four to a thread, through some tiles of 256 others in shared
// memory. Within a tile sums are of the type, beyond it float64.
//
// A pair is 8 additions and multiplications in float32 and a reciprocal, whose units are an eighth as many,
// and a quarter of a load of shared memory for four: 9 instructions. An H200 begins 132·128 of a thread a
// cycle, so n points take n²·9/16,896 cycles: 0.12 ms for 20,000 at 1.75 GHz. Memory's share is what the blocks
// leave for repulsion_sum, at most 32·132·512·3 numbers, written and read: 0.01 ms. In float64 a pair is some
// 18 instructions of half as many units: 0.5 ms.
//
// Grid: points, parts of the tiles; part k leaves sums[k,c,i], c = 0, 1 the force on point i, 2 its sum.
#include "glassy.h"
#include "packs.h"

#ifndef TWIN_SCAN
#define MAP_TILE 256
#define MAP_THREADS 128
#define MAP_EACH 4 // points of a thread

// reciprocal is 1/x for x ≥ 1: to a unit in the last place, of the type float at once what the chip has.
__device__ __forceinline__ double reciprocal(double x) { return __drcp_rn(x); }
__device__ __forceinline__ float reciprocal(float x) {
#ifdef TWIN
    return 1 / x;
#else
    float r;
    asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(r) : "f"(x));
    return r;
#endif
}

// two is the coordinates of two points, at an address of 16 bytes: one load in float32, two in float64.
template <class T> __device__ __forceinline__ void two(const T *p, T *w) {
    constexpr int W = pack_width<T>();
#pragma unroll
    for (int k = 0; k < 4; k += W) {
        const Pack<T, W> v = load<W>(p + k);
#pragma unroll
        for (int c = 0; c < W; c++) w[k + c] = v.at[c];
    }
}

// A Push is what is summed for a point.
template <class T> struct Push {
    T u, v, z;
};

// push adds that of a point at a distance of (du, dv); of none where it does not count.
template <bool ALL, class T> __device__ __forceinline__ void push(Push<T> &sum, T du, T dv, bool counts) {
    const T q = reciprocal(fma(dv, dv, fma(du, du, T(1)))), qq = q * q;
    if (ALL || counts) {
        sum.u = fma(qq, du, sum.u);
        sum.v = fma(qq, dv, sum.v);
        sum.z += q;
    }
}

template <class T> __device__ static void repulsion(int n, const T *y, T *sums) {
    __shared__ __align__(16) T tile[2 * MAP_TILE];
    const int tid = threadIdx.x, from = blockIdx.x * MAP_THREADS * MAP_EACH, tiles = (n + MAP_TILE - 1) / MAP_TILE;
    T u[MAP_EACH], v[MAP_EACH];
    Push<double> sum[MAP_EACH] = {};
#pragma unroll
    for (int k = 0; k < MAP_EACH; k++) {
        const int i = from + k * MAP_THREADS + tid;
        u[k] = i < n ? y[2 * (index_t)i] : T(0);
        v[k] = i < n ? y[2 * (index_t)i + 1] : T(0);
    }
    // The tiles blockIdx.y, blockIdx.y + gridDim.y, …
    for (int t = blockIdx.y; t < tiles; t += gridDim.y) {
        const int at = t * MAP_TILE;
        __syncthreads();
        for (int k = tid; k < 2 * MAP_TILE; k += MAP_THREADS) tile[k] = 2 * (index_t)at + k < 2 * (index_t)n ? y[2 * (index_t)at + k] : T(0);
        __syncthreads();
        Push<T> part[MAP_EACH] = {};
        const auto go = [&](auto all) {
#pragma unroll 4
            for (int j = 0; j < MAP_TILE; j += 2) {
                T w[4];
                two(&tile[2 * j], w);
#pragma unroll
                for (int k = 0; k < MAP_EACH; k++) {
                    const int i = from + k * MAP_THREADS + tid;
                    push<decltype(all)::value>(part[k], u[k] - w[0], v[k] - w[1], at + j != i && at + j < n);
                    push<decltype(all)::value>(part[k], u[k] - w[2], v[k] - w[3], at + j + 1 != i && at + j + 1 < n);
                }
            }
        };
        // Where the tile ends beyond n, or has points of the block, each is looked at.
        const bool apart = at + MAP_TILE <= from || at >= from + MAP_THREADS * MAP_EACH;
        if (apart && at + MAP_TILE <= n)
            go(Width<1>());
        else
            go(Width<0>());
#pragma unroll
        for (int k = 0; k < MAP_EACH; k++) {
            sum[k].u += part[k].u;
            sum[k].v += part[k].v;
            sum[k].z += part[k].z;
        }
    }
    T *mine = sums + 3 * (index_t)blockIdx.y * n;
#pragma unroll
    for (int k = 0; k < MAP_EACH; k++) {
        const int i = from + k * MAP_THREADS + tid;
        if (i >= n) break;
        mine[i] = (T)sum[k].u;
        mine[(index_t)n + i] = (T)sum[k].v;
        mine[2 * (index_t)n + i] = (T)sum[k].z;
    }
}

// repulsion_sum adds up the parts.
template <class T> __device__ static void repulsion_sum(int n, int parts, const T *sums, T *force, T *z) {
    const index_t all = 3 * (index_t)n;
    EACH(at, all) {
        double s = 0;
#pragma unroll 8
        for (int k = 0; k < parts; k++) s += (double)sums[k * all + at];
        if (at < n)
            force[2 * at] = (T)s;
        else if (at < 2 * (index_t)n)
            force[2 * (at - n) + 1] = (T)s;
        else
            z[at - 2 * (index_t)n] = (T)s;
    }
}
#endif

#define PARAMS(T) int n, const T *y, T *sums
INSTANCES_OF(repulsion, 128, PARAMS, n, y, sums)
#define SUM_PARAMS(T) int n, int parts, const T *sums, T *force, T *z
INSTANCES(repulsion_sum, SUM_PARAMS, n, parts, sums, force, z)
