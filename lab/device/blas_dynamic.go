//go:build linux && cgo && (amd64 || arm64) && !nodynamic

package device

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"strings"
	"sync"
	"unsafe"

	"github.com/ebitengine/purego"
	features "golang.org/x/sys/cpu"
)

// openBLAS opens a library and sees that it has all that is called.
//
// It is bound by purego and not by cgo, so that neither its headers nor the
// library itself are needed to build. All arguments are addresses, as Fortran
// has it: what purego.SyscallN takes without reflection. Programs without cgo
// could call purego too, but would need the system's C library from then on;
// the static glassy stays static.
func openBLAS(path string) (*library, error) {
	if strings.Contains(path, "mkl_rt") {
		// MKL takes these for granted and ends the process where they are not there.
		if _, err := purego.Dlopen("libm.so.6", purego.RTLD_NOW|purego.RTLD_GLOBAL); err != nil {
			return nil, err
		}
	}
	// Only for OpenBLAS's start-up: it would start threads that are never used.
	setenv("OPENBLAS_NUM_THREADS", "1")
	handle, err := purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return nil, err
	}
	lib := &library{path: path}
	if err := lib.bind(handle); err != nil {
		purego.Dlclose(handle)
		return nil, err
	}
	if core := betterCore(lib.core, thisProcessor()); core != "" {
		// It asks the environment at start-up only, so start it again.
		purego.Dlclose(handle)
		setenv("OPENBLAS_CORETYPE", core)
		if handle, err = purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_LOCAL); err != nil {
			return nil, err
		}
		if err := lib.bind(handle); err != nil {
			return nil, err
		}
	}
	return lib, nil
}

// bind looks the routines up and sets the library to one thread.
func (l *library) bind(handle uintptr) error {
	prefix := ""
	if symbol(handle, "scipy_sgemm_") != 0 {
		prefix = "scipy_" // as in the package scipy-openblas32
	}
	for i, name := range symbolNames {
		name = prefix + name + "_"
		if l.symbols[i] = symbol(handle, name); l.symbols[i] == 0 {
			return fmt.Errorf("%s: no %s in it", l.path, name)
		}
	}
	l.bandEigen = symbol(handle, prefix+"dsbev_2stage_") // LAPACK has it since 3.7
	if config := symbol(handle, prefix+"openblas_get_config"); config != 0 {
		l.name = "OpenBLAS"
		if words := strings.Fields(goString(call(config))); len(words) > 1 && words[0] == "OpenBLAS" {
			l.name += " " + words[1]
		}
		if f := symbol(handle, prefix+"openblas_get_corename"); f != 0 {
			l.core = goString(call(f))
		}
		if f := symbol(handle, prefix+"openblas_get_parallel"); f != 0 && int32(call(f)) == 0 {
			return fmt.Errorf("%s is a build without threads: two goroutines may not call it at once", l.path)
		}
		if f := symbol(handle, prefix+"openblas_set_num_threads"); f != 0 {
			call(f, 1)
		}
		return nil
	}
	if f := symbol(handle, "MKL_Set_Threading_Layer"); f != 0 {
		const sequential = 1
		l.name = "MKL"
		call(f, sequential)
		return nil
	}
	return fmt.Errorf("%s is neither OpenBLAS nor MKL: whether it may be called from several threads is not known", l.path)
}

// cores are those that OpenBLAS has kernels for on amd64, with the widest
// instructions that these use: 128 bits, 256 (AVX), 256 with multiply-add
// (AVX2), 512.
var cores = map[string]int{
	"Katmai": 0, "Coppermine": 0, "Northwood": 0, "Prescott": 0, "Banias": 0, "Atom": 0, "Core2": 0, "Penryn": 0, "Dunnington": 0,
	"Nehalem": 0, "Athlon": 0, "Opteron": 0, "Opteron_SSE3": 0, "Barcelona": 0, "Bobcat": 0, "Nano": 0,
	"Sandybridge": 1, "Bulldozer": 1, "Piledriver": 1, "Steamroller": 1, "Excavator": 2,
	"Haswell": 2, "Zen": 2,
	"SkylakeX": 3, "Cooperlake": 3, "Sapphirerapids": 3,
}

// processor is what the choice of a core depends on.
type processor struct {
	avx2, avx512 bool
	halved       bool // takes 512 bits in two halves: AMD's Zen 4
}

