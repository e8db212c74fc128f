package wells

import (
	"fmt"
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

var (
	cosq = CosineInBowl(0.5, 1, 3, 0.4)
	expl = ExponentialValley(1)
	poly = Polynomial{1, 0.3, -2, 0, 1}
)

// all is one landscape of each kind.
func all() map[string]landscape.Curved {
	s := rng.Key(1).Stream()
	a := make([]float64, 20*3)
	y := make([]float64, 20)
	s.Normals(a)
	s.Normals(y)
	return map[string]landscape.Curved{
		"profiles":      New(DoubleWell(0.2), cosq, expl, poly),
		"double well":   DoubleWell2D(),
		"quadratic":     NewQuadratic([]float64{2, 0.5, 0.5, -1}, []float64{0.3, -1}),
		"least squares": NewLeastSquares(3, a, y),
		"factor":        NewFactor(2, 2, 3, a[:6]),
		"function":      Func(2, rosenbrock),
		"with gradient": FuncGradient(2, rosenbrock, rosenbrockGradient),
	}
}

func rosenbrock(x []float64) float64 {
	return (1-x[0])*(1-x[0]) + 100*(x[1]-x[0]*x[0])*(x[1]-x[0]*x[0])
}

func rosenbrockGradient(x, g []float64) {
	g[0] = -2*(1-x[0]) - 400*x[0]*(x[1]-x[0]*x[0])
	g[1] = 200 * (x[1] - x[0]*x[0])
}

// near is a vector about the size of one.
func near(f landscape.Landscape, label uint64) device.Vector {
	x := make([]float64, f.Dim())
	rng.Key(2).Split(label).Stream().Normals(x)
	return device.Of(x)
}

func TestDerivatives(t *testing.T) {
	for name, f := range all() {
		t.Run(name, func(t *testing.T) {
			for label := range uint64(3) {
				x, v := near(f, label), near(f, label+10)
				g, up, down, hv := f.New(), f.New(), f.New(), f.New()
				value := f.Gradient(x, g)
				if got := f.Value(x); got != value {
					t.Errorf("Value is %g, Gradient returns %g", got, value)
				}
				f.HessianVector(x, v, hv)

				// Central differences along v with h = 1e-5: the formula's error is
				// h²|f‴|/6 ≈ 1e-8 of the third derivatives, rounding's 1e-11 of f.
				const h = 1e-5
				cpu := device.CPU()
				move := func(h float64) device.Vector {
					y := x.Clone()
					cpu.Axpy(h, v, y)
					return y
				}
				scale := 1 + cpu.MaxAbs(g) + cpu.MaxAbs(hv)
				want := (f.Gradient(move(h), up) - f.Gradient(move(-h), down)) / (2 * h)
				if got := cpu.Dot(g, v); math.Abs(got-want) > 1e-6*scale {
					t.Errorf("∇f·v is %.10g, by differences %.10g", got, want)
				}
				cpu.Axpy(-1, down, up)
				cpu.Scale(1/(2*h), up)
				cpu.Axpy(-1, hv, up)
				if worst := cpu.MaxAbs(up); worst > 1e-5*scale {
					t.Errorf("∇²f v differs from differences by %g", worst)
				}

				// ∇²f is symmetric: w·Hv = v·Hw.
				w, hw := near(f, label+20), f.New()
				f.HessianVector(x, w, hw)
				if a, b := cpu.Dot(w, hv), cpu.Dot(v, hw); math.Abs(a-b) > 1e-5*scale {
					t.Errorf("w·Hv is %g, v·Hw %g", a, b)
				}
			}
		})
	}
}

// What Func promises of its differences: 10 digits, and 6 of the curvature.
func TestFuncAccuracy(t *testing.T) {
	x, v := []float64{-1.2, 1}, []float64{0.6, -0.8}
	want := make([]float64, 2)
	rosenbrockGradient(x, want)
	f := Func(2, rosenbrock)
	g, hv := f.New(), f.New()
	f.Gradient(device.Of(x), g) // of length 233, with an error of h²f‴/6 = 2.5e-8
	if d := floats.Distance(device.Host[float64](g), want, math.Inf(1)); d > 3e-8 {
		t.Errorf("gradient %v, expected %v: wrong by %g", device.Host[float64](g), want, d)
	}
	hessian := [2][2]float64{{1200*x[0]*x[0] - 400*x[1] + 2, -400 * x[0]}, {-400 * x[0], 200}}
	f.HessianVector(device.Of(x), device.Of(v), hv)
	for i, got := range device.Host[float64](hv) {
		if want := hessian[i][0]*v[0] + hessian[i][1]*v[1]; math.Abs(got-want) > 1e-6*1728 {
			t.Errorf("(Hv)[%d] is %.9g, expected %.9g", i, got, want)
		}
	}
	e := FuncGradient(2, rosenbrock, rosenbrockGradient)
	e.HessianVector(device.Of(x), device.Of(v), hv)
	for i, got := range device.Host[float64](hv) {
		if want := hessian[i][0]*v[0] + hessian[i][1]*v[1]; math.Abs(got-want) > 1e-9*1728 {
			t.Errorf("with a gradient, (Hv)[%d] is %.12g, expected %.12g", i, got, want)
		}
	}
	if !slices.Equal(x, []float64{-1.2, 1}) {
		t.Errorf("x was changed to %v", x)
	}
	f.HessianVector(device.Of(x), device.Of([]float64{0, 0}), hv)
	if got := device.Host[float64](hv); got[0] != 0 || got[1] != 0 {
		t.Errorf("H0 is %v", got)
	}
}

func TestExactSaysSo(t *testing.T) {
	for _, c := range []struct {
		w                 *Well
		gradient, hessian bool
		text              string
	}{
		{DoubleWell2D(), true, true, "an energy of 2 variables"},
		{FuncGradient(1, rosenbrock, rosenbrockGradient), true, false, "a function of one variable, second derivatives by central differences"},
		{Func(2, rosenbrock), false, false, "a function of 2 variables, derivatives by central differences"},
	} {
		if g, h := c.w.Exact(); g != c.gradient || h != c.hessian || c.w.String() != c.text {
			t.Errorf("%v: exact %t %t, expected %t %t and %q", c.w, g, h, c.gradient, c.hessian, c.text)
		}
	}
}

// Vectors of float32 hold what the host computes in float64, rounded once.
func TestFloat32(t *testing.T) {
	w := New(cosq, expl)
	f := w.On(device.NewCPU(1), device.Float32)
	x := device.Put(device.CPU(), device.Float32, []float64{0.5, -0.25}) // exact in float32
	g, hv := f.New(), f.New()
	if g.DType() != device.Float32 || w.New().DType() != device.Float64 {
		t.Fatalf("New makes %v, and %v without On", g.DType(), w.New().DType())
	}
	want, wantHV := w.New(), w.New()
	if a, b := f.Gradient(x, g), w.Gradient(device.Of([]float64{0.5, -0.25}), want); a != b {
		t.Errorf("f is %g from float32, %g from float64", a, b)
	}
	f.HessianVector(x, x, hv)
	w.HessianVector(device.Of([]float64{0.5, -0.25}), device.Of([]float64{0.5, -0.25}), wantHV)
	for i := range 2 {
		if got, want := device.Host[float32](g)[i], float32(device.Host[float64](want)[i]); got != want {
			t.Errorf("g[%d] is %g, expected %g", i, got, want)
		}
		if got, want := device.Host[float32](hv)[i], float32(device.Host[float64](wantHV)[i]); got != want {
			t.Errorf("hv[%d] is %g, expected %g", i, got, want)
		}
	}
}

// The averages over a normal neighbourhood, by the trapezoid rule on ±12
// standard deviations, where it is exact to rounding.
func TestHeat(t *testing.T) {
	for name, p := range map[string]Profile{"polynomial": poly, "cosq": cosq, "expl": expl, "sixth": Polynomial{1, 2, 3, 4, 5, 6, 7}} {
		for _, s := range []float64{0, 0.04, 0.5} {
			smooth := p.Heat(s)
			for _, x := range []float64{-0.7, 0, 1.3} {
				var f, slope, curvature float64
				const n = 1200
				for i := -n; i <= n; i++ {
					z := 12 * float64(i) / n
					w := math.Exp(-z*z/2) / math.Sqrt(2*math.Pi) * 12 / n
					a, b, c := p.At(x + math.Sqrt(s)*z)
					f, slope, curvature = f+w*a, slope+w*b, curvature+w*c
				}
				a, b, c := smooth.At(x)
				if math.Abs(a-f)+math.Abs(b-slope)+math.Abs(c-curvature) > 1e-11*(1+math.Abs(f)+math.Abs(slope)+math.Abs(curvature)) {
					t.Errorf("%s.Heat(%g) at %g is %.12g %.12g %.12g, by quadrature %.12g %.12g %.12g", name, s, x, a, b, c, f, slope, curvature)
				}
			}
		}
	}
}

func TestExtrema(t *testing.T) {
	const eps = 1e-12 // a few bits of 1
	want := []Extremum{{-1, 0, 2}, {0, 0.25, -1}, {1, 0, 2}}
	got := Extrema(DoubleWell(0), -2, 2.5)
	if len(got) != 3 {
		t.Fatalf("extrema of the double well: %v", got)
	}
	for i, e := range got {
		if w := want[i]; math.Abs(e.X-w.X)+math.Abs(e.Energy-w.Energy)+math.Abs(e.Curvature-w.Curvature) > eps {
			t.Errorf("extremum %d is %+v, expected %+v", i, e, w)
		}
	}
	// At the tilt 2/√27 the left hump of the slope just touches zero.
	critical := 2 / math.Sqrt(27)
	if n := len(Extrema(DoubleWell(critical*0.99), -3, 3)); n != 3 {
		t.Errorf("below the critical tilt there are %d extrema, expected 3", n)
	}
	if n := len(Extrema(DoubleWell(critical*1.01), -3, 3)); n != 1 {
		t.Errorf("above the critical tilt there are %d extrema, expected 1", n)
	}
	if e := Extrema(expl, -3, 3); len(e) != 1 || math.Abs(e[0].X) > eps {
		t.Errorf("extrema of eˣ-x: %v, expected one at 0", e)
	}
	// Extrema of a cosine in a bowl alternate, and lie where its doc says.
	bound := 1 * 3 / 0.5
	all, wide := Extrema(cosq, -bound, bound), Extrema(cosq, -10*bound, 10*bound)
	if len(all) != len(wide) || len(all)%2 != 1 {
		t.Errorf("%d extrema within the bound, %d within ten times", len(all), len(wide))
	}
	for i, e := range all {
		if _, slope, _ := cosq.At(e.X); math.Abs(slope) > 1e-13 || (e.Curvature > 0) != (i%2 == 0) {
			t.Errorf("extremum %d is %+v, slope %g", i, e, slope)
		}
	}
	if e := Extrema(Polynomial{0, 0, 0, 1}, -1, 1); len(e) != 0 {
		t.Errorf("x³ has the extrema %v", e)
	}
}

func TestQuadraticClosedForms(t *testing.T) {
	// Oracle ch4.quadratic_d: Example 4.12, corrected.
	q := NewQuadratic([]float64{2, 0.5, 0.5, 1}, []float64{0, 0})
	u := q.LocalEntropy(0.7, 3)
	g, h := u.New(), u.New()
	x := device.Of([]float64{1, -2})
	near := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-11*(1+math.Abs(want)) {
			t.Errorf("%s is %.13g, expected %.13g", what, got, want)
		}
	}
	near("local entropy", u.Gradient(x, g), 1.5084854293240375)
	near("its gradient 1", device.Host[float64](g)[0], 0.5622236260265319)
	near("its gradient 2", device.Host[float64](g)[1], -0.9981048641819332)
	u.HessianVector(x, device.Of([]float64{1, 0}), h)
	near("its Hessian 11", device.Host[float64](h)[0], 0.8149084017687934)
	near("its Hessian 12", device.Host[float64](h)[1], 0.12634238787113078)
	near("Hopf-Lax", q.LocalEntropy(0.7, math.Inf(1)).Value(x), 1.2792166771951992)
	near("steep", NewQuadratic([]float64{1e8}, []float64{0}).LocalEntropy(0.01, 1).At(1), 56.90770577903189)

	// The semigroup: smoothing for s and then t is smoothing for s+t.
	near("semigroup", q.LocalEntropy(0.3, 3).LocalEntropy(0.4, 3).Value(x), u.Value(x))
	near("t = 0", q.LocalEntropy(0, 3).Value(x), q.Value(x))

	// A diagonal quadratic is a sum of profiles, and so is its heat.
	d := NewQuadratic([]float64{3, 0, 0, 0.5}, []float64{1, 0})
	p := New(Polynomial{1.5, -3, 1.5}, Polynomial{0, 0, 0.25})
	near("diagonal", d.At(0.3, 2), p.At(0.3, 2))
	near("heat", d.Heat(0.2).At(0.3, 2), New(Polynomial{1.5, -3, 1.5}.Heat(0.2), Polynomial{0, 0, 0.25}.Heat(0.2)).At(0.3, 2))

	cov, err := q.GibbsCovariance(2)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{1 / 3.5, -0.5 / 3.5, -0.5 / 3.5, 2 / 3.5} { // (2A)⁻¹, det A = 1.75
		near(fmt.Sprint("Gibbs covariance ", i), cov[i], want)
	}
	if _, err := NewQuadratic([]float64{1, 0, 0, -1}, []float64{0, 0}).GibbsCovariance(1); err == nil {
		t.Error("a saddle has a Gibbs law")
	}
	if e := NewQuadratic([]float64{1, 2, 2, 1}, []float64{0, 0}).Eigenvalues(); math.Abs(e[0]+1)+math.Abs(e[1]-3) > 1e-13 {
		t.Errorf("eigenvalues %v, expected -1, 3", e)
	}
}

