// twin.h: what of CUDA C our kernels use, for g++ (C++17, -DTWIN), so that the same .cu source that NVRTC
// compiles for a GPU runs on the CPU in tests. The threads of a block are fibres run one at a time on one OS
// thread; internal/mock/cpp holds them (fibres.cpp) and stands in for the driver.
//
// More is checked here than on a GPU: a barrier that not all threads of the block reach, a warp collective
// that not all 32 lanes reach, masks other than 0xffffffff, accesses beyond an allocation or an array.
// Left out on purpose, so that a kernel using them does not compile: atomics on float and double.
// __CUDA_ARCH__ is not defined: paths for a certain chip leave to their plain path.
#pragma once

#ifdef TWIN_ENTRIES // internal/mock looks for the entry points in what the preprocessor makes of a kernel
#define __global__ TWIN_ENTRY
#define __launch_bounds__(...)
#else

#include <cfloat>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <math.h> // the overloads for float outside namespace std
#include <stdlib.h>

// ---- the language

#define __global__
#define __device__
#define __host__
#define __constant__ static
#define __managed__ static
#define __shared__ static __attribute__((used)) // filled anew for each block by internal/mock, which finds such variables of functions
#define __launch_bounds__(...)
#define __forceinline__ inline __attribute__((always_inline))
#define __noinline__ __attribute__((noinline))
#define __align__(n) __attribute__((aligned(n)))

#define TWIN_VECTOR2(T, V, A)             \
    struct alignas(A) V { T x, y; };      \
    inline V make_##V(T x, T y) { return V{x, y}; }
#define TWIN_VECTOR4(T, V)                \
    struct alignas(16) V { T x, y, z, w; }; \
    inline V make_##V(T x, T y, T z, T w) { return V{x, y, z, w}; }
TWIN_VECTOR2(float, float2, 8)
TWIN_VECTOR2(double, double2, 16)
TWIN_VECTOR2(int, int2, 8)
TWIN_VECTOR2(unsigned, uint2, 8)
TWIN_VECTOR2(long long, longlong2, 16)
TWIN_VECTOR2(unsigned long long, ulonglong2, 16)
TWIN_VECTOR4(float, float4)
TWIN_VECTOR4(double, double4)
TWIN_VECTOR4(int, int4)
TWIN_VECTOR4(unsigned, uint4)
#undef TWIN_VECTOR2
#undef TWIN_VECTOR4
struct alignas(4) uchar4 { unsigned char x, y, z, w; };
inline uchar4 make_uchar4(unsigned char x, unsigned char y, unsigned char z, unsigned char w) { return uchar4{x, y, z, w}; }
struct float3 { float x, y, z; };
inline float3 make_float3(float x, float y, float z) { return float3{x, y, z}; }
struct int3 { int x, y, z; };
inline int3 make_int3(int x, int y, int z) { return int3{x, y, z}; }
struct uint3 { unsigned x, y, z; };
inline uint3 make_uint3(unsigned x, unsigned y, unsigned z) { return uint3{x, y, z}; }
struct dim3 {
    unsigned x, y, z;
    constexpr dim3(unsigned x = 1, unsigned y = 1, unsigned z = 1) : x(x), y(y), z(z) {}
};

// Set by the scheduler at every switch of fibres; only read by kernels.
extern uint3 threadIdx, blockIdx;
extern dim3 blockDim, gridDim;
static constexpr int warpSize = 32;

// ---- threads meeting: the scheduler's side is internal/mock/cpp/fibres.cpp

