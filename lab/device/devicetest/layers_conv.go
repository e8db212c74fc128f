package devicetest

import (
	"math"
	"math/rand/v2"
	"testing"

	"glassy/lab/device"
)

// products calls f for each product w·x of the convolution and the place in y
// that it is added to: the loop of the definition.
func products(s device.Convolution, f func(x, w, y int)) {
	oh, ow := s.Out()
	for n := range s.N {
		for k := range s.K {
			for p := range oh {
				for q := range ow {
					for c := range s.C {
						for r := range s.R {
							for t := range s.S {
								i, j := p*s.Stride+r-s.Pad, q*s.Stride+t-s.Pad
								if i >= 0 && i < s.H && j >= 0 && j < s.W {
									f(((n*s.C+c)*s.H+i)*s.W+j, ((k*s.C+c)*s.R+r)*s.S+t, ((n*s.K+k)*oh+p)*ow+q)
								}
							}
						}
					}
				}
			}
		}
	}
}

// A sum is one that a result is held against: its value, the sum of the
// absolute values of its terms, their number.
type sum struct{ value, size, terms []float64 }

func newSum(start []float64) sum {
	n := len(start)
	s := sum{make([]float64, n), make([]float64, n), make([]float64, n)}
	for i, v := range start {
		s.add(i, v)
	}
	return s
}

func (s sum) add(i int, v float64) {
	s.value[i] += v
	s.size[i] += math.Abs(v)
	s.terms[i]++
}

// bound is 2 k ε Σ|terms| (Higham 2002, 3.1).
func (s sum) bound(t device.DType) []float64 {
	b := make([]float64, len(s.value)+1)
	for i := range s.value {
		b[i] = 2 * s.terms[i] * epsilon(t) * s.size[i]
	}
	return b
}

func testConv(t *testing.T, dev device.Device) {
	shapes := []device.Convolution{
		{N: 2, C: 3, H: 5, W: 7, K: 4, R: 3, S: 2, Stride: 1, Pad: 0},
		{N: 2, C: 3, H: 5, W: 7, K: 4, R: 3, S: 2, Stride: 1, Pad: 2},
		{N: 3, C: 2, H: 9, W: 6, K: 3, R: 3, S: 3, Stride: 2, Pad: 1},
		{N: 1, C: 2, H: 7, W: 8, K: 3, R: 2, S: 3, Stride: 3, Pad: 0}, // rows and columns left over
		{N: 1, C: 1, H: 1, W: 1, K: 1, R: 3, S: 3, Stride: 1, Pad: 1},
		{N: 2, C: 1, H: 2, W: 2, K: 2, R: 1, S: 1, Stride: 1, Pad: 2}, // a border wider than the filter
		{N: 1, C: 2, H: 7, W: 1, K: 3, R: 1, S: 5, Stride: 1, Pad: 2}, // columns of the kernel that only meet border
		{N: 1, C: 12, H: 7, W: 1, K: 1, R: 5, S: 6, Stride: 1, Pad: 3},
		{N: 2, C: 2, H: 3, W: 2, K: 2, R: 5, S: 6, Stride: 3, Pad: 3},
		{N: 3, C: 5, H: 4, W: 3, K: 2, R: 1, S: 1, Stride: 1, Pad: 0}, // columns are the image
		{N: 2, C: 5, H: 5, W: 5, K: 2, R: 1, S: 1, Stride: 2, Pad: 0},
		{N: 4, C: 3, H: 6, W: 6, K: 5, R: 6, S: 6, Stride: 1, Pad: 0},  // one window
		{N: 2, C: 12, H: 9, W: 8, K: 3, R: 3, S: 3, Stride: 1, Pad: 1}, // deep: many channels
		{N: 2, C: 12, H: 9, W: 8, K: 3, R: 3, S: 3, Stride: 2, Pad: 1},
		{N: 2, C: 33, H: 8, W: 9, K: 2, R: 5, S: 1, Stride: 3, Pad: 0},
		{N: 1, C: 33, H: 8, W: 9, K: 2, R: 2, S: 2, Stride: 3, Pad: 2},
		{N: 1, C: 64, H: 51, W: 40, K: 1, R: 3, S: 3, Stride: 1, Pad: 1}, // large: half a million numbers in the windows
		{N: 1, C: 64, H: 101, W: 41, K: 1, R: 3, S: 3, Stride: 2, Pad: 1},
		{N: 37, C: 1, H: 12, W: 12, K: 3, R: 5, S: 5, Stride: 1, Pad: 0},
		{N: 0, C: 3, H: 5, W: 5, K: 2, R: 3, S: 3, Stride: 1},
		{N: 2, C: 0, H: 5, W: 5, K: 2, R: 3, S: 3, Stride: 1},
		{N: 2, C: 3, H: 5, W: 5, K: 0, R: 3, S: 3, Stride: 1, Pad: 1},
		{N: 2, C: 3, H: 0, W: 5, K: 2, R: 1, S: 3, Stride: 1, Pad: 1}, // nothing but border
	}
	r := rand.New(rand.NewPCG(9, 10))
	for range 100 {
		s := device.Convolution{N: r.IntN(4), C: 1 + r.IntN(40), H: 1 + r.IntN(14), W: 1 + r.IntN(14), K: 1 + r.IntN(4),
			R: 1 + r.IntN(6), S: 1 + r.IntN(6), Stride: 1 + r.IntN(5), Pad: r.IntN(6)}
		if s.H+2*s.Pad >= s.R && s.W+2*s.Pad >= s.S {
			shapes = append(shapes, s)
		}
	}
	for _, s := range shapes {
		oh, ow := s.Out()
		nx, nw, ny := s.N*s.C*s.H*s.W, s.K*s.C*s.R*s.S, s.N*s.K*oh*ow
		for _, dt := range floats {
			x, w, dy := random(dt, nx, 1), random(dt, nw, 2), random(dt, ny, 3)
			vx, vw, vdy := put(dev, dt, x), put(dev, dt, w), put(dev, dt, dy)
			for _, add := range []bool{false, true} {
				what := func(op string) string { return name("%s %+v %v add %v", op, s, dt, add) }
				start := func(n int) ([]float64, device.Vector) {
					if !add {
						return make([]float64, n), dst(dev, dt, n)
					}
					x := random(dt, n, 4)
					return x, put(dev, dt, x)
				}
				y0, y := start(ny)
				dx0, dx := start(nx)
				dw0, dw := start(nw)
				wantY, wantX, wantW := newSum(y0), newSum(dx0), newSum(dw0)
				products(s, func(i, j, k int) {
					wantY.add(k, w[j]*x[i])
					wantX.add(i, w[j]*dy[k])
					wantW.add(j, x[i]*dy[k])
				})
				dev.Conv(s, vx, vw, add, y)
				same(t, what("Conv"), y, wantY.value, wantY.bound(dt)...)
				dev.ConvBackData(s, vw, vdy, add, dx)
				same(t, what("ConvBackData"), dx, wantX.value, wantX.bound(dt)...)
				dev.ConvBackFilter(s, vx, vdy, add, dw)
				same(t, what("ConvBackFilter"), dw, wantW.value, wantW.bound(dt)...)
			}
			want := newSum(make([]float64, s.N*nw))
			products(s, func(i, j, k int) {
				n := k / (s.K * oh * ow)
				want.add(n*nw+j, x[i]*dy[k])
			})
			dw := dst(dev, dt, s.N*nw)
			dev.ConvSampleFilter(s, vx, vdy, dw)
			same(t, name("ConvSampleFilter %+v %v", s, dt), dw, want.value, want.bound(dt)...)
		}
	}
	testConvAdjoint(t, dev)
	testConvMisuse(t, dev)
}

