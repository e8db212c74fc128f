package wells

import (
	"fmt"
	"math"
	"math/cmplx"

	"gonum.org/v1/gonum/mat"
)

// Moments are the mean of x, len dim, and E xxᵀ, dim×dim row-major.
type Moments struct {
	Mean   []float64
	Second []float64
}

// SGDMoments are those after so many steps x ← x - rate·∇f_batch(x) from x: exact, by a
// recursion that is closed since the gradients are linear in x.
func (l *LeastSquares) SGDMoments(x []float64, rate float64, batch int, replace bool, steps int) Moments {
	if steps < 0 {
		panic(fmt.Sprintf("wells: SGDMoments: %d steps, expected at least 0", steps))
	}
	step := l.step("SGDMoments", rate, batch, replace)
	step.Pow(step, steps)
	return l.moments("SGDMoments", x, step)
}

// SGDContraction is the factor by which a step of gradient descent with that rate and
// batch multiplies a deviation of the covariance from that of [LeastSquares.SGDCovariance]
// in the long run: the spectral radius of the map of one to the next. There is a
// stationary law where it is below 1.
func (l *LeastSquares) SGDContraction(rate float64, batch int, replace bool) float64 {
	var e mat.Eigen
	if !e.Factorize(l.spread("SGDContraction", rate, batch, replace), mat.EigenNone) {
		panic("wells: SGDContraction: the eigenvalues were not found")
	}
	radius := 0.0
	for _, λ := range e.Values(nil) {
		radius = max(radius, cmplx.Abs(λ))
	}
	return radius
}

// step is E A⊗A of (1,x) ← A(1,x), A = 1 + ηG of the batch: how a step changes
// E (1,x)(1,x)ᵀ.
func (l *LeastSquares) step(what string, rate float64, batch int, replace bool) *mat.Dense {
	A, covariance := l.flow(what, rate, batch, replace)
	A.Scale(rate, A)
	for i := range l.dim + 1 {
		A.Set(i, i, A.At(i, i)+1)
	}
	var step mat.Dense
	step.Kronecker(A, A)
	covariance.Scale(rate*rate, covariance)
	step.Add(&step, covariance)
	return &step
}

// spread is the part of step that changes E xxᵀ where the mean is 0, d²×d².
func (l *LeastSquares) spread(what string, rate float64, batch int, replace bool) *mat.Dense {
	step, d, n := l.step(what, rate, batch, replace), l.dim, l.dim+1
	at := func(k int) int { return (1+k/d)*n + 1 + k%d }
	out := mat.NewDense(d*d, d*d, nil)
	for i := range d * d {
		for j := range d * d {
			out.Set(i, j, step.At(at(i), at(j)))
		}
	}
	return out
}

// SDEMoments are those after a time of (6.2) with the drift -∇f and noise of the
// covariance 2β⁻¹D(x) a unit of time, as gradient descent with that rate and batch has
// it: exact, by the exponential of the generator on polynomials of second degree.
func (l *LeastSquares) SDEMoments(x []float64, rate float64, batch int, replace bool, time float64) Moments {
	if !(time >= 0) || math.IsInf(time, 0) {
		panic(fmt.Sprintf("wells: SDEMoments: time is %v, expected a finite number of at least 0", time))
	}
	G, covariance := l.flow("SDEMoments", rate, batch, replace)
	one := mat.NewDiagDense(l.dim+1, nil)
	for i := range l.dim + 1 {
		one.SetDiag(i, 1)
	}
	var left, right mat.Dense
	left.Kronecker(G, one)
	right.Kronecker(one, G)
	left.Add(&left, &right)
	covariance.Scale(rate, covariance)
	left.Add(&left, covariance)
	left.Scale(time, &left)
	left.Exp(&left)
	return l.moments("SDEMoments", x, &left)
}

// flow is the mean G of the matrices G_k with -∇f_k = the lower part of G_k(1,x), and
// the covariance of such matrices over batches, as it acts on (1,x)(1,x)ᵀ.
func (l *LeastSquares) flow(what string, rate float64, batch int, replace bool) (mean, covariance *mat.Dense) {
	v := l.batchVariance(what, rate, batch, replace)
	d, n := l.dim, l.dim+1
	G := make([]*mat.Dense, len(l.y))
	mean, covariance = mat.NewDense(n, n, nil), mat.NewDense(n*n, n*n, nil)
	for k, y := range l.y {
		a := l.row(k)
		G[k] = mat.NewDense(n, n, nil)
		for i := range d {
			G[k].Set(1+i, 0, y*a[i])
			for j := range d {
				G[k].Set(1+i, 1+j, -a[i]*a[j])
			}
		}
		mean.Add(mean, G[k])
	}
	mean.Scale(1/float64(len(l.y)), mean)
	for _, g := range G {
		g.Sub(g, mean)
		var both mat.Dense
		both.Kronecker(g, g)
		covariance.Add(covariance, &both)
	}
	covariance.Scale(v/float64(len(l.y)), covariance)
	return mean, covariance
}

// moments are those that a map of E (1,x)(1,x)ᵀ makes of a point.
func (l *LeastSquares) moments(what string, x []float64, step *mat.Dense) Moments {
	if len(x) != l.dim {
		panic(fmt.Sprintf("wells: %s: x has length %d, expected %d", what, len(x), l.dim))
	}
	n := l.dim + 1
	start := mat.NewVecDense(n, append([]float64{1}, x...))
	var outer mat.Dense
	outer.Outer(1, start, start)
	z := mat.NewVecDense(n*n, outer.RawMatrix().Data)
	end := mat.NewVecDense(n*n, nil)
	end.MulVec(step, z)
	m := Moments{Mean: make([]float64, l.dim)}
	for i := 1; i < n; i++ {
		m.Mean[i-1] = end.AtVec(i)
		for j := 1; j < n; j++ {
			m.Second = append(m.Second, end.AtVec(i*n+j))
		}
	}
	return m
}

// batchVariance is v, the covariance of a batch's gradient over that of one datum: 1/b
// with replacement, (N-b)/(b(N-1)) without.
func (l *LeastSquares) batchVariance(what string, rate float64, batch int, replace bool) float64 {
	n := len(l.y)
	if !(rate > 0) || batch < 1 || !replace && batch > n {
		panic(fmt.Sprintf("wells: %s: rate is %g, batch %d of %d data, expected a rate above 0 and a batch of the data", what, rate, batch, n))
	}
	switch {
	case replace:
		return 1 / float64(batch)
	case n == 1:
		return 0 // the only datum
	}
	return float64(n-batch) / (float64(batch) * float64(n-1))
}
