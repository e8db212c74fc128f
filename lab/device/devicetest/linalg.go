package devicetest

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"glassy/lab/device"
)

func testGemm(t *testing.T, dev device.Device) {
	sizes := [][3]int{ // m, n, k
		{1, 1, 1}, {2, 3, 4}, {1, 7, 5}, {7, 1, 5}, {5, 6, 1}, {4, 4, 4}, {5, 5, 5}, {17, 13, 9}, {64, 64, 64},
		{33, 65, 300}, {130, 257, 129}, {1, 300, 700}, {300, 1, 700}, {3, 3, 5000}, {90, 700, 70},
		{0, 3, 2}, {3, 0, 2}, {3, 4, 0}, {0, 0, 0},
	}
	for _, dt := range floats {
		for i, s := range sizes {
			for variant := range 4 {
				// Rows further apart than they are long, and the usual factors.
				gap, alpha, beta := 0, 1.0, 0.0
				if variant%2 == 1 || i%2 == 1 {
					gap, alpha, beta = i%3, -1.5, 0.5
				}
				if i%5 == 4 {
					beta = 1
				}
				oneGemm(t, dev, dt, variant&1 != 0, variant&2 != 0, s[0], s[1], s[2], alpha, beta, gap)
			}
		}
		oneGemm(t, dev, dt, false, false, 3, 4, 5, 0, 2, 0)
	}
}

func oneGemm(t *testing.T, dev device.Device, dt device.DType, transA, transB bool, m, n, k int, alpha, beta float64, gap int) {
	t.Helper()
	rowsA, colsA, rowsB, colsB := m, k, k, n
	if transA {
		rowsA, colsA = k, m
	}
	if transB {
		rowsB, colsB = n, k
	}
	lda, ldb, ldc := max(1, colsA+gap), max(1, colsB+gap), max(1, n+gap)
	// What lies between the rows is NaN: it may be neither read nor changed.
	a, b, c := strided(dt, rowsA, colsA, lda, 1), strided(dt, rowsB, colsB, ldb, 2), strided(dt, m, n, ldc, 3)
	want, bound := slices.Clone(c), make([]float64, len(c))
	for i := range m {
		for j := range n {
			sum, size := 0.0, 0.0
			for p := range k {
				ai, bi := i*lda+p, p*ldb+j
				if transA {
					ai = p*lda + i
				}
				if transB {
					bi = j*ldb + p
				}
				sum += a[ai] * b[bi]
				size += math.Abs(a[ai] * b[bi])
			}
			at := i*ldc + j
			want[at] = alpha * sum
			if beta != 0 {
				want[at] += beta * c[at]
			} else {
				c[at] = math.NaN() // is overwritten whatever it is
			}
			// Higham 2002, (3.13), for the k products, and three roundings more.
			bound[at] = epsilon(dt) * (2*float64(k)*math.Abs(alpha)*size + 3*math.Abs(want[at]) + 3*math.Abs(beta*c[at]))
			if beta == 0 {
				bound[at] = epsilon(dt) * (2*float64(k)*math.Abs(alpha)*size + 3*math.Abs(want[at]))
			}
		}
	}
	va, vb, vc := put(dev, dt, a), put(dev, dt, b), put(dev, dt, c)
	dev.Gemm(transA, transB, m, n, k, alpha, va, lda, vb, ldb, beta, vc, ldc)
	same(t, fmt.Sprintf("%v Gemm(%v, %v, %d, %d, %d, %g, %g)", dt, transA, transB, m, n, k, alpha, beta), vc, want, append(bound, 0)...)
	same(t, "Gemm's A", va, a, 0)
}

// strided is a random rows×cols matrix with NaN between its rows.
func strided(dt device.DType, rows, cols, ld int, seed uint64) []float64 {
	if rows == 0 || cols == 0 {
		return nil
	}
	x := random(dt, (rows-1)*ld+cols, seed)
	for i := range x {
		if i%ld >= cols {
			x[i] = math.NaN()
		}
	}
	return x
}

func testGemmNotFinite(t *testing.T, dev device.Device) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, dt := range floats {
		// 0·NaN and 0·∞ are NaN, in small products and in large ones.
		for _, n := range []int{2, 50} {
			a, b := make([]float64, n*n), make([]float64, n*n)
			b[0], b[n+1] = nan, inf
			c := dev.New(dt, n*n)
			dev.Gemm(false, false, n, n, n, 1, put(dev, dt, a), n, put(dev, dt, b), n, 0, c, n)
			want := make([]float64, n*n)
			for i := range n {
				want[i*n], want[i*n+1] = nan, nan
			}
			same(t, fmt.Sprintf("%v Gemm of zeros with NaN and Inf, n = %d", dt, n), c, want, 0)
		}
	}
}

