package sde

import (
	"fmt"
	"math"
	"slices"
	"sync"

	"gonum.org/v1/gonum/floats"

	"glassy/lab/device"
	"glassy/lab/landscape"
	"glassy/lab/rng"
	"glassy/lab/run"
)

// Batches are how stochastic gradient descent goes: x ← x - Rate·∇f_b(x), f_b the mean
// over Size data, drawn anew for each step: each of all data, or, without replacement,
// each of those not yet in the batch.
type Batches struct {
	Rate               float64 // η
	Size               int     // b
	WithoutReplacement bool
}

// Temperature is β⁻¹ of the equation (6.2) that stands for it with N data: η/2b, (6.6),
// or η/2b·(1-b/N) without replacement, which is (6.7) with b for its β. It goes with
// D_w = 1/N Σ g_k g_kᵀ - ḡḡᵀ, or N/(N-1) D_w without replacement.
func (b Batches) Temperature(n int) float64 {
	b.check("Temperature", n)
	T := b.Rate / (2 * float64(b.Size))
	if b.WithoutReplacement {
		T *= 1 - float64(b.Size)/float64(n)
	}
	return T
}

func (b Batches) check(what string, n int) {
	if !(b.Rate > 0) || math.IsInf(b.Rate, 0) || b.Size < 1 || n < 1 || b.WithoutReplacement && b.Size > n {
		panic(fmt.Sprintf("sde: %s: Rate is %v, Size %d of %d data, expected a finite rate above 0 and a batch of the data", what, b.Rate, b.Size, n))
	}
}

// SGD is the equation that stands for stochastic gradient descent, (6.2),
//
//	dX = -∇f dt + √(2β⁻¹D(X)) dB
//
// in Itô's calculus, to weak order 1 in the rate (Theorem 6.5), with time = steps·Rate.
// For the root it takes (g_1-ḡ … g_N-ḡ)/√N, with a Brownian motion for each of the N
// data: nothing of size d×d is made. Where D depends on x, another Calculus of the
// same equation is another process.
func SGD(f landscape.PerSample, b Batches) Equation {
	n := f.Samples()
	b.check("SGD", n)
	scale := 2 * b.Temperature(n) / float64(n)
	if b.WithoutReplacement {
		scale *= float64(n) / math.Max(1, float64(n-1)) // D_wo of D_w; of one datum both are 0
	}
	scale = math.Sqrt(scale)
	all := make([]int, n)
	for k := range all {
		all[k] = k
	}
	onHost("SGD", f)
	type own struct {
		f landscape.PerSample
		w []float64
	}
	pool := sync.Pool{New: func() any { return &own{f.Copy().(landscape.PerSample), make([]float64, n)} }}
	return Equation{Dim: f.Dim(), Drift: downhill(f), Sources: n, Spread: func(_ float64, x, dB, out []float64) {
		o := pool.Get().(*own)
		defer pool.Put(o)
		// Σ (g_k - ḡ) dB_k = Σ g_k (dB_k - their mean)
		copy(o.w, dB)
		floats.AddConst(-floats.Sum(dB)/float64(n), o.w)
		floats.Scale(scale, o.w)
		o.f.SampleGradients(device.Of(x), all).Combine(o.w, device.Of(out))
	}}
}

// Run moves the walkers x, n×Dim, by o.Steps steps of gradient descent on batches of
// their own; o.Step is not used, a step takes the time Rate. It returns as
// [Equation.Run] does.
func (b Batches) Run(f landscape.Sampled, x []float64, o Options) (steps int, status Status) {
	n := f.Samples()
	b.check("Batches.Run", n)
	onHost("Batches.Run", f)
	o.Step = b.Rate
	d := f.Dim()
	Equation{Dim: d, Drift: func(float64, []float64, []float64) {}}.check("Batches.Run", x, &o)
	type own struct {
		f     landscape.Sampled
		index []int
		g     []float64
	}
	pool := sync.Pool{New: func() any { return &own{f.Copy().(landscape.Sampled), make([]int, b.Size), make([]float64, d)} }}
	return o.march(x, nil, func(first, steps int) {
		run.Share(0, len(x)/d, func(_, i int) {
			w := pool.Get().(*own)
			defer pool.Put(w)
			at := x[i*d : (i+1)*d]
			key := rng.Key(o.Seed).Split(uint64(o.First + i))
			for k := first; k < first+steps; k++ {
				b.draw(key.Split(uint64(k)).Stream(), n, w.index)
				w.f.BatchGradient(device.Of(at), landscape.Batch{Index: w.index}, device.Of(w.g))
				floats.AddScaled(at, -b.Rate, w.g)
			}
		})
	})
}

// draw writes a batch to index. Without replacement it is that of Floyd: a number drawn
// before stands for the last one allowed.
func (b Batches) draw(s *rng.Stream, n int, index []int) {
	for k := range index {
		if !b.WithoutReplacement {
			index[k] = s.IntN(n)
			continue
		}
		last := n - len(index) + k
		j := s.IntN(last + 1)
		if slices.Contains(index[:k], j) {
			j = last
		}
		index[k] = j
	}
}

// Diffusing is the equation with that drift and the noise √(2D(x)/β) dB, D being a
// dim×dim matrix, row-major, symmetric and positive semi-definite. For the root it takes
// the lower triangle of Cholesky.
func Diffusing(dim int, drift func(x, b []float64), D func(x, D []float64), beta float64) Equation {
	if !(beta > 0) || math.IsInf(beta, 0) {
		panic(fmt.Sprintf("sde: Diffusing: β is %v, expected a finite number above 0", beta))
	}
	pool := sync.Pool{New: func() any { s := make([]float64, dim*dim); return &s }}
	return Equation{Dim: dim, Sources: dim,
		Drift: func(_ float64, x, b []float64) { drift(x, b) },
		Spread: func(_ float64, x, dB, out []float64) {
			L := pool.Get().(*[]float64)
			defer pool.Put(L)
			D(x, *L)
			lower(dim, *L)
			for i := range dim {
				out[i] = math.Sqrt(2/beta) * floats.Dot((*L)[i*dim:i*dim+i+1], dB[:i+1])
			}
		}}
}

// lower replaces the lower triangle of a positive semi-definite matrix by its Cholesky
// factor; a direction without noise has a column of zeros.
func lower(n int, M []float64) {
	for j := range n {
		row := M[j*n : (j+1)*n]
		left := row[j] - floats.Dot(row[:j], row[:j])
		if left <= 1e-14*row[j] {
			for i := j; i < n; i++ {
				M[i*n+j] = 0
			}
			continue
		}
		root := math.Sqrt(left)
		row[j] = root
		for i := j + 1; i < n; i++ {
			M[i*n+j] = (M[i*n+j] - floats.Dot(M[i*n:i*n+j], row[:j])) / root
		}
	}
}
