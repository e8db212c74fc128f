package perceptron

import (
	"fmt"
	"math"

	"glassy/lab/device"
	"glassy/lab/landscape"
)

// Relaxed is a landscape over R^d in place of the perceptron's corners: weights
// are ±1 independently of each other, with means m = tanh x, and f is the mean over
// the patterns of −log of the probability to be right, as many inputs make it
// (Baldassi et al. 2018),
//
//	f(x) = −1/N Σ_i ln H((κ√d − y_i ξ_i·m)/√V),  V = Σ_j (1−m_j²)
//
// It falls to 0 as x goes to infinity towards a solution, and lowest about
// solutions that leave many weights free: dense ones. A Relaxed is for one
// goroutine at a time; Copy shares the patterns.
type Relaxed struct {
	p *Perceptron
	Ξ []float64 // N×d

	m, s           []float64 // tanh x, 1−m²
	ω, r, rDot     []float64 // of the patterns of a batch
	sum, sumDot    []float64 // Σ r ξ
	moved, product []float64
	rows           []float64 // patterns of a batch
}

var (
	_ landscape.Curved  = (*Relaxed)(nil)
	_ landscape.Sampled = (*Relaxed)(nil)
)

// Relax makes the perceptron a landscape. It panics of a committee, and of patterns
// that leave inputs out.
func (p *Perceptron) Relax() *Relaxed {
	if p.units > 1 || p.diluted() {
		panic(fmt.Sprintf("perceptron: Relax: K = %d units, inputs left out: %v, expected one unit and inputs ±1 alone", p.units, p.diluted()))
	}
	Ξ := make([]float64, len(p.patterns))
	for i, v := range p.patterns {
		Ξ[i] = float64(v)
	}
	return newRelaxed(p, Ξ)
}

func newRelaxed(p *Perceptron, Ξ []float64) *Relaxed {
	d, n := p.inputs, p.Patterns()
	row := func(n int) []float64 { return make([]float64, n) }
	return &Relaxed{p: p, Ξ: Ξ, m: row(d), s: row(d), ω: row(n), r: row(n), rDot: row(n), sum: row(d), sumDot: row(d), moved: row(d), product: row(n)}
}

// Dim is d.
func (f *Relaxed) Dim() int { return f.p.inputs }

// Samples is N.
func (f *Relaxed) Samples() int { return f.p.Patterns() }

// New is d zeros on the processor.
func (f *Relaxed) New() device.Vector { return device.CPU().New(device.Float64, f.Dim()) }

// Copy shares the patterns.
func (f *Relaxed) Copy() landscape.Landscape { return newRelaxed(f.p, f.Ξ) }

// Weights are the signs of x, len d: what [Perceptron.Errors] takes.
func (f *Relaxed) Weights(x device.Vector) []int8 {
	w := make([]int8, f.Dim())
	signsOf(device.Host[float64](x), w)
	return w
}

// Value is f(x).
func (f *Relaxed) Value(x device.Vector) float64 {
	f.at(x)
	value, _ := f.fields(f.Ξ)
	return value
}

// Gradient writes ∇f(x) to g and returns f(x).
func (f *Relaxed) Gradient(x, g device.Vector) float64 { return f.gradient(x, f.Ξ, g) }

// BatchGradient is that of the mean over some of the patterns.
func (f *Relaxed) BatchGradient(x device.Vector, b landscape.Batch, g device.Vector) float64 {
	d := f.Dim()
	f.rows = f.rows[:0]
	for _, i := range b.Index {
		f.rows = append(f.rows, f.Ξ[i*d:(i+1)*d]...)
	}
	return f.gradient(x, f.rows, g)
}

// at sets m and s. 1−m² is made without a difference: it may be small.
func (f *Relaxed) at(x device.Vector) {
	for j, v := range device.Host[float64](x) {
		f.m[j] = math.Tanh(v)
		c := math.Cosh(v)
		f.s[j] = 1 / (c * c)
	}
}

// fields sets r = φ/H of each pattern at u, which takes the place of ω, and
// returns the mean of −ln H, and V.
func (f *Relaxed) fields(Ξ []float64) (value, V float64) {
	d, n := f.Dim(), len(Ξ)/f.Dim()
	f.grow(n)
	for _, s := range f.s {
		V += s
	}
	V = math.Max(V, math.SmallestNonzeroFloat64/0x1p-52)
	device.CPU().Gemm(false, true, 1, n, d, 1, device.Of(f.m), d, device.Of(Ξ), d, 0, device.Of(f.ω[:n]), n)
	for i, ω := range f.ω[:n] {
		u := (f.p.threshold() - ω) / math.Sqrt(V)
		f.ω[i], f.r[i] = u, mills(u)
		value -= logTail(u) / float64(n)
	}
	return value, V
}

// grow makes room for n patterns: a batch may have one twice.
func (f *Relaxed) grow(n int) {
	for _, v := range []*[]float64{&f.ω, &f.r, &f.rDot, &f.product} {
		if len(*v) < n {
			*v = make([]float64, n)
		}
	}
}

// gradient is s (−P/√V + m Q/V), P = Σ r ξ/n and Q = Σ r u/n.
func (f *Relaxed) gradient(x device.Vector, Ξ []float64, g device.Vector) float64 {
	f.at(x)
	value, V := f.fields(Ξ)
	Q := f.sums(Ξ, f.r, f.sum)
	out := device.Host[float64](g)
	for j, s := range f.s {
		out[j] = s * (f.m[j]*Q/V - f.sum[j]/math.Sqrt(V))
	}
	return value
}

// sums sets dst to Σ r ξ/n and returns Σ r u/n.
func (f *Relaxed) sums(Ξ, r, dst []float64) (Q float64) {
	d, n := f.Dim(), len(Ξ)/f.Dim()
	device.CPU().Gemm(false, false, 1, d, n, 1/float64(n), device.Of(r[:n]), n, device.Of(Ξ), d, 0, device.Of(dst), d)
	for i, v := range r[:n] {
		Q += v * f.ω[i] / float64(n)
	}
	return Q
}

// HessianVector is the derivative of the gradient along v.
func (f *Relaxed) HessianVector(x, v, hv device.Vector) {
	d, n := f.Dim(), f.Samples()
	f.at(x)
	_, V := f.fields(f.Ξ)
	root := math.Sqrt(V)
	Q := f.sums(f.Ξ, f.r, f.sum)
	along := device.Host[float64](v)
	vDot := 0.0
	for j, s := range f.s {
		f.moved[j] = s * along[j]
		vDot -= 2 * f.m[j] * f.moved[j]
	}
	device.CPU().Gemm(false, true, 1, n, d, 1, device.Of(f.moved), d, device.Of(f.Ξ), d, 0, device.Of(f.product[:n]), n)
	qDot := 0.0
	for i, r := range f.r[:n] {
		u := f.ω[i]
		uDot := -f.product[i]/root - u*vDot/(2*V)
		f.rDot[i] = r * (r - u) * uDot
		qDot += r * uDot / float64(n)
	}
	qDot += f.sums(f.Ξ, f.rDot, f.sumDot)
	out := device.Host[float64](hv)
	for j, s := range f.s {
		m := f.m[j]
		G := m*Q/V - f.sum[j]/root
		GDot := f.moved[j]*Q/V + m*qDot/V - m*Q*vDot/(V*V) - f.sumDot[j]/root + f.sum[j]*vDot/(2*V*root)
		out[j] = s*GDot - 2*m*f.moved[j]*G
	}
}
