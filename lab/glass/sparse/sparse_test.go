package sparse

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat"

	"glassy/lab/rng"
)

func near(t *testing.T, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol) {
		t.Errorf("%s is %v, expected %v within %v", what, got, want, tol)
	}
}

// Every entry is there with probability d/N, and of either sign alike.
func TestDraw(t *testing.T) {
	const n, networks = 7, 4000
	c := Config{Units: n, Layers: 1, Degree: 2, Least: 0.5}
	var seen [n * n]float64
	positive, all, size := 0.0, 0.0, 0.0
	for i := range networks {
		l := New(c, rng.Key(1).Split(uint64(i))).layers[0]
		for j := range n {
			row := l.to[l.start[j]:l.start[j+1]]
			if !slices.IsSorted(row) || len(slices.Compact(slices.Clone(row))) != len(row) {
				t.Fatalf("row %v is not ascending", row)
			}
			for _, k := range row {
				seen[j*n+int(k)]++
			}
		}
		for _, w := range l.weight {
			if w > 0 {
				positive++
			}
			if math.Abs(w) < 0.5 || math.Abs(w) > 1 {
				t.Fatalf("weight %v, expected a size in [0.5, 1]", w)
			}
			size += w * w
			all++
		}
	}
	q := 2.0 / n
	for at, count := range seen {
		near(t, fmt.Sprint("share of networks with entry ", at), count/networks, q, 5*math.Sqrt(q*(1-q)/networks))
	}
	near(t, "share of positive weights", positive/all, 0.5, 2.5/math.Sqrt(all))
	near(t, "mean square of weights", size/all, (1+0.5+0.25)/3, 2/math.Sqrt(all))

	full := New(Config{Units: 3, Layers: 1, Degree: 3}, 1).layers[0]
	if !slices.Equal(full.to, []int32{0, 1, 2, 0, 1, 2, 0, 1, 2}) {
		t.Errorf("with d = N the entries are %v", full.to)
	}
}

// Both directions against matrices written out.
func TestDirections(t *testing.T) {
	const n, p = 40, 3
	net := New(Config{Units: n, Layers: p, Degree: 5, Least: 0.3}, 2)
	dense := make([][n][n]float64, p)
	for k, l := range net.layers {
		for j := range n {
			for e := l.start[j]; e < l.start[j+1]; e++ {
				dense[k][j][l.to[e]] = l.weight[e]
			}
		}
	}
	h := make([]bool, n)
	for _, j := range []int{3, 8, 20, 21, 33} {
		h[j] = true
	}
	down := net.Generate(h)
	up := net.Recover(down[0])
	for k := range p {
		for i := range n {
			sum, back := 0.0, 0.0
			for j := range n {
				if down[k+1][j] {
					sum += dense[k][j][i]
				}
				if up[k][j] {
					back += dense[k][i][j]
				}
			}
			if down[k][i] != (sum > 0) {
				t.Errorf("layer %d unit %d is %t, its sum %v", k, i, down[k][i], sum)
			}
			if up[k+1][i] != (back > 5.0/3) {
				t.Errorf("layer %d unit %d is recovered as %t, its sum %v", k+1, i, up[k+1][i], back)
			}
		}
	}
	if !slices.Equal(down[p], h) || !slices.Equal(up[0], down[0]) {
		t.Error("the given layers came back changed")
	}
}

// What Measure says of densities, couplings and paths.
func TestMeasure(t *testing.T) {
	var logN, logPath []float64
	for _, n := range []int{400, 1300, 4000} {
		const ones = 4
		m := Measure(context.Background(), Config{Units: n, Layers: 2}, ones, 15, rng.Key(n))
		d := math.Sqrt(float64(n))
		near(t, "variance of couplings", m.Coupling.Mean, d*m.Density[0].Mean, 5*m.Coupling.Err)
		near(t, "density of hidden units", m.Density[2].Mean, ones/float64(n), 1e-15)
		// Of the d/2 a unit joins positively a few are also joined negatively.
		first := ones / float64(n) * d / 2
		near(t, "density of layer 1", m.Density[1].Mean, first, 4*m.Density[1].Err+first*d/2*ones/float64(n))
		// The thesis's upper end of (2.6).
		if m.Coupling.Mean < 10*math.Pow(float64(n), -0.4)/4 {
			t.Errorf("N=%d: the couplings have variance %v, of the size of N^(-2/5)/4", n, m.Coupling.Mean)
		}
		logN, logPath = append(logN, math.Log(float64(n))), append(logPath, math.Log(m.Path.Mean))
	}
	_, slope := stat.LinearRegression(logN, logPath, nil, false)
	near(t, "exponent of P(path)", slope, -0.5, 0.1) // (p−1)/2
}

// Recovery wants d large at the same sparsity; a crowded network forgets.
func TestRecovery(t *testing.T) {
	last := -1.0
	for _, d := range []float64{4, 16, 64} {
		const n = 4000
		ones := int(0.02 * n / (d / 2))
		m := Measure(context.Background(), Config{Units: n, Layers: 1, Degree: d}, ones, 12, 5)
		if !(m.Recall.Mean > last+0.05) {
			t.Errorf("d=%v: recall %v, expected above that at a smaller d, %v", d, m.Recall, last)
		}
		if m.False.Mean > 2 {
			t.Errorf("d=%v: %v units wrongly active", d, m.False)
		}
		last = m.Recall.Mean
	}
	if last < 0.9 {
		t.Errorf("recall at d=64 is %v, expected nearly 1", last)
	}
	if m := Measure(context.Background(), Config{Units: 1000, Layers: 1, Degree: 64}, 100, 4, 5); m.Recall.Mean > 0.7 {
		t.Errorf("with ρd/2 = 3N recall is %v, expected poor", m.Recall)
	}
}

