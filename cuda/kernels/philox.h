// philox.h: the numbers of package rng: Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011) and the normal
// numbers made of it. The random bits and the uniform numbers are the CPU's; a normal number is made by
// the same formulas in float64, but with fused multiply-adds, and differs by a few units in the last
// place of the larger of itself and 1: |difference| ≤ 8·2⁻⁵³ (1 + |z|).
//
// Every operation here that could be fused is written so that the compiler has no choice: a number has
// the same bits wherever it is made, in whatever kernel, on the twin too.
#pragma once

#ifndef TWIN_SCAN
struct Philox {
    uint32_t x, y, z, w; // words 0 to 3 of a block
};

// philox is ten rounds on the counter c0 … c3 under the key k0, k1.
__device__ __forceinline__ Philox philox(uint32_t c0, uint32_t c1, uint32_t c2, uint32_t c3, uint32_t k0, uint32_t k1) {
#pragma unroll
    for (int round = 0; round < 10; round++) {
        const uint32_t high0 = __umulhi(c0, 0xD2511F53u), low0 = c0 * 0xD2511F53u;
        const uint32_t high1 = __umulhi(c2, 0xCD9E8D57u), low1 = c2 * 0xCD9E8D57u;
        c0 = high1 ^ c1 ^ k0, c1 = low1;
        c2 = high0 ^ c3 ^ k1, c3 = low0;
        k0 += 0x9E3779B9u, k1 += 0xBB67AE85u;
    }
    return Philox{c0, c1, c2, c3};
}

// random_block is block b of the stream of key.
__device__ __forceinline__ Philox random_block(uint64_t key, uint64_t b) {
    return philox((uint32_t)b, (uint32_t)(b >> 32), 0, 0, (uint32_t)key, (uint32_t)(key >> 32));
}

// random53 is the 53 high bits of (high<<32 | low).
__device__ __forceinline__ uint64_t random53(uint32_t low, uint32_t high) { return ((uint64_t)high << 32 | low) >> 11; }

// uniform_pair is the uniform numbers 2j and 2j+1 of the stream, on [0, 1).
__device__ __forceinline__ double2 uniform_pair(uint64_t key, uint64_t j) {
    const Philox p = random_block(key, j);
    return make_double2((double)random53(p.x, p.y) * 0x1p-53, (double)random53(p.z, p.w) * 0x1p-53);
}

// log_uniform is log(n·2⁻⁵³), 1 ≤ n ≤ 2⁵³: logUniform of lab/rng/normal.go, fdlibm's e_log.c.
__device__ __forceinline__ double log_uniform(uint64_t n) {
    const double ln2_high = 6.93147180369123816490e-01, ln2_low = 1.90821492927058770002e-10;
    const long long b = __double_as_longlong((double)n);
    const long long e = (b - 0x3FE6A09E667F3BCDLL) >> 52;     // n = m·2ᵉ,
    const double f = __longlong_as_double(b - (e << 52)) - 1; // √½ ≤ m = 1+f < √2
    const double s = f / (2 + f);                             // log m = log (1+s)/(1-s)
    const double z = __dmul_rn(s, s), w = __dmul_rn(z, z);
    const double even = __dmul_rn(w, fma(w, fma(w, 0.1531383769920937332, 0.2222219843214978396), 0.3999999999940941908));
    const double odd = fma(w, fma(w, fma(w, 0.1479819860511658591, 0.1818357216161805012), 0.2857142874366239149), 0.6666666666666735130);
    const double t = fma(z, odd, even);
    const double h = __dmul_rn(__dmul_rn(f, f), 0.5);
    const double k = (double)(int)(e - 53);
    return fma(k, ln2_high, -((h - fma(s, h + t, __dmul_rn(k, ln2_low))) - f));
}

// sincos_uniform is the sine and cosine of 2πv·2⁻⁵³, v < 2⁵³: sincosUniform of lab/rng/normal.go, Cephes.
__device__ __forceinline__ void sincos_uniform(uint64_t v, double *sine, double *cosine) {
    const uint64_t q = (v + (1ull << 50)) >> 51; // the nearest quarter turn, and the rest, |x| ≤ π/4
    const double x = __dmul_rn((double)((long long)v - (long long)(q << 51)), 2 * PI * 0x1p-53);
    const double z = __dmul_rn(x, x);
    double s = fma(z, 1.58962301576546568060e-10, -2.50507477628578072866e-8);
    s = fma(z, s, 2.75573136213857245213e-6);
    s = fma(z, s, -1.98412698295895385996e-4);
    s = fma(z, s, 8.33333333332211858878e-3);
    s = fma(z, s, -1.66666666666666307295e-1);
    s = fma(__dmul_rn(x, z), s, x);
    double c = fma(z, -1.13585365213876817300e-11, 2.08757008419747316778e-9);
    c = fma(z, c, -2.75573141792967388112e-7);
    c = fma(z, c, 2.48015872888517045348e-5);
    c = fma(z, c, -1.38888888888730564116e-3);
    c = fma(z, c, 4.16666666666665929218e-2);
    c = fma(__dmul_rn(z, z), c, fma(z, -0.5, 1.0));
    // Turn by q quarters: swap when q is odd, then the signs.
    const long long sb = __double_as_longlong(q & 1 ? c : s), cb = __double_as_longlong(q & 1 ? s : c);
    *sine = __longlong_as_double(sb ^ (long long)(q >> 1 << 63));
    *cosine = __longlong_as_double(cb ^ (long long)((q + 1) >> 1 << 63));
}

// box_muller is the two normal numbers of the uniforms u·2⁻⁵³ and v·2⁻⁵³.
__device__ __forceinline__ double2 box_muller(uint64_t u, uint64_t v) {
    const double r = sqrt(__dmul_rn(-2, log_uniform((1ull << 53) - u)));
    double s, c;
    sincos_uniform(v, &s, &c);
    return make_double2(__dmul_rn(r, c), __dmul_rn(r, s));
}

// normal_pair is the normal numbers 2j and 2j+1 of the stream.
__device__ __forceinline__ double2 normal_pair(uint64_t key, uint64_t j) {
    const Philox p = random_block(key, j);
    return box_muller(random53(p.x, p.y), random53(p.z, p.w));
}
#endif