// Data of the oracles ch6.diffusion_matrix#1 and ch6.sgd_stationary_covariance.
func small() *LeastSquares {
	return NewLeastSquares(2,
		[]float64{1, 0, 0.5, 1, -1, 0.5, 0.2, -1.5, 1.5, 1},
		[]float64{1, 0.5, -0.5, 1, 0})
}

func TestLeastSquaresOracles(t *testing.T) {
	l := small()
	check := func(what string, got []float64, want ...float64) {
		t.Helper()
		if !floats.EqualApprox(got, want, 1e-12) {
			t.Errorf("%s is %v, expected %v", what, got, want)
		}
	}
	check("D_w", l.Diffusion([]float64{0.3, -0.2}), 0.11910343999999995, 0.0469392, 0.0469392, 0.237656)
	check("F", l.Curvature(), 0.908, 0.24, 0.24, 0.9)
	x, err := l.Minimum()
	if err != nil {
		t.Fatal(err)
	}
	check("x*", x, 0.5410742496050552, -0.4220642443391258)
	for _, c := range []struct {
		replace bool
		want    []float64
	}{
		{true, []float64{0.004030346058310765, 0.0012748024991526472, 0.0012748024991526472, 0.004145850477075124}},
		{false, []float64{0.0029931854872142223, 0.0009520766859859511, 0.0009520766859859511, 0.003084181903439992}},
	} {
		cov, err := l.SGDCovariance(0.1, 2, c.replace)
		if err != nil {
			t.Fatal(err)
		}
		check(fmt.Sprintf("covariance, replace %t", c.replace), cov, c.want...)
	}
	// The whole data as the batch: no noise.
	cov, err := l.SGDCovariance(0.1, 5, false)
	if err != nil {
		t.Fatal(err)
	}
	check("covariance of descent", cov, 0, 0, 0, 0)
}

