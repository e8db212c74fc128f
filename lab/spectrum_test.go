package lab_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"glassy/lab/data"
	"glassy/lab/device"
	"glassy/lab/glass"
	"glassy/lab/landscape"
	"glassy/lab/net"
	"glassy/lab/rng"
	"glassy/lab/spectrum"
	"glassy/lab/wells"
)

// The well's own eigenvalues, at a point where its Hessian is no constant too.
func TestSpectrumOfWells(t *testing.T) {
	a := []float64{3, 1, 0, 1, 2, -1, 0, -1, -1}
	q := wells.NewQuadratic(a, []float64{1, 2, 3})
	e, err := spectrum.Exact(t.Context(), spectrum.Hessian(q, q.New()), false)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range q.Eigenvalues() {
		if math.Abs(e.Values[i]-want) > 1e-14 {
			t.Errorf("eigenvalues %v, expected %v", e.Values, q.Eigenvalues())
		}
	}
	f := wells.New(wells.DoubleWell(0)) // ¼(x²-1)²: f″ = 3x²-1
	e, err = spectrum.Exact(t.Context(), spectrum.Hessian(f, device.Of([]float64{2})), false)
	if err != nil || math.Abs(e.Values[0]-11) > 1e-13 {
		t.Errorf("curvature at 2 is %v, %v, expected 11", e, err)
	}
}

// (2.13) on a glass that was drawn: at a point of energy u the Riemannian Hessian
// has the semicircle about -pu, and all three ways of looking at it say so.
func TestSpectrumOfGlasses(t *testing.T) {
	for _, c := range []struct{ p, n int }{{3, 120}, {4, 40}} {
		g := glass.New(c.p, c.n, glass.Seed(1))
		σ := g.New()
		σ.Device().Normal(2, 0, 0, 1, σ)
		σ.Device().Scale(g.Radius()/math.Sqrt(σ.Device().Dot(σ, σ)), σ)
		u := g.Value(σ) / float64(c.n)
		law := glass.HessianLaw(c.p, u)
		op := spectrum.Hessian(g, σ)
		e, err := spectrum.Exact(t.Context(), op, false)
		if err != nil {
			t.Fatal(err)
		}
		if e.Dim != c.n-1 {
			t.Errorf("p = %d: %d eigenvalues, expected %d: those of the tangent space", c.p, e.Dim, c.n-1)
		}
		for i, x := range e.Values { // eigenvalues are rigid
			if d := math.Abs((float64(i)+0.5)/float64(e.Dim) - law.Below(x)); d > 5/float64(c.n) {
				t.Errorf("p = %d: eigenvalue %d is %v, where the law has a share of %v", c.p, i, x, law.Below(x))
			}
		}
		// The trace is -pu(N-1) and noise of variance 2p(p-1)(N-1)/N.
		if got, want := e.Trace().Value, -float64(c.p)*u*float64(e.Dim); math.Abs(got-want) > 4*math.Sqrt(2*float64(c.p*(c.p-1))) {
			t.Errorf("p = %d: trace %v, expected %v", c.p, got, want)
		}

		op.Dense = nil // by products
		x, err := spectrum.Lanczos(t.Context(), op, spectrum.Ends{Low: 3, High: 3})
		if err != nil {
			t.Fatal(err)
		}
		for i := range 3 {
			if d := math.Abs(x.Low[i].Value - e.Values[i]); !(d <= x.Low[i].Residual+1e-12) {
				t.Errorf("p = %d: smallest %d is %v, expected %v", c.p, i, x.Low[i].Value, e.Values[i])
			}
			if d := math.Abs(x.High[i].Value - e.Values[e.Dim-1-i]); !(d <= x.High[i].Residual+1e-12) {
				t.Errorf("p = %d: largest %d is %v, expected %v", c.p, i, x.High[i].Value, e.Values[e.Dim-1-i])
			}
		}
		q, err := spectrum.Quadrature(t.Context(), op, spectrum.Probes{Steps: 20})
		if err != nil {
			t.Fatal(err)
		}
		out := 0 // of intervals of 95 %
		for i, share := range e.Cumulative(e.Values).Y {
			if s := q.Share(math.Inf(-1), e.Values[i]); share < s.Low || share > s.High {
				out++
			}
		}
		if out > e.Dim/20 {
			t.Errorf("p = %d: %d of %d shares are outside of their intervals", c.p, out, e.Dim)
		}
	}
}

