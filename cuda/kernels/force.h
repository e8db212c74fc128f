// force.h: what joins the gradient in an update: decay·w + field·h + pull·(w - anchor).
#pragma once

#ifndef TWIN_SCAN
template <class T> struct Force {
    T decay, pull, field;
    const T *anchor, *h; // null where the term is not there

    template <int W> struct Terms {
        Pack<T, W> anchor, h;
    };
    // at is the anchor and the field from i on.
    template <int W> __device__ __forceinline__ Terms<W> at(index_t i) const {
        Terms<W> t = {};
        if (anchor) t.anchor = load<W>(anchor + i);
        if (h) t.h = load<W>(h + i);
        return t;
    }
    // join is the gradient g at the weight w with decay and field.
    template <int W> __device__ __forceinline__ T join(const Pack<T, W> &hs, int j, T g, T w) const {
        if (decay != 0) g = fma(decay, w, g);
        return h ? fma(field, hs.at[j], g) : g;
    }
    // pulled is g with the pull.
    template <int W> __device__ __forceinline__ T pulled(const Pack<T, W> &anchors, int j, T g, T w) const {
        return anchor ? fma(pull, w - anchors.at[j], g) : g;
    }
};
#endif
