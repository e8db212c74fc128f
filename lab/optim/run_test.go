package optim

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"glassy/lab/device"
	"glassy/lab/landscape"
	"glassy/lab/run"
)

// stateful counts its refreshes.
type stateful struct {
	*rough
	refreshed []float64 // the first weight, each time
	restarts  int
}

func (s *stateful) Restart() { s.restarts++ }

func (s *stateful) Refresh(x device.Vector) {
	s.refreshed = append(s.refreshed, device.Host[float64](x)[0])
}

// Each run restarts what the landscape keeps, and a second call of Run goes on.
func TestRestart(t *testing.T) {
	f := &stateful{rough: newRough(8, 3, 0.1)}
	for range 2 {
		p := New(f, f.start(), SGD(0.1), Options{Steps: 2, Batch: 4})
		p.Run(t.Context(), 2)
		p.Run(t.Context(), 2)
	}
	if f.restarts != 2 {
		t.Errorf("%d restarts in two runs, expected 2", f.restarts)
	}
}

func TestRun(t *testing.T) {
	f := &stateful{rough: newRough(40, 5, 0.1)}
	var evaluated []float64
	m := Parle(0.05, 3)
	m.Steps = 4
	r := Run(context.Background(), f, f.start(), m, Options{
		Epochs: 5, Batch: 8, EvaluateEvery: 4, Angle: true,
		Evaluate: func(x device.Vector) (float64, float64) {
			evaluated = append(evaluated, device.Host[float64](x)[0])
			return f.Value(x), -float64(len(evaluated) % 4) // least the third time
		},
	})
	// 5 epochs of 5 batches are 25 updates, 100 steps, 20 passes.
	if r.Status != Finished || r.Steps != 100 || r.Updates != 25 || r.Passes != 20 || r.Method != "parle" {
		t.Errorf("%v: %d updates, expected 100 steps, 25 updates, 20 passes", r, r.Updates)
	}
	h := r.History
	for name, s := range map[string][]float64{
		"Passes": h.Passes, "Seconds": h.Seconds, "Loss": h.Loss, "GradientNorm": h.GradientNorm, "Rate": h.Rate,
		"OuterRate": h.OuterRate, "Scope": h.Scope, "Coupling": h.Coupling, "Angle": h.Angle,
	} {
		if len(s) != 25 {
			t.Errorf("%s has %d points, expected one an update", name, len(s))
		}
		for i, v := range s {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Errorf("%s[%d] is %v", name, i, v)
			}
		}
	}
	if h.Alignment != nil {
		t.Errorf("an alignment with no field")
	}
	if h.Scope[0] != 100 || h.Scope[1] != 90 || h.Coupling[1] != 0.9 {
		t.Errorf("scope %v, coupling %v; expected (5.10) with B = 5: 100, 90 and 1, 0.9", h.Scope[:2], h.Coupling[:2])
	}
	if !slices.Equal(h.Evaluated.Passes, []float64{4, 8, 12, 16, 20}) {
		t.Errorf("evaluated after %v passes, expected every 4", h.Evaluated.Passes)
	}
	if !slices.Equal(f.refreshed, evaluated) || len(evaluated) != 5 {
		t.Errorf("statistics refreshed at %v, evaluated at %v, expected the same 5 weights", f.refreshed, evaluated)
	}
	if best := device.Read[float64](r.Best); best[0] != evaluated[2] {
		t.Errorf("the best weights begin with %v, expected those of the third evaluation, %v", best[0], evaluated[2])
	}
	if last := device.Read[float64](r.Weights); last[0] != evaluated[4] {
		t.Errorf("the last weights are not those last evaluated")
	}
}

// Methods whose gradients were all taken at the weights need no refreshing.
func TestRefreshed(t *testing.T) {
	averaged := SGD(0.05)
	averaged.Replicas = 2
	for _, c := range []struct {
		m    Method
		want int
	}{{SGD(0.05), 0}, {Adam(0.05), 0}, {averaged, 2}, {HEAT(0.05, 1e-4), 2}, {DataParallel(SGD(0.05), 2), 2}, {EntropySGD(), 2}, {ElasticSGD(0.05, 2), 2}} {
		f := &stateful{rough: newRough(40, 5, 0.1)}
		m := c.m
		Run(context.Background(), f, f.start(), m, Options{
			Epochs: 2, Batch: 8, EvaluateEvery: float64(max(1, m.Steps) * max(1, m.Points)),
			Evaluate: func(x device.Vector) (float64, float64) { return 0, 0 },
		})
		if len(f.refreshed) != c.want {
			t.Errorf("%s: refreshed %d times, expected %d", m.Name, len(f.refreshed), c.want)
		}
	}
}

