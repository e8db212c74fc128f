//go:build cuda

package cuda

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"runtime"
	"sync"
	"time"
	"unsafe"

	"glassy/cuda/internal/driver"
	"glassy/lab/device"
)

// A block is memory of one New. The pool takes it back by Free, or when no
// vector refers to it any more.
type block struct {
	p       driver.Pointer
	size    int64 // as the pool counts
	cleanup runtime.Cleanup
}

// pool keeps memory that was given back, by size. It is given out again at
// once: the GPU works in order, so whoever had it before is done by then.
type pool struct {
	mu   sync.Mutex
	free map[int64][]driver.Pointer
	all  map[driver.Pointer]bool // what the driver gave
	used int64                   // bytes with vectors
}

// round is the size that the pool gives for n bytes: eight sizes for each
// doubling, so at most an eighth is wasted.
func round(n int64) int64 {
	const least = 512
	if n <= least {
		return least
	}
	step := int64(1) << (bits.Len64(uint64(n-1)) - 4)
	return (n + step - 1) / step * step
}

func (p *pool) take(size int64) (driver.Pointer, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f := p.free[size]
	if len(f) == 0 {
		return 0, false
	}
	p.free[size] = f[:len(f)-1]
	p.used += size
	return f[len(f)-1], true
}

func (p *pool) give(at driver.Pointer, size int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.free[size] = append(p.free[size], at)
	p.used -= size
}

// trim gives what is free to the driver; the GPU must be done.
func (p *pool) trim(gpu *driver.GPU) (err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, free := range p.free {
		for _, at := range free {
			if e := gpu.Free(at); err == nil {
				err = e
			}
			delete(p.all, at)
		}
	}
	clear(p.free)
	return err
}

// close gives all memory to the driver.
func (p *pool) close(gpu *driver.GPU) (err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for at := range p.all {
		if e := gpu.Free(at); err == nil {
			err = e
		}
	}
	clear(p.all)
	clear(p.free)
	return err
}

// An OutOfMemory is what New panics with when the GPU has no room.
type OutOfMemory struct {
	Device            string
	Asked             int64 // bytes
	Used, Free, Total int64 // by vectors of this device; free for everybody; of the GPU
}

func (e *OutOfMemory) Error() string {
	return fmt.Sprintf("device %s: New: %s are asked for, but %s of %s are free; vectors of this process hold %s: free some, or take smaller batches",
		e.Device, amount(e.Asked), amount(e.Free), amount(e.Total), amount(e.Used))
}

func amount(bytes int64) string {
	if bytes < 1<<30 {
		return fmt.Sprintf("%.1f MiB", float64(bytes)/(1<<20))
	}
	return fmt.Sprintf("%.1f GiB", float64(bytes)/(1<<30))
}

// allocate is size bytes: of the pool, else of the driver, else of what the
// garbage collector and the pool give back.
func (d *Device) allocate(size int64) driver.Pointer {
	d.alive()
	if p, ok := d.pool.take(size); ok {
		return p
	}
	p, err := d.gpu.Alloc(size)
	for try := 0; isFull(err) && try < 3; try++ {
		runtime.GC() // vectors that nobody refers to …
		time.Sleep(time.Duration(try) * 20 * time.Millisecond)
		if p, ok := d.pool.take(size); ok {
			return p
		}
		d.trim() // … go back to the driver
		p, err = d.gpu.Alloc(size)
	}
	if isFull(err) {
		free, total, e := d.gpu.MemoryInfo()
		d.check(e)
		d.pool.mu.Lock()
		used := d.pool.used
		d.pool.mu.Unlock()
		panic(&OutOfMemory{Device: d.Name(), Asked: size, Used: used, Free: free, Total: total})
	}
	d.check(err)
	d.pool.mu.Lock()
	d.pool.used += size
	d.pool.all[p] = true
	d.pool.mu.Unlock()
	return p
}

