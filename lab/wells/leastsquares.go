package wells

import (
	"fmt"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"glassy/lab/device"
	"glassy/lab/landscape"
)

// LeastSquares is f(x) = 1/N Σ f_k(x), f_k(x) = ½(a_kᵀx - y_k)²: the landscape on
// which the law of stochastic gradient descent is known exactly.
type LeastSquares struct {
	*Well
	a, y []float64 // N×dim, N
}

var (
	_ landscape.PerSample   = (*LeastSquares)(nil)
	_ landscape.Curved      = (*LeastSquares)(nil)
	_ landscape.GaussNewton = (*LeastSquares)(nil)
)

// NewLeastSquares is the least squares of N = len(y) data in dim variables: a is
// N×dim row-major.
func NewLeastSquares(dim int, a, y []float64) *LeastSquares {
	if dim < 1 || len(y) == 0 || len(a) != dim*len(y) {
		panic(fmt.Sprintf("wells: NewLeastSquares: a has length %d, y %d, expected N×dim and N ≥ 1, dim %d", len(a), len(y), dim))
	}
	if floats.HasNaN(a) || floats.HasNaN(y) {
		panic("wells: NewLeastSquares: NaN in the data, expected numbers")
	}
	l := &LeastSquares{a: slices.Clone(a), y: slices.Clone(y)}
	l.Well = &Well{
		dim:  dim,
		name: fmt.Sprintf("least squares on %d data", len(y)),
		gradient: func(x, g []float64) float64 {
			clear(g)
			f := 0.0
			for k := range l.y {
				r := l.residual(k, x)
				f += r * r / 2
				if g != nil {
					floats.AddScaled(g, r, l.row(k))
				}
			}
			n := float64(len(l.y))
			floats.Scale(1/n, g)
			return f / n
		},
		hessianVector: func(_, v, hv []float64) {
			clear(hv)
			for k := range l.y {
				floats.AddScaled(hv, floats.Dot(l.row(k), v), l.row(k))
			}
			floats.Scale(1/float64(len(l.y)), hv)
		},
	}
	return l
}

// On is the same landscape with New making vectors of that type on that device.
func (l *LeastSquares) On(dev device.Device, t device.DType) *LeastSquares {
	return &LeastSquares{l.Well.On(dev, t), l.a, l.y}
}

// Copy is l itself: it has no work space.
func (l *LeastSquares) Copy() landscape.Landscape { return l }

// Samples is N.
func (l *LeastSquares) Samples() int { return len(l.y) }

// BatchGradient writes the gradient of the mean over the batch and returns that
// mean. Nothing is drawn: b.Seed is not used.
func (l *LeastSquares) BatchGradient(x device.Vector, b landscape.Batch, g device.Vector) (f float64) {
	if len(b.Index) == 0 {
		panic("wells: BatchGradient: the batch is empty, expected at least one index")
	}
	at := l.read("BatchGradient", "x", x)
	l.write("BatchGradient", "g", g, func(g []float64) {
		clear(g)
		for _, k := range b.Index {
			l.sample("BatchGradient", k)
			r := l.residual(k, at)
			f += r * r / 2
			floats.AddScaled(g, r, l.row(k))
		}
		n := float64(len(b.Index))
		floats.Scale(1/n, g)
		f /= n
	})
	return f
}

// SampleGradients are g_k = (a_kᵀx - y_k) a_k.
func (l *LeastSquares) SampleGradients(x device.Vector, index []int) landscape.Gradients {
	at := l.read("SampleGradients", "x", x)
	r := make([]float64, len(index))
	for i, k := range index {
		l.sample("SampleGradients", k)
		r[i] = l.residual(k, at)
	}
	return &sampleGradients{l, slices.Clone(index), r}
}

// GaussNewtonVector is HessianVector: the model is linear.
func (l *LeastSquares) GaussNewtonVector(x, v, gv device.Vector) { l.HessianVector(x, v, gv) }

func (l *LeastSquares) row(k int) []float64 { return l.a[k*l.dim : (k+1)*l.dim] }

func (l *LeastSquares) residual(k int, x []float64) float64 {
	return floats.Dot(l.row(k), x) - l.y[k]
}

func (l *LeastSquares) sample(method string, k int) {
	if k < 0 || k >= len(l.y) {
		panic(fmt.Sprintf("wells: %s: index %d, expected 0 … %d", method, k, len(l.y)-1))
	}
}

// sampleGradients are r_i a_(index i).
type sampleGradients struct {
	l     *LeastSquares
	index []int
	r     []float64
}

func (s *sampleGradients) Len() int { return len(s.index) }

func (s *sampleGradients) SquaredNorms(dst []float64) {
	for i, k := range s.index {
		a := s.l.row(k)
		dst[i] = s.r[i] * s.r[i] * floats.Dot(a, a)
	}
}

func (s *sampleGradients) Gram(dst []float64) {
	for i, k := range s.index {
		for j, m := range s.index {
			dst[i*len(s.index)+j] = s.r[i] * s.r[j] * floats.Dot(s.l.row(k), s.l.row(m))
		}
	}
}

func (s *sampleGradients) Apply(v device.Vector, dst []float64) {
	at := s.l.read("Gradients.Apply", "v", v)
	for i, k := range s.index {
		dst[i] = s.r[i] * floats.Dot(s.l.row(k), at)
	}
}

func (s *sampleGradients) Combine(w []float64, dst device.Vector) {
	s.l.write("Gradients.Combine", "dst", dst, func(dst []float64) {
		clear(dst)
		for i, k := range s.index {
			floats.AddScaled(dst, w[i]*s.r[i], s.l.row(k))
		}
	})
}

