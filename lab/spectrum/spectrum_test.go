package spectrum

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"glassy/lab/device"
	"glassy/lab/landscape"
	"glassy/lab/rng"
)

// form is the energy ½ xᵀAx: its Hessian is A everywhere.
type form struct {
	d int
	a device.Vector
}

func newForm(dev device.Device, t device.DType, a []float64) *form {
	return &form{int(math.Sqrt(float64(len(a)))), device.Put(dev, t, a)}
}

func (f *form) Dim() int                  { return f.d }
func (f *form) New() device.Vector        { return f.a.Device().New(f.a.DType(), f.d) }
func (f *form) Copy() landscape.Landscape { return f }
func (f *form) Value(x device.Vector) float64 {
	return f.Gradient(x, f.New())
}

func (f *form) Gradient(x, g device.Vector) float64 {
	f.HessianVector(x, x, g)
	return x.Device().Dot(x, g) / 2
}

func (f *form) HessianVector(_, v, hv device.Vector) {
	v.Device().Gemm(false, false, f.d, 1, f.d, 1, f.a, f.d, v, 1, 0, hv, 1)
}

func (f *form) String() string { return "a quadratic form" }

// whole offers its Hessian as a matrix.
type whole struct{ *form }

func (f whole) Hessian(_, h device.Vector) { h.Device().Copy(h, f.a) }

// ball and wholeBall live on a sphere.
type ball struct {
	*form
	radius float64
}

func (b ball) Radius() float64 { return b.radius }

type wholeBall struct {
	whole
	radius float64
}

func (b wholeBall) Radius() float64 { return b.radius }

var (
	_ landscape.Curved    = (*form)(nil)
	_ landscape.Dense     = whole{}
	_ landscape.Spherical = ball{}
	_ landscape.Spherical = wholeBall{}
)

// rotated is a symmetric matrix with those eigenvalues, diagonal before three
// random reflections.
func rotated(values []float64, key rng.Key) []float64 {
	n := len(values)
	a := make([]float64, n*n)
	for i, v := range values {
		a[i*n+i] = v
	}
	u, p := make([]float64, n), make([]float64, n)
	for k := range 3 {
		key.Split(uint64(k)).Normals(0, u)
		square := 0.0
		for _, v := range u {
			square += v * v
		}
		// A ← (I - 2uuᵀ/|u|²) A (I - 2uuᵀ/|u|²)
		for side := range 2 {
			for j := range n {
				p[j] = 0
				for i := range n {
					if side == 0 {
						p[j] += u[i] * a[i*n+j]
					} else {
						p[j] += u[i] * a[j*n+i]
					}
				}
			}
			for i := range n {
				for j := range n {
					if side == 0 {
						a[i*n+j] -= 2 / square * u[i] * p[j]
					} else {
						a[i*n+j] -= 2 / square * p[i] * u[j]
					}
				}
			}
		}
	}
	for i := range n {
		for j := range i {
			a[i*n+j] = a[j*n+i]
		}
	}
	return a
}

// mixed is n values from -1 to 2 with two outliers and a cluster at 0.
func mixed(n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		switch {
		case i == 0:
			v[i] = -3
		case i == n-1:
			v[i] = 10
		case i%2 == 0:
			v[i] = 1e-6 * float64(i)
		default:
			v[i] = -1 + 3*float64(i)/float64(n)
		}
	}
	slices.Sort(v)
	return v
}

func hessianOf(values []float64, key rng.Key, t device.DType) Operator {
	f := newForm(device.CPU(), t, rotated(values, key))
	return Hessian(f, f.New())
}

func wantPanic(t *testing.T, text string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if m, _ := recover().(string); !strings.Contains(m, text) {
			t.Errorf("panic %q, expected %q in it", m, text)
		}
	}()
	f()
}

