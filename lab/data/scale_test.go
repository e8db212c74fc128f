package data

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"glassy/lab/device"
	"glassy/lab/rng"
)

// noise is n samples of that shape with correlated numbers.
func noise(n int, shape ...int) *Set {
	s := &Set{Name: "noise", Shape: shape, Classes: 1}
	d := s.Size()
	s.X, s.Y = make([]float32, n*d), make([]int32, n)
	stream := rng.Key(3).Stream()
	for i := range s.X {
		s.X[i] = float32(stream.Normal()) * float32(1+i%d%7)
		if i%d > 0 {
			s.X[i] += 0.7 * s.X[i-1]
		}
		s.X[i] += 5
	}
	return s
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %v, expected %v within %g", what, got, want, tolerance)
	}
}

func TestRescale(t *testing.T) {
	s := &Set{Shape: []int{4}, X: []float32{0, 0.25, 0.5, 1}}
	s.Rescale(-1, 1)
	if !slices.Equal(s.X, []float32{-1, -0.5, 0, 1}) {
		t.Errorf("%v", s.X)
	}
}

// Normalised by its own moments, each channel has mean 0 and sd 1 (to float32's
// rounding of the numbers), and the moments lead back.
func TestNormalize(t *testing.T) {
	s := noise(200, 3, 2, 2)
	before := slices.Clone(s.X)
	mean, sd := s.Moments()
	s.Normalize(mean, sd)
	m, v := s.Moments()
	for c := range 3 {
		near(t, "mean", m[c], 0, 1e-6)
		near(t, "sd", v[c], 1, 1e-6)
	}
	for i, x := range s.X {
		c := i / 4 % 3
		near(t, "back", float64(x)*sd[c]+mean[c], float64(before[i]), 1e-5*(1+math.Abs(float64(before[i]))))
	}
	constant := &Set{Shape: []int{1, 2}, X: []float32{3, 3}}
	if m, v := constant.Moments(); m[0] != 3 || v[0] != 0 {
		t.Errorf("moments of a constant: %v, %v", m, v)
	}
	defer func() {
		if r, _ := recover().(string); r != "data: Normalize: sd of channel 0 is 0, expected a positive number" {
			t.Errorf("panic %q", r)
		}
	}()
	constant.Normalize(constant.Moments())
}

func TestGlobalContrast(t *testing.T) {
	s := noise(50, 3, 2, 2)
	copy(s.X[12:24], slices.Repeat([]float32{0.3}, 12)) // without contrast
	s.GlobalContrast()
	for i := range 50 {
		sum, squares := 0.0, 0.0
		for _, x := range s.X[12*i : 12*i+12] {
			sum += float64(x)
			squares += float64(x) * float64(x)
		}
		want := 11.0 // (d-1)·1
		if i == 1 {
			want = 0
		}
		near(t, "sum", sum, 0, 1e-5)
		near(t, "squares", squares, want, 1e-4)
	}
	// Of what is normalised, normalisation changes rounding only.
	before := slices.Clone(s.X)
	s.GlobalContrast()
	for i := range before {
		near(t, "again", float64(s.X[i]), float64(before[i]), 1e-5)
	}
}

func TestPool(t *testing.T) {
	s := &Set{Name: "p", Shape: []int{2, 2, 4}, Classes: 1, Y: []int32{0}, X: []float32{
		1, 2, 3, 4,
		5, 6, 7, 8,

		0, 0, 1, 1,
		0, 4, 1, 1,
	}}
	p := s.Pool(2)
	if !slices.Equal(p.X, []float32{3.5, 5.5, 1, 1}) || !slices.Equal(p.Shape, []int{2, 1, 2}) {
		t.Errorf("%v of shape %v", p.X, p.Shape)
	}
	if q := s.Pool(1); !slices.Equal(q.X, s.X) {
		t.Error("squares of one pixel are not the image")
	}
}

// covariance is d×d, with divisor n-1.
func covariance(s *Set) []float64 {
	n, d := s.Len(), s.Size()
	mean, x, c := make([]float64, d), make([]float64, d), make([]float64, d*d)
	for i, x := range s.X {
		mean[i%d] += float64(x) / float64(n)
	}
	for k := range n {
		for i, v := range s.X[k*d : (k+1)*d] {
			x[i] = float64(v) - mean[i]
		}
		for i, v := range x {
			v /= float64(n - 1)
			row := c[i*d : (i+1)*d]
			for j, u := range x {
				row[j] += v * u
			}
		}
	}
	return c
}

// Whitened training data have the identity for covariance. The regulariser
// leaves λ/(√λ+ε)² = 1-2ε/√λ; the rest is float32's rounding of the numbers.
func TestZCA(t *testing.T) {
	for _, side := range []int{2, 12} { // 12 numbers, and more than a block of the covariance
		testZCA(t, noise(1100, 3, side, side)) // more than a chunk of samples
	}
}

