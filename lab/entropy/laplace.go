package entropy

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"glassy/lab/device"
	"glassy/lab/landscape"
)

// mostDense is how many variables Laplace takes: its matrices have 128 MiB then.
const mostDense = 1 << 12

// Laplace is the local entropy at x by Laplace's method: ρ_γ is taken for the normal law
// about its mode y*, the proximal point of x, that has the curvature of f there,
//
//	f_γ(x) ≈ f(y*) + |x-y*|²/2γ + 1/2β log det(I + γ∇²f(y*)),
//
// and its means for those of f's second order at y*. On quadratics it is exact (Lemma 4.4
// and Example 4.12, corrected); else its error is of the order 1/β, and Error NaN. y* is
// found from x by Newton's method. ShannonChange is that of the normal law, 0.
//
// It is an error where f(y) + |x-y|²/2γ has no minimum with a positive definite Hessian
// that is found from x. It panics above 4096 variables: Sample takes any number.
func (l *Local) Laplace(x device.Vector) (*Point, error) {
	l.checkPoint("Laplace", x)
	f, ok := l.f.(landscape.Curved)
	d := l.f.Dim()
	if !ok || d > mostDense {
		panic(fmt.Sprintf("entropy: Laplace: a landscape of %d variables, Hessian-vector products: %v, expected at most %d, and products", d, ok, mostDense))
	}
	f = f.Copy().(landscape.Curved)
	n := newton{l: l, f: f, x: device.Read[float64](x), vector: f.New(), product: f.New(), basis: f.New()}
	n.y, n.g = append([]float64(nil), n.x...), make([]float64, d)
	if err := n.descend(); err != nil {
		return nil, err
	}
	return n.point(), nil
}

// newton finds the minimum of h(y) = f(y) + |x-y|²/2γ.
type newton struct {
	l                      *Local
	f                      landscape.Curved
	x, y                   []float64
	value                  float64   // f(y)
	g                      []float64 // ∇f(y)
	hessian                *mat.SymDense
	factor                 mat.Cholesky  // of ∇²f(y) + I/γ
	vector, product, basis device.Vector // work
}

// descend moves y until the gradient of h is that of rounding.
func (n *newton) descend() error {
	const steps = 100
	d := len(n.x)
	slope, move := make([]float64, d), mat.NewVecDense(d, nil)
	h := n.evaluate(n.y)
	for range steps {
		scale := 0.0
		for a := range slope {
			slope[a] = n.g[a] + (n.y[a]-n.x[a])/n.l.gamma
			scale = max(scale, math.Abs(n.g[a]), math.Abs(n.y[a]-n.x[a])/n.l.gamma)
		}
		if math.IsInf(h, -1) {
			break
		}
		if math.IsNaN(h) || math.IsInf(h, 1) {
			return fmt.Errorf("entropy: the landscape is %v at a point %.3g from x, expected a finite number", n.value, floats.Distance(n.y, n.x, 2))
		}
		shifted := n.curve(0)
		if floats.Norm(slope, math.Inf(1)) <= n.precision()*scale {
			if shifted > 0 {
				break
			}
			return nil
		}
		if err := n.factor.SolveVecTo(move, mat.NewVecDense(d, slope)); err != nil {
			return fmt.Errorf("entropy: a step to the mode of ρ_γ: %w", err)
		}
		// Half of it, and half of that, until h does not rise.
		start := append([]float64(nil), n.y...)
		descent := floats.Dot(slope, move.RawVector().Data)
		length, next := 1.0, math.Inf(1)
		for ; length > 1e-12; length /= 2 {
			floats.AddScaledTo(n.y, start, -length, move.RawVector().Data)
			next = n.evaluate(n.y)
			if next <= h-1e-4*length*descent+1e-14*math.Abs(h) {
				break
			}
		}
		if floats.Distance(n.y, start, math.Inf(1)) <= n.precision()*(1e-3+floats.Norm(n.y, math.Inf(1))) {
			if n.curve(0) > 0 {
				break
			}
			return nil
		}
		h = next
	}
	return fmt.Errorf("entropy: f(y) + |x-y|²/2γ has no minimum beside x that Newton's method finds in %d steps: expected a smaller scope than %.4g", steps, n.l.gamma)
}

