// A libcuda of a few calls. Built with
//   -DINIT=n    cuInit returns n; without it there is no cuInit
//   -DSTUBS     all calls of calls.h, as the libcuda.so that a toolkit links to

#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

// say writes at once, so that what the process prints stays in order.
#define say(s) do { if (write(1, s "\n", sizeof s) < 0) _exit(3); } while (0)

// The stack is aligned to 16 at a call, and then the frame is, on both machines.
#define aligned() (((uintptr_t)__builtin_frame_address(0) & 15) == 0)

// clobber changes all registers that arguments come in, as a callee may.
#if defined __x86_64__
#define clobber() __asm__ volatile("xorl %%edi, %%edi; xorl %%esi, %%esi; xorl %%edx, %%edx; xorl %%ecx, %%ecx;" \
	"xorl %%r8d, %%r8d; xorl %%r9d, %%r9d; pxor %%xmm0, %%xmm0; pxor %%xmm1, %%xmm1; pxor %%xmm2, %%xmm2;" \
	"pxor %%xmm3, %%xmm3; pxor %%xmm4, %%xmm4; pxor %%xmm5, %%xmm5; pxor %%xmm6, %%xmm6; pxor %%xmm7, %%xmm7" \
	::: "rdi", "rsi", "rdx", "rcx", "r8", "r9", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7")
#elif defined __aarch64__
#define clobber() __asm__ volatile("mov x0, 0; mov x1, 0; mov x2, 0; mov x3, 0; mov x4, 0; mov x5, 0; mov x6, 0;" \
	"mov x7, 0; mov x8, 0; movi v0.16b, 0; movi v1.16b, 0; movi v2.16b, 0; movi v3.16b, 0; movi v4.16b, 0;" \
	"movi v5.16b, 0; movi v6.16b, 0; movi v7.16b, 0" \
	::: "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7")
#endif

#ifdef STUBS
#define CALL(name) int name(void) { return 34; }
#include "../calls.h"
int cuInit(unsigned flags) { (void)flags; return 34; }
#else

__attribute__((constructor)) static void loaded(void) { say("library loaded"); }

#ifdef INIT
int cuInit(unsigned flags) {
	say("cuInit");
	if (!aligned())
		return 901;
	if (flags != 0)
		return 1;
	clobber();
	return INIT;
}
#endif

int cuGetErrorString(int error, const char **text) {
	*text = error == 100 ? "no GPU, says the fake" : "?";
	return 0;
}

int cuDeviceGetCount(int *n) {
	*n = 7;
	return 0;
}

int cuTexRefSetMipmapLevelClamp(void *ref, float min, float max) {
	return ref == NULL && min == 1.5f && max == 2.25f ? 0 : 1;
}

int cuLaunchKernel(void *f, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
	unsigned shared, void *stream, void **params, void **extra) {
	return f == NULL && gx == 1 && gy == 2 && gz == 3 && bx == 4 && by == 5 && bz == 6 &&
		shared == 7 && stream == NULL && params && !extra ? 0 : 1;
}

// Not the true parameters: more than both machines have registers for.
int cuMemcpy(long a, long b, long c, long d, long e, long f, long g, long h, long i, long j,
	double p, double q, double r, double s, double t, double u, double v, double w, double x, double y) {
	if (!aligned())
		return 902;
	if (a != -1 || b != -2 || c != -3 || d != -4 || e != -5 || f != -6 || g != -7 || h != -8 || i != -9 || j != -10)
		return 903;
	if (p != 0.5 || q != 1.5 || r != 2.5 || s != 3.5 || t != 4.5 || u != 5.5 || v != 6.5 || w != 7.5 || x != 8.5 || y != 9.5)
		return 904;
	return 0;
}
#endif
