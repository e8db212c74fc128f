package device

import (
	"fmt"
	"math"
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
		enough = 1 << 22 // products in a tile, below which cutting does not pay
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
	d.each(down*across, func(task int) {
		i, j := task/across*tm, task%across*tn
		a, b := a, b
		if transA {
			a = a[i:]
		} else {
			a = a[i*lda:]
		}
		if transB {
			b = b[j*ldb:]
		} else {
			b = b[j:]
		}
		gemm(d, transA, transB, min(tm, m-i), min(tn, n-j), k, alpha, a, lda, b, ldb, beta, c[i*ldc+j:], ldc)
	})
}

// gemm is C = alpha op(A) op(B) + beta C on one thread.
func gemm[T float](d *cpu, transA, transB bool, m, n, k int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int) {
	const small = 4 * 4 * 4 // products, below which the library's call costs more than the loops
	if d.blas != nil && m*n*k > small && max(m, n, k, lda, ldb, ldc) <= math.MaxInt32 {
		libraryGemm(d.blas, transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
	} else {
		goGemm(transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
	}
}

// goGemm is gemm without a library: tiles of 4×2 numbers of C that stay in
// registers, over panels of A and B that are copied to lie in the order in which
// they are read.
func goGemm[T float](transA, transB bool, m, n, k int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int) {
	if m == 0 || n == 0 {
		return
	}
	for i := range m {
		row := c[i*ldc : i*ldc+n]
		switch beta {
		case 0:
			clear(row)
		case 1:
		default:
			for j := range row {
				row[j] *= beta
			}
		}
	}
	const (
		mr, nr = 4, 2
		depth  = 256 // of a panel, along k
		width  = 256 // of B's panel: 512 kB in float64 at most
	)
	strips := (min(n, width) + nr - 1) / nr
	buf, done := scratch[T]((strips*nr + mr) * min(k, depth))
	defer done()
	for p0 := 0; p0 < k; p0 += depth {
		kc := min(depth, k-p0)
		pa, pb := buf[:mr*kc], buf[mr*kc:]
		for j0 := 0; j0 < n; j0 += width {
			nc := min(width, n-j0)
			pack(pb, nr, !transB, b, ldb, j0, nc, p0, kc)
			for i0 := 0; i0 < m; i0 += mr {
				mc := min(mr, m-i0)
				pack(pa, mr, transA, a, lda, i0, mc, p0, kc)
				for j := 0; j < nc; j += nr {
					tile := product4x2(pa, pb[j*kc:(j+nr)*kc])
					for i := range mc {
						row := c[(i0+i)*ldc+j0+j:]
						row[0] += alpha * tile[2*i]
						if j+1 < nc {
							row[1] += alpha * tile[2*i+1]
						}
					}
				}
			}
		}
	}
}

// pack copies the lines i0..i0+count-1 of a matrix, from p0 on kc deep, into
// strips of r lines, one after the other along the depth; what is missing to
// whole strips is zero. across says that a line runs down the rows of x.
func pack[T float](dst []T, r int, across bool, x []T, ld, i0, count, p0, kc int) {
	for i := 0; i < count; i += r {
		strip := dst[i*kc : (i+r)*kc]
		for q := range r {
			switch {
			case i+q >= count:
				for p := range kc {
					strip[p*r+q] = 0
				}
			case across:
				at := p0*ld + i0 + i + q
				for p := range kc {
					strip[p*r+q] = x[at+p*ld]
				}
			default:
				line := x[(i0+i+q)*ld+p0:][:kc]
				for p, v := range line {
					strip[p*r+q] = v
				}
			}
		}
	}
}

// product4x2 is the sums over p of a[4p+i]*b[2p+j].
func product4x2[T float](a, b []T) (c [8]T) {
	var c00, c01, c10, c11, c20, c21, c30, c31 T
	for len(a) >= 4 && len(b) >= 2 {
		b0, b1 := b[0], b[1]
		a0 := a[0]
		c00 += a0 * b0
		c01 += a0 * b1
		a1 := a[1]
		c10 += a1 * b0
		c11 += a1 * b1
		a2 := a[2]
		c20 += a2 * b0
		c21 += a2 * b1
		a3 := a[3]
		c30 += a3 * b0
		c31 += a3 * b1
		a, b = a[4:], b[2:]
	}
	return [8]T{c00, c01, c10, c11, c20, c21, c30, c31}
}
