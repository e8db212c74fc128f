// softmax.h: a row of c numbers is worked on by a group of threads that meet: a warp, or a block for long ones.
#pragma once

template <bool WHOLE_BLOCK> struct Group {
    int row, first, step; // a thread takes the numbers first, first+step, …
    __device__ __forceinline__ Group() {
        row = WHOLE_BLOCK ? blockIdx.x : blockIdx.x * (blockDim.x >> 5) + warp_id();
        first = WHOLE_BLOCK ? threadIdx.x : lane_id();
        step = WHOLE_BLOCK ? blockDim.x : 32;
    }
    template <class T> __device__ __forceinline__ T sum(T v) const {
        if constexpr (WHOLE_BLOCK) return block_sum(v);
        else return warp_sum(v);
    }
    template <class T> __device__ __forceinline__ T max(T v) const {
        if constexpr (WHOLE_BLOCK) return block_max(v);
        else return warp_max(v);
    }
};
