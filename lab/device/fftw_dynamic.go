//go:build linux && cgo && (amd64 || arm64) && !nodynamic

package device

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"unsafe"

	"github.com/ebitengine/purego"
)

// An fftw is FFTW 3 (Frigo & Johnson 2005), opened at run time like a BLAS, where the
// user's machine has it. Its licence is the GPL: Glassy is neither linked with it nor
// comes with it, and works without.
type fftw struct {
	path string // or the name that the system's linker found it by
	name string // with the version

	planner                                   sync.Mutex // makes and destroys one plan at a time
	planForward, planInverse, forget, destroy uintptr
	executeForward, executeInverse            uintptr
}

func (l *fftw) String() string {
	if l == nil {
		return "pure Go"
	}
	return l.name + " at " + l.path
}

func openFFTW(path string) (*fftw, error) {
	handle, err := purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return nil, err
	}
	lib := &fftw{path: path, name: "FFTW"}
	for name, f := range map[string]*uintptr{
		"plan_dft_r2c_1d": &lib.planForward, "plan_dft_c2r_1d": &lib.planInverse, "destroy_plan": &lib.destroy, "forget_wisdom": &lib.forget,
		"execute_dft_r2c": &lib.executeForward, "execute_dft_c2r": &lib.executeInverse,
	} {
		if *f = symbol(handle, "fftw_"+name); *f == 0 {
			purego.Dlclose(handle)
			return nil, fmt.Errorf("%s: no fftw_%s in it", path, name)
		}
	}
	if version := symbol(handle, "fftw_version"); version != 0 { // "fftw-3.3.10-sse2-avx"
		if _, number, ok := strings.Cut(goString(version), "-"); ok {
			number, _, _ = strings.Cut(number, "-")
			lib.name += " " + number
		}
	}
	return lib, nil
}

// An fftwPlan is FFTW's of both directions. Plans are estimates: measured ones would be
// some tenths faster, and other ones, with other bits, each time.
type fftwPlan struct {
	lib                *fftw
	forwards, inverses uintptr
}

// plan is that of lines of n numbers. FFTW's wisdom goes before, so that a plan does not
// depend on those made earlier.
func (l *fftw) plan(n int) plan {
	z, done := aligned(2 * Bins(n)) // which an estimate does not touch
	defer done()
	at := uintptr(unsafe.Pointer(unsafe.SliceData(z)))
	const estimate = 1 << 6
	l.planner.Lock()
	call(l.forget)
	p := &fftwPlan{l, call(l.planForward, uintptr(n), at, at, estimate), call(l.planInverse, uintptr(n), at, at, estimate)}
	l.planner.Unlock()
	runtime.KeepAlive(z)
	if p.forwards == 0 || p.inverses == 0 {
		panic(fmt.Sprintf("device: FFTW has no plan for %d numbers", n))
	}
	runtime.AddCleanup(p, func(both [2]uintptr) {
		l.planner.Lock()
		defer l.planner.Unlock()
		for _, plan := range both {
			call(l.destroy, plan)
		}
	}, [2]uintptr{p.forwards, p.inverses})
	return p
}

func (p *fftwPlan) forward(z []float64) { p.execute(p.lib.executeForward, p.forwards, z) }
func (p *fftwPlan) inverse(z []float64) { p.execute(p.lib.executeInverse, p.inverses, z) }

func (p *fftwPlan) execute(f, plan uintptr, z []float64) {
	at := unsafe.Pointer(unsafe.SliceData(z))
	purego.SyscallN(f, plan, uintptr(at), uintptr(at))
	runtime.KeepAlive(z)
	runtime.KeepAlive(p)
}
