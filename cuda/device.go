//go:build cuda

package cuda

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"glassy/cuda/internal/driver"
	"glassy/lab/device"
)

// Device is one GPU. It implements device.Device.
type Device struct {
	gpu       *driver.GPU
	ordinal   int
	among     int // so many GPUs
	kernels   *loader
	settings  settings
	pool      pool
	queue     queue
	staging   staging
	libraries libraries

	mu     sync.Mutex
	counts map[Count]int64 // Calls 0 in the keys
	lost   error           // the first error; every later call panics with it
}

var _ device.Device = (*Device)(nil)

func (d *Device) start() error {
	d.counts = make(map[Count]int64)
	d.pool.free, d.pool.all = make(map[int64][]driver.Pointer), make(map[driver.Pointer]bool)
	d.queue.graphs = make(map[uint64]*graph)
	return d.staging.start(d.gpu)
}

// Close frees all that the device holds. Its vectors may not be used any more.
func (d *Device) Close() error {
	err := d.queue.close(d.gpu)
	for _, f := range []func() error{
		func() error { return d.staging.close(d.gpu) },
		func() error { return d.libraries.close(d.gpu) },
		func() error { return d.pool.close(d.gpu) },
		d.kernels.close,
		d.gpu.Close,
	} {
		if e := f(); err == nil {
			err = e
		}
	}
	return err
}

// Name is "cuda" for the first GPU, then "cuda:1" …
func (d *Device) Name() string { return called(d.ordinal) }

func called(ordinal int) string {
	if ordinal == 0 {
		return "cuda"
	}
	return fmt.Sprintf("cuda:%d", ordinal)
}

// Describe is one line: chip, capability, memory, driver, and how the machine's
// GPUs are called where it has several.
func (d *Device) Describe() string {
	v := driver.Version()
	line := fmt.Sprintf("%s (%d multiprocessors, capability %d.%d, %.0f GiB; driver for CUDA %d.%d)", d.gpu.Name, d.gpu.Multiprocessors,
		d.gpu.Capability/10, d.gpu.Capability%10, float64(d.gpu.Memory)/(1<<30), v/1000, v%1000/10)
	if d.among > 1 {
		line += fmt.Sprintf(", one of %d GPUs, cuda to %s", d.among, called(d.among-1))
	}
	return line
}

// A Count is how often an operation ran in a place: "kernel" (one of ours),
// "graph" (launches that ran within a graph), "cuBLAS", "cuSOLVER", "cuFFT", "cuDNN", or
// "host".
type Count struct {
	Operation, Where string
	Calls            int64
}

// count notes that an operation runs in a place. Launches count themselves.
func (d *Device) count(operation, where string) {
	d.mu.Lock()
	d.counts[Count{Operation: operation, Where: where}]++
	d.mu.Unlock()
}

// Counts is what ran where since the device was opened, sorted by name: kernels
// by theirs, library calls and work on the host by the operation's.
func (d *Device) Counts() []Count {
	d.mu.Lock()
	counts := maps.Clone(d.counts)
	d.mu.Unlock()
	d.kernels.count(counts)
	var all []Count
	for c, n := range counts {
		c.Calls = n
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b Count) int {
		return strings.Compare(a.Operation+" "+a.Where, b.Operation+" "+b.Where)
	})
	return all
}

// check panics with an error of the GPU, and keeps it: the context of a GPU
// that failed is of no more use. Want of memory is no such error.
func (d *Device) check(err error) {
	if err == nil {
		return
	}
	err = &Error{Device: d.Name(), Err: err}
	d.mu.Lock()
	if d.lost == nil {
		d.lost = err
	}
	d.mu.Unlock()
	panic(err)
}

// alive panics with the first error, if there was one.
func (d *Device) alive() {
	d.mu.Lock()
	lost := d.lost
	d.mu.Unlock()
	if lost != nil {
		panic(lost)
	}
}

// An Error is what the GPU failed with; operations of a device panic with it.
type Error struct {
	Device string
	Err    error
}

func (e *Error) Error() string { return fmt.Sprintf("device %s: %v", e.Device, e.Err) }

func (e *Error) Unwrap() error { return e.Err }
