// sum_channels.cu: db[c] (+)= Σ_ns dy[n,c,s], added up in double. Block (x, y) makes part y of the sums of
// channel x, or where channels are short (across > 0) of so many neighbouring ones, which it reads side by
// side. Where there are several parts, the block that is done last adds them up.
#include "glassy.h"
#include "packs.h"

#ifndef TWIN_SCAN
#define MOST_GROUPS 1024 // blocks side by side that have several parts: enough in cutChannels, cuda/norm.go
static __device__ unsigned blocks_done[MOST_GROUPS]; // of each group; every launch leaves zeros

// along is the sum over numbers from..to-1 of channel c, the same in every thread.
template <class T> __device__ __forceinline__ double along(const T *dy, int C, int S, int c, index_t from, index_t to) {
    constexpr int V = pack_width<T>();
    const T *channel = dy + (index_t)c * S;
    const index_t step = (index_t)C * S; // from image to image
    double sum = 0;
    if (S % V == 0 && misalignment(dy) == 0) { // from and to are multiples of V, too
        const int packs = S / V;
#pragma unroll 4
        for (index_t i = from / V + threadIdx.x; i < to / V; i += blockDim.x) {
            const index_t n = quotient(i, packs);
            const Pack<T, V> v = reinterpret_cast<const Pack<T, V> *>(channel + n * step)[i - n * packs];
#pragma unroll
            for (int k = 0; k < V; k++) sum += (double)v.at[k];
        }
    } else {
#pragma unroll 4
        for (index_t i = from + threadIdx.x; i < to; i += blockDim.x) {
            const index_t n = quotient(i, S);
            sum += (double)channel[n * step + i - n * S];
        }
    }
    return block_sum(sum);
}

template <class T> __device__ static void sum_channels(const T *dy, T *db, int add, double *partial, int N, int C, int S, int across, int parts) {
    __shared__ double sums[256]; // across: of this warp, of number lane of the channels' runs; then of channels
    __shared__ bool last;
    const int first = blockIdx.x * max(across, 1), count = min(max(across, 1), C - first), part = blockIdx.y;
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32, warps = blockDim.x / 32;
    if (across == 0) {
        const index_t all = (index_t)N * S, length = (all / parts / pack_width<T>() + 1) * pack_width<T>();
        const double sum = along(dy, C, S, first, min(part * length, all), min((part + 1) * length, all));
        if (threadIdx.x == 0) sums[0] = sum;
    } else {
        double sum = 0;
        if (lane < count * S) {
#pragma unroll 4
            for (int n = part * warps + warp; n < N; n += parts * warps) sum += (double)dy[((index_t)n * C + first) * S + lane];
        }
        sums[threadIdx.x] = sum;
        __syncthreads();
        sum = 0;
        if ((int)threadIdx.x < count)
            for (int w = 0; w < warps; w++)
                for (int s = 0; s < S; s++) sum += sums[w * 32 + threadIdx.x * S + s];
        __syncthreads();
        sums[threadIdx.x] = sum;
    }
    __syncthreads();
    if (parts > 1) {
        if ((int)threadIdx.x < count) partial[(index_t)(first + threadIdx.x) * parts + part] = sums[threadIdx.x];
        __threadfence();
        __syncthreads();
        if (threadIdx.x == 0) {
            last = atomicAdd(&blocks_done[blockIdx.x], 1u) == (unsigned)parts - 1;
            if (last) blocks_done[blockIdx.x] = 0;
        }
        __syncthreads();
        if (!last) return;
        __threadfence();
        for (int c = warp; c < count; c += warps) {
            double sum = 0;
            for (int p = lane; p < parts; p += 32) sum += __ldcg(&partial[(index_t)(first + c) * parts + p]);
            sum = warp_sum(sum);
            if (lane == 0) sums[c] = sum;
        }
        __syncthreads();
    }
    if ((int)threadIdx.x < count) {
        T *to = db + first + threadIdx.x;
        *to = add ? *to + (T)sums[threadIdx.x] : (T)sums[threadIdx.x];
    }
}
#endif

#define PARAMS(T) const T *dy, T *db, int add, double *partial, int N, int C, int S, int across, int parts
INSTANCES(sum_channels, PARAMS, dy, db, add, partial, N, C, S, across, parts)