// The law of one batch a step is the law of a long run: its moments, within
// five standard errors, T = 200 000 steps of correlation time 1/(ηλ) ≈ 15.
func TestSGDCovarianceBySimulation(t *testing.T) {
	l := small()
	const rate, steps = 0.1, 200_000
	want, err := l.SGDCovariance(rate, 1, true)
	if err != nil {
		t.Fatal(err)
	}
	centre, err := l.Minimum()
	if err != nil {
		t.Fatal(err)
	}
	s := rng.Key(3).Stream()
	x, g := slices.Clone(centre), make([]float64, 2)
	var sum [4]float64
	index := []int{0}
	for range steps {
		index[0] = s.IntN(l.Samples())
		l.BatchGradient(device.Of(x), landscape.Batch{Index: index}, device.Of(g))
		floats.AddScaled(x, -rate, g)
		a, b := x[0]-centre[0], x[1]-centre[1]
		sum[0], sum[1], sum[2], sum[3] = sum[0]+a*a, sum[1]+a*b, sum[2]+a*b, sum[3]+b*b
	}
	for i, s := range sum {
		// Relative error of a variance over T/τ independent draws: √(2τ/T) = 1.2 %.
		if got := s / steps; math.Abs(got-want[i]) > 5*0.012*(want[0]+want[3])/2 {
			t.Errorf("covariance %d is %g after %d steps, expected %g", i, got, steps, want[i])
		}
	}
}

