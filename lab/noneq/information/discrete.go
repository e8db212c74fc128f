package information

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// A Joint is the law of two variables with finitely many values: p(x,y), n×m.
type Joint struct{ p *mat.Dense }

// NewJoint is the law with these probabilities. It is an error when one is below 0 or no
// number, or their sum is not 1 within 10⁻⁹.
func NewJoint(p *mat.Dense) (*Joint, error) {
	n, m := p.Dims()
	for i := range n {
		for j := range m {
			if v := p.At(i, j); !(v >= 0) || math.IsInf(v, 0) {
				return nil, fmt.Errorf("information: p(%d,%d) is %v, expected a probability", i+1, j+1, v)
			}
		}
	}
	if s := mat.Sum(p); math.Abs(s-1) > 1e-9 {
		return nil, fmt.Errorf("information: the probabilities have the sum %v, expected 1", s)
	}
	return &Joint{mat.DenseCopyOf(p)}, nil
}

// Rows and Columns are the laws of x and of y alone.
func (j *Joint) Rows() []float64 {
	n, _ := j.p.Dims()
	out := make([]float64, n)
	for i := range out {
		out[i] = floats.Sum(j.p.RawRowView(i))
	}
	return out
}

// Columns is the law of y alone.
func (j *Joint) Columns() []float64 {
	n, m := j.p.Dims()
	out := make([]float64, m)
	for i := range n {
		floats.Add(out, j.p.RawRowView(i))
	}
	return out
}

// Information is the mutual information I(X;Y) in nats.
func (j *Joint) Information() float64 {
	var product mat.Dense
	x, y := j.Rows(), j.Columns()
	product.Outer(1, mat.NewVecDense(len(x), x), mat.NewVecDense(len(y), y))
	return math.Max(0, stat.KullbackLeibler(j.p.RawMatrix().Data, product.RawMatrix().Data))
}

// Given are the laws of y given x, a row for each x; of an x that has no probability, the
// law of y alone.
func (j *Joint) Given() *mat.Dense {
	out := mat.DenseCopyOf(j.p)
	for i, p := range j.Rows() {
		if p > 0 {
			floats.Scale(1/p, out.RawRowView(i))
		} else {
			out.SetRow(i, j.Columns())
		}
	}
	return out
}

// MaximalCorrelation is the greatest correlation of a function of x and one of y: the
// second singular value of p(x,y)/√(p(x)p(y)). A bottleneck keeps nothing until β is
// above one over its square.
func (j *Joint) MaximalCorrelation() float64 {
	B := mat.DenseCopyOf(j.p)
	y := j.Columns()
	for i, p := range j.Rows() {
		row := B.RawRowView(i)
		for k, q := range y {
			if p > 0 && q > 0 {
				row[k] /= math.Sqrt(p * q)
			}
		}
	}
	var svd mat.SVD
	if !svd.Factorize(B, mat.SVDNone) {
		panic("information: MaximalCorrelation: the singular values were not found")
	}
	s := svd.Values(nil)
	if len(s) < 2 {
		return 0
	}
	return s[1]
}
