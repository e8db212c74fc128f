package device

import (
	"math"
	"math/cmplx"
	"sync"
	"unsafe"

	"gonum.org/v1/gonum/dsp/fourier"
)

// A goPlan is gonum's transform, which serves one goroutine at a time. Its time and its
// rounding error go with the largest prime factor of n: lengths with a large one go by
// Bluestein's convolution.
type goPlan struct{ free sync.Pool }

const largePrime = 50

func newGoPlan(n int) *goPlan {
	p := &goPlan{}
	if greatestPrime(n) < largePrime {
		p.free.New = func() any { return smoothPlan{fourier.NewFFT(n), make([]float64, n)} }
		return p
	}
	b := newBluestein(n)
	p.free.New = func() any { return b.clone() }
	return p
}

func (p *goPlan) forward(z []float64) {
	one := p.free.Get().(plan)
	one.forward(z)
	p.free.Put(one)
}

func (p *goPlan) inverse(z []float64) {
	one := p.free.Get().(plan)
	one.inverse(z)
	p.free.Put(one)
}

type smoothPlan struct {
	fft *fourier.FFT
	x   []float64
}

func (p smoothPlan) forward(z []float64) {
	copy(p.x, z)
	p.fft.Coefficients(pairs(z), p.x)
}

func (p smoothPlan) inverse(z []float64) { copy(z, p.fft.Sequence(p.x, pairs(z))) }

// pairs is the complex numbers of which z are the parts.
func pairs(z []float64) []complex128 {
	return unsafe.Slice((*complex128)(unsafe.Pointer(unsafe.SliceData(z))), len(z)/2)
}

// A bluestein is the transform of n complex numbers as a convolution (Bluestein 1970):
// since tf = (t² + f² - (t-f)²)/2, it is that with exp(πit²/n) of what exp(-πit²/n)
// was multiplied with, at both ends.
type bluestein struct {
	fft    *fourier.CmplxFFT // of the convolution
	chirp  []complex128      // exp(-πit²/n)
	filter []complex128      // the transform of its conjugate, there and back divided
	work   []complex128
}

func newBluestein(n int) *bluestein {
	m := 1
	for m < 2*n-1 {
		m *= 2
	}
	b := &bluestein{fft: fourier.NewCmplxFFT(m), chirp: make([]complex128, n), work: make([]complex128, m)}
	filter := make([]complex128, m)
	for t := range n {
		// t² mod 2n in integers: the angle is exact for any n.
		b.chirp[t] = cmplx.Rect(1, -math.Pi*float64(t*t%(2*n))/float64(n))
		filter[t] = cmplx.Conj(b.chirp[t])
		filter[(m-t)%m] = filter[t]
	}
	b.filter = b.fft.Coefficients(nil, filter)
	for k := range b.filter {
		b.filter[k] /= complex(float64(m), 0) // gonum's inverse is not normalised
	}
	return b
}

// clone is for another goroutine.
func (b *bluestein) clone() *bluestein {
	return &bluestein{fourier.NewCmplxFFT(len(b.work)), b.chirp, b.filter, make([]complex128, len(b.work))}
}

func (b *bluestein) forward(z []float64) {
	clear(b.work)
	for t, c := range b.chirp {
		b.work[t] = complex(z[t], 0) * c
	}
	b.convolve()
	for f := range pairs(z) {
		pairs(z)[f] = b.work[f] * b.chirp[f]
	}
}

// inverse is the conjugate of the transform of the conjugate, which is real.
func (b *bluestein) inverse(z []float64) {
	clear(b.work)
	n := len(b.chirp)
	for f, y := range pairs(z) {
		b.work[f] = cmplx.Conj(y) * b.chirp[f]
		if f > 0 {
			b.work[n-f] = y * b.chirp[n-f] // where both are n/2, y is real
		}
	}
	b.convolve()
	for t, c := range b.chirp {
		z[t] = real(b.work[t] * c)
	}
}

func (b *bluestein) convolve() {
	b.fft.Coefficients(b.work, b.work)
	for k := range b.work {
		b.work[k] *= b.filter[k]
	}
	b.fft.Sequence(b.work, b.work)
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