// A point on a sphere at which ½xᵀAx is critical is an eigenvector of A, and the
// Riemannian Hessian there is A less its eigenvalue, without that direction.
// Everywhere else it is PAP less xᵀAx/|x|².
func TestSphere(t *testing.T) {
	values := []float64{-2, -1, 0.5, 3, 7}
	n := len(values)
	a := make([]float64, n*n)
	for i, v := range values {
		a[i*n+i] = v
	}
	f := newForm(device.CPU(), device.Float64, a)
	const radius = 3.0
	for name, curved := range map[string]landscape.Curved{"products": ball{f, radius}, "dense": wholeBall{whole{f}, radius}} {
		for i, at := range values {
			x := f.New()
			x.Device().Fill(x.Slice(i, i+1), radius)
			op := Hessian(curved, x)
			var want []float64
			for j, v := range values {
				if j != i {
					want = append(want, v-at)
				}
			}
			e, err := Exact(context.Background(), op, true)
			if err != nil {
				t.Fatal(err)
			}
			if d := distance(e.Values, want); !(d <= 1e-13) {
				t.Errorf("%s at axis %d: eigenvalues %v, expected %v", name, i, e.Values, want)
			}
			for k := range e.Values {
				if along := device.Read[float64](e.Vector(k))[i]; math.Abs(along) > 1e-14 {
					t.Errorf("%s: eigenvector %d has %g along the radius", name, k, along)
				}
			}
			r, err := Lanczos(context.Background(), op, Ends{Low: 2, High: 2})
			if err != nil {
				t.Fatal(err)
			}
			got := []float64{r.Low[0].Value, r.Low[1].Value, r.High[1].Value, r.High[0].Value}
			if d := distance(got, want); !(d <= 1e-13) || r.Status != Finished {
				t.Errorf("%s at axis %d: %v, expected %v", name, i, r, want)
			}
			q, err := Quadrature(context.Background(), op, Probes{Count: 3})
			if err != nil {
				t.Fatal(err)
			}
			if d := distance(q.Rules[0].Nodes, want); !(d <= 1e-13) || q.Dim != n-1 {
				t.Errorf("%s at axis %d: nodes %v, expected %v", name, i, q.Rules[0].Nodes, want)
			}
		}
	}

	// Off the critical points: the trace of PAP - (n·An)I over the tangent space.
	x := device.Of([]float64{1, 2, -1, 0.5, 0.3})
	s := x.Device().Dot(x, x)
	rayleigh := 2 * f.Value(x) / s
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	want := sum - rayleigh - float64(n-1)*rayleigh
	for name, curved := range map[string]landscape.Curved{"products": ball{f, radius}, "dense": wholeBall{whole{f}, radius}} {
		e, err := Exact(context.Background(), Hessian(curved, x), false)
		if err != nil {
			t.Fatal(err)
		}
		if got := e.Trace().Value; math.Abs(got-want) > 1e-12 {
			t.Errorf("%s: trace %v, expected %v", name, got, want)
		}
	}
	wantPanic(t, "x is 0", func() { Hessian(ball{f, 1}, f.New()) })
	wantPanic(t, "expected 5", func() { Hessian(f, device.Of([]float64{1})) })
}

// distance is the largest difference of two lists; NaN when they cannot be
// compared.
func distance(a, b []float64) float64 {
	if len(a) != len(b) {
		return math.NaN()
	}
	d := 0.0
	for i := range a {
		d = max(d, math.Abs(a[i]-b[i]))
	}
	return d
}

func TestExact(t *testing.T) {
	values := mixed(61)
	a := rotated(values, 1)
	for _, c := range []struct {
		t     device.DType
		bound float64 // ε|A| for each type, times √n or so for the making of the matrix
	}{{device.Float64, 1e-13}, {device.Float32, 1e-5}} {
		f := newForm(device.CPU(), c.t, a)
		for name, curved := range map[string]landscape.Curved{"products": f, "dense": whole{f}} {
			e, err := Exact(context.Background(), Hessian(curved, f.New()), true)
			if err != nil {
				t.Fatal(err)
			}
			if d := distance(e.Values, values); !(d <= c.bound) {
				t.Errorf("%v, %s: eigenvalues off by %g", c.t, name, d)
			}
			worst := 0.0
			for i, λ := range e.Values {
				v := device.Read[float64](e.Vector(i))
				for j := range v {
					av := 0.0
					for k := range v {
						av += a[j*len(v)+k] * v[k]
					}
					worst = max(worst, math.Abs(av-λ*v[j]))
				}
			}
			if !(worst <= 10*c.bound) {
				t.Errorf("%v, %s: Av - λv reaches %g", c.t, name, worst)
			}
			if got := e.Near(1e-3); c.t == device.Float64 && (math.Abs(got.Value-29.0/61) > 1e-14 || got.Low != got.Value || got.High != got.Value) {
				t.Errorf("share near zero is %+v, expected 29/61 without error", got)
			}
			if e.Dim != 61 || !strings.Contains(e.String(), "Hessian of a quadratic form: 61 eigenvalues, all of them") {
				t.Errorf("shows itself as %q", e)
			}
		}
	}
}

func operatorOf(n int, apply func(v, av []float64)) Operator {
	return Operator{
		New:   func() device.Vector { return device.Of(make([]float64, n)) },
		Apply: func(v, av device.Vector) { apply(device.Host[float64](v), device.Host[float64](av)) },
	}
}

// Slips are found: an operator that is not symmetric, products that are no
// numbers, missing parts.
func TestErrors(t *testing.T) {
	shift := operatorOf(20, func(v, av []float64) {
		for i := range v {
			av[i] = float64(i) * v[i]
			if i > 0 {
				av[i] += v[i-1]
			}
		}
	})
	shift.Name = "shift"
	bad := operatorOf(20, func(v, av []float64) {
		copy(av, v)
		av[7] = math.NaN()
	})
	for _, c := range []struct {
		op   Operator
		want string
	}{{shift, "shift is not symmetric"}, {bad, "not finite"}} {
		_, e1 := Exact(context.Background(), c.op, false)
		_, e2 := Lanczos(context.Background(), c.op, Ends{High: 3})
		_, e3 := Quadrature(context.Background(), c.op, Probes{})
		for _, err := range []error{e1, e2, e3} {
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, expected %q in it", err, c.want)
			}
		}
	}
	good := hessianOf(mixed(5), 1, device.Float64)
	wantPanic(t, "Apply of the operator is nil", func() { _, _ = Exact(context.Background(), Operator{New: good.New}, false) })
	wantPanic(t, "Low is 3 and High 3", func() { _, _ = Lanczos(context.Background(), good, Ends{Low: 3, High: 3}) })
	wantPanic(t, "Low is 0 and High 0", func() { _, _ = Lanczos(context.Background(), good, Ends{}) })
	wantPanic(t, "MaxSteps is -1", func() { _, _ = Lanczos(context.Background(), good, Ends{High: 1, MaxSteps: -1}) })
	wantPanic(t, "Count is -1", func() { _, _ = Quadrature(context.Background(), good, Probes{Count: -1}) })
	good.Normal = device.Of([]float64{1})
	wantPanic(t, "Normal is 1 numbers", func() { _, _ = Exact(context.Background(), good, false) })
}

