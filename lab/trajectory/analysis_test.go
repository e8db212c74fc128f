package trajectory

import (
	"context"
	"math"
	"math/cmplx"
	"path/filepath"
	"slices"
	"testing"

	"glassy/lab/device"
	"glassy/lab/landscape"
	"glassy/lab/rng"
)

// The transform is its definition at lengths that are products of small primes, primes
// and their multiples.
func TestTransform(t *testing.T) {
	for _, n := range []int{1, 2, 3, 4, 5, 8, 30, 31, 97, 149, 151, 2 * 151, 257, 3 * 257, 360} {
		x := make([]float64, n)
		rng.Key(n).Normals(0, x)
		y := newTransform(n).of(slices.Clone(x))
		for f := range n/2 + 1 {
			want := 0i
			for k, v := range x {
				want += complex(v, 0) * cmplx.Rect(1, -2*math.Pi*float64(f*k%n)/float64(n))
			}
			// Rounding grows as log n, of numbers of size √n.
			if got := complex(y[2*f], y[2*f+1]); !(cmplx.Abs(got-want) <= 1e-14*math.Sqrt(float64(n))*(1+math.Log2(float64(n)))) {
				t.Errorf("n = %d: Y_%d is %v, expected %v", n, f, got, want)
			}
		}
	}
	for n, want := range map[int]int{1: 1, 2: 2, 7: 8, 97: 100, 100: 100, 99999: 100000, 100001: 101250} {
		if got := smooth(n); got != want {
			t.Errorf("the next length after %d is %d, expected %d", n, got, want)
		}
	}
}

// process is T points of d independent coordinates x ← φ_i x + ζ, φ = 1 being walks, of
// deviations 1, 2, ….
func process(T, d int, φ float64, key rng.Key) []float64 {
	x := make([]float64, T*d)
	key.Normals(0, x)
	for i := range d {
		s := float64(i + 1)
		for k := range T {
			z := s * x[k*d+i]
			switch {
			case k > 0:
				x[k*d+i] = φ*x[(k-1)*d+i] + z
			case φ < 1:
				x[i] = z / math.Sqrt(1-φ*φ) // stationary from the beginning
			}
		}
	}
	return x
}

// Parseval: the mean of the power over all frequencies is the mean of the squares; that
// over f ≠ 0 the variance.
func TestParseval(t *testing.T) {
	for _, T := range []int{50, 51, 152} {
		s := Of(3, process(T, 3, 1, 7))
		p, err := Increments(context.Background(), s, 0)
		if err != nil {
			t.Fatal(err)
		}
		sum, n := 0.0, p.Increments
		for f := 1; f < len(p.Power); f++ {
			sum += p.Power[f]
			if 2*f < n {
				sum += p.Power[f]
			}
		}
		if got := sum / float64(n); math.Abs(got-p.WhitePower()) > 1e-13*p.WhitePower() {
			t.Errorf("%d increments: the mean of the power is %v, expected the variance %v", n, got, p.WhitePower())
		}
	}
}

// Brownian motion has a flat spectrum at the level and in the band that theory says, and
// the correlation that simulation of other walks says.
func TestBrownian(t *testing.T) {
	const T, d = 2049, 64
	s := Of(d, process(T, d, 1, 1))
	p, err := Increments(context.Background(), s, 0)
	if err != nil {
		t.Fatal(err)
	}
	const width = 32 // frequencies taken together
	outside, bands := 0, 0
	for f := 1; f+width <= T/2; f += width {
		mean, auto := 0.0, 0.0
		for k := f; k < f+width; k++ {
			mean += p.Amplitude[k] / width
			auto += p.Autoregression[k] / width
		}
		if math.Abs(mean-p.White()) > p.Band(0.99, width) {
			outside++
		}
		if f > width && math.Abs(auto-p.White()) > 0.03*p.White() { // φ is 1 - O(1/T)
			t.Errorf("at %v cycles the autoregression of a walk has %v, expected the white level %v", p.Frequency[f], auto, p.White())
		}
		bands++
	}
	if outside > 3 { // of 31, each outside with probability 0.01: more than 3 once in 4000
		t.Errorf("%d of %d bands of frequencies are outside of their 99 %% band", outside, bands)
	}

	c, err := Autocorrelation(context.Background(), s, 0, 200)
	if err != nil {
		t.Fatal(err)
	}
	null := Brownian(T, 200, 400, 0.99, 5)
	for _, k := range []int{1, 20, 100, 200} {
		within := 4 * c.Spread[k] * math.Sqrt(1.0/d+1.0/400)
		if math.Abs(c.Mean[k]-null.Mean[k]) > within {
			t.Errorf("r_%d of walks is %v, expected %v ± %v", k, c.Mean[k], null.Mean[k], within)
		}
		if !(null.Low[k] < null.Mean[k] && null.Mean[k] < null.High[k]) {
			t.Errorf("the band at lag %d is %v … %v about %v", k, null.Low[k], null.High[k], null.Mean[k])
		}
	}
	// Of T/10 points it is far outside of the band of white noise.
	if null.Mean[200] < 5*c.Band(0.99) {
		t.Errorf("r_200 of Brownian motion is %v, the band of white noise %v", null.Mean[200], c.Band(0.99))
	}
	// Its law is that of k/T.
	far := Brownian(50*T, 200*50, 400, 0.99, 5)
	for _, k := range []int{20, 200} {
		if math.Abs(far.Mean[50*k]-null.Mean[k]) > 0.01 {
			t.Errorf("r at k/T = %v is %v, with fewer points %v", float64(k)/T, far.Mean[50*k], null.Mean[k])
		}
	}
}

