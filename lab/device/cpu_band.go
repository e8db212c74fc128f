package device

// Eigenvalues alone of a large matrix come in two stages, full to band and band to
// tridiagonal (Bischof, Lang & Sun 2000), the first of them here: LAPACK's own is on
// one thread, and on many its bits would depend on their number.

// bandFrom is the size from which that pays: in float64, on one thread, 2500 numbers take
// 0.6 of the time that they take in one stage.
var bandFrom = 2000 // a test has it smaller

const (
	bandWidth = 64  // of the band: the first stage likes it wide, the second narrow
	bandStrip = 256 // rows that are a task
)

// toBand makes the symmetric a, n×n, of which it reads the upper triangle, into a band
// matrix with the same eigenvalues, Qᵀ A Q: its row i is a[i][i … i+bandWidth], and
// the rest of a holds no more of it. b rows at a time, what is right of the band is
// P = R Qᵀ with Q = I - V T Vᵀ, and what is below them
//
//	A - W Vᵀ - V Wᵀ,  W = Y - ½ V Tᵀ Vᵀ Y,  Y = A V T
//
// all of it products of matrices, in strips of rows. Tiles on the diagonal are kept whole.
func toBand[T float](d *cpu, n int, a []T) {
	const b = bandWidth
	for i := range n {
		for j := i + 1; j < min(n, (i/bandStrip+1)*bandStrip); j++ {
			a[j*n+i] = a[i*n+j]
		}
	}
	size := max(0, n-b)
	v, y, w := make([]T, size*b), make([]T, size*b), make([]T, size*b)
	left, right := make([]T, 2*size*b), make([]T, 2*size*b)
	gram, t, tau := make([]T, b*b), make([]T, b*b), make([]T, b)
	for k := 0; k+b+1 < n; k += b {
		from, m := k+b, n-k-b
		p := min(m, b) // reflections
		libraryQR(d.blas, m, b, a[k*n+from:], n, tau)
		v, y, w := v[:m*p], y[:m*p], w[:m*p]
		for r := range m {
			row := v[r*p : (r+1)*p]
			for c := range row {
				switch {
				case c < r:
					row[c] = a[(k+c)*n+from+r]
				case c == r:
					row[c] = 1
				default:
					row[c] = 0
				}
			}
		}
		cutGemm(d, true, false, p, p, m, 1, v, p, v, p, 0, gram, p)
		triangle(p, gram, tau, t)

		// Y = A V T, A's upper triangle
		first := from / bandStrip
		strips := (n+bandStrip-1)/bandStrip - first
		strip := func(task int) (i, to int) {
			i = (first + task) * bandStrip
			return max(i, from), min(i+bandStrip, n)
		}
		d.each(strips, func(task int) {
			i, to := strip(task)
			above := i - from
			gemm(d, false, false, to-i, p, n-i, 1, a[i*n+i:], n, v[above*p:], p, 0, y[above*p:], p)
			if above > 0 {
				gemm(d, true, false, to-i, p, above, 1, a[from*n+i:], n, v, p, 1, y[above*p:], p)
			}
		})
		cutGemm(d, false, false, m, p, p, 1, y, p, t, p, 0, w, p)

		// W = Y - ½ V Tᵀ Vᵀ Y
		cutGemm(d, true, false, p, p, m, 1, v, p, w, p, 0, gram, p)
		half := y[:p*p]
		gemm(d, true, false, p, p, p, 1, t, p, gram, p, 0, half, p)
		cutGemm(d, false, false, m, p, p, -0.5, v, p, half, p, 1, w, p)

		// A -= [W V] [V W]ᵀ
		left, right := left[:2*m*p], right[:2*m*p]
		for r := range m {
			l, q := left[2*r*p:2*(r+1)*p], right[2*r*p:2*(r+1)*p]
			copy(l, w[r*p:(r+1)*p])
			copy(l[p:], v[r*p:(r+1)*p])
			copy(q, l[p:])
			copy(q[p:], l[:p])
		}
		d.each(strips, func(task int) {
			i, to := strip(task)
			above := 2 * (i - from) * p
			gemm(d, false, true, to-i, n-i, 2*p, -1, left[above:], 2*p, right[above:], 2*p, 1, a[i*n+i:], n)
		})
	}
}

// triangle writes to t the upper triangular T, p×p, of H_1 … H_p = I - V T Vᵀ, with
// H_j = I - tau_j v_j v_jᵀ and gram = Vᵀ V (Schreiber & Van Loan 1989).
func triangle[T float](p int, gram, tau, t []T) {
	clear(t[:p*p])
	for j := range p {
		t[j*p+j] = tau[j]
		for i := range j {
			var sum T
			for k := i; k < j; k++ {
				sum += t[i*p+k] * gram[k*p+j]
			}
			t[i*p+j] = -tau[j] * sum
		}
	}
}

// bandEigen writes to w the eigenvalues of the symmetric a, n×n, ascending; info is
// LAPACK's. The first stage is in a's type, the second, which rounds more often, in float64.
func bandEigen[T float](d *cpu, n int, a, w []T) (info int) {
	toBand(d, n, a)
	const rows = bandWidth + 1
	band, values := make([]float64, n*rows), make([]float64, n)
	for i := range n {
		for j := range min(rows, n-i) {
			band[i*rows+j] = float64(a[i*n+i+j])
		}
	}
	info = libraryBandEigen(d.blas, n, bandWidth, band, values)
	for i, x := range values {
		w[i] = T(x)
	}
	return info
}
