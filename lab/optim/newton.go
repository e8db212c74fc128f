package optim

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"glassy/lab/device"
	"glassy/lab/landscape"
)

// newton is Newton's method on one copy of a landscape, on its sphere if it has
// one. It works on the host in float64.
type newton struct {
	f       landscape.Curved
	d       int
	radius  float64       // 0: the plane
	enough  float64       // a step so small, of |x|, is the last
	x, g, v device.Vector // on the landscape's device
	dense   device.Vector // d×d there, for a landscape.Dense
	hessian []float64     // d×d
	tangent []float64     // the gradient along the sphere
	along   float64       // x·∇f/R²
}

func newNewton(f landscape.Curved) *newton {
	n := &newton{f: f, d: f.Dim(), radius: radius(f), x: f.New(), g: f.New(), v: f.New()}
	n.hessian, n.tangent = make([]float64, n.d*n.d), make([]float64, n.d)
	// The error is squared by a step, so the next would be a rounding.
	n.enough = 1e-7
	if n.x.DType() == device.Float32 {
		n.enough = 3e-4
	}
	return n
}

// follow goes from x to a critical point; nil if it does not get there.
func (n *newton) follow(x []float64, maxSteps int) (c *CriticalPoint, steps int) {
	x = slices.Clone(x)
	step := make([]float64, n.d)
	for steps < maxSteps {
		n.at(x)
		n.curvature(x)
		if !n.solve(x, step) {
			return nil, steps
		}
		steps++
		scale, length := norm(x), norm(step)
		if n.radius == 0 {
			scale = max(1, scale)
		}
		// Far steps are shortened: beyond half the radius the sphere is not what
		// the Hessian knows of.
		factor := 1.0
		if most := scale / 2; length > most {
			factor = most / length
		}
		for i, s := range step {
			x[i] += factor * s
		}
		if n.radius > 0 {
			scaleTo(n.radius, x)
		}
		if length <= n.enough*scale {
			return n.classify(x), steps
		}
		if math.IsNaN(length) {
			break
		}
	}
	return nil, steps
}

// at evaluates the landscape at x: its energy, and the gradient along the sphere.
func (n *newton) at(x []float64) (energy float64) {
	n.x.Device().Upload(n.x, device.Of(x))
	energy = n.f.Gradient(n.x, n.g)
	g := device.Read[float64](n.g)
	n.along = 0
	if n.radius > 0 {
		n.along = floats.Dot(x, g) / floats.Dot(x, x)
	}
	for i := range g {
		n.tangent[i] = g[i] - n.along*x[i]
	}
	return energy
}

// curvature is the Hessian along the sphere at the x of at, with an eigenvalue
// above all others for the direction x that it does not have.
func (n *newton) curvature(x []float64) {
	if f, ok := n.f.(landscape.Dense); ok {
		if n.dense.Len() == 0 {
			n.dense = n.x.Device().New(n.x.DType(), n.d*n.d)
		}
		f.Hessian(n.x, n.dense)
		n.dense.Device().Download(device.Of(n.hessian), n.dense)
	} else {
		n.products()
	}
	if n.radius == 0 {
		return
	}
	// P A P + c uuᵀ with u = x/|x| and A = ∇²f - along I: with q = Au and s = u·Au,
	// A - uqᵀ - quᵀ + (s+c) uuᵀ.
	u, q := slices.Clone(x), make([]float64, n.d)
	scaleTo(1, u)
	frobenius := 0.0
	for i := range n.d {
		n.hessian[i*n.d+i] -= n.along
		row := n.hessian[i*n.d : (i+1)*n.d]
		q[i] = floats.Dot(row, u)
		frobenius += floats.Dot(row, row)
	}
	c := floats.Dot(u, q) + 1 + math.Sqrt(frobenius)
	for i := range n.d {
		row := n.hessian[i*n.d : (i+1)*n.d]
		a, b := c*u[i]-q[i], u[i]
		for j := range row {
			row[j] += a*u[j] - b*q[j]
		}
	}
}

// products makes the Hessian of products with the unit vectors.
func (n *newton) products() {
	e, hv := make([]float64, n.d), n.v.New()
	defer hv.Device().Free(hv)
	for j := range n.d {
		e[j] = 1
		n.v.Device().Upload(n.v, device.Of(e))
		e[j] = 0
		n.f.HessianVector(n.x, n.v, hv)
		copy(n.hessian[j*n.d:], device.Read[float64](hv))
	}
	for i := range n.d { // what rounding, or differences, left
		for j := range i {
			m := (n.hessian[i*n.d+j] + n.hessian[j*n.d+i]) / 2
			n.hessian[i*n.d+j], n.hessian[j*n.d+i] = m, m
		}
	}
}

// solve writes the step to where the gradient would vanish; it destroys the
// Hessian. It is false when there is none.
func (n *newton) solve(x, step []float64) bool {
	var lu mat.LU
	lu.Factorize(mat.NewDense(n.d, n.d, n.hessian))
	to := mat.NewVecDense(n.d, step)
	if err := lu.SolveVecTo(to, false, mat.NewVecDense(n.d, n.tangent)); err != nil {
		if c, ok := err.(mat.Condition); !ok || math.IsInf(float64(c), 1) || math.IsNaN(float64(c)) {
			return false
		}
	}
	along := 0.0 // what rounding has put along x
	if n.radius > 0 {
		along = floats.Dot(x, step) / floats.Dot(x, x)
	}
	for i := range step {
		step[i] = -(step[i] - along*x[i])
	}
	return true
}

// classify is the critical point x with its energy, slope and index.
func (n *newton) classify(x []float64) *CriticalPoint {
	c := &CriticalPoint{X: x, Energy: n.at(x)}
	c.Slope = norm(n.tangent)
	n.curvature(x)
	w := make([]float64, n.d)
	if err := device.CPU().SymEigen(n.d, device.Of(n.hessian), device.Of(w), false); err != nil {
		panic(fmt.Sprintf("optim: Critical: eigenvalues of a Hessian: %v", err))
	}
	if n.radius > 0 {
		w = w[:n.d-1]
	}
	c.Softest = math.Inf(1)
	for _, λ := range w {
		if λ < 0 {
			c.Index++
		}
		if math.Abs(λ) < math.Abs(c.Softest) {
			c.Softest = λ
		}
	}
	return c
}

// explains reports whether the gradient at x is the Hessian's at c times the way
// from there, to within half.
func (n *newton) explains(c *CriticalPoint, x []float64) bool {
	n.at(x)
	g := slices.Clone(n.tangent)
	n.at(c.X)
	way := make([]float64, n.d)
	for i := range way {
		way[i] = x[i] - c.X[i]
	}
	if n.radius > 0 {
		along := floats.Dot(way, c.X) / floats.Dot(c.X, c.X)
		for i := range way {
			way[i] -= along * c.X[i]
		}
	}
	n.v.Device().Upload(n.v, device.Of(way))
	n.f.HessianVector(n.x, n.v, n.g)
	hv := device.Read[float64](n.g)
	along := 0.0
	for i := range hv {
		hv[i] -= n.along * way[i]
	}
	if n.radius > 0 {
		along = floats.Dot(hv, c.X) / floats.Dot(c.X, c.X)
	}
	for i := range hv {
		hv[i] -= along * c.X[i]
	}
	return apart(hv, g) <= norm(g)/2+c.Slope
}