namespace twin {

struct Place { // in the source, for messages and to tell one barrier from another
    const char *file;
    int line;
    static constexpr Place here(const char *file = __builtin_FILE(), int line = __builtin_LINE()) { return Place{file, line}; }
};

constexpr size_t slot_bytes = 128; // the largest value that lanes exchange

void block_meet(Place);                        // returns when all threads of the block are there
int block_count(int predicate, Place);         // the same; how many gave a true predicate
void *warp_buffer();                           // where this warp's next exchange happens: 32 slots
void warp_meet(unsigned mask, Place, bool memory = false); // returns when all 32 lanes are there; memory: and see what the others wrote
int lane();                                    // this thread's number in its warp
void *dynamic_shared();                        // the block's dynamic shared memory
[[noreturn]] void fail(const char *what, Place); // ends the launch with an error

// warp_slots hands in this lane's value and returns those of all 32 lanes, valid until the lane's next
// exchange but one (a lane is never more than one exchange ahead of another; there are two buffers).
template <class T> const T *warp_slots(unsigned mask, const T &mine, Place at) {
    static_assert(sizeof(T) <= slot_bytes, "too large for an exchange between lanes");
    T *all = static_cast<T *>(warp_buffer());
    std::memcpy(&all[lane()], &mine, sizeof(T));
    warp_meet(mask, at);
    return all;
}

// warp_all gives every lane the values of all 32: what emulated tensor-core instructions are made of.
template <class T> void warp_all(const T &mine, T (&all)[32], Place at = Place::here()) {
    std::memcpy(all, warp_slots(0xffffffffu, mine, at), sizeof all);
}

template <class To, class From> To bits(From v) {
    static_assert(sizeof(To) == sizeof(From), "sizes differ");
    To to;
    std::memcpy(&to, &v, sizeof to);
    return to;
}

} // namespace twin

// DYNAMIC_SHARED: see glassy.h.
#define DYNAMIC_SHARED(T, name) T *name = static_cast<T *>(twin::dynamic_shared())

#define TWIN_AT twin::Place at = twin::Place::here()

inline void __syncthreads(TWIN_AT) { twin::block_meet(at); }
inline int __syncthreads_count(int p, TWIN_AT) { return twin::block_count(p, at); }
inline int __syncthreads_or(int p, TWIN_AT) { return twin::block_count(p, at) > 0; }
inline int __syncthreads_and(int p, TWIN_AT) { return twin::block_count(!p, at) == 0; }
inline void __syncwarp(unsigned mask = 0xffffffffu, TWIN_AT) { twin::warp_meet(mask, at, true); }
inline void __threadfence() {}
inline void __threadfence_block() {}
inline void __threadfence_system() {}
[[noreturn]] inline void __trap(TWIN_AT) { twin::fail("__trap", at); }

#define TWIN_SHUFFLE(T)                                                                               \
    inline T __shfl_sync(unsigned mask, T v, int source, int width = 32, TWIN_AT) {                   \
        const int base = twin::lane() & ~(width - 1);                                                 \
        return twin::warp_slots(mask, v, at)[base + (source & (width - 1))];                          \
    }                                                                                                 \
    inline T __shfl_up_sync(unsigned mask, T v, unsigned d, int width = 32, TWIN_AT) {                \
        const int lane = twin::lane(), base = lane & ~(width - 1), from = lane - (int)d;              \
        return twin::warp_slots(mask, v, at)[from < base ? lane : from];                              \
    }                                                                                                 \
    inline T __shfl_down_sync(unsigned mask, T v, unsigned d, int width = 32, TWIN_AT) {              \
        const int lane = twin::lane(), base = lane & ~(width - 1), from = lane + (int)d;              \
        return twin::warp_slots(mask, v, at)[from >= base + width ? lane : from];                     \
    }                                                                                                 \
    inline T __shfl_xor_sync(unsigned mask, T v, int with, int width = 32, TWIN_AT) {                 \
        const int lane = twin::lane(), base = lane & ~(width - 1), from = lane ^ with;                \
        return twin::warp_slots(mask, v, at)[from >= base + width ? lane : from];                     \
    }
TWIN_SHUFFLE(int)
TWIN_SHUFFLE(unsigned)
TWIN_SHUFFLE(long)
TWIN_SHUFFLE(unsigned long)
TWIN_SHUFFLE(long long)
TWIN_SHUFFLE(unsigned long long)
TWIN_SHUFFLE(float)
TWIN_SHUFFLE(double)
#undef TWIN_SHUFFLE