// An autoregression of first order has the spectrum and the correlation of its theory.
func TestAutoregression(t *testing.T) {
	const T, d, φ = 16385, 24, 0.9
	s := Of(d, process(T, d, φ, 3))
	c, err := Autocorrelation(context.Background(), s, 0, 30)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []int{1, 5, 10, 30} {
		// Bartlett's formula for the variance of r_k, and the bias of order 1/T.
		v := ((1+φ*φ)*(1-math.Pow(φ, 2*float64(k)))/(1-φ*φ) - 2*float64(k)*math.Pow(φ, 2*float64(k))) / T
		want := math.Pow(φ, float64(k))
		if math.Abs(c.Mean[k]-want) > 4*math.Sqrt(v/d)+4*float64(k+10)/T {
			t.Errorf("r_%d is %v, expected %v ± %v", k, c.Mean[k], want, math.Sqrt(v/d))
		}
		if sd := math.Sqrt(v); math.Abs(c.Spread[k]-sd) > 4*sd/math.Sqrt(2*d) {
			t.Errorf("the spread of r_%d is %v, by Bartlett %v", k, c.Spread[k], sd)
		}
	}
	p, err := Increments(context.Background(), s, 0)
	if err != nil {
		t.Fatal(err)
	}
	const width = 512
	for f := 1; f+width <= T/2; f += width {
		mean, auto := 0.0, 0.0
		for k := f; k < f+width; k++ {
			mean += p.Amplitude[k]
			auto += p.Autoregression[k]
		}
		// A relative error of √(4/π-1) for each, and that of φ.
		if math.Abs(mean/auto-1) > 4*math.Sqrt((4/math.Pi-1)/(width*d))+0.01 {
			t.Errorf("at %v cycles the amplitude is %v times the autoregression's", p.Frequency[f], mean/auto)
		}
	}
}

// A file has the spectrum of what was recorded, on any number of threads, bit for bit;
// what is stopped says so.
func TestSameFromFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "t")
	const d = 300
	all := record(t, path, device.Float64, d, 40, 7)
	f := open(t, path)
	for first := range 3 {
		a, err := Increments(context.Background(), f, first)
		if err != nil {
			t.Fatal(err)
		}
		b, _ := Increments(context.Background(), Of(d, all), first)
		if !slices.Equal(a.Amplitude, b.Amplitude) || !slices.Equal(a.Spread, b.Spread) || a.White() != b.White() {
			t.Error("the spectrum of the file is another than that of the points")
		}
		c, err := Autocorrelation(context.Background(), f, first, 9)
		if err != nil {
			t.Fatal(err)
		}
		e, _ := Autocorrelation(context.Background(), Of(d, all), first, 9)
		if !slices.Equal(c.Mean, e.Mean) || c.Mean[0] != 1 {
			t.Error("the correlation of the file is another than that of the points")
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if p, err := Increments(ctx, f, 0); err != nil || p.Stopped == nil || p.Coordinates != 0 {
		t.Errorf("stopped: %+v, %v", p, err)
	}
	if c, err := Autocorrelation(ctx, f, 0, 3); err != nil || c.Stopped == nil {
		t.Errorf("stopped: %+v, %v", c, err)
	}
	// A coordinate that does not move has no correlation.
	c, err := Autocorrelation(context.Background(), Of(2, []float64{1, 5, 2, 5, 4, 5}), 0, 1)
	if err != nil || c.Constant != 1 || c.Coordinates != 1 || math.IsNaN(c.Mean[1]) {
		t.Errorf("%+v, %v", c, err)
	}
}

// bowl is ½|x|².
type bowl struct{ landscape.Landscape }

func (bowl) New() device.Vector { return device.CPU().New(device.Float64, 2) }
func (bowl) Gradient(x, g device.Vector) float64 {
	device.CPU().Copy(g, x)
	return 0
}

func TestGradientNorms(t *testing.T) {
	got, err := GradientNorms(context.Background(), bowl{}, Of(2, []float64{3, 4, 0, 1, 5, 12}), []int{0, 2})
	if err != nil || !slices.Equal(got, []float64{5, 13}) {
		t.Errorf("%v, %v, expected 5 and 13", got, err)
	}
}

// One coordinate of 10⁵ points.
func BenchmarkTransform(b *testing.B) {
	for name, n := range map[string]int{"smooth": 100000, "prime": 99991} {
		b.Run(name, func(b *testing.B) {
			x := make([]float64, n)
			rng.Key(1).Normals(0, x)
			f := newTransform(n)
			for b.Loop() {
				f.of(x)
			}
		})
	}
}

func BenchmarkIncrements(b *testing.B) {
	s := Of(8, process(100_001, 8, 1, 1))
	for b.Loop() {
		if _, err := Increments(context.Background(), s, 0); err != nil {
			b.Fatal(err)
		}
	}
}
