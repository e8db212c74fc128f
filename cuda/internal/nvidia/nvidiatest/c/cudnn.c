// A stand-in for libcudnn: what we call of it, as NVIDIA documents it, of version
// MAJOR. As NVIDIA's it opens its parts by name when they are first needed, and
// ends the process without them. It computes on the stream where that is a mock's.
#include "numbers.h"
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#ifndef MAJOR
#define MAJOR 9
#endif

#if MAJOR >= 9
enum { SUCCESS = 0, NOT_INITIALIZED = 1001, BAD_PARAM = 2000, NOT_SUPPORTED = 3000, EXECUTION_FAILED = 5000 };
static const char *const parts[] = {"libcudnn_graph.so.9", "libcudnn_ops.so.9", "libcudnn_cnn.so.9",
                                    "libcudnn_heuristic.so.9", "libcudnn_engines_precompiled.so.9"};
#else
enum { SUCCESS = 0, NOT_INITIALIZED = 1, BAD_PARAM = 3, NOT_SUPPORTED = 9, EXECUTION_FAILED = 8 };
static const char *const parts[] = {"libcudnn_ops_infer.so.8", "libcudnn_ops_train.so.8", "libcudnn_cnn_infer.so.8", "libcudnn_cnn_train.so.8"};
#endif

typedef struct handle {
	int alive;
	void *stream;
} handle;

typedef struct object { // a descriptor of any kind
	int type, format, size[4];
	int pad[2], stride[2], dilation[2], mode, math;
} object;

static handle the_handle;
static int objects, status, refusal;

// For the test: what the next convolution, or the next workspace, returns.
void fake_fail(int s) { status = s; }
void fake_refuse(int s) { refusal = s; }
int fake_alive(void) { return the_handle.alive; }
void *fake_stream(void) { return the_handle.stream; }
int fake_objects(void) { return objects; }

int cudnnGetProperty(int type, int *value) { return *value = (int[]){MAJOR, 1, 2}[type], SUCCESS; }

const char *cudnnGetErrorString(int s) {
	switch (s) {
	case NOT_INITIALIZED: return "CUDNN_STATUS_NOT_INITIALIZED";
	case BAD_PARAM: return "CUDNN_STATUS_BAD_PARAM";
	case NOT_SUPPORTED: return "CUDNN_STATUS_NOT_SUPPORTED";
	case EXECUTION_FAILED: return "CUDNN_STATUS_EXECUTION_FAILED";
	}
	return "CUDNN_UNKNOWN_STATUS";
}

#if MAJOR >= 9
static const char *said = "";

void cudnnGetLastErrorString(char *text, size_t size) { snprintf(text, size, "%s", said), said = ""; }
#define SAY(text) (said = (text))
#else
#define SAY(text) (void)(text)
#endif

int cudnnCreate(handle **h) {
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (!dlopen(parts[i], RTLD_NOW)) {
			fprintf(stderr, "Unable to load any of {%s}\n", parts[i]);
			abort();
		}
	*h = &the_handle;
	memset(*h, 0, sizeof **h);
	return (*h)->alive = 1, SUCCESS;
}

int cudnnDestroy(handle *h) {
	if (h != &the_handle || !h->alive)
		return SAY("the handle is not alive"), NOT_INITIALIZED;
	return h->alive = 0, SUCCESS;
}

int cudnnSetStream(handle *h, void *stream) { return h->stream = stream, SUCCESS; }

static int make(object **o) { return *o = calloc(1, sizeof **o), objects++, SUCCESS; }
static int drop(object *o) { return free(o), objects--, SUCCESS; }

int cudnnCreateTensorDescriptor(object **o) { return make(o); }
int cudnnCreateFilterDescriptor(object **o) { return make(o); }
int cudnnCreateConvolutionDescriptor(object **o) { return make(o); }
int cudnnDestroyTensorDescriptor(object *o) { return drop(o); }
int cudnnDestroyFilterDescriptor(object *o) { return drop(o); }
int cudnnDestroyConvolutionDescriptor(object *o) { return drop(o); }