// Sums over paths have variance 1 and a kurtosis that falls as 1/d: normal for
// large d, visibly not for small.
func TestPathSums(t *testing.T) {
	normal := func(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }
	const sums = 2000
	for _, c := range []struct {
		degree, least float64
		isNormal      bool
	}{{1.5, 1, false}, {30, 1, true}, {30, 0.5, true}} {
		y, err := PathSums(context.Background(), Config{Units: 60, Layers: 3, Degree: c.degree, Least: c.least}, sums, 3)
		if err != nil || len(y) != sums {
			t.Fatal(len(y), err)
		}
		mean, sd := stat.MeanStdDev(y, nil)
		excess := stat.ExKurtosis(y, nil)
		near(t, "mean", mean, 0, 4/math.Sqrt(sums))
		// A variance of y² of 2 + excess, and half of it for the deviation.
		near(t, "standard deviation", sd, 1, 2*math.Sqrt((2+math.Max(excess, 0))/sums))
		distance, p := KolmogorovSmirnov(y, normal)
		if c.isNormal != (p > 1e-3) {
			t.Errorf("d=%v: distance %v from the normal law, p = %v", c.degree, distance, p)
		}
		if !c.isNormal && excess < 1 || c.isNormal && excess > 0.6 {
			t.Errorf("d=%v: excess kurtosis %v", c.degree, excess)
		}
	}
}

func TestKolmogorov(t *testing.T) {
	// Smirnov's table.
	for _, c := range []struct{ x, p float64 }{{1.22385, 0.1}, {1.35810, 0.05}, {1.62762, 0.01}, {1.94947, 0.001}} {
		near(t, "P(K > x)", kolmogorovAbove(c.x), c.p, 1e-4*c.p)
	}
	near(t, "across x = 1", kolmogorovAbove(1-1e-12), kolmogorovAbove(1), 1e-11)
	near(t, "at 0", kolmogorovAbove(0.05), 1, 0)
	// p is uniform where the law is right: by its own test.
	var ps []float64
	for i := range 400 {
		x := make([]float64, 40)
		rng.Key(6).Split(uint64(i)).Stream().Uniforms(x)
		d, p := KolmogorovSmirnov(x, func(x float64) float64 { return x })
		if d <= 0 || d > 1 {
			t.Fatalf("distance %v", d)
		}
		ps = append(ps, p)
	}
	if d, p := KolmogorovSmirnov(ps, func(x float64) float64 { return x }); p < 1e-3 {
		t.Errorf("p-values are not uniform: distance %v, p = %v", d, p)
	}
	d, _ := KolmogorovSmirnov([]float64{0.5}, func(x float64) float64 { return x })
	near(t, "distance of one number", d, 0.5, 0)
}

func TestRepeatAndStop(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	c := Config{Units: 50, Layers: 2}
	a, _ := PathSums(ctx, c, 6, 1)
	b, _ := PathSums(ctx, c, 3, 1)
	if !slices.Equal(a[:3], b) {
		t.Error("a sum depends on how many there are")
	}
	stop()
	if got, err := PathSums(ctx, c, 6, 1); err == nil || len(got) != 0 {
		t.Errorf("%d sums after the stop, error %v", len(got), err)
	}
	if m := Measure(ctx, c, 2, 6, 1); m.Stopped == nil {
		t.Error("Measure does not say that it was stopped")
	}
}

func TestSlips(t *testing.T) {
	for _, f := range []func(){
		func() { New(Config{Units: 0, Layers: 1}, 1) },
		func() { New(Config{Units: 3, Layers: 1, Degree: 4}, 1) },
		func() { New(Config{Units: 3, Layers: 1, Least: 2}, 1) },
		func() { New(Config{Units: 3, Layers: 1}, 1).Generate(make([]bool, 2)) },
		func() { New(Config{Units: 3, Layers: 1}, 1).Recover(nil) },
		func() { Measure(context.Background(), Config{Units: 3, Layers: 1}, 4, 1, 1) },
		func() { KolmogorovSmirnov(nil, math.Erf) },
	} {
		func() {
			defer func() {
				if m := fmt.Sprint(recover()); len(m) < 8 || m[:8] != "sparse: " {
					t.Errorf("panic %q, expected one that begins with sparse:", m)
				}
			}()
			f()
		}()
	}
}

// Of a hidden vector's units how many come back from its datum?
func ExampleMeasure() {
	for _, d := range []float64{8, 32, 128} {
		m := Measure(context.Background(), Config{Units: 4000, Layers: 1, Degree: d}, 5, 10, 1)
		fmt.Printf("d = %3.0f: %.2f recovered, %.1f false, couplings of variance %.2f\n", d, m.Recall.Mean, m.False.Mean, m.Coupling.Mean)
	}
	// Output:
	// d =   8: 0.80 recovered, 0.0 false, couplings of variance 0.04
	// d =  32: 0.96 recovered, 0.0 false, couplings of variance 0.64
	// d = 128: 0.98 recovered, 0.0 false, couplings of variance 9.45
}
