// Numbers of the stream of key from position offset on: each thread makes all numbers of a block of the
// generator, of which the first and the last may lie outside of dst.
#include "glassy.h"
#include "packs.h"
#include "philox.h"

// put_pair writes number i and the next, those that are within 0 … n-1.
template <class T> __device__ __forceinline__ void put_pair(T *dst, index_t n, index_t i, T a, T b) {
    if (i >= 0 && i + 1 < n && misalignment(dst + i, 2 * sizeof(T)) == 0) {
        store<2>(dst + i, Pack<T, 2>{a, b});
        return;
    }
    if (i >= 0) dst[i] = a;
    if (i + 1 < n) dst[i + 1] = b;
}

template <class T> __device__ static void uniform(uint64_t key, uint64_t offset, double low, double high, T *dst, index_t n) {
    const int odd = offset & 1;
    const double range = high - low;
    EACH(j, (n + odd + 1) / 2) {
        const double2 u = uniform_pair(key, offset / 2 + j);
        put_pair(dst, n, 2 * j - odd, (T)fma(range, u.x, low), (T)fma(range, u.y, low));
    }
}
#define UNIFORM(T) unsigned long long key, unsigned long long offset, double low, double high, T *dst, long long n
INSTANCES(uniform, UNIFORM, key, offset, low, high, dst, n)

template <class T> __device__ static void normal(uint64_t key, uint64_t offset, double mean, double sd, T *dst, index_t n) {
    const int odd = offset & 1;
    EACH(j, (n + odd + 1) / 2) {
        const double2 z = normal_pair(key, offset / 2 + j);
        put_pair(dst, n, 2 * j - odd, (T)fma(sd, z.x, mean), (T)fma(sd, z.y, mean));
    }
}
#define NORMAL(T) unsigned long long key, unsigned long long offset, double mean, double sd, T *dst, long long n
INSTANCES(normal, NORMAL, key, offset, mean, sd, dst, n)

// dst[i] is 0 where the word of number i is below threshold, else kept.
template <class T> __device__ static void dropout_mask(uint64_t key, uint64_t offset, uint64_t threshold, double kept, T *dst, index_t n) {
    const int skip = offset & 3;
    const T k = (T)kept;
    EACH(j, (n + skip + 3) / 4) {
        const Philox p = random_block(key, offset / 4 + j);
        const index_t i = 4 * j - skip;
        const T a = p.x < threshold ? T(0) : k, b = p.y < threshold ? T(0) : k;
        const T c = p.z < threshold ? T(0) : k, d = p.w < threshold ? T(0) : k;
        if (i >= 0 && i + 3 < n && misalignment(dst + i) == 0) {
            constexpr int W = pack_width<T>();
            const T all[4] = {a, b, c, d};
#pragma unroll
            for (int v = 0; v < 4; v += W) {
                Pack<T, W> out;
#pragma unroll
                for (int e = 0; e < W; e++) out.at[e] = all[v + e];
                store<W>(dst + i + v, out);
            }
            continue;
        }
        if (i >= 0) dst[i] = a;
        if (i + 1 >= 0 && i + 1 < n) dst[i + 1] = b;
        if (i + 2 >= 0 && i + 2 < n) dst[i + 2] = c;
        if (i + 3 < n) dst[i + 3] = d;
    }
}
#define MASK(T) unsigned long long key, unsigned long long offset, unsigned long long threshold, double kept, T *dst, long long n
INSTANCES(dropout_mask, MASK, key, offset, threshold, kept, dst, n)
