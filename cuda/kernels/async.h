// async.h: copies of 16 bytes from global to shared memory that run beside the arithmetic (cp.async, from
// compute capability 8.0 on; before it, and on the twin, plain loads and stores).
#pragma once

#ifndef TWIN_SCAN
// copy16 begins to copy 16 bytes, both addresses multiples of 16; zeros where not valid, and then from is
// not read.
__device__ __forceinline__ void copy16(void *to, const void *from, bool valid) {
#if !defined(TWIN) && __CUDA_ARCH__ >= 800
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"((unsigned)__cvta_generic_to_shared(to)), "l"(from), "r"(valid ? 16 : 0) : "memory");
#else
    *static_cast<uint4 *>(to) = valid ? *static_cast<const uint4 *>(from) : make_uint4(0, 0, 0, 0);
#endif
}

// copies_wait: what this thread has begun to copy is there; the others' is after a barrier.
__device__ __forceinline__ void copies_wait() {
#if !defined(TWIN) && __CUDA_ARCH__ >= 800
    asm volatile("cp.async.wait_all;" ::: "memory");
#endif
}
#endif