func (s *sampleGradients) Rows(from, to int, dst device.Vector) {
	d := s.l.dim
	for i := from; i < to; i++ {
		s.l.write("Gradients.Rows", "a row of dst", dst.Slice((i-from)*d, (i-from+1)*d), func(dst []float64) {
			floats.ScaleTo(dst, s.r[i], s.l.row(s.index[i]))
		})
	}
}

// Curvature is the Hessian F = 1/N Σ a_k a_kᵀ, dim×dim row-major.
func (l *LeastSquares) Curvature() []float64 { return dense(l.curvature()) }

func (l *LeastSquares) curvature() *mat.SymDense {
	f := mat.NewSymDense(l.dim, nil)
	for k := range l.y {
		f.SymRankOne(f, 1/float64(len(l.y)), mat.NewVecDense(l.dim, l.row(k)))
	}
	return f
}

// Minimum is where f is least. It is an error when the data leave a direction
// free.
func (l *LeastSquares) Minimum() ([]float64, error) {
	b := mat.NewVecDense(l.dim, nil)
	for k, y := range l.y {
		b.AddScaledVec(b, y/float64(len(l.y)), mat.NewVecDense(l.dim, l.row(k)))
	}
	var chol mat.Cholesky
	if !chol.Factorize(l.curvature()) {
		return nil, fmt.Errorf("wells: least squares on %d data in %d variables have no single minimum: the data leave a direction free", len(l.y), l.dim)
	}
	x := mat.NewVecDense(l.dim, nil)
	if err := chol.SolveVecTo(x, b); err != nil {
		return nil, fmt.Errorf("wells: least squares: the minimum is badly determined by the data: %w", err)
	}
	return x.RawVector().Data, nil
}

// Diffusion is D_w(x) = 1/N Σ g_k g_kᵀ - ḡ ḡᵀ, dim×dim row-major: the covariance of
// the gradient of one datum drawn at random (6.4). That of a batch of b is D_w/b
// with replacement, D_w (N-b)/(b(N-1)) without.
func (l *LeastSquares) Diffusion(x []float64) []float64 { return dense(l.diffusion(x)) }

func (l *LeastSquares) diffusion(x []float64) *mat.SymDense {
	if len(x) != l.dim {
		panic(fmt.Sprintf("wells: Diffusion: x has length %d, expected %d", len(x), l.dim))
	}
	mean := make([]float64, l.dim)
	l.gradient(x, mean)
	out := mat.NewSymDense(l.dim, nil)
	g := make([]float64, l.dim)
	for k := range l.y {
		floats.ScaleTo(g, l.residual(k, x), l.row(k))
		floats.Sub(g, mean) // first: the difference of the sums would cancel
		out.SymRankOne(out, 1/float64(len(l.y)), mat.NewVecDense(l.dim, g))
	}
	return out
}

// SGDCovariance is the covariance, dim×dim row-major, of the stationary law of
// x ← x - rate·∇f_batch(x), whose mean is the minimum. Each batch has that many
// data, drawn with replacement or, within the batch, without. It is exact, not
// an expansion in the rate: the solution of
//
//	Σ = Σ - η(FΣ+ΣF) + η²{FΣF + v[1/N Σ_k a_k a_kᵀ Σ a_k a_kᵀ - FΣF]} + η² v D_w(x*)
//
// with v = 1/b or (N-b)/(b(N-1)). It takes dim⁶ operations. It is an error when
// there is no minimum, or no stationary law at that rate.
func (l *LeastSquares) SGDCovariance(rate float64, batch int, replace bool) ([]float64, error) {
	d := l.dim
	v := l.batchVariance("SGDCovariance", rate, batch, replace)
	x, err := l.Minimum()
	if err != nil {
		return nil, err
	}

	// I minus the map Σ ↦ E (I-ηH)Σ(I-ηH), H the batch's Hessian, on vec Σ.
	m := l.spread("SGDCovariance", rate, batch, replace)
	m.Scale(-1, m)
	for i := range d * d {
		m.Set(i, i, m.At(i, i)+1)
	}

	// Two right-hand sides: the noise, and I. The map keeps positive matrices
	// positive, so it contracts exactly when S - map(S) = I has a positive solution.
	noise := dense(l.diffusion(x))
	rhs := mat.NewDense(d*d, 2, nil)
	for i := range d * d {
		rhs.Set(i, 0, rate*rate*v*noise[i])
	}
	for i := range d {
		rhs.Set(i*d+i, 1, 1)
	}
	var sol mat.Dense
	unstable := fmt.Errorf("wells: least squares: SGD with rate %g and batches of %d has no stationary law: take a lower rate", rate, batch)
	if err := sol.Solve(m, rhs); err != nil {
		return nil, unstable
	}
	var chol mat.Cholesky
	if !chol.Factorize(symmetric(d, sol.ColView(1))) {
		return nil, unstable
	}
	return dense(symmetric(d, sol.ColView(0))), nil
}

// symmetric is the symmetric part of the d×d matrix whose rows are in v.
func symmetric(d int, v mat.Vector) *mat.SymDense {
	s := mat.NewSymDense(d, nil)
	for i := range d {
		for j := i; j < d; j++ {
			s.SetSym(i, j, (v.AtVec(i*d+j)+v.AtVec(j*d+i))/2)
		}
	}
	return s
}

// dense is s, row-major.
func dense(s *mat.SymDense) []float64 { return mat.DenseCopyOf(s).RawMatrix().Data }