// trim gives the driver what is free in the pool. Until that is done nothing joins
// the queue: the pool has the scratch memory of launches that wait there.
func (d *Device) trim() {
	d.alive()
	d.queue.mu.Lock()
	defer d.queue.mu.Unlock()
	d.submit()
	d.wait()
	d.check(d.pool.trim(d.gpu))
}

func isFull(err error) bool {
	var e *driver.Error
	return errors.As(err, &e) && e.Code == driver.OutOfMemory
}

// scratch is memory with any content for the launches that use is about to
// queue; it is the pool's again when use returns.
func (d *Device) scratch(bytes int, use func(p driver.Pointer)) {
	size := round(int64(bytes))
	p := d.allocate(size)
	defer d.pool.give(p, size)
	use(p)
}

// New is n zeros. It panics with an *OutOfMemory when there is no room.
func (d *Device) New(t device.DType, n int) device.Vector {
	needSize("New", "n", n)
	if t != device.Float32 && t != device.Float64 && t != device.Int32 {
		panic(fmt.Sprintf("device: New: type is %v, expected float32, float64 or int32", t))
	}
	if n == 0 {
		return device.Foreign(d, t, nil, 0, 0)
	}
	const most = 1 << 58 // numbers; what they take can still be counted, and no GPU has it
	b := &block{size: round(int64(min(n, most)) * int64(t.Size()))}
	b.p = d.allocate(b.size)
	type returned struct {
		p    driver.Pointer
		size int64
	}
	b.cleanup = runtime.AddCleanup(b, func(r returned) { d.pool.give(r.p, r.size) }, returned{b.p, b.size})
	d.launch("zero", 0, blocks(int(b.size/16)), one(threads), 0, at(b.p), i64(int(b.size/16)))
	return device.Foreign(d, t, b, 0, n)
}

// Free gives the memory of a vector of New back, for the next New.
func (d *Device) Free(v device.Vector) {
	m, _ := v.Memory()
	b, ok := m.(*block)
	if !ok || b.p == 0 {
		return
	}
	b.cleanup.Stop()
	d.pool.give(b.p, b.size)
	b.p = 0
}

// pointer is where a vector starts. One that was freed is a caller's slip.
func pointer(v device.Vector) driver.Pointer {
	m, offset := v.Memory()
	b, ok := m.(*block)
	if !ok {
		return 0
	}
	if b.p == 0 {
		panic("cuda: a vector is used after Free")
	}
	return b.p + driver.Pointer(offset*v.DType().Size())
}

// staging is pinned memory that copies between host and GPU go through, and
// where single results come back.
type staging struct {
	mu      sync.Mutex
	buffer  []byte
	results []byte
	free    chan int // results that nobody waits for
	slips   []byte   // see slip.go
}

const (
	stagingBytes = 8 << 20
	resultCount  = 64 // callers that can wait for a result at a time
)

func (s *staging) start(gpu *driver.GPU) (err error) {
	if s.buffer, err = gpu.Pinned(stagingBytes); err != nil {
		return err
	}
	if s.results, err = gpu.Pinned(8 * resultCount); err != nil {
		return err
	}
	if s.slips, err = gpu.Pinned(16); err != nil {
		return err
	}
	clear(s.slips)
	binary.LittleEndian.PutUint64(s.slips[8:], math.MaxUint64)
	s.free = make(chan int, resultCount)
	for i := range resultCount {
		s.free <- i
	}
	return nil
}

func (s *staging) close(gpu *driver.GPU) (err error) {
	for _, b := range []*[]byte{&s.buffer, &s.results, &s.slips} {
		if len(*b) == 0 {
			continue
		}
		if e := gpu.FreePinned(*b); err == nil {
			err = e
		}
		*b = nil
	}
	return err
}

// result is the float64 that launches queued by compute write to p; it waits
// for them.
func (d *Device) result(compute func(p driver.Pointer)) float64 {
	i := <-d.staging.free
	defer func() { d.staging.free <- i }()
	slot := &d.staging.results[8*i]
	compute(driver.Address(slot))
	d.Synchronize()
	return *(*float64)(unsafe.Pointer(slot))
}