func testGemmPanics(t *testing.T, dev device.Device) {
	x := dev.New(device.Float32, 12)
	gemm := func(m, n, k int, a device.Vector, lda int, b device.Vector, ldb int, c device.Vector, ldc int) func() {
		return func() { dev.Gemm(false, false, m, n, k, 1, a, lda, b, ldb, 0, c, ldc) }
	}
	gemm(3, 3, 4, x, 4, x, 3, dev.New(device.Float32, 9), 3)() // the one that is right
	panics(t, "Gemm", gemm(3, 3, 4, x, 3, x, 3, dev.New(device.Float32, 9), 3))
	panics(t, "Gemm", gemm(3, 3, 4, x, 4, x, 2, dev.New(device.Float32, 9), 3))
	panics(t, "Gemm", gemm(3, 3, 4, x, 4, x, 3, dev.New(device.Float32, 9), 2))
	panics(t, "Gemm", gemm(3, 3, 4, x.Slice(0, 11), 4, x, 3, dev.New(device.Float32, 9), 3))
	panics(t, "Gemm", gemm(3, 3, 4, x, 4, x.Slice(0, 11), 3, dev.New(device.Float32, 9), 3))
	panics(t, "Gemm", gemm(3, 3, 4, x, 4, x, 3, dev.New(device.Float32, 8), 3))
	panics(t, "Gemm", gemm(3, 3, 4, x, 4, x, 3, dev.New(device.Float64, 9), 3))
	panics(t, "Gemm", gemm(-1, 3, 4, x, 4, x, 3, dev.New(device.Float32, 9), 3))
}

func testSymEigen(t *testing.T, dev device.Device) {
	for _, dt := range floats {
		// The second difference on 1..n: eigenvalues 2-2cos(πk/(n+1)), exactly.
		for _, n := range []int{0, 1, 2, 3, 10, 60} {
			a := make([]float64, n*n)
			for i := range n {
				a[i*n+i] = 2
				if i+1 < n {
					a[i*n+i+1] = -1
				}
				for j := range i { // the lower triangle is not read
					a[i*n+j] = math.NaN()
				}
			}
			exact := make([]float64, n)
			for k := range n {
				exact[k] = 2 - 2*math.Cos(math.Pi*float64(k+1)/float64(n+1))
			}
			// LAPACK's bound is a modest multiple of ε|A|, |A| < 4; it grows slowly with n.
			tol := 20 * float64(n+1) * epsilon(dt)
			for _, vectors := range []bool{false, true} {
				va, w := put(dev, dt, a), dev.New(dt, n)
				if err := dev.SymEigen(n, va, w, vectors); err != nil {
					t.Fatal(err)
				}
				same(t, fmt.Sprintf("%v SymEigen's values, n = %d", dt, n), w, exact, tol)
				if !vectors {
					continue
				}
				v := device.Read[float64](va)
				for i := range n {
					for j := range n {
						dot, want := 0.0, 0.0
						for k := range n {
							dot += v[i*n+k] * v[j*n+k]
						}
						if i == j {
							want = 1
						}
						if !(math.Abs(dot-want) <= tol) {
							t.Fatalf("%v SymEigen: rows %d and %d of %d have product %v, expected %v", dt, i, j, n, dot, want)
						}
						// (A v)_j = λ v_j
						av := 2 * v[i*n+j]
						if j > 0 {
							av -= v[i*n+j-1]
						}
						if j+1 < n {
							av -= v[i*n+j+1]
						}
						if !(math.Abs(av-exact[i]*v[i*n+j]) <= 2*tol) {
							t.Fatalf("%v SymEigen: row %d of %d is no eigenvector", dt, i, n)
						}
					}
				}
			}
		}
		notFinite := put(dev, dt, []float64{1, math.NaN(), 0, 1})
		if err := dev.SymEigen(2, notFinite, dev.New(dt, 2), true); err == nil {
			t.Errorf("%v SymEigen of NaN: no error", dt)
		}
		panics(t, "SymEigen", func() { dev.SymEigen(2, dev.New(dt, 4), dev.New(dt, 1), true) })
		panics(t, "SymEigen", func() { dev.SymEigen(2, dev.New(dt, 5), dev.New(dt, 2), true) })
	}
}

