// slip.h: a caller's slip that only a kernel can see, an index out of range, is left in pinned memory,
// where the host looks whenever it has waited for the GPU (cuda/slip.go).
#pragma once

// slip notes that number place of an index vector holds value. What says which operation it is and what
// was expected; of the slips with the first such what, that with the smallest place is kept, so that the
// message does not depend on which block is first.
__device__ __forceinline__ void slip(unsigned long long *slips, unsigned long long what, int place, int value) {
    const unsigned long long before = atomicCAS(&slips[0], 0ULL, what);
    if (before == 0 || before == what) atomicMin(&slips[1], (unsigned long long)place << 32 | (unsigned)value);
}
