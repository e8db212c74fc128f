package lab_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"glassy/lab/device"
	"glassy/lab/net"
	"glassy/lab/rng"
	"glassy/lab/spectrum"
	"glassy/lab/wells"
)

// The factored gradients of a network with layers of all kinds have the spectrum of
// the d×d matrix of their rows; in float32 to what Rounding says; on any number of
// threads the same.
func TestDiffusionOfNetworks(t *testing.T) {
	a := net.Architecture{Name: "convolutional", Input: []int{1, 8, 8}, Classes: 4, Layers: []net.Layer{
		net.Conv{Out: 3, Kernel: 3}, net.BatchNorm{}, net.Tanh{}, net.MaxPool{Size: 2},
		net.Conv{Out: 4, Kernel: 2}, net.Tanh{}, net.Dense{Out: 5}, net.BatchNorm{}, net.Tanh{}, net.Dense{Out: 4},
	}}
	for _, n := range []int{40, 300} { // d = 222
		var exact *spectrum.DiffusionSpectrum
		var last []float64 // eigenvalues in float32
		for _, c := range []struct {
			t       device.DType
			threads int
		}{{device.Float64, 1}, {device.Float32, 1}, {device.Float32, 3}} {
			f, err := net.NewLoss(a, noise(n, a.Input, a.Classes), net.Options{DType: c.t, Device: device.NewCPU(c.threads)})
			if err != nil {
				t.Fatal(err)
			}
			x := f.New()
			net.Initialise(a, net.PyTorch, rng.Key(1), x)
			f.Refresh(x)
			D := spectrum.NewDiffusion(f, x, spectrum.Noise{})
			s, err := D.Spectrum(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if got, want := D.Trace(), s.Trace().Value; math.Abs(got-want) > 1e2*s.Rounding {
				t.Errorf("N = %d: trace %v, of the eigenvalues %v", n, got, want)
			}
			if c.t == device.Float64 {
				exact = s
				whole, err := spectrum.Exact(t.Context(), D.Operator(), false)
				if err != nil {
					t.Fatal(err)
				}
				for i, λ := range slices.Backward(whole.Values) {
					at := i + len(s.Values) - len(whole.Values)
					if at < 0 { // one of the zeros
						if math.Abs(λ) > 1e-14*s.Largest() {
							t.Errorf("N = %d: eigenvalue %d of the matrix is %v, expected 0", n, i, λ)
						}
						continue
					}
					if math.Abs(λ-s.Values[at]) > 1e-13*s.Largest() {
						t.Errorf("N = %d: eigenvalue %d is %v, of the matrix %v", n, i, s.Values[at], λ)
					}
				}
				ends, err := spectrum.Lanczos(t.Context(), D.Operator(), spectrum.Ends{High: 2})
				if err != nil || math.Abs(ends.High[1].Value-s.Values[len(s.Values)-2]) > 1e-8*s.Largest() {
					t.Errorf("N = %d: second eigenvalue %v by products, %v (%v)", n, ends, s.Values[len(s.Values)-2], err)
				}
				continue
			}
			for i, λ := range s.Values {
				// The gradients are themselves right to some roundings of float32.
				if off := math.Abs(λ - exact.Values[i]); off > s.Rounding+1e-5*λ {
					t.Errorf("N = %d, float32: eigenvalue %d is %v, in float64 %v, rounding %v", n, i, λ, exact.Values[i], s.Rounding)
				}
			}
			if c.threads > 1 && !slices.Equal(s.Values, last) {
				t.Errorf("N = %d: other eigenvalues on %d threads than on one", n, c.threads)
			}
			last = s.Values
		}
	}
}

// The noise of stochastic gradient descent on three data of one variable: the
// gradients at 1 are -1, 0 and 4.
func Example_noise() {
	f := wells.NewLeastSquares(1, []float64{1, 1, 2}, []float64{2, 1, 0})
	D := spectrum.NewDiffusion(f, device.Of([]float64{1}), spectrum.Noise{})
	fmt.Printf("D = %.4f, diversity %.4f\n", D.Trace(), D.Diversity())
	without := spectrum.NewDiffusion(f, device.Of([]float64{1}), spectrum.Noise{WithoutReplacement: true})
	fmt.Printf("a batch of 2 has the variance %.4f, without replacement %.4f\n", D.Trace()/2, without.Trace()/2*(1-2./3))
	// Output:
	// D = 4.6667, diversity 1.8889
	// a batch of 2 has the variance 2.3333, without replacement 1.1667
}