// In one dimension the law exists exactly while E(1-ηa²)² < 1.
func TestSGDCovarianceExists(t *testing.T) {
	a := []float64{1, 2, -1.5}
	l := NewLeastSquares(1, a, []float64{1, 0, 2})
	a2, a4 := 0.0, 0.0
	for _, a := range a {
		a2 += a * a / 3
		a4 += a * a * a * a / 3
	}
	edge := 2 * a2 / a4
	if _, err := l.SGDCovariance(edge*0.999, 1, true); err != nil {
		t.Errorf("below the edge: %v", err)
	}
	if _, err := l.SGDCovariance(edge*1.001, 1, true); err == nil {
		t.Error("a law above the edge")
	}
	if _, err := NewLeastSquares(2, []float64{1, 1}, []float64{1}).SGDCovariance(0.1, 1, true); err == nil || !strings.Contains(err.Error(), "free") {
		t.Errorf("one datum in two variables: %v", err)
	}
}

func TestSamples(t *testing.T) {
	l := small()
	x := device.Of([]float64{0.3, -0.2})
	n, d := l.Samples(), l.Dim()
	everyone := []int{0, 1, 2, 3, 4}
	g, h := l.New(), l.New()
	f := l.Gradient(x, g)
	if got := l.BatchGradient(x, landscape.Batch{Index: everyone}, h); got != f || device.CPU().Dot(g, g) != device.CPU().Dot(h, h) {
		t.Errorf("the batch of all data is %g with gradient %v, expected %g, %v", got, device.Host[float64](h), f, device.Host[float64](g))
	}
	// One that stands twice counts twice.
	l.BatchGradient(x, landscape.Batch{Index: []int{2, 2, 4}}, g)
	gs := l.SampleGradients(x, []int{2, 2, 4})
	gs.Combine([]float64{1. / 3, 1. / 3, 1. / 3}, h)
	if !floats.EqualApprox(device.Host[float64](g), device.Host[float64](h), 1e-15) {
		t.Errorf("batch gradient %v, mean of the samples' %v", device.Host[float64](g), device.Host[float64](h))
	}

	// Everything factored against the rows.
	gs = l.SampleGradients(x, everyone)
	rows := make([]float64, n*d)
	gs.Rows(0, n, device.Of(rows))
	m := mat.NewDense(n, d, rows)
	norms, gram, applied := make([]float64, n), make([]float64, n*n), make([]float64, n)
	gs.SquaredNorms(norms)
	gs.Gram(gram)
	v := []float64{0.7, -1.1}
	gs.Apply(device.Of(v), applied)
	var wantGram mat.Dense
	wantGram.Mul(m, m.T())
	var wantApplied mat.VecDense
	wantApplied.MulVec(m, mat.NewVecDense(d, v))
	for i := range n {
		if math.Abs(norms[i]-wantGram.At(i, i)) > 1e-15 || math.Abs(applied[i]-wantApplied.AtVec(i)) > 1e-15 {
			t.Errorf("datum %d: squared norm %g and product %g, from the rows %g and %g", i, norms[i], applied[i], wantGram.At(i, i), wantApplied.AtVec(i))
		}
	}
	if !floats.EqualApprox(gram, wantGram.RawMatrix().Data, 1e-15) {
		t.Errorf("Gram matrix %v, from the rows %v", gram, wantGram.RawMatrix().Data)
	}
	part := make([]float64, d)
	gs.Rows(3, 4, device.Of(part))
	if !slices.Equal(part, rows[3*d:4*d]) || gs.Len() != n {
		t.Errorf("row 3 is %v alone, %v among all", part, rows[3*d:4*d])
	}

	// f is ½ of Gaussian residuals: its Gauss-Newton matrix is its Hessian.
	l.HessianVector(x, device.Of(v), g)
	l.GaussNewtonVector(x, device.Of(v), h)
	if !slices.Equal(device.Host[float64](g), device.Host[float64](h)) {
		t.Error("Gauss-Newton and Hessian differ")
	}
}

