// races.cpp: which accesses to memory no barrier puts in order, whatever the order in which they happen to run.
// For it the kernels are compiled with g++'s -fsanitize=thread, which calls the functions at the end of this
// file at every access, but with this in place of its library.
//
// Of two accesses of different threads of a block to the same four bytes, one of them a write, one must come
// before a barrier of the block and the other after it, or, in the same warp, a __syncwarp: shuffles put no
// memory in order. Atomics are not looked at, nor is what different blocks do.

#include "mock.h"

namespace twin {
namespace {

struct Access {
    int thread = -1; // in the block; -1: none
    uint32_t round = 0, step = 0; // how many barriers came before: of the block, and of the warp
};

struct Cell { // four bytes
    uintptr_t place = 0; // address / 4
    uint64_t block = 0;  // that the cell is of: of another it is empty
    Access written, read; // the last ones
    bool lanes = false, warps = false; // others have read it too, of the same warp since its step, of others since the round
};

constexpr int bits = 20;
constexpr size_t cells = size_t(1) << bits;
std::vector<Cell> table;
size_t filled;
uint64_t block;
uint32_t round, step[32];
struct Range {
    uintptr_t from, to;
    bool holds(uintptr_t p) const { return p >= from && p < to; }
} last; // allocation that was met
std::vector<Range> ranges; // of shared memory
bool compiled, watching;

Range range(const void *p, size_t bytes) { return {reinterpret_cast<uintptr_t>(p), reinterpret_cast<uintptr_t>(p) + bytes}; }

// seen: stacks and the twin's own memory are the threads' own.
bool seen(uintptr_t p) {
    if (last.holds(p)) return true;
    for (const Range &r : ranges)
        if (r.holds(p)) return true;
    const mock::Allocation *a = mock::find_allocation(reinterpret_cast<void *>(p));
    if (a == nullptr) return false;
    last = range(a->address, a->bytes);
    return true;
}

Cell &cell(uintptr_t place) {
    for (size_t i = place * 0x9e3779b97f4a7c15 >> (64 - bits);; i = (i + 1) % cells) {
        Cell &c = table[i];
        if (c.block == block && c.place == place) return c;
        if (c.block == block) continue;
        if (++filled > cells / 2) block++, filled = 1; // a block that touches so much is forgotten, and begins anew
        c = Cell();
        c.place = place, c.block = block;
        return c;
    }
}

void look(const void *address, size_t bytes, bool writes, const void *code) {
    if (!watching) return;
    const uintptr_t p = reinterpret_cast<uintptr_t>(address);
    if (!seen(p)) return;
    const int me = thread_number(), warp = me / 32;
    const Access now{me, round, step[warp]};
    for (uintptr_t place = p / 4; place <= (p + bytes - 1) / 4; place++) {
        Cell &c = cell(place);
        const auto beside = [&](const Access &a) { return a.thread >= 0 && a.round == round && (a.thread / 32 != warp || a.step == now.step); };
        if (beside(c.written) && c.written.thread != me)
            race((writes ? "writes" : "reads") + std::string(" what thread ") + std::to_string(c.written.thread) + " wrote, with no barrier between", code);
        const bool round_before = c.read.thread < 0 || c.read.round != round;
        if (writes) {
            if (!round_before && c.warps || beside(c.read) && (c.lanes || c.read.thread != me))
                race("writes what another thread read, with no barrier between", code);
            c.written = now, c.read = Access();
            c.lanes = c.warps = false;
            continue;
        }
        if (round_before) c.warps = false;
        else if (c.read.thread / 32 != warp) c.warps = true;
        c.lanes = beside(c.read) && c.read.thread / 32 == warp && (c.lanes || c.read.thread != me);
        c.read = now;
    }
}

} // namespace

bool can_watch() { return compiled; }

void watch(bool on) {
    watching = on && compiled;
    if (watching && table.empty()) table.resize(cells);
}

void watch_block(const std::vector<Piece> &shared) {
    block++, filled = 0, round = 0;
    std::memset(step, 0, sizeof step);
    last = {0, 0};
    ranges.clear();
    for (const Piece &p : shared) ranges.push_back(range(p.from, p.bytes));
}

void watch_barrier() { round++; }
void watch_warp(unsigned warp) { step[warp]++; }

} // namespace twin

#define CALLED extern "C" __attribute__((visibility("hidden"))) void
#define ACCESS(name, bytes)                                                                                      \
    CALLED __tsan_##name##read##bytes(const void *p) { twin::look(p, bytes, false, __builtin_return_address(0)); } \
    CALLED __tsan_##name##write##bytes(const void *p) { twin::look(p, bytes, true, __builtin_return_address(0)); }
ACCESS(, 1)
ACCESS(, 2)
ACCESS(, 4)
ACCESS(, 8)
ACCESS(, 16)
ACCESS(unaligned_, 2)
ACCESS(unaligned_, 4)
ACCESS(unaligned_, 8)
ACCESS(unaligned_, 16)
CALLED __tsan_read_range(const void *p, size_t n) { if (n > 0) twin::look(p, n, false, __builtin_return_address(0)); }
CALLED __tsan_write_range(const void *p, size_t n) { if (n > 0) twin::look(p, n, true, __builtin_return_address(0)); }
CALLED __tsan_init() { twin::compiled = true; }
CALLED __tsan_vptr_update(void **, void *) {}
CALLED __tsan_vptr_read(void **) {}
