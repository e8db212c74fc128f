package entropy

import (
	"context"
	"math"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"glassy/lab/device"
	"glassy/lab/landscape"
	"glassy/lab/rng"
	"glassy/lab/run"
)

// ramp is 1, 2, … times a step.
func ramp(n int, step float64) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = float64(i+1) * step
	}
	return v
}

// within says that what was measured is what it should be, to four of its errors, and
// that errors are of the size they claim: the mean square of all deviations over them is
// that of Student's law of n-1, (n-1)/(n-3), to four standard deviations.
func within(t *testing.T, what string, m Numbers, want []float64, chains int) {
	t.Helper()
	squares := 0.0
	for k, v := range m.Value {
		z := (v - want[k]) / m.Error[k]
		if !(math.Abs(z) < 5.5) { // 5.5 of Student's law is as rare as 4 of the normal
			t.Errorf("%s %d: %v ± %v, expected %v", what, k, v, m.Error[k], want[k])
		}
		squares += z * z / float64(len(want))
	}
	n := float64(chains)
	scale := (n - 1) / (n - 3)
	if spread := 4 * math.Sqrt(2.5/float64(len(want))); len(want) >= 30 && !(math.Abs(squares/scale-1) < spread) {
		t.Errorf("%s: mean square of the deviations over the errors %v, expected %v to %.2g of it", what, squares, scale, spread)
	}
}

// In many variables, on a quadratic: everything is known.
func TestSampleQuadratic(t *testing.T) {
	const d, γ, β, chains = 60, 0.4, 5, 16
	a, x := ramp(d, 0.1), ramp(d, 0.05)
	f := bowl(3, a...)
	value, gradient, _ := exact(a, x, 3, γ, β)
	laplace, err := Of(f, γ, β).Laplace(device.Of(x))
	if err != nil {
		t.Fatal(err)
	}
	e := Of(f, γ, β).Sample(device.Of(x), Options{Steps: 400, Warmup: 100, Chains: chains, Seed: 1})
	if e.Status != Finished || e.Steps != 400 || !(e.RHat < 1.05) || !(e.Effective > 300 && e.Effective < 400*chains) || !(math.Abs(e.Acceptance-0.574) < 0.1) {
		t.Errorf("%v after %d steps, R-hat %v, %v effective samples, acceptance %v", e.Status, e.Steps, e.RHat, e.Effective, e.Acceptance)
	}
	within(t, "gradient", e.Gradient, gradient, chains)
	within(t, "mean gradient", e.MeanGradient, gradient, chains)
	within(t, "change of Shannon's entropy", e.ShannonChange, make([]float64, d), chains)
	within(t, "loss", Numbers{[]float64{e.Loss.Value}, []float64{e.Loss.Error}}, []float64{laplace.Loss}, chains)

	r := Of(f, γ, β).Integrate(device.Of(x), Options{Steps: 120, Chains: chains, Seed: 2})
	for what, m := range map[string]struct {
		got         Number
		want, error float64
	}{
		"value":           {r.Value, value, 0.2},
		"Shannon entropy": {r.Shannon, laplace.Shannon, 1},
		"mean loss":       {r.Low, laplace.Loss, 0.2},
	} {
		within(t, what, Numbers{[]float64{m.got.Value}, []float64{m.got.Error}}, []float64{m.want}, chains)
		if !(m.got.Error < m.error) {
			t.Errorf("%s has the error %v", what, m.got.Error)
		}
	}
	heat := 3.0 // f smoothed by the heat equation
	for i, a := range a {
		heat += a/2*(x[i]-1)*(x[i]-1) + a/2*γ/β
	}
	within(t, "high", Numbers{[]float64{r.High.Value}, []float64{r.High.Error}}, []float64{heat}, chains)
	if !(r.Low.Value < r.Value.Value && r.Value.Value < r.High.Value) || len(r.Rungs) != 17 {
		t.Errorf("low %v, value %v, high %v, %d rungs", r.Low, r.Value, r.High, len(r.Rungs))
	}
}

// Two coupled double wells, beside quadrature: what is sampled is no normal law.
func TestSampleWells(t *testing.T) {
	const chains = 32
	l, x := Of(wells(2), 1.5, 3), []float64{0.3, -0.2}
	p, err := l.Quadrature(x)
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Steps: 600, Warmup: 200, Chains: chains, Seed: 3}
	e := l.Sample(device.Of(x), o)
	within(t, "gradient", e.Gradient, p.Gradient, chains)
	within(t, "mean gradient", e.MeanGradient, p.Gradient, chains)
	within(t, "change of Shannon's entropy", e.ShannonChange, p.ShannonChange, chains)
	o.Steps, o.Warmup = 100, 50
	r := l.Integrate(device.Of(x), o)
	within(t, "value and Shannon's entropy", Numbers{[]float64{r.Value.Value, r.Shannon.Value}, []float64{r.Value.Error, r.Shannon.Error}}, []float64{p.Value, p.Shannon}, chains)
}

