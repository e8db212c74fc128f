// add_channels.cu: y[n,c,s] += b[c] for n numbers in all. A thread takes four neighbours at a time, and so
// divides once for them.
#include "glassy.h"
#include "packs.h"

template <class T> __device__ static void add_channels(const T *b, T *y, index_t n, int C, int S) {
    constexpr int SIZE = 4;
    struct __align__(16) Four { T v[SIZE]; };
    const bool aligned = misalignment(y) == 0;
    EACH(i, (n + SIZE - 1) / SIZE) {
        const index_t first = i * SIZE, run = quotient(first, S);
        int s = (int)(first - run * S), c = (int)(run - quotient(run, C) * C);
        T add[SIZE];
#pragma unroll
        for (int k = 0; k < SIZE; k++) {
            add[k] = first + k < n ? b[c] : T(0);
            if (++s == S) {
                s = 0;
                if (++c == C) c = 0;
            }
        }
        if (aligned && first + SIZE <= n) {
            Four *p = reinterpret_cast<Four *>(y + first), v = *p;
#pragma unroll
            for (int k = 0; k < SIZE; k++) v.v[k] += add[k];
            *p = v;
        } else {
#pragma unroll
            for (int k = 0; k < SIZE; k++)
                if (first + k < n) y[first + k] += add[k];
        }
    }
}

#define PARAMS(T) const T *b, T *y, long long n, int C, int S
INSTANCES(add_channels, PARAMS, b, y, n, C, S)