// A Gibbs law's covariance is that of exact draws from it.
func TestGibbsCovarianceBySampling(t *testing.T) {
	q := NewQuadratic([]float64{2, 0.5, 0.5, 1}, []float64{1, 2})
	want, err := q.GibbsCovariance(4)
	if err != nil {
		t.Fatal(err)
	}
	var chol mat.Cholesky
	if !chol.Factorize(mat.NewSymDense(2, want)) {
		t.Fatal("not positive definite")
	}
	var lower mat.TriDense
	chol.LTo(&lower)
	draw := rng.Key(4).Stream()
	z, x := mat.NewVecDense(2, nil), mat.NewVecDense(2, nil)
	// E βf = d/2 = 1 under the law; βf is exponential with variance 1.
	const n = 20000
	sum := 0.0
	for range n {
		draw.Normals(z.RawVector().Data)
		x.MulVec(&lower, z)
		x.AddVec(x, mat.NewVecDense(2, q.Centre()))
		sum += 4 * q.At(x.RawVector().Data...)
	}
	if got := sum / n; math.Abs(got-1) > 5/math.Sqrt(n) {
		t.Errorf("E βf is %g, expected 1 (equipartition)", got)
	}
}

func TestSlips(t *testing.T) {
	w := DoubleWell2D()
	short := device.Of([]float64{1})
	l := small()
	for name, c := range map[string]struct {
		f    func()
		want string
	}{
		"short x":     {func() { w.Value(short) }, "wells: Value: x has length 1, expected 2"},
		"short g":     {func() { w.Gradient(w.New(), short) }, "wells: Gradient: g has length 1, expected 2"},
		"short v":     {func() { w.HessianVector(w.New(), short, w.New()) }, "wells: HessianVector: v has length 1, expected 2"},
		"no vector":   {func() { w.Value(device.Vector{}) }, "x has length 0"},
		"factors":     {func() { NewFactor(2, 1, 2, []float64{1}) }, "x has length 1"},
		"no number":   {func() { NewFactor(1, 1, 1, []float64{math.NaN()}) }, "NaN in x"},
		"orbit":       {func() { NewFactor(1, 1, 1, []float64{1}).Transform([]float64{1}, []float64{1}) }, "the point has length 1"},
		"ranks":       {func() { NewFactor(1, 1, 1, []float64{1}).NullDirections(2, 0) }, "ranks 2 and 0"},
		"no profiles": {func() { New() }, "no profiles"},
		"nil profile": {func() { New(nil) }, "profile 0 is nil"},
		"nil func":    {func() { Func(2, nil) }, "a function is nil"},
		"no dim":      {func() { FuncGradient(0, rosenbrock, rosenbrockGradient) }, "dim is 0"},
		"asymmetric":  {func() { NewQuadratic([]float64{1, 2, 3, 4}, []float64{0, 0}) }, "a[1,0] is 3 and a[0,1] is 2"},
		"NaN":         {func() { NewQuadratic([]float64{math.NaN()}, []float64{0}) }, "NaN"},
		"not square":  {func() { NewQuadratic([]float64{1, 2}, []float64{0, 0}) }, "a has length 2, expected the square"},
		"flat":        {func() { NewQuadratic([]float64{-2}, []float64{0}).LocalEntropy(0.5, 1) }, "1 + tλ > 0"},
		"cold":        {func() { NewQuadratic([]float64{2}, []float64{0}).LocalEntropy(0.5, 0) }, "beta 0"},
		"interval":    {func() { Extrema(poly, 1, 1) }, "[1, 1]"},
		"data":        {func() { NewLeastSquares(2, []float64{1, 2, 3}, []float64{1, 2}) }, "a has length 3"},
		"NaN data":    {func() { NewLeastSquares(1, []float64{math.NaN()}, []float64{1}) }, "NaN"},
		"no batch":    {func() { l.BatchGradient(l.New(), landscape.Batch{}, l.New()) }, "the batch is empty"},
		"index":       {func() { l.SampleGradients(l.New(), []int{5}) }, "index 5, expected 0 … 4"},
		"big batch":   {func() { _, _ = l.SGDCovariance(0.1, 6, false) }, "batch 6 of 5"},
	} {
		func() {
			defer func() {
				if r := fmt.Sprint(recover()); !strings.HasPrefix(r, "wells: ") || !strings.Contains(r, c.want) {
					t.Errorf("%s: %s, expected a panic with %q", name, r, c.want)
				}
			}()
			c.f()
		}()
	}
}

