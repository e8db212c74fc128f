package trajectory

import (
	"math"
	"math/cmplx"

	"gonum.org/v1/gonum/dsp/fourier"
)

// A transform is Y_f = Σ_t x_t e^{-2πift/n}, f = 0 … n/2, of real series of length n,
// for one goroutine. Gonum's takes a time, and has a rounding error, that goes with the
// largest prime factor of n; lengths with a large one go by Bluestein's convolution.
type transform struct {
	n    int
	real *fourier.FFT

	whole  *fourier.CmplxFFT // of the convolution
	chirp  []complex128      // e^{-πit²/n}
	filter []complex128      // the transform of what the chirped series is convolved with
	work   []complex128
}

const largePrime = 50

func newTransform(n int) *transform {
	t := &transform{n: n}
	if greatestPrime(n) < largePrime {
		t.real = fourier.NewFFT(n)
		return t
	}
	m := smooth(2*n - 1)
	t.whole, t.chirp, t.work = fourier.NewCmplxFFT(m), make([]complex128, n), make([]complex128, m)
	filter := make([]complex128, m)
	for k := range n {
		// t² mod 2n in integers: the angle is exact for any n.
		t.chirp[k] = cmplx.Rect(1, -math.Pi*float64(k*k%(2*n))/float64(n))
		filter[k] = cmplx.Conj(t.chirp[k])
		filter[(m-k)%m] = filter[k]
	}
	t.filter = t.whole.Coefficients(nil, filter)
	for k := range t.filter {
		t.filter[k] /= complex(float64(m), 0) // gonum's inverse is not normalised
	}
	return t
}

// of writes the transform of x to dst, len n/2+1. x may be overwritten.
func (t *transform) of(dst []complex128, x []float64) {
	if t.real != nil {
		t.real.Coefficients(dst, x)
		return
	}
	clear(t.work)
	for k, v := range x {
		t.work[k] = complex(v, 0) * t.chirp[k]
	}
	t.whole.Coefficients(t.work, t.work)
	for k := range t.work {
		t.work[k] *= t.filter[k]
	}
	t.whole.Sequence(t.work, t.work)
	for f := range dst {
		dst[f] = t.work[f] * t.chirp[f]
	}
}

// greatestPrime is the largest prime factor of n.
func greatestPrime(n int) int {
	greatest := 1
	for p := 2; n > 1; p++ {
		if p*p > n {
			p = n
		}
		for n%p == 0 {
			n, greatest = n/p, p
		}
	}
	return greatest
}

// smooth is the least number of at least n that has no prime factors but 2, 3 and 5.
func smooth(n int) int {
	for greatestPrime(n) > 5 {
		n++
	}
	return n
}
