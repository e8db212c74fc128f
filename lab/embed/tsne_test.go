package embed

import (
	"context"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"

	"glassy/lab/device"
	"glassy/lab/rng"
	"glassy/lab/run"
)

func embed(t *testing.T, x []float64, n int, o Options) *Embedding {
	t.Helper()
	e, err := TSNE(t.Context(), device.Of(x), n, o)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range e.Points {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			t.Fatalf("coordinate %d of point %d is %v", i%2, i/2, v)
		}
	}
	return e
}

// alike is the fraction of points whose nearest neighbour in the map is of the
// same class, i mod count.
func alike(y []float64, count int) float64 {
	n, same := len(y)/2, 0
	for i := range n {
		best, who := math.Inf(1), 0
		for j := range n {
			if d := distance(y[2*i:2*i+2], y[2*j:2*j+2]); d < best && j != i {
				best, who = d, j
			}
		}
		if who%count == i%count {
			same++
		}
	}
	return float64(same) / float64(n)
}

// The gradient of both ways against differences of KL: that of pairs is exact,
// that of a grid is the gradient of KL with the grid's Z.
func TestGradient(t *testing.T) {
	const n, k = 50, 15
	index, squared := near(t, clusters(n, 5, 3, 2, 1), n, k)
	p, _ := affinities(index, squared, n, k, 5)
	y := disc(n, 6, 3)
	copy(y, []float64{-9, -9, 9, 9}) // these hold the grid in place
	for name, f := range map[string]forces{"pairs": newExact(device.CPU(), p), "grid": newMesh(device.CPU(), p)} {
		g := make([]float64, 2*n)
		f.gradient(1, y, g)
		for c := 4; c < 2*n; c++ {
			const h = 1e-4
			at := y[c]
			y[c] = at + h
			up := f.divergence(y)
			y[c] = at - h
			down := f.divergence(y)
			y[c] = at
			if d := (up - down) / (2 * h); math.Abs(d-4*g[c]) > 1e-9 { // h² of third derivatives of 0.01, and rounding of 1e-15/h
				t.Errorf("%s: component %d is %g, the difference %g", name, c, 4*g[c], d)
			}
		}
	}
}

// What both ways of computing forces say of one map, with exaggeration.
func TestForcesAgree(t *testing.T) {
	const n, k = 2000, 30
	index, squared := near(t, clusters(n, 10, 5, 2, 1), n, k)
	p, _ := affinities(index, squared, n, k, 10)
	y := disc(n, 20, 3)
	pairs, mesh := newExact(device.CPU(), p), newMesh(device.CPU(), p)
	a, b := make([]float64, 2*n), make([]float64, 2*n)
	pairs.gradient(12, y, a)
	mesh.gradient(12, y, b)
	if e := distanceOf(a, b) / norm(a); e > 1e-2 { // the grid's bound for the repulsion
		t.Errorf("gradients differ by %.1e", e)
	}
	if e := math.Abs(pairs.divergence(y) - mesh.divergence(y)); e > 1e-3 { // the grid's for log Z
		t.Errorf("KL differs by %.1e", e)
	}
}

func TestClusters(t *testing.T) {
	const n, d, count = 1000, 20, 10
	e := embed(t, clusters(n, d, count, 2, 5), n, Options{Early: 150, Iterations: 150})
	if a := alike(e.Points, count); a < .995 {
		t.Errorf("%.3f of the points have a neighbour of their cluster, expected almost all", a)
	}
	first, last := e.History[0], e.History[len(e.History)-1]
	if e.Status != Finished || e.Iterations != 300 || first.Iteration != 0 || last.Iteration != 300 || last.KL != e.KL {
		t.Errorf("%v, history %v", e, e.History)
	}
	for i := 4; i < len(e.History); i++ { // after the exaggeration
		if e.History[i].KL > e.History[i-1].KL {
			t.Errorf("KL rises: %v", e.History)
		}
	}
	if !strings.Contains(e.String(), "t-SNE of 1000 points, perplexity 30: finished after 300 iterations, KL ") {
		t.Error(e)
	}
}

