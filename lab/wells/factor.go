package wells

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"glassy/lab/device"
	"glassy/lab/landscape"
)

// Factor is f(A, B) = ½|X − AB|², X m×n, A m×r, B r×n: a linear network of one
// hidden layer, and the plainest landscape whose minima are not points. At every
// (A, B) the energy is that of (A P⁻¹, P B) for any invertible P, so each
// minimum with factors of rank r is an orbit of dimension r², along which the
// Hessian is 0. The orbit has two parts, det P > 0 and det P < 0, each
// connected; its points may be arbitrarily far apart. Source: Section 2.2.2.
//
// A point is A, then B, each row-major: r(m+n) numbers.
type Factor struct {
	*Well
	m, r, n int
	x       *mat.Dense
}

var _ landscape.Curved = (*Factor)(nil)

// NewFactor is the factoring of x, m×n row-major, by r columns and rows.
func NewFactor(m, r, n int, x []float64) *Factor {
	if m < 1 || r < 1 || n < 1 || len(x) != m*n {
		panic(fmt.Sprintf("wells: NewFactor: m is %d, r %d, n %d and x has length %d, expected positive sizes and m·n", m, r, n, len(x)))
	}
	if floats.HasNaN(x) {
		panic("wells: NewFactor: NaN in x, expected numbers")
	}
	f := &Factor{m: m, r: r, n: n, x: mat.NewDense(m, n, slices.Clone(x))}
	f.Well = &Well{
		dim:  r * (m + n),
		name: fmt.Sprintf("the factoring of a %d×%d matrix by rank %d", m, n, r),
		gradient: func(at, g []float64) float64 {
			a, b := f.split(at)
			rest := f.rest(a, b)
			if g != nil { // RBᵀ and AᵀR, R = AB − X
				ga, gb := f.split(g)
				ga.Mul(rest, b.T())
				gb.Mul(a.T(), rest)
			}
			norm := mat.Norm(rest, 2)
			return norm * norm / 2
		},
		hessianVector: func(at, v, hv []float64) {
			a, b := f.split(at)
			u, w := f.split(v)
			ha, hb := f.split(hv)
			rest := f.rest(a, b)
			var turn, part mat.Dense // dR = UB + AW
			turn.Mul(u, b)
			part.Mul(a, w)
			turn.Add(&turn, &part)
			part.Reset()
			ha.Mul(&turn, b.T())
			part.Mul(rest, w.T())
			ha.Add(ha, &part)
			part.Reset()
			hb.Mul(a.T(), &turn)
			part.Mul(u.T(), rest)
			hb.Add(hb, &part)
		},
	}
	return f
}

// On is the same landscape with New making vectors of that type on that device.
func (f *Factor) On(dev device.Device, t device.DType) *Factor {
	on := *f
	on.Well = f.Well.On(dev, t)
	return &on
}

// Copy is f itself: it has no work space.
func (f *Factor) Copy() landscape.Landscape { return f }

// Minimum is a point where f is least, and its energy there: half the sum of
// the squares of X's singular values beyond the r largest (Eckart, Young). Its
// factors share the singular values evenly, AᵀA = BBᵀ.
func (f *Factor) Minimum() (at []float64, energy float64) {
	var svd mat.SVD
	if !svd.Factorize(f.x, mat.SVDThin) {
		panic("wells: Factor: the singular values of X were not found, expected finite numbers in X")
	}
	values := svd.Values(nil)
	var u, v mat.Dense
	svd.UTo(&u)
	svd.VTo(&v)
	at = make([]float64, f.dim)
	a, b := f.split(at)
	for k, s := range values {
		if k >= f.r {
			energy += s * s / 2
			continue
		}
		for i := range f.m {
			a.Set(i, k, math.Sqrt(s)*u.At(i, k))
		}
		for j := range f.n {
			b.Set(k, j, math.Sqrt(s)*v.At(j, k))
		}
	}
	return at, energy
}

// Transform is the point (A P⁻¹, P B) of the orbit through at, p r×r row-major.
// It is an error when P has no inverse.
func (f *Factor) Transform(at, p []float64) ([]float64, error) {
	if len(at) != f.dim || len(p) != f.r*f.r {
		panic(fmt.Sprintf("wells: Transform: the point has length %d and P %d, expected %d and %d", len(at), len(p), f.dim, f.r*f.r))
	}
	P := mat.NewDense(f.r, f.r, slices.Clone(p))
	out := make([]float64, f.dim)
	a, b := f.split(at)
	oa, ob := f.split(out)
	var inverse mat.Dense
	if err := inverse.Inverse(P); err != nil {
		return nil, fmt.Errorf("wells: Transform: P has no inverse to working precision: %w", err)
	}
	oa.Mul(a, &inverse)
	ob.Mul(P, b)
	return out, nil
}

// NullDirections is how many eigenvalues of the Hessian are 0 at a point with
// AB = X and factors of those ranks: the dimension of {(U, W): UB + AW = 0},
//
//	r(m+n) − m·rank B − n·rank A + rank A·rank B.
//
// It is r² where both have rank r, the dimension of the orbit; more where the
// factors have rank to spare.
func (f *Factor) NullDirections(rankA, rankB int) int {
	if rankA < 0 || rankA > min(f.m, f.r) || rankB < 0 || rankB > min(f.r, f.n) {
		panic(fmt.Sprintf("wells: NullDirections: ranks %d and %d, expected at most %d and %d", rankA, rankB, min(f.m, f.r), min(f.r, f.n)))
	}
	return f.r*(f.m+f.n) - f.m*rankB - f.n*rankA + rankA*rankB
}

// split is A and B, in the memory of a point.
func (f *Factor) split(at []float64) (a, b *mat.Dense) {
	cut := f.m * f.r
	return mat.NewDense(f.m, f.r, at[:cut]), mat.NewDense(f.r, f.n, at[cut:])
}

// rest is R = AB − X.
func (f *Factor) rest(a, b *mat.Dense) *mat.Dense {
	var r mat.Dense
	r.Mul(a, b)
	r.Sub(&r, f.x)
	return &r
}