func thisProcessor() processor {
	x := features.X86
	p := processor{
		avx2:   x.HasAVX2 && x.HasFMA,
		avx512: x.HasAVX512F && x.HasAVX512DQ && x.HasAVX512BW && x.HasAVX512VL && x.HasAVX512CD,
	}
	info, _ := os.ReadFile("/proc/cpuinfo")
	p.halved = bytes.Contains(info, []byte("AuthenticAMD")) && bytes.Contains(info, []byte("cpu family\t: 25\n"))
	return p
}

// betterCore is the core to use instead of the one that OpenBLAS found, "" when
// it did well. A library older than the processor falls back to SSE kernels, a
// fifth as fast (OpenBLAS issue 4268); and on Zen 4 the 256-bit kernels are 7 to
// 15 % faster than the 512-bit ones that it takes (float32, OpenBLAS 0.3.21).
func betterCore(core string, p processor) string {
	width, known := cores[core]
	want, name := 0, ""
	switch {
	case p.avx512 && !p.halved:
		want, name = 3, "SkylakeX"
	case p.avx2:
		want, name = 2, "Haswell"
	}
	if !known || width == want || width > want && !p.halved {
		return ""
	}
	return name
}

// setenv is the C library's, for libraries that start in this process: it
// leaves alone what the user has set, and what programs started by this one
// inherit.
func setenv(name, value string) {
	f := symbol(purego.RTLD_DEFAULT, "setenv")
	n, v := append([]byte(name), 0), append([]byte(value), 0)
	purego.SyscallN(f, uintptr(unsafe.Pointer(&n[0])), uintptr(unsafe.Pointer(&v[0])), 0)
}

func symbol(handle uintptr, name string) uintptr {
	f, err := purego.Dlsym(handle, name)
	if err != nil {
		return 0
	}
	return f
}

func call(f uintptr, args ...uintptr) uintptr {
	r, _, _ := purego.SyscallN(f, args...)
	return r
}

// goString copies a C string.
func goString(p uintptr) string {
	if p == 0 {
		return ""
	}
	b := *(**byte)(unsafe.Pointer(&p)) // C's memory: the collector does not move it
	n := 0
	for *(*byte)(unsafe.Add(unsafe.Pointer(b), n)) != 0 {
		n++
	}
	return string(unsafe.Slice(b, n))
}

// blasCall is what Fortran wants the addresses of.
type blasCall[T float] struct {
	transA, transB         [1]byte
	m, n, k, lda, ldb, ldc int32
	alpha, beta            T
}

var calls32, calls64 = sync.Pool{New: func() any { return new(blasCall[float32]) }}, sync.Pool{New: func() any { return new(blasCall[float64]) }}

// pick is the routine of the pair for T, and where its calls are kept.
func pick[T float](l *library, single, double int) (routine uintptr, calls *sync.Pool) {
	if TypeOf[T]() == Float32 {
		return l.symbols[single], &calls32
	}
	return l.symbols[double], &calls64
}

// libraryAxpy is y += a*x.
func libraryAxpy[T float](l *library, a T, x, y []T) {
	routine, calls := pick[T](l, saxpy, daxpy)
	p := calls.Get().(*blasCall[T])
	p.n, p.lda, p.alpha = int32(len(x)), 1, a
	purego.SyscallN(routine, uintptr(unsafe.Pointer(&p.n)), uintptr(unsafe.Pointer(&p.alpha)),
		uintptr(unsafe.Pointer(unsafe.SliceData(x))), uintptr(unsafe.Pointer(&p.lda)),
		uintptr(unsafe.Pointer(unsafe.SliceData(y))), uintptr(unsafe.Pointer(&p.lda)))
	calls.Put(p)
}

// libraryScal is x *= a.
func libraryScal[T float](l *library, a T, x []T) {
	routine, calls := pick[T](l, sscal, dscal)
	p := calls.Get().(*blasCall[T])
	p.n, p.lda, p.alpha = int32(len(x)), 1, a
	purego.SyscallN(routine, uintptr(unsafe.Pointer(&p.n)), uintptr(unsafe.Pointer(&p.alpha)),
		uintptr(unsafe.Pointer(unsafe.SliceData(x))), uintptr(unsafe.Pointer(&p.lda)))
	calls.Put(p)
}

