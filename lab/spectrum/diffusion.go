package spectrum

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"

	"glassy/lab/device"
	"glassy/lab/landscape"
	"glassy/lab/rng"
)

// Noise says which diffusion matrix is meant. The zero value is D_w of (6.4), the
// covariance of the gradient of one datum:
//
//	D = 1/N Σ g_k g_kᵀ - ḡ ḡᵀ
type Noise struct {
	Uncentred          bool // the second moment, without - ḡ ḡᵀ: the empirical Fisher matrix
	WithoutReplacement bool // N/(N-1) of it: (6.5), whose printed 1 - 1/(N-1) must read 1 + 1/(N-1)
}

// gradientBytes is how much the gradients that are kept at once may take.
var gradientBytes = 1 << 30

// Diffusion is the diffusion matrix D(x), d×d, of f = 1/N Σ f_k at a point: the noise
// of stochastic gradient descent. That of a batch of b has the covariance D/b with
// replacement, D/b·(1-b/N) without. Nothing of size d×d or N×d is made: all is
// products with the factors of the gradients, which are kept where N·d numbers are
// less than a gigabyte, and worked out again for each product where they are more.
// It is for one goroutine.
type Diffusion struct {
	f       landscape.PerSample
	x, mean device.Vector // the point, ḡ
	noise   Noise
	second  float64 // 1/N Σ |g_k|²

	index []int               // of all data
	group int                 // gradients at once
	kept  landscape.Gradients // of all, where they are one group
	term  device.Vector
	along []float64 // a number for each datum
}

// NewDiffusion is the diffusion matrix of f at x; both are copied. It takes a pass
// over the data. Panics where f has a single datum and noise is without replacement.
func NewDiffusion(f landscape.PerSample, x device.Vector, noise Noise) *Diffusion {
	f = f.Copy().(landscape.PerSample)
	n, d := f.Samples(), f.Dim()
	if noise.WithoutReplacement && n < 2 {
		panic(fmt.Sprintf("spectrum: NewDiffusion: %d datum, expected at least 2 without replacement", n))
	}
	D := &Diffusion{f: f, noise: noise, mean: f.New(), term: f.New(), index: make([]int, n), along: make([]float64, n)}
	needPoint("NewDiffusion", f, x)
	D.x = x.Clone()
	D.group = min(n, max(1, gradientBytes/(d*x.DType().Size())))
	for k := range D.index {
		D.index[k] = k
	}
	squares := D.along
	D.each(func(from int, g landscape.Gradients) {
		g.SquaredNorms(squares[from : from+g.Len()])
	})
	D.second = floats.Sum(squares) / float64(n)
	for k := range D.along {
		D.along[k] = 1 / float64(n)
	}
	D.combine(D.mean)
	return D
}

// each calls use with the gradients of one group of data after the other.
func (D *Diffusion) each(use func(from int, g landscape.Gradients)) {
	if D.kept != nil {
		use(0, D.kept)
		return
	}
	n := len(D.index)
	for from := 0; from < n; from += D.group {
		g := D.f.SampleGradients(D.x, D.index[from:min(from+D.group, n)])
		if D.group == n {
			D.kept = g
		}
		use(from, g)
	}
}

// combine writes Σ along_k g_k to dst.
func (D *Diffusion) combine(dst device.Vector) {
	dev := dst.Device()
	dev.Fill(dst, 0)
	D.each(func(from int, g landscape.Gradients) {
		g.Combine(D.along[from:from+g.Len()], D.term)
		dev.Axpy(1, D.term, dst)
	})
}

// weight is what the sum over data is multiplied by.
func (D *Diffusion) weight() float64 {
	n := len(D.index)
	if D.noise.WithoutReplacement {
		n--
	}
	return 1 / float64(n)
}

// Samples is N.
func (D *Diffusion) Samples() int { return len(D.index) }

// Gradient is ḡ = ∇f(x), the mean over the data. It is the matrix's: copy it to change it.
func (D *Diffusion) Gradient() device.Vector { return D.mean }

// Trace is tr D, out of the gradients' lengths.
func (D *Diffusion) Trace() float64 {
	sum := D.second
	if !D.noise.Uncentred {
		sum -= D.mean.Device().Dot(D.mean, D.mean)
	}
	return max(0, sum) * D.weight() * float64(len(D.index))
}

// Diversity is the gradient diversity of the data, Σ|g_k|² / |Σ g_k|² (Yin et al.
// 2018): 1/N where all gradients are the same, 1 where they are orthogonal, without
// bound where the mean is 0. Section 6.4.4 prints it without the squares.
func (D *Diffusion) Diversity() float64 {
	return D.second / (float64(len(D.index)) * D.mean.Device().Dot(D.mean, D.mean))
}

// Draw writes to dst noise of the covariance D: Gaussian, by D = R Rᵀ with R the
// d×N matrix of (g_k - ḡ)/√N, so that it is D^½ of (6.2) but for a rotation that its law
// does not see.
func (D *Diffusion) Draw(key rng.Key, dst device.Vector) {
	needPoint("Draw", D.f, dst)
	key.Normals(0, D.along)
	if !D.noise.Uncentred {
		// Σ (g_k - ḡ) ξ_k = Σ g_k (ξ_k - their mean)
		floats.AddConst(-floats.Sum(D.along)/float64(len(D.along)), D.along)
	}
	floats.Scale(math.Sqrt(D.weight()), D.along)
	D.combine(dst)
}

