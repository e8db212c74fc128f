package spectrum

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"glassy/lab/device"
	"glassy/lab/landscape"
	"glassy/lab/rng"
)

// slopes is f_k = g_k·x: its gradients are the rows of a matrix, everywhere.
type slopes struct {
	t    device.DType
	n, d int
	g    []float64 // n×d
}

// drawn is n gradients about a mean that is as long as they are, in directions that
// differ in size.
func drawn(n, d int, t device.DType) *slopes {
	g := make([]float64, n*d)
	rng.Key(7).Normals(0, g)
	for i := range g {
		g[i] = (g[i] + 1) / float64(1+i%d)
		if t == device.Float32 {
			g[i] = float64(float32(g[i]))
		}
	}
	return &slopes{t, n, d, g}
}

func (f *slopes) Dim() int                      { return f.d }
func (f *slopes) Samples() int                  { return f.n }
func (f *slopes) New() device.Vector            { return device.CPU().New(f.t, f.d) }
func (f *slopes) Copy() landscape.Landscape     { return f }
func (f *slopes) Value(x device.Vector) float64 { return f.Gradient(x, f.New()) }
func (f *slopes) String() string                { return "slopes" }
func (f *slopes) Gradient(x, g device.Vector) float64 {
	return f.BatchGradient(x, landscape.Batch{Index: upTo(f.n)}, g)
}
func (f *slopes) row(k int) []float64 { return f.g[k*f.d : (k+1)*f.d] }
func (f *slopes) SampleGradients(_ device.Vector, index []int) landscape.Gradients {
	return rows{f, index}
}

func (f *slopes) BatchGradient(x device.Vector, b landscape.Batch, g device.Vector) float64 {
	w := make([]float64, len(b.Index))
	for i := range w {
		w[i] = 1 / float64(len(w))
	}
	f.SampleGradients(x, b.Index).Combine(w, g)
	return x.Device().Dot(x, g)
}

func upTo(n int) []int {
	index := make([]int, n)
	for i := range index {
		index[i] = i
	}
	return index
}

type rows struct {
	f     *slopes
	index []int
}

func (r rows) Len() int { return len(r.index) }
func (r rows) SquaredNorms(dst []float64) {
	for i, k := range r.index {
		dst[i] = floats.Dot(r.f.row(k), r.f.row(k))
	}
}
func (r rows) Gram(dst []float64) {
	for i, k := range r.index {
		for j, l := range r.index {
			dst[i*len(r.index)+j] = floats.Dot(r.f.row(k), r.f.row(l))
		}
	}
}
func (r rows) Apply(v device.Vector, dst []float64) {
	for i, k := range r.index {
		dst[i] = floats.Dot(r.f.row(k), device.Read[float64](v))
	}
}
func (r rows) Combine(w []float64, dst device.Vector) {
	sum := make([]float64, r.f.d)
	for i, k := range r.index {
		floats.AddScaled(sum, w[i], r.f.row(k))
	}
	dst.Device().Upload(dst, device.Of(sum))
}
func (r rows) Rows(from, to int, dst device.Vector) {
	var all []float64
	for _, k := range r.index[from:to] {
		all = append(all, r.f.row(k)...)
	}
	dst.Device().Upload(dst, device.Of(all))
}

// plainly is D by its definition.
func plainly(f *slopes, noise Noise) *mat.SymDense {
	mean := make([]float64, f.d)
	for k := range f.n {
		floats.AddScaled(mean, 1/float64(f.n), f.row(k))
	}
	weight := 1 / float64(f.n)
	if noise.WithoutReplacement {
		weight = 1 / float64(f.n-1)
	}
	D := mat.NewSymDense(f.d, nil)
	for k := range f.n {
		g := slices.Clone(f.row(k))
		if !noise.Uncentred {
			floats.Sub(g, mean)
		}
		D.SymRankOne(D, weight, mat.NewVecDense(f.d, g))
	}
	return D
}

var noises = []Noise{{}, {Uncentred: true}, {WithoutReplacement: true}, {true, true}}

