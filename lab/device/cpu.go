package device

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
)

// cpu is the processor. Its vectors are host memory.
type cpu struct {
	threads int
	blas    *library     // nil: pure Go
	fft     func() *fftw // nil: pure Go
	lengths lengths      // that transforms had
	busy    atomic.Int32 // goroutines that work for it
}

var theCPU = sync.OnceValue(func() *cpu { return newCPU("CPU", runtime.GOMAXPROCS(0), defaultBLAS(), theFFT.get) })

// CPU is the machine's processor, all of GOMAXPROCS threads of it.
func CPU() Device { return theCPU() }

// NewCPU is the processor with at most that many threads. Results do not depend
// on the number.
func NewCPU(threads int) Device { return newCPU("NewCPU", threads, defaultBLAS(), theFFT.get) }

// NewPureCPU is NewCPU without a library: what the library's results are held
// against, and the way to the same bits on machines with different libraries.
func NewPureCPU(threads int) Device {
	return newCPU("NewPureCPU", threads, nil, func() *fftw { return nil })
}

func newCPU(op string, threads int, blas *library, fft func() *fftw) *cpu {
	if threads < 1 {
		panic(fmt.Sprintf("device: %s: threads is %d, expected at least 1", op, threads))
	}
	return &cpu{threads: threads, blas: blas, fft: fft}
}

func (d *cpu) Name() string { return "cpu" }

func (d *cpu) Describe() string {
	return fmt.Sprintf("%s, %d threads, %s", runtime.GOARCH, d.threads, d.blas)
}

// String lets a notebook show the device.
func (d *cpu) String() string { return d.Describe() }

// chunk is how many numbers of a vector one task works on.
const chunk = 1 << 14

// chunks runs f(i, j) for the pieces [i, j) of n numbers.
func (d *cpu) chunks(n int, f func(i, j int)) {
	if n <= chunk {
		if n > 0 {
			f(0, n)
		}
		return
	}
	d.each((n+chunk-1)/chunk, func(task int) {
		f(task*chunk, min(n, (task+1)*chunk))
	})
}

// reduce is the sum of f over the pieces of n numbers, in their order.
func (d *cpu) reduce(n int, f func(i, j int) float64) float64 {
	if n <= chunk {
		return f(0, n)
	}
	parts := make([]float64, (n+chunk-1)/chunk)
	d.each(len(parts), func(task int) {
		parts[task] = f(task*chunk, min(n, (task+1)*chunk))
	})
	sum := 0.0
	for _, s := range parts {
		sum += s
	}
	return sum
}

// rows runs f(i, j) for groups of rows [i, j) of a matrix, each of about a chunk
// of numbers.
func (d *cpu) rows(rows, cols int, f func(i, j int)) {
	group := max(1, chunk/max(1, cols))
	d.each((rows+group-1)/group, func(task int) {
		f(task*group, min(rows, (task+1)*group))
	})
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
