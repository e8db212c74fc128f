// A stand-in for libcufft: what we call of it, as NVIDIA documents it, by the definition
// of the transform.
#define _GNU_SOURCE
#include "numbers.h"

enum { SUCCESS = 0, INVALID_PLAN = 1, INVALID_TYPE = 3, INVALID_VALUE = 4, EXEC_FAILED = 6, INVALID_SIZE = 8, NO_WORKSPACE = 13 };
enum { D2Z = 0x6a, Z2D = 0x6c };

typedef struct plan {
	int alive, manual, type;
	void *stream;
	long long n, istride, idist, ostride, odist, batch;
	double *work;
} plan;

enum { MOST = 64 };
static plan plans[MOST];

int fake_alive(void) {
	int alive = 0;
	for (int i = 0; i < MOST; i++)
		alive += plans[i].alive;
	return alive;
}
void *fake_stream(int p) { return plans[p].stream; }

static int bad(int p) { return p < 0 || p >= MOST || !plans[p].alive; }
static size_t numbers(const plan *q) { return 2 * q->n + 3; } // of the workspace

int cufftGetProperty(int type, int *value) { return *value = (int[]){12, 1, 2}[type], SUCCESS; }

int cufftCreate(int *p) {
	for (*p = 0; *p < MOST; ++*p)
		if (!plans[*p].alive)
			return plans[*p] = (plan){.alive = 1}, SUCCESS;
	return INVALID_PLAN;
}

int cufftDestroy(int p) { return bad(p) ? INVALID_PLAN : (plans[p].alive = 0, SUCCESS); }
int cufftSetStream(int p, void *stream) { return bad(p) ? INVALID_PLAN : (plans[p].stream = stream, SUCCESS); }
int cufftSetAutoAllocation(int p, int automatic) { return bad(p) ? INVALID_PLAN : (plans[p].manual = !automatic, SUCCESS); }
int cufftSetWorkArea(int p, void *work) { return bad(p) ? INVALID_PLAN : (plans[p].work = work, SUCCESS); }

int cufftMakePlanMany64(int p, int rank, long long *n, long long *inembed, long long istride, long long idist, long long *onembed,
                        long long ostride, long long odist, int type, long long batch, size_t *size) {
	if (bad(p) || plans[p].n > 0) // made already
		return INVALID_PLAN;
	if (type != D2Z && type != Z2D)
		return INVALID_TYPE;
	if (rank != 1 || !inembed || !onembed || istride < 1 || ostride < 1 || idist < 1 || odist < 1)
		return INVALID_VALUE;
	if (n[0] < 1 || n[0] > 64 << 20 || batch < 1)
		return INVALID_SIZE;
	plan *q = &plans[p];
	q->type = type, q->n = n[0], q->istride = istride, q->idist = idist, q->ostride = ostride, q->odist = odist, q->batch = batch;
	return *size = numbers(q) * sizeof(double), SUCCESS;
}

static int start(int p, int type, const void *in, const void *out, plan **q) {
	if (bad(p) || plans[p].n == 0)
		return INVALID_PLAN;
	*q = &plans[p];
	if ((*q)->type != type)
		return INVALID_TYPE;
	if ((size_t)in % 16 || (size_t)out % 16)
		return EXEC_FAILED;
	if ((*q)->manual && !(*q)->work)
		return NO_WORKSPACE;
	for (long long j = 0; j < (*q)->n; j++) // that of the whole circle, in the workspace
		(*q)->work[2 * j] = cosl(2 * M_PIl * j / (*q)->n), (*q)->work[2 * j + 1] = sinl(2 * M_PIl * j / (*q)->n);
	for (size_t j = 2 * (*q)->n; j < numbers(*q); j++)
		(*q)->work[j] = NAN;
	return SUCCESS;
}

int cufftExecD2Z(int p, double *in, double *out) {
	plan *q;
	int status = start(p, D2Z, in, out, &q);
	if (status)
		return status;
	for (long long b = 0; b < q->batch; b++)
		for (long long f = 0; f <= q->n / 2; f++) {
			long double re = 0, im = 0; // as exact as a fast transform
			for (long long t = 0; t < q->n; t++) {
				const double *w = q->work + 2 * (f * t % q->n), x = in[t * q->istride + b * q->idist];
				re += x * w[0], im -= x * w[1];
			}
			double *y = out + 2 * (f * q->ostride + b * q->odist);
			y[0] = re, y[1] = im;
		}
	return SUCCESS;
}

int cufftExecZ2D(int p, double *in, double *out) {
	plan *q;
	int status = start(p, Z2D, in, out, &q);
	if (status)
		return status;
	for (long long b = 0; b < q->batch; b++) {
		double *y = in + 2 * b * q->idist;
		for (long long t = 0; t < q->n; t++) {
			long double sum = 0;
			for (long long f = 0; f <= q->n / 2; f++) {
				const double *w = q->work + 2 * (f * t % q->n), *z = y + 2 * f * q->istride;
				sum += (f == 0 || 2 * f == q->n ? 1 : 2) * (z[0] * w[0] - z[1] * w[1]);
			}
			out[t * q->ostride + b * q->odist] = sum;
		}
		for (long long f = 0; f <= q->n / 2; f++) // it is destroyed
			y[2 * f * q->istride] = y[2 * f * q->istride + 1] = NAN;
	}
	return SUCCESS;
}