// All that is asked of D is that of the matrix by its definition: more data than
// dimensions and fewer, all gradients at once and a few.
func TestDiffusion(t *testing.T) {
	defer func(b int) { gradientBytes = b }(gradientBytes)
	for _, bytes := range []int{gradientBytes, 3 * 9 * 8} {
		gradientBytes = bytes
		for _, n := range []int{5, 9, 20} {
			for _, noise := range noises {
				const d = 9
				f := drawn(n, d, device.Float64)
				x := f.New()
				D := NewDiffusion(f, x, noise)
				want := plainly(f, noise)
				scale := mat.Norm(want, 2)
				near := func(what string, got, want float64) {
					t.Helper()
					if !(math.Abs(got-want) <= 1e-13*scale) {
						t.Errorf("N = %d, %+v: %s is %v, expected %v", n, noise, what, got, want)
					}
				}
				near("trace", D.Trace(), mat.Trace(want))
				whole := device.CPU().New(device.Float64, d*d)
				D.Operator().Dense(whole)
				v, dv := f.New(), f.New()
				for i := range d {
					device.Host[float64](v)[i] = 1
					D.Operator().Apply(v, dv)
					device.Host[float64](v)[i] = 0
					for j := range d {
						near("a product", device.Host[float64](dv)[j], want.At(i, j))
						near("the matrix", device.Host[float64](whole)[i*d+j], want.At(i, j))
					}
				}
				var eigen mat.EigenSym
				eigen.Factorize(want, false)
				s, err := D.Spectrum(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if len(s.Values) != min(n, d) || s.Dim != d {
					t.Fatalf("N = %d: %d of %d eigenvalues, expected %d of %d", n, len(s.Values), s.Dim, min(n, d), d)
				}
				all := eigen.Values(nil)
				for i, λ := range s.Values {
					near("an eigenvalue", λ, all[d-len(s.Values)+i])
				}
				mean, deviation := s.MeanDeviation(0)
				near("the mean", mean, mat.Trace(want)/d)
				near("the deviation", deviation*deviation, math.Pow(mat.Norm(want, 2), 2)/d-mean*mean)
				rank := min(n, d)
				if n <= d && !noise.Uncentred {
					rank-- // the differences from the mean add up to 0
				}
				if got := s.Rank(s.Threshold(device.Float64)); got != rank {
					t.Errorf("N = %d, %+v: rank %d, expected %d", n, noise, got, rank)
				}
				sum := make([]float64, d)
				squares := 0.0
				for k := range n {
					floats.Add(sum, f.row(k))
					squares += floats.Dot(f.row(k), f.row(k))
				}
				if got, want := D.Diversity(), squares/floats.Dot(sum, sum); math.Abs(got-want) > 1e-13*want {
					t.Errorf("diversity %v, expected %v", got, want)
				}

				// What is drawn is a linear map of normal numbers whose square is D.
				ξ := make([]float64, n)
				rng.Key(3).Normals(0, ξ)
				D.Draw(3, dv)
				for j := range d {
					want, mean := 0.0, 0.0
					for k := range n {
						mean += f.row(k)[j] / float64(n)
					}
					if noise.Uncentred {
						mean = 0
					}
					for k := range n {
						want += ξ[k] * (f.row(k)[j] - mean) * math.Sqrt(D.weight())
					}
					near("a draw", device.Host[float64](dv)[j], want)
				}
			}
		}
	}
}

// The Gram matrix in float32 finds what it finds in float64 but for Rounding, and the
// same rank above either threshold, also where one direction is far above the rest.
func TestDiffusionInFloat32(t *testing.T) {
	defer func(n int) { typeFrom = n }(typeFrom)
	const n, d = 300, 2000
	for _, along := range []float64{0, 100} {
		f := drawn(n, d, device.Float32)
		for i := range f.g {
			f.g[i] += float64(float32(along * math.Sin(float64(i/d))))
		}
		spectrum := func(from int) *DiffusionSpectrum {
			typeFrom = from
			s, err := NewDiffusion(f, f.New(), Noise{}).Spectrum(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		fine, coarse := spectrum(n+1), spectrum(n)
		if !floats.EqualApprox(coarse.Values, fine.Values, coarse.Rounding) {
			t.Errorf("eigenvalues are off by %v, expected at most %v", floats.Distance(coarse.Values, fine.Values, math.Inf(1)), coarse.Rounding)
		}
		for _, dtype := range []device.DType{device.Float32, device.Float64} {
			threshold := max(fine.Threshold(dtype), coarse.Rounding)
			if got, want := coarse.Rank(threshold), fine.Rank(threshold); got != want || got == 0 {
				t.Errorf("rank %d above %v's threshold, %d in float64", got, dtype, want)
			}
		}
		if coarse.Rounding < fine.Rounding || coarse.Rounding > 18*fine.Rounding {
			t.Errorf("rounding %v, %v in float64", coarse.Rounding, fine.Rounding)
		}
	}
}

// Lemma 6.3 by all batches of six data: their gradients have the covariance D/b, or
// D/b·(1-b/N) without replacement.
func TestBatchCovariance(t *testing.T) {
	const n, d = 6, 3
	f := drawn(n, d, device.Float64)
	x, g := f.New(), f.New()
	for b := 1; b <= n; b++ {
		for _, without := range []bool{false, true} {
			if !without && b > 4 {
				continue // 6⁴ batches are enough
			}
			D := NewDiffusion(f, x, Noise{WithoutReplacement: without})
			mean := device.Read[float64](D.Gradient())
			covariance, count := mat.NewSymDense(d, nil), 0
			batches(n, b, without, nil, func(index []int) {
				f.BatchGradient(x, landscape.Batch{Index: index}, g)
				off := device.Read[float64](g)
				floats.Sub(off, mean)
				covariance.SymRankOne(covariance, 1, mat.NewVecDense(d, off))
				count++
			})
			factor := 1 / float64(b)
			if without {
				factor *= 1 - float64(b)/n
			}
			whole := device.CPU().New(device.Float64, d*d)
			D.Operator().Dense(whole)
			for i := range d {
				for j := range d {
					got, want := factor*device.Host[float64](whole)[i*d+j], covariance.At(i, j)/float64(count)
					if math.Abs(got-want) > 1e-14 {
						t.Errorf("b = %d, without replacement %v: %v at (%d, %d), of all %d batches %v", b, without, got, i, j, count, want)
					}
				}
			}
		}
	}
}

// batches calls f with all batches of b, or all sets of b, that begin with index.
func batches(n, b int, without bool, index []int, f func(index []int)) {
	if len(index) == b {
		f(index)
		return
	}
	for k := range n {
		if without && len(index) > 0 && k <= index[len(index)-1] {
			continue
		}
		batches(n, b, without, append(index[:len(index):len(index)], k), f)
	}
}

func TestDiffusionSpectrum(t *testing.T) {
	s, err := NewDiffusionSpectrum("four", 4, []float64{3, 1e-9, 1})
	if err != nil {
		t.Fatal(err)
	}
	mean, deviation := s.MeanDeviation(0)
	if want := (4 + 1e-9) / 4; math.Abs(mean-want) > 1e-15 || math.Abs(deviation*deviation-(4+2*1+(1-1e-9)*(1-1e-9)-1)/4) > 1e-8 {
		t.Errorf("mean %v, deviation %v", mean, deviation)
	}
	if mean, _ := s.MeanDeviation(0.5); mean != (3+1+.5+.5)/4 {
		t.Errorf("mean of those raised to ½ is %v, expected 1.25", mean)
	}
	if t32, t64 := s.Threshold(device.Float32), s.Threshold(device.Float64); t32 != 12*0x1p-23 || t64 != 12*0x1p-52 || s.Rank(t32) != 2 || s.Rank(t64) != 3 {
		t.Errorf("thresholds %v, %v, ranks %d, %d", t32, t64, s.Rank(t32), s.Rank(t64))
	}
	if e := s.Share(-1, 0.1); e.Value != 0.5 || s.Trace().Value != 4+1e-9 {
		t.Errorf("a share of %v up to 0.1, trace %v, expected 0.5 and 4", e, s.Trace())
	}
	for want, values := range map[string][]float64{
		"eigenvalue -0.3": {2, -0.3}, "NaN": {1, math.NaN()}, "Inf": {1, math.Inf(1)},
	} {
		if _, err := NewDiffusionSpectrum("matrix", 3, values); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("eigenvalues %v: %v, expected an error with %q", values, err, want)
		}
	}
	if _, err := NewDiffusionSpectrum("matrix", 3, []float64{2, -1e-16}); err != nil {
		t.Error("rounding below 0 is an error:", err)
	}
}

func TestDiffusionSlips(t *testing.T) {
	f := drawn(1, 3, device.Float64)
	wantPanic(t, "1 datum", func() { NewDiffusion(f, f.New(), Noise{WithoutReplacement: true}) })
	wantPanic(t, "is 2 numbers", func() { NewDiffusion(f, device.Of([]float64{1, 2}), Noise{}) })
	D := NewDiffusion(f, f.New(), Noise{})
	wantPanic(t, "Draw: the vector", func() { D.Draw(1, device.Of([]float64{1})) })
	wantPanic(t, "5 eigenvalues", func() { NewDiffusionSpectrum("", 3, make([]float64, 5)) })

	f = drawn(4, 3, device.Float64)
	f.g[5] = math.NaN()
	if _, err := NewDiffusion(f, f.New(), Noise{}).Spectrum(t.Context()); err == nil || !strings.Contains(err.Error(), "NaN") {
		t.Errorf("a NaN among the gradients: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := D.Spectrum(ctx); err == nil {
		t.Error("a spectrum that was stopped is no error")
	}
}
