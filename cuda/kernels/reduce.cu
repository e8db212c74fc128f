// Sum, Dot, MaxAbs, Equal: one number of whole vectors, added up in float64, in one launch.
#include "glassy.h"
#include "packs.h"
#include "parts.h"

template <class Op, class T> __device__ static void reduce(const T *x, const T *y, index_t n, double *result) {
    double s = take_part<Op>(x, y, n, blockIdx.x, gridDim.x);
    if (threadIdx.x == 0) part[blockIdx.x] = s;
    if (!last_block()) return;
    s = 0;
    for (int b = threadIdx.x; b < gridDim.x; b += blockDim.x) s = Op::join(s, __ldcg(&part[b]));
    s = Op::block(s);
    if (threadIdx.x == 0) *result = s;
}

#define REDUCE(T) const T *x, const T *y, long long n, double *result
template <class T> __device__ static void sum(REDUCE(T)) { reduce<Sum>(x, y, n, result); }
template <class T> __device__ static void dot(REDUCE(T)) { reduce<Dot>(x, y, n, result); }
template <class T> __device__ static void max_abs(REDUCE(T)) { reduce<MaxAbs>(x, y, n, result); }
template <class T> __device__ static void differ(REDUCE(T)) { reduce<Differ>(x, y, n, result); }
INSTANCES(sum, REDUCE, x, y, n, result)
INSTANCES(dot, REDUCE, x, y, n, result)
INSTANCES(max_abs, REDUCE, x, y, n, result)
INSTANCES(differ, REDUCE, x, y, n, result)
