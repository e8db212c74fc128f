// Package devicetest holds an implementation of device.Device against the loops
// in the interface's comments, written out here in float64.
//
//	memory.go      New, Upload, Download, Copy, views
//	arithmetic.go  elementwise work, reductions, rows, tables, random numbers
//	linalg.go      products, eigenvalues, factorisations
//	updates.go     the optimisers' steps
//	layers*.go     what networks need, with its derivatives
//	physics.go     spin glasses and walkers
//	descent.go     steps on the sphere
//	grids.go       equations on grids
//	transforms.go  Fourier and cosine transforms
//	map.go         the forces of t-SNE
package devicetest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"glassy/lab/device"
)

// Run holds the device that open gives against the definition of every
// operation, each in a subtest. open is called once.
func Run(t *testing.T, open func(t *testing.T) device.Device) {
	dev := open(t)
	for _, test := range []struct {
		name string
		run  func(t *testing.T, dev device.Device)
	}{
		{"memory", testMemory},
		{"elementwise", testElementwise},
		{"views", testViews},
		{"reductions", testReductions},
		{"rows", testRows},
		{"tables", testTables},
		{"random numbers", testRandom},
		{"arithmetic of wrong shapes", testArithmeticPanics},
		{"products", testGemm},
		{"products not finite", testGemmNotFinite},
		{"products of wrong shapes", testGemmPanics},
		{"eigenvalues", testSymEigen},
		{"Cholesky", testCholesky},
		{"singular values", testSVD},
		{"update", testUpdate},
		{"Adam", testAdam},
		{"concurrent use", testConcurrentUse},
		{"channels", testChannels},
		{"nonlinearities", testActivate},
		{"convolution", testConv},
		{"pooling", testPool},
		{"normalisation", testNorm},
		{"softmax", testSoftmax},
		{"LSTM", testLSTM},
		{"spins", testSpins},
		{"walkers", testWalkers},
		{"descent", testSphereSteps},
		{"repulsion", testRepulsion},
		{"attraction", testAttraction},
		{"exponentials", testExponentials},
		{"explicit steps", testHamiltonJacobi},
		{"lines", testSolveLines},
		{"transforms", testTransforms},
		{"long transforms", testLongTransforms},
		{"sparse products", testSparseProduct},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, dev) })
	}
}

// floats are the types that every operation is tried with.
var floats = []device.DType{device.Float32, device.Float64}

// epsilon is the unit roundoff of a type.
func epsilon(t device.DType) float64 {
	if t == device.Float32 {
		return 0x1p-24
	}
	return 0x1p-53
}

// random is n numbers of type t on [-1, 1), as float64.
func random(t device.DType, n int, seed uint64) []float64 {
	r := rand.New(rand.NewPCG(seed, uint64(n)))
	x := make([]float64, n)
	for i := range x {
		x[i] = 2*r.Float64() - 1
		if t == device.Float32 {
			x[i] = float64(float32(x[i]))
		}
	}
	return x
}

// put is a copy of x on the device, as a view into the middle of a longer
// vector: an implementation that forgets a view's offset fails.
func put(dev device.Device, t device.DType, x []float64) device.Vector {
	const margin = 3
	whole := dev.New(t, len(x)+2*margin)
	view := whole.Slice(margin, margin+len(x))
	dev.Upload(view, device.Of(x))
	return view
}

// same fails unless got is want to within tol[i], or tol[0] where it is one
// number; NaN equals NaN only.
func same(t *testing.T, what string, got device.Vector, want []float64, tol ...float64) {
	t.Helper()
	have := device.Read[float64](got)
	if len(have) != len(want) {
		t.Errorf("%s: length %d, expected %d", what, len(have), len(want))
		return
	}
	for i, w := range want {
		bound := tol[min(i, len(tol)-1)]
		h := have[i]
		if math.IsNaN(w) && math.IsNaN(h) || h == w {
			continue
		}
		if !(math.Abs(h-w) <= bound) {
			t.Errorf("%s: number %d is %v, expected %v within %.2g", what, i, h, w, bound)
			return
		}
	}
}

// panics fails unless f panics with a message that starts with "device: op: ".
func panics(t *testing.T, op string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		p := recover()
		if want := fmt.Sprintf("device: %s: ", op); p == nil || len(fmt.Sprint(p)) <= len(want) || fmt.Sprint(p)[:len(want)] != want {
			t.Errorf("%s: panic %v, expected one that starts with %q", op, p, want)
		}
	}()
	f()
}
