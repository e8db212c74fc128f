// stages.h: copies from global to shared memory that run beside the arithmetic, several groups of them on
// their way at a time (cp.async, from compute capability 8.0 on; before it plain loads and stores). The twin
// does them as late as it may and makes NaN of the place before, so that a wait that is missing shows.
#pragma once
#include "glassy.h"
#ifndef TWIN_SCAN
#ifdef TWIN
#include <vector>
#endif

struct Stages {
    // copy begins to copy BYTES (4, 8 or 16, the alignment of both addresses), of which only the first `valid`
    // are read; the rest becomes zeros.
    template <int BYTES> __device__ __forceinline__ void copy(void *to, const void *from, int valid) {
#ifdef TWIN
        std::memset(to, 0xff, BYTES);
        groups.back().push_back(Copy{to, from, BYTES, valid});
#elif __CUDA_ARCH__ >= 800
        const unsigned shared = (unsigned)__cvta_generic_to_shared(to);
        if (BYTES == 16)
            asm volatile("cp.async.cg.shared.global.L2::128B [%0], [%1], 16, %2;" ::"r"(shared), "l"(from), "r"(valid) : "memory");
        else
            asm volatile("cp.async.ca.shared.global [%0], [%1], %2, %3;" ::"r"(shared), "l"(from), "n"(BYTES), "r"(valid) : "memory");
#else
#pragma unroll
        for (int i = 0; i < BYTES / 4; i++) static_cast<unsigned *>(to)[i] = 4 * i < valid ? static_cast<const unsigned *>(from)[i] : 0;
#endif
    }

    // commit ends a group of copies; wait returns when at most LEFT of this thread's groups are on their
    // way. What other threads copied is there after a barrier.
    __device__ __forceinline__ void commit() {
#ifdef TWIN
        groups.emplace_back();
#elif __CUDA_ARCH__ >= 800
        asm volatile("cp.async.commit_group;" ::: "memory");
#endif
    }
    template <int LEFT> __device__ __forceinline__ void wait() {
#ifdef TWIN
        for (; groups.size() > LEFT + 1; groups.erase(groups.begin()))
            for (const Copy &c : groups.front()) {
                std::memset(c.to, 0, c.bytes);
                std::memcpy(c.to, c.from, c.valid);
            }
#elif __CUDA_ARCH__ >= 800
        asm volatile("cp.async.wait_group %0;" ::"n"(LEFT) : "memory");
#endif
    }

#ifdef TWIN
    struct Copy {
        void *to;
        const void *from;
        int bytes, valid;
    };
    std::vector<std::vector<Copy>> groups{1}; // the last is not committed
#endif
};
#endif