inline unsigned __ballot_sync(unsigned mask, int p, TWIN_AT) {
    const int *all = twin::warp_slots(mask, p, at);
    unsigned b = 0;
    for (int i = 0; i < 32; i++) b |= (unsigned)(all[i] != 0) << i;
    return b;
}
inline int __any_sync(unsigned mask, int p, TWIN_AT) { return __ballot_sync(mask, p, at) != 0; }
inline int __all_sync(unsigned mask, int p, TWIN_AT) { return __ballot_sync(mask, p, at) == 0xffffffffu; }
inline unsigned __activemask() { return 0xffffffffu; }
#undef TWIN_AT

// ---- atomics: on integers only, where the order cannot show in a sum, a maximum or a count

#define TWIN_ATOMIC inline __attribute__((no_sanitize("thread"))) // not looked at by races.cpp
#define TWIN_ATOMICS(T)                                                                            \
    TWIN_ATOMIC T atomicAdd(T *p, T v) { T old = *p; *p = old + v; return old; }                        \
    TWIN_ATOMIC T atomicSub(T *p, T v) { T old = *p; *p = old - v; return old; }                        \
    TWIN_ATOMIC T atomicMax(T *p, T v) { T old = *p; if (v > old) *p = v; return old; }                 \
    TWIN_ATOMIC T atomicMin(T *p, T v) { T old = *p; if (v < old) *p = v; return old; }                 \
    TWIN_ATOMIC T atomicOr(T *p, T v) { T old = *p; *p = old | v; return old; }                         \
    TWIN_ATOMIC T atomicAnd(T *p, T v) { T old = *p; *p = old & v; return old; }                        \
    TWIN_ATOMIC T atomicXor(T *p, T v) { T old = *p; *p = old ^ v; return old; }                        \
    TWIN_ATOMIC T atomicExch(T *p, T v) { T old = *p; *p = v; return old; }                             \
    TWIN_ATOMIC T atomicCAS(T *p, T compare, T v) { T old = *p; if (old == compare) *p = v; return old; }
TWIN_ATOMICS(int)
TWIN_ATOMICS(unsigned)
TWIN_ATOMICS(unsigned long)
TWIN_ATOMICS(unsigned long long)
#undef TWIN_ATOMICS
TWIN_ATOMIC unsigned atomicInc(unsigned *p, unsigned top) { unsigned old = *p; *p = old >= top ? 0 : old + 1; return old; }
TWIN_ATOMIC unsigned atomicDec(unsigned *p, unsigned top) { unsigned old = *p; *p = old == 0 || old > top ? top : old - 1; return old; }

// ---- loads and stores with a cache hint

#define TWIN_HINT(load, store)                               \
    template <class T> T load(const T *p) { return *p; }     \
    template <class T> void store(T *p, T v) { *p = v; }
TWIN_HINT(__ldca, __stwb)
TWIN_HINT(__ldcg, __stcg)
TWIN_HINT(__ldcs, __stcs)
TWIN_HINT(__ldcv, __stwt)
#undef TWIN_HINT
template <class T> T __ldg(const T *p) { return *p; }

// ---- min, max: for floating point CUDA's are fmin and fmax, which leave out a NaN

#define TWIN_MINMAX(R, A, B)                                           \
    inline R min(A a, B b) { return (R)a < (R)b ? (R)a : (R)b; }       \
    inline R max(A a, B b) { return (R)a > (R)b ? (R)a : (R)b; }