// Turned points have the same P and the same start, to rounding.
func TestTurned(t *testing.T) {
	const n, d, k = 400, 4, 30
	x := clusters(n, d, 3, 3, 6)
	turned := slices.Clone(x)
	for i := range n {
		for j := range d - 1 { // by 1 in each plane
			s, c := math.Sincos(1)
			a, b := turned[i*d+j], turned[i*d+j+1]
			turned[i*d+j], turned[i*d+j+1] = c*a-s*b, s*a+c*b
		}
	}
	var p [2]*affinity
	var start [2][]float64
	for v, x := range [][]float64{x, turned} {
		index, squared := near(t, x, n, k)
		p[v], _ = affinities(index, squared, n, k, 10)
		var err error
		if start[v], err = principal(device.CPU(), x, n, 0); err != nil {
			t.Fatal(err)
		}
	}
	if e := distanceOf(start[0], start[1]) / norm(start[0]); e > 1e-10 {
		t.Errorf("starts differ by %.1e", e)
	}
	if !slices.Equal(p[0].columns, p[1].columns) || distanceOf(p[0].p, p[1].p) > 1e-9*norm(p[0].p) { // perplexities are met to 1e-10
		t.Errorf("affinities differ by %.1e", distanceOf(p[0].p, p[1].p))
	}
}

func TestStart(t *testing.T) {
	const n, d = 300, 6
	y, err := principal(device.CPU(), clusters(n, d, 3, 3, 6), n, 0)
	if err != nil {
		t.Fatal(err)
	}
	centre(y)
	var moments [3]float64
	for i := 0; i < 2*n; i += 2 {
		moments[0] += y[i] * y[i] / n
		moments[1] += y[i] * y[i+1] / n
		moments[2] += y[i+1] * y[i+1] / n
	}
	if sd := math.Sqrt(moments[0]); math.Abs(sd/spread-1) > 1e-2 { // the noise
		t.Errorf("standard deviation %g along the first axis, expected %g", sd, spread)
	}
	if math.Abs(moments[1]) > 1e-2*moments[0] || moments[2] > moments[0] {
		t.Errorf("second moments %v, expected a first axis at least as long, and no correlation", moments)
	}
}

// Seeds, starts and threads: all that a map depends on, to the bit.
func TestSameBitsOnAnyThreads(t *testing.T) {
	const n = 600
	x := clusters(n, 12, 4, 2, 7)
	short := Options{Early: 20, Iterations: 10}
	one, three := short, short
	one.Device, three.Device = device.NewCPU(1), device.NewCPU(3)
	procs := runtime.GOMAXPROCS(1)
	a := embed(t, x, n, one)
	runtime.GOMAXPROCS(3)
	b := embed(t, x, n, three)
	runtime.GOMAXPROCS(procs)
	if !slices.Equal(a.Points, b.Points) || a.KL != b.KL {
		t.Error("one thread and three give different maps")
	}
	short.Random = true
	a = embed(t, x, n, short)
	short.Seed = 1
	if b = embed(t, x, n, short); slices.Equal(a.Points, b.Points) {
		t.Error("two seeds give one map")
	}
	short.Start = random(n, spread, rng.Key(0))
	if b = embed(t, x, n, short); !slices.Equal(a.Points, b.Points) {
		t.Error("a start that is given is not where points start")
	}
}

func TestFewPoints(t *testing.T) {
	if e := embed(t, []float64{4, 5}, 1, Options{}); e.Points[0] != 0 || e.Points[1] != 0 || e.KL != 0 {
		t.Errorf("one point: %v at %v", e, e.Points)
	}
	// Two points have p = q = ½ wherever they are.
	if e := embed(t, []float64{4, 5}, 2, Options{}); e.Perplexity != 1 || math.Abs(e.KL) > 1e-12 {
		t.Errorf("two points: %v at %v", e, e.Points)
	}
	if e := embed(t, []float64{0, 0, 1, 0, 0, 1.2}, 3, Options{}); e.KL > math.Log(3) { // q = p = ½ for one pair of three at best
		t.Errorf("three points: %v at %v", e, e.Points)
	}
	if e := embed(t, clusters(40, 3, 2, 20, 8), 40, Options{}); e.Perplexity != 13 || alike(e.Points, 2) != 1 {
		t.Errorf("forty points in two clusters: %v", e)
	}
}

