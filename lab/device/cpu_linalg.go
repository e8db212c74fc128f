package device

import (
	"fmt"
	"math"
	"sort"

	"gonum.org/v1/gonum/blas"
	blasgonum "gonum.org/v1/gonum/blas/gonum"
	"gonum.org/v1/gonum/lapack"
	lapackgonum "gonum.org/v1/gonum/lapack/gonum"
)

func (d *cpu) Gemm(transA, transB bool, m, n, k int, alpha float64, a Vector, lda int, b Vector, ldb int, beta float64, c Vector, ldc int) {
	needSize("Gemm", "m", m)
	needSize("Gemm", "n", n)
	needSize("Gemm", "k", k)
	rowsA, colsA, rowsB, colsB := m, k, k, n
	if transA {
		rowsA, colsA = k, m
	}
	if transB {
		rowsB, colsB = n, k
	}
	expectFloat("Gemm", "C", c, c.n)
	needStrided("Gemm", "A", a, c.dtype, rowsA, colsA, lda)
	needStrided("Gemm", "B", b, c.dtype, rowsB, colsB, ldb)
	needStrided("Gemm", "C", c, c.dtype, m, n, ldc)
	if m == 0 || n == 0 {
		return
	}
	if c.dtype == Float32 {
		gemm(d, transA, transB, m, n, k, float32(alpha), Host[float32](a), lda, Host[float32](b), ldb, float32(beta), Host[float32](c), ldc)
	} else {
		gemm(d, transA, transB, m, n, k, alpha, Host[float64](a), lda, Host[float64](b), ldb, beta, Host[float64](c), ldc)
	}
}

// needStrided panics unless v holds a rows×cols matrix whose rows are ld apart.
func needStrided(op, what string, v Vector, t DType, rows, cols, ld int) {
	if ld < max(1, cols) {
		panic(fmt.Sprintf("device: %s: %s's rows are %d apart, expected at least %d", op, what, ld, max(1, cols)))
	}
	if rows == 0 || cols == 0 {
		return
	}
	if n := (rows-1)*ld + cols; v.n < n {
		panic(fmt.Sprintf("device: %s: %s has length %d, expected at least %d", op, what, v.n, n))
	}
	expect(op, what, v, t, v.n)
}

// gemm is C = alpha op(A) op(B) + beta C on one thread.
func gemm[T float](d *cpu, transA, transB bool, m, n, k int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int) {
	if m == 0 || n == 0 {
		return
	}
	if k == 0 || alpha == 0 {
		for i := range m {
			row := c[i*ldc : i*ldc+n]
			if beta == 0 {
				clear(row)
			} else {
				for j := range row {
					row[j] *= beta
				}
			}
		}
		return
	}
	switch c := any(c).(type) {
	case []float32:
		blasgonum.Implementation{}.Sgemm(transpose(transA), transpose(transB), m, n, k, float32(alpha), any(a).([]float32), lda, any(b).([]float32), ldb, float32(beta), c, ldc)
	case []float64:
		blasgonum.Implementation{}.Dgemm(transpose(transA), transpose(transB), m, n, k, float64(alpha), any(a).([]float64), lda, any(b).([]float64), ldb, float64(beta), c, ldc)
	}
}

func transpose(yes bool) blas.Transpose {
	if yes {
		return blas.Trans
	}
	return blas.NoTrans
}

func (d *cpu) SymEigen(n int, a, w Vector, vectors bool) error {
	needMatrix("SymEigen", "a", n, n, a, a.dtype)
	expectFloat("SymEigen", "a", a, a.n)
	expect("SymEigen", "w", w, a.dtype, n)
	if n == 0 {
		return nil
	}
	x, values := Read[float64](a), make([]float64, n)
	job := lapack.EVNone
	if vectors {
		job = lapack.EVCompute
	}
	var size [1]float64
	lapackgonum.Implementation{}.Dsyev(job, blas.Upper, n, x, n, values, size[:], -1)
	work := make([]float64, int(size[0]))
	if !(lapackgonum.Implementation{}).Dsyev(job, blas.Upper, n, x, n, values, work, len(work)) {
		return notConverged("SymEigen", n, n)
	}
	if vectors { // from columns to rows
		for i := range n {
			for j := range i {
				x[i*n+j], x[j*n+i] = x[j*n+i], x[i*n+j]
			}
		}
		d.Upload(a, Of(x))
	}
	d.Upload(w, Of(values))
	return nil
}

func (d *cpu) Cholesky(n int, a Vector) error {
	needMatrix("Cholesky", "a", n, n, a, a.dtype)
	expectFloat("Cholesky", "a", a, a.n)
	if n == 0 {
		return nil
	}
	whole := Read[float64](a)
	// upper factors the leading k×k part.
	upper := func(k int) ([]float64, bool) {
		x := make([]float64, k*k)
		for i := range k {
			copy(x[i*k+i:(i+1)*k], whole[i*n+i:i*n+k])
		}
		ok := lapackgonum.Implementation{}.Dpotrf(blas.Upper, k, x, k)
		return x, ok
	}
	u, ok := upper(n)
	if !ok {
		minor := 1 + sort.Search(n-1, func(i int) bool {
			_, ok := upper(i + 1)
			return !ok
		})
		return notPositive(minor)
	}
	d.Upload(a, Of(u))
	return nil
}

func notPositive(minor int) error {
	return fmt.Errorf("device: Cholesky: the leading minor of order %d is not positive: the matrix is not positive definite", minor)
}

func (d *cpu) SVD(m, n int, a, u, s, vt Vector) error {
	k := min(m, n)
	needMatrix("SVD", "a", m, n, a, a.dtype)
	expectFloat("SVD", "a", a, a.n)
	expect("SVD", "u", u, a.dtype, m*k)
	expect("SVD", "s", s, a.dtype, k)
	expect("SVD", "vt", vt, a.dtype, k*n)
	if k == 0 {
		return nil
	}
	x := Read[float64](a)
	for _, x := range x { // gonum would search for ever
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return notConverged("SVD", m, n)
		}
	}
	u64, s64, vt64 := make([]float64, m*k), make([]float64, k), make([]float64, k*n)
	var size [1]float64
	lapackgonum.Implementation{}.Dgesvd(lapack.SVDStore, lapack.SVDStore, m, n, x, n, s64, u64, k, vt64, n, size[:], -1)
	work := make([]float64, int(size[0]))
	if !(lapackgonum.Implementation{}).Dgesvd(lapack.SVDStore, lapack.SVDStore, m, n, x, n, s64, u64, k, vt64, n, work, len(work)) {
		return notConverged("SVD", m, n)
	}
	d.Upload(u, Of(u64))
	d.Upload(s, Of(s64))
	d.Upload(vt, Of(vt64))
	return nil
}

func notConverged(op string, m, n int) error {
	return fmt.Errorf("device: %s: no convergence on a %d×%d matrix; are all entries finite?", op, m, n)
}
