// A stand-in for libcusolver: what we call of it, as NVIDIA documents it. The
// methods are Jacobi's, by plain loops.
#include "numbers.h"

enum { SUCCESS = 0, NOT_INITIALIZED = 1, INVALID_VALUE = 3 };

typedef struct handle {
	int alive;
	void *stream;
} handle;

static handle the_handle;

int fake_alive(void) { return the_handle.alive; }
void *fake_stream(void) { return the_handle.stream; }

int cublasGetProperty(int type, int *value); // of libcublas, which cuSOLVER needs

int cusolverDnCreate(handle **h) { return *h = &the_handle, (*h)->alive = 1, SUCCESS; }

int cusolverDnDestroy(handle *h) {
	if (h != &the_handle || !h->alive)
		return NOT_INITIALIZED;
	return h->alive = 0, SUCCESS;
}

int cusolverDnSetStream(handle *h, void *stream) { return h->stream = stream, SUCCESS; }

int cusolverGetProperty(int type, int *value) { return cublasGetProperty(type, value), *value -= type == 0, SUCCESS; }

static double *matrix(int rows, int cols) { return calloc((size_t)rows * cols + 1, sizeof(double)); }

// use writes to the whole workspace.
static void use(int t, void *work, int lwork) {
	for (int i = 0; i < lwork; i++)
		set(t, work, i, NAN);
}

// orthogonalise rotates the n columns of x (m long) until they are orthogonal,
// and those of v (n long) with them; then it sorts them by length, descending.
static void orthogonalise(int m, int n, double *x, double *v) {
	for (int i = 0; i < n; i++)
		for (int j = 0; j < n; j++)
			v[i + j * n] = i == j;
	for (int sweep = 0; sweep < 60; sweep++)
		for (int p = 0; p < n; p++)
			for (int q = p + 1; q < n; q++) {
				double a = 0, b = 0, c = 0;
				for (int i = 0; i < m; i++)
					a += x[i + p * m] * x[i + p * m], b += x[i + q * m] * x[i + q * m], c += x[i + p * m] * x[i + q * m];
				double angle = a < b || fabs(c) > 1e-15 * sqrt(a * b) ? 0.5 * atan2(2 * c, a - b) : 0;
				double cs = cos(angle), sn = sin(angle);
				for (int i = 0; i < m; i++) {
					double y = x[i + p * m], z = x[i + q * m];
					x[i + p * m] = cs * y + sn * z, x[i + q * m] = cs * z - sn * y;
				}
				for (int i = 0; i < n; i++) {
					double y = v[i + p * n], z = v[i + q * n];
					v[i + p * n] = cs * y + sn * z, v[i + q * n] = cs * z - sn * y;
				}
			}
}

static int syevd_size(handle *h, int job, int uplo, int n, const void *a, int lda, const void *w, int *lwork) {
	return *lwork = n * n + 13, SUCCESS;
}

static int syevd(int t, handle *h, int job, int uplo, int n, void *a, int lda, void *w, void *work, int lwork, int *info) {
	if (!h->alive)
		return NOT_INITIALIZED;
	if (n < 0 || job < 0 || job > 1 || uplo < 0 || uplo > 1 || !at_least(lda, n) || lwork < n * n + 13)
		return INVALID_VALUE;
	double *x = matrix(n, n), *v = matrix(n, n), shift = 0;
	for (int j = 0; j < n; j++)
		for (int i = 0; i < n; i++) {
			int low = uplo == 0;
			x[i + j * n] = (i > j) == low || i == j ? get(t, a, i + (long long)j * lda) : get(t, a, j + (long long)i * lda);
			shift += fabs(x[i + j * n]);
		}
	for (int i = 0; i < n; i++) // positive, so that singular values are eigenvalues
		x[i + i * n] += shift;
	orthogonalise(n, n, x, v);
	use(t, work, lwork);
	for (int j = 0; j < n; j++) { // the last is the smallest
		double length = 0;
		for (int i = 0; i < n; i++)
			length += x[i + j * n] * x[i + j * n];
		set(t, w, n - 1 - j, sqrt(length) - shift);
		for (int i = 0; i < n; i++)
			set(t, a, i + (long long)(n - 1 - j) * lda, job ? v[i + j * n] : NAN);
	}
	free(x), free(v);
	return *info = 0, SUCCESS;
}

static int potrf_size(handle *h, int uplo, int n, void *a, int lda, int *lwork) { return *lwork = 3 * n + 5, SUCCESS; }

