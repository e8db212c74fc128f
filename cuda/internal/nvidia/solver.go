package nvidia

import (
	"fmt"
	"math"
	"sync"
	"unsafe"

	"glassy/lab/device"
)

// Solver is a handle of cuSOLVER's dense part. All that is called of it is called
// with the GPU's context current, and safe for several goroutines. Its work cannot
// be recorded into a graph: it waits for the GPU in between.
type Solver struct {
	library
	words string

	mu      sync.Mutex // a handle serves one call at a time
	handle  uintptr
	destroy uintptr
	size    [kinds][2]uintptr // of the workspace, for float32 and float64
	factor  [kinds][2]uintptr
}

// A Factorisation is one of a row-major matrix. A, W, U and VT are addresses in
// the GPU's memory.
type Factorisation struct {
	Kind    Kind
	Type    device.DType // Float32 or Float64
	M, N    int          // rows and columns; M = N but for SVD, which takes M ≤ N only
	Vectors bool         // of SymEigen: they are wanted
	A       uintptr
	W       uintptr // of SymEigen and SVD, see there
	U, VT   uintptr // of SVD
}

// A Kind of Factorisation; package device defines them.
type Kind int

const (
	SymEigen Kind = iota // A's upper triangle is read, its rows become eigenvectors; W: N eigenvalues, ascending
	Cholesky             // A's upper triangle becomes U; below it stays what is there
	SVD                  // A is destroyed; U is M×M, W holds M singular values, descending, VT is M×N
	kinds
)

var kindWords = [kinds]string{"eigenvalues of a symmetric", "Cholesky factor of a", "singular values of a"}

// CUDA 12 has libcusolver.so.11, as CUDA 11.
var cusolverFiles = []string{"libcusolver.so.12", "libcusolver.so.11"}

// OpenSolver makes a handle that works on a stream.
func OpenSolver(folders []string, stream uintptr) (s *Solver, err error) {
	err = openLibrary("cuSOLVER", folders, cusolverFiles, func(l *library) error {
		s = &Solver{library: *l}
		var create, setStream, getProperty uintptr
		functions := map[string]*uintptr{
			"cusolverDnCreate": &create, "cusolverDnDestroy": &s.destroy, "cusolverDnSetStream": &setStream, "cusolverGetProperty": &getProperty,
		}
		for kind, name := range [kinds]string{"syevd", "potrf", "gesvd"} {
			for i, letter := range []string{"S", "D"} {
				functions["cusolverDn"+letter+name] = &s.factor[kind][i]
				functions["cusolverDn"+letter+name+"_bufferSize"] = &s.size[kind][i]
			}
		}
		if err := l.bind(functions); err != nil {
			return err
		}
		if err := s.check(call(create, uintptr(unsafe.Pointer(&s.handle))), "making a handle"); err != nil {
			return err
		}
		if err := s.check(call(setStream, s.handle, stream), "setting the stream"); err != nil {
			s.Close()
			return err
		}
		s.words = s.version(getProperty)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// String is name, version and path.
func (s *Solver) String() string { return s.words }

// Close gives the handle back.
func (s *Solver) Close() error {
	return s.check(call(s.destroy, s.handle), "destroying the handle")
}

const fillLower = 0 // cublasFillMode_t: our upper triangle

// Workspace is how many bytes of the GPU's memory a factorisation needs to work.
func (s *Solver) Workspace(f Factorisation) (bytes int, err error) {
	if err := f.fits(); err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	size, n, ld := s.size[f.Kind][f.which()], uintptr(f.N), leading(f.N)
	var numbers, status int32
	switch f.Kind {
	case SymEigen:
		status = call(size, s.handle, f.job(), fillLower, n, f.A, ld, f.W, uintptr(unsafe.Pointer(&numbers)))
	case Cholesky:
		status = call(size, s.handle, fillLower, n, f.A, ld, uintptr(unsafe.Pointer(&numbers)))
	case SVD:
		status = call(size, s.handle, n, uintptr(f.M), uintptr(unsafe.Pointer(&numbers)))
	}
	if status != 0 {
		return 0, s.check(status, "workspace for the "+f.String())
	}
	return int(numbers) * f.Type.Size(), nil
}

// Run factorises, with a workspace of that many bytes (256-byte aligned). It
// writes an int32 to info, in the GPU's memory too: 0, or as LAPACK has it the
// leading minor that is not positive, or how much did not converge.
func (s *Solver) Run(f Factorisation, work uintptr, bytes int, info uintptr) error {
	if err := f.fits(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	function, n, ld, numbers := s.factor[f.Kind][f.which()], uintptr(f.N), leading(f.N), uintptr(bytes/f.Type.Size())
	var status int32
	switch f.Kind {
	case SymEigen: // columns of eigenvectors are our rows
		status = call(function, s.handle, f.job(), fillLower, n, f.A, ld, f.W, work, numbers, info)
	case Cholesky: // its L is our U
		status = call(function, s.handle, fillLower, n, f.A, ld, work, numbers, info)
	case SVD: // of aᵀ = V diag(w) Uᵀ; its left vectors are our right ones
		const thin = 'S'
		status = call(function, s.handle, thin, thin, n, uintptr(f.M), f.A, ld, f.W,
			f.VT, ld, f.U, leading(f.M), work, numbers, 0, info)
	}
	if status == 0 {
		return nil
	}
	return s.check(status, f.String())
}

// fits is an error where cuSOLVER cannot do it.
func (f Factorisation) fits() error {
	switch {
	case max(f.M, f.N) > math.MaxInt32:
		return fmt.Errorf("cuSOLVER: %v: a size is above %d", f, math.MaxInt32)
	case f.Kind == SVD && f.M > f.N:
		return fmt.Errorf("cuSOLVER: %v: more rows than columns, expected at most as many: transpose it", f)
	case f.Kind != SVD && f.M != f.N:
		return fmt.Errorf("cuSOLVER: %v: expected as many rows as columns", f)
	}
	return nil
}

// which of the pair for float32 and float64.
func (f Factorisation) which() int {
	if f.Type == device.Float64 {
		return 1
	}
	return 0
}

// job is whether eigenvectors are wanted.
func (f Factorisation) job() uintptr {
	if f.Vectors {
		return 1
	}
	return 0
}

func (f Factorisation) String() string {
	return fmt.Sprintf("%s %d×%d matrix, %v", kindWords[f.Kind], f.M, f.N, f.Type)
}

func (s *Solver) check(status int32, doing string) error {
	return s.failed(status, cusolverStatus[status], doing)
}

var cusolverStatus = map[int32]string{
	1: "CUSOLVER_STATUS_NOT_INITIALIZED", 2: "CUSOLVER_STATUS_ALLOC_FAILED", 3: "CUSOLVER_STATUS_INVALID_VALUE", 4: "CUSOLVER_STATUS_ARCH_MISMATCH",
	5: "CUSOLVER_STATUS_MAPPING_ERROR", 6: "CUSOLVER_STATUS_EXECUTION_FAILED", 7: "CUSOLVER_STATUS_INTERNAL_ERROR",
	8: "CUSOLVER_STATUS_MATRIX_TYPE_NOT_SUPPORTED", 9: "CUSOLVER_STATUS_NOT_SUPPORTED", 10: "CUSOLVER_STATUS_ZERO_PIVOT", 11: "CUSOLVER_STATUS_INVALID_LICENSE",
}
