//go:build cuda

package cuda

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"glassy/cuda/internal/nvidia/nvidiatest"
	"glassy/lab/device"
)

// What runs in cuBLAS and cuSOLVER is what our kernels and the CPU compute. The
// stand-ins for the libraries work on the mock's memory, which is the host's.
func TestWithLibraries(t *testing.T) {
	if out, parent := planted(t); parent {
		if !strings.Contains(out, "\nallocations 0\n") {
			t.Errorf("memory is left:\n%s", out)
		}
		return
	}
	root := t.TempDir()
	if err := nvidiatest.Build(root); err != nil {
		t.Fatal(err)
	}
	Search(root)
	d := open(t)
	blas, err := d.libraries.useBLAS(d.gpu)
	if err != nil {
		t.Fatal(err)
	}
	solver, err := d.libraries.useSolver(d.gpu)
	if err != nil {
		t.Fatal(err)
	}
	for variant := range 4 {
		for _, dt := range []device.DType{device.Float32, device.Float64} {
			for _, count := range []int{1, 3} {
				g := gemmCase{transA: variant&1 != 0, transB: variant&2 != 0, m: 7, n: 5, k: 9, count: count, gapA: 1, gapB: 2, gapC: 3, offset: 1, beta: 2}
				tryGemm(t, d, dt, "cuBLAS", g, func(p product) {
					if !d.byLibrary(blas, dt, p) {
						t.Error("cuBLAS does not take it")
					}
				})
			}
		}
	}
	r := rand.New(rand.NewPCG(5, 5))
	for _, dt := range []device.DType{device.Float32, device.Float64} {
		const n = 12
		epsilon := 0x1p-53
		if dt == device.Float32 {
			epsilon = 0x1p-24
		}
		tol := 400 * n * epsilon // LAPACK's bound is a modest multiple of ε|A|, |A| < 3n here, on each side
		a := make([]float64, n*n)
		for i := range n {
			for j := i; j < n; j++ {
				a[i*n+j] = 2*r.Float64() - 1
				a[j*n+i] = a[i*n+j]
			}
			a[i*n+i] += 2 * n // positive definite, by its rows' sums
		}
		here, there := device.Put(d, dt, a), device.Put(device.CPU(), dt, a)
		w, want := d.New(dt, n), device.CPU().New(dt, n)
		if err := d.symEigen(solver, n, here, w, true); err != nil {
			t.Fatal(err)
		}
		if err := device.CPU().SymEigen(n, there, want, true); err != nil {
			t.Fatal(err)
		}
		near(t, "eigenvalues", w, want, tol)
		d.Free(w)
		d.Upload(here, device.Of(a))
		there = device.Put(device.CPU(), dt, a)
		if err := d.cholesky(solver, n, here); err != nil {
			t.Fatal(err)
		}
		if err := device.CPU().Cholesky(n, there); err != nil {
			t.Fatal(err)
		}
		near(t, "Cholesky factor", here, there, tol)
		a[3*n+3] = -1
		d.Upload(here, device.Of(a))
		mine, cpus := d.cholesky(solver, n, here), device.CPU().Cholesky(n, device.Put(device.CPU(), dt, a))
		if mine == nil || mine.Error() != cpus.Error() {
			t.Errorf("not positive definite: %v, the CPU says %v", mine, cpus)
		}
		d.Free(here)
		for _, s := range [][2]int{{4, 9}, {9, 4}, {40, 33}} {
			m, n := s[0], s[1]
			k := min(m, n)
			a := make([]float64, m*n)
			for i := range a {
				a[i] = 2*r.Float64() - 1
			}
			va, u, sv, vt := device.Put(d, dt, a), d.New(dt, m*k), d.New(dt, k), d.New(dt, k*n)
			if err := d.svd(solver, m, n, va, u, sv, vt); err != nil {
				t.Fatal(err)
			}
			product := make([]float64, m*n)
			U, S, V := device.Read[float64](u), device.Read[float64](sv), device.Read[float64](vt)
			for i := range m {
				for j := range n {
					for p := range k {
						product[i*n+j] += U[i*k+p] * S[p] * V[p*n+j]
					}
				}
			}
			near(t, "the product of singular vectors", device.Of(product), device.Of(a), tol*float64(max(m, n)))
			for _, v := range []device.Vector{va, u, sv, vt} {
				d.Free(v)
			}
		}
	}
	var where []string
	for _, c := range d.Counts() {
		if c.Where == "cuBLAS" || c.Where == "cuSOLVER" {
			where = append(where, c.Operation+" "+c.Where)
		}
	}
	if have := strings.Join(where, ", "); have != "Cholesky cuSOLVER, Gemm cuBLAS, SVD cuSOLVER, SymEigen cuSOLVER" {
		t.Errorf("counted are %s", have)
	}
}

// Our own factorisation finds what is wrong in any of its steps, in the CPU's
// words, and rounds as the type does when products may round to TF32.
func TestCholesky(t *testing.T) {
	d := open(t)
	d.TF32(true)
	const n = 131
	r := rand.New(rand.NewPCG(6, 6))
	for _, dt := range []device.DType{device.Float32, device.Float64} {
		a := make([]float64, n*n)
		for i := range a {
			a[i] = float64(float32(2*r.Float64() - 1))
		}
		for i := range n {
			a[i*n+i] = n // positive definite, by its rows' sums
		}
		factor := func(dev device.Device) (device.Vector, error) {
			v := device.Put(dev, dt, a)
			return v, dev.Cholesky(n, v)
		}
		have, err := factor(d)
		want, _ := factor(device.CPU())
		if err != nil {
			t.Fatal(err)
		}
		epsilon := 0x1p-53
		if dt == device.Float32 {
			epsilon = 0x1p-24
		}
		near(t, "Cholesky factor", have, want, 2*(n+1)*epsilon*math.Sqrt(n)) // as devicetest's, on each side; a_ii = n
		for _, wrong := range []struct {
			i, j int
			x    float64
		}{{2, 2, -1}, {100, 100, 0}, {130, 130, -3}, {60, 80, math.NaN()}, {0, 130, math.Inf(1)}, {50, 50, math.Inf(1)}} {
			kept := a[wrong.i*n+wrong.j]
			a[wrong.i*n+wrong.j] = wrong.x
			_, mine := factor(d)
			_, cpus := factor(device.CPU())
			if mine == nil || mine.Error() != cpus.Error() {
				t.Errorf("%v with %v at (%d, %d): %v, the CPU says %v", dt, wrong.x, wrong.i, wrong.j, mine, cpus)
			}
			a[wrong.i*n+wrong.j] = kept
		}
	}
}

func near(t *testing.T, what string, have, want device.Vector, tol float64) {
	t.Helper()
	h, w := device.Read[float64](have), device.Read[float64](want)
	for i := range w {
		if !(math.Abs(h[i]-w[i]) <= tol) {
			t.Fatalf("%v %s: number %d is %v, expected %v within %.2g", have.DType(), what, i, h[i], w[i], tol)
		}
	}
}
