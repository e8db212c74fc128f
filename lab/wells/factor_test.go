package wells

import (
	"fmt"
	"math"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"glassy/lab/device"
	"glassy/lab/rng"
)

// spectrum is the eigenvalues, ascending, of the Hessian made of its products.
func spectrum(t *testing.T, f *Factor, at []float64) []float64 {
	t.Helper()
	d := f.Dim()
	h := mat.NewSymDense(d, nil)
	x, hv := device.Of(at), f.New()
	for i := range d {
		e := make([]float64, d)
		e[i] = 1
		f.HessianVector(x, device.Of(e), hv)
		for j, v := range device.Host[float64](hv) {
			if j >= i {
				h.SetSym(i, j, v)
			}
		}
	}
	var eig mat.EigenSym
	if !eig.Factorize(h, false) {
		t.Fatal("no eigenvalues")
	}
	return eig.Values(nil)
}

func normals(label uint64, n int) []float64 {
	x := make([]float64, n)
	rng.Key(20).Split(label).Stream().Normals(x)
	return x
}

func TestFactorOrbit(t *testing.T) {
	const m, r, n = 5, 2, 4
	f := NewFactor(m, r, n, normals(1, m*n)) // of rank 4: no factors of rank 2 give it
	at, least := f.Minimum()
	if got := f.At(at...); math.Abs(got-least) > 1e-13 || least == 0 {
		t.Errorf("the energy of the minimum is %v, expected %v", got, least)
	}
	g := f.New()
	f.Gradient(device.Of(at), g)
	if worst := device.CPU().MaxAbs(g); worst > 1e-13 {
		t.Errorf("the gradient at the minimum is %v", worst)
	}
	for label := range uint64(4) {
		y, err := f.Transform(at, normals(10+label, r*r))
		if err != nil {
			t.Fatal(err)
		}
		if far := floats.Distance(y, at, 2); far < 0.1 {
			t.Errorf("moved by %v only", far)
		}
		if got := f.At(y...); math.Abs(got-least) > 1e-12*(1+floats.Norm(y, 2)) {
			t.Errorf("the energy along the orbit is %v, expected %v", got, least)
		}
		// A minimum that is isolated but for the orbit: r² zeros, the rest positive.
		values := spectrum(t, f, y)
		scale := values[len(values)-1]
		for i, v := range values {
			if zero := i < r*r; zero != (math.Abs(v) < 1e-11*scale) || v < -1e-11*scale {
				t.Errorf("eigenvalue %d of %d is %v, expected %d zeros and none negative", i, len(values), v, r*r)
			}
		}
	}
	if _, err := f.Transform(at, make([]float64, r*r)); err == nil {
		t.Error("P = 0 has an inverse")
	}
}

// Where AB = X the count is exact for all ranks of the factors.
func TestFactorNullDirections(t *testing.T) {
	const m, r, n = 4, 3, 5
	for rankA := range r + 1 {
		for rankB := range r + 1 {
			// The first rankA columns of A, the last rankB rows of B.
			at := normals(uint64(100+10*rankA+rankB), r*(m+n))
			for i := range m {
				clear(at[i*r+rankA : (i+1)*r])
			}
			clear(at[m*r : m*r+(r-rankB)*n])
			var x mat.Dense
			x.Mul(mat.NewDense(m, r, at[:m*r]), mat.NewDense(r, n, at[m*r:]))
			f := NewFactor(m, r, n, x.RawMatrix().Data)
			zeros := 0
			for _, v := range spectrum(t, f, at) {
				if math.Abs(v) < 1e-10 {
					zeros++
				}
			}
			if want := f.NullDirections(rankA, rankB); zeros != want {
				t.Errorf("ranks %d and %d: %d zeros, expected %d", rankA, rankB, zeros, want)
			}
		}
	}
}

// Between two minima of one orbit: over the hill on the straight line, level
// along the orbit.
func ExampleFactor() {
	f := NewFactor(2, 1, 2, []float64{2, 1, 4, 2}) // (1, 2)ᵀ (2, 1)
	at, least := f.Minimum()
	far, _ := f.Transform(at, []float64{3})
	middle := make([]float64, len(at))
	for i := range at {
		middle[i] = (at[i] + far[i]) / 2
	}
	curved, _ := f.Transform(at, []float64{math.Sqrt(3)})
	fmt.Printf("%v: least %.3f, midway %.3f, on the orbit %.3f\n", f, least, f.At(middle...), f.At(curved...))
	// Output: the factoring of a 2×2 matrix by rank 1 of 4 variables: least 0.000, midway 1.389, on the orbit 0.000
}