// libraryGemv is y = alpha op(A) x + beta y, op(A) m×k. Fortran sees Aᵀ.
func libraryGemv[T float](l *library, transA bool, m, k int, alpha T, a []T, lda int, x []T, incx int, beta T, y []T, incy int) {
	routine, calls := pick[T](l, sgemv, dgemv)
	p := calls.Get().(*blasCall[T])
	*p = blasCall[T]{transA: trans(!transA), m: int32(k), n: int32(m), lda: int32(lda), ldb: int32(incx), ldc: int32(incy), alpha: alpha, beta: beta}
	if transA {
		p.m, p.n = p.n, p.m
	}
	purego.SyscallN(routine, uintptr(unsafe.Pointer(&p.transA)),
		uintptr(unsafe.Pointer(&p.m)), uintptr(unsafe.Pointer(&p.n)),
		uintptr(unsafe.Pointer(&p.alpha)), uintptr(unsafe.Pointer(unsafe.SliceData(a))), uintptr(unsafe.Pointer(&p.lda)),
		uintptr(unsafe.Pointer(unsafe.SliceData(x))), uintptr(unsafe.Pointer(&p.ldb)),
		uintptr(unsafe.Pointer(&p.beta)), uintptr(unsafe.Pointer(unsafe.SliceData(y))), uintptr(unsafe.Pointer(&p.ldc)), 1)
	calls.Put(p)
}

// libraryGemm is gemm by the library. Fortran sees the transposed matrices:
// Cᵀ = op(B)ᵀ op(A)ᵀ.
func libraryGemm[T float](l *library, transA, transB bool, m, n, k int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int) {
	routine, calls := pick[T](l, sgemm, dgemm)
	p := calls.Get().(*blasCall[T])
	*p = blasCall[T]{trans(transB), trans(transA), int32(n), int32(m), int32(k), int32(ldb), int32(lda), int32(ldc), alpha, beta}
	purego.SyscallN(routine,
		uintptr(unsafe.Pointer(&p.transA)), uintptr(unsafe.Pointer(&p.transB)),
		uintptr(unsafe.Pointer(&p.m)), uintptr(unsafe.Pointer(&p.n)), uintptr(unsafe.Pointer(&p.k)),
		uintptr(unsafe.Pointer(&p.alpha)), uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(unsafe.Pointer(&p.lda)),
		uintptr(unsafe.Pointer(unsafe.SliceData(a))), uintptr(unsafe.Pointer(&p.ldb)),
		uintptr(unsafe.Pointer(&p.beta)), uintptr(unsafe.Pointer(unsafe.SliceData(c))), uintptr(unsafe.Pointer(&p.ldc)),
		1, 1) // Fortran's hidden lengths of the two strings
	calls.Put(p)
}

func trans(yes bool) [1]byte {
	if yes {
		return [1]byte{'T'}
	}
	return [1]byte{'N'}
}

// librarySymEigen is SymEigen; info is LAPACK's. The upper triangle of rows is
// Fortran's lower, and its columns of eigenvectors are our rows.
func librarySymEigen[T float](l *library, n int, a, w []T, vectors bool) (info int) {
	routine, _ := pick[T](l, ssyevd, dsyevd)
	job, uplo, size := [1]byte{'N'}, [1]byte{'L'}, int32(n)
	if vectors {
		job[0] = 'V'
	}
	var code int32
	work, iwork := make([]T, 1), make([]int32, 1)
	lwork, liwork := int32(-1), int32(-1)
	for range 2 { // the first call asks for the sizes
		purego.SyscallN(routine,
			uintptr(unsafe.Pointer(&job)), uintptr(unsafe.Pointer(&uplo)), uintptr(unsafe.Pointer(&size)),
			uintptr(unsafe.Pointer(unsafe.SliceData(a))), uintptr(unsafe.Pointer(&size)), uintptr(unsafe.Pointer(unsafe.SliceData(w))),
			uintptr(unsafe.Pointer(unsafe.SliceData(work))), uintptr(unsafe.Pointer(&lwork)),
			uintptr(unsafe.Pointer(unsafe.SliceData(iwork))), uintptr(unsafe.Pointer(&liwork)), uintptr(unsafe.Pointer(&code)), 1, 1)
		if lwork < 0 {
			lwork, liwork = workSize(work[0]), iwork[0]
			work, iwork = make([]T, lwork), make([]int32, liwork)
		}
	}
	return int(code)
}

