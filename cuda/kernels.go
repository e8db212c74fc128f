//go:build cuda

package cuda

import (
	"encoding/binary"
	"fmt"
	"math"
	"sync"

	"glassy/cuda/internal/driver"
	"glassy/cuda/kernels"
	"glassy/lab/device"
)

// A kernel is one entry of a PTX file, loaded.
type kernel struct {
	name     string
	module   *driver.Module
	function driver.Function
	shared   int      // the most dynamic shared memory that it was allowed to have, in bytes
	calls    [2]int64 // launched by itself, within graphs; under the queue's lock
}

// A loader makes kernels of PTX when they are first asked for.
type loader struct {
	gpu *driver.GPU
	ptx func(file string, capability int) ([]byte, error)

	mu      sync.Mutex
	modules map[string]*driver.Module
	kernels map[kernelName]*kernel
}

type kernelName struct {
	name string
	t    device.DType // 0: the name is whole
}

func newLoader(gpu *driver.GPU, ptx func(string, int) ([]byte, error)) *loader {
	return &loader{gpu: gpu, ptx: ptx, modules: make(map[string]*driver.Module), kernels: make(map[kernelName]*kernel)}
}

// suffix is how an instance of a kernel for a type is called.
func suffix(t device.DType) string {
	switch t {
	case device.Float32:
		return "_f32"
	case device.Float64:
		return "_f64"
	case device.Int32:
		return "_i32"
	}
	return ""
}

func (l *loader) get(name string, t device.DType) (*kernel, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if k := l.kernels[kernelName{name, t}]; k != nil {
		return k, nil
	}
	entry := name + suffix(t)
	file, ok := kernels.Home(entry)
	if !ok {
		return nil, fmt.Errorf("no kernel is called %s", entry)
	}
	m := l.modules[file]
	if m == nil {
		ptx, err := l.ptx(file, l.gpu.Capability)
		if err != nil {
			return nil, err
		}
		if m, err = l.gpu.Load(file, ptx); err != nil {
			return nil, err
		}
		l.modules[file] = m
	}
	f, err := m.Function(entry)
	if err != nil {
		return nil, err
	}
	k := &kernel{name: entry, module: m, function: f}
	l.kernels[kernelName{name, t}] = k
	return k, nil
}

// allow lets k be launched with so many bytes of dynamic shared memory. What it may
// have unasked is 48 KB less its own arrays.
func (l *loader) allow(k *kernel, bytes int) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if bytes <= k.shared {
		return nil
	}
	if err := k.module.MaxShared(k.function, bytes); err != nil {
		return err
	}
	k.shared = bytes
	return nil
}

func (l *loader) count(counts map[Count]int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, k := range l.kernels {
		for i, where := range []string{"kernel", "graph"} {
			if k.calls[i] > 0 {
				counts[Count{Operation: k.name, Where: where}] += k.calls[i]
			}
		}
	}
}

func (l *loader) close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	var err error
	for _, m := range l.modules {
		if e := m.Unload(); err == nil {
			err = e
		}
	}
	clear(l.modules)
	clear(l.kernels)
	return err
}

// An argument of a kernel: 4 or 8 bytes.
type argument struct {
	bits  uint64
	size  uint8
	owner any // of the memory that it points to
}

// What kernels take, see kernels/doc.go: ptr a vector's first number, i32 an
// int, i64 a long long, u64 an unsigned long long, f64 a double.
func i32(n int) argument {
	if int(int32(n)) != n {
		panic(fmt.Sprintf("cuda: argument of a kernel is %d, expected one of 32 bits", n))
	}
	return argument{bits: uint64(uint32(int32(n))), size: 4}
}
func i64(n int) argument     { return argument{bits: uint64(n), size: 8} }
func u64(x uint64) argument  { return argument{bits: x, size: 8} }
func f64(x float64) argument { return argument{bits: math.Float64bits(x), size: 8} }

func flag(b bool) argument {
	if b {
		return argument{bits: 1, size: 4}
	}
	return argument{size: 4}
}

func at(p driver.Pointer) argument { return argument{bits: uint64(p), size: 8} }

// ptr is where the vector starts in the GPU's memory; 0 for an empty one.
func ptr(v device.Vector) argument {
	m, _ := v.Memory()
	return argument{bits: uint64(pointer(v)), size: 8, owner: m}
}

// pack appends arguments at their natural alignment, as the driver takes them.
func pack(dst []byte, from int, args []argument) []byte {
	for _, a := range args {
		for (len(dst)-from)%int(a.size) != 0 {
			dst = append(dst, 0)
		}
		if a.size == 4 {
			dst = binary.LittleEndian.AppendUint32(dst, uint32(a.bits))
		} else {
			dst = binary.LittleEndian.AppendUint64(dst, a.bits)
		}
	}
	return dst
}

// A size is a number of blocks or threads in up to three directions.
type size [3]uint32

func one(n int) size         { return size{uint32(n), 1, 1} }
func two(x, y int) size      { return size{uint32(x), uint32(y), 1} }
func three(x, y, z int) size { return size{uint32(x), uint32(y), uint32(z)} }

const threads = 256 // of a block, where nothing speaks for another number

// blocks is enough blocks of threads for n numbers, each thread taking several
// in a grid-stride loop where there are many. It depends on n alone.
func blocks(n int) size {
	const most = 4096 // far more than run at a time on any chip
	return one(max(1, min((n+threads-1)/threads, most)))
}

func ceil(a, b int) int { return (a + b - 1) / b }

// launch queues the kernel name+suffix(t), t 0 for none, of grid blocks of
// block threads with so many bytes of dynamic shared memory.
func (d *Device) launch(name string, t device.DType, grid, block size, shared int, args ...argument) {
	const most = 1<<16 - 1 // blocks in the second and third direction, on any chip
	if grid[1] > most || grid[2] > most {
		panic(fmt.Sprintf("cuda: %s: blocks are %v, expected at most %d in all directions but the first", name, grid, most))
	}
	k, err := d.kernels.get(name, t)
	if err == nil && shared > 0 {
		err = d.kernels.allow(k, shared)
	}
	d.check(err)
	d.push(k, grid, block, shared, args, nil)
}
