package optim

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

// curved is the test landscape with its second derivatives, on a sphere if it
// has a radius.
type curved struct {
	*rough
	radius float64
}

func (f curved) Radius() float64           { return f.radius }
func (f curved) Copy() landscape.Landscape { return curved{f.rough.Copy().(*rough), f.radius} }

func (f curved) HessianVector(x, v, hv device.Vector) {
	X, V, HV := device.Host[float64](x), device.Host[float64](v), device.Host[float64](hv)
	clear(HV)
	for k, c := range f.c {
		for i := range c {
			HV[i] += (f.a[k] - 9*f.ε*math.Cos(3*X[i]+c[i])) * V[i] / float64(len(f.c))
		}
	}
}

// form is ½ x·Ax on a sphere with a diagonal A.
type form struct {
	a      []float64
	radius float64
}

func (f form) Dim() int                  { return len(f.a) }
func (f form) New() device.Vector        { return device.CPU().New(device.Float64, len(f.a)) }
func (f form) Radius() float64           { return f.radius }
func (f form) Copy() landscape.Landscape { return f }
func (f form) Value(x device.Vector) float64 {
	return f.Gradient(x, f.New())
}
func (f form) Gradient(x, g device.Vector) float64 {
	f.HessianVector(x, x, g)
	return device.CPU().Dot(x, g) / 2
}
func (f form) HessianVector(_, v, hv device.Vector) {
	device.CPU().Multiply(v, device.Of(f.a), hv)
}

func starts(seed uint64, m, d int, radius float64) []float64 {
	x := make([]float64, m*d)
	rng.Key(seed).Normals(0, x)
	for i := range m {
		scaleTo(radius, x[i*d:(i+1)*d])
	}
	return x
}

// A quadratic form on a sphere has the two ends of each axis as its critical
// points, the axis of the k-th eigenvalue with index k; antipodes are different.
func TestCriticalPointsOfAForm(t *testing.T) {
	f := form{[]float64{-2, -1, 0.5, 3, 3.5}, 2}
	c := Critical(f, starts(1, 400, 5, 2))
	if want := []int{2, 2, 2, 2, 2}; !slices.Equal(c.Counts(), want) {
		t.Fatalf("%v points by index, expected %v:\n%v", c.Counts(), want, c)
	}
	if c.Euler() != 2 { // of S⁴
		t.Errorf("Σ(-1)^index = %d, expected 2", c.Euler())
	}
	for k, p := range c.Points {
		a := f.a[k/2]
		softest := math.Inf(1)
		for j, b := range f.a {
			if j != k/2 && math.Abs(b-a) < math.Abs(softest) {
				softest = b - a
			}
		}
		if p.Index != k/2 || math.Abs(p.Energy-2*a) > 1e-14 || math.Abs(math.Abs(p.X[k/2])-2) > 1e-14 || p.Slope > 1e-14 || math.Abs(p.Softest-softest) > 1e-13 {
			t.Errorf("point %d: %+v, expected axis %d, softest eigenvalue %v", k, p, k/2, softest)
		}
	}
	sum := 0
	for i, k := range c.Of {
		if k >= 0 {
			sum++
		}
		if k < -1 || k >= len(c.Points) {
			t.Errorf("start %d led to point %d of %d", i, k, len(c.Points))
		}
	}
	for _, p := range c.Points {
		sum -= p.Runs
	}
	if sum != 0 {
		t.Errorf("%d starts more in Of than in Runs", sum)
	}
	if !strings.Contains(c.String(), "10 critical points in 5 variables from 400 starts") {
		t.Errorf("it says\n%v", c)
	}
}

