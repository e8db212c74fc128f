// Package mock is a CUDA driver and GPU for tests on machines that have neither:
// a libcuda.so.1, built by g++ from the C++ in folder cpp and from every
// cuda/kernels/*.cu, whose memory is the host's and whose launches run the
// kernels' own source. Only test code imports it.
//
//	mock.go          Build: g++ on all sources, two at a time, kept by content
//	cpp/fibres.cpp   runs a grid: threads as fibres, barriers, warps, shared memory
//	cpp/shared.cpp   where a kernel's shared arrays are
//	cpp/races.cpp    accesses to memory that no barrier puts in order
//	cpp/mock.cpp     devices, contexts, faults, the report
//	cpp/memory.cpp   memory between guard pages, copies, fills
//	cpp/module.cpp   PTX text to functions, launches
//	cpp/stream.cpp   streams, events, capture, graphs
//	testdata         small kernels, right and wrong, for this package's tests
//
// # What it finds that a GPU may not show
//
// In kernels: a barrier that some threads of the block do not reach, or another
// one; warp collectives likewise; accesses outside all allocations (each ends at
// a page that cannot be touched), to freed memory, beyond shared and local
// arrays, misaligned; memory and shared memory read before it is written (both
// are 0xff bytes, NaN, at first); results that depend on the order of threads,
// warps or blocks. Each ends the launch with error 700 or 719 that sticks, and a
// line on stderr with kernel, block, thread and place in the source.
//
// In the caller: no context current on the thread; pointers of copies and fills
// outside all allocations; arguments whose size is not the kernel's; more
// threads or shared memory than the kernel may have; calls that a recording of
// the stream forbids; PTX that is not the source's; handles that are freed.
//
// # Faults and modes
//
// GLASSY_MOCK holds words with commas between them:
//
//	nodevice      there is a driver, and no GPU
//	exclusive     another process holds the GPU for itself
//	devices=N     so many GPUs, 1 otherwise
//	sm=60 … 120   compute capability, 80 otherwise, and what depends on it
//	memory=BYTES  of each GPU, 16 GiB otherwise
//	launch=N      launch N, counted from 1 over graphs too, fails with 719
//	lost=N        from launch N every call gives 999
//	badptx        no PTX compiles
//	old           the driver is CUDA 11.0: PTX 7.8 and newer calls fail
//	late          work of a stream runs when somebody waits for it, not before
//	              (stand-ins for NVIDIA's libraries that compute at the call do
//	              not see it)
//	seed=N        threads, blocks and free graph nodes run in another order
//	twice         every launch runs in two orders from the same content of the
//	              memory that its arguments point to; an error tells of a difference
//	races         two accesses of a block's threads to one place, one of them a
//	              write, with no barrier between are an error, whatever they do to
//	              the result; the library has to be built for it (Build), which
//	              takes a minute more, and runs some ten times as long
//
// The exported function mock_report tells what is alive, the number of launches
// of each kernel, and all messages, as lines "name value"; it is also written to
// the file that GLASSY_MOCK_REPORT names when the last reference to a primary
// context is given back, before what was left in it is freed, and after an error
// that sticks. mock_faults takes other words from then on, and takes a sticky
// error back.
//
// # How a grid runs
//
// One launch runs at a time, on the thread that waits for it. Threads of a block
// run to their ends on one stack, one after another; only when a thread waits
// does another stack begin. A thread costs about 6 ns, a barrier about 20 ns a
// thread. Shared variables are static variables, which are found by the library's
// symbol table and filled anew for each block.
package mock
