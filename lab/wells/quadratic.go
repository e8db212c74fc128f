package wells

import (
	"fmt"
	"math"
	"slices"
	"sync"

	"gonum.org/v1/gonum/mat"

	"glassy/lab/device"
)

// A Quadratic is f(x) = ½(x-c)ᵀA(x-c) + offset with a symmetric A.
type Quadratic struct {
	*Well
	a      *mat.SymDense
	centre []float64
	offset float64
	eigen  func() *mat.EigenSym
}

// NewQuadratic is the quadratic of a, dim×dim row-major and symmetric, about
// centre, len dim. A need not be positive: the centre may be a saddle.
func NewQuadratic(a, centre []float64) *Quadratic {
	d := len(centre)
	if d == 0 || len(a) != d*d {
		panic(fmt.Sprintf("wells: NewQuadratic: a has length %d, expected the square of centre's length, %d", len(a), d))
	}
	for i := range d {
		for j := range i + 1 {
			if a[i*d+j] != a[j*d+i] {
				panic(fmt.Sprintf("wells: NewQuadratic: a[%d,%d] is %g and a[%d,%d] is %g, expected a symmetric matrix of numbers", i, j, a[i*d+j], j, i, a[j*d+i]))
			}
		}
	}
	return quadratic(mat.NewSymDense(d, slices.Clone(a)), slices.Clone(centre), 0)
}

func quadratic(a *mat.SymDense, centre []float64, offset float64) *Quadratic {
	d := len(centre)
	raw := a.RawSymmetric()
	row := func(i, j int) float64 { // A_ij from the upper triangle
		return raw.Data[min(i, j)*raw.Stride+max(i, j)]
	}
	q := &Quadratic{a: a, centre: centre, offset: offset}
	q.Well = &Well{
		dim:  d,
		name: "a quadratic",
		gradient: func(x, g []float64) float64 {
			f := offset
			for i := range d {
				gi := 0.0
				for j := range d {
					gi += row(i, j) * (x[j] - centre[j])
				}
				f += (x[i] - centre[i]) * gi / 2
				if g != nil {
					g[i] = gi
				}
			}
			return f
		},
		hessianVector: func(_, v, hv []float64) {
			for i := range d {
				hv[i] = 0
				for j := range d {
					hv[i] += row(i, j) * v[j]
				}
			}
		},
	}
	if d <= 2 { // A(x-c): the diagonal and what is constant as powers
		q.slope = &slope{walk: device.Walk{Dim: d, Powers: 2}}
		for i := range d {
			constant := 0.0
			for j := range d {
				constant -= row(i, j) * centre[j]
				if j != i {
					q.slope.walk.Coupling[i][j] = row(i, j)
				}
			}
			q.slope.force = append(q.slope.force, constant, row(i, i))
		}
	}
	q.eigen = sync.OnceValue(func() *mat.EigenSym {
		var e mat.EigenSym
		if !e.Factorize(a, true) {
			panic("wells: Quadratic: the eigenvalues of A were not found, expected finite numbers in A")
		}
		return &e
	})
	return q
}

// Centre is c, the stationary point.
func (q *Quadratic) Centre() []float64 { return slices.Clone(q.centre) }

// Eigenvalues are those of A, ascending.
func (q *Quadratic) Eigenvalues() []float64 { return q.eigen().Values(nil) }

// LocalEntropy is the quadratic's own
//
//	-1/β log (β/2πt)^(d/2) ∫ exp(-β f(y) - β|x-y|²/2t) dy
//	  = ½(x-c)ᵀA(I+tA)⁻¹(x-c) + 1/(2β) log det(I+tA) + offset
//
// a quadratic about the same centre (Example 4.12, corrected). For β = +Inf it
// is the Hopf-Lax formula min_y f(y) + |x-y|²/2t. It panics unless t ≥ 0, β > 0
// and every 1 + tλ > 0: the integral diverges otherwise.
func (q *Quadratic) LocalEntropy(t, beta float64) *Quadratic {
	if !(t >= 0 && beta > 0) {
		panic(fmt.Sprintf("wells: LocalEntropy: t is %g and beta %g, expected t ≥ 0 and beta > 0", t, beta))
	}
	offset := q.offset
	for _, l := range q.Eigenvalues() {
		if !(1+t*l > 0) {
			panic(fmt.Sprintf("wells: LocalEntropy: t is %g with an eigenvalue of A of %g, expected 1 + tλ > 0", t, l))
		}
		offset += math.Log1p(t*l) / (2 * beta)
	}
	return quadratic(q.function(func(l float64) float64 { return l / (1 + t*l) }), q.centre, offset)
}

// Heat is x ↦ E f(x + √variance ξ), ξ standard normal in dim dimensions: the
// same quadratic, variance/2·tr A higher (4.28).
func (q *Quadratic) Heat(variance float64) *Quadratic {
	return quadratic(q.a, q.centre, q.offset+variance/2*mat.Trace(q.a))
}

// GibbsCovariance is (βA)⁻¹, dim×dim row-major: the covariance of the law
// exp(-βf), whose mean is the centre. It is an error when A is not positive
// definite.
func (q *Quadratic) GibbsCovariance(beta float64) ([]float64, error) {
	if low := q.Eigenvalues()[0]; !(low > 0) {
		return nil, fmt.Errorf("wells: exp(-βf) has no integral: A has the eigenvalue %g, expected all above 0", low)
	}
	cov := q.function(func(l float64) float64 { return 1 / (beta * l) })
	return mat.DenseCopyOf(cov).RawMatrix().Data, nil
}

// function is g(A).
func (q *Quadratic) function(g func(eigenvalue float64) float64) *mat.SymDense {
	values := q.eigen().Values(nil)
	var v mat.Dense
	q.eigen().VectorsTo(&v)
	out := mat.NewSymDense(len(values), nil)
	for k, l := range values {
		out.SymRankOne(out, g(l), v.ColView(k))
	}
	return out
}