// The abscissa: an update of HEAT takes as many mini-batches as it has points,
// one of Entropy-SGD L, one of HJ along the gradient L+1.
func TestEffectiveEpochs(t *testing.T) {
	f := newRough(40, 5, 0.1)
	for _, c := range []struct {
		m    Method
		want float64
	}{
		{SGD(0.05), 2}, {DataParallel(SGD(0.05), 2), 2}, {HEAT(0.05, 1e-4), 40}, {EntropySGD(), 40}, {HJ(), 10}, {HJGradient(0.05), 12},
		{ElasticSGD(0.05, 3), 2}, {Parle(0.05, 3), 50},
	} {
		if r := Run(context.Background(), f, f.start(), c.m, Options{Batch: 8, Epochs: 2}); r.Passes != c.want {
			t.Errorf("2 epochs of %s are %v effective ones, expected %v", c.m.Name, r.Passes, c.want)
		}
	}
	if r := Run(context.Background(), f, f.start(), HJ(), Options{Batch: 8, Epochs: 0.05}); r.Updates != 1 {
		t.Errorf("a twentieth of 5 updates are %d, expected 1", r.Updates)
	}
}

// On a quadratic without noise the angle between x - z and the gradient at x is
// known: after one plain step they are parallel. The loss recorded is the mean
// since the last point.
func TestHistoryValues(t *testing.T) {
	f := newRough(1, 5, 0)
	f.a[0] = 2
	clear(f.c[0])
	x0 := f.New()
	f.dev.Fill(x0, 1)
	m := Method{Steps: 2, Inner: Rule{Rate: Constant(0.1)}, Outer: Rule{Rate: Constant(1)}}
	r := Run(context.Background(), f, x0, m, Options{Steps: 12, RecordEvery: 2, Angle: true})
	// x halves its distance by 0.8 a step; the loss is x² Σ = 5x².
	h := r.History
	for i := range 3 {
		want := 0.0
		for k := 4 * i; k < 4*i+4; k++ {
			want += 5 * math.Pow(0.64, float64(k)) / 4
		}
		norm := 2 * math.Sqrt(5) * math.Pow(0.8, float64(4*i+2))
		if math.Abs(h.Loss[i]-want) > 1e-14 || math.Abs(h.GradientNorm[i]-norm) > 1e-14 || h.Angle[i] > 1e-7 { // acos near 1: √ε
			t.Errorf("point %d: loss %v, gradient %v, angle %v; expected %v, %v, 0", i, h.Loss[i], h.GradientNorm[i], h.Angle[i], want, norm)
		}
	}
	// The weights follow the field: |h·w| grows under a constant gradient h.
	f.a[0] = 0
	tr := Run(context.Background(), f, x0, Trivialized(SGD(0.1), 1, 3, 1e9), Options{Steps: 50})
	if a := tr.History.Alignment; len(a) != 50 || !(a[49] > 10*a[0]) {
		t.Errorf("alignment %v, expected 50 points that grow", a)
	}
}

func TestStopped(t *testing.T) {
	f := newRough(40, 5, 0.1)
	ctx, cancel := context.WithCancel(context.Background())
	steps := 0
	f.seen = func([]float64, landscape.Batch) {
		if steps++; steps == 30 {
			cancel()
		}
	}
	evaluations := 0
	m := EntropySGD()
	m.Steps = 7
	r := Run(ctx, f, f.start(), m, Options{Steps: 1000, Batch: 8, Evaluate: func(device.Vector) (float64, float64) { evaluations++; return 1, 1 }, EvaluateEvery: 1e9})
	if r.Status != Stopped || r.Steps != 30 || r.Updates != 4 {
		t.Errorf("%v, %d updates; expected to be stopped after 30 steps, 4 updates", r, r.Updates)
	}
	if evaluations != 0 || len(r.History.Loss) != 4 { // an evaluation would keep who stopped it waiting
		t.Errorf("%d evaluations, %d points; expected 0 and 4", evaluations, len(r.History.Loss))
	}
	f.seen = nil
	if whole := Run(context.Background(), f, f.start(), m, Options{Steps: 28, Batch: 8}); !slices.Equal(device.Read[float64](whole.Weights), device.Read[float64](r.Weights)) {
		t.Errorf("the weights of a stopped run are not those of its last update")
	}
	cancel()
	if r := Run(ctx, f, f.start(), m, Options{Steps: 10}); r.Status != Stopped || r.Steps != 0 || r.Weights.Len() != 5 {
		t.Errorf("run in a done context: %v", r)
	}
}

