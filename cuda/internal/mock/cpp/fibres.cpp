// fibres.cpp: runs a grid of threads on one OS thread. The threads of a block are fibres: a fibre runs threads
// one after another to their ends, and only a thread that waits at a barrier keeps its fibre and has another
// go on. So a kernel without barriers needs one fibre and no switches.
//
// The order of the blocks, and of the threads between barriers, is a choice of the seed: what depends on it
// is a race. One launch runs at a time (the driver's side holds a lock).
#include "fibres.h"

#include <algorithm>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <dlfcn.h>
#include <map>
#include <numeric>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

uint3 threadIdx, blockIdx;
dim3 blockDim, gridDim;

// twin_switch keeps the registers that a call must keep on the stack, stores the stack pointer and goes on
// where another stack was left.
extern "C" void twin_switch(void **from, void *to);
#if defined(__x86_64__)
asm(R"(
    .text
    .globl twin_switch
    .hidden twin_switch
    .type twin_switch, @function
twin_switch:
    endbr64
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
    .size twin_switch, .-twin_switch
)");
static void **fresh_stack(unsigned char *top, void (*start)()) {
    void **p = reinterpret_cast<void **>(top);
    *--p = nullptr; // start's return address: it does not return
    *--p = reinterpret_cast<void *>(start);
    return p - 6;
}
static void continue_at(ucontext_t *c, void (*f)(), unsigned char *stack) {
    c->uc_mcontext.gregs[REG_RIP] = reinterpret_cast<greg_t>(f);
    c->uc_mcontext.gregs[REG_RSP] = reinterpret_cast<greg_t>(stack) - 8;
}
static void *place_of(ucontext_t *c) { return reinterpret_cast<void *>(c->uc_mcontext.gregs[REG_RIP]); }
#elif defined(__aarch64__)
asm(R"(
    .text
    .globl twin_switch
    .hidden twin_switch
    .type twin_switch, %function
twin_switch:
    hint 34
    sub sp, sp, #160
    stp x19, x20, [sp, #0]
    stp x21, x22, [sp, #16]
    stp x23, x24, [sp, #32]
    stp x25, x26, [sp, #48]
    stp x27, x28, [sp, #64]
    stp x29, x30, [sp, #80]
    stp d8, d9, [sp, #96]
    stp d10, d11, [sp, #112]
    stp d12, d13, [sp, #128]
    stp d14, d15, [sp, #144]
    mov x9, sp
    str x9, [x0]
    mov sp, x1
    ldp x19, x20, [sp, #0]
    ldp x21, x22, [sp, #16]
    ldp x23, x24, [sp, #32]
    ldp x25, x26, [sp, #48]
    ldp x27, x28, [sp, #64]
    ldp x29, x30, [sp, #80]
    ldp d8, d9, [sp, #96]
    ldp d10, d11, [sp, #112]
    ldp d12, d13, [sp, #128]
    ldp d14, d15, [sp, #144]
    add sp, sp, #160
    ret
    .size twin_switch, .-twin_switch
)");
static void **fresh_stack(unsigned char *top, void (*start)()) {
    void **p = reinterpret_cast<void **>(top) - 20;
    p[11] = reinterpret_cast<void *>(start);
    return p;
}
static void continue_at(ucontext_t *c, void (*f)(), unsigned char *stack) {
    c->uc_mcontext.pc = reinterpret_cast<uint64_t>(f);
    c->uc_mcontext.sp = reinterpret_cast<uint64_t>(stack);
}
static void *place_of(ucontext_t *c) { return reinterpret_cast<void *>(c->uc_mcontext.pc); }
#else
#error "fibres.cpp: no switch of stacks for this processor"
#endif

namespace twin {
namespace {

constexpr unsigned max_threads = 1024;
constexpr size_t page = 4096, stack_bytes = 96 << 10;
constexpr size_t shared_limit = 228 << 10;
constexpr int orders = 8; // permutations of a block's threads, drawn from at each barrier

struct Fibre {
    void *sp = nullptr;
    bool fresh = true;
    unsigned char *top = nullptr;
    struct Thread *thread = nullptr; // the one it runs; none: it is parked in next
};

struct Thread {
    uint3 index;
    unsigned number = 0;
    unsigned exchanges = 0; // in the warp, to tell its two buffers apart
    Fibre *fibre = nullptr;
};

struct Warp {
    int arrived = 0;
    Place place{};
    Thread *waiting[32];
    alignas(64) unsigned char slots[2][32 * slot_bytes];
};

Fibre fibres[max_threads + 1];
Thread threads[max_threads];
Warp warps[max_threads / 32];
Thread *order[orders][max_threads];

// The state of the block that runs.
Launch now;
unsigned size;           // threads in the block
unsigned begun, ended;   // of them
unsigned arrived;        // at the block's barrier
Place meeting;           // where that is
int count, counted;      // of true predicates: so far, and at the last barrier
Thread **turn;           // the order in which threads begin, and in which they leave a barrier
Thread *ready[max_threads]; // a ring: who may go on
unsigned ready_head, ready_count;
Fibre *parked[max_threads + 1];
unsigned parked_count, made; // fibres that wait for a thread to run; fibres with a stack
Fibre *running;
void *home; // the launcher's stack
uint64_t dice;
bool ahead; // a warp whose lanes have met goes on before the others; else the warps go in step
unsigned char *dynamic; // the block's dynamic shared memory
std::vector<Piece> shared; // all of the block's shared memory
std::string failure;
const void *fault_address, *fault_place; // of a signal
int fault_signal;

std::map<std::string, Entry> &table() {
    static std::map<std::string, Entry> t;
    return t;
}

uint64_t draw() { // splitmix64
    uint64_t z = dice += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

void push(Thread *t) {
    unsigned at = ready_head + ready_count++;
    ready[at < size ? at : at - size] = t;
}

void push_front(Thread *t) {
    ready_head = (ready_head == 0 ? size : ready_head) - 1;
    ready_count++;
    ready[ready_head] = t;
}

Thread *pop() {
    Thread *t = ready[ready_head];
    if (++ready_head == size) ready_head = 0;
    ready_count--;
    return t;
}

void fibre_start() {
    for (;;) now.entry->run(now.arguments);
}

Fibre *take_fibre() {
    if (parked_count > 0) return parked[--parked_count];
    Fibre *f = &fibres[made];
    if (f->top == nullptr) {
        auto *low = static_cast<unsigned char *>(mmap(nullptr, page + stack_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
        if (low == MAP_FAILED) fail("no memory for a thread's stack", Place::here());
        mprotect(low, page, PROT_NONE);
        f->top = low + page + stack_bytes - made * 448 % 16384 / 64 * 64; // not all in the same cache sets
    }
    made++;
    f->fresh = true;
    f->thread = nullptr;
    return f;
}

void go_to(Fibre *to) {
    Fibre *from = running;
    if (to == from) return;
    running = to;
    if (to->fresh) {
        to->fresh = false;
        to->sp = fresh_stack(to->top, fibre_start);
    }
    if (to->thread != nullptr) threadIdx = to->thread->index;
    twin_switch(&from->sp, to->sp);
}

[[noreturn]] void leave() { // for the launcher, for ever: the fibres' stacks are given up
    void *dropped;
    twin_switch(&dropped, home);
    __builtin_unreachable();
}

void describe_stall();

// another lets some other fibre go on: one whose thread may, else one that begins a thread. The caller's has
// nothing to do now.
void another() {
    if (ready_count > 0)
        go_to(pop()->fibre);
    else if (begun < size)
        go_to(take_fibre());
    else if (ended == size) {
        Fibre *from = running;
        twin_switch(&from->sp, home);
    } else
        describe_stall();
}

const char *short_name(const char *file) {
    const char *slash = std::strrchr(file, '/');
    return slash ? slash + 1 : file;
}

std::string format(const char *f, ...) __attribute__((format(printf, 1, 2)));
std::string format(const char *f, ...) {
    char text[512];
    va_list a;
    va_start(a, f);
    vsnprintf(text, sizeof text, f, a);
    va_end(a);
    return text;
}

std::string in_block() {
    return format("kernel %s, block (%u, %u, %u)", now.entry->name, blockIdx.x, blockIdx.y, blockIdx.z);
}

std::string in_thread() {
    return in_block() + (running && running->thread ? format(", thread (%u, %u, %u)", threadIdx.x, threadIdx.y, threadIdx.z) : std::string());
}

bool same(Place p, Place q) { return p.line == q.line && (p.file == q.file || std::strcmp(p.file, q.file) == 0); }

std::string at(Place p) { return format("%s:%d", short_name(p.file), p.line); }

// describe_stall: nobody can go on, and not all have ended.
void describe_stall() {
    std::string s = in_block() + ": ";
    if (arrived > 0)
        s += format("%u of %u threads wait at the block's barrier %s, ", arrived, size, at(meeting).c_str());
    for (unsigned w = 0; w * 32 < size; w++)
        if (warps[w].arrived > 0)
            s += format("%d lanes of warp %u wait for the others at %s, ", warps[w].arrived, w, at(warps[w].place).c_str());
    failure = s + format("%u threads have returned", ended);
    leave();
}

// ---- faults

struct sigaction chained[NSIG];
const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP}; // a trap is SIGILL on amd64, SIGTRAP on arm64
volatile pid_t launcher; // the OS thread that runs a grid; 0: none
alignas(16) unsigned char landing_stack[64 << 10];

std::string source_line(const void *place) {
    Dl_info info;
    if (!dladdr(place, &info) || !info.dli_fname) return "";
    const auto offset = static_cast<const char *>(place) - static_cast<const char *>(info.dli_fbase);
    std::string line;
    if (FILE *p = popen(format("addr2line -e '%s' 0x%lx 2>/dev/null", info.dli_fname, (long)offset).c_str(), "r")) {
        char text[300];
        if (fgets(text, sizeof text, p)) line = text;
        pclose(p);
    }
    line = line.substr(0, line.find_first_of("\n ("));
    if (line.empty() || line[0] == '?') return "";
    return std::string(" at ") + short_name(line.c_str());
}

void landing() { // a fault in a kernel goes on here, on its own stack
    const char *what = "an access outside all allocations, or beyond the end of one";
    if (fault_signal == SIGSEGV && fault_address == nullptr) what = "an access to address 0, or a misaligned one";
    if (fault_signal != SIGSEGV && fault_signal != SIGBUS) // the sanitizers' traps, which do not say more
        what = "an index beyond an array, a misaligned access, a shift by too much or a division by zero";
    for (unsigned i = 0; i < made; i++)
        if (fault_address >= fibres[i].top - stack_bytes - page - 16384 && fault_address < fibres[i].top - stack_bytes + 16384 && fault_signal == SIGSEGV)
            what = "a stack overflow (more than 64 KB of local variables)";
    failure = in_thread() + ": " + what + source_line(fault_place);
    if (fault_signal == SIGSEGV) failure += format(", address %p", fault_address);
    leave();
}

void on_signal(int number, siginfo_t *info, void *context) {
    auto *c = static_cast<ucontext_t *>(context);
    if (launcher == gettid() && info->si_code > 0) {
        fault_signal = number;
        fault_address = info->si_addr;
        fault_place = place_of(c);
        continue_at(c, landing, landing_stack + sizeof landing_stack);
        return;
    }
    struct sigaction &old = chained[number];
    if (old.sa_flags & SA_SIGINFO)
        old.sa_sigaction(number, info, context);
    else if (old.sa_handler == SIG_DFL) {
        signal(number, SIG_DFL); // the instruction runs again and ends the process
    } else if (old.sa_handler != SIG_IGN)
        old.sa_handler(number);
}

struct Handlers { // ours, around one launch: a Go program has its own
    Handlers() {
        launcher = gettid();
        struct sigaction a = {};
        a.sa_sigaction = on_signal;
        a.sa_flags = SA_SIGINFO | SA_ONSTACK;
        sigfillset(&a.sa_mask);
        for (int s : signals) sigaction(s, &a, &chained[s]);
    }
    ~Handlers() {
        for (int s : signals) sigaction(s, &chained[s], nullptr);
        launcher = 0;
    }
};

// ---- a launch

void shuffle(Thread **t, unsigned n) {
    for (unsigned i = 1; i < n; i++) std::swap(t[i], t[draw() % (i + 1)]);
}

// make_orders lays out the block's threads and the orders in which they run.
void make_orders() {
    static dim3 shape(0, 0, 0);
    static uint64_t seed = ~0ull;
    if (shape.x == blockDim.x && shape.y == blockDim.y && shape.z == blockDim.z && seed == now.seed) return;
    shape = blockDim, seed = now.seed;
    for (unsigned i = 0; i < size; i++) {
        threads[i].number = i;
        threads[i].index = uint3{i % blockDim.x, i / blockDim.x % blockDim.y, i / (blockDim.x * blockDim.y)};
    }
    // All but one keep warps together: a warp that does all it may before another begins shows a barrier
    // that is missing between them.
    for (int k = 0; k < orders; k++) {
        for (unsigned i = 0; i < size; i++) order[k][i] = &threads[i];
        if (seed == 0) continue;
        const unsigned whole = k == 0 ? 0 : size / 32; // warps
        for (unsigned w = 1; w < whole; w++) std::swap_ranges(order[k] + 32 * w, order[k] + 32 * w + 32, order[k] + 32 * (draw() % (w + 1)));
        for (unsigned w = 0; w < whole; w++) shuffle(order[k] + 32 * w, 32);
        shuffle(order[k] + 32 * whole, size - 32 * whole);
    }
}

// new_turn draws how the threads go on to the next barrier.
void new_turn() {
    turn = order[now.seed == 0 ? 0 : draw() % orders];
    ahead = now.seed == 0 || draw() % 4 != 0;
}

void run_block() {
    begun = ended = arrived = 0;
    count = 0;
    ready_head = ready_count = 0;
    new_turn();
    for (const Piece &p : shared) std::memset(p.from, 0xff, p.bytes);
    watch_block(shared);
    running = take_fibre();
    if (running->fresh) {
        running->fresh = false;
        running->sp = fresh_stack(running->top, fibre_start);
    }
    twin_switch(&home, running->sp);
}

void run_blocks() {
    const uint64_t blocks = (uint64_t)gridDim.x * gridDim.y * gridDim.z;
    uint64_t step = 1, at = 0; // block numbers at, at + step, … modulo blocks: all of them when step has no factor in common
    if (now.seed != 0) {
        at = draw() % blocks;
        do step = draw() % blocks + 1;
        while (std::gcd(step, blocks) != 1);
    }
    for (uint64_t i = 0; i < blocks && failure.empty(); i++) {
        blockIdx = uint3{(unsigned)(at % gridDim.x), (unsigned)(at / gridDim.x % gridDim.y), (unsigned)(at / gridDim.x / gridDim.y)};
        run_block();
        at = (at + step) % blocks;
    }
}

} // namespace

void enter(Entry e) { table()[e.name] = std::move(e); }

const Entry *find(const std::string &name) {
    auto i = table().find(name);
    return i == table().end() ? nullptr : &i->second;
}

std::string launch(const Launch &l) {
    static unsigned char *shared_top = nullptr;
    if (shared_top == nullptr) { // its end is followed by a page that cannot be touched
        auto *low = static_cast<unsigned char *>(mmap(nullptr, shared_limit + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
        if (low == MAP_FAILED) return "no memory for shared memory";
        shared_top = low + shared_limit;
        mprotect(shared_top, page, PROT_NONE);
    }
    now = l;
    gridDim = l.grid, blockDim = l.block;
    size = l.block.x * l.block.y * l.block.z;
    if (size == 0 || size > max_threads || l.shared > shared_limit) return "a block of " + std::to_string(size) + " threads and " + std::to_string(l.shared) + " bytes of shared memory";
    dynamic = shared_top - (l.shared + 15) / 16 * 16;
    dice = l.seed;
    static std::map<const Entry *, std::vector<Piece>> arrays;
    auto known = arrays.find(l.entry);
    if (known == arrays.end()) known = arrays.emplace(l.entry, shared_arrays(l.entry->anchor)).first;
    shared = known->second;
    if (l.shared > 0) shared.push_back({dynamic, l.shared});
    failure.clear();
    made = parked_count = 0;
    running = nullptr;
    make_orders();
    for (auto &w : warps) w.arrived = 0;
    for (auto &t : threads) t.exchanges = 0;
    Handlers handlers;
    watch(l.races);
    run_blocks();
    watch(false);
    return failure;
}

bool next() {
    Fibre *me = running;
    if (me->thread != nullptr) {
        me->thread = nullptr;
        ended++;
    }
    while (ready_count > 0 || begun == size) {
        parked[parked_count++] = me;
        another();
    }
    Thread *t = turn[begun++];
    t->fibre = me;
    me->thread = t;
    threadIdx = t->index;
    return true;
}

void block_meet(Place p) {
    Thread *me = running->thread;
    if (arrived == 0)
        meeting = p;
    else if (!same(p, meeting))
        fail(format("waits at another barrier than %u threads of its block, which are at %s", arrived, at(meeting).c_str()).c_str(), p);
    if (++arrived < size) {
        another();
        return;
    }
    arrived = 0;
    watch_barrier();
    counted = count, count = 0;
    if (now.seed != 0) new_turn();
    for (unsigned i = 0; i < size; i++) push(turn[i]);
    Thread *first = pop();
    if (first != me) go_to(first->fibre);
}

int block_count(int predicate, Place p) {
    count += predicate != 0;
    block_meet(p);
    return counted;
}

int thread_number() { return running->thread->number; }

int lane() { return running->thread->number & 31; }

void *warp_buffer() {
    Thread *me = running->thread;
    return warps[me->number / 32].slots[me->exchanges++ & 1];
}

void warp_meet(unsigned mask, Place p, bool memory) {
    Thread *me = running->thread;
    Warp &w = warps[me->number / 32];
    if (mask != 0xffffffffu) fail("a warp collective with a mask other than 0xffffffff", p);
    if ((me->number | 31) >= size) fail("a warp collective in the last warp of a block whose size is no multiple of 32", p);
    if (w.arrived == 0)
        w.place = p;
    else if (!same(p, w.place))
        fail(format("is at another warp collective than %d lanes of its warp, which are at %s", w.arrived, at(w.place).c_str()).c_str(), p);
    w.waiting[w.arrived++] = me;
    if (w.arrived < 32) {
        another();
        return;
    }
    w.arrived = 0;
    if (memory) watch_warp(me->number / 32);
    for (int i = 0; i < 31; i++) ahead ? push_front(w.waiting[30 - i]) : push(w.waiting[i]); // the last one goes on at once
}

void *dynamic_shared() { return dynamic; }

void fail(const char *what, Place p) {
    failure = in_thread() + ": " + what + " (" + at(p) + ")";
    leave();
}

void race(const std::string &what, const void *code) {
    failure = in_thread() + ": " + what + source_line(static_cast<const char *>(code) - 1); // the call that comes before
    leave();
}

} // namespace twin