// stopping makes a context that is done after so many products with the operator.
func stopping(a Operator, products int) (context.Context, Operator) {
	ctx, cancel := context.WithCancel(context.Background())
	apply, n := a.Apply, 0
	a.Apply = func(v, av device.Vector) {
		if n++; n == products {
			cancel()
		}
		apply(v, av)
	}
	return ctx, a
}

func TestStops(t *testing.T) {
	values := mixed(80)
	op := hessianOf(values, 3, device.Float64)

	ctx, a := stopping(op, 5)
	if e, err := Exact(ctx, a, false); e != nil || err != context.Canceled {
		t.Errorf("exact, stopped: %v, %v", e, err)
	}

	// What has converged by then is kept, with what it is off by.
	ctx, a = stopping(op, 25)
	x, err := Lanczos(ctx, a, Ends{Low: 4, High: 4, Tolerance: 1e-14})
	if err != nil || x.Status != Stopped || x.Steps != 25 || len(x.High) != 4 {
		t.Fatalf("Lanczos, stopped: %v, %v", x, err)
	}
	if p := x.High[0]; !(p.Residual < 1e-10) || !(math.Abs(p.Value-10) <= p.Residual+1e-13) {
		t.Errorf("the outlier is %v ± %v, expected 10", p.Value, p.Residual)
	}
	if x, err := Lanczos(context.Background(), op, Ends{Low: 4, MaxSteps: 10}); err != nil || x.Status != Limited || x.Steps != 10 {
		t.Errorf("Lanczos of 10 steps: %v, %v", x, err)
	}

	ctx, a = stopping(op, 25)
	q, err := Quadrature(ctx, a, Probes{Count: 4, Steps: 10})
	if err != nil || q.Status != Stopped || len(q.Rules) != 2 || len(q.Rules[1].Nodes) != 10 || !strings.HasSuffix(q.String(), "; stopped") {
		t.Errorf("quadrature, stopped: %v, %v", q, err)
	}
	ctx, a = stopping(op, 3)
	if q, err := Quadrature(ctx, a, Probes{Steps: 10}); err != nil || len(q.Rules) != 1 || len(q.Rules[0].Nodes) != 3 {
		t.Errorf("quadrature, stopped in its first probe: %v, %v", q, err)
	}
	done, cancel := context.WithCancel(context.Background())
	cancel()
	if x, err := Lanczos(done, op, Ends{High: 1}); err != nil || x.Status != Stopped || len(x.High) != 0 {
		t.Errorf("Lanczos, stopped before it began: %v, %v", x, err)
	}
	if q, err := Quadrature(done, op, Probes{}); err != nil || len(q.Rules) != 0 || !strings.Contains(q.String(), "no eigenvalues yet") {
		t.Errorf("quadrature, stopped before it began: %v, %v", q, err)
	}
}

// The same bits on any number of threads, in either type.
func TestAnyThreads(t *testing.T) {
	a := rotated(mixed(300), 5)
	for _, dtype := range []device.DType{device.Float64, device.Float32} {
		var want []float64
		for _, threads := range []int{1, 2, 5} {
			f := newForm(device.NewCPU(threads), dtype, a)
			x, err := Lanczos(context.Background(), Hessian(f, f.New()), Ends{Low: 2, High: 2, MaxSteps: 40})
			if err != nil {
				t.Fatal(err)
			}
			q, err := Quadrature(context.Background(), Hessian(f, f.New()), Probes{Count: 2, Steps: 20})
			if err != nil {
				t.Fatal(err)
			}
			got := slices.Concat(q.Rules[0].Nodes, q.Rules[1].Weights, device.Read[float64](x.Low[1].Vector))
			if want == nil {
				want = got
			} else if !slices.Equal(got, want) {
				t.Errorf("%v: other numbers on %d threads than on one", dtype, threads)
			}
		}
	}
}

// A network's Hessian asked for whole is a slip that is told, not memory that
// ends the program.
func TestExactIsForMatrices(t *testing.T) {
	a := Operator{
		Name:  "Hessian",
		New:   func() device.Vector { return device.CPU().New(device.Float32, 349_450) },
		Apply: func(v, av device.Vector) { t.Error("a product was asked for") },
	}
	wantPanic(t, "349450 dimensions, expected at most 65536", func() { Exact(context.Background(), a, false) })
}