func testCholesky(t *testing.T, dev device.Device) {
	for _, dt := range floats {
		for _, n := range []int{0, 1, 2, 7, 100} {
			// A = Bᵀ B + n I, well conditioned.
			b := random(dt, n*n, 4)
			a, read := make([]float64, n*n), make([]float64, n*n)
			for i := range n {
				for j := range n {
					for k := range n {
						a[i*n+j] += b[k*n+i] * b[k*n+j]
					}
					if i == j {
						a[i*n+j] += float64(n)
					}
					if read[i*n+j] = a[i*n+j]; j < i {
						read[i*n+j] = math.NaN() // the lower triangle is not read
					}
				}
			}
			va := put(dev, dt, read)
			if err := dev.Cholesky(n, va); err != nil {
				t.Fatal(err)
			}
			u := device.Read[float64](va)
			for i := range n {
				for j := range n {
					sum := 0.0
					for k := range n {
						sum += u[k*n+i] * u[k*n+j]
					}
					// Higham 2002, theorem 10.3: |A - UᵀU| ≤ (n+1)ε |Uᵀ||U| ≤ (n+1)ε √(a_ii a_jj);
					// once more for the rounding of A to the type.
					if tol := (float64(n) + 2) * epsilon(dt) * math.Sqrt(a[i*n+i]*a[j*n+j]) * 1.1; !(math.Abs(sum-a[i*n+j]) <= tol) {
						t.Fatalf("%v Cholesky, n = %d: UᵀU at (%d, %d) is %v, expected %v", dt, n, i, j, sum, a[i*n+j])
					}
					if j < i && u[i*n+j] != 0 {
						t.Fatalf("%v Cholesky: %v below the diagonal", dt, u[i*n+j])
					}
				}
			}
		}
		for minor := 1; minor <= 5; minor++ {
			a := make([]float64, 25)
			for i := range 5 {
				a[i*5+i] = 1
			}
			a[(minor-1)*6] = -1
			err := dev.Cholesky(5, put(dev, dt, a))
			if want := fmt.Sprintf("order %d ", minor); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%v Cholesky of a matrix that is not positive definite: %v, expected %q in it", dt, err, want)
			}
		}
		if err := dev.Cholesky(1, put(dev, dt, []float64{math.NaN()})); err == nil {
			t.Errorf("%v Cholesky of NaN: no error", dt)
		}
		panics(t, "Cholesky", func() { dev.Cholesky(2, dev.New(dt, 3)) })
	}
}

func testSVD(t *testing.T, dev device.Device) {
	for _, dt := range floats {
		for _, s := range [][2]int{{0, 3}, {1, 1}, {1, 4}, {4, 1}, {3, 3}, {5, 9}, {40, 7}, {30, 30}} {
			m, n := s[0], s[1]
			k := min(m, n)
			a := random(dt, m*n, 5)
			u, sv, vt := dev.New(dt, m*k), dev.New(dt, k), dev.New(dt, k*n)
			if err := dev.SVD(m, n, put(dev, dt, a), u, sv, vt); err != nil {
				t.Fatal(err)
			}
			U, S, V := device.Read[float64](u), device.Read[float64](sv), device.Read[float64](vt)
			norm := 0.0
			for _, x := range a {
				norm += x * x
			}
			// A modest multiple of ε|A|, as for SymEigen.
			tol := 20 * float64(max(m, n)) * epsilon(dt) * max(1, math.Sqrt(norm))
			for i := range m {
				for j := range n {
					sum := 0.0
					for p := range k {
						sum += U[i*k+p] * S[p] * V[p*n+j]
					}
					if !(math.Abs(sum-a[i*n+j]) <= tol) {
						t.Fatalf("%v SVD of %d×%d: the product at (%d, %d) is %v, expected %v", dt, m, n, i, j, sum, a[i*n+j])
					}
				}
			}
			for p := range k {
				for q := range k {
					uu, vv, want := 0.0, 0.0, 0.0
					for i := range m {
						uu += U[i*k+p] * U[i*k+q]
					}
					for j := range n {
						vv += V[p*n+j] * V[q*n+j]
					}
					if p == q {
						want = 1
					}
					if !(math.Abs(uu-want) <= tol && math.Abs(vv-want) <= tol) {
						t.Fatalf("%v SVD of %d×%d: vectors %d and %d have products %v and %v, expected %v", dt, m, n, p, q, uu, vv, want)
					}
				}
				if p > 0 && !(S[p] <= S[p-1]) || !(S[p] >= 0) {
					t.Fatalf("%v SVD: singular values %v", dt, S)
				}
			}
		}
		if err := dev.SVD(1, 1, put(dev, dt, []float64{math.Inf(1)}), dev.New(dt, 1), dev.New(dt, 1), dev.New(dt, 1)); err == nil {
			t.Errorf("%v SVD of Inf: no error", dt)
		}
		panics(t, "SVD", func() { dev.SVD(2, 3, dev.New(dt, 6), dev.New(dt, 4), dev.New(dt, 3), dev.New(dt, 6)) })
	}
}