// Copies of one point are a disc, of two points two discs: small ones, since the
// neighbours of a copy are drawn from them all.
func TestCopies(t *testing.T) {
	const n, d = 700, 3
	for count, nearest := range map[int]float64{1: 1, 2: 1} {
		x := make([]float64, n*d)
		for i := range x {
			x[i] = float64(i/d%count) * float64(1+i%d)
		}
		e := embed(t, x, n, Options{Early: 150, Iterations: 150})
		if e.Missed != n || !strings.HasSuffix(e.String(), "700 points with copies") {
			t.Errorf("%d: %v", count, e)
		}
		if a := alike(e.Points, count); a != nearest {
			t.Errorf("%d: %.3f of the points have a neighbour that is a copy", count, a)
		}
		lo, hi := bounds(e.Points)
		if u, v := hi[0]-lo[0], hi[1]-lo[1]; !(min(u, v) > .5 && max(u, v) < 100) {
			t.Errorf("%d: the map is %.3g × %.3g", count, u, v)
		}
	}
}

// A map that is stopped is kept as it is then.
func TestStopped(t *testing.T) {
	const n = 600
	x := clusters(n, 5, 3, 3, 9)
	for name, want := range map[string]int{"t-SNE, neighbours": 0, "t-SNE": 7} {
		ctx, stop := context.WithCancel(t.Context())
		run.SetHost(run.Host{Progress: func(p run.Progress) {
			if p.Name == name && p.Done >= want {
				stop()
			}
		}})
		t.Cleanup(func() { run.SetHost(run.Host{}) })
		e, err := TSNE(ctx, device.Of(x), n, Options{})
		if err != nil || e.Status != Stopped || e.Iterations != want || len(e.Points) != 2*n {
			t.Errorf("stopped in %s: %v (%v), expected %d iterations", name, e, err, want)
		}
		if math.IsNaN(e.KL) != (name != "t-SNE") {
			t.Errorf("stopped in %s: KL %g", name, e.KL)
		}
	}
}

func TestSlips(t *testing.T) {
	x := clusters(10, 2, 1, 0, 1)
	for want, f := range map[string]func(){
		"embed: TSNE: 3 points in 20 numbers":   func() { embed(t, x, 3, Options{}) },
		"embed: TSNE: length of Start is 2":     func() { embed(t, x, 10, Options{Start: x[:2]}) },
		"embed: TSNE: Perplexity is -1":         func() { embed(t, x, 10, Options{Perplexity: -1}) },
		"embed: NewDensity: bandwidth is NaN":   func() { NewDensity(x, math.NaN()) },
		"embed: NewDensity: length of points":   func() { NewDensity(nil, 0) },
		"embed: NewDensity: point 1 has a coor": func() { NewDensity([]float64{1, 2, 3, math.Inf(1)}, 0) },
	} {
		func() {
			defer func() {
				if m, _ := recover().(string); !strings.HasPrefix(m, want) {
					t.Errorf("panic %q, expected %q", m, want)
				}
			}()
			f()
		}()
	}
	x[3] = math.NaN()
	if _, err := TSNE(t.Context(), device.Of(x), 10, Options{}); err == nil || !strings.Contains(err.Error(), "coordinate 1 of point 1 is NaN") {
		t.Error(err)
	}
}

func BenchmarkGradient(b *testing.B) {
	const n, k = 20000, 90
	x := clusters(n, 100, 10, 1, 1)
	index, squared, err := neighbours(b.Context(), device.CPU(), nil, x, n, k)
	if err != nil {
		b.Fatal(err)
	}
	p, _ := affinities(index, squared, n, k, 30)
	f, y, g := newMesh(device.CPU(), p), disc(n, 40, 1), make([]float64, 2*n)
	for b.Loop() {
		f.gradient(1, y, g)
	}
}
