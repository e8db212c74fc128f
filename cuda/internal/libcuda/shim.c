//go:build cuda && linux && cgo && (amd64 || arm64)

// Opens libcuda.so.1 at the first call and fills the slots of the trampolines.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cuda.h>
#include "shim.h"

static const char *const names[] = {
#define CALL(name) #name,
#include "calls.h"
};
enum { N = sizeof names / sizeof *names };

__attribute__((visibility("hidden"))) extern void *glassy_libcuda_slots[N];

// The soname finds what the system's loader knows; the folders are where
// containers, WSL and distributions put a driver that it was not told of.
static const char *const places[] = {
	"libcuda.so.1",
	"/usr/lib/x86_64-linux-gnu/libcuda.so.1",
	"/usr/lib/aarch64-linux-gnu/libcuda.so.1",
	"/usr/local/nvidia/lib64/libcuda.so.1",
	"/usr/lib/wsl/lib/libcuda.so.1",
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static CUresult status;
static char reason[1024];
static const char *path = "";

// What an empty slot calls. Any call can land here: they all return a CUresult,
// and under both calling conventions the caller takes its arguments away.
static CUresult fail(void) { return status; }
static CUresult absent(void) { return CUDA_ERROR_NOT_FOUND; }

// open1 opens one file, which is enough of a driver when it has cuInit. When it
// is not there, the reason of a file that is there but does not load is kept.
static void *open1(const char *file) {
	void *lib = dlopen(file, RTLD_NOW | RTLD_LOCAL);
	if (!lib && (!*reason || access(file, F_OK) == 0))
		snprintf(reason, sizeof reason, "%s", dlerror());
	return lib;
}

static void *find(void) {
	const char *given = getenv("GLASSY_LIBCUDA");
	void *lib = NULL;
	if (given && strcmp(given, "none") == 0) {
		snprintf(reason, sizeof reason, "GLASSY_LIBCUDA=none: the driver's library was not looked for");
		return NULL;
	}
	if (given && *given)
		return open1(given);
	for (size_t i = 0; !lib && i < sizeof places / sizeof *places; i++)
		lib = open1(places[i]);
	return lib;
}

static void start(void *lib) {
	struct link_map *map;
	CUresult (*init)(unsigned int) = (CUresult (*)(unsigned int))dlsym(lib, "cuInit");
	CUresult (*text)(CUresult, const char **) = (CUresult (*)(CUresult, const char **))dlsym(lib, "cuGetErrorString");
	const char *s = NULL;
	if (dlinfo(lib, RTLD_DI_LINKMAP, &map) == 0)
		path = map->l_name; // stays: the library is never closed
	if (!init) {
		status = CUDA_ERROR_NOT_FOUND;
		snprintf(reason, sizeof reason, "%s: it has no cuInit, so it is no driver", path);
		return;
	}
	status = init(0);
	if (status == CUDA_SUCCESS)
		*reason = 0;
	else if (text && text(status, &s) == CUDA_SUCCESS && s)
		snprintf(reason, sizeof reason, "%s: cuInit: error %d: %s", path, status, s);
	else
		snprintf(reason, sizeof reason, "%s: cuInit: error %d", path, status);
}

static void load(void) {
	void *lib = find();
	if (lib)
		start(lib);
	else
		status = CUDA_ERROR_NO_DEVICE;
	for (int i = 0; i < N; i++) {
		void *f = status == CUDA_SUCCESS ? dlsym(lib, names[i]) : (void *)fail;
		__atomic_store_n(&glassy_libcuda_slots[i], f ? f : (void *)absent, __ATOMIC_RELEASE);
	}
}

// resolve is what a trampoline calls whose slot was never filled.
__attribute__((visibility("hidden"))) void *glassy_libcuda_resolve(void *const *slot) {
	pthread_once(&once, load);
	return __atomic_load_n(slot, __ATOMIC_ACQUIRE);
}

// cuInit says yes without looking. gorgonia.org/cu calls it from its init and
// ends the process when it fails: a program that may use a GPU would not start
// on a machine without one. The true cuInit is called by start.
__attribute__((visibility("hidden"))) CUresult cuInit(unsigned int flags) {
	(void)flags;
	return CUDA_SUCCESS;
}

int glassy_libcuda_status(void) {
	pthread_once(&once, load);
	return status;
}

const char *glassy_libcuda_reason(void) {
	pthread_once(&once, load);
	return reason;
}

const char *glassy_libcuda_path(void) {
	pthread_once(&once, load);
	return path;
}