func BenchmarkGradient(b *testing.B) {
	w := DoubleWell2D()
	x, g := w.New(), w.New()
	b.ReportAllocs()
	for b.Loop() {
		w.Gradient(x, g)
	}
}

// The moments of gradient descent beside all its paths, those of the equation beside a
// fine one of Euler's steps, and both in the long run.
func TestMoments(t *testing.T) {
	l := NewLeastSquares(2, []float64{1, 0, 0.5, 1, -1, 0.5}, []float64{1, 0.5, -0.5})
	start := []float64{0.7, -0.3}
	closeTo := func(what string, got, want, bound float64) {
		t.Helper()
		if !(math.Abs(got-want) <= bound) {
			t.Errorf("%s: %v, expected %v to %g", what, got, want, bound)
		}
	}
	for _, replace := range []bool{true, false} {
		batches := [][]int{{0, 1}, {0, 2}, {1, 2}}
		if replace {
			batches = [][]int{{0, 0}, {0, 1}, {0, 2}, {1, 0}, {1, 1}, {1, 2}, {2, 0}, {2, 1}, {2, 2}}
		}
		ends := [][]float64{start}
		for range 3 {
			var next [][]float64
			for _, x := range ends {
				for _, b := range batches {
					g := make([]float64, 2)
					l.BatchGradient(device.Of(x), landscape.Batch{Index: b}, device.Of(g))
					next = append(next, []float64{x[0] - 0.3*g[0], x[1] - 0.3*g[1]})
				}
			}
			ends = next
		}
		got := l.SGDMoments(start, 0.3, 2, replace, 3)
		for i := range 2 {
			mean := 0.0
			for _, x := range ends {
				mean += x[i] / float64(len(ends))
			}
			closeTo("mean over all paths", got.Mean[i], mean, 1e-13)
			for j := range 2 {
				second := 0.0
				for _, x := range ends {
					second += x[i] * x[j] / float64(len(ends))
				}
				closeTo("second moment over all paths", got.Second[i*2+j], second, 1e-13)
			}
		}
		// Half the rate, half the distance; the mean of the equation has no noise in it.
		eq := l.SDEMoments(start, 0.2, 2, true, 1.2)
		for k, bound := range []float64{0.04, 0.02, 0.01} {
			rate := 0.2 / float64(int(2)<<k)
			half := l.SDEMoments(start, rate, 2, true, 1.2)
			sgd := l.SGDMoments(start, rate, 2, true, int(math.Round(1.2/rate)))
			closeTo("gradient descent beside its equation", sgd.Second[0], half.Second[0], bound)
			closeTo("means do not depend on noise", half.Mean[0], eq.Mean[0], 1e-12)
		}
	}
	cov, err := l.SGDCovariance(0.3, 1, true)
	if err != nil {
		t.Fatal(err)
	}
	x, _ := l.Minimum()
	long := l.SGDMoments(start, 0.3, 1, true, 2000)
	closeTo("covariance in the long run", long.Second[1]-x[0]*x[1], cov[1], 1e-12)
	if r := l.SGDContraction(0.3, 1, true); !(r < 1) || !(l.SGDContraction(3, 1, true) > 1) {
		t.Errorf("a step contracts by %g at rate 0.3, expected below 1, and above at rate 3", r)
	}
}

