// cholesky.cu: the two steps of a blocked Cholesky factorisation a = UᵀU that are no product. A is n×n,
// row-major, of which the upper triangle is read and written; a step works on rows j … j+size-1.
#include "glassy.h"

#define SIDE 48 // rows of a step at most: cuda/linalg.go

// The square on the diagonal, by one block: after it, it holds its U. Info becomes the order of the first
// leading minor that is not positive, if it is 0.
template <class T> __device__ static void cholesky_diagonal(T *a, int n, int j, int size, int *info) {
    __shared__ T u[SIDE][SIDE + 1];
    a += (index_t)j * n + j;
    for (int e = threadIdx.x; e < size * size; e += blockDim.x) u[e / size][e % size] = a[(index_t)(e / size) * n + e % size];
    __syncthreads();
    for (int k = 0; k < size; k++) {
        const T pivot = u[k][k], root = sqrt(pivot);
        if (threadIdx.x == 0 && *info == 0 && !(pivot > T(0) && pivot < infinity<T>())) *info = j + k + 1;
        __syncthreads();
        for (int c = k + threadIdx.x; c < size; c += blockDim.x) u[k][c] /= root;
        __syncthreads();
        for (int e = threadIdx.x; e < size * size; e += blockDim.x) {
            const int r = e / size, c = e % size;
            if (r > k && c >= r) u[r][c] -= u[k][r] * u[k][c];
        }
        __syncthreads();
    }
    for (int e = threadIdx.x; e < size * size; e += blockDim.x)
        if (e % size >= e / size) a[(index_t)(e / size) * n + e % size] = u[e / size][e % size];
}

// The rest of these rows: X = U⁻ᵀ A, by forward substitution. A block takes 32 columns.
template <class T> __device__ static void cholesky_rows(T *a, int n, int j, int size) {
    __shared__ T u[SIDE][SIDE], x[SIDE][32];
    a += (index_t)j * n;
    const int lane = lane_id(), column = j + size + blockIdx.x * 32 + lane;
    for (int e = threadIdx.x; e < size * size; e += blockDim.x) u[e / size][e % size] = a[(index_t)(e / size) * n + j + e % size];
    for (int r = warp_id(); r < size; r += 8) x[r][lane] = column < n ? a[(index_t)r * n + column] : T(0);
    __syncthreads();
    for (int k = 0; k < size; k++) {
        const T done = x[k][lane] / u[k][k];
        for (int r = k + 1 + warp_id(); r < size; r += 8) x[r][lane] -= u[k][r] * done;
        if (warp_id() == 0 && column < n) a[(index_t)k * n + column] = done;
        __syncthreads();
    }
}

#define DIAGONAL(T) T *a, int n, int j, int size, int *info
#define ROWS(T) T *a, int n, int j, int size
INSTANCES(cholesky_diagonal, DIAGONAL, a, n, j, size, info)
INSTANCES(cholesky_rows, ROWS, a, n, j, size)