// precision is that of the landscape's numbers, with some to spare.
func (n *newton) precision() float64 {
	if n.vector.DType() == device.Float32 {
		return 1e-6
	}
	return 1e-13
}

// evaluate sets the value and gradient at y, and returns h.
func (n *newton) evaluate(y []float64) float64 {
	dev := n.vector.Device()
	dev.Upload(n.vector, device.Of(y))
	n.value = n.f.Gradient(n.vector, n.product)
	dev.Download(device.Of(n.g), n.product)
	r := floats.Distance(y, n.x, 2)
	return n.value + r*r/(2*n.l.gamma)
}

// curve sets the Hessian at y, and factors it with I/γ and the least multiple of I that
// makes it positive definite: that is returned.
func (n *newton) curve(shift float64) float64 {
	d := len(n.y)
	n.hessian = n.matrix()
	norm := mat.Norm(n.hessian, math.Inf(1))
	for {
		a := mat.NewSymDense(d, nil)
		a.CopySym(n.hessian)
		for i := range d {
			a.SetSym(i, i, a.At(i, i)+1/n.l.gamma+shift)
		}
		if n.factor.Factorize(a) || math.IsNaN(norm) {
			return shift
		}
		shift = max(2*shift, 1e-3*norm)
	}
}

// matrix is ∇²f(y), by products with all d unit vectors, or the landscape's own.
func (n *newton) matrix() *mat.SymDense {
	d, dev := len(n.y), n.vector.Device()
	dev.Upload(n.vector, device.Of(n.y))
	rows := make([]float64, d*d)
	if dense, ok := n.f.(landscape.Dense); ok {
		h := dev.New(n.vector.DType(), d*d)
		defer dev.Free(h)
		dense.Hessian(n.vector, h)
		dev.Download(device.Of(rows), h)
	} else {
		for i := range d {
			dev.Fill(n.basis, 0)
			dev.Fill(n.basis.Slice(i, i+1), 1)
			n.f.HessianVector(n.vector, n.basis, n.product)
			dev.Download(device.Of(rows[i*d:(i+1)*d]), n.product)
		}
	}
	s := mat.NewSymDense(d, nil)
	for i := range d {
		for j := range i + 1 {
			s.SetSym(i, j, (rows[i*d+j]+rows[j*d+i])/2)
		}
	}
	return s
}

// point is what the normal law says.
func (n *newton) point() *Point {
	d, β, γ := len(n.x), n.l.beta, n.l.gamma
	logDet := n.factor.LogDet() // of ∇²f + I/γ
	p := &Point{
		Gradient: make([]float64, d), MeanGradient: append([]float64(nil), n.g...), ShannonChange: make([]float64, d),
		Mean: append([]float64(nil), n.y...), Hessian: make([]float64, d*d), Error: math.NaN(),
	}
	r := floats.Distance(n.x, n.y, 2)
	p.Value = n.value + r*r/(2*γ) + (logDet+float64(d)*math.Log(γ))/(2*β)
	p.Shannon = (float64(d)*math.Log(2*math.Pi*math.E/β) - logDet) / 2
	var cov mat.SymDense
	if err := n.factor.InverseTo(&cov); err != nil {
		p.Error = math.Inf(1) // a condition number beyond rounding
	}
	cov.ScaleSym(1/β, &cov)
	p.Covariance = mat.DenseCopyOf(&cov).RawMatrix().Data
	p.Loss = n.value
	for i := range d {
		p.Gradient[i] = (n.x[i] - n.y[i]) / γ
		for j := range d {
			p.Loss += n.hessian.At(i, j) * cov.At(i, j) / 2
		}
	}
	// (I + γ∇²f)⁻¹∇²f, which loses nothing to cancellation as I/γ - β Cov/γ² does.
	var h mat.Dense
	if err := n.factor.SolveTo(&h, n.hessian); err != nil {
		p.Error = math.Inf(1)
	}
	floats.ScaleTo(p.Hessian, 1/γ, h.RawMatrix().Data)
	return p
}