int cudnnSetTensor4dDescriptor(object *o, int format, int type, int n, int c, int h, int w) {
	if (n < 1 || c < 1 || h < 1 || w < 1 || format != 0 || type < 0 || type > 1)
		return SAY("a size, format or type"), BAD_PARAM;
	o->format = format, o->type = type;
	memcpy(o->size, (int[]){n, c, h, w}, sizeof o->size);
	return SUCCESS;
}

int cudnnSetFilter4dDescriptor(object *o, int type, int format, int k, int c, int h, int w) {
	return cudnnSetTensor4dDescriptor(o, format, type, k, c, h, w);
}

int cudnnSetConvolution2dDescriptor(object *o, int pad_h, int pad_w, int u, int v, int dilation_h, int dilation_w, int mode, int type) {
	if (pad_h < 0 || pad_w < 0 || u < 1 || v < 1 || dilation_h < 1 || dilation_w < 1 || mode < 0 || mode > 1)
		return SAY("a size or mode"), BAD_PARAM;
	*o = (object){.type = type, .pad = {pad_h, pad_w}, .stride = {u, v}, .dilation = {dilation_h, dilation_w}, .mode = mode};
	return SUCCESS;
}

int cudnnSetConvolutionMathType(object *o, int math) {
	if (math < 0 || math > 3)
		return BAD_PARAM;
	return o->math = math, SUCCESS;
}

typedef enum { FORWARD, DATA, FILTER } direction;

typedef struct task {
	direction what;
	object x, w, y, convolution;
	const void *a, *b;
	void *out, *work;
	size_t bytes;
	double alpha, beta;
} task;

// fits says whether sizes and types belong together, and are done by the one algorithm here.
static int fits(const task *t, int algorithm) {
	const object *x = &t->x, *w = &t->w, *y = &t->y, *c = &t->convolution;
	int fit = x->size[1] == w->size[1] && y->size[0] == x->size[0] && y->size[1] == w->size[0] && x->type == w->type && x->type == y->type;
	for (int i = 0; i < 2; i++)
		fit = fit && y->size[2 + i] == (x->size[2 + i] + 2 * c->pad[i] - w->size[2 + i]) / c->stride[i] + 1;
	if (!fit)
		return SAY("sizes or types do not fit"), BAD_PARAM;
	if (algorithm != 1 || c->type != x->type || c->mode != 1 || c->dilation[0] != 1 || c->dilation[1] != 1)
		return SAY("not this algorithm, type or mode"), NOT_SUPPORTED;
	return SUCCESS;
}

static long long count(const object *o) { return (long long)o->size[0] * o->size[1] * o->size[2] * o->size[3]; }

static size_t needs(const task *t) { return 64 + 8 * (size_t)t->w.size[0]; }

// One convolution, as the sum over all triples of numbers of x, w and y that belong together.
static void compute(void *p) {
	const task *t = p;
	const object *x = &t->x, *w = &t->w, *y = &t->y, *g = &t->convolution;
	int type = x->type, round = type == F32 && g->math != 3;
	const object *results[] = {y, x, w};
	long long n = count(results[t->what]);
	double *sum = calloc(n, sizeof *sum);
	memset(t->work, 0xff, t->bytes); // all of it is used
	for (long long image = 0; image < x->size[0]; image++)
		for (long long k = 0; k < w->size[0]; k++)
			for (long long c = 0; c < w->size[1]; c++)
				for (long long i = 0; i < y->size[2]; i++)
					for (long long j = 0; j < y->size[3]; j++)
						for (long long r = 0; r < w->size[2]; r++)
							for (long long s = 0; s < w->size[3]; s++) {
								long long row = i * g->stride[0] + r - g->pad[0], col = j * g->stride[1] + s - g->pad[1];
								int inside = row >= 0 && row < x->size[2] && col >= 0 && col < x->size[3];
								if (!inside && t->what != FORWARD)
									continue;
								long long at[] = {((image * x->size[1] + c) * x->size[2] + row) * x->size[3] + col,
								                  ((k * w->size[1] + c) * w->size[2] + r) * w->size[3] + s,
								                  ((image * y->size[1] + k) * y->size[2] + i) * y->size[3] + j};
								const int a[] = {0, 1, 0}, b[] = {1, 2, 2}, out[] = {2, 0, 1};
								double u = inside || t->what != FORWARD ? get(type, t->a, at[a[t->what]]) : 0; // the border is zeros
								double v = get(type, t->b, at[b[t->what]]);
								sum[at[out[t->what]]] += round ? tf32(u) * tf32(v) : u * v;
							}
	for (long long i = 0; i < n; i++)
		set(type, t->out, i, t->alpha * sum[i] + (t->beta != 0 ? t->beta * get(type, t->out, i) : 0));
	free(sum);
}