// SGLD's stationary law in a bowl is known for any step, and so is its bias.
func TestSGLD(t *testing.T) {
	const γ, β, η, chains = 0.5, 2, 0.2, 32
	a := ramp(40, 0.05)
	x := make([]float64, len(a))
	e := Of(bowl(0, a...), γ, β).Sample(device.Of(x), Options{Method: SGLD, Step: η, Steps: 400, Chains: chains, Seed: 4})
	_, gradient, _ := exact(a, x, 0, γ, β)
	within(t, "gradient", e.Gradient, gradient, chains) // linear in y: without bias
	loss := 0.0
	for _, a := range a {
		c := a + 1/γ
		mean := a / c // of y, where x is 0
		loss += a / 2 * ((mean-1)*(mean-1) + 1/(β*c*(1-η*c/2)))
	}
	within(t, "loss", Numbers{[]float64{e.Loss.Value}, []float64{e.Loss.Error}}, []float64{loss}, chains)
	// A step that is too long.
	if e := Of(bowl(0, 1e3), γ, β).Sample(device.Of([]float64{1}), Options{Method: SGLD, Step: 1, Steps: 100000}); e.Status != Diverged {
		t.Errorf("status %v, expected diverged", e.Status)
	}
}

// Where f is no finite number there is no answer but the status.
func TestDiverges(t *testing.T) {
	if e := Of(wells(2), 1, 1).Sample(device.Of([]float64{math.NaN(), 0}), Options{}); e.Status != Diverged || e.Steps != 0 || !math.IsNaN(e.Gradient.Value[0]) {
		t.Errorf("from NaN: %v, %v", e.Status, e.Gradient)
	}
	if r := Of(wells(2), 1, 1).Integrate(device.Of([]float64{math.Inf(1), 0}), Options{}); r.Status != Diverged || !math.IsNaN(r.Value.Value) {
		t.Errorf("from infinity: %v, %v", r.Status, r.Value)
	}
}

// data is the mean of ½(x-k)² over k = 0 … n-1.
type data struct {
	smooth
	n int
}

func (f data) Samples() int              { return f.n }
func (f data) Copy() landscape.Landscape { return f }
func (f data) BatchGradient(x device.Vector, b landscape.Batch, g device.Vector) float64 {
	at, loss, slope := device.Host[float64](x)[0], 0.0, 0.0
	for _, k := range b.Index {
		r := at - float64(k)
		loss, slope = loss+r*r/2, slope+r
	}
	device.Host[float64](g)[0] = slope / float64(len(b.Index))
	return loss / float64(len(b.Index))
}

// Mini-batches add noise to each step and none to the mean: of a parabola the gradient
// keeps its value, and rates that fall give means weighted by them.
func TestMiniBatches(t *testing.T) {
	const γ, β, chains, n = 2, 1, 32, 9
	f := data{smooth{d: 1}, n}
	x := []float64{1}
	want := []float64{(x[0] - (n-1)/2.0) / (1 + γ)}
	for _, decay := range []float64{0, 0.3} {
		e := Of(f, γ, β).Sample(device.Of(x), Options{Method: SGLD, Step: 0.3, Decay: decay, Batch: 2, Steps: 500, Chains: chains, Seed: 5})
		within(t, "gradient", e.Gradient, want, chains)
		within(t, "mean gradient", e.MeanGradient, want, chains)
	}
}

// Same seed, same bits, on any number of threads; a chain is the same among others.
func TestSameBits(t *testing.T) {
	l, x := Of(wells(3), 0.7, 2), device.Of([]float64{0.1, 0.2, 0.3})
	o := Options{Steps: 50, Chains: 6, Seed: 7, Rungs: 4}
	many := l.Integrate(x, o)
	before := runtime.GOMAXPROCS(1)
	one := l.Integrate(x, o)
	runtime.GOMAXPROCS(before)
	if !reflect.DeepEqual(many, one) {
		t.Errorf("with one thread %+v, else %+v", one, many)
	}
	o.Step = 0.1
	few := o
	few.Chains = 3
	a, b := l.Sample(x, o), l.Sample(x, few)
	for i, v := range b.means {
		if v != a.means[i] {
			t.Errorf("chain %d of 3 has the mean %v, of 6 %v", i, v, a.means[i])
		}
	}
}

