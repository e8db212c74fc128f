// A stand-in for libcublas: what we call of it, as NVIDIA documents it.
#include "numbers.h"
#include <string.h>

int cublasLtIsHere(void);

enum { SUCCESS = 0, NOT_INITIALIZED = 1, INVALID_VALUE = 7, NOT_SUPPORTED = 15 };

typedef struct handle {
	int alive;
	void *stream, *workspace;
	size_t bytes;
	int mode;
} handle;

static handle the_handle;
static int status; // what the next product returns

// For the test.
void fake_fail(int s) { status = s; }
void *fake_stream(void) { return the_handle.stream; }
void *fake_workspace(void) { return the_handle.workspace; }
size_t fake_workspace_bytes(void) { return the_handle.bytes; }
int fake_mode(void) { return the_handle.mode; }
int fake_alive(void) { return the_handle.alive; }

int cublasCreate_v2(handle **h) {
	*h = &the_handle;
	memset(*h, 0, sizeof **h);
	(*h)->mode = -1;
	(*h)->alive = cublasLtIsHere();
	return SUCCESS;
}

int cublasDestroy_v2(handle *h) {
	if (h != &the_handle || !h->alive)
		return NOT_INITIALIZED;
	return h->alive = 0, SUCCESS;
}

int cublasGetProperty(int type, int *value) { return *value = (int[]){13, 1, 2}[type], SUCCESS; }

int cublasSetStream_v2(handle *h, void *stream) { // it takes its own workspace again
	return h->stream = stream, h->workspace = NULL, h->bytes = 0, SUCCESS;
}

int cublasSetWorkspace_v2(handle *h, void *p, size_t bytes) {
	if ((size_t)p % 256 != 0)
		return INVALID_VALUE;
	return h->workspace = p, h->bytes = bytes, SUCCESS;
}

int cublasSetMathMode(handle *h, int mode) { return h->mode = mode, SUCCESS; }

int cublasGemmStridedBatchedEx(handle *h, int ta, int tb, int m, int n, int k, const void *alpha, const void *a, int atype, int lda,
                               long long sa, const void *b, int btype, int ldb, long long sb, const void *beta, void *c, int ctype,
                               int ldc, long long sc, int count, int compute, int algorithm) {
	if (!h->alive)
		return NOT_INITIALIZED;
	if (status) {
		int s = status;
		return status = 0, s;
	}
	if (m < 0 || n < 0 || k < 0 || count < 0 || ta < 0 || ta > 2 || tb < 0 || tb > 2 || !at_least(lda, ta ? k : m) ||
	    !at_least(ldb, tb ? n : k) || !at_least(ldc, m))
		return INVALID_VALUE;
	int t = ctype, round = compute == 77;
	if (atype != t || btype != t || algorithm != -1 || !(t == F32 ? compute == 68 || compute == 77 : compute == 70))
		return NOT_SUPPORTED;
	double al = get(t, alpha, 0), be = get(t, beta, 0);
	for (long long q = 0; q < count; q++)
		for (long long i = 0; i < m; i++)
			for (long long j = 0; j < n; j++) {
				double sum = 0;
				for (long long l = 0; l < k; l++) {
					double x = get(t, a, q * sa + (ta ? l + i * lda : i + l * lda));
					double y = get(t, b, q * sb + (tb ? j + l * ldb : l + j * ldb));
					sum += round ? tf32(x) * tf32(y) : x * y;
				}
				long long at = q * sc + i + j * ldc;
				set(t, c, at, al * sum + (be != 0 ? be * get(t, c, at) : 0));
			}
	return SUCCESS;
}

int cublasGemmEx(handle *h, int ta, int tb, int m, int n, int k, const void *alpha, const void *a, int atype, int lda, const void *b,
                 int btype, int ldb, const void *beta, void *c, int ctype, int ldc, int compute, int algorithm) {
	return cublasGemmStridedBatchedEx(h, ta, tb, m, n, k, alpha, a, atype, lda, 0, b, btype, ldb, 0, beta, c, ctype, ldc, 0, 1,
	                                  compute, algorithm);
}