func TestDiverged(t *testing.T) {
	f := newRough(40, 5, 0.1)
	r := Run(context.Background(), f, f.start(), ElasticSGD(1e3, 2), Options{Steps: 10000, Batch: 8})
	if r.Status != Diverged || r.Steps >= 10000 || r.Steps < 2 {
		t.Errorf("%v, expected it to diverge early", r)
	}
	for _, m := range []Method{SGD(1e3), Adam(1e300), EntropySGD(), HJGradient(1e3), Parle(1e3, 2)} {
		if m.Steps > 1 {
			m.Steps, m.Inner.Rate = 3, Constant(1e3)
		}
		r := Run(context.Background(), f, f.start(), m, Options{Steps: 10000, Batch: 8})
		if max := r.Weights.Device().MaxAbs(r.Weights); r.Status != Diverged || !(max <= math.MaxFloat64) {
			t.Errorf("%v: the largest weight is %v, expected what it was before the loss was not finite", r, max)
		}
	}
	nan := f.start()
	device.Host[float64](nan)[0] = math.NaN()
	if r := Run(context.Background(), f, nan, SGD(0.1), Options{Steps: 10}); r.Status != Diverged || r.Steps != 1 {
		t.Errorf("from NaN: %v, expected to diverge at step 1", r)
	}
}

func TestProgress(t *testing.T) {
	var last run.Progress
	cited := ""
	run.SetHost(run.Host{Progress: func(p run.Progress) { last = p }, Cite: func(key string) { cited = key }})
	defer run.SetHost(run.Host{})
	f := newRough(40, 5, 0.1)
	Run(context.Background(), f, f.start(), SGD(0.1), Options{Steps: 12, Name: "lenet, sgd"})
	if last.Name != "lenet, sgd" || last.Done != 12 || last.Total != 12 || !last.Ended || cited != "chaudhari2018" {
		t.Errorf("last report %+v, cited %q", last, cited)
	}
}

func TestClip(t *testing.T) {
	f := newRough(1, 4, 0)
	x := f.New()
	f.dev.Fill(x, 100)
	m := SGD(0.5)
	m.Inner.Clip = 3
	p := New(f, x, m, Options{Steps: 1})
	p.Step()
	f.dev.Axpy(-1, p.Weights(), x)
	if got := math.Sqrt(f.dev.Dot(x, x)); math.Abs(got-1.5) > 1e-12 { // differences of numbers near 100
		t.Errorf("a step of length %v, expected rate × clip = 1.5", got)
	}
}

func TestNamed(t *testing.T) {
	if _, err := Named("spg"); err == nil || !strings.Contains(err.Error(), `"spg"`) || !strings.Contains(err.Error(), "entropy-sgd, ") || !strings.Contains(err.Error(), "parle") {
		t.Errorf("unknown name: %v, expected an error that lists the known ones", err)
	}
	for _, name := range Names() {
		m, err := Named(name)
		if err != nil || m.Name == "" {
			t.Errorf("%s: %q, %v", name, m.Name, err)
		}
		m.complete()
	}
}

// A notebook shows methods and histories in a line.
func TestStrings(t *testing.T) {
	r := Run(t.Context(), newRough(4, 3, 0), newRough(4, 3, 0).New(), SGD(0.1), Options{
		Steps: 2, Evaluate: func(device.Vector) (loss, err float64) { return 1, 0.25 },
	})
	r.History.Loss[0], r.History.Loss[1] = 2, 1.5
	for _, c := range []struct{ got, want string }{
		{fmt.Sprint(SGD(0.1)), "sgd: η₀ 0.1"},
		{fmt.Sprint(Adam(1e-3)), "adam: η₀ 0.001, Adam β₁ 0.9 β₂ 0.999"},
		{fmt.Sprint(EntropySGD()), "entropy-sgd: L 20, η₀ 0.1, Nesterov μ 0.9, γ 1e+04, β⁻¹ 1e-06, α 0.25, η₁/γ 1, Nesterov μ 0.9"},
		{fmt.Sprint(Parle(0.1, 3)), "parle: n 3, L 25, η₀ 0.1, Nesterov μ 0.9, γ 100, α 0.25, η₁/γ 0.1, Nesterov μ 0.9, ρ 1"},
		{fmt.Sprint(Method{Name: "unfinished"}), "unfinished"},
		{fmt.Sprint(r.History), "2 points, 1 to 2 passes, loss 2 → 1.5; 2 evaluations, error 0.25 → 0.25"},
		{fmt.Sprint(History{}), "no points recorded"},
	} {
		if c.got != c.want {
			t.Errorf("shown as %q, expected %q", c.got, c.want)
		}
	}
}