func testZCA(t *testing.T, s *Set) {
	ctx, dev := t.Context(), device.CPU()
	const epsilon = 1e-5
	z, err := FitZCA(ctx, dev, s, epsilon)
	if err != nil {
		t.Fatal(err)
	}
	d := s.Size()
	if z.Rank != d || !slices.IsSorted(z.Variances) {
		t.Errorf("rank %d of %d, variances %v", z.Rank, d, z.Variances)
	}
	before := slices.Clone(s.X)
	white, err := z.Apply(ctx, dev, s)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(before, s.X) {
		t.Error("the set itself was changed")
	}
	c := covariance(white)
	tolerance := 2*epsilon/math.Sqrt(z.Variances[0]) + 1e-5
	for i := range d {
		for j := range d {
			want := 0.0
			if i == j {
				want = 1
			}
			near(t, "whitened covariance", c[i*d+j], want, tolerance)
			near(t, "W, by its transpose,", float64(z.w[i*d+j]), float64(z.w[j*d+i]), 1e-6)
			if t.Failed() {
				return
			}
		}
	}
	// Trace and mean are the training set's.
	trace, own := 0.0, covariance(s)
	for i := range d {
		trace += own[i*d+i]
	}
	sum := 0.0
	for _, v := range z.Variances {
		sum += v
	}
	near(t, "sum of variances", sum, trace, 1e-9*trace)

	// Another set is moved by the same map: the mean of the training set goes to 0.
	other := &Set{Name: "other", Shape: s.Shape, X: make([]float32, d)}
	for i, m := range z.Mean {
		other.X[i] = float32(m)
	}
	if moved, err := z.Apply(ctx, dev, other); err != nil || math.Abs(float64(slices.Max(moved.X))) > 1e-5 {
		t.Errorf("the mean goes to %v (%v)", moved.X, err)
	}
}

// After global contrast normalisation the constant image does not vary: its
// direction is left out, and the whitened covariance is the projector I - 11ᵀ/d.
func TestZCAOfNormalisedContrast(t *testing.T) {
	s := noise(900, 2, 2, 2)
	s.GlobalContrast()
	z, err := FitZCA(t.Context(), device.CPU(), s, 0)
	if err != nil {
		t.Fatal(err)
	}
	if z.Rank != 7 {
		t.Fatalf("rank %d, expected 7; variances %v", z.Rank, z.Variances)
	}
	white, err := z.Apply(t.Context(), device.CPU(), s)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range covariance(white) {
		want := -1.0 / 8
		if i%9 == 0 {
			want += 1
		}
		near(t, "whitened covariance", c, want, 1e-5)
	}
}

func TestZCARefuses(t *testing.T) {
	s := noise(10, 2)
	s.X[3] = float32(math.NaN())
	if _, err := FitZCA(t.Context(), device.CPU(), s, 0); err == nil {
		t.Error("NaN: no error")
	}
	if _, err := FitZCA(t.Context(), device.CPU(), noise(1, 2), 0); err == nil {
		t.Error("one sample: no error")
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := FitZCA(ctx, device.CPU(), noise(10, 2), 0); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
}

// Pad 0 leaves the choice of two images; every one of the 2·(2Pad+1)² windows
// comes up, equally often to 5 sd; and an image follows its number and the key.
func TestMirrorCrop(t *testing.T) {
	image := []float32{1, 2, 3, 4, 5, 6}
	shape := []int{1, 2, 3}
	const n = 9000
	windows := func(pad int) map[[6]float32]int {
		x := slices.Repeat(image, n)
		MirrorCrop{Pad: pad}.Apply(5, shape, x)
		seen := map[[6]float32]int{}
		for i := range n {
			seen[[6]float32(x[6*i:])]++
		}
		return seen
	}
	for pad, want := range map[int]map[[6]float32]int{
		0: {{1, 2, 3, 4, 5, 6}: 1, {3, 2, 1, 6, 5, 4}: 1},
		1: {
			{1, 2, 3, 4, 5, 6}: 1, {3, 2, 1, 6, 5, 4}: 1,
			{2, 3, 0, 5, 6, 0}: 1, {2, 1, 0, 5, 4, 0}: 1, {0, 1, 2, 0, 4, 5}: 1, {0, 3, 2, 0, 6, 5}: 1,
			{4, 5, 6, 0, 0, 0}: 1, {6, 5, 4, 0, 0, 0}: 1, {5, 6, 0, 0, 0, 0}: 1, {5, 4, 0, 0, 0, 0}: 1, {0, 4, 5, 0, 0, 0}: 1, {0, 6, 5, 0, 0, 0}: 1,
			{0, 0, 0, 1, 2, 3}: 1, {0, 0, 0, 3, 2, 1}: 1, {0, 0, 0, 2, 3, 0}: 1, {0, 0, 0, 2, 1, 0}: 1, {0, 0, 0, 0, 1, 2}: 1, {0, 0, 0, 0, 3, 2}: 1,
		},
	} {
		got := windows(pad)
		if len(got) != len(want) {
			t.Errorf("pad %d: %d windows, expected %d", pad, len(got), len(want))
		}
		p := 1 / float64(len(want))
		for w := range want {
			near(t, "how often a window comes", float64(got[w]), n*p, 5*math.Sqrt(n*p*(1-p)))
		}
	}
	two := slices.Repeat([]float32{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, 2) // two channels move together
	MirrorCrop{Pad: 1}.Apply(5, []int{2, 2, 3}, two)
	for i := range 6 {
		for k := range 2 {
			if a, b := two[12*k+i], two[12*k+6+i]; a != 0 && b != a+6 || a == 0 && b != 0 {
				t.Errorf("channels of image %d moved apart: %v", k, two[12*k:12*k+12])
			}
		}
	}
	far := slices.Clone(image)
	MirrorCrop{Pad: 40}.Apply(1, shape, far) // the window may miss the image
	a, b := slices.Repeat(image, 3), slices.Repeat(image, 2)
	MirrorCrop{Pad: 1}.Apply(9, shape, a)
	MirrorCrop{Pad: 1}.Apply(9, shape, b)
	if !slices.Equal(a[:12], b) {
		t.Error("an image does not follow its number and the key alone")
	}
}
