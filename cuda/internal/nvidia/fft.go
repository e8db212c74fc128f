package nvidia

import (
	"errors"
	"fmt"
	"sync"
	"unsafe"
)

// FFT is cuFFT on a stream, with a plan for each kind of [Transform] that it was asked
// for. All that is called of it is called with the GPU's context current, and safe for
// several goroutines.
type FFT struct {
	library
	words  string
	stream uintptr

	mu    sync.Mutex // a plan serves one call at a time
	plans map[Transform]fftPlan

	create, autoAllocation, setStream, makePlan, setWorkArea, forward, inverse, destroy uintptr
}

// A Transform is of Count lines of N real numbers in float64, to their ⌊N/2⌋+1 complex
// ones or back, N times the inverse then, which destroys what it is of. Lines are Rows of
// a matrix or its columns.
type Transform struct {
	Inverse  bool
	N, Count int
	Rows     bool
}

type fftPlan struct {
	handle    int32
	workspace int
}

// CUDA 13 has libcufft.so.12.
var cufftFiles = []string{"libcufft.so.12", "libcufft.so.11", "libcufft.so.10"}

// mostPlans are kept at a time: each holds memory of the GPU's.
const mostPlans = 32

// OpenFFT makes plans that work on a stream.
func OpenFFT(folders []string, stream uintptr) (f *FFT, err error) {
	err = openLibrary("cuFFT", folders, cufftFiles, func(l *library) error {
		f = &FFT{library: *l, stream: stream, plans: make(map[Transform]fftPlan)}
		var getProperty uintptr
		if err := l.bind(map[string]*uintptr{
			"cufftCreate": &f.create, "cufftSetAutoAllocation": &f.autoAllocation, "cufftSetStream": &f.setStream, "cufftMakePlanMany64": &f.makePlan,
			"cufftSetWorkArea": &f.setWorkArea, "cufftExecD2Z": &f.forward, "cufftExecZ2D": &f.inverse, "cufftDestroy": &f.destroy, "cufftGetProperty": &getProperty,
		}); err != nil {
			return err
		}
		// The driver may be too old for it: a plan tells.
		if _, err := f.Workspace(Transform{N: 2, Count: 1, Rows: true}); err != nil {
			return errors.Join(err, f.Close())
		}
		f.words = f.version(getProperty)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return f, nil
}

// String is name, version and path.
func (f *FFT) String() string { return f.words }

// Close gives the plans back; later transforms make their own again.
func (f *FFT) Close() (err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for t, p := range f.plans {
		err = errors.Join(err, f.check(call(f.destroy, uintptr(p.handle)), "destroying a plan"))
		delete(f.plans, t)
	}
	return err
}

// Full says that there is no plan for t, and are many others: who Closes waits for the
// GPU before.
func (f *FFT) Full(t Transform) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, ok := f.plans[t]
	return !ok && len(f.plans) >= mostPlans
}

// Workspace is how many bytes of the GPU's memory a transform needs to work. It is an
// error that wraps errors.ErrUnsupported when cuFFT has no plan.
func (f *FFT) Workspace(t Transform) (bytes int, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if p, ok := f.plans[t]; ok {
		return p.workspace, nil
	}
	var p fftPlan
	if err := f.check(call(f.create, uintptr(unsafe.Pointer(&p.handle))), "making a plan"); err != nil {
		return 0, err
	}
	if bytes, err = f.plan(p.handle, t); err != nil {
		return 0, errors.Join(err, f.check(call(f.destroy, uintptr(p.handle)), "destroying a plan"))
	}
	p.workspace = bytes
	f.plans[t] = p
	return bytes, nil
}

func (f *FFT) plan(handle int32, t Transform) (bytes int, err error) {
	if err := f.check(call(f.autoAllocation, uintptr(handle), 0), "setting the workspace"); err != nil {
		return 0, err
	}
	if err := f.check(call(f.setStream, uintptr(handle), f.stream), "setting the stream"); err != nil {
		return 0, err
	}
	const d2z, z2d = 0x6a, 0x6c
	n, bins := int64(t.N), int64(t.N/2+1)
	// Where number i of line k is: i·stride + k·distance, of real numbers and of complex.
	stride, distance, distanceComplex := int64(1), n, bins
	if !t.Rows {
		stride, distance, distanceComplex = int64(t.Count), 1, 1
	}
	kind, from, to, in, out := uintptr(d2z), &n, &bins, distance, distanceComplex // from and to: other than nil, strides count
	if t.Inverse {
		kind, from, to, in, out = z2d, &bins, &n, distanceComplex, distance
	}
	var size uintptr
	status := call(f.makePlan, uintptr(handle), 1, uintptr(unsafe.Pointer(&n)), uintptr(unsafe.Pointer(from)), uintptr(stride), uintptr(in),
		uintptr(unsafe.Pointer(to)), uintptr(stride), uintptr(out), kind, uintptr(t.Count), uintptr(unsafe.Pointer(&size)))
	if status != 0 {
		return 0, fmt.Errorf("%w: %w", f.check(status, "plan for "+t.String()), errors.ErrUnsupported)
	}
	return int(size), nil
}

// Run begins a transform that Workspace was called for, with a workspace of so many
// bytes at work. In and out are addresses in the GPU's memory, multiples of 16.
func (f *FFT) Run(t Transform, in, out, work uintptr) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	p, ok := f.plans[t]
	if !ok {
		return fmt.Errorf("cuFFT: %v: no plan, expected a call of Workspace before", t)
	}
	if in%16 != 0 || out%16 != 0 {
		return fmt.Errorf("cuFFT: %v: from %#x to %#x, expected multiples of 16", t, in, out)
	}
	if err := f.check(call(f.setWorkArea, uintptr(p.handle), work), "setting the workspace"); err != nil {
		return err
	}
	execute := f.forward
	if t.Inverse {
		execute = f.inverse
	}
	return f.check(call(execute, uintptr(p.handle), in, out), t.String())
}

func (t Transform) String() string {
	lines, direction := "columns", "transform"
	if t.Rows {
		lines = "rows"
	}
	if t.Inverse {
		direction = "inverse transform"
	}
	return fmt.Sprintf("%s of %d %s of %d numbers", direction, t.Count, lines, t.N)
}

func (f *FFT) check(status int32, doing string) error {
	return f.failed(status, cufftStatus[status], doing)
}

var cufftStatus = map[int32]string{
	1: "CUFFT_INVALID_PLAN", 2: "CUFFT_ALLOC_FAILED", 3: "CUFFT_INVALID_TYPE", 4: "CUFFT_INVALID_VALUE", 5: "CUFFT_INTERNAL_ERROR", 6: "CUFFT_EXEC_FAILED",
	7: "CUFFT_SETUP_FAILED", 8: "CUFFT_INVALID_SIZE", 9: "CUFFT_UNALIGNED_DATA", 11: "CUFFT_INVALID_DEVICE", 13: "CUFFT_NO_WORKSPACE", 14: "CUFFT_NOT_IMPLEMENTED",
	16: "CUFFT_NOT_SUPPORTED", 17: "CUFFT_MISSING_DEPENDENCY",
}
