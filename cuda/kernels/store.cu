// A small upload: the data travel as an argument of the launch, in order with the launches around it.
// One block of 256 threads; count ≤ 256 words.
#include "glassy.h"

struct Data { // the one argument of a kernel that is a struct
    unsigned word[256];
};

extern "C" __global__ void __launch_bounds__(256) store(unsigned *dst, int count, const Data data) {
    if (threadIdx.x < count) dst[threadIdx.x] = data.word[threadIdx.x];
}