TWIN_MINMAX(int, int, int)
TWIN_MINMAX(unsigned, unsigned, unsigned)
TWIN_MINMAX(unsigned, int, unsigned)
TWIN_MINMAX(unsigned, unsigned, int)
TWIN_MINMAX(long, long, long)
TWIN_MINMAX(unsigned long, unsigned long, unsigned long)
TWIN_MINMAX(long long, long long, long long)
TWIN_MINMAX(unsigned long long, unsigned long long, unsigned long long)
TWIN_MINMAX(unsigned long long, long long, unsigned long long)
TWIN_MINMAX(unsigned long long, unsigned long long, long long)
#undef TWIN_MINMAX
inline float min(float a, float b) { return std::fmin(a, b); }
inline float max(float a, float b) { return std::fmax(a, b); }
inline double min(double a, double b) { return std::fmin(a, b); }
inline double max(double a, double b) { return std::fmax(a, b); }
inline double min(float a, double b) { return std::fmin((double)a, b); }
inline double max(float a, double b) { return std::fmax((double)a, b); }
inline double min(double a, float b) { return std::fmin(a, (double)b); }
inline double max(double a, float b) { return std::fmax(a, (double)b); }

// ---- arithmetic intrinsics. The _rn ones are correctly rounded and never contracted (the twins are
// compiled with -ffp-contract=off). The fast ones (__expf …) are exact here, so a test cannot miss
// what they cost on a GPU: do not use them.

#define TWIN_RN(T, add, sub, mul, div, sqr, rcp, fm)              \
    inline T add(T a, T b) { return a + b; }                      \
    inline T sub(T a, T b) { return a - b; }                      \
    inline T mul(T a, T b) { return a * b; }                      \
    inline T div(T a, T b) { return a / b; }                      \
    inline T sqr(T a) { return std::sqrt(a); }                    \
    inline T rcp(T a) { return 1 / a; }                           \
    inline T fm(T a, T b, T c) { return std::fma(a, b, c); }
TWIN_RN(float, __fadd_rn, __fsub_rn, __fmul_rn, __fdiv_rn, __fsqrt_rn, __frcp_rn, __fmaf_rn)
TWIN_RN(double, __dadd_rn, __dsub_rn, __dmul_rn, __ddiv_rn, __dsqrt_rn, __drcp_rn, __fma_rn)
#undef TWIN_RN
inline float __frsqrt_rn(float a) { return (float)(1 / std::sqrt((double)a)); }
inline float rsqrtf(float a) { return (float)(1 / std::sqrt((double)a)); }
inline float rsqrt(float a) { return rsqrtf(a); }
inline double rsqrt(double a) { return 1 / std::sqrt(a); }
inline float __saturatef(float a) { return a > 1 ? 1 : a > 0 ? a : 0; }

// The angle is brought into a quarter turn first, where that is exact, as CUDA's functions do.
inline void sincospi(double a, double *s, double *c) {
    const double r = std::remainder(a, 2.0); // exact, in [-1, 1]
    const double q = std::nearbyint(2 * r);  // -2 … 2
    const double x = (r - q / 2) * 3.14159265358979323846;
    const double sx = std::sin(x), cx = std::cos(x);
    switch ((int)q & 3) {
    case 0: *s = sx, *c = cx; break;
    case 1: *s = cx, *c = -sx; break;
    case 2: *s = -sx, *c = -cx; break;
    default: *s = -cx, *c = sx;
    }
}
inline void sincospi(float a, float *s, float *c) {
    double ds, dc;
    sincospi((double)a, &ds, &dc);
    *s = (float)ds, *c = (float)dc;
}
inline void sincospif(float a, float *s, float *c) { sincospi(a, s, c); }
inline double sinpi(double a) { double s, c; sincospi(a, &s, &c); return s; }
inline double cospi(double a) { double s, c; sincospi(a, &s, &c); return c; }
inline float sinpi(float a) { return (float)sinpi((double)a); }
inline float cospi(float a) { return (float)cospi((double)a); }
inline float sinpif(float a) { return sinpi(a); }
inline float cospif(float a) { return cospi(a); }
inline void sincos(float a, float *s, float *c) { *s = std::sin(a), *c = std::cos(a); }
inline float __expf(float a) { return std::exp(a); }
inline float __logf(float a) { return std::log(a); }
inline float __sinf(float a) { return std::sin(a); }
inline float __cosf(float a) { return std::cos(a); }
inline float __powf(float a, float b) { return std::pow(a, b); }
inline float __fdividef(float a, float b) { return a / b; }

