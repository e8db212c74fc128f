// spins_matrix: the couplings c of a homogeneous polynomial of degree p as a matrix with a row for each
// monomial J of degree p-1 and a column for each variable l:
//
//     matrix[J,l] = (1 + times that l occurs in J) · c[J and l],  so that  ∂H/∂σ_l = Σ_J σ_J matrix[J,l]
//
// and, for each J, its indices, with as many n+1 after them as make two where p < 3. Rows are width ≥ n numbers apart,
// zero beyond n; after the rows of monomials there are some of zeros, of index n, up to padded. Indices are
// given as the place of their row in turned σ, over 4 (spins.h). A warp to a row.
#include "glassy.h"
#include "spins.h"

#ifndef TWIN_SCAN
template <class T> __device__ static void spins_matrix(int p, int n, int width, long long rows, long long padded, long long turned_width, const T *couplings, unsigned *index, T *matrix) {
    const int q = p - 1, factors = max(2, q), lane = lane_id();
    const unsigned unit = turned_width / 4;
    for (index_t row = grid_first() >> 5; row < padded; row += grid_step() >> 5) {
        unsigned *J = index + row * factors;
        if (row >= rows) {
            if (lane == 0)
                for (int a = 0; a < factors; a++) J[a] = n * unit;
            for (int l = lane; l < width; l += 32) matrix[row * width + l] = T(0);
            continue;
        }
        if (lane == 0) {
            long long rest = row;
            for (int a = 0, i = 0; a < q; a++) {
                for (long long with_i; rest >= (with_i = monomials(q - 1 - a, n - i)); i++) rest -= with_i;
                J[a] = i;
            }
            for (int a = q; a < factors; a++) J[a] = n + 1;
        }
        __syncwarp();
        for (int l = lane; l < width; l += 32) {
            if (l >= n) {
                matrix[row * width + l] = T(0);
                continue;
            }
            // The place of J and l, put together in order: before an index i that follows h stand the
            // monomials with one of h … i-1 in its stead.
            long long place = 0;
            int times = 1;
            bool put = false;
            for (int a = 0, h = 0, left = p; left > 0; left--) {
                int i = l;
                if (a < q && (put || (int)J[a] <= l)) {
                    i = J[a++];
                    times += i == l;
                } else {
                    put = true;
                }
                place += monomials(left, n - h) - monomials(left, n - i);
                h = i;
            }
            matrix[row * width + l] = (T)times * couplings[place];
        }
        __syncwarp();
        for (int a = lane; a < factors; a += 32) J[a] *= unit;
    }
}
#endif

#define PARAMS(T) int p, int n, int width, long long rows, long long padded, long long turned_width, const T *couplings, unsigned *index, T *matrix
INSTANCES(spins_matrix, PARAMS, p, n, width, rows, padded, turned_width, couplings, index, matrix)