// Operator is D by its products, for Lanczos, Quadrature and Trace; a product is two
// with the factors of all gradients. It uses D's work space.
func (D *Diffusion) Operator() Operator {
	name := "diffusion matrix"
	if D.noise.Uncentred {
		name = "empirical Fisher matrix"
	}
	if s, ok := D.f.(fmt.Stringer); ok {
		name += " of " + s.String()
	}
	return Operator{Name: name, New: D.f.New, Apply: D.apply, Dense: D.dense}
}

// apply takes Σ g_k (g_k·v - ḡ·v): the differences first, lest two large sums cancel.
func (D *Diffusion) apply(v, dv device.Vector) {
	dev, mean := v.Device(), 0.0
	if !D.noise.Uncentred {
		mean = dev.Dot(D.mean, v)
	}
	dev.Fill(dv, 0)
	D.each(func(from int, g landscape.Gradients) {
		along := D.along[from : from+g.Len()]
		g.Apply(v, along)
		floats.AddConst(-mean, along)
		floats.Scale(D.weight(), along)
		g.Combine(along, D.term)
		dev.Axpy(1, D.term, dv)
	})
}

// dense adds up products of rows, some tens of megabytes of them at a time.
func (D *Diffusion) dense(matrix device.Vector) {
	dev, d := matrix.Device(), D.f.Dim()
	some := min(D.group, max(1, (1<<26)/(d*matrix.DType().Size())))
	rows := dev.New(matrix.DType(), some*d)
	defer dev.Free(rows)
	dev.Fill(matrix, 0)
	D.each(func(_ int, g landscape.Gradients) {
		for from := 0; from < g.Len(); from += some {
			to := min(from+some, g.Len())
			these := rows.Slice(0, (to-from)*d)
			g.Rows(from, to, these)
			for k := 0; k < to-from && !D.noise.Uncentred; k++ {
				dev.Axpy(-1, D.mean, these.Slice(k*d, (k+1)*d))
			}
			dev.Gemm(true, false, d, d, to-from, D.weight(), these, d, these, d, 1, matrix, d)
		}
	})
}

// Spectrum is all eigenvalues of D. Where there are no more data than dimensions they
// are those of the N×N Gram matrix of the gradients' factors, centred, and d-N zeros;
// where there are more, those of D itself, d×d. Of the smaller one it takes the matrix
// and LAPACK, in float64, but for a Gram matrix of 2,000 data or more, which stays in
// the type of the gradients: in float32 that takes half the time, and what is lost, at
// most 16 roundings of λ_max, is added to Rounding, ε tr D. When ctx ends first the error is its cause. Panics where both
// are above 65,536: [Lanczos] and [Quadrature] of the Operator make no matrix. Errors:
// gradients that are not finite.
func (D *Diffusion) Spectrum(ctx context.Context) (*DiffusionSpectrum, error) {
	n, d := len(D.index), D.f.Dim()
	if min(n, d) > mostDense {
		panic(fmt.Sprintf("spectrum: Diffusion.Spectrum: %d data in %d dimensions, expected one of them at most %d: Lanczos and Quadrature of the Operator make no matrix", n, d, mostDense))
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	op := D.Operator()
	var values []float64
	rounding := epsilon(D.x.DType()) * D.second * D.weight() * float64(n)
	if n > d {
		all, err := Exact(ctx, op, false)
		if err != nil {
			return nil, err
		}
		values = all.Values
	} else {
		var err error
		if values, err = D.gram(ctx); err != nil {
			return nil, fmt.Errorf("spectrum: %s: %w", op.Name, err)
		}
		// LAPACK's bound is a modest multiple of ε|D|: 1 to 7 are seen at 2,000 data.
		rounding += 16 * epsilon(D.gramType()) * values[n-1]
	}
	return newDiffusionSpectrum(op.Name, d, values, rounding)
}

// typeFrom is the number of data from which the Gram matrix has the gradients' type.
var typeFrom = 2000 // a test has it smaller

func (D *Diffusion) gramType() device.DType {
	if len(D.index) >= typeFrom {
		return D.x.DType()
	}
	return device.Float64
}

// gram is the eigenvalues of the Gram matrix (g_i - ḡ)·(g_j - ḡ)/N.
func (D *Diffusion) gram(ctx context.Context) ([]float64, error) {
	n, dev := len(D.index), D.x.Device()
	K := make([]float64, n*n)
	if D.group == n {
		D.each(func(_ int, g landscape.Gradients) { g.Gram(K) })
	} else {
		D.f.SampleGradients(D.x, D.index).Gram(K)
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if !D.noise.Uncentred {
		centre(n, K)
	}
	floats.Scale(D.weight(), K)
	k, w := device.Put(dev, D.gramType(), K), dev.New(D.gramType(), n)
	defer dev.Free(k)
	defer dev.Free(w)
	if err := dev.SymEigen(n, k, w, false); err != nil {
		return nil, err
	}
	return device.Read[float64](w), nil
}

// centre makes the symmetric K into P K P, P = I - 11ᵀ/n.
func centre(n int, K []float64) {
	means := make([]float64, n)
	for i := range means {
		means[i] = floats.Sum(K[i*n:(i+1)*n]) / float64(n)
	}
	all := floats.Sum(means) / float64(n)
	for i, m := range means {
		row := K[i*n : (i+1)*n]
		floats.Sub(row, means)
		floats.AddConst(all-m, row)
	}
}