// begin computes on the handle's stream: at once, or when the mock of a driver comes to it, which may record
// the stream; then again and again, so that the task stays.
static int begin(handle *h, task t) {
	const char *path = getenv("GLASSY_LIBCUDA");
	void *driver = path && *path ? dlopen(path, RTLD_NOW | RTLD_NOLOAD) : NULL;
	task *kept = malloc(sizeof *kept);
	*kept = t;
	if (!driver)
		return compute(kept), free(kept), SUCCESS;
	int (*launch)(void *, void (*)(void *), void *) = (int (*)(void *, void (*)(void *), void *))dlsym(driver, "cuLaunchHostFunc");
	return launch(h->stream, compute, kept) == 0 ? SUCCESS : EXECUTION_FAILED;
}

static int run(handle *h, task t, const void *alpha, int algorithm, const void *beta) {
	if (!h->alive)
		return NOT_INITIALIZED;
	if (status) {
		int s = status;
		return status = 0, SAY("as the test wants it"), s;
	}
	int s = fits(&t, algorithm);
	if (s != SUCCESS)
		return s;
	if (t.bytes < needs(&t) || (size_t)t.work % 256 != 0)
		return SAY("the workspace"), BAD_PARAM;
	t.alpha = get(t.x.type, alpha, 0), t.beta = get(t.x.type, beta, 0);
	return begin(h, t);
}

static int size(task t, int algorithm, size_t *bytes) {
	if (refusal) {
		int s = refusal;
		return refusal = 0, SAY("as the test wants it"), s;
	}
	*bytes = needs(&t);
	return fits(&t, algorithm);
}

int cudnnGetConvolutionForwardWorkspaceSize(handle *h, object *x, object *w, object *c, object *y, int algorithm, size_t *bytes) {
	return size((task){FORWARD, *x, *w, *y, *c}, algorithm, bytes);
}

int cudnnGetConvolutionBackwardDataWorkspaceSize(handle *h, object *w, object *dy, object *c, object *dx, int algorithm, size_t *bytes) {
	return size((task){DATA, *dx, *w, *dy, *c}, algorithm, bytes);
}

int cudnnGetConvolutionBackwardFilterWorkspaceSize(handle *h, object *x, object *dy, object *c, object *dw, int algorithm, size_t *bytes) {
	return size((task){FILTER, *x, *dw, *dy, *c}, algorithm, bytes);
}

int cudnnConvolutionForward(handle *h, const void *alpha, object *xd, const void *x, object *wd, const void *w, object *c, int algorithm,
                            void *work, size_t bytes, const void *beta, object *yd, void *y) {
	return run(h, (task){FORWARD, *xd, *wd, *yd, *c, x, w, y, work, bytes}, alpha, algorithm, beta);
}

int cudnnConvolutionBackwardData(handle *h, const void *alpha, object *wd, const void *w, object *yd, const void *dy, object *c,
                                 int algorithm, void *work, size_t bytes, const void *beta, object *xd, void *dx) {
	return run(h, (task){DATA, *xd, *wd, *yd, *c, w, dy, dx, work, bytes}, alpha, algorithm, beta);
}

int cudnnConvolutionBackwardFilter(handle *h, const void *alpha, object *xd, const void *x, object *yd, const void *dy, object *c,
                                   int algorithm, void *work, size_t bytes, const void *beta, object *wd, void *dw) {
	return run(h, (task){FILTER, *xd, *wd, *yd, *c, x, dy, dw, work, bytes}, alpha, algorithm, beta);
}
