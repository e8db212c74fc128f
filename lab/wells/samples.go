package wells

import (
	"fmt"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"glassy/lab/device"
	"glassy/lab/landscape"
)

// Samples is a mean f(x) = 1/N Σ f_k(x) over data, of a user's own function.
type Samples struct {
	*Well
	n    int
	each func(k int, x, g []float64) float64
}

var (
	_ landscape.PerSample = (*Samples)(nil)
	_ landscape.Curved    = (*Samples)(nil)
)

// FuncSamples makes a Go function of dim variables and of a datum k = 0 … n-1 the
// landscape f = 1/N Σ f_k: f returns f_k(x) and writes ∇f_k(x) to g. It may not keep
// or change x. Hessian-vector products are central differences, as of [FuncGradient].
func FuncSamples(dim, n int, f func(k int, x, g []float64) float64) *Samples {
	checkFunction("FuncSamples", dim, f == nil)
	if n < 1 {
		panic(fmt.Sprintf("wells: FuncSamples: n is %d, expected at least 1", n))
	}
	s := &Samples{n: n, each: f}
	all := make([]int, n)
	for k := range all {
		all[k] = k
	}
	value := func(x []float64) float64 { return s.mean("Value", all, x, make([]float64, dim)) }
	s.Well = FuncGradient(dim, value, func(x, g []float64) { s.mean("Gradient", all, x, g) })
	s.name = fmt.Sprintf("a function of %d data", n)
	return s
}

// On is the same landscape with New making vectors of that type on that device.
func (s *Samples) On(dev device.Device, t device.DType) *Samples {
	return &Samples{s.Well.On(dev, t), s.n, s.each}
}

// Copy is s itself: it has no work space.
func (s *Samples) Copy() landscape.Landscape { return s }

// Samples is N.
func (s *Samples) Samples() int { return s.n }

// BatchGradient writes the gradient of the mean over the batch and returns that
// mean. Nothing is drawn: b.Seed is not used.
func (s *Samples) BatchGradient(x device.Vector, b landscape.Batch, g device.Vector) (f float64) {
	if len(b.Index) == 0 {
		panic("wells: BatchGradient: the batch is empty, expected at least one index")
	}
	at := s.read("BatchGradient", "x", x)
	s.write("BatchGradient", "g", g, func(g []float64) { f = s.mean("BatchGradient", b.Index, at, g) })
	return f
}

// mean is that of the data in index, and its gradient.
func (s *Samples) mean(method string, index []int, x, g []float64) (f float64) {
	clear(g)
	one, n := make([]float64, s.dim), float64(len(index))
	for _, k := range index {
		f += s.one(method, k, x, one) / n
		floats.AddScaled(g, 1/n, one)
	}
	return f
}

// one is f_k(x), and its gradient in g.
func (s *Samples) one(method string, k int, x, g []float64) float64 {
	if k < 0 || k >= s.n {
		panic(fmt.Sprintf("wells: %s: index %d, expected 0 … %d", method, k, s.n-1))
	}
	return s.each(k, x, g)
}

// SampleGradients are worked out whole, for a few variables.
func (s *Samples) SampleGradients(x device.Vector, index []int) landscape.Gradients {
	at := s.read("SampleGradients", "x", x)
	g := mat.NewDense(max(1, len(index)), s.dim, nil)
	for i, k := range index {
		s.one("SampleGradients", k, at, g.RawRowView(i))
	}
	return &ownGradients{s.Well, len(index), g}
}

// ownGradients are the rows of a matrix.
type ownGradients struct {
	w *Well
	n int
	g *mat.Dense
}

func (o *ownGradients) Len() int { return o.n }

func (o *ownGradients) SquaredNorms(dst []float64) {
	for i := range o.n {
		dst[i] = floats.Dot(o.g.RawRowView(i), o.g.RawRowView(i))
	}
}

func (o *ownGradients) Gram(dst []float64) {
	mat.NewDense(o.n, o.n, dst).Mul(o.g, o.g.T())
}

func (o *ownGradients) Apply(v device.Vector, dst []float64) {
	mat.NewVecDense(o.n, dst).MulVec(o.g, mat.NewVecDense(o.w.dim, o.w.read("Gradients.Apply", "v", v)))
}

func (o *ownGradients) Combine(w []float64, dst device.Vector) {
	o.w.write("Gradients.Combine", "dst", dst, func(dst []float64) {
		mat.NewVecDense(o.w.dim, dst).MulVec(o.g.T(), mat.NewVecDense(o.n, w))
	})
}

func (o *ownGradients) Rows(from, to int, dst device.Vector) {
	d := o.w.dim
	for i := from; i < to; i++ {
		o.w.write("Gradients.Rows", "a row of dst", dst.Slice((i-from)*d, (i-from+1)*d), func(dst []float64) { copy(dst, o.g.RawRowView(i)) })
	}
}
