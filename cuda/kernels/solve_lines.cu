// solve_lines: tridiagonal systems by their factors, see device.Grids. A thread goes through a line, there and
// back: neighbouring threads read neighbouring columns. Rows are read a sector at a time, of which the cache
// keeps the rest for the next nodes. What takes the time is that a node waits for the one before.
#include "glassy.h"

template <class T>
__device__ static void solve_lines(long long nodes, long long count, int rows, const T *lower, const T *inverse, const T *upper,
                                   const T *to, const T *from, T *b) {
    const index_t step = rows ? 1 : count;
    EACH(k, count) {
        const index_t first = rows ? k * nodes : k, last = first + (nodes - 1) * step;
        T v = b[first];
        if (to == nullptr) {
            for (index_t i = first; i < last; i += step) {
                v = fma(lower[i], v, b[i + step]);
                b[i + step] = v;
            }
        } else { // the last node is summed up beside
            T end = nodes > 1 ? b[last] : T(0);
            for (index_t i = first; i < last; i += step) {
                const T now = v;
                const T next = i + step == last ? end : b[i + step];
                v = fma(lower[i], now, next);
                if (i + step != last) {
                    b[i + step] = v;
                    end = fma(to[i], now, end);
                } else {
                    v = fma(to[i], now, v);
                }
            }
        }
        v *= inverse[last];
        b[last] = v;
        const T end = v;
        for (index_t i = last - step; i >= first; i -= step) {
            v = fma(upper[i], v, b[i] * inverse[i]);
            if (from != nullptr) v = fma(from[i], end, v);
            b[i] = v;
        }
    }
}

#define PARAMS(T) long long nodes, long long count, int rows, const T *lower, const T *inverse, const T *upper, const T *to, const T *from, T *b
INSTANCES(solve_lines, PARAMS, nodes, count, rows, lower, inverse, upper, to, from, b)