static int potrf(int t, handle *h, int uplo, int n, void *a, int lda, void *work, int lwork, int *info) {
	if (!h->alive)
		return NOT_INITIALIZED;
	if (n < 0 || uplo < 0 || uplo > 1 || !at_least(lda, n) || lwork < 3 * n + 5)
		return INVALID_VALUE;
	use(t, work, lwork);
#define AT(i, j) (uplo == 0 ? (i) + (long long)(j)*lda : (j) + (long long)(i)*lda)
	for (int j = 0; j < n; j++) {
		for (int i = j; i < n; i++) {
			double s = get(t, a, AT(i, j));
			for (int k = 0; k < j; k++)
				s -= get(t, a, AT(i, k)) * get(t, a, AT(j, k));
			if (i == j && !(s > 0))
				return *info = j + 1, SUCCESS;
			set(t, a, AT(i, j), i == j ? sqrt(s) : s / get(t, a, AT(j, j)));
		}
	}
	return *info = 0, SUCCESS;
}

static int gesvd_size(handle *h, int m, int n, int *lwork) {
	if (m < n)
		return INVALID_VALUE;
	return *lwork = m + 7 * n, SUCCESS;
}

static int gesvd(int t, handle *h, signed char jobu, signed char jobvt, int m, int n, void *a, int lda, void *s, void *u, int ldu,
                 void *vt, int ldvt, void *work, int lwork, void *rwork, int *info) {
	if (!h->alive)
		return NOT_INITIALIZED;
	if (m < n || n < 0 || jobu != 'S' || jobvt != 'S' || !at_least(lda, m) || !at_least(ldu, m) || !at_least(ldvt, n) || lwork < m + 7 * n)
		return INVALID_VALUE;
	double *x = matrix(m, n), *v = matrix(n, n);
	for (int j = 0; j < n; j++)
		for (int i = 0; i < m; i++)
			x[i + j * m] = get(t, a, i + (long long)j * lda);
	use(t, work, lwork);
	orthogonalise(m, n, x, v);
	for (int j = 0; j < n; j++) {
		double length = 0;
		for (int i = 0; i < m; i++)
			length += x[i + j * m] * x[i + j * m];
		length = sqrt(length);
		set(t, s, j, length);
		for (int i = 0; i < m; i++) {
			set(t, u, i + (long long)j * ldu, x[i + j * m] / length);
			set(t, a, i + (long long)j * lda, NAN);
		}
		for (int i = 0; i < n; i++)
			set(t, vt, j + (long long)i * ldvt, v[i + j * n]);
	}
	free(x), free(v);
	return *info = 0, SUCCESS;
}

#define INSTANCES(S, T, TYPE)                                                                                                     \
	int cusolverDn##S##syevd_bufferSize(handle *h, int job, int uplo, int n, const T *a, int lda, const T *w, int *lwork) {         \
		return syevd_size(h, job, uplo, n, a, lda, w, lwork);                                                                   \
	}                                                                                                                               \
	int cusolverDn##S##syevd(handle *h, int job, int uplo, int n, T *a, int lda, T *w, T *work, int lwork, int *info) {             \
		return syevd(TYPE, h, job, uplo, n, a, lda, w, work, lwork, info);                                                      \
	}                                                                                                                               \
	int cusolverDn##S##potrf_bufferSize(handle *h, int uplo, int n, T *a, int lda, int *lwork) {                                    \
		return potrf_size(h, uplo, n, a, lda, lwork);                                                                           \
	}                                                                                                                               \
	int cusolverDn##S##potrf(handle *h, int uplo, int n, T *a, int lda, T *work, int lwork, int *info) {                            \
		return potrf(TYPE, h, uplo, n, a, lda, work, lwork, info);                                                              \
	}                                                                                                                               \
	int cusolverDn##S##gesvd_bufferSize(handle *h, int m, int n, int *lwork) { return gesvd_size(h, m, n, lwork); }                 \
	int cusolverDn##S##gesvd(handle *h, signed char jobu, signed char jobvt, int m, int n, T *a, int lda, T *s, T *u, int ldu,      \
	                         T *vt, int ldvt, T *work, int lwork, T *rwork, int *info) {                                            \
		return gesvd(TYPE, h, jobu, jobvt, m, n, a, lda, s, u, ldu, vt, ldvt, work, lwork, rwork, info);                        \
	}

INSTANCES(S, float, F32)
INSTANCES(D, double, F64)
