// y[i] = Σ_k values[k·rows+i] x[columns[k·rows+i]], k = 0, 1, … width-1, see device.Grids. A thread goes through a
// row: neighbouring threads read neighbouring numbers of it.
#include "glassy.h"
#include "slip.h"

template <class T>
__device__ static void sparse_product(index_t rows, int width, const int *columns, const T *values, const T *x, T *y, unsigned long long *slips, unsigned long long what) {
    const int n = (int)(unsigned)what; // columns of the matrix
    EACH(i, rows) {
        T sum = 0;
        index_t wrong = -1; // the first place of a column that there is not
        index_t e = i;
        for (int k = 0; k < width; k++, e += rows) {
            const int c = columns[e];
            if (c >= 0 && c < n)
                sum = fma(values[e], x[c], sum);
            else if (wrong < 0)
                wrong = e;
        }
        if (wrong >= 0) slip(slips, what, (int)wrong, columns[wrong]);
        y[i] = sum;
    }
}
#define PARAMS(T) long long rows, int width, const int *columns, const T *values, const T *x, T *y, unsigned long long *slips, unsigned long long what
INSTANCES(sparse_product, PARAMS, rows, width, columns, values, x, y, slips, what)
