package data

import (
	"context"
	"fmt"
	"math"

	"glassy/lab/device"
	"glassy/lab/run"
)

// A ZCA whitens samples of d numbers: x ← W(x-m), W symmetric, so that an image
// still looks like one. It is fitted on a training set and applied to that and
// the test set alike.
type ZCA struct {
	Mean      []float64 // m, len d
	Variances []float64 // eigenvalues λ of the training set's covariance, ascending, len d
	Rank      int       // how many of them are more than rounding: the others are mapped to 0

	w []float32 // W, d×d
}

const (
	zcaChunk = 1024 // samples that are worked on at once
	zcaBlock = 384  // rows of the covariance that are
)

// FitZCA fits W = V diag(1/(√λ+epsilon)) Vᵀ to the covariance V diag(λ) Vᵀ of
// the numbers of train (divisor N-1), in float64 on dev. Directions in which
// they do not vary, λ ≤ d·2⁻⁵²·λmax, carry rounding only and get 0 in place of
// 1/(√λ+epsilon): after [Set.GlobalContrast] that is the constant image.
//
// The thesis's experiments have epsilon = 1e-5 (Chaudhari 2018, 2.4; the √λ are
// singular values there); Goodfellow et al. (2013) add 0.1 to λ instead.
//
// It costs Nd² + O(d³) operations and 4d² numbers: for CIFAR-10, d = 3072,
// 5·10¹¹ and 300 MB. When ctx ends before the fit does, the error is its cause.
func FitZCA(ctx context.Context, dev device.Device, train *Set, epsilon float64) (*ZCA, error) {
	if !(epsilon >= 0) {
		panic(fmt.Sprintf("data: FitZCA: epsilon is %v, expected a number that is not negative", epsilon))
	}
	if err := train.Validate(); err != nil {
		return nil, err
	}
	n, d := train.Len(), train.Size()
	if train.X == nil || n < 2 {
		return nil, fmt.Errorf("data: %s: %d samples of numbers, expected at least 2 to whiten", train.Name, n)
	}
	z := &ZCA{Mean: make([]float64, d), Variances: make([]float64, d)}
	for i, x := range train.X {
		z.Mean[i%d] += float64(x)
	}
	for j := range z.Mean {
		z.Mean[j] /= float64(n)
	}

	cov := dev.New(device.Float64, d*d)
	defer dev.Free(cov)
	if err := z.chunks(ctx, dev, device.Float64, "covariance", train, func(_, rows int, x device.Vector) {
		for i := 0; i < d; i += zcaBlock { // the upper triangle is all that SymEigen reads
			left, right := x.Slice(i, x.Len()), cov.Slice(i*d+i, d*d)
			dev.Gemm(true, false, min(zcaBlock, d-i), d-i, rows, 1/float64(n-1), left, d, left, d, 1, right, d)
		}
	}); err != nil {
		return nil, err
	}
	lambda := dev.New(device.Float64, d)
	defer dev.Free(lambda)
	if err := dev.SymEigen(d, cov, lambda, true); err != nil {
		return nil, fmt.Errorf("data: %s: whiten: %w", train.Name, err)
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	dev.Download(device.Of(z.Variances), lambda)

	factor := make([]float64, d)
	for i, v := range z.Variances {
		if v > float64(d)*0x1p-52*z.Variances[d-1] {
			factor[i] = 1 / (math.Sqrt(v) + epsilon)
			z.Rank++
		}
	}
	scaled, w := dev.New(device.Float64, d*d), dev.New(device.Float64, d*d)
	defer dev.Free(scaled)
	defer dev.Free(w)
	f := device.Put(dev, device.Float64, factor)
	defer dev.Free(f)
	dev.Copy(scaled, cov)
	dev.RowScale(d, d, f, scaled)
	dev.Gemm(true, false, d, d, d, 1, cov, d, scaled, d, 0, w, d)
	z.w = make([]float32, d*d)
	dev.Download(device.Of(z.w), w)
	return z, nil
}

// Apply is a whitened copy of s, made in float32 on dev. When ctx ends before it
// is made, the error is its cause.
func (z *ZCA) Apply(ctx context.Context, dev device.Device, s *Set) (*Set, error) {
	d := len(z.Mean)
	if s.X == nil || s.Size() != d {
		panic(fmt.Sprintf("data: ZCA: %s has samples of shape %v, expected %d numbers, as in the set that it was fitted to", s.Name, s.Shape, d))
	}
	w := device.Put(dev, device.Float32, z.w)
	defer dev.Free(w)
	y := dev.New(device.Float32, zcaChunk*d)
	defer dev.Free(y)
	out := *s
	out.X = make([]float32, len(s.X))
	if err := z.chunks(ctx, dev, device.Float32, "whitening", s, func(from, rows int, x device.Vector) {
		dev.Gemm(false, false, rows, d, d, 1, x, d, w, d, 0, y, d)
		dev.Download(device.Of(out.X[from*d:(from+rows)*d]), y.Slice(0, rows*d))
	}); err != nil {
		return nil, err
	}
	return &out, nil
}

// chunks calls f with the samples from..from+rows-1 less the mean, on dev.
func (z *ZCA) chunks(ctx context.Context, dev device.Device, t device.DType, what string, s *Set, f func(from, rows int, x device.Vector)) error {
	n, d := s.Len(), len(z.Mean)
	host := make([]float64, min(n, zcaChunk)*d)
	x := dev.New(t, len(host))
	defer dev.Free(x)
	loop := run.Start(ctx, what+" of "+s.Name, (n+zcaChunk-1)/zcaChunk)
	for k := range loop.Steps() {
		from := k * zcaChunk
		rows := min(zcaChunk, n-from)
		for i, v := range s.X[from*d : (from+rows)*d] {
			host[i] = float64(v) - z.Mean[i%d]
		}
		part := x.Slice(0, rows*d)
		dev.Upload(part, device.Of(host[:rows*d]))
		f(from, rows, part)
	}
	return loop.Err()
}
