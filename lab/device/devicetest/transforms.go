package devicetest

import (
	"math"
	"math/cmplx"
	"testing"

	"glassy/lab/device"
)

// arranged is x, whose lines are rows, put as l has them, of so many parts a number.
func arranged(l device.Lines, parts int, x []float64) []float64 {
	if l.Rows || len(x) == 0 {
		return x
	}
	out, numbers := make([]float64, len(x)), len(x)/l.Count/parts
	for k := range l.Count {
		for t := range numbers {
			copy(out[(t*l.Count+k)*parts:][:parts], x[(k*numbers+t)*parts:])
		}
	}
	return out
}

// turn is exp(-2πi a/b) to rounding, however large a is.
func turn(a, b int) complex128 {
	s, c := math.Sincos(2 * math.Pi * float64(a%b) / float64(b))
	return complex(c, -s)
}

// rms is √(mean of squares).
func rms(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v * v
	}
	return math.Sqrt(sum / float64(max(1, len(x))))
}

// multiplied is a times x.
func multiplied(x []float64, a float64) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = a * v
	}
	return y
}

// roundoff bounds the error of any one number of a transform of n numbers of that size,
// which is √n times as large: some √log n roundings, but where n has a large prime
// factor, of which gonum's go with that.
func roundoff(n int, size float64) float64 {
	return 0x1p-53 * 10 * (1 + math.Log2(float64(n))) * math.Sqrt(float64(n)) * size
}

// Lengths: 1, even and odd, powers, many small factors, primes, twice a prime.
var transformLengths = []int{1, 2, 3, 4, 5, 6, 7, 12, 15, 16, 31, 53, 97, 100, 101, 106, 243, 256}

func testTransforms(t *testing.T, dev device.Device) {
	for _, n := range transformLengths {
		for _, l := range []device.Lines{{Nodes: n, Count: 1}, {Nodes: n, Count: 11}, {Nodes: n, Count: 3, Rows: true}} {
			x := random(device.Float64, n*l.Count, uint64(n))
			var spectrum, cosines []float64
			for k := range l.Count {
				line := x[k*n : (k+1)*n]
				for f := range device.Bins(n) {
					sum := 0i
					for j, v := range line {
						sum += complex(v, 0) * turn(f*j, n)
					}
					spectrum = append(spectrum, real(sum), imag(sum))
				}
				for f := range n {
					sum := 0.0
					for j, v := range line {
						sum += v * real(turn(f*(2*j+1), 4*n))
					}
					cosines = append(cosines, sum)
				}
			}
			bound := roundoff(n, 1)
			v, y := put(dev, device.Float64, arranged(l, 1, x)), dst(dev, device.Float64, len(spectrum))
			dev.Fourier(l, v, y)
			same(t, name("Fourier %+v", l), y, arranged(l, 2, spectrum), bound)
			same(t, name("Fourier %+v keeps x", l), v, arranged(l, 1, x), 0)
			// The inverse by itself, of what is given exactly.
			times := func(x []float64) []float64 { return multiplied(arranged(l, 1, x), float64(n)) }
			back := dst(dev, device.Float64, len(x))
			dev.FourierInverse(l, put(dev, device.Float64, arranged(l, 2, spectrum)), back)
			same(t, name("FourierInverse %+v", l), back, times(x), 2*math.Sqrt(float64(n))*bound)
			dev.Cosine(l, v)
			same(t, name("Cosine %+v", l), v, arranged(l, 1, cosines), bound)
			v = put(dev, device.Float64, arranged(l, 1, cosines))
			dev.CosineInverse(l, v)
			same(t, name("CosineInverse %+v", l), v, times(x), 4*math.Sqrt(float64(n))*bound)
		}
	}
}

// Of long lines: Parseval's identity, there and back, a wave, a shift.
func testLongTransforms(t *testing.T, dev device.Device) {
	for _, n := range []int{4096, 10_000, 10_007} {
		l := device.Lines{Nodes: n, Count: 2, Rows: true}
		x := random(device.Float64, 2*n, 7)
		for i := range n { // the second line is the first, moved on, and a wave
			x[n+i] = x[(i+5)%n] + real(turn(3*i, n))
		}
		v, y := put(dev, device.Float64, x), dev.New(device.Float64, 2*2*device.Bins(n))
		dev.Fourier(l, v, y)
		got := device.Read[float64](y)
		at := func(line, f int) complex128 { i := 2 * (line*device.Bins(n) + f); return complex(got[i], got[i+1]) }
		size := rms(x)
		power := 0.0
		for f := range device.Bins(n) {
			weight := 2.0
			if f == 0 || 2*f == n {
				weight = 1
			}
			power += weight * real(at(0, f)*cmplx.Conj(at(0, f)))
			want := at(0, f) * cmplx.Conj(turn(5*f, n))
			if f == 3 {
				want += complex(float64(n)/2, 0)
			}
			if d := cmplx.Abs(at(1, f) - want); !(d <= 4*roundoff(n, size)) {
				t.Fatalf("n = %d: number %d of the moved line is %v, expected %v", n, f, at(1, f), want)
			}
		}
		first := rms(x[:n])
		if want := float64(n) * float64(n) * first * first; !(math.Abs(power-want) <= 1e-13*want) {
			t.Errorf("n = %d: the sum of squares is %v, expected %v (Parseval)", n, power, want)
		}
		back := dev.New(device.Float64, 2*n)
		dev.FourierInverse(l, y, back)
		same(t, name("FourierInverse of Fourier, n = %d", n), back, multiplied(x, float64(n)), 4*math.Sqrt(float64(n))*roundoff(n, size))
		dev.Cosine(l, v)
		dev.CosineInverse(l, v)
		same(t, name("CosineInverse of Cosine, n = %d", n), v, multiplied(x, float64(n)), 4*math.Sqrt(float64(n))*roundoff(n, size))
	}
	v := dev.New(device.Float64, 12)
	l := device.Lines{Nodes: 4, Count: 2}
	panics(t, "Fourier", func() { dev.Fourier(l, v, v) })
	panics(t, "Fourier", func() { dev.Fourier(l, v.Slice(0, 8), v.Slice(0, 11)) })
	panics(t, "Fourier", func() { dev.Fourier(l, dev.New(device.Float32, 8), v) })
	panics(t, "Fourier", func() { dev.Fourier(device.Lines{Nodes: -1}, v, v) })
	panics(t, "FourierInverse", func() { dev.FourierInverse(l, v, v) })
	panics(t, "Cosine", func() { dev.Cosine(l, v) })
	panics(t, "CosineInverse", func() { dev.CosineInverse(l, v.Slice(0, 7)) })
	none := v.Slice(0, 0)
	for _, l := range []device.Lines{{Nodes: 4}, {Count: 4}} {
		dev.Fourier(l, none, none)
		dev.FourierInverse(l, none, none)
		dev.Cosine(l, none)
		dev.CosineInverse(l, none)
	}
}