// float32 landscapes give what others give, to their precision.
func TestFloat32(t *testing.T) {
	l, x := Of(single{wells(2)}, 0.5, 2), []float32{0.5, -0.5}
	p, err := Of(wells(2), 0.5, 2).Quadrature([]float64{0.5, -0.5})
	if err != nil {
		t.Fatal(err)
	}
	e := l.Sample(device.Of(x), Options{Steps: 300, Chains: 32, Seed: 8})
	within(t, "gradient", e.Gradient, p.Gradient, 32)
}

// single is a landscape in float32.
type single struct{ smooth }

func (f single) New() device.Vector        { return device.CPU().New(device.Float32, f.d) }
func (f single) Copy() landscape.Landscape { return f }
func (f single) Gradient(x, g device.Vector) float64 {
	slope := make([]float64, f.d)
	v := f.at(device.Read[float64](x), slope)
	g.Device().Upload(g, device.Of(slope))
	return v
}

func TestStops(t *testing.T) {
	l, x := Of(wells(2), 0.5, 2), device.Of([]float64{0, 0})
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(func() { run.SetHost(run.Host{}) })
	run.SetHost(run.Host{Progress: func(p run.Progress) {
		if p.Done == 150 {
			cancel()
		}
	}})
	e := l.Sample(x, Options{Steps: 1000, Warmup: 100, Context: ctx})
	if e.Status != Stopped || e.Steps != 50 || math.IsNaN(e.Gradient.Value[0]) {
		t.Errorf("%v after %d steps: %+v", e.Status, e.Steps, e)
	}
	e = l.Sample(x, Options{Steps: 1000, Context: ctx})
	if e.Status != Stopped || e.Steps != 0 || !math.IsNaN(e.Gradient.Value[0]) {
		t.Errorf("stopped before it began: %+v", e)
	}
	r := l.Integrate(x, Options{Context: ctx})
	if r.Status != Stopped || !math.IsNaN(r.Value.Value) || len(r.Rungs) != 1 {
		t.Errorf("stopped before it began: %+v", r)
	}
}

func TestEffective(t *testing.T) {
	const φ, chains, steps = 0.9, 8, 20000
	x := make([][]float64, chains)
	for i := range x {
		x[i] = make([]float64, steps)
		rng.Key(9).Split(uint64(i)).Normals(0, x[i])
		x[i][0] /= math.Sqrt(1 - φ*φ)
		for k := 1; k < steps; k++ {
			x[i][k] += φ * x[i][k-1]
		}
	}
	samples, rHat := Effective(x)
	want := chains * steps * (1 - φ) / (1 + φ)
	near(t, "effective samples", samples/want, 1, 0.1)
	near(t, "R-hat", rHat, 1, 0.01)
	for k := range x[0] {
		x[0][k] += 3 // one of them is somewhere else
	}
	if samples, rHat := Effective(x); rHat < 1.05 || samples > want/10 {
		t.Errorf("R-hat %v, %v samples, of chains that do not agree", rHat, samples)
	}
	if samples, rHat := Effective([][]float64{make([]float64, 10)}); !math.IsNaN(samples) || !math.IsNaN(rHat) {
		t.Errorf("%v samples, R-hat %v of what does not vary", samples, rHat)
	}
}

// The rule is exact for polynomials.
func TestClenshawCurtis(t *testing.T) {
	for _, n := range []int{2, 4, 8, 16} {
		x, w := clenshawCurtis(n)
		for power := range n + 1 {
			sum := 0.0
			for k := range x {
				sum += w[k] * math.Pow(x[k], float64(power))
			}
			near(t, "∫ x^k", sum, 1/float64(power+1), 1e-14)
		}
	}
}

func TestBadOptions(t *testing.T) {
	l, x := Of(wells(2), 1, 1), device.Of([]float64{0, 0})
	for want, o := range map[string]Options{
		"Chains is 1":         {Chains: 1},
		"Steps 3":             {Steps: 3},
		"Warmup -1":           {Warmup: -1},
		"Rungs 6":             {Rungs: 6},
		"of SGLD a step":      {Method: SGLD},
		"Step is NaN":         {Step: math.NaN()},
		"MALA needs f itself": {Batch: 3},
		"landscape that has":  {Method: SGLD, Step: 1, Batch: 3},
		"Method is 2":         {Method: 2},
		"a step that stays":   {Decay: 1},
	} {
		func() {
			defer func() {
				if r := recover(); r == nil || !strings.Contains(r.(string), want) {
					t.Errorf("%+v: %v, expected a panic with %q", o, r, want)
				}
			}()
			l.Integrate(x, o)
		}()
	}
}