// What is wrong is said with its value.
func TestSlips(t *testing.T) {
	f := newRough(4, 3, 0)
	ok := Options{Steps: 1}
	change := func(c func(*Method)) Method { m := SGD(0.1); c(&m); return m }
	for _, c := range []struct {
		m    Method
		f    landscape.Landscape
		x    device.Vector
		o    Options
		want string
	}{
		{SGD(0.1), f, f.New(), Options{}, "Epochs is 0 and Steps is 0"},
		{SGD(0.1), f, f.New(), Options{Steps: 1, Epochs: 1}, "expected one of them"},
		{SGD(0.1), f, f.New(), Options{Steps: 1, Batch: -1}, "Batch is -1"},
		{SGD(0.1), f, device.CPU().New(device.Float64, 2), ok, "x0 is 2 numbers"},
		{SGD(0.1), f, device.CPU().New(device.Float32, 3), ok, "of float32"},
		{SGD(0.1), bare{f}, f.New(), Options{Steps: 1, Batch: 2}, "without data"},
		{SGD(0.1), f, f.New(), Options{Steps: 1, Subsets: [][]int{{4}}}, "datum 4"},
		{SGD(0.1), f, f.New(), Options{Steps: 1, Subsets: [][]int{{}}}, "empty"},
		{Parle(0.1, 3), f, f.New(), Options{Steps: 1, Starts: []device.Vector{f.New()}}, "1 Starts for 3"},
		{Method{}, f, f.New(), ok, "Inner.Rate is nil"},
		{SGD(-0.1), f, f.New(), ok, "Inner.Rate is -0.1"},
		{SGD(math.NaN()), f, f.New(), ok, "Inner.Rate is NaN"},
		{SGLD(0.1, 0, math.Inf(1)), f, f.New(), ok, "Temperature is +Inf"},
		{change(func(m *Method) { m.Scope = Constant(0) }), f, f.New(), ok, "Scope is 0"},
		{change(func(m *Method) { m.Steps = -1 }), f, f.New(), ok, "Steps is -1"},
		{change(func(m *Method) { m.Average = 1 }), f, f.New(), ok, "Average is 1"},
		{change(func(m *Method) { m.Inner.Momentum = math.NaN() }), f, f.New(), ok, "Inner.Momentum is NaN"},
		{change(func(m *Method) { m.Outer.Decay = 1 }), f, f.New(), ok, "belong to Inner"},
		{change(func(m *Method) { m.Inner.Beta2, m.Temperature = 0.9, Constant(1) }), f, f.New(), ok, "with Adam"},
		{SGD(0.1), newEmpty(), device.CPU().New(device.Float64, 3), ok, "0 data"},
	} {
		func() {
			defer func() {
				if r, _ := recover().(string); !strings.HasPrefix(r, "optim: ") || !strings.Contains(r, c.want) {
					t.Errorf("panic %q, expected one with %q", r, c.want)
				}
			}()
			New(c.f, c.x, c.m, c.o)
		}()
	}
}

func newEmpty() landscape.Landscape { return empty{newRough(1, 3, 0)} }

type empty struct{ *rough }

func (empty) Samples() int { return 0 }

// A panic of a landscape in another goroutine is the caller's to recover.
func TestPanicOfAReplica(t *testing.T) {
	f := newRough(4, 3, 0)
	f.seen = func([]float64, landscape.Batch) { panic("broken landscape") }
	defer func() {
		if r := recover(); r != "broken landscape" {
			t.Errorf("recovered %v, expected the landscape's panic", r)
		}
	}()
	Run(context.Background(), f, f.start(), ElasticSGD(0.1, 3), Options{Steps: 1})
}