// ---- integers and bits

inline int __mulhi(int a, int b) { return (int)(((long long)a * b) >> 32); }
inline unsigned __umulhi(unsigned a, unsigned b) { return (unsigned)(((unsigned long long)a * b) >> 32); }
inline long long __mul64hi(long long a, long long b) { return (long long)(((__int128)a * b) >> 64); }
inline unsigned long long __umul64hi(unsigned long long a, unsigned long long b) { return (unsigned long long)(((unsigned __int128)a * b) >> 64); }
inline int __popc(unsigned a) { return __builtin_popcount(a); }
inline int __popcll(unsigned long long a) { return __builtin_popcountll(a); }
inline int __clz(int a) { return a ? __builtin_clz((unsigned)a) : 32; }
inline int __clzll(long long a) { return a ? __builtin_clzll((unsigned long long)a) : 64; }
inline int __ffs(int a) { return __builtin_ffs(a); }
inline int __ffsll(long long a) { return __builtin_ffsll(a); }
inline unsigned __brev(unsigned a) {
    unsigned r = 0;
    for (int i = 0; i < 32; i++) r |= ((a >> i) & 1u) << (31 - i);
    return r;
}

inline int __float_as_int(float a) { return twin::bits<int>(a); }
inline unsigned __float_as_uint(float a) { return twin::bits<unsigned>(a); }
inline float __int_as_float(int a) { return twin::bits<float>(a); }
inline float __uint_as_float(unsigned a) { return twin::bits<float>(a); }
inline long long __double_as_longlong(double a) { return twin::bits<long long>(a); }
inline double __longlong_as_double(long long a) { return twin::bits<double>(a); }
inline int __double2hiint(double a) { return (int)(__double_as_longlong(a) >> 32); }
inline int __double2loint(double a) { return (int)__double_as_longlong(a); }
inline double __hiloint2double(int hi, int lo) { return __longlong_as_double(((long long)hi << 32) | (unsigned)lo); }

// Conversions. From floating point to an integer CUDA clamps and makes 0 of a NaN; C++ leaves it open, so
// kernels that may meet such values use these and not a cast.
namespace twin {
template <class I> I to_integer(double a) {
    if (a != a) return 0;
    if (a <= (double)std::numeric_limits<I>::min()) return std::numeric_limits<I>::min();
    if (a >= (double)std::numeric_limits<I>::max()) return std::numeric_limits<I>::max();
    return (I)a;
}
} // namespace twin
#define TWIN_CONVERT(I, suffix)                                                                           \
    inline I __float2##suffix##_rn(float a) { return twin::to_integer<I>(std::nearbyint((double)a)); }    \
    inline I __float2##suffix##_rz(float a) { return twin::to_integer<I>(std::trunc((double)a)); }        \
    inline I __float2##suffix##_rd(float a) { return twin::to_integer<I>(std::floor((double)a)); }        \
    inline I __float2##suffix##_ru(float a) { return twin::to_integer<I>(std::ceil((double)a)); }         \
    inline I __double2##suffix##_rn(double a) { return twin::to_integer<I>(std::nearbyint(a)); }          \
    inline I __double2##suffix##_rz(double a) { return twin::to_integer<I>(std::trunc(a)); }              \
    inline I __double2##suffix##_rd(double a) { return twin::to_integer<I>(std::floor(a)); }              \
    inline I __double2##suffix##_ru(double a) { return twin::to_integer<I>(std::ceil(a)); }               \
    inline float __##suffix##2float_rn(I a) { return (float)a; }                                          \
    inline double __##suffix##2double_rn(I a) { return (double)a; }
TWIN_CONVERT(int, int)
TWIN_CONVERT(unsigned, uint)
TWIN_CONVERT(long long, ll)
TWIN_CONVERT(unsigned long long, ull)
#undef TWIN_CONVERT
inline float __double2float_rn(double a) { return (float)a; }

#endif // TWIN_ENTRIES
