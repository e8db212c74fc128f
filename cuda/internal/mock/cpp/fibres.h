// fibres.h: what the driver's side (mock.cpp …) and the compiled kernels know of the scheduler in fibres.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "twin.h"

namespace twin {

struct Piece { // of memory
    unsigned char *from;
    size_t bytes;
};

// An Entry is one kernel's entry point: its code, and how its packed arguments lie.
struct Entry {
    const char *name, *file;
    void (*run)(const unsigned char *arguments); // begins threads of the block until none is left
    std::vector<unsigned> offsets, sizes;        // of the arguments, at natural alignment
    size_t bytes;                                // of all of them
    const void *anchor;                          // a variable of its file
};

void enter(Entry); // puts an entry into the table; called before main
const Entry *find(const std::string &name);

struct Launch {
    const Entry *entry;
    dim3 grid, block;
    size_t shared; // bytes of dynamic shared memory
    const unsigned char *arguments;
    uint64_t seed; // of the order of threads and blocks; 0: ascending
    bool races;    // accesses that no barrier puts in order are an error
};

// launch runs a grid to its end. It returns an empty string, or what went wrong and where.
std::string launch(const Launch &);

// shared_arrays are those of the source file that has the variable anchor.
std::vector<Piece> shared_arrays(const void *anchor);

// ---- races.cpp, and what it needs to know

bool can_watch(); // the kernels were compiled for it
void watch(bool);
void watch_block(const std::vector<Piece> &shared); // begins
void watch_barrier();             // all threads of the block have met
void watch_warp(unsigned number); // all lanes of a warp have, for memory's sake
int thread_number();              // in the block, of the thread that runs
[[noreturn]] void race(const std::string &what, const void *code);

bool next(); // begins the next thread of the block: sets threadIdx; parks this fibre while there is none

// ---- entries from the kernels' own signatures

template <class... A> struct Layout {
    unsigned offset[sizeof...(A) + 1] = {}, size[sizeof...(A) + 1] = {}, bytes = 0;
    constexpr Layout() {
        const unsigned sizes[] = {sizeof(A)..., 1}, alignments[] = {alignof(A)..., 1};
        for (size_t i = 0; i < sizeof...(A); i++) {
            bytes = (bytes + alignments[i] - 1) / alignments[i] * alignments[i];
            offset[i] = bytes, size[i] = sizes[i];
            bytes += sizes[i];
        }
    }
};

template <auto kernel> struct Caller;
template <class... A, void (*kernel)(A...)> struct Caller<kernel> {
    static constexpr Layout<A...> layout{};

    template <size_t... i> static void threads(const unsigned char *packed, std::index_sequence<i...>) {
        std::tuple<A...> a;
        (std::memcpy(&std::get<i>(a), packed + layout.offset[i], sizeof(A)), ...);
        while (next()) kernel(std::get<i>(a)...);
    }
    static void run(const unsigned char *packed) { threads(packed, std::index_sequence_for<A...>()); }

    static void enter(const char *name, const char *file, const void *anchor) {
        const size_t n = sizeof...(A);
        twin::enter({name, file, run, {layout.offset, layout.offset + n}, {layout.size, layout.size + n}, layout.bytes, anchor});
    }
};

} // namespace twin
