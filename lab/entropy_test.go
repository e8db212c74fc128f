package lab_test

import (
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/floats"

	"glassy/lab/data"
	"glassy/lab/device"
	"glassy/lab/entropy"
	"glassy/lab/glass"
	"glassy/lab/net"
	"glassy/lab/optim"
	"glassy/lab/pde"
	"glassy/lab/rng"
	"glassy/lab/wells"
)

// Local entropy is the solution of the viscous Hamilton-Jacobi equation at time γ, at a
// point and on a grid of the plane: two computations that share nothing.
func TestLocalEntropyIsColeHopf(t *testing.T) {
	f := wells.CosineInBowl(0.5, 1, 3, 0.4)
	for _, x := range []float64{-2, 0, 1.3} {
		for _, β := range []float64{1, 20} {
			p, err := entropy.Of(wells.New(f), 0.3, β).Quadrature([]float64{x})
			if err != nil {
				t.Fatal(err)
			}
			u := pde.ViscousAt(f.At, x, 0.3, β)
			for what, d := range map[string]float64{"value": p.Value - u.Value, "slope": p.Gradient[0] - u.Slope, "curvature": p.Hessian[0] - u.Curvature, "mean": p.Mean[0] - u.Mean} {
				if !(math.Abs(d) < 1e-11) {
					t.Errorf("%s at %v, β = %v, differs by %v", what, x, β, d)
				}
			}
		}
	}

	const β, γ = 4, 0.2
	g := wells.FuncGradient(2,
		func(x []float64) float64 { return x[0]*x[0]/2 + math.Cos(3*x[0]+x[1]) + math.Pow(x[1], 4)/4 },
		func(x, g []float64) {
			s := math.Sin(3*x[0] + x[1])
			g[0], g[1] = x[0]-3*s, math.Pow(x[1], 3)-s
		})
	grid := pde.NewGrid(pde.Line(-6, 6, 301), pde.Line(-5, 5, 251))
	field, err := grid.Sample(func(x []float64) float64 { return g.At(x...) })
	if err != nil {
		t.Fatal(err)
	}
	u, err := pde.Viscous(field, γ, β)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range []int{150, 170, 100} {
		for _, j := range []int{125, 150} {
			x := []float64{grid[0].At(i), grid[1].At(j)}
			p, err := entropy.Of(g, γ, β).Quadrature(x)
			if err != nil {
				t.Fatal(err)
			}
			if d := p.Value - u.Values[i*251+j]; !(math.Abs(d) < 1e-10) {
				t.Errorf("in the plane at %v: value differs by %v", x, d)
			}
		}
	}
}

// In many variables the closed form of package wells is Laplace's, and what chains find,
// in either type.
func TestLocalEntropyOfQuadratics(t *testing.T) {
	const d, γ, β = 12, 0.8, 3
	a, centre := make([]float64, d*d), make([]float64, d)
	for i := range d {
		centre[i] = float64(i) / d
		for j := range d {
			a[i*d+j] = 1 / float64(1+i+j)
		}
		a[i*d+i] += float64(i) / 4
	}
	q := wells.NewQuadratic(a, centre)
	smoothed := q.LocalEntropy(γ, β)
	want, slope := smoothed.At(make([]float64, d)...), make([]float64, d)
	smoothed.Gradient(device.Of(make([]float64, d)), device.Of(slope))
	for dtype, rounding := range map[device.DType]float64{device.Float64: 1e-12, device.Float32: 1e-5} {
		f := q.On(device.CPU(), dtype)
		l := entropy.Of(f, γ, β)
		p, err := l.Laplace(f.New())
		if err != nil {
			t.Fatal(err)
		}
		if !(math.Abs(p.Value-want) < rounding) || !(floats.Distance(p.Gradient, slope, 2) < rounding) {
			t.Errorf("%v: Laplace has %v, expected %v, gradient off by %v", dtype, p.Value, want, floats.Distance(p.Gradient, slope, 2))
		}
		r := l.Integrate(f.New(), entropy.Options{Steps: 100, Seed: 1})
		if z := (r.Value.Value - want) / r.Value.Error; !(math.Abs(z) < 5) || !(r.Value.Error < 0.1) {
			t.Errorf("%v: chains have %v, expected %v", dtype, r.Value, want)
		}
		for k, v := range r.Gradient.Value {
			if !(math.Abs(v-slope[k]) < 5.5*r.Gradient.Error[k]) {
				t.Errorf("%v: slope %d is %v ± %v, expected %v", dtype, k, v, r.Gradient.Error[k], slope[k])
			}
		}
	}
}

// A network: both formulas of the gradient agree, and with Laplace's method where β is
// large; mini-batches change nothing but the noise.
func TestLocalEntropyOfNetwork(t *testing.T) {
	s := rng.Key(1).Stream()
	set := &data.Set{Name: "noise", Shape: []int{6}, Classes: 3, X: make([]float32, 40*6), Y: make([]int32, 40)}
	for i := range set.X {
		set.X[i] = float32(s.Normal())
	}
	for i := range set.Y {
		set.Y[i] = int32(s.IntN(3))
	}
	a := net.Architecture{Name: "6-4-3", Input: set.Shape, Classes: 3, Layers: []net.Layer{net.Dense{Out: 4}, net.Tanh{}, net.Dense{Out: 3}}}
	f, err := net.NewLoss(a, set, net.Options{DType: device.Float64, Device: device.CPU()})
	if err != nil {
		t.Fatal(err)
	}
	x := f.New()
	net.Initialise(a, net.HeNormal, 1, x)
	x = optim.Run(t.Context(), f, x, optim.SGD(0.3), optim.Options{Steps: 200}).Weights

	const chains = 16
	l := entropy.Of(f, 0.5, 1e3)
	p, err := l.Laplace(x)
	if err != nil {
		t.Fatal(err)
	}
	full := l.Sample(x, entropy.Options{Steps: 400, Chains: chains, Seed: 2})
	batches := l.Sample(x, entropy.Options{Method: entropy.SGLD, Step: 0.02, Batch: 10, Steps: 2000, Chains: chains, Seed: 3})
	if full.Status != entropy.Finished || batches.Status != entropy.Finished || !(full.RHat < 1.1) {
		t.Errorf("%v with R-hat %v, %v", full.Status, full.RHat, batches.Status)
	}
	size := floats.Norm(p.Gradient, 2)
	for name, got := range map[string]entropy.Numbers{
		"(3.10)": full.Gradient, "(4.13)": full.MeanGradient, "mini-batches": batches.MeanGradient,
	} {
		// Laplace's own error is of the order 1/β, beside the chains' of the same size.
		off, bar := floats.Distance(got.Value, p.Gradient, 2), floats.Norm(got.Error, 2)
		if !(off < 3*bar+0.05*size+1e-3) {
			t.Errorf("gradient by %s is off by %v of %v, with an error of %v", name, off, size, bar)
		}
	}
}

func TestLocalEntropyOnSphere(t *testing.T) {
	defer func() {
		if r := recover(); r == nil || !strings.Contains(r.(string), "sphere") {
			t.Errorf("a glass: %v, expected a panic that says why", r)
		}
	}()
	entropy.Of(glass.New(3, 10, glass.Seed(1)), 1, 1)
}