// libraryQR makes the n rows of m numbers in a, ld apart, into R and the reflections
// of their QR factorisation, as LAPACK has it with rows for its columns; m > 0.
func libraryQR[T float](l *library, m, n int, a []T, ld int, tau []T) {
	routine, _ := pick[T](l, sgeqrf, dgeqrf)
	rows, cols, lda, lwork, code := int32(m), int32(n), int32(ld), int32(64*n), int32(0)
	work := make([]T, lwork)
	purego.SyscallN(routine,
		uintptr(unsafe.Pointer(&rows)), uintptr(unsafe.Pointer(&cols)), uintptr(unsafe.Pointer(unsafe.SliceData(a))), uintptr(unsafe.Pointer(&lda)),
		uintptr(unsafe.Pointer(unsafe.SliceData(tau))), uintptr(unsafe.Pointer(unsafe.SliceData(work))), uintptr(unsafe.Pointer(&lwork)), uintptr(unsafe.Pointer(&code)))
}

// libraryBandEigen writes to w the eigenvalues of a symmetric band matrix: a's row i has
// its numbers (i, i) … (i, i+width). a is destroyed; info is LAPACK's.
func libraryBandEigen(l *library, n, width int, a, w []float64) (info int) {
	job, uplo, size, kd, ld, one := [1]byte{'N'}, [1]byte{'L'}, int32(n), int32(width), int32(width+1), int32(1)
	var z [1]float64 // no vectors
	var code int32
	work, lwork := make([]float64, 1), int32(-1)
	for range 2 { // the first call asks for the size
		purego.SyscallN(l.bandEigen,
			uintptr(unsafe.Pointer(&job)), uintptr(unsafe.Pointer(&uplo)), uintptr(unsafe.Pointer(&size)), uintptr(unsafe.Pointer(&kd)),
			uintptr(unsafe.Pointer(unsafe.SliceData(a))), uintptr(unsafe.Pointer(&ld)), uintptr(unsafe.Pointer(unsafe.SliceData(w))),
			uintptr(unsafe.Pointer(&z)), uintptr(unsafe.Pointer(&one)),
			uintptr(unsafe.Pointer(unsafe.SliceData(work))), uintptr(unsafe.Pointer(&lwork)), uintptr(unsafe.Pointer(&code)), 1, 1)
		if lwork < 0 {
			lwork = workSize(work[0])
			work = make([]float64, lwork)
		}
	}
	return int(code)
}

// libraryCholesky is Cholesky without the zeroes; info is LAPACK's.
func libraryCholesky[T float](l *library, n int, a []T) (info int) {
	routine, _ := pick[T](l, spotrf, dpotrf)
	uplo, size, code := [1]byte{'L'}, int32(n), int32(0)
	purego.SyscallN(routine,
		uintptr(unsafe.Pointer(&uplo)), uintptr(unsafe.Pointer(&size)), uintptr(unsafe.Pointer(unsafe.SliceData(a))),
		uintptr(unsafe.Pointer(&size)), uintptr(unsafe.Pointer(&code)), 1)
	return int(code)
}

// librarySVD is SVD; info is LAPACK's. Fortran sees aᵀ = V diag(s) Uᵀ.
func librarySVD[T float](l *library, m, n int, a, u, s, vt []T) (info int) {
	routine, _ := pick[T](l, sgesdd, dgesdd)
	k := min(m, n)
	job, rows, cols, small := [1]byte{'S'}, int32(n), int32(m), int32(k)
	var code int32
	work, lwork, iwork := make([]T, 1), int32(-1), make([]int32, 8*k)
	for range 2 {
		purego.SyscallN(routine,
			uintptr(unsafe.Pointer(&job)), uintptr(unsafe.Pointer(&rows)), uintptr(unsafe.Pointer(&cols)),
			uintptr(unsafe.Pointer(unsafe.SliceData(a))), uintptr(unsafe.Pointer(&rows)), uintptr(unsafe.Pointer(unsafe.SliceData(s))),
			uintptr(unsafe.Pointer(unsafe.SliceData(vt))), uintptr(unsafe.Pointer(&rows)),
			uintptr(unsafe.Pointer(unsafe.SliceData(u))), uintptr(unsafe.Pointer(&small)),
			uintptr(unsafe.Pointer(unsafe.SliceData(work))), uintptr(unsafe.Pointer(&lwork)),
			uintptr(unsafe.Pointer(unsafe.SliceData(iwork))), uintptr(unsafe.Pointer(&code)), 1)
		if lwork < 0 {
			lwork = workSize(work[0])
			work = make([]T, lwork)
		}
	}
	return int(code)
}

// workSize is LAPACK's answer to how much work space it wants. In float32 large
// integers are rounded, maybe down.
func workSize[T float](x T) int32 {
	return int32(min(math.Ceil(float64(x)*(1+0x1p-22)), math.MaxInt32))
}