// Saddles finds them all too; what was found before a stop is kept, and the
// rest of the starts is not said to have led anywhere.
func TestSaddles(t *testing.T) {
	f := form{[]float64{-2, -1, 0.5, 3, 3.5}, 2}
	c := Saddles(f, 300, SaddleOptions{Steps: []int{0, 1, 5}})
	if want := []int{2, 2, 2, 2, 2}; !slices.Equal(c.Counts(), want) || len(c.Of) != 300 {
		t.Errorf("%v points by index from %d starts, expected %v", c.Counts(), len(c.Of), want)
	}
	// More steps lead lower.
	far := Saddles(f, 100, SaddleOptions{Steps: []int{200}})
	if len(far.Minima()) != len(far.Points) {
		t.Errorf("descents of 200 steps end at\n%v", far)
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if c := Saddles(f, 300, SaddleOptions{Descend: DescendOptions{Context: ctx}}); len(c.Of) != 0 || len(c.Points) != 0 {
		t.Errorf("after a stop: %v", c)
	}
}

// In the plane the critical points are those of the sum's terms, one variable
// at a time: found there by bisection of the slope.
func TestCriticalPointsInThePlane(t *testing.T) {
	f := curved{newRough(1, 2, 1.5), 0}
	roots := make([][]float64, 2) // by variable
	maxima := make([][]bool, 2)
	for i, c := range f.c[0] {
		slope := func(x float64) float64 { return f.a[0]*(x-c) - 3*f.ε*math.Sin(3*x+c) }
		for x := -10.0; x < 10; x += 1e-3 {
			low, high := x, x+1e-3
			if s := slope(low); s*slope(high) < 0 {
				for range 60 {
					if mid := (low + high) / 2; s*slope(mid) > 0 {
						low = mid
					} else {
						high = mid
					}
				}
				roots[i], maxima[i] = append(roots[i], low), append(maxima[i], s > 0)
			}
		}
	}
	want := make([]int, 3)
	for i := range roots[0] {
		for j := range roots[1] {
			k := 0
			if maxima[0][i] {
				k++
			}
			if maxima[1][j] {
				k++
			}
			want[k]++
		}
	}
	grid := make([]float64, 0, 2*41*41)
	for i := range 41 {
		for j := range 41 {
			grid = append(grid, float64(i-20)/2+0.01, float64(j-20)/2+0.01)
		}
	}
	c := Critical(curved{f.rough, 0}, grid)
	if !slices.Equal(c.Counts(), want) || c.Euler() != 1 {
		t.Errorf("%v points by index, Σ(-1)^index %d, expected %v and 1 of the plane", c.Counts(), c.Euler(), want)
	}
	for _, p := range c.Points {
		for i, x := range p.X {
			if !slices.ContainsFunc(roots[i], func(r float64) bool { return math.Abs(r-x) < 1e-12 }) {
				t.Errorf("a critical point at %v, expected one of %v", p.X, roots)
			}
		}
	}
}

// Ends of descents are polished to the minimum that they were near, and told to
// be one.
func TestPolish(t *testing.T) {
	f := curved{newRough(1, 6, 0.5), 1.5}
	d := Descend(f, 200, DescendOptions{Tolerance: 1e-3})
	c := d.Polish()
	if len(c.Minima()) != len(c.Points) || len(c.Points) < 2 {
		t.Errorf("expected some minima and nothing else:\n%v", c)
	}
	exact := Descend(f, 200, DescendOptions{Tolerance: 1e-11}).Polish()
	if len(exact.Points) != len(c.Points) || !slices.Equal(exact.Of, c.Of) {
		t.Errorf("%d points, from nearer by %d", len(c.Points), len(exact.Points))
	}
	for i, k := range c.Of {
		p := c.Points[k]
		if far := apart(d.Point(i), p.X); far > p.Spread || far > 2*d.Slopes[i]/p.Softest { // twice: the Hessian changes on the way
			t.Errorf("run %d ended %g from its minimum, slope %g, softest eigenvalue %g, spread %g", i, far, d.Slopes[i], p.Softest, p.Spread)
		}
	}
}

// From nowhere near: no end of slope, so no critical point, and no eternity.
func TestCriticalOfNone(t *testing.T) {
	f := form{[]float64{1, 1, 1}, 0} // in the plane a minimum at 0 alone
	if c := Critical(f, []float64{1, 2, 3, 0, 0, 0}); len(c.Points) != 1 || !slices.Equal(c.Of, []int{0, 0}) {
		t.Errorf("%v: %+v", c, c)
	}
	nan := math.NaN()
	if c := Critical(f, []float64{nan, nan, nan}); len(c.Points) != 0 || c.Of[0] != -1 || c.Steps > 1 {
		t.Errorf("from NaN to %+v", c)
	}
}

// The pairs one by one.
func TestCosineDistance(t *testing.T) {
	const n, dim = 9, 4
	d := &Descents{Dim: dim, Points: make([]float64, n*dim), Energies: make([]float64, n)}
	rng.Key(1).Normals(0, d.Points)
	sum := 0.0
	for i := range n {
		for j := range i {
			x, y := device.Of(d.Point(i)), device.Of(d.Point(j))
			dot := device.CPU().Dot
			sum += 1 - dot(x, y)/math.Sqrt(dot(x, x)*dot(y, y))
		}
	}
	if got, want := d.CosineDistance(), sum/(n*(n-1)/2); math.Abs(got-want) > 1e-14 {
		t.Errorf("mean cosine distance %v, by pairs %v", got, want)
	}
}

func TestCriticalSlips(t *testing.T) {
	f := form{[]float64{1, 2}, 1}
	for want, slip := range map[string]func(){
		"optim: Critical: 3 numbers in starts, expected a multiple of Dim = 2": func() { Critical(f, make([]float64, 3)) },
		"optim: Saddles: n is 3, 4 Starts, MaxSteps is 0": func() {
			Saddles(f, 3, SaddleOptions{Descend: DescendOptions{Starts: make([]float64, 4)}})
		},
		"optim: Critical: Dim is 10000, expected at most 8192":     func() { Critical(form{make([]float64, 10000), 1}, nil) },
		"optim: Polish: optim.onSphere has no second derivatives":  func() { Descend(onSphere{f, 1}, 1).Polish() },
		"optim: Critical: 2 CriticalOptions, expected at most one": func() { Critical(f, nil, CriticalOptions{}, CriticalOptions{}) },
		"optim: Critical: MaxSteps is -1, expected at least 0":     func() { Critical(f, nil, CriticalOptions{MaxSteps: -1}) },
	} {
		func() {
			defer func() {
				if got, _ := recover().(string); !strings.HasPrefix(got, want) {
					t.Errorf("panic %q, expected %q", got, want)
				}
			}()
			slip()
		}()
	}
}
