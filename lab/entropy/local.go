package entropy

import (
	"fmt"
	"math"
	"runtime"
	"sync"

	"gonum.org/v1/gonum/floats"

	"glassy/lab/device"
	"glassy/lab/landscape"
)

// A Local is the local entropy f_γ of a landscape f. Its methods may be called from
// several goroutines at once.
type Local struct {
	f           landscape.Landscape
	gamma, beta float64
	copies      sync.Pool // of f, one for each goroutine that works
}

// Of is the local entropy of f at scope γ, whose neighbourhood has the variance γ/β in
// each direction where f is flat. It panics unless both are finite and above 0, and where
// f is on a sphere: the integral here is over all of R^d.
func Of(f landscape.Landscape, gamma, beta float64) *Local {
	if s, ok := f.(landscape.Spherical); ok {
		panic(fmt.Sprintf("entropy: Of: the landscape is on a sphere of radius %.4g, expected one on all of R^d", s.Radius()))
	}
	for _, v := range []float64{gamma, beta} {
		if !(v > 0) || math.IsInf(v, 0) {
			panic(fmt.Sprintf("entropy: Of: γ is %v, β %v, expected finite numbers above 0", gamma, beta))
		}
	}
	return &Local{f: f, gamma: gamma, beta: beta, copies: sync.Pool{New: func() any { return f.Copy() }}}
}

// Gamma is the scope γ.
func (l *Local) Gamma() float64 { return l.gamma }

// Beta is the inverse temperature β.
func (l *Local) Beta() float64 { return l.beta }

func (l *Local) String() string {
	name := "a landscape"
	if s, ok := l.f.(fmt.Stringer); ok {
		name = s.String()
	}
	return fmt.Sprintf("local entropy of %s, γ = %.4g, β = %.4g", name, l.gamma, l.beta)
}

// A Point is the local entropy at a point x, len d, and means over ρ_γ(y; x).
type Point struct {
	Value    float64   // f_γ(x), in f's units
	Gradient []float64 // (x - ⟨y⟩)/γ, (3.10) with its sign corrected; len d
	Hessian  []float64 // I/γ - β Cov(y)/γ²; d×d

	Mean          []float64 // ⟨y⟩, len d
	Covariance    []float64 // of y, d×d
	Loss          float64   // ⟨f(y)⟩
	MeanGradient  []float64 // ⟨∇f(y)⟩: the gradient by the other formula, (4.13)
	Shannon       float64   // -∫ρ log ρ, nats: Remark 3.4
	ShannonChange []float64 // its gradient by x, -β²/γ (⟨G(x-y)⟩ - ⟨G⟩⟨x-y⟩), G = f + |x-y|²/2γ: (3.13) corrected

	Error float64 // of Value, as far as the method knows its own; NaN where it does not
}

func (p *Point) String() string {
	s := fmt.Sprintf("f_γ = %.8g, |∇f_γ| = %.4g, ⟨f⟩ = %.4g, Shannon entropy %.4g nats", p.Value, floats.Norm(p.Gradient, 2), p.Loss, p.Shannon)
	if math.IsNaN(p.Error) {
		return s + ", by Laplace's method"
	}
	return s + fmt.Sprintf(", to %.1g", p.Error)
}

// Unnormalised is the value as (3.1) and (3.9) print it, without the factor
// (β/2πγ)^(d/2): it goes to ∞ for γ → 0.
func (l *Local) Unnormalised(value float64) float64 {
	return value - l.normalisation()/l.beta
}

// normalisation is the log of ∫ exp(-β|y|²/2γ) dy.
func (l *Local) normalisation() float64 {
	return float64(l.f.Dim()) / 2 * math.Log(2*math.Pi*l.gamma/l.beta)
}

// checkPoint panics unless x is a point of the landscape.
func (l *Local) checkPoint(method string, x device.Vector) {
	if like := l.f.New(); x.Len() != l.f.Dim() || x.DType() != like.DType() || x.Device() != like.Device() {
		panic(fmt.Sprintf("entropy: %s: x is %d numbers of %v, expected %d of %v on the landscape's device", method, x.Len(), x.DType(), l.f.Dim(), like.DType()))
	}
}

// workers is as many copies of f as there are threads; back gives them to others.
func (l *Local) workers() (copies []landscape.Landscape, back func()) {
	for range runtime.GOMAXPROCS(0) {
		copies = append(copies, l.copies.Get().(landscape.Landscape))
	}
	return copies, func() {
		for _, c := range copies {
			l.copies.Put(c)
		}
	}
}