// testConvAdjoint: ⟨conv(x,w), dy⟩ = ⟨x, ConvBackData⟩ = ⟨w, ConvBackFilter⟩ at
// the size of a real layer.
func testConvAdjoint(t *testing.T, dev device.Device) {
	s := device.Convolution{N: 7, C: 20, H: 12, W: 12, K: 50, R: 5, S: 5, Stride: 1}
	const dt = device.Float64
	x, w, dy := random(dt, 7*20*144, 1), random(dt, 50*500, 2), random(dt, 7*50*64, 3)
	y, dx, dw := dst(dev, dt, len(dy)), dst(dev, dt, len(x)), dst(dev, dt, len(w))
	dev.Conv(s, put(dev, dt, x), put(dev, dt, w), false, y)
	dev.ConvBackData(s, put(dev, dt, w), put(dev, dt, dy), false, dx)
	dev.ConvBackFilter(s, put(dev, dt, x), put(dev, dt, dy), false, dw)
	a := dot(device.Read[float64](y), dy)
	// 11 million products of at most 1: their sum is about 1e3, its rounding below 1e-9.
	if b := dot(device.Read[float64](dx), x); !(math.Abs(a-b) < 1e-9) {
		t.Errorf("⟨conv(x,w), dy⟩ is %v but ⟨x, ConvBackData⟩ is %v", a, b)
	}
	if b := dot(device.Read[float64](dw), w); !(math.Abs(a-b) < 1e-9) {
		t.Errorf("⟨conv(x,w), dy⟩ is %v but ⟨w, ConvBackFilter⟩ is %v", a, b)
	}
	dev.Upload(y.Slice(5, 6), device.Of([]float64{math.NaN()}))
	dev.ConvBackFilter(s, put(dev, dt, x), y, false, dw)
	if g := device.Read[float64](dw); !math.IsNaN(g[0]) || math.IsNaN(g[500]) {
		t.Errorf("a NaN in filter 0's result gives gradients %v and %v, expected NaN for filter 0 only", g[0], g[500])
	}
}

func testConvMisuse(t *testing.T, dev device.Device) {
	good := device.Convolution{N: 1, C: 1, H: 3, W: 3, K: 1, R: 2, S: 2, Stride: 1}
	for _, dt := range floats {
		x, w, y := dev.New(dt, 9), dev.New(dt, 4), dev.New(dt, 4)
		for _, bad := range []func(s *device.Convolution){
			func(s *device.Convolution) { s.Stride = 0 },
			func(s *device.Convolution) { s.Pad = -1 },
			func(s *device.Convolution) { s.R = 4 },
			func(s *device.Convolution) { s.S = 0 },
			func(s *device.Convolution) { s.N = -1 },
			func(s *device.Convolution) { s.C = 2 },
		} {
			s := good
			bad(&s)
			panics(t, "Conv", func() { dev.Conv(s, x, w, false, y) })
			panics(t, "ConvBackData", func() { dev.ConvBackData(s, w, y, false, x) })
			panics(t, "ConvBackFilter", func() { dev.ConvBackFilter(s, x, y, false, w) })
			panics(t, "ConvSampleFilter", func() { dev.ConvSampleFilter(s, x, y, w) })
		}
		panics(t, "Conv", func() { dev.Conv(good, x, w, false, dev.New(dt, 9)) })
		panics(t, "Conv", func() { dev.Conv(good, x, dev.New(device.Int32, 4), false, y) })
	}
}
