package nvidia

import (
	"fmt"
	"math"
	"sync"
	"unsafe"

	"glassy/lab/device"
)

// BLAS is a handle of cuBLAS. All that is called of it is called with the GPU's
// context current, and safe for several goroutines.
type BLAS struct {
	library
	words string

	mu      sync.Mutex // a handle and its scalars serve one call at a time
	handle  uintptr
	scalars *[2]float64 // alpha, beta: read when a product is begun, not when it runs

	gemmEx, gemmStridedBatchedEx, workspace, destroy uintptr
}

var cublasFiles = []string{"libcublas.so.13", "libcublas.so.12", "libcublas.so.11"}

// OpenBLAS makes a handle that works on a stream.
func OpenBLAS(folders []string, stream uintptr) (b *BLAS, err error) {
	err = openLibrary("cuBLAS", folders, cublasFiles, func(l *library) error {
		b = &BLAS{library: *l, scalars: new([2]float64)}
		var create, setStream, setMathMode, getProperty uintptr
		if err := l.bind(map[string]*uintptr{
			"cublasCreate_v2": &create, "cublasDestroy_v2": &b.destroy, "cublasGetProperty": &getProperty,
			"cublasSetStream_v2": &setStream, "cublasSetWorkspace_v2": &b.workspace, "cublasSetMathMode": &setMathMode,
			"cublasGemmEx": &b.gemmEx, "cublasGemmStridedBatchedEx": &b.gemmStridedBatchedEx,
		}); err != nil {
			return err
		}
		if err := b.check(call(create, uintptr(unsafe.Pointer(&b.handle))), "making a handle"); err != nil {
			return err // the driver may be too old for it
		}
		const defaultMath = 0 // never less precise than the compute type says
		err := b.check(call(setStream, b.handle, stream), "setting the stream")
		if err == nil {
			err = b.check(call(setMathMode, b.handle, defaultMath), "setting the math mode")
		}
		if err != nil {
			b.Close()
			return err
		}
		b.words = b.version(getProperty)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return b, nil
}

// SetWorkspace gives cuBLAS memory of the GPU's (256-byte aligned) to work in.
func (b *BLAS) SetWorkspace(p uintptr, bytes int) error {
	return b.check(call(b.workspace, b.handle, p, uintptr(bytes)), "setting the workspace")
}

// String is name, version and path.
func (b *BLAS) String() string { return b.words }

// Close gives the handle back.
func (b *BLAS) Close() error { return b.check(call(b.destroy, b.handle), "destroying the handle") }

// A Product is C = Alpha op(A) op(B) + Beta C of row-major matrices, as
// device.Gemm defines it, or Count such products. A, B and C are addresses in the
// GPU's memory. It is comparable, and all that the product depends on.
type Product struct {
	Type           device.DType // Float32 or Float64
	TF32           bool         // Float32 may be rounded to 10 bits after the point before it is multiplied
	TransA, TransB bool
	M, N, K        int // op(A) is M×K, op(B) K×N, C M×N
	Alpha, Beta    float64
	A, B, C        uintptr
	LDA, LDB, LDC  int // distances of rows, in numbers

	// Of several products, the distances between matrices, in numbers: 0 for an A
	// or B that they share. Count 0 is one product.
	Count                     int
	StrideA, StrideB, StrideC int
}

// Takes says whether cuBLAS can do the product: its integers have 32 bits.
func (b *BLAS) Takes(p Product) bool {
	return max(p.M, p.N, p.K, p.LDA, p.LDB, p.LDC, p.Count) <= math.MaxInt32
}

// Constants of cuBLAS.
const (
	real32f        = 0 // cudaDataType
	real64f        = 1
	compute32f     = 68
	compute64f     = 70
	compute32fTF32 = 77
	gemmDefault    = -1
)

// Gemm begins a product. cuBLAS sees transposed matrices: Cᵀ = op(B)ᵀ op(A)ᵀ.
func (b *BLAS) Gemm(p Product) error {
	if !b.Takes(p) {
		return fmt.Errorf("cuBLAS: %v: a size or distance is above %d", p, math.MaxInt32)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	kind, compute := uintptr(real32f), uintptr(compute32f)
	switch {
	case p.Type == device.Float64:
		kind, compute = real64f, compute64f
		*b.scalars = [2]float64{p.Alpha, p.Beta}
	case p.TF32:
		compute = compute32fTF32
		fallthrough
	default:
		*(*[2]float32)(unsafe.Pointer(b.scalars)) = [2]float32{float32(p.Alpha), float32(p.Beta)}
	}
	alpha := unsafe.Pointer(b.scalars)
	beta := unsafe.Add(alpha, p.Type.Size())
	algorithm := gemmDefault
	var status int32
	if p.Count <= 1 {
		status = call(b.gemmEx, b.handle, blasOp(p.TransB), blasOp(p.TransA), uintptr(p.N), uintptr(p.M), uintptr(p.K),
			uintptr(alpha), p.B, kind, leading(p.LDB), p.A, kind, leading(p.LDA),
			uintptr(beta), p.C, kind, leading(p.LDC), compute, uintptr(algorithm))
	} else {
		status = call(b.gemmStridedBatchedEx, b.handle, blasOp(p.TransB), blasOp(p.TransA), uintptr(p.N), uintptr(p.M), uintptr(p.K),
			uintptr(alpha), p.B, kind, leading(p.LDB), uintptr(p.StrideB), p.A, kind, leading(p.LDA), uintptr(p.StrideA),
			uintptr(beta), p.C, kind, leading(p.LDC), uintptr(p.StrideC), uintptr(p.Count), compute, uintptr(algorithm))
	}
	if status == 0 {
		return nil
	}
	return b.check(status, p.String())
}

// leading is a leading dimension: at least 1, also of an empty matrix.
func leading(ld int) uintptr { return uintptr(max(ld, 1)) }

// blasOp is cublasOperation_t.
func blasOp(transposed bool) uintptr {
	if transposed {
		return 1
	}
	return 0
}

func (p Product) String() string {
	return fmt.Sprintf("product of %d×%d and %d×%d, %v", p.M, p.K, p.K, p.N, p.Type)
}

func (b *BLAS) check(status int32, doing string) error {
	return b.failed(status, cublasStatus[status], doing)
}

var cublasStatus = map[int32]string{
	1: "CUBLAS_STATUS_NOT_INITIALIZED", 3: "CUBLAS_STATUS_ALLOC_FAILED", 7: "CUBLAS_STATUS_INVALID_VALUE", 8: "CUBLAS_STATUS_ARCH_MISMATCH",
	11: "CUBLAS_STATUS_MAPPING_ERROR", 13: "CUBLAS_STATUS_EXECUTION_FAILED", 14: "CUBLAS_STATUS_INTERNAL_ERROR",
	15: "CUBLAS_STATUS_NOT_SUPPORTED", 16: "CUBLAS_STATUS_LICENSE_ERROR",
}