// noise is random images with random labels.
func noise(n int, shape []int, classes int) *data.Set {
	s := rng.Key(2).Stream()
	set := &data.Set{Name: "noise", Shape: shape, Classes: classes, Y: make([]int32, n)}
	set.X = make([]float32, n*set.Size())
	for i := range set.X {
		set.X[i] = float32(s.Float64())
	}
	for i := range set.Y {
		set.Y[i] = int32(s.IntN(classes))
	}
	return set
}

func lossOf(tb testing.TB, name string, samples int, t device.DType) (*net.Loss, device.Vector) {
	tb.Helper()
	a, err := net.Named(name)
	if err != nil {
		tb.Fatal(err)
	}
	f, err := net.NewLoss(a, noise(samples, a.Input, a.Classes), net.Options{DType: t})
	if err != nil {
		tb.Fatal(err)
	}
	x := f.New()
	net.Initialise(a, net.HeNormal, rng.Key(1), x)
	return f, x
}

// A network's Hessian: the whole of it against its ends and its probes.
func TestSpectrumOfNetworks(t *testing.T) {
	f, x := lossOf(t, "tiny-fc", 100, device.Float64)
	op := spectrum.Hessian(f, x)
	e, err := spectrum.Exact(t.Context(), op, true)
	if err != nil {
		t.Fatal(err)
	}
	ends, err := spectrum.Lanczos(t.Context(), op, spectrum.Ends{Low: 5, High: 5})
	if err != nil || ends.Status != spectrum.Finished {
		t.Fatal(ends, err)
	}
	for i, p := range ends.High {
		k := e.Dim - 1 - i
		if d := math.Abs(p.Value - e.Values[k]); !(d <= p.Residual+1e-12) {
			t.Errorf("largest %d is %v, off by %g, bound %g", i, p.Value, d, p.Residual)
		}
		if c := math.Abs(p.Vector.Device().Dot(p.Vector, e.Vector(k))); c < 1-1e-6 {
			t.Errorf("eigenvectors %d have product %v", i, c)
		}
	}
	q, err := spectrum.Quadrature(t.Context(), op, spectrum.Probes{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := q.Trace(), e.Trace().Value; math.Abs(got.Value-want) > 4*got.Error {
		t.Errorf("trace %v, expected %v", got, want)
	}
	sizes := []float64{1e-12, 1e-8, 1e-6, 1e-4, 1e-3, 1e-2, 1}
	truth, c := e.CumulativeNear(sizes), q.CumulativeNear(sizes)
	for i := range sizes {
		if truth.Y[i] < c.Low[i] || truth.Y[i] > c.High[i] {
			t.Errorf("|λ| ≤ %g: share %v, outside of %v..%v", sizes[i], truth.Y[i], c.Low[i], c.High[i])
		}
	}
	if !strings.Contains(e.String(), "Hessian of tiny-fc over 100 samples") {
		t.Errorf("shows itself as %v", e)
	}
	if !slices.IsSorted(e.Values) {
		t.Error("eigenvalues are not ascending")
	}
}

// The closed forms of two models. Softmax regression on x̃ = (x, 1): the Hessian is
// 1/N Σ (diag p - ppᵀ) ⊗ x̃x̃ᵀ, the Gauss-Newton matrix the same, and the empirical
// Fisher matrix 1/N Σ (p-y)(p-y)ᵀ ⊗ x̃x̃ᵀ. Least squares: AᵀA/N and Aᵀ diag(r²) A/N.
func TestCurvatureOfModels(t *testing.T) {
	const n, c, d = 300, 3, 5
	a := net.Architecture{Name: "softmax", Input: []int{d}, Classes: c, Layers: []net.Layer{net.Dense{Out: c}}}
	set := noise(n, []int{d}, c)
	f, err := net.NewLoss(a, set, net.Options{DType: device.Float64})
	if err != nil {
		t.Fatal(err)
	}
	x := f.New()
	x.Device().Normal(5, 0, 0, 1, x)
	w := device.Read[float64](x) // c×d, then c biases
	dim := len(w)
	hessian, fisher := mat.NewSymDense(dim, nil), mat.NewSymDense(dim, nil)
	g := mat.NewVecDense(dim, nil)
	for k := range n {
		tilde := make([]float64, d+1)
		for i, v := range set.X[k*d : (k+1)*d] {
			tilde[i] = float64(v)
		}
		tilde[d] = 1
		p, sum := make([]float64, c), 0.0
		for j := range p {
			p[j] = math.Exp(floats.Dot(w[j*d:(j+1)*d], tilde[:d]) + w[c*d+j])
			sum += p[j]
		}
		floats.Scale(1/sum, p)
		at := func(j, i int) int { // of class j's weight i
			if i == d {
				return c*d + j
			}
			return j*d + i
		}
		for j := range c {
			for l := range c {
				h := -p[j] * p[l]
				if j == l {
					h += p[j]
				}
				for i, u := range tilde {
					for m, v := range tilde {
						if r, s := at(j, i), at(l, m); r <= s {
							hessian.SetSym(r, s, hessian.At(r, s)+h*u*v/n)
						}
					}
				}
			}
			r := p[j]
			if int(set.Y[k]) == j {
				r--
			}
			for i, u := range tilde {
				g.SetVec(at(j, i), r*u)
			}
		}
		fisher.SymRankOne(fisher, 1.0/n, g)
	}
	squares := wells.NewLeastSquares(2, []float64{1, 2, 0, 1, -1, 3, 2, 2}, []float64{1, 0, 2, -1})
	at := device.Of([]float64{0.3, -0.2})
	r := []float64{0.3 - 0.4 - 1, -0.2, -0.3 - 0.6 - 2, 0.6 - 0.4 + 1}
	weighted := mat.NewDense(4, 2, []float64{1, 2, 0, 1, -1, 3, 2, 2})
	var plain mat.SymDense
	plain.SymOuterK(0.25, weighted.T())
	for k := range r {
		weighted.Set(k, 0, weighted.At(k, 0)*r[k])
		weighted.Set(k, 1, weighted.At(k, 1)*r[k])
	}
	var outer mat.SymDense
	outer.SymOuterK(0.25, weighted.T())

	for _, c := range []struct {
		op   spectrum.Operator
		want *mat.SymDense
	}{
		{spectrum.Hessian(f, x), hessian}, {spectrum.GaussNewton(f, x), hessian}, {spectrum.Fisher(f, x), fisher},
		{spectrum.Fisher(f.Subset(upTo(n)), x), fisher},
		{spectrum.GaussNewton(squares, at), &plain}, {spectrum.Fisher(squares, at), &outer},
	} {
		var want mat.EigenSym
		want.Factorize(c.want, false)
		values := want.Values(nil)
		e, err := spectrum.Exact(t.Context(), c.op, false)
		if err != nil {
			t.Fatal(err)
		}
		if !floats.EqualApprox(e.Values, values, 1e-12) {
			t.Errorf("%s: eigenvalues %v, expected %v", c.op.Name, e.Values, values)
		}
		q, err := spectrum.Quadrature(t.Context(), c.op, spectrum.Probes{Count: 20})
		if err != nil {
			t.Fatal(err)
		}
		x, err := spectrum.Trace(t.Context(), c.op, spectrum.Probes{Count: 4})
		if err != nil {
			t.Fatal(err)
		}
		// Twice twelve comparisons at four standard deviations.
		trace, square := mat.Trace(c.want), 0.0
		for _, v := range values {
			square += v * v
		}
		for _, e := range []struct {
			got  spectrum.Estimate
			want float64
		}{{q.Trace(), trace}, {x.Trace, trace}, {q.Moment(2), square / float64(len(values))}, {x.Square, square}} {
			if math.Abs(e.got.Value-e.want) > 4*e.got.Error+1e-12 {
				t.Errorf("%s: %v, expected %v", c.op.Name, e.got, e.want)
			}
		}
		density, area := q.Density(spectrum.Smoothing{}), 0.0
		for i := range density.X {
			area += density.Y[i] * (density.X[1] - density.X[0])
		}
		if math.Abs(area-1) > 0.01 { // three bandwidths, and the lattice
			t.Errorf("%s: the density's integral is %v", c.op.Name, area)
		}
	}
}

// A network of ReLUs is the same when one layer's weights and biases are doubled and
// the next one's weights halved; so is its surface along directions with their filters
// normalised, and not along others.
func TestSurfaceOfNetworks(t *testing.T) {
	const in, hidden, classes = 6, 5, 3
	a := net.Architecture{Name: "relu", Input: []int{in}, Classes: classes, Layers: []net.Layer{net.Dense{Out: hidden}, net.ReLU{}, net.Dense{Out: classes}}}
	f, err := net.NewLoss(a, noise(50, []int{in}, classes), net.Options{DType: device.Float64})
	if err != nil {
		t.Fatal(err)
	}
	x := f.New()
	net.Initialise(a, net.HeNormal, 1, x)
	doubled := x.Clone()
	for _, b := range a.Layout() {
		switch part := doubled.Slice(b.Offset, b.Offset+b.Len()); {
		case strings.HasPrefix(b.Name, "dense1"):
			doubled.Device().Scale(2, part)
		case b.Kind == net.Weight:
			doubled.Device().Scale(0.5, part)
		}
	}
	filters, at := a.Filters(), []float64{-1, -0.3, 0, 0.5, 1}
	if len(filters) != hidden+classes {
		t.Fatalf("%d filters, expected %d", len(filters), hidden+classes)
	}
	surface := func(x device.Vector, filters [][2]int) []float64 {
		u, v := spectrum.Direction(x, filters, 2), spectrum.Direction(x, filters, 3)
		return spectrum.Plane(t.Context(), f, x, u, v, at, at).Values
	}
	if one, other := surface(x, filters), surface(doubled, filters); !floats.EqualApprox(one, other, 1e-12) {
		t.Errorf("with filters normalised %v, and of the scaled network %v", one, other)
	}
	if one, other := surface(x, nil), surface(doubled, nil); floats.EqualApprox(one, other, 1e-3) {
		t.Error("without, the scaled network has the same surface: the test sees nothing")
	}
}

func upTo(n int) []int {
	index := make([]int, n)
	for i := range index {
		index[i] = i
	}
	return index
}

// A probe of 100 steps and the five largest eigenvalues of the network of
// chapter 6, d = 13,338, at batch 128: PyHessian takes 2.84 and 2.90 s on two
// cores.
func BenchmarkSpectrum(b *testing.B) {
	f, x := lossOf(b, "small-lenet", 128, device.Float32)
	op := spectrum.Hessian(f.Minibatch(landscape.Batch{Index: upTo(128)}), x)
	b.Run("probe", func(b *testing.B) {
		for b.Loop() {
			if _, err := spectrum.Quadrature(b.Context(), op, spectrum.Probes{Count: 1}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("largest", func(b *testing.B) {
		for b.Loop() {
			x, err := spectrum.Lanczos(b.Context(), op, spectrum.Ends{High: 5})
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(x.Steps), "products")
		}
	})
}
