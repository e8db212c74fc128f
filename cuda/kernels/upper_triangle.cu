// upper_triangle.cu: a[i, j] = 0 for j < i, of the n×n matrix a.
#include "glassy.h"

template <class T> __device__ static void upper_triangle(T *a, index_t n) {
    EACH(i, n * n)
        if (i % n < i / n) a[i] = T(0);
}

#define PARAMS(T) T *a, long long n
INSTANCES(upper_triangle, PARAMS, a, n)
