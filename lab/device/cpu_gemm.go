package device

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
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
		cutGemm(d, transA, transB, m, n, k, float32(alpha), Host[float32](a), lda, Host[float32](b), ldb, float32(beta), Host[float32](c), ldc)
	} else {
		cutGemm(d, transA, transB, m, n, k, alpha, Host[float64](a), lda, Host[float64](b), ldb, beta, Host[float64](c), ldc)
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
		panic(fmt.Sprintf("device: %s: length of %s is %d, expected at least %d", op, what, v.n, n))
	}
	expect(op, what, v, t, v.n)
}

// cutGemm is gemm over the device's threads: tiles of C, each one call. The
// longer side is cut, so that little of A and B is read twice.
func cutGemm[T float](d *cpu, transA, transB bool, m, n, k int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int) {
	const (
		enough = 1 << 23 // products in a tile, below which cutting does not pay
		edge   = 64      // sides are cut in multiples: BLAS kernels like that
	)
	tm, tn := m, n
	for tm*tn*k > enough && max(tm, tn) > 2*edge {
		if tm >= tn {
			tm = (tm/2 + edge - 1) / edge * edge
		} else {
			tn = (tn/2 + edge - 1) / edge * edge
		}
	}
	down, across := (m+tm-1)/tm, (n+tn-1)/tn
	if down*across == 1 {
		gemm(d, transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
		return
	}
	// Tiles that are in work at once stand below one another: side by side two
	// threads would write neighbouring lines of the cache, at two thirds of the speed.
	d.each(down*across, func(task int) {
		i, j := task%down*tm, task/down*tn
		gemm(d, transA, transB, min(tm, m-i), min(tn, n-j), k, alpha, a[at(transA, i, 0, lda):], lda, b[at(transB, 0, j, ldb):], ldb, beta, c[i*ldc+j:], ldc)
	})
}

// gemm is C = alpha op(A) op(B) + beta C on one thread.
func gemm[T float](d *cpu, transA, transB bool, m, n, k int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int) {
	const small = 5 * 5 * 5 // products that plain loops do sooner than a call
	switch {
	case m == 0 || n == 0:
	case m*n*k <= small:
		plainGemm(transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
	case d.blas == nil || max(m, n, k, lda, ldb, ldc) > math.MaxInt32:
		gonumGemm(transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
	case n == 1:
		gemv(d.blas, transA, m, k, alpha, a, lda, b, step(!transB, ldb), beta, c, ldc)
	case m == 1:
		gemv(d.blas, !transB, n, k, alpha, b, ldb, a, step(transA, lda), beta, c, 1)
	default:
		libraryGemm(d.blas, transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
	}
}

// gemv is y = alpha op(A) x + beta y: a third of the time of the same by gemm.
func gemv[T float](lib *library, transA bool, m, k int, alpha T, a []T, lda int, x []T, incx int, beta T, y []T, incy int) {
	if beta == 0 { // libraries differ in what 0*NaN is here
		for i := range m {
			y[i*incy] = 0
		}
		beta = 1
	}
	libraryGemv(lib, transA, m, k, alpha, a, lda, x, incx, beta, y, incy)
}

// step is the distance in memory of the numbers of a vector that is a column of
// rows ld apart, or a row.
func step(column bool, ld int) int {
	if column {
		return ld
	}
	return 1
}

// plainGemm is gemm by its definition.
func plainGemm[T float](transA, transB bool, m, n, k int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int) {
	stepA, stepB := 1, ldb
	if transA {
		stepA, lda = lda, 1
	}
	if transB {
		stepB = 1
	} else {
		ldb = 1
	}
	for i := range m {
		for j := range n {
			var sum T
			for p := range k {
				sum += a[i*lda+p*stepA] * b[j*ldb+p*stepB]
			}
			if sum *= alpha; beta != 0 {
				sum += beta * c[i*ldc+j]
			}
			c[i*ldc+j] = sum
		}
	}
}

// gonumGemm is gemm by gonum, in tiles small enough for it to stay on one
// thread, and for the tile of B to stay in the second cache.
func gonumGemm[T float](transA, transB bool, m, n, k int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int) {
	const height, width, depth = 64, 128, 512
	if !finite(transB, k, n, b, ldb) {
		// gonum passes over the zeros of A, whatever B holds.
		plainGemm(transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
		return
	}
	for i := 0; i < m; i += height {
		for j := 0; j < n; j += width {
			beta := beta
			for p := 0; p < k; p += depth {
				a, b, c := a[at(transA, i, p, lda):], b[at(transB, p, j, ldb):], c[i*ldc+j:]
				m, n, k := min(height, m-i), min(width, n-j), min(depth, k-p)
				switch a := any(a).(type) {
				case []float32:
					gonum.Implementation{}.Sgemm(transpose(transA), transpose(transB), m, n, k, float32(alpha), a, lda, any(b).([]float32), ldb, float32(beta), any(c).([]float32), ldc)
				case []float64:
					gonum.Implementation{}.Dgemm(transpose(transA), transpose(transB), m, n, k, float64(alpha), a, lda, any(b).([]float64), ldb, float64(beta), any(c).([]float64), ldc)
				}
				beta = 1
			}
		}
	}
}

// at is where the number (i, j) of op(X) stands in x.
func at(trans bool, i, j, ld int) int {
	if trans {
		i, j = j, i
	}
	return i*ld + j
}

// finite tells whether op(X), rows×cols, holds no NaN and no infinity.
func finite[T float](trans bool, rows, cols int, x []T, ld int) bool {
	if trans {
		rows, cols = cols, rows
	}
	for i := range rows {
		var bad T // x-x is 0, or NaN
		for _, x := range x[i*ld : i*ld+cols] {
			bad += x - x
		}
		if bad != 0 {
			return false
		}
	}
	return true
}

func transpose(yes bool) blas.Transpose {
	if yes {
		return blas.Trans
	}
	return blas.NoTrans
}
