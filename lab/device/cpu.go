package device

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
)

// cpu is the pure-Go device. Its vectors are host memory.
type cpu struct {
	threads int

	// What is still to come.
	Memory
	Arithmetic
	LinearAlgebra
	Layers
	Updates
}

var theCPU = sync.OnceValue(func() *cpu { return newCPU(runtime.GOMAXPROCS(0)) })

// CPU is the machine's processor, all of GOMAXPROCS threads of it.
func CPU() Device { return theCPU() }

// NewCPU is the processor with at most that many threads. Results do not depend
// on the number.
func NewCPU(threads int) Device {
	if threads < 1 {
		panic(fmt.Sprintf("device: NewCPU: threads is %d, expected at least 1", threads))
	}
	return newCPU(threads)
}

func newCPU(threads int) *cpu { return &cpu{threads: threads} }

func (d *cpu) Name() string { return "cpu" }

func (d *cpu) Describe() string { return fmt.Sprintf("%s, %d threads", runtime.GOARCH, d.threads) }

func (d *cpu) New(t DType, n int) Vector {
	if n < 0 {
		panic(fmt.Sprintf("device: New: n is %d, expected at least 0", n))
	}
	switch t {
	case Float32:
		return hostVector(d, make([]float32, n))
	case Float64:
		return hostVector(d, make([]float64, n))
	case Int32:
		return hostVector(d, make([]int32, n))
	}
	panic(fmt.Sprintf("device: New: type is %v, expected Float32, Float64 or Int32", t))
}

func (d *cpu) Free(Vector) {}

// each runs f(0) … f(tasks-1), on at most d.threads goroutines. How work is cut
// into tasks must depend on the shape alone, never on d.threads.
func (d *cpu) each(tasks int, f func(task int)) {
	workers := min(d.threads, tasks)
	if workers <= 1 {
		for i := range tasks {
			f(i)
		}
		return
	}
	var next atomic.Int64
	work := func() {
		for i := int(next.Add(1)) - 1; i < tasks; i = int(next.Add(1)) - 1 {
			f(i)
		}
	}
	var wg sync.WaitGroup
	for range workers - 1 {
		wg.Go(work)
	}
	work()
	wg.Wait()
}

// float is the types that the operations work on.
type float interface{ float32 | float64 }

// scratch lends work space of n numbers, not zeroed; give it back by done.
func scratch[T float](n int) (buf []T, done func()) {
	pool := &scratch64
	if TypeOf[T]() == Float32 {
		pool = &scratch32
	}
	p, _ := pool.Get().(*[]T)
	if p == nil || cap(*p) < n {
		s := make([]T, n)
		p = &s
	}
	return (*p)[:n], func() { pool.Put(p) }
}

var scratch32, scratch64 sync.Pool