// Synchronize waits until all that was called is done.
func (d *Device) Synchronize() {
	d.flush()
	d.wait()
}

// small is how many bytes travel as an argument of a kernel, in order with the
// launches around them, so that a step which uploads the numbers of its batch is
// one row of launches; more travel with several, up to a batch of a thousand.
const (
	small       = 1024
	smallPieces = 4 // take as long as a copy for which the host waits
)

// Upload copies from host memory.
func (d *Device) Upload(dst, host device.Vector) {
	n := dst.Len()
	d.expect("Upload", "destination", dst, dst.DType(), host.Len())
	expectHost("Upload", "source", host)
	expectConvertible("Upload", host.DType(), dst.DType())
	if n == 0 {
		return
	}
	width := dst.DType().Size()
	if n*width <= smallPieces*small {
		for i := 0; i < n; i += small / width {
			var data [small]byte
			j := min(i+small/width, n)
			device.CPU().Copy(asHost(dst.DType(), unsafe.Pointer(&data), j-i), host.Slice(i, j))
			d.launchData("store", size{1, 1, 1}, one(threads), data[:], ptr(dst.Slice(i, j)), i32((j-i)*width/4))
		}
		return
	}
	d.stage(n, width, func(i, j int, pinned unsafe.Pointer) {
		part := host.Slice(i, j)
		device.CPU().Copy(asHost(dst.DType(), pinned, j-i), part)
		d.check(d.gpu.CopyIn(pointer(dst.Slice(i, j)), unsafe.Slice((*byte)(pinned), (j-i)*width)))
		d.wait()
	})
	runtime.KeepAlive(dst)
}

// Download copies to host memory, when all that was called before is done.
func (d *Device) Download(host, src device.Vector) {
	n := src.Len()
	d.expect("Download", "source", src, src.DType(), host.Len())
	expectHost("Download", "destination", host)
	expectConvertible("Download", src.DType(), host.DType())
	if n == 0 {
		return
	}
	width := src.DType().Size()
	d.stage(n, width, func(i, j int, pinned unsafe.Pointer) {
		d.check(d.gpu.CopyOut(unsafe.Slice((*byte)(pinned), (j-i)*width), pointer(src.Slice(i, j))))
		d.wait()
		device.CPU().Copy(host.Slice(i, j), asHost(src.DType(), pinned, j-i))
	})
}

// stage calls f for pieces i..j-1 of n numbers that fit into pinned memory, in
// order with the launches before. f waits for the GPU.
func (d *Device) stage(n, width int, f func(i, j int, pinned unsafe.Pointer)) {
	d.flush()
	d.staging.mu.Lock()
	defer d.staging.mu.Unlock()
	piece := stagingBytes / width
	for i := 0; i < n; i += piece {
		f(i, min(i+piece, n), unsafe.Pointer(&d.staging.buffer[0]))
	}
}

// asHost is n numbers of host memory at p.
func asHost(t device.DType, p unsafe.Pointer, n int) device.Vector {
	switch t {
	case device.Float32:
		return device.Of(unsafe.Slice((*float32)(p), n))
	case device.Float64:
		return device.Of(unsafe.Slice((*float64)(p), n))
	}
	return device.Of(unsafe.Slice((*int32)(p), n))
}

func expectHost(op, name string, v device.Vector) {
	if v.Len() > 0 && v.Device() != device.CPU() {
		panic(fmt.Sprintf("device: %s: %s is on device %s, expected host memory", op, name, v.Device().Name()))
	}
}

func expectConvertible(op string, from, to device.DType) {
	if (from == device.Int32) != (to == device.Int32) {
		panic(fmt.Sprintf("device: %s: from %v to %v, expected both int32 or neither", op, from, to))
	}
}