// Least squares as a user's own function are least squares.
func TestFuncSamples(t *testing.T) {
	l := small()
	f := FuncSamples(l.Dim(), l.Samples(), func(k int, x, g []float64) float64 {
		r := l.residual(k, x)
		floats.ScaleTo(g, r, l.row(k))
		return r * r / 2
	})
	x, v := device.Of([]float64{0.3, -0.2}), device.Of([]float64{0.7, -1.1})
	if got, want := f.Value(x), l.Value(x); math.Abs(got-want) > 1e-15 {
		t.Errorf("value %v, expected %v", got, want)
	}
	g, want := f.New(), f.New()
	same := func(what string, tolerance float64) {
		t.Helper()
		if !floats.EqualApprox(device.Host[float64](g), device.Host[float64](want), tolerance) {
			t.Errorf("%s: %v, expected %v", what, device.Host[float64](g), device.Host[float64](want))
		}
	}
	f.Gradient(x, g)
	l.Gradient(x, want)
	same("gradient", 1e-15)
	f.HessianVector(x, v, g)
	l.HessianVector(x, v, want)
	same("Hessian-vector product", 1e-9) // differences
	b := landscape.Batch{Index: []int{2, 2, 4}}
	f.BatchGradient(x, b, g)
	l.BatchGradient(x, b, want)
	same("gradient of a batch", 1e-15)
	ours, theirs := f.SampleGradients(x, b.Index), l.SampleGradients(x, b.Index)
	ours.Combine([]float64{1, -2, 3}, g)
	theirs.Combine([]float64{1, -2, 3}, want)
	same("combination", 1e-14)
	n, d := ours.Len(), f.Dim()
	for what, of := range map[string]func(gs landscape.Gradients, dst []float64){
		"norms":    func(gs landscape.Gradients, dst []float64) { gs.SquaredNorms(dst[:n]) },
		"products": func(gs landscape.Gradients, dst []float64) { gs.Apply(v, dst[:n]) },
		"Gram":     func(gs landscape.Gradients, dst []float64) { gs.Gram(dst[:n*n]) },
		"rows":     func(gs landscape.Gradients, dst []float64) { gs.Rows(0, n, device.Of(dst[:n*d])) },
	} {
		a, b := make([]float64, 9), make([]float64, 9)
		of(ours, a)
		of(theirs, b)
		if !floats.EqualApprox(a, b, 1e-14) {
			t.Errorf("%s: %v, expected %v", what, a, b)
		}
	}
	for text, slip := range map[string]func(){
		"n is 0":             func() { FuncSamples(2, 0, f.each) },
		"index 5":            func() { f.SampleGradients(x, []int{5}) },
		"the batch is empty": func() { f.BatchGradient(x, landscape.Batch{}, g) },
	} {
		func() {
			defer func() {
				if r := recover(); r == nil || !strings.Contains(r.(string), text) {
					t.Errorf("panic %v, expected one with %q", r, text)
				}
			}()
			slip()
		}()
	}
}
